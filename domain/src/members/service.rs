//! What happens with members.

use super::{Member, MembershipData, MembershipForm, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::fields::{self, Changes, Filled, On};
use crate::kernel::{Code, MemberId, PartyId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::people::{self, Doubles, PartyForm};
use serde_json::{Value, json};

/// The most memberships that one person sees as their own.
const MINE_MAX: i64 = 50;

/// A member.
///
/// # Errors
/// [`Code::NotFound`], also to those who are in no crew.
pub async fn get(cx: &mut Cx, id: MemberId) -> Result<Member> {
    cx.require_crew()?;
    load(cx, id).await
}

/// The signed-in person's own memberships: theirs, and those of the organisations
/// that are reached through them. Without what the crews note down for themselves.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine(cx: &mut Cx) -> Result<Vec<Member>> {
    // No right is needed: the query holds nothing but one's own.
    let (person, today) = (cx.actor.signed_in()?, cx.today());
    let mut members = store::list_of_person(&mut cx.tx, cx.tenant, today, person, MINE_MAX).await?;
    for member in &mut members {
        member.party.note = None;
    }
    Ok(members)
}

/// What is kept about each of [`mine`] in the organisation's own fields, those that are open
/// to their members: about who it is, and about the membership.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine_filled(cx: &mut Cx) -> Result<Vec<(MemberId, Filled)>> {
    // No right is needed: it is one's own.
    let mut all = Vec::new();
    for own in mine(cx).await? {
        let party = &own.party;
        let mut filled = fields::open_to_owner(cx, On::party(party.kind), party.id.0).await?;
        filled.extend(fields::open_to_owner(cx, On::Member, own.id.0).await?);
        let kept = filled.into_iter().filter(|one| one.value.is_some());
        all.extend(kept.map(|one| (own.id, one)));
    }
    Ok(all)
}

/// Makes a person or an organisation a member, with the next number.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] with the fields;
/// [`Code::AlreadyMember`]; [`Code::NotFound`] where there is no such party.
pub async fn add(cx: &mut Cx, party: PartyId, form: &MembershipForm) -> Result<MemberId> {
    cx.require(Right::Members)?;
    let (data, extra) = read(cx, None, form).await?;
    match once::take(cx, &form.key, &("members::add", party, form)).await? {
        Sent::Again(id) => Ok(id),
        Sent::First(ticket) => {
            let id = insert(cx, party, &data, &extra).await?;
            ticket.keep(cx, &id).await?;
            Ok(id)
        }
    }
}

/// Adds a person or an organisation, and makes it a member, in one step. The key is
/// the one of the party's form.
///
/// # Errors
/// Refused without [`Right::People`] and [`Right::Members`]; [`Code::Invalid`] with the
/// fields of both forms; [`Code::MaybeKnown`] where somebody similar is known and that
/// is to be refused.
pub async fn register(
    cx: &mut Cx,
    party: &PartyForm,
    membership: &MembershipForm,
    doubles: Doubles,
) -> Result<MemberId> {
    cx.require(Right::People)?;
    cx.require(Right::Members)?;
    let who = people::read(cx, None, party).await;
    let ((who, own), (since, extra)) = fields::both(who, read(cx, None, membership).await)?;
    let content = ("members::register", party, membership);
    match once::take(cx, &party.key, &content).await? {
        Sent::Again(id) => Ok(id),
        Sent::First(ticket) => {
            people::refuse_doubles(cx, &who, doubles).await?;
            let party = people::insert(cx, &who, &own).await?;
            let id = insert(cx, party, &since, &extra).await?;
            ticket.keep(cx, &id).await?;
            Ok(id)
        }
    }
}

/// A form, with what it says of the organisation's own fields.
async fn read(
    cx: &mut Cx,
    id: Option<MemberId>,
    form: &MembershipForm,
) -> Result<(MembershipData, Changes)> {
    let extra = fields::read(cx, On::Member, id.map(|id| id.0), &form.extra).await;
    fields::both(form.parse(), extra)
}

/// Makes a member for another use-case, which has asked for the right and keeps its own key.
///
/// # Errors
/// [`Code::AlreadyMember`]; [`Code::NotFound`] where there is no such party.
pub(crate) async fn insert(
    cx: &mut Cx,
    party: PartyId,
    data: &MembershipData,
    extra: &Changes,
) -> Result<MemberId> {
    people::get(cx, party).await?;
    if store::find_by_party(&mut cx.tx, cx.tenant, party)
        .await?
        .is_some()
    {
        return Err(Problem::new(Code::AlreadyMember));
    }
    let number = store::next_number(&mut cx.tx, cx.tenant).await?;
    let id: MemberId = cx.new_id()?;
    if !store::insert(&mut cx.tx, cx.tenant, id, party, number, data, cx.now).await? {
        // Somebody else made it one while this one waited for its number.
        return Err(Problem::new(Code::AlreadyMember));
    }
    fields::write(cx, id.0, extra).await?;
    let member = load(cx, id).await?;
    let label = member.label();
    let after = extra.after(facts(&member));
    audit::record(cx, change("added", id, &label), NOTHING, Some(&after)).await?;
    Ok(id)
}

/// Changes a membership. What is the same already is not written again.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster.
pub async fn save(cx: &mut Cx, id: MemberId, form: &MembershipForm) -> Result<()> {
    cx.require(Right::Members)?;
    let before = load(cx, id).await?;
    let (data, extra) = read(cx, Some(id), form).await?;
    if (data.joined_on, data.left_on) == (before.joined_on, before.left_on) && extra.is_empty() {
        return Ok(());
    }
    if form.version != before.version.to_string()
        || !store::update(&mut cx.tx, cx.tenant, id, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    fields::write(cx, id.0, &extra).await?;
    let after = load(cx, id).await?;
    let label = after.label();
    let change = change("changed", id, &label);
    let (was, is) = (extra.before(facts(&before)), extra.after(facts(&after)));
    audit::record(cx, change, Some(&was), Some(&is)).await
}

/// The membership of a person or an organisation.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn find_by_party(cx: &mut Cx, party: PartyId) -> Result<Option<MemberId>> {
    cx.require_crew()?;
    store::find_by_party(&mut cx.tx, cx.tenant, party).await
}

async fn load(cx: &mut Cx, id: MemberId) -> Result<Member> {
    let today = cx.today();
    store::find(&mut cx.tx, cx.tenant, today, id)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))
}

fn change<'a>(action: &'static str, id: MemberId, label: &'a str) -> Change<'a> {
    Change {
        action,
        kind: "member",
        id: id.0,
        label,
    }
}

/// What the audit keeps of a membership.
fn facts(member: &Member) -> Value {
    json!({
        "number": member.number.to_string(),
        "name": member.party.display_name(),
        "party": member.party.id,
        "joined_on": member.joined_on,
        "left_on": member.left_on,
    })
}
