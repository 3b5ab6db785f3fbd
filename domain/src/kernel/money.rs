//! Money: whole euro cents with checked arithmetic. No floating point anywhere.

use super::problem::{Code, Problem, Result};
use serde::{Deserialize, Serialize};

/// An amount in euro cents.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "server", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount that a person may type: ten million euros.
    pub const MAX_TYPED: Self = Self(1_000_000_000);

    /// Reads an amount as people and programs write it: `30`, `30,00`, `1 234.5 €`,
    /// `1.234,56`, `1,234.56`, `30.00000000`, `-12,5`. More than two decimals are
    /// refused unless the further ones are zeros.
    ///
    /// # Errors
    /// [`Code::NotAnAmount`] and [`Code::AmountTooLarge`].
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Problem::new(Code::NotAnAmount);
        let mut clean: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '€' | '\u{202f}' | '\u{a0}' | '\''))
            .collect();
        for unit in ["EUR", "eur"] {
            clean = clean
                .trim_start_matches(unit)
                .trim_end_matches(unit)
                .to_owned();
        }
        let (negative, digits) = match clean.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, clean.strip_prefix('+').unwrap_or(&clean)),
        };
        let (whole, fraction) = split_decimals(digits).ok_or_else(wrong)?;
        if whole.is_empty() && fraction.is_empty() {
            return Err(wrong());
        }
        let significant = fraction.trim_end_matches('0');
        if significant.len() > 2 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let euros: i64 = match whole.as_str() {
            "" => 0,
            digits if digits.len() > 12 => return Err(Problem::new(Code::AmountTooLarge)),
            digits => digits.parse().map_err(|_| wrong())?,
        };
        let cents: i64 = format!("{significant:0<2}").parse().map_err(|_| wrong())?;
        let amount = euros * 100 + cents;
        if amount > Self::MAX_TYPED.0 {
            return Err(Problem::new(Code::AmountTooLarge));
        }
        Ok(Self(if negative { -amount } else { amount }))
    }

    /// The sum, or `None` beyond what 64 bits hold.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The opposite amount, or `None` for the smallest of all.
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }

    /// The sum of many; stays at the limits rather than wrapping around.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Self {
        Self(
            amounts
                .into_iter()
                .fold(0, |sum, a| i64::saturating_add(sum, a.0)),
        )
    }
}

/// Whole digits (separators of thousands taken out) and decimals.
fn split_decimals(text: &str) -> Option<(String, String)> {
    let comma = text.rfind(',');
    let dot = text.rfind('.');
    let point = match (comma, dot) {
        // Both: the later one is the decimal point.
        (Some(c), Some(d)) => Some(c.max(d)),
        // One kind, several times: they separate thousands.
        (Some(c), None) => (text.matches(',').count() == 1).then_some(c),
        (None, Some(d)) => (text.matches('.').count() == 1).then_some(d),
        (None, None) => None,
    };
    let (whole, fraction) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let mut groups = whole.split([',', '.']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped_well = rest.iter().all(|g| g.len() == 3) && (rest.is_empty() || first.len() <= 3);
    let whole: String = whole.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    (grouped_well && whole.bytes().all(|b| b.is_ascii_digit()))
        .then(|| (whole, fraction.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_and_programs_write_them() {
        for (text, cents) in [
            ("30", 3000),
            ("30,00", 3000),
            ("30.00000000", 3000),
            ("1 234.5 €", 123_450),
            ("1\u{202f}234,50\u{a0}€", 123_450),
            ("1.234,56", 123_456),
            ("1,234.56", 123_456),
            ("-12,5", -1250),
            ("−490.00", -49_000),
            ("EUR 10", 1000),
            (",5", 50),
            ("0", 0),
            ("1.234.567", 123_456_700),
        ] {
            assert_eq!(Cents::parse(text).unwrap(), Cents(cents), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "", " ", "€", "douze", "1,2,3", "12,345", "1.2.3,4", "--1", "1e3", "٣", "0x1", "1,",
            ".", "NaN",
        ] {
            let read = Cents::parse(text);
            if text == "1," {
                assert_eq!(read.unwrap(), Cents(100));
            } else {
                assert_eq!(read.unwrap_err().code, Code::NotAnAmount, "{text}");
            }
        }
        assert_eq!(
            Cents::parse("99999999999999999999").unwrap_err().code,
            Code::AmountTooLarge
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Cents::parse(&text);
        }

        #[test]
        fn what_a_language_writes_is_read_back(cents in -1_000_000_000_i64..1_000_000_000) {
            for locale in super::super::Locale::ALL {
                prop_assert_eq!(Cents::parse(&locale.money(Cents(cents))).unwrap(), Cents(cents));
                prop_assert_eq!(Cents::parse(&locale.money_input(Cents(cents))).unwrap(), Cents(cents));
            }
        }
    }
}
