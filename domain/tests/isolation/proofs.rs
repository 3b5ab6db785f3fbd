//! The reports of proofs: kept as they were made, also where something got through.

use super::ground::{Own, two};
use domain::context::Clock;
use domain::db::Db;
use domain::exec;
use domain::kernel::{Locale, Slug};
use domain::portal::proofs::{self, KEPT_MAX, Proof};
use domain::portal::{self, Operator};

async fn prove(db: &Db) -> Proof {
    let operator = Operator::at_the_machine("ada");
    proofs::prove(db, &Clock::System, &operator).await.unwrap()
}

/// What is kept says what was found, by whom, and in the same words.
async fn is_kept(db: &Db, proof: &Proof) {
    let kept = proofs::find(db, proof.id).await.unwrap().unwrap();
    assert_eq!(kept.operator, "ada");
    assert_eq!(kept.report, proof.report);
    assert_eq!(kept.report.to_string(), proof.report.to_string());
    assert_eq!(proofs::list(db).await.unwrap()[0].id, proof.id);
}

async fn may_not_be_changed(db: &Db) {
    let mut tx = db.portal_write().await.unwrap();
    assert!(exec!(tx, "UPDATE proofs SET operator = 'nobody'").is_err());
}

#[tokio::test]
async fn on_postgres_a_report_is_kept_and_says_when_a_table_lost_its_policy() {
    let own = Own::filled(&two()).await;
    let db = Db::open_postgres(&own.serving).await.unwrap();
    let good = prove(&db).await;
    assert!(good.report.apart, "{}", *good.report);
    is_kept(&db, &good).await;
    let pool = sqlx::PgPool::connect(&own.owner).await.unwrap();
    sqlx::query("DROP POLICY own_tenant ON members")
        .execute(&pool)
        .await
        .unwrap();
    let bad = prove(&db).await;
    assert!(!bad.report.apart);
    assert!(bad.report.to_string().contains("SOMETHING GOT THROUGH"));
    is_kept(&db, &bad).await;
    is_kept_beside(&db, &good).await;
    may_not_be_changed(&db).await;
    // Whoever owns the tables is refused as well.
    let changed = sqlx::query("UPDATE proofs SET operator = 'nobody'");
    assert!(changed.execute(&pool).await.is_err());
    pool.close().await;
    db.close().await;
    own.drop().await;
}

/// A later one does not change what an earlier one says.
async fn is_kept_beside(db: &Db, proof: &Proof) {
    let kept = proofs::find(db, proof.id).await.unwrap().unwrap();
    assert_eq!(kept.report, proof.report);
}

#[tokio::test]
async fn on_sqlite_a_report_is_kept_and_says_when_a_file_is_another_ones() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let mut ids = Vec::new();
    for name in ["one", "other"] {
        let slug = Slug::parse(name).unwrap();
        let made = portal::create(&db, &Clock::System, slug, name, Locale::Fr).await;
        ids.push(made.unwrap().id);
    }
    let good = prove(&db).await;
    assert!(good.report.apart, "{}", *good.report);
    assert_eq!(good.report.tenants, 2);
    is_kept(&db, &good).await;
    db.close().await;
    let file = |n: usize| folder.path().join(format!("tenants/{}.db", ids[n]));
    std::fs::copy(file(0), file(1)).unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let bad = prove(&db).await;
    assert!(!bad.report.apart);
    assert!(bad.report.to_string().contains("SOMETHING GOT THROUGH"));
    is_kept(&db, &bad).await;
    is_kept_beside(&db, &good).await;
    may_not_be_changed(&db).await;
    db.close().await;
}

#[tokio::test]
async fn of_all_reports_the_latest_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let first = prove(&db).await;
    for _ in 1..KEPT_MAX {
        prove(&db).await;
    }
    assert!(proofs::find(&db, first.id).await.unwrap().is_some());
    let last = prove(&db).await;
    assert_eq!(proofs::find(&db, first.id).await.unwrap(), None);
    let all = proofs::list(&db).await.unwrap();
    assert_eq!(i64::try_from(all.len()).unwrap(), KEPT_MAX);
    assert_eq!(all[0].id, last.id);
    db.close().await;
}
