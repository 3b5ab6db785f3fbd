//! `equipage prove`: what must never happen, tried on the installation as it is, with a report
//! that one can hand on, and the reports of before.

use super::{EXIT_MISSING, Failed, the_operator};
use domain::context::Clock;
use domain::db::Db;
use domain::portal::proofs::{self, Proof, Report};
use serde_json::json;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum ProveCommand {
    /// Try to reach each tenant's data as another one, and as nobody; the report is kept
    Isolation {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the reports that are kept, the latest first: id, when, who, what came of it
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a report that is kept
    Show {
        /// Its id, as the list has it
        id: Uuid,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Makes a report, or prints those of before.
///
/// # Errors
/// Where something got through: exit code 1. Where there is no such report: exit code 4.
pub async fn run(db: &Db, command: ProveCommand) -> Result<(), Failed> {
    match command {
        ProveCommand::Isolation { json } => {
            let proof = prove(db).await?;
            print(&proof.report, json)?;
            match proof.report.apart {
                true => Ok(()),
                false => Err(Failed::ours(
                    "tenants are not apart: `equipage doctor` says how to mend it",
                )),
            }
        }
        ProveCommand::List { json } => list(&proofs::list(db).await?, json),
        ProveCommand::Show { id, json } => match proofs::find(db, id).await? {
            Some(proof) => print(&proof.report, json),
            None => Err(Failed {
                exit_code: EXIT_MISSING,
                ..Failed::ours("no report with this id is kept")
            }),
        },
    }
}

/// Makes a proof. Where it is broken off on the keyboard, the next one need not wait.
async fn prove(db: &Db) -> Result<Proof, Failed> {
    let (clock, operator) = (Clock::System, the_operator());
    tokio::select! {
        made = proofs::prove(db, &clock, &operator) => Ok(made?),
        _ = tokio::signal::ctrl_c() => {
            proofs::give_up(db, &clock).await?;
            Err(Failed::ours("broken off: nothing was proven"))
        }
    }
}

fn print(report: &Report, json: bool) -> Result<(), Failed> {
    if json {
        let text = serde_json::to_string_pretty(report);
        println!("{}", text.map_err(|e| Failed::ours(e.to_string()))?);
    } else {
        print!("{report}");
    }
    Ok(())
}

fn list(all: &[Proof], json: bool) -> Result<(), Failed> {
    if json {
        let rows = all.iter().map(|proof| {
            let (report, at) = (&proof.report, proof.at);
            json!({ "id": proof.id, "at": at, "operator": proof.operator, "tried": report.tried, "apart": report.apart })
        });
        let text = serde_json::to_string_pretty(&rows.collect::<Vec<_>>());
        println!("{}", text.map_err(|e| Failed::ours(e.to_string()))?);
        return Ok(());
    }
    for proof in all {
        let at = proof.at.format("%Y-%m-%d %H:%M:%S");
        let state = match proof.report.apart {
            true => "apart",
            false => "LEAKS",
        };
        println!("{}\t{at}\t{}\t{state}", proof.id, proof.operator);
    }
    Ok(())
}
