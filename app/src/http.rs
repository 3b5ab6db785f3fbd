//! Around every route: the request's context, the same-origin rule, headers, limits,
//! and the page that says what went wrong.

use crate::request::{App, Failure, Mode, Req, go, host_of, status_of};
use crate::shell::Width;
use crate::typed::{KEPT_MAX, Typed};
use crate::{account, assets, locales, operator, pages, ui};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::kernel::{Code, Locale, Problem, problem::Class};
use leptos::prelude::AnyView;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The largest body of a request: an import's file and a little.
pub const BODY_MAX: usize = 9 << 20;
/// The longest that a request may take.
const TIME_MAX: Duration = Duration::from_secs(60);

/// The whole site.
pub fn site(app: App) -> Router {
    Router::new()
        .merge(assets::router())
        .route("/health", get(async || "ok"))
        .layer(middleware::from_fn(outside))
        // No secret of a person's stands in a page beside what somebody else chose, so that
        // compressing both together tells nothing (BREACH).
        .merge(hosts(&app).layer(CompressionLayer::new()))
        .layer(middleware::from_fn_with_state(app, headers))
}

/// Every route behind the door: what `pages` lists.
pub fn routes() -> Router<App> {
    pages::routes()
}

/// Every route of the operators' host.
pub fn operator_routes() -> Router<App> {
    operator::routes()
}

/// The pages of organisations, and those of operators on the one host that is theirs: neither
/// are there on the other's.
fn hosts(app: &App) -> Router {
    let tenants = guarded(app.clone(), routes());
    let Some(host) = app.operator_host.clone() else {
        return tenants;
    };
    let operators = operator::guarded(app.clone());
    Router::new().fallback_service(tower::service_fn(move |request: Request| {
        let is_theirs = host_of(request.headers()).is_some_and(|asked| asked == host);
        let site = if is_theirs { &operators } else { &tenants };
        site.clone().oneshot(request)
    }))
}

/// Routes with all that stands around them.
fn guarded(app: App, routes: Router<App>) -> Router {
    walled(app.clone(), routes)
        .layer(middleware::from_fn_with_state(app.clone(), around))
        .with_state(app)
}

/// Routes that end neither in a panic nor never. What is laid around them stands before the
/// choice of a route, and writes the page of a panic and of a time-out.
pub(crate) fn walled(app: App, routes: Router<App>) -> Router<App> {
    let panicked = |_: Box<dyn std::any::Any + Send>| {
        Failure(Problem::internal("a handler panicked")).into_response()
    };
    let routes = routes.fallback(missing).with_state(app);
    Router::new()
        .fallback_service(routes)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(in_time))
        .layer(DefaultBodyLimit::max(BODY_MAX))
}

/// The header by which a live form says that it follows a redirect by itself.
const LIVE: &str = "x-live";
/// Where a live form goes next. A redirect would be followed unseen, and what it says once
/// would be lost.
const LIVE_NEXT: &str = "x-next";

async fn missing() -> Failure {
    Failure(Problem::new(Code::NotFound))
}

/// Finds the request's context, holds the same-origin rule, and turns a problem into a page.
async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = format!("{} {}", parts.method, loggable(parts.uri.path()));
    let req = match Req::of(&app, &parts, Mode::Act).await {
        Ok(req) => req,
        Err(problem) => return bare_page(&asked, &problem, &parts.headers),
    };
    if !is_safe(&parts.method) {
        return change(app, req, asked, Request::from_parts(parts, body), next).await;
    }
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(req.clone());
    finish(&req, &asked, next.run(request).await)
}

/// What the page of a problem needs to know of a request, of a person or of an operator.
pub(crate) trait Asker {
    /// The language of the answer.
    fn locale(&self) -> Locale;
    /// The nonce of the answer's scripts.
    fn nonce(&self) -> &str;
    /// Whether somebody has signed in.
    fn is_signed_in(&self) -> bool;
    /// The page around a problem.
    fn problem(&self, status: StatusCode, title: &str, body: AnyView) -> Response;
}

impl Asker for Req {
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

/// A problem becomes a page; a page says which scripts are its own.
pub(crate) fn finish(asker: &impl Asker, asked: &str, response: Response) -> Response {
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    let mut response = match problem {
        Some(problem) => problem_page(asker, asked, &problem),
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            let page = problem_page(asker, asked, &Problem::new(Code::WrongMethod));
            allowing(page, &response)
        }
        None => response,
    };
    let nonce = Nonce(asker.nonce().to_owned());
    response.extensions_mut().insert(nonce);
    response
}

/// A page that names the methods which the router named.
fn allowing(mut page: Response, router: &Response) -> Response {
    if let Some(methods) = router.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, methods.clone());
    }
    page
}

/// What stands outside the door answers a wrong method with a page too.
async fn outside(request: Request, next: Next) -> Response {
    let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let asked = format!("{} {}", request.method(), request.uri().path());
    let response = next.run(request).await;
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let language = language.map(|language| (header::ACCEPT_LANGUAGE, language));
    let known: HeaderMap = language.into_iter().collect();
    let problem = Problem::new(Code::WrongMethod);
    allowing(bare_page(&asked, &problem, &known), &response)
}

/// A request that may change something: from this very origin only. Where the session ended
/// meanwhile, what was typed comes back on the page of signing in, and after it.
async fn change(app: App, req: Req, asked: String, request: Request, next: Next) -> Response {
    if !is_same_origin(request.headers(), app.secure) {
        let refused = Failure(Problem::new(Code::WrongOrigin)).into_response();
        return finish(&req, &asked, refused);
    }
    let (mut request, typed) = match &req.signed_in {
        Some(_) => (request, Typed::default()),
        None => remember(request).await,
    };
    let is_live = request.headers().contains_key(LIVE);
    request.extensions_mut().insert(req.clone());
    let (head, body) = request.into_parts();
    let again = head.clone();
    let request = Request::from_parts(head, body);
    let mut response = next.clone().run(request).await;
    if let Some(Again { typed, cookie }) = response.extensions_mut().remove() {
        return show_again(&app, again, typed, &cookie, response, next).await;
    }
    let problem = response.extensions().get::<Arc<Problem>>().cloned();
    if problem.is_some_and(|p| p.code == Code::SignInNeeded) && req.signed_in.is_none() {
        response = account::sign_in_again(&req, &typed);
    }
    let mut response = finish(&req, &asked, response);
    if is_live {
        said_in_a_header(&mut response);
    }
    response
}

/// Keeps what a form brought, where it comes from nobody: it may be that the session ended
/// while somebody typed. What is too long, or no form, is passed on unread.
async fn remember(request: Request) -> (Request, Typed) {
    if !is_short_form(request.headers()) {
        return (request, Typed::default());
    }
    let (parts, body) = request.into_parts();
    // What breaks off here is refused by the handler, which finds it empty.
    let body = axum::body::to_bytes(body, KEPT_MAX)
        .await
        .unwrap_or_default();
    let at = parts.uri.path_and_query().map_or("/", |at| at.as_str());
    let typed = Typed::of(at, &body);
    (Request::from_parts(parts, body.into()), typed)
}

fn is_short_form(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let length = text(header::CONTENT_LENGTH).and_then(|n| n.parse::<usize>().ok());
    text(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        && length.is_some_and(|n| n <= KEPT_MAX)
}

/// Asks for a form to be shown again with what was typed, to who has just signed in.
#[derive(Clone)]
pub struct Again {
    /// What was typed, by this very person.
    pub typed: Typed,
    /// The cookie of the session that was just opened.
    pub cookie: String,
}

/// The page of the form that could not be taken before, filled in. Its own handler makes it,
/// as it makes the page of a form with problems; nothing changes meanwhile ([`Mode::Look`]).
async fn show_again(
    app: &App,
    mut head: Parts,
    typed: Typed,
    cookie: &str,
    signed_in: Response,
    next: Next,
) -> Response {
    let (at, body) = typed.into_parts();
    // The new session first: it is the one that is found.
    let old = head.headers.get(header::COOKIE);
    let old = old.and_then(|v| v.to_str().ok()).unwrap_or_default();
    let cookies = HeaderValue::from_str(&format!("{cookie}; {old}"));
    let (Ok(uri), Ok(cookie)) = (at.parse(), cookies) else {
        return signed_in;
    };
    head.uri = uri;
    head.headers.insert(header::COOKIE, cookie);
    head.headers.remove(header::CONTENT_LENGTH);
    let asked = format!("{} {} (again)", head.method, head.uri.path());
    let req = match Req::of(app, &head, Mode::Look).await {
        Ok(req) => req,
        Err(problem) => return bare_page(&asked, &problem, &head.headers),
    };
    let mut request = Request::from_parts(head, body.into());
    request.extensions_mut().insert(req.clone());
    let mut response = finish(&req, &asked, next.run(request).await);
    for cookie in signed_in.headers().get_all(header::SET_COOKIE) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// A redirect as a live form reads it.
fn said_in_a_header(response: &mut Response) {
    if response.status() == StatusCode::SEE_OTHER
        && let Some(to) = response.headers_mut().remove(header::LOCATION)
    {
        response.headers_mut().insert(LIVE_NEXT, to);
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
}

/// A path as it may stand in the log: what follows in a one-time link is a secret.
pub(crate) fn loggable(path: &str) -> &str {
    match path.starts_with(account::welcome::PATH) {
        true => account::welcome::PATH,
        false => path,
    }
}

pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether an unsafe request comes from this very origin: scheme, host and port. A
/// sibling tenant is another origin. A request that says nothing of where it comes
/// from is refused: every browser of today says it.
pub(crate) fn is_same_origin(headers: &HeaderMap, secure: bool) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let Some(host) = text(header::HOST) else {
        return false;
    };
    let scheme = if secure { "https" } else { "http" };
    match (
        text(header::ORIGIN),
        text(HeaderName::from_static("sec-fetch-site")),
    ) {
        (Some(origin), site) => {
            origin.eq_ignore_ascii_case(&format!("{scheme}://{host}"))
                && site.is_none_or(|s| s == "same-origin")
        }
        (None, Some(site)) => site == "same-origin",
        (None, None) => false,
    }
}

/// A page for a problem. What is ours to mend is logged, once, here.
fn problem_page(asker: &impl Asker, asked: &str, problem: &Problem) -> Response {
    log(asked, problem);
    let signs_in = problem.code == Code::SignInNeeded && !asker.is_signed_in();
    if signs_in && asked.starts_with("GET ") {
        let next = asked.trim_start_matches("GET ");
        let to = if next == "/" {
            "/login".into()
        } else {
            format!("/login?next={next}")
        };
        return go(&to);
    }
    let l = asker.locale();
    let title = title_of(l, &problem.code);
    let page = ui::problem_page(l, &title, problem);
    asker.problem(status_of(&problem.code), &title, page)
}

fn title_of(l: Locale, code: &Code) -> locales::Text {
    use locales::frame as t;
    match code.class() {
        Class::Missing => t::not_found_title(l),
        Class::Refused => t::refused_title(l),
        Class::SignIn => t::sign_in_title(l),
        Class::Limit => t::limit_title(l),
        Class::Invalid | Class::Conflict | Class::Ours => t::failed_title(l),
    }
}

/// A page where not even the organisation is known.
pub(crate) fn bare_page(asked: &str, problem: &Problem, headers: &HeaderMap) -> Response {
    log(asked, problem);
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok());
    let l = wanted
        .and_then(Locale::from_accept_language)
        .unwrap_or_default();
    let html = crate::shell::bare_document(l, &title_of(l, &problem.code), problem);
    (status_of(&problem.code), axum::response::Html(html)).into_response()
}

fn log(asked: &str, problem: &Problem) {
    match problem.code.class() {
        // The operator may be told by mail of the place and the page, and of nothing else.
        Class::Ours => {
            tracing::error!(asked, at = %problem.place(), "{}", problem.log_line());
        }
        Class::Limit => tracing::warn!(asked, "{}", problem.log_line()),
        _ => tracing::debug!(asked, "{}", problem.log_line()),
    }
}

/// Ends a request that takes too long. The transaction it held is rolled back.
async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure(Problem::new(Code::Busy)).into_response(),
    }
}

/// The nonce of the page's scripts, on its way to the header.
#[derive(Clone)]
struct Nonce(String);

/// The headers of every answer.
async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let nonce = response
        .extensions()
        .get::<Nonce>()
        .map(|n| format!(" 'nonce-{}'", n.0));
    let policy = format!(
        "default-src 'none'; script-src 'self'{} 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'; manifest-src 'self'",
        nonce.unwrap_or_default()
    );
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    // A page may say less of itself to those it leads to.
    let referrer = HeaderValue::from_static("same-origin");
    headers.entry(header::REFERRER_POLICY).or_insert(referrer);
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("content-security-policy", &policy);
    set("x-content-type-options", "nosniff");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set(
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=()",
    );
    if app.secure {
        set("strict-transport-security", "max-age=31536000");
    }
    if is_page {
        // Pages show people's data: no cache keeps them, and Back asks again.
        set("cache-control", "no-store");
        set("vary", "Cookie, Accept-Language");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.insert(*name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn only_this_very_origin_may_change_anything() {
        let host = ("host", "nuage.localhost:3000");
        let own = ("origin", "http://nuage.localhost:3000");
        assert!(is_same_origin(&headers(&[host, own]), false));
        assert!(is_same_origin(
            &headers(&[host, own, ("sec-fetch-site", "same-origin")]),
            false
        ));
        assert!(is_same_origin(
            &headers(&[host, ("sec-fetch-site", "same-origin")]),
            false
        ));
        for bad in [
            vec![host],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "http://autre.localhost:3000")],
            vec![host, ("origin", "http://localhost:3000")],
            vec![host, ("origin", "https://nuage.localhost:3000")],
            vec![host, ("origin", "http://nuage.localhost")],
            vec![host, own, ("sec-fetch-site", "same-site")],
            vec![host, ("sec-fetch-site", "same-site")],
            vec![host, ("sec-fetch-site", "none")],
            vec![own],
        ] {
            assert!(!is_same_origin(&headers(&bad), false), "{bad:?}");
        }
        assert!(!is_same_origin(&headers(&[host, own]), true));
    }

    #[test]
    fn a_links_token_stays_out_of_the_log() {
        assert_eq!(loggable("/welcome/0123456789abcdef"), "/welcome/");
        assert_eq!(loggable("/members/1"), "/members/1");
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_a_page() {
        use tower::ServiceExt;
        let bench = domain::db::testing::Bench::sqlite().await;
        let app = Arc::new(crate::request::Shared {
            db: bench.db.clone(),
            hasher: domain::identity::Hasher::cheap(),
            jobs: crate::jobs::Jobs::default(),
            mail: crate::mailing::Mailing::new("http", "localhost", None, None, None),
            plugins: domain::plugins::Registry::default(),
            clock: domain::context::Clock::System,
            base_domain: "localhost".into(),
            default_tenant: domain::kernel::Slug::parse(&bench.tenant.slug).ok(),
            operator_host: None,
            secure: false,
            bank: domain::bank::Keys::default(),
            audit_keys: chain::PublicKeys::default(),
            address_header: None,
        });
        let routes =
            Router::new().route("/", get(async || -> &'static str { panic!("on purpose") }));
        let request = axum::http::Request::get("/").header("host", "localhost");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let response = guarded(app, routes).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), BODY_MAX)
            .await
            .unwrap();
        let page = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            page.contains("<h1>") && page.contains("<code>internal</code>"),
            "{page}"
        );
        assert!(!page.contains("on purpose"), "{page}");
    }
}
