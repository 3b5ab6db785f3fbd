//! `equipage import --services`: a file of services, of who has them, or of their addresses;
//! the list of such imports, and undoing one.

use super::{ImportArgs, L, missing_import, print_problems, problem_rows, read};
use crate::cli::{Failed, act};
use app::locales::importing_services;
use domain::context::Cx;
use domain::db::Db;
use domain::import::Progress;
use domain::import::services::{self, Report, State};
use domain::kernel::{Code, ImportId};
use domain::portal::Tenant;
use std::path::Path;

/// Imports a file, lists what was imported, or undoes it.
///
/// # Errors
/// What is wrong; then nothing was changed.
pub(super) async fn run(db: &Db, tenant: &Tenant, args: &ImportArgs) -> Result<(), Failed> {
    match (&args.file, &args.undo) {
        (_, Some(id)) => undo(db, tenant, id).await,
        (Some(file), None) => apply(db, tenant, file, args).await,
        (None, None) => list(db, tenant).await,
    }
}

async fn list(db: &Db, tenant: &Tenant) -> Result<(), Failed> {
    let mut cx = act(db, tenant).await?;
    for import in services::list(&mut cx).await? {
        let state = match import.state {
            State::Uploaded => "waits",
            State::Applied => "applied",
            State::Undone => "undone",
        };
        let report = import.report.unwrap_or_default();
        println!(
            "{}\t{}\t{state}\t{}\t{}",
            import.id,
            import.created_at.format("%Y-%m-%d %H:%M"),
            importing_services::brought(L, &report),
            import.file_name
        );
    }
    Ok(())
}

async fn undo(db: &Db, tenant: &Tenant, id: &str) -> Result<(), Failed> {
    let missing = || missing_import(id);
    let id: ImportId = id.parse().map_err(|_| missing())?;
    let mut cx = act(db, tenant).await?;
    let against = match services::against_undo(&mut cx, id).await {
        Err(problem) if problem.code == Code::NotFound => return Err(missing()),
        found => found?,
    };
    for reason in &against.first {
        println!(
            "{}: {}",
            reason.name,
            importing_services::why(L, reason.why)
        );
    }
    let key = uuid::Uuid::now_v7().to_string();
    let gone = services::undo(&mut cx, id, &key).await?;
    cx.commit().await?;
    println!(
        "undone: {} services, {} times given to members and {} addresses are gone",
        gone.services, gone.holdings, gone.allocations
    );
    Ok(())
}

async fn apply(db: &Db, tenant: &Tenant, file: &Path, args: &ImportArgs) -> Result<(), Failed> {
    let bytes = read(file)?;
    let mut cx = act(db, tenant).await?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let key = uuid::Uuid::now_v7().to_string();
    let id = services::upload(&mut cx, &name, &bytes, &key).await?;
    choose(&mut cx, id, args).await?;
    let columns = services::columns(&mut cx, id).await?;
    let preview = services::preview(&mut cx, id).await?;
    println!("{name}: {} rows", preview.report.rows);
    let wrong = preview.problems.iter();
    let wrong = wrong.map(|row| (row.line, row.problems.as_slice()));
    print_problems(&columns, wrong, preview.report.problem_rows);
    let problem_rows = problem_rows(args, preview.report.problem_rows)?;
    if args.dry_run {
        println!("would import:");
        print_counts(&preview.report);
        return Ok(());
    }
    let key = uuid::Uuid::now_v7().to_string();
    let report = services::apply(&mut cx, id, problem_rows, &key, &Progress::default()).await?;
    cx.commit().await?;
    println!("imported:");
    print_counts(&report);
    println!("  to take it back: equipage import --services --undo {id}");
    Ok(())
}

/// Keeps what the command says beside the file.
async fn choose(cx: &mut Cx, id: ImportId, args: &ImportArgs) -> Result<(), Failed> {
    let mut choices = services::get(cx, id).await?.choices;
    if let Some(source) = &args.source {
        choices.source.clone_from(source);
    }
    if let Some(name) = &args.kind {
        let kinds = services::kinds(cx, id).await?;
        let kind = kinds.iter().find(|kind| kind.name == *name);
        let missing = || Failed::typed(format!("--kind: there is no type of services {name:?}"));
        choices.kind = Some(kind.ok_or_else(missing)?.id);
    }
    Ok(services::set_choices(cx, id, &choices).await?)
}

/// The counts of which there are some.
fn print_counts(report: &Report) {
    let all = [
        (report.services_added, "new services"),
        (report.services_known, "services already there"),
        (report.holdings_added, "times given to members"),
        (report.holdings_known, "times given already"),
        (report.allocations_added, "addresses given"),
        (report.allocations_known, "addresses already there"),
        (report.values_added, "values in your own fields"),
        (report.problem_rows, "rows with problems, left out"),
    ];
    for (n, what) in all.iter().filter(|(n, _)| *n > 0) {
        println!("  {n} {what}");
    }
}
