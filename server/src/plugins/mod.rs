//! The plugins that ship, and what the operator allows them. An organisation's administrator says what
//! is carried where; which programs may run and which hosts of the own network may be reached
//! stands in the operator's configuration alone.

mod accounts;
mod command;
#[cfg(test)]
mod contract_tests;
mod extractions;
mod files;
mod http;
mod lists;
mod nss;
mod public;
mod unix;
mod webhook;

pub use accounts::Accounts;
pub use command::Command;
pub use extractions::{Extractions, RENDER, render_here};
pub use lists::Lists;
pub use nss::Nss;
pub use webhook::Webhook;

use domain::plugins::{Object, ObjectKind, Program, Registry};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// The keys of `[plugins]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PluginsConfig {
    /// The folder of the programs that plugins may run: `FOLDER/ORGANISATION/PROGRAM`.
    pub commands: Option<PathBuf>,
    /// The folder of the files of system accounts: `FOLDER/ORGANISATION/passwd` and so on.
    pub accounts: Option<PathBuf>,
    /// The folder of the files that extractions write: `FOLDER/ORGANISATION/PATH`.
    pub extractions: Option<PathBuf>,
    /// The owners that those files may be given to: `user`, `user:group` or `:group`.
    pub extraction_owners: Vec<String>,
    /// Hosts that are not public and may be reached all the same: `host:port`.
    pub private_hosts: Vec<String>,
    /// Who vouches for databases, beside the public authorities: a file of certificates.
    pub database_ca: Option<PathBuf>,
}

/// The plugins of this server.
pub fn registry(config: &PluginsConfig) -> Registry {
    let extractions = std::env::current_exe().map(|renderer| {
        Extractions::new(
            config.extractions.clone(),
            config.extraction_owners.clone(),
            config.commands.clone(),
            renderer,
        )
    });
    let mut programs: Vec<Arc<dyn Program>> = vec![
        Arc::new(Accounts::new(config.accounts.clone())),
        Arc::new(Command::new(config.commands.clone())),
        Arc::new(Lists::new(config.private_hosts.clone())),
        Arc::new(Nss::new(
            config.private_hosts.clone(),
            config.database_ca.clone(),
        )),
        Arc::new(Webhook::new(config.private_hosts.clone())),
    ];
    // Without a program of its own nothing is rendered: it says so where somebody asks.
    if let Ok(extractions) = extractions {
        programs.push(Arc::new(extractions));
    }
    Registry::new(programs)
}

/// What an object is called where a plugin speaks of it.
fn named(object: &Object) -> (ObjectKind, &str) {
    (object.kind(), object.label())
}
