//! The lists that there are as files: their columns, and where their rows come from.

use super::sheet::{Cell, Column, Sheet, column};
use super::{Name, Said, Wanted, addresses, statistics};
use crate::audit::Reader;
use crate::fields::{inputs, rows};
use crate::locales::{
    addresses as ta, dues as td, exports as t, frame as tf, importing as ti, members as tm,
    organisation as to, payments as tp, people as tpp, receipts as tr, reminders as trm,
    services as ts,
};
use chrono::Datelike;
use domain::audit::{self, Entry};
use domain::context::Cx;
use domain::dues::{self, KindRow};
use domain::exports::ROWS_MAX;
use domain::fields::{self, Field, FieldKind, On, Shown, Values};
use domain::import::{self, Import};
use domain::kernel::{Code, Day, Locale, Problem, paging::CHUNK};
use domain::members::{self, DirectoryFilter, DirectoryQuery, MemberNumber, Membership, WholeRow};
use domain::payments::receipts::{self, Receipt};
use domain::payments::{self, Payment, PaymentFilter, PaymentQuery};
use domain::reminders::{self, ReminderQuery};
use domain::services::{self, ServiceFilter, ServiceQuery, ServiceRow};
use std::fs::File;

/// A list that can be a file.
pub trait List: Sync {
    /// A row as the domain gives it.
    type Row: Send + Sync;

    /// What people call the list.
    fn title(&self, l: Locale) -> String;

    /// Its columns.
    fn columns(&self, l: Locale) -> Vec<Column>;

    /// The rows after one, or the first, in the list's order: [`CHUNK`] of them, fewer only
    /// at the end.
    fn after(
        &self,
        cx: &mut Cx,
        last: Option<&Self::Row>,
    ) -> impl Future<Output = Result<Vec<Self::Row>, Problem>> + Send;

    /// A row's cells, as many as there are columns.
    fn cells(&self, said: &Said, row: &Self::Row) -> Vec<Cell>;
}

/// Makes the file of a list.
pub async fn file(cx: &mut Cx, wanted: &Wanted, said: &Said) -> Result<(File, i64), Problem> {
    match wanted.list {
        Name::People => {
            let list = Directory::of(cx, wanted, Membership::Everyone).await?;
            write(cx, wanted, said, &list).await
        }
        Name::Members => {
            let list = Directory::of(cx, wanted, Membership::Members).await?;
            write(cx, wanted, said, &list).await
        }
        Name::Payments => write(cx, wanted, said, &Payments::of(wanted)).await,
        Name::Queue => write(cx, wanted, said, &Queue::of(wanted)).await,
        Name::Receipts => write(cx, wanted, said, &Receipts::of(wanted, said.today)).await,
        Name::Services => {
            let list = Services::of(cx, wanted).await?;
            write(cx, wanted, said, &list).await
        }
        Name::Prefixes => write(cx, wanted, said, &addresses::Prefixes::of(wanted)).await,
        Name::Addresses => write(cx, wanted, said, &addresses::Given::of(wanted)).await,
        Name::Dues => write(cx, wanted, said, &Dues).await,
        Name::ServicesStats => {
            let list = statistics::OfServices::of(wanted, said.today);
            write(cx, wanted, said, &list).await
        }
        Name::MembersStats => {
            let list = statistics::OfMembers::of(wanted, said.today);
            write(cx, wanted, said, &list).await
        }
        Name::Imports => write(cx, wanted, said, &Imports).await,
        Name::Reminders => write(cx, wanted, said, &Reminders(wanted.query())).await,
        Name::Audit => write(cx, wanted, said, &Audit::of(wanted)).await,
        // It has a format of its own.
        Name::AuditChain => Err(Problem::new(Code::UnknownChoice)),
    }
}

async fn write<L: List>(
    cx: &mut Cx,
    wanted: &Wanted,
    said: &Said,
    list: &L,
) -> Result<(File, i64), Problem> {
    // The first rows are asked for before anything is written: a right may be missing.
    let mut rows = list.after(cx, None).await?;
    let title = list.title(said.l);
    let columns = list.columns(said.l);
    let mut sheet = Sheet::begin(wanted.format, said, &title, &columns)?;
    let mut count = 0_i64;
    loop {
        let read = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        count += read;
        if count > ROWS_MAX {
            return Err(Problem::new(Code::ExportTooLarge { max: ROWS_MAX }));
        }
        for row in &rows {
            sheet.row(said, &list.cells(said, row))?;
        }
        if read < CHUNK {
            break;
        }
        rows = list.after(cx, rows.last()).await?;
    }
    let (said, asked) = (said.clone(), wanted.asked());
    // A workbook is compressed at its end.
    let ended = tokio::task::spawn_blocking(move || sheet.end(&said, &asked));
    Ok((ended.await.map_err(Problem::internal)??, count))
}

// --- people and members

struct Directory {
    base: Membership,
    filter: DirectoryFilter,
    /// The organisation's own fields, those that the one who asks sees.
    own: Vec<Field>,
}

/// A row, and what is kept in the organisation's own fields, in their order.
struct DirectoryLine {
    row: WholeRow,
    own: Vec<Option<String>>,
}

impl Directory {
    async fn of(cx: &mut Cx, wanted: &Wanted, base: Membership) -> Result<Self, Problem> {
        let query: DirectoryQuery = wanted.query();
        let filter = query.filter(base);
        let own = rows::of_directory(cx).await?;
        Ok(Self { base, filter, own })
    }

    fn line(&self, values: &Values, row: WholeRow) -> DirectoryLine {
        let value = |field: &Field| {
            let object = match field.on {
                On::Member => row.id?.0,
                _ => row.party.0,
            };
            values.get(object, field.id).map(str::to_owned)
        };
        let own = self.own.iter().map(value).collect();
        DirectoryLine { row, own }
    }
}

fn own_column(field: &Field) -> Column {
    column(field.label.clone().into(), 22)
}

/// What is kept in fields, as cells.
fn own_cells(l: Locale, fields: &[Field], values: &[Option<String>]) -> Vec<Cell> {
    let cell = |(field, value): (&Field, &Option<String>)| match value {
        Some(value) => own_cell(l, field, value),
        None => Cell::Empty,
    };
    fields.iter().zip(values).map(cell).collect()
}

/// What is kept in a field, as a cell of its kind.
fn own_cell(l: Locale, field: &Field, value: &str) -> Cell {
    match (field.shown(value, l), value.parse::<i64>()) {
        (Shown::Day(day), _) => day.into(),
        (_, Ok(number)) if field.kind == FieldKind::Number => number.into(),
        _ => inputs::text(l, field, value).into(),
    }
}

impl List for Directory {
    type Row = DirectoryLine;

    fn title(&self, l: Locale) -> String {
        match self.base {
            Membership::Members => tf::members(l),
            _ => tf::people(l),
        }
        .into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        let mut columns = vec![
            column(t::number(l), 10),
            column(t::kind(l), 13),
            column(t::given_name(l), 18),
            column(t::name(l), 26),
            column(t::email(l), 30),
            column(t::phone(l), 18),
            column(t::street(l), 30),
            column(t::postcode(l), 11),
            column(t::city(l), 18),
            column(t::country(l), 12),
            column(t::joined_on(l), 14),
            column(t::left_on(l), 14),
            column(t::situation(l), 22),
            column(t::paid_until(l), 24),
            column(t::note(l), 40),
        ];
        columns.extend(self.own.iter().map(own_column));
        columns
    }

    async fn after(
        &self,
        cx: &mut Cx,
        last: Option<&DirectoryLine>,
    ) -> Result<Vec<DirectoryLine>, Problem> {
        let last = last.map(|line| line.row.party);
        let rows = members::directory_after(cx, &self.filter, last, CHUNK).await?;
        let parties = rows.iter().map(|row| row.party.0);
        let ids = rows.iter().filter_map(|row| row.id).map(|id| id.0);
        let values = fields::values_of(cx, &parties.chain(ids).collect::<Vec<_>>()).await?;
        Ok(rows
            .into_iter()
            .map(|row| self.line(&values, row))
            .collect())
    }

    fn cells(&self, said: &Said, line: &DirectoryLine) -> Vec<Cell> {
        let (l, row) = (said.l, &line.row);
        let mut cells: Vec<Cell> = vec![
            row.number.map(|number| number.to_string()).into(),
            tpp::kind(l, row.kind).into(),
            row.given_name.as_str().into(),
            row.name.as_str().into(),
            row.email.as_deref().into(),
            row.phone.as_deref().into(),
            row.street.as_deref().into(),
            row.postcode.as_deref().into(),
            row.city.as_deref().into(),
            row.country.as_deref().into(),
            row.joined_on.into(),
            row.left_on.into(),
            row.standing(said.today).map(|s| tm::standing(l, s)).into(),
            row.paid_until.into(),
            row.note.as_deref().into(),
        ];
        cells.extend(own_cells(l, &self.own, &line.own));
        cells
    }
}

// --- payments

struct Payments(PaymentFilter);
struct Queue(PaymentFilter);

impl Payments {
    fn of(wanted: &Wanted) -> Self {
        Self(wanted.query::<PaymentQuery>().filter())
    }
}

impl Queue {
    fn of(wanted: &Wanted) -> Self {
        Self(wanted.query::<PaymentQuery>().filter())
    }
}

fn payment_columns(l: Locale) -> Vec<Column> {
    vec![
        column(t::received_on(l), 12),
        column(t::member_number(l), 18),
        column(t::member(l), 26),
        column(t::what(l), 26),
        column(t::from(l), 12),
        column(t::until(l), 12),
        column(t::method(l), 14),
        column(t::amount(l), 14),
        column(t::state(l), 20),
        column(t::entered_by(l), 20),
        column(t::entered_at(l), 18),
        column(t::validated_by(l), 20),
        column(t::validated_at(l), 18),
        column(t::receipt(l), 12),
        column(t::note(l), 40),
    ]
}

fn payment_cells(said: &Said, payment: &Payment) -> Vec<Cell> {
    let l = said.l;
    let number = MemberNumber::from_sequence(payment.member_number);
    vec![
        payment.received_on.into(),
        number.to_string().into(),
        payment.member_name.as_str().into(),
        tp::what_for(l, payment).into(),
        payment.period.map(|period| period.from()).into(),
        payment.period.map(|period| period.until()).into(),
        tp::method(l, payment.method).into(),
        payment.amount.into(),
        tp::status(l, &payment.status()).into(),
        crate::payments::entered_by(l, payment).into(),
        payment.entered_at.into(),
        payment.validated_by_name.as_deref().into(),
        payment.validated_at.into(),
        payment.receipt.map(|number| number.to_string()).into(),
        payment.note.as_str().into(),
    ]
}

impl List for Payments {
    type Row = Payment;

    fn title(&self, l: Locale) -> String {
        tp::title(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        payment_columns(l)
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Payment>) -> Result<Vec<Payment>, Problem> {
        payments::list_after(cx, &self.0, last.map(|payment| payment.id), CHUNK).await
    }

    fn cells(&self, said: &Said, row: &Payment) -> Vec<Cell> {
        payment_cells(said, row)
    }
}

impl List for Queue {
    type Row = Payment;

    fn title(&self, l: Locale) -> String {
        tp::queue_title(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        payment_columns(l)
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Payment>) -> Result<Vec<Payment>, Problem> {
        payments::queue_after(cx, &self.0, last.map(|payment| payment.id), CHUNK).await
    }

    fn cells(&self, said: &Said, row: &Payment) -> Vec<Cell> {
        payment_cells(said, row)
    }
}

// --- receipts

/// A year's receipts.
pub struct Receipts {
    pub year: i64,
}

impl Receipts {
    /// Those of the year that the filter names; of this year, where it names none.
    pub fn of(wanted: &Wanted, today: Day) -> Self {
        let year = wanted
            .asked()
            .into_iter()
            .find(|(name, _)| name == "year")
            .and_then(|(_, value)| value.trim().parse().ok());
        Self {
            year: year.unwrap_or_else(|| i64::from(today.year())),
        }
    }
}

impl List for Receipts {
    type Row = Receipt;

    fn title(&self, l: Locale) -> String {
        tr::title_of(l, self.year).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::receipt(l), 12),
            column(t::issued_on(l), 12),
            column(t::member_number(l), 18),
            column(t::received_from(l), 26),
            column(t::what(l), 26),
            column(t::from(l), 12),
            column(t::until(l), 12),
            column(t::method(l), 14),
            column(t::received_on(l), 12),
            column(t::amount(l), 14),
            column(t::state(l), 12),
            column(t::cancelled_on(l), 18),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Receipt>) -> Result<Vec<Receipt>, Problem> {
        let number = last.map_or(0, |receipt| receipt.number.number);
        receipts::list_after(cx, self.year, number, CHUNK).await
    }

    fn cells(&self, said: &Said, row: &Receipt) -> Vec<Cell> {
        let l = said.l;
        let state = match row.cancelled {
            Some(_) => tr::cancelled(l),
            None => tr::valid(l),
        };
        vec![
            row.number.to_string().into(),
            row.issued_on.into(),
            row.member_number.to_string().into(),
            row.name.as_str().into(),
            crate::receipts::what(l, row).into(),
            row.period.map(|period| period.from()).into(),
            row.period.map(|period| period.until()).into(),
            tp::method(l, row.method).into(),
            row.received_on.into(),
            row.amount.into(),
            state.into(),
            row.cancelled.map(|cancelled| cancelled.at).into(),
        ]
    }
}

// --- services

struct Services {
    filter: ServiceFilter,
    /// The organisation's own fields, those that the one who asks sees.
    own: Vec<Field>,
}

/// A service, its type's name, how many rows stand before it, and what is kept in the
/// organisation's own fields, in their order.
struct ServiceLine {
    row: ServiceRow,
    kind: String,
    before: i64,
    own: Vec<Option<String>>,
}

impl Services {
    async fn of(cx: &mut Cx, wanted: &Wanted) -> Result<Self, Problem> {
        let kinds = services::managed_types(cx).await?;
        Ok(Self {
            filter: wanted.query::<ServiceQuery>().filter(),
            own: rows::of_services(cx, &kinds).await?,
        })
    }
}

impl List for Services {
    type Row = ServiceLine;

    fn title(&self, l: Locale) -> String {
        ts::title(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        let mut columns = vec![
            column(ts::label(l), 26),
            column(ts::type_(l), 20),
            column(t::member_number(l), 18),
            column(t::member(l), 26),
            column(t::from(l), 12),
            column(t::until(l), 12),
            column(t::state(l), 16),
            column(t::situation(l), 26),
            column(ta::own(l), 26),
        ];
        columns.extend(self.own.iter().map(own_column));
        columns
    }

    async fn after(
        &self,
        cx: &mut Cx,
        last: Option<&ServiceLine>,
    ) -> Result<Vec<ServiceLine>, Problem> {
        let behind = last.map_or(0, |line| line.before + 1);
        let rows = services::list_behind(cx, &self.filter, behind, CHUNK).await?;
        let kinds = services::managed_types(cx).await?;
        let ids: Vec<_> = rows.iter().map(|row| row.id.0).collect();
        let values = fields::values_of(cx, &ids).await?;
        let line = |(before, row): (i64, ServiceRow)| {
            let kind = kinds.iter().find(|kind| kind.id == row.kind);
            let own = self.own.iter().map(|field| values.get(row.id.0, field.id));
            ServiceLine {
                own: own.map(|value| value.map(str::to_owned)).collect(),
                kind: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
                row,
                before,
            }
        };
        Ok((behind..).zip(rows).map(line).collect())
    }

    fn cells(&self, said: &Said, line: &ServiceLine) -> Vec<Cell> {
        let l = said.l;
        let row = &line.row;
        let holder = row.holder.as_ref();
        let mut cells: Vec<Cell> = vec![
            row.label.as_str().into(),
            line.kind.as_str().into(),
            holder.map(|holder| holder.number.to_string()).into(),
            holder.map(|holder| holder.name.as_str()).into(),
            holder.map(|holder| holder.from_on).into(),
            holder.and_then(|holder| holder.until_on).into(),
            ts::state_word(l, row.state).into(),
            holder.map(|holder| ts::paid(l, holder.paid)).into(),
            row.addresses.join(" ").into(),
        ];
        cells.extend(own_cells(l, &self.own, &line.own));
        cells
    }
}

// --- dues and imports: short lists, read at once

struct Dues;

impl List for Dues {
    type Row = KindRow;

    fn title(&self, l: Locale) -> String {
        tf::dues(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::object_name(l), 26),
            column(t::cycle(l), 28),
            column(t::price(l), 12),
            column(t::members(l), 10),
            column(t::owing(l), 10),
            column(t::arrears(l), 14),
            column(t::state(l), 14),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&KindRow>) -> Result<Vec<KindRow>, Problem> {
        match last {
            None => Ok(dues::overview(cx).await?.rows),
            Some(_) => Ok(Vec::new()),
        }
    }

    fn cells(&self, said: &Said, row: &KindRow) -> Vec<Cell> {
        let l = said.l;
        let kind = &row.kind;
        let state = match (kind.is_default, kind.is_archived) {
            (true, _) => Some(td::default(l)),
            (false, true) => Some(td::archived(l)),
            (false, false) => None,
        };
        vec![
            kind.name.as_str().into(),
            td::cycle_text(l, kind.cycle).into(),
            (!kind.is_free()).then(|| kind.price_on(said.today)).into(),
            row.members.into(),
            row.owing.into(),
            row.arrears.into(),
            state.into(),
        ]
    }
}

struct Reminders(ReminderQuery);

impl List for Reminders {
    type Row = reminders::Row;

    fn title(&self, l: Locale) -> String {
        tf::reminders(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::number(l), 10),
            column(t::name(l), 26),
            column(trm::paid_until(l), 14),
            column(trm::decision(l), 20),
            column(trm::why(l), 34),
            column(trm::address(l), 30),
        ]
    }

    async fn after(
        &self,
        cx: &mut Cx,
        last: Option<&reminders::Row>,
    ) -> Result<Vec<reminders::Row>, Problem> {
        reminders::list_after(cx, &self.0, last.map(|row| row.subject.id)).await
    }

    fn cells(&self, said: &Said, row: &reminders::Row) -> Vec<Cell> {
        let l = said.l;
        let subject = &row.subject;
        vec![
            subject.number.to_string().into(),
            subject.name.as_str().into(),
            subject.paid_until.into(),
            trm::reason(l, row.decision.reason()).into(),
            trm::detail(l, &row.decision).into(),
            subject.to.address.clone().into(),
        ]
    }
}

struct Imports;

impl List for Imports {
    type Row = Import;

    fn title(&self, l: Locale) -> String {
        ti::recent(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::file_name(l), 34),
            column(t::state(l), 14),
            column(t::made_at(l), 18),
            column(t::by(l), 22),
            column(t::members_added(l), 16),
            column(t::payments_added(l), 18),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Import>) -> Result<Vec<Import>, Problem> {
        match last {
            None => import::list(cx).await,
            Some(_) => Ok(Vec::new()),
        }
    }

    fn cells(&self, said: &Said, row: &Import) -> Vec<Cell> {
        let l = said.l;
        let state = match row.state {
            import::State::Uploaded => ti::state_waiting(l),
            import::State::Applied => ti::state_applied(l),
            import::State::Undone => ti::state_undone(l),
        };
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let report = row.report.as_ref();
        vec![
            row.file_name.as_str().into(),
            state.into(),
            row.applied_at.unwrap_or(row.created_at).into(),
            crate::importing::uploader(l, row).into(),
            report.map(|r| count(r.members_added)).into(),
            report.map(|r| count(r.payments_added)).into(),
        ]
    }
}

// --- the audit

struct Audit(audit::Filter);

impl Audit {
    fn of(wanted: &Wanted) -> Self {
        Self(wanted.query::<crate::audit::Query>().filter())
    }
}

impl List for Audit {
    type Row = Entry;

    fn title(&self, l: Locale) -> String {
        to::audit_title(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(t::at(l), 18),
            column(t::who(l), 22),
            column(t::from_where(l), 18),
            column(t::action(l), 22),
            column(t::object(l), 22),
            column(t::object_name(l), 30),
            column(t::before(l), 50),
            column(t::after(l), 50),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Entry>) -> Result<Vec<Entry>, Problem> {
        audit::list_after(cx, &self.0, last.map(|entry| entry.id), CHUNK).await
    }

    fn cells(&self, said: &Said, row: &Entry) -> Vec<Cell> {
        let l = said.l;
        let reader = Reader { l, zone: said.zone };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (field, was, is) in reader.differences(row.before.as_ref(), row.after.as_ref()) {
            before.extend(was.map(|text| format!("{field}\u{a0}: {text}")));
            after.extend(is.map(|text| format!("{field}\u{a0}: {text}")));
        }
        let from = match row.via.as_str() {
            "cli" => to::via_cli(l).into_owned(),
            _ => row.address.clone(),
        };
        vec![
            row.at.into(),
            row.actor_name.as_str().into(),
            from.into(),
            to::action(l, &row.action).into(),
            to::kind(l, &row.kind).into(),
            row.label.as_str().into(),
            before.join("\n").into(),
            after.join("\n").into(),
        ]
    }
}
