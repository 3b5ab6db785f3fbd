//! A program of the operator's, run for each change: it reads JSON from its standard input, and says by
//! its exit code what became of it.
//!
//! Exit codes, after `sysexits.h`: 0 done; 65 (`EX_DATAERR`) never; 77 (`EX_NOPERM`) and 78 (`EX_CONFIG`)
//! somebody must mend something; every other one, and death by a signal, later. Asked to verify, 0 means
//! that all is well, and 1 that it is not: each line of the standard output is a difference.
//!
//! No shell is asked, nothing of the server's environment is passed on, and the program and all it
//! has started end when its time is over.

use super::named;
use domain::kernel::Code;
use domain::plugins::{
    Answer, Call, Description, Drift, Failure, Gone, Holds, Object, ObjectKind, Program, Said,
    Saved, Setting, Settings,
};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take, where nothing else was said.
const SECONDS: u64 = 30;
/// The longest that may be said.
const SECONDS_MAX: u64 = 240;
/// The most of its output that is looked at, in bytes; the rest is read and dropped.
const READ_MAX: usize = 64 * 1024;
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

static DESCRIPTION: Description = Description {
    kind: "command",
    name: Said {
        fr: "Programme",
        en: "Program",
    },
    about: Said {
        fr: "Lance un programme du serveur à chaque changement, avec l’objet en JSON.",
        en: "Runs a program of the server with every change, with the object as JSON.",
    },
    wants: ObjectKind::OURS,
    settings: &[
        Setting {
            key: "program",
            label: Said {
                fr: "Programme",
                en: "Program",
            },
            help: Said {
                fr: "Son nom, dans le dossier que le serveur réserve à votre organisation.",
                en: "Its name, in the folder that the server keeps for your organisation.",
            },
            holds: Holds::Text,
            is_required: true,
        },
        Setting {
            key: "seconds",
            label: Said {
                fr: "Durée limite, en secondes",
                en: "Time limit, in seconds",
            },
            help: Said {
                fr: "30 si rien n’est écrit, 240 au plus.",
                en: "30 where nothing is said, 240 at most.",
            },
            holds: Holds::Text,
            is_required: false,
        },
        Setting {
            key: "verifies",
            label: Said {
                fr: "Sait vérifier",
                en: "Can verify",
            },
            help: Said {
                fr: "Oui, si le programme répond à l’action verify.",
                en: "Yes, where the program answers the action verify.",
            },
            holds: Holds::YesNo,
            is_required: false,
        },
        Setting {
            key: "token",
            label: Said {
                fr: "Secret",
                en: "Secret",
            },
            help: Said {
                fr: "Transmis au programme, à personne d’autre.",
                en: "Given to the program, and to nobody else.",
            },
            holds: Holds::Secret,
            is_required: false,
        },
    ],
    fields: &[],
};

/// The plugin.
pub struct Command {
    folder: Option<PathBuf>,
}

/// What a program may say on its standard output, where it says it as JSON.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    kept: Option<Value>,
    said: String,
}

/// What became of a run.
pub(super) struct Ran {
    /// Its end; none, where its time was over.
    pub(super) status: Option<ExitStatus>,
    /// What it printed on its standard output …
    pub(super) out: String,
    /// … and with what it printed as errors.
    pub(super) all: String,
}

impl Command {
    /// With the operator's folder; without one, no program may run.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The program of a name: a file that can be run, in the organisation's own folder and not through a link.
    pub(super) fn program(&self, slug: &str, name: &str) -> Result<PathBuf, Code> {
        let folder = self.folder.as_ref().ok_or(Code::NotAllowedHere)?;
        let is_plain = |name: &str| {
            !name.is_empty()
                && !name.starts_with('.')
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        if !is_plain(name) || !is_plain(slug) {
            return Err(Code::NoSuchProgram);
        }
        let path = folder.join(slug).join(name);
        let known = std::fs::symlink_metadata(&path).map_err(|_| Code::NoSuchProgram)?;
        let can_run = known.permissions().mode() & 0o111 != 0;
        if !known.is_file() || !can_run {
            return Err(Code::NoSuchProgram);
        }
        Ok(path)
    }

    async fn ask(&self, call: &Call, more: (&'static str, Value)) -> Result<Ran, Failure> {
        let program = self.program(&call.slug, call.setting("program"));
        let program = program.map_err(|code| {
            Failure::needs_person(match code {
                Code::NotAllowedHere => "the operator has not allowed programs",
                _ => "there is no such program",
            })
        })?;
        let mut input = json!({
            "action": call.action.name(),
            "tenant": call.slug,
            "once": call.once,
            "attempt": call.attempt,
        });
        if let Some(input) = input.as_object_mut() {
            input.insert(more.0.to_owned(), more.1);
            if !call.setting("token").is_empty() {
                input.insert("token".into(), call.setting("token").into());
            }
        }
        let limit = limit(&call.settings);
        let ran = tokio::task::spawn_blocking(move || {
            run(
                &program,
                &[],
                input.to_string().into_bytes(),
                (limit, READ_MAX),
            )
        });
        ran.await
            .map_err(|_| Failure::transient("the run broke off"))?
            .map_err(|e| Failure::needs_person(format!("the program does not start: {e}")))
    }
}

fn limit(settings: &Settings) -> Duration {
    let seconds = settings.get("seconds").and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(SECONDS).clamp(1, SECONDS_MAX))
}

/// Runs a program to its end, or to the end of its time; then everything that it has started ends too.
pub(super) fn run(
    program: &Path,
    args: &[&str],
    input: Vec<u8>,
    (limit, read_max): (Duration, usize),
) -> std::io::Result<Ran> {
    let mut child = std::process::Command::new(program)
        .args(args)
        .env_clear()
        .env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        )
        .env("LANG", "C.UTF-8")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = std::thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A program that does not read is none of our business.
            let _ = stdin.write_all(&input);
        }
    });
    let out = std::thread::spawn(move || read(stdout, read_max));
    let err = std::thread::spawn(move || read(stderr, READ_MAX));
    let until = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if Instant::now() >= until {
            break None;
        }
        std::thread::sleep(LOOK);
    };
    if let Some(group) = group {
        // Also what it has left behind: its pipes would never end.
        let _ = kill_process_group(group, Signal::KILL);
    }
    child.wait()?;
    let _ = write.join();
    let out = out.join().unwrap_or_default();
    let err = err.join().unwrap_or_default();
    let all = match err.is_empty() {
        true => out.clone(),
        false => format!("{out}{err}"),
    };
    Ok(Ran { status, out, all })
}

/// What comes, as text, up to a bound: the rest is read, so that nobody waits, and dropped.
fn read(from: Option<impl Read>, max: usize) -> String {
    let Some(mut from) = from else {
        return String::new();
    };
    let (mut kept, mut buffer) = (Vec::new(), [0_u8; 8 * 1024]);
    loop {
        match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                let room = max - kept.len();
                kept.extend(buffer.iter().take(count.min(room)));
            }
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// What an exit code means, where it is not 0.
pub(super) fn failure(ran: &Ran) -> Failure {
    let last = ran.all.lines().rev().find(|line| !line.trim().is_empty());
    let said = last.map_or(String::new(), |line| format!(": {line}"));
    let failure = match ran.status {
        None => Failure::transient("it took too long and was ended"),
        Some(status) => match status.code() {
            Some(65) => Failure::permanent(format!("refused (65){said}")),
            Some(code @ (77 | 78)) => {
                Failure::needs_person(format!("somebody must mend something ({code}){said}"))
            }
            Some(code) => Failure::transient(format!("it ended with {code}{said}")),
            None => Failure::transient("it was ended by a signal"),
        },
    };
    failure.printed(ran.all.clone())
}

pub(super) fn is_done(ran: &Ran) -> bool {
    ran.status.is_some_and(|status| status.success())
}

impl Program for Command {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = Vec::new();
        if let Some(name) = settings.get("program")
            && let Err(code) = self.program(slug, name)
        {
            found.push(("program", code));
        }
        if let Some(seconds) = settings.get("seconds")
            && !seconds
                .parse()
                .is_ok_and(|s: u64| (1..=SECONDS_MAX).contains(&s))
        {
            found.push(("seconds", Code::NotANumber));
        }
        let verifies = settings.get("verifies").map(String::as_str);
        if !matches!(verifies, None | Some("yes")) {
            found.push(("verifies", Code::UnknownChoice));
        }
        found
    }

    fn can_verify(&self, settings: &Settings) -> bool {
        settings.get("verifies").is_some_and(|said| said == "yes")
    }

    fn time_limit(&self, settings: &Settings) -> Duration {
        // The run ends by itself before.
        limit(settings) + Duration::from_secs(5)
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let told = json!({ "now": object, "kept": kept });
            let ran = self.ask(call, ("object", told)).await?;
            if !is_done(&ran) {
                return Err(failure(&ran));
            }
            let told: Told = serde_json::from_str(ran.out.trim()).unwrap_or_default();
            let (kind, label) = named(object);
            let known = || json!({ "kind": kind, "label": label });
            let output = match told.said.is_empty() {
                true => ran.all,
                false => told.said,
            };
            Ok(Saved {
                kept: Some(told.kept.unwrap_or_else(known)),
                output,
            })
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            let ran = self.ask(call, ("gone", json!(gone))).await?;
            match is_done(&ran) {
                true => Ok(()),
                false => Err(failure(&ran)),
            }
        })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            let told = json!({ "now": object, "kept": kept });
            let ran = self.ask(call, ("object", told)).await?;
            let code = ran.status.and_then(|status| status.code());
            let lines = ran.out.lines().filter(|line| !line.trim().is_empty());
            let drifts: Vec<Drift> = lines
                .map(|line| Drift {
                    said: line.to_owned(),
                })
                .collect();
            match code {
                Some(0) => Ok(Vec::new()),
                Some(1) if !drifts.is_empty() => Ok(drifts),
                _ => Err(failure(&ran)),
            }
        })
    }
}
