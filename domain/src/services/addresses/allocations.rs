//! Networks for services: given, the next free one found, ended, and taken back where it was
//! a mistake.

use super::form::{EndForm, GiveForm, Wanted};
use super::prefixes::{home, reserved_for};
use super::rules::{self, Span, Walk, key, lies_in, read_key, span};
use super::store::{self, Time};
use super::{Allocation, OFFERS_MAX, Prefix};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{AllocationId, Code, Day, PrefixId, Problem, Result, ServiceId, ServiceTypeId};
use crate::once::{self, Sent};
use crate::services::types::store as types;
use crate::services::{self, Service, service};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde_json::{Value, json};

/// How many taken networks are read at a time while a free one is looked for.
const WALK: i64 = 2_000;

/// What a service has and had, the present first.
///
/// # Errors
/// As [`services::get`].
pub async fn of_service(cx: &mut Cx, id: ServiceId) -> Result<Vec<Allocation>> {
    services::get(cx, id).await?;
    store::of_service(&mut cx.tx, cx.tenant, id).await
}

/// Whether the services of a type have addresses.
async fn carries_addresses(cx: &mut Cx, id: ServiceTypeId) -> Result<bool> {
    let kinds = types::types(&mut cx.tx, cx.tenant).await?;
    let kind = kinds.iter().find(|kind| kind.id == id);
    Ok(kind.is_some_and(|kind| kind.carries_addresses))
}

/// A prefix that a service may have something of, and what is free in it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The prefix's id.
    pub prefix: PrefixId,
    /// Its addresses.
    pub network: IpNet,
    /// What it is for.
    pub label: String,
    /// The next free network; nothing: it is full.
    pub next: Option<IpNet>,
}

/// What a service may have, by prefix.
///
/// # Errors
/// As [`services::get`].
pub async fn offers(cx: &mut Cx, id: ServiceId) -> Result<Vec<Offer>> {
    let service = services::get(cx, id).await?;
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let time = from_now_on(cx.now);
    let mut offers = Vec::new();
    let serving = all.iter().filter(|prefix| prefix.serves(service.kind));
    for prefix in serving.take(OFFERS_MAX) {
        offers.push(Offer {
            prefix: prefix.id,
            network: prefix.network,
            label: prefix.label.clone(),
            next: next_free(cx, &all, prefix, time).await?,
        });
    }
    Ok(offers)
}

fn from_now_on(now: DateTime<Utc>) -> Time {
    Time {
        from: Some(now),
        until: None,
    }
}

/// The next free network of a prefix, of the length that it hands out; nothing where it is
/// full, or hands nothing out.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn free(cx: &mut Cx, id: PrefixId) -> Result<Option<IpNet>> {
    cx.require_crew()?;
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let prefix = all.iter().find(|prefix| prefix.id == id);
    let prefix = prefix.ok_or_else(|| Problem::new(Code::NotFound))?;
    let time = from_now_on(cx.now);
    next_free(cx, &all, prefix, time).await
}

/// The first network of a prefix that nobody has in a time: not reserved, nor of a prefix
/// that lies in it.
async fn next_free(
    cx: &mut Cx,
    all: &[Prefix],
    prefix: &Prefix,
    time: Time,
) -> Result<Option<IpNet>> {
    let Some(length) = prefix.hands_out else {
        return Ok(None);
    };
    let (tx, tenant, within) = (&mut cx.tx, cx.tenant, prefix.network);
    let inner = |p: &&Prefix| p.id != prefix.id && lies_in(p.network, within);
    let mut blocked = reserved_for(all, within);
    blocked.extend(all.iter().filter(inner).map(|p| span(p.network)));
    // What the whole prefix lies in, or is: it comes first, by the order of the addresses.
    let above = store::touching(tx, tenant, within, time, 1).await?;
    let above = above.iter().map(|known| known.allocation.network);
    blocked.extend(above.filter(|n| lies_in(within, *n)).map(span));
    let mut walk = Walk::new(within, length);
    let mut behind = key(within);
    loop {
        let rows = store::taken(tx, tenant, within, &behind, time, WALK).await?;
        let last = rows.last().cloned();
        let is_all = i64::try_from(rows.len()).unwrap_or(WALK) < WALK;
        let read = |text: String| read_key(&text).map(span);
        let mut taken: Vec<Span> = rows.into_iter().filter_map(read).collect();
        let reach = taken.last().map(|last| last.first);
        taken.extend(&blocked);
        taken.sort_unstable();
        for part in taken {
            if !is_all && reach.is_some_and(|reach| part.first > reach) {
                break;
            }
            if walk.pass(part) {
                return Ok(walk.found());
            }
        }
        match last {
            Some(last) if !is_all => behind = last,
            _ => return Ok(walk.found()),
        }
    }
}

/// Gives a network to a service: a certain one, or the next free one of a prefix. Two who
/// want the next one at once get two different ones.
///
/// # Errors
/// As [`services::get`]; [`Code::TypeWithoutAddresses`]; [`Code::Invalid`] with the fields, of
/// which `network` says [`Code::AddressOutOfReach`], [`Code::AddressReserved`] or
/// [`Code::AddressTaken`], `prefix` [`Code::NoneFree`], and `from_on`
/// [`Code::ServiceClosed`]; [`Code::AlreadySent`] where the key came with other content.
pub async fn give(cx: &mut Cx, id: ServiceId, form: &GiveForm) -> Result<AllocationId> {
    cx.require_crew()?;
    let service = services::get(cx, id).await?;
    let content = ("addresses::give", cx.actor.person, id, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    if !carries_addresses(cx, service.kind).await? {
        return Err(Problem::new(Code::TypeWithoutAddresses));
    }
    let (wanted, from_at) = form.parse(cx.now, cx.zone)?;
    let until_at = service.closed_on.map(|day| cx.start_of(day));
    if until_at.is_some_and(|until| until <= from_at) {
        return Err(Problem::at_field("from_on", Code::ServiceClosed));
    }
    // In the order of services first, as who closes one.
    service::lock(cx, id).await?;
    store::lock(&mut cx.tx, cx.tenant).await?;
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let time = Time {
        from: Some(from_at),
        until: until_at,
    };
    let network = match wanted {
        Wanted::This(network) => free_then(cx, &all, &service, network, time)
            .await
            .map(|()| network)?,
        Wanted::NextOf(prefix) => {
            let prefix = all
                .iter()
                .find(|p| p.id == prefix && p.serves(service.kind));
            let prefix = prefix.ok_or_else(|| Problem::at_field("prefix", Code::UnknownChoice))?;
            let found = next_free(cx, &all, prefix, time).await?;
            found.ok_or_else(|| Problem::at_field("prefix", Code::NoneFree))?
        }
    };
    let new = Allocation {
        id: cx.new_id()?,
        service: id,
        network,
        from_at,
        until_at,
        entered_at: cx.now,
        version: 1,
    };
    store::insert(&mut cx.tx, cx.tenant, &new).await?;
    record(cx, "given", &service, None, Some(&new)).await?;
    ticket.keep(cx, &new.id).await?;
    Ok(new.id)
}

/// A network may go to a service: its prefix is there for it, nothing of it is reserved, is a
/// prefix of its own, or somebody's.
async fn free_then(
    cx: &mut Cx,
    all: &[Prefix],
    service: &Service,
    network: IpNet,
    time: Time,
) -> Result<()> {
    let refused = |code| Err(Problem::at_field("network", code));
    let within = |p: &Prefix| p.network != network && lies_in(p.network, network);
    if !home(all, network).is_some_and(|p| p.serves(service.kind)) || all.iter().any(within) {
        return refused(Code::AddressOutOfReach);
    }
    let reserved = reserved_for(all, network);
    if reserved.iter().any(|part| part.touches(span(network))) {
        return refused(Code::AddressReserved);
    }
    let others = store::touching(&mut cx.tx, cx.tenant, network, time, 1).await?;
    match others.is_empty() {
        true => Ok(()),
        false => refused(Code::AddressTaken),
    }
}

/// Ends an allocation: now, or at a moment. What is over stays as it is.
///
/// # Errors
/// As [`services::get`]; [`Code::Invalid`] with the fields; [`Code::AllocationOver`];
/// [`Code::ChangedMeanwhile`]; [`Code::NotFound`].
pub async fn end(
    cx: &mut Cx,
    id: ServiceId,
    allocation: AllocationId,
    form: &EndForm,
) -> Result<()> {
    cx.require_crew()?;
    let service = services::get(cx, id).await?;
    service::lock(cx, id).await?;
    store::lock(&mut cx.tx, cx.tenant).await?;
    let before = find(cx, id, allocation).await?;
    if before.is_over(cx.now) {
        return Err(Problem::new(Code::AllocationOver));
    }
    let until = form.parse(cx.now, cx.zone)?;
    if until <= before.from_at {
        return Err(Problem::at_field("until_on", Code::PeriodEndsBeforeStart));
    }
    let closes = service.closed_on.map(|day| cx.start_of(day));
    if closes.is_some_and(|closes| closes < until) {
        return Err(Problem::at_field("until_on", Code::ServiceClosed));
    }
    let time = Time {
        from: Some(before.from_at),
        until: Some(until),
    };
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let others = store::touching(tx, tenant, before.network, time, 2).await?;
    if others.iter().any(|known| known.allocation.id != allocation) {
        return Err(Problem::at_field("until_on", Code::AddressTaken));
    }
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    write_end(cx, &service, &before, until).await
}

async fn write_end(
    cx: &mut Cx,
    service: &Service,
    before: &Allocation,
    until: DateTime<Utc>,
) -> Result<()> {
    let one = (before.id, before.version);
    if !store::set_end(&mut cx.tx, cx.tenant, one, until).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let after = Allocation {
        until_at: Some(until),
        version: before.version + 1,
        ..before.clone()
    };
    record(cx, "ended", service, Some(before), Some(&after)).await
}

/// Takes back what was given by mistake, as long as it is no history yet. Done again, it does
/// nothing.
///
/// # Errors
/// As [`services::get`]; [`Code::AllocationStays`]; [`Code::ChangedMeanwhile`].
pub async fn remove(
    cx: &mut Cx,
    id: ServiceId,
    allocation: AllocationId,
    version: &str,
) -> Result<()> {
    cx.require_crew()?;
    let service = services::get(cx, id).await?;
    let before = match find(cx, id, allocation).await {
        Err(problem) if problem.code == Code::NotFound => return Ok(()),
        found => found?,
    };
    if !before.is_young(cx.now) {
        return Err(Problem::new(Code::AllocationStays));
    }
    let one = (before.id, before.version);
    if version != before.version.to_string() || !store::delete(&mut cx.tx, cx.tenant, one).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    cx.touch("service", id.0);
    record(cx, "removed", &service, Some(&before), None).await
}

/// Ends what a service has, on the day from which on it is no more. For the use-case that
/// closes it, which has asked for the right and holds the lock.
pub(in crate::services) async fn end_with(
    cx: &mut Cx,
    service: &Service,
    closed_on: Day,
) -> Result<()> {
    let until = cx.start_of(closed_on);
    let all = store::of_service(&mut cx.tx, cx.tenant, service.id).await?;
    let longer = |a: &&Allocation| a.until_at.is_none_or(|end| end > until);
    for allocation in all.iter().filter(longer) {
        if allocation.from_at >= until {
            return Err(Problem::at_field("closed_on", Code::AddressLater));
        }
        write_end(cx, service, allocation, until).await?;
    }
    Ok(())
}

/// What some services have now, by address. For the use-cases that show services: they have
/// asked for the right.
pub(in crate::services) async fn present(
    cx: &mut Cx,
    services: &[ServiceId],
) -> Result<Vec<(ServiceId, IpNet)>> {
    store::of_services(&mut cx.tx, cx.tenant, services, cx.now).await
}

/// Where a search that is an address or a network looks: what is given that holds it, or
/// else itself; nothing where it is words. For the list of services.
pub(in crate::services) async fn place(cx: &mut Cx, text: &str) -> Result<Option<String>> {
    let Ok(network) = rules::parse_network(text) else {
        return Ok(None);
    };
    let (tx, tenant, now) = (&mut cx.tx, cx.tenant, Time::at(cx.now));
    let rows = store::touching(tx, tenant, network, now, 1).await?;
    let found = rows.first().map(|known| known.allocation.network);
    let holding = found.filter(|found| lies_in(network, *found));
    Ok(Some(key(holding.unwrap_or(network))))
}

async fn find(cx: &mut Cx, service: ServiceId, id: AllocationId) -> Result<Allocation> {
    let all = store::of_service(&mut cx.tx, cx.tenant, service).await?;
    let found = all.into_iter().find(|allocation| allocation.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// What the audit keeps of an allocation.
fn facts(service: &Service, allocation: &Allocation) -> Value {
    json!({
        "network": rules::written(allocation.network),
        "service": service.name(),
        "from_at": allocation.from_at,
        "until_at": allocation.until_at,
    })
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    service: &Service,
    before: Option<&Allocation>,
    after: Option<&Allocation>,
) -> Result<()> {
    let Some(one) = after.or(before) else {
        return Ok(());
    };
    let label = format!("{} · {}", one.written(), service.name());
    let change = Change {
        action,
        kind: "address",
        id: one.id.0,
        label: &label,
    };
    let facts = |allocation: Option<&Allocation>| allocation.map(|a| facts(service, a));
    match (facts(before), facts(after)) {
        (None, after) => audit::record(cx, change, NOTHING, after.as_ref()).await,
        (before, None) => audit::record(cx, change, before.as_ref(), NOTHING).await,
        (before, after) => audit::record(cx, change, before.as_ref(), after.as_ref()).await,
    }
}

/// Nobody else changes addresses until this transaction ends. For the import, which has asked
/// for the right.
pub(crate) async fn lock(cx: &mut Cx) -> Result<()> {
    store::lock(&mut cx.tx, cx.tenant).await
}
