//! What operators did, and who read across organisations.

use super::desk::Desk;
use crate::locales::{Text, operator as t};
use crate::request::Reply;
use crate::ui::{self, PageHead};
use chrono::{DateTime, Utc};
use domain::kernel::Locale;
use domain::portal::operators::{self, Did, Event};
use domain::portal::{self, AcrossRead, Why};
use leptos::prelude::*;

/// How many rows of each kind are shown.
const SHOWN: usize = 100;

/// A time of the installation: it has no zone of its own.
pub fn time(l: Locale, at: DateTime<Utc>) -> AnyView {
    view! { {ui::instant(l, at, chrono_tz::UTC)} " UTC" }.into_any()
}

pub async fn show(desk: Desk) -> Reply {
    desk.operator()?;
    let db = &desk.app.db;
    let (events, reads) = (
        operators::events(db).await?,
        portal::across_reads(db).await?,
    );
    let l = desk.locale;
    let body = view! {
        {PageHead::new(t::record(l)).state(t::record_state(l)).view()}
        <section class="section" aria-labelledby="across">
            <h2 id="across">{t::across(l)}</h2>
            <p class="help">{t::across_help(l)}</p>
            {across(l, &reads)}
        </section>
        <section class="section" aria-labelledby="events">
            <h2 id="events">{t::events(l)}</h2>
            {list(l, &events)}
        </section>
    };
    Ok(desk.page(&t::record(l), body))
}

fn across(l: Locale, reads: &[AcrossRead]) -> AnyView {
    if reads.is_empty() {
        return ui::empty(t::nobody_read(l), None);
    }
    let rows = reads.iter().take(SHOWN).map(|read| {
        let count = i64::try_from(read.tenants.len()).unwrap_or(i64::MAX);
        let why = Why::from_name(&read.why);
        let why = why.map_or_else(|| Text::from(read.why.clone()), |why| t::why(l, why));
        view! {
            <tr>
                <th scope="row" class="is-main">{time(l, read.at)}</th>
                <td data-label=t::who(l)>{read.operator.clone()}</td>
                <td data-label=t::what_for(l)>{why}</td>
                <td data-label=t::tenants(l) class="is-number">{l.count(count)}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::across(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::when(l)}</th>
                    <th scope="col">{t::who(l)}</th>
                    <th scope="col">{t::what_for(l)}</th>
                    <th scope="col" class="is-number">{t::tenants(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn list(l: Locale, events: &[Event]) -> AnyView {
    let rows = events.iter().take(SHOWN).map(|event| {
        let did = Did::from_name(&event.action);
        let did = did.map_or_else(|| Text::from(event.action.clone()), |did| t::did(l, did));
        let from = match event.address.is_empty() {
            true => t::at_the_machine(l),
            false => Text::from(event.address.clone()),
        };
        let about = (!event.about.is_empty()).then(|| format!(" ({})", event.about));
        view! {
            <tr>
                <th scope="row" class="is-main">{time(l, event.at)}</th>
                <td data-label=t::who(l)>{event.operator.clone()}</td>
                <td data-label=t::what(l)>{did}{about}</td>
                <td data-label=t::from(l) class="breaks">{from}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::events(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::when(l)}</th>
                    <th scope="col">{t::who(l)}</th>
                    <th scope="col">{t::what(l)}</th>
                    <th scope="col">{t::from(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
