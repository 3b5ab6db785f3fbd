//! Pages of dues: the kinds that there are, and how a member pays.

mod kind;
mod list;
mod member;
mod payer;
mod summary;

use crate::request::App;
use axum::Router;
use axum::routing::{get, post};
pub use summary::section;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/dues", get(list::show))
        .route("/dues/new", get(kind::new).post(kind::add))
        .route("/dues/{id}", get(kind::show).post(kind::save))
        .route("/dues/{id}/default", post(kind::make_default))
        .route("/dues/{id}/archive", post(kind::archive))
        .route("/dues/{id}/restore", post(kind::restore))
        .route("/members/{id}/dues", get(member::show).post(member::add))
        .route("/members/{id}/dues/remove", post(member::remove))
        .route("/members/{id}/payer", post(payer::save))
}
