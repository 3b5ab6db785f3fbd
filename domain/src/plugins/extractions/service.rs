//! Setting extractions up, looking at what they would make, and having it made. Who may change the settings
//! may; as with plugins, one that reads services is set up by whoever sees all of them.

use super::form::ExtractionData;
use super::{
    Data, Extraction, ExtractionForm, KIND, Recipe, Schedule, Whole, Written, rules, shipped, store,
};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, PluginId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::plugins::service::{make_fields, may_tell};
use crate::plugins::work::Registry;
use crate::plugins::{
    Action, Call, Failure, Object, ObjectKind, Plugin, Preview, Settings, store as plugins,
};
use crate::settings::DEFAULT_ZONE;
use std::sync::Arc;
use std::time::Duration;

/// For how long a person waits for a preview.
const PREVIEW_LIMIT: Duration = Duration::from_secs(30);

/// The extractions that are set up, by name.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Extraction>> {
    cx.require(Right::Settings)?;
    let mut found = Vec::new();
    for plugin in plugins::plugins(&mut cx.tx, cx.tenant).await? {
        if plugin.kind == KIND {
            found.extend(store::find(&mut cx.tx, cx.tenant, plugin).await?);
        }
    }
    Ok(found)
}

/// One of them.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: PluginId) -> Result<Extraction> {
    let all = list(cx).await?;
    let found = all.into_iter().find(|one| one.plugin.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Sets one up. The fields that it begins with are made; where it works, so is its file.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields.
pub async fn add(
    cx: &mut Cx,
    registry: &Registry,
    slug: &str,
    form: &ExtractionForm,
) -> Result<PluginId> {
    cx.require(Right::Settings)?;
    let content = ("extractions::add", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let data = checked(cx, registry, slug, form).await?;
    let max = usize::try_from(plugins::PLUGINS_MAX).unwrap_or_default();
    let others = plugins::plugins(&mut cx.tx, cx.tenant).await?;
    if others.len() >= max {
        return Err(Problem::at_field("name", Code::TooManyPlugins { max }));
    }
    let id: PluginId = cx.new_id()?;
    let one = of_data(cx, id, 1, data);
    let (tx, tenant, now) = (&mut cx.tx, cx.tenant, cx.now);
    if !plugins::insert_plugin(tx, tenant, &one.plugin, None, now).await? {
        return Err(Problem::at_field("name", Code::PluginNameTaken));
    }
    if !store::insert(tx, tenant, &one).await? {
        return Err(Problem::at_field("path", Code::FilePathTaken));
    }
    audit::record(cx, change("added", &one.plugin), NOTHING, Some(&one)).await?;
    if let Some(of) = shipped(&form.from) {
        make_fields(cx, of.fields).await?;
    }
    begin(cx, &one.plugin).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes one. Where it works afterwards, its file is made.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster; [`Code::NotFound`].
pub async fn save(
    cx: &mut Cx,
    registry: &Registry,
    slug: &str,
    id: PluginId,
    form: &ExtractionForm,
) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get(cx, id).await?;
    let data = checked(cx, registry, slug, form).await?;
    if form.version != before.plugin.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let others = plugins::plugins(&mut cx.tx, cx.tenant).await?;
    let has_name = |other: &Plugin| other.id != id && other.name == data.name;
    if others.iter().any(has_name) {
        return Err(Problem::at_field("name", Code::PluginNameTaken));
    }
    if store::is_taken(&mut cx.tx, cx.tenant, &data.recipe.path, id).await? {
        return Err(Problem::at_field("path", Code::FilePathTaken));
    }
    let after = of_data(cx, id, before.plugin.version, data);
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if !plugins::update_plugin(tx, tenant, &after.plugin, None).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    store::update(tx, tenant, &after).await?;
    let change = change("changed", &after.plugin);
    audit::record(cx, change, Some(&before), Some(&after)).await?;
    begin(cx, &after.plugin).await
}

/// Forgets one. Its file stays where it is.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn delete(cx: &mut Cx, id: PluginId) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get(cx, id).await?;
    store::delete(&mut cx.tx, cx.tenant, id).await?;
    plugins::delete_plugin(&mut cx.tx, cx.tenant, id).await?;
    audit::record(
        cx,
        change("deleted", &before.plugin),
        Some(&before),
        NOTHING,
    )
    .await
}

/// Has the file made, as soon as a worker comes to it. It is written where something of it changes, and also where somebody
/// else has changed it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`]; [`Code::PluginIsOff`].
pub async fn run(cx: &mut Cx, id: PluginId) -> Result<()> {
    cx.require(Right::Settings)?;
    let one = get(cx, id).await?;
    if !one.plugin.is_enabled {
        return Err(Problem::new(Code::PluginIsOff));
    }
    begin(cx, &one.plugin).await?;
    audit::record(cx, change("saved_again", &one.plugin), NOTHING, NOTHING).await
}

/// What a preview is made of.
#[derive(Clone, Debug)]
pub struct Draft {
    whole: Whole,
    written: Option<Written>,
    call: Call,
}

/// Reads everything that a file is made of: as it is set up, or as a form would have it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields; [`Code::NotFound`];
/// [`Code::TooMuchToRead`].
pub async fn draft(
    cx: &mut Cx,
    registry: &Registry,
    slug: &str,
    id: Option<PluginId>,
    form: Option<&ExtractionForm>,
) -> Result<Draft> {
    cx.require(Right::Settings)?;
    let known = match id {
        Some(id) => Some(get(cx, id).await?),
        None => None,
    };
    let (name, recipe) = match (form, &known) {
        (Some(form), _) => {
            let data = checked(cx, registry, slug, form).await?;
            (data.name, data.recipe)
        }
        (None, Some(known)) => (known.plugin.name.clone(), known.recipe.clone()),
        (None, None) => return Err(Problem::new(Code::NotFound)),
    };
    may_tell(cx, &recipe.reads).await?;
    let today = cx.now.with_timezone(&DEFAULT_ZONE).date_naive();
    let data: Data = store::data(&mut cx.tx, cx.tenant, &recipe.reads, (cx.now, today)).await?;
    let id = id.unwrap_or(PluginId(uuid::Uuid::nil()));
    Ok(Draft {
        call: Call {
            tenant: cx.tenant,
            slug: slug.to_owned(),
            plugin: id,
            once: uuid::Uuid::nil(),
            action: Action::Verify,
            attempt: 0,
            now: cx.now,
            settings: Settings::new(),
        },
        whole: Whole {
            id,
            name,
            recipe,
            data,
        },
        written: known.and_then(|known| known.written),
    })
}

/// What would be written, and what is there: nothing is changed by it, and no transaction is open.
///
/// # Errors
/// What the program of extractions says.
pub async fn preview(registry: &Registry, draft: Draft) -> Result<Preview, Failure> {
    let missing = || Failure::needs_person("this server makes no files");
    let program = Arc::clone(registry.extractions().ok_or_else(missing)?);
    let task = tokio::spawn(async move {
        let Draft {
            whole,
            written,
            call,
        } = draft;
        let kept = written.and_then(|written| serde_json::to_value(written).ok());
        let object = Object::Extraction(Box::new(whole));
        program.preview(&call, &object, kept.as_ref()).await
    });
    match tokio::time::timeout(PREVIEW_LIMIT, task).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) => Err(Failure::transient("it broke off")),
        Err(_) => Err(Failure::transient("it takes too long")),
    }
}

/// Reads a form, and asks the server whether it may be.
async fn checked(
    cx: &mut Cx,
    registry: &Registry,
    slug: &str,
    form: &ExtractionForm,
) -> Result<ExtractionData> {
    let data = form.parse()?;
    may_tell(cx, &data.recipe.reads).await?;
    let Some(program) = registry.extractions() else {
        return Err(Problem::at_field("path", Code::NotAllowedHere));
    };
    let settings = [
        ("owner", &data.recipe.owner),
        ("command", &data.recipe.command),
    ];
    let settings = settings
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), value.clone()));
    let mut check = crate::kernel::Check::new();
    for (key, code) in program.check(slug, &settings.collect()) {
        check.refuse(key, code);
    }
    check.finish()?;
    Ok(data)
}

fn of_data(cx: &Cx, id: PluginId, version: i64, data: ExtractionData) -> Extraction {
    let (schedule, hour) = (data.schedule, data.hour);
    let wants = match data.on_change {
        true => data.recipe.reads.clone(),
        false => Vec::new(),
    };
    Extraction {
        plugin: Plugin {
            id,
            kind: KIND.to_owned(),
            name: data.name,
            wants,
            settings: Settings::new(),
            secrets_set: false,
            is_enabled: data.is_enabled,
            failures: 0,
            rests_until: None,
            version,
        },
        recipe: data.recipe,
        on_change: data.on_change,
        schedule,
        hour,
        next_at: rules::next(schedule, hour, cx.now, &DEFAULT_ZONE),
        written: None,
    }
}

/// Where it works, its file is made.
async fn begin(cx: &mut Cx, plugin: &Plugin) -> Result<()> {
    if !plugin.is_enabled {
        return Ok(());
    }
    let it = [(plugin.id.0, plugin.name.clone())];
    let (tx, tenant, now) = (&mut cx.tx, cx.tenant, cx.now);
    plugins::put_saves(tx, tenant, plugin.id, ObjectKind::Extraction, &it, now).await?;
    cx.tell_plugins();
    Ok(())
}

fn change<'a>(action: &'static str, plugin: &'a Plugin) -> Change<'a> {
    Change {
        action,
        kind: "extraction",
        id: plugin.id.0,
        label: &plugin.name,
    }
}

/// A form that begins as one that ships does, or empty.
pub fn beginning(kind: &str, locale: crate::kernel::Locale) -> ExtractionForm {
    let mut form = ExtractionForm {
        enabled: "yes".into(),
        on_change: "yes".into(),
        mode: rules::MODE.into(),
        schedule: Schedule::Never.name().into(),
        hour: "3".into(),
        ..ExtractionForm::default()
    };
    if let Some(of) = shipped(kind) {
        form.from = of.kind.into();
        form.name = of
            .about
            .in_locale(locale)
            .split([':', '('])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        form.path = of.kind.into();
        form.template = of.template.into();
        form.config = of.config.into();
        form.without = of.without.into();
        for kind in of.reads {
            form.wants = form.wants.with(kind.name(), "yes");
        }
    }
    form
}

/// The form of one that is set up.
pub fn form_of(one: &Extraction) -> ExtractionForm {
    let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
    let Recipe {
        path,
        mode,
        owner,
        template,
        without,
        command,
        config,
        reads,
    } = one.recipe.clone();
    let wants = reads
        .iter()
        .fold(crate::fields::Wanted::default(), |all, kind| {
            all.with(kind.name(), "yes")
        });
    ExtractionForm {
        key: String::new(),
        version: one.plugin.version.to_string(),
        from: String::new(),
        name: one.plugin.name.clone(),
        enabled: yes(one.plugin.is_enabled),
        wants,
        path,
        mode,
        owner,
        template,
        without,
        config: rules::config_text(&config),
        command,
        on_change: yes(one.on_change),
        schedule: one.schedule.name().into(),
        hour: one.hour.to_string(),
    }
}
