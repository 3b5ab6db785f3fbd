//! What verifies an exported file in the browser: no form, nothing is sent. It is there with
//! JavaScript only: without, the page has said how the program does it.

use super::said;
use crate::assets;
use crate::locales::integrity as t;
use chain::Fault;
use domain::kernel::Locale;
use leptos::prelude::*;
use serde_json::{Map, Value, json};

/// Numbers that stand for what a fault names, while its text is made into one with gaps.
const FIRST: u64 = 900_001;
const SECOND: u64 = 900_002;

/// One fault of each kind.
const FAULTS: [Fault; 9] = [
    Fault::Missing {
        seq: FIRST,
        found: SECOND,
    },
    Fault::Altered { seq: FIRST },
    Fault::ErasedUnsaid { seq: FIRST },
    Fault::WrongEnd {
        head: FIRST,
        found: SECOND,
    },
    Fault::NoHead,
    Fault::Outside { rows: FIRST },
    Fault::AgainstCheckpoint { seq: FIRST },
    Fault::BadCheckpoint { seq: FIRST },
    Fault::BadLine { line: FIRST },
];

/// The texts of faults, by their names in a report: `{seq}` stands for what a report says there.
fn faults(l: Locale) -> Map<String, Value> {
    let mut all = Map::new();
    for fault in &FAULTS {
        let Ok(Value::Object(fields)) = serde_json::to_value(fault) else {
            continue;
        };
        let mut text = said(l, fault).into_owned();
        for (field, value) in &fields {
            if let Some(number) = value.as_u64() {
                text = text.replace(&number.to_string(), &format!("{{{field}}}"));
            }
        }
        if let Some(name) = fields.get("fault").and_then(Value::as_str) {
            all.insert(name.to_owned(), text.into());
        }
    }
    all
}

pub fn section(l: Locale) -> AnyView {
    let words = json!({
        "reading": t::here_reading(l), "good": t::here_good(l), "bad": t::here_bad(l), "file": t::here_title(l),
        "facts": t::here_facts(l), "unreadable": t::here_unreadable(l), "choose": t::here_choose(l),
        "large": t::here_large(l), "failed": t::here_failed(l), "faults": faults(l),
    });
    // The module is loaded when it is used: its address is no file of this page.
    let verifier = json!({ "js": assets::url("verifier.js"), "wasm": assets::url("verifier_bg.wasm"), "words": words });
    let file = |id: &'static str, label| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input type="file" id=id/>
            </div>
        }
    };
    view! {
        <section class="part stack" aria-labelledby="here" hidden>
            <h2 id="here">{t::here(l)}</h2>
            <p class="help">{t::here_help(l)}</p>
            <div class="form" data-verifier=verifier.to_string()>
                {file("verify-file", t::here_file(l))}
                {file("verify-checkpoints", t::here_checkpoints(l))}
                {file("verify-keys", t::here_keys(l))}
                <div><button type="button" class="button">{t::here_button(l)}</button></div>
                <div role="status"></div>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_a_text_with_its_gaps_in_every_language() {
        for l in Locale::ALL {
            let all = faults(l);
            assert_eq!(all.len(), FAULTS.len());
            for (name, text) in all {
                assert!(!text.to_string().contains("90000"), "{name}: {text}");
            }
        }
        let missing = faults(Locale::En).remove("missing").unwrap();
        assert_eq!(
            missing,
            "row {seq} is missing: row {found} stands in its place"
        );
    }
}
