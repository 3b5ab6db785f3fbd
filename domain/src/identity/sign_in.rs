//! Signing in: the count of failures, the check of the password, the new session.
//!
//! An attempt is counted as a failure before the password is looked at, in a
//! transaction of its own, and taken back where the password was right. So many
//! attempts at the same time cannot get past the count, and none is forgotten.

use super::rules::{
    ABSOLUTE, ACCOUNT_FAILURES, ADDRESS_FAILURES, FORGET_AFTER, PRUNE_MAX, SESSIONS_MAX,
    address_group, lock_minutes, minutes_left, printable,
};
use super::sessions::{hex, new_token, token_hash};
use super::store::{self, LoginRow};
use super::{Hasher, NewSession, Origin, Password, PasswordHash, SessionRow, SignInForm};
use crate::access::{Actor, Rights, Via};
use crate::audit::{self, Change, NOTHING};
use crate::context::{Clock, Cx};
use crate::db::{Db, Tx};
use crate::kernel::{Code, LoginName, Problem, Result, SessionId, TenantId, text};
use crate::settings;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

/// The most characters of what a browser calls itself that are kept.
const USER_AGENT_MAX: usize = 300;
/// The most characters of an address that are kept.
const ADDRESS_MAX: usize = 64;

/// Signs somebody in. Everybody may try; a name that is unknown, an e-mail address
/// that two people share, and a wrong password get one answer after the same work.
///
/// # Errors
/// [`Code::SignInRefused`]; [`Code::SignInLocked`] after too many failures, also
/// where the password is right; [`Code::Busy`].
pub async fn sign_in(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    tenant: TenantId,
    form: &SignInForm,
    from: &Origin,
) -> Result<NewSession> {
    // First the turn, then the count: who finds us busy has not failed.
    let turn = hasher.turn().await?;
    let now = clock.now();
    let attempt = Attempt::new(&form.name, &from.address);
    let mut tx = db.write(tenant).await?;
    attempt.count(&mut tx, &tenant, now).await?;
    let login = find(&mut tx, tenant, &form.name).await?;
    tx.commit().await?;

    // One that is disabled, or has no password yet, is answered like one that there is not.
    let kept = login.as_ref().and_then(LoginRow::open_hash);
    let right = turn
        .verify(Password::typed(&form.password), kept.clone())
        .await?;
    match (login, kept) {
        (Some(login), Some(hash)) if right => {
            let known = (&login, &hash);
            open_session(db, clock, tenant, known, &attempt, from).await
        }
        _ => Err(Problem::new(Code::SignInRefused)),
    }
}

/// What a failed attempt is counted for: the account as it was typed, whether it
/// exists or not, and the address.
pub(crate) struct Attempt {
    account: String,
    address: String,
}

/// Where failures are kept: by an organisation, or by the portal for its operators. The rules
/// are the same.
pub(crate) trait Failures {
    /// Counts an attempt of a subject, and says how many there are and until when it was locked
    /// before.
    async fn count(
        &self,
        tx: &mut Tx,
        subject: &str,
        forget_before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(i64, Option<DateTime<Utc>>)>;
    /// Locks a subject until then, or no longer.
    async fn lock(&self, tx: &mut Tx, subject: &str, until: Option<DateTime<Utc>>) -> Result<()>;
    /// A subject starts anew.
    async fn forget(&self, tx: &mut Tx, subject: &str) -> Result<()>;
    /// Takes one attempt back, and the lock with it where fewer than `free` remain.
    async fn take_back(&self, tx: &mut Tx, subject: &str, free: i64) -> Result<()>;
}

impl Failures for TenantId {
    async fn count(
        &self,
        tx: &mut Tx,
        subject: &str,
        forget_before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(i64, Option<DateTime<Utc>>)> {
        store::count_attempt(tx, *self, subject, forget_before, now).await
    }

    async fn lock(&self, tx: &mut Tx, subject: &str, until: Option<DateTime<Utc>>) -> Result<()> {
        store::lock(tx, *self, subject, until).await
    }

    async fn forget(&self, tx: &mut Tx, subject: &str) -> Result<()> {
        store::forget_subject(tx, *self, subject).await
    }

    async fn take_back(&self, tx: &mut Tx, subject: &str, free: i64) -> Result<()> {
        store::take_attempt_back(tx, *self, subject, free).await
    }
}

impl Attempt {
    pub(crate) fn new(name: &str, address: &str) -> Self {
        Self {
            account: account_subject(name),
            address: format!("address:{}", address_group(address)),
        }
    }

    /// Counts the attempt; refuses, and counts nothing, where one of the two is locked.
    /// The transaction is the caller's to commit, whatever the password turns out to be.
    pub(crate) async fn count(
        &self,
        tx: &mut Tx,
        kept_by: &impl Failures,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let subjects = [
            (&self.account, ACCOUNT_FAILURES),
            (&self.address, ADDRESS_FAILURES),
        ];
        let mut locked = None;
        for (subject, free) in subjects {
            let (failures, until) = kept_by.count(tx, subject, now - FORGET_AFTER, now).await?;
            locked = locked.max(minutes_left(until, now));
            let until = lock_minutes(failures, free).map(|m| now + TimeDelta::minutes(m));
            kept_by.lock(tx, subject, until).await?;
        }
        match locked {
            Some(minutes) => Err(Problem::new(Code::SignInLocked { minutes })),
            None => Ok(()),
        }
    }

    /// The password was right: the account starts anew, and the address has one
    /// failure less. An address is never cleared: one good login among many bad
    /// ones says nothing about the others.
    pub(crate) async fn take_back(&self, tx: &mut Tx, kept_by: &impl Failures) -> Result<()> {
        kept_by.forget(tx, &self.account).await?;
        kept_by.take_back(tx, &self.address, ADDRESS_FAILURES).await
    }
}

/// The name of an account in the table of failures. A hash: people type their
/// password into the field of the name.
pub(super) fn account_subject(name: &str) -> String {
    let digest = Sha256::digest(text::fold(name).as_bytes());
    format!("account:{}", hex(&digest))
}

/// The login that a name or an e-mail address means; none where the address is
/// that of two people with a login.
pub(super) async fn find(tx: &mut Tx, tenant: TenantId, typed: &str) -> Result<Option<LoginRow>> {
    let mut found = match LoginName::parse(typed) {
        Ok(name) => store::logins(tx, tenant, Some(name.as_str()), None, None, 2).await?,
        Err(_) if typed.contains('@') => {
            store::logins(tx, tenant, None, Some(&text::fold(typed)), None, 2).await?
        }
        Err(_) => Vec::new(),
    };
    Ok(if found.len() == 1 { found.pop() } else { None })
}

impl SessionRow {
    /// A session that is opened now.
    pub(crate) fn new(id: SessionId, from: &Origin, now: DateTime<Utc>) -> Self {
        Self {
            id,
            user_agent: printable(&from.user_agent, USER_AGENT_MAX),
            address: printable(&from.address, ADDRESS_MAX),
            created_at: now,
            seen_at: now,
            expires_at: now + ABSOLUTE,
        }
    }
}

/// Opens a session, with an id and a token that nobody knew before.
async fn open_session(
    db: &Db,
    clock: &Clock,
    tenant: TenantId,
    (login, verified): (&LoginRow, &PasswordHash),
    attempt: &Attempt,
    from: &Origin,
) -> Result<NewSession> {
    let token = new_token()?;
    let person = login.person_id;
    let actor = Actor {
        person: Some(person),
        name: login.full_name(),
        rights: Rights::default(),
        via: Via::Web {
            address: printable(&from.address, ADDRESS_MAX),
        },
    };
    let now = clock.now();
    let tx = db.write(tenant).await?;
    let mut cx = Cx::new(tenant, actor, now, settings::DEFAULT_ZONE, tx);
    // The password may have been changed since it was verified, or the login disabled.
    if !store::note_sign_in(&mut cx.tx, tenant, person, verified, now).await? {
        return Err(Problem::new(Code::SignInRefused));
    }
    attempt.take_back(&mut cx.tx, &tenant).await?;
    let session = SessionRow::new(cx.new_id()?, from, now);
    store::insert_session(&mut cx.tx, tenant, person, &token_hash(&token), &session).await?;
    store::delete_oldest_sessions(&mut cx.tx, tenant, person, SESSIONS_MAX).await?;
    store::prune(&mut cx.tx, tenant, now - FORGET_AFTER, now, PRUNE_MAX).await?;
    let change = Change {
        action: "signed_in",
        kind: "session",
        id: session.id.0,
        label: &login.full_name(),
    };
    audit::record(&mut cx, change, NOTHING, Some(&session)).await?;
    cx.commit().await?;
    Ok(NewSession {
        token,
        person,
        expires_at: session.expires_at,
    })
}
