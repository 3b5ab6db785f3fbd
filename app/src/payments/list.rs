//! The list of all payments, with its filters in the address.

use super::{badge, encoded, entered_by, filter_enterer, filter_select, number, path, toolbar};
use crate::exports;
use crate::locales::{frame as tf, payments as t};
use crate::request::{Asked, Reply, Req};
use crate::ui::{self, PageHead};
use domain::kernel::{Code, Locale, MemberId, Page, Right};
use domain::members;
use domain::payments::{self, EnteredBy, Payment, PaymentQuery, State, Status};
use leptos::prelude::*;

/// `GET /payments`
pub async fn show(req: Req, Asked(query): Asked<PaymentQuery>) -> Reply {
    let (page, whose, people) = req
        .view(async |cx| {
            let page = payments::list(cx, &query.filter(), query.page()).await?;
            let whose = match query.filter().member {
                Some(id) => match members::get(cx, id).await {
                    Ok(member) => Some(member.label()),
                    Err(problem) if problem.code == Code::NotFound => None,
                    Err(problem) => return Err(problem),
                },
                None => None,
            };
            Ok((page, whose, payments::enterers(cx).await?))
        })
        .await?;
    let l = req.locale;
    Ok(req.page(&t::title(l), view(&req, &query, &page, whose, people)))
}

fn view(
    req: &Req,
    query: &PaymentQuery,
    page: &Page<Payment>,
    whose: Option<String>,
    people: Vec<(EnteredBy, String)>,
) -> AnyView {
    let l = req.locale;
    let filter = encoded(query);
    let state = match filter.as_str() {
        "" => t::list_state(l, page.total),
        _ => t::list_state_filtered(l, page.total),
    };
    let whose = whose.map(|name| t::list_of(l, &name));
    let states = State::ALL
        .iter()
        .map(|s| (s.name().to_owned(), t::state(l, *s)))
        .collect();
    let first = view! {
        {filter_select(l, "state", t::filter_state(l), &query.state, states)}
        {filter_enterer(req, &query.entered_by, people)}
    };
    let table = match (page.rows.is_empty(), page.total, filter.as_str()) {
        (false, ..) => table(l, page),
        (true, 0, "") => ui::empty(
            t::empty(l),
            may_add(req).then(|| add_link(l, query.filter().member)),
        ),
        (true, 0, _) => ui::empty(t::empty_filtered(l), Some(clear_link(l))),
        (true, ..) => ui::empty(t::empty_page(l), Some(clear_link(l))),
    };
    view! {
        {PageHead::new(t::title(l))
            .state(view! { {state} " " {whose} })
            .actions(actions(req, query.filter().member))
            .view()}
        {toolbar(l, "/payments", query, first.into_any())}
        {table}
        {ui::pager(l, page, "/payments", &filter)}
        {(page.total > 0).then(|| exports::links(l, exports::Name::Payments, &filter))}
    }
    .into_any()
}

fn may_add(req: &Req) -> bool {
    payments::rules::may_add(&req.rights()).is_ok()
}

fn actions(req: &Req, member: Option<MemberId>) -> AnyView {
    let l = req.locale;
    let queue = (req.waiting() > 0)
        .then(|| view! { <a class="button" href="/payments/queue">{t::see_queue(l)}</a> });
    let add = if may_add(req) {
        add_link(l, member)
    } else {
        let why = ui::missing_right(l, Right::PaymentsAdd);
        view! {
            <button class="button" type="button" disabled aria-describedby="why-add">{ui::icon("lock")} " " {t::add(l)}</button>
            <p class="help" id="why-add">{why}</p>
        }
        .into_any()
    };
    view! { {queue} {add} }.into_any()
}

fn add_link(l: Locale, member: Option<MemberId>) -> AnyView {
    let href = match member {
        Some(id) => format!("/payments/new?member={id}"),
        None => "/payments/new".to_owned(),
    };
    view! { <a class="button is-primary" href=href>{ui::icon("plus")} " " {t::add(l)}</a> }
        .into_any()
}

fn clear_link(l: Locale) -> AnyView {
    view! { <a class="button" href="/payments">{tf::clear_filters(l)}</a> }.into_any()
}

fn table(l: Locale, page: &Page<Payment>) -> AnyView {
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::received(l)}</th>
                    <th scope="col">{t::member(l)}</th>
                    <th scope="col">{t::what(l)}</th>
                    <th scope="col">{t::method_title(l)}</th>
                    <th scope="col" class="num">{t::amount(l)}</th>
                    <th scope="col">{t::entered(l)}</th>
                    <th scope="col">{t::state_title(l)}</th>
                </tr>
            </thead>
            <tbody>{page.rows.iter().map(|payment| row(l, payment)).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(l: Locale, payment: &Payment) -> AnyView {
    let void = matches!(payment.status(), Status::Reversed { .. }).then_some("is-void");
    let group = payment.group.map(|_| {
        let href = format!("{}#group", path(payment));
        view! { " " <a class="sub" href=href>{t::group_link(l)}</a> }
    });
    view! {
        <tr class=void>
            <td>{ui::day_short(l, payment.received_on)}</td>
            <th scope="row" class="is-main">
                <a class="row-link" href=path(payment)>{payment.member_name.clone()}</a>
                " " <span class="num soft">{number(payment)}</span>
            </th>
            <td class="breaks">{t::what_for(l, payment)} {group}</td>
            <td>{t::method(l, payment.method)}</td>
            <td class="num is-end">{l.money(payment.amount)}</td>
            <td class="breaks" data-label=t::entered(l)>{entered_by(l, payment)}</td>
            <td>{badge(l, payment)}</td>
        </tr>
    }
    .into_any()
}
