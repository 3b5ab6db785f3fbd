//! Plugins: setting them up, and the journal of what they could not do.

mod journal;
mod setup;

pub use setup::kinds_field;

use crate::request::App;
use axum::Router;
use axum::routing::{get, post};

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/settings/plugins", get(setup::list))
        .route("/settings/plugins/new", get(setup::new).post(setup::add))
        .route("/settings/plugins/{id}", get(setup::show).post(setup::save))
        .route("/settings/plugins/{id}/again", post(setup::again))
        .route("/settings/plugins/{id}/verify", post(setup::verify))
        .route("/settings/plugins/{id}/delete", post(setup::delete))
        .route("/journal", get(journal::list))
        .route("/journal/retry", post(journal::retry_all))
        .route("/journal/{number}", get(journal::show))
        .route("/journal/{number}/retry", post(journal::retry))
        .route("/journal/{number}/give-up", post(journal::give_up))
}
