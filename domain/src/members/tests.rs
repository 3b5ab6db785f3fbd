//! Tests of members, on both engines.

use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::context::Cx;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::{Page, PageRequest, Right};
use crate::people::{self, Doubles, PartyForm};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

fn crew() -> Actor {
    somebody_with(&[Right::People, Right::Members])
}

fn day(text: &str) -> Day {
    calendar::parse_day(text).unwrap()
}

fn form() -> MembershipForm {
    MembershipForm {
        key: Uuid::now_v7().to_string(),
        ..MembershipForm::starting_on(day("2026-01-01"))
    }
}

async fn party(bench: &Bench, kind: &str, given_name: &str, name: &str) -> PartyId {
    let form = PartyForm {
        key: Uuid::now_v7().to_string(),
        kind: kind.into(),
        given_name: given_name.into(),
        name: name.into(),
        ..PartyForm::default()
    };
    bench
        .run(&crew(), async |cx| people::add(cx, &form).await)
        .await
        .unwrap()
}

async fn make(bench: &Bench, party: PartyId) -> Result<MemberId> {
    let form = form();
    bench
        .run(&crew(), async |cx| add(cx, party, &form).await)
        .await
}

async fn a_member(bench: &Bench, given_name: &str, name: &str) -> Member {
    let kind = if given_name.is_empty() {
        "organisation"
    } else {
        "person"
    };
    let id = make(bench, party(bench, kind, given_name, name).await)
        .await
        .unwrap();
    read(bench, id).await
}

async fn read(bench: &Bench, id: MemberId) -> Member {
    get(&mut bench.view(&crew()).await, id).await.unwrap()
}

/// The member's dues are covered from 2025 until a day.
async fn pay(bench: &Bench, id: MemberId, until: &str) {
    let mut cx = bench.act(&crew()).await;
    crate::exec!(
        cx.tx,
        "INSERT INTO coverage (tenant_id, member_id, from_on, until_on) VALUES ($1, $2, $3, $4)",
        cx.tenant,
        id,
        day("2025-01-01"),
        day(until)
    )
    .unwrap();
    // The use-case that validates audits it; here only the row is wanted.
    cx.tx.commit().await.unwrap();
}

async fn list(bench: &Bench, filter: &DirectoryFilter, number: i64) -> Page<MemberRow> {
    let mut cx = bench.view(&crew()).await;
    directory(&mut cx, filter, PageRequest::new(number))
        .await
        .unwrap()
}

/// The rows of a list as a file gets them, a few at a time.
async fn in_a_file(bench: &Bench, filter: &DirectoryFilter, limit: i64) -> Vec<PartyId> {
    let mut cx = bench.view(&crew()).await;
    let mut ids: Vec<PartyId> = Vec::new();
    loop {
        let after = ids.last().copied();
        let rows = directory_after(&mut cx, filter, after, limit)
            .await
            .unwrap();
        if rows.is_empty() {
            return ids;
        }
        ids.extend(rows.into_iter().map(|row| row.party));
    }
}

/// The names on all pages; each page says the same total, also the empty one after the last.
/// A file has the same rows in the same order.
async fn names(bench: &Bench, filter: DirectoryFilter) -> Vec<String> {
    let (mut names, mut totals) = (Vec::new(), BTreeSet::new());
    let mut ids = Vec::new();
    for number in 1.. {
        let page = list(bench, &filter, number).await;
        totals.insert(page.total);
        if page.rows.is_empty() {
            break;
        }
        ids.extend(page.rows.iter().map(|row| row.party));
        names.extend(page.rows.into_iter().map(|row| row.name));
    }
    assert_eq!(in_a_file(bench, &filter, 7).await, ids, "{filter:?}");
    let count = i64::try_from(names.len()).unwrap();
    assert_eq!(totals, BTreeSet::from([count]), "{filter:?}");
    names
}

async fn search(bench: &Bench, query: &str) -> Vec<String> {
    names(
        bench,
        DirectoryFilter {
            query: query.into(),
            ..DirectoryFilter::default()
        },
    )
    .await
}

async fn resolve_as_crew(bench: &Bench, text: &str) -> Result<MemberId, Code> {
    resolve(&mut bench.view(&crew()).await, text)
        .await
        .map_err(|p| p.code)
}

async fn in_another_tenant(bench: &Bench) -> Cx {
    let other = bench.another_tenant().await;
    let tx = bench.db.write(other).await.unwrap();
    Cx::new(other, crew(), bench.now, chrono_tz::Europe::Paris, tx)
}

/// Notes what an import called a member.
async fn note_reference(bench: &Bench, member: MemberId, reference: &str) -> Result<()> {
    let new = NewReference {
        member,
        source: "paheko".into(),
        reference: reference.into(),
    };
    let import = crate::kernel::ImportId(uuid::Uuid::now_v7());
    bench
        .run(&crew(), async |cx| {
            add_imported_references(cx, import, &[new]).await
        })
        .await
}

both_engines! {
    async fn fifty_at_once_get_fifty_numbers(bench: Bench) {
        let mut parties = Vec::new();
        for i in 0..50 {
            parties.push(bench.a_person("Léa", &format!("Benamar {i}")).await);
        }
        let bench = Arc::new(bench);
        let tasks: Vec<_> = parties.into_iter().map(|party| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move { make(&bench, party).await })
        }).collect();
        let mut numbers = BTreeSet::new();
        for task in tasks {
            let id = task.await.unwrap().unwrap();
            numbers.insert(read(&bench, id).await.number.sequence());
        }
        assert_eq!(numbers.into_iter().collect::<Vec<_>>(), (1001..1051).collect::<Vec<_>>());
    }

    async fn a_party_becomes_a_member_once_even_when_asked_twice_at_once(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let (a, b) = tokio::join!(make(&bench, lea), make(&bench, lea));
        let refused: Vec<Code> = [a, b].into_iter().filter_map(Result::err).map(|p| p.code).collect();
        assert_eq!(refused, [Code::AlreadyMember]);
        assert_eq!(make(&bench, lea).await.unwrap_err().code, Code::AlreadyMember);
        // A number is not lost with a refusal.
        assert_eq!(a_member(&bench, "Zoé", "Martin").await.number.sequence(), 1002);
    }

    async fn the_same_form_twice_at_once_has_one_effect(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let (form, actor) = (form(), crew());
        let send = async || bench.run(&actor, async |cx| add(cx, lea, &form).await).await;
        let (a, b) = tokio::join!(send(), send());
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a, b);
        let mut cx = bench.view(&actor).await;
        let history = crate::audit::history(&mut cx, "member", a.0).await.unwrap();
        assert_eq!(history.len(), 1);
        let number = MemberNumber::from_sequence(1001);
        assert_eq!(history.first().unwrap().label, format!("{number} Léa Benamar"));
        let other = bench.a_person("Zoé", "Martin").await;
        let refused = bench.run(&actor, async |cx| add(cx, other, &form).await).await.unwrap_err();
        assert_eq!(refused.code, Code::AlreadySent);
    }

    async fn rights_are_asked(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let id = make(&bench, lea).await.unwrap();
        let zoe = bench.a_person("Zoé", "Martin").await;
        let (form, people_only) = (form(), somebody_with(&[Right::People, Right::PaymentsAdd]));
        let forbidden = Code::Forbidden { right: Right::Members };
        let refused = bench.run(&people_only, async |cx| add(cx, zoe, &form).await).await.unwrap_err();
        assert_eq!(refused.code, forbidden);
        let refused = bench.run(&people_only, async |cx| save(cx, id, &form).await).await.unwrap_err();
        assert_eq!(refused.code, forbidden);

        let mut cx = bench.view(&person_with(lea, &[])).await;
        let filter = DirectoryFilter::default();
        let number = MemberNumber::from_sequence(1001);
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(directory(&mut cx, &filter, PageRequest::new(1)).await.unwrap_err().code, Code::NotFound);
        assert_eq!(counts(&mut cx).await.unwrap_err().code, Code::NotFound);
        assert_eq!(suggest(&mut cx, "léa").await.unwrap_err().code, Code::NotFound);
        assert_eq!(find_by_number(&mut cx, number).await.unwrap_err().code, Code::NotFound);
        assert_eq!(find_by_party(&mut cx, lea).await.unwrap_err().code, Code::NotFound);
        assert_eq!(resolve(&mut cx, "Léa").await.unwrap_err().code, Code::NotFound);
        let mut cx = bench.view(&Actor::nobody(String::new())).await;
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::SignInNeeded);
        assert_eq!(mine(&mut cx).await.unwrap_err().code, Code::SignInNeeded);
    }

    async fn a_membership_is_changed_once_and_audited(bench: Bench) {
        let lea = a_member(&bench, "Léa", "Benamar").await;
        let old = MembershipForm::of(&lea);
        let left = MembershipForm { left_on: "31/05/2026".into(), ..old.clone() };
        let actor = crew();
        for _ in 0..2 {
            bench.run(&actor, async |cx| save(cx, lea.id, &left).await).await.unwrap();
        }
        let now = read(&bench, lea.id).await;
        assert_eq!((now.left_on, now.version), (Some(day("2026-05-31")), 2));
        let refused = bench.run(&actor, async |cx| save(cx, lea.id, &old).await).await.unwrap_err();
        assert_eq!(refused.code, Code::ChangedMeanwhile);
        let wrong = MembershipForm { joined_on: "hier".into(), left_on: "1999-13-01".into(), ..old.clone() };
        let refused = bench.run(&actor, async |cx| save(cx, lea.id, &wrong).await).await.unwrap_err();
        assert_eq!((refused.field("joined_on"), refused.field("left_on")), (Some(&Code::NotADay), Some(&Code::NotADay)));
        let wrong = MembershipForm { left_on: "2025-12-31".into(), ..old };
        let refused = bench.run(&actor, async |cx| save(cx, lea.id, &wrong).await).await.unwrap_err();
        assert_eq!(refused.field("left_on"), Some(&Code::PeriodEndsBeforeStart));
        let mut cx = bench.view(&actor).await;
        let history = crate::audit::history(&mut cx, "member", lea.id.0).await.unwrap();
        assert_eq!(history.len(), 2);
        let changed = history.iter().find(|e| e.action == "changed").unwrap();
        assert_eq!(changed.after.as_ref().unwrap()["left_on"], "2026-05-31");
    }

    async fn what_is_not_there_does_not_become_a_member(bench: Bench) {
        assert_eq!(make(&bench, PartyId(Uuid::now_v7())).await.unwrap_err().code, Code::NotFound);
    }

    async fn searching_forgets_accents_and_case_and_wants_every_word(bench: Bench) {
        let lea = a_member(&bench, "Léa", "Benamar").await;
        a_member(&bench, "Łukasz", "Œuvrard").await;
        a_member(&bench, "", "Straßen & Söhne e.V.").await;
        for query in ["LEA", "benamar léa", "  bénamar  ", "\0lea\0", "ena"] {
            assert_eq!(search(&bench, query).await, ["Léa Benamar"], "{query:?}");
        }
        assert_eq!(search(&bench, "lukasz oeuvr").await, ["Łukasz Œuvrard"]);
        assert_eq!(search(&bench, "STRASSEN").await, ["Straßen & Söhne e.V."]);
        assert!(search(&bench, "lea oeuvrard").await.is_empty());
        assert_eq!(search(&bench, " \0 ").await.len(), 3);
        assert_eq!(search(&bench, &"x ".repeat(10_000)).await.len(), 0);

        let number = lea.number;
        for form in [number.to_string(), number.compact(), number.reference(), number.reference_spaced(), number.reference().to_lowercase()] {
            assert_eq!(search(&bench, &form).await, ["Léa Benamar"], "{form}");
            assert_eq!(resolve_as_crew(&bench, &form).await, Ok(lea.id), "{form}");
        }
    }

    async fn signs_of_patterns_are_found_literally(bench: Bench) {
        for name in ["100% local", "a_b", "back\\slash", "plain"] {
            a_member(&bench, "", name).await;
        }
        assert_eq!(search(&bench, "%").await, ["100% local"]);
        assert_eq!(search(&bench, "_").await, ["a_b"]);
        assert_eq!(search(&bench, "\\").await, ["back\\slash"]);
        let mut cx = bench.view(&crew()).await;
        assert_eq!(resolve(&mut cx, "%").await.unwrap_err().code, Code::UnknownMember);
        assert!(resolve(&mut cx, "100%").await.is_ok());
        assert_eq!(resolve(&mut cx, "_ocal").await.unwrap_err().code, Code::UnknownMember);
        assert!(resolve(&mut cx, "back\\slash").await.is_ok());
    }

    async fn filters_hold_what_they_say_and_counts_agree(bench: Bench) {
        let today = day("2026-06-01");
        let in_order = a_member(&bench, "In", "Order").await;
        let late = a_member(&bench, "La", "Te").await;
        a_member(&bench, "", "Never").await;
        let left = a_member(&bench, "Le", "Ft").await;
        let leaving = a_member(&bench, "Leav", "Ing").await;
        party(&bench, "person", "No", "Member").await;
        pay(&bench, in_order.id, "2026-06-01").await;
        pay(&bench, late.id, "2026-05-31").await;
        pay(&bench, left.id, "2027-01-01").await;
        for (member, day) in [(&left, "2026-06-01"), (&leaving, "2026-06-02")] {
            let form = MembershipForm { left_on: day.into(), ..MembershipForm::of(member) };
            bench.run(&crew(), async |cx| save(cx, member.id, &form).await).await.unwrap();
        }
        let standing = async |s| names(&bench, DirectoryFilter { standing: Some(s), membership: Membership::Everyone, ..DirectoryFilter::default() }).await;
        assert_eq!(standing(StandingFilter::InOrder).await, ["In Order"]);
        assert_eq!(standing(StandingFilter::Late).await, ["La Te"]);
        assert_eq!(standing(StandingFilter::NeverPaid).await, ["Leav Ing", "Never"]);
        assert_eq!(standing(StandingFilter::Left).await, ["Le Ft"]);
        let counted = counts(&mut bench.view(&crew()).await).await.unwrap();
        assert_eq!(counted, Counts { members: 4, in_order: 1, late: 1, never_paid: 2, left: 1 });

        // The same rule in SQL and in Rust.
        for row in list(&bench, &DirectoryFilter::default(), 1).await.rows {
            let expected = match row.standing(today).unwrap() {
                Standing::InOrder { .. } | Standing::Free => StandingFilter::InOrder,
                Standing::Late { .. } => StandingFilter::Late,
                Standing::NeverPaid => StandingFilter::NeverPaid,
                Standing::Left { .. } => StandingFilter::Left,
            };
            assert!(standing(expected).await.contains(&row.name), "{}", row.name);
        }

        let membership = async |membership, kind| names(&bench, DirectoryFilter { membership, kind, ..DirectoryFilter::default() }).await.len();
        assert_eq!(membership(Membership::Members, None).await, 5);
        assert_eq!(membership(Membership::Everyone, None).await, 6);
        assert_eq!(membership(Membership::NotMembers, None).await, 1);
        assert_eq!(membership(Membership::Members, Some(Kind::Organisation)).await, 1);
        assert_eq!(membership(Membership::NotMembers, Some(Kind::Organisation)).await, 0);
    }

    async fn lists_have_one_order_and_pages_hold_each_row_once(bench: Bench) {
        let all = ["Émile Zola", "Ab Ad", "Zoé Éluard", "_ x", "🎉 fête", "Ab Ac", "O'Neil o", "Ян Волков", "10 dix", "9 neuf", "é a", "E b"];
        for name in all {
            let (given_name, name) = name.split_once(' ').unwrap();
            a_member(&bench, given_name, name).await;
        }
        let expected = ["é a", "Ab Ac", "Ab Ad", "E b", "10 dix", "Zoé Éluard", "🎉 fête", "9 neuf", "O'Neil o", "_ x", "Émile Zola", "Ян Волков"];
        assert_eq!(names(&bench, DirectoryFilter::default()).await, expected);

        for _ in 0..50 {
            // The same name fifty times: ids put them in order.
            let id = bench.a_person("Même", "Nom").await;
            make(&bench, id).await.unwrap();
        }
        for i in 0..51 {
            bench.a_person("Autre", &format!("Personne {i}")).await;
        }
        let mut seen = BTreeSet::new();
        for number in [1, 2, 3] {
            let page = list(&bench, &DirectoryFilter::default(), number).await;
            assert_eq!((page.total, page.pages()), (62, 2));
            assert!(page.rows.iter().all(|row| seen.insert(row.party)));
        }
        assert_eq!(seen.len(), 62);

        // However a total is counted, it is that of the rows.
        let count = async |query: &str, membership, kind, standing| {
            let query = query.to_owned();
            names(&bench, DirectoryFilter { query, membership, kind, standing, ..DirectoryFilter::default() }).await.len()
        };
        let (never, late) = (Some(StandingFilter::NeverPaid), Some(StandingFilter::Late));
        assert_eq!(count("", Membership::Everyone, None, None).await, 113);
        assert_eq!(count("", Membership::NotMembers, None, None).await, 51);
        assert_eq!(count("", Membership::NotMembers, None, never).await, 0);
        assert_eq!(count("", Membership::Everyone, None, never).await, 62);
        assert_eq!(count("", Membership::Members, None, late).await, 0);
        assert_eq!(count("", Membership::Members, Some(Kind::Person), None).await, 62);
        assert_eq!(count("meme nom", Membership::Members, None, None).await, 50);
        assert_eq!(count("personne", Membership::Everyone, None, None).await, 51);
    }

    async fn a_file_has_the_rows_of_all_pages_for_any_filter(bench: Bench) {
        for i in 0..60 {
            let given_name = ["Léa", "Émile", "Zoé", ""][i % 4];
            let member = a_member(&bench, given_name, ["Zola", "Benamar", "Zola"][i % 3]).await;
            match i % 5 {
                0 => pay(&bench, member.id, "2026-06-20").await,
                1 => pay(&bench, member.id, "2026-03-31").await,
                2 => pay(&bench, member.id, "2026-12-31").await,
                _ => {}
            }
            bench.a_person("Zoé", &format!("Autre {}", i % 2)).await;
        }
        let mut found = 0;
        for draw in 0..60_usize {
            let filter = DirectoryFilter {
                query: ["", "z", "lea", "zola e", "autre 1", "absent"][draw * 7 % 6].into(),
                membership: [Membership::Members, Membership::Everyone, Membership::NotMembers][draw * 5 % 3],
                kind: [None, Some(Kind::Person), Some(Kind::Organisation)][draw / 3 % 3],
                standing: std::iter::once(None).chain(StandingFilter::ALL.map(Some)).nth(draw % 6).unwrap(),
                ..DirectoryFilter::default()
            };
            found += names(&bench, filter).await.len();
        }
        assert!(found > 200, "{found}");
    }

    async fn suggestions_begin_with_the_one_that_is_meant(bench: Bench) {
        for i in 0..12 {
            a_member(&bench, "Anna", &format!("Martin {i:02}")).await;
        }
        let exact = a_member(&bench, "Zoé", "Martin").await;
        let numbered = a_member(&bench, "Yann", "Kerel").await;
        // Her telephone number holds the other's member number.
        let form = PartyForm { phone: format!("06 12 34 {}", numbered.number.compact()), ..PartyForm::of(&exact.party) };
        bench.run(&crew(), async |cx| people::save(cx, exact.party.id, &form).await).await.unwrap();
        party(&bench, "person", "Zoé", "Martinet").await;

        let mut cx = bench.view(&crew()).await;
        let found = suggest(&mut cx, "martin").await.unwrap();
        assert_eq!(found.len(), 10);
        for query in ["zoe martin", "Martin Zoé"] {
            let found = suggest(&mut cx, query).await.unwrap();
            assert_eq!(found.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Zoé Martin"], "{query}");
        }
        let found = suggest(&mut cx, &numbered.number.compact()).await.unwrap();
        assert_eq!(found.iter().map(|r| r.id.unwrap()).collect::<Vec<_>>(), [numbered.id, exact.id]);
        for nothing in ["", "  ", "\0", "nobody"] {
            assert!(suggest(&mut cx, nothing).await.unwrap().is_empty());
        }
    }

    async fn a_text_means_a_member_only_where_it_fits_one(bench: Bench) {
        let lea = a_member(&bench, "Léa", "Benamar").await;
        let zoe = a_member(&bench, "Zoé", "Martin").await;
        let leo = a_member(&bench, "Léo", "Martin").await;
        let twin = a_member(&bench, "Léo", "Martin").await;
        assert_eq!(resolve_as_crew(&bench, "benamar LEA").await, Ok(lea.id));
        assert_eq!(resolve_as_crew(&bench, "Benamar").await, Ok(lea.id));
        assert_eq!(resolve_as_crew(&bench, "zoé").await, Ok(zoe.id));
        assert_eq!(resolve_as_crew(&bench, &leo.id.to_string()).await, Ok(leo.id));
        assert_eq!(resolve_as_crew(&bench, &leo.label()).await, Ok(leo.id));
        assert_eq!(resolve_as_crew(&bench, &format!("{} · Léo Martin", twin.number)).await, Ok(twin.id));
        let elsewhere = format!("{} Léa Benamar", leo.number);
        let free = MemberNumber::from_sequence(999_999).to_string();
        let nobody = Uuid::now_v7().to_string();
        for unknown in ["", " ", "Martin", "Léo Martin", "Bena", "\0", elsewhere.as_str(), free.as_str(), nobody.as_str()] {
            assert_eq!(resolve_as_crew(&bench, unknown).await, Err(Code::UnknownMember), "{unknown:?}");
        }
        let mut mistyped = lea.number.compact().into_bytes();
        mistyped.swap(2, 3);
        let mistyped = String::from_utf8(mistyped).unwrap();
        assert_eq!(resolve_as_crew(&bench, &mistyped).await, Err(Code::WrongCheckDigit));
    }

    async fn references_of_other_programs_find_the_member(bench: Bench) {
        let lea = a_member(&bench, "Léa", "Benamar").await;
        let zoe = a_member(&bench, "Zoé", "Martin").await;
        let actor = crew();
        let note = async |member, reference| note_reference(&bench, member, reference).await;
        note(lea.id, "ADH-77").await.unwrap();
        note(lea.id, "ADH-78").await.unwrap();
        assert_eq!(note(zoe.id, "ADH-77").await.unwrap_err().code, Code::ChangedMeanwhile);
        assert_eq!(search(&bench, "adh-77").await, ["Léa Benamar"]);
        let expected = [("paheko".to_owned(), "ADH-77".to_owned()), ("paheko".to_owned(), "ADH-78".to_owned())];
        assert_eq!(read(&bench, lea.id).await.references, expected);
        let mut cx = bench.view(&actor).await;
        assert_eq!(find_by_party(&mut cx, zoe.party.id).await.unwrap(), Some(zoe.id));
    }

    async fn mine_are_exactly_my_own(bench: Bench) {
        let lea = a_member(&bench, "Léa", "Benamar").await;
        let acme = a_member(&bench, "", "ACME asso").await;
        let other = a_member(&bench, "", "Autre asso").await;
        let zoe = a_member(&bench, "Zoé", "Martin").await;
        let actor = crew();
        for (organisation, person) in [(&acme, &lea), (&other, &zoe)] {
            bench.run(&actor, async |cx| people::add_contact(cx, organisation.party.id, person.party.id, "").await).await.unwrap();
        }
        let form = PartyForm { note: "difficult".into(), ..PartyForm::of(&lea.party) };
        bench.run(&actor, async |cx| people::save(cx, lea.party.id, &form).await).await.unwrap();
        let own = async |party| mine(&mut bench.view(&person_with(party, &[])).await).await.unwrap();
        let found = own(lea.party.id).await;
        assert_eq!(found.iter().map(|m| m.id).collect::<Vec<_>>(), [lea.id, acme.id]);
        assert!(found.iter().all(|m| m.party.note.is_none()));
        assert_eq!(own(bench.a_person("No", "Member").await).await, []);
        bench.run(&actor, async |cx| people::remove_contact(cx, acme.party.id, lea.party.id).await).await.unwrap();
        assert_eq!(own(lea.party.id).await.len(), 1);
    }

    async fn another_tenants_members_are_not_here(bench: Bench) {
        let lea = a_member(&bench, "Léa", "Benamar").await;
        note_reference(&bench, lea.id, "77").await.unwrap();
        let mut cx = in_another_tenant(&bench).await;
        assert_eq!(get(&mut cx, lea.id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(save(&mut cx, lea.id, &MembershipForm::of(&lea)).await.unwrap_err().code, Code::NotFound);
        assert_eq!(add(&mut cx, lea.party.id, &form()).await.unwrap_err().code, Code::NotFound);
        for filter in ["", "lea"] {
            let filter = DirectoryFilter { query: filter.into(), membership: Membership::Everyone, ..DirectoryFilter::default() };
            assert_eq!(directory(&mut cx, &filter, PageRequest::new(1)).await.unwrap().total, 0);
        }
        assert_eq!(counts(&mut cx).await.unwrap(), Counts::default());
        assert!(suggest(&mut cx, "Léa Benamar").await.unwrap().is_empty());
        assert!(suggest(&mut cx, &lea.number.to_string()).await.unwrap().is_empty());
        for text in ["Léa Benamar".to_owned(), lea.number.to_string(), lea.id.to_string(), lea.label()] {
            assert_eq!(resolve(&mut cx, &text).await.unwrap_err().code, Code::UnknownMember);
        }
        assert_eq!(find_by_party(&mut cx, lea.party.id).await.unwrap(), None);
        cx.actor = person_with(lea.party.id, &[]);
        assert!(mine(&mut cx).await.unwrap().is_empty());
    }
}

both_engines! {
    async fn a_new_member_is_one_step_and_one_key(bench: Bench) {
        let who = PartyForm {
            key: Uuid::now_v7().to_string(),
            given_name: "Nora".into(),
            name: "Vidal".into(),
            ..PartyForm::default()
        };
        let since = MembershipForm::starting_on(day("2026-01-01"));
        let actor = crew();
        let register = async |who: &PartyForm, since: &MembershipForm, doubles| {
            bench
                .run(&actor, async |cx| super::register(cx, who, since, doubles).await)
                .await
        };
        let id = register(&who, &since, Doubles::Refuse).await.unwrap();
        assert_eq!(read(&bench, id).await.party.given_name, "Nora");
        // The same form again is not taken for somebody similar.
        assert_eq!(register(&who, &since, Doubles::Refuse).await.unwrap(), id);

        let twin = PartyForm { key: Uuid::now_v7().to_string(), ..who.clone() };
        let problem = register(&twin, &since, Doubles::Refuse).await.unwrap_err();
        assert_eq!(problem.code, Code::MaybeKnown);
        // What was refused has not used up its key.
        let other = register(&twin, &since, Doubles::Accept).await.unwrap();
        assert_ne!(other, id);

        // Nothing of a member stays where the other half is wrong; both halves say what is.
        let nobody = PartyForm { key: Uuid::now_v7().to_string(), ..PartyForm::default() };
        let problem = register(&nobody, &MembershipForm::default(), Doubles::Refuse).await.unwrap_err();
        assert!(problem.field("name").is_some() && problem.field("joined_on").is_some());
    }
}
