//! How the storage is, without changing anything in it: what `equipage doctor` asks before
//! it opens the storage as the server does, which would bring it up to date.

use super::copies::{Look, damage, open};
use super::migrations::{PORTAL, TENANT};
use super::protection::Fault;
use super::serving;
use crate::kernel::{Problem, Result, TenantId};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How a file, or the database of PostgreSQL, is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Steps of this program that were not made yet.
    pub missing: Vec<i64>,
    /// Steps that this program does not know: a newer one made them.
    pub unknown: Vec<i64>,
    /// What is damaged.
    pub damage: Vec<String>,
    /// How SQLite writes: `wal`, once a server has opened it; the version of PostgreSQL.
    pub engine: String,
}

/// A tenant's file, and its name in addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantFile {
    /// Its name in addresses.
    pub slug: String,
    /// Where its data lies.
    pub path: PathBuf,
}

/// How `portal.db` of a folder is.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where it cannot be opened.
pub async fn of_portal(folder: &Path) -> Result<Health> {
    of_file(&folder.join("portal.db"), &numbers(PORTAL)).await
}

/// How a tenant's file is.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where it cannot be opened.
pub async fn of_tenant(path: &Path) -> Result<Health> {
    of_file(path, &numbers(TENANT)).await
}

/// The files that there should be.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where the portal cannot be read.
pub async fn tenants_of(folder: &Path) -> Result<Vec<TenantFile>> {
    let mut portal = open(&folder.join("portal.db")).await?;
    let rows: Vec<(TenantId, String)> =
        sqlx::query_as("SELECT id, slug FROM tenants WHERE state = 'ready' ORDER BY slug")
            .fetch_all(&mut portal)
            .await?;
    let file = |(id, slug)| TenantFile {
        slug,
        path: folder.join("tenants").join(format!("{id}.db")),
    };
    Ok(rows.into_iter().map(file).collect())
}

/// How the database of PostgreSQL is.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where it cannot be reached.
pub async fn of_postgres(url: &str) -> Result<Health> {
    let mut database = PgConnection::connect(url).await?;
    let known: BTreeSet<i64> = &numbers(PORTAL) | &numbers(TENANT);
    let engine = sqlx::query_scalar("SHOW server_version");
    let engine = engine.fetch_one(&mut database).await?;
    let made = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success");
    let may =
        "SELECT coalesce(has_table_privilege(to_regclass('_sqlx_migrations'), 'SELECT'), false)";
    let there: (bool,) = sqlx::query_as(may).fetch_one(&mut database).await?;
    let made: Vec<i64> = match there.0 {
        true => made.fetch_all(&mut database).await?,
        false => Vec::new(),
    };
    Ok(steps(&known, made, engine))
}

/// What would let one tenant see another's data on PostgreSQL.
///
/// # Errors
/// [`Code::Internal`](crate::kernel::Code::Internal) where it cannot be reached.
pub async fn isolation_of_postgres(url: &str) -> Result<Vec<Fault>> {
    let mut database = PgConnection::connect(url).await?;
    serving::faults(&mut database).await
}

async fn of_file(path: &Path, known: &BTreeSet<i64>) -> Result<Health> {
    let broken = damage(path, Look::Quick).await?;
    if !broken.is_empty() {
        return Ok(Health {
            damage: broken,
            ..Health::default()
        });
    }
    let mut file = open(path).await?;
    let engine = sqlx::query_scalar("PRAGMA journal_mode");
    let engine = engine.fetch_one(&mut file).await?;
    let there = "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let there = sqlx::query(there).fetch_optional(&mut file).await?;
    let made: Vec<i64> = match there.is_some() {
        true => {
            sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success")
                .fetch_all(&mut file)
                .await?
        }
        false => Vec::new(),
    };
    file.close().await.map_err(Problem::from)?;
    Ok(steps(known, made, engine))
}

fn numbers(written: &[(i64, &str, &str)]) -> BTreeSet<i64> {
    written.iter().map(|(number, ..)| *number).collect()
}

fn steps(known: &BTreeSet<i64>, made: Vec<i64>, engine: String) -> Health {
    let made: BTreeSet<i64> = made.into_iter().collect();
    Health {
        missing: (known - &made).into_iter().collect(),
        unknown: (&made - known).into_iter().collect(),
        damage: Vec::new(),
        engine,
    }
}
