//! Pages of services and of their types.

mod detail;
mod form;
mod holding;
mod list;
mod own;
mod types;

use crate::locales::{Text, services as t};
use crate::request::App;
use crate::ui::{self, Mark};
use axum::Router;
use axum::routing::{get, post};
use domain::kernel::Locale;
use domain::services::{Colour, Paid, State};
use leptos::prelude::*;
pub use own::{of_member, own};

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/services", get(list::show))
        .route("/services/new", get(form::new).post(form::add))
        .route("/services/{id}", get(detail::show))
        .route("/services/{id}/edit", get(form::edit).post(form::save))
        .route("/services/{id}/give", get(holding::ask).post(holding::give))
        .route(
            "/services/{id}/holdings/{holding}",
            get(holding::edit).post(holding::save),
        )
        .route(
            "/services/{id}/holdings/{holding}/remove",
            post(holding::remove),
        )
        .route("/service-types", get(types::list))
        .route("/service-types/new", get(types::new).post(types::add))
        .route("/service-types/{id}", get(types::show).post(types::save))
        .route("/service-types/{id}/archive", post(types::archive))
        .route("/service-types/{id}/restore", post(types::restore))
}

/// A type's name with its colour.
fn tag(colour: Colour, name: impl Into<Text>) -> AnyView {
    let class = format!("tag is-{}", colour.name());
    view! { <span class=class>{name.into()}</span> }.into_any()
}

/// Where a service stands, as a badge.
fn state_badge(l: Locale, state: State) -> AnyView {
    let mark = match state {
        State::Available => Mark::Draft,
        State::InUse => Mark::Validated,
        State::Closed => Mark::None,
    };
    ui::badge(mark, t::state_word(l, state))
}

/// How a service stands with its payments, as a badge.
fn paid_badge(l: Locale, paid: Paid) -> AnyView {
    let mark = match paid {
        Paid::Free | Paid::Until { .. } => Mark::Validated,
        Paid::Late { .. } => Mark::Late,
        Paid::Over => Mark::None,
    };
    ui::badge(mark, t::paid(l, paid))
}
