//! The identifier of somebody who has accounts debited (SEPA, AT-02 of the rulebook of the
//! European Payments Council; EPC262-08 lists what each country's looks like).

use super::{Code, Problem, Result};

/// The longest identifier of a creditor (AT-02): country, two digits, three signs of the
/// business, up to 28 of the country's own.
const CREDITOR_MAX: usize = 35;
/// The shortest one.
const CREDITOR_MIN: usize = 8;

/// A creditor's identifier: checked like an IBAN (ISO 7064, mod 97-10), without the three
/// signs of its business, which it chooses freely.
///
/// # Errors
/// [`Code::NotACreditorId`].
pub fn parse_creditor_id(text: &str) -> Result<String> {
    let wrong = || Problem::new(Code::NotACreditorId);
    let clean: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let clean = clean.to_ascii_uppercase();
    let plain = clean.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain || !(CREDITOR_MIN..=CREDITOR_MAX).contains(&clean.len()) {
        return Err(wrong());
    }
    let (Some(country), Some(digits), Some(own)) =
        (clean.get(..2), clean.get(2..4), clean.get(7..))
    else {
        return Err(wrong());
    };
    let is_country = country.bytes().all(|b| b.is_ascii_uppercase());
    let digits = digits.parse::<u32>().ok().filter(|n| (2..=98).contains(n));
    let rest = own.chars().chain(country.chars()).try_fold(0, shifted);
    match (is_country, digits, rest) {
        (true, Some(digits), Some(rest)) if (rest * 100 + digits) % 97 == 1 => Ok(clean),
        _ => Err(wrong()),
    }
}

/// What remains of a number by 97 after one more digit, or letter (A is 10, B 11 …).
fn shifted(rest: u32, c: char) -> Option<u32> {
    let value = c.to_digit(36)?;
    let by = if value < 10 { 10 } else { 100 };
    Some((rest * by + value) % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_creditors_identifier_is_checked_by_its_sum() {
        // Examples of the Banque de France, the Deutsche Bundesbank and the EPC's own overview.
        for good in [
            "FR72ZZZ123456",
            "DE98ZZZ09999999999",
            "fr72 zzz 123456",
            "FR72ABC123456",
        ] {
            let kept: String = good.split_whitespace().collect();
            assert_eq!(parse_creditor_id(good).unwrap(), kept.to_uppercase());
        }
        for bad in [
            "",
            "FR",
            "FR73ZZZ123456",
            "FR72ZZZ123457",
            "FR72ZZZ12345é",
            "7272ZZZ123456",
            "FR00ZZZ123456",
        ] {
            assert_eq!(
                parse_creditor_id(bad).unwrap_err().code,
                Code::NotACreditorId,
                "{bad}"
            );
        }
    }
}
