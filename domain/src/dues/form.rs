//! Kinds of dues and terms as forms say them: texts, and how they are read. Pure, and the
//! same in the browser and on the server.

use super::{Cycle, FirstPeriod, Kind, MONTHS_MAX, Terms};
use crate::kernel::calendar::{FIRST_DAY, parse_day};
use crate::kernel::{Cents, Check, Code, Day, DuesKindId, Locale, Problem, Result, text};
use serde::{Deserialize, Serialize};

/// A kind of dues as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KindForm {
    /// The form's own key, for the form that makes a kind.
    pub key: String,
    /// The version that the form was made from, for the form that changes.
    pub version: String,
    /// What it is called.
    pub name: String,
    /// A [`Cycle`]'s name.
    pub cycle: String,
    /// How many months a period has, where it is of so many months.
    pub months: String,
    /// The month with which a fixed year begins.
    pub first_month: String,
    /// A [`FirstPeriod`]'s name.
    pub first_period: String,
    /// What a whole period costs.
    pub price: String,
    /// From which day on; empty: always.
    pub price_from: String,
}

/// A kind of dues, once it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindData {
    /// What it is called.
    pub name: String,
    /// For which time.
    pub cycle: Cycle,
    /// What a period costs that is not whole.
    pub first_period: FirstPeriod,
    /// What a whole period costs; `None` where it is free.
    pub price: Option<Cents>,
    /// From which day on.
    pub price_from: Day,
}

impl KindForm {
    /// The form of a new kind.
    pub fn blank() -> Self {
        Self {
            cycle: "months".into(),
            months: "12".into(),
            first_month: "1".into(),
            first_period: FirstPeriod::Full.name().into(),
            ..Self::default()
        }
    }

    /// The form that shows a kind as it is today; a price that is changed holds from today on.
    pub fn of(kind: &Kind, today: Day, locale: Locale) -> Self {
        let blank = Self::blank();
        let (months, first_month) = match kind.cycle {
            Cycle::Months { months } => (months.to_string(), blank.first_month.clone()),
            Cycle::Year { first_month } => (blank.months.clone(), first_month.to_string()),
            Cycle::Free => (blank.months.clone(), blank.first_month.clone()),
        };
        let price = match kind.is_free() {
            true => String::new(),
            false => locale.money_input(kind.price_on(today)),
        };
        Self {
            key: String::new(),
            version: kind.version.to_string(),
            name: kind.name.clone(),
            cycle: kind.cycle.name().into(),
            months,
            first_month,
            first_period: kind.first_period.name().into(),
            price,
            price_from: today.to_string(),
        }
    }

    /// Reads the form. What the cycle does not ask for is not looked at.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<KindData> {
        let unknown = || Problem::new(Code::UnknownChoice);
        let mut check = Check::new();
        let name = check.required("name", &self.name, text::name);
        let cycle = match self.cycle.trim() {
            "months" => {
                let months = check.required("months", &self.months, |t| match t.parse() {
                    Ok(months @ 1..=MONTHS_MAX) => Ok(months),
                    _ => Err(unknown()),
                });
                months.map(|months| Cycle::Months { months })
            }
            "year" => {
                let first = check.required("first_month", &self.first_month, |t| match t.parse() {
                    Ok(month @ 1..=12) => Ok(month),
                    _ => Err(unknown()),
                });
                first.map(|first_month| Cycle::Year { first_month })
            }
            "free" => Some(Cycle::Free),
            other => check.required("cycle", other, |_| Err(unknown())),
        };
        let first_period = check.required("first_period", &self.first_period, |t| match t {
            "full" => Ok(FirstPeriod::Full),
            "by_month" => Ok(FirstPeriod::ByMonth),
            _ => Err(unknown()),
        });
        let is_free = self.cycle.trim() == "free";
        let price = match is_free {
            true => None,
            false => check.required("price", &self.price, parse_amount),
        };
        let price_from = match is_free {
            true => None,
            false => check.optional("price_from", &self.price_from, parse_day),
        };
        let read = (|| {
            Some(KindData {
                name: name?,
                cycle: cycle?,
                first_period: first_period?,
                price,
                price_from: price_from.unwrap_or(FIRST_DAY),
            })
        })();
        check.done(read)
    }
}

/// How a member pays, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TermsForm {
    /// From which day on.
    pub from_on: String,
    /// A kind's id.
    pub kind: String,
    /// An amount of the member's own; empty: the kind's price.
    pub amount: String,
    /// Why; must not be empty with an amount of the member's own.
    pub reason: String,
}

impl TermsForm {
    /// The form that shows terms.
    pub fn of(terms: &Terms, locale: Locale) -> Self {
        Self {
            from_on: terms.from_on.to_string(),
            kind: terms.kind.to_string(),
            amount: terms.own.map(|a| locale.money_input(a)).unwrap_or_default(),
            reason: terms.reason.clone(),
        }
    }

    /// Reads the form. Whether there is such a kind is asked later, where they are known.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<Terms> {
        let mut check = Check::new();
        let from_on = check.required("from_on", &self.from_on, parse_day);
        let kind = check.required("kind", &self.kind, |t| {
            t.parse::<DuesKindId>()
                .map_err(|_| Problem::new(Code::UnknownChoice))
        });
        let own = check.optional("amount", &self.amount, parse_amount);
        let reason = check.field("reason", text::name(&self.reason));
        let is_own = !self.amount.trim().is_empty();
        if is_own && reason.as_deref().is_some_and(str::is_empty) {
            check.refuse("reason", Code::ReasonNeeded);
        }
        let read = (|| {
            Some(Terms {
                from_on: from_on?,
                kind: kind?,
                own,
                reason: reason?,
            })
        })();
        check.done(read)
    }
}

/// An amount that is nothing or more.
///
/// # Errors
/// Those of [`Cents::parse`]; [`Code::NotAnAmount`] for less than nothing.
pub fn parse_amount(text: &str) -> Result<Cents> {
    match Cents::parse(text)? {
        Cents(..0) => Err(Problem::new(Code::NotAnAmount)),
        amount => Ok(amount),
    }
}
