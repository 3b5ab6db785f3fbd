//! What was chosen for a file is there for the next one; what nobody applies goes.

use super::uses::{apply, code, importer, key, upload};
use super::*;
use crate::db::testing::{Bench, somebody_with};
use crate::kernel::{ImportId, Right};
use crate::{both_engines, exec, one};
use chrono::{DateTime, TimeDelta, Utc};

const FILE: &str = "wer;wo;was\nZoé Roux;zoe@ex.fr;12,50\n";

async fn get(bench: &Bench, id: ImportId) -> Import {
    let mut cx = bench.view(&importer()).await;
    super::super::get(&mut cx, id).await.unwrap()
}

async fn choose(bench: &Bench, id: ImportId, columns: &[Field]) -> Choices {
    let choices = Choices {
        columns: columns.to_vec(),
        label: "alte Liste".into(),
        ..get(bench, id).await.choices
    };
    bench
        .run(&importer(), async |cx| set_choices(cx, id, &choices).await)
        .await
        .unwrap();
    choices
}

/// Everything so far happened so many days earlier.
async fn days_pass(bench: &Bench, days: i64) {
    let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
    let then: DateTime<Utc> = bench.now - TimeDelta::days(days);
    exec!(
        tx,
        "UPDATE imports SET created_at = $2 WHERE tenant_id = $1",
        bench.tenant.id,
        then
    )
    .unwrap();
    exec!(
        tx,
        "UPDATE import_choices SET kept_at = $2 WHERE tenant_id = $1",
        bench.tenant.id,
        then
    )
    .unwrap();
    tx.commit().await.unwrap();
}

both_engines! {
    async fn the_next_file_of_the_same_shape_is_understood_as_the_last_one(bench: Bench) {
        let first = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        assert_eq!(get(&bench, first).await.choices_from, None);
        let chosen = choose(&bench, first, &[Field::Name, Field::Email, Field::Amount]).await;
        days_pass(&bench, 3).await;
        let next = upload(&bench, &importer(), "Wo;WER;was;Telephone\n".replace("\n", "\na@ex.fr;Ali;5;0601020304\n").as_bytes()).await.unwrap();
        let import = get(&bench, next).await;
        assert_eq!(import.choices.columns, [Field::Email, Field::Name, Field::Amount, Field::Phone]);
        assert_eq!(import.choices.label, "alte Liste");
        assert_eq!(import.choices_from, Some(bench.now - TimeDelta::days(3)));
        let same = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        assert_eq!(get(&bench, same).await.choices, chosen);
        // Another organisation has nothing of it.
        let other = bench.another_tenant().await;
        let tx = bench.db.write(other).await.unwrap();
        let mut cx = crate::context::Cx::new(other, importer(), bench.now, chrono_tz::Europe::Paris, tx);
        let id = super::super::upload(&mut cx, "x.csv", FILE.as_bytes(), &key()).await.unwrap();
        assert_eq!(super::super::get(&mut cx, id).await.unwrap().choices_from, None);
    }

    async fn what_is_remembered_can_be_forgotten(bench: Bench) {
        let first = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        let recognised = get(&bench, first).await.choices;
        choose(&bench, first, &[Field::Name, Field::Email, Field::Amount]).await;
        let next = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        let stranger = somebody_with(&[Right::People]);
        assert_eq!(code(bench.run(&stranger, async |cx| forget_choices(cx, next).await).await), Code::Forbidden { right: Right::Members });
        bench.run(&importer(), async |cx| forget_choices(cx, next).await).await.unwrap();
        let import = get(&bench, next).await;
        assert_eq!((import.choices, import.choices_from), (recognised.clone(), None));
        let last = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        assert_eq!(get(&bench, last).await.choices, recognised);
    }

    async fn an_upload_that_nobody_applies_is_forgotten_after_a_week(bench: Bench) {
        let old = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        let applied = upload(&bench, &importer(), "Nom;Prénom\nNoir;Ada\n".as_bytes()).await.unwrap();
        apply(&bench, &importer(), applied).await.unwrap();
        days_pass(&bench, KEPT_DAYS + 1).await;
        let new = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        let mut cx = bench.view(&importer()).await;
        assert_eq!(code(super::super::get(&mut cx, old).await), Code::NotFound);
        assert_eq!(super::super::list(&mut cx).await.unwrap().len(), 2);
        assert!(super::super::get(&mut cx, new).await.is_ok());
        let history = crate::audit::history(&mut cx, "import", old.0).await.unwrap();
        assert!(history.iter().any(|e| e.action == "expired"));
    }

    async fn only_so_many_uploads_wait(bench: Bench) {
        for n in 0..WAITING_MAX + 3 {
            let text = format!("Name;Email\nAnn;ann{n}@ex.org\n");
            upload(&bench, &importer(), text.as_bytes()).await.unwrap();
        }
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let (waiting,): (i64,) = one!(tx, "SELECT count(*) FROM imports WHERE tenant_id = $1", bench.tenant.id).unwrap();
        assert_eq!(waiting, WAITING_MAX);
    }
}
