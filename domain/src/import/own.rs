//! Columns that hold an organisation's own fields: which are offered, how they are recognised,
//! and how their cells are read. The same for members and for services.

use super::recognise::{date_order, header_key};
use super::values::{self, DateOrder};
use super::{Holds, Own, Record, RowProblem, Table};
use crate::context::Cx;
use crate::fields::{self, Field, FieldKind, On, rules};
use crate::kernel::problem::FieldProblem;
use crate::kernel::{Code, Problem, Result};

/// The fields that the one who imports may fill: of such objects, and theirs to change.
pub(super) async fn offered(cx: &mut Cx, on: &[On]) -> Result<Vec<Field>> {
    let mut all = fields::visible(cx).await?;
    all.retain(|field| on.contains(&field.on) && field.is_edited_by(&cx.actor.rights));
    Ok(all)
}

/// Columns of which nothing is known yet, and whose header is a field's label, hold that field:
/// what was exported is understood again.
pub(super) fn recognise<T: Holds>(columns: &mut [T], headers: &[String], offered: &[Field]) {
    for (at, header) in headers.iter().enumerate() {
        let key = header_key(header);
        let is_free = |field: &&Field| {
            header_key(&field.label) == key && !columns.contains(&T::of_field(field.id))
        };
        let found = offered.iter().find(is_free).map(|field| field.id);
        if let (Some(id), Some(column)) = (found, columns.get_mut(at))
            && *column == T::default()
        {
            *column = T::of_field(id);
        }
    }
}

/// Leaves out columns of fields that are not there any more, or not for the one who imports.
pub(super) fn drop_others<T: Holds>(columns: &mut [T], offered: &[Field]) {
    for column in columns {
        let is_there = |id| offered.iter().any(|field| field.id == id);
        if column.field().is_some_and(|id| !is_there(id)) {
            *column = T::default();
        }
    }
}

/// The columns of a file that hold fields.
pub(super) struct OwnColumns<'a>(Vec<(usize, &'a Field, DateOrder)>);

impl<'a> OwnColumns<'a> {
    /// # Errors
    /// [`Code::UnknownChoice`] at `column_N` (N from 0) for a field that is not offered.
    pub(super) fn of<T: Holds>(table: &Table, columns: &[T], offered: &'a [Field]) -> Result<Self> {
        let (mut own, mut refused) = (Vec::new(), Vec::new());
        for (at, column) in columns.iter().enumerate() {
            let Some(id) = column.field() else {
                continue;
            };
            match offered.iter().find(|field| field.id == id) {
                Some(field) => own.push((at, field, date_order(table, at))),
                None => refused.push(FieldProblem {
                    field: format!("column_{at}"),
                    code: Code::UnknownChoice,
                }),
            }
        }
        match refused.is_empty() {
            true => Ok(Self(own)),
            false => Err(Problem::invalid(refused)),
        }
    }

    /// Reads what a record says of an object that has some of the fields; what cannot be read is
    /// noted with the row's problems.
    pub(super) fn read(
        &self,
        record: &Record,
        problems: &mut Vec<RowProblem>,
        has: impl Fn(&Field) -> bool,
    ) -> Own {
        let mut own = Own::default();
        for (at, field, order) in self.0.iter().filter(|(_, field, _)| has(field)) {
            let cell = record.cells.get(*at).map_or("", |cell| cell.trim());
            match value(field, cell, *order) {
                Ok(Some(value)) => own.values.push((field.id, value)),
                Ok(None) if field.is_required => {
                    let missing = RowProblem::at(Some(*at), "", Code::Required);
                    own.missing.push(missing);
                }
                Ok(None) => {}
                Err(problem) => problems.push(RowProblem::at(Some(*at), cell, problem.code)),
            }
        }
        own
    }

    /// Notes cells in fields that no object of the row has.
    pub(super) fn refuse(
        &self,
        record: &Record,
        problems: &mut Vec<RowProblem>,
        is_of_others: impl Fn(&Field) -> bool,
    ) {
        for (at, ..) in self.0.iter().filter(|(_, field, _)| is_of_others(field)) {
            let cell = record.cells.get(*at).map_or("", |cell| cell.trim());
            if !cell.is_empty() {
                problems.push(RowProblem::at(Some(*at), cell, Code::FieldOfOthers));
            }
        }
    }
}

fn value(field: &Field, cell: &str, order: DateOrder) -> Result<Option<String>> {
    match field.kind {
        FieldKind::Date => Ok(values::day(cell, order)?.map(|day| day.to_string())),
        kind => rules::parse(kind, &field.choices, cell),
    }
}
