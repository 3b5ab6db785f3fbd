//! The figures are what plain SQL says, told to those who may know them.

use super::fixture::*;
use super::*;

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
