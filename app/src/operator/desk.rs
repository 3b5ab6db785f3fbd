//! What is known of a request on the operators' host. An organisation's session is worth
//! nothing here, and the session of an operator nothing anywhere else.

use crate::http::Asker;
use crate::locales::operator as t;
use crate::request::{App, Failure, cookie, locale_of, nonce, origin_of};
use crate::shell::{self, Entry, Frame, Width};
use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use axum::response::{Html, IntoResponse, Response};
use domain::identity::Origin;
use domain::kernel::{Code, Locale, Problem};
use domain::portal::Operator;
use domain::portal::operators::{self, SignedIn};
use leptos::prelude::*;
use std::sync::Arc;

/// What is known of one request.
#[derive(Clone)]
pub struct Desk(Arc<Known>);

/// The parts of [`Desk`].
pub struct Known {
    /// What the whole server shares.
    pub app: App,
    /// The operator who asks, where one has signed in.
    pub signed_in: Option<SignedIn>,
    /// The language of the answer.
    pub locale: Locale,
    /// From where.
    pub origin: Origin,
    path: String,
    nonce: String,
}

impl std::ops::Deref for Desk {
    type Target = Known;
    fn deref(&self) -> &Known {
        &self.0
    }
}

impl Desk {
    /// Finds out what is to be known of a request.
    ///
    /// # Errors
    /// The database's own.
    pub async fn of(app: &App, parts: &Parts) -> Result<Self, Problem> {
        let origin = origin_of(app, parts);
        let signed_in = match cookie(&parts.headers, session_cookie(app)) {
            Some(token) => operators::resume(&app.db, &app.clock, token, &origin).await?,
            None => None,
        };
        Ok(Self(Arc::new(Known {
            app: app.clone(),
            signed_in,
            locale: locale_of(&parts.headers).unwrap_or_default(),
            origin,
            path: parts.uri.path().to_owned(),
            nonce: nonce()?,
        })))
    }

    /// The operator who asks.
    ///
    /// # Errors
    /// [`Code::SignInNeeded`] for everybody else.
    pub fn operator(&self) -> Result<Operator, Problem> {
        let who = self.signed_in.as_ref().map(SignedIn::operator);
        who.ok_or_else(|| Problem::new(Code::SignInNeeded))
    }

    /// A page: 200.
    pub fn page(&self, title: &str, body: impl IntoView) -> Response {
        self.page_with(StatusCode::OK, title, Width::Wide, body)
    }

    /// A page with a status.
    pub fn page_with(
        &self,
        status: StatusCode,
        title: &str,
        width: Width,
        body: impl IntoView,
    ) -> Response {
        let l = self.locale;
        let title = format!("{title} · {}", t::title(l));
        let (nav, person) = (self.navigation(), self.person());
        let frame = Frame {
            locale: l,
            brand: t::title(l).into_owned(),
            path: &self.path,
            signed_in: person.map(|person| (nav, person)),
        };
        (
            status,
            Html(shell::plain_document(frame, &title, width, body)),
        )
            .into_response()
    }

    fn navigation(&self) -> AnyView {
        let l = self.locale;
        let entries = [
            Entry::new("/", t::tenants(l)),
            Entry::new("/proofs", t::isolation(l)),
            Entry::new("/record", t::record(l)),
        ];
        shell::nav(l, &self.path, vec![(None, entries.into())])
    }

    fn person(&self) -> Option<AnyView> {
        let name = self.signed_in.as_ref()?.name().to_owned();
        Some(view! { <span>{name}</span> }.into_any())
    }
}

/// The name of an operator's cookie: another one than that of an organisation's people.
pub fn session_cookie(app: &App) -> &'static str {
    match app.secure {
        true => "__Host-operator",
        false => "operator",
    }
}

impl Asker for Desk {
    fn locale(&self) -> Locale {
        self.locale
    }

    fn nonce(&self) -> &str {
        &self.nonce
    }

    fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    fn problem(&self, status: StatusCode, title: &str, body: AnyView) -> Response {
        self.page_with(status, title, Width::Narrow, body)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(|| Failure(Problem::internal("a route without its request's desk")))
    }
}
