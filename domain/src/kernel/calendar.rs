//! Days and periods. A day has no time and no zone; an instant is `DateTime<Utc>`.

use super::problem::{Code, Problem, Result};
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A day of the calendar.
pub type Day = NaiveDate;

/// The first and the last year that are believable in a form.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2200;

/// The first day that is believable.
pub const FIRST_DAY: Day = at(*YEARS.start(), 1, 1);
/// The last day that is believable: what has no end ends here.
pub const LAST_DAY: Day = at(*YEARS.end(), 12, 31);

/// A day that is known to exist.
const fn at(year: i32, month: u32, day: u32) -> Day {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// Reads a day as people and programs write it: `2026-03-12` (also with a time
/// behind it), `12/03/2026`, `12.03.2026`, `12-03-2026`. The day stands before
/// the month, as everywhere in Europe.
///
/// # Errors
/// [`Code::NotADay`], also for days that do not exist or are not believable.
pub fn parse_day(text: &str) -> Result<Day> {
    let text = text.trim();
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = date.split(['-', '/', '.']);
    let read = |part: Option<&str>| -> Option<u32> {
        let part = part?;
        (!part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let found = (|| {
        let first_is_year = date.split(['-', '/', '.']).next()?.len() == 4;
        let (a, b, c) = (
            read(parts.next())?,
            read(parts.next())?,
            read(parts.next())?,
        );
        parts.next().is_none().then_some(())?;
        let (year, month, day) = if first_is_year { (a, b, c) } else { (c, b, a) };
        let year = i32::try_from(year).ok()?;
        YEARS
            .contains(&year)
            .then(|| NaiveDate::from_ymd_opt(year, month, day))?
    })();
    found.ok_or_else(|| Problem::new(Code::NotADay))
}

/// The day `months` later; the last of the month where there is no such day.
/// Stays where it is at the calendar's end.
pub fn add_months(day: Day, months: u32) -> Day {
    day.checked_add_months(Months::new(months)).unwrap_or(day)
}

/// From a day to a day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    from: Day,
    until: Day,
}

impl Period {
    /// A period that does not end before it starts.
    ///
    /// # Errors
    /// [`Code::PeriodEndsBeforeStart`].
    pub fn new(from: Day, until: Day) -> Result<Self> {
        if until < from {
            return Err(Problem::new(Code::PeriodEndsBeforeStart));
        }
        Ok(Self { from, until })
    }

    /// The period of so many months that starts on a day: a year from 1 March
    /// ends on the last of February.
    pub fn months_from(from: Day, months: u32) -> Self {
        let next = add_months(from, months.max(1));
        Self {
            from,
            until: next.pred_opt().unwrap_or(next).max(from),
        }
    }

    /// The first day.
    pub fn from(self) -> Day {
        self.from
    }

    /// The last day.
    pub fn until(self) -> Day {
        self.until
    }

    /// Whether a day lies in it.
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.until
    }

    /// The year, where the period is exactly one calendar year.
    pub fn calendar_year(self) -> Option<i32> {
        let whole = self.from.ordinal() == 1
            && self.until.year() == self.from.year()
            && self.until.month() == 12
            && self.until.day() == 31;
        whole.then(|| self.from.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        parse_day(text).unwrap()
    }

    #[test]
    fn days_are_read_as_people_and_programs_write_them() {
        for text in [
            "2026-03-12",
            "12/03/2026",
            "12.03.2026",
            "12-03-2026",
            "2026-03-12 04:05:06",
            " 2026-03-12T00:00:00+00:00 ",
            "12/3/2026",
        ] {
            assert_eq!(day(text), Day::from_ymd_opt(2026, 3, 12).unwrap(), "{text}");
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in [
            "31/02/2024",
            "2023-02-29",
            "0000-00-00",
            "12/03/26",
            "",
            "x",
            "1/2",
            "1/2/3/4",
            "99999-01-01",
            "1/１/2024",
        ] {
            assert_eq!(parse_day(text).unwrap_err().code, Code::NotADay, "{text}");
        }
    }

    #[test]
    fn a_year_ends_the_day_before() {
        assert_eq!(
            Period::months_from(day("2026-03-01"), 12).until(),
            day("2027-02-28")
        );
        assert_eq!(
            Period::months_from(day("2024-02-29"), 12).until(),
            day("2025-02-27")
        );
        assert_eq!(
            Period::months_from(day("2026-01-01"), 12).calendar_year(),
            Some(2026)
        );
        assert_eq!(
            Period::months_from(day("2026-01-31"), 1).until(),
            day("2026-02-27")
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = parse_day(&text);
        }
    }
}
