//! Undoing an import of services: all that it added goes, in one transaction, as long as
//! nobody has built on any of it.
//!
//! "Built on" means: a service or who has it was changed; somebody has paid; a service has
//! another holder or address from elsewhere, or another import found it; who had an address of
//! it was answered. What the import only found stays as it is.

use super::service::{change, get};
use super::{Import, Removed, State, store};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, ImportId, Problem, Result, ServiceId};
use crate::once::{self, Sent};
use crate::services::{addresses, imported};
use serde::{Deserialize, Serialize};

/// Why an import cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A service was changed.
    Changed,
    /// Who has it was changed, or somebody else got it.
    Holding,
    /// A payment for it was entered.
    Payment,
    /// Another import found it.
    OtherImport,
    /// It has an address from elsewhere, or one that was ended.
    Address,
    /// Who had an address of it was answered.
    Answered,
}

/// One thing that stands against undoing an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Reason {
    /// What.
    pub why: Why,
    /// The service's type and label.
    pub name: String,
    /// The service.
    pub service: ServiceId,
}

/// What stands against undoing an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Against {
    /// How much in all.
    pub total: usize,
    /// The first of it, by name.
    pub first: Vec<Reason>,
}

/// What stands against undoing an import, if anything does.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`], also where another crew has one of
/// its services by now; [`Code::ImportNotUndoable`] where it was not applied, or was undone.
pub async fn against_undo(cx: &mut Cx, id: ImportId) -> Result<Against> {
    cx.require_crew()?;
    undoable(cx, id).await?;
    store::against(&mut cx.tx, cx.tenant, id, crate::import::AGAINST_SHOWN).await
}

/// Takes back all that an import added.
///
/// # Errors
/// As [`against_undo`]; [`Code::ImportUsed`] where something stands against it.
pub async fn undo(cx: &mut Cx, id: ImportId, key: &str) -> Result<Removed> {
    cx.require_crew()?;
    let ticket = match once::take(cx, key, &("services::undo", id)).await? {
        Sent::Again(removed) => return Ok(removed),
        Sent::First(ticket) => ticket,
    };
    // One import at a time, and one undo: the second finds that it is done.
    store::lock(&mut cx.tx, cx.tenant).await?;
    let import = undoable(cx, id).await?;
    store::lock_made(&mut cx.tx, cx.tenant, id).await?;
    addresses::lock(cx).await?;
    let shown = crate::import::AGAINST_SHOWN;
    let against = store::against(&mut cx.tx, cx.tenant, id, shown).await?;
    if against.total > 0 {
        return Err(Problem::new(Code::ImportUsed {
            count: against.total,
        }));
    }
    let removed = imported::remove(cx, id).await?;
    let by = cx.actor.name.clone();
    if !store::set_undone(&mut cx.tx, cx.tenant, id, &by, cx.now).await? {
        return Err(Problem::new(Code::ImportNotUndoable));
    }
    audit::record(cx, change("undone", &import), Some(&removed), NOTHING).await?;
    ticket.keep(cx, &removed).await?;
    Ok(removed)
}

/// An import that was applied, all of whose services the one who asks looks after.
async fn undoable(cx: &mut Cx, id: ImportId) -> Result<Import> {
    let import = get(cx, id).await?;
    if import.state != State::Applied {
        return Err(Problem::new(Code::ImportNotUndoable));
    }
    let crews = store::crews_of(&mut cx.tx, cx.tenant, id).await?;
    match crews.iter().all(|(crew,)| cx.actor.rights.is_in(*crew)) {
        true => Ok(import),
        false => Err(Problem::new(Code::NotFound)),
    }
}
