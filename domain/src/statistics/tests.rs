//! What the statistics promise: they are what the rules of dues say, and what plain SQL says.

use super::rules::{Had, Life, Paid, count};
use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::crews;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::dues::{Due, Price};
use crate::kernel::calendar::{add_months, parse_day};
use crate::kernel::{
    Code, CrewId, HoldingId, MemberId, PartyId, PaymentId, Period, Right, ServiceId,
};
use crate::members::MemberNumber;
use crate::payments::{self, PaymentForm, ReversalForm};
use crate::services::{self, Holding, HoldingForm, NewServiceForm, ServiceType, TypeForm};
use crate::{exec, one};
use chrono::Days;
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn asked(from: &str, until: &str, on: &str) -> Window {
    let query = StatisticsQuery {
        from: from.into(),
        until: until.into(),
        on: on.into(),
        kind: String::new(),
    };
    query.window(day("2026-06-01"))
}

mod windows {
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
}

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

/// Three types over two years, made through the use-cases.
struct Fixture {
    types: Vec<ServiceTypeId>,
    crews: Vec<CrewId>,
    bank: Actor,
}

/// The day on which the fixture's services are written down.
const FIRST: &str = "2024-06-01";

struct Maker<'a> {
    bench: &'a mut Bench,
    boss: Actor,
    bank: Actor,
}

impl Maker<'_> {
    /// It is noon of a day.
    fn at(&mut self, day: &str) {
        self.bench.now = format!("{day}T12:00:00Z").parse().unwrap();
    }

    async fn service(
        &mut self,
        kind: ServiceTypeId,
        label: &str,
        who: Option<(MemberId, &str)>,
        own: &str,
    ) -> ServiceId {
        self.at(FIRST);
        let form = NewServiceForm {
            key: key(),
            kind: kind.to_string(),
            label: label.into(),
            member: who.map(|(m, _)| m.to_string()).unwrap_or_default(),
            from_on: who.map(|(_, from)| from.to_owned()).unwrap_or_default(),
            amount: own.into(),
            reason: if own.is_empty() {
                String::new()
            } else {
                "convenu".into()
            },
            ..NewServiceForm::default()
        };
        let add = self
            .bench
            .run(&self.boss, async |cx| services::add(cx, &form).await);
        add.await.unwrap()
    }

    /// Ends who has a service, and gives it to another one.
    async fn passes(&self, id: ServiceId, until: &str, next: Option<(MemberId, &str)>) {
        self.bench
            .run(&self.boss, async |cx| {
                let known = services::known(cx, id).await?;
                let had = &known.held[0].holding;
                let form = HoldingForm {
                    until_on: until.into(),
                    ..HoldingForm::of(had, crate::kernel::Locale::Fr)
                };
                services::save_holding(cx, id, had.id, &form).await?;
                if let Some((member, from)) = next {
                    let form = HoldingForm {
                        key: key(),
                        member: member.to_string(),
                        from_on: from.into(),
                        ..HoldingForm::default()
                    };
                    services::give(cx, id, &form).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Enters a payment of so many months; validates it where that is said.
    async fn pays(
        &mut self,
        of: (ServiceId, MemberId),
        on: &str,
        from: &str,
        months: u32,
        euros: &str,
        validated: bool,
    ) -> PaymentId {
        self.at(on);
        let period = Period::months_from(day(from), months);
        let is_waived = euros == "0";
        let form = PaymentForm {
            key: key(),
            member: of.1.to_string(),
            service: of.0.to_string(),
            amount: euros.into(),
            method: if is_waived {
                "waived".into()
            } else {
                "transfer".into()
            },
            note: if is_waived {
                "offert".into()
            } else {
                String::new()
            },
            received_on: on.into(),
            period_from: period.from().to_string(),
            period_until: period.until().to_string(),
            ..PaymentForm::default()
        };
        let add = self
            .bench
            .run(&self.boss, async |cx| payments::add(cx, &form).await);
        let id = add.await.unwrap();
        if validated {
            self.validate(id).await;
        }
        id
    }

    async fn validate(&self, id: PaymentId) {
        let key = key();
        let done = self.bench.run(&self.bank, async |cx| {
            payments::validate(cx, &[id], &key).await
        });
        assert_eq!(done.await.unwrap()[0].1, payments::Outcome::Validated);
    }

    async fn gives_back(&mut self, id: PaymentId, at: &str) {
        self.at(at);
        let form = ReversalForm {
            key: key(),
            reason: "erreur".into(),
        };
        let reverse = self.bench.run(&self.boss, async |cx| {
            payments::reverse(cx, id, &form).await
        });
        let back = reverse.await.unwrap();
        self.validate(back).await;
    }
}

async fn fixture(bench: &mut Bench) -> Fixture {
    bench.now = "2024-06-01T12:00:00Z".parse().unwrap();
    let bank_person = bench.a_person("Karim", "Haddad").await;
    let bank = person_with(bank_person, &[Right::PaymentsValidate]);
    let (lea, ali) = (
        bench.a_member("Léa", "Benamar", 12).await,
        bench.a_member("Ali", "Petit", 13).await,
    );
    let boss = Actor::operator();
    let made = bench.run(&boss, async |cx| {
        let (mut types, mut crews) = (Vec::new(), Vec::new());
        for (name, months, price) in [
            ("VPN", 1, "5"),
            ("Hébergement", 12, "60"),
            ("Adresse", 3, "9"),
        ] {
            let crew = crews::create(cx, name, &[]).await?;
            let form = TypeForm {
                key: key(),
                name: name.into(),
                crew: crew.to_string(),
                months: months.to_string(),
                price: price.into(),
                ..TypeForm::blank()
            };
            types.push(services::add_type(cx, &form).await?);
            crews.push(crew);
        }
        let vpn = services::get_type(cx, types[0]).await?;
        let dearer = TypeForm {
            price: "6,50".into(),
            price_from: "2025-03-10".into(),
            ..TypeForm::of(&vpn, cx.today(), crate::kernel::Locale::Fr)
        };
        services::save_type(cx, types[0], &dearer).await?;
        Ok((types, crews))
    });
    let (types, crews) = made.await.unwrap();
    let mut m = Maker {
        bench,
        boss,
        bank: bank.clone(),
    };
    // Paid in time until a day, then late; a month was paid twice, and given back.
    let vpn = m
        .service(types[0], "vpn-1", Some((lea, "2024-06-10")), "")
        .await;
    for (on, from) in [
        ("2024-06-12", "2024-06-10"),
        ("2024-12-01", "2024-12-10"),
        ("2025-06-20", "2025-06-10"),
    ] {
        m.pays((vpn, lea), on, from, 6, "30", true).await;
    }
    let twice = m
        .pays((vpn, lea), "2025-07-03", "2025-06-10", 6, "30", true)
        .await;
    // Paid each month by one who pays less, not validated at the end; then somebody else's.
    let own = m
        .service(types[0], "vpn-2", Some((ali, "2024-09-15")), "2,50")
        .await;
    for n in 0..8 {
        let from = add_months(day("2024-09-15"), n).to_string();
        m.pays((own, ali), &from, &from, 1, "2,50", n != 7).await;
    }
    m.passes(own, "2025-08-20", Some((lea, "2025-08-25"))).await;
    // Free, in stock, closed.
    m.service(types[0], "vpn-3", Some((ali, "2025-01-01")), "0")
        .await;
    let stock = m.service(types[0], "vpn-4", None, "").await;
    // By the year: one paid, one waived, one that has never paid and ended.
    let site = m
        .service(types[1], "site-1", Some((lea, "2024-07-01")), "")
        .await;
    m.pays((site, lea), "2024-08-02", "2024-07-01", 12, "60", true)
        .await;
    let other = m
        .service(types[1], "site-2", Some((ali, "2024-10-20")), "")
        .await;
    m.pays((other, ali), "2024-11-02", "2024-10-20", 12, "0", true)
        .await;
    let never = m
        .service(types[1], "site-3", Some((ali, "2025-02-03")), "")
        .await;
    m.passes(never, "2026-02-02", None).await;
    // By the quarter: what was paid is taken back, later.
    let ip = m
        .service(types[2], "ip-1", Some((lea, "2024-06-28")), "")
        .await;
    let wrong = m
        .pays((ip, lea), "2024-07-01", "2024-06-28", 12, "36", true)
        .await;
    m.gives_back(twice, "2025-07-10").await;
    m.gives_back(wrong, "2025-11-10").await;
    let closed = services::ServiceForm {
        version: "1".into(),
        label: "vpn-4".into(),
        closed_on: "2025-12-05".into(),
        ..services::ServiceForm::default()
    };
    m.bench
        .run(&m.boss, async |cx| services::save(cx, stock, &closed).await)
        .await
        .unwrap();
    bench.now = "2026-06-01T12:00:00Z".parse().unwrap();
    Fixture { types, crews, bank }
}

/// One month of a type in plain SQL: $1 the tenant, $2 the type, $3 the first day, $4 the last
/// one, $5 the day as of which one looks. The fixture's periods begin on days that every month
/// has, and are paid whole.
macro_rules! plain {
    ($next:literal) => {
        concat!(
            "WITH RECURSIVE h AS (SELECT x.*, t.months FROM service_holdings x JOIN services s ON s.tenant_id = x.tenant_id AND s.id = x.service_id JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE x.tenant_id = $1 AND s.type_id = $2), \
             paid AS (SELECT p.*, r.received_on AS back_on FROM payments p JOIN services s ON s.tenant_id = p.tenant_id AND s.id = p.service_id LEFT JOIN payments r ON r.tenant_id = p.tenant_id AND r.reverses_id = p.id AND r.state = 'validated' WHERE p.tenant_id = $1 AND s.type_id = $2 AND p.state = 'validated' AND p.received_on <= $5), \
             due AS (SELECT h.id, 0 AS n, h.from_on AS day FROM h UNION ALL SELECT h.id, d.n + 1, ", $next, " FROM due d JOIN h ON h.id = d.id WHERE d.n < 30), \
             owed AS (SELECT h.service_id, h.member_id, d.day, coalesce(h.amount_cents, (SELECT c.amount_cents FROM service_prices c WHERE c.tenant_id = $1 AND c.type_id = $2 AND c.from_on <= d.day ORDER BY c.from_on DESC LIMIT 1)) AS cents FROM due d JOIN h ON h.id = d.id WHERE h.until_on IS NULL OR d.day <= h.until_on), \
             late AS (SELECT o.service_id, sum(o.cents) AS cents FROM owed o WHERE o.day <= $4 AND NOT EXISTS (SELECT 1 FROM paid p WHERE p.reverses_id IS NULL AND p.service_id = o.service_id AND p.member_id = o.member_id AND p.received_on <= $4 AND (p.back_on IS NULL OR p.back_on > $4) AND o.day BETWEEN p.period_from AND p.period_until) GROUP BY o.service_id HAVING sum(o.cents) > 0) \
             SELECT (SELECT count(DISTINCT service_id) FROM h WHERE from_on <= $4 AND (until_on IS NULL OR until_on >= $3)), \
             (SELECT count(*) FROM h WHERE from_on BETWEEN $3 AND $4), \
             (SELECT count(*) FROM h WHERE until_on BETWEEN $3 AND $4), \
             (SELECT count(*) FROM services s WHERE s.tenant_id = $1 AND s.type_id = $2 AND (s.closed_on IS NULL OR s.closed_on > $4) AND NOT EXISTS (SELECT 1 FROM h WHERE h.service_id = s.id AND h.from_on <= $4 AND (h.until_on IS NULL OR h.until_on >= $4))), \
             (SELECT CAST(coalesce(sum(o.cents), 0) AS BIGINT) FROM owed o WHERE o.day BETWEEN $3 AND $4 AND NOT EXISTS (SELECT 1 FROM paid p WHERE p.method = 'waived' AND p.reverses_id IS NULL AND p.service_id = o.service_id AND o.day BETWEEN p.period_from AND p.period_until)), \
             (SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM paid WHERE received_on BETWEEN $3 AND $4), \
             (SELECT CAST(coalesce(sum(cents), 0) AS BIGINT) FROM late), (SELECT count(*) FROM late)"
        )
    };
}

async fn plain(bench: &Bench, kind: ServiceTypeId, month: Month, on: Day) -> Figures {
    let mut cx = bench.view(&Actor::operator()).await;
    type Row = (i64, i64, i64, i64, Cents, Cents, Cents, i64);
    let (tenant, first, edge) = (bench.tenant.id, month.first, month.edge);
    let row: Row = if cx.tx.is_sqlite() {
        one!(
            cx.tx,
            plain!("date(h.from_on, '+' || ((d.n + 1) * h.months) || ' months')"),
            tenant,
            kind,
            first,
            edge,
            on
        )
        .unwrap()
    } else {
        one!(
            cx.tx,
            plain!("CAST(h.from_on + (d.n + 1) * h.months * INTERVAL '1 month' AS DATE)"),
            tenant,
            kind,
            first,
            edge,
            on
        )
        .unwrap()
    };
    let (active, begun, ended, stock, expected, received, owed, owing) = row;
    Figures {
        active,
        begun,
        ended,
        stock,
        expected,
        received,
        owed,
        owing,
    }
}

fn in_crew(crew: CrewId) -> Actor {
    let actor = somebody_with(&[]);
    let name = "équipe".to_owned();
    let rights = actor
        .rights
        .in_crews(vec![crate::access::Belonging { crew, name }]);
    Actor {
        person: Some(PartyId(Uuid::now_v7())),
        rights,
        ..actor
    }
}

both_engines! {
    async fn the_figures_are_what_plain_sql_says_as_of_any_day(bench: Bench) {
        let mut bench = bench;
        let f = fixture(&mut bench).await;
        for on in ["2026-06-01", "2025-11-09", "2025-07-05"] {
            let window = asked("2024-06", "", on);
            let mut cx = bench.view(&f.bank).await;
            let found = of_services(&mut cx, &window).await.unwrap();
            drop(cx);
            assert_eq!(found.len(), 3);
            for kind in &found {
                for (month, figures) in window.months().iter().zip(&kind.months) {
                    let plain = plain(&bench, kind.kind, *month, window.on()).await;
                    assert_eq!(*figures, plain, "{} {month:?} as of {on}", kind.name);
                }
            }
            let all = all_types(&window, &found);
            let received: i64 = found.iter().map(|kind| kind.totals().sums.received.0).sum();
            assert_eq!(Totals::of(&all).sums.received, Cents(received));
        }
    }

    async fn the_fixture_says_something_in_every_column(bench: Bench) {
        let mut bench = bench;
        let f = fixture(&mut bench).await;
        let window = asked("2024-06", "", "");
        let mut cx = bench.view(&f.bank).await;
        let found = of_services(&mut cx, &window).await.unwrap();
        let vpn = found.iter().find(|kind| kind.kind == f.types[0]).unwrap().totals();
        // vpn-1 by now owes since December, vpn-2 its new holder's months.
        assert_eq!((vpn.sums.begun, vpn.sums.ended, vpn.last.active, vpn.last.stock), (4, 1, 3, 0));
        assert_eq!(vpn.sums.received, Cents(3 * 3000 + 7 * 250));
        assert_eq!((vpn.last.owed, vpn.last.owing), (Cents(6 * 650 + 10 * 650 + 5 * 250), 2));
        let site = found.iter().find(|kind| kind.kind == f.types[1]).unwrap().totals();
        // The first year of site-2 was waived.
        assert_eq!(site.sums.expected, Cents(6000 * 4));
    }

    async fn each_crew_is_told_of_its_own_types_and_the_bank_and_the_administration_of_all(bench: Bench) {
        let mut bench = bench;
        let f = fixture(&mut bench).await;
        let window = asked("", "", "");
        let told = async |actor: &Actor| {
            let mut cx = bench.view(actor).await;
            of_services(&mut cx, &window).await.map(|types| types.into_iter().map(|t| t.kind).collect::<Vec<_>>())
        };
        assert_eq!(told(&in_crew(f.crews[1])).await.unwrap(), [f.types[1]]);
        assert_eq!(told(&in_crew(CrewId(Uuid::now_v7()))).await.unwrap(), []);
        assert_eq!(told(&somebody_with(&[Right::ServiceTypes, Right::PaymentsAdd, Right::Members])).await.unwrap(), []);
        for right in [Right::PaymentsValidate, Right::Settings] {
            assert_eq!(told(&somebody_with(&[right])).await.unwrap().len(), 3);
        }
        assert_eq!(told(&somebody_with(&[])).await.unwrap_err().code, Code::SignInNeeded);
    }

    async fn who_was_in_order_is_what_plain_sql_says_as_of_any_day(bench: Bench) {
        let mut bench = bench;
        members_fixture(&mut bench).await;
        for on in ["2026-06-01", "2025-06-20"] {
            let window = asked("2024-06", "", on);
            let mut cx = bench.view(&Actor::operator()).await;
            let found = of_members(&mut cx, &window).await.unwrap();
            for (month, figures) in window.months().iter().zip(&found.months) {
                let (members, in_order, joined, left): (i64, i64, i64, i64) = one!(
                    cx.tx,
                    "WITH m AS (SELECT id, joined_on, left_on FROM members WHERE tenant_id = $1), \
                     there AS (SELECT id FROM m WHERE joined_on <= $3 AND (left_on IS NULL OR left_on > $3)) \
                     SELECT (SELECT count(*) FROM there), \
                     (SELECT count(*) FROM there WHERE EXISTS (SELECT 1 FROM payments p WHERE p.tenant_id = $1 AND p.member_id = there.id AND p.state = 'validated' AND p.service_id IS NULL AND p.reverses_id IS NULL AND p.received_on <= $3 AND $3 BETWEEN p.period_from AND p.period_until \
                        AND NOT EXISTS (SELECT 1 FROM payments r WHERE r.tenant_id = $1 AND r.reverses_id = p.id AND r.state = 'validated' AND r.received_on <= $3))), \
                     (SELECT count(*) FROM m WHERE joined_on BETWEEN $2 AND $3), (SELECT count(*) FROM m WHERE left_on BETWEEN $2 AND $3)",
                    bench.tenant.id, month.first, month.edge
                ).unwrap();
                assert_eq!(*figures, Membership { members, in_order, joined, left }, "{month:?} as of {on}");
            }
        }
    }

    async fn the_forecast_is_what_those_in_order_will_owe_if_they_stay(bench: Bench) {
        let mut bench = bench;
        members_fixture(&mut bench).await;
        let window = asked("", "", "");
        let mut cx = bench.view(&Actor::operator()).await;
        let coming = of_members(&mut cx, &window).await.unwrap().coming;
        assert_eq!(coming.len(), 12);
        assert_eq!((coming[0].from, coming[11].until), (day("2026-06-02"), day("2027-05-31")));
        let due: Vec<_> = coming.iter().filter(|m| m.count > 0).map(|m| (m.from, m.count, m.amount)).collect();
        // Of two who are in order: one until August, one until next April. Who is late, who
        // left and who waits is not foreseen.
        assert_eq!(due, [(day("2026-09-01"), 1, Cents(3000)), (day("2027-05-01"), 1, Cents(3000))]);
        // As of a day before that, with what was known then.
        let window = asked("", "", "2025-06-20");
        let coming = of_members(&mut cx, &window).await.unwrap().coming;
        let count: i64 = coming.iter().map(|m| m.count).sum();
        // Four were in order; one of them leaves, but later than the new period begins.
        assert_eq!((count, coming[0].from), (4, day("2025-06-21")));
    }
}

/// Members who came, paid, were late, left; by the default kind: 30 euros for twelve months.
async fn members_fixture(bench: &mut Bench) {
    bench.now = "2024-06-01T12:00:00Z".parse().unwrap();
    let bank_person = bench.a_person("Karim", "Haddad").await;
    let bank = person_with(bank_person, &[Right::PaymentsValidate]);
    let mut m = Maker {
        bench,
        boss: Actor::operator(),
        bank,
    };
    let mut members = Vec::new();
    for (n, (joined, left)) in [
        ("2024-05-01", None),
        ("2024-09-01", None),
        ("2024-07-15", Some("2025-10-03")),
        ("2025-01-31", None),
    ]
    .into_iter()
    .enumerate()
    {
        let id = m
            .bench
            .a_member("Membre", "Essai", 20 + i64::try_from(n).unwrap())
            .await;
        let mut tx = m.bench.db.write(m.bench.tenant.id).await.unwrap();
        exec!(
            tx,
            "UPDATE members SET joined_on = $3, left_on = $4 WHERE tenant_id = $1 AND id = $2",
            m.bench.tenant.id,
            id,
            day(joined),
            left.map(day)
        )
        .unwrap();
        tx.commit().await.unwrap();
        members.push(id);
    }
    let mut given_back = None;
    for (n, on, from, validated) in [
        (0, "2024-05-03", "2024-05-01", true),
        (0, "2025-06-10", "2025-05-01", true),
        (0, "2026-04-10", "2026-05-01", true),
        (1, "2024-09-10", "2024-09-01", true),
        (1, "2025-12-24", "2025-09-01", true),
        (2, "2024-08-01", "2024-07-15", true),
        (3, "2025-02-02", "2025-01-31", true),
        (3, "2026-05-02", "2026-01-31", false),
    ] {
        let period = Period::months_from(day(from), 12);
        let form = PaymentForm {
            key: key(),
            member: members[n].to_string(),
            amount: "30".into(),
            method: "transfer".into(),
            received_on: on.into(),
            period_from: period.from().to_string(),
            period_until: period.until().to_string(),
            ..PaymentForm::default()
        };
        m.at(on);
        let id = m
            .bench
            .run(&m.boss, async |cx| payments::add(cx, &form).await)
            .await
            .unwrap();
        if validated {
            m.validate(id).await;
        }
        if n == 3 && validated {
            given_back = Some(id);
        }
    }
    m.gives_back(given_back.unwrap(), "2025-08-10").await;
    bench.now = "2026-06-01T12:00:00Z".parse().unwrap();
}
