//! A transaction on either engine, and the four verbs.

use crate::kernel::{Code, Problem, Result};
use sqlx::{Postgres, Sqlite, Transaction};

/// An open transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    /// The engine's own transaction, for the verbs.
    pub kind: TxKind,
    wrote: bool,
}

/// A transaction of one of the engines.
pub enum TxKind {
    /// SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) fn new(kind: TxKind) -> Self {
        Self { kind, wrote: false }
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
            TxKind::Sqlite(tx) => tx.commit().await?,
            TxKind::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The text that the triggers raise when a frozen row is touched.
const FROZEN: &str = "equipage: frozen";

/// Turns an engine's error into a problem. Its text goes to the log only.
#[track_caller]
pub(super) fn problem_of(error: sqlx::Error) -> Problem {
    let code = match &error {
        sqlx::Error::PoolTimedOut => Code::Busy,
        sqlx::Error::RowNotFound => Code::NotFound,
        sqlx::Error::Database(db) if db.message().contains(FROZEN) => Code::PaymentFrozen,
        sqlx::Error::Database(db) if db.is_unique_violation() => Code::ChangedMeanwhile,
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
