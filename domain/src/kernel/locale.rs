//! The languages that Equipage speaks, and how each writes money and days.

use super::{Cents, Day};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// A language of the screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type))]
#[cfg_attr(feature = "server", sqlx(type_name = "text", rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Locale {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The language's tag (BCP 47), as it stands in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// The language of a tag such as `fr`, `fr-CA` or `EN`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|l| l.tag().eq_ignore_ascii_case(primary))
    }

    /// The best of the languages that a browser asks for (RFC 9110, 12.5.4).
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut wanted: Vec<(u16, Self)> = header
            .split(',')
            .take(20)
            .filter_map(|part| {
                let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
                let weight: f32 = weight.trim().parse().ok()?;
                let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
                (weight > 0).then_some(())?;
                Some((weight, Self::from_tag(tag)?))
            })
            .collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.first().map(|(_, locale)| *locale)
    }

    /// An amount in euros as people write it: `1 234,50 €`, `€1,234.50`, with a real minus.
    pub fn money(self, amount: Cents) -> String {
        let minus = if amount.0 < 0 { "−" } else { "" };
        let euros = (amount.0.unsigned_abs() / 100).to_string();
        let cents = amount.0.unsigned_abs() % 100;
        match self {
            Self::Fr => format!("{minus}{},{cents:02}\u{a0}€", group(&euros, '\u{202f}')),
            Self::En => format!("{minus}€{}.{cents:02}", group(&euros, ',')),
        }
    }

    /// An amount as it is typed into a field: `1234,50` or `1234.50`.
    pub fn money_input(self, amount: Cents) -> String {
        let minus = if amount.0 < 0 { "-" } else { "" };
        let (euros, cents) = (amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100);
        let point = match self {
            Self::Fr => ',',
            Self::En => '.',
        };
        format!("{minus}{euros}{point}{cents:02}")
    }

    /// A whole number with its groups of three.
    pub fn count(self, n: i64) -> String {
        let minus = if n < 0 { "−" } else { "" };
        let separator = match self {
            Self::Fr => '\u{202f}',
            Self::En => ',',
        };
        format!("{minus}{}", group(&n.unsigned_abs().to_string(), separator))
    }

    /// A day in full: `1er mars 2026`, `1 March 2026`.
    pub fn day(self, day: Day) -> String {
        let month = self.month(day.month());
        match (self, day.day()) {
            (Self::Fr, 1) => format!("1er {month} {}", day.year()),
            (_, n) => format!("{n} {month} {}", day.year()),
        }
    }

    /// The name of a month from 1 to 12; empty outside of these.
    pub fn month(self, month: u32) -> &'static str {
        let names = match self {
            Self::Fr => &MONTHS_FR,
            Self::En => &MONTHS_EN,
        };
        names
            .get((month as usize).wrapping_sub(1))
            .copied()
            .unwrap_or_default()
    }

    /// Whether a count takes the singular: French says "0 membre", English "0 members".
    pub fn is_one(self, n: i64) -> bool {
        match self {
            Self::Fr => n.abs() < 2,
            Self::En => n.abs() == 1,
        }
    }

    /// One of two words, by a count.
    pub fn plural<'a>(self, n: i64, one: &'a str, many: &'a str) -> &'a str {
        if self.is_one(n) { one } else { many }
    }
}

impl std::fmt::Display for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

/// Puts a separator between groups of three digits.
fn group(digits: &str, separator: char) -> String {
    let mut out = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_follows_the_language() {
        assert_eq!(Locale::Fr.money(Cents(123_450)), "1\u{202f}234,50\u{a0}€");
        assert_eq!(Locale::En.money(Cents(123_450)), "€1,234.50");
        assert_eq!(Locale::Fr.money(Cents(-5)), "−0,05\u{a0}€");
        assert_eq!(
            Locale::En.money(Cents(i64::MIN)),
            "−€92,233,720,368,547,758.08"
        );
    }

    #[test]
    fn french_counts_zero_as_one() {
        assert_eq!(Locale::Fr.plural(0, "membre", "membres"), "membre");
        assert_eq!(Locale::En.plural(0, "member", "members"), "members");
    }

    #[test]
    fn the_browser_is_heard_by_weight() {
        assert_eq!(
            Locale::from_accept_language("de, en;q=0.8, fr;q=0.9"),
            Some(Locale::Fr)
        );
        assert_eq!(
            Locale::from_accept_language("en-GB,fr;q=0.5"),
            Some(Locale::En)
        );
        assert_eq!(Locale::from_accept_language("fr;q=0, xx"), None);
    }

    #[test]
    fn the_first_of_a_month_is_an_ordinal_in_french() {
        let day = Day::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(Locale::Fr.day(day), "1er mars 2026");
        assert_eq!(Locale::En.day(day), "1 March 2026");
    }
}
