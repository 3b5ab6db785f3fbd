//! The table of imports, and what an import needs to know of members and payments at once:
//! a query per row would be too slow for thousands.

use super::memory::Remembered;
use super::plan::KnownParty;
use super::{Against, Choices, Import, Reason, Report, State};
use crate::access::Actor;
use crate::db::Tx;
use crate::kernel::{Day, ImportId, MemberId, PartyId, Result, TenantId};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

/// The most rows of anything that one import compares itself with.
const KNOWN_MAX: i64 = 1_000_000;

/// What the tables of imports have in common: of members, and of services. Each has a file that
/// waits, and one that was applied; `$turn` is what lets one be applied at a time.
macro_rules! kept_files {
    ($table:literal, $turn:literal) => {
        /// The file of an import that waits.
        pub(super) async fn content(tx: &mut Tx, tenant: TenantId, id: ImportId) -> Result<Vec<u8>> {
            let (content,): (Vec<u8>,) = $crate::one!(
                *tx,
                concat!("SELECT content FROM ", $table, " WHERE tenant_id = $1 AND id = $2"),
                tenant,
                id
            )?;
            Ok(content)
        }

        /// Lets one import of a tenant be applied at a time: two that know nothing of each
        /// other would both add what they have in common.
        pub(super) async fn lock(tx: &mut Tx, tenant: TenantId) -> Result<()> {
            $crate::exec!(
                *tx,
                concat!("INSERT INTO counters (tenant_id, name, value) VALUES ($1, '", $turn, "', 1) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + 1"),
                tenant
            )?;
            Ok(())
        }

        /// Whether the import still waited. The file is forgotten: what it said is kept where it
        /// belongs.
        pub(super) async fn set_applied(
            tx: &mut Tx,
            tenant: TenantId,
            id: ImportId,
            report: &Report,
            now: DateTime<Utc>,
        ) -> Result<bool> {
            let rows = $crate::exec!(
                *tx,
                concat!("UPDATE ", $table, " SET state = 'applied', report = $3, applied_at = $4, content = $5 WHERE tenant_id = $1 AND id = $2 AND state = 'uploaded'"),
                tenant,
                id,
                Json(report),
                now,
                Vec::<u8>::new()
            )?;
            Ok(rows == 1)
        }

        /// Deletes uploads from before an instant, and the oldest beyond so many; gives their names.
        pub(super) async fn clear_waiting(
            tx: &mut Tx,
            tenant: TenantId,
            before: DateTime<Utc>,
            keep: i64,
        ) -> Result<Vec<(ImportId, String)>> {
            let gone: Vec<(ImportId, String)> = $crate::all!(
                *tx,
                concat!("DELETE FROM ", $table, " WHERE tenant_id = $1 AND state = 'uploaded' AND (created_at < $2 OR id NOT IN (SELECT id FROM ", $table, " WHERE tenant_id = $1 AND state = 'uploaded' ORDER BY created_at DESC, id DESC LIMIT $3)) RETURNING id, file_name"),
                tenant,
                before,
                keep
            )?;
            if !gone.is_empty() {
                tx.mark_written();
            }
            Ok(gone)
        }
    };
}
pub(super) use kept_files;

kept_files!("imports", "import");

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
    choices_from: Option<DateTime<Utc>>,
    traced: bool,
    undone_by_name: Option<String>,
    undone_at: Option<DateTime<Utc>>,
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
            choices_from: row.choices_from,
            traced: row.traced,
            undone: row.undone_by_name.zip(row.undone_at),
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.file_name, i.choices, CASE WHEN i.undone_at IS NULL THEN i.state ELSE 'undone' END AS state, i.report, i.created_by, trim(p.given_name || ' ' || p.name) AS created_by_name, i.created_at, i.applied_at, i.choices_from, i.traced, i.undone_by_name, i.undone_at FROM imports i LEFT JOIN parties p ON p.tenant_id = i.tenant_id AND p.id = i.created_by WHERE i.tenant_id = $1 ",
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
        "INSERT INTO imports (tenant_id, id, file_name, content, choices, state, created_by, created_at, choices_from, traced) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant,
        import.id,
        &import.file_name,
        content,
        Json(&import.choices),
        import.state,
        import.created_by,
        import.created_at,
        import.choices_from,
        import.traced
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

/// Whether the import still waited.
pub(super) async fn set_choices(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
    choices: &Choices,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE imports SET choices = $3, choices_from = NULL WHERE tenant_id = $1 AND id = $2 AND state = 'uploaded'",
        tenant,
        id,
        Json(choices)
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
    without_terms_since: Option<Day>,
}

/// Everybody, oldest first.
pub(super) async fn known_parties(tx: &mut Tx, tenant: TenantId) -> Result<Vec<KnownParty>> {
    let rows: Vec<KnownSql> = all!(
        *tx,
        "SELECT p.id AS party, m.id AS member, p.given_name, p.name, p.email, p.postcode, CASE WHEN NOT EXISTS (SELECT 1 FROM member_dues d WHERE d.tenant_id = m.tenant_id AND d.member_id = m.id) THEN m.joined_on END AS without_terms_since FROM parties p LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 ORDER BY p.created_at, p.id LIMIT $2",
        tenant,
        KNOWN_MAX
    )?;
    let known = rows.into_iter().map(|row| KnownParty {
        party: row.party,
        member: row.member,
        name: format!("{} {}", row.given_name, row.name),
        email: row.email,
        postcode: row.postcode,
        without_terms_since: row.without_terms_since,
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

// --- what was chosen before

/// What is remembered, newest first.
pub(super) async fn remembered(
    tx: &mut Tx,
    tenant: TenantId,
    max: i64,
) -> Result<Vec<(Remembered, DateTime<Utc>)>> {
    let rows: Vec<(Json<Remembered>, DateTime<Utc>)> = all!(
        *tx,
        "SELECT remembered, kept_at FROM import_choices WHERE tenant_id = $1 ORDER BY kept_at DESC, shape LIMIT $2",
        tenant,
        max
    )?;
    Ok(rows.into_iter().map(|(json, at)| (json.0, at)).collect())
}

pub(super) async fn remember(
    tx: &mut Tx,
    tenant: TenantId,
    shape: &str,
    remembered: &Remembered,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO import_choices (tenant_id, shape, remembered, kept_at) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, shape) DO UPDATE SET remembered = excluded.remembered, kept_at = excluded.kept_at",
        tenant,
        shape,
        Json(remembered),
        now
    )?;
    Ok(())
}

pub(super) async fn forget(tx: &mut Tx, tenant: TenantId, shape: &str) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM import_choices WHERE tenant_id = $1 AND shape = $2",
        tenant,
        shape
    )?;
    Ok(())
}

/// Keeps the newest so many.
pub(super) async fn forget_oldest(tx: &mut Tx, tenant: TenantId, keep: i64) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM import_choices WHERE tenant_id = $1 AND shape NOT IN (SELECT shape FROM import_choices WHERE tenant_id = $1 ORDER BY kept_at DESC, shape LIMIT $2)",
        tenant,
        keep
    )?;
    Ok(())
}

// --- undoing

/// On PostgreSQL: what an import made stays as it is, and nothing new hangs itself on it,
/// until this transaction ends; always in this order. On SQLite, who writes is alone.
pub(super) async fn lock_made(tx: &mut Tx, tenant: TenantId, id: ImportId) -> Result<()> {
    if tx.is_sqlite() {
        return Ok(());
    }
    for sql in [
        "SELECT id FROM payments WHERE tenant_id = $1 AND import_id = $2 ORDER BY id FOR UPDATE",
        "SELECT id FROM members WHERE tenant_id = $1 AND import_id = $2 ORDER BY id FOR UPDATE",
        "SELECT id FROM parties WHERE tenant_id = $1 AND import_id = $2 ORDER BY id FOR UPDATE",
    ] {
        let _: Vec<(uuid::Uuid,)> = all!(*tx, sql, tenant, id)?;
    }
    Ok(())
}

/// All that stands against undoing an import: one row for each reason and person.
macro_rules! against {
    ($head:literal, $tail:literal) => {
        concat!(
            "WITH made_members AS (SELECT m.id, m.party_id, m.version, trim(w.given_name || ' ' || w.name) AS name FROM members m JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id WHERE m.tenant_id = $1 AND m.import_id = $2), ",
            "made_parties AS (SELECT w.id, w.version, trim(w.given_name || ' ' || w.name) AS name, m.id AS member FROM parties w LEFT JOIN members m ON m.tenant_id = w.tenant_id AND m.party_id = w.id WHERE w.tenant_id = $1 AND w.import_id = $2), ",
            "reasons AS (",
            "SELECT CASE WHEN p.state = 'validated' THEN 'payment_validated' ELSE 'payment_changed' END AS why, trim(w.given_name || ' ' || w.name) AS name, m.id AS member FROM payments p JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id WHERE p.tenant_id = $1 AND p.import_id = $2 AND (p.state = 'validated' OR p.version > 1) ",
            "UNION SELECT 'other_payment', m.name, m.id FROM made_members m JOIN payments p ON p.tenant_id = $1 AND p.member_id = m.id WHERE p.import_id IS NULL OR p.import_id <> $2 ",
            "UNION SELECT 'other_reference', m.name, m.id FROM made_members m JOIN member_references r ON r.tenant_id = $1 AND r.member_id = m.id WHERE r.import_id IS NULL OR r.import_id <> $2 ",
            "UNION SELECT 'member_changed', m.name, m.id FROM made_members m WHERE m.version > 1 ",
            "UNION SELECT 'dues_changed', m.name, m.id FROM made_members m JOIN member_dues d ON d.tenant_id = $1 AND d.member_id = m.id WHERE d.import_id IS NULL OR d.import_id <> $2 ",
            "UNION SELECT 'dues_changed', m.name, m.id FROM made_members m JOIN member_payers y ON y.tenant_id = $1 AND y.member_id = m.id ",
            "UNION SELECT 'service', m.name, m.id FROM made_members m JOIN service_holdings h ON h.tenant_id = $1 AND h.member_id = m.id ",
            "UNION SELECT 'pays_for', w.name, w.member FROM made_parties w JOIN member_payers y ON y.tenant_id = $1 AND y.payer_id = w.id ",
            "UNION SELECT 'person_changed', w.name, w.member FROM made_parties w WHERE w.version > 1 ",
            "UNION SELECT 'bank_account', w.name, w.member FROM made_parties w JOIN bank_accounts a ON a.tenant_id = $1 AND a.party_id = w.id ",
            "UNION SELECT 'login', w.name, w.member FROM made_parties w JOIN logins l ON l.tenant_id = $1 AND l.person_id = w.id ",
            "UNION SELECT 'crew', w.name, w.member FROM made_parties w JOIN crew_people c ON c.tenant_id = $1 AND c.person_id = w.id ",
            "UNION SELECT 'contact', w.name, w.member FROM made_parties w JOIN organisation_contacts c ON c.tenant_id = $1 AND c.person_id = w.id ",
            "UNION SELECT 'contact', w.name, w.member FROM made_parties w JOIN organisation_contacts c ON c.tenant_id = $1 AND c.organisation_id = w.id",
            ") ",
            $head,
            " FROM reasons ",
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
            "SELECT why, name, member",
            "ORDER BY name, why, member LIMIT $3"
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

/// Whether it was applied and not undone yet.
pub(super) async fn set_undone(
    tx: &mut Tx,
    tenant: TenantId,
    id: ImportId,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE imports SET undone_at = $3, undone_by = $4, undone_by_name = $5 WHERE tenant_id = $1 AND id = $2 AND state = 'applied' AND undone_at IS NULL",
        tenant,
        id,
        now,
        by.person,
        &by.name
    )?;
    Ok(rows == 1)
}

/// Lets PostgreSQL look at the tables that grew: it plans by what it knows of them, and would
/// find out by itself a minute later. (SQLite's plans follow from the indexes alone.)
pub(super) async fn count_anew(tx: &mut Tx) -> Result<()> {
    if !tx.is_sqlite() {
        exec!(
            *tx,
            "ANALYZE parties, members, member_references, member_dues, coverage, payments"
        )?;
    }
    Ok(())
}
