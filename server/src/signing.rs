//! The audit's checkpoints: the end of each tenant's chain, signed once a day. The copy that
//! counts is the one that is kept elsewhere. Of several processes one signs.

use crate::cli::Failed;
use chain::{Checkpoint, Signer};
use chrono::TimeDelta;
use domain::audit;
use domain::context::Clock;
use domain::db::Db;
use domain::portal::rounds::{self, Round};
use domain::portal::{self, Tenant};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::watch;

/// How often checkpoints are made.
const EVERY: TimeDelta = TimeDelta::days(1);
/// How often each process looks whether they are due: what another one did not end is done soon.
const LOOK: Duration = Duration::from_mins(10);
/// How long after the start it looks first.
const FIRST: Duration = Duration::from_secs(60);

/// What signs while the server runs.
pub struct Signing {
    /// The storage.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The key.
    pub signer: Signer,
    /// The folder that takes the checkpoints; a file a tenant.
    pub folder: Option<PathBuf>,
}

impl Signing {
    /// Signs every day, or another process does, until the server stops.
    pub async fn run(self, mut stop: watch::Receiver<()>) {
        let mut wait = FIRST;
        loop {
            tokio::select! {
                _ = stop.changed() => return,
                () = tokio::time::sleep(wait) => {}
            }
            wait = LOOK;
            match rounds::take(&self.db, &self.clock, Round::Checkpoints).await {
                Ok(true) => self.sign().await,
                Ok(false) => {}
                Err(problem) => unsigned(&problem.log_line()),
            }
        }
    }

    /// What could not be signed is tried again when the turn that was taken is over.
    async fn sign(&self) {
        let keep = |tenant: &Tenant, checkpoint: &Checkpoint| match &self.folder {
            Some(folder) => append(folder, tenant, checkpoint),
            None => Ok(()),
        };
        let signed = async {
            sign_all(&self.db, &self.clock, &self.signer, keep).await?;
            let done = rounds::done(&self.db, &self.clock, Round::Checkpoints, EVERY);
            done.await.map_err(Failed::from)
        };
        if let Err::<(), Failed>(failed) = signed.await {
            unsigned(&failed.text);
        }
    }
}

/// Signs the end of each tenant's chain that has grown since the last time, and keeps each
/// checkpoint as soon as it is made.
///
/// # Errors
/// Of the tenants that could not be signed, or kept, the last one's; the others are.
pub async fn sign_all(
    db: &Db,
    clock: &Clock,
    signer: &Signer,
    mut keep: impl FnMut(&Tenant, &Checkpoint) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let mut ended = Ok(());
    for tenant in portal::list(db).await? {
        let kept = match audit::sign(db, clock, tenant.id, signer).await {
            Ok(Some(checkpoint)) => keep(&tenant, &checkpoint),
            Ok(None) => Ok(()),
            Err(problem) => Err(problem.into()),
        };
        ended = kept.and(ended);
    }
    ended
}

/// A checkpoint as a line of a file.
///
/// # Errors
/// None that is known.
pub fn line(checkpoint: &Checkpoint) -> Result<String, Failed> {
    serde_json::to_string(checkpoint).map_err(|e| Failed::ours(e.to_string()))
}

fn unsigned(why: &str) {
    tracing::error!("an audit was not signed, or not kept: {why}");
}

fn append(folder: &Path, tenant: &Tenant, checkpoint: &Checkpoint) -> Result<(), Failed> {
    let path = folder.join(format!("{}.jsonl", tenant.slug));
    let unwritten = |e: std::io::Error| Failed::ours(format!("{}: {e}", path.display()));
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path);
    let line = line(checkpoint)?;
    writeln!(file.map_err(unwritten)?, "{line}").map_err(unwritten)
}
