//! Member numbers, their check digits, the reference for transfers, and how a
//! member stands. Pure.

use crate::kernel::calendar::LAST_DAY;
use crate::kernel::text::mod_97;
use crate::kernel::{Code, Day, Problem, Result};
use serde::{Deserialize, Serialize};

/// The first number that is given.
pub const FIRST_NUMBER: i64 = 1001;
/// The most digits of a number, its check digit included.
const DIGITS_MAX: usize = 13;
/// The longest text in which a number is looked for.
const TEXT_MAX: usize = 60;

/// The quasigroup of Damm's check digit (H. Michael Damm, 2004): it finds every
/// single wrong digit and every two neighbours that changed places.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// A member's number. Kept without its check digit, written with it: `1042-9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct MemberNumber(i64);

impl MemberNumber {
    /// The number of a place in the sequence.
    pub fn from_sequence(sequence: i64) -> Self {
        Self(sequence)
    }

    /// The number without its check digit, as the database keeps it.
    pub fn sequence(self) -> i64 {
        self.0
    }

    /// Number and check digit in one: `10429`.
    pub fn compact(self) -> String {
        let (digits, check) = self.parts();
        format!("{digits}{check}")
    }

    /// The creditor reference for transfers (ISO 11649), as computers exchange it: `RF1210429`.
    pub fn reference(self) -> String {
        let compact = self.compact();
        // The check digits make the whole, turned round, leave 1 when divided by 97.
        let remainder = mod_97(&format!("{compact}RF00")).unwrap_or_default();
        format!("RF{:02}{compact}", 98_u32.saturating_sub(remainder))
    }

    /// The same in groups of four, as people read and type it.
    pub fn reference_spaced(self) -> String {
        let reference: Vec<char> = self.reference().chars().collect();
        reference
            .chunks(4)
            .map(|group| group.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Every form of the number that people type, folded, to be searched in.
    pub fn search_text(self) -> String {
        format!("{self} {} {}", self.compact(), self.reference()).to_lowercase()
    }

    /// Reads a number in any of its forms: `1042-9`, `10429`, `RF12 1042 9`; spaces
    /// and case do not matter.
    ///
    /// # Errors
    /// [`Code::WrongCheckDigit`] where a digit is wrong or missing,
    /// [`Code::UnknownMember`] for what is no number at all.
    pub fn parse(text: &str) -> Result<Self> {
        let clean: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(TEXT_MAX)
            .map(|c| match c {
                // The hyphens and dashes that programs put where one typed a hyphen.
                '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                c => c.to_ascii_uppercase(),
            })
            .collect();
        let wrong = || Problem::new(Code::WrongCheckDigit);
        let Some(rest) = clean.strip_prefix("RF") else {
            return Self::parse_compact(&clean);
        };
        let (check, payload) = rest
            .split_at_checked(2)
            .ok_or_else(|| Problem::new(Code::UnknownMember))?;
        let number = Self::parse_compact(payload)?;
        if !check.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new(Code::UnknownMember));
        }
        let payload = payload.replace('-', "");
        if is_reference(&format!("RF{check}{payload}")) {
            Ok(number)
        } else {
            Err(wrong())
        }
    }

    /// Digits of which the last is the check digit, with or without a hyphen before it.
    fn parse_compact(text: &str) -> Result<Self> {
        let unknown = || Problem::new(Code::UnknownMember);
        let (head, check) = text
            .char_indices()
            .next_back()
            .map(|(at, _)| text.split_at(at))
            .ok_or_else(unknown)?;
        let head = head.strip_suffix('-').unwrap_or(head);
        let digits = format!("{head}{check}");
        if head.is_empty()
            || digits.len() > DIGITS_MAX
            || !digits.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(unknown());
        }
        let sequence: i64 = head.parse().map_err(|_| unknown())?;
        if damm(&digits) != 0 || sequence == 0 {
            return Err(Problem::new(Code::WrongCheckDigit));
        }
        Ok(Self(sequence))
    }

    /// The digits, and their check digit.
    fn parts(self) -> (String, u8) {
        let digits = self.0.unsigned_abs().to_string();
        let check = damm(&digits);
        (digits, check)
    }
}

impl std::fmt::Display for MemberNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (digits, check) = self.parts();
        f.pad(&format!("{digits}-{check}"))
    }
}

impl std::str::FromStr for MemberNumber {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// Damm's sum of digits: the check digit of a number without one, 0 for a right number with one.
fn damm(digits: &str) -> u8 {
    digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |sum, digit| {
            DAMM.get(usize::from(sum))
                .and_then(|row| row.get(usize::from(digit - b'0')))
                .copied()
                .unwrap_or_default()
        })
}

/// Whether a text, without its spaces, is a creditor reference of ISO 11649.
pub fn is_reference(text: &str) -> bool {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(TEXT_MAX)
        .collect();
    let Some((head, body)) = clean.split_at_checked(4) else {
        return false;
    };
    let shape = (5..=25).contains(&clean.len())
        && head
            .get(..2)
            .is_some_and(|rf| rf.eq_ignore_ascii_case("RF"))
        && head.bytes().skip(2).all(|b| b.is_ascii_digit());
    shape && mod_97(&format!("{body}{head}")) == Some(1)
}

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// The dues are paid.
    InOrder {
        /// The last day that is paid.
        until: Day,
    },
    /// Nothing is to be paid, and no end is set.
    Free,
    /// The dues were paid once, but not until today.
    Late {
        /// The first day that is not paid.
        since: Day,
    },
    /// Nothing was ever paid.
    NeverPaid,
    /// They are no member any more.
    Left {
        /// The day on which they left.
        on: Day,
    },
}

/// How a member stands on a day. The day of leaving is the first one without
/// membership; leaving in the future changes nothing yet. What is covered without an end is
/// free. `directory/store.rs` says the same in SQL.
pub fn standing(left_on: Option<Day>, paid_until: Option<Day>, today: Day) -> Standing {
    match (left_on, paid_until) {
        (Some(on), _) if on <= today => Standing::Left { on },
        (_, None) => Standing::NeverPaid,
        (_, Some(LAST_DAY)) => Standing::Free,
        (_, Some(until)) if until >= today => Standing::InOrder { until },
        (_, Some(until)) => Standing::Late {
            since: until.succ_opt().unwrap_or(until),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<i64, Code> {
        MemberNumber::parse(text)
            .map(MemberNumber::sequence)
            .map_err(|p| p.code)
    }

    #[test]
    fn known_references_of_the_standard_are_right() {
        for right in [
            "RF18 5390 0754 7034",
            "RF18539007547034",
            "rf18539007547034",
            "RF45G72UUR",
            "RF6518K5",
        ] {
            assert!(is_reference(right), "{right}");
        }
        for wrong in [
            "RF19 5390 0754 7034",
            "RF18 5390 0754 7043",
            "RF18",
            "FR18 5390 0754 7034",
            "RF18 5390-0754 7034",
            "",
            "é",
            "RFé1234567",
        ] {
            assert!(!is_reference(wrong), "{wrong}");
        }
    }

    #[test]
    fn damm_gives_the_digit_of_the_published_example() {
        assert_eq!(damm("572"), 4);
        assert_eq!(damm("5724"), 0);
    }

    #[test]
    fn a_number_is_written_in_three_ways_and_read_in_each() {
        let number = MemberNumber::from_sequence(1042);
        assert_eq!(number.to_string(), "1042-9");
        assert_eq!(number.compact(), "10429");
        assert_eq!(number.reference(), "RF1210429");
        assert_eq!(number.reference_spaced(), "RF12 1042 9");
        assert_eq!(parse(&number.to_string()), Ok(1042));
        assert_eq!(parse(&number.compact()), Ok(1042));
        assert_eq!(parse(&number.reference()), Ok(1042));
        assert_eq!(parse(&number.reference_spaced().to_lowercase()), Ok(1042));
        assert_eq!(parse("  1042 \u{2011} 9\u{a0}"), Ok(1042));
        assert_eq!(parse("0010429"), Ok(1042));
    }

    #[test]
    fn what_is_no_number_is_said_to_be_unknown() {
        for text in [
            "",
            "-",
            "7",
            "-7",
            "--7",
            "Léa",
            "RF",
            "RF1",
            "RFé",
            "RF18",
            "10-427x",
            "1e9",
            "９９",
            "99999999999999",
        ] {
            assert_eq!(parse(text), Err(Code::UnknownMember), "{text}");
        }
        for text in ["00", "0-0", "1042"] {
            assert_eq!(parse(text), Err(Code::WrongCheckDigit), "{text}");
        }
    }

    #[test]
    fn standing_changes_on_the_days_that_it_should() {
        let day = |d| Day::from_ymd_opt(2026, 6, d);
        let today = day(10).unwrap();
        assert_eq!(standing(None, None, today), Standing::NeverPaid);
        let until = today;
        assert_eq!(standing(None, day(10), today), Standing::InOrder { until });
        let since = today;
        assert_eq!(standing(None, day(9), today), Standing::Late { since });
        let on = today;
        assert_eq!(standing(day(10), day(30), today), Standing::Left { on });
        let until = day(30).unwrap();
        assert_eq!(
            standing(day(11), day(30), today),
            Standing::InOrder { until }
        );
        assert_eq!(standing(day(11), None, today), Standing::NeverPaid);
    }

    proptest! {
        #[test]
        fn every_form_is_read_back(sequence in 1_i64..=999_999_999_999) {
            let number = MemberNumber::from_sequence(sequence);
            prop_assert!(is_reference(&number.reference()));
            for form in [number.to_string(), number.compact(), number.reference(), number.reference_spaced()] {
                prop_assert_eq!(parse(&form), Ok(sequence));
            }
        }

        #[test]
        fn one_wrong_digit_is_found(sequence in 1_i64..=999_999_999, at in 0_usize..14, by in 1_u8..10) {
            let number = MemberNumber::from_sequence(sequence);
            for form in [number.compact(), number.reference()] {
                let mut bytes = form.clone().into_bytes();
                let at = at % bytes.len();
                if bytes[at].is_ascii_digit() {
                    bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
                    let typed = String::from_utf8(bytes).unwrap();
                    prop_assert_eq!(parse(&typed), Err(Code::WrongCheckDigit), "{} for {}", typed, form);
                }
            }
        }

        #[test]
        fn two_neighbours_that_changed_places_are_found(sequence in 1_i64..=999_999_999, at in 0_usize..14) {
            let number = MemberNumber::from_sequence(sequence);
            for form in [number.compact(), number.reference()] {
                let mut bytes = form.clone().into_bytes();
                let at = at % (bytes.len() - 1);
                if bytes[at] != bytes[at + 1] && bytes[at].is_ascii_digit() && bytes[at + 1].is_ascii_digit() {
                    bytes.swap(at, at + 1);
                    let typed = String::from_utf8(bytes).unwrap();
                    prop_assert_eq!(parse(&typed), Err(Code::WrongCheckDigit), "{} for {}", typed, form);
                }
            }
        }

        #[test]
        fn no_text_makes_them_panic(text in "\\PC{0,40}", number in any::<i64>()) {
            let _ = (MemberNumber::parse(&text), MemberNumber::parse(&format!("RF{text}")), is_reference(&text));
            let number = MemberNumber::from_sequence(number);
            let _ = (number.to_string(), number.reference_spaced(), number.search_text());
        }
    }
}
