//! Lists, the queue, the member's own page, and what a form proposes.

use super::*;
use crate::both_engines;
use crate::exec;
use crate::kernel::TenantId;

async fn found(bench: &Bench, query: PaymentQuery) -> Vec<String> {
    let mut cx = bench.view(&Actor::operator()).await;
    let page = list(&mut cx, &query.filter(), query.page()).await.unwrap();
    assert_eq!(page.total, page.rows.len() as i64, "{query:?}");
    let ids: Vec<_> = page.rows.iter().map(|p| p.id).collect();
    assert_eq!(in_a_file(&mut cx, &query.filter()).await, ids, "{query:?}");
    page.rows.into_iter().map(|p| p.label).collect()
}

/// The rows of a list as a file gets them, one at a time.
async fn in_a_file(cx: &mut Cx, filter: &PaymentFilter) -> Vec<PaymentId> {
    let mut ids: Vec<PaymentId> = Vec::new();
    loop {
        let after = ids.last().copied();
        match list_after(cx, filter, after, 1).await.unwrap().first() {
            Some(payment) => ids.push(payment.id),
            None => return ids,
        }
    }
}

fn q(q: &str) -> PaymentQuery {
    PaymentQuery {
        q: q.into(),
        ..PaymentQuery::default()
    }
}

both_engines! {
    async fn a_list_is_narrowed_by_what_the_address_says(bench: Bench) {
        let g = ground(&bench).await;
        let other = bench.a_member("Œdipe", "Łukasz", 4711).await;
        let one = PaymentForm { label: "Été 50%".into(), amount: "30".into(), ..form(g.member) };
        let two = PaymentForm { label: "Don".into(), amount: "1234,50".into(), method: "cash".into(), received_on: "2026-05-20".into(), ..form(other) };
        let one = added(&bench, &g.crew, &one).await;
        added(&bench, &Actor { person: None, ..g.crew.clone() }, &two).await;
        validated(&bench, &g.bank, &[one]).await;
        let person = g.crew.person.unwrap().to_string();
        for (query, expected) in [
            (PaymentQuery::default(), vec!["Don", "Été 50%"]),
            (q("benamar"), vec!["Été 50%"]),
            (q("  Léa  BENAMAR "), vec!["Été 50%"]),
            (q("benamar été"), vec!["Été 50%"]),
            (q("benamar don"), vec![]),
            (q("oedipe lukasz"), vec!["Don"]),
            (q("4711"), vec!["Don"]),
            (q("0%"), vec!["Été 50%"]),
            (q("_"), vec![]),
            (q("1 234,50 €"), vec!["Don"]),
            (q("30"), vec!["Été 50%"]),
            (q("a b c d e f"), vec![]),
            (PaymentQuery { state: "draft".into(), ..q("") }, vec!["Don"]),
            (PaymentQuery { state: "validated".into(), ..q("") }, vec!["Été 50%"]),
            (PaymentQuery { state: "nonsense".into(), ..q("") }, vec!["Don", "Été 50%"]),
            (PaymentQuery { method: "cash".into(), ..q("") }, vec!["Don"]),
            (PaymentQuery { entered_by: person, ..q("") }, vec!["Été 50%"]),
            (PaymentQuery { entered_by: "program".into(), ..q("") }, vec!["Don"]),
            (PaymentQuery { from: "2026-05-05".into(), ..q("") }, vec!["Don"]),
            (PaymentQuery { until: "05/05/2026".into(), ..q("") }, vec!["Été 50%"]),
            (PaymentQuery { from: "2026-05-04".into(), until: "2026-05-20".into(), ..q("") }, vec!["Don", "Été 50%"]),
            (PaymentQuery { nature: "payment".into(), ..q("") }, vec!["Don", "Été 50%"]),
            (PaymentQuery { nature: "reversal".into(), ..q("") }, vec![]),
            (PaymentQuery { validated_from: "2026-06-01".into(), ..q("") }, vec!["Été 50%"]),
            (PaymentQuery { validated_from: "2026-06-02".into(), ..q("") }, vec![]),
            (PaymentQuery { validated_until: "2026-06-01".into(), ..q("") }, vec!["Été 50%"]),
            (PaymentQuery { validated_until: "2026-05-31".into(), ..q("") }, vec![]),
            (PaymentQuery { member: other.to_string(), ..q("") }, vec!["Don"]),
            (PaymentQuery { member: "x".into(), page: "x".into(), ..q("") }, vec!["Don", "Été 50%"]),
        ] {
            assert_eq!(found(&bench, query.clone()).await, expected, "{query:?}");
        }
    }

    async fn a_reversal_is_found_by_the_amount_that_it_takes_back(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[id]).await;
        let back = ReversalForm { key: key(), reason: "x".into() };
        bench.run(&g.crew, async |cx| reverse(cx, id, &back).await).await.unwrap();
        assert_eq!(found(&bench, q("30,00")).await.len(), 2);
    }

    async fn the_queue_shows_the_oldest_first_and_why_one_is_locked(bench: Bench) {
        let g = ground(&bench).await;
        let late = PaymentForm { received_on: "2026-05-20".into(), amount: "12,34".into(), ..form(g.member) };
        let late = added(&bench, &g.crew, &late).await;
        let own = added(&bench, &Actor { person: g.bank.person, name: "Karim".into(), ..g.crew.clone() }, &form(g.member)).await;
        let done = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[done]).await;
        let mut cx = bench.view(&g.bank).await;
        let all = queue(&mut cx, &PaymentQuery::default()).await.unwrap();
        let rows: Vec<_> = all.rows.iter().map(|r| (r.payment.id, r.lock.clone())).collect();
        assert_eq!(rows, [(own, Some(crate::payments::rules::Lock::OwnEntry)), (late, None)]);
        // A file has the same rows in the same order.
        let filter = PaymentQuery::default().filter();
        let first = queue_after(&mut cx, &filter, None, 1).await.unwrap();
        let second = queue_after(&mut cx, &filter, Some(own), 1).await.unwrap();
        let third = queue_after(&mut cx, &filter, Some(late), 1).await.unwrap();
        let ids: Vec<_> = first.iter().chain(&second).chain(&third).map(|p| p.id).collect();
        assert_eq!(ids, [own, late]);
        assert_eq!((all.total, all.total_amount, all.oldest), (2, Cents(4234), Some(day("2026-05-04"))));
        let people: Vec<_> = all.people.iter().map(|p| (p.name.as_str(), p.count)).collect();
        assert_eq!(people, [("Inès", 1), ("Karim", 1)]);

        // The filter narrows the rows, never the choice of people; it cannot ask for what is done.
        let of_ines = PaymentQuery { entered_by: all.people[0].by.name(), state: "validated".into(), ..q("") };
        let narrowed = queue(&mut cx, &of_ines).await.unwrap();
        assert_eq!((narrowed.total, narrowed.people.len()), (1, 2));
        assert_eq!(narrowed.rows[0].payment.id, late);
        assert_eq!(waiting_count(&mut cx).await.unwrap(), 2);

        // Who may not validate sees the queue, locked.
        let mut cx = bench.view(&g.crew).await;
        let locked = queue(&mut cx, &PaymentQuery::default()).await.unwrap();
        let missing = Some(crate::payments::rules::Lock::MissingRight { right: Right::PaymentsValidate });
        assert!(locked.rows.iter().all(|r| r.lock == missing));
    }

    async fn an_empty_queue_adds_up_to_nothing(bench: Bench) {
        let mut cx = bench.view(&Actor::operator()).await;
        let empty = queue(&mut cx, &PaymentQuery::default()).await.unwrap();
        assert_eq!((empty.total, empty.total_amount, empty.oldest), (0, Cents(0), None));
    }

    async fn a_member_sees_their_own_payments_and_no_others(bench: Bench) {
        let g = ground(&bench).await;
        let noted = PaymentForm { note: "called twice".into(), ..form(g.member) };
        let id = added(&bench, &g.crew, &noted).await;
        validated(&bench, &g.bank, &[id]).await;
        let mut cx = bench.view(&Actor::operator()).await;
        let (party,): (PartyId,) = crate::one!(
            cx.tx,
            "SELECT party_id FROM members WHERE tenant_id = $1 AND id = $2",
            cx.tenant,
            g.member
        )
        .unwrap();
        let contact = bench.a_person("Ada", "Contact").await;
        let stranger = bench.a_person("Eve", "Other").await;
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(
            tx,
            "INSERT INTO organisation_contacts (tenant_id, organisation_id, person_id, role) VALUES ($1, $2, $3, '')",
            bench.tenant.id,
            party,
            contact
        )
        .unwrap();
        tx.commit().await.unwrap();
        for person in [party, contact] {
            let mut cx = bench.view(&person_with(person, &[])).await;
            let own = of_member_for_self(&mut cx, g.member).await.unwrap();
            assert_eq!(own.len(), 1);
            assert_eq!((own[0].status(), own[0].note.as_str()), (Status::Validated, ""));
            assert_eq!((own[0].entered_by_name.as_str(), &own[0].validated_by_name), ("", &None));
            // What is for crews is not there for members.
            assert_eq!(code(get(&mut cx, id).await), Code::NotFound);
            assert_eq!(code(of_member(&mut cx, g.member).await), Code::NotFound);
            assert_eq!(code(list(&mut cx, &PaymentFilter::default(), PageRequest::new(1)).await), Code::NotFound);
            assert_eq!(code(queue(&mut cx, &PaymentQuery::default()).await), Code::NotFound);
            assert_eq!(code(waiting_count(&mut cx).await), Code::NotFound);
        }
        let mut cx = bench.view(&person_with(stranger, Right::ALL)).await;
        assert_eq!(code(of_member_for_self(&mut cx, g.member).await), Code::NotFound);
        let mut cx = bench.view(&Actor::nobody(String::new())).await;
        assert_eq!(code(of_member_for_self(&mut cx, g.member).await), Code::SignInNeeded);
        assert_eq!(code(get(&mut cx, id).await), Code::SignInNeeded);
    }

    async fn another_tenants_payment_is_not_found(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        let version = "1";
        let other: TenantId = bench.another_tenant().await;
        let everything = person_with(g.bank.person.unwrap(), Right::ALL);
        let cx = async || {
            let tx = bench.db.write(other).await.unwrap();
            Cx::new(other, everything.clone(), bench.now, chrono_tz::Europe::Paris, tx)
        };
        let reversal = ReversalForm { key: key(), reason: "x".into() };
        assert_eq!(code(get(&mut cx().await, id).await), Code::NotFound);
        assert_eq!(code(save(&mut cx().await, id, &form(g.member)).await), Code::NotFound);
        assert_eq!(code(delete(&mut cx().await, id, version).await), Code::NotFound);
        assert_eq!(code(reverse(&mut cx().await, id, &reversal).await), Code::NotFound);
        assert_eq!(code(proposal(&mut cx().await, g.member).await), Code::NotFound);
        assert_eq!(code(of_member_for_self(&mut cx().await, g.member).await), Code::NotFound);
        let answers = validate(&mut cx().await, &[id], &key()).await.unwrap();
        assert_eq!(answers, [(id, Outcome::Refused(Code::NotFound))]);
        let refused = add(&mut cx().await, &form(g.member)).await.unwrap_err();
        assert_eq!(refused.field("member"), Some(&Code::UnknownMember));
        assert!(of_member(&mut cx().await, g.member).await.unwrap().is_empty());
        assert_eq!(waiting_count(&mut cx().await).await.unwrap(), 0);
        assert_eq!(queue(&mut cx().await, &PaymentQuery::default()).await.unwrap().rows.len(), 0);
        assert_eq!(read(&bench, id).await.state, State::Draft);
    }

    async fn a_proposal_follows_what_is_covered(bench: Bench) {
        let g = ground(&bench).await;
        let proposed = async || {
            let mut cx = bench.view(&g.crew).await;
            proposal(&mut cx, g.member).await.unwrap().form
        };
        let first = proposed().await;
        assert_eq!((first.amount.as_str(), first.received_on.as_str()), ("30,00", "2026-06-01"));
        assert_eq!((first.period_from.as_str(), first.period_until.as_str()), ("2026-01-01", "2026-12-31"));
        // It can be sent as it is.
        let draft = added(&bench, &g.crew, &first).await;
        assert_eq!(proposed().await.period_from, "2027-01-01");
        validated(&bench, &g.bank, &[draft]).await;
        assert_eq!(proposed().await.period_from, "2027-01-01");
        let back = ReversalForm { key: key(), reason: "bounced".into() };
        bench.run(&g.crew, async |cx| reverse(cx, draft, &back).await).await.unwrap();
        assert_eq!(proposed().await.period_from, "2026-01-01");
        assert_ne!(first.key, proposed().await.key);
    }
}
