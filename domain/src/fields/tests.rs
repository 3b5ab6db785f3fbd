//! Tests of declared fields and of what is kept in them, on both engines.

use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::{Code, FieldId, MemberId, PageRequest, PartyId, Result, Right};
use crate::members::{self, DirectoryFilter, Membership, MembershipForm};
use crate::people::{self, PartyForm};
use uuid::Uuid;

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn admin() -> Actor {
    somebody_with(&[Right::Settings, Right::People, Right::Members])
}

fn crew() -> Actor {
    somebody_with(&[Right::People, Right::Members])
}

fn form(on: On, kind: FieldKind, label: &str) -> FieldForm {
    FieldForm {
        key: key(),
        on: on.name().into(),
        kind: kind.name().into(),
        label: label.into(),
        ..FieldForm::default()
    }
}

async fn declare(bench: &Bench, form: &FieldForm) -> FieldId {
    bench
        .run(&admin(), async |cx| add(cx, form).await)
        .await
        .unwrap()
}

async fn person(bench: &Bench, name: &str, extra: Extra) -> Result<PartyId> {
    let form = PartyForm {
        key: key(),
        name: name.into(),
        extra,
        ..PartyForm::default()
    };
    bench
        .run(&crew(), async |cx| people::add(cx, &form).await)
        .await
}

fn typed(slug: &str, text: &str) -> Extra {
    Extra::default().with(slug, text)
}

/// What somebody sees of an object: labels and values.
async fn seen(bench: &Bench, actor: &Actor, on: On, object: Uuid) -> Vec<(String, Option<String>)> {
    let mut cx = bench.view(actor).await;
    let all = filled(&mut cx, on, Some(object)).await.unwrap();
    all.into_iter()
        .map(|one| (one.field.label, one.value))
        .collect()
}

async fn found(bench: &Bench, actor: &Actor, extra: Extra, without: &str) -> Vec<String> {
    let filter = DirectoryFilter {
        membership: Membership::Everyone,
        extra,
        without: without.into(),
        ..DirectoryFilter::default()
    };
    let mut cx = bench.view(actor).await;
    let page = members::directory(&mut cx, &filter, PageRequest::new(1))
        .await
        .unwrap();
    let whole = members::directory_after(&mut cx, &filter, None, 50)
        .await
        .unwrap();
    assert_eq!(
        page.rows.len(),
        whole.len(),
        "the file holds what the list shows"
    );
    page.rows.into_iter().map(|row| row.name).collect()
}

async fn set(bench: &Bench, actor: &Actor, id: MemberId, extra: Extra) -> Result<()> {
    let member = members::get(&mut bench.view(actor).await, id).await?;
    let form = MembershipForm {
        extra,
        ..MembershipForm::of(&member)
    };
    bench
        .run(actor, async |cx| members::save(cx, id, &form).await)
        .await
}

both_engines! {
    async fn a_value_is_kept_with_its_object_and_audited_with_it(bench: Bench) {
        declare(&bench, &form(On::Person, FieldKind::Number, "Pointure")).await;
        let id = person(&bench, "Benamar", typed("pointure", "38,50")).await.unwrap();
        let kept = seen(&bench, &crew(), On::Person, id.0).await;
        assert_eq!(kept, [("Pointure".to_owned(), Some("38.5".to_owned()))]);

        // A change of nothing else is a change: it has a version and a row of the audit.
        let party = people::get(&mut bench.view(&crew()).await, id).await.unwrap();
        let change = |text: &str| PartyForm { extra: typed("pointure", text), ..PartyForm::of(&party) };
        let save = async |form: PartyForm| bench.run(&crew(), async |cx| people::save(cx, id, &form).await).await;
        save(change("38,5")).await.unwrap();
        assert_eq!(people::get(&mut bench.view(&crew()).await, id).await.unwrap().version, 1);
        save(change("39")).await.unwrap();
        assert_eq!(save(change("40")).await.unwrap_err().code, Code::ChangedMeanwhile);
        assert_eq!(seen(&bench, &crew(), On::Person, id.0).await[0].1.as_deref(), Some("39"));
        let history = crate::audit::history(&mut bench.view(&crew()).await, "party", id.0).await.unwrap();
        assert_eq!(history.len(), 2);
        let changed = history.iter().find(|entry| entry.action == "changed").unwrap();
        assert_eq!(changed.before.as_ref().unwrap()["extra"]["Pointure"], "38.5");
        assert_eq!(changed.after.as_ref().unwrap()["extra"]["Pointure"], "39");
    }

    async fn what_a_form_does_not_have_stays_and_what_is_required_is_asked(bench: Bench) {
        declare(&bench, &FieldForm { required: "yes".into(), ..form(On::Person, FieldKind::Text, "Métier") }).await;
        declare(&bench, &form(On::Person, FieldKind::Date, "Assurance")).await;
        // A command or a file may leave it empty; a form may not.
        person(&bench, "Fichier", Extra::default()).await.unwrap();
        let refused = person(&bench, "", typed("metier", " ").with("assurance", "demain")).await.unwrap_err();
        assert_eq!(refused.field("name"), Some(&Code::Required));
        assert_eq!(refused.field("extra_metier"), Some(&Code::Required));
        assert_eq!(refused.field("extra_assurance"), Some(&Code::NotADay));
        let id = person(&bench, "Benamar", typed("metier", "soudeuse").with("assurance", "01/02/2027")).await.unwrap();
        let party = people::get(&mut bench.view(&crew()).await, id).await.unwrap();
        let form = PartyForm { city: "Albi".into(), extra: typed("assurance", ""), ..PartyForm::of(&party) };
        bench.run(&crew(), async |cx| people::save(cx, id, &form).await).await.unwrap();
        let kept = seen(&bench, &crew(), On::Person, id.0).await;
        assert_eq!(kept, [("Métier".to_owned(), Some("soudeuse".to_owned())), ("Assurance".to_owned(), None)]);
    }

    async fn who_may_not_see_a_field_neither_reads_nor_finds_nor_changes_it(bench: Bench) {
        let secret = FieldForm { seen_by: "settings".into(), ..form(On::Member, FieldKind::Text, "Santé") };
        declare(&bench, &secret).await;
        let locked = FieldForm { edited_by: "settings".into(), ..form(On::Member, FieldKind::Text, "Badge") };
        declare(&bench, &locked).await;
        let lea = bench.a_member("Léa", "Benamar", 1001).await;
        set(&bench, &admin(), lea, typed("sante", "allergie").with("badge", "B-12")).await.unwrap();

        set(&bench, &crew(), lea, typed("sante", "rien").with("badge", "B-13")).await.unwrap();
        let kept = seen(&bench, &admin(), On::Member, lea.0).await;
        assert_eq!(kept, [("Santé".to_owned(), Some("allergie".to_owned())), ("Badge".to_owned(), Some("B-12".to_owned()))]);
        assert_eq!(seen(&bench, &crew(), On::Member, lea.0).await, [("Badge".to_owned(), Some("B-12".to_owned()))]);
        let mut cx = bench.view(&crew()).await;
        let form = filled(&mut cx, On::Member, Some(lea.0)).await.unwrap();
        assert!(!form[0].is_editable && typed_of(&form, crate::kernel::Locale::Fr) == Extra::default());
        let values = values_of(&mut cx, &[lea.0]).await.unwrap();
        let fields = declared(&mut bench.view(&admin()).await).await.unwrap();
        assert_eq!(values.get(lea.0, fields[0].id), None);
        assert_eq!(values.get(lea.0, fields[1].id), Some("B-12"));

        // A filter over it says nothing: everybody is found, whatever it asks for.
        bench.a_member("Ada", "Moreau", 1002).await;
        assert_eq!(found(&bench, &admin(), typed("sante", "allergie"), "").await, ["Léa Benamar"]);
        for asked in ["allergie", "rien"] {
            assert_eq!(found(&bench, &crew(), typed("sante", asked), "").await.len(), 2);
        }
        assert_eq!(found(&bench, &crew(), Extra::default(), "sante").await.len(), 2);
        assert_eq!(found(&bench, &admin(), Extra::default(), "sante").await, ["Ada Moreau"]);
    }

    async fn lists_are_narrowed_by_values_of_every_kind(bench: Bench) {
        declare(&bench, &form(On::Person, FieldKind::Text, "Compétences")).await;
        declare(&bench, &form(On::Member, FieldKind::Date, "Assurance")).await;
        let season = FieldForm { more: "Été\n\nHiver\n".into(), ..form(On::Member, FieldKind::Choice, "Saison") };
        declare(&bench, &season).await;
        let both = typed("competences", "Soudure, 100 % béton").with("assurance", "2026-12-31").with("saison", "c2");
        let lea = PartyForm { key: key(), name: "Léa".into(), extra: both.clone(), ..PartyForm::default() };
        let since = MembershipForm { joined_on: "2026-01-01".into(), extra: both, ..MembershipForm::default() };
        let doubles = people::Doubles::Accept;
        bench.run(&crew(), async |cx| members::register(cx, &lea, &since, doubles).await).await.unwrap();
        person(&bench, "Ada", typed("competences", "soudure")).await.unwrap();
        bench.a_member("Zoé", "Zola", 1003).await;

        let names = async |extra| found(&bench, &crew(), extra, "").await;
        assert_eq!(names(typed("competences", "SOUDURE")).await, ["Ada", "Léa"]);
        assert_eq!(names(typed("competences", "% be")).await, ["Léa"]);
        assert_eq!(names(typed("competences", "_")).await, Vec::<String>::new());
        assert_eq!(names(typed("saison", "c2")).await, ["Léa"]);
        assert_eq!(names(typed("saison", "c1")).await, Vec::<String>::new());
        assert_eq!(names(typed("assurance", "2026-12-30")).await, Vec::<String>::new());
        assert_eq!(names(typed("assurance", "2026-12-31").with("competences", "soudure")).await, ["Léa"]);
        assert_eq!(names(typed("assurance", "demain").with("nothing", "x")).await.len(), 3);
        let without = async |slug| found(&bench, &crew(), Extra::default(), slug).await;
        assert_eq!(without("saison").await, ["Zoé Zola"]);
        assert_eq!(without("competences").await, ["Zoé Zola"]);
        // What is counted behind the first page fits what is shown.
        let filter = DirectoryFilter { membership: Membership::Everyone, extra: typed("saison", "c2"), ..DirectoryFilter::default() };
        let page = members::directory(&mut bench.view(&crew()).await, &filter, PageRequest::new(9)).await.unwrap();
        assert_eq!(page.total, 1);
    }

    async fn the_list_says_how_many_it_shows_on_all_its_pages(bench: Bench) {
        declare(&bench, &form(On::Person, FieldKind::Text, "Compétences")).await;
        declare(&bench, &form(On::Member, FieldKind::YesNo, "Papier")).await;
        for n in 0..52 {
            let extra = typed("competences", "soudure").with("papier", if n == 7 { "no" } else { "yes" });
            let who = PartyForm { key: key(), name: format!("Membre {n}"), extra: extra.clone(), ..PartyForm::default() };
            let since = MembershipForm { joined_on: "2026-01-01".into(), extra, ..MembershipForm::default() };
            let doubles = people::Doubles::Accept;
            bench.run(&crew(), async |cx| members::register(cx, &who, &since, doubles).await).await.unwrap();
        }
        person(&bench, "Ada", typed("competences", "soudure")).await.unwrap();
        let shown = async |membership, extra: Extra| {
            let mut cx = bench.view(&crew()).await;
            let filter = DirectoryFilter { membership, extra, ..DirectoryFilter::default() };
            let first = members::directory(&mut cx, &filter, PageRequest::new(1)).await.unwrap();
            let second = members::directory(&mut cx, &filter, PageRequest::new(2)).await.unwrap();
            assert_eq!(first.total, second.total);
            assert_eq!(usize::try_from(first.total).unwrap(), first.rows.len() + second.rows.len());
            first.total
        };
        assert_eq!(shown(Membership::Members, typed("papier", "yes")).await, 51);
        assert_eq!(shown(Membership::Everyone, typed("papier", "yes")).await, 51);
        assert_eq!(shown(Membership::Members, typed("competences", "soudure")).await, 52);
        assert_eq!(shown(Membership::Everyone, typed("competences", "soudure")).await, 53);
        assert_eq!(shown(Membership::NotMembers, typed("competences", "soudure")).await, 1);
        assert_eq!(shown(Membership::Everyone, typed("competences", "soudure").with("papier", "yes")).await, 51);
    }

    async fn a_choice_can_be_renamed_and_goes_only_while_nobody_has_it(bench: Bench) {
        let id = declare(&bench, &FieldForm { more: "S\nM".into(), ..form(On::Member, FieldKind::Choice, "Taille") }).await;
        let lea = bench.a_member("Léa", "Benamar", 1001).await;
        set(&bench, &crew(), lea, typed("taille", "c2")).await.unwrap();
        let change = async |labels: Labels, more: &str| {
            let (field, count) = get(&mut bench.view(&admin()).await, id).await.unwrap();
            assert_eq!(count, 1);
            let form = FieldForm { labels, more: more.into(), ..FieldForm::of(&field) };
            bench.run(&admin(), async |cx| save(cx, id, &form).await).await
        };
        let gone = change(Labels::default().with("c2", ""), "").await.unwrap_err();
        assert_eq!(gone.field("choice_c2"), Some(&Code::ChoiceInUse));
        let twice = change(Labels::default(), "s").await.unwrap_err();
        assert_eq!(twice.field("more"), Some(&Code::ChoiceTwice));
        change(Labels::default().with("c1", "").with("c2", "Moyenne"), "L").await.unwrap();
        let (field, _) = get(&mut bench.view(&admin()).await, id).await.unwrap();
        let choices: Vec<_> = field.choices.iter().map(|c| (c.id.as_str(), c.label.as_str())).collect();
        assert_eq!(choices, [("c2", "Moyenne"), ("c3", "L")]);
        assert_eq!(seen(&bench, &crew(), On::Member, lea.0).await[0].1.as_deref(), Some("c2"));
    }

    async fn a_field_with_values_is_archived_and_not_deleted(bench: Bench) {
        let id = declare(&bench, &form(On::Member, FieldKind::YesNo, "Papier")).await;
        let lea = bench.a_member("Léa", "Benamar", 1001).await;
        set(&bench, &crew(), lea, typed("papier", "yes")).await.unwrap();
        let delete = async || bench.run(&admin(), async |cx| delete(cx, id).await).await;
        assert_eq!(delete().await.unwrap_err().code, Code::FieldHasValues { count: 1 });
        bench.run(&admin(), async |cx| archive(cx, id).await).await.unwrap();
        assert!(seen(&bench, &crew(), On::Member, lea.0).await.is_empty());
        // What is not shown is not changed.
        set(&bench, &crew(), lea, typed("papier", "no")).await.unwrap();
        bench.run(&admin(), async |cx| restore(cx, id).await).await.unwrap();
        assert_eq!(seen(&bench, &crew(), On::Member, lea.0).await[0].1.as_deref(), Some("yes"));
        set(&bench, &crew(), lea, typed("papier", "")).await.unwrap();
        delete().await.unwrap();
        assert!(declared(&mut bench.view(&admin()).await).await.unwrap().is_empty());
    }

    async fn who_becomes_an_organisation_loses_what_only_people_have(bench: Bench) {
        declare(&bench, &form(On::Person, FieldKind::Text, "Métier")).await;
        declare(&bench, &form(On::Organisation, FieldKind::Text, "Statut")).await;
        let id = person(&bench, "ACME", typed("metier", "asso").with("statut", "1901")).await.unwrap();
        assert!(seen(&bench, &crew(), On::Organisation, id.0).await[0].1.is_none());
        let party = people::get(&mut bench.view(&crew()).await, id).await.unwrap();
        let form = PartyForm { kind: "organisation".into(), extra: typed("statut", "1901"), ..PartyForm::of(&party) };
        bench.run(&crew(), async |cx| people::save(cx, id, &form).await).await.unwrap();
        assert_eq!(seen(&bench, &crew(), On::Organisation, id.0).await[0].1.as_deref(), Some("1901"));
        assert_eq!(seen(&bench, &crew(), On::Person, id.0).await[0].1, None);
    }

    async fn a_member_sees_what_is_open_about_them_and_nothing_else(bench: Bench) {
        declare(&bench, &FieldForm { open: "yes".into(), ..form(On::Member, FieldKind::Text, "Badge") }).await;
        declare(&bench, &form(On::Member, FieldKind::Text, "Remarque")).await;
        let lea = bench.a_member("Léa", "Benamar", 1001).await;
        let ada = bench.a_member("Ada", "Moreau", 1002).await;
        set(&bench, &crew(), ada, typed("badge", "B-13")).await.unwrap();
        set(&bench, &crew(), lea, typed("badge", "B-12").with("remarque", "en retard")).await.unwrap();
        let party = members::get(&mut bench.view(&crew()).await, lea).await.unwrap().party.id;
        let mut cx = bench.view(&person_with(party, &[])).await;
        let own = members::mine_filled(&mut cx).await.unwrap();
        let own: Vec<_> = own.iter().map(|(of, one)| (*of, one.field.label.as_str(), one.is_editable)).collect();
        assert_eq!(own, [(lea, "Badge", false)]);
        assert_eq!(filled(&mut cx, On::Member, Some(lea.0)).await.unwrap_err().code, Code::NotFound);
    }

    async fn names_are_free_or_refused_and_fields_have_an_order(bench: Bench) {
        let badge = declare(&bench, &form(On::Member, FieldKind::Text, "Badge")).await;
        // Another kind of object may have the label; the name in addresses is another one.
        declare(&bench, &form(On::Person, FieldKind::Text, "Badge")).await;
        let size = declare(&bench, &form(On::Member, FieldKind::Text, "Taille")).await;
        let refuse = async |form: FieldForm, field: &str| {
            let refused = bench.run(&admin(), async |cx| add(cx, &form).await).await.unwrap_err();
            assert_eq!(refused.field(field), Some(&Code::FieldNameTaken));
        };
        refuse(form(On::Member, FieldKind::Date, "Badge"), "label").await;
        refuse(FieldForm { slug: "taille".into(), ..form(On::Person, FieldKind::Date, "T") }, "slug").await;
        let order = async || -> Vec<String> {
            let all = declared(&mut bench.view(&admin()).await).await.unwrap();
            all.into_iter().map(|field| field.slug).collect()
        };
        assert_eq!(order().await, ["badge", "taille", "badge-2"]);
        bench.run(&admin(), async |cx| shift(cx, size, Direction::Up).await).await.unwrap();
        bench.run(&admin(), async |cx| shift(cx, badge, Direction::Down).await).await.unwrap();
        assert_eq!(order().await, ["taille", "badge", "badge-2"]);
    }

    async fn there_are_only_so_many_fields_and_choices(bench: Bench) {
        for n in 0..FIELDS_MAX {
            declare(&bench, &form(On::Member, FieldKind::Text, &format!("Champ {n}"))).await;
        }
        let more = bench.run(&admin(), async |cx| add(cx, &form(On::Member, FieldKind::Text, "De trop")).await).await;
        assert_eq!(more.unwrap_err().field("on"), Some(&Code::TooManyFields { max: FIELDS_MAX }));
        let lines: Vec<String> = (0..=CHOICES_MAX).map(|n| n.to_string()).collect();
        let many = FieldForm { more: lines.join("\n"), ..form(On::Person, FieldKind::Choice, "Trop") };
        let many = bench.run(&admin(), async |cx| add(cx, &many).await).await;
        assert_eq!(many.unwrap_err().field("more"), Some(&Code::TooManyChoices { max: CHOICES_MAX }));
    }

    async fn hostile_texts_are_kept_word_for_word_or_refused_at_their_field(bench: Bench) {
        declare(&bench, &form(On::Person, FieldKind::Text, "Métier")).await;
        let long = "é".repeat(100_000);
        let widest = "𐍈".repeat(TEXT_MAX);
        for text in ["a\0b", "\u{202e}live", long.as_str(), widest.as_str(), "<b onload=x>", "'; DROP TABLE parties; --", "\u{200b}", "%", "\\", "{{x}}"] {
            match person(&bench, "Benamar", typed("metier", text)).await {
                Ok(id) => assert_eq!(seen(&bench, &crew(), On::Person, id.0).await[0].1.as_deref(), Some(text)),
                Err(problem) => assert!(problem.field("extra_metier").is_some(), "{text:.20}: {problem}"),
            }
        }
    }
}
