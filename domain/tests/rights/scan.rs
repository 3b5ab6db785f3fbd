//! The use-cases that there are, read off the source: what is public and begins with a context.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How a use-case begins.
const BEGINS: &str = "pub async fn ";

/// Every use-case, as the folder of its file and its name: `payments::receipts::list`.
pub fn use_cases() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if name != "tests" && name != "db" {
                    folders.push(path);
                }
            } else if name.ends_with(".rs") && name != "store.rs" && name != "tests.rs" {
                let place = place_of(&path, &src);
                let text = std::fs::read_to_string(&path).unwrap();
                found.extend(names_in(&text).map(|name| format!("{place}::{name}")));
            }
        }
    }
    found
}

/// The folder of a file, as a path of modules; `service` is only a larger file.
fn place_of(path: &Path, src: &Path) -> String {
    let folder: PathBuf = path.parent().unwrap().strip_prefix(src).unwrap().into();
    let parts = folder.iter().map(|part| part.to_str().unwrap());
    parts
        .filter(|part| *part != "service")
        .collect::<Vec<_>>()
        .join("::")
}

fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let functions = text.split('\n').enumerate();
    let begun = functions.filter(|(_, line)| line.starts_with(BEGINS));
    begun.filter_map(|(n, line)| {
        let after: String = text.split('\n').skip(n).take(3).collect();
        let arguments = after.split_once('(')?.1.trim_start();
        let name = line.trim_start_matches(BEGINS);
        let end = name.find(['(', '<'])?;
        arguments.starts_with("cx: &mut Cx").then(|| &name[..end])
    })
}

#[test]
fn use_cases_are_found_however_they_are_written() {
    let text = "pub async fn one(cx: &mut Cx) {}\npub async fn two<T>(\n    cx: &mut Cx,\n) {}\n\
                pub async fn no(db: &Db) {}\nasync fn own(cx: &mut Cx) {}\n    pub async fn in_an_impl(cx: &mut Cx) {}\n";
    assert_eq!(names_in(text).collect::<Vec<_>>(), ["one", "two"]);
}
