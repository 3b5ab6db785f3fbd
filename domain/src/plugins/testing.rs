//! Plugins for tests of others: one takes everything and does nothing, or fails for good; the other
//! makes the files of extractions in memory.

use super::{
    Answer, Call, Description, Drift, Failure, Gone, Holds, Object, ObjectKind, Preview, Program,
    Registry, Said, Saved, Setting, Settings, extractions,
};
use crate::kernel::Code;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const NAME: Said = Said {
    fr: "Essai",
    en: "Trial",
};

/// What it says of itself.
pub static DESCRIPTION: Description = Description {
    kind: "mute",
    name: NAME,
    about: NAME,
    wants: ObjectKind::OURS,
    settings: &[
        Setting {
            key: "answer",
            label: Said {
                fr: "Réponse",
                en: "Answer",
            },
            help: Said {
                fr: "« never » : refuse tout.",
                en: "“never”: refuses everything.",
            },
            holds: Holds::Text,
            is_required: false,
        },
        Setting {
            key: "token",
            label: Said {
                fr: "Jeton",
                en: "Token",
            },
            help: NAME,
            holds: Holds::Secret,
            is_required: false,
        },
    ],
    fields: &[],
};

/// It takes everything, or where the setting `answer` is `never`, nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mute;

impl Mute {
    fn said(call: &Call, about: &str) -> Result<(), Failure> {
        match call.setting("answer") {
            "never" => {
                let failure = Failure::permanent(format!("{about} is not taken"));
                Err(failure.printed(format!("{about}: never\n")))
            }
            _ => Ok(()),
        }
    }
}

impl Program for Mute {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        match settings.get("answer").map(String::as_str) {
            None | Some("never" | "always") => Vec::new(),
            Some(_) => vec![("answer", Code::UnknownChoice)],
        }
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            Self::said(call, object.label())?;
            Ok(Saved {
                kept: Some(json!(object.label())),
                output: String::new(),
            })
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move { Self::said(call, &gone.label) })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            Self::said(call, object.label())?;
            let missing = kept.is_none().then(|| Drift {
                said: format!("{} is missing", object.label()),
            });
            Ok(missing.into_iter().collect())
        })
    }
}

/// Makes the files of extractions in memory.
#[derive(Default)]
pub struct Files {
    /// What was written, by path.
    pub there: Mutex<BTreeMap<String, String>>,
    /// How often something was asked of it.
    pub asked: AtomicUsize,
}

static OF_FILES: Description = Description {
    kind: extractions::KIND,
    name: NAME,
    about: NAME,
    wants: &[],
    settings: &[],
    fields: &[],
};

impl Files {
    /// A file as it is.
    pub fn get(&self, path: &str) -> Option<String> {
        let there = self.there.lock();
        there.ok().and_then(|there| there.get(path).cloned())
    }

    fn made(&self, object: &Object) -> std::result::Result<(String, String), Failure> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let Object::Extraction(whole) = object else {
            return Err(Failure::permanent("this is no extraction"));
        };
        let made = extractions::render(&whole.recipe, &whole.data, 1);
        let made = made.map_err(|trouble| Failure::permanent(trouble.to_string()))?;
        Ok((whole.recipe.path.clone(), made.text))
    }
}

impl Program for Files {
    fn description(&self) -> &Description {
        &OF_FILES
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        match settings.get("owner").map(String::as_str) {
            None | Some("root:adm") => Vec::new(),
            Some(_) => vec![("owner", Code::OwnerNotAllowed)],
        }
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let (path, text) = self.made(object)?;
            let written = extractions::Written {
                digest: String::new(),
                lines: text.lines().count(),
                bytes: text.len(),
                serial: 1,
                path: path.clone(),
                changed_at: call.now,
            };
            if let Ok(mut there) = self.there.lock() {
                there.insert(path, text);
            }
            Ok(Saved {
                kept: Some(json!(written)),
                output: String::new(),
            })
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, _gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn verify<'a>(
        &'a self,
        _call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            let (path, text) = self.made(object)?;
            let differs = self.get(&path).as_ref() != Some(&text);
            let drift = differs.then(|| Drift {
                said: format!("{path} differs"),
            });
            Ok(drift.into_iter().collect())
        })
    }

    fn preview<'a>(
        &'a self,
        _call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Preview> {
        Box::pin(async move {
            let (path, text) = self.made(object)?;
            Ok(Preview {
                text,
                there: self.get(&path),
                notes: Vec::new(),
            })
        })
    }
}

/// A server that has these only.
pub fn registry() -> Registry {
    Registry::new(vec![Arc::new(Mute), Arc::new(Files::default())])
}
