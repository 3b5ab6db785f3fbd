//! Extractions from the command line: files that templates make.

use super::plugins::{EXIT_DRIFT, work_all};
use super::{Chosen, EXIT_MISSING, EXIT_OURS, Failed, act, chosen_tenant, look, print_json};
use crate::config::Config;
use crate::serve;
use clap::{Args, Subcommand};
use domain::context::Cx;
use domain::db::Db;
use domain::fields::Wanted;
use domain::kernel::{Locale, PageRequest};
use domain::plugins::extractions::{
    self, DiffKind, Extraction, ExtractionForm, READS, SHIPPED, Schedule, diff, form_of, rules,
};
use domain::plugins::work::Tools;
use domain::plugins::{self, JournalFilter, ObjectKind};
use domain::portal::Tenant;
use serde_json::json;
use std::path::{Path, PathBuf};
use uuid::Uuid;

#[derive(Subcommand)]
pub enum ExtractionCommand {
    /// What an extraction can begin with, with the template and the configuration of each
    Kinds {
        /// Print the template of one
        kind: Option<String>,
    },
    /// The extractions that are set up
    List {
        #[command(flatten)]
        tenant: Chosen,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// One with its template and configuration, as JSON
    Show(Named),
    /// Set one up: its file is made at once, unless it is disabled
    Add(Add),
    /// Change one; what is not named stays
    Set(Set),
    /// What would be written, compared with the file that is there: exit code 5 where they differ
    Preview {
        #[command(flatten)]
        named: Named,
        /// Print the whole text, and not what differs
        #[arg(long)]
        text: bool,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the file now, here and not in the server
    Run {
        #[command(flatten)]
        named: Named,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Let one work
    Enable(Named),
    /// Let one rest: its file stays as it is
    Disable(Named),
    /// Forget one; its file stays where it is
    Delete(Named),
}

#[derive(Args)]
pub struct Named {
    /// The extraction's name
    name: String,
    #[command(flatten)]
    tenant: Chosen,
}

#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    named: Named,
    /// Begin as one that ships: `equipage extraction kinds` names them
    #[arg(long, value_parser = shipped)]
    from: Option<String>,
    #[command(flatten)]
    said: Said,
    /// Do not let it work yet
    #[arg(long)]
    disabled: bool,
}

#[derive(Args)]
pub struct Set {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    said: Said,
    /// A new name
    #[arg(long)]
    rename: Option<String>,
}

/// What is said of an extraction.
#[derive(Args)]
pub struct Said {
    /// Where its file lies, in the organisation's folder
    #[arg(long)]
    path: Option<String>,
    /// A file with the template
    #[arg(long)]
    template: Option<PathBuf>,
    /// A file with the default configuration: `name = value` in each line
    #[arg(long)]
    config: Option<PathBuf>,
    /// A value of the default configuration: NAME=VALUE; may be given several times
    #[arg(long = "set", value_parser = super::plugins::pair)]
    values: Vec<(String, String)>,
    /// What the template reads: person, crew, service; with commas
    #[arg(long, value_delimiter = ',', value_parser = reads)]
    reads: Vec<ObjectKind>,
    /// Make it with every change of what it reads
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    on_change: Option<bool>,
    /// Make it by the clock: never, hourly, daily, weekly, monthly
    #[arg(long, value_parser = schedule)]
    schedule: Option<Schedule>,
    /// At which hour
    #[arg(long)]
    hour: Option<i64>,
    /// Who may read and write it, as chmod has it
    #[arg(long)]
    mode: Option<String>,
    /// Whose it is: user, user:group or :group
    #[arg(long)]
    owner: Option<String>,
    /// The characters that no value brings into it
    #[arg(long)]
    without: Option<String>,
    /// The program that is run when it has changed
    #[arg(long)]
    command: Option<String>,
}

fn shipped(text: &str) -> Result<String, String> {
    let names: Vec<&str> = SHIPPED.iter().map(|one| one.kind).collect();
    match names.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(format!("one of: {}", names.join(", "))),
    }
}

fn reads(text: &str) -> Result<ObjectKind, String> {
    let found = READS.iter().copied().find(|kind| kind.name() == text);
    found.ok_or_else(|| "one of: person, crew, service".to_owned())
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("yes or no".to_owned()),
    }
}

fn schedule(text: &str) -> Result<Schedule, String> {
    let names: Vec<&str> = Schedule::ALL.iter().map(|one| one.name()).collect();
    Schedule::from_name(text).ok_or_else(|| format!("one of: {}", names.join(", ")))
}

/// `equipage extraction …`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn run(db: &Db, config: &Config, command: ExtractionCommand) -> Result<(), Failed> {
    let tools = serve::tools(config, db)?;
    match command {
        ExtractionCommand::Kinds { kind } => kinds(kind.as_deref()),
        ExtractionCommand::List { tenant, json } => {
            let tenant = chosen_tenant(db, tenant.name()).await?;
            let all = extractions::list(&mut look(db, &tenant).await?).await?;
            if json {
                return print_json(&all);
            }
            for one in &all {
                println!("{}", line(one));
            }
            Ok(())
        }
        ExtractionCommand::Show(named) => {
            let tenant = chosen_tenant(db, named.tenant.name()).await?;
            let one = find(&mut look(db, &tenant).await?, &named.name).await?;
            print_json(&one)
        }
        ExtractionCommand::Add(args) => add(&tools, args).await,
        ExtractionCommand::Set(args) => {
            let said = args.said;
            change(&tools, &args.named, |form| {
                if let Some(name) = args.rename {
                    form.name = name;
                }
                put(form, said)
            })
            .await
        }
        ExtractionCommand::Preview { named, text, json } => {
            let tenant = chosen_tenant(db, named.tenant.name()).await?;
            preview(&tools, &tenant, &named.name, text, json).await
        }
        ExtractionCommand::Run {
            named,
            dry_run,
            json,
        } => {
            let tenant = chosen_tenant(db, named.tenant.name()).await?;
            match dry_run {
                true => preview(&tools, &tenant, &named.name, false, json).await,
                false => make(&tools, &tenant, &named.name, json).await,
            }
        }
        ExtractionCommand::Enable(named) => {
            change(&tools, &named, |form| {
                form.enabled = "yes".into();
                Ok(())
            })
            .await
        }
        ExtractionCommand::Disable(named) => {
            change(&tools, &named, |form| {
                form.enabled.clear();
                Ok(())
            })
            .await
        }
        ExtractionCommand::Delete(named) => {
            let tenant = chosen_tenant(db, named.tenant.name()).await?;
            let mut cx = act(db, &tenant).await?;
            let one = find(&mut cx, &named.name).await?;
            extractions::delete(&mut cx, one.plugin.id).await?;
            Ok(cx.commit().await?)
        }
    }
}

fn kinds(kind: Option<&str>) -> Result<(), Failed> {
    if let Some(kind) = kind {
        let of = extractions::shipped(kind).ok_or_else(|| Failed {
            text: format!("there is no {kind:?}; `equipage extraction kinds` names them"),
            exit_code: EXIT_MISSING,
        })?;
        print!("{}", of.template);
        return Ok(());
    }
    for one in &SHIPPED {
        println!("{}\t{}", one.kind, one.about.in_locale(Locale::En));
        for line in one.config.lines() {
            println!("\t{line}");
        }
    }
    Ok(())
}

fn line(one: &Extraction) -> String {
    let state = match (one.plugin.is_enabled, one.plugin.rests_until) {
        (false, _) => "off".to_owned(),
        (true, Some(until)) => format!("rests until {until}"),
        (true, None) => "on".to_owned(),
    };
    let written = match &one.written {
        Some(written) => format!("{} lines, changed {}", written.lines, written.changed_at),
        None => "not written yet".to_owned(),
    };
    let (name, path) = (&one.plugin.name, &one.recipe.path);
    format!("{name}\t{path}\t{state}\t{written}")
}

async fn find(cx: &mut Cx, name: &str) -> Result<Extraction, Failed> {
    let all = extractions::list(cx).await?;
    let found = all.into_iter().find(|one| one.plugin.name == name);
    found.ok_or_else(|| Failed {
        text: format!("there is no extraction {name:?}; `equipage extraction list` names them"),
        exit_code: EXIT_MISSING,
    })
}

fn read(path: &Path) -> Result<String, Failed> {
    std::fs::read_to_string(path).map_err(|e| Failed::typed(format!("{}: {e}", path.display())))
}

/// Puts what was said into a form; the rest stays.
fn put(form: &mut ExtractionForm, said: Said) -> Result<(), Failed> {
    let texts = [
        (&mut form.path, said.path),
        (&mut form.mode, said.mode),
        (&mut form.owner, said.owner),
        (&mut form.without, said.without),
        (&mut form.command, said.command),
        (&mut form.hour, said.hour.map(|hour| hour.to_string())),
        (
            &mut form.schedule,
            said.schedule.map(|one| one.name().to_owned()),
        ),
    ];
    for (at, text) in texts {
        if let Some(text) = text {
            *at = text;
        }
    }
    if let Some(path) = said.template {
        form.template = read(&path)?;
    }
    if let Some(path) = said.config {
        form.config = read(&path)?;
    }
    if !said.values.is_empty() {
        let mut config = rules::config(&form.config)?;
        config.extend(said.values);
        form.config = rules::config_text(&config);
    }
    if !said.reads.is_empty() {
        let kinds = said.reads.iter();
        form.wants = kinds.fold(Wanted::default(), |all, kind| all.with(kind.name(), "yes"));
    }
    if let Some(on_change) = said.on_change {
        form.on_change = if on_change { "yes" } else { "" }.to_owned();
    }
    Ok(())
}

async fn add(tools: &Tools, args: Add) -> Result<(), Failed> {
    let tenant = chosen_tenant(&tools.db, args.named.tenant.name()).await?;
    let mut form = ExtractionForm {
        key: Uuid::now_v7().to_string(),
        ..extractions::beginning(args.from.as_deref().unwrap_or_default(), Locale::En)
    };
    form.name = args.named.name;
    if args.disabled {
        form.enabled.clear();
    }
    put(&mut form, args.said)?;
    let mut cx = act(&tools.db, &tenant).await?;
    extractions::add(&mut cx, &tools.registry, &tenant.slug, &form).await?;
    Ok(cx.commit().await?)
}

async fn change(
    tools: &Tools,
    named: &Named,
    with: impl FnOnce(&mut ExtractionForm) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let tenant = chosen_tenant(&tools.db, named.tenant.name()).await?;
    let mut cx = act(&tools.db, &tenant).await?;
    let one = find(&mut cx, &named.name).await?;
    let mut form = form_of(&one);
    with(&mut form)?;
    let (registry, slug) = (&tools.registry, &tenant.slug);
    extractions::save(&mut cx, registry, slug, one.plugin.id, &form).await?;
    Ok(cx.commit().await?)
}

async fn preview(
    tools: &Tools,
    tenant: &Tenant,
    name: &str,
    text: bool,
    json: bool,
) -> Result<(), Failed> {
    let mut cx = look(&tools.db, tenant).await?;
    let one = find(&mut cx, name).await?;
    let (registry, slug) = (&tools.registry, &tenant.slug);
    let draft = extractions::draft(&mut cx, registry, slug, Some(one.plugin.id), None).await?;
    drop(cx);
    let found = extractions::preview(registry, draft).await;
    let found = found.map_err(|failure| Failed::ours(failure.error))?;
    let differs = diff(found.there.as_deref().unwrap_or_default(), &found.text);
    if json {
        let is_there = found.there.is_some();
        print_json(
            &json!({ "text": found.text, "is_there": is_there, "diff": differs, "notes": found.notes }),
        )?;
    } else if text {
        print!("{}", found.text);
    } else {
        for line in &differs.lines {
            let sign = match line.kind {
                DiffKind::Same => " ",
                DiffKind::Added => "+",
                DiffKind::Removed => "-",
                DiffKind::Gap => "…",
            };
            println!("{sign}{}", line.text);
        }
    }
    for note in &found.notes {
        eprintln!("left out: {note}");
    }
    match differs.is_empty() && found.there.is_some() {
        true => Ok(()),
        false => Err(Failed {
            text: format!("{} lines come, {} go", differs.added, differs.removed),
            exit_code: EXIT_DRIFT,
        }),
    }
}

/// Has the file made, and waits for it.
async fn make(tools: &Tools, tenant: &Tenant, name: &str, json: bool) -> Result<(), Failed> {
    let mut cx = act(&tools.db, tenant).await?;
    let one = find(&mut cx, name).await?;
    let id = one.plugin.id;
    extractions::run(&mut cx, id).await?;
    cx.commit().await?;
    work_all(tools, tenant).await?;
    let mut cx = look(&tools.db, tenant).await?;
    let filter = JournalFilter {
        plugin: Some(id),
        ..JournalFilter::default()
    };
    let failed = plugins::journal(&mut cx, &filter, PageRequest::new(1)).await?;
    let after = extractions::get(&mut cx, id).await?;
    if json {
        print_json(&json!({ "extraction": after, "failed": failed.rows }))?;
    } else if failed.rows.is_empty() {
        println!("{}", line(&after));
    }
    match failed.rows.first() {
        None => Ok(()),
        Some(row) => Err(Failed {
            text: format!("J{}: {}", row.number, row.error),
            exit_code: EXIT_OURS,
        }),
    }
}
