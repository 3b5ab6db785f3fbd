//! Kinds of dues that a file names: found, mapped, given to members, taken back.

use super::uses::{apply, code, importer, key, totals, upload};
use super::*;
use crate::access::Actor;
use crate::db::testing::{Bench, somebody_with};
use crate::dues::{Cycle, TermsForm};
use crate::kernel::{DuesKindId, ImportId, Right};
use crate::{all, both_engines, dues, members, one};

const FILE: &str = "Nom;Formule;Montant;Début;Fin\nZoé Roux;Soutien;40;01/01/2026;31/12/2026\nAli Petit;Plein;30;01/02/2026;31/01/2027\nEve Blanc;;30;01/02/2026;31/01/2027\n";

fn names(bytes: &[u8]) -> Vec<(String, usize, String, Cents, u32)> {
    let found = super::super::choosing::found(&rows(bytes));
    let one = |k: KindFound| {
        let new = k.proposed;
        (k.value, k.rows, new.name, new.amount, new.months)
    };
    found.into_iter().map(one).collect()
}

#[test]
fn the_dues_that_each_program_names_are_found() {
    let kind = |value: &str, rows, name: &str, amount, months| {
        vec![(value.into(), rows, name.into(), Cents(amount), months)]
    };
    let paheko = "Annual dues – Ordinary";
    assert_eq!(
        names(PAHEKO_SUBSCRIPTIONS),
        kind(paheko, 500, paheko, 0, 12)
    );
    assert_eq!(names(PAHEKO_FEE), kind(paheko, 500, paheko, 2500, 12));
    assert_eq!(names(PAHEKO_MEMBERS), vec![]);
    assert_eq!(
        names(DOLIBARR_MEMBERS),
        kind("Ordinary", 500, "Ordinary", 0, 0)
    );
    let subscriptions = kind("Ordinary", 1000, "Ordinary", 3000, 12);
    assert_eq!(names(DOLIBARR_SUBSCRIPTIONS), subscriptions);
    assert_eq!(names(DOLIBARR_SUBSCRIPTIONS_LATIN1), subscriptions);
    // byro names no kinds: it says what somebody pays, and how often.
    let first = names(BYRO).remove(0);
    assert_eq!(
        (first.0.as_str(), first.2.as_str(), first.3),
        ("10.00 – 1", "", Cents(1000))
    );
    assert_eq!(first.4, 1);
}

#[test]
fn what_cannot_be_kept_is_no_name_of_dues() {
    let long = "x".repeat(300);
    let file = format!("Nom;Formule\nZoé Roux;{long}\nAli Petit; \n");
    let found = names(file.as_bytes());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0.chars().count(), 100);
}

fn treasurer() -> Actor {
    somebody_with(&[Right::Members, Right::PaymentsAdd, Right::Settings])
}

fn new(name: &str, amount: i64, months: u32) -> KindChoice {
    KindChoice::New(NewKind {
        name: name.into(),
        amount: Cents(amount),
        months,
    })
}

async fn choose(
    bench: &Bench,
    actor: &Actor,
    id: ImportId,
    chosen: &[(&str, KindChoice)],
) -> crate::kernel::Result<()> {
    let mut cx = bench.view(actor).await;
    let mut choices = super::super::get(&mut cx, id).await.unwrap().choices;
    drop(cx);
    for (value, choice) in chosen {
        let mapping = choices.kinds.iter_mut().find(|m| m.value == *value);
        mapping.unwrap().choice = choice.clone();
    }
    bench
        .run(actor, async |cx| set_choices(cx, id, &choices).await)
        .await
}

async fn kind_named(bench: &Bench, name: &str) -> Option<dues::Kind> {
    let mut cx = bench.view(&treasurer()).await;
    let kinds = dues::kinds(&mut cx).await.unwrap();
    kinds.into_iter().find(|k| k.name == name)
}

/// Name of the member, first day, name of the kind.
async fn terms(bench: &Bench) -> Vec<(String, Day, String)> {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    all!(
        tx,
        "SELECT trim(p.given_name || ' ' || p.name), d.from_on, k.name FROM member_dues d JOIN members m ON m.tenant_id = d.tenant_id AND m.id = d.member_id JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id JOIN dues_kinds k ON k.tenant_id = d.tenant_id AND k.id = d.kind_id WHERE d.tenant_id = $1 ORDER BY 1, 2",
        bench.tenant.id
    )
    .unwrap()
}

/// Kinds, prices, terms, payments with a kind, coverage.
async fn counts(bench: &Bench) -> (i64, i64, i64, i64, i64) {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    one!(
        tx,
        "SELECT (SELECT count(*) FROM dues_kinds WHERE tenant_id = $1), (SELECT count(*) FROM dues_prices WHERE tenant_id = $1), (SELECT count(*) FROM member_dues WHERE tenant_id = $1), (SELECT count(*) FROM payments WHERE tenant_id = $1 AND kind_id IS NOT NULL), (SELECT count(*) FROM coverage WHERE tenant_id = $1)",
        bench.tenant.id
    )
    .unwrap()
}

async fn undone(bench: &Bench, id: ImportId) -> Undone {
    bench
        .run(&treasurer(), async |cx| undo(cx, id, &key()).await)
        .await
        .unwrap()
}

async fn shown(bench: &Bench, actor: &Actor, id: ImportId) -> Preview {
    super::uses::preview(bench, actor, id).await
}

both_engines! {
    async fn new_members_pay_by_the_kind_that_was_chosen_and_undo_takes_all_of_it_back(bench: Bench) {
        let before = counts(&bench).await;
        let id = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        assert_eq!(shown(&bench, &treasurer(), id).await.kinds_left, 2);
        choose(&bench, &treasurer(), id, &[("Soutien", new("Soutien", 4000, 12)), ("Plein", new("Tarif plein", 3000, 6))]).await.unwrap();
        let preview = shown(&bench, &treasurer(), id).await;
        assert_eq!((preview.report.dues_set, preview.report.kinds_added, preview.kinds_left), (2, 2, 0));
        let kinds: Vec<&str> = preview.sample.iter().map(|row| row.dues_kind.as_str()).collect();
        assert_eq!(kinds, ["Soutien", "Tarif plein", ""]);
        let report = apply(&bench, &treasurer(), id).await.unwrap();
        assert_eq!(report, preview.report);
        assert_eq!(terms(&bench).await, vec![
            ("Ali Petit".into(), day("2026-02-01"), "Tarif plein".into()),
            ("Zoé Roux".into(), day("2026-01-01"), "Soutien".into()),
        ]);
        let kind = kind_named(&bench, "Tarif plein").await.unwrap();
        assert_eq!((kind.cycle, kind.price_on(day("2020-01-01"))), (Cycle::Months { months: 6 }, Cents(3000)));
        assert_eq!(counts(&bench).await, (before.0 + 2, before.1 + 2, 2, 2, 0));
        let gone = undone(&bench, id).await;
        assert_eq!((gone.members, gone.payments, gone.terms, gone.kinds), (3, 3, 2, 2));
        assert_eq!(counts(&bench).await, before);
        let mut cx = bench.view(&treasurer()).await;
        let history = crate::audit::history(&mut cx, "dues_kind", kind.id.0).await.unwrap();
        assert_eq!(history.iter().filter(|e| e.action == "added" || e.action == "deleted").count(), 2);
    }

    async fn exports_of_all_three_programs_give_their_members_terms_and_give_them_back(bench: Bench) {
        for (file, value) in [(PAHEKO_SUBSCRIPTIONS, "Annual dues – Ordinary"), (DOLIBARR_SUBSCRIPTIONS, "Ordinary"), (BYRO, "10.00 – 1")] {
            let before = (counts(&bench).await, totals(&bench).await);
            let id = upload(&bench, &treasurer(), file).await.unwrap();
            choose(&bench, &treasurer(), id, &[(value, new("Importée", 3000, 12))]).await.unwrap();
            let report = apply(&bench, &treasurer(), id).await.unwrap();
            assert!(report.dues_set >= 400 && report.kinds_added == 1, "{value}: {report:?}");
            let now = counts(&bench).await;
            assert_eq!(now.2 as usize, report.dues_set, "{value}");
            assert_eq!(now.3 as usize, report.payments_added, "{value}");
            let first = terms(&bench).await.remove(0);
            let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
            let (joined_on,): (Day,) = one!(tx, "SELECT min(joined_on) FROM members WHERE tenant_id = $1", bench.tenant.id).unwrap();
            assert!(first.1 >= joined_on, "{value}");
            drop(tx);
            undone(&bench, id).await;
            assert_eq!((counts(&bench).await, totals(&bench).await), before, "{value}");
        }
    }

    async fn who_was_there_without_terms_gets_some_and_others_keep_theirs(bench: Bench) {
        let members_file = "Nom\nZoé Roux\nAli Petit\n";
        let first = upload(&bench, &treasurer(), members_file.as_bytes()).await.unwrap();
        apply(&bench, &treasurer(), first).await.unwrap();
        let mut cx = bench.view(&treasurer()).await;
        let usual = dues::default_kind(&mut cx).await.unwrap();
        drop(cx);
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let (zoe,): (crate::kernel::MemberId,) = one!(tx, "SELECT m.id FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND p.name = 'Zoé Roux'", bench.tenant.id).unwrap();
        drop(tx);
        let form = TermsForm { from_on: "2026-01-01".into(), kind: usual.id.to_string(), ..TermsForm::default() };
        bench.run(&treasurer(), async |cx| dues::add_terms(cx, zoe, &form).await).await.unwrap();
        let before = terms(&bench).await;
        let id = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        choose(&bench, &treasurer(), id, &[("Soutien", new("Soutien", 4000, 12)), ("Plein", KindChoice::Known(usual.id))]).await.unwrap();
        let report = apply(&bench, &treasurer(), id).await.unwrap();
        assert_eq!((report.members_known, report.dues_set), (2, 1));
        let mut cx = bench.view(&treasurer()).await;
        let joined_on = members::get(&mut cx, zoe).await.unwrap().joined_on;
        drop(cx);
        let mut expected = before.clone();
        expected.insert(0, ("Ali Petit".into(), joined_on, usual.name.clone()));
        assert_eq!(terms(&bench).await, expected);
        undone(&bench, id).await;
        assert_eq!(terms(&bench).await, before);
    }

    async fn what_somebody_says_anew_by_hand_is_no_longer_the_imports(bench: Bench) {
        let id = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        choose(&bench, &treasurer(), id, &[("Soutien", new("Soutien", 4000, 12))]).await.unwrap();
        apply(&bench, &treasurer(), id).await.unwrap();
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let (zoe,): (crate::kernel::MemberId,) = one!(tx, "SELECT member_id FROM member_dues WHERE tenant_id = $1", bench.tenant.id).unwrap();
        drop(tx);
        let kind = kind_named(&bench, "Soutien").await.unwrap();
        let form = TermsForm { from_on: "2026-01-01".into(), kind: kind.id.to_string(), amount: "5".into(), reason: "étudiante".into() };
        bench.run(&treasurer(), async |cx| dues::add_terms(cx, zoe, &form).await).await.unwrap();
        let mut cx = bench.view(&treasurer()).await;
        let against = against_undo(&mut cx, id).await.unwrap();
        assert_eq!(against.first.iter().map(|r| r.why).collect::<Vec<_>>(), [Why::DuesChanged]);
    }

    async fn a_kind_that_somebody_else_pays_by_stays_when_the_import_goes(bench: Bench) {
        let eve = bench.a_member("Eve", "Noir", 500).await;
        let id = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        choose(&bench, &treasurer(), id, &[("Soutien", new("Soutien", 4000, 12)), ("Plein", new("Tarif plein", 3000, 6))]).await.unwrap();
        apply(&bench, &treasurer(), id).await.unwrap();
        let kind = kind_named(&bench, "Soutien").await.unwrap();
        let form = TermsForm { from_on: "2026-03-01".into(), kind: kind.id.to_string(), ..TermsForm::default() };
        bench.run(&treasurer(), async |cx| dues::add_terms(cx, eve, &form).await).await.unwrap();
        assert_eq!(undone(&bench, id).await.kinds, 1);
        assert!(kind_named(&bench, "Soutien").await.is_some());
        assert!(kind_named(&bench, "Tarif plein").await.is_none());
    }

    async fn where_a_file_says_another_kind_later_the_terms_change_on_that_day(bench: Bench) {
        let file = "Numéro;Nom;Formule;Montant;Début;Fin\n1;Zoé Roux;B;40;01/01/2026;31/12/2026\n1;Zoé Roux;A;30;01/01/2024;31/12/2024\n1;Zoé Roux;A;30;01/01/2025;31/12/2025\n";
        let id = upload(&bench, &treasurer(), file.as_bytes()).await.unwrap();
        choose(&bench, &treasurer(), id, &[("A", new("A", 3000, 12)), ("B", new("B", 4000, 12))]).await.unwrap();
        let report = apply(&bench, &treasurer(), id).await.unwrap();
        assert_eq!(report.dues_set, 1);
        assert_eq!(terms(&bench).await, vec![
            ("Zoé Roux".into(), day("2024-01-01"), "A".into()),
            ("Zoé Roux".into(), day("2026-01-01"), "B".into()),
        ]);
    }

    async fn a_free_kind_puts_members_in_order_until_the_import_is_undone(bench: Bench) {
        let form = dues::KindForm { key: key(), name: "Honneur".into(), cycle: "free".into(), ..dues::KindForm::blank() };
        let free: DuesKindId = bench.run(&treasurer(), async |cx| dues::add_kind(cx, &form).await).await.unwrap();
        let id = upload(&bench, &treasurer(), "Nom;Formule\nZoé Roux;honneur\n".as_bytes()).await.unwrap();
        // It has the name of a kind that is there: that is proposed.
        let mut cx = bench.view(&treasurer()).await;
        let choices = super::super::get(&mut cx, id).await.unwrap().choices;
        drop(cx);
        assert_eq!(choices.kinds, vec![KindMapping { value: "honneur".into(), choice: KindChoice::Known(free) }]);
        apply(&bench, &treasurer(), id).await.unwrap();
        assert_eq!(counts(&bench).await.4, 1);
        undone(&bench, id).await;
        assert_eq!(counts(&bench).await.4, 0);
        assert!(kind_named(&bench, "Honneur").await.is_some());
    }

    async fn what_a_name_became_is_remembered_for_the_next_file_also_if_one_between_had_other_names(bench: Bench) {
        let id = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        choose(&bench, &treasurer(), id, &[("Soutien", new("Cotisation de soutien", 4000, 12))]).await.unwrap();
        apply(&bench, &treasurer(), id).await.unwrap();
        let kind = kind_named(&bench, "Cotisation de soutien").await.unwrap();
        let between = upload(&bench, &treasurer(), FILE.replace("Soutien", "Autre").as_bytes()).await.unwrap();
        apply(&bench, &treasurer(), between).await.unwrap();
        let next = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        let mut cx = bench.view(&treasurer()).await;
        let choices = super::super::get(&mut cx, next).await.unwrap().choices;
        let chosen: Vec<_> = choices.kinds.iter().map(|m| (m.value.as_str(), m.choice.clone())).collect();
        assert_eq!(chosen, [("Plein", KindChoice::Nothing), ("Soutien", KindChoice::Known(kind.id))]);
        drop(cx);
        bench.run(&treasurer(), async |cx| forget_choices(cx, next).await).await.unwrap();
        let last = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        let mut cx = bench.view(&treasurer()).await;
        let choices = super::super::get(&mut cx, last).await.unwrap().choices;
        assert!(choices.kinds.iter().all(|m| m.choice == KindChoice::Nothing));
    }

    async fn who_may_not_make_kinds_makes_none_by_importing(bench: Bench) {
        let id = upload(&bench, &importer(), FILE.as_bytes()).await.unwrap();
        let settings = Code::Forbidden { right: Right::Settings };
        let refused = choose(&bench, &importer(), id, &[("Plein", new("Plein", 3000, 12))]).await;
        assert_eq!(code(refused), settings);
        // Somebody else chose it: who applies needs the right.
        choose(&bench, &treasurer(), id, &[("Plein", new("Plein", 3000, 12))]).await.unwrap();
        assert_eq!(code(apply(&bench, &importer(), id).await), settings);
        apply(&bench, &treasurer(), id).await.unwrap();
        assert_eq!(code(bench.run(&importer(), async |cx| undo(cx, id, &key()).await).await), settings);
    }

    async fn a_kind_that_is_not_there_or_not_offered_and_a_name_that_is_taken_are_refused_at_their_field(bench: Bench) {
        let mut cx = bench.view(&treasurer()).await;
        let usual = dues::default_kind(&mut cx).await.unwrap();
        drop(cx);
        let form = dues::KindForm { key: key(), name: "Alte".into(), price: "3".into(), ..dues::KindForm::blank() };
        let archived = bench.run(&treasurer(), async |cx| dues::add_kind(cx, &form).await).await.unwrap();
        bench.run(&treasurer(), async |cx| dues::archive_kind(cx, archived).await).await.unwrap();
        let id = upload(&bench, &treasurer(), FILE.as_bytes()).await.unwrap();
        for (choice, field, expected) in [
            (KindChoice::Known(DuesKindId(uuid::Uuid::nil())), "kind_1", Code::UnknownChoice),
            (KindChoice::Known(archived), "kind_1", Code::KindArchived),
            (new(&usual.name, 1, 1), "kind_name_1", Code::KindNameTaken),
        ] {
            let refused = choose(&bench, &treasurer(), id, &[("Soutien", choice)]).await.unwrap_err();
            assert_eq!(refused.field(field), Some(&expected));
        }
    }
}
