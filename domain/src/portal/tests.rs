//! Making tenants: at once, and after one that was stopped; what one process does for all;
//! deleting them.

use super::deleting::{delete, deleted, empty};
use super::moving::{Installation, Mode};
use super::*;
use crate::access::Actor;
use crate::audit::{self, Change, NOTHING};
use crate::bank::Keys;
use crate::both_engines;
use crate::context::{Clock, Cx};
use crate::db::Db;
use crate::db::moving::{Here, Place, Unmoved};
use crate::db::testing::{Bench, POSTGRES_OWNER};
use crate::kernel::{Code, Locale, Slug};
use crate::{dues, exec, one, settings};
use chrono::{DateTime, TimeDelta, Utc};
use rounds::Round;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

fn slug() -> Slug {
    Slug::parse(&format!("t-{}", Uuid::now_v7().simple())).unwrap()
}

/// What a new tenant has: its title, and how many kinds of dues.
async fn has(db: &Db, tenant: &Tenant) -> (String, usize) {
    let tx = db.read(tenant.id).await.unwrap();
    let now = Clock::System.now();
    let mut cx = Cx::new(
        tenant.id,
        Actor::operator(),
        now,
        settings::DEFAULT_ZONE,
        tx,
    );
    let title = settings::get(&mut cx).await.unwrap().title;
    (title, dues::kinds(&mut cx).await.unwrap().len())
}

/// With what a tenant of a bench is moved and deleted; the file is a new one.
async fn with_installation<T>(
    bench: &Bench,
    run: impl AsyncFnOnce(Installation<'_>, &Path) -> T,
) -> T {
    let owner = std::env::var(POSTGRES_OWNER).ok();
    let folder = tempfile::tempdir().unwrap();
    let here = Installation {
        db: &bench.db,
        owner_url: owner.as_deref(),
        keys: &Keys::default(),
        clock: &Clock::System,
    };
    run(here, &folder.path().join("last.gz")).await
}

fn somebody() -> Operator {
    Operator::at_the_machine("somebody")
}

/// Somebody writes, with an audit row.
async fn work(cx: &mut Cx) {
    exec!(
        cx.tx,
        "UPDATE settings SET version = version + 1 WHERE tenant_id = $1",
        cx.tenant
    )
    .unwrap();
    let change = Change {
        action: "changed",
        kind: "settings",
        id: cx.tenant.0,
        label: "x",
    };
    audit::record(cx, change, NOTHING, NOTHING).await.unwrap();
}

both_engines! {
    async fn a_deleted_tenant_is_gone_and_comes_back_whole_to_those_who_had_it_open(bench: Bench) {
        let other = bench.another_tenant().await;
        let others = bench.db.sums(other).await.unwrap();
        let (id, slug) = (bench.tenant.id, bench.tenant.slug.as_str());
        let before = bench.db.sums(id).await.unwrap();
        // The portal knows that the workers have something to do for it.
        for sql in ["INSERT INTO mail_turns (tenant_id, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", "INSERT INTO duty_turns (tenant_id, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"] {
            let mut tx = bench.db.portal_write().await.unwrap();
            exec!(tx, sql, id, bench.now + TimeDelta::days(9_000)).unwrap();
            tx.commit().await.unwrap();
        }
        with_installation(&bench, async |here, last| {
            let report = delete(&here, &bench.tenant, &somebody(), last).await.unwrap();
            assert_eq!(report.tables, before);
            assert!(list(&bench.db).await.unwrap().iter().all(|tenant| tenant.id != id));
            match bench.db.sums(id).await {
                Ok(sums) => assert!(bench.folder().is_none() && sums.iter().all(|sum| sum.rows == 0)),
                Err(problem) => assert_eq!(problem.code, Code::UnknownTenant),
            }
            if let Some(folder) = bench.folder() {
                let left = std::fs::read_dir(folder.join("tenants")).unwrap();
                let of_it = left.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().contains(&id.to_string()));
                assert_eq!(of_it.count(), 0);
            }
            for sql in ["SELECT count(*) FROM mail_turns WHERE tenant_id = $1", "SELECT count(*) FROM duty_turns WHERE tenant_id = $1"] {
                let mut tx = bench.db.portal_read().await.unwrap();
                let (turns,): (i64,) = one!(tx, sql, id).unwrap();
                assert_eq!(turns, 0, "{sql}");
            }
            let gone = deleted(&bench.db).await.unwrap();
            let gone = gone.iter().find(|gone| gone.id == id).unwrap();
            assert_eq!((gone.slug.as_str(), gone.operator.as_str()), (slug, "somebody"));
            assert_eq!(u64::try_from(gone.row_count).unwrap(), report.rows);
            assert_eq!(bench.db.sums(other).await.unwrap(), others);
            // Restored: each table is summed again, so that nothing had stayed behind.
            moving::import(&here, last, None, Mode::Keep).await.unwrap();
        }).await;
        assert_eq!(bench.db.sums(id).await.unwrap(), before);
        assert_eq!(bench.db.sums(other).await.unwrap(), others);
    }

    async fn what_somebody_writes_between_the_export_and_the_deletion_keeps_the_tenant(bench: Bench) {
        let id = bench.tenant.id;
        let exported = bench.db.sums(id).await.unwrap();
        let mut cx = bench.act(&Actor::operator()).await;
        work(&mut cx).await;
        cx.commit().await.unwrap();
        let now = bench.db.sums(id).await.unwrap();
        let owner = std::env::var(POSTGRES_OWNER).ok();
        let place = Place::open(&bench.db, owner.as_deref(), id, Here::Data).await.unwrap();
        assert!(matches!(empty(&place, id, &exported).await, Err(Unmoved::Conflict(_))));
        assert!(empty(&place, id, &now).await.is_ok());
        place.abandon().await;
        assert_eq!(bench.db.sums(id).await.unwrap(), now);
    }

    async fn who_waited_to_write_while_a_tenant_was_deleted_is_told_that_it_is_gone(bench: Bench) {
        let id = bench.tenant.id;
        // Their file, or their connection, is open.
        drop(bench.act(&Actor::operator()).await);
        let owner = std::env::var(POSTGRES_OWNER).ok();
        let place = Place::open(&bench.db, owner.as_deref(), id, Here::Data).await.unwrap();
        let sums = bench.db.sums(id).await.unwrap();
        let emptied = empty(&place, id, &sums).await.unwrap();
        let waits = async {
            let mut cx = bench.act(&Actor::operator()).await;
            let change = Change { action: "changed", kind: "settings", id: id.0, label: "x" };
            audit::record(&mut cx, change, NOTHING, NOTHING).await?;
            exec!(cx.tx, "DELETE FROM sessions WHERE tenant_id = $1", id)?;
            cx.commit().await
        };
        let (written, removed) = tokio::join!(waits, async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            place.remove(emptied, &bench.db, async |_| Ok(())).await
        });
        removed.unwrap();
        assert_eq!(written.unwrap_err().code, Code::UnknownTenant);
    }

    async fn a_name_that_went_can_be_anothers_and_its_history_is_frozen(bench: Bench) {
        with_installation(&bench, async |here, last| {
            delete(&here, &bench.tenant, &somebody(), last).await.unwrap();
        }).await;
        let slug = Slug::parse(&bench.tenant.slug).unwrap();
        let next = create(&bench.db, &Clock::System, slug, "Suite", Locale::Fr).await.unwrap();
        assert_ne!(next.id, bench.tenant.id);
        for sql in ["UPDATE tenants_deleted SET operator = 'nobody'", "DELETE FROM tenants_deleted"] {
            let mut tx = bench.db.portal_write().await.unwrap();
            assert!(exec!(tx, sql).is_err(), "{sql}");
        }
    }

    async fn of_twenty_who_make_the_same_organisation_at_once_one_does(bench: Bench) {
        let kinds = has(&bench.db, &bench.tenant).await.1;
        let slug = slug();
        let all: Vec<_> = (0..20).map(|n| {
            let (db, slug) = (bench.db.clone(), slug.clone());
            tokio::spawn(async move {
                create(&db, &Clock::System, slug, &format!("Titre {n}"), Locale::Fr).await
            })
        }).collect();
        let (mut made, mut refused) = (Vec::new(), 0);
        for one in all {
            match one.await.unwrap() {
                Ok(tenant) => made.push(tenant),
                Err(problem) => {
                    assert_eq!(problem.code, Code::SlugTaken, "{}", problem.log_line());
                    refused += 1;
                }
            }
        }
        assert_eq!((made.len(), refused), (1, 19));
        let found = find(&bench.db, slug.as_str()).await.unwrap().unwrap();
        assert_eq!(found, made[0]);
        assert_eq!(has(&bench.db, &found).await, (found.title.clone(), kinds));
    }

    async fn a_creation_that_was_stopped_anywhere_leaves_nothing_by_halves(bench: Bench) {
        let kinds = has(&bench.db, &bench.tenant).await.1;
        let mut stopped = 0;
        for n in 0..24 {
            let slug = slug();
            let making = create(&bench.db, &Clock::System, slug.clone(), "Essai", Locale::Fr);
            let first = tokio::time::timeout(Duration::from_micros(200 * n * n), making).await;
            let there = find(&bench.db, slug.as_str()).await.unwrap();
            match first {
                Ok(made) => assert_eq!(there, Some(made.unwrap())),
                Err(_) => {
                    stopped += 1;
                    // Nobody sees it, or all of it is there.
                    let again = create(&bench.db, &Clock::System, slug.clone(), "Essai", Locale::Fr).await;
                    match there {
                        // Its last word may have been on its way: then it is there by now, which is looked at below.
                        None => {
                            let other = again.err().filter(|problem| problem.code != Code::SlugTaken);
                            assert!(other.is_none(), "{:?}", other.unwrap().log_line());
                        }
                        Some(_) => assert_eq!(again.unwrap_err().code, Code::SlugTaken),
                    }
                }
            }
            let ready = find(&bench.db, slug.as_str()).await.unwrap().unwrap();
            assert_eq!(has(&bench.db, &ready).await, ("Essai".to_owned(), kinds), "{n}");
        }
        assert!(stopped > 0);
    }

    // One test of both, as a round is the whole database's, which tests share.
    async fn of_two_who_ask_at_once_one_signs_and_again_when_it_is_due_or_was_left(bench: Bench) {
        let start: DateTime<Utc> = bench.now + TimeDelta::days(1);
        let asks = async |at: DateTime<Utc>| {
            let clock = Clock::At(at);
            let one = || rounds::take(&bench.db, &clock, Round::Checkpoints);
            let (a, b, c) = tokio::join!(one(), one(), one());
            [a, b, c].into_iter().filter(|taken| *taken.as_ref().unwrap()).count()
        };
        assert_eq!(asks(start).await, 1);
        // The one who took it is still at work, or was killed.
        assert_eq!(asks(start + Round::Checkpoints.lease() - TimeDelta::seconds(1)).await, 0);
        let later = start + Round::Checkpoints.lease();
        assert_eq!(asks(later).await, 1);
        let day = TimeDelta::days(1);
        rounds::done(&bench.db, &Clock::At(later), Round::Checkpoints, day).await.unwrap();
        assert_eq!(asks(later + Round::Checkpoints.lease()).await, 0);
        assert_eq!(asks(later + day).await, 1);
    }
}
