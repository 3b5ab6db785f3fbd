//! The table of imports, and what an import needs to know of members and payments at once:
//! a query per row would be too slow for thousands.

use super::plan::KnownParty;
use super::{Choices, Import, Report, State};
use crate::db::Tx;
use crate::kernel::{ImportId, MemberId, PartyId, Result, TenantId};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

/// The most rows of anything that one import compares itself with.
const KNOWN_MAX: i64 = 1_000_000;

#[derive(sqlx::FromRow)]
struct ImportSql {
    id: ImportId,
    file_name: String,
    choices: Json<Choices>,
    state: State,
    report: Option<Json<Report>>,
    created_by: Option<PartyId>,
    created_by_name: Option<String>,
    created_at: DateTime<Utc>,
    applied_at: Option<DateTime<Utc>>,
}

impl From<ImportSql> for Import {
    fn from(row: ImportSql) -> Self {
        Self {
            id: row.id,
            file_name: row.file_name,
            choices: row.choices.0,
            state: row.state,
            report: row.report.map(|r| r.0),
            created_by: row.created_by,
            created_by_name: row.created_by_name.unwrap_or_default(),
            created_at: row.created_at,
            applied_at: row.applied_at,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.file_name, i.choices, i.state, i.report, i.created_by, trim(p.given_name || ' ' || p.name) AS created_by_name, i.created_at, i.applied_at FROM imports i LEFT JOIN parties p ON p.tenant_id = i.tenant_id AND p.id = i.created_by WHERE i.tenant_id = $1 ",
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
        "INSERT INTO imports (tenant_id, id, file_name, content, choices, state, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        import.id,
        &import.file_name,
        content,
        Json(&import.choices),
        import.state,
        import.created_by,
        import.created_at
    )?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: ImportId) -> Result<Option<Import>> {
    let row: Option<ImportSql> = opt!(*tx, select!("AND i.id = $2"), tenant, id)?;
    Ok(row.map(Import::from))
}

pub(super) async fn list(tx: &mut Tx, tenant: TenantId, max: i64) -> Result<Vec<Import>> {
    let rows: Vec<ImportSql> = all!(
        *tx,
        select!("ORDER BY i.created_at DESC, i.id DESC LIMIT $2"),
        tenant,
        max
    )?;
    Ok(rows.into_iter().map(Import::from).collect())
}

pub(super) async fn content(tx: &mut Tx, tenant: TenantId, id: ImportId) -> Result<Vec<u8>> {
    let (content,): (Vec<u8>,) = one!(
        *tx,
        "SELECT content FROM imports WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(content)
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
        "UPDATE imports SET choices = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'uploaded'",
        tenant,
        id,
        Json(choices)
    )?;
    Ok(rows == 1)
}

/// Lets one import of a tenant be applied at a time: two that know nothing of each
/// other would both add what they have in common.
pub(super) async fn lock(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, 'import', 1) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + 1",
        tenant
    )?;
    Ok(())
}

/// Whether the import still waited. The file is forgotten: what it said is kept where it belongs.
pub(super) async fn set_applied(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
    report: &Report,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE imports SET state = 'applied', report = $3, applied_at = $4, content = $5 WHERE tenant_id = $1 AND id = $2 AND state = 'uploaded'",
        tenant,
        id,
        Json(report),
        now,
        Vec::<u8>::new()
    )?;
    Ok(rows == 1)
}

#[derive(sqlx::FromRow)]
struct KnownSql {
    party: PartyId,
    member: Option<MemberId>,
    given_name: String,
    name: String,
    email: Option<String>,
    postcode: Option<String>,
}

/// Everybody, oldest first.
pub(super) async fn known_parties(tx: &mut Tx, tenant: TenantId) -> Result<Vec<KnownParty>> {
    let rows: Vec<KnownSql> = all!(
        *tx,
        "SELECT p.id AS party, m.id AS member, p.given_name, p.name, p.email, p.postcode FROM parties p LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 ORDER BY p.created_at, p.id LIMIT $2",
        tenant,
        KNOWN_MAX
    )?;
    let known = rows.into_iter().map(|row| KnownParty {
        party: row.party,
        member: row.member,
        name: format!("{} {}", row.given_name, row.name),
        email: row.email,
        postcode: row.postcode,
    });
    Ok(known.collect())
}

/// The references of one source.
pub(super) async fn references(
    tx: &mut Tx,
    tenant: TenantId,
    source: &str,
) -> Result<Vec<(String, MemberId)>> {
    all!(
        *tx,
        "SELECT reference, member_id FROM member_references WHERE tenant_id = $1 AND source = $2 LIMIT $3",
        tenant,
        source,
        KNOWN_MAX
    )
}

/// The keys of the payments that imports brought, of whatever source.
pub(super) async fn payment_keys(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(String,)>> {
    all!(
        *tx,
        "SELECT import_key FROM payments WHERE tenant_id = $1 AND import_key IS NOT NULL LIMIT $2",
        tenant,
        KNOWN_MAX
    )
}
