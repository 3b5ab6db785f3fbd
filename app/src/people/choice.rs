//! A field in which somebody is named by typing. Words that fit several lead to a choice
//! among these, and what was typed stays beside it.

use crate::locales::Text;
use crate::request::Req;
use crate::ui::{Choice, FormView};
use domain::kernel::{Code, PageRequest, PartyId, Problem, Right};
use domain::members::{self, DirectoryFilter, MemberRow, Membership};
use domain::people::Kind;
use leptos::prelude::*;

/// How many are offered where a name fits several.
const OFFERED_MAX: usize = 10;

/// Where somebody is looked for, and by whose right.
pub struct Wanted {
    /// The field's name.
    pub field: &'static str,
    /// Persons or organisations only; `None` takes both.
    pub kind: Option<Kind>,
    /// The right of the use-case that follows.
    pub right: Right,
}

/// Whom somebody means: an id, or words that fit one only. `None`: nothing was said. Who
/// else may be meant is put into `offered`.
///
/// # Errors
/// At the field: [`Code::UnknownPerson`], or [`Code::UnknownChoice`] where several fit.
pub async fn find(
    req: &Req,
    wanted: &Wanted,
    (typed, chosen): (&str, &str),
    offered: &mut Vec<MemberRow>,
) -> Result<Option<PartyId>, Problem> {
    let chosen = chosen.trim();
    let text = if chosen.is_empty() {
        typed.trim()
    } else {
        chosen
    };
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    let filter = DirectoryFilter {
        query: text.to_owned(),
        membership: Membership::Everyone,
        kind: wanted.kind,
        ..DirectoryFilter::default()
    };
    let found = req
        .view(async |cx| {
            cx.require(wanted.right)?;
            members::directory(cx, &filter, PageRequest::new(1)).await
        })
        .await?;
    match found.rows.as_slice() {
        [] => Err(Problem::at_field(wanted.field, Code::UnknownPerson)),
        [only] => Ok(Some(only.party)),
        _ => {
            *offered = found.rows.into_iter().take(OFFERED_MAX).collect();
            Err(Problem::at_field(wanted.field, Code::UnknownChoice))
        }
    }
}

/// Those who may be meant, to choose from; nothing where there is nobody to choose.
pub fn offer(f: &FormView<'_>, legend: Text, offered: &[MemberRow]) -> Option<AnyView> {
    let choices = offered.iter().map(|row| {
        let parts = [
            row.number.map(|n| n.to_string()),
            row.email.clone(),
            row.city.clone(),
        ];
        let hint = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Choice::with_help(row.party.to_string(), row.name.clone(), hint)
    });
    (!offered.is_empty()).then(|| f.radios("chosen", legend, "", choices.collect()))
}
