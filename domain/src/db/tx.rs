//! A transaction on either engine, and the four verbs.

use super::answers::Answers;
use super::turns::Home;
use super::writer::Turn;
use crate::kernel::{Code, Problem, Result, TenantId};
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;
use sqlx::types::Json;
use sqlx::{Postgres, Sqlite, Transaction};
use std::ops::{Deref, DerefMut};

/// An open transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    /// The engine's own transaction, for the verbs.
    pub kind: TxKind,
    wrote: bool,
    memory: Option<Memory>,
    pub(super) home: Option<Home>,
}

/// What a transaction that only reads remembers by.
struct Memory {
    tenant: TenantId,
    answers: Answers,
    version: Option<String>,
}

/// A transaction of one of the engines.
pub enum TxKind {
    /// SQLite.
    Sqlite(SqliteTx),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction of SQLite: it reads, or has its turn to write.
pub enum SqliteTx {
    /// One that only reads.
    Reading(Transaction<'static, Sqlite>),
    /// One that may write.
    Writing(Turn),
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Reading(tx) => tx,
            Self::Writing(turn) => turn,
        }
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reading(tx) => tx,
            Self::Writing(turn) => turn,
        }
    }
}

impl Tx {
    pub(super) fn new(kind: TxKind) -> Self {
        Self {
            kind,
            wrote: false,
            memory: None,
            home: None,
        }
    }

    /// A transaction that only reads, and may be answered from what was read before. One
    /// that writes may not: what it sees may yet be undone.
    pub(super) fn remembering(self, tenant: TenantId, answers: Answers) -> Self {
        let memory = Memory {
            tenant,
            answers,
            version: None,
        };
        Self {
            memory: Some(memory),
            ..self
        }
    }

    /// The answer to a question that was read from the very version of the data that this
    /// transaction reads.
    ///
    /// # Errors
    /// The engine's own, as a problem.
    pub async fn remembered<T: Clone + 'static>(&mut self, question: &str) -> Result<Option<T>> {
        let Some(memory) = &self.memory else {
            return Ok(None);
        };
        let version = match memory.version.clone() {
            Some(version) => version,
            None => self.read_version().await?,
        };
        let Some(memory) = &mut self.memory else {
            return Ok(None);
        };
        let version = memory.version.insert(version);
        Ok(memory.answers.get(memory.tenant, question, version))
    }

    /// Keeps an answer for the transactions that will read the same version.
    pub fn remember<T: Send + Sync + 'static>(&mut self, question: String, value: T) {
        if let Some(memory) = &self.memory
            && let Some(version) = memory.version.clone()
        {
            memory.answers.keep(memory.tenant, question, version, value);
        }
    }

    /// What is another one after every change of the tenant's data. SQLite: every change
    /// writes an audit row, which is never deleted; its id says that no backup was put back in
    /// between. PostgreSQL: which transactions are seen.
    async fn read_version(&mut self) -> Result<String> {
        let (version,): (String,) = if self.is_sqlite() {
            crate::one!(
                *self,
                "SELECT coalesce((SELECT rowid || ' ' || hex(id) FROM audit ORDER BY rowid DESC LIMIT 1), '')"
            )?
        } else {
            crate::one!(*self, "SELECT pg_current_snapshot()::text")?
        };
        Ok(version)
    }

    /// Notes that something was written; the verb `exec!` calls it.
    pub fn mark_written(&mut self) {
        self.wrote = true;
    }

    /// Whether anything was written.
    pub fn has_written(&self) -> bool {
        self.wrote
    }

    /// Whether this is SQLite: for the few statements that need two texts.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.kind, TxKind::Sqlite(_))
    }

    /// Keeps what was done.
    ///
    /// # Errors
    /// The engine's own, as a problem.
    pub async fn commit(self) -> Result<()> {
        match self.kind {
            TxKind::Sqlite(SqliteTx::Reading(tx)) => tx.commit().await?,
            TxKind::Sqlite(SqliteTx::Writing(turn)) => turn.commit().await?,
            TxKind::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The text that the triggers raise when a frozen row is touched.
const FROZEN: &str = "equipage: frozen";
/// What PostgreSQL says where a row would be another tenant's.
const POLICY: &str = "row-level security";
/// The text that the triggers raise where two would have one service at a time.
const HELD: &str = "equipage: somebody has this service";

/// Turns an engine's error into a problem. Its text goes to the log only.
#[track_caller]
pub(super) fn problem_of(error: sqlx::Error) -> Problem {
    let code = match &error {
        sqlx::Error::PoolTimedOut => Code::Busy,
        sqlx::Error::RowNotFound => Code::NotFound,
        sqlx::Error::Database(db) if db.message().contains(FROZEN) => Code::PaymentFrozen,
        // The role that serves may not change such rows at all; a policy's refusal is ours to mend.
        sqlx::Error::Database(db)
            if db.code().as_deref() == Some("42501") && !db.message().contains(POLICY) =>
        {
            Code::PaymentFrozen
        }
        sqlx::Error::Database(db) if db.message().contains(HELD) => Code::ServiceTaken,
        // What a row hangs on is gone, or something hangs on what was to go: somebody was faster.
        sqlx::Error::Database(db) if db.is_unique_violation() || db.is_foreign_key_violation() => {
            Code::ChangedMeanwhile
        }
        // SQLITE_BUSY and its extended codes; PostgreSQL: deadlock, serialization, lock timeout.
        sqlx::Error::Database(db)
            if matches!(
                db.code().as_deref(),
                Some("5" | "261" | "517" | "40001" | "40P01" | "55P03")
            ) =>
        {
            Code::Busy
        }
        _ => Code::Internal,
    };
    Problem::new(code).because(error)
}

/// Ids as one bind that both engines take apart: `json_each` and `unhex` on SQLite,
/// `jsonb_array_elements_text` and a cast on PostgreSQL.
pub fn id_list<T: std::fmt::Display>(ids: &[T]) -> Json<Value> {
    // Without hyphens: SQLite makes bytes of them, PostgreSQL a UUID.
    let texts = ids.iter().map(|id| id.to_string().replace('-', "").into());
    Json(Value::Array(texts.collect()))
}

/// Runs a query that gives exactly one row. `one!(tx, "SQL", bind, …)`
#[macro_export]
macro_rules! one {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::run_query!($tx, query_as, fetch_one, $sql $(, $bind)*)
    };
}

/// Runs a query that gives one row or none.
#[macro_export]
macro_rules! opt {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::run_query!($tx, query_as, fetch_optional, $sql $(, $bind)*)
    };
}

/// Runs a query that gives any number of rows. Every such text has a `LIMIT` or
/// reads what one form or one person bounds.
#[macro_export]
macro_rules! all {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::run_query!($tx, query_as, fetch_all, $sql $(, $bind)*)
    };
}

/// Runs a statement that changes rows, and gives how many.
#[macro_export]
macro_rules! exec {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        let tx: &mut $crate::db::Tx = &mut $tx;
        let done = match &mut tx.kind {
            $crate::db::TxKind::Sqlite(inner) => sqlx::query::<sqlx::Sqlite>($sql)
                $(.bind($bind))*.execute(&mut **inner).await.map(|r| r.rows_affected()),
            $crate::db::TxKind::Postgres(inner) => sqlx::query::<sqlx::Postgres>($sql)
                $(.bind($bind))*.execute(&mut **inner).await.map(|r| r.rows_affected()),
        }
        .map_err($crate::kernel::Problem::from);
        if matches!(done, Ok(1..)) {
            tx.mark_written();
        }
        done
    }};
}

/// What the reading verbs share.
#[doc(hidden)]
#[macro_export]
macro_rules! run_query {
    ($tx:expr, $query:ident, $fetch:ident, $sql:expr $(, $bind:expr)*) => {{
        let tx: &mut $crate::db::Tx = &mut $tx;
        match &mut tx.kind {
            $crate::db::TxKind::Sqlite(tx) => sqlx::$query::<sqlx::Sqlite, _>($sql)
                $(.bind($bind))*.$fetch(&mut **tx).await,
            $crate::db::TxKind::Postgres(tx) => sqlx::$query::<sqlx::Postgres, _>($sql)
                $(.bind($bind))*.$fetch(&mut **tx).await,
        }
        .map_err($crate::kernel::Problem::from)
    }};
}
