//! An import that is undone leaves nothing; one that was built upon stays.

use super::uses::{IMPORTER, apply, code, importer, key, totals, upload};
use super::*;
use crate::access::Actor;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::{ImportId, MemberId, PartyId, PaymentId, Problem, Right};
use crate::members::{MemberNumber, MembershipForm};
use crate::payments::PaymentForm;
use crate::people::PartyForm;
use crate::{all, audit, both_engines, exec, members, one, payments, people};

const FILE: &str = "Numéro de membre;Nom;Prénom;Email;Montant;Date de paiement\n7;Roux;Zoé;zoe@ex.fr;25;01/02/2026\n8;Petit;Ali;ali@ex.fr;30;02/02/2026\n";

/// Everything that an import may touch: to be the same before and after.
type Rows = (i64, i64, i64, i64, Vec<(String,)>);

async fn rows_of(bench: &Bench) -> Rows {
    let (parties, members, references, payments) = totals(bench).await;
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    let found_by = all!(
        tx,
        "SELECT search FROM members WHERE tenant_id = $1 ORDER BY number",
        bench.tenant.id
    )
    .unwrap();
    (parties, members, references, payments, found_by)
}

async fn apply_file(bench: &Bench, text: &str) -> ImportId {
    let id = upload(bench, &importer(), text.as_bytes()).await.unwrap();
    apply(bench, &importer(), id).await.unwrap();
    id
}

async fn undo_as(bench: &Bench, actor: &Actor, id: ImportId) -> Result<Undone, Problem> {
    bench
        .run(actor, async |cx| undo(cx, id, &key()).await)
        .await
}

async fn against(bench: &Bench, id: ImportId) -> Vec<(Why, String)> {
    let mut cx = bench.view(&importer()).await;
    let against = against_undo(&mut cx, id).await.unwrap();
    assert_eq!(against.total, against.first.len());
    against.first.into_iter().map(|r| (r.why, r.name)).collect()
}

/// The member of a name, and who it is.
async fn member(bench: &Bench, name: &str) -> (MemberId, PartyId) {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    one!(
        tx,
        "SELECT m.id, m.party_id FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND p.name = $2",
        bench.tenant.id,
        name
    )
    .unwrap()
}

async fn payment(bench: &Bench, member: MemberId) -> PaymentId {
    let mut cx = bench.view(&importer()).await;
    payments::of_member(&mut cx, member).await.unwrap()[0].id
}

both_engines! {
    async fn an_undone_import_leaves_nothing_and_the_file_can_come_again(bench: Bench) {
        bench.a_member("Eve", "Blanc", 77).await;
        let before = rows_of(&bench).await;
        let id = apply_file(&bench, FILE).await;
        let (zoe, party) = member(&bench, "Roux").await;
        assert_eq!(against(&bench, id).await, vec![]);
        let undone = undo_as(&bench, &importer(), id).await.unwrap();
        assert_eq!((undone.members, undone.people, undone.payments), (2, 2, 2));
        assert_eq!(rows_of(&bench).await, before);
        let mut cx = bench.view(&importer()).await;
        let import = super::super::get(&mut cx, id).await.unwrap();
        assert_eq!(import.state, State::Undone);
        assert_eq!(import.undone.unwrap().0, "Inès");
        for (kind, object) in [("member", zoe.0), ("party", party.0), ("import", id.0)] {
            let history = audit::history(&mut cx, kind, object).await.unwrap();
            let last = if kind == "import" { "undone" } else { "deleted" };
            let entry = history.iter().find(|e| e.action == last).unwrap();
            assert!(entry.before.is_some() && entry.after.is_none(), "{kind}");
        }
        drop(cx);
        let again = apply_file(&bench, FILE).await;
        assert_eq!(totals(&bench).await, (3, 3, 2, 2));
        undo_as(&bench, &importer(), again).await.unwrap();
        assert_eq!(rows_of(&bench).await, before);
    }

    async fn numbers_of_members_who_went_are_not_given_again(bench: Bench) {
        let id = apply_file(&bench, FILE).await;
        let highest = async || -> i64 {
            let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
            let (number,): (MemberNumber,) = one!(tx, "SELECT max(number) FROM members WHERE tenant_id = $1", bench.tenant.id).unwrap();
            number.sequence()
        };
        let before = highest().await;
        undo_as(&bench, &importer(), id).await.unwrap();
        apply_file(&bench, FILE).await;
        assert_eq!(highest().await, before + 2);
    }

    async fn what_the_import_only_found_stays(bench: Bench) {
        bench.a_person("Léo", "Blanc").await;
        let first = apply_file(&bench, "Nom;Prénom;Email\nRoux;Zoé;zoe@ex.fr\n").await;
        let before = rows_of(&bench).await;
        let file = "Numéro de membre;Nom;Prénom;Email;Montant;Date de paiement\nA-7;Roux;Zoé;zoe@ex.fr;25;01/02/2026\nA-8;Noir;Ada;ada@ex.fr;25;01/02/2026\n";
        let second = apply_file(&bench, file).await;
        assert_ne!(rows_of(&bench).await, before);
        let (zoe, _) = member(&bench, "Roux").await;
        // The first import's member has a payment and a number of the second.
        assert_eq!(against(&bench, first).await, vec![
            (Why::OtherPayment, "Zoé Roux".into()),
            (Why::OtherReference, "Zoé Roux".into()),
        ]);
        assert_eq!(code(undo_as(&bench, &importer(), first).await), Code::ImportUsed { count: 2 });
        let undone = undo_as(&bench, &importer(), second).await.unwrap();
        assert_eq!((undone.members, undone.people, undone.payments), (1, 1, 2));
        assert_eq!(rows_of(&bench).await, before);
        let mut cx = bench.view(&importer()).await;
        let history = audit::history(&mut cx, "member", zoe.0).await.unwrap();
        assert!(history.iter().any(|e| e.action == "reference_removed"));
        drop(cx);
        undo_as(&bench, &importer(), first).await.unwrap();
        assert_eq!(totals(&bench).await, (1, 0, 0, 0));
    }

    async fn somebody_who_was_known_stays_known_when_the_membership_goes(bench: Bench) {
        let leo = bench.a_person("Léo", "Blanc").await;
        let id = apply_file(&bench, "Nom;Prénom\nBlanc;Léo\n").await;
        let (_, party) = member(&bench, "Blanc").await;
        assert_eq!(party, leo);
        let undone = undo_as(&bench, &importer(), id).await.unwrap();
        assert_eq!((undone.members, undone.people), (1, 0));
        assert_eq!(totals(&bench).await, (1, 0, 0, 0));
    }

    async fn a_validated_payment_stands_against_it_and_everything_stays(bench: Bench) {
        let id = apply_file(&bench, FILE).await;
        let (zoe, _) = member(&bench, "Roux").await;
        let paid = payment(&bench, zoe).await;
        let bank = person_with(bench.a_person("Claire", "Roy").await, &[Right::PaymentsValidate]);
        let answers = bench.run(&bank, async |cx| payments::validate(cx, &[paid], &key()).await).await.unwrap();
        assert_eq!(answers, vec![(paid, payments::Outcome::Validated)]);
        assert_eq!(against(&bench, id).await, vec![(Why::PaymentValidated, "Zoé Roux".into())]);
        let before = rows_of(&bench).await;
        assert_eq!(code(undo_as(&bench, &importer(), id).await), Code::ImportUsed { count: 1 });
        assert_eq!(rows_of(&bench).await, before);
    }

    async fn every_way_to_build_on_it_stands_against_it(bench: Bench) {
        let id = apply_file(&bench, FILE).await;
        let (zoe, zoe_party) = member(&bench, "Roux").await;
        let (ali, ali_party) = member(&bench, "Petit").await;
        let actor = somebody_with(Right::ALL);
        let mut cx = bench.view(&actor).await;
        let paid = payments::of_member(&mut cx, zoe).await.unwrap().remove(0);
        let person = people::get(&mut cx, ali_party).await.unwrap();
        let membership = members::get(&mut cx, ali).await.unwrap();
        drop(cx);
        let changed = PaymentForm { label: "autre".into(), member: membership.label(), ..PaymentForm::of(&paid, crate::kernel::Locale::Fr) };
        bench.run(&actor, async |cx| payments::save(cx, paid.id, &changed).await).await.unwrap();
        let changed = PartyForm { city: "Albi".into(), ..PartyForm::of(&person) };
        bench.run(&actor, async |cx| people::save(cx, ali_party, &changed).await).await.unwrap();
        let changed = MembershipForm { left_on: "2026-05-01".into(), ..MembershipForm::of(&membership) };
        bench.run(&actor, async |cx| members::save(cx, ali, &changed).await).await.unwrap();
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(tx, "INSERT INTO logins (tenant_id, person_id, login_name, password_hash, created_at, changed_at) VALUES ($1, $2, 'zoe', 'x', $3, $3)", bench.tenant.id, zoe_party, bench.now).unwrap();
        let crew = uuid::Uuid::now_v7();
        exec!(tx, "INSERT INTO crews (tenant_id, id, name) VALUES ($1, $2, 'x')", bench.tenant.id, crew).unwrap();
        exec!(tx, "INSERT INTO crew_people (tenant_id, crew_id, person_id) VALUES ($1, $2, $3)", bench.tenant.id, crew, zoe_party).unwrap();
        exec!(tx, "INSERT INTO member_payers (tenant_id, member_id, payer_id) VALUES ($1, $2, $3)", bench.tenant.id, ali, zoe_party).unwrap();
        exec!(tx, "INSERT INTO member_dues (tenant_id, member_id, from_on, kind_id, reason) SELECT tenant_id, $2, $3, id, '' FROM dues_kinds WHERE tenant_id = $1 LIMIT 1", bench.tenant.id, zoe, day("2026-01-01")).unwrap();
        tx.commit().await.unwrap();
        let form = PartyForm { key: key(), kind: "organisation".into(), name: "ACME".into(), ..PartyForm::default() };
        let acme = bench.run(&actor, async |cx| people::add(cx, &form).await).await.unwrap();
        bench.run(&actor, async |cx| people::add_contact(cx, acme, zoe_party, "").await).await.unwrap();
        assert_eq!(against(&bench, id).await, vec![
            (Why::DuesChanged, "Ali Petit".into()),
            (Why::MemberChanged, "Ali Petit".into()),
            (Why::PaymentChanged, "Ali Petit".into()),
            (Why::PersonChanged, "Ali Petit".into()),
            (Why::Contact, "Zoé Roux".into()),
            (Why::Crew, "Zoé Roux".into()),
            (Why::DuesChanged, "Zoé Roux".into()),
            (Why::Login, "Zoé Roux".into()),
            (Why::PaysFor, "Zoé Roux".into()),
        ]);
        assert_eq!(code(undo_as(&bench, &importer(), id).await), Code::ImportUsed { count: 9 });
    }

    async fn two_who_undo_at_once_undo_once(bench: Bench) {
        let id = apply_file(&bench, FILE).await;
        let bench = std::sync::Arc::new(bench);
        let tasks: Vec<_> = (0..4).map(|_| {
            let bench = bench.clone();
            tokio::spawn(async move { undo_as(&bench, &importer(), id).await })
        }).collect();
        let mut done = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => done += 1,
                Err(problem) => assert_eq!(problem.code, Code::ImportNotUndoable),
            }
        }
        assert_eq!(done, 1);
        assert_eq!(totals(&bench).await, (0, 0, 0, 0));
        // The same form once more hears the same answer.
        let again = apply_file(&bench, FILE).await;
        let sent = key();
        for _ in 0..2 {
            let undone = bench.run(&importer(), async |cx| undo(cx, again, &sent).await).await.unwrap();
            assert_eq!(undone.members, 2);
        }
    }

    async fn only_who_may_import_may_undo_and_only_what_can_be_undone(bench: Bench) {
        let id = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        assert_eq!(code(undo_as(&bench, &importer(), id).await), Code::ImportNotUndoable);
        apply(&bench, &importer(), id).await.unwrap();
        let stranger = somebody_with(&[Right::People, Right::PaymentsAdd]);
        assert_eq!(code(undo_as(&bench, &stranger, id).await), Code::Forbidden { right: Right::Members });
        // It brought payments: who may not enter them may not take them back.
        let crew = somebody_with(&[Right::Members]);
        assert_eq!(code(undo_as(&bench, &crew, id).await), Code::Forbidden { right: Right::PaymentsAdd });
        let elsewhere = ImportId(uuid::Uuid::now_v7());
        assert_eq!(code(undo_as(&bench, &importer(), elsewhere).await), Code::NotFound);
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(tx, "UPDATE imports SET traced = FALSE WHERE tenant_id = $1", bench.tenant.id).unwrap();
        tx.commit().await.unwrap();
        // From before imports noted what they made.
        assert_eq!(code(undo_as(&bench, &importer(), id).await), Code::ImportNotUndoable);
    }

    async fn an_import_that_is_cut_off_leaves_nothing_half(bench: Bench) {
        let id = upload(&bench, &importer(), DOLIBARR_SUBSCRIPTIONS).await.unwrap();
        // The connection is dropped while it writes, as when the program is killed.
        let progress = Progress::default();
        let mut cx = bench.act(&importer()).await;
        let all_but_the_end = super::super::apply(&mut cx, id, ProblemRows::Refuse, &uuid::Uuid::nil().to_string(), &progress).await;
        assert!(all_but_the_end.is_ok());
        drop(cx);
        assert_eq!(totals(&bench).await, (0, 0, 0, 0));
        let mut cx = bench.view(&importer()).await;
        assert_eq!(super::super::get(&mut cx, id).await.unwrap().state, State::Uploaded);
        drop(cx);
        // The same form sent again does it.
        let report = bench.run(&importer(), async |cx| {
            super::super::apply(cx, id, ProblemRows::Refuse, &uuid::Uuid::nil().to_string(), &progress).await
        }).await.unwrap();
        assert_eq!(report.payments_added, 1000);
    }

    async fn an_import_says_who_undid_it_by_the_name_of_then(bench: Bench) {
        let ines = bench.a_person("Inès", "Roy").await;
        let actor = person_with(ines, IMPORTER);
        let id = apply_file(&bench, "Nom;Prénom\nNoir;Ada\n").await;
        undo_as(&bench, &actor, id).await.unwrap();
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let (by, name): (Option<PartyId>, String) = one!(tx, "SELECT undone_by, undone_by_name FROM imports WHERE tenant_id = $1 AND id = $2", bench.tenant.id, id).unwrap();
        assert_eq!((by, name.as_str()), (Some(ines), "Inès"));
    }
}
