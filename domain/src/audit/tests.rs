//! The audit's promises, on both engines.

use super::*;
use crate::db::testing::somebody_with;
use crate::kernel::Code;
use crate::{both_engines, exec};

both_engines! {
    async fn the_audit_is_searched_without_accents_and_case(bench: Bench) {
        let admin = somebody_with(Right::ALL);
        let id = bench.a_person("Léa", "x").await;
        bench
            .run(&admin, async |cx| {
                let change = Change { action: "changed", kind: "party", id: id.0, label: "Œuvre d’Été" };
                record(cx, change, NOTHING, NOTHING).await
            })
            .await
            .unwrap();
        for (query, found) in [("OEUVRE", 1), ("inès", 1), ("INES", 1), ("absent", 0), ("%", 0)] {
            let filter = Filter { kind: "party".into(), query: query.into(), ..Filter::default() };
            let mut cx = bench.view(&admin).await;
            let page = list(&mut cx, &filter, PageRequest::new(1)).await.unwrap();
            assert_eq!(page.total, found, "{query}");
        }
    }

    async fn a_file_has_the_rows_of_the_list(bench: Bench) {
        let admin = somebody_with(Right::ALL);
        for n in 0..5 {
            bench
                .run(&admin, async |cx| {
                    let change = Change { action: "changed", kind: "party", id: uuid::Uuid::now_v7(), label: &n.to_string() };
                    record(cx, change, NOTHING, NOTHING).await
                })
                .await
                .unwrap();
        }
        for query in ["", "3", "absent"] {
            let filter = Filter { query: query.into(), ..Filter::default() };
            let mut cx = bench.view(&admin).await;
            let page = list(&mut cx, &filter, PageRequest::new(1)).await.unwrap();
            let mut rows: Vec<Entry> = Vec::new();
            loop {
                let after = rows.last().map(|row| row.id);
                let next = list_after(&mut cx, &filter, after, 2).await.unwrap();
                if next.is_empty() {
                    break;
                }
                rows.extend(next);
            }
            assert_eq!(rows, page.rows, "{query}");
        }
    }

    async fn the_audit_is_narrowed_by_who_what_how_and_when(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let actors = [crate::db::testing::person_with(lea, Right::ALL), crate::access::Actor::operator()];
        let object = uuid::Uuid::now_v7();
        for (actor, action) in actors.iter().zip(["archived", "restored"]) {
            bench
                .run(actor, async |cx| {
                    record(cx, Change { action, kind: "party", id: object, label: "x" }, NOTHING, NOTHING).await
                })
                .await
                .unwrap();
        }
        let day = |text: &str| text.parse().ok();
        let of = Filter { object: Some(object), ..Filter::default() };
        for (filter, found) in [
            (of.clone(), 2),
            (Filter { action: "archived".into(), ..of.clone() }, 1),
            (Filter { actor: Some(lea), ..of.clone() }, 1),
            (Filter { via: "cli".into(), ..of.clone() }, 1),
            (Filter { via: "web".into(), action: "restored".into(), ..of.clone() }, 0),
            (Filter { from: day("2026-06-01"), until: day("2026-06-01"), ..of.clone() }, 2),
            (Filter { from: day("2026-06-02"), ..of.clone() }, 0),
            (Filter { until: day("2026-05-31"), ..of.clone() }, 0),
            (Filter { object: Some(uuid::Uuid::nil()), ..of.clone() }, 0),
        ] {
            let mut cx = bench.view(&actors[0]).await;
            let total = list(&mut cx, &filter, PageRequest::new(1)).await.unwrap().total;
            let rows = list_after(&mut cx, &filter, None, 10).await.unwrap().len();
            assert_eq!((total, rows), (found, usize::try_from(found).unwrap()), "{filter:?}");
        }
    }

    async fn an_audit_row_cannot_be_changed_or_deleted(bench: Bench) {
        for sql in ["UPDATE audit SET action = 'x'", "DELETE FROM audit"] {
            let mut cx = bench.act(&somebody_with(Right::ALL)).await;
            let refused = exec!(cx.tx, sql).unwrap_err();
            assert_eq!(refused.code, Code::PaymentFrozen, "{sql}");
        }
    }

    async fn a_change_without_audit_is_not_committed(bench: Bench) {
        let mut cx = bench.act(&somebody_with(Right::ALL)).await;
        exec!(cx.tx, "UPDATE settings SET title = 'x' WHERE tenant_id = $1", cx.tenant).unwrap();
        assert_eq!(cx.commit().await.unwrap_err().code, Code::Internal);
        let mut cx = bench.view(&somebody_with(Right::ALL)).await;
        assert_eq!(crate::settings::get(&mut cx).await.unwrap().title, "Nuage Libre");
    }

    async fn the_audit_is_for_those_with_the_right(bench: Bench) {
        let mut cx = bench.view(&somebody_with(&[Right::People])).await;
        let refused = list(&mut cx, &Filter::default(), PageRequest::new(1)).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::Settings });
    }
}
