//! What the outbox promises, on both engines: each mail is one worker's at a time, comes again
//! where that worker was killed, is tried again for a while, and is never sent twice for
//! the same reason.

use super::outbox::{self, NewMail, Outcome};
use super::rules::ATTEMPTS_MAX;
use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::context::Clock;
use crate::db::testing::{Bench, somebody_with};
use crate::kernel::{Locale, Right};
use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::time::Duration;

fn admin() -> Actor {
    somebody_with(&[Right::Settings])
}

fn crew() -> Actor {
    somebody_with(&[Right::Members])
}

async fn put(bench: &Bench, key: &str) -> bool {
    let party = bench.a_person("Léa", "Zola").await;
    let mut cx = bench.act(&crew()).await;
    let id = cx.new_id().unwrap();
    let text = Template {
        subject: format!("about {key}"),
        body: "x".into(),
    };
    let mail = NewMail {
        id,
        kind: "reminder",
        once_key: key,
        member: None,
        party,
        step: None,
        to_name: "Léa Zola",
        to_address: "lea@example.org",
        text: &text,
        message_id: &outbox::message_id(id, "nuage.example.org").unwrap(),
    };
    let is_new = outbox::put(&mut cx, &mail).await.unwrap();
    cx.tx.commit().await.unwrap();
    is_new
}

fn at(bench: &Bench, minutes: i64) -> Clock {
    Clock::At(bench.now + TimeDelta::minutes(minutes))
}

async fn lease(bench: &Bench, minutes: i64) -> Vec<outbox::Leased> {
    let clock = at(bench, minutes);
    outbox::lease(&bench.db, &clock, bench.tenant.id)
        .await
        .unwrap()
        .mails
}

async fn mark(bench: &Bench, minutes: i64, mail: &outbox::Leased, outcome: Outcome) {
    let outcomes = [(mail.id, mail.attempts, outcome)];
    let clock = at(bench, minutes);
    outbox::mark(&bench.db, &clock, bench.tenant.id, &outcomes)
        .await
        .unwrap();
}

async fn states(bench: &Bench) -> Vec<(String, i64)> {
    outbox::states(&bench.db, bench.tenant.id).await.unwrap()
}

async fn turn_on(bench: &Bench) {
    let form = MailForm {
        sending: "by_hand".into(),
        ..MailForm::of(&MailSettings::default())
    };
    bench
        .run(&admin(), async |cx| save_settings(cx, &form).await)
        .await
        .unwrap();
}

both_engines! {
    async fn there_is_never_a_second_mail_about_the_same(bench: Bench) {
        assert!(put(&bench, "a").await);
        assert!(!put(&bench, "a").await);
        assert!(put(&bench, "b").await);
        let sent = lease(&bench, 1).await;
        assert_eq!(sent.len(), 2);
        mark(&bench, 1, &sent[0], Outcome::Sent).await;
        assert!(!put(&bench, "a").await);
    }

    async fn a_mail_whose_worker_was_killed_comes_again_with_the_same_message_id(bench: Bench) {
        put(&bench, "a").await;
        let first = lease(&bench, 1).await;
        assert_eq!(lease(&bench, 2).await, []);
        let again = lease(&bench, 12).await;
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].message_id, first[0].message_id);
        assert_eq!((first[0].attempts, again[0].attempts), (1, 2));
    }

    async fn a_mail_that_is_not_taken_is_tried_again_and_given_up_at_last(bench: Bench) {
        put(&bench, "a").await;
        let mut minutes = 0;
        for attempt in 1..=ATTEMPTS_MAX {
            minutes += 24 * 60;
            let mails = lease(&bench, minutes).await;
            assert_eq!(mails.len(), 1, "{attempt}");
            assert_eq!(mails[0].attempts, attempt);
            mark(&bench, minutes, &mails[0], Outcome::Later("451 4.7.1\r\n later".into())).await;
            // Not at once.
            assert_eq!(lease(&bench, minutes).await, []);
        }
        assert_eq!(lease(&bench, minutes + 24 * 60).await, []);
        assert_eq!(states(&bench).await, [("given_up".to_owned(), 1)]);
        let found = not_sent(&mut bench.view(&crew()).await).await.unwrap();
        assert_eq!(found[0].last_error.as_deref(), Some("451 4.7.1 later"));

        // Somebody may try once more; only where mail is on.
        let outgoing = Outgoing { origin: "http://x".into(), host: "x".into() };
        let id = found[0].id;
        let refused = bench.run(&crew(), async |cx| retry(cx, id, Some(&outgoing)).await).await;
        assert_eq!(refused.unwrap_err().code, Code::MailOff);
        turn_on(&bench).await;
        let refused = bench.run(&crew(), async |cx| retry(cx, id, None).await).await;
        assert_eq!(refused.unwrap_err().code, Code::MailNotSetUp);
        for _ in 0..2 {
            bench.run(&crew(), async |cx| retry(cx, id, Some(&outgoing)).await).await.unwrap();
        }
        assert_eq!(lease(&bench, minutes + 1).await.len(), 1);
    }

    async fn two_workers_never_take_the_same_mail(bench: Bench) {
        let mut all = 0;
        for n in 0..30 {
            all += usize::from(put(&bench, &n.to_string()).await);
        }
        let (a, b) = tokio::join!(lease(&bench, 1), lease(&bench, 1));
        let ids: Vec<MailId> = a.iter().chain(&b).map(|mail| mail.id).collect();
        let different: BTreeSet<MailId> = ids.iter().copied().collect();
        assert_eq!(ids.len(), different.len());
        assert_eq!(ids.len(), all);
        assert!(a.len() <= 20 && b.len() <= 20);
    }

    async fn another_process_hears_that_there_is_mail_and_also_when_its_connection_was_cut(bench: Bench) {
        // What another process opens: connections of its own.
        let Some(mut other) = bench.db.listen(crate::db::waking::MAIL).await.unwrap() else {
            assert!(bench.folder().is_some(), "only SQLite has nobody to listen to");
            return;
        };
        let wait = Duration::from_secs(60);
        outbox::wake(&bench.db, bench.tenant.id, bench.now).await.unwrap();
        tokio::time::timeout(wait, other.told()).await.expect("it is told").unwrap();
        // Other tests tell of their mails too: only that it still hears is looked at.
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid()";
        let mut tx = bench.db.portal_write().await.unwrap();
        crate::exec!(tx, cut).unwrap();
        tx.commit().await.unwrap();
        tokio::time::timeout(wait, other.told()).await.expect("it is told that it may have missed something").unwrap();
        outbox::wake(&bench.db, bench.tenant.id, bench.now).await.unwrap();
        tokio::time::timeout(wait, other.told()).await.expect("it hears again").unwrap();
    }

    async fn a_turn_is_not_lost_to_one_that_ends_meanwhile(bench: Bench) {
        let (db, tenant, now) = (&bench.db, bench.tenant.id, bench.now);
        let mine = async |at| {
            let all = outbox::turns(db, at, 10_000).await.unwrap();
            all.into_iter().find(|(id, _)| *id == tenant).map(|(_, seen)| seen)
        };
        outbox::wake(db, tenant, now).await.unwrap();
        let seen = mine(now).await.unwrap();
        // While the worker finds nothing, somebody writes a mail and says so.
        put(&bench, "a").await;
        let later = now + TimeDelta::seconds(1);
        outbox::wake(db, tenant, later).await.unwrap();
        outbox::end_turn(db, tenant, seen, now).await.unwrap();
        let seen = mine(later).await.expect("the turn is still there");
        // What waits gives another turn; where nothing waits, it ends.
        outbox::end_turn(db, tenant, seen, later).await.unwrap();
        let seen = mine(later).await.unwrap();
        let mails = lease(&bench, 1).await;
        mark(&bench, 1, &mails[0], Outcome::Sent).await;
        outbox::end_turn(db, tenant, seen, later).await.unwrap();
        assert_eq!(mine(now + TimeDelta::days(9)).await, None);
        outbox::wake_if_waiting(db, tenant).await.unwrap();
        assert_eq!(mine(now + TimeDelta::days(9)).await, None);
    }

    async fn where_mail_is_turned_off_nothing_waits(bench: Bench) {
        turn_on(&bench).await;
        put(&bench, "a").await;
        put(&bench, "b").await;
        let mails = lease(&bench, 1).await;
        mark(&bench, 1, &mails[0], Outcome::Later("451".into())).await;
        mark(&bench, 1, &mails[1], Outcome::Sent).await;
        put(&bench, "c").await;
        let present = settings(&mut bench.view(&crew()).await).await.unwrap();
        let form = MailForm { sending: "off".into(), ..MailForm::of(&present) };
        bench.run(&admin(), async |cx| save_settings(cx, &form).await).await.unwrap();
        assert_eq!(states(&bench).await, [("given_up".to_owned(), 1), ("sent".to_owned(), 1)]);
        // The form was made from what was there before.
        let again = bench.run(&admin(), async |cx| save_settings(cx, &form).await).await;
        assert!(again.is_err());
    }

    async fn a_text_is_the_organisations_own_until_it_takes_the_products_again(bench: Bench) {
        let own = Template { subject: "Bonjour {{ name }}".into(), body: "Payez {{ amount }}".into() };
        let read = async || {
            template(&mut bench.view(&crew()).await, Stage::After, Locale::En).await.unwrap()
        };
        let first = read().await;
        for _ in 0..2 {
            bench.run(&admin(), async |cx| save_template(cx, Stage::After, Locale::En, &own).await).await.unwrap();
            assert_eq!(read().await, own);
        }
        let wrong = Template { body: "{{ nmae }}".into(), ..own.clone() };
        let refused = bench.run(&admin(), async |cx| save_template(cx, Stage::After, Locale::En, &wrong).await).await;
        let problem = refused.unwrap_err();
        assert_eq!(problem.field("body"), Some(&Code::TemplateVariable { line: 1, name: "nmae".into() }));
        assert_eq!(read().await, own);
        bench.run(&admin(), async |cx| reset_template(cx, Stage::After, Locale::En).await).await.unwrap();
        assert_eq!(read().await, first);
    }
}
