//! The rows of services, holdings and allocations that an import made.

use super::super::addresses::rules::key;
use super::super::store::search_text;
use super::{NewAllocation, NewHolding, NewReference, NewService};
use crate::db::Tx;
use crate::db::bulk::{self, As, CHUNK, Table};
use crate::kernel::{ImportId, Result, TenantId};
use crate::{all, exec};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// More than one import brings, of everything together.
const MADE_MAX: i64 = 300_000;

const SERVICES: Table = Table {
    name: "services",
    columns: &[
        ("id", As::Id),
        ("type_id", As::Id),
        ("label", As::Text),
        ("search", As::Text),
        ("note", As::Text),
        ("closed_on", As::Day),
        ("version", As::Number),
        ("created_at", As::Now),
        ("import_id", As::Id),
    ],
};

const REFERENCES: Table = Table {
    name: "service_references",
    columns: &[
        ("source", As::Text),
        ("reference", As::Text),
        ("service_id", As::Id),
        ("import_id", As::Id),
    ],
};

const HOLDINGS: Table = Table {
    name: "service_holdings",
    columns: &[
        ("id", As::Id),
        ("service_id", As::Id),
        ("member_id", As::Id),
        ("from_on", As::Day),
        ("until_on", As::Day),
        ("reason", As::Text),
        ("version", As::Number),
        ("import_id", As::Id),
    ],
};

const ALLOCATIONS: Table = Table {
    name: "allocations",
    columns: &[
        ("id", As::Id),
        ("service_id", As::Id),
        ("network", As::Text),
        ("from_at", As::Moment),
        ("until_at", As::Moment),
        ("entered_at", As::Now),
        ("version", As::Number),
        ("import_id", As::Id),
    ],
};

pub(super) async fn insert_services(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    new: &[NewService],
) -> Result<()> {
    let row = |service: &NewService| {
        vec![
            bulk::id(service.id),
            bulk::id(service.kind),
            json!(service.label),
            json!(search_text(&service.label)),
            json!(service.note),
            json!(service.closed_on),
            json!(1),
            bulk::id(import),
        ]
    };
    bulk::insert(tx, tenant, now, &SERVICES, new.iter().map(row).collect()).await?;
    count_anew(tx, new.len()).await
}

pub(super) async fn insert_references(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    new: &[NewReference],
) -> Result<()> {
    let row = |new: &NewReference| {
        vec![
            json!(new.source),
            json!(new.reference),
            bulk::id(new.service),
            bulk::id(import),
        ]
    };
    bulk::insert(tx, tenant, now, &REFERENCES, new.iter().map(row).collect()).await
}

pub(super) async fn insert_holdings(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    ids: &[Uuid],
    new: &[NewHolding],
) -> Result<()> {
    let row = |(id, new): (&Uuid, &NewHolding)| {
        vec![
            bulk::id(id),
            bulk::id(new.service),
            bulk::id(new.member),
            json!(new.from_on),
            json!(new.until_on),
            json!(""),
            json!(1),
            bulk::id(import),
        ]
    };
    let rows = ids.iter().zip(new).map(row).collect();
    bulk::insert(tx, tenant, now, &HOLDINGS, rows).await?;
    count_anew(tx, new.len()).await
}

pub(super) async fn insert_allocations(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    ids: &[Uuid],
    new: &[NewAllocation],
) -> Result<()> {
    let row = |(id, new): (&Uuid, &NewAllocation)| {
        vec![
            bulk::id(id),
            bulk::id(new.service),
            json!(key(new.network)),
            bulk::moment(new.from_at),
            new.until_at.map_or(Value::Null, bulk::moment),
            json!(1),
            bulk::id(import),
        ]
    };
    let rows = ids.iter().zip(new).map(row).collect();
    bulk::insert(tx, tenant, now, &ALLOCATIONS, rows).await?;
    count_anew(tx, new.len()).await
}

/// Lets PostgreSQL look at the tables that grew: it plans by what it knows of them.
async fn count_anew(tx: &mut Tx, rows: usize) -> Result<()> {
    if rows >= CHUNK && !tx.is_sqlite() {
        exec!(*tx, "ANALYZE services, service_holdings, allocations")?;
    }
    Ok(())
}

/// Something that an import made, with what the audit says of it.
#[derive(sqlx::FromRow)]
pub(super) struct Made {
    pub what: String,
    pub id: Uuid,
    pub type_name: String,
    pub label: String,
    pub network: Option<String>,
    pub from_day: Option<String>,
    pub until_day: Option<String>,
}

/// All that an import made.
pub(super) async fn made(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<Vec<Made>> {
    all!(
        *tx,
        "SELECT 'service' AS what, s.id, t.name AS type_name, s.label, CAST(NULL AS TEXT) AS network, CAST(NULL AS TEXT) AS from_day, CAST(s.closed_on AS TEXT) AS until_day FROM services s JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE s.tenant_id = $1 AND s.import_id = $2 UNION ALL SELECT 'holding', s.id, t.name, s.label, CAST(NULL AS TEXT), CAST(h.from_on AS TEXT), CAST(h.until_on AS TEXT) FROM service_holdings h JOIN services s ON s.tenant_id = h.tenant_id AND s.id = h.service_id JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE h.tenant_id = $1 AND h.import_id = $2 UNION ALL SELECT 'allocation', a.id, t.name, s.label, a.network, CAST(a.from_at AS TEXT), CAST(a.until_at AS TEXT) FROM allocations a JOIN services s ON s.tenant_id = a.tenant_id AND s.id = a.service_id JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE a.tenant_id = $1 AND a.import_id = $2 LIMIT $3",
        tenant,
        import,
        MADE_MAX
    )
}

/// Takes away all that an import made, what hangs on other things first.
pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<()> {
    for sql in [
        "DELETE FROM allocations WHERE tenant_id = $1 AND import_id = $2",
        "DELETE FROM service_holdings WHERE tenant_id = $1 AND import_id = $2",
        "DELETE FROM service_references WHERE tenant_id = $1 AND import_id = $2",
        "DELETE FROM services WHERE tenant_id = $1 AND import_id = $2",
    ] {
        exec!(*tx, sql, tenant, import)?;
    }
    Ok(())
}
