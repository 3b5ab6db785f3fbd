//! Import of services, of who has them, and of their addresses, from another program's file.
//! A file with a column of addresses gives addresses to services that are there; any other
//! makes services, and says who has them. Each crew brings its own: what is another crew's is
//! refused like what there is not.

mod columns;
mod known;
mod plan;
mod rows;
mod service;
mod store;
#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;
mod undo;
mod writing;

pub use super::report::{ProblemRows, State};
pub use crate::services::imported::Removed;
pub use columns::{Choices, ChoicesForm, Part};
pub use plan::{Report, Step};
pub use service::{apply, columns, get, kinds, list, own_fields, preview, set_choices, upload};
pub use undo::{Against, Reason, Why, against_undo, undo};

use super::RowProblem;
use crate::kernel::{CrewId, ImportId};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// An upload, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The file's name.
    pub file_name: String,
    /// The crews of the one who uploaded it, as far as they manage types. Whoever is in all of
    /// them sees it.
    pub crews: Vec<CrewId>,
    /// How the file is understood.
    pub choices: Choices,
    /// How far it has come.
    pub state: State,
    /// What was done, once it was applied.
    pub report: Option<Report>,
    /// Who uploaded it; empty for the command line.
    pub created_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// Who undid it, and when.
    pub undone: Option<(String, DateTime<Utc>)>,
}

/// A row, as the preview shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PreviewRow {
    /// The line of the file.
    pub line: u64,
    /// The service, as the file has it or as it is called here.
    pub service: String,
    /// Who has it; empty where the row says nothing of it.
    pub member: String,
    /// The address; empty where the row has none.
    pub address: String,
    /// What becomes of the service.
    pub makes: Step,
    /// What becomes of the one who has it, or of the address.
    pub gives: Step,
    /// What is wrong.
    pub problems: Vec<RowProblem>,
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The counts.
    pub report: Report,
    /// Rows with problems, at most [`PROBLEMS_SHOWN`](super::PROBLEMS_SHOWN).
    pub problems: Vec<PreviewRow>,
    /// The first rows without, at most [`ROWS_SHOWN`](super::ROWS_SHOWN).
    pub sample: Vec<PreviewRow>,
}
