//! The kinds of dues, and what is owed of each.

use crate::exports;
use crate::locales::{dues as t, frame as tf};
use crate::request::{Reply, Req};
use crate::ui::{self, Mark, PageHead};
use domain::dues::{self, KindRow, Overview};
use domain::kernel::{Cents, Day, Locale, Right};
use leptos::prelude::*;

/// `GET /dues`
pub async fn show(req: Req) -> Reply {
    let overview = req.view(async |cx| dues::overview(cx).await).await?;
    Ok(req.page(&tf::dues(req.locale), page(&req, &overview)))
}

fn page(req: &Req, overview: &Overview) -> AnyView {
    let l = req.locale;
    let state = match overview.owing() {
        0 => t::nobody_owes(l),
        n => t::all_owe(l, n, &l.money(overview.arrears())),
    };
    let mut head = PageHead::new(tf::dues(l)).state(state);
    let may = req.rights().has(Right::Settings);
    if may {
        head = head.actions(view! {
            <a class="button is-primary" href="/dues/new">{ui::icon("plus")} " " {t::add(l)}</a>
        });
    }
    let locked =
        (!may).then(|| view! { <p class="help">{ui::missing_right(l, Right::Settings)}</p> });
    let today = req.today();
    let rows = overview.rows.iter().map(|row| kind_row(l, row, today));
    view! {
        {head.view()}
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::name(l)}</th>
                    <th scope="col">{t::cycle(l)}</th>
                    <th scope="col" class="num">{t::price(l)}</th>
                    <th scope="col" class="num">{tf::members(l)}</th>
                    <th scope="col" class="num">{t::arrears(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {exports::links(l, exports::Name::Dues, "")}
        {locked}
    }
    .into_any()
}

fn kind_row(l: Locale, row: &KindRow, today: Day) -> AnyView {
    let kind = &row.kind;
    let href = format!("/dues/{}", kind.id);
    let mark = if kind.is_default {
        Some(ui::badge(Mark::Validated, t::default(l)))
    } else if kind.is_archived {
        Some(ui::badge(Mark::None, t::archived(l)))
    } else {
        None
    };
    let price = (!kind.is_free()).then(|| l.money(kind.price_on(today)));
    let coming = kind
        .prices
        .iter()
        .find(|price| price.from_on > today)
        .filter(|_| !kind.is_free())
        .map(|p| t::coming(l, &l.money(p.amount), &l.day(p.from_on)));
    let arrears = match row.arrears {
        Cents::ZERO => view! { <span class="soft">"–"</span> }.into_any(),
        sum => {
            let who = t::members_owe(l, row.owing);
            view! { {l.money(sum)} " " <span class="sub">{who}</span> }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" class="is-main"><a class="row-link" href=href>{kind.name.clone()}</a> " " {mark}</th>
            <td data-label=t::cycle(l)>{t::cycle_text(l, kind.cycle)}</td>
            <td class="num" data-label=t::price(l)>{price} " " {coming.map(|text| view! { <span class="sub">{text}</span> })}</td>
            <td class="num" data-label=tf::members(l)>{l.count(row.members)}</td>
            <td class="num" data-label=t::arrears(l)>{arrears}</td>
        </tr>
    }
    .into_any()
}
