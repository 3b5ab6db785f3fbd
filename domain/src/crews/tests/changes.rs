//! Changing crews: by those who have what they give, and never the last administrator away.

use super::*;
use crate::db::testing::{Bench, person_with};
use crate::identity::{self, Hasher, Password};
use crate::kernel::{CrewId, LoginName, PartyId};
use uuid::Uuid;

/// Somebody who can sign in, and is in a crew.
async fn somebody(bench: &Bench, login: &str, crew: CrewId) -> PartyId {
    let person = bench.a_person(login, "Zola").await;
    let password = Password::parse("quatre mots mis bout").unwrap();
    let hash = Hasher::cheap().hash(&password).await.unwrap();
    bench
        .run(&Actor::operator(), async |cx| {
            identity::create_login(cx, person, LoginName::parse(login)?, &hash).await?;
            add_person(cx, crew, person).await
        })
        .await
        .unwrap();
    person
}

async fn a_crew(bench: &Bench, name: &str, rights: &[Right]) -> CrewId {
    let boss = Actor::operator();
    bench
        .run(&boss, async |cx| create(cx, name, rights).await)
        .await
        .unwrap()
}

async fn form_of(bench: &Bench, crew: CrewId) -> CrewForm {
    let mut cx = bench.view(&Actor::operator()).await;
    CrewForm::of(&get(&mut cx, crew).await.unwrap())
}

fn forbidden(right: Right) -> Code {
    Code::Forbidden { right }
}

both_engines! {
    async fn a_right_is_given_and_taken_by_those_who_have_it(bench: Bench) {
        let crew = a_crew(&bench, "Banque", &[Right::PaymentsValidate]).await;
        let settings = somebody_with(&[Right::Settings]);
        let form = form_of(&bench, crew).await;
        // The name may change; the right that they lack may not.
        let renamed = CrewForm { name: "Trésorerie".into(), ..form.clone() };
        bench.run(&settings, async |cx| save(cx, crew, &renamed).await).await.unwrap();
        let form = CrewForm { version: "2".into(), ..renamed };
        for (rights, missing) in [
            (vec![], Right::PaymentsValidate),
            (vec!["payments_validate", "people"], Right::People),
        ] {
            let rights = rights.into_iter().map(str::to_owned).collect();
            let changed = CrewForm { rights, ..form.clone() };
            let refused = bench.run(&settings, async |cx| save(cx, crew, &changed).await).await;
            assert_eq!(refused.unwrap_err().code, forbidden(missing));
        }
        let more = CrewForm { rights: vec!["people".into()], ..form };
        bench.run(&Actor::operator(), async |cx| save(cx, crew, &more).await).await.unwrap();
        let mut cx = bench.view(&Actor::operator()).await;
        let crew = get(&mut cx, crew).await.unwrap();
        assert_eq!((crew.name.as_str(), crew.rights, crew.version), ("Trésorerie", vec![Right::People], 3));
    }

    async fn nobody_is_taken_out_of_a_crew_by_those_who_may_less(bench: Bench) {
        let crew = a_crew(&bench, "Banque", &[Right::PaymentsValidate]).await;
        let person = somebody(&bench, "ada", crew).await;
        let settings = somebody_with(&[Right::Settings]);
        let out = async |actor: &Actor| {
            bench.run(actor, async |cx| remove_person(cx, crew, person).await).await
        };
        assert_eq!(out(&settings).await.unwrap_err().code, forbidden(Right::PaymentsValidate));
        let validates = somebody_with(&[Right::PaymentsValidate]);
        assert_eq!(out(&validates).await.unwrap_err().code, forbidden(Right::Settings));
        out(&somebody_with(&[Right::Settings, Right::PaymentsValidate])).await.unwrap();
        let mut cx = bench.view(&Actor::operator()).await;
        assert_eq!(people(&mut cx, crew).await.unwrap(), []);
        assert!(!rights_of(&mut cx, person).await.unwrap().is_crew());
        let actions: Vec<_> = crate::audit::history(&mut cx, "crew", crew.0).await.unwrap()
            .into_iter().map(|entry| entry.action).collect();
        assert!(actions.iter().any(|action| action == "person_removed"));
    }

    async fn a_crew_ends_when_nobody_is_in_it(bench: Bench) {
        let crew = a_crew(&bench, "Accueil", &[Right::People]).await;
        let person = somebody(&bench, "ada", crew).await;
        let boss = Actor::operator();
        let refused = bench.run(&boss, async |cx| delete(cx, crew).await).await.unwrap_err();
        assert_eq!(refused.code, Code::CrewNotEmpty { people: 1 });
        bench.run(&boss, async |cx| remove_person(cx, crew, person).await).await.unwrap();
        let less = bench.run(&somebody_with(&[Right::Settings]), async |cx| delete(cx, crew).await).await;
        assert_eq!(less.unwrap_err().code, forbidden(Right::People));
        bench.run(&boss, async |cx| delete(cx, crew).await).await.unwrap();
        let mut cx = bench.view(&boss).await;
        assert_eq!(get(&mut cx, crew).await.unwrap_err().code, Code::NotFound);
        assert_eq!(list(&mut cx).await.unwrap(), []);
    }

    async fn two_who_change_a_crew_at_once_are_told(bench: Bench) {
        let crew = a_crew(&bench, "Accueil", &[]).await;
        a_crew(&bench, "Banque", &[]).await;
        let boss = Actor::operator();
        let form = form_of(&bench, crew).await;
        let taken = CrewForm { name: " Banque".into(), ..form.clone() };
        let refused = bench.run(&boss, async |cx| save(cx, crew, &taken).await).await.unwrap_err();
        assert_eq!(refused.field("name"), Some(&Code::CrewNameTaken));
        let one = CrewForm { name: "Une".into(), ..form.clone() };
        let two = CrewForm { name: "Deux".into(), ..form };
        bench.run(&boss, async |cx| save(cx, crew, &one).await).await.unwrap();
        let late = bench.run(&boss, async |cx| save(cx, crew, &two).await).await.unwrap_err();
        assert_eq!(late.code, Code::ChangedMeanwhile);
    }

    async fn a_form_that_is_sent_twice_makes_one_crew(bench: Bench) {
        let form = CrewForm {
            key: Uuid::now_v7().to_string(),
            name: "Accueil".into(),
            rights: vec!["people".into(), "people".into()],
            ..CrewForm::default()
        };
        let boss = Actor::operator();
        let one = bench.run(&boss, async |cx| add(cx, &form).await).await.unwrap();
        let two = bench.run(&boss, async |cx| add(cx, &form).await).await.unwrap();
        assert_eq!(one, two);
        let odd = CrewForm { key: Uuid::now_v7().to_string(), rights: vec!["dance".into()], ..form };
        let refused = bench.run(&boss, async |cx| add(cx, &odd).await).await.unwrap_err();
        assert_eq!(refused.field("rights"), Some(&Code::UnknownChoice));
    }

    async fn the_last_administrator_stays(bench: Bench) {
        let crew = a_crew(&bench, "Administration", &[Right::Settings, Right::People]).await;
        let ines = somebody(&bench, "ines", crew).await;
        let boss = Actor::operator();
        // Somebody in the crew who cannot sign in yet is none.
        let waits = bench.a_person("Zoé", "Zola").await;
        bench.run(&boss, async |cx| add_person(cx, crew, waits).await).await.unwrap();
        let form = form_of(&bench, crew).await;
        let stripped = CrewForm { rights: vec!["people".into()], ..form.clone() };
        let answers = [
            bench.run(&boss, async |cx| remove_person(cx, crew, ines).await).await.err(),
            bench.run(&boss, async |cx| save(cx, crew, &stripped).await).await.err(),
            bench.run(&boss, async |cx| identity::disable(cx, ines).await).await.err(),
        ];
        for answer in answers {
            assert_eq!(answer.unwrap().code, Code::LastAdministrator);
        }
        let paul = somebody(&bench, "paul", crew).await;
        bench.run(&boss, async |cx| identity::disable(cx, ines).await).await.unwrap();
        let refused = bench.run(&boss, async |cx| remove_person(cx, crew, paul).await).await;
        assert_eq!(refused.unwrap_err().code, Code::LastAdministrator, "who is disabled is none");
        // What does not leave fewer is free, also for the last one.
        let renamed = CrewForm { name: "Bureau".into(), ..form };
        bench.run(&boss, async |cx| save(cx, crew, &renamed).await).await.unwrap();
    }

    async fn two_administrators_who_remove_each_other_at_once_leave_one(bench: Bench) {
        let crew = a_crew(&bench, "Administration", &[Right::Settings]).await;
        let ada = somebody(&bench, "ada", crew).await;
        let bob = somebody(&bench, "bob", crew).await;
        let (by_ada, by_bob) = (person_with(ada, &[Right::Settings]), person_with(bob, &[Right::Settings]));
        for disables in [true, false] {
            let mut first = bench.act(&by_ada).await;
            remove_person(&mut first, crew, bob).await.unwrap();
            // The second begins before the first has ended, and must not count without it.
            let ends = async {
                tokio::time::sleep(std::time::Duration::from_millis(150)).await;
                first.commit().await
            };
            let second = bench.run(&by_bob, async |cx| match disables {
                true => identity::disable(cx, ada).await,
                false => remove_person(cx, crew, ada).await,
            });
            let (first, second) = tokio::join!(ends, second);
            first.unwrap();
            assert_eq!(second.unwrap_err().code, Code::LastAdministrator);
            bench.run(&Actor::operator(), async |cx| add_person(cx, crew, bob).await).await.unwrap();
        }
    }
}
