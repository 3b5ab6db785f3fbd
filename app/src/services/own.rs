//! What a member has: on the member's page for the crews, and on their own.

use super::{paid_badge, tag};
use crate::locales::{Text, services as t};
use crate::request::Req;
use crate::ui;
use domain::kernel::Cents;
use domain::services::Held;
use leptos::prelude::*;

/// The part of a member's page, with those services that the one who looks sees; nothing
/// where there is none.
pub fn of_member(req: &Req, held: &[Held]) -> Option<AnyView> {
    if held.is_empty() {
        return None;
    }
    let l = req.locale;
    let view = view! {
        <section class="section" aria-labelledby="services">
            <h2 id="services">{t::members_services(l)}</h2>
            {table(req, held, t::members_services(l), Leads::ToService)}
        </section>
    };
    Some(view.into_any())
}

/// The part of one's own page.
pub fn own(req: &Req, held: &[Held]) -> Option<AnyView> {
    if held.is_empty() {
        return None;
    }
    let l = req.locale;
    let view = view! {
        <section class="section" aria-labelledby="services">
            <h2 id="services">{t::own_services(l)}</h2>
            {table(req, held, t::own_services(l), Leads::Nowhere)}
        </section>
    };
    Some(view.into_any())
}

/// Where a row leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leads {
    /// To the service's page.
    ToService,
    /// Nowhere: members have no such page.
    Nowhere,
}

fn table(req: &Req, held: &[Held], caption: Text, leads: Leads) -> AnyView {
    let l = req.locale;
    let rows = held.iter().map(|held| row(req, held, leads));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::label(l)}</th>
                    <th scope="col">{t::type_(l)}</th>
                    <th scope="col">{t::since(l)}</th>
                    <th scope="col">{t::state(l)}</th>
                    <th scope="col" class="num">{t::due_title(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(req: &Req, held: &Held, leads: Leads) -> AnyView {
    let l = req.locale;
    let label = held.service.label.clone();
    let label = match leads {
        Leads::ToService => {
            let href = format!("/services/{}", held.service.id);
            view! { <a class="row-link" href=href>{label}</a> }.into_any()
        }
        Leads::Nowhere => label.into_any(),
    };
    let until = held.holding.until_on.map(|day| {
        view! { " – " {ui::day_short(l, day)} }
    });
    let owed = match held.dues.arrears_sum() {
        Cents::ZERO => view! { <span class="soft">"–"</span> }.into_any(),
        sum => l.money(sum).into_any(),
    };
    let why = held.next().filter(|_| !held.dues.arrears.is_empty());
    let why = why.map(|due| view! { " " <span class="sub">{t::why(l, due)}</span> });
    let addresses = held.addresses.join(", ");
    let addresses =
        (!addresses.is_empty()).then(|| view! { " " <span class="sub breaks">{addresses}</span> });
    view! {
        <tr>
            <th scope="row" class="is-main">{label} {addresses}</th>
            <td>{tag(held.colour, held.service.type_name.clone())}</td>
            <td data-label=t::since(l)>{ui::day_short(l, held.holding.from_on)} {until}</td>
            <td>{paid_badge(l, held.standing(req.today()))} {why}</td>
            <td class="num" data-label=t::due_title(l)>{owed}</td>
        </tr>
    }
    .into_any()
}
