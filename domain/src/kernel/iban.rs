//! Numbers of bank accounts (IBAN, ISO 13616): read, printed, shortened.

use super::{Code, Problem, Result};
use iban::{IbanLike, ParseIbanError};

/// What people see of a number's end.
const END_SHOWN: usize = 4;
/// Check digits run from 02 to 98: others would pass the sum, too.
const CHECK_DIGITS: std::ops::RangeInclusive<u32> = 2..=98;
/// Whether a character is one of a kind.
type Kind = fn(&u8) -> bool;
/// Countries of the registry (release 101) that `iban_validate` does not know: so many letters
/// of the bank, then so many others, of this kind.
const ALSO: &[(&str, usize, usize, Kind)] = &[
    ("HN", 4, 20, u8::is_ascii_digit),
    ("PK", 4, 16, u8::is_ascii_alphanumeric),
];

/// Reads an IBAN as people write it: the check digits, and the length and the kinds of
/// characters that its country has.
///
/// # Errors
/// [`Code::NotAnIban`].
pub fn parse_iban(text: &str) -> Result<String> {
    let wrong = || Problem::new(Code::NotAnIban);
    let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let clean = clean.to_ascii_uppercase();
    let digits = clean.get(2..4).and_then(|digits| digits.parse().ok());
    if !digits.is_some_and(|digits| CHECK_DIGITS.contains(&digits)) {
        return Err(wrong());
    }
    let is_one = match clean.parse::<iban::Iban>() {
        Ok(_) => true,
        // The sum was right.
        Err(ParseIbanError::UnknownCountry(base)) => is_of_others(&base),
        Err(_) => false,
    };
    is_one.then_some(clean).ok_or_else(wrong)
}

fn is_of_others(number: &impl IbanLike) -> bool {
    let country = ALSO
        .iter()
        .find(|(code, ..)| *code == number.country_code());
    country.is_some_and(|(_, letters, others, is_fit)| {
        let account = number.bban_unchecked().as_bytes();
        account.len() == letters + others
            && account.iter().take(*letters).all(u8::is_ascii_uppercase)
            && account.iter().skip(*letters).all(is_fit)
    })
}

/// An IBAN in groups of four, as it is printed.
pub fn space_iban(iban: &str) -> String {
    let chars: Vec<char> = iban.chars().collect();
    chars
        .chunks(4)
        .map(|c| c.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

/// An IBAN of which only the country, the check digits and the end are told.
pub fn shorten_iban(iban: &str) -> String {
    let start: String = iban.chars().take(4).collect();
    let end = iban.len().saturating_sub(END_SHOWN);
    format!("{start} •••• {}", iban.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_iban_of_the_registry_is_taken_and_every_wrong_one_refused() {
        for iban in include_str!("../../fixtures/identifiers/iban-valid.txt").lines() {
            assert_eq!(parse_iban(iban).unwrap(), iban);
        }
        for line in include_str!("../../fixtures/identifiers/iban-normalise.txt").lines() {
            let (typed, kept) = line.split_once('\t').unwrap();
            assert_eq!(parse_iban(typed).unwrap(), kept);
        }
        for line in include_str!("../../fixtures/identifiers/iban-invalid.txt").lines() {
            let typed = line.split('\t').next().unwrap();
            let refused = parse_iban(typed).unwrap_err();
            assert_eq!(refused.code, Code::NotAnIban, "{line}");
        }
    }

    #[test]
    fn an_iban_with_a_mistake_is_refused() {
        // The example of the French banks' own documents.
        let good = "FR76 3000 6000 0112 3456 7890 189";
        let read = parse_iban(good).unwrap();
        assert_eq!(read, good.replace(' ', ""));
        assert_eq!(space_iban(&read), good);
        assert_eq!(shorten_iban(&read), "FR76 •••• 0189");
        for bad in [
            "",
            "FR",
            "FR77 3000 6000 0112 3456 7890 189",
            "FR76 3000 6000 0112 3456 7890 198",
            "76FR30006000011234567890189",
            "FR76-3000-6000",
            "FR+6 3000 6000 0112 3456 7890 189",
            "é",
            "ééé",
            // Countries that the library does not know: a digit too few, a letter too many.
            "HN88 CABF 0000 0000 0002 5000 546",
            "PK36 SCB1 0000 0011 2345 6702",
        ] {
            let refused = parse_iban(bad).unwrap_err();
            assert_eq!(refused.code, Code::NotAnIban, "{bad}");
        }
    }
}
