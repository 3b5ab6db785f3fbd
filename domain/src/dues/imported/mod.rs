//! Kinds of dues that an import makes, and the terms that it gives to members; taken away
//! again when it is undone. The import has asked for the rights.

mod store;

use super::form::KindData;
use super::service::{change_of_member, facts, record_kind, refresh};
use super::{Cycle, FirstPeriod, KINDS_MAX, Kind, Price, Terms};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::kernel::calendar::FIRST_DAY;
use crate::kernel::{Cents, Code, DuesKindId, ImportId, MemberId, Problem, Result};
use crate::members;
use std::collections::BTreeSet;

/// Makes a kind of dues: a price for so many months.
///
/// # Errors
/// [`Code::TooManyKinds`]; [`Code::ChangedMeanwhile`] where another has the name.
pub(crate) async fn add_imported_kind(
    cx: &mut Cx,
    import: ImportId,
    name: &str,
    amount: Cents,
    months: u32,
) -> Result<DuesKindId> {
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if super::store::kinds(tx, tenant).await?.len() >= KINDS_MAX {
        return Err(Problem::new(Code::TooManyKinds { max: KINDS_MAX }));
    }
    let id = cx.new_id()?;
    let data = KindData {
        name: name.to_owned(),
        cycle: Cycle::Months { months },
        first_period: FirstPeriod::Full,
        price: Some(amount),
        price_from: FIRST_DAY,
    };
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if !super::store::insert_kind(tx, tenant, id, &data, super::store::IsDefault::No).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let price = Price {
        from_on: data.price_from,
        amount,
    };
    super::store::put_price(tx, tenant, id, price).await?;
    store::mark_kind(tx, tenant, id, import).await?;
    let after = super::get_kind(cx, id).await?;
    record_kind(cx, "added", None, &after).await?;
    Ok(id)
}

/// Says by which kind members pay, who had no terms on that day.
///
/// # Errors
/// [`Code::ChangedMeanwhile`] where one has some meanwhile.
pub(crate) async fn insert_imported_terms(
    cx: &mut Cx,
    import: ImportId,
    terms: &[(MemberId, Terms)],
) -> Result<()> {
    if terms.is_empty() {
        return Ok(());
    }
    store::insert(&mut cx.tx, cx.tenant, cx.now, import, terms).await?;
    let kinds = super::kinds(cx).await?;
    refresh_free(cx, &kinds, terms).await?;
    record(cx, Told::Added, &kinds, terms).await
}

/// Takes away the terms that an import gave, as far as nobody said something else since.
///
/// # Errors
/// The database's own.
pub(crate) async fn remove_imported_terms(cx: &mut Cx, import: ImportId) -> Result<usize> {
    let terms = store::imported(&mut cx.tx, cx.tenant, import).await?;
    if terms.is_empty() {
        return Ok(0);
    }
    store::delete(&mut cx.tx, cx.tenant, import).await?;
    let kinds = super::kinds(cx).await?;
    refresh_free(cx, &kinds, &terms).await?;
    record(cx, Told::Removed, &kinds, &terms).await?;
    Ok(terms.len())
}

/// Takes away the kinds that an import made, but for those that somebody uses or changed.
///
/// # Errors
/// The database's own.
pub(crate) async fn remove_imported_kinds(cx: &mut Cx, import: ImportId) -> Result<usize> {
    let unused = store::unused_kinds(&mut cx.tx, cx.tenant, import).await?;
    for id in &unused {
        let before = super::get_kind(cx, *id).await?;
        store::delete_kind(&mut cx.tx, cx.tenant, *id).await?;
        let change = audit::Change {
            action: "deleted",
            kind: "dues_kind",
            id: id.0,
            label: &before.name,
        };
        audit::record(cx, change, Some(&before), NOTHING).await?;
    }
    Ok(unused.len())
}

/// Free terms cover days: until when these members are in order is written anew.
async fn refresh_free(cx: &mut Cx, kinds: &[Kind], terms: &[(MemberId, Terms)]) -> Result<()> {
    let is_free = |id: DuesKindId| kinds.iter().any(|k| k.id == id && k.is_free());
    let free = terms.iter().filter(|(_, terms)| is_free(terms.kind));
    let members: BTreeSet<MemberId> = free.map(|(member, _)| *member).collect();
    let members: Vec<MemberId> = members.into_iter().collect();
    refresh(cx, &members).await
}

/// What happened to terms.
#[derive(Clone, Copy)]
enum Told {
    Added,
    Removed,
}

async fn record(
    cx: &mut Cx,
    told: Told,
    kinds: &[Kind],
    terms: &[(MemberId, Terms)],
) -> Result<()> {
    let ids: BTreeSet<MemberId> = terms.iter().map(|(member, _)| *member).collect();
    let ids: Vec<MemberId> = ids.into_iter().collect();
    let labels = members::labels(cx, &ids).await?;
    let mut entries = Vec::with_capacity(terms.len());
    for (member, terms) in terms {
        let kind = kinds.iter().find(|kind| kind.id == terms.kind);
        let facts = facts(terms, kind.map_or("", |kind| kind.name.as_str()));
        let label = labels.get(member).map_or("", String::as_str);
        entries.push(match told {
            Told::Added => {
                let change = change_of_member("dues_changed", *member, label);
                audit::entry(cx, change, NOTHING, Some(&facts))?
            }
            Told::Removed => {
                let change = change_of_member("dues_removed", *member, label);
                audit::entry(cx, change, Some(&facts), NOTHING)?
            }
        });
    }
    audit::record_many(cx, entries);
    Ok(())
}
