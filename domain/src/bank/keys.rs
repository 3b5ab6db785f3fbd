//! The keys with which numbers of accounts are sealed and found. They come from the
//! configuration and are never in the database. Not for passwords or sessions: those are
//! hashed, nobody needs them back.

use crate::context::fill_random;
use crate::kernel::{BankAccountId, Code, PluginId, Problem, Result, TenantId};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How many bytes a key has.
const KEY_BYTES: usize = 32;
/// How many bytes a nonce has: enough that random ones never meet.
const NONCE_BYTES: usize = 24;
/// The most keys at once.
const KEYS_MAX: usize = 16;

/// One key: what is made of it seals, and finds.
struct Key {
    id: String,
    seals: [u8; KEY_BYTES],
    finds: [u8; KEY_BYTES],
}

/// The keys that there are: the first one seals, all of them open.
#[derive(Default)]
pub struct Keys(Vec<Key>);

/// What is sealed is told, never with what.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.0.iter().map(|key| key.id.as_str()).collect();
        f.debug_tuple("Keys").field(&ids).finish()
    }
}

/// A number as it is kept.
pub(super) struct Sealed {
    pub bytes: Vec<u8>,
    pub found_by: Vec<u8>,
    pub key_id: String,
}

impl Keys {
    /// Reads keys: one a line, `NAME:64 hexadecimal digits`, the one in use first. Empty
    /// lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// What is wrong in which line; never what the line holds.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut keys: Vec<Key> = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| format!("line {}: {what}", n + 1);
            let key = line
                .split_once(':')
                .and_then(|(id, digits)| Key::read(id.trim(), digits.trim()));
            let key = key.ok_or_else(|| {
                wrong("not a key; `equipage secrets new` prints one: NAME:64 hexadecimal digits")
            })?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(wrong("two keys have one name"));
            }
            if keys.len() == KEYS_MAX {
                return Err(wrong("too many keys"));
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// A new key, as a line of the file.
    ///
    /// # Errors
    /// [`Code::Internal`] where the system has no randomness.
    pub fn new_line(name: &str) -> Result<String> {
        let mut bytes = [0_u8; KEY_BYTES];
        fill_random(&mut bytes)?;
        let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        Ok(format!("{name}:{digits}"))
    }

    /// Whether there is none: then no account can be entered or read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the key that seals.
    pub(crate) fn current(&self) -> Result<&str> {
        Ok(&self.first()?.id)
    }

    fn first(&self) -> Result<&Key> {
        let missing = || Problem::new(Code::BankKeyMissing);
        self.0.first().ok_or_else(missing)
    }

    /// Seals a number for one account of one tenant: moved anywhere else, it does not open.
    pub(super) fn seal(
        &self,
        tenant: TenantId,
        account: BankAccountId,
        iban: &str,
    ) -> Result<Sealed> {
        let (bytes, key_id) = self.seal_text(Place::Account(tenant, account), iban)?;
        Ok(Sealed {
            bytes,
            found_by: self.first()?.found_by(tenant, iban)?,
            key_id,
        })
    }

    /// Opens what was sealed for one account.
    pub(super) fn open(
        &self,
        tenant: TenantId,
        account: BankAccountId,
        key_id: &str,
        sealed: &[u8],
    ) -> Result<String> {
        self.open_text(Place::Account(tenant, account), key_id, sealed)
    }

    /// Seals a text for one place; with the name of the key that opens it.
    pub(crate) fn seal_text(&self, place: Place, text: &str) -> Result<(Vec<u8>, String)> {
        let key = self.first()?;
        let mut nonce = [0_u8; NONCE_BYTES];
        fill_random(&mut nonce)?;
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &place.bytes(),
        };
        let sealed = key.cipher()?.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Problem::internal("a text that cannot be sealed"))?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok((bytes, key.id.clone()))
    }

    /// Opens what was sealed for one place.
    pub(crate) fn open_text(&self, place: Place, key_id: &str, sealed: &[u8]) -> Result<String> {
        let key = self.0.iter().find(|key| key.id == key_id);
        let key = key.ok_or_else(|| Problem::new(Code::BankKeyMissing))?;
        let broken = || Problem::internal("a sealed text that does not open");
        let (nonce, bytes) = sealed.split_first_chunk().ok_or_else(broken)?;
        let nonce: &[u8; NONCE_BYTES] = nonce;
        let payload = Payload {
            msg: bytes,
            aad: &place.bytes(),
        };
        let opened = key.cipher()?.decrypt(&XNonce::from(*nonce), payload);
        String::from_utf8(opened.map_err(|_| broken())?).map_err(|_| broken())
    }

    /// What a number is found by: with each key that may have sealed it.
    pub(super) fn found_by(&self, tenant: TenantId, iban: &str) -> Result<Vec<Vec<u8>>> {
        self.first()?;
        self.0
            .iter()
            .map(|key| key.found_by(tenant, iban))
            .collect()
    }
}

/// What a sealed text belongs to: sealed with it, and the same when it is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// An account's number.
    Account(TenantId, BankAccountId),
    /// A plugin's secret settings.
    Plugin(TenantId, PluginId),
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let (what, tenant, id) = match self {
            Self::Account(tenant, account) => ("equipage bank account ", tenant, account.0),
            Self::Plugin(tenant, plugin) => ("equipage plugin ", tenant, plugin.0),
        };
        [what.as_bytes(), tenant.0.as_bytes(), id.as_bytes()].concat()
    }
}

impl Key {
    fn read(id: &str, digits: &str) -> Option<Self> {
        let is_name = (1..=40).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !is_name || digits.len() != 2 * KEY_BYTES || !digits.is_ascii() {
            return None;
        }
        let mut bytes = [0_u8; KEY_BYTES];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        Some(Self {
            id: id.to_owned(),
            seals: mac(&bytes, &[b"equipage bank seals"]).ok()?,
            finds: mac(&bytes, &[b"equipage bank finds"]).ok()?,
        })
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305> {
        XChaCha20Poly1305::new_from_slice(&self.seals).map_err(|e| Problem::internal(e.to_string()))
    }

    fn found_by(&self, tenant: TenantId, iban: &str) -> Result<Vec<u8>> {
        Ok(mac(&self.finds, &[tenant.0.as_bytes(), iban.as_bytes()])?.to_vec())
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<[u8; KEY_BYTES]> {
    let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key);
    let mut mac = mac.map_err(|e| Problem::internal(e.to_string()))?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().into())
}
