//! Undoing an import: all that it added goes, in one transaction, as long as nobody has
//! built on any of it.
//!
//! "Built on" means: a payment of it was validated or changed; a person or a membership
//! was changed; a person has a login, is in a crew, is a contact or pays for a member; a
//! member has dues of their own, or a payment or a former number from elsewhere. What the import only found stays as it is, and a kind
//! of dues that it made, where somebody else pays by it by now.
//! Numbers of members who go are not given again, and the audit keeps what they were.

use super::report::*;
use super::service::{change, get};
use super::store;
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, ImportId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::{dues, members, payments, people};

/// The most reasons that are shown.
pub const AGAINST_SHOWN: i64 = 20;

/// What stands against undoing an import, if anything does.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::ImportNotUndoable`] where it was not
/// applied, was undone, or did not note what it made; [`Code::NotFound`].
pub async fn against_undo(cx: &mut Cx, id: ImportId) -> Result<Against> {
    cx.require(Right::Members)?;
    let import = get(cx, id).await?;
    undoable(cx, &import)?;
    store::against(&mut cx.tx, cx.tenant, id, AGAINST_SHOWN).await
}

/// Takes back all that an import added.
///
/// # Errors
/// Refused without [`Right::Members`], without [`Right::PaymentsAdd`] where it brought
/// payments, without [`Right::Settings`] where it made a kind of dues; [`Code::ImportUsed`] where something stands against it;
/// [`Code::ImportNotUndoable`]; [`Code::NotFound`].
pub async fn undo(cx: &mut Cx, id: ImportId, key: &str) -> Result<Undone> {
    cx.require(Right::Members)?;
    let ticket = match once::take(cx, key, &("import::undo", id)).await? {
        Sent::Again(undone) => return Ok(undone),
        Sent::First(ticket) => ticket,
    };
    // One import at a time, and one undo: the second finds that it is done.
    store::lock(&mut cx.tx, cx.tenant).await?;
    let import = get(cx, id).await?;
    undoable(cx, &import)?;
    store::lock_made(&mut cx.tx, cx.tenant, id).await?;
    let against = store::against(&mut cx.tx, cx.tenant, id, AGAINST_SHOWN).await?;
    if against.total > 0 {
        return Err(Problem::new(Code::ImportUsed {
            count: against.total,
        }));
    }
    let undone = Undone {
        payments: payments::remove_imported(cx, id).await?,
        terms: dues::remove_imported_terms(cx, id).await?,
        members: members::remove_imported(cx, id).await?,
        people: people::remove_imported(cx, id).await?,
        kinds: dues::remove_imported_kinds(cx, id).await?,
    };
    if !store::set_undone(&mut cx.tx, cx.tenant, id, &cx.actor, cx.now).await? {
        return Err(Problem::new(Code::ImportNotUndoable));
    }
    audit::record(cx, change("undone", &import), Some(&undone), NOTHING).await?;
    ticket.keep(cx, &undone).await?;
    Ok(undone)
}

fn undoable(cx: &Cx, import: &Import) -> Result<()> {
    if import.state != State::Applied || !import.traced {
        return Err(Problem::new(Code::ImportNotUndoable));
    }
    let payments = import.report.map_or(0, |r| r.payments_added);
    if payments > 0 {
        cx.require(Right::PaymentsAdd)?;
    }
    if import.report.is_some_and(|r| r.kinds_added > 0) {
        cx.require(Right::Settings)?;
    }
    Ok(())
}
