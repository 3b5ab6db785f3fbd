//! The document around every page: head, navigation, main. A page without an island
//! loads no WASM, and one without a form to fill in no script at all.

use crate::locales::{Text, addresses as ta, frame as t, live};
use crate::request::Req;
use crate::{assets, payments, typed, ui};
use domain::kernel::{Locale, PartyId, Problem, Right};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use std::sync::Arc;

/// Renders a view to HTML, with islands marked for the browser.
pub fn render(view: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    owner.with(|| view().to_html())
}

/// How wide a page is: forms and short texts are narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Tables and details.
    Wide,
    /// Forms and short texts.
    Narrow,
}

/// Takes out the markers that only hydration needs.
fn without_markers(html: &str) -> String {
    html.replace("<!>", "")
}

/// A whole page.
pub fn document(req: &Req, title: &str, width: Width, body: impl IntoView) -> String {
    let body = body.into_any();
    let l = req.locale;
    let body = render(move || body);
    let has_island = body.contains("<leptos-island");
    let mut scripts = String::new();
    if has_island {
        scripts.push_str(&island_script(&req.nonce));
    }
    if let Some(person) = &req.signed_in
        && (has_typed_form(&body) || req.notice.is_some())
    {
        scripts.push_str(&form_script(&req.nonce, l, person.person));
    }
    if body.contains(" data-text=\"") {
        scripts.push_str(&copy_script(&req.nonce, l));
    }
    if body.contains(" data-verifier=\"") {
        scripts.push_str(&verify_script(&req.nonce));
    }
    let body = if has_island {
        body
    } else {
        without_markers(&body)
    };
    let title = format!("{title} · {}", req.settings.title);
    let body = signed(req, body);
    let brand = req.settings.title.clone();
    let inner = render(|| {
        let body = with_notice(req, body);
        match &req.signed_in {
            Some(person) => {
                let name = person.name.clone();
                let person = view! { <a href="/account">{name}</a> }.into_any();
                framed(l, brand, (navigation(req), person), &req.path, width, body)
            }
            None => alone(l, brand, &req.path, body),
        }
    });
    page(l, &title, &inner, &scripts, req.signed_in.is_some())
}

/// What stands around a page that loads no script: an operator's.
pub(crate) struct Frame<'a> {
    /// The language.
    pub locale: Locale,
    /// Whose pages these are.
    pub brand: String,
    /// The path that was asked.
    pub path: &'a str,
    /// The navigation and the name of the one who has signed in, where somebody has.
    pub signed_in: Option<(AnyView, AnyView)>,
}

/// A whole page without islands and scripts.
pub(crate) fn plain_document(
    frame: Frame<'_>,
    title: &str,
    width: Width,
    body: impl IntoView,
) -> String {
    let l = frame.locale;
    let body = body.into_any();
    let body = without_markers(&render(move || body));
    let is_framed = frame.signed_in.is_some();
    let inner = render(|| match frame.signed_in {
        Some((nav, person)) => framed(l, frame.brand, (nav, person), frame.path, width, body),
        None => alone(l, frame.brand, frame.path, body),
    });
    page(l, title, &inner, "", is_framed)
}

/// Whether a page has a form in which something can be lost: the one that fetches a list as a
/// file holds nothing that anybody typed.
fn has_typed_form(body: &str) -> bool {
    let forms = body.matches(" method=\"post\"").count();
    forms > body.matches(" method=\"post\" action=\"/exports\"").count()
}

/// A page where no organisation is known.
pub fn bare_document(l: Locale, title: &str, problem: &Problem) -> String {
    let heading = title.to_owned();
    let text = crate::locales::problems::text(l, &problem.code);
    let inner = render(|| {
        view! {
            <main id="main" tabindex="-1">
                <div class="card stack">
                    <h1>{heading}</h1>
                    <p>{text}</p>
                </div>
            </main>
        }
        .into_any()
    });
    page(l, title, &inner, "", false)
}

/// The document of a body and its frame. Only an island's markers may stay in it.
fn page(l: Locale, title: &str, inner: &str, scripts: &str, framed: bool) -> String {
    let title = ui::escape(title);
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{}\">{scripts}</head>\
         <body class=\"{}\">{inner}</body></html>",
        l.tag(),
        assets::url("favicon.svg"),
        assets::url("equipage.css"),
        if framed { "frame" } else { "solo" },
    )
}

/// What verifies a file where it lies; the page says with what words.
fn verify_script(nonce: &str) -> String {
    let script = assets::url("verify.js");
    format!("<script type=\"module\" nonce=\"{nonce}\" src=\"{script}\"></script>")
}

/// What brings a page's islands to life.
fn island_script(nonce: &str) -> String {
    format!(
        "<script type=\"module\" nonce=\"{nonce}\" src=\"{}\" data-js=\"{}\" data-wasm=\"{}\"></script>",
        assets::url("islands.js"),
        assets::url("equipage.js"),
        assets::url("equipage_bg.wasm"),
    )
}

/// What keeps the forms of a page from losing anything: small, and there before any WASM. It
/// says what it has to say in the page's language.
fn form_script(nonce: &str, l: Locale, person: PartyId) -> String {
    let words = serde_json::json!({
        "unreachable": live::unreachable(l),
        "signedOut": live::signed_out(l),
        "signIn": t::sign_in(l),
        "draft": live::draft(l),
        "take": live::take(l),
        "discard": live::discard(l),
    });
    format!(
        "<script type=\"module\" nonce=\"{nonce}\" src=\"{}\" data-person=\"{person}\" data-words=\"{}\"></script>",
        assets::url("forms.js"),
        ui::escape(&words.to_string()),
    )
}

/// What puts a button beside each text that is there to be copied.
fn copy_script(nonce: &str, l: Locale) -> String {
    format!(
        "<script type=\"module\" nonce=\"{nonce}\" src=\"{}\" data-copy=\"{}\" data-copied=\"{}\"></script>",
        assets::url("copy.js"),
        ui::escape(&live::copy(l)),
        ui::escape(&live::copied(l)),
    )
}

/// Forms say whose they are.
fn signed(req: &Req, html: String) -> String {
    match &req.signed_in {
        Some(person) => typed::sign(&html, person.person),
        None => html,
    }
}

/// A page without the frame: for those who have not signed in.
fn alone(l: Locale, brand: String, path: &str, body: String) -> AnyView {
    view! {
        <a class="skip" href="#main">{t::skip(l)}</a>
        <main id="main" tabindex="-1">
            <div class="card stack">
                <a class="brand" href="/">
                    {ui::icon("mark")}
                    <span>{brand}<small>{t::product(l)}</small></span>
                </a>
                <div class="stack" inner_html=body></div>
            </div>
        </main>
        <footer>{language_form(l, path, Labels::Names)} <span>{t::footer(l)}</span></footer>
    }
    .into_any()
}

/// A page inside the frame: with the navigation, and who has signed in.
fn framed(
    l: Locale,
    brand: String,
    (navigation, person): (AnyView, AnyView),
    path: &str,
    width: Width,
    body: String,
) -> AnyView {
    let class = match width {
        Width::Wide => "page",
        Width::Narrow => "page is-narrow",
    };
    view! {
        <a class="skip" href="#main">{t::skip(l)}</a>
        <header class="frame-side">
            <a class="brand" href="/">
                {ui::icon("mark")}
                <span>{brand}<small>{t::product(l)}</small></span>
            </a>
            <details class="frame-menu"><summary>{ui::icon("plus")} " " {t::menu(l)}</summary></details>
            <div class="frame-sheet">
                <nav aria-label=t::main_navigation(l)>{navigation}</nav>
                <div class="person">
                    <div class="split">
                        {person}
                        {language_form(l, path, Labels::Tags)}
                    </div>
                    <form method="post" action="/logout">
                        <button class="button is-small">{ui::icon("sign-out")} " " {t::sign_out(l)}</button>
                    </form>
                </div>
            </div>
        </header>
        <main class=class id="main" tabindex="-1" inner_html=body></main>
    }
    .into_any()
}

/// The body, with what was done just before on top.
fn with_notice(req: &Req, body: String) -> String {
    match &req.notice {
        Some(notice) => {
            let more = payments::after(req, notice);
            let text = notice.text(req.locale);
            let view = match more {
                Some(more) => view! { <div class="stack"><p>{text}</p> {more}</div> }.into_any(),
                None => text.into_any(),
            };
            let html = render(move || ui::notice(ui::Tone::Success, view));
            signed(req, html) + &body
        }
        None => body,
    }
}

enum Labels {
    Tags,
    Names,
}

fn language_form(l: Locale, path: &str, labels: Labels) -> AnyView {
    let buttons = Locale::ALL
        .into_iter()
        .map(|choice| {
            let pressed = if choice == l { "true" } else { "false" };
            let label = match labels {
                Labels::Tags => choice.tag(),
                Labels::Names => choice.own_name(),
            };
            view! {
                <button name="language" value=choice.tag() lang=choice.tag() aria-pressed=pressed title=choice.own_name()>
                    {label}
                </button>
            }
        })
        .collect_view();
    view! {
        <form class="segmented" method="post" action="/language" aria-label=t::language(l)>
            <input type="hidden" name="back" value=path.to_owned()/>
            {buttons}
        </form>
    }
    .into_any()
}

/// One entry of the navigation.
pub(crate) struct Entry {
    href: &'static str,
    label: Text,
    waiting: i64,
}

impl Entry {
    /// An entry that leads there.
    pub(crate) fn new(href: &'static str, label: Text) -> Self {
        Self {
            href,
            label,
            waiting: 0,
        }
    }
}

/// Entries under a title, or under none.
pub(crate) type Group = (Option<Text>, Vec<Entry>);

/// The navigation: only what this person can open.
fn navigation(req: &Req) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let entry = Entry::new;
    let mut groups: Vec<Group> = Vec::new();
    let mut own = Vec::new();
    if rights.is_crew() {
        own.push(entry("/", t::home(l)));
    }
    own.push(entry("/me", t::my_page(l)));
    groups.push((None, own));
    if rights.is_crew() {
        groups.push((
            Some(t::members(l)),
            vec![
                entry("/members", t::members(l)),
                entry("/people", t::people(l)),
                entry("/dues", t::dues(l)),
                entry("/reminders", t::reminders(l)),
            ],
        ));
        let queue = Entry {
            waiting: req.waiting(),
            ..entry("/payments/queue", t::queue(l))
        };
        groups.push((
            Some(t::payments(l)),
            vec![
                entry("/payments", t::payments(l)),
                queue,
                entry("/receipts", t::receipts(l)),
            ],
        ));
    }
    if rights.is_crew() {
        let mut services = vec![entry("/services", t::services(l))];
        if rights.has(Right::ServiceTypes) {
            services.push(entry("/service-types", t::service_types(l)));
        }
        services.push(entry("/addresses", ta::title(l)));
        groups.push((Some(t::services(l)), services));
        let mut entries = vec![
            entry("/statistics", t::statistics(l)),
            entry("/crews", t::crews(l)),
        ];
        if rights.has(Right::Settings) {
            entries.push(entry("/journal", crate::locales::plugins::journal(l)));
            entries.push(entry("/extractions", crate::locales::extractions::title(l)));
            entries.push(entry("/audit", t::audit(l)));
            entries.push(entry("/settings", t::settings(l)));
        }
        groups.push((Some(t::organisation(l)), entries));
    }
    nav(l, &req.path, groups)
}

/// Groups of entries; the one that a path belongs to is marked.
pub(crate) fn nav(l: Locale, path: &str, groups: Vec<Group>) -> AnyView {
    let hrefs: Vec<&'static str> = groups
        .iter()
        .flat_map(|g| g.1.iter().map(|e| e.href))
        .collect();
    let current = current_entry(path, &hrefs);
    let groups = groups.into_iter().enumerate().map(|(n, (title, entries))| {
        let id = format!("nav-{n}");
        let labelled = title.is_some().then(|| id.clone());
        view! {
            {title.map(|title| view! { <p class="nav-title" id=id>{title}</p> })}
            <ul class="nav" role="list" aria-labelledby=labelled>
                {entries.into_iter().map(|e| nav_link(l, e, current)).collect_view()}
            </ul>
        }
    });
    groups.collect_view().into_any()
}

fn nav_link(l: Locale, entry: Entry, current: Option<&'static str>) -> AnyView {
    let here = (current == Some(entry.href)).then_some("page");
    let count = (entry.waiting > 0).then(|| {
        view! {
            <span class="count is-waiting">
                {l.count(entry.waiting)} <span class="visually-hidden">{t::waiting(l)}</span>
            </span>
        }
    });
    view! { <li><a href=entry.href aria-current=here>{entry.label} " " {count}</a></li> }.into_any()
}

/// The entry that a path belongs to: the longest one that leads there.
fn current_entry(path: &str, hrefs: &[&'static str]) -> Option<&'static str> {
    let leads = |href: &str| {
        path == href || (href != "/" && path.strip_prefix(href).is_some_and(|r| r.starts_with('/')))
    };
    hrefs
        .iter()
        .copied()
        .filter(|h| leads(h))
        .max_by_key(|h| h.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_fetches_a_file_needs_no_script() {
        let file = "<form class=\"actions\" method=\"post\" action=\"/exports\">";
        let typed = "<form class=\"form\" method=\"post\" action=\"/dues\">";
        assert!(!has_typed_form(file));
        assert!(!has_typed_form("<form method=\"get\">"));
        assert!(has_typed_form(&format!("{file}{typed}")));
    }

    #[test]
    fn the_navigation_marks_the_nearest_entry() {
        let hrefs = ["/", "/members", "/payments", "/payments/queue"];
        assert_eq!(current_entry("/", &hrefs), Some("/"));
        assert_eq!(current_entry("/members/1", &hrefs), Some("/members"));
        assert_eq!(
            current_entry("/payments/queue", &hrefs),
            Some("/payments/queue")
        );
        assert_eq!(current_entry("/paymentsx", &hrefs), None);
    }
}
