//! The tables of mail: decisions, texts, mails; and the portal's list of whose turn it is.

use super::{Mail, MailSettings, Sending, Stage, Template, rules};
use crate::db::Tx;
use crate::kernel::{Day, Locale, MailId, MemberId, PartyId, Result, TenantId};
use crate::{all, exec, opt};
use chrono::{DateTime, Utc};

pub(super) async fn settings(tx: &mut Tx, tenant: TenantId) -> Result<MailSettings> {
    type Row = (Sending, Option<String>, Option<String>, String, i64);
    let row: Option<Row> = opt!(
        *tx,
        "SELECT sending, sender_name, reply_to, steps, version FROM mail_settings WHERE tenant_id = $1",
        tenant
    )?;
    let Some((sending, sender_name, reply_to, steps, version)) = row else {
        return Ok(MailSettings::default());
    };
    Ok(MailSettings {
        sending,
        sender_name,
        reply_to,
        steps: rules::parse_steps(&steps)?,
        version,
    })
}

/// Whether what was decided still had the version that the change was made from.
pub(super) async fn put_settings(tx: &mut Tx, tenant: TenantId, s: &MailSettings) -> Result<bool> {
    let steps = s.steps.iter().map(i64::to_string).collect::<Vec<_>>();
    let rows = exec!(
        *tx,
        "INSERT INTO mail_settings (tenant_id, sending, sender_name, reply_to, steps, version) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (tenant_id) DO UPDATE SET sending = $2, sender_name = $3, reply_to = $4, steps = $5, version = mail_settings.version + 1 WHERE mail_settings.version = $6",
        tenant,
        s.sending,
        s.sender_name.as_deref(),
        s.reply_to.as_deref(),
        steps.join(" "),
        s.version
    )?;
    Ok(rows == 1)
}

pub(super) async fn template(
    tx: &mut Tx,
    tenant: TenantId,
    stage: Stage,
    locale: Locale,
) -> Result<Option<Template>> {
    opt!(
        *tx,
        "SELECT subject, body FROM mail_templates WHERE tenant_id = $1 AND stage = $2 AND locale = $3",
        tenant,
        stage,
        locale
    )
}

pub(super) async fn put_template(
    tx: &mut Tx,
    tenant: TenantId,
    at: (Stage, Locale),
    template: &Template,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO mail_templates (tenant_id, stage, locale, subject, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, stage, locale) DO UPDATE SET subject = $4, body = $5",
        tenant,
        at.0,
        at.1,
        &template.subject,
        &template.body
    )?;
    Ok(())
}

pub(super) async fn delete_template(
    tx: &mut Tx,
    tenant: TenantId,
    at: (Stage, Locale),
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM mail_templates WHERE tenant_id = $1 AND stage = $2 AND locale = $3",
        tenant,
        at.0,
        at.1
    )?;
    Ok(())
}

/// What a mail is written down with.
pub struct NewMail<'a> {
    /// Its id.
    pub id: MailId,
    /// `reminder`, `login_link`, `notice`.
    pub kind: &'static str,
    /// There is never a second one with the same.
    pub once_key: &'a str,
    /// About which member.
    pub member: Option<MemberId>,
    /// To whom.
    pub party: PartyId,
    /// Of a reminder: the end of what was paid, and the step.
    pub step: Option<(Day, i64)>,
    /// The name it is sent to.
    pub to_name: &'a str,
    /// The address it is sent to.
    pub to_address: &'a str,
    /// Subject and text.
    pub text: &'a Template,
    /// What it is known by everywhere.
    pub message_id: &'a str,
}

/// Whether there was none about the same.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    mail: &NewMail<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO mails (tenant_id, id, kind, once_key, member_id, party_id, ends_on, step, to_name, to_address, subject, body, message_id, state, attempts, next_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', 0, $14, $14) ON CONFLICT (tenant_id, once_key) DO NOTHING",
        tenant,
        mail.id,
        mail.kind,
        mail.once_key,
        mail.member,
        mail.party,
        mail.step.map(|(day, _)| day),
        mail.step.map(|(_, step)| step),
        mail.to_name,
        mail.to_address,
        &mail.text.subject,
        &mail.text.body,
        mail.message_id,
        now
    )?;
    Ok(rows == 1)
}

/// Forgets what was never tried, which will be decided anew, and gives up what was.
pub(super) async fn end_waiting(tx: &mut Tx, tenant: TenantId, now: DateTime<Utc>) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM mails WHERE tenant_id = $1 AND state = 'waiting' AND kind = 'reminder' AND attempts = 0",
        tenant
    )?;
    exec!(
        *tx,
        "UPDATE mails SET state = 'given_up', ended_at = $2 WHERE tenant_id = $1 AND state = 'waiting'",
        tenant,
        now
    )?;
    Ok(())
}

macro_rules! mails {
    ($rest:literal) => {
        concat!(
            "SELECT id, member_id, party_id, ends_on, step, to_name, to_address, subject, state, attempts, last_error, created_at, ended_at FROM mails ",
            $rest
        )
    };
}

/// The mails about a member, the newest first.
pub(super) async fn of_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    limit: i64,
) -> Result<Vec<Mail>> {
    all!(
        *tx,
        mails!(
            "WHERE tenant_id = $1 AND member_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3"
        ),
        tenant,
        member,
        limit
    )
}

/// The mails that did not arrive, or do not yet; the newest first.
pub(super) async fn not_sent(tx: &mut Tx, tenant: TenantId, limit: i64) -> Result<Vec<Mail>> {
    all!(
        *tx,
        mails!(
            "WHERE tenant_id = $1 AND state IN ('waiting', 'sending', 'refused', 'given_up') ORDER BY created_at DESC, id DESC LIMIT $2"
        ),
        tenant,
        limit
    )
}

/// The address of a mail.
pub(super) async fn address(tx: &mut Tx, tenant: TenantId, id: MailId) -> Result<Option<String>> {
    let found: Option<(String,)> = opt!(
        *tx,
        "SELECT to_address FROM mails WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(found.map(|(address,)| address))
}

/// Lets a mail that failed be tried again; whether it had failed.
pub(super) async fn retry(
    tx: &mut Tx,
    tenant: TenantId,
    id: MailId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE mails SET state = 'waiting', attempts = 0, next_at = $3, ended_at = NULL WHERE tenant_id = $1 AND id = $2 AND state IN ('refused', 'given_up')",
        tenant,
        id,
        now
    )?;
    Ok(rows == 1)
}

/// A mail whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Leased {
    /// Its id.
    pub id: MailId,
    /// The name it is sent to.
    pub to_name: String,
    /// The address it is sent to.
    pub to_address: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// What it is known by everywhere.
    pub message_id: String,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Takes some mails whose turn it is, those that wait longest first; nobody else has them
/// until `until`. What somebody took and gave no news of comes again.
pub(super) async fn lease(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Leased>> {
    macro_rules! text {
        ($ids:literal, $lock:literal) => {
            concat!(
                "UPDATE mails SET state = 'sending', attempts = attempts + 1, next_at = $3 WHERE tenant_id = $1 AND id ",
                $ids,
                "(SELECT id FROM mails WHERE tenant_id = $1 AND state IN ('waiting', 'sending') AND next_at <= $2 ORDER BY next_at, id LIMIT $4",
                $lock,
                " RETURNING id, to_name, to_address, subject, body, message_id, attempts, created_at"
            )
        };
    }
    let leased = if tx.is_sqlite() {
        all!(*tx, text!("IN ", ")"), tenant, now, until, limit)
    } else {
        // An array is taken once; what stands in IN may be looked at again and again, each
        // time skipping what it locked before.
        let text = text!("= ANY (ARRAY", " FOR UPDATE SKIP LOCKED))");
        all!(*tx, text, tenant, now, until, limit)
    }?;
    tx.mark_written();
    Ok(leased)
}

/// Writes down what became of a mail that was taken.
pub(super) async fn mark(
    tx: &mut Tx,
    tenant: TenantId,
    id: MailId,
    state: super::MailState,
    at: DateTime<Utc>,
    error: Option<&str>,
) -> Result<()> {
    let ended = (state != super::MailState::Waiting).then_some(at);
    exec!(
        *tx,
        "UPDATE mails SET state = $3, next_at = $4, ended_at = $5, last_error = $6 WHERE tenant_id = $1 AND id = $2 AND state = 'sending'",
        tenant,
        id,
        state,
        at,
        ended,
        error
    )?;
    Ok(())
}

/// When the next mail has its turn.
pub(super) async fn next_turn(tx: &mut Tx, tenant: TenantId) -> Result<Option<DateTime<Utc>>> {
    let next: Option<(DateTime<Utc>,)> = opt!(
        *tx,
        "SELECT next_at FROM mails WHERE tenant_id = $1 AND state IN ('waiting', 'sending') ORDER BY next_at LIMIT 1",
        tenant
    )?;
    Ok(next.map(|(at,)| at))
}

/// How many mails are in which state.
pub(super) async fn states(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(String, i64)>> {
    all!(
        *tx,
        "SELECT state, count(*) FROM mails WHERE tenant_id = $1 GROUP BY state ORDER BY state",
        tenant
    )
}
