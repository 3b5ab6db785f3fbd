//! Everybody's own page: whether the dues are paid, how to pay the next, and what
//! was paid. For a member, for the contact of an organisation, and for those who
//! only work here.

use super::payments::{For, table};
use super::transfer::{self, to_pay};
use crate::locales::members as t;
use crate::people::directory::{standing_badge, standing_mark};
use crate::request::{Reply, Req};
use crate::ui::{self, PageHead, Tone};
use domain::bank;
use domain::dues::{self, Due, MemberDues, Whose};
use domain::fields::Filled;
use domain::kernel::{Cents, Code, Locale, Problem};
use domain::members::{self, Member};
use domain::payments::{self, Payment, State};
use domain::reminders;
use domain::services;
use leptos::prelude::*;

/// A membership and its payments.
struct Own {
    member: Member,
    dues: MemberDues,
    payments: Vec<Payment>,
    /// The organisation's own fields, those that are open to members.
    filled: Vec<Filled>,
}

/// `GET /me`
pub async fn show(req: Req) -> Reply {
    let (own, paid_for, services, accounts, wanted) = req
        .view(async |cx| {
            let mut own = Vec::new();
            let all = dues::mine(cx).await?;
            let filled = members::mine_filled(cx).await?;
            let of = |id| {
                let own = filled.iter().filter(|(member, _)| *member == id);
                own.map(|(_, one)| one.clone()).collect()
            };
            for member in members::mine(cx).await? {
                let payments = payments::of_member_for_self(cx, member.id).await?;
                let dues = all.iter().find(|dues| dues.member == member.id).cloned();
                let dues = dues.ok_or_else(|| Problem::new(Code::NotFound))?;
                own.push(Own {
                    filled: of(member.id),
                    member,
                    dues,
                    payments,
                });
            }
            let is_paid_for = |dues: &MemberDues| dues.whose == Whose::PaidFor;
            let paid_for = all.into_iter().filter(is_paid_for).collect::<Vec<_>>();
            let services = services::mine(cx).await?;
            let accounts = (bank::mine(cx).await?, bank::mandates::mine(cx).await?);
            let wanted = reminders::mine(cx).await?;
            Ok((own, paid_for, services, accounts, wanted))
        })
        .await?;
    let signed = crate::bank::mandates::Known {
        accounts: &accounts.0,
        mandates: &accounts.1,
    };
    let body = view! {
        {page(&req, &own, &paid_for)}
        {crate::services::own(&req, &services)}
        {household(&req, &paid_for)}
        {crate::bank::own(&req, &signed)}
        {(!own.is_empty()).then(|| crate::reminders::own(&req, wanted))}
        <p class="help"><a href="/me/data">{crate::locales::privacy::own_link(req.locale)}</a></p>
    };
    Ok(req.page(&t::own_title(req.locale), body))
}

fn page(req: &Req, own: &[Own], paid_for: &[MemberDues]) -> AnyView {
    let l = req.locale;
    let head = PageHead::new(t::hello(l, &first_name(req, own)));
    match own {
        [] => view! {
            {head.view()}
            {paid_for.is_empty().then(|| nothing(req))}
        }
        .into_any(),
        [only] => view! {
            {head.view()}
            {standing(req, only)}
            {columns(req, only, "")}
            {filled(req, only, "")}
        }
        .into_any(),
        several => {
            let parts = several.iter().enumerate().map(|(n, own)| {
                let id = format!("member-{n}");
                let number = t::own_member(l, &own.member.number.to_string());
                view! {
                    <section class="section" aria-labelledby=id.clone()>
                        <h2 id=id.clone()>{own.member.party.display_name()} " " <span class="soft">{number}</span></h2>
                        {standing(req, own)}
                        {columns(req, own, &id)}
                        {filled(req, own, &id)}
                    </section>
                }
            });
            view! {
                {head.state(t::own_several(l)).view()}
                {parts.collect_view()}
            }
            .into_any()
        }
    }
}

/// How one is greeted: by the given name, where it is known.
fn first_name(req: &Req, own: &[Own]) -> String {
    let Some(person) = &req.signed_in else {
        return String::new();
    };
    own.iter()
        .map(|own| &own.member.party)
        .find(|party| party.id == person.person && !party.given_name.is_empty())
        .map_or_else(|| person.name.clone(), |party| party.given_name.clone())
}

fn nothing(req: &Req) -> AnyView {
    let l = req.locale;
    let help = if req.rights().is_crew() {
        t::own_none_crew(l)
    } else {
        t::own_none_other(l)
    };
    view! { <div class="empty"><h2>{t::own_none(l)}</h2><p>{help}</p></div> }.into_any()
}

fn standing(req: &Req, own: &Own) -> AnyView {
    let l = req.locale;
    let standing = own.member.standing(req.today());
    let missing = (own.dues.dues.arrears_sum() > Cents::ZERO).then(|| {
        let amount = l.money(own.dues.dues.arrears_sum());
        ui::notice(Tone::Warning, t::missing(l, &amount))
    });
    view! {
        <p class="state-line is-big">{ui::badge(standing_mark(standing), t::own_standing(l, standing))}</p>
        {missing}
    }
    .into_any()
}

/// What the organisation keeps about one beside the rest, as far as it shows it.
fn filled(req: &Req, own: &Own, prefix: &str) -> Option<AnyView> {
    let l = req.locale;
    let id = format!("{prefix}kept");
    let facts = crate::fields::inputs::facts(l, &own.filled);
    let list = (!facts.is_empty()).then(|| crate::people::facts::list(facts))?;
    let view = view! {
        <section class="section" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{crate::locales::extra::kept(l)}</h2>
            {list}
        </section>
    };
    Some(view.into_any())
}

/// The next dues left, the payments right. `prefix` keeps the ids of several apart.
fn columns(req: &Req, own: &Own, prefix: &str) -> AnyView {
    let l = req.locale;
    let id = format!("{prefix}payments");
    let waits = own.payments.iter().any(|p| p.state == State::Draft);
    let help = waits.then(|| view! { <p class="help">{t::own_waiting_help(l)}</p> });
    let payments = view! {
        <section class="section" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{t::own_payments(l)}</h2>
            {table(l, &own.payments, For::Member)}
            {help}
        </section>
    };
    match to_pay(&own.dues) {
        Cents(..=0) => payments.into_any(),
        _ => view! {
            <div class="columns is-side-first">
                {due(req, &own.dues, &format!("{prefix}next"))}
                <div>{payments}</div>
            </div>
        }
        .into_any(),
    }
}

/// What is to be paid, why, and how. What has begun comes before what comes.
fn due(req: &Req, dues: &MemberDues, id: &str) -> AnyView {
    let l = req.locale;
    let amount = to_pay(dues);
    let (title, facts) = match (dues.dues.arrears.as_slice(), &dues.dues.next) {
        ([], None) => (t::next_dues(l), ().into_any()),
        ([], Some(next)) => {
            let from = l.day(next.period.from());
            (
                t::next_dues(l),
                view! { <p class="soft">{t::from_day(l, &from)}</p> {why(l, next)} }.into_any(),
            )
        }
        ([only], _) => {
            let (from, until) = (l.day(only.period.from()), l.day(only.period.until()));
            (
                t::dues_missing(l),
                view! { <p class="soft">{t::for_period(l, &from, &until)}</p> {why(l, only)} }
                    .into_any(),
            )
        }
        (several, _) => (t::dues_missing(l), parts(l, several)),
    };
    let payer = dues
        .payer
        .as_ref()
        .filter(|_| dues.whose == Whose::Own)
        .map(|payer| view! { <p class="help">{t::paid_by(l, &payer.name)}</p> });
    view! {
        <section class="card stack" aria-labelledby=id.to_owned()>
            <div>
                <h2 id=id.to_owned()>{title}</h2>
                <p class="figure">{l.money(amount)}</p>
                {facts}
                {payer}
            </div>
            {transfer::details(req, dues.number, amount)}
        </section>
    }
    .into_any()
}

fn why(l: Locale, due: &Due) -> AnyView {
    view! { <p class="help">{crate::locales::dues::why(l, due)}</p> }.into_any()
}

/// What a sum is made of: one line for each period.
fn parts(l: Locale, several: &[Due]) -> AnyView {
    let lines = several.iter().map(|due| {
        let (from, until) = (l.day(due.period.from()), l.day(due.period.until()));
        let period = t::arrears_period(l, &from, &until);
        view! { <li>{t::arrears_part(l, &period, &l.money(due.amount))} {why(l, due)}</li> }
    });
    view! { <ul class="stack">{lines.collect_view()}</ul> }.into_any()
}

/// Those for whom one pays: a card each, as each transfer carries its own reference.
fn household(req: &Req, paid_for: &[MemberDues]) -> Option<AnyView> {
    if paid_for.is_empty() {
        return None;
    }
    let l = req.locale;
    let now = Cents::sum(paid_for.iter().map(|dues| dues.dues.arrears_sum()));
    let sum = (now > Cents::ZERO).then(|| t::pays_for_sum(l, &l.money(now)));
    let cards = paid_for.iter().enumerate().map(|(n, dues)| {
        let id = format!("paid-for-{n}");
        let standing = dues.standing(req.today());
        let card = (to_pay(dues) > Cents::ZERO).then(|| due(req, dues, &format!("{id}-due")));
        view! {
            <section class="stack" aria-labelledby=id.clone()>
                <h3 id=id.clone()>{dues.name.clone()} " " <span class="soft">{t::own_member(l, &dues.number.to_string())}</span></h3>
                <p>{standing_badge(l, standing)}</p>
                {card}
            </section>
        }
    });
    let view = view! {
        <section class="section" aria-labelledby="paid-for">
            <h2 id="paid-for">{t::pays_for(l)}</h2>
            <p class="help">{t::pays_for_help(l)} " " {sum}</p>
            <div class="cards">{cards.collect_view()}</div>
        </section>
    };
    Some(view.into_any())
}
