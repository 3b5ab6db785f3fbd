//! The rows of terms that an import gave, and of kinds that it made.

use super::super::Terms;
use crate::db::Tx;
use crate::db::bulk::{self, As, Table};
use crate::kernel::{Cents, Day, DuesKindId, ImportId, MemberId, Result, TenantId};
use crate::{all, exec};
use chrono::{DateTime, Utc};
use serde_json::json;

/// More than one import brings, of anything.
const IMPORTED_MAX: i64 = 200_000;

const TERMS: Table = Table {
    name: "member_dues",
    columns: &[
        ("member_id", As::Id),
        ("from_on", As::Day),
        ("kind_id", As::Id),
        ("amount_cents", As::Number),
        ("reason", As::Text),
        ("import_id", As::Id),
    ],
};

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    terms: &[(MemberId, Terms)],
) -> Result<()> {
    let rows = terms.iter().map(|(member, terms)| {
        vec![
            bulk::id(member),
            json!(terms.from_on),
            bulk::id(terms.kind),
            json!(terms.own.map(|a| a.0)),
            terms.reason.as_str().into(),
            bulk::id(import),
        ]
    });
    bulk::insert(tx, tenant, now, &TERMS, rows.collect()).await
}

/// The terms that are still as an import gave them.
pub(super) async fn imported(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
) -> Result<Vec<(MemberId, Terms)>> {
    let rows: Vec<(MemberId, Day, DuesKindId, Option<Cents>, String)> = all!(
        *tx,
        "SELECT member_id, from_on, kind_id, amount_cents, reason FROM member_dues WHERE tenant_id = $1 AND import_id = $2 ORDER BY member_id, from_on LIMIT $3",
        tenant,
        import,
        IMPORTED_MAX
    )?;
    let read = |(member, from_on, kind, own, reason)| {
        let terms = Terms {
            from_on,
            kind,
            own,
            reason,
        };
        (member, terms)
    };
    Ok(rows.into_iter().map(read).collect())
}

pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM member_dues WHERE tenant_id = $1 AND import_id = $2",
        tenant,
        import
    )?;
    Ok(())
}

pub(super) async fn mark_kind(
    tx: &mut Tx,
    tenant: TenantId,
    id: DuesKindId,
    import: ImportId,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE dues_kinds SET import_id = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        import
    )?;
    Ok(())
}

/// The kinds that an import made and that nobody changed or uses.
pub(super) async fn unused_kinds(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
) -> Result<Vec<DuesKindId>> {
    let rows: Vec<(DuesKindId,)> = all!(
        *tx,
        "SELECT k.id FROM dues_kinds k WHERE k.tenant_id = $1 AND k.import_id = $2 AND k.version = 1 AND NOT k.is_default AND NOT EXISTS (SELECT 1 FROM member_dues d WHERE d.tenant_id = k.tenant_id AND d.kind_id = k.id) AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.tenant_id = k.tenant_id AND p.kind_id = k.id) ORDER BY k.id LIMIT $3",
        tenant,
        import,
        IMPORTED_MAX
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn delete_kind(tx: &mut Tx, tenant: TenantId, id: DuesKindId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM dues_prices WHERE tenant_id = $1 AND kind_id = $2",
        tenant,
        id
    )?;
    exec!(
        *tx,
        "DELETE FROM dues_kinds WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}
