//! The table of mandates.

use super::Mandate;
use crate::db::Tx;
use crate::kernel::{BankAccountId, Day, MandateId, PartyId, Result, TenantId};
use crate::{all, exec, opt};
use chrono::{DateTime, Utc};

/// Those of a person's or an organisation's accounts, newest first.
pub(super) async fn of_party(
    tx: &mut Tx,
    tenant: TenantId,
    party: PartyId,
    limit: i64,
) -> Result<Vec<Mandate>> {
    all!(
        *tx,
        "SELECT m.id, m.account_id, m.reference, m.kind, m.signed_on, m.revoked_on, m.version FROM bank_mandates m JOIN bank_accounts a ON a.tenant_id = m.tenant_id AND a.id = m.account_id WHERE m.tenant_id = $1 AND a.party_id = $2 ORDER BY m.signed_on DESC, m.created_at DESC, m.id LIMIT $3",
        tenant,
        party,
        limit
    )
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: MandateId) -> Result<Option<Mandate>> {
    opt!(
        *tx,
        "SELECT id, account_id, reference, kind, signed_on, revoked_on, version FROM bank_mandates WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )
}

/// Whether an account has a mandate, whatever became of it.
pub(super) async fn has(tx: &mut Tx, tenant: TenantId, account: BankAccountId) -> Result<bool> {
    let one: Option<(MandateId,)> = opt!(
        *tx,
        "SELECT id FROM bank_mandates WHERE tenant_id = $1 AND account_id = $2 LIMIT 1",
        tenant,
        account
    )?;
    Ok(one.is_some())
}

/// Whether no other mandate had this reference.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    new: &Mandate,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO bank_mandates (tenant_id, id, account_id, reference, reference_key, kind, signed_on, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT (tenant_id, reference_key) DO NOTHING",
        tenant,
        new.id,
        new.account_id,
        &new.reference,
        new.reference.to_ascii_uppercase(),
        new.kind,
        new.signed_on,
        now
    )?;
    Ok(rows == 1)
}

/// Whether it still held.
pub(super) async fn revoke(tx: &mut Tx, tenant: TenantId, id: MandateId, on: Day) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE bank_mandates SET revoked_on = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND revoked_on IS NULL",
        tenant,
        id,
        on
    )?;
    Ok(rows == 1)
}
