//! The one row of settings.

use super::Settings;
use crate::db::Tx;
use crate::kernel::{Result, TenantId};
use crate::{exec, one};

pub(super) async fn get(tx: &mut Tx, tenant: TenantId) -> Result<Settings> {
    one!(
        *tx,
        "SELECT title, locale, zone, validation, iban, creditor_id, address, place, lapse, version FROM settings WHERE tenant_id = $1",
        tenant
    )
}

/// Whether it was not there yet.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, s: &Settings) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO settings (tenant_id, title, locale, zone, validation, iban, address, place, lapse, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT (tenant_id) DO NOTHING",
        tenant,
        &s.title,
        s.locale,
        &s.zone,
        s.validation,
        s.iban.as_deref(),
        s.address.as_deref(),
        s.place.as_deref(),
        s.lapse
    )?;
    Ok(rows == 1)
}

/// Whether the row still had the version that the change was made from.
pub(super) async fn update(tx: &mut Tx, tenant: TenantId, s: &Settings) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE settings SET title = $3, locale = $4, validation = $5, iban = $6, address = $7, place = $8, lapse = $9, creditor_id = $10, version = version + 1 WHERE tenant_id = $1 AND version = $2",
        tenant,
        s.version,
        &s.title,
        s.locale,
        s.validation,
        s.iban.as_deref(),
        s.address.as_deref(),
        s.place.as_deref(),
        s.lapse,
        s.creditor_id.as_deref()
    )?;
    Ok(rows == 1)
}
