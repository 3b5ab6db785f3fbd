//! The program of extractions: it renders a template, and keeps a file in the organisation's folder in agreement with it.
//!
//! A template is rendered in a process of its own (`equipage render-extraction`), which may take so much memory
//! and time and no more: a template that grows without end ends that process and nothing else.

use super::command::{self, Command};
use super::files::{Access, Folder};
use domain::kernel::Code;
use domain::plugins::extractions::rules::{mode_bits, next_serial};
use domain::plugins::extractions::{
    Data, KIND, OUTPUT_MAX, Recipe, Rendered, Trouble, Whole, Written, render,
};
use domain::plugins::{
    Answer, Call, Description, Drift, Failure, Gone, Object, Preview, Program, Said, Saved,
    Settings,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The hidden command of the process that renders.
pub const RENDER: &str = "render-extraction";
/// The memory that rendering may take: what there is to read of 100,000 people, and the longest text, several times over.
const MEMORY_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// The seconds of a processor that rendering may take.
const SECONDS_MAX: u64 = 20;
/// How long it may take by the clock.
const RENDER_LIMIT: Duration = Duration::from_secs(25);
/// How long the program that hears of a change may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);
/// How long all of it may take.
const TIME_LIMIT: Duration = Duration::from_secs(120);
/// What is kept of what that program prints.
const COMMAND_READ_MAX: usize = 64 * 1024;
/// The most that are at it at a time, of all organisations: each may take so much memory.
const AT_ONCE: usize = 2;
/// JSON writes some characters longer than they are.
const RENDERED_MAX: usize = 3 * OUTPUT_MAX;
/// The machine's own users and groups.
const USERS: &str = "/etc/passwd";
const GROUPS: &str = "/etc/group";

const NAME: Said = Said {
    fr: "Extraction",
    en: "Extraction",
};

static DESCRIPTION: Description = Description {
    kind: KIND,
    name: NAME,
    about: Said {
        fr: "Un fichier texte fait d’après un modèle.",
        en: "A text file that is made by a template.",
    },
    wants: &[],
    settings: &[],
    fields: &[],
};

/// The program of extractions.
#[derive(Clone)]
pub struct Extractions {
    folder: Option<PathBuf>,
    owners: Vec<String>,
    commands: Arc<Command>,
    /// This program, which renders in a process of its own.
    renderer: PathBuf,
}

/// Whose turn it is.
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// What is rendered, as it is told to the process that does.
#[derive(Serialize, Deserialize)]
struct Job<R, D> {
    recipe: R,
    data: D,
    serial: i64,
}

impl Extractions {
    /// With the operator's folder, the owners that files may be given to, and the folder of programs.
    pub fn new(
        folder: Option<PathBuf>,
        owners: Vec<String>,
        commands: Option<PathBuf>,
        renderer: PathBuf,
    ) -> Self {
        Self {
            folder,
            owners,
            commands: Arc::new(Command::new(commands)),
            renderer,
        }
    }

    fn folder(&self, slug: &str) -> Result<Folder, Failure> {
        let missing = || Failure::needs_person("the operator has not allowed files");
        Folder::take(self.folder.as_ref().ok_or_else(missing)?, slug)
    }

    /// The text of a file: with the serial number that it had, or where something else has changed with the next one.
    fn made(&self, whole: &Whole, written: Option<&Written>) -> Result<(Rendered, i64), Failure> {
        let before = written.map_or(0, |written| written.serial);
        let rendered = self.render(whole, before)?;
        let is_same = written.is_some_and(|known| known.digest == digest(&rendered.text));
        if is_same || !whole.recipe.template.contains("serial") {
            return Ok((rendered, before));
        }
        let serial = next_serial(before, whole.data.today);
        Ok((self.render(whole, serial)?, serial))
    }

    fn render(&self, whole: &Whole, serial: i64) -> Result<Rendered, Failure> {
        let (recipe, data) = (&whole.recipe, &whole.data);
        let job = Job {
            recipe,
            data,
            serial,
        };
        let input = serde_json::to_vec(&job)
            .map_err(|_| Failure::transient("what there is to read cannot be passed on"))?;
        let bounds = (RENDER_LIMIT, RENDERED_MAX);
        let ran = command::run(&self.renderer, &[RENDER], input, bounds)
            .map_err(|e| Failure::transient(format!("the renderer does not start: {e}")))?;
        let ended = match ran.status {
            None => "the template takes too long",
            Some(_) => "the template takes more memory or time than it may",
        };
        let made: Result<Rendered, Trouble> =
            serde_json::from_str(&ran.out).map_err(|_| Failure::permanent(ended))?;
        made.map_err(|trouble| Failure::permanent(format!("the template: {trouble}")))
    }

    fn keep(&self, call: &Call, whole: &Whole, kept: Option<&Written>) -> Result<Saved, Failure> {
        let recipe = &whole.recipe;
        let access = access(recipe)?;
        let (rendered, serial) = self.made(whole, kept)?;
        let text = &rendered.text;
        let written = Written {
            digest: digest(text),
            lines: text.lines().count(),
            bytes: text.len(),
            serial,
            path: recipe.path.clone(),
            changed_at: call.now,
        };
        let is_known =
            |known: &&Written| known.digest == written.digest && known.path == written.path;
        let known = kept.filter(is_known);
        let folder = self.folder(&call.slug)?;
        let there = folder.read(&recipe.path)?;
        let is_there = there.as_ref().is_some_and(|(there, _)| there == text);
        if !is_there {
            folder.write(&recipe.path, text, access)?;
        } else if there.is_some_and(|(_, now)| !is_given(now, access)) {
            folder.give(&recipe.path, access)?;
        }
        if let Some(old) = kept.filter(|old| old.path != recipe.path) {
            leave(&folder, old)?;
        }
        drop(folder);
        // What failed the last time has not been told, whatever the file says by now.
        let is_news = !is_there || known.is_none() || call.attempt > 1;
        let output = match is_news && !recipe.command.is_empty() {
            true => self.tell(call, recipe)?,
            false => String::new(),
        };
        let changed_at = known.map_or(call.now, |known| known.changed_at);
        let written = Written {
            changed_at,
            ..written
        };
        Ok(Saved {
            kept: Some(json!(written)),
            output,
        })
    }

    /// Runs the program that hears of a change.
    fn tell(&self, call: &Call, recipe: &Recipe) -> Result<String, Failure> {
        let program = self.commands.program(&call.slug, &recipe.command);
        let program = program.map_err(|code| {
            Failure::needs_person(match code {
                Code::NotAllowedHere => {
                    "the file is written; the operator has not allowed programs"
                }
                _ => "the file is written; there is no such program to tell",
            })
        })?;
        let folder = self.folder.clone().unwrap_or_default();
        let file = folder.join(&call.slug).join(&recipe.path);
        let input = json!({
            "action": "extraction",
            "tenant": call.slug,
            "once": call.once,
            "attempt": call.attempt,
            "file": file,
        });
        let bounds = (COMMAND_LIMIT, COMMAND_READ_MAX);
        let ran = command::run(&program, &[], input.to_string().into_bytes(), bounds)
            .map_err(|e| Failure::needs_person(format!("the program does not start: {e}")))?;
        match command::is_done(&ran) {
            true => Ok(ran.all),
            false => Err(command::failure(&ran)),
        }
    }

    fn look(
        &self,
        call: &Call,
        whole: &Whole,
        kept: Option<&Written>,
    ) -> Result<Vec<Drift>, Failure> {
        let drift = |said: String| Ok(vec![Drift { said }]);
        let path = &whole.recipe.path;
        let Some(kept) = kept.filter(|kept| kept.path == *path) else {
            return drift(format!("{path} was not written yet"));
        };
        let Some((there, now)) = self.folder(&call.slug)?.read(path)? else {
            return drift(format!("{path} is missing"));
        };
        if digest(&there) != kept.digest {
            let lines = there.lines().count();
            return drift(format!(
                "somebody else has changed {path}: it has {lines} lines, and {} were written",
                kept.lines
            ));
        }
        match is_given(now, access(&whole.recipe)?) {
            true => Ok(Vec::new()),
            false => drift(format!(
                "{path} has another owner or mode: {:04o}",
                now.mode
            )),
        }
    }

    fn show(&self, call: &Call, whole: &Whole, kept: Option<&Written>) -> Result<Preview, Failure> {
        let (rendered, _) = self.made(whole, kept)?;
        let there = self.folder(&call.slug)?.read(&whole.recipe.path)?;
        Ok(Preview {
            text: rendered.text,
            there: there.map(|(text, _)| text),
            notes: rendered.notes,
        })
    }

    /// Does something where blocking holds up nobody.
    async fn apart<T: Send + 'static>(
        &self,
        call: &Call,
        object: &Object,
        kept: Option<&Value>,
        work: fn(&Self, &Call, &Whole, Option<&Written>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Object::Extraction(whole) = object else {
            return Err(Failure::permanent("this is no extraction"));
        };
        let turn = TURNS.acquire().await;
        let turn = turn.map_err(|_| Failure::transient("the server is ending"))?;
        let (own, call, whole) = (self.clone(), call.clone(), whole.clone());
        let kept = kept.and_then(|kept| serde_json::from_value(kept.clone()).ok());
        let done = tokio::task::spawn_blocking(move || {
            // Also where nobody waits for it any more.
            let _turn = turn;
            work(&own, &call, &whole, kept.as_ref())
        });
        done.await
            .map_err(|_| Failure::transient("the work broke off"))?
    }
}

/// Takes a file away that was written under another name, unless somebody else has changed it.
fn leave(folder: &Folder, old: &Written) -> Result<(), Failure> {
    match folder.read(&old.path)? {
        Some((text, _)) if digest(&text) == old.digest => folder.remove(&old.path),
        _ => Ok(()),
    }
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn is_given(now: Access, wanted: Access) -> bool {
    let is = |now: Option<u32>, wanted: Option<u32>| wanted.is_none() || now == wanted;
    now.mode == wanted.mode && is(now.user, wanted.user) && is(now.group, wanted.group)
}

/// Who may use a recipe's file.
fn access(recipe: &Recipe) -> Result<Access, Failure> {
    let (user, group) = recipe.owner.split_once(':').unwrap_or((&recipe.owner, ""));
    Ok(Access {
        mode: mode_bits(&recipe.mode).unwrap_or(0o600) & 0o666,
        user: number_of(USERS, user)?,
        group: number_of(GROUPS, group)?,
    })
}

/// The number of one of the machine's own users or groups; of no name, none.
fn number_of(file: &str, name: &str) -> Result<Option<u32>, Failure> {
    if name.is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.split(':').next() == Some(name));
    let number = line.and_then(|line| line.split(':').nth(2)?.parse().ok());
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(Failure::needs_person(format!(
            "this machine knows no {name}"
        ))),
    }
}

impl Program for Extractions {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = Vec::new();
        if self.folder.is_none() {
            found.push(("path", Code::NotAllowedHere));
        }
        if let Some(owner) = settings.get("owner")
            && !self.owners.contains(owner)
        {
            found.push(("owner", Code::OwnerNotAllowed));
        }
        if let Some(name) = settings.get("command")
            && let Err(code) = self.commands.program(slug, name)
        {
            found.push(("command", code));
        }
        found
    }

    fn time_limit(&self, _settings: &Settings) -> Duration {
        TIME_LIMIT
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(self.apart(call, object, kept, Self::keep))
    }

    fn delete<'a>(&'a self, _call: &'a Call, _gone: &'a Gone) -> Answer<'a, ()> {
        // Whoever forgets an extraction leaves its file.
        Box::pin(async { Ok(()) })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(self.apart(call, object, kept, Self::look))
    }

    fn preview<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Preview> {
        Box::pin(self.apart(call, object, kept, Self::show))
    }
}

/// Renders what comes on the standard input, and prints what became of it: the process that templates are
/// rendered in. Its memory and its time are bounded before it reads anything.
///
/// # Errors
/// Where it cannot be bounded, or what comes is no job.
pub fn render_here() -> Result<(), String> {
    let bound = |resource, max| {
        let limit = Rlimit {
            current: Some(max),
            maximum: Some(max),
        };
        setrlimit(resource, limit).map_err(|e| e.to_string())
    };
    bound(Resource::As, MEMORY_MAX)?;
    bound(Resource::Cpu, SECONDS_MAX)?;
    bound(Resource::Core, 0)?;
    let mut input = Vec::new();
    std::io::stdin()
        .read_to_end(&mut input)
        .map_err(|e| e.to_string())?;
    let job: Job<Recipe, Data> = serde_json::from_slice(&input).map_err(|e| e.to_string())?;
    let made = render(&job.recipe, &job.data, job.serial);
    let text = serde_json::to_vec(&made).map_err(|e| e.to_string())?;
    std::io::stdout()
        .write_all(&text)
        .map_err(|e| e.to_string())
}
