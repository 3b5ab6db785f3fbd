//! What the browser makes live. Every island enhances a form or a table that works
//! without it.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod live;
pub mod payment_form;
#[cfg(feature = "hydrate")]
mod propose;
pub mod search;
pub mod selection;
#[cfg(feature = "hydrate")]
mod suggest;
