//! The page of a person or an organisation.

use super::{access, contacts, facts};
use crate::fields::inputs;
use crate::locales::notices::Notice;
use crate::locales::{frame as tf, members as tm, people as t};
use crate::request::{Failure, Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, FormView, PageHead};
use axum::http::StatusCode;
use domain::audit::{self, Entry};
use domain::bank::{self, Account};
use domain::fields::{self, Filled, On};
use domain::identity::{Access, LoginForm};
use domain::kernel::problem::Class;
use domain::kernel::{Locale, PartyId, Problem, Right};
use domain::members::{self, Member, MembershipForm};
use domain::people::{self, Contact, Kind, Party};
use leptos::prelude::*;

/// What the page shows.
pub struct Known {
    /// Who.
    pub party: Party,
    /// The membership, where there is one.
    pub member: Option<Member>,
    /// Those through whom an organisation is reached, or the organisations of a person.
    pub contacts: Vec<Contact>,
    /// The accounts, shortened.
    pub accounts: Vec<Account>,
    /// The access of a person, and the login name that is proposed, for those who may change it.
    pub access: Option<(Access, String)>,
    /// The organisation's own fields, filled; and those of a membership that is not there yet.
    pub own: (Vec<Filled>, Vec<Filled>),
    history: Vec<Entry>,
}

/// What was typed into one of the page's forms, and came back.
#[derive(Default)]
pub struct Typed {
    /// The form that makes a member.
    pub membership: Option<MembershipForm>,
    /// The form that adds a contact, and the people who may be meant.
    pub contact: Option<contacts::Typed>,
    /// The form that makes a login.
    pub login: Option<LoginForm>,
}

/// `GET /people/{id}`
pub async fn show(req: Req, Id(id): Id<PartyId>) -> Reply {
    let known = read(&req, id).await?;
    let title = known.party.display_name();
    let view = page(&req, &known, &Typed::default(), None);
    Ok(req.page_with(StatusCode::OK, &title, Width::Wide, view))
}

/// `POST /people/{id}/member`
pub async fn make_member(
    req: Req,
    Id(id): Id<PartyId>,
    Posted(form): Posted<MembershipForm>,
) -> Reply {
    match req.act(async |cx| members::add(cx, id, &form).await).await {
        Ok(member) => Ok(req.go(&format!("/members/{member}"), Some(Notice::MemberAdded))),
        Err(problem) => {
            again(
                &req,
                id,
                problem,
                Typed {
                    membership: Some(form),
                    ..Typed::default()
                },
            )
            .await
        }
    }
}

/// The page again, with what was typed and what was wrong.
///
/// # Errors
/// The problem, where it is not one that the page can show.
pub async fn again(req: &Req, id: PartyId, problem: Problem, typed: Typed) -> Reply {
    if !matches!(problem.code.class(), Class::Invalid | Class::Conflict) {
        return Err(Failure(problem));
    }
    let known = read(req, id).await?;
    let title = known.party.display_name();
    let view = page(req, &known, &typed, Some(&problem));
    Ok(req.page_with(status_of(&problem.code), &title, Width::Wide, view))
}

async fn read(req: &Req, id: PartyId) -> Result<Known, Problem> {
    req.view(async |cx| {
        let party = people::get(cx, id).await?;
        let member = match members::find_by_party(cx, id).await? {
            Some(member) => Some(members::get(cx, member).await?),
            None => None,
        };
        let contacts = match party.kind {
            Kind::Organisation => people::contacts(cx, id).await?,
            Kind::Person => people::contact_of(cx, id).await?,
        };
        let access = access::read(cx, &party).await?;
        let mut history = audit::history(cx, "party", id.0).await?;
        if access.is_some() {
            history.extend(audit::history(cx, "login", id.0).await?);
        }
        let own = fields::filled(cx, On::party(party.kind), Some(id.0)).await?;
        let of_member = match member {
            Some(_) => Vec::new(),
            None => fields::filled(cx, On::Member, None).await?,
        };
        Ok(Known {
            own: (own, of_member),
            party,
            member,
            contacts,
            accounts: bank::of_party(cx, id).await?,
            access,
            history,
        })
    })
    .await
}

fn page(req: &Req, known: &Known, typed: &Typed, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let party = &known.party;
    let state = match &known.member {
        Some(member) => t::is_member(l, &member.number.to_string()),
        None => t::not_a_member(l),
    };
    let edit_href = format!("/people/{}/edit", party.id);
    let may_edit = rights.has(Right::People);
    let head = PageHead::new(party.display_name())
        .crumb("/people", tf::people(l))
        .state(state);
    let head = if may_edit {
        head.actions(
            view! { <a class="button" href=edit_href>{ui::icon("edit")} " " {t::edit(l)}</a> },
        )
    } else {
        head
    };
    let locked =
        (!may_edit).then(|| view! { <p class="help">{ui::missing_right(l, Right::People)}</p> });
    view! {
        {head.view()}
        {FormView::new(l, problem).summary()}
        <div class="columns">
            <div>
                <section class="section" aria-labelledby="facts">
                    <h2 id="facts">{t::facts(l)}</h2>
                    {facts::list(facts_of(l, known))}
                    {locked}
                </section>
                {membership(req, known, typed, problem)}
                {contacts::section(req, known, typed.contact.as_ref(), problem)}
                {crate::bank::section(req, party.id, &known.accounts)}
                {access::section(req, known, typed.login.as_ref(), problem)}
                {crate::privacy::section(req, &known.party)}
            </div>
            {facts::history(req, known.history.clone())}
        </div>
    }
    .into_any()
}

fn facts_of(l: Locale, known: &Known) -> Vec<facts::Fact> {
    let mut all = facts::of(l, &known.party);
    all.extend(inputs::facts(l, &known.own.0));
    all
}

/// The way to the membership, or the form that makes one.
fn membership(req: &Req, known: &Known, typed: &Typed, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let body = match &known.member {
        Some(member) => {
            let href = format!("/members/{}", member.id);
            let standing = super::directory::standing_badge(l, member.standing(req.today()));
            view! {
                <p>{standing}</p>
                <p><a href=href>{t::see_member(l)}</a></p>
            }
            .into_any()
        }
        None if req.rights().has(Right::Members) => {
            let form = typed.membership.clone().unwrap_or_else(|| MembershipForm {
                key: ui::new_key(),
                ..MembershipForm::starting_on(req.today())
            });
            let f = FormView::new(l, problem);
            let action = format!("/people/{}/member", known.party.id);
            view! {
                <form class="form" method="post" action=action novalidate>
                    <input type="hidden" name="key" value=form.key/>
                    {f.field("joined_on", tm::joined_on(l), &form.joined_on).kind("date").class("is-medium").help(t::make_member_help(l)).view()}
                    {inputs::all(&f, &known.own.1, &form.extra)}
                    <div><button class="button">{t::make_member(l)}</button></div>
                </form>
            }
            .into_any()
        }
        None => view! {
            <p class="help">{ui::missing_right(l, Right::Members)}</p>
        }
        .into_any(),
    };
    view! {
        <section class="section" aria-labelledby="membership">
            <h2 id="membership">{t::membership(l)}</h2>
            {body}
        </section>
    }
    .into_any()
}
