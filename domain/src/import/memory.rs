//! What was chosen for a file is remembered, and proposed for the next one of its shape:
//! the same program, the same line of headers. Where some headers are new, the others
//! keep what was chosen for them, and the new ones are recognised.

use super::own;
use super::service::own_fields;
use super::{
    Choices, Field, Holds, KindChoice, KindMapping, Source, Table, choosing, header_key,
    parse_rows, store,
};
use crate::context::Cx;
use crate::dues;
use crate::kernel::{Cents, Result, Right};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most shapes that one organisation's choices are kept for; the oldest give way.
pub(super) const SHAPES_MAX: i64 = 50;
/// The most names of dues that are remembered with one shape.
const KINDS_KEPT: usize = 200;

/// Choices with the headers that they were made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// The program that was recognised.
    recognised: Source,
    /// The headers' keys, as [`keys`] makes them.
    headers: Vec<String>,
    /// What was chosen.
    choices: Choices,
    /// The amount that was proposed: where it was left as it was, the next file gets
    /// what is usual then.
    proposed_amount: Option<Cents>,
}

impl Remembered {
    fn of(table: &Table, recognised: &Choices, choices: &Choices) -> Self {
        Self {
            recognised: recognised.source,
            headers: keys(&table.headers),
            choices: choices.clone(),
            proposed_amount: recognised.default_amount,
        }
    }

    /// Keeps also what an earlier file said of names of dues that this one has not: a
    /// program writes a file for each of them.
    fn keep_kinds(&mut self, before: Vec<KindMapping>) {
        let kinds = &mut self.choices.kinds;
        for mapping in before {
            if kinds.len() < KINDS_KEPT && !kinds.iter().any(|m| m.value == mapping.value) {
                kinds.push(mapping);
            }
        }
    }

    /// How many of these headers it knows; of another program's file, none.
    fn knows(&self, source: Source, headers: &[String]) -> usize {
        if self.recognised != source {
            return 0;
        }
        headers.iter().filter(|h| self.headers.contains(h)).count()
    }

    /// The choices for a file with these headers.
    fn choices_for(&self, headers: &[String], recognised: Choices) -> Choices {
        let before = |header: &String| {
            let at = self.headers.iter().position(|h| h == header)?;
            self.choices.columns.get(at).copied()
        };
        let known: Vec<Option<Field>> = headers.iter().map(before).collect();
        let mut columns = Vec::with_capacity(headers.len());
        for (known_field, new_field) in known.iter().zip(&recognised.columns) {
            let taken = !new_field.many() && known.contains(&Some(*new_field));
            columns.push(match known_field {
                Some(field) => *field,
                None if taken => Field::Ignore,
                None => *new_field,
            });
        }
        let by_hand = self.choices.default_amount != self.proposed_amount;
        Choices {
            source: self.choices.source,
            label: self.choices.label.clone(),
            columns,
            default_amount: if by_hand {
                self.choices.default_amount
            } else {
                recognised.default_amount
            },
            method: self.choices.method,
            kinds: self.choices.kinds.clone(),
            ..recognised
        }
    }
}

/// The headers as they are compared: folded, and numbered where one comes again.
fn keys(headers: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::with_capacity(headers.len());
    for header in headers {
        let key = header_key(header);
        let again = keys.iter().filter(|k| {
            let base = k.split('#').next().unwrap_or_default();
            base == key
        });
        let key = match again.count() {
            0 => key,
            n => format!("{key}#{}", n + 1),
        };
        keys.push(key);
    }
    keys
}

/// Names the shape of a file.
fn shape(source: Source, keys: &[String]) -> String {
    let text = format!("{}\n{}", source.name(), keys.join("\n"));
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|b| format!("{b:02x}")).collect()
}

/// How a file is understood without anything that was chosen before.
pub(super) async fn recognised(cx: &mut Cx, table: &Table) -> Result<Choices> {
    let kind = dues::default_kind(cx).await?;
    let (price, months) = (kind.price_on(cx.today()), kind.cycle.months());
    let mut choices = Choices::recognised(table, price, months);
    own::recognise(&mut choices.columns, &table.headers, &own_fields(cx).await?);
    with_kinds(cx, table, choices).await
}

/// The choices with an answer for each name of dues in the file, and for no other: what
/// they said of it, as far as it can be, or what is usual.
pub(super) async fn with_kinds(cx: &mut Cx, table: &Table, choices: Choices) -> Result<Choices> {
    let found = choosing::found(&parse_rows(table, &choices, cx.today()));
    if found.is_empty() && choices.kinds.is_empty() {
        return Ok(choices);
    }
    let there = dues::kinds(cx).await?;
    let kinds = choosing::mapped(&found, &choices.kinds, &there);
    Ok(Choices { kinds, ..choices })
}

/// How a file is understood, and since when that is remembered where it is.
pub(super) async fn proposed(
    cx: &mut Cx,
    table: &Table,
) -> Result<(Choices, Option<DateTime<Utc>>)> {
    let recognised = recognised(cx, table).await?;
    let before = store::remembered(&mut cx.tx, cx.tenant, SHAPES_MAX).await?;
    let headers = keys(&table.headers);
    let Some((remembered, at)) = nearest(before, recognised.source, &headers) else {
        return Ok((recognised, None));
    };
    let mut choices = remembered.choices_for(&headers, recognised);
    own::drop_others(&mut choices.columns, &own_fields(cx).await?);
    if !cx.actor.rights.has(Right::Settings) {
        // Who may make no kinds gets no file that would make some.
        choices
            .kinds
            .retain(|m| !matches!(m.choice, KindChoice::New(_)));
    }
    Ok((with_kinds(cx, table, choices).await?, Some(at)))
}

/// What knows most of a file's headers, and at least half of them. Where two know as
/// many, the one of the same shape, then the newer one; they come newest first.
fn nearest(
    before: Vec<(Remembered, DateTime<Utc>)>,
    source: Source,
    headers: &[String],
) -> Option<(Remembered, DateTime<Utc>)> {
    let mut best_rank = (0, false);
    let mut best = None;
    for (remembered, at) in before {
        let known = remembered.knows(source, headers);
        let rank = (known, remembered.headers == headers);
        if known * 2 >= headers.len() && rank > best_rank {
            (best_rank, best) = (rank, Some((remembered, at)));
        }
    }
    best
}

/// Forgets what was chosen for files of this shape.
pub(super) async fn forget(cx: &mut Cx, table: &Table) -> Result<()> {
    let keys = keys(&table.headers);
    let shape = shape(Source::of(&table.headers), &keys);
    store::forget(&mut cx.tx, cx.tenant, &shape).await
}

/// Keeps what was chosen, where it is not what would be proposed anyway.
pub(super) async fn remember(cx: &mut Cx, table: &Table, choices: &Choices) -> Result<()> {
    let recognised = recognised(cx, table).await?;
    let headers = keys(&table.headers);
    let shape = shape(recognised.source, &headers);
    let before = store::remembered(&mut cx.tx, cx.tenant, SHAPES_MAX).await?;
    let before = nearest(before, recognised.source, &headers);
    let before = before.map(|(remembered, _)| remembered.choices.kinds);
    let mut remembered = Remembered::of(table, &recognised, choices);
    remembered.keep_kinds(before.unwrap_or_default());
    let kinds = remembered.choices.kinds.len();
    if recognised == *choices && kinds == choices.kinds.len() {
        return store::forget(&mut cx.tx, cx.tenant, &shape).await;
    }
    store::remember(&mut cx.tx, cx.tenant, &shape, &remembered, cx.now).await?;
    store::forget_oldest(&mut cx.tx, cx.tenant, SHAPES_MAX).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headers: &str) -> Table {
        Table {
            headers: headers.split(';').map(str::to_owned).collect(),
            records: Vec::new(),
        }
    }

    fn remembered(headers: &str, columns: &[Field]) -> Remembered {
        let table = table(headers);
        let recognised = Choices::recognised(&table, Cents(2500), 12);
        let choices = Choices {
            columns: columns.to_vec(),
            label: "old list".into(),
            ..recognised.clone()
        };
        Remembered::of(&table, &recognised, &choices)
    }

    fn proposal(remembered: &Remembered, headers: &str, usual: Cents) -> Choices {
        let table = table(headers);
        let recognised = Choices::recognised(&table, usual, 12);
        remembered.choices_for(&keys(&table.headers), recognised)
    }

    #[test]
    fn a_file_of_the_same_headers_is_understood_as_the_last_one() {
        let before = remembered("wer;wo", &[Field::Name, Field::Email]);
        let again = proposal(&before, "Wer; WO ", Cents(2500));
        assert_eq!(again.columns, [Field::Name, Field::Email]);
        assert_eq!(again.label, "old list");
    }

    #[test]
    fn a_new_header_is_recognised_and_the_others_stay_as_they_were_chosen() {
        let before = remembered("wer;wo;x", &[Field::Name, Field::Email, Field::Ignore]);
        let next = proposal(&before, "wo;wer;Telephone;email", Cents(2500));
        // The address is chosen already: a second column for it would be one too many.
        let expected = [Field::Email, Field::Name, Field::Phone, Field::Ignore];
        assert_eq!(next.columns, expected);
    }

    #[test]
    fn an_amount_that_nobody_chose_follows_the_usual_one() {
        let mut before = remembered("wer;wo", &[Field::Name, Field::Paid]);
        let next = proposal(&before, "wer;wo", Cents(3000));
        assert_eq!(next.default_amount, Some(Cents(3000)));
        before.choices.default_amount = Some(Cents(100));
        let next = proposal(&before, "wer;wo", Cents(3000));
        assert_eq!(next.default_amount, Some(Cents(100)));
    }

    #[test]
    fn headers_that_come_twice_are_told_apart() {
        let keys = keys(&table("Date;date;DATE;x").headers);
        assert_eq!(keys, ["date", "date#2", "date#3", "x"]);
        let before = remembered("d;d", &[Field::Name, Field::Email]);
        let next = proposal(&before, "d;d", Cents(0));
        assert_eq!(next.columns, [Field::Name, Field::Email]);
    }

    #[test]
    fn another_programs_file_and_one_that_shares_too_little_are_not_taken_for_it() {
        let before = || {
            let at = "2026-03-03T12:00:00Z".parse().unwrap();
            vec![(remembered("a;b;c", &[Field::Name; 3]), at)]
        };
        let keys = |headers: &str| keys(&table(headers).headers);
        assert!(nearest(before(), Source::Generic, &keys("a;b;x;y")).is_some());
        assert!(nearest(before(), Source::Generic, &keys("a;x;y")).is_none());
        assert!(nearest(before(), Source::Paheko, &keys("a;b;c")).is_none());
    }
}
