//! What is kept about a person is handed to them: for people to read, and for programs.

use super::erasing::{about, somebody};
use super::store::{self, PLACES};
use super::{PersonalData, Section};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{PartyId, Result, Right};
use crate::settings;
use chain::{Link, What};
use serde_json::{Map, Value, json};

/// The most rows of one place.
const ROWS_MAX: i64 = 10_000;
/// The most rows of the audit.
const AUDIT_MAX: i64 = 1_000;

/// Whom data are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// Those who look after the organisation, and hand them out.
    Organisation,
    /// The person: without what the crews wrote down for themselves, which they get on request.
    Person,
}

/// Everything that is kept about a person, or an organisation.
///
/// # Errors
/// Refused without [`Right::People`] and [`Right::Settings`]; [`Code::NotFound`](crate::kernel::Code::NotFound).
pub async fn data_of(cx: &mut Cx, id: PartyId) -> Result<PersonalData> {
    cx.require(Right::People)?;
    cx.require(Right::Settings)?;
    read(cx, id, For::Organisation).await
}

/// The same as a file, and who took it is written down.
///
/// # Errors
/// As [`data_of`].
pub async fn take_data_of(cx: &mut Cx, id: PartyId) -> Result<PersonalData> {
    cx.require(Right::People)?;
    cx.require(Right::Settings)?;
    let data = read(cx, id, For::Organisation).await?;
    taken(cx, id, &data).await?;
    Ok(data)
}

/// What is kept about the one who asks; without what the crews wrote down for themselves.
///
/// # Errors
/// [`Code::SignInNeeded`](crate::kernel::Code::SignInNeeded) for nobody.
pub async fn my_data(cx: &mut Cx) -> Result<PersonalData> {
    // Everybody may see what is kept about themselves.
    let person = cx.actor.signed_in()?;
    read(cx, person, For::Person).await
}

/// The same as a file, and that it was taken is written down.
///
/// # Errors
/// As [`my_data`].
pub async fn take_my_data(cx: &mut Cx) -> Result<PersonalData> {
    // Everybody may take what is kept about themselves.
    let person = cx.actor.signed_in()?;
    let data = read(cx, person, For::Person).await?;
    taken(cx, person, &data).await?;
    Ok(data)
}

async fn taken(cx: &mut Cx, id: PartyId, data: &PersonalData) -> Result<()> {
    let change = Change {
        action: "data_taken",
        kind: "party",
        id: id.0,
        label: &data.name,
    };
    audit::record(cx, change, NOTHING, NOTHING).await
}

async fn read(cx: &mut Cx, id: PartyId, whom: For) -> Result<PersonalData> {
    let (person, who) = somebody(cx, id).await?;
    let inner = whom == For::Organisation;
    let mut parts = Vec::new();
    for place in PLACES {
        let rows = store::rows(&mut cx.tx, cx.tenant, &who, place, inner, ROWS_MAX).await?;
        if !rows.is_empty() {
            let place = place.table;
            parts.push(Section { place, rows });
        }
    }
    if inner {
        let about = about(cx, &person, &who).await?;
        let links = audit::links_about(cx, &about, AUDIT_MAX).await?;
        let rows: Vec<_> = links.into_iter().map(|link| entry(link, id)).collect();
        if !rows.is_empty() {
            let place = "audit";
            parts.push(Section { place, rows });
        }
    }
    Ok(PersonalData {
        made_at: cx.now,
        name: who.name,
        organisation: settings::get(cx).await?.title,
        parts,
    })
}

/// A row of the audit: what was done. Who did it is theirs to know where it was themselves.
fn entry(link: Link, person: PartyId) -> Map<String, Value> {
    let (before, after) = match link.what {
        What::Kept { before, after, .. } => (before, after),
        What::Erased { .. } => (None, None),
    };
    let fields = json!({
        "at": link.at,
        "action": link.action,
        "kind": link.kind,
        "by_themselves": link.actor == Some(person.0),
        "before": before,
        "after": after,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
