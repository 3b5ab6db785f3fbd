//! Signing in and out, the language, and one's own account: rights, sessions, password.

mod page;
pub mod welcome;

use crate::http::Again;
use crate::locales::{account as t, notices::Notice};
use crate::request::{App, Asked, Id, Posted, Reply, Req, is_own_path};
use crate::shell::Width;
use crate::typed::Typed;
use crate::ui::FormView;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use domain::identity::{self, PasswordForm, SessionRow, SignInForm, SignedIn};
use domain::kernel::{Code, Locale, Problem, SessionId};
use leptos::prelude::*;
use serde::Deserialize;

/// How long the choice of a language is kept in a browser, in seconds: a year.
const LANGUAGE_AGE: i64 = 365 * 24 * 3600;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(sign_in_page).post(sign_in))
        .route("/logout", post(sign_out))
        .route("/language", post(language))
        .route("/welcome/{token}", get(welcome::show).post(welcome::choose))
        .route("/account", get(show))
        .route("/account/password", post(change_password))
        .route("/account/sessions/end-others", post(end_others))
        .route("/account/sessions/{id}/end", post(end))
}

/// Where to go after signing in.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Next {
    next: String,
}

impl Next {
    fn path(&self) -> &str {
        if is_own_path(&self.next) {
            &self.next
        } else {
            "/"
        }
    }
}

async fn sign_in_page(req: Req, Asked(next): Asked<Next>) -> Reply {
    if req.signed_in.is_some() {
        return Ok(req.go(next.path(), None));
    }
    let l = req.locale;
    Ok(req.form_page(
        &t::sign_in_title(l),
        page::sign_in(
            l,
            &SignInForm::default(),
            next.path(),
            &Typed::default(),
            None,
        ),
    ))
}

/// The sign-in page for somebody whose session ended while they typed: 401, with what
/// they typed in it.
pub fn sign_in_again(req: &Req, typed: &Typed) -> Response {
    let l = req.locale;
    let title = t::sign_in_title(l);
    let form = page::sign_in(l, &SignInForm::default(), "/", typed, None);
    let body = view! { {typed.notice(l)} {form} };
    req.page_with(StatusCode::UNAUTHORIZED, &title, Width::Narrow, body)
}

/// The sign-in form, with where to go afterwards.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SignIn {
    name: String,
    password: String,
    next: String,
    #[serde(flatten)]
    typed: Typed,
}

async fn sign_in(req: Req, Posted(sent): Posted<SignIn>) -> Reply {
    let next = Next { next: sent.next };
    let form = SignInForm {
        name: sent.name,
        password: sent.password,
    };
    let app = &req.app;
    let signed_in = identity::sign_in(
        &app.db,
        &app.hasher,
        &app.clock,
        req.tenant.id,
        &form,
        &req.origin,
    )
    .await;
    match signed_in {
        Ok(session) => {
            // Whoever was signed in here before is not any more: a new id, and the old one ended.
            end_present(&req).await?;
            let dropped = !sent.typed.is_empty();
            let (mut response, typed) = match sent.typed.for_person(session.person) {
                Some(typed) => (req.go(next.path(), None), Some(typed)),
                None if dropped => (req.go("/", Some(Notice::TypedDropped)), None),
                None => (req.go(next.path(), None), None),
            };
            let age = seconds_until(app.clock.now(), session.expires_at);
            let name = req.session_cookie();
            req.set_cookie(&mut response, name, &session.token, Some(age));
            if let Some(typed) = typed {
                let cookie = format!("{name}={}", session.token);
                response.extensions_mut().insert(Again { typed, cookie });
            }
            Ok(response)
        }
        Err(problem) => {
            let l = req.locale;
            req.page_again(problem, &t::sign_in_title(l), |problem| {
                page::sign_in(l, &form, next.path(), &sent.typed, Some(problem))
            })
        }
    }
}

fn seconds_until(now: DateTime<Utc>, then: DateTime<Utc>) -> i64 {
    (then - now).num_seconds().max(0)
}

async fn end_present(req: &Req) -> Result<(), Problem> {
    match &req.signed_in {
        Some(present) => {
            req.act(async |cx| identity::sign_out(cx, present.session).await)
                .await
        }
        None => Ok(()),
    }
}

async fn sign_out(req: Req) -> Reply {
    end_present(&req).await?;
    let mut response = req.go("/login", Some(Notice::SignedOut));
    // Drafts of forms are kept in the browser: the next one at this machine finds none.
    let storage = HeaderValue::from_static("\"storage\"");
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), storage);
    req.set_cookie(&mut response, req.session_cookie(), "", Some(0));
    Ok(response)
}

/// A choice of language, and the page to go back to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Language {
    language: String,
    back: String,
}

async fn language(req: Req, Posted(form): Posted<Language>) -> Reply {
    let chosen =
        Locale::from_tag(&form.language).ok_or_else(|| Problem::new(Code::UnknownChoice))?;
    if req.signed_in.is_some() {
        req.act(async |cx| identity::set_locale(cx, chosen).await)
            .await?;
    }
    let mut response = req.go(&form.back, None);
    req.set_cookie(&mut response, "locale", chosen.tag(), Some(LANGUAGE_AGE));
    Ok(response)
}

fn present(req: &Req) -> Result<SignedIn, Problem> {
    req.signed_in
        .clone()
        .ok_or_else(|| Problem::new(Code::SignInNeeded))
}

async fn own_sessions(req: &Req) -> Result<Vec<SessionRow>, Problem> {
    req.view(async |cx| identity::sessions(cx).await).await
}

async fn show(req: Req) -> Reply {
    let person = present(&req)?;
    let sessions = own_sessions(&req).await?;
    let l = req.locale;
    Ok(req.page(
        &t::title(l),
        page::account(&req, &person, &sessions, FormView::new(l, None)),
    ))
}

async fn change_password(req: Req, Posted(form): Posted<PasswordForm>) -> Reply {
    let person = present(&req)?;
    let (app, actor) = (&req.app, req.actor());
    let changed = identity::change_password(
        &app.db,
        &app.hasher,
        &app.clock,
        req.tenant.id,
        &actor,
        person.session,
        &form,
    )
    .await;
    match changed {
        Ok(()) => Ok(req.go("/account", Some(Notice::PasswordChanged))),
        Err(problem) => {
            let sessions = own_sessions(&req).await?;
            let l = req.locale;
            req.page_again(problem, &t::title(l), |problem| {
                page::account(&req, &person, &sessions, FormView::new(l, Some(problem)))
            })
        }
    }
}

async fn end(req: Req, Id(session): Id<SessionId>) -> Reply {
    let person = present(&req)?;
    if session == person.session {
        return sign_out(req).await;
    }
    req.act(async |cx| identity::revoke(cx, session).await)
        .await?;
    Ok(ended(&req, 1))
}

async fn end_others(req: Req) -> Reply {
    let person = present(&req)?;
    let n = req
        .act(async |cx| identity::revoke_others(cx, person.session).await)
        .await?;
    Ok(ended(&req, i64::try_from(n).unwrap_or_default()))
}

fn ended(req: &Req, n: i64) -> Response {
    req.go("/account", Some(Notice::SessionsEnded(n)))
}

/// What a person recognises a browser by: its name and its system.
fn browser_name(user_agent: &str) -> Option<String> {
    // Order matters: Edge and Opera also say Chrome, Chrome also says Safari.
    let browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(sign, _)| user_agent.contains(sign))
            .map(|(_, name)| *name)
    };
    match (find(&browsers), find(&systems)) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36";
        assert_eq!(browser_name(chrome).as_deref(), Some("Chrome, Linux"));
        assert_eq!(browser_name("curl/8"), None);
    }

    #[test]
    fn signing_in_leads_to_our_own_pages_only() {
        let path = |next: &str| Next { next: next.into() }.path().to_owned();
        assert_eq!(path("/members?q=a"), "/members?q=a");
        for bad in ["", "https://x", "//x", "/\\x", "/a\nb", "javascript:1"] {
            assert_eq!(path(bad), "/", "{bad}");
        }
    }
}
