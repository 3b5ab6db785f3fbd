//! What is kept about one person, in one list of places: from it everything is shown to them
//! (GDPR, articles 15 and 20), and from it it is erased (article 17). A table or a column that
//! does not stand in the list fails a test. This floor stands on all others: it alone reads
//! and empties what they keep.

mod erasing;
mod reading;
mod store;
#[cfg(test)]
mod tests;

use crate::kernel::{Check, Code, Day, Locale, MemberId, PartyId, Problem, Result, text};
use crate::members::MemberNumber;
use crate::people::Party;
use chrono::{DateTime, Utc};
pub use erasing::*;
pub use reading::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Somebody whose mandate ended may contest a debit for thirteen months; the proof is kept for so long.
pub const MANDATE_KEPT_MONTHS: u32 = 14;

/// Why something stays when a person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Accounts and their vouchers are kept for ten years (Code de commerce, article L123-22).
    Accounting,
    /// A mandate proves a debit until nobody can contest it any more.
    Mandate,
    /// What was answered to a legal request is kept as it was given.
    Answer,
    /// It says nothing of who it was: a number, days, amounts.
    Nameless,
    /// The same file, imported again, must not bring the person back.
    Import,
}

/// What happens to what is kept in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rows go.
    Deleted,
    /// What is personal in them goes.
    Emptied,
    /// They stay as they are.
    Kept(Why),
}

/// What is kept in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The table.
    pub place: &'static str,
    /// How many rows.
    pub rows: i64,
    /// What happens to them.
    pub outcome: Outcome,
}

/// What must end before a person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// They are a member.
    Membership,
    /// They have services.
    Services {
        /// How many.
        count: i64,
    },
    /// Payments wait to be validated.
    Payments {
        /// How many.
        count: i64,
    },
    /// Mandates hold.
    Mandates {
        /// How many.
        count: i64,
    },
    /// It is the one who asks.
    Yourself,
}

/// What an erasure would do.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// Who.
    pub person: Party,
    /// Their membership.
    pub member: Option<(MemberId, MemberNumber)>,
    /// When they were erased, where they were.
    pub erased_at: Option<DateTime<Utc>>,
    /// What they are called afterwards.
    pub placeholder: String,
    /// What there is, and what happens to it.
    pub parts: Vec<Part>,
    /// How many rows of the audit say who acted, and it was them.
    pub audit_who: u64,
    /// How many rows of the audit are about them.
    pub audit_what: u64,
    /// What must end first.
    pub blocks: Vec<Block>,
}

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// How many rows of which table went, or were emptied.
    pub rows: Vec<(String, u64)>,
    /// How many personal parts of the audit's rows went.
    pub audit: u64,
}

/// Why a person is erased. A choice, because the audit keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They asked for it.
    Asked,
    /// There is no purpose any more.
    Over,
    /// It should never have been kept.
    Unlawful,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Asked, Self::Over, Self::Unlawful];

    /// Its name in forms and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Over => "over",
            Self::Unlawful => "unlawful",
        }
    }

    /// The reason of a name.
    ///
    /// # Errors
    /// [`Code::UnknownChoice`].
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|reason| reason.name() == name);
        found.ok_or_else(|| Problem::new(Code::UnknownChoice))
    }
}

/// The form that erases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EraseForm {
    /// The form's own key.
    pub key: String,
    /// Why.
    pub reason: String,
    /// The person's name, typed.
    pub confirmation: String,
}

impl EraseForm {
    /// Reads the form about somebody of this name.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, name: &str) -> Result<Reason> {
        let mut check = Check::new();
        let reason = check.required("reason", &self.reason, Reason::parse);
        let same = |typed: &str| match text::fold(typed) == text::fold(name) {
            true => Ok(()),
            false => Err(Problem::new(Code::NotTheName)),
        };
        check.required("confirmation", &self.confirmation, same);
        check.done(reason)
    }
}

/// Everything that is kept about a person.
#[derive(Clone, Debug, Serialize)]
pub struct PersonalData {
    /// When this was read.
    pub made_at: DateTime<Utc>,
    /// Whose data they are.
    pub name: String,
    /// Who keeps them.
    pub organisation: String,
    /// Each place, with its rows.
    pub parts: Vec<Section>,
}

/// What is kept in one place.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// The table; `audit` is what was done to it.
    pub place: &'static str,
    /// Its rows, by their fields.
    pub rows: Vec<Map<String, Value>>,
}

/// Somebody, and what is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Somebody {
    pub id: PartyId,
    pub name: String,
    pub member: Option<(MemberId, MemberNumber)>,
    pub placeholder: String,
    /// Mandates that were revoked until this day are not needed any more.
    pub not_needed_since: Day,
}

/// What somebody is called who was erased.
fn placeholder(l: Locale, number: Option<MemberNumber>) -> String {
    let name = match l {
        Locale::Fr => "Personne effacée",
        Locale::En => "Erased person",
    };
    match number {
        Some(number) => format!("{name} {number}"),
        None => name.to_owned(),
    }
}
