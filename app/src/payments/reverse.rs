//! The form that takes a validated payment back.

use super::{locked_page, path};
use crate::locales::notices::Notice;
use crate::locales::payments as t;
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead, Tone};
use domain::kernel::{Cents, Code, PaymentId, Problem};
use domain::payments::rules::may_reverse;
use domain::payments::{self, Payment, ReversalForm};
use leptos::prelude::*;

/// `GET /payments/{id}/reverse`
pub async fn ask(req: Req, Id(id): Id<PaymentId>) -> Reply {
    let payment = req.view(async |cx| payments::get(cx, id).await).await?;
    let title = t::reverse_title(req.locale, &payment.member_name);
    if let Err(lock) = may_reverse(&req.rights(), &payment) {
        return Ok(locked_page(&req, &payment, &title, &lock));
    }
    let form = ReversalForm {
        key: ui::new_key(),
        reason: String::new(),
    };
    Ok(req.form_page(&title, page(&req, &payment, &form, None)))
}

/// `POST /payments/{id}/reverse`
pub async fn enter(
    req: Req,
    Id(id): Id<PaymentId>,
    Posted(mut form): Posted<ReversalForm>,
) -> Reply {
    let problem = match req
        .act(async |cx| payments::reverse(cx, id, &form).await)
        .await
    {
        Ok(_) => return Ok(req.go(&format!("/payments/{id}"), Some(Notice::ReversalAdded))),
        Err(problem) => problem,
    };
    let payment = req.view(async |cx| payments::get(cx, id).await).await?;
    let title = t::reverse_title(req.locale, &payment.member_name);
    if let Err(lock) = may_reverse(&req.rights(), &payment) {
        return Ok(locked_page(&req, &payment, &title, &lock));
    }
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    req.page_again(problem, &title, |problem| {
        page(&req, &payment, &form, Some(problem))
    })
}

fn page(req: &Req, payment: &Payment, form: &ReversalForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let sum = l.money(payment.amount);
    let opposite = l.money(payment.amount.checked_neg().unwrap_or(Cents::ZERO));
    view! {
        {PageHead::new(t::reverse_title(l, &payment.member_name))
            .crumb(path(payment), t::payment_of(l, &payment.member_name))
            .state(t::reverse_state(l, &sum, &t::what_for(l, payment)))
            .view()}
        {f.summary()}
        {ui::notice(Tone::Warning, t::reverse_what(l, &opposite))}
        <form class="form" method="post" action=format!("{}/reverse", path(payment)) novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.field("reason", t::reverse_reason(l), &form.reason).help(t::reverse_help(l)).rows(3).view()}
            <div class="form-end">
                <button class="button is-primary is-danger">{t::reverse_button(l, &sum)}</button>
                <a class="button is-quiet" href=path(payment)>{t::keep(l)}</a>
            </div>
        </form>
    }
    .into_any()
}
