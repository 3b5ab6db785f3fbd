//! The command line. Every command calls a use-case; what a person types is checked by
//! the same functions as in the browser, and the audit names the command line.
//!
//! Exit codes: 0 done, 1 ours to mend, 2 what was typed is wrong, 3 it does not fit
//! the present state (a name is taken), 4 it is not there.

mod addresses;
mod audit;
mod classic;
mod crews;
mod export;
mod extractions;
mod fields;
mod import;
mod mail;
mod moving;
mod operators;
mod person;
mod plugins;
mod prove;
mod secrets;
mod services;
mod statistics;
mod users;

use crate::config::{Config, Overrides};
use crate::{demo, doctor, serve};
use app::locales::problems;
use clap::{CommandFactory, Parser, Subcommand};
use domain::access::Actor;
use domain::context::{Clock, Cx};
use domain::db::{Db, Tx, copy_sqlite};
use domain::kernel::problem::Class;
use domain::kernel::{Code, Locale, Problem, Slug};
use domain::portal::{self, Operator, Tenant};
use domain::settings;
use std::path::{Path, PathBuf};

/// Something failed that is not the doing of the one who typed.
pub const EXIT_OURS: u8 = 1;
const EXIT_INVALID: u8 = 2;
const EXIT_CONFLICT: u8 = 3;
const EXIT_MISSING: u8 = 4;

/// Equipage: the information system of member-run organisations.
#[derive(Parser)]
#[command(name = "equipage", version, about, max_term_width = 100)]
pub struct Cli {
    /// The configuration file; `equipage.toml` here where it exists
    #[arg(long, global = true, env = "EQUIPAGE_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the SQLite files
    #[arg(long, global = true)]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the web interface
    Serve {
        /// Address and port to listen on
        #[arg(long)]
        listen: Option<String>,
        /// The tenant that answers on the base domain itself
        #[arg(long)]
        default_tenant: Option<String>,
    },
    /// Bring the tables of the portal and of every tenant up to date
    Migrate,
    /// Make the demonstration: two organisations with members, payments and logins
    Demo,
    /// Tenants: the organisations that are hosted here
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Those who run the installation and sign in by a browser, on the host `operator_host`
    #[command(subcommand)]
    Operator(operators::OperatorCommand),
    /// What is kept about one person: taken away, and erased
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Logins of people
    #[command(subcommand)]
    User(users::UserCommand),
    /// Crews: groups of people with rights
    Crew(crews::CrewArgs),
    /// Fields that an organisation declares for itself
    Field(fields::FieldArgs),
    /// Types of services, each managed by a crew
    #[command(subcommand)]
    ServiceType(services::TypeCommand),
    /// Services of every crew
    #[command(subcommand)]
    Service(services::ServiceCommand),
    /// Addresses: prefixes, what is free, who had one
    #[command(subcommand)]
    Address(addresses::AddressCommand),
    /// Copy the SQLite files into a new folder, whole, while the server runs
    Backup {
        /// The folder that is made
        into: PathBuf,
    },
    /// Say what is wrong with this installation, and how to mend it
    Doctor(doctor::DoctorArgs),
    /// Try whether something that must never happen happens; nothing that is tried is kept
    #[command(subcommand)]
    Prove(prove::ProveCommand),
    /// Keys of bank details
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
    /// What each month says of each type of services: in use, expected, received, owed
    #[command(name = "servicesstats")]
    ServicesStats(statistics::StatsArgs),
    /// Import members, and what they paid, from another program's file: all or nothing
    Import(import::ImportArgs),
    /// Mail that waits to be sent
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Reminders of dues
    #[command(subcommand)]
    Reminders(mail::RemindersCommand),
    /// The audit's chain of hashes: verified, and signed
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Export a list as a file, with the filters of its page
    Export(export::ExportArgs),
    /// Add a user, or put one into a group
    #[command(name = "adduser")]
    AddUser(classic::AddUser),
    /// Add a group
    #[command(name = "addgroup")]
    AddGroup(classic::AddGroup),
    /// Take a user's login away, or take a user out of a group
    #[command(name = "deluser")]
    DelUser(classic::DelUser),
    /// Delete a group
    #[command(name = "delgroup")]
    DelGroup(classic::DelGroup),
    /// Set a user's password, read from the standard input; lock and unlock
    Passwd(classic::Passwd),
    /// Change a user
    #[command(name = "usermod")]
    UserMod(classic::UserMod),
    /// The groups that a user is in
    Groups(classic::Groups),
    /// Print what a shell completes commands by
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual's pages
    Man {
        /// The folder; it is made where it is missing
        into: PathBuf,
    },
    /// Files that templates make of people, crews and services
    #[command(subcommand)]
    Extraction(extractions::ExtractionCommand),
    /// Plugins: what carries people, crews and services into other systems
    #[command(subcommand)]
    Plugin(plugins::PluginCommand),
    /// What plugins could not do: read it, try again, give up
    #[command(subcommand)]
    Journal(plugins::JournalCommand),
    /// Ask plugins whether the world is as it should be; exits with 5 where it is not
    Verify(plugins::Verify),
}

/// The tenant that a command is about.
#[derive(clap::Args)]
struct Chosen {
    /// The tenant; may be left out where there is only one
    #[arg(long)]
    tenant: Option<String>,
}

impl Chosen {
    fn name(&self) -> Option<&str> {
        self.tenant.as_deref()
    }
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Make a tenant
    Create {
        /// Its name in addresses: lower-case letters, digits, hyphens
        name: String,
        /// What people call it
        #[arg(long)]
        title: Option<String>,
        /// Its language: fr or en
        #[arg(long, default_value = "fr")]
        locale: String,
    },
    /// List the tenants
    List {
        /// Those that were here and are no more: when they went, and who deleted them
        #[arg(long)]
        deleted: bool,
    },
    /// Write all that a tenant has into one file, while others work: to move it, or as its backup
    Export(moving::ExportArgs),
    /// Put the tenant of such a file here: all or nothing
    Import(moving::ImportArgs),
    /// Put a tenant's data back from such a file, in the place of what it has now
    Restore(moving::RestoreArgs),
    /// Write all that a tenant has into one file, and delete the tenant
    Delete(moving::DeleteArgs),
}

/// Why a command failed.
#[derive(Debug)]
pub struct Failed {
    /// What to tell the one who typed it.
    pub text: String,
    /// The process's exit code.
    pub exit_code: u8,
}

impl Failed {
    /// Ours to mend.
    pub fn ours(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            exit_code: EXIT_OURS,
        }
    }

    /// What was typed or configured is wrong.
    pub fn typed(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            exit_code: EXIT_INVALID,
        }
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        let exit_code = match problem.code.class() {
            Class::Ours | Class::Limit => EXIT_OURS,
            Class::Conflict => EXIT_CONFLICT,
            Class::Missing => EXIT_MISSING,
            Class::Invalid | Class::SignIn | Class::Refused => EXIT_INVALID,
        };
        let mut text = problems::text(Locale::En, &problem.code).into_owned();
        for field in &problem.fields {
            text.push_str(&format!(
                "\n  {}: {}",
                field.field,
                problems::text(Locale::En, &field.code)
            ));
        }
        if problem.code == Code::Internal {
            text.push_str(&format!("\n  {}", problem.log_line()));
        }
        Self { text, exit_code }
    }
}

/// Runs a command.
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn run(cli: Cli) -> Result<(), Failed> {
    let mut overrides = Overrides {
        file: cli.config,
        data: cli.data,
        ..Overrides::default()
    };
    if let Command::Serve {
        listen,
        default_tenant,
    } = &cli.command
    {
        overrides.listen.clone_from(listen);
        overrides.default_tenant.clone_from(default_tenant);
    }
    let config = Config::load(&overrides);
    let wrong = |text| Failed::typed(format!("the configuration is wrong:\n{text}"));
    // These open the storage in their own way, or not at all.
    match cli.command {
        Command::Doctor(args) => doctor::run(config, args).await,
        Command::Serve { .. } => serve::serve(config.map_err(wrong)?).await,
        Command::Backup { into } => backup(&config.map_err(wrong)?, &into).await,
        Command::Secrets(secrets::SecretsCommand::New) => secrets::new(),
        Command::Completions { shell } => {
            let mut command = Cli::command();
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut command, "equipage", &mut text);
            print!("{}", String::from_utf8_lossy(&text));
            Ok(())
        }
        Command::Man { into } => std::fs::create_dir_all(&into)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), &into))
            .map_err(|e| Failed::ours(format!("{}: {e}", into.display()))),
        Command::Audit(audit::AuditCommand::Verify(audit::Verify {
            file: Some(file),
            against,
            ..
        })) => audit::verify_file(&file, &against),
        command => with_storage(command, config.map_err(wrong)?).await,
    }
}

async fn with_storage(command: Command, config: Config) -> Result<(), Failed> {
    let db = match &command {
        Command::Migrate | Command::Demo => serve::open_up_to_date(&config).await?,
        _ => serve::open(&config).await?,
    };
    let done = match command {
        Command::Doctor(_) | Command::Serve { .. } | Command::Backup { .. } => Ok(()),
        Command::Migrate => migrate(&db).await,
        Command::Demo => demo::make(&db, &config).await,
        Command::Tenant(command) => tenant(&db, &config, command).await,
        Command::Operator(command) => operators::run(&db, command).await,
        Command::Person(command) => person::run(&db, command).await,
        Command::User(command) => users::run(&db, &config, command).await,
        Command::Crew(args) => crews::run(&db, args).await,
        Command::Field(args) => fields::run(&db, args).await,
        Command::ServiceType(command) => services::types(&db, command).await,
        Command::Service(command) => services::services(&db, command).await,
        Command::Address(command) => addresses::run(&db, command).await,
        Command::Prove(command) => prove::run(&db, command).await,
        Command::Secrets(secrets::SecretsCommand::New) => Ok(()),
        Command::Secrets(secrets::SecretsCommand::Rotate) => secrets::rotate(&db, &config).await,
        Command::ServicesStats(args) => statistics::run(&db, args).await,
        Command::Import(args) => import::run(&db, args).await,
        Command::Mail(command) => mail::mail(&db, &config, command).await,
        Command::Reminders(command) => mail::reminders(&db, &config, command).await,
        Command::Audit(command) => audit::run(&db, &config, command).await,
        Command::Export(args) => export::run(&db, args).await,
        Command::AddUser(args) => classic::add_user(&db, args).await,
        Command::AddGroup(args) => classic::add_group(&db, args).await,
        Command::DelUser(args) => classic::del_user(&db, args).await,
        Command::DelGroup(args) => classic::del_group(&db, args).await,
        Command::Passwd(args) => classic::passwd(&db, args).await,
        Command::UserMod(args) => classic::user_mod(&db, args).await,
        Command::Groups(args) => classic::groups(&db, args).await,
        Command::Completions { .. } | Command::Man { .. } => Ok(()),
        Command::Extraction(command) => extractions::run(&db, &config, command).await,
        Command::Plugin(command) => plugins::plugin(&db, &config, command).await,
        Command::Journal(command) => plugins::journal(&db, command).await,
        Command::Verify(args) => plugins::verify(&db, &config, args).await,
    };
    db.close().await;
    done
}

async fn backup(config: &Config, into: &Path) -> Result<(), Failed> {
    if config.database_url.is_some() {
        return Err(Failed::typed(
            "these data are in PostgreSQL: `pg_dump --format=custom --file FILE DATABASE`, as a superuser or a role with BYPASSRLS, copies them",
        ));
    }
    if into.exists() {
        let text = format!("{} is there already: name a new folder", into.display());
        return Err(Failed::typed(text));
    }
    let copied = copy_sqlite(&config.data, into).await;
    let copied = copied
        .map_err(|problem| Failed::ours(format!("no backup was made: {}", problem.log_line())))?;
    for file in &copied {
        println!("{:>12}  {}", file.bytes, file.name.display());
    }
    println!(
        "{} files are in {}, each of them looked through; keys of bank details are not among them",
        copied.len(),
        into.display()
    );
    Ok(())
}

async fn migrate(db: &Db) -> Result<(), Failed> {
    let tenants = portal::list(db).await?;
    for tenant in &tenants {
        db.prepare_tenant(tenant.id).await?;
    }
    println!(
        "{}: the portal and {} tenants are up to date",
        db.engine_name(),
        tenants.len()
    );
    Ok(())
}

async fn tenant(db: &Db, config: &Config, command: TenantCommand) -> Result<(), Failed> {
    match command {
        TenantCommand::Create {
            name,
            title,
            locale,
        } => {
            let slug = Slug::parse(&name)?;
            not_the_operators(config, &name)?;
            let locale = Locale::from_tag(&locale)
                .ok_or_else(|| Failed::typed("--locale: write fr or en"))?;
            let title = title.unwrap_or_else(|| name.clone());
            let tenant = portal::create(db, &Clock::System, slug, &title, locale).await?;
            println!("{}  {}", tenant.slug, tenant.id);
        }
        TenantCommand::List { deleted: true } => moving::deleted(db).await?,
        TenantCommand::List { deleted: false } => {
            for tenant in portal::list(db).await? {
                println!("{}\t{}\t{}", tenant.slug, tenant.id, tenant.title);
            }
        }
        TenantCommand::Export(args) => {
            let tenant = chosen_tenant(db, Some(&args.name)).await?;
            moving::export(db, &tenant, &args).await?;
        }
        TenantCommand::Import(args) => moving::import(db, config, args).await?,
        TenantCommand::Restore(args) => {
            let tenant = chosen_tenant(db, Some(&args.name)).await?;
            moving::restore(db, config, &tenant, args).await?;
        }
        TenantCommand::Delete(args) => {
            let tenant = chosen_tenant(db, Some(&args.name)).await?;
            moving::delete(db, config, &tenant, &args).await?;
        }
    }
    Ok(())
}

/// Refuses a name for a tenant at whose address operators work.
fn not_the_operators(config: &Config, slug: &str) -> Result<(), Failed> {
    match config.is_the_operators(slug) {
        true => Err(Failed {
            exit_code: EXIT_CONFLICT,
            ..Failed::ours(format!(
                "{slug}.{} is operator_host: choose another name",
                config.base_domain
            ))
        }),
        false => Ok(()),
    }
}

/// The tenant of a name, or the only one.
async fn chosen_tenant(db: &Db, name: Option<&str>) -> Result<Tenant, Failed> {
    match name {
        Some(name) => portal::find(db, name).await?.ok_or_else(|| Failed {
            text: format!(
                "--tenant: there is no tenant {name:?}; `equipage tenant list` names them"
            ),
            exit_code: EXIT_MISSING,
        }),
        None => portal::only(db).await?.ok_or_else(|| {
            Failed::typed("name the tenant with --tenant; `equipage tenant list` names them")
        }),
    }
}

/// Who types: reading across tenants is written down by this name.
pub fn the_operator() -> Operator {
    let names = ["SUDO_USER", "USER", "LOGNAME"];
    let name = names.iter().find_map(|name| std::env::var(name).ok());
    Operator::at_the_machine(&name.unwrap_or_default())
}

/// A use-case's context for the one who types commands on the machine itself.
pub async fn act(db: &Db, tenant: &Tenant) -> Result<Cx, Failed> {
    operator(tenant, db.write(tenant.id).await?).await
}

/// The same, only to read: nobody waits for it.
pub async fn look(db: &Db, tenant: &Tenant) -> Result<Cx, Failed> {
    operator(tenant, db.read(tenant.id).await?).await
}

async fn operator(tenant: &Tenant, tx: Tx) -> Result<Cx, Failed> {
    let now = Clock::System.now();
    let mut cx = Cx::new(
        tenant.id,
        Actor::operator(),
        now,
        settings::DEFAULT_ZONE,
        tx,
    );
    let zone = settings::get(&mut cx).await?.zone;
    cx.zone = zone.parse().unwrap_or(settings::DEFAULT_ZONE);
    Ok(cx)
}

/// Prints something as JSON.
fn print_json(value: &impl serde::Serialize) -> Result<(), Failed> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failed::ours(e.to_string()))?;
    println!("{text}");
    Ok(())
}
