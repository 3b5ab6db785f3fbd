//! Taking a whole import back: what stands against it, or the button.

use super::{UndoForm, done, elsewhere, look, path_of, start};
use crate::jobs::What;
use crate::locales::importing as t;
use crate::request::{Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, Tone};
use axum::http::StatusCode;
use axum::response::Response;
use domain::import::{self, Against, Import, Reason, Report, State};
use domain::kernel::{Code, ImportId, Locale, Right};
use leptos::prelude::*;

/// `POST /members/import/{id}/undo`
pub async fn undo(req: Req, Id(id): Id<ImportId>, Posted(form): Posted<UndoForm>) -> Reply {
    let work = move |req: Req, _| async move {
        req.act(async |cx| import::undo(cx, id, &form.key).await)
            .await
    };
    match start(&req, id, What::Undo, work).await {
        Ok(_) => Ok(req.go(&path_of(id), None)),
        Err(problem) => match (&problem.code, look(&req, id).await?) {
            (
                Code::ImportUsed { .. } | Code::ImportNotUndoable,
                super::Seen::Done(found, against),
            ) => {
                let code = problem.code;
                Ok(shown(&req, &found, against.as_ref(), Some(code)))
            }
            _ => elsewhere(&req, id, problem),
        },
    }
}

/// The page of an import that was applied: with the way back, or that it was taken.
/// `failure`: why it was not taken just now.
pub fn shown(
    req: &Req,
    found: &Import,
    against: Option<&Against>,
    failure: Option<Code>,
) -> Response {
    let l = req.locale;
    let report = found.report.unwrap_or_default();
    let status = failure.as_ref().map_or(StatusCode::OK, status_of);
    let (title, page) = if found.state == State::Undone {
        (t::undone_title(l), done::undone(req, found, &report))
    } else {
        let way_back = way_back(req, found, &report, against, failure.as_ref());
        let page = done::page(req, found, &report, way_back);
        (t::done_title(l, &report), page)
    };
    req.page_with(status, &title, Width::Narrow, page)
}

/// What there is to say of taking it back; nothing where it brought nothing.
fn way_back(
    req: &Req,
    found: &Import,
    report: &Report,
    against: Option<&Against>,
    failure: Option<&Code>,
) -> Option<AnyView> {
    let l = req.locale;
    if !report.brings_something() && found.traced {
        return None;
    }
    let failure = failure.map(|code| {
        let text = crate::locales::problems::text(l, code);
        ui::notice(Tone::Error, text)
    });
    let inside = match against {
        _ if !found.traced => view! { <p class="help">{t::undo_too_old(l)}</p> }.into_any(),
        None => {
            let enters = req.rights().has(Right::PaymentsAdd) || report.payments_added == 0;
            let missing = match enters {
                true => Right::Settings,
                false => Right::PaymentsAdd,
            };
            ui::notice(Tone::Lock, ui::missing_right(l, missing))
        }
        Some(against) if against.total > 0 => reasons(l, against),
        Some(_) => button(l, found, report),
    };
    let view = view! {
        <section class="section" aria-labelledby="undo">
            <h2 id="undo">{t::undo_title(l)}</h2>
            {failure}
            {inside}
        </section>
    };
    Some(view.into_any())
}

fn button(l: Locale, found: &Import, report: &Report) -> AnyView {
    let action = format!("{}/undo", path_of(found.id));
    view! {
        <details class="stack">
            <summary>{t::undo_ask(l)}</summary>
            <form method="post" action=action class="stack">
                <input type="hidden" name="key" value=ui::new_key()/>
                <p>{t::undo_what(l, report)}</p>
                <p class="help">{t::undo_numbers(l)}</p>
                <div><button class="button is-danger">{t::undo_button(l, report)}</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn reasons(l: Locale, against: &Against) -> AnyView {
    let rows = against.first.iter().map(|reason| row(l, reason));
    let more = against.total.saturating_sub(against.first.len());
    let more = (more > 0).then(|| view! { <p class="soft">{t::against_more(l, more)}</p> });
    view! {
        <p>{t::against_title(l)}</p>
        <ul>{rows.collect_view()}</ul>
        {more}
    }
    .into_any()
}

fn row(l: Locale, reason: &Reason) -> AnyView {
    let name = match reason.member {
        Some(id) => view! { <a href=format!("/members/{id}")>{reason.name.clone()}</a> }.into_any(),
        None => reason.name.clone().into_any(),
    };
    view! { <li>{name} " – " {t::against(l, reason.why)}</li> }.into_any()
}
