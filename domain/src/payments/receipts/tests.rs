//! What receipts promise, on both engines.

use super::*;
use crate::access::Actor;
use crate::db::testing::{Bench, person_with};
use crate::kernel::{Code, PageRequest, Right};
use crate::payments::{self, Outcome, PaymentForm, ReversalForm};
use crate::{all, both_engines, exec};
use std::sync::Arc;
use uuid::Uuid;

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn form(member: MemberId) -> PaymentForm {
    PaymentForm {
        key: key(),
        member: member.to_string(),
        amount: "30".into(),
        method: "transfer".into(),
        received_on: "2026-05-04".into(),
        period_from: "2026-01-01".into(),
        period_until: "2026-12-31".into(),
        label: "Cotisation 2026".into(),
        ..PaymentForm::default()
    }
}

/// A member, somebody who enters, and somebody who validates.
struct Ground {
    member: MemberId,
    crew: Actor,
    bank: Actor,
}

async fn ground(bench: &Bench) -> Ground {
    let crew = bench.a_person("Inès", "Morel").await;
    let bank = bench.a_person("Karim", "Haddad").await;
    Ground {
        member: bench.a_member("Léa", "Benamar", 12).await,
        crew: person_with(crew, &[Right::PaymentsAdd]),
        bank: person_with(bank, &[Right::PaymentsValidate]),
    }
}

async fn added(bench: &Bench, g: &Ground, count: usize) -> Vec<PaymentId> {
    added_for(bench, g, g.member, count).await
}

async fn added_for(bench: &Bench, g: &Ground, member: MemberId, count: usize) -> Vec<PaymentId> {
    let mut ids = Vec::new();
    let mut cx = bench.act(&g.crew).await;
    for _ in 0..count {
        ids.push(payments::add(&mut cx, &form(member)).await.unwrap());
    }
    cx.commit().await.unwrap();
    ids.sort();
    ids
}

async fn validate(bench: &Bench, g: &Ground, ids: &[PaymentId]) {
    let mut cx = bench.act(&g.bank).await;
    let answers = payments::validate(&mut cx, ids, &key()).await.unwrap();
    assert!(answers.iter().all(|(_, o)| *o == Outcome::Validated));
    cx.commit().await.unwrap();
}

/// The number on a payment.
async fn number(bench: &Bench, id: PaymentId) -> Option<String> {
    let mut cx = bench.view(&Actor::operator()).await;
    let payment = payments::get(&mut cx, id).await.unwrap();
    payment.receipt.map(|n| n.to_string())
}

async fn receipt(bench: &Bench, id: PaymentId) -> Receipt {
    let mut cx = bench.view(&Actor::operator()).await;
    get(&mut cx, id).await.unwrap()
}

/// All numbers of the tenant, in their order.
async fn numbers(bench: &Bench) -> Vec<(i64, i64)> {
    let mut cx = bench.view(&Actor::operator()).await;
    all!(
        cx.tx,
        "SELECT year, number FROM receipts WHERE tenant_id = $1 ORDER BY year, number",
        cx.tenant
    )
    .unwrap()
}

#[test]
fn a_number_has_at_least_four_digits() {
    for (number, text) in [(1, "2026-0001"), (412, "2026-0412"), (12_345, "2026-12345")] {
        assert_eq!(ReceiptNumber { year: 2026, number }.to_string(), text);
    }
}

both_engines! {
    async fn each_payment_of_money_gets_the_next_number_when_it_is_validated(bench: Bench) {
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 4).await;
        assert_eq!(number(&bench, ids[0]).await, None);
        validate(&bench, &g, &ids[2..3]).await;
        validate(&bench, &g, &[ids[3], ids[1], ids[0]]).await;
        let mut given = Vec::new();
        for id in &ids {
            given.push(number(&bench, *id).await.unwrap());
        }
        assert_eq!(given, ["2026-0002", "2026-0003", "2026-0001", "2026-0004"]);
        let receipt = receipt(&bench, ids[2]).await;
        assert_eq!((receipt.amount, receipt.label.as_str()), (Cents(3000), "Cotisation 2026"));
        assert_eq!(receipt.issued_on.to_string(), "2026-06-01");
    }

    async fn what_is_waived_or_given_back_has_no_receipt(bench: Bench) {
        let g = ground(&bench).await;
        let mut cx = bench.act(&g.crew).await;
        let waived = PaymentForm { amount: "0".into(), method: "waived".into(), note: "volunteer".into(), ..form(g.member) };
        let waived = payments::add(&mut cx, &waived).await.unwrap();
        cx.commit().await.unwrap();
        let paid = added(&bench, &g, 1).await[0];
        validate(&bench, &g, &[waived, paid]).await;
        let back = ReversalForm { key: key(), reason: "bounced".into() };
        let back = bench.run(&g.crew, async |cx| payments::reverse(cx, paid, &back).await).await.unwrap();
        validate(&bench, &g, &[back]).await;
        assert_eq!(numbers(&bench).await, [(2026, 1)]);
        assert_eq!((number(&bench, waived).await, number(&bench, back).await), (None, None));
        let mut cx = bench.view(&g.crew).await;
        assert_eq!(get(&mut cx, waived).await.unwrap_err().code, Code::NotFound);
    }

    async fn the_receipt_of_what_was_given_back_says_so_and_keeps_its_number(bench: Bench) {
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 3).await;
        validate(&bench, &g, &ids).await;
        let back = ReversalForm { key: key(), reason: "bounced".into() };
        let back = bench.run(&g.crew, async |cx| payments::reverse(cx, ids[1], &back).await).await.unwrap();
        assert_eq!(receipt(&bench, ids[1]).await.cancelled, None, "a draft cancels nothing");
        validate(&bench, &g, &[back]).await;
        let cancelled = receipt(&bench, ids[1]).await;
        assert_eq!(cancelled.cancelled, Some(Cancelled { by: back, at: bench.now }));
        assert_eq!(cancelled.number.to_string(), "2026-0002");
        let mut cx = bench.view(&g.crew).await;
        let (page, totals) = list(&mut cx, 2026, PageRequest::new(1)).await.unwrap();
        assert_eq!(page.rows.iter().map(|r| r.number.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((totals.count, totals.cancelled, totals.remaining()), (3, 1, Cents(6000)));
        assert_eq!(years(&mut cx).await.unwrap(), [2026]);
        assert_eq!(list(&mut cx, 2025, PageRequest::new(1)).await.unwrap().1, YearTotals::default());
    }

    async fn each_year_begins_with_one_where_the_organisation_is(bench: Bench) {
        let mut bench = bench;
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 3).await;
        // In Paris it is eleven in the evening, then half past midnight.
        for (now, id) in [("2026-12-31T22:00:00Z", ids[0]), ("2026-12-31T23:30:00Z", ids[1]), ("2027-05-01T10:00:00Z", ids[2])] {
            bench.now = now.parse().unwrap();
            validate(&bench, &g, &[id]).await;
        }
        assert_eq!(numbers(&bench).await, [(2026, 1), (2027, 1), (2027, 2)]);
    }

    async fn fifty_who_validate_at_once_leave_no_gap_and_no_double(bench: Bench) {
        let g = ground(&bench).await;
        // Of many members: those who validate one member's payments wait for each other anyway.
        let mut ids = Vec::new();
        for number in 100..125 {
            let member = bench.a_member("Léa", "Benamar", number).await;
            ids.extend(added_for(&bench, &g, member, 4).await);
        }
        // Neighbours in time are not neighbours here.
        ids.sort_by_key(|id| id.0.as_u128().reverse_bits());
        let (bench, bank) = (Arc::new(bench), g.bank.clone());
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..50 {
            let (bench, bank) = (bench.clone(), bank.clone());
            // Three each, so that everybody meets a neighbour; every other one asks in the
            // opposite order.
            let mut mine: Vec<PaymentId> = (0..3).map(|k| ids[(2 * n + k) % ids.len()]).collect();
            if n % 2 == 1 {
                mine.reverse();
            }
            tasks.spawn(async move {
                let mut cx = bench.act(&bank).await;
                let answers = payments::validate(&mut cx, &mine, &key()).await.unwrap();
                // Every fifth is lost before its commit.
                if n % 5 == 4 {
                    return 0;
                }
                cx.commit().await.unwrap();
                answers.iter().filter(|(_, o)| *o == Outcome::Validated).count()
            });
        }
        let done: usize = tasks.join_all().await.into_iter().sum();
        let expected: Vec<(i64, i64)> = (1..=i64::try_from(done).unwrap()).map(|n| (2026, n)).collect();
        assert!(done >= 80, "{done}");
        assert_eq!(numbers(&bench).await, expected);
    }

    async fn what_comes_to_nothing_takes_no_number(bench: Bench) {
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 2).await;
        let mut cx = bench.act(&g.bank).await;
        payments::validate(&mut cx, &ids[..1], &key()).await.unwrap();
        drop(cx);
        assert_eq!(number(&bench, ids[0]).await, None);
        validate(&bench, &g, &ids[1..]).await;
        assert_eq!(number(&bench, ids[1]).await.unwrap(), "2026-0001");
    }

    async fn the_database_itself_refuses_a_gap_and_a_change(bench: Bench) {
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 3).await;
        validate(&bench, &g, &ids[..2]).await;
        for sql in [
            "UPDATE receipts SET number = 9 WHERE tenant_id = $1",
            "UPDATE receipts SET name = 'x' WHERE tenant_id = $1",
            "DELETE FROM receipts WHERE tenant_id = $1",
        ] {
            let mut cx = bench.act(&g.bank).await;
            let tenant = cx.tenant;
            assert_eq!(exec!(cx.tx, sql, tenant).unwrap_err().code, Code::PaymentFrozen, "{sql}");
        }
        for (number, allowed) in [(2, false), (3, true), (4, false)] {
            let mut cx = bench.act(&g.bank).await;
            let today = cx.today();
            let written = exec!(
                cx.tx,
                "INSERT INTO receipts (tenant_id, payment_id, year, number, issued_on, organisation, name) VALUES ($1, $2, 2026, $3, $4, 'x', 'x')",
                cx.tenant,
                ids[2],
                number,
                today
            );
            assert_eq!(written.is_ok(), allowed, "{number}");
        }
    }

    async fn a_receipt_says_what_was_true_when_it_was_given(bench: Bench) {
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 2).await;
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(tx, "UPDATE parties SET street = '1 rue A', city = 'Toulouse' WHERE tenant_id = $1", bench.tenant.id).unwrap();
        tx.commit().await.unwrap();
        validate(&bench, &g, &ids[..1]).await;
        let before = receipt(&bench, ids[0]).await;
        assert_eq!((before.organisation.as_str(), before.name.as_str()), ("Nuage Libre", "Léa Benamar"));
        assert_eq!((before.street.as_deref(), before.city.as_deref()), (Some("1 rue A"), Some("Toulouse")));
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(tx, "UPDATE parties SET name = 'Autre', street = NULL WHERE tenant_id = $1", bench.tenant.id).unwrap();
        exec!(tx, "UPDATE settings SET title = 'Autre' WHERE tenant_id = $1", bench.tenant.id).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(receipt(&bench, ids[0]).await, before);
        validate(&bench, &g, &ids[1..]).await;
        assert_eq!(receipt(&bench, ids[1]).await.organisation, "Autre");
    }

    async fn a_receipt_is_for_the_crews_and_for_the_one_who_paid(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g, 1).await[0];
        validate(&bench, &g, &[id]).await;
        let mut cx = bench.view(&g.crew).await;
        let (lea,): (crate::kernel::PartyId,) = crate::one!(
            cx.tx,
            "SELECT party_id FROM members WHERE tenant_id = $1 AND id = $2",
            cx.tenant,
            g.member
        )
        .unwrap();
        let other = bench.a_person("Nour", "Said").await;
        let nobody = Actor { person: None, ..person_with(other, &[]) };
        for (actor, expected) in [
            (person_with(lea, &[]), None),
            (g.crew.clone(), None),
            (person_with(other, &[]), Some(Code::NotFound)),
            (nobody, Some(Code::SignInNeeded)),
        ] {
            let mut cx = bench.view(&actor).await;
            let found = get(&mut cx, id).await.err().map(|p| p.code);
            assert_eq!(found, expected);
            let unknown = get(&mut cx, PaymentId(Uuid::now_v7())).await.unwrap_err().code;
            assert_eq!(unknown, expected.unwrap_or(Code::NotFound));
            let all = list(&mut cx, 2026, PageRequest::new(1)).await.is_ok() && years(&mut cx).await.is_ok();
            assert_eq!(all, actor.rights.is_crew());
        }
    }

    async fn a_file_has_the_years_receipts_by_number(bench: Bench) {
        let g = ground(&bench).await;
        let ids = added(&bench, &g, 3).await;
        validate(&bench, &g, &ids).await;
        let mut cx = bench.view(&g.crew).await;
        let (page, _) = list(&mut cx, 2026, PageRequest::new(1)).await.unwrap();
        let mut rows = list_after(&mut cx, 2026, 0, 2).await.unwrap();
        assert_eq!(rows.len(), 2);
        rows.extend(list_after(&mut cx, 2026, 2, 2).await.unwrap());
        assert_eq!(rows, page.rows);
        assert!(list_after(&mut cx, 2025, 0, 2).await.unwrap().is_empty());
    }

    async fn what_was_validated_before_receipts_has_none(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g, 1).await[0];
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(
            tx,
            "UPDATE payments SET state = 'validated', validated_at = $2 WHERE tenant_id = $1",
            bench.tenant.id,
            bench.now
        )
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(number(&bench, id).await, None);
        let mut cx = bench.view(&g.crew).await;
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::NotFound);
    }
}
