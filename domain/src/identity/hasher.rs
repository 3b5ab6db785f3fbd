//! How passwords are kept: argon2id, away from the threads that answer requests,
//! and only a few at once, as each takes much memory and time.

use super::Password;
use crate::context::fill_random;
use crate::kernel::{Code, Problem, Result};
use argon2::password_hash::{self, phc};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most hashes that are computed at once: the server's memory under load depends on it.
const PARALLEL_MAX: usize = 2;
/// How long a request waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Memory of one hash, in KiB (OWASP's Password Storage Cheat Sheet: 19 MiB, 2, 1).
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes of one hash.
const LANES: u32 = 1;
/// What stands for the salt where there is no account.
const NO_SALT: [u8; 16] = [0; 16];

/// A password as it is kept: a PHC string with algorithm, costs, salt and hash.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn stored(phc: String) -> Self {
        Self(phc)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({})", super::HIDDEN)
    }
}

/// Computes the hashes of passwords. One for the whole process; cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    computed: Arc<AtomicU64>,
    wait: Duration,
    costs: (u32, u32, u32),
}

/// The right to compute one hash.
pub(super) struct Turn {
    permit: OwnedSemaphorePermit,
    computed: Arc<AtomicU64>,
    costs: (u32, u32, u32),
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// The hasher of a server.
    pub fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(PARALLEL_MAX)),
            computed: Arc::default(),
            wait: WAIT_MAX,
            costs: (MEMORY_KIB, PASSES, LANES),
        }
    }

    /// A hasher that costs next to nothing and gives up soon: for tests.
    #[cfg(any(test, feature = "testing"))]
    pub fn cheap() -> Self {
        Self {
            wait: Duration::from_millis(100),
            costs: (64, 1, 1),
            ..Self::new()
        }
    }

    /// How many hashes were computed since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`Code::Busy`] where too many are computed already.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash> {
        let mut salt = [0; 16];
        fill_random(&mut salt)?;
        let password = password.clone();
        self.turn()
            .await?
            .run(move |argon2| {
                let hash: phc::PasswordHash =
                    argon2.hash_password_with_salt(password.as_bytes(), &salt)?;
                Ok(PasswordHash(hash.to_string()))
            })
            .await
    }

    /// Waits for the right to compute a hash.
    pub(super) async fn turn(&self) -> Result<Turn> {
        let waiting = Arc::clone(&self.turns).acquire_owned();
        let permit = tokio::time::timeout(self.wait, waiting)
            .await
            .map_err(|_| Problem::new(Code::Busy))?
            .map_err(Problem::internal)?;
        Ok(Turn {
            permit,
            computed: Arc::clone(&self.computed),
            costs: self.costs,
        })
    }
}

impl Turn {
    /// Whether a password is the one that was kept. Where none was kept, the same
    /// work is done and the answer is no.
    pub(super) async fn verify(
        self,
        password: Password,
        kept: Option<PasswordHash>,
    ) -> Result<bool> {
        self.run(move |argon2| {
            let Some(kept) = kept else {
                let _: phc::PasswordHash =
                    argon2.hash_password_with_salt(password.as_bytes(), &NO_SALT)?;
                return Ok(false);
            };
            let kept = phc::PasswordHash::new(kept.as_str())?;
            match argon2.verify_password(password.as_bytes(), &kept) {
                Ok(()) => Ok(true),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Argon2<'_>) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (memory, passes, lanes) = self.costs;
        let params = Params::new(memory, passes, lanes, None)
            .map_err(|e| Problem::internal(e.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let Self {
            permit, computed, ..
        } = self;
        tokio::task::spawn_blocking(move || {
            // Held to the end of the work, also where the request was given up.
            let _permit = permit;
            computed.fetch_add(1, Ordering::Relaxed);
            work(&argon2)
        })
        .await
        .map_err(Problem::internal)?
        .map_err(|e| Problem::internal(e.to_string()))
    }
}
