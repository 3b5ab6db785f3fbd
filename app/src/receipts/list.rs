//! A year's receipts, with their sum.

use crate::exports;
use crate::locales::{members as tm, payments as tp, receipts as t};
use crate::request::{Asked, Reply, Req};
use crate::ui::{self, Mark, PageHead};
use chrono::Datelike;
use domain::kernel::{Locale, Page, PageRequest};
use domain::payments::receipts::{self, Receipt, YearTotals};
use leptos::prelude::*;
use serde::Deserialize;

/// Which receipts are asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Query {
    year: String,
    page: String,
}

/// `GET /receipts`
pub async fn show(req: Req, Asked(query): Asked<Query>) -> Reply {
    let this_year = i64::from(req.today().year());
    // Asked for nothing readable: this year's.
    let year = query.year.trim().parse().unwrap_or(this_year);
    let (page, totals, years) = req
        .view(async |cx| {
            let asked = PageRequest::from_query(query.page.trim());
            let (page, totals) = receipts::list(cx, year, asked).await?;
            let mut years = receipts::years(cx).await?;
            for shown in [this_year, year] {
                if !years.contains(&shown) {
                    years.push(shown);
                }
            }
            years.sort_by_key(|year| std::cmp::Reverse(*year));
            Ok((page, totals, years))
        })
        .await?;
    let l = req.locale;
    Ok(req.page(&t::title_of(l, year), view(l, year, &years, &page, totals)))
}

fn view(l: Locale, year: i64, years: &[i64], page: &Page<Receipt>, totals: YearTotals) -> AnyView {
    let options = years.iter().map(|choice| {
        view! { <option value=choice.to_string() selected=*choice == year>{choice.to_string()}</option> }
    });
    let body = match (page.rows.is_empty(), totals.count) {
        (false, _) => table(l, year, page, totals),
        (true, 0) => {
            view! { <div class="empty"><p>{t::none_of(l, year)}</p><p>{t::none_help(l)}</p></div> }
                .into_any()
        }
        (true, _) => ui::empty(t::empty_page(l), None),
    };
    view! {
        {PageHead::new(t::title_of(l, year)).state(t::state(l, &totals)).view()}
        <form class="toolbar" method="get" action="/receipts">
            <label class="filter">
                <span>{t::year(l)}</span>
                <select name="year">{options.collect_view()}</select>
            </label>
            <button class="button">{t::show(l)}</button>
        </form>
        {body}
        {ui::pager(l, page, "/receipts", &format!("year={year}"))}
        {(totals.count > 0).then(|| exports::links(l, exports::Name::Receipts, &format!("year={year}")))}
    }
    .into_any()
}

fn table(l: Locale, year: i64, page: &Page<Receipt>, totals: YearTotals) -> AnyView {
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l, year)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::column_number(l)}</th>
                    <th scope="col">{t::column_issued(l)}</th>
                    <th scope="col">{t::column_member(l)}</th>
                    <th scope="col">{t::column_for(l)}</th>
                    <th scope="col">{t::column_method(l)}</th>
                    <th scope="col">{t::column_state(l)}</th>
                    <th scope="col" class="num">{t::column_amount(l)}</th>
                </tr>
            </thead>
            <tbody>{page.rows.iter().map(|receipt| row(l, receipt)).collect_view()}</tbody>
            <tfoot>
                <tr>
                    <th scope="row" colspan="6" class="is-main">{t::total(l, year)}</th>
                    <td class="num is-end">{l.money(totals.remaining())}</td>
                </tr>
            </tfoot>
        </table>
    }
    .into_any()
}

fn row(l: Locale, receipt: &Receipt) -> AnyView {
    let href = format!("/receipts/{}", receipt.payment);
    let (class, badge) = match receipt.cancelled {
        Some(_) => (Some("is-void"), ui::badge(Mark::Reversed, t::cancelled(l))),
        None => (None, ui::badge(Mark::Validated, t::valid(l))),
    };
    view! {
        <tr class=class>
            <td class="nowrap"><a class="row-link" href=href>{receipt.number.to_string()}</a></td>
            <td>{ui::day_short(l, receipt.issued_on)}</td>
            <th scope="row" class="is-main">
                {receipt.name.clone()} " " <span class="num soft">{receipt.member_number.to_string()}</span>
            </th>
            <td class="breaks">{what(l, receipt)}</td>
            <td>{tm::method(l, receipt.method)}</td>
            <td>{badge}</td>
            <td class="num is-end">{l.money(receipt.amount)}</td>
        </tr>
    }
    .into_any()
}

/// What was paid: a service, or dues.
pub fn what(l: Locale, receipt: &Receipt) -> String {
    match &receipt.service {
        Some(service) => tp::service_name(l, service).into_owned(),
        None => tp::named(l, &receipt.label, receipt.period),
    }
}
