//! The first steps of a new organisation: those that are still to be done, and only by
//! those who may.

use super::administration::command;
use crate::locales::{Text, home as t};
use crate::request::Req;
use domain::figures::Board;
use domain::figures::rules::Gap;
use domain::kernel::Right;
use leptos::prelude::*;

/// What comes first.
pub fn steps(req: &Req, board: &Board) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let mut steps = Vec::new();
    if rights.has(Right::Members) {
        let href = "/members/import";
        steps.push(step(href, t::step_import(l), t::step_import_help(l), None));
    }
    if rights.has(Right::Members) && rights.has(Right::People) {
        let href = "/members/new";
        steps.push(step(href, t::step_add(l), t::step_add_help(l), None));
    }
    if board.gaps.contains(&Gap::NoIban) {
        let href = "/settings#iban";
        steps.push(step(href, t::step_iban(l), t::step_iban_help(l), None));
    }
    let alone = |gap: &Gap| matches!(gap, Gap::NobodyValidates | Gap::OnlyOneValidates { .. });
    if board.gaps.iter().any(alone) {
        // Only who may validate can let somebody else in who may.
        steps.push(match rights.has(Right::PaymentsValidate) {
            true => step("/crews", t::step_invite(l), t::step_invite_crews(l), None),
            false => {
                let help = t::step_invite_help(l);
                step("", t::step_invite(l), help, Some(command(req)))
            }
        });
    }
    if steps.is_empty() {
        return crate::ui::empty(t::begin_nobody(l), None);
    }
    view! {
        <section class="section" aria-labelledby="begin">
            <h2 id="begin">{t::begin(l)}</h2>
            <ol class="cards" role="list">{steps}</ol>
        </section>
    }
    .into_any()
}

/// A step: a box that leads there, or that says what to type.
fn step(href: &'static str, title: Text, help: Text, command: Option<String>) -> AnyView {
    let (class, title) = match href {
        "" => ("card", title.into_any()),
        href => (
            "card is-link",
            view! { <a href=href>{title}</a> }.into_any(),
        ),
    };
    let command = command.map(|text| view! { " " <code class="breaks">{text}</code> });
    view! { <li class=class><h3>{title}</h3><p class="help">{help} {command}</p></li> }.into_any()
}
