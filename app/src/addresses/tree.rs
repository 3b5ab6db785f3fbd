//! The tree of prefixes, and the search for an address.

use super::{count, taken_table};
use crate::exports;
use crate::locales::{addresses as t, frame as tf, problems};
use crate::request::{Asked, Reply, Req};
use crate::ui::{self, PageHead, Tone};
use domain::kernel::{Code, Locale, Right, text};
use domain::services::addresses::rules::{Filling, written};
use domain::services::addresses::{self, Found, Placed};
use leptos::prelude::*;
use serde::Deserialize;

/// What the page is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Query {
    q: String,
}

/// What was found: an address, a name, or nothing that could be read.
enum Searched {
    Nothing,
    Address(Box<Found>),
    Name(String),
    Unread(Code),
}

/// `GET /addresses`
pub async fn show(req: Req, Asked(query): Asked<Query>) -> Reply {
    let q = query.q.trim().to_owned();
    let (all, searched) = req
        .view(async |cx| {
            let all = addresses::prefixes(cx).await?;
            let is_address = q.contains(['.', ':', '/']);
            let searched = match (q.is_empty(), is_address) {
                (true, _) => Searched::Nothing,
                (_, false) => Searched::Name(text::fold(&q)),
                _ => match addresses::search(cx, &q).await {
                    Ok(found) => Searched::Address(Box::new(found)),
                    Err(problem)
                        if matches!(
                            problem.code,
                            Code::NotAnAddress | Code::NotANetwork { .. }
                        ) =>
                    {
                        Searched::Unread(problem.code)
                    }
                    Err(problem) => return Err(problem),
                },
            };
            Ok((all, searched))
        })
        .await?;
    let title = t::title(req.locale);
    Ok(req.page(&title, page(&req, &q, &all, &searched)))
}

fn page(req: &Req, q: &str, all: &[Placed], searched: &Searched) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let who = rights
        .has(Right::AddressHistory)
        .then(|| view! { <a class="button" href="/addresses/who">{t::who(l)}</a> });
    let add = rights.has(Right::Prefixes).then(|| {
        view! { <a class="button is-primary" href="/addresses/new">{ui::icon("plus")} " " {t::add(l)}</a> }
    });
    let named: Vec<&Placed> = match searched {
        Searched::Name(name) => all
            .iter()
            .filter(|placed| text::fold(&placed.prefix.label).contains(name))
            .collect(),
        _ => all.iter().collect(),
    };
    let found = match searched {
        Searched::Address(found) => Some(found_part(req, found)),
        Searched::Unread(code) => Some(ui::notice(Tone::Warning, problems::text(l, code))),
        _ => None,
    };
    let clear = (!q.is_empty())
        .then(|| view! { <a class="button is-quiet" href="/addresses">{tf::clear_filters(l)}</a> });
    let total = i64::try_from(all.len()).unwrap_or_default();
    let asked = match q {
        "" => String::new(),
        q => serde_html_form::to_string([("q", q)]).unwrap_or_default(),
    };
    let list = match (named.is_empty(), all.is_empty()) {
        (_, true) => view! {
            <div class="empty"><h2>{t::none_yet(l)}</h2><p>{t::none_yet_help(l)}</p></div>
        }
        .into_any(),
        (true, _) => ui::empty(t::none_found(l), None),
        _ => table(l, &named),
    };
    view! {
        {PageHead::new(t::title(l)).state(t::state(l, total)).actions(view! { {who} {add} }).view()}
        <form class="toolbar" method="get" action="/addresses" role="search">
            <label class="filter is-search">
                {ui::icon("search")} <span class="visually-hidden">{t::search(l)}</span>
                <input type="search" name="q" value=q.to_owned() placeholder=t::search_in(l) autocomplete="off"/>
            </label>
            <button class="button">{tf::filter(l)}</button>
            {clear}
        </form>
        {found}
        {list}
        {(!named.is_empty()).then(|| exports::links(l, exports::Name::Prefixes, &asked))}
    }
    .into_any()
}

/// What is known of an address or a network.
fn found_part(req: &Req, found: &Found) -> AnyView {
    let l = req.locale;
    let home = match &found.home {
        Some(prefix) => {
            let href = format!("/addresses/{}", prefix.id);
            let name = format!("{} · {}", prefix.network, prefix.label);
            view! { <p>{t::found_in(l)} " " <a href=href>{name}</a></p> }.into_any()
        }
        None => view! { <p>{t::found_nowhere(l)}</p> }.into_any(),
    };
    let reserved = found
        .reserved
        .as_ref()
        .map(|why| view! { <p>{t::is_reserved(l, &t::why(l, why))}</p> });
    let taken = match found.taken.as_slice() {
        [] => view! { <p class="help">{t::found_free(l)}</p> }.into_any(),
        rows => taken_table(req, rows),
    };
    view! {
        <section class="section" aria-labelledby="found">
            <h2 id="found">{t::found_title(l, &written(found.network))}</h2>
            {home} {reserved} {taken}
        </section>
    }
    .into_any()
}

fn table(l: Locale, all: &[&Placed]) -> AnyView {
    let rows = all.iter().map(|placed| {
        let prefix = &placed.prefix;
        let href = format!("/addresses/{}", prefix.id);
        let class = format!("is-main breaks is-depth-{}", placed.depth.min(4));
        view! {
            <tr>
                <th scope="row" class=class><a class="row-link" href=href>{prefix.network.to_string()}</a></th>
                <td class="breaks">{prefix.label.clone()}</td>
                <td data-label=t::use_(l)>{bar(placed.filling)} " " {use_words(l, placed.filling)}</td>
                <td class="num" data-label=t::free(l)>{count(l, placed.filling.free())}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::prefix(l)}</th>
                    <th scope="col">{t::label(l)}</th>
                    <th scope="col">{t::use_(l)}</th>
                    <th scope="col" class="num">{t::free(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// "12 of 256, 3 reserved".
pub fn use_words(l: Locale, filling: Filling) -> AnyView {
    let words = t::used_of(l, &count(l, filling.used), &count(l, filling.total));
    let reserved = (filling.reserved > 0).then(|| {
        let n = count(l, filling.reserved);
        view! { " " <span class="sub">{t::reserved_count(l, &n)}</span> }
    });
    view! { <span class="nowrap">{words}</span> {reserved} }.into_any()
}

/// How full a prefix is: the words beside it say the same.
pub fn bar(filling: Filling) -> AnyView {
    let used = filling.percent(filling.used);
    let reserved = filling.percent(filling.reserved).min(100.0 - used);
    let percent = |part: f64| format!("{part:.1}%");
    view! {
        <svg class="fill" aria-hidden="true">
            <rect class="is-used" width=percent(used) height="100%"></rect>
            <rect class="is-reserved" x=percent(used) width=percent(reserved) height="100%"></rect>
        </svg>
    }
    .into_any()
}
