//! Where data are moved to. SQLite: a file that is made aside, or the tenant's own file.
//! PostgreSQL: the tables, as their owner. Everything happens in one transaction: what stops in
//! the middle has changed nothing.

use super::{Unmoved, catalogue, rows};
use crate::db::tx::{SqliteTx, Tx, TxKind};
use crate::db::{Db, Engine, migrations, protection, serving};
use crate::kernel::{Problem, Result, TenantId};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Row as _};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// The file that says that somebody moves data, and which file is not yet, or no more, in the list.
const LOCK: &str = "moving.lock";
/// The name of a file that is being made ends so.
const ASIDE: &str = "moving";
/// Who may look into a file that is made.
const PRIVATE: u32 = 0o640;
/// How long those who write may keep others waiting.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// What is there of a tenant before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// Nothing.
    Nothing,
    /// Its data, which go.
    Data,
}

/// A place for one tenant's data.
pub struct Place {
    tenant: TenantId,
    kind: PlaceKind,
    here: Here,
}

enum PlaceKind {
    Files(Files),
    Postgres(PgPool),
}

/// The files, held so that nobody else moves data in.
struct Files {
    folder: PathBuf,
    lock: File,
    pool: SqlitePool,
    /// Where the data are put.
    path: PathBuf,
}

impl Place {
    /// Opens a place. PostgreSQL needs the owner's address, SQLite nobody's.
    ///
    /// # Errors
    /// [`Unmoved::Conflict`] where somebody else moves data, or the owner's address is missing.
    pub async fn open(
        db: &Db,
        owner_url: Option<&str>,
        tenant: TenantId,
        here: Here,
    ) -> Result<Self, Unmoved> {
        let kind = match (&db.engine, owner_url) {
            (Engine::Sqlite(files), _) => {
                PlaceKind::Files(Files::open(files.folder(), tenant, here).await?)
            }
            (Engine::Postgres(_), Some(url)) => PlaceKind::Postgres(as_owner(url).await?),
            (Engine::Postgres(_), None) => {
                let text = "on PostgreSQL the owner of the tables moves data in: give its address in EQUIPAGE_DATABASE_OWNER_URL, as for `equipage migrate`";
                return Err(Unmoved::Conflict(text.into()));
            }
        };
        Ok(Self { tenant, kind, here })
    }

    /// Begins the one transaction.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn begin(&self) -> Result<Tx> {
        let tx = match &self.kind {
            PlaceKind::Files(files) => {
                let tx = files.pool.begin_with("BEGIN IMMEDIATE").await?;
                Tx::new(TxKind::Sqlite(SqliteTx::Reading(tx)))
            }
            PlaceKind::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                let id = self.tenant.to_string();
                sqlx::query("SELECT set_config('equipage.tenant', $1, true), set_config('equipage.moving', $1, true)")
                    .bind(id)
                    .execute(&mut *tx)
                    .await?;
                // Whoever writes takes the end of the chain: they are done before, or come after.
                sqlx::query("SELECT 1 FROM audit_heads WHERE tenant_id = $1 FOR UPDATE")
                    .bind(self.tenant)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query("SET CONSTRAINTS ALL DEFERRED")
                    .execute(&mut *tx)
                    .await?;
                Tx::new(TxKind::Postgres(tx))
            }
        };
        Ok(tx)
    }

    /// What was there goes, and something fills the tables while no trigger of SQLite refuses rows
    /// as they are. (Those of PostgreSQL ask by themselves whether the owner moves a tenant.)
    ///
    /// # Errors
    /// Its own; and where a row refers to one that is not there.
    pub async fn fill<T>(
        &self,
        tx: &mut Tx,
        filling: impl AsyncFnOnce(&mut Tx) -> Result<T, Unmoved>,
    ) -> Result<T, Unmoved> {
        let mut triggers = Triggers::default();
        if let TxKind::Sqlite(connection) = &mut tx.kind {
            triggers = Triggers::away(connection).await?;
        }
        if self.here == Here::Data {
            for table in catalogue::tables(tx).await? {
                rows::clear(tx, self.tenant, &table).await?;
            }
        }
        let filled = filling(tx).await?;
        match &mut tx.kind {
            TxKind::Sqlite(connection) => {
                triggers.back(connection).await?;
                let sql = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";
                let broken: Option<String> = sqlx::query_scalar(sql)
                    .fetch_optional(&mut **connection)
                    .await
                    .map_err(Problem::from)?;
                if let Some(table) = broken {
                    let text = format!("a row of {table} refers to one that is not there");
                    return Err(Unmoved::File(text));
                }
            }
            TxKind::Postgres(connection) => {
                let now = sqlx::query("SET CONSTRAINTS ALL IMMEDIATE");
                now.execute(&mut **connection).await.map_err(|e| {
                    Unmoved::File(format!("a row refers to one that is not there: {e}"))
                })?;
            }
        }
        Ok(filled)
    }

    /// After the commit: on SQLite, looks whether the file is whole, and closes it. Where it was
    /// made aside, `list` puts the tenant into the list, and commits, once the file is there.
    ///
    /// # Errors
    /// [`Unmoved`]; then nothing of the file is left.
    pub async fn settle(
        self,
        list: impl AsyncFnOnce() -> Result<(), Unmoved>,
    ) -> Result<(), Unmoved> {
        match self.kind {
            PlaceKind::Files(files) => files.settle(self.tenant, self.here, list).await,
            PlaceKind::Postgres(pool) => {
                pool.close().await;
                Ok(())
            }
        }
    }

    /// The tenant goes: `tx` has emptied its tables, `unlist` takes it out of the list. On SQLite
    /// its file goes as well. What is stopped in the middle is ended by whoever moves next.
    ///
    /// # Errors
    /// [`Unmoved`].
    pub async fn remove(
        self,
        mut tx: Tx,
        db: &Db,
        unlist: impl AsyncFnOnce(&mut Tx) -> Result<()>,
    ) -> Result<(), Unmoved> {
        match self.kind {
            PlaceKind::Files(files) => files.remove(tx, db, self.tenant, unlist).await,
            PlaceKind::Postgres(pool) => {
                unlist(&mut tx).await?;
                tx.commit().await?;
                pool.close().await;
                Ok(())
            }
        }
    }

    /// Leaves everything as it was.
    pub async fn abandon(self) {
        match self.kind {
            PlaceKind::Files(files) => {
                files.pool.close().await;
                if self.here == Here::Nothing {
                    let _ = fs::remove_file(&files.path);
                }
            }
            PlaceKind::Postgres(pool) => pool.close().await,
        }
    }
}

fn file_problem(path: &Path) -> impl Fn(std::io::Error) -> Problem {
    move |e| Problem::internal(format!("{}: {e}", path.display()))
}

impl Files {
    async fn open(folder: &Path, tenant: TenantId, here: Here) -> Result<Self, Unmoved> {
        let path = folder.join(LOCK);
        let mut options = OpenOptions::new();
        let lock = options
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .mode(PRIVATE)
            .open(&path)
            .map_err(file_problem(&path))?;
        if lock.try_lock().is_err() {
            let text = "somebody else moves an organisation in here: wait for them";
            return Err(Unmoved::Conflict(text.into()));
        }
        clean(folder, &lock).await?;
        let tenants = folder.join("tenants");
        let own = tenants.join(format!("{tenant}.db"));
        let path = match here {
            Here::Data => own,
            Here::Nothing if own.exists() => {
                let text = format!(
                    "{} is there, but not in the list of organisations: move it away",
                    own.display()
                );
                return Err(Unmoved::Conflict(text));
            }
            Here::Nothing => tenants.join(format!("{tenant}.{ASIDE}")),
        };
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(here == Here::Nothing)
            .journal_mode(match here {
                Here::Nothing => SqliteJournalMode::Delete,
                Here::Data => SqliteJournalMode::Wal,
            })
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(WAIT_MAX);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(Problem::from)?;
        let run = migrations::sqlite_tenant()?;
        run.run(&pool).await.map_err(migrations::explain)?;
        Ok(Self {
            folder: folder.to_owned(),
            lock,
            pool,
            path,
        })
    }

    async fn settle(
        self,
        tenant: TenantId,
        here: Here,
        list: impl AsyncFnOnce() -> Result<(), Unmoved>,
    ) -> Result<(), Unmoved> {
        if here == Here::Data {
            self.pool.close().await;
            return Ok(());
        }
        let said: Vec<String> = sqlx::query("PRAGMA integrity_check(5)")
            .fetch_all(&self.pool)
            .await
            .and_then(|rows| rows.iter().map(|row| row.try_get(0)).collect())
            .map_err(Problem::from)?;
        self.pool.close().await;
        if said != ["ok"] {
            let _ = fs::remove_file(&self.path);
            return Err(Problem::internal(said.join("; ")).into());
        }
        let tenants = self.folder.join("tenants");
        let own = tenants.join(format!("{tenant}.db"));
        let problem = file_problem(&own);
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        sync(&self.path).map_err(&problem)?;
        // From here until it is listed, the lock's file names it: whoever comes next knows that
        // it is nobody's.
        note(&self.lock, &tenant.to_string())?;
        fs::rename(&self.path, &own).map_err(&problem)?;
        sync(&tenants).map_err(&problem)?;
        let listed = list().await;
        if listed.is_err() {
            fs::remove_file(&own).map_err(&problem)?;
        }
        note(&self.lock, "")?;
        listed
    }

    /// From the note until it is out of the list, the file is somebody's; from then on nobody's,
    /// and empty for those who have it open.
    async fn remove(
        self,
        tx: Tx,
        db: &Db,
        tenant: TenantId,
        unlist: impl AsyncFnOnce(&mut Tx) -> Result<()>,
    ) -> Result<(), Unmoved> {
        note(&self.lock, &tenant.to_string())?;
        let mut portal = db.portal_write().await?;
        unlist(&mut portal).await?;
        portal.commit().await?;
        tx.commit().await?;
        self.pool.close().await;
        remove_file(&self.folder.join("tenants"), tenant)?;
        Ok(note(&self.lock, "")?)
    }
}

/// Removes a tenant's file, and what SQLite keeps beside it.
fn remove_file(tenants: &Path, tenant: TenantId) -> Result<()> {
    for end in ["db", "db-wal", "db-shm"] {
        let path = tenants.join(format!("{tenant}.{end}"));
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(file_problem(&path)(e));
            }
            _ => {}
        }
    }
    let synced = File::open(tenants).and_then(|folder| folder.sync_all());
    synced.map_err(file_problem(tenants))
}

/// Writes into the lock's file.
fn note(mut lock: &File, text: &str) -> Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    lock.set_len(0)
        .and_then(|()| lock.seek(SeekFrom::Start(0)))
        .and_then(|_| lock.write_all(text.as_bytes()))
        .and_then(|()| lock.sync_all())
        .map_err(Problem::internal)
}

/// Takes away what a stopped move has left: files that were made aside, one that was put
/// into its place and never listed, and one that is not listed any more.
async fn clean(folder: &Path, mut lock: &File) -> Result<()> {
    use std::io::Read;
    let tenants = folder.join("tenants");
    let problem = file_problem(&tenants);
    for entry in fs::read_dir(&tenants).map_err(&problem)? {
        let path = entry.map_err(&problem)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(&format!(".{ASIDE}")) || name.contains(&format!(".{ASIDE}-")) {
            fs::remove_file(&path).map_err(&problem)?;
        }
    }
    let mut noted = String::new();
    lock.read_to_string(&mut noted).map_err(&problem)?;
    if let Ok(id) = uuid::Uuid::parse_str(noted.trim()) {
        let tenant = TenantId(id);
        let mut portal = crate::db::copies::open(&folder.join("portal.db")).await?;
        let listed = sqlx::query("SELECT 1 FROM tenants WHERE id = $1")
            .bind(tenant)
            .fetch_optional(&mut portal)
            .await?;
        if listed.is_none() {
            remove_file(&tenants, tenant)?;
        }
        note(lock, "")?;
    }
    Ok(())
}

/// A connection as the owner of tables that are up to date and protected.
async fn as_owner(url: &str) -> Result<PgPool, Unmoved> {
    let options = PgConnectOptions::from_str(url).map_err(Problem::from)?;
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(Problem::from)?;
    let mut connection = pool.acquire().await.map_err(Problem::from)?;
    let ready = is_ready(&mut connection).await?;
    drop(connection);
    match ready {
        true => Ok(pool),
        false => Err(Unmoved::Conflict(
            "the tables are not up to date: run `equipage migrate`".into(),
        )),
    }
}

async fn is_ready(connection: &mut PgConnection) -> Result<bool> {
    Ok(serving::steps_missing(connection).await?.is_empty()
        && protection::faults(connection).await?.is_empty())
}

/// Triggers of a file that are away for the length of a transaction.
#[derive(Default)]
struct Triggers(Vec<String>);

impl Triggers {
    async fn away(connection: &mut SqliteConnection) -> Result<Self> {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name";
        let there: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
        let mut texts = Vec::with_capacity(there.len());
        for (name, text) in there {
            let sql = format!("DROP TRIGGER {}", catalogue::quoted(&name));
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut *connection)
                .await?;
            texts.push(text);
        }
        Ok(Self(texts))
    }

    async fn back(self, connection: &mut SqliteConnection) -> Result<()> {
        for text in self.0 {
            // As the catalogue had it.
            sqlx::query(AssertSqlSafe(text))
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}
