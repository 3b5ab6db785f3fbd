//! Everybody's own page: whether the dues are paid, how to pay the next, and what
//! was paid. For a member, for the contact of an organisation, and for those who
//! only work here.

use super::payments::{For, table};
use crate::locales::members as t;
use crate::people::directory::standing_mark;
use crate::request::{Reply, Req};
use crate::ui::{self, PageHead, Tone};
use domain::dues::{self, Due, MemberDues};
use domain::kernel::{Cents, Code, Locale, Period, Problem};
use domain::members::{self, Member};
use domain::payments::{self, Payment, State};
use domain::settings::space_iban;
use leptos::prelude::*;

/// A membership and its payments.
struct Own {
    member: Member,
    dues: MemberDues,
    payments: Vec<Payment>,
}

/// `GET /me`
pub async fn show(req: Req) -> Reply {
    let own = req
        .view(async |cx| {
            let mut own = Vec::new();
            let all = dues::mine(cx).await?;
            for member in members::mine(cx).await? {
                let payments = payments::of_member_for_self(cx, member.id).await?;
                let dues = all.iter().find(|dues| dues.member == member.id).cloned();
                let dues = dues.ok_or_else(|| Problem::new(Code::NotFound))?;
                own.push(Own {
                    member,
                    dues,
                    payments,
                });
            }
            Ok(own)
        })
        .await?;
    Ok(req.page(&t::own_title(req.locale), page(&req, &own)))
}

fn page(req: &Req, own: &[Own]) -> AnyView {
    let l = req.locale;
    let head = PageHead::new(t::hello(l, &first_name(req, own)));
    match own {
        [] => view! {
            {head.view()}
            {nothing(req)}
        }
        .into_any(),
        [only] => view! {
            {head.view()}
            {standing(req, only)}
            {columns(req, only, "")}
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
    match own
        .dues
        .dues
        .next
        .as_ref()
        .filter(|due| due.amount > Cents::ZERO)
    {
        Some(due) => view! {
            <div class="columns is-side-first">
                {next(req, own, due, &format!("{prefix}next"))}
                <div>{payments}</div>
            </div>
        }
        .into_any(),
        None => payments.into_any(),
    }
}

fn next(req: &Req, own: &Own, due: &Due, id: &str) -> AnyView {
    let l = req.locale;
    let settings = &req.settings;
    let in_order = due.period.from() > req.today();
    let title = if in_order {
        t::next_dues(l)
    } else {
        t::dues_missing(l)
    };
    let iban = settings
        .iban
        .as_deref()
        .map(|iban| copied(t::iban(l).into_owned(), space_iban(iban), None));
    let reference = copied(
        t::reference_to_use(l).into_owned(),
        own.member.number.reference_spaced(),
        Some(t::reference_help(l).into_owned()),
    );
    view! {
        <section class="card stack" aria-labelledby=id.to_owned()>
            <div>
                <h2 id=id.to_owned()>{title}</h2>
                <p class="figure">{l.money(due.amount)}</p>
                <p class="soft">{when(l, due.period, in_order)}</p>
            </div>
            {iban}
            {reference}
        </section>
    }
    .into_any()
}

fn when(l: Locale, period: Period, in_order: bool) -> crate::locales::Text {
    if in_order {
        t::from_day(l, &l.day(period.from()))
    } else {
        t::for_period(l, &l.day(period.from()), &l.day(period.until()))
    }
}

/// Something to copy: one click selects all of it.
fn copied(title: String, text: String, help: Option<String>) -> AnyView {
    view! {
        <div>
            <h3>{title}</h3>
            <div class="copy"><code>{text}</code></div>
            {help.map(|help| view! { <p class="help">{help}</p> })}
        </div>
    }
    .into_any()
}
