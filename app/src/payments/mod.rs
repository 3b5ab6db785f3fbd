//! The pages of payments: the list, the queue, the forms, and each payment's own page.

mod detail;
mod form;
mod history;
mod list;
mod queue;
mod result;
mod reverse;
mod sitting;
mod together;

use crate::locales::{Text, frame as tf, payments as t};
use crate::request::{App, Req};
use crate::shell::Width;
use crate::ui::{self, Mark, PageHead, Tone};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
pub use detail::after;
use domain::kernel::Locale;
use domain::members::MemberNumber;
use domain::payments::rules::Lock;
use domain::payments::{EnteredBy, Method, Nature, Payment, PaymentQuery, Status};
use leptos::prelude::*;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/payments", get(list::show))
        .route("/payments/new", get(form::new).post(form::add))
        .route(
            "/payments/together",
            get(together::show).post(together::enter),
        )
        .route("/payments/queue", get(queue::show).post(queue::validate))
        .route("/payments/{id}", get(detail::show))
        .route("/payments/{id}/edit", get(form::edit).post(form::save))
        .route("/payments/{id}/delete", post(detail::delete))
        .route("/payments/{id}/restore", post(detail::restore))
        .route("/payments/{id}/validate", post(detail::validate))
        .route(
            "/payments/{id}/reverse",
            get(reverse::ask).post(reverse::enter),
        )
}

/// The address of a payment's page.
fn path(payment: &Payment) -> String {
    format!("/payments/{}", payment.id)
}

/// What a status means, as a badge shows it.
fn mark(status: &Status) -> Mark {
    match status {
        Status::Draft | Status::ReversalDraft { .. } => Mark::Draft,
        Status::Validated | Status::ReversalWaiting { .. } => Mark::Validated,
        Status::Reversed { .. } | Status::Reversal { .. } => Mark::Reversed,
    }
}

fn badge(l: Locale, payment: &Payment) -> AnyView {
    let status = payment.status();
    ui::badge(mark(&status), t::status(l, &status))
}

/// The name of the one who entered a payment.
pub fn entered_by(l: Locale, payment: &Payment) -> String {
    match (payment.entered_by, payment.entered_by_name.as_str()) {
        (None, "") => t::a_program(l).into_owned(),
        (_, name) => name.to_owned(),
    }
}

/// An instant in the tenant's zone, as a text.
fn when(req: &Req, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&req.zone());
    let day = req.locale.day(local.date_naive());
    tf::at_time(req.locale, &day, &local.format("%H:%M").to_string()).into_owned()
}

fn lock_text(req: &Req, lock: &Lock) -> Text {
    t::lock(req.locale, lock, |at| when(req, at))
}

fn number(payment: &Payment) -> String {
    MemberNumber::from_sequence(payment.member_number).to_string()
}

/// A page instead of a form: why the form is not open for this payment.
fn locked_page(req: &Req, payment: &Payment, title: &str, lock: &Lock) -> Response {
    let l = req.locale;
    let body = view! {
        {PageHead::new(title).crumb(path(payment), t::payment_of(l, &payment.member_name)).view()}
        {ui::notice(Tone::Lock, lock_text(req, lock))}
        <div class="actions"><a class="button is-primary" href=path(payment)>{t::back_to_payment(l)}</a></div>
    };
    req.page_with(
        crate::request::status_of(&lock.code()),
        title,
        Width::Narrow,
        body,
    )
}

/// A filter as an address says it, without the page; empty where it asks for nothing.
fn encoded(query: &PaymentQuery) -> String {
    let pairs: Vec<(&str, &str)> = [
        ("q", &query.q),
        ("state", &query.state),
        ("method", &query.method),
        ("entered_by", &query.entered_by),
        ("from", &query.from),
        ("until", &query.until),
        ("nature", &query.nature),
        ("validated_from", &query.validated_from),
        ("validated_until", &query.validated_until),
        ("member", &query.member),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.trim()))
    .filter(|(_, value)| !value.is_empty())
    .collect();
    serde_html_form::to_string(&pairs).unwrap_or_default()
}

/// A list's address with its filter.
fn with_filter(path: &str, query: &PaymentQuery) -> String {
    match encoded(query).as_str() {
        "" => path.to_owned(),
        filter => format!("{path}?{filter}"),
    }
}

/// The filters of the list and of the queue; `first` is the one that only one of them has.
fn toolbar(l: Locale, path: &'static str, query: &PaymentQuery, first: AnyView) -> AnyView {
    let methods = Method::ALL
        .iter()
        .map(|m| (m.name().to_owned(), t::method(l, *m)))
        .collect();
    let natures = Nature::ALL
        .iter()
        .map(|n| (n.name().to_owned(), t::nature(l, *n)))
        .collect();
    // Nobody looks for days of validation of their own accord: figures lead to them.
    let by_validation = [&query.validated_from, &query.validated_until]
        .iter()
        .any(|day| !day.trim().is_empty())
        .then(|| {
            view! {
                {filter_day("validated_from", t::filter_validated_from(l), &query.validated_from)}
                {filter_day("validated_until", t::filter_until(l), &query.validated_until)}
            }
        });
    let member = (!query.member.is_empty())
        .then(|| view! { <input type="hidden" name="member" value=query.member.clone()/> });
    let clear = (!encoded(query).is_empty())
        .then(|| view! { <a class="button is-quiet" href=path>{tf::clear_filters(l)}</a> });
    view! {
        <form class="toolbar" method="get" action=path role="search">
            {member}
            <label class="filter is-search">
                {ui::icon("search")} <span class="visually-hidden">{t::search(l)}</span>
                <input type="search" name="q" value=query.q.clone() placeholder=t::search_hint(l)/>
            </label>
            {first}
            {filter_select(l, "method", t::filter_method(l), &query.method, methods)}
            {filter_day("from", t::filter_from(l), &query.from)}
            {filter_day("until", t::filter_until(l), &query.until)}
            {filter_select(l, "nature", t::filter_nature(l), &query.nature, natures)}
            {by_validation}
            <button class="button">{tf::filter(l)}</button>
            {clear}
        </form>
    }
    .into_any()
}

/// The choice of who entered; oneself comes first.
fn filter_enterer(req: &Req, value: &str, people: Vec<(EnteredBy, String)>) -> AnyView {
    let l = req.locale;
    let me = req.actor().person.map(EnteredBy::Person);
    let (own, others): (Vec<_>, Vec<_>) = people.into_iter().partition(|(by, _)| Some(*by) == me);
    let choices = own
        .into_iter()
        .map(|(by, _)| (by.name(), t::you(l)))
        .chain(
            others
                .into_iter()
                .map(|(by, name)| (by.name(), name_of(l, &name))),
        )
        .collect();
    filter_select(l, "entered_by", t::filter_entered_by(l), value, choices)
}

/// A name; the command line has none.
fn name_of(l: Locale, name: &str) -> Text {
    if name.is_empty() {
        t::a_program(l)
    } else {
        Text::Owned(name.to_owned())
    }
}

fn filter_class(value: &str) -> &'static str {
    if value.trim().is_empty() {
        "filter"
    } else {
        "filter is-on"
    }
}

fn filter_select(
    l: Locale,
    name: &'static str,
    label: Text,
    value: &str,
    choices: Vec<(String, Text)>,
) -> AnyView {
    let options = choices.into_iter().map(|(choice, label)| {
        let selected = choice == value;
        view! { <option value=choice selected=selected>{label}</option> }
    });
    view! {
        <label class=filter_class(value)>
            <span>{label}</span>
            <select name=name><option value="">{tf::all(l)}</option>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

fn filter_day(name: &'static str, label: Text, value: &str) -> AnyView {
    // What the browser's own control can show.
    let shown = domain::kernel::calendar::parse_day(value)
        .map(|d| d.to_string())
        .unwrap_or_default();
    view! {
        <label class=filter_class(&shown)>
            <span>{label}</span>
            <input type="date" name=name value=shown.clone()/>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::PaymentId;

    #[test]
    fn every_status_has_its_mark() {
        let id = PaymentId(uuid::Uuid::nil());
        for (status, expected) in [
            (Status::Draft, Mark::Draft),
            (Status::Validated, Mark::Validated),
            (Status::ReversalWaiting { reversal: id }, Mark::Validated),
            (Status::Reversed { reversal: id }, Mark::Reversed),
            (Status::ReversalDraft { original: id }, Mark::Draft),
            (Status::Reversal { original: id }, Mark::Reversed),
        ] {
            assert_eq!(mark(&status), expected, "{status:?}");
        }
    }

    #[test]
    fn an_address_says_only_what_is_asked_and_never_the_page() {
        let query = PaymentQuery {
            q: " Léa & co ".into(),
            method: "cash".into(),
            page: "3".into(),
            ..PaymentQuery::default()
        };
        assert_eq!(
            with_filter("/payments", &query),
            "/payments?q=L%C3%A9a+%26+co&method=cash"
        );
        assert_eq!(
            with_filter("/payments", &PaymentQuery::default()),
            "/payments"
        );
    }
}
