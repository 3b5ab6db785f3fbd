//! PostgreSQL: all tenants in one database, for when one machine is not enough.

use super::serving;
use super::tx::{Tx, TxKind};
use crate::kernel::{Result, TenantId};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// The most connections of one server process.
pub(super) const CONNECTIONS_MAX: u32 = 16;
/// How long a request waits for a connection.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The connections to one database.
#[derive(Clone)]
pub(super) struct Pool(PgPool);

impl Pool {
    pub(super) async fn open(url: &str, connections: u32) -> Result<Self> {
        // A plan that is kept from when a table was small, or made for a small organisation, is
        // a bad one for a large table: each statement is planned for what it asks now.
        // No tenant is set when a connection begins, whatever the role or the database were given.
        let options = PgConnectOptions::from_str(url)?.options([
            ("plan_cache_mode", "force_custom_plan"),
            ("equipage.tenant", ""),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(WAIT_MAX)
            .connect_with(options)
            .await?;
        serving::check(&mut *pool.acquire().await?).await?;
        Ok(Self(pool))
    }

    pub(super) async fn read(&self, tenant: TenantId) -> Result<Tx> {
        let tx = self
            .0
            .begin_with("BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ")
            .await?;
        Self::with_tenant(tx, tenant).await
    }

    pub(super) async fn write(&self, tenant: TenantId) -> Result<Tx> {
        Self::with_tenant(self.0.begin().await?, tenant).await
    }

    pub(super) async fn portal(&self) -> Result<Tx> {
        Ok(Tx::new(TxKind::Postgres(self.0.begin().await?)))
    }

    /// How connections are made.
    pub(super) fn options(&self) -> PgConnectOptions {
        (*self.0.connect_options()).clone()
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }

    /// The one place where a transaction is told whose it is. The setting ends
    /// with the transaction.
    async fn with_tenant(
        mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
        tenant: TenantId,
    ) -> Result<Tx> {
        sqlx::query("SELECT set_config('equipage.tenant', $1, true)")
            .bind(tenant.to_string())
            .execute(&mut *tx)
            .await?;
        Ok(Tx::new(TxKind::Postgres(tx)))
    }
}
