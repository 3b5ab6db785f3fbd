//! The page of the audit: every change, newest first.

mod integrity;
mod values;

use crate::exports;
use crate::locales::{frame as tf, integrity as ti, organisation as t};
use crate::request::App;
use crate::request::{Asked, Reply, Req};
use crate::ui::{self, PageHead};
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
    #[serde(skip_serializing)]
    page: String,
}

impl Query {
    /// The filter.
    pub fn filter(&self) -> Filter {
        Filter {
            kind: self.kind.clone(),
            object: None,
            query: self.q.clone(),
        }
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
    let kinds = t::KINDS.iter().map(|kind| {
        view! { <option value=*kind selected=*kind == query.kind>{t::kind(l, kind)}</option> }
    });
    let encoded = serde_html_form::to_string(query).unwrap_or_default();
    let table = if page.rows.is_empty() {
        let clear = view! { <a class="button" href="/audit">{tf::clear_filters(l)}</a> }.into_any();
        ui::empty(t::audit_empty(l), Some(clear))
    } else {
        table(req, l, page)
    };
    let actions = view! { <a class="button" href="/audit/integrity">{ti::title(l)}</a> }.into_any();
    view! {
        {PageHead::new(t::audit_title(l)).state(t::audit_state(l)).actions(actions).view()}
        <form class="toolbar" method="get" action="/audit" role="search">
            <label class="filter is-search">
                {ui::icon("search")} <span class="visually-hidden">{t::audit_search(l)}</span>
                <input type="search" name="q" value=query.q.clone() placeholder=t::audit_search(l)/>
            </label>
            <label class="filter">
                <span>{t::audit_kind(l)}</span>
                <select name="kind"><option value="">{tf::all(l)}</option>{kinds.collect_view()}</select>
            </label>
            <button class="button">{tf::filter(l)}</button>
        </form>
        {table}
        {ui::pager(l, page, "/audit", &encoded)}
        {exports::links(l, exports::Name::Audit, &encoded)}
    }
    .into_any()
}

fn table(req: &Req, l: Locale, page: &Page<Entry>) -> AnyView {
    let rows = page.rows.iter().map(|entry| row(req, l, entry));
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

fn row(req: &Req, l: Locale, entry: &Entry) -> AnyView {
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
    view! {
        <tr>
            <td>{ui::instant(l, entry.at, req.zone())}</td>
            <th scope="row" class="is-main">{entry.actor_name.clone()} " " <span class="sub">{from}</span></th>
            <td class="breaks">{what} " " <strong>{entry.label.clone()}</strong></td>
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
