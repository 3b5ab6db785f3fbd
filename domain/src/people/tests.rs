//! Tests of people and organisations, on both engines.

use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::Right;
use uuid::Uuid;

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn crew() -> Actor {
    somebody_with(&[Right::People])
}

fn person(given_name: &str, name: &str) -> PartyForm {
    PartyForm {
        key: key(),
        given_name: given_name.into(),
        name: name.into(),
        ..PartyForm::default()
    }
}

fn organisation(name: &str) -> PartyForm {
    PartyForm {
        kind: "organisation".into(),
        ..person("", name)
    }
}

async fn add_as(bench: &Bench, actor: &Actor, form: &PartyForm) -> Result<PartyId> {
    bench.run(actor, async |cx| add(cx, form).await).await
}

async fn read(bench: &Bench, id: PartyId) -> Party {
    get(&mut bench.view(&crew()).await, id).await.unwrap()
}

/// What was done, in the order of the alphabet: a test's clock stands still.
async fn changes(bench: &Bench, id: PartyId) -> Vec<String> {
    let mut cx = bench.view(&crew()).await;
    let history = crate::audit::history(&mut cx, "party", id.0).await.unwrap();
    let mut actions: Vec<String> = history.into_iter().map(|entry| entry.action).collect();
    actions.sort();
    actions
}

both_engines! {
    async fn what_was_entered_is_kept_word_for_word(bench: Bench) {
        let form = PartyForm {
            email: "Léa@Exemple.FR".into(),
            phone: "+33 6 12 34 56 78".into(),
            street: "1, rue « du Bac »\r\nbât. B".into(),
            postcode: "01000".into(),
            city: "Bourg-en-Bresse".into(),
            country: "France".into(),
            note: "<script>alert(1)</script> ' ; DROP TABLE parties; -- 🎉 مرحبا".into(),
            ..person("Léa", "O'Neil %_\\")
        };
        let id = add_as(&bench, &crew(), &form).await.unwrap();
        let party = read(&bench, id).await;
        assert_eq!(party.display_name(), "Léa O'Neil %_\\");
        assert_eq!(party.email.as_deref(), Some("Léa@Exemple.FR"));
        assert_eq!(party.street.as_deref(), Some("1, rue « du Bac »\nbât. B"));
        assert_eq!(party.note.as_deref(), Some(form.note.as_str()));
        assert_eq!((party.version, party.created_at), (1, bench.now));
        let shown = PartyForm::of(&party);
        assert!(shown.parse().unwrap().is(&party));
        assert_eq!(changes(&bench, id).await, ["added"]);
    }

    async fn hostile_texts_are_refused_at_their_field_or_kept(bench: Bench) {
        let long = "é".repeat(100_000);
        let hostile = ["a\0b", "\u{202e}live", "🎉🎉", long.as_str(), "<b onload=x>", "'; DROP TABLE parties; --", "\u{200b}", "%", "\\", "{{x}}", "\u{fffd}\u{ffff}"];
        for text in hostile {
            let all = PartyForm {
                email: text.into(), phone: text.into(), street: text.into(), postcode: text.into(),
                city: text.into(), country: text.into(), note: text.into(), kind: text.into(), version: text.into(),
                ..person(text, text)
            };
            let refused = add_as(&bench, &crew(), &all).await.unwrap_err();
            assert_eq!(refused.code, Code::Invalid, "{text:.20}");
            let some = PartyForm { city: text.into(), note: text.into(), street: text.into(), ..person(text, text) };
            match add_as(&bench, &crew(), &some).await {
                Ok(id) => assert_eq!(read(&bench, id).await.city.as_deref(), Some(text)),
                Err(problem) => assert!(!problem.fields.is_empty(), "{text:.20}: {problem}"),
            }
        }
    }

    async fn a_key_that_is_none_is_refused(bench: Bench) {
        for bad in ["", "1", "\0", "not-a-key"] {
            let form = PartyForm { key: bad.into(), ..person("Léa", "Benamar") };
            assert_eq!(add_as(&bench, &crew(), &form).await.unwrap_err().code, Code::BadRequest);
        }
    }

    async fn the_same_form_twice_at_the_same_time_has_one_effect(bench: Bench) {
        let form = person("Léa", "Benamar");
        let actor = crew();
        let (a, b) = tokio::join!(add_as(&bench, &actor, &form), add_as(&bench, &actor, &form));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a, b);
        assert_eq!(changes(&bench, a).await, ["added"]);
        let other = PartyForm { key: form.key.clone(), ..person("Léo", "Benamar") };
        assert_eq!(add_as(&bench, &actor, &other).await.unwrap_err().code, Code::AlreadySent);
    }

    async fn only_those_with_the_right_enter_people(bench: Bench) {
        let id = add_as(&bench, &crew(), &person("Léa", "Benamar")).await.unwrap();
        let others = somebody_with(&[Right::Members, Right::PaymentsValidate, Right::Settings]);
        let forbidden = Code::Forbidden { right: Right::People };
        assert_eq!(add_as(&bench, &others, &person("X", "Y")).await.unwrap_err().code, forbidden);
        let refused = bench.run(&others, async |cx| save(cx, id, &person("X", "Y")).await).await.unwrap_err();
        assert_eq!(refused.code, forbidden);
        let refused = bench.run(&others, async |cx| add_contact(cx, id, id, "").await).await.unwrap_err();
        assert_eq!(refused.code, forbidden);
        let refused = bench.run(&others, async |cx| remove_contact(cx, id, id).await).await.unwrap_err();
        assert_eq!(refused.code, forbidden);

        let member = person_with(id, &[]);
        let mut cx = bench.view(&member).await;
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(contacts(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(contact_of(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(similar(&mut cx, &PartyData::default()).await.unwrap_err().code, Code::NotFound);
        let mut cx = bench.view(&Actor::nobody(String::new())).await;
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::SignInNeeded);
    }

    async fn a_change_is_audited_and_what_is_the_same_is_not_written(bench: Bench) {
        let id = add_as(&bench, &crew(), &person("Léa", "Benamar")).await.unwrap();
        let mut form = PartyForm::of(&read(&bench, id).await);
        form.city = "Lyon".into();
        for _ in 0..2 {
            // Sent twice: the second changes nothing, and is no mistake.
            bench.run(&crew(), async |cx| save(cx, id, &form).await).await.unwrap();
        }
        let party = read(&bench, id).await;
        assert_eq!((party.version, party.city.as_deref()), (2, Some("Lyon")));
        assert_eq!(changes(&bench, id).await, ["added", "changed"]);
        let mut cx = bench.view(&crew()).await;
        let history = crate::audit::history(&mut cx, "party", id.0).await.unwrap();
        let newest = history.iter().find(|e| e.action == "changed").unwrap();
        assert_eq!(newest.label, "Léa Benamar");
        assert_eq!(newest.before.as_ref().unwrap()["city"], serde_json::Value::Null);
        assert_eq!(newest.after.as_ref().unwrap()["city"], "Lyon");
    }

    async fn who_saves_over_a_newer_state_is_told(bench: Bench) {
        let id = add_as(&bench, &crew(), &person("Léa", "Benamar")).await.unwrap();
        let old = PartyForm::of(&read(&bench, id).await);
        let mine = PartyForm { city: "Lyon".into(), ..old.clone() };
        let theirs = PartyForm { city: "Brest".into(), ..old };
        let actor = crew();
        let (a, b) = tokio::join!(
            bench.run(&actor, async |cx| save(cx, id, &mine).await),
            bench.run(&actor, async |cx| save(cx, id, &theirs).await)
        );
        let refused = [a, b].into_iter().filter_map(Result::err).map(|p| p.code).collect::<Vec<_>>();
        assert_eq!(refused, [Code::ChangedMeanwhile]);
        assert_eq!(read(&bench, id).await.version, 2);
        let missing = PartyId(Uuid::now_v7());
        let refused = bench.run(&actor, async |cx| save(cx, missing, &mine).await).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound);
    }

    async fn contacts_are_people_of_organisations(bench: Bench) {
        let actor = crew();
        let lea = add_as(&bench, &actor, &person("Léa", "Benamar")).await.unwrap();
        let acme = add_as(&bench, &actor, &organisation("ACME asso")).await.unwrap();
        let link = async |o, p, role| bench.run(&actor, async |cx| add_contact(cx, o, p, role).await).await;
        assert_eq!(link(lea, lea, "").await.unwrap_err().field("organisation"), Some(&Code::NotAnOrganisation));
        assert_eq!(link(acme, acme, "").await.unwrap_err().field("person"), Some(&Code::NotAPerson));
        assert_eq!(link(acme, lea, "a\0").await.unwrap_err().field("role"), Some(&Code::ControlCharacter));
        for role in ["trésorière", "trésorière", "présidente"] {
            link(acme, lea, role).await.unwrap();
        }
        let mut cx = bench.view(&actor).await;
        let found = contacts(&mut cx, acme).await.unwrap();
        assert_eq!(found.iter().map(|c| (c.party.id, c.role.as_str())).collect::<Vec<_>>(), [(lea, "présidente")]);
        assert_eq!(contact_of(&mut cx, lea).await.unwrap().first().unwrap().party.id, acme);
        drop(cx);
        let unlink = async || bench.run(&actor, async |cx| remove_contact(cx, acme, lea).await).await;
        unlink().await.unwrap();
        unlink().await.unwrap();
        assert!(contacts(&mut bench.view(&actor).await, acme).await.unwrap().is_empty());
        assert_eq!(changes(&bench, acme).await, ["added", "contact_added", "contact_changed", "contact_removed"]);
    }

    async fn who_is_a_contact_stays_a_person(bench: Bench) {
        let actor = crew();
        let lea = add_as(&bench, &actor, &person("Léa", "Benamar")).await.unwrap();
        let acme = add_as(&bench, &actor, &organisation("ACME asso")).await.unwrap();
        bench.run(&actor, async |cx| add_contact(cx, acme, lea, "").await).await.unwrap();
        for id in [lea, acme] {
            let mut form = PartyForm::of(&read(&bench, id).await);
            form.kind = if form.kind == "person" { "organisation" } else { "person" }.into();
            let refused = bench.run(&actor, async |cx| save(cx, id, &form).await).await.unwrap_err();
            assert_eq!(refused.field("kind"), Some(&Code::KindInUse));
        }
        bench.run(&actor, async |cx| remove_contact(cx, acme, lea).await).await.unwrap();
        let form = PartyForm { kind: "person".into(), ..PartyForm::of(&read(&bench, acme).await) };
        bench.run(&actor, async |cx| save(cx, acme, &form).await).await.unwrap();
        assert_eq!(read(&bench, acme).await.kind, Kind::Person);
    }

    async fn similar_people_are_found_by_address_or_by_name(bench: Bench) {
        let actor = crew();
        let lea = add_as(&bench, &actor, &PartyForm { email: "lea@exemple.fr".into(), ..person("Léa", "Benamar") }).await.unwrap();
        let other = add_as(&bench, &actor, &person("Zoé", "Martin")).await.unwrap();
        let look = async |form: PartyForm| {
            let found = similar(&mut bench.view(&actor).await, &form.parse().unwrap()).await.unwrap();
            found.into_iter().map(|p| p.id).collect::<Vec<_>>()
        };
        assert_eq!(look(person("LEA", "BÉNAMAR")).await, [lea]);
        assert_eq!(look(person("Martin", "Zoe")).await, [other]);
        assert_eq!(look(PartyForm { email: "LEA@exemple.fr".into(), ..person("", "Autre") }).await, [lea]);
        assert!(look(person("Léa", "Martin")).await.is_empty());
    }

    async fn another_tenants_people_are_not_here(bench: Bench) {
        let actor = crew();
        let lea = add_as(&bench, &actor, &PartyForm { email: "lea@exemple.fr".into(), ..person("Léa", "Benamar") }).await.unwrap();
        let form = PartyForm::of(&read(&bench, lea).await);
        let other = bench.another_tenant().await;
        let tx = bench.db.write(other).await.unwrap();
        let mut cx = crate::context::Cx::new(other, actor, bench.now, chrono_tz::Europe::Paris, tx);
        assert_eq!(get(&mut cx, lea).await.unwrap_err().code, Code::NotFound);
        assert_eq!(save(&mut cx, lea, &form).await.unwrap_err().code, Code::NotFound);
        assert_eq!(add_contact(&mut cx, lea, lea, "").await.unwrap_err().code, Code::NotFound);
        assert!(similar(&mut cx, &form.parse().unwrap()).await.unwrap().is_empty());
        assert!(contacts(&mut cx, lea).await.unwrap().is_empty());
    }
}
