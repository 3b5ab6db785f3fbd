//! Fields that an organisation declares for itself: the pages where it does, and how they
//! stand in the forms, the pages and the lists of what has them.

mod declare;
pub mod inputs;
mod list;
pub mod rows;

use crate::request::App;
use axum::Router;
use axum::routing::{get, post};

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/settings/fields", get(list::show))
        .route("/settings/fields/new", get(declare::new).post(declare::add))
        .route(
            "/settings/fields/{id}",
            get(declare::show).post(declare::save),
        )
        .route("/settings/fields/{id}/archive", post(declare::archive))
        .route("/settings/fields/{id}/restore", post(declare::restore))
        .route("/settings/fields/{id}/delete", post(declare::delete))
        .route("/settings/fields/{id}/up", post(list::up))
        .route("/settings/fields/{id}/down", post(list::down))
}
