//! What the QR code of a transfer says, so that a phone's banking app fills the form:
//! the European Payments Council's guidelines EPC069-12, version 002. Pure.

use crate::kernel::Cents;
use crate::members::MemberNumber;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest payload that the guidelines allow.
pub const BYTES_MAX: usize = 331;
/// The longest name of who receives, in characters.
const NAME_MAX: usize = 70;
/// The same in bytes, where a name keeps letters of several bytes: the whole stays short enough.
const NAME_BYTES_MAX: usize = 200;
/// The largest amount of a SEPA transfer.
const AMOUNT_MAX: Cents = Cents(99_999_999_999);

/// The payload of a transfer to `name`, with a member's reference (ISO 11649) and no free
/// text: the guidelines allow one of both. No BIC: since version 002 it may be left out.
///
/// `None` where there is nothing to pay, too much, or nobody to pay it to. `iban` is
/// taken as it is kept: without spaces, and checked.
pub fn payload(name: &str, iban: &str, amount: Cents, reference: MemberNumber) -> Option<String> {
    let name = bank_name(name);
    if name.is_empty() || iban.is_empty() || amount <= Cents::ZERO || amount > AMOUNT_MAX {
        return None;
    }
    let (euros, cents) = (amount.0 / 100, amount.0 % 100);
    let reference = reference.reference();
    // Service tag, version, UTF-8, credit transfer, BIC, name, IBAN, amount, purpose, reference.
    let text = format!("BCD\n002\n1\nSCT\n\n{name}\n{iban}\nEUR{euros}.{cents:02}\n\n{reference}");
    (text.len() <= BYTES_MAX).then_some(text)
}

/// A name in the letters that every bank takes (EPC217-08): Latin without accents. What
/// would lose everything keeps its own letters.
fn bank_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => plain.push(c),
            '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' => plain.push(c),
            'œ' => plain.push_str("oe"),
            'Œ' => plain.push_str("OE"),
            'æ' => plain.push_str("ae"),
            'Æ' => plain.push_str("AE"),
            'ß' => plain.push_str("ss"),
            'ø' => plain.push('o'),
            'Ø' => plain.push('O'),
            'ł' => plain.push('l'),
            'Ł' => plain.push('L'),
            'đ' => plain.push('d'),
            'Đ' => plain.push('D'),
            '&' => plain.push('+'),
            '’' | '‘' => plain.push('\''),
            '\u{2010}'..='\u{2015}' => plain.push('-'),
            _ => plain.push(' '),
        }
    }
    let plain = one_line(&plain);
    if plain.chars().any(|c| c.is_ascii_alphanumeric()) {
        plain
    } else {
        one_line(name)
    }
}

/// One line without doubled spaces, cut between two characters.
fn one_line(text: &str) -> String {
    let clean: String = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let mut out = String::new();
    for c in clean.chars().take(NAME_MAX) {
        if out.len() + c.len_utf8() > NAME_BYTES_MAX {
            break;
        }
        out.push(c);
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IBAN: &str = "FR7630006000011234567890189";

    fn of(name: &str, cents: i64) -> Option<String> {
        payload(name, IBAN, Cents(cents), MemberNumber::from_sequence(1042))
    }

    #[test]
    fn a_transfer_is_said_as_the_guidelines_say_it() {
        let reference = MemberNumber::from_sequence(1042).reference();
        assert_eq!(
            of("Nuage Libre", 3000).unwrap(),
            format!("BCD\n002\n1\nSCT\n\nNuage Libre\n{IBAN}\nEUR30.00\n\n{reference}")
        );
    }

    #[test]
    fn an_amount_has_a_point_and_two_decimals_and_no_more_than_banks_take() {
        for (cents, text) in [
            (1, "EUR0.01"),
            (1250, "EUR12.50"),
            (123_456_789, "EUR1234567.89"),
            (99_999_999_999, "EUR999999999.99"),
        ] {
            assert_eq!(of("x", cents).unwrap().lines().nth(7), Some(text));
        }
        for cents in [0, -1, i64::MIN, 100_000_000_000, i64::MAX] {
            assert_eq!(of("x", cents), None, "{cents}");
        }
    }

    #[test]
    fn a_name_is_written_in_the_letters_that_banks_take() {
        for (name, written) in [
            ("Élan d’Été & Œuvre", "Elan d'Ete + OEuvre"),
            ("  a \n b\u{0}c ", "a b c"),
            ("Größe – Łódź", "Grosse - Lodz"),
            ("Nuage ☁ Libre", "Nuage Libre"),
            ("日本", "日本"),
        ] {
            assert_eq!(of(name, 1).unwrap().lines().nth(5), Some(written), "{name}");
        }
        for nobody in ["", " ", "\n"] {
            assert_eq!(of(nobody, 1), None);
        }
        assert_eq!(
            payload("x", "", Cents(1), MemberNumber::from_sequence(1)),
            None
        );
    }

    #[test]
    fn a_long_name_is_cut_between_two_characters() {
        let long = "Œ".repeat(60);
        assert_eq!(
            of(&long, 1)
                .unwrap()
                .lines()
                .nth(5)
                .unwrap()
                .chars()
                .count(),
            70
        );
        let longest = "\u{20000}".repeat(300);
        assert_eq!(
            of(&longest, 1)
                .unwrap()
                .lines()
                .nth(5)
                .unwrap()
                .chars()
                .count(),
            50
        );
    }

    proptest! {
        #[test]
        fn no_name_breaks_the_form(name in "\\PC{0,200}|[\\s\\S]{0,300}", cents in 1_i64..100_000_000_000, number in 1_i64..1_000_000_000) {
            let Some(text) = payload(&name, "MT84MALT011000012345MTLCAST001SXXX", Cents(cents), MemberNumber::from_sequence(number)) else {
                return Ok(());
            };
            prop_assert!(text.len() <= BYTES_MAX);
            let lines: Vec<&str> = text.split('\n').collect();
            prop_assert_eq!(lines.len(), 10);
            prop_assert!(!lines[5].is_empty() && lines[5].chars().count() <= NAME_MAX);
            prop_assert!(!text.contains('\r'));
        }
    }
}
