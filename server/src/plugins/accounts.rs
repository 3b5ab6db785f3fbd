//! System accounts: files as `libnss-extrausers` reads them (`passwd`, `group`, `shadow`), in a folder that
//! each organisation has for itself. A person with a login that works has an account, a crew is a group.
//! Nobody signs in by these files: the passwords in `shadow` are locked.
//!
//! Numbers are the core's: given once and never again. Files are written whole, and only where something changed.

use super::files::{Access, Folder};
use super::unix::{
    FIRST_NUMBER_SETTING, HOME_SETTING, Kept, LOCKED, SHELL_SETTING, USERS, Wanted, What, check,
    may_be, name_taken, number_taken, read_kept, wanted,
};
use domain::kernel::Code;
use domain::plugins::extractions::SHELL as SHELL_FIELD;
use domain::plugins::{
    Answer, Call, Description, Drift, Extra, Failure, Gone, Object, ObjectKind, Program, Said,
    Saved, Settings,
};
use serde_json::{Value, json};
use std::path::PathBuf;

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
    settings: &[SHELL_SETTING, HOME_SETTING, FIRST_NUMBER_SETTING],
    fields: &[SHELL_FIELD],
};

/// The plugin.
pub struct Accounts {
    folder: Option<PathBuf>,
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
            lines.push(format!("{new}:{LOCKED}:::::::"));
        }
        lines.sort();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        self.write("shadow", &joined(&lines), 0o640)
    }

    /// Refuses a name or a number that somebody else has, here or on the machine itself.
    fn is_free(&self, wanted: &Wanted, old: Option<&str>) -> Result<(), Failure> {
        may_be(wanted)?;
        let (name, number) = (wanted.name.as_str(), wanted.number);
        let text = self.read(file_of(wanted.kind()))?;
        let name_of = |line: &str| line.split(':').next().map(str::to_owned);
        let has = |line: &str| name_of(line).as_deref() == Some(name);
        let is_own = |line: &str| has(line) || name_of(line).as_deref() == old;
        for line in text.lines() {
            let is_number = number_of(line) == Some(number);
            if has(line) && !is_number {
                return Err(name_taken(name));
            }
            if is_number && !is_own(line) {
                return Err(number_taken(number));
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

/// Its line.
fn line_of(wanted: &Wanted) -> String {
    let Wanted { name, number, what } = wanted;
    match what {
        What::Account { gecos, home, shell } => {
            format!("{name}:x:{number}:{USERS}:{gecos}:{home}:{shell}")
        }
        What::Group { logins } => format!("{name}:x:{number}:{}", logins.join(",")),
    }
}

fn save(
    place: &Place,
    kept: Option<&Kept>,
    wanted: Option<&Wanted>,
) -> Result<Option<Kept>, Failure> {
    let Some(wanted) = wanted else {
        if let Some(kept) = kept {
            take_away(place, kept)?;
        }
        return Ok(None);
    };
    let old = kept.map(|kept| kept.name.as_str());
    place.is_free(wanted, old)?;
    let file = file_of(wanted.kind());
    place.put(file, 0o644, wanted.number, Some(&line_of(wanted)))?;
    if wanted.kind() == ObjectKind::Person {
        place.lock_password(old, Some(&wanted.name))?;
    }
    Ok(Some(wanted.kept()))
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
    kept: Option<&Kept>,
    wanted: Option<&Wanted>,
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
    let text = place.read(file_of(wanted.kind()))?;
    let there = text
        .lines()
        .find(|line| number_of(line) == Some(wanted.number));
    match there {
        None => missing(),
        Some(there) if there != line_of(wanted) => drift(format!("{} differs", wanted.name)),
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

impl Program for Accounts {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = check(settings);
        if self.folder.is_none() {
            found.push(("shell", Code::NotAllowedHere));
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
            let kept = read_kept(kept);
            let wanted = wanted(call, object, kept.as_ref())?;
            let own = Self::new(self.folder.clone());
            let slug = call.slug.clone();
            let kept =
                apart(move || save(&own.place(&slug)?, kept.as_ref(), wanted.as_ref())).await?;
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
            let kept = read_kept(kept);
            let wanted = wanted(call, object, kept.as_ref())?;
            let own = Self::new(self.folder.clone());
            let slug = call.slug.clone();
            apart(move || differences(&own.place(&slug)?, kept.as_ref(), wanted.as_ref())).await
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
