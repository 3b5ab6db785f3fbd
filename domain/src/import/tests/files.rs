//! The programs' own exports, and variants of them.

use super::*;

fn line(rows: &[Row], line: u64) -> &Row {
    rows.iter().find(|r| r.line == line).unwrap()
}

fn problems(rows: &[Row]) -> Vec<(u64, &RowProblem)> {
    rows.iter()
        .flat_map(|r| r.problems.iter().map(|p| (r.line, p)))
        .collect()
}

#[test]
fn every_export_is_recognised_and_read_without_a_problem() {
    for (bytes, source, count, payments) in EXPORTS {
        let table = read(bytes).unwrap();
        let choices = choices(&table);
        assert_eq!(choices.source, source, "{:?}", table.headers);
        choices.check().unwrap();
        let rows = parse_rows(&table, &choices, day("2026-06-01"));
        assert_eq!(rows.len(), count, "{:?}", table.headers);
        assert_eq!(problems(&rows), vec![]);
        assert_eq!(
            rows.iter().filter(|r| r.payment.is_some()).count(),
            payments
        );
        for row in &rows {
            assert!(!row.references.is_empty());
            assert!(row.who.email.is_some());
            assert!(!row.who.name.is_empty());
        }
    }
}

#[test]
fn paheko_members_keep_number_address_and_date() {
    let rows = rows(PAHEKO_MEMBERS);
    let admin = line(&rows, 2);
    assert_eq!(admin.references, vec![("paheko".into(), "1".into())]);
    assert_eq!(admin.who.name, "Admin");
    assert_eq!(admin.joined_on, None);
    let member = line(&rows, 3);
    assert_eq!(member.references, vec![("paheko".into(), "100001".into())]);
    assert_eq!(member.who.display_name(), "Member 0000001 Family1");
    assert_eq!(
        member.who.email.as_ref().unwrap().as_str(),
        "m1@example.org"
    );
    assert_eq!(member.who.street, "1 Road");
    assert_eq!(member.who.postcode, "12345");
    assert_eq!(member.who.city, "City");
    assert_eq!(member.joined_on, Some(day("2024-01-01")));
}

#[test]
fn the_first_date_of_a_paheko_subscription_is_its_own_and_the_last_the_members() {
    let rows = rows(PAHEKO_SUBSCRIPTIONS);
    let row = line(&rows, 2);
    assert_eq!(row.joined_on, Some(day("2024-01-01")));
    let paid = row.payment.as_ref().unwrap();
    assert_eq!(paid.amount, Cents(2500));
    assert_eq!(paid.method, Method::Transfer);
    assert_eq!(paid.received_on, day("2026-01-01"));
    let period = paid.period.unwrap();
    assert_eq!(period.from(), day("2026-01-01"));
    assert_eq!(period.until(), day("2026-12-31"));
    assert_eq!(paid.label, "Annual dues – Ordinary");
}

#[test]
fn two_lists_of_the_same_paheko_subscription_bring_one_payment() {
    let keys = |bytes| -> Vec<String> {
        let rows = rows(bytes);
        rows.into_iter().map(|r| r.payment.unwrap().key).collect()
    };
    assert_eq!(keys(PAHEKO_SUBSCRIPTIONS), keys(PAHEKO_FEE));
    let mut unique = keys(PAHEKO_FEE);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 500);
}

#[test]
fn a_paheko_subscription_that_is_not_paid_brings_no_payment() {
    let text = String::from_utf8(PAHEKO_SUBSCRIPTIONS.to_vec()).unwrap();
    let rows = rows(text.replacen("\"Oui\"", "\"Non\"", 1).as_bytes());
    assert_eq!(line(&rows, 2).payment, None);
    assert_eq!(line(&rows, 2).said, Said::NotPaid);
    assert!(line(&rows, 3).payment.is_some());
}

#[test]
fn paid_without_an_amount_brings_no_payment_unless_somebody_says_how_much() {
    let table = read(PAHEKO_FEE).unwrap();
    let mut choices = choices(&table);
    choices.default_amount = None;
    let rows = parse_rows(&table, &choices, day("2026-06-01"));
    assert!(
        rows.iter()
            .all(|r| r.payment.is_none() && r.said == Said::PaidWithoutAmount)
    );
    assert!(
        !Choices {
            columns: vec![Field::Paid],
            ..choices
        }
        .brings_payments()
    );
}

#[test]
fn an_amount_in_the_file_goes_before_the_usual_one() {
    let text = String::from_utf8(PAHEKO_FEE.to_vec()).unwrap();
    let rows = rows(text.replacen("\"1\",\"\"", "\"1\",\"42.50\"", 1).as_bytes());
    assert_eq!(line(&rows, 2).payment.as_ref().unwrap().amount, Cents(4250));
    assert_eq!(line(&rows, 3).payment.as_ref().unwrap().amount, Cents(2500));
}

#[test]
fn dolibarr_members_keep_both_numbers() {
    let rows = rows(DOLIBARR_MEMBERS);
    let row = line(&rows, 2);
    assert_eq!(
        row.references,
        vec![
            ("dolibarr".into(), "1".into()),
            ("dolibarr:id".into(), "1".into())
        ]
    );
    assert_eq!(row.who.kind, Kind::Person);
    assert_eq!(row.who.given_name, "Member0000001");
    assert_eq!(row.who.name, "Family1");
    assert_eq!(row.who.country, "France");
    assert_eq!(row.joined_on, Some(day("2026-11-22")));
    assert_eq!(row.left_on, None);
    assert_eq!(row.said, Said::PaidUntil(day("2027-01-01")));
}

#[test]
fn dolibarr_subscriptions_are_payments_with_their_id() {
    let rows = rows(DOLIBARR_SUBSCRIPTIONS);
    let first = line(&rows, 2).payment.clone().unwrap();
    assert_eq!(first.amount, Cents(3000));
    assert_eq!(first.key, "dolibarr!16384");
    assert_eq!(first.received_on, day("2025-01-01"));
    assert_eq!(first.period.unwrap().until(), day("2025-12-31"));
    assert_eq!(first.label, "Ordinary");
    let second = line(&rows, 3);
    assert_eq!(second.references, line(&rows, 2).references);
    assert_eq!(second.payment.as_ref().unwrap().key, "dolibarr!1");
}

#[test]
fn latin_1_and_utf_8_are_the_same() {
    assert_eq!(rows(DOLIBARR_MEMBERS), rows(DOLIBARR_MEMBERS_LATIN1));
    assert_eq!(
        rows(DOLIBARR_SUBSCRIPTIONS),
        rows(DOLIBARR_SUBSCRIPTIONS_LATIN1)
    );
}

#[test]
fn dolibarrs_english_german_and_older_headers_are_the_same() {
    let text = String::from_utf8(DOLIBARR_SUBSCRIPTIONS.to_vec()).unwrap();
    let (_, body) = text.split_once('\n').unwrap();
    for header in [
        "Member Id,Member Ref,Last name,First name,Email,Member type label,Contribution ID,Date of membership,End date of membership,Amount,",
        "Member id,Member Ref,Last name,First name,Email,Member type label,Subscription id,Subscription date,Subscription end date,Amount,",
        "Mitglieds-ID,Mitglieds-Ref.,Nachname,Vorname,E-Mail,Bezeichnung der Mitgliedsart,Abonnement-ID,Abo-Datum,Abo-Ablaufdatum,Betrag,",
        "Id adhérent,Réf adhérent,Nom,Prénom,Email,Libellé du type adhérent,Id adhésion,Date adhésion,Date fin adhésion,Montant,",
    ] {
        assert_eq!(
            rows(format!("{header}\n{body}").as_bytes()),
            rows(DOLIBARR_SUBSCRIPTIONS),
            "{header}"
        );
    }
    let text = String::from_utf8(DOLIBARR_MEMBERS.to_vec()).unwrap();
    let (_, body) = text.split_once('\n').unwrap();
    let english = "Member Id,Member Ref,Title,Last name,First name,Login,Gender,Nature of the member,Company,Address,Zip Code,City,State/Province code,State/Province,Country code,Country,Prof. phone,Pers. phone,Mobile,Email,Birthday,Status,Photo,Note (public),Note (private),Creation date,Validation date,Last modification date,End date of membership,Member type ID,Member type label,";
    assert_eq!(
        rows(format!("{english}\n{body}").as_bytes()),
        rows(DOLIBARR_MEMBERS)
    );
}

#[test]
fn dolibarrs_organisations_drafts_and_former_members() {
    let header = "Réf adhérent,Nom,Prénom,Nature de l'adhérent,Société,Adresse,État,Date fin adhésion,Tél pro.,Tél portable,Libellé du type adhérent,\n";
    let rows = rows(
        format!(
            "{header}7,Durand,Zoé,mor,Les Amis du Réseau,12 rue X\\nBât. B,1,,01 02,06 07,T,\n8,Roux,Ali,phy,,,0,2025-12-31 00:00:00,,,T,\n9,Petit,Eve,phy,,,-1,,,,T,\n"
        )
        .as_bytes(),
    );
    let organisation = line(&rows, 2);
    assert_eq!(organisation.who.kind, Kind::Organisation);
    assert_eq!(organisation.who.name, "Les Amis du Réseau");
    assert_eq!(organisation.who.given_name, "");
    assert_eq!(organisation.who.note, "Zoé Durand\n06 07");
    assert_eq!(organisation.who.street, "12 rue X\nBât. B");
    assert_eq!(organisation.who.phone, "01 02");
    assert_eq!(line(&rows, 3).left_on, Some(day("2025-12-31")));
    assert_eq!(line(&rows, 4).problems[0].code, Code::NoMemberYet);
}

#[test]
fn byros_addresses_names_and_membership_are_taken_apart() {
    let rows = rows(BYRO);
    let plain = line(&rows, 2);
    assert_eq!(
        plain.references,
        vec![
            ("byro".into(), "100490".into()),
            ("byro:id".into(), "500".into())
        ]
    );
    assert_eq!(plain.who.street, "490 Road");
    assert_eq!(plain.who.postcode, "12345");
    assert_eq!(plain.who.city, "City");
    assert_eq!(plain.who.given_name, "");
    assert_eq!(plain.joined_on, Some(day("2024-01-01")));
    let by_number = |number: &str| {
        let wanted = ("byro".to_owned(), number.to_owned());
        rows.iter().find(|r| r.references[0] == wanted).unwrap()
    };
    let founder = by_number("1");
    assert_eq!(
        (founder.who.given_name.as_str(), founder.who.name.as_str()),
        ("Francis", "Foundingmember")
    );
    assert_eq!(founder.left_on, Some(day("2024-12-31")));
    assert_eq!(founder.who.street, "Foo St 1\nSome Place");
    assert_eq!(by_number("4").who.street.lines().count(), 5);
    let future = by_number("6");
    assert_eq!(future.joined_on, Some(day("2027-01-01")));
    assert_eq!(future.left_on, None);
    assert_eq!(by_number("2").who.country, "");
}

#[test]
fn byros_german_headers_are_the_same() {
    let text = String::from_utf8(BYRO.to_vec()).unwrap();
    let (header, body) = text.split_once('\n').unwrap();
    let mut german = header.to_owned();
    for (english, word) in [
        ("Internal database ID", "Interne Datenbank-ID"),
        ("Member active?", "Mitglied aktiv?"),
        ("Account balance", "Kontostand"),
        ("Membership number/ID", "Mitgliedsnummer"),
        ("E-Mail", "E-Mail-Adresse"),
        ("Contact type", "Kontakt-Typ"),
        (",Address,", ",Adresse,"),
        (
            "start (Current membership)",
            "Beginn (Aktuelle Mitgliedschaft)",
        ),
        ("end (Current membership)", "Ende (Aktuelle Mitgliedschaft)"),
        (
            "membership fee (Current membership)",
            "Beitrag (Aktuelle Mitgliedschaft)",
        ),
        (
            "payment interval (Current membership)",
            "Intervall (Aktuelle Mitgliedschaft)",
        ),
    ] {
        assert!(german.contains(english), "{english}");
        german = german.replace(english, word);
    }
    let body = body
        .replace(",True,", ",Wahr,")
        .replace(",False,", ",Falsch,");
    assert_eq!(rows(format!("{german}\n{body}").as_bytes()), rows(BYRO));
}

#[test]
fn bank_details_are_never_read() {
    let text = "Name,IBAN (MemberSepa),RIB,Mandate Reference,Login token\nA,DE02120300000000202051,1,2,3\n";
    let table = read(text.as_bytes()).unwrap();
    assert_eq!(table.records[0].cells, ["A", "", "", "", ""]);
}

#[test]
fn lists_of_totals_hold_no_members() {
    for bytes in [
        include_bytes!("../../../fixtures/imports/paheko-activities.csv").as_slice(),
        include_bytes!("../../../fixtures/imports/paheko-fees.csv").as_slice(),
    ] {
        assert_eq!(read(bytes).unwrap_err().code, Code::FileOfTotals);
    }
}

/// A table written as another program would: delimiter, line ends, order of columns, encoding.
fn written(table: &Table, delimiter: char, end: &str, order: &[usize], encoding: &str) -> Vec<u8> {
    let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut text = String::new();
    let headers = std::iter::once(&table.headers);
    for cells in headers.chain(table.records.iter().map(|r| &r.cells)) {
        let cells: Vec<String> = order.iter().map(|at| quote(&cells[*at])).collect();
        text.push_str(&cells.join(&delimiter.to_string()));
        text.push_str(end);
    }
    match encoding {
        "utf-16le" => {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }
        "utf-16be" => {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_be_bytes).collect()
        }
        "windows-1252" => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
        "utf-8-bom" => format!("\u{feff}{text}").into_bytes(),
        _ => text.into_bytes(),
    }
}

#[test]
fn another_delimiter_encoding_line_end_or_order_of_columns_gives_the_same_rows() {
    for (bytes, ..) in EXPORTS {
        let table = read(bytes).unwrap();
        let expected: Vec<Row> = rows(bytes)
            .into_iter()
            .map(|r| Row { line: 0, ..r })
            .collect();
        let forward: Vec<usize> = (0..table.headers.len()).collect();
        let backward: Vec<usize> = forward.iter().rev().copied().collect();
        for (delimiter, end, order, encoding) in [
            (';', "\r\n", &forward, "windows-1252"),
            ('\t', "\n", &forward, "utf-16le"),
            ('|', "\r", &forward, "utf-8"),
            (',', "\r\n", &forward, "utf-16be"),
            (';', "\n", &backward, "utf-8-bom"),
        ] {
            let variant = written(&table, delimiter, end, order, encoding);
            let found = rows(&variant).into_iter().map(|r| Row { line: 0, ..r });
            let found: Vec<Row> = found.collect();
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(
                    label_free(found),
                    label_free(expected),
                    "{delimiter:?} {encoding} {:?}",
                    table.headers
                );
            }
            assert_eq!(found.len(), expected.len());
        }
    }
}

/// Labels of several columns follow the columns' order; nothing else does.
fn label_free(row: &Row) -> Row {
    let mut row = row.clone();
    if let Some(paid) = &mut row.payment {
        paid.label.clear();
    }
    row
}

#[test]
fn a_list_that_somebody_keeps_by_hand_is_understood() {
    let text = "N° adhérent;NOM;Prénom;Courriel;CP;Ville;Date d’adhésion;Cotisation;Réglé le;Mode de paiement\n\
        12;Dupont;Marie;marie@ex.fr;75011;Paris;03/02/2020;30,00 €;05/01/2026;chèque\n\
        13;Nguyễn;Linh;;;;;;;\n\
        14;Roux;Ali;ali@ex.fr;;;;0;;\n";
    let rows = rows(text.as_bytes());
    assert_eq!(problems(&rows), vec![]);
    let marie = line(&rows, 2);
    assert_eq!(
        marie.references,
        vec![("csv:n adherent".into(), "12".into())]
    );
    assert_eq!(
        (marie.who.given_name.as_str(), marie.who.name.as_str()),
        ("Marie", "Dupont")
    );
    assert_eq!(marie.joined_on, Some(day("2020-02-03")));
    let paid = marie.payment.as_ref().unwrap();
    assert_eq!((paid.amount, paid.method), (Cents(3000), Method::Cheque));
    assert_eq!(paid.received_on, day("2026-01-05"));
    assert_eq!(line(&rows, 3).payment, None);
    assert_eq!(line(&rows, 4).said, Said::NotPaid);
}

#[test]
fn a_column_that_can_only_be_month_first_is_read_so() {
    let text = "Name,Email,Joined,Amount,Payment date\nA B,a@b.fr,03/31/2024,10,02/03/2026\nC D,c@d.fr,12/01/2024,10,13/03/2026\n";
    let rows = rows(text.as_bytes());
    assert_eq!(line(&rows, 2).joined_on, Some(day("2024-03-31")));
    assert_eq!(line(&rows, 3).joined_on, Some(day("2024-12-01")));
    assert_eq!(
        line(&rows, 2).payment.as_ref().unwrap().received_on,
        day("2026-03-02")
    );
    let mixed = "Name,Joined\nA,03/31/2024\nB,31/03/2024\n";
    let rows = super::rows(mixed.as_bytes());
    assert_eq!(problems(&rows).len(), 1);
}

#[test]
fn every_problem_of_every_row_is_told() {
    let text = "Numéro,Nom,Prénom,Email,Date d'adhésion,Montant\n\
        1,A,B,not-an-address,31/02/2024,douze\n\
        2,C,D,c@d.fr,01/02/2024,-5\n\
        3,E,F,e@f.fr,01/02/2024\n\
        1,Z,Y,z@y.fr,01/02/2024,5\n\
        ,,,x@y.fr,,\n";
    let rows = rows(text.as_bytes());
    let found: Vec<(u64, Option<usize>, Code)> = problems(&rows)
        .into_iter()
        .map(|(line, p)| (line, p.column, p.code.clone()))
        .collect();
    assert_eq!(
        found,
        vec![
            (2, Some(3), Code::NotAnEmail),
            (2, Some(4), Code::NotADay),
            (2, Some(5), Code::NotAnAmount),
            (3, Some(5), Code::AmountNotPositive),
            (
                4,
                None,
                Code::RowLength {
                    expected: 6,
                    found: 5
                }
            ),
            (5, None, Code::RowTwice { line: 2 }),
            (6, Some(1), Code::Required),
        ]
    );
    assert_eq!(rows[0].problems[0].value, "not-an-address");
}

#[test]
fn choices_by_hand_are_checked() {
    let table = read(BYRO).unwrap();
    let present = choices(&table);
    let mut form = ChoicesForm {
        source: "byro".into(),
        columns: present.columns.iter().map(|c| c.name().into()).collect(),
        amount: "30,00".into(),
        method: "cash".into(),
        ..ChoicesForm::default()
    };
    let read = form.parse(&present).unwrap();
    assert_eq!(read.default_amount, Some(Cents(3000)));
    assert_eq!(read.columns, present.columns);
    form.columns[1] = "email".into();
    let twice = form.parse(&present).unwrap_err();
    assert_eq!(twice.field("column_9"), Some(&Code::ColumnTwice));
    form.columns = vec!["ignore".into(); present.columns.len()];
    let missing = form.parse(&present).unwrap_err();
    assert_eq!(missing.field("columns"), Some(&Code::ColumnMissing));
    form.columns.pop();
    assert!(form.parse(&present).is_err());
}

#[test]
fn every_field_and_source_has_a_name_of_its_own() {
    for &field in Field::ALL {
        assert_eq!(Field::from_name(&field.name()), Some(field));
    }
    for &source in Source::ALL {
        assert_eq!(Source::from_name(source.name()), Some(source));
    }
}

#[test]
fn names_are_the_same_in_any_order() {
    assert_eq!(name_key("Marie-José DUPONT"), name_key("dupont marie josé"));
    assert_ne!(name_key("Marie Dupont"), name_key("Marie Durand"));
}
