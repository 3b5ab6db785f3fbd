//! Kinds of dues that a file names, and what a person makes of them: one that is there, a
//! new one, or nothing. Pure.

use super::rows::{Reader, one_line};
use super::{Field, Paid};
use crate::dues::MONTHS_MAX;
use crate::kernel::{Cents, Day, DuesKindId, text};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// The most different names of dues in one file about which somebody is asked; the most
/// frequent ones.
pub const KINDS_ASKED: usize = 30;
/// The longest name of dues that a file gives; longer ones are cut.
const VALUE_MAX: usize = 100;

/// What becomes of a name of dues.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KindChoice {
    /// Nothing: the members pay as if the file had not said it.
    #[default]
    Nothing,
    /// A kind of dues that is there.
    Known(DuesKindId),
    /// A kind that the import makes.
    New(NewKind),
}

/// A kind of dues that an import makes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKind {
    /// What it is called.
    pub name: String,
    /// What a period costs.
    pub amount: Cents,
    /// How many months a period has.
    pub months: u32,
}

/// A name of dues in a file, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindMapping {
    /// The name, as the file has it.
    pub value: String,
    /// What becomes of it.
    pub choice: KindChoice,
}

/// What a row says of the kind of dues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedDues {
    /// All that it says, as one text.
    pub value: String,
    /// What the dues are called; empty where the file only says what they cost.
    pub label: String,
    /// What they cost.
    pub amount: Option<Cents>,
    /// For how many months.
    pub months: Option<u32>,
}

/// A name of dues, where it is mapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindFound {
    /// The name, as the file has it.
    pub value: String,
    /// How many rows have it.
    pub rows: usize,
    /// The kind that would be made of it; its name is empty where the file has only an amount.
    pub proposed: NewKind,
}

impl Reader<'_> {
    /// What the row says of the kind of dues, if anything.
    pub(super) fn named_dues(&self, payment: Option<&Paid>) -> Option<NamedDues> {
        let label = self.joined_labels();
        let (cost, every) = (
            self.words(Field::DuesAmount),
            self.words(Field::DuesInterval),
        );
        let parts = [&label, &cost, &every];
        let said: Vec<&str> = parts
            .iter()
            .map(|p| p.as_str())
            .filter(|p| !p.is_empty())
            .collect();
        let value = shortened(&said.join(" – "))?;
        let cost = Cents::parse(&cost).ok().filter(|a| *a >= Cents::ZERO);
        let every = every
            .parse()
            .ok()
            .filter(|months| (1..=MONTHS_MAX).contains(months));
        let paid = payment
            .map(|paid| paid.amount)
            .filter(|a| *a > Cents::ZERO && self.column(Field::Amount).is_some());
        let period = payment.and_then(|paid| paid.period);
        Some(NamedDues {
            value,
            label: shortened(&label).unwrap_or_default(),
            amount: cost.or(paid),
            months: every.or(period.map(|p| months_of(p.from(), p.until()))),
        })
    }

    fn joined_labels(&self) -> String {
        let mut labels: Vec<String> = Vec::new();
        for at in self.columns(Field::FeeLabel) {
            let label = one_line(self.cell_at(at));
            if !label.is_empty() && !labels.contains(&label) {
                labels.push(label);
            }
        }
        // In no matter which order the columns stand.
        labels.sort_unstable();
        labels.join(" – ")
    }
}

/// A text that can be kept; nothing where none of it can.
fn shortened(value: &str) -> Option<String> {
    let short: String = value.chars().take(VALUE_MAX).collect();
    let line = text::line(&short, VALUE_MAX).ok()?;
    Some(line).filter(|line| !line.is_empty())
}

/// How many months a period is nearest to.
fn months_of(from: Day, until: Day) -> u32 {
    let Some(after) = until.succ_opt() else {
        return 1;
    };
    let whole = (after.year() - from.year()) * 12 + after.month().cast_signed()
        - from.month().cast_signed();
    // The days that are left or missing: more than half a month counts as one.
    let days = after.day().cast_signed() - from.day().cast_signed();
    let months = whole + i32::from(days > 15) - i32::from(days < -15);
    u32::try_from(months).unwrap_or(1).clamp(1, MONTHS_MAX)
}
