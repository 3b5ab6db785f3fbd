//! People and organisations that an import brings, thousands at once, and takes away
//! again when it is undone. The import has asked for the right.

mod store;

use super::service::{change, data_facts, facts};
use super::{Party, PartyData};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::kernel::{ImportId, PartyId, Result};

/// Adds people and organisations.
///
/// # Errors
/// The database's own.
pub(crate) async fn insert_imported(
    cx: &mut Cx,
    import: ImportId,
    parties: &[PartyData],
) -> Result<Vec<PartyId>> {
    let ids: Result<Vec<PartyId>> = parties.iter().map(|_| cx.new_id()).collect();
    let ids = ids?;
    store::insert(&mut cx.tx, cx.tenant, cx.now, import, &ids, parties).await?;
    let mut entries = Vec::with_capacity(parties.len());
    for (id, data) in ids.iter().zip(parties) {
        let label = data.display_name();
        let (change, after) = (change("added", *id, &label), data_facts(data));
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
    store::delete(&mut cx.tx, cx.tenant, import).await?;
    let mut entries = Vec::with_capacity(parties.len());
    for party in &parties {
        let label = party.display_name();
        let (change, before) = (change("deleted", party.id, &label), facts(party));
        entries.push(audit::entry(cx, change, Some(&before), NOTHING)?);
    }
    audit::record_many(cx, entries);
    Ok(parties.len())
}
