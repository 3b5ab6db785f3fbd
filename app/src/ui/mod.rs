//! Our own small set of components: what pages are put together from. The classes
//! are described at the top of `style/components.css`.

mod form;
pub mod plot;
mod qr;
mod time;

use crate::assets;
use crate::locales::{self, Text, frame as t};
use domain::kernel::{Code, Locale, Page, Problem, Right, paging};
pub use form::{Choice, Field, FormView};
use leptos::prelude::*;
pub use qr::qr;
pub use time::{day, day_short, instant};

/// One of the icons of `public/icons.svg`; never the only sign of anything.
pub fn icon(name: &'static str) -> AnyView {
    let href = format!("{}#{name}", assets::url("icons.svg"));
    view! { <svg class="icon" aria-hidden="true"><use href=href></use></svg> }.into_any()
}

/// The top of a page: where one comes from, title, one sentence of state, actions.
#[derive(Default)]
pub struct PageHead {
    /// Where the page belongs: a path and its name.
    pub crumb: Option<(String, Text)>,
    /// The title.
    pub title: String,
    /// One sentence of state.
    pub state: Option<AnyView>,
    /// Buttons; the primary one last.
    pub actions: Option<AnyView>,
}

impl PageHead {
    /// A head with a title.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// With a way back.
    #[must_use]
    pub fn crumb(mut self, href: impl Into<String>, label: impl Into<Text>) -> Self {
        self.crumb = Some((href.into(), label.into()));
        self
    }

    /// With a sentence of state.
    #[must_use]
    pub fn state(mut self, state: impl IntoView) -> Self {
        self.state = Some(state.into_any());
        self
    }

    /// With buttons.
    #[must_use]
    pub fn actions(mut self, actions: impl IntoView) -> Self {
        self.actions = Some(actions.into_any());
        self
    }

    /// The head as a view.
    pub fn view(self) -> AnyView {
        view! {
            <div class="page-head">
                <div>
                    {self.crumb.map(|(href, label)| view! { <a class="crumb" href=href>{icon("back")} " " {label}</a> })}
                    <h1>{self.title}</h1>
                    {self.state.map(|state| view! { <p class="state-line">{state}</p> })}
                </div>
                {self.actions.map(|actions| view! { <div class="actions">{actions}</div> })}
            </div>
        }
        .into_any()
    }
}

/// How a notice sounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// It is done.
    Success,
    /// Look twice.
    Warning,
    /// It did not work.
    Error,
    /// Good to know.
    Info,
    /// It is locked, and why.
    Lock,
}

/// A message at the top of a page or a section.
pub fn notice(tone: Tone, text: impl IntoView) -> AnyView {
    let (class, name, role) = match tone {
        Tone::Success => ("notice is-success", "done", Some("status")),
        Tone::Warning => ("notice is-warning", "warning", Some("status")),
        Tone::Error => ("notice is-error", "error", Some("alert")),
        Tone::Info => ("notice", "info", None),
        Tone::Lock => ("notice", "lock", None),
    };
    view! { <div class=class role=role>{icon(name)}<div>{text.into_any()}</div></div> }.into_any()
}

/// What a badge means; the word says it too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Draft, waiting.
    Draft,
    /// Validated, in order.
    Validated,
    /// Late, refused.
    Late,
    /// Reversed.
    Reversed,
    /// Nothing to say.
    None,
}

/// A dot and a word.
pub fn badge(mark: Mark, word: impl Into<Text>) -> AnyView {
    let class = match mark {
        Mark::Draft => "badge is-draft",
        Mark::Validated => "badge is-validated",
        Mark::Late => "badge is-late",
        Mark::Reversed => "badge is-reversed",
        Mark::None => "badge is-none",
    };
    view! { <span class=class>{word.into()}</span> }.into_any()
}

/// Why a list is empty, and the next step.
pub fn empty(text: impl Into<Text>, next: Option<AnyView>) -> AnyView {
    view! { <div class="empty"><p>{text.into()}</p>{next}</div> }.into_any()
}

/// The pager of a list. `query` is the list's query without `page`, encoded.
pub fn pager<T>(l: Locale, page: &Page<T>, path: &str, query: &str) -> Option<AnyView> {
    if page.total == 0 {
        return None;
    }
    let shown = i64::try_from(page.rows.len()).unwrap_or_default();
    let first = (page.number - 1) * paging::PAGE_SIZE;
    let range = t::range(
        l,
        (first + 1).min(page.total),
        (first + shown).min(page.total),
        page.total,
    );
    let href = |number: i64| {
        let and = if query.is_empty() { "" } else { "&" };
        format!("{path}?{query}{and}page={number}")
    };
    let previous = (page.number > 1).then(|| {
        view! { <a class="button is-small" href=href(page.number - 1) rel="prev">{icon("back")} " " {t::previous(l)}</a> }
    });
    let next = (page.number < page.pages()).then(|| {
        view! { <a class="button is-small" href=href(page.number + 1) rel="next">{t::next(l)} " " {icon("next")}</a> }
    });
    let view = view! {
        <nav class="pager" aria-label=t::pages(l)>
            <span class="num">{range}</span>
            <div class="actions">{previous} {next}</div>
        </nav>
    };
    Some(view.into_any())
}

/// Why something cannot be done here, for those who lack a right.
pub fn missing_right(l: Locale, right: Right) -> Text {
    locales::problems::text(l, &Code::Forbidden { right })
}

/// The page of a problem that no form can show.
pub fn problem_page(l: Locale, title: &str, problem: &Problem) -> AnyView {
    let code = code_name(&problem.code);
    let text = locales::problems::text(l, &problem.code);
    let action = match problem.code {
        Code::SignInNeeded => {
            view! { <a class="button is-primary" href="/login">{t::sign_in(l)}</a> }.into_any()
        }
        _ => view! { <a class="button is-primary" href="/">{t::back_home(l)}</a> }.into_any(),
    };
    view! {
        {PageHead::new(title).state(text).view()}
        <div class="actions">{action}</div>
        <p class="help">{t::code(l)} " " <code>{code}</code></p>
    }
    .into_any()
}

/// A code's name as programs know it: `payment_frozen`.
pub fn code_name(code: &Code) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|v| v.get("code")?.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A part of a page that holds an island. It is rendered on its own, at once: an island
/// is made where hydration is known of, and a page's view is made before that.
pub fn live(view: impl FnOnce() -> AnyView) -> AnyView {
    let html = crate::shell::render(view);
    view! { <div inner_html=html></div> }.into_any()
}

/// A key for a form: sent twice, the form has one effect.
pub fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Text as it may stand in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
