//! One transfer for several members: a table of all for whom somebody pays.

use crate::locales::notices::Notice;
use crate::locales::{dues as td, payments as t, problems};
use crate::request::{Asked, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead};
use domain::dues;
use domain::kernel::{Cents, Code, Locale, PartyId, Problem, Right};
use domain::payments::{self, Household, Method, Proposal, TogetherForm, amount_field};
use leptos::prelude::*;
use serde::Deserialize;

/// Who pays.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    payer: String,
}

/// `GET /payments/together`
pub async fn show(req: Req, Asked(wanted): Asked<Wanted>) -> Reply {
    let l = req.locale;
    let Ok(payer) = wanted.payer.trim().parse::<PartyId>() else {
        return payers(&req).await;
    };
    let household = req
        .view(async |cx| payments::household(cx, payer).await)
        .await?;
    let form = TogetherForm::of(&household, ui::new_key(), req.today(), l);
    let title = td::together_title(l, &household.name);
    Ok(req.form_page(&title, page(l, &household, &form, None)))
}

/// Those who pay for others, to choose from.
async fn payers(req: &Req) -> Reply {
    let l = req.locale;
    let payers = req
        .view(async |cx| {
            cx.require(Right::PaymentsAdd)?;
            dues::payers(cx).await
        })
        .await?;
    let rows = payers.iter().map(|(payer, members)| {
        let href = format!("/payments/together?payer={}", payer.party);
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{payer.name.clone()}</a></th>
                <td class="is-end">{td::members_owe(l, *members)}</td>
            </tr>
        }
    });
    let list = match payers.is_empty() {
        true => ui::empty(td::payers_none(l), None),
        false => view! {
            <table class="table is-stacking">
                <thead><tr><th scope="col">{td::payer_title(l)}</th><th scope="col">{td::pays_for(l)}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any(),
    };
    let head = PageHead::new(td::together(l))
        .crumb("/payments", t::title(l))
        .state(td::together_state(l));
    let body = view! { {head.view()} {list} };
    Ok(req.page(&td::together(l), body))
}

/// `POST /payments/together`
pub async fn enter(req: Req, Posted(form): Posted<TogetherForm>) -> Reply {
    let l = req.locale;
    let mut form = form;
    let problem = match req
        .act(async |cx| payments::add_together(cx, &form).await)
        .await
    {
        Ok(_) => return Ok(req.go("/payments", Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let payer: PartyId = form
        .payer
        .parse()
        .map_err(|_| Problem::new(Code::NotFound))?;
    let household = req
        .view(async |cx| payments::household(cx, payer).await)
        .await?;
    let title = td::together_title(l, &household.name);
    req.page_again(problem, &title, |problem| {
        page(l, &household, &form, Some(problem))
    })
}

fn page(
    l: Locale,
    household: &Household,
    form: &TogetherForm,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    let methods = Method::ALL
        .iter()
        .filter(|method| **method != Method::Waived)
        .map(|method| Choice::new(method.name(), t::method(l, *method)))
        .collect();
    let rows = household.rows.iter().map(|row| line(l, row, form, problem));
    let sum = Cents::sum(
        household
            .rows
            .iter()
            .filter(|row| form.pays(row.dues.member))
            .filter_map(|row| Cents::parse(form.amount_of(row.dues.member)).ok()),
    );
    let head = PageHead::new(td::together_title(l, &household.name))
        .crumb("/payments", t::title(l))
        .state(td::together_state(l));
    view! {
        {head.view()}
        {f.summary()}
        <form class="form" method="post" action="/payments/together" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            <input type="hidden" name="payer" value=form.payer.clone()/>
            <table class="table is-stacking">
                <caption class="visually-hidden">{td::together_title(l, &household.name)}</caption>
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">{td::pick(l)}</span></th>
                        <th scope="col">{t::member(l)}</th>
                        <th scope="col">{td::period(l)}</th>
                        <th scope="col" class="num">{t::amount(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <p><span class="soft">{td::together_sum(l)}</span> " " <output class="figure" data-sum="">{l.money(sum)}</output></p>
            <div class="field-row">
                {f.select("method", t::method_title(l), &form.method, methods)}
                {f.field("received_on", t::received(l), &form.received_on).kind("date").class("is-medium").view()}
            </div>
            <div class="form-end">
                <button class="button is-primary">{td::enter_together(l)}</button>
                <a class="button is-quiet" href="/payments">{td::leave_new(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

fn line(l: Locale, row: &Proposal, form: &TogetherForm, problem: Option<&Problem>) -> AnyView {
    let member = row.dues.member;
    let id = member.to_string();
    let field = amount_field(&id);
    let error = problem
        .and_then(|problem| problem.field(&field))
        .map(|code| problems::text(l, code));
    let described = error.is_some().then(|| format!("{field}-error"));
    let (period, why) = match &row.due {
        Some(due) => (
            td::between(l, &l.day(due.period.from()), &l.day(due.period.until())),
            td::why(l, due),
        ),
        None => (td::nothing_owed(l), "".into()),
    };
    let label = td::pay_for(l, &row.dues.name);
    view! {
        <tr>
            <td class="is-pick">
                <label>
                    <input type="checkbox" name="pay" value=id.clone() checked=form.pays(member)/>
                    <span class="visually-hidden">{label}</span>
                </label>
            </td>
            <th scope="row" class="is-main">{row.dues.name.clone()} " " <span class="num soft">{row.dues.number.to_string()}</span></th>
            <td data-label=td::period(l)>{period} " " <span class="sub">{why}</span></td>
            <td class="num is-end">
                <input type="hidden" name="member" value=id.clone()/>
                <input type="hidden" name="period_from" value=row.form.period_from.clone()/>
                <input type="hidden" name="period_until" value=row.form.period_until.clone()/>
                <input type="hidden" name="kind" value=row.form.kind.clone()/>
                {error.map(|text| view! { <p class="error" id=format!("{field}-error")>{text}</p> })}
                <input class="is-short num" id=field.clone() name="amount" inputmode="decimal" autocomplete="off"
                    aria-label=td::amount_for(l, &row.dues.name) aria-describedby=described value=form.amount_of(member).to_owned()/>
            </td>
        </tr>
    }
    .into_any()
}
