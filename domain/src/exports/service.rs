//! Noting who took a list away.

use super::Format;
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::Result;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Export<'a> {
    /// The list's name in addresses: `members`.
    pub list: &'a str,
    /// What the file is.
    pub format: Format,
    /// How the list was narrowed: names and values of its address; none for the whole list.
    pub filter: &'a [(String, String)],
    /// How many rows it has.
    pub rows: i64,
    /// The file's name.
    pub file_name: &'a str,
}

/// Writes down who exported what. The file goes out only where this is kept.
///
/// # Errors
/// Refused to those who are in no crew: nobody else sees a list.
pub async fn record(cx: &mut Cx, export: &Export<'_>) -> Result<()> {
    cx.require_crew()?;
    let id: Uuid = cx.new_id()?;
    let filter: BTreeMap<&str, &str> = export
        .filter
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let after = json!({
        "list": export.list,
        "format": export.format.name(),
        "filter": filter,
        "rows": export.rows,
    });
    let change = Change {
        action: "exported",
        kind: "export",
        id,
        label: export.file_name,
    };
    audit::record(cx, change, NOTHING, Some(&after)).await
}
