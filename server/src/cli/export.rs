//! `equipage export`: a list as a file, as its page would give it.

use super::{Chosen, Failed, act, chosen_tenant, look};
use app::exports::{self, Made, Name, Wanted};
use domain::db::Db;
use domain::kernel::Locale;
use domain::portal::Tenant;
use domain::settings;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What to export.
#[derive(clap::Args)]
pub struct ExportArgs {
    /// The list: people, members, payments, queue, receipts, services, prefixes, addresses, dues,
    /// servicesstats, membersstats, imports, reminders or audit
    list: String,
    #[command(flatten)]
    tenant: Chosen,
    /// csv or xlsx; for receipts also pdf
    #[arg(long, default_value = "csv")]
    format: String,
    /// The list's filters, as its page's address has them: `q=lea&standing=late`
    #[arg(long, default_value = "")]
    filter: String,
    /// The language of headers and words, fr or en; the organisation's where it is left out
    #[arg(long)]
    locale: Option<String>,
    /// The file to write, which must not exist; `-` for the standard output. The file's own
    /// name where it is left out
    #[arg(long, short)]
    output: Option<PathBuf>,
}

/// Exports a list.
///
/// # Errors
/// What is wrong with the arguments, or with writing the file.
pub async fn run(db: &Db, args: ExportArgs) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    let mut cx = look(db, &tenant).await?;
    let locale = match &args.locale {
        Some(tag) => {
            Locale::from_tag(tag).ok_or_else(|| Failed::typed("--locale: write fr or en"))?
        }
        None => settings::get(&mut cx).await?.locale,
    };
    if Name::from_name(&args.list).is_none() {
        let names: Vec<&str> = Name::ALL.iter().map(|list| list.name()).collect();
        let text = format!(
            "there is no list {:?}; there are {}",
            args.list,
            names.join(", ")
        );
        return Err(Failed::typed(text));
    }
    let wanted = Wanted::parse(&args.list, &args.format, &args.filter, locale)?;
    let mut made = exports::make(&mut cx, &wanted).await?;
    drop(cx);
    note(db, &tenant, &wanted, &made).await?;
    let output = args.output.unwrap_or_else(|| PathBuf::from(&made.name));
    let unwritten = |e: io::Error| Failed::ours(format!("{}: {e}", output.display()));
    if output == Path::new("-") {
        io::copy(&mut made.content, &mut io::stdout()).map_err(unwritten)?;
        return Ok(());
    }
    // What is there stays: a mistyped name must not cost a file.
    let mut file = File::create_new(&output).map_err(unwritten)?;
    io::copy(&mut made.content, &mut file).map_err(unwritten)?;
    println!("{}: {} rows", output.display(), made.rows);
    Ok(())
}

/// Writes a list as text with separators to the standard output, in the organisation's
/// language.
///
/// # Errors
/// Those of the list, and of writing it down who took it.
pub async fn print(db: &Db, tenant: &Tenant, list: &str, filter: &str) -> Result<(), Failed> {
    let mut cx = look(db, tenant).await?;
    let locale = settings::get(&mut cx).await?.locale;
    let wanted = Wanted::parse(list, "csv", filter, locale)?;
    let mut made = exports::make(&mut cx, &wanted).await?;
    drop(cx);
    note(db, tenant, &wanted, &made).await?;
    let unwritten = |e: io::Error| Failed::ours(e.to_string());
    io::copy(&mut made.content, &mut io::stdout()).map_err(unwritten)?;
    Ok(())
}

async fn note(db: &Db, tenant: &Tenant, wanted: &Wanted, made: &Made) -> Result<(), Failed> {
    let mut cx = act(db, tenant).await?;
    exports::note(&mut cx, wanted, made).await?;
    Ok(cx.commit().await?)
}
