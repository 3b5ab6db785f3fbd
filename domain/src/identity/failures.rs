//! Sign-ins that failed lately, for those who look after the organisation: somebody who
//! has forgotten a password, or somebody who tries many.

use super::rules::FAILURES_SHOWN_FOR;
use super::sign_in::account_subject;
use super::store;
use crate::context::Cx;
use crate::kernel::{Result, Right};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// The most failures that are shown.
pub const FAILURES_MAX: i64 = 5;
/// The most logins that failures are compared with.
const LOGINS_COMPARED_MAX: i64 = 5_000;

/// Who, or where, failures are counted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An account that there is, by its login name.
    Login(String),
    /// A name that no account has: what was typed is not kept.
    UnknownName,
    /// The address that the attempts came from.
    Address(String),
}

/// Failed sign-ins of one account or from one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which.
    pub subject: Subject,
    /// How many in a row.
    pub failures: i64,
    /// When the last one was.
    pub last_at: DateTime<Utc>,
    /// Until when further ones are refused; `None` where that is over.
    pub locked_until: Option<DateTime<Utc>>,
}

/// The sign-ins that failed last, within a day; at most [`FAILURES_MAX`].
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn failures(cx: &mut Cx) -> Result<Vec<Failure>> {
    cx.require(Right::Settings)?;
    let since = cx.now - FAILURES_SHOWN_FOR;
    let rows = store::failures(&mut cx.tx, cx.tenant, since, FAILURES_MAX).await?;
    // Accounts are kept as hashes: only where there are some, the logins are hashed too.
    let names = match rows.iter().any(|row| row.0.starts_with("account:")) {
        true => names(cx).await?,
        false => HashMap::new(),
    };
    let now = cx.now;
    let failure = |(subject, failures, last_at, locked_until): store::FailureSql| Failure {
        subject: match subject.strip_prefix("address:") {
            Some(address) => Subject::Address(address.to_owned()),
            None => names
                .get(&subject)
                .map_or(Subject::UnknownName, |n| Subject::Login(n.clone())),
        },
        failures,
        last_at,
        locked_until: locked_until.filter(|until| *until > now),
    };
    Ok(rows.into_iter().map(failure).collect())
}

/// The login names, by what each of them, and each e-mail address, is counted as.
async fn names(cx: &mut Cx) -> Result<HashMap<String, String>> {
    let logins = store::login_keys(&mut cx.tx, cx.tenant, LOGINS_COMPARED_MAX).await?;
    let mut names = HashMap::new();
    for (login, email) in logins {
        if let Some(email) = email {
            names.insert(account_subject(&email), login.clone());
        }
        names.insert(account_subject(&login), login);
    }
    Ok(names)
}
