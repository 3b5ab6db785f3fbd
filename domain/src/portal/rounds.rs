//! What is done once for the whole installation, by one of its processes: whoever takes a round has
//! it until it is done, or until its time is over, as somebody who was killed never says so.

use super::store;
use crate::context::Clock;
use crate::db::Db;
use crate::kernel::Result;
use chrono::{DateTime, TimeDelta, Utc};

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// The end of each audit's chain is signed.
    Checkpoints,
    /// Somebody tries whether organisations are apart.
    Proof,
}

impl Round {
    fn name(self) -> &'static str {
        match self {
            Self::Checkpoints => "checkpoints",
            Self::Proof => "proof",
        }
    }

    /// How long it is nobody else's once it was taken.
    pub fn lease(self) -> TimeDelta {
        match self {
            Self::Checkpoints => TimeDelta::hours(1),
            // A little longer than one may take.
            Self::Proof => super::proofs::TIME_MAX + TimeDelta::minutes(1),
        }
    }
}

/// Whether a round is due, and the one who asks is to do it: of those who ask at once, one is.
///
/// # Errors
/// The database's own.
pub async fn take(db: &Db, clock: &Clock, round: Round) -> Result<bool> {
    let now = clock.now();
    let mut tx = db.portal_write().await?;
    let is_taken = store::take_round(&mut tx, round.name(), now, now + round.lease()).await?;
    tx.commit().await?;
    Ok(is_taken)
}

/// Until when a round is somebody's, at the latest; `None` where it is nobody's.
///
/// # Errors
/// The database's own.
pub async fn taken_until(db: &Db, clock: &Clock, round: Round) -> Result<Option<DateTime<Utc>>> {
    let mut tx = db.portal_read().await?;
    let due_at = store::round(&mut tx, round.name()).await?;
    Ok(due_at.filter(|due_at| *due_at > clock.now()))
}

/// Says that a round was done, and is due again after so long.
///
/// # Errors
/// The database's own.
pub async fn done(db: &Db, clock: &Clock, round: Round, again: TimeDelta) -> Result<()> {
    let mut tx = db.portal_write().await?;
    store::put_round(&mut tx, round.name(), clock.now() + again).await?;
    tx.commit().await
}
