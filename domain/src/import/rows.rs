//! From records to [`Row`]s: every cell is read, and everything that is wrong is
//! noted, row by row. Pure: what is known already is not looked at here.

use super::values::{self, Activity, Address, DateOrder};
use super::{
    Choices, Field, Kind, Own, Record, Row, RowProblem, Said, Source, Table, Who, recognise,
};
use crate::kernel::{Code, Day, Email, Problem, Result, text};
use crate::people::{SHORT_MAX, rules as people};
use std::collections::HashMap;

/// The longest number or id of another program.
pub(super) const REFERENCE_MAX: usize = 100;

/// Reads all records of a table. The rows have the records' order.
pub fn parse_rows(table: &Table, choices: &Choices, today: Day) -> Vec<Row> {
    let orders = recognise::date_orders(table, choices);
    let source = choices.source_name();
    let mut rows: Vec<Row> = table
        .records
        .iter()
        .map(|record| {
            let mut reader = Reader {
                record,
                headers: &table.headers,
                choices,
                orders: &orders,
                source: &source,
                today,
                problems: Vec::new(),
            };
            reader.row()
        })
        .collect();
    number_payments(&mut rows);
    refuse_contradictions(&mut rows);
    rows
}

/// Payments that nothing tells apart are counted: the second of two equal ones keeps its own key.
fn number_payments(rows: &mut [Row]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in rows {
        if let Some(paid) = &mut row.payment {
            let count = seen.entry(paid.key.clone()).or_default();
            *count += 1;
            if *count > 1 {
                paid.key = format!("{}#{count}", paid.key);
            }
        }
    }
}

/// One reference for two different people is a mistake in the file, not a second payment.
fn refuse_contradictions(rows: &mut [Row]) {
    let mut first: HashMap<(String, String), (u64, String, Option<String>)> = HashMap::new();
    for row in rows {
        let name = row.who.name_key();
        let email = row.who.email.as_ref().map(|e| text::fold(e.as_str()));
        let mut clash = None;
        for reference in &row.references {
            match first.get(reference) {
                None => {
                    let who = (row.line, name.clone(), email.clone());
                    first.insert(reference.clone(), who);
                }
                Some((line, other, its_email)) => {
                    let same = name.is_empty()
                        || other.is_empty()
                        || name == *other
                        || (email.is_some() && email == *its_email);
                    if !same {
                        clash = Some((*line, reference.1.clone()));
                    }
                }
            }
        }
        if let Some((line, reference)) = clash {
            row.problems
                .push(RowProblem::at(None, &reference, Code::RowTwice { line }));
        }
    }
}

/// Reads one record.
pub(super) struct Reader<'a> {
    pub(super) record: &'a Record,
    pub(super) headers: &'a [String],
    pub(super) choices: &'a Choices,
    pub(super) orders: &'a [DateOrder],
    pub(super) source: &'a str,
    pub(super) today: Day,
    pub(super) problems: Vec<RowProblem>,
}

impl Reader<'_> {
    fn row(&mut self) -> Row {
        let width = self.headers.len();
        let mut row = Row {
            line: self.record.line,
            references: Vec::new(),
            who: Who::default(),
            joined_on: None,
            left_on: None,
            payment: None,
            said: Said::Nothing,
            dues: None,
            party_own: Own::default(),
            member_own: Own::default(),
            problems: Vec::new(),
        };
        if self.record.found != width {
            let code = Code::RowLength {
                expected: width,
                found: self.record.found,
            };
            row.problems.push(RowProblem::at(None, "", code));
            return row;
        }
        row.references = self.references();
        row.who = self.who();
        if !people::is_visible(&row.who.name) {
            row.who.name.clear();
        }
        if row.who.name.is_empty() && row.references.is_empty() {
            let column = self.column(Field::Name).or(self.column(Field::FamilyName));
            self.problems
                .push(RowProblem::at(column, "", Code::Required));
        }
        row.joined_on = self.day(Field::JoinedOn);
        row.left_on = self.left_on(row.joined_on);
        if row.joined_on.zip(row.left_on).is_some_and(|(a, b)| b < a) {
            let refused = Err::<(), _>(Problem::new(Code::PeriodEndsBeforeStart));
            self.keep(Field::LeftOn, refused);
        }
        (row.payment, row.said) = self.dues(&row);
        row.dues = self.named_dues(row.payment.as_ref());
        for problem in std::mem::take(&mut self.problems) {
            // A cell that two questions are asked of is wrong once.
            if !row.problems.contains(&problem) {
                row.problems.push(problem);
            }
        }
        row
    }

    /// The positions of a field's columns.
    pub(super) fn columns(&self, field: Field) -> impl Iterator<Item = usize> {
        let all = self.choices.columns.iter().enumerate();
        all.filter(move |(_, f)| **f == field).map(|(at, _)| at)
    }

    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.columns(field).next()
    }

    pub(super) fn cell_at(&self, at: usize) -> &str {
        self.record.cells.get(at).map_or("", |c| c.trim())
    }

    /// A field's cell, trimmed; empty where there is none.
    pub(super) fn cell(&self, field: Field) -> &str {
        self.column(field).map_or("", |at| self.cell_at(at))
    }

    /// A field's cell on one line, with single spaces.
    pub(super) fn words(&self, field: Field) -> String {
        one_line(self.cell(field))
    }

    /// Keeps a value, or notes the problem at the field's column.
    pub(super) fn keep<T>(&mut self, field: Field, read: Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                let column = self.column(field);
                let value = self.cell(field).to_owned();
                self.problems
                    .push(RowProblem::at(column, &value, problem.code));
                None
            }
        }
    }

    fn name(&mut self, field: Field) -> String {
        let words = self.words(field);
        self.keep(field, text::name(&words)).unwrap_or_default()
    }

    pub(super) fn day(&mut self, field: Field) -> Option<Day> {
        let at = self.column(field)?;
        let order = self.orders.get(at).copied().unwrap_or(DateOrder::DayFirst);
        let read = values::day(self.cell_at(at), order);
        self.keep(field, read).flatten()
    }

    fn references(&mut self) -> Vec<(String, String)> {
        let mut references = Vec::new();
        for (field, suffix) in [(Field::ExternalNumber, ""), (Field::ExternalId, ":id")] {
            let words = self.words(field);
            if words.is_empty() {
                continue;
            }
            if let Some(reference) = self.keep(field, text::line(&words, REFERENCE_MAX)) {
                references.push((format!("{}{suffix}", self.source), reference));
            }
        }
        references
    }

    fn who(&mut self) -> Who {
        let mut notes: Vec<String> = Vec::new();
        let mut who = self.names(&mut notes);
        who.email = self.email(&mut notes);
        who.phone = self.phone(&mut notes);
        let address = self.address();
        who.street = self
            .keep(Field::Street, text::lines(&address.street, text::NAME_MAX))
            .unwrap_or_default();
        who.postcode = self
            .keep(Field::Postcode, text::line(&address.postcode, SHORT_MAX))
            .unwrap_or_default();
        who.city = self
            .keep(Field::City, text::name(&address.city))
            .unwrap_or_default();
        who.country = self
            .keep(Field::Country, text::line(&address.country, SHORT_MAX))
            .unwrap_or_default();
        let said = self.joined(Field::Note, "\n");
        if !said.is_empty() {
            notes.push(said);
        }
        who.note = self
            .keep(Field::Note, text::lines(&notes.join("\n"), text::NOTE_MAX))
            .unwrap_or_default();
        who
    }

    /// Kind and names. What belongs to somebody but has no place (a person's
    /// company, an organisation's contact) goes to the notes.
    fn names(&mut self, notes: &mut Vec<String>) -> Who {
        let company = self.name(Field::Company);
        let given = self.name(Field::GivenName);
        let family = self.name(Field::FamilyName);
        let whole = self.name(Field::Name);
        let said = self.cell(Field::Kind).to_owned();
        let kind = if said.is_empty() {
            None
        } else {
            let unknown = || Problem::new(Code::UnknownChoice);
            self.keep(Field::Kind, values::kind(&said).ok_or_else(unknown))
        };
        let nobody = given.is_empty() && family.is_empty() && whole.is_empty();
        let kind = kind.unwrap_or(if nobody && !company.is_empty() {
            Kind::Organisation
        } else {
            Kind::Person
        });
        let (given_name, name) = if family.is_empty() {
            let sorted_by = self.words(Field::SortName);
            match values::divide_name(&whole, &sorted_by) {
                Some(divided) => divided,
                None if whole.is_empty() => (String::new(), given),
                None => (given, whole),
            }
        } else {
            (given, family)
        };
        let mut who = Who {
            kind,
            given_name,
            name,
            ..Who::default()
        };
        if kind == Kind::Organisation {
            let person = who.display_name();
            who.given_name = String::new();
            who.name = if company.is_empty() {
                person.clone()
            } else {
                company
            };
            if who.name != person && !person.is_empty() {
                notes.push(person);
            }
        } else if who.name.is_empty() {
            who.name = company;
        } else if !company.is_empty() {
            notes.push(company);
        }
        who
    }

    /// The first address; further ones go to the notes.
    fn email(&mut self, notes: &mut Vec<String>) -> Option<Email> {
        let cell = self.cell(Field::Email).to_owned();
        let several = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
        let mut parts = cell.split(several).filter(|p| !p.is_empty());
        let first = parts.next()?;
        let rest: Vec<&str> = parts.collect();
        if rest.iter().any(|p| Email::parse(p).is_err()) {
            return self.keep(Field::Email, Email::parse(&cell));
        }
        notes.extend(rest.iter().map(|p| (*p).to_owned()));
        self.keep(Field::Email, Email::parse(first))
    }

    /// The first number; what is written beside it, and further numbers, go to the notes.
    fn phone(&self, notes: &mut Vec<String>) -> String {
        let mut phone = String::new();
        for at in self.columns(Field::Phone) {
            for part in self.cell_at(at).split(['/', ',', ';', '\n']) {
                let part = one_line(part);
                match people::parse_phone(&part) {
                    Ok(number) if phone.is_empty() => phone = number,
                    Ok(number) if number == phone => {}
                    _ if part.is_empty() || notes.contains(&part) => {}
                    _ => notes.push(part),
                }
            }
        }
        phone
    }

    /// All cells of a field, without repetitions.
    fn joined(&self, field: Field, between: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        for at in self.columns(field) {
            let cell = self.unescaped(self.cell_at(at));
            let cell = if field == Field::Note {
                cell
            } else {
                one_line(&cell)
            };
            if !cell.is_empty() && !parts.contains(&cell) {
                parts.push(cell);
            }
        }
        parts.join(between)
    }

    /// Dolibarr writes a line break within a cell as `\n`.
    fn unescaped(&self, cell: &str) -> String {
        match self.choices.source {
            Source::Dolibarr => cell.replace("\\r", "").replace("\\n", "\n"),
            _ => cell.to_owned(),
        }
    }

    fn address(&self) -> Address {
        let lines: Vec<String> = self
            .columns(Field::Street)
            .map(|at| self.unescaped(self.cell_at(at)))
            .filter(|l| !l.trim().is_empty())
            .collect();
        let (postcode, city) = (self.words(Field::Postcode), self.words(Field::City));
        let country = self.words(Field::Country);
        if postcode.is_empty() && city.is_empty() {
            let mut address = values::address(&lines.join("\n"));
            if !country.is_empty() {
                address.country = country;
            }
            return address;
        }
        Address {
            street: lines.join("\n"),
            postcode,
            city,
            country,
        }
    }

    /// Since when they are no member any more. Where the file says so without a day:
    /// the end of what was paid, or today.
    fn left_on(&mut self, joined_on: Option<Day>) -> Option<Day> {
        let left = self.day(Field::LeftOn);
        let cell = self.cell(Field::Active).to_owned();
        if cell.is_empty() {
            return left;
        }
        let unknown = || Problem::new(Code::UnknownChoice);
        let state = self.keep(Field::Active, values::active(&cell).ok_or_else(unknown))?;
        match state {
            Activity::Member => left,
            Activity::Applicant => {
                let column = self.column(Field::Active);
                self.problems
                    .push(RowProblem::at(column, &cell, Code::NoMemberYet));
                None
            }
            // Whoever starts later is not active yet either.
            Activity::Left if left.is_none() && joined_on.is_some_and(|d| d > self.today) => None,
            Activity::Left => left.or_else(|| {
                let paid = self.day(Field::PaidUntil).filter(|d| *d < self.today);
                let day = paid.unwrap_or(self.today);
                Some(joined_on.map_or(day, |joined| day.max(joined)))
            }),
        }
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
