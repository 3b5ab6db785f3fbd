//! How what is typed into a field is read, for forms and for files alike; and how it is
//! written again.

use super::{Choice, Field, FieldKind, SLUG_MAX, TEXT_MAX};
use crate::kernel::{Code, Email, Locale, Problem, Result, Slug, calendar, text};

/// Yes, as it is kept.
pub const YES: &str = "yes";
/// No, as it is kept.
pub const NO: &str = "no";
/// The most digits before the decimal sign.
const WHOLE_MAX: usize = 15;
/// The most digits behind it.
const DECIMALS_MAX: usize = 6;
/// Behind every other text.
const LAST: &str = "\u{10ffff}";

/// Reads what was typed, as it is kept; nothing for nothing.
///
/// # Errors
/// What is wrong with it, by its kind.
pub fn parse(kind: FieldKind, choices: &[Choice], typed: &str) -> Result<Option<String>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let read = match kind {
        FieldKind::Text => text::line(typed, TEXT_MAX)?,
        FieldKind::Address => text::lines(typed, TEXT_MAX)?,
        FieldKind::Number => number(typed)?,
        FieldKind::Date => calendar::parse_day(typed)?.to_string(),
        FieldKind::Choice => choice(choices, typed)?,
        FieldKind::YesNo => yes_or_no(typed)?.to_owned(),
        FieldKind::Email => Email::parse(typed)?.as_str().to_owned(),
    };
    Ok((!read.is_empty()).then_some(read))
}

/// What is kept, as a form shows it.
pub fn written(kind: FieldKind, value: &str, l: Locale) -> String {
    match (kind, l) {
        (FieldKind::Number, Locale::Fr) => value.replace('.', ","),
        _ => value.to_owned(),
    }
}

/// A number, with a comma or a point, in its shortest form: `-12.5`.
fn number(typed: &str) -> Result<String> {
    let wrong = || Problem::new(Code::NotANumber);
    let clean: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let (sign, digits) = match clean.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", clean.strip_prefix('+').unwrap_or(&clean)),
    };
    let (whole, decimals) = digits.split_once([',', '.']).unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && decimals.is_empty()) || !all_digits(whole) || !all_digits(decimals) {
        return Err(wrong());
    }
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.trim_end_matches('0');
    if whole.len() > WHOLE_MAX || decimals.len() > DECIMALS_MAX {
        return Err(wrong());
    }
    Ok(match (whole, decimals) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        ("", decimals) => format!("{sign}0.{decimals}"),
        (whole, decimals) => format!("{sign}{whole}.{decimals}"),
    })
}

/// A choice by its id, as forms send it, or by its label, as files write it.
fn choice(choices: &[Choice], typed: &str) -> Result<String> {
    let label = text::fold(typed);
    let by_id = choices.iter().find(|choice| choice.id == typed);
    let found = by_id.or_else(|| choices.iter().find(|c| text::fold(&c.label) == label));
    let found = found.ok_or_else(|| Problem::new(Code::UnknownChoice))?;
    Ok(found.id.clone())
}

fn yes_or_no(typed: &str) -> Result<&'static str> {
    match text::fold(typed).as_str() {
        "yes" | "y" | "oui" | "o" | "vrai" | "true" | "1" | "x" => Ok(YES),
        "no" | "n" | "non" | "faux" | "false" | "0" => Ok(NO),
        _ => Err(Problem::new(Code::UnknownChoice)),
    }
}

/// What a filter over a field asks for: the values from one to another, and a pattern that
/// their folded text fits. Nothing, where what was typed asks for nothing.
pub fn sought(field: &Field, typed: &str) -> Option<(String, String, Option<String>)> {
    let typed = typed.trim();
    match field.kind {
        FieldKind::Text | FieldKind::Email | FieldKind::Address => {
            let folded = text::fold(typed);
            let pattern = text::like_pattern(&folded);
            (!folded.is_empty()).then(|| (String::new(), LAST.to_owned(), Some(pattern)))
        }
        kind => {
            let value = parse(kind, &field.choices, typed).ok()??;
            let first = match kind {
                // What runs out: on that day or before.
                FieldKind::Date => String::new(),
                _ => value.clone(),
            };
            Some((first, value, None))
        }
    }
}

/// A name for forms and addresses that is made of a label; never empty.
pub fn slug_of(label: &str) -> String {
    let folded = text::fold(label);
    let words = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(SLUG_MAX);
    let slug = slug.trim_end_matches('-');
    match slug.is_empty() {
        true => "champ".to_owned(),
        false => slug.to_owned(),
    }
}

/// Reads a name for forms and addresses.
///
/// # Errors
/// [`Code::NotASlug`], [`Code::TooLong`].
pub fn parse_slug(typed: &str) -> Result<String> {
    let slug = Slug::parse(typed)?;
    match slug.as_str().len() > SLUG_MAX {
        true => Err(Problem::new(Code::TooLong { max: SLUG_MAX })),
        false => Ok(slug.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn choices() -> Vec<Choice> {
        let choice = |(id, label): (&str, &str)| Choice {
            id: id.into(),
            label: label.into(),
        };
        [("c1", "Été"), ("c2", "Hiver")].map(choice).into()
    }

    #[test]
    fn each_kind_reads_what_people_write() {
        for (kind, typed, kept) in [
            (FieldKind::Text, " soudure \u{301}e ", "soudure \u{301}e"),
            (FieldKind::Number, "1 234,50", "1234.5"),
            (FieldKind::Number, "1\u{202f}234", "1234"),
            (FieldKind::Number, "-0,0", "0"),
            (FieldKind::Number, "−007.10", "-7.1"),
            (FieldKind::Number, ",5", "0.5"),
            (FieldKind::Date, "12/03/2026", "2026-03-12"),
            (FieldKind::Choice, "c2", "c2"),
            (FieldKind::Choice, " ete ", "c1"),
            (FieldKind::YesNo, "Oui", YES),
            (FieldKind::YesNo, "no", NO),
            (FieldKind::Email, "Lea@exemple.fr", "Lea@exemple.fr"),
            (
                FieldKind::Address,
                "1 rue du Bac\r\n31000 Toulouse",
                "1 rue du Bac\n31000 Toulouse",
            ),
        ] {
            assert_eq!(
                parse(kind, &choices(), typed).unwrap().as_deref(),
                Some(kept),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_not_of_its_kind_is_refused() {
        for (kind, typed, code) in [
            (FieldKind::Number, "douze", Code::NotANumber),
            (FieldKind::Number, "1e3", Code::NotANumber),
            (FieldKind::Number, "1,2,3", Code::NotANumber),
            (FieldKind::Number, "--1", Code::NotANumber),
            (FieldKind::Number, ".", Code::NotANumber),
            (FieldKind::Number, "٣", Code::NotANumber),
            (FieldKind::Number, "1234567890123456", Code::NotANumber),
            (FieldKind::Date, "31/02/2026", Code::NotADay),
            (FieldKind::Choice, "c3", Code::UnknownChoice),
            (FieldKind::YesNo, "peut-être", Code::UnknownChoice),
            (FieldKind::Email, "lea", Code::NotAnEmail),
            (FieldKind::Text, "a\nb", Code::ControlCharacter),
        ] {
            let refused = parse(kind, &choices(), typed).unwrap_err();
            assert_eq!(refused.code, code, "{typed}");
        }
        let long = "é".repeat(TEXT_MAX + 1);
        assert!(parse(FieldKind::Text, &[], &long).is_err());
    }

    #[test]
    fn a_label_gives_a_name_that_forms_can_have() {
        for (label, slug) in [
            ("Préfère le papier ?", "prefere-le-papier"),
            ("Assurance jusqu’au", "assurance-jusqu-au"),
            ("مرحبا", "champ"),
            ("", "champ"),
        ] {
            assert_eq!(slug_of(label), slug);
            assert_eq!(parse_slug(&slug_of(label)).unwrap(), slug);
        }
    }

    fn any_kind() -> impl Strategy<Value = FieldKind> {
        proptest::sample::select(FieldKind::ALL)
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_back_the_same(kind in any_kind(), typed in "\\PC{0,30}|[-0-9., ]{1,12}|[0-9]{2}/0[1-9]/20[0-9]{2}") {
            if let Ok(Some(value)) = parse(kind, &choices(), &typed) {
                for l in Locale::ALL {
                    let again = parse(kind, &choices(), &written(kind, &value, l)).unwrap();
                    prop_assert_eq!(again.as_deref(), Some(value.as_str()));
                }
            }
        }

        #[test]
        fn a_name_made_of_a_label_is_one(label in "\\PC{0,80}") {
            prop_assert!(parse_slug(&slug_of(&label)).is_ok());
        }
    }
}
