//! The tables of declared fields and of their values.

use super::{Choice, Field, FieldData, FieldKind, NewField, On};
use crate::db::bulk::{As, Table};
use crate::db::{Tx, bulk};
use crate::kernel::{FieldId, Result, Right, ServiceTypeId, TenantId};
use crate::{all, exec, one};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

/// More than there can be, over all kinds of objects.
const ALL_MAX: i64 = 500;
/// More than the objects of one page have, or of one piece of a file.
const VALUES_MAX: i64 = 200_000;

#[derive(sqlx::FromRow)]
struct FieldSql {
    id: FieldId,
    object: On,
    of_type: Option<ServiceTypeId>,
    slug: String,
    label: String,
    kind: FieldKind,
    help: String,
    choices: Json<Vec<Choice>>,
    is_required: bool,
    is_listed: bool,
    is_open: bool,
    seen_by: Option<String>,
    edited_by: Option<String>,
    is_archived: bool,
    version: i64,
}

/// Every field, also archived ones, in their order.
pub(super) async fn list(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Field>> {
    let rows: Vec<FieldSql> = all!(
        *tx,
        "SELECT id, object, of_type, slug, label, kind, help, choices, is_required, is_listed, is_open, seen_by, edited_by, archived_at IS NOT NULL AS is_archived, version FROM extra_fields WHERE tenant_id = $1 ORDER BY object, position, label LIMIT $2",
        tenant,
        ALL_MAX
    )?;
    // A right that this program does not know: the field stays with those who declare fields.
    let right =
        |name: Option<String>| name.map(|n| Right::from_name(&n).unwrap_or(Right::Settings));
    let read = |row: FieldSql| Field {
        id: row.id,
        on: row.object,
        of_type: row.of_type,
        slug: row.slug,
        label: row.label,
        kind: row.kind,
        help: row.help,
        choices: row.choices.0,
        is_required: row.is_required,
        is_listed: row.is_listed,
        is_open: row.is_open,
        seen_by: right(row.seen_by),
        edited_by: right(row.edited_by),
        is_archived: row.is_archived,
        version: row.version,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Whether no other field had the name or the label. It comes behind the others.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    id: FieldId,
    (new, slug): (&NewField, &str),
    data: &FieldData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO extra_fields (tenant_id, id, object, slug, label, kind, help, choices, is_required, is_listed, is_open, seen_by, edited_by, position, version, of_type) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, (SELECT coalesce(max(position) + 1, 1) FROM extra_fields WHERE tenant_id = $1 AND object = $3), 1, $14) ON CONFLICT DO NOTHING",
        tenant,
        id,
        new.on.name(),
        slug,
        &data.label,
        new.kind.name(),
        &data.help,
        Json(&data.choices),
        data.is_required,
        data.is_listed,
        data.is_open,
        data.seen_by.map(Right::name),
        data.edited_by.map(Right::name),
        new.of_type
    )?;
    Ok(rows == 1)
}

/// Whether the field still had the version that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: FieldId,
    version: i64,
    data: &FieldData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE extra_fields SET label = $4, help = $5, choices = $6, is_required = $7, is_listed = $8, is_open = $9, seen_by = $10, edited_by = $11, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        &data.label,
        &data.help,
        Json(&data.choices),
        data.is_required,
        data.is_listed,
        data.is_open,
        data.seen_by.map(Right::name),
        data.edited_by.map(Right::name)
    )?;
    Ok(rows == 1)
}

pub(super) async fn set_archived(
    tx: &mut Tx,
    tenant: TenantId,
    id: FieldId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE extra_fields SET archived_at = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        at
    )?;
    Ok(())
}

pub(super) async fn set_position(
    tx: &mut Tx,
    tenant: TenantId,
    id: FieldId,
    position: i64,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE extra_fields SET position = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        position
    )?;
    Ok(())
}

/// Takes a field away in which nothing is kept.
pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, id: FieldId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM extra_fields WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

/// How many objects have something in a field.
pub(super) async fn count(tx: &mut Tx, tenant: TenantId, field: FieldId) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM extra_values WHERE tenant_id = $1 AND field_id = $2",
        tenant,
        field
    )?;
    Ok(count)
}

/// Whether an object has this very value in a field.
pub(super) async fn is_used(
    tx: &mut Tx,
    tenant: TenantId,
    field: FieldId,
    value: &str,
) -> Result<bool> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM (SELECT 1 FROM extra_values WHERE tenant_id = $1 AND field_id = $2 AND value = $3 LIMIT 1) t",
        tenant,
        field,
        value
    )?;
    Ok(count > 0)
}

/// What some objects have in all fields.
pub(super) async fn values(
    tx: &mut Tx,
    tenant: TenantId,
    objects: &[Uuid],
) -> Result<Vec<(Uuid, FieldId, String)>> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let objects = bulk::ids(objects);
    if tx.is_sqlite() {
        all!(
            *tx,
            "SELECT object_id, field_id, value FROM extra_values WHERE tenant_id = $1 AND object_id IN (SELECT unhex(value) FROM json_each($2)) LIMIT $3",
            tenant,
            objects,
            VALUES_MAX
        )
    } else {
        all!(
            *tx,
            "SELECT object_id, field_id, value FROM extra_values WHERE tenant_id = $1 AND object_id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) LIMIT $3",
            tenant,
            objects,
            VALUES_MAX
        )
    }
}

/// The objects whose value of a field lies from one to another, and fits a pattern: at most so
/// many.
pub(super) async fn objects(
    tx: &mut Tx,
    tenant: TenantId,
    (field, first, last, pattern): (FieldId, &str, &str, Option<&str>),
    limit: i64,
) -> Result<Vec<(Uuid,)>> {
    all!(
        *tx,
        "SELECT object_id FROM extra_values WHERE tenant_id = $1 AND field_id = $2 AND value >= $3 AND value <= $4 AND ($5 IS NULL OR search LIKE '' || $5 ESCAPE '\\') LIMIT $6",
        tenant,
        field,
        first,
        last,
        pattern,
        limit
    )
}

pub(super) async fn put_value(
    tx: &mut Tx,
    tenant: TenantId,
    object: Uuid,
    field: FieldId,
    value: &str,
    search: &str,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO extra_values (tenant_id, object_id, field_id, value, search) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, object_id, field_id) DO UPDATE SET value = $4, search = $5",
        tenant,
        object,
        field,
        value,
        search
    )?;
    Ok(())
}

pub(super) async fn delete_value(
    tx: &mut Tx,
    tenant: TenantId,
    object: Uuid,
    field: FieldId,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM extra_values WHERE tenant_id = $1 AND object_id = $2 AND field_id = $3",
        tenant,
        object,
        field
    )?;
    Ok(())
}

const VALUES: Table = Table {
    name: "extra_values",
    columns: &[
        ("object_id", As::Id),
        ("field_id", As::Id),
        ("value", As::Text),
        ("search", As::Text),
    ],
};

/// Writes values of objects that had none: object, field, value, and what it is found by.
pub(super) async fn insert_values(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    values: &[(Uuid, FieldId, String, String)],
) -> Result<()> {
    let row = |(object, field, value, search): &(Uuid, FieldId, String, String)| {
        let (value, search) = (value.as_str().into(), search.as_str().into());
        vec![bulk::id(object), bulk::id(field), value, search]
    };
    bulk::insert(tx, tenant, now, &VALUES, values.iter().map(row).collect()).await
}

/// Takes away all values of some objects.
pub(super) async fn delete_values(tx: &mut Tx, tenant: TenantId, objects: &[Uuid]) -> Result<()> {
    let objects = bulk::ids(objects);
    if tx.is_sqlite() {
        exec!(
            *tx,
            "DELETE FROM extra_values WHERE tenant_id = $1 AND object_id IN (SELECT unhex(value) FROM json_each($2))",
            tenant,
            objects
        )?;
    } else {
        exec!(
            *tx,
            "DELETE FROM extra_values WHERE tenant_id = $1 AND object_id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))",
            tenant,
            objects
        )?;
    }
    Ok(())
}
