//! A hundred thousand requests of a program that has forgotten whose data it is about, or that was
//! given another tenant's ids: drawn for each table of the catalogue, on both engines.
//!
//! `EQUIPAGE_TEST_CROSSINGS` says how many, `EQUIPAGE_TEST_SEED` how they are drawn; `script/prove`
//! sets both.

use super::ground::{Own, two};
use domain::context::Clock;
use domain::db::{Db, Tx, TxKind};
use domain::kernel::{Locale, Slug, TenantId};
use domain::portal;
use sqlx::AssertSqlSafe;

/// How many are drawn where nothing else is said; the engine that is quicker tries more.
const CROSSINGS: u64 = 100_000;
/// Of ten, so many are tried on PostgreSQL.
const OF_TEN: u64 = 4;
/// So many share a transaction.
const SHARED: u64 = 500;

fn number(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).unwrap_or_default();
    text.parse().unwrap_or(otherwise)
}

fn crossings() -> u64 {
    number("EQUIPAGE_TEST_CROSSINGS", CROSSINGS)
}

/// The same seed draws the same again (xorshift).
struct Draw(u64);

impl Draw {
    fn seeded() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seed = number("EQUIPAGE_TEST_SEED", now.unwrap().as_secs());
        println!("EQUIPAGE_TEST_SEED={seed}");
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end
    }
}

/// What is asked for as one tenant: {t} is the table, $1 the other tenant, $2 the text that
/// stands in all of its rows. None may find or reach a row.
const ASKED: &[&str] = &[
    "SELECT 1 FROM {t} WHERE tenant_id = $1 AND $2 = $2 LIMIT 1",
    "SELECT 1 FROM {t} WHERE tenant_id IN ($1) OR CAST($2 AS TEXT) IS NULL LIMIT 1",
    "SELECT 1 FROM {t} x JOIN {t} y ON y.tenant_id = $1 AND $2 = $2 LIMIT 1",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM {t} WHERE tenant_id = $1) AND $2 = $2",
    "SELECT 1 FROM (SELECT count(*) AS n FROM {t} WHERE tenant_id = $1) c WHERE c.n > 0 AND $2 = $2",
    "UPDATE {t} SET tenant_id = tenant_id WHERE tenant_id = $1 AND $2 = $2",
    "DELETE FROM {t} WHERE tenant_id = $1 AND $2 = $2",
];
/// The same where the engine has its own words: the whole row as a text.
const ASKED_OF_POSTGRES: &[&str] = &[
    "SELECT 1 FROM {t} x WHERE x::text LIKE '%' || $2 || '%' AND $1 = $1 LIMIT 1",
    "SELECT 1 FROM {t} x WHERE position(CAST($1 AS text) IN x::text) > 0 AND $2 = $2 LIMIT 1",
];

/// How many rows a request reaches; one that is refused reaches none.
async fn reached(tx: &mut Tx, sql: String, other: TenantId, text: &str) -> u64 {
    match &mut tx.kind {
        TxKind::Sqlite(tx) => {
            let sql = sqlx::query(AssertSqlSafe(sql)).bind(other).bind(text);
            // A SELECT changes nothing: its rows are counted.
            let rows = sql.fetch_all(&mut **tx).await.map_or(0, |rows| rows.len());
            u64::try_from(rows).unwrap()
        }
        TxKind::Postgres(tx) => {
            let sql = sqlx::query(AssertSqlSafe(sql)).bind(other).bind(text);
            sql.execute(&mut **tx).await.unwrap().rows_affected()
        }
    }
}

async fn cross(db: &Db, tenants: &[TenantId], tables: &[String], asked: &[&str], count: u64) {
    let mut draw = Draw::seeded();
    let mut left = count;
    while left > 0 {
        let own = draw.below(tenants.len());
        let other = tenants[(own + 1 + draw.below(tenants.len() - 1)) % tenants.len()];
        let text = format!("of {other}");
        let mut tx = db.write(tenants[own]).await.unwrap();
        for _ in 0..SHARED.min(left) {
            let sql =
                asked[draw.below(asked.len())].replace("{t}", &tables[draw.below(tables.len())]);
            let found = reached(&mut tx, sql.clone(), other, &text).await;
            assert_eq!(found, 0, "{sql}");
            left -= 1;
        }
    }
}

#[tokio::test]
async fn no_request_reaches_another_tenant_on_postgresql() {
    let tenants = [two(), two()].concat();
    let own = Own::filled(&tenants).await;
    // Those that are never changed refuse a change by a right that is not there: that ends a
    // transaction, and is tried elsewhere.
    let frozen = ["audit", "audit_checkpoints", "duty_runs", "receipts"];
    let mut tables = own.tables().await;
    tables.retain(|table| !frozen.contains(&table.as_str()));
    let asked = [ASKED, ASKED_OF_POSTGRES].concat();
    let db = Db::open_postgres(&own.serving).await.unwrap();
    let count = crossings() / 10 * OF_TEN;
    cross(&db, &tenants, &tables, &asked, count).await;
    db.close().await;
    own.drop().await;
}

#[tokio::test]
async fn no_request_reaches_another_tenant_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open_sqlite(folder.path()).await.unwrap();
    let mut tenants = Vec::new();
    for name in ["one", "two", "three", "four"] {
        let slug = Slug::parse(name).unwrap();
        let made = portal::create(&db, &Clock::System, slug, name, Locale::Fr).await;
        tenants.push(made.unwrap().id);
    }
    let mut tx = db.read(tenants[0]).await.unwrap();
    let tables: Vec<(String,)> = domain::all!(
        tx,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND name <> '_sqlx_migrations'"
    )
    .unwrap();
    drop(tx);
    let tables: Vec<String> = tables.into_iter().map(|(name,)| name).collect();
    let count = crossings() / 10 * (10 - OF_TEN);
    cross(&db, &tenants, &tables, ASKED, count).await;
    db.close().await;
}
