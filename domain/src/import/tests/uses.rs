//! The use-cases, on both engines.

use super::*;
use crate::access::Actor;
use crate::context::Cx;
use crate::db::testing::{Bench, somebody_with};
use crate::kernel::{ImportId, MemberId, PageRequest, Problem, Right};
use crate::{both_engines, members, one};

pub(super) const IMPORTER: &[Right] = &[Right::Members, Right::PaymentsAdd];

pub(super) fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

pub(super) fn importer() -> Actor {
    somebody_with(IMPORTER)
}

pub(super) async fn upload(
    bench: &Bench,
    actor: &Actor,
    bytes: &[u8],
) -> Result<ImportId, Problem> {
    bench
        .run(actor, async |cx| {
            super::super::upload(cx, "C:\\x\\file.csv", bytes, &key()).await
        })
        .await
}

pub(super) async fn apply(bench: &Bench, actor: &Actor, id: ImportId) -> Result<Report, Problem> {
    bench
        .run(actor, async |cx| {
            super::super::apply(cx, id, ProblemRows::Refuse, &key(), &Progress::default()).await
        })
        .await
}

pub(super) async fn import(bench: &Bench, bytes: &[u8]) -> Report {
    let id = upload(bench, &importer(), bytes).await.unwrap();
    apply(bench, &importer(), id).await.unwrap()
}

pub(super) async fn preview(bench: &Bench, actor: &Actor, id: ImportId) -> Preview {
    let mut cx = bench.view(actor).await;
    let choices = super::super::get(&mut cx, id).await.unwrap().choices;
    super::super::preview(&mut cx, id, &choices).await.unwrap()
}

/// Parties, members, references, payments.
pub(super) async fn totals(bench: &Bench) -> (i64, i64, i64, i64) {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    one!(
        tx,
        "SELECT (SELECT count(*) FROM parties WHERE tenant_id = $1), (SELECT count(*) FROM members WHERE tenant_id = $1), (SELECT count(*) FROM member_references WHERE tenant_id = $1), (SELECT count(*) FROM payments WHERE tenant_id = $1)",
        bench.tenant.id
    )
    .unwrap()
}

pub(super) fn code<T: std::fmt::Debug>(result: Result<T, Problem>) -> Code {
    result.unwrap_err().code
}

both_engines! {
    async fn members_then_subscriptions_of_paheko_join_up_and_a_second_time_adds_nothing(bench: Bench) {
        let first = import(&bench, PAHEKO_MEMBERS).await;
        assert_eq!((first.members_added, first.payments_added), (501, 0));
        assert_eq!(totals(&bench).await, (501, 501, 501, 0));
        let second = import(&bench, PAHEKO_SUBSCRIPTIONS).await;
        assert_eq!((second.members_added, second.members_known), (0, 500));
        assert_eq!((second.payments_added, second.payments_amount), (500, Cents(1_500_000)));
        for bytes in [PAHEKO_SUBSCRIPTIONS, PAHEKO_MEMBERS, PAHEKO_FEE] {
            let again = import(&bench, bytes).await;
            assert_eq!((again.members_added, again.payments_added), (0, 0));
        }
        assert_eq!(totals(&bench).await, (501, 501, 501, 500));
        let mut cx = bench.view(&importer()).await;
        let id = by_reference(&mut cx, "paheko", "100001").await;
        let member = members::get(&mut cx, id).await.unwrap();
        assert_eq!(member.party.name, "Member 0000001 Family1");
        assert_eq!(member.party.email.as_deref(), Some("m1@example.org"));
        assert_eq!(member.joined_on, day("2024-01-01"));
        assert_eq!(member.paid_until, None);
        let payments = payments_of(&bench, member.id).await;
        assert_eq!(payments, vec![(3000, day("2026-01-01"), Some(day("2026-12-31")), "draft".into(), "Inès".into())]);
    }

    async fn two_subscriptions_of_one_dolibarr_member_make_one_member(bench: Bench) {
        let report = import(&bench, DOLIBARR_SUBSCRIPTIONS_LATIN1).await;
        assert_eq!((report.rows, report.members_added, report.payments_added), (1000, 500, 1000));
        assert_eq!(totals(&bench).await, (500, 500, 1000, 1000));
        for bytes in [DOLIBARR_MEMBERS, DOLIBARR_SUBSCRIPTIONS] {
            let again = import(&bench, bytes).await;
            assert_eq!((again.members_added, again.members_known, again.payments_added), (0, 500, 0));
        }
        let mut cx = bench.view(&importer()).await;
        let id = by_reference(&mut cx, "dolibarr", "1").await;
        assert_eq!(members::get(&mut cx, id).await.unwrap().joined_on, day("2025-01-01"));
        assert_eq!(payments_of(&bench, id).await.len(), 2);
    }

    async fn byro_brings_members_and_no_payments(bench: Bench) {
        let id = upload(&bench, &importer(), BYRO).await.unwrap();
        let seen = preview(&bench, &importer(), id).await;
        assert_eq!((seen.report.members_added, seen.report.payments_added), (500, 0));
        assert_eq!(seen.sample.len(), ROWS_SHOWN);
        assert_eq!(seen.sample[0].member, RowMember::New);
        assert_eq!(apply(&bench, &importer(), id).await.unwrap(), seen.report);
        assert_eq!(import(&bench, BYRO).await.members_added, 0);
        assert_eq!(totals(&bench).await, (500, 500, 1000, 0));
    }

    async fn the_same_upload_is_applied_once(bench: Bench) {
        let id = upload(&bench, &importer(), PAHEKO_FEE).await.unwrap();
        let sent = key();
        for _ in 0..2 {
            let report = bench.run(&importer(), async |cx| {
                super::super::apply(cx, id, ProblemRows::Refuse, &sent, &Progress::default()).await
            }).await.unwrap();
            assert_eq!(report.payments_added, 500);
        }
        assert_eq!(code(apply(&bench, &importer(), id).await), Code::ImportApplied);
        let mut cx = bench.view(&importer()).await;
        let import = super::super::get(&mut cx, id).await.unwrap();
        assert_eq!((import.state, import.file_name.as_str()), (State::Applied, "file.csv"));
        assert_eq!(import.report.unwrap().payments_added, 500);
        assert_eq!(super::super::list(&mut cx).await.unwrap().len(), 1);
        let (length,): (i64,) = one!(cx.tx, "SELECT CAST(length(content) AS BIGINT) FROM imports WHERE tenant_id = $1", cx.tenant).unwrap();
        assert_eq!(length, 0);
    }

    async fn a_broken_file_changes_nothing_and_says_the_line(bench: Bench) {
        let cut = &PAHEKO_MEMBERS[..PAHEKO_MEMBERS.len() - 10];
        assert!(matches!(code(upload(&bench, &importer(), cut).await), Code::FileBroken { line: 502 }));
        assert_eq!(code(upload(&bench, &importer(), b"PK\x03\x04").await), Code::FileNotText);
        let text = String::from_utf8(DOLIBARR_SUBSCRIPTIONS.to_vec()).unwrap();
        let text = text.replacen("2025-12-31 00:00:00,30.00000000", "2025-12-32 00:00:00,30.00000000", 1)
            .replacen("2026-12-31 00:00:00,30.00000000", "2026-12-31 00:00:00,thirty", 1);
        let id = upload(&bench, &importer(), text.as_bytes()).await.unwrap();
        let seen = preview(&bench, &importer(), id).await;
        let told: Vec<(u64, Code)> = seen.problems.iter().map(|r| (r.line, r.problems[0].code.clone())).collect();
        assert_eq!(told, vec![(2, Code::NotADay), (3, Code::NotAnAmount)]);
        assert_eq!(code(apply(&bench, &importer(), id).await), Code::RowsWithProblems { rows: 2 });
        assert_eq!(totals(&bench).await, (0, 0, 0, 0));
        let report = bench.run(&importer(), async |cx| {
            super::super::apply(cx, id, ProblemRows::LeaveOut, &key(), &Progress::default()).await
        }).await.unwrap();
        assert_eq!((report.problem_rows, report.members_added, report.payments_added), (2, 499, 998));
    }

    async fn without_the_right_to_enter_payments_only_the_members_come_in(bench: Bench) {
        let crew = somebody_with(&[Right::Members]);
        let id = upload(&bench, &crew, PAHEKO_SUBSCRIPTIONS).await.unwrap();
        let seen = preview(&bench, &crew, id).await;
        assert_eq!((seen.report.payments_added, seen.report.payments_refused), (0, 500));
        assert_eq!(seen.sample[0].payment, RowPayment::Refused);
        apply(&bench, &crew, id).await.unwrap();
        assert_eq!(totals(&bench).await, (500, 500, 500, 0));
        assert_eq!(import(&bench, PAHEKO_SUBSCRIPTIONS).await.payments_added, 500);
        let stranger = somebody_with(&[Right::People, Right::PaymentsAdd]);
        let refused = code(upload(&bench, &stranger, BYRO).await);
        assert_eq!(refused, Code::Forbidden { right: Right::Members });
        let mut cx = bench.view(&stranger).await;
        assert!(super::super::get(&mut cx, id).await.is_err());
        assert!(super::super::list(&mut cx).await.is_err());
        assert!(super::super::columns(&mut cx, id).await.is_err());
        assert!(super::super::preview(&mut cx, id, &Choices::default()).await.is_err());
        assert!(super::super::set_choices(&mut cx, id, &Choices::default()).await.is_err());
        assert!(super::super::apply(&mut cx, id, ProblemRows::LeaveOut, &key(), &Progress::default()).await.is_err());
    }

    async fn choices_by_hand_are_kept_and_followed(bench: Bench) {
        let text = "wer;wo;was\nZoé Roux;zoe@ex.fr;12,50\nAli Petit;ali@ex.fr;x\n";
        let id = upload(&bench, &importer(), text.as_bytes()).await.unwrap();
        let mut cx = bench.view(&importer()).await;
        let columns = super::super::columns(&mut cx, id).await.unwrap();
        assert_eq!(columns[1].examples, ["zoe@ex.fr", "ali@ex.fr"]);
        let proposed = super::super::get(&mut cx, id).await.unwrap().choices;
        drop(cx);
        assert_eq!(code(apply(&bench, &importer(), id).await), Code::Invalid);
        let choices = Choices { columns: vec![Field::Name, Field::Email, Field::Amount], method: Method::Cash, ..proposed };
        bench.run(&importer(), async |cx| super::super::set_choices(cx, id, &choices).await).await.unwrap();
        assert_eq!(code(apply(&bench, &importer(), id).await), Code::RowsWithProblems { rows: 1 });
        let short = Choices { columns: vec![Field::Name], ..choices.clone() };
        let refused = bench.run(&importer(), async |cx| super::super::set_choices(cx, id, &short).await).await;
        assert_eq!(code(refused), Code::Invalid);
        let report = bench.run(&importer(), async |cx| {
            super::super::apply(cx, id, ProblemRows::LeaveOut, &key(), &Progress::default()).await
        }).await.unwrap();
        assert_eq!((report.members_added, report.payments_amount), (1, Cents(1250)));
        let late = bench.run(&importer(), async |cx| super::super::set_choices(cx, id, &choices).await).await;
        assert_eq!(code(late), Code::ImportApplied);
    }

    async fn somebody_who_is_known_becomes_a_member_and_a_member_stays_one(bench: Bench) {
        let text = "Nom;Prénom;Email;CP\nRoux;Zoé;zoe@ex.fr;75011\nPetit;Ali;;69001\nPetit;Eve;zoe@ex.fr;\n";
        assert_eq!(import(&bench, text.as_bytes()).await.members_added, 3);
        let other = "Numéro de membre,Nom & prénom,Adresse E-Mail,Code postal\n7,ROUX Zoe,ZOE@ex.fr,\n8,Ali Petit,,69001\n9,Zoé Roux,zoe@ex.fr,\n10,Eve Petit,,\n";
        let report = import(&bench, other.as_bytes()).await;
        // Two of one name at one address whom one program tells apart are two people.
        assert_eq!((report.members_known, report.members_added), (2, 2));
        assert_eq!(totals(&bench).await, (5, 5, 4, 0));
        bench.a_person("Léo", "Blanc").await;
        let report = import(&bench, "Nom;Prénom\nBlanc;Léo\n".as_bytes()).await;
        assert_eq!((report.members_added, report.members_of_known), (1, 1));
        assert_eq!(import(&bench, "Nom;Prénom\nBlanc;Léo\n".as_bytes()).await.members_known, 1);
        assert_eq!(totals(&bench).await, (6, 6, 4, 0));
        let id = upload(&bench, &importer(), "Nom;Prénom\nNoir;Ada\nNoir;Ada\n".as_bytes()).await.unwrap();
        let seen = preview(&bench, &importer(), id).await;
        assert_eq!(seen.problems[0].problems[0].code, Code::RowTwice { line: 2 });
    }

    async fn two_lists_that_both_count_from_one_are_not_mixed_up(bench: Bench) {
        assert_eq!(import(&bench, b"No;Name;Email\n1;Ann Lee;ann@ex.org\n").await.members_added, 1);
        let id = upload(&bench, &importer(), b"No;Name;Email\n1;Bob Ray;bob@ex.org\n").await.unwrap();
        let seen = preview(&bench, &importer(), id).await;
        assert_eq!(seen.problems[0].problems[0].code, Code::ReferenceOfAnother);
        assert_eq!(import(&bench, b"No;Amount;From\n1;10;2026-01-01\n").await.payments_added, 1);
        let unknown = upload(&bench, &importer(), b"No;Amount;From\n2;10;2026-01-01\n").await.unwrap();
        let seen = preview(&bench, &importer(), unknown).await;
        assert_eq!(seen.problems[0].problems[0].code, Code::RowWithoutMember);
    }

    async fn free_membership_comes_in_as_waived(bench: Bench) {
        let text = "Réf adhérent,Nom,Prénom,Libellé du type adhérent,Id adhésion,Date adhésion,Date fin adhésion,Montant,\n4,Roux,Zoé,Ordinary,9,2026-01-01 00:00:00,2026-12-31 00:00:00,0.00000000,\n";
        let report = import(&bench, text.as_bytes()).await;
        assert_eq!((report.payments_added, report.payments_amount), (1, Cents(0)));
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let (method, note): (String, String) = one!(tx, "SELECT method, note FROM payments WHERE tenant_id = $1", bench.tenant.id).unwrap();
        assert_eq!((method.as_str(), note.as_str()), ("waived", "Montant 0.00000000"));
    }

    async fn an_import_stands_in_the_audit(bench: Bench) {
        import(&bench, b"Name;Email\nAnn;ann@ex.org\n").await;
        let mut cx = bench.view(&somebody_with(&[Right::Settings])).await;
        let filter = crate::audit::Filter { kind: "import".into(), ..Default::default() };
        let entries = crate::audit::list(&mut cx, &filter, PageRequest::new(1)).await.unwrap();
        let actions: Vec<&str> = entries.rows.iter().map(|e| e.action.as_str()).collect();
        assert_eq!(actions.len(), 2);
        assert!(actions.contains(&"applied") && actions.contains(&"uploaded"));
        let applied = entries.rows.iter().find(|e| e.action == "applied").unwrap();
        assert_eq!(applied.after.as_ref().unwrap()["members_added"], 1);
    }

    async fn thousands_come_in_while_one_waits(bench: Bench) {
        let mut text = String::from("Numéro de membre,Membre,Payé ?,Activité,Tarif,Date,Adresse E-Mail\n");
        let many: usize = std::env::var("EQUIPAGE_TEST_MANY").map_or(2_000, |n| n.parse().unwrap());
        for n in 0..many {
            text.push_str(&format!("{n},Given Name{n},1,Dues,All,01/01/2026,m{n}@ex.org\n"));
        }
        let id = upload(&bench, &importer(), text.as_bytes()).await.unwrap();
        let start = std::time::Instant::now();
        let seen = preview(&bench, &importer(), id).await;
        eprintln!("preview of {many}: {:?}", start.elapsed());
        let progress = Progress::default();
        let start = std::time::Instant::now();
        let report = bench.run(&importer(), async |cx| {
            super::super::apply(cx, id, ProblemRows::Refuse, &key(), &progress).await
        }).await.unwrap();
        assert_eq!(report, seen.report);
        assert_eq!(progress.seen(), (2 * many, 2 * many));
        assert_eq!((report.members_added, report.payments_added), (many, many));
        let taken = start.elapsed();
        eprintln!("{many} members and payments: {taken:?}");
        assert!(taken.as_secs() < 120, "{taken:?}");
        assert_eq!(import(&bench, text.as_bytes()).await.payments_added, 0);
        let start = std::time::Instant::now();
        let undone = bench.run(&importer(), async |cx| undo(cx, id, &key()).await).await.unwrap();
        eprintln!("undone: {:?}", start.elapsed());
        assert_eq!((undone.members, undone.people, undone.payments), (many, many, many));
    }
}

/// Whom a program calls so.
async fn by_reference(cx: &mut Cx, source: &str, reference: &str) -> MemberId {
    let (id,): (MemberId,) = one!(
        cx.tx,
        "SELECT member_id FROM member_references WHERE tenant_id = $1 AND source = $2 AND reference = $3",
        cx.tenant,
        source,
        reference
    )
    .unwrap();
    id
}

/// Amount, day, end, state and enterer of a member's payments.
async fn payments_of(
    bench: &Bench,
    member: MemberId,
) -> Vec<(i64, Day, Option<Day>, String, String)> {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    crate::all!(
        tx,
        "SELECT amount_cents, received_on, period_until, state, entered_by_name FROM payments WHERE tenant_id = $1 AND member_id = $2 ORDER BY received_on",
        bench.tenant.id,
        member
    )
    .unwrap()
}
