//! From bytes to a table.

use super::*;
use crate::exports::cells::unguarded;
use proptest::prelude::*;

fn code(bytes: &[u8]) -> Code {
    read(bytes).unwrap_err().code
}

fn cells(text: &str) -> Vec<Vec<String>> {
    let table = read(text.as_bytes()).unwrap();
    table.records.into_iter().map(|r| r.cells).collect()
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [
        b"PK\x03\x04[Content_Types].xml".as_slice(),
        b"%PDF-1.7\n",
        b"\xD0\xCF\x11\xE0\xA1\xB1",
        b"a,b\n\0,1\n",
        b"\xFF\xFEa",
        b"a,b\n\x01,2\n",
    ] {
        assert_eq!(code(bytes), Code::FileNotText, "{bytes:?}");
    }
}

#[test]
fn what_is_empty_is_refused() {
    assert_eq!(code(b""), Code::FileEmpty);
    assert_eq!(code(b"\xEF\xBB\xBF \r\n\r\n"), Code::FileEmpty);
    assert_eq!(code(b";;;\n;;;\n"), Code::FileEmpty);
    assert_eq!(code(b"name,email\n"), Code::NothingToImport);
}

#[test]
fn a_broken_file_says_the_line() {
    assert_eq!(
        code(b"a,b\n1,2\n\"3,4\n5,6\n"),
        Code::FileBroken { line: 3 }
    );
    assert_eq!(
        code(b"a,b\n\"1\n2\",\"3\"x\n"),
        Code::FileBroken { line: 3 }
    );
    let mut cut = "naïve,b\né,2\nü,".as_bytes().to_vec();
    cut.push(0xC3);
    assert_eq!(code(&cut), Code::FileBroken { line: 3 });
    for (bytes, ..) in EXPORTS {
        let quote = bytes.iter().rposition(|b| *b == b'"');
        let Some(at) = quote else { continue };
        assert!(matches!(code(&bytes[..at]), Code::FileBroken { .. }));
    }
}

#[test]
fn a_cell_without_end_is_a_missing_quote() {
    let text = format!("a,b\n1,2\n\"{}", "3,4\n".repeat(20_000));
    assert_eq!(code(text.as_bytes()), Code::FileBroken { line: 3 });
}

#[test]
fn lines_are_those_of_the_file() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["sep=;", "", "a;b", "\"x", "y\";2", "", "3;4", ";", "5;6"].join(end);
        let table = read(text.as_bytes()).unwrap();
        let lines: Vec<u64> = table.records.iter().map(|r| r.line).collect();
        assert_eq!(lines, [4, 7, 9], "{end:?}");
        assert_eq!(table.records[0].cells[0], "x\ny");
    }
}

#[test]
fn delimiters_within_quotes_do_not_count() {
    assert_eq!(cells("\"a;b;c\",d\n\"1;2;3\",4\n"), [["1;2;3", "4"]]);
    assert_eq!(
        cells("nom;montant\nA;1,50\nB;2,50\n"),
        [["A", "1,50"], ["B", "2,50"]]
    );
    assert_eq!(cells("a\tb\n1,5\t2\n"), [["1,5", "2"]]);
    assert_eq!(cells("name\nA\nB\n"), [["A"], ["B"]]);
    assert_eq!(
        cells("a,b\n\"say \"\"hi\"\"\",5\" wide\n"),
        [["say \"hi\"", "5\" wide"]]
    );
}

#[test]
fn a_delimiter_at_each_end_makes_no_column() {
    let table = read(b"a,b,\n1,2,\n3,4,\n").unwrap();
    assert_eq!(table.headers, ["a", "b"]);
    assert!(table.records.iter().all(|r| r.found == 2));
    let named = read(b"a,b,\n1,2,x\n").unwrap();
    assert_eq!(named.headers, ["a", "b", ""]);
}

#[test]
fn equal_headers_stay_apart() {
    let table = read(b"d,n,d\n1,x,2\n").unwrap();
    assert_eq!(table.headers, ["d", "n", "d"]);
    assert_eq!(table.records[0].cells, ["1", "x", "2"]);
}

#[test]
fn rows_that_are_too_long_or_too_short_keep_their_length() {
    let table = read(b"a,b\n1\n1,2,3\n1,2,,\n").unwrap();
    let found: Vec<usize> = table.records.iter().map(|r| r.found).collect();
    assert_eq!(found, [1, 3, 2]);
    let kept: Vec<usize> = table.records.iter().map(|r| r.cells.len()).collect();
    assert_eq!(kept, [1, 2, 2]);
}

#[test]
fn there_are_limits() {
    assert_eq!(
        code(&vec![b'a'; MAX_BYTES + 1]),
        Code::TooLarge { max_mib: 8 }
    );
    let many = format!("a\n{}", "1\n".repeat(MAX_ROWS + 1));
    assert_eq!(code(many.as_bytes()), Code::TooManyRows { max: MAX_ROWS });
    let wide = format!("{}\n", "a,".repeat(MAX_COLUMNS + 1));
    assert_eq!(
        code(wide.as_bytes()),
        Code::TooManyColumns { max: MAX_COLUMNS }
    );
}

/// Bytes that come near what files hold.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(b"\",;\t|\r\n a1\\\xC3\xA9\xE9\xFF\xFE\xEF\xBB\xBF\0/-.".to_vec())
            .prop_map(|b| vec![b]),
        1 => any::<u8>().prop_map(|b| vec![b]),
        1 => prop::sample::select(vec![
            "Numéro de membre", "Nom & prénom", "Payé ?", "Montant", "Date fin adhésion", "Oui",
            "2026-01-01", "31/12/2026", "-12,50", "a@b.fr", "sep=", "True", "Actif", "Member active?",
        ])
        .prop_map(|t| t.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in bytes()) {
        if let Ok(table) = read(&bytes) {
            let choices = choices(&table);
            prop_assert_eq!(choices.columns.len(), table.headers.len());
            let rows = parse_rows(&table, &choices, day("2026-06-01"));
            prop_assert_eq!(rows.len(), table.records.len());
        }
    }

    #[test]
    fn no_choice_of_columns_makes_it_panic(
        bytes in bytes(),
        picks in prop::collection::vec(0..Field::ALL.len(), 0..20),
    ) {
        if let Ok(table) = read(&bytes) {
            let mut choices = choices(&table);
            for (column, pick) in choices.columns.iter_mut().zip(picks) {
                *column = Field::ALL[pick];
            }
            parse_rows(&table, &choices, day("2026-06-01"));
        }
    }

    #[test]
    fn what_was_written_is_read_back(
        rows in prop::collection::vec(prop::collection::vec("[^\\x00-\\x08\\x0E-\\x1F\\r]{1,8}", 3), 1..8),
    ) {
        let quote = |c: &String| format!("\"{}\"", c.replace('"', "\"\""));
        let line = |r: &Vec<String>| r.iter().map(quote).collect::<Vec<_>>().join(";");
        let body: Vec<String> = rows.iter().map(line).collect();
        let text = format!("a;b;c\n{}", body.join("\n"));
        let full = |r: &&Vec<String>| r.iter().any(|c| !c.trim().is_empty());
        // What guards a cell against being computed is not part of it.
        let plain = |r: &Vec<String>| r.iter().map(|c| unguarded(c).to_owned()).collect();
        let expected: Vec<Vec<String>> = rows.iter().filter(full).map(plain).collect();
        if let Ok(table) = read(text.as_bytes()) {
            let cells: Vec<Vec<String>> = table.records.iter().map(|r| r.cells.clone()).collect();
            prop_assert_eq!(cells, expected);
        } else {
            prop_assert!(expected.is_empty());
        }
    }
}
