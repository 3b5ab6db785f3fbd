//! System accounts: files as `libnss-extrausers` reads them (`passwd`, `group`, `shadow`), in a folder that
//! each organisation has for itself. A person with a login that works has an account, a crew is a group.
//! Nobody signs in by these files: the passwords in `shadow` are locked.
//!
//! Numbers are the core's: given once and never again. Files are written whole, and only where something changed.

use super::files::{Access, Folder};
use domain::kernel::Code;
use domain::plugins::extractions::SHELL as SHELL_FIELD;
use domain::plugins::unix::{FIRST_NUMBER, LAST_NUMBER, NAME_MAX, group_name, is_name};
use domain::plugins::{
    Answer, Call, Crew, Description, Drift, Extra, Failure, Gone, Holds, Object, ObjectKind,
    Person, Program, Said, Saved, Setting, Settings,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The group that all accounts have first: `users` of most systems.
const USERS: u32 = 100;
const SHELL: &str = "/bin/bash";
const HOME: &str = "/home/{login}";
/// The machine's own accounts, which nobody may have beside it.
const OWN: [&str; 2] = ["/etc/passwd", "/etc/group"];

static DESCRIPTION: Description = Description {
    kind: "accounts",
    name: Said {
        fr: "Comptes système",
        en: "System accounts",
    },
    about: Said {
        fr: "Un compte Unix par personne qui peut se connecter, un groupe par équipe (libnss-extrausers).",
        en: "A Unix account for each person with a login, a group for each crew (libnss-extrausers).",
    },
    wants: &[ObjectKind::Person, ObjectKind::Crew],
    settings: &[
        Setting {
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
        },
        Setting {
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
        },
        Setting {
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
        },
    ],
    fields: &[SHELL_FIELD],
};

/// The plugin.
pub struct Accounts {
    folder: Option<PathBuf>,
}

/// What it keeps of a person or a crew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    name: String,
    number: i64,
    kind: ObjectKind,
}

/// What should be there: a line of each file that is about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    name: String,
    kind: ObjectKind,
    /// Its number, counted from 0.
    number: i64,
    /// Its line, with `NUMBER` for the number.
    line: String,
}

/// A path that may stand in a line.
fn is_path(path: &str) -> bool {
    let is_safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'.');
    path.starts_with('/') && path.len() <= 200 && path.bytes().all(is_safe) && !path.contains("..")
}

impl Accounts {
    /// With the operator's folder; without one, no accounts are written.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    fn place(&self, slug: &str) -> Result<Place, Failure> {
        let missing = || Failure::needs_person("the operator has not allowed system accounts");
        let folder = self.folder.as_ref().ok_or_else(missing)?;
        Ok(Place(Folder::take(folder, slug)?))
    }
}

/// An organisation's folder, while nobody else changes it.
struct Place(Folder);

impl Place {
    fn read(&self, name: &str) -> Result<String, Failure> {
        Ok(self.0.read(name)?.map_or(String::new(), |(text, _)| text))
    }

    /// Writes a file whole, or leaves it as it is where nothing is new.
    fn write(&self, name: &str, text: &str, mode: u32) -> Result<(), Failure> {
        let there = self.0.read(name)?;
        if there.is_some_and(|(there, _)| there == text) {
            return Ok(());
        }
        let access = Access {
            mode,
            ..Access::default()
        };
        self.0.write(name, text, access)
    }

    /// Puts a line into a file in the place of the one with its number, or takes that one away.
    fn put(&self, file: &str, mode: u32, number: i64, line: Option<&str>) -> Result<(), Failure> {
        let text = self.read(file)?;
        let mut lines: Vec<&str> = text.lines().collect();
        let at = lines
            .iter()
            .position(|line| number_of(line) == Some(number));
        match (at, line) {
            (Some(at), Some(line)) => {
                if let Some(there) = lines.get_mut(at) {
                    *there = line;
                }
            }
            (Some(at), None) => {
                lines.remove(at);
            }
            (None, Some(line)) => lines.push(line),
            (None, None) => {}
        }
        self.write(file, &joined(&lines), mode)
    }

    /// The same for the file of passwords, which has names and no numbers.
    fn lock_password(&self, old: Option<&str>, new: Option<&str>) -> Result<(), Failure> {
        let text = self.read("shadow")?;
        let is_old = |line: &&str| {
            let name = line.split(':').next();
            name.is_some() && (name == old || name == new)
        };
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| !is_old(line))
            .map(str::to_owned)
            .collect();
        if let Some(new) = new {
            lines.push(format!("{new}:!:::::::"));
        }
        lines.sort();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        self.write("shadow", &joined(&lines), 0o640)
    }

    /// Refuses a name or a number that somebody else has, here or (a name) on the machine itself.
    fn is_free(
        &self,
        file: &str,
        (name, old): (&str, Option<&str>),
        number: i64,
    ) -> Result<(), Failure> {
        let has = |line: &str| line.split(':').next() == Some(name);
        let text = self.read(file)?;
        let other = |line: &&str| has(line) && number_of(line) != Some(number);
        if text.lines().any(|line| other(&line)) {
            return Err(Failure::permanent(format!(
                "{name} is somebody else's name"
            )));
        }
        let is_own = |line: &str| has(line) || line.split(':').next() == old;
        let taken = text
            .lines()
            .any(|line| number_of(line) == Some(number) && !is_own(line));
        if taken || !(0..=LAST_NUMBER).contains(&number) {
            return Err(Failure::permanent(format!(
                "the number {number} is not free"
            )));
        }
        for own in OWN {
            let known = std::fs::read_to_string(own).unwrap_or_default();
            if known.lines().any(has) {
                let said = format!("{name} is a name of the machine itself");
                return Err(Failure::permanent(said));
            }
        }
        Ok(())
    }
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The number of a line of `passwd` or `group`.
fn number_of(line: &str) -> Option<i64> {
    line.split(':').nth(2)?.parse().ok()
}

fn file_of(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Crew => "group",
        _ => "passwd",
    }
}

/// What should be there of an object; nothing, where it is to have no account.
fn wanted(call: &Call, object: &Object) -> Result<Option<Wanted>, Failure> {
    match object {
        Object::Person(person) => account(call, person),
        Object::Crew(crew) => group(crew).map(Some),
        Object::Service(_) | Object::Payment(_) | Object::Extraction(_) => Ok(None),
    }
}

fn account(call: &Call, person: &Person) -> Result<Option<Wanted>, Failure> {
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
    Ok(Some(Wanted {
        number: numbered(login.number)?,
        line: format!("{}:x:NUMBER:{USERS}:{gecos}:{home}:{shell}", login.name),
        name: login.name.clone(),
        kind: ObjectKind::Person,
    }))
}

fn group(crew: &Crew) -> Result<Wanted, Failure> {
    let name = group_name(&crew.name);
    if !is_name(&name) {
        return Err(Failure::permanent(
            "the crew's name makes no name for a group",
        ));
    }
    let logins = crew.people.iter().filter_map(|one| one.login.as_deref());
    let mut logins: Vec<&str> = logins.filter(|login| is_name(login)).collect();
    logins.sort_unstable();
    Ok(Wanted {
        number: numbered(crew.number)?,
        line: format!("{name}:x:NUMBER:{}", logins.join(",")),
        name,
        kind: ObjectKind::Crew,
    })
}

fn numbered(number: Option<i64>) -> Result<i64, Failure> {
    number.ok_or_else(|| Failure::transient("it has no number yet"))
}

fn read_kept(kept: Option<&Value>) -> Option<Kept> {
    serde_json::from_value(kept?.clone()).ok()
}

fn save(
    place: &Place,
    first: i64,
    kept: Option<Kept>,
    wanted: Option<Wanted>,
) -> Result<Option<Kept>, Failure> {
    let Some(wanted) = wanted else {
        if let Some(kept) = kept {
            take_away(place, &kept)?;
        }
        return Ok(None);
    };
    // Whoever has a number keeps it, wherever counting begins by now.
    let number = kept
        .as_ref()
        .map_or(first + wanted.number, |kept| kept.number);
    let file = file_of(wanted.kind);
    let old = kept.as_ref().map(|kept| kept.name.as_str());
    place.is_free(file, (&wanted.name, old), number)?;
    let line = wanted.line.replacen("NUMBER", &number.to_string(), 1);
    place.put(file, 0o644, number, Some(&line))?;
    if wanted.kind == ObjectKind::Person {
        place.lock_password(old, Some(&wanted.name))?;
    }
    Ok(Some(Kept {
        name: wanted.name,
        number,
        kind: wanted.kind,
    }))
}

fn take_away(place: &Place, kept: &Kept) -> Result<(), Failure> {
    place.put(file_of(kept.kind), 0o644, kept.number, None)?;
    match kept.kind {
        ObjectKind::Person => place.lock_password(Some(&kept.name), None),
        _ => Ok(()),
    }
}

fn differences(
    place: &Place,
    first: i64,
    kept: Option<Kept>,
    wanted: Option<Wanted>,
) -> Result<Vec<Drift>, Failure> {
    let drift = |said: String| Ok(vec![Drift { said }]);
    let Some(wanted) = wanted else {
        let Some(kept) = kept else {
            return Ok(Vec::new());
        };
        let text = place.read(file_of(kept.kind))?;
        return match text
            .lines()
            .any(|line| number_of(line) == Some(kept.number))
        {
            true => drift(format!("{} is there and should not be", kept.name)),
            false => Ok(Vec::new()),
        };
    };
    let missing = || drift(format!("{} is missing", wanted.name));
    let number = kept.map_or(first + wanted.number, |kept| kept.number);
    let text = place.read(file_of(wanted.kind))?;
    let there = text.lines().find(|line| number_of(line) == Some(number));
    let line = wanted.line.replacen("NUMBER", &number.to_string(), 1);
    match there {
        None => missing(),
        Some(there) if there != line => drift(format!("{} differs", wanted.name)),
        Some(_) => Ok(Vec::new()),
    }
}

fn foreign(place: &Place, known: &[Kept]) -> Result<Vec<Extra>, Failure> {
    let mut extras = Vec::new();
    for kind in [ObjectKind::Person, ObjectKind::Crew] {
        for line in place.read(file_of(kind))?.lines() {
            let name = line.split(':').next().unwrap_or_default();
            let Some(number) = number_of(line) else {
                continue;
            };
            let is_known = |one: &Kept| one.kind == kind && one.number == number;
            if !known.iter().any(is_known) {
                let name = name.to_owned();
                let kept = Kept {
                    name: name.clone(),
                    number,
                    kind,
                };
                extras.push(Extra {
                    name,
                    kept: json!(kept),
                });
            }
        }
    }
    Ok(extras)
}

/// Does something in the folder, where blocking holds up nobody.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::transient("the work broke off"))?
}

fn first_number(settings: &Settings) -> i64 {
    let said = settings
        .get("first_number")
        .and_then(|text| text.parse().ok());
    said.unwrap_or(FIRST_NUMBER)
}

impl Program for Accounts {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = Vec::new();
        if self.folder.is_none() {
            found.push(("shell", Code::NotAllowedHere));
        }
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

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let wanted = wanted(call, object)?;
            let kept = read_kept(kept);
            let first = first_number(&call.settings);
            let own = Self::new(self.folder.clone());
            let slug = call.slug.clone();
            let kept = apart(move || save(&own.place(&slug)?, first, kept, wanted)).await?;
            Ok(Saved {
                kept: kept.map(|kept| json!(kept)),
                output: String::new(),
            })
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            let Some(kept) = read_kept(gone.kept.as_ref()) else {
                return Ok(());
            };
            let own = Self::new(self.folder.clone());
            let slug = call.slug.clone();
            apart(move || take_away(&own.place(&slug)?, &kept)).await
        })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            let wanted = wanted(call, object)?;
            let kept = read_kept(kept);
            let first = first_number(&call.settings);
            let own = Self::new(self.folder.clone());
            let slug = call.slug.clone();
            apart(move || differences(&own.place(&slug)?, first, kept, wanted)).await
        })
    }

    fn extras<'a>(&'a self, call: &'a Call, known: &'a [Value]) -> Answer<'a, Vec<Extra>> {
        Box::pin(async move {
            let known: Vec<Kept> = known
                .iter()
                .filter_map(|one| read_kept(Some(one)))
                .collect();
            let own = Self::new(self.folder.clone());
            let slug = call.slug.clone();
            apart(move || foreign(&own.place(&slug)?, &known)).await
        })
    }
}
