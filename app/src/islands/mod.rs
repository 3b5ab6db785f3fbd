//! What the browser makes live. Every island enhances a form or a table that works
//! without it.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod live;
pub mod search;
#[cfg(feature = "hydrate")]
mod suggest;
