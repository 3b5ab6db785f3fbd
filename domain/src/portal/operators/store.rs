//! The tables of operators: who they are, their sessions, failed sign-ins, what they did.

use super::{Event, Row};
use crate::db::Tx;
use crate::identity::{PasswordHash, SessionRow};
use crate::kernel::{OperatorId, Result, SessionId};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

/// An operator with their password's hash.
#[derive(FromRow)]
struct Known {
    #[sqlx(flatten)]
    row: Row,
    password_hash: String,
}

pub(super) async fn find(tx: &mut Tx, login: &str) -> Result<Option<(Row, PasswordHash)>> {
    let known: Option<Known> = opt!(
        *tx,
        "SELECT id, login_name, name, created_at, changed_at, signed_in_at, disabled_at, password_hash FROM operators WHERE login_name = $1",
        login
    )?;
    Ok(known.map(|known| (known.row, PasswordHash::stored(known.password_hash))))
}

pub(super) async fn list(tx: &mut Tx, limit: i64) -> Result<Vec<Row>> {
    all!(
        *tx,
        "SELECT id, login_name, name, created_at, changed_at, signed_in_at, disabled_at FROM operators ORDER BY login_name LIMIT $1",
        limit
    )
}

/// Whether nobody had the name.
pub(super) async fn insert(tx: &mut Tx, row: &Row, hash: &PasswordHash) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO operators (id, login_name, name, password_hash, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        row.id,
        row.login_name.as_str(),
        row.name.as_str(),
        hash.as_str(),
        row.created_at,
        row.changed_at
    )?;
    Ok(rows == 1)
}

pub(super) async fn set_hash(
    tx: &mut Tx,
    id: OperatorId,
    hash: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE operators SET password_hash = $2, changed_at = $3 WHERE id = $1",
        id,
        hash.as_str(),
        now
    )?;
    Ok(())
}

pub(super) async fn set_disabled(
    tx: &mut Tx,
    id: OperatorId,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE operators SET disabled_at = $2 WHERE id = $1",
        id,
        since
    )?;
    Ok(())
}

/// Notes a sign-in, and whether the hash is still the one that was verified.
pub(super) async fn note_sign_in(
    tx: &mut Tx,
    id: OperatorId,
    verified: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE operators SET signed_in_at = $3 WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL",
        id,
        verified.as_str(),
        now
    )?;
    Ok(rows == 1)
}

// --- sessions

pub(super) async fn insert_session(
    tx: &mut Tx,
    id: OperatorId,
    token_hash: &[u8],
    session: &SessionRow,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO operator_sessions (id, token_hash, operator_id, user_agent, address, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        session.id,
        token_hash,
        id,
        session.user_agent.as_str(),
        session.address.as_str(),
        session.created_at,
        session.seen_at,
        session.expires_at
    )?;
    Ok(())
}

/// A session with the operator whose it is.
#[derive(FromRow)]
pub(super) struct OpenSession {
    pub id: SessionId,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub login_name: String,
    pub name: String,
}

/// The session of a token, of one who may sign in.
pub(super) async fn session(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<OpenSession>> {
    opt!(
        *tx,
        "SELECT s.id, s.seen_at, s.expires_at, o.login_name, o.name FROM operator_sessions s JOIN operators o ON o.id = s.operator_id WHERE s.token_hash = $1 AND o.disabled_at IS NULL",
        token_hash
    )
}

/// Writes a session's last use, where nobody has since.
pub(super) async fn touch(
    tx: &mut Tx,
    id: SessionId,
    seen_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE operator_sessions SET seen_at = $3 WHERE id = $1 AND seen_at = $2",
        id,
        seen_at,
        now
    )?;
    Ok(())
}

/// Whether it was there.
pub(super) async fn delete_session(tx: &mut Tx, id: SessionId) -> Result<bool> {
    Ok(exec!(*tx, "DELETE FROM operator_sessions WHERE id = $1", id)? > 0)
}

pub(super) async fn delete_sessions(tx: &mut Tx, id: OperatorId) -> Result<u64> {
    exec!(
        *tx,
        "DELETE FROM operator_sessions WHERE operator_id = $1",
        id
    )
}

/// Ends the oldest sessions of an operator beyond the newest few.
pub(super) async fn delete_oldest_sessions(tx: &mut Tx, id: OperatorId, keep: i64) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM operator_sessions WHERE operator_id = $1 AND id NOT IN (SELECT id FROM operator_sessions WHERE operator_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)",
        id,
        keep
    )?;
    Ok(())
}

/// Clears away what has ended or is forgotten.
pub(super) async fn prune(
    tx: &mut Tx,
    forget_before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM operator_sessions WHERE id IN (SELECT id FROM operator_sessions WHERE expires_at <= $1 LIMIT $2)",
        now,
        limit
    )?;
    exec!(
        *tx,
        "DELETE FROM operator_failures WHERE subject IN (SELECT subject FROM operator_failures WHERE last_at < $1 AND (locked_until IS NULL OR locked_until < $1) LIMIT $2)",
        forget_before,
        limit
    )?;
    Ok(())
}

// --- failed sign-ins

/// Counts an attempt, and says how many there are and until when the subject was locked before.
pub(super) async fn count_attempt(
    tx: &mut Tx,
    subject: &str,
    forget_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    let counted = one!(
        *tx,
        "INSERT INTO operator_failures (subject, failures, last_at) VALUES ($1, 1, $3) ON CONFLICT (subject) DO UPDATE SET failures = CASE WHEN operator_failures.last_at < $2 AND (operator_failures.locked_until IS NULL OR operator_failures.locked_until < $2) THEN 1 ELSE operator_failures.failures + 1 END, last_at = $3 RETURNING failures, locked_until",
        subject,
        forget_before,
        now
    )?;
    tx.mark_written();
    Ok(counted)
}

pub(super) async fn lock(tx: &mut Tx, subject: &str, until: Option<DateTime<Utc>>) -> Result<()> {
    exec!(
        *tx,
        "UPDATE operator_failures SET locked_until = $2 WHERE subject = $1",
        subject,
        until
    )?;
    Ok(())
}

pub(super) async fn forget_subject(tx: &mut Tx, subject: &str) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM operator_failures WHERE subject = $1",
        subject
    )?;
    Ok(())
}

/// Takes one counted attempt back, and the lock with it where fewer than `free` failures remain.
pub(super) async fn take_attempt_back(tx: &mut Tx, subject: &str, free: i64) -> Result<()> {
    exec!(
        *tx,
        "UPDATE operator_failures SET failures = failures - 1, locked_until = CASE WHEN failures <= $2 THEN NULL ELSE locked_until END WHERE subject = $1 AND failures > 0",
        subject,
        free
    )?;
    Ok(())
}

// --- what they did

pub(super) async fn insert_event(tx: &mut Tx, id: Uuid, event: &Event) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO operator_events (id, at, operator, action, about, address) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        event.at,
        event.operator.as_str(),
        event.action.as_str(),
        event.about.as_str(),
        event.address.as_str()
    )?;
    Ok(())
}

pub(super) async fn events(tx: &mut Tx, limit: i64) -> Result<Vec<Event>> {
    all!(
        *tx,
        "SELECT at, operator, action, about, address FROM operator_events ORDER BY id DESC LIMIT $1",
        limit
    )
}
