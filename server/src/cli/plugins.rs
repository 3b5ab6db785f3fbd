//! Plugins, their journal and their verification, from the command line.

use super::{Chosen, EXIT_CONFLICT, EXIT_MISSING, Failed, act, chosen_tenant, look, print_json};
use crate::config::Config;
use crate::serve;
use clap::{Args, Subcommand};
use domain::context::Cx;
use domain::db::Db;
use domain::fields::{Given, Wanted};
use domain::kernel::{Locale, PageRequest};
use domain::plugins::work::{self, Tools};
use domain::plugins::{
    self, DutyState, Entry, JournalFilter, ObjectKind, Plugin, PluginForm, Run, Scope,
};
use domain::portal::Tenant;
use std::io::BufRead;
use uuid::Uuid;

/// The exit code of a verification that found something.
pub(super) const EXIT_DRIFT: u8 = 5;
/// The most turns that one command works by itself.
const TURNS_MAX: usize = 10_000;

#[derive(Subcommand)]
pub enum PluginCommand {
    /// What this server can carry into other systems, with the settings of each
    Kinds,
    /// The plugins that are set up
    List(Listed),
    /// Set one up: it begins with everything that is there
    Add(Add),
    /// Change the settings of one; what is not named stays
    Set(Set),
    /// Let one work
    Enable(Named),
    /// Let one rest: what changes meanwhile is made up for when it works again
    Disable(Named),
    /// Save everything once more
    Again(Named),
    /// Forget one; what it has made elsewhere stays there
    Delete(Named),
    /// Do now what is due, here and not in the server
    Run(Chosen),
}

#[derive(Args)]
pub struct Listed {
    #[command(flatten)]
    tenant: Chosen,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Named {
    /// The plugin's name
    name: String,
    #[command(flatten)]
    tenant: Chosen,
}

#[derive(Args)]
pub struct Add {
    /// Which one: `equipage plugin kinds` names them
    kind: String,
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    given: Said,
    /// Do not let it work yet
    #[arg(long)]
    disabled: bool,
}

#[derive(Args)]
pub struct Set {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    given: Said,
    /// A new name
    #[arg(long)]
    rename: Option<String>,
}

/// What is said of a plugin.
#[derive(Args)]
pub struct Said {
    /// What it is told of: person, crew, service, payment; with commas
    #[arg(long, value_delimiter = ',', value_parser = kind)]
    wants: Vec<ObjectKind>,
    /// A setting: KEY=VALUE; may be given several times
    #[arg(long = "set", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// A secret setting: its value is read from a line of the standard input, in the order of these
    #[arg(long = "secret")]
    secrets: Vec<String>,
}

fn kind(text: &str) -> Result<ObjectKind, String> {
    let ours = ObjectKind::OURS.iter().copied();
    let names: Vec<&str> = ours.clone().map(ObjectKind::name).collect();
    let mut found = ours.filter(|kind| kind.name() == text);
    found
        .next()
        .ok_or_else(|| format!("one of: {}", names.join(", ")))
}

fn state(text: &str) -> Result<DutyState, String> {
    let names: Vec<&str> = DutyState::ALL.iter().map(|state| state.name()).collect();
    DutyState::from_name(text).ok_or_else(|| format!("one of: {}", names.join(", ")))
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

#[derive(Subcommand)]
pub enum JournalCommand {
    /// What plugins could not do, the last failure first
    List {
        #[command(flatten)]
        tenant: Chosen,
        #[command(flatten)]
        which: Which,
        /// Which page of it, from 1
        #[arg(long, default_value_t = 1)]
        page: i64,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// One row with its history and what the runs printed
    Show {
        /// Its number
        number: i64,
        #[command(flatten)]
        tenant: Chosen,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Try again: one row, or all of a filter
    Retry {
        /// Its number
        #[arg(required_unless_present = "all")]
        number: Option<i64>,
        /// All rows (of the filter), but those that were given up
        #[arg(long, conflicts_with = "number")]
        all: bool,
        #[command(flatten)]
        tenant: Chosen,
        #[command(flatten)]
        which: Which,
        /// Only say how many rows it would be
        #[arg(long)]
        dry_run: bool,
    },
    /// Leave a row as it is
    GiveUp {
        /// Its number
        number: i64,
        /// Why
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        tenant: Chosen,
    },
}

/// Which rows.
#[derive(Args)]
pub struct Which {
    /// Of one plugin, by its name
    #[arg(long)]
    plugin: Option<String>,
    /// In one state: waiting, failed, needs_person, drift, given_up
    #[arg(long, value_parser = state)]
    state: Option<DutyState>,
    /// About one object, by its id
    #[arg(long)]
    object: Option<Uuid>,
}

#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    tenant: Chosen,
    /// Ask one plugin only, by its name
    #[arg(long)]
    plugin: Option<String>,
    /// Look at one kind only: person, crew, service
    #[arg(long, value_parser = kind)]
    kind: Option<ObjectKind>,
    /// Look at one object only, by its id
    #[arg(long)]
    object: Option<Uuid>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// `equipage plugin …`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn plugin(db: &Db, config: &Config, command: PluginCommand) -> Result<(), Failed> {
    let tools = serve::tools(config, db)?;
    match command {
        PluginCommand::Kinds => {
            kinds(&tools);
            Ok(())
        }
        PluginCommand::List(args) => {
            let tenant = chosen_tenant(db, args.tenant.name()).await?;
            let all = plugins::list(&mut look(db, &tenant).await?).await?;
            if args.json {
                return print_json(&all);
            }
            for plugin in &all {
                println!("{}", line(plugin));
            }
            Ok(())
        }
        PluginCommand::Add(args) => add(&tools, args).await,
        PluginCommand::Set(args) => {
            let (name, tenant) = (args.named.name.clone(), args.named.tenant);
            change(&tools, &tenant, &name, |form, plugin| {
                given(form, args.given, Some(plugin))?;
                if let Some(name) = args.rename {
                    form.name = name;
                }
                Ok(())
            })
            .await
        }
        PluginCommand::Enable(args) => switch(&tools, args, "yes").await,
        PluginCommand::Disable(args) => switch(&tools, args, "").await,
        PluginCommand::Again(args) => {
            let tenant = chosen_tenant(db, args.tenant.name()).await?;
            let mut cx = act(db, &tenant).await?;
            let plugin = find(&mut cx, &args.name).await?;
            plugins::save_again(&mut cx, plugin.id).await?;
            Ok(cx.commit().await?)
        }
        PluginCommand::Delete(args) => {
            let tenant = chosen_tenant(db, args.tenant.name()).await?;
            let mut cx = act(db, &tenant).await?;
            let plugin = find(&mut cx, &args.name).await?;
            plugins::delete(&mut cx, plugin.id).await?;
            Ok(cx.commit().await?)
        }
        PluginCommand::Run(chosen) => {
            let tenant = chosen_tenant(db, chosen.name()).await?;
            let count = work_all(&tools, &tenant).await?;
            println!("{count} duties were worked");
            Ok(())
        }
    }
}

/// Does what is due, until nothing is.
pub(super) async fn work_all(tools: &Tools, tenant: &Tenant) -> Result<usize, Failed> {
    let mut all = 0;
    for _ in 0..TURNS_MAX {
        match work::work(tools, tenant.id).await? {
            0 => break,
            count => all += count,
        }
    }
    Ok(all)
}

fn kinds(tools: &Tools) {
    for program in tools.registry.all() {
        let of = program.description();
        let wants: Vec<&str> = of.wants.iter().map(|kind| kind.name()).collect();
        println!("{}\t{}", of.kind, of.about.in_locale(Locale::En));
        println!("\ttold of: {}", wants.join(", "));
        for setting in of.settings {
            let mut words = Vec::new();
            if setting.is_required {
                words.push("required");
            }
            if setting.is_secret() {
                words.push("secret");
            }
            let help = setting.help.in_locale(Locale::En);
            println!("\t{}\t{}\t{help}", setting.key, words.join(", "));
        }
    }
}

fn line(plugin: &Plugin) -> String {
    let wants: Vec<&str> = plugin.wants.iter().map(|kind| kind.name()).collect();
    let state = match (plugin.is_enabled, plugin.rests_until) {
        (false, _) => "off".to_owned(),
        (true, Some(until)) => format!("rests until {until}"),
        (true, None) => "on".to_owned(),
    };
    let wants = wants.join(",");
    format!("{}\t{}\t{wants}\t{state}", plugin.name, plugin.kind)
}

async fn find(cx: &mut Cx, name: &str) -> Result<Plugin, Failed> {
    let all = plugins::list(cx).await?;
    let found = all.into_iter().find(|plugin| plugin.name == name);
    found.ok_or_else(|| Failed {
        text: format!("there is no plugin {name:?}; `equipage plugin list` names them"),
        exit_code: EXIT_MISSING,
    })
}

async fn add(tools: &Tools, args: Add) -> Result<(), Failed> {
    let tenant = chosen_tenant(&tools.db, args.named.tenant.name()).await?;
    let mut form = PluginForm {
        key: Uuid::now_v7().to_string(),
        kind: args.kind,
        name: args.named.name,
        enabled: if args.disabled { "" } else { "yes" }.into(),
        ..PluginForm::default()
    };
    given(&mut form, args.given, None)?;
    let mut cx = act(&tools.db, &tenant).await?;
    let known = (&tools.registry, tools.keys.as_ref());
    plugins::add(&mut cx, known, &tenant.slug, &form).await?;
    Ok(cx.commit().await?)
}

/// Puts what was said into a form; of a plugin that there is, the rest stays.
fn given(form: &mut PluginForm, said: Said, known: Option<&Plugin>) -> Result<(), Failed> {
    let wants = match (said.wants.is_empty(), known) {
        (true, Some(plugin)) => plugin.wants.clone(),
        _ => said.wants,
    };
    form.wants = wants
        .iter()
        .fold(Wanted::default(), |all, kind| all.with(kind.name(), "yes"));
    let mut all = Given::default();
    for (key, value) in known.iter().flat_map(|plugin| &plugin.settings) {
        all = all.with(key, value.as_str());
    }
    for (key, value) in said.settings {
        all = all.with(&key, value);
    }
    let mut lines = std::io::stdin().lock().lines();
    for key in said.secrets {
        let line = lines.next().transpose();
        let line = line.map_err(|e| Failed::ours(e.to_string()))?;
        let line = line.ok_or_else(|| {
            Failed::typed(format!(
                "--secret {key}: its value is read from the standard input"
            ))
        })?;
        all = all.with(&key, line);
    }
    form.given = all;
    Ok(())
}

async fn switch(tools: &Tools, args: Named, enabled: &str) -> Result<(), Failed> {
    change(tools, &args.tenant, &args.name, |form, plugin| {
        let nothing = Said {
            wants: Vec::new(),
            settings: Vec::new(),
            secrets: Vec::new(),
        };
        given(form, nothing, Some(plugin))?;
        form.enabled = enabled.to_owned();
        Ok(())
    })
    .await
}

async fn change(
    tools: &Tools,
    tenant: &Chosen,
    name: &str,
    with: impl FnOnce(&mut PluginForm, &Plugin) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let tenant = chosen_tenant(&tools.db, tenant.name()).await?;
    let mut cx = act(&tools.db, &tenant).await?;
    let plugin = find(&mut cx, name).await?;
    let mut form = PluginForm {
        version: plugin.version.to_string(),
        kind: plugin.kind.clone(),
        name: plugin.name.clone(),
        enabled: if plugin.is_enabled { "yes" } else { "" }.into(),
        ..PluginForm::default()
    };
    with(&mut form, &plugin)?;
    let known = (&tools.registry, tools.keys.as_ref());
    plugins::save(&mut cx, known, &tenant.slug, plugin.id, &form).await?;
    Ok(cx.commit().await?)
}

async fn filter(cx: &mut Cx, which: Which) -> Result<JournalFilter, Failed> {
    let plugin = match which.plugin {
        Some(name) => Some(find(cx, &name).await?.id),
        None => None,
    };
    Ok(JournalFilter {
        plugin,
        state: which.state,
        object: which.object,
    })
}

/// `equipage journal …`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn journal(db: &Db, command: JournalCommand) -> Result<(), Failed> {
    match command {
        JournalCommand::List {
            tenant,
            which,
            page,
            json,
        } => {
            let tenant = chosen_tenant(db, tenant.name()).await?;
            let mut cx = look(db, &tenant).await?;
            let filter = filter(&mut cx, which).await?;
            let found = plugins::journal(&mut cx, &filter, PageRequest::new(page)).await?;
            if json {
                return print_json(&found.rows);
            }
            for entry in &found.rows {
                println!("{}", row(entry));
            }
            Ok(())
        }
        JournalCommand::Show {
            number,
            tenant,
            json,
        } => {
            let tenant = chosen_tenant(db, tenant.name()).await?;
            let mut cx = look(db, &tenant).await?;
            let (entry, runs) = plugins::journal_entry(&mut cx, number).await?;
            if json {
                return print_json(&serde_json::json!({ "entry": entry, "runs": runs }));
            }
            match &entry {
                Some(entry) => println!("{}", row(entry)),
                None => println!("J{number} is done"),
            }
            runs.iter().for_each(print_run);
            Ok(())
        }
        JournalCommand::Retry {
            number,
            all: _,
            tenant,
            which,
            dry_run,
        } => {
            let tenant = chosen_tenant(db, tenant.name()).await?;
            let mut cx = act(db, &tenant).await?;
            let count = match number {
                Some(number) => {
                    plugins::retry(&mut cx, number).await?;
                    1
                }
                None => {
                    let filter = filter(&mut cx, which).await?;
                    plugins::retry_all(&mut cx, &filter).await?
                }
            };
            if dry_run {
                println!("{count} rows would be tried again; nothing was done");
                return Ok(());
            }
            if count > 0 {
                cx.commit().await?;
            }
            println!("{count} rows are tried again");
            Ok(())
        }
        JournalCommand::GiveUp {
            number,
            reason,
            tenant,
        } => {
            let tenant = chosen_tenant(db, tenant.name()).await?;
            let mut cx = act(db, &tenant).await?;
            plugins::give_up(&mut cx, number, &reason).await?;
            Ok(cx.commit().await?)
        }
    }
}

fn row(entry: &Entry) -> String {
    let next = match entry.next_at {
        Some(at) => format!("next try {}", at.format("%Y-%m-%d %H:%M:%S UTC")),
        None => entry.state.name().to_owned(),
    };
    format!(
        "J{}\t{}\t{} {}\t{}\t{} attempts\t{next}\t{}",
        entry.number,
        entry.plugin_name,
        entry.action.name(),
        entry.object_kind.name(),
        entry.label,
        entry.attempts,
        entry.error
    )
}

fn print_run(run: &Run) {
    println!(
        "{}\t{}\tattempt {}\t{}\t{}\t{}",
        run.at.format("%Y-%m-%d %H:%M:%S UTC"),
        run.action.name(),
        run.attempt,
        run.outcome,
        run.by_whom,
        run.error
    );
    for line in run.output.lines() {
        println!("    {line}");
    }
}

/// `equipage verify`: asks, waits for the answers, and says what differs.
///
/// # Errors
/// Exit code 5 where something differs; 3 where a plugin did not answer.
pub async fn verify(db: &Db, config: &Config, args: Verify) -> Result<(), Failed> {
    let tools = serve::tools(config, db)?;
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    let mut cx = act(db, &tenant).await?;
    let plugin = match &args.plugin {
        Some(name) => Some(find(&mut cx, name).await?.id),
        None => None,
    };
    let scope = Scope {
        plugin,
        kind: args.kind,
        object: args.object,
    };
    let count = plugins::verify(&mut cx, &tools.registry, scope).await?;
    cx.commit().await?;
    work_all(&tools, &tenant).await?;
    let mut cx = look(db, &tenant).await?;
    let filter = JournalFilter {
        plugin,
        state: Some(DutyState::Drift),
        object: args.object,
    };
    let found = plugins::journal(&mut cx, &filter, PageRequest::new(1)).await?;
    let mut open = 0;
    for plugin in plugins::list(&mut cx).await? {
        if plugin.is_enabled && scope.plugin.is_none_or(|id| id == plugin.id) {
            open += plugins::open_count(&mut cx, plugin.id).await?;
        }
    }
    if args.json {
        print_json(
            &serde_json::json!({ "looked_at": count, "drift": found.rows, "differ": found.total, "unanswered": open }),
        )?;
    } else {
        found
            .rows
            .iter()
            .for_each(|entry| println!("{}", row(entry)));
    }
    let failed = |text, exit_code| Err(Failed { text, exit_code });
    match (found.total, open) {
        (0, 0) => {
            if !args.json {
                println!("{count} objects were looked at: all is as it should be");
            }
            Ok(())
        }
        (0, open) => failed(
            format!("{open} questions are not answered yet: `equipage journal list` says why"),
            EXIT_CONFLICT,
        ),
        (differ, _) => failed(
            format!(
                "{differ} things differ; `equipage journal retry --all --state drift` mends them"
            ),
            EXIT_DRIFT,
        ),
    }
}
