//! The statistics as files: a row for each type and month, and one for each month of members.

use super::lists::List;
use super::sheet::{Cell, Column, column};
use super::{Said, Wanted};
use crate::locales::home::month_of;
use crate::locales::statistics as t;
use domain::context::Cx;
use domain::kernel::{Day, Locale, Problem, ServiceTypeId};
use domain::statistics::{self, Figures, Membership, StatisticsQuery, Window};

/// What each month says of each type of services.
pub struct OfServices {
    window: Window,
    kind: Option<ServiceTypeId>,
}

/// What each month says of members.
pub struct OfMembers {
    window: Window,
}

impl OfServices {
    pub fn of(wanted: &Wanted, today: Day) -> Self {
        let query: StatisticsQuery = wanted.query();
        Self {
            window: query.window(today),
            kind: query.kind(),
        }
    }
}

impl OfMembers {
    pub fn of(wanted: &Wanted, today: Day) -> Self {
        let query: StatisticsQuery = wanted.query();
        Self {
            window: query.window(today),
        }
    }
}

/// A type, a month, and what it says.
pub struct Line {
    name: String,
    first: Day,
    figures: Figures,
}

impl List for OfServices {
    type Row = Line;

    fn title(&self, l: Locale) -> String {
        format!("{} · {}", t::title(l), t::services(l))
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::type_name(l), 24),
            column(t::month(l), 16),
            column(t::active(l), 12),
            column(t::begun(l), 12),
            column(t::ended(l), 12),
            column(t::stock(l), 12),
            column(t::expected(l), 14),
            column(t::received(l), 14),
            column(t::average(l), 14),
            column(t::owed(l), 14),
            column(t::owing(l), 12),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Line>) -> Result<Vec<Line>, Problem> {
        if last.is_some() {
            return Ok(Vec::new());
        }
        let mut types = statistics::of_services(cx, &self.window).await?;
        // A type that there is not asks for nothing, as on the page.
        if types.iter().any(|kind| Some(kind.kind) == self.kind) {
            types.retain(|kind| Some(kind.kind) == self.kind);
        }
        let months = self.window.months();
        let lines = types.iter().flat_map(|kind| {
            let both = months.iter().zip(&kind.months);
            both.map(|(month, figures)| Line {
                name: kind.name.clone(),
                first: month.first,
                figures: *figures,
            })
        });
        Ok(lines.collect())
    }

    fn cells(&self, said: &Said, line: &Line) -> Vec<Cell> {
        let figures = &line.figures;
        vec![
            line.name.as_str().into(),
            month_of(said.l, line.first).into(),
            figures.active.into(),
            figures.begun.into(),
            figures.ended.into(),
            figures.stock.into(),
            figures.expected.into(),
            figures.received.into(),
            figures.average().into(),
            figures.owed.into(),
            figures.owing.into(),
        ]
    }
}

impl List for OfMembers {
    type Row = (Day, Membership);

    fn title(&self, l: Locale) -> String {
        format!("{} · {}", t::title(l), t::members(l))
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::month(l), 16),
            column(t::members(l), 12),
            column(t::in_order(l), 12),
            column(t::out_of_order(l), 14),
            column(t::joined(l), 12),
            column(t::left(l), 12),
        ]
    }

    async fn after(
        &self,
        cx: &mut Cx,
        last: Option<&Self::Row>,
    ) -> Result<Vec<Self::Row>, Problem> {
        if last.is_some() {
            return Ok(Vec::new());
        }
        let found = statistics::of_members(cx, &self.window).await?;
        let days = self.window.months().iter().map(|month| month.first);
        Ok(days.zip(found.months).collect())
    }

    fn cells(&self, said: &Said, (month, figures): &Self::Row) -> Vec<Cell> {
        vec![
            month_of(said.l, *month).into(),
            figures.members.into(),
            figures.in_order.into(),
            figures.out_of_order().into(),
            figures.joined.into(),
            figures.left.into(),
        ]
    }
}
