//! Types of services: the list, and each one's page with its form.

use super::tag;
use crate::fields::inputs;
use crate::locales::notices::Notice;
use crate::locales::{addresses as ta, frame as tf, services as t};
use crate::people::facts;
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, Mark, PageHead};
use domain::context::Cx;
use domain::crews::{self, Crew};
use domain::fields::{self, Filled, On, typed_of};
use domain::kernel::calendar::FIRST_DAY;
use domain::kernel::{Code, Locale, Problem, Right, ServiceTypeId};
use domain::services::{self, Colour, ServiceType, TypeForm};
use leptos::prelude::*;

/// `GET /service-types`
pub async fn list(req: Req) -> Reply {
    let kinds = req.view(async |cx| services::types_seen(cx).await).await?;
    Ok(req.page(&t::types(req.locale), list_page(&req, &kinds)))
}

fn list_page(req: &Req, kinds: &[ServiceType]) -> AnyView {
    let l = req.locale;
    let mut head = PageHead::new(t::types(l)).state(t::types_state(l));
    let may = req.rights().has(Right::ServiceTypes);
    if may {
        head = head.actions(view! {
            <a class="button is-primary" href="/service-types/new">{ui::icon("plus")} " " {t::add_type(l)}</a>
        });
    }
    let locked =
        (!may).then(|| view! { <p class="help">{ui::missing_right(l, Right::ServiceTypes)}</p> });
    let rows = kinds.iter().map(|kind| row(req, kind)).collect_view();
    let body = match kinds.is_empty() {
        true => view! {
            <div class="empty"><h2>{t::types_none(l)}</h2><p>{t::types_none_help(l)}</p></div>
        }
        .into_any(),
        false => view! {
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::types_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::type_name(l)}</th>
                        <th scope="col">{t::crew(l)}</th>
                        <th scope="col" class="num">{t::price(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any(),
    };
    view! { {head.view()} {body} {locked} }.into_any()
}

fn row(req: &Req, kind: &ServiceType) -> AnyView {
    let l = req.locale;
    let href = format!("/service-types/{}", kind.id);
    let archived = kind
        .is_archived
        .then(|| ui::badge(Mark::None, t::archived(l)));
    let price = t::price_per(l, &l.money(kind.price_on(req.today())), kind.months);
    view! {
        <tr>
            <th scope="row" class="is-main">
                <a class="row-link" href=href>{tag(kind.colour, kind.name.clone())}</a> " " {archived}
            </th>
            <td data-label=t::crew(l)>{kind.crew_name.clone()}</td>
            <td class="num" data-label=t::price(l)>{price}</td>
        </tr>
    }
    .into_any()
}

/// `GET /service-types/new`
pub async fn new(req: Req) -> Reply {
    let known = req
        .view(async |cx| {
            cx.require(Right::ServiceTypes)?;
            crews_and_fields(cx, None).await
        })
        .await?;
    let form = TypeForm {
        key: ui::new_key(),
        ..TypeForm::blank()
    };
    let l = req.locale;
    Ok(req.form_page(&t::add_type_title(l), new_page(l, &known, &form, None)))
}

/// The crews, and the organisation's own fields of a type.
async fn crews_and_fields(
    cx: &mut Cx,
    id: Option<ServiceTypeId>,
) -> Result<(Vec<Crew>, Vec<Filled>), Problem> {
    let own = fields::filled(cx, On::ServiceType, id.map(|id| id.0)).await?;
    Ok((crews::list(cx).await?, own))
}

/// `POST /service-types/new`
pub async fn add(req: Req, Posted(form): Posted<TypeForm>) -> Reply {
    let l = req.locale;
    let mut form = form;
    let done = req.act(async |cx| services::add_type(cx, &form).await);
    let problem = match done.await {
        Ok(_) => return Ok(req.go("/service-types", Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let known = req
        .view(async |cx| crews_and_fields(cx, None).await)
        .await?;
    req.page_again(problem, &t::add_type_title(l), |problem| {
        new_page(l, &known, &form, Some(problem))
    })
}

fn new_page(
    l: Locale,
    known: &(Vec<Crew>, Vec<Filled>),
    form: &TypeForm,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        {PageHead::new(t::add_type_title(l)).crumb("/service-types", t::types(l)).state(t::add_type_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/service-types/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {all_fields(&f, known, form)}
            <div class="form-end">
                <button class="button is-primary">{t::add_type_button(l)}</button>
                <a class="button is-quiet" href="/service-types">{t::leave_new(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// `GET /service-types/{id}`
pub async fn show(req: Req, Id(id): Id<ServiceTypeId>) -> Reply {
    let (kind, known) = req.view(async |cx| read(cx, id).await).await?;
    let form = form_of(&req, &kind, &known.1);
    Ok(req.form_page(&kind.name, page(&req, &kind, &known, &form, None)))
}

/// `POST /service-types/{id}`
pub async fn save(req: Req, Id(id): Id<ServiceTypeId>, Posted(form): Posted<TypeForm>) -> Reply {
    let done = req.act(async |cx| services::save_type(cx, id, &form).await);
    match done.await {
        Ok(()) => Ok(req.go(&format!("/service-types/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, id, problem, Some(form)).await,
    }
}

/// `POST /service-types/{id}/archive`
pub async fn archive(req: Req, Id(id): Id<ServiceTypeId>) -> Reply {
    let done = req.act(async |cx| services::archive_type(cx, id).await);
    done_or_again(&req, id, done.await).await
}

/// `POST /service-types/{id}/restore`
pub async fn restore(req: Req, Id(id): Id<ServiceTypeId>) -> Reply {
    let done = req.act(async |cx| services::restore_type(cx, id).await);
    done_or_again(&req, id, done.await).await
}

async fn done_or_again(req: &Req, id: ServiceTypeId, done: Result<(), Problem>) -> Reply {
    match done {
        Ok(()) => Ok(req.go("/service-types", Some(Notice::Saved))),
        Err(problem) => again(req, id, problem, None).await,
    }
}

/// The page with what was wrong, and what was typed.
async fn again(req: &Req, id: ServiceTypeId, problem: Problem, typed: Option<TypeForm>) -> Reply {
    let (kind, known) = req.view(async |cx| read(cx, id).await).await?;
    let form = typed.unwrap_or_else(|| form_of(req, &kind, &known.1));
    req.page_again(problem, &kind.name, |problem| {
        page(req, &kind, &known, &form, Some(problem))
    })
}

/// A type, with the crews and the organisation's own fields.
async fn read(
    cx: &mut Cx,
    id: ServiceTypeId,
) -> Result<(ServiceType, (Vec<Crew>, Vec<Filled>)), Problem> {
    let kind = services::get_type(cx, id).await?;
    Ok((kind, crews_and_fields(cx, Some(id)).await?))
}

fn form_of(req: &Req, kind: &ServiceType, own: &[Filled]) -> TypeForm {
    TypeForm {
        extra: typed_of(own, req.locale),
        ..TypeForm::of(kind, req.today(), req.locale)
    }
}

fn page(
    req: &Req,
    kind: &ServiceType,
    known: &(Vec<Crew>, Vec<Filled>),
    form: &TypeForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let may = req.rights().has(Right::ServiceTypes);
    let price = t::price_per(l, &l.money(kind.price_on(req.today())), kind.months);
    let state = match kind.is_archived {
        true => t::archived_help(l),
        false => t::type_state(l, &kind.crew_name, &price),
    };
    let see = req.rights().is_in(kind.crew).then(|| {
        let href = format!("/services?kind={}", kind.id);
        view! { <a class="button" href=href>{t::see_services(l)}</a> }
    });
    let archive = may.then(|| archive_form(l, kind));
    let head = PageHead::new(kind.name.clone())
        .crumb("/service-types", t::types(l))
        .state(view! { {tag(kind.colour, kind.name.clone())} " · " {state} })
        .actions(view! { {see} {archive} });
    let body = match may {
        true => view! {
            <form class="form" method="post" action=format!("/service-types/{}", kind.id) novalidate>
                <input type="hidden" name="version" value=form.version.clone()/>
                {all_fields(&f, known, form)}
                <div class="form-end">
                    <button class="button is-primary">{tf::save(l)}</button>
                    <a class="button is-quiet" href="/service-types">{t::leave(l)}</a>
                </div>
            </form>
        }
        .into_any(),
        false => view! {
            {facts::list(inputs::facts(l, &known.1))}
            <p class="help">{ui::missing_right(l, Right::ServiceTypes)}</p>
        }
        .into_any(),
    };
    view! { {head.view()} {f.summary()} {body} {prices(l, kind)} }.into_any()
}

fn archive_form(l: Locale, kind: &ServiceType) -> AnyView {
    let (action, label) = match kind.is_archived {
        true => ("restore", t::restore(l)),
        false => ("archive", t::archive(l)),
    };
    let action = format!("/service-types/{}/{action}", kind.id);
    view! { <form method="post" action=action><button class="button">{label}</button></form> }
        .into_any()
}

fn all_fields(
    f: &FormView<'_>,
    (crews, own): &(Vec<Crew>, Vec<Filled>),
    form: &TypeForm,
) -> AnyView {
    let l = f.l;
    let none = std::iter::once(Choice::new("", t::crew_none(l)));
    let crews = crews
        .iter()
        .map(|crew| Choice::new(crew.id.to_string(), crew.name.clone()));
    let colours = Colour::ALL
        .iter()
        .map(|c| Choice::new(c.name(), t::colour_name(l, *c)));
    view! {
        {f.field("name", t::type_name(l), &form.name).help(t::type_name_help(l)).view()}
        {f.select("crew", t::crew(l), &form.crew, none.chain(crews).collect())}
        {f.select("colour", t::colour(l), &form.colour, colours.collect())}
        {f.field("months", t::months(l), &form.months).inputmode("numeric").class("is-short num").view()}
        <div class="field-row">
            {f.field("price", t::price(l), &form.price).help(t::price_help(l)).inputmode("decimal").class("is-short num").view()}
            {f.optional("price_from", t::price_from(l), &form.price_from).help(t::price_from_help(l)).kind("date").class("is-medium").view()}
        </div>
        <div class="field">
            <label class="choice">
                <input type="checkbox" id="addresses" name="addresses" value="yes" checked=form.addresses.trim() == "yes"/>
                <span>{ta::type_carries(l)}</span>
            </label>
        </div>
        {f.optional("note", t::note(l), &form.note).help(t::note_help(l)).rows(3).view()}
        {inputs::all(f, own, &form.extra)}
    }
    .into_any()
}

/// What it costs, from when on.
fn prices(l: Locale, kind: &ServiceType) -> AnyView {
    let rows = kind.prices.iter().rev().map(|price| {
        let from = match price.from_on == FIRST_DAY {
            true => t::always(l).into_any(),
            false => ui::day(l, price.from_on),
        };
        view! { <tr><th scope="row">{from}</th><td class="num">{l.money(price.amount)}</td></tr> }
    });
    view! {
        <section class="section" aria-labelledby="prices">
            <h2 id="prices">{t::prices(l)}</h2>
            <table class="table">
                <thead><tr><th scope="col">{t::from_on(l)}</th><th scope="col" class="num">{t::price(l)}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
