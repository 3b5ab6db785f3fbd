//! Extractions: text files that a template makes of what there is (a `passwd`, a zone, a list for a
//! firewall), with a default configuration that an added field of a person, a crew or a service comes before.
//!
//! An extraction is a plugin with one thing to do: its file. So it runs as plugins run: with every change
//! that it reads, by the clock or by hand; what fails is in the journal, and the night's verification
//! finds a file that somebody else has changed.

mod data;
mod diff;
mod form;
mod render;
pub mod rules;
mod service;
mod shipped;
pub(super) mod store;
#[cfg(test)]
mod tests;

pub use data::{CrewRow, Data, HolderRow, MemberRow, Party, ServiceRow};
pub use diff::{Diff, DiffLine, Kind as DiffKind, diff};
pub use form::ExtractionForm;
pub use render::{OUTPUT_MAX, Rendered, Trouble, check_template, render};
pub use service::*;
pub use shipped::{SHELL, SHIPPED, Shipped, shipped};

use super::{ObjectKind, Plugin, Settings};
use crate::kernel::{PluginId, named};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The kind of plugin that an extraction is.
pub const KIND: &str = "extraction";
/// What a template may read.
pub const READS: &[ObjectKind] = &[ObjectKind::Person, ObjectKind::Crew, ObjectKind::Service];

named! {
    /// When a file is made by the clock.
    Schedule {
        /// It is not.
        Never = "never",
        /// At each full hour.
        Hourly = "hourly",
        /// Each day at an hour.
        Daily = "daily",
        /// Each Monday at an hour.
        Weekly = "weekly",
        /// On the first of each month at an hour.
        Monthly = "monthly",
    }
}

/// What a file is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// Where it lies, in the organisation's folder.
    pub path: String,
    /// Who may read and write it: octal, as `chmod` has it.
    pub mode: String,
    /// Whose it is: `user`, `user:group` or `:group`; empty: the server's own.
    pub owner: String,
    /// What makes the text.
    pub template: String,
    /// The characters that no value may bring into it.
    pub without: String,
    /// The program of the operator's that is run when the file has changed; empty: none.
    pub command: String,
    /// The default configuration.
    pub config: Settings,
    /// What it is made of.
    pub reads: Vec<ObjectKind>,
}

/// An extraction that is set up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Extraction {
    /// What it has in common with other plugins.
    #[serde(flatten)]
    pub plugin: Plugin,
    /// What its file is made of.
    pub recipe: Recipe,
    /// Whether it is made with every change of what it reads.
    pub on_change: bool,
    /// When it is made by the clock …
    pub schedule: Schedule,
    /// … at which hour.
    pub hour: i64,
    /// When it is made next by the clock.
    pub next_at: Option<DateTime<Utc>>,
    /// The file as it was written last.
    pub written: Option<Written>,
}

/// What is known of a file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// Its lines.
    pub lines: usize,
    /// Its bytes.
    pub bytes: usize,
    /// The serial number that stands in it, where a template says one.
    pub serial: i64,
    /// Where it lies.
    pub path: String,
    /// When its text changed last.
    pub changed_at: DateTime<Utc>,
}

/// An extraction with everything that its file is made of: what the program of it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Whole {
    /// Its id.
    pub id: PluginId,
    /// What it is called.
    pub name: String,
    /// What its file is made of.
    pub recipe: Recipe,
    /// What there is.
    pub data: Data,
}
