//! Taking a deletion back, and what somebody enters in a row.

use super::*;
use crate::both_engines;
use chrono::TimeDelta;

/// Enters a payment some seconds later than the bench's clock says.
async fn added_later(bench: &Bench, actor: &Actor, member: MemberId, seconds: i64) -> PaymentId {
    let late = async |cx: &mut Cx| {
        cx.now += TimeDelta::seconds(seconds);
        add(cx, &form(member)).await
    };
    bench.run(actor, late).await.unwrap()
}

both_engines! {
    async fn a_deleted_draft_comes_back_as_it_was_for_the_one_who_deleted_it(bench: Bench) {
        let g = ground(&bench).await;
        let other = Actor { person: g.bank.person, ..g.crew.clone() };
        let id = added(&bench, &other, &form(g.member)).await;
        let draft = read(&bench, id).await;
        bench.run(&g.crew, async |cx| delete(cx, id, "1").await).await.unwrap();
        assert_eq!(code(bench.run(&other, async |cx| restore(cx, id).await).await), Code::NotFound);
        assert!(matches!(code(bench.run(&g.bank, async |cx| restore(cx, id).await).await), Code::Forbidden { .. }));
        bench.run(&g.crew, async |cx| restore(cx, id).await).await.unwrap();
        bench.run(&g.crew, async |cx| restore(cx, id).await).await.unwrap();
        // The same, entered by the same: who entered it still may not validate it.
        assert_eq!(read(&bench, id).await, Payment { version: 2, ..draft });
        assert_eq!(history(&bench, id).await, ["added", "deleted", "restored"]);
        // Once more round: the last deletion counts.
        bench.run(&other, async |cx| delete(cx, id, "2").await).await.unwrap();
        assert_eq!(code(bench.run(&g.crew, async |cx| restore(cx, id).await).await), Code::NotFound);
        bench.run(&other, async |cx| restore(cx, id).await).await.unwrap();
        assert_eq!(read(&bench, id).await.version, 3);
    }

    async fn a_deletion_is_taken_back_within_a_day_and_nothing_else_is(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        bench.run(&g.crew, async |cx| delete(cx, id, "1").await).await.unwrap();
        let late = async |cx: &mut Cx| {
            cx.now += TimeDelta::hours(RESTORE_HOURS + 1);
            restore(cx, id).await
        };
        assert_eq!(code(bench.run(&g.crew, late).await), Code::NotFound);
        let never = PaymentId(Uuid::now_v7());
        assert_eq!(code(bench.run(&g.crew, async |cx| restore(cx, never).await).await), Code::NotFound);
    }

    async fn what_somebody_enters_in_a_row_is_summed_up_without_what_others_enter(bench: Bench) {
        let g = ground(&bench).await;
        let other = Actor { person: g.bank.person, ..g.crew.clone() };
        added_later(&bench, &g.crew, g.member, 1).await;
        let first = added_later(&bench, &g.crew, g.member, 2).await;
        added_later(&bench, &other, g.member, 3).await;
        let second = added_later(&bench, &g.crew, g.member, 4).await;
        let mut cx = bench.view(&g.crew).await;
        let sitting = entered_since(&mut cx, first).await.unwrap();
        assert_eq!(sitting.rows.iter().map(|p| p.id).collect::<Vec<_>>(), [second, first]);
        assert_eq!((sitting.count, sitting.sum), (2, Cents(6000)));
    }
}
