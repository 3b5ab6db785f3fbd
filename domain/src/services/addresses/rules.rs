//! Networks as text, as numbers and as people write them; what contains what, and what is
//! free. Pure.

use crate::kernel::{Code, Problem, Result};
use chrono::{DateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use ipnet::{IpNet, Ipv4Net, Ipv4Subnets, Ipv6Net, Ipv6Subnets};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses from a first to a last one, both included, as numbers. Of which family they are
/// is said by what they are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first address.
    pub first: u128,
    /// The last address.
    pub last: u128,
}

impl Span {
    /// Whether the two have an address in common.
    pub fn touches(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether all of the other one's addresses are in it.
    pub fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// How many addresses it has.
    pub fn size(self) -> u128 {
        (self.last - self.first).saturating_add(1)
    }
}

/// An address as a number.
pub fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// The address of a number, of a network's family.
fn address(number: u128, like: IpNet) -> IpAddr {
    match like {
        IpNet::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX))),
        IpNet::V6(_) => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

/// A network's addresses as numbers.
pub fn span(network: IpNet) -> Span {
    Span {
        first: number(network.network()),
        last: number(network.broadcast()),
    }
}

/// Whether two networks are of one family.
pub fn same_family(one: IpNet, other: IpNet) -> bool {
    one.max_prefix_len() == other.max_prefix_len()
}

/// Whether a network lies in another one, or is it.
pub fn lies_in(inner: IpNet, outer: IpNet) -> bool {
    same_family(inner, outer) && span(outer).holds(span(inner))
}

/// The network of a single address.
pub fn host(address: IpAddr) -> IpNet {
    IpNet::from(address)
}

/// How many addresses a network of a length has, in the family of another.
pub fn size(length: u8, like: IpNet) -> u128 {
    let bits = like.max_prefix_len().saturating_sub(length);
    1_u128.checked_shl(u32::from(bits)).unwrap_or(u128::MAX)
}

/// A network as it is kept: its bits, behind 4 or 6. What lies in it begins with the same text.
pub fn key(network: IpNet) -> String {
    let bits = match network.network() {
        IpAddr::V4(v4) => format!("4{:032b}", u32::from(v4)),
        IpAddr::V6(v6) => format!("6{:0128b}", u128::from(v6)),
    };
    let length = 1 + usize::from(network.prefix_len());
    bits.chars().take(length).collect()
}

/// The network of a text that [`key`] has made.
pub fn read_key(text: &str) -> Option<IpNet> {
    let (family, bits) = text.split_at_checked(1)?;
    let length = u8::try_from(bits.len()).ok()?;
    match family {
        "4" => {
            let number = u32::from_str_radix(&format!("{bits:0<32}"), 2).ok()?;
            Ipv4Net::new(Ipv4Addr::from(number), length)
                .ok()
                .map(IpNet::V4)
        }
        "6" => {
            let number = u128::from_str_radix(&format!("{bits:0<128}"), 2).ok()?;
            Ipv6Net::new(Ipv6Addr::from(number), length)
                .ok()
                .map(IpNet::V6)
        }
        _ => None,
    }
}

/// The keys of every network that a network lies in, its own included: at most 129, so that
/// what covers an address is found without looking at anything else.
pub fn above(network: IpNet) -> Vec<String> {
    let key = key(network);
    (1..=key.len())
        .filter_map(|length| key.get(..length).map(str::to_owned))
        .collect()
}

/// A network as people write it: a single address without a length.
pub fn written(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() {
        network.addr().to_string()
    } else {
        network.to_string()
    }
}

/// Reads a single address.
///
/// # Errors
/// [`Code::NotAnAddress`].
pub fn parse_address(text: &str) -> Result<IpAddr> {
    let read: std::result::Result<IpAddr, _> = text.trim().parse();
    read.map(|address| address.to_canonical())
        .map_err(|_| Problem::new(Code::NotAnAddress))
}

/// Reads an address, or a network with its length.
///
/// # Errors
/// [`Code::NotAnAddress`]; [`Code::NotANetwork`] with the right one, where it is written by
/// an address within it.
pub fn parse_network(text: &str) -> Result<IpNet> {
    let text = text.trim();
    if !text.contains('/') {
        return parse_address(text).map(host);
    }
    let read: std::result::Result<IpNet, _> = text.parse();
    let network = read.map_err(|_| Problem::new(Code::NotAnAddress))?;
    if network.trunc() == network {
        Ok(network)
    } else {
        let right = network.trunc().to_string();
        Err(Problem::new(Code::NotANetwork { right }))
    }
}

/// Reads addresses from a first to a last one: `192.0.2.1 - 192.0.2.9`, a network, or one.
///
/// # Errors
/// As [`parse_network`]; [`Code::NotARange`].
pub fn parse_range(text: &str) -> Result<(IpAddr, IpAddr)> {
    let parts = text.split_once(['-', '–']);
    let Some((first, last)) = parts else {
        let network = parse_network(text)?;
        return Ok((network.network(), network.broadcast()));
    };
    let (first, last) = (parse_address(first)?, parse_address(last)?);
    if first.is_ipv4() != last.is_ipv4() || number(last) < number(first) {
        return Err(Problem::new(Code::NotARange));
    }
    Ok((first, last))
}

/// Reads a time of the day: `14:30`, `14:30:05`, `14h30`.
///
/// # Errors
/// [`Code::NotATime`].
pub fn parse_time(text: &str) -> Result<NaiveTime> {
    let formats = ["%H:%M", "%H:%M:%S", "%Hh%M"];
    let read = |format: &&str| NaiveTime::parse_from_str(text.trim(), format).ok();
    let found = formats.iter().find_map(read);
    found
        // A leap second is no moment that we could compare.
        .filter(|time| time.nanosecond() < 1_000_000_000)
        .ok_or_else(|| Problem::new(Code::NotATime))
}

/// The moment of a day and a time in a zone.
///
/// # Errors
/// [`Code::TimeUnclear`] where the clocks were changed, and there was no such time or two.
pub fn moment(day: crate::kernel::Day, time: NaiveTime, zone: Tz) -> Result<DateTime<Utc>> {
    let local = zone.from_local_datetime(&day.and_time(time)).single();
    local
        .map(|at| at.with_timezone(&Utc))
        .ok_or_else(|| Problem::new(Code::TimeUnclear))
}

/// Looks for the first free network of a length in a larger one: what is taken is passed by,
/// in the order of the first addresses.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    within: IpNet,
    length: u8,
    size: u128,
    next: Option<u128>,
}

impl Walk {
    /// Begins at the start.
    pub fn new(within: IpNet, length: u8) -> Self {
        let fits = (within.prefix_len()..=within.max_prefix_len()).contains(&length);
        Self {
            within,
            length,
            size: size(length, within),
            next: fits.then(|| span(within).first),
        }
    }

    /// Passes by something that is taken. Whether a free network lies before it.
    pub fn pass(&mut self, taken: Span) -> bool {
        let Some(next) = self.next else {
            return false;
        };
        if taken.first > next.saturating_add(self.size - 1) {
            return true;
        }
        if taken.last >= next {
            // On to the first network behind it.
            let start = span(self.within).first;
            let behind = (taken.last - start) / self.size + 1;
            let at = behind.checked_mul(self.size);
            self.next = at.and_then(|at| start.checked_add(at));
        }
        false
    }

    /// The network that was found, or comes after all that is taken.
    pub fn found(self) -> Option<IpNet> {
        let first = self.next?;
        let last = first.checked_add(self.size - 1)?;
        let network = IpNet::new(address(first, self.within), self.length).ok()?;
        (last <= span(self.within).last).then_some(network)
    }
}

/// How much of a prefix is used, in pieces of its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// All pieces.
    pub total: u128,
    /// Those that services have.
    pub used: u128,
    /// Those that are not handed out.
    pub reserved: u128,
}

impl Filling {
    /// Those that are free.
    pub fn free(self) -> u128 {
        self.total
            .saturating_sub(self.used)
            .saturating_sub(self.reserved)
    }

    /// A part of the whole, in percent.
    pub fn percent(self, part: u128) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "the width of a bar: a rounded number will do"
        )]
        let share = part.min(self.total) as f64 / self.total as f64;
        share * 100.0
    }
}

/// How much is used of a network, from how many networks of which length are taken in it, and
/// from what is reserved.
pub fn filling(network: IpNet, unit: u8, taken: &[(u8, u128)], reserved: Vec<Span>) -> Filling {
    let piece = size(unit, network);
    let whole = span(network);
    let used = taken.iter().fold(0_u128, |sum, (length, count)| {
        sum.saturating_add(count.saturating_mul(size(*length, network)))
    });
    let within = reserved.into_iter().filter(|part| part.touches(whole));
    let kept = merge(within.collect()).into_iter().fold(0, |sum, part| {
        let first = part.first.max(whole.first);
        let last = part.last.min(whole.last);
        sum + Span { first, last }.size()
    });
    Filling {
        total: (whole.size() / piece).max(1),
        used: used.div_ceil(piece),
        reserved: kept.div_ceil(piece),
    }
}

/// The few networks that hold exactly some addresses of a network's family.
pub fn pieces(like: IpNet, part: Span) -> Vec<IpNet> {
    match (address(part.first, like), address(part.last, like)) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            Ipv4Subnets::new(first, last, 0).map(IpNet::V4).collect()
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            Ipv6Subnets::new(first, last, 0).map(IpNet::V6).collect()
        }
        _ => Vec::new(),
    }
}

/// The same addresses without overlaps, in order.
pub fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for next in spans {
        match merged.last_mut() {
            Some(last) if next.first <= last.last => last.last = last.last.max(next.last),
            _ => merged.push(next),
        }
    }
    merged
}
