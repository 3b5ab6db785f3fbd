//! Giving a service to a member; changing since when and until when they have it.

use super::form::{own_amount, suggest};
use crate::locales::notices::Notice;
use crate::locales::services as t;
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead, Tone};
use axum::extract::Path;
use domain::context::Cx;
use domain::kernel::{Code, HoldingId, Problem, Result, ServiceId};
use domain::services::{self, Holding, HoldingForm, Service};
use leptos::prelude::*;
use serde::Deserialize;

/// What the form is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    /// A member, typed or as an id.
    member: String,
}

/// `GET /services/{id}/give`
pub async fn ask(req: Req, Id(id): Id<ServiceId>, Asked(wanted): Asked<Wanted>) -> Reply {
    let service = req.view(async |cx| services::get(cx, id).await).await?;
    let form = HoldingForm {
        key: ui::new_key(),
        member: wanted.member,
        from_on: req.today().to_string(),
        ..HoldingForm::default()
    };
    let title = t::give_title(req.locale, &service.name());
    Ok(req.form_page(&title, give_page(&req, &service, &form, None)))
}

/// `POST /services/{id}/give`
pub async fn give(req: Req, Id(id): Id<ServiceId>, Posted(form): Posted<HoldingForm>) -> Reply {
    let mut form = form;
    let problem = match req
        .act(async |cx| services::give(cx, id, &form).await)
        .await
    {
        Ok(_) => return Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let service = req.view(async |cx| services::get(cx, id).await).await?;
    let title = t::give_title(req.locale, &service.name());
    req.page_again(problem, &title, |problem| {
        give_page(&req, &service, &form, Some(problem))
    })
}

fn give_page(
    req: &Req,
    service: &Service,
    form: &HoldingForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let path = format!("/services/{}", service.id);
    let action = format!("{path}/give");
    view! {
        {PageHead::new(t::give_title(l, &service.label)).crumb(path.clone(), service.name()).state(t::give_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.field("member", t::member(l), &form.member).help(t::member_help(l)).view()}
            {days(&f, form)}
            {own_amount(&f, &form.amount, &form.reason)}
            <div class="form-end">
                <button class="button is-primary">{t::give_button(l)}</button>
                <a class="button is-quiet" href=path>{t::leave(l)}</a>
            </div>
        </form>
        {suggest(l)}
    }
    .into_any()
}

fn days(f: &FormView<'_>, form: &HoldingForm) -> AnyView {
    let l = f.l;
    view! {
        <div class="field-row">
            {f.field("from_on", t::from_on(l), &form.from_on).kind("date").view()}
            {f.optional("until_on", t::until_on(l), &form.until_on).kind("date").help(t::until_help(l)).view()}
        </div>
    }
    .into_any()
}

/// A service, and one of its holdings.
struct Found {
    service: Service,
    holding: Holding,
}

impl Found {
    fn path(&self) -> String {
        format!("/services/{}/holdings/{}", self.service.id, self.holding.id)
    }
}

fn ids((service, holding): (String, String)) -> Result<(ServiceId, HoldingId)> {
    let missing = || Problem::new(Code::NotFound);
    let service = service.parse().map_err(|_| missing())?;
    Ok((service, holding.parse().map_err(|_| missing())?))
}

async fn find(cx: &mut Cx, id: ServiceId, holding: HoldingId) -> Result<Found> {
    let known = services::known(cx, id).await?;
    let found = known.held.into_iter().find(|h| h.holding.id == holding);
    let holding = found.ok_or_else(|| Problem::new(Code::NotFound))?.holding;
    Ok(Found {
        service: known.service,
        holding,
    })
}

/// `GET /services/{id}/holdings/{holding}`
pub async fn edit(req: Req, Path(path): Path<(String, String)>) -> Reply {
    let (id, holding) = ids(path)?;
    let found = req.view(async |cx| find(cx, id, holding).await).await?;
    let form = HoldingForm::of(&found.holding, req.locale);
    let title = t::holding_title(req.locale, &found.holding.member_name);
    Ok(req.form_page(&title, page(&req, &found, &form, None)))
}

/// `POST /services/{id}/holdings/{holding}`
pub async fn save(
    req: Req,
    Path(path): Path<(String, String)>,
    Posted(form): Posted<HoldingForm>,
) -> Reply {
    let (id, holding) = ids(path)?;
    let done = req.act(async |cx| services::save_holding(cx, id, holding, &form).await);
    match done.await {
        Ok(()) => Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, (id, holding), problem, Some(form)).await,
    }
}

/// What the form that takes a holding back sends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Removal {
    /// The version that it was shown with.
    version: String,
}

/// `POST /services/{id}/holdings/{holding}/remove`
pub async fn remove(
    req: Req,
    Path(path): Path<(String, String)>,
    Posted(form): Posted<Removal>,
) -> Reply {
    let (id, holding) = ids(path)?;
    let version = &form.version;
    let done = req.act(async |cx| services::remove_holding(cx, id, holding, version).await);
    match done.await {
        Ok(()) => Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, (id, holding), problem, None).await,
    }
}

/// The page with what was wrong, and what was typed.
async fn again(
    req: &Req,
    (id, holding): (ServiceId, HoldingId),
    problem: Problem,
    typed: Option<HoldingForm>,
) -> Reply {
    let found = req.view(async |cx| find(cx, id, holding).await).await?;
    let form = typed.unwrap_or_else(|| HoldingForm::of(&found.holding, req.locale));
    let title = t::holding_title(req.locale, &found.holding.member_name);
    req.page_again(problem, &title, |problem| {
        page(req, &found, &form, Some(problem))
    })
}

fn page(req: &Req, found: &Found, form: &HoldingForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let (path, back) = (found.path(), format!("/services/{}", found.service.id));
    let remove = view! {
        <form class="stack" method="post" action=format!("{path}/remove")>
            <input type="hidden" name="version" value=found.holding.version.to_string()/>
            <div><button class="button is-danger">{t::holding_remove(l)}</button></div>
            <p class="help">{t::holding_remove_help(l)}</p>
        </form>
    };
    view! {
        {PageHead::new(t::holding_title(l, &found.holding.member_name))
            .crumb(back.clone(), found.service.name())
            .view()}
        {f.summary()}
        {ui::notice(Tone::Info, t::holding_state(l))}
        <form class="form" method="post" action=path novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {days(&f, form)}
            {own_amount(&f, &form.amount, &form.reason)}
            <div class="form-end">
                <button class="button is-primary">{t::save_holding(l)}</button>
                <a class="button is-quiet" href=back>{t::leave(l)}</a>
            </div>
        </form>
        {remove}
    }
    .into_any()
}
