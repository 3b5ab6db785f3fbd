//! The portal's lists of whose turn it is: so that nobody opens every tenant's data each
//! minute to find out. They are hints: what is to be done stands in the tenant's own data.

use super::{Db, Tx, waking};
use crate::kernel::{Result, TenantId};
use crate::{all, exec};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

/// One of the lists.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turns {
    /// Who has mail to send.
    Mail,
    /// Whose plugins have something to do.
    Duties,
}

impl Turns {
    fn sql(self, text: &str) -> AssertSqlSafe<String> {
        let table = match self {
            Self::Mail => "mail_turns",
            Self::Duties => "duty_turns",
        };
        // The name of one of our tables, compiled in.
        AssertSqlSafe(text.replace("TURNS", table))
    }

    /// A tenant has something to do from a time on.
    pub(crate) async fn put(self, tx: &mut Tx, tenant: TenantId, at: DateTime<Utc>) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO TURNS (tenant_id, due_at) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET due_at = $2",
        );
        exec!(*tx, sql, tenant, at)?;
        Ok(())
    }

    /// Whose turn it is, the longest waiting first.
    pub(crate) async fn due(
        self,
        tx: &mut Tx,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(TenantId, DateTime<Utc>)>> {
        let sql = self
            .sql("SELECT tenant_id, due_at FROM TURNS WHERE due_at <= $1 ORDER BY due_at LIMIT $2");
        all!(*tx, sql, now, limit)
    }

    /// What follows a turn: another one, or none. Nothing, where somebody asked for one meanwhile.
    pub(crate) async fn end(
        self,
        tx: &mut Tx,
        tenant: TenantId,
        seen: DateTime<Utc>,
        next: Option<DateTime<Utc>>,
    ) -> Result<()> {
        match next {
            Some(next) => {
                let sql =
                    self.sql("UPDATE TURNS SET due_at = $3 WHERE tenant_id = $1 AND due_at = $2");
                exec!(*tx, sql, tenant, seen, next)
            }
            None => {
                let sql = self.sql("DELETE FROM TURNS WHERE tenant_id = $1 AND due_at = $2");
                exec!(*tx, sql, tenant, seen)
            }
        }?;
        Ok(())
    }
}

/// Where a transaction that writes came from: who is told, once it is committed, that plugins
/// have something to do.
pub(super) struct Home {
    db: Db,
    tenant: TenantId,
}

impl Home {
    pub(super) fn new(db: Db, tenant: TenantId) -> Self {
        Self { db, tenant }
    }
}

impl Db {
    /// Waits until somebody in this process says that plugins have something to do.
    pub async fn duties_told(&self) {
        self.told.notified().await;
    }

    /// Passes on that another process said so.
    pub fn hear_duties(&self) {
        self.told.notify_one();
    }

    /// Says that a tenant's plugins have something to do from a time on.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn tell_duties(&self, tenant: TenantId, at: DateTime<Utc>) -> Result<()> {
        let mut tx = self.portal_write().await?;
        Turns::Duties.put(&mut tx, tenant, at).await?;
        waking::tell(&mut tx, waking::DUTIES).await?;
        tx.commit().await?;
        self.told.notify_one();
        Ok(())
    }
}

impl Tx {
    /// Keeps what was done, and says that plugins have something to do. On PostgreSQL both are
    /// one; on SQLite the portal is another file: forgotten (the process was killed), the next
    /// start and each night find it.
    ///
    /// # Errors
    /// The engine's own: then nothing was kept.
    pub(crate) async fn commit_and_tell(
        mut self,
        tenant: TenantId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let home = self.home.take();
        if !self.is_sqlite() {
            Turns::Duties.put(&mut self, tenant, now).await?;
            waking::tell(&mut self, waking::DUTIES).await?;
            self.commit().await?;
            if let Some(home) = home {
                home.db.told.notify_one();
            }
            return Ok(());
        }
        self.commit().await?;
        if let Some(Home { db, tenant }) = home
            && let Err(problem) = db.tell_duties(tenant, now).await
        {
            // What was done is kept: nobody is told that it was not.
            tracing::warn!("plugins are told later: {}", problem.log_line());
        }
        Ok(())
    }
}
