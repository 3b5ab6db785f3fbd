//! Who sees what: a crew its own services, and to everybody else they are not there.

use super::*;
use crate::context::Cx;
use crate::kernel::Problem;
use crate::payments::{self, PaymentForm};

/// What a use-case answers to somebody.
async fn answer<T>(
    bench: &Bench,
    actor: &Actor,
    use_case: impl AsyncFnOnce(&mut Cx) -> Result<T, Problem>,
) -> Option<Code> {
    let mut cx = bench.act(actor).await;
    use_case(&mut cx).await.err().map(|problem| problem.code)
}

both_engines! {
    async fn another_crews_service_answers_every_use_case_like_one_that_there_is_not(bench: Bench) {
        let g = ground(&bench).await;
        let theirs = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let held = read(&bench, &g.vpn_crew, theirs).await.held[0].holding.id;
        let nowhere = ServiceId(Uuid::now_v7());
        let settings = person_with(PartyId(Uuid::now_v7()), Right::ALL);
        for stranger in [&g.hosting_crew, &g.bank, &settings] {
            for id in [theirs, nowhere] {
                let none = Some(Code::NotFound);
                let form = holding(g.member, "2027-01-01", "");
                let change = ServiceForm { version: "1".into(), label: "x".into(), ..ServiceForm::default() };
                assert_eq!(answer(&bench, stranger, async |cx| get(cx, id).await).await, none);
                assert_eq!(answer(&bench, stranger, async |cx| known(cx, id).await).await, none);
                assert_eq!(answer(&bench, stranger, async |cx| save(cx, id, &change).await).await, none);
                assert_eq!(answer(&bench, stranger, async |cx| give(cx, id, &form).await).await, none);
                assert_eq!(answer(&bench, stranger, async |cx| save_holding(cx, id, held, &form).await).await, none);
                assert_eq!(answer(&bench, stranger, async |cx| remove_holding(cx, id, held, "1").await).await, none);
                assert_eq!(answer(&bench, stranger, async |cx| payments::of_service(cx, id).await).await, none);
                let pay = PaymentForm {
                    key: key(), member: g.member.to_string(), service: id.to_string(), amount: "5".into(),
                    method: "cash".into(), received_on: "2026-05-01".into(), ..PaymentForm::default()
                };
                if stranger.rights.has(Right::PaymentsAdd) {
                    assert_eq!(answer(&bench, stranger, async |cx| payments::service_proposal(cx, id).await).await, none);
                    assert_eq!(answer(&bench, stranger, async |cx| payments::add(cx, &pay).await).await, none);
                }
            }
        }
    }

    async fn lists_counts_and_choices_hold_ones_own_crews_alone(bench: Bench) {
        let g = ground(&bench).await;
        held(&bench, &g, "vpn-1", "2026-01-01").await;
        in_stock(&bench, &g.vpn_crew, g.vpn, "vpn-2").await;
        in_stock(&bench, &g.hosting_crew, g.hosting, "site-1").await;
        let labels = async |actor: &Actor, query: ServiceQuery| {
            let mut cx = bench.view(actor).await;
            let page = list(&mut cx, &query.filter(), query.page()).await.unwrap();
            assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
            let in_a_file = list_behind(&mut cx, &query.filter(), 0, 100).await.unwrap();
            assert_eq!(in_a_file, page.rows);
            page.rows.into_iter().map(|row| row.label).collect::<Vec<_>>()
        };
        let any = ServiceQuery::default;
        assert_eq!(labels(&g.vpn_crew, any()).await, ["vpn-1", "vpn-2"]);
        assert_eq!(labels(&g.hosting_crew, any()).await, ["site-1"]);
        // By search, by type, by member: nothing of the others.
        for query in [
            ServiceQuery { q: "vpn".into(), ..any() },
            ServiceQuery { q: "benamar".into(), ..any() },
            ServiceQuery { kind: g.vpn.to_string(), ..any() },
            ServiceQuery { member: g.member.to_string(), ..any() },
        ] {
            assert_eq!(labels(&g.hosting_crew, query.clone()).await, Vec::<String>::new(), "{query:?}");
            assert!(!labels(&g.vpn_crew, query).await.is_empty());
        }
        let mut cx = bench.view(&g.hosting_crew).await;
        let counts = counts(&mut cx).await.unwrap().unwrap();
        assert_eq!((counts.available, counts.in_use, counts.late), (1, 0, 0));
        assert_eq!(of_member(&mut cx, g.member).await.unwrap(), []);
        let names: Vec<_> = managed_types(&mut cx).await.unwrap().into_iter().map(|t| t.name).collect();
        assert_eq!(names, ["Hébergement"]);
        assert_eq!(get_type(&mut cx, g.vpn).await.unwrap_err().code, Code::NotFound);
        // Nor is a service of another crew's type prepared.
        let form = stock(g.vpn, "vpn-3");
        let refused = bench.run(&g.hosting_crew, async |cx| add(cx, &form).await).await;
        assert_eq!(refused.unwrap_err().field("kind"), Some(&Code::UnknownChoice));
    }

    async fn the_right_over_types_and_the_settings_open_no_service(bench: Bench) {
        let g = ground(&bench).await;
        held(&bench, &g, "vpn-1", "2026-01-01").await;
        let all = person_with(PartyId(Uuid::now_v7()), Right::ALL);
        let mut cx = bench.view(&all).await;
        assert_eq!(types_seen(&mut cx).await.unwrap().len(), 2);
        assert_eq!(managed_types(&mut cx).await.unwrap(), []);
        assert_eq!(super::super::counts(&mut cx).await.unwrap(), None);
        let page = list(&mut cx, &ServiceFilter::default(), PageRequest::new(1)).await.unwrap();
        assert_eq!(page.total, 0);
        assert_eq!(of_member(&mut cx, g.member).await.unwrap(), []);
    }

    async fn types_are_set_up_with_the_right_alone(bench: Bench) {
        let g = ground(&bench).await;
        let without: Vec<Right> = Right::ALL.iter().copied().filter(|r| *r != Right::ServiceTypes).collect();
        let somebody = person_with(PartyId(Uuid::now_v7()), &without);
        let form = TypeForm::default();
        let refused = Some(Code::Forbidden { right: Right::ServiceTypes });
        for who in [&somebody, &g.vpn_crew] {
            assert_eq!(answer(&bench, who, async |cx| add_type(cx, &form).await).await, refused);
            assert_eq!(answer(&bench, who, async |cx| save_type(cx, g.vpn, &form).await).await, refused);
            assert_eq!(answer(&bench, who, async |cx| archive_type(cx, g.vpn).await).await, refused);
            assert_eq!(answer(&bench, who, async |cx| restore_type(cx, g.vpn).await).await, refused);
        }
    }

    async fn who_is_in_no_crew_gets_nothing_but_their_own(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-05-01").await;
        let member = person_with(PartyId(Uuid::now_v7()), &[]);
        let none = Some(Code::NotFound);
        let form = holding(g.member, "2027-01-01", "");
        let page = PageRequest::new(1);
        assert_eq!(answer(&bench, &member, async |cx| get(cx, id).await).await, none);
        assert_eq!(answer(&bench, &member, async |cx| list(cx, &ServiceFilter::default(), page).await).await, none);
        assert_eq!(answer(&bench, &member, async |cx| super::super::counts(cx).await).await, none);
        assert_eq!(answer(&bench, &member, async |cx| of_member(cx, g.member).await).await, none);
        assert_eq!(answer(&bench, &member, async |cx| types_seen(cx).await).await, none);
        assert_eq!(answer(&bench, &member, async |cx| add(cx, &stock(g.vpn, "x")).await).await, none);
        assert_eq!(answer(&bench, &member, async |cx| give(cx, id, &form).await).await, none);
        let mut cx = bench.view(&member).await;
        assert_eq!(mine(&mut cx).await.unwrap(), []);
        // The one who has it sees it, without what the crew notes down.
        let party = crate::members::get(&mut bench.view(&Actor::operator()).await, g.member).await.unwrap().party.id;
        let mut cx = bench.view(&person_with(party, &[])).await;
        let own = mine(&mut cx).await.unwrap();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].service.name(), "VPN · vpn-1");
        assert_eq!(own[0].dues.arrears_sum(), Cents(1000));
    }
}
