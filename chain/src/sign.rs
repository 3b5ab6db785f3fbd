//! Checkpoints: a chain's head at a time, signed (Ed25519, RFC 8032). Kept elsewhere, one
//! shows that a chain was cut or written anew, which the chain alone cannot show.

use crate::canonical::Parts;
use crate::{Hash, Head};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const CHECKPOINT: &[u8] = b"equipage audit checkpoint 1";
/// The most keys of one file.
const KEYS_MAX: usize = 16;
/// The longest name of a key.
const KEY_NAME_MAX: usize = 40;

/// A head, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Whose chain it is.
    pub tenant: Uuid,
    /// How many links there were.
    pub seq: u64,
    /// The last one's hash.
    #[serde(with = "hex::serde")]
    pub hash: Hash,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// The name of the key.
    pub key: String,
    /// The signature.
    #[serde(with = "hex::serde")]
    pub signature: [u8; 64],
}

/// What signs: the first key of a file of secret ones, `NAME:64 hexadecimal digits` a line. The
/// others signed before.
pub struct Signer {
    name: String,
    key: SigningKey,
    public: PublicKeys,
}

/// Who signs is told, never with what.
impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.name).finish()
    }
}

/// What signatures are checked with: public keys, `NAME:64 hexadecimal digits` a line.
#[derive(Clone, Debug, Default)]
pub struct PublicKeys(Vec<(String, VerifyingKey)>);

/// What is wrong with a file of keys; never what a line holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// This line (the first is 1) is not a key.
    NotAKey(usize),
    /// Two keys have one name.
    SameName(usize),
    /// There are too many.
    TooMany,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAKey(line) => {
                write!(
                    f,
                    "line {line}: not a key (NAME:64 hexadecimal digits is one)"
                )
            }
            Self::SameName(line) => write!(f, "line {line}: two keys have one name"),
            Self::TooMany => f.write_str("too many keys"),
        }
    }
}

fn read_keys(text: &str) -> Result<Vec<(String, Hash)>, KeyError> {
    let mut keys: Vec<(String, Hash)> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = KeyError::NotAKey(n + 1);
        let (name, digits) = line.split_once(':').ok_or(wrong)?;
        let name = name.trim();
        let of_a_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || name.len() > KEY_NAME_MAX || !name.bytes().all(of_a_name) {
            return Err(wrong);
        }
        let mut key = Hash::default();
        hex::decode_to_slice(digits.trim(), &mut key).map_err(|_| wrong)?;
        if keys.iter().any(|(other, _)| other == name) {
            return Err(KeyError::SameName(n + 1));
        }
        if keys.len() == KEYS_MAX {
            return Err(KeyError::TooMany);
        }
        keys.push((name.to_owned(), key));
    }
    Ok(keys)
}

impl Signer {
    /// Reads a file of secret keys: the first one signs. None where there is none.
    ///
    /// # Errors
    /// What is wrong in which line.
    pub fn parse(text: &str) -> Result<Option<Self>, KeyError> {
        let keys = read_keys(text)?.into_iter();
        let keys: Vec<_> = keys
            .map(|(name, key)| (name, SigningKey::from_bytes(&key)))
            .collect();
        let public = keys
            .iter()
            .map(|(name, key)| (name.clone(), key.verifying_key()));
        let public = PublicKeys(public.collect());
        let first = keys.into_iter().next();
        Ok(first.map(|(name, key)| Self { name, key, public }))
    }

    /// What its signatures are checked with, and those of the keys before it.
    pub fn public_keys(&self) -> &PublicKeys {
        &self.public
    }

    /// Signs a head.
    pub fn sign(&self, tenant: Uuid, head: Head, at: DateTime<Utc>) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            tenant,
            seq: head.seq,
            hash: head.hash,
            at,
            key: self.name.clone(),
            signature: [0; 64],
        };
        checkpoint.signature = self.key.sign(&checkpoint.signed()).to_bytes();
        checkpoint
    }
}

impl PublicKeys {
    /// Reads a file of public keys.
    ///
    /// # Errors
    /// What is wrong in which line.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let keys = read_keys(text)?.into_iter().enumerate();
        keys.map(|(n, (name, key))| {
            let key = VerifyingKey::from_bytes(&key).map_err(|_| KeyError::NotAKey(n + 1))?;
            Ok((name, key))
        })
        .collect::<Result<_, _>>()
        .map(Self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys as lines of a file.
    pub fn lines(&self) -> String {
        let line = |(name, key): &(String, VerifyingKey)| {
            format!("{name}:{}\n", hex::encode(key.as_bytes()))
        };
        self.0.iter().map(line).collect()
    }
}

impl Checkpoint {
    /// Whether one of these keys signed it.
    pub fn is_signed_by(&self, keys: &PublicKeys) -> bool {
        let signature = Signature::from_bytes(&self.signature);
        keys.0.iter().any(|(name, key)| {
            *name == self.key && key.verify_strict(&self.signed(), &signature).is_ok()
        })
    }

    fn signed(&self) -> Hash {
        Parts::new(CHECKPOINT)
            .bytes(self.tenant.as_bytes())
            .number(self.seq)
            .bytes(&self.hash)
            .instant(self.at)
            .bytes(self.key.as_bytes())
            .finish()
    }
}
