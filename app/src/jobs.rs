//! Work that may outlive its request: applying an import, and undoing one. It goes on
//! when the browser goes away; whoever comes back sees how far it is. It is one
//! transaction: if the server is killed meanwhile, nothing of it was ever written.
//!
//! One piece of work per organisation at a time. What runs is known to this process
//! only; between processes, the database makes the second wait for the first.

use domain::import::Progress;
use domain::kernel::problem::Class;
use domain::kernel::{Code, ImportId, Problem, TenantId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// How long a request waits for its work before it answers that it runs.
const PATIENCE: Duration = Duration::from_millis(800);

/// What is done with an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is applied.
    Apply,
    /// It is undone.
    Undo,
}

/// A piece of work.
#[derive(Clone, Debug)]
pub struct Job {
    /// On which import.
    pub import: ImportId,
    /// What.
    pub what: What,
    /// How far it is.
    pub progress: Arc<Progress>,
}

/// The work of the whole server. Cheap to clone.
#[derive(Clone, Default)]
pub struct Jobs(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    ended: Notify,
}

#[derive(Default)]
struct State {
    running: HashMap<TenantId, Job>,
    /// Why the last one failed, where nobody waited for it any more.
    failed: HashMap<TenantId, (ImportId, Code)>,
}

/// Takes a piece of work from the list when it ends, however it ends.
struct Running {
    jobs: Jobs,
    tenant: TenantId,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.jobs.state().running.remove(&self.tenant);
        self.jobs.0.ended.notify_waiters();
    }
}

impl Jobs {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a piece of work and waits a moment for it. `None`: it still runs, and
    /// [`Jobs::of`] says how far it is. The same work that runs already is not started again.
    ///
    /// # Errors
    /// The work's own, where it ended in time; [`Code::ImportRunning`] where something
    /// else runs.
    pub async fn run<T, W>(&self, tenant: TenantId, job: Job, work: W) -> Result<Option<T>, Problem>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        {
            let mut state = self.state();
            if let Some(other) = state.running.get(&tenant) {
                let same = other.import == job.import && other.what == job.what;
                return if same {
                    Ok(None)
                } else {
                    Err(Problem::new(Code::ImportRunning))
                };
            }
            state.failed.remove(&tenant);
            state.running.insert(tenant, job.clone());
        }
        let running = Running {
            jobs: self.clone(),
            tenant,
        };
        let (told, heard) = oneshot::channel();
        let jobs = self.clone();
        tokio::spawn(async move {
            // Where nobody waits any more, a failure is kept for whoever looks next.
            let outcome = match work.await {
                Err(problem) if told.is_closed() => return jobs.keep(tenant, job.import, problem),
                outcome => outcome,
            };
            // Whoever hears of the end must find it ended.
            drop(running);
            if let Err(Err(problem)) = told.send(outcome) {
                jobs.keep(tenant, job.import, problem);
            }
        });
        match tokio::time::timeout(PATIENCE, heard).await {
            Err(_) => Ok(None),
            Ok(Ok(outcome)) => outcome.map(Some),
            Ok(Err(_)) => Err(Problem::internal("an import's work panicked")),
        }
    }

    fn keep(&self, tenant: TenantId, import: ImportId, problem: Problem) {
        if problem.code.class() == Class::Ours {
            tracing::error!("an import failed: {}", problem.log_line());
        }
        self.state().failed.insert(tenant, (import, problem.code));
    }

    /// What runs on an import.
    pub fn of(&self, tenant: TenantId, import: ImportId) -> Option<Job> {
        let state = self.state();
        let job = state.running.get(&tenant)?;
        (job.import == import).then(|| job.clone())
    }

    /// Why the last work on an import failed, where nobody heard it yet. Said once.
    pub fn take_failure(&self, tenant: TenantId, import: ImportId) -> Option<Code> {
        let mut state = self.state();
        let (failed, _) = state.failed.get(&tenant)?;
        if *failed != import {
            return None;
        }
        state.failed.remove(&tenant).map(|(_, code)| code)
    }

    /// Waits until nothing runs.
    pub async fn idle(&self) {
        loop {
            let ended = self.0.ended.notified();
            if self.state().running.is_empty() {
                return;
            }
            ended.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn job(import: ImportId) -> Job {
        Job {
            import,
            what: What::Apply,
            progress: Arc::default(),
        }
    }

    fn ids() -> (TenantId, ImportId, ImportId) {
        let id = || Uuid::now_v7();
        (TenantId(id()), ImportId(id()), ImportId(id()))
    }

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_and_its_failure_is_said_once() {
        let (jobs, (tenant, import, other)) = (Jobs::default(), ids());
        let (go, gone) = oneshot::channel::<()>();
        let slow = async move {
            let _ = gone.await;
            Err::<(), _>(Problem::new(Code::ImportApplied))
        };
        let answer = jobs.run(tenant, job(import), slow).await;
        assert!(matches!(answer, Ok(None)));
        assert!(jobs.of(tenant, import).is_some());
        assert!(jobs.of(tenant, other).is_none());
        // The same again is not started twice; another one must wait; another tenant need not.
        let never = async || -> Result<(), Problem> { panic!("started twice") };
        assert!(matches!(
            jobs.run(tenant, job(import), never()).await,
            Ok(None)
        ));
        let refused = jobs.run(tenant, job(other), never()).await.unwrap_err();
        assert_eq!(refused.code, Code::ImportRunning);
        let (elsewhere, ..) = ids();
        let quick = async { Ok(7) };
        assert_eq!(
            jobs.run(elsewhere, job(other), quick).await.unwrap(),
            Some(7)
        );
        // Whose work it is counts, not which import: another tenant hears nothing of it.
        assert!(jobs.of(elsewhere, import).is_none());
        go.send(()).unwrap();
        jobs.idle().await;
        assert!(jobs.of(tenant, import).is_none());
        assert_eq!(jobs.take_failure(elsewhere, import), None);
        assert_eq!(jobs.take_failure(tenant, other), None);
        assert_eq!(jobs.take_failure(tenant, import), Some(Code::ImportApplied));
        assert_eq!(jobs.take_failure(tenant, import), None);
    }

    #[tokio::test]
    async fn work_that_panics_does_not_block_the_next() {
        let (jobs, (tenant, import, _)) = (Jobs::default(), ids());
        let broken = async { panic!("as a test wants it") };
        let answer = jobs.run::<(), _>(tenant, job(import), broken).await;
        assert_eq!(answer.unwrap_err().code, Code::Internal);
        jobs.idle().await;
        let quick = async { Ok(1) };
        assert_eq!(jobs.run(tenant, job(import), quick).await.unwrap(), Some(1));
    }
}
