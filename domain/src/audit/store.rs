//! The table of changes.

use super::{Entry, Wanted};
use crate::db::Tx;
use crate::kernel::{Page, PageRequest, Result, TenantId, paging, text};
use crate::{all, one};
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

/// A statement over the rows that a filter wants, with its binds: $1 to $9.
macro_rules! wanted {
    ($verb:ident, $tx:expr, $tenant:expr, $wanted:expr, $start:literal, $rest:literal $(, $bind:expr)*) => {{
        let filter = $wanted.filter;
        let query = (!filter.query.is_empty()).then(|| text::like_pattern(&filter.query));
        let some = |text: &'_ String| (!text.is_empty()).then(|| text.clone());
        $verb!(
            *$tx,
            concat!(
                $start,
                " FROM audit WHERE tenant_id = $1 AND ($2 IS NULL OR object_kind = $2) AND ($3 IS NULL OR object_id = $3) AND ($4 IS NULL OR search LIKE '' || $4 ESCAPE '\\') AND ($5 IS NULL OR action = $5) AND ($6 IS NULL OR actor_id = $6) AND ($7 IS NULL OR via = $7) AND ($8 IS NULL OR at >= $8) AND ($9 IS NULL OR at < $9)",
                $rest
            ),
            $tenant,
            some(&filter.kind),
            filter.object,
            query.as_deref(),
            some(&filter.action),
            filter.actor,
            some(&filter.via),
            $wanted.from,
            $wanted.before
            $(, $bind)*
        )
    }};
}

pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: &Wanted<'_>,
    page: PageRequest,
) -> Result<Page<Entry>> {
    let (total,): (i64,) = wanted!(one, tx, tenant, wanted, "SELECT count(*)", "")?;
    let rows: Vec<Row> = wanted!(
        all,
        tx,
        tenant,
        wanted,
        "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after",
        " ORDER BY at DESC, id DESC LIMIT $10 OFFSET $11",
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
    wanted: &Wanted<'_>,
    after: Option<uuid::Uuid>,
    limit: i64,
) -> Result<Vec<Entry>> {
    macro_rules! rows {
        ($rest:literal $(, $bind:expr)*) => {
            wanted!(
                all,
                tx,
                tenant,
                wanted,
                "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after",
                $rest,
                limit
                $(, $bind)*
            )?
        };
    }
    let rows: Vec<Row> = match after {
        None => rows!(" ORDER BY at DESC, id DESC LIMIT $10"),
        Some(after) => rows!(
            " AND (at, id) < (SELECT k.at, k.id FROM audit k WHERE k.tenant_id = $1 AND k.id = $11) ORDER BY at DESC, id DESC LIMIT $10",
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
