//! Deleting a draft, and taking that back.

use super::rules::may_delete;
use super::service::{KIND, audit_label, change, get, record};
use super::store::{self, New};
use super::{Payment, RESTORE_HOURS};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, ImportId, PaymentId, Problem, Result, Right};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// The audit's word for a payment that is gone.
const DELETED: &str = "deleted";

/// What the audit keeps of a payment that is gone: all that it takes to have it back.
#[derive(Serialize, Deserialize)]
struct Gone {
    #[serde(flatten)]
    payment: Payment,
    /// The file's line that it came from: it must not come from there a second time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    import: Option<(ImportId, String)>,
}

/// Deletes a draft. Who sends the same form twice hears the same answer twice.
///
/// # Errors
/// Refused without [`Right::PaymentsDelete`] and as [`may_delete`] says;
/// [`Code::ChangedMeanwhile`] where somebody else was faster.
pub async fn delete(cx: &mut Cx, id: PaymentId, version: &str) -> Result<()> {
    cx.require(Right::PaymentsDelete)?;
    let Some(before) = store::find(&mut cx.tx, cx.tenant, id).await? else {
        let history = audit::history(cx, KIND, id.0).await?;
        let own = |e: &audit::Entry| e.action == DELETED && e.actor == cx.actor.person;
        return match history.iter().any(own) {
            true => Ok(()),
            false => Err(Problem::new(Code::NotFound)),
        };
    };
    may_delete(&cx.actor.rights, &before)?;
    let import = store::import_of(&mut cx.tx, cx.tenant, id).await?;
    if version != before.version.to_string()
        || !store::delete(&mut cx.tx, cx.tenant, id, before.version).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let label = audit_label(&before);
    let gone = Gone {
        payment: before,
        import,
    };
    audit::record(cx, change(DELETED, id, &label), Some(&gone), NOTHING).await
}

/// Takes the deletion of a draft back, for the one who deleted it: the same payment with
/// the same content, entered by whom it was entered by. Twice is once.
///
/// # Errors
/// Refused without [`Right::PaymentsDelete`]; [`Code::NotFound`] where it was not the one
/// who asks who deleted it, within [`RESTORE_HOURS`]; [`Code::AlreadyReversed`] where it
/// was a reversal and there is another one by now.
pub async fn restore(cx: &mut Cx, id: PaymentId) -> Result<()> {
    cx.require(Right::PaymentsDelete)?;
    if store::find(&mut cx.tx, cx.tenant, id).await?.is_some() {
        return Ok(());
    }
    let since = cx.now - TimeDelta::hours(RESTORE_HOURS);
    let mut last: Option<(Gone, audit::Entry)> = None;
    for mut entry in audit::history(cx, KIND, id.0).await? {
        if entry.action != DELETED {
            continue;
        }
        let gone = entry.before.take().unwrap_or_default();
        let gone: Gone = serde_json::from_value(gone).map_err(Problem::internal)?;
        if last
            .as_ref()
            .is_none_or(|(g, _)| g.payment.version < gone.payment.version)
        {
            last = Some((gone, entry));
        }
    }
    let (Gone { payment, import }, _) = last
        .filter(|(_, entry)| entry.actor == cx.actor.person && entry.at >= since)
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let new = New {
        id,
        member: payment.member,
        data: &payment.data(),
        entered_by: payment.entered_by,
        entered_by_name: &payment.entered_by_name,
        entered_at: payment.entered_at,
        reverses: payment.reverses,
        group: payment.group,
        import: import.as_ref().map(|(id, key)| (*id, key.as_str())),
    };
    if !store::insert(&mut cx.tx, cx.tenant, &new).await? {
        return Err(Problem::new(Code::AlreadyReversed));
    }
    // A form that was opened before the deletion is not taken for one of today's.
    store::set_version(&mut cx.tx, cx.tenant, id, payment.version + 1).await?;
    let after = get(cx, id).await?;
    record(cx, "restored", None, Some(&after)).await
}
