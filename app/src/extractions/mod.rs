//! Extractions: which files are made, and by which templates.

mod form;
mod preview;

use crate::locales::notices::Notice;
use crate::locales::{extractions as t, frame as tf, plugins as tp};
use crate::request::{App, Asked, Id, Posted, Reply, Req};
use crate::ui::{self, Mark, PageHead};
use axum::Router;
use axum::routing::{get, post};
use domain::kernel::{Code, Locale, PluginId, Problem, Right};
use domain::plugins::extractions::{self, Extraction, ExtractionForm, SHIPPED};
use domain::plugins::{self, Failure, Preview, Scope};
use leptos::prelude::*;
use serde::Deserialize;

/// The list's address.
const LIST: &str = "/extractions";

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/extractions", get(list))
        .route("/extractions/new", get(new).post(add))
        .route("/extractions/{id}", get(show).post(save))
        .route("/extractions/{id}/run", post(run))
        .route("/extractions/{id}/verify", post(verify))
        .route("/extractions/{id}/delete", post(delete))
}

/// `GET /extractions`
async fn list(req: Req) -> Reply {
    let all = req.view(async |cx| extractions::list(cx).await).await?;
    let l = req.locale;
    let add = view! { <a class="button is-primary" href="/extractions/new">{ui::icon("plus")} " " {t::add(l)}</a> };
    let body = match all.as_slice() {
        [] => ui::empty(t::none(l), None),
        all => table(&req, all),
    };
    let page = view! {
        {PageHead::new(t::title(l)).state(t::state(l)).actions(add).view()}
        {body}
        <p><a href="/journal">{tp::journal(l)}</a></p>
    };
    Ok(req.page(&t::title(l), page))
}

fn table(req: &Req, all: &[Extraction]) -> AnyView {
    let l = req.locale;
    let rows = all.iter().map(|one| {
        let href = format!("{LIST}/{}", one.plugin.id);
        let written = match &one.written {
            Some(written) => view! { {ui::instant(l, written.changed_at, req.zone())} ", " {t::lines(l, written.lines)} }.into_any(),
            None => t::never_written(l).into_any(),
        };
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{one.plugin.name.clone()}</a></th>
                <td data-label=t::path(l)><code>{one.recipe.path.clone()}</code></td>
                <td data-label=t::written(l)>{written}</td>
                <td class="is-end">{badge(l, one)}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::title(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::name(l)}</th>
                    <th scope="col">{t::path(l)}</th>
                    <th scope="col">{t::written(l)}</th>
                    <th scope="col">{t::enabled(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn badge(l: Locale, one: &Extraction) -> AnyView {
    match (one.plugin.is_enabled, one.plugin.rests_until) {
        (false, _) => ui::badge(Mark::None, t::enabled_no(l)),
        (true, Some(_)) => ui::badge(Mark::Late, t::is_resting(l)),
        (true, None) => ui::badge(Mark::Validated, t::enabled_yes(l)),
    }
}

/// What a link to the form of a new extraction says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Begun {
    from: String,
}

/// The address of a form that begins empty.
const EMPTY: &str = "empty";

/// `GET /extractions/new`: first by what to begin, then the form.
async fn new(req: Req, Asked(begun): Asked<Begun>) -> Reply {
    req.view(async |cx| cx.require(Right::Settings)).await?;
    let l = req.locale;
    let is_known = begun.from == EMPTY || extractions::shipped(&begun.from).is_some();
    if !is_known {
        return Ok(req.page(&t::add(l), which(l)));
    }
    let form = ExtractionForm {
        key: ui::new_key(),
        ..extractions::beginning(&begun.from, l)
    };
    Ok(req.form_page(&t::add(l), form::new_page(l, &form, None, None)))
}

fn which(l: Locale) -> AnyView {
    let card = |from: &str, name: String, about: String| {
        let href = format!("{LIST}/new?from={from}");
        view! {
            <div class="card">
                <h2><a href=href>{name}</a></h2>
                <p>{about}</p>
            </div>
        }
    };
    let shipped = SHIPPED.iter().map(|one| {
        let about = one.about.in_locale(l).to_owned();
        card(one.kind, one.kind.to_owned(), about)
    });
    let shipped = shipped.collect_view();
    let empty = card(
        EMPTY,
        t::from_nothing(l).into_owned(),
        t::from_nothing_about(l).into_owned(),
    );
    view! {
        {PageHead::new(t::add(l)).crumb(LIST, t::title(l)).state(t::add_choice(l)).view()}
        <div class="cards">{shipped}{empty}</div>
    }
    .into_any()
}

/// A form, and what is to be done with it: `save` or `preview`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SentForm {
    what: String,
    #[serde(flatten)]
    form: ExtractionForm,
}

/// What a preview shows, or why it shows nothing.
type Shown = Result<Preview, Failure>;

/// What a form would make; nothing is kept.
async fn try_out(req: &Req, id: Option<PluginId>, form: &ExtractionForm) -> Result<Shown, Problem> {
    let (registry, slug) = (&req.app.plugins, &req.tenant.slug);
    let draft = req
        .view(async |cx| extractions::draft(cx, registry, slug, id, Some(form)).await)
        .await?;
    Ok(extractions::preview(registry, draft).await)
}

/// `POST /extractions/new`
async fn add(req: Req, Posted(sent): Posted<SentForm>) -> Reply {
    let l = req.locale;
    let mut form = sent.form;
    let (registry, slug) = (&req.app.plugins, &req.tenant.slug);
    let problem = if sent.what == "preview" {
        match try_out(&req, None, &form).await {
            Ok(shown) => {
                let page = form::new_page(l, &form, Some(&shown), None);
                return Ok(req.form_page(&t::add(l), page));
            }
            Err(problem) => problem,
        }
    } else {
        let done = req.act(async |cx| extractions::add(cx, registry, slug, &form).await);
        match done.await {
            Ok(id) => return Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::Saved))),
            Err(problem) => problem,
        }
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    req.page_again(problem, &t::add(l), |problem| {
        form::new_page(l, &form, None, Some(problem))
    })
}

/// `GET /extractions/{id}`
async fn show(req: Req, Id(id): Id<PluginId>) -> Reply {
    let one = req.view(async |cx| extractions::get(cx, id).await).await?;
    let form = extractions::form_of(&one);
    let page = form::page(&req, &one, &form, None, None);
    Ok(req.form_page(&one.plugin.name, page))
}

/// `POST /extractions/{id}`
async fn save(req: Req, Id(id): Id<PluginId>, Posted(sent): Posted<SentForm>) -> Reply {
    let form = &sent.form;
    let (registry, slug) = (&req.app.plugins, &req.tenant.slug);
    let problem = if sent.what == "preview" {
        match try_out(&req, Some(id), form).await {
            Ok(shown) => {
                let one = req.view(async |cx| extractions::get(cx, id).await).await?;
                let page = form::page(&req, &one, form, Some(&shown), None);
                return Ok(req.form_page(&one.plugin.name, page));
            }
            Err(problem) => problem,
        }
    } else {
        let done = req.act(async |cx| extractions::save(cx, registry, slug, id, form).await);
        match done.await {
            Ok(()) => return Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::Saved))),
            Err(problem) => problem,
        }
    };
    let one = req.view(async |cx| extractions::get(cx, id).await).await?;
    req.page_again(problem, &one.plugin.name, |problem| {
        form::page(&req, &one, form, None, Some(problem))
    })
}

/// `POST /extractions/{id}/run`
async fn run(req: Req, Id(id): Id<PluginId>) -> Reply {
    req.act(async |cx| extractions::run(cx, id).await).await?;
    Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::FileAsked)))
}

/// `POST /extractions/{id}/verify`
async fn verify(req: Req, Id(id): Id<PluginId>) -> Reply {
    let registry = &req.app.plugins;
    req.act(async |cx| {
        let one = extractions::get(cx, id).await?;
        let scope = Scope {
            plugin: Some(one.plugin.id),
            ..Scope::default()
        };
        plugins::verify(cx, registry, scope).await
    })
    .await?;
    Ok(req.go(&format!("{LIST}/{id}"), Some(Notice::VerifyAsked)))
}

/// `POST /extractions/{id}/delete`
async fn delete(req: Req, Id(id): Id<PluginId>) -> Reply {
    req.act(async |cx| extractions::delete(cx, id).await)
        .await?;
    Ok(req.go(LIST, Some(Notice::Deleted)))
}

/// What both forms end with.
fn buttons(l: Locale, save: impl Into<crate::locales::Text>) -> AnyView {
    view! {
        <div class="form-end">
            <button class="button is-primary" name="what" value="save">{save.into()}</button>
            <button class="button" name="what" value="preview">{t::preview(l)}</button>
            <a class="button is-quiet" href=LIST>{t::leave(l)}</a>
        </div>
    }
    .into_any()
}

/// The word on the button that keeps a form.
fn keep(l: Locale) -> crate::locales::Text {
    tf::save(l)
}
