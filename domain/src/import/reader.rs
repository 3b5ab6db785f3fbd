//! From bytes to a [`Table`]: encoding, delimiter, quotes, line ends, limits.
//! Knows nothing of members. A reader of its own, because a person is told the
//! file's line, also after cells of several lines, and a quote that is never
//! closed must be an error.

use super::{Record, Table, header_key};
use crate::exports::cells::unguarded;
use crate::kernel::{Code, Problem, Result};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The largest file.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The most records.
pub const MAX_ROWS: usize = 20_000;
/// The most columns.
pub const MAX_COLUMNS: usize = 200;
/// The longest cell, in bytes: beyond it, a quote was not closed where it should.
const MAX_CELL: usize = 20_000;
/// How many records the delimiter is guessed from.
const SAMPLE: usize = 40;
/// What separates cells, the likeliest first.
const DELIMITERS: [char; 4] = [';', ',', '\t', '|'];
/// How files begin that are no text, whatever their name says.
const SIGNATURES: [&[u8]; 8] = [
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF",
    b"\xD0\xCF\x11\xE0",
    b"\x1F\x8B",
    b"\x89PNG",
    b"\xFF\xD8\xFF",
    b"{\\rtf",
];

/// Reads a file. Cells of columns that hold bank details or secrets are emptied:
/// nothing of them goes any further.
///
/// # Errors
/// [`Code::TooLarge`], [`Code::FileEmpty`], [`Code::FileNotText`], [`Code::FileBroken`]
/// with the line, [`Code::TooManyRows`], [`Code::TooManyColumns`], and
/// [`Code::NothingToImport`] where there is a header only; [`Code::FileOfTotals`].
pub fn read(bytes: &[u8]) -> Result<Table> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(Code::TooLarge {
            max_mib: MAX_BYTES / 1024 / 1024,
        }));
    }
    let text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(Problem::new(Code::FileEmpty));
    }
    let (text, first_line, told) = told_delimiter(&text);
    let delimiter = told.unwrap_or_else(|| guess_delimiter(text));
    let mut records = Records::new(text, delimiter, first_line);
    let header = loop {
        match records.next() {
            Some(Ok((_, cells))) if cells.iter().all(|c| c.trim().is_empty()) => {}
            Some(read) => break read?.1,
            None => return Err(Problem::new(Code::FileEmpty)),
        }
    };
    let table = fill(header, records)?;
    refuse_totals(&table)?;
    if table.records.is_empty() {
        return Err(Problem::new(Code::NothingToImport));
    }
    Ok(without_secrets(table))
}

/// Reads the records under the header into as many cells as the header has.
fn fill(header: Vec<String>, records: Records<'_>) -> Result<Table> {
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    for record in records {
        let (line, cells) = record?;
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        if rows.len() >= MAX_ROWS {
            return Err(Problem::new(Code::TooManyRows { max: MAX_ROWS }));
        }
        rows.push((line, cells));
    }
    let mut headers: Vec<String> = header.iter().map(|h| h.trim().to_owned()).collect();
    // A delimiter at the end of each line makes a column without a name and without cells.
    while headers.last().is_some_and(String::is_empty) {
        let at = headers.len() - 1;
        let used = |row: &(u64, Vec<String>)| row.1.get(at).is_some_and(|c| !c.trim().is_empty());
        if rows.iter().any(used) {
            break;
        }
        headers.pop();
    }
    let width = headers.len();
    let records = rows.into_iter().map(|(line, mut cells)| {
        while cells.len() > width && cells.last().is_some_and(|c| c.trim().is_empty()) {
            cells.pop();
        }
        let found = cells.len();
        // A short row is not filled up: twenty thousand of them would be millions of cells.
        cells.truncate(width);
        for cell in &mut cells {
            let plain = unguarded(cell);
            if plain.len() < cell.len() {
                *cell = plain.to_owned();
            }
        }
        Record { line, cells, found }
    });
    Ok(Table {
        records: records.collect(),
        headers,
    })
}

/// Refuses the lists that programs offer next to the ones with members in them.
///
/// # Errors
/// [`Code::FileOfTotals`].
fn refuse_totals(table: &Table) -> Result<()> {
    let keys: Vec<String> = table.headers.iter().map(|h| header_key(h)).collect();
    let has = |key: &str| keys.iter().any(|k| k == key);
    if has("membres a jour") && has("membres expires") {
        return Err(Problem::new(Code::FileOfTotals));
    }
    Ok(())
}

/// Empties the columns whose name says that they hold bank details or secrets.
fn without_secrets(mut table: Table) -> Table {
    for (at, header) in table.headers.iter().enumerate() {
        let key = header_key(header);
        let secret = |word: &str| {
            matches!(
                word,
                "iban"
                    | "bic"
                    | "swift"
                    | "rib"
                    | "mandate"
                    | "mandat"
                    | "sepa"
                    | "membersepa"
                    | "token"
                    | "jeton"
                    | "password"
                    | "passwort"
            )
        };
        if !key.split(' ').any(secret) && !key.contains("mot de passe") {
            continue;
        }
        for record in &mut table.records {
            if let Some(cell) = record.cells.get_mut(at) {
                cell.clear();
            }
        }
    }
    table
}

fn decode(bytes: &[u8]) -> Result<String> {
    let not_text = || Problem::new(Code::FileNotText);
    if SIGNATURES.iter().any(|s| bytes.starts_with(s)) {
        return Err(not_text());
    }
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => {
            let rest = bytes.get(length..).unwrap_or_default();
            if encoding == UTF_16LE || encoding == UTF_16BE {
                encoding
                    .decode_without_bom_handling_and_without_replacement(rest)
                    .ok_or_else(not_text)?
                    .into_owned()
            } else {
                utf8_or_broken(rest)?
            }
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // A text that is UTF-8 nearly everywhere is a damaged one, not Latin-1.
            Err(_) if mostly_utf8(bytes) => utf8_or_broken(bytes)?,
            Err(_) => WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        },
    };
    let binary = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    if text.chars().any(binary) {
        return Err(not_text());
    }
    Ok(text)
}

fn utf8_or_broken(bytes: &[u8]) -> Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let text = std::str::from_utf8(good).unwrap_or_default();
            Err(Problem::new(Code::FileBroken {
                line: 1 + line_ends(text),
            }))
        }
    }
}

fn line_ends(text: &str) -> u64 {
    let feeds = text.matches('\n').count();
    let lone_returns = text.matches('\r').count() - text.matches("\r\n").count();
    (feeds + lone_returns) as u64
}

/// Whether more letters beyond ASCII are well-formed UTF-8 than not.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// A first line `sep=;` as spreadsheets write it: the text after it, its first
/// line's number, and the delimiter.
fn told_delimiter(text: &str) -> (&str, u64, Option<char>) {
    let told = (|| {
        let end = text.find(['\r', '\n'])?;
        let (line, rest) = text.split_at_checked(end)?;
        let line = line.trim_matches('"').to_ascii_lowercase();
        let mut marks = line.strip_prefix("sep=")?.chars();
        let delimiter = marks.next()?;
        marks.next().is_none().then_some(())?;
        let rest = rest
            .strip_prefix("\r\n")
            .or_else(|| rest.strip_prefix(['\r', '\n']))?;
        Some((rest, 2, Some(delimiter)))
    })();
    told.unwrap_or((text, 1, None))
}

/// The delimiter that divides the first records most evenly into most cells.
fn guess_delimiter(text: &str) -> char {
    let score = |delimiter: char| {
        let mut widths = Vec::new();
        for record in Records::new(text, delimiter, 1).take(SAMPLE) {
            match record {
                Ok((_, cells)) if cells.len() == 1 && cells.iter().all(String::is_empty) => {}
                Ok((_, cells)) => widths.push(cells.len()),
                Err(_) => break,
            }
        }
        let width = widths.first().copied().unwrap_or(0);
        if width < 2 {
            return (0, 0);
        }
        let even = widths.iter().filter(|w| **w == width).count();
        (even * 1000 / widths.len(), width)
    };
    let mut best = (',', (0, 0));
    for delimiter in DELIMITERS {
        let found = score(delimiter);
        // Nearly even with many more cells beats even with two: prose has commas too.
        let product = |s: (usize, usize)| s.0 * s.0 / 1000 * s.1;
        if product(found) > product(best.1) {
            best = (delimiter, found);
        }
    }
    best.0
}

/// The records of a text, one after the other.
struct Records<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    delimiter: char,
    line: u64,
    failed: bool,
}

/// How a cell ended.
enum End {
    Cell,
    Record,
    File,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, delimiter: char, line: u64) -> Self {
        Self {
            chars: text.chars().peekable(),
            delimiter,
            line,
            failed: false,
        }
    }

    fn broken(line: u64) -> Problem {
        Problem::new(Code::FileBroken { line })
    }

    /// After a line end's first character: takes the second one of `\r\n`, and counts.
    fn line_end(&mut self, first: char) {
        if first == '\r' {
            self.chars.next_if_eq(&'\n');
        }
        self.line += 1;
    }

    fn cell(&mut self) -> Result<(String, End)> {
        if self.chars.next_if_eq(&'"').is_some() {
            return self.quoted();
        }
        let mut cell = String::new();
        loop {
            match self.chars.next() {
                None => return Ok((cell, End::File)),
                Some(c @ ('\r' | '\n')) => {
                    self.line_end(c);
                    return Ok((cell, End::Record));
                }
                Some(c) if c == self.delimiter => return Ok((cell, End::Cell)),
                Some(c) => self.push(&mut cell, c, self.line)?,
            }
        }
    }

    fn quoted(&mut self) -> Result<(String, End)> {
        let opened = self.line;
        let mut cell = String::new();
        loop {
            match self.chars.next() {
                None => return Err(Self::broken(opened)),
                Some('"') => match self.chars.next() {
                    None => return Ok((cell, End::File)),
                    Some('"') => self.push(&mut cell, '"', opened)?,
                    Some(c @ ('\r' | '\n')) => {
                        self.line_end(c);
                        return Ok((cell, End::Record));
                    }
                    Some(c) if c == self.delimiter => return Ok((cell, End::Cell)),
                    Some(_) => return Err(Self::broken(self.line)),
                },
                Some(c @ ('\r' | '\n')) => {
                    self.line_end(c);
                    self.push(&mut cell, '\n', opened)?;
                }
                Some(c) => self.push(&mut cell, c, opened)?,
            }
        }
    }

    fn push(&self, cell: &mut String, c: char, line: u64) -> Result<()> {
        if cell.len() >= MAX_CELL {
            return Err(Self::broken(line));
        }
        cell.push(c);
        Ok(())
    }

    fn record(&mut self) -> Result<(u64, Vec<String>)> {
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            let (cell, end) = self.cell()?;
            if cells.len() >= MAX_COLUMNS {
                return Err(Problem::new(Code::TooManyColumns { max: MAX_COLUMNS }));
            }
            cells.push(cell);
            match end {
                End::Cell => {}
                End::Record | End::File => return Ok((line, cells)),
            }
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(u64, Vec<String>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.chars.peek().is_none() {
            return None;
        }
        let record = self.record();
        self.failed = record.is_err();
        Some(record)
    }
}
