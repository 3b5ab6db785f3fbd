//! The worker: it looks at the portal's list of whose turn it is, takes a tenant's mails,
//! sends them, and writes down what became of them. Once a night it goes through all tenants.

use super::Sender;
use app::mailing::Mailing;
use chrono::{DateTime, NaiveDate, Timelike, Utc};
use domain::context::Clock;
use domain::db::{Db, waking};
use domain::kernel::{Problem, TenantId};
use domain::mail::outbox::{self, BETWEEN, Outcome};
use domain::plugins;
use domain::portal;
use domain::reminders::{self, Run};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often the portal's list is looked at when nobody says anything: what another process
/// told may be lost.
const EVERY: Duration = Duration::from_secs(15);
/// How long before listening to other processes is tried again.
const AGAIN: Duration = Duration::from_secs(15);
/// The most tenants of one look.
const TENANTS_MAX: i64 = 50;
/// The hour (UTC) from which on the night's round is made: early in the morning in Europe.
const NIGHT_HOUR: u32 = 4;

/// What the worker works with.
pub struct Worker {
    /// The storage.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The way out.
    pub sender: Sender,
    /// From where mails come.
    pub mailing: Mailing,
    /// Who tells that there is mail.
    pub told: Arc<Notify>,
}

impl Worker {
    /// Works until it is stopped: the mail that is on its way is ended, and written down.
    pub async fn run(self, mut stop: watch::Receiver<()>) {
        let others = tokio::spawn(listen(self.db.clone(), self.told.clone()));
        self.work(&mut stop).await;
        others.abort();
    }

    async fn work(&self, stop: &mut watch::Receiver<()>) {
        let mut last_night: Option<NaiveDate> = None;
        loop {
            let now = self.clock.now();
            if is_night_due(now, last_night, NIGHT_HOUR) {
                self.night(last_night.is_none(), now, stop).await;
                last_night = Some(now.date_naive());
            }
            if let Err(problem) = round(&self.db, &self.clock, &self.sender, stop).await {
                tracing::error!("mail: {}", problem.log_line());
            }
            tokio::select! {
                _ = stop.changed() => return,
                () = self.told.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Writes every tenant's reminders, and finds mail that nobody told of.
    async fn night(&self, is_start: bool, now: DateTime<Utc>, stop: &watch::Receiver<()>) {
        let tenants = match portal::list(&self.db).await {
            Ok(tenants) => tenants,
            Err(problem) => return tracing::error!("mail: {}", problem.log_line()),
        };
        for tenant in tenants {
            if stop.has_changed().unwrap_or(true) {
                return;
            }
            let from = self.mailing.origin(&tenant.slug);
            let done = async {
                if !is_start || now.hour() >= NIGHT_HOUR {
                    let run = reminders::run(&self.db, &self.clock, tenant.id, &from, Run::Night);
                    let count = run.await?;
                    if count > 0 {
                        tracing::info!(tenant = tenant.slug, count, "reminders written");
                    }
                    plugins::notify(&self.db, &self.clock, tenant.id, &from).await?;
                }
                outbox::wake_if_waiting(&self.db, tenant.id).await
            };
            if let Err(problem) = done.await {
                tracing::error!(tenant = tenant.slug, "reminders: {}", problem.log_line());
            }
        }
    }
}

/// Passes on what other processes tell. Whatever is not heard is found by the next look.
async fn listen(db: Db, told: Arc<Notify>) {
    loop {
        let heard = async {
            let Some(mut listener) = db.listen(waking::MAIL).await? else {
                return Ok(());
            };
            loop {
                listener.told().await?;
                told.notify_one();
            }
        };
        match heard.await {
            Ok(()) => return,
            Err::<(), Problem>(problem) => {
                tracing::warn!(
                    "mail: other processes are not heard: {}",
                    problem.log_line()
                );
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// Whether the round of all tenants is to be made: when the program starts, and once a day
/// from an hour (UTC) on.
pub fn is_night_due(now: DateTime<Utc>, last: Option<NaiveDate>, hour: u32) -> bool {
    match last {
        None => true,
        Some(day) => day < now.date_naive() && now.hour() >= hour,
    }
}

/// Sends the mails of all whose turn it is; says how many were sent.
///
/// # Errors
/// The portal's own; a tenant's are logged, and hold up nobody else.
pub async fn round(
    db: &Db,
    clock: &Clock,
    sender: &Sender,
    stop: &watch::Receiver<()>,
) -> Result<usize, Problem> {
    let mut sent = 0;
    for (tenant, seen) in outbox::turns(db, clock.now(), TENANTS_MAX).await? {
        if stop.has_changed().unwrap_or(true) {
            break;
        }
        match turn(db, clock, sender, tenant, seen).await {
            Ok(count) => sent += count,
            Err(problem) => tracing::error!(%tenant, "mail: {}", problem.log_line()),
        }
    }
    Ok(sent)
}

/// One tenant's turn.
async fn turn(
    db: &Db,
    clock: &Clock,
    sender: &Sender,
    tenant: TenantId,
    seen: DateTime<Utc>,
) -> Result<usize, Problem> {
    let batch = outbox::lease(db, clock, tenant).await?;
    let mut outcomes = Vec::with_capacity(batch.mails.len());
    let mut sent = 0;
    let mut unreachable: Option<Outcome> = None;
    for mail in &batch.mails {
        let outcome = match &unreachable {
            // Where nobody answers, the others would only wait in vain.
            Some(why) => why.clone(),
            None => {
                let told = sender.send(&batch, mail).await;
                if told.is_unreachable {
                    unreachable = Some(told.outcome.clone());
                }
                told.outcome
            }
        };
        match &outcome {
            Outcome::Sent => sent += 1,
            Outcome::Later(why) | Outcome::Refused(why) => {
                tracing::warn!(%tenant, mail = %mail.id, "mail was not taken: {why}");
            }
        }
        outcomes.push((mail.id, mail.attempts, outcome));
    }
    outbox::mark(db, clock, tenant, &outcomes).await?;
    outbox::end_turn(db, tenant, seen, clock.now() + BETWEEN).await?;
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_of_all_tenants_is_made_at_the_start_and_once_a_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        assert!(is_night_due(at("2026-06-01T00:00:00Z"), None, NIGHT_HOUR));
        assert!(!is_night_due(
            at("2026-06-02T03:59:00Z"),
            day("2026-06-01"),
            NIGHT_HOUR
        ));
        assert!(is_night_due(
            at("2026-06-02T04:00:00Z"),
            day("2026-06-01"),
            NIGHT_HOUR
        ));
        assert!(!is_night_due(
            at("2026-06-02T23:00:00Z"),
            day("2026-06-02"),
            NIGHT_HOUR
        ));
    }
}
