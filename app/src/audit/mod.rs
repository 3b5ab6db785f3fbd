//! The page of the audit: every change, newest first.

mod integrity;
mod values;

use crate::exports;
use crate::locales::{Text, frame as tf, integrity as ti, organisation as t};
use crate::request::App;
use crate::request::{Asked, Reply, Req};
use crate::ui::{self, PageHead, Tone};
use axum::Router;
use axum::routing::get;
use domain::audit::{self, Entry, Filter};
use domain::kernel::{Locale, Page, PageRequest};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
pub use values::Reader;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/audit", get(list))
        .route("/audit/integrity", get(integrity::show))
}

/// What the page is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    q: String,
    kind: String,
    action: String,
    via: String,
    from: String,
    until: String,
    /// Who did it, by id: the way leads over a name in the table.
    who: String,
    /// What it was done to, by id.
    object: String,
    #[serde(skip_serializing)]
    page: String,
}

impl Query {
    /// The filter.
    pub fn filter(&self) -> Filter {
        Filter {
            kind: self.kind.clone(),
            object: self.object.parse().ok(),
            query: self.q.clone(),
            action: self.action.clone(),
            actor: self.who.parse().ok(),
            via: self.via.clone(),
            from: self.from.parse().ok(),
            until: self.until.parse().ok(),
        }
    }
}

impl Query {
    /// The page that shows it.
    fn href(&self) -> String {
        let all = [
            ("q", &self.q),
            ("kind", &self.kind),
            ("action", &self.action),
            ("via", &self.via),
            ("from", &self.from),
            ("until", &self.until),
            ("who", &self.who),
            ("object", &self.object),
        ];
        let some: Vec<_> = all
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let encoded = serde_html_form::to_string(some).unwrap_or_default();
        format!("/audit?{encoded}")
    }
}

/// `GET /audit`
async fn list(req: Req, Asked(query): Asked<Query>) -> Reply {
    let filter = query.filter();
    let number = PageRequest::from_query(&query.page);
    let page = req
        .view(async |cx| audit::list(cx, &filter, number).await)
        .await?;
    let l = req.locale;
    Ok(req.page(&t::audit_title(l), view(&req, l, &query, &page)))
}

fn view(req: &Req, l: Locale, query: &Query, page: &Page<Entry>) -> AnyView {
    let encoded = serde_html_form::to_string(query).unwrap_or_default();
    let table = if page.rows.is_empty() {
        let clear = view! { <a class="button" href="/audit">{tf::clear_filters(l)}</a> }.into_any();
        ui::empty(t::audit_empty(l), Some(clear))
    } else {
        table(req, l, query, page)
    };
    let actions = view! { <a class="button" href="/audit/integrity">{ti::title(l)}</a> }.into_any();
    view! {
        {PageHead::new(t::audit_title(l)).state(t::audit_state(l)).actions(actions).view()}
        {toolbar(l, query)}
        {narrowed(l, query, page)}
        {table}
        {ui::pager(l, page, "/audit", &encoded)}
        {exports::links(l, exports::Name::Audit, &encoded)}
    }
    .into_any()
}

/// A choice of the toolbar: a name, what it is called, and what can be chosen.
fn choice(
    l: Locale,
    name: &'static str,
    label: Text,
    chosen: &str,
    all: impl Iterator<Item = (&'static str, Text)>,
) -> AnyView {
    let options = all.map(|(value, text)| {
        view! { <option value=value selected=value == chosen>{text}</option> }
    });
    view! {
        <label class="filter">
            <span>{label}</span>
            <select name=name><option value="">{tf::all(l)}</option>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

fn toolbar(l: Locale, query: &Query) -> AnyView {
    let kinds = t::KINDS.iter().map(|kind| (*kind, t::kind(l, kind)));
    let actions = t::ACTIONS
        .iter()
        .map(|action| (*action, t::action(l, action)));
    let ways = [("web", t::via_web(l)), ("cli", t::via_cli(l))];
    let day = |name: &'static str, label: Text, value: &str| {
        view! {
            <label class="filter">
                <span>{label}</span>
                <input type="date" name=name value=value.to_owned()/>
            </label>
        }
    };
    view! {
        <form class="toolbar" method="get" action="/audit" role="search">
            <label class="filter is-search">
                {ui::icon("search")} <span class="visually-hidden">{t::audit_search(l)}</span>
                <input type="search" name="q" value=query.q.clone() placeholder=t::audit_search(l)/>
            </label>
            {choice(l, "kind", t::audit_kind(l), &query.kind, kinds)}
            {choice(l, "action", t::audit_action(l), &query.action, actions)}
            {choice(l, "via", t::audit_via(l), &query.via, ways.into_iter())}
            {day("from", t::audit_from(l), &query.from)}
            {day("until", t::audit_until(l), &query.until)}
            {hidden("who", &query.who)}
            {hidden("object", &query.object)}
            <button class="button">{tf::filter(l)}</button>
        </form>
    }
    .into_any()
}

/// What was chosen in the table stays, while the toolbar narrows it further.
fn hidden(name: &'static str, value: &str) -> Option<AnyView> {
    let value = value.to_owned();
    (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value/> }.into_any())
}

/// Whose doing, or the history of what, is shown; and the way back to all.
fn narrowed(l: Locale, query: &Query, page: &Page<Entry>) -> Option<AnyView> {
    let first = page.rows.first();
    let who = (!query.who.is_empty()).then(|| {
        let all = Query {
            who: String::new(),
            ..query.clone()
        };
        (
            t::audit_only_by(l, &name(l, first.map(|e| e.actor_name.as_str()))),
            all,
        )
    });
    let object = (!query.object.is_empty()).then(|| {
        let all = Query {
            object: String::new(),
            ..query.clone()
        };
        (
            t::audit_only_of(l, &name(l, first.map(|e| e.label.as_str()))),
            all,
        )
    });
    let lines = who.into_iter().chain(object).map(|(text, all)| {
        view! { <p>{text} " " <a href=all.href()>{t::audit_everything(l)}</a></p> }
    });
    let lines = lines.collect_view();
    (!lines.is_empty()).then(|| ui::notice(Tone::Info, lines))
}

/// A name, or that it was erased.
pub fn name(l: Locale, name: Option<&str>) -> String {
    match name {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => t::audit_erased(l).into_owned(),
    }
}

fn table(req: &Req, l: Locale, query: &Query, page: &Page<Entry>) -> AnyView {
    let rows = page.rows.iter().map(|entry| row(req, l, query, entry));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::audit_state(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::audit_when(l)}</th>
                    <th scope="col">{t::audit_who(l)}</th>
                    <th scope="col">{t::audit_what(l)}</th>
                    <th scope="col">{t::audit_details(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(req: &Req, l: Locale, query: &Query, entry: &Entry) -> AnyView {
    let from = if entry.via == "cli" {
        t::via_cli(l).into_owned()
    } else {
        entry.address.clone()
    };
    let what = format!(
        "{} · {}",
        t::action(l, &entry.action),
        t::kind(l, &entry.kind)
    );
    let who = match entry.actor {
        None => entry.actor_name.clone().into_any(),
        Some(actor) => {
            let only = Query {
                who: actor.to_string(),
                ..query.clone()
            };
            let name = name(l, Some(&entry.actor_name));
            view! { <a href=only.href()>{name}</a> }.into_any()
        }
    };
    let object = Query {
        object: entry.object.to_string(),
        ..query.clone()
    };
    let label = name(l, Some(&entry.label));
    view! {
        <tr>
            <td>{ui::instant(l, entry.at, req.zone())}</td>
            <th scope="row" class="is-main">{who} " " <span class="sub">{from}</span></th>
            <td class="breaks">{what} " " <a href=object.href()><strong>{label}</strong></a></td>
            <td>{changes(req, entry)}</td>
        </tr>
    }
    .into_any()
}

/// Fields that changed, before and after; only those that differ.
fn changes(req: &Req, entry: &Entry) -> Option<AnyView> {
    let l = req.locale;
    let reader = Reader {
        l,
        zone: req.zone(),
    };
    let differing = reader.differences(entry.before.as_ref(), entry.after.as_ref());
    if differing.is_empty() {
        return None;
    }
    let rows = differing.into_iter().map(|(field, before, after)| {
        view! {
            <tr>
                <th scope="row">{field}</th>
                <td>{before.map(|text| view! { <del>{text}</del> })}</td>
                <td>{after.map(|text| view! { <ins>{text}</ins> })}</td>
            </tr>
        }
    });
    let view = view! {
        <details>
            <summary>{t::audit_show(l)}</summary>
            <table class="changes breaks">
                <thead><tr>
                    <th scope="col">{t::audit_field(l)}</th>
                    <th scope="col">{t::audit_before(l)}</th>
                    <th scope="col">{t::audit_after(l)}</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </details>
    };
    Some(view.into_any())
}
