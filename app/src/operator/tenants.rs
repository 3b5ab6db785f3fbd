//! Which organisations are here, and which were.

use super::desk::Desk;
use super::record::time;
use crate::locales::operator as t;
use crate::request::Reply;
use crate::ui::{self, PageHead};
use domain::kernel::Locale;
use domain::portal::deleting::{self, Deleted};
use domain::portal::{self, Hosted};
use leptos::prelude::*;

/// How many of those that were here are shown.
const DELETED_SHOWN: usize = 20;

pub async fn show(desk: Desk) -> Reply {
    desk.operator()?;
    let db = &desk.app.db;
    let (here, gone) = (portal::hosted(db).await?, deleting::deleted(db).await?);
    let l = desk.locale;
    let count = i64::try_from(here.len()).unwrap_or(i64::MAX);
    let head = PageHead::new(t::tenants(l)).state(t::tenants_state(l, count));
    let program = format!(
        "{} {}, {}",
        t::product(l),
        env!("CARGO_PKG_VERSION"),
        db.engine_name()
    );
    let body = view! {
        {head.view()}
        {list(&desk, here)}
        {(!gone.is_empty()).then(|| were(l, &gone))}
        <p class="help"><span class="num">{program}</span></p>
    };
    Ok(desk.page(&t::tenants(l), body))
}

fn list(desk: &Desk, here: Vec<Hosted>) -> AnyView {
    let l = desk.locale;
    if here.is_empty() {
        return ui::empty(t::no_tenants(l), None);
    }
    let rows = here.into_iter().map(|tenant| {
        let place = desk.app.mail.origin(&tenant.slug);
        view! {
            <tr>
                <th scope="row" class="is-main">{tenant.title}</th>
                <td data-label=t::address(l)><a class="breaks" href=place.origin rel="noreferrer">{place.host}</a></td>
                <td data-label=t::since(l)>{ui::day_short(l, tenant.created_at.date_naive())}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::tenants(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::tenant(l)}</th>
                    <th scope="col">{t::address(l)}</th>
                    <th scope="col">{t::since(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn were(l: Locale, gone: &[Deleted]) -> AnyView {
    let rows = gone.iter().take(DELETED_SHOWN).map(|tenant| {
        view! {
            <tr>
                <th scope="row" class="is-main">{tenant.title.clone()} " " <span class="sub">{tenant.slug.clone()}</span></th>
                <td data-label=t::deleted_at(l)>{time(l, tenant.deleted_at)}</td>
                <td data-label=t::who(l)>{tenant.operator.clone()}</td>
            </tr>
        }
    });
    view! {
        <section class="section" aria-labelledby="deleted">
            <h2 id="deleted">{t::deleted(l)}</h2>
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::deleted(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::tenant(l)}</th>
                        <th scope="col">{t::deleted_at(l)}</th>
                        <th scope="col">{t::who(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
