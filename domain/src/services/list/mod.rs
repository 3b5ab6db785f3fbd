//! The list of services: what it is asked for, and what is found.

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::*;

use super::{Paid, State};
use crate::fields::Extra;
use crate::kernel::{Day, MemberId, PageRequest, ServiceId, ServiceTypeId};
use crate::members::MemberNumber;
use serde::{Deserialize, Serialize};

/// Services that stand in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateFilter {
    /// In stock.
    Available,
    /// Somebody has them.
    InUse,
    /// Somebody has them, and has not paid until today.
    Late,
    /// They are no more.
    Closed,
}

impl StateFilter {
    /// All, as a list offers them.
    pub const ALL: [Self; 4] = [Self::Available, Self::InUse, Self::Late, Self::Closed];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Available => State::Available.name(),
            Self::InUse => State::InUse.name(),
            Self::Late => "late",
            Self::Closed => State::Closed.name(),
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A filter as an address says it. What makes no sense asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceQuery {
    /// Words of the label, or of the name or number of the one who has it; or an address.
    pub q: String,
    /// A type's id.
    pub kind: String,
    /// A [`StateFilter`]'s name.
    pub state: String,
    /// A member's id.
    pub member: String,
    /// `free`: those in stock first.
    pub first: String,
    /// The name of a field of the organisation's own, for services that have nothing in it.
    pub without: String,
    /// The page's number.
    pub page: String,
    /// What is asked of the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ServiceQuery {
    /// What the list is asked for.
    pub fn filter(&self) -> ServiceFilter {
        ServiceFilter {
            q: self.q.trim().to_owned(),
            kind: self.kind.trim().parse().ok(),
            state: StateFilter::from_name(self.state.trim()),
            member: self.member.trim().parse().ok(),
            order: match self.first.trim() {
                "free" => Order::FreeFirst,
                _ => Order::Label,
            },
            extra: self.extra.clone(),
            without: self.without.trim().to_owned(),
        }
    }

    /// Which page is asked for.
    pub fn page(&self) -> PageRequest {
        PageRequest::from_query(self.page.trim())
    }
}

/// In which order services are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By label.
    #[default]
    Label,
    /// Those in stock first, then by label.
    FreeFirst,
}

/// Which services are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFilter {
    /// Words that must all be found.
    pub q: String,
    /// Of one type.
    pub kind: Option<ServiceTypeId>,
    /// That stand in one way.
    pub state: Option<StateFilter>,
    /// That a member has today.
    pub member: Option<MemberId>,
    /// In which order.
    pub order: Order,
    /// What is kept in the organisation's own fields.
    pub extra: Extra,
    /// The field in which nothing is kept.
    pub without: String,
}

/// A service in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// The service.
    pub id: ServiceId,
    /// Its type.
    pub kind: ServiceTypeId,
    /// What it is called.
    pub label: String,
    /// Where it stands today.
    pub state: State,
    /// From this day on it is no more.
    pub closed_on: Option<Day>,
    /// Who has it today.
    pub holder: Option<Holder>,
    /// Its addresses now.
    pub addresses: Vec<String>,
}

/// Who has a service today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The member.
    pub member: MemberId,
    /// Their number.
    pub number: MemberNumber,
    /// Their name.
    pub name: String,
    /// Since when.
    pub from_on: Day,
    /// The last day.
    pub until_on: Option<Day>,
    /// How it stands with the payments.
    pub paid: Paid,
}

/// How many services stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// In stock.
    pub available: i64,
    /// Somebody has them.
    pub in_use: i64,
    /// Of these: not paid until today.
    pub late: i64,
    /// They are no more.
    pub closed: i64,
}

impl Counts {
    /// All that are.
    pub fn total(self) -> i64 {
        self.available + self.in_use
    }
}
