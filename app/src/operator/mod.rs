//! The pages of those who run the installation, on a host of their own: which organisations
//! are here, that they are apart, and who did what. Nothing of an organisation's own data is
//! shown.

mod desk;
mod proof;
mod record;
mod sign_in;
mod tenants;

use crate::http::{self, bare_page, finish, is_safe, is_same_origin};
use crate::request::{App, Failure, Posted, Reply, set_cookie};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use desk::Desk;
use domain::kernel::{Code, Locale, Problem};
use serde::Deserialize;

/// For how long the language that somebody chose is known, in seconds.
const LANGUAGE_AGE: i64 = 365 * 24 * 3600;

/// Every route of the operators' host.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(tenants::show))
        .route("/login", get(sign_in::show).post(sign_in::sign_in))
        .route("/logout", post(sign_in::sign_out))
        .route("/language", post(language))
        .route("/proofs", get(proof::list).post(proof::prove))
        .route("/proofs/{id}", get(proof::show))
        .route("/proofs/{id}/text", get(proof::as_text))
        .route("/proofs/{id}/json", get(proof::as_json))
        .route("/record", get(record::show))
}

/// The routes with all that stands around them.
pub(crate) fn guarded(app: App) -> Router {
    http::walled(app.clone(), routes())
        .layer(middleware::from_fn_with_state(app.clone(), around))
        .with_state(app)
}

/// Finds out who asks, holds the same-origin rule, and turns a problem into a page.
async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = format!("{} {}", parts.method, parts.uri.path());
    let desk = match Desk::of(&app, &parts).await {
        Ok(desk) => desk,
        Err(problem) => return bare_page(&asked, &problem, &parts.headers),
    };
    let may_pass = is_safe(&parts.method) || is_same_origin(&parts.headers, app.secure);
    let response = match may_pass {
        true => {
            let mut request = Request::from_parts(parts, body);
            request.extensions_mut().insert(desk.clone());
            next.run(request).await
        }
        false => Failure(Problem::new(Code::WrongOrigin)).into_response(),
    };
    finish(&desk, &asked, response)
}

/// A choice of language, and the page to go back to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Language {
    language: String,
    back: String,
}

async fn language(desk: Desk, Posted(form): Posted<Language>) -> Reply {
    let chosen =
        Locale::from_tag(&form.language).ok_or_else(|| Problem::new(Code::UnknownChoice))?;
    let mut response = crate::request::go(&form.back);
    let cookie = ("locale", chosen.tag());
    set_cookie(&desk.app, &mut response, cookie, Some(LANGUAGE_AGE));
    Ok(response)
}
