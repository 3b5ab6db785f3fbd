//! `equipage tenant export`, `import`, `restore` and `delete`: one organisation as a file.

use super::users::read_line;
use super::{EXIT_CONFLICT, Failed, the_operator};
use crate::config::Config;
use domain::context::Clock;
use domain::db::Db;
use domain::db::moving::Unmoved;
use domain::kernel::Slug;
use domain::portal::moving::{self, Installation, Mode, Report};
use domain::portal::{Tenant, deleting};
use std::path::PathBuf;

/// What is written.
#[derive(clap::Args)]
pub struct ExportArgs {
    /// The tenant
    pub name: String,
    /// The file that is made
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is put here.
#[derive(clap::Args)]
pub struct ImportArgs {
    /// The file that `equipage tenant export` has made
    file: PathBuf,
    /// Another name in addresses
    #[arg(long = "as", value_name = "NAME")]
    named: Option<String>,
    #[command(flatten)]
    how: How,
}

/// What is put back.
#[derive(clap::Args)]
pub struct RestoreArgs {
    /// The tenant, whose present data go
    pub name: String,
    /// The file that `equipage tenant export` has made of it
    file: PathBuf,
    #[command(flatten)]
    how: How,
}

/// What is deleted.
#[derive(clap::Args)]
pub struct DeleteArgs {
    /// The tenant
    pub name: String,
    /// The file that is made of it first: the last one there is
    file: PathBuf,
    /// The tenant's name once more, where nobody is there to be asked for it
    #[arg(long, value_name = "NAME")]
    yes_delete: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct How {
    /// Do everything, look whether it is whole, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl How {
    fn mode(&self) -> Mode {
        match self.dry_run {
            true => Mode::Try,
            false => Mode::Keep,
        }
    }
}

impl From<Unmoved> for Failed {
    fn from(why: Unmoved) -> Self {
        match why {
            Unmoved::File(text) => Self::typed(text),
            Unmoved::Conflict(text) => Self {
                text,
                exit_code: EXIT_CONFLICT,
            },
            Unmoved::Ours(problem) => problem.into(),
        }
    }
}

fn print(report: &Report, said: &str, json: bool) -> Result<(), Failed> {
    if json {
        let text = serde_json::to_string_pretty(report);
        println!("{}", text.map_err(|e| Failed::ours(e.to_string()))?);
    } else {
        println!(
            "{}: {} rows of {} tables {said}",
            report.slug,
            report.rows,
            report.tables.len()
        );
    }
    Ok(())
}

/// `equipage tenant export`
///
/// # Errors
/// Why there is no file.
pub async fn export(db: &Db, tenant: &Tenant, args: &ExportArgs) -> Result<(), Failed> {
    let report = moving::export(db, &Clock::System, tenant, &args.file).await?;
    let said = format!(
        "are in {}, which was read again; keys of bank details are not among them",
        args.file.display()
    );
    print(&report, &said, args.json)
}

/// `equipage tenant import`
///
/// # Errors
/// Why nothing was put here.
pub async fn import(db: &Db, config: &Config, args: ImportArgs) -> Result<(), Failed> {
    let slug = args.named.as_deref().map(Slug::parse).transpose()?;
    if let Some(slug) = &slug {
        super::not_the_operators(config, slug.as_str())?;
    }
    let keys = config.bank_keys().map_err(Failed::typed)?;
    let here = installation(db, config, &keys);
    let report = moving::import(&here, &args.file, slug, args.how.mode()).await?;
    print(&report, said(&args.how), args.how.json)
}

/// `equipage tenant restore`
///
/// # Errors
/// Why everything is as it was.
pub async fn restore(
    db: &Db,
    config: &Config,
    tenant: &Tenant,
    args: RestoreArgs,
) -> Result<(), Failed> {
    let keys = config.bank_keys().map_err(Failed::typed)?;
    let here = installation(db, config, &keys);
    let report = moving::restore(&here, &args.file, tenant, args.how.mode()).await?;
    print(&report, said(&args.how), args.how.json)
}

/// `equipage tenant delete`
///
/// # Errors
/// Why the tenant is there as before.
pub async fn delete(
    db: &Db,
    config: &Config,
    tenant: &Tenant,
    args: &DeleteArgs,
) -> Result<(), Failed> {
    let again = match &args.yes_delete {
        Some(name) => name.clone(),
        None => read_line("The organisation goes, with all it has. Its name once more")?,
    };
    if again.trim() != tenant.slug {
        let text = format!("{again:?} is not {:?}: nothing was deleted", tenant.slug);
        return Err(Failed::typed(text));
    }
    let keys = config.bank_keys().map_err(Failed::typed)?;
    let here = installation(db, config, &keys);
    let report = deleting::delete(&here, tenant, &the_operator(), &args.file).await?;
    let said = format!(
        "were deleted; they are in {} alone, and in older backups",
        args.file.display()
    );
    print(&report, &said, args.json)
}

/// `equipage tenant list --deleted`
///
/// # Errors
/// The database's own.
pub async fn deleted(db: &Db) -> Result<(), Failed> {
    for gone in deleting::deleted(db).await? {
        println!(
            "{}\t{}\t{}\t{} – {}\t{} rows, deleted by {}",
            gone.slug,
            gone.id,
            gone.title,
            gone.created_at.format("%F"),
            gone.deleted_at.format("%F %R"),
            gone.row_count,
            gone.operator
        );
    }
    Ok(())
}

fn said(how: &How) -> &'static str {
    match how.mode() {
        Mode::Try => "would be here; nothing was kept",
        Mode::Keep => "are here, each table as the file says",
    }
}

fn installation<'a>(
    db: &'a Db,
    config: &'a Config,
    keys: &'a domain::bank::Keys,
) -> Installation<'a> {
    Installation {
        db,
        owner_url: config.database_owner_url.as_ref().map(|url| url.0.as_str()),
        keys,
        clock: &Clock::System,
    }
}
