//! Step 1: which file, what is understood, what was imported before.

use super::rows::{self, Recent};
use super::{Step, head, path_of, steps};
use crate::exports;
use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, FormView};
use domain::import::{Import, KEPT_DAYS, MAX_BYTES, MAX_ROWS};
use domain::kernel::Problem;
use leptos::prelude::*;

/// The page of the first step.
pub fn page(req: &Req, recent: &[Import], problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    view! {
        {head(l, t::title(l)).state(t::state(l)).view()}
        {steps(l, Step::File)}
        {f.summary()}
        <form class="form" method="post" enctype="multipart/form-data" action="/members/import" novalidate>
            <input type="hidden" name="key" value=ui::new_key()/>
            {file_field(f)}
            <div class="form-end">
                <button class="button is-primary">{ui::icon("upload")} " " {t::read_file(l)}</button>
                <a class="button is-quiet" href="/members">{t::to_members(l)}</a>
            </div>
        </form>
        <section class="section" aria-labelledby="understood">
            <h2 id="understood">{t::understood(l)}</h2>
            <dl class="facts">
                <div><dt>"Paheko"</dt><dd>{t::understood_paheko(l)}</dd></div>
                <div><dt>"Dolibarr"</dt><dd>{t::understood_dolibarr(l)}</dd></div>
                <div><dt>"byro"</dt><dd>{t::understood_byro(l)}</dd></div>
                <div><dt>{t::any_other(l)}</dt><dd>{t::understood_csv(l)}</dd></div>
            </dl>
            <p class="help">{t::twice(l)} " " {t::kept(l, KEPT_DAYS)}</p>
        </section>
        <section class="section" aria-labelledby="recent">
            <h2 id="recent">{t::recent(l)}</h2>
            {recent_imports(req, recent)}
            {(!recent.is_empty()).then(|| exports::links(l, exports::Name::Imports, ""))}
        </section>
    }
    .into_any()
}

pub(super) fn file_field(f: FormView) -> AnyView {
    let l = f.l;
    let error = f.error("file");
    let invalid = error.is_some().then_some("true");
    let described = if error.is_some() {
        "file-error file-help"
    } else {
        "file-help"
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    view! {
        <div class="field">
            <label for="file">{t::file(l)}</label>
            <input id="file" name="file" type="file" accept=".csv,.txt,.tsv,text/csv,text/plain"
                aria-required="true" aria-invalid=invalid aria-describedby=described/>
            {error.map(|text| view! { <p class="error" id="file-error">{text}</p> })}
            <p class="help" id="file-help">{t::file_help(l, count(MAX_BYTES >> 20), count(MAX_ROWS))}</p>
        </div>
    }
    .into_any()
}

fn recent_imports(req: &Req, recent: &[Import]) -> AnyView {
    let l = req.locale;
    let one = |import: &Import| Recent {
        href: path_of(import.id),
        file_name: import.file_name.clone(),
        brought: import
            .report
            .map(|report| t::brought(l, &report).into_owned()),
        state: import.state,
        at: import.applied_at.unwrap_or(import.created_at),
        by: super::uploader(l, import),
    };
    rows::recent(req, recent.iter().map(one).collect())
}
