//! Prefixes: set up, changed, taken away; what is reserved in them; the tree that they make.

use super::form::{PrefixData, PrefixForm, ReservedForm};
use super::rules::{self, Filling, Span, lies_in, span};
use super::store::{self, Time};
use super::{PREFIXES_MAX, Prefix, RESERVED_MAX, Reserved, Taken, Whose};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{
    Code, Page, PageRequest, PrefixId, Problem, ReservedId, Result, Right, ServiceTypeId, paging,
};
use crate::once::{self, Sent};
use crate::services::types::store as types;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use ipnet::IpNet;
use serde_json::{Value, json};

/// A prefix where it stands among the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The prefix.
    pub prefix: Prefix,
    /// How many others it lies in.
    pub depth: usize,
    /// How much of it is used now, that of the prefixes in it included.
    pub filling: Filling,
}

/// Every prefix, the larger ones before those that lie in them, and how full each is.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn prefixes(cx: &mut Cx) -> Result<Vec<Placed>> {
    cx.require_crew()?;
    // How full they are is counted once for each state of the data, and each minute.
    let now = minute(cx.now);
    cx.remember(format!("prefixes {now}"), async |cx| place(cx).await)
        .await
}

/// The minute of a moment.
pub(super) fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
}

async fn place(cx: &mut Cx) -> Result<Vec<Placed>> {
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let mut taken = std::collections::BTreeMap::new();
    for (id, bits, count) in store::taken_by_prefix(&mut cx.tx, cx.tenant, cx.now).await? {
        let bits = u8::try_from(bits).unwrap_or(u8::MAX);
        let count = u128::try_from(count).unwrap_or_default();
        let of: &mut Vec<(u8, u128)> = taken.entry(id).or_default();
        of.push((bits, count));
    }
    let mut open: Vec<IpNet> = Vec::new();
    let place_one = |prefix: &Prefix| {
        while open.last().is_some_and(|o| !lies_in(prefix.network, *o)) {
            open.pop();
        }
        let depth = open.len();
        open.push(prefix.network);
        let reserved = reserved_for(&all, prefix.network);
        let used = taken.get(&prefix.id).map(Vec::as_slice).unwrap_or_default();
        Placed {
            filling: rules::filling(prefix.network, prefix.unit(), used, reserved),
            prefix: prefix.clone(),
            depth,
        }
    };
    Ok(all.iter().map(place_one).collect())
}

/// What is reserved of a network's family, by whichever prefix.
pub(crate) fn reserved_for(all: &[Prefix], network: IpNet) -> Vec<Span> {
    let same = |prefix: &&Prefix| rules::same_family(prefix.network, network);
    let reserved = all.iter().filter(same).flat_map(|p| &p.reserved);
    reserved.map(Reserved::span).collect()
}

/// The smallest prefix that a network lies in.
pub(crate) fn home(all: &[Prefix], network: IpNet) -> Option<&Prefix> {
    all.iter().rev().find(|p| lies_in(network, p.network))
}

/// A prefix.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn prefix(cx: &mut Cx, id: PrefixId) -> Result<Placed> {
    cx.require_crew()?;
    let all = prefixes(cx).await?;
    let found = all.into_iter().find(|placed| placed.prefix.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// What is taken within a network, in the order of the addresses: now and later, or with the
/// past. What another crew looks after is taken, without by whom.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn taken(
    cx: &mut Cx,
    within: IpNet,
    past: Past,
    page: PageRequest,
) -> Result<Page<Taken>> {
    cx.require_crew()?;
    let time = Time {
        from: (past == Past::Without).then_some(cx.now),
        until: None,
    };
    let part = (paging::PAGE_SIZE, page.offset());
    let rows = store::page(&mut cx.tx, cx.tenant, within, time, part).await?;
    let total = store::count(&mut cx.tx, cx.tenant, within, time).await?;
    let rows = rows.into_iter().map(|known| shown(cx, known));
    Ok(Page::new(rows.collect(), total, page))
}

/// The same behind so many rows: for the list as a file.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn taken_behind(
    cx: &mut Cx,
    within: IpNet,
    past: Past,
    behind: i64,
    limit: i64,
) -> Result<Vec<Taken>> {
    cx.require_crew()?;
    let time = Time {
        from: (past == Past::Without).then_some(cx.now),
        until: None,
    };
    let part = (limit, behind);
    let rows = store::page(&mut cx.tx, cx.tenant, within, time, part).await?;
    Ok(rows.into_iter().map(|known| shown(cx, known)).collect())
}

/// Whether a list holds what is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// What is over, too.
    With,
    /// Only what is, and will be.
    Without,
}

/// An allocation as the one who asks may see it.
pub(super) fn shown(cx: &Cx, known: store::Known) -> Taken {
    let (own, allocation) = (cx.actor.rights.is_in(known.crew), known.allocation);
    Taken {
        network: allocation.network,
        from_at: allocation.from_at,
        until_at: allocation.until_at,
        whose: own.then_some(Whose {
            id: allocation.id,
            service: allocation.service,
            name: known.service_name,
        }),
    }
}

/// The types that a prefix can be for, by name.
///
/// # Errors
/// Refused without [`Right::Prefixes`].
pub async fn prefix_kinds(cx: &mut Cx) -> Result<Vec<(ServiceTypeId, String)>> {
    cx.require(Right::Prefixes)?;
    let all = types::types(&mut cx.tx, cx.tenant).await?;
    let carrying = all.into_iter().filter(|kind| kind.carries_addresses);
    Ok(carrying.map(|kind| (kind.id, kind.name)).collect())
}

/// Makes a prefix. Where it stands among the others follows from its addresses.
///
/// # Errors
/// Refused without [`Right::Prefixes`]; [`Code::Invalid`] with the fields;
/// [`Code::TooManyPrefixes`]; [`Code::AlreadySent`] where the key came with other content.
pub async fn add_prefix(cx: &mut Cx, form: &PrefixForm) -> Result<PrefixId> {
    cx.require(Right::Prefixes)?;
    let content = ("addresses::add_prefix", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let (network, data) = form.parse()?;
    known_kinds(cx, &data).await?;
    store::lock(&mut cx.tx, cx.tenant).await?;
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    if all.len() >= PREFIXES_MAX {
        return Err(Problem::new(Code::TooManyPrefixes { max: PREFIXES_MAX }));
    }
    let id = cx.new_id()?;
    if !store::insert_prefix(&mut cx.tx, cx.tenant, (id, network), &data).await? {
        return Err(Problem::at_field("network", Code::PrefixTaken));
    }
    store::put_kinds(&mut cx.tx, cx.tenant, id, &data.kinds).await?;
    if form.ends.trim() == "yes" && span(network).size() > 2 {
        for (address, reason) in [
            (network.network(), "network"),
            (network.broadcast(), "broadcast"),
        ] {
            let part = Reserved {
                id: cx.new_id()?,
                first: address,
                last: address,
                reason: reason.to_owned(),
            };
            free_of_services(cx, network, part.span(), "ends").await?;
            store::insert_reserved(&mut cx.tx, cx.tenant, id, &part).await?;
        }
    }
    let after = facts(&find(cx, id).await?);
    record(cx, "added", (id, network), None, Some(&after)).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes what a prefix is for. The same content once more changes nothing.
///
/// # Errors
/// Refused without [`Right::Prefixes`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`]; [`Code::NotFound`].
pub async fn save_prefix(cx: &mut Cx, id: PrefixId, form: &PrefixForm) -> Result<()> {
    cx.require(Right::Prefixes)?;
    let before = find(cx, id).await?;
    let data = form.parse_change(before.network)?;
    known_kinds(cx, &data).await?;
    let present = PrefixData {
        label: before.label.clone(),
        hands_out: before.hands_out,
        kinds: before.kinds.clone(),
        note: before.note.clone(),
    };
    if present == data {
        return Ok(());
    }
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if form.version != before.version.to_string()
        || !store::update_prefix(tx, tenant, id, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    store::put_kinds(tx, tenant, id, &data.kinds).await?;
    let after = facts(&find(cx, id).await?);
    let before_facts = facts(&before);
    let what = (id, before.network);
    record(cx, "changed", what, Some(&before_facts), Some(&after)).await
}

/// Takes a prefix away in which nothing was ever handed out.
///
/// # Errors
/// Refused without [`Right::Prefixes`]; [`Code::PrefixInUse`]; [`Code::NotFound`].
pub async fn delete_prefix(cx: &mut Cx, id: PrefixId) -> Result<()> {
    cx.require(Right::Prefixes)?;
    let before = find(cx, id).await?;
    store::lock(&mut cx.tx, cx.tenant).await?;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let ever = Time::default();
    if store::count(tx, tenant, before.network, ever).await? > 0 {
        return Err(Problem::new(Code::PrefixInUse));
    }
    store::delete_prefix(tx, tenant, id).await?;
    let facts = facts(&before);
    record(cx, "deleted", (id, before.network), Some(&facts), None).await
}

/// Reserves a part of a prefix: nothing is handed out there.
///
/// # Errors
/// Refused without [`Right::Prefixes`]; [`Code::Invalid`] with the fields, of which `range`
/// says [`Code::AddressTaken`] where a service has some of it; [`Code::NotFound`].
pub async fn reserve(cx: &mut Cx, id: PrefixId, form: &ReservedForm) -> Result<ReservedId> {
    cx.require(Right::Prefixes)?;
    let content = ("addresses::reserve", cx.actor.person, id, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let ((first, last), reason) = form.parse()?;
    store::lock(&mut cx.tx, cx.tenant).await?;
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let prefix = all.iter().find(|prefix| prefix.id == id);
    let prefix = prefix.ok_or_else(|| Problem::new(Code::NotFound))?;
    let part = Reserved {
        id: cx.new_id()?,
        first,
        last,
        reason,
    };
    let same = first.is_ipv4() == prefix.network.addr().is_ipv4();
    if !same || !span(prefix.network).holds(part.span()) {
        return Err(Problem::at_field("range", Code::OutsidePrefix));
    }
    if all.iter().map(|p| p.reserved.len()).sum::<usize>() >= RESERVED_MAX {
        return Err(Problem::new(Code::TooManyPrefixes { max: RESERVED_MAX }));
    }
    free_of_services(cx, prefix.network, part.span(), "range").await?;
    store::insert_reserved(&mut cx.tx, cx.tenant, id, &part).await?;
    let (before, after) = (facts(prefix), facts(&find(cx, id).await?));
    let what = (id, prefix.network);
    record(cx, "reserved", what, Some(&before), Some(&after)).await?;
    ticket.keep(cx, &part.id).await?;
    Ok(part.id)
}

/// Hands out again what was reserved. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Prefixes`]; [`Code::NotFound`] for a prefix that there is not.
pub async fn release(cx: &mut Cx, id: PrefixId, reserved: ReservedId) -> Result<()> {
    cx.require(Right::Prefixes)?;
    let before = find(cx, id).await?;
    if !before.reserved.iter().any(|part| part.id == reserved) {
        return Ok(());
    }
    store::delete_reserved(&mut cx.tx, cx.tenant, reserved).await?;
    let (before, after) = (facts(&before), find(cx, id).await?);
    let what = (id, after.network);
    let after = facts(&after);
    record(cx, "released", what, Some(&before), Some(&after)).await
}

async fn find(cx: &mut Cx, id: PrefixId) -> Result<Prefix> {
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let found = all.into_iter().find(|prefix| prefix.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The types of a form are ones that carry addresses.
async fn known_kinds(cx: &mut Cx, data: &PrefixData) -> Result<()> {
    let known = prefix_kinds(cx).await?;
    let is_known = |id: &ServiceTypeId| known.iter().any(|(kind, _)| kind == id);
    match data.kinds.iter().all(is_known) {
        true => Ok(()),
        false => Err(Problem::at_field("kinds", Code::UnknownChoice)),
    }
}

/// No service has an address of a part now or later.
async fn free_of_services(cx: &mut Cx, network: IpNet, part: Span, field: &str) -> Result<()> {
    let time = Time {
        from: Some(cx.now),
        until: None,
    };
    for piece in rules::pieces(network, part) {
        let found = store::touching(&mut cx.tx, cx.tenant, piece, time, 1).await?;
        if !found.is_empty() {
            return Err(Problem::at_field(field, Code::AddressTaken));
        }
    }
    Ok(())
}

/// What the audit keeps of a prefix.
fn facts(prefix: &Prefix) -> Value {
    let reserved = prefix.reserved.iter();
    let reserved = reserved.map(|part| format!("{} ({})", part.written(), part.reason));
    json!({
        "network": prefix.network,
        "label": prefix.label,
        "hands_out": prefix.hands_out.map(|length| format!("/{length}")),
        "types": prefix.kinds,
        "reserved": reserved.collect::<Vec<_>>(),
        "note": prefix.note,
        "version": prefix.version,
    })
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    (id, network): (PrefixId, IpNet),
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<()> {
    let label = network.to_string();
    let change = Change {
        action,
        kind: "prefix",
        id: id.0,
        label: &label,
    };
    match (before, after) {
        (None, after) => audit::record(cx, change, NOTHING, after).await,
        (before, None) => audit::record(cx, change, before, NOTHING).await,
        (before, after) => audit::record(cx, change, before, after).await,
    }
}
