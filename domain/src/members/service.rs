//! What happens with members.

use super::{Member, MemberNumber, MembershipData, MembershipForm, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, Day, MemberId, PartyId, Problem, Result, Right, text};
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

/// Takes the next numbers for so many new members at once, for an import that has asked
/// for the right: the first of them.
///
/// # Errors
/// The database's own.
pub(crate) async fn take_numbers(cx: &mut Cx, count: usize) -> Result<MemberNumber> {
    let count = i64::try_from(count).map_err(Problem::internal)?;
    store::next_numbers(&mut cx.tx, cx.tenant, count).await
}

/// Makes a member with a number that was taken, and notes what it was called in other
/// programs. For an import, which has asked for the right and has looked at what is
/// there already: nothing is read again here.
///
/// # Errors
/// [`Code::AlreadyMember`]; [`Code::ChangedMeanwhile`] where another member has a reference.
pub(crate) async fn insert_imported(
    cx: &mut Cx,
    number: MemberNumber,
    (party, name): (PartyId, &str),
    data: MembershipData,
    references: &[(String, String)],
) -> Result<MemberId> {
    let id: MemberId = cx.new_id()?;
    let mut search = number.search_text();
    for (_, reference) in references {
        search.push(' ');
        search.push_str(&text::fold(reference));
    }
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if !store::insert_found_by(tx, tenant, id, party, number, &data, &search, cx.now).await? {
        return Err(Problem::new(Code::AlreadyMember));
    }
    for (source, reference) in references {
        if !store::insert_only_reference(tx, tenant, id, source, reference).await? {
            return Err(Problem::new(Code::ChangedMeanwhile));
        }
    }
    let label = format!("{number} {name}");
    let after = json!({
        "number": number.to_string(),
        "name": name,
        "party": party,
        "joined_on": data.joined_on,
        "left_on": data.left_on,
        "references": references,
    });
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

/// Notes what a member was called in another program. Done again, it does nothing.
/// The calling use-case has asked for the right.
///
/// # Errors
/// [`Code::ChangedMeanwhile`] where another member has the reference; [`Code::NotFound`];
/// [`Code::TooLong`] and [`Code::ControlCharacter`] for texts that are none.
pub(crate) async fn add_reference(
    cx: &mut Cx,
    member: MemberId,
    source: &str,
    reference: &str,
) -> Result<()> {
    let (source, reference) = (text::name(source)?, text::name(reference)?);
    if let Some(owner) = find_by_reference(cx, &source, &reference).await? {
        return if owner == member {
            Ok(())
        } else {
            Err(Problem::new(Code::ChangedMeanwhile))
        };
    }
    let label = load(cx, member).await?.label();
    if !store::insert_reference(&mut cx.tx, cx.tenant, member, &source, &reference).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let after = json!({ "source": source, "reference": reference });
    audit::record(
        cx,
        change("reference_added", member, &label),
        NOTHING,
        Some(&after),
    )
    .await
}

/// The member of a reference in another program. The calling use-case has asked for the right.
///
/// # Errors
/// The database's own.
pub(crate) async fn find_by_reference(
    cx: &mut Cx,
    source: &str,
    reference: &str,
) -> Result<Option<MemberId>> {
    // What no text here can hold, nobody has.
    let (Ok(source), Ok(reference)) = (text::name(source), text::name(reference)) else {
        return Ok(None);
    };
    store::find_by_reference(&mut cx.tx, cx.tenant, &source, &reference).await
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
