//! The table of one-time links.

use crate::db::Tx;
use crate::kernel::{PartyId, Result, TenantId};
use crate::{exec, opt};
use chrono::{DateTime, Utc};

/// Keeps a link in place of the one before.
pub(super) async fn put_link(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    token_hash: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO login_links (tenant_id, person_id, token_hash, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, person_id) DO UPDATE SET token_hash = $3, expires_at = $4",
        tenant,
        person,
        token_hash,
        expires_at
    )?;
    Ok(())
}

/// Whose link it is, where it is good: the person, the login name, given and family name.
pub(super) async fn link(
    tx: &mut Tx,
    tenant: TenantId,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(PartyId, String, String, String)>> {
    opt!(
        *tx,
        "SELECT k.person_id, l.login_name, p.given_name, p.name FROM login_links k JOIN logins l ON l.tenant_id = k.tenant_id AND l.person_id = k.person_id JOIN parties p ON p.tenant_id = k.tenant_id AND p.id = k.person_id WHERE k.tenant_id = $1 AND k.token_hash = $2 AND k.expires_at > $3 AND l.disabled_at IS NULL",
        tenant,
        token_hash,
        now
    )
}

/// Uses a link up; whether it was still good.
pub(super) async fn take_link(
    tx: &mut Tx,
    tenant: TenantId,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "DELETE FROM login_links WHERE tenant_id = $1 AND token_hash = $2 AND expires_at > $3",
        tenant,
        token_hash,
        now
    )?;
    Ok(rows == 1)
}

/// Makes a link worthless, where there is one.
pub(super) async fn delete_link(tx: &mut Tx, tenant: TenantId, person: PartyId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM login_links WHERE tenant_id = $1 AND person_id = $2",
        tenant,
        person
    )?;
    Ok(())
}
