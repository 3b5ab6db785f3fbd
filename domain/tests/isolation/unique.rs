//! What may be there once only: in one organisation, never in the whole installation. Read off
//! the catalogue of each engine: every unique key there is, tried with rows of two organisations.

use super::ground::{Own, run};
use domain::context::Clock;
use domain::db::Db;
use domain::kernel::{Locale, Slug, TenantId};
use domain::portal;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A unique key, as a catalogue has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    table: String,
    columns: Vec<String>,
    /// Of which rows, where not of all: the condition.
    of: String,
}

/// A column: its name and its type, as the engine says it.
type Column = (String, String);

/// Where rows are put in; what came of it is the constraint's complaint.
enum Place {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Place {
    async fn put(&mut self, sql: String) -> Result<(), String> {
        let sql = AssertSqlSafe(sql);
        let done = match self {
            Self::Postgres(to) => sqlx::query(sql).execute(to).await.map(|_| ()),
            Self::Sqlite(to) => sqlx::query(sql).execute(to).await.map(|_| ()),
        };
        match done {
            Ok(()) => Ok(()),
            Err(sqlx::Error::Database(e)) if e.is_unique_violation() => Err(e.message().into()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn texts(&mut self, sql: &str) -> Vec<(String, String, String)> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Postgres(from) => sqlx::query_as(sql).fetch_all(from).await.unwrap(),
            Self::Sqlite(from) => sqlx::query_as(sql).fetch_all(from).await.unwrap(),
        }
    }

    /// Every unique key of the tables of tenants.
    async fn keys(&mut self) -> BTreeSet<Key> {
        let sql = match self {
            Self::Postgres(_) => {
                "SELECT c.relname::text, (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum), coalesce(pg_get_expr(i.indpred, i.indrelid), '') \
                FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisunique AND c.relnamespace = current_schema()::regnamespace AND c.relname NOT IN ('mail_turns', 'duty_turns') \
                AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')"
            }
            Self::Sqlite(_) => {
                "SELECT t.name, (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)), \
                coalesce((SELECT CASE WHEN instr(x.sql, ' WHERE ') > 0 THEN substr(x.sql, instr(x.sql, ' WHERE ') + 7) END FROM sqlite_schema x WHERE x.name = i.name), '') \
                FROM sqlite_schema t, pragma_index_list(t.name) i WHERE t.type = 'table' AND i.\"unique\" = 1 AND t.name <> '_sqlx_migrations'"
            }
        };
        let rows = self.texts(sql).await.into_iter();
        rows.map(|(table, columns, of)| Key {
            table,
            columns: columns.split(',').map(str::to_owned).collect(),
            of: of.replace(['(', ')'], "").trim().to_owned(),
        })
        .collect()
    }

    async fn columns(&mut self, table: &str) -> Vec<Column> {
        let sql = match self {
            Self::Postgres(_) => format!(
                "SELECT a.attname::text, y.typname::text, '' FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid WHERE a.attrelid = '{table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
            ),
            Self::Sqlite(_) => {
                format!("SELECT name, type, '' FROM pragma_table_info('{table}')")
            }
        };
        let rows = self.texts(&sql).await.into_iter();
        rows.map(|(name, kind, _)| (name, kind)).collect()
    }

    /// A row of a tenant: the key's columns are always the same, the others never.
    async fn row(&mut self, key: &Key, tenant: Uuid) -> String {
        let columns = self.columns(&key.table).await;
        let values = columns.iter().map(|(name, kind)| match name.as_str() {
            "tenant_id" => literal(kind, tenant, false),
            // (A yes or no is a number on SQLite.)
            name if kind == "INTEGER" && name.starts_with("is_") => {
                i64::from(key.of.contains(name)).to_string()
            }
            name if key.columns.iter().any(|c| c == name) => literal(kind, Uuid::nil(), false),
            // What a key asks of its rows is so in these.
            name => literal(kind, Uuid::now_v7(), key.of.contains(name)),
        });
        let values: Vec<String> = values.collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let (table, names) = (&key.table, names.join(", "));
        format!(
            "INSERT INTO {table} ({names}) VALUES ({})",
            values.join(", ")
        )
    }

    /// What is wrong with the keys: one that two tenants cannot both have, one that a tenant
    /// can have twice.
    async fn faults(&mut self) -> Vec<String> {
        let mut faults = Vec::new();
        let keys = self.keys().await;
        assert!(keys.len() > 50, "the catalogue was read: {}", keys.len());
        for key in keys {
            let [one, other] = [Uuid::now_v7(), Uuid::now_v7()];
            for tenant in [one, other] {
                let row = self.row(&key, tenant).await;
                if let Err(said) = self.put(row).await {
                    faults.push(format!("{key:?}: not in two organisations: {said}"));
                }
            }
            let twice = self.row(&key, one).await;
            match self.put(twice).await {
                Ok(()) => faults.push(format!("{key:?}: twice in one organisation")),
                // SQLite names the columns: it was this key that refused.
                Err(said) if matches!(self, Self::Sqlite(_)) => {
                    let columns = key.columns.iter().map(|c| format!("{}.{c}", key.table));
                    let named = columns.collect::<Vec<_>>().join(", ");
                    if !said.ends_with(&named) {
                        faults.push(format!("{key:?}: refused by another key: {said}"));
                    }
                }
                Err(_) => {}
            }
        }
        faults
    }
}

/// A value of a column, made of an id.
fn literal(kind: &str, id: Uuid, is_so: bool) -> String {
    // Random in its last bits, and small enough for every number.
    let number = id.as_u128() % 1_000_000_007;
    match kind {
        "uuid" => format!("'{id}'"),
        "BLOB" => format!("x'{}'", id.simple()),
        "bytea" => format!("'\\x{}'::bytea", id.simple()),
        "text" | "TEXT" => format!("'of {id}'"),
        "bool" => is_so.to_string(),
        "int8" | "INTEGER" => number.to_string(),
        "date" => format!("DATE '2000-01-01' + {}", number % 1_000_000),
        "timestamptz" => format!("to_timestamp({number})"),
        "jsonb" => format!("'[\"{id}\"]'"),
        other => panic!("a column of the type {other}"),
    }
}

/// PostgreSQL where nothing is asked of a row but its keys.
async fn postgres(own: &Own) -> Place {
    run(&own.admin, "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname, conrelid::regclass AS path FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.path, c.conname); END LOOP; END $$").await;
    let mut to = PgConnection::connect(&own.admin).await.unwrap();
    sqlx::query("SET session_replication_role = replica")
        .execute(&mut to)
        .await
        .unwrap();
    Place::Postgres(to)
}

/// The same of a tenant's file.
async fn sqlite(folder: &std::path::Path) -> Place {
    let db = Db::open_sqlite(folder).await.unwrap();
    let slug = Slug::parse("one").unwrap();
    let made = portal::create(&db, &Clock::System, slug, "Un", Locale::Fr).await;
    let TenantId(id) = made.unwrap().id;
    db.close().await;
    let file = folder.join("tenants").join(format!("{id}.db"));
    let url = format!("sqlite://{}", file.display());
    let mut to = SqliteConnection::connect(&url).await.unwrap();
    for sql in [
        "PRAGMA foreign_keys = OFF",
        "PRAGMA ignore_check_constraints = ON",
    ] {
        sqlx::query(sql).execute(&mut to).await.unwrap();
    }
    let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
    let triggers: Vec<String> = sqlx::query_scalar(triggers)
        .fetch_all(&mut to)
        .await
        .unwrap();
    for trigger in triggers {
        let sql = AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
        sqlx::query(sql).execute(&mut to).await.unwrap();
    }
    Place::Sqlite(to)
}

/// What nobody has twice, as far as it has a name.
const UNIQUE: &[(&str, &str)] = &[
    ("members", "number"),
    ("members", "party_id"),
    ("crews", "name"),
    ("logins", "login_name"),
    ("sessions", "token_hash"),
    ("dues_kinds", "name"),
    ("service_types", "name"),
    ("prefixes", "network"),
    ("mails", "once_key"),
    ("extra_fields", "slug"),
    ("plugins", "name"),
    ("duties", "number"),
];

const NO_FAULTS: Vec<String> = Vec::new();

#[tokio::test]
async fn what_is_unique_is_so_in_each_organisation_alone_and_sabotage_is_found_out() {
    let own = Own::migrated().await;
    let folder = tempfile::tempdir().unwrap();
    let (mut here, mut file) = (postgres(&own).await, sqlite(folder.path()).await);
    assert_eq!(here.keys().await, file.keys().await);
    for (table, column) in UNIQUE {
        let columns = ["tenant_id".to_owned(), (*column).to_owned()];
        let keys = file.keys().await;
        let is_there = |key: &Key| key.table == *table && key.columns == columns;
        assert!(keys.iter().any(is_there), "{table}: {column}");
    }
    assert_eq!(here.faults().await, NO_FAULTS);
    assert_eq!(file.faults().await, NO_FAULTS);
    // A key that looks at everybody's rows, and one that is not there any more.
    for place in [&mut here, &mut file] {
        for sql in [
            // (There are members of one number by now.)
            "DELETE FROM members",
            "CREATE UNIQUE INDEX everybodys ON members (number)",
        ] {
            place.put(sql.into()).await.unwrap();
        }
        let found = place.faults().await;
        assert!(
            found
                .iter()
                .any(|f| f.contains("\"number\"") && f.contains("not in two")),
            "{found:?}"
        );
        place.put("DROP INDEX everybodys".into()).await.unwrap();
    }
    here.put("ALTER TABLE members DROP CONSTRAINT members_tenant_id_number_key".into())
        .await
        .unwrap_or_else(|said| panic!("{said}"));
    assert_ne!(here.keys().await, file.keys().await);
    drop((here, file));
    own.drop().await;
}
