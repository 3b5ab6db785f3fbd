//! What happens with an import of services: uploaded, looked at, corrected, applied.

use super::known::{Had, Known, KnownService, Took};
use super::plan::{Clock, Plan, plan};
use super::rows::{Row, parse_rows};
use super::{Choices, Import, Preview, PreviewRow, ProblemRows, Report, State, store, writing};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::fields::{Field, On};
use crate::import::own::{self, OwnColumns};
use crate::import::service::{columns_of, note_expired, short_file_name};
use crate::import::{
    Column, KEPT_DAYS, PROBLEMS_SHOWN, Progress, ROWS_SHOWN, Table, WAITING_MAX, read,
};
use crate::kernel::{Code, CrewId, ImportId, Problem, Result, ServiceTypeId};
use crate::once::{self, Sent};
use crate::services::addresses::{self, rules as networks};
use crate::services::{ServiceType, managed_types};
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The most imports that the list shows.
const RECENT: i64 = 50;

/// Takes a file in. Nothing is imported yet. What cannot be read is refused before anything
/// is kept.
///
/// # Errors
/// Refused to those who are in no crew, and where none of theirs manages a type; as [`read`].
pub async fn upload(cx: &mut Cx, file_name: &str, bytes: &[u8], key: &str) -> Result<ImportId> {
    cx.require_crew()?;
    let kinds = managed_types(cx).await?;
    let crews = crews(&kinds)?;
    let table = read(bytes)?;
    let content = (
        "services::upload",
        file_name,
        Sha256::digest(bytes).to_vec(),
    );
    let ticket = match once::take(cx, key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    clear(cx).await?;
    // The next file of the same program is likely to come from there too.
    let before = list(cx).await?;
    let source = before.first().map(|import| import.choices.source.clone());
    let mut choices = Choices::recognised(&table, source.unwrap_or_default());
    if !choices.gives_addresses() {
        let mut offered = own::offered(cx, &[On::Service]).await?;
        let is_own = |kind| kinds.iter().any(|k| k.id == kind);
        offered.retain(|field| field.of_type.is_none_or(is_own));
        own::recognise(&mut choices.columns, &table.headers, &offered);
    }
    let import = Import {
        id: cx.new_id()?,
        file_name: short_file_name(file_name),
        crews,
        choices,
        state: State::Uploaded,
        report: None,
        created_by_name: cx.actor.name.clone(),
        created_at: cx.now,
        applied_at: None,
        undone: None,
    };
    let bytes = serde_json::to_vec(&table).map_err(Problem::internal)?;
    store::insert(&mut cx.tx, cx.tenant, &import, &bytes).await?;
    let after = json!({ "rows": table.records.len() });
    audit::record(cx, change("uploaded", &import), NOTHING, Some(&after)).await?;
    ticket.keep(cx, &import.id).await?;
    Ok(import.id)
}

/// The crews of the one who asks that manage types.
fn crews(kinds: &[ServiceType]) -> Result<Vec<CrewId>> {
    let crews: BTreeSet<CrewId> = kinds.iter().map(|kind| kind.crew).collect();
    match crews.is_empty() {
        true => Err(Problem::new(Code::NotFound)),
        false => Ok(crews.into_iter().collect()),
    }
}

/// Forgets uploads that nobody applied: those that waited too long, and the oldest where too
/// many wait.
async fn clear(cx: &mut Cx) -> Result<()> {
    let before = cx.now - TimeDelta::days(KEPT_DAYS);
    let gone = store::clear_waiting(&mut cx.tx, cx.tenant, before, WAITING_MAX - 1).await?;
    note_expired(cx, &gone)
}

/// An import, for those who are in every crew of the one who uploaded it. To everybody else it
/// is not there.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: ImportId) -> Result<Import> {
    cx.require_crew()?;
    let found = store::find(&mut cx.tx, cx.tenant, id).await?;
    found
        .filter(|import| sees(cx, import))
        .ok_or_else(|| Problem::new(Code::NotFound))
}

fn sees(cx: &Cx, import: &Import) -> bool {
    import.crews.iter().all(|crew| cx.actor.rights.is_in(*crew))
}

/// The last imports that the one who asks sees, newest first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list(cx: &mut Cx) -> Result<Vec<Import>> {
    cx.require_crew()?;
    let mut all = store::list(&mut cx.tx, cx.tenant, RECENT).await?;
    all.retain(|import| sees(cx, import));
    Ok(all)
}

/// The types that an import may be about.
///
/// # Errors
/// As [`get`].
pub async fn kinds(cx: &mut Cx, id: ImportId) -> Result<Vec<ServiceType>> {
    let import = get(cx, id).await?;
    let mut kinds = managed_types(cx).await?;
    kinds.retain(|kind| import.crews.contains(&kind.crew));
    Ok(kinds)
}

/// The organisation's own fields that a file of services may fill: those of its types.
///
/// # Errors
/// As [`get`].
pub async fn own_fields(cx: &mut Cx, id: ImportId) -> Result<Vec<Field>> {
    let kinds = kinds(cx, id).await?;
    let mut offered = own::offered(cx, &[On::Service]).await?;
    let is_there = |kind: ServiceTypeId| kinds.iter().any(|k| k.id == kind);
    offered.retain(|field| field.of_type.is_none_or(is_there));
    Ok(offered)
}

/// The file's columns, to be mapped.
///
/// # Errors
/// As [`get`]; [`Code::ImportApplied`].
pub async fn columns(cx: &mut Cx, id: ImportId) -> Result<Vec<Column>> {
    let (_, table) = waiting(cx, id).await?;
    Ok(columns_of(&table))
}

/// Keeps how a file is to be understood.
///
/// # Errors
/// As [`get`]; [`Code::Invalid`] as [`Choices::check`], and at `kind`; [`Code::ImportApplied`].
pub async fn set_choices(cx: &mut Cx, id: ImportId, choices: &Choices) -> Result<()> {
    let (before, table) = waiting(cx, id).await?;
    fits(choices, &table)?;
    own_columns(&table, choices, &own_fields(cx, id).await?)?;
    let kinds = kinds(cx, id).await?;
    let is_there = |kind: ServiceTypeId| kinds.iter().any(|k| k.id == kind);
    if choices.kind.is_some_and(|kind| !is_there(kind)) {
        return Err(Problem::at_field("kind", Code::UnknownChoice));
    }
    if before.choices == *choices {
        return Ok(());
    }
    if !store::set_choices(&mut cx.tx, cx.tenant, id, choices).await? {
        return Err(Problem::new(Code::ImportApplied));
    }
    let (was, is) = (&before.choices, choices);
    audit::record(cx, change("changed", &before), Some(was), Some(is)).await
}

/// An import that waits, and its file.
async fn waiting(cx: &mut Cx, id: ImportId) -> Result<(Import, Table)> {
    let import = get(cx, id).await?;
    if import.state != State::Uploaded {
        return Err(Problem::new(Code::ImportApplied));
    }
    let content = store::content(&mut cx.tx, cx.tenant, id).await?;
    let table = serde_json::from_slice(&content).map_err(Problem::internal)?;
    Ok((import, table))
}

fn fits(choices: &Choices, table: &Table) -> Result<()> {
    if choices.columns.len() != table.headers.len() {
        return Err(Problem::at_field("columns", Code::UnknownChoice));
    }
    choices.check()
}

/// What a file would do as it is understood now. Changes nothing.
///
/// # Errors
/// As [`get`]; [`Code::Invalid`] as [`Choices::check`]; [`Code::ImportApplied`].
pub async fn preview(cx: &mut Cx, id: ImportId) -> Result<Preview> {
    let (import, table) = waiting(cx, id).await?;
    fits(&import.choices, &table)?;
    let (plan, known_names) = planned(cx, &import, &table).await?;
    let row = |planned: &super::plan::Planned| {
        let member = planned.member.and_then(|id| known_names.get(&id).cloned());
        let network = planned.row.network.map(networks::written);
        PreviewRow {
            line: planned.row.line,
            service: planned.service_name.clone(),
            member: member.unwrap_or_else(|| planned.row.member.clone()),
            address: network.unwrap_or_default(),
            makes: planned.makes,
            gives: planned.gives,
            problems: planned.row.problems.clone(),
        }
    };
    let (good, bad): (Vec<_>, Vec<_>) = plan.rows.iter().partition(|r| r.row.problems.is_empty());
    Ok(Preview {
        report: plan.report(),
        problems: bad.into_iter().take(PROBLEMS_SHOWN).map(row).collect(),
        sample: good.into_iter().take(ROWS_SHOWN).map(row).collect(),
    })
}

/// Imports a file as its kept choices say: all or nothing.
///
/// # Errors
/// As [`preview`]; [`Code::RowsWithProblems`] where one stops it; [`Code::AlreadySent`] where
/// the form's key came with other content.
pub async fn apply(
    cx: &mut Cx,
    id: ImportId,
    problem_rows: ProblemRows,
    key: &str,
    progress: &Progress,
) -> Result<Report> {
    cx.require_crew()?;
    let content = ("services::apply", id, problem_rows);
    let ticket = match once::take(cx, key, &content).await? {
        Sent::Again(report) => return Ok(report),
        Sent::First(ticket) => ticket,
    };
    store::lock(&mut cx.tx, cx.tenant).await?;
    let (import, table) = waiting(cx, id).await?;
    fits(&import.choices, &table)?;
    addresses::lock(cx).await?;
    let (plan, names) = planned(cx, &import, &table).await?;
    let report = plan.report();
    if report.problem_rows > 0 && problem_rows == ProblemRows::Refuse {
        return Err(Problem::new(Code::RowsWithProblems {
            rows: report.problem_rows,
        }));
    }
    if !store::set_applied(&mut cx.tx, cx.tenant, id, &report, cx.now).await? {
        return Err(Problem::new(Code::ImportApplied));
    }
    progress.expect(report.added());
    writing::write(cx, &import, &plan, &names, progress).await?;
    audit::record(cx, change("applied", &import), NOTHING, Some(&report)).await?;
    ticket.keep(cx, &report).await?;
    Ok(report)
}

/// What members are called, by their ids.
pub(super) type Names = std::collections::HashMap<crate::kernel::MemberId, String>;

/// Compares a file with what is known.
async fn planned(cx: &mut Cx, import: &Import, table: &Table) -> Result<(Plan, Names)> {
    let mut rows = parse_rows(table, &import.choices, cx.zone);
    let mut known = known(cx, import, &rows).await?;
    let offered = own_fields(cx, import.id).await?;
    let columns = own_columns(table, &import.choices, &offered)?;
    for (row, record) in rows.iter_mut().zip(&table.records) {
        let kind = known.kind(&row.kind, import.choices.kind).map(|k| k.id);
        // What is wrong with the type is said later.
        if let (Ok(kind), true) = (kind, record.found == table.headers.len()) {
            let problems = &mut row.problems;
            row.own = columns.read(record, problems, |field| field.is_of(Some(kind)));
            columns.refuse(record, problems, |field| !field.is_of(Some(kind)));
        }
    }
    let names = known.members.names.clone();
    let clock = Clock {
        now: cx.now,
        zone: cx.zone,
    };
    known.kinds.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((plan(rows, known, &import.choices, clock), names))
}

/// The columns that hold fields of services: none in a file that makes no services.
fn own_columns<'a>(
    table: &Table,
    choices: &Choices,
    offered: &'a [Field],
) -> Result<OwnColumns<'a>> {
    let offered = match choices.gives_addresses() {
        true => &[],
        false => offered,
    };
    OwnColumns::of(table, &choices.columns, offered)
}

async fn known(cx: &mut Cx, import: &Import, rows: &[Row]) -> Result<Known> {
    let kinds = kinds(cx, import.id).await?;
    let ids: Vec<ServiceTypeId> = kinds.iter().map(|kind| kind.id).collect();
    let mut known = Known {
        kinds,
        ..Known::default()
    };
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    for (id, kind, label, closed_on) in store::services(tx, tenant, &ids).await? {
        let service = KnownService {
            kind,
            label,
            closed_on,
        };
        known.add_service(id, service);
    }
    let source = import.choices.source_name();
    for (reference, id) in store::references(tx, tenant, &source).await? {
        if known.services.contains_key(&id) {
            known.references.entry(reference).or_default().push(id);
            known.referenced.insert(id);
        }
    }
    if import.choices.gives_addresses() {
        know_addresses(cx, &mut known, rows).await?;
        return Ok(known);
    }
    for (service, member, from_on, until_on) in store::holdings(tx, tenant).await? {
        let had = Had {
            member,
            from_on,
            until_on,
        };
        known.holdings.entry(service).or_default().push(had);
    }
    for (id, number, name, email) in store::members(tx, tenant).await? {
        known.members.add(id, number, &name, email.as_deref());
    }
    for (reference, id) in store::member_references(tx, tenant).await? {
        known.members.add_reference(&reference, id);
    }
    Ok(known)
}

async fn know_addresses(cx: &mut Cx, known: &mut Known, rows: &[Row]) -> Result<()> {
    let placed = addresses::prefixes(cx).await?;
    known.prefixes = placed.into_iter().map(|placed| placed.prefix).collect();
    let (mut inside, mut above) = (BTreeSet::new(), BTreeSet::new());
    for network in rows.iter().filter_map(|row| row.network) {
        above.extend(networks::above(network));
        // Nothing lies in a single address.
        if network.prefix_len() < network.max_prefix_len() {
            inside.insert(networks::key(network));
        }
    }
    let inside: Vec<String> = inside.into_iter().collect();
    let above: Vec<String> = above.into_iter().collect();
    let mut seen = BTreeSet::new();
    let taken = store::taken(&mut cx.tx, cx.tenant, &inside, &above).await?;
    for (network, service, from_at, until_at) in taken {
        // One may lie in a network, and hold another one.
        if seen.insert((network.clone(), from_at)) {
            let took = Took {
                service,
                from_at,
                until_at,
            };
            known.taken.add(network, took);
        }
    }
    Ok(())
}

pub(super) fn change<'a>(action: &'static str, import: &'a Import) -> Change<'a> {
    Change {
        action,
        kind: "import",
        id: import.id.0,
        label: &import.file_name,
    }
}
