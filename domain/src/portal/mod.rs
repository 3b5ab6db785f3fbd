//! The installation's list of tenants: which organisation answers at which name.

#[cfg(feature = "server")]
mod across;
#[cfg(feature = "server")]
pub use across::*;

#[cfg(feature = "server")]
pub mod deleting;
#[cfg(feature = "server")]
pub mod moving;
#[cfg(feature = "server")]
pub mod operators;
#[cfg(feature = "server")]
pub mod proofs;
#[cfg(feature = "server")]
pub mod rounds;
#[cfg(feature = "server")]
mod store;

#[cfg(test)]
mod tests;

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
pub use service::*;

use crate::kernel::TenantId;

/// One organisation that is hosted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id: also the name of its file.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// What it is called when it was made; the name that people see is in its settings.
    pub title: String,
}
