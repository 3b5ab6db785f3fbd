//! Pages of people and organisations: the list, a party's own page, and its form.

mod access;
pub mod choice;
mod contacts;
mod detail;
pub mod directory;
pub mod facts;
pub mod form;

use crate::fields::rows;
use crate::request::{App, Asked, Reply, Req};
use axum::Router;
use axum::routing::{get, post};
use directory::Directory;
use domain::members::{self, DirectoryQuery, Membership};

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/people", get(list))
        .route("/people/new", get(form::new).post(form::add))
        .route("/people/{id}", get(detail::show))
        .route("/people/{id}/edit", get(form::edit).post(form::save))
        .route("/people/{id}/member", post(detail::make_member))
        .route("/people/{id}/login", post(access::make))
        .route("/people/{id}/login/link", post(access::new_link))
        .route("/people/{id}/login/disable", post(access::disable))
        .route("/people/{id}/login/enable", post(access::enable))
        .route("/people/{id}/login/sign-out", post(access::sign_out))
        .route("/people/{id}/contacts", post(contacts::add))
        .route(
            "/people/{id}/contacts/{person}/remove",
            post(contacts::remove),
        )
}

/// `GET /people`
async fn list(req: Req, Asked(query): Asked<DirectoryQuery>) -> Reply {
    let filter = query.filter(Membership::Everyone);
    let (page, own) = req
        .view(async |cx| {
            let page = members::directory(cx, &filter, query.page()).await?;
            let own = rows::of(cx, &page.rows).await?;
            Ok((page, own))
        })
        .await?;
    let directory = Directory {
        req: &req,
        query: &query,
        page: &page,
        counts: None,
        own: &own,
    };
    Ok(req.page(&crate::locales::frame::people(req.locale), directory.view()))
}
