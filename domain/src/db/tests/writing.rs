//! Many who write at once: what is acknowledged is there, what failed or was given up has
//! left nothing, and nobody sees what is not yet committed.

use super::super::testing::Bench;
use super::super::{Db, SqliteTx, Tx, TxKind};
use super::beside;
use crate::kernel::{Code, Result, TenantId};
use crate::{both_engines, exec, one};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Writes one half of a pair.
async fn half(tx: &mut Tx, tenant: TenantId, half: &str, n: i64) -> Result<u64> {
    exec!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, $3)",
        tenant,
        format!("{half}{n}"),
        n
    )
}

/// How many pairs are there; they are never seen by halves.
async fn pairs(db: &Db, tenant: TenantId) -> i64 {
    let mut tx = db.read(tenant).await.unwrap();
    let (left, right): (i64, i64) = one!(
        tx,
        "SELECT (SELECT count(*) FROM counters WHERE tenant_id = $1 AND name LIKE 'left%'), (SELECT count(*) FROM counters WHERE tenant_id = $1 AND name LIKE 'right%')",
        tenant
    )
    .unwrap();
    assert_eq!(left, right, "a change was seen by halves");
    left
}

async fn is_there(db: &Db, tenant: TenantId, n: i64) -> bool {
    let mut tx = db.read(tenant).await.unwrap();
    let (count,): (i64,) = one!(
        tx,
        "SELECT count(*) FROM counters WHERE tenant_id = $1 AND value = $2",
        tenant,
        n
    )
    .unwrap();
    assert!(count == 0 || count == 2);
    count == 2
}

/// Writes a pair, and ends it in one of several ways; gives whether it was acknowledged.
async fn write(db: Db, tenant: TenantId, n: i64) -> bool {
    let mut tx = db.write(tenant).await.unwrap();
    half(&mut tx, tenant, "left", n).await.unwrap();
    tokio::task::yield_now().await;
    match n % 5 {
        // One that is given up half way.
        1 => return false,
        // One that a constraint stops.
        2 => {
            assert!(half(&mut tx, tenant, "left", n).await.is_err());
            return false;
        }
        _ => {}
    }
    half(&mut tx, tenant, "right", n).await.unwrap();
    tx.commit().await.unwrap();
    true
}

both_engines! {
    async fn what_is_acknowledged_is_there_and_nothing_else(bench: Bench) {
        let (tenant, other) = (bench.tenant.id, beside(&bench).await);
        let ended = Arc::new(AtomicBool::new(false));
        let reader = tokio::spawn({
            let (other, ended) = (other.clone(), Arc::clone(&ended));
            async move {
                while !ended.load(Ordering::Relaxed) {
                    pairs(&other, tenant).await;
                }
            }
        });
        let mut running = tokio::task::JoinSet::new();
        for n in 0..120 {
            let (db, other) = (bench.db.clone(), other.clone());
            running.spawn(async move {
                if n % 5 == 3 {
                    // One whose request goes away at some moment or other.
                    let limit = Duration::from_micros(200 * u64::try_from(n).unwrap());
                    let done = tokio::time::timeout(limit, write(db, tenant, n)).await;
                    return (n, done.ok());
                }
                let acknowledged = write(db, tenant, n).await;
                // Seen from elsewhere at once: it is committed, not only promised.
                assert_eq!(is_there(&other, tenant, n).await, acknowledged, "{n}");
                (n, Some(acknowledged))
            });
        }
        let mut acknowledged = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        while let Some(done) = running.join_next().await {
            match done.unwrap() {
                (n, Some(true)) => drop(acknowledged.insert(n)),
                (_, Some(false)) => {}
                (n, None) => drop(unknown.insert(n)),
            }
        }
        ended.store(true, Ordering::Relaxed);
        reader.await.unwrap();
        assert!(acknowledged.len() >= 48);
        for n in 0..120 {
            if !unknown.contains(&n) {
                assert_eq!(is_there(&other, tenant, n).await, acknowledged.contains(&n), "{n}");
            }
        }
    }

    async fn what_is_given_up_keeps_nobody_from_writing(bench: Bench) {
        let (tenant, other) = (bench.tenant.id, beside(&bench).await);
        for n in 0..3 {
            let mut tx = bench.db.write(tenant).await.unwrap();
            half(&mut tx, tenant, "left", n).await.unwrap();
            drop(tx);
            let soon = Duration::from_secs(3);
            assert!(tokio::time::timeout(soon, write(other.clone(), tenant, 10 + 5 * n)).await.unwrap());
        }
        assert_eq!(pairs(&bench.db, tenant).await, 3);
    }
}

/// Lets one write and wait for the commit, while a second has its turn.
async fn two_that_share(bench: &Bench) -> (tokio::task::JoinHandle<Result<()>>, Tx) {
    let tenant = bench.tenant.id;
    let mut first = bench.db.write(tenant).await.unwrap();
    half(&mut first, tenant, "left", 1).await.unwrap();
    half(&mut first, tenant, "right", 1).await.unwrap();
    let db = bench.db.clone();
    let second = tokio::spawn(async move { db.write(tenant).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let first = tokio::spawn(first.commit());
    (first, second.await.unwrap())
}

#[tokio::test]
async fn nobody_is_told_before_the_shared_commit() {
    let bench = Bench::sqlite().await;
    let (tenant, other) = (bench.tenant.id, beside(&bench).await);
    let (first, second) = two_that_share(&bench).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!first.is_finished(), "told before it was kept");
    assert!(!is_there(&other, tenant, 1).await);
    // The second gives up: the first is kept all the same.
    drop(second);
    first.await.unwrap().unwrap();
    assert!(is_there(&other, tenant, 1).await);
}

#[tokio::test]
async fn all_are_told_where_the_shared_commit_is_lost() {
    let bench = Bench::sqlite().await;
    let tenant = bench.tenant.id;
    let (first, mut second) = two_that_share(&bench).await;
    // As SQLite itself does where the disk is full.
    match &mut second.kind {
        TxKind::Sqlite(SqliteTx::Writing(turn)) => {
            sqlx::query("ROLLBACK").execute(&mut **turn).await.unwrap();
        }
        _ => panic!("a turn on SQLite"),
    }
    assert!(second.commit().await.is_err());
    assert_eq!(first.await.unwrap().unwrap_err().code, Code::Internal);
    assert_eq!(pairs(&bench.db, tenant).await, 0);
    assert!(write(bench.db.clone(), tenant, 5).await);
    assert_eq!(pairs(&bench.db, tenant).await, 1);
}
