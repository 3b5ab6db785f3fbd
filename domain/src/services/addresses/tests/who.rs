//! Who had an address at a moment, over changes of services and of members.

use super::*;

async fn asked(bench: &Bench, g: &Ground, address: &str, on: &str, time: &str) -> Answer {
    let form = WhoForm {
        key: key(),
        address: address.into(),
        on: on.into(),
        time: time.into(),
        reference: "réquisition 12".into(),
        ..WhoForm::default()
    };
    let id = bench
        .run(&g.network, async |cx| ask(cx, &form).await)
        .await
        .unwrap();
    let mut cx = bench.view(&g.network).await;
    answer(&mut cx, id).await.unwrap()
}

/// The service and the member that an answer names.
fn named(answer: &Answer) -> (String, String) {
    match &answer.finding {
        Finding::NotOurs => ("not ours".into(), String::new()),
        Finding::Nobody { reserved, .. } => ("nobody".into(), reserved.clone().unwrap_or_default()),
        Finding::Service(found) => {
            let holder = found.holder.as_ref();
            let name = holder.map(|h| h.name.clone()).unwrap_or_default();
            (found.service.clone(), name)
        }
    }
}

both_engines! {
    async fn the_answer_follows_both_services_and_members_through_time(bench: Bench) {
        let mut bench = bench;
        let g = ground(&bench).await;
        bench.now = "2026-01-05T12:00:00Z".parse().unwrap();
        let prefix = a_prefix(&bench, &g, "192.0.2.0/24", "32").await;
        let form = ReservedForm { key: key(), range: "192.0.2.254".into(), reason: "passerelle".into() };
        bench.run(&g.network, async |cx| reserve(cx, prefix, &form).await).await.unwrap();
        let one = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let two = a_service(&bench, &g.hosting_crew, g.hosting, "site-1").await;
        hold(&bench, &g.vpn_crew, one, g.member, ("2026-02-01", "2026-02-28")).await;
        hold(&bench, &g.vpn_crew, one, g.other, ("2026-03-01", "")).await;
        hold(&bench, &g.hosting_crew, two, g.member, ("2026-01-01", "")).await;
        // A whole block at first, then a single address of it.
        given(&bench, &g.vpn_crew, one, &this("192.0.2.8/29", "2026-01-10")).await.unwrap();
        bench.now = "2026-04-01T09:30:00Z".parse().unwrap();
        ends(&bench, &g.vpn_crew, one, "").await.unwrap();
        bench.now = "2026-04-01T10:00:00Z".parse().unwrap();
        given(&bench, &g.hosting_crew, two, &this("192.0.2.9", "")).await.unwrap();
        bench.now = "2026-06-01T12:00:00Z".parse().unwrap();
        for (address, on, time, service, member) in [
            ("192.0.2.9", "2026-01-09", "23:59:59", "nobody", ""),
            ("192.0.2.9", "2026-01-10", "00:00", "VPN · vpn-1", ""),
            ("192.0.2.9", "2026-02-15", "12:00", "VPN · vpn-1", "Léa Benamar"),
            ("192.0.2.9", "2026-02-28", "23:59:59", "VPN · vpn-1", "Léa Benamar"),
            ("192.0.2.9", "2026-03-01", "00:00", "VPN · vpn-1", "Ada Moreau"),
            // 09:30 UTC is 11:30 in Paris: until then, and not at it.
            ("192.0.2.9", "2026-04-01", "11:29:59", "VPN · vpn-1", "Ada Moreau"),
            ("192.0.2.9", "2026-04-01", "11:30", "nobody", ""),
            ("192.0.2.9", "2026-04-01", "12:00", "Site · site-1", "Léa Benamar"),
            ("192.0.2.10", "2026-04-01", "12:00", "nobody", ""),
            ("192.0.2.254", "2026-04-01", "12:00", "nobody", "passerelle"),
            ("203.0.113.1", "2026-04-01", "12:00", "not ours", ""),
            ("2001:db8::1", "2026-04-01", "12:00", "not ours", ""),
        ] {
            let said = named(&asked(&bench, &g, address, on, time).await);
            assert_eq!(said, (service.to_owned(), member.to_owned()), "{address} {on} {time}");
        }
        let edge = asked(&bench, &g, "192.0.2.9", "2026-02-28", "12:00").await;
        let Finding::Service(found) = edge.finding else { panic!("{edge:?}") };
        let holder = found.holder.unwrap();
        assert!(holder.is_edge);
        // Both what gave the address and what gave the service are named, by row.
        let said = |all: &[Evidence]| all.iter().map(|e| e.action.clone()).collect::<Vec<_>>();
        assert_eq!(said(&found.evidence), ["ended", "given"]);
        assert_eq!(said(&holder.evidence), ["given"]);
        let listed = answers(&mut bench.view(&g.network).await).await.unwrap();
        assert_eq!(listed.len(), 13);
        assert_eq!(listed[0].reference, "réquisition 12");
    }

    async fn a_question_needs_a_reason_and_a_moment_that_has_come_and_stays_as_it_is(bench: Bench) {
        let g = ground(&bench).await;
        let ask_with = async |form: WhoForm| {
            bench.run(&g.network, async |cx| ask(cx, &form).await).await
        };
        let good = WhoForm {
            key: key(), address: "192.0.2.1".into(), on: "2026-06-01".into(), time: "11:00".into(),
            zone: "utc".into(), reference: "x".into(),
        };
        let form = WhoForm { reference: " ".into(), ..good.clone() };
        assert_eq!(refused(ask_with(form).await, "reference"), Code::Required);
        let form = WhoForm { time: "12:01".into(), ..good.clone() };
        assert_eq!(refused(ask_with(form).await, "on"), Code::DayInFuture);
        let form = WhoForm { address: "192.0.2.0/24".into(), ..good.clone() };
        assert_eq!(refused(ask_with(form).await, "address"), Code::NotAnAddress);
        let id = ask_with(good).await.unwrap();
        for sql in [
            "UPDATE address_questions SET reference = '' WHERE tenant_id = $1 AND id = $2",
            "DELETE FROM address_questions WHERE tenant_id = $1 AND id = $2",
        ] {
            let mut cx = bench.act(&g.network).await;
            let tenant = cx.tenant;
            assert!(crate::exec!(cx.tx, sql, tenant, id).is_err(), "{sql}");
        }
    }
}

#[tokio::test]
async fn what_covers_an_address_is_looked_up_and_nothing_is_read_through() {
    let bench = Bench::sqlite().await;
    let mut cx = bench.view(&Actor::operator()).await;
    let tenant = cx.tenant;
    let plan = store::plan_of_covering(&mut cx.tx, tenant).await.unwrap();
    let own = |step: &&String| step.contains(" a ");
    let own: Vec<&String> = plan.iter().filter(own).collect();
    assert!(!own.is_empty(), "{plan:?}");
    for step in own {
        assert!(
            step.contains("allocations_by_network (tenant_id=? AND network=?"),
            "{plan:?}"
        );
    }
}
