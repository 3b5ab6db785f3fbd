//! The tries of `equipage prove isolation` find nothing where tenants are apart, in each table of
//! the catalogue; and where the protection is taken away, they fail.

use super::ground::{Own, run, two};
use domain::context::Clock;
use domain::db::Db;
use domain::db::proof::Check;
use domain::kernel::{Locale, Slug, TenantId};
use domain::portal;
use std::path::{Path, PathBuf};

/// The names of the checks that something got through, with what.
fn leaks(checks: &[Check]) -> Vec<(&str, String)> {
    let leaks = checks.iter().filter(|check| !check.leaks.is_empty());
    leaks.map(|c| (&*c.name, c.leaks.join("; "))).collect()
}

fn tried(checks: &[Check], name: &str) -> u64 {
    let check = checks.iter().find(|check| check.name == name);
    check.unwrap_or_else(|| panic!("{name}: {checks:?}")).tried
}

const CATALOGUE: &str = "each table is protected, and the role that serves is held";
const KEYS: &str = "each key and reference begins with the organisation";
const NOBODY: &str = "nobody reads nothing";
const READING: &str = "reading another organisation's rows";
const CHANGING: &str = "changing them";
const REMOVING: &str = "removing them";
const ADDING: &str = "adding a row to it";
const MOVING: &str = "moving an own row to it";

/// What is taken away, how it is mended, and which checks must find it out.
const SABOTAGE: &[(&str, &str, &[&str])] = &[
    (
        "DROP POLICY own_tenant ON mails; ALTER TABLE mails DISABLE ROW LEVEL SECURITY",
        "",
        &[
            CATALOGUE, NOBODY, READING, CHANGING, REMOVING, ADDING, MOVING,
        ],
    ),
    // Two permissive policies are OR-ed.
    (
        "CREATE POLICY everything ON members USING (true)",
        "DROP POLICY everything ON members",
        &[
            CATALOGUE, NOBODY, READING, CHANGING, REMOVING, ADDING, MOVING,
        ],
    ),
    (
        // (What a row would be after it is moved must still be one's own to be read.)
        "ALTER POLICY own_tenant ON parties WITH CHECK (true)",
        "",
        &[CATALOGUE, ADDING],
    ),
    (
        "CREATE POLICY readers ON settings FOR SELECT USING (true)",
        "DROP POLICY readers ON settings",
        &[CATALOGUE, NOBODY, READING],
    ),
    // A table of tomorrow to which somebody gave rights by hand.
    (
        "CREATE TABLE tomorrow (id UUID NOT NULL, tenant_id UUID NOT NULL, PRIMARY KEY (id)); GRANT ALL ON tomorrow TO equipage_serve",
        "DROP TABLE tomorrow",
        &[CATALOGUE, KEYS, ADDING],
    ),
    (
        "CREATE VIEW everybody AS SELECT * FROM members; GRANT SELECT ON everybody TO equipage_serve",
        "DROP VIEW everybody",
        &[CATALOGUE],
    ),
];

#[tokio::test]
async fn no_table_lets_one_tenant_reach_another_and_sabotage_is_found_out() {
    let tenants = two();
    let own = Own::filled(&tenants).await;
    let db = Db::open_postgres(&own.serving).await.unwrap();
    let checks = db.prove_isolation(&tenants).await.unwrap();
    assert_eq!(leaks(&checks), []);
    let tables = u64::try_from(own.tables().await.len()).unwrap();
    assert_eq!(tried(&checks, CATALOGUE), tables);
    assert_eq!(tried(&checks, NOBODY), tables);
    for name in [READING, CHANGING, REMOVING, ADDING, MOVING] {
        assert_eq!(tried(&checks, name), 2 * tables, "{name}");
    }
    assert!(tried(&checks, KEYS) > tables);
    for (sabotage, mended_by, expected) in SABOTAGE {
        run(&own.owner, sabotage).await;
        let checks = db.prove_isolation(&tenants).await.unwrap();
        let found: Vec<&str> = leaks(&checks).into_iter().map(|(name, _)| name).collect();
        assert_eq!(&found, expected, "{sabotage}: {:?}", leaks(&checks));
        if !mended_by.is_empty() {
            run(&own.owner, mended_by).await;
        }
        own.migrate().await.unwrap();
        assert_eq!(leaks(&db.prove_isolation(&tenants).await.unwrap()), []);
    }
    db.close().await;
    own.drop().await;
}

/// Not one table is protected by something else than its policy: without, each is found.
#[tokio::test]
async fn without_the_policies_every_table_leaks() {
    let tenants = two();
    let own = Own::filled(&tenants).await;
    let db = Db::open_postgres(&own.serving).await.unwrap();
    let all = own.tables().await;
    for table in &all {
        run(
            &own.owner,
            &format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
        )
        .await;
    }
    let checks = db.prove_isolation(&tenants[..1]).await.unwrap();
    for name in [NOBODY, READING] {
        let check = checks.iter().find(|check| check.name == name).unwrap();
        assert_eq!(check.leaks.len(), all.len(), "{name}: {:?}", check.leaks);
    }
    db.close().await;
    own.drop().await;
}

#[tokio::test]
async fn whatever_a_tenant_removes_or_changes_the_others_stay_as_they_were() {
    let [one, other] = two();
    let own = Own::filled(&[one, other]).await;
    let before = own.sums(other).await;
    let db = Db::open_postgres(&own.serving).await.unwrap();
    let mut gone = 0;
    // The program forgets to say whose rows are meant: the tenant's own are all there are.
    for sql in ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}"] {
        for table in own.tables().await {
            let mut tx = db.write(one).await.unwrap();
            let sql = sqlx::AssertSqlSafe(sql.replace("{}", &table));
            // Some may not be touched, and some hang on others.
            if domain::exec!(tx, sql).is_ok() {
                gone += 1;
                tx.commit().await.unwrap();
            }
        }
    }
    assert!(gone > 40, "{gone}");
    assert_eq!(own.sums(other).await, before);
    assert_ne!(own.sums(one).await, before);
    db.close().await;
    own.drop().await;
}

async fn tenant(db: &Db, name: &str) -> TenantId {
    let slug = Slug::parse(name).unwrap();
    let made = portal::create(db, &Clock::System, slug, name, Locale::Fr).await;
    made.unwrap().id
}

fn file(folder: &Path, tenant: TenantId) -> PathBuf {
    folder.join("tenants").join(format!("{tenant}.db"))
}

#[tokio::test]
async fn a_file_at_another_ones_place_is_refused_and_without_that_check_it_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let (one, other) = (tenant(&db, "one").await, tenant(&db, "other").await);
    let checks = db.prove_isolation(&[one, other]).await.unwrap();
    assert_eq!(leaks(&checks), []);
    assert!(checks.iter().map(|check| check.tried).sum::<u64>() > 60);
    db.close().await;
    // The file of one is put in the place of the other's.
    std::fs::copy(file(folder.path(), one), file(folder.path(), other)).unwrap();
    let before = std::fs::read(file(folder.path(), other)).unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    for tx in [db.read(other).await, db.write(other).await] {
        let refused = tx.err().expect("it is refused").log_line();
        assert!(refused.contains("another organisation"), "{refused}");
    }
    assert!(db.read(one).await.is_ok());
    let checks = db.prove_isolation(&[one, other]).await.unwrap();
    let found = leaks(&checks);
    assert_eq!(found.len(), 1, "{found:?}");
    db.close().await;
    assert_eq!(std::fs::read(file(folder.path(), other)).unwrap(), before);
    // Nothing in it says any more whose it is: it opens, and its rows give it away.
    let url = format!("sqlite://{}", file(folder.path(), other).display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("PRAGMA foreign_keys = OFF")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM settings")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let checks = db.prove_isolation(&[one, other]).await.unwrap();
    let found = leaks(&checks);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("audit"), "{found:?}");
    db.close().await;
}

#[tokio::test]
async fn a_file_that_is_taken_away_and_put_back_leaves_the_others_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let (one, other) = (tenant(&db, "one").await, tenant(&db, "other").await);
    db.close().await;
    let before = std::fs::read(file(folder.path(), other)).unwrap();
    let kept = std::fs::read(file(folder.path(), one)).unwrap();
    std::fs::remove_file(file(folder.path(), one)).unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    assert!(db.read(one).await.is_err());
    assert!(db.read(other).await.is_ok());
    db.close().await;
    std::fs::write(file(folder.path(), one), kept).unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    assert_eq!(leaks(&db.prove_isolation(&[one, other]).await.unwrap()), []);
    db.close().await;
    assert_eq!(std::fs::read(file(folder.path(), other)).unwrap(), before);
}
