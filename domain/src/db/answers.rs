//! Answers that stay true until somebody changes something: counts above all, which would
//! otherwise be counted anew for every page. An answer is kept with the version of the
//! tenant's data that it was read from, and holds only for a transaction that reads that very
//! version: a change by anybody, also by another process, is seen at once.

use crate::kernel::TenantId;
use sha2::{Digest, Sha256};
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most answers that are kept, over all tenants; the one not asked for longest goes.
pub(super) const ANSWERS_MAX: usize = 2048;

/// The longest question that is kept as it is; a longer one is known by its digest.
const QUESTION_MAX: usize = 300;

type Key = (TenantId, String);

/// What a question's answer is found by.
fn key(tenant: TenantId, question: String) -> Key {
    match question.len() {
        0..=QUESTION_MAX => (tenant, question),
        _ => (tenant, hex::encode(Sha256::digest(question.as_bytes()))),
    }
}
type Value = Arc<dyn Any + Send + Sync>;

/// What is kept. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Answers(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    answers: HashMap<Key, Answer>,
    uses: u64,
}

struct Answer {
    version: String,
    value: Value,
    used: u64,
}

impl Answers {
    /// The answer to a question, where it was read from this version.
    pub(super) fn get<T: Clone + 'static>(
        &self,
        tenant: TenantId,
        question: &str,
        version: &str,
    ) -> Option<T> {
        let mut kept = self.lock();
        kept.uses += 1;
        let now = kept.uses;
        let answer = kept.answers.get_mut(&key(tenant, question.to_owned()))?;
        if answer.version != version {
            return None;
        }
        answer.used = now;
        answer.value.downcast_ref::<T>().cloned()
    }

    /// Keeps an answer.
    pub(super) fn keep<T: Send + Sync + 'static>(
        &self,
        tenant: TenantId,
        question: String,
        version: String,
        value: T,
    ) {
        let mut kept = self.lock();
        kept.uses += 1;
        let answer = Answer {
            version,
            value: Arc::new(value),
            used: kept.uses,
        };
        kept.answers.insert(key(tenant, question), answer);
        if kept.answers.len() > ANSWERS_MAX {
            let oldest = kept.answers.iter().min_by_key(|(_, a)| a.used);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                kept.answers.remove(&key);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().answers.len()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // A panic cannot leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_answer_holds_for_its_own_version_and_tenant_only() {
        let answers = Answers::default();
        let (one, other) = (TenantId(Uuid::now_v7()), TenantId(Uuid::now_v7()));
        answers.keep(one, "count".into(), "1".into(), 7_i64);
        assert_eq!(answers.get::<i64>(one, "count", "1"), Some(7));
        assert_eq!(answers.get::<i64>(one, "count", "2"), None);
        assert_eq!(answers.get::<i64>(other, "count", "1"), None);
        assert_eq!(answers.get::<i64>(one, "sum", "1"), None);
        assert_eq!(answers.get::<String>(one, "count", "1"), None);
    }

    #[test]
    fn the_answer_to_a_long_question_is_kept_too_and_is_not_anothers() {
        let answers = Answers::default();
        let tenant = TenantId(Uuid::now_v7());
        // As the lists of somebody with many types ask.
        let long = |last: &str| "type, ".repeat(QUESTION_MAX) + last;
        answers.keep(tenant, long("a"), "1".into(), 7_i64);
        assert_eq!(answers.get::<i64>(tenant, &long("a"), "1"), Some(7));
        assert_eq!(answers.get::<i64>(tenant, &long("b"), "1"), None);
    }

    #[test]
    fn what_was_not_asked_for_longest_goes_first() {
        let answers = Answers::default();
        let tenant = TenantId(Uuid::now_v7());
        for n in 0..ANSWERS_MAX + 10 {
            answers.keep(tenant, format!("q{n}"), String::new(), n);
            assert_eq!(answers.get::<usize>(tenant, "q0", ""), Some(0));
        }
        assert_eq!(answers.len(), ANSWERS_MAX);
        assert_eq!(answers.get::<usize>(tenant, "q1", ""), None);
    }
}
