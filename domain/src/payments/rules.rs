//! What may be done with a payment, and why not. Pure, and the same for the screen that
//! locks a field and for the use-case that refuses.
//!
//! Each of the four rights stands alone. A reversal is entered with the right to enter
//! payments ([`Right::PaymentsAdd`]): it is a payment that waits like any other, and the
//! right to validate gives nothing but validation.

use super::{Payment, State};
use crate::access::Rights;
use crate::kernel::{Code, PartyId, Problem, Right};
use crate::settings::Validation;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why something cannot be done with a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lock", rename_all = "snake_case")]
pub enum Lock {
    /// It is validated: nobody changes it any more.
    Validated {
        /// By whom.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A right is missing.
    MissingRight {
        /// Which one.
        right: Right,
    },
    /// Who entered it may not validate it.
    OwnEntry,
    /// A reversal follows what it takes back: it is deleted or validated, no more.
    IsReversal,
    /// It is reversed, or its reversal waits.
    ReversalExists,
    /// Only what is validated can be reversed.
    NotValidated,
}

impl Lock {
    /// The public code of the refusal.
    pub fn code(&self) -> Code {
        match self {
            Self::Validated { .. } => Code::PaymentFrozen,
            Self::MissingRight { right } => Code::Forbidden { right: *right },
            Self::OwnEntry => Code::OwnEntry,
            Self::IsReversal => Code::IsReversal,
            Self::ReversalExists => Code::AlreadyReversed,
            Self::NotValidated => Code::NotValidatedYet,
        }
    }
}

impl From<Lock> for Problem {
    #[track_caller]
    fn from(lock: Lock) -> Self {
        Self::new(lock.code())
    }
}

/// Whether a payment may be entered.
///
/// # Errors
/// The right that is missing.
pub fn may_add(rights: &Rights) -> Result<(), Lock> {
    has(rights, Right::PaymentsAdd)
}

/// Whether a payment may be changed.
///
/// # Errors
/// What stands against it. That it is validated comes first: it holds for everybody.
pub fn may_change(rights: &Rights, payment: &Payment) -> Result<(), Lock> {
    not_frozen(payment)?;
    if payment.reverses.is_some() {
        return Err(Lock::IsReversal);
    }
    has(rights, Right::PaymentsChange)
}

/// Whether a payment may be deleted; a reversal that waits may as well.
///
/// # Errors
/// What stands against it.
pub fn may_delete(rights: &Rights, payment: &Payment) -> Result<(), Lock> {
    not_frozen(payment)?;
    has(rights, Right::PaymentsDelete)
}

/// Whether somebody may validate a payment. What the command line entered counts as its
/// own entry there: it cannot show that two different people looked at it.
///
/// # Errors
/// What stands against it.
pub fn may_validate(
    rights: &Rights,
    actor: Option<PartyId>,
    payment: &Payment,
    validation: Validation,
) -> Result<(), Lock> {
    not_frozen(payment)?;
    has(rights, Right::PaymentsValidate)?;
    match validation {
        Validation::SomeoneElse if payment.entered_by == actor => Err(Lock::OwnEntry),
        Validation::SomeoneElse | Validation::Anyone => Ok(()),
    }
}

/// Whether a payment may be reversed: once, when it is validated and no reversal itself.
///
/// # Errors
/// What stands against it.
pub fn may_reverse(rights: &Rights, payment: &Payment) -> Result<(), Lock> {
    if payment.reverses.is_some() {
        return Err(Lock::IsReversal);
    }
    if payment.state == State::Draft {
        return Err(Lock::NotValidated);
    }
    if payment.reversed_by.is_some() {
        return Err(Lock::ReversalExists);
    }
    has(rights, Right::PaymentsAdd)
}

fn has(rights: &Rights, right: Right) -> Result<(), Lock> {
    if rights.has(right) {
        Ok(())
    } else {
        Err(Lock::MissingRight { right })
    }
}

fn not_frozen(payment: &Payment) -> Result<(), Lock> {
    match (payment.state, payment.validated_at) {
        (State::Draft, _) => Ok(()),
        (State::Validated, at) => Err(Lock::Validated {
            by: payment.validated_by_name.clone().unwrap_or_default(),
            at: at.unwrap_or(payment.entered_at),
        }),
    }
}
