//! The proof that organisations are apart: made while one waits, or goes away; kept; a document
//! that one can hand to a customer.

use super::desk::Desk;
use super::record::time;
use crate::locales::{frame, operator as t};
use crate::request::{Failure, Id, Reply, go};
use crate::ui::{self, Mark, PageHead, Tone};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::db::proof::Check;
use domain::kernel::{Code, Locale, Problem};
use domain::portal::operators::{self, Did};
use domain::portal::proofs::{self, Proof, Report};
use leptos::prelude::*;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

/// How long a request waits for the proof before it answers that it is being made.
const PATIENCE: Duration = Duration::from_secs(3);
/// After how many seconds the page looks again while one is being made.
const LOOK_AGAIN: HeaderValue = HeaderValue::from_static("2");

/// `POST /proofs`
pub async fn prove(desk: Desk) -> Reply {
    let operator = desk.operator()?;
    let (app, (told, heard)) = (desk.app.clone(), oneshot::channel());
    // It goes on when the browser goes away.
    tokio::spawn(async move {
        let made = proofs::prove(&app.db, &app.clock, &operator).await;
        if let Err(Err(problem)) = told.send(made) {
            tracing::error!(at = %problem.place(), "a proof failed: {}", problem.log_line());
        }
    });
    match tokio::time::timeout(PATIENCE, heard).await {
        Ok(Ok(Ok(proof))) => Ok(go(&format!("/proofs/{}", proof.id))),
        // Somebody else's is as good.
        Ok(Ok(Err(problem))) if problem.code == Code::ProofRunning => Ok(go("/proofs")),
        Ok(Ok(Err(problem))) => Err(Failure(problem)),
        Ok(Err(_)) => Err(Failure(Problem::internal("a proof panicked"))),
        Err(_) => Ok(go("/proofs")),
    }
}

/// `GET /proofs`
pub async fn list(desk: Desk) -> Reply {
    desk.operator()?;
    let (db, clock) = (&desk.app.db, &desk.app.clock);
    let running = proofs::running_until(db, clock).await?.is_some();
    let all = proofs::list(db).await?;
    let failed = failed_since(&desk, all.first()).await?;
    let l = desk.locale;
    let button = view! {
        <form method="post" action="/proofs">
            <button class="button is-primary">{t::prove_now(l)}</button>
        </form>
    };
    let head = PageHead::new(t::isolation(l)).state(t::isolation_state(l));
    let head = match running {
        true => head,
        false => head.actions(button),
    };
    let body = view! {
        {head.view()}
        {running.then(|| ui::notice(Tone::Info, t::running(l)))}
        {(failed && !running).then(|| ui::notice(Tone::Warning, t::failed(l)))}
        {kept(l, &all)}
        {how(l)}
    };
    let mut response = desk.page(&t::isolation(l), body);
    if running {
        let refresh = HeaderName::from_static("refresh");
        response.headers_mut().insert(refresh, LOOK_AGAIN);
    }
    Ok(response)
}

/// Whether a proof came to no end since the last one that did.
async fn failed_since(desk: &Desk, last: Option<&Proof>) -> Result<bool, Problem> {
    let events = operators::events(&desk.app.db).await?;
    let failed = events.iter().find(|e| e.action == Did::ProofFailed.name());
    Ok(failed.is_some_and(|event| last.is_none_or(|proof| proof.at < event.at)))
}

fn how(l: Locale) -> AnyView {
    view! {
        <section class="section" aria-labelledby="how">
            <h2 id="how">{t::how(l)}</h2>
            <p class="help">{t::how_help(l)}</p>
        </section>
    }
    .into_any()
}

fn kept(l: Locale, all: &[Proof]) -> AnyView {
    if all.is_empty() {
        return ui::empty(t::no_proofs(l), None);
    }
    let rows = all.iter().map(|proof| {
        let href = format!("/proofs/{}", proof.id);
        view! {
            <tr>
                <th scope="row" class="is-main"><a href=href>{time(l, proof.at)}</a></th>
                <td data-label=t::result(l)>{badge(l, proof.report.apart)}</td>
                <td data-label=t::tries(l) class="is-number">{count(l, proof.report.tried)}</td>
                <td data-label=t::who(l)>{proof.operator.clone()}</td>
            </tr>
        }
    });
    view! {
        <section class="section" aria-labelledby="kept">
            <h2 id="kept">{t::kept(l)}</h2>
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::kept(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::when(l)}</th>
                        <th scope="col">{t::result(l)}</th>
                        <th scope="col" class="is-number">{t::tries(l)}</th>
                        <th scope="col">{t::who(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn badge(l: Locale, apart: bool) -> AnyView {
    match apart {
        true => ui::badge(Mark::Validated, t::apart(l)),
        false => ui::badge(Mark::Late, t::leaks(l)),
    }
}

fn count(l: Locale, n: u64) -> String {
    l.count(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The proof of an id, for an operator.
async fn find(desk: &Desk, id: Uuid) -> Result<Proof, Problem> {
    desk.operator()?;
    let found = proofs::find(&desk.app.db, id).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// `GET /proofs/{id}`
pub async fn show(desk: Desk, Id(id): Id<Uuid>) -> Reply {
    let proof = find(&desk, id).await?;
    let l = desk.locale;
    let (day, hour) = (proof.at.date_naive(), proof.at.format("%H:%M").to_string());
    let title = t::report_of(l, &frame::at_time(l, &l.day(day), &hour));
    let file = |kind: &str| format!("/proofs/{id}/{kind}");
    let files = view! {
        <a class="button" href=file("text") download>{t::as_text(l)}</a>
        <a class="button" href=file("json") download>{t::as_json(l)}</a>
    };
    let head = PageHead::new(title.clone()).crumb("/proofs", t::isolation(l));
    let body = view! {
        {head.actions(files).view()}
        <p class="help screen-only">{t::how_to_print(l)}</p>
        {document(l, &proof)}
    };
    Ok(desk.page(&title, body))
}

/// What is printed, and nothing else.
fn document(l: Locale, proof: &Proof) -> AnyView {
    let report = &proof.report;
    let tenants = i64::try_from(report.tenants).unwrap_or(i64::MAX);
    view! {
        <article class="document" aria-labelledby="report">
            <header>
                <p><strong>{t::product(l)}</strong></p>
                <h2 id="report">{t::report(l)}</h2>
            </header>
            {verdict(l, report)}
            <dl class="facts">
                <div><dt>{t::when(l)}</dt><dd>{time(l, proof.at)}</dd></div>
                <div><dt>{t::who(l)}</dt><dd>{proof.operator.clone()}</dd></div>
                <div><dt>{t::program(l)}</dt><dd>{format!("{} {}, {}", t::product(l), report.version, report.engine)}</dd></div>
                <div><dt>{t::tenants(l)}</dt><dd class="num">{l.count(tenants)}</dd></div>
                <div><dt>{t::tries(l)}</dt><dd class="num">{count(l, report.tried)}</dd></div>
            </dl>
            <div class="section">{checks(l, &report.checks)}</div>
            <footer><p class="help">{t::small_print(l)}</p></footer>
        </article>
    }
    .into_any()
}

fn verdict(l: Locale, report: &Report) -> AnyView {
    // No role: this is printed, and says nothing new.
    let (class, icon, text) = match report.apart {
        true => ("notice is-success", "done", t::all_apart(l)),
        false => ("notice is-error", "error", t::something_leaks(l)),
    };
    view! { <div class=class>{ui::icon(icon)}<div><p><strong>{text}</strong></p></div></div> }
        .into_any()
}

fn checks(l: Locale, all: &[Check]) -> AnyView {
    let rows = all.iter().map(|check| {
        let leaks = check.leaks.iter().map(|leak| {
            view! { <li class="breaks"><code>{leak.clone()}</code></li> }
        });
        let leaks = (!check.leaks.is_empty()).then(|| view! { <ul>{leaks.collect_view()}</ul> });
        view! {
            <tr>
                <th scope="row" class="is-main">{t::check(l, &check.name)} {leaks}</th>
                <td data-label=t::tries(l) class="is-number">{count(l, check.tried)}</td>
                <td data-label=t::result(l)>{badge(l, check.leaks.is_empty())}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::checks(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::tried(l)}</th>
                    <th scope="col" class="is-number">{t::tries(l)}</th>
                    <th scope="col">{t::result(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// `GET /proofs/{id}/text`: as the command line prints it.
pub async fn as_text(desk: Desk, Id(id): Id<Uuid>) -> Reply {
    let proof = find(&desk, id).await?;
    Ok(file(
        &proof,
        "txt",
        "text/plain; charset=utf-8",
        proof.report.to_string(),
    ))
}

/// `GET /proofs/{id}/json`: as the command line prints it with `--json`.
pub async fn as_json(desk: Desk, Id(id): Id<Uuid>) -> Reply {
    let proof = find(&desk, id).await?;
    let text = serde_json::to_string_pretty(&proof.report).map_err(Problem::internal)?;
    Ok(file(&proof, "json", "application/json", text + "\n"))
}

fn file(proof: &Proof, ending: &str, kind: &'static str, text: String) -> Response {
    let name = format!("isolation-{}.{ending}", proof.at.format("%Y%m%d-%H%M%S"));
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}
