//! The verifier: takes the rows one after the other, in bounded memory, and says what is
//! wrong where.

use crate::{Checkpoint, Erasure, Hash, Head, Line, Link, PublicKeys, START, What, Who, read_line};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::BufRead;
use uuid::Uuid;

/// The most faults that are kept; more are counted only.
pub const FAULTS_MAX: usize = 100;
/// The longest line of a file: two objects of an audit row are far shorter.
const LINE_MAX: u64 = 8 << 20;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// A row is not there: where this one should be, another one stands.
    Missing {
        /// The place that is empty.
        seq: u64,
        /// Which one stands there.
        found: u64,
    },
    /// A row, or one before it, is not as it was written.
    Altered {
        /// Its place.
        seq: u64,
    },
    /// The personal part of a row was erased, and no later row says so.
    ErasedUnsaid {
        /// Its place.
        seq: u64,
    },
    /// The chain does not end where its head says: rows were cut off, or added.
    WrongEnd {
        /// What the head says.
        head: u64,
        /// How many there are.
        found: u64,
    },
    /// There is no head.
    NoHead,
    /// Rows stand outside of the chain.
    Outside {
        /// How many.
        rows: u64,
    },
    /// What a checkpoint says is not so: the chain was cut, or written anew.
    AgainstCheckpoint {
        /// The checkpoint's place.
        seq: u64,
    },
    /// A checkpoint is another tenant's, or its signature is not good.
    BadCheckpoint {
        /// Its place.
        seq: u64,
    },
    /// A line of a file is none, or not where it belongs.
    BadLine {
        /// Which one; the first is 1.
        line: u64,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { seq, found } => {
                write!(f, "row {seq} is missing: row {found} stands in its place")
            }
            Self::Altered { seq } => write!(f, "row {seq} is not as it was written"),
            Self::ErasedUnsaid { seq } => write!(
                f,
                "row {seq} was emptied, and no later row says that it was erased"
            ),
            Self::WrongEnd { head, found } => write!(
                f,
                "the chain ends at row {found}, and not at row {head}, or not as its head says"
            ),
            Self::NoHead => f.write_str("the chain has no head"),
            Self::Outside { rows } => write!(f, "{rows} rows stand outside of the chain"),
            Self::AgainstCheckpoint { seq } => write!(
                f,
                "the checkpoint at row {seq} says otherwise: the chain was cut, or written anew"
            ),
            Self::BadCheckpoint { seq } => write!(
                f,
                "the checkpoint at row {seq} is another tenant's, or was not signed by a known key"
            ),
            Self::BadLine { line } => write!(f, "line {line} of the file does not belong there"),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whose chain it is.
    pub tenant: Uuid,
    /// How many rows were read.
    pub rows: u64,
    /// When the first was written.
    pub first_at: Option<DateTime<Utc>>,
    /// When the last was written.
    pub last_at: Option<DateTime<Utc>>,
    /// Where the chain ends.
    #[serde(with = "hex::serde")]
    pub hash: Hash,
    /// Rows of which something personal was erased, as a later row says.
    pub erased: u64,
    /// Checkpoints that the chain agrees with.
    pub checkpoints: u64,
    /// Those of them whose signature was checked.
    pub signed: u64,
    /// What is wrong: the first [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// How many are wrong in all.
    pub faults_total: u64,
}

impl Report {
    /// Whether all is as it was written.
    pub fn is_good(&self) -> bool {
        self.faults_total == 0
    }
}

/// Reads a chain from its first row to its last.
pub struct Verifier {
    report: Report,
    previous: Hash,
    next: u64,
    checkpoints: BTreeMap<u64, Vec<(Checkpoint, bool)>>,
    erased_who: Vec<u64>,
    erased_what: Vec<u64>,
    said: Erasure,
}

impl Verifier {
    /// Begins with a tenant's chain.
    pub fn new(tenant: Uuid) -> Self {
        Self {
            report: Report {
                tenant,
                rows: 0,
                first_at: None,
                last_at: None,
                hash: START,
                erased: 0,
                checkpoints: 0,
                signed: 0,
                faults: Vec::new(),
                faults_total: 0,
            },
            previous: START,
            next: 1,
            checkpoints: BTreeMap::new(),
            erased_who: Vec::new(),
            erased_what: Vec::new(),
            said: Erasure::default(),
        }
    }

    /// Adds a checkpoint that the rows will be compared with: before their rows come. Where
    /// keys are given, one of them must have signed it.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint, keys: &PublicKeys) {
        let signed = checkpoint.is_signed_by(keys);
        let seq = checkpoint.seq;
        if checkpoint.tenant != self.report.tenant || (!keys.is_empty() && !signed) {
            self.fault(Fault::BadCheckpoint { seq });
            return;
        }
        self.checkpoints
            .entry(seq)
            .or_default()
            .push((checkpoint, signed));
    }

    /// Takes the next row.
    pub fn push(&mut self, link: &Link) {
        if link.seq != self.next {
            self.fault(Fault::Missing {
                seq: self.next,
                found: link.seq,
            });
        }
        if link.hash != link.expected_hash(self.report.tenant, &self.previous) {
            self.fault(Fault::Altered { seq: link.seq });
        }
        // From here on as it stands, so that what else is wrong is found in its own place.
        self.previous = link.hash;
        self.next = link.seq.saturating_add(1);
        self.report.rows += 1;
        self.report.first_at.get_or_insert(link.at);
        self.report.last_at = Some(link.at);
        if matches!(link.who, Who::Erased { .. }) {
            self.erased_who.push(link.seq);
        }
        if matches!(link.what, What::Erased { .. }) {
            self.erased_what.push(link.seq);
        }
        if let Some(said) = Erasure::of(link) {
            let before = |run: &(u64, u64)| run.1 < link.seq;
            self.said.who.extend(said.who.into_iter().filter(before));
            self.said.what.extend(said.what.into_iter().filter(before));
        }
        for (checkpoint, signed) in self.checkpoints.remove(&link.seq).unwrap_or_default() {
            if checkpoint.hash != link.hash {
                self.fault(Fault::AgainstCheckpoint { seq: link.seq });
                continue;
            }
            self.report.checkpoints += 1;
            self.report.signed += u64::from(signed);
        }
    }

    /// Notes something that the reader of the rows found.
    pub fn fault(&mut self, fault: Fault) {
        self.report.faults_total += 1;
        if self.report.faults.len() < FAULTS_MAX {
            self.report.faults.push(fault);
        }
    }

    /// Ends, with what the head says.
    pub fn finish(mut self, head: Option<Head>) -> Report {
        let found = self.next - 1;
        match head {
            None => self.fault(Fault::NoHead),
            Some(head) if head.seq != found || head.hash != self.previous => {
                self.fault(Fault::WrongEnd {
                    head: head.seq,
                    found,
                });
            }
            Some(_) => {}
        }
        for (seq, checkpoints) in std::mem::take(&mut self.checkpoints) {
            for (checkpoint, signed) in checkpoints {
                if seq == 0 && checkpoint.hash == START {
                    self.report.checkpoints += 1;
                    self.report.signed += u64::from(signed);
                } else {
                    self.fault(Fault::AgainstCheckpoint { seq });
                }
            }
        }
        let who = (
            std::mem::take(&mut self.erased_who),
            joined(std::mem::take(&mut self.said.who)),
        );
        let what = (
            std::mem::take(&mut self.erased_what),
            joined(std::mem::take(&mut self.said.what)),
        );
        let mut erased = std::collections::BTreeSet::new();
        for (places, said) in [who, what] {
            for seq in places {
                let run = said.range(..=seq).next_back();
                if run.is_some_and(|(_, last)| *last >= seq) {
                    erased.insert(seq);
                } else {
                    self.fault(Fault::ErasedUnsaid { seq });
                }
            }
        }
        self.report.erased = erased.len() as u64;
        self.report.hash = self.previous;
        self.report
    }
}

/// Runs joined to disjoint ones: the first place to the last.
fn joined(mut runs: Vec<(u64, u64)>) -> BTreeMap<u64, u64> {
    runs.sort_unstable();
    let mut out: BTreeMap<u64, u64> = BTreeMap::new();
    for (first, last) in runs.into_iter().filter(|(first, last)| first <= last) {
        match out.last_entry() {
            Some(mut run) if *run.get() >= first => {
                let end = (*run.get()).max(last);
                run.insert(end);
            }
            _ => {
                out.insert(first, last);
            }
        }
    }
    out
}

/// Verifies a file, with checkpoints that are kept elsewhere and the keys that signed them.
/// Its own header, too, when it was made, for people to compare.
///
/// # Errors
/// Where the file cannot be read, or its first line is not that of an audit.
pub fn verify_file(
    mut file: impl BufRead,
    checkpoints: Vec<Checkpoint>,
    keys: &PublicKeys,
) -> Result<(crate::Header, Report), String> {
    let mut text = String::new();
    let first = next_line(&mut file, &mut text)?.then(|| read_line(&text));
    let Some(Ok(Line::Header(header))) = first else {
        return Err("this is not the file of an audit: its first line says whose it is".into());
    };
    if header.equipage_audit != crate::VERSION {
        return Err(format!(
            "the file has version {}, and this program knows {}",
            header.equipage_audit,
            crate::VERSION
        ));
    }
    let mut verifier = Verifier::new(header.tenant);
    for checkpoint in checkpoints {
        verifier.checkpoint(checkpoint, keys);
    }
    let (mut head, mut number) = (None, 1);
    while next_line(&mut file, &mut text)? {
        number += 1;
        match (read_line(&text), head) {
            (Ok(Line::Row(link)), None) => verifier.push(&link),
            (Ok(Line::Checkpoint(own)), None) if verifier.report.rows == 0 => {
                verifier.checkpoint(own, keys);
            }
            (Ok(Line::Head(end)), None) => head = Some(end),
            _ => verifier.fault(Fault::BadLine { line: number }),
        }
    }
    Ok((header, verifier.finish(head)))
}

/// The next line, whether there is one.
fn next_line(file: &mut impl BufRead, text: &mut String) -> Result<bool, String> {
    text.clear();
    let read = std::io::Read::take(&mut *file, LINE_MAX)
        .read_line(text)
        .map_err(|e| e.to_string())?;
    if read as u64 == LINE_MAX && !text.ends_with('\n') {
        return Err("a line is too long for an audit".into());
    }
    Ok(read > 0)
}
