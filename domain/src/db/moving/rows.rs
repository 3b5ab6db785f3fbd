//! Rows in one form, whichever engine has them: a JSON array of texts, one a column, or null.

use super::Sum;
use super::catalogue::{Kind, Table, quoted};
use crate::db::tx::{Tx, TxKind};
use crate::kernel::{Problem, Result, TenantId};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row as _};

/// A row: a text for each column.
pub(super) type Row = Vec<Option<String>>;

/// The most rows that one statement writes.
const BATCH_ROWS: usize = 500;
/// About how many bytes one statement writes at most, beside its last row.
const BATCH_BYTES: usize = 1 << 20;
/// A moment in the file: in UTC, with microseconds, which is what both engines keep.
const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// Gives each row of a tenant, in the order of the key.
pub(super) async fn each(
    tx: &mut Tx,
    tenant: TenantId,
    table: &Table,
    take: &mut (dyn FnMut(&str) -> Result<()> + Send),
) -> Result<()> {
    let wanted = table.columns.iter();
    let sqlite = tx.is_sqlite();
    let wanted: Vec<String> = wanted.map(|c| reads(&c.name, c.kind, sqlite)).collect();
    let order: Vec<String> = table.key.iter().map(|name| quoted(name)).collect();
    let sql = format!(
        "SELECT {} FROM {} WHERE tenant_id = $1 ORDER BY {}",
        wanted.join(", "),
        quoted(&table.name),
        order.join(", ")
    );
    macro_rules! give {
        ($inner:expr, $engine:ty) => {{
            let query = sqlx::query::<$engine>(AssertSqlSafe(sql)).bind(tenant);
            let mut found = query.fetch(&mut **$inner);
            while let Some(row) = found.try_next().await? {
                let mut texts = Row::with_capacity(table.columns.len());
                for (n, column) in table.columns.iter().enumerate() {
                    let text: Option<String> = row.try_get(n)?;
                    texts.push(text.map(|t| canonical(t, column.kind)).transpose()?);
                }
                take(&serde_json::to_string(&texts).map_err(Problem::internal)?)?;
            }
        }};
    }
    match &mut tx.kind {
        TxKind::Sqlite(inner) => give!(inner, sqlx::Sqlite),
        TxKind::Postgres(inner) => give!(inner, sqlx::Postgres),
    }
    Ok(())
}

/// What a table of a tenant holds.
pub(super) async fn sum(tx: &mut Tx, tenant: TenantId, table: &Table) -> Result<Sum> {
    let (mut rows, mut hash) = (0, Sha256::new());
    each(tx, tenant, table, &mut |line| {
        rows += 1;
        hash.update(line.as_bytes());
        hash.update(b"\n");
        Ok(())
    })
    .await?;
    Ok(Sum {
        table: table.name.clone(),
        rows,
        sha256: hex::encode(hash.finalize()),
    })
}

/// Removes all that a tenant has in a table.
pub(super) async fn clear(tx: &mut Tx, tenant: TenantId, table: &Table) -> Result<()> {
    let sql = format!("DELETE FROM {} WHERE tenant_id = $1", quoted(&table.name));
    crate::exec!(*tx, AssertSqlSafe(sql.as_str()), tenant)?;
    Ok(())
}

/// How a column is read as a text.
fn reads(name: &str, kind: Kind, sqlite: bool) -> String {
    let name = quoted(name);
    match (kind, sqlite) {
        // What is NULL has no digits either, but an empty text.
        (Kind::Uuid | Kind::Bytea, true) => {
            format!("CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END")
        }
        (Kind::Bigint | Kind::Boolean, true) => format!("CAST({name} AS TEXT)"),
        (Kind::Text | Kind::Date | Kind::Timestamptz | Kind::Jsonb, true) => name,
        (Kind::Uuid, false) => format!("replace({name}::text, '-', '')"),
        (Kind::Bytea, false) => format!("encode({name}, 'hex')"),
        (Kind::Boolean, false) => format!("{name}::int::text"),
        (Kind::Text | Kind::Bigint | Kind::Jsonb, false) => format!("{name}::text"),
        (Kind::Date, false) => format!("to_char({name}, 'YYYY-MM-DD')"),
        (Kind::Timestamptz, false) => {
            format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        }
    }
}

/// How a text becomes a column's value again; `{}` stands for the text.
fn writes(kind: Kind, sqlite: bool) -> &'static str {
    match (kind, sqlite) {
        (Kind::Uuid | Kind::Bytea, true) => "unhex({})",
        (Kind::Bigint | Kind::Boolean, true) => "CAST({} AS INTEGER)",
        (Kind::Text | Kind::Date | Kind::Timestamptz | Kind::Jsonb, true) => "{}",
        (Kind::Uuid, false) => "({})::uuid",
        (Kind::Text, false) => "({})",
        (Kind::Bigint, false) => "({})::bigint",
        (Kind::Boolean, false) => "({})::int::boolean",
        (Kind::Date, false) => "({})::date",
        (Kind::Timestamptz, false) => "({})::timestamptz",
        (Kind::Jsonb, false) => "({})::jsonb",
        (Kind::Bytea, false) => "decode({}, 'hex')",
    }
}

/// One form where the engines have several.
fn canonical(text: String, kind: Kind) -> Result<String> {
    match kind {
        Kind::Timestamptz => Ok(moment(&text)?.format(MOMENT).to_string()),
        // Members of an object by name, numbers as JSON has them.
        Kind::Jsonb => {
            let value: serde_json::Value =
                serde_json::from_str(&text).map_err(Problem::internal)?;
            serde_json::to_string(&value).map_err(Problem::internal)
        }
        _ => Ok(text),
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text);
    let read = read.map_err(|e| Problem::internal(format!("the moment {text:?}: {e}")))?;
    Ok(read.with_timezone(&Utc))
}

/// Rows that one statement will write.
pub(super) struct Batch<'a> {
    table: &'a Table,
    sqlite: bool,
    rows: Vec<Row>,
    bytes: usize,
}

impl<'a> Batch<'a> {
    pub(super) fn new(table: &'a Table, sqlite: bool) -> Self {
        Self {
            table,
            sqlite,
            rows: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    pub(super) fn push(&mut self, mut row: Row) -> Result<()> {
        if self.sqlite {
            for (text, column) in row.iter_mut().zip(&self.table.columns) {
                // As the program writes moments there: lists compare their texts.
                if let (Some(text), Kind::Timestamptz) = (text, column.kind) {
                    *text = moment(text)?.to_rfc3339_opts(SecondsFormat::AutoSi, false);
                }
            }
        }
        self.bytes += row.iter().flatten().map(String::len).sum::<usize>();
        self.rows.push(row);
        Ok(())
    }

    pub(super) async fn write(&mut self, tx: &mut Tx) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let columns = self.table.columns.iter();
        let names: Vec<String> = columns.clone().map(|c| quoted(&c.name)).collect();
        let item = if self.sqlite { "value" } else { "t.e" };
        let values: Vec<String> = columns
            .enumerate()
            .map(|(n, c)| writes(c.kind, self.sqlite).replace("{}", &format!("{item} ->> {n}")))
            .collect();
        let from = match self.sqlite {
            true => "json_each($1)",
            false => "json_array_elements($1::json) t (e)",
        };
        let sql = format!(
            "INSERT INTO {} ({}) SELECT {} FROM {from}",
            quoted(&self.table.name),
            names.join(", "),
            values.join(", ")
        );
        let rows = serde_json::to_string(&self.rows).map_err(Problem::internal)?;
        crate::exec!(*tx, AssertSqlSafe(sql.as_str()), rows.as_str())?;
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}
