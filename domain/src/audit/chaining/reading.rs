//! The chain is read: verified, handed out, and signed.

use super::store;
use crate::context::{Clock, Cx};
use crate::db::Db;
use crate::kernel::{Result, Right, TenantId, paging};
use chain::{Checkpoint, Fault, Head, Link, PublicKeys, Report, Signer, Verifier};

/// The most checkpoints that are read at once: one a day for some 27 years.
const CHECKPOINTS_MAX: i64 = 10_000;

/// Where a chain ends, and where it was signed before.
#[derive(Clone, Debug)]
pub struct Chain {
    /// How many rows there are, and the last one's hash.
    pub head: Head,
    /// The checkpoints, oldest first.
    pub checkpoints: Vec<Checkpoint>,
}

/// Where the chain ends, and its checkpoints.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn chain(cx: &mut Cx) -> Result<Chain> {
    cx.require(Right::Settings)?;
    let head = store::head(&mut cx.tx, cx.tenant).await?;
    Ok(Chain {
        head: head.unwrap_or(Head::EMPTY),
        checkpoints: store::list_checkpoints(&mut cx.tx, cx.tenant, CHECKPOINTS_MAX).await?,
    })
}

/// Rows of the chain in their order, after a place: [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn links_after(cx: &mut Cx, after: u64) -> Result<Vec<Link>> {
    cx.require(Right::Settings)?;
    store::list(&mut cx.tx, cx.tenant, after, paging::CHUNK).await
}

/// Reads the whole chain and says what is not as it was written: by its hashes, by its own
/// checkpoints, and by those that were kept elsewhere. Where keys are given, checkpoints
/// count only if one of them signed them.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn verify(cx: &mut Cx, kept: Vec<Checkpoint>, keys: &PublicKeys) -> Result<Report> {
    cx.require(Right::Settings)?;
    let mut verifier = Verifier::new(cx.tenant.0);
    let own = store::list_checkpoints(&mut cx.tx, cx.tenant, CHECKPOINTS_MAX).await?;
    for checkpoint in own.into_iter().chain(kept) {
        verifier.checkpoint(checkpoint, keys);
    }
    let mut last = 0;
    loop {
        let links = store::list(&mut cx.tx, cx.tenant, last, paging::CHUNK).await?;
        let Some(newest) = links.last() else {
            break;
        };
        last = newest.seq;
        links.iter().for_each(|link| verifier.push(link));
    }
    let head = store::head(&mut cx.tx, cx.tenant).await?;
    let rows = store::count_outside(&mut cx.tx, cx.tenant).await?;
    // Before the first row of the chain, those of earlier wait to be taken into it.
    if head.is_some() && rows > 0 {
        verifier.fault(Fault::Outside { rows });
    }
    let begun = head.is_some() || last > 0;
    Ok(verifier.finish(if begun { head } else { Some(Head::EMPTY) }))
}

/// Signs where the chain ends, and keeps that. None where there is no row since the last
/// time. A checkpoint is no change, and has no row in the audit: it would never end.
///
/// # Errors
/// The database's own.
pub async fn sign(
    db: &Db,
    clock: &Clock,
    tenant: TenantId,
    signer: &Signer,
) -> Result<Option<Checkpoint>> {
    let mut tx = db.write(tenant).await?;
    let head = store::head(&mut tx, tenant).await?.unwrap_or(Head::EMPTY);
    let last = store::list_checkpoints(&mut tx, tenant, 1).await?;
    if last.last().map_or(0, |last| last.seq) >= head.seq {
        return Ok(None);
    }
    let checkpoint = signer.sign(tenant.0, head, clock.now());
    store::insert_checkpoint(&mut tx, tenant, &checkpoint).await?;
    tx.commit().await?;
    Ok(Some(checkpoint))
}
