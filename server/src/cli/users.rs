//! Logins of people, from the command line.

use super::crews::person_of;
use super::{Chosen, EXIT_MISSING, Failed, act, chosen_tenant};
use crate::config::Config;
use clap::Subcommand;
use domain::context::Cx;
use domain::db::Db;
use domain::identity::{self, Login};
use domain::kernel::{LoginName, PartyId};
use domain::portal::Tenant;
use domain::{crews, people};
use std::io::{BufRead, IsTerminal, Write};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Make a person with a login; the password is read from the standard input
    Create(Create),
    /// Set a login's password, read from the standard input; ends the person's sessions
    Password(Named),
    /// List the logins: name, person, state, last sign-in
    List {
        #[command(flatten)]
        tenant: Chosen,
    },
    /// Keep somebody from signing in, and end their sessions
    Disable(Named),
    /// Let somebody sign in again
    Enable(Named),
    /// Make a link by which somebody chooses a password, good once for seven days
    Link(Named),
}

#[derive(clap::Args)]
pub struct Create {
    /// The login name
    login: String,
    #[command(flatten)]
    tenant: Chosen,
    /// Given name
    #[arg(long, default_value = "")]
    given_name: String,
    /// Family name; the login name where it is left out
    #[arg(long)]
    name: Option<String>,
    /// E-mail address
    #[arg(long, default_value = "")]
    email: String,
    /// A crew to join, by name; `administration` is made with every right where it is missing
    #[arg(long)]
    crew: Vec<String>,
}

/// A login that there is.
#[derive(clap::Args)]
pub struct Named {
    /// The login name, or the person's e-mail address
    login: String,
    #[command(flatten)]
    tenant: Chosen,
}

/// Runs a command about logins.
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn run(db: &Db, config: &Config, command: UserCommand) -> Result<(), Failed> {
    match command {
        UserCommand::Create(args) => create(db, args).await,
        UserCommand::Password(args) => password(db, args).await,
        UserCommand::List { tenant } => list(db, &tenant).await,
        UserCommand::Disable(args) => {
            let (mut cx, person, _) = named(db, &args).await?;
            identity::disable(&mut cx, person).await?;
            cx.commit().await?;
            println!("{} cannot sign in any more", args.login);
            Ok(())
        }
        UserCommand::Enable(args) => {
            let (mut cx, person, _) = named(db, &args).await?;
            identity::enable(&mut cx, person).await?;
            cx.commit().await?;
            println!("{} may sign in", args.login);
            Ok(())
        }
        UserCommand::Link(args) => {
            let (mut cx, person, tenant) = named(db, &args).await?;
            let key = uuid::Uuid::now_v7().to_string();
            let link = identity::new_link(&mut cx, person, &key).await?;
            cx.commit().await?;
            if let Some(link) = link {
                println!("{}/welcome/{}", origin(config, &tenant), link.token);
                println!(
                    "good once, until {}",
                    link.expires_at.format("%Y-%m-%d %H:%M UTC")
                );
            }
            Ok(())
        }
    }
}

/// Where a tenant is found, as far as the configuration tells: a proxy may hide the port.
fn origin(config: &Config, tenant: &Tenant) -> String {
    let host = format!("{}.{}", tenant.slug, config.base_domain);
    match config.secure {
        true => format!("https://{host}"),
        false => format!("http://{host}:{}", config.listen.port()),
    }
}

async fn named(db: &Db, args: &Named) -> Result<(Cx, PartyId, Tenant), Failed> {
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    let mut cx = act(db, &tenant).await?;
    let person = person_of(&mut cx, &args.login).await?;
    Ok((cx, person, tenant))
}

async fn list(db: &Db, tenant: &Chosen) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, tenant.name()).await?;
    let mut cx = act(db, &tenant).await?;
    for login in identity::logins(&mut cx).await? {
        let last = login.signed_in_at.map_or_else(
            || "never".to_owned(),
            |at| at.format("%Y-%m-%d %H:%M").to_string(),
        );
        let (name, state) = (&login.login_name, state(&login));
        println!("{name}\t{}\t{state}\t{last}", login.name);
    }
    Ok(())
}

fn state(login: &Login) -> &'static str {
    if login.disabled_at.is_some() {
        "disabled"
    } else if login.has_password {
        "active"
    } else {
        "no password yet"
    }
}

async fn create(db: &Db, args: Create) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    let login = LoginName::parse(&args.login)?;
    let password = identity::Password::parse(&read_password()?)?;
    let hash = identity::Hasher::new().hash(&password).await?;
    let mut cx = act(db, &tenant).await?;
    let form = people::PartyForm {
        key: uuid::Uuid::now_v7().to_string(),
        kind: "person".into(),
        given_name: args.given_name,
        name: args.name.unwrap_or_else(|| login.to_string()),
        email: args.email,
        ..people::PartyForm::default()
    };
    let person = people::add(&mut cx, &form).await?;
    identity::create_login(&mut cx, person, login.clone(), &hash).await?;
    for name in &args.crew {
        join(&mut cx, name, person).await?;
    }
    cx.commit().await?;
    println!("{login} may sign in at {}", tenant.slug);
    Ok(())
}

async fn password(db: &Db, args: Named) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.tenant.name()).await?;
    let password = identity::Password::parse(&read_password()?)?;
    let hash = identity::Hasher::new().hash(&password).await?;
    let mut cx = act(db, &tenant).await?;
    let login = &args.login;
    let found = identity::find_login(&mut cx, login)
        .await?
        .ok_or_else(|| Failed {
            text: format!("there is no login {login}"),
            exit_code: EXIT_MISSING,
        })?;
    identity::set_password(&mut cx, found.person, &hash).await?;
    cx.commit().await?;
    println!("the password of {login} is set");
    Ok(())
}

/// The crew that a new installation starts from.
const ADMINISTRATION: &str = "administration";

async fn join(cx: &mut Cx, name: &str, person: PartyId) -> Result<(), Failed> {
    let crew = match crews::find(cx, name).await? {
        Some(crew) => crew.id,
        None if name == ADMINISTRATION => {
            crews::create(cx, name, domain::kernel::Right::ALL).await?
        }
        None => {
            return Err(Failed {
                text: format!("--crew: there is no crew {name:?}"),
                exit_code: EXIT_MISSING,
            });
        }
    };
    Ok(crews::add_person(cx, crew, person).await?)
}

pub(super) fn read_password() -> Result<String, Failed> {
    read_line("Password (it will be seen as you type)")
}

/// One line of the standard input; asked for where a person sits at it.
pub(super) fn read_line(question: &str) -> Result<String, Failed> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("{question}: ");
        let _ = std::io::stderr().flush();
    }
    let mut line = String::new();
    input
        .lock()
        .read_line(&mut line)
        .map_err(|e| Failed::ours(e.to_string()))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
