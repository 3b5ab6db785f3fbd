//! The list of services, and how many stand how: only of the types that the one who asks
//! manages.

use super::{Counts, ServiceFilter, ServiceRow, StateFilter, store};
use crate::context::Cx;
use crate::fields::{self, FEW_MAX, Field, On, Sought};
use crate::kernel::{Cents, Page, PageRequest, Result, ServiceId, ServiceTypeId, paging, text};
use crate::people::rules::search_words;
use crate::services::types::managed_types;
use crate::services::{ServiceType, addresses};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One page of the list, by label.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list(
    cx: &mut Cx,
    filter: &ServiceFilter,
    page: PageRequest,
) -> Result<Page<ServiceRow>> {
    cx.require_crew()?;
    let kinds = managed_types(cx).await?;
    let seen = Seen::of(cx, &kinds, filter.kind);
    if seen.kinds.is_empty() {
        return Ok(Page::new(Vec::new(), 0, page));
    }
    let seen = looking(cx, seen, filter).await?;
    let part = (paging::PAGE_SIZE, page.offset());
    let rows = store::list(&mut cx.tx, cx.tenant, &seen, filter, part).await?;
    let rows = with_addresses(cx, &kinds, rows).await?;
    let read = i64::try_from(rows.len()).unwrap_or(paging::PAGE_SIZE);
    let is_last = (1..paging::PAGE_SIZE).contains(&read) || page.offset() + read == 0;
    let total = if is_last {
        // The last page tells how many there are: no need to search once more.
        page.offset() + read
    } else {
        let question = format!("services {filter:?} {seen:?}");
        let known = match plain(filter, &seen) {
            Some(state) => Some(counts_of(cx, &seen).await?.of(state)),
            None => None,
        };
        match known {
            Some(total) => total,
            None => {
                cx.remember(question, async |cx| {
                    store::count(&mut cx.tx, cx.tenant, &seen, filter).await
                })
                .await?
            }
        }
    };
    Ok(Page::new(rows, total, page))
}

/// The list for a file, in the order of [`list`]: what stands behind so many rows; as many
/// as the limit says, [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list_behind(
    cx: &mut Cx,
    filter: &ServiceFilter,
    behind: i64,
    limit: i64,
) -> Result<Vec<ServiceRow>> {
    cx.require_crew()?;
    let kinds = managed_types(cx).await?;
    let seen = Seen::of(cx, &kinds, filter.kind);
    if seen.kinds.is_empty() {
        return Ok(Vec::new());
    }
    let seen = looking(cx, seen, filter).await?;
    let part = (limit.min(paging::CHUNK), behind.max(0));
    let rows = store::list(&mut cx.tx, cx.tenant, &seen, filter, part).await?;
    with_addresses(cx, &kinds, rows).await
}

/// With what is sought in the organisation's own fields, and what is searched: a network
/// where the search is one (for what a service has that holds it, or else for all that lies in
/// it), or words.
async fn looking(cx: &mut Cx, mut seen: Seen, filter: &ServiceFilter) -> Result<Seen> {
    let kinds = seen.kinds.clone();
    let holds = |field: &Field| {
        let mut kinds = kinds.iter();
        field.on == On::Service && kinds.any(|id| field.is_of(Some(*id)))
    };
    seen.own = fields::sought(cx, holds, &filter.extra, &filter.without).await?;
    seen.few = seen.own.few.take().map(|(_, services)| services);
    let now = cx.now;
    let place = addresses::place(cx, &filter.q).await?;
    seen.place = place.map(|key| (key, now));
    if seen.place.is_none() {
        let patterns = search_words(&filter.q).into_iter();
        seen.words = patterns.map(|word| text::like_pattern(&word)).collect();
    }
    match seen.few {
        Some(_) => Ok(seen),
        None => narrow(cx, seen).await,
    }
}

/// Looks once for the services of a word that few have, so that a list looks at these alone.
async fn narrow(cx: &mut Cx, mut seen: Seen) -> Result<Seen> {
    let limit = i64::try_from(FEW_MAX + 1).unwrap_or(i64::MAX);
    for (n, word) in seen.words.iter().enumerate() {
        let found = store::of_word(&mut cx.tx, cx.tenant, seen.today, word, limit).await?;
        if found.len() <= FEW_MAX {
            let found: BTreeSet<Uuid> = found.into_iter().map(|(id,)| id).collect();
            seen.few = Some(found.into_iter().collect());
            seen.words.remove(n);
            break;
        }
    }
    Ok(seen)
}

/// The rows with the addresses that their services have.
async fn with_addresses(
    cx: &mut Cx,
    kinds: &[ServiceType],
    mut rows: Vec<ServiceRow>,
) -> Result<Vec<ServiceRow>> {
    if !kinds.iter().any(|kind| kind.carries_addresses) {
        return Ok(rows);
    }
    let ids: Vec<ServiceId> = rows.iter().map(|row| row.id).collect();
    let mut all: BTreeMap<ServiceId, Vec<String>> = BTreeMap::new();
    for (id, network) in addresses::present(cx, &ids).await? {
        let of = all.entry(id).or_default();
        of.push(addresses::rules::written(network));
    }
    for row in &mut rows {
        row.addresses = all.remove(&row.id).unwrap_or_default();
    }
    Ok(rows)
}

/// A filter that the counts answer.
fn plain(filter: &ServiceFilter, seen: &Seen) -> Option<Option<StateFilter>> {
    let is_plain = filter.q.is_empty() && filter.member.is_none() && seen.own.is_empty();
    is_plain.then_some(filter.state)
}

/// How many services stand how, of the types that the one who asks manages; `None` where
/// they manage no type.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn counts(cx: &mut Cx) -> Result<Option<Counts>> {
    cx.require_crew()?;
    let kinds = managed_types(cx).await?;
    if kinds.is_empty() {
        return Ok(None);
    }
    let seen = Seen::of(cx, &kinds, None);
    counts_of(cx, &seen).await.map(Some)
}

async fn counts_of(cx: &mut Cx, seen: &Seen) -> Result<Counts> {
    cx.remember(format!("service counts {seen:?}"), async |cx| {
        store::counts(&mut cx.tx, cx.tenant, seen).await
    })
    .await
}

/// What somebody may see, on a day.
#[derive(Debug)]
pub(super) struct Seen {
    /// Today.
    pub today: crate::kernel::Day,
    /// The types.
    pub kinds: Vec<ServiceTypeId>,
    /// Those of them that cost something today.
    pub costing: Vec<ServiceTypeId>,
    /// The network that is looked for, as it is kept, and the moment.
    pub place: Option<(String, DateTime<Utc>)>,
    /// What is sought in the organisation's own fields.
    pub own: Sought,
    /// The words that are looked for, as patterns.
    pub words: Vec<String>,
    /// The only services that are looked at, where it is known that there are few.
    pub few: Option<Vec<Uuid>>,
}

impl Seen {
    fn of(cx: &Cx, kinds: &[ServiceType], only: Option<ServiceTypeId>) -> Self {
        let today = cx.today();
        let wanted = |kind: &&ServiceType| only.is_none_or(|id| kind.id == id);
        let costs = |kind: &&ServiceType| kind.price_on(today) > Cents::ZERO;
        let id = |kind: &ServiceType| kind.id;
        let kinds = kinds.iter().filter(wanted);
        Self {
            today,
            costing: kinds.clone().filter(costs).map(id).collect(),
            kinds: kinds.map(id).collect(),
            place: None,
            own: Sought::default(),
            words: Vec::new(),
            few: None,
        }
    }
}

impl Counts {
    fn of(self, state: Option<StateFilter>) -> i64 {
        match state {
            None => self.available + self.in_use + self.closed,
            Some(StateFilter::Available) => self.available,
            Some(StateFilter::InUse) => self.in_use,
            Some(StateFilter::Late) => self.late,
            Some(StateFilter::Closed) => self.closed,
        }
    }
}
