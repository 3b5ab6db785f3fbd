//! The chain's promises, on both engines: every way of writing is in it, and what is changed
//! past the program is found.

use super::*;
use crate::audit::{Change, NOTHING, record};
use crate::db::testing::{Bench, somebody_with};
use crate::kernel::Right;
use crate::{all, both_engines, exec};
use chain::{Checkpoint, Fault, PublicKeys, Report, Signer};
use serde_json::{Value, json};
use uuid::Uuid;

async fn write_one(bench: &Bench, label: &str, after: Option<Value>) {
    let admin = somebody_with(Right::ALL);
    bench
        .run(&admin, async |cx| {
            let id = Uuid::now_v7();
            let change = Change {
                action: "changed",
                kind: "party",
                id,
                label,
            };
            record(cx, change, NOTHING, after.as_ref()).await
        })
        .await
        .unwrap();
}

async fn verified(bench: &Bench, kept: Vec<Checkpoint>, keys: &PublicKeys) -> Report {
    let mut cx = bench.view(&somebody_with(&[Right::Settings])).await;
    verify(&mut cx, kept, keys).await.unwrap()
}

async fn report(bench: &Bench) -> Report {
    verified(bench, vec![], &PublicKeys::default()).await
}

/// A transaction in which nothing refuses changes: of somebody who has the whole database.
async fn tamper(bench: &Bench) -> Tx {
    let mut tx = bench.tamper().await;
    if tx.is_sqlite() {
        for sql in [
            "DROP TRIGGER audit_frozen_update",
            "DROP TRIGGER audit_frozen_delete",
            "DROP TRIGGER audit_checkpoints_frozen_delete",
        ] {
            exec!(tx, sql).unwrap();
        }
    }
    tx
}

both_engines! {
    async fn what_is_written_makes_a_chain(bench: Bench) {
        let begun = report(&bench).await.rows;
        write_one(&bench, "Léa", Some(json!({"z": 1, "a": [null, true, "é\"\\\u{7f}\u{2028}"], "n": -3000}))).await;
        write_one(&bench, "", None).await;
        let admin = somebody_with(Right::ALL);
        bench
            .run(&admin, async |cx| {
                let one = |n: u128| Change { action: "added", kind: "member", id: Uuid::from_u128(n), label: "x" };
                let records = (0..1_203).map(|n| crate::audit::entry(cx, one(n), NOTHING, Some(&n))).collect::<Result<Vec<_>>>()?;
                crate::audit::record_many(cx, records);
                Ok(())
            })
            .await
            .unwrap();
        let report = report(&bench).await;
        assert_eq!(report.faults, []);
        assert_eq!(report.rows, begun + 1_205);
    }

    async fn fifty_at_once_make_one_chain(bench: Bench) {
        let begun = report(&bench).await.rows;
        let writes = (0..50).map(|n| {
            let bench = &bench;
            async move { write_one(bench, &n.to_string(), Some(json!(n))).await }
        });
        futures_join(writes).await;
        let report = report(&bench).await;
        assert_eq!((report.faults_total, report.rows), (0, begun + 50));
    }

    async fn what_is_given_up_is_in_no_chain(bench: Bench) {
        let begun = report(&bench).await;
        let admin = somebody_with(Right::ALL);
        let mut cx = bench.act(&admin).await;
        let change = Change { action: "added", kind: "member", id: Uuid::nil(), label: "x" };
        record(&mut cx, change, NOTHING, NOTHING).await.unwrap();
        drop(cx);
        assert_eq!(report(&bench).await, begun);
        write_one(&bench, "y", None).await;
        assert!(report(&bench).await.is_good());
    }

    async fn rows_of_before_there_was_a_chain_are_taken_into_it(bench: Bench) {
        for n in 0..3 {
            write_one(&bench, &format!("alt {n}"), Some(json!({"n": n}))).await;
        }
        let rows = report(&bench).await.rows;
        let mut tx = tamper(&bench).await;
        exec!(tx, "UPDATE audit SET seq = NULL, hash = NULL, who_salt = NULL, what_salt = NULL WHERE tenant_id = $1", bench.tenant.id).unwrap();
        exec!(tx, "DELETE FROM audit_heads WHERE tenant_id = $1", bench.tenant.id).unwrap();
        tx.commit().await.unwrap();
        // Nothing is wrong with what has no chain yet; it begins with the next row.
        assert_eq!((report(&bench).await.rows, report(&bench).await.faults), (0, vec![]));
        write_one(&bench, "neu", None).await;
        let report = report(&bench).await;
        assert_eq!((report.faults, report.rows), (vec![], rows + 1));
    }

    async fn what_is_changed_past_the_program_is_found(bench: Bench) {
        for n in 0..4 {
            write_one(&bench, &format!("Léa {n}"), Some(json!({"n": n}))).await;
        }
        let last = report(&bench).await.rows;
        let Ok(place) = i64::try_from(last) else { unreachable!() };
        let altered = Fault::Altered { seq: last - 1 };
        let missing = Fault::Missing { seq: last - 1, found: last };
        let ends = Fault::WrongEnd { head: last, found: last - 1 };
        for (sql, fault) in [
            ("UPDATE audit SET actor_name = 'x' WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET address = 'x' WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET object_label = 'x' WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET after = NULL WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET before = after WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET object_id = id WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET action = 'added' WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET what_salt = who_salt WHERE tenant_id = $1 AND seq = $2 - 1", altered.clone()),
            ("UPDATE audit SET hash = who_salt WHERE tenant_id = $1 AND seq = $2 - 1", altered),
            ("DELETE FROM audit WHERE tenant_id = $1 AND seq = $2 - 1", missing),
            ("DELETE FROM audit WHERE tenant_id = $1 AND seq = $2", ends),
            ("UPDATE audit SET seq = NULL WHERE tenant_id = $1 AND seq = $2", Fault::Outside { rows: 1 }),
            ("DELETE FROM audit_heads WHERE tenant_id = $1 AND seq = $2", Fault::NoHead),
        ] {
            let mut cx = bench.view(&somebody_with(Right::ALL)).await;
            cx.tx = tamper(&bench).await;
            assert_eq!(exec!(cx.tx, sql, bench.tenant.id, place).unwrap(), 1, "{sql}");
            let report = verify(&mut cx, vec![], &PublicKeys::default()).await.unwrap();
            assert!(report.faults.contains(&fault), "{sql}: {:?}", report.faults);
        }
        assert!(report(&bench).await.is_good());
    }

    async fn nothing_is_written_behind_an_end_that_is_gone_or_wrong_and_it_is_said_why(bench: Bench) {
        write_one(&bench, "Léa", None).await;
        for sql in ["DELETE FROM audit_heads WHERE tenant_id = $1", "UPDATE audit_heads SET seq = seq - 1 WHERE tenant_id = $1"] {
            let mut cx = bench.act(&somebody_with(Right::ALL)).await;
            exec!(cx.tx, sql, bench.tenant.id).unwrap();
            let change = Change { action: "added", kind: "member", id: Uuid::nil(), label: "x" };
            record(&mut cx, change, NOTHING, NOTHING).await.unwrap();
            let refused = cx.commit().await.unwrap_err();
            assert_eq!(refused.code, crate::kernel::Code::AuditBroken, "{sql}");
        }
        write_one(&bench, "Zoé", None).await;
    }

    async fn a_row_is_changed_only_by_an_erasure_that_leaves_its_digest(bench: Bench) {
        write_one(&bench, "Léa", Some(json!({"n": 1}))).await;
        for sql in [
            "UPDATE audit SET seq = seq + 1 WHERE tenant_id = $1",
            "UPDATE audit SET hash = who_salt WHERE tenant_id = $1",
            "UPDATE audit SET who_salt = NULL WHERE tenant_id = $1",
            "UPDATE audit SET actor_name = '', address = '', who_salt = NULL WHERE tenant_id = $1",
            "UPDATE audit SET actor_name = 'x', address = '', who_salt = NULL, who_digest = hash WHERE tenant_id = $1",
            "UPDATE audit SET object_label = '', after = NULL, before = NULL, what_salt = NULL WHERE tenant_id = $1",
            "UPDATE audit SET object_label = '', after = after, before = NULL, what_salt = NULL, what_digest = hash, action = 'x' WHERE tenant_id = $1",
            "UPDATE audit SET seq = NULL, hash = NULL WHERE tenant_id = $1",
        ] {
            let mut cx = bench.act(&somebody_with(Right::ALL)).await;
            let refused = exec!(cx.tx, sql, bench.tenant.id).unwrap_err();
            assert_eq!(refused.code, crate::kernel::Code::PaymentFrozen, "{sql}");
        }
    }

    async fn a_checkpoint_shows_that_a_chain_was_cut_and_grew_again(bench: Bench) {
        write_one(&bench, "Léa", None).await;
        let signer = Signer::parse(&format!("k1:{}", "11".repeat(32))).unwrap().unwrap();
        let keys = signer.public_keys().clone();
        let clock = crate::context::Clock::At(bench.now);
        let made = sign(&bench.db, &clock, bench.tenant.id, &signer).await.unwrap().unwrap();
        // Without a new row there is no new checkpoint.
        assert!(sign(&bench.db, &clock, bench.tenant.id, &signer).await.unwrap().is_none());
        write_one(&bench, "Zoé", None).await;
        let good = verified(&bench, vec![made.clone()], &keys).await;
        assert_eq!((good.faults, good.checkpoints, good.signed), (vec![], 2, 2));
        // Its own copy in the database cannot be changed.
        for sql in ["UPDATE audit_checkpoints SET seq = 1", "DELETE FROM audit_checkpoints"] {
            let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
            assert!(exec!(tx, sql).is_err(), "{sql}");
        }
        // Whoever has the database cuts the chain, forges the end, and lets it grow again.
        let mut tx = tamper(&bench).await;
        let cut = i64::try_from(made.seq - 1).unwrap();
        exec!(tx, "DELETE FROM audit WHERE tenant_id = $1 AND seq > $2", bench.tenant.id, cut).unwrap();
        exec!(tx, "DELETE FROM audit_checkpoints WHERE tenant_id = $1", bench.tenant.id).unwrap();
        let kept: Vec<(Vec<u8>,)> = all!(tx, "SELECT hash FROM audit WHERE tenant_id = $1 AND seq = $2", bench.tenant.id, cut).unwrap();
        exec!(tx, "UPDATE audit_heads SET seq = $2, hash = $3 WHERE tenant_id = $1", bench.tenant.id, cut, &kept[0].0).unwrap();
        tx.commit().await.unwrap();
        for _ in 0..3 {
            write_one(&bench, "x", None).await;
        }
        assert!(report(&bench).await.is_good());
        let found = verified(&bench, vec![made.clone()], &keys).await;
        assert_eq!(found.faults, [Fault::AgainstCheckpoint { seq: made.seq }]);
    }
}

/// All at once.
async fn futures_join(writes: impl Iterator<Item = impl Future<Output = ()>>) {
    let mut writes: Vec<_> = writes.map(Box::pin).collect();
    std::future::poll_fn(|cx| {
        writes.retain_mut(|write| write.as_mut().poll(cx).is_pending());
        match writes.is_empty() {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
}
