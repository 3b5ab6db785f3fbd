//! Those who run the installation and sign in by a browser. They are of no tenant: what they
//! are, their sessions and what they did is the portal's. The command line alone makes them.
//! How passwords, sessions and failures are treated is said once, in `identity`.

mod manage;
mod sign_in;
mod store;
#[cfg(test)]
mod tests;

pub use manage::{add, disable, enable, end_sessions, list, set_password};
pub use sign_in::{resume, sign_in, sign_out};

use super::Operator;
use crate::access::Via;
use crate::context::new_id;
use crate::db::{Db, Tx};
use crate::identity::HIDDEN;
use crate::kernel::{OperatorId, Result, SessionId, named};
use chrono::{DateTime, Utc};
use std::fmt;

/// The most rows of [`list`].
const OPERATORS_MAX: i64 = 1_000;
/// The most rows of [`events`].
const EVENTS_MAX: i64 = 1_000;

/// Somebody who runs the installation, without their password.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct Row {
    /// Their id.
    pub id: OperatorId,
    /// What they sign in with.
    pub login_name: String,
    /// What they are called.
    pub name: String,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When their password was set.
    pub changed_at: DateTime<Utc>,
    /// When they last signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Since when they cannot.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// An operator's session that was just opened: the only moment at which its token is known.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSession {
    /// What the browser shows from now on.
    pub token: String,
    /// When the session ends even if it is used.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("token", &HIDDEN)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

/// An operator who is signed in: only [`resume`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    session: SessionId,
    login_name: String,
    name: String,
    address: String,
}

impl SignedIn {
    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The operator, as whom they may do what operators do.
    pub fn operator(&self) -> Operator {
        let address = self.address.clone();
        Operator::known(&self.login_name, Via::Web { address })
    }
}

named! {
    /// What an operator did.
    Did {
        /// Added an operator.
        Added = "added",
        /// Set an operator's password.
        PasswordSet = "password_set",
        /// Keeps an operator from signing in.
        Disabled = "disabled",
        /// Lets them sign in again.
        Enabled = "enabled",
        /// Ended an operator's sessions.
        SessionsEnded = "sessions_ended",
        /// Signed in.
        SignedIn = "signed_in",
        /// Signed out.
        SignedOut = "signed_out",
        /// Began a proof that organisations are apart.
        ProofBegun = "proof_begun",
        /// A proof did not come to its end.
        ProofFailed = "proof_failed",
    }
}

/// What somebody did, and when: kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub operator: String,
    /// What; a version of the program that comes may know more.
    pub action: String,
    /// Whom or what it was about: a login name, an id, or nothing.
    pub about: String,
    /// From which address; empty on the machine itself.
    pub address: String,
}

/// What operators did: the latest first.
///
/// # Errors
/// The database's own.
pub async fn events(db: &Db) -> Result<Vec<Event>> {
    let mut tx = db.portal_read().await?;
    store::events(&mut tx, EVENTS_MAX).await
}

/// Writes down what somebody does, with the change itself.
pub(super) async fn note(
    tx: &mut Tx,
    now: DateTime<Utc>,
    by: &Operator,
    (did, about): (Did, &str),
) -> Result<()> {
    let event = Event {
        at: now,
        operator: by.name().to_owned(),
        action: did.name().to_owned(),
        about: about.to_owned(),
        address: by.address().to_owned(),
    };
    store::insert_event(tx, new_id(now)?, &event).await
}
