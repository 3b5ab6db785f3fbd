//! A member's dues, as they stand on the member's page.

use super::member::what;
use crate::locales::dues as t;
use crate::people::facts::{self, Fact};
use crate::request::Req;
use crate::ui;
use domain::dues::{Due, Kind, MemberDues, PaidFor};
use domain::kernel::{Cents, Locale, PartyId, Right};
use domain::payments::rules::may_add;
use leptos::prelude::*;

/// The most periods that are shown one by one.
const SHOWN_MAX: usize = 6;

/// What is owed, how the member pays, and who pays for whom.
pub fn section(
    req: &Req,
    dues: &MemberDues,
    kinds: &[Kind],
    pays_for: (PartyId, &[PaidFor]),
) -> AnyView {
    let l = req.locale;
    let edit = match req.rights().has(Right::Members) {
        true => {
            let href = format!("/members/{}/dues", dues.member);
            view! { <a href=href>{t::edit(l)}</a> }.into_any()
        }
        false => {
            view! { <span class="help">{ui::missing_right(l, Right::Members)}</span> }.into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="dues">
            <div class="section-head"><h2 id="dues">{t::kind(l)}</h2>{edit}</div>
            {owed(req, dues)}
            {facts::list(how(req, dues, kinds, pays_for))}
        </section>
    }
    .into_any()
}

/// What has begun and is not paid; or what comes.
fn owed(req: &Req, dues: &MemberDues) -> AnyView {
    let l = req.locale;
    let arrears = &dues.dues.arrears;
    let Some(next) = &dues.dues.next else {
        return view! { <p class="help">{t::nothing_owed(l)}</p> }.into_any();
    };
    let pay = may_add(&req.rights()).is_ok().then(|| {
        let href = format!("/payments/new?member={}", dues.member);
        view! { <a class="button is-small" href=href>{t::enter_payment(l)}</a> }
    });
    if arrears.is_empty() {
        let text = t::comes(l, &l.money(next.amount), &l.day(next.period.from()));
        return view! {
            <p>{text}</p>
            <p class="help">{t::why(l, next)}</p>
        }
        .into_any();
    }
    let rows = arrears.iter().take(SHOWN_MAX).map(|due| row(l, due));
    let more = i64::try_from(arrears.len().saturating_sub(SHOWN_MAX)).unwrap_or_default();
    let more = (more > 0).then(|| view! { <p class="help">{t::more_periods(l, more)}</p> });
    let sum = (dues.dues.arrears_sum() > Cents::ZERO)
        .then(|| t::owes(l, &l.money(dues.dues.arrears_sum())));
    view! {
        <div class="split"><p><strong>{sum}</strong></p>{pay}</div>
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::owed_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::period(l)}</th>
                    <th scope="col">{t::why_title(l)}</th>
                    <th scope="col" class="num">{t::amount_title(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        {more}
    }
    .into_any()
}

fn row(l: Locale, due: &Due) -> AnyView {
    let period = t::between(l, &l.day(due.period.from()), &l.day(due.period.until()));
    view! {
        <tr>
            <th scope="row" class="is-main">{period}</th>
            <td>{t::why(l, due)}</td>
            <td class="num is-end">{l.money(due.amount)}</td>
        </tr>
    }
    .into_any()
}

/// The way to one payment for all, for those who may enter payments.
fn dues_together(req: &Req, payer: PartyId) -> Option<AnyView> {
    may_add(&req.rights()).is_ok().then(|| {
        let href = format!("/payments/together?payer={payer}");
        view! { <a class="button is-small" href=href>{t::together(req.locale)}</a> }.into_any()
    })
}

fn how(
    req: &Req,
    dues: &MemberDues,
    kinds: &[Kind],
    (party, pays_for): (PartyId, &[PaidFor]),
) -> Vec<Fact> {
    let l = req.locale;
    let mut all: Vec<Fact> = Vec::new();
    if let Some(kind) = &dues.kind {
        all.push((t::pays_by(l), kind.name.clone().into_any()));
    }
    for terms in &dues.terms {
        let reason = (!terms.reason.is_empty()).then(|| terms.reason.clone());
        let text = what(l, kinds, terms);
        let view = view! { {text} " " {reason.map(|r| view! { <span class="sub">{r}</span> })} };
        all.push((t::since(l, &l.day(terms.from_on)), view.into_any()));
    }
    if let Some(payer) = &dues.payer {
        let href = format!("/people/{}", payer.party);
        let name = payer.name.clone();
        let pay = dues_together(req, payer.party);
        let view = view! { <a href=href>{name}</a> " " {pay} };
        all.push((t::paid_by(l), view.into_any()));
    }
    if !pays_for.is_empty() {
        let links = pays_for.iter().map(|other| {
            let href = format!("/members/{}", other.member);
            let name = other.name.clone();
            view! { <li><a href=href>{name}</a></li> }
        });
        let pay = dues_together(req, party);
        let list = view! { <ul role="list">{links.collect_view()}</ul> {pay} };
        all.push((t::pays_for(l), list.into_any()));
    }
    all
}
