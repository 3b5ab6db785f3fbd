//! Through whom an organisation is reached. A person is named by typing: without a
//! list to choose from, a name that fits several leads to a choice among these.

use super::choice::{Wanted, find, offer};
use super::detail::{self, Known};
use crate::locales::notices::Notice;
use crate::locales::people as t;
use crate::request::{Failure, Posted, Reply, Req};
use crate::ui::{self, FormView};
use axum::extract::Path;
use domain::kernel::{Code, PartyId, Problem, Right};
use domain::members::MemberRow;
use domain::people::{self, Contact, Kind};
use leptos::prelude::*;
use serde::Deserialize;

/// Whom the form looks for.
const WANTED: Wanted = Wanted {
    field: "person",
    kind: Some(Kind::Person),
    right: Right::People,
};

/// The form that adds a contact.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    person: String,
    chosen: String,
    role: String,
}

/// What was typed, and who may be meant.
pub struct Typed {
    form: ContactForm,
    offered: Vec<MemberRow>,
}

/// `POST /people/{id}/contacts`
pub async fn add(
    req: Req,
    crate::request::Id(id): crate::request::Id<PartyId>,
    Posted(form): Posted<ContactForm>,
) -> Reply {
    let mut offered = Vec::new();
    let typed = (form.person.as_str(), form.chosen.as_str());
    let added = match find(&req, &WANTED, typed, &mut offered).await {
        Ok(None) => Err(Problem::at_field("person", Code::Required)),
        Ok(Some(person)) => {
            req.act(async |cx| people::add_contact(cx, id, person, &form.role).await)
                .await
        }
        Err(problem) => Err(problem),
    };
    match added {
        Ok(()) => Ok(req.go(&format!("/people/{id}"), Some(Notice::Saved))),
        Err(problem) => {
            let typed = detail::Typed {
                contact: Some(Typed { form, offered }),
                ..Default::default()
            };
            detail::again(&req, id, problem, typed).await
        }
    }
}

/// `POST /people/{id}/contacts/{person}/remove`
pub async fn remove(req: Req, Path((id, person)): Path<(String, String)>) -> Reply {
    let missing = || Failure(Problem::new(Code::NotFound));
    let id: PartyId = id.parse().map_err(|_| missing())?;
    let person: PartyId = person.parse().map_err(|_| missing())?;
    req.act(async |cx| people::remove_contact(cx, id, person).await)
        .await?;
    Ok(req.go(&format!("/people/{id}"), Some(Notice::Saved)))
}

/// The contacts of an organisation with their form, or the organisations of a person.
pub fn section(
    req: &Req,
    known: &Known,
    typed: Option<&Typed>,
    problem: Option<&Problem>,
) -> Option<AnyView> {
    let l = req.locale;
    let is_organisation = known.party.kind == Kind::Organisation;
    if !is_organisation && known.contacts.is_empty() {
        return None;
    }
    let title = if is_organisation {
        t::contacts(l)
    } else {
        t::contact_of(l)
    };
    let list = if known.contacts.is_empty() {
        view! { <p class="help">{t::contacts_none(l)}</p> }.into_any()
    } else {
        table(req, known)
    };
    let form = is_organisation.then(|| match req.rights().has(Right::People) {
        true => form(req, known, typed, problem),
        false => {
            let why = ui::missing_right(l, Right::People);
            view! { <p class="help">{why}</p> }.into_any()
        }
    });
    let view = view! {
        <section class="section" aria-labelledby="contacts">
            <h2 id="contacts">{title}</h2>
            {list}
            {form}
        </section>
    };
    Some(view.into_any())
}

fn table(req: &Req, known: &Known) -> AnyView {
    let l = req.locale;
    let may_remove = known.party.kind == Kind::Organisation && req.rights().has(Right::People);
    let rows = known.contacts.iter().map(|contact| {
        let remove = may_remove.then(|| view! { <td>{remove_form(req, known, contact)}</td> });
        let party = &contact.party;
        let href = format!("/people/{}", party.id);
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{party.display_name()}</a></th>
                <td>{contact.role.clone()}</td>
                <td>{party.email.clone()}</td>
                {remove}
            </tr>
        }
    });
    let remove_head = may_remove.then(
        || view! { <th scope="col"><span class="visually-hidden">{t::remove(l)}</span></th> },
    );
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::contacts_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::column_name(l)}</th>
                    <th scope="col">{t::role(l)}</th>
                    <th scope="col">{t::email(l)}</th>
                    {remove_head}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn remove_form(req: &Req, known: &Known, contact: &Contact) -> AnyView {
    let l = req.locale;
    let action = format!(
        "/people/{}/contacts/{}/remove",
        known.party.id, contact.party.id
    );
    let whom = t::remove_whom(l, &contact.party.display_name());
    view! {
        <form method="post" action=action>
            <button class="button is-small">{t::remove(l)} <span class="visually-hidden">{whom}</span></button>
        </form>
    }
    .into_any()
}

fn form(req: &Req, known: &Known, typed: Option<&Typed>, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let action = format!("/people/{}/contacts", known.party.id);
    let (person, role) = typed
        .map(|t| (t.form.person.as_str(), t.form.role.as_str()))
        .unwrap_or_default();
    let offered = typed.map(|t| t.offered.as_slice()).unwrap_or_default();
    let who = f
        .field("person", t::person(l), person)
        .help(t::person_help(l));
    view! {
        <form class="form" method="post" action=action novalidate>
            <div class="field-row">
                {who.view()}
                {f.optional("role", t::role(l), role).help(t::role_help(l)).view()}
            </div>
            {offer(&f, t::which_person(l), offered)}
            <p class="help">{t::contacts_help(l)}</p>
            <div><button class="button">{t::add_contact(l)}</button></div>
        </form>
    }
    .into_any()
}
