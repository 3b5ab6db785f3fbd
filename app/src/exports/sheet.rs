//! Rows as a file: text with separators, or a workbook.
//!
//! CSV is UTF-8 with a byte order mark, as Excel reads accents wrongly without one. Its
//! separator is `;` in French and `,` in English: what the programs of each language expect
//! on a double click, as the comma is the French decimal sign. Days are `2026-11-22`,
//! amounts carry the language's decimal sign. Our own import reads both.

use super::Said;
use crate::locales::{Text, exports as t, fields};
use chrono::{DateTime, Datelike, Timelike, Utc};
use domain::exports::{Format, cells};
use domain::kernel::{Cents, Day, Locale, Problem};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as Style, Workbook, Worksheet, XlsxError,
};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

/// The most characters that a workbook's cell holds.
const XLSX_TEXT_MAX: usize = 32_767;
/// How a program knows that a text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// A4, as workbooks count paper sizes.
const A4: u8 = 9;

/// What a cell holds, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A count.
    Number(i64),
    /// An amount.
    Money(Cents),
    /// A day.
    Day(Day),
    /// An instant.
    Instant(DateTime<Utc>),
}

macro_rules! cell_of {
    ($($type:ty => $make:expr;)*) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                let make: fn($type) -> Cell = $make;
                make(value)
            }
        }
    )*};
}

cell_of! {
    String => Cell::Text;
    &str => |text| Cell::Text(text.to_owned());
    Text => |text| Cell::Text(text.into_owned());
    i64 => Cell::Number;
    Cents => Cell::Money;
    Day => Cell::Day;
    DateTime<Utc> => Cell::Instant;
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A column: its name, and how wide it is, in characters.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: Text,
    pub width: u16,
}

/// A column of a name and a width.
pub fn column(name: Text, width: u16) -> Column {
    Column { name, width }
}

/// A file that is being written.
pub enum Sheet {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx(Box<Book>),
}

impl Sheet {
    /// Begins a file with its headers.
    pub fn begin(
        format: Format,
        said: &Said,
        title: &str,
        columns: &[Column],
    ) -> Result<Self, Problem> {
        if format == Format::Xlsx {
            let book = Book::begin(said, title, columns).map_err(Problem::internal)?;
            return Ok(Self::Xlsx(Box::new(book)));
        }
        let mut file = BufWriter::new(tempfile::tempfile().map_err(Problem::internal)?);
        file.write_all(BYTE_ORDER_MARK).map_err(Problem::internal)?;
        let separator = match said.l {
            Locale::Fr => b';',
            Locale::En => b',',
        };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(csv::Terminator::CRLF)
            .from_writer(file);
        let names = columns.iter().map(|column| column.name.as_bytes());
        writer.write_record(names).map_err(Problem::internal)?;
        Ok(Self::Csv(Box::new(writer)))
    }

    /// Writes a row.
    pub fn row(&mut self, said: &Said, cells: &[Cell]) -> Result<(), Problem> {
        match self {
            Self::Csv(writer) => {
                let texts = cells.iter().map(|cell| text(said, cell));
                writer.write_record(texts).map_err(Problem::internal)
            }
            Self::Xlsx(book) => book.row(said, cells).map_err(Problem::internal),
        }
    }

    /// Ends the file. `asked` is what the list was narrowed by.
    pub fn end(self, said: &Said, asked: &[(String, String)]) -> Result<File, Problem> {
        let mut file = match self {
            Self::Csv(writer) => {
                let file = writer.into_inner().map_err(Problem::internal)?;
                file.into_inner().map_err(Problem::internal)?
            }
            Self::Xlsx(book) => book.end(said, asked).map_err(Problem::internal)?,
        };
        file.seek(SeekFrom::Start(0)).map_err(Problem::internal)?;
        Ok(file)
    }
}

/// A cell as text. Only what people typed can be taken for a formula: a negative amount is
/// none.
fn text(said: &Said, cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => cells::guarded(text).into_owned(),
        Cell::Number(n) => n.to_string(),
        Cell::Money(amount) => said.l.money_input(*amount),
        Cell::Day(day) => day.to_string(),
        Cell::Instant(at) => at
            .with_timezone(&said.zone)
            .format("%Y-%m-%d %H:%M")
            .to_string(),
    }
}

/// A workbook: the rows on a sheet, and what they are on a second one. Rows go to a file of
/// their own as they come: memory holds one.
pub struct Book {
    workbook: Workbook,
    rows: u32,
    columns: u16,
    title: String,
    styles: Styles,
}

struct Styles {
    header: Style,
    money: Style,
    day: Style,
    instant: Style,
}

impl Styles {
    fn new() -> Self {
        Self {
            header: Style::new().set_bold(),
            money: Style::new().set_num_format("#,##0.00\\ \"€\""),
            // The two formats that each program shows in its own language.
            day: Style::new().set_num_format_index(14),
            instant: Style::new().set_num_format_index(22),
        }
    }
}

impl Book {
    fn begin(said: &Said, title: &str, columns: &[Column]) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let properties = DocProperties::new()
            .set_title(title)
            .set_company(&said.organisation)
            .set_author(&said.by);
        workbook.set_properties(&properties);
        let styles = Styles::new();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(title))?;
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_landscape().set_paper_size(A4);
        let mut width = 0_u16;
        for column in columns {
            sheet.set_column_width(width, column.width)?;
            width += 1;
        }
        for (at, column) in (0_u16..).zip(columns) {
            sheet.write_string_with_format(0, at, column.name.as_ref(), &styles.header)?;
        }
        Ok(Self {
            workbook,
            rows: 0,
            columns: width,
            title: title.to_owned(),
            styles,
        })
    }

    fn row(&mut self, said: &Said, cells: &[Cell]) -> Result<(), XlsxError> {
        self.rows += 1;
        let row = self.rows;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (at, cell) in (0_u16..).zip(cells) {
            put(sheet, (row, at), said, cell, &self.styles)?;
        }
        Ok(())
    }

    fn end(mut self, said: &Said, asked: &[(String, String)]) -> Result<File, XlsxError> {
        let l = said.l;
        if let Some(last) = self.columns.checked_sub(1) {
            let sheet = self.workbook.worksheet_from_index(0)?;
            sheet.autofilter(0, 0, self.rows, last)?;
        }
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(t::about(l).as_ref())?;
        sheet.set_column_width(0, 24)?.set_column_width(1, 60)?;
        let mut facts: Vec<(String, Cell)> = vec![
            (
                t::organisation(l).into_owned(),
                said.organisation.as_str().into(),
            ),
            (t::list(l).into_owned(), self.title.as_str().into()),
            (t::rows(l).into_owned(), i64::from(self.rows).into()),
            (t::made_on(l).into_owned(), said.today.into()),
            (t::made_by(l).into_owned(), said.by.as_str().into()),
        ];
        if asked.is_empty() {
            facts.push((t::filter(l).into_owned(), t::no_filter(l).into()));
        }
        for (name, value) in asked {
            let value = fields::choice(l, name, value).unwrap_or_else(|| Text::from(value.clone()));
            facts.push((fields::name(l, name).into_owned(), value.into()));
        }
        for (row, (name, cell)) in (0_u32..).zip(&facts) {
            let name = shortened(name);
            sheet.write_string_with_format(row, 0, name, &self.styles.header)?;
            put(sheet, (row, 1), said, cell, &self.styles)?;
        }
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        Ok(file)
    }
}

/// Writes one cell by its kind: a text is never taken for anything else.
fn put(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    said: &Said,
    cell: &Cell,
    styles: &Styles,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string(row, at, shortened(text))?;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
        Cell::Number(n) => {
            sheet.write_number(row, at, *n as f64)?;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "amounts are far below 2^53 cents"
        )]
        Cell::Money(amount) => {
            sheet.write_number_with_format(row, at, amount.0 as f64 / 100.0, &styles.money)?;
        }
        Cell::Day(day) => match excel_day(*day) {
            Some(value) => {
                sheet.write_datetime_with_format(row, at, &value, &styles.day)?;
            }
            None => {
                sheet.write_string(row, at, day.to_string())?;
            }
        },
        Cell::Instant(instant) => {
            let local = instant.with_timezone(&said.zone);
            let minute = |n: u32| u8::try_from(n).unwrap_or_default();
            let value = excel_day(local.date_naive()).and_then(|day| {
                let hour = u16::from(minute(local.hour()));
                day.and_hms(hour, minute(local.minute()), 0).ok()
            });
            if let Some(value) = value {
                sheet.write_datetime_with_format(row, at, &value, &styles.instant)?;
            }
        }
    }
    Ok(())
}

/// A day as workbooks count them: from 1900 on.
fn excel_day(day: Day) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    let month = u8::try_from(day.month()).ok()?;
    ExcelDateTime::from_ymd(year, month, u8::try_from(day.day()).ok()?).ok()
}

/// What a workbook's cell takes of a text.
fn shortened(text: &str) -> String {
    if text.chars().nth(XLSX_TEXT_MAX).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(XLSX_TEXT_MAX - 1).collect();
    short.push('…');
    short
}

/// A sheet's name: 31 characters, and none that a reference to it needs.
fn sheet_name(title: &str) -> String {
    title
        .chars()
        .filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\''))
        .take(31)
        .collect()
}
