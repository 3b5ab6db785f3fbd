//! A whole copy of the SQLite files, made while a server writes. It opens the files by
//! itself: what was written by an older program is copied as it is, not brought up to date.

use crate::kernel::{Problem, Result, TenantId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who may look into a copy: its owner.
const PRIVATE: u32 = 0o700;
/// How long a copy waits for somebody who holds a file for themselves.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A file that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its name in the folder of the copy.
    pub name: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Copies `portal.db` and the file of each tenant into a new folder, and looks whether the
/// copies are whole. Each file is as it was at one moment; a tenant that is made meanwhile
/// is in the copy whole, or not at all.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) with the cause: the folder is there
/// already, a file is damaged, the disk is full. What was copied until then is left there.
pub async fn copy_sqlite(folder: &Path, into: &Path) -> Result<Vec<Copied>> {
    let portal = Path::new("portal.db");
    if !folder.join(portal).exists() {
        let cause = format!("there is no {}", folder.join(portal).display());
        return Err(Problem::internal(cause));
    }
    let make = |path: &Path| DirBuilder::new().mode(PRIVATE).create(path);
    make(into).map_err(|e| Problem::internal(format!("{}: {e}", into.display())))?;
    make(&into.join("tenants")).map_err(Problem::internal)?;
    let mut copied = vec![copy(folder, into, portal).await?];
    for tenant in ready_tenants(&into.join(portal)).await? {
        let name = Path::new("tenants").join(format!("{tenant}.db"));
        copied.push(copy(folder, into, &name).await?);
    }
    for made in [into.join("tenants"), into.to_owned()] {
        let made = File::open(made).and_then(|folder| folder.sync_all());
        made.map_err(Problem::internal)?;
    }
    Ok(copied)
}

async fn copy(folder: &Path, into: &Path, name: &Path) -> Result<Copied> {
    let (from, to) = (folder.join(name), into.join(name));
    let at = |e: sqlx::Error| Problem::internal(format!("{}: {e}", from.display()));
    let mut source = open(&from).await.map_err(at)?;
    let written = sqlx::query("VACUUM INTO $1")
        .bind(to.to_string_lossy().into_owned())
        .execute(&mut source)
        .await;
    written.map_err(at)?;
    source.close().await.map_err(at)?;
    let file = File::open(&to).map_err(Problem::internal)?;
    file.sync_all().map_err(Problem::internal)?;
    let damage = damage(&to, Look::Whole).await?;
    if let Some(first) = damage.first() {
        let cause = format!("{} is damaged: {first}", from.display());
        return Err(Problem::internal(cause));
    }
    Ok(Copied {
        name: name.to_owned(),
        bytes: file.metadata().map_err(Problem::internal)?.len(),
    })
}

/// The tenants that answer, as a portal's file says.
async fn ready_tenants(portal: &Path) -> Result<Vec<TenantId>> {
    let mut file = open(portal).await?;
    let found = sqlx::query_scalar("SELECT id FROM tenants WHERE state = 'ready' ORDER BY id")
        .fetch_all(&mut file)
        .await?;
    file.close().await?;
    Ok(found)
}

/// How thoroughly a file is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Its pages and rows.
    Quick,
    /// Also that each index says what its table says.
    Whole,
}

/// What is wrong inside of a file; nothing where it is whole.
pub(super) async fn damage(path: &Path, look: Look) -> Result<Vec<String>> {
    let mut file = open(path).await?;
    let sql = match look {
        Look::Quick => "PRAGMA quick_check(5)",
        Look::Whole => "PRAGMA integrity_check(5)",
    };
    let said: Result<Vec<String>, _> = sqlx::query_scalar(sql).fetch_all(&mut file).await;
    // A file that is too damaged to be looked at is damaged.
    let mut said = said.unwrap_or_else(|e| vec![e.to_string()]);
    said.retain(|line| line != "ok");
    Ok(said)
}

/// A connection that leaves the file as it is.
pub(super) async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(WAIT_MAX)
        .disable_statement_logging();
    options.connect().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Clock;
    use crate::db::Db;
    use crate::kernel::{Locale, Slug};
    use crate::{exec, portal};

    async fn installation(folder: &Path) -> (Db, portal::Tenant) {
        let db = Db::open_sqlite(folder).await.unwrap();
        let slug = Slug::parse("nuage").unwrap();
        let made = portal::create(&db, &Clock::System, slug, "Nuage", Locale::Fr).await;
        (db, made.unwrap())
    }

    #[tokio::test]
    async fn a_copy_is_whole_and_of_one_moment_while_others_write() {
        let place = tempfile::tempdir().unwrap();
        let (db, tenant) = installation(&place.path().join("data")).await;
        // Somebody has written, and not committed.
        let mut tx = db.write(tenant.id).await.unwrap();
        exec!(
            tx,
            "UPDATE settings SET title = 'Autre' WHERE tenant_id = $1",
            tenant.id
        )
        .unwrap();
        let into = place.path().join("copy");
        let copied = copy_sqlite(&place.path().join("data"), &into)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(copied.len(), 2);
        let copy = Db::open_sqlite(&into).await.unwrap();
        let listed = portal::list(&copy).await.unwrap();
        assert_eq!(listed, std::slice::from_ref(&tenant));
        let mut tx = copy.read(tenant.id).await.unwrap();
        let (title,): (String,) = crate::one!(
            tx,
            "SELECT title FROM settings WHERE tenant_id = $1",
            tenant.id
        )
        .unwrap();
        assert_eq!(title, "Nuage");
        // What is there is never written over.
        let again = copy_sqlite(&place.path().join("data"), &into).await;
        assert!(again.unwrap_err().log_line().contains("exists"));
    }

    #[tokio::test]
    async fn a_damaged_file_makes_no_backup() {
        use std::io::{Seek, SeekFrom, Write};
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        let (db, tenant) = installation(&data).await;
        db.close().await;
        let file = data.join(format!("tenants/{}.db", tenant.id));
        let mut file = std::fs::OpenOptions::new().write(true).open(file).unwrap();
        file.seek(SeekFrom::Start(3 * 4096)).unwrap();
        file.write_all(&[7; 3 * 4096]).unwrap();
        assert!(
            copy_sqlite(&data, &place.path().join("copy"))
                .await
                .is_err()
        );
        let none = copy_sqlite(&place.path().join("none"), &place.path().join("other")).await;
        assert!(none.unwrap_err().log_line().contains("portal.db"));
    }

    #[tokio::test]
    async fn what_a_newer_program_wrote_is_refused_with_what_to_do() {
        let place = tempfile::tempdir().unwrap();
        let (db, _) = installation(place.path()).await;
        db.close().await;
        let mut portal = open(&place.path().join("portal.db")).await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', 1, x'00', 0)";
        sqlx::query(newer).execute(&mut portal).await.unwrap();
        portal.close().await.unwrap();
        let refused = Db::open_sqlite(place.path()).await.err().unwrap();
        let said = refused.log_line();
        assert!(
            said.contains("newer Equipage") && said.contains("9999"),
            "{said}"
        );
        let health = crate::db::health::of_portal(place.path()).await.unwrap();
        assert_eq!(health.unknown, [9999]);
    }
}
