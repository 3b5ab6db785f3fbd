//! Giving receipts, and reading them.

use super::{Receipt, ReceiptNumber, YearTotals, store};
use crate::context::Cx;
use crate::kernel::{Code, Page, PageRequest, PaymentId, Problem, Result, paging};
use crate::payments;
use chrono::Datelike;
use std::collections::HashMap;

/// Gives receipts to payments of money, in the order of their ids: the next numbers of
/// the year that it is where the organisation is. Called by the use-case that validates,
/// which has asked for the right, has locked the payments and their members, and audits.
///
/// The counter is locked last, always: payments, members, counter. So those who
/// validate at once wait for each other and never block each other.
///
/// # Errors
/// [`Code::Internal`] where one of the payments is not there.
pub(in crate::payments) async fn issue(
    cx: &mut Cx,
    payments: &[PaymentId],
) -> Result<HashMap<PaymentId, ReceiptNumber>> {
    // Called for others: see above.
    if payments.is_empty() {
        return Ok(HashMap::new());
    }
    let count = i64::try_from(payments.len()).map_err(Problem::internal)?;
    let today = cx.today();
    let year = i64::from(today.year());
    let number = store::take_numbers(&mut cx.tx, cx.tenant, year, count).await?;
    let first = ReceiptNumber { year, number };
    let written = store::insert(&mut cx.tx, cx.tenant, payments, first, today).await?;
    if written.len() != payments.len() {
        return Err(Problem::internal("a payment without its receipt"));
    }
    let number = |(id, number)| (id, ReceiptNumber { year, number });
    Ok(written.into_iter().map(number).collect())
}

/// The receipt of a payment: for the crews any, for a member their own.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody; [`Code::NotFound`] where there is none, and where
/// it is somebody else's: both answers are the same.
pub async fn get(cx: &mut Cx, payment: PaymentId) -> Result<Receipt> {
    // No right is needed for what is one's own; whose it is is asked below.
    let is_crew = cx.actor.rights.is_crew();
    if !is_crew {
        cx.actor.signed_in()?;
    }
    let missing = || Problem::new(Code::NotFound);
    let receipt = store::find(&mut cx.tx, cx.tenant, payment)
        .await?
        .ok_or_else(missing)?;
    if payments::is_own(cx, receipt.member).await? {
        return Ok(receipt);
    }
    match is_crew {
        true => Ok(seen(cx, receipt)),
        false => Err(missing()),
    }
}

/// A receipt as a crew may see it.
fn seen(cx: &Cx, receipt: Receipt) -> Receipt {
    let rights = &cx.actor.rights;
    Receipt {
        service: receipt.service.map(|service| service.seen_by(rights)),
        ..receipt
    }
}

/// A year's receipts in the order of their numbers.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list(
    cx: &mut Cx,
    year: i64,
    page: PageRequest,
) -> Result<(Page<Receipt>, YearTotals)> {
    cx.require_crew()?;
    let totals = store::totals(&mut cx.tx, cx.tenant, year).await?;
    let rows = store::list(&mut cx.tx, cx.tenant, year, page).await?;
    let rows = rows.into_iter().map(|row| seen(cx, row)).collect();
    Ok((Page::new(rows, totals.count, page), totals))
}

/// A year's receipts for a file, in the order of their numbers: those after a number; as
/// many as the limit says, [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list_after(cx: &mut Cx, year: i64, after: i64, limit: i64) -> Result<Vec<Receipt>> {
    cx.require_crew()?;
    let limit = limit.min(paging::CHUNK);
    let rows = store::list_after(&mut cx.tx, cx.tenant, year, after, limit).await?;
    Ok(rows.into_iter().map(|row| seen(cx, row)).collect())
}

/// The years in which receipts were given, the last one first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn years(cx: &mut Cx) -> Result<Vec<i64>> {
    cx.require_crew()?;
    store::years(&mut cx.tx, cx.tenant).await
}
