//! Which program wrote a file, and what its columns hold: proposed from the
//! headers, and from the cells where a header alone does not say it.

use super::values::{self, DateOrder};
use super::words::{BYRO, DOLIBARR, GENERIC, PAHEKO, Program};
use super::{Choices, Field, Holds, Method, Source, Table};
use crate::kernel::{Cents, calendar, text};

/// How many cells of a column are looked at.
const LOOKED_AT: usize = 200;

/// A header as it is looked up: folded, with single spaces for all punctuation.
pub fn header_key(header: &str) -> String {
    let folded = text::fold(header);
    let mut key = String::with_capacity(folded.len());
    for c in folded.chars() {
        if c.is_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with(' ') {
            key.push(' ');
        }
    }
    key.truncate(key.trim_end().len());
    key
}

impl Source {
    /// The program that wrote a file with these headers.
    pub fn of(headers: &[String]) -> Self {
        let keys: Vec<String> = headers.iter().map(|h| header_key(h)).collect();
        let points = |program: &Program| -> u32 {
            let hit = program
                .columns
                .iter()
                .filter(|c| keys.iter().any(|k| k == c.0));
            hit.map(|c| c.2).sum()
        };
        let mut best = (Self::Generic, 0);
        for (source, program) in [
            (Self::Paheko, &PAHEKO),
            (Self::Dolibarr, &DOLIBARR),
            (Self::Byro, &BYRO),
        ] {
            let found = points(program);
            if found >= program.enough && found > best.1 {
                best = (source, found);
            }
        }
        best.0
    }

    fn columns(self) -> &'static [(&'static str, Field, u32)] {
        match self {
            Self::Paheko => PAHEKO.columns,
            Self::Dolibarr => DOLIBARR.columns,
            Self::Byro => BYRO.columns,
            Self::Generic => &[],
        }
    }

    /// The field of a header, and how early its table names it.
    fn field(self, key: &str) -> Option<(Field, usize)> {
        let own = self.columns().iter().position(|c| c.0 == key);
        if let Some((at, column)) = own.and_then(|at| Some((at, self.columns().get(at)?))) {
            return Some((column.1, at));
        }
        let at = GENERIC.iter().position(|c| c.0 == key)?;
        let field = GENERIC.get(at)?.1;
        // A program's own words are known; what else is called so in its file is something else.
        let guessed = self == Self::Generic || !matches!(field, Field::Active | Field::PaidOn);
        guessed.then_some((field, self.columns().len() + at))
    }
}

impl Choices {
    /// What the file itself says. `amount` and `months` are the organisation's dues.
    pub fn recognised(table: &Table, amount: Cents, months: u32) -> Self {
        let source = Source::of(&table.headers);
        let keys: Vec<String> = table.headers.iter().map(|h| header_key(h)).collect();
        let found: Vec<Option<(Field, usize)>> = keys.iter().map(|k| source.field(k)).collect();
        let mut columns: Vec<Field> = found
            .iter()
            .map(|f| f.map(|f| f.0).unwrap_or_default())
            .collect();
        let look = Look { table, keys: &keys };
        match source {
            Source::Paheko => look.paheko(&mut columns),
            Source::Dolibarr => look.dolibarr(&mut columns),
            Source::Byro => {}
            Source::Generic => look.generic(&mut columns),
        }
        look.names(&mut columns);
        look.one_of_each(&mut columns, &found);
        let label = columns
            .iter()
            .position(|f| *f == Field::ExternalNumber)
            .or_else(|| columns.iter().position(|f| *f == Field::ExternalId))
            .and_then(|at| table.headers.get(at))
            .filter(|_| source == Source::Generic)
            .map(|h| h.chars().take(super::choices::LABEL_MAX).collect())
            .unwrap_or_default();
        Self {
            source,
            label,
            columns,
            default_amount: (amount > Cents::ZERO).then_some(amount),
            months: months.max(1),
            method: Method::Transfer,
            kinds: Vec::new(),
        }
    }
}

/// What a table's headers and cells say.
struct Look<'a> {
    table: &'a Table,
    keys: &'a [String],
}

impl Look<'_> {
    fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|k| k == key)
    }

    /// The positions of a header.
    fn all(&self, key: &str) -> Vec<usize> {
        let named = self.keys.iter().enumerate().filter(|(_, k)| *k == key);
        named.map(|(at, _)| at).collect()
    }

    /// Cells of a column that hold something.
    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        let cells = self
            .table
            .records
            .iter()
            .filter_map(move |r| r.cells.get(column));
        cells
            .map(|c| c.trim())
            .filter(|c| !c.is_empty())
            .take(LOOKED_AT)
    }

    /// Whether a column holds something, and all of it passes.
    fn every(&self, column: usize, passes: impl Fn(&str) -> bool) -> bool {
        self.cells(column).next().is_some() && self.cells(column).all(passes)
    }

    /// In lists of subscriptions, "Date d'inscription" is the subscription's; the last
    /// one of two is the member's own. The member's own fields come as they are stored
    /// (`2024-01-01`), the subscription's as French people write them.
    fn paheko(&self, columns: &mut [Field]) {
        let subscriptions = self.has("paye") || self.has("date d expiration");
        if !subscriptions {
            return;
        }
        let mut dates = self.all("date d inscription");
        let stored = |at: &usize| self.every(*at, |c| c.as_bytes().get(4) == Some(&b'-'));
        if let [first, last] = *dates.as_slice()
            && stored(&first)
            && !stored(&last)
        {
            dates.reverse();
        }
        if let Some(date) = self.all("date").first() {
            set(columns, *date, Field::PeriodFrom);
        } else if let Some(first) = dates.first() {
            set(columns, *first, Field::PeriodFrom);
            dates.remove(0);
        }
        for other in dates.iter().rev().skip(1) {
            set(columns, *other, Field::Ignore);
        }
    }

    /// The member's own end and the subscription's have one name: next to a
    /// subscription's other columns, the last one is the subscription's.
    fn dolibarr(&self, columns: &mut [Field]) {
        let is = |f: Field| move |c: &Field| *c == f;
        let subscriptions = columns.iter().any(is(Field::PeriodFrom))
            || columns.iter().any(is(Field::PaymentId))
            || columns.iter().any(is(Field::Amount));
        let ends: Vec<usize> = (0..columns.len())
            .filter(|at| columns.get(*at) == Some(&Field::PeriodUntil))
            .collect();
        let keep = if subscriptions {
            ends.last().copied()
        } else {
            None
        };
        for at in ends.into_iter().filter(|at| Some(*at) != keep) {
            set(columns, at, Field::PaidUntil);
        }
        // "Id" alone may be anything's; it is the member's where nothing else is.
        if columns.iter().filter(|c| **c == Field::ExternalId).count() > 1 {
            for at in self.all("id") {
                set(columns, at, Field::Ignore);
            }
        }
    }

    /// Some words mean different things: the cells decide.
    fn generic(&self, columns: &mut [Field]) {
        let amount = |c: &str| Cents::parse(c).is_ok();
        let day = |c: &str| calendar::parse_day(c).is_ok() || values::month_first(c).is_some();
        for at in 0..columns.len() {
            let decided = match columns.get(at) {
                Some(Field::Amount) if !self.every(at, amount) => {
                    if self.every(at, |c| values::yes_no(c).is_some()) {
                        Field::Paid
                    } else if self.every(at, day) {
                        Field::PaidOn
                    } else if self.cells(at).any(amount) {
                        Field::Amount
                    } else {
                        Field::FeeLabel
                    }
                }
                Some(Field::Paid) if !self.every(at, |c| values::yes_no(c).is_some()) => {
                    if self.every(at, day) {
                        Field::PaidOn
                    } else if self.every(at, amount) {
                        Field::Amount
                    } else {
                        Field::Paid
                    }
                }
                Some(Field::Active) if !self.every(at, |c| values::active(c).is_some()) => {
                    Field::Ignore
                }
                Some(Field::PeriodYear) if !self.every(at, |c| values::year(c).is_some()) => {
                    Field::FeeLabel
                }
                Some(Field::Kind) if !self.every(at, |c| values::kind(c).is_some()) => {
                    Field::Ignore
                }
                Some(field) => *field,
                None => Field::Ignore,
            };
            set(columns, at, decided);
        }
        let pays = columns.contains(&Field::Amount) || columns.contains(&Field::Paid);
        for at in 0..columns.len() {
            match columns.get(at) {
                Some(Field::PeriodUntil) if !pays => set(columns, at, Field::PaidUntil),
                Some(Field::PaidOn | Field::PeriodFrom) if !pays => {
                    set(columns, at, Field::Ignore);
                }
                _ => {}
            }
        }
    }

    /// "Nom" is the family name where a given name stands next to it, and the whole
    /// name where none does.
    fn names(&self, columns: &mut [Field]) {
        let given = columns.contains(&Field::GivenName);
        let (from, to) = if given {
            (Field::Name, Field::FamilyName)
        } else {
            (Field::FamilyName, Field::Name)
        };
        if columns.contains(&from) && !columns.contains(&to) {
            for column in columns.iter_mut().filter(|c| **c == from) {
                *column = to;
            }
        }
    }

    /// Of several columns for one field: the one with something in it, then the one
    /// that its table names first, then the first.
    fn one_of_each(&self, columns: &mut [Field], found: &[Option<(Field, usize)>]) {
        for &field in Field::ALL.iter().filter(|f| !f.many()) {
            let mut candidates: Vec<usize> = (0..columns.len())
                .filter(|at| columns.get(*at) == Some(&field))
                .collect();
            candidates.sort_by_key(|at| {
                let empty = self.cells(*at).next().is_none();
                let rank = found.get(*at).copied().flatten().map(|f| f.1);
                (empty, rank.unwrap_or(usize::MAX), *at)
            });
            for at in candidates.into_iter().skip(1) {
                set(columns, at, Field::Ignore);
            }
        }
    }
}

fn set(columns: &mut [Field], at: usize, field: Field) {
    if let Some(column) = columns.get_mut(at) {
        *column = field;
    }
}

/// In which order each column writes its dates: day first, unless that is
/// impossible and month first is not. The known programs never write the month first.
pub(super) fn date_orders(table: &Table, choices: &Choices) -> Vec<DateOrder> {
    let order = |at: usize| match choices.source {
        Source::Generic => date_order(table, at),
        _ => DateOrder::DayFirst,
    };
    (0..table.headers.len()).map(order).collect()
}

/// In which order a column writes its dates.
pub(super) fn date_order(table: &Table, at: usize) -> DateOrder {
    let cells = || {
        let cells = table.records.iter().filter_map(move |r| r.cells.get(at));
        cells.map(|c| c.trim()).filter(|c| !c.is_empty())
    };
    let day_first = cells().all(|c| calendar::parse_day(c).is_ok());
    let month_first = cells().all(|c| values::month_first(c).is_some());
    match !day_first && month_first {
        true => DateOrder::MonthFirst,
        false => DateOrder::DayFirst,
    }
}
