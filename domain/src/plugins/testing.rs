//! A plugin for tests of others: it takes everything and does nothing, or fails for good.

use super::{
    Answer, Call, Description, Drift, Failure, Gone, Holds, Object, ObjectKind, Program, Registry,
    Said, Saved, Setting, Settings,
};
use crate::kernel::Code;
use serde_json::{Value, json};
use std::sync::Arc;

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

/// A server that has this plugin only.
pub fn registry() -> Registry {
    Registry::new(vec![Arc::new(Mute)])
}
