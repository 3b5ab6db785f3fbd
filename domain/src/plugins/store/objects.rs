//! Which objects there are, what plugins have to do about them, and what they keep of each.

use super::{Leased, ids_of, rows_of};
use crate::db::{Tx, bulk, id_list};
use crate::kernel::{DutyId, PluginId, Result, TenantId};
use crate::plugins::{Action, ObjectKind};
use crate::{all, exec, opt};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

/// Which of some objects there are, with what they are called, in the order of their ids.
pub(in crate::plugins) async fn existing(
    tx: &mut Tx,
    tenant: TenantId,
    kind: ObjectKind,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>> {
    let Some((table, label)) = table_of(kind) else {
        return Ok(Vec::new());
    };
    let rows = if tx.is_sqlite() {
        "(SELECT unhex(value) AS id FROM json_each($2))"
    } else {
        "(SELECT CAST(x AS uuid) AS id FROM jsonb_array_elements_text($2) e (x))"
    };
    // Names of our tables, compiled in.
    let sql = AssertSqlSafe(format!(
        "SELECT t.id, {label} FROM {rows} i JOIN {table} t ON t.tenant_id = $1 AND t.id = i.id"
    ));
    let mut rows: Vec<(Uuid, String)> = all!(*tx, sql, tenant, id_list(ids))?;
    rows.sort_unstable();
    Ok(rows)
}

/// The table of a kind of objects, and what one is called.
fn table_of(kind: ObjectKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        ObjectKind::Person => ("parties", "trim(t.given_name || ' ' || t.name)"),
        ObjectKind::Crew => ("crews", "t.name"),
        ObjectKind::Service => ("services", "t.label"),
        ObjectKind::Payment => ("payments", "t.label"),
        ObjectKind::Extraction => (
            "extractions",
            "(SELECT p.name FROM plugins p WHERE p.tenant_id = t.tenant_id AND p.id = t.id)",
        ),
        ObjectKind::Foreign => return None,
    })
}

/// The parties whose memberships these are.
pub(in crate::plugins) async fn parties_of(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    owners(tx, tenant, "members", "party_id", ids).await
}

/// The services that have these addresses.
pub(in crate::plugins) async fn services_of(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    owners(tx, tenant, "allocations", "service_id", ids).await
}

async fn owners(
    tx: &mut Tx,
    tenant: TenantId,
    table: &str,
    column: &str,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    let rows = ids_of(tx.is_sqlite(), "$2");
    let sql = AssertSqlSafe(format!(
        "SELECT DISTINCT {column} FROM {table} WHERE tenant_id = $1 AND id IN {rows}"
    ));
    let rows: Vec<(Uuid,)> = all!(*tx, sql, tenant, id_list(ids))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What is to be saved: a duty for each object, or a new generation of the one that there is.
pub(in crate::plugins) async fn put_saves(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    kind: ObjectKind,
    objects: &[(Uuid, String)],
    now: DateTime<Utc>,
) -> Result<()> {
    put_each(tx, tenant, (plugin, kind, Action::Save), objects, now).await
}

/// A duty for each object. One that is there begins anew: what it has failed at stays known.
pub(in crate::plugins) async fn put_each(
    tx: &mut Tx,
    tenant: TenantId,
    (plugin, kind, action): (PluginId, ObjectKind, Action),
    objects: &[(Uuid, String)],
    now: DateTime<Utc>,
) -> Result<()> {
    let [id, object, label, rows] = rows_of(tx.is_sqlite(), "$2");
    let text = format!(
        "INSERT INTO duties (tenant_id, id, plugin_id, object_kind, object_id, action, label, generation, state, attempts, due_at) SELECT $1, {id}, $3, $4, {object}, $5, {label}, 1, 'waiting', 0, $6 FROM {rows} WHERE true ON CONFLICT (tenant_id, plugin_id, object_id, action) DO UPDATE SET generation = duties.generation + 1, label = excluded.label, due_at = excluded.due_at, state = CASE duties.state WHEN 'running' THEN 'running' ELSE 'waiting' END"
    );
    for chunk in objects.chunks(bulk::CHUNK) {
        let rows = named_rows(chunk, now)?;
        let sql = AssertSqlSafe(text.clone());
        exec!(*tx, sql, tenant, rows, plugin, kind, action, now)?;
    }
    Ok(())
}

/// Each with a new id before it.
fn named_rows(objects: &[(Uuid, String)], now: DateTime<Utc>) -> Result<Json<Value>> {
    let row = |(object, label): &(Uuid, String)| -> Result<Value> {
        let id: DutyId = crate::context::new_id(now)?;
        Ok(Value::Array(vec![
            bulk::id(id),
            bulk::id(object),
            label.clone().into(),
        ]))
    };
    let rows = objects.iter().map(row).collect::<Result<Vec<_>>>()?;
    Ok(Json(Value::Array(rows)))
}

/// What is to be taken away: of the objects that are no more, those of which something was
/// made, or may have been. What was still to be saved of them is not any more.
pub(in crate::plugins) async fn put_deletes(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    kind: ObjectKind,
    gone: &[Uuid],
    now: DateTime<Utc>,
) -> Result<()> {
    let [id, object, _, rows] = rows_of(tx.is_sqlite(), "$2");
    let insert = format!(
        "INSERT INTO duties (tenant_id, id, plugin_id, object_kind, object_id, action, label, kept, generation, state, attempts, due_at) SELECT $1, {id}, $3, $4, {object}, 'delete', coalesce(o.label, d.label), o.kept, 1, 'waiting', 0, $5 FROM {rows} LEFT JOIN plugin_objects o ON o.tenant_id = $1 AND o.plugin_id = $3 AND o.object_kind = $4 AND o.object_id = {object} LEFT JOIN duties d ON d.tenant_id = $1 AND d.plugin_id = $3 AND d.object_id = {object} AND d.action = 'save' AND d.attempts > 0 WHERE o.object_id IS NOT NULL OR d.id IS NOT NULL ON CONFLICT (tenant_id, plugin_id, object_id, action) DO NOTHING"
    );
    let ids_rows = ids_of(tx.is_sqlite(), "$3");
    let delete = format!(
        "DELETE FROM duties WHERE tenant_id = $1 AND plugin_id = $2 AND object_id IN {ids_rows} AND action IN ('save', 'verify') AND state <> 'running'"
    );
    for chunk in gone.chunks(bulk::CHUNK) {
        let named: Vec<_> = chunk.iter().map(|id| (*id, String::new())).collect();
        let rows = named_rows(&named, now)?;
        let sql = AssertSqlSafe(insert.clone());
        exec!(*tx, sql, tenant, rows, plugin, kind, now)?;
        let sql = AssertSqlSafe(delete.clone());
        exec!(*tx, sql, tenant, plugin, id_list(chunk))?;
    }
    Ok(())
}

/// Objects of a kind after one, in the order of their ids.
pub(in crate::plugins) async fn objects_after(
    tx: &mut Tx,
    tenant: TenantId,
    kind: ObjectKind,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, String)>> {
    let Some((table, label)) = table_of(kind) else {
        return Ok(Vec::new());
    };
    let sql = AssertSqlSafe(format!(
        "SELECT t.id, {label} FROM {table} t WHERE t.tenant_id = $1 AND ($2 IS NULL OR t.id > $2) ORDER BY t.id LIMIT $3"
    ));
    all!(*tx, sql, tenant, after, limit)
}

/// What a plugin keeps of an object.
pub(in crate::plugins) async fn kept(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    object: Uuid,
) -> Result<Option<Value>> {
    let row: Option<(Json<Value>,)> = opt!(
        *tx,
        "SELECT kept FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2 AND object_id = $3",
        tenant,
        plugin,
        object
    )?;
    Ok(row.map(|(kept,)| kept.0))
}

/// Everything that a plugin keeps, of objects after one.
pub(in crate::plugins) async fn kept_after(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    kind: Option<ObjectKind>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, Json<Value>)>> {
    all!(
        *tx,
        "SELECT object_id, kept FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2 AND ($3 IS NULL OR object_kind = $3) AND ($4 IS NULL OR object_id > $4) ORDER BY object_id LIMIT $5",
        tenant,
        plugin,
        kind,
        after,
        limit
    )
}

pub(in crate::plugins) async fn put_kept(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
    kept: &Value,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO plugin_objects (tenant_id, plugin_id, object_kind, object_id, label, kept, saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, plugin_id, object_kind, object_id) DO UPDATE SET label = $5, kept = $6, saved_at = $7",
        tenant,
        duty.plugin_id,
        duty.object_kind,
        duty.object_id,
        &duty.label,
        Json(kept),
        now
    )?;
    Ok(())
}

pub(in crate::plugins) async fn delete_kept(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2 AND object_id = $3",
        tenant,
        duty.plugin_id,
        duty.object_id
    )?;
    Ok(())
}
