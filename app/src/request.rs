//! The doors from HTTP into the domain. [`Req`] is what is known of a request
//! (tenant, person, language); [`Req::view`] reads and [`Req::act`] changes.
//! Nothing else opens a transaction for a request.

mod headers;
mod parts;

pub use headers::cookie;
pub use parts::{Asked, Id, Posted};

pub(crate) use headers::{host_of, origin_of};
use headers::{tenant_of, text_header};

use crate::jobs::Jobs;
use crate::locales::notices::Notice;
use crate::mailing::Mailing;
use crate::shell::{self, Width};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use domain::access::{Actor, Rights, Via};
use domain::bank::Keys;
use domain::context::{Clock, Cx};
use domain::db::{Db, Tx};
use domain::identity::{self, Hasher, SignedIn};
use domain::kernel::problem::Class;
use domain::kernel::{Code, Locale, Problem, Slug};
use domain::plugins::Registry;
use domain::portal::Tenant;
use domain::settings::{self, Settings};
use leptos::prelude::*;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the whole server shares.
pub struct Shared {
    /// The storage.
    pub db: Db,
    /// The password hasher, with its limit on parallel work.
    pub hasher: Hasher,
    /// Work that may outlive its request.
    pub jobs: Jobs,
    /// How mail leaves it.
    pub mail: Mailing,
    /// The plugins that organisations may set up.
    pub plugins: Registry,
    /// The time.
    pub clock: Clock,
    /// The domain under which tenants have their names, without a port: `localhost`.
    pub base_domain: String,
    /// The tenant that answers on the base domain itself, by name.
    pub default_tenant: Option<Slug>,
    /// The host of the operators' pages, without a port; none means that there are none.
    pub operator_host: Option<String>,
    /// Whether browsers reach this server through TLS.
    pub secure: bool,
    /// The keys of bank details; none where none is configured.
    pub bank: Keys,
    /// The public keys of the audit's checkpoints; none where none are signed.
    pub audit_keys: chain::PublicKeys,
    /// The header in which a trusted proxy gives the browser's address, in lower case.
    pub address_header: Option<String>,
}

/// The shared state, cheap to clone.
pub type App = Arc<Shared>;

/// Whether a request may change anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As the person may.
    Act,
    /// Nothing: a form that came without a session is shown again, filled in.
    Look,
}

/// What is known of one request.
#[derive(Clone)]
pub struct Req(Arc<Known>);

/// The parts of [`Req`].
pub struct Known {
    /// What the whole server shares.
    pub app: App,
    /// The organisation whose address was asked.
    pub tenant: Tenant,
    /// What it has decided for itself.
    pub settings: Settings,
    /// Who asks, where somebody has signed in.
    pub signed_in: Option<SignedIn>,
    /// The language of the answer.
    pub locale: Locale,
    /// From where.
    pub origin: identity::Origin,
    /// The path, as it was asked.
    pub path: String,
    /// The path with its query: a page that can be come back to.
    pub at: String,
    /// The nonce of the answer's scripts.
    pub nonce: String,
    /// What was done just before.
    pub notice: Option<Notice>,
    /// How many payments wait: shown to crews in the navigation.
    waiting: AtomicI64,
    /// The transaction in which all this was read: the page of a `GET` is read in it too.
    tx: Mutex<Option<Tx>>,
    /// Whether anything may change.
    pub mode: Mode,
}

impl std::ops::Deref for Req {
    type Target = Known;
    fn deref(&self) -> &Known {
        &self.0
    }
}

/// A problem on its way to the person who asked.
#[derive(Debug)]
pub struct Failure(pub Problem);

impl<E: Into<Problem>> From<E> for Failure {
    fn from(problem: E) -> Self {
        Self(problem.into())
    }
}

/// What a handler gives.
pub type Reply = Result<Response, Failure>;

impl IntoResponse for Failure {
    /// The bare status; the middleware writes the page, which needs the language.
    fn into_response(self) -> Response {
        let mut response = status_of(&self.0.code).into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// The HTTP status of a code.
pub fn status_of(code: &Code) -> StatusCode {
    match (code, code.class()) {
        (Code::TooLarge { .. }, _) => StatusCode::PAYLOAD_TOO_LARGE,
        (Code::SignInLocked { .. }, _) => StatusCode::TOO_MANY_REQUESTS,
        (Code::WrongMethod, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Code::BadRequest, _) => StatusCode::BAD_REQUEST,
        // Who has signed in again sees their form: nothing went wrong.
        (Code::LookAgain, _) => StatusCode::OK,
        (_, Class::Invalid) => StatusCode::UNPROCESSABLE_ENTITY,
        (_, Class::SignIn) => StatusCode::UNAUTHORIZED,
        (_, Class::Refused) => StatusCode::FORBIDDEN,
        (_, Class::Missing) => StatusCode::NOT_FOUND,
        (_, Class::Conflict) => StatusCode::CONFLICT,
        (_, Class::Limit) => StatusCode::SERVICE_UNAVAILABLE,
        (_, Class::Ours) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Req {
    /// Finds out what is to be known of a request: one look at the tenant's data.
    ///
    /// # Errors
    /// [`Code::UnknownTenant`] where no organisation answers at this address.
    pub async fn of(app: &App, parts: &Parts, mode: Mode) -> Result<Self, Problem> {
        let tenant = tenant_of(app, &parts.headers).await?;
        let origin = origin_of(app, parts);
        let tx = app.db.read(tenant.id).await?;
        let nobody = Actor::nobody(origin.address.clone());
        let mut cx = Cx::new(
            tenant.id,
            nobody,
            app.clock.now(),
            settings::DEFAULT_ZONE,
            tx,
        );
        let settings = settings::get(&mut cx).await?;
        let signed_in = match cookie(&parts.headers, session_cookie(app.secure)) {
            Some(token) => identity::resume(&mut cx, token).await?,
            None => None,
        };
        let mut waiting = 0;
        if let Some(person) = &signed_in
            && person.rights.is_crew()
        {
            cx.actor.rights = person.rights.clone();
            waiting = domain::payments::waiting_count(&mut cx).await?;
        }
        let mut tx = (parts.method == Method::GET).then_some(cx.tx);
        if let Some(person) = &signed_in
            && person.touch_due
        {
            // Nobody waits for a second connection while they hold a first.
            drop(tx.take());
            identity::touch(&app.db, &app.clock, tenant.id, person.session).await?;
        }
        let chosen = signed_in.as_ref().and_then(|p| p.locale);
        let locale = chosen
            .or_else(|| locale_of(&parts.headers))
            .unwrap_or(settings.locale);
        Ok(Self(Arc::new(Known {
            app: app.clone(),
            tenant,
            settings,
            signed_in,
            locale,
            origin,
            path: parts.uri.path().to_owned(),
            at: parts
                .uri
                .path_and_query()
                .map(|at| at.as_str().to_owned())
                .unwrap_or_default(),
            nonce: nonce()?,
            notice: cookie(&parts.headers, "notice").and_then(Notice::from_cookie),
            waiting: AtomicI64::new(waiting),
            tx: Mutex::new(tx),
            mode,
        })))
    }

    /// How many payments wait.
    pub fn waiting(&self) -> i64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Says how many wait now, where this very request has changed it: the page around an
    /// answer counts as the answer does.
    pub fn now_waiting(&self, waiting: i64) {
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    /// Who acts.
    pub fn actor(&self) -> Actor {
        let via = Via::Web {
            address: self.origin.address.clone(),
        };
        match &self.signed_in {
            Some(person) => Actor {
                person: Some(person.person),
                name: person.name.clone(),
                rights: person.rights.clone(),
                via,
            },
            None => Actor::nobody(self.origin.address.clone()),
        }
    }

    /// What the person may do; nothing for nobody.
    pub fn rights(&self) -> Rights {
        self.signed_in
            .as_ref()
            .map(|p| p.rights.clone())
            .unwrap_or_default()
    }

    /// The tenant's time zone.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.settings.zone.parse().unwrap_or(settings::DEFAULT_ZONE)
    }

    /// Today, where the tenant lives.
    pub fn today(&self) -> domain::kernel::Day {
        self.app
            .clock
            .now()
            .with_timezone(&self.zone())
            .date_naive()
    }

    /// Reads in one transaction.
    ///
    /// # Errors
    /// The use-case's own.
    pub async fn view<T>(
        &self,
        read: impl AsyncFnOnce(&mut Cx) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let begun = self
            .tx
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let tx = match begun {
            Some(tx) => tx,
            None => self.app.db.read(self.tenant.id).await?,
        };
        let now = self.app.clock.now();
        let mut cx = Cx::new(self.tenant.id, self.actor(), now, self.zone(), tx);
        read(&mut cx).await
    }

    /// Changes in one transaction, which is committed where the use-case succeeds.
    ///
    /// # Errors
    /// The use-case's own.
    pub async fn act<T>(
        &self,
        change: impl AsyncFnOnce(&mut Cx) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        // What is changed is read anew, behind whoever changes it now.
        drop(
            self.tx
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let tx = self.app.db.write(self.tenant.id).await?;
        let now = self.app.clock.now();
        let mut cx = Cx::new(self.tenant.id, self.actor(), now, self.zone(), tx);
        let value = change(&mut cx).await?;
        if self.mode == Mode::Look {
            // It could be done, and is not: the transaction ends with `cx`.
            return Err(Problem::new(Code::LookAgain));
        }
        cx.commit().await?;
        Ok(value)
    }

    /// A page: 200.
    pub fn page(&self, title: &str, body: impl IntoView) -> Response {
        self.page_with(StatusCode::OK, title, Width::Wide, body)
    }

    /// A narrow page, for a form: 200.
    pub fn form_page(&self, title: &str, body: impl IntoView) -> Response {
        self.page_with(StatusCode::OK, title, Width::Narrow, body)
    }

    /// A page with a status.
    pub fn page_with(
        &self,
        status: StatusCode,
        title: &str,
        width: Width,
        body: impl IntoView,
    ) -> Response {
        let html = shell::document(self, title, width, body);
        let mut response = (status, axum::response::Html(html)).into_response();
        if self.notice.is_some() {
            self.set_cookie(&mut response, "notice", "", Some(0));
        }
        response
    }

    /// A form shown again after a problem, with the status of the problem. What is
    /// not the person's doing is passed on: it has a page of its own.
    ///
    /// # Errors
    /// The problem, where it is not one that a form can show.
    pub fn page_again(
        &self,
        problem: Problem,
        title: &str,
        body: impl FnOnce(&Problem) -> AnyView,
    ) -> Reply {
        match problem.code.class() {
            Class::Invalid | Class::Conflict | Class::Limit => {
                let view = body(&problem);
                Ok(self.page_with(status_of(&problem.code), title, Width::Narrow, view))
            }
            _ => Err(Failure(problem)),
        }
    }

    /// On to another page, which says what was done (303 after a form was taken).
    pub fn go(&self, to: &str, notice: Option<Notice>) -> Response {
        let mut response = go(to);
        if let Some(notice) = notice {
            self.set_cookie(&mut response, "notice", &notice.to_cookie(), Some(60));
        }
        response
    }

    /// Sets a cookie for this very host; `max_age` is in seconds, none lives as long
    /// as the browser, zero takes it away.
    pub fn set_cookie(
        &self,
        response: &mut Response,
        name: &str,
        value: &str,
        max_age: Option<i64>,
    ) {
        set_cookie(&self.app, response, (name, value), max_age);
    }

    /// The name of the session's cookie.
    pub fn session_cookie(&self) -> &'static str {
        session_cookie(self.app.secure)
    }
}

/// On to another page of this site (303 after a form was taken).
pub(crate) fn go(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    // Only our own paths get here; anything else leads home.
    let to = if is_own_path(to) { to } else { "/" };
    if let Ok(value) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// Sets a cookie for this very host: see [`Req::set_cookie`].
pub(crate) fn set_cookie(
    app: &App,
    response: &mut Response,
    (name, value): (&str, &str),
    max_age: Option<i64>,
) {
    let secure = if app.secure { "; Secure" } else { "" };
    let age = max_age
        .map(|s| format!("; Max-Age={s}"))
        .unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The language that a browser chose before, or asks for.
pub(crate) fn locale_of(headers: &HeaderMap) -> Option<Locale> {
    cookie(headers, "locale")
        .and_then(Locale::from_tag)
        .or_else(|| {
            let header = text_header(headers, header::ACCEPT_LANGUAGE)?;
            Locale::from_accept_language(header)
        })
}

/// Where there is TLS, the prefix makes browsers refuse a cookie that another
/// (sub)domain set (RFC 6265bis, 4.1.3.2).
fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// Whether a text is a path on this site and nothing else: no other host, no control characters.
pub fn is_own_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && !text.starts_with("/\\")
        && text.len() <= 2000
        && text.chars().all(|c| c.is_ascii_graphic())
}

pub(crate) fn nonce() -> Result<String, Problem> {
    let mut random = [0_u8; 16];
    domain::context::fill_random(&mut random)?;
    Ok(random.iter().map(|b| format!("{b:02x}")).collect())
}
