//! The classic commands for people and groups: `adduser`, `addgroup`, `deluser`, `delgroup`, `passwd`,
//! `usermod`, `groups`. A user is a person with a login; a group is a crew. They do what the screens do,
//! through the same use-cases: the same checks, the same audit, the same duties for plugins.
//!
//! Exit codes, of every command: 0 done; 1 something of ours; 2 what was typed; 3 it does not fit what
//! is there (a name that is taken, a group that is not empty); 4 no such user, group or tenant.

use super::crews::person_of;
use super::users::read_password;
use super::{Chosen, EXIT_MISSING, Failed, act, chosen_tenant};
use clap::Args;
use domain::context::Cx;
use domain::crews::{self, Crew};
use domain::db::Db;
use domain::fields;
use domain::identity::{self, PasswordHash};
use domain::kernel::{LoginName, PartyId, Right};
use domain::people::{self, PartyForm};
use serde_json::{Value, json};

/// What each of the commands takes.
#[derive(Args)]
pub struct How {
    #[command(flatten)]
    tenant: Chosen,
    /// Only try: say what would be done, or what is in the way
    #[arg(long)]
    dry_run: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct AddUser {
    /// The login name
    login: String,
    /// A group: the user is there already, and is put into it
    group: Option<String>,
    /// The family name; the login name where it is left out
    #[arg(long)]
    name: Option<String>,
    /// The given name
    #[arg(long, default_value = "")]
    given_name: String,
    /// The e-mail address
    #[arg(long, default_value = "")]
    email: String,
    /// Somebody who is known already gets the login: their id
    #[arg(long, conflicts_with_all = ["name", "given_name", "email"])]
    person: Option<PartyId>,
    /// Groups to put the user into, with commas
    #[arg(long, short = 'G', value_delimiter = ',')]
    groups: Vec<String>,
    /// Ask for no password: nobody signs in before `equipage passwd` or a link
    #[arg(long)]
    disabled_password: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct AddGroup {
    /// The group's name
    name: String,
    /// A right that it gives; may be given several times
    #[arg(long = "right", value_parser = right)]
    rights: Vec<Right>,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct DelUser {
    /// The login name
    login: String,
    /// A group: the user is taken out of it, and stays
    group: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct DelGroup {
    /// The group's name
    name: String,
    /// Only where nobody is in it; otherwise its people are taken out first
    #[arg(long)]
    only_if_empty: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct Passwd {
    /// The login name
    login: String,
    /// Lock: nobody signs in with it, and its sessions end
    #[arg(long, short = 'l', conflicts_with = "unlock")]
    lock: bool,
    /// Unlock
    #[arg(long, short = 'u')]
    unlock: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct UserMod {
    /// The login name
    login: String,
    /// A new login name
    #[arg(long = "login", short = 'l')]
    rename: Option<String>,
    /// The family name
    #[arg(long)]
    name: Option<String>,
    /// The given name
    #[arg(long)]
    given_name: Option<String>,
    /// The e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The shell: the added field `shell`
    #[arg(long, short = 's')]
    shell: Option<String>,
    /// An added field: NAME=VALUE; may be given several times
    #[arg(long = "field", value_parser = super::plugins::pair)]
    fields: Vec<(String, String)>,
    /// The groups, with commas: all others are left, but with --append
    #[arg(long, short = 'G', value_delimiter = ',')]
    groups: Option<Vec<String>>,
    /// Leave no group
    #[arg(long, short = 'a', requires = "groups")]
    append: bool,
    /// Lock
    #[arg(long, short = 'L', conflicts_with = "unlock")]
    lock: bool,
    /// Unlock
    #[arg(long, short = 'U')]
    unlock: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Args)]
pub struct Groups {
    /// The login name
    login: String,
    #[command(flatten)]
    how: How,
}

fn right(text: &str) -> Result<Right, String> {
    let names: Vec<&str> = Right::ALL.iter().map(|right| right.name()).collect();
    let found = Right::ALL
        .iter()
        .copied()
        .find(|right| right.name() == text);
    found.ok_or_else(|| format!("one of: {}", names.join(", ")))
}

/// Keeps what was done, or not, and says it.
async fn end(cx: Cx, how: &How, said: &str, more: Value) -> Result<(), Failed> {
    if !how.dry_run {
        cx.commit().await?;
    }
    if how.json {
        let mut told = json!({ "done": !how.dry_run, "said": said });
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
            told.extend(more);
        }
        println!("{told}");
    } else if how.dry_run {
        println!("{said} (nothing was done)");
    } else {
        println!("{said}");
    }
    Ok(())
}

async fn begin(db: &Db, how: &How) -> Result<Cx, Failed> {
    let tenant = chosen_tenant(db, how.tenant.name()).await?;
    act(db, &tenant).await
}

async fn group(cx: &mut Cx, name: &str) -> Result<Crew, Failed> {
    let found = crews::find(cx, name).await?;
    found.ok_or_else(|| Failed {
        text: format!("there is no group {name:?}; `equipage crew list` names them"),
        exit_code: EXIT_MISSING,
    })
}

/// The groups that somebody is in.
async fn groups_of(cx: &mut Cx, person: PartyId) -> Result<Vec<Crew>, Failed> {
    let mut found = Vec::new();
    for crew in crews::list(cx).await? {
        let people = crews::people(cx, crew.id).await?;
        if people.iter().any(|one| one.person == person) {
            found.push(crew);
        }
    }
    Ok(found)
}

async fn hash() -> Result<PasswordHash, Failed> {
    let password = identity::Password::parse(&read_password()?)?;
    Ok(identity::Hasher::new().hash(&password).await?)
}

/// `equipage adduser`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn add_user(db: &Db, args: AddUser) -> Result<(), Failed> {
    let how = &args.how;
    let login = &args.login;
    if let Some(name) = &args.group {
        let mut cx = begin(db, how).await?;
        let person = person_of(&mut cx, login).await?;
        let crew = group(&mut cx, name).await?;
        crews::add_person(&mut cx, crew.id, person).await?;
        let said = format!("{login} is in {name}");
        return end(cx, how, &said, json!({ "person": person })).await;
    }
    let name = LoginName::parse(login)?;
    // Hashing takes a while: nobody waits for it behind a transaction.
    let hash = match args.disabled_password || how.dry_run {
        true => None,
        false => Some(hash().await?),
    };
    let mut cx = begin(db, how).await?;
    let person = match args.person {
        Some(person) => person,
        None => {
            let form = PartyForm {
                key: uuid::Uuid::now_v7().to_string(),
                kind: "person".into(),
                given_name: args.given_name.clone(),
                name: args.name.clone().unwrap_or_else(|| login.clone()),
                email: args.email.clone(),
                ..PartyForm::default()
            };
            people::add(&mut cx, &form).await?
        }
    };
    match &hash {
        Some(hash) => identity::create_login(&mut cx, person, name, hash).await?,
        None => identity::create_login_without_password(&mut cx, person, name).await?,
    }
    for name in &args.groups {
        let crew = group(&mut cx, name).await?;
        crews::add_person(&mut cx, crew.id, person).await?;
    }
    let said = format!("the user {login} is added");
    end(cx, how, &said, json!({ "person": person })).await
}

/// `equipage addgroup`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn add_group(db: &Db, args: AddGroup) -> Result<(), Failed> {
    let mut cx = begin(db, &args.how).await?;
    let crew = crews::create(&mut cx, &args.name, &args.rights).await?;
    let said = format!("the group {} is added", args.name);
    end(cx, &args.how, &said, json!({ "group": crew })).await
}

/// `equipage deluser`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn del_user(db: &Db, args: DelUser) -> Result<(), Failed> {
    let how = &args.how;
    let login = &args.login;
    let mut cx = begin(db, how).await?;
    let person = person_of(&mut cx, login).await?;
    if let Some(name) = &args.group {
        let crew = group(&mut cx, name).await?;
        crews::remove_person(&mut cx, crew.id, person).await?;
        let said = format!("{login} is not in {name} any more");
        return end(cx, how, &said, json!({ "person": person })).await;
    }
    for crew in groups_of(&mut cx, person).await? {
        crews::remove_person(&mut cx, crew.id, person).await?;
    }
    identity::remove_login(&mut cx, person).await?;
    let said = format!("{login} is no user any more; the person stays (equipage person erase)");
    end(cx, how, &said, json!({ "person": person })).await
}

/// `equipage delgroup`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn del_group(db: &Db, args: DelGroup) -> Result<(), Failed> {
    let mut cx = begin(db, &args.how).await?;
    let crew = group(&mut cx, &args.name).await?;
    if !args.only_if_empty {
        for one in crews::people(&mut cx, crew.id).await? {
            crews::remove_person(&mut cx, crew.id, one.person).await?;
        }
    }
    crews::delete(&mut cx, crew.id).await?;
    let said = format!("the group {} is deleted", args.name);
    end(cx, &args.how, &said, json!({ "group": crew.id })).await
}

async fn lock(cx: &mut Cx, person: PartyId, unlock: Option<bool>) -> Result<&'static str, Failed> {
    match unlock {
        Some(true) => {
            identity::enable(cx, person).await?;
            Ok("is unlocked")
        }
        Some(false) => {
            identity::disable(cx, person).await?;
            Ok("is locked")
        }
        None => Ok("is changed"),
    }
}

fn wish(locked: bool, unlocked: bool) -> Option<bool> {
    match (locked, unlocked) {
        (false, false) => None,
        (_, unlocked) => Some(unlocked),
    }
}

/// `equipage passwd`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn passwd(db: &Db, args: Passwd) -> Result<(), Failed> {
    let how = &args.how;
    let login = &args.login;
    let wish = wish(args.lock, args.unlock);
    let hash = match wish.is_some() || how.dry_run {
        true => None,
        false => Some(hash().await?),
    };
    let mut cx = begin(db, how).await?;
    let person = person_of(&mut cx, login).await?;
    let done = match &hash {
        Some(hash) => {
            identity::set_password(&mut cx, person, hash).await?;
            "has a new password"
        }
        None => lock(&mut cx, person, wish).await?,
    };
    end(
        cx,
        how,
        &format!("{login} {done}"),
        json!({ "person": person }),
    )
    .await
}

/// `equipage usermod`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn user_mod(db: &Db, args: UserMod) -> Result<(), Failed> {
    let how = &args.how;
    let mut cx = begin(db, how).await?;
    let person = person_of(&mut cx, &args.login).await?;
    let shell = args.shell.iter().map(|shell| ("shell", shell.as_str()));
    let given = args.fields.iter().map(|(k, v)| (k.as_str(), v.as_str()));
    let given: Vec<(&str, &str)> = shell.chain(given).collect();
    let is_renamed = args.name.is_some() || args.given_name.is_some() || args.email.is_some();
    if is_renamed || !given.is_empty() {
        let party = people::get(&mut cx, person).await?;
        let mut form = PartyForm::of(&party);
        for (name, value) in given {
            let known = fields::visible(&mut cx).await?;
            if !known
                .iter()
                .any(|f| f.on == fields::On::Person && f.slug == name)
            {
                let text = format!(
                    "people have no added field {name:?}: `equipage field list` names them"
                );
                return Err(Failed::typed(text));
            }
            form.extra = form.extra.with(name, value);
        }
        let into = [
            (&mut form.name, &args.name),
            (&mut form.given_name, &args.given_name),
            (&mut form.email, &args.email),
        ];
        for (field, new) in into {
            if let Some(new) = new {
                field.clone_from(new);
            }
        }
        people::save(&mut cx, person, &form).await?;
    }
    if let Some(wanted) = &args.groups {
        let mut ids = Vec::new();
        for name in wanted.iter().filter(|name| !name.is_empty()) {
            ids.push(group(&mut cx, name).await?.id);
        }
        let now = groups_of(&mut cx, person).await?;
        for crew in now.iter().filter(|crew| !ids.contains(&crew.id)) {
            if !args.append {
                crews::remove_person(&mut cx, crew.id, person).await?;
            }
        }
        for id in ids {
            crews::add_person(&mut cx, id, person).await?;
        }
    }
    if let Some(name) = &args.rename {
        identity::rename_login(&mut cx, person, &LoginName::parse(name)?).await?;
    }
    let done = lock(&mut cx, person, wish(args.lock, args.unlock)).await?;
    let login = args.rename.as_ref().unwrap_or(&args.login);
    end(
        cx,
        how,
        &format!("{login} {done}"),
        json!({ "person": person }),
    )
    .await
}

/// `equipage groups`
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn groups(db: &Db, args: Groups) -> Result<(), Failed> {
    let mut cx = begin(db, &args.how).await?;
    let person = person_of(&mut cx, &args.login).await?;
    let names: Vec<String> = groups_of(&mut cx, person)
        .await?
        .into_iter()
        .map(|c| c.name)
        .collect();
    match args.how.json {
        true => println!("{}", json!({ "person": person, "groups": names })),
        false => println!("{} : {}", args.login, names.join(", ")),
    }
    Ok(())
}
