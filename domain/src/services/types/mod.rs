//! Types of services: who manages them, and what they cost.

mod form;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub(super) mod store;

pub use form::TypeForm;
#[cfg(feature = "server")]
pub use service::*;

use crate::dues::{Cycle, FirstPeriod, Kind, Price};
use crate::kernel::{Cents, CrewId, Day, DuesKindId, ServiceTypeId};
use serde::{Deserialize, Serialize};

macro_rules! colours {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What tells a type's services apart at a glance, beside its name. What the colour
        /// is in light and in dark is said by the style sheet.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(sqlx::Type))]
        #[cfg_attr(feature = "server", sqlx(type_name = "text", rename_all = "snake_case"))]
        #[serde(rename_all = "snake_case")]
        pub enum Colour { #[default] $($(#[$doc])* $name),* }

        impl Colour {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in the database, in forms and in style sheets.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The one of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.name() == name)
            }
        }
    };
}

colours! {
    /// Blue.
    Blue = "blue",
    /// Cyan.
    Cyan = "cyan",
    /// Moss green.
    Moss = "moss",
    /// Yellow.
    Gold = "gold",
    /// Orange.
    Orange = "orange",
    /// Pink.
    Pink = "pink",
    /// Purple.
    Plum = "plum",
    /// Grey.
    Slate = "slate",
}

/// A type of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceType {
    /// Its id.
    pub id: ServiceTypeId,
    /// What it is called.
    pub name: String,
    /// The crew that manages it.
    pub crew: CrewId,
    /// The crew's name.
    pub crew_name: String,
    /// Its colour.
    pub colour: Colour,
    /// How many months a period has.
    pub months: u32,
    /// Whether its services have addresses.
    pub carries_addresses: bool,
    /// For the crews' eyes.
    pub note: String,
    /// Whether no new services are made of it.
    pub is_archived: bool,
    /// What a whole period costs, by day.
    pub prices: Vec<Price>,
    /// Grows with each change.
    pub version: i64,
}

impl ServiceType {
    /// The id by which the rules of dues know it.
    pub fn dues_id(&self) -> DuesKindId {
        DuesKindId(self.id.0)
    }

    /// The type as the rules of dues see it: so many months from the day on which somebody
    /// has the service.
    pub fn as_dues(&self) -> Kind {
        Kind {
            id: self.dues_id(),
            name: self.name.clone(),
            cycle: Cycle::Months {
                months: self.months,
            },
            first_period: FirstPeriod::Full,
            is_default: true,
            is_archived: self.is_archived,
            prices: self.prices.clone(),
            version: self.version,
        }
    }

    /// What a whole period costs that begins on a day.
    pub fn price_on(&self, day: Day) -> Cents {
        self.as_dues().price_on(day)
    }
}
