//! What is kept about one person: the page that shows it, its file, and the page that erases.

mod data;
mod erase;

use crate::locales::privacy as t;
use crate::request::{App, Req};
use axum::Router;
use axum::routing::get;
use domain::kernel::Right;
use domain::people::{Kind, Party};
use leptos::prelude::*;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/people/{id}/erase", get(erase::show).post(erase::erase))
        .route("/people/{id}/data", get(data::show).post(data::take))
        .route("/me/data", get(data::mine).post(data::take_mine))
}

/// The section of a person's page, for those who may.
pub fn section(req: &Req, party: &Party) -> Option<AnyView> {
    let l = req.locale;
    let may = req.rights().has(Right::People) && req.rights().has(Right::Settings);
    let erase = (party.kind == Kind::Person).then(|| {
        view! { <a class="button is-small" href=format!("/people/{}/erase", party.id)>{t::to_erase(l)}</a> }
    });
    let view = || {
        view! {
            <section class="section" aria-labelledby="privacy">
                <h2 id="privacy">{t::section(l)}</h2>
                <p><a href=format!("/people/{}/data", party.id)>{t::see(l)}</a></p>
                <div class="actions">{erase}</div>
            </section>
        }
    };
    may.then(|| view().into_any())
}
