//! The table of changes.

use super::{Entry, Filter, Record};
use crate::access::{Actor, Via};
use crate::db::Tx;
use crate::kernel::{Page, PageRequest, Result, TenantId, paging, text};
use crate::{all, exec, one};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

#[derive(sqlx::FromRow)]
struct Row {
    id: uuid::Uuid,
    at: DateTime<Utc>,
    actor_id: Option<crate::kernel::PartyId>,
    actor_name: String,
    via: String,
    address: String,
    action: String,
    object_kind: String,
    object_id: uuid::Uuid,
    object_label: String,
    before: Option<Json<serde_json::Value>>,
    after: Option<Json<serde_json::Value>>,
}

impl From<Row> for Entry {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            at: r.at,
            actor: r.actor_id,
            actor_name: r.actor_name,
            via: r.via,
            address: r.address,
            action: r.action,
            kind: r.object_kind,
            object: r.object_id,
            label: r.object_label,
            before: r.before.map(|j| j.0),
            after: r.after.map(|j| j.0),
        }
    }
}

/// Rows as one bind of JSON, which each engine takes apart in its own words. What an
/// object was not before, or is not any more, is NULL.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    actor: &Actor,
    records: &[Record],
) -> Result<()> {
    let (via, address) = match &actor.via {
        Via::Web { address } => ("web", address.as_str()),
        Via::Cli => ("cli", ""),
    };
    let sql = if tx.is_sqlite() {
        "INSERT INTO audit (tenant_id, id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, search, before, after) SELECT $1, unhex(value ->> 0), $2, $3, $4, $5, $6, value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5, nullif(value -> 6, 'null'), nullif(value -> 7, 'null') FROM json_each($7)"
    } else {
        "INSERT INTO audit (tenant_id, id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, search, before, after) SELECT $1, CAST(e ->> 0 AS uuid), $2, $3, $4, $5, $6, e ->> 1, e ->> 2, CAST(e ->> 3 AS uuid), e ->> 4, e ->> 5, nullif(e -> 6, 'null'), nullif(e -> 7, 'null') FROM jsonb_array_elements($7) t (e)"
    };
    let rows: Vec<_> = records
        .iter()
        .map(|r| {
            (
                // Without hyphens: SQLite makes bytes of them, PostgreSQL a UUID.
                r.id.simple().to_string(),
                r.action,
                r.kind,
                r.object.simple().to_string(),
                &r.label,
                text::fold(&format!("{} {}", actor.name, r.label)),
                &r.before,
                &r.after,
            )
        })
        .collect();
    exec!(
        *tx,
        sql,
        tenant,
        now,
        actor.person,
        &actor.name,
        via,
        address,
        Json(rows)
    )?;
    Ok(())
}

pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Entry>> {
    let query = (!filter.query.is_empty()).then(|| text::like_pattern(&filter.query));
    let kind = (!filter.kind.is_empty()).then_some(filter.kind.as_str());
    let (total,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM audit WHERE tenant_id = $1 AND ($2 IS NULL OR object_kind = $2) AND ($3 IS NULL OR object_id = $3) AND ($4 IS NULL OR search LIKE '' || $4 ESCAPE '\\')",
        tenant,
        kind,
        filter.object,
        query.as_deref()
    )?;
    let rows: Vec<Row> = all!(
        *tx,
        "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after FROM audit WHERE tenant_id = $1 AND ($2 IS NULL OR object_kind = $2) AND ($3 IS NULL OR object_id = $3) AND ($4 IS NULL OR search LIKE '' || $4 ESCAPE '\\') ORDER BY at DESC, id DESC LIMIT $5 OFFSET $6",
        tenant,
        kind,
        filter.object,
        query.as_deref(),
        paging::PAGE_SIZE,
        page.offset()
    )?;
    let rows = rows.into_iter().map(Entry::from).collect();
    Ok(Page::new(rows, total, page))
}

/// Newest first: the first rows, or those after one.
pub(super) async fn list_after(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Filter,
    after: Option<uuid::Uuid>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let query = (!filter.query.is_empty()).then(|| text::like_pattern(&filter.query));
    let kind = (!filter.kind.is_empty()).then_some(filter.kind.as_str());
    macro_rules! rows {
        ($tail:literal $(, $bind:expr)*) => {
            all!(
                *tx,
                concat!(
                    "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after FROM audit WHERE tenant_id = $1 AND ($2 IS NULL OR object_kind = $2) AND ($3 IS NULL OR object_id = $3) AND ($4 IS NULL OR search LIKE '' || $4 ESCAPE '\\') ",
                    $tail,
                    "ORDER BY at DESC, id DESC LIMIT $5"
                ),
                tenant,
                kind,
                filter.object,
                query.as_deref(),
                limit
                $(, $bind)*
            )?
        };
    }
    let rows: Vec<Row> = match after {
        None => rows!(""),
        Some(after) => rows!(
            "AND (at, id) < (SELECT k.at, k.id FROM audit k WHERE k.tenant_id = $1 AND k.id = $6) ",
            after
        ),
    };
    Ok(rows.into_iter().map(Entry::from).collect())
}

pub(super) async fn latest(tx: &mut Tx, tenant: TenantId, max: i64) -> Result<Vec<Entry>> {
    let rows: Vec<Row> = all!(
        *tx,
        "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after FROM audit WHERE tenant_id = $1 AND object_kind <> 'session' ORDER BY at DESC, id DESC LIMIT $2",
        tenant,
        max
    )?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
