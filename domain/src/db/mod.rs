//! Storage on two engines with one set of SQL. [`Db`] opens, [`Tx`] is a
//! transaction, and the four verbs `one! opt! all! exec!` run the same text with
//! the same binds on whichever engine the transaction belongs to.
//!
//! SQLite: a file per tenant and `portal.db`, one writer and a few readers per
//! open file. PostgreSQL: all tenants in one database, `tenant_id` first in every key.

mod migrations;
mod postgres;
mod sqlite;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tx;

use crate::kernel::{Problem, Result, TenantId};
pub use migrations::{latest_portal, latest_tenant};
use std::path::Path;
pub use tx::{Tx, TxKind};

/// The installation's storage. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
}

#[derive(Clone)]
enum Engine {
    Sqlite(sqlite::Files),
    Postgres(postgres::Pool),
}

impl Db {
    /// Opens the SQLite storage in a folder, which is made where it is missing.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause.
    pub async fn open_sqlite(folder: &Path) -> Result<Self> {
        Ok(Self {
            engine: Engine::Sqlite(sqlite::Files::open(folder).await?),
        })
    }

    /// Opens the PostgreSQL storage and brings its tables up to date.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        Ok(Self {
            engine: Engine::Postgres(postgres::Pool::open(url).await?),
        })
    }

    /// The engine's name, for people.
    pub fn engine_name(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// A transaction that reads one tenant's data.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause.
    pub async fn read(&self, tenant: TenantId) -> Result<Tx> {
        match &self.engine {
            Engine::Sqlite(files) => files.read(tenant).await,
            Engine::Postgres(pool) => pool.read(tenant).await,
        }
    }

    /// A transaction that changes one tenant's data.
    ///
    /// # Errors
    /// [`Code::Busy`](crate::kernel::Code::Busy) where others write for too long.
    pub async fn write(&self, tenant: TenantId) -> Result<Tx> {
        match &self.engine {
            Engine::Sqlite(files) => files.write(tenant).await,
            Engine::Postgres(pool) => pool.write(tenant).await,
        }
    }

    /// A transaction that reads the portal's data: the list of tenants.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause.
    pub async fn portal_read(&self) -> Result<Tx> {
        match &self.engine {
            Engine::Sqlite(files) => files.portal_read().await,
            Engine::Postgres(pool) => pool.portal().await,
        }
    }

    /// A transaction that changes the portal's data.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause.
    pub async fn portal_write(&self) -> Result<Tx> {
        match &self.engine {
            Engine::Sqlite(files) => files.portal_write().await,
            Engine::Postgres(pool) => pool.portal().await,
        }
    }

    /// Makes the place for a new tenant's data, or brings an old one up to date.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause.
    pub async fn prepare_tenant(&self, tenant: TenantId) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(files) => files.prepare(tenant).await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Closes every connection; on SQLite this also folds the write-ahead log in.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(files) => files.close().await,
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

impl From<sqlx::Error> for Problem {
    #[track_caller]
    fn from(error: sqlx::Error) -> Self {
        tx::problem_of(error)
    }
}
