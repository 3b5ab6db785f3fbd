//! Setting up plugins. Who may do so decides over the settings; that a plugin is told of services needs that
//! whoever sets it up sees all of them, because what they see it sees.

use super::extractions::KIND;
use super::form::{PluginData, problems};
use super::{DeclaredField, ObjectKind, Plugin, PluginForm, Registry, Settings, store};
use crate::audit::{self, Change, NOTHING};
use crate::bank::{Keys, Place};
use crate::context::Cx;
use crate::db::bulk;
use crate::fields::{self, FieldForm};
use crate::kernel::{Code, PluginId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::services;
use serde_json::json;

/// The plugins that are set up, by name.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Plugin>> {
    cx.require(Right::Settings)?;
    let mut all = store::plugins(&mut cx.tx, cx.tenant).await?;
    // Extractions are set up by themselves.
    all.retain(|plugin| plugin.kind != KIND);
    Ok(all)
}

/// One of them.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: PluginId) -> Result<Plugin> {
    let all = list(cx).await?;
    let found = all.into_iter().find(|plugin| plugin.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// How much a plugin has still to do.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn open_count(cx: &mut Cx, id: PluginId) -> Result<i64> {
    cx.require(Right::Settings)?;
    store::open_count(&mut cx.tx, cx.tenant, id).await
}

/// Sets a plugin up. The fields that it needs are made; where it works, everything that it
/// wants to be told of is saved, but for payments of the past.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields.
pub async fn add(
    cx: &mut Cx,
    tools: (&Registry, &Keys),
    slug: &str,
    form: &PluginForm,
) -> Result<PluginId> {
    cx.require(Right::Settings)?;
    let (registry, keys) = tools;
    let content = ("plugins::add", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let of = registry
        .get(form.kind.trim())
        .filter(|of| of.description().kind != KIND);
    let of = of.ok_or_else(|| Problem::at_field("kind", Code::PluginNotHere))?;
    let data = form.parse(of.description(), &Settings::new())?;
    problems(of.check(slug, &together(&data)))?;
    may_tell(cx, &data.wants).await?;
    let max = usize::try_from(store::PLUGINS_MAX).unwrap_or_default();
    if store::plugins(&mut cx.tx, cx.tenant).await?.len() >= max {
        return Err(Problem::at_field("name", Code::TooManyPlugins { max }));
    }
    let id: PluginId = cx.new_id()?;
    let plugin = of_data(id, of.description().kind, 1, &data);
    let secrets = seal(keys, cx, id, &data.secrets)?;
    let (tx, tenant, now) = (&mut cx.tx, cx.tenant, cx.now);
    if !store::insert_plugin(tx, tenant, &plugin, secrets.as_ref(), now).await? {
        return Err(Problem::at_field("name", Code::PluginNameTaken));
    }
    audit::record(cx, change("added", &plugin), NOTHING, Some(&plugin)).await?;
    make_fields(cx, of.description().fields).await?;
    if plugin.is_enabled {
        save_everything(cx, &plugin).await?;
    }
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes a plugin. Where it works afterwards, everything is saved again: it may
/// have missed something, or want more.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster; [`Code::NotFound`].
pub async fn save(
    cx: &mut Cx,
    tools: (&Registry, &Keys),
    slug: &str,
    id: PluginId,
    form: &PluginForm,
) -> Result<()> {
    cx.require(Right::Settings)?;
    let (registry, keys) = tools;
    let before = get(cx, id).await?;
    let of = registry.get(&before.kind);
    let of = of.ok_or_else(|| Problem::at_field("kind", Code::PluginNotHere))?;
    let known = secrets_of(cx, keys, id).await?;
    let data = form.parse(of.description(), &known)?;
    problems(of.check(slug, &together(&data)))?;
    may_tell(cx, &data.wants).await?;
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let all = store::plugins(&mut cx.tx, cx.tenant).await?;
    if all
        .iter()
        .any(|other| other.id != id && other.name == data.name)
    {
        return Err(Problem::at_field("name", Code::PluginNameTaken));
    }
    let after = of_data(id, &before.kind, before.version, &data);
    let secrets = seal(keys, cx, id, &data.secrets)?;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if !store::update_plugin(tx, tenant, &after, secrets.as_ref()).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let was = json!({ "plugin": before, "secrets": "" });
    let changed = if data.secrets == known { "" } else { "changed" };
    let is = json!({ "plugin": after, "secrets": changed });
    audit::record(cx, change("changed", &after), Some(&was), Some(&is)).await?;
    if after.is_enabled {
        save_everything(cx, &after).await?;
    }
    Ok(())
}

/// Forgets a plugin, and what it had still to do. What it has made elsewhere stays there:
/// nobody is left who could take it away.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn delete(cx: &mut Cx, id: PluginId) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get(cx, id).await?;
    store::delete_plugin(&mut cx.tx, cx.tenant, id).await?;
    audit::record(cx, change("deleted", &before), Some(&before), NOTHING).await
}

/// Saves everything that a plugin wants to be told of, once more.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn save_again(cx: &mut Cx, id: PluginId) -> Result<()> {
    cx.require(Right::Settings)?;
    let plugin = get(cx, id).await?;
    save_everything(cx, &plugin).await?;
    audit::record(cx, change("saved_again", &plugin), NOTHING, NOTHING).await
}

/// Seals the secrets of plugins with the key in use that another one sealed, so that the other one can go. How many.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::BankKeyMissing`] where a key is missing.
pub async fn reseal(cx: &mut Cx, keys: &Keys) -> Result<usize> {
    cx.require(Right::Settings)?;
    let current = keys.current()?;
    let others = store::sealed_otherwise(&mut cx.tx, cx.tenant, current).await?;
    for (id,) in &others {
        let secrets = secrets_of(cx, keys, *id).await?;
        if let Some(sealed) = seal(keys, cx, *id, &secrets)? {
            store::put_secrets(&mut cx.tx, cx.tenant, *id, &sealed).await?;
        }
    }
    if !others.is_empty() {
        let change = Change {
            action: "secrets_resealed",
            kind: "settings",
            id: cx.tenant.0,
            label: current,
        };
        let after = json!({ "plugins": others.len() });
        audit::record(cx, change, NOTHING, Some(&after)).await?;
    }
    Ok(others.len())
}

/// The secret settings of a plugin, opened.
pub(super) async fn secrets_of(cx: &mut Cx, keys: &Keys, id: PluginId) -> Result<Settings> {
    let sealed = store::secrets(&mut cx.tx, cx.tenant, id).await?;
    match sealed {
        None => Ok(Settings::new()),
        Some((sealed, key)) => {
            let text = keys.open_text(Place::Plugin(cx.tenant, id), &key, &sealed)?;
            serde_json::from_str(&text).map_err(Problem::internal)
        }
    }
}

fn seal(
    keys: &Keys,
    cx: &Cx,
    id: PluginId,
    secrets: &Settings,
) -> Result<Option<(Vec<u8>, String)>> {
    if secrets.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(secrets).map_err(Problem::internal)?;
    let sealed = keys.seal_text(Place::Plugin(cx.tenant, id), &text);
    let sealed = sealed.map_err(|problem| match problem.code {
        Code::BankKeyMissing => Problem::new(Code::SecretKeyMissing),
        _ => problem,
    })?;
    Ok(Some(sealed))
}

fn together(data: &PluginData) -> Settings {
    let all = data.settings.iter().chain(&data.secrets);
    all.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn of_data(id: PluginId, kind: &str, version: i64, data: &PluginData) -> Plugin {
    Plugin {
        id,
        kind: kind.to_owned(),
        name: data.name.clone(),
        wants: data.wants.clone(),
        settings: data.settings.clone(),
        secrets_set: !data.secrets.is_empty(),
        is_enabled: data.is_enabled,
        failures: 0,
        rests_until: None,
        version,
    }
}

fn change<'a>(action: &'static str, plugin: &'a Plugin) -> Change<'a> {
    Change {
        action,
        kind: "plugin",
        id: plugin.id.0,
        label: &plugin.name,
    }
}

/// Refuses that a plugin is told of services that the one who sets it up does not see.
pub(super) async fn may_tell(cx: &mut Cx, wants: &[ObjectKind]) -> Result<()> {
    if !wants.contains(&ObjectKind::Service) || cx.actor.rights.is_in_all() {
        return Ok(());
    }
    let types = services::types_counted(cx).await?;
    if types.iter().all(|kind| cx.actor.rights.is_in(kind.crew)) {
        return Ok(());
    }
    Err(Problem::at_field("wants", Code::PluginSeesMore))
}

/// Makes the fields that a plugin needs and that are not there. One that was archived stays so.
pub(super) async fn make_fields(cx: &mut Cx, declared: &[DeclaredField]) -> Result<()> {
    let locale = crate::settings::get(cx).await?.locale;
    for wanted in declared {
        let known = fields::declared(cx).await?;
        let is_there = |field: &fields::Field| field.slug == wanted.slug;
        if known.iter().any(is_there) {
            continue;
        }
        let key: uuid::Uuid = cx.new_id()?;
        let form = FieldForm {
            key: key.to_string(),
            on: wanted.on.name().to_owned(),
            kind: fields::FieldKind::Text.name().to_owned(),
            label: wanted.label.in_locale(locale).to_owned(),
            slug: wanted.slug.to_owned(),
            help: wanted.help.in_locale(locale).to_owned(),
            ..FieldForm::default()
        };
        fields::add(cx, &form).await?;
    }
    Ok(())
}

/// A duty for each object that a plugin wants to be told of, and for each that is no more.
async fn save_everything(cx: &mut Cx, plugin: &Plugin) -> Result<()> {
    let limit = i64::try_from(bulk::CHUNK).unwrap_or(i64::MAX);
    let (tenant, now) = (cx.tenant, cx.now);
    for kind in &plugin.wants {
        // What was paid in the past is no news.
        if *kind == ObjectKind::Payment {
            continue;
        }
        let mut after = None;
        loop {
            let some = store::objects_after(&mut cx.tx, tenant, *kind, after, limit).await?;
            let Some((last, _)) = some.last() else { break };
            after = Some(*last);
            store::put_saves(&mut cx.tx, tenant, plugin.id, *kind, &some, now).await?;
        }
        let mut after = None;
        loop {
            let tx = &mut cx.tx;
            let kept = store::kept_after(tx, tenant, plugin.id, Some(*kind), after, limit).await?;
            let Some((last, _)) = kept.last() else { break };
            after = Some(*last);
            let ids: Vec<_> = kept.iter().map(|(id, _)| *id).collect();
            let there = store::existing(tx, tenant, *kind, &ids).await?;
            let is_gone = |id: &uuid::Uuid| !there.iter().any(|(known, _)| known == id);
            let gone: Vec<_> = ids.into_iter().filter(is_gone).collect();
            store::put_deletes(tx, tenant, plugin.id, *kind, &gone, now).await?;
        }
    }
    cx.tell_plugins();
    Ok(())
}
