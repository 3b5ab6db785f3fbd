//! The tables of plugins: what is set up, what was made, what is still to do, and what became of it.

use super::extractions::KIND;
use super::rules::FAILURES_MAX;
use super::{Action, Class, DutyState, Entry, ObjectKind, Plugin, Run, Settings};
use crate::db::{Tx, bulk, id_list};
use crate::kernel::{
    Day, DutyId, Page, PageRequest, PartyId, PluginId, Result, Right, TenantId, paging,
};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use uuid::Uuid;

/// The most plugins of an organisation.
pub const PLUGINS_MAX: i64 = 50;
/// The most lines of history that are shown.
const RUNS_MAX: i64 = 200;
/// The counter of the row up to which administrators were told.
const NOTICED: &str = "journal_noticed";
/// The most administrators that are told.
const NOTICED_MAX: i64 = 50;
/// The counter of the numbers of accounts.
const ACCOUNTS: &str = "account";
/// The counter of the numbers that people quote.
const COUNTER: &str = "journal";

/// The ids of a bind as rows, by engine.
fn ids_of(sqlite: bool, bind: &str) -> String {
    if sqlite {
        format!("(SELECT unhex(value) FROM json_each({bind}))")
    } else {
        format!("(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text({bind}) t (x))")
    }
}

/// Two ids and a text of each row of a bind, and the rows.
fn rows_of(sqlite: bool, bind: &str) -> [String; 4] {
    if sqlite {
        [
            "unhex(r.value ->> 0)".into(),
            "unhex(r.value ->> 1)".into(),
            "(r.value ->> 2)".into(),
            format!("json_each({bind}) r"),
        ]
    } else {
        [
            "CAST(r.value ->> 0 AS uuid)".into(),
            "CAST(r.value ->> 1 AS uuid)".into(),
            "(r.value ->> 2)".into(),
            format!("jsonb_array_elements({bind}) r (value)"),
        ]
    }
}

// --- plugins

#[derive(sqlx::FromRow)]
struct PluginRow {
    id: PluginId,
    kind: String,
    name: String,
    wants: String,
    settings: Json<Settings>,
    secrets_set: bool,
    is_enabled: bool,
    failures: i64,
    rests_until: Option<DateTime<Utc>>,
    version: i64,
}

impl From<PluginRow> for Plugin {
    fn from(row: PluginRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            wants: kinds(&row.wants),
            settings: row.settings.0,
            secrets_set: row.secrets_set,
            is_enabled: row.is_enabled,
            failures: row.failures,
            rests_until: row.rests_until,
            version: row.version,
        }
    }
}

fn kinds(text: &str) -> Vec<ObjectKind> {
    text.split(' ').filter_map(ObjectKind::from_name).collect()
}

fn kinds_text(kinds: &[ObjectKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    names.join(" ")
}

/// The plugins that work, with what they want to be told; of extractions with their names.
pub(super) async fn listening(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Vec<(PluginId, Vec<ObjectKind>, Option<String>)>> {
    let rows: Vec<(PluginId, String, String, String)> = all!(
        *tx,
        "SELECT id, wants, kind, name FROM plugins WHERE tenant_id = $1 AND is_enabled ORDER BY id LIMIT $2",
        tenant,
        PLUGINS_MAX
    )?;
    let read = |(id, wants, kind, name): (PluginId, String, String, String)| {
        (id, kinds(&wants), (kind == KIND).then_some(name))
    };
    Ok(rows.into_iter().map(read).collect())
}

pub(super) async fn plugins(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Plugin>> {
    let rows: Vec<PluginRow> = all!(
        *tx,
        "SELECT id, kind, name, wants, settings, secrets IS NOT NULL AS secrets_set, is_enabled, failures, rests_until, version FROM plugins WHERE tenant_id = $1 ORDER BY name LIMIT $2",
        tenant,
        PLUGINS_MAX
    )?;
    Ok(rows.into_iter().map(Plugin::from).collect())
}

/// What is kept of a plugin, whatever its id may say; whether there was room, and the name free.
pub(super) async fn insert_plugin(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: &Plugin,
    secrets: Option<&(Vec<u8>, String)>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO plugins (tenant_id, id, kind, name, wants, settings, secrets, secrets_key, is_enabled, failures, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1, $10) ON CONFLICT DO NOTHING",
        tenant,
        plugin.id,
        &plugin.kind,
        &plugin.name,
        kinds_text(&plugin.wants),
        Json(&plugin.settings),
        secrets.map(|(sealed, _)| sealed.as_slice()),
        secrets.map(|(_, key)| key.as_str()),
        plugin.is_enabled,
        now
    )?;
    Ok(rows == 1)
}

/// Whether it still had the version that the change was made from. Whoever changes a plugin lets it try again at once.
pub(super) async fn update_plugin(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: &Plugin,
    secrets: Option<&(Vec<u8>, String)>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE plugins SET name = $3, wants = $4, settings = $5, secrets = $6, secrets_key = $7, is_enabled = $8, failures = 0, rests_until = NULL, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $9",
        tenant,
        plugin.id,
        &plugin.name,
        kinds_text(&plugin.wants),
        Json(&plugin.settings),
        secrets.map(|(sealed, _)| sealed.as_slice()),
        secrets.map(|(_, key)| key.as_str()),
        plugin.is_enabled,
        plugin.version
    )?;
    Ok(rows == 1)
}

/// The sealed secrets of a plugin, and the name of the key.
pub(super) async fn secrets(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
) -> Result<Option<(Vec<u8>, String)>> {
    let row: Option<(Option<Vec<u8>>, Option<String>)> = opt!(
        *tx,
        "SELECT secrets, secrets_key FROM plugins WHERE tenant_id = $1 AND id = $2",
        tenant,
        plugin
    )?;
    Ok(row.and_then(|(secrets, key)| secrets.zip(key)))
}

/// Those whose secrets are sealed with another key than one.
pub(super) async fn sealed_otherwise(
    tx: &mut Tx,
    tenant: TenantId,
    key: &str,
) -> Result<Vec<(PluginId,)>> {
    all!(
        *tx,
        "SELECT id FROM plugins WHERE tenant_id = $1 AND secrets_key IS NOT NULL AND secrets_key <> $2 LIMIT $3",
        tenant,
        key,
        PLUGINS_MAX
    )
}

pub(super) async fn put_secrets(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    (sealed, key): &(Vec<u8>, String),
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE plugins SET secrets = $3, secrets_key = $4 WHERE tenant_id = $1 AND id = $2",
        tenant,
        plugin,
        sealed.as_slice(),
        key.as_str()
    )?;
    Ok(())
}

/// Forgets a plugin with what it made and what it had to do; its history stays.
pub(super) async fn delete_plugin(tx: &mut Tx, tenant: TenantId, plugin: PluginId) -> Result<()> {
    for sql in [
        "DELETE FROM duties WHERE tenant_id = $1 AND plugin_id = $2",
        "DELETE FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2",
        "DELETE FROM plugins WHERE tenant_id = $1 AND id = $2",
    ] {
        exec!(*tx, sql, tenant, plugin)?;
    }
    Ok(())
}

/// A failure that says something of the plugin: how many there were in a row now.
pub(super) async fn count_failure(tx: &mut Tx, tenant: TenantId, plugin: PluginId) -> Result<i64> {
    tx.mark_written();
    let row: Option<(i64,)> = opt!(
        *tx,
        "UPDATE plugins SET failures = failures + 1 WHERE tenant_id = $1 AND id = $2 RETURNING failures",
        tenant,
        plugin
    )?;
    Ok(row.map_or(0, |(failures,)| failures))
}

pub(super) async fn let_rest(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    until: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE plugins SET rests_until = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        plugin,
        until
    )?;
    Ok(())
}

/// It works again.
pub(super) async fn forgive(tx: &mut Tx, tenant: TenantId, plugin: PluginId) -> Result<()> {
    exec!(
        *tx,
        "UPDATE plugins SET failures = 0, rests_until = NULL WHERE tenant_id = $1 AND id = $2 AND failures > 0",
        tenant,
        plugin
    )?;
    Ok(())
}

/// The plugins that work and were not asked on a day.
pub(super) async fn unverified(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
) -> Result<Vec<(PluginId,)>> {
    all!(
        *tx,
        "SELECT id FROM plugins WHERE tenant_id = $1 AND is_enabled AND (verified_on IS NULL OR verified_on < $2) ORDER BY id LIMIT $3",
        tenant,
        today,
        PLUGINS_MAX
    )
}

/// Whether nobody else was faster.
pub(super) async fn mark_verified(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    today: Day,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE plugins SET verified_on = $3 WHERE tenant_id = $1 AND id = $2 AND (verified_on IS NULL OR verified_on < $3)",
        tenant,
        plugin,
        today
    )?;
    Ok(rows == 1)
}

// --- objects

/// Which of some objects there are, with what they are called, in the order of their ids.
pub(super) async fn existing(
    tx: &mut Tx,
    tenant: TenantId,
    kind: ObjectKind,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, String)>> {
    let Some((table, label)) = table_of(kind) else {
        return Ok(Vec::new());
    };
    let rows = if tx.is_sqlite() {
        "(SELECT unhex(value) AS id FROM json_each($2))"
    } else {
        "(SELECT CAST(x AS uuid) AS id FROM jsonb_array_elements_text($2) e (x))"
    };
    // Names of our tables, compiled in.
    let sql = AssertSqlSafe(format!(
        "SELECT t.id, {label} FROM {rows} i JOIN {table} t ON t.tenant_id = $1 AND t.id = i.id"
    ));
    let mut rows: Vec<(Uuid, String)> = all!(*tx, sql, tenant, id_list(ids))?;
    rows.sort_unstable();
    Ok(rows)
}

/// The table of a kind of objects, and what one is called.
fn table_of(kind: ObjectKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        ObjectKind::Person => ("parties", "trim(t.given_name || ' ' || t.name)"),
        ObjectKind::Crew => ("crews", "t.name"),
        ObjectKind::Service => ("services", "t.label"),
        ObjectKind::Payment => ("payments", "t.label"),
        ObjectKind::Extraction => (
            "extractions",
            "(SELECT p.name FROM plugins p WHERE p.tenant_id = t.tenant_id AND p.id = t.id)",
        ),
        ObjectKind::Foreign => return None,
    })
}

/// The parties whose memberships these are.
pub(super) async fn parties_of(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    owners(tx, tenant, "members", "party_id", ids).await
}

/// The services that have these addresses.
pub(super) async fn services_of(tx: &mut Tx, tenant: TenantId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    owners(tx, tenant, "allocations", "service_id", ids).await
}

async fn owners(
    tx: &mut Tx,
    tenant: TenantId,
    table: &str,
    column: &str,
    ids: &[Uuid],
) -> Result<Vec<Uuid>> {
    let rows = ids_of(tx.is_sqlite(), "$2");
    let sql = AssertSqlSafe(format!(
        "SELECT DISTINCT {column} FROM {table} WHERE tenant_id = $1 AND id IN {rows}"
    ));
    let rows: Vec<(Uuid,)> = all!(*tx, sql, tenant, id_list(ids))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What is to be saved: a duty for each object, or a new generation of the one that there is.
pub(super) async fn put_saves(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    kind: ObjectKind,
    objects: &[(Uuid, String)],
    now: DateTime<Utc>,
) -> Result<()> {
    put_each(tx, tenant, (plugin, kind, Action::Save), objects, now).await
}

/// A duty for each object. One that is there begins anew: what it has failed at stays known.
pub(super) async fn put_each(
    tx: &mut Tx,
    tenant: TenantId,
    (plugin, kind, action): (PluginId, ObjectKind, Action),
    objects: &[(Uuid, String)],
    now: DateTime<Utc>,
) -> Result<()> {
    let [id, object, label, rows] = rows_of(tx.is_sqlite(), "$2");
    let text = format!(
        "INSERT INTO duties (tenant_id, id, plugin_id, object_kind, object_id, action, label, generation, state, attempts, due_at) SELECT $1, {id}, $3, $4, {object}, $5, {label}, 1, 'waiting', 0, $6 FROM {rows} WHERE true ON CONFLICT (tenant_id, plugin_id, object_id, action) DO UPDATE SET generation = duties.generation + 1, label = excluded.label, due_at = excluded.due_at, state = CASE duties.state WHEN 'running' THEN 'running' ELSE 'waiting' END"
    );
    for chunk in objects.chunks(bulk::CHUNK) {
        let rows = named_rows(chunk, now)?;
        let sql = AssertSqlSafe(text.clone());
        exec!(*tx, sql, tenant, rows, plugin, kind, action, now)?;
    }
    Ok(())
}

/// Each with a new id before it.
fn named_rows(objects: &[(Uuid, String)], now: DateTime<Utc>) -> Result<Json<Value>> {
    let row = |(object, label): &(Uuid, String)| -> Result<Value> {
        let id: DutyId = crate::context::new_id(now)?;
        Ok(Value::Array(vec![
            bulk::id(id),
            bulk::id(object),
            label.clone().into(),
        ]))
    };
    let rows = objects.iter().map(row).collect::<Result<Vec<_>>>()?;
    Ok(Json(Value::Array(rows)))
}

/// What is to be taken away: of the objects that are no more, those of which something was
/// made, or may have been. What was still to be saved of them is not any more.
pub(super) async fn put_deletes(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    kind: ObjectKind,
    gone: &[Uuid],
    now: DateTime<Utc>,
) -> Result<()> {
    let [id, object, _, rows] = rows_of(tx.is_sqlite(), "$2");
    let insert = format!(
        "INSERT INTO duties (tenant_id, id, plugin_id, object_kind, object_id, action, label, kept, generation, state, attempts, due_at) SELECT $1, {id}, $3, $4, {object}, 'delete', coalesce(o.label, d.label), o.kept, 1, 'waiting', 0, $5 FROM {rows} LEFT JOIN plugin_objects o ON o.tenant_id = $1 AND o.plugin_id = $3 AND o.object_kind = $4 AND o.object_id = {object} LEFT JOIN duties d ON d.tenant_id = $1 AND d.plugin_id = $3 AND d.object_id = {object} AND d.action = 'save' AND d.attempts > 0 WHERE o.object_id IS NOT NULL OR d.id IS NOT NULL ON CONFLICT (tenant_id, plugin_id, object_id, action) DO NOTHING"
    );
    let ids_rows = ids_of(tx.is_sqlite(), "$3");
    let delete = format!(
        "DELETE FROM duties WHERE tenant_id = $1 AND plugin_id = $2 AND object_id IN {ids_rows} AND action IN ('save', 'verify') AND state <> 'running'"
    );
    for chunk in gone.chunks(bulk::CHUNK) {
        let named: Vec<_> = chunk.iter().map(|id| (*id, String::new())).collect();
        let rows = named_rows(&named, now)?;
        let sql = AssertSqlSafe(insert.clone());
        exec!(*tx, sql, tenant, rows, plugin, kind, now)?;
        let sql = AssertSqlSafe(delete.clone());
        exec!(*tx, sql, tenant, plugin, id_list(chunk))?;
    }
    Ok(())
}

/// Objects of a kind after one, in the order of their ids.
pub(super) async fn objects_after(
    tx: &mut Tx,
    tenant: TenantId,
    kind: ObjectKind,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, String)>> {
    let Some((table, label)) = table_of(kind) else {
        return Ok(Vec::new());
    };
    let sql = AssertSqlSafe(format!(
        "SELECT t.id, {label} FROM {table} t WHERE t.tenant_id = $1 AND ($2 IS NULL OR t.id > $2) ORDER BY t.id LIMIT $3"
    ));
    all!(*tx, sql, tenant, after, limit)
}

/// What a plugin keeps of an object.
pub(super) async fn kept(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    object: Uuid,
) -> Result<Option<Value>> {
    let row: Option<(Json<Value>,)> = opt!(
        *tx,
        "SELECT kept FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2 AND object_id = $3",
        tenant,
        plugin,
        object
    )?;
    Ok(row.map(|(kept,)| kept.0))
}

/// Everything that a plugin keeps, of objects after one.
pub(super) async fn kept_after(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
    kind: Option<ObjectKind>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, Json<Value>)>> {
    all!(
        *tx,
        "SELECT object_id, kept FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2 AND ($3 IS NULL OR object_kind = $3) AND ($4 IS NULL OR object_id > $4) ORDER BY object_id LIMIT $5",
        tenant,
        plugin,
        kind,
        after,
        limit
    )
}

pub(super) async fn put_kept(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
    kept: &Value,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO plugin_objects (tenant_id, plugin_id, object_kind, object_id, label, kept, saved_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, plugin_id, object_kind, object_id) DO UPDATE SET label = $5, kept = $6, saved_at = $7",
        tenant,
        duty.plugin_id,
        duty.object_kind,
        duty.object_id,
        &duty.label,
        Json(kept),
        now
    )?;
    Ok(())
}

pub(super) async fn delete_kept(tx: &mut Tx, tenant: TenantId, duty: &Leased) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM plugin_objects WHERE tenant_id = $1 AND plugin_id = $2 AND object_id = $3",
        tenant,
        duty.plugin_id,
        duty.object_id
    )?;
    Ok(())
}

// --- duties

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
pub(super) async fn working(
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
pub(super) async fn due(
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
pub(super) async fn take(
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
pub(super) async fn prolong(
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
pub(super) async fn generation(
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
pub(super) async fn delete_duty(tx: &mut Tx, tenant: TenantId, duty: DutyId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM duties WHERE tenant_id = $1 AND id = $2",
        tenant,
        duty
    )?;
    Ok(())
}

/// What was found to differ before is not known any more: it was just saved.
pub(super) async fn delete_drift(tx: &mut Tx, tenant: TenantId, duty: &Leased) -> Result<()> {
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
pub(super) async fn begin_anew(
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

/// The next number that people can quote.
pub(super) async fn next_number(tx: &mut Tx, tenant: TenantId) -> Result<i64> {
    next_of(tx, tenant, COUNTER).await
}

/// Gives each of some owners of logins and crews the next number of accounts, where it has none.
pub(super) async fn give_numbers(tx: &mut Tx, tenant: TenantId, objects: &[Uuid]) -> Result<()> {
    for chunk in objects.chunks(bulk::CHUNK) {
        let rows = ids_of(tx.is_sqlite(), "$2");
        let sql = AssertSqlSafe(format!(
            "SELECT object_id FROM account_numbers WHERE tenant_id = $1 AND object_id IN {rows}"
        ));
        let known: Vec<(Uuid,)> = all!(*tx, sql, tenant, id_list(chunk))?;
        for object in chunk.iter().filter(|id| !known.contains(&(**id,))) {
            let number = next_of(tx, tenant, ACCOUNTS).await? - 1;
            exec!(
                *tx,
                "INSERT INTO account_numbers (tenant_id, object_id, number) VALUES ($1, $2, $3)",
                tenant,
                *object,
                number
            )?;
        }
    }
    Ok(())
}

async fn next_of(tx: &mut Tx, tenant: TenantId, counter: &str) -> Result<i64> {
    tx.mark_written();
    let (number,): (i64,) = one!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, 1) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        tenant,
        counter
    )?;
    Ok(number)
}

/// What a failed attempt leaves.
pub(super) struct Left<'a> {
    pub state: DutyState,
    pub due_at: DateTime<Utc>,
    pub number: i64,
    pub class: Class,
    pub error: &'a str,
    pub now: DateTime<Utc>,
}

pub(super) async fn put_failure(
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
pub(super) async fn next_turn(tx: &mut Tx, tenant: TenantId) -> Result<Option<DateTime<Utc>>> {
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
    let made = super::extractions::store::next_turn(tx, tenant).await?;
    Ok(duties.into_iter().chain(made).min())
}

/// How many duties wait or run.
pub(super) async fn open_count(tx: &mut Tx, tenant: TenantId, plugin: PluginId) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM duties WHERE tenant_id = $1 AND plugin_id = $2 AND state IN ('waiting', 'running')",
        tenant,
        plugin
    )?;
    Ok(count)
}

/// Something foreign that a plugin found: a row of the journal, or a new word of the one that there is.
pub(super) struct Foreign<'a> {
    pub plugin: PluginId,
    pub object: Uuid,
    pub name: &'a str,
    pub kept: &'a Value,
    pub error: &'a str,
}

/// Whether it was not known.
pub(super) async fn put_foreign(
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
pub(super) async fn delete_foreign(
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

// --- the journal

/// Which rows are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
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

pub(super) async fn journal(
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
pub(super) async fn journal_all(
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
pub(super) async fn journal_states(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(DutyState, i64)>> {
    all!(
        *tx,
        "SELECT state, count(*) FROM duties WHERE tenant_id = $1 AND number IS NOT NULL GROUP BY state ORDER BY state",
        tenant
    )
}

/// Lets duties run again at once: of drift about an object that is still there, the object is saved.
pub(super) async fn retry(
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
pub(super) async fn wake_up(tx: &mut Tx, tenant: TenantId, plugins: &[PluginId]) -> Result<()> {
    let rows = ids_of(tx.is_sqlite(), "$2");
    let sql = AssertSqlSafe(format!(
        "UPDATE plugins SET rests_until = NULL, failures = CASE WHEN failures >= $3 THEN $3 - 1 ELSE failures END WHERE tenant_id = $1 AND id IN {rows}"
    ));
    exec!(*tx, sql, tenant, id_list(plugins), FAILURES_MAX)?;
    Ok(())
}

pub(super) async fn give_up(tx: &mut Tx, tenant: TenantId, duty: DutyId) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE duties SET state = 'given_up' WHERE tenant_id = $1 AND id = $2 AND state NOT IN ('running', 'given_up')",
        tenant,
        duty
    )?;
    Ok(rows == 1)
}

/// A line of history.
pub(super) struct NewRun<'a> {
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

pub(super) async fn insert_run(
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
pub(super) async fn runs(tx: &mut Tx, tenant: TenantId, number: i64) -> Result<Vec<Run>> {
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

// --- notices

/// The newest row that waits for a person, and how many such rows there are; nothing, where none is newer than
/// administrators were told of.
pub(super) async fn unnoticed(tx: &mut Tx, tenant: TenantId) -> Result<Option<(i64, i64)>> {
    let (newest, open): (Option<i64>, i64) = one!(
        *tx,
        "SELECT max(number), count(*) FROM duties WHERE tenant_id = $1 AND number IS NOT NULL AND state IN ('failed', 'needs_person', 'drift')",
        tenant
    )?;
    let told: Option<(i64,)> = opt!(
        *tx,
        "SELECT value FROM counters WHERE tenant_id = $1 AND name = $2",
        tenant,
        NOTICED
    )?;
    let told = told.map_or(0, |(told,)| told);
    Ok(newest
        .filter(|newest| *newest > told)
        .map(|newest| (newest, open)))
}

/// Up to which row administrators were told.
pub(super) async fn put_noticed(tx: &mut Tx, tenant: TenantId, number: i64) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, name) DO UPDATE SET value = $3",
        tenant,
        NOTICED,
        number
    )?;
    Ok(())
}

/// Somebody who can sign in and change the settings, and has an address.
#[derive(sqlx::FromRow)]
pub(super) struct Administrator {
    pub id: PartyId,
    pub given_name: String,
    pub name: String,
    pub email: String,
    pub locale: Option<String>,
}

pub(super) async fn administrators(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Administrator>> {
    all!(
        *tx,
        "SELECT DISTINCT p.id, p.given_name, p.name, p.email, p.locale FROM parties p JOIN logins l ON l.tenant_id = p.tenant_id AND l.person_id = p.id JOIN crew_people c ON c.tenant_id = p.tenant_id AND c.person_id = p.id JOIN crew_rights r ON r.tenant_id = c.tenant_id AND r.crew_id = c.crew_id WHERE p.tenant_id = $1 AND r.right_name = $2 AND l.disabled_at IS NULL AND l.password_hash <> '' AND p.email IS NOT NULL AND p.email <> '' ORDER BY p.id LIMIT $3",
        tenant,
        Right::Settings.name(),
        NOTICED_MAX
    )
}
