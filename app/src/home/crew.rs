//! The part of those who look after members and enter payments.

use super::{card, members, nothing, part, short_list};
use crate::locales::{Text, home as t};
use crate::request::Req;
use crate::ui::{self, Mark};
use domain::figures::{Crew, LATELY_DAYS, Own, ValidatedBrief};
use domain::members::{Counts, ENDS_SOON_DAYS};
use leptos::prelude::*;

/// The part.
pub fn view(req: &Req, counts: &Counts, crew: &Crew) -> AnyView {
    let l = req.locale;
    let standing = |name: &str| format!("/members?standing={name}");
    let in_order = t::in_order(l, counts.in_order).into_any();
    let soon_help = t::ends_soon_help(l, ENDS_SOON_DAYS).into_any();
    let cards = view! {
        <div class="cards">
            {card(standing("late"), t::late(l), l.count(counts.late), ui::badge(Mark::Late, t::late_help(l)))}
            {card(standing("ends_soon"), t::ends_soon(l), l.count(crew.ends_soon), soon_help)}
            {card(standing("never_paid"), t::never(l), l.count(counts.never_paid), ui::badge(Mark::None, t::never_help(l)))}
            {card("/members".to_owned(), t::members(l), l.count(counts.members), in_order)}
        </div>
    };
    let list = |rows: &[_], title: Text, head: Text, none: Text| match rows {
        [] => nothing(none),
        rows => members(req, title, head, rows),
    };
    let late = list(
        &crew.late,
        t::last_late(l),
        t::paid_until(l),
        t::nobody_late(l),
    );
    let soon = list(
        &crew.soon,
        t::ends_soon(l),
        t::paid_until(l),
        t::nobody_soon(l),
    );
    let recent = (!crew.recent.is_empty()).then(|| {
        let body = members(req, t::recent(l), t::since(l), &crew.recent);
        short_list(req, "recent", t::recent(l), None, body)
    });
    let all = |n: i64, name| (n > 0).then(|| standing(name));
    let body = view! {
        {cards}
        <div class="boards">
            {short_list(req, "late", t::last_late(l), all(counts.late, "late"), late)}
            {short_list(req, "soon", t::ends_soon(l), all(crew.ends_soon, "ends_soon"), soon)}
            {crew.own.as_ref().map(|own| short_list(req, "own", t::own(l), None, own_entries(req, own)))}
            {recent}
        </div>
    };
    part("members", t::members(l), body)
}

/// What somebody entered: what waits of it, and what was validated lately.
fn own_entries(req: &Req, own: &Own) -> AnyView {
    let l = req.locale;
    let by_me = format!("/payments?entered_by={}", own.person);
    let waiting = own.waiting.tally;
    let waits = if waiting.count > 0 {
        let href = format!("{by_me}&state=draft");
        let oldest = own.waiting.oldest.map(|day| t::own_oldest(l, &l.day(day)));
        view! { <p><a href=href>{t::own_waiting(l, waiting.count, waiting.sum)}</a> "." {oldest}</p> }
            .into_any()
    } else {
        view! { <p>{t::own_nothing(l)}</p> }.into_any()
    };
    let validated = (own.validated.count > 0).then(|| {
        let href = format!("{by_me}&state=validated&validated_from={}", own.since);
        let rows = own.latest.iter().map(|payment| row(req, payment));
        view! {
            <p><a href=href>{t::own_validated(l, own.validated.count, LATELY_DAYS)}</a></p>
            <table class="table">
                <caption class="visually-hidden">{t::own_validated_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::name(l)}</th>
                        <th scope="col">{t::validated_by(l)}</th>
                        <th scope="col" class="num">{t::amount(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    view! { {waits} {validated} }.into_any()
}

fn row(req: &Req, payment: &ValidatedBrief) -> AnyView {
    let l = req.locale;
    let href = format!("/payments/{}", payment.id);
    let day = payment.at.with_timezone(&req.zone()).date_naive();
    let by = match payment.by.as_str() {
        "" => t::command_line(l),
        name => Text::Owned(name.to_owned()),
    };
    view! {
        <tr>
            <th scope="row" class="is-main"><a class="row-link" href=href>{payment.member.clone()}</a></th>
            <td>{by} <span class="sub">{ui::day_short(l, day)}</span></td>
            <td class="num is-end">{l.money(payment.amount)}</td>
        </tr>
    }
    .into_any()
}
