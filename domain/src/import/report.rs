//! What people see of an import: where it stands, what it would do, what it did.

use super::{Choices, RowProblem, Said};
use crate::kernel::{Cents, Day, ImportId, MemberId, PartyId, Period};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Uploaded; nothing has come in yet.
    Uploaded,
    /// Applied; its file is forgotten.
    Applied,
    /// Applied, and all that it added taken back.
    Undone,
}

/// An upload, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// How the file is understood.
    pub choices: Choices,
    /// How far it has come.
    pub state: State,
    /// What was done, once it was applied.
    pub report: Option<Report>,
    /// Who uploaded it; `None` for the command line.
    pub created_by: Option<PartyId>,
    /// Their name.
    pub created_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// Since when its choices are remembered, where they are an earlier file's.
    pub choices_from: Option<DateTime<Utc>>,
    /// Whether it noted what it made. Those from before this was done cannot be undone.
    pub traced: bool,
    /// Who undid it, and when.
    pub undone: Option<(String, DateTime<Utc>)>,
}

/// What went when an import was undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Undone {
    /// Members.
    pub members: usize,
    /// People and organisations.
    pub people: usize,
    /// Payments.
    pub payments: usize,
    /// Terms of members.
    pub terms: usize,
    /// Kinds of dues.
    pub kinds: usize,
}

/// Why an import cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A payment that it brought is validated.
    PaymentValidated,
    /// A payment that it brought was changed.
    PaymentChanged,
    /// A member whom it made has a payment from elsewhere.
    OtherPayment,
    /// A member whom it made has a former number from elsewhere.
    OtherReference,
    /// A person whom it added was changed.
    PersonChanged,
    /// A membership that it made was changed.
    MemberChanged,
    /// A member whom it made got dues of their own, or somebody who pays.
    DuesChanged,
    /// A member was given a service.
    Service,
    /// A person whom it added pays for a member.
    PaysFor,
    /// An account of a person whom it added was entered.
    BankAccount,
    /// A person whom it added may sign in.
    Login,
    /// A person whom it added is in a crew.
    Crew,
    /// A person whom it added is an organisation's contact, or the organisation has one.
    Contact,
}

/// One thing that stands against undoing an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Reason {
    /// What.
    pub why: Why,
    /// Who it is about.
    pub name: String,
    /// Their membership.
    pub member: Option<MemberId>,
}

/// What stands against undoing an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Against {
    /// How much in all.
    pub total: usize,
    /// The first of it, by name.
    pub first: Vec<Reason>,
}

/// A column, where it is mapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in the file; may be empty, and another's too.
    pub header: String,
    /// The first different texts in it.
    pub examples: Vec<String>,
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Rows of the file.
    pub rows: usize,
    /// Members that are new.
    pub members_added: usize,
    /// Those of them who were known, but no members.
    pub members_of_known: usize,
    /// Members from before whom the file names.
    pub members_known: usize,
    /// Payments that come in, as drafts.
    pub payments_added: usize,
    /// Their sum.
    pub payments_amount: Cents,
    /// Payments that came in before.
    pub payments_known: usize,
    /// Payments that stay out because the importer may enter none.
    pub payments_refused: usize,
    /// Rows that say that nothing was paid.
    pub not_paid: usize,
    /// Rows that say that something was paid, but not how much: no payment.
    pub paid_without_amount: usize,
    /// Rows that say until when somebody paid, but not how much: no payment.
    pub paid_until_only: usize,
    /// Members for whom it says by which kind of dues they pay.
    pub dues_set: usize,
    /// Kinds of dues that it makes.
    pub kinds_added: usize,
    /// What comes into the organisation's own fields.
    pub values_added: usize,
    /// Rows with problems: they stay out.
    pub problem_rows: usize,
}

impl Report {
    /// Whether it changes anything.
    pub fn brings_something(&self) -> bool {
        self.members_added > 0 || self.payments_added > 0 || self.dues_set > 0
    }
}

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowMember {
    /// It makes a new member.
    New,
    /// It makes somebody a member who is known already.
    NewOfKnown,
    /// It is another row of a new member.
    SameAsBefore,
    /// The member is there already.
    Known(MemberId),
    /// It stays out.
    Nobody,
}

/// A row's payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowPayment {
    /// There is none.
    None,
    /// It comes in.
    New {
        /// How much.
        amount: Cents,
        /// When it came.
        received_on: Day,
        /// What it covers.
        period: Option<Period>,
    },
    /// It came in before.
    Known,
    /// The importer may enter none.
    Refused,
}

/// A row, as the preview shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviewRow {
    /// The line of the file.
    pub line: u64,
    /// The name.
    pub name: String,
    /// The e-mail address; may be empty.
    pub email: String,
    /// The member's number in the other program; may be empty.
    pub reference: String,
    /// What becomes of the member.
    pub member: RowMember,
    /// What becomes of the payment.
    pub payment: RowPayment,
    /// What else the row says of dues.
    pub said: Said,
    /// By which kind of dues the member is to pay from now on; empty where nothing is said.
    pub dues_kind: String,
    /// What is wrong.
    pub problems: Vec<RowProblem>,
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The counts.
    pub report: Report,
    /// Rows with problems, at most [`PROBLEMS_SHOWN`](super::PROBLEMS_SHOWN).
    pub problems: Vec<PreviewRow>,
    /// The first rows without, at most [`ROWS_SHOWN`](super::ROWS_SHOWN).
    pub sample: Vec<PreviewRow>,
    /// How many names of dues the file has of which nothing is made.
    pub kinds_left: usize,
}

/// What is done with rows that have problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemRows {
    /// One of them stops the whole import.
    #[default]
    Refuse,
    /// They stay out, the others come in.
    LeaveOut,
}
