//! What happens with people and organisations.

use super::{Contact, Doubles, Kind, Party, PartyData, PartyForm, ROLE_MAX, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::fields::{self, Changes, On};
use crate::kernel::{Code, PartyId, Problem, Result, Right, text};
use crate::once::{self, Sent};
use serde_json::{Value, json};

/// The most people through whom one organisation is reached.
pub const CONTACTS_MAX: usize = 100;
/// The most that are shown as similar.
const SIMILAR_MAX: i64 = 10;

/// A person or an organisation.
///
/// # Errors
/// [`Code::NotFound`], also to those who are in no crew.
pub async fn get(cx: &mut Cx, id: PartyId) -> Result<Party> {
    cx.require_crew()?;
    load(cx, id).await
}

/// Adds a person or an organisation.
///
/// # Errors
/// Refused without [`Right::People`]; [`Code::Invalid`] with the fields.
pub async fn add(cx: &mut Cx, form: &PartyForm) -> Result<PartyId> {
    add_unless(cx, form, Doubles::Accept).await
}

/// Adds a person or an organisation, where wished only if nobody [`similar`] is known.
///
/// # Errors
/// As [`add`]; [`Code::MaybeKnown`] where somebody similar is known.
pub async fn add_unless(cx: &mut Cx, form: &PartyForm, doubles: Doubles) -> Result<PartyId> {
    cx.require(Right::People)?;
    let (data, extra) = read(cx, None, form).await?;
    // The key comes first: a form that is sent twice is not similar to itself.
    match once::take(cx, &form.key, &("people::add", form)).await? {
        Sent::Again(id) => Ok(id),
        Sent::First(ticket) => {
            refuse_doubles(cx, &data, doubles).await?;
            let id = insert(cx, &data, &extra).await?;
            ticket.keep(cx, &id).await?;
            Ok(id)
        }
    }
}

/// A form, with what it says of the organisation's own fields. The calling use-case has asked
/// for the right.
///
/// # Errors
/// [`Code::Invalid`] with the fields.
pub(crate) async fn read(
    cx: &mut Cx,
    id: Option<PartyId>,
    form: &PartyForm,
) -> Result<(PartyData, Changes)> {
    let kind = Kind::from_name(form.kind.trim()).unwrap_or_default();
    let extra = fields::read(cx, On::party(kind), id.map(|id| id.0), &form.extra).await;
    fields::both(form.parse(), extra)
}

/// Refuses what may be known already, where that is wished. The calling use-case has
/// asked for the right.
///
/// # Errors
/// [`Code::MaybeKnown`].
pub(crate) async fn refuse_doubles(cx: &mut Cx, data: &PartyData, doubles: Doubles) -> Result<()> {
    match doubles {
        Doubles::Accept => Ok(()),
        Doubles::Refuse if similar(cx, data).await?.is_empty() => Ok(()),
        Doubles::Refuse => Err(Problem::new(Code::MaybeKnown)),
    }
}

/// Adds a person or an organisation for another use-case, which has asked for the
/// right and keeps its own key.
///
/// # Errors
/// The database's own.
pub(crate) async fn insert(cx: &mut Cx, data: &PartyData, extra: &Changes) -> Result<PartyId> {
    let id: PartyId = cx.new_id()?;
    store::insert(&mut cx.tx, cx.tenant, id, data, cx.now).await?;
    fields::write(cx, id.0, extra).await?;
    let label = data.display_name();
    let after = extra.after(data_facts(data));
    audit::record(cx, change("added", id, &label), NOTHING, Some(&after)).await?;
    Ok(id)
}

/// Changes a person or an organisation. What is the same already is not written
/// again, whatever the version: a form that was sent twice has one effect.
///
/// # Errors
/// Refused without [`Right::People`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster.
pub async fn save(cx: &mut Cx, id: PartyId, form: &PartyForm) -> Result<()> {
    cx.require(Right::People)?;
    let before = load(cx, id).await?;
    let (data, extra) = read(cx, Some(id), form).await?;
    if data.is(&before) && extra.is_empty() {
        return Ok(());
    }
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if data.kind != before.kind && store::kind_is_in_use(&mut cx.tx, cx.tenant, id).await? {
        return Err(Problem::at_field("kind", Code::KindInUse));
    }
    if !store::update(&mut cx.tx, cx.tenant, id, before.version, &data, cx.now).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    fields::write(cx, id.0, &extra).await?;
    let after = load(cx, id).await?;
    let label = after.display_name();
    let change = change("changed", id, &label);
    let (was, is) = (extra.before(facts(&before)), extra.after(facts(&after)));
    audit::record(cx, change, Some(&was), Some(&is)).await
}

/// Those who are known already and may be meant: the same address, or the same
/// full name. To be asked before a double is added.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn similar(cx: &mut Cx, data: &PartyData) -> Result<Vec<Party>> {
    cx.require_crew()?;
    store::find_similar(&mut cx.tx, cx.tenant, data, SIMILAR_MAX).await
}

/// The people through whom an organisation is reached.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn contacts(cx: &mut Cx, organisation: PartyId) -> Result<Vec<Contact>> {
    cx.require_crew()?;
    store::contacts(&mut cx.tx, cx.tenant, organisation, max_contacts()).await
}

/// The organisations that are reached through a person.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn contact_of(cx: &mut Cx, person: PartyId) -> Result<Vec<Contact>> {
    cx.require_crew()?;
    store::contact_of(&mut cx.tx, cx.tenant, person, max_contacts()).await
}

/// Makes a person the contact of an organisation, or changes the role. From then on
/// the person sees the organisation's membership and payments.
///
/// # Errors
/// Refused without [`Right::People`]; [`Code::Invalid`] with `person`, `organisation` or `role`.
pub async fn add_contact(
    cx: &mut Cx,
    organisation: PartyId,
    person: PartyId,
    role: &str,
) -> Result<()> {
    cx.require(Right::People)?;
    let role =
        text::line(role, ROLE_MAX).map_err(|problem| Problem::at_field("role", problem.code))?;
    let organisation = load(cx, organisation).await?;
    if organisation.kind != Kind::Organisation {
        return Err(Problem::at_field("organisation", Code::NotAnOrganisation));
    }
    let person = load(cx, person).await?;
    if person.kind != Kind::Person {
        return Err(Problem::at_field("person", Code::NotAPerson));
    }
    let before = store::find_role(&mut cx.tx, cx.tenant, organisation.id, person.id).await?;
    if before.as_deref() == Some(role.as_str()) {
        return Ok(());
    }
    if before.is_none()
        && store::count_contacts(&mut cx.tx, cx.tenant, organisation.id).await? >= max_contacts()
    {
        return Err(Problem::at_field(
            "person",
            Code::TooManySelected { max: CONTACTS_MAX },
        ));
    }
    store::upsert_contact(&mut cx.tx, cx.tenant, organisation.id, person.id, &role).await?;
    let action = if before.is_none() {
        "contact_added"
    } else {
        "contact_changed"
    };
    let before = before.map(|role| contact_facts(&person, &role));
    let after = contact_facts(&person, &role);
    let label = organisation.display_name();
    audit::record(
        cx,
        change(action, organisation.id, &label),
        before.as_ref(),
        Some(&after),
    )
    .await
}

/// Ends a person's being the contact of an organisation; does nothing where it ended already.
///
/// # Errors
/// Refused without [`Right::People`].
pub async fn remove_contact(cx: &mut Cx, organisation: PartyId, person: PartyId) -> Result<()> {
    cx.require(Right::People)?;
    let organisation = load(cx, organisation).await?;
    let person = load(cx, person).await?;
    let Some(role) = store::find_role(&mut cx.tx, cx.tenant, organisation.id, person.id).await?
    else {
        return Ok(());
    };
    if !store::delete_contact(&mut cx.tx, cx.tenant, organisation.id, person.id).await? {
        // Somebody else was as fast, and their transaction says so in the audit.
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let before = contact_facts(&person, &role);
    let label = organisation.display_name();
    audit::record(
        cx,
        change("contact_removed", organisation.id, &label),
        Some(&before),
        NOTHING,
    )
    .await
}

/// A person or an organisation, for another use-case, which has asked whether it may be seen.
///
/// # Errors
/// [`Code::NotFound`].
pub(crate) async fn load(cx: &mut Cx, id: PartyId) -> Result<Party> {
    store::find(&mut cx.tx, cx.tenant, id)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))
}

fn max_contacts() -> i64 {
    i64::try_from(CONTACTS_MAX).unwrap_or(i64::MAX)
}

pub(super) fn change<'a>(action: &'static str, id: PartyId, label: &'a str) -> Change<'a> {
    Change {
        action,
        kind: "party",
        id: id.0,
        label,
    }
}

/// What the audit keeps: what people enter, without what only the program counts.
pub(super) fn facts(party: &Party) -> Value {
    json!({
        "kind": party.kind,
        "given_name": party.given_name,
        "name": party.name,
        "email": party.email,
        "phone": party.phone,
        "street": party.street,
        "postcode": party.postcode,
        "city": party.city,
        "country": party.country,
        "note": party.note,
    })
}

/// The same of what was only just read: thousands at once are not read back.
pub(super) fn data_facts(data: &PartyData) -> Value {
    json!({
        "kind": data.kind,
        "given_name": data.given_name,
        "name": data.name,
        "email": data.email,
        "phone": data.phone,
        "street": data.street,
        "postcode": data.postcode,
        "city": data.city,
        "country": data.country,
        "note": data.note,
    })
}

fn contact_facts(person: &Party, role: &str) -> Value {
    json!({ "contact": person.display_name(), "person": person.id, "role": role })
}
