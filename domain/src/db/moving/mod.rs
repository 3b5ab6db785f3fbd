//! One tenant's data as they are, table by table: read from either engine in one form, written
//! into a file, and put into either engine. Which tables and columns there are is read from the
//! catalogue, so that a table of tomorrow moves with the others.

mod catalogue;
mod file;
mod place;
mod rows;

use super::{Db, Engine, Tx};
use crate::kernel::{Problem, Result, TenantId};
pub use catalogue::{Column, Kind, Table};
pub use file::{Head, Moved, Reader, Writer};
pub use place::{Here, Place};
use serde::{Deserialize, Serialize};

/// Why data were not moved. Nothing was changed.
#[derive(Debug)]
pub enum Unmoved {
    /// The file is not whole, not ours, or a newer program's.
    File(String),
    /// It does not fit what is here.
    Conflict(String),
    /// Ours to mend.
    Ours(Problem),
}

impl From<Problem> for Unmoved {
    fn from(problem: Problem) -> Self {
        Self::Ours(problem)
    }
}

/// What one table of a tenant holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The table's name.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over its rows in the order of its key, in hexadecimal digits.
    pub sha256: String,
}

impl Db {
    /// What each table of a tenant holds, at one moment.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn sums(&self, tenant: TenantId) -> Result<Vec<Sum>> {
        sums(&mut self.read(tenant).await?, tenant).await
    }

    /// The folder of the files, on SQLite.
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.engine {
            Engine::Sqlite(files) => Some(files.folder()),
            Engine::Postgres(_) => None,
        }
    }
}

/// What each table of a tenant holds, as a transaction sees it.
///
/// # Errors
/// The engine's own.
pub async fn sums(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Sum>> {
    let mut sums = Vec::new();
    for table in catalogue::tables(tx).await? {
        sums.push(rows::sum(tx, tenant, &table).await?);
    }
    Ok(sums)
}

/// Writes all that a tenant has, as a transaction sees it.
///
/// # Errors
/// The engine's own, and those of writing.
pub async fn write_out<W: std::io::Write + Send>(
    tx: &mut Tx,
    tenant: TenantId,
    writer: &mut Writer<W>,
) -> Result<()> {
    for table in catalogue::tables(tx).await? {
        writer.table(&table)?;
        rows::each(tx, tenant, &table, &mut |line| writer.row(line)).await?;
        writer.end_of_table()?;
    }
    Ok(())
}

/// Fills the tables of a tenant from a file, and compares each with what the file says of it.
/// The place lets rows in as they are; what does not fit at all is an error.
///
/// # Errors
/// [`Unmoved`].
pub async fn read_in(
    tx: &mut Tx,
    tenant: TenantId,
    reader: &mut Reader,
) -> Result<Vec<Sum>, Unmoved> {
    let there = catalogue::tables(tx).await?;
    let mut written = Vec::new();
    while let Some(table) = reader.next_table()? {
        if !there.contains(&table) {
            let text = format!(
                "the table {} of the file is not as it is here: it was made by another build",
                table.name
            );
            return Err(Unmoved::File(text));
        }
        let mut batch = rows::Batch::new(&table, tx.is_sqlite());
        while let Some(row) = reader.next_row()? {
            batch.push(row)?;
            if batch.is_full() {
                batch.write(tx).await?;
            }
        }
        batch.write(tx).await?;
        written.push(reader.end_of_table()?);
    }
    for own in &there {
        let expected = written.iter().find(|sum| sum.table == own.name);
        let found = rows::sum(tx, tenant, own).await?;
        if expected != Some(&found) {
            let text = format!(
                "the table {} does not come out as it went in ({expected:?}, {found:?}): nothing was kept",
                own.name
            );
            return Err(Problem::internal(text).into());
        }
    }
    Ok(written)
}
