//! Which tables a tenant has, and which columns they have, as the engine's own catalogue says.

use crate::db::migrations;
use crate::db::protection::{self, Owner};
use crate::db::tx::{Tx, TxKind};
use crate::kernel::{Problem, Result};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use sqlx::postgres::PgConnection;

/// What a column holds, by its portable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// An id.
    Uuid,
    /// A text.
    Text,
    /// A whole number.
    Bigint,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    Timestamptz,
    /// JSON.
    Jsonb,
    /// Bytes.
    Bytea,
}

impl Kind {
    fn from_portable(name: &str) -> Option<Self> {
        Some(match name {
            "UUID" => Self::Uuid,
            "TEXT" => Self::Text,
            "BIGINT" => Self::Bigint,
            "BOOLEAN" => Self::Boolean,
            "DATE" => Self::Date,
            "TIMESTAMPTZ" => Self::Timestamptz,
            "JSONB" => Self::Jsonb,
            "BYTEA" => Self::Bytea,
            _ => return None,
        })
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table of a tenant: its columns by name, as the engines have them in different orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in its order.
    pub key: Vec<String>,
}

/// A name as a part of a statement. It comes from the catalogue, or was compared with it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The tables of a tenant, by name. Whose a table is that nobody knows is not guessed.
pub(super) async fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let mut tables = match &mut tx.kind {
        TxKind::Sqlite(tx) => of_sqlite(tx).await?,
        TxKind::Postgres(tx) => of_postgres(tx).await?,
    };
    for table in &mut tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        if table.key.first().map(String::as_str) != Some("tenant_id") {
            let text = format!("the key of {} does not begin with the tenant", table.name);
            return Err(Problem::internal(text));
        }
    }
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tables)
}

/// A column as a catalogue has it: table, column, type, place in the key or 0.
type Row = (String, String, String, i64);

fn gathered(rows: Vec<Row>, kind: impl Fn(&str, &str, &str) -> Option<Kind>) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    let mut keys: Vec<Vec<(i64, String)>> = Vec::new();
    for (table, column, of, place) in rows {
        let kind = kind(&table, &column, &of).ok_or_else(|| {
            Problem::internal(format!("what {table}.{column} holds ({of}) is not known"))
        })?;
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table {
                name: table,
                columns: Vec::new(),
                key: Vec::new(),
            });
            keys.push(Vec::new());
        }
        if let (Some(last), Some(key)) = (tables.last_mut(), keys.last_mut()) {
            if place > 0 {
                key.push((place, column.clone()));
            }
            last.columns.push(Column { name: column, kind });
        }
    }
    for (table, mut key) in tables.iter_mut().zip(keys) {
        key.sort_unstable();
        table.key = key.into_iter().map(|(_, column)| column).collect();
    }
    Ok(tables)
}

async fn of_sqlite(connection: &mut SqliteConnection) -> Result<Vec<Table>> {
    let sql = "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c \
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> '_sqlx_migrations' AND c.hidden = 0 ORDER BY t.name, c.cid";
    let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(connection).await?;
    let types = migrations::tenant_types();
    gathered(rows, |table, column, _| {
        types
            .get(&(table, column))
            .and_then(|name| Kind::from_portable(name))
    })
}

async fn of_postgres(connection: &mut PgConnection) -> Result<Vec<Table>> {
    let there = protection::tables(connection).await?;
    let own: Vec<String> = there
        .into_iter()
        .filter(|table| table.owner() == Owner::Tenants)
        .map(|table| table.name)
        .collect();
    let sql = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL)::text, coalesce(array_position(k.conkey, a.attnum), 0)::bigint \
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' \
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
        ORDER BY c.relname, a.attnum";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(own).fetch_all(connection).await?;
    gathered(rows, |_, _, of| {
        Kind::from_portable(match of {
            "timestamp with time zone" => "TIMESTAMPTZ",
            "uuid" => "UUID",
            "text" => "TEXT",
            "bigint" => "BIGINT",
            "boolean" => "BOOLEAN",
            "date" => "DATE",
            "jsonb" => "JSONB",
            "bytea" => "BYTEA",
            other => other,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Bench;

    #[tokio::test]
    async fn both_catalogues_say_the_same_of_each_table() {
        let (files, server) = (Bench::sqlite().await, Bench::postgres().await);
        let mut tx = files.db.read(files.tenant.id).await.unwrap();
        let of_files = tables(&mut tx).await.unwrap();
        let mut tx = server.db.read(server.tenant.id).await.unwrap();
        let of_server = tables(&mut tx).await.unwrap();
        assert!(of_files.len() > 30, "the catalogue was read");
        assert_eq!(of_files, of_server);
    }
}
