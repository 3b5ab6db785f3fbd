//! What the document says, read back by another program (`pdftotext` of Poppler).

use super::*;
use domain::kernel::{Cents, MemberId, PaymentId, Period};
use domain::members::MemberNumber;
use domain::payments::Method;
use domain::payments::receipts::ReceiptNumber;
use std::io::Write;
use std::process::{Command, Stdio};
use uuid::Uuid;

const ZONE: Tz = chrono_tz::Europe::Paris;

fn day(text: &str) -> Day {
    domain::kernel::calendar::parse_day(text).unwrap()
}

fn receipt(number: i64) -> Receipt {
    Receipt {
        number: ReceiptNumber { year: 2026, number },
        payment: PaymentId(Uuid::nil()),
        issued_on: day("2026-03-12"),
        organisation: "Nuage Libre".into(),
        organisation_address: Some("12 rue des Filatiers\n31000 Toulouse".into()),
        place: Some("Toulouse".into()),
        member: MemberId(Uuid::nil()),
        member_number: MemberNumber::from_sequence(1042),
        locale: None,
        name: "Zoé Łukasz-Nguyễn".into(),
        street: Some("3 place de l’Œuvre".into()),
        postcode: Some("31000".into()),
        city: Some("Toulouse".into()),
        country: None,
        amount: Cents(123_450),
        method: Method::Cheque,
        received_on: day("2026-03-01"),
        period: Some(Period::new(day("2026-01-01"), day("2026-12-31")).unwrap()),
        label: "Cotisation 2026".into(),
        service: None,
        cancelled: None,
    }
}

fn drawn(receipts: &[Receipt], l: Locale) -> Vec<u8> {
    let about = About {
        title: "Reçus",
        l,
        organisation: "Nuage Libre",
        day: receipts.last().map(|r| r.issued_on),
    };
    let receipts: Vec<_> = receipts.iter().map(|r| (r.clone(), l)).collect();
    document(&about, &receipts, ZONE).unwrap()
}

/// What a program of Poppler says of a document.
fn said(program: &str, options: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Poppler is installed: script/bootstrap does it");
    let mut input = child.stdin.take().unwrap();
    let pdf = pdf.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&pdf).unwrap());
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

fn text(pdf: &[u8]) -> String {
    // Poppler writes every kind of space as one of two.
    said("pdftotext", &["-layout", "-", "-"], pdf).replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn a_receipt_says_who_paid_what_when_and_for_what() {
    let french = text(&drawn(&[receipt(412)], Locale::Fr));
    for part in [
        "Reçu n° 2026-0412",
        "Nuage Libre",
        "12 rue des Filatiers",
        "Zoé Łukasz-Nguyễn",
        "3 place de l’Œuvre",
        "31000 Toulouse",
        "1 234,50 €",
        "mille deux cent trente-quatre euros et cinquante centimes",
        "Cotisation 2026",
        "chèque",
        "1er mars 2026",
        "Fait à Toulouse, le 12 mars 2026",
        "Pour Nuage Libre, nom et signature",
        "Ce n’est pas un reçu fiscal",
    ] {
        assert!(french.contains(part), "{part} is not in\n{french}");
    }
    assert!(
        !french.contains("Annulé") && !french.contains('\u{fffd}'),
        "{french}"
    );
    let english = text(&drawn(&[receipt(412)], Locale::En));
    assert!(english.contains("€1,234.50"), "{english}");
    assert!(
        english.contains("one thousand two hundred and thirty-four euros and fifty cents"),
        "{english}"
    );
}

#[test]
fn a_cancelled_receipt_says_so_before_anything_else() {
    let cancelled = Receipt {
        cancelled: Some(Cancelled {
            by: PaymentId(Uuid::nil()),
            at: "2026-04-30T22:30:00Z".parse().unwrap(),
        }),
        ..receipt(1)
    };
    let text = text(&drawn(&[cancelled], Locale::Fr));
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} is not in\n{text}"))
    };
    // In the organisation's time, the next day has begun.
    assert!(at("Annulé le 1er mai 2026") < at("La somme de"));
}

#[test]
fn the_same_receipt_gives_the_same_bytes() {
    let receipts = [receipt(1), receipt(2)];
    assert_eq!(drawn(&receipts, Locale::Fr), drawn(&receipts, Locale::Fr));
    assert_ne!(drawn(&receipts, Locale::Fr), drawn(&receipts, Locale::En));
}

#[test]
fn each_receipt_has_one_page_of_a4_with_its_letters_embedded() {
    let pdf = drawn(&[receipt(1), receipt(2), receipt(3)], Locale::Fr);
    let info = said("pdfinfo", &["-"], &pdf);
    for part in [
        "Title:           Reçus",
        "Pages:           3",
        "(A4)",
        "Author:          Nuage Libre",
    ] {
        assert!(info.contains(part), "{part} is not in\n{info}");
    }
    let whole = String::from_utf8_lossy(&pdf);
    assert!(whole.contains("/Lang"), "it names its language");
    assert!(whole.contains("pdfaid:part"), "it names its standard");
    let fonts = said("pdffonts", &["-"], &pdf);
    assert_eq!(
        fonts
            .lines()
            .filter(|line| line.contains("NotoSans"))
            .count(),
        2,
        "{fonts}"
    );
    assert!(pdf.len() < 100_000, "{}", pdf.len());
}

/// How far each word of a page stands from its edges: (left, top, right, bottom).
fn boxes(pdf: &[u8]) -> Vec<(f32, f32, f32, f32)> {
    let html = said("pdftotext", &["-bbox", "-", "-"], pdf);
    let number = |line: &str, name: &str| -> f32 {
        let rest = line.split(&format!("{name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    html.lines()
        .filter(|line| line.contains("<word "))
        .map(|line| {
            (
                number(line, "xMin"),
                number(line, "yMin"),
                number(line, "xMax"),
                number(line, "yMax"),
            )
        })
        .collect()
}

#[test]
fn whatever_people_wrote_stays_on_its_page() {
    let long = "Nom sans fin ".repeat(5_000);
    for hostile in [
        long.as_str(),
        &"W".repeat(65_536),
        &"😀👩‍👩‍👧‍👦".repeat(500),
        &"ليلى بن عمر ".repeat(50),
        &"李小龍".repeat(100),
        "\u{202e}gnirts\u{2066}",
        "\u{0}\u{1b}[31m\r\n\t",
        "Z\u{351}\u{36b}a\u{300}\u{300}\u{300}\u{300}lgo",
        "",
    ] {
        let spoiled = Receipt {
            organisation: hostile.into(),
            organisation_address: Some(format!("{hostile}\n").repeat(8)),
            place: Some(hostile.into()),
            name: hostile.into(),
            street: Some(format!("{hostile}\n").repeat(8)),
            city: Some(hostile.into()),
            country: Some(hostile.into()),
            label: hostile.into(),
            amount: Cents::MAX_TYPED,
            cancelled: Some(Cancelled {
                by: PaymentId(Uuid::nil()),
                at: "2026-04-30T12:00:00Z".parse().unwrap(),
            }),
            ..receipt(999_999)
        };
        let pdf = drawn(&[spoiled], Locale::Fr);
        let shown: String = hostile.chars().take(20).collect();
        let info = said("pdfinfo", &["-"], &pdf);
        assert!(info.contains("Pages:           1"), "{shown}: {info}");
        for (left, top, right, bottom) in boxes(&pdf) {
            assert!(
                left >= MARGIN - 1.0 && right <= RIGHT + 1.0,
                "{shown}: {left} to {right}"
            );
            assert!(
                top >= 20.0 && bottom <= PAGE.1 - 20.0,
                "{shown}: {top} to {bottom}"
            );
        }
        assert!(text(&pdf).contains("pas un reçu fiscal"), "{shown}");
    }
}

#[test]
fn letters_that_the_font_lacks_still_copy_as_they_are() {
    let known = Receipt {
        name: "李小龍 Παύλος".into(),
        ..receipt(1)
    };
    let text = text(&drawn(&[known], Locale::Fr));
    assert!(text.contains("李小龍 Παύλος"), "{text}");
    assert!(text.contains("remplace une lettre"), "{text}");
}
