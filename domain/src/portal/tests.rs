//! Making tenants: at once, and after one that was stopped; what one process does for all.

use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::context::{Clock, Cx};
use crate::db::Db;
use crate::kernel::{Code, Locale, Slug};
use crate::{dues, settings};
use chrono::{DateTime, TimeDelta, Utc};
use duties::{Duty, LEASE};
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

both_engines! {
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
                        None => assert!(again.is_ok(), "{:?}", again.unwrap_err().log_line()),
                        Some(_) => assert_eq!(again.unwrap_err().code, Code::SlugTaken),
                    }
                }
            }
            let ready = find(&bench.db, slug.as_str()).await.unwrap().unwrap();
            assert_eq!(has(&bench.db, &ready).await, ("Essai".to_owned(), kinds), "{n}");
        }
        assert!(stopped > 0);
    }

    // One test of both, as a duty is the whole database's, which tests share.
    async fn of_two_who_ask_at_once_one_signs_and_again_when_it_is_due_or_was_left(bench: Bench) {
        let start: DateTime<Utc> = bench.now + TimeDelta::days(1);
        let asks = async |at: DateTime<Utc>| {
            let clock = Clock::At(at);
            let one = || duties::take(&bench.db, &clock, Duty::Checkpoints);
            let (a, b, c) = tokio::join!(one(), one(), one());
            [a, b, c].into_iter().filter(|taken| *taken.as_ref().unwrap()).count()
        };
        assert_eq!(asks(start).await, 1);
        // The one who took it is still at work, or was killed.
        assert_eq!(asks(start + LEASE - TimeDelta::seconds(1)).await, 0);
        let later = start + LEASE;
        assert_eq!(asks(later).await, 1);
        let day = TimeDelta::days(1);
        duties::done(&bench.db, &Clock::At(later), Duty::Checkpoints, day).await.unwrap();
        assert_eq!(asks(later + LEASE).await, 0);
        assert_eq!(asks(later + day).await, 1);
    }
}
