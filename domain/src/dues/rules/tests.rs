//! The rules of dues, for every day of the calendar.

use super::*;
use crate::dues::Price;
use crate::kernel::DuesKindId;
use crate::kernel::calendar::{FIRST_DAY, parse_day};
use chrono::Days;
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn kind(n: u128, cycle: Cycle) -> Kind {
    Kind {
        id: DuesKindId(Uuid::from_u128(n)),
        name: format!("kind {n}"),
        cycle,
        first_period: FirstPeriod::Full,
        is_default: n == 1,
        is_archived: false,
        prices: vec![Price {
            from_on: FIRST_DAY,
            amount: Cents(3000),
        }],
        version: 1,
    }
}

fn yearly() -> Kind {
    kind(1, Cycle::Months { months: 12 })
}

fn by_month(kind: Kind) -> Kind {
    Kind {
        first_period: FirstPeriod::ByMonth,
        ..kind
    }
}

fn terms(from_on: &str, kind: u128, own: Option<i64>) -> Terms {
    Terms {
        from_on: day(from_on),
        kind: DuesKindId(Uuid::from_u128(kind)),
        own: own.map(Cents),
        reason: own.map(|_| "étudiante".to_owned()).unwrap_or_default(),
    }
}

fn periods(texts: &[(&str, &str)]) -> Vec<Period> {
    let period = |(a, b): &(&str, &str)| Period::new(day(a), day(b)).unwrap();
    texts.iter().map(period).collect()
}

/// What is due of a member who joined on a day; the rest is empty.
#[derive(Clone, Debug)]
struct Asked {
    kinds: Vec<Kind>,
    terms: Vec<Terms>,
    covered: Vec<Period>,
    joined_on: Day,
    left_on: Option<Day>,
    lapse: Lapse,
}

impl Asked {
    fn joined(on: &str) -> Self {
        Self {
            kinds: vec![yearly()],
            terms: Vec::new(),
            covered: Vec::new(),
            joined_on: day(on),
            left_on: None,
            lapse: Lapse::StartAgain,
        }
    }

    fn case(&self) -> Case<'_> {
        Case {
            kinds: &self.kinds,
            terms: &self.terms,
            covered: &self.covered,
            joined_on: self.joined_on,
            left_on: self.left_on,
            lapse: self.lapse,
        }
    }

    fn dues(&self, today: &str) -> Dues {
        dues(&self.case(), day(today))
    }

    /// "from until amount" of everything that has begun.
    fn arrears(&self, today: &str) -> Vec<String> {
        self.dues(today).arrears.iter().map(text).collect()
    }

    fn next(&self, today: &str) -> Option<String> {
        self.dues(today).next.as_ref().map(text)
    }
}

fn text(due: &Due) -> String {
    let (period, amount) = (due.period, due.amount.0);
    format!("{} {} {amount}", period.from(), period.until())
}

#[test]
fn what_touches_or_overlaps_is_one_run() {
    let merged = merge(periods(&[
        ("2026-01-01", "2026-12-31"),
        ("2024-01-01", "2024-06-30"),
        ("2025-06-01", "2025-12-31"),
        ("2024-03-01", "2024-03-31"),
        ("2024-07-02", "2024-07-02"),
    ]));
    let expected = periods(&[
        ("2024-01-01", "2024-06-30"),
        ("2024-07-02", "2024-07-02"),
        ("2025-06-01", "2026-12-31"),
    ]);
    assert_eq!(merged, expected);
}

#[test]
fn dues_follow_what_is_covered_and_say_so() {
    let mut asked = Asked::joined("2015-03-01");
    asked.covered = periods(&[("2026-01-01", "2026-12-31")]);
    let due = asked.dues("2026-06-01").next.unwrap();
    assert_eq!(text(&due), "2027-01-01 2027-12-31 3000");
    assert_eq!(due.why.start, Start::Follows);
    assert!(asked.arrears("2026-06-01").is_empty());
    // The period that has begun is owed, also where it began a while ago.
    assert_eq!(asked.arrears("2027-06-01"), ["2027-01-01 2027-12-31 3000"]);
}

#[test]
fn the_first_dues_begin_on_the_day_of_joining() {
    let asked = Asked::joined("2026-02-01");
    let due = asked.dues("2026-06-01").next.unwrap();
    assert_eq!(text(&due), "2026-02-01 2027-01-31 3000");
    assert_eq!(due.why.start, Start::Joined);
    // Who joins later owes nothing yet, and it is said what will come.
    let later = Asked::joined("2026-07-01");
    assert!(later.arrears("2026-06-01").is_empty());
    assert_eq!(
        later.next("2026-06-01").unwrap(),
        "2026-07-01 2027-06-30 3000"
    );
}

#[test]
fn who_comes_back_starts_again_unless_all_is_claimed() {
    let mut asked = Asked::joined("2015-03-01");
    asked.covered = periods(&[("2023-03-01", "2024-02-29")]);
    let due = asked.dues("2026-06-01").next.unwrap();
    assert_eq!(text(&due), "2026-06-01 2027-05-31 3000");
    assert_eq!(due.why.start, Start::Restart);
    asked.lapse = Lapse::ClaimAll;
    let arrears = asked.arrears("2026-06-01");
    assert_eq!(arrears.first().unwrap(), "2015-03-01 2016-02-29 3000");
    assert_eq!(arrears.last().unwrap(), "2026-03-01 2027-02-28 3000");
    // Eight years before the paid one, three after it.
    assert_eq!(arrears.len(), 11);
}

#[test]
fn a_fixed_year_stays_the_year_of_all() {
    let mut asked = Asked::joined("2020-05-10");
    asked.kinds = vec![kind(1, Cycle::Year { first_month: 9 })];
    assert_eq!(asked.arrears("2020-06-01"), ["2020-05-10 2020-08-31 3000"]);
    asked.covered = periods(&[("2020-05-10", "2020-08-31")]);
    assert_eq!(asked.arrears("2020-09-01"), ["2020-09-01 2021-08-31 3000"]);
    // Also for who comes back.
    let due = asked.dues("2026-06-01").next.unwrap();
    assert_eq!(text(&due), "2025-09-01 2026-08-31 3000");
    assert_eq!(due.why.start, Start::Restart);
}

#[test]
fn who_enters_in_the_middle_pays_by_the_months_that_have_begun() {
    let mut asked = Asked::joined("2026-06-15");
    asked.kinds = vec![by_month(kind(1, Cycle::Year { first_month: 1 }))];
    let due = asked.dues("2026-06-15").next.unwrap();
    assert_eq!(text(&due), "2026-06-15 2026-12-31 1750");
    assert_eq!(due.why.share, Some(Share { months: 7, of: 12 }));
    asked.covered = periods(&[("2026-06-15", "2026-12-31")]);
    assert_eq!(
        asked.next("2026-07-01").unwrap(),
        "2027-01-01 2027-12-31 3000"
    );
    // In the first month, the whole price.
    asked.covered.clear();
    asked.joined_on = day("2026-01-31");
    assert_eq!(
        asked.next("2026-02-01").unwrap(),
        "2026-01-31 2026-12-31 3000"
    );
}

#[test]
fn a_gap_between_two_runs_is_due_and_no_more() {
    let mut asked = Asked::joined("2026-01-01");
    asked.covered = periods(&[("2026-01-01", "2026-03-31"), ("2026-07-01", "2026-12-31")]);
    assert_eq!(asked.arrears("2026-05-01"), ["2026-04-01 2026-06-30 3000"]);
    asked.kinds = vec![by_month(yearly())];
    let due = asked.dues("2026-05-01").next.unwrap();
    assert_eq!(text(&due), "2026-04-01 2026-06-30 750");
    assert_eq!(due.why.share, Some(Share { months: 3, of: 12 }));
}

#[test]
fn the_end_of_a_month_does_not_drift() {
    let mut asked = Asked::joined("2024-01-31");
    asked.kinds = vec![kind(1, Cycle::Months { months: 1 })];
    let mut ends = Vec::new();
    for _ in 0..4 {
        let due = asked.dues("2024-01-31").next.unwrap();
        ends.push(due.period.until().to_string());
        asked.covered.push(due.period);
    }
    assert_eq!(
        ends,
        ["2024-02-28", "2024-03-30", "2024-04-29", "2024-05-30"]
    );
    let mut leap = Asked::joined("2024-02-29");
    leap.lapse = Lapse::ClaimAll;
    assert_eq!(
        leap.arrears("2028-03-01"),
        [
            "2024-02-29 2025-02-27 3000",
            "2025-02-28 2026-02-27 3000",
            "2026-02-28 2027-02-27 3000",
            "2027-02-28 2028-02-28 3000",
            "2028-02-29 2029-02-27 3000",
        ]
    );
}

#[test]
fn terms_change_from_their_day_on() {
    let mut asked = Asked::joined("2024-01-01");
    asked.kinds.push(kind(2, Cycle::Months { months: 6 }));
    asked.kinds.push(kind(3, Cycle::Free));
    asked.terms = vec![
        terms("2025-01-01", 1, Some(1000)),
        terms("2026-01-01", 2, None),
        terms("2026-07-01", 3, None),
        terms("2027-07-01", 1, None),
    ];
    asked.lapse = Lapse::ClaimAll;
    assert_eq!(
        asked.arrears("2027-08-01"),
        [
            "2024-01-01 2024-12-31 3000",
            "2025-01-01 2025-12-31 1000",
            "2026-01-01 2026-06-30 3000",
            "2027-07-01 2028-06-30 3000",
        ]
    );
    let reduced = asked.dues("2027-08-01").arrears.remove(1);
    assert_eq!(reduced.why.reduced.as_deref(), Some("étudiante"));
    assert_eq!(reduced.why.price, Cents(3000));
}

#[test]
fn free_terms_cover_until_others_begin() {
    let kinds = [yearly(), kind(3, Cycle::Free)];
    let terms = [
        terms("2024-01-01", 3, None),
        terms("2025-01-01", 1, None),
        terms("2026-01-01", 1, Some(0)),
    ];
    let expected = [
        Period::new(day("2024-01-01"), day("2024-12-31")).unwrap(),
        Period::new(day("2026-01-01"), LAST_DAY).unwrap(),
    ];
    assert_eq!(free_days(&terms, &kinds), expected);
    let mut asked = Asked::joined("2026-01-01");
    asked.terms = vec![terms.last().unwrap().clone()];
    assert_eq!(asked.dues("2026-06-01"), Dues::default());
}

#[test]
fn who_leaves_owes_nothing_from_that_day_on() {
    let mut asked = Asked::joined("2024-01-01");
    asked.covered = periods(&[("2024-01-01", "2025-12-31")]);
    asked.left_on = Some(day("2026-01-01"));
    assert_eq!(asked.dues("2026-06-01"), Dues::default());
    assert_eq!(asked.next("2025-12-01"), None);
    asked.left_on = Some(day("2026-01-02"));
    assert_eq!(
        asked.next("2025-12-01").unwrap(),
        "2026-01-01 2026-12-31 3000"
    );
}

#[test]
fn the_price_is_that_of_the_first_day() {
    let mut asked = Asked::joined("2026-01-01");
    let dear = Price {
        from_on: day("2027-01-01"),
        amount: Cents(3500),
    };
    asked.kinds[0].prices.push(dear);
    asked.lapse = Lapse::ClaimAll;
    let amounts: Vec<i64> = asked
        .dues("2027-02-01")
        .arrears
        .iter()
        .map(|due| due.amount.0)
        .collect();
    assert_eq!(amounts, [3000, 3500]);
}

fn a_day() -> impl Strategy<Value = Day> {
    // Around leap days, month ends and the turns of years.
    (0_u64..12_000).prop_map(|n| day("2000-01-01") + Days::new(n))
}

prop_compose! {
    fn a_period()(from in a_day(), length in 0_u64..900) -> Period {
        Period::new(from, from + Days::new(length)).unwrap()
    }
}

fn a_cycle() -> impl Strategy<Value = Cycle> {
    prop_oneof![
        (1_u32..=36).prop_map(|months| Cycle::Months { months }),
        (1_u32..=12).prop_map(|first_month| Cycle::Year { first_month }),
    ]
}

prop_compose! {
    fn a_case()(
        cycles in proptest::collection::vec((a_cycle(), any::<bool>(), 0_i64..9000), 3),
        changes in proptest::collection::vec((a_day(), 0_usize..4, proptest::option::of(0_i64..9000)), 0..5),
        covered in proptest::collection::vec(a_period(), 0..6),
        joined_on in a_day(),
        stays in proptest::option::of(0_u64..9000),
        claims in any::<bool>(),
    ) -> Asked {
        let mut kinds: Vec<Kind> = cycles.into_iter().zip(1..).map(|((cycle, share, price), n)| {
            let mut made = kind(n, cycle);
            made.prices[0].amount = Cents(price);
            if share { by_month(made) } else { made }
        }).collect();
        kinds.push(kind(4, Cycle::Free));
        let mut terms: Vec<Terms> = changes.into_iter().map(|(from_on, n, own)| Terms {
            from_on,
            kind: kinds[n].id,
            own: own.map(Cents),
            reason: "x".into(),
        }).collect();
        terms.sort_by_key(|t| t.from_on);
        terms.dedup_by_key(|t| t.from_on);
        Asked {
            kinds,
            terms,
            covered,
            joined_on,
            left_on: stays.map(|n| joined_on + Days::new(n)),
            lapse: if claims { Lapse::ClaimAll } else { Lapse::StartAgain },
        }
    }
}

fn runs_of(asked: &Asked) -> Vec<Period> {
    let free = free_days(&asked.terms, &asked.kinds);
    merge(asked.covered.iter().copied().chain(free))
}

fn contains(periods: &[Period], day: Day) -> bool {
    periods.iter().any(|p| p.contains(day))
}

#[test]
fn a_first_day_that_somebody_chose_has_its_last_day() {
    let until = |cycle: Cycle, from| cycle.period_from(day(from)).map(|p| p.until());
    let months = |months| Cycle::Months { months };
    let year = |first_month| Cycle::Year { first_month };
    assert_eq!(until(months(12), "2026-03-01"), Some(day("2027-02-28")));
    assert_eq!(until(months(1), "2026-01-31"), Some(day("2026-02-27")));
    assert_eq!(until(year(1), "2026-03-15"), Some(day("2026-12-31")));
    assert_eq!(until(year(9), "2026-09-01"), Some(day("2027-08-31")));
    assert_eq!(until(year(9), "2026-08-31"), Some(day("2026-08-31")));
    assert_eq!(until(Cycle::Free, "2026-03-15"), None);
}

proptest! {
    #[test]
    fn runs_hold_exactly_the_days_of_the_periods(periods in proptest::collection::vec(a_period(), 0..8), days in proptest::collection::vec(a_day(), 50)) {
        let runs = merge(periods.clone());
        for pair in runs.windows(2) {
            prop_assert!(after(pair[0].until()) < pair[1].from());
        }
        let edges = periods.iter().flat_map(|p| [p.from(), p.until(), after(p.until()), p.from().pred_opt().unwrap()]);
        for day in days.into_iter().chain(edges) {
            prop_assert_eq!(contains(&runs, day), contains(&periods, day));
        }
    }

    #[test]
    fn nothing_is_due_that_is_covered_or_twice_or_after_leaving(asked in a_case(), today in a_day()) {
        let found = dues(&asked.case(), today);
        let runs = runs_of(&asked);
        let mut all: Vec<Period> = found.arrears.iter().map(|due| due.period).collect();
        all.extend(found.next.iter().filter(|_| found.arrears.is_empty()).map(|due| due.period));
        for period in &all {
            prop_assert!(runs.iter().all(|run| run.until() < period.from() || period.until() < run.from()));
            prop_assert!(asked.left_on.is_none_or(|left| period.from() < left));
            prop_assert!(period.from() >= asked.joined_on);
        }
        for pair in all.windows(2) {
            prop_assert!(pair[0].until() < pair[1].from());
        }
        prop_assert_eq!(found.arrears.first().or(found.next.as_ref()), found.next.as_ref());
        prop_assert!(found.arrears.iter().all(|due| due.period.from() <= today));
    }

    #[test]
    fn where_all_is_claimed_no_day_of_the_membership_is_forgotten(asked in a_case(), today in a_day()) {
        let asked = Asked { lapse: Lapse::ClaimAll, ..asked };
        let found = dues(&asked.case(), today);
        let due: Vec<Period> = found.arrears.iter().map(|due| due.period).collect();
        let runs = runs_of(&asked);
        let mut day = asked.joined_on;
        while day <= today && asked.left_on.is_none_or(|left| day < left) {
            prop_assert!(contains(&due, day) || contains(&runs, day), "{day}");
            day = after(day);
        }
    }

    #[test]
    fn what_is_over_is_not_claimed_where_one_starts_again(asked in a_case(), today in a_day()) {
        let asked = Asked { lapse: Lapse::StartAgain, ..asked };
        let found = dues(&asked.case(), today);
        prop_assert!(found.arrears.iter().all(|due| due.period.until() >= today));
        prop_assert!(found.arrears.len() <= 1);
    }

    #[test]
    fn paying_what_comes_next_moves_on_and_leaves_no_gap(asked in a_case(), today in a_day()) {
        let mut asked = asked;
        let Some(first) = dues(&asked.case(), today).next else { return Ok(()) };
        let mut last = first.period.from().pred_opt().unwrap();
        for _ in 0..12 {
            let Some(due) = dues(&asked.case(), today).next else { break };
            prop_assert!(due.period.from() > last);
            asked.covered.push(due.period);
            last = due.period.until();
            let runs = runs_of(&asked);
            let run = runs.iter().find(|run| run.contains(first.period.from())).unwrap();
            prop_assert!(run.contains(last), "{first:?} {last} {run:?}");
        }
    }

    #[test]
    fn an_amount_is_never_more_than_that_of_a_whole_period(asked in a_case(), today in a_day()) {
        for due in dues(&asked.case(), today).arrears {
            let own = terms_on(&asked.terms, due.period.from()).and_then(|t| t.own);
            let whole = own.unwrap_or(due.why.price);
            prop_assert!(Cents::ZERO <= due.amount && due.amount <= whole);
            prop_assert_eq!(due.amount < whole, due.why.share.is_some() && due.amount < whole);
            prop_assert!(due.why.share.is_none_or(|s| 0 < s.months && s.months < s.of));
        }
    }

    #[test]
    fn the_order_of_payments_does_not_matter(asked in a_case(), today in a_day(), seed in any::<u64>()) {
        let before = dues(&asked.case(), today);
        let mut turned = asked;
        let n = turned.covered.len().max(1);
        turned.covered.rotate_left((seed % n as u64) as usize);
        turned.covered.reverse();
        prop_assert_eq!(before, dues(&turned.case(), today));
    }

    #[test]
    fn periods_of_months_keep_to_the_day_of_joining(joined in a_day(), months in 1_u32..=24) {
        let mut asked = Asked::joined(&joined.to_string());
        asked.kinds = vec![kind(1, Cycle::Months { months })];
        for n in 1..=24 {
            let due = dues(&asked.case(), joined).next.unwrap();
            prop_assert_eq!(after(due.period.until()), add_months(joined, n * months));
            asked.covered.push(due.period);
        }
    }
}
