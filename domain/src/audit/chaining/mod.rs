//! Rows become links: they take the end of their tenant's chain with the transaction's last
//! statements, so that nobody waits for it longer than a commit takes.

mod erasing;
mod reading;
mod store;

use super::Record;
use crate::access::{Actor, Via};
use crate::context::fill_random;
use crate::db::Tx;
use crate::kernel::{Problem, Result, TenantId};
use chain::{Hash, Head, Link, Salt, What, Who};
use chrono::{DateTime, Utc};
pub(crate) use erasing::*;
pub use reading::*;
use serde_json::value::RawValue;

/// How many rows one statement writes: its text of JSON stays below a few megabytes.
const CHUNK: usize = 500;
/// How many rows of before there was a chain are taken into it at once.
const SEALED_AT_ONCE: i64 = 500;

/// What a transaction has to write into the audit.
#[derive(Default)]
pub struct Pending(Vec<Group>);

/// What one actor did at one time.
struct Group {
    actor: Actor,
    at: DateTime<Utc>,
    records: Vec<Record>,
}

impl Pending {
    pub(super) fn push(&mut self, actor: Actor, at: DateTime<Utc>, records: Vec<Record>) {
        if !records.is_empty() {
            self.0.push(Group { actor, at, records });
        }
    }

    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was changed: the kind of object, its id, and a second time where it was changed twice.
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&'static str, uuid::Uuid)> {
        let records = self.0.iter().flat_map(|group| &group.records);
        records.map(|record| (record.kind, record.object))
    }

    /// Writes the rows, as the last links of the chain.
    ///
    /// # Errors
    /// The database's own.
    pub(crate) async fn write(self, tx: &mut Tx, tenant: TenantId) -> Result<()> {
        let count = self.0.iter().map(|group| group.records.len()).sum();
        if count == 0 {
            return Ok(());
        }
        let mut end = advance(tx, tenant, count).await?;
        for group in &self.0 {
            for records in group.records.chunks(CHUNK) {
                let mut links = Vec::with_capacity(records.len());
                for record in records {
                    let link = group.link(record, tenant, end)?;
                    end = link.head();
                    links.push(link);
                }
                store::insert(tx, tenant, records, &links).await?;
            }
        }
        store::set_hash(tx, tenant, &end.hash).await
    }
}

/// Takes the end of the chain for rows that come; others wait for the commit. Gives where the
/// chain ended until now.
async fn advance(tx: &mut Tx, tenant: TenantId, count: usize) -> Result<Head> {
    let count = i64::try_from(count).map_err(Problem::internal)?;
    if let Some(end) = store::advance(tx, tenant, count).await? {
        return Ok(end);
    }
    // The first row since there is a chain: those of before come first.
    store::begin(tx, tenant).await?;
    let taken = store::advance(tx, tenant, 0).await?;
    let end = taken.ok_or_else(|| Problem::internal("a chain that does not begin"))?;
    if end.seq == 0 {
        seal_all(tx, tenant).await?;
    }
    let taken = store::advance(tx, tenant, count).await?;
    taken.ok_or_else(|| Problem::internal("a chain that has gone"))
}

/// Takes the rows that were written before there was a chain into it, in their order.
async fn seal_all(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    let mut end = Head::EMPTY;
    let mut last = None;
    loop {
        let unsealed = store::list_unsealed(tx, tenant, last, SEALED_AT_ONCE).await?;
        let Some(newest) = unsealed.last() else {
            break;
        };
        last = Some((newest.at, newest.id));
        let mut links = Vec::with_capacity(unsealed.len());
        for row in unsealed {
            let link = row.with_salts(salts()?).after(tenant.0, end);
            end = link.head();
            links.push(link);
        }
        store::seal(tx, tenant, &links).await?;
    }
    let count = i64::try_from(end.seq).map_err(Problem::internal)?;
    store::advance(tx, tenant, count).await?;
    store::set_hash(tx, tenant, &end.hash).await
}

impl Group {
    /// A row as the next link after an end.
    fn link(&self, record: &Record, tenant: TenantId, end: Head) -> Result<Link> {
        let (via, address) = match &self.actor.via {
            Via::Web { address } => ("web", address.as_str()),
            Via::Cli => ("cli", ""),
        };
        let read = |object: &Option<Box<RawValue>>| {
            let read = object.as_deref().map(|raw| serde_json::from_str(raw.get()));
            read.transpose().map_err(Problem::internal)
        };
        let [who_salt, what_salt] = salts()?;
        let link = Link {
            seq: 0,
            id: record.id,
            at: self.at,
            actor: self.actor.person.map(|person| person.0),
            via: via.to_owned(),
            action: record.action.to_owned(),
            kind: record.kind.to_owned(),
            object: record.object,
            who: Who::Kept {
                salt: who_salt,
                name: self.actor.name.clone(),
                address: address.to_owned(),
            },
            what: What::Kept {
                salt: what_salt,
                label: record.label.clone(),
                before: read(&record.before)?,
                after: read(&record.after)?,
            },
            hash: Hash::default(),
        };
        Ok(link.after(tenant.0, end))
    }
}

/// Those of the two personal parts of a row.
fn salts() -> Result<[Salt; 2]> {
    let mut salts = [Salt::default(); 2];
    for salt in &mut salts {
        fill_random(salt)?;
    }
    Ok(salts)
}

#[cfg(test)]
mod tests;
