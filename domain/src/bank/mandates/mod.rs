//! Mandates of direct debits (SEPA): what somebody signed so that their account may be
//! debited. Not for the debits themselves.

mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

use crate::kernel::{BankAccountId, Check, Code, Day, MandateId, Problem, Result};
pub use rules::{MONTHS_UNUSED, State, parse_reference};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
pub use service::*;

/// The most mandates of one person or organisation.
pub const MANDATES_MAX: usize = 50;

/// Whether an account is debited once or again and again (AT-21 of the EPC's rulebook).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type))]
#[cfg_attr(
    feature = "server",
    sqlx(type_name = "text", rename_all = "snake_case")
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Again and again.
    #[default]
    Recurring,
    /// Once.
    OneOff,
}

impl Kind {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Recurring, Self::OneOff];

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recurring => "recurring",
            Self::OneOff => "one_off",
        }
    }
}

/// A mandate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Mandate {
    /// Its id.
    pub id: MandateId,
    /// The account that may be debited.
    pub account_id: BankAccountId,
    /// Its unique reference (AT-01), as it was given.
    pub reference: String,
    /// Once, or again and again.
    pub kind: Kind,
    /// The day on which it was signed.
    pub signed_on: Day,
    /// The first day on which it does not hold any more.
    pub revoked_on: Option<Day>,
    /// Grows with each change.
    pub version: i64,
}

/// A mandate as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MandateForm {
    /// The form's own key.
    pub key: String,
    /// The account.
    pub account: String,
    /// The reference; empty: one is made.
    pub reference: String,
    /// A [`Kind`]'s name.
    pub kind: String,
    /// The day on which it was signed; empty: today.
    pub signed_on: String,
}

/// What a form says, once it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MandateData {
    /// The account.
    pub account_id: BankAccountId,
    /// The reference, where one was given.
    pub reference: Option<String>,
    /// Once, or again and again.
    pub kind: Kind,
    /// When it was signed.
    pub signed_on: Day,
}

impl MandateForm {
    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, today: Day) -> Result<MandateData> {
        let unknown = || Problem::new(Code::UnknownChoice);
        let mut check = Check::new();
        let account = check.required("account", &self.account, |t| {
            t.parse().map_err(|_| unknown())
        });
        let reference = check.optional("reference", &self.reference, parse_reference);
        let kind = check.required("kind", &self.kind, |t| {
            let found = Kind::ALL.into_iter().find(|kind| kind.name() == t);
            found.ok_or_else(unknown)
        });
        let signed_on = check.optional("signed_on", &self.signed_on, |t| {
            let day = crate::kernel::calendar::parse_day(t)?;
            match day <= today {
                true => Ok(day),
                false => Err(Problem::new(Code::DayInFuture)),
            }
        });
        let read = account.zip(kind).map(|(account_id, kind)| MandateData {
            account_id,
            reference,
            kind,
            signed_on: signed_on.unwrap_or(today),
        });
        check.done(read)
    }
}
