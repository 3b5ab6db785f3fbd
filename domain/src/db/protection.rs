//! Row-level security on PostgreSQL: which tables must have it, what it says, and the owner's
//! side that attaches it. Nobody writes a policy by hand: what must be protected is read from
//! the catalogue, so that a table of tomorrow is protected, or refused, without being named here.

use super::migrations;
use crate::kernel::{Problem, Result};
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use std::str::FromStr;

/// The one policy of every tenant table. A transaction that ended leaves an empty text in the
/// setting: hence `nullif`. It holds for every role that does not stand above it: who may
/// touch a table at all is a matter of what was granted.
pub(super) const POLICY: &str = "own_tenant";
/// What the policy says, for what is read and for what is written.
const OWN: &str = "tenant_id = (SELECT nullif(current_setting('equipage.tenant', true), '')::uuid)";
/// The same as PostgreSQL tells it, without what differs from version to version.
const OWN_TOLD: &str = "tenant_id=selectnullifcurrent_setting'equipage.tenant',true,''::uuid";
/// The table in which the steps that were made are noted.
const STEPS: &str = "_sqlx_migrations";
/// One owner at a time changes tables.
const LOCK: i64 = 0x6571_7569_7061_6765;
/// What lets nobody change a row, on a table as a whole.
const FREEZES: &[&str] = &["equipage_frozen", "equipage_portal_frozen"];

/// Something that would let one tenant see another's data, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub said: String,
    /// What to type.
    pub mend: String,
}

impl Fault {
    pub(super) fn new(said: impl Into<String>, mend: impl Into<String>) -> Self {
        let (said, mend) = (said.into(), mend.into());
        Self { said, mend }
    }
}

/// Several faults as one problem, for the one who starts the server.
pub(super) fn refused(faults: &[Fault]) -> Problem {
    let mut text = String::from("it is not safe to serve several organisations from here");
    for fault in faults {
        text.push_str(&format!("\n  {}\n    → {}", fault.said, fault.mend));
    }
    Problem::internal(text)
}

/// A table as the catalogue has it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Table {
    pub(super) name: String,
    /// Name and schema, quoted where they must be.
    pub(super) path: String,
    has_tenant: bool,
    enabled: bool,
    forced: bool,
    /// Whether a trigger refuses each change, and each removal, of a row.
    pub(super) stays: bool,
    pub(super) kept: bool,
}

/// Whose a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Tenants,
    Portal,
    Steps,
    Nobody,
}

impl Table {
    pub(super) fn owner(&self) -> Owner {
        if self.name == STEPS {
            Owner::Steps
        } else if migrations::portal_tables().contains(&self.name.as_str()) {
            Owner::Portal
        } else if self.has_tenant {
            Owner::Tenants
        } else {
            Owner::Nobody
        }
    }

    /// What the role that serves may do with it, and nothing else.
    pub(super) fn rights(&self) -> &'static [&'static str] {
        match (self.owner(), self.stays, self.kept) {
            (Owner::Steps | Owner::Nobody, ..) => &["SELECT"],
            (_, true, true) => &["SELECT", "INSERT"],
            (_, true, false) => &["SELECT", "INSERT", "DELETE"],
            (_, false, true) => &["SELECT", "INSERT", "UPDATE"],
            (_, false, false) => &["SELECT", "INSERT", "UPDATE", "DELETE"],
        }
    }
}

/// A policy as the catalogue has it.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Policy {
    table: String,
    name: String,
    permissive: bool,
    everybody: bool,
    command: String,
    reading: Option<String>,
    writing: Option<String>,
}

impl Policy {
    fn is_canonical(&self) -> bool {
        let says = |text: &Option<String>| text.as_deref().map(told).as_deref() == Some(OWN_TOLD);
        self.name == POLICY
            && self.permissive
            && self.everybody
            && self.command == "ALL"
            && says(&self.reading)
            && says(&self.writing)
    }
}

/// A policy's text without blanks, brackets and what PostgreSQL adds.
fn told(text: &str) -> String {
    let text = text.to_lowercase().replace("::text", "");
    let text = text.replace("as \"nullif\"", "").replace("as nullif", "");
    let drop = |c: &char| !c.is_whitespace() && !matches!(c, '(' | ')' | '"');
    text.chars().filter(drop).collect()
}

/// The tables of our schema, without those of extensions.
pub(super) async fn tables(connection: &mut PgConnection) -> Result<Vec<Table>> {
    // Bits of tgtype: 8 is DELETE, 16 is UPDATE.
    let sql = "SELECT c.relname::text AS name, c.oid::regclass::text AS path, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced, \
        EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND a.atttypid = 'uuid'::regtype) AS has_tenant, \
        EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid AND p.proname = ANY ($1) AND t.tgqual IS NULL AND t.tgattr = '' AND t.tgtype & 16 <> 0) AS stays, \
        EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid AND p.proname = ANY ($1) AND t.tgqual IS NULL AND t.tgtype & 8 <> 0) AS kept \
        FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'f') \
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";
    let rows = sqlx::query_as(sql).bind(FREEZES);
    Ok(rows.fetch_all(connection).await?)
}

async fn policies(connection: &mut PgConnection) -> Result<Vec<Policy>> {
    let sql = "SELECT tablename::text AS table, policyname::text AS name, permissive = 'PERMISSIVE' AS permissive, roles = ARRAY['public'::name] AS everybody, \
        cmd::text AS command, qual AS reading, with_check AS writing FROM pg_policies WHERE schemaname = current_schema() ORDER BY 1, 2";
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}

/// What is wrong with the protection of the tables, and the statements of the owner that mend
/// what can be mended without asking anybody.
#[derive(Default)]
struct Drift {
    faults: Vec<Fault>,
    statements: Vec<String>,
    /// What only a person can decide.
    refused: Vec<Fault>,
}

async fn drift(connection: &mut PgConnection) -> Result<Drift> {
    let (tables, policies) = (tables(connection).await?, policies(connection).await?);
    let mut drift = Drift::default();
    for table in &tables {
        let path = &table.path;
        match table.owner() {
            Owner::Portal | Owner::Steps => continue,
            Owner::Nobody => {
                drift.refused.push(Fault::new(
                    format!("the table {path} has no tenant_id (UUID NOT NULL) and is none of the portal's"),
                    "move it to another schema",
                ));
                continue;
            }
            Owner::Tenants => (),
        }
        let own: Vec<&Policy> = policies.iter().filter(|p| p.table == table.name).collect();
        for other in own.iter().filter(|p| p.name != POLICY && p.permissive) {
            drift.refused.push(Fault::new(
                format!("{path} has another permissive policy, {:?}: what it lets through is let through", other.name),
                format!("DROP POLICY \"{}\" ON {path};", other.name.replace('"', "\"\"")),
            ));
        }
        let mut wrong = |said: &str, statement: String| {
            let mend = "run `equipage migrate`: it attaches what is missing";
            drift
                .faults
                .push(Fault::new(format!("{path} {said}"), mend));
            drift.statements.push(statement);
        };
        let canonical = own.iter().any(|p| p.is_canonical());
        if !canonical {
            if own.iter().any(|p| p.name == POLICY) {
                wrong(
                    "has a changed policy",
                    format!("DROP POLICY {POLICY} ON {path}"),
                );
            }
            let create =
                format!("CREATE POLICY {POLICY} ON {path} USING ({OWN}) WITH CHECK ({OWN})");
            wrong("has no policy", create);
        }
        if !table.enabled {
            let sql = format!("ALTER TABLE {path} ENABLE ROW LEVEL SECURITY");
            wrong("has no row-level security", sql);
        }
        if !table.forced {
            let sql = format!("ALTER TABLE {path} FORCE ROW LEVEL SECURITY");
            wrong("has a row-level security that does not bind its owner", sql);
        }
    }
    Ok(drift)
}

/// What is wrong with the protection of the tables, as any role may see it.
pub(super) async fn faults(connection: &mut PgConnection) -> Result<Vec<Fault>> {
    let mut drift = drift(connection).await?;
    drift.refused.append(&mut drift.faults);
    Ok(drift.refused)
}

/// How many keys and references of tenants' tables there are, and those that do not begin with
/// the tenant: they look past row-level security.
pub(super) async fn keys_without_tenant(
    connection: &mut PgConnection,
) -> Result<(u64, Vec<String>)> {
    let sql = "WITH own AS (SELECT a.attrelid AS id, a.attnum AS place FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND c.relname <> ALL ($1)) \
        SELECT i.indexrelid::regclass::text, i.indkey[0] = own.place FROM pg_index i JOIN own ON own.id = i.indrelid WHERE i.indisunique OR i.indisexclusion \
        UNION ALL SELECT conrelid::regclass::text || ' ' || conname::text, conkey[1] = own.place AND confkey[1] = theirs.place \
        FROM pg_constraint k JOIN own ON own.id = k.conrelid LEFT JOIN own theirs ON theirs.id = k.confrelid WHERE k.contype = 'f'";
    let rows: Vec<(String, Option<bool>)> = sqlx::query_as(sql)
        .bind(migrations::portal_tables())
        .fetch_all(connection)
        .await?;
    let tried = u64::try_from(rows.len()).unwrap_or_default();
    let wrong = rows.into_iter().filter(|(_, leads)| *leads != Some(true));
    Ok((tried, wrong.map(|(name, _)| name).collect()))
}

/// Brings the tables up to date as their owner, protects each one, and lets the role that
/// serves do what it needs. Changes nothing where everything is as it should be.
///
/// # Errors
/// What cannot be mended without asking, with what to type; the engine's own.
pub(super) async fn migrate(owner_url: &str, serving_role: &str) -> Result<()> {
    let options = PgConnectOptions::from_str(owner_url)?;
    if options.get_username() == serving_role {
        return Err(refused(&[Fault::new(
            format!("{serving_role} would own the tables and serve"),
            "name another role in database_url than in database_owner_url",
        )]));
    }
    let mut owner = PgConnection::connect_with(&options).await?;
    // It ends with the connection.
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut owner)
        .await?;
    let migrator = migrations::postgres()?;
    if !super::serving::steps_missing(&mut owner).await?.is_empty() {
        lift(&mut owner).await?;
        let run = migrator.run_direct(None, &mut owner, false);
        run.await.map_err(migrations::explain)?;
    }
    attach(&mut owner, serving_role).await?;
    owner.close().await?;
    Ok(())
}

/// A step may move the data of every tenant: the owner is let through while the tables are
/// brought up to date. Whoever serves is not: they are no owners.
async fn lift(owner: &mut PgConnection) -> Result<()> {
    for table in tables(owner).await?.iter().filter(|table| table.forced) {
        let path = &table.path;
        run(
            owner,
            format!("ALTER TABLE {path} NO FORCE ROW LEVEL SECURITY"),
        )
        .await?;
    }
    Ok(())
}

async fn attach(owner: &mut PgConnection, serving_role: &str) -> Result<()> {
    let mut drift = drift(owner).await?;
    if !drift.refused.is_empty() {
        return Err(refused(&drift.refused));
    }
    drift.statements.append(&mut functions(owner).await?);
    drift.statements.append(&mut references(owner).await?);
    drift
        .statements
        .append(&mut grants(owner, serving_role).await?);
    // One transaction: nobody sees a table half protected.
    let mut tx = owner.begin().await?;
    for statement in drift.statements {
        run(&mut tx, statement).await?;
    }
    Ok(tx.commit().await?)
}

/// Functions of triggers look for tables where ours are, whoever calls them.
async fn functions(owner: &mut PgConnection) -> Result<Vec<String>> {
    let sql = "SELECT format('ALTER FUNCTION %s SECURITY INVOKER SET search_path = pg_catalog, %I, pg_temp', p.oid::regprocedure, current_schema()) \
        FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'equipage\\_%' \
        AND (p.prosecdef OR NOT coalesce(array_to_string(p.proconfig, ' ') LIKE '%search_path=pg_catalog, %', false))";
    Ok(sqlx::query_scalar(sql).fetch_all(owner).await?)
}

/// References can wait for the end of a transaction that asks for it: a tenant is moved in table
/// by table. Nobody else asks.
async fn references(owner: &mut PgConnection) -> Result<Vec<String>> {
    let sql = "SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', conrelid::regclass, conname) \
        FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND NOT condeferrable ORDER BY 1";
    Ok(sqlx::query_scalar(sql).fetch_all(owner).await?)
}

/// What the role that serves lacks, and what it has too much.
async fn grants(owner: &mut PgConnection, role: &str) -> Result<Vec<String>> {
    let known = sqlx::query("SELECT 1 FROM pg_roles WHERE rolname = $1").bind(role);
    if known.fetch_optional(&mut *owner).await?.is_none() {
        return Err(refused(&[Fault::new(
            format!("there is no role {role}, which is to serve (the user of database_url)"),
            format!(
                "CREATE ROLE \"{role}\" LOGIN PASSWORD '…';   then run `equipage migrate` again"
            ),
        )]));
    }
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    let mut statements = Vec::new();
    let usage = "SELECT quote_ident(current_schema()), has_schema_privilege($1, current_schema(), 'USAGE'), has_schema_privilege($1, current_schema(), 'CREATE')";
    let (schema, may_use, may_create): (String, bool, bool) = sqlx::query_as(usage)
        .bind(role)
        .fetch_one(&mut *owner)
        .await?;
    if !may_use {
        statements.push(format!("GRANT USAGE ON SCHEMA {schema} TO {quoted}"));
    }
    if may_create {
        statements.push(format!(
            "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {quoted}"
        ));
    }
    for table in tables(owner).await? {
        let (rights, path) = (table.rights(), &table.path);
        let (lacks, surplus) = rights_of(owner, role, &table).await?;
        if lacks {
            let rights = rights.join(", ");
            statements.push(format!("GRANT {rights} ON {path} TO {quoted}"));
        }
        if !surplus.is_empty() {
            let surplus = surplus.join(", ");
            statements.push(format!("REVOKE {surplus} ON {path} FROM PUBLIC, {quoted}"));
        }
    }
    Ok(statements)
}

/// Whether a role lacks a right over a table that it needs, and which ones it has beyond.
pub(super) async fn rights_of(
    connection: &mut PgConnection,
    role: &str,
    table: &Table,
) -> Result<(bool, Vec<String>)> {
    let sql = "SELECT r, has_table_privilege($1, $2, r) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) r";
    let rows: Vec<(String, bool)> = sqlx::query_as(sql)
        .bind(role)
        .bind(&table.path)
        .fetch_all(connection)
        .await?;
    let needed = |right: &String| table.rights().contains(&right.as_str());
    let lacks = rows.iter().any(|(right, has)| needed(right) && !has);
    let surplus = rows
        .into_iter()
        .filter(|(right, has)| *has && !needed(right));
    Ok((lacks, surplus.map(|(right, _)| right).collect()))
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<()> {
    // Names come from the catalogue, quoted by it, and from our own texts.
    connection.execute(AssertSqlSafe(statement)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_known_again_as_postgresql_tells_it() {
        let as_told = "(tenant_id = ( SELECT (NULLIF(current_setting('equipage.tenant'::text, true), ''::text))::uuid AS \"nullif\"))";
        assert_eq!(told(as_told), OWN_TOLD);
        assert_eq!(told(OWN), OWN_TOLD);
        for other in [
            "true",
            "((tenant_id = ( SELECT (NULLIF(current_setting('equipage.tenant'::text, true), ''::text))::uuid AS \"nullif\")) OR true)",
            "(id = ( SELECT (NULLIF(current_setting('equipage.tenant'::text, true), ''::text))::uuid AS \"nullif\"))",
            "(tenant_id = ( SELECT (NULLIF(current_setting('equipage.other'::text, true), ''::text))::uuid AS \"nullif\"))",
        ] {
            assert_ne!(told(other), OWN_TOLD, "{other}");
        }
    }

    /// A step that copies what organisations have must see it, though the owner sees nothing
    /// of anybody otherwise.
    #[tokio::test]
    async fn a_step_moves_the_data_of_every_tenant_although_its_owner_sees_none() {
        use crate::db::testing::{POSTGRES_ADMIN, POSTGRES_OWNER};
        let name = format!("steps_{}", uuid::Uuid::now_v7().simple());
        let options = |role| {
            std::env::var(role)
                .unwrap()
                .parse::<PgConnectOptions>()
                .unwrap()
        };
        let owner = options(POSTGRES_OWNER);
        let mut connection = PgConnection::connect_with(&owner).await.unwrap();
        run(&mut connection, format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let owner = owner.database(&name);
        let mut connection = PgConnection::connect_with(&owner).await.unwrap();
        let first = migrations::PORTAL
            .iter()
            .chain(migrations::TENANT.iter().take(1));
        let first = migrations::migrator(first, migrations::Dialect::Postgres).unwrap();
        first.run(&mut connection).await.unwrap();
        attach(&mut connection, "equipage_serve").await.unwrap();
        let mut admin = PgConnection::connect_with(&options(POSTGRES_ADMIN).database(&name))
            .await
            .unwrap();
        for tenant in [1_u128, 2] {
            let tenant = uuid::Uuid::from_u128(tenant);
            let old = "INSERT INTO settings VALUES ($1, 'Nuage Libre', 'fr', 'Europe/Paris', 'anyone', NULL, 2500, 6, 1)";
            sqlx::query(old)
                .bind(tenant)
                .execute(&mut admin)
                .await
                .unwrap();
        }
        let count = "SELECT count(*) FROM dues_prices WHERE amount_cents = 2500";
        let address = format!(
            "postgres://{}@{}:{}/{name}",
            owner.get_username(),
            owner.get_host(),
            owner.get_port()
        );
        migrate(&address, "equipage_serve").await.unwrap();
        let all: i64 = sqlx::query_scalar(count)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let of_owner: i64 = sqlx::query_scalar(count)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!((all, of_owner), (2, 0));
        assert_eq!(faults(&mut connection).await.unwrap(), []);
    }
}
