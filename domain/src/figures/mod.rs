//! Figures: what the dashboards say. Nothing is kept here: each figure is read from the
//! tables of the features below, in one transaction, and stands for rows that a list shows.

pub mod rules;
mod service;
mod store;
#[cfg(test)]
mod tests;
pub use service::board;

use crate::audit;
use crate::identity::Failure;
use crate::kernel::{Cents, Day, MemberId, PartyId, PaymentId};
use crate::members::{Counts, MemberNumber};
use crate::payments::EnteredBy;
use crate::services;
use chrono::{DateTime, Utc};
use rules::Gap;

/// The most rows of one short list.
pub const ROWS_MAX: i64 = 5;
/// The most people whose waiting payments are told apart.
pub const ENTERERS_MAX: i64 = 6;
/// The most changes that are shown.
pub const CHANGES_MAX: i64 = 8;
/// What was validated so many days ago, or later, was validated lately.
pub const LATELY_DAYS: u64 = 14;

/// Everything that the first page says to somebody.
#[derive(Debug)]
pub struct Board {
    /// How many members stand how.
    pub counts: Counts,
    /// For those who validate.
    pub bank: Option<Bank>,
    /// For those who look after members, or enter payments.
    pub crew: Option<Crew>,
    /// How many services stand how, for those who manage any type of them.
    pub services: Option<services::Counts>,
    /// For those who look after the organisation.
    pub administration: Option<Administration>,
    /// What is missing before anything can work; nothing where it is not this person's to mend.
    pub gaps: Vec<Gap>,
}

/// So many payments, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: i64,
    /// Their sum; reversals take from it.
    pub sum: Cents,
}

/// What the bank crew looks at.
#[derive(Clone, Debug)]
pub struct Bank {
    /// What waits.
    pub waiting: Waiting,
    /// Reversals among it.
    pub reversals: Tally,
    /// What waits and was entered by the one who looks: somebody else must validate it,
    /// where the organisation has decided so.
    pub not_for_me: Tally,
    /// Who entered it, those with the most first; at most [`ENTERERS_MAX`].
    pub by: Vec<EnteredWaiting>,
    /// Validated in the present month so far.
    pub this_month: Tally,
    /// Validated in the whole month before.
    pub last_month: Tally,
    /// Received and validated, month by month, the present one last.
    pub months: Vec<Month>,
}

/// Payments that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many, and their sum.
    pub tally: Tally,
    /// The day when the oldest of them came.
    pub oldest: Option<Day>,
}

/// What somebody entered and nobody has validated yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredWaiting {
    /// Who.
    pub by: EnteredBy,
    /// Their name; empty for the command line.
    pub name: String,
    /// What waits.
    pub waiting: Waiting,
}

/// A month of the calendar, and what came in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// What came.
    pub tally: Tally,
}

/// What a crew looks at.
#[derive(Clone, Debug)]
pub struct Crew {
    /// Those whose dues ran out last; at most [`ROWS_MAX`].
    pub late: Vec<MemberBrief>,
    /// How many members' dues run out soon.
    pub ends_soon: i64,
    /// Those of them whose dues run out next.
    pub soon: Vec<MemberBrief>,
    /// Who came last.
    pub recent: Vec<MemberBrief>,
    /// One's own payments; nothing for those who enter none.
    pub own: Option<Own>,
}

/// A member in one line of a short list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberBrief {
    /// Who.
    pub id: MemberId,
    /// Their number.
    pub number: MemberNumber,
    /// Their name.
    pub name: String,
    /// The day that the list is about.
    pub day: Day,
}

/// What somebody entered.
#[derive(Clone, Debug)]
pub struct Own {
    /// Who.
    pub person: PartyId,
    /// What waits of it.
    pub waiting: Waiting,
    /// How many were validated lately.
    pub validated: Tally,
    /// The first day of "lately".
    pub since: Day,
    /// The last of those that were; at most [`ROWS_MAX`].
    pub latest: Vec<ValidatedBrief>,
}

/// A validated payment in one line of a short list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatedBrief {
    /// Which.
    pub id: PaymentId,
    /// Whose dues it pays.
    pub member: String,
    /// How much.
    pub amount: Cents,
    /// Who validated it; empty for the command line.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the administration looks at.
#[derive(Debug)]
pub struct Administration {
    /// What changed last; at most [`CHANGES_MAX`].
    pub changes: Vec<audit::Entry>,
    /// Sign-ins that failed lately.
    pub failures: Vec<Failure>,
    /// How many things plugins and extractions could not do.
    pub not_carried: i64,
}
