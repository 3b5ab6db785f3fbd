//! The audit: one row for each change, written in the change's own transaction.
//! Who, what, when, from where, before and after; never a secret. Rows are never
//! updated or deleted: the database refuses. They make a chain of hashes, which shows what
//! was changed by other means: `chain` says what is hashed.

mod chaining;
mod store;

use crate::context::Cx;
use crate::kernel::{Day, Page, PageRequest, PartyId, Result, Right, paging};
pub use chaining::*;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

/// What was done to what.
pub struct Change<'a> {
    /// A verb in the past: `added`, `changed`, `validated`. The screens translate it.
    pub action: &'static str,
    /// `payment`, `party`, `member`, `settings` …
    pub kind: &'static str,
    /// The object.
    pub id: Uuid,
    /// The object's name at that time.
    pub label: &'a str,
}

/// One row of the audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The row's id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The person who acted, where it was one.
    pub actor: Option<PartyId>,
    /// Their name at that time.
    pub actor_name: String,
    /// `web` or `cli`.
    pub via: String,
    /// The address of the connection.
    pub address: String,
    /// What was done.
    pub action: String,
    /// To what kind of object.
    pub kind: String,
    /// To which object.
    pub object: Uuid,
    /// The object's name at that time.
    pub label: String,
    /// The object before, where there was one.
    pub before: Option<Value>,
    /// The object after, where there still is one.
    pub after: Option<Value>,
}

/// A change as it is going to be written: its objects are JSON already, and stay as they are.
pub struct Record {
    id: Uuid,
    action: &'static str,
    kind: &'static str,
    object: Uuid,
    label: String,
    before: Option<Box<RawValue>>,
    after: Option<Box<RawValue>>,
}

/// Which rows are wanted; empty texts ask for nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The kind of object.
    pub kind: String,
    /// The object.
    pub object: Option<Uuid>,
    /// Part of the actor's or the object's name.
    pub query: String,
    /// What was done.
    pub action: String,
    /// Who did it.
    pub actor: Option<PartyId>,
    /// By which way they came: `web`, `cli`.
    pub via: String,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub until: Option<Day>,
}

/// A filter with its days as instants, where the organisation lives.
struct Wanted<'a> {
    filter: &'a Filter,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
}

impl<'a> Wanted<'a> {
    fn of(cx: &Cx, filter: &'a Filter) -> Self {
        let after = |day: Day| day.succ_opt().map(|next| cx.start_of(next));
        Self {
            filter,
            from: filter.from.map(|day| cx.start_of(day)),
            before: filter.until.and_then(after),
        }
    }
}

/// Writes one change down, with the transaction's end.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where an object is no JSON.
pub async fn record(
    cx: &mut Cx,
    change: Change<'_>,
    before: Option<&(impl Serialize + Sync)>,
    after: Option<&(impl Serialize + Sync)>,
) -> Result<()> {
    let record = entry(cx, change, before, after)?;
    record_many(cx, vec![record]);
    Ok(())
}

/// Writes many changes down, each in a row of its own, with the transaction's end: who, when
/// and from where come from `cx`. [`entry`] makes them.
pub fn record_many(cx: &mut Cx, records: Vec<Record>) {
    let (actor, now) = (cx.actor.clone(), cx.now);
    cx.audited().push(actor, now, records);
}

/// A change as [`record_many`] writes it down.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where an object is no JSON.
pub fn entry(
    cx: &Cx,
    change: Change<'_>,
    before: Option<&(impl Serialize + Sync)>,
    after: Option<&(impl Serialize + Sync)>,
) -> Result<Record> {
    Ok(Record {
        id: cx.new_id()?,
        action: change.action,
        kind: change.kind,
        object: change.id,
        label: change.label.to_owned(),
        before: before.map(to_json).transpose()?,
        after: after.map(to_json).transpose()?,
    })
}

/// Nothing before, or nothing after.
pub const NOTHING: Option<&Value> = None;

/// The whole audit, newest first.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn list(cx: &mut Cx, filter: &Filter, page: PageRequest) -> Result<Page<Entry>> {
    cx.require(Right::Settings)?;
    let wanted = Wanted::of(cx, filter);
    store::list(&mut cx.tx, cx.tenant, &wanted, page).await
}

/// The audit for a file, in the order of [`list`]: the rows after one, or the first; as
/// many as the limit says, [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn list_after(
    cx: &mut Cx,
    filter: &Filter,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Entry>> {
    cx.require(Right::Settings)?;
    let limit = limit.min(paging::CHUNK);
    let wanted = Wanted::of(cx, filter);
    store::list_after(&mut cx.tx, cx.tenant, &wanted, after, limit).await
}

/// The last few changes, newest first; without who signed in and out.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn latest(cx: &mut Cx, max: i64) -> Result<Vec<Entry>> {
    cx.require(Right::Settings)?;
    store::latest(&mut cx.tx, cx.tenant, max).await
}

/// The history of one object, newest first; at most one page.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn history(cx: &mut Cx, kind: &str, object: Uuid) -> Result<Vec<Entry>> {
    cx.require_crew()?;
    let filter = Filter {
        kind: kind.to_owned(),
        object: Some(object),
        ..Filter::default()
    };
    let wanted = Wanted::of(cx, &filter);
    let page = store::list(&mut cx.tx, cx.tenant, &wanted, PageRequest::new(1));
    Ok(page.await?.rows)
}

fn to_json(value: &(impl Serialize + Sync)) -> Result<Box<RawValue>> {
    serde_json::value::to_raw_value(value).map_err(crate::kernel::Problem::internal)
}

#[cfg(test)]
mod tests;
