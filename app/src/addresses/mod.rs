//! Pages of addresses: the tree of prefixes, each one's page with its map, what a service
//! has, and who had an address.

mod detail;
mod form;
mod map;
mod service;
mod tree;
mod who;

use crate::locales::addresses as t;
use crate::request::{App, Req};
use crate::ui;
use axum::Router;
use axum::routing::{get, post};
use domain::kernel::Locale;
use domain::services::addresses::Taken;
use leptos::prelude::*;
pub use service::{Carries, of_service};

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/addresses", get(tree::show))
        .route("/addresses/new", get(form::new).post(form::add))
        .route("/addresses/who", get(who::show).post(who::ask))
        .route("/addresses/who/{id}", get(who::answer))
        .route("/addresses/{id}", get(detail::show))
        .route("/addresses/{id}/edit", get(form::edit).post(form::save))
        .route("/addresses/{id}/delete", post(form::delete))
        .route("/addresses/{id}/reserved", post(detail::reserve))
        .route(
            "/addresses/{id}/reserved/{reserved}/release",
            post(detail::release),
        )
        .route(
            "/services/{id}/addresses/new",
            get(service::new).post(service::give),
        )
        .route(
            "/services/{id}/addresses/{allocation}",
            get(service::show).post(service::end),
        )
        .route(
            "/services/{id}/addresses/{allocation}/remove",
            post(service::remove),
        )
}

/// A number as people write it; what is beyond counting, as a power of two.
fn count(l: Locale, n: u128) -> String {
    match i64::try_from(n) {
        Ok(n) => l.count(n),
        Err(_) => format!("≈ 2^{}", n.ilog2()),
    }
}

/// Who has what, as a table.
fn taken_table(req: &Req, rows: &[Taken]) -> AnyView {
    let l = req.locale;
    let rows = rows.iter().map(|taken| {
        let network = domain::services::addresses::rules::written(taken.network);
        let network = match &taken.whose {
            Some(whose) => {
                let href = format!("/services/{}/addresses/{}", whose.service, whose.id);
                view! { <a class="row-link" href=href>{network}</a> }.into_any()
            }
            None => network.into_any(),
        };
        let service = match &taken.whose {
            // No second link: the row leads to what was given, and that to its service.
            Some(whose) => whose.name.clone().into_any(),
            None => view! { <span class="soft">{t::another_crew(l)}</span> }.into_any(),
        };
        let until = match taken.until_at {
            Some(at) => ui::instant(l, at, req.zone()),
            None => t::ongoing(l).into_any(),
        };
        view! {
            <tr>
                <th scope="row" class="is-main breaks">{network}</th>
                <td class="breaks">{service}</td>
                <td data-label=t::since(l)>{ui::instant(l, taken.from_at, req.zone())}</td>
                <td data-label=t::until(l)>{until}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::taken_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::address(l)}</th>
                    <th scope="col">{t::service(l)}</th>
                    <th scope="col">{t::since(l)}</th>
                    <th scope="col">{t::until(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
