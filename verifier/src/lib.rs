//! The audit's verifier in the browser: one function. The file that is verified stays on the
//! machine of the one who verifies; `public/verify.js` gives it and shows what is said.

use chain::{Checkpoint, PublicKeys};
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Verifies an exported audit: the file, checkpoints that were kept elsewhere (a line each) and
/// public keys (a line each); both may be empty. Gives JSON: `problem` says in English what of the files cannot
/// be read; else `good`, `title` and `report`.
#[wasm_bindgen]
pub fn verify(file: &[u8], checkpoints: &str, keys: &str) -> String {
    let said = report(file, checkpoints, keys);
    said.unwrap_or_else(|problem| json!({ "problem": problem }))
        .to_string()
}

fn report(file: &[u8], checkpoints: &str, keys: &str) -> Result<Value, String> {
    let keys = PublicKeys::parse(keys).map_err(|e| e.to_string())?;
    let lines = checkpoints.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let read = |(n, line): (usize, &str)| {
        let wrong = |e| format!("line {}: {e}", n + 1);
        serde_json::from_str::<Checkpoint>(line).map_err(wrong)
    };
    let checkpoints = lines.map(read).collect::<Result<Vec<_>, _>>()?;
    let (header, report) = chain::verify_file(file, checkpoints, &keys)?;
    Ok(json!({ "good": report.is_good(), "title": header.title, "report": report }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_said_and_not_verified() {
        for (file, checkpoints, keys) in [
            ("", "", ""),
            ("x", "", ""),
            ("{}", "x", ""),
            ("{}", "", "x"),
        ] {
            let said: Value =
                serde_json::from_str(&verify(file.as_bytes(), checkpoints, keys)).unwrap();
            assert!(said["problem"].is_string(), "{file} {checkpoints} {keys}");
        }
    }
}
