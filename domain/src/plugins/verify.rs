//! Asking plugins whether the world is as it should be: about one object, a kind of them, or everything.
//! What differs is a row of the journal, and is mended only when somebody asks for it.

use super::extractions::KIND;
use super::{Action, ObjectKind, Plugin, Registry, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::{Clock, Cx};
use crate::db::{Db, Tx, bulk};
use crate::kernel::{Day, PluginId, Result, Right, TenantId};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// By one plugin only.
    pub plugin: Option<PluginId>,
    /// One kind of objects only.
    pub kind: Option<ObjectKind>,
    /// One object only.
    pub object: Option<Uuid>,
}

/// Asks for a look; the plugins answer in the journal, as soon as the worker comes to it. How many objects are looked at.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn verify(cx: &mut Cx, registry: &Registry, scope: Scope) -> Result<usize> {
    cx.require(Right::Settings)?;
    let plugins = store::plugins(&mut cx.tx, cx.tenant).await?;
    let mut count = 0;
    for plugin in plugins {
        let is_meant = scope.plugin.is_none_or(|id| id == plugin.id);
        if is_meant && can_verify(registry, &plugin) {
            count += ask(&mut cx.tx, cx.tenant, &plugin, scope, cx.now).await?;
        }
    }
    let change = Change {
        action: "verified",
        kind: "journal",
        id: scope.object.unwrap_or(cx.tenant.0),
        label: "",
    };
    let after = json!({ "objects": count });
    audit::record(cx, change, NOTHING, Some(&after)).await?;
    cx.tell_plugins();
    Ok(count)
}

/// Asks for a look at everything, once a day: for the night's round.
///
/// # Errors
/// The database's own.
pub async fn verify_nightly(
    db: &Db,
    clock: &Clock,
    registry: &Registry,
    tenant: TenantId,
) -> Result<()> {
    let now = clock.now();
    let today = now.date_naive();
    let mut tx = db.read(tenant).await?;
    let due = store::unverified(&mut tx, tenant, today).await?;
    drop(tx);
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = db.write(tenant).await?;
    for plugin in store::plugins(&mut tx, tenant).await? {
        let is_due = due.contains(&(plugin.id,));
        if is_due && mark(&mut tx, tenant, plugin.id, today).await? && can_verify(registry, &plugin)
        {
            ask(&mut tx, tenant, &plugin, Scope::default(), now).await?;
        }
    }
    tx.commit_and_tell(tenant, now).await
}

/// Whether nobody else has made today's round of a plugin.
async fn mark(tx: &mut Tx, tenant: TenantId, plugin: PluginId, today: Day) -> Result<bool> {
    store::mark_verified(tx, tenant, plugin, today).await
}

fn can_verify(registry: &Registry, plugin: &Plugin) -> bool {
    let of = registry.get(&plugin.kind);
    plugin.is_enabled && of.is_some_and(|of| of.can_verify(&plugin.settings))
}

/// A duty for each object, and one for what is foreign where everything is looked at.
async fn ask(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: &Plugin,
    scope: Scope,
    now: DateTime<Utc>,
) -> Result<usize> {
    let limit = i64::try_from(bulk::CHUNK).unwrap_or(i64::MAX);
    let mut count = 0;
    let itself = [ObjectKind::Extraction];
    let is_file = plugin.kind == KIND;
    let kinds = if is_file {
        &itself
    } else {
        plugin.wants.as_slice()
    };
    for kind in kinds {
        // Of payments nothing lasting is made.
        if *kind == ObjectKind::Payment || scope.kind.is_some_and(|wanted| wanted != *kind) {
            continue;
        }
        let object = if is_file {
            Some(plugin.id.0)
        } else {
            scope.object
        };
        if is_file && scope.object.is_some_and(|wanted| wanted != plugin.id.0) {
            continue;
        }
        if let Some(object) = object {
            let some = store::existing(tx, tenant, *kind, &[object]).await?;
            store::put_each(tx, tenant, (plugin.id, *kind, Action::Verify), &some, now).await?;
            count += some.len();
            continue;
        }
        let mut after = None;
        loop {
            let some = store::objects_after(tx, tenant, *kind, after, limit).await?;
            let Some((last, _)) = some.last() else { break };
            after = Some(*last);
            store::put_each(tx, tenant, (plugin.id, *kind, Action::Verify), &some, now).await?;
            count += some.len();
        }
    }
    if !is_file && scope.object.is_none() && scope.kind.is_none() {
        let look = [(plugin.id.0, plugin.name.clone())];
        let what = (plugin.id, ObjectKind::Foreign, Action::Verify);
        store::put_each(tx, tenant, what, &look, now).await?;
    }
    Ok(count)
}
