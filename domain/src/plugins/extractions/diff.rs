//! How two texts differ, line by line, as people read it.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use std::time::{Duration, Instant};

/// The lines around a change that are shown.
const AROUND: usize = 3;
/// The most lines that are shown.
const SHOWN_MAX: usize = 500;
/// For how long the smallest difference is looked for; then a larger one will do.
const SEARCH: Duration = Duration::from_millis(500);
/// Beyond so many bytes lines are only counted.
const TEXT_MAX: usize = 4 * 1024 * 1024;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is in both.
    Same,
    /// It comes.
    Added,
    /// It goes.
    Removed,
    /// Some lines that are in both are left out here.
    Gap,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiffLine {
    /// What it is.
    pub kind: Kind,
    /// Its text, without its end.
    pub text: String,
}

/// A difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// How many lines come.
    pub added: usize,
    /// How many go.
    pub removed: usize,
    /// Those that are shown.
    pub lines: Vec<DiffLine>,
    /// Whether some are not shown.
    pub is_cut: bool,
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.added == 0 && self.removed == 0
    }

    fn show(&mut self, kind: Kind, text: &str) {
        if self.lines.len() >= SHOWN_MAX {
            self.is_cut = true;
            return;
        }
        let text = text.trim_end_matches(['\n', '\r']).to_owned();
        self.lines.push(DiffLine { kind, text });
    }
}

/// What changes from one text to another.
pub fn diff(before: &str, after: &str) -> Diff {
    let mut found = Diff::default();
    if before == after {
        return found;
    }
    if before.len() + after.len() > TEXT_MAX {
        found.removed = before.lines().count();
        found.added = after.lines().count();
        found.is_cut = true;
        return found;
    }
    let compared = TextDiff::configure()
        .deadline(Instant::now() + SEARCH)
        .diff_lines(before, after);
    for (n, group) in compared.grouped_ops(AROUND).iter().enumerate() {
        if n > 0 {
            found.show(Kind::Gap, "");
        }
        for op in group {
            for change in compared.iter_changes(op) {
                let kind = match change.tag() {
                    ChangeTag::Equal => Kind::Same,
                    ChangeTag::Insert => Kind::Added,
                    ChangeTag::Delete => Kind::Removed,
                };
                match kind {
                    Kind::Added => found.added += 1,
                    Kind::Removed => found.removed += 1,
                    Kind::Same | Kind::Gap => {}
                }
                found.show(kind, change.value());
            }
        }
    }
    found
}
