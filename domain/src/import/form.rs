//! The choices for a file as a form sends them: texts, and how they are read. Pure.

use super::choices::LABEL_MAX;
use super::holds;
use super::{Choices, Field, KINDS_ASKED, KindChoice, KindMapping, Method, NewKind, Source};
use crate::dues::MONTHS_MAX;
use crate::kernel::{Cents, Check, Code, DuesKindId, Problem, Result, text};
use serde::{Deserialize, Serialize};

/// What a form says of a kind of dues that is to be made.
pub const NEW_KIND: &str = "new";

/// [`Choices`] as a form sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChoicesForm {
    /// A source's name.
    pub source: String,
    /// What an unknown program is called.
    pub label: String,
    /// A field's name per column.
    pub columns: Vec<String>,
    /// The amount where the file has none; empty leaves those payments out.
    pub amount: String,
    /// A method's name.
    pub method: String,
    /// The names of dues about which the form asks.
    pub kind_values: Vec<String>,
    /// For each of them a kind's id, [`NEW_KIND`], or nothing.
    pub kinds: Vec<String>,
    /// For each of them the name of the kind that is made.
    pub kind_names: Vec<String>,
    /// For each of them its amount.
    pub kind_amounts: Vec<String>,
    /// For each of them how many months a period has.
    pub kind_months: Vec<String>,
}

impl ChoicesForm {
    /// Reads the form; `months` stays as it was proposed.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields, and as [`Choices::check`].
    pub fn parse(&self, present: &Choices) -> Result<Choices> {
        let unknown = || Problem::new(Code::UnknownChoice);
        let mut check = Check::new();
        let source = check.required("source", &self.source, |t| {
            Source::from_name(t).ok_or_else(unknown)
        });
        let label = check.field("label", text::line(&self.label, LABEL_MAX));
        let amount = check.optional("amount", &self.amount, |t| match Cents::parse(t)? {
            Cents(..=0) => Err(Problem::new(Code::AmountNotPositive)),
            amount => Ok(amount),
        });
        let method = check.required("method", &self.method, |t| {
            Method::from_name(t).ok_or_else(unknown)
        });
        let columns: Option<Vec<Field>> = holds::read(&self.columns, present.columns.len());
        if columns.is_none() {
            check.refuse("columns", Code::UnknownChoice);
        }
        let kinds = self.kinds(&mut check);
        let read = (|| {
            Some(Choices {
                source: source?,
                label: label?,
                columns: columns?,
                default_amount: amount,
                months: present.months,
                method: method?,
                kinds,
            })
        })();
        let choices = check.done(read)?;
        choices.check()?;
        Ok(choices)
    }

    /// What becomes of the names of dues; what is wrong is noted at `kind_N`, `kind_name_N`,
    /// `kind_amount_N` and `kind_months_N` (N from 0).
    fn kinds(&self, check: &mut Check) -> Vec<KindMapping> {
        let mut kinds: Vec<KindMapping> = Vec::new();
        if self.kind_values.len() > KINDS_ASKED {
            check.refuse("kinds", Code::UnknownChoice);
            return kinds;
        }
        for (at, value) in self.kind_values.iter().enumerate() {
            let said = self.kinds.get(at).map_or("", |k| k.trim());
            let choice = match said {
                "" => Some(KindChoice::Nothing),
                NEW_KIND => self.new_kind(check, at).map(KindChoice::New),
                id => match id.parse::<DuesKindId>() {
                    Ok(id) => Some(KindChoice::Known(id)),
                    Err(_) => {
                        check.refuse(format!("kind_{at}"), Code::UnknownChoice);
                        None
                    }
                },
            };
            let Some(choice) = choice else {
                continue;
            };
            let clash = kinds.iter().any(|other| match (&other.choice, &choice) {
                (KindChoice::New(a), KindChoice::New(b)) => a.name == b.name && a != b,
                _ => false,
            });
            if clash {
                check.refuse(format!("kind_name_{at}"), Code::KindNameTaken);
            }
            kinds.push(KindMapping {
                value: value.clone(),
                choice,
            });
        }
        kinds
    }

    fn new_kind(&self, check: &mut Check, at: usize) -> Option<NewKind> {
        let typed = |all: &'_ [String]| all.get(at).cloned().unwrap_or_default();
        let (name, amount, months) = (
            typed(&self.kind_names),
            typed(&self.kind_amounts),
            typed(&self.kind_months),
        );
        let name = check.required(format!("kind_name_{at}"), &name, text::name);
        let amount = check.required(
            format!("kind_amount_{at}"),
            &amount,
            |t| match Cents::parse(t)? {
                Cents(..0) => Err(Problem::new(Code::NotAnAmount)),
                amount if amount > Cents::MAX_TYPED => Err(Problem::new(Code::AmountTooLarge)),
                amount => Ok(amount),
            },
        );
        let months = check.required(format!("kind_months_{at}"), &months, |t| match t.parse() {
            Ok(months @ 1..=MONTHS_MAX) => Ok(months),
            _ => Err(Problem::new(Code::UnknownChoice)),
        });
        Some(NewKind {
            name: name?,
            amount: amount?,
            months: months?,
        })
    }
}
