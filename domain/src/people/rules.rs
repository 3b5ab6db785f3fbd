//! How people and organisations are named, sorted and searched. Pure.

use super::PartyData;
use crate::kernel::{Code, Problem, Result, text};

/// The most words of a search that are looked at. A telephone number that is
/// written in pairs has seven.
pub const SEARCH_WORDS_MAX: usize = 8;
/// From so many digits on, a word of digits and signs is looked at as its digits alone.
const LONG_NUMBER: usize = 6;
/// How long a telephone number may be.
const PHONE_LENGTH: std::ops::RangeInclusive<usize> = 3..=30;

/// The name as people say it: given names first, where there are any.
pub fn display_name(given_name: &str, name: &str) -> String {
    format!("{given_name} {name}").trim().to_owned()
}

/// What lists are sorted by: the family name first, folded.
pub fn sort_name(given_name: &str, name: &str) -> String {
    text::fold(&format!("{name} {given_name}"))
}

/// Whether a text shows anything at all: one of joiners and combining marks alone does not.
pub fn is_visible(text: &str) -> bool {
    text::fold(text)
        .chars()
        .any(|c| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{115f}' | '\u{1160}' | ' '))
}

/// Reads a telephone number, loosely: it is dialled by people.
///
/// # Errors
/// [`Code::NotAPhone`].
pub fn parse_phone(text: &str) -> Result<String> {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = PHONE_LENGTH.contains(&clean.len())
        && clean
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '.' | '-' | '(' | ')'))
        && clean.chars().filter(char::is_ascii_digit).count() >= *PHONE_LENGTH.start();
    if fits {
        Ok(clean)
    } else {
        Err(Problem::new(Code::NotAPhone))
    }
}

/// What a person or an organisation is found by. Holds each long number also as
/// its digits alone, so that it is found however it is written.
pub fn search_text(data: &PartyData) -> String {
    let phone = data.phone.as_deref().unwrap_or_default();
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let email = data.email.as_ref().map_or("", |e| e.as_str());
    let city = data.city.as_deref().unwrap_or_default();
    let mut out = text::fold(&format!(
        "{} {} {email} {phone} {digits} {city}",
        data.given_name, data.name
    ));
    let squeezed: Vec<String> = out
        .split(' ')
        .map(|word| (word, squeeze(word)))
        .filter(|(word, squeezed)| word != squeezed)
        .map(|(_, squeezed)| squeezed)
        .collect();
    for word in squeezed {
        out.push(' ');
        out.push_str(&word);
    }
    out
}

/// The words that a search looks for, each of which must be found. Characters that
/// no text here can hold are forgotten.
pub fn search_words(query: &str) -> Vec<String> {
    let query: String = query
        .chars()
        .take(text::NAME_MAX)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut words: Vec<String> = Vec::new();
    for word in text::fold(&query).split(' ').filter(|w| !w.is_empty()) {
        let word = squeeze(word);
        if words.len() < SEARCH_WORDS_MAX && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The orders in which a full name may have been typed: "Léa Benamar" and "Benamar
/// Léa" are one name. Each is a [`sort_name`].
pub fn name_orders(query: &str) -> Vec<String> {
    let query: String = query.chars().filter(|c| !c.is_control()).collect();
    let folded = text::fold(&query);
    let words: Vec<&str> = folded.split(' ').filter(|w| !w.is_empty()).collect();
    if words.len() > SEARCH_WORDS_MAX {
        return vec![folded];
    }
    (0..words.len())
        .map(|start| {
            let (end, begin) = words.split_at(start);
            [begin, end].concat().join(" ")
        })
        .collect()
}

/// The words of a name, folded.
pub fn name_words(query: &str) -> Vec<String> {
    let query: String = query
        .chars()
        .take(text::NAME_MAX)
        .filter(|c| !c.is_control())
        .collect();
    text::fold(&query)
        .split(' ')
        .filter(|w| !w.is_empty())
        .take(SEARCH_WORDS_MAX)
        .map(str::to_owned)
        .collect()
}

/// A long number without the signs between its digits; any other word as it is.
fn squeeze(word: &str) -> String {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let only_number = word
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '.' | '-' | '/' | '(' | ')'));
    if only_number && digits >= LONG_NUMBER {
        word.chars().filter(char::is_ascii_digit).collect()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, PartyForm};
    use super::*;
    use proptest::prelude::*;

    fn form(kind: &str, given_name: &str, name: &str) -> PartyForm {
        PartyForm {
            kind: kind.into(),
            given_name: given_name.into(),
            name: name.into(),
            ..PartyForm::default()
        }
    }

    #[test]
    fn a_person_needs_one_of_both_names_and_an_organisation_its_name() {
        assert!(form("person", "Léa", "").parse().is_ok());
        assert!(form("", "", "Benamar").parse().is_ok());
        let refused = form("organisation", "Léa", "").parse().unwrap_err();
        assert_eq!(refused.field("name"), Some(&Code::Required));
        let refused = form("person", " ", "\t").parse().unwrap_err();
        assert_eq!(refused.field("name"), Some(&Code::Required));
        let refused = form("robot", "", "R2").parse().unwrap_err();
        assert_eq!(refused.field("kind"), Some(&Code::UnknownChoice));
        let data = form("organisation", "Léa", "ACME asso").parse().unwrap();
        assert_eq!(
            (data.kind, data.display_name()),
            (Kind::Organisation, "ACME asso".to_owned())
        );
    }

    #[test]
    fn a_name_that_nobody_can_see_is_none() {
        for hidden in ["\u{200b}", "\u{301}", "\u{feff} \u{200d}", "\u{3164}"] {
            let refused = form("person", "", hidden).parse().unwrap_err();
            assert_eq!(refused.field("name"), Some(&Code::Required), "{hidden:?}");
        }
        assert!(form("person", "", "👩\u{200d}🚀").parse().is_ok());
    }

    #[test]
    fn every_field_says_what_is_wrong_with_it_at_once() {
        let bad = PartyForm {
            name: "a\0b".into(),
            email: "not an address".into(),
            phone: "call me".into(),
            street: "x".repeat(201),
            city: "\u{202e}noyL".into(),
            note: "x".repeat(4001),
            ..PartyForm::default()
        };
        let refused = bad.parse().unwrap_err();
        assert_eq!(refused.field("name"), Some(&Code::ControlCharacter));
        assert_eq!(refused.field("email"), Some(&Code::NotAnEmail));
        assert_eq!(refused.field("phone"), Some(&Code::NotAPhone));
        assert_eq!(refused.field("street"), Some(&Code::TooLong { max: 200 }));
        assert_eq!(refused.field("city"), Some(&Code::ControlCharacter));
        assert_eq!(refused.field("note"), Some(&Code::TooLong { max: 4000 }));
        assert_eq!(refused.fields.len(), 6);
    }

    #[test]
    fn telephone_numbers_are_checked_loosely() {
        for good in [
            "112",
            "+33 (0)6 12.34-56 78",
            "06\u{a0}12\u{a0}34\u{a0}56\u{a0}78",
        ] {
            assert!(parse_phone(good).is_ok(), "{good}");
        }
        for bad in [
            "12",
            "---",
            "+ ( )",
            "06 12 x",
            "1".repeat(31).as_str(),
            "06\0",
        ] {
            assert!(parse_phone(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_telephone_number_is_found_however_it_is_written() {
        let data = PartyForm {
            name: "Benamar".into(),
            phone: "06 12 34 56 78".into(),
            ..PartyForm::default()
        }
        .parse()
        .unwrap();
        let search = search_text(&data);
        for query in ["06 12 34 56 78", "0612345678", "06.12.34.56.78", "345678"] {
            let words = search_words(query);
            assert!(!words.is_empty());
            assert!(words.iter().all(|w| search.contains(w.as_str())), "{query}");
        }
    }

    #[test]
    fn both_orders_of_a_name_are_tried() {
        assert_eq!(name_orders(" Léa  Benamar"), ["lea benamar", "benamar lea"]);
        assert!(name_orders(" \0 ").is_empty());
    }

    proptest! {
        #[test]
        fn no_form_panics_and_what_is_read_is_found_by_its_own_words(
            given_name in "\\PC{0,40}", name in "\\PC{0,40}", phone in "[0-9 +.()x-]{0,40}", email in "\\PC{0,30}"
        ) {
            let form = PartyForm { given_name, name, phone, email, ..PartyForm::default() };
            if let Ok(data) = form.parse() {
                let search = search_text(&data);
                for word in search_words(&data.display_name()) {
                    prop_assert!(search.contains(&word), "{word:?} in {search:?}");
                }
                prop_assert!(name_orders(&data.display_name()).len() > SEARCH_WORDS_MAX
                    || text::fold(&data.display_name()).split(' ').count() > SEARCH_WORDS_MAX
                    || name_orders(&data.display_name()).contains(&sort_name(&data.given_name, &data.name)));
            }
        }
    }
}
