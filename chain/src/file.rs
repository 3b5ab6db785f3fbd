//! The file that an audit is handed out as: one JSON object a line. First a header, then
//! checkpoints, then the rows in their order, then the head.

use crate::{Checkpoint, Head, Link};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The format's version: what is hashed, and how it is written.
pub const VERSION: u32 = 1;

/// The first line: whose audit it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`VERSION`].
    pub equipage_audit: u32,
    /// Whose it is.
    pub tenant: Uuid,
    /// What people call them.
    pub title: String,
    /// When the file was made.
    pub made_at: DateTime<Utc>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first.
    Header(Header),
    /// A head of earlier.
    Checkpoint(Checkpoint),
    /// A row.
    Row(Box<Link>),
    /// The last.
    Head(Head),
}

/// Reads a line.
///
/// # Errors
/// Where it is none; the text says at which column.
pub fn read_line(text: &str) -> Result<Line, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// Writes a line, with its end.
///
/// # Errors
/// None that is known: every line can be written as JSON.
pub fn write_line(line: &Line) -> Result<String, String> {
    let mut text = serde_json::to_string(line).map_err(|e| e.to_string())?;
    text.push('\n');
    Ok(text)
}
