//! What people see of Equipage. Pages exist on the server only; islands are what the
//! browser gets; the texts stand in `locales`.
//!
//! Every page works without JavaScript: a form is a real form, an action is a POST
//! that redirects. An island makes a part of a page live.
#![cfg_attr(feature = "ssr", recursion_limit = "256")]

pub mod islands;
pub mod locales;

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod addresses;
#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
mod audit;
#[cfg(feature = "ssr")]
mod bank;
#[cfg(feature = "ssr")]
mod crews;
#[cfg(feature = "ssr")]
mod dues;
#[cfg(feature = "ssr")]
pub mod exports;
#[cfg(feature = "ssr")]
mod extractions;
#[cfg(feature = "ssr")]
mod fields;
#[cfg(feature = "ssr")]
mod home;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
mod importing;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
pub mod mailing;
#[cfg(feature = "ssr")]
mod members;
#[cfg(feature = "ssr")]
mod operator;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod payments;
#[cfg(feature = "ssr")]
mod people;
#[cfg(feature = "ssr")]
mod plugins;
#[cfg(feature = "ssr")]
mod privacy;
#[cfg(feature = "ssr")]
mod receipts;
#[cfg(feature = "ssr")]
mod reminders;
#[cfg(feature = "ssr")]
pub mod request;
#[cfg(feature = "ssr")]
mod services;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
mod statistics;
#[cfg(feature = "ssr")]
mod typed;
#[cfg(feature = "ssr")]
pub mod ui;
