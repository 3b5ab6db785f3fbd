//! A service from stock to closed, and who has it meanwhile.

use super::*;
use std::sync::Arc;

both_engines! {
    async fn a_service_is_prepared_given_ended_and_given_to_somebody_else(bench: Bench) {
        let g = ground(&bench).await;
        let other = bench.a_member("Ali", "Petit", 13).await;
        let id = in_stock(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let today = day("2026-06-01");
        assert_eq!(read(&bench, &g.vpn_crew, id).await.state(today), State::Available);
        let form = holding(g.member, "2026-01-01", "");
        let first = bench.run(&g.vpn_crew, async |cx| give(cx, id, &form).await).await.unwrap();
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.state(today), State::InUse);
        assert_eq!(found.held_on(today).unwrap().holding.member, g.member);
        // While somebody has it, nobody else gets it.
        let early = holding(other, "2026-05-01", "");
        let refused = bench.run(&g.vpn_crew, async |cx| give(cx, id, &early).await).await;
        assert_eq!(refused.unwrap_err().field("from_on"), Some(&Code::ServiceTaken));
        let present = &found.held[0].holding;
        let ended = HoldingForm { until_on: "2026-04-30".into(), ..HoldingForm::of(present, crate::kernel::Locale::Fr) };
        bench.run(&g.vpn_crew, async |cx| save_holding(cx, id, first, &ended).await).await.unwrap();
        bench.run(&g.vpn_crew, async |cx| give(cx, id, &early).await).await.unwrap();
        let found = read(&bench, &g.vpn_crew, id).await;
        let who = |text| found.held_on(day(text)).map(|held| held.holding.member);
        assert_eq!(who("2025-12-31"), None);
        assert_eq!(who("2026-04-30"), Some(g.member));
        assert_eq!(who("2026-05-01"), Some(other));
        // It cannot go on over the time of the next one.
        let again = HoldingForm { until_on: String::new(), version: "2".into(), ..ended.clone() };
        let refused = bench.run(&g.vpn_crew, async |cx| save_holding(cx, id, first, &again).await).await;
        assert_eq!(refused.unwrap_err().field("until_on"), Some(&Code::ServiceTaken));
        // Who was slower is told.
        let late = HoldingForm { until_on: "2026-04-29".into(), ..ended };
        let refused = bench.run(&g.vpn_crew, async |cx| save_holding(cx, id, first, &late).await).await;
        assert_eq!(refused.unwrap_err().code, Code::ChangedMeanwhile);
    }

    async fn of_fifty_who_want_one_service_at_once_one_gets_it(bench: Bench) {
        let g = ground(&bench).await;
        let id = in_stock(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let bench = Arc::new(bench);
        let actor = Arc::new(g.vpn_crew);
        let mut tasks = Vec::new();
        for n in 0..50_u32 {
            let (bench, actor) = (Arc::clone(&bench), Arc::clone(&actor));
            // Times that all hold the first of May, and differ.
            let from = format!("2026-0{}-0{}", 1 + n % 5, 1 + n % 9 * u32::from(n % 5 != 4));
            let form = holding(g.member, &from, "");
            tasks.push(tokio::spawn(async move {
                bench.run(&actor, async |cx| give(cx, id, &form).await).await
            }));
        }
        let (mut given, mut taken) = (0, 0);
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => given += 1,
                Err(problem) => {
                    let said = problem.field("from_on").or(problem.field("until_on"));
                    assert_eq!(said, Some(&Code::ServiceTaken), "{problem}");
                    taken += 1;
                }
            }
        }
        assert_eq!((given, taken), (1, 49));
        assert_eq!(read(&bench, &actor, id).await.held.len(), 1);
    }

    async fn the_database_itself_gives_a_service_to_one_at_a_time(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let other = in_stock(&bench, &g.vpn_crew, g.vpn, "vpn-2").await;
        let insert = async |service: ServiceId, from: &str, until: Option<&str>| {
            let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
            let until = until.map(day);
            let done = crate::exec!(
                tx,
                "INSERT INTO service_holdings (tenant_id, id, service_id, member_id, from_on, until_on, reason, version) VALUES ($1, $2, $3, $4, $5, $6, '', 1)",
                bench.tenant.id, HoldingId(Uuid::now_v7()), service, g.member, day(from), until
            );
            match done {
                Ok(_) => { tx.commit().await.unwrap(); Ok(()) }
                Err(problem) => Err(problem.code),
            }
        };
        assert_eq!(insert(id, "2026-03-01", None).await, Err(Code::ServiceTaken));
        assert_eq!(insert(id, "2025-03-01", Some("2026-01-01")).await, Err(Code::ServiceTaken));
        assert_eq!(insert(id, "2025-03-01", Some("2025-12-31")).await, Ok(()));
        assert_eq!(insert(other, "2026-03-01", None).await, Ok(()));
        // Nor can one be moved over another.
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        let moved = crate::exec!(tx, "UPDATE service_holdings SET until_on = $3 WHERE tenant_id = $1 AND service_id = $2 AND from_on < $3", bench.tenant.id, id, day("2026-01-01"));
        assert_eq!(moved.unwrap_err().code, Code::ServiceTaken);
        drop(tx);
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        let gone = crate::exec!(tx, "DELETE FROM services WHERE tenant_id = $1 AND id = $2", bench.tenant.id, other);
        assert!(gone.is_err(), "a service is closed, never deleted");
    }

    async fn a_service_that_somebody_has_is_not_closed_and_a_closed_one_is_given_to_nobody(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let found = read(&bench, &g.vpn_crew, id).await;
        let closing = ServiceForm { closed_on: "2026-05-01".into(), ..ServiceForm::of(&found.service) };
        let refused = bench.run(&g.vpn_crew, async |cx| save(cx, id, &closing).await).await;
        assert_eq!(refused.unwrap_err().field("closed_on"), Some(&Code::ServiceTaken));
        let present = &found.held[0].holding;
        let ended = HoldingForm { until_on: "2026-04-30".into(), ..HoldingForm::of(present, crate::kernel::Locale::Fr) };
        bench.run(&g.vpn_crew, async |cx| {
            save_holding(cx, id, present.id, &ended).await?;
            save(cx, id, &closing).await
        }).await.unwrap();
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.state(day("2026-06-01")), State::Closed);
        for (from, until, field) in [("2026-05-01", "", "from_on"), ("2025-01-01", "2025-02-01", ""), ("2026-04-30", "2026-06-01", "until_on")] {
            let form = holding(g.member, from, until);
            let answer = bench.run(&g.vpn_crew, async |cx| give(cx, id, &form).await).await;
            match field {
                "" => assert!(answer.is_ok()),
                field => assert_eq!(answer.unwrap_err().field(field), Some(&Code::ServiceClosed), "{from}"),
            }
        }
    }

    async fn a_form_that_comes_twice_makes_one_service_and_gives_it_once(bench: Bench) {
        let g = ground(&bench).await;
        let form = NewServiceForm { member: g.member.to_string(), from_on: "2026-01-01".into(), ..stock(g.vpn, "vpn-1") };
        let twice = bench.run(&g.vpn_crew, async |cx| Ok((add(cx, &form).await?, add(cx, &form).await?))).await.unwrap();
        assert_eq!(twice.0, twice.1);
        assert_eq!(read(&bench, &g.vpn_crew, twice.0).await.held.len(), 1);
        let other = NewServiceForm { label: "autre".into(), ..form };
        let refused = bench.run(&g.vpn_crew, async |cx| add(cx, &other).await).await;
        assert_eq!(refused.unwrap_err().code, Code::AlreadySent);
    }

    async fn all_that_is_wrong_with_a_new_service_is_said_at_once(bench: Bench) {
        let g = ground(&bench).await;
        let form = NewServiceForm {
            member: "nobody at all".into(), from_on: "tomorrow".into(), amount: "3".into(), ..stock(g.vpn, " ")
        };
        let refused = bench.run(&g.vpn_crew, async |cx| add(cx, &form).await).await.unwrap_err();
        let said: Vec<&str> = refused.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(said, ["label", "member", "from_on", "reason"]);
        let none = bench.run(&g.vpn_crew, async |cx| list(cx, &ServiceFilter::default(), PageRequest::new(1)).await).await;
        assert_eq!(none.unwrap().total, 0);
    }

    async fn a_mistake_is_taken_back_until_a_payment_was_entered(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let first = read(&bench, &g.vpn_crew, id).await.held[0].holding.clone();
        for _ in 0..2 {
            bench.run(&g.vpn_crew, async |cx| remove_holding(cx, id, first.id, "1").await).await.unwrap();
        }
        assert_eq!(read(&bench, &g.vpn_crew, id).await.held, []);
        let form = holding(g.member, "2026-02-01", "");
        let second = bench.run(&g.vpn_crew, async |cx| give(cx, id, &form).await).await.unwrap();
        paying::enter(&bench, &g.vpn_crew, id).await;
        let refused = bench.run(&g.vpn_crew, async |cx| remove_holding(cx, id, second, "1").await).await;
        assert_eq!(refused.unwrap_err().code, Code::HoldingPaid);
    }

    async fn a_type_has_its_own_name_a_crew_that_there_is_and_prices_by_day(bench: Bench) {
        let g = ground(&bench).await;
        let boss = Actor::operator();
        let mut cx = bench.view(&boss).await;
        let vpn = get_type(&mut cx, g.vpn).await.unwrap();
        drop(cx);
        let refused = bench.run(&boss, async |cx| crews::delete(cx, vpn.crew).await).await;
        assert_eq!(refused.unwrap_err().code, Code::CrewManagesTypes);
        let taken = type_form("VPN", vpn.crew, 1, "5");
        let refused = bench.run(&boss, async |cx| add_type(cx, &taken).await).await;
        assert_eq!(refused.unwrap_err().field("name"), Some(&Code::TypeNameTaken));
        let nowhere = type_form("Autre", CrewId(Uuid::now_v7()), 1, "5");
        let refused = bench.run(&boss, async |cx| add_type(cx, &nowhere).await).await;
        assert_eq!(refused.unwrap_err().field("crew"), Some(&Code::UnknownChoice));
        let wrong = TypeForm { months: "121".into(), price: "-3".into(), ..type_form("Autre", vpn.crew, 1, "5") };
        let refused = bench.run(&boss, async |cx| add_type(cx, &wrong).await).await.unwrap_err();
        assert_eq!(refused.field("months"), Some(&Code::NotMonths { max: 120 }));
        assert_eq!(refused.field("price"), Some(&Code::NotAnAmount));
        let dearer = TypeForm { price: "7".into(), price_from: "2026-07-01".into(), ..TypeForm::of(&vpn, day("2026-06-01"), crate::kernel::Locale::Fr) };
        bench.run(&boss, async |cx| save_type(cx, g.vpn, &dearer).await).await.unwrap();
        bench.run(&boss, async |cx| archive_type(cx, g.vpn).await).await.unwrap();
        let mut cx = bench.view(&boss).await;
        let vpn = get_type(&mut cx, g.vpn).await.unwrap();
        drop(cx);
        assert_eq!((vpn.price_on(day("2026-06-30")), vpn.price_on(day("2026-07-01"))), (Cents(500), Cents(700)));
        let form = stock(g.vpn, "vpn-9");
        let refused = bench.run(&g.vpn_crew, async |cx| add(cx, &form).await).await;
        assert_eq!(refused.unwrap_err().field("kind"), Some(&Code::TypeArchived));
    }
}
