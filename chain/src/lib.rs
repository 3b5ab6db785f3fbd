//! The audit's hash chain: what is hashed, the file that it is handed out as, and the
//! verifier. The server, the command line and the browser share it; it knows no SQL and no
//! HTTP, so that whoever wants to check an audit can build this alone.
//!
//! A link's hash covers the one before it and everything in its row. What is personal in a
//! row (who acted, what the object was) enters as a salted digest: once the text and its
//! salt are gone, the digest stands in their place and the chain still holds, while nobody
//! can find the text by guessing.

mod canonical;
mod file;
mod sign;
mod verify;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
pub use file::{Header, Line, VERSION, read_line, write_line};
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use sign::{Checkpoint, KeyError, PublicKeys, Signer};
use uuid::Uuid;
pub use verify::{FAULTS_MAX, Fault, Report, Verifier, verify_file};

/// A SHA-256.
pub type Hash = [u8; 32];
/// What makes a digest of a short text impossible to guess.
pub type Salt = [u8; 16];

/// The hash before the first link.
pub const START: Hash = [0; 32];
/// The action of the row that says what was erased of rows before it.
pub const ERASED: &str = "erased";

/// Bytes as people read them.
pub fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// One row of the audit in its chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its place: the first has 1, and none is left out.
    pub seq: u64,
    /// The row's id.
    pub id: Uuid,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The person who acted, where it was one.
    pub actor: Option<Uuid>,
    /// How they came: `web`, `cli`.
    pub via: String,
    /// What was done.
    pub action: String,
    /// To what kind of object.
    pub kind: String,
    /// To which one.
    pub object: Uuid,
    /// Who acted, as a text.
    pub who: Who,
    /// What the object was.
    pub what: What,
    /// The hash over all this and the link before.
    #[serde(with = "hex::serde")]
    pub hash: Hash,
}

/// Who acted: personal, so that it can be erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Who {
    /// It is there.
    Kept {
        /// The digest's salt.
        #[serde(with = "hex::serde")]
        salt: Salt,
        /// Their name at that time.
        name: String,
        /// The address of their connection.
        address: String,
    },
    /// It was erased; this is what it entered the hash as.
    Erased {
        /// The digest.
        #[serde(with = "hex::serde")]
        digest: Hash,
    },
}

/// What the object was, before and after: personal, so that it can be erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum What {
    /// It is there.
    Kept {
        /// The digest's salt.
        #[serde(with = "hex::serde")]
        salt: Salt,
        /// The object's name at that time.
        label: String,
        /// The object before, where there was one.
        before: Option<Value>,
        /// The object after, where there still was one.
        after: Option<Value>,
    },
    /// It was erased; this is what it entered the hash as.
    Erased {
        /// The digest.
        #[serde(with = "hex::serde")]
        digest: Hash,
    },
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many links there are.
    pub seq: u64,
    /// The last one's hash.
    #[serde(with = "hex::serde")]
    pub hash: Hash,
}

/// Which rows' personal parts a row with the action [`ERASED`] says were erased: it stands
/// in that row's `after`, as `audit`. Each pair is the first and the last of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Those of which [`Who`] was erased.
    pub who: Vec<(u64, u64)>,
    /// Those of which [`What`] was erased.
    pub what: Vec<(u64, u64)>,
}

impl Link {
    /// The same row in the place after an end, with its hash.
    #[must_use]
    pub fn after(mut self, tenant: Uuid, end: Head) -> Self {
        self.seq = end.seq.saturating_add(1);
        self.hash = self.expected_hash(tenant, &end.hash);
        self
    }

    /// The end of the chain with this link as its last one.
    pub fn head(&self) -> Head {
        Head {
            seq: self.seq,
            hash: self.hash,
        }
    }
}

impl Head {
    /// The head of a chain without a link.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: START,
    };
}

impl Erasure {
    /// What a link says was erased; none where it says nothing of the kind.
    pub fn of(link: &Link) -> Option<Self> {
        match &link.what {
            What::Kept {
                after: Some(after), ..
            } if link.action == ERASED => serde_json::from_value(after.get("audit")?.clone()).ok(),
            _ => None,
        }
    }

    /// Runs of places, from places in rising order.
    pub fn runs(places: impl IntoIterator<Item = u64>) -> Vec<(u64, u64)> {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        for place in places {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == place => *last = place,
                _ => runs.push((place, place)),
            }
        }
        runs
    }
}
