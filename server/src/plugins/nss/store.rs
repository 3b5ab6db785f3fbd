//! The rows, in tables as the examples of `libnss-mysql-bg` have them.

use super::of_error;
use crate::plugins::unix::{Kept, LOCKED, USERS, Wanted, What, name_taken, number_taken};
use domain::plugins::{Failure, ObjectKind};
use sqlx::MySqlConnection;

const USERS_TABLE: &str = "CREATE TABLE IF NOT EXISTS users (
    username varchar(32) COLLATE utf8mb4_bin NOT NULL,
    uid bigint NOT NULL PRIMARY KEY,
    gid bigint NOT NULL,
    gecos varchar(100) NOT NULL DEFAULT '',
    homedir varchar(200) NOT NULL,
    shell varchar(200) NOT NULL,
    password varchar(200) NOT NULL DEFAULT '!',
    lstchg bigint NOT NULL DEFAULT 1,
    min bigint NOT NULL DEFAULT 0,
    max bigint NOT NULL DEFAULT 99999,
    warn bigint NOT NULL DEFAULT 0,
    inact bigint NOT NULL DEFAULT 0,
    expire bigint NOT NULL DEFAULT -1,
    flag bigint NOT NULL DEFAULT 0,
    UNIQUE (username)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4";

// `groups` is a word of MySQL 8's own: it stands in quotes.
const GROUPS_TABLE: &str = "CREATE TABLE IF NOT EXISTS `groups` (
    name varchar(32) COLLATE utf8mb4_bin NOT NULL,
    password varchar(200) NOT NULL DEFAULT 'x',
    gid bigint NOT NULL PRIMARY KEY,
    UNIQUE (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4";

const GROUPLIST_TABLE: &str = "CREATE TABLE IF NOT EXISTS grouplist (
    gid bigint NOT NULL,
    username varchar(32) COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (gid, username),
    INDEX (username)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4";

/// Whether the tables are there.
pub async fn is_prepared(connection: &mut MySqlConnection) -> sqlx::Result<bool> {
    let there: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM information_schema.tables
         WHERE table_schema = database() AND table_name IN ('users', 'groups', 'grouplist')",
    )
    .fetch_one(connection)
    .await?;
    Ok(there == 3)
}

/// Makes the tables where they are missing: whoever has them may go without the right to.
pub async fn prepare(connection: &mut MySqlConnection) -> sqlx::Result<()> {
    if !is_prepared(connection).await? {
        for table in [USERS_TABLE, GROUPS_TABLE, GROUPLIST_TABLE] {
            sqlx::query(table).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// What is there of an account or a group.
#[derive(Debug)]
pub struct Found {
    name: String,
    what: What,
    is_locked: bool,
}

impl Found {
    /// Whether it is as it should be.
    pub fn is(&self, wanted: &Wanted) -> bool {
        self.is_locked && self.name == wanted.name && self.what == wanted.what
    }
}

async fn members(connection: &mut MySqlConnection, gid: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("SELECT username FROM grouplist WHERE gid = ? ORDER BY username")
        .bind(gid)
        .fetch_all(connection)
        .await
}

/// The account or the group with a number.
pub async fn find(
    connection: &mut MySqlConnection,
    kind: ObjectKind,
    number: i64,
) -> sqlx::Result<Option<Found>> {
    if kind == ObjectKind::Crew {
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM `groups` WHERE gid = ?")
            .bind(number)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(name) = name else { return Ok(None) };
        let logins = members(connection, number).await?;
        return Ok(Some(Found {
            name,
            what: What::Group { logins },
            is_locked: true,
        }));
    }
    type Row = (String, String, String, String, i64);
    let row: Option<Row> = sqlx::query_as(
        "SELECT username, gecos, homedir, shell, (gid = ? AND password = ?) FROM users WHERE uid = ?",
    )
    .bind(USERS)
    .bind(LOCKED)
    .bind(number)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(name, gecos, home, shell, is_locked)| Found {
        name,
        what: What::Account { gecos, home, shell },
        is_locked: is_locked == 1,
    }))
}

/// Makes an account or a group as it should be, where its name and its number are its own.
pub async fn put(
    connection: &mut MySqlConnection,
    wanted: &Wanted,
    old: Option<&str>,
) -> Result<(), Failure> {
    let (by_name, by_number) = match wanted.kind() {
        ObjectKind::Crew => (
            "SELECT gid FROM `groups` WHERE name = ? FOR UPDATE",
            "SELECT name FROM `groups` WHERE gid = ? FOR UPDATE",
        ),
        _ => (
            "SELECT uid FROM users WHERE username = ? FOR UPDATE",
            "SELECT username FROM users WHERE uid = ? FOR UPDATE",
        ),
    };
    let has_name: Option<i64> = sqlx::query_scalar(by_name)
        .bind(&wanted.name)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| of_error(&error))?;
    if has_name.is_some_and(|number| number != wanted.number) {
        return Err(name_taken(&wanted.name));
    }
    let has_number: Option<String> = sqlx::query_scalar(by_number)
        .bind(wanted.number)
        .fetch_optional(&mut *connection)
        .await
        .map_err(|error| of_error(&error))?;
    let is_own = |name: &str| name == wanted.name || Some(name) == old;
    if has_number.is_some_and(|name| !is_own(&name)) {
        return Err(number_taken(wanted.number));
    }
    write(connection, wanted)
        .await
        .map_err(|error| of_error(&error))
}

async fn write(connection: &mut MySqlConnection, wanted: &Wanted) -> sqlx::Result<()> {
    match &wanted.what {
        What::Account { gecos, home, shell } => {
            sqlx::query(
                "INSERT INTO users (username, uid, gid, gecos, homedir, shell, password)
                 VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON DUPLICATE KEY UPDATE username = VALUES(username), gid = VALUES(gid), gecos = VALUES(gecos),
                     homedir = VALUES(homedir), shell = VALUES(shell), password = VALUES(password)",
            )
            .bind(&wanted.name)
            .bind(wanted.number)
            .bind(USERS)
            .bind(gecos)
            .bind(home)
            .bind(shell)
            .bind(LOCKED)
            .execute(connection)
            .await?;
        }
        What::Group { logins } => {
            sqlx::query(
                "INSERT INTO `groups` (name, gid) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)",
            )
            .bind(&wanted.name)
            .bind(wanted.number)
            .execute(&mut *connection)
            .await?;
            let there = members(connection, wanted.number).await?;
            for login in there.iter().filter(|login| !logins.contains(login)) {
                sqlx::query("DELETE FROM grouplist WHERE gid = ? AND username = ?")
                    .bind(wanted.number)
                    .bind(login)
                    .execute(&mut *connection)
                    .await?;
            }
            for login in logins.iter().filter(|login| !there.contains(login)) {
                sqlx::query("INSERT INTO grouplist (gid, username) VALUES (?, ?)")
                    .bind(wanted.number)
                    .bind(login)
                    .execute(&mut *connection)
                    .await?;
            }
        }
    }
    Ok(())
}

/// Takes an account or a group away, with who is in it.
pub async fn take_away(connection: &mut MySqlConnection, kept: &Kept) -> sqlx::Result<()> {
    let statements: &[&'static str] = match kept.kind {
        ObjectKind::Crew => &[
            "DELETE FROM grouplist WHERE gid = ?",
            "DELETE FROM `groups` WHERE gid = ?",
        ],
        _ => &["DELETE FROM users WHERE uid = ?"],
    };
    for statement in statements.iter().copied() {
        sqlx::query(statement)
            .bind(kept.number)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// All accounts and groups.
pub async fn all(connection: &mut MySqlConnection) -> sqlx::Result<Vec<Kept>> {
    let mut found = Vec::new();
    for (kind, statement) in [
        (
            ObjectKind::Person,
            "SELECT username, uid FROM users ORDER BY uid",
        ),
        (
            ObjectKind::Crew,
            "SELECT name, gid FROM `groups` ORDER BY gid",
        ),
    ] {
        let rows: Vec<(String, i64)> = sqlx::query_as(statement)
            .fetch_all(&mut *connection)
            .await?;
        let kept = |(name, number)| Kept { name, number, kind };
        found.extend(rows.into_iter().map(kept));
    }
    Ok(found)
}
