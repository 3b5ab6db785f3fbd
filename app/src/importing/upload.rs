//! Step 1: which file, what is understood, what was imported before.

use super::{Step, head, path_of, steps};
use crate::exports;
use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, FormView, Mark};
use domain::import::{Import, KEPT_DAYS, MAX_BYTES, MAX_ROWS, State};
use domain::kernel::{Locale, Problem};
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
    if recent.is_empty() {
        return ui::empty(t::recent_none(l), None);
    }
    let rows = recent.iter().map(|import| row(req, import));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::recent(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::recent_file(l)}</th>
                    <th scope="col">{t::recent_state(l)}</th>
                    <th scope="col">{t::recent_when(l)}</th>
                    <th scope="col">{t::recent_by(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(req: &Req, import: &Import) -> AnyView {
    let l = req.locale;
    let by = super::uploader(l, import);
    view! {
        <tr>
            <th scope="row" class="is-main">
                <a class="row-link" href=path_of(import.id)>{import.file_name.clone()}</a>
                {brought(l, import)}
            </th>
            <td class="is-end">
                {match import.state {
                    State::Uploaded => ui::badge(Mark::Draft, t::state_waiting(l)),
                    State::Applied => ui::badge(Mark::Validated, t::state_applied(l)),
                    State::Undone => ui::badge(Mark::Reversed, t::state_undone(l)),
                }}
            </td>
            <td>{ui::instant(l, import.applied_at.unwrap_or(import.created_at), req.zone())}</td>
            <td data-label=t::recent_by(l)>{by}</td>
        </tr>
    }
    .into_any()
}

fn brought(l: Locale, import: &Import) -> Option<AnyView> {
    let report = import.report.as_ref()?;
    Some(view! { " " <span class="sub">{t::brought(l, report)}</span> }.into_any())
}
