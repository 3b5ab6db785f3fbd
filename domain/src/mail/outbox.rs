//! The outbox: mails are written down in the transaction of what causes them (`put`), and the
//! server's worker takes them from there: `turns`, then for each tenant `lease`, sends outside
//! of any transaction, then `mark`. A worker that is killed between sending and marking
//! leaves a mail that is sent again after [`LEASE`], with the same Message-ID: at least once.

use super::rules::{ATTEMPTS_MAX, pause};
pub use super::store::{Leased, NewMail};
use super::{MailState, store};
use crate::context::{Clock, Cx, fill_random};
use crate::db::{Db, Turns, waking};
use crate::kernel::{MailId, Problem, Result, TenantId};
use crate::settings;
use chrono::{DateTime, TimeDelta, Utc};

/// How long a mail that was taken is nobody else's.
pub const LEASE: TimeDelta = TimeDelta::minutes(10);
/// The most mails of one tenant at a time …
pub const LEASED_MAX: i64 = 20;
/// … and the pause before its next ones: one tenant's thousand mails hold up nobody.
pub const BETWEEN: TimeDelta = TimeDelta::seconds(10);
/// The longest answer of a mail server that is kept.
const ERROR_MAX: usize = 300;

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took it.
    Sent,
    /// It may be taken later: what the mail server said.
    Later(String),
    /// It will never be taken: what the mail server said.
    Refused(String),
}

/// A tenant's mails whose turn it is, and what all of them carry.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The sender's name.
    pub sender: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The mails.
    pub mails: Vec<Leased>,
}

/// Writes a mail down; whether there was none about the same. For use-cases, which have asked
/// for the right and write the audit; after the commit, [`wake`] is called.
///
/// # Errors
/// The database's own.
pub(crate) async fn put(cx: &mut Cx, mail: &NewMail<'_>) -> Result<bool> {
    store::insert(&mut cx.tx, cx.tenant, mail, cx.now).await
}

/// Says that a tenant has mail to send, after the transaction that wrote it, also to other
/// processes. Forgotten (the
/// process was killed), the nightly round says it.
///
/// # Errors
/// The database's own.
pub async fn wake(db: &Db, tenant: TenantId, now: DateTime<Utc>) -> Result<()> {
    let mut tx = db.portal_write().await?;
    Turns::Mail.put(&mut tx, tenant, now).await?;
    waking::tell(&mut tx, waking::MAIL).await?;
    tx.commit().await
}

/// Says so where a tenant has mail that waits: for the nightly round.
///
/// # Errors
/// The database's own.
pub async fn wake_if_waiting(db: &Db, tenant: TenantId) -> Result<()> {
    let mut tx = db.read(tenant).await?;
    let next = store::next_turn(&mut tx, tenant).await?;
    drop(tx);
    match next {
        Some(next) => wake(db, tenant, next).await,
        None => Ok(()),
    }
}

/// The tenants whose turn it is, each with the time by which its turn ends.
///
/// # Errors
/// The database's own.
pub async fn turns(
    db: &Db,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(TenantId, DateTime<Utc>)>> {
    let mut tx = db.portal_read().await?;
    Turns::Mail.due(&mut tx, now, limit).await
}

/// Takes a tenant's next mails.
///
/// # Errors
/// The database's own.
pub async fn lease(db: &Db, clock: &Clock, tenant: TenantId) -> Result<Batch> {
    let now = clock.now();
    let mut tx = db.write(tenant).await?;
    let decided = store::settings(&mut tx, tenant).await?;
    let mails = store::lease(&mut tx, tenant, now, now + LEASE, LEASED_MAX).await?;
    let title = settings::title(&mut tx, tenant).await?;
    tx.commit().await?;
    Ok(Batch {
        sender: decided.sender_name.unwrap_or(title),
        reply_to: decided.reply_to,
        mails,
    })
}

/// Writes down what became of mails that were taken.
///
/// # Errors
/// The database's own.
pub async fn mark(
    db: &Db,
    clock: &Clock,
    tenant: TenantId,
    outcomes: &[(MailId, i64, Outcome)],
) -> Result<()> {
    let now = clock.now();
    let mut tx = db.write(tenant).await?;
    for (id, attempt, outcome) in outcomes {
        let mut random = [0_u8];
        fill_random(&mut random)?;
        let (state, at, error) = match outcome {
            Outcome::Sent => (MailState::Sent, now, None),
            Outcome::Refused(why) => (MailState::Refused, now, Some(why)),
            Outcome::Later(why) if *attempt >= ATTEMPTS_MAX => (MailState::GivenUp, now, Some(why)),
            Outcome::Later(why) => {
                let [random] = random;
                (MailState::Waiting, now + pause(*attempt, random), Some(why))
            }
        };
        let error = error.map(|why| bounded(why));
        store::mark(&mut tx, tenant, *id, state, at, error.as_deref()).await?;
    }
    tx.commit().await
}

/// Ends a tenant's turn: it has another one when its next mail may go.
///
/// # Errors
/// The database's own.
pub async fn end_turn(
    db: &Db,
    tenant: TenantId,
    seen: DateTime<Utc>,
    earliest: DateTime<Utc>,
) -> Result<()> {
    let mut tx = db.read(tenant).await?;
    let next = store::next_turn(&mut tx, tenant).await?;
    drop(tx);
    let mut tx = db.portal_write().await?;
    let next = next.map(|next| next.max(earliest));
    Turns::Mail.end(&mut tx, tenant, seen, next).await?;
    tx.commit().await
}

/// How many of a tenant's mails are in which state.
///
/// # Errors
/// The database's own.
pub async fn states(db: &Db, tenant: TenantId) -> Result<Vec<(String, i64)>> {
    let mut tx = db.read(tenant).await?;
    store::states(&mut tx, tenant).await
}

/// What a mail server said, as one line that is not too long.
fn bounded(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars()
        .filter(|c| !c.is_control())
        .take(ERROR_MAX)
        .collect()
}

/// A mail's own name in the whole world (RFC 5322, 3.6.4).
pub(crate) fn message_id(id: MailId, host: &str) -> Result<String> {
    let safe = host
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if !safe || host.is_empty() {
        return Err(Problem::internal("a host that is no name for a Message-ID"));
    }
    Ok(format!("<{id}@{host}>"))
}
