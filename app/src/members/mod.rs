//! Pages of members: the list, a member's page, the forms of a membership, and
//! everybody's own page.

mod detail;
mod form;
mod own;
pub mod payments;
mod transfer;

use crate::fields::rows;
use crate::people::directory::Directory;
use crate::request::{App, Asked, Failure, Reply, Req};
use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use domain::kernel::Problem;
use domain::members::{self, DirectoryQuery, MemberRow, Membership};
use serde::{Deserialize, Serialize};

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(own::show))
        .route("/members", get(list))
        .route("/members/new", get(form::new).post(form::add))
        .route("/members/suggest", get(suggest))
        .route("/members/{id}", get(detail::show))
        .route("/members/{id}/edit", get(form::edit).post(form::save))
}

/// `GET /members`
async fn list(req: Req, Asked(query): Asked<DirectoryQuery>) -> Reply {
    let filter = query.filter(Membership::Members);
    let (page, own, counts) = req
        .view(async |cx| {
            let page = members::directory(cx, &filter, query.page()).await?;
            let own = rows::of(cx, &page.rows).await?;
            Ok((page, own, members::counts(cx).await?))
        })
        .await?;
    let directory = Directory {
        req: &req,
        query: &query,
        page: &page,
        counts: Some(counts),
        own: &own,
    };
    Ok(req.page(
        &crate::locales::frame::members(req.locale),
        directory.view(),
    ))
}

/// What somebody has typed so far.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    q: String,
}

/// A member as it is suggested.
#[derive(Serialize)]
struct Suggestion {
    id: Option<String>,
    name: String,
    number: String,
    city: String,
}

impl From<MemberRow> for Suggestion {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id.map(|id| id.to_string()),
            name: row.name,
            number: row
                .number
                .map(|number| number.to_string())
                .unwrap_or_default(),
            city: row.city.unwrap_or_default(),
        }
    }
}

/// `GET /members/suggest`
async fn suggest(req: Req, Asked(typed): Asked<Typed>) -> Reply {
    let rows = req
        .view(async |cx| members::suggest(cx, &typed.q).await)
        .await?;
    let suggestions: Vec<Suggestion> = rows.into_iter().map(Suggestion::from).collect();
    let json = serde_json::to_string(&suggestions).map_err(|e| Failure(Problem::internal(e)))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}
