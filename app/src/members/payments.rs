//! The payments of one member, as a table: for the crews, and for the member.

use crate::locales::{Text, members as t};
use crate::receipts;
use crate::ui::{self, Mark};
use domain::kernel::Locale;
use domain::payments::{Payment, Status};
use leptos::prelude::*;

/// Who looks at the payments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// The crews: each row leads to the payment.
    Crew,
    /// The member.
    Member,
}

/// The mark of a payment's state.
fn mark(status: &Status) -> Mark {
    match status {
        Status::Draft | Status::ReversalDraft { .. } | Status::ReversalWaiting { .. } => {
            Mark::Draft
        }
        Status::Validated | Status::Reversal { .. } => Mark::Validated,
        Status::Reversed { .. } => Mark::Reversed,
    }
}

/// What a payment is for, in words.
pub fn label(l: Locale, payment: &Payment) -> Text {
    let label = match (&payment.service, payment.label.is_empty()) {
        (Some(service), _) => crate::locales::payments::for_service(l, service, payment),
        (None, true) => t::unnamed(l, payment.period),
        (None, false) => Text::from(payment.label.clone()),
    };
    if payment.reverses.is_some() {
        t::reversal_of(l, &label)
    } else {
        label
    }
}

/// The table; why there is none, where there is none.
pub fn table(l: Locale, payments: &[Payment], who: For) -> AnyView {
    if payments.is_empty() {
        let none = match who {
            For::Crew => t::payments_none(l),
            For::Member => t::own_payments_none(l),
        };
        return ui::empty(none, None);
    }
    let rows = payments.iter().map(|payment| row(l, payment, who));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::payments_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::column_received(l)}</th>
                    <th scope="col">{t::column_for(l)}</th>
                    <th scope="col">{t::column_method(l)}</th>
                    <th scope="col" class="num">{t::column_amount(l)}</th>
                    <th scope="col">{t::column_state(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(l: Locale, payment: &Payment, who: For) -> AnyView {
    let status = payment.status();
    let class = matches!(status, Status::Reversed { .. }).then_some("is-void");
    let label = label(l, payment);
    let (label, word) = match who {
        For::Crew => {
            let href = format!("/payments/{}", payment.id);
            (
                view! { <a class="row-link" href=href>{label}</a> }.into_any(),
                t::status(l, &status),
            )
        }
        For::Member => (label.into_any(), t::own_status(l, &status)),
    };
    let receipt = payment
        .receipt
        .map(|number| view! { <span class="sub">{receipts::link(l, payment.id, number)}</span> });
    view! {
        <tr class=class>
            <td>{ui::day_short(l, payment.received_on)}</td>
            <th scope="row" class="is-main">{label}</th>
            <td>{t::method(l, payment.method)}</td>
            <td class="num is-end">{l.money(payment.amount)}</td>
            <td>{ui::badge(mark(&status), word)} {receipt}</td>
        </tr>
    }
    .into_any()
}
