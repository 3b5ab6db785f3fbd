//! `equipage mail` and `equipage reminders`: the same worker and the same use-cases, once.

use super::{Chosen, Failed, chosen_tenant, look};
use crate::config::Config;
use crate::mail::{Sender, round};
use crate::serve::mailing;
use app::locales::reminders as t;
use chrono::Utc;
use clap::Subcommand;
use domain::context::Clock;
use domain::db::Db;
use domain::kernel::{Email, Locale, MailId};
use domain::mail::outbox::{self, Batch, Leased, Outcome};
use domain::portal;
use domain::reminders::{self, Reason, ReminderQuery, Run};

#[derive(Subcommand)]
pub enum MailCommand {
    /// Send the mail whose turn it is, of every tenant, and end
    Run,
    /// Say how many mails of a tenant wait, were sent, or failed
    Queue {
        #[command(flatten)]
        tenant: Chosen,
    },
    /// Send one mail to an address, to see whether the configuration is right
    Test {
        /// To whom
        address: String,
    },
}

#[derive(Subcommand)]
pub enum RemindersCommand {
    /// Write the reminders of today, as the night does; the worker sends them
    Run {
        #[command(flatten)]
        tenant: Chosen,
        /// Only say who would get what, and why not
        #[arg(long)]
        dry_run: bool,
    },
}

/// The way out, where mail is set up.
fn sender(config: &Config) -> Result<Sender, Failed> {
    let mail = config.mail.as_ref().ok_or_else(|| {
        Failed::typed("mail is not set up: write [mail] with host and from into the configuration")
    })?;
    Sender::open(mail, &config.base_domain).map_err(Failed::typed)
}

pub async fn mail(db: &Db, config: &Config, command: MailCommand) -> Result<(), Failed> {
    match command {
        MailCommand::Run => {
            let sender = sender(config)?;
            for tenant in portal::list(db).await? {
                outbox::wake_if_waiting(db, tenant.id).await?;
            }
            let (_go_on, stop) = tokio::sync::watch::channel(());
            let sent = round(db, &Clock::System, &sender, &stop).await?;
            println!("{sent} sent");
            Ok(())
        }
        MailCommand::Queue { tenant } => {
            let tenant = chosen_tenant(db, tenant.name()).await?;
            for (state, count) in outbox::states(db, tenant.id).await? {
                println!("{state}\t{count}");
            }
            Ok(())
        }
        MailCommand::Test { address } => {
            let sender = sender(config)?;
            test(&sender, &address, &config.base_domain).await
        }
    }
}

async fn test(sender: &Sender, address: &str, domain: &str) -> Result<(), Failed> {
    let address =
        Email::parse(address).map_err(|_| Failed::typed("this is not an e-mail address"))?;
    let id = MailId(uuid::Uuid::now_v7());
    let batch = Batch {
        sender: "Equipage".into(),
        reply_to: None,
        mails: Vec::new(),
    };
    let mail = Leased {
        id,
        to_name: address.to_string(),
        to_address: address.to_string(),
        subject: "Equipage: this mail is a test".into(),
        body: "Mail is set up. Courrier configuré : les accents passent.\n".into(),
        message_id: format!("<{id}@{domain}>"),
        attempts: 1,
        created_at: Utc::now(),
    };
    match sender.send(&batch, &mail).await.outcome {
        Outcome::Sent => {
            println!("the mail server has taken it");
            Ok(())
        }
        Outcome::Later(why) | Outcome::Refused(why) => Err(Failed::ours(why)),
    }
}

pub async fn reminders(db: &Db, config: &Config, command: RemindersCommand) -> Result<(), Failed> {
    let RemindersCommand::Run { tenant, dry_run } = command;
    let tenant = chosen_tenant(db, tenant.name()).await?;
    if dry_run {
        let mut cx = look(db, &tenant).await?;
        let mut last = None;
        loop {
            let rows = reminders::list_after(&mut cx, &ReminderQuery::default(), last).await?;
            let Some(row) = rows.last() else {
                return Ok(());
            };
            last = Some(row.subject.id);
            for row in &rows {
                let reason = row.decision.reason();
                let detail = t::detail(Locale::En, &row.decision).unwrap_or_default();
                let to = match reason {
                    Reason::Send => row.subject.to.address.as_deref().unwrap_or_default(),
                    _ => "",
                };
                let why = t::reason(Locale::En, reason);
                println!(
                    "{}\t{}\t{why}\t{detail}\t{to}",
                    row.subject.number, row.subject.name
                );
            }
        }
    }
    let from = mailing(config, None).origin(&tenant.slug);
    // Without a mail server, nothing may pile up.
    sender(config)?;
    let count = reminders::run(db, &Clock::System, tenant.id, &from, Run::Command).await?;
    println!("{count} written; the server sends them, or `equipage mail run`");
    Ok(())
}
