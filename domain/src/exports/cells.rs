//! Cells of text in a CSV file. Spreadsheet programs take a cell that begins with `=`, `+`,
//! `-` or `@` for a formula, whoever wrote it (OWASP, "CSV injection"): such a cell gets an
//! apostrophe in front, which makes it a text, and which our own import takes away again.

use std::borrow::Cow;

/// What a formula may begin with, also in the wide letters of East Asian keyboards, and what
/// a program may skip to find it.
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A sign and what telephone numbers and amounts are written with: nothing of it can name a
/// function, another cell or a program.
fn is_number(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ','))
}

/// Whether a program might compute what a cell says.
fn is_dangerous(text: &str) -> bool {
    text.starts_with(STARTS) && !is_number(text)
}

/// A text as it stands in a CSV file.
pub fn guarded(text: &str) -> Cow<'_, str> {
    // Apostrophes that somebody typed in front are kept apart from ours.
    if is_dangerous(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell that may be guarded.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_dangerous(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_program_could_compute_is_a_text() {
        for formula in [
            "=1+1",
            "=HYPERLINK(\"http://evil.example\")",
            "+cmd|' /C calc'!A0",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1+1",
            "+",
            "-",
            "+33 1 23 45 67 89 (bureau)",
        ] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
    }

    #[test]
    fn telephone_numbers_and_names_stay_as_they_are() {
        for plain in [
            "",
            "+33 6 12 34 56 78",
            "+33.6.12.34.56.78",
            "-30,00",
            "Léa",
            "L'Hay",
            "'s-Hertogenbosch",
            "a=b",
            "O’Neill",
        ] {
            assert_eq!(guarded(plain), plain);
            assert_eq!(unguarded(plain), plain);
        }
    }

    proptest! {
        #[test]
        fn a_guarded_text_comes_back_as_it_was(text in "['=+@\\-\t0-9a-zé ＝]{0,8}|.{0,20}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), text.as_str());
            prop_assert!(!is_dangerous(&cell));
        }
    }
}
