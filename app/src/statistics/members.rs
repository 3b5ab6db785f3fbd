//! Who was in order, and which dues come next.

use super::{Found, bar_names, encoded, month_name, part};
use crate::exports;
use crate::locales::{Text, home, statistics as t};
use crate::ui;
use crate::ui::plot::{self, Bar, Bars};
use domain::kernel::{Cents, Locale};
use domain::statistics::{Coming, Membership};
use leptos::prelude::*;

/// One euro: the smallest step of the plot's scale.
const EURO: i64 = 100;

/// The parts.
pub fn view(l: Locale, found: &Found) -> AnyView {
    let members = view! {
        {plot::bars(l, "members-in-order", &in_order(l, found))}
        <p class="help">{t::members_mark(l)} " " {t::members_help(l)}</p>
        {exports::links(l, exports::Name::MembersStats, &encoded(&found.query))}
    };
    let coming = &found.members.coming;
    let forecast = match coming.iter().any(|month| month.count > 0) {
        true => plot::bars(l, "dues-to-come", &forecast(l, coming)),
        false => ui::empty(t::coming_nothing(l), None),
    };
    let forecast = view! { {forecast} <p class="help">{t::coming_help(l)}</p> };
    view! {
        {part("members", t::members(l), members.into_any())}
        {part("coming", t::coming(l), forecast.into_any())}
    }
    .into_any()
}

fn in_order(l: Locale, found: &Found) -> Bars {
    let months = &found.members.months;
    let last = months.last().copied().unwrap_or_default();
    let bar = |(month, figures): (&domain::statistics::Month, &Membership)| {
        let (name, initial) = bar_names(l, month.first, months.len());
        Bar {
            name,
            initial,
            whole: month_name(l, month.first),
            value: figures.in_order,
            shown: l.count(figures.in_order),
            short: l.count(figures.in_order),
            mark: Some(figures.members),
            more: vec![
                l.count(figures.members),
                l.count(figures.joined),
                l.count(figures.left),
                l.count(figures.out_of_order()),
            ],
            href: String::new(),
        }
    };
    Bars {
        finding: t::members_finding(l, last.in_order, last.members),
        what: t::members_what(l),
        heads: vec![
            t::month(l),
            t::members(l),
            t::joined(l),
            t::left(l),
            t::out_of_order(l),
            t::in_order(l),
        ],
        bars: found.window.months().iter().zip(months).map(bar).collect(),
        unit: 1,
        tick: Locale::count,
    }
}

fn forecast(l: Locale, coming: &[Coming]) -> Bars {
    let bar = |month: &Coming| {
        let (name, initial) = bar_names(l, month.from, coming.len());
        let whole: Text = t::coming_month(l, month);
        Bar {
            name,
            initial,
            whole: whole.into_owned(),
            value: month.amount.0,
            shown: l.money(month.amount),
            short: home::euros(l, month.amount.0),
            mark: None,
            more: vec![l.count(month.count)],
            href: String::new(),
        }
    };
    let sum = Cents::sum(coming.iter().map(|month| month.amount));
    Bars {
        finding: t::coming_finding(l, sum, coming.len()),
        what: t::coming_what(l),
        heads: vec![t::month(l), t::count(l), t::amount(l)],
        bars: coming.iter().map(bar).collect(),
        unit: EURO,
        tick: home::euros,
    }
}
