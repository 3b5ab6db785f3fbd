//! What Equipage knows: words, rules, storage and use-cases. No HTTP, no screens.
//!
//! Without the feature `server` only words, forms and rules remain: the browser
//! has the same `parse` as the server, and nothing of SQL.

pub mod access;
#[cfg(feature = "server")]
pub mod audit;
pub mod bank;
#[cfg(feature = "server")]
pub mod context;
pub mod crews;
#[cfg(feature = "server")]
pub mod db;
pub mod dues;
pub mod exports;
pub mod fields;
#[cfg(feature = "server")]
pub mod figures;
pub mod identity;
pub mod import;
pub mod kernel;
#[cfg(feature = "server")]
pub mod mail;
pub mod members;
#[cfg(feature = "server")]
pub mod once;
pub mod payments;
pub mod people;
#[cfg(feature = "server")]
pub mod plugins;
#[cfg(feature = "server")]
pub mod portal;
#[cfg(feature = "server")]
pub mod privacy;
#[cfg(feature = "server")]
pub mod reminders;
pub mod services;
pub mod settings;
#[cfg(feature = "server")]
pub mod statistics;
