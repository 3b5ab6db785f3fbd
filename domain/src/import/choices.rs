//! What the columns of a file hold, which program wrote it, and what a person may
//! choose about it.

use super::holds::{self, holds};
use super::{KindMapping, Method, header_key};
use crate::kernel::problem::FieldProblem;
use crate::kernel::{Cents, Code, Problem, Result};
use serde::{Deserialize, Serialize};

/// The longest name of an unknown program.
pub(super) const LABEL_MAX: usize = 100;

holds! {
    /// What a column holds.
    Field, many: Self::Ignore | Self::Phone | Self::Street | Self::Note | Self::FeeLabel, {
        /// Nothing that is imported.
        #[default]
        Ignore = "ignore",
        /// The member's number in the other program.
        ExternalNumber = "external_number",
        /// The other program's inner id of the member.
        ExternalId = "external_id",
        /// The whole name.
        Name = "name",
        /// The given name.
        GivenName = "given_name",
        /// The family name.
        FamilyName = "family_name",
        /// The part of the name that lists are sorted by.
        SortName = "sort_name",
        /// An organisation's name.
        Company = "company",
        /// Whether it is a person or an organisation.
        Kind = "kind",
        /// The e-mail address.
        Email = "email",
        /// A telephone number; several columns may hold one.
        Phone = "phone",
        /// The address, or one of its lines.
        Street = "street",
        /// The postcode.
        Postcode = "postcode",
        /// The town.
        City = "city",
        /// The country.
        Country = "country",
        /// Since when they are a member.
        JoinedOn = "joined_on",
        /// Since when they are none any more.
        LeftOn = "left_on",
        /// Whether they are a member now.
        Active = "active",
        /// Remarks; several columns may hold some.
        Note = "note",
        /// Until when the dues are paid, where nothing says how much was paid.
        PaidUntil = "paid_until",
        /// The other program's id of the payment.
        PaymentId = "payment_id",
        /// Whether it was paid.
        Paid = "paid",
        /// How much was paid.
        Amount = "amount",
        /// When it was paid.
        PaidOn = "paid_on",
        /// How it was paid.
        Method = "method",
        /// The first day that the payment covers.
        PeriodFrom = "period_from",
        /// The last day that the payment covers.
        PeriodUntil = "period_until",
        /// The calendar year that the payment covers.
        PeriodYear = "period_year",
        /// What the payment is for; several columns may say it.
        FeeLabel = "fee_label",
        /// What the member's dues cost, whatever was paid.
        DuesAmount = "dues_amount",
        /// For how many months the member's dues are.
        DuesInterval = "dues_interval",
    }
}

/// The program that wrote a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Paheko (formerly Garradin).
    Paheko,
    /// Dolibarr's members.
    Dolibarr,
    /// byro.
    Byro,
    /// Any other.
    #[default]
    Generic,
}

impl Source {
    /// Every source.
    pub const ALL: &'static [Self] = &[Self::Paheko, Self::Dolibarr, Self::Byro, Self::Generic];

    /// Its name in forms and in references.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paheko => "paheko",
            Self::Dolibarr => "dolibarr",
            Self::Byro => "byro",
            Self::Generic => "csv",
        }
    }

    /// The source of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.name() == name)
    }
}

/// How a file is understood: proposed by [`Choices::recognised`], corrected by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The program.
    pub source: Source,
    /// What an unknown program is called: former numbers are kept under this name,
    /// so that its next file meets the same members.
    pub label: String,
    /// What each column holds, in the file's order.
    pub columns: Vec<Field>,
    /// What was paid where the file only says *that* it was; `None` leaves those payments out.
    pub default_amount: Option<Cents>,
    /// How many months a payment covers where the file does not say until when.
    pub months: u32,
    /// How it was paid where the file does not say.
    pub method: Method,
    /// What becomes of the kinds of dues that the file names.
    pub kinds: Vec<KindMapping>,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            source: Source::default(),
            label: String::new(),
            columns: Vec::new(),
            default_amount: None,
            months: 12,
            method: Method::Transfer,
            kinds: Vec::new(),
        }
    }
}

impl Choices {
    /// Whether a column holds a field.
    pub fn has(&self, field: Field) -> bool {
        self.columns.contains(&field)
    }

    /// Whether the columns can say that something was paid.
    pub fn brings_payments(&self) -> bool {
        self.has(Field::Amount) || (self.has(Field::Paid) && self.default_amount.is_some())
    }

    /// Under which name the members' former numbers are kept.
    pub fn source_name(&self) -> String {
        match self.source {
            Source::Generic => format!("csv:{}", header_key(&self.label)),
            known => known.name().to_owned(),
        }
    }

    /// Refuses what no row can be read with.
    ///
    /// # Errors
    /// [`Code::ColumnTwice`] at `column_N` (N from 0), [`Code::ColumnMissing`] at `columns`
    /// where nothing says who the members are.
    pub fn check(&self) -> Result<()> {
        let mut fields = holds::twice(&self.columns);
        let who = [
            Field::Name,
            Field::FamilyName,
            Field::Company,
            Field::ExternalNumber,
            Field::ExternalId,
        ];
        if !who.iter().any(|f| self.has(*f)) {
            fields.push(FieldProblem {
                field: "columns".into(),
                code: Code::ColumnMissing,
            });
        }
        if fields.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(fields))
        }
    }
}
