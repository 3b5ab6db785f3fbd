//! The two engines keep the same tables, and many tenants share few open files.

mod writing;

use super::testing::{Bench, somebody_with};
use super::{Db, Tx};
use crate::context::{Clock, Cx};
use crate::kernel::{Locale, Result, Right, Slug};
use crate::{all, both_engines, one, portal, settings};
use std::collections::BTreeSet;

/// Table, column, and whether it may be empty.
type Column = (String, String, bool);

async fn columns(tx: &mut Tx) -> BTreeSet<Column> {
    let rows: Vec<Column> = if tx.is_sqlite() {
        all!(
            *tx,
            "SELECT t.name, c.name, c.\"notnull\" = 0 FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
        )
    } else {
        all!(
            *tx,
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'public'"
        )
    }
    .unwrap();
    rows.into_iter()
        .filter(|(table, ..)| !table.starts_with('_') && !table.starts_with("sqlite_"))
        .collect()
}

#[tokio::test]
async fn both_engines_keep_the_same_tables() {
    let (sqlite, postgres) = (Bench::sqlite().await, Bench::postgres().await);
    let mut on_sqlite = columns(&mut sqlite.db.read(sqlite.tenant.id).await.unwrap()).await;
    on_sqlite.append(&mut columns(&mut sqlite.db.portal_read().await.unwrap()).await);
    let on_postgres = columns(&mut postgres.db.read(postgres.tenant.id).await.unwrap()).await;
    assert!(on_sqlite.len() > 100, "the catalogue was read");
    assert_eq!(on_sqlite, on_postgres);
}

/// A second opening of the same storage: another process, as far as the first one knows.
async fn beside(bench: &Bench) -> Db {
    match bench.folder() {
        Some(folder) => Db::open_sqlite(folder).await.unwrap(),
        None => super::testing::open_postgres().await.unwrap(),
    }
}

async fn parties(cx: &mut Cx) -> i64 {
    cx.remember("parties".into(), async |cx| {
        let (count,): (i64,) = one!(
            cx.tx,
            "SELECT count(*) FROM parties WHERE tenant_id = $1",
            cx.tenant
        )?;
        Ok(count)
    })
    .await
    .unwrap()
}

async fn add_somebody(cx: &mut Cx) -> Result<()> {
    let form = crate::people::PartyForm {
        key: uuid::Uuid::now_v7().to_string(),
        kind: "person".into(),
        name: "Verhaegen".into(),
        ..crate::people::PartyForm::default()
    };
    crate::people::add(cx, &form).await.map(drop)
}

both_engines! {
    async fn what_is_remembered_is_what_is_there(bench: Bench) {
        let actor = somebody_with(Right::ALL);
        let other = beside(&bench).await;
        for round in 0..5 {
            // Twice: the second is remembered.
            assert_eq!(parties(&mut bench.view(&actor).await).await, round);
            assert_eq!(parties(&mut bench.view(&actor).await).await, round);
            let before = bench.view(&actor).await;
            let mut before = Some(before);
            if round % 2 == 0 {
                // One that began to read before the change goes on to see what was.
                assert_eq!(parties(before.as_mut().unwrap()).await, round);
            } else {
                before = None;
            }
            let tx = other.write(bench.tenant.id).await.unwrap();
            let zone = settings::DEFAULT_ZONE;
            let mut cx = Cx::new(bench.tenant.id, actor.clone(), bench.now, zone, tx);
            add_somebody(&mut cx).await.unwrap();
            cx.commit().await.unwrap();
            if let Some(mut before) = before {
                assert_eq!(parties(&mut before).await, round);
            }
            assert_eq!(parties(&mut bench.view(&actor).await).await, round + 1);
        }
    }

    async fn what_was_undone_is_not_remembered(bench: Bench) {
        let actor = somebody_with(Right::ALL);
        for _ in 0..3 {
            let mut undone = bench.act(&actor).await;
            add_somebody(&mut undone).await.unwrap();
            assert_eq!(parties(&mut undone).await, 1);
            drop(undone);
            assert_eq!(parties(&mut bench.view(&actor).await).await, 0);
        }
        bench.run(&actor, async |cx| add_somebody(cx).await).await.unwrap();
        assert_eq!(parties(&mut bench.view(&actor).await).await, 1);
    }
}

#[tokio::test]
async fn more_tenants_than_open_files_all_answer() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let mut made = Vec::new();
    for n in 0..super::sqlite::OPEN_TENANTS_MAX + 6 {
        let slug = Slug::parse(&format!("t{n}")).unwrap();
        let title = format!("Tenant {n}");
        made.push(
            portal::create(&db, &Clock::System, slug, &title, Locale::Fr)
                .await
                .unwrap(),
        );
    }
    // The first ones were closed in between.
    for tenant in &made {
        let tx = db.read(tenant.id).await.unwrap();
        let actor = somebody_with(&[Right::Settings]);
        let mut cx = crate::context::Cx::new(
            tenant.id,
            actor,
            Clock::System.now(),
            settings::DEFAULT_ZONE,
            tx,
        );
        assert_eq!(settings::get(&mut cx).await.unwrap().title, tenant.title);
    }
}

/// Invariant 1 of ARCHITECTURE.md: the verbs are called in `store.rs` files and in `db/` only.
#[test]
fn sql_stands_in_stores_only() {
    fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found)
            } else {
                found.push(path)
            }
        }
    }
    let mut found = Vec::new();
    sources(
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut found,
    );
    let mut stores = 0;
    for path in found {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&path).unwrap();
        let calls = ["one!(", "opt!(", "all!(", "exec!(", "sqlx::query"]
            .iter()
            .any(|verb| text.contains(verb));
        // Where a bare bind stands behind LIKE, SQLite makes its plan from the value, and
        // prepares the statement anew each time it runs: hence `LIKE '' ||` before the bind.
        assert!(!text.contains(concat!("LIKE", " $")), "{name}");
        if name.ends_with("/store.rs") || name.contains("/store/") {
            stores += usize::from(calls);
        } else if !name.contains("/db/") && !name.contains("/tests") {
            assert!(!calls, "{name} holds SQL");
        }
    }
    assert!(stores >= 8, "the stores were read");
}
