//! How far an import has come while it is applied. What was written so far is seen by
//! nobody else until the end: only these two numbers are.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Shared by the one who works and those who look.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    /// What is to be written in all, once it is known.
    pub(super) fn expect(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// So much more is written.
    pub(super) fn add(&self, count: usize) {
        self.done.fetch_add(count, Ordering::Relaxed);
    }

    /// How much of how much is written; `(0, 0)` while the file is still read.
    pub fn seen(&self) -> (usize, usize) {
        let total = self.total.load(Ordering::Relaxed);
        (self.done.load(Ordering::Relaxed).min(total), total)
    }
}
