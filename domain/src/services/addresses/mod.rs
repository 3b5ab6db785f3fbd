//! Addresses of services: prefixes, what is reserved in them, which service has which network
//! from which moment until which, and who had an address at a moment.

mod allocations;
mod form;
mod map;
mod prefixes;
pub mod rules;
mod store;
#[cfg(test)]
mod tests;
mod who;

pub use allocations::*;
pub use form::{EndForm, GiveForm, PrefixForm, ReservedForm, WhoForm};
pub use ipnet::IpNet;
pub use map::*;
pub use prefixes::*;
pub use who::*;

use crate::kernel::{AllocationId, PrefixId, ReservedId, ServiceId, ServiceTypeId};
use chrono::{DateTime, TimeDelta, Utc};
use rules::Span;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The most prefixes of one organisation.
pub const PREFIXES_MAX: usize = 5_000;
/// The most reserved ranges of one organisation.
pub const RESERVED_MAX: usize = 10_000;
/// The shortest prefix of IPv4.
pub const SHORTEST_V4: u8 = 8;
/// The shortest prefix of IPv6.
pub const SHORTEST_V6: u8 = 16;
/// The most allocations of one service that are read.
pub const ALLOCATIONS_MAX: i64 = 500;
/// For how long what was given by mistake can be removed: behind it, it is history.
pub const MISTAKE: TimeDelta = TimeDelta::hours(1);
/// The most prefixes of which a next free network is proposed at once.
pub const OFFERS_MAX: usize = 20;

/// A network that others lie in, or that is handed out of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefix {
    /// Its id.
    pub id: PrefixId,
    /// Its addresses.
    pub network: IpNet,
    /// What it is for.
    pub label: String,
    /// For the crews' eyes.
    pub note: String,
    /// The length of what is handed out of it; nothing: it only holds other prefixes.
    pub hands_out: Option<u8>,
    /// The types that it is for; none: every type that carries addresses.
    pub kinds: Vec<ServiceTypeId>,
    /// What is not handed out, by address.
    pub reserved: Vec<Reserved>,
    /// Grows with each change.
    pub version: i64,
}

impl Prefix {
    /// Whether something is handed out of it to services of a type.
    pub fn serves(&self, kind: ServiceTypeId) -> bool {
        self.hands_out.is_some() && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }

    /// In which pieces its use is counted: those it hands out, or else single addresses
    /// (IPv4) and the networks of one site (IPv6).
    pub fn unit(&self) -> u8 {
        let usual = match self.network {
            IpNet::V4(_) => 32,
            IpNet::V6(_) => 64.max(self.network.prefix_len()),
        };
        self.hands_out.unwrap_or(usual)
    }
}

/// Addresses that are not handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// Its id.
    pub id: ReservedId,
    /// The first address.
    pub first: IpAddr,
    /// The last address.
    pub last: IpAddr,
    /// Why: a gateway, the network itself …
    pub reason: String,
}

impl Reserved {
    /// Its addresses as numbers.
    pub fn span(&self) -> Span {
        Span {
            first: rules::number(self.first),
            last: rules::number(self.last),
        }
    }

    /// As people write it: one address, or two.
    pub fn written(&self) -> String {
        if self.first == self.last {
            self.first.to_string()
        } else {
            format!("{} – {}", self.first, self.last)
        }
    }
}

/// That a service has a network for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Its id.
    pub id: AllocationId,
    /// The service.
    pub service: ServiceId,
    /// The addresses.
    pub network: IpNet,
    /// The first moment.
    pub from_at: DateTime<Utc>,
    /// The first moment without it; nothing: still.
    pub until_at: Option<DateTime<Utc>>,
    /// When it was entered.
    pub entered_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i64,
}

impl Allocation {
    /// Whether the service has it at a moment.
    pub fn is_at(&self, moment: DateTime<Utc>) -> bool {
        self.from_at <= moment && !self.is_over(moment)
    }

    /// Whether it ended before a moment.
    pub fn is_over(&self, moment: DateTime<Utc>) -> bool {
        self.until_at.is_some_and(|until| until <= moment)
    }

    /// Whether it is so young that it can have been a mistake.
    pub fn is_young(&self, now: DateTime<Utc>) -> bool {
        now - self.entered_at < MISTAKE
    }

    /// As people write it.
    pub fn written(&self) -> String {
        rules::written(self.network)
    }
}

/// A network that is taken, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The addresses.
    pub network: IpNet,
    /// The first moment.
    pub from_at: DateTime<Utc>,
    /// The first moment without it; nothing: still.
    pub until_at: Option<DateTime<Utc>>,
    /// By which service; nothing where another crew looks after it.
    pub whose: Option<Whose>,
}

/// A service that has a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// The allocation.
    pub id: AllocationId,
    /// The service.
    pub service: ServiceId,
    /// Its type and label, as one line.
    pub name: String,
}
