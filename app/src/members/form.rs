//! The forms of a membership: a new member in one step, and the days of one.

use crate::fields::inputs;
use crate::locales::notices::Notice;
use crate::locales::{frame as tf, members as t, people as tp};
use crate::people::form::{
    add_buttons, doubles, fields as party_fields, similar, start_again, summary,
};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead};
use domain::context::Cx;
use domain::fields::{self, Filled, On, typed_of};
use domain::kernel::{Locale, MemberId, Problem, Right};
use domain::members::{self, Member, MembershipForm};
use domain::people::{Party, PartyForm};
use leptos::prelude::*;
use serde::Deserialize;

/// Who becomes a member, and since when.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewMember {
    #[serde(flatten)]
    party: PartyForm,
    joined_on: String,
    anyway: String,
}

impl NewMember {
    fn membership(&self) -> MembershipForm {
        MembershipForm {
            joined_on: self.joined_on.clone(),
            // No two fields have one name: each takes its own.
            extra: self.party.extra.clone(),
            ..MembershipForm::default()
        }
    }
}

/// The organisation's own fields of a new member: who, and the membership.
type Own = (Vec<Filled>, Vec<Filled>);

async fn own_fields(cx: &mut Cx) -> Result<Own, Problem> {
    let party = inputs::of_party(cx, None).await?;
    Ok((party, fields::filled(cx, On::Member, None).await?))
}

/// `GET /members/new`
pub async fn new(req: Req) -> Reply {
    let own = req
        .view(async |cx| {
            cx.require(Right::People)?;
            cx.require(Right::Members)?;
            own_fields(cx).await
        })
        .await?;
    let form = NewMember {
        party: PartyForm {
            key: ui::new_key(),
            ..PartyForm::default()
        },
        joined_on: req.today().to_string(),
        anyway: String::new(),
    };
    let l = req.locale;
    Ok(req.form_page(&t::add(l), new_view(l, &form, None, (&[], &own))))
}

/// `POST /members/new`
pub async fn add(req: Req, Posted(form): Posted<NewMember>) -> Reply {
    let membership = form.membership();
    let added = req
        .act(async |cx| {
            members::register(cx, &form.party, &membership, doubles(&form.anyway)).await
        })
        .await;
    match added {
        Ok(id) => Ok(req.go(&format!("/members/{id}"), Some(Notice::MemberAdded))),
        Err(problem) => {
            let l = req.locale;
            let known = similar(&req, &problem, &form.party).await?;
            let own = req.view(async |cx| own_fields(cx).await).await?;
            req.page_again(problem, &t::add(l), |problem| {
                new_view(l, &form, Some(problem), (&known, &own))
            })
        }
    }
}

fn new_view(
    l: Locale,
    form: &NewMember,
    problem: Option<&Problem>,
    (known, (own, of_member)): (&[Party], &Own),
) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        {PageHead::new(t::add(l)).crumb("/members", tf::members(l)).state(t::new_state(l)).view()}
        {summary(&f, known)}
        <form class="form" method="post" action="/members/new" novalidate>
            <input type="hidden" name="key" value=form.party.key.clone()/>
            {party_fields(&f, t::who(l), &form.party, own)}
            <h2>{t::membership(l)}</h2>
            {f.field("joined_on", t::joined_on(l), &form.joined_on).kind("date").class("is-medium").help(t::joined_on_help(l)).view()}
            {inputs::all(&f, of_member, &form.party.extra)}
            {add_buttons(l, t::save_new(l), "/members", known)}
        </form>
    }
    .into_any()
}

/// `GET /members/{id}/edit`
pub async fn edit(req: Req, Id(id): Id<MemberId>) -> Reply {
    let (member, own) = req
        .view(async |cx| {
            cx.require(Right::Members)?;
            known(cx, id).await
        })
        .await?;
    let l = req.locale;
    let title = t::edit_title(l, &member.party.display_name());
    let form = MembershipForm {
        extra: typed_of(&own, l),
        ..MembershipForm::of(&member)
    };
    Ok(req.form_page(&title, edit_view(l, (&member, &own), &form, None)))
}

/// `POST /members/{id}/edit`
pub async fn save(req: Req, Id(id): Id<MemberId>, Posted(form): Posted<MembershipForm>) -> Reply {
    match req.act(async |cx| members::save(cx, id, &form).await).await {
        Ok(()) => Ok(req.go(&format!("/members/{id}"), Some(Notice::Saved))),
        Err(problem) => {
            let l = req.locale;
            let (member, own) = req.view(async |cx| known(cx, id).await).await?;
            let title = t::edit_title(l, &member.party.display_name());
            req.page_again(problem, &title, |problem| {
                edit_view(l, (&member, &own), &form, Some(problem))
            })
        }
    }
}

/// The member, and the organisation's own fields of memberships.
async fn known(cx: &mut Cx, id: MemberId) -> Result<(Member, Vec<Filled>), Problem> {
    let member = members::get(cx, id).await?;
    let own = fields::filled(cx, On::Member, Some(id.0)).await?;
    Ok((member, own))
}

fn edit_view(
    l: Locale,
    (member, own): (&Member, &[Filled]),
    form: &MembershipForm,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    let here = format!("/members/{}", member.id);
    let action = format!("{here}/edit");
    let name = member.party.display_name();
    view! {
        {PageHead::new(t::edit_title(l, &name)).crumb(here.clone(), member.label()).view()}
        {f.summary()}
        {start_again(&f, &action)}
        <form class="form" method="post" action=action.clone() novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {f.field("joined_on", t::joined_on(l), &form.joined_on).kind("date").class("is-medium").help(t::joined_on_help(l)).view()}
            {f.optional("left_on", t::left_on(l), &form.left_on).kind("date").class("is-medium").help(t::left_on_help(l)).view()}
            {inputs::all(&f, own, &form.extra)}
            <div class="form-end">
                <button class="button is-primary">{tf::save(l)}</button>
                <a class="button is-quiet" href=here>{tp::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}
