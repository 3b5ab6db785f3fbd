//! The quick way says what the rules of dues say.

use super::*;

/// The same figures by the rules of dues themselves, service by service and month by month.
mod slow {
    use super::*;
    use crate::services::rules::dues;

    fn holding(had: &Had) -> Holding {
        Holding {
            id: HoldingId(Uuid::nil()),
            member: had.member,
            number: MemberNumber::from_sequence(1),
            member_name: String::new(),
            from_on: had.from_on,
            until_on: had.until_on,
            own: had.own,
            reason: String::new(),
            version: 1,
        }
    }

    /// What is owed where some payments are known.
    fn owed(kind: &ServiceType, life: &Life, had: &Had, on: Day, waived_only: bool) -> Vec<Due> {
        let back = |p: &Paid| {
            life.paid
                .iter()
                .any(|b| b.reverses == Some(p.id) && b.on <= on)
        };
        let covered: Vec<Period> = life
            .paid
            .iter()
            .filter(|p| p.member == had.member && p.reverses.is_none() && p.on <= on && !back(p))
            .filter(|p| !waived_only || p.amount == Cents::ZERO)
            .filter_map(|p| p.period)
            .collect();
        dues(kind, &holding(had), &covered, on).arrears
    }

    /// Expected, received, owed and how many services owe, of a month.
    pub fn month(
        kind: &ServiceType,
        lives: &[Life],
        month: Month,
        on: Day,
    ) -> (Cents, Cents, Cents, i64) {
        let within = |day: Day| month.first <= day && day <= month.edge;
        let (mut expected, mut received, mut all, mut owing) = (0, 0, 0, 0);
        for life in lives {
            let mut own = 0;
            for had in &life.had {
                let due = owed(kind, life, had, on, true);
                let due = due.iter().filter(|due| within(due.period.from()));
                expected += due.map(|due| due.amount.0).sum::<i64>();
                let due = owed(kind, life, had, month.edge, false);
                own += due.iter().map(|due| due.amount.0).sum::<i64>();
            }
            let came = life.paid.iter().filter(|p| within(p.on));
            received += came.map(|p| p.amount.0).sum::<i64>();
            owing += i64::from(own > 0);
            all += own;
        }
        (Cents(expected), Cents(received), Cents(all), owing)
    }
}

fn a_type(months: u32, prices: &[(&str, i64)]) -> ServiceType {
    let price = |(from_on, cents): &(&str, i64)| Price {
        from_on: day(from_on),
        amount: Cents(*cents),
    };
    ServiceType {
        id: ServiceTypeId(Uuid::nil()),
        name: "VPN".into(),
        crew: CrewId(Uuid::nil()),
        crew_name: String::new(),
        colour: Colour::Blue,
        months,
        carries_addresses: false,
        note: String::new(),
        is_archived: false,
        prices: prices.iter().map(price).collect(),
        version: 1,
    }
}

prop_compose! {
    /// A payment for a time that is not far from the holding's, also a crooked one.
    fn a_payment()(
        id in any::<u128>(), whose in 0_u128..2, from in 0_u64..900, days in 0_u64..200,
        early in 0_u64..120, cents in prop_oneof![Just(0_i64), Just(500), 1_i64..9000],
        back in prop::option::of(0_u64..400),
    ) -> Vec<Paid> {
        let start = day("2023-12-01") + Days::new(from);
        let period = Period::new(start, start + Days::new(days)).ok();
        let on = start + Days::new(60) - Days::new(early);
        let member = MemberId(Uuid::from_u128(whose));
        let one = Paid { id: PaymentId(Uuid::from_u128(id)), member, on, period, amount: Cents(cents), reverses: None };
        let back = back.map(|days| Paid {
            id: PaymentId(Uuid::from_u128(id ^ 1)), on: on + Days::new(days), amount: Cents(-cents), reverses: Some(one.id), ..one.clone()
        });
        std::iter::once(one).chain(back).collect()
    }
}

prop_compose! {
    fn a_life()(
        from in 0_u64..700, whole in 0_u64..500, second in prop::option::of((1_u64..90, prop::option::of(0_u64..400))),
        own in prop::option::of(prop_oneof![Just(0_i64), 1_i64..3000]),
        paid in prop::collection::vec(a_payment(), 0..8), closed in prop::option::of(0_u64..900),
    ) -> Life {
        let from_on = day("2023-12-01") + Days::new(from);
        let until_on = second.map(|_| from_on + Days::new(whole));
        let mut had = vec![Had { member: MemberId(Uuid::from_u128(0)), from_on, until_on, own: own.map(Cents) }];
        if let Some((later, lasts)) = second {
            let from_on = from_on + Days::new(whole + later);
            had.push(Had { member: MemberId(Uuid::from_u128(1)), from_on, until_on: lasts.map(|days| from_on + Days::new(days)), own: None });
        }
        Life {
            made_on: day("2024-03-01"),
            closed_on: closed.map(|days| day("2023-12-01") + Days::new(days)),
            had,
            paid: paid.into_iter().flatten().collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_quick_way_says_what_the_rules_of_dues_say(
        mut lives in prop::collection::vec(a_life(), 0..4), months in prop_oneof![Just(1_u32), Just(3), Just(12)],
        before in 0_u64..500, length in 1_u32..30,
    ) {
        let kind = a_type(months, &[("2000-01-01", 500), ("2024-09-10", 700), ("2025-02-01", 0)]);
        let on = day("2026-06-01") - Days::new(before);
        let query = StatisticsQuery { from: add_months(on, 0).checked_sub_months(chrono::Months::new(length)).unwrap().to_string(), ..StatisticsQuery::default() };
        let window = query.window(on);
        for life in &mut lives {
            life.paid.retain(|paid| paid.on <= on);
        }
        let mut found = vec![Figures::default(); window.months().len()];
        for life in &lives {
            count(&kind.as_dues(), life, &window, &mut found);
        }
        for (month, found) in window.months().iter().zip(&found) {
            let expected = slow::month(&kind, &lives, *month, on);
            prop_assert_eq!((found.expected, found.received, found.owed, found.owing), expected, "{:?}", month);
        }
    }
}

#[test]
fn the_average_is_what_came_for_each_to_the_nearest_cent() {
    assert_eq!(rules::average(Cents(100), 0), None);
    assert_eq!(rules::average(Cents(100), 3), Some(Cents(33)));
    assert_eq!(rules::average(Cents(200), 3), Some(Cents(67)));
    assert_eq!(rules::average(Cents(-200), 3), Some(Cents(-67)));
}
