//! Accounts of people and organisations. The number of an account is encrypted at rest,
//! shown shortened, and each sight of the whole of it is audited.

#[cfg(feature = "server")]
mod keys;
pub mod mandates;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

use crate::kernel::{BankAccountId, PartyId};
#[cfg(feature = "server")]
pub use keys::Keys;
#[cfg(feature = "server")]
pub(crate) use keys::Place;
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
pub use service::*;

/// The most accounts of one person or organisation.
pub const ACCOUNTS_MAX: usize = 20;

/// An account, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Account {
    /// Its id.
    pub id: BankAccountId,
    /// Whose it is.
    pub party_id: PartyId,
    /// In whose name the bank keeps it.
    pub holder: String,
    /// The bank's code; empty where it is not known.
    pub bic: String,
    /// Its number, shortened: "FR76 •••• 0189".
    pub short: String,
    /// Whether it is the one that is used.
    pub is_preferred: bool,
}

/// An account as a form sends it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AccountForm {
    /// The form's own key.
    pub key: String,
    /// Its number.
    pub iban: String,
    /// In whose name; empty: the person's or the organisation's own.
    pub holder: String,
    /// The bank's code; may be empty.
    pub bic: String,
}

/// Whatever prints the form does not print the number.
impl std::fmt::Debug for AccountForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountForm { … }")
    }
}
