//! Pages of receipts: the document that prints, and a year's list.

mod document;
mod list;
pub mod pdf;

use crate::locales::receipts as t;
use crate::request::App;
use axum::Router;
use axum::routing::get;
use domain::kernel::{Locale, PaymentId};
use domain::payments::receipts::ReceiptNumber;
use leptos::prelude::*;
pub use list::what;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/receipts", get(list::show))
        .route("/receipts/{id}", get(document::show))
        .route("/receipts/{id}/pdf", get(document::pdf))
}

/// The link to a payment's receipt: "reçu n° 2026-0412".
pub fn link(l: Locale, payment: PaymentId, number: ReceiptNumber) -> AnyView {
    let href = format!("/receipts/{payment}");
    view! { <a class="nowrap" href=href>{t::link(l, &number.to_string())}</a> }.into_any()
}
