//! The list of services, with its filters in the address.

use super::{paid_badge, state_badge, tag};
use crate::exports;
use crate::fields::rows::{self as own_rows, OwnFields};
use crate::locales::{Text, frame as tf, services as t};
use crate::request::{Asked, Reply, Req};
use crate::ui::{self, PageHead};
use domain::kernel::{Code, Locale, Page};
use domain::members;
use domain::services::{self, Colour, Counts, ServiceQuery, ServiceRow, ServiceType, StateFilter};
use leptos::prelude::*;

/// `GET /services`
pub async fn show(req: Req, Asked(query): Asked<ServiceQuery>) -> Reply {
    let filter = query.filter();
    let found = req
        .view(async |cx| {
            let whose = match filter.member {
                Some(id) => match members::get(cx, id).await {
                    Ok(member) => Some(member.label()),
                    Err(problem) if problem.code == Code::NotFound => None,
                    Err(problem) => return Err(problem),
                },
                None => None,
            };
            let kinds = services::managed_types(cx).await?;
            let page = services::list(cx, &filter, query.page()).await?;
            Ok(Found {
                own: own_rows::of_service_rows(cx, &kinds, &page.rows).await?,
                kinds,
                page,
                counts: services::counts(cx).await?,
                whose,
            })
        })
        .await?;
    Ok(req.page(&t::title(req.locale), view(&req, &query, &found)))
}

/// What the list shows.
struct Found {
    kinds: Vec<ServiceType>,
    page: Page<ServiceRow>,
    counts: Option<Counts>,
    whose: Option<String>,
    /// The organisation's own fields.
    own: OwnFields,
}

fn view(req: &Req, query: &ServiceQuery, found: &Found) -> AnyView {
    let l = req.locale;
    let Some(counts) = &found.counts else {
        return view! {
            {PageHead::new(t::title(l)).view()}
            <div class="empty"><h2>{t::no_type(l)}</h2><p>{t::no_type_help(l)}</p></div>
        }
        .into_any();
    };
    let whose = found.whose.as_deref().map(|who| t::of_member(l, who));
    let add = found
        .kinds
        .iter()
        .any(|kind| !kind.is_archived)
        .then(|| add_link(l));
    let import = add
        .is_some()
        .then(|| view! { <a class="button" href="/services/import">{ui::icon("upload")} " " {t::import(l)}</a> });
    let types = view! { {import} <a class="button" href="/service-types">{t::types(l)}</a> };
    view! {
        {PageHead::new(t::title(l))
            .state(view! { {t::counts(l, counts)} " " {whose} })
            .actions(view! { {types} {add} })
            .view()}
        {toolbar(l, query, found)}
        {rows(l, query, found)}
        {ui::pager(l, &found.page, "/services", &encoded(query))}
        {(found.page.total > 0).then(|| exports::links(l, exports::Name::Services, &encoded(query)))}
    }
    .into_any()
}

fn add_link(l: Locale) -> AnyView {
    view! { <a class="button is-primary" href="/services/new">{ui::icon("plus")} " " {t::add(l)}</a> }
        .into_any()
}

fn toolbar(l: Locale, query: &ServiceQuery, found: &Found) -> AnyView {
    let kinds = found
        .kinds
        .iter()
        .map(|kind| (kind.id.to_string(), Text::from(kind.name.clone())));
    let states = StateFilter::ALL.map(|s| (s.name().to_owned(), t::state_filter(l, s)));
    let first = vec![("free".to_owned(), t::free_first(l))];
    let member = (!query.member.is_empty())
        .then(|| view! { <input type="hidden" name="member" value=query.member.clone()/> });
    let clear = (!encoded(query).is_empty())
        .then(|| view! { <a class="button is-quiet" href="/services">{tf::clear_filters(l)}</a> });
    view! {
        <form class="toolbar" method="get" action="/services" role="search">
            {member}
            <label class="filter is-search">
                {ui::icon("search")} <span class="visually-hidden">{t::search(l)}</span>
                <input type="search" name="q" value=query.q.clone() placeholder=t::search_in(l) autocomplete="off"/>
            </label>
            {select("kind", t::type_(l), tf::all(l), &query.kind, kinds.collect())}
            {select("state", t::state(l), tf::all(l), &query.state, states.to_vec())}
            {select("first", t::order(l), t::by_name(l), &query.first, first)}
            <button class="button">{tf::filter(l)}</button>
            {clear}
            {found.own.filters(l, &query.extra, &query.without)}
        </form>
    }
    .into_any()
}

fn select(
    name: &'static str,
    label: Text,
    all: Text,
    value: &str,
    choices: Vec<(String, Text)>,
) -> AnyView {
    let is_on = choices.iter().any(|(choice, _)| choice == value);
    let class = if is_on { "filter is-on" } else { "filter" };
    let options = choices.into_iter().map(|(choice, label)| {
        let selected = choice == value;
        view! { <option value=choice selected=selected>{label}</option> }
    });
    view! {
        <label class=class>
            <span>{label}</span>
            <select name=name><option value="">{all}</option>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

fn rows(l: Locale, query: &ServiceQuery, found: &Found) -> AnyView {
    if found.page.rows.is_empty() {
        return none(l, query, found);
    }
    let rows = found.page.rows.iter().map(|row| {
        let kind = found.kinds.iter().find(|kind| kind.id == row.kind);
        self::row(l, row, kind, &found.own)
    });
    let own = found.own.service_columns().into_iter();
    let own = own.map(|field| view! { <th scope="col">{field.label.clone()}</th> });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::label(l)}</th>
                    <th scope="col">{t::type_(l)}</th>
                    <th scope="col">{t::holder(l)}</th>
                    <th scope="col">{t::since(l)}</th>
                    <th scope="col">{t::state(l)}</th>
                    {own.collect_view()}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn none(l: Locale, query: &ServiceQuery, found: &Found) -> AnyView {
    if !encoded(query).is_empty() || found.page.total > 0 {
        return view! {
            <div class="empty">
                <h2>{t::none_found(l)}</h2>
                <p>{t::none_found_help(l)}</p>
                <div class="actions"><a class="button" href="/services">{tf::clear_filters(l)}</a></div>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty">
            <h2>{t::none_yet(l)}</h2>
            <p>{t::none_yet_help(l)}</p>
        </div>
    }
    .into_any()
}

fn row(l: Locale, row: &ServiceRow, kind: Option<&ServiceType>, own: &OwnFields) -> AnyView {
    let href = format!("/services/{}", row.id);
    let (colour, name) = kind.map_or((Colour::default(), String::new()), |kind| {
        (kind.colour, kind.name.clone())
    });
    let holder = match &row.holder {
        Some(holder) => view! {
            {holder.name.clone()} " " <span class="num soft">{holder.number.to_string()}</span>
        }
        .into_any(),
        None => view! { <span class="soft">{t::nobody(l)}</span> }.into_any(),
    };
    let since = row
        .holder
        .as_ref()
        .map(|holder| ui::day_short(l, holder.from_on));
    let state = match &row.holder {
        Some(holder) => paid_badge(l, holder.paid),
        None => state_badge(l, row.state),
    };
    let cells = own.service_columns().into_iter().map(|field| {
        let text = own.text(l, field, row.id.0);
        view! { <td class="breaks is-own" data-label=field.label.clone()>{text}</td> }
    });
    let addresses = row.addresses.join(", ");
    let addresses =
        (!addresses.is_empty()).then(|| view! { " " <span class="sub breaks">{addresses}</span> });
    view! {
        <tr>
            <th scope="row" class="is-main"><a class="row-link" href=href>{row.label.clone()}</a> {addresses}</th>
            <td>{tag(colour, name)}</td>
            <td class="breaks">{holder}</td>
            <td data-label=t::since(l)>{since}</td>
            <td>{state}</td>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

/// A filter as an address says it, without the page; empty where it asks for nothing.
fn encoded(query: &ServiceQuery) -> String {
    let mut parts = vec![
        ("q", query.q.trim()),
        ("kind", query.kind.trim()),
        ("state", query.state.trim()),
        ("member", query.member.trim()),
        ("first", query.first.trim()),
        ("without", query.without.trim()),
    ];
    parts.extend(query.extra.pairs());
    parts.retain(|(_, value)| !value.is_empty());
    serde_html_form::to_string(parts).unwrap_or_default()
}
