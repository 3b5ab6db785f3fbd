//! Making crews, adding people to them, and asking what somebody may do.

use super::{Crew, store};
use crate::access::{Belonging, Grant, Rights};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, CrewId, PartyId, Problem, Result, Right, text};
use crate::people::rules::display_name;
use serde_json::json;

/// The most crews of a tenant.
pub const CREWS_MAX: usize = 200;
/// The most rights that are read at once: every crew with every right, one row more for a crew
/// without any.
const RIGHTS_READ_MAX: i64 = (CREWS_MAX * (Right::ALL.len() + 1)) as i64;

/// Makes a crew. One can give only what one has.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right that the crew is to have;
/// [`Code::Invalid`] for the name.
pub async fn create(cx: &mut Cx, name: &str, rights: &[Right]) -> Result<CrewId> {
    cx.require(Right::Settings)?;
    for &right in rights {
        cx.require(right)?;
    }
    let at_name = |code| Problem::at_field("name", code);
    let name = text::name(name).map_err(|p| at_name(p.code))?;
    if name.is_empty() {
        return Err(at_name(Code::Required));
    }
    if read(cx, None, None).await?.len() >= CREWS_MAX {
        return Err(Problem::new(Code::TooManySelected { max: CREWS_MAX }));
    }
    let id: CrewId = cx.new_id()?;
    if !store::insert(&mut cx.tx, cx.tenant, id, &name).await? {
        return Err(at_name(Code::CrewNameTaken));
    }
    for right in rights {
        store::insert_right(&mut cx.tx, cx.tenant, id, right.name()).await?;
    }
    let change = Change {
        action: "added",
        kind: "crew",
        id: id.0,
        label: &name,
    };
    let after = json!({ "name": name, "rights": rights });
    audit::record(cx, change, NOTHING, Some(&after)).await?;
    Ok(id)
}

/// Adds a person to a crew; does nothing where they are in it. One can give only
/// what one has, also to oneself.
///
/// # Errors
/// Refused without [`Right::Settings`] and each right of the crew;
/// [`Code::NotFound`] for a crew or a person that is not there.
pub async fn add_person(cx: &mut Cx, crew: CrewId, person: PartyId) -> Result<()> {
    cx.require(Right::Settings)?;
    let crew = read(cx, Some(crew), None)
        .await?
        .pop()
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    for &right in &crew.rights {
        cx.require(right)?;
    }
    let (given_name, name) = store::person(&mut cx.tx, cx.tenant, person)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    if !store::insert_person(&mut cx.tx, cx.tenant, crew.id, person).await? {
        return Ok(());
    }
    let change = Change {
        action: "person_added",
        kind: "crew",
        id: crew.id.0,
        label: &crew.name,
    };
    let after = json!({ "person": person, "name": display_name(&given_name, &name) });
    audit::record(cx, change, NOTHING, Some(&after)).await
}

/// The crew of a name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn find(cx: &mut Cx, name: &str) -> Result<Option<Crew>> {
    cx.require_crew()?;
    match text::name(name) {
        Ok(name) => Ok(read(cx, None, Some(&name)).await?.pop()),
        Err(_) => Ok(None),
    }
}

/// Every crew, by name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list(cx: &mut Cx) -> Result<Vec<Crew>> {
    cx.require_crew()?;
    read(cx, None, None).await
}

/// What somebody may do. Needs no right: this is how rights come to be known.
///
/// # Errors
/// The database's own.
pub async fn rights_of(cx: &mut Cx, person: PartyId) -> Result<Rights> {
    let rows = store::grants(&mut cx.tx, cx.tenant, person, RIGHTS_READ_MAX).await?;
    let mut crews: Vec<Belonging> = Vec::new();
    let mut grants = Vec::new();
    for (crew, name, right) in rows {
        if crews.last().is_none_or(|last| last.crew != crew) {
            let name = name.clone();
            crews.push(Belonging { crew, name });
        }
        // A right that this program does not know gives nothing.
        if let Some(right) = right.as_deref().and_then(Right::from_name) {
            grants.push(Grant { right, crew: name });
        }
    }
    Ok(Rights::from_grants(grants).in_crews(crews))
}

/// Refuses to act upon somebody who may do more than the one who acts: who sets
/// another's password could otherwise sign in with rights that nobody gave them.
pub(crate) async fn require_rights_of(cx: &mut Cx, person: PartyId) -> Result<()> {
    let rights = rights_of(cx, person).await?;
    for grant in rights.grants() {
        cx.require(grant.right)?;
    }
    Ok(())
}

async fn read(cx: &mut Cx, id: Option<CrewId>, name: Option<&str>) -> Result<Vec<Crew>> {
    let limit = i64::try_from(CREWS_MAX).unwrap_or(i64::MAX);
    let crews = store::list(&mut cx.tx, cx.tenant, id, name, limit).await?;
    let only = match crews.as_slice() {
        [one] => Some(one.id),
        _ => None,
    };
    let rights = store::rights(&mut cx.tx, cx.tenant, only, RIGHTS_READ_MAX).await?;
    let rights_of = |crew| {
        rights
            .iter()
            .filter(|(id, _)| *id == crew)
            .filter_map(|(_, name)| Right::from_name(name))
            .collect()
    };
    Ok(crews
        .into_iter()
        .map(|row| Crew {
            id: row.id,
            rights: rights_of(row.id),
            name: row.name,
            people: row.people,
        })
        .collect())
}
