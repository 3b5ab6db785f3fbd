//! The rows of the journal and their history.

use super::ids_of;
use crate::db::{Tx, id_list};
use crate::kernel::{DutyId, Page, PageRequest, PartyId, PluginId, Result, TenantId, paging};
use crate::plugins::rules::FAILURES_MAX;
use crate::plugins::{Action, Class, DutyState, Entry, ObjectKind, Run};
use crate::{all, exec, one};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The most lines of history that are shown.
const RUNS_MAX: i64 = 200;

/// Which rows are wanted.
#[derive(Clone, Debug, Default)]
pub(in crate::plugins) struct Wanted {
    pub plugin: Option<PluginId>,
    pub state: Option<DutyState>,
    pub object: Option<Uuid>,
    pub number: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: DutyId,
    number: i64,
    plugin_id: PluginId,
    plugin_name: String,
    object_kind: ObjectKind,
    object_id: Uuid,
    label: String,
    action: Action,
    state: DutyState,
    attempts: i64,
    first_failed_at: DateTime<Utc>,
    last_failed_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    class: Class,
    error: String,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let waits = matches!(row.state, DutyState::Waiting);
        Self {
            id: row.id,
            number: row.number,
            plugin: row.plugin_id,
            plugin_name: row.plugin_name,
            object_kind: row.object_kind,
            object: row.object_id,
            label: row.label,
            action: row.action,
            state: row.state,
            attempts: row.attempts,
            first_failed_at: row.first_failed_at,
            last_failed_at: row.last_failed_at,
            next_at: waits.then_some(row.due_at),
            class: row.class,
            error: row.error,
        }
    }
}

macro_rules! journal {
    ($verb:ident, $tx:expr, $tenant:expr, $wanted:expr, $start:literal, $rest:literal $(, $bind:expr)*) => {
        $verb!(
            *$tx,
            concat!(
                "SELECT ",
                $start,
                " FROM duties d JOIN plugins p ON p.tenant_id = d.tenant_id AND p.id = d.plugin_id WHERE d.tenant_id = $1 AND d.number IS NOT NULL AND ($2 IS NULL OR d.plugin_id = $2) AND ($3 IS NULL OR d.state = $3) AND ($4 IS NULL OR d.object_id = $4) AND ($5 IS NULL OR d.number = $5)",
                $rest
            ),
            $tenant,
            $wanted.plugin,
            $wanted.state,
            $wanted.object,
            $wanted.number
            $(, $bind)*
        )
    };
}

pub(in crate::plugins) async fn journal(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: &Wanted,
    page: PageRequest,
) -> Result<Page<Entry>> {
    let (total,): (i64,) = journal!(one, tx, tenant, wanted, "count(*)", "")?;
    let rows: Vec<EntryRow> = journal!(
        all,
        tx,
        tenant,
        wanted,
        "d.id, d.number, d.plugin_id, p.name AS plugin_name, d.object_kind, d.object_id, d.label, d.action, d.state, d.attempts, d.first_failed_at, d.last_failed_at, d.due_at, d.class, d.error",
        " ORDER BY d.last_failed_at DESC, d.number DESC LIMIT $6 OFFSET $7",
        paging::PAGE_SIZE,
        page.offset()
    )?;
    let rows = rows.into_iter().map(Entry::from).collect();
    Ok(Page::new(rows, total, page))
}

/// Every row, up to a limit.
pub(in crate::plugins) async fn journal_all(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<Entry>> {
    let rows: Vec<EntryRow> = journal!(
        all,
        tx,
        tenant,
        wanted,
        "d.id, d.number, d.plugin_id, p.name AS plugin_name, d.object_kind, d.object_id, d.label, d.action, d.state, d.attempts, d.first_failed_at, d.last_failed_at, d.due_at, d.class, d.error",
        " ORDER BY d.number LIMIT $6",
        limit
    )?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// How many rows are in which state.
pub(in crate::plugins) async fn journal_states(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Vec<(DutyState, i64)>> {
    all!(
        *tx,
        "SELECT state, count(*) FROM duties WHERE tenant_id = $1 AND number IS NOT NULL GROUP BY state ORDER BY state",
        tenant
    )
}

/// Lets duties run again at once: of drift about an object that is still there, the object is saved.
pub(in crate::plugins) async fn retry(
    tx: &mut Tx,
    tenant: TenantId,
    duties: &[DutyId],
    now: DateTime<Utc>,
) -> Result<()> {
    let rows = ids_of(tx.is_sqlite(), "$2");
    let sql = AssertSqlSafe(format!(
        "UPDATE duties SET state = 'waiting', due_at = $3, attempts = CASE WHEN attempts > 1 THEN 1 ELSE attempts END WHERE tenant_id = $1 AND id IN {rows} AND state <> 'running'"
    ));
    exec!(*tx, sql, tenant, id_list(duties), now)?;
    Ok(())
}

/// Whoever is asked to try again is not left to rest.
pub(in crate::plugins) async fn wake_up(
    tx: &mut Tx,
    tenant: TenantId,
    plugins: &[PluginId],
) -> Result<()> {
    let rows = ids_of(tx.is_sqlite(), "$2");
    let sql = AssertSqlSafe(format!(
        "UPDATE plugins SET rests_until = NULL, failures = CASE WHEN failures >= $3 THEN $3 - 1 ELSE failures END WHERE tenant_id = $1 AND id IN {rows}"
    ));
    exec!(*tx, sql, tenant, id_list(plugins), FAILURES_MAX)?;
    Ok(())
}

pub(in crate::plugins) async fn give_up(
    tx: &mut Tx,
    tenant: TenantId,
    duty: DutyId,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE duties SET state = 'given_up' WHERE tenant_id = $1 AND id = $2 AND state NOT IN ('running', 'given_up')",
        tenant,
        duty
    )?;
    Ok(rows == 1)
}

/// A line of history.
pub(in crate::plugins) struct NewRun<'a> {
    pub id: Uuid,
    pub number: i64,
    pub plugin: PluginId,
    pub object_kind: ObjectKind,
    pub object: Uuid,
    pub action: Action,
    pub attempt: i64,
    pub outcome: &'a str,
    pub error: &'a str,
    pub output: &'a str,
    pub by_person: Option<PartyId>,
}

pub(in crate::plugins) async fn insert_run(
    tx: &mut Tx,
    tenant: TenantId,
    run: &NewRun<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO duty_runs (tenant_id, id, number, plugin_id, object_kind, object_id, action, attempt, outcome, error, output, by_person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        tenant,
        run.id,
        run.number,
        run.plugin,
        run.object_kind,
        run.object,
        run.action,
        run.attempt,
        run.outcome,
        run.error,
        run.output,
        run.by_person,
        now
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct RunRow {
    at: DateTime<Utc>,
    attempt: i64,
    action: Action,
    outcome: String,
    error: String,
    output: String,
    by_whom: String,
}

/// The history of a number, newest first.
pub(in crate::plugins) async fn runs(
    tx: &mut Tx,
    tenant: TenantId,
    number: i64,
) -> Result<Vec<Run>> {
    let rows: Vec<RunRow> = all!(
        *tx,
        "SELECT r.at, r.attempt, r.action, r.outcome, r.error, r.output, coalesce(trim(p.given_name || ' ' || p.name), '') AS by_whom FROM duty_runs r LEFT JOIN parties p ON p.tenant_id = r.tenant_id AND p.id = r.by_person WHERE r.tenant_id = $1 AND r.number = $2 ORDER BY r.at DESC, r.attempt DESC, r.id DESC LIMIT $3",
        tenant,
        number,
        RUNS_MAX
    )?;
    let read = |row: RunRow| Run {
        at: row.at,
        attempt: row.attempt,
        action: row.action,
        outcome: row.outcome,
        error: row.error,
        output: row.output,
        by_whom: row.by_whom,
    };
    Ok(rows.into_iter().map(read).collect())
}
