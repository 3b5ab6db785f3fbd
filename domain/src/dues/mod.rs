//! Dues: what membership costs, for whom and for which time; who pays for whom. What a
//! member owes and until when they are in order is computed, never typed.

mod form;
#[cfg(feature = "server")]
mod imported;
pub mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

pub use form::{KindForm, TermsForm, parse_amount};
#[cfg(feature = "server")]
pub(crate) use imported::*;
#[cfg(feature = "server")]
pub use service::*;

use crate::kernel::calendar::add_months;
use crate::kernel::{Cents, Day, DuesKindId, MemberId, PartyId, Period};
use crate::members::{MemberNumber, Standing, standing};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// The most kinds of dues of one organisation.
pub const KINDS_MAX: usize = 1_000;
/// The longest period, in months.
pub const MONTHS_MAX: u32 = 120;

/// For which time a payment of dues is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "cycle", rename_all = "snake_case")]
pub enum Cycle {
    /// So many months, from the day on which the member joined.
    Months {
        /// How many.
        months: u32,
    },
    /// A year that begins for everybody on the first of a month.
    Year {
        /// The month, from 1 to 12.
        first_month: u32,
    },
    /// Nothing is to be paid, ever.
    Free,
}

impl Cycle {
    /// Its name in the database and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Months { .. } => "months",
            Self::Year { .. } => "year",
            Self::Free => "free",
        }
    }

    /// The period that begins on a day which somebody chose: so many months, or the rest of
    /// the year. Nothing is proposed where nothing is to be paid.
    pub fn period_from(self, day: Day) -> Option<Period> {
        match self {
            Self::Months { months } => Some(Period::months_from(day, months)),
            Self::Year { first_month } => {
                let next = next_year(day, first_month)?;
                Period::new(day, next.pred_opt()?).ok()
            }
            Self::Free => None,
        }
    }

    /// How many months a whole period has.
    pub fn months(self) -> u32 {
        match self {
            Self::Months { months } => months,
            Self::Year { .. } | Self::Free => 12,
        }
    }
}

/// The first day of the year that follows a day, where years begin on the first of a month.
fn next_year(day: Day, first_month: u32) -> Option<Day> {
    let first = Day::from_ymd_opt(day.year(), first_month.clamp(1, 12), 1)?;
    Some(match first > day {
        true => first,
        false => add_months(first, 12),
    })
}

/// What a period costs that is not whole, because somebody enters in its middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type))]
#[cfg_attr(
    feature = "server",
    sqlx(type_name = "text", rename_all = "snake_case")
)]
#[serde(rename_all = "snake_case")]
pub enum FirstPeriod {
    /// As much as a whole one.
    #[default]
    Full,
    /// Its share, by the months that have begun.
    ByMonth,
}

impl FirstPeriod {
    /// Its name in the database and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ByMonth => "by_month",
        }
    }
}

/// What a period costs from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// The first day.
    pub from_on: Day,
    /// For a whole period.
    pub amount: Cents,
}

/// A kind of dues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Its id.
    pub id: DuesKindId,
    /// What it is called.
    pub name: String,
    /// For which time.
    pub cycle: Cycle,
    /// What a period costs that is not whole.
    pub first_period: FirstPeriod,
    /// Whether those pay by it for whom nothing else is said.
    pub is_default: bool,
    /// Whether it is offered no more.
    pub is_archived: bool,
    /// By day.
    pub prices: Vec<Price>,
    /// Grows with each change.
    pub version: i64,
}

impl Kind {
    /// What a whole period costs that begins on a day: the last price not after it, and
    /// before all prices the first.
    pub fn price_on(&self, day: Day) -> Cents {
        let last = self.prices.iter().rev().find(|p| p.from_on <= day);
        last.or(self.prices.first())
            .map_or(Cents::ZERO, |p| p.amount)
    }

    /// Whether nothing is to be paid.
    pub fn is_free(&self) -> bool {
        self.cycle == Cycle::Free
    }
}

/// How a member pays, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The first day.
    pub from_on: Day,
    /// By which kind.
    pub kind: DuesKindId,
    /// An amount of their own for a whole period; nothing is free.
    pub own: Option<Cents>,
    /// Why; never empty with an amount of their own. For the crews.
    pub reason: String,
}

/// Whether dues for a time that is wholly over are still claimed.
pub use crate::settings::Lapse;

/// Why a period is due from its first day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// It follows what is covered, or what is due before it.
    Follows,
    /// The member joined.
    Joined,
    /// What lay before is over and not claimed: it starts again.
    Restart,
}

/// A part of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// So many months …
    pub months: u32,
    /// … of so many.
    pub of: u32,
}

/// Why a period and an amount are due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Where its first day comes from.
    pub start: Start,
    /// The kind of dues.
    pub kind: DuesKindId,
    /// Its name.
    pub kind_name: String,
    /// What a whole period costs by the kind's price.
    pub price: Cents,
    /// The reason, where the member has an amount of their own. Empty for those who must not read it.
    pub reduced: Option<String>,
    /// Where the period is not whole and its share is asked for.
    pub share: Option<Share>,
}

/// Something to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// For which time.
    pub period: Period,
    /// How much.
    pub amount: Cents,
    /// Why.
    pub why: Why,
}

/// What a member owes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dues {
    /// What has begun and is neither paid nor entered, the oldest first.
    pub arrears: Vec<Due>,
    /// What is to be paid next: the oldest of the arrears, or what comes. Nothing for
    /// those who leave before, and for those who never pay.
    pub next: Option<Due>,
}

impl Dues {
    /// The sum of what has begun.
    pub fn arrears_sum(&self) -> Cents {
        Cents::sum(self.arrears.iter().map(|d| d.amount))
    }
}

/// Whose dues somebody sees on their own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Their own, or those of an organisation that is reached through them.
    Own,
    /// Those of somebody for whom they pay.
    PaidFor,
}

/// A person or an organisation that pays for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Who.
    pub party: PartyId,
    /// Their name.
    pub name: String,
}

/// A member for whom somebody pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidFor {
    /// The member.
    pub member: MemberId,
    /// Their number.
    pub number: MemberNumber,
    /// Their name.
    pub name: String,
}

/// A kind of dues, and what those owe who pay by it today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindRow {
    /// The kind.
    pub kind: Kind,
    /// How many pay by it.
    pub members: i64,
    /// How many of them owe something.
    pub owing: i64,
    /// How much all of them owe.
    pub arrears: Cents,
}

/// Every kind of dues, with what is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The default one first, then by name; archived ones last.
    pub rows: Vec<KindRow>,
}

impl Overview {
    /// How many members owe something.
    pub fn owing(&self) -> i64 {
        self.rows.iter().map(|row| row.owing).sum()
    }

    /// How much all members owe.
    pub fn arrears(&self) -> Cents {
        Cents::sum(self.rows.iter().map(|row| row.arrears))
    }
}

/// Everything about one member's dues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDues {
    /// The member.
    pub member: MemberId,
    /// Their number.
    pub number: MemberNumber,
    /// Their name.
    pub name: String,
    /// Why the one who looks sees it.
    pub whose: Whose,
    /// The first day of the membership.
    pub joined_on: Day,
    /// The day on which they left.
    pub left_on: Option<Day>,
    /// What validated payments and free terms cover: runs that do not touch, by day.
    pub coverage: Vec<Period>,
    /// What payments that wait cover, by day.
    pub waiting: Vec<Period>,
    /// What is owed.
    pub dues: Dues,
    /// The kind of dues in force today.
    pub kind: Option<Kind>,
    /// How they pay, by day; empty where nothing was said: then the default kind holds.
    pub terms: Vec<Terms>,
    /// Who pays for them.
    pub payer: Option<Payer>,
}

impl MemberDues {
    /// Until when the member is paid up, as of a day: the end of the last run that has begun.
    pub fn paid_until(&self, today: Day) -> Option<Day> {
        let begun = self.coverage.iter().rev().find(|p| p.from() <= today);
        begun.map(|p| p.until())
    }

    /// How the member stands on a day.
    pub fn standing(&self, today: Day) -> Standing {
        standing(self.left_on, self.paid_until(today), today)
    }

    /// The terms in force on a day.
    pub fn terms_on(&self, day: Day) -> Option<&Terms> {
        rules::terms_on(&self.terms, day)
    }

    /// Number and name, as one line: "1042-9 Léa Benamar".
    pub fn label(&self) -> String {
        format!("{} {}", self.number, self.name)
    }
}
