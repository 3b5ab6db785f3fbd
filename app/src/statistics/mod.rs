//! The statistics: services, members and the dues to come, month by month, as of any day.

mod members;
mod services;

use crate::locales::{Text, frame as tf, home, plot as tp, services as ts, statistics as t};
use crate::request::{App, Asked, Reply, Req};
use crate::ui::PageHead;
use axum::Router;
use axum::routing::get;
use chrono::Datelike;
use domain::kernel::{Day, Locale};
use domain::statistics::{self, MemberFigures, StatisticsQuery, TypeFigures, Window};
use leptos::prelude::*;

/// Up to so many bars each have a name; more have the years' names.
const NAMES_MAX: usize = 12;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new().route("/statistics", get(show))
}

/// `GET /statistics`
async fn show(req: Req, Asked(query): Asked<StatisticsQuery>) -> Reply {
    let window = query.window(req.today());
    let (types, members) = req
        .view(async |cx| {
            let types = statistics::of_services(cx, &window).await?;
            Ok((types, statistics::of_members(cx, &window).await?))
        })
        .await?;
    let found = Found {
        query,
        window,
        types,
        members,
    };
    Ok(req.page(&t::title(req.locale), page(req.locale, &found)))
}

/// What the page shows.
struct Found {
    query: StatisticsQuery,
    window: Window,
    types: Vec<TypeFigures>,
    members: MemberFigures,
}

fn page(l: Locale, found: &Found) -> AnyView {
    let window = &found.window;
    let state = t::state(l, window.first(), window.last(), window.on());
    view! {
        {PageHead::new(t::title(l)).state(state).view()}
        {toolbar(l, found)}
        {services::view(l, found)}
        {members::view(l, found)}
    }
    .into_any()
}

fn toolbar(l: Locale, found: &Found) -> AnyView {
    let (query, window) = (&found.query, &found.window);
    let month = |name: &'static str, label: Text, day: Day, typed: &str| {
        let class = filter_class(typed);
        let value = day.format("%Y-%m").to_string();
        view! { <label class=class><span>{label}</span><input type="month" name=name value=value/></label> }
    };
    let clear = (!encoded(query).is_empty()).then(
        || view! { <a class="button is-quiet" href="/statistics">{tf::clear_filters(l)}</a> },
    );
    view! {
        <form class="toolbar" method="get" action="/statistics" role="search">
            {month("from", t::from(l), window.first(), &query.from)}
            {month("until", t::until(l), window.last(), &query.until)}
            <label class=filter_class(&query.on)>
                <span>{t::on(l)}</span>
                <input type="date" name="on" value=window.on().to_string()/>
            </label>
            {types(l, found)}
            <button class="button">{t::show(l)}</button>
            {clear}
        </form>
    }
    .into_any()
}

/// The choice of one type, where there are several.
fn types(l: Locale, found: &Found) -> Option<AnyView> {
    let wanted = found.query.kind();
    let options = found.types.iter().map(|kind| {
        let selected = Some(kind.kind) == wanted;
        view! { <option value=kind.kind.to_string() selected=selected>{kind.name.clone()}</option> }
    });
    let options = options.collect_view();
    (found.types.len() > 1).then(|| {
        view! {
            <label class=filter_class(&found.query.kind)>
                <span>{ts::type_(l)}</span>
                <select name="kind"><option value="">{tf::all(l)}</option>{options}</select>
            </label>
        }
        .into_any()
    })
}

fn filter_class(typed: &str) -> &'static str {
    match typed.trim() {
        "" => "filter",
        _ => "filter is-on",
    }
}

/// What is asked for as an address says it; empty where nothing is.
fn encoded(query: &StatisticsQuery) -> String {
    let mut parts = vec![
        ("from", query.from.trim()),
        ("until", query.until.trim()),
        ("on", query.on.trim()),
        ("kind", query.kind.trim()),
    ];
    parts.retain(|(_, value)| !value.is_empty());
    serde_html_form::to_string(parts).unwrap_or_default()
}

/// A part of the page, with its own heading.
fn part(id: &'static str, title: Text, body: AnyView) -> AnyView {
    view! {
        <section class="part stack" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// A month's names under its bar, wide and narrow, among so many.
fn bar_names(l: Locale, month: Day, count: usize) -> (String, String) {
    match (count <= NAMES_MAX, month.month()) {
        (true, number) => (
            tp::month_short(l, number).into_owned(),
            tp::month_initial(l, number),
        ),
        (false, 1) => (month.year().to_string(), month.year().to_string()),
        (false, _) => (String::new(), String::new()),
    }
}

fn month_name(l: Locale, month: Day) -> String {
    home::month_of(l, month)
}

/// A table of figures that scrolls by itself where there is no room.
fn wide_table(title: Text, head: Vec<Text>, rows: Vec<AnyView>, foot: Option<AnyView>) -> AnyView {
    let head = head.into_iter().enumerate().map(|(n, name)| {
        let class = (n > 0).then_some("num");
        view! { <th scope="col" class=class>{name}</th> }
    });
    view! {
        <div class="table-scroll" role="region" aria-label=title.clone() tabindex="0">
            <table class="table">
                <caption class="visually-hidden">{title.clone()}</caption>
                <thead><tr>{head.collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
                {foot.map(|row| view! { <tfoot>{row}</tfoot> })}
            </table>
        </div>
    }
    .into_any()
}

/// A row of such a table: its name, then what stands under each head.
fn wide_row(name: impl IntoView, cells: Vec<String>) -> AnyView {
    let cells = cells
        .into_iter()
        .map(|cell| view! { <td class="num">{cell}</td> });
    view! { <tr><th scope="row" class="nowrap">{name.into_any()}</th>{cells.collect_view()}</tr> }
        .into_any()
}
