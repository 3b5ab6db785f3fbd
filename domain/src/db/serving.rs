//! The role that serves on PostgreSQL, and what it must not be: whoever stands above row-level
//! security, or can get there, would see every tenant's data through one mistake of ours.

use super::migrations;
use super::protection::{self, Fault, rights_of};
use crate::kernel::{Problem, Result};
use sqlx::postgres::PgConnection;
use std::collections::BTreeMap;

/// Roles that come with PostgreSQL and reach beyond a database's own rules.
const REACHING: &[&str] = &[
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
    "pg_create_subscription",
];
/// What to do where a role must not serve.
const ANOTHER_ROLE: &str = "keep this address as database_owner_url (EQUIPAGE_DATABASE_OWNER_URL), for `equipage migrate` only; make a role that serves, `CREATE ROLE equipage_serve LOGIN PASSWORD '…';`, name it in database_url, and run `equipage migrate`: docs/isolation.md";

/// Refuses to serve as a role, or over tables, that do not keep tenants apart.
///
/// # Errors
/// All that is wrong, with what to type.
pub(super) async fn check(connection: &mut PgConnection) -> Result<()> {
    let mut found = role(connection).await?;
    if found.is_empty() {
        up_to_date(connection).await?;
        found = protection::faults(connection).await?;
        found.append(&mut ways_around(connection).await?);
        found.append(&mut rights(connection).await?);
    }
    match found.is_empty() {
        true => Ok(()),
        false => Err(protection::refused(&found)),
    }
}

/// All that is wrong, where the database can be reached: for `equipage doctor` and for
/// `equipage prove`.
pub(super) async fn faults(connection: &mut PgConnection) -> Result<Vec<Fault>> {
    let mut found = role(connection).await?;
    found.append(&mut protection::faults(connection).await?);
    found.append(&mut ways_around(connection).await?);
    if found.is_empty() {
        found.append(&mut rights(connection).await?);
    }
    Ok(found)
}

/// What the role itself may.
async fn role(connection: &mut PgConnection) -> Result<Vec<Fault>> {
    // Also what it could become, by belonging to another role.
    let sql = "SELECT r.rolname::text, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication, r.rolname = ANY ($1) \
        FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER') \
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication OR r.rolname = ANY ($1))";
    type Row = (String, bool, bool, bool, bool, bool);
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(REACHING)
        .fetch_all(&mut *connection)
        .await?;
    let (me,): (String,) = sqlx::query_as("SELECT session_user::text")
        .fetch_one(&mut *connection)
        .await?;
    let mut found = Vec::new();
    for (name, superuser, bypasses, creates, copies, _) in rows {
        let is = match (superuser, bypasses, creates, copies) {
            (true, ..) => "is a superuser",
            (_, true, ..) => "has BYPASSRLS",
            (_, _, true, _) => "has CREATEROLE",
            (_, _, _, true) => "has REPLICATION",
            _ => "reaches the machine's files",
        };
        let said = match name == me {
            true => format!("{me} {is}: row-level security does not hold it"),
            false => format!("{me} belongs to {name}, which {is}"),
        };
        found.push(Fault::new(said, ANOTHER_ROLE));
        if superuser {
            // A superuser belongs to every role: one line says it all.
            return Ok(found.split_off(found.len() - 1));
        }
    }
    let owned = "SELECT min(c.oid::regclass::text) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND pg_has_role(session_user, c.relowner, 'MEMBER')";
    let (owned,): (Option<String>,) = sqlx::query_as(owned).fetch_one(&mut *connection).await?;
    if let Some(table) = owned {
        let said = format!(
            "{me} owns {table}, or belongs to its owner, and could take its protection away"
        );
        found.push(Fault::new(said, ANOTHER_ROLE));
    }
    Ok(found)
}

/// The steps of this program that were not made yet.
pub(super) async fn steps_missing(connection: &mut PgConnection) -> Result<Vec<i64>> {
    let made = steps_made(connection).await?;
    let migrator = migrations::postgres()?;
    let mut missing = Vec::new();
    for step in migrator.iter() {
        match made.get(&step.version) {
            None => missing.push(step.version),
            Some(sum) if *sum != *step.checksum => {
                let other = sqlx::migrate::MigrateError::VersionMismatch(step.version);
                return Err(migrations::explain(other));
            }
            Some(_) => (),
        }
    }
    let unknown = made
        .keys()
        .find(|made| !migrator.iter().any(|s| s.version == **made));
    match unknown {
        Some(step) => {
            let newer = sqlx::migrate::MigrateError::VersionMissing(*step);
            Err(migrations::explain(newer))
        }
        None => Ok(missing),
    }
}

async fn steps_made(connection: &mut PgConnection) -> Result<BTreeMap<i64, Vec<u8>>> {
    let sql =
        "SELECT coalesce(has_table_privilege(to_regclass('_sqlx_migrations'), 'SELECT'), false)";
    let there: (bool,) = sqlx::query_as(sql).fetch_one(&mut *connection).await?;
    if !there.0 {
        return Ok(BTreeMap::new());
    }
    let made = sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success");
    let made: Vec<(i64, Vec<u8>)> = made.fetch_all(connection).await?;
    Ok(made.into_iter().collect())
}

async fn up_to_date(connection: &mut PgConnection) -> Result<()> {
    match steps_missing(connection).await?.first() {
        None => Ok(()),
        Some(step) => Err(Problem::internal(format!(
            "the tables are older than this program, or not there (step {step} is missing). The role that serves does not change tables: run `equipage migrate` with the owner's address in EQUIPAGE_DATABASE_OWNER_URL"
        ))),
    }
}

/// What would lead around the policies with the rights of somebody else.
async fn ways_around(connection: &mut PgConnection) -> Result<Vec<Fault>> {
    let views = "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' \
        AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') \
        AND (c.relkind = 'm' OR NOT coalesce(array_to_string(c.reloptions, ' ') ~ 'security_invoker=(true|on|1|yes)', false)) \
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";
    let functions = "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
        AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') \
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') ORDER BY 1";
    let views: Vec<String> = sqlx::query_scalar(views)
        .fetch_all(&mut *connection)
        .await?;
    let functions: Vec<String> = sqlx::query_scalar(functions)
        .fetch_all(&mut *connection)
        .await?;
    let mut found = Vec::new();
    for view in views {
        let said =
            format!("the view {view} reads with the rights of its owner, past row-level security");
        let mend = format!(
            "ALTER VIEW {view} SET (security_invoker = true);  or revoke SELECT on it from PUBLIC and from this role"
        );
        found.push(Fault::new(said, mend));
    }
    for function in functions {
        let said = format!(
            "the function {function} runs with the rights of its owner, past row-level security"
        );
        let mend = format!(
            "ALTER FUNCTION {function} SECURITY INVOKER;  or revoke EXECUTE on it from PUBLIC and from this role"
        );
        found.push(Fault::new(said, mend));
    }
    Ok(found)
}

/// What was granted: no more than is needed, and no less.
async fn rights(connection: &mut PgConnection) -> Result<Vec<Fault>> {
    let sql = "SELECT session_user::text, quote_ident(current_schema()), has_schema_privilege(session_user, current_schema(), 'CREATE')";
    let (me, schema, may_create): (String, String, bool) =
        sqlx::query_as(sql).fetch_one(&mut *connection).await?;
    let mut found = Vec::new();
    if may_create {
        let said = format!("{me} may create tables and functions in {schema}");
        let mend =
            format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, \"{me}\";  as a superuser");
        found.push(Fault::new(said, mend));
    }
    for table in protection::tables(connection).await? {
        let (lacks, surplus) = rights_of(connection, &me, &table).await?;
        let path = &table.path;
        if lacks {
            let said = format!("{me} lacks rights over {path}");
            found.push(Fault::new(
                said,
                "run `equipage migrate`: it grants what is needed",
            ));
        }
        if !surplus.is_empty() {
            let surplus = surplus.join(", ");
            let said = format!("{me} has more than it needs over {path}: {surplus}");
            let mend = format!(
                "run `equipage migrate`, or: REVOKE {surplus} ON {path} FROM PUBLIC, \"{me}\";"
            );
            found.push(Fault::new(said, mend));
        }
    }
    Ok(found)
}
