//! What a plugin is: a description, and three things that it can be asked. Each is
//! *idempotent*: asked twice it does no more than once, because a worker that is killed asks again.

use super::{Action, Object, ObjectKind};
use crate::kernel::{Code, Locale, PluginId, TenantId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use uuid::Uuid;

/// Settings by their keys.
pub type Settings = BTreeMap<String, String>;
/// What a plugin answers.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// How long a plugin may take for one thing, where it does not say otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The longest that any may say.
pub const TIME_LIMIT_MAX: Duration = Duration::from_secs(300);

/// A text in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// In French.
    pub fr: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Said {
    /// In a language.
    pub fn in_locale(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Fr => self.fr,
            Locale::En => self.en,
        }
    }
}

/// What a plugin says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// Its name in the database and on the command line.
    pub kind: &'static str,
    /// Its name for people.
    pub name: Said,
    /// What it does, in a sentence.
    pub about: Said,
    /// What it can be told of; an organisation may choose fewer.
    pub wants: &'static [ObjectKind],
    /// What must be said before it works.
    pub settings: &'static [Setting],
    /// Fields that it needs on objects: they are made when it is set up, and are in the forms by themselves.
    pub fields: &'static [DeclaredField],
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What people read.
    pub label: Said,
    /// A sentence of help.
    pub help: Said,
    /// What it holds.
    pub holds: Holds,
    /// Whether it must be given.
    pub is_required: bool,
}

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A line of text.
    Text,
    /// A line that is sealed, and never shown again.
    Secret,
    /// `yes`, or nothing.
    YesNo,
}

impl Setting {
    /// Whether it is sealed, and never shown again.
    pub fn is_secret(&self) -> bool {
        self.holds == Holds::Secret
    }
}

/// A field that a plugin needs.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredField {
    /// On what.
    pub on: crate::fields::On,
    /// Its name in forms and templates.
    pub slug: &'static str,
    /// What people read.
    pub label: Said,
    /// A sentence of help.
    pub help: Said,
}

/// What comes with each question.
#[derive(Clone, Debug)]
pub struct Call {
    /// Whose plugin it is.
    pub tenant: TenantId,
    /// The tenant's name.
    pub slug: String,
    /// The plugin.
    pub plugin: PluginId,
    /// The same for each attempt of one thing to do: who receives it twice sees that it is one.
    pub once: Uuid,
    /// What is asked.
    pub action: Action,
    /// Which attempt it is, from 1.
    pub attempt: i64,
    /// When.
    pub now: DateTime<Utc>,
    /// All settings, secret ones among them.
    pub settings: Settings,
}

impl Call {
    /// A setting; empty where it was left out.
    pub fn setting(&self, key: &str) -> &str {
        self.settings.get(key).map(String::as_str).unwrap_or("")
    }
}

/// How a plugin failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It may work later: tried again by itself.
    Transient,
    /// It will never work as it is: tried again when the object changes, or a person asks.
    Permanent,
    /// Somebody must mend something: a password, a setting, a quota.
    NeedsPerson,
    /// The other system differs from what should be there.
    Drift,
}

impl Class {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Permanent => "permanent",
            Self::NeedsPerson => "needs_person",
            Self::Drift => "drift",
        }
    }
}

/// A failure, as a plugin tells it. Never a secret in it: it is kept and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Of what kind.
    pub class: Class,
    /// One line for people.
    pub error: String,
    /// What the run printed.
    pub output: String,
}

impl Failure {
    /// One that may be gone later.
    pub fn transient(error: impl Into<String>) -> Self {
        Self::new(Class::Transient, error)
    }

    /// One that stays.
    pub fn permanent(error: impl Into<String>) -> Self {
        Self::new(Class::Permanent, error)
    }

    /// One that somebody must mend.
    pub fn needs_person(error: impl Into<String>) -> Self {
        Self::new(Class::NeedsPerson, error)
    }

    fn new(class: Class, error: impl Into<String>) -> Self {
        let (error, output) = (error.into(), String::new());
        Self {
            class,
            error,
            output,
        }
    }

    /// The same, with what the run printed.
    #[must_use]
    pub fn printed(self, output: impl Into<String>) -> Self {
        let output = output.into();
        Self { output, ..self }
    }
}

/// What a plugin has made of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// What it needs to change it, look at it or take it away later: given back with each question. `None`:
    /// there is nothing of this object in the other system.
    pub kept: Option<Value>,
    /// What the run printed.
    pub output: String,
}

/// A difference that a plugin found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// One line for people: what is missing, or different.
    pub said: String,
}

/// Something in the other system that belongs to no object.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// Its name there.
    pub name: String,
    /// What the plugin needs to take it away.
    pub kept: Value,
}

/// What a plugin would make, beside what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The text that it would make.
    pub text: String,
    /// The text that is there.
    pub there: Option<String>,
    /// What people should know of it.
    pub notes: Vec<String>,
}

/// The program of a plugin.
pub trait Program: Send + Sync {
    /// What it says of itself.
    fn description(&self) -> &Description;

    /// Looks at settings before they are kept: each problem with its key. Nothing outside is reached.
    /// That required ones are there was looked at before.
    fn check(&self, slug: &str, settings: &Settings) -> Vec<(&'static str, Code)>;

    /// Whether it can tell what is there. One that cannot is never asked.
    fn can_verify(&self, _settings: &Settings) -> bool {
        true
    }

    /// How long it may take for one thing.
    fn time_limit(&self, _settings: &Settings) -> Duration {
        TIME_LIMIT
    }

    /// Makes the other system agree with the object as it is now: also where that means
    /// that nothing of it is to be there. `kept` is what it said the last time.
    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved>;

    /// What it would make of an object, and what is there, as texts that a person compares: for plugins that make texts.
    fn preview<'a>(
        &'a self,
        _call: &'a Call,
        _object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Preview> {
        Box::pin(async { Err(Failure::permanent("it makes no text")) })
    }

    /// Takes away what was made of an object that is no more.
    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()>;

    /// Looks whether the other system agrees, and changes nothing.
    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>>;

    /// What is in the other system and should not be, beside what is known to have been made.
    /// One that cannot tell says so by an empty list.
    fn extras<'a>(&'a self, _call: &'a Call, _known: &'a [Value]) -> Answer<'a, Vec<Extra>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// An object that is no more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gone {
    /// What it was.
    pub kind: ObjectKind,
    /// Its id.
    pub id: Uuid,
    /// What it was called.
    pub label: String,
    /// What the plugin said when it saved it.
    pub kept: Option<Value>,
}
