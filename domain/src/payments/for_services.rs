//! Payments for services: those of one service, and what is likely to be paid next.

use super::{Method, Payment, PaymentForm, ServiceProposal, form, store};
use crate::context::Cx;
use crate::kernel::{Code, Problem, Result, Right, ServiceId};
use crate::{services, settings};
use uuid::Uuid;

/// The payments for a service, the last received first; at most [`super::OF_MEMBER_MAX`].
///
/// # Errors
/// As [`services::get`]: another crew's service is not there.
pub async fn of_service(cx: &mut Cx, service: ServiceId) -> Result<Vec<Payment>> {
    services::get(cx, service).await?;
    store::of_service(&mut cx.tx, cx.tenant, service).await
}

/// What is likely to be paid next for a service, and why: by the one who has it, or else had
/// it last. Its form is entered with [`add`](super::add); the amount is written in the organisation's language.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`]; as [`services::get`]; [`Code::NotTheHolder`] where
/// nobody ever had it.
pub async fn service_proposal(cx: &mut Cx, service: ServiceId) -> Result<ServiceProposal> {
    cx.require(Right::PaymentsAdd)?;
    let known = services::known(cx, service).await?;
    let locale = settings::get(cx).await?.locale;
    let payer = known.payer_on(cx.today());
    let held = payer.ok_or_else(|| Problem::new(Code::NotTheHolder))?;
    let due = held.next().cloned();
    let (period_from, period_until) = form::period_texts(due.as_ref().map(|due| due.period));
    let amount = due.as_ref().map(|due| locale.money_input(due.amount));
    let form = PaymentForm {
        key: cx.new_id::<Uuid>()?.to_string(),
        member: held.holding.member_label(),
        service: service.to_string(),
        amount: amount.unwrap_or_default(),
        method: Method::Transfer.name().into(),
        received_on: cx.today().to_string(),
        period_from,
        period_until,
        ..PaymentForm::default()
    };
    let name = known.service.name();
    Ok(ServiceProposal { form, due, name })
}
