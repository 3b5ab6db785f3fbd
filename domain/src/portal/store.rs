//! The table of tenants, and that of who read across them.

use super::{AcrossRead, Tenant};
use crate::db::Tx;
use crate::kernel::{Result, Slug, TenantId};
use crate::{all, exec, opt};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

type Row = (TenantId, String, String);

fn tenant((id, slug, title): Row) -> Tenant {
    Tenant { id, slug, title }
}

pub(super) async fn find_ready(tx: &mut Tx, slug: &str) -> Result<Option<Tenant>> {
    let row: Option<Row> = opt!(
        *tx,
        "SELECT id, slug, title FROM tenants WHERE slug = $1 AND state = 'ready'",
        slug
    )?;
    Ok(row.map(tenant))
}

pub(super) async fn list_ready(tx: &mut Tx, limit: i64) -> Result<Vec<Tenant>> {
    let rows: Vec<Row> = all!(
        *tx,
        "SELECT id, slug, title FROM tenants WHERE state = 'ready' ORDER BY slug LIMIT $1",
        limit
    )?;
    Ok(rows.into_iter().map(tenant).collect())
}

/// Takes the name; gives the id of a tenant whose making was stopped, to go on with it.
pub(super) async fn claim(
    tx: &mut Tx,
    id: TenantId,
    slug: &Slug,
    title: &str,
    now: DateTime<Utc>,
) -> Result<Option<TenantId>> {
    exec!(
        *tx,
        "INSERT INTO tenants (id, slug, title, state, created_at) VALUES ($1, $2, $3, 'preparing', $4) ON CONFLICT (slug) DO NOTHING",
        id,
        slug.as_str(),
        title,
        now
    )?;
    let row: Option<(TenantId,)> = opt!(
        *tx,
        "SELECT id FROM tenants WHERE slug = $1 AND state = 'preparing'",
        slug.as_str()
    )?;
    Ok(row.map(|r| r.0))
}

pub(super) async fn mark_ready(tx: &mut Tx, id: TenantId) -> Result<()> {
    exec!(*tx, "UPDATE tenants SET state = 'ready' WHERE id = $1", id)?;
    Ok(())
}

/// Writes down who reads across tenants, when and why, and whose data.
pub(super) async fn insert_across(
    tx: &mut Tx,
    (id, at, operator, why): (Uuid, DateTime<Utc>, &str, &str),
    tenants: &Json<Value>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO across_reads (id, at, operator, why, tenants) VALUES ($1, $2, $3, $4, $5)",
        id,
        at,
        operator,
        why,
        tenants
    )?;
    Ok(())
}

pub(super) async fn across_reads(tx: &mut Tx, limit: i64) -> Result<Vec<AcrossRead>> {
    all!(
        *tx,
        "SELECT at, operator, why, tenants FROM across_reads ORDER BY id DESC LIMIT $1",
        limit
    )
}
