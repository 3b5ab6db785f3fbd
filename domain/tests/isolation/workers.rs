//! What works in the background works for one organisation at a time, as that one: two whose
//! reminders and mails are written and sent at once never mix, and a worker that is about the
//! wrong one writes nothing.

use domain::access::Actor;
use domain::context::{Clock, Cx};
use domain::db::testing::Bench;
use domain::kernel::{Code, Locale, MailId, Slug, TenantId};
use domain::mail::outbox::{self, Batch, Outcome};
use domain::mail::{self, MailForm, Outgoing, Stage, Template};
use domain::members::{self, MembershipForm};
use domain::people::{self, PartyForm};
use domain::portal;
use domain::reminders::{self, Run};
use domain::settings;
use domain::{all, both_engines};
use uuid::Uuid;

/// More than one lease of each.
const MEMBERS: usize = 25;

/// An organisation whose every word says whose it is.
struct House {
    id: TenantId,
    marker: String,
    from: Outgoing,
}

async fn cx(bench: &Bench, tenant: TenantId) -> Cx {
    let tx = bench.db.write(tenant).await.unwrap();
    let zone = settings::DEFAULT_ZONE;
    Cx::new(tenant, Actor::operator(), bench.now, zone, tx)
}

async fn house(bench: &Bench, locale: Locale) -> House {
    let marker = format!("m{}", Uuid::now_v7().simple());
    let slug = Slug::parse(&marker).unwrap();
    let made = portal::create(&bench.db, &Clock::System, slug, &marker, locale).await;
    let id = made.unwrap().id;
    let mut cx = cx(bench, id).await;
    let form = MailForm {
        sending: "nightly".into(),
        sender_name: format!("Sender {marker}"),
        reply_to: format!("{marker}@example.org"),
        ..MailForm::of(&mail::settings(&mut cx).await.unwrap())
    };
    mail::save_settings(&mut cx, &form).await.unwrap();
    for tongue in Locale::ALL {
        let text = Template {
            subject: format!("{} {marker}", tongue.tag()),
            body: format!(
                "{} {marker} {{{{ organisation }}}} {{{{ name }}}} {{{{ page }}}}",
                tongue.tag()
            ),
        };
        mail::save_template(&mut cx, Stage::After, tongue, &text)
            .await
            .unwrap();
    }
    for n in 0..MEMBERS {
        let form = PartyForm {
            key: Uuid::now_v7().to_string(),
            kind: "person".into(),
            given_name: format!("N{n}"),
            name: marker.clone(),
            email: format!("n{n}@{marker}.example.org"),
            ..PartyForm::default()
        };
        let party = people::add(&mut cx, &form).await.unwrap();
        let form = MembershipForm {
            key: Uuid::now_v7().to_string(),
            joined_on: (cx.today() - chrono::TimeDelta::days(8)).to_string(),
            ..MembershipForm::default()
        };
        members::add(&mut cx, party, &form).await.unwrap();
    }
    cx.commit().await.unwrap();
    let host = format!("{marker}.example.net");
    let origin = format!("https://{host}");
    House {
        id,
        marker,
        from: Outgoing { origin, host },
    }
}

/// Whether a lease is its own organisation's in every word; the mails' ids.
fn check(batch: &Batch, own: &House, tag: &str, other: &House) -> Vec<(MailId, i64, Outcome)> {
    assert_eq!(batch.sender, format!("Sender {}", own.marker));
    assert_eq!(batch.reply_to, Some(format!("{}@example.org", own.marker)));
    let whole = format!("{batch:?}");
    assert!(!whole.contains(&other.marker), "{whole}");
    assert!(!whole.contains(&other.id.to_string()), "{whole}");
    for mail in &batch.mails {
        assert_eq!(mail.subject, format!("{tag} {}", own.marker));
        assert!(
            mail.body.contains(&format!("{}/", own.from.origin)),
            "{}",
            mail.body
        );
        assert!(mail.message_id.ends_with(&format!("@{}>", own.from.host)));
        assert!(
            mail.to_address
                .ends_with(&format!("@{}.example.org", own.marker))
        );
    }
    let sent = batch.mails.iter();
    sent.map(|mail| (mail.id, mail.attempts, Outcome::Sent))
        .collect()
}

/// All that is known of an organisation's mails, and how much was written in its audit.
async fn known(bench: &Bench, tenant: TenantId) -> (Vec<(Uuid, String, i64)>, i64) {
    let mut tx = bench.db.read(tenant).await.unwrap();
    let mails = all!(
        tx,
        "SELECT id, state, attempts FROM mails WHERE tenant_id = $1 ORDER BY id",
        tenant
    );
    let audit: Vec<(i64,)> = all!(
        tx,
        "SELECT count(*) FROM audit WHERE tenant_id = $1",
        tenant
    )
    .unwrap();
    (mails.unwrap(), audit[0].0)
}

async fn night(bench: &Bench, of: &House) -> i64 {
    let clock = Clock::At(bench.now);
    let written = reminders::run(&bench.db, &clock, of.id, &of.from, Run::Night);
    written.await.unwrap()
}

both_engines! {
    async fn two_organisations_whose_mails_go_out_at_once_never_mix(bench: Bench) {
        let (one, other) = (house(&bench, Locale::Fr).await, house(&bench, Locale::En).await);
        let (a, b) = tokio::join!(night(&bench, &one), night(&bench, &other));
        let each = i64::try_from(MEMBERS).unwrap();
        assert_eq!((a, b), (each, each));
        let clock = Clock::At(bench.now);
        let turns = outbox::turns(&bench.db, bench.now, 100_000).await.unwrap();
        for house in [&one, &other] {
            assert!(turns.iter().any(|(tenant, _)| *tenant == house.id));
        }
        let mut sent = (0, 0);
        loop {
            let (a, b) = tokio::join!(
                outbox::lease(&bench.db, &clock, one.id),
                outbox::lease(&bench.db, &clock, other.id)
            );
            let a = check(&a.unwrap(), &one, "fr", &other);
            let b = check(&b.unwrap(), &other, "en", &one);
            if a.is_empty() && b.is_empty() {
                break;
            }
            sent = (sent.0 + a.len(), sent.1 + b.len());
            // What one was told is none of the other's.
            let before = (known(&bench, one.id).await, known(&bench, other.id).await);
            outbox::mark(&bench.db, &clock, one.id, &b).await.unwrap();
            outbox::mark(&bench.db, &clock, other.id, &a).await.unwrap();
            assert_eq!((known(&bench, one.id).await, known(&bench, other.id).await), before);
            let (a, b) = tokio::join!(
                outbox::mark(&bench.db, &clock, one.id, &a),
                outbox::mark(&bench.db, &clock, other.id, &b)
            );
            a.and(b).unwrap();
        }
        assert_eq!(sent, (MEMBERS, MEMBERS));
        for house in [&one, &other] {
            let (mails, _) = known(&bench, house.id).await;
            assert!(mails.iter().all(|(_, state, _)| state == "sent"), "{mails:?}");
        }
    }

    async fn a_worker_that_is_about_the_wrong_organisation_writes_nothing(bench: Bench) {
        let (one, other) = (house(&bench, Locale::Fr).await, house(&bench, Locale::En).await);
        night(&bench, &one).await;
        let clock = Clock::At(bench.now);
        let batch = outbox::lease(&bench.db, &clock, one.id).await.unwrap();
        let ours = check(&batch, &one, "fr", &other);
        let refused: Vec<_> = ours
            .iter()
            .map(|(id, attempts, _)| (*id, *attempts, Outcome::Refused("no".into())))
            .collect();
        let before = (known(&bench, one.id).await, known(&bench, other.id).await);
        outbox::mark(&bench.db, &clock, other.id, &refused).await.unwrap();
        // Tried again by hand: to the other one, there is no such mail.
        let mut cx = cx(&bench, other.id).await;
        let problem = mail::retry(&mut cx, ours[0].0, Some(&other.from)).await.unwrap_err();
        assert_eq!(problem.code, Code::NotFound);
        cx.commit().await.unwrap();
        // Nobody's: one that is not here, or not any more.
        let nobody = TenantId(Uuid::now_v7());
        let _ = outbox::mark(&bench.db, &clock, nobody, &refused).await;
        if let Ok(batch) = outbox::lease(&bench.db, &clock, nobody).await {
            assert_eq!(batch.mails, []);
        }
        assert!(reminders::run(&bench.db, &clock, nobody, &one.from, Run::Night).await.is_err());
        assert_eq!((known(&bench, one.id).await, known(&bench, other.id).await), before);
        // The right one is heard: the test could have found a difference.
        outbox::mark(&bench.db, &clock, one.id, &refused).await.unwrap();
        assert_ne!(known(&bench, one.id).await, before.0);
    }
}
