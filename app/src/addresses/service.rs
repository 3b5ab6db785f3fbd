//! What a service has: on its page, given, taken back.

use crate::locales::addresses as t;
use crate::locales::notices::Notice;
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead, Tone};
use axum::extract::Path;
use domain::context::Cx;
use domain::kernel::{AllocationId, Code, Problem, Result, ServiceId};
use domain::services::addresses::rules::written;
use domain::services::addresses::{self, Allocation, EndForm, GiveForm, Offer};
use domain::services::{self, Service};
use leptos::prelude::*;
use serde::Deserialize;

/// Whether a service's type has addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// It has.
    Yes,
    /// It has not, or not any more.
    No,
}

/// The part of a service's page; nothing where its type has no addresses.
pub fn of_service(
    req: &Req,
    service: &Service,
    carries: Carries,
    all: &[Allocation],
) -> Option<AnyView> {
    if carries == Carries::No && all.is_empty() {
        return None;
    }
    let l = req.locale;
    let path = format!("/services/{}/addresses", service.id);
    let new = format!("{path}/new");
    let give = (carries == Carries::Yes).then(|| view! { <a href=new>{t::give(l)}</a> });
    let rows = all.iter().map(|allocation| {
        let href = format!("{path}/{}", allocation.id);
        let until = match allocation.until_at {
            Some(at) => ui::instant(l, at, req.zone()),
            None => t::ongoing(l).into_any(),
        };
        view! {
            <tr>
                <th scope="row" class="is-main breaks"><a class="row-link" href=href>{allocation.written()}</a></th>
                <td data-label=t::since(l)>{ui::instant(l, allocation.from_at, req.zone())}</td>
                <td data-label=t::until(l)>{until}</td>
            </tr>
        }
    });
    let body = match all.is_empty() {
        true => view! { <p class="help">{t::own_none(l)}</p> }.into_any(),
        false => view! {
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::own(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::address(l)}</th>
                        <th scope="col">{t::since(l)}</th>
                        <th scope="col">{t::until(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any(),
    };
    let view = view! {
        <section class="section" aria-labelledby="addresses">
            <div class="section-head"><h2 id="addresses">{t::own(l)}</h2>{give}</div>
            {body}
        </section>
    };
    Some(view.into_any())
}

/// `GET /services/{id}/addresses/new`
pub async fn new(req: Req, Id(id): Id<ServiceId>) -> Reply {
    let (service, offers) = req.view(async |cx| to_give(cx, id).await).await?;
    let first = offers.iter().find(|offer| offer.next.is_some());
    let form = GiveForm {
        key: ui::new_key(),
        prefix: first
            .map(|offer| offer.prefix.to_string())
            .unwrap_or_default(),
        ..GiveForm::default()
    };
    let title = t::give_title(req.locale, &service.name());
    Ok(req.form_page(&title, give_page(&req, &service, &offers, &form, None)))
}

async fn to_give(cx: &mut Cx, id: ServiceId) -> Result<(Service, Vec<Offer>)> {
    let service = services::get(cx, id).await?;
    Ok((service, addresses::offers(cx, id).await?))
}

/// `POST /services/{id}/addresses/new`
pub async fn give(req: Req, Id(id): Id<ServiceId>, Posted(form): Posted<GiveForm>) -> Reply {
    let mut form = form;
    let done = req.act(async |cx| addresses::give(cx, id, &form).await);
    let problem = match done.await {
        Ok(_) => return Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let (service, offers) = req.view(async |cx| to_give(cx, id).await).await?;
    let title = t::give_title(req.locale, &service.name());
    req.page_again(problem, &title, |problem| {
        give_page(&req, &service, &offers, &form, Some(problem))
    })
}

fn give_page(
    req: &Req,
    service: &Service,
    offers: &[Offer],
    form: &GiveForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let path = format!("/services/{}", service.id);
    let action = format!("{path}/addresses/new");
    let head = PageHead::new(t::give_title(l, &service.label))
        .crumb(path.clone(), service.name())
        .state(t::give_state(l));
    let choices = offers.iter().map(|offer| {
        let network = offer.network.to_string();
        let label = match offer.next {
            Some(next) => t::offer(l, &network, &offer.label, &written(next)),
            None => t::offer_full(l, &network, &offer.label),
        };
        Choice::new(offer.prefix.to_string(), label)
    });
    let none = std::iter::once(Choice::new("", t::give_none(l)));
    let no_prefix = offers
        .is_empty()
        .then(|| ui::notice(Tone::Info, t::no_prefix(l)));
    let zone = req.zone().to_string();
    view! {
        {head.view()}
        {f.summary()}
        {no_prefix}
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.optional("network", t::give_which(l), &form.network).help(t::give_which_help(l)).view()}
            {f.select("prefix", t::give_from(l), &form.prefix, none.chain(choices).collect())}
            <div class="field-row">
                {f.optional("from_on", t::from_on(l), &form.from_on).kind("date").help(t::from_help(l, &zone)).view()}
                {f.optional("from_time", t::from_time(l), &form.from_time).kind("time").view()}
            </div>
            <div class="form-end">
                <button class="button is-primary">{t::give_button(l)}</button>
                <a class="button is-quiet" href=path>{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// A service, and one of the networks that it has or had.
struct Found {
    service: Service,
    allocation: Allocation,
}

fn ids((service, allocation): (String, String)) -> Result<(ServiceId, AllocationId)> {
    let missing = || Problem::new(Code::NotFound);
    let service = service.parse().map_err(|_| missing())?;
    Ok((service, allocation.parse().map_err(|_| missing())?))
}

async fn find(cx: &mut Cx, id: ServiceId, allocation: AllocationId) -> Result<Found> {
    let service = services::get(cx, id).await?;
    let all = addresses::of_service(cx, id).await?;
    let found = all.into_iter().find(|a| a.id == allocation);
    let allocation = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(Found {
        service,
        allocation,
    })
}

/// `GET /services/{id}/addresses/{allocation}`
pub async fn show(req: Req, Path(path): Path<(String, String)>) -> Reply {
    let (id, allocation) = ids(path)?;
    let found = req.view(async |cx| find(cx, id, allocation).await).await?;
    let title = t::one_title(req.locale, &found.allocation.written());
    let form = form_of(&found);
    Ok(req.form_page(&title, page(&req, &found, &form, None)))
}

fn form_of(found: &Found) -> EndForm {
    EndForm {
        version: found.allocation.version.to_string(),
        ..EndForm::default()
    }
}

/// `POST /services/{id}/addresses/{allocation}`
pub async fn end(
    req: Req,
    Path(path): Path<(String, String)>,
    Posted(form): Posted<EndForm>,
) -> Reply {
    let (id, allocation) = ids(path)?;
    let done = req.act(async |cx| addresses::end(cx, id, allocation, &form).await);
    match done.await {
        Ok(()) => Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, (id, allocation), problem, Some(form)).await,
    }
}

/// What the form that takes an allocation back sends.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Removal {
    /// The version that it was shown with.
    version: String,
}

/// `POST /services/{id}/addresses/{allocation}/remove`
pub async fn remove(
    req: Req,
    Path(path): Path<(String, String)>,
    Posted(form): Posted<Removal>,
) -> Reply {
    let (id, allocation) = ids(path)?;
    let version = &form.version;
    let done = req.act(async |cx| addresses::remove(cx, id, allocation, version).await);
    match done.await {
        Ok(()) => Ok(req.go(&format!("/services/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, (id, allocation), problem, None).await,
    }
}

/// The page with what was wrong, and what was typed.
async fn again(
    req: &Req,
    (id, allocation): (ServiceId, AllocationId),
    problem: Problem,
    typed: Option<EndForm>,
) -> Reply {
    let found = req.view(async |cx| find(cx, id, allocation).await).await?;
    let form = typed.unwrap_or_else(|| form_of(&found));
    let title = t::one_title(req.locale, &found.allocation.written());
    req.page_again(problem, &title, |problem| {
        page(req, &found, &form, Some(problem))
    })
}

fn page(req: &Req, found: &Found, form: &EndForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let allocation = &found.allocation;
    let back = format!("/services/{}", found.service.id);
    let path = format!("{back}/addresses/{}", allocation.id);
    let now = req.app.clock.now();
    let until = match allocation.until_at {
        Some(at) => ui::instant(l, at, req.zone()),
        None => t::ongoing(l).into_any(),
    };
    let facts = crate::people::facts::list(vec![
        (t::since(l), ui::instant(l, allocation.from_at, req.zone())),
        (t::until(l), until),
    ]);
    let remove = allocation.is_young(now).then(|| {
        let action = format!("{path}/remove");
        view! {
            <form class="stack" method="post" action=action>
                <input type="hidden" name="version" value=allocation.version.to_string()/>
                <div><button class="button is-danger">{t::remove(l)}</button></div>
                <p class="help">{t::remove_help(l)}</p>
            </form>
        }
    });
    let zone = req.zone().to_string();
    let end = match allocation.is_over(now) {
        true => ui::notice(Tone::Lock, t::is_over(l)),
        false => view! {
            <form class="form" method="post" action=path novalidate>
                <input type="hidden" name="version" value=form.version.clone()/>
                <div class="field-row">
                    {f.optional("until_on", t::until_on(l), &form.until_on).kind("date").help(t::from_help(l, &zone)).view()}
                    {f.optional("until_time", t::from_time(l), &form.until_time).kind("time").view()}
                </div>
                <div class="form-end">
                    <button class="button is-primary">{t::end_button(l)}</button>
                    <a class="button is-quiet" href=back.clone()>{t::leave(l)}</a>
                </div>
            </form>
        }
        .into_any(),
    };
    view! {
        {PageHead::new(t::one_title(l, &allocation.written())).crumb(back, found.service.name()).state(t::end_state(l)).view()}
        {f.summary()}
        {facts}
        {end}
        {remove}
    }
    .into_any()
}
