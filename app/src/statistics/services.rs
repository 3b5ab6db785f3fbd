//! What services are in use, what they should bring, what came and what is owed.

use super::{Found, bar_names, encoded, month_name, part, wide_row, wide_table};
use crate::exports;
use crate::locales::{Text, home, statistics as t};
use crate::ui;
use crate::ui::plot::{self, Bar, Bars};
use domain::kernel::{Cents, Locale};
use domain::statistics::{Figures, StatisticsQuery, Totals, TypeFigures, all_types};
use leptos::prelude::*;

/// One euro: the smallest step of the plot's scale.
const EURO: i64 = 100;

/// The part.
pub fn view(l: Locale, found: &Found) -> AnyView {
    if found.types.is_empty() {
        return part("services", t::services(l), ui::empty(t::no_type(l), None));
    }
    let wanted = found.query.kind();
    let one = found.types.iter().find(|kind| Some(kind.kind) == wanted);
    let (title, months) = match one {
        Some(kind) => (t::of_type(l, &kind.name), kind.months.clone()),
        None => (t::services(l), all_types(&found.window, &found.types)),
    };
    let totals = Totals::of(&months);
    let by_type = (one.is_none() && found.types.len() > 1).then(|| by_type(l, found));
    let body = view! {
        {cards(l, &totals)}
        {plot::bars(l, "services-received", &received(l, found, &months, &totals))}
        <p class="help">{t::received_mark(l)}</p>
        {by_type}
        {by_month(l, found, &months, &totals)}
        {exports::links(l, exports::Name::ServicesStats, &encoded(&found.query))}
        {how(l)}
    };
    part("services", title, body.into_any())
}

fn cards(l: Locale, totals: &Totals) -> AnyView {
    let Totals { sums, last } = totals;
    view! {
        <div class="cards">
            {card(t::active(l), l.count(last.active), t::active_help(l))}
            {card(t::stock(l), l.count(last.stock), t::stock_help(l))}
            {card(t::received(l), l.money(sums.received), t::received_of(l, sums.expected))}
            {card(t::owed(l), l.money(last.owed), t::owed_help(l, last.owing))}
        </div>
    }
    .into_any()
}

fn card(title: Text, figure: String, help: Text) -> AnyView {
    view! {
        <div class="card">
            <h3>{title}</h3>
            <p class="figure">{figure}</p>
            <p class="help">{help}</p>
        </div>
    }
    .into_any()
}

fn received(l: Locale, found: &Found, months: &[Figures], totals: &Totals) -> Bars {
    let count = months.len();
    let bars = found
        .window
        .months()
        .iter()
        .zip(months)
        .map(|(month, figures)| {
            let (name, initial) = bar_names(l, month.first, count);
            Bar {
                name,
                initial,
                whole: month_name(l, month.first),
                value: figures.received.0,
                shown: l.money(figures.received),
                short: home::euros(l, figures.received.0),
                mark: Some(figures.expected.0),
                more: vec![l.money(figures.expected)],
                href: String::new(),
            }
        });
    Bars {
        finding: t::received_finding(l, totals.sums.received, totals.sums.expected),
        what: t::received_what(l),
        heads: vec![t::month(l), t::expected(l), t::received(l)],
        bars: bars.collect(),
        unit: EURO,
        tick: home::euros,
    }
}

fn heads(l: Locale, first: Text) -> Vec<Text> {
    vec![
        first,
        t::active(l),
        t::begun(l),
        t::ended(l),
        t::stock(l),
        t::expected(l),
        t::received(l),
        t::average(l),
        t::owed(l),
        t::owing(l),
    ]
}

/// What adds up, and where it stands: of one month, or of all.
fn cells(l: Locale, sums: &Figures, last: &Figures, average: Option<Cents>) -> Vec<String> {
    vec![
        l.count(last.active),
        l.count(sums.begun),
        l.count(sums.ended),
        l.count(last.stock),
        l.money(sums.expected),
        l.money(sums.received),
        average.map(|sum| l.money(sum)).unwrap_or_default(),
        l.money(last.owed),
        l.count(last.owing),
    ]
}

fn total(l: Locale, totals: &Totals) -> AnyView {
    let cells = cells(l, &totals.sums, &totals.last, totals.average());
    wide_row(t::total(l), cells)
}

fn by_month(l: Locale, found: &Found, months: &[Figures], totals: &Totals) -> AnyView {
    let rows = found
        .window
        .months()
        .iter()
        .zip(months)
        .map(|(month, figures)| {
            let cells = cells(l, figures, figures, figures.average());
            wide_row(month_name(l, month.first), cells)
        });
    let foot = total(l, totals);
    view! {
        <h3>{t::by_month(l)}</h3>
        {wide_table(t::by_month(l), heads(l, t::month(l)), rows.collect(), Some(foot))}
    }
    .into_any()
}

fn by_type(l: Locale, found: &Found) -> AnyView {
    let rows = found.types.iter().map(|kind| {
        let totals = kind.totals();
        let cells = cells(l, &totals.sums, &totals.last, totals.average());
        wide_row(type_link(found, kind), cells)
    });
    let all = Totals::of(&all_types(&found.window, &found.types));
    view! {
        <h3>{t::by_type(l)}</h3>
        {wide_table(t::by_type(l), heads(l, t::type_(l)), rows.collect(), Some(total(l, &all)))}
    }
    .into_any()
}

/// A type's name, which leads to its own months.
fn type_link(found: &Found, kind: &TypeFigures) -> AnyView {
    let query = StatisticsQuery {
        kind: kind.kind.to_string(),
        ..found.query.clone()
    };
    let href = format!("/statistics?{}", encoded(&query));
    let class = format!("tag is-{}", kind.colour.name());
    view! { <a href=href class=class>{kind.name.clone()}</a> }.into_any()
}

fn how(l: Locale) -> AnyView {
    let texts = [
        t::how_on(l),
        t::how_active(l),
        t::how_stock(l),
        t::how_expected(l),
        t::how_received(l),
        t::how_owed(l),
        t::how_average(l),
        t::how_long(l),
    ];
    let texts = texts.map(|text| view! { <li>{text}</li> });
    view! { <details><summary>{t::how(l)}</summary><ul class="help">{texts}</ul></details> }
        .into_any()
}
