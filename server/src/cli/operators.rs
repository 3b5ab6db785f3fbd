//! `equipage operator`: those who run the installation and sign in by a browser.

use super::users::read_password;
use super::{EXIT_MISSING, Failed, print_json, the_operator};
use domain::context::Clock;
use domain::db::Db;
use domain::identity::{Hasher, Password, PasswordHash};
use domain::kernel::{Code, LoginName, Problem};
use domain::portal::operators;

#[derive(clap::Subcommand)]
pub enum OperatorCommand {
    /// Add an operator; the password is read from the standard input
    Add {
        /// What they sign in with
        login: String,
        /// What they are called; the login where it is left out
        #[arg(long)]
        name: Option<String>,
    },
    /// List the operators: login, name, when they last signed in, whether they can
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set an operator's password, read from the standard input; ends their sessions
    Passwd {
        /// Their login
        login: String,
    },
    /// Keep an operator from signing in, and end their sessions at once
    Disable {
        /// Their login
        login: String,
    },
    /// Let an operator sign in again
    Enable {
        /// Their login
        login: String,
    },
    /// End all sessions of an operator
    EndSessions {
        /// Their login
        login: String,
    },
    /// What operators did, the latest first: when, who, what, about whom, from where
    Record {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs one of them.
///
/// # Errors
/// Exit code 4 where there is no such operator, 2 for what was typed, also a login that is taken.
pub async fn run(db: &Db, command: OperatorCommand) -> Result<(), Failed> {
    let (clock, by) = (Clock::System, the_operator());
    match command {
        OperatorCommand::Add { login, name } => {
            let login = LoginName::parse(&login)?;
            let name = name.unwrap_or_else(|| login.as_str().to_owned());
            let hash = new_password().await?;
            operators::add(db, &clock, &by, (&login, &name), &hash).await?;
            println!("{} may sign in", login.as_str());
        }
        OperatorCommand::List { json } => list(db, json).await?,
        OperatorCommand::Passwd { login } => {
            let hash = new_password().await?;
            let set = operators::set_password(db, &clock, &by, &login, &hash).await;
            known(&login, set)?;
            println!("the password of {login} is set");
        }
        OperatorCommand::Disable { login } => {
            known(&login, operators::disable(db, &clock, &by, &login).await)?;
            println!("{login} cannot sign in any more");
        }
        OperatorCommand::Enable { login } => {
            known(&login, operators::enable(db, &clock, &by, &login).await)?;
            println!("{login} may sign in");
        }
        OperatorCommand::EndSessions { login } => {
            let ended = operators::end_sessions(db, &clock, &by, &login).await;
            println!("{} sessions of {login} ended", known(&login, ended)?);
        }
        OperatorCommand::Record { json } => record(db, json).await?,
    }
    Ok(())
}

async fn new_password() -> Result<PasswordHash, Failed> {
    let password = Password::parse(&read_password()?)?;
    Ok(Hasher::new().hash(&password).await?)
}

/// Says which operator is not there.
fn known<T>(login: &str, done: Result<T, Problem>) -> Result<T, Failed> {
    done.map_err(|problem| match problem.code {
        Code::NotFound => Failed {
            exit_code: EXIT_MISSING,
            ..Failed::ours(format!(
                "there is no operator {login:?}; `equipage operator list` names them"
            ))
        },
        _ => problem.into(),
    })
}

async fn list(db: &Db, json: bool) -> Result<(), Failed> {
    let all = operators::list(db).await?;
    if json {
        return print_json(&all);
    }
    for row in all {
        let seen = row.signed_in_at.map(|at| at.format("%Y-%m-%d %H:%M"));
        let seen = seen.map_or("never".to_owned(), |at| at.to_string());
        let state = match row.disabled_at {
            Some(_) => "disabled",
            None => "may sign in",
        };
        println!("{}\t{}\t{seen}\t{state}", row.login_name, row.name);
    }
    Ok(())
}

async fn record(db: &Db, json: bool) -> Result<(), Failed> {
    let all = operators::events(db).await?;
    if json {
        return print_json(&all);
    }
    for event in all {
        let at = event.at.format("%Y-%m-%d %H:%M:%S");
        let (who, did) = (event.operator, event.action);
        println!("{at}\t{who}\t{did}\t{}\t{}", event.about, event.address);
    }
    Ok(())
}
