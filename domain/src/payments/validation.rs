//! Validation: many payments at once, one answer for each, in one transaction and a
//! handful of statements, however many there are.

use super::receipts::{self, ReceiptNumber};
use super::rules::{Lock, may_validate};
use super::service::{audit_label, change};
use super::store::{self, Stamp};
use super::{AT_ONCE_MAX, Method, Outcome, Payment, State};
use crate::context::Cx;
use crate::kernel::{Code, MemberId, PaymentId, Problem, Result, Right, ServiceId};
use crate::once::{self, Sent};
use crate::{audit, dues, services, settings};
use std::collections::{BTreeSet, HashMap};

/// Validates payments: each is answered once, in the order of the ids, and each payment
/// of money gets its receipt. One that cannot be validated keeps none of the others from
/// it; where something fails, none is.
///
/// # Errors
/// Refused without [`Right::PaymentsValidate`]; [`Code::NothingSelected`],
/// [`Code::TooManySelected`]; [`Code::AlreadySent`] where the key came with other content.
pub async fn validate(
    cx: &mut Cx,
    ids: &[PaymentId],
    key: &str,
) -> Result<Vec<(PaymentId, Outcome)>> {
    cx.require(Right::PaymentsValidate)?;
    let ids: Vec<PaymentId> = BTreeSet::from_iter(ids.iter().copied())
        .into_iter()
        .collect();
    if ids.is_empty() {
        return Err(Problem::new(Code::NothingSelected));
    }
    if ids.len() > AT_ONCE_MAX {
        return Err(Problem::new(Code::TooManySelected { max: AT_ONCE_MAX }));
    }
    let content = ("payments::validate", cx.actor.person, &ids);
    let ticket = match once::take(cx, key, &content).await? {
        Sent::Again(answers) => return Ok(answers),
        Sent::First(ticket) => ticket,
    };
    let answers = validate_first(cx, &ids).await?;
    ticket.keep(cx, &answers).await?;
    Ok(answers)
}

/// Locks payments, then their members, then their services, then the counter of receipts: everybody in this
/// order, so that nobody waits for somebody who waits for them.
async fn validate_first(cx: &mut Cx, ids: &[PaymentId]) -> Result<Vec<(PaymentId, Outcome)>> {
    let validation = settings::get(cx).await?.validation;
    // In the order of their ids, as `ids` is.
    let payments = store::lock(&mut cx.tx, cx.tenant, ids).await?;
    let mut answers = Vec::with_capacity(ids.len());
    let mut accepted = Vec::with_capacity(payments.len());
    let mut found = payments.into_iter().peekable();
    for &id in ids {
        let outcome = match found.next_if(|p| p.id == id) {
            None => Outcome::Refused(Code::NotFound),
            Some(payment) => {
                match may_validate(&cx.actor.rights, cx.actor.person, &payment, validation) {
                    Ok(()) => {
                        accepted.push(payment);
                        Outcome::Validated
                    }
                    Err(Lock::Validated { .. }) => Outcome::Refused(Code::AlreadyValidated),
                    Err(lock) => Outcome::Refused(lock.code()),
                }
            }
        };
        answers.push((id, outcome));
    }
    if !accepted.is_empty() {
        write(cx, &accepted).await?;
    }
    Ok(answers)
}

/// Freezes drafts that are locked and may be validated, with all that follows from it.
async fn write(cx: &mut Cx, drafts: &[Payment]) -> Result<()> {
    let members = BTreeSet::from_iter(drafts.iter().map(|p| p.member));
    let members: Vec<MemberId> = members.into_iter().collect();

    let ids: Vec<PaymentId> = drafts.iter().map(|p| p.id).collect();
    let name = cx.actor.name.clone();
    let stamp = Stamp {
        by: cx.actor.person,
        by_name: &name,
        at: cx.now,
    };
    let written = store::validate(&mut cx.tx, cx.tenant, &ids, &stamp).await?;
    if usize::try_from(written) != Ok(ids.len()) {
        // They are locked: nobody can have been faster.
        return Err(Problem::internal("a locked draft was not validated"));
    }
    dues::refresh(cx, &members).await?;
    let services = drafts.iter().filter_map(|p| p.service.as_ref());
    let services = BTreeSet::from_iter(services.map(|service| service.id));
    let services: Vec<ServiceId> = services.into_iter().collect();
    services::refresh(cx, &services).await?;
    let paid: Vec<PaymentId> = drafts.iter().filter(|p| is_paid(p)).map(|p| p.id).collect();
    let receipts = receipts::issue(cx, &paid).await?;
    record(cx, drafts, &stamp, &receipts).await
}

/// Whether money came: what is waived and what is given back has no receipt.
fn is_paid(payment: &Payment) -> bool {
    payment.reverses.is_none() && payment.method != Method::Waived
}

/// One audit row for each.
async fn record(
    cx: &mut Cx,
    drafts: &[Payment],
    stamp: &Stamp<'_>,
    receipts: &HashMap<PaymentId, ReceiptNumber>,
) -> Result<()> {
    let mut entries = Vec::with_capacity(drafts.len());
    for before in drafts {
        let after = Payment {
            state: State::Validated,
            validated_by: stamp.by,
            validated_by_name: Some(stamp.by_name.to_owned()),
            validated_at: Some(stamp.at),
            receipt: receipts.get(&before.id).copied(),
            version: before.version + 1,
            ..before.clone()
        };
        let label = audit_label(before);
        let change = change("validated", before.id, &label);
        entries.push(audit::entry(cx, change, Some(before), Some(&after))?);
    }
    audit::record_many(cx, entries);
    Ok(())
}
