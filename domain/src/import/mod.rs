//! Import of members, and of what they paid, from a file of another program.
//! A file becomes a [`Table`], its headers are recognised as [`Choices`] that a
//! person may correct, and each line becomes a [`Row`] with all its problems.
//! Not for the bank's statements: those say what came in, not who is a member.

#[cfg(feature = "server")]
mod apply;
mod choices;
#[cfg(feature = "server")]
mod choosing;
mod dues;
mod form;
mod holds;
mod kinds;
#[cfg(feature = "server")]
mod memory;
#[cfg(feature = "server")]
mod own;
#[cfg(feature = "server")]
mod plan;
#[cfg(feature = "server")]
mod preview;
#[cfg(feature = "server")]
mod progress;
#[cfg(feature = "server")]
mod reader;
mod recognise;
#[cfg(feature = "server")]
mod report;
mod rows;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub mod services;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
mod terms;
#[cfg(test)]
mod tests;
#[cfg(feature = "server")]
mod undo;
mod values;
mod words;

use crate::kernel::{Cents, Code, Day, Email, FieldId, Period};
pub use crate::payments::Method;
pub use crate::people::Kind;
#[cfg(feature = "server")]
pub use apply::apply;
pub use choices::{Choices, Field, Source};
pub use form::{ChoicesForm, NEW_KIND};
pub use holds::{Holds, OWN_PREFIX};
pub use kinds::{KINDS_ASKED, KindChoice, KindFound, KindMapping, NamedDues, NewKind};
#[cfg(feature = "server")]
pub use preview::{PROBLEMS_SHOWN, ROWS_SHOWN, preview};
#[cfg(feature = "server")]
pub use progress::Progress;
#[cfg(feature = "server")]
pub use reader::{MAX_BYTES, MAX_COLUMNS, MAX_ROWS, read};
pub use recognise::header_key;
#[cfg(feature = "server")]
pub use report::*;
pub use rows::parse_rows;
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
pub use service::{
    KEPT_DAYS, WAITING_MAX, columns, forget_choices, get, kinds, list, own_fields, set_choices,
    upload,
};
#[cfg(feature = "server")]
pub use undo::{AGAINST_SHOWN, against_undo, undo};

/// The longest part of a cell that a problem repeats.
const SHOWN: usize = 60;

/// A file as rows and columns of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The columns' names, as written; two may be the same.
    pub headers: Vec<String>,
    /// The other lines.
    pub records: Vec<Record>,
}

/// One record of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The line of the file where it starts, from 1.
    pub line: u64,
    /// The cells; at most as many as there are headers.
    pub cells: Vec<String>,
    /// How many cells the file had here.
    pub found: usize,
}

/// One record, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, from 1.
    pub line: u64,
    /// What the member is called elsewhere: (source, reference).
    pub references: Vec<(String, String)>,
    /// Who.
    pub who: Who,
    /// Since when, until when.
    pub joined_on: Option<Day>,
    /// Since when no more.
    pub left_on: Option<Day>,
    /// What was paid.
    pub payment: Option<Paid>,
    /// What else the row says of dues.
    pub said: Said,
    /// By which kind of dues they pay.
    pub dues: Option<NamedDues>,
    /// What the organisation's own fields of the person or organisation hold.
    pub party_own: Own,
    /// The same of those of the membership.
    pub member_own: Own,
    /// Everything that is wrong; a row with problems is not imported.
    pub problems: Vec<RowProblem>,
}

/// What a row says in fields of the organisation's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// What is kept, as it is kept.
    pub values: Vec<(FieldId, String)>,
    /// That a field is required and its cell empty: wrong where the row makes somebody.
    pub missing: Vec<RowProblem>,
}

/// A person or an organisation as a file describes it. Empty texts: not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Person or organisation.
    pub kind: Kind,
    /// The given name; empty for organisations and where the name was not divided.
    pub given_name: String,
    /// The family name, the organisation's name, or the whole name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The telephone numbers.
    pub phone: String,
    /// The address without the line of the town.
    pub street: String,
    /// The postcode.
    pub postcode: String,
    /// The town.
    pub city: String,
    /// The country.
    pub country: String,
    /// Remarks.
    pub note: String,
}

impl Who {
    /// The whole name, as a person reads it.
    pub fn display_name(&self) -> String {
        format!("{} {}", self.given_name, self.name)
            .trim()
            .to_owned()
    }

    /// The words of the name, folded and sorted: the same for "Marie Dupont" and "DUPONT Marie".
    pub fn name_key(&self) -> String {
        name_key(&self.display_name())
    }
}

/// The words of a name, folded and sorted.
pub fn name_key(name: &str) -> String {
    let folded = header_key(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|w| !w.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// What a row says was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// How much.
    pub amount: Cents,
    /// How; `Waived` for nothing.
    pub method: Method,
    /// When.
    pub received_on: Day,
    /// What it covers.
    pub period: Option<Period>,
    /// What for.
    pub label: String,
    /// What else the file says of it.
    pub note: String,
    /// The same for the same payment in each file of the same program.
    pub key: String,
}

/// What a row says of dues without bringing a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// That they were not paid.
    NotPaid,
    /// That they were paid, but not how much.
    PaidWithoutAmount,
    /// Until when they are paid, but not how much.
    PaidUntil(Day),
}

/// Something wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowProblem {
    /// The column, from 0; `None` for the whole row.
    pub column: Option<usize>,
    /// The cell's text, shortened.
    pub value: String,
    /// What is wrong.
    #[serde(flatten)]
    pub code: Code,
}

impl RowProblem {
    /// A problem of a cell.
    fn at(column: Option<usize>, value: &str, code: Code) -> Self {
        let mut shown: String = value.chars().take(SHOWN).collect();
        if shown.len() < value.len() {
            shown.push('…');
        }
        Self {
            column,
            value: shown,
            code,
        }
    }
}
