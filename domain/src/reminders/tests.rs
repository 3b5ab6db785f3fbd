//! Who gets a reminder, and why not: the rule, and what follows from it, on both engines.

use super::rules::{Case, LATE_MAX, decide};
use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::context::Clock;
use crate::db::testing::{Bench, somebody_with};
use crate::dues::{Due, Start, Why};
use crate::kernel::calendar::parse_day;
use crate::kernel::{Code, DuesKindId, Problem, Right};
use crate::mail::{self, MailForm, Outgoing, outbox};
use crate::members::{self, MembershipForm};
use crate::payments::{self, PaymentForm};
use crate::people::{self, PartyForm};
use chrono::TimeDelta;
use uuid::Uuid;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn due(from: &str) -> Due {
    Due {
        period: Period::months_from(day(from), 12),
        amount: Cents(3000),
        why: Why {
            start: Start::Follows,
            kind: DuesKindId(Uuid::nil()),
            kind_name: "Plein".into(),
            price: Cents(3000),
            reduced: None,
            share: None,
        },
    }
}

/// Somebody who is paid up until the end of May.
fn subject() -> Subject {
    Subject {
        id: MemberId(Uuid::nil()),
        number: MemberNumber::from_sequence(1001),
        name: "Léa".into(),
        joined_on: day("2025-06-01"),
        left_on: None,
        paid_until: Some(day("2026-05-31")),
        to: Recipient {
            party: PartyId(Uuid::nil()),
            name: "Léa".into(),
            kind: Kind::Person,
            address: Some("lea@example.org".into()),
            locale: None,
            pays: false,
        },
        dues: Some(Dues {
            arrears: Vec::new(),
            next: Some(due("2026-06-01")),
        }),
        waiting: Vec::new(),
    }
}

const STEPS: [i64; 4] = [-30, -7, 7, 30];

fn case<'a>(subject: &'a Subject, today: &str) -> Case<'a> {
    Case {
        today: day(today),
        steps: &STEPS,
        subject,
        before: &[],
        paused: None,
        is_refused: false,
    }
}

fn on(subject: &Subject, today: &str) -> Decision {
    decide(&case(subject, today))
}

fn send(step: i64) -> Decision {
    Decision::Send {
        ends_on: day("2026-05-31"),
        step,
    }
}

#[test]
fn the_last_step_that_has_come_is_sent() {
    let lea = subject();
    let not_yet = |text: &str| Decision::NotYet { on: day(text) };
    assert_eq!(on(&lea, "2026-04-30"), not_yet("2026-05-01"));
    assert_eq!(on(&lea, "2026-05-01"), send(-30));
    // What was missed is made up for, for a while.
    assert_eq!(on(&lea, "2026-05-15"), send(-30));
    assert_eq!(on(&lea, "2026-05-16"), not_yet("2026-05-24"));
    assert_eq!(on(&lea, "2026-05-24"), send(-7));
    assert_eq!(on(&lea, "2026-06-07"), send(7));
    assert_eq!(on(&lea, "2026-06-30"), send(30));
    assert_eq!(on(&lea, "2026-07-14"), send(30));
    assert_eq!(on(&lea, "2026-07-15"), Decision::NoMore);
    assert_eq!(LATE_MAX, 14);
}

#[test]
fn a_step_that_was_written_is_not_written_again() {
    let lea = subject();
    let before = [Before {
        ends_on: day("2026-05-31"),
        step: -7,
        on: day("2026-05-25"),
        state: MailState::Refused,
    }];
    let case = Case {
        before: &before,
        ..case(&lea, "2026-05-26")
    };
    let already = Decision::Already {
        step: -7,
        on: day("2026-05-25"),
        state: MailState::Refused,
    };
    assert_eq!(decide(&case), already);
    // The next one is another, and so is that of another end.
    let next = Case {
        today: day("2026-06-08"),
        ..case
    };
    assert_eq!(decide(&next), send(7));
    let later = [Before {
        ends_on: day("2025-05-31"),
        ..before[0].clone()
    }];
    assert_eq!(
        decide(&Case {
            before: &later,
            ..case
        }),
        send(-7)
    );
}

#[test]
fn the_first_thing_that_stands_against_it_is_said() {
    let mut lea = subject();
    let today = "2026-06-08";
    let refused = Case {
        is_refused: true,
        ..case(&lea, today)
    };
    assert_eq!(decide(&refused), Decision::Refused);
    lea.to.address = None;
    assert_eq!(on(&lea, today), Decision::NoAddress);
    lea.to.kind = Kind::Organisation;
    assert_eq!(on(&lea, today), Decision::NoContact);
    let paused = Case {
        paused: Some(PausedBy::Member),
        ..case(&lea, today)
    };
    assert_eq!(
        decide(&paused),
        Decision::Paused {
            by: PausedBy::Member
        }
    );
    lea.waiting = vec![Period::months_from(day("2026-06-01"), 12)];
    let paused = Case {
        paused: Some(PausedBy::Member),
        ..case(&lea, today)
    };
    assert_eq!(decide(&paused), Decision::Waiting);
    lea.dues = Some(Dues::default());
    assert_eq!(on(&lea, today), Decision::NothingToPay);
    lea.left_on = Some(day(today));
    assert_eq!(on(&lea, today), Decision::Left);
}

#[test]
fn who_never_paid_is_reminded_after_joining_only() {
    let lea = Subject {
        paid_until: None,
        joined_on: day("2026-06-01"),
        ..subject()
    };
    assert_eq!(
        on(&lea, "2026-05-25"),
        Decision::NotYet {
            on: day("2026-06-07")
        }
    );
    assert_eq!(on(&lea, "2026-06-07"), send(7));
    let long_ago = Subject {
        joined_on: day("2020-06-01"),
        ..lea
    };
    assert_eq!(on(&long_ago, "2026-06-07"), Decision::NoMore);
}

// --- with everything around it

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn admin() -> Actor {
    somebody_with(&[Right::Settings])
}

fn crew() -> Actor {
    somebody_with(&[Right::Members, Right::People, Right::PaymentsAdd])
}

fn outgoing() -> Outgoing {
    Outgoing {
        origin: "https://nuage.example.org".into(),
        host: "nuage.example.org".into(),
    }
}

async fn turn_on(bench: &Bench, sending: &str) {
    let present = mail::settings(&mut bench.view(&crew()).await)
        .await
        .unwrap();
    let form = MailForm {
        sending: sending.into(),
        steps: "−7, +7".into(),
        ..MailForm::of(&present)
    };
    bench
        .run(&admin(), async |cx| mail::save_settings(cx, &form).await)
        .await
        .unwrap();
}

/// Somebody who joined eight days ago and never paid: the step +7 is theirs.
async fn join(bench: &Bench, name: &str, email: &str) -> MemberId {
    let party = PartyForm {
        key: key(),
        kind: "person".into(),
        name: name.into(),
        email: email.into(),
        ..PartyForm::default()
    };
    let membership = MembershipForm {
        key: key(),
        joined_on: (bench.now.date_naive() - TimeDelta::days(8)).to_string(),
        ..MembershipForm::default()
    };
    bench
        .run(&crew(), async |cx| {
            members::register(cx, &party, &membership, people::Doubles::Accept).await
        })
        .await
        .unwrap()
}

async fn press(bench: &Bench, form: &SendForm) -> Result<i64, Problem> {
    let from = outgoing();
    bench
        .run(&crew(), async |cx| {
            crate::reminders::send(cx, form, Some(&from)).await
        })
        .await
}

fn button(count: i64) -> SendForm {
    SendForm {
        key: key(),
        count: count.to_string(),
    }
}

async fn counts(bench: &Bench) -> Vec<(Reason, i64)> {
    let query = ReminderQuery::default();
    let found = preview(&mut bench.view(&crew()).await, &query)
        .await
        .unwrap();
    found.counts.into_iter().collect()
}

async fn run_at_night(bench: &Bench) -> i64 {
    let clock = Clock::At(bench.now);
    run(&bench.db, &clock, bench.tenant.id, &outgoing(), Run::Night)
        .await
        .unwrap()
}

both_engines! {
    async fn a_reminder_is_sent_once_whoever_presses_and_however_often(bench: Bench) {
        turn_on(&bench, "by_hand").await;
        let lea = join(&bench, "Léa", "lea@example.org").await;
        join(&bench, "Zoé", "zoe@example.org").await;
        assert_eq!(counts(&bench).await, [(Reason::Send, 2)]);
        // The button says how many: another number is not what was agreed to.
        assert_eq!(press(&bench, &button(1)).await.unwrap_err().code, Code::ChangedMeanwhile);
        let form = button(2);
        assert_eq!(press(&bench, &form).await.unwrap(), 2);
        assert_eq!(press(&bench, &form).await.unwrap(), 2);
        assert_eq!(press(&bench, &button(2)).await.unwrap_err().code, Code::NothingSelected);
        assert_eq!(counts(&bench).await, [(Reason::Already, 2)]);
        let states = outbox::states(&bench.db, bench.tenant.id).await.unwrap();
        assert_eq!(states, [("waiting".to_owned(), 2)]);
        let mails = mail::of_member(&mut bench.view(&crew()).await, lea).await.unwrap();
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].step, mails[0].to_address.as_str()), (Some(7), "lea@example.org"));
    }

    async fn the_list_begins_with_those_who_get_one(bench: Bench) {
        turn_on(&bench, "by_hand").await;
        join(&bench, "Abel", "").await;
        join(&bench, "Léa", "lea@example.org").await;
        join(&bench, "Zoé", "zoe@example.org").await;
        let query = ReminderQuery::default();
        let found = preview(&mut bench.view(&crew()).await, &query).await.unwrap();
        let names: Vec<_> = found.page.rows.iter().map(|row| row.subject.name.as_str()).collect();
        assert_eq!(names, ["Léa", "Zoé", "Abel"]);
        let rows = list_after(&mut bench.view(&crew()).await, &query, Some(found.page.rows[0].subject.id)).await.unwrap();
        assert_eq!(rows.len(), 2);
    }

    async fn two_who_press_at_once_send_once(bench: Bench) {
        turn_on(&bench, "by_hand").await;
        join(&bench, "Léa", "lea@example.org").await;
        let (a, b) = (button(1), button(1));
        let (a, b) = tokio::join!(press(&bench, &a), press(&bench, &b));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        assert_eq!(outbox::states(&bench.db, bench.tenant.id).await.unwrap().len(), 1);
        assert_eq!(run_at_night(&bench).await, 0);
    }

    async fn the_night_sends_where_that_was_decided_and_nowhere_else(bench: Bench) {
        join(&bench, "Léa", "lea@example.org").await;
        assert_eq!(run_at_night(&bench).await, 0);
        turn_on(&bench, "by_hand").await;
        assert_eq!(run_at_night(&bench).await, 0);
        turn_on(&bench, "nightly").await;
        assert_eq!(run_at_night(&bench).await, 1);
        assert_eq!(run_at_night(&bench).await, 0);
        let turns = outbox::turns(&bench.db, bench.now, 10_000).await.unwrap();
        assert!(turns.iter().any(|(tenant, _)| *tenant == bench.tenant.id));
    }

    async fn nothing_is_written_where_mail_is_not_set_up_or_off(bench: Bench) {
        join(&bench, "Léa", "lea@example.org").await;
        let form = button(1);
        assert_eq!(press(&bench, &form).await.unwrap_err().code, Code::MailOff);
        turn_on(&bench, "nightly").await;
        let refused = bench.run(&crew(), async |cx| crate::reminders::send(cx, &form, None).await).await;
        assert_eq!(refused.unwrap_err().code, Code::MailNotSetUp);
        assert_eq!(outbox::states(&bench.db, bench.tenant.id).await.unwrap(), []);
    }

    async fn a_mail_says_what_is_to_be_paid_to_the_one_who_pays(bench: Bench) {
        turn_on(&bench, "by_hand").await;
        let member = join(&bench, "Léa", "").await;
        assert_eq!(counts(&bench).await, [(Reason::NoAddress, 1)]);
        // An organisation pays, and is reached through its contact.
        let organisation = PartyForm {
            key: key(),
            kind: "organisation".into(),
            name: "ACME".into(),
            ..PartyForm::default()
        };
        let contact = PartyForm {
            key: key(),
            kind: "person".into(),
            name: "Nadia".into(),
            email: "nadia@example.org".into(),
            ..PartyForm::default()
        };
        let add = async |form: &PartyForm| bench.run(&crew(), async |cx| people::add(cx, form).await).await.unwrap();
        let (organisation, contact) = (add(&organisation).await, add(&contact).await);
        bench.run(&crew(), async |cx| crate::dues::set_payer(cx, member, Some(organisation)).await).await.unwrap();
        assert_eq!(counts(&bench).await, [(Reason::NoContact, 1)]);
        bench.run(&crew(), async |cx| people::add_contact(cx, organisation, contact, "").await).await.unwrap();
        press(&bench, &button(1)).await.unwrap();
        let batch = outbox::lease(&bench.db, &Clock::At(bench.now), bench.tenant.id).await.unwrap();
        let written = &batch.mails[0];
        assert_eq!((written.to_name.as_str(), written.to_address.as_str()), ("ACME", "nadia@example.org"));
        for text in ["Bonjour ACME", "la cotisation de Léa", "https://nuage.example.org/me"] {
            assert!(written.body.contains(text), "{text}: {}", written.body);
        }
        assert!(written.message_id.ends_with("@nuage.example.org>"), "{}", written.message_id);
    }

    async fn who_waits_or_wants_none_is_not_written_to(bench: Bench) {
        turn_on(&bench, "by_hand").await;
        let lea = join(&bench, "Léa", "lea@example.org").await;
        let pause = async |wanted| {
            bench.run(&crew(), async |cx| set_paused(cx, lea, wanted).await).await.unwrap();
        };
        pause(Wanted::No).await;
        pause(Wanted::No).await;
        assert_eq!(counts(&bench).await, [(Reason::Paused, 1)]);
        pause(Wanted::Yes).await;
        assert_eq!(counts(&bench).await, [(Reason::Send, 1)]);
        let from = bench.now.date_naive() - TimeDelta::days(8);
        let form = PaymentForm {
            key: key(),
            member: lea.to_string(),
            amount: "30".into(),
            method: "transfer".into(),
            received_on: from.to_string(),
            period_from: from.to_string(),
            period_until: (from + TimeDelta::days(365)).to_string(),
            ..PaymentForm::default()
        };
        bench.run(&crew(), async |cx| payments::add(cx, &form).await).await.unwrap();
        assert_eq!(counts(&bench).await, [(Reason::Waiting, 1)]);
    }
}
