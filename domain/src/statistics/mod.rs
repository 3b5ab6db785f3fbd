//! Statistics: month by month, what services are in use, what they should bring, what came
//! and what is owed; how many members are in order, and which dues become due next. Nothing
//! is kept here: everything is computed from the tables of the features below.
//!
//! **As of a day** means by days that are written down: what was received by that day and is
//! validated, who had what until that day. When somebody typed it in does not count.

mod members;
pub mod rules;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod window;
pub use service::*;
pub use window::{Month, StatisticsQuery, Window, month_of};

use crate::kernel::{Cents, Day, ServiceTypeId};
use crate::services::Colour;

/// The most months of one look: five years.
pub const MONTHS_MAX: usize = 60;
/// How many months are shown where nothing else is asked for.
pub const MONTHS: u32 = 12;
/// How many months the forecast of dues looks ahead.
pub const FORECAST_MONTHS: u32 = 12;

/// What a month says of services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Somebody had them on a day of the month at least.
    pub active: i64,
    /// Somebody got one in the month, so many times.
    pub begun: i64,
    /// Somebody had one for the last day in the month, so many times.
    pub ended: i64,
    /// At the month's end nobody had them, and they were there.
    pub stock: i64,
    /// What periods cost that began in the month.
    pub expected: Cents,
    /// What came in the month; what was given back is taken from it.
    pub received: Cents,
    /// What had become due by the month's end, and was not paid.
    pub owed: Cents,
    /// Of so many services.
    pub owing: i64,
}

impl Figures {
    /// Both together: of two types, in the same month.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            active: self.active + other.active,
            begun: self.begun + other.begun,
            ended: self.ended + other.ended,
            stock: self.stock + other.stock,
            expected: Cents::sum([self.expected, other.expected]),
            received: Cents::sum([self.received, other.received]),
            owed: Cents::sum([self.owed, other.owed]),
            owing: self.owing + other.owing,
        }
    }

    /// What came for each active service; nothing where there was none.
    pub fn average(&self) -> Option<Cents> {
        rules::average(self.received, self.active)
    }
}

/// What a time of several months says of services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// What adds up over the months; `active` counts each service in each of its months.
    pub sums: Figures,
    /// Where things stand in the last month.
    pub last: Figures,
}

impl Totals {
    /// The totals of months, in their order.
    pub fn of(months: &[Figures]) -> Self {
        Self {
            sums: months
                .iter()
                .copied()
                .fold(Figures::default(), Figures::plus),
            last: months.last().copied().unwrap_or_default(),
        }
    }

    /// What came for each active service in a month.
    pub fn average(&self) -> Option<Cents> {
        self.sums.average()
    }
}

/// A type of services, and what each month says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeFigures {
    /// The type.
    pub kind: ServiceTypeId,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// As many as the window has months.
    pub months: Vec<Figures>,
}

impl TypeFigures {
    /// The months together.
    pub fn totals(&self) -> Totals {
        Totals::of(&self.months)
    }
}

/// All types together, month by month.
pub fn all_types(window: &Window, types: &[TypeFigures]) -> Vec<Figures> {
    let mut sums = vec![Figures::default(); window.months().len()];
    for kind in types {
        for (sum, month) in sums.iter_mut().zip(&kind.months) {
            *sum = sum.plus(*month);
        }
    }
    sums
}

/// What a month says of members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// How many there were at the month's end.
    pub members: i64,
    /// Of these: their dues were paid for that day, or nothing was to be paid.
    pub in_order: i64,
    /// Who joined in the month.
    pub joined: i64,
    /// Who left in the month.
    pub left: i64,
}

impl Membership {
    /// Those whose dues were not paid for the month's end.
    pub fn out_of_order(&self) -> i64 {
        self.members - self.in_order
    }
}

/// What becomes due in a month to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    /// The first day that counts.
    pub from: Day,
    /// The month's last day.
    pub until: Day,
    /// How many times somebody's dues begin anew.
    pub count: i64,
    /// What they cost.
    pub amount: Cents,
}

/// What months say of members, and what is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFigures {
    /// As many as the window has months.
    pub months: Vec<Membership>,
    /// The dues of those who are in order, over the next [`FORECAST_MONTHS`] months.
    pub coming: Vec<Coming>,
}
