//! Whether one tenant can reach another's data, tried on the storage as it is: read from the
//! catalogue, as each tenant in turn. Nothing that is tried is kept: every try is rolled back.

use super::protection::{self, Owner};
use super::tx::SqliteTx;
use super::{Db, Engine, Tx, TxKind, serving};
use crate::kernel::{Problem, Result, TenantId};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use std::borrow::Cow;
use uuid::Uuid;

/// The most tenants that are tried.
pub const TENANTS_MAX: usize = 1_000;
/// How many leaks of one kind are told.
const LEAKS_MAX: usize = 200;
/// So that nobody else waits for a try.
const LIMITS: &str = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '60s'";

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was tried.
    pub name: Cow<'static, str>,
    /// How often.
    pub tried: u64,
    /// What got through: nothing, where tenants are apart.
    pub leaks: Vec<String>,
}

impl Check {
    fn new(name: &'static str) -> Self {
        let leaks = Vec::new();
        Self {
            name: Cow::Borrowed(name),
            tried: 0,
            leaks,
        }
    }

    fn note(&mut self, leaks: bool, what: impl FnOnce() -> String) {
        self.tried += 1;
        if leaks && self.leaks.len() < LEAKS_MAX {
            self.leaks.push(what());
        }
    }
}

impl Db {
    /// Tries to reach the data of each tenant as another one, and as nobody.
    ///
    /// # Errors
    /// Those of the engine. What gets through is no error: it stands in the checks.
    pub async fn prove_isolation(&self, tenants: &[TenantId]) -> Result<Vec<Check>> {
        let tenants = tenants.get(..TENANTS_MAX).unwrap_or(tenants);
        match &self.engine {
            Engine::Sqlite(_) => self.prove_files(tenants).await,
            Engine::Postgres(_) => self.prove_policies(tenants).await,
        }
    }

    async fn prove_policies(&self, tenants: &[TenantId]) -> Result<Vec<Check>> {
        let mut catalogue = Check::new("each table is protected, and the role that serves is held");
        let mut keys = Check::new("each key and reference begins with the organisation");
        let mut tx = self.portal_read().await?;
        let connection = postgres(&mut tx)?;
        let tables = protection::tables(connection).await?;
        let of_tenants = tables.iter().filter(|t| t.owner() == Owner::Tenants);
        let tables: Vec<String> = of_tenants.map(|t| t.path.clone()).collect();
        let faults = serving::faults(connection).await?;
        catalogue.tried = u64::try_from(tables.len()).unwrap_or_default();
        catalogue.leaks = faults.into_iter().map(|fault| fault.said).collect();
        let wrong = protection::keys_without_tenant(connection).await?;
        keys.tried = wrong.0;
        keys.leaks = wrong.1;
        let mut nobody = Check::new("nobody reads nothing");
        for table in &tables {
            let sees = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            let sees: bool = sqlx::query_scalar(AssertSqlSafe(sees))
                .fetch_one(&mut *connection)
                .await?;
            nobody.note(sees, || format!("{table} is read by nobody"));
        }
        drop(tx);
        let mut tries = TRIES.map(|(name, _)| Check::new(name));
        for (n, own) in tenants.iter().enumerate() {
            let next = tenants.get((n + 1) % tenants.len()).copied();
            // Where there is one only, somebody who is not here.
            let other = next.filter(|next| next != own);
            let other = other.unwrap_or(TenantId(Uuid::max()));
            let mut tx = self.write(*own).await?;
            let connection = postgres(&mut tx)?;
            sqlx::raw_sql(LIMITS).execute(&mut *connection).await?;
            for table in &tables {
                for (check, (_, sql)) in tries.iter_mut().zip(TRIES) {
                    let leaks = gets_through(connection, sql, table, *own, other).await?;
                    check.note(leaks, || format!("{table}: as {own}, at {other}"));
                }
            }
        }
        let mut checks = vec![catalogue, keys, nobody];
        checks.extend(tries);
        Ok(checks)
    }

    async fn prove_files(&self, tenants: &[TenantId]) -> Result<Vec<Check>> {
        let mut own_file = Check::new("a connection has one file open, its organisation's own");
        let mut own_rows = Check::new("a file holds the rows of its organisation only");
        for tenant in tenants {
            let mut tx = match self.read(*tenant).await {
                Ok(tx) => tx,
                Err(refused) => {
                    own_file.note(true, || format!("{tenant}: {}", refused.log_line()));
                    continue;
                }
            };
            let files: Vec<(String, String)> = crate::all!(
                tx,
                "SELECT name, file FROM pragma_database_list WHERE name <> 'temp'"
            )?;
            let name = format!("/tenants/{tenant}.db");
            let own = matches!(files.as_slice(), [(main, file)] if main == "main" && file.ends_with(&name));
            own_file.note(!own, || format!("{tenant}: {files:?}"));
            let tables: Vec<(String, bool)> = crate::all!(
                tx,
                "SELECT t.name, EXISTS (SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'tenant_id') FROM sqlite_schema t WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' AND t.name <> '_sqlx_migrations'"
            )?;
            for (table, has_tenant) in tables {
                let strange = !has_tenant || holds_others(&mut tx, &table, *tenant).await?;
                own_rows.note(strange, || format!("{tenant}: {table}"));
            }
        }
        Ok(vec![own_file, own_rows])
    }
}

/// What is tried on each table as $1, at $2.
const TRIES: [(&str, &str); 5] = [
    (
        "reading another organisation's rows",
        "SELECT 1 FROM {} WHERE tenant_id <> $1 OR tenant_id = $2 LIMIT 1",
    ),
    (
        "changing them",
        "UPDATE {} SET tenant_id = tenant_id WHERE tenant_id <> $1 OR tenant_id = $2",
    ),
    (
        "removing them",
        "DELETE FROM {} WHERE tenant_id <> $1 OR tenant_id = $2",
    ),
    (
        "adding a row to it",
        "INSERT INTO {} (tenant_id) SELECT $2 WHERE $1 <> $2",
    ),
    (
        "moving an own row to it",
        "UPDATE {0} SET tenant_id = $2 WHERE ctid = (SELECT ctid FROM {0} WHERE tenant_id = $1 LIMIT 1)",
    ),
];

/// Whether a try reached anything. It is undone either way.
async fn gets_through(
    connection: &mut PgConnection,
    sql: &str,
    table: &str,
    own: TenantId,
    other: TenantId,
) -> Result<bool> {
    let mut tx = connection.begin().await?;
    // The table's name comes from the catalogue, quoted by it.
    let sql = AssertSqlSafe(sql.replace("{}", table).replace("{0}", table));
    let done = sqlx::query(sql).bind(own).bind(other).execute(&mut *tx);
    let reached = match done.await {
        Ok(done) => done.rows_affected() > 0,
        Err(sqlx::Error::Database(refused)) => match refused.code().as_deref() {
            // The policy, a right that is not there, or a trigger.
            Some("42501" | "P0001") => false,
            // Something else refused it, which the policy should have done before.
            Some(code) if code.starts_with("23") => true,
            _ => return Err(sqlx::Error::Database(refused).into()),
        },
        Err(other) => return Err(other.into()),
    };
    tx.rollback().await?;
    Ok(reached)
}

fn postgres(tx: &mut Tx) -> Result<&mut PgConnection> {
    match &mut tx.kind {
        TxKind::Postgres(tx) => Ok(tx),
        TxKind::Sqlite(_) => Err(Problem::internal("this is SQLite")),
    }
}

async fn holds_others(tx: &mut Tx, table: &str, own: TenantId) -> Result<bool> {
    let TxKind::Sqlite(SqliteTx::Reading(tx)) = &mut tx.kind else {
        return Err(Problem::internal("this is no file that is read"));
    };
    let table = table.replace('"', "\"\"");
    let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{table}\" WHERE tenant_id <> $1)");
    let there = sqlx::query_scalar(AssertSqlSafe(sql)).bind(own);
    Ok(there.fetch_one(&mut **tx).await?)
}
