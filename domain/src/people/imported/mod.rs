//! People and organisations that an import brings, thousands at once, and takes away
//! again when it is undone. The import has asked for the right.

mod store;

use super::service::{change, data_facts, facts};
use super::{Party, PartyData};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::fields::{self, Kept};
use crate::kernel::{ImportId, PartyId, Result};

/// Adds people and organisations, each with what it has in the organisation's own fields.
///
/// # Errors
/// The database's own.
pub(crate) async fn insert_imported(
    cx: &mut Cx,
    import: ImportId,
    parties: &[PartyData],
    own: &[&Kept],
) -> Result<Vec<PartyId>> {
    let ids: Result<Vec<PartyId>> = parties.iter().map(|_| cx.new_id()).collect();
    let ids = ids?;
    store::insert(&mut cx.tx, cx.tenant, cx.now, import, &ids, parties).await?;
    let own: Vec<_> = ids.iter().map(|id| id.0).zip(own.iter().copied()).collect();
    let own = fields::insert_imported(cx, &own).await?;
    let mut entries = Vec::with_capacity(parties.len());
    for ((id, data), own) in ids.iter().zip(parties).zip(&own) {
        let label = data.display_name();
        let (change, after) = (change("added", *id, &label), own.after(data_facts(data)));
        entries.push(audit::entry(cx, change, NOTHING, Some(&after))?);
    }
    audit::record_many(cx, entries);
    Ok(ids)
}

/// Takes away what an import added. That nothing hangs on it any more was asked before.
///
/// # Errors
/// [`Code::ChangedMeanwhile`](crate::kernel::Code::ChangedMeanwhile) where something does.
pub(crate) async fn remove_imported(cx: &mut Cx, import: ImportId) -> Result<usize> {
    let parties: Vec<Party> = store::imported(&mut cx.tx, cx.tenant, import).await?;
    let ids: Vec<_> = parties.iter().map(|party| party.id.0).collect();
    let mut own = fields::take_away_all(cx, &ids).await?;
    store::delete(&mut cx.tx, cx.tenant, import).await?;
    let mut entries = Vec::with_capacity(parties.len());
    for party in &parties {
        let label = party.display_name();
        let own = own.remove(&party.id.0).unwrap_or_default();
        let (change, before) = (
            change("deleted", party.id, &label),
            own.before(facts(party)),
        );
        entries.push(audit::entry(cx, change, Some(&before), NOTHING)?);
    }
    audit::record_many(cx, entries);
    Ok(parties.len())
}
