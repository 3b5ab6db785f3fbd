//! Pages.

use crate::request::App;
use axum::Router;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
}
