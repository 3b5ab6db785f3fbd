//! What is hashed, byte by byte. Each part is led by its length (eight bytes, big-endian),
//! so that no two rows give the same bytes. JSON is written with its keys sorted and without
//! spaces, because one engine keeps an object's text and the other its meaning.

use crate::{Hash, Link, Salt, What, Who};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const WHO: &[u8] = b"equipage audit who 1";
const WHAT: &[u8] = b"equipage audit what 1";
const LINK: &[u8] = b"equipage audit link 1";

/// Parts, each led by its length.
pub(crate) struct Parts(Sha256);

impl Parts {
    pub(crate) fn new(purpose: &[u8]) -> Self {
        Self(Sha256::new()).bytes(purpose)
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        // No machine has more bytes than 64 bits count.
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    /// A part that may be missing: then it has no length either.
    fn maybe(mut self, bytes: Option<&[u8]>) -> Self {
        self.0.update([u8::from(bytes.is_some())]);
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => self,
        }
    }

    pub(crate) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn instant(self, at: DateTime<Utc>) -> Self {
        self.bytes(&at.timestamp().to_be_bytes())
            .bytes(&at.timestamp_subsec_nanos().to_be_bytes())
    }

    pub(crate) fn finish(self) -> Hash {
        self.0.finalize().into()
    }
}

impl Who {
    /// What enters the hash.
    pub fn digest(&self) -> Hash {
        match self {
            Self::Erased { digest } => *digest,
            Self::Kept {
                salt,
                name,
                address,
            } => salted(WHO, salt)
                .bytes(name.as_bytes())
                .bytes(address.as_bytes())
                .finish(),
        }
    }
}

impl What {
    /// What enters the hash.
    pub fn digest(&self) -> Hash {
        match self {
            Self::Erased { digest } => *digest,
            Self::Kept {
                salt,
                label,
                before,
                after,
            } => {
                let (before, after) = (before.as_ref().map(json), after.as_ref().map(json));
                salted(WHAT, salt)
                    .bytes(label.as_bytes())
                    .maybe(before.as_deref())
                    .maybe(after.as_deref())
                    .finish()
            }
        }
    }
}

fn salted(purpose: &[u8], salt: &Salt) -> Parts {
    Parts::new(purpose).bytes(salt)
}

impl Link {
    /// The hash that the link should have, in this tenant's chain and after that hash.
    pub fn expected_hash(&self, tenant: Uuid, previous: &Hash) -> Hash {
        Parts::new(LINK)
            .bytes(tenant.as_bytes())
            .bytes(previous)
            .number(self.seq)
            .bytes(self.id.as_bytes())
            .instant(self.at)
            .maybe(self.actor.as_ref().map(|id| id.as_bytes().as_slice()))
            .bytes(self.via.as_bytes())
            .bytes(self.action.as_bytes())
            .bytes(self.kind.as_bytes())
            .bytes(self.object.as_bytes())
            .bytes(&self.who.digest())
            .bytes(&self.what.digest())
            .finish()
    }
}

/// JSON with sorted keys and without spaces.
fn json(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| key.as_str());
            out.push(b'{');
            for (n, (key, item)) in sorted.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                out.extend(Value::from(key.as_str()).to_string().bytes());
                out.push(b':');
                write(item, out);
            }
            out.push(b'}');
        }
        // Without parts of its own: one way to write it.
        plain => out.extend(plain.to_string().bytes()),
    }
}
