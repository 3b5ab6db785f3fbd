//! The import of members (that of services is in `services.rs`) in four steps: the file, its columns, a preview, what was
//! done. Nothing is written before the last; each step is a page of its own, so that
//! going back costs nothing.

mod columns;
mod done;
mod kinds;
mod mapping;
mod preview;
mod receive;
mod rows;
mod running;
mod services;
mod undo;
mod upload;

use crate::jobs::{Job, What};
use crate::locales::{Text, frame as tf, importing as t};
use crate::request::{App, Failure, Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, PageHead};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::import::{
    self, Against, Choices, ChoicesForm, Column, Import, Preview, ProblemRows, Progress, Source,
    State,
};
use domain::kernel::problem::Class;
use domain::kernel::{Code, ImportId, Locale, Problem, Right};
use leptos::prelude::*;
use serde::Deserialize;
use std::sync::Arc;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/members/import", get(upload_page).post(upload))
        .route("/members/import/{id}", get(show))
        .route(
            "/members/import/{id}/columns",
            get(columns_page).post(set_columns),
        )
        .route("/members/import/{id}/forget", post(forget_columns))
        .route("/members/import/{id}/apply", post(apply))
        .route("/members/import/{id}/undo", post(undo::undo))
        .merge(services::routes())
}

fn path_of(id: ImportId) -> String {
    format!("/members/import/{id}")
}

fn columns_path(id: ImportId) -> String {
    format!("/members/import/{id}/columns")
}

// --- step 1: the file

async fn upload_page(req: Req) -> Reply {
    let recent = req.view(async |cx| import::list(cx).await).await?;
    Ok(req.form_page(&t::title(req.locale), upload::page(&req, &recent, None)))
}

async fn upload(req: Req, request: Request) -> Reply {
    match take_in(&req, request).await {
        Ok(made) => {
            // What is fully understood needs no questions; the columns are one step back.
            let understood = made.choices.source != Source::Generic && made.choices.check().is_ok();
            let to = if understood {
                path_of(made.id)
            } else {
                columns_path(made.id)
            };
            Ok(req.go(&to, None))
        }
        Err(problem) => {
            let problem = at_the_file(problem);
            let recent = req.view(async |cx| import::list(cx).await).await?;
            req.page_again(problem, &t::title(req.locale), |problem| {
                upload::page(&req, &recent, Some(problem))
            })
        }
    }
}

async fn take_in(req: &Req, request: Request) -> Result<Import, Problem> {
    let sent = receive::receive(request).await?;
    req.act(async |cx| {
        let id = import::upload(cx, &sent.file_name, &sent.bytes, &sent.key).await?;
        import::get(cx, id).await
    })
    .await
}

/// A file that cannot be read is a wrong answer to the question "which file?".
fn at_the_file(problem: Problem) -> Problem {
    match (&problem.code, problem.code.class()) {
        (Code::Invalid | Code::BadRequest, _) => problem,
        (Code::TooLarge { .. }, _) | (_, Class::Invalid) => Problem::at_field("file", problem.code),
        _ => problem,
    }
}

// --- step 2: the columns

async fn columns_of(req: &Req, id: ImportId) -> Result<columns::Asked, Problem> {
    req.view(async |cx| {
        let import = import::get(cx, id).await?;
        let columns = import::columns(cx, id).await?;
        let (found, known) = import::kinds(cx, id).await?;
        Ok(columns::Asked {
            import,
            columns,
            kinds: kinds::Kinds { found, known },
            own: import::own_fields(cx).await?,
        })
    })
    .await
}

async fn columns_page(req: Req, Id(id): Id<ImportId>) -> Reply {
    let asked = match columns_of(&req, id).await {
        Err(problem) => return elsewhere(&req, id, problem),
        Ok(asked) => asked,
    };
    // Where the recognised columns do not suffice, the page opens with what is missing.
    let problem = asked.import.choices.check().err();
    let form = asked.form(req.locale);
    let page = columns::page(&req, &asked, &form, problem.as_ref());
    Ok(req.page(&t::title(req.locale), page))
}

async fn set_columns(req: Req, Id(id): Id<ImportId>, Posted(form): Posted<ChoicesForm>) -> Reply {
    let asked = match columns_of(&req, id).await {
        Err(problem) => return elsewhere(&req, id, problem),
        Ok(asked) => asked,
    };
    let saved = match form.parse(&asked.import.choices) {
        Ok(choices) => {
            req.act(async |cx| {
                import::set_choices(cx, id, &choices).await?;
                Ok(import::get(cx, id).await?.choices)
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    match saved {
        // The columns say something else of dues now: that was not asked yet.
        Ok(choices) if names_others(&choices, &form) => {
            Ok(req.go(&format!("{}#kinds", columns_path(id)), None))
        }
        Ok(_) => Ok(req.go(&path_of(id), None)),
        Err(problem) if problem.code == Code::Invalid => {
            let page = columns::page(&req, &asked, &form, Some(&problem));
            Ok(again(&req, &problem, page))
        }
        Err(problem) => elsewhere(&req, id, problem),
    }
}

/// Whether the file has names of dues that the form did not ask about.
fn names_others(choices: &Choices, form: &ChoicesForm) -> bool {
    let asked = |value: &String| form.kind_values.contains(value);
    choices.kinds.iter().any(|kind| !asked(&kind.value))
}

/// Back to what is recognised, where the columns were an earlier file's.
async fn forget_columns(req: Req, Id(id): Id<ImportId>) -> Reply {
    match req
        .act(async |cx| import::forget_choices(cx, id).await)
        .await
    {
        Ok(()) => Ok(req.go(&columns_path(id), None)),
        Err(problem) => elsewhere(&req, id, problem),
    }
}

// --- steps 3 and 4: the preview, what was done

/// What there is to see of an import.
enum Seen {
    Done(Import, Option<Against>),
    Waiting(Import, Preview, Vec<Column>),
}

async fn look(req: &Req, id: ImportId) -> Result<Seen, Problem> {
    req.view(async |cx| {
        let found = import::get(cx, id).await?;
        if found.state != State::Uploaded {
            let against = match import::against_undo(cx, id).await {
                Ok(against) => Some(against),
                // It cannot be undone at all, or not by the one who looks.
                Err(problem) if problem.code.class() == Class::Ours => return Err(problem),
                Err(_) => None,
            };
            return Ok(Seen::Done(found, against));
        }
        let preview = import::preview(cx, id, &found.choices).await?;
        let columns = import::columns(cx, id).await?;
        Ok(Seen::Waiting(found, preview, columns))
    })
    .await
}

async fn show(req: Req, Id(id): Id<ImportId>) -> Reply {
    // Who may not see imports hears so from `look`, not from what runs.
    if req.rights().has(Right::Members)
        && let Some(job) = req.app.jobs.of(req.tenant.id, id)
    {
        return Ok(running::page(&req, running::Of::Members, &job));
    }
    match look(&req, id).await {
        Ok(Seen::Done(found, against)) => {
            let failure = req.app.jobs.take_failure(req.tenant.id, id);
            Ok(undo::shown(&req, &found, against.as_ref(), failure))
        }
        Ok(Seen::Waiting(found, preview, columns)) => {
            let shown = preview::Shown {
                found: &found,
                preview: &preview,
                columns: &columns,
            };
            let form = ApplyForm {
                key: ui::new_key(),
                ..ApplyForm::default()
            };
            let failure = req.app.jobs.take_failure(req.tenant.id, id);
            let failure = failure.map(Problem::new);
            let page = preview::page(&req, &shown, &form, failure.as_ref());
            Ok(req.page(&t::title(req.locale), page))
        }
        Err(problem) if problem.code == Code::Invalid => Ok(req.go(&columns_path(id), None)),
        Err(problem) => Err(Failure(problem)),
    }
}

/// The last form: rows with problems stay out only where somebody says so.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ApplyForm {
    key: String,
    leave_out: String,
}

impl ApplyForm {
    fn problem_rows(&self) -> ProblemRows {
        if self.leave_out.is_empty() {
            ProblemRows::Refuse
        } else {
            ProblemRows::LeaveOut
        }
    }
}

/// The form of the button that takes an import back.
#[derive(Default, Deserialize)]
#[serde(default)]
struct UndoForm {
    key: String,
}

/// Starts a piece of work on an import, which goes on when the browser goes away.
async fn start<T, W>(
    req: &Req,
    id: ImportId,
    what: What,
    work: impl FnOnce(Req, Arc<Progress>) -> W,
) -> Result<Option<T>, Problem>
where
    T: Send + 'static,
    W: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let progress: Arc<Progress> = Arc::default();
    let job = Job {
        import: id,
        what,
        progress: progress.clone(),
    };
    let work = work(req.clone(), progress);
    req.app.jobs.run(req.tenant.id, job, work).await
}

async fn apply(req: Req, Id(id): Id<ImportId>, Posted(form): Posted<ApplyForm>) -> Reply {
    let (rows, key) = (form.problem_rows(), form.key.clone());
    let work = move |req: Req, progress: Arc<Progress>| async move {
        req.act(async |cx| import::apply(cx, id, rows, &key, &progress).await)
            .await
    };
    match start(&req, id, What::Apply, work).await {
        // The page itself says what was done or how far it is, now and later.
        Ok(_) => Ok(req.go(&path_of(id), None)),
        Err(problem) if matches!(problem.code, Code::RowsWithProblems { .. }) => {
            let Seen::Waiting(found, preview, columns) = look(&req, id).await? else {
                return Ok(req.go(&path_of(id), None));
            };
            let shown = preview::Shown {
                found: &found,
                preview: &preview,
                columns: &columns,
            };
            let problem = Problem::at_field("leave_out", problem.code);
            Ok(again(
                &req,
                &problem,
                preview::page(&req, &shown, &form, Some(&problem)),
            ))
        }
        Err(problem) => elsewhere(&req, id, problem),
    }
}

/// Where a step cannot be shown: what is done already shows what was done.
fn elsewhere(req: &Req, id: ImportId, problem: Problem) -> Reply {
    match problem.code {
        Code::ImportApplied => Ok(req.go(&path_of(id), None)),
        Code::Invalid => Ok(req.go(&columns_path(id), None)),
        _ => Err(Failure(problem)),
    }
}

/// A wide page shown again with what is to be mended.
fn again(req: &Req, problem: &Problem, page: AnyView) -> Response {
    let status: StatusCode = status_of(&problem.code);
    req.page_with(status, &t::title(req.locale), Width::Wide, page)
}

// --- what the steps share

/// The steps, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    File,
    Columns,
    Preview,
    Done,
}

fn steps(l: Locale, present: Step) -> AnyView {
    let all: [(Step, Text); 4] = [
        (Step::File, t::step_file(l)),
        (Step::Columns, t::step_columns(l)),
        (Step::Preview, t::step_preview(l)),
        (Step::Done, t::step_done(l)),
    ];
    let items = all.into_iter().map(|(step, name)| {
        let done = step < present;
        let current = (step == present).then_some("step");
        let told =
            done.then(|| view! { <span class="visually-hidden">{t::step_is_done(l)}</span> });
        view! { <li class=done.then_some("is-done") aria-current=current>{name}{told}</li> }
    });
    view! { <ol class="steps" role="list" aria-label=t::steps(l)>{items.collect_view()}</ol> }
        .into_any()
}

fn head(l: Locale, title: impl Into<String>) -> PageHead {
    PageHead::new(title).crumb("/members", tf::members(l))
}

/// Who brought a file.
pub fn uploader(l: Locale, import: &Import) -> String {
    match import.created_by {
        Some(_) => import.created_by_name.clone(),
        None => crate::locales::organisation::via_cli(l).into_owned(),
    }
}

/// The day since when the columns of an earlier file are remembered.
fn remembered_on(req: &Req, import: &Import) -> Option<String> {
    let at = import.choices_from?;
    Some(req.locale.day(at.with_timezone(&req.zone()).date_naive()))
}

/// A column's name, also where the file gives it none.
fn column_name(l: Locale, columns: &[Column], at: usize) -> String {
    match columns.get(at) {
        Some(column) if !column.header.is_empty() => column.header.clone(),
        _ => t::unnamed(l, at + 1).into_owned(),
    }
}

/// One line of a list of facts.
fn fact(name: impl Into<Text>, value: impl IntoView) -> AnyView {
    view! { <div><dt>{name.into()}</dt><dd class="num">{value.into_any()}</dd></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_file_is_said_at_the_field() {
        for code in [
            Code::FileEmpty,
            Code::FileBroken { line: 3 },
            Code::TooLarge { max_mib: 8 },
        ] {
            let problem = at_the_file(Problem::new(code.clone()));
            assert_eq!(problem.field("file"), Some(&code));
            assert_eq!(status_of(&problem.code), StatusCode::UNPROCESSABLE_ENTITY);
        }
        // What is not the file's doing stays what it is.
        for code in [
            Code::Internal,
            Code::BadRequest,
            Code::AlreadySent,
            Code::Busy,
        ] {
            assert_eq!(at_the_file(Problem::new(code.clone())).code, code);
        }
    }
}
