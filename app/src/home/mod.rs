//! The first page: to each what their rights open, what waits before the rest. Each figure
//! leads to the list that shows just those rows.

mod administration;
mod bank;
mod begin;
mod crew;
mod services;

use crate::locales::{Text, home as t};
use crate::request::{Reply, Req};
use crate::ui::{self, PageHead};
use domain::figures::{self, Board, MemberBrief};
use domain::kernel::Right;
use leptos::prelude::*;

/// `GET /`: for crews; a member's first page is their own.
pub async fn show(req: Req) -> Reply {
    if !req.rights().is_crew() {
        req.actor().signed_in()?;
        return Ok(req.go("/me", None));
    }
    let board = req.view(async |cx| figures::board(cx).await).await?;
    let title = crate::locales::frame::home(req.locale);
    Ok(req.page(&title, page(&req, &board)))
}

fn page(req: &Req, board: &Board) -> AnyView {
    let l = req.locale;
    let name = req
        .signed_in
        .as_ref()
        .map(|p| p.name.as_str())
        .unwrap_or_default();
    let first_name = name.split(' ').next().unwrap_or(name);
    let head = PageHead::new(t::hello(l, first_name)).actions(actions(req, board));
    let is_empty = board.counts.members + board.counts.left == 0;
    let beginning = if is_empty {
        begin::steps(req, board)
    } else {
        administration::gaps(req, board)
    };
    let state = if is_empty {
        t::begin_state(l)
    } else {
        state(req, board)
    };
    view! {
        {head.state(state).view()}
        {beginning}
        {parts(req, board)}
    }
    .into_any()
}

/// What waits, in one sentence.
fn state(req: &Req, board: &Board) -> Text {
    let l = req.locale;
    let own = board.crew.as_ref().and_then(|c| c.own.as_ref());
    match (&board.bank, own) {
        (Some(bank), _) if bank.waiting.tally.count > 0 => t::waits(l, bank.waiting.tally.count),
        (_, Some(own)) if own.waiting.tally.count > 0 => t::own_waits(l, own.waiting.tally.count),
        _ if req.waiting() > 0 => t::waits(l, req.waiting()),
        _ => t::all_well(l),
    }
}

/// What one comes here to do; the first of them is the primary one, and stands last.
fn actions(req: &Req, board: &Board) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let waits = board
        .bank
        .as_ref()
        .is_some_and(|b| b.waiting.tally.count > 0);
    let has_members = board.counts.members > 0;
    let mut all = Vec::new();
    if waits {
        all.push(("/payments/queue", t::validate(l)));
    }
    if rights.has(Right::PaymentsAdd) && has_members {
        all.push(("/payments/new", t::enter(l)));
    }
    if rights.has(Right::People) && rights.has(Right::Members) {
        all.push(("/members/new", t::add_member(l)));
    }
    let buttons = all.into_iter().enumerate().rev().map(|(n, (href, label))| {
        let class = if n == 0 {
            "button is-primary"
        } else {
            "button"
        };
        view! { <a class=class href=href>{label}</a> " " }
    });
    buttons.collect_view().into_any()
}

/// The parts that this person's rights open: first those in which something waits.
fn parts(req: &Req, board: &Board) -> AnyView {
    let mut parts = Vec::new();
    let has_members = board.counts.members + board.counts.left > 0;
    // Before there are members, there is nothing to say of them or of what they pay.
    if let Some(bank) = board.bank.as_ref().filter(|_| has_members) {
        parts.push((bank.waiting.tally.count > 0, bank::view(req, bank)));
    }
    if let Some(crew) = board.crew.as_ref().filter(|_| has_members) {
        let waits = board.counts.late > 0 || crew.ends_soon > 0;
        parts.push((waits, crew::view(req, &board.counts, crew)));
    }
    if let Some(counts) = &board.services {
        parts.push((counts.late > 0, services::view(req, counts)));
    }
    if let Some(administration) = &board.administration {
        let waits = administration
            .failures
            .iter()
            .any(|f| f.locked_until.is_some());
        parts.push((waits, administration::view(req, administration)));
    }
    parts.sort_by_key(|(waits, _)| !waits);
    parts
        .into_iter()
        .map(|(_, part)| part)
        .collect_view()
        .into_any()
}

/// A part of the page, with its own heading.
fn part(id: &'static str, title: Text, body: impl IntoView) -> AnyView {
    view! {
        <section class="part stack" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {body.into_any()}
        </section>
    }
    .into_any()
}

/// A figure that leads to its rows.
fn card(href: String, title: Text, figure: String, help: AnyView) -> AnyView {
    view! {
        <div class="card is-link">
            <h3><a href=href>{title}</a></h3>
            <p class="figure">{figure}</p>
            <p class="help">{help}</p>
        </div>
    }
    .into_any()
}

/// A short list with a heading, and the way to the whole of it.
fn short_list(
    req: &Req,
    id: &'static str,
    title: Text,
    all: Option<String>,
    body: AnyView,
) -> AnyView {
    let l = req.locale;
    let all = all.map(|href| {
        view! {
            <a href=href>{t::see_all(l)} <span class="visually-hidden">{t::see_all_of(l, &title)}</span></a>
        }
    });
    view! {
        <section class="section" aria-labelledby=id>
            <div class="section-head"><h3 id=id>{title.clone()}</h3> {all}</div>
            {body}
        </section>
    }
    .into_any()
}

/// Nothing to list, and that this is fine.
fn nothing(text: Text) -> AnyView {
    view! { <p class="help">{text}</p> }.into_any()
}

/// Members in a short list; `head` says what the day is.
fn members(req: &Req, caption: Text, head: Text, rows: &[MemberBrief]) -> AnyView {
    let l = req.locale;
    let rows = rows.iter().map(|member| {
        let href = format!("/members/{}", member.id);
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{member.name.clone()}</a></th>
                <td class="num">{member.number.to_string()}</td>
                <td class="num is-end">{ui::day_short(l, member.day)}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::name(l)}</th>
                    <th scope="col" class="num">{t::number(l)}</th>
                    <th scope="col" class="num">{head}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
