//! Addresses given, found free, ended, taken back; and what is refused.

use super::*;

both_engines! {
    async fn the_next_free_address_passes_by_what_is_reserved_taken_or_another_prefix(bench: Bench) {
        let g = ground(&bench).await;
        let outer = a_prefix(&bench, &g, "192.0.2.0/28", "32").await;
        let inner = a_prefix(&bench, &g, "192.0.2.4/30", "32").await;
        let form = ReservedForm { key: key(), range: "192.0.2.0 - 192.0.2.1".into(), reason: "réseau".into() };
        bench.run(&g.network, async |cx| reserve(cx, outer, &form).await).await.unwrap();
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let mut got = Vec::new();
        for prefix in [outer, outer, outer, inner] {
            got.push(given(&bench, &g.vpn_crew, id, &next_of(prefix)).await.unwrap());
        }
        assert_eq!(got, ["192.0.2.2", "192.0.2.3", "192.0.2.8", "192.0.2.4"]);
        // What was taken back is free again.
        let gone = bench.run(&g.vpn_crew, async |cx| {
            let all = of_service(cx, id).await?;
            let one = all.iter().find(|a| a.written() == "192.0.2.3").unwrap();
            remove(cx, id, one.id, "1").await?;
            free(cx, outer).await
        });
        assert_eq!(gone.await.unwrap().unwrap().to_string(), "192.0.2.3/32");
        for _ in 0..8 {
            given(&bench, &g.vpn_crew, id, &next_of(outer)).await.unwrap();
        }
        let full = given(&bench, &g.vpn_crew, id, &next_of(outer)).await;
        assert_eq!(refused(full, "prefix"), Code::NoneFree);
        let tree = prefixes(&mut bench.view(&g.network).await).await.unwrap();
        let counts: Vec<_> = tree.iter().map(|p| (p.depth, p.filling.total, p.filling.used, p.filling.reserved, p.filling.free())).collect();
        assert_eq!(counts, [(0, 16, 11, 2, 3), (1, 4, 1, 0, 3)]);
    }

    async fn what_may_be_typed_is_in_a_prefix_for_the_type_not_reserved_and_nobodys(bench: Bench) {
        let g = ground(&bench).await;
        let mut form = prefix_form("192.0.2.0/24", "32");
        form.kinds = vec![g.vpn.to_string()];
        let prefix = bench.run(&g.network, async |cx| add_prefix(cx, &form).await).await.unwrap();
        let part = ReservedForm { key: key(), range: "192.0.2.1".into(), reason: "passerelle".into() };
        bench.run(&g.network, async |cx| reserve(cx, prefix, &part).await).await.unwrap();
        let vpn = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let site = a_service(&bench, &g.hosting_crew, g.hosting, "site-1").await;
        let plain = a_service(&bench, &g.vpn_crew, g.plain, "prêt-1").await;
        let now = |network: &str| this(network, "");
        assert_eq!(given(&bench, &g.vpn_crew, vpn, &now("192.0.2.8/29")).await.unwrap(), "192.0.2.8/29");
        for (network, code) in [
            ("192.0.2.1", Code::AddressReserved),
            ("192.0.2.0/29", Code::AddressReserved),
            ("198.51.100.1", Code::AddressOutOfReach),
            ("192.0.0.0/16", Code::AddressOutOfReach),
            ("192.0.2.9", Code::AddressTaken),
            ("192.0.2.8/29", Code::AddressTaken),
            ("192.0.2.9/29", Code::NotANetwork { right: "192.0.2.8/29".into() }),
            ("rien", Code::NotAnAddress),
        ] {
            let done = given(&bench, &g.vpn_crew, vpn, &now(network)).await;
            assert_eq!(refused(done, "network"), code, "{network}");
        }
        // The prefix is not for sites; and some types have no addresses at all.
        let done = given(&bench, &g.hosting_crew, site, &now("192.0.2.77")).await;
        assert_eq!(refused(done, "network"), Code::AddressOutOfReach);
        let done = given(&bench, &g.hosting_crew, site, &next_of(prefix)).await;
        assert_eq!(refused(done, "prefix"), Code::UnknownChoice);
        let done = given(&bench, &g.vpn_crew, plain, &now("192.0.2.77")).await;
        assert_eq!(done.unwrap_err().code, Code::TypeWithoutAddresses);
    }

    async fn the_database_itself_refuses_what_overlaps_in_addresses_and_time(bench: Bench) {
        let g = ground(&bench).await;
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let at = |day: u32| bench.now + chrono::TimeDelta::days(day.into());
        let insert = async |network: &str, from: u32, until: Option<u32>| {
            let mut cx = bench.act(&g.vpn_crew).await;
            let new = Allocation {
                id: cx.new_id()?, service: id, network: network.parse().unwrap(), from_at: at(from),
                until_at: until.map(at), entered_at: bench.now, version: 1,
            };
            store::insert(&mut cx.tx, cx.tenant, &new).await?;
            cx.tx.commit().await?;
            Ok::<_, Problem>(new.id)
        };
        let open = insert("192.0.2.8/29", 10, Some(20)).await.unwrap();
        for (network, from, until) in [
            ("192.0.2.8/29", 19, None),
            ("192.0.2.9/32", 10, Some(11)),
            ("192.0.0.0/16", 0, Some(11)),
            ("128.0.0.0/1", 0, None),
        ] {
            assert!(insert(network, from, until).await.is_err(), "{network} {from} {until:?}");
        }
        // Beside it, before it, and from its end on.
        for (network, from, until) in [
            ("192.0.2.16/29", 10, Some(20)),
            ("192.0.2.8/31", 0, Some(10)),
            ("192.0.0.0/16", 20, None),
            ("8000::/1", 0, None),
        ] {
            insert(network, from, until).await.unwrap();
        }
        // Nor is it stretched over another one, nor rewritten.
        let mut cx = bench.act(&g.vpn_crew).await;
        assert!(store::set_end(&mut cx.tx, cx.tenant, (open, 1), at(21)).await.is_err());
        drop(cx);
        for sql in [
            "UPDATE allocations SET from_at = $3 WHERE tenant_id = $1 AND id = $2",
            "UPDATE allocations SET entered_at = $3 WHERE tenant_id = $1 AND id = $2",
        ] {
            let mut cx = bench.act(&g.vpn_crew).await;
            let tenant = cx.tenant;
            assert!(crate::exec!(cx.tx, sql, tenant, open, at(1)).is_err(), "{sql}");
        }
    }

    async fn fifty_at_once_want_overlapping_networks_and_one_gets_it(bench: Bench) {
        let g = ground(&bench).await;
        a_prefix(&bench, &g, "10.0.0.0/8", "24").await;
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        // Each holds 10.1.2.3.
        let forms = (0..50_u8).map(|n| {
            let network: IpNet = format!("10.1.2.3/{}", 9 + n % 24).parse().unwrap();
            this(&network.trunc().to_string(), "")
        });
        let (_bench, done) = together(bench, &g.vpn_crew, id, forms.collect()).await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1);
        for other in done.into_iter().filter_map(Result::err) {
            assert_eq!(other.field("network"), Some(&Code::AddressTaken), "{other}");
        }
    }

    async fn thirty_at_once_want_the_next_free_one_and_get_thirty_different_ones(bench: Bench) {
        let g = ground(&bench).await;
        let prefix = a_prefix(&bench, &g, "2001:db8::/48", "56").await;
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        let forms = (0..30).map(|_| next_of(prefix)).collect();
        let (bench, done) = together(bench, &g.vpn_crew, id, forms).await;
        assert!(done.iter().all(Result::is_ok));
        let all = of_service(&mut bench.view(&g.vpn_crew).await, id).await.unwrap();
        let mut networks: Vec<String> = all.iter().map(Allocation::written).collect();
        networks.sort();
        networks.dedup();
        assert_eq!(networks.len(), 30);
    }

    async fn another_crews_address_is_taken_without_by_whom(bench: Bench) {
        let g = ground(&bench).await;
        let prefix = a_prefix(&bench, &g, "192.0.2.0/24", "32").await;
        let theirs = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-secret").await;
        let own = a_service(&bench, &g.hosting_crew, g.hosting, "site-1").await;
        given(&bench, &g.vpn_crew, theirs, &next_of(prefix)).await.unwrap();
        given(&bench, &g.hosting_crew, own, &next_of(prefix)).await.unwrap();
        for stranger in [&g.hosting_crew, &g.network] {
            let mut cx = bench.view(stranger).await;
            let network = "192.0.2.0/24".parse().unwrap();
            let rows = taken(&mut cx, network, Past::With, PageRequest::new(1)).await.unwrap();
            assert_eq!(rows.total, 2);
            let found = search(&mut cx, "192.0.2.0").await.unwrap();
            let map = map(&mut cx, prefix, None).await.unwrap();
            let said = format!("{rows:?} {found:?} {map:?}");
            assert!(!said.contains("secret") && !said.contains(&theirs.to_string()), "{said}");
            assert_eq!(found.taken[0].whose, None);
            assert_eq!(map.cells[0].state, CellState::Used);
            for id in [theirs, ServiceId(Uuid::now_v7())] {
                let none = |done: Result<()>| assert_eq!(done.unwrap_err().code, Code::NotFound);
                none(of_service(&mut cx, id).await.map(drop));
                none(offers(&mut cx, id).await.map(drop));
                none(give(&mut cx, id, &next_of(prefix)).await.map(drop));
                let allocation = AllocationId(Uuid::now_v7());
                none(end(&mut cx, id, allocation, &EndForm::default()).await);
                none(remove(&mut cx, id, allocation, "1").await);
            }
        }
        let mut cx = bench.view(&g.vpn_crew).await;
        let found = search(&mut cx, "192.0.2.0").await.unwrap();
        assert_eq!(found.taken[0].whose.as_ref().unwrap().name, "VPN · vpn-secret");
    }

    async fn who_closes_a_service_ends_what_it_has(bench: Bench) {
        let g = ground(&bench).await;
        let prefix = a_prefix(&bench, &g, "192.0.2.0/24", "32").await;
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        given(&bench, &g.vpn_crew, id, &next_of(prefix)).await.unwrap();
        let close = async |day: &str| {
            let form = ServiceForm { version: "1".into(), label: "vpn-1".into(), closed_on: day.into(), ..ServiceForm::default() };
            bench.run(&g.vpn_crew, async |cx| services::save(cx, id, &form).await).await
        };
        // It was given later than that.
        assert_eq!(refused(close("2026-05-01").await, "closed_on"), Code::AddressLater);
        close("2026-07-01").await.unwrap();
        let all = of_service(&mut bench.view(&g.vpn_crew).await, id).await.unwrap();
        assert_eq!(all[0].until_at.unwrap().to_rfc3339(), "2026-06-30T22:00:00+00:00");
        // What it gets now ends with it too, and nothing begins behind it.
        given(&bench, &g.vpn_crew, id, &next_of(prefix)).await.unwrap();
        let all = of_service(&mut bench.view(&g.vpn_crew).await, id).await.unwrap();
        assert!(all.iter().all(|a| a.until_at.is_some()));
        let late = given(&bench, &g.vpn_crew, id, &this("192.0.2.9", "2026-07-01")).await;
        assert_eq!(refused(late, "from_on"), Code::ServiceClosed);
    }

    async fn a_mistake_of_the_last_hour_is_removed_and_history_is_not(bench: Bench) {
        let mut bench = bench;
        let g = ground(&bench).await;
        let prefix = a_prefix(&bench, &g, "192.0.2.0/24", "32").await;
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        given(&bench, &g.vpn_crew, id, &next_of(prefix)).await.unwrap();
        let gone = async |bench: &Bench| {
            bench.run(&g.vpn_crew, async |cx| {
                let all = of_service(cx, id).await?;
                remove(cx, id, all[0].id, &all[0].version.to_string()).await
            }).await
        };
        gone(&bench).await.unwrap();
        assert_eq!(of_service(&mut bench.view(&g.vpn_crew).await, id).await.unwrap(), []);
        given(&bench, &g.vpn_crew, id, &next_of(prefix)).await.unwrap();
        bench.now += MISTAKE;
        assert_eq!(gone(&bench).await.unwrap_err().code, Code::AllocationStays);
        ends(&bench, &g.vpn_crew, id, "").await.unwrap();
        // What is over stays as it is, and the prefix with it.
        bench.now += chrono::TimeDelta::days(1);
        let again = bench.run(&g.vpn_crew, async |cx| {
            let all = of_service(cx, id).await?;
            let form = EndForm { version: all[0].version.to_string(), ..EndForm::default() };
            end(cx, id, all[0].id, &form).await
        });
        assert_eq!(again.await.unwrap_err().code, Code::AllocationOver);
        let used = bench.run(&g.network, async |cx| delete_prefix(cx, prefix).await);
        assert_eq!(used.await.unwrap_err().code, Code::PrefixInUse);
    }

    async fn prefixes_are_refused_twice_outside_or_over_what_is_in_use(bench: Bench) {
        let g = ground(&bench).await;
        let prefix = a_prefix(&bench, &g, "192.0.2.0/24", "32").await;
        let add = async |network: &str, hands_out: &str| {
            let form = prefix_form(network, hands_out);
            bench.run(&g.network, async |cx| add_prefix(cx, &form).await).await
        };
        assert_eq!(refused(add("192.0.2.0/24", "").await, "network"), Code::PrefixTaken);
        assert_eq!(refused(add("0.0.0.0/0", "").await, "network"), Code::PrefixTooLarge { min: SHORTEST_V4 });
        assert_eq!(refused(add("192.0.2.0/25", "24").await, "hands_out"), Code::WrongLength { min: 25, max: 32 });
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        given(&bench, &g.vpn_crew, id, &this("192.0.2.8", "")).await.unwrap();
        for (range, code) in [
            ("192.0.2.1 - 192.0.2.20", Code::AddressTaken),
            ("192.0.3.1", Code::OutsidePrefix),
            ("2001:db8::1", Code::OutsidePrefix),
            ("192.0.2.9 - 192.0.2.1", Code::NotARange),
        ] {
            let form = ReservedForm { key: key(), range: range.into(), reason: "x".into() };
            let done = bench.run(&g.network, async |cx| reserve(cx, prefix, &form).await).await;
            assert_eq!(refused(done, "range"), code, "{range}");
        }
        // With its ends reserved, changed, and taken away.
        let mut form = prefix_form("198.51.100.0/24", "32");
        form.ends = "yes".into();
        let other = bench.run(&g.network, async |cx| add_prefix(cx, &form).await).await.unwrap();
        let mut cx = bench.view(&g.network).await;
        let next = free(&mut cx, other).await.unwrap().unwrap();
        assert_eq!(next.to_string(), "198.51.100.1/32");
        drop(cx);
        form = PrefixForm { version: "1".into(), label: "Autres".into(), hands_out: "29".into(), ..PrefixForm::default() };
        bench.run(&g.network, async |cx| save_prefix(cx, other, &form).await).await.unwrap();
        bench.run(&g.network, async |cx| delete_prefix(cx, other).await).await.unwrap();
        let mut cx = bench.view(&g.network).await;
        assert_eq!(super::prefix(&mut cx, other).await.unwrap_err().code, Code::NotFound);
    }

    async fn a_service_is_found_by_its_address_and_shows_it_to_who_has_it_alone(bench: Bench) {
        let g = ground(&bench).await;
        let prefix = a_prefix(&bench, &g, "192.0.2.0/24", "29").await;
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        a_service(&bench, &g.vpn_crew, g.vpn, "vpn-2").await;
        given(&bench, &g.vpn_crew, id, &next_of(prefix)).await.unwrap();
        hold(&bench, &g.vpn_crew, id, g.other, ("2026-01-01", "2026-04-30")).await;
        hold(&bench, &g.vpn_crew, id, g.member, ("2026-05-01", "")).await;
        let found = async |actor: &Actor, q: &str| {
            let query = services::ServiceQuery { q: q.into(), ..services::ServiceQuery::default() };
            let mut cx = bench.view(actor).await;
            let page = services::list(&mut cx, &query.filter(), PageRequest::new(1)).await.unwrap();
            let rows = page.rows.iter().map(|row| format!("{} {}", row.label, row.addresses.join(" ")));
            rows.collect::<Vec<_>>()
        };
        for q in ["192.0.2.3", "192.0.2.0/24", "192.0.2.0/29", "192.0.2.0/30"] {
            assert_eq!(found(&g.vpn_crew, q).await, ["vpn-1 192.0.2.0/29"], "{q}");
            assert_eq!(found(&g.hosting_crew, q).await, Vec::<String>::new(), "{q}");
        }
        assert_eq!(found(&g.vpn_crew, "192.0.2.8").await, Vec::<String>::new());
        assert_eq!(found(&g.vpn_crew, "vpn").await, ["vpn-1 192.0.2.0/29", "vpn-2 "]);
        // Who has it today sees what it has today, and who had it does not.
        for (member, addresses) in [(g.member, vec!["192.0.2.0/29".to_owned()]), (g.other, vec![])] {
            let mut cx = bench.view(&g.vpn_crew).await;
            let held = services::of_member(&mut cx, member).await.unwrap();
            assert_eq!(held[0].addresses, addresses);
        }
    }

    async fn a_map_shows_what_is_used_reserved_free_and_another_prefix(bench: Bench) {
        let g = ground(&bench).await;
        let outer = a_prefix(&bench, &g, "192.0.0.0/20", "32").await;
        a_prefix(&bench, &g, "192.0.2.0/24", "32").await;
        let part = ReservedForm { key: key(), range: "192.0.1.0/28".into(), reason: "x".into() };
        bench.run(&g.network, async |cx| reserve(cx, outer, &part).await).await.unwrap();
        let id = a_service(&bench, &g.vpn_crew, g.vpn, "vpn-1").await;
        for network in ["192.0.0.0/27", "192.0.0.32", "192.0.2.1"] {
            given(&bench, &g.vpn_crew, id, &this(network, "")).await.unwrap();
        }
        let mut cx = bench.view(&g.hosting_crew).await;
        let whole = map(&mut cx, outer, None).await.unwrap();
        assert_eq!((whole.cells.len(), whole.is_coarse), (256, true));
        let state = |map: &Map, network: &str| {
            let network: IpNet = network.parse().unwrap();
            let cell = map.cells.iter().find(|cell| cell.network == network).unwrap();
            (cell.state, cell.percent)
        };
        for (network, expected) in [
            ("192.0.0.0/28", (CellState::Used, 100)),
            ("192.0.0.16/28", (CellState::Used, 100)),
            ("192.0.0.32/28", (CellState::Partly, 7)),
            ("192.0.0.48/28", (CellState::Free, 0)),
            ("192.0.1.0/28", (CellState::Reserved, 0)),
            ("192.0.2.0/28", (CellState::Partly, 7)),
            ("192.0.2.16/28", (CellState::Inner, 0)),
        ] {
            assert_eq!(state(&whole, network), expected, "{network}");
        }
        let close = map(&mut cx, outer, Some("192.0.0.32/28".parse().unwrap())).await.unwrap();
        assert_eq!((close.cells.len(), close.is_coarse), (16, false));
        assert_eq!(state(&close, "192.0.0.32/32").0, CellState::Used);
        assert_eq!(state(&close, "192.0.0.33/32").0, CellState::Free);
        let within = map(&mut cx, outer, Some("192.0.0.8/29".parse().unwrap())).await.unwrap();
        assert!(within.cells.iter().all(|cell| cell.state == CellState::Used));
        let outside = map(&mut cx, outer, Some("10.0.0.0/24".parse().unwrap())).await;
        assert_eq!(outside.unwrap_err().code, Code::NotFound);
    }
}
