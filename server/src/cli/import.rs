//! `equipage import`: a file of members, taken in, looked at and applied in one
//! transaction. Where it stops, nothing of it is kept, not even the file. Also the list
//! of imports, and undoing one.

mod services;

use super::{Chosen, EXIT_MISSING, Failed, act, chosen_tenant};
use app::locales::{importing, problems};
use clap::Args;
use domain::context::Cx;
use domain::db::Db;
use domain::import::{self, Column, ProblemRows, Progress, Report, RowProblem, State};
use domain::kernel::{Cents, Code, ImportId, Locale, Problem};
use domain::portal::Tenant;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const L: Locale = Locale::En;
/// How often the progress is shown anew.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What `equipage import` is told.
#[derive(Args)]
pub struct ImportArgs {
    /// The file: an export of Paheko, Dolibarr or byro, or any CSV with a line of headers
    #[arg(required_unless_present_any = ["list", "undo"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    tenant: Chosen,
    /// Import without the rows that have problems; otherwise one of them stops everything
    #[arg(long)]
    skip_problems: bool,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// What was paid where the file only says that it was: 30 or 30.00
    #[arg(long)]
    amount: Option<String>,
    /// The file holds services, who has them, or their addresses
    #[arg(long)]
    services: bool,
    /// The type of services of which the file does not say one
    #[arg(long, requires = "services")]
    kind: Option<String>,
    /// What the other program is called: its ids are kept under this name
    #[arg(long, requires = "services")]
    source: Option<String>,
    /// List the last imports, with their ids
    #[arg(long, conflicts_with_all = ["file", "undo"])]
    list: bool,
    /// Take back all that an import added; refused where something was built on it
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    undo: Option<String>,
}

/// Imports a file, lists what was imported, or undoes it.
///
/// # Errors
/// What is wrong; then nothing was changed.
pub async fn run(db: &Db, args: ImportArgs) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    if args.services {
        return services::run(db, &tenant, &args).await;
    }
    match (&args.file, &args.undo) {
        (_, Some(id)) => undo(db, &tenant, id).await,
        (Some(file), None) => apply(db, &tenant, file, &args).await,
        (None, None) => list(db, &tenant).await,
    }
}

async fn list(db: &Db, tenant: &Tenant) -> Result<(), Failed> {
    let mut cx = act(db, tenant).await?;
    for import in import::list(&mut cx).await? {
        let state = match import.state {
            State::Uploaded => "waits",
            State::Applied => "applied",
            State::Undone => "undone",
        };
        let report = import.report.unwrap_or_default();
        println!(
            "{}\t{}\t{state}\t{} members\t{} payments\t{}",
            import.id,
            import.created_at.format("%Y-%m-%d %H:%M"),
            report.members_added,
            report.payments_added,
            import.file_name
        );
    }
    Ok(())
}

/// That there is no such import.
fn missing_import(id: &str) -> Failed {
    Failed {
        text: format!("--undo: there is no import {id:?}; `equipage import --list` names them"),
        exit_code: EXIT_MISSING,
    }
}

async fn undo(db: &Db, tenant: &Tenant, id: &str) -> Result<(), Failed> {
    let missing = || missing_import(id);
    let id: ImportId = id.parse().map_err(|_| missing())?;
    let mut cx = act(db, tenant).await?;
    let against = match import::against_undo(&mut cx, id).await {
        Err(problem) if problem.code == Code::NotFound => return Err(missing()),
        found => found?,
    };
    for reason in &against.first {
        println!("{}: {}", reason.name, importing::against(L, reason.why));
    }
    let more = against.total.saturating_sub(against.first.len());
    if more > 0 {
        println!("and {more} more");
    }
    let key = uuid::Uuid::now_v7().to_string();
    let undone = import::undo(&mut cx, id, &key).await?;
    cx.commit().await?;
    println!(
        "undone: {} members, {} people and {} payments are gone",
        undone.members, undone.people, undone.payments
    );
    Ok(())
}

/// Imports a file.
///
/// # Errors
/// What is wrong with the file or with its rows; then nothing was imported.
async fn apply(db: &Db, tenant: &Tenant, file: &Path, args: &ImportArgs) -> Result<(), Failed> {
    let bytes = read(file)?;
    let mut cx = act(db, tenant).await?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let id = take_in(&mut cx, &name, &bytes, args.amount.as_deref()).await?;
    let found = import::get(&mut cx, id).await?;
    if let Some(at) = found.choices_from {
        let day = at.with_timezone(&cx.zone).date_naive();
        println!("{}", importing::remembered(L, &L.day(day)));
    }
    let choices = found.choices;
    let columns = import::columns(&mut cx, id).await?;
    let preview = import::preview(&mut cx, id, &choices).await?;
    println!(
        "{name}: {} rows, read as {}",
        preview.report.rows,
        importing::program(L, choices.source)
    );
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
    let progress = Arc::new(Progress::default());
    let shown = std::io::stderr()
        .is_terminal()
        .then(|| tokio::spawn(show(progress.clone())));
    let applied = import::apply(&mut cx, id, problem_rows, &key, &progress).await;
    if let Some(shown) = shown {
        shown.abort();
        eprint!("\r\x1b[K");
    }
    let report = applied?;
    cx.commit().await?;
    println!("imported:");
    print_counts(&report);
    println!("  to take it back: equipage import --undo {id}");
    Ok(())
}

/// Shows how far it is, on one line of the terminal.
async fn show(progress: Arc<Progress>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let (done, total) = progress.seen();
        if total > 0 {
            eprint!("\r\x1b[K{done} of {total}");
        }
    }
}

/// Reads the file, but no more of it than an import takes.
fn read(file: &Path) -> Result<Vec<u8>, Failed> {
    let failed = |error: std::io::Error| {
        let text = format!("{}: {error}", file.display());
        match error.kind() {
            ErrorKind::NotFound => Failed {
                text,
                exit_code: EXIT_MISSING,
            },
            _ => Failed::typed(text),
        }
    };
    let length = std::fs::metadata(file).map_err(failed)?.len();
    if length > u64::try_from(import::MAX_BYTES).unwrap_or(u64::MAX) {
        let code = Code::TooLarge {
            max_mib: import::MAX_BYTES >> 20,
        };
        return Err(Failed::typed(format!(
            "{}: {}",
            file.display(),
            problems::text(L, &code)
        )));
    }
    std::fs::read(file).map_err(failed)
}

/// Takes the file in, with the amount for dues whose amount the file does not say.
async fn take_in(
    cx: &mut Cx,
    name: &str,
    bytes: &[u8],
    amount: Option<&str>,
) -> Result<ImportId, Failed> {
    let key = uuid::Uuid::now_v7().to_string();
    let id = import::upload(cx, name, bytes, &key).await?;
    if let Some(amount) = amount {
        let amount = match Cents::parse(amount) {
            Ok(Cents(..=0)) => Err(Problem::new(Code::AmountNotPositive)),
            read => read,
        }
        .map_err(|problem| {
            Failed::typed(format!("--amount: {}", problems::text(L, &problem.code)))
        })?;
        let mut choices = import::get(cx, id).await?.choices;
        choices.default_amount = Some(amount);
        import::set_choices(cx, id, &choices).await?;
    }
    Ok(id)
}

/// The rows with problems, and how many more there are.
fn print_problems<'a>(
    columns: &[Column],
    rows: impl ExactSizeIterator<Item = (u64, &'a [RowProblem])>,
    total: usize,
) {
    let more = total.saturating_sub(rows.len());
    for (line, problems) in rows {
        for problem in problems {
            print_problem(columns, line, problem);
        }
    }
    if more > 0 {
        println!("and {more} more rows with problems");
    }
}

/// What becomes of rows with problems; where they stop the import, that is said.
fn problem_rows(args: &ImportArgs, rows: usize) -> Result<ProblemRows, Failed> {
    match (args.skip_problems, rows) {
        (true, _) => Ok(ProblemRows::LeaveOut),
        (false, 0) => Ok(ProblemRows::Refuse),
        (false, rows) => {
            let text = problems::text(L, &Code::RowsWithProblems { rows });
            Err(Failed::typed(format!(
                "{text} --skip-problems imports the other rows."
            )))
        }
    }
}

fn print_problem(columns: &[Column], line: u64, problem: &RowProblem) {
    let text = importing::row_problem(L, problem);
    let value = match problem.value.as_str() {
        "" => String::new(),
        value => format!("« {value} » — "),
    };
    let column = problem.column.and_then(|at| columns.get(at));
    let column = column
        .map(|c| format!(" (column {})", c.header))
        .unwrap_or_default();
    println!("line {line}: {value}{text}{column}");
}

/// The counts; what is nothing special is said only where there is some of it.
fn print_counts(report: &Report) {
    let always = [
        (report.members_added, "new members"),
        (report.members_known, "members already there"),
        (report.payments_added, "payments, to be validated"),
    ];
    for (n, what) in always {
        println!("  {n} {what}");
    }
    if report.payments_added > 0 {
        println!("  {} in all", L.money(report.payments_amount));
    }
    let sometimes = [
        (report.payments_known, "payments already there"),
        (report.not_paid, "rows that say: not paid"),
        (
            report.paid_without_amount,
            "rows that say: paid, but not how much (see --amount)",
        ),
        (
            report.paid_until_only,
            "rows that say until when they are paid, but not how much",
        ),
        (report.values_added, "values in your own fields"),
        (report.problem_rows, "rows with problems, left out"),
    ];
    for (n, what) in sometimes.iter().filter(|(n, _)| *n > 0) {
        println!("  {n} {what}");
    }
}
