//! The table of accounts.

use super::Account;
use super::keys::Sealed;
use crate::db::Tx;
use crate::kernel::{BankAccountId, PartyId, Result, TenantId};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};

pub(super) async fn of_party(
    tx: &mut Tx,
    tenant: TenantId,
    party: PartyId,
    limit: i64,
) -> Result<Vec<Account>> {
    all!(
        *tx,
        "SELECT id, party_id, holder, coalesce(bic, '') AS bic, short, is_preferred FROM bank_accounts WHERE tenant_id = $1 AND party_id = $2 ORDER BY is_preferred DESC, created_at, id LIMIT $3",
        tenant,
        party,
        limit
    )
}

pub(super) async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    id: BankAccountId,
) -> Result<Option<Account>> {
    opt!(
        *tx,
        "SELECT id, party_id, holder, coalesce(bic, '') AS bic, short, is_preferred FROM bank_accounts WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )
}

/// Keeps others from entering, choosing or removing accounts of a party meanwhile. SQLite has
/// one writer anyway.
pub(super) async fn lock(tx: &mut Tx, tenant: TenantId, party: PartyId) -> Result<()> {
    if !tx.is_sqlite() {
        let _: (PartyId,) = one!(
            *tx,
            "SELECT id FROM parties WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
            tenant,
            party
        )?;
    }
    Ok(())
}

/// Whether the party had not got this account yet.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    account: &Account,
    sealed: &Sealed,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO bank_accounts (tenant_id, id, party_id, holder, bic, sealed, found_by, key_id, short, is_preferred, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, party_id, found_by) DO NOTHING",
        tenant,
        account.id,
        account.party_id,
        &account.holder,
        Some(account.bic.as_str()).filter(|bic| !bic.is_empty()),
        sealed.bytes.as_slice(),
        sealed.found_by.as_slice(),
        &sealed.key_id,
        &account.short,
        account.is_preferred,
        now
    )?;
    Ok(rows == 1)
}

/// What is kept of a number: by which key, and sealed.
pub(super) async fn sealed(
    tx: &mut Tx,
    tenant: TenantId,
    id: BankAccountId,
) -> Result<Option<(String, Vec<u8>)>> {
    opt!(
        *tx,
        "SELECT key_id, sealed FROM bank_accounts WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )
}

/// Makes one account of a party the one that is used, and no other.
pub(super) async fn prefer(tx: &mut Tx, tenant: TenantId, account: &Account) -> Result<()> {
    exec!(
        *tx,
        "UPDATE bank_accounts SET is_preferred = FALSE WHERE tenant_id = $1 AND party_id = $2 AND is_preferred",
        tenant,
        account.party_id
    )?;
    exec!(
        *tx,
        "UPDATE bank_accounts SET is_preferred = TRUE WHERE tenant_id = $1 AND id = $2",
        tenant,
        account.id
    )?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, id: BankAccountId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM bank_accounts WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

/// Whose account a number is.
pub(super) async fn holders(
    tx: &mut Tx,
    tenant: TenantId,
    found_by: &[u8],
    limit: i64,
) -> Result<Vec<(PartyId,)>> {
    all!(
        *tx,
        "SELECT DISTINCT party_id FROM bank_accounts WHERE tenant_id = $1 AND found_by = $2 ORDER BY party_id LIMIT $3",
        tenant,
        found_by,
        limit
    )
}

/// Accounts that another key sealed than this one: id, key, sealed.
pub(super) async fn sealed_otherwise(
    tx: &mut Tx,
    tenant: TenantId,
    key_id: &str,
    limit: i64,
) -> Result<Vec<(BankAccountId, String, Vec<u8>)>> {
    all!(
        *tx,
        "SELECT id, key_id, sealed FROM bank_accounts WHERE tenant_id = $1 AND key_id <> $2 ORDER BY id LIMIT $3",
        tenant,
        key_id,
        limit
    )
}

pub(super) async fn reseal(
    tx: &mut Tx,
    tenant: TenantId,
    id: BankAccountId,
    sealed: &Sealed,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE bank_accounts SET sealed = $3, found_by = $4, key_id = $5 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        sealed.bytes.as_slice(),
        sealed.found_by.as_slice(),
        &sealed.key_id
    )?;
    Ok(())
}

/// The keys that accounts were sealed with, and how many by each.
pub(super) async fn key_ids(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(String, i64)>> {
    all!(
        *tx,
        "SELECT key_id, count(*) FROM bank_accounts WHERE tenant_id = $1 GROUP BY key_id ORDER BY key_id",
        tenant
    )
}

/// One account that a key sealed.
pub(super) async fn sealed_by(
    tx: &mut Tx,
    tenant: TenantId,
    key_id: &str,
) -> Result<Option<(BankAccountId, Vec<u8>)>> {
    opt!(
        *tx,
        "SELECT id, sealed FROM bank_accounts WHERE tenant_id = $1 AND key_id = $2 ORDER BY id LIMIT 1",
        tenant,
        key_id
    )
}
