//! What files of lists promise.

use super::*;
use calamine::{Data, DataType, Reader, Xlsx};
use domain::access::Actor;
use domain::db::testing::{Bench, somebody_with};
use domain::import::{self, ProblemRows, Progress};
use domain::kernel::{Right, TenantId};
use domain::members::{self, DirectoryFilter, MembershipForm, WholeRow};
use domain::payments::{self, PaymentForm};
use domain::people::{Doubles, PartyForm};
use std::io::Cursor;

/// Names and addresses that a file could spoil.
const PEOPLE: &[(&str, &str, &str, &str, &str)] = &[
    (
        "person",
        "Léa",
        "Benamar",
        "+33 6 12 34 56 78",
        "12 rue des Filatiers\nBâtiment B",
    ),
    (
        "person",
        "=HYPERLINK(\"http://evil.example\")",
        "+cmd|' /C calc'!A0",
        "",
        "",
    ),
    ("person", "", "@SUM(1+1)", "", "-2+3"),
    (
        "person",
        "D’Été; \"Anne, Zoé\"",
        "'s-Hertogenbosch",
        "",
        "a;b,c\"d",
    ),
    ("person", "", "'=1", "", "1"),
    ("person", "Ελένη", "Παπαδοπούλου", "", ""),
    (
        "organisation",
        "",
        "Les Amis de l’Été",
        "+33 5 61 00 00 00",
        "1 place du Capitole",
    ),
];

async fn world() -> (Bench, Actor) {
    let bench = Bench::sqlite().await;
    let all = somebody_with(Right::ALL);
    for (n, (kind, given_name, name, phone, street)) in PEOPLE.iter().enumerate() {
        let who = PartyForm {
            key: crate::ui::new_key(),
            kind: (*kind).into(),
            given_name: (*given_name).into(),
            name: (*name).into(),
            phone: (*phone).into(),
            street: (*street).into(),
            email: format!("m{n}@example.org"),
            postcode: "31000".into(),
            city: "Toulouse".into(),
            note: "=2*3".into(),
            ..PartyForm::default()
        };
        let since = MembershipForm {
            joined_on: "2024-02-29".into(),
            ..MembershipForm::default()
        };
        let made = bench.run(&all, async |cx| {
            members::register(cx, &who, &since, Doubles::Accept).await
        });
        made.await.unwrap();
    }
    (bench, all)
}

fn wanted(list: &str, format: &str, filter: &str, l: Locale) -> Wanted {
    Wanted::parse(list, format, filter, l).unwrap()
}

async fn made(bench: &Bench, actor: &Actor, wanted: &Wanted) -> (Vec<u8>, Made) {
    let mut cx = bench.view(actor).await;
    let mut made = make(&mut cx, wanted).await.unwrap();
    let mut bytes = Vec::new();
    made.content.read_to_end(&mut bytes).unwrap();
    assert_eq!(made.length, bytes.len() as u64);
    (bytes, made)
}

async fn everybody(bench: &Bench, tenant: TenantId, actor: &Actor) -> Vec<WholeRow> {
    let mut cx = bench.view(actor).await;
    let tx = bench.db.read(tenant).await.unwrap();
    cx = Cx::new(tenant, cx.actor.clone(), cx.now, cx.zone, tx);
    members::directory_after(&mut cx, &DirectoryFilter::default(), None, 100)
        .await
        .unwrap()
}

const OWN: &str = "Nom;Prénom;Nature;Métier;Taille;Badge;Parts;Aidée\n\
    Benamar;Léa;Personne;Soudure;Grand;31/12/2026;1234,5;\n\
    Les Amis;;Organisation;;;02/01/2026;7;oui\n";

#[tokio::test]
async fn members_with_fields_of_ones_own_exported_and_imported_elsewhere_are_the_same() {
    for l in Locale::ALL {
        let bench = Bench::sqlite().await;
        let elsewhere = bench.another_tenant().await;
        let all = somebody_with(Right::ALL);
        let mut file = OWN.as_bytes().to_vec();
        let mut files = Vec::new();
        for tenant in [bench.tenant.id, elsewhere] {
            let tx = bench.db.write(tenant).await.unwrap();
            let zone = chrono_tz::Europe::Paris;
            let mut cx = Cx::new(tenant, all.clone(), bench.now, zone, tx);
            for (on, kind, label, more) in [
                ("person", "text", "Métier", ""),
                ("person", "choice", "Taille", "Petit\nGrand"),
                ("member", "date", "Badge", ""),
                ("member", "number", "Parts", ""),
                ("organisation", "yes_no", "Aidée", ""),
            ] {
                let form = domain::fields::FieldForm {
                    key: crate::ui::new_key(),
                    on: on.into(),
                    kind: kind.into(),
                    label: label.into(),
                    more: more.into(),
                    ..domain::fields::FieldForm::default()
                };
                domain::fields::add(&mut cx, &form).await.unwrap();
            }
            let key = crate::ui::new_key();
            let id = import::upload(&mut cx, "a.csv", &file, &key).await.unwrap();
            let (key, progress) = (crate::ui::new_key(), Progress::default());
            let done = import::apply(&mut cx, id, ProblemRows::Refuse, &key, &progress).await;
            assert_eq!(done.unwrap().values_added, 7, "{l}");
            cx.commit().await.unwrap();
            let tx = bench.db.read(tenant).await.unwrap();
            let mut cx = Cx::new(tenant, all.clone(), bench.now, zone, tx);
            let mut made = make(&mut cx, &wanted("members", "csv", "", l))
                .await
                .unwrap();
            file.clear();
            made.content.read_to_end(&mut file).unwrap();
            files.push(String::from_utf8(file.clone()).unwrap());
        }
        assert!(files[0].contains("Soudure"), "{}", files[0]);
        assert_eq!(files[0], files[1], "{l}");
    }
}

#[tokio::test]
async fn members_exported_and_imported_elsewhere_are_the_same_people() {
    for l in Locale::ALL {
        let (bench, all) = world().await;
        let (bytes, file) = made(&bench, &all, &wanted("members", "csv", "", l)).await;
        assert_eq!(file.rows, PEOPLE.len() as i64);
        let elsewhere = bench.another_tenant().await;
        let tx = bench.db.write(elsewhere).await.unwrap();
        let zone = chrono_tz::Europe::Paris;
        let mut cx = Cx::new(elsewhere, all.clone(), bench.now, zone, tx);
        let id = import::upload(&mut cx, "membres.csv", &bytes, &crate::ui::new_key())
            .await
            .unwrap();
        let key = crate::ui::new_key();
        let report = import::apply(&mut cx, id, ProblemRows::Refuse, &key, &Progress::default())
            .await
            .unwrap();
        cx.commit().await.unwrap();
        assert_eq!(report.members_added, PEOPLE.len(), "{l}: {report:?}");
        let said = |row: &WholeRow| {
            let text = |t: &Option<String>| t.clone().unwrap_or_default();
            (
                row.kind,
                row.given_name.clone(),
                row.name.clone(),
                text(&row.email),
                text(&row.phone),
                text(&row.street),
                text(&row.postcode),
                text(&row.city),
                text(&row.note),
                row.joined_on,
                row.left_on,
            )
        };
        let here: Vec<_> = everybody(&bench, bench.tenant.id, &all).await;
        let there: Vec<_> = everybody(&bench, elsewhere, &all).await;
        assert_eq!(
            here.iter().map(said).collect::<Vec<_>>(),
            there.iter().map(said).collect::<Vec<_>>(),
            "{l}"
        );
    }
}

#[tokio::test]
async fn no_cell_of_a_text_file_begins_a_formula() {
    let (bench, all) = world().await;
    let as_text = |list: &Name| list.formats().contains(&Format::Csv);
    for list in Name::ALL.into_iter().filter(as_text) {
        for l in Locale::ALL {
            let (bytes, _) = made(&bench, &all, &wanted(list.name(), "csv", "", l)).await;
            let text = bytes
                .strip_prefix(b"\xEF\xBB\xBF")
                .expect("a byte order mark");
            let delimiter = if l == Locale::Fr { b';' } else { b',' };
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .from_reader(text);
            for record in reader.records() {
                for cell in record.unwrap().iter() {
                    let is_phone = cell.starts_with("+33 ");
                    assert!(
                        is_phone || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                        "{}: {cell}",
                        list.name()
                    );
                }
            }
        }
    }
}

/// A payment of thirty euros and ninety cents, and what takes it back.
async fn paid(bench: &Bench, all: &Actor) {
    let member = everybody(bench, bench.tenant.id, all).await[0].id.unwrap();
    let form = PaymentForm {
        key: crate::ui::new_key(),
        member: member.to_string(),
        amount: "1230,90".into(),
        method: "transfer".into(),
        received_on: "2026-05-04".into(),
        label: "-1+1".into(),
        ..PaymentForm::default()
    };
    let bank =
        domain::db::testing::person_with(bench.a_person("Karim", "Haddad").await, Right::ALL);
    let id = bench
        .run(all, async |cx| payments::add(cx, &form).await)
        .await
        .unwrap();
    bench
        .run(&bank, async |cx| {
            payments::validate(cx, &[id], &crate::ui::new_key()).await
        })
        .await
        .unwrap();
    let back = payments::ReversalForm {
        key: crate::ui::new_key(),
        reason: "=revenu".into(),
    };
    bench
        .run(all, async |cx| payments::reverse(cx, id, &back).await)
        .await
        .unwrap();
}

#[tokio::test]
async fn amounts_and_days_of_a_workbook_are_numbers_and_dates() {
    let (bench, all) = world().await;
    paid(&bench, &all).await;
    let filter = "q=1230%2C90&page=7";
    let (bytes, file) = made(
        &bench,
        &all,
        &wanted("payments", "xlsx", filter, Locale::Fr),
    )
    .await;
    assert_eq!(
        (file.rows, file.name.as_str()),
        (2, "paiements-2026-06-01.xlsx")
    );
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names, ["Paiements", "À propos"]);
    let sheet = book.worksheet_range("Paiements").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let headers: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    let at = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let mut amounts: Vec<f64> = rows[1..]
        .iter()
        .map(|row| row[at("Montant")].get_float().expect("a number"))
        .collect();
    amounts.sort_by(f64::total_cmp);
    assert_eq!(amounts, [-1230.9, 1230.9]);
    for row in &rows[1..] {
        assert!(row[at("Reçu le")].is_datetime(), "{:?}", row[at("Reçu le")]);
        assert!(row[at("Saisi le")].is_datetime());
        // Texts are texts, as they were typed: no formula, and nothing in front.
        assert!(row[at("Pour")].is_string());
        assert!(!row[at("Pour")].to_string().starts_with('\''));
    }
    let about = book.worksheet_range("À propos").unwrap();
    let about: Vec<String> = about
        .rows()
        .map(|row| {
            row.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("=")
        })
        .collect();
    assert!(
        about.contains(&"Organisation=Nuage Libre".to_owned()),
        "{about:?}"
    );
    assert!(about.contains(&"Recherche=1230,90".to_owned()), "{about:?}");
    assert!(about.contains(&"Lignes=2".to_owned()), "{about:?}");
}

#[tokio::test]
async fn amounts_of_a_text_file_carry_the_sign_of_their_language() {
    let (bench, all) = world().await;
    paid(&bench, &all).await;
    for (l, amount) in [(Locale::Fr, "-1230,90"), (Locale::En, "-1230.90")] {
        let (bytes, _) = made(&bench, &all, &wanted("queue", "csv", "", l)).await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(amount), "{text}");
        assert!(
            text.contains("2026-06-01,") || text.contains("2026-06-01;"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_export_is_audited_with_what_was_asked_for() {
    let (bench, all) = world().await;
    let wanted = wanted("members", "csv", "q=l%C3%A9a&kind=&page=2", Locale::Fr);
    let (_, file) = made(&bench, &all, &wanted).await;
    bench
        .run(&all, async |cx| note(cx, &wanted, &file).await)
        .await
        .unwrap();
    let mut cx = bench.view(&all).await;
    let filter = domain::audit::Filter {
        kind: "export".into(),
        ..Default::default()
    };
    let entries = domain::audit::list_after(&mut cx, &filter, None, 10)
        .await
        .unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].label, "membres-2026-06-01.csv");
    assert_eq!(
        entries[0].after,
        Some(
            serde_json::json!({"list": "members", "format": "csv", "filter": {"q": "léa"}, "rows": 1})
        )
    );
}

#[tokio::test]
async fn a_list_is_exported_under_its_own_rights() {
    let (bench, _) = world().await;
    let member = somebody_with(&[]);
    let crew = somebody_with(&[Right::People]);
    for list in Name::ALL {
        for format in list.formats() {
            let wanted = wanted(list.name(), format.name(), "", Locale::En);
            let mut cx = bench.view(&member).await;
            assert!(make(&mut cx, &wanted).await.is_err(), "{}", list.name());
            let mut cx = bench.view(&crew).await;
            let refused = make(&mut cx, &wanted).await.err().map(|p| p.code);
            let needed = match list {
                Name::Audit | Name::AuditChain => Some(Right::Settings),
                Name::Imports => Some(Right::Members),
                _ => None,
            };
            if *format == Format::Pdf {
                // There is no receipt yet.
                assert_eq!(refused, Some(Code::NotFound));
                continue;
            }
            assert_eq!(
                refused,
                needed.map(|right| Code::Forbidden { right }),
                "{}",
                list.name()
            );
        }
    }
}

#[tokio::test]
async fn the_file_of_the_audit_is_verified_without_the_data() {
    let (bench, all) = world().await;
    let (bytes, file) = made(&bench, &all, &wanted("auditchain", "jsonl", "", Locale::Fr)).await;
    let none = ::chain::PublicKeys::default();
    let (header, report) = ::chain::verify_file(bytes.as_slice(), vec![], &none).unwrap();
    assert_eq!(header.tenant, bench.tenant.id.0);
    assert_eq!(
        (report.faults, i64::try_from(report.rows)),
        (vec![], Ok(file.rows))
    );
    assert!(file.rows > 3, "{}", file.rows);
    // Somebody who edits it is found out.
    let text = String::from_utf8(bytes).unwrap();
    let edited = text.replacen("Léa", "Zoé", 1);
    assert_ne!(edited, text);
    let (_, report) = ::chain::verify_file(edited.as_bytes(), vec![], &none).unwrap();
    assert_eq!(report.faults_total, 1);
}

#[test]
fn a_files_name_is_safe_in_a_header() {
    assert_eq!(
        disposition("reçus-2026.csv"),
        "attachment; filename=\"recus-2026.csv\"; filename*=UTF-8''re%C3%A7us-2026.csv"
    );
    assert_eq!(
        disposition("a\"\r\n;b.csv"),
        "attachment; filename=\"a___b.csv\"; filename*=UTF-8''a%22%0D%0A%3Bb.csv"
    );
}

#[test]
fn what_no_list_offers_is_refused() {
    for (list, format) in [
        ("", "csv"),
        ("members", "pdf"),
        ("members", ""),
        ("x", "xlsx"),
    ] {
        let refused = Wanted::parse(list, format, "", Locale::Fr).unwrap_err();
        assert_eq!(refused.code, Code::UnknownChoice, "{list} {format}");
    }
    let long = "q=".repeat(FILTER_MAX);
    assert!(Wanted::parse("members", "csv", &long, Locale::Fr).is_err());
    // As in an address: what cannot be read asks for nothing.
    let nul = wanted("members", "csv", "q=%00", Locale::Fr);
    assert!(nul.asked().is_empty());
}
