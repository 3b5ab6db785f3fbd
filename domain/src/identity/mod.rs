//! Logins, passwords and sessions: who somebody is, and for how long we believe
//! it. What they may do is said by `crews`.

#[cfg(feature = "server")]
mod access;
#[cfg(feature = "server")]
mod failures;
#[cfg(feature = "server")]
mod hasher;
#[cfg(feature = "server")]
mod links;
#[cfg(feature = "server")]
mod logins;
mod password;
pub mod rules;
#[cfg(feature = "server")]
mod sessions;
#[cfg(feature = "server")]
mod sign_in;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
mod tests;

#[cfg(feature = "server")]
pub use access::*;
#[cfg(feature = "server")]
pub use failures::{FAILURES_MAX, Failure, Subject, failures};
#[cfg(feature = "server")]
pub use hasher::{Hasher, PasswordHash};
#[cfg(feature = "server")]
pub use links::*;
#[cfg(feature = "server")]
pub use logins::*;
pub use password::{PASSWORD_MAX, PASSWORD_MIN, Password};
#[cfg(feature = "server")]
pub use sessions::*;
#[cfg(feature = "server")]
pub(crate) use sessions::{TOKEN_LENGTH, new_token, token_hash};
#[cfg(feature = "server")]
pub use sign_in::sign_in;
#[cfg(feature = "server")]
pub(crate) use sign_in::{Attempt, Failures};

use crate::access::Rights;
use crate::kernel::{Locale, PartyId, SessionId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What takes the place of a secret wherever a value is printed.
pub(crate) const HIDDEN: &str = "…";

/// What somebody types to sign in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// A login name or an e-mail address.
    pub name: String,
    /// The password.
    pub password: String,
}

/// What somebody types to change their own password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The password until now.
    pub present: String,
    /// The new one.
    pub password: String,
}

/// Where a request came from, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the connection.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

/// A session that was just opened: the only moment at which its token is known.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSession {
    /// What the browser shows from now on: 64 hexadecimal digits.
    pub token: String,
    /// Who signed in.
    pub person: PartyId,
    /// When the session ends even if it is used.
    pub expires_at: DateTime<Utc>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Their session.
    pub session: SessionId,
    /// The person.
    pub person: PartyId,
    /// Given and family name.
    pub name: String,
    /// The language they chose, if they did.
    pub locale: Option<Locale>,
    /// What they may do.
    pub rights: Rights,
    /// Whether it is time to call `touch`.
    pub touch_due: bool,
}

/// One of somebody's own sessions, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct SessionRow {
    /// Its id; not its token.
    pub id: SessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The address from which it was opened.
    pub address: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, within a few minutes.
    pub seen_at: DateTime<Utc>,
    /// When it ends even if it is used.
    pub expires_at: DateTime<Utc>,
}

/// A login, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Whose it is.
    pub person: PartyId,
    /// Given and family name.
    pub name: String,
    /// The login name.
    pub login_name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its password was last changed.
    pub changed_at: DateTime<Utc>,
    /// When somebody last signed in with it.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Whether a password was chosen.
    pub has_password: bool,
    /// Since when nobody can sign in with it.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Until when the link is good by which the person chooses a password.
    pub link_until: Option<DateTime<Utc>>,
}

/// What a person may do here, and how they get in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Their login, where they have one.
    pub login: Option<Login>,
    /// How many sessions are open.
    pub sessions: i64,
    /// What they may do, and through which crews.
    pub rights: Rights,
}

/// The form that gives somebody a login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoginForm {
    /// The form's key.
    pub key: String,
    /// The login name.
    pub login: String,
}

/// What somebody sends who chooses a password by a link.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WelcomeForm {
    /// The link's token.
    pub token: String,
    /// The password.
    pub password: String,
}

/// Whose a link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcomed {
    /// The person.
    pub person: PartyId,
    /// Given and family name.
    pub name: String,
    /// The name to sign in with.
    pub login_name: String,
}

/// A link that was just made: the only moment at which its token is known.
#[derive(Clone, PartialEq, Eq)]
pub struct NewLink {
    /// What stands at the link's end: 64 hexadecimal digits.
    pub token: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name too: people type a password into the wrong field.
        f.debug_struct("SignInForm")
            .field("name", &HIDDEN)
            .field("password", &HIDDEN)
            .finish()
    }
}

impl fmt::Debug for PasswordForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordForm")
            .field("present", &HIDDEN)
            .field("password", &HIDDEN)
            .finish()
    }
}

impl fmt::Debug for WelcomeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WelcomeForm")
            .field("token", &HIDDEN)
            .field("password", &HIDDEN)
            .finish()
    }
}

impl fmt::Debug for NewLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLink")
            .field("token", &HIDDEN)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("token", &HIDDEN)
            .field("person", &self.person)
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
