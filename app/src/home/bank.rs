//! The bank crew's part: what waits and who entered it, what was validated, and the year.

use super::{card, part, short_list};
use crate::locales::{Text, home as t, plot as tp};
use crate::request::Req;
use crate::ui::plot::{self, Bar, Bars};
use crate::ui::{self, Mark};
use chrono::Datelike;
use domain::figures::rules::{self, Finding, month_before, month_end};
use domain::figures::{Bank, EnteredWaiting, Month, Tally, Waiting};
use domain::kernel::{Day, Locale};
use domain::payments::EnteredBy;
use leptos::prelude::*;

/// One euro: the smallest step of the plot's scale.
const EURO: i64 = 100;

/// The part.
pub fn view(req: &Req, bank: &Bank) -> AnyView {
    let l = req.locale;
    let (this, last) = (month_before(req.today(), 0), month_before(req.today(), 1));
    let reversals = (bank.reversals.count > 0).then(|| {
        let help = l.money(bank.reversals.sum).into_any();
        let href = "/payments/queue?nature=reversal".to_owned();
        card(href, t::reversals(l), l.count(bank.reversals.count), help)
    });
    let so_far = t::so_far(l, bank.this_month.sum).into_any();
    let before = l.money(bank.last_month.sum).into_any();
    let by = (!bank.by.is_empty()).then(|| {
        let body = by_whom(req, &bank.by);
        short_list(req, "waiting-by", t::waiting_by(l), None, body)
    });
    let plot = match rules::finding(&bank.months) {
        nothing @ Finding::Nothing => super::nothing(t::finding(l, nothing)),
        _ => plot::bars(l, "received", &bars(l, &bank.months)),
    };
    let plot = short_list(req, "received-by-month", t::received(l), None, plot);
    let body = view! {
        <div class="cards">
            {waiting(req, bank)}
            {reversals}
            {validated(l, this, bank.this_month, so_far)}
            {validated(l, last, bank.last_month, before)}
        </div>
        <div class="boards">{plot} {by}</div>
    };
    part("bank", t::bank(l), body)
}

fn waiting(req: &Req, bank: &Bank) -> AnyView {
    let l = req.locale;
    let Waiting { tally, oldest } = bank.waiting;
    let own = (bank.not_for_me.count > 0).then(|| {
        view! { " " <span class="nowrap">{t::of_which_own(l, bank.not_for_me.count)}</span> }
    });
    let help = match oldest {
        Some(oldest) => {
            let days = (req.today() - oldest).num_days().max(0);
            let text = t::sum_since(l, tally.sum, days);
            view! { {ui::badge(Mark::Draft, text)} {own} }.into_any()
        }
        None => t::nothing_waits(l).into_any(),
    };
    let href = "/payments/queue".to_owned();
    card(href, t::to_validate(l), l.count(tally.count), help)
}

/// What was validated in a month.
fn validated(l: Locale, first: Day, tally: Tally, help: AnyView) -> AnyView {
    let href = format!(
        "/payments?state=validated&validated_from={first}&validated_until={}",
        month_end(first)
    );
    let title = t::validated_in(l, l.month(first.month()));
    card(href, title, l.count(tally.count), help)
}

fn by_whom(req: &Req, by: &[EnteredWaiting]) -> AnyView {
    let l = req.locale;
    let rows = by.iter().map(|row| {
        let href = format!("/payments/queue?entered_by={}", row.by.name());
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{name(req, row)}</a></th>
                <td class="num">{l.count(row.waiting.tally.count)}</td>
                <td class="num is-end">{l.money(row.waiting.tally.sum)}</td>
                <td class="num">{row.waiting.oldest.map(|day| ui::day_short(l, day))}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <caption class="visually-hidden">{t::waiting_by(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::by_whom(l)}</th>
                    <th scope="col" class="num">{t::count(l)}</th>
                    <th scope="col" class="num">{t::sum(l)}</th>
                    <th scope="col" class="num">{t::oldest(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn name(req: &Req, row: &EnteredWaiting) -> Text {
    match (row.by, row.name.as_str()) {
        (EnteredBy::Person(id), _) if req.actor().person == Some(id) => t::you(req.locale),
        (_, "") => t::command_line(req.locale),
        (_, name) => Text::Owned(name.to_owned()),
    }
}

fn bars(l: Locale, months: &[Month]) -> Bars {
    let bar = |month: &Month| Bar {
        name: tp::month_short(l, month.first.month()).into_owned(),
        initial: tp::month_initial(l, month.first.month()),
        whole: t::month_of(l, month.first),
        value: month.tally.sum.0,
        shown: l.money(month.tally.sum),
        short: t::euros(l, month.tally.sum.0),
        mark: None,
        more: vec![l.count(month.tally.count)],
        href: format!(
            "/payments?state=validated&from={}&until={}",
            month.first, month.last
        ),
    };
    Bars {
        finding: t::finding(l, rules::finding(months)),
        what: t::received_what(l),
        heads: vec![t::month(l), t::count(l), t::sum(l)],
        bars: months.iter().map(bar).collect(),
        unit: EURO,
        tick: t::euros,
    }
}
