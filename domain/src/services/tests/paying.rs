//! What is paid for a service, and that it pays nothing else.

use super::*;
use crate::dues;
use crate::kernel::PaymentId;
use crate::payments::{self, Outcome, PaymentForm, PaymentQuery, ReversalForm};

/// Enters what is proposed for a service.
pub(super) async fn enter(bench: &Bench, actor: &Actor, id: ServiceId) -> PaymentId {
    let entered = bench.run(actor, async |cx| {
        let proposal = payments::service_proposal(cx, id).await?;
        payments::add(cx, &proposal.form).await
    });
    entered.await.unwrap()
}

async fn validate(bench: &Bench, g: &Ground, id: PaymentId) {
    let key = key();
    let done = bench.run(&g.bank, async |cx| {
        payments::validate(cx, &[id], &key).await
    });
    assert_eq!(done.await.unwrap()[0].1, Outcome::Validated);
}

both_engines! {
    async fn what_is_due_is_proposed_with_its_reason_and_validated_the_service_is_paid(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-05-15").await;
        let today = day("2026-06-01");
        let mut cx = bench.view(&g.vpn_crew).await;
        let proposal = payments::service_proposal(&mut cx, id).await.unwrap();
        drop(cx);
        assert_eq!(proposal.name, "VPN · vpn-1");
        assert_eq!((proposal.form.period_from.as_str(), proposal.form.period_until.as_str()), ("2026-05-15", "2026-06-14"));
        assert_eq!(proposal.form.amount, "5,00");
        assert_eq!(proposal.due.unwrap().why.kind_name, "VPN");
        let payment = enter(&bench, &g.vpn_crew, id).await;
        let found = read(&bench, &g.vpn_crew, id).await;
        let held = found.held_on(today).unwrap();
        assert_eq!(held.standing(today), Paid::Late { since: None });
        assert_eq!((held.waiting.len(), held.dues.arrears.len()), (1, 0));
        validate(&bench, &g, payment).await;
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.held_on(today).unwrap().standing(today), Paid::Until { day: day("2026-06-14") });
        // The receipt says which service, also when it is called otherwise later.
        let renamed = ServiceForm { label: "autre".into(), ..ServiceForm::of(&found.service) };
        bench.run(&g.vpn_crew, async |cx| save(cx, id, &renamed).await).await.unwrap();
        let mut cx = bench.view(&g.bank).await;
        let receipt = payments::receipts::get(&mut cx, payment).await.unwrap();
        assert_eq!(receipt.service.unwrap().name.as_deref(), Some("VPN · vpn-1"));
        drop(cx);
        // Not to another crew, neither alone nor in the list.
        let mut cx = bench.view(&g.hosting_crew).await;
        let one = payments::receipts::get(&mut cx, payment).await.unwrap();
        let (all, _) = payments::receipts::list(&mut cx, 2026, PageRequest::new(1)).await.unwrap();
        for receipt in [&one, &all.rows[0]] {
            assert_eq!(receipt.service.as_ref().unwrap().name, None);
        }
    }

    async fn a_payment_for_a_service_pays_no_dues(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let boss = Actor::operator();
        let mut cx = bench.view(&boss).await;
        let before = dues::of_member(&mut cx, g.member).await.unwrap();
        drop(cx);
        // A whole year, entered by hand.
        let form = PaymentForm {
            key: key(), member: g.member.to_string(), service: id.to_string(), amount: "60".into(), method: "transfer".into(),
            received_on: "2026-05-01".into(), period_from: "2026-01-01".into(), period_until: "2026-12-31".into(), ..PaymentForm::default()
        };
        let payment = bench.run(&g.vpn_crew, async |cx| payments::add(cx, &form).await).await.unwrap();
        for validated in [false, true] {
            if validated { validate(&bench, &g, payment).await; }
            let mut cx = bench.view(&boss).await;
            let after = dues::of_member(&mut cx, g.member).await.unwrap();
            assert_eq!((&after.dues, &after.coverage, &after.waiting), (&before.dues, &before.coverage, &before.waiting));
            assert_eq!(dues::overview(&mut cx).await.unwrap().owing(), 1);
        }
        let mut cx = bench.view(&boss).await;
        let payment = payments::get(&mut cx, payment).await.unwrap();
        assert_eq!(payment.kind, None);
        drop(cx);
        // Nor do dues pay the service.
        let year = PaymentForm { key: key(), service: String::new(), ..form };
        bench.run(&g.vpn_crew, async |cx| payments::add(cx, &year).await).await.unwrap();
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.held[0].coverage.len(), 1);
        assert_eq!(found.held[0].waiting, []);
    }

    async fn a_reversal_takes_the_service_out_of_order_again(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-05-15").await;
        let payment = enter(&bench, &g.vpn_crew, id).await;
        validate(&bench, &g, payment).await;
        let form = ReversalForm { key: key(), reason: "mistake".into() };
        let reversal = bench.run(&g.vpn_crew, async |cx| payments::reverse(cx, payment, &form).await).await.unwrap();
        validate(&bench, &g, reversal).await;
        let today = day("2026-06-01");
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.held_on(today).unwrap().standing(today), Paid::Late { since: None });
        let mut cx = bench.view(&g.vpn_crew).await;
        assert_eq!(counts(&mut cx).await.unwrap().unwrap().late, 1);
        assert_eq!(payments::of_service(&mut cx, id).await.unwrap().len(), 2);
    }

    async fn who_never_had_a_service_pays_nothing_for_it_and_what_is_paid_is_ones_own(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let other = bench.a_member("Ali", "Petit", 13).await;
        let form = PaymentForm {
            key: key(), member: other.to_string(), service: id.to_string(), amount: "60".into(), method: "transfer".into(),
            received_on: "2026-05-01".into(), period_from: "2026-01-01".into(), period_until: "2026-12-31".into(), ..PaymentForm::default()
        };
        let refused = bench.run(&g.vpn_crew, async |cx| payments::add(cx, &form).await).await;
        assert_eq!(refused.unwrap_err().field("member"), Some(&Code::NotTheHolder));
        // The first one pays a year, and gives it back: the next one owes from their first day on.
        let year = PaymentForm { key: key(), member: g.member.to_string(), ..form };
        let payment = bench.run(&g.vpn_crew, async |cx| payments::add(cx, &year).await).await.unwrap();
        validate(&bench, &g, payment).await;
        let first = read(&bench, &g.vpn_crew, id).await.held[0].holding.clone();
        let ended = HoldingForm { until_on: "2026-05-31".into(), ..HoldingForm::of(&first, crate::kernel::Locale::Fr) };
        bench.run(&g.vpn_crew, async |cx| {
            save_holding(cx, id, first.id, &ended).await?;
            give(cx, id, &holding(other, "2026-06-01", "")).await
        }).await.unwrap();
        let today = day("2026-06-01");
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.held_on(today).unwrap().standing(today), Paid::Late { since: None });
        assert_eq!(found.held_on(today).unwrap().dues.arrears_sum(), Cents(500));
    }

    async fn the_bank_crew_reads_which_service_a_payment_pays_and_other_crews_do_not(bench: Bench) {
        let g = ground(&bench).await;
        let id = held(&bench, &g, "vpn-1", "2026-01-01").await;
        let payment = enter(&bench, &g.vpn_crew, id).await;
        let named = async |actor: &Actor| {
            let mut cx = bench.view(actor).await;
            let name = |p: payments::Payment| p.service.unwrap().name;
            let query = PaymentQuery::default();
            let all = [
                name(payments::get(&mut cx, payment).await.unwrap()),
                name(payments::list(&mut cx, &query.filter(), query.page()).await.unwrap().rows.remove(0)),
                name(payments::queue(&mut cx, &query).await.unwrap().rows.remove(0).payment),
                name(payments::of_member(&mut cx, g.member).await.unwrap().remove(0)),
            ];
            assert!(all.iter().all(|name| *name == all[0]));
            all[0].clone()
        };
        let known = Some("VPN · vpn-1".to_owned());
        assert_eq!(named(&g.bank).await, known);
        assert_eq!(named(&g.vpn_crew).await, known);
        assert_eq!(named(&g.hosting_crew).await, None);
        // What is changed stays a payment for that service, whatever the form says.
        let mut cx = bench.view(&g.hosting_crew).await;
        let draft = payments::get(&mut cx, payment).await.unwrap();
        drop(cx);
        let form = PaymentForm { service: String::new(), amount: "6".into(), ..PaymentForm::of(&draft, crate::kernel::Locale::Fr) };
        bench.run(&g.hosting_crew, async |cx| payments::save(cx, payment, &form).await).await.unwrap();
        let found = read(&bench, &g.vpn_crew, id).await;
        assert_eq!(found.held[0].waiting.len(), 1);
    }
}
