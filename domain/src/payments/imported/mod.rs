//! Payments that an import brings, thousands at once, and takes away again when it is
//! undone. The import has asked for the right.

mod store;

use super::service::{audit_label, change};
use super::{Payment, PaymentData};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::kernel::{ImportId, MemberId, PaymentId, Result};

/// The audit's word for a payment that went with its import. Not `deleted`: it comes
/// back with another import of the file, not by itself.
const UNDONE: &str = "undone";

/// A payment that a file tells of.
#[derive(Clone, Debug)]
pub(crate) struct NewPayment {
    pub member: MemberId,
    pub data: PaymentData,
    /// The same for the same payment in each file of the same program.
    pub key: String,
}

/// Enters payments as drafts. Their audit row is the import's, which says how many.
///
/// # Errors
/// [`Code::Invalid`](crate::kernel::Code::Invalid) as [`PaymentData::checked`] says;
/// [`Code::ChangedMeanwhile`](crate::kernel::Code::ChangedMeanwhile) where one with the
/// same key is there.
pub(crate) async fn insert_imported(
    cx: &mut Cx,
    import: ImportId,
    payments: Vec<NewPayment>,
) -> Result<()> {
    let today = cx.today();
    let mut rows: Vec<(PaymentId, NewPayment)> = Vec::with_capacity(payments.len());
    for payment in payments {
        let data = payment.data.checked(today)?;
        rows.push((cx.new_id()?, NewPayment { data, ..payment }));
    }
    let (by, by_name) = (cx.actor.person, cx.actor.name.clone());
    let entered = store::Entered {
        by,
        by_name: &by_name,
        at: cx.now,
    };
    store::insert(&mut cx.tx, cx.tenant, import, &entered, &rows).await
}

/// Takes away what an import brought. That all of it are drafts was asked before.
///
/// # Errors
/// [`Code::PaymentFrozen`](crate::kernel::Code::PaymentFrozen) where one is validated.
pub(crate) async fn remove_imported(cx: &mut Cx, import: ImportId) -> Result<usize> {
    let payments: Vec<Payment> = super::store::imported(&mut cx.tx, cx.tenant, import).await?;
    store::delete(&mut cx.tx, cx.tenant, import).await?;
    let mut entries = Vec::with_capacity(payments.len());
    for payment in &payments {
        let label = audit_label(payment);
        let change = change(UNDONE, payment.id, &label);
        entries.push(audit::entry(cx, change, Some(payment), NOTHING)?);
    }
    audit::record_many(cx, entries);
    Ok(payments.len())
}
