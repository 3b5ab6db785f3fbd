//! `equipage import`: a file of members, taken in, looked at and applied in one
//! transaction. Where it stops, nothing of it is kept, not even the file.

use super::{Chosen, EXIT_MISSING, Failed, act, chosen_tenant};
use app::locales::{importing, problems};
use clap::Args;
use domain::context::Cx;
use domain::db::Db;
use domain::import::{self, Column, Preview, PreviewRow, ProblemRows, Report};
use domain::kernel::{Cents, Code, ImportId, Locale, Problem};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const L: Locale = Locale::En;

/// What `equipage import` is told.
#[derive(Args)]
pub struct ImportArgs {
    /// The file: an export of Paheko, Dolibarr or byro, or any CSV with a line of headers
    file: PathBuf,
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
}

/// Imports a file.
///
/// # Errors
/// What is wrong with the file or with its rows; then nothing was imported.
pub async fn run(db: &Db, args: ImportArgs) -> Result<(), Failed> {
    let bytes = read(&args.file)?;
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    let mut cx = act(db, &tenant).await?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let id = take_in(&mut cx, &name, &bytes, args.amount.as_deref()).await?;
    let choices = import::get(&mut cx, id).await?.choices;
    let columns = import::columns(&mut cx, id).await?;
    let preview = import::preview(&mut cx, id, &choices).await?;
    println!(
        "{name}: {} rows, read as {}",
        preview.report.rows,
        importing::program(L, choices.source)
    );
    print_problems(&columns, &preview);
    let problem_rows = match args.skip_problems {
        true => ProblemRows::LeaveOut,
        false => ProblemRows::Refuse,
    };
    if problem_rows == ProblemRows::Refuse && preview.report.problem_rows > 0 {
        let rows = preview.report.problem_rows;
        let text = problems::text(L, &Code::RowsWithProblems { rows });
        return Err(Failed::typed(format!(
            "{text} --skip-problems imports the other rows."
        )));
    }
    if args.dry_run {
        println!("would import:");
        print_counts(&preview.report);
        return Ok(());
    }
    let key = uuid::Uuid::now_v7().to_string();
    let report = import::apply(&mut cx, id, problem_rows, &key).await?;
    cx.commit().await?;
    println!("imported:");
    print_counts(&report);
    Ok(())
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

fn print_problems(columns: &[Column], preview: &Preview) {
    for row in &preview.problems {
        print_problem_row(columns, row);
    }
    let more = preview
        .report
        .problem_rows
        .saturating_sub(preview.problems.len());
    if more > 0 {
        println!("and {more} more rows with problems");
    }
}

fn print_problem_row(columns: &[Column], row: &PreviewRow) {
    for problem in &row.problems {
        let text = importing::row_problem(L, problem);
        let value = match problem.value.as_str() {
            "" => String::new(),
            value => format!("« {value} » — "),
        };
        let column = problem.column.and_then(|at| columns.get(at));
        let column = column
            .map(|c| format!(" (column {})", c.header))
            .unwrap_or_default();
        println!("line {}: {value}{text}{column}", row.line);
    }
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
        (report.problem_rows, "rows with problems, left out"),
    ];
    for (n, what) in sometimes.iter().filter(|(n, _)| *n > 0) {
        println!("  {n} {what}");
    }
}
