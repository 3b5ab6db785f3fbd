//! Entering, changing, deleting, freezing and reversing.

use super::*;
use crate::both_engines;
use crate::exec;

fn reversal(reason: &str) -> ReversalForm {
    ReversalForm {
        key: key(),
        reason: reason.into(),
    }
}

both_engines! {
    async fn a_draft_is_entered_changed_and_deleted_and_each_step_is_audited(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        let draft = read(&bench, id).await;
        assert_eq!(draft.status(), Status::Draft);
        assert_eq!(draft.member_name, "Léa Benamar");
        assert_eq!((draft.member_number, draft.amount), (12, Cents(3000)));
        assert_eq!(draft.entered_by, g.crew.person);

        let changed = PaymentForm { amount: "32,50".into(), ..PaymentForm::of(&draft, crate::kernel::Locale::Fr) };
        bench.run(&g.crew, async |cx| save(cx, id, &changed).await).await.unwrap();
        // The double click: the same content once more is no conflict.
        bench.run(&g.crew, async |cx| save(cx, id, &changed).await).await.unwrap();
        let after = read(&bench, id).await;
        assert_eq!((after.amount, after.version), (Cents(3250), 2));

        let late = PaymentForm { amount: "99".into(), ..changed };
        assert_eq!(code(bench.run(&g.crew, async |cx| save(cx, id, &late).await).await), Code::ChangedMeanwhile);
        assert_eq!(code(bench.run(&g.crew, async |cx| delete(cx, id, "1").await).await), Code::ChangedMeanwhile);
        bench.run(&g.crew, async |cx| delete(cx, id, "2").await).await.unwrap();
        bench.run(&g.crew, async |cx| delete(cx, id, "2").await).await.unwrap();
        let other = Actor { person: g.bank.person, ..g.crew.clone() };
        assert_eq!(code(bench.run(&other, async |cx| delete(cx, id, "2").await).await), Code::NotFound);
        assert_eq!(history(&bench, id).await, ["added", "changed", "deleted"]);
    }

    async fn a_validated_payment_cannot_be_changed_or_deleted(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        assert_eq!(validated(&bench, &g.bank, &[id]).await, [Outcome::Validated]);
        let frozen = read(&bench, id).await;
        assert_eq!(frozen.status(), Status::Validated);
        assert_eq!(frozen.validated_by_name.as_deref(), Some("Karim"));
        let changed = PaymentForm { amount: "99".into(), ..PaymentForm::of(&frozen, crate::kernel::Locale::Fr) };
        assert_eq!(code(bench.run(&g.crew, async |cx| save(cx, id, &changed).await).await), Code::PaymentFrozen);
        assert_eq!(code(bench.run(&g.crew, async |cx| delete(cx, id, "2").await).await), Code::PaymentFrozen);
        assert_eq!(read(&bench, id).await, frozen);
    }

    async fn the_database_itself_refuses_to_touch_a_validated_payment(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[id]).await;
        let frozen = read(&bench, id).await;
        for sql in [
            "UPDATE payments SET amount_cents = 1 WHERE tenant_id = $1 AND id = $2",
            "UPDATE payments SET state = 'draft', validated_at = NULL WHERE tenant_id = $1 AND id = $2",
            "UPDATE payments SET note = 'x' WHERE tenant_id = $1 AND id = $2",
            "DELETE FROM payments WHERE tenant_id = $1 AND id = $2",
        ] {
            let mut cx = bench.act(&g.bank).await;
            let refused = exec!(cx.tx, sql, cx.tenant, id).unwrap_err();
            assert_eq!(refused.code, Code::PaymentFrozen, "{sql}");
        }
        assert_eq!(read(&bench, id).await, frozen);
    }

    async fn a_frozen_row_is_not_replaced_either(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[id]).await;
        let frozen = read(&bench, id).await;
        let columns = "tenant_id, id, member_id, amount_cents, method, received_on, label, note, search, state, entered_by_name, entered_at, version";
        let values = "tenant_id, id, member_id, 1, method, received_on, label, note, search, 'draft', entered_by_name, entered_at, 1";
        let from = "FROM payments WHERE tenant_id = $1 AND id = $2";
        let mut cx = bench.act(&g.bank).await;
        let sql = if cx.tx.is_sqlite() {
            format!("INSERT OR REPLACE INTO payments ({columns}) SELECT {values} {from}")
        } else {
            format!("INSERT INTO payments ({columns}) SELECT {values} {from} ON CONFLICT (tenant_id, id) DO UPDATE SET amount_cents = 1")
        };
        let refused = exec!(cx.tx, sqlx::AssertSqlSafe(sql.clone()), cx.tenant, id).unwrap_err();
        assert_eq!(refused.code, Code::PaymentFrozen);
        drop(cx);
        let mut cx = bench.act(&g.bank).await;
        if cx.tx.is_sqlite() {
            let refused = exec!(cx.tx, "INSERT OR REPLACE INTO audit SELECT * FROM audit").unwrap_err();
            assert_eq!(refused.code, Code::PaymentFrozen);
        }
        drop(cx);
        assert_eq!(read(&bench, id).await, frozen);
    }

    async fn the_database_itself_refuses_a_payment_that_is_born_validated(bench: Bench) {
        let g = ground(&bench).await;
        let mut cx = bench.act(&g.bank).await;
        let refused = exec!(
            cx.tx,
            "INSERT INTO payments (tenant_id, id, member_id, amount_cents, method, received_on, label, note, search, state, entered_by_name, entered_at, validated_at, version) VALUES ($1, $2, $3, 3000, 'cash', $4, '', '', '', 'validated', 'x', $5, $5, 1)",
            cx.tenant,
            PaymentId(Uuid::now_v7()),
            g.member,
            day("2026-05-01"),
            bench.now
        )
        .unwrap_err();
        assert_eq!(refused.code, Code::Internal);
        assert!(refused.log_line().contains("starts as a draft"), "{}", refused.log_line());
    }

    async fn a_reversal_takes_back_what_was_validated_wrongly(bench: Bench) {
        let g = ground(&bench).await;
        let before = PaymentForm {
            period_from: "2025-01-01".into(),
            period_until: "2025-12-31".into(),
            received_on: "2025-01-15".into(),
            ..form(g.member)
        };
        let before = added(&bench, &g.crew, &before).await;
        let wrong = added(&bench, &g.crew, &form(g.member)).await;
        let refused = bench.run(&g.crew, async |cx| reverse(cx, wrong, &reversal("x")).await).await;
        assert_eq!(code(refused), Code::NotValidatedYet);
        validated(&bench, &g.bank, &[before, wrong]).await;
        assert_eq!(paid_until(&bench, g.member).await, Some(day("2026-12-31")));

        let refused = bench.run(&g.crew, async |cx| reverse(cx, wrong, &reversal(" ")).await).await.unwrap_err();
        assert_eq!(refused.field("reason"), Some(&Code::ReasonNeeded));

        // A reversal that is deleted leaves everything as it was.
        let first = bench.run(&g.crew, async |cx| reverse(cx, wrong, &reversal("bounced")).await).await.unwrap();
        assert_eq!(read(&bench, wrong).await.status(), Status::ReversalWaiting { reversal: first });
        let refused = bench.run(&g.crew, async |cx| reverse(cx, wrong, &reversal("again")).await).await;
        assert_eq!(code(refused), Code::AlreadyReversed);
        let edit = PaymentForm::of(&read(&bench, first).await, crate::kernel::Locale::Fr);
        assert_eq!(code(bench.run(&g.crew, async |cx| save(cx, first, &edit).await).await), Code::IsReversal);
        bench.run(&g.crew, async |cx| delete(cx, first, "1").await).await.unwrap();
        assert_eq!(read(&bench, wrong).await.status(), Status::Validated);

        let back = bench.run(&g.crew, async |cx| reverse(cx, wrong, &reversal("bounced")).await).await.unwrap();
        let draft = read(&bench, back).await;
        assert_eq!(draft.status(), Status::ReversalDraft { original: wrong });
        assert_eq!((draft.amount, draft.method, draft.note.as_str()), (Cents(-3000), Method::Transfer, "bounced"));
        assert_eq!(draft.period, read(&bench, wrong).await.period);
        // Nothing is taken back before the bank crew says so.
        assert_eq!(paid_until(&bench, g.member).await, Some(day("2026-12-31")));
        let both = Actor { person: g.crew.person, ..g.bank.clone() };
        assert_eq!(validated(&bench, &both, &[back]).await, [Outcome::Refused(Code::OwnEntry)]);
        assert_eq!(validated(&bench, &g.bank, &[back]).await, [Outcome::Validated]);
        assert_eq!(paid_until(&bench, g.member).await, Some(day("2025-12-31")));
        assert_eq!(read(&bench, wrong).await.status(), Status::Reversed { reversal: back });
        assert_eq!(read(&bench, back).await.status(), Status::Reversal { original: wrong });
        for (id, refusal) in [(wrong, Code::AlreadyReversed), (back, Code::IsReversal)] {
            let refused = bench.run(&g.crew, async |cx| reverse(cx, id, &reversal("x")).await).await;
            assert_eq!(code(refused), refusal);
        }
    }

    async fn a_waived_payment_can_be_reversed_too(bench: Bench) {
        let g = ground(&bench).await;
        let waived = PaymentForm { amount: "0".into(), method: "waived".into(), note: "student".into(), ..form(g.member) };
        let id = added(&bench, &g.crew, &waived).await;
        validated(&bench, &g.bank, &[id]).await;
        assert_eq!(paid_until(&bench, g.member).await, Some(day("2026-12-31")));
        let back = bench.run(&g.crew, async |cx| reverse(cx, id, &reversal("no student")).await).await.unwrap();
        assert_eq!(read(&bench, back).await.amount, Cents(0));
        validated(&bench, &g.bank, &[back]).await;
        assert_eq!(paid_until(&bench, g.member).await, None);
    }

    async fn each_right_allows_its_own_action_and_no_other(bench: Bench) {
        let g = ground(&bench).await;
        let validated_one = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[validated_one]).await;
        let person = bench.a_person("Zoé", "Petit").await;
        for &right in Right::ALL {
            let draft = added(&bench, &g.crew, &form(g.member)).await;
            let actor = person_with(person, &[right]);
            let edit = PaymentForm { amount: "31".into(), ..PaymentForm::of(&read(&bench, draft).await, crate::kernel::Locale::Fr) };
            let new = form(g.member);
            let (key, reason) = (key(), reversal("x"));
            // Each transaction is dropped: what one action does, the next must not meet.
            let mut attempts = Vec::new();
            let result = add(&mut bench.act(&actor).await, &new).await;
            attempts.push((Right::PaymentsAdd, result.map(drop)));
            let result = reverse(&mut bench.act(&actor).await, validated_one, &reason).await;
            attempts.push((Right::PaymentsAdd, result.map(drop)));
            let result = proposal(&mut bench.act(&actor).await, g.member).await;
            attempts.push((Right::PaymentsAdd, result.map(drop)));
            let result = save(&mut bench.act(&actor).await, draft, &edit).await;
            attempts.push((Right::PaymentsChange, result));
            let result = delete(&mut bench.act(&actor).await, draft, "1").await;
            attempts.push((Right::PaymentsDelete, result));
            let result = validate(&mut bench.act(&actor).await, &[draft], &key).await;
            attempts.push((Right::PaymentsValidate, result.map(drop)));
            for (number, (needed, result)) in attempts.into_iter().enumerate() {
                let refusal = result.err().map(|p| p.code);
                let expected = (needed != right).then_some(Code::Forbidden { right: needed });
                assert_eq!(refusal, expected, "{right:?}, attempt {number}");
            }
            // Everybody in a crew reads.
            let mut cx = bench.view(&actor).await;
            assert!(get(&mut cx, draft).await.is_ok() && waiting_count(&mut cx).await.is_ok());
        }
    }

    async fn a_form_that_is_sent_twice_at_the_same_time_has_one_effect(bench: Bench) {
        let g = ground(&bench).await;
        let new = form(g.member);
        let (a, b) = tokio::join!(
            bench.run(&g.crew, async |cx| add(cx, &new).await),
            bench.run(&g.crew, async |cx| add(cx, &new).await),
        );
        let id = a.unwrap();
        assert_eq!(id, b.unwrap());
        assert_eq!(history(&bench, id).await, ["added"]);

        let (ids, once) = ([id], key());
        let (a, b) = tokio::join!(
            bench.run(&g.bank, async |cx| validate(cx, &ids, &once).await),
            bench.run(&g.bank, async |cx| validate(cx, &ids, &once).await),
        );
        assert_eq!(a.unwrap(), [(id, Outcome::Validated)]);
        assert_eq!(b.unwrap(), [(id, Outcome::Validated)]);
        assert_eq!(history(&bench, id).await, ["added", "validated"]);

        let back = reversal("bounced");
        let (a, b) = tokio::join!(
            bench.run(&g.crew, async |cx| reverse(cx, id, &back).await),
            bench.run(&g.crew, async |cx| reverse(cx, id, &back).await),
        );
        assert_eq!(a.unwrap(), b.unwrap());
        let mut cx = bench.view(&g.crew).await;
        assert_eq!(list(&mut cx, &PaymentFilter::default(), PageRequest::new(1)).await.unwrap().total, 2);
    }

    async fn a_key_that_comes_with_other_content_is_refused(bench: Bench) {
        let g = ground(&bench).await;
        let new = form(g.member);
        let id = added(&bench, &g.crew, &new).await;
        let other = PaymentForm { amount: "31".into(), ..new.clone() };
        assert_eq!(code(bench.run(&g.crew, async |cx| add(cx, &other).await).await), Code::AlreadySent);
        assert_eq!(code(bench.run(&g.bank, async |cx| validate(cx, &[id], &new.key).await).await), Code::AlreadySent);
        let back = ReversalForm { key: new.key.clone(), reason: "x".into() };
        assert_eq!(code(bench.run(&g.crew, async |cx| reverse(cx, id, &back).await).await), Code::AlreadySent);
        let nonsense = PaymentForm { key: "x".into(), ..new };
        assert_eq!(code(bench.run(&g.crew, async |cx| add(cx, &nonsense).await).await), Code::BadRequest);
    }

    async fn two_reversals_of_one_payment_at_once_leave_one(bench: Bench) {
        let g = ground(&bench).await;
        let id = added(&bench, &g.crew, &form(g.member)).await;
        validated(&bench, &g.bank, &[id]).await;
        let (first, second) = (reversal("a"), reversal("b"));
        let (a, b) = tokio::join!(
            bench.run(&g.crew, async |cx| reverse(cx, id, &first).await),
            bench.run(&g.crew, async |cx| reverse(cx, id, &second).await),
        );
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
        assert_eq!(code(a.and(b)), Code::AlreadyReversed);
    }

    async fn a_form_that_is_refused_keeps_neither_key_nor_payment(bench: Bench) {
        let g = ground(&bench).await;
        let wrong = PaymentForm { amount: "0".into(), member: "nobody".into(), ..form(g.member) };
        let refused = bench.run(&g.crew, async |cx| add(cx, &wrong).await).await.unwrap_err();
        assert_eq!(refused.field("amount"), Some(&Code::AmountNotPositive));
        assert_eq!(refused.field("member"), Some(&Code::UnknownMember));
        // The same form, mended, keeps its key.
        let mended = PaymentForm { key: wrong.key, ..form(g.member) };
        added(&bench, &g.crew, &mended).await;
    }

    async fn a_line_that_was_imported_already_is_not_entered_again(bench: Bench) {
        let g = ground(&bench).await;
        let import = ImportId(Uuid::now_v7());
        let mut cx = bench.act(&g.crew).await;
        exec!(
            cx.tx,
            "INSERT INTO imports (tenant_id, id, file_name, content, choices, state, created_at) VALUES ($1, $2, 'a.csv', $3, $4, 'uploaded', $5)",
            cx.tenant,
            import,
            Vec::<u8>::new(),
            sqlx::types::Json(serde_json::Value::Null),
            bench.now
        )
        .unwrap();
        let data = form(g.member).parse(day("2026-06-01")).unwrap();
        let new = |key: &str, data: &PaymentData| NewPayment { member: g.member, data: data.clone(), key: key.into() };
        let wrong = PaymentData { amount: Cents(0), ..data.clone() };
        assert_eq!(code(insert_imported(&mut cx, import, vec![new("a:3", &wrong)]).await), Code::Invalid);
        insert_imported(&mut cx, import, vec![new("a:1", &data), new("a:2", &data)]).await.unwrap();
        let entered = of_member(&mut cx, g.member).await.unwrap();
        assert_eq!(entered.len(), 2);
        assert!(entered.iter().all(|p| p.entered_by == g.crew.person && p.data() == data));
        // Deleted and restored, it still is the line of the file.
        let first = entered[0].id;
        delete(&mut cx, first, "1").await.unwrap();
        cx.commit().await.unwrap();
        bench.run(&g.crew, async |cx| restore(cx, first).await).await.unwrap();
        let mut cx = bench.act(&g.crew).await;
        let again = insert_imported(&mut cx, import, vec![new("a:4", &data), new("a:1", &data)]).await;
        assert_eq!(code(again), Code::ChangedMeanwhile);
    }
}
