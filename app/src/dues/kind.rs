//! A kind of dues: its page, its form, and what is done with it.

use crate::locales::notices::Notice;
use crate::locales::{dues as t, frame as tf};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead};
use domain::dues::{self, Kind, KindForm};
use domain::kernel::{Code, DuesKindId, Locale, Problem, Right};
use leptos::prelude::*;

/// `GET /dues/new`
pub async fn new(req: Req) -> Reply {
    let form = KindForm {
        key: ui::new_key(),
        ..KindForm::blank()
    };
    req.view(async |cx| cx.require(Right::Settings)).await?;
    let l = req.locale;
    Ok(req.form_page(&t::add(l), new_page(l, &form, None)))
}

/// `POST /dues/new`
pub async fn add(req: Req, Posted(form): Posted<KindForm>) -> Reply {
    let l = req.locale;
    let mut form = form;
    match req.act(async |cx| dues::add_kind(cx, &form).await).await {
        Ok(_) => Ok(req.go("/dues", Some(Notice::Saved))),
        Err(problem) => {
            // Its key is used up; what was typed is not lost.
            if problem.code == Code::AlreadySent {
                form.key = ui::new_key();
            }
            req.page_again(problem, &t::add(l), |problem| {
                new_page(l, &form, Some(problem))
            })
        }
    }
}

fn new_page(l: Locale, form: &KindForm, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        {PageHead::new(t::add(l)).crumb("/dues", tf::dues(l)).state(t::add_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/dues/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {fields(&f, form)}
            <div class="form-end">
                <button class="button is-primary">{t::add_button(l)}</button>
                <a class="button is-quiet" href="/dues">{t::leave_new(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// `GET /dues/{id}`
pub async fn show(req: Req, Id(id): Id<DuesKindId>) -> Reply {
    let kind = req.view(async |cx| dues::get_kind(cx, id).await).await?;
    let form = KindForm::of(&kind, req.today(), req.locale);
    Ok(req.form_page(&kind.name, page(&req, &kind, &form, None)))
}

/// `POST /dues/{id}`
pub async fn save(req: Req, Id(id): Id<DuesKindId>, Posted(form): Posted<KindForm>) -> Reply {
    match req
        .act(async |cx| dues::save_kind(cx, id, &form).await)
        .await
    {
        Ok(()) => Ok(req.go(&format!("/dues/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, id, problem, Some(form)).await,
    }
}

/// `POST /dues/{id}/default`
pub async fn make_default(req: Req, Id(id): Id<DuesKindId>) -> Reply {
    let done = req.act(async |cx| dues::set_default_kind(cx, id).await);
    done_or_again(&req, id, done.await).await
}

/// `POST /dues/{id}/archive`
pub async fn archive(req: Req, Id(id): Id<DuesKindId>) -> Reply {
    let done = req.act(async |cx| dues::archive_kind(cx, id).await);
    done_or_again(&req, id, done.await).await
}

/// `POST /dues/{id}/restore`
pub async fn restore(req: Req, Id(id): Id<DuesKindId>) -> Reply {
    let done = req.act(async |cx| dues::restore_kind(cx, id).await);
    done_or_again(&req, id, done.await).await
}

async fn done_or_again(req: &Req, id: DuesKindId, done: Result<(), Problem>) -> Reply {
    match done {
        Ok(()) => Ok(req.go("/dues", Some(Notice::Saved))),
        Err(problem) => again(req, id, problem, None).await,
    }
}

/// The page with what was wrong, and what was typed.
async fn again(req: &Req, id: DuesKindId, problem: Problem, typed: Option<KindForm>) -> Reply {
    let kind = req.view(async |cx| dues::get_kind(cx, id).await).await?;
    let form = typed.unwrap_or_else(|| KindForm::of(&kind, req.today(), req.locale));
    req.page_again(problem, &kind.name, |problem| {
        page(req, &kind, &form, Some(problem))
    })
}

fn page(req: &Req, kind: &Kind, form: &KindForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let may = req.rights().has(Right::Settings);
    let state = if kind.is_default {
        t::default_help(l)
    } else if kind.is_archived {
        t::archived_help(l)
    } else {
        t::cycle_text(l, kind.cycle)
    };
    let mut head = PageHead::new(kind.name.clone())
        .crumb("/dues", tf::dues(l))
        .state(state);
    if may {
        head = head.actions(actions(l, kind));
    }
    let action = format!("/dues/{}", kind.id);
    let body = match may {
        true => view! {
            <form class="form" method="post" action=action novalidate>
                <input type="hidden" name="version" value=form.version.clone()/>
                {fields(&f, form)}
                <div class="form-end">
                    <button class="button is-primary">{tf::save(l)}</button>
                    <a class="button is-quiet" href="/dues">{t::leave(l)}</a>
                </div>
            </form>
        }
        .into_any(),
        false => view! { <p class="help">{ui::missing_right(l, Right::Settings)}</p> }.into_any(),
    };
    view! {
        {head.view()}
        {f.summary()}
        {body}
        {prices(l, kind)}
    }
    .into_any()
}

fn actions(l: Locale, kind: &Kind) -> AnyView {
    let button = |action: &str, label| {
        let action = format!("/dues/{}/{action}", kind.id);
        view! { <form method="post" action=action><button class="button">{label}</button></form> }
            .into_any()
    };
    let default = (!kind.is_default && !kind.is_archived && !kind.is_free())
        .then(|| button("default", t::make_default(l)));
    let archive = match (kind.is_default, kind.is_archived) {
        (true, _) => None,
        (false, true) => Some(button("restore", t::restore(l))),
        (false, false) => Some(button("archive", t::archive(l))),
    };
    view! { {default} {archive} }.into_any()
}

/// What it costs, from when on.
fn prices(l: Locale, kind: &Kind) -> Option<AnyView> {
    if kind.is_free() || kind.prices.is_empty() {
        return None;
    }
    let rows = kind.prices.iter().rev().map(|price| {
        let from = match price.from_on == domain::kernel::calendar::FIRST_DAY {
            true => t::always(l).into_any(),
            false => ui::day(l, price.from_on),
        };
        view! { <tr><th scope="row">{from}</th><td class="num">{l.money(price.amount)}</td></tr> }
    });
    let view = view! {
        <section class="section" aria-labelledby="prices">
            <h2 id="prices">{t::prices(l)}</h2>
            <table class="table">
                <thead><tr><th scope="col">{t::from_on(l)}</th><th scope="col" class="num">{t::price(l)}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    };
    Some(view.into_any())
}

fn fields(f: &FormView<'_>, form: &KindForm) -> AnyView {
    let l = f.l;
    let cycles = vec![
        Choice::with_help("months", t::cycle_months(l), t::cycle_months_help(l)),
        Choice::with_help("year", t::cycle_year(l), t::cycle_year_help(l)),
        Choice::with_help("free", t::cycle_free(l), t::cycle_free_help(l)),
    ];
    let months = (1..=12_u32)
        .map(|n| Choice::new(n.to_string(), l.month(n)))
        .collect();
    let firsts = vec![
        Choice::new("full", t::first_full(l)),
        Choice::new("by_month", t::first_by_month(l)),
    ];
    view! {
        {f.field("name", t::name(l), &form.name).help(t::name_help(l)).view()}
        {f.radios("cycle", t::cycle(l), &form.cycle, cycles)}
        <div class="field-row">
            {f.optional("months", t::months(l), &form.months).inputmode("numeric").class("is-short num").view()}
            {f.select("first_month", t::first_month(l), &form.first_month, months)}
        </div>
        <div class="field-row">
            {f.optional("price", t::price(l), &form.price).help(t::price_help(l)).inputmode("decimal").class("is-short num").view()}
            {f.optional("price_from", t::price_from(l), &form.price_from).help(t::price_from_help(l)).kind("date").class("is-medium").view()}
        </div>
        {f.radios("first_period", t::first_period(l), &form.first_period, firsts)}
    }
    .into_any()
}
