//! Validation: many payments at once, one answer for each, in one transaction.

use super::rules::{Lock, may_validate};
use super::service::record;
use super::store::{self, Stamp};
use super::{AT_ONCE_MAX, Outcome, Payment};
use crate::context::Cx;
use crate::kernel::{Code, MemberId, PaymentId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::{members, settings};
use std::collections::BTreeSet;

/// Validates payments: each is answered once, in the order of the ids. One that cannot
/// be validated keeps none of the others from it; where something fails, none is.
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

async fn validate_first(cx: &mut Cx, ids: &[PaymentId]) -> Result<Vec<(PaymentId, Outcome)>> {
    let validation = settings::get(cx).await?.validation;
    // In the order of their ids, as `ids` is.
    let payments = store::lock(&mut cx.tx, cx.tenant, ids).await?;
    let members: BTreeSet<MemberId> = payments.iter().map(|p| p.member).collect();
    let members: Vec<MemberId> = members.into_iter().collect();
    store::lock_members(&mut cx.tx, cx.tenant, &members).await?;

    let mut answers = Vec::with_capacity(ids.len());
    let mut changed = BTreeSet::new();
    let mut found = payments.into_iter().peekable();
    for &id in ids {
        let Some(payment) = found.next_if(|p| p.id == id) else {
            answers.push((id, Outcome::Refused(Code::NotFound)));
            continue;
        };
        let outcome = match may_validate(&cx.actor.rights, cx.actor.person, &payment, validation) {
            Ok(()) => {
                changed.insert(payment.member);
                validate_one(cx, payment).await?
            }
            Err(Lock::Validated { .. }) => Outcome::Refused(Code::AlreadyValidated),
            Err(lock) => Outcome::Refused(lock.code()),
        };
        answers.push((id, outcome));
    }
    for member in changed {
        let until = store::paid_until(&mut cx.tx, cx.tenant, member).await?;
        members::set_paid_until(cx, member, until).await?;
    }
    Ok(answers)
}

async fn validate_one(cx: &mut Cx, before: Payment) -> Result<Outcome> {
    let name = cx.actor.name.clone();
    let stamp = Stamp {
        by: cx.actor.person,
        by_name: &name,
        at: cx.now,
    };
    if !store::validate(&mut cx.tx, cx.tenant, before.id, &stamp).await? {
        return Ok(Outcome::Refused(Code::AlreadyValidated));
    }
    let after = Payment {
        state: super::State::Validated,
        validated_by: stamp.by,
        validated_by_name: Some(name.clone()),
        validated_at: Some(stamp.at),
        version: before.version + 1,
        ..before.clone()
    };
    record(cx, "validated", Some(&before), Some(&after)).await?;
    Ok(Outcome::Validated)
}
