//! From records to rows: every cell is read, and everything that is wrong is noted, row by
//! row. Pure: what is known already is not looked at here.

use super::super::rows::{REFERENCE_MAX, one_line};
use super::super::values::{self, DateOrder};
use super::super::{Own, Record, RowProblem, Table, recognise};
use super::{Choices, Part};
use crate::kernel::text::{self, NOTE_MAX};
use crate::kernel::{Code, Day, Problem, Result};
use crate::services::addresses::rules as addresses;
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use ipnet::IpNet;

/// A moment of a file, and its day where the organisation lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub at: DateTime<Utc>,
    pub day: Day,
}

/// One record, read. Empty texts: not said.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub line: u64,
    pub id: String,
    pub kind: String,
    pub label: String,
    pub note: String,
    pub closed_on: Option<Day>,
    /// The member's number, or their name where the row has no number.
    pub member: String,
    pub from: Option<When>,
    pub until: Option<When>,
    pub network: Option<IpNet>,
    /// What the organisation's own fields of the service hold.
    pub own: Own,
    pub problems: Vec<RowProblem>,
}

/// Reads all records of a table. The rows have the records' order.
pub(super) fn parse_rows(table: &Table, choices: &Choices, zone: Tz) -> Vec<Row> {
    let count = table.headers.len();
    let orders: Vec<DateOrder> = (0..count)
        .map(|at| recognise::date_order(table, at))
        .collect();
    let read = |record: &Record| {
        let mut reader = Reader {
            record,
            choices,
            orders: &orders,
            zone,
            problems: Vec::new(),
        };
        let mut row = reader.row(count);
        row.problems = reader.problems;
        row
    };
    table.records.iter().map(read).collect()
}

/// Reads one record.
struct Reader<'a> {
    record: &'a Record,
    choices: &'a Choices,
    orders: &'a [DateOrder],
    zone: Tz,
    problems: Vec<RowProblem>,
}

impl Reader<'_> {
    fn row(&mut self, width: usize) -> Row {
        let mut row = Row {
            line: self.record.line,
            ..Row::default()
        };
        if self.record.found != width {
            let code = Code::RowLength {
                expected: width,
                found: self.record.found,
            };
            self.problems.push(RowProblem::at(None, "", code));
            return row;
        }
        row.id = self.text(Part::Id, |t| text::line(t, REFERENCE_MAX));
        row.kind = self.text(Part::Type, text::name);
        row.label = self.text(Part::Label, text::name);
        let note = self.joined(Part::Note, "\n");
        row.note = self
            .keep(Part::Note, text::lines(&note, NOTE_MAX))
            .unwrap_or_default();
        row.closed_on = self.moment(Part::ClosedOn).map(|when| when.day);
        row.member = self.text(Part::Member, |t| text::line(t, text::NAME_MAX));
        if row.member.is_empty() {
            let name = self.joined(Part::MemberName, " ");
            let name = self.keep(Part::MemberName, text::name(&name));
            row.member = name.unwrap_or_default();
        }
        row.from = self.moment(Part::From);
        row.until = self.moment(Part::Until);
        if self.choices.gives_addresses() {
            let address = one_line(self.cell(Part::Address));
            row.network = self.keep(Part::Address, addresses::parse_network(&address));
        }
        if row.label.is_empty() && row.id.is_empty() {
            self.refuse(Part::Label, Code::Required);
        }
        row
    }

    fn column(&self, part: Part) -> Option<usize> {
        self.choices.columns.iter().position(|p| *p == part)
    }

    fn cell(&self, part: Part) -> &str {
        let cell = self.column(part).and_then(|at| self.record.cells.get(at));
        cell.map_or("", |cell| cell.trim())
    }

    /// Notes what is wrong with a cell.
    fn refuse(&mut self, part: Part, code: Code) {
        let problem = RowProblem::at(self.column(part), self.cell(part), code);
        self.problems.push(problem);
    }

    fn keep<T>(&mut self, part: Part, read: Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.refuse(part, problem.code);
                None
            }
        }
    }

    fn text(&mut self, part: Part, read: impl Fn(&str) -> Result<String>) -> String {
        let cell = one_line(self.cell(part));
        if cell.is_empty() {
            return cell;
        }
        self.keep(part, read(&cell)).unwrap_or_default()
    }

    /// All cells of a part.
    fn joined(&self, part: Part, between: &str) -> String {
        let columns = self.choices.columns.iter().enumerate();
        let own = columns.filter(|(_, p)| **p == part);
        let cells = own.filter_map(|(at, _)| self.record.cells.get(at));
        let cells: Vec<&str> = cells.map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
        cells.join(between)
    }

    fn moment(&mut self, part: Part) -> Option<When> {
        let cell = self.cell(part).to_owned();
        let at = self.column(part)?;
        let order = self.orders.get(at).copied().unwrap_or(DateOrder::DayFirst);
        let read = moment(&cell, order, self.zone);
        self.keep(part, read).flatten()
    }
}

/// A day, which is its start, or a moment: `2026-12-31`, `31/12/2026 14:30`, or as computers
/// write it, with its zone.
fn moment(cell: &str, order: DateOrder, zone: Tz) -> Result<Option<When>> {
    let of = |at: DateTime<Utc>| When {
        at,
        day: at.with_timezone(&zone).date_naive(),
    };
    let written = cell.replacen(' ', "T", 1);
    if let Ok(at) = DateTime::parse_from_rfc3339(&written) {
        // The database keeps microseconds, and years of four digits.
        let at = chrono::SubsecRound::trunc_subsecs(at.with_timezone(&Utc), 6);
        values::day(&at.date_naive().to_string(), DateOrder::DayFirst)?;
        return Ok(Some(of(at)));
    }
    let Some(day) = values::day(cell, order)? else {
        return Ok(None);
    };
    let time = cell
        .split_once(['T', ' '])
        .map_or("", |(_, time)| time.trim());
    let time = match time {
        "" => NaiveTime::MIN,
        time => addresses::parse_time(time).map_err(|_| Problem::new(Code::NotATime))?,
    };
    let at = match addresses::moment(day, time, zone) {
        // Where the clocks go forward at midnight, a day begins an hour later.
        Err(_) if time == NaiveTime::MIN => addresses::moment(
            day,
            NaiveTime::from_hms_opt(1, 0, 0).unwrap_or_default(),
            zone,
        )?,
        read => read?,
    };
    Ok(Some(When { at, day }))
}
