//! Which months are looked at, and as of which day.

use super::{MONTHS, MONTHS_MAX};
use crate::figures::rules::{month_before, month_end};
use crate::kernel::calendar::{FIRST_DAY, add_months, parse_day};
use crate::kernel::{Day, ServiceTypeId};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// What is asked for as an address says it. What makes no sense asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatisticsQuery {
    /// The first month: `2026-03`, or any day of it.
    pub from: String,
    /// The last month.
    pub until: String,
    /// As of which day; today where it is empty or to come.
    pub on: String,
    /// A type's id, where one type alone is wanted.
    pub kind: String,
}

impl StatisticsQuery {
    /// The months that are asked for: the last [`MONTHS`] where nothing is said, and never
    /// more than [`MONTHS_MAX`].
    pub fn window(&self, today: Day) -> Window {
        let on = parse_day(&self.on).map_or(today, |day| day.min(today));
        let last = month_before(on, 0);
        let last = month_of(&self.until).map_or(last, |month| month.min(last));
        let usual = month_before(last, MONTHS - 1).max(FIRST_DAY);
        let first = month_of(&self.from).filter(|month| *month <= last);
        Window::new(first.unwrap_or(usual), last, on)
    }

    /// The one type that is wanted.
    pub fn kind(&self) -> Option<ServiceTypeId> {
        self.kind.trim().parse().ok()
    }
}

/// The first day of the month that a text says: `2026-03`, or any day.
pub fn month_of(text: &str) -> Option<Day> {
    let text = text.trim();
    let day = parse_day(text).or_else(|_| parse_day(&format!("{text}-01")));
    day.ok().map(|day| month_before(day, 0))
}

/// A month that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Day,
    /// Its last day, or the day as of which one looks where that comes first.
    pub edge: Day,
}

/// Months in a row, as of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    months: Vec<Month>,
    on: Day,
}

impl Window {
    /// From a month to a month, by their first days, as of a day that does not lie before.
    fn new(first: Day, last: Day, on: Day) -> Self {
        let wanted = usize::try_from(index(last) - index(first)).unwrap_or_default();
        let count = u32::try_from(wanted.min(MONTHS_MAX - 1)).unwrap_or_default();
        let month = |n| {
            let first = month_before(last, n);
            let edge = month_end(first).min(on);
            Month { first, edge }
        };
        Self {
            months: (0..=count).rev().map(month).collect(),
            on,
        }
    }

    /// The months, the earliest first: one at least.
    pub fn months(&self) -> &[Month] {
        &self.months
    }

    /// As of which day.
    pub fn on(&self) -> Day {
        self.on
    }

    /// The first day.
    pub fn first(&self) -> Day {
        self.months.first().map_or(self.on, |month| month.first)
    }

    /// The last day.
    pub fn last(&self) -> Day {
        self.months.last().map_or(self.on, |month| month.edge)
    }

    /// In which of the months a day lies.
    pub(super) fn at(&self, day: Day) -> Option<usize> {
        let month = usize::try_from(index(day) - index(self.first())).ok()?;
        (month < self.months.len() && day <= self.last()).then_some(month)
    }

    /// The first of the months whose end is not before a day.
    pub(super) fn first_at(&self, day: Day) -> usize {
        let month = usize::try_from(index(day) - index(self.first())).unwrap_or_default();
        let is_past = self.months.get(month).is_some_and(|m| m.edge < day);
        month + usize::from(is_past)
    }

    /// What names it where an answer is remembered.
    pub(super) fn name(&self) -> String {
        format!("{} {} {}", self.first(), self.last(), self.on)
    }
}

/// Months, counted.
fn index(day: Day) -> i32 {
    day.year() * 12 + day.month0() as i32
}

/// The months behind a day, so many, the first without the days up to it.
pub(super) fn months_after(on: Day, count: u32) -> Vec<(Day, Day)> {
    let next = on.succ_opt().unwrap_or(on);
    let month = |n| {
        let first = add_months(month_before(next, 0), n);
        (first.max(next), month_end(first))
    };
    (0..count).map(month).collect()
}
