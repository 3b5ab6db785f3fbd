//! What follows from the figures. Pure.

use super::{Month, Tally};
use crate::access::Rights;
use crate::kernel::{Cents, Day, Right};
use crate::settings::{Settings, Validation};
use chrono::{Datelike, Days, Months};

/// How many months a plot shows.
pub const MONTHS: u32 = 12;

/// The first day of the month that lies so many months before a day's.
pub fn month_before(day: Day, months: u32) -> Day {
    let first = day.with_day(1).unwrap_or(day);
    first
        .checked_sub_months(Months::new(months))
        .unwrap_or(first)
}

/// The last day of the month that a day lies in.
pub fn month_end(day: Day) -> Day {
    let first = month_before(day, 0);
    first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.checked_sub_days(Days::new(1)))
        .unwrap_or(first)
}

/// What came on each day, put together to the last twelve months, the present one last.
/// Days outside of them are left out.
pub fn by_month(today: Day, days: &[(Day, Tally)]) -> Vec<Month> {
    let month = |n| {
        let first = month_before(today, n);
        let last = month_end(first);
        let tally = days
            .iter()
            .filter(|(day, _)| (first..=last).contains(day))
            .fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally));
        Month { first, last, tally }
    };
    (0..MONTHS).rev().map(month).collect()
}

impl Tally {
    /// Both together; stays at the limits rather than wrapping around.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            sum: Cents::sum([self.sum, other.sum]),
        }
    }
}

/// What a year of months tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing came at all.
    Nothing,
    /// Nothing came in but one month.
    OnlyOne(Month),
    /// One month brought the most; the latest of several that did.
    Strongest(Month),
}

/// What to say of a year of months.
pub fn finding(months: &[Month]) -> Finding {
    let mut busy = months.iter().filter(|m| m.tally.count > 0);
    match (busy.next(), busy.next()) {
        (None, _) => Finding::Nothing,
        (Some(only), None) => Finding::OnlyOne(*only),
        (Some(first), Some(_)) => {
            let strongest = months.iter().max_by_key(|m| (m.tally.sum, m.first));
            Finding::Strongest(*strongest.unwrap_or(first))
        }
    }
}

/// Something that is missing, so that others cannot do their part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Members see no account that they could pay into.
    NoIban,
    /// Nobody who can sign in may validate: payments wait forever.
    NobodyValidates,
    /// What this one enters, nobody else may validate.
    OnlyOneValidates {
        /// Their name.
        name: String,
    },
}

/// Somebody who can sign in and may validate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Their name.
    pub name: String,
    /// What else they may do.
    pub enters: Enters,
}

/// Whether somebody enters payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enters {
    /// They may.
    Yes,
    /// They may not.
    No,
}

/// What is missing. `validators` are at most two: more are as good as two.
pub fn gaps(settings: &Settings, validators: &[Validator]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    match validators {
        [] => gaps.push(Gap::NobodyValidates),
        [only] if only.enters == Enters::Yes && settings.validation == Validation::SomeoneElse => {
            gaps.push(Gap::OnlyOneValidates {
                name: only.name.clone(),
            });
        }
        _ => {}
    }
    if settings.iban.is_none() {
        gaps.push(Gap::NoIban);
    }
    gaps
}

/// Whether somebody looks after members or enters payments.
pub fn is_in_crew(rights: &Rights) -> bool {
    [Right::People, Right::Members]
        .iter()
        .any(|r| rights.has(*r))
        || enters(rights)
}

/// Whether somebody works on payments that are not validated.
pub fn enters(rights: &Rights) -> bool {
    [
        Right::PaymentsAdd,
        Right::PaymentsChange,
        Right::PaymentsDelete,
    ]
    .iter()
    .any(|r| rights.has(*r))
}
