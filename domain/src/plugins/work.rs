//! The worker's side: it looks whose turn it is (`turns`), and works one tenant's turn (`turn`): takes duties,
//! asks the plugins outside of any transaction, and writes down what became of each.
//!
//! A worker that is killed leaves duties that are taken: after [`LEASE`] they are somebody else's. While
//! it lives it says so every [`HEARTBEAT`]. What a plugin does is idempotent, so what was done and not written
//! down is done once more without effect.

use super::extractions::{self, KIND};
pub use super::store::Leased;
use super::store::{Foreign, Left, NewRun};
use super::{
    Action, Call, Class, Drift, Extra, Failure, Gone, Object, ObjectKind, Plugin, Program, Saved,
    Settings, objects, rules, store,
};
use crate::bank::{Keys, Place};
use crate::context::{Clock, fill_random, new_id};
use crate::db::{Db, Turns, Tx, bulk};
use crate::kernel::{Code, DutyId, PluginId, Problem, Result, TenantId};
use crate::portal;
use crate::settings::DEFAULT_ZONE;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a duty that was taken is nobody else's …
pub const LEASE: TimeDelta = TimeDelta::seconds(60);
/// … but for a worker that says that it still works.
pub const HEARTBEAT: Duration = Duration::from_secs(20);
/// The most duties of one turn.
pub const LEASED_MAX: i64 = 64;
/// The most that one tenant's plugins do at a time.
pub const AT_ONCE: usize = 8;

/// The plugins that a server has, by their kinds.
#[derive(Clone, Default)]
pub struct Registry(BTreeMap<&'static str, Arc<dyn Program>>);

impl Registry {
    /// With these.
    pub fn new(programs: Vec<Arc<dyn Program>>) -> Self {
        let named = programs
            .into_iter()
            .map(|one| (one.description().kind, one));
        Self(named.collect())
    }

    /// The one of a kind.
    pub fn get(&self, kind: &str) -> Option<&Arc<dyn Program>> {
        self.0.get(kind)
    }

    /// Those that people set up as plugins, by kind.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Program>> {
        let all = self.0.iter().filter(|(kind, _)| **kind != KIND);
        all.map(|(_, program)| program)
    }

    /// The one that makes files.
    pub fn extractions(&self) -> Option<&Arc<dyn Program>> {
        self.get(KIND)
    }
}

/// What a worker works with.
#[derive(Clone)]
pub struct Tools {
    /// The storage.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The plugins.
    pub registry: Registry,
    /// What opens their secrets.
    pub keys: Arc<Keys>,
}

/// The tenants whose turn it is, each with the time by which its turn ends.
///
/// # Errors
/// The database's own.
pub async fn turns(
    db: &Db,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(TenantId, DateTime<Utc>)>> {
    let mut tx = db.portal_read().await?;
    Turns::Duties.due(&mut tx, now, limit).await
}

/// Says so where a tenant's plugins have something to do that nobody was told of: for the start and each night.
///
/// # Errors
/// The database's own.
pub async fn wake_if_waiting(db: &Db, tenant: TenantId) -> Result<()> {
    let mut tx = db.read(tenant).await?;
    let next = store::next_turn(&mut tx, tenant).await?;
    drop(tx);
    match next {
        Some(next) => db.tell_duties(tenant, next).await,
        None => Ok(()),
    }
}

/// Works a tenant's turn, and ends it: it has another one when the next duty may be taken. How many duties
/// were worked.
///
/// # Errors
/// The database's own. What was taken and not worked is taken again after [`LEASE`].
pub async fn turn(tools: &Tools, tenant: TenantId, seen: DateTime<Utc>) -> Result<usize> {
    let count = work(tools, tenant).await?;
    let mut tx = tools.db.read(tenant).await?;
    let next = store::next_turn(&mut tx, tenant).await?;
    drop(tx);
    let mut tx = tools.db.portal_write().await?;
    Turns::Duties.end(&mut tx, tenant, seen, next).await?;
    tx.commit().await?;
    Ok(count)
}

/// Takes a tenant's duties whose time has come, works them, and writes down what became of
/// each. How many.
///
/// # Errors
/// The database's own.
pub async fn work(tools: &Tools, tenant: TenantId) -> Result<usize> {
    let taken = take(tools, tenant).await?;
    if taken.duties.is_empty() {
        return Ok(0);
    }
    let count = taken.duties.len();
    let taken = &taken;
    let each = |duty: Leased| async move { work_one(tools, tenant, taken, &duty).await };
    let all = stream::iter(taken.duties.clone())
        .map(each)
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<Result<()>>>();
    let beats = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            // Where it fails, others may do the same at the same time: that is what `once` is for.
            let _ = prolong(tools, tenant, taken.lease).await;
        }
    };
    let done = tokio::select! {
        done = all => done,
        () = beats => Vec::new(),
    };
    done.into_iter().collect::<Result<Vec<()>>>()?;
    Ok(count)
}

/// The duties of one turn.
#[derive(Debug)]
pub struct Taken {
    /// By what this worker is known.
    pub lease: Uuid,
    /// The duties.
    pub duties: Vec<Leased>,
    plugins: BTreeMap<PluginId, Plugin>,
    slug: String,
}

/// Takes duties whose time has come: of each object at most one.
///
/// # Errors
/// The database's own.
pub async fn take(tools: &Tools, tenant: TenantId) -> Result<Taken> {
    let now = tools.clock.now();
    let lease: Uuid = new_id(now)?;
    let slug = portal::find_of(&tools.db, tenant).await?;
    let slug = slug.map(|tenant| tenant.slug).unwrap_or_default();
    let mut tx = tools.db.write(tenant).await?;
    by_the_clock(&mut tx, tenant, now).await?;
    let working = store::working(&mut tx, tenant, now).await?;
    let known = store::plugins(&mut tx, tenant).await?;
    let mut duties: Vec<Leased> = Vec::new();
    for (plugin, failures) in working {
        let room = LEASED_MAX - i64::try_from(duties.len()).unwrap_or(LEASED_MAX);
        // One that failed too often is tried with one duty.
        let limit = if failures >= rules::FAILURES_MAX {
            room.min(1)
        } else {
            room
        };
        let due = store::due(&mut tx, tenant, plugin, now, limit).await?;
        let mut objects = BTreeSet::new();
        duties.extend(
            due.into_iter()
                .filter(|duty| objects.insert(duty.object_id)),
        );
    }
    let ids: Vec<DutyId> = duties.iter().map(|duty| duty.id).collect();
    if !ids.is_empty() {
        store::take(&mut tx, tenant, &ids, lease, now + LEASE).await?;
    }
    tx.commit().await?;
    for duty in &mut duties {
        duty.attempts += 1;
    }
    Ok(Taken {
        lease,
        duties,
        plugins: known
            .into_iter()
            .map(|plugin| (plugin.id, plugin))
            .collect(),
        slug,
    })
}

/// The files that are made by the clock, and when each is made again.
async fn by_the_clock(tx: &mut Tx, tenant: TenantId, now: DateTime<Utc>) -> Result<()> {
    for (id, name, schedule, hour) in extractions::store::due(tx, tenant, now).await? {
        let it = [(id.0, name)];
        store::put_saves(tx, tenant, id, ObjectKind::Extraction, &it, now).await?;
        let next = extractions::rules::next(schedule, hour, now, &DEFAULT_ZONE);
        extractions::store::put_next(tx, tenant, id, next).await?;
    }
    Ok(())
}

async fn prolong(tools: &Tools, tenant: TenantId, lease: Uuid) -> Result<()> {
    let mut tx = tools.db.write(tenant).await?;
    store::prolong(&mut tx, tenant, lease, tools.clock.now() + LEASE).await?;
    tx.commit().await
}

async fn work_one(tools: &Tools, tenant: TenantId, taken: &Taken, duty: &Leased) -> Result<()> {
    let outcome = answer(tools, tenant, taken, duty).await?;
    finish(tools, tenant, taken.lease, duty, outcome).await
}

/// What is asked of a plugin, with what it needs to know.
enum Question {
    Save(Object, Option<Value>),
    Delete(Gone),
    Verify(Object, Option<Value>),
    Extras(Vec<Value>),
    /// The object is no more: another duty is about that.
    Nothing,
}

/// What became of a question.
#[derive(Debug)]
pub enum Outcome {
    /// It was saved.
    Saved(Saved),
    /// It is not there any more.
    Deleted,
    /// It was looked at.
    Verified(Vec<Drift>),
    /// What is foreign.
    Extras(Vec<Extra>),
    /// There was nothing to do.
    Nothing,
}

/// Asks the plugin.
async fn answer(
    tools: &Tools,
    tenant: TenantId,
    taken: &Taken,
    duty: &Leased,
) -> Result<Result<Outcome, Failure>> {
    let Some(plugin) = taken.plugins.get(&duty.plugin_id) else {
        return Ok(Ok(Outcome::Nothing));
    };
    let Some(program) = tools.registry.get(&plugin.kind) else {
        let said = format!("this server has no plugin \"{}\"", plugin.kind);
        return Ok(Err(Failure::needs_person(said)));
    };
    if duty.attempts > rules::ATTEMPTS_MAX {
        // It ended every worker that tried.
        return Ok(Err(Failure::permanent(
            "it was begun too often and never ended",
        )));
    }
    let settings = match settings(tools, tenant, plugin).await {
        Ok(settings) => settings,
        Err(problem) if problem.code == Code::BankKeyMissing => {
            let said = "the key that opens its secret settings is missing on this server";
            return Ok(Err(Failure::needs_person(said)));
        }
        Err(problem) => return Err(problem),
    };
    let question = match question(tools, tenant, duty).await {
        Ok(question) => question,
        Err(Problem {
            code: Code::TooMuchToRead { max },
            ..
        }) => {
            let said = format!("there is more to read than {max} of a kind");
            return Ok(Err(Failure::permanent(said)));
        }
        Err(problem) => return Err(problem),
    };
    let call = Call {
        tenant,
        slug: taken.slug.clone(),
        plugin: plugin.id,
        once: once(duty),
        action: duty.action,
        attempt: duty.attempts,
        now: tools.clock.now(),
        settings,
    };
    Ok(ask(program.clone(), call, question).await)
}

/// Names a duty and the change that it is about: the same at each attempt.
fn once(duty: &Leased) -> Uuid {
    let text = format!("{} {}", duty.id, duty.generation);
    digest_id(text.as_bytes())
}

/// An id of what has none of its own.
fn digest_id(bytes: &[u8]) -> Uuid {
    let digest = Sha256::digest(bytes);
    let mut id = [0_u8; 16];
    for (to, from) in id.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

async fn settings(tools: &Tools, tenant: TenantId, plugin: &Plugin) -> Result<Settings> {
    let mut settings = plugin.settings.clone();
    let mut tx = tools.db.read(tenant).await?;
    if let Some((sealed, key)) = store::secrets(&mut tx, tenant, plugin.id).await? {
        let place = Place::Plugin(tenant, plugin.id);
        let text = tools.keys.open_text(place, &key, &sealed)?;
        let secrets: Settings = serde_json::from_str(&text).map_err(Problem::internal)?;
        settings.extend(secrets);
    }
    Ok(settings)
}

async fn question(tools: &Tools, tenant: TenantId, duty: &Leased) -> Result<Question> {
    let now = tools.clock.now();
    let mut tx = tools.db.read(tenant).await?;
    if duty.action == Action::Delete {
        // What was kept last counts: it may have been saved while it was deleted.
        let last = store::kept(&mut tx, tenant, duty.plugin_id, duty.object_id).await?;
        return Ok(Question::Delete(Gone {
            kind: duty.object_kind,
            id: duty.object_id,
            label: duty.label.clone(),
            kept: last.or_else(|| duty.kept.clone().map(|kept| kept.0)),
        }));
    }
    if duty.object_kind == ObjectKind::Foreign {
        return Ok(Question::Extras(
            known(&mut tx, tenant, duty.plugin_id).await?,
        ));
    }
    let today = now.with_timezone(&DEFAULT_ZONE).date_naive();
    let (kind, id) = (duty.object_kind, duty.object_id);
    let object = objects::store::find(&mut tx, tenant, kind, id, (now, today)).await?;
    let Some(object) = object else {
        return Ok(Question::Nothing);
    };
    let kept = store::kept(&mut tx, tenant, duty.plugin_id, id).await?;
    Ok(match duty.action {
        Action::Verify => Question::Verify(object, kept),
        Action::Save | Action::Delete => Question::Save(object, kept),
    })
}

/// Everything that a plugin keeps.
async fn known(tx: &mut Tx, tenant: TenantId, plugin: PluginId) -> Result<Vec<Value>> {
    let limit = i64::try_from(bulk::CHUNK).unwrap_or(i64::MAX);
    let (mut known, mut after) = (Vec::new(), None);
    loop {
        let some = store::kept_after(tx, tenant, plugin, None, after, limit).await?;
        let Some((last, _)) = some.last() else {
            return Ok(known);
        };
        after = Some(*last);
        known.extend(some.into_iter().map(|(_, kept)| kept.0));
    }
}

/// Lets a plugin answer, in a task of its own and for as long as it may take: one that panics or hangs
/// harms nobody.
async fn ask(
    program: Arc<dyn Program>,
    call: Call,
    question: Question,
) -> Result<Outcome, Failure> {
    let limit = program
        .time_limit(&call.settings)
        .min(super::TIME_LIMIT_MAX);
    let mut task = tokio::spawn(async move {
        match question {
            Question::Nothing => Ok(Outcome::Nothing),
            Question::Save(object, kept) => {
                let saved = program.save(&call, &object, kept.as_ref()).await;
                saved.map(Outcome::Saved)
            }
            Question::Delete(gone) => program
                .delete(&call, &gone)
                .await
                .map(|()| Outcome::Deleted),
            Question::Verify(object, kept) => {
                let found = program.verify(&call, &object, kept.as_ref()).await;
                found.map(Outcome::Verified)
            }
            Question::Extras(known) => program.extras(&call, &known).await.map(Outcome::Extras),
        }
    });
    match tokio::time::timeout(limit, &mut task).await {
        Ok(Ok(outcome)) => outcome,
        // What it said while it broke may hold anything: it is in the server's log.
        Ok(Err(_)) => Err(Failure::transient("the plugin broke off")),
        Err(_) => {
            task.abort();
            let seconds = limit.as_secs();
            Err(Failure::transient(format!("no answer within {seconds} s")))
        }
    }
}

/// Writes down what became of a duty. Nothing, where it was taken from this worker meanwhile.
///
/// # Errors
/// The database's own.
pub async fn finish(
    tools: &Tools,
    tenant: TenantId,
    lease: Uuid,
    duty: &Leased,
    outcome: Result<Outcome, Failure>,
) -> Result<()> {
    let now = tools.clock.now();
    let mut tx = tools.db.write(tenant).await?;
    let Some(generation) = store::generation(&mut tx, tenant, duty.id, lease).await? else {
        return Ok(());
    };
    match outcome.and_then(bounded) {
        Err(failure) => failed(&mut tx, tenant, duty, &failure, now).await?,
        Ok(Outcome::Verified(drifts)) if !drifts.is_empty() => {
            let said: Vec<&str> = drifts.iter().map(|drift| drift.said.as_str()).collect();
            let failure = Failure {
                class: Class::Drift,
                error: said.join("; "),
                output: String::new(),
            };
            failed(&mut tx, tenant, duty, &failure, now).await?;
        }
        Ok(outcome) => {
            succeeded(&mut tx, tenant, duty, &outcome, now).await?;
            if generation == duty.generation {
                store::delete_duty(&mut tx, tenant, duty.id).await?;
            } else {
                store::begin_anew(&mut tx, tenant, duty.id, now).await?;
            }
        }
    }
    tx.commit().await
}

/// What a plugin says is bounded: one that floods is told so.
fn bounded(outcome: Outcome) -> Result<Outcome, Failure> {
    match outcome {
        Outcome::Saved(Saved {
            kept: Some(kept), ..
        }) if kept.to_string().len() > rules::KEPT_MAX => Err(Failure::permanent(format!(
            "the plugin wants to keep more than {} bytes about one object",
            rules::KEPT_MAX
        ))),
        Outcome::Verified(mut drifts) => {
            drifts.truncate(rules::DRIFTS_MAX);
            Ok(Outcome::Verified(drifts))
        }
        outcome => Ok(outcome),
    }
}

async fn succeeded(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut output = "";
    match outcome {
        Outcome::Saved(saved) => {
            output = &saved.output;
            match &saved.kept {
                Some(kept) => store::put_kept(tx, tenant, duty, kept, now).await?,
                None => store::delete_kept(tx, tenant, duty).await?,
            }
            store::delete_drift(tx, tenant, duty).await?;
        }
        Outcome::Deleted => store::delete_kept(tx, tenant, duty).await?,
        Outcome::Extras(extras) => foreign(tx, tenant, duty, extras, now).await?,
        Outcome::Verified(_) | Outcome::Nothing => {}
    }
    store::forgive(tx, tenant, duty.plugin_id).await?;
    if let Some(number) = duty.number {
        note(tx, tenant, duty, (number, "succeeded", "", output), now).await?;
    }
    Ok(())
}

/// A row of the journal for each foreign thing; those that are not there any more go.
async fn foreign(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
    extras: &[Extra],
    now: DateTime<Utc>,
) -> Result<()> {
    let object_of =
        |extra: &Extra| digest_id(format!("{} {}", duty.plugin_id, extra.name).as_bytes());
    let all: Vec<Uuid> = extras.iter().map(object_of).collect();
    store::delete_foreign(tx, tenant, duty.plugin_id, &all).await?;
    for (extra, object) in extras.iter().zip(all).take(rules::EXTRAS_MAX) {
        let name = rules::line(&extra.name);
        let found = Foreign {
            plugin: duty.plugin_id,
            object,
            name: &name,
            kept: &extra.kept,
            error: "it is there, and belongs to nothing here",
        };
        store::put_foreign(tx, tenant, new_id(now)?, &found, now).await?;
    }
    Ok(())
}

async fn failed(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
    failure: &Failure,
    now: DateTime<Utc>,
) -> Result<()> {
    let number = match duty.number {
        Some(number) => number,
        None => store::next_number(tx, tenant).await?,
    };
    let mut random = [0_u8];
    fill_random(&mut random)?;
    let [random] = random;
    let error = rules::line(&failure.error);
    let left = Left {
        state: rules::after(failure.class, duty.attempts),
        due_at: now + rules::pause(duty.attempts, random),
        number,
        class: failure.class,
        error: &error,
        now,
    };
    store::put_failure(tx, tenant, duty.id, &left).await?;
    let output = rules::output(&failure.output);
    let said = (
        number,
        failure.class.name(),
        error.as_str(),
        output.as_str(),
    );
    note(tx, tenant, duty, said, now).await?;
    if rules::is_of_plugin(failure.class) {
        let failures = store::count_failure(tx, tenant, duty.plugin_id).await?;
        if let Some(rest) = rules::rest(failures) {
            store::let_rest(tx, tenant, duty.plugin_id, now + rest).await?;
        }
    } else {
        // The other system answered.
        store::forgive(tx, tenant, duty.plugin_id).await?;
    }
    Ok(())
}

/// A line of history.
async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    duty: &Leased,
    (number, outcome, error, output): (i64, &str, &str, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let run = NewRun {
        id: new_id(now)?,
        number,
        plugin: duty.plugin_id,
        object_kind: duty.object_kind,
        object: duty.object_id,
        action: duty.action,
        attempt: duty.attempts,
        outcome,
        error,
        output,
        by_person: None,
    };
    store::insert_run(tx, tenant, &run, now).await
}
