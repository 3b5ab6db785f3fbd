//! Many rows with few statements. A statement per row costs a thousand rows more time
//! than all the rest: rows travel as one JSON text, and the engine takes it apart.

use super::Tx;
use crate::exec;
use crate::kernel::{Problem, Result, TenantId};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;

/// How many rows travel at once: enough that the statement costs nothing per row, few
/// enough that a chunk is some hundred kilobytes.
pub(crate) const CHUNK: usize = 1_000;

/// What a column holds, to be taken out of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    /// An id, written by [`id`].
    Id,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A day, `2026-12-31`.
    Day,
    /// An instant, written by [`moment`].
    Moment,
    /// The instant that all rows share. It takes no value of the row.
    Now,
}

/// A table and the columns that are written; `tenant_id` comes before them.
pub(crate) struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, As)],
}

/// An id as JSON. Without hyphens: SQLite makes bytes of them, PostgreSQL a UUID.
pub(crate) fn id(id: impl std::fmt::Display) -> Value {
    Value::String(id.to_string().replace('-', ""))
}

/// An instant as JSON: as it is written where it is bound alone, because SQLite compares texts.
pub(crate) fn moment(at: DateTime<Utc>) -> Value {
    Value::String(at.to_rfc3339_opts(SecondsFormat::AutoSi, false))
}

/// Several ids as one bind.
pub(crate) fn ids<T: std::fmt::Display>(ids: &[T]) -> Json<Value> {
    Json(Value::Array(ids.iter().map(id).collect()))
}

/// Writes rows, each with a value for every column but those that hold [`As::Now`].
///
/// # Errors
/// The database's own: one row that cannot be written keeps all of them out.
pub(crate) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    table: &Table,
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let text = insert_text(table, tx.is_sqlite());
    let dated = table.columns.iter().any(|(_, kind)| *kind == As::Now);
    let mut rows = rows.into_iter().map(Value::Array).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<Value> = rows.by_ref().take(CHUNK).collect();
        let expected = chunk.len() as u64;
        // Names of tables and columns are ours, compiled in; what people typed is bound.
        let sql = AssertSqlSafe(text.clone());
        // PostgreSQL takes no instant where the text does not ask for one.
        let written = match dated {
            true => exec!(*tx, sql, tenant, Json(Value::Array(chunk)), now)?,
            false => exec!(*tx, sql, tenant, Json(Value::Array(chunk)))?,
        };
        if written != expected {
            return Err(Problem::internal("not every row of a chunk was written"));
        }
    }
    Ok(())
}

fn insert_text(table: &Table, sqlite: bool) -> String {
    let mut names = String::from("tenant_id");
    let mut values = String::from("$1");
    let mut at = 0;
    for (name, kind) in table.columns {
        names.push_str(", ");
        names.push_str(name);
        values.push_str(", ");
        values.push_str(&match (kind, sqlite) {
            (As::Now, _) => "$3".to_owned(),
            (As::Id, true) => format!("unhex(r.value ->> {at})"),
            (_, true) => format!("r.value ->> {at}"),
            (As::Id, false) => format!("CAST(r.value ->> {at} AS UUID)"),
            (As::Text, false) => format!("r.value ->> {at}"),
            (As::Number, false) => format!("CAST(r.value ->> {at} AS BIGINT)"),
            (As::Moment, false) => format!("CAST(r.value ->> {at} AS TIMESTAMPTZ)"),
            (As::Day, false) => format!("CAST(r.value ->> {at} AS DATE)"),
        });
        at += usize::from(*kind != As::Now);
    }
    let rows = if sqlite {
        "json_each($2) r"
    } else {
        "jsonb_array_elements($2) r (value)"
    };
    format!(
        "INSERT INTO {} ({names}) SELECT {values} FROM {rows}",
        table.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_takes_the_rows_apart_in_its_own_words() {
        let table = Table {
            name: "t",
            columns: &[("id", As::Id), ("at", As::Now), ("n", As::Number)],
        };
        assert_eq!(
            insert_text(&table, true),
            "INSERT INTO t (tenant_id, id, at, n) SELECT $1, unhex(r.value ->> 0), $3, r.value ->> 1 FROM json_each($2) r"
        );
        assert_eq!(
            insert_text(&table, false),
            "INSERT INTO t (tenant_id, id, at, n) SELECT $1, CAST(r.value ->> 0 AS UUID), $3, CAST(r.value ->> 1 AS BIGINT) FROM jsonb_array_elements($2) r (value)"
        );
    }
}
