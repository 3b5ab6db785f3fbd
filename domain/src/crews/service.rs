//! Which crews there are, who is in them, and what somebody may do.

use super::{Crew, CrewPerson, store};
use crate::access::{Belonging, Grant, Rights};
use crate::context::Cx;
use crate::kernel::{Code, CrewId, PartyId, Problem, Result, Right, text};
use crate::people::rules::display_name;

/// The most crews of a tenant.
pub const CREWS_MAX: usize = 200;
/// The most people of a crew that are shown.
const PEOPLE_MAX: i64 = 1_000;
/// The most rights that are read at once: every crew with every right, one row more for a crew
/// without any.
const RIGHTS_READ_MAX: i64 = (CREWS_MAX * (Right::ALL.len() + 1)) as i64;

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

/// How many people can sign in and change the settings.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn count_administrators(cx: &mut Cx) -> Result<i64> {
    cx.require(Right::Settings)?;
    store::administrators(&mut cx.tx, cx.tenant).await
}

/// One crew.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: CrewId) -> Result<Crew> {
    cx.require_crew()?;
    let found = read(cx, Some(id), None).await?.pop();
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The people of a crew, by name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn people(cx: &mut Cx, id: CrewId) -> Result<Vec<CrewPerson>> {
    cx.require_crew()?;
    let rows = store::people(&mut cx.tx, cx.tenant, id, PEOPLE_MAX).await?;
    let person = |(person, given_name, name, can_sign_in): store::PersonSql| CrewPerson {
        person,
        name: display_name(&given_name, &name),
        can_sign_in,
    };
    Ok(rows.into_iter().map(person).collect())
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

pub(super) async fn read(cx: &mut Cx, id: Option<CrewId>, name: Option<&str>) -> Result<Vec<Crew>> {
    let limit = i64::try_from(CREWS_MAX).unwrap_or(i64::MAX);
    let crews = store::list(&mut cx.tx, cx.tenant, id, name, limit).await?;
    let only = match crews.as_slice() {
        [one] => Some(one.id),
        _ => None,
    };
    let rights = store::rights(&mut cx.tx, cx.tenant, only, RIGHTS_READ_MAX).await?;
    let rights_of = |crew| {
        let has = |right: &&Right| {
            let same = |(id, name): &(CrewId, String)| *id == crew && name == right.name();
            rights.iter().any(same)
        };
        Right::ALL.iter().filter(has).copied().collect()
    };
    Ok(crews
        .into_iter()
        .map(|row| Crew {
            id: row.id,
            rights: rights_of(row.id),
            name: row.name,
            people: row.people,
            version: row.version,
        })
        .collect())
}
