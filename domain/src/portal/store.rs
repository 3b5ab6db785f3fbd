//! The tables of tenants, those of before, who read across them, and what one process does for all.

use super::deleting::Deleted;
use super::proofs::Proof;
use super::{AcrossRead, Hosted, Tenant};
use crate::db::Tx;
use crate::db::moving::Moved;
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

pub(super) async fn find_ready_of(tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>> {
    let row: Option<Row> = opt!(
        *tx,
        "SELECT id, slug, title FROM tenants WHERE id = $1 AND state = 'ready'",
        id
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
) -> Result<Option<(TenantId, String)>> {
    exec!(
        *tx,
        "INSERT INTO tenants (id, slug, title, state, created_at) VALUES ($1, $2, $3, 'preparing', $4) ON CONFLICT (slug) DO NOTHING",
        id,
        slug.as_str(),
        title,
        now
    )?;
    opt!(
        *tx,
        "SELECT id, title FROM tenants WHERE slug = $1 AND state = 'preparing'",
        slug.as_str()
    )
}

/// Whether nobody else has made it ready before.
pub(super) async fn mark_ready(tx: &mut Tx, id: TenantId) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE tenants SET state = 'ready' WHERE id = $1 AND state = 'preparing'",
        id
    )?;
    Ok(rows == 1)
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

/// A tenant as the portal has it, to be moved: also from when on it has mail to send.
pub(super) async fn find_moved(tx: &mut Tx, id: TenantId) -> Result<Option<Moved>> {
    type Row = (
        uuid::Uuid,
        String,
        String,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    );
    let row: Option<Row> = opt!(
        *tx,
        "SELECT t.id, t.slug, t.title, t.created_at, m.due_at FROM tenants t LEFT JOIN mail_turns m ON m.tenant_id = t.id WHERE t.id = $1 AND t.state = 'ready'",
        id
    )?;
    Ok(row.map(|(id, slug, title, created_at, mail_due_at)| Moved {
        id,
        slug,
        title,
        created_at,
        mail_due_at,
    }))
}

/// The ids and names that are taken, ready or not, and would meet these.
pub(super) async fn taken(
    tx: &mut Tx,
    id: TenantId,
    slug: &str,
) -> Result<Vec<(TenantId, String)>> {
    all!(
        *tx,
        "SELECT id, slug FROM tenants WHERE id = $1 OR slug = $2",
        id,
        slug
    )
}

/// Puts a tenant whose data are there into the list.
pub(super) async fn insert_moved(tx: &mut Tx, moved: &Moved) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO tenants (id, slug, title, state, created_at) VALUES ($1, $2, $3, 'ready', $4)",
        moved.id,
        moved.slug.as_str(),
        moved.title.as_str(),
        moved.created_at
    )?;
    set_mail_turn(tx, moved).await
}

/// From when on it has mail to send, as the file says.
pub(super) async fn set_mail_turn(tx: &mut Tx, moved: &Moved) -> Result<()> {
    if let Some(due_at) = moved.mail_due_at {
        exec!(
            *tx,
            "INSERT INTO mail_turns (tenant_id, due_at) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET due_at = $2",
            moved.id,
            due_at
        )?;
    }
    Ok(())
}

/// Whether a round was due; then it is due again later.
pub(super) async fn take_round(
    tx: &mut Tx,
    name: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO rounds (name, due_at) VALUES ($1, $3) ON CONFLICT (name) DO UPDATE SET due_at = $3 WHERE rounds.due_at <= $2",
        name,
        now,
        until
    )?;
    Ok(rows == 1)
}

/// When a round is due, where it was ever taken.
pub(super) async fn round(tx: &mut Tx, name: &str) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> =
        opt!(*tx, "SELECT due_at FROM rounds WHERE name = $1", name)?;
    Ok(row.map(|row| row.0))
}

pub(super) async fn put_round(tx: &mut Tx, name: &str, due_at: DateTime<Utc>) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO rounds (name, due_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET due_at = $2",
        name,
        due_at
    )?;
    Ok(())
}

/// Takes a tenant out of the list, and writes down that it was there.
pub(super) async fn delete(tx: &mut Tx, gone: &Deleted) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO tenants_deleted (id, slug, title, created_at, deleted_at, operator, row_count) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        gone.id,
        gone.slug.as_str(),
        gone.title.as_str(),
        gone.created_at,
        gone.deleted_at,
        gone.operator.as_str(),
        gone.row_count
    )?;
    exec!(*tx, "DELETE FROM mail_turns WHERE tenant_id = $1", gone.id)?;
    exec!(*tx, "DELETE FROM duty_turns WHERE tenant_id = $1", gone.id)?;
    exec!(*tx, "DELETE FROM tenants WHERE id = $1", gone.id)?;
    Ok(())
}

pub(super) async fn deleted(tx: &mut Tx, limit: i64) -> Result<Vec<Deleted>> {
    all!(
        *tx,
        "SELECT id, slug, title, created_at, deleted_at, operator, row_count FROM tenants_deleted ORDER BY deleted_at DESC, id LIMIT $1",
        limit
    )
}

/// Keeps a proof, and of all proofs the latest ones.
pub(super) async fn insert_proof(tx: &mut Tx, proof: &Proof, keep: i64) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO proofs (id, at, operator, report) VALUES ($1, $2, $3, $4)",
        proof.id,
        proof.at,
        proof.operator.as_str(),
        &proof.report
    )?;
    exec!(
        *tx,
        "DELETE FROM proofs WHERE id IN (SELECT id FROM proofs ORDER BY id DESC LIMIT 1000 OFFSET $1)",
        keep
    )?;
    Ok(())
}

pub(super) async fn proofs(tx: &mut Tx, limit: i64) -> Result<Vec<Proof>> {
    all!(
        *tx,
        "SELECT id, at, operator, report FROM proofs ORDER BY id DESC LIMIT $1",
        limit
    )
}

/// The tenants that are ready, with when they were made.
pub(super) async fn hosted(tx: &mut Tx, limit: i64) -> Result<Vec<Hosted>> {
    all!(
        *tx,
        "SELECT slug, title, created_at FROM tenants WHERE state = 'ready' ORDER BY slug LIMIT $1",
        limit
    )
}

pub(super) async fn proof(tx: &mut Tx, id: Uuid) -> Result<Option<Proof>> {
    opt!(
        *tx,
        "SELECT id, at, operator, report FROM proofs WHERE id = $1",
        id
    )
}
