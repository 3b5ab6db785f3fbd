//! Finding, listing and making tenants.

use super::{Tenant, store};
use crate::access::Actor;
use crate::context::{Clock, Cx};
use crate::db::Db;
use crate::kernel::{Code, Locale, Problem, Result, Slug, TenantId, text};
use crate::{dues, settings};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The most tenants that a list of them shows.
const LIST_MAX: i64 = 10_000;

/// The tenant of a name, once it is ready.
///
/// # Errors
/// The database's own.
pub async fn find(db: &Db, slug: &str) -> Result<Option<Tenant>> {
    db.portal_remember(format!("tenant {slug}"), async || {
        let mut tx = db.portal_read().await?;
        store::find_ready(&mut tx, slug).await
    })
    .await
}

/// The tenant of an id, once it is ready.
///
/// # Errors
/// The database's own.
pub async fn find_of(db: &Db, id: TenantId) -> Result<Option<Tenant>> {
    db.portal_remember(format!("tenant of {id}"), async || {
        let mut tx = db.portal_read().await?;
        store::find_ready_of(&mut tx, id).await
    })
    .await
}

/// Every tenant that is ready, by name.
///
/// # Errors
/// The database's own.
pub async fn list(db: &Db) -> Result<Vec<Tenant>> {
    let mut tx = db.portal_read().await?;
    store::list_ready(&mut tx, LIST_MAX).await
}

/// What the portal says of one that is hosted here.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Hosted {
    /// Its name in addresses.
    pub slug: String,
    /// What it was called when it was made.
    pub title: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Every tenant that is ready, by name, for an operator: what the portal itself says, and
/// nothing of their data.
///
/// # Errors
/// The database's own.
pub async fn hosted(db: &Db) -> Result<Vec<Hosted>> {
    let mut tx = db.portal_read().await?;
    store::hosted(&mut tx, LIST_MAX).await
}

/// The only tenant, where there is exactly one.
///
/// # Errors
/// The database's own.
pub async fn only(db: &Db) -> Result<Option<Tenant>> {
    db.portal_remember("only tenant".into(), async || {
        let mut tx = db.portal_read().await?;
        let mut found = store::list_ready(&mut tx, 2).await?;
        Ok(if found.len() == 1 { found.pop() } else { None })
    })
    .await
}

/// Makes a tenant. A making that was stopped half way is gone on with.
///
/// # Errors
/// [`Code::SlugTaken`] where the name is in use; [`Code::Invalid`] for the title.
pub async fn create(
    db: &Db,
    clock: &Clock,
    slug: Slug,
    title: &str,
    locale: Locale,
) -> Result<Tenant> {
    let title = text::name(title).map_err(|p| Problem::at_field("title", p.code))?;
    if title.is_empty() {
        return Err(Problem::at_field("title", Code::Required));
    }
    let mut tx = db.portal_write().await?;
    let fresh = TenantId(Uuid::now_v7());
    let claimed = store::claim(&mut tx, fresh, &slug, &title, clock.now()).await?;
    // One that was stopped before it was ready is made by whoever comes next, as it was begun.
    let (id, title) = claimed.ok_or_else(|| Problem::new(Code::SlugTaken))?;
    tx.commit().await?;

    db.prepare_tenant(id).await?;
    let tx = db.write(id).await?;
    let mut cx = Cx::new(
        id,
        Actor::operator(),
        clock.now(),
        settings::DEFAULT_ZONE,
        tx,
    );
    settings::create(&mut cx, &title, locale).await?;
    dues::create(&mut cx, locale).await?;
    cx.commit().await?;

    let mut tx = db.portal_write().await?;
    let is_first = store::mark_ready(&mut tx, id).await?;
    tx.commit().await?;
    if !is_first {
        return Err(Problem::new(Code::SlugTaken));
    }
    Ok(Tenant {
        id,
        slug: slug.into(),
        title,
    })
}
