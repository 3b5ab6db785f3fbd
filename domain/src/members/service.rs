//! What happens with members.

use super::{Member, MembershipData, MembershipForm, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, Day, MemberId, PartyId, Problem, Result, Right};
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

/// Makes a person or an organisation a member, with the next number.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] with the fields;
/// [`Code::AlreadyMember`]; [`Code::NotFound`] where there is no such party.
pub async fn add(cx: &mut Cx, party: PartyId, form: &MembershipForm) -> Result<MemberId> {
    cx.require(Right::Members)?;
    let data = form.parse()?;
    match once::take(cx, &form.key, &("members::add", party, form)).await? {
        Sent::Again(id) => Ok(id),
        Sent::First(ticket) => {
            let id = insert(cx, party, data.joined_on, data.left_on).await?;
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
    let (who, since) = match (party.parse(), membership.parse()) {
        (Ok(who), Ok(since)) => (who, since),
        (Err(mut who), Err(since)) => {
            who.fields.extend(since.fields);
            return Err(who);
        }
        (Err(problem), _) | (_, Err(problem)) => return Err(problem),
    };
    let content = ("members::register", party, membership);
    match once::take(cx, &party.key, &content).await? {
        Sent::Again(id) => Ok(id),
        Sent::First(ticket) => {
            people::refuse_doubles(cx, &who, doubles).await?;
            let party = people::insert(cx, &who).await?;
            let id = insert(cx, party, since.joined_on, since.left_on).await?;
            ticket.keep(cx, &id).await?;
            Ok(id)
        }
    }
}

/// Makes a member for another use-case, which has asked for the right and keeps its own key.
///
/// # Errors
/// [`Code::AlreadyMember`]; [`Code::NotFound`] where there is no such party.
pub(crate) async fn insert(
    cx: &mut Cx,
    party: PartyId,
    joined_on: Day,
    left_on: Option<Day>,
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
    let data = MembershipData { joined_on, left_on };
    if !store::insert(&mut cx.tx, cx.tenant, id, party, number, &data, cx.now).await? {
        // Somebody else made it one while this one waited for its number.
        return Err(Problem::new(Code::AlreadyMember));
    }
    let member = load(cx, id).await?;
    let label = member.label();
    audit::record(
        cx,
        change("added", id, &label),
        NOTHING,
        Some(&facts(&member)),
    )
    .await?;
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
    let data = form.parse()?;
    if (data.joined_on, data.left_on) == (before.joined_on, before.left_on) {
        return Ok(());
    }
    if form.version != before.version.to_string()
        || !store::update(&mut cx.tx, cx.tenant, id, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let after = load(cx, id).await?;
    let label = after.label();
    audit::record(
        cx,
        change("changed", id, &label),
        Some(&facts(&before)),
        Some(&facts(&after)),
    )
    .await
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
