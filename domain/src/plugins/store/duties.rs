//! What plugins still have to do: taken, worked, failed.

use super::{PLUGINS_MAX, ids_of, next_number};
use crate::db::{Tx, id_list};
use crate::kernel::{DutyId, PluginId, Result, TenantId};
use crate::plugins::{Action, Class, DutyState, ObjectKind};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

/// A duty that a worker has taken.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Leased {
    /// Its id.
    pub id: DutyId,
    /// Whose it is.
    pub plugin_id: PluginId,
    /// About what.
    pub object_kind: ObjectKind,
    /// Which one.
    pub object_id: Uuid,
    /// What is to be done.
    pub action: Action,
    /// What the object is, or was, called.
    pub label: String,
    /// What the plugin kept of an object that is no more.
    pub kept: Option<Json<Value>>,
    /// Which change of the object it is about.
    pub generation: i64,
    /// Which attempt this is.
    pub attempts: i64,
    /// Its number, where it failed before.
    pub number: Option<i64>,
}

/// The plugins that may work now, locked so that one worker at a time takes duties of theirs.
pub(in crate::plugins) async fn working(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Vec<(PluginId, i64)>> {
    let sql = if tx.is_sqlite() {
        "SELECT id, failures FROM plugins WHERE tenant_id = $1 AND is_enabled AND (rests_until IS NULL OR rests_until <= $2) ORDER BY id LIMIT $3"
    } else {
        "SELECT id, failures FROM plugins WHERE tenant_id = $1 AND is_enabled AND (rests_until IS NULL OR rests_until <= $2) ORDER BY id LIMIT $3 FOR UPDATE"
    };
    all!(*tx, sql, tenant, now, PLUGINS_MAX)
}

/// The duties of a plugin whose time has come, and whose object no other run is about.
pub(in crate::plugins) async fn due(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Leased>> {
    all!(
        *tx,
        "SELECT d.id, d.plugin_id, d.object_kind, d.object_id, d.action, d.label, d.kept, d.generation, d.attempts, d.number FROM duties d WHERE d.tenant_id = $1 AND d.plugin_id = $2 AND (d.state = 'waiting' AND d.due_at <= $3 OR d.state = 'running' AND d.leased_until <= $3) AND NOT EXISTS (SELECT 1 FROM duties o WHERE o.tenant_id = $1 AND o.plugin_id = $2 AND o.object_id = d.object_id AND o.id <> d.id AND o.state = 'running' AND o.leased_until > $3) ORDER BY d.due_at, d.id LIMIT $4",
        tenant,
        plugin,
        now,
        limit
    )
}

/// Takes duties: nobody else has them until then.
pub(in crate::plugins) async fn take(
    tx: &mut Tx,
    tenant: TenantId,
    duties: &[DutyId],
    lease: Uuid,
    until: DateTime<Utc>,
) -> Result<()> {
    let rows = ids_of(tx.is_sqlite(), "$2");
    let sql = AssertSqlSafe(format!(
        "UPDATE duties SET state = 'running', lease = $3, leased_until = $4, attempts = attempts + 1 WHERE tenant_id = $1 AND id IN {rows}"
    ));
    exec!(*tx, sql, tenant, id_list(duties), lease, until)?;
    Ok(())
}

/// A worker that is still at it has its duties for longer.
pub(in crate::plugins) async fn prolong(
    tx: &mut Tx,
    tenant: TenantId,
    lease: Uuid,
    until: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE duties SET leased_until = $3 WHERE tenant_id = $1 AND state = 'running' AND lease = $2",
        tenant,
        lease,
        until
    )?;
    Ok(())
}

/// The generation that a taken duty has by now; `None` where it was taken from this worker.
pub(in crate::plugins) async fn generation(
    tx: &mut Tx,
    tenant: TenantId,
    duty: DutyId,
    lease: Uuid,
) -> Result<Option<i64>> {
    let sql = if tx.is_sqlite() {
        "SELECT generation FROM duties WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND lease = $3"
    } else {
        "SELECT generation FROM duties WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND lease = $3 FOR UPDATE"
    };
    let row: Option<(i64,)> = opt!(*tx, sql, tenant, duty, lease)?;
    Ok(row.map(|(generation,)| generation))
}

/// The duty is done.
pub(in crate::plugins) async fn delete_duty(
    tx: &mut Tx,
    tenant: TenantId,
    duty: DutyId,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM duties WHERE tenant_id = $1 AND id = $2",
        tenant,
        duty
    )?;
    Ok(())
}

/// What was found to differ before is not known any more: it was just saved.
pub(in crate::plugins) async fn delete_drift(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM duties WHERE tenant_id = $1 AND plugin_id = $2 AND object_id = $3 AND action = 'verify' AND state <> 'running'",
        tenant,
        duty.plugin_id,
        duty.object_id
    )?;
    Ok(())
}

/// The object was changed while it was saved: it is saved once more, as if it had never failed.
pub(in crate::plugins) async fn begin_anew(
    tx: &mut Tx,
    tenant: TenantId,
    duty: DutyId,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE duties SET state = 'waiting', attempts = 0, due_at = $3, lease = NULL, leased_until = NULL, number = NULL, first_failed_at = NULL, last_failed_at = NULL, class = NULL, error = NULL WHERE tenant_id = $1 AND id = $2",
        tenant,
        duty,
        now
    )?;
    Ok(())
}

/// What a failed attempt leaves.
pub(in crate::plugins) struct Left<'a> {
    pub state: DutyState,
    pub due_at: DateTime<Utc>,
    pub number: i64,
    pub class: Class,
    pub error: &'a str,
    pub now: DateTime<Utc>,
}

pub(in crate::plugins) async fn put_failure(
    tx: &mut Tx,
    tenant: TenantId,
    duty: DutyId,
    left: &Left<'_>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE duties SET state = $3, due_at = $4, number = $5, class = $6, error = $7, first_failed_at = coalesce(first_failed_at, $8), last_failed_at = $8, lease = NULL, leased_until = NULL WHERE tenant_id = $1 AND id = $2",
        tenant,
        duty,
        left.state,
        left.due_at,
        left.number,
        left.class.name(),
        left.error,
        left.now
    )?;
    Ok(())
}

/// When the next duty of a plugin that works may be taken.
pub(in crate::plugins) async fn next_turn(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Option<DateTime<Utc>>> {
    /// Until when it rests; when the first of its duties may be taken, and when taken over.
    type Row = (Moment, Moment, Moment);
    type Moment = Option<DateTime<Utc>>;
    let rows: Vec<Row> = all!(
        *tx,
        "SELECT p.rests_until, (SELECT d.due_at FROM duties d WHERE d.tenant_id = $1 AND d.plugin_id = p.id AND d.state = 'waiting' ORDER BY d.due_at LIMIT 1), (SELECT d.leased_until FROM duties d WHERE d.tenant_id = $1 AND d.plugin_id = p.id AND d.state = 'running' ORDER BY d.leased_until LIMIT 1) FROM plugins p WHERE p.tenant_id = $1 AND p.is_enabled LIMIT $2",
        tenant,
        PLUGINS_MAX
    )?;
    let of_one = |(rests, waiting, running): Row| {
        let first = match (waiting, running) {
            (Some(waiting), Some(running)) => Some(std::cmp::min(waiting, running)),
            (waiting, running) => waiting.or(running),
        };
        first.map(|first| rests.map_or(first, |rests| rests.max(first)))
    };
    let duties = rows.into_iter().filter_map(of_one).min();
    let made = crate::plugins::extractions::store::next_turn(tx, tenant).await?;
    Ok(duties.into_iter().chain(made).min())
}

/// How many duties wait or run.
pub(in crate::plugins) async fn open_count(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM duties WHERE tenant_id = $1 AND plugin_id = $2 AND state IN ('waiting', 'running')",
        tenant,
        plugin
    )?;
    Ok(count)
}

/// Something foreign that a plugin found: a row of the journal, or a new word of the one that there is.
pub(in crate::plugins) struct Foreign<'a> {
    pub plugin: PluginId,
    pub object: Uuid,
    pub name: &'a str,
    pub kept: &'a Value,
    pub error: &'a str,
}

/// Whether it was not known.
pub(in crate::plugins) async fn put_foreign(
    tx: &mut Tx,
    tenant: TenantId,
    id: DutyId,
    found: &Foreign<'_>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO duties (tenant_id, id, plugin_id, object_kind, object_id, action, label, kept, generation, state, attempts, due_at, class, error, first_failed_at, last_failed_at) VALUES ($1, $2, $3, 'foreign', $4, 'delete', $5, $6, 1, 'drift', 1, $8, 'drift', $7, $8, $8) ON CONFLICT (tenant_id, plugin_id, object_id, action) DO NOTHING",
        tenant,
        id,
        found.plugin,
        found.object,
        found.name,
        Json(found.kept),
        found.error,
        now
    )?;
    if rows == 1 {
        let number = next_number(tx, tenant).await?;
        exec!(
            *tx,
            "UPDATE duties SET number = $3 WHERE tenant_id = $1 AND id = $2",
            tenant,
            id,
            number
        )?;
    }
    Ok(rows == 1)
}

/// Foreign things that are not there any more.
pub(in crate::plugins) async fn delete_foreign(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    but: &[Uuid],
) -> Result<()> {
    let rows = ids_of(tx.is_sqlite(), "$3");
    let sql = AssertSqlSafe(format!(
        "DELETE FROM duties WHERE tenant_id = $1 AND plugin_id = $2 AND object_kind = 'foreign' AND action = 'delete' AND state = 'drift' AND object_id NOT IN {rows}"
    ));
    exec!(*tx, sql, tenant, plugin, id_list(but))?;
    Ok(())
}
