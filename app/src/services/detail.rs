//! A service's page: where it stands, who has it, what is due and why, who had it.

use super::{paid_badge, state_badge, tag};
use crate::addresses::{self as networks, Carries};
use crate::fields::inputs;
use crate::locales::services as t;
use crate::members::payments::{For, table};
use crate::people::facts::{self, Fact};
use crate::request::{Id, Reply, Req};
use crate::ui::{self, PageHead, Tone};
use domain::audit::{self, Entry};
use domain::dues::Due;
use domain::fields::{self, Filled, Has};
use domain::kernel::{Cents, Locale, ServiceId};
use domain::payments::{self, Payment, rules::may_add};
use domain::services::addresses::{self, Allocation};
use domain::services::{self, Held, Known, State};
use leptos::prelude::*;

/// The most periods that are shown one by one.
const SHOWN_MAX: usize = 6;

/// `GET /services/{id}`
pub async fn show(req: Req, Id(id): Id<ServiceId>) -> Reply {
    let (known, own, payments, networks, history) = req
        .view(async |cx| {
            let known = services::known(cx, id).await?;
            let what = Has::service(known.service.kind);
            let own = fields::filled(cx, what, Some(id.0)).await?;
            let payments = payments::of_service(cx, id).await?;
            let networks = addresses::of_service(cx, id).await?;
            let history = audit::history(cx, "service", id.0).await?;
            Ok((known, own, payments, networks, history))
        })
        .await?;
    let title = known.service.name();
    Ok(req.page(
        &title,
        page(&req, (&known, &own), &payments, &networks, history),
    ))
}

fn page(
    req: &Req,
    (known, own): (&Known, &[Filled]),
    payments: &[Payment],
    networks: &[Allocation],
    history: Vec<Entry>,
) -> AnyView {
    let (l, today) = (req.locale, req.today());
    let state = known.state(today);
    let held = known.held_on(today);
    let paid = held.map(|held| view! { " · " {paid_badge(l, held.standing(today))} });
    let line = view! {
        {tag(known.kind.colour, known.kind.name.clone())} " · " {state_badge(l, state)} {paid}
    };
    let waits = held.is_some_and(|held| !held.waiting.is_empty());
    let carries = match known.kind.carries_addresses {
        true => Carries::Yes,
        false => Carries::No,
    };
    view! {
        {PageHead::new(known.service.label.clone())
            .crumb("/services", t::title(l))
            .state(line)
            .actions(actions(req, known, state))
            .view()}
        {waits.then(|| ui::notice(Tone::Warning, t::waits(l)))}
        <div class="columns">
            <div>
                <section class="section" aria-labelledby="holder">
                    {holder_head(l, known, held)}
                    {holder(req, known, held, inputs::facts(l, own))}
                </section>
                {networks::of_service(req, &known.service, carries, networks)}
                {known.payer_on(today).map(|held| due(req, held))}
                <section class="section" aria-labelledby="payments">
                    <h2 id="payments">{t::payments(l)}</h2>
                    {table(l, payments, For::Crew)}
                </section>
                {holdings(req, known)}
            </div>
            {facts::history(req, history)}
        </div>
    }
    .into_any()
}

fn actions(req: &Req, known: &Known, state: State) -> AnyView {
    let l = req.locale;
    let id = known.service.id;
    let give = (state == State::Available).then(|| {
        let href = format!("/services/{id}/give");
        view! { <a class="button is-primary" href=href>{t::give(l)}</a> }
    });
    let may_pay = may_add(&req.rights()).is_ok() && known.payer_on(req.today()).is_some();
    let pay = may_pay.then(|| {
        let href = format!("/payments/new?service={id}");
        let class = if state == State::InUse {
            "button is-primary"
        } else {
            "button"
        };
        view! { <a class=class href=href>{ui::icon("plus")} " " {t::add_payment(l)}</a> }
    });
    let edit = format!("/services/{id}/edit");
    view! {
        <a class="button" href=edit>{ui::icon("edit")} " " {t::edit(l)}</a>
        {pay}
        {give}
    }
    .into_any()
}

fn holding_link(known: &Known, held: &Held) -> String {
    format!(
        "/services/{}/holdings/{}",
        known.service.id, held.holding.id
    )
}

fn holder_head(l: Locale, known: &Known, held: Option<&Held>) -> AnyView {
    let edit = held.map(|held| {
        let href = holding_link(known, held);
        view! { <a href=href>{t::holding_edit(l)}</a> }
    });
    view! { <div class="section-head"><h2 id="holder">{t::holder(l)}</h2>{edit}</div> }.into_any()
}

fn holder(req: &Req, known: &Known, held: Option<&Held>, own: Vec<Fact>) -> AnyView {
    let (l, today) = (req.locale, req.today());
    let price = l.money(known.kind.price_on(today));
    let price = t::price_per(l, &price, known.kind.months);
    let mut all: Vec<Fact> = Vec::new();
    match held {
        None => all.push((t::member(l), t::nobody_has_it(l).into_any())),
        Some(held) => {
            let holding = &held.holding;
            let href = format!("/members/{}", holding.member);
            let label = holding.member_label();
            all.push((t::member(l), view! { <a href=href>{label}</a> }.into_any()));
            all.push((t::since(l), ui::day(l, holding.from_on)));
            if let Some(until) = holding.until_on {
                all.push((t::until(l), ui::day(l, until)));
            }
            if let Some(day) = held.paid_until(today) {
                all.push((t::paid_until(l), ui::day(l, day)));
            }
        }
    }
    let price = match held.and_then(|held| Some((held.holding.own?, &held.holding.reason))) {
        Some((own, reason)) => {
            let own = t::price_per(l, &l.money(own), known.kind.months);
            let reason = reason.clone();
            view! { {own} " " <span class="sub">{reason}</span> }.into_any()
        }
        None => price.into_any(),
    };
    all.push((t::price(l), price));
    if let Some(day) = known.service.closed_on {
        all.push((t::closed_on(l), ui::day(l, day)));
    }
    if !known.service.note.is_empty() {
        let note = known.service.note.clone();
        all.push((
            t::note(l),
            view! { <span class="breaks">{note}</span> }.into_any(),
        ));
    }
    all.extend(own);
    facts::list(all)
}

/// What has begun and is not paid, or what comes; and why.
fn due(req: &Req, held: &Held) -> AnyView {
    let l = req.locale;
    let dues = &held.dues;
    let body = match (dues.arrears.as_slice(), &dues.next) {
        ([], None) => view! { <p class="help">{t::nothing_owed(l)}</p> }.into_any(),
        ([], Some(next)) => view! {
            <p>{t::comes(l, &l.money(next.amount), &l.day(next.period.from()))}</p>
            <p class="help">{t::why(l, next)}</p>
        }
        .into_any(),
        (arrears, _) => owed(req, held, arrears),
    };
    view! {
        <section class="section" aria-labelledby="due">
            <h2 id="due">{t::due_title(l)}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn owed(req: &Req, held: &Held, arrears: &[Due]) -> AnyView {
    let l = req.locale;
    let sum = t::owes(l, &l.money(held.dues.arrears_sum()));
    let pay = may_add(&req.rights()).is_ok().then(|| {
        let href = format!("/payments/new?service={}", held.service.id);
        view! { <a class="button is-small" href=href>{t::enter_payment(l)}</a> }
    });
    let rows = arrears.iter().take(SHOWN_MAX).map(|due| {
        let (from, until) = (l.day(due.period.from()), l.day(due.period.until()));
        view! {
            <tr>
                <th scope="row" class="is-main">{crate::locales::dues::between(l, &from, &until)}</th>
                <td>{t::why(l, due)}</td>
                <td class="num is-end">{l.money(due.amount)}</td>
            </tr>
        }
    });
    let more = i64::try_from(arrears.len().saturating_sub(SHOWN_MAX)).unwrap_or_default();
    let more = (more > 0)
        .then(|| view! { <p class="help">{crate::locales::dues::more_periods(l, more)}</p> });
    view! {
        <div class="split"><p><strong>{sum}</strong></p>{pay}</div>
        <table class="table is-stacking">
            <caption class="visually-hidden">{crate::locales::dues::owed_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{crate::locales::dues::period(l)}</th>
                    <th scope="col">{crate::locales::dues::why_title(l)}</th>
                    <th scope="col" class="num">{crate::locales::dues::amount_title(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {more}
    }
    .into_any()
}

/// Everybody who has, had or will have it.
fn holdings(req: &Req, known: &Known) -> AnyView {
    let l = req.locale;
    let rows = known.held.iter().map(|held| {
        let holding = &held.holding;
        let owed = match held.dues.arrears_sum() {
            Cents::ZERO => view! { <span class="soft">"–"</span> }.into_any(),
            sum => l.money(sum).into_any(),
        };
        let until = match holding.until_on {
            Some(day) => ui::day_short(l, day),
            None => t::no_end(l).into_any(),
        };
        view! {
            <tr>
                <th scope="row" class="is-main">
                    <a class="row-link" href=holding_link(known, held)>{holding.member_name.clone()}</a>
                    " " <span class="num soft">{holding.number.to_string()}</span>
                </th>
                <td data-label=t::since(l)>{ui::day_short(l, holding.from_on)}</td>
                <td data-label=t::until(l)>{until}</td>
                <td class="num" data-label=t::owed(l)>{owed}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let body = match known.held.is_empty() {
        true => view! { <p class="help">{t::holdings_none(l)}</p> }.into_any(),
        false => view! {
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::holdings(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::member(l)}</th>
                        <th scope="col">{t::since(l)}</th>
                        <th scope="col">{t::until(l)}</th>
                        <th scope="col" class="num">{t::owed(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any(),
    };
    view! {
        <section class="section" aria-labelledby="holdings">
            <h2 id="holdings">{t::holdings(l)}</h2>
            {body}
        </section>
    }
    .into_any()
}
