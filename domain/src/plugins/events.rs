//! Events: which objects a transaction has touched, and what plugins have to do about them.
//! Every change is written into the audit, so what was touched is read off the rows that are going to be
//! written there: no use-case can forget to say it. Whether an object was saved or
//! deleted is asked of the tables as the transaction leaves them.

use super::{ObjectKind, store};
use crate::db::Tx;
use crate::kernel::{Result, TenantId};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Who has something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nobody.
    Nobody,
    /// At least one plugin.
    Plugins,
}

impl Told {
    /// Those of both.
    pub(crate) fn or(self, other: Self) -> Self {
        match self {
            Self::Plugins => self,
            Self::Nobody => other,
        }
    }
}

/// What an audited kind of object is to plugins. What is none of these is nothing to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Touched {
    /// One of the objects.
    Object(ObjectKind),
    /// A membership: the object is the person, or the organisation, whose it is.
    Member,
    /// An address that a service has: the object is the service.
    Allocation,
}

fn touched(kind: &str) -> Option<Touched> {
    Some(match kind {
        "party" | "login" => Touched::Object(ObjectKind::Person),
        "member" => Touched::Member,
        "address" => Touched::Allocation,
        "crew" => Touched::Object(ObjectKind::Crew),
        "service" => Touched::Object(ObjectKind::Service),
        "payment" => Touched::Object(ObjectKind::Payment),
        _ => return None,
    })
}

/// Writes what each plugin has to do about the objects that were changed. A new login or crew gets the number
/// that it has on Unix systems.
///
/// # Errors
/// The database's own.
pub(crate) async fn emit(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    changed: impl Iterator<Item = (&'static str, Uuid)>,
) -> Result<Told> {
    let mut ids: BTreeMap<Touched, Vec<Uuid>> = BTreeMap::new();
    let mut numbered = BTreeSet::new();
    for (kind, id) in changed {
        if matches!(kind, "login" | "crew") {
            numbered.insert(id);
        }
        if let Some(touched) = touched(kind) {
            ids.entry(touched).or_default().push(id);
        }
    }
    if ids.is_empty() {
        return Ok(Told::Nobody);
    }
    let numbered: Vec<Uuid> = numbered.into_iter().collect();
    store::give_numbers(tx, tenant, &numbered).await?;
    let plugins = store::listening(tx, tenant).await?;
    if plugins.is_empty() {
        return Ok(Told::Nobody);
    }
    let mut told = Told::Nobody;
    let mut read = BTreeSet::new();
    for (kind, ids) in objects(tx, tenant, ids).await? {
        read.insert(kind);
        let there = store::existing(tx, tenant, kind, &ids).await?;
        let gone: Vec<Uuid> = ids
            .into_iter()
            .filter(|id| there.binary_search_by(|(known, _)| known.cmp(id)).is_err())
            .collect();
        for (plugin, wants, _) in plugins.iter().filter(|(_, _, makes)| makes.is_none()) {
            if !wants.contains(&kind) {
                continue;
            }
            store::put_saves(tx, tenant, *plugin, kind, &there, now).await?;
            store::put_deletes(tx, tenant, *plugin, kind, &gone, now).await?;
            told = Told::Plugins;
        }
    }
    // A file is made once, whatever has changed of what it reads.
    for (plugin, wants, makes) in plugins {
        let reads = wants.iter().any(|kind| read.contains(kind));
        if let Some(name) = makes.filter(|_| reads) {
            let it = [(plugin.0, name)];
            store::put_saves(tx, tenant, plugin, ObjectKind::Extraction, &it, now).await?;
            told = Told::Plugins;
        }
    }
    Ok(told)
}

/// The objects behind what was touched, each once.
async fn objects(
    tx: &mut Tx,
    tenant: TenantId,
    touched: BTreeMap<Touched, Vec<Uuid>>,
) -> Result<BTreeMap<ObjectKind, Vec<Uuid>>> {
    let mut objects: BTreeMap<ObjectKind, Vec<Uuid>> = BTreeMap::new();
    for (touched, ids) in touched {
        let (kind, mut ids) = match touched {
            Touched::Object(kind) => (kind, ids),
            Touched::Member => {
                let parties = store::parties_of(tx, tenant, &ids).await?;
                (ObjectKind::Person, parties)
            }
            Touched::Allocation => {
                let services = store::services_of(tx, tenant, &ids).await?;
                (ObjectKind::Service, services)
            }
        };
        objects.entry(kind).or_default().append(&mut ids);
    }
    for ids in objects.values_mut() {
        ids.sort_unstable();
        ids.dedup();
    }
    Ok(objects)
}
