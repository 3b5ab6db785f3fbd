//! The one writer of a SQLite file. Whoever changes something waits for a turn; those who
//! wait at the same time share one commit, and so one wait for the disk. Each turn is a
//! savepoint of the shared transaction: one that fails, or is given up, takes back its own
//! changes only. Nobody is told that something is kept before the commit that holds it.

use crate::kernel::{Code, Problem, Result, TenantId};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// The most turns that share a commit.
const SHARED_MAX: usize = 64;
/// How long the first who finished may have waited when another one joins. (A test's machine
/// may be slow, and its order must not depend on that.)
const SHARED_WAIT_MAX: Duration = Duration::from_millis(if cfg!(test) { 60_000 } else { 50 });
/// How long somebody waits for their turn.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The writer of one file. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer {
    state: Arc<Mutex<State>>,
    /// How many wait for their turn.
    waiting: Arc<AtomicUsize>,
}

struct State {
    connection: SqliteConnection,
    /// The transaction that is open, where one is.
    shared: Option<Shared>,
    /// Whether a turn's savepoint is open: left so by a turn that was given up.
    turn_open: bool,
    closed: bool,
}

/// A transaction that several turns share.
struct Shared {
    /// When the first one finished.
    since: Option<Instant>,
    /// Those whose turn is over, and who wait for the commit.
    finished: Vec<oneshot::Sender<Result<()>>>,
}

/// A turn to write. Given up without [`Turn::commit`], it leaves nothing behind.
pub struct Turn {
    // The order matters: the lock is let go first, then the rest is put in order.
    state: OwnedMutexGuard<State>,
    closer: Closer,
}

/// Sees to it that an open transaction ends where nobody comes after.
struct Closer(Option<Writer>);

/// Counts somebody among those who wait, for as long as it lives.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Writer {
    /// Opens a file, where it is the tenant's own.
    pub(super) async fn open(
        options: &SqliteConnectOptions,
        tenant: Option<TenantId>,
    ) -> Result<Self> {
        let mut connection = SqliteConnection::connect_with(options).await?;
        super::sqlite::check_owner(&mut connection, tenant).await?;
        let state = State {
            connection,
            shared: None,
            turn_open: false,
            closed: false,
        };
        Ok(Self {
            state: Arc::new(Mutex::new(state)),
            waiting: Arc::default(),
        })
    }

    /// Brings the tables up to date, before anybody else writes.
    pub(super) async fn migrate(&self, migrator: &sqlx::migrate::Migrator) -> Result<()> {
        let mut state = self.state.lock().await;
        let run = migrator.run_direct(None, &mut state.connection, false);
        run.await.map_err(super::migrations::explain)
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Result<Turn> {
        let waiting = Waiting::new(&self.waiting);
        let state = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.state).lock_owned())
            .await
            .map_err(|_| Problem::new(Code::Busy))?;
        drop(waiting);
        let turn = Turn {
            state,
            closer: Closer(Some(self.clone())),
        };
        // To the end, also where the one who asked has gone: then the turn is given up whole.
        tokio::spawn(turn.begin())
            .await
            .map_err(Problem::internal)?
    }

    /// Folds the write-ahead log in; nobody writes after it.
    pub(super) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.settle().await;
        state.commit().await;
        state.closed = true;
        // What is not folded in is read at the next opening: nothing is lost.
        let _ = state.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
    }
}

impl Drop for Closer {
    fn drop(&mut self) {
        if let Some(writer) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                // The lock is fair: whoever waits by now has their turn first.
                let mut state = writer.state.lock().await;
                state.settle().await;
                state.commit().await;
            });
        }
    }
}

impl Turn {
    async fn begin(mut self) -> Result<Self> {
        self.state.begin().await?;
        Ok(self)
    }

    /// Keeps what was done, together with those who wait to write: returns when the commit
    /// that holds it is on the disk.
    pub(super) async fn commit(self) -> Result<()> {
        // To the end, also where the one who asked has gone.
        tokio::spawn(self.finish())
            .await
            .map_err(Problem::internal)??
            .await
            .map_err(|_| Problem::internal("a shared commit was given up"))?
    }

    /// Ends the turn, commits where nobody waits, and gives where the commit is told.
    async fn finish(self) -> Result<oneshot::Receiver<Result<()>>> {
        let Self {
            mut state,
            mut closer,
        } = self;
        state.release().await?;
        let (sender, committed) = oneshot::channel();
        if let Some(shared) = &mut state.shared {
            shared.since.get_or_insert_with(Instant::now);
            shared.finished.push(sender);
        }
        let waiting = closer.0.as_ref().map(|w| w.waiting.load(Ordering::SeqCst));
        if waiting == Some(0) {
            state.commit().await;
            closer.0 = None;
        }
        Ok(committed)
    }
}

impl State {
    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        let statement = sqlx::query::<sqlx::Sqlite>(sql);
        statement.execute(&mut self.connection).await.map(drop)
    }

    /// Opens a turn: a savepoint of the shared transaction.
    async fn begin(&mut self) -> Result<()> {
        if self.closed {
            return Err(sqlx::Error::PoolClosed.into());
        }
        self.settle().await;
        let full = self.shared.as_ref().is_some_and(|shared| {
            shared.finished.len() >= SHARED_MAX
                || shared.since.is_some_and(|t| t.elapsed() > SHARED_WAIT_MAX)
        });
        if full {
            self.commit().await;
        }
        if self.shared.is_none() {
            self.run("BEGIN IMMEDIATE").await?;
            self.shared = Some(Shared {
                since: None,
                finished: Vec::new(),
            });
        }
        self.turn_open = true;
        Ok(self.run("SAVEPOINT turn").await?)
    }

    /// Ends a turn that succeeded. Where its savepoint has gone, so has all that shared the
    /// transaction: SQLite itself rolled it back.
    async fn release(&mut self) -> Result<()> {
        self.turn_open = false;
        match self.run("RELEASE turn").await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.lose(&error).await;
                Err(error.into())
            }
        }
    }

    /// Takes back a turn that was given up.
    async fn settle(&mut self) {
        if !self.turn_open {
            return;
        }
        self.turn_open = false;
        for undo in ["ROLLBACK TO turn", "RELEASE turn"] {
            if let Err(error) = self.run(undo).await {
                return self.lose(&error).await;
            }
        }
    }

    /// Commits what the turns so far did, and tells them.
    async fn commit(&mut self) {
        let end = match &self.shared {
            None => return,
            // Every turn was given up: nothing is to be kept, and nobody is to be told.
            Some(shared) if shared.finished.is_empty() => "ROLLBACK",
            Some(_) => "COMMIT",
        };
        match self.run(end).await {
            Ok(()) => {
                for waiting in self.shared.take().into_iter().flat_map(|s| s.finished) {
                    // One who has gone need not be told.
                    let _ = waiting.send(Ok(()));
                }
            }
            Err(error) => self.lose(&error).await,
        }
    }

    /// Nothing of the shared transaction is kept: everybody in it is told.
    async fn lose(&mut self, why: &sqlx::Error) {
        // Where SQLite rolled back by itself, there is nothing left to roll back.
        let _ = self.run("ROLLBACK").await;
        for waiting in self.shared.take().into_iter().flat_map(|s| s.finished) {
            let why = format!("the commit that this change shared failed: {why}");
            let _ = waiting.send(Err(Problem::internal(why)));
        }
    }
}

impl Deref for Turn {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.state.connection
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.state.connection
    }
}
