//! SQLite: a file per tenant. A connection to one tenant's file cannot see
//! another's rows at all.

use super::migrations;
use super::tx::{SqliteTx, Tx, TxKind};
use super::writer::Writer;
use crate::kernel::{Code, Problem, Result, TenantId};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use std::collections::HashMap;
use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The most tenants whose files are open at once.
pub(super) const OPEN_TENANTS_MAX: usize = 64;
/// Who may look into a folder that is made: its owner, and its group.
const PRIVATE: u32 = 0o750;
/// Readers per open file, beside the one writer.
const READERS: u32 = 4;
/// How long a request waits for its turn to write, or for a reader.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The files of one installation.
#[derive(Clone)]
pub(super) struct Files(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    portal: File,
    tenants: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    files: HashMap<TenantId, (File, u64)>,
    uses: u64,
}

impl Open {
    /// The file of a tenant, where it is open and still the one at its place.
    fn get(&mut self, tenant: TenantId, path: &Path) -> Option<File> {
        self.uses += 1;
        let (file, used) = self.files.get_mut(&tenant)?;
        if file.inode == inode(path) {
            *used = self.uses;
            return Some(file.clone());
        }
        // A command has deleted the tenant, and may have put it back since.
        let (gone, _) = self.files.remove(&tenant)?;
        tokio::spawn(async move { gone.close().await });
        None
    }
}

/// One open file: one connection that writes, and a pool that reads.
#[derive(Clone)]
struct File {
    writer: Writer,
    readers: SqlitePool,
    /// Which file it is, whatever is at its place by now.
    inode: Option<u64>,
}

fn inode(path: &Path) -> Option<u64> {
    path.metadata().ok().map(|file| file.ino())
}

impl Files {
    pub(super) async fn open(folder: &Path) -> Result<Self> {
        // Members' data is nobody else's.
        let tenants = folder.join("tenants");
        let made = DirBuilder::new()
            .recursive(true)
            .mode(PRIVATE)
            .create(tenants);
        made.map_err(Problem::internal)?;
        let portal = File::open(&folder.join("portal.db"), Create::IfMissing, None).await?;
        portal.writer.migrate(&migrations::sqlite_portal()?).await?;
        let inner = Inner {
            folder: folder.to_owned(),
            portal,
            tenants: Mutex::default(),
        };
        Ok(Self(Arc::new(inner)))
    }

    pub(super) async fn read(&self, tenant: TenantId) -> Result<Tx> {
        self.file(tenant, Create::Never).await?.read().await
    }

    pub(super) async fn write(&self, tenant: TenantId) -> Result<Tx> {
        self.file(tenant, Create::Never).await?.write().await
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0.folder
    }

    pub(super) async fn portal_read(&self) -> Result<Tx> {
        self.0.portal.read().await
    }

    pub(super) async fn portal_write(&self) -> Result<Tx> {
        self.0.portal.write().await
    }

    pub(super) async fn prepare(&self, tenant: TenantId) -> Result<()> {
        self.file(tenant, Create::IfMissing).await.map(drop)
    }

    pub(super) async fn close(&self) {
        let mut open = self.0.tenants.lock().await;
        for (file, _) in open.files.drain().map(|(_, entry)| entry) {
            file.close().await;
        }
        self.0.portal.close().await;
    }

    /// The open file of a tenant. Opening goes on to its end also where the one who asked gives
    /// up: what they had begun in the file would otherwise meet whoever asks next.
    async fn file(&self, tenant: TenantId, create: Create) -> Result<File> {
        if let Some(file) = self.0.tenants.lock().await.get(tenant, &self.path(tenant)) {
            return Ok(file);
        }
        let this = self.clone();
        let opened = tokio::spawn(async move { this.open_file(tenant, create).await });
        opened.await.map_err(Problem::internal)?
    }

    /// The name is made of an id, never of a text that somebody typed.
    fn path(&self, tenant: TenantId) -> PathBuf {
        self.0.folder.join("tenants").join(format!("{tenant}.db"))
    }

    /// Opens the file of a tenant, brings its tables up to date, and closes the one that was not
    /// used for longest where there are too many.
    async fn open_file(&self, tenant: TenantId, create: Create) -> Result<File> {
        let path = self.path(tenant);
        let mut open = self.0.tenants.lock().await;
        // Somebody else may have opened it meanwhile.
        if let Some(file) = open.get(tenant, &path) {
            return Ok(file);
        }
        if create == Create::Never && !path.exists() {
            return Err(Problem::new(Code::UnknownTenant));
        }
        let file = File::open(&path, create, Some(tenant)).await?;
        file.writer.migrate(&migrations::sqlite_tenant()?).await?;
        let now = open.uses;
        open.files.insert(tenant, (file.clone(), now));
        if open.files.len() > OPEN_TENANTS_MAX {
            let oldest = open
                .files
                .iter()
                .min_by_key(|(_, (_, used))| *used)
                .map(|(id, _)| *id);
            if let Some((old, _)) = oldest.and_then(|id| open.files.remove(&id)) {
                // Waits for those who still read or write; nobody waits for it.
                tokio::spawn(async move { old.close().await });
            }
        }
        Ok(file)
    }
}

/// A tenant's file says whose it is: its settings are one row. One that was put at another's
/// place (a backup, a wrong name) is refused, before anything in it is read or changed.
pub(super) async fn check_owner(
    connection: &mut SqliteConnection,
    tenant: Option<TenantId>,
) -> sqlx::Result<()> {
    let Some(tenant) = tenant else { return Ok(()) };
    let there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'settings'";
    let there = sqlx::query(there).fetch_optional(&mut *connection).await?;
    if there.is_none() {
        // It is being made.
        return Ok(());
    }
    let other = "SELECT tenant_id FROM settings WHERE tenant_id <> $1 LIMIT 1";
    let other: Option<TenantId> = sqlx::query_scalar(other)
        .bind(tenant)
        .fetch_optional(connection)
        .await?;
    match other {
        None => Ok(()),
        Some(other) => Err(sqlx::Error::Configuration(
            format!("the file {tenant}.db holds the data of another organisation, {other}: put the right one back").into(),
        )),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Create {
    IfMissing,
    Never,
}

impl File {
    async fn open(path: &Path, create: Create, tenant: Option<TenantId>) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create == Create::IfMissing)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Without it, a row that REPLACE throws out meets no delete trigger: what is
            // frozen could be replaced.
            .pragma("recursive_triggers", "ON")
            // What is erased is gone from the file, not only from its tables.
            .pragma("secure_delete", "ON")
            .busy_timeout(WAIT_MAX);
        let writer = Writer::open(&options, tenant).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(WAIT_MAX)
            // A file does not hang up: asking each time whether it is still there costs as
            // much as a statement.
            .test_before_acquire(false)
            .after_connect(move |connection, _| Box::pin(check_owner(connection, tenant)))
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "ON"));
        Ok(Self {
            writer,
            readers,
            inode: inode(path),
        })
    }

    async fn read(&self) -> Result<Tx> {
        let tx = SqliteTx::Reading(self.readers.begin().await?);
        Ok(Tx::new(TxKind::Sqlite(tx)))
    }

    async fn write(&self) -> Result<Tx> {
        let turn = self.writer.turn().await?;
        Ok(Tx::new(TxKind::Sqlite(SqliteTx::Writing(turn))))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
