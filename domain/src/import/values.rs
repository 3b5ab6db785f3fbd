//! What single cells say: yes or no, a kind, a state, a day, an address.

use super::{Kind, Method, header_key};
use crate::kernel::{Code, Day, Problem, Result, calendar};
use chrono::Datelike;

/// Which comes first in a date of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateOrder {
    /// 31/12/2026, and 2026-12-31.
    DayFirst,
    /// 12/31/2026.
    MonthFirst,
}

/// Reads a day; `None` for the ways in which programs write that there is none.
pub(super) fn day(cell: &str, order: DateOrder) -> Result<Option<Day>> {
    if cell.is_empty() || cell.starts_with("0000-00-00") {
        return Ok(None);
    }
    match order {
        DateOrder::DayFirst => calendar::parse_day(cell).map(Some),
        DateOrder::MonthFirst => month_first(cell)
            .map(Some)
            .ok_or_else(|| Problem::new(Code::NotADay)),
    }
}

/// A day that is written with the month first.
pub(super) fn month_first(cell: &str) -> Option<Day> {
    let date = cell.split([' ', 'T']).next()?;
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let [month, day, year] = *parts.as_slice() else {
        return None;
    };
    (month.len() <= 2).then(|| calendar::parse_day(&format!("{day}/{month}/{year}")).ok())?
}

/// A year alone.
pub(super) fn year(cell: &str) -> Option<i32> {
    let day = (cell.len() == 4).then(|| calendar::parse_day(&format!("{cell}-01-01")).ok())??;
    Some(day.year())
}

/// Yes or no.
pub(super) fn yes_no(cell: &str) -> Option<bool> {
    match header_key(cell).as_str() {
        "oui" | "o" | "yes" | "y" | "true" | "vrai" | "1" | "x" | "ja" | "j" | "wahr" | "si"
        | "paye" | "payee" | "regle" | "reglee" | "paid" | "bezahlt" | "ok" | "a jour" => {
            Some(true)
        }
        "non" | "n" | "no" | "false" | "faux" | "0" | "nein" | "falsch" | "impaye" | "non paye"
        | "non payee" | "non regle" | "non reglee" | "unpaid" | "nicht bezahlt" | "en retard" => {
            Some(false)
        }
        _ => None,
    }
}

/// Whether somebody is a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// They are.
    Member,
    /// They were.
    Left,
    /// They asked to be.
    Applicant,
}

/// Whether somebody is a member; numbers are Dolibarr's.
pub(super) fn active(cell: &str) -> Option<Activity> {
    // The sign is lost in a key.
    match cell {
        "-1" => return Some(Activity::Applicant),
        "-2" => return Some(Activity::Left),
        _ => {}
    }
    let key = header_key(cell);
    let starts = |words: &[&str]| words.iter().any(|w| key.starts_with(w));
    if starts(&[
        "brouillon",
        "draft",
        "entwurf",
        "borrador",
        "en attente",
        "pending",
    ]) {
        Some(Activity::Applicant)
    } else if starts(&[
        "resili",
        "exclu",
        "demission",
        "radie",
        "inacti",
        "inakti",
        "ancien",
        "terminated",
        "cancelled",
        "resigned",
        "former",
        "expelled",
        "deaktiviert",
        "ausge",
        "sorti",
        "parti",
    ]) {
        Some(Activity::Left)
    } else if starts(&[
        "valid", "actif", "active", "aktiv", "membre", "member", "adherent",
    ]) {
        Some(Activity::Member)
    } else {
        yes_no(cell).map(|yes| {
            if yes {
                Activity::Member
            } else {
                Activity::Left
            }
        })
    }
}

/// Person or organisation.
pub(super) fn kind(cell: &str) -> Option<Kind> {
    let key = header_key(cell);
    let starts = |words: &[&str]| words.iter().any(|w| key.starts_with(w));
    let organisation = [
        "mor",
        "organi",
        "role",
        "personne morale",
        "entreprise",
        "societe",
        "association",
        "structure",
        "collectivite",
        "company",
        "legal",
        "juristi",
        "firma",
        "verein",
        "jurid",
    ];
    let person = [
        "phy",
        "person",
        "particulier",
        "individu",
        "privat",
        "naturlich",
        "fisic",
        "mensch",
    ];
    if starts(&organisation) {
        Some(Kind::Organisation)
    } else if starts(&person) {
        Some(Kind::Person)
    } else {
        None
    }
}

/// How something was paid.
pub(super) fn method(cell: &str) -> Option<Method> {
    let key = header_key(cell);
    let has = |words: &[&str]| words.iter().any(|w| key.contains(w));
    let method = if has(&["virement", "transfer", "uberweisung", "vir", "wire"]) {
        Method::Transfer
    } else if has(&["espece", "liquide", "cash", "bar", "efectivo"]) {
        Method::Cash
    } else if has(&["cheque", "check", "chq", "scheck"]) {
        Method::Cheque
    } else if has(&["prelevement", "debit", "lastschrift", "sepa"]) {
        Method::DirectDebit
    } else if has(&[
        "carte",
        "card",
        "cb",
        "karte",
        "helloasso",
        "stripe",
        "paypal",
        "en ligne",
    ]) {
        Method::Card
    } else {
        return None;
    };
    Some(method)
}

/// An address of several lines, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub street: String,
    pub postcode: String,
    pub city: String,
    pub country: String,
}

/// Takes an address apart where one of its last two lines is `12345 Town`;
/// everything else stays as it is: nothing is guessed from mere position.
pub(super) fn address(text: &str) -> Address {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let whole = || Address {
        street: lines.join("\n"),
        ..Address::default()
    };
    let candidates = lines
        .iter()
        .enumerate()
        .rev()
        .take(2)
        .filter(|(at, _)| *at > 0);
    let found = candidates
        .filter_map(|(at, line)| Some((at, postcode_and_city(line)?)))
        .next();
    let Some((at, (postcode, city))) = found else {
        return whole();
    };
    Address {
        street: lines.get(..at).unwrap_or_default().join("\n"),
        postcode,
        city,
        country: lines
            .get(at + 1)
            .map(|l| (*l).to_owned())
            .unwrap_or_default(),
    }
}

/// `75011 Paris`, `D-10115 Berlin`, `1050 Bruxelles`, `L-1234 Luxembourg`.
fn postcode_and_city(line: &str) -> Option<(String, String)> {
    let (code, city) = line.split_once([' ', '\t'])?;
    let digits = code
        .split_once('-')
        .filter(|(country, _)| country.len() <= 2 && country.chars().all(char::is_alphabetic))
        .map_or(code, |(_, digits)| digits);
    let city = city.trim();
    let fits = (4..=5).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && city.starts_with(char::is_alphabetic);
    fits.then(|| (code.to_owned(), city.to_owned()))
}

/// Given and family name from the whole name and the part that lists sort by.
pub(super) fn divide_name(name: &str, sorted_by: &str) -> Option<(String, String)> {
    let owned = |a: &str, b: &str| Some((a.trim().to_owned(), b.trim().to_owned()));
    if let Some((family, given)) = sorted_by.split_once(',') {
        let same = super::name_key(sorted_by) == super::name_key(name);
        return same.then(|| owned(given, family))?;
    }
    if sorted_by.is_empty() || sorted_by == name {
        return None;
    }
    if let Some(given) = name.strip_suffix(sorted_by)
        && given.ends_with(' ')
    {
        return owned(given, sorted_by);
    }
    let family = name.strip_prefix(sorted_by)?;
    family.starts_with(' ').then(|| owned(sorted_by, family))?
}
