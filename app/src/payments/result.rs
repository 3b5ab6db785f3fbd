//! What became of the payments that were to be validated: one answer for each.

use super::{number, path, when};
use crate::locales::{Text, payments as t, problems};
use crate::request::Req;
use crate::ui::{self, Mark, PageHead};
use axum::response::Response;
use domain::kernel::{Cents, Code};
use domain::payments::{Outcome, Payment};
use leptos::prelude::*;

/// The answer for one payment; without it where it was deleted in the meantime.
pub struct Answer {
    /// The payment as it is now.
    pub payment: Option<Payment>,
    /// What became of it.
    pub outcome: Outcome,
}

/// The sum of what was validated.
fn validated_sum(answers: &[Answer]) -> Cents {
    let validated = answers.iter().filter(|a| a.outcome == Outcome::Validated);
    Cents::sum(
        validated
            .filter_map(|a| a.payment.as_ref())
            .map(|p| p.amount),
    )
}

/// The page of the answers, refusals first.
pub fn page(req: &Req, back: &str, mut answers: Vec<Answer>, waiting: i64) -> Response {
    let l = req.locale;
    let sum = validated_sum(&answers);
    answers.sort_by_key(|a| a.outcome == Outcome::Validated);
    let all = i64::try_from(answers.len()).unwrap_or(i64::MAX);
    let done = answers
        .iter()
        .filter(|a| a.outcome == Outcome::Validated)
        .count();
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let title = t::result_title(l, done, all - done);
    let back_link = view! { <a class="button is-primary" href=back.to_owned()>{t::result_back(l, waiting)}</a> };
    let foot = (done > 0).then(|| {
        view! {
            <tfoot>
                <tr>
                    <th scope="row" colspan="3" class="is-main">{t::result_sum(l)}</th>
                    <td class="num is-end">{l.money(sum)}</td>
                    <td></td>
                </tr>
            </tfoot>
        }
    });
    let body = view! {
        {PageHead::new(title.clone())
            .crumb(back, t::queue_title(l))
            .state(t::result_state(l, sum))
            .actions(back_link)
            .view()}
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::result_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::result_answer(l)}</th>
                    <th scope="col">{t::member(l)}</th>
                    <th scope="col">{t::what(l)}</th>
                    <th scope="col" class="num">{t::amount(l)}</th>
                    <th scope="col">{t::result_to_do(l)}</th>
                </tr>
            </thead>
            <tbody>{answers.iter().map(|answer| row(req, answer)).collect_view()}</tbody>
            {foot}
        </table>
    };
    req.page(&title, body)
}

fn row(req: &Req, answer: &Answer) -> AnyView {
    let l = req.locale;
    let badge = match answer.outcome {
        Outcome::Validated => ui::badge(Mark::Validated, t::validated(l)),
        Outcome::Refused(_) => ui::badge(Mark::Late, t::refused(l)),
    };
    let Some(payment) = &answer.payment else {
        return view! {
            <tr>
                <td>{badge}</td>
                <th scope="row" class="is-main">{t::gone(l)}</th>
                <td></td>
                <td class="num is-end"></td>
                <td>{t::gone_why(l)}</td>
            </tr>
        }
        .into_any();
    };
    view! {
        <tr>
            <td>{badge}</td>
            <th scope="row" class="is-main">
                <a class="row-link" href=path(payment)>{payment.member_name.clone()}</a>
                " " <span class="num soft">{number(payment)}</span>
            </th>
            <td class="breaks">{t::what_for(l, payment)}</td>
            <td class="num is-end">{l.money(payment.amount)}</td>
            <td>{why(req, payment, &answer.outcome)}</td>
        </tr>
    }
    .into_any()
}

fn why(req: &Req, payment: &Payment, outcome: &Outcome) -> Option<Text> {
    let l = req.locale;
    let Outcome::Refused(code) = outcome else {
        return None;
    };
    Some(match (code, payment.validated_at) {
        (Code::AlreadyValidated, Some(at)) => {
            let who = match payment.validated_by_name.as_deref() {
                None | Some("") => t::a_program(l).into_owned(),
                Some(name) => name.to_owned(),
            };
            t::already(l, &who, &when(req, at))
        }
        _ => problems::text(l, code),
    })
}
