//! Step 4: what was done, also for whoever comes back to it later.

use super::{Step, fact, head, preview, steps};
use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, Tone};
use domain::import::{Import, Report};
use leptos::prelude::*;

/// The page of the last step. `undo` is what there is to say of taking it back.
pub fn page(req: &Req, import: &Import, report: &Report, undo: Option<AnyView>) -> AnyView {
    let l = req.locale;
    let by = super::uploader(l, import);
    let state = match report.payments_added {
        0 => t::done_state_only(l),
        n => t::done_state_payments(l, n),
    };
    let when = import.applied_at.map(|at| ui::instant(l, at, req.zone()));
    let left = (report.problem_rows > 0)
        .then(|| fact(t::fact_left_out(l), t::left_out(l, report.problem_rows)));
    let queue = (report.payments_added > 0).then(|| {
        view! { <a class="button" href="/payments/queue">{t::see_queue(l)}</a> }
    });
    view! {
        {head(l, t::done_title(l, report)).state(state).view()}
        {steps(l, Step::Done)}
        {ui::notice(Tone::Success, t::done_notice(l))}
        <dl class="facts">
            <div><dt>{t::fact_file(l)}</dt><dd>{import.file_name.clone()}</dd></div>
            <div><dt>{t::fact_by(l)}</dt><dd>{by} ", " {when}</dd></div>
            {fact(t::fact_rows(l), t::count(l, report.rows))}
            {preview::counts(l, report)}
            {left}
        </dl>
        <div class="actions">
            <a class="button is-primary" href="/members">{t::see_members(l)}</a>
            {queue}
            <a class="button is-quiet" href="/members/import">{t::another(l)}</a>
        </div>
        {undo}
    }
    .into_any()
}

/// The page of an import that was undone.
pub fn undone(req: &Req, import: &Import, report: &Report) -> AnyView {
    let l = req.locale;
    let undone = import.undone.as_ref().map(|(name, at)| {
        let when = ui::instant(l, *at, req.zone());
        view! { <div><dt>{t::fact_undone(l)}</dt><dd>{name.clone()} ", " {when}</dd></div> }
    });
    let when = import.applied_at.map(|at| ui::instant(l, at, req.zone()));
    view! {
        {head(l, t::undone_title(l)).state(t::undone_state(l, report)).view()}
        <dl class="facts">
            <div><dt>{t::fact_file(l)}</dt><dd>{import.file_name.clone()}</dd></div>
            <div><dt>{t::fact_by(l)}</dt><dd>{super::uploader(l, import)} ", " {when}</dd></div>
            {undone}
        </dl>
        <p class="help">{t::undone_help(l)}</p>
        <div class="actions">
            <a class="button is-primary" href="/members/import">{t::another(l)}</a>
            <a class="button is-quiet" href="/members">{t::see_members(l)}</a>
        </div>
    }
    .into_any()
}
