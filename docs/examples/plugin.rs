//! A plugin that keeps a text file for each crew: its name, and the addresses of its people.

use domain::kernel::Code;
use domain::plugins::{
    Answer, Call, Crew, Description, Drift, Failure, Gone, Holds, Object, ObjectKind, Program,
    Said, Saved, Setting, Settings,
};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

static DESCRIPTION: Description = Description {
    kind: "crew_files",
    name: Said {
        fr: "Listes d’équipes",
        en: "Lists of crews",
    },
    about: Said {
        fr: "Un fichier par équipe, avec les adresses de ses membres.",
        en: "A file for each crew, with the addresses of its people.",
    },
    wants: &[ObjectKind::Crew],
    settings: &[Setting {
        key: "folder",
        label: Said {
            fr: "Dossier",
            en: "Folder",
        },
        help: Said {
            fr: "Par exemple /srv/listes.",
            en: "For example /srv/lists.",
        },
        holds: Holds::Text,
        is_required: true,
    }],
    // Added fields that it needs are declared here, and are in the forms by themselves.
    fields: &[],
};

/// The plugin.
pub struct Lists;

fn text(crew: &Crew) -> String {
    let emails = crew.people.iter().filter_map(|one| one.email.as_deref());
    let lines = std::iter::once(crew.name.as_str()).chain(emails);
    lines.map(|line| line.replace('\n', " ") + "\n").collect()
}

// What may be gone by the next attempt is transient; what somebody must mend says so.
fn failure(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::PermissionDenied => Failure::needs_person("the folder may not be written"),
        kind => Failure::transient(kind.to_string()),
    }
}

impl Program for Lists {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    // Before settings are kept: nothing outside is reached.
    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        match settings.get("folder") {
            Some(folder) if !Path::new(folder).is_absolute() => vec![("folder", Code::NotAPath)],
            _ => Vec::new(),
        }
    }

    // Asked twice it does the same: a worker that is killed asks again.
    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let Object::Crew(crew) = object else {
                return Ok(Saved::default());
            };
            let path = Path::new(call.setting("folder")).join(format!("{}.txt", crew.id));
            std::fs::write(&path, text(crew)).map_err(|e| failure(&e))?;
            // Given back with each question, also when the crew is gone.
            let kept = Some(json!(path));
            Ok(Saved {
                kept,
                output: String::new(),
            })
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            let Some(path) = gone.kept.as_ref().and_then(Value::as_str) else {
                return Ok(());
            };
            match std::fs::remove_file(path) {
                Err(e) if e.kind() != ErrorKind::NotFound => Err(failure(&e)),
                _ => Ok(()),
            }
        })
    }

    // Looks, and changes nothing.
    fn verify<'a>(
        &'a self,
        _call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            let (Object::Crew(crew), Some(path)) = (object, kept.and_then(Value::as_str)) else {
                return Ok(Vec::new());
            };
            let there = std::fs::read_to_string(PathBuf::from(path)).unwrap_or_default();
            let differs = there != text(crew);
            let drift = differs.then(|| Drift {
                said: format!("the list of {} differs", crew.name),
            });
            Ok(drift.into_iter().collect())
        })
    }
}
