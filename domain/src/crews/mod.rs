//! Crews: groups of people, and the rights that being in one gives. There is no
//! other source of rights.

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
mod tests;
#[cfg(feature = "server")]
pub use service::*;

use crate::kernel::{CrewId, Right};
use serde::{Deserialize, Serialize};

/// A group of people with rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Its id.
    pub id: CrewId,
    /// Its name.
    pub name: String,
    /// What its people may do.
    pub rights: Vec<Right>,
    /// How many people are in it.
    pub people: i64,
}
