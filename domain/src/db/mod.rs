//! Storage on two engines with one set of SQL. [`Db`] opens, [`Tx`] is a
//! transaction, and the four verbs `one! opt! all! exec!` run the same text with
//! the same binds on whichever engine the transaction belongs to.
//!
//! SQLite: a file per tenant and `portal.db`, one writer and a few readers per
//! open file. PostgreSQL: all tenants in one database, `tenant_id` first in every key.

mod answers;
pub(crate) mod bulk;
mod copies;
pub mod health;
mod migrations;
pub mod moving;
mod postgres;
pub mod proof;
mod protection;
mod serving;
mod sqlite;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod turns;
mod tx;
pub mod waking;
mod writer;

use crate::kernel::{Problem, Result, TenantId};
pub use copies::{Copied, copy_sqlite};
pub use migrations::{latest_portal, latest_tenant};
pub use protection::Fault;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
pub(crate) use turns::Turns;
pub use tx::{SqliteTx, Tx, TxKind, id_list};
pub use waking::Listener;
pub use writer::Turn;

/// The installation's storage. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    answers: answers::Answers,
    portal: Arc<Portal>,
    told: Arc<Notify>,
}

/// What lets the portal's answers be remembered for a moment.
struct Portal {
    opened: Instant,
    changes: AtomicU64,
}

/// How long an answer of the portal may be remembered: so long may another process's change
/// of it stay unseen.
const PORTAL_REMEMBERED: Duration = Duration::from_secs(2);
/// The portal is nobody's own.
const NO_TENANT: TenantId = TenantId(uuid::Uuid::nil());

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
            answers: answers::Answers::default(),
            portal: Portal::opened(),
            told: Arc::default(),
        })
    }

    /// Opens the PostgreSQL storage as a role that serves. Its tables are brought up to date
    /// and protected by their owner: [`migrate_postgres`](Self::migrate_postgres).
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause, or with
    /// what would let one tenant see another's data, and what to type.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        Self::open_postgres_with(url, postgres::CONNECTIONS_MAX).await
    }

    /// The same with one connection, which everybody uses in turn.
    ///
    /// # Errors
    /// The same.
    #[cfg(any(test, feature = "testing"))]
    pub async fn open_postgres_narrow(url: &str) -> Result<Self> {
        Self::open_postgres_with(url, 1).await
    }

    async fn open_postgres_with(url: &str, connections: u32) -> Result<Self> {
        Ok(Self {
            engine: Engine::Postgres(postgres::Pool::open(url, connections).await?),
            answers: answers::Answers::default(),
            portal: Portal::opened(),
            told: Arc::default(),
        })
    }

    /// Brings the tables of PostgreSQL up to date as their owner, attaches row-level security
    /// to each one, and grants what it needs to the role that serves: the user of `url`.
    ///
    /// # Errors
    /// [`Code::Internal`](crate::kernel::Code::Internal) with the engine's own cause, or with
    /// what to type.
    pub async fn migrate_postgres(owner_url: &str, url: &str) -> Result<()> {
        let serving: sqlx::postgres::PgConnectOptions = url.parse()?;
        protection::migrate(owner_url, serving.get_username()).await
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
        let tx = match &self.engine {
            Engine::Sqlite(files) => files.read(tenant).await,
            Engine::Postgres(pool) => pool.read(tenant).await,
        }?;
        Ok(tx.remembering(tenant, self.answers.clone()))
    }

    /// A transaction that changes one tenant's data.
    ///
    /// # Errors
    /// [`Code::Busy`](crate::kernel::Code::Busy) where others write for too long.
    pub async fn write(&self, tenant: TenantId) -> Result<Tx> {
        let mut tx = match &self.engine {
            Engine::Sqlite(files) => files.write(tenant).await,
            Engine::Postgres(pool) => pool.write(tenant).await,
        }?;
        tx.home = Some(turns::Home::new(self.clone(), tenant));
        Ok(tx)
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
        self.portal.changes.fetch_add(1, Ordering::Relaxed);
        match &self.engine {
            Engine::Sqlite(files) => files.portal_write().await,
            Engine::Postgres(pool) => pool.portal().await,
        }
    }

    /// What the portal says, where it says anything: remembered for a moment, as every
    /// request asks for its tenant. What is not there is asked for anew each time.
    ///
    /// # Errors
    /// Those of finding it.
    pub async fn portal_remember<T: Clone + Send + Sync + 'static>(
        &self,
        question: String,
        find: impl AsyncFnOnce() -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let version = self.portal.version();
        if let Some(known) = self.answers.get(NO_TENANT, &question, &version) {
            return Ok(Some(known));
        }
        let found = find().await?;
        if let Some(found) = &found {
            self.answers
                .keep(NO_TENANT, question, version, found.clone());
        }
        Ok(found)
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

impl Portal {
    fn opened() -> Arc<Self> {
        Arc::new(Self {
            opened: Instant::now(),
            changes: AtomicU64::new(0),
        })
    }

    /// Another one after each change by this process, and every moment.
    fn version(&self) -> String {
        let moment = self.opened.elapsed().as_millis() / PORTAL_REMEMBERED.as_millis();
        format!("{}-{moment}", self.changes.load(Ordering::Relaxed))
    }
}

impl From<sqlx::Error> for Problem {
    #[track_caller]
    fn from(error: sqlx::Error) -> Self {
        tx::problem_of(error)
    }
}
