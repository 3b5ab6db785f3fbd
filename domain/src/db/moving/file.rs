//! The file: lines of JSON, compressed. First what it is, then each table: what it is, its rows,
//! how many they were and their sum; at last how many tables and rows, and the sum of all that
//! was said before. A file that ends earlier, or says anything else, is not whole.

use super::rows::Row;
use super::{Sum, Table, Unmoved};
use crate::db::migrations;
use crate::kernel::{Problem, Result};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use uuid::Uuid;

/// The form of the file; another one is not read.
const FORMAT: u32 = 1;
/// The most bytes of a line: above the largest upload in hexadecimal digits.
const LINE_MAX: u64 = 64 << 20;

/// Whose data these are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Its id: it stays.
    pub id: Uuid,
    /// Its name in addresses.
    pub slug: String,
    /// Its title in the list of tenants.
    pub title: String,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// From when on it has mail to send, where it has.
    pub mail_due_at: Option<DateTime<Utc>>,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The form of the file.
    pub format: u32,
    /// The newest step of the tables.
    pub schema: i64,
    /// The program that wrote it.
    pub program: String,
    /// The engine that had the data.
    pub engine: String,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Whose data these are.
    pub tenant: Moved,
}

impl Head {
    /// The head of a file that is written now.
    pub fn new(engine: &str, at: DateTime<Utc>, tenant: Moved) -> Self {
        Self {
            format: FORMAT,
            schema: migrations::latest_tenant(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: engine.to_owned(),
            at,
            tenant,
        }
    }
}

/// How a table ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    rows: u64,
    sha256: String,
}

/// How the file ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Whole {
    tables: u64,
    rows: u64,
    sha256: String,
}

/// A line that is no row.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Note {
    EquipageTenant(Head),
    Table(Table),
    End(End),
    Whole(Whole),
}

/// Sums that are made while lines go by.
#[derive(Default)]
struct Sums {
    all: Sha256,
    table: Sha256,
    rows: u64,
    tables: u64,
    rows_of_all: u64,
}

impl Sums {
    fn line(&mut self, line: &str) {
        self.all.update(line.as_bytes());
        self.all.update(b"\n");
    }

    fn row(&mut self, line: &str) {
        self.line(line);
        self.table.update(line.as_bytes());
        self.table.update(b"\n");
        self.rows += 1;
    }

    fn end(&mut self) -> End {
        self.tables += 1;
        self.rows_of_all += self.rows;
        End {
            rows: std::mem::take(&mut self.rows),
            sha256: hex::encode(std::mem::take(&mut self.table).finalize()),
        }
    }

    fn whole(&self) -> Whole {
        Whole {
            tables: self.tables,
            rows: self.rows_of_all,
            sha256: hex::encode(self.all.clone().finalize()),
        }
    }
}

/// Writes a file.
pub struct Writer<W: Write> {
    out: GzEncoder<W>,
    sums: Sums,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin(out: W, head: Head) -> Result<Self> {
        let mut writer = Self {
            out: GzEncoder::new(out, Compression::fast()),
            sums: Sums::default(),
        };
        writer.note(&Note::EquipageTenant(head))?;
        Ok(writer)
    }

    fn note(&mut self, note: &Note) -> Result<()> {
        let line = serde_json::to_string(note).map_err(Problem::internal)?;
        self.sums.line(&line);
        writeln!(self.out, "{line}").map_err(Problem::internal)
    }

    pub(super) fn table(&mut self, table: &Table) -> Result<()> {
        self.note(&Note::Table(table.clone()))
    }

    pub(super) fn row(&mut self, line: &str) -> Result<()> {
        if u64::try_from(line.len()).is_ok_and(|bytes| bytes >= LINE_MAX) {
            return Err(Problem::internal("a row that is too long to be moved"));
        }
        self.sums.row(line);
        writeln!(self.out, "{line}").map_err(Problem::internal)
    }

    pub(super) fn end_of_table(&mut self) -> Result<()> {
        let end = self.sums.end();
        self.note(&Note::End(end))
    }

    /// Ends the file, and gives back where it was written.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(mut self) -> Result<W> {
        let whole = self.sums.whole();
        self.note(&Note::Whole(whole))?;
        self.out.finish().map_err(Problem::internal)
    }
}

/// Reads a file, and believes nothing of it that its sums do not say too.
pub struct Reader {
    lines: BufReader<GzDecoder<BufReader<File>>>,
    head: Head,
    sums: Sums,
    table: Option<Table>,
    /// The line that ended the rows of the table.
    end: Option<End>,
}

fn damaged(why: impl std::fmt::Display) -> Unmoved {
    Unmoved::File(format!("the file is not whole: {why}"))
}

impl Reader {
    /// Opens a file, and reads what it is.
    ///
    /// # Errors
    /// [`Unmoved::File`] where it is none of ours, or another program's.
    pub fn open(path: &Path) -> Result<Self, Unmoved> {
        let file =
            File::open(path).map_err(|e| Unmoved::File(format!("{}: {e}", path.display())))?;
        let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let none = || Unmoved::File(format!("{} is no tenant's file", path.display()));
        let line = read_line(&mut lines)
            .map_err(|_| none())?
            .ok_or_else(none)?;
        let Ok(Note::EquipageTenant(head)) = serde_json::from_str(&line) else {
            return Err(none());
        };
        let mut sums = Sums::default();
        sums.line(&line);
        let known = migrations::latest_tenant();
        if head.format != FORMAT || head.schema > known {
            let text = format!(
                "a newer Equipage ({}) wrote this file: install that one or a newer one",
                head.program
            );
            return Err(Unmoved::File(text));
        }
        if head.schema < known {
            let text = format!(
                "an older Equipage ({}) wrote this file, before its tables became what they are now: import it with that one, into files of its own, run `equipage migrate` with this one there, and export it again",
                head.program
            );
            return Err(Unmoved::File(text));
        }
        Ok(Self {
            lines,
            head,
            sums,
            table: None,
            end: None,
        })
    }

    /// Reads a whole file, and gives what it is and what each table holds.
    ///
    /// # Errors
    /// [`Unmoved::File`] where it is not whole.
    pub fn verify(path: &Path) -> Result<(Head, Vec<Sum>), Unmoved> {
        let mut reader = Self::open(path)?;
        let mut sums = Vec::new();
        while reader.next_table()?.is_some() {
            while reader.next_row()?.is_some() {}
            sums.push(reader.end_of_table()?);
        }
        Ok((reader.head, sums))
    }

    /// What the file is.
    pub fn head(&self) -> &Head {
        &self.head
    }

    fn note(&mut self) -> Result<Note, Unmoved> {
        let line = read_line(&mut self.lines)?.ok_or_else(|| damaged("it ends too early"))?;
        let note = serde_json::from_str(&line).map_err(damaged)?;
        if let Note::Whole(said) = &note {
            let found = self.sums.whole();
            if *said != found {
                return Err(damaged("its sum is another one"));
            }
        }
        self.sums.line(&line);
        Ok(note)
    }

    /// The next table; none at the end of a whole file.
    pub(super) fn next_table(&mut self) -> Result<Option<Table>, Unmoved> {
        match self.note()? {
            Note::Table(table) => {
                self.table = Some(table.clone());
                Ok(Some(table))
            }
            Note::Whole(_) => {
                let after = read_line(&mut self.lines)?;
                let mut rest = [0; 1];
                let more = self.lines.get_mut().get_mut().read(&mut rest);
                match (after, more) {
                    (None, Ok(0)) => Ok(None),
                    _ => Err(damaged("something follows its end")),
                }
            }
            _ => Err(damaged("a table is expected")),
        }
    }

    /// The next row of the table; none at its end.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, Unmoved> {
        let line = read_line(&mut self.lines)?.ok_or_else(|| damaged("it ends too early"))?;
        if line.starts_with('[') {
            let row: Row = serde_json::from_str(&line).map_err(damaged)?;
            if self.table.as_ref().map(|t| t.columns.len()) != Some(row.len()) {
                return Err(damaged("a row does not have a text for each column"));
            }
            self.sums.row(&line);
            return Ok(Some(row));
        }
        let Ok(Note::End(said)) = serde_json::from_str(&line) else {
            return Err(damaged("a row is expected"));
        };
        if said != self.sums.end() {
            let table = self.table.as_ref().map_or("?", |t| t.name.as_str());
            return Err(damaged(format!("rows of {table} are missing, or changed")));
        }
        self.sums.line(&line);
        self.end = Some(said);
        Ok(None)
    }

    /// What the table held whose rows were read.
    pub(super) fn end_of_table(&mut self) -> Result<Sum, Unmoved> {
        match (self.table.take(), self.end.take()) {
            (Some(table), Some(end)) => Ok(Sum {
                table: table.name,
                rows: end.rows,
                sha256: end.sha256,
            }),
            _ => Err(damaged("a table does not end")),
        }
    }
}

/// A line without its end; none at the end of the file.
fn read_line(lines: &mut impl BufRead) -> Result<Option<String>, Unmoved> {
    let mut line = String::new();
    let read = lines.take(LINE_MAX).read_line(&mut line).map_err(damaged)?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop() != Some('\n') {
        return Err(damaged("a line has no end"));
    }
    Ok(Some(line))
}
