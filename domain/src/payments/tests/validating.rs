//! The bank crew validates: many at once, several people at once.

use super::*;
use crate::both_engines;
use crate::exec;

async fn many(bench: &Bench, g: &Ground, count: usize) -> Vec<PaymentId> {
    let mut ids = Vec::new();
    let mut cx = bench.act(&g.crew).await;
    for _ in 0..count {
        ids.push(add(&mut cx, &form(g.member)).await.unwrap());
    }
    cx.commit().await.unwrap();
    ids
}

async fn anyone_may(bench: &Bench) {
    let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
    exec!(
        tx,
        "UPDATE settings SET validation = 'anyone' WHERE tenant_id = $1",
        bench.tenant.id
    )
    .unwrap();
    tx.commit().await.unwrap();
}

both_engines! {
    async fn three_hundred_are_validated_at_once_and_each_is_audited_once(bench: Bench) {
        let g = ground(&bench).await;
        let ids = many(&bench, &g, 300).await;
        let outcomes = validated(&bench, &g.bank, &ids).await;
        assert_eq!(outcomes.len(), 300);
        assert!(outcomes.iter().all(|o| *o == Outcome::Validated));
        let mut cx = bench.view(&g.crew).await;
        assert_eq!(waiting_count(&mut cx).await.unwrap(), 0);
        let (rows,): (i64,) = crate::one!(
            cx.tx,
            "SELECT count(*) FROM audit WHERE tenant_id = $1 AND action = 'validated'",
            cx.tenant
        )
        .unwrap();
        assert_eq!(rows, 300);
        let (objects,): (i64,) = crate::one!(
            cx.tx,
            "SELECT count(DISTINCT object_id) FROM audit WHERE tenant_id = $1 AND action = 'validated'",
            cx.tenant
        )
        .unwrap();
        assert_eq!(objects, 300);
    }

    async fn each_payment_has_its_own_answer(bench: Bench) {
        let g = ground(&bench).await;
        let other = Actor { person: g.bank.person, ..g.crew.clone() };
        let own = added(&bench, &other, &form(g.member)).await;
        let done = added(&bench, &g.crew, &form(g.member)).await;
        let good = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[done]).await;
        let unknown = PaymentId(Uuid::now_v7());
        let ids = [unknown, good, own, done, good];
        let once = key();
        let answers = bench.run(&g.bank, async |cx| validate(cx, &ids, &once).await).await.unwrap();
        let mut expected = vec![
            (own, Outcome::Refused(Code::OwnEntry)),
            (done, Outcome::Refused(Code::AlreadyValidated)),
            (good, Outcome::Validated),
            (unknown, Outcome::Refused(Code::NotFound)),
        ];
        expected.sort_by_key(|(id, _)| *id);
        assert_eq!(answers, expected);
        // The same form once more hears the same answers, in whatever order it asks.
        let turned = [own, done, unknown, good];
        let again = bench.run(&g.bank, async |cx| validate(cx, &turned, &once).await).await.unwrap();
        assert_eq!(again, expected);
        assert_eq!(read(&bench, own).await.state, State::Draft);
    }

    async fn an_action_that_refuses_everything_is_answered_too(bench: Bench) {
        let g = ground(&bench).await;
        let own = added(&bench, &Actor { person: g.bank.person, ..g.crew.clone() }, &form(g.member)).await;
        assert_eq!(validated(&bench, &g.bank, &[own]).await, [Outcome::Refused(Code::OwnEntry)]);
    }

    async fn ones_own_entry_is_validated_where_the_setting_allows_it(bench: Bench) {
        let g = ground(&bench).await;
        let own = added(&bench, &Actor { person: g.bank.person, ..g.crew.clone() }, &form(g.member)).await;
        anyone_may(&bench).await;
        assert_eq!(validated(&bench, &g.bank, &[own]).await, [Outcome::Validated]);
    }

    async fn two_who_validate_the_same_hundred_at_once_share_them(bench: Bench) {
        let g = ground(&bench).await;
        let ids = many(&bench, &g, 100).await;
        let third = bench.a_person("Nour", "Said").await;
        let other = Actor { person: Some(third), ..g.bank.clone() };
        // Overlapping, and asked for in opposite orders.
        let (first, mut second) = (ids[..80].to_vec(), ids[20..].to_vec());
        second.reverse();
        let (a, b) = tokio::join!(
            validated(&bench, &g.bank, &first),
            validated(&bench, &other, &second),
        );
        let count = |outcomes: &[Outcome], wanted: &Outcome| outcomes.iter().filter(|o| *o == wanted).count();
        let already = Outcome::Refused(Code::AlreadyValidated);
        let (done_a, done_b) = (count(&a, &Outcome::Validated), count(&b, &Outcome::Validated));
        assert_eq!(done_a + done_b, 100);
        assert_eq!((done_a + count(&a, &already), done_b + count(&b, &already)), (80, 80));
        for id in ids {
            assert_eq!(history(&bench, id).await, ["added", "validated"]);
        }
    }

    async fn who_validates_second_sees_what_the_first_has_paid(bench: Bench) {
        let g = ground(&bench).await;
        let earlier = PaymentForm {
            period_from: "2025-01-01".into(),
            period_until: "2025-12-31".into(),
            ..form(g.member)
        };
        let earlier = [added(&bench, &g.crew, &earlier).await];
        let later = added(&bench, &g.crew, &form(g.member)).await;
        // The first has validated the later year and not committed yet; the second
        // validates the earlier one meanwhile.
        let mut first = bench.act(&g.bank).await;
        validate(&mut first, &[later], &key()).await.unwrap();
        let (_, second) = tokio::join!(
            async {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                first.commit().await.unwrap();
            },
            validated(&bench, &g.bank, &earlier),
        );
        assert_eq!(second, [Outcome::Validated]);
        assert_eq!(paid_until(&bench, g.member).await, Some(day("2026-12-31")));
    }

    async fn what_fails_on_the_way_leaves_nothing_half_done(bench: Bench) {
        let g = ground(&bench).await;
        let ids = many(&bench, &g, 5).await;
        let once = key();
        let mut cx = bench.act(&g.bank).await;
        let answers = validate(&mut cx, &ids, &once).await.unwrap();
        assert!(answers.iter().all(|(_, o)| *o == Outcome::Validated));
        // The connection is lost before the commit.
        drop(cx);
        for &id in &ids {
            assert_eq!(read(&bench, id).await.state, State::Draft);
        }
        assert_eq!(paid_until(&bench, g.member).await, None);
        let again = bench.run(&g.bank, async |cx| validate(cx, &ids, &once).await).await.unwrap();
        assert_eq!(again, answers);
        assert_eq!(paid_until(&bench, g.member).await, Some(day("2026-12-31")));
    }

    async fn the_selection_has_limits(bench: Bench) {
        let g = ground(&bench).await;
        let mut cx = bench.act(&g.bank).await;
        assert_eq!(code(validate(&mut cx, &[], &key()).await), Code::NothingSelected);
        let many: Vec<PaymentId> = (0..=AT_ONCE_MAX).map(|_| PaymentId(Uuid::now_v7())).collect();
        assert_eq!(code(validate(&mut cx, &many, &key()).await), Code::TooManySelected { max: AT_ONCE_MAX });
    }
}
