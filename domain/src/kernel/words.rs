//! Amounts in words, as a receipt says them: "trente euros et cinquante centimes". The
//! crates that do this know no French rule of "cent" and "vingt", or bring arithmetic with
//! them that nothing else needs.

use super::{Cents, Locale};

const UNITS_FR: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize",
];
const TENS_FR: [&str; 7] = [
    "",
    "dix",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
];
const SCALES_FR: [&str; 4] = ["million", "milliard", "billion", "billiard"];

const UNITS_EN: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS_EN: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES_EN: [&str; 6] = [
    "",
    " thousand",
    " million",
    " billion",
    " trillion",
    " quadrillion",
];

/// A word of a list; every index that comes is in it.
fn word(list: &[&'static str], at: u64) -> &'static str {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    list.get(at).copied().unwrap_or_default()
}

/// An amount of euros in words.
pub fn money(l: Locale, amount: Cents) -> String {
    let (euros, cents) = (amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100);
    let (minus, and) = match l {
        Locale::Fr => ("moins ", " et "),
        Locale::En => ("minus ", " and "),
    };
    let mut parts = Vec::new();
    if euros > 0 || cents == 0 {
        parts.push(match l {
            // "un million d’euros": the word is a noun, and so is "milliard".
            Locale::Fr if euros >= 1_000_000 && euros.is_multiple_of(1_000_000) => {
                format!("{} d’euros", french(euros))
            }
            Locale::Fr => format!(
                "{} {}",
                french(euros),
                if euros < 2 { "euro" } else { "euros" }
            ),
            Locale::En => format!(
                "{} {}",
                english(euros),
                if euros == 1 { "euro" } else { "euros" }
            ),
        });
    }
    if cents > 0 {
        parts.push(match l {
            Locale::Fr => {
                let unit = if cents < 2 { "centime" } else { "centimes" };
                format!("{} {unit}", french(cents))
            }
            Locale::En => {
                let unit = if cents == 1 { "cent" } else { "cents" };
                format!("{} {unit}", english(cents))
            }
        });
    }
    format!(
        "{}{}",
        if amount.0 < 0 { minus } else { "" },
        parts.join(and)
    )
}

/// A whole number in French.
fn french(n: u64) -> String {
    if n < 1000 {
        return french_hundreds(n, true);
    }
    let mut parts = Vec::new();
    let millions = n / 1_000_000;
    let mut rest = millions;
    let mut scaled = Vec::new();
    for scale in SCALES_FR {
        let group = rest % 1000;
        rest /= 1000;
        if group > 0 {
            let s = if group > 1 { "s" } else { "" };
            scaled.push(format!("{} {scale}{s}", french_hundreds(group, true)));
        }
    }
    parts.extend(scaled.into_iter().rev());
    let thousands = n / 1000 % 1000;
    match thousands {
        0 => {}
        1 => parts.push("mille".to_owned()),
        // "deux cent mille", "quatre-vingt mille": nothing follows with an s before "mille".
        _ => parts.push(format!("{} mille", french_hundreds(thousands, false))),
    }
    if !n.is_multiple_of(1000) {
        parts.push(french_hundreds(n % 1000, true));
    }
    parts.join(" ")
}

/// Up to 999. `at_end`: whether "cents" and "vingts" may have their s.
fn french_hundreds(n: u64, at_end: bool) -> String {
    let (hundreds, rest) = (n / 100, n % 100);
    let head = match hundreds {
        0 => return french_tens(n, at_end),
        1 => "cent".to_owned(),
        _ if rest == 0 && at_end => return format!("{} cents", word(&UNITS_FR, hundreds)),
        _ => format!("{} cent", word(&UNITS_FR, hundreds)),
    };
    match rest {
        0 => head,
        _ => format!("{head} {}", french_tens(rest, at_end)),
    }
}

/// Up to 99.
fn french_tens(n: u64, at_end: bool) -> String {
    match n {
        0..=16 => word(&UNITS_FR, n).to_owned(),
        17..=19 => format!("dix-{}", word(&UNITS_FR, n - 10)),
        71 => "soixante et onze".to_owned(),
        80 => if at_end {
            "quatre-vingts"
        } else {
            "quatre-vingt"
        }
        .to_owned(),
        70..=79 => format!("soixante-{}", french_tens(n - 60, true)),
        81..=99 => format!("quatre-vingt-{}", french_tens(n - 80, true)),
        _ => match n % 10 {
            0 => word(&TENS_FR, n / 10).to_owned(),
            1 => format!("{} et un", word(&TENS_FR, n / 10)),
            unit => format!("{}-{}", word(&TENS_FR, n / 10), word(&UNITS_FR, unit)),
        },
    }
}

/// A whole number in English, as it is said in Europe: with "and" after the hundreds.
fn english(n: u64) -> String {
    if n == 0 {
        return word(&UNITS_EN, 0).to_owned();
    }
    let mut parts = Vec::new();
    let mut rest = n;
    for scale in SCALES_EN {
        let group = rest % 1000;
        rest /= 1000;
        if group > 0 {
            parts.push(format!("{}{scale}", english_hundreds(group)));
        }
    }
    parts.reverse();
    if n > 1000 && (1..100).contains(&(n % 1000)) {
        parts.insert(parts.len() - 1, "and".to_owned());
    }
    parts.join(" ")
}

fn english_hundreds(n: u64) -> String {
    let (hundreds, rest) = (n / 100, n % 100);
    let tens = match rest {
        0..=19 => word(&UNITS_EN, rest).to_owned(),
        _ if rest % 10 == 0 => word(&TENS_EN, rest / 10).to_owned(),
        _ => format!(
            "{}-{}",
            word(&TENS_EN, rest / 10),
            word(&UNITS_EN, rest % 10)
        ),
    };
    match (hundreds, rest) {
        (0, _) => tens,
        (_, 0) => format!("{} hundred", word(&UNITS_EN, hundreds)),
        _ => format!("{} hundred and {tens}", word(&UNITS_EN, hundreds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn french_numbers_follow_the_rules_of_vingt_cent_and_mille() {
        for (n, words) in [
            (0, "zéro"),
            (1, "un"),
            (16, "seize"),
            (17, "dix-sept"),
            (20, "vingt"),
            (21, "vingt et un"),
            (22, "vingt-deux"),
            (61, "soixante et un"),
            (70, "soixante-dix"),
            (71, "soixante et onze"),
            (72, "soixante-douze"),
            (77, "soixante-dix-sept"),
            (80, "quatre-vingts"),
            (81, "quatre-vingt-un"),
            (90, "quatre-vingt-dix"),
            (91, "quatre-vingt-onze"),
            (99, "quatre-vingt-dix-neuf"),
            (100, "cent"),
            (101, "cent un"),
            (180, "cent quatre-vingts"),
            (200, "deux cents"),
            (201, "deux cent un"),
            (280, "deux cent quatre-vingts"),
            (1000, "mille"),
            (1100, "mille cent"),
            (1999, "mille neuf cent quatre-vingt-dix-neuf"),
            (2000, "deux mille"),
            (80_000, "quatre-vingt mille"),
            (200_000, "deux cent mille"),
            (200_080, "deux cent mille quatre-vingts"),
            (1_000_000, "un million"),
            (80_000_000, "quatre-vingts millions"),
            (200_000_001, "deux cents millions un"),
            (1_000_000_000, "un milliard"),
        ] {
            assert_eq!(french(n), words, "{n}");
        }
    }

    #[test]
    fn english_numbers_say_and_after_the_hundreds() {
        for (n, words) in [
            (0, "zero"),
            (13, "thirteen"),
            (40, "forty"),
            (99, "ninety-nine"),
            (100, "one hundred"),
            (121, "one hundred and twenty-one"),
            (1000, "one thousand"),
            (1001, "one thousand and one"),
            (1121, "one thousand one hundred and twenty-one"),
            (1_000_030, "one million and thirty"),
            (2_300_000, "two million three hundred thousand"),
        ] {
            assert_eq!(english(n), words, "{n}");
        }
    }

    #[test]
    fn amounts_name_their_coins() {
        for (cents, fr, en) in [
            (0, "zéro euro", "zero euros"),
            (1, "un centime", "one cent"),
            (50, "cinquante centimes", "fifty cents"),
            (100, "un euro", "one euro"),
            (3000, "trente euros", "thirty euros"),
            (
                123_450,
                "mille deux cent trente-quatre euros et cinquante centimes",
                "one thousand two hundred and thirty-four euros and fifty cents",
            ),
            (100_000_000, "un million d’euros", "one million euros"),
            (
                100_000_101,
                "un million un euros et un centime",
                "one million and one euros and one cent",
            ),
            (
                -3001,
                "moins trente euros et un centime",
                "minus thirty euros and one cent",
            ),
        ] {
            assert_eq!(money(Locale::Fr, Cents(cents)), fr);
            assert_eq!(money(Locale::En, Cents(cents)), en);
        }
    }

    #[test]
    fn no_two_amounts_have_the_same_words() {
        for l in Locale::ALL {
            let all: BTreeSet<String> = (0..200_000).map(|n| money(l, Cents(n * 7))).collect();
            assert_eq!(all.len(), 200_000);
            for extreme in [i64::MIN, i64::MAX] {
                assert!(!money(l, Cents(extreme)).contains("  "));
            }
        }
    }
}
