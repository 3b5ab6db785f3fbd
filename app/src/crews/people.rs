//! Who is in a crew: a person is added by typing a name, and removed by a button.

use super::detail::{self, Known, done};
use crate::locales::{crews as t, problems};
use crate::people::choice::{Wanted, find, offer};
use crate::request::{Failure, Id, Posted, Reply, Req};
use crate::ui::{self, FormView, Mark, Tone};
use axum::extract::Path;
use domain::crews::{self, CrewPerson};
use domain::kernel::{Code, CrewId, Locale, PartyId, Problem, Right};
use domain::members::MemberRow;
use domain::people::Kind;
use leptos::prelude::*;
use serde::Deserialize;

/// Whom the form looks for.
const WANTED: Wanted = Wanted {
    field: "person",
    kind: Some(Kind::Person),
    right: Right::Settings,
};

/// The form that adds a person.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    person: String,
    chosen: String,
}

/// What was typed, and who may be meant.
pub struct Typed {
    form: PersonForm,
    offered: Vec<MemberRow>,
}

/// `POST /crews/{id}/people`
pub async fn add(req: Req, Id(id): Id<CrewId>, Posted(form): Posted<PersonForm>) -> Reply {
    let mut offered = Vec::new();
    let typed = (form.person.as_str(), form.chosen.as_str());
    let added = match find(&req, &WANTED, typed, &mut offered).await {
        Ok(None) => Err(Problem::at_field("person", Code::Required)),
        Ok(Some(person)) => {
            req.act(async |cx| crews::add_person(cx, id, person).await)
                .await
        }
        Err(problem) => Err(problem),
    };
    let typed = detail::Typed {
        person: Some(Typed { form, offered }),
        ..Default::default()
    };
    done(&req, id, added, typed).await
}

/// `POST /crews/{id}/people/{person}/remove`
pub async fn remove(req: Req, Path((id, person)): Path<(String, String)>) -> Reply {
    let missing = || Failure(Problem::new(Code::NotFound));
    let id: CrewId = id.parse().map_err(|_| missing())?;
    let person: PartyId = person.parse().map_err(|_| missing())?;
    let removed = req
        .act(async |cx| crews::remove_person(cx, id, person).await)
        .await;
    done(&req, id, removed, detail::Typed::default()).await
}

/// The people of a crew, and the form that adds one.
pub fn section(req: &Req, known: &Known, typed: Option<&Typed>, f: &FormView<'_>) -> AnyView {
    let l = req.locale;
    let refused = crews::may_staff(&req.rights(), &known.crew).err();
    let list = match known.people.is_empty() {
        true => view! { <p class="help">{t::nobody(l)}</p> }.into_any(),
        false => table(l, known, refused.is_none()),
    };
    let form = match refused.map(|problem| problem.code) {
        None => form(known, typed, f),
        Some(Code::Forbidden { right }) if right != Right::Settings => {
            let why = t::staff_locked(l, &problems::right(l, right));
            ui::notice(Tone::Lock, why)
        }
        // That the right to change settings is missing is said once, below.
        Some(_) => ().into_any(),
    };
    view! {
        <section class="section" aria-labelledby="people">
            <h2 id="people">{t::people(l)}</h2>
            <div class="stack">{list} {form}</div>
        </section>
    }
    .into_any()
}

fn table(l: Locale, known: &Known, may_remove: bool) -> AnyView {
    let rows = known.people.iter().map(|person| {
        let href = format!("/people/{}", person.person);
        let access = match person.can_sign_in {
            true => ui::badge(Mark::Validated, t::can_sign_in(l)),
            false => ui::badge(Mark::None, t::cannot_sign_in(l)),
        };
        let remove =
            may_remove.then(|| view! { <td class="is-end">{remove_form(l, known, person)}</td> });
        view! {
            <tr>
                <th scope="row" class="is-main breaks"><a href=href>{person.name.clone()}</a></th>
                <td data-label=t::column_access(l)>{access}</td>
                {remove}
            </tr>
        }
    });
    let remove_head = may_remove.then(
        || view! { <th scope="col"><span class="visually-hidden">{t::remove(l)}</span></th> },
    );
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::people_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::column_person(l)}</th>
                    <th scope="col">{t::column_access(l)}</th>
                    {remove_head}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn remove_form(l: Locale, known: &Known, person: &CrewPerson) -> AnyView {
    let action = format!("/crews/{}/people/{}/remove", known.crew.id, person.person);
    let whom = t::remove_whom(l, &person.name);
    view! {
        <form method="post" action=action>
            <button class="button is-small">{t::remove(l)} <span class="visually-hidden">{whom}</span></button>
        </form>
    }
    .into_any()
}

fn form(known: &Known, typed: Option<&Typed>, f: &FormView<'_>) -> AnyView {
    let l = f.l;
    let action = format!("/crews/{}/people", known.crew.id);
    let person = typed.map(|t| t.form.person.as_str()).unwrap_or_default();
    let offered = typed.map(|t| t.offered.as_slice()).unwrap_or_default();
    let field = f
        .field("person", t::person(l), person)
        .class("is-medium")
        .help(t::person_help(l));
    view! {
        <form class="form" method="post" action=action novalidate>
            {field.view()}
            {offer(f, t::which_person(l), offered)}
            <div><button class="button">{t::add_person(l)}</button></div>
        </form>
    }
    .into_any()
}
