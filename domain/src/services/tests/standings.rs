//! The counts beside the states agree with the list's own rows on any day, whatever was changed: they
//! are read from what triggers keep beside who has a service.

use super::*;
use crate::context::Cx;
use crate::exec;

/// How many changes are drawn.
const CHANGES: usize = 80;
/// The first day on which something may begin.
const BEGINNING: &str = "2026-01-01";
/// Days on which the counts are looked at, so many after the beginning.
const LOOKED_AT: [u64; 7] = [0, 5, 12, 20, 31, 47, 90];

/// The same seed draws the same again (xorshift).
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn day(&mut self) -> Day {
        after(self.below(60))
    }

    fn run(&mut self) -> (Day, Day) {
        let from = self.day();
        (from, from + chrono::Days::new(self.below(20)))
    }
}

fn after(days: u64) -> Day {
    day(BEGINNING) + chrono::Days::new(days)
}

/// What the rows of the list say, state by state.
async fn listed(cx: &mut Cx) -> [usize; 4] {
    let mut found = [0; 4];
    for (state, count) in ["available", "in_use", "late", "closed"]
        .into_iter()
        .zip(&mut found)
    {
        let query = ServiceQuery {
            state: state.into(),
            ..ServiceQuery::default()
        };
        *count = list_behind(cx, &query.filter(), 0, 100)
            .await
            .unwrap()
            .len();
    }
    found
}

/// One change, as some use-case makes it; what the database refuses is none.
async fn change(cx: &mut Cx, draw: &mut Draw, services: &[ServiceId], members: &[MemberId]) {
    let service = services[usize::try_from(draw.below(services.len() as u64)).unwrap()];
    let member = members[usize::try_from(draw.below(members.len() as u64)).unwrap()];
    let tenant = cx.tenant;
    match draw.below(9) {
        0..=3 => {
            let (from, until) = draw.run();
            let until = (draw.below(3) > 0).then_some(until);
            let amount = [None, Some(0_i64), Some(500)][usize::try_from(draw.below(3)).unwrap()];
            let sql = "INSERT INTO service_holdings (tenant_id, id, service_id, member_id, from_on, until_on, amount_cents, reason, version) \
                SELECT $1, $2, $3, $4, $5, $6, $7, 'x', 1 WHERE NOT EXISTS (SELECT 1 FROM service_holdings h WHERE h.tenant_id = $1 AND h.service_id = $3 \
                AND (h.until_on IS NULL OR h.until_on >= $5) AND ($6 IS NULL OR h.from_on <= $6))";
            exec!(
                cx.tx,
                sql,
                tenant,
                HoldingId(Uuid::now_v7()),
                service,
                member,
                from,
                until,
                amount
            )
            .unwrap();
        }
        4 => {
            let until = draw.day();
            let sql = "UPDATE service_holdings SET until_on = $3 WHERE tenant_id = $1 AND service_id = $2 AND until_on IS NULL AND from_on <= $3";
            exec!(cx.tx, sql, tenant, service, until).unwrap();
        }
        5 => {
            let sql = "DELETE FROM service_holdings WHERE tenant_id = $1 AND service_id = $2 AND member_id = $3";
            exec!(cx.tx, sql, tenant, service, member).unwrap();
        }
        6 => {
            let sql = "UPDATE service_coverage SET until_on = from_on WHERE tenant_id = $1 AND service_id = $2 AND member_id = $3";
            exec!(cx.tx, sql, tenant, service, member).unwrap();
        }
        _ => {
            // Two runs of paid days with days in between, of two members.
            let mut runs = Vec::new();
            for &member in members.iter().take(2) {
                if draw.below(3) == 0 {
                    continue; // Nothing of theirs is paid any more.
                }
                let (from, until) = draw.run();
                let later = until + chrono::Days::new(2 + draw.below(20));
                let end = later + chrono::Days::new(draw.below(30));
                let period = |from, until| crate::kernel::Period::new(from, until).unwrap();
                runs.push((service, member, period(from, until)));
                if draw.below(2) == 0 {
                    runs.push((service, member, period(later, end)));
                }
            }
            store::replace_coverage(&mut cx.tx, tenant, &[service], &runs)
                .await
                .unwrap();
        }
    }
}

both_engines! {
    async fn the_counts_say_what_the_list_says_on_any_day_after_any_change(bench: Bench) {
        let g = ground(&bench).await;
        let mut services = Vec::new();
        for n in 0..5 {
            services.push(in_stock(&bench, &g.vpn_crew, g.vpn, &format!("vpn-{n}")).await);
        }
        let other = bench.a_member("Ali", "Petit", 13).await;
        let members = [g.member, other];
        let seed = u64::from(std::process::id()) << 20 | 1;
        println!("seed {seed}");
        let mut draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut seen = std::collections::BTreeSet::new();
        let tx = bench.db.write(bench.tenant.id).await.unwrap();
        let noon = |day: Day| day.and_hms_opt(12, 0, 0).unwrap().and_utc();
        let actor = g.vpn_crew.clone();
        let mut cx = Cx::new(bench.tenant.id, actor, noon(after(0)), crate::settings::DEFAULT_ZONE, tx);
        for turn in 0..CHANGES {
            change(&mut cx, &mut draw, &services, &members).await;
            for days in LOOKED_AT {
                cx.now = noon(after(days));
                let said = counts(&mut cx).await.unwrap().unwrap();
                let said = [said.available, said.in_use, said.late, said.closed];
                let rows = listed(&mut cx).await.map(|n| i64::try_from(n).unwrap());
                assert_eq!(said, rows, "seed {seed}, change {turn}, day {days}");
                seen.insert(said);
            }
        }
        assert!(seen.len() > 2, "more was drawn than that: {seen:?}");
    }
}
