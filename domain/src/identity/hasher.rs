//! How passwords are kept: argon2id, away from the threads that answer requests,
//! and only a few at once, as each takes much memory and time.

use super::Password;
use crate::context::fill_random;
use crate::kernel::{Code, Problem, Result};
use argon2::password_hash::{self, phc};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Of so many processors one computes hashes, however many people sign in: the others answer
/// pages, and the server's memory under load depends on it.
const PROCESSORS_EACH: usize = 2;
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
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn stored(phc: String) -> Self {
        Self(phc)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({})", super::HIDDEN)
    }
}

/// What a hash is computed in. It is used again: memory of that size, taken and given back for
/// each hash, is kept by the allocator and cut up.
type Memory = Vec<Block>;

/// Computes the hashes of passwords. One for the whole process; cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    /// One for each turn that was ever taken at the same time.
    unused: Arc<Mutex<Vec<Memory>>>,
    computed: Arc<AtomicU64>,
    wait: Duration,
    costs: (u32, u32, u32),
}

/// The right to compute one hash.
pub(crate) struct Turn {
    permit: OwnedSemaphorePermit,
    unused: Arc<Mutex<Vec<Memory>>>,
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
            turns: Arc::new(Semaphore::new(parallel_max())),
            unused: Arc::default(),
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

    /// Two that compute in the same memory, in turns.
    #[cfg(test)]
    pub(super) fn sharing_memory_with(self, other: Self) -> (Self, Self) {
        let unused = Arc::clone(&self.unused);
        (self, Self { unused, ..other })
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
            .run(move |argon2, memory| {
                let hash = compute(argon2, password.as_bytes(), &salt, memory)?;
                Ok(PasswordHash(hash.to_string()))
            })
            .await
    }

    /// Waits for the right to compute a hash.
    pub(crate) async fn turn(&self) -> Result<Turn> {
        let waiting = Arc::clone(&self.turns).acquire_owned();
        let permit = tokio::time::timeout(self.wait, waiting)
            .await
            .map_err(|_| Problem::new(Code::Busy))?
            .map_err(Problem::internal)?;
        Ok(Turn {
            permit,
            unused: Arc::clone(&self.unused),
            computed: Arc::clone(&self.computed),
            costs: self.costs,
        })
    }
}

impl Turn {
    /// Whether a password is the one that was kept. Where none was kept, the same
    /// work is done and the answer is no.
    pub(crate) async fn verify(
        self,
        password: Password,
        kept: Option<PasswordHash>,
    ) -> Result<bool> {
        self.run(move |argon2, memory| match kept {
            None => compute(argon2, password.as_bytes(), &NO_SALT, memory).map(|_| false),
            Some(kept) => is_right(password.as_bytes(), kept.as_str(), memory),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Argon2<'_>, &mut Memory) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (memory, passes, lanes) = self.costs;
        let params = Params::new(memory, passes, lanes, None)
            .map_err(|e| Problem::internal(e.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let Self {
            permit,
            unused,
            computed,
            ..
        } = self;
        tokio::task::spawn_blocking(move || {
            // Held to the end of the work, also where the request was given up.
            let _permit = permit;
            computed.fetch_add(1, Ordering::Relaxed);
            // Where somebody panicked while they held the lock, the memory is as good as before.
            let taken = unused.lock().unwrap_or_else(|e| e.into_inner()).pop();
            let mut memory = taken.unwrap_or_default();
            let done = work(&argon2, &mut memory);
            unused
                .lock()
                .unwrap_or_else(|e| e.into_inner())
                .push(memory);
            done
        })
        .await
        .map_err(Problem::internal)?
        .map_err(|e| Problem::internal(e.to_string()))
    }
}

/// The hash of a password, with everything that one needs to compute it again.
fn compute(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    memory: &mut Memory,
) -> password_hash::Result<phc::PasswordHash> {
    let needed = argon2.params().block_count();
    if memory.len() < needed {
        memory.resize(needed, Block::default());
    }
    let length = argon2.params().output_len();
    let mut out = vec![0; length.unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let memory = memory.get_mut(..needed).unwrap_or_default();
    argon2.hash_password_into_with_memory(password, salt, &mut out, memory)?;
    Ok(phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: phc::ParamsString::try_from(argon2.params())?,
        salt: Some(phc::Salt::new(salt)?),
        hash: Some(phc::Output::new(&out)?),
    })
}

/// Whether a password has a hash, which was computed at the costs that stand in it.
fn is_right(password: &[u8], kept: &str, memory: &mut Memory) -> password_hash::Result<bool> {
    let kept = phc::PasswordHash::new(kept)?;
    let Some(salt) = &kept.salt else {
        return Ok(false);
    };
    let params = Params::try_from(&kept)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The comparison takes the same time wherever they differ (`phc::Output`). All of it counts:
    // what was made by another algorithm is not right.
    let computed = compute(&argon2, password, salt, memory)?;
    let is_same = (computed.algorithm, computed.version) == (kept.algorithm, kept.version);
    Ok(is_same && computed.hash.is_some() && computed.hash == kept.hash)
}

/// The most hashes that are computed at once.
fn parallel_max() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
    processors.div_ceil(PROCESSORS_EACH)
}
