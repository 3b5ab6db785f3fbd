//! What becomes of the names of dues that a file has: which there are, and what was chosen
//! for them. Pure; what is chosen from is read by the use-cases.

use super::{KINDS_ASKED, KindChoice, KindFound, KindMapping, NamedDues, NewKind, Row};
use crate::dues::Kind;
use crate::kernel::text;
use std::collections::BTreeMap;

/// The names of dues in a file, the most frequent first.
pub(super) fn found(rows: &[Row]) -> Vec<KindFound> {
    let mut by_value: BTreeMap<&str, Vec<&NamedDues>> = BTreeMap::new();
    for dues in rows.iter().filter_map(|row| row.dues.as_ref()) {
        by_value.entry(&dues.value).or_default().push(dues);
    }
    let mut found: Vec<KindFound> = by_value
        .into_iter()
        .map(|(value, said)| KindFound {
            value: value.to_owned(),
            rows: said.len(),
            proposed: NewKind {
                name: said.first().map(|d| d.label.clone()).unwrap_or_default(),
                amount: most_frequent(said.iter().filter_map(|d| d.amount)).unwrap_or_default(),
                months: most_frequent(said.iter().filter_map(|d| d.months)).unwrap_or_default(),
            },
        })
        .collect();
    // By name where as many rows have them: the map has sorted them already.
    found.sort_by_key(|kind| std::cmp::Reverse(kind.rows));
    found
}

/// What comes most often; the smallest of those that come as often.
fn most_frequent<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let most = counts
        .iter()
        .max_by_key(|(one, n)| (**n, std::cmp::Reverse(**one)));
    most.map(|(one, _)| *one)
}

/// What becomes of the names found: as was chosen, as far as it can still be; otherwise the
/// kind of the same name, if there is one.
pub(super) fn mapped(
    found: &[KindFound],
    chosen: &[KindMapping],
    kinds: &[Kind],
) -> Vec<KindMapping> {
    let open = |kind: &&Kind| !kind.is_archived;
    let choice = |value: &str| {
        let chosen = chosen.iter().find(|m| m.value == value);
        match chosen.map(|m| &m.choice) {
            Some(KindChoice::Nothing) => return KindChoice::Nothing,
            Some(KindChoice::Known(id)) if kinds.iter().filter(open).any(|k| k.id == *id) => {
                return KindChoice::Known(*id);
            }
            Some(KindChoice::New(new)) => {
                let made = kinds.iter().find(|k| k.name == new.name);
                return made.map_or_else(
                    || KindChoice::New(new.clone()),
                    |made| KindChoice::Known(made.id),
                );
            }
            _ => {}
        }
        let key = text::fold(value);
        let same = kinds
            .iter()
            .filter(open)
            .find(|k| text::fold(&k.name) == key);
        same.map_or(KindChoice::Nothing, |kind| KindChoice::Known(kind.id))
    };
    found
        .iter()
        .take(KINDS_ASKED)
        .map(|kind| KindMapping {
            value: kind.value.clone(),
            choice: choice(&kind.value),
        })
        .collect()
}
