//! What is set up.

use crate::db::Tx;
use crate::kernel::{Day, PluginId, Result, TenantId};
use crate::plugins::extractions::KIND;
use crate::plugins::{ObjectKind, Plugin, Settings};
use crate::{all, exec, opt};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

/// The most plugins of an organisation.
pub const PLUGINS_MAX: i64 = 50;

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
pub(in crate::plugins) async fn listening(
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

pub(in crate::plugins) async fn plugins(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Plugin>> {
    let rows: Vec<PluginRow> = all!(
        *tx,
        "SELECT id, kind, name, wants, settings, secrets IS NOT NULL AS secrets_set, is_enabled, failures, rests_until, version FROM plugins WHERE tenant_id = $1 ORDER BY name LIMIT $2",
        tenant,
        PLUGINS_MAX
    )?;
    Ok(rows.into_iter().map(Plugin::from).collect())
}

/// What is kept of a plugin, whatever its id may say; whether there was room, and the name free.
pub(in crate::plugins) async fn insert_plugin(
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
pub(in crate::plugins) async fn update_plugin(
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
pub(in crate::plugins) async fn secrets(
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
pub(in crate::plugins) async fn sealed_otherwise(
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

pub(in crate::plugins) async fn put_secrets(
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
pub(in crate::plugins) async fn delete_plugin(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
) -> Result<()> {
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
pub(in crate::plugins) async fn count_failure(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
) -> Result<i64> {
    tx.mark_written();
    let row: Option<(i64,)> = opt!(
        *tx,
        "UPDATE plugins SET failures = failures + 1 WHERE tenant_id = $1 AND id = $2 RETURNING failures",
        tenant,
        plugin
    )?;
    Ok(row.map_or(0, |(failures,)| failures))
}

pub(in crate::plugins) async fn let_rest(
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
pub(in crate::plugins) async fn forgive(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: PluginId,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE plugins SET failures = 0, rests_until = NULL WHERE tenant_id = $1 AND id = $2 AND failures > 0",
        tenant,
        plugin
    )?;
    Ok(())
}

/// The plugins that work and were not asked on a day.
pub(in crate::plugins) async fn unverified(
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
pub(in crate::plugins) async fn mark_verified(
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
