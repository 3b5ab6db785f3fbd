//! The rows of people that an import made.

use super::super::{Party, PartyData, rules};
use crate::db::Tx;
use crate::db::bulk::{self, As, Table};
use crate::kernel::{Email, ImportId, PartyId, Result, TenantId, text};
use crate::{all, exec};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// More than one import brings.
const IMPORTED_MAX: i64 = 100_000;

const PARTIES: Table = Table {
    name: "parties",
    columns: &[
        ("id", As::Id),
        ("kind", As::Text),
        ("given_name", As::Text),
        ("name", As::Text),
        ("email", As::Text),
        ("email_key", As::Text),
        ("phone", As::Text),
        ("street", As::Text),
        ("postcode", As::Text),
        ("city", As::Text),
        ("country", As::Text),
        ("note", As::Text),
        ("search", As::Text),
        ("sort_name", As::Text),
        ("version", As::Number),
        ("created_at", As::Now),
        ("updated_at", As::Now),
        ("import_id", As::Id),
    ],
};

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    ids: &[PartyId],
    parties: &[PartyData],
) -> Result<()> {
    let rows = ids.iter().zip(parties).map(|(id, data)| {
        let email = data.email.as_ref().map(Email::as_str);
        vec![
            bulk::id(id),
            data.kind.name().into(),
            data.given_name.as_str().into(),
            data.name.as_str().into(),
            email.into(),
            email.map(text::fold).into(),
            data.phone.as_deref().into(),
            data.street.as_deref().into(),
            data.postcode.as_deref().into(),
            data.city.as_deref().into(),
            data.country.as_deref().into(),
            data.note.as_deref().into(),
            rules::search_text(data).into(),
            rules::sort_name(&data.given_name, &data.name).into(),
            Value::from(1),
            bulk::id(import),
        ]
    });
    bulk::insert(tx, tenant, now, &PARTIES, rows.collect()).await
}

/// What an import made and is still there.
pub(super) async fn imported(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
) -> Result<Vec<Party>> {
    all!(
        *tx,
        "SELECT id, kind, given_name, name, email, phone, street, postcode, city, country, note, locale, version, created_at, updated_at FROM parties WHERE tenant_id = $1 AND import_id = $2 ORDER BY id LIMIT $3",
        tenant,
        import,
        IMPORTED_MAX
    )
}

pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM parties WHERE tenant_id = $1 AND import_id = $2",
        tenant,
        import
    )?;
    Ok(())
}
