//! Lists as files that people take away: how many rows, in which format, and who took them.
//! Each list's own use-case reads its rows, under the rights of the list; here stands what
//! all of them have in common.

pub mod cells;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub use service::*;

/// The most rows of a file: more than any member-run organisation has of anything in a
/// year, and few enough for the programs that open it.
pub const ROWS_MAX: i64 = 100_000;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with separators.
    Csv,
    /// A workbook for spreadsheet programs.
    Xlsx,
    /// Pages to print; of receipts only.
    Pdf,
    /// One JSON object a line; of the audit's chain only.
    Jsonl,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::Pdf, Self::Jsonl];

    /// Its name in forms, which is also how its files end.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
            Self::Jsonl => "jsonl",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}
