//! The journal: what failed, again and for good. Trying again and giving up are decisions
//! of people, and are written down.

use super::store::{NewRun, Wanted};
use super::{Action, DutyState, Entry, ObjectKind, Run, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, Page, PageRequest, PartyId, PluginId, Problem, Result, Right, text};
use serde_json::json;
use uuid::Uuid;

/// The longest reason for giving up.
pub const REASON_MAX: usize = 300;
/// The most rows that one request tries again.
pub const RETRIED_MAX: i64 = 10_000;

/// Which rows of the journal are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Of one plugin.
    pub plugin: Option<PluginId>,
    /// In one state.
    pub state: Option<DutyState>,
    /// About one object.
    pub object: Option<Uuid>,
}

impl JournalFilter {
    fn wanted(&self) -> Wanted {
        Wanted {
            plugin: self.plugin,
            state: self.state,
            object: self.object,
            number: None,
        }
    }
}

/// A page of the journal, the last failure first.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn journal(
    cx: &mut Cx,
    filter: &JournalFilter,
    page: PageRequest,
) -> Result<Page<Entry>> {
    cx.require(Right::Settings)?;
    store::journal(&mut cx.tx, cx.tenant, &filter.wanted(), page).await
}

/// How many rows are in which state.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn journal_states(cx: &mut Cx) -> Result<Vec<(DutyState, i64)>> {
    cx.require(Right::Settings)?;
    store::journal_states(&mut cx.tx, cx.tenant).await
}

/// How many rows nobody has decided about: for the navigation, which asks whether there is the right.
///
/// # Errors
/// The database's own.
pub async fn journal_open(cx: &mut Cx) -> Result<i64> {
    if !cx.actor.rights.has(Right::Settings) {
        return Ok(0);
    }
    // Not remembered: workers write no row of the audit, by which changes are seen.
    let states = store::journal_states(&mut cx.tx, cx.tenant).await?;
    let open = states
        .iter()
        .filter(|(state, _)| *state != DutyState::GivenUp);
    Ok(open.map(|(_, count)| count).sum())
}

/// A row of the journal by its number, with its history, newest first. A row that is done is
/// not there any more: its history is.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn journal_entry(cx: &mut Cx, number: i64) -> Result<(Option<Entry>, Vec<Run>)> {
    cx.require(Right::Settings)?;
    let entry = find(cx, number).await?;
    let runs = store::runs(&mut cx.tx, cx.tenant, number).await?;
    if entry.is_none() && runs.is_empty() {
        return Err(Problem::new(Code::NotFound));
    }
    Ok((entry, runs))
}

async fn find(cx: &mut Cx, number: i64) -> Result<Option<Entry>> {
    let wanted = Wanted {
        number: Some(number),
        ..Wanted::default()
    };
    let page = PageRequest::new(1);
    let found = store::journal(&mut cx.tx, cx.tenant, &wanted, page).await?;
    Ok(found.rows.into_iter().next())
}

/// Tries one row again, at once. Where the other system differs, that mends it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`] where it is not in the journal (any more).
pub async fn retry(cx: &mut Cx, number: i64) -> Result<()> {
    cx.require(Right::Settings)?;
    let entry = find(cx, number).await?;
    let entry = entry.ok_or_else(|| Problem::new(Code::NotFound))?;
    retry_these(cx, &[entry]).await
}

/// Tries all rows of a filter again, up to [`RETRIED_MAX`]; those that were given up only where the filter
/// names them. How many.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn retry_all(cx: &mut Cx, filter: &JournalFilter) -> Result<usize> {
    cx.require(Right::Settings)?;
    let wanted = filter.wanted();
    let found = store::journal_all(&mut cx.tx, cx.tenant, &wanted, RETRIED_MAX).await?;
    let is_meant = |entry: &Entry| filter.state.is_some() || entry.state != DutyState::GivenUp;
    let entries: Vec<Entry> = found.into_iter().filter(is_meant).collect();
    if !entries.is_empty() {
        retry_these(cx, &entries).await?;
    }
    Ok(entries.len())
}

async fn retry_these(cx: &mut Cx, entries: &[Entry]) -> Result<()> {
    let (tenant, now) = (cx.tenant, cx.now);
    let mut again = Vec::new();
    for entry in entries {
        if entry.action == Action::Verify && entry.object_kind != ObjectKind::Foreign {
            // What differs is mended by saving the object; where that is done, the row goes.
            let tx = &mut cx.tx;
            let there = store::existing(tx, tenant, entry.object_kind, &[entry.object]).await?;
            let (plugin, kind) = (entry.plugin, entry.object_kind);
            store::put_saves(&mut cx.tx, tenant, plugin, kind, &there, now).await?;
        } else {
            again.push(entry.id);
        }
        let run = decided(cx, entry, "retried", "")?;
        store::insert_run(&mut cx.tx, tenant, &run.as_new(), now).await?;
    }
    store::retry(&mut cx.tx, tenant, &again, now).await?;
    let mut plugins: Vec<PluginId> = entries.iter().map(|entry| entry.plugin).collect();
    plugins.sort_unstable();
    plugins.dedup();
    store::wake_up(&mut cx.tx, tenant, &plugins).await?;
    let records = entries
        .iter()
        .map(|entry| audit::entry(cx, change("tried_again", entry), NOTHING, NOTHING))
        .collect::<Result<Vec<_>>>()?;
    audit::record_many(cx, records);
    cx.tell_plugins();
    Ok(())
}

/// Leaves a row as it is, with the reason. A later change of the object tries again.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::ReasonNeeded`] at `reason`; [`Code::NotFound`];
/// [`Code::ChangedMeanwhile`] where it is being tried right now.
pub async fn give_up(cx: &mut Cx, number: i64, reason: &str) -> Result<()> {
    cx.require(Right::Settings)?;
    let reason = text::line(reason, REASON_MAX).map_err(|p| Problem::at_field("reason", p.code))?;
    if reason.is_empty() {
        return Err(Problem::at_field("reason", Code::ReasonNeeded));
    }
    let entry = find(cx, number).await?;
    let entry = entry.ok_or_else(|| Problem::new(Code::NotFound))?;
    if entry.state == DutyState::GivenUp {
        return Ok(());
    }
    if !store::give_up(&mut cx.tx, cx.tenant, entry.id).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let run = decided(cx, &entry, "given_up", &reason)?;
    let now = cx.now;
    let new = run.as_new();
    store::insert_run(&mut cx.tx, cx.tenant, &new, now).await?;
    let after = json!({ "reason": reason });
    audit::record(cx, change("given_up", &entry), NOTHING, Some(&after)).await
}

/// What a person decided about a row, with who it was.
struct Decided<'a> {
    id: Uuid,
    entry: &'a Entry,
    outcome: &'static str,
    error: String,
    by_person: Option<PartyId>,
}

fn decided<'a>(
    cx: &Cx,
    entry: &'a Entry,
    outcome: &'static str,
    reason: &str,
) -> Result<Decided<'a>> {
    Ok(Decided {
        id: cx.new_id()?,
        entry,
        outcome,
        error: reason.to_owned(),
        by_person: cx.actor.person,
    })
}

impl Decided<'_> {
    fn as_new(&self) -> NewRun<'_> {
        NewRun {
            id: self.id,
            number: self.entry.number,
            plugin: self.entry.plugin,
            object_kind: self.entry.object_kind,
            object: self.entry.object,
            action: self.entry.action,
            attempt: self.entry.attempts,
            outcome: self.outcome,
            error: &self.error,
            output: "",
            by_person: self.by_person,
        }
    }
}

fn change<'a>(action: &'static str, entry: &'a Entry) -> Change<'a> {
    Change {
        action,
        kind: "journal",
        id: entry.id.0,
        label: &entry.label,
    }
}
