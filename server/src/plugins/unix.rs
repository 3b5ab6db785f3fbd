//! Who has a Unix account, what a group is called, and what stands of them: the same wherever accounts are kept.
//! Numbers are the core's: given once and never again.

use domain::kernel::Code;
use domain::plugins::unix::{FIRST_NUMBER, LAST_NUMBER, NAME_MAX, group_name, is_name};
use domain::plugins::{
    Call, Crew, Failure, Holds, Object, ObjectKind, Person, Said, Setting, Settings,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The group that all accounts have first: `users` of most systems.
pub const USERS: i64 = 100;
/// What stands for a password that nobody can type.
pub const LOCKED: &str = "!";
const SHELL: &str = "/bin/bash";
const HOME: &str = "/home/{login}";
/// The machine's own accounts, which nobody may have beside it.
const OWN: [&str; 2] = ["/etc/passwd", "/etc/group"];

/// The shell of who has none of their own.
pub const SHELL_SETTING: Setting = Setting {
    key: "shell",
    label: Said {
        fr: "Interpréteur de commandes",
        en: "Shell",
    },
    help: Said {
        fr: "/bin/bash si rien n’est écrit. Le champ « Interpréteur » d’une personne l’emporte.",
        en: "/bin/bash where nothing is said. A person’s own field “Shell” comes first.",
    },
    holds: Holds::Text,
    is_required: false,
};
/// Where people's own files are.
pub const HOME_SETTING: Setting = Setting {
    key: "home",
    label: Said {
        fr: "Dossier personnel",
        en: "Home folder",
    },
    help: Said {
        fr: "/home/{login} si rien n’est écrit.",
        en: "/home/{login} where nothing is said.",
    },
    holds: Holds::Text,
    is_required: false,
};
/// Where counting begins.
pub const FIRST_NUMBER_SETTING: Setting = Setting {
    key: "first_number",
    label: Said {
        fr: "Premier numéro (uid, gid)",
        en: "First number (uid, gid)",
    },
    help: Said {
        fr: "10000 si rien n’est écrit. Les numéros donnés ne changent jamais.",
        en: "10000 where nothing is said. Numbers that were given never change.",
    },
    holds: Holds::Text,
    is_required: false,
};

/// What is kept of a person or a crew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called on Unix systems.
    pub name: String,
    /// Its uid or gid.
    pub number: i64,
    /// What it is.
    pub kind: ObjectKind,
}

/// What should be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is called on Unix systems.
    pub name: String,
    /// Its uid or gid.
    pub number: i64,
    /// The rest.
    pub what: What,
}

/// What should be there, beside a name and a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Of an account.
    Account {
        /// The whole name.
        gecos: String,
        /// Where its own files are.
        home: String,
        /// What it works with.
        shell: String,
    },
    /// Of a group.
    Group {
        /// The accounts in it.
        logins: Vec<String>,
    },
}

impl Wanted {
    /// What it is.
    pub fn kind(&self) -> ObjectKind {
        match self.what {
            What::Account { .. } => ObjectKind::Person,
            What::Group { .. } => ObjectKind::Crew,
        }
    }

    /// What is kept of it.
    pub fn kept(&self) -> Kept {
        Kept {
            name: self.name.clone(),
            number: self.number,
            kind: self.kind(),
        }
    }
}

/// A path that may stand in a line.
fn is_path(path: &str) -> bool {
    let is_safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'.');
    path.starts_with('/') && path.len() <= 200 && path.bytes().all(is_safe) && !path.contains("..")
}

/// What should be there of an object; nothing, where it is to have no account. Whoever has a number keeps it,
/// wherever counting begins by now.
pub fn wanted(
    call: &Call,
    object: &Object,
    kept: Option<&Kept>,
) -> Result<Option<Wanted>, Failure> {
    let found = match object {
        Object::Person(person) => account(call, person)?,
        Object::Crew(crew) => Some(group(crew)?),
        Object::Service(_) | Object::Payment(_) | Object::Extraction(_) => None,
    };
    let Some((number, name, what)) = found else {
        return Ok(None);
    };
    let given = match kept {
        Some(kept) => kept.number,
        None => {
            let counted = number.ok_or_else(|| Failure::transient("it has no number yet"))?;
            first_number(&call.settings) + counted
        }
    };
    let number = given;
    Ok(Some(Wanted { name, number, what }))
}

type Found = (Option<i64>, String, What);

fn account(call: &Call, person: &Person) -> Result<Option<Found>, Failure> {
    let today = call.now.date_naive();
    let has_left = |until: chrono::NaiveDate| until < today;
    let belongs = !person.crews.is_empty()
        || person
            .member
            .as_ref()
            .is_some_and(|member| !member.left_on.is_some_and(has_left));
    let login = person
        .login
        .as_ref()
        .filter(|login| !login.is_disabled && belongs);
    let Some(login) = login else { return Ok(None) };
    if !is_name(&login.name) {
        return Err(Failure::permanent(format!(
            "the login {} is no name for an account: a-z, 0-9, _ and -, {NAME_MAX} at most",
            login.name
        )));
    }
    let or = |text: &str, otherwise: &str| match text.is_empty() {
        true => otherwise.to_owned(),
        false => text.to_owned(),
    };
    let own = person.fields.get("shell").map_or("", |shell| shell.trim());
    let shell = or(own, &or(call.setting("shell"), SHELL));
    let home = or(call.setting("home"), HOME).replace("{login}", &login.name);
    if !is_path(&shell) || !is_path(&home) {
        return Err(Failure::permanent(
            "the shell or the home folder is no path",
        ));
    }
    let told = |c: &char| !c.is_control() && !matches!(c, ':' | ',');
    let gecos: String = person.label.chars().filter(told).take(100).collect();
    let what = What::Account { gecos, home, shell };
    Ok(Some((login.number, login.name.clone(), what)))
}

fn group(crew: &Crew) -> Result<Found, Failure> {
    let name = group_name(&crew.name);
    if !is_name(&name) {
        return Err(Failure::permanent(
            "the crew's name makes no name for a group",
        ));
    }
    let logins = crew.people.iter().filter_map(|one| one.login.clone());
    let mut logins: Vec<String> = logins.filter(|login| is_name(login)).collect();
    logins.sort_unstable();
    logins.dedup();
    Ok((crew.number, name, What::Group { logins }))
}

/// Refuses what no system may be told: a number beyond those for people, a name of the machine itself.
pub fn may_be(wanted: &Wanted) -> Result<(), Failure> {
    if !(0..=LAST_NUMBER).contains(&wanted.number) {
        return Err(number_taken(wanted.number));
    }
    let name = wanted.name.as_str();
    let has = |line: &str| line.split(':').next() == Some(name);
    for own in OWN {
        let known = std::fs::read_to_string(own).unwrap_or_default();
        if known.lines().any(has) {
            let said = format!("{name} is a name of the machine itself");
            return Err(Failure::permanent(said));
        }
    }
    Ok(())
}

/// Two cannot have one name.
pub fn name_taken(name: &str) -> Failure {
    Failure::permanent(format!("{name} is somebody else's name"))
}

/// Two cannot have one number.
pub fn number_taken(number: i64) -> Failure {
    Failure::permanent(format!("the number {number} is not free"))
}

/// What was kept, as it was given back.
pub fn read_kept(kept: Option<&Value>) -> Option<Kept> {
    serde_json::from_value(kept?.clone()).ok()
}

fn first_number(settings: &Settings) -> i64 {
    let said = settings
        .get("first_number")
        .and_then(|text| text.parse().ok());
    said.unwrap_or(FIRST_NUMBER)
}

/// The problems of the settings that are the same everywhere.
pub fn check(settings: &Settings) -> Vec<(&'static str, Code)> {
    let mut found = Vec::new();
    let get = |key| settings.get(key).map(String::as_str);
    if get("shell").is_some_and(|shell| !is_path(shell)) {
        found.push(("shell", Code::NotAPath));
    }
    if get("home").is_some_and(|home| !is_path(&home.replace("{login}", "login"))) {
        found.push(("home", Code::NotAPath));
    }
    let is_number = |text: &str| {
        text.parse()
            .is_ok_and(|n| (1_000..=LAST_NUMBER).contains(&n))
    };
    if get("first_number").is_some_and(|text| !is_number(text)) {
        found.push(("first_number", Code::NotANumber));
    }
    found
}
