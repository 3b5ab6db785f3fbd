//! Crews, their rights and their people, from the command line.

use super::{EXIT_MISSING, Failed, act, chosen_tenant};
use app::locales::problems;
use clap::{Args, Subcommand};
use domain::context::Cx;
use domain::crews::{self, Crew, CrewForm};
use domain::db::Db;
use domain::identity;
use domain::kernel::{Locale, PartyId, Right};

#[derive(Args)]
pub struct CrewArgs {
    /// The tenant; may be left out where there is only one
    #[arg(long, global = true)]
    tenant: Option<String>,
    #[command(subcommand)]
    command: CrewCommand,
}

#[derive(Subcommand)]
enum CrewCommand {
    /// List the crews: name, number of people, rights
    List,
    /// Show a crew: its rights and its people
    Show {
        /// The crew's name
        crew: String,
    },
    /// Make a crew
    Create {
        /// Its name
        crew: String,
        /// A right that it has; may be given several times
        #[arg(long = "right", value_parser = right)]
        rights: Vec<Right>,
    },
    /// Give a crew another name
    Rename {
        /// The crew's name
        crew: String,
        /// Its new name
        to: String,
    },
    /// Give rights to a crew
    Grant {
        /// The crew's name
        crew: String,
        /// The rights
        #[arg(required = true, value_parser = right)]
        rights: Vec<Right>,
    },
    /// Take rights away from a crew
    Revoke {
        /// The crew's name
        crew: String,
        /// The rights
        #[arg(required = true, value_parser = right)]
        rights: Vec<Right>,
    },
    /// Add a person to a crew
    Add {
        /// The crew's name
        crew: String,
        /// The person: a login name, the e-mail address of somebody with a login, or an id
        person: String,
    },
    /// Take a person out of a crew
    Remove {
        /// The crew's name
        crew: String,
        /// The person: a login name, the e-mail address of somebody with a login, or an id
        person: String,
    },
    /// Delete a crew that nobody is in
    Delete {
        /// The crew's name
        crew: String,
    },
}

/// A right, as it is typed.
fn right(text: &str) -> Result<Right, String> {
    let all: Vec<&str> = Right::ALL.iter().map(|r| r.name()).collect();
    Right::from_name(text).ok_or_else(|| format!("the rights are: {}", all.join(", ")))
}

/// Runs a command about crews.
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn run(db: &Db, args: CrewArgs) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.tenant.as_deref()).await?;
    let mut cx = act(db, &tenant).await?;
    let said = done(&mut cx, args.command).await?;
    cx.commit().await?;
    println!("{said}");
    Ok(())
}

/// Does it, and says what was done.
async fn done(cx: &mut Cx, command: CrewCommand) -> Result<String, Failed> {
    Ok(match command {
        CrewCommand::List => {
            let crews = crews::list(cx).await?;
            let lines: Vec<String> = crews.iter().map(line).collect();
            lines.join("\n")
        }
        CrewCommand::Show { crew } => show(cx, &crew).await?,
        CrewCommand::Create { crew, rights } => {
            crews::create(cx, &crew, &rights).await?;
            format!("the crew {crew:?} is made")
        }
        CrewCommand::Rename { crew, to } => {
            change(cx, &crew, |form| form.name.clone_from(&to)).await?;
            format!("the crew {crew:?} is named {to:?} now")
        }
        CrewCommand::Grant { crew, rights } => {
            let names = rights.iter().map(|r| r.name().to_owned());
            let crew = change(cx, &crew, |form| form.rights.extend(names)).await?;
            line(&crew)
        }
        CrewCommand::Revoke { crew, rights } => {
            let goes = |name: &String| rights.iter().any(|r| r.name() == name);
            let crew = change(cx, &crew, |form| form.rights.retain(|name| !goes(name))).await?;
            line(&crew)
        }
        CrewCommand::Add { crew, person } => {
            let (crew, person) = (found(cx, &crew).await?, person_of(cx, &person).await?);
            crews::add_person(cx, crew.id, person).await?;
            format!("they are in the crew {:?}", crew.name)
        }
        CrewCommand::Remove { crew, person } => {
            let (crew, person) = (found(cx, &crew).await?, person_of(cx, &person).await?);
            crews::remove_person(cx, crew.id, person).await?;
            format!("they are not in the crew {:?}", crew.name)
        }
        CrewCommand::Delete { crew } => {
            let crew = found(cx, &crew).await?;
            crews::delete(cx, crew.id).await?;
            format!("the crew {:?} is deleted", crew.name)
        }
    })
}

/// A crew in a line: name, people, rights.
fn line(crew: &Crew) -> String {
    let rights: Vec<&str> = crew.rights.iter().map(|r| r.name()).collect();
    format!("{}\t{}\t{}", crew.name, crew.people, rights.join(" "))
}

async fn show(cx: &mut Cx, name: &str) -> Result<String, Failed> {
    let crew = found(cx, name).await?;
    let mut lines = vec![crew.name.clone()];
    for right in &crew.rights {
        let words = problems::right(Locale::En, *right);
        lines.push(format!("  {}\t{words}", right.name()));
    }
    for person in crews::people(cx, crew.id).await? {
        let access = match person.can_sign_in {
            true => "can sign in",
            false => "cannot sign in",
        };
        lines.push(format!("  {}\t{}\t{access}", person.person, person.name));
    }
    Ok(lines.join("\n"))
}

/// Changes a crew through the form that the browser has too; gives it as it is then.
async fn change(cx: &mut Cx, name: &str, with: impl FnOnce(&mut CrewForm)) -> Result<Crew, Failed> {
    let crew = found(cx, name).await?;
    let mut form = CrewForm::of(&crew);
    with(&mut form);
    crews::save(cx, crew.id, &form).await?;
    Ok(crews::get(cx, crew.id).await?)
}

async fn found(cx: &mut Cx, name: &str) -> Result<Crew, Failed> {
    crews::find(cx, name).await?.ok_or_else(|| Failed {
        text: format!("there is no crew {name:?}; `equipage crew list` names them"),
        exit_code: EXIT_MISSING,
    })
}

/// The person that a login name, an e-mail address or an id means.
pub async fn person_of(cx: &mut Cx, typed: &str) -> Result<PartyId, Failed> {
    if let Ok(id) = typed.parse() {
        return Ok(id);
    }
    let login = identity::find_login(cx, typed).await?;
    login.map(|l| l.person).ok_or_else(|| Failed {
        text: format!("there is no login {typed:?}; `equipage user list` names them"),
        exit_code: EXIT_MISSING,
    })
}
