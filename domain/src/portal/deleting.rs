//! A tenant goes, with all it has. Its last export is made first, and what is removed is what that
//! holds: whoever worked in between keeps the tenant. That it was here stays written down.

use super::moving::{Installation, Report, export};
use super::{Operator, Tenant, store};
use crate::db::moving::{self, Here, Place, Sum, Unmoved};
use crate::db::{Db, Tx};
use crate::kernel::{Result, TenantId};
use chrono::{DateTime, Utc};
use std::path::Path;
use std::time::Duration;

/// How long after it went a tenant is looked for once more: longer than its name is remembered.
const SWEEP_AFTER: Duration = Duration::from_secs(3);
/// The most rows of [`deleted`].
const DELETED_MAX: i64 = 10_000;

/// An organisation that was here.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Deleted {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses; another one may have it by now.
    pub slug: String,
    /// What it was called.
    pub title: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it went.
    pub deleted_at: DateTime<Utc>,
    /// Who deleted it.
    pub operator: String,
    /// How many rows went.
    pub row_count: i64,
}

/// The organisations that were here: the last one first.
///
/// # Errors
/// The database's own.
pub async fn deleted(db: &Db) -> Result<Vec<Deleted>> {
    let mut tx = db.portal_read().await?;
    store::deleted(&mut tx, DELETED_MAX).await
}

/// Writes all that a tenant has into a new file, and then removes it. Others do not notice.
///
/// # Errors
/// [`Unmoved`]: then the tenant is there as before; the file may be.
pub async fn delete(
    here: &Installation<'_>,
    tenant: &Tenant,
    operator: &Operator,
    last: &Path,
) -> Result<Report, Unmoved> {
    let report = export(here.db, here.clock, tenant, last).await?;
    let gone = Deleted {
        id: tenant.id,
        slug: tenant.slug.clone(),
        title: report.file.tenant.title.clone(),
        created_at: report.file.tenant.created_at,
        deleted_at: here.clock.now(),
        operator: operator.name().to_owned(),
        row_count: i64::try_from(report.rows).unwrap_or(i64::MAX),
    };
    let place = Place::open(here.db, here.owner_url, tenant.id, Here::Data).await?;
    let tx = match empty(&place, tenant.id, &report.tables).await {
        Ok(tx) => tx,
        Err(why) => {
            place.abandon().await;
            return Err(why);
        }
    };
    let unlist = async |portal: &mut Tx| store::delete(portal, &gone).await;
    place.remove(tx, here.db, unlist).await?;
    if here.db.folder().is_none() {
        sweep(here, tenant.id).await?;
    }
    Ok(report)
}

/// A transaction in which the tenant has nothing any more: what goes is what the file has.
pub(super) async fn empty(
    place: &Place,
    tenant: TenantId,
    exported: &[Sum],
) -> Result<Tx, Unmoved> {
    let mut tx = place.begin().await?;
    if moving::sums(&mut tx, tenant).await? != exported {
        let text =
            "somebody worked in it meanwhile, so nothing was deleted: try again, with another file";
        return Err(Unmoved::Conflict(text.into()));
    }
    place.fill(&mut tx, async |_: &mut Tx| Ok(())).await?;
    Ok(tx)
}

/// On PostgreSQL the tables stay, and whoever had found the tenant before may have written what no
/// audit row goes with (a session). Whatever has one is refused by then.
async fn sweep(here: &Installation<'_>, tenant: TenantId) -> Result<(), Unmoved> {
    tokio::time::sleep(SWEEP_AFTER).await;
    let place = Place::open(here.db, here.owner_url, tenant, Here::Data).await?;
    let swept = async {
        let mut tx = place.begin().await?;
        // Somebody may have put it back already.
        let listed = store::taken(&mut tx, tenant, "").await?;
        if listed.is_empty() {
            place.fill(&mut tx, async |_: &mut Tx| Ok(())).await?;
        }
        Ok(tx.commit().await?)
    };
    let swept = swept.await;
    place.abandon().await;
    swept
}
