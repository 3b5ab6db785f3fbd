//! Columns that hold fields of the organisation's own.

use super::uses::{apply, code, key, preview, upload};
use super::*;
use crate::access::Actor;
use crate::db::testing::{Bench, somebody_with};
use crate::fields::{self, FieldForm};
use crate::kernel::{ImportId, Right};
use crate::{all, audit, both_engines};
use uuid::Uuid;

const FILE: &str = "Nom;Prénom;Nature;Métier;Taille;Badge;Parts;Aidée\n\
    Benamar;Léa;Personne;Soudure;grand;31/12/2026;1 234,50;\n\
    Les Amis;;Organisation;;;2026-01-02;7;oui\n";

fn crew() -> Actor {
    somebody_with(&[Right::Members, Right::People])
}

async fn field(bench: &Bench, on: &str, kind: &str, label: &str, required: &str) {
    let form = FieldForm {
        key: key(),
        on: on.into(),
        kind: kind.into(),
        label: label.into(),
        required: required.into(),
        more: if kind == "choice" { "Petit\nGrand" } else { "" }.into(),
        ..FieldForm::default()
    };
    let operator = Actor::operator();
    let added = bench.run(&operator, async |cx| fields::add(cx, &form).await);
    added.await.unwrap();
}

async fn declare(bench: &Bench) {
    for (on, kind, label, required) in [
        ("person", "text", "Métier", "yes"),
        ("person", "choice", "Taille", ""),
        ("member", "date", "Badge", "yes"),
        ("member", "number", "Parts", ""),
        ("organisation", "yes_no", "Aidée", ""),
    ] {
        field(bench, on, kind, label, required).await;
    }
}

/// Every value that is kept: the field's label, and the value.
async fn kept(bench: &Bench) -> Vec<(String, String)> {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    all!(
        tx,
        "SELECT f.label, CASE WHEN f.kind = 'choice' THEN 'a choice' ELSE v.value END FROM extra_values v JOIN extra_fields f ON f.tenant_id = v.tenant_id AND f.id = v.field_id WHERE v.tenant_id = $1 ORDER BY f.label, v.value",
        bench.tenant.id
    )
    .unwrap()
}

/// What is wrong with a file, and where.
async fn wrong(bench: &Bench, id: ImportId) -> Vec<(u64, Option<usize>, Code)> {
    let seen = preview(bench, &crew(), id).await;
    let rows = seen.problems.into_iter();
    rows.flat_map(|row| {
        let problems = row.problems.into_iter();
        problems.map(move |problem| (row.line, problem.column, problem.code))
    })
    .collect()
}

both_engines! {
    async fn what_a_file_says_in_them_comes_in_as_it_is_declared_and_goes_when_it_is_undone(bench: Bench) {
        declare(&bench).await;
        let id = upload(&bench, &crew(), FILE.as_bytes()).await.unwrap();
        let report = apply(&bench, &crew(), id).await.unwrap();
        assert_eq!((report.members_added, report.values_added), (2, 7));
        let pair = |(label, value): (&str, &str)| (label.to_owned(), value.to_owned());
        let expected = [
            ("Aidée", "yes"),
            ("Badge", "2026-01-02"),
            ("Badge", "2026-12-31"),
            ("Métier", "Soudure"),
            ("Parts", "1234.5"),
            ("Parts", "7"),
            ("Taille", "a choice"),
        ];
        assert_eq!(kept(&bench).await, expected.map(pair));
        // The audit says it, of whom it is about.
        let mut cx = bench.view(&somebody_with(Right::ALL)).await;
        let entries = audit::latest(&mut cx, 100).await.unwrap();
        let said = format!("{entries:?}");
        assert!(said.contains("Soudure") && said.contains("Grand"), "{said}");
        drop(cx);
        let crew = crew();
        let undone = bench.run(&crew, async |cx| undo(cx, id, &key()).await);
        assert_eq!(undone.await.unwrap().members, 2);
        assert_eq!(kept(&bench).await, []);
    }

    async fn a_cell_that_is_not_of_its_kind_or_of_another_object_is_said_at_its_place(bench: Bench) {
        declare(&bench).await;
        let file = "Nom;Prénom;Nature;Métier;Taille;Badge;Parts;Aidée\n\
            A;B;Personne;x;moyen;2026-01-01;;\n\
            A;C;Personne;x;;31/02/2026;douze;\n\
            A;D;Personne;x;;2026-01-01;;oui\n\
            Amis;;Organisation;x;;2026-01-01;;\n";
        let id = upload(&bench, &crew(), file.as_bytes()).await.unwrap();
        let expected = [
            (2, Some(4), Code::UnknownChoice),
            (3, Some(5), Code::NotADay),
            (3, Some(6), Code::NotANumber),
            (4, Some(7), Code::FieldOfOthers),
            (5, Some(3), Code::FieldOfOthers),
        ];
        assert_eq!(wrong(&bench, id).await, expected);
        assert_eq!(code(apply(&bench, &crew(), id).await), Code::RowsWithProblems { rows: 4 });
        assert_eq!(kept(&bench).await, []);
    }

    async fn what_is_required_is_asked_of_those_who_are_made_and_of_nobody_else(bench: Bench) {
        declare(&bench).await;
        let id = upload(&bench, &crew(), FILE.as_bytes()).await.unwrap();
        apply(&bench, &crew(), id).await.unwrap();
        let before = kept(&bench).await;
        // Léa is there: nothing of hers is asked for, or changed.
        let file = "Nom;Prénom;Nature;Métier;Badge\n\
            Benamar;Léa;Personne;;\n\
            Roux;Zoé;Personne;;2026-01-01\n\
            Petit;Ali;Personne;x;\n";
        let id = upload(&bench, &crew(), file.as_bytes()).await.unwrap();
        let expected = [(3, Some(3), Code::Required), (4, Some(4), Code::Required)];
        assert_eq!(wrong(&bench, id).await, expected);
        assert_eq!(kept(&bench).await, before);
    }

    async fn only_those_who_may_change_a_field_fill_it(bench: Bench) {
        declare(&bench).await;
        let importer = somebody_with(&[Right::Members]);
        let id = upload(&bench, &importer, FILE.as_bytes()).await.unwrap();
        // Recognised are the fields of members, which are theirs to change.
        let mut cx = bench.view(&importer).await;
        let mut choices = get(&mut cx, id).await.unwrap().choices;
        let own = choices.columns.iter().filter(|column| column.field().is_some());
        assert_eq!(own.count(), 2);
        let of_people = fields::declared(&mut bench.view(&Actor::operator()).await).await.unwrap();
        let of_people = of_people.iter().find(|field| field.label == "Métier").unwrap();
        choices.columns[3] = Field::of_field(of_people.id);
        let refused = bench.run(&importer, async |cx| set_choices(cx, id, &choices).await);
        let refused = refused.await.unwrap_err();
        assert_eq!(refused.field("column_3"), Some(&Code::UnknownChoice));
        // One that is nobody's field.
        choices.columns[3] = Field::Own(Uuid::nil().into());
        let refused = bench.run(&importer, async |cx| set_choices(cx, id, &choices).await);
        assert_eq!(refused.await.unwrap_err().field("column_3"), Some(&Code::UnknownChoice));
    }
}
