//! Files that nobody meant: whatever comes, the reader answers, soon, and keeps no more
//! than the file holds. `EQUIPAGE_FUZZ_CASES` says how many are tried.

use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// How many files are tried where nobody says more.
const CASES: u32 = 10_000;
/// How much of a fixture is changed: enough for its header and some rows.
const HEAD: usize = 2_000;
/// The longest that one small file may take, on a machine that does much else.
const LONGEST: Duration = Duration::from_secs(5);

fn cases() -> ProptestConfig {
    let told = std::env::var("EQUIPAGE_FUZZ_CASES").ok();
    let cases = told.and_then(|n| n.parse().ok()).unwrap_or(CASES);
    ProptestConfig::with_cases(cases)
}

/// Reads a file as far as it goes.
fn go_through(bytes: &[u8]) -> Result<(), TestCaseError> {
    let start = Instant::now();
    if let Ok(table) = read(bytes) {
        let width = table.headers.len();
        prop_assert!(width <= MAX_COLUMNS && table.records.len() <= MAX_ROWS);
        let cells = || table.records.iter().flat_map(|r| &r.cells);
        // A byte of Windows-1252 is three of UTF-8 at most; a cell has a delimiter or a line end.
        let kept: usize = cells().map(String::len).sum();
        prop_assert!(kept <= 3 * bytes.len() && cells().count() <= bytes.len() + 1);
        let choices = choices(&table);
        prop_assert_eq!(choices.columns.len(), width);
        let rows = parse_rows(&table, &choices, day("2026-06-01"));
        prop_assert_eq!(rows.len(), table.records.len());
        for (row, record) in rows.iter().zip(&table.records) {
            prop_assert!(record.found == width || !row.problems.is_empty());
        }
    }
    prop_assert!(start.elapsed() < LONGEST);
    Ok(())
}

/// What is done to a file.
#[derive(Clone, Debug)]
enum Change {
    Put(prop::sample::Index, Vec<u8>),
    Over(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    End(prop::sample::Index),
    Again(prop::sample::Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    let sign = prop_oneof![
        3 => prop::sample::select(b"\",;\t|\r\n\\=\0 -\x1A\xA0\xFF\xFE".to_vec()).prop_map(|b| vec![b]),
        1 => any::<u8>().prop_map(|b| vec![b]),
        1 => prop::sample::select(vec![
            b"\"\"".to_vec(), b"\r\n\r\n".to_vec(), b"\xEF\xBB\xBF".to_vec(), b"\xFF\xFE".to_vec(),
            b"\xED\xA0\x80".to_vec(), "\u{2028}\u{85}\u{202e}".as_bytes().to_vec(),
            b"sep=;\n".to_vec(), b";;;;;;;;".to_vec(), b"99999999999999999999".to_vec(),
        ]),
        1 => (any::<u8>(), 15_000..25_000_usize).prop_map(|(b, n)| vec![b; n]),
    ];
    prop_oneof![
        4 => (at(), sign).prop_map(|(at, what)| Change::Put(at, what)),
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Change::Over(at, byte)),
        2 => (at(), 1..200_usize).prop_map(|(at, n)| Change::Cut(at, n)),
        1 => at().prop_map(Change::End),
        1 => (at(), 1..200_usize).prop_map(|(at, n)| Change::Again(at, n)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let len = bytes.len();
        let upto = |at: usize, n: usize| at..len.min(at + n);
        match change {
            Change::Put(at, what) => {
                let at = at.index(len);
                bytes.splice(at..at, what.iter().copied());
            }
            Change::Over(at, byte) => bytes[at.index(len)] = *byte,
            Change::Cut(at, n) => drop(bytes.drain(upto(at.index(len), *n))),
            Change::End(at) => bytes.truncate(at.index(len)),
            Change::Again(at, n) => {
                let part = bytes[upto(at.index(len), *n)].to_vec();
                bytes.extend(part);
            }
        }
    }
    bytes
}

/// The same text in another encoding, or one that says it is.
fn encoded(bytes: &[u8], how: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let units = || text.encode_utf16();
    match how {
        0 => [b"\xEF\xBB\xBF", bytes].concat(),
        1 => [0xFF, 0xFE]
            .into_iter()
            .chain(units().flat_map(u16::to_le_bytes))
            .collect(),
        2 => [0xFE, 0xFF]
            .into_iter()
            .chain(units().flat_map(u16::to_be_bytes))
            .collect(),
        3 => units().flat_map(u16::to_le_bytes).collect(),
        4 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
        5 => [b"\xFF\xFE", bytes].concat(),
        _ => bytes.to_vec(),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_export_that_was_damaged_is_answered(
        file in 0..EXPORTS.len(),
        changes in prop::collection::vec(change(), 1..6),
        how in 0..12_usize,
    ) {
        let bytes = EXPORTS[file].0;
        let head = bytes[..HEAD.min(bytes.len())].to_vec();
        go_through(&encoded(&changed(head, &changes), how))?;
    }

    #[test]
    fn bytes_of_any_kind_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        go_through(&bytes)?;
    }

    #[test]
    fn text_of_any_kind_is_answered(text in "[\\PC\"\"\",,;;\t\r\n\0\u{feff}]{0,300}", how in 0..12_usize) {
        go_through(&encoded(text.as_bytes(), how))?;
    }
}

#[test]
fn the_largest_files_are_answered_in_bounded_time() {
    let one = |unit: &str| unit.repeat(MAX_BYTES / unit.len());
    let wide = format!(
        "{}\n{}",
        ";".repeat(MAX_COLUMNS - 1),
        "x\n".repeat(MAX_ROWS)
    );
    let wide = format!("a{wide}");
    let quotes = format!("a;b\n\"{}", one("\"\""));
    for text in [
        one("\""),
        one("\"\""),
        one(";"),
        one("\n"),
        one("a"),
        one("a\n"),
        one("a;b\n"),
        one("\"a\"\n"),
        one("\r"),
        wide,
        quotes,
    ] {
        let start = Instant::now();
        let bytes = &text.as_bytes()[..text.len().min(MAX_BYTES)];
        let kept = read(bytes).map(|t| t.records.iter().map(|r| r.cells.len()).sum::<usize>());
        assert!(kept.unwrap_or_default() <= bytes.len(), "{:?}", &text[..20]);
        // In a test's build; a release needs a twentieth.
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{:?}",
            &text[..20]
        );
    }
    assert_eq!(
        read(&vec![b'a'; MAX_BYTES + 1]).unwrap_err().code,
        Code::TooLarge { max_mib: 8 }
    );
}
