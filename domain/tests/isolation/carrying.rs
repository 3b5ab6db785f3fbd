//! One connection, used by one tenant after the other: nothing is carried over, however a
//! transaction ended.

use super::ground::{Own, two};
use domain::db::{Db, Tx};
use domain::kernel::{Result, TenantId};
use domain::{exec, one};
use std::time::Duration;

/// How a transaction ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Commit,
    GivenUp,
    Mistake,
    Panic,
    TimeOut,
    Dropped,
}

const ENDS: [End; 6] = [
    End::Commit,
    End::GivenUp,
    End::Mistake,
    End::Panic,
    End::TimeOut,
    End::Dropped,
];

/// How many tenants' settings are seen, and what is set.
async fn sees(tx: &mut Tx) -> (i64, Option<String>) {
    one!(
        *tx,
        "SELECT (SELECT count(*) FROM settings), nullif(current_setting('equipage.tenant', true), '')"
    )
    .unwrap()
}

async fn use_and_end(db: Db, tenant: TenantId, end: End) {
    let mut tx = db.write(tenant).await.unwrap();
    assert_eq!(
        sees(&mut tx).await,
        (1, Some(tenant.to_string())),
        "{end:?}"
    );
    exec!(tx, "UPDATE settings SET version = version + 1").unwrap();
    match end {
        End::Commit => tx.commit().await.unwrap(),
        End::GivenUp => drop(tx),
        End::Mistake => {
            let wrong: Result<(i64,)> = one!(tx, "SELECT 1 / (SELECT 0 FROM settings LIMIT 1)");
            assert!(wrong.is_err());
            drop(tx.commit().await);
        }
        End::Panic => {
            let task = tokio::spawn(async move {
                let _held = tx;
                panic!("on purpose");
            });
            assert!(task.await.is_err());
        }
        End::TimeOut => {
            exec!(tx, "SET LOCAL statement_timeout = '5ms'").unwrap();
            assert!(exec!(tx, "SELECT pg_sleep(5)").is_err());
        }
        End::Dropped => {
            let sleeps = async move {
                let _ = exec!(tx, "SELECT pg_sleep(0.2)");
            };
            let waited = tokio::time::timeout(Duration::from_millis(20), sleeps).await;
            assert!(waited.is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_carries_nothing_over_however_a_transaction_ended() {
    let [a, b] = two();
    let own = Own::filled(&[a, b]).await;
    let db = Db::open_postgres_narrow(&own.serving).await.unwrap();
    let mut backends = std::collections::BTreeSet::new();
    for end in ENDS {
        for tenant in [a, b] {
            use_and_end(db.clone(), tenant, end).await;
            // Then somebody who says nothing of whose data they want.
            let mut nobody = db.portal_read().await.unwrap();
            assert_eq!(sees(&mut nobody).await, (0, None), "after {end:?}");
            let (backend,): (i32,) = one!(nobody, "SELECT pg_backend_pid()").unwrap();
            backends.insert(backend);
            drop(nobody);
            let other = if tenant == a { b } else { a };
            let mut tx = db.read(other).await.unwrap();
            assert_eq!(sees(&mut tx).await, (1, Some(other.to_string())));
        }
    }
    assert_eq!(backends.len(), 1, "it was one connection all the time");
    db.close().await;
    own.drop().await;
}

/// Whatever a role or a database was given as a setting: a connection begins with nothing.
#[tokio::test]
async fn a_connection_begins_with_no_tenant_whatever_the_database_was_told() {
    let [a, b] = two();
    let own = Own::filled(&[a, b]).await;
    let told = format!("ALTER DATABASE {} SET equipage.tenant = '{a}'", own.name);
    super::ground::run(&own.admin, &told).await;
    let db = Db::open_postgres(&own.serving).await.unwrap();
    let mut nobody = db.portal_read().await.unwrap();
    assert_eq!(sees(&mut nobody).await, (0, None));
    // A text that is no id sees nothing either, and is said.
    exec!(nobody, "SET LOCAL equipage.tenant = 'everybody'").unwrap();
    let refused: Result<(i64,)> = one!(nobody, "SELECT count(*) FROM settings");
    assert!(refused.is_err());
    drop(nobody);
    db.close().await;
    own.drop().await;
}
