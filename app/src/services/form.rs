//! The forms of a service: prepared in one step with the one who gets it, and changed.

use crate::fields::inputs;
use crate::islands::search::MemberSuggest;
use crate::locales::notices::Notice;
use crate::locales::{addresses as ta, services as t};
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead};
use domain::context::Cx;
use domain::fields::{self, Filled, Has, typed_of};
use domain::kernel::{Code, Locale, Problem, ServiceId};
use domain::services::{self, NewServiceForm, Service, ServiceForm, ServiceType};
use leptos::prelude::*;
use serde::Deserialize;

/// What the new form is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    /// A type's id.
    kind: String,
    /// A member, typed or as an id.
    member: String,
}

/// `GET /services/new`
pub async fn new(req: Req, Asked(wanted): Asked<Wanted>) -> Reply {
    let known = req.view(kinds_and_fields).await?;
    let form = NewServiceForm {
        key: ui::new_key(),
        kind: wanted.kind,
        member: wanted.member,
        from_on: req.today().to_string(),
        ..NewServiceForm::default()
    };
    Ok(req.form_page(&t::add(req.locale), new_page(&req, &known, &form, None)))
}

/// The types that one manages, and the organisation's own fields of their services.
async fn kinds_and_fields(cx: &mut Cx) -> Result<(Vec<ServiceType>, Vec<Filled>), Problem> {
    let kinds = services::managed_types(cx).await?;
    let own = inputs::of_new_service(cx, &kinds).await?;
    Ok((kinds, own))
}

/// `POST /services/new`
pub async fn add(req: Req, Posted(form): Posted<NewServiceForm>) -> Reply {
    let l = req.locale;
    let mut form = form;
    let problem = match req.act(async |cx| services::add(cx, &form).await).await {
        Ok(id) => return Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let known = req.view(kinds_and_fields).await?;
    req.page_again(problem, &t::add(l), |problem| {
        new_page(&req, &known, &form, Some(problem))
    })
}

fn new_page(
    req: &Req,
    (kinds, own): &(Vec<ServiceType>, Vec<Filled>),
    form: &NewServiceForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let offered = kinds.iter().filter(|kind| !kind.is_archived).map(|kind| {
        let price = l.money(kind.price_on(req.today()));
        let label = format!("{} ({})", kind.name, t::price_per(l, &price, kind.months));
        Choice::new(kind.id.to_string(), label)
    });
    let offered: Vec<Choice> = offered.collect();
    let head = PageHead::new(t::add(l))
        .crumb("/services", t::title(l))
        .state(t::add_state(l));
    if offered.is_empty() {
        return view! {
            {head.view()}
            <div class="empty"><h2>{t::no_type(l)}</h2><p>{t::no_type_help(l)}</p></div>
        }
        .into_any();
    }
    view! {
        {head.view()}
        {f.summary()}
        <form class="form" method="post" action="/services/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.select("kind", t::type_(l), &form.kind, offered)}
            {f.field("label", t::label(l), &form.label).help(t::label_help(l)).view()}
            {f.optional("member", t::member(l), &form.member).help(t::member_stock_help(l)).view()}
            <div class="field-row">
                {f.optional("from_on", t::from_on(l), &form.from_on).kind("date").view()}
                {f.optional("until_on", t::until_on(l), &form.until_on).kind("date").help(t::until_help(l)).view()}
            </div>
            {own_amount(&f, &form.amount, &form.reason)}
            {f.optional("note", t::note(l), &form.note).help(t::note_help(l)).rows(3).view()}
            {inputs::of_services(&f, kinds, own, &form.extra)}
            <div class="form-end">
                <button class="button is-primary">{t::add_button(l)}</button>
                <a class="button is-quiet" href="/services">{t::leave_new(l)}</a>
            </div>
        </form>
        {suggest(l)}
    }
    .into_any()
}

/// An amount of the member's own, and why.
pub fn own_amount(f: &FormView<'_>, amount: &str, reason: &str) -> AnyView {
    let l = f.l;
    view! {
        <div class="field-row">
            {f.optional("amount", t::own(l), amount).help(t::own_help(l)).inputmode("decimal").class("is-short num").view()}
            {f.optional("reason", t::reason(l), reason).help(t::reason_help(l)).view()}
        </div>
    }
    .into_any()
}

/// Members are suggested while one types.
pub fn suggest(l: Locale) -> AnyView {
    ui::live(move || view! { <MemberSuggest target="member".to_owned() locale=l/> }.into_any())
}

/// `GET /services/{id}/edit`
pub async fn edit(req: Req, Id(id): Id<ServiceId>) -> Reply {
    let known = req
        .view(async |cx| service_and_fields(cx, id).await)
        .await?;
    let title = t::edit_title(req.locale, &known.0.name());
    let form = ServiceForm {
        extra: typed_of(&known.1, req.locale),
        ..ServiceForm::of(&known.0)
    };
    Ok(req.form_page(&title, edit_page(&req, &known, &form, None)))
}

/// A service, and the organisation's own fields that it has.
async fn service_and_fields(cx: &mut Cx, id: ServiceId) -> Result<(Service, Vec<Filled>), Problem> {
    let service = services::get(cx, id).await?;
    let own = fields::filled(cx, Has::service(service.kind), Some(id.0)).await?;
    Ok((service, own))
}

/// `POST /services/{id}/edit`
pub async fn save(req: Req, Id(id): Id<ServiceId>, Posted(form): Posted<ServiceForm>) -> Reply {
    let problem = match req
        .act(async |cx| services::save(cx, id, &form).await)
        .await
    {
        Ok(()) => return Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    let known = req
        .view(async |cx| service_and_fields(cx, id).await)
        .await?;
    let title = t::edit_title(req.locale, &known.0.name());
    req.page_again(problem, &title, |problem| {
        edit_page(&req, &known, &form, Some(problem))
    })
}

fn edit_page(
    req: &Req,
    (service, own): &(Service, Vec<Filled>),
    form: &ServiceForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let path = format!("/services/{}", service.id);
    let action = format!("{path}/edit");
    view! {
        {PageHead::new(t::edit_title(l, &service.label)).crumb(path.clone(), service.name()).view()}
        {f.summary()}
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {f.field("label", t::label(l), &form.label).help(t::label_help(l)).view()}
            {f.optional("note", t::note(l), &form.note).help(t::note_help(l)).rows(3).view()}
            {f.optional("closed_on", t::closed_on(l), &form.closed_on).help(format!("{} {}", t::closed_help(l), ta::closes_help(l))).kind("date").class("is-medium").view()}
            {inputs::all(&f, own, &form.extra)}
            <div class="form-end">
                <button class="button is-primary">{t::save_holding(l)}</button>
                <a class="button is-quiet" href=path>{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}
