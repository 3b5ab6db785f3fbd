//! Reminders of dues: who gets one, and why not. Decided by a pure rule over everything that
//! is known of a member; sent once for each step, by mail.

pub mod rules;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod words;

pub use service::*;

use crate::dues::Dues;
use crate::kernel::{Cents, Day, Locale, MemberId, PageRequest, PartyId, Period, calendar};
use crate::mail::MailState;
use crate::members::MemberNumber;
use crate::people::Kind;
use serde::{Deserialize, Serialize};

/// Who does not want reminders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum PausedBy {
    /// The member.
    Member,
    /// A crew.
    Crew,
}

/// To whom a member's reminders go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The member's person or organisation, or the one who pays.
    pub party: PartyId,
    /// Their name.
    pub name: String,
    /// A person or an organisation.
    pub kind: Kind,
    /// Their address, or that of an organisation's contact.
    pub address: Option<String>,
    /// The language that they chose.
    pub locale: Option<Locale>,
    /// Whether it is the one who pays.
    pub pays: bool,
}

/// A member, as reminders look at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The member.
    pub id: MemberId,
    /// Their number.
    pub number: MemberNumber,
    /// Their name.
    pub name: String,
    /// The first day of the membership.
    pub joined_on: Day,
    /// The day on which they left.
    pub left_on: Option<Day>,
    /// Until when they are paid up, as of the day in question.
    pub paid_until: Option<Day>,
    /// To whom mails go.
    pub to: Recipient,
    /// What they owe; nothing is known of those who left.
    pub dues: Option<Dues>,
    /// What payments that wait would cover.
    pub waiting: Vec<Period>,
}

impl Subject {
    /// What is to be paid now, or next, and for which time.
    pub fn to_pay(&self) -> Option<(Cents, Period)> {
        let dues = self.dues.as_ref()?;
        let next = dues.next.as_ref()?;
        match (dues.arrears.first(), dues.arrears.last()) {
            (Some(first), Some(last)) => {
                let all = Period::new(first.period.from(), last.period.until());
                Some((dues.arrears_sum(), all.unwrap_or(first.period)))
            }
            _ => Some((next.amount, next.period)),
        }
    }
}

/// A reminder that was written before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// About which end of what was paid.
    pub ends_on: Day,
    /// At which step.
    pub step: i64,
    /// On which day.
    pub on: Day,
    /// What became of it.
    pub state: MailState,
}

/// Whether a member gets a reminder, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A reminder goes out.
    Send {
        /// The end of what is paid.
        ends_on: Day,
        /// How many days before (negative) or after.
        step: i64,
    },
    /// They left.
    Left,
    /// Nothing is to be paid.
    NothingToPay,
    /// The next step has not come.
    NotYet {
        /// When it does.
        on: Day,
    },
    /// All steps are over.
    NoMore,
    /// It was sent.
    Already {
        /// At which step.
        step: i64,
        /// On which day.
        on: Day,
        /// What became of it.
        state: MailState,
    },
    /// A payment was entered; it waits for the bank crew.
    Waiting,
    /// No reminders are wanted.
    Paused {
        /// By whom.
        by: PausedBy,
    },
    /// No address is known.
    NoAddress,
    /// An organisation without an address and without a contact who has one.
    NoContact,
    /// The mail server refused this very address.
    Refused,
}

/// A [`Decision`] without what belongs to it: what the page counts and filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// [`Decision::Send`]
    Send,
    /// [`Decision::Already`]
    Already,
    /// [`Decision::Waiting`]
    Waiting,
    /// [`Decision::Paused`]
    Paused,
    /// [`Decision::NoAddress`]
    NoAddress,
    /// [`Decision::NoContact`]
    NoContact,
    /// [`Decision::Refused`]
    Refused,
    /// [`Decision::NotYet`]
    NotYet,
    /// [`Decision::NoMore`]
    NoMore,
    /// [`Decision::NothingToPay`]
    NothingToPay,
    /// [`Decision::Left`]
    Left,
}

impl Reason {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Send,
        Self::Already,
        Self::Waiting,
        Self::Paused,
        Self::NoAddress,
        Self::NoContact,
        Self::Refused,
        Self::NotYet,
        Self::NoMore,
        Self::NothingToPay,
        Self::Left,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Already => "already",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::NoAddress => "no_address",
            Self::NoContact => "no_contact",
            Self::Refused => "refused",
            Self::NotYet => "not_yet",
            Self::NoMore => "no_more",
            Self::NothingToPay => "nothing",
            Self::Left => "left",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

impl Decision {
    /// What it is counted and filtered by.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Send { .. } => Reason::Send,
            Self::Left => Reason::Left,
            Self::NothingToPay => Reason::NothingToPay,
            Self::NotYet { .. } => Reason::NotYet,
            Self::NoMore => Reason::NoMore,
            Self::Already { .. } => Reason::Already,
            Self::Waiting => Reason::Waiting,
            Self::Paused { .. } => Reason::Paused,
            Self::NoAddress => Reason::NoAddress,
            Self::NoContact => Reason::NoContact,
            Self::Refused => Reason::Refused,
        }
    }
}

/// A member, and whether they get a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The member.
    pub subject: Subject,
    /// The decision.
    pub decision: Decision,
}

/// The query of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReminderQuery {
    /// A [`Reason`]'s name.
    pub why: String,
    /// As of which day; today where it is empty or none.
    pub on: String,
    /// The page's number.
    pub page: String,
}

impl ReminderQuery {
    /// What is asked for.
    pub fn why(&self) -> Option<Reason> {
        Reason::from_name(self.why.trim())
    }

    /// As of which day.
    pub fn day(&self, today: Day) -> Day {
        calendar::parse_day(self.on.trim()).unwrap_or(today)
    }

    /// The page.
    pub fn page(&self) -> PageRequest {
        PageRequest::from_query(&self.page)
    }
}

/// The form that sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendForm {
    /// The form's own key.
    pub key: String,
    /// How many reminders the button said.
    pub count: String,
}
