//! Services: what crews run for members (a line, a tunnel, a virtual machine), of types that
//! each belong to one crew. Whoever is in that crew looks after them; to everybody else they
//! are not there. What is due for one is computed by the same rules as dues.

#[cfg(feature = "server")]
pub mod addresses;
mod form;
#[cfg(feature = "server")]
pub(crate) mod imported;
mod list;
pub mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;
mod types;

pub use form::{HoldingForm, NewServiceForm, ServiceForm};
pub use list::{Counts, ServiceFilter, ServiceQuery, ServiceRow, StateFilter};
#[cfg(feature = "server")]
pub use list::{counts, list, list_behind};
#[cfg(feature = "server")]
pub use service::*;
pub use types::{Colour, ServiceType, TypeForm};
#[cfg(feature = "server")]
pub use types::{
    add_type, archive_type, get_type, managed_types, restore_type, save_type, types_counted,
    types_seen,
};

use crate::dues::{Due, Dues, Price, Terms};
use crate::kernel::{
    Cents, CrewId, Day, DuesKindId, HoldingId, MemberId, Period, ServiceId, ServiceTypeId,
};
use crate::members::MemberNumber;
use serde::{Deserialize, Serialize};

/// The most types of services of one organisation.
pub const TYPES_MAX: usize = 1_000;
/// The most holdings of one service, or of one member, that are read.
pub const HOLDINGS_MAX: i64 = 500;

/// Where a service stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In stock: nobody has it.
    Available,
    /// Somebody has it.
    InUse,
    /// It is no more.
    Closed,
}

impl State {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Available, Self::InUse, Self::Closed];

    /// Its name in addresses, in the API and in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::InUse => "in_use",
            Self::Closed => "closed",
        }
    }
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Of which type.
    pub kind: ServiceTypeId,
    /// The type's name.
    pub type_name: String,
    /// The crew that looks after it.
    pub crew: CrewId,
    /// What it is called: a line's number, a machine's name.
    pub label: String,
    /// For the crew's eyes.
    pub note: String,
    /// From this day on it is no more.
    pub closed_on: Option<Day>,
    /// Grows with each change.
    pub version: i64,
}

impl Service {
    /// Type and label, as one line: "VPN · vpn-12".
    pub fn name(&self) -> String {
        full_name(&self.type_name, &self.label)
    }
}

/// A service's type and label, as one line.
pub fn full_name(type_name: &str, label: &str) -> String {
    format!("{type_name} · {label}")
}

/// That a member has a service for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Its id.
    pub id: HoldingId,
    /// Who.
    pub member: MemberId,
    /// Their number.
    pub number: MemberNumber,
    /// Their name.
    pub member_name: String,
    /// The first day.
    pub from_on: Day,
    /// The last day; nothing: still.
    pub until_on: Option<Day>,
    /// An amount of their own for a whole period; nothing is free.
    pub own: Option<Cents>,
    /// Why; never empty with an amount of their own. For the crews.
    pub reason: String,
    /// Grows with each change.
    pub version: i64,
}

impl Holding {
    /// Whether the member has the service on a day.
    pub fn is_on(&self, day: Day) -> bool {
        self.from_on <= day && self.until_on.is_none_or(|until| day <= until)
    }

    /// The first day without the service.
    pub fn ended_on(&self) -> Option<Day> {
        self.until_on.and_then(|until| until.succ_opt())
    }

    /// How the member pays, where it is not by the type's price.
    pub fn terms(&self, kind: DuesKindId) -> Vec<Terms> {
        let terms = |own| Terms {
            from_on: self.from_on,
            kind,
            own: Some(own),
            reason: self.reason.clone(),
        };
        self.own.map(terms).into_iter().collect()
    }

    /// Number and name, as one line: "1042-9 Léa Benamar".
    pub fn member_label(&self) -> String {
        format!("{} {}", self.number, self.member_name)
    }
}

/// A holding of a service, and what is paid and owed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The service.
    pub service: Service,
    /// The type's colour.
    pub colour: Colour,
    /// Who has it, and since when.
    pub holding: Holding,
    /// What validated payments cover: runs that do not touch, by day.
    pub coverage: Vec<Period>,
    /// What payments that wait cover, by day.
    pub waiting: Vec<Period>,
    /// What is owed.
    pub dues: Dues,
    /// Whether nothing is to be paid, as of today.
    pub is_free: bool,
    /// The addresses of the service, where the member has it today.
    pub addresses: Vec<String>,
}

impl Held {
    /// Until when the service is paid, as of a day: the end of the last run that has begun.
    pub fn paid_until(&self, today: Day) -> Option<Day> {
        let begun = self.coverage.iter().rev().find(|p| p.from() <= today);
        begun.map(|p| p.until())
    }

    /// How it stands with its payments on a day.
    pub fn standing(&self, today: Day) -> Paid {
        rules::paid(&self.holding, self.is_free, self.paid_until(today), today)
    }

    /// What is to be paid first.
    pub fn next(&self) -> Option<&Due> {
        self.dues.next.as_ref()
    }
}

/// How a service that somebody has stands with its payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "paid", rename_all = "snake_case")]
pub enum Paid {
    /// Nothing is to be paid.
    Free,
    /// It is paid until a day.
    Until {
        /// The last day.
        day: Day,
    },
    /// It was paid until a day that is over, or never.
    Late {
        /// The last day that was paid.
        since: Option<Day>,
    },
    /// The member does not have it today.
    Over,
}

/// A service with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The service.
    pub service: Service,
    /// Its type, with its prices.
    pub kind: ServiceType,
    /// Who has it, will have it and had it, the last first.
    pub held: Vec<Held>,
}

impl Known {
    /// Who has it on a day.
    pub fn held_on(&self, day: Day) -> Option<&Held> {
        self.held.iter().find(|held| held.holding.is_on(day))
    }

    /// Who has it today, or else had it last: whose payments may still come.
    pub fn payer_on(&self, day: Day) -> Option<&Held> {
        let begun = || self.held.iter().find(|h| h.holding.from_on <= day);
        self.held_on(day).or_else(begun).or(self.held.last())
    }

    /// Where it stands on a day.
    pub fn state(&self, day: Day) -> State {
        rules::state(self.service.closed_on, self.held_on(day).is_some(), day)
    }

    /// The price of a whole period from a day on, and what comes after it.
    pub fn price_on(&self, day: Day) -> Option<&Price> {
        self.kind.prices.iter().rev().find(|p| p.from_on <= day)
    }
}
