//! What must hold in the storage at every moment.

use super::clients::{IMPORT_ROWS, Ledger};
use super::running::Storage;
use chain::PublicKeys;
use domain::access::Actor;
use domain::context::{Clock, Cx};
use domain::db::{Db, Tx};
use domain::kernel::TenantId;
use domain::{all, audit, one, portal, settings};
use std::collections::{BTreeMap, BTreeSet};

/// Opens the storage beside the server, looks, and closes it.
pub async fn check(storage: &Storage, ledger: &Ledger, thorough: Thorough) {
    let db = open(storage).await;
    let tenant = portal::find(&db, "asso").await.unwrap().unwrap().id;
    let mut tx = db.read(tenant).await.unwrap();
    answered_is_kept_once(&mut tx, tenant, ledger).await;
    receipts_have_no_gap(&mut tx, tenant).await;
    every_change_is_audited(&mut tx, tenant).await;
    imports_are_whole(&mut tx, tenant, ledger).await;
    if thorough == Thorough::Yes {
        coverage_is_what_was_validated(&mut tx, tenant).await;
        the_audits_chain_is_whole(&db, tenant).await;
        if tx.is_sqlite() {
            let (text,): (String,) = one!(tx, "PRAGMA integrity_check").unwrap();
            assert_eq!(text, "ok");
            let broken: Vec<(String,)> =
                all!(tx, "SELECT \"table\" FROM pragma_foreign_key_check").unwrap();
            assert!(broken.is_empty(), "{broken:?}");
        }
    }
    drop(tx);
    db.close().await;
}

/// How often PostgreSQL is asked whether it has recovered.
const RECOVERY_TRIES: usize = 100;

/// How much is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Thorough {
    Yes,
    No,
}

pub async fn open(storage: &Storage) -> Db {
    let url = match storage {
        Storage::Folder(folder) => return Db::open_sqlite(folder).await.unwrap(),
        Storage::Postgres(url, _) => url,
    };
    // PostgreSQL takes a moment to recover when one of its backends was killed.
    for _ in 0..RECOVERY_TRIES {
        if let Ok(db) = Db::open_postgres(url).await {
            return db;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Db::open_postgres(url).await.unwrap()
}

/// The ids of the members that there are.
pub async fn members(storage: &Storage) -> Vec<String> {
    let db = open(storage).await;
    let tenant = portal::find(&db, "asso").await.unwrap().unwrap().id;
    let mut tx = db.read(tenant).await.unwrap();
    let rows: Vec<(uuid::Uuid,)> =
        all!(tx, "SELECT id FROM members WHERE tenant_id = $1", tenant).unwrap();
    drop(tx);
    db.close().await;
    rows.into_iter().map(|(id,)| id.to_string()).collect()
}

async fn the_audits_chain_is_whole(db: &Db, tenant: TenantId) {
    let tx = db.read(tenant).await.unwrap();
    let now = Clock::System.now();
    let mut cx = Cx::new(tenant, Actor::operator(), now, settings::DEFAULT_ZONE, tx);
    let report = audit::verify(&mut cx, Vec::new(), &PublicKeys::default())
        .await
        .unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert!(report.rows > 0);
}

async fn answered_is_kept_once(tx: &mut Tx, tenant: TenantId, ledger: &Ledger) {
    let rows: Vec<(uuid::Uuid, String, String)> = all!(
        *tx,
        "SELECT id, label, state FROM payments WHERE tenant_id = $1 AND import_id IS NULL",
        tenant
    )
    .unwrap();
    let mut there: BTreeMap<String, (String, bool)> = BTreeMap::new();
    for (id, label, state) in rows {
        let twice = there.insert(label.clone(), (id.to_string(), state == "validated"));
        assert!(twice.is_none(), "the payment {label} is there twice");
    }
    for (label, id) in &ledger.entered {
        let kept = there
            .get(label)
            .unwrap_or_else(|| panic!("the payment {label} was answered and is lost"));
        assert_eq!(&kept.0, id, "the payment {label}");
    }
    let validated: BTreeSet<&String> = there.values().filter(|p| p.1).map(|p| &p.0).collect();
    for id in &ledger.validated {
        assert!(
            validated.contains(id),
            "the validation of {id} was answered and is lost"
        );
    }
    let (open,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM once_keys WHERE tenant_id = $1 AND CAST(result AS TEXT) = 'null'",
        tenant
    )
    .unwrap();
    assert_eq!(open, 0, "keys without a result");
}

async fn receipts_have_no_gap(tx: &mut Tx, tenant: TenantId) {
    let years: Vec<(i64, i64, i64, i64)> = all!(
        *tx,
        "SELECT year, count(*), min(number), max(number) FROM receipts WHERE tenant_id = $1 GROUP BY year",
        tenant
    )
    .unwrap();
    for (year, count, first, last) in years {
        assert_eq!((first, last), (1, count), "receipts of {year}");
    }
    let (without,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM payments p WHERE p.tenant_id = $1 AND p.state = 'validated' AND p.method <> 'waived' AND p.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.tenant_id = p.tenant_id AND r.payment_id = p.id)",
        tenant
    )
    .unwrap();
    assert_eq!(without, 0, "validated payments without a receipt");
}

async fn every_change_is_audited(tx: &mut Tx, tenant: TenantId) {
    let wrong: Vec<(uuid::Uuid, i64, i64)> = all!(
        *tx,
        "SELECT p.id, (SELECT count(*) FROM audit a WHERE a.tenant_id = p.tenant_id AND a.object_kind = 'payment' AND a.object_id = p.id AND a.action = 'added') AS added, (SELECT count(*) FROM audit a WHERE a.tenant_id = p.tenant_id AND a.object_kind = 'payment' AND a.object_id = p.id AND a.action = 'validated') - CASE WHEN p.state = 'validated' THEN 1 ELSE 0 END AS validated FROM payments p WHERE p.tenant_id = $1 AND p.import_id IS NULL",
        tenant
    )
    .unwrap();
    let wrong: Vec<_> = wrong
        .into_iter()
        .filter(|(_, added, validated)| (*added, *validated) != (1, 0))
        .collect();
    assert!(
        wrong.is_empty(),
        "payments whose audit is not theirs: {wrong:?}"
    );
    let (orphans,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM audit a WHERE a.tenant_id = $1 AND a.object_kind = 'payment' AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.tenant_id = a.tenant_id AND p.id = a.object_id)",
        tenant
    )
    .unwrap();
    assert_eq!(orphans, 0, "audit rows of payments that are not there");
}

async fn imports_are_whole(tx: &mut Tx, tenant: TenantId, ledger: &Ledger) {
    let rows: Vec<(String, i64, i64)> = all!(
        *tx,
        "SELECT p.name, count(*), count(m.id) FROM parties p LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND p.email LIKE 'i%-%@example.org' GROUP BY p.name",
        tenant
    )
    .unwrap();
    let rows: BTreeMap<String, (i64, i64)> = rows
        .into_iter()
        .map(|(name, people, members)| (name, (people, members)))
        .collect();
    let whole = i64::try_from(IMPORT_ROWS).unwrap();
    for (name, there) in &rows {
        assert_eq!(
            *there,
            (whole, whole),
            "the import {name} is there by halves, or twice"
        );
    }
    for name in &ledger.imported {
        assert!(
            rows.contains_key(name),
            "the import {name} was answered and is lost"
        );
    }
    let states: Vec<(String, String)> = all!(
        *tx,
        "SELECT file_name, state FROM imports WHERE tenant_id = $1",
        tenant
    )
    .unwrap();
    for (file, state) in states {
        let there = rows.contains_key(file.trim_end_matches(".csv"));
        assert!(
            there == (state == "applied") || !file.starts_with('i'),
            "{file} is {state}"
        );
    }
}

async fn coverage_is_what_was_validated(tx: &mut Tx, tenant: TenantId) {
    // Periods here are months with a gap between: nothing merges, so coverage is just the
    // distinct periods of what is validated.
    let text =
        |rows: Vec<(uuid::Uuid, chrono::NaiveDate, chrono::NaiveDate)>| BTreeSet::from_iter(rows);
    let expected = all!(
        *tx,
        "SELECT DISTINCT member_id, period_from, period_until FROM payments WHERE tenant_id = $1 AND state = 'validated' AND period_from IS NOT NULL",
        tenant
    );
    let kept = all!(
        *tx,
        "SELECT member_id, from_on, until_on FROM coverage WHERE tenant_id = $1",
        tenant
    );
    assert_eq!(text(kept.unwrap()), text(expected.unwrap()), "coverage");
}
