//! [`Cx`]: what every use-case is given. The tenant, who acts, what time it is,
//! and the transaction. Time, ids and randomness come from here, so that a test
//! can be repeated.

use crate::access::Actor;
use crate::audit;
use crate::db::Tx;
use crate::kernel::{Code, Day, Problem, Result, Right, TenantId};
use crate::plugins::events::{self, Told};
use chrono::{DateTime, NaiveTime, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

/// The time, and where randomness comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock and its random numbers.
    System,
    /// A fixed instant, for tests.
    At(DateTime<Utc>),
}

impl Clock {
    /// Now, in whole microseconds: what both engines keep.
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::At(instant) => instant.trunc_subsecs(6),
        }
    }
}

/// What a use-case is given.
pub struct Cx {
    /// Whose data this is.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub now: DateTime<Utc>,
    /// The tenant's time zone: what "today" means.
    pub zone: Tz,
    /// The transaction.
    pub tx: Tx,
    audited: audit::Pending,
    touched: Vec<(&'static str, Uuid)>,
    told: Told,
}

impl Cx {
    /// A context over an open transaction.
    pub fn new(tenant: TenantId, actor: Actor, now: DateTime<Utc>, zone: Tz, tx: Tx) -> Self {
        Self {
            tenant,
            actor,
            now,
            zone,
            tx,
            audited: audit::Pending::default(),
            touched: Vec::new(),
            told: Told::Nobody,
        }
    }

    /// Refuses where a right is missing. The first line of every use-case.
    ///
    /// # Errors
    /// [`Code::SignInNeeded`] for nobody, [`Code::Forbidden`] for the others.
    #[track_caller]
    pub fn require(&self, right: Right) -> Result<()> {
        if self.actor.person.is_none() && !self.actor.rights.is_crew() {
            return Err(Problem::new(Code::SignInNeeded));
        }
        self.actor.rights.require(right)
    }

    /// Refuses those who are in no crew. Reading members and payments needs this.
    ///
    /// # Errors
    /// [`Code::SignInNeeded`] for nobody, [`Code::NotFound`] for members.
    #[track_caller]
    pub fn require_crew(&self) -> Result<()> {
        if self.actor.rights.is_crew() {
            return Ok(());
        }
        let code = if self.actor.person.is_none() {
            Code::SignInNeeded
        } else {
            Code::NotFound
        };
        Err(Problem::new(code))
    }

    /// Today, where the tenant lives.
    pub fn today(&self) -> Day {
        self.now.with_timezone(&self.zone).date_naive()
    }

    /// The instant at which a day begins where the tenant lives. Where the clocks are put
    /// forward at midnight, that is an hour later.
    pub fn start_of(&self, day: Day) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        let begins = |at| self.zone.from_local_datetime(&at).earliest();
        begins(midnight)
            .or_else(|| begins(midnight + TimeDelta::hours(1)))
            .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
    }

    /// A new id (UUIDv7).
    ///
    /// # Errors
    /// [`Code::Internal`] where the system has no randomness.
    pub fn new_id<T: From<Uuid>>(&self) -> Result<T> {
        new_id(self.now)
    }

    /// An answer that costs much to find and stays the same until somebody changes something:
    /// found once, then remembered until the tenant's data changes. The question names it
    /// with all that the answer depends on beside the data: today, a filter, a person.
    ///
    /// # Errors
    /// Those of finding it.
    pub async fn remember<T: Clone + Send + Sync + 'static>(
        &mut self,
        question: String,
        find: impl AsyncFnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if let Some(known) = self.tx.remembered(&question).await? {
            return Ok(known);
        }
        let found = find(self).await?;
        self.tx.remember(question, found.clone());
        Ok(found)
    }

    /// The audit's rows of this transaction: written by [`Cx::commit`], which commits no
    /// change without one.
    pub(crate) fn audited(&mut self) -> &mut audit::Pending {
        &mut self.audited
    }

    /// An object that plugins hear of beside those that the audit names, by the audit's word for its kind: where
    /// what is audited is gone, and nothing else says whose it was.
    pub(crate) fn touch(&mut self, kind: &'static str, id: Uuid) {
        self.touched.push((kind, id));
    }

    /// Plugins have something to do that is written down already.
    pub(crate) fn tell_plugins(&mut self) {
        self.told = Told::Plugins;
    }

    /// Ends the transaction and keeps what was done. A change without an audit
    /// row is not kept: that is a mistake of ours, and is said as one. The audit's rows are
    /// written last, because who writes them has the end of its chain until the commit.
    ///
    /// # Errors
    /// [`Code::Internal`] where nothing was audited, and the database's own.
    pub async fn commit(mut self) -> Result<()> {
        let audited = std::mem::take(&mut self.audited);
        if audited.is_empty() && self.tx.has_written() {
            return Err(Problem::internal(
                "a change without an audit row is not committed",
            ));
        }
        let touched = std::mem::take(&mut self.touched);
        let changed = audited.objects().chain(touched);
        let told = events::emit(&mut self.tx, self.tenant, self.now, changed).await?;
        audited.write(&mut self.tx, self.tenant).await?;
        match told.or(self.told) {
            Told::Plugins => self.tx.commit_and_tell(self.tenant, self.now).await,
            Told::Nobody => self.tx.commit().await,
        }
    }
}

/// A new id (UUIDv7) of what happens at an instant.
///
/// # Errors
/// [`Code::Internal`] where the system has no randomness.
pub(crate) fn new_id<T: From<Uuid>>(now: DateTime<Utc>) -> Result<T> {
    let mut random = [0_u8; 10];
    fill_random(&mut random)?;
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random)
        .into_uuid()
        .into())
}

/// Fills a buffer with the system's randomness.
///
/// # Errors
/// [`Code::Internal`] where there is none.
pub fn fill_random(buffer: &mut [u8]) -> Result<()> {
    getrandom::fill(buffer).map_err(|e| Problem::internal(e.to_string()))
}
