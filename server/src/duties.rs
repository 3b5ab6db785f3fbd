//! The worker of plugins: it looks at the portal's list of whose turn it is, and works each
//! tenant's duties. Once a night it asks plugins whether the world is as it should be.

use chrono::NaiveDate;
use domain::db::{Db, waking};
use domain::kernel::{Problem, TenantId};
use domain::plugins::work::{self, Tools};
use domain::plugins::{self};
use domain::portal;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often the portal's list is looked at when nobody says anything.
const EVERY: Duration = Duration::from_secs(15);
/// How long before listening to other processes is tried again.
const AGAIN: Duration = Duration::from_secs(15);
/// The most tenants at a time: one whose plugins hang holds up none of the others.
const TENANTS_MAX: usize = 16;
/// The pause after a turn that failed of itself: the storage may be away.
const PAUSE: Duration = Duration::from_secs(5);
/// The hour (UTC) from which on the night's round is made.
const NIGHT_HOUR: u32 = 3;

/// Works until it is stopped. What is on its way then is ended, or taken again by another worker.
pub async fn run(tools: Tools, mut stop: watch::Receiver<()>) {
    let others = tokio::spawn(listen(tools.db.clone()));
    let mut busy: BTreeSet<TenantId> = BTreeSet::new();
    let mut running: JoinSet<TenantId> = JoinSet::new();
    let mut last_night: Option<NaiveDate> = None;
    loop {
        let now = tools.clock.now();
        if crate::mail::is_night_due(now, last_night, NIGHT_HOUR) {
            night(&tools, last_night.is_none()).await;
            last_night = Some(now.date_naive());
        }
        let limit = i64::try_from(TENANTS_MAX + busy.len()).unwrap_or(i64::MAX);
        match work::turns(&tools.db, tools.clock.now(), limit).await {
            Ok(turns) => {
                for (tenant, seen) in turns {
                    if busy.len() >= TENANTS_MAX || !busy.insert(tenant) {
                        continue;
                    }
                    let tools = tools.clone();
                    running.spawn(async move {
                        if let Err(problem) = work::turn(&tools, tenant, seen).await {
                            tracing::error!(%tenant, "plugins: {}", problem.log_line());
                            tokio::time::sleep(PAUSE).await;
                        }
                        tenant
                    });
                }
            }
            Err(problem) => tracing::error!("plugins: {}", problem.log_line()),
        }
        tokio::select! {
            _ = stop.changed() => break,
            () = tools.db.duties_told() => {}
            Some(done) = running.join_next() => match done {
                Ok(tenant) => { busy.remove(&tenant); }
                // It broke off, and nobody knows whose turn it was: whoever still works is counted anew.
                Err(_) => { busy.clear(); running.detach_all(); }
            },
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    others.abort();
    while running.join_next().await.is_some() {}
}

/// Finds what nobody told of, and asks for the night's look.
async fn night(tools: &Tools, is_start: bool) {
    let tenants = match portal::list(&tools.db).await {
        Ok(tenants) => tenants,
        Err(problem) => return tracing::error!("plugins: {}", problem.log_line()),
    };
    for tenant in tenants {
        let done = async {
            if !is_start {
                let (db, clock) = (&tools.db, &tools.clock);
                plugins::verify_nightly(db, clock, &tools.registry, tenant.id).await?;
            }
            work::wake_if_waiting(&tools.db, tenant.id).await
        };
        if let Err(problem) = done.await {
            tracing::error!(tenant = tenant.slug, "plugins: {}", problem.log_line());
        }
    }
}

/// Passes on what other processes tell. Whatever is not heard is found by the next look.
async fn listen(db: Db) {
    loop {
        let heard = async {
            let Some(mut listener) = db.listen(waking::DUTIES).await? else {
                return Ok(());
            };
            loop {
                listener.told().await?;
                db.hear_duties();
            }
        };
        match heard.await {
            Ok(()) => return,
            Err::<(), Problem>(problem) => {
                tracing::warn!(
                    "plugins: other processes are not heard: {}",
                    problem.log_line()
                );
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}
