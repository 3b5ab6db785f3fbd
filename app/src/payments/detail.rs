//! The page of one payment: its facts, what can be done with it and why not, its history.

use super::{badge, entered_by, lock_text, number, path, when};
use crate::locales::notices::Notice;
use crate::locales::{Text, payments as t, receipts as tr};
use crate::receipts;
use crate::request::{Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, PageHead, Tone};
use domain::audit::{self, Entry};
use domain::kernel::problem::Class;
use domain::kernel::{Cents, Code, Locale, PaymentId, Problem, Right};
use domain::payments::rules::{Lock, may_change, may_delete, may_reverse, may_validate};
use domain::payments::{self, Method, Outcome, Payment, State, Status};
use leptos::prelude::*;
use serde::Deserialize;

/// What a payment's page shows.
struct Detail {
    payment: Payment,
    /// The reversal of it, or what it takes back.
    other: Option<Payment>,
    /// What came as one transfer with it.
    group: Vec<Payment>,
    history: Vec<Entry>,
}

/// `GET /payments/{id}`
pub async fn show(req: Req, Id(id): Id<PaymentId>) -> Reply {
    let detail = load(&req, id).await?;
    let title = title(&req, &detail.payment);
    Ok(req.page(&title, page(&req, &detail, None)))
}

/// The version that a form was made from, and where to go on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct VersionForm {
    version: String,
    /// A path; the list where it says nothing.
    back: String,
}

/// Where a form without fields leads back to.
fn back(path: &str) -> &str {
    if path.is_empty() { "/payments" } else { path }
}

/// `POST /payments/{id}/delete`
pub async fn delete(req: Req, Id(id): Id<PaymentId>, Posted(form): Posted<VersionForm>) -> Reply {
    match req
        .act(async |cx| payments::delete(cx, id, &form.version).await)
        .await
    {
        Ok(()) => Ok(req.go(back(&form.back), Some(Notice::PaymentDeleted(id)))),
        Err(problem) => refused(&req, id, problem).await,
    }
}

/// Where to go on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct BackForm {
    back: String,
}

/// `POST /payments/{id}/restore`
pub async fn restore(req: Req, Id(id): Id<PaymentId>, Posted(form): Posted<BackForm>) -> Reply {
    req.act(async |cx| payments::restore(cx, id).await).await?;
    Ok(req.go(back(&form.back), Some(Notice::PaymentRestored(id))))
}

/// What can still be done about what was just done: seen, and taken back.
pub fn after(req: &Req, notice: &Notice) -> Option<AnyView> {
    let l = req.locale;
    let (id, undo) = match notice {
        Notice::PaymentAdded(id, _) => (id, Some(("delete", t::undo_add(l)))),
        Notice::PaymentDeleted(id) => (id, Some(("restore", t::undo_delete(l)))),
        Notice::PaymentRestored(id) => (id, None),
        _ => return None,
    };
    let here = format!("/payments/{id}");
    let is_gone = matches!(notice, Notice::PaymentDeleted(_));
    let see = (!is_gone && req.path != here)
        .then(|| view! { <a class="button is-small" href=here.clone()>{t::see(l)}</a> });
    // Who may not delete has nothing to take back with.
    let undo = undo.filter(|_| req.rights().has(Right::PaymentsDelete));
    // What is gone has no page to come back to.
    let back = if req.path == here {
        String::new()
    } else {
        req.at.clone()
    };
    let undo = undo.map(|(what, label)| {
        view! {
            <form method="post" action=format!("{here}/{what}")>
                <input type="hidden" name="version" value="1"/>
                <input type="hidden" name="back" value=back/>
                <button class="button is-small">{label}</button>
            </form>
        }
    });
    Some(view! { <div class="actions">{see} {undo}</div> }.into_any())
}

/// The key of a form that has nothing else.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct KeyForm {
    key: String,
}

/// `POST /payments/{id}/validate`
pub async fn validate(req: Req, Id(id): Id<PaymentId>, Posted(form): Posted<KeyForm>) -> Reply {
    let done = req
        .act(async |cx| {
            let payment = payments::get(cx, id).await?;
            let answers = payments::validate(cx, &[id], &form.key).await?;
            Ok((payment, answers.into_iter().next()))
        })
        .await;
    match done {
        Ok((payment, Some((_, Outcome::Validated)))) => {
            Ok(req.go(&path(&payment), Some(Notice::Validated(1, payment.amount))))
        }
        Ok((_, Some((_, Outcome::Refused(code))))) => refused(&req, id, Problem::new(code)).await,
        Ok((_, None)) => Err(Problem::new(Code::NotFound).into()),
        Err(problem) => refused(&req, id, problem).await,
    }
}

/// The page again, with what was refused on top; what no page can show is passed on.
async fn refused(req: &Req, id: PaymentId, problem: Problem) -> Reply {
    if matches!(
        problem.code.class(),
        Class::Ours | Class::Missing | Class::SignIn
    ) {
        return Err(problem.into());
    }
    let detail = load(req, id).await?;
    let title = title(req, &detail.payment);
    let body = page(req, &detail, Some(&problem));
    Ok(req.page_with(status_of(&problem.code), &title, Width::Wide, body))
}

async fn load(req: &Req, id: PaymentId) -> Result<Detail, Problem> {
    req.view(async |cx| {
        let payment = payments::get(cx, id).await?;
        let other = match payment.reverses.or(payment.reversed_by.map(|(id, _)| id)) {
            Some(id) => Some(payments::get(cx, id).await?),
            None => None,
        };
        let history = audit::history(cx, "payment", id.0).await?;
        let group = payments::of_group(cx, &payment).await?;
        Ok(Detail {
            group,
            payment,
            other,
            history,
        })
    })
    .await
}

fn title(req: &Req, payment: &Payment) -> Text {
    match payment.reverses {
        None => t::payment_of(req.locale, &payment.member_name),
        Some(_) => t::reversal_of(req.locale, &payment.member_name),
    }
}

fn page(req: &Req, detail: &Detail, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let payment = &detail.payment;
    let state = view! {
        {badge(l, payment)} " · " {l.money(payment.amount)} " · " {t::what_for(l, payment)}
    };
    let (actions, locks) = actions(req, payment);
    let problem =
        problem.map(|p| ui::notice(Tone::Error, crate::locales::problems::text(l, &p.code)));
    view! {
        {PageHead::new(title(req, payment))
            .crumb("/payments", t::title(l))
            .state(state)
            .actions(actions)
            .view()}
        {problem}
        {standing(req, detail)}
        {locked(req, payment, &locks)}
        <div class="columns">
            <div>
                <section class="section" aria-labelledby="facts">
                    <h2 id="facts">{t::facts(l)}</h2>
                    {facts(req, payment)}
                </section>
                {group(req, detail)}
            </div>
            <aside aria-labelledby="history">
                <section class="section">
                    <h2 id="history">{t::history(l)}</h2>
                    {super::history::view(req, payment, &detail.history)}
                </section>
            </aside>
        </div>
    }
    .into_any()
}

/// The buttons, and what stands against those that are locked.
fn actions(req: &Req, payment: &Payment) -> (AnyView, Vec<Lock>) {
    let l = req.locale;
    let rights = req.rights();
    let mut locks = Vec::new();
    let mut open = |answer: Result<(), Lock>| match answer {
        Ok(()) => true,
        Err(lock) => {
            if !locks.contains(&lock) {
                locks.push(lock);
            }
            false
        }
    };
    let view = match payment.state {
        State::Draft => {
            let delete = open(may_delete(&rights, payment));
            let change = open(may_change(&rights, payment));
            let person = req.actor().person;
            let validation = req.settings.validation;
            let validate = open(may_validate(&rights, person, payment, validation));
            view! {
                {if delete { delete_form(req, payment) } else { shut(t::delete(l)) }}
                {if change { edit_link(req, payment) } else { shut(t::edit(l)) }}
                {if validate { validate_form(req, payment) } else { shut(t::validate(l, &l.money(payment.amount))) }}
            }
            .into_any()
        }
        State::Validated => {
            // That it is frozen is said first, to everybody.
            open(may_change(&rights, payment));
            match payment.status() {
                Status::Validated if open(may_reverse(&rights, payment)) => view! {
                    <a class="button is-danger" href=format!("{}/reverse", path(payment))>
                        {ui::icon("reverse")} " " {t::reverse(l)}
                    </a>
                }
                .into_any(),
                Status::Validated => shut(t::reverse(l)),
                _ => ().into_any(),
            }
        }
    };
    (view, locks)
}

/// A button for what cannot be done; the page says why.
fn shut(label: Text) -> AnyView {
    view! {
        <button class="button" type="button" disabled aria-describedby="locks">{ui::icon("lock")} " " {label}</button>
    }
    .into_any()
}

fn delete_form(req: &Req, payment: &Payment) -> AnyView {
    view! {
        <form method="post" action=format!("{}/delete", path(payment))>
            <input type="hidden" name="version" value=payment.version.to_string()/>
            <button class="button is-danger">{ui::icon("trash")} " " {t::delete(req.locale)}</button>
        </form>
    }
    .into_any()
}

fn edit_link(req: &Req, payment: &Payment) -> AnyView {
    view! {
        <a class="button" href=format!("{}/edit", path(payment))>{ui::icon("edit")} " " {t::edit(req.locale)}</a>
    }
    .into_any()
}

fn validate_form(req: &Req, payment: &Payment) -> AnyView {
    let l = req.locale;
    view! {
        <form method="post" action=format!("{}/validate", path(payment))>
            <input type="hidden" name="key" value=ui::new_key()/>
            <button class="button is-primary">{t::validate(l, &l.money(payment.amount))}</button>
        </form>
    }
    .into_any()
}

/// Why what is locked is locked: one sentence for each reason.
fn locked(req: &Req, payment: &Payment, locks: &[Lock]) -> Option<AnyView> {
    if locks.is_empty() {
        return None;
    }
    let l = req.locale;
    let strong = match payment.state {
        State::Draft => t::waits_strong(l),
        State::Validated => t::locked_strong(l),
    };
    let text = locks
        .iter()
        .map(|lock| lock_text(req, lock))
        .collect::<Vec<_>>()
        .join(" ");
    let body = view! { <p id="locks"><strong>{strong}</strong> " " {text}</p> };
    Some(ui::notice(Tone::Lock, body))
}

/// What a reversal has to do with this payment.
fn standing(req: &Req, detail: &Detail) -> Option<AnyView> {
    let l = req.locale;
    let other = detail.other.as_ref()?;
    let (strong, more, reversal, link) = match detail.payment.status() {
        Status::Draft | Status::Validated => return None,
        Status::ReversalWaiting { .. } => (
            t::reversal_waits(l),
            Some(t::still_counts(l)),
            other,
            t::see_reversal(l),
        ),
        Status::Reversed { .. } => (t::reversed_strong(l), None, other, t::see_reversal(l)),
        Status::ReversalDraft { .. } | Status::Reversal { .. } => {
            (t::takes_back(l), None, &detail.payment, t::see_original(l))
        }
    };
    let by = t::entered_by_on(l, &entered_by(l, reversal), &when(req, reversal.entered_at));
    let view = view! {
        <div class="notice is-reversed">
            {ui::icon("reverse")}
            <div>
                <p><strong>{strong}</strong> " " {more} " " {by}</p>
                <p>{t::because(l, &reversal.note)}</p>
                <p><a href=path(other)>{link}</a></p>
            </div>
        </div>
    };
    Some(view.into_any())
}

fn facts(req: &Req, payment: &Payment) -> AnyView {
    let l = req.locale;
    let period = payment
        .period
        .map(|p| fact(t::period_title(l), t::period(l, p)));
    let note_title = match payment.reverses {
        None => t::note(l),
        Some(_) => t::reason(l),
    };
    let note = match payment.note.as_str() {
        "" => view! { <dd class="soft">{t::none(l)}</dd> }.into_any(),
        note => view! { <dd>{note.to_owned()}</dd> }.into_any(),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>{t::member(l)}</dt>
                <dd>
                    <a href=format!("/members/{}", payment.member)>{payment.member_name.clone()}</a>
                    " " <span class="num soft">{number(payment)}</span>
                </dd>
            </div>
            {fact(t::what(l), t::what_for(l, payment))}
            {period}
            <div><dt>{t::amount(l)}</dt><dd class="num"><b>{l.money(payment.amount)}</b></dd></div>
            {fact(t::received(l), ui::day(l, payment.received_on))}
            {fact(t::method_title(l), t::method(l, payment.method))}
            {fact(t::entered(l), entered_by(l, payment))}
            {fact(t::state_title(l), badge(l, payment))}
            {receipt(l, payment).map(|value| fact(tr::fact(l), value))}
            <div><dt>{note_title}</dt>{note}</div>
        </dl>
    }
    .into_any()
}

/// What came with it as one transfer for several.
fn group(req: &Req, detail: &Detail) -> Option<AnyView> {
    if detail.group.is_empty() {
        return None;
    }
    let l = req.locale;
    let sum = l.money(Cents::sum(detail.group.iter().map(|p| p.amount)));
    let count = i64::try_from(detail.group.len()).unwrap_or(i64::MAX);
    let rows = detail.group.iter().map(|payment| {
        let name = match payment.id == detail.payment.id {
            true => view! { {payment.member_name.clone()} " " <span class="soft">{t::group_this(l)}</span> }.into_any(),
            false => view! { <a href=path(payment)>{payment.member_name.clone()}</a> }.into_any(),
        };
        view! { <li>{name} " · " <span class="num">{l.money(payment.amount)}</span> " · " {badge(l, payment)}</li> }
    });
    let view = view! {
        <section class="section" aria-labelledby="group">
            <h2 id="group">{t::group_title(l)}</h2>
            <p>{t::group_of(l, &sum, count)}</p>
            <ul>{rows.collect_view()}</ul>
        </section>
    };
    Some(view.into_any())
}

/// The way to its receipt, or why a validated payment of money has none.
fn receipt(l: Locale, payment: &Payment) -> Option<AnyView> {
    match (payment.receipt, payment.status()) {
        (Some(number), _) => Some(receipts::link(l, payment.id, number)),
        (None, Status::Validated | Status::ReversalWaiting { .. } | Status::Reversed { .. })
            if payment.method != Method::Waived =>
        {
            Some(view! { <span class="soft">{tr::none_before(l)}</span> }.into_any())
        }
        _ => None,
    }
}

fn fact(name: Text, value: impl IntoView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value.into_any()}</dd></div> }.into_any()
}
