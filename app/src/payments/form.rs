//! The form of a payment: entered with a proposal where the member is known, changed as
//! long as it is not validated.

use super::sitting::{self, Row};
use super::{locked_page, path};
use crate::islands::payment_form::{PaymentFormChecks, cycles};
use crate::islands::search::MemberSuggest;
use crate::locales::notices::Notice;
use crate::locales::{Text, dues as td, payments as t, services as ts};
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, Choice, Field, FormView, PageHead, Tone};
use domain::context::Cx;
use domain::dues::{self, Kind};
use domain::kernel::{Cents, Code, Locale, PaymentId, Problem, Right, ServiceId};
use domain::members;
use domain::payments::rules::may_change;
use domain::payments::{self, Method, Payment, PaymentForm, Sitting};
use leptos::prelude::*;
use serde::Deserialize;

/// What the new form is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    member: String,
    /// A service's id: what is due for it is proposed, and not dues.
    service: String,
    #[serde(flatten)]
    row: Row,
}

/// `GET /payments/new`
pub async fn new(req: Req, Asked(wanted): Asked<Wanted>) -> Reply {
    let l = req.locale;
    let member = wanted.member.trim().to_owned();
    let mode = Mode::New(sitting::load(&req, &wanted.row).await?, wanted.row.first());
    let proposed = req
        .view(async |cx| {
            cx.require(Right::PaymentsAdd)?;
            let kinds = dues::kinds(cx).await?;
            if !wanted.service.trim().is_empty() {
                let id = wanted.service.trim().parse();
                let id = id.map_err(|_| Problem::new(Code::NotFound))?;
                return Ok((kinds, Ok(for_service(cx, l, id).await?)));
            }
            if member.is_empty() {
                let form = blank(&req, &kinds);
                return Ok((kinds, Ok((form, None))));
            }
            let id = match members::resolve(cx, &member).await {
                Err(p) if matches!(p.code, Code::UnknownMember | Code::WrongCheckDigit) => {
                    return Ok((kinds, Err(Problem::at_field("member", p.code))));
                }
                found => found?,
            };
            let mut proposal = payments::proposal(cx, id).await?;
            // The proposal is written in the organisation's language, the form in the person's.
            if let Ok(amount) = Cents::parse(&proposal.form.amount) {
                proposal.form.amount = l.money_input(amount);
            }
            let why = match &proposal.due {
                Some(due) => td::proposed(l, &td::why(l, due)),
                None => td::nothing_due(l),
            };
            Ok((kinds, Ok((proposal.form, Some(why)))))
        })
        .await?;
    match proposed {
        (kinds, Ok((form, why))) => {
            let form = wanted.row.apply(form);
            Ok(req.form_page(&t::add(l), page(&req, &mode, &kinds, &form, None, why)))
        }
        (kinds, Err(problem)) => {
            let form = PaymentForm {
                member,
                ..wanted.row.apply(blank(&req, &kinds))
            };
            req.page_again(problem, &t::add(l), |problem| {
                page(&req, &mode, &kinds, &form, Some(problem), None)
            })
        }
    }
}

/// What is proposed for a service, and why.
async fn for_service(
    cx: &mut Cx,
    l: Locale,
    id: ServiceId,
) -> Result<(PaymentForm, Option<Text>), Problem> {
    let mut proposal = payments::service_proposal(cx, id).await?;
    // The proposal is written in the organisation's language, the form in the person's.
    if let Ok(amount) = Cents::parse(&proposal.form.amount) {
        proposal.form.amount = l.money_input(amount);
    }
    let why = match &proposal.due {
        Some(due) => ts::proposed(l, &proposal.name, &ts::why(l, due)),
        None => ts::nothing_due(l, &proposal.name),
    };
    Ok((proposal.form, Some(why)))
}

/// The form where nobody is known yet.
fn blank(req: &Req, kinds: &[Kind]) -> PaymentForm {
    let kind = kinds.iter().find(|kind| kind.is_default);
    let price = kind.map_or(Cents::ZERO, |kind| kind.price_on(req.today()));
    let amount = (price > Cents::ZERO).then(|| req.locale.money_input(price));
    PaymentForm {
        key: ui::new_key(),
        amount: amount.unwrap_or_default(),
        method: Method::Transfer.name().into(),
        received_on: req.today().to_string(),
        kind: kind.map(|kind| kind.id.to_string()).unwrap_or_default(),
        ..PaymentForm::default()
    }
}

/// A new payment, and where to go on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Entered {
    #[serde(flatten)]
    form: PaymentForm,
    /// `again`: to the next new payment.
    next: String,
    /// The first of those that are entered one after the other.
    since: String,
}

/// `POST /payments/new`
pub async fn add(req: Req, Posted(entered): Posted<Entered>) -> Reply {
    let l = req.locale;
    let mut form = entered.form;
    match req.act(async |cx| payments::add(cx, &form).await).await {
        Ok(id) => {
            let amount = Cents::parse(&form.amount).unwrap_or_default();
            let to = match entered.next.as_str() {
                "again" => Row::next(&entered.since, id, &form),
                _ => format!("/payments/{id}"),
            };
            Ok(req.go(&to, Some(Notice::PaymentAdded(id, amount))))
        }
        Err(problem) => {
            // Its key is used up; what was typed is not lost.
            if problem.code == Code::AlreadySent {
                form.key = ui::new_key();
            }
            let kinds = req.view(async |cx| dues::kinds(cx).await).await?;
            let row = Row::since(&entered.since);
            let mode = Mode::New(sitting::load(&req, &row).await?, row.first());
            req.page_again(problem, &t::add(l), |problem| {
                page(&req, &mode, &kinds, &form, Some(problem), None)
            })
        }
    }
}

/// `GET /payments/{id}/edit`
pub async fn edit(req: Req, Id(id): Id<PaymentId>) -> Reply {
    let (payment, kinds) = req
        .view(async |cx| Ok((payments::get(cx, id).await?, dues::kinds(cx).await?)))
        .await?;
    let title = t::edit_title(req.locale, &payment.member_name);
    if let Err(lock) = may_change(&req.rights(), &payment) {
        return Ok(locked_page(&req, &payment, &title, &lock));
    }
    let form = PaymentForm::of(&payment, req.locale);
    Ok(req.form_page(
        &title,
        page(&req, &Mode::Change(&payment), &kinds, &form, None, None),
    ))
}

/// `POST /payments/{id}/edit`
pub async fn save(req: Req, Id(id): Id<PaymentId>, Posted(form): Posted<PaymentForm>) -> Reply {
    let problem = match req
        .act(async |cx| payments::save(cx, id, &form).await)
        .await
    {
        Ok(()) => return Ok(req.go(&format!("/payments/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    let (payment, kinds) = req
        .view(async |cx| Ok((payments::get(cx, id).await?, dues::kinds(cx).await?)))
        .await?;
    let title = t::edit_title(req.locale, &payment.member_name);
    if let Err(lock) = may_change(&req.rights(), &payment) {
        return Ok(locked_page(&req, &payment, &title, &lock));
    }
    req.page_again(problem, &title, |problem| {
        page(
            &req,
            &Mode::Change(&payment),
            &kinds,
            &form,
            Some(problem),
            None,
        )
    })
}

/// What the form is for.
enum Mode<'a> {
    /// A new one; and those that were entered before it, from which one on.
    New(Option<Sitting>, Option<PaymentId>),
    Change(&'a Payment),
}

fn page(
    req: &Req,
    mode: &Mode<'_>,
    kinds: &[Kind],
    form: &PaymentForm,
    problem: Option<&Problem>,
    proposed: Option<Text>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let (head, action) = match mode {
        Mode::New(..) => {
            let head = PageHead::new(t::add(l))
                .crumb("/payments", t::title(l))
                .state(t::new_state(l));
            (head, "/payments/new".to_owned())
        }
        Mode::Change(payment) => {
            let head = PageHead::new(t::edit_title(l, &payment.member_name))
                .crumb(path(payment), t::payment_of(l, &payment.member_name))
                .state(t::edit_state(l));
            (head, format!("{}/edit", path(payment)))
        }
    };
    let (before, first) = match mode {
        Mode::New(before, first) => (before.as_ref(), *first),
        Mode::Change(_) => (None, None),
    };
    let before = before.and_then(|before| sitting::view(req, before));
    let since = first.map(|id| view! { <input type="hidden" name="since" value=id.to_string()/> });
    let member = f.field("member", t::member(l), &form.member);
    // In a row of payments, typing begins with the member.
    let member = match first {
        Some(_) if form.member.is_empty() && problem.is_none() => member.autofocus(),
        _ => member,
    };
    let fields = fields(&f, kinds, form, member);
    let ends = ends(l, mode);
    let form = view! {
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            <input type="hidden" name="version" value=form.version.clone()/>
            {since}
            {fields}
            {ends}
        </form>
    }
    .into_any();
    let today = req.today();
    view! {
        {head.view()}
        {f.summary()}
        <div id="proposed" role="status" data-cycles=cycles(kinds)>
            {proposed.map(|text| ui::notice(Tone::Info, text))}
        </div>
        {ui::live(move || {
            view! {
                <PaymentFormChecks locale=l today=today>{form}</PaymentFormChecks>
                <MemberSuggest target="member".to_owned() locale=l/>
            }
            .into_any()
        })}
        {before}
    }
    .into_any()
}

fn fields(f: &FormView<'_>, kinds: &[Kind], form: &PaymentForm, member: Field) -> AnyView {
    let l = f.l;
    let methods = Method::ALL
        .iter()
        .map(|method| Choice::new(method.name(), capital(&t::method(l, *method))))
        .collect();
    // What is offered no more stays where it was chosen.
    let offered = kinds
        .iter()
        .filter(|kind| !kind.is_archived || kind.id.to_string() == form.kind)
        .map(|kind| Choice::new(kind.id.to_string(), kind.name.clone()));
    let none = std::iter::once(Choice::new("", td::kind_none(l)));
    let offered = offered.chain(none).collect();
    // What pays a service pays no dues.
    let kind = match form.service.trim() {
        "" => f.select("kind", td::kind(l), &form.kind, offered),
        service => {
            let service = service.to_owned();
            view! { <input type="hidden" name="service" value=service/> }.into_any()
        }
    };
    view! {
        {member.help(t::member_help(l)).view()}
        <div class="field-row">
            {f.field("amount", t::amount(l), &form.amount).help(t::amount_help(l)).inputmode("decimal").class("is-short num").view()}
            {f.field("received_on", t::received(l), &form.received_on).kind("date").class("is-medium").view()}
        </div>
        {f.select("method", t::method_title(l), &form.method, methods)}
        {kind}
        <div class="field-row">
            {f.optional("period_from", t::period_from(l), &form.period_from).help(t::period_help(l)).kind("date").view()}
            {f.optional("period_until", t::period_until(l), &form.period_until).kind("date").view()}
        </div>
        {f.optional("label", t::label(l), &form.label).help(t::label_help(l)).view()}
        {f.optional("note", t::note(l), &form.note).help(t::note_help(l)).rows(3).view()}
    }
    .into_any()
}

fn ends(l: Locale, mode: &Mode<'_>) -> AnyView {
    match mode {
        Mode::New(..) => view! {
            <div class="form-end">
                <button class="button is-primary">{t::add_button(l)}</button>
                <button class="button" name="next" value="again">{t::add_again(l)}</button>
                <button class="button is-quiet" formmethod="get" formaction="/payments/new">{t::propose(l)}</button>
                <a class="button is-quiet" href="/payments">{t::leave_new(l)}</a>
            </div>
        }
        .into_any(),
        Mode::Change(payment) => view! {
            <div class="form-end">
                <button class="button is-primary">{t::save_button(l)}</button>
                <a class="button is-quiet" href=path(payment)>{t::leave(l)}</a>
            </div>
        }
        .into_any(),
    }
}

/// A word at the beginning of a line.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|c| c.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posted_payment_says_where_to_go_on() {
        let entered: Entered =
            serde_html_form::from_str("key=k&member=1042-9&amount=30%2C00&next=again").unwrap();
        assert_eq!(entered.next, "again");
        assert_eq!(entered.form.amount, "30,00");
        assert_eq!(entered.form.member, "1042-9");
    }
}
