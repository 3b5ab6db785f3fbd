//! What is personal in rows is erased: text and salt go, the digest stays, and the chain with it.

mod store;

use super::{CHUNK, advance};
use crate::context::Cx;
use crate::kernel::{PartyId, Problem, Result};
use chain::{Erasure, Link, What, Who};
use store::Found;
use uuid::Uuid;

/// Whom rows are about.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// The person: rows say that they acted, or that something was done to them.
    pub person: PartyId,
    /// Objects that are theirs, beside their membership and its payments.
    pub objects: Vec<Uuid>,
    /// The number of their membership, without its check digit.
    pub number: Option<i64>,
    /// What they are, or were, called: looked for where something is shared by many.
    pub names: Vec<String>,
    /// What a list may have been searched for: parts of names, the address.
    pub words: Vec<String>,
}

impl About {
    /// Ids as they stand in what an object was.
    pub(super) fn ids(&self) -> Vec<String> {
        self.objects.iter().map(Uuid::to_string).collect()
    }
}

/// How many rows' personal parts are theirs: who acted, and what the object was.
///
/// # Errors
/// The database's own.
pub(crate) async fn count_about(cx: &mut Cx, about: &About) -> Result<(u64, u64)> {
    let (who, what) = store::count_about(&mut cx.tx, cx.tenant, about).await?;
    let positive = |n: i64| u64::try_from(n).map_err(Problem::internal);
    Ok((positive(who)?, positive(what)?))
}

/// What the audit keeps of what somebody was: rows about them, oldest first, with their action
/// and kind; as many as the limit says.
///
/// # Errors
/// The database's own.
pub(crate) async fn links_about(cx: &mut Cx, about: &About, limit: i64) -> Result<Vec<Link>> {
    let found = store::list_about(&mut cx.tx, cx.tenant, about, 0, limit).await?;
    let theirs = found.into_iter().filter(|found| found.is_what);
    Ok(theirs.map(|found| found.row.into_link()).collect())
}

/// What somebody was called: in rows that they wrote, and in those about them.
///
/// # Errors
/// The database's own.
pub(crate) async fn names_of(cx: &mut Cx, person: PartyId, limit: i64) -> Result<Vec<String>> {
    store::names_of(&mut cx.tx, cx.tenant, person, limit).await
}

/// Erases what rows tell about somebody. The caller says so in a row with [`chain::ERASED`],
/// and comes here last: others wait for the chain's end until the commit.
///
/// # Errors
/// The database's own.
pub(crate) async fn erase(cx: &mut Cx, about: &About) -> Result<Erasure> {
    advance(&mut cx.tx, cx.tenant, 0).await?;
    let mut erasure = (Vec::new(), Vec::new());
    let mut last = 0;
    let limit = i64::try_from(CHUNK).map_err(Problem::internal)?;
    loop {
        let found = store::list_about(&mut cx.tx, cx.tenant, about, last, limit).await?;
        let mut emptied = Vec::with_capacity(found.len());
        for Found {
            row,
            is_who,
            is_what,
        } in found
        {
            let mut link = row.into_link();
            last = link.seq;
            if is_who {
                erasure.0.push(link.seq);
                let digest = link.who.digest();
                link.who = Who::Erased { digest };
            }
            if is_what {
                erasure.1.push(link.seq);
                let digest = link.what.digest();
                link.what = What::Erased { digest };
            }
            emptied.push(link);
        }
        if emptied.is_empty() {
            break;
        }
        store::empty(&mut cx.tx, cx.tenant, &emptied).await?;
    }
    Ok(Erasure {
        who: Erasure::runs(erasure.0),
        what: Erasure::runs(erasure.1),
    })
}
