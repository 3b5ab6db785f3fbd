//! Payments that are entered one after the other: what was entered so far, and what the
//! next one has in common with the last.

use super::{badge, path};
use crate::locales::payments as t;
use crate::request::Req;
use domain::kernel::calendar::parse_day;
use domain::kernel::{PaymentId, Problem};
use domain::payments::{self, Method, PaymentForm, Sitting};
use leptos::prelude::*;
use serde::Deserialize;

/// What an address says of it. All of it comes from outside: what makes no sense asks for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Row {
    /// The first payment.
    since: String,
    /// How the last one came.
    method: String,
    /// When the last one came.
    received_on: String,
}

impl Row {
    /// The first payment, where there is one already.
    pub fn first(&self) -> Option<PaymentId> {
        self.since.trim().parse().ok()
    }

    /// What a form says of it.
    pub fn since(since: &str) -> Self {
        Self {
            since: since.to_owned(),
            ..Self::default()
        }
    }

    /// Where the next payment is entered: pages of money that came in look alike.
    pub fn next(since: &str, added: PaymentId, form: &PaymentForm) -> String {
        let first = since.trim().parse().unwrap_or(added);
        let pairs = [
            ("since", first.to_string()),
            ("method", form.method.clone()),
            ("received_on", form.received_on.clone()),
        ];
        let query = serde_html_form::to_string(pairs).unwrap_or_default();
        format!("/payments/new?{query}")
    }

    /// The form of the next payment, from one where nothing is known yet.
    pub fn apply(&self, form: PaymentForm) -> PaymentForm {
        if self.first().is_none() {
            return form;
        }
        let method = Method::from_name(&self.method).filter(|m| *m != Method::Waived);
        let day = parse_day(&self.received_on).ok();
        // What is due is the member's own: it comes with the member.
        let amount = match form.member.is_empty() {
            true => String::new(),
            false => form.amount,
        };
        PaymentForm {
            method: method.map_or(form.method, |m| m.name().to_owned()),
            received_on: day.map_or(form.received_on, |d| d.to_string()),
            amount,
            ..form
        }
    }
}

/// What was entered so far.
pub async fn load(req: &Req, row: &Row) -> Result<Option<Sitting>, Problem> {
    let Some(first) = row.first() else {
        return Ok(None);
    };
    req.view(async |cx| payments::entered_since(cx, first).await)
        .await
        .map(Some)
}

/// What was entered so far, as a table with its sum.
pub fn view(req: &Req, sitting: &Sitting) -> Option<AnyView> {
    if sitting.count == 0 {
        return None;
    }
    let l = req.locale;
    let rows = sitting.rows.iter().map(|payment| {
        view! {
            <tr data-amount=payment.amount.0.to_string()>
                <th scope="row" class="is-main">
                    <a class="row-link" href=path(payment)>{payment.member_name.clone()}</a>
                    " " <span class="num soft">{super::number(payment)}</span>
                </th>
                <td>{t::what_for(l, payment)}</td>
                <td>{t::method(l, payment.method)}</td>
                <td class="num is-end">{l.money(payment.amount)}</td>
                <td>{badge(l, payment)}</td>
            </tr>
        }
    });
    let shown = i64::try_from(sitting.rows.len()).unwrap_or(i64::MAX);
    let limit =
        (sitting.count > shown).then(|| view! { <p class="help">{t::sitting_limit(l, shown)}</p> });
    let view = view! {
        <section class="section" aria-labelledby="sitting">
            <div class="section-head">
                <h2 id="sitting">{t::sitting_title(l)}</h2>
                <output class="num">{t::sitting_state(l, sitting.count, sitting.sum)}</output>
            </div>
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::sitting_title(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::member(l)}</th>
                        <th scope="col">{t::what(l)}</th>
                        <th scope="col">{t::method_title(l)}</th>
                        <th scope="col" class="num">{t::amount(l)}</th>
                        <th scope="col">{t::state_title(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {limit}
        </section>
    };
    Some(view.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> PaymentForm {
        PaymentForm {
            method: "transfer".into(),
            received_on: "2026-03-12".into(),
            ..PaymentForm::default()
        }
    }

    #[test]
    fn the_next_payment_has_the_day_and_the_method_of_the_last() {
        let added = PaymentId(uuid::Uuid::from_u128(2));
        let last = PaymentForm {
            method: "cash".into(),
            received_on: "2026-03-10".into(),
            ..form()
        };
        let address = Row::next("", added, &last);
        let query = address.split_once('?').unwrap().1;
        let row: Row = serde_html_form::from_str(query).unwrap();
        assert_eq!(row.first(), Some(added));
        let next = row.apply(form());
        assert_eq!(
            (next.method, next.received_on),
            (last.method, last.received_on)
        );
        assert_eq!(next.amount, "", "what is due is the member's own");
        // The first one stays the first.
        let first = PaymentId(uuid::Uuid::from_u128(1));
        let address = Row::next(&first.to_string(), added, &form());
        assert!(address.contains(&first.to_string()), "{address}");
    }

    #[test]
    fn an_address_that_makes_no_sense_asks_for_nothing() {
        let first = PaymentId(uuid::Uuid::from_u128(1)).to_string();
        for (since, method, day) in [
            ("x", "cash", "2026-03-10"),
            (&first, "x", "31/31"),
            (&first, "waived", ""),
        ] {
            let row = Row {
                since: since.into(),
                method: method.into(),
                received_on: day.into(),
            };
            assert_eq!(row.apply(form()), form(), "{since} {method} {day}");
        }
    }
}
