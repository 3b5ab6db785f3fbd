//! The part of those who look after the organisation: what changed, who was refused, and
//! what is missing.

use super::{nothing, part, short_list};
use crate::locales::{Text, home as t, organisation as to, plugins as tp};
use crate::request::Req;
use crate::ui::{self, Tone};
use domain::audit::Entry;
use domain::figures::rules::Gap;
use domain::figures::{Administration, Board};
use domain::identity::{Failure, Subject};
use leptos::prelude::*;

/// The part.
pub fn view(req: &Req, administration: &Administration) -> AnyView {
    let l = req.locale;
    let changes = match administration.changes.as_slice() {
        [] => nothing(t::no_changes(l)),
        entries => changes(req, entries),
    };
    let failures = (!administration.failures.is_empty()).then(|| {
        let body = failures(req, &administration.failures);
        short_list(req, "failures", t::failures(l), None, body)
    });
    let all = Some("/audit".to_owned());
    let body = view! {
        <div class="boards">
            {short_list(req, "changes", t::changes(l), all, changes)}
            {failures}
        </div>
    };
    part("organisation", t::organisation(l), body)
}

fn changes(req: &Req, entries: &[Entry]) -> AnyView {
    let l = req.locale;
    let items = entries.iter().map(|entry| {
        let who = match entry.via.as_str() {
            "cli" => to::via_cli(l),
            _ => Text::Owned(crate::audit::name(l, Some(&entry.actor_name))),
        };
        let what = format!(
            "{} · {}",
            to::action(l, &entry.action),
            to::kind(l, &entry.kind)
        );
        view! {
            <li>
                <p><b>{who}</b> " " {what} " " <b class="breaks">{entry.label.clone()}</b></p>
                {ui::instant(l, entry.at, req.zone())}
            </li>
        }
    });
    view! { <ol class="history" role="list">{items.collect_view()}</ol> }.into_any()
}

fn failures(req: &Req, failures: &[Failure]) -> AnyView {
    let l = req.locale;
    let rows = failures.iter().map(|failure| {
        let subject = match &failure.subject {
            Subject::Login(name) | Subject::Address(name) => Text::Owned(name.clone()),
            Subject::UnknownName => t::unknown_name(l),
        };
        let locked = failure.locked_until.map(|until| {
            let time = until.with_timezone(&req.zone()).format("%H:%M").to_string();
            view! { " " <span class="why">{t::locked_until(l, &time)}</span> }
        });
        view! {
            <tr>
                <th scope="row" class="is-main breaks">{subject} {locked}</th>
                <td class="num">{l.count(failure.failures)}</td>
                <td class="num is-end">{ui::instant(l, failure.last_at, req.zone())}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <caption class="visually-hidden">{t::failures_what(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::account(l)}</th>
                    <th scope="col" class="num">{t::attempts(l)}</th>
                    <th scope="col" class="num">{t::last_attempt(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What is missing, each with what mends it.
pub fn gaps(req: &Req, board: &Board) -> AnyView {
    let notices = board
        .gaps
        .iter()
        .map(|gap| ui::notice(Tone::Warning, gap_text(req, gap)));
    let not_carried = board
        .administration
        .as_ref()
        .map_or(0, |part| part.not_carried);
    let not_carried = (not_carried > 0).then(|| {
        let text = view! { <p>{t::not_carried(req.locale, not_carried)} " " <a href="/journal">{tp::journal(req.locale)}</a></p> };
        ui::notice(Tone::Warning, text)
    });
    view! { {not_carried} {notices.collect_view()} }.into_any()
}

fn gap_text(req: &Req, gap: &Gap) -> AnyView {
    let l = req.locale;
    match gap {
        Gap::NoIban => view! {
            <p>{t::gap_iban(l)} " " <a href="/settings#iban">{t::gap_iban_link(l)}</a></p>
        }
        .into_any(),
        Gap::NobodyValidates => view! {
            <p>{t::gap_nobody(l)} " " <code class="breaks">{command(req)}</code></p>
        }
        .into_any(),
        Gap::OnlyOneValidates { name } => view! {
            <p>{t::gap_only_one(l, name)} " " <a href="/settings#validation">{t::gap_only_one_link(l)}</a></p>
        }
        .into_any(),
    }
}

/// The command that gives somebody a login, as it is typed on the server.
pub fn command(req: &Req) -> String {
    format!(
        "equipage user create NAME --tenant {} --crew administration",
        req.tenant.slug
    )
}
