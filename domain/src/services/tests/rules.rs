//! The rules of services, for every day of the calendar.

use super::*;
use crate::kernel::calendar::{FIRST_DAY, add_months};
use chrono::Days;
use proptest::prelude::*;

fn a_type(months: u32, prices: &[(&str, i64)]) -> ServiceType {
    let price = |(from, cents): &(&str, i64)| Price {
        from_on: if from.is_empty() {
            FIRST_DAY
        } else {
            day(from)
        },
        amount: Cents(*cents),
    };
    ServiceType {
        id: ServiceTypeId(Uuid::from_u128(1)),
        name: "VPN".into(),
        crew: CrewId(Uuid::from_u128(2)),
        crew_name: "VPN".into(),
        colour: Colour::Blue,
        months,
        carries_addresses: false,
        note: String::new(),
        is_archived: false,
        prices: prices.iter().map(price).collect(),
        version: 1,
    }
}

fn a_holding(from_on: Day, until_on: Option<Day>, own: Option<i64>) -> Holding {
    Holding {
        id: HoldingId(Uuid::from_u128(3)),
        member: MemberId(Uuid::from_u128(4)),
        number: MemberNumber::from_sequence(12),
        member_name: "Léa".into(),
        from_on,
        until_on,
        own: own.map(Cents),
        reason: own.map(|_| "bénévole".to_owned()).unwrap_or_default(),
        version: 1,
    }
}

fn owed(kind: &ServiceType, holding: &Holding, today: &str) -> Vec<(String, i64)> {
    let dues = super::super::rules::dues(kind, holding, &[], day(today));
    let line = |due: &crate::dues::Due| (due.period.from().to_string(), due.amount.0);
    dues.arrears.iter().map(line).collect()
}

#[test]
fn what_is_owed_follows_the_price_of_the_day_on_which_a_period_begins() {
    let kind = a_type(1, &[("", 500), ("2026-03-01", 700)]);
    let holding = a_holding(day("2026-01-31"), None, None);
    // Months keep to the day on which the service began.
    assert_eq!(
        owed(&kind, &holding, "2026-04-15"),
        [
            ("2026-01-31".to_owned(), 500),
            ("2026-02-28".to_owned(), 500),
            ("2026-03-31".to_owned(), 700),
        ]
    );
}

#[test]
fn who_has_an_amount_of_their_own_owes_that_and_who_pays_nothing_owes_nothing() {
    let kind = a_type(12, &[("", 6000)]);
    let begun = day("2026-01-01");
    let reduced = a_holding(begun, None, Some(2000));
    assert_eq!(
        owed(&kind, &reduced, "2026-04-15"),
        [("2026-01-01".to_owned(), 2000)]
    );
    let free = a_holding(begun, None, Some(0));
    assert_eq!(owed(&kind, &free, "2026-04-15"), []);
    let costs_nothing = a_type(12, &[("", 0)]);
    let plain = a_holding(begun, None, None);
    let dues = super::super::rules::dues(&costs_nothing, &plain, &[], day("2026-04-15"));
    assert_eq!((dues.arrears.len(), dues.next), (0, None));
}

#[test]
fn nothing_is_owed_for_the_time_after_the_last_day() {
    let kind = a_type(1, &[("", 500)]);
    let ended = a_holding(day("2026-01-01"), Some(day("2026-02-28")), None);
    let until = owed(&kind, &ended, "2026-06-01");
    assert_eq!(until.last().unwrap().0, "2026-02-01");
    assert_eq!(until.len(), 2);
}

#[test]
fn a_service_is_late_from_the_day_after_the_last_one_that_is_paid() {
    let kind = a_type(1, &[("", 500)]);
    let holding = a_holding(day("2026-01-01"), None, None);
    let free = super::super::rules::is_free(&kind, &holding, day("2026-02-01"));
    let paid = |until, today| super::super::rules::paid(&holding, free, until, day(today));
    let until = day("2026-01-31");
    assert_eq!(paid(Some(until), "2026-01-31"), Paid::Until { day: until });
    assert_eq!(
        paid(Some(until), "2026-02-01"),
        Paid::Late { since: Some(until) }
    );
    assert_eq!(paid(None, "2026-01-01"), Paid::Late { since: None });
    assert_eq!(paid(None, "2025-12-31"), Paid::Over);
}

#[test]
fn a_service_that_is_closed_is_neither_in_use_nor_available() {
    let state = super::super::rules::state;
    let closed = Some(day("2026-03-01"));
    assert_eq!(state(closed, false, day("2026-02-28")), State::Available);
    assert_eq!(state(closed, true, day("2026-02-28")), State::InUse);
    assert_eq!(state(closed, true, day("2026-03-01")), State::Closed);
}

fn a_day() -> impl Strategy<Value = Day> {
    (0_u64..400).prop_map(|n| day("2026-01-01") + Days::new(n))
}

fn a_time() -> impl Strategy<Value = (Day, Option<Day>)> {
    (a_day(), proptest::option::of(0_u64..60))
        .prop_map(|(from, length)| (from, length.map(|n| from + Days::new(n))))
}

proptest! {
    #[test]
    fn two_times_overlap_where_a_day_is_in_both(one in a_time(), other in a_time()) {
        let is_in = |(from, until): (Day, Option<Day>), day: Day| {
            from <= day && until.is_none_or(|until| day <= until)
        };
        let days = (0_u64..1_000).map(|n| day("2026-01-01") + Days::new(n));
        let shared = days.into_iter().any(|day| is_in(one, day) && is_in(other, day));
        prop_assert_eq!(super::super::rules::overlap(one, other), shared);
        prop_assert_eq!(super::super::rules::overlap(other, one), shared);
    }

    #[test]
    fn what_is_owed_and_paid_is_owed_no_more(
        from in a_day(), months in 1_u32..=12, later in 0_u64..800,
    ) {
        let kind = a_type(months, &[("", 500)]);
        let holding = a_holding(from, None, None);
        let today = from + Days::new(later);
        let owed = super::super::rules::dues(&kind, &holding, &[], today);
        prop_assert!(!owed.arrears.is_empty());
        let covered: Vec<Period> = owed.arrears.iter().map(|due| due.period).collect();
        let last = covered.last().unwrap().until();
        prop_assert!(last >= today);
        prop_assert!(add_months(covered.last().unwrap().from(), months) > today);
        let after = super::super::rules::dues(&kind, &holding, &covered, today);
        prop_assert_eq!(after.arrears, vec![]);
        prop_assert_eq!(after.next.unwrap().period.from(), last + Days::new(1));
    }
}
