//! Making and changing crews, and who is in them. One can give, and take away, only what one
//! has; and somebody is left who can do so.

use super::service::{CREWS_MAX, get, read};
use super::{Administrators, Crew, CrewForm, first_missing, may_staff, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::fields::{self, Changes, On};
use crate::kernel::{Code, CrewId, PartyId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::people::rules::display_name;
use serde_json::json;

/// Makes a crew from a form. One can give only what one has.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right that the crew is to have;
/// [`Code::Invalid`] with the fields.
pub async fn add(cx: &mut Cx, form: &CrewForm) -> Result<CrewId> {
    cx.require(Right::Settings)?;
    let ticket = match once::take(cx, &form.key, form).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let extra = fields::read(cx, On::Crew, None, &form.extra).await;
    let (data, extra) = fields::both(form.parse(), extra)?;
    let id = insert(cx, (&data.name, &data.rights), &extra).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Makes a crew. One can give only what one has.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right that the crew is to have;
/// [`Code::Invalid`] for the name.
pub async fn create(cx: &mut Cx, name: &str, rights: &[Right]) -> Result<CrewId> {
    cx.require(Right::Settings)?;
    let form = CrewForm {
        name: name.to_owned(),
        ..CrewForm::default()
    };
    let name = form.parse()?.name;
    insert(cx, (&name, rights), &Changes::default()).await
}

async fn insert(cx: &mut Cx, (name, rights): (&str, &[Right]), extra: &Changes) -> Result<CrewId> {
    require_all(cx, rights)?;
    if read(cx, None, None).await?.len() >= CREWS_MAX {
        return Err(Problem::new(Code::TooManySelected { max: CREWS_MAX }));
    }
    let id: CrewId = cx.new_id()?;
    if !store::insert(&mut cx.tx, cx.tenant, id, name).await? {
        return Err(Problem::at_field("name", Code::CrewNameTaken));
    }
    for right in rights {
        store::insert_right(&mut cx.tx, cx.tenant, id, right.name()).await?;
    }
    fields::write(cx, id.0, extra).await?;
    let after = extra.after(json!({ "name": name, "rights": rights }));
    audit::record(cx, change("added", id, name), NOTHING, Some(&after)).await?;
    Ok(id)
}

/// Changes a crew's name and rights. What one does not have oneself stays as it is.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right that is given or taken away;
/// [`Code::Invalid`] with the fields; [`Code::LastAdministrator`];
/// [`Code::ChangedMeanwhile`] where somebody else was faster.
pub async fn save(cx: &mut Cx, id: CrewId, form: &CrewForm) -> Result<()> {
    cx.require(Right::Settings)?;
    let administrators = Administrators::counted(cx).await?;
    let before = get(cx, id).await?;
    let extra = fields::read(cx, On::Crew, Some(id.0), &form.extra).await;
    let (after, extra) = fields::both(form.parse(), extra)?;
    let given = without(&after.rights, &before.rights);
    let taken = without(&before.rights, &after.rights);
    require_all(cx, &given)?;
    require_all(cx, &taken)?;
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if after.name == before.name && given.is_empty() && taken.is_empty() && extra.is_empty() {
        return Ok(());
    }
    if store::name_taken(&mut cx.tx, cx.tenant, &after.name, id).await? {
        return Err(Problem::at_field("name", Code::CrewNameTaken));
    }
    if !store::update(&mut cx.tx, cx.tenant, id, before.version, &after.name).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    for right in &given {
        store::insert_right(&mut cx.tx, cx.tenant, id, right.name()).await?;
    }
    for right in &taken {
        store::delete_right(&mut cx.tx, cx.tenant, id, right.name()).await?;
    }
    fields::write(cx, id.0, &extra).await?;
    administrators.still_some(cx).await?;
    let was = extra.before(json!({ "name": before.name, "rights": before.rights }));
    let is = extra.after(json!({ "name": after.name, "rights": after.rights }));
    let change = change("changed", id, &after.name);
    audit::record(cx, change, Some(&was), Some(&is)).await
}

/// Takes a crew away. It must be empty: nobody loses anything by it.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right of the crew; [`Code::CrewNotEmpty`];
/// [`Code::CrewManagesTypes`];
/// [`Code::NotFound`].
pub async fn delete(cx: &mut Cx, id: CrewId) -> Result<()> {
    cx.require(Right::Settings)?;
    let crew = get(cx, id).await?;
    may_staff(&cx.actor.rights, &crew)?;
    if let Some(code) = hindrance(&crew) {
        return Err(Problem::new(code));
    }
    store::delete(&mut cx.tx, cx.tenant, id)
        .await
        .map_err(|problem| match problem.code {
            // What hangs on a crew without people are types of services.
            Code::ChangedMeanwhile => Problem::new(Code::CrewManagesTypes),
            _ => problem,
        })?;
    let gone = fields::take_away(cx, id.0).await?;
    let before = gone.before(json!({ "name": crew.name, "rights": crew.rights }));
    let change = change("deleted", id, &crew.name);
    audit::record(cx, change, Some(&before), NOTHING).await
}

/// What is in the way of deleting a crew, if anything is.
pub fn hindrance(crew: &Crew) -> Option<Code> {
    (crew.people > 0).then_some(Code::CrewNotEmpty {
        people: crew.people,
    })
}

/// Adds a person to a crew; does nothing where they are in it. One can give only
/// what one has, also to oneself.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right of the crew;
/// [`Code::NotFound`] for a crew or a person that is not there.
pub async fn add_person(cx: &mut Cx, crew: CrewId, person: PartyId) -> Result<()> {
    cx.require(Right::Settings)?;
    let crew = get(cx, crew).await?;
    may_staff(&cx.actor.rights, &crew)?;
    let name = name_of(cx, person).await?;
    if !store::insert_person(&mut cx.tx, cx.tenant, crew.id, person).await? {
        return Ok(());
    }
    let after = json!({ "person": person, "name": name });
    let change = change("person_added", crew.id, &crew.name);
    audit::record(cx, change, NOTHING, Some(&after)).await
}

/// Takes a person out of a crew; does nothing where they are not in it.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right of the crew;
/// [`Code::LastAdministrator`]; [`Code::NotFound`] for a crew or a person that is not there.
pub async fn remove_person(cx: &mut Cx, crew: CrewId, person: PartyId) -> Result<()> {
    cx.require(Right::Settings)?;
    let administrators = Administrators::counted(cx).await?;
    let crew = get(cx, crew).await?;
    may_staff(&cx.actor.rights, &crew)?;
    let name = name_of(cx, person).await?;
    if !store::delete_person(&mut cx.tx, cx.tenant, crew.id, person).await? {
        return Ok(());
    }
    administrators.still_some(cx).await?;
    let before = json!({ "person": person, "name": name });
    let change = change("person_removed", crew.id, &crew.name);
    audit::record(cx, change, Some(&before), NOTHING).await
}

fn change<'a>(action: &'static str, id: CrewId, label: &'a str) -> Change<'a> {
    Change {
        action,
        kind: "crew",
        id: id.0,
        label,
    }
}

/// Those of some rights that are not among others.
fn without(rights: &[Right], others: &[Right]) -> Vec<Right> {
    let missing = |right: &&Right| !others.contains(right);
    rights.iter().filter(missing).copied().collect()
}

fn require_all(cx: &Cx, rights: &[Right]) -> Result<()> {
    match first_missing(&cx.actor.rights, rights) {
        Some(right) => Err(Problem::new(Code::Forbidden { right })),
        None => Ok(()),
    }
}

async fn name_of(cx: &mut Cx, person: PartyId) -> Result<String> {
    let found = store::person(&mut cx.tx, cx.tenant, person).await?;
    let (given_name, name) = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(display_name(&given_name, &name))
}
