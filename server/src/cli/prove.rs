//! `equipage prove`: what must never happen, tried on the installation as it is, with a report
//! that one can hand on.

use super::{Failed, the_operator};
use chrono::{DateTime, Utc};
use domain::context::Clock;
use domain::db::Db;
use domain::db::proof::{Check, TENANTS_MAX};
use domain::portal::{Why, across_tenants_unsafe};
use serde::Serialize;

#[derive(clap::Subcommand)]
pub enum ProveCommand {
    /// Try to reach each tenant's data as another one, and as nobody
    Isolation {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What was tried, when, and what came of it.
#[derive(Serialize)]
struct Report {
    version: &'static str,
    engine: &'static str,
    at: DateTime<Utc>,
    tenants: usize,
    tried: u64,
    apart: bool,
    checks: Vec<Check>,
}

/// Prints the report.
///
/// # Errors
/// Where something got through: exit code 1.
pub async fn run(db: &Db, command: ProveCommand) -> Result<(), Failed> {
    let ProveCommand::Isolation { json } = command;
    let operator = the_operator();
    let across = across_tenants_unsafe(db, &Clock::System, &operator, Why::Isolation).await?;
    let ids = across.ids();
    let checks = db.prove_isolation(&ids).await?;
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        engine: db.engine_name(),
        at: Clock::System.now(),
        tenants: ids.len().min(TENANTS_MAX),
        tried: checks.iter().map(|check| check.tried).sum(),
        apart: checks.iter().all(|check| check.leaks.is_empty()),
        checks,
    };
    if json {
        let text = serde_json::to_string_pretty(&report);
        println!("{}", text.map_err(|e| Failed::ours(e.to_string()))?);
    } else {
        print(&report);
    }
    match report.apart {
        true => Ok(()),
        false => Err(Failed::ours(
            "tenants are not apart: `equipage doctor` says how to mend it",
        )),
    }
}

fn print(report: &Report) {
    let at = report.at.format("%Y-%m-%d %H:%M:%S");
    println!("Isolation of tenants, tried on {at} UTC");
    println!("Equipage {}, {}", report.version, report.engine);
    println!(
        "{} tenants, each in turn; nothing was changed\n",
        report.tenants
    );
    for check in &report.checks {
        let state = match check.leaks.is_empty() {
            true => "apart",
            false => "LEAKS",
        };
        println!("{state}  {:>8} tried  {}", check.tried, check.name);
        for leak in &check.leaks {
            println!("       → {leak}");
        }
    }
    let result = match report.apart {
        true => "no tenant reached another's data",
        false => "SOMETHING GOT THROUGH",
    };
    println!("\n{} tries: {result}", report.tried);
}
