//! The pages where plugins are set up.

use crate::locales::notices::Notice;
use crate::locales::{Text, frame as tf, plugins as t};
use crate::people::form::start_again;
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, Mark, PageHead, Tone};
use domain::fields::{Given, Wanted};
use domain::kernel::{Code, Locale, PluginId, Problem, Right};
use domain::plugins::{
    self, Description, Holds, ObjectKind, Plugin, PluginForm, Program, Registry, Scope,
};
use leptos::prelude::*;
use serde::Deserialize;
use std::sync::Arc;

const LIST: &str = "/settings/plugins";

/// `GET /settings/plugins`
pub async fn list(req: Req) -> Reply {
    let all = req.view(async |cx| plugins::list(cx).await).await?;
    let l = req.locale;
    let registry = &req.app.plugins;
    let has_some = registry.all().next().is_some();
    let add = has_some.then(|| {
        view! { <a class="button is-primary" href="/settings/plugins/new">{ui::icon("plus")} " " {t::add(l)}</a> }
    });
    let body = match all.as_slice() {
        [] if has_some => ui::empty(t::none(l), None),
        [] => ui::empty(t::none_here(l), None),
        all => table(l, registry, all),
    };
    let page = view! {
        {PageHead::new(t::title(l)).crumb("/settings", tf::settings(l)).state(t::state(l)).actions(add).view()}
        {body}
        <p><a href="/journal">{t::journal(l)}</a></p>
    };
    Ok(req.page(&t::title(l), page))
}

fn table(l: Locale, registry: &Registry, all: &[Plugin]) -> AnyView {
    let rows = all.iter().map(|plugin| {
        let href = format!("{LIST}/{}", plugin.id);
        let kind = registry.get(&plugin.kind);
        let kind = kind.map(|of| of.description().name.in_locale(l));
        let kind = kind.map_or_else(|| plugin.kind.clone(), str::to_owned);
        let wants: Vec<String> = plugin
            .wants
            .iter()
            .map(|kind| t::kind_of(l, *kind).into_owned())
            .collect();
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{plugin.name.clone()}</a></th>
                <td data-label=t::kind(l)>{kind}</td>
                <td data-label=t::wants(l)>{wants.join(", ")}</td>
                <td class="is-end">{badge(l, plugin)}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::title(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::name(l)}</th>
                    <th scope="col">{t::kind(l)}</th>
                    <th scope="col">{t::wants(l)}</th>
                    <th scope="col">{t::enabled(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn badge(l: Locale, plugin: &Plugin) -> AnyView {
    match (plugin.is_enabled, plugin.rests_until) {
        (false, _) => ui::badge(Mark::None, t::enabled_no(l)),
        (true, Some(_)) => ui::badge(Mark::Late, t::is_resting(l)),
        (true, None) => ui::badge(Mark::Validated, t::enabled_yes(l)),
    }
}

/// What a link to the form of a new plugin says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    kind: String,
}

/// `GET /settings/plugins/new`: first which one, then its form.
pub async fn new(req: Req, Asked(begun): Asked<Begun>) -> Reply {
    req.view(async |cx| cx.require(Right::Settings)).await?;
    let l = req.locale;
    let Some(of) = meant(&req.app.plugins, &begun.kind) else {
        return Ok(req.page(&t::add(l), which(l, &req.app.plugins, None)));
    };
    let of = of.description();
    let wants = of.wants.iter();
    let form = PluginForm {
        key: ui::new_key(),
        kind: of.kind.to_owned(),
        name: of.name.in_locale(l).to_owned(),
        enabled: "yes".into(),
        wants: wants.fold(Wanted::default(), |all, kind| all.with(kind.name(), "yes")),
        ..PluginForm::default()
    };
    Ok(req.form_page(&t::add(l), new_page(l, of, &form, None)))
}

/// The plugin of a name; where a server has one only, that one.
fn meant<'a>(registry: &'a Registry, kind: &str) -> Option<&'a Arc<dyn Program>> {
    let mut all = registry.all();
    let only = all.next().filter(|_| all.next().is_none());
    registry.get(kind).or(only)
}

fn which(l: Locale, registry: &Registry, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    let all = registry.all().map(|program| {
        let of = program.description();
        let href = format!("{LIST}/new?kind={}", of.kind);
        view! {
            <div class="card">
                <h2><a href=href>{of.name.in_locale(l)}</a></h2>
                <p>{of.about.in_locale(l)}</p>
            </div>
        }
    });
    let all = all.collect_view();
    view! {
        {PageHead::new(t::add(l)).crumb(LIST, t::title(l)).state(t::add_choice(l)).view()}
        {f.summary()}
        <div class="cards">{all}</div>
    }
    .into_any()
}

/// `POST /settings/plugins/new`
pub async fn add(req: Req, Posted(form): Posted<PluginForm>) -> Reply {
    let mut form = form;
    let tools = (&req.app.plugins, &req.app.bank);
    let slug = &req.tenant.slug;
    let done = req.act(async |cx| plugins::add(cx, tools, slug, &form).await);
    let problem = match done.await {
        Ok(id) => return Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let l = req.locale;
    let Some(of) = meant(&req.app.plugins, &form.kind) else {
        return req.page_again(problem, &t::add(l), |problem| {
            which(l, &req.app.plugins, Some(problem))
        });
    };
    req.page_again(problem, &t::add(l), |problem| {
        new_page(l, of.description(), &form, Some(problem))
    })
}

fn new_page(l: Locale, of: &Description, form: &PluginForm, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        {PageHead::new(t::add(l)).crumb(LIST, t::title(l)).state(of.about.in_locale(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/settings/plugins/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            <input type="hidden" name="kind" value=form.kind.clone()/>
            {fields(&f, of, form, None)}
            <div class="form-end">
                <button class="button is-primary">{t::add(l)}</button>
                <a class="button is-quiet" href=LIST>{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// The fields of a plugin; the secrets of one that there is are not shown.
fn fields(
    f: &FormView<'_>,
    of: &Description,
    form: &PluginForm,
    known: Option<&Plugin>,
) -> AnyView {
    let l = f.l;
    let settings = of.settings.iter().map(|setting| {
        let name = format!("set_{}", setting.key);
        let value = if setting.is_secret() {
            ""
        } else {
            form.given.get(setting.key).unwrap_or_default()
        };
        let label = setting.label.in_locale(l);
        let is_kept = setting.is_secret() && known.is_some_and(|plugin| plugin.secrets_set);
        let field = match setting.is_required && !is_kept {
            true => f.field(name, label, value),
            false => f.optional(name, label, value),
        };
        let help = setting.help.in_locale(l);
        let help = match is_kept {
            true => format!("{help} {}", t::secret_set(l)),
            false => help.to_owned(),
        };
        let field = field.help(help);
        match setting.holds {
            Holds::Secret => field.kind("password").autocomplete("off").view(),
            Holds::Text => field.view(),
            Holds::YesNo => {
                let answers = vec![Choice::new("", t::no(l)), Choice::new("yes", t::yes(l))];
                f.select_from(field, answers)
            }
        }
    });
    let states = vec![
        Choice::new("yes", t::enabled_yes(l)),
        Choice::new("", t::enabled_no(l)),
    ];
    view! {
        {f.field("name", t::name(l), &form.name).help(t::name_help(l)).class("is-medium").view()}
        {kinds_field(f, (t::wants(l), t::wants_help(l)), of.wants, &form.wants)}
        {settings.collect_view()}
        {f.select("enabled", t::enabled(l), &form.enabled, states)}
    }
    .into_any()
}

/// Which kinds of objects it is about: a tick for each.
pub fn kinds_field(
    f: &FormView<'_>,
    (legend, help): (Text, Text),
    kinds: &[ObjectKind],
    wanted: &Wanted,
) -> AnyView {
    let l = f.l;
    let error = f.error("wants");
    let described = if error.is_some() {
        "wants-error wants-help"
    } else {
        "wants-help"
    };
    let error = error.map(|text| view! { <p class="error" id="wants-error">{text}</p> });
    let ticks = kinds.iter().enumerate().map(|(n, kind)| {
        let id = match n {
            0 => "wants".to_owned(),
            n => format!("wants-{n}"),
        };
        let name = format!("wants_{}", kind.name());
        let ticked = wanted.get(kind.name()) == Some("yes");
        view! {
            <label class="choice">
                <input type="checkbox" id=id name=name value="yes" checked=ticked/>
                <span>{t::kinds(l, *kind)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend>{legend}</legend>
            {error}
            {ticks.collect_view()}
            <p class="help" id="wants-help">{help}</p>
        </fieldset>
    }
    .into_any()
}

/// What a plugin's page shows.
struct Known {
    plugin: Plugin,
    open: i64,
}

async fn known(req: &Req, id: PluginId) -> Result<Known, Problem> {
    req.view(async |cx| {
        let plugin = plugins::get(cx, id).await?;
        let open = plugins::open_count(cx, id).await?;
        Ok(Known { plugin, open })
    })
    .await
}

fn form_of(plugin: &Plugin) -> PluginForm {
    let wants = plugin.wants.iter();
    let settings = plugin.settings.iter();
    PluginForm {
        key: String::new(),
        version: plugin.version.to_string(),
        kind: plugin.kind.clone(),
        name: plugin.name.clone(),
        enabled: if plugin.is_enabled { "yes" } else { "" }.into(),
        wants: wants.fold(Wanted::default(), |all, kind| all.with(kind.name(), "yes")),
        given: settings.fold(Given::default(), |all, (key, value)| {
            all.with(key, value.as_str())
        }),
    }
}

/// `GET /settings/plugins/{id}`
pub async fn show(req: Req, Id(id): Id<PluginId>) -> Reply {
    let known = known(&req, id).await?;
    let form = form_of(&known.plugin);
    let page = page(req.locale, &req.app.plugins, &known, &form, None);
    Ok(req.form_page(&known.plugin.name, page))
}

/// `POST /settings/plugins/{id}`
pub async fn save(req: Req, Id(id): Id<PluginId>, Posted(form): Posted<PluginForm>) -> Reply {
    let tools = (&req.app.plugins, &req.app.bank);
    let slug = &req.tenant.slug;
    let done = req.act(async |cx| plugins::save(cx, tools, slug, id, &form).await);
    let Err(problem) = done.await else {
        return Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::Saved)));
    };
    let known = known(&req, id).await?;
    req.page_again(problem, &known.plugin.name, |problem| {
        page(req.locale, &req.app.plugins, &known, &form, Some(problem))
    })
}

/// `POST /settings/plugins/{id}/again`
pub async fn again(req: Req, Id(id): Id<PluginId>) -> Reply {
    req.act(async |cx| plugins::save_again(cx, id).await)
        .await?;
    Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::SavedAgain)))
}

/// `POST /settings/plugins/{id}/verify`
pub async fn verify(req: Req, Id(id): Id<PluginId>) -> Reply {
    let registry = &req.app.plugins;
    req.act(async |cx| {
        let plugin = plugins::get(cx, id).await?;
        let scope = Scope {
            plugin: Some(plugin.id),
            ..Scope::default()
        };
        plugins::verify(cx, registry, scope).await
    })
    .await?;
    Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::VerifyAsked)))
}

/// `POST /settings/plugins/{id}/delete`
pub async fn delete(req: Req, Id(id): Id<PluginId>) -> Reply {
    req.act(async |cx| plugins::delete(cx, id).await).await?;
    Ok(req.go(LIST, Some(Notice::Deleted)))
}

fn page(
    l: Locale,
    registry: &Registry,
    known: &Known,
    form: &PluginForm,
    problem: Option<&Problem>,
) -> AnyView {
    let plugin = &known.plugin;
    let f = FormView::new(l, problem);
    let here = format!("{LIST}/{}", plugin.id);
    let program = registry.get(&plugin.kind);
    let description = program.map(|program| program.description());
    let can_verify = program.is_some_and(|program| program.can_verify(&plugin.settings));
    let body = match description {
        None => ui::notice(
            Tone::Warning,
            crate::locales::problems::text(l, &Code::PluginNotHere),
        ),
        Some(of) => view! {
            <form class="form" method="post" action=here.clone() novalidate>
                <input type="hidden" name="version" value=form.version.clone()/>
                {fields(&f, of, form, Some(plugin))}
                <div class="form-end">
                    <button class="button is-primary">{tf::save(l)}</button>
                    <a class="button is-quiet" href=LIST>{t::leave(l)}</a>
                </div>
            </form>
        }
        .into_any(),
    };
    let step = |way: &'static str, label, help| {
        let action = format!("{here}/{way}");
        view! {
            <form method="post" action=action>
                <p class="help">{help}</p>
                <button class="button">{label}</button>
            </form>
        }
    };
    let verify =
        (plugin.is_enabled && can_verify).then(|| step("verify", t::verify(l), t::verify_help(l)));
    let again = plugin
        .is_enabled
        .then(|| step("again", t::again(l), t::again_help(l)));
    let journal = format!("/journal?plugin={}", plugin.id);
    let state = view! { {badge(l, plugin)} " · " {t::open(l, known.open)} " · " <a href=journal>{t::journal(l)}</a> };
    view! {
        {PageHead::new(plugin.name.clone()).crumb(LIST, t::title(l)).state(state).view()}
        {f.summary().or_else(|| start_again(&f, &here))}
        {body}
        <section class="section stack">
            {verify}
            {again}
            {step("delete", t::delete(l), t::delete_help(l))}
        </section>
    }
    .into_any()
}
