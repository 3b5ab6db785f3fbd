//! A crew's own page: what it may do, who is in it, and how it ends.

use super::{form, people};
use crate::fields::inputs;
use crate::locales::notices::Notice;
use crate::locales::{crews as t, frame as tf, problems};
use crate::people::facts;
use crate::people::form::start_again;
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead};
use domain::crews::{self, Crew, CrewForm, CrewPerson};
use domain::fields::{self, Filled, On, typed_of};
use domain::kernel::{CrewId, Problem, Right};
use domain::services::{self, ServiceType};
use leptos::prelude::*;

/// What the page shows.
pub struct Known {
    /// The crew.
    pub crew: Crew,
    /// Who is in it.
    pub people: Vec<CrewPerson>,
    /// The types of services that it manages, as far as the one who looks sees them.
    manages: Vec<ServiceType>,
    /// The organisation's own fields.
    own: Vec<Filled>,
}

/// What was typed into one of the page's forms, and came back.
#[derive(Default)]
pub struct Typed {
    /// The form of name and rights.
    pub crew: Option<CrewForm>,
    /// The form that adds a person, and the people who may be meant.
    pub person: Option<people::Typed>,
}

/// `GET /crews/{id}`
pub async fn show(req: Req, Id(id): Id<CrewId>) -> Reply {
    let known = read(&req, id).await?;
    let view = page(&req, &known, &Typed::default(), None);
    Ok(req.form_page(&known.crew.name, view))
}

/// `POST /crews/{id}`
pub async fn save(req: Req, Id(id): Id<CrewId>, Posted(form): Posted<CrewForm>) -> Reply {
    let saved = req.act(async |cx| crews::save(cx, id, &form).await).await;
    let typed = Typed {
        crew: Some(form),
        ..Typed::default()
    };
    done(&req, id, saved, typed).await
}

/// `POST /crews/{id}/delete`
pub async fn delete(req: Req, Id(id): Id<CrewId>) -> Reply {
    match req.act(async |cx| crews::delete(cx, id).await).await {
        Ok(()) => Ok(req.go("/crews", Some(Notice::Deleted))),
        Err(problem) => done(&req, id, Err(problem), Typed::default()).await,
    }
}

/// The crew's page after a change; or the page with what was typed and what was wrong.
pub async fn done(req: &Req, id: CrewId, done: Result<(), Problem>, typed: Typed) -> Reply {
    match done {
        Ok(()) => Ok(req.go(&format!("/crews/{id}"), Some(Notice::Saved))),
        Err(problem) => {
            let known = read(req, id).await?;
            req.page_again(problem, &known.crew.name, |problem| {
                page(req, &known, &typed, Some(problem))
            })
        }
    }
}

async fn read(req: &Req, id: CrewId) -> Result<Known, Problem> {
    req.view(async |cx| {
        let crew = crews::get(cx, id).await?;
        let people = crews::people(cx, id).await?;
        let mut manages = services::types_seen(cx).await?;
        manages.retain(|kind| kind.crew == id);
        let own = fields::filled(cx, On::Crew, Some(id.0)).await?;
        Ok(Known {
            own,
            crew,
            people,
            manages,
        })
    })
    .await
}

fn page(req: &Req, known: &Known, typed: &Typed, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let crew = &known.crew;
    let head = PageHead::new(crew.name.clone())
        .crumb("/crews", tf::crews(l))
        .state(t::people_count(l, crew.people));
    let may = req.rights().has(Right::Settings);
    let deletion = may.then(|| deletion(req, crew));
    view! {
        {head.view()}
        {f.summary()}
        {start_again(&f, &format!("/crews/{}", crew.id))}
        {people::section(req, known, typed.person.as_ref(), &f)}
        {manages(req, &known.manages)}
        <section class="section" aria-labelledby="settings">
            <h2 id="settings">{t::settings(l)}</h2>
            {if may { settings(req, known, typed.crew.as_ref(), &f) } else { read_only(req, known) }}
        </section>
        {deletion}
    }
    .into_any()
}

fn settings(req: &Req, known: &Known, typed: Option<&CrewForm>, f: &FormView<'_>) -> AnyView {
    let (l, crew) = (req.locale, &known.crew);
    let form = typed.cloned().unwrap_or_else(|| CrewForm {
        extra: typed_of(&known.own, l),
        ..CrewForm::of(crew)
    });
    let action = format!("/crews/{}", crew.id);
    view! {
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {form::fields(f, &req.rights(), &form)}
            {inputs::all(f, &known.own, &form.extra)}
            <div class="form-end">
                <button class="button is-primary">{tf::save(l)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// What the crew manages; nothing where that is nothing, or not for the one who looks.
fn manages(req: &Req, kinds: &[ServiceType]) -> Option<AnyView> {
    let l = req.locale;
    let items = kinds.iter().map(|kind| {
        let href = format!("/service-types/{}", kind.id);
        view! { <li class="breaks"><a href=href>{kind.name.clone()}</a></li> }
    });
    let view = view! {
        <section class="section" aria-labelledby="manages">
            <h2 id="manages">{t::manages(l)}</h2>
            <ul>{items.collect_view()}</ul>
        </section>
    };
    (!kinds.is_empty()).then(|| view.into_any())
}

/// For those who may look only.
fn read_only(req: &Req, known: &Known) -> AnyView {
    let (l, crew) = (req.locale, &known.crew);
    let rights = crew.rights.iter().map(|right| {
        let (name, help) = (problems::right(l, *right), t::right_help(l, *right));
        view! { <li>{name} " " <span class="help">{help}</span></li> }
    });
    let list = match crew.rights.is_empty() {
        true => view! { <p>{t::no_rights(l)}</p> }.into_any(),
        false => view! { <ul>{rights.collect_view()}</ul> }.into_any(),
    };
    view! {
        {list}
        {facts::list(inputs::facts(l, &known.own))}
        <p class="help">{ui::missing_right(l, Right::Settings)}</p>
    }
    .into_any()
}

/// How the crew ends; or what is in the way of that.
fn deletion(req: &Req, crew: &Crew) -> AnyView {
    let l = req.locale;
    let body = match crews::hindrance(crew) {
        Some(code) => view! { <p class="help">{problems::text(l, &code)}</p> }.into_any(),
        None => {
            let action = format!("/crews/{}/delete", crew.id);
            view! {
                <p class="help">{t::delete_help(l)}</p>
                <form method="post" action=action>
                    <button class="button is-danger">{t::delete(l)}</button>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="delete">
            <h2 id="delete">{t::delete_title(l)}</h2>
            <div class="stack">{body}</div>
        </section>
    }
    .into_any()
}
