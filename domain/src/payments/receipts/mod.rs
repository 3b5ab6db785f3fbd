//! Receipts: what the organisation signs for money that it received. Each payment of
//! money gets its number in the transaction that validates it; the numbers of a calendar
//! year (of the day of validation, where the organisation is) have no gap and no double.
//!
//! * What is **waived** has no receipt: no money came.
//! * A **reversal** has none either, and needs no number of its own: the receipt of the
//!   payment that it takes back stays in its place and says that it was cancelled, when,
//!   and by which payment. So a number never disappears and never changes its meaning.
//! * What was validated before receipts were numbered has none.

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

#[cfg(feature = "server")]
pub use service::*;

use super::{ForService, Method};
use crate::kernel::{Cents, Day, Locale, MemberId, PaymentId, Period};
use crate::members::MemberNumber;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most years that a list of years holds.
pub const YEARS_MAX: i64 = 200;

/// A receipt's number: `2026-0412`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReceiptNumber {
    /// The calendar year in which it was given.
    pub year: i64,
    /// Its place in that year, from 1 on.
    pub number: i64,
}

impl std::fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{:04}", self.year, self.number)
    }
}

/// A receipt with everything that the document says. The names and addresses are those
/// of the day on which it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    pub number: ReceiptNumber,
    /// The payment that it is for; it is found by it.
    pub payment: PaymentId,
    /// When it was given.
    pub issued_on: Day,
    /// The organisation's name.
    pub organisation: String,
    /// The organisation's address, in lines.
    pub organisation_address: Option<String>,
    /// Where it was given.
    pub place: Option<String>,
    /// Whose dues were paid.
    pub member: MemberId,
    /// The member's number.
    pub member_number: MemberNumber,
    /// The member's name.
    pub name: String,
    /// The member's language, where they chose one.
    pub locale: Option<Locale>,
    /// The member's street and house number.
    pub street: Option<String>,
    /// The member's postcode.
    pub postcode: Option<String>,
    /// The member's city.
    pub city: Option<String>,
    /// The member's country.
    pub country: Option<String>,
    /// How much was received.
    pub amount: Cents,
    /// How it came.
    pub method: Method,
    /// When it came.
    pub received_on: Day,
    /// Which time it pays for.
    pub period: Option<Period>,
    /// The service that was paid, as it was called then.
    pub service: Option<ForService>,
    /// What it is called.
    pub label: String,
    /// Whether and how it was taken back.
    pub cancelled: Option<Cancelled>,
}

/// That a receipt counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// The payment that took the money back.
    pub by: PaymentId,
    /// When that was validated.
    pub at: DateTime<Utc>,
}

/// What a year's receipts come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearTotals {
    /// How many were given.
    pub count: i64,
    /// The sum of all.
    pub amount: Cents,
    /// How many of them were cancelled since.
    pub cancelled: i64,
    /// The sum of those.
    pub cancelled_amount: Cents,
}

impl YearTotals {
    /// What remains.
    pub fn remaining(self) -> Cents {
        Cents(self.amount.0.saturating_sub(self.cancelled_amount.0))
    }
}
