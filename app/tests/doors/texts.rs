//! Texts that break careless programs.

use super::ask::encoded;

/// A text as it travels, and as a browser shows it again; `None` where it is no text.
pub struct Hostile {
    pub sent: String,
    pub shown: Option<String>,
}

/// PostgreSQL is asked with every third text only, another third for each field: what is
/// shown is made by the same code on both engines, and each kind of field meets every text
/// somewhere. `EQUIPAGE_TEST_ALL_TEXTS` asks with all of them.
const SHARES: usize = 3;

/// The texts for the `nth` field.
pub fn texts_for(nth: usize, is_sqlite: bool) -> impl Iterator<Item = Hostile> {
    let whole = is_sqlite || std::env::var_os("EQUIPAGE_TEST_ALL_TEXTS").is_some();
    let texts = texts().into_iter().enumerate();
    texts.filter_map(move |(i, text)| (whole || (i + nth).is_multiple_of(SHARES)).then_some(text))
}

/// Texts that break careless programs.
pub fn texts() -> Vec<Hostile> {
    let long = "é".repeat(32 << 10);
    let marks = format!("Zo{}", "\u{301}\u{323}".repeat(200));
    let texts: &[&str] = &[
        "",
        " \u{a0}\u{2003} ",
        &long,
        &marks,
        "a\0b",
        "a\u{1}b\u{7f}c\u{1b}[31md\u{85}",
        "a\tb",
        "a\r\nSet-Cookie: session=1\r\n\r\nb",
        "\n\na",
        "abc\u{202e}def\u{2066}ghi\u{200f}",
        "\u{feff}\u{200b}\u{ad}",
        "👩\u{200d}👩\u{200d}👧\u{200d}👦 🏴\u{200d}☠\u{fe0f}",
        "\u{fffd}\u{ffff}\u{10ffff}\u{fdd0}",
        "<xhostile>\"'><xhostile a='</xhostile>",
        "\" onxhostile=1 x=\"' onxhostile=1 x='",
        "</textarea></title></select></script></style><xhostile>",
        "<!--<xhostile>--!><xhostile> ]]> <!>",
        "&lt;xhostile&gt; &amp;amp; &#60;xhostile&#62; &quot",
        "<script>xhostile()</script><leptos-island data-component='x'>",
        "javascript:xhostile()",
        "'; DROP TABLE members; -- ' OR '1'='1",
        "%_\\%_[a-z]*",
        "$1 $2 {0} {{x}} %s %n ${7*7}",
        "../../../../etc/passwd",
        "..\\..\\x",
        "0",
        "-0",
        "-1",
        "1e999",
        "NaN",
        "Infinity",
        "0x10",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "99999999999999999999999999999999999999,99",
        "0,001",
        "1.000.000,00",
        "٣٠",
        "³⁰",
        "0000-00-00",
        "9999-99-99",
        "9999-12-31",
        "2023-02-29",
        "2024-02-29",
        "29/02/2023",
        "+275760-09-13",
        "-0001-01-01",
        "262143-12-31",
        "true",
        "null",
        "[]",
        "{\"a\":1}",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ];
    let mut all: Vec<Hostile> = texts
        .iter()
        .map(|text| Hostile {
            sent: encoded(text),
            shown: Some(
                text.replace('\0', "\u{fffd}")
                    .replace("\r\n", "\n")
                    .replace('\r', "\n"),
            ),
        })
        .collect();
    for sent in [
        "%FF%FE",
        "%C3",
        "%ED%A0%80",
        "%F5%80%80%80",
        "a%",
        "a%zz%4",
        "%%%",
        "a+b%2Bc",
    ] {
        all.push(Hostile {
            sent: sent.into(),
            shown: None,
        });
    }
    all
}
