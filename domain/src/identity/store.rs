//! The tables of logins, sessions and failed sign-ins.

use super::{Login, PasswordHash, SessionRow};
use crate::db::Tx;
use crate::kernel::{PartyId, Result, SessionId, TenantId};
use crate::people::rules::display_name;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};

/// A login with what is needed to sign in.
#[derive(sqlx::FromRow)]
pub(super) struct LoginRow {
    pub person_id: PartyId,
    pub login_name: String,
    password_hash: String,
    given_name: String,
    name: String,
    pub email_key: Option<String>,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    signed_in_at: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
    link_until: Option<DateTime<Utc>>,
}

impl LoginRow {
    pub(super) fn full_name(&self) -> String {
        display_name(&self.given_name, &self.name)
    }

    /// The hash that opens the login, where any password does: a login may have none yet, or be
    /// disabled.
    pub(super) fn open_hash(&self) -> Option<PasswordHash> {
        let is_open = self.disabled_at.is_none() && !self.password_hash.is_empty();
        is_open.then(|| PasswordHash::stored(self.password_hash.clone()))
    }
}

impl From<LoginRow> for Login {
    fn from(row: LoginRow) -> Self {
        Self {
            name: row.full_name(),
            person: row.person_id,
            login_name: row.login_name,
            created_at: row.created_at,
            changed_at: row.changed_at,
            signed_in_at: row.signed_in_at,
            has_password: !row.password_hash.is_empty(),
            disabled_at: row.disabled_at,
            link_until: row.link_until,
        }
    }
}

/// The logins of a login name, of an e-mail address in its folded form, or of a
/// person; all of them where none is asked for.
pub(super) async fn logins(
    tx: &mut Tx,
    tenant: TenantId,
    login_name: Option<&str>,
    email_key: Option<&str>,
    person: Option<PartyId>,
    limit: i64,
) -> Result<Vec<LoginRow>> {
    all!(
        *tx,
        "SELECT l.person_id, l.login_name, l.password_hash, p.given_name, p.name, p.email_key, l.created_at, l.changed_at, l.signed_in_at, l.disabled_at, k.expires_at AS link_until FROM logins l JOIN parties p ON p.tenant_id = l.tenant_id AND p.id = l.person_id LEFT JOIN login_links k ON k.tenant_id = l.tenant_id AND k.person_id = l.person_id WHERE l.tenant_id = $1 AND ($2 IS NULL OR l.login_name = $2) AND ($3 IS NULL OR p.email_key = $3) AND ($4 IS NULL OR l.person_id = $4) ORDER BY l.login_name LIMIT $5",
        tenant,
        login_name,
        email_key,
        person,
        limit
    )
}

/// The given and the family name of a person; an organisation is none.
pub(super) async fn person(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
) -> Result<Option<(String, String, Option<String>)>> {
    opt!(
        *tx,
        "SELECT given_name, name, locale FROM parties WHERE tenant_id = $1 AND id = $2 AND kind = 'person'",
        tenant,
        id
    )
}

/// Whether neither the person had a login nor somebody else the name.
pub(super) async fn insert_login(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    login_name: &str,
    hash: Option<&PasswordHash>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO logins (tenant_id, person_id, login_name, password_hash, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING",
        tenant,
        person,
        login_name,
        hash.map_or("", PasswordHash::as_str),
        now
    )?;
    Ok(rows == 1)
}

/// Whether nobody has the name.
pub(super) async fn rename_login(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    login_name: &str,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE logins SET login_name = $3 WHERE tenant_id = $1 AND person_id = $2 AND NOT EXISTS (SELECT 1 FROM logins o WHERE o.tenant_id = $1 AND o.login_name = $3)",
        tenant,
        person,
        login_name
    )?;
    Ok(rows == 1)
}

pub(super) async fn delete_login(tx: &mut Tx, tenant: TenantId, person: PartyId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM logins WHERE tenant_id = $1 AND person_id = $2",
        tenant,
        person
    )?;
    Ok(())
}

/// Whether the login still had the hash that the change was made from; any, where
/// none is given.
pub(super) async fn set_hash(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    from: Option<&PasswordHash>,
    to: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE logins SET password_hash = $4, changed_at = $5 WHERE tenant_id = $1 AND person_id = $2 AND ($3 IS NULL OR password_hash = $3)",
        tenant,
        person,
        from.map(PasswordHash::as_str),
        to.as_str(),
        now
    )?;
    Ok(rows == 1)
}

/// Notes a sign-in, and whether the hash is still the one that was verified: a
/// change of the password at the same moment waits for this row, or we for it.
pub(super) async fn note_sign_in(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    verified: &PasswordHash,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE logins SET signed_in_at = $4 WHERE tenant_id = $1 AND person_id = $2 AND password_hash = $3 AND disabled_at IS NULL",
        tenant,
        person,
        verified.as_str(),
        now
    )?;
    Ok(rows == 1)
}

/// Since when nobody can sign in with a login, or that one can again.
pub(super) async fn set_disabled(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE logins SET disabled_at = $3 WHERE tenant_id = $1 AND person_id = $2",
        tenant,
        person,
        since
    )?;
    Ok(())
}

pub(super) async fn set_locale(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    locale: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE parties SET locale = $3, updated_at = $4 WHERE tenant_id = $1 AND id = $2",
        tenant,
        person,
        locale,
        now
    )?;
    Ok(())
}

// --- sessions

/// How many sessions of a person are still good.
pub(super) async fn session_count(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    alive_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM sessions WHERE tenant_id = $1 AND person_id = $2 AND seen_at > $3 AND expires_at > $4",
        tenant,
        person,
        alive_since,
        now
    )?;
    Ok(count)
}

pub(super) async fn insert_session(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    token_hash: &[u8],
    session: &SessionRow,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO sessions (tenant_id, id, token_hash, person_id, user_agent, address, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant,
        session.id,
        token_hash,
        person,
        &session.user_agent,
        &session.address,
        session.created_at,
        session.seen_at,
        session.expires_at
    )?;
    Ok(())
}

/// A session with the person whose it is.
#[derive(sqlx::FromRow)]
pub(super) struct OpenSession {
    pub id: SessionId,
    pub person_id: PartyId,
    pub seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub given_name: String,
    pub name: String,
    pub locale: Option<String>,
}

pub(super) async fn session(
    tx: &mut Tx,
    tenant: TenantId,
    token_hash: &[u8],
) -> Result<Option<OpenSession>> {
    opt!(
        *tx,
        "SELECT s.id, s.person_id, s.seen_at, s.expires_at, p.given_name, p.name, p.locale FROM sessions s JOIN parties p ON p.tenant_id = s.tenant_id AND p.id = s.person_id WHERE s.tenant_id = $1 AND s.token_hash = $2",
        tenant,
        token_hash
    )
}

/// Writes a session's last use, where the last one is older than `before`.
pub(super) async fn touch(
    tx: &mut Tx,
    tenant: TenantId,
    session: SessionId,
    before: DateTime<Utc>,
    alive_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE sessions SET seen_at = $5 WHERE tenant_id = $1 AND id = $2 AND seen_at <= $3 AND seen_at > $4",
        tenant,
        session,
        before,
        alive_since,
        now
    )?;
    Ok(())
}

/// A person's sessions that are still good, newest first.
pub(super) async fn sessions(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    alive_since: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<SessionRow>> {
    all!(
        *tx,
        "SELECT id, user_agent, address, created_at, seen_at, expires_at FROM sessions WHERE tenant_id = $1 AND person_id = $2 AND seen_at > $3 AND expires_at > $4 ORDER BY created_at DESC, id DESC LIMIT $5",
        tenant,
        person,
        alive_since,
        now,
        limit
    )
}

/// Ends one of a person's sessions, or all, or all but one; says how many.
pub(super) async fn delete_sessions(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    only: Option<SessionId>,
    but: Option<SessionId>,
) -> Result<usize> {
    let gone: Vec<(SessionId,)> = all!(
        *tx,
        "DELETE FROM sessions WHERE tenant_id = $1 AND person_id = $2 AND ($3 IS NULL OR id = $3) AND ($4 IS NULL OR id <> $4) RETURNING id",
        tenant,
        person,
        only,
        but
    )?;
    if !gone.is_empty() {
        tx.mark_written();
    }
    Ok(gone.len())
}

/// Ends the oldest sessions of a person beyond the newest few.
pub(super) async fn delete_oldest_sessions(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    keep: i64,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM sessions WHERE tenant_id = $1 AND person_id = $2 AND id NOT IN (SELECT id FROM sessions WHERE tenant_id = $1 AND person_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3)",
        tenant,
        person,
        keep
    )?;
    Ok(())
}

/// Clears away what has ended or is forgotten. On PostgreSQL, rows that somebody
/// else holds are left for the next time: nobody waits for a clearing away.
pub(super) async fn prune(
    tx: &mut Tx,
    tenant: TenantId,
    forget_before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<()> {
    let (sessions, failures) = if tx.is_sqlite() {
        (
            "DELETE FROM sessions WHERE tenant_id = $1 AND id IN (SELECT id FROM sessions WHERE tenant_id = $1 AND expires_at <= $2 LIMIT $3)",
            "DELETE FROM sign_in_failures WHERE tenant_id = $1 AND subject IN (SELECT subject FROM sign_in_failures WHERE tenant_id = $1 AND last_at < $2 AND (locked_until IS NULL OR locked_until < $2) LIMIT $3)",
        )
    } else {
        (
            "DELETE FROM sessions WHERE tenant_id = $1 AND id IN (SELECT id FROM sessions WHERE tenant_id = $1 AND expires_at <= $2 LIMIT $3 FOR UPDATE SKIP LOCKED)",
            "DELETE FROM sign_in_failures WHERE tenant_id = $1 AND subject IN (SELECT subject FROM sign_in_failures WHERE tenant_id = $1 AND last_at < $2 AND (locked_until IS NULL OR locked_until < $2) LIMIT $3 FOR UPDATE SKIP LOCKED)",
        )
    };
    exec!(*tx, sessions, tenant, now, limit)?;
    exec!(*tx, failures, tenant, forget_before, limit)?;
    Ok(())
}

// --- failed sign-ins

/// Counts an attempt, and says how many there are and until when the subject was
/// locked before. Whoever counts the same subject at the same time waits here.
pub(super) async fn count_attempt(
    tx: &mut Tx,
    tenant: TenantId,
    subject: &str,
    forget_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(i64, Option<DateTime<Utc>>)> {
    let counted = one!(
        *tx,
        "INSERT INTO sign_in_failures (tenant_id, subject, failures, last_at) VALUES ($1, $2, 1, $4) ON CONFLICT (tenant_id, subject) DO UPDATE SET failures = CASE WHEN sign_in_failures.last_at < $3 AND (sign_in_failures.locked_until IS NULL OR sign_in_failures.locked_until < $3) THEN 1 ELSE sign_in_failures.failures + 1 END, last_at = $4 RETURNING failures, locked_until",
        tenant,
        subject,
        forget_before,
        now
    )?;
    tx.mark_written();
    Ok(counted)
}

pub(super) async fn lock(
    tx: &mut Tx,
    tenant: TenantId,
    subject: &str,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE sign_in_failures SET locked_until = $3 WHERE tenant_id = $1 AND subject = $2",
        tenant,
        subject,
        until
    )?;
    Ok(())
}

pub(super) async fn forget_subject(tx: &mut Tx, tenant: TenantId, subject: &str) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM sign_in_failures WHERE tenant_id = $1 AND subject = $2",
        tenant,
        subject
    )?;
    Ok(())
}

/// Takes one counted attempt back, and the lock with it where fewer than `free`
/// failures remain.
pub(super) async fn take_attempt_back(
    tx: &mut Tx,
    tenant: TenantId,
    subject: &str,
    free: i64,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE sign_in_failures SET failures = failures - 1, locked_until = CASE WHEN failures <= $3 THEN NULL ELSE locked_until END WHERE tenant_id = $1 AND subject = $2 AND failures > 0",
        tenant,
        subject,
        free
    )?;
    Ok(())
}

/// A subject with its failures, when the last one was, and until when it is locked.
pub(super) type FailureSql = (String, i64, DateTime<Utc>, Option<DateTime<Utc>>);

/// The subjects that failed last.
pub(super) async fn failures(
    tx: &mut Tx,
    tenant: TenantId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<FailureSql>> {
    all!(
        *tx,
        "SELECT subject, failures, last_at, locked_until FROM sign_in_failures WHERE tenant_id = $1 AND last_at >= $2 AND failures > 0 ORDER BY last_at DESC, subject LIMIT $3",
        tenant,
        since,
        limit
    )
}

/// Login names and folded e-mail addresses of the logins.
pub(super) async fn login_keys(
    tx: &mut Tx,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<(String, Option<String>)>> {
    all!(
        *tx,
        "SELECT l.login_name, p.email_key FROM logins l JOIN parties p ON p.tenant_id = l.tenant_id AND p.id = l.person_id WHERE l.tenant_id = $1 ORDER BY l.login_name LIMIT $2",
        tenant,
        limit
    )
}
