//! The proof that organisations are apart: made on the installation as it is, kept with who
//! made it, and written as a text that one can hand on.

use super::operators::{self, Did};
use super::rounds::{self, Round};
use super::{Operator, Why, across_tenants_unsafe, store};
use crate::context::{Clock, new_id};
use crate::db::Db;
use crate::db::proof::{Check, TENANTS_MAX};
use crate::kernel::{Code, Problem, Result};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::fmt;
use uuid::Uuid;

/// How many proofs are kept: the latest ones.
pub const KEPT_MAX: i64 = 100;

/// The longest that a proof may take.
pub const TIME_MAX: TimeDelta = TimeDelta::minutes(10);

/// What was tried, when, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The program's version.
    pub version: String,
    /// The engine of the storage.
    pub engine: String,
    /// When it was tried.
    pub at: DateTime<Utc>,
    /// How many organisations were tried.
    pub tenants: usize,
    /// How many tries there were.
    pub tried: u64,
    /// Whether nothing got through.
    pub apart: bool,
    /// What was tried, one by one.
    pub checks: Vec<Check>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.format("%Y-%m-%d %H:%M:%S");
        writeln!(f, "Isolation of tenants, tried on {at} UTC")?;
        writeln!(f, "Equipage {}, {}", self.version, self.engine)?;
        let count = self.tenants;
        writeln!(f, "{count} tenants, each in turn; nothing was changed\n")?;
        for check in &self.checks {
            let state = match check.leaks.is_empty() {
                true => "apart",
                false => "LEAKS",
            };
            writeln!(f, "{state}  {:>8} tried  {}", check.tried, check.name)?;
            for leak in &check.leaks {
                writeln!(f, "       → {leak}")?;
            }
        }
        let result = match self.apart {
            true => "no tenant reached another's data",
            false => "SOMETHING GOT THROUGH",
        };
        writeln!(f, "\n{} tries: {result}", self.tried)
    }
}

/// A proof that is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Proof {
    /// Its id: later ones are greater.
    pub id: Uuid,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub operator: String,
    /// What came of it.
    pub report: Json<Report>,
}

/// Tries whether organisations are apart, and keeps what came of it. One is made at a time, in
/// the whole installation.
///
/// # Errors
/// [`Code::ProofRunning`] where somebody makes one; [`Code::ProofTooLong`]; the database's own.
/// What gets through is no error: it stands in the report.
pub async fn prove(db: &Db, clock: &Clock, operator: &Operator) -> Result<Proof> {
    if !rounds::take(db, clock, Round::Proof).await? {
        return Err(Problem::new(Code::ProofRunning));
    }
    write_down(db, clock, operator, (Did::ProofBegun, "")).await?;
    let limit = TIME_MAX.to_std().map_err(Problem::internal)?;
    let made = match tokio::time::timeout(limit, make(db, clock, operator)).await {
        Ok(made) => made,
        Err(_) => Err(Problem::new(Code::ProofTooLong {
            minutes: TIME_MAX.num_minutes(),
        })),
    };
    // It may be said twice that it failed, never that it runs still.
    if made.is_err() {
        write_down(db, clock, operator, (Did::ProofFailed, "")).await?;
    }
    give_up(db, clock).await?;
    made
}

/// Says that nobody makes a proof any more: the next one may begin at once.
///
/// # Errors
/// The database's own.
pub async fn give_up(db: &Db, clock: &Clock) -> Result<()> {
    rounds::done(db, clock, Round::Proof, TimeDelta::zero()).await
}

/// Until when a proof that is being made ends at the latest; `None` where none is.
///
/// # Errors
/// The database's own.
pub async fn running_until(db: &Db, clock: &Clock) -> Result<Option<DateTime<Utc>>> {
    rounds::taken_until(db, clock, Round::Proof).await
}

async fn write_down(db: &Db, clock: &Clock, operator: &Operator, did: (Did, &str)) -> Result<()> {
    let mut tx = db.portal_write().await?;
    operators::note(&mut tx, clock.now(), operator, did).await?;
    tx.commit().await
}

async fn make(db: &Db, clock: &Clock, operator: &Operator) -> Result<Proof> {
    let across = across_tenants_unsafe(db, clock, operator, Why::Isolation).await?;
    let ids = across.ids();
    let checks = db.prove_isolation(&ids).await?;
    let at = clock.now();
    let report = Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: db.engine_name().to_owned(),
        at,
        tenants: ids.len().min(TENANTS_MAX),
        tried: checks.iter().map(|check| check.tried).sum(),
        apart: checks.iter().all(|check| check.leaks.is_empty()),
        checks,
    };
    let proof = Proof {
        id: new_id(at)?,
        at,
        operator: operator.name().to_owned(),
        report: Json(report),
    };
    let mut tx = db.portal_write().await?;
    store::insert_proof(&mut tx, &proof, KEPT_MAX).await?;
    tx.commit().await?;
    Ok(proof)
}

/// The proofs that are kept: the latest first.
///
/// # Errors
/// The database's own.
pub async fn list(db: &Db) -> Result<Vec<Proof>> {
    let mut tx = db.portal_read().await?;
    store::proofs(&mut tx, KEPT_MAX).await
}

/// One proof, where it is kept.
///
/// # Errors
/// The database's own.
pub async fn find(db: &Db, id: Uuid) -> Result<Option<Proof>> {
    let mut tx = db.portal_read().await?;
    store::proof(&mut tx, id).await
}
