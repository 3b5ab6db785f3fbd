//! Which months are looked at.

use super::*;

fn ends(window: &Window) -> (Day, Day, usize) {
    (window.first(), window.last(), window.months().len())
}

#[test]
fn twelve_months_until_today_are_shown_where_nothing_is_asked_for() {
    let usual = (day("2025-07-01"), day("2026-06-01"), 12);
    assert_eq!(ends(&asked("", "", "")), usual);
    assert_eq!(ends(&asked("x", "2026-13", "31/02/2026")), usual);
    // What is to come is nothing to look back from.
    assert_eq!(ends(&asked("", "2030-01", "2030-01-01")), usual);
}

#[test]
fn months_are_said_by_their_name_or_by_any_day() {
    let spring = (day("2025-03-01"), day("2025-05-31"), 3);
    assert_eq!(ends(&asked("2025-03", "2025-05", "")), spring);
    assert_eq!(ends(&asked("2025-03-17", "31/05/2025", "")), spring);
}

#[test]
fn the_last_month_ends_on_the_day_as_of_which_one_looks() {
    let until = (day("2025-03-01"), day("2025-05-17"), 3);
    assert_eq!(ends(&asked("2025-03", "", "2025-05-17")), until);
}

#[test]
fn five_years_at_most_are_looked_at_and_never_less_than_a_month() {
    assert_eq!(asked("1900-01", "", "").months().len(), MONTHS_MAX);
    assert_eq!(asked("2026-05", "2026-05", "").months().len(), 1);
    // An end before the beginning asks for nothing.
    assert_eq!(asked("2026-05", "2026-01", "").months().len(), 12);
    for on in ["1800-01-01", "0001-01-01"] {
        assert!(!asked("", "", on).months().is_empty());
    }
}

#[test]
fn a_day_lies_in_one_month_only() {
    let window = asked("2025-03", "", "2025-05-17");
    let at = |text| window.at(day(text));
    assert_eq!((at("2025-02-28"), at("2025-05-18")), (None, None));
    assert_eq!((at("2025-03-01"), at("2025-05-17")), (Some(0), Some(2)));
    let after = |text| window.first_at(day(text));
    assert_eq!((after("2020-01-01"), after("2025-03-31")), (0, 0));
    assert_eq!((after("2025-05-17"), after("2025-05-18")), (2, 3));
}
