//! Addresses from the command line.

use super::services::open;
use super::{Chosen, EXIT_MISSING, Failed};
use clap::Subcommand;
use domain::db::Db;
use domain::services::addresses::rules::{parse_network, written};
use domain::services::addresses::{self, Answer, Finding, Placed, WhoForm};

#[derive(Subcommand)]
pub enum AddressCommand {
    /// List the prefixes: network, name, used, all of it
    List {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// The next free network of a prefix
    Free {
        /// The prefix
        prefix: String,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Who had an address at a moment; the question is kept
    Who {
        /// The address
        address: String,
        /// The day: 2026-03-12
        #[arg(long)]
        on: String,
        /// The time: 14:30:05
        #[arg(long)]
        time: String,
        /// The time is universal time, not the organisation's
        #[arg(long)]
        utc: bool,
        /// Who wants to know, and the request's reference
        #[arg(long)]
        reference: String,
        #[command(flatten)]
        chosen: Chosen,
    },
}

/// `equipage address …`
///
/// # Errors
/// What the person is told.
pub async fn run(db: &Db, command: AddressCommand) -> Result<(), Failed> {
    match command {
        AddressCommand::List { chosen } => {
            let mut cx = open(db, &chosen).await?;
            for placed in addresses::prefixes(&mut cx).await? {
                let Placed {
                    prefix, filling, ..
                } = placed;
                let (used, total) = (filling.used, filling.total);
                println!("{}\t{}\t{used}\t{total}", prefix.network, prefix.label);
            }
            Ok(())
        }
        AddressCommand::Free { prefix, chosen } => {
            let mut cx = open(db, &chosen).await?;
            let network = parse_network(&prefix)?;
            let all = addresses::prefixes(&mut cx).await?;
            let found = all.iter().find(|placed| placed.prefix.network == network);
            let missing = |text: String| Failed {
                text,
                exit_code: EXIT_MISSING,
            };
            let found = found.ok_or_else(|| missing(format!("there is no prefix {network}")))?;
            let next = addresses::free(&mut cx, found.prefix.id).await?;
            let next = next.ok_or_else(|| missing(format!("nothing is free in {network}")))?;
            println!("{}", written(next));
            Ok(())
        }
        AddressCommand::Who {
            address,
            on,
            time,
            utc,
            reference,
            chosen,
        } => {
            let mut cx = open(db, &chosen).await?;
            let form = WhoForm {
                key: uuid::Uuid::now_v7().to_string(),
                address,
                on,
                time,
                zone: if utc { "utc".into() } else { String::new() },
                reference,
            };
            let id = addresses::ask(&mut cx, &form).await?;
            let answer = addresses::answer(&mut cx, id).await?;
            cx.commit().await?;
            print!("{}", said(&answer));
            Ok(())
        }
    }
}

/// An answer, line by line.
fn said(answer: &Answer) -> String {
    let mut lines = vec![
        ("address", answer.address.to_string()),
        ("moment", answer.moment.to_rfc3339()),
        ("question", answer.id.to_string()),
    ];
    match &answer.finding {
        Finding::NotOurs => lines.push(("answer", "in none of the prefixes".into())),
        Finding::Nobody { prefix, .. } => {
            lines.push(("answer", format!("in {prefix}; no service had it")));
        }
        Finding::Service(found) => {
            lines.push(("service", found.service.clone()));
            lines.push(("network", written(found.network)));
            lines.push(("given", found.from_at.to_rfc3339()));
            lines.extend(found.until_at.map(|at| ("taken back", at.to_rfc3339())));
            match &found.holder {
                None => lines.push(("answer", "the service was in stock".into())),
                Some(holder) => {
                    lines.push(("member", format!("{} {}", holder.number, holder.name)));
                    lines.push(("postal address", holder.address.join(", ")));
                    lines.extend(holder.email.clone().map(|text| ("e-mail", text)));
                    lines.push(("since", holder.from_on.to_string()));
                    lines.extend(holder.until_on.map(|day| ("until", day.to_string())));
                    if holder.is_edge {
                        lines.push(("note", "the service changed hands on that day".into()));
                    }
                }
            }
            for row in &found.evidence {
                let text = format!(
                    "{} {} {} {}",
                    row.id,
                    row.at.to_rfc3339(),
                    row.action,
                    row.by
                );
                lines.push(("audit", text));
            }
        }
    }
    let line = |(name, value): (&str, String)| format!("{name}\t{value}\n");
    lines.into_iter().map(line).collect()
}
