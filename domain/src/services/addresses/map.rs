//! A prefix's use as a map of equal parts, and what a search finds.

use super::prefixes::{home, minute, reserved_for, shown};
use super::rules::{Span, lies_in, parse_network, read_key, size, span};
use super::store::{self, Time};
use super::{Prefix, Taken};
use crate::context::Cx;
use crate::kernel::{Code, PrefixId, Problem, Result, paging};
use ipnet::IpNet;
use std::collections::BTreeMap;

/// How many bits one map shows: 256 parts.
const MAP_BITS: u8 = 8;

/// How a part of a map stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    /// Nobody has anything of it.
    Free,
    /// Services have some of it, and some is free.
    Partly,
    /// Services have all of it.
    Used,
    /// It is not handed out.
    Reserved,
    /// It is another prefix, or lies in one.
    Inner,
}

/// A part of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its addresses.
    pub network: IpNet,
    /// How it stands.
    pub state: CellState,
    /// How much of it services have, in percent.
    pub percent: u8,
    /// The smallest prefix that it lies in, where that is another one.
    pub inner: Option<PrefixId>,
}

/// A map of a network's use.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The network.
    pub network: IpNet,
    /// Its parts, by address; all of one size.
    pub cells: Vec<Cell>,
    /// Whether a part can be looked at more closely.
    pub is_coarse: bool,
}

/// The map of a prefix, or of a part of it.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`] for no prefix, and for what does
/// not lie in it.
pub async fn map(cx: &mut Cx, id: PrefixId, within: Option<IpNet>) -> Result<Map> {
    cx.require_crew()?;
    let now = minute(cx.now);
    let question = format!("map {id} {within:?} {now}");
    cx.remember(question, async |cx| draw(cx, id, within).await)
        .await
}

async fn draw(cx: &mut Cx, id: PrefixId, within: Option<IpNet>) -> Result<Map> {
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let prefix = all.iter().find(|prefix| prefix.id == id);
    let prefix = prefix.ok_or_else(|| Problem::new(Code::NotFound))?;
    let network = within.unwrap_or(prefix.network);
    if !lies_in(network, prefix.network) {
        return Err(Problem::new(Code::NotFound));
    }
    let unit = prefix.unit().max(network.prefix_len());
    let part = network.prefix_len().saturating_add(MAP_BITS).min(unit);
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let rows = store::taken_by_part(tx, tenant, network, part, cx.now).await?;
    let mut spans: Vec<Span> = Vec::new();
    let mut counts: BTreeMap<u128, u128> = BTreeMap::new();
    for (text, bits, count) in rows {
        let Some(place) = read_key(&text) else {
            continue;
        };
        let bits = u8::try_from(bits).unwrap_or(u8::MAX);
        if bits < part {
            spans.push(span(place));
            continue;
        }
        let count = u128::try_from(count).unwrap_or_default();
        let sum = counts.entry(span(place).first).or_default();
        *sum = sum.saturating_add(count.saturating_mul(size(bits, network)));
    }
    // What all of it lies in comes first.
    let above = store::touching(tx, tenant, network, Time::at(cx.now), 1).await?;
    let above = above.iter().map(|known| known.allocation.network);
    spans.extend(above.filter(|n| lies_in(network, *n)).map(span));
    let known = Taking {
        all: &all,
        prefix,
        spans,
        counts,
        reserved: reserved_for(&all, network),
    };
    let parts = network.subnets(part).map_err(Problem::internal)?;
    Ok(Map {
        network,
        cells: parts.map(|part| known.cell(part)).collect(),
        is_coarse: part < unit,
    })
}

/// What is known of a network while its map is drawn.
struct Taking<'a> {
    all: &'a [Prefix],
    prefix: &'a Prefix,
    /// What is larger than a part.
    spans: Vec<Span>,
    /// How many addresses are taken of a part, by its first one.
    counts: BTreeMap<u128, u128>,
    reserved: Vec<Span>,
}

impl Taking<'_> {
    fn cell(&self, network: IpNet) -> Cell {
        let own = span(network);
        let used = match self.spans.iter().any(|larger| larger.touches(own)) {
            true => own.size(),
            false => self.counts.get(&own.first).copied().unwrap_or_default(),
        };
        let place = home(self.all, network).map(|p| p.id);
        let inner = place.filter(|id| *id != self.prefix.id);
        let is_reserved = self.reserved.iter().any(|part| part.holds(own));
        let state = if used >= own.size() {
            CellState::Used
        } else if used > 0 {
            CellState::Partly
        } else if is_reserved {
            CellState::Reserved
        } else if inner.is_some() {
            CellState::Inner
        } else {
            CellState::Free
        };
        let percent = used.saturating_mul(100).div_ceil(own.size()).min(100);
        Cell {
            network,
            state,
            percent: u8::try_from(percent).unwrap_or(100),
            inner,
        }
    }
}

/// What a search for an address or a network finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What was asked for.
    pub network: IpNet,
    /// The smallest prefix that it lies in.
    pub home: Option<Prefix>,
    /// Why it is not handed out, where it is not.
    pub reserved: Option<String>,
    /// Who has and had something of it, by address, the last first.
    pub taken: Vec<Taken>,
}

/// Looks for an address or a network among prefixes and allocations.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotAnAddress`], [`Code::NotANetwork`].
pub async fn search(cx: &mut Cx, text: &str) -> Result<Found> {
    cx.require_crew()?;
    let network = parse_network(text)?;
    let all = store::prefixes(&mut cx.tx, cx.tenant).await?;
    let (tx, tenant, ever) = (&mut cx.tx, cx.tenant, Time::default());
    let rows = store::touching(tx, tenant, network, ever, paging::PAGE_SIZE).await?;
    let home = home(&all, network).cloned();
    Ok(Found {
        network,
        reserved: reason(&all, network),
        home,
        taken: rows.into_iter().map(|known| shown(cx, known)).collect(),
    })
}

/// Why all of a network is not handed out, where it is not.
pub(super) fn reason(all: &[Prefix], network: IpNet) -> Option<String> {
    let same = |p: &&Prefix| super::rules::same_family(p.network, network);
    let parts = all.iter().filter(same).flat_map(|p| &p.reserved);
    let mut holding = parts.filter(|part| part.span().holds(span(network)));
    holding.next().map(|part| part.reason.clone())
}
