//! The import of services and of addresses: the file, then one page with what its columns
//! say, what would happen, and the button; then what was done, and the way back.

use super::mapping::Mapping;
use super::rows::{self, Problems, Recent, Wrong};
use super::running::{self, Of};
use super::{ApplyForm, UndoForm, at_the_file, fact, receive, start, upload};
use crate::jobs::What;
use crate::locales::{importing as ti, importing_services as t, services as ts};
use crate::request::{App, Failure, Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, Choice, FormView, PageHead, Tone};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::fields::Field;
use domain::import::services::{self, Against, ChoicesForm, Import, Preview, Report, State};
use domain::import::{Column, KEPT_DAYS, Progress};
use domain::kernel::problem::Class;
use domain::kernel::{Code, ImportId, Locale, Problem};
use domain::services::ServiceType;
use leptos::prelude::*;
use std::sync::Arc;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/services/import", get(upload_page).post(take))
        .route("/services/import/{id}", get(show))
        .route("/services/import/{id}/columns", post(set_columns))
        .route("/services/import/{id}/apply", post(apply))
        .route("/services/import/{id}/undo", post(undo))
}

fn path_of(id: ImportId) -> String {
    format!("/services/import/{id}")
}

pub(super) fn head(l: Locale, title: impl Into<String>) -> PageHead {
    PageHead::new(title).crumb("/services", ts::title(l))
}

// --- the file

async fn upload_page(req: Req) -> Reply {
    let recent = req.view(async |cx| services::list(cx).await).await?;
    Ok(req.form_page(&t::title(req.locale), upload_view(&req, &recent, None)))
}

async fn take(req: Req, request: Request) -> Reply {
    match take_in(&req, request).await {
        Ok(id) => Ok(req.go(&path_of(id), None)),
        Err(problem) => {
            let problem = at_the_file(problem);
            let recent = req.view(async |cx| services::list(cx).await).await?;
            req.page_again(problem, &t::title(req.locale), |problem| {
                upload_view(&req, &recent, Some(problem))
            })
        }
    }
}

async fn take_in(req: &Req, request: Request) -> Result<ImportId, Problem> {
    let sent = receive::receive(request).await?;
    req.act(async |cx| services::upload(cx, &sent.file_name, &sent.bytes, &sent.key).await)
        .await
}

fn upload_view(req: &Req, recent: &[Import], problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    view! {
        {head(l, t::title(l)).state(t::state(l)).view()}
        {f.summary()}
        <form class="form" method="post" enctype="multipart/form-data" action="/services/import" novalidate>
            <input type="hidden" name="key" value=ui::new_key()/>
            {upload::file_field(f)}
            <div class="form-end">
                <button class="button is-primary">{ui::icon("upload")} " " {ti::read_file(l)}</button>
                <a class="button is-quiet" href="/services">{t::to_services(l)}</a>
            </div>
        </form>
        <section class="section" aria-labelledby="understood">
            <h2 id="understood">{t::understood(l)}</h2>
            <dl class="facts">
                <div><dt>{t::of_services(l)}</dt><dd>{t::of_services_help(l)}</dd></div>
                <div><dt>{t::of_addresses(l)}</dt><dd>{t::of_addresses_help(l)}</dd></div>
            </dl>
            <p class="help">{t::twice(l)} " " {t::only_own(l)} " " {ti::kept(l, KEPT_DAYS)}</p>
        </section>
        <section class="section" aria-labelledby="recent">
            <h2 id="recent">{ti::recent(l)}</h2>
            {recent_imports(req, recent)}
        </section>
    }
    .into_any()
}

fn recent_imports(req: &Req, recent: &[Import]) -> AnyView {
    let l = req.locale;
    let one = |import: &Import| Recent {
        href: path_of(import.id),
        file_name: import.file_name.clone(),
        brought: import.report.map(|report| t::brought(l, &report)),
        state: import.state,
        at: import.applied_at.unwrap_or(import.created_at),
        by: uploader(l, import),
    };
    rows::recent(req, recent.iter().map(one).collect())
}

fn uploader(l: Locale, import: &Import) -> String {
    match import.created_by_name.as_str() {
        "" => crate::locales::organisation::via_cli(l).into_owned(),
        name => name.to_owned(),
    }
}

// --- its page

/// An import that waits.
struct Waiting {
    import: Import,
    columns: Vec<Column>,
    kinds: Vec<ServiceType>,
    /// The organisation's own fields that the file may fill.
    own: Vec<Field>,
    /// What it would do, or why its columns do not say enough.
    preview: Result<Preview, Problem>,
}

/// What there is to see of an import.
enum Seen {
    Done(Import, Option<Against>),
    Waiting(Waiting),
}

async fn look(req: &Req, id: ImportId) -> Result<Seen, Problem> {
    req.view(async |cx| {
        let import = services::get(cx, id).await?;
        if import.state != State::Uploaded {
            let against = match services::against_undo(cx, id).await {
                Ok(against) => Some(against),
                // It cannot be undone at all, or not by the one who looks.
                Err(problem) if problem.code.class() == Class::Ours => return Err(problem),
                Err(_) => None,
            };
            return Ok(Seen::Done(import, against));
        }
        let preview = match services::preview(cx, id).await {
            Err(problem) if problem.code != Code::Invalid => return Err(problem),
            preview => preview,
        };
        Ok(Seen::Waiting(Waiting {
            columns: services::columns(cx, id).await?,
            kinds: services::kinds(cx, id).await?,
            own: services::own_fields(cx, id).await?,
            import,
            preview,
        }))
    })
    .await
}

async fn show(req: Req, Id(id): Id<ImportId>) -> Reply {
    let seen = look(&req, id).await?;
    // Only who sees the import hears that it runs.
    if let Some(job) = req.app.jobs.of(req.tenant.id, id) {
        return Ok(running::page(&req, Of::Services, &job));
    }
    let failure = req.app.jobs.take_failure(req.tenant.id, id);
    Ok(match seen {
        Seen::Done(import, against) => done(&req, &import, against.as_ref(), failure),
        Seen::Waiting(waiting) => {
            let problem = failure.map(Problem::new);
            let apply = ApplyForm::default();
            let form = ChoicesForm::of(&waiting.import.choices);
            let problem = problem.as_ref().or(waiting.preview.as_ref().err());
            wide(
                &req,
                StatusCode::OK,
                waiting_view(&req, &waiting, &form, &apply, problem),
            )
        }
    })
}

fn wide(req: &Req, status: StatusCode, page: AnyView) -> Response {
    req.page_with(status, &t::title(req.locale), Width::Wide, page)
}

fn waiting_view(
    req: &Req,
    waiting: &Waiting,
    form: &ChoicesForm,
    apply: &ApplyForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let preview = waiting.preview.as_ref().ok();
    view! {
        {head(l, t::title(l)).state(waiting.import.file_name.clone()).view()}
        {f.summary()}
        {columns_form(f, waiting, form)}
        {preview.map(|preview| preview_form(f, waiting, preview, apply))}
    }
    .into_any()
}

fn columns_form(f: FormView, waiting: &Waiting, form: &ChoicesForm) -> AnyView {
    let l = f.l;
    let action = format!("{}/columns", path_of(waiting.import.id));
    let mapping = Mapping {
        f,
        columns: &waiting.columns,
        chosen: &form.columns,
        own: &waiting.own,
        text: t::part,
    };
    let kinds = waiting.kinds.iter().filter(|kind| !kind.is_archived);
    let kinds = kinds.map(|kind| Choice::new(kind.id.to_string(), kind.name.clone()));
    let kinds: Vec<Choice> = std::iter::once(Choice::new("", t::no_kind(l)))
        .chain(kinds)
        .collect();
    view! {
        <form method="post" action=action class="stack">
            <section class="section" aria-labelledby="mapping">
                <h2 id="mapping">{ti::columns_title(l)}</h2>
                {mapping.view()}
            </section>
            <div class="form">
                {f.select("kind", t::kind(l), &form.kind, kinds)}
                {f.optional("source", ti::label(l), &form.source).help(t::source_help(l)).view()}
                <div class="form-end"><button class="button">{t::keep_columns(l)}</button></div>
            </div>
        </form>
    }
    .into_any()
}

async fn set_columns(req: Req, Id(id): Id<ImportId>, Posted(form): Posted<ChoicesForm>) -> Reply {
    let waiting = match look(&req, id).await? {
        Seen::Done(..) => return Ok(req.go(&path_of(id), None)),
        Seen::Waiting(waiting) => waiting,
    };
    let saved = match form.parse(waiting.columns.len()) {
        Ok(choices) => {
            req.act(async |cx| services::set_choices(cx, id, &choices).await)
                .await
        }
        Err(problem) => Err(problem),
    };
    match saved {
        Ok(()) => Ok(req.go(&format!("{}#preview", path_of(id)), None)),
        Err(problem) if problem.code == Code::Invalid => {
            let status = status_of(&problem.code);
            let apply = ApplyForm::default();
            let page = waiting_view(&req, &waiting, &form, &apply, Some(&problem));
            Ok(wide(&req, status, page))
        }
        Err(problem) if problem.code == Code::ImportApplied => Ok(req.go(&path_of(id), None)),
        Err(problem) => Err(Failure(problem)),
    }
}

// --- what would happen

fn counts(l: Locale, r: &Report) -> AnyView {
    let all = [
        (r.services_added, t::services_added(l)),
        (r.services_known, t::services_known(l)),
        (r.holdings_added, t::holdings_added(l)),
        (r.holdings_known, t::holdings_known(l)),
        (r.allocations_added, t::allocations_added(l)),
        (r.allocations_known, t::allocations_known(l)),
        (r.values_added, ti::own_fields(l)),
    ];
    let rows = all.into_iter().filter(|(n, _)| *n > 0);
    rows.map(|(n, name)| fact(name, ti::count(l, n)))
        .collect_view()
        .into_any()
}

fn preview_form(f: FormView, waiting: &Waiting, preview: &Preview, form: &ApplyForm) -> AnyView {
    let l = f.l;
    let report = &preview.report;
    let key = match form.key.as_str() {
        "" => ui::new_key(),
        key => key.to_owned(),
    };
    let action = format!("{}/apply", path_of(waiting.import.id));
    let nothing = (report.added() == 0 && report.problem_rows == 0)
        .then(|| ui::notice(Tone::Info, t::nothing_new(l)));
    let button = match report.added() {
        0 => view! { <button class="button">{t::finish(l)}</button> }.into_any(),
        _ => view! { <button class="button is-primary">{t::import(l)}</button> }.into_any(),
    };
    view! {
        <form method="post" action=action class="stack">
            <input type="hidden" name="key" value=key/>
            <section class="section" aria-labelledby="preview">
                <h2 id="preview">{t::preview(l)}</h2>
                {nothing}
                <dl class="facts">{counts(l, report)}</dl>
            </section>
            {problems(f, waiting, preview, form)}
            {sample(l, preview)}
            <div class="selection"><output>{t::brought(l, report)}</output> {button}</div>
        </form>
    }
    .into_any()
}

fn problems(
    f: FormView,
    waiting: &Waiting,
    preview: &Preview,
    form: &ApplyForm,
) -> Option<AnyView> {
    let rows = preview.problems.iter().map(|row| Wrong {
        line: row.line,
        about: &row.service,
        problems: &row.problems,
    });
    let problems = Problems {
        f,
        columns: &waiting.columns,
        total: preview.report.problem_rows,
        rows: rows.collect(),
        about: t::service(f.l),
        help: None,
    };
    problems.view(form)
}

fn sample(l: Locale, preview: &Preview) -> Option<AnyView> {
    let rows = &preview.sample;
    if rows.is_empty() {
        return None;
    }
    let report = &preview.report;
    let first = (rows.len() < report.rows.saturating_sub(report.problem_rows)).then(|| {
        view! { <span class="soft">{ti::sample_first(l, rows.len())}</span> }
    });
    let lines = rows.iter().map(|row| {
        let whom = [row.member.as_str(), row.address.as_str()];
        let whom: Vec<&str> = whom.into_iter().filter(|text| !text.is_empty()).collect();
        let does = [t::step(l, row.makes), t::given(l, row.gives)];
        let does: Vec<&str> = does
            .iter()
            .map(AsRef::as_ref)
            .filter(|d| !d.is_empty())
            .collect();
        let whom = (!whom.is_empty()).then(|| whom.join(" · "));
        view! {
            <tr>
                <td class="num" data-label=ti::line_short(l)>{row.line.to_string()}</td>
                <th scope="row" class="is-main">{row.service.clone()}</th>
                <td>{whom}</td>
                <td class="is-end">{does.join(", ")}</td>
            </tr>
        }
    });
    let view = view! {
        <section class="section" aria-labelledby="sample">
            <div class="section-head"><h2 id="sample">{ti::sample_title(l)}</h2>{first}</div>
            <table class="table is-stacking">
                <caption class="visually-hidden">{ti::sample_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="num">{ti::line(l)}</th>
                        <th scope="col">{t::service(l)}</th>
                        <th scope="col">{t::gets(l)}</th>
                        <th scope="col">{t::does(l)}</th>
                    </tr>
                </thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </section>
    };
    Some(view.into_any())
}

async fn apply(req: Req, Id(id): Id<ImportId>, Posted(form): Posted<ApplyForm>) -> Reply {
    let (rows, key) = (form.problem_rows(), form.key.clone());
    let work = move |req: Req, progress: Arc<Progress>| async move {
        req.act(async |cx| services::apply(cx, id, rows, &key, &progress).await)
            .await
    };
    let done = start(&req, id, What::Apply, work).await;
    match done {
        // The page itself says what was done or how far it is, now and later.
        Ok(_) => Ok(req.go(&path_of(id), None)),
        Err(problem) => match (&problem.code, look(&req, id).await?) {
            (Code::RowsWithProblems { .. }, Seen::Waiting(waiting)) => {
                let problem = Problem::at_field("leave_out", problem.code);
                let choices = ChoicesForm::of(&waiting.import.choices);
                let page = waiting_view(&req, &waiting, &choices, &form, Some(&problem));
                Ok(wide(&req, status_of(&problem.code), page))
            }
            (Code::ImportApplied | Code::Invalid, _) => Ok(req.go(&path_of(id), None)),
            _ => Err(Failure(problem)),
        },
    }
}

// --- what was done, and the way back

fn done(req: &Req, import: &Import, against: Option<&Against>, failure: Option<Code>) -> Response {
    let l = req.locale;
    let report = import.report.unwrap_or_default();
    let status = failure.as_ref().map_or(StatusCode::OK, status_of);
    let title = match import.state {
        State::Undone => t::undone_title(l),
        _ => t::done_title(l),
    };
    let when = import.applied_at.map(|at| ui::instant(l, at, req.zone()));
    let left = (report.problem_rows > 0)
        .then(|| fact(ti::fact_left_out(l), ti::left_out(l, report.problem_rows)));
    let undone = import.undone.as_ref().map(|(name, at)| {
        let at = ui::instant(l, *at, req.zone());
        let fact =
            view! { <div><dt>{ti::fact_undone(l)}</dt><dd>{name.clone()} ", " {at}</dd></div> };
        view! { {fact} }
    });
    let help = import
        .undone
        .is_some()
        .then(|| view! { <p class="help">{t::undone_help(l)}</p> });
    let page = view! {
        {head(l, title.clone()).state(t::brought(l, &report)).view()}
        <dl class="facts">
            <div><dt>{ti::fact_file(l)}</dt><dd>{import.file_name.clone()}</dd></div>
            <div><dt>{ti::fact_by(l)}</dt><dd>{uploader(l, import)} ", " {when}</dd></div>
            {fact(ti::fact_rows(l), ti::count(l, report.rows))}
            {counts(l, &report)}
            {left}
            {undone}
        </dl>
        {help}
        <div class="actions">
            <a class="button is-primary" href="/services">{t::see_services(l)}</a>
            <a class="button is-quiet" href="/services/import">{t::another(l)}</a>
        </div>
        {way_back(l, import, &report, against, failure.as_ref())}
    };
    req.page_with(status, &title, Width::Narrow, page)
}

fn way_back(
    l: Locale,
    import: &Import,
    report: &Report,
    against: Option<&Against>,
    failure: Option<&Code>,
) -> Option<AnyView> {
    let failure =
        failure.map(|code| ui::notice(Tone::Error, crate::locales::problems::text(l, code)));
    let against = against?;
    let inside = if against.total > 0 {
        let rows = against.first.iter().map(|reason| {
            let href = format!("/services/{}", reason.service);
            view! { <li><a href=href>{reason.name.clone()}</a> " – " {t::why(l, reason.why)}</li> }
        });
        let more = against.total.saturating_sub(against.first.len());
        let more = (more > 0).then(|| view! { <p class="soft">{ti::against_more(l, more)}</p> });
        view! { <p>{t::against(l)}</p> <ul>{rows.collect_view()}</ul> {more} }.into_any()
    } else if report.added() > 0 {
        let action = format!("{}/undo", path_of(import.id));
        view! {
            <details class="stack">
                <summary>{t::undo_ask(l)}</summary>
                <form method="post" action=action class="stack">
                    <input type="hidden" name="key" value=ui::new_key()/>
                    <p>{t::undo_what(l, report)}</p>
                    <div><button class="button is-danger">{t::undo_button(l)}</button></div>
                </form>
            </details>
        }
        .into_any()
    } else {
        return None;
    };
    let view = view! {
        <section class="section" aria-labelledby="undo">
            <h2 id="undo">{ti::undo_title(l)}</h2>
            {failure}
            {inside}
        </section>
    };
    Some(view.into_any())
}

async fn undo(req: Req, Id(id): Id<ImportId>, Posted(form): Posted<UndoForm>) -> Reply {
    let work = move |req: Req, _| async move {
        req.act(async |cx| services::undo(cx, id, &form.key).await)
            .await
    };
    match start(&req, id, What::Undo, work).await {
        Ok(_) => Ok(req.go(&path_of(id), None)),
        Err(problem) => match (&problem.code, look(&req, id).await?) {
            (Code::ImportUsed { .. }, Seen::Done(import, against)) => {
                Ok(done(&req, &import, against.as_ref(), Some(problem.code)))
            }
            (Code::ImportNotUndoable, _) => Ok(req.go(&path_of(id), None)),
            _ => Err(Failure(problem)),
        },
    }
}
