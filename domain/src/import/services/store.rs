//! The table of imports of services, and what one needs to know at once: a query per row
//! would be too slow for thousands.

use super::super::store::kept_files;
use super::{Against, Choices, Import, Reason, Report, State};
use crate::db::{Tx, id_list};
use crate::kernel::{CrewId, Day, ImportId, MemberId, Result, ServiceId, ServiceTypeId, TenantId};
use crate::members::MemberNumber;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

/// The most rows of anything that one import compares itself with.
const KNOWN_MAX: i64 = 1_000_000;

kept_files!("service_imports", "service_import");

#[derive(sqlx::FromRow)]
struct ImportSql {
    id: ImportId,
    file_name: String,
    crews: Json<Vec<CrewId>>,
    choices: Json<Choices>,
    state: State,
    report: Option<Json<Report>>,
    created_by_name: String,
    created_at: DateTime<Utc>,
    applied_at: Option<DateTime<Utc>>,
    undone_at: Option<DateTime<Utc>>,
    undone_by_name: Option<String>,
}

impl From<ImportSql> for Import {
    fn from(row: ImportSql) -> Self {
        Self {
            id: row.id,
            file_name: row.file_name,
            crews: row.crews.0,
            choices: row.choices.0,
            state: row.state,
            report: row.report.map(|r| r.0),
            created_by_name: row.created_by_name,
            created_at: row.created_at,
            applied_at: row.applied_at,
            undone: row.undone_by_name.zip(row.undone_at),
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, file_name, crews, choices, state, report, created_by_name, created_at, applied_at, undone_at, undone_by_name FROM service_imports WHERE tenant_id = $1 ",
            $rest
        )
    };
}

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    import: &Import,
    content: &[u8],
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO service_imports (tenant_id, id, file_name, content, crews, choices, state, created_by_name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant,
        import.id,
        &import.file_name,
        content,
        Json(&import.crews),
        Json(&import.choices),
        import.state,
        &import.created_by_name,
        import.created_at
    )?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: ImportId) -> Result<Option<Import>> {
    let row: Option<ImportSql> = opt!(*tx, select!("AND id = $2"), tenant, id)?;
    Ok(row.map(Import::from))
}

pub(super) async fn list(tx: &mut Tx, tenant: TenantId, max: i64) -> Result<Vec<Import>> {
    let rows: Vec<ImportSql> = all!(
        *tx,
        select!("ORDER BY created_at DESC, id DESC LIMIT $2"),
        tenant,
        max
    )?;
    Ok(rows.into_iter().map(Import::from).collect())
}

/// Whether the import still waited.
pub(super) async fn set_choices(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
    choices: &Choices,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE service_imports SET choices = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'uploaded'",
        tenant,
        id,
        Json(choices)
    )?;
    Ok(rows == 1)
}

/// Whether it was applied and not undone yet.
pub(super) async fn set_undone(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE service_imports SET state = 'undone', undone_at = $3, undone_by_name = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'applied'",
        tenant,
        id,
        now,
        by
    )?;
    Ok(rows == 1)
}

// --- what is known

/// A service: its id, type, label, and from which day on it is no more.
pub(super) type ServiceSql = (ServiceId, ServiceTypeId, String, Option<Day>);

/// The services of some types.
pub(super) async fn services(
    tx: &mut Tx,
    tenant: TenantId,
    kinds: &[ServiceTypeId],
) -> Result<Vec<ServiceSql>> {
    macro_rules! sql {
        ($ids:literal) => {
            concat!(
                "SELECT s.id, s.type_id, s.label, s.closed_on FROM services s WHERE s.tenant_id = $1 AND s.type_id ",
                $ids,
                " ORDER BY s.id LIMIT $3"
            )
        };
    }
    if tx.is_sqlite() {
        all!(
            *tx,
            sql!("IN (SELECT unhex(value) FROM json_each($2))"),
            tenant,
            id_list(kinds),
            KNOWN_MAX
        )
    } else {
        all!(
            *tx,
            sql!("= ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))"),
            tenant,
            id_list(kinds),
            KNOWN_MAX
        )
    }
}

/// What a program calls services, of whatever crew.
pub(super) async fn references(
    tx: &mut Tx,
    tenant: TenantId,
    source: &str,
) -> Result<Vec<(String, ServiceId)>> {
    all!(
        *tx,
        "SELECT reference, service_id FROM service_references WHERE tenant_id = $1 AND source = $2 ORDER BY reference, service_id LIMIT $3",
        tenant,
        source,
        KNOWN_MAX
    )
}

/// That a member has a service.
pub(super) type HoldingSql = (ServiceId, MemberId, Day, Option<Day>);

pub(super) async fn holdings(tx: &mut Tx, tenant: TenantId) -> Result<Vec<HoldingSql>> {
    all!(
        *tx,
        "SELECT service_id, member_id, from_on, until_on FROM service_holdings WHERE tenant_id = $1 LIMIT $2",
        tenant,
        KNOWN_MAX
    )
}

/// A member: their number, name and e-mail address.
pub(super) type MemberSql = (MemberId, MemberNumber, String, Option<String>);

pub(super) async fn members(tx: &mut Tx, tenant: TenantId) -> Result<Vec<MemberSql>> {
    all!(
        *tx,
        "SELECT m.id, m.number, trim(p.given_name || ' ' || p.name) AS name, p.email FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 ORDER BY m.number LIMIT $2",
        tenant,
        KNOWN_MAX
    )
}

/// What other programs called members.
pub(super) async fn member_references(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Vec<(String, MemberId)>> {
    all!(
        *tx,
        "SELECT reference, member_id FROM member_references WHERE tenant_id = $1 LIMIT $2",
        tenant,
        KNOWN_MAX
    )
}

/// That a service has a network.
pub(super) type TakenSql = (String, ServiceId, DateTime<Utc>, Option<DateTime<Utc>>);

/// What has an address in common with some networks: `inside` are their keys, `above` those
/// of all that they lie in.
pub(super) async fn taken(
    tx: &mut Tx,
    tenant: TenantId,
    inside: &[String],
    above: &[String],
) -> Result<Vec<TakenSql>> {
    let keys = |keys: &[String]| Json(Value::from(keys.to_vec()));
    macro_rules! sql {
        ($each:literal, $from:literal) => {
            concat!(
                "SELECT a.network, a.service_id, a.from_at, a.until_at FROM ",
                $from,
                " CROSS JOIN allocations a WHERE a.tenant_id = $1 AND ",
                $each,
                " LIMIT $3"
            )
        };
    }
    let sqlite = tx.is_sqlite();
    let within: Vec<TakenSql> = if sqlite {
        all!(
            *tx,
            sql!(
                "a.network > w.value AND a.network < w.value || '2'",
                "json_each($2) w"
            ),
            tenant,
            keys(inside),
            KNOWN_MAX
        )?
    } else {
        all!(
            *tx,
            sql!(
                "a.network > w.value COLLATE \"C\" AND a.network < (w.value || '2') COLLATE \"C\"",
                "jsonb_array_elements_text($2) w (value)"
            ),
            tenant,
            keys(inside),
            KNOWN_MAX
        )?
    };
    let mut found: Vec<TakenSql> = if sqlite {
        all!(
            *tx,
            sql!("a.network = w.value", "json_each($2) w"),
            tenant,
            keys(above),
            KNOWN_MAX
        )?
    } else {
        all!(
            *tx,
            sql!(
                "a.network = w.value COLLATE \"C\"",
                "jsonb_array_elements_text($2) w (value)"
            ),
            tenant,
            keys(above),
            KNOWN_MAX
        )?
    };
    found.extend(within);
    Ok(found)
}

// --- undoing

/// The crews of all that an import made or touched.
pub(super) async fn crews_of(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
) -> Result<Vec<(CrewId,)>> {
    all!(
        *tx,
        "SELECT t.crew_id FROM services s JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE s.tenant_id = $1 AND (s.import_id = $2 OR s.id IN (SELECT service_id FROM service_holdings WHERE tenant_id = $1 AND import_id = $2) OR s.id IN (SELECT service_id FROM allocations WHERE tenant_id = $1 AND import_id = $2)) GROUP BY t.crew_id",
        tenant,
        id
    )
}

/// On PostgreSQL: what an import made stays as it is, and nothing new hangs itself on it,
/// until this transaction ends. On SQLite, who writes is alone.
pub(super) async fn lock_made(tx: &mut Tx, tenant: TenantId, id: ImportId) -> Result<()> {
    if tx.is_sqlite() {
        return Ok(());
    }
    for sql in [
        "SELECT id FROM services WHERE tenant_id = $1 AND (import_id = $2 OR id IN (SELECT service_id FROM service_holdings WHERE tenant_id = $1 AND import_id = $2)) ORDER BY id FOR UPDATE",
        "SELECT id FROM service_holdings WHERE tenant_id = $1 AND import_id = $2 ORDER BY id FOR UPDATE",
        "SELECT id FROM allocations WHERE tenant_id = $1 AND import_id = $2 ORDER BY id FOR UPDATE",
    ] {
        let _: Vec<(uuid::Uuid,)> = all!(*tx, sql, tenant, id)?;
    }
    Ok(())
}

/// All that stands against undoing an import: one row for each reason and service.
macro_rules! against {
    ($head:literal, $tail:literal) => {
        concat!(
            "WITH made AS (SELECT s.id, s.version FROM services s WHERE s.tenant_id = $1 AND s.import_id = $2), ",
            "had AS (SELECT h.service_id, h.member_id, h.version FROM service_holdings h WHERE h.tenant_id = $1 AND h.import_id = $2), ",
            "took AS (SELECT a.service_id, a.network, a.entered_at, a.version FROM allocations a WHERE a.tenant_id = $1 AND a.import_id = $2), ",
            "reasons AS (",
            "SELECT 'changed' AS why, m.id FROM made m WHERE m.version > 1 ",
            "UNION SELECT 'holding', h.service_id FROM had h WHERE h.version > 1 ",
            "UNION SELECT 'holding', m.id FROM made m JOIN service_holdings h ON h.tenant_id = $1 AND h.service_id = m.id WHERE h.import_id IS NULL OR h.import_id <> $2 ",
            "UNION SELECT 'payment', m.id FROM made m JOIN payments p ON p.tenant_id = $1 AND p.service_id = m.id ",
            "UNION SELECT 'payment', h.service_id FROM had h JOIN payments p ON p.tenant_id = $1 AND p.service_id = h.service_id AND p.member_id = h.member_id ",
            "UNION SELECT 'other_import', m.id FROM made m JOIN service_references r ON r.tenant_id = $1 AND r.service_id = m.id WHERE r.import_id <> $2 ",
            "UNION SELECT 'address', m.id FROM made m JOIN allocations a ON a.tenant_id = $1 AND a.service_id = m.id WHERE a.import_id IS NULL OR a.import_id <> $2 ",
            "UNION SELECT 'address', t.service_id FROM took t WHERE t.version > 1 ",
            "UNION SELECT 'answered', t.service_id FROM took t JOIN address_questions q ON q.tenant_id = $1 AND q.asked_at >= t.entered_at AND substr(q.network, 1, length(t.network)) = t.network",
            ") ",
            $head,
            " FROM reasons r JOIN services s ON s.tenant_id = $1 AND s.id = r.id JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id ",
            $tail
        )
    };
}

pub(super) async fn against(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
    max: i64,
) -> Result<Against> {
    let (total,): (i64,) = one!(*tx, against!("SELECT count(*)", ""), tenant, id)?;
    let first: Vec<Reason> = all!(
        *tx,
        against!(
            "SELECT r.why, t.name || ' · ' || s.label AS name, s.id AS service",
            "ORDER BY 2, 1, 3 LIMIT $3"
        ),
        tenant,
        id,
        max
    )?;
    Ok(Against {
        total: usize::try_from(total).unwrap_or(usize::MAX),
        first,
    })
}
