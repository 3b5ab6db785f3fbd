//! Plugins carry people, crews, services and payments into other systems. Every change of such
//! an object writes *duties* in its own transaction (`events`): what a plugin still has to do. A worker of the server takes
//! them (`work`), calls the plugin outside of any transaction, and writes down what became of
//! them. What failed is the *journal*: a person can read it, try again, or give up.
//!
//! What a plugin is stands in `contract`; those that exist are the server's.

mod contract;
pub(crate) mod events;
pub mod extractions;
mod form;
mod journal;
mod notices;
mod objects;
pub mod rules;
mod service;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod unix;
mod verify;
pub mod work;

#[cfg(test)]
mod tests;

pub use contract::*;
pub use form::*;
pub use journal::*;
pub use notices::notify;
pub use objects::{
    Crew, Holder, InCrew, Login, Membership, Named, Object, Payment, Person, Service,
};
pub use service::*;
pub use verify::*;
pub use work::Registry;

use crate::kernel::{DutyId, PluginId, named};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

named! {
    /// What plugins are told of.
    ObjectKind {
        /// A person or an organisation, with login, membership and crews.
        Person = "person",
        /// A crew and who is in it.
        Crew = "crew",
        /// A service, who has it, and its addresses.
        Service = "service",
        /// A payment.
        Payment = "payment",
        /// Nothing of ours: something that a plugin found in its own system. Where an id is that of the plugin itself: the look for such.
        Foreign = "foreign",
        /// A file that is made of all of them: an extraction is told of itself.
        Extraction = "extraction",
    }
}

impl ObjectKind {
    /// Those that are ours.
    pub const OURS: &'static [Self] = &[Self::Person, Self::Crew, Self::Service, Self::Payment];
}

named! {
    /// What is asked of a plugin about an object.
    Action {
        /// Make the other system agree with the object as it is now.
        Save = "save",
        /// The object is no more: take away what was made of it.
        Delete = "delete",
        /// Look whether the other system still agrees. Nothing is changed.
        Verify = "verify",
    }
}

named! {
    /// Where a duty stands.
    DutyState {
        /// It runs when its time comes.
        Waiting = "waiting",
        /// A worker has it.
        Running = "running",
        /// It was refused for good, or tried often enough: only a person tries again.
        Failed = "failed",
        /// Somebody must mend something first.
        NeedsPerson = "needs_person",
        /// The other system differs.
        Drift = "drift",
        /// A person decided to leave it.
        GivenUp = "given_up",
    }
}

/// A plugin that an organisation has set up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plugin {
    /// Its id.
    pub id: PluginId,
    /// Which program: [`Description::kind`].
    pub kind: String,
    /// What the organisation calls it.
    pub name: String,
    /// What it is told of.
    pub wants: Vec<ObjectKind>,
    /// Its settings, without the secret ones.
    pub settings: Settings,
    /// Which secret settings have a value.
    pub secrets_set: bool,
    /// Whether it works.
    pub is_enabled: bool,
    /// Failures in a row.
    pub failures: i64,
    /// Until when it is left alone, because it failed too often.
    pub rests_until: Option<DateTime<Utc>>,
    /// For the one who changes it.
    pub version: i64,
}

/// A row of the journal: what a plugin could not do about an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: DutyId,
    /// What a person can quote.
    pub number: i64,
    /// Which plugin.
    pub plugin: PluginId,
    /// Its name.
    pub plugin_name: String,
    /// About what.
    pub object_kind: ObjectKind,
    /// Which one.
    pub object: Uuid,
    /// What it is, or was, called.
    pub label: String,
    /// What was to be done.
    pub action: Action,
    /// Where it stands.
    pub state: DutyState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it failed first …
    pub first_failed_at: DateTime<Utc>,
    /// … and last.
    pub last_failed_at: DateTime<Utc>,
    /// When it is tried again, where it is by itself.
    pub next_at: Option<DateTime<Utc>>,
    /// What kind of failure it was.
    pub class: Class,
    /// What was said.
    pub error: String,
}

/// One line of a journal row's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// When.
    pub at: DateTime<Utc>,
    /// Which attempt.
    pub attempt: i64,
    /// What was tried.
    pub action: Action,
    /// `succeeded`, a failure's class, `drift`, `retried`, `given_up`.
    pub outcome: String,
    /// What was said.
    pub error: String,
    /// What the run printed, as far as it is kept.
    pub output: String,
    /// Who decided it, where a person did; empty for the command line, and where nobody decided.
    pub by_whom: String,
}
