//! What crews promise, on both engines.

mod changes;

use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::db::testing::somebody_with;
use crate::kernel::Code;

both_engines! {
    async fn rights_come_through_crews_and_name_them(bench: Bench) {
        let person = bench.a_person("Léa", "Benamar").await;
        bench.run(&Actor::operator(), async |cx| {
            let bank = create(cx, "Banque", &[Right::PaymentsValidate]).await?;
            let desk = create(cx, "Accueil", &[Right::People, Right::PaymentsAdd]).await?;
            add_person(cx, bank, person).await?;
            add_person(cx, desk, person).await
        }).await.unwrap();
        let mut cx = bench.view(&Actor::operator()).await;
        let rights = rights_of(&mut cx, person).await.unwrap();
        assert_eq!(rights.through(Right::PaymentsValidate), Some("Banque"));
        assert_eq!(rights.through(Right::People), Some("Accueil"));
        assert!(!rights.has(Right::Settings));
        let crews = list(&mut cx).await.unwrap();
        let names: Vec<_> = crews.iter().map(|c| (c.name.as_str(), c.people)).collect();
        assert_eq!(names, [("Accueil", 1), ("Banque", 1)]);
        assert_eq!(crews[0].rights, [Right::People, Right::PaymentsAdd]);
        assert_eq!(find(&mut cx, " Banque ").await.unwrap().unwrap(), crews[1]);
        assert_eq!(find(&mut cx, "Autre").await.unwrap(), None);
    }

    async fn who_is_in_a_crew_without_rights_belongs_to_the_crews_all_the_same(bench: Bench) {
        let person = bench.a_person("Léa", "Benamar").await;
        let boss = Actor::operator();
        let crew = bench.run(&boss, async |cx| {
            let crew = create(cx, "Toulouse", &[]).await?;
            create(cx, "Lyon", &[]).await?;
            add_person(cx, crew, person).await?;
            Ok(crew)
        }).await.unwrap();
        let mut cx = bench.view(&boss).await;
        let rights = rights_of(&mut cx, person).await.unwrap();
        assert!(rights.is_crew() && rights.is_in(crew) && !rights.is_in_all());
        assert_eq!(rights.grants(), []);
        let names: Vec<_> = rights.crews().iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["Toulouse"]);
    }

    async fn nobody_grants_a_right_that_they_do_not_have(bench: Bench) {
        let bank = bench.run(&Actor::operator(), async |cx| {
            create(cx, "Banque", &[Right::PaymentsValidate]).await
        }).await.unwrap();
        let person = bench.a_person("Ada", "Moreau").await;
        let settings_only = somebody_with(&[Right::Settings]);
        let wanted = Code::Forbidden { right: Right::PaymentsValidate };
        let refused = bench.run(&settings_only, async |cx| {
            create(cx, "Pirates", &[Right::Settings, Right::PaymentsValidate]).await
        }).await.unwrap_err();
        assert_eq!(refused.code, wanted);
        let refused = bench.run(&settings_only, async |cx| add_person(cx, bank, person).await)
            .await.unwrap_err();
        assert_eq!(refused.code, wanted);
        let refused = bench.run(&somebody_with(&[Right::People]), async |cx| {
            create(cx, "Amis", &[Right::People]).await
        }).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::Settings });
    }

    async fn a_crews_name_is_its_own_and_a_person_is_in_it_once(bench: Bench) {
        let person = bench.a_person("Ada", "Moreau").await;
        let boss = Actor::operator();
        let crew = bench.run(&boss, async |cx| create(cx, "Accueil", &[Right::People]).await)
            .await.unwrap();
        let refused = bench.run(&boss, async |cx| create(cx, "Accueil", &[]).await)
            .await.unwrap_err();
        assert_eq!(refused.field("name"), Some(&Code::CrewNameTaken));
        for _ in 0..2 {
            bench.run(&boss, async |cx| add_person(cx, crew, person).await).await.unwrap();
        }
        let mut cx = bench.view(&boss).await;
        assert_eq!(list(&mut cx).await.unwrap()[0].people, 1);
        assert_eq!(crate::audit::history(&mut cx, "crew", crew.0).await.unwrap().len(), 2);
    }

    async fn a_crew_takes_only_people_of_its_own_tenant(bench: Bench) {
        let boss = Actor::operator();
        let crew = bench.run(&boss, async |cx| create(cx, "Accueil", &[]).await).await.unwrap();
        let other = bench.another_tenant().await;
        let person = bench.a_person("Ada", "Moreau").await;
        let mut cx = bench.act(&boss).await;
        let stranger = crate::kernel::PartyId(uuid::Uuid::now_v7());
        assert_eq!(add_person(&mut cx, crew, stranger).await.unwrap_err().code, Code::NotFound);
        drop(cx);
        let tx = bench.db.write(other).await.unwrap();
        let mut cx = crate::context::Cx::new(other, boss, bench.now, chrono_tz::Europe::Paris, tx);
        assert_eq!(add_person(&mut cx, crew, person).await.unwrap_err().code, Code::NotFound);
    }
}
