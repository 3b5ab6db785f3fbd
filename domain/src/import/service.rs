//! What happens with an import before it is applied: uploaded, looked at, corrected.

use super::choosing::found;
use super::own::{self, OwnColumns};
use super::report::*;
use super::{Choices, KindChoice, KindFound, Table, memory, parse_rows, read, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::dues::{self, Kind};
use crate::fields::{self, On};
use crate::kernel::problem::FieldProblem;
use crate::kernel::{Cents, Code, ImportId, Problem, Result, Right, text};
use crate::once::{self, Sent};
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The most imports that the list shows.
const RECENT: i64 = 50;
/// How long an upload waits to be applied. Then its file is forgotten.
pub const KEPT_DAYS: i64 = 7;
/// The most uploads that wait at once in one organisation: the oldest give way.
pub const WAITING_MAX: i64 = 50;
/// How many cells of a column are shown where it is mapped.
const EXAMPLES: usize = 3;
/// The longest example of a cell.
const EXAMPLE_LENGTH: usize = 60;

/// Takes a file in. Nothing is imported yet. What cannot be read is refused before
/// anything is kept; bank details and secrets in it are not kept at all.
///
/// # Errors
/// Refused without [`Right::Members`]; as [`read`].
pub async fn upload(cx: &mut Cx, file_name: &str, bytes: &[u8], key: &str) -> Result<ImportId> {
    cx.require(Right::Members)?;
    let table = read(bytes)?;
    let content = ("import::upload", file_name, Sha256::digest(bytes).to_vec());
    let ticket = match once::take(cx, key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    clear(cx).await?;
    let (choices, choices_from) = memory::proposed(cx, &table).await?;
    let import = Import {
        id: cx.new_id()?,
        file_name: short_file_name(file_name),
        choices,
        choices_from,
        state: State::Uploaded,
        report: None,
        created_by: cx.actor.person,
        created_by_name: cx.actor.name.clone(),
        created_at: cx.now,
        applied_at: None,
        traced: true,
        undone: None,
    };
    let bytes = serde_json::to_vec(&table).map_err(Problem::internal)?;
    store::insert(&mut cx.tx, cx.tenant, &import, &bytes).await?;
    let after = json!({ "source": import.choices.source, "rows": table.records.len() });
    audit::record(cx, change("uploaded", &import), NOTHING, Some(&after)).await?;
    ticket.keep(cx, &import.id).await?;
    Ok(import.id)
}

/// Forgets uploads that nobody applied: those that waited too long, and the oldest
/// where too many wait.
async fn clear(cx: &mut Cx) -> Result<()> {
    let before = cx.now - TimeDelta::days(KEPT_DAYS);
    let room_for = WAITING_MAX - 1;
    let gone = store::clear_waiting(&mut cx.tx, cx.tenant, before, room_for).await?;
    note_expired(cx, &gone)
}

/// Writes down which uploads were forgotten.
pub(super) fn note_expired(cx: &mut Cx, gone: &[(ImportId, String)]) -> Result<()> {
    let mut entries = Vec::with_capacity(gone.len());
    for (id, label) in gone {
        let change = Change {
            action: "expired",
            kind: "import",
            id: id.0,
            label,
        };
        entries.push(audit::entry(cx, change, NOTHING, NOTHING)?);
    }
    audit::record_many(cx, entries);
    Ok(())
}

/// The last part of a path, as a name.
pub(super) fn short_file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = name
        .chars()
        .filter(|c| text::line(c.encode_utf8(&mut [0; 4]), 1).is_ok())
        .take(text::NAME_MAX)
        .collect();
    match visible.trim() {
        "" => "import.csv".to_owned(),
        name => name.to_owned(),
    }
}

/// An import.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: ImportId) -> Result<Import> {
    cx.require(Right::Members)?;
    store::find(&mut cx.tx, cx.tenant, id)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))
}

/// The last imports, newest first.
///
/// # Errors
/// Refused without [`Right::Members`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Import>> {
    cx.require(Right::Members)?;
    store::list(&mut cx.tx, cx.tenant, RECENT).await
}

/// The file's columns, to be mapped.
///
/// # Errors
/// As [`preview`].
pub async fn columns(cx: &mut Cx, id: ImportId) -> Result<Vec<Column>> {
    let (_, table) = waiting(cx, id).await?;
    Ok(columns_of(&table))
}

/// A file's columns, with examples.
pub(super) fn columns_of(table: &Table) -> Vec<Column> {
    let column = |(at, header): (usize, &String)| {
        let mut examples: Vec<String> = Vec::new();
        for cell in table.records.iter().filter_map(|r| r.cells.get(at)) {
            let cell: String = cell.trim().chars().take(EXAMPLE_LENGTH).collect();
            if !cell.is_empty() && !examples.contains(&cell) {
                examples.push(cell);
            }
            if examples.len() == EXAMPLES {
                break;
            }
        }
        Column {
            header: header.clone(),
            examples,
        }
    };
    table.headers.iter().enumerate().map(column).collect()
}

/// The organisation's own fields that a file of members may fill: those that the one who imports
/// may change.
///
/// # Errors
/// Refused without [`Right::Members`].
pub async fn own_fields(cx: &mut Cx) -> Result<Vec<fields::Field>> {
    cx.require(Right::Members)?;
    own::offered(cx, &[On::Person, On::Organisation, On::Member]).await
}

/// Keeps how a file is to be understood, also for the next file of its shape.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] as [`Choices::check`];
/// [`Code::ImportApplied`].
pub async fn set_choices(cx: &mut Cx, id: ImportId, choices: &Choices) -> Result<()> {
    cx.require(Right::Members)?;
    let (before, table) = waiting(cx, id).await?;
    fits(choices, before.choices.columns.len())?;
    OwnColumns::of(&table, &choices.columns, &own_fields(cx).await?)?;
    check_kinds(cx, choices).await?;
    let choices = &memory::with_kinds(cx, &table, choices.clone()).await?;
    if before.choices == *choices {
        return Ok(());
    }
    memory::remember(cx, &table, choices).await?;
    // What was chosen just now is no longer "as the last time".
    keep_choices(cx, &before, choices).await
}

/// Back to how the file is understood by itself: what was chosen for an earlier file of
/// its shape is forgotten.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::ImportApplied`]; [`Code::NotFound`].
pub async fn forget_choices(cx: &mut Cx, id: ImportId) -> Result<()> {
    cx.require(Right::Members)?;
    let (before, table) = waiting(cx, id).await?;
    let recognised = memory::recognised(cx, &table).await?;
    memory::forget(cx, &table).await?;
    keep_choices(cx, &before, &recognised).await
}

/// Refuses kinds of dues that are not there (at `kind_N`) and new ones that may not be
/// made (at `kind_name_N`, where the name is taken).
async fn check_kinds(cx: &mut Cx, choices: &Choices) -> Result<()> {
    let kinds = dues::kinds(cx).await?;
    let mut refused = Vec::new();
    let mut refuse = |field: String, code| refused.push(FieldProblem { field, code });
    for (at, mapping) in choices.kinds.iter().enumerate() {
        match &mapping.choice {
            KindChoice::Nothing => {}
            KindChoice::Known(id) => match kinds.iter().find(|kind| kind.id == *id) {
                None => refuse(format!("kind_{at}"), Code::UnknownChoice),
                Some(kind) if kind.is_archived => {
                    refuse(format!("kind_{at}"), Code::KindArchived);
                }
                Some(_) => {}
            },
            KindChoice::New(new) => {
                cx.require(Right::Settings)?;
                if kinds.iter().any(|kind| kind.name == new.name) {
                    refuse(format!("kind_name_{at}"), Code::KindNameTaken);
                }
            }
        }
    }
    match refused.is_empty() {
        true => Ok(()),
        false => Err(Problem::invalid(refused)),
    }
}

/// The names of dues that a file has, the most frequent first, and what becomes of those
/// that are asked about; the kinds of dues that there are.
///
/// # Errors
/// As [`preview`](super::preview).
pub async fn kinds(cx: &mut Cx, id: ImportId) -> Result<(Vec<KindFound>, Vec<Kind>)> {
    let (import, table) = waiting(cx, id).await?;
    let mut found = found(&parse_rows(&table, &import.choices, cx.today()));
    let usual = dues::default_kind(cx).await?;
    for kind in &mut found {
        let new = &mut kind.proposed;
        if new.amount == Cents::ZERO {
            new.amount = usual.price_on(cx.today());
        }
        if new.months == 0 {
            new.months = usual.cycle.months();
        }
    }
    Ok((found, dues::kinds(cx).await?))
}

async fn keep_choices(cx: &mut Cx, before: &Import, choices: &Choices) -> Result<()> {
    if !store::set_choices(&mut cx.tx, cx.tenant, before.id, choices).await? {
        return Err(Problem::new(Code::ImportApplied));
    }
    audit::record(
        cx,
        change("changed", before),
        Some(&before.choices),
        Some(choices),
    )
    .await
}

/// An import that waits, and its file.
pub(super) async fn waiting(cx: &mut Cx, id: ImportId) -> Result<(Import, Table)> {
    let import = get(cx, id).await?;
    if import.state != State::Uploaded {
        return Err(Problem::new(Code::ImportApplied));
    }
    let content = store::content(&mut cx.tx, cx.tenant, id).await?;
    let table = serde_json::from_slice(&content).map_err(Problem::internal)?;
    Ok((import, table))
}

pub(super) fn fits(choices: &Choices, columns: usize) -> Result<()> {
    if choices.columns.len() != columns {
        return Err(Problem::at_field("columns", Code::UnknownChoice));
    }
    choices.check()
}

pub(super) fn change<'a>(action: &'static str, import: &'a Import) -> Change<'a> {
    Change {
        action,
        kind: "import",
        id: import.id.0,
        label: &import.file_name,
    }
}
