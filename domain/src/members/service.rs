//! What happens with members.

use super::{
    Counts, DirectoryFilter, Member, MemberNumber, MemberRow, Membership, MembershipData,
    MembershipForm, store,
};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{
    Code, Day, MemberId, Page, PageRequest, PartyId, Problem, Result, Right, paging, text,
};
use crate::once::{self, Sent};
use crate::people::{self, rules as names};
use serde_json::{Value, json};

/// The most rows that are suggested while somebody types.
const SUGGESTIONS_MAX: i64 = 10;
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
    let person = cx.actor.signed_in()?;
    let mut members = store::list_of_person(&mut cx.tx, cx.tenant, person, MINE_MAX).await?;
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

/// One page of the list of members, or of everybody.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn directory(
    cx: &mut Cx,
    filter: &DirectoryFilter,
    page: PageRequest,
) -> Result<Page<MemberRow>> {
    cx.require_crew()?;
    let today = cx.today();
    let total = store::count_rows(&mut cx.tx, cx.tenant, filter, today).await?;
    let rows = store::list_rows(
        &mut cx.tx,
        cx.tenant,
        filter,
        today,
        paging::PAGE_SIZE,
        page.offset(),
    )
    .await?;
    Ok(Page::new(rows, total, page))
}

/// How many members stand how.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn counts(cx: &mut Cx) -> Result<Counts> {
    cx.require_crew()?;
    let today = cx.today();
    store::counts(&mut cx.tx, cx.tenant, today).await
}

/// The members that somebody may mean while they type; the one of a full number
/// first, then those of exactly this name. At most ten.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn suggest(cx: &mut Cx, query: &str) -> Result<Vec<MemberRow>> {
    cx.require_crew()?;
    if names::search_words(query).is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    if let Ok(number) = MemberNumber::parse(query) {
        found.extend(store::find_row_by_number(&mut cx.tx, cx.tenant, number).await?);
    }
    found.extend(
        store::list_rows_by_full_name(&mut cx.tx, cx.tenant, query, SUGGESTIONS_MAX).await?,
    );
    let filter = DirectoryFilter {
        query: query.to_owned(),
        membership: Membership::Members,
        ..DirectoryFilter::default()
    };
    let today = cx.today();
    found
        .extend(store::list_rows(&mut cx.tx, cx.tenant, &filter, today, SUGGESTIONS_MAX, 0).await?);
    let mut suggestions: Vec<MemberRow> = Vec::new();
    for row in found {
        let full = suggestions.len() >= usize::try_from(SUGGESTIONS_MAX).unwrap_or(0);
        if !full && suggestions.iter().all(|s| s.id != row.id) {
            suggestions.push(row);
        }
    }
    Ok(suggestions)
}

/// The member of a number.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn find_by_number(cx: &mut Cx, number: MemberNumber) -> Result<Option<MemberId>> {
    cx.require_crew()?;
    let row = store::find_row_by_number(&mut cx.tx, cx.tenant, number).await?;
    Ok(row.and_then(|row| row.id))
}

/// The membership of a person or an organisation.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn find_by_party(cx: &mut Cx, party: PartyId) -> Result<Option<MemberId>> {
    cx.require_crew()?;
    store::find_by_party(&mut cx.tx, cx.tenant, party).await
}

/// The member that somebody means who typed a text into a form: a number in any
/// form, also with the name behind it, a member's id, or a name that fits exactly one.
///
/// # Errors
/// [`Code::WrongCheckDigit`] for a mistyped number, [`Code::UnknownMember`] where
/// nobody fits, or several do. Refused to those who are in no crew.
pub async fn resolve(cx: &mut Cx, text: &str) -> Result<MemberId> {
    cx.require_crew()?;
    let unknown = || Problem::new(Code::UnknownMember);
    let text = text.trim();
    if let Ok(id) = text.parse::<MemberId>() {
        return match store::find(&mut cx.tx, cx.tenant, id).await? {
            Some(member) => Ok(member.id),
            None => Err(unknown()),
        };
    }
    match MemberNumber::parse(text) {
        Ok(number) => return find_by_number(cx, number).await?.ok_or_else(unknown),
        Err(problem) if problem.code == Code::WrongCheckDigit => return Err(problem),
        Err(_) => {}
    }
    if let Some(id) = resolve_label(cx, text).await? {
        return Ok(id);
    }
    let mut found = store::list_rows_by_full_name(&mut cx.tx, cx.tenant, text, 2).await?;
    if found.is_empty() && !names::name_words(text).is_empty() {
        found = store::list_rows_by_whole_words(&mut cx.tx, cx.tenant, text, 2).await?;
    }
    match found.as_slice() {
        [only] => only.id.ok_or_else(unknown),
        _ => Err(unknown()),
    }
}

/// A number with the name behind it, as suggestions show it. Both must fit: the name
/// proves that the number was not mistaken for another.
async fn resolve_label(cx: &mut Cx, text: &str) -> Result<Option<MemberId>> {
    let Some((number, name)) = text.split_once(char::is_whitespace) else {
        return Ok(None);
    };
    let Ok(number) = MemberNumber::parse(number) else {
        return Ok(None);
    };
    let Some(row) = store::find_row_by_number(&mut cx.tx, cx.tenant, number).await? else {
        return Ok(None);
    };
    let known = names::name_words(&row.name);
    let fits = names::name_words(name)
        .iter()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .all(|word| known.contains(word));
    Ok(row.id.filter(|_| fits))
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

/// Follows the payments: until when a member's validated payments reach. Called by
/// the use-cases that validate, in their transaction; they have asked for the right.
///
/// # Errors
/// The database's own.
pub(crate) async fn set_paid_until(
    cx: &mut Cx,
    member: MemberId,
    until: Option<Day>,
) -> Result<()> {
    store::set_paid_until(&mut cx.tx, cx.tenant, member, until).await
}

async fn load(cx: &mut Cx, id: MemberId) -> Result<Member> {
    store::find(&mut cx.tx, cx.tenant, id)
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
