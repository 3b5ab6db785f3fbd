//! Reading across organisations: who may, where the program does it, and what is written down.

use domain::both_engines;
use domain::context::Clock;
use domain::db::testing::Bench;
use domain::portal::{self, Operator, Why};
use domain::{exec, settings};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What reads, or could lead to reading, the data of more than one organisation.
const WAYS: &[&str] = &[
    "across_tenants_unsafe(",
    "Operator::at_the_machine(",
    "Operator::known(",
    "prove_isolation(",
    "portal::list",
    "portal::hosted",
];

/// The places where the program does so, how often, and why that is right. A new one fails until
/// it stands here: think twice, then write down why.
const PLACES: &[(&str, &str, usize, &str)] = &[
    (
        "across_tenants_unsafe(",
        "domain/src/portal/across.rs",
        1,
        "itself",
    ),
    (
        "across_tenants_unsafe(",
        "server/src/cli/audit.rs",
        1,
        "verifies the audit of each",
    ),
    (
        "across_tenants_unsafe(",
        "domain/src/portal/proofs.rs",
        1,
        "tries whether they are apart",
    ),
    (
        "across_tenants_unsafe(",
        "server/src/cli/secrets.rs",
        1,
        "which keys are in use, before any is changed",
    ),
    (
        "across_tenants_unsafe(",
        "server/src/doctor/tenants.rs",
        1,
        "whether each can be administered",
    ),
    (
        "Operator::at_the_machine(",
        "server/src/cli.rs",
        1,
        "who types a command",
    ),
    (
        "Operator::known(",
        "domain/src/portal/operators/mod.rs",
        1,
        "who is signed in on the operators' host",
    ),
    (
        "Operator::known(",
        "domain/src/portal/operators/sign_in.rs",
        1,
        "who signs in there, for the record",
    ),
    (
        "portal::hosted",
        "app/src/operator/tenants.rs",
        1,
        "the list itself is shown to an operator",
    ),
    ("prove_isolation(", "domain/src/db/proof.rs", 1, "itself"),
    (
        "prove_isolation(",
        "domain/src/portal/proofs.rs",
        1,
        "of those that were allowed",
    ),
    (
        "portal::list",
        "server/src/cli.rs",
        2,
        "the list itself is printed; each file is brought up to date",
    ),
    (
        "portal::list",
        "server/src/cli/mail.rs",
        1,
        "wakes each one's own turn",
    ),
    (
        "portal::list",
        "server/src/mail/worker.rs",
        1,
        "each one's own night, in its own context",
    ),
    (
        "portal::list",
        "server/src/duties.rs",
        1,
        "each one's own night, in its own context",
    ),
    (
        "portal::list",
        "server/src/signing.rs",
        1,
        "each one's own chain, into its own file",
    ),
];

/// How often each way stands in a source, without its tests and comments.
fn ways_in(text: &str) -> Vec<(&'static str, usize)> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    // However the lines are broken.
    let code: String = code.split_whitespace().collect();
    let times = |way: &&'static str| (*way, code.matches(*way).count());
    let found = WAYS.iter().map(times);
    found.filter(|(_, count)| *count > 0).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs")
            && !path.ends_with("tests.rs")
            && !path.ends_with("testing.rs")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_place_that_reads_across_organisations_is_listed_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for part in ["domain", "app", "server", "chain", "frontend"] {
        sources(&root.join(part).join("src"), &mut files);
    }
    let mut found = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let place = file
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        for (way, count) in ways_in(&text) {
            found.insert((way, place.clone()), count);
        }
    }
    let listed = PLACES.iter();
    let listed: BTreeMap<_, _> = listed
        .map(|(way, place, count, _)| ((*way, (*place).to_owned()), *count))
        .collect();
    assert_eq!(found, listed);
}

#[test]
fn a_place_is_found_however_it_is_written_and_none_is_found_in_a_comment() {
    let text = "async fn f() {\n    // portal::list is not used\n    let all = portal::\n        list(db).await;\n    portal::across_tenants_unsafe\n        (db).await\n}\n#[cfg(test)]\nmod tests { fn g() { portal::list() } }\n";
    assert_eq!(
        ways_in(text),
        [("across_tenants_unsafe(", 1), ("portal::list", 1)]
    );
}

/// What was written down by one operator.
async fn written_by(bench: &Bench, name: &str) -> Vec<portal::AcrossRead> {
    let mut all = portal::across_reads(&bench.db).await.unwrap();
    all.retain(|read| read.operator == name);
    all
}

both_engines! {
    async fn who_reads_across_is_written_down_with_when_why_and_whose_and_it_stays_so(bench: Bench) {
        let other = bench.another_tenant().await;
        let name = format!("ada\u{7}-{}", Uuid::now_v7().simple());
        let kept = name.replace('\u{7}', "");
        let (operator, clock) = (Operator::at_the_machine(&name), Clock::At(bench.now));
        assert_eq!(written_by(&bench, &kept).await, []);
        let across = portal::across_tenants_unsafe(&bench.db, &clock, &operator, Why::Health);
        let across = across.await.unwrap();
        // Before anything was read.
        let written = written_by(&bench, &kept).await;
        assert_eq!(written.len(), 1);
        assert_eq!(written[0].at, bench.now);
        assert_eq!(written[0].why, "to see whether the installation is well");
        assert_eq!(written[0].tenants.0, across.ids());
        for id in [bench.tenant.id, other] {
            let tenant = across.tenants().iter().find(|tenant| tenant.id == id).unwrap();
            let mut cx = across.read(tenant).await.unwrap();
            assert_eq!(cx.actor.name, kept);
            assert_eq!(settings::get(&mut cx).await.unwrap().title, tenant.title);
            // It is no way to change anything.
            assert!(exec!(cx.tx, "UPDATE settings SET version = version + 1").is_err());
        }
        // Each row alone: whoever owns the tables is refused as well.
        for sql in ["UPDATE across_reads SET operator = 'nobody'", "DELETE FROM across_reads"] {
            let mut tx = bench.db.portal_write().await.unwrap();
            let refused = match bench.folder() {
                Some(_) => exec!(tx, sql),
                None => as_owner(sql).await,
            };
            assert!(refused.is_err(), "{sql}");
        }
        assert_eq!(written_by(&bench, &kept).await, written);
    }
}

/// As the owner of PostgreSQL's tables, to whom no right is missing.
async fn as_owner(sql: &'static str) -> domain::kernel::Result<u64> {
    let url = std::env::var(domain::db::testing::POSTGRES_OWNER).unwrap();
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let done = sqlx::query(sql).execute(&pool).await;
    let done = done.map(|done| done.rows_affected());
    pool.close().await;
    Ok(done?)
}

#[tokio::test]
async fn where_it_cannot_be_written_down_nothing_is_read() {
    let bench = Bench::sqlite().await;
    let mut tx = bench.db.portal_write().await.unwrap();
    exec!(tx, "ALTER TABLE across_reads RENAME TO lost").unwrap();
    tx.commit().await.unwrap();
    let operator = Operator::at_the_machine("");
    let clock = Clock::At(bench.now);
    let across = portal::across_tenants_unsafe(&bench.db, &clock, &operator, Why::Isolation);
    assert!(across.await.is_err());
}
