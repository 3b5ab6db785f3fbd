//! What a row says of money: a payment, or that there was none, or only until when.

use super::rows::{REFERENCE_MAX, Reader, one_line};
use super::{Field, Method, Paid, Row, RowProblem, Said, Source, values};
use crate::kernel::{Cents, Code, Day, Period, Problem, text};

impl Reader<'_> {
    pub(super) fn dues(&mut self, row: &Row) -> (Option<Paid>, Said) {
        let paid_cell = self.cell(Field::Paid).to_owned();
        let paid = if self.column(Field::Paid).is_none() {
            None
        } else if paid_cell.is_empty() {
            Some(false)
        } else {
            let unknown = || Problem::new(Code::UnknownChoice);
            match self.keep(Field::Paid, values::yes_no(&paid_cell).ok_or_else(unknown)) {
                Some(paid) => Some(paid),
                None => return (None, Said::Nothing),
            }
        };
        let amount_cell = self.cell(Field::Amount).to_owned();
        let amount = if amount_cell.is_empty() {
            None
        } else {
            match self.keep(Field::Amount, Cents::parse(&amount_cell)) {
                Some(Cents(..0)) => {
                    let column = self.column(Field::Amount);
                    let code = Code::AmountNotPositive;
                    self.problems
                        .push(RowProblem::at(column, &amount_cell, code));
                    return (None, Said::Nothing);
                }
                Some(amount) => Some(amount),
                None => return (None, Said::Nothing),
            }
        };
        let told = amount.is_some();
        let amount = match (paid, amount) {
            (Some(false), _) => return (None, Said::NotPaid),
            // An amount of nothing in a list of people says that nothing was paid.
            (None, Some(Cents::ZERO)) if !self.says_for_what() => return (None, Said::NotPaid),
            (_, Some(amount)) => amount,
            (Some(true), None) => match self.choices.default_amount {
                Some(amount) => amount,
                None => return (None, Said::PaidWithoutAmount),
            },
            (None, None) => {
                let until = self.day(Field::PaidUntil).or(self.day(Field::PeriodUntil));
                return (None, until.map_or(Said::Nothing, Said::PaidUntil));
            }
        };
        (self.paid(row, amount, told), Said::Nothing)
    }

    /// The amount with its column's name, as the file has them.
    fn said_amount(&self) -> String {
        let header = self
            .column(Field::Amount)
            .and_then(|at| self.headers.get(at));
        let header = header.map_or("", |h| h.as_str());
        one_line(&format!("{header} {}", self.cell(Field::Amount)))
    }

    /// Whether the row says what an amount is for: a payment's id or a period.
    fn says_for_what(&self) -> bool {
        [
            Field::PaymentId,
            Field::PeriodFrom,
            Field::PeriodUntil,
            Field::PeriodYear,
        ]
        .iter()
        .any(|f| !self.cell(*f).is_empty())
    }

    /// The payment. `told`: the amount stands in the file.
    fn paid(&mut self, row: &Row, amount: Cents, told: bool) -> Option<Paid> {
        let before = self.problems.len();
        let from = self.day(Field::PeriodFrom);
        let until = self.day(Field::PeriodUntil);
        let period = self.period(from, until);
        let received = self.day(Field::PaidOn);
        if received.is_some_and(|day| day > self.today) {
            let received = Err::<(), _>(Problem::new(Code::DayInFuture));
            self.keep(Field::PaidOn, received);
        }
        let mut labels: Vec<String> = Vec::new();
        for at in self.columns(Field::FeeLabel) {
            let label = one_line(self.cell_at(at));
            if !label.is_empty() && !labels.contains(&label) {
                labels.push(label);
            }
        }
        let label = self.keep(Field::FeeLabel, text::name(&labels.join(" – ")))?;
        let id = self.words(Field::PaymentId);
        let id = self.keep(Field::PaymentId, text::line(&id, REFERENCE_MAX))?;
        let said_method = self.words(Field::Method);
        let known_method = values::method(&said_method);
        let note = match known_method {
            // Waived dues need a reason: it is what the file says.
            _ if amount == Cents::ZERO => self.said_amount(),
            None => said_method,
            Some(_) => String::new(),
        };
        let note = self.keep(Field::Method, text::name(&note))?;
        let method = match amount {
            Cents::ZERO => Method::Waived,
            _ => known_method.unwrap_or(self.choices.method),
        };
        if self.problems.len() > before {
            return None;
        }
        let started = period.map(|p| p.from().min(self.today));
        let received_on = received.or(started).unwrap_or(self.today);
        labels.sort_unstable();
        let key = if id.is_empty() {
            let days = Days {
                from,
                until,
                received,
            };
            self.payment_key(row, &days, told.then_some(amount), &labels)
        } else {
            format!("{}!{id}", self.source)
        };
        Some(Paid {
            amount,
            method,
            received_on,
            period,
            label,
            note,
            key,
        })
    }

    fn period(&mut self, from: Option<Day>, until: Option<Day>) -> Option<Period> {
        let months = self.choices.months;
        match (from, until) {
            (Some(from), Some(until)) => self.keep(Field::PeriodUntil, Period::new(from, until)),
            (Some(from), None) => Some(Period::months_from(from, months)),
            (None, Some(until)) => {
                // The period of so many months that ends on this day.
                let after = until.succ_opt()?;
                let from = after.checked_sub_months(chrono::Months::new(months.max(1)))?;
                Period::new(from.min(until), until).ok()
            }
            (None, None) => {
                let year = values::year(self.cell(Field::PeriodYear))?;
                let first = Day::from_ymd_opt(year, 1, 1)?;
                Period::new(first, Day::from_ymd_opt(year, 12, 31)?).ok()
            }
        }
    }

    /// What tells a payment from others where the file gives it no id. Paheko shows the
    /// same subscription in several lists, with and without its end and its amount:
    /// member, first day and tariff are in all of them.
    fn payment_key(
        &self,
        row: &Row,
        days: &Days,
        amount: Option<Cents>,
        labels: &[String],
    ) -> String {
        let who = match row.references.first() {
            Some((_, reference)) => reference.clone(),
            None => {
                let email = row.who.email.as_ref().map(|e| text::fold(e.as_str()));
                format!("{}|{}", row.who.name_key(), email.unwrap_or_default())
            }
        };
        let day = |day: Option<Day>| day.map(|d| d.to_string()).unwrap_or_default();
        let mut parts = vec![who, day(days.from), text::fold(&labels.join(" "))];
        if self.choices.source != Source::Paheko {
            parts.push(day(days.until));
            parts.push(day(days.received));
            parts.push(amount.map(|a| a.0.to_string()).unwrap_or_default());
            parts.push(self.cell(Field::PeriodYear).to_owned());
        }
        format!("{}/{}", self.source, parts.join("/"))
    }
}

/// The days that a row gives to a payment.
struct Days {
    from: Option<Day>,
    until: Option<Day>,
    received: Option<Day>,
}
