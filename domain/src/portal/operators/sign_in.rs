//! Signing in and out, and who shows a token: as in `identity`, by its rules.

use super::{Did, NewSession, SignedIn, note, store};
use crate::access::Via;
use crate::context::{Clock, new_id};
use crate::db::{Db, Tx};
use crate::identity::rules::{self, ABSOLUTE, FORGET_AFTER, PRUNE_MAX, SESSIONS_MAX, printable};
use crate::identity::{
    Attempt, Failures, Hasher, Origin, Password, SessionRow, SignInForm, TOKEN_LENGTH, new_token,
    token_hash,
};
use crate::kernel::{Code, Problem, Result};
use crate::portal::Operator;
use chrono::{DateTime, Utc};

/// The most characters of an address that are written down.
const ADDRESS_MAX: usize = 64;

/// Failures of those who would be operators.
struct Portal;

impl Failures for Portal {
    async fn count(
        &self,
        tx: &mut Tx,
        subject: &str,
        forget_before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(i64, Option<DateTime<Utc>>)> {
        store::count_attempt(tx, subject, forget_before, now).await
    }

    async fn lock(&self, tx: &mut Tx, subject: &str, until: Option<DateTime<Utc>>) -> Result<()> {
        store::lock(tx, subject, until).await
    }

    async fn forget(&self, tx: &mut Tx, subject: &str) -> Result<()> {
        store::forget_subject(tx, subject).await
    }

    async fn take_back(&self, tx: &mut Tx, subject: &str, free: i64) -> Result<()> {
        store::take_attempt_back(tx, subject, free).await
    }
}

/// Signs an operator in. An unknown name, a wrong password and one who was disabled get one
/// answer after the same work.
///
/// # Errors
/// [`Code::SignInRefused`]; [`Code::SignInLocked`]; [`Code::Busy`].
pub async fn sign_in(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    form: &SignInForm,
    from: &Origin,
) -> Result<NewSession> {
    let turn = hasher.turn().await?;
    let attempt = Attempt::new(&form.name, &from.address);
    let mut tx = db.portal_write().await?;
    attempt.count(&mut tx, &Portal, clock.now()).await?;
    let found = store::find(&mut tx, form.name.trim().to_lowercase().as_str()).await?;
    tx.commit().await?;

    let found = found.filter(|(row, _)| row.disabled_at.is_none());
    let kept = found.as_ref().map(|(_, hash)| hash.clone());
    let right = turn
        .verify(Password::typed(&form.password), kept.clone())
        .await?;
    let refused = || Problem::new(Code::SignInRefused);
    let (Some((row, verified)), true) = (found, right) else {
        return Err(refused());
    };
    let now = clock.now();
    let mut tx = db.portal_write().await?;
    // The password may have been changed since it was verified, or they were disabled.
    if !store::note_sign_in(&mut tx, row.id, &verified, now).await? {
        return Err(refused());
    }
    attempt.take_back(&mut tx, &Portal).await?;
    let token = new_token()?;
    let session = SessionRow::new(new_id(now)?, from, now);
    store::insert_session(&mut tx, row.id, &token_hash(&token), &session).await?;
    store::delete_oldest_sessions(&mut tx, row.id, SESSIONS_MAX).await?;
    store::prune(&mut tx, now - FORGET_AFTER, now, PRUNE_MAX).await?;
    let address = printable(&from.address, ADDRESS_MAX);
    let by = Operator::known(&row.login_name, Via::Web { address });
    note(&mut tx, now, &by, (Did::SignedIn, "")).await?;
    tx.commit().await?;
    Ok(NewSession {
        token,
        expires_at: now + ABSOLUTE,
    })
}

/// The operator who shows this token, if one is signed in with it; that the session is used is
/// noted once in a few minutes.
///
/// # Errors
/// The database's own.
pub async fn resume(
    db: &Db,
    clock: &Clock,
    token: &str,
    from: &Origin,
) -> Result<Option<SignedIn>> {
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let now = clock.now();
    let mut tx = db.portal_read().await?;
    let found = store::session(&mut tx, &token_hash(token)).await?;
    drop(tx);
    let Some(row) = found.filter(|s| rules::is_alive(s.seen_at, s.expires_at, now)) else {
        return Ok(None);
    };
    if rules::is_touch_due(row.seen_at, now) {
        let mut tx = db.portal_write().await?;
        store::touch(&mut tx, row.id, row.seen_at, now).await?;
        tx.commit().await?;
    }
    Ok(Some(SignedIn {
        session: row.id,
        login_name: row.login_name,
        name: row.name,
        address: printable(&from.address, ADDRESS_MAX),
    }))
}

/// Ends this session; does nothing where it has ended.
///
/// # Errors
/// The database's own.
pub async fn sign_out(db: &Db, clock: &Clock, who: &SignedIn) -> Result<()> {
    let mut tx = db.portal_write().await?;
    if store::delete_session(&mut tx, who.session).await? {
        note(&mut tx, clock.now(), &who.operator(), (Did::SignedOut, "")).await?;
    }
    tx.commit().await
}
