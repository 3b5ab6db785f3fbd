//! Members that an import makes, thousands at once, and takes away again when it is
//! undone. The import has asked for the right, and has looked at what is there already.

mod store;

use super::{MemberNumber, MembershipData};
use crate::audit::{self, Change, Record};
use crate::context::Cx;
use crate::fields::{self, Kept};
use crate::kernel::{Day, ImportId, MemberId, PartyId, Problem, Result, text};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A member to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewMember {
    pub number: MemberNumber,
    pub party: PartyId,
    /// The whole name, for the audit.
    pub name: String,
    pub data: MembershipData,
    /// What other programs called it: (source, reference).
    pub references: Vec<(String, String)>,
    /// What it has in the organisation's own fields.
    pub own: Kept,
}

/// What a member was called in another program.
#[derive(Clone, Debug)]
pub(crate) struct NewReference {
    pub member: MemberId,
    pub source: String,
    pub reference: String,
}

/// A member whom an import made.
#[derive(sqlx::FromRow)]
struct Imported {
    id: MemberId,
    number: MemberNumber,
    name: String,
    party_id: PartyId,
    joined_on: Day,
    left_on: Option<Day>,
}

/// Takes the next numbers for so many new members at once: the first of them.
///
/// # Errors
/// The database's own.
pub(crate) async fn take_numbers(cx: &mut Cx, count: usize) -> Result<MemberNumber> {
    let count = i64::try_from(count).map_err(Problem::internal)?;
    store::next_numbers(&mut cx.tx, cx.tenant, count).await
}

/// Makes members with numbers that were taken.
///
/// # Errors
/// [`Code::ChangedMeanwhile`](crate::kernel::Code::ChangedMeanwhile) where one is a
/// member meanwhile, or another member has a reference.
pub(crate) async fn insert_imported(
    cx: &mut Cx,
    import: ImportId,
    members: &[NewMember],
) -> Result<Vec<MemberId>> {
    let ids: Result<Vec<MemberId>> = members.iter().map(|_| cx.new_id()).collect();
    let ids = ids?;
    store::insert(&mut cx.tx, cx.tenant, cx.now, import, &ids, members).await?;
    let references = ids.iter().zip(members).flat_map(|(id, member)| {
        member.references.iter().map(|(source, reference)| {
            let (source, reference) = (source.clone(), reference.clone());
            NewReference {
                member: *id,
                source,
                reference,
            }
        })
    });
    let references: Vec<NewReference> = references.collect();
    store::insert_references(&mut cx.tx, cx.tenant, cx.now, import, &references).await?;
    let own = ids.iter().zip(members);
    let own: Vec<_> = own.map(|(id, member)| (id.0, &member.own)).collect();
    let own = fields::insert_imported(cx, &own).await?;
    let mut entries = Vec::with_capacity(members.len());
    for ((id, member), own) in ids.iter().zip(members).zip(&own) {
        let after = own.after(json!({
            "number": member.number.to_string(),
            "name": member.name,
            "party": member.party,
            "joined_on": member.data.joined_on,
            "left_on": member.data.left_on,
            "references": member.references,
        }));
        let label = format!("{} {}", member.number, member.name);
        entries.push(entry(cx, "added", *id, &label, None, Some(&after))?);
    }
    audit::record_many(cx, entries);
    Ok(ids)
}

/// Notes what members from before were called in another program.
///
/// # Errors
/// [`Code::ChangedMeanwhile`](crate::kernel::Code::ChangedMeanwhile) where another
/// member has a reference.
pub(crate) async fn add_imported_references(
    cx: &mut Cx,
    import: ImportId,
    references: &[NewReference],
) -> Result<()> {
    if references.is_empty() {
        return Ok(());
    }
    store::insert_references(&mut cx.tx, cx.tenant, cx.now, import, references).await?;
    refresh_search(cx, references).await?;
    let entries = reference_entries(cx, "reference_added", references).await?;
    audit::record_many(cx, entries);
    Ok(())
}

/// Takes away the members that an import made, with all their references, and the
/// references that it gave to others. The numbers are not given again: the counter
/// that they come from stays where it is.
///
/// # Errors
/// [`Code::ChangedMeanwhile`](crate::kernel::Code::ChangedMeanwhile) where something
/// hangs on one of them.
pub(crate) async fn remove_imported(cx: &mut Cx, import: ImportId) -> Result<usize> {
    let members = store::imported(&mut cx.tx, cx.tenant, import).await?;
    let given = store::given_references(&mut cx.tx, cx.tenant, import).await?;
    let mut entries = reference_entries(cx, "reference_removed", &given).await?;
    let ids: Vec<_> = members.iter().map(|member| member.id.0).collect();
    let mut own = fields::take_away_all(cx, &ids).await?;
    store::delete(&mut cx.tx, cx.tenant, import).await?;
    refresh_search(cx, &given).await?;
    for member in &members {
        let own = own.remove(&member.id.0).unwrap_or_default();
        let before = own.before(json!({
            "number": member.number.to_string(),
            "name": member.name,
            "party": member.party_id,
            "joined_on": member.joined_on,
            "left_on": member.left_on,
        }));
        let label = format!("{} {}", member.number, member.name);
        cx.touch("party", member.party_id.0);
        entries.push(entry(
            cx,
            "deleted",
            member.id,
            &label,
            Some(&before),
            None,
        )?);
    }
    audit::record_many(cx, entries);
    Ok(members.len())
}

/// "1042-9 Léa Benamar" for each of these members.
///
/// # Errors
/// The database's own.
pub(crate) async fn labels(cx: &mut Cx, ids: &[MemberId]) -> Result<HashMap<MemberId, String>> {
    store::labels(&mut cx.tx, cx.tenant, ids).await
}

/// Writes what members are found by anew: their number and their references.
async fn refresh_search(cx: &mut Cx, touched: &[NewReference]) -> Result<()> {
    let mut ids: Vec<MemberId> = touched.iter().map(|r| r.member).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut texts: Vec<(MemberId, String)> = Vec::with_capacity(ids.len());
    for (id, number, reference) in store::found_by(&mut cx.tx, cx.tenant, &ids).await? {
        if texts.last().is_none_or(|(last, _)| *last != id) {
            texts.push((id, number.search_text()));
        }
        if let (Some(reference), Some((_, search))) = (reference, texts.last_mut()) {
            search.push(' ');
            search.push_str(&text::fold(&reference));
        }
    }
    store::set_search(&mut cx.tx, cx.tenant, &texts).await
}

async fn reference_entries(
    cx: &mut Cx,
    action: &'static str,
    references: &[NewReference],
) -> Result<Vec<Record>> {
    let ids: Vec<MemberId> = references.iter().map(|r| r.member).collect();
    let labels = store::labels(&mut cx.tx, cx.tenant, &ids).await?;
    let one = |r: &NewReference| {
        let facts = json!({ "source": r.source, "reference": r.reference });
        let label = labels.get(&r.member).map_or("", String::as_str);
        match action {
            "reference_removed" => entry(cx, action, r.member, label, Some(&facts), None),
            _ => entry(cx, action, r.member, label, None, Some(&facts)),
        }
    };
    references.iter().map(one).collect()
}

fn entry(
    cx: &Cx,
    action: &'static str,
    id: MemberId,
    label: &str,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<Record> {
    let change = Change {
        action,
        kind: "member",
        id: id.0,
        label,
    };
    audit::entry(cx, change, before, after)
}
