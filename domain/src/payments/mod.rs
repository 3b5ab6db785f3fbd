//! Payments: money that came, is said to have come, or was given back. A payment is a
//! draft until the bank crew validates it; from then on it is frozen, and what was
//! wrong is taken back by a payment of its own, its reversal.

#[cfg(feature = "server")]
mod deletion;
pub mod epc;
#[cfg(feature = "server")]
mod for_services;
mod form;
#[cfg(feature = "server")]
mod imported;
pub mod receipts;
pub mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;
#[cfg(feature = "server")]
mod together;
#[cfg(feature = "server")]
mod validation;

#[cfg(feature = "server")]
pub use deletion::{delete, restore};
#[cfg(feature = "server")]
pub use for_services::{of_service, service_proposal};
pub use form::{EnteredBy, PaymentFilter, PaymentForm, PaymentQuery, ReversalForm};
#[cfg(feature = "server")]
pub(crate) use imported::{NewPayment, insert_imported, remove_imported};
#[cfg(feature = "server")]
pub use service::*;
#[cfg(feature = "server")]
pub use together::{Household, TogetherForm, add_together, amount_field, household};
#[cfg(feature = "server")]
pub use validation::validate;

use crate::access::Rights;
use crate::dues::{Due, MemberDues};
use crate::kernel::{
    Cents, Check, Code, CrewId, Day, DuesKindId, MemberId, PartyId, PaymentGroupId, PaymentId,
    Period, Result, Right, ServiceId, named,
};
use crate::members::MemberNumber;
use chrono::{DateTime, Utc};
use receipts::ReceiptNumber;
use rules::Lock;
use serde::{Deserialize, Serialize};

/// The most payments that are validated at once, and that the queue shows.
pub const AT_ONCE_MAX: usize = 500;
/// The most payments that one member's page shows.
pub const OF_MEMBER_MAX: i64 = 500;
/// The most payments that are shown of those that somebody enters one after the other.
pub const SITTING_MAX: i64 = 50;
/// How many hours a deleted draft can be taken back for, by the one who deleted it.
pub const RESTORE_HOURS: i64 = 24;
/// The most names that the queue's filter offers.
pub const PEOPLE_MAX: i64 = 200;
/// The most payments of one transfer that are shown together.
pub const GROUP_MAX: i64 = 100;

named! {
    /// How money comes.
    Method {
        /// From account to account.
        Transfer = "transfer",
        /// In coins and notes.
        Cash = "cash",
        /// By cheque.
        Cheque = "cheque",
        /// By card.
        Card = "card",
        /// Drawn from the member's account.
        DirectDebit = "direct_debit",
        /// Not at all: the dues are waived, for a reason.
        Waived = "waived",
    }
}

named! {
    /// The state that is kept. What people see is the [`Status`].
    State {
        /// Waits for the bank crew.
        Draft = "draft",
        /// Frozen.
        Validated = "validated",
    }
}

named! {
    /// What a payment is: lists are narrowed by it.
    Nature {
        /// Money that came, or dues that were waived.
        Payment = "payment",
        /// What takes another payment back.
        Reversal = "reversal",
    }
}

/// A payment as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Whose dues it pays.
    pub member: MemberId,
    /// The member's name today.
    pub member_name: String,
    /// The member's number, without its check digit.
    pub member_number: i64,
    /// How much; negative in a reversal, nothing where it is waived.
    pub amount: Cents,
    /// How it came.
    pub method: Method,
    /// When it came.
    pub received_on: Day,
    /// Which time it pays for.
    pub period: Option<Period>,
    /// Which kind of dues it pays; unknown of old payments.
    pub kind: Option<DuesKindId>,
    /// The service that it pays, where it pays no dues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ForService>,
    /// The payments that came together with it.
    pub group: Option<PaymentGroupId>,
    /// What it is called.
    pub label: String,
    /// For the crews' eyes: a remark, the reason of a waiver or of a reversal.
    pub note: String,
    /// What is kept of its state.
    pub state: State,
    /// Who entered it; `None` where the command line did.
    pub entered_by: Option<PartyId>,
    /// Their name at that time.
    pub entered_by_name: String,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// Who validated it.
    pub validated_by: Option<PartyId>,
    /// Their name at that time.
    pub validated_by_name: Option<String>,
    /// When.
    pub validated_at: Option<DateTime<Utc>>,
    /// The payment that this one takes back.
    pub reverses: Option<PaymentId>,
    /// The payment that takes this one back, and whether it is validated.
    pub reversed_by: Option<(PaymentId, State)>,
    /// The number of its receipt.
    pub receipt: Option<ReceiptNumber>,
    /// Grows with each change.
    pub version: i64,
}

/// The service that a payment pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForService {
    /// Which one.
    pub id: ServiceId,
    /// The crew that looks after it.
    pub crew: CrewId,
    /// Its type and its label; nothing for those who must not know: another crew's.
    pub name: Option<String>,
}

impl ForService {
    /// As somebody may see it: which service of another crew was paid is for the bank crew
    /// alone.
    #[must_use]
    pub fn seen_by(self, rights: &Rights) -> Self {
        let may = rights.is_in(self.crew) || rights.has(Right::PaymentsValidate);
        Self {
            name: self.name.filter(|_| may),
            ..self
        }
    }
}

/// Where a payment stands, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// Waits for the bank crew.
    Draft,
    /// Frozen.
    Validated,
    /// Validated; a reversal was entered and waits for the bank crew.
    ReversalWaiting {
        /// The reversal.
        reversal: PaymentId,
    },
    /// Taken back.
    Reversed {
        /// The reversal.
        reversal: PaymentId,
    },
    /// A reversal that waits for the bank crew.
    ReversalDraft {
        /// What it will take back.
        original: PaymentId,
    },
    /// A reversal that is validated.
    Reversal {
        /// What it takes back.
        original: PaymentId,
    },
}

impl Status {
    /// Its name, for style sheets and the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Validated => "validated",
            Self::ReversalWaiting { .. } => "reversal_waiting",
            Self::Reversed { .. } => "reversed",
            Self::ReversalDraft { .. } => "reversal_draft",
            Self::Reversal { .. } => "reversal",
        }
    }
}

impl Payment {
    /// Where it stands.
    pub fn status(&self) -> Status {
        match (self.reverses, self.state, self.reversed_by) {
            (Some(original), State::Draft, _) => Status::ReversalDraft { original },
            (Some(original), State::Validated, _) => Status::Reversal { original },
            (None, State::Draft, _) => Status::Draft,
            (None, State::Validated, None) => Status::Validated,
            (None, State::Validated, Some((reversal, State::Draft))) => {
                Status::ReversalWaiting { reversal }
            }
            (None, State::Validated, Some((reversal, State::Validated))) => {
                Status::Reversed { reversal }
            }
        }
    }

    /// The member's number and name, as one line: "1042-9 Léa Benamar".
    pub fn member_label(&self) -> String {
        let number = MemberNumber::from_sequence(self.member_number);
        format!("{number} {}", self.member_name)
    }

    /// What a form says of it.
    pub fn data(&self) -> PaymentData {
        PaymentData {
            amount: self.amount,
            method: self.method,
            received_on: self.received_on,
            period: self.period,
            kind: self.kind,
            service: self.service.as_ref().map(|service| service.id),
            label: self.label.clone(),
            note: self.note.clone(),
        }
    }
}

/// What a form or an import says of a payment, beside whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentData {
    /// How much; nothing where it is waived.
    pub amount: Cents,
    /// How it came.
    pub method: Method,
    /// When it came.
    pub received_on: Day,
    /// Which time it pays for.
    pub period: Option<Period>,
    /// Which kind of dues it pays.
    pub kind: Option<DuesKindId>,
    /// Which service it pays, where it pays no dues.
    pub service: Option<ServiceId>,
    /// What it is called; may be empty.
    pub label: String,
    /// A remark; the reason where it is waived.
    pub note: String,
}

impl PaymentData {
    /// What the parts say of each other. A form asks it, and so does an import.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields `amount`, `note` and `received_on`.
    pub fn checked(self, today: Day) -> Result<Self> {
        let mut check = Check::new();
        match self.method {
            Method::Waived => {
                if self.amount != Cents::ZERO {
                    check.refuse("amount", Code::AmountNotZero);
                }
                if self.note.trim().is_empty() {
                    check.refuse("note", Code::ReasonNeeded);
                }
            }
            _ if self.amount <= Cents::ZERO => check.refuse("amount", Code::AmountNotPositive),
            _ if self.amount > Cents::MAX_TYPED => check.refuse("amount", Code::AmountTooLarge),
            _ => {}
        }
        if self.received_on > today {
            check.refuse("received_on", Code::DayInFuture);
        }
        check.done(Some(self))
    }
}

/// What a member is likely to pay next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The form, as it can be sent; the amount in the organisation's language. Without a
    /// period and an amount where nothing is due.
    pub form: PaymentForm,
    /// What the form proposes, and why.
    pub due: Option<Due>,
    /// Everything else about the member's dues.
    pub dues: MemberDues,
}

/// What is likely to be paid next for a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceProposal {
    /// The form, as it can be sent; without a period and an amount where nothing is due.
    pub form: PaymentForm,
    /// What the form proposes, and why.
    pub due: Option<Due>,
    /// The service's type and label.
    pub name: String,
}

/// What became of one of the payments that were to be validated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is validated now.
    Validated,
    /// It stays as it is.
    Refused(Code),
}

/// What somebody has entered one after the other, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sitting {
    /// At most [`SITTING_MAX`] of them.
    pub rows: Vec<Payment>,
    /// How many there are.
    pub count: i64,
    /// Their sum.
    pub sum: Cents,
}

/// The bank crew's queue: what waits, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// At most [`AT_ONCE_MAX`] of them.
    pub rows: Vec<QueueRow>,
    /// How many wait and fit the filter.
    pub total: i64,
    /// Their sum.
    pub total_amount: Cents,
    /// The day when the oldest of them came.
    pub oldest: Option<Day>,
    /// Who entered something that waits, whatever the filter says.
    pub people: Vec<Enterer>,
    /// The transfers for several of which something stands in the rows.
    pub groups: Vec<Group>,
}

/// One transfer for several members: a payment for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which.
    pub id: PaymentGroupId,
    /// How many payments it is, whatever their state.
    pub count: i64,
    /// Their sum.
    pub amount: Cents,
}

/// A payment that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// The payment.
    pub payment: Payment,
    /// Why the one who looks may not validate it.
    pub lock: Option<Lock>,
}

/// Somebody who entered payments that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enterer {
    /// Who; its name goes into [`PaymentQuery::entered_by`].
    pub by: EnteredBy,
    /// Their name.
    pub name: String,
    /// How many of theirs wait.
    pub count: i64,
}
