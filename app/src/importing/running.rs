//! While an import is applied, or undone: how far it is. The page asks for itself again
//! by a header, with JavaScript and without; whoever leaves it stops nothing.

use super::{Step, head, steps};
use crate::jobs::{Job, What};
use crate::locales::importing as t;
use crate::request::Req;
use axum::http::HeaderValue;
use axum::response::Response;
use leptos::prelude::*;

/// After how many seconds the page looks again.
const AGAIN: HeaderValue = HeaderValue::from_static("1");

/// What is imported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Members.
    Members,
    /// Services, or addresses.
    Services,
}

/// The page of work that runs.
pub fn page(req: &Req, of: Of, job: &Job) -> Response {
    let l = req.locale;
    let (done, total) = job.progress.seen();
    let (title, text) = match job.what {
        What::Apply => (t::running_title(l), t::running(l, done, total)),
        What::Undo => (t::undoing_title(l), t::undoing(l)),
    };
    let steps = (job.what == What::Apply && of == Of::Members).then(|| steps(l, Step::Preview));
    let head = match of {
        Of::Members => head(l, title.clone()),
        Of::Services => super::services::head(l, title.clone()),
    };
    // Without a total, the bar says that something happens, not how much.
    let value = (total > 0).then(|| done.to_string());
    let max = (total > 0).then(|| total.to_string());
    let view = view! {
        {head.state(text.clone()).view()}
        {steps}
        <p><progress aria-label=text value=value max=max></progress></p>
        <p class="help">{t::running_help(l)} " " <a href="">{t::look_again(l)}</a></p>
    };
    let mut response = req.form_page(&title, view);
    response.headers_mut().insert("refresh", AGAIN);
    response
}
