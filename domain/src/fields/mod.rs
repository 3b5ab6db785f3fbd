//! Fields that an organisation declares for itself: on people, organisations, members, services,
//! their types, and crews.
//! What is kept in them is of its kind, and is seen and changed by whom the declaration says.

#[cfg(feature = "server")]
mod declared;
#[cfg(feature = "server")]
mod form;
#[cfg(feature = "server")]
mod imported;
#[cfg(feature = "server")]
pub mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
#[cfg(test)]
mod tests;
mod typed;
#[cfg(feature = "server")]
mod values;

#[cfg(feature = "server")]
pub use declared::*;
#[cfg(feature = "server")]
pub use form::{FieldData, FieldForm, NewField};
#[cfg(feature = "server")]
pub(crate) use imported::{Kept, insert_imported};
#[cfg(feature = "server")]
pub use service::*;
pub use typed::{CHOICE_PREFIX, Extra, Given, Labels, PREFIX, Wanted};
#[cfg(feature = "server")]
pub(crate) use values::{
    Changes, FEW_MAX, FieldBinds, Sought, both, open_to_owner, read, sought, take_away,
    take_away_all, write,
};
#[cfg(feature = "server")]
pub use values::{Values, filled, typed_of, values_of, visible};
