//! What duties and their journal promise, on both engines, over a plugin that keeps what it is told and
//! misbehaves as it is asked to.

use super::work::{Outcome, Registry, Tools, finish, take, work};
use super::*;
use crate::access::Actor;
use crate::bank::Keys;
use crate::both_engines;
use crate::context::Clock;
use crate::crews::{self, CrewForm};
use crate::db::testing::{Bench, somebody_with};
use crate::fields::{Given, Wanted};
use crate::identity::{self, Hasher, Password};
use crate::kernel::{Code, CrewId, LoginName, PageRequest, PartyId, Right};
use crate::mail::{self, MailForm, Outgoing, outbox};
use crate::people::{self, PartyForm};
use crate::portal;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// How the plugin feels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Works,
    Transient,
    Permanent,
    NeedsPerson,
    Panics,
    Hangs,
    Floods,
}

/// A plugin whose other system is a map.
#[derive(Default)]
struct Fake {
    world: Mutex<BTreeMap<String, Value>>,
    calls: Mutex<Vec<(Action, Uuid, Uuid)>>,
    settings: Mutex<Settings>,
    mood: Mutex<Mood>,
}

const TOLD: &[ObjectKind] = ObjectKind::OURS;
const NAME: Said = Said {
    fr: "Essai",
    en: "Trial",
};
const SETTINGS: &[Setting] = &[
    Setting {
        key: "where",
        label: NAME,
        help: NAME,
        holds: Holds::Text,
        is_required: true,
    },
    Setting {
        key: "token",
        label: NAME,
        help: NAME,
        holds: Holds::Secret,
        is_required: false,
    },
];
const FIELDS: &[DeclaredField] = &[DeclaredField {
    on: crate::fields::On::Person,
    slug: "shell",
    label: Said {
        fr: "Interpréteur",
        en: "Shell",
    },
    help: NAME,
}];
static DESCRIPTION: Description = Description {
    kind: "fake",
    name: NAME,
    about: NAME,
    wants: TOLD,
    settings: SETTINGS,
    fields: FIELDS,
};

impl Fake {
    fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn there(&self) -> Vec<String> {
        self.world.lock().unwrap().keys().cloned().collect()
    }

    fn calls(&self) -> Vec<(Action, Uuid, Uuid)> {
        self.calls.lock().unwrap().clone()
    }

    async fn called(&self, call: &Call, id: Uuid) -> Result<(), Failure> {
        self.calls
            .lock()
            .unwrap()
            .push((call.action, id, call.once));
        *self.settings.lock().unwrap() = call.settings.clone();
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Works => Ok(()),
            Mood::Transient => Err(Failure::transient("not\nnow").printed("line\n")),
            Mood::Permanent => Err(Failure::permanent("never")),
            Mood::NeedsPerson => Err(Failure::needs_person("wrong password")),
            Mood::Panics => panic!("secret"),
            Mood::Hangs => std::future::pending().await,
            Mood::Floods => {
                Err(Failure::permanent("x".repeat(1 << 20)).printed("y".repeat(1 << 20)))
            }
        }
    }
}

impl Program for Fake {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        match settings.get("where").map(String::as_str) {
            Some("nowhere") => vec![("where", Code::NotAUrl)],
            _ => Vec::new(),
        }
    }

    fn time_limit(&self, _settings: &Settings) -> Duration {
        Duration::from_millis(200)
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            self.called(call, object.id()).await?;
            let mut world = self.world.lock().unwrap();
            if let Some(name) = kept.and_then(Value::as_str) {
                world.remove(name);
            }
            let told = serde_json::to_value(object).unwrap();
            world.insert(object.label().to_owned(), told);
            let kept = Some(json!(object.label()));
            Ok(Saved {
                kept,
                output: "done".into(),
            })
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            self.called(call, gone.id).await?;
            if let Some(name) = gone.kept.as_ref().and_then(Value::as_str) {
                self.world.lock().unwrap().remove(name);
            }
            Ok(())
        })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            self.called(call, object.id()).await?;
            let is_there = self.world.lock().unwrap().contains_key(object.label());
            let missing = Drift {
                said: format!("{} is missing", object.label()),
            };
            Ok(if is_there { Vec::new() } else { vec![missing] })
        })
    }

    fn extras<'a>(&'a self, _call: &'a Call, known: &'a [Value]) -> Answer<'a, Vec<Extra>> {
        Box::pin(async move {
            let world = self.world.lock().unwrap();
            let foreign = world.keys().filter(|name| !known.contains(&json!(name)));
            let extra = |name: &String| Extra {
                name: name.clone(),
                kept: json!(name),
            };
            Ok(foreign.map(extra).collect())
        })
    }
}

/// A tenant with the plugin set up.
struct Ground {
    bench: Bench,
    fake: Arc<Fake>,
    plugin: PluginId,
    minutes: Mutex<i64>,
}

fn admin() -> Actor {
    somebody_with(&[Right::Settings, Right::People, Right::Members])
}

fn keys() -> Keys {
    Keys::parse(&format!("one:{}", "ab".repeat(32))).unwrap()
}

fn form() -> PluginForm {
    PluginForm {
        key: Uuid::now_v7().to_string(),
        kind: "fake".into(),
        name: "Essai".into(),
        enabled: "yes".into(),
        wants: Wanted::default().with("person", "yes").with("crew", "yes"),
        given: Given::default()
            .with("where", "there")
            .with("token", "hush-hush"),
        ..PluginForm::default()
    }
}

impl Ground {
    async fn of(bench: Bench) -> Self {
        let mut ground = Self {
            bench,
            fake: Arc::default(),
            plugin: PluginId(Uuid::nil()),
            minutes: Mutex::new(0),
        };
        let tools = ground.tools();
        let mut cx = ground.bench.act(&admin()).await;
        ground.plugin = add(&mut cx, (&tools.registry, &keys()), "nuage", &form())
            .await
            .unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        ground.fake.calls.lock().unwrap().clear();
        ground
    }

    fn tools(&self) -> Tools {
        let minutes = *self.minutes.lock().unwrap();
        Tools {
            db: self.bench.db.clone(),
            clock: Clock::At(self.bench.now + TimeDelta::minutes(minutes)),
            registry: Registry::new(vec![self.fake.clone()]),
            keys: Arc::new(keys()),
        }
    }

    fn pass(&self, minutes: i64) {
        *self.minutes.lock().unwrap() += minutes;
    }

    /// What the worker does until nothing is due; how many duties it worked.
    async fn work(&self) -> usize {
        let mut all = 0;
        loop {
            let count = work(&self.tools(), self.bench.tenant.id).await.unwrap();
            if count == 0 {
                return all;
            }
            all += count;
        }
    }

    async fn person(&self, name: &str) -> PartyId {
        let mut cx = self.bench.act(&admin()).await;
        let form = PartyForm {
            key: Uuid::now_v7().to_string(),
            kind: "person".into(),
            given_name: "Léa".into(),
            name: name.into(),
            ..PartyForm::default()
        };
        let id = people::add(&mut cx, &form).await.unwrap();
        cx.commit().await.unwrap();
        id
    }

    async fn rename(&self, id: PartyId, name: &str) {
        let mut cx = self.bench.act(&admin()).await;
        let party = people::get(&mut cx, id).await.unwrap();
        let form = PartyForm {
            name: name.into(),
            ..PartyForm::of(&party)
        };
        people::save(&mut cx, id, &form).await.unwrap();
        cx.commit().await.unwrap();
    }

    async fn crew(&self, name: &str) -> CrewId {
        let mut cx = self.bench.act(&admin()).await;
        let form = CrewForm {
            key: Uuid::now_v7().to_string(),
            name: name.into(),
            ..CrewForm::default()
        };
        let id = crews::add(&mut cx, &form).await.unwrap();
        cx.commit().await.unwrap();
        id
    }

    async fn delete_crew(&self, id: CrewId) {
        let mut cx = self.bench.act(&admin()).await;
        crews::delete(&mut cx, id).await.unwrap();
        cx.commit().await.unwrap();
    }

    async fn journal(&self) -> Vec<Entry> {
        let mut cx = self.bench.view(&admin()).await;
        let filter = JournalFilter::default();
        journal(&mut cx, &filter, PageRequest::new(1))
            .await
            .unwrap()
            .rows
    }

    async fn retry(&self, number: i64) {
        let mut cx = self.bench.act(&admin()).await;
        retry(&mut cx, number).await.unwrap();
        cx.commit().await.unwrap();
    }

    async fn verify(&self) {
        let mut cx = self.bench.act(&admin()).await;
        verify(&mut cx, &self.tools().registry, Scope::default())
            .await
            .unwrap();
        cx.commit().await.unwrap();
        self.work().await;
    }

    async fn open(&self) -> i64 {
        let mut cx = self.bench.view(&admin()).await;
        open_count(&mut cx, self.plugin).await.unwrap()
    }
}

both_engines! {
    async fn a_change_reaches_the_plugin_and_one_that_was_not_kept_does_not(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        let mut cx = ground.bench.act(&admin()).await;
        let form = PartyForm {
            key: Uuid::now_v7().to_string(),
            kind: "person".into(),
            name: "Personne".into(),
            ..PartyForm::default()
        };
        people::add(&mut cx, &form).await.unwrap();
        drop(cx);
        let seen = super::work::turns(&ground.bench.db, ground.bench.now, 1_000).await.unwrap();
        assert!(seen.iter().any(|(tenant, _)| *tenant == ground.bench.tenant.id), "the worker is told");
        assert_eq!(ground.work().await, 1);
        assert_eq!(ground.fake.there(), ["Léa Zola"]);
        assert_eq!(ground.work().await, 0);
        assert!(ground.journal().await.is_empty());
    }

    async fn what_was_there_before_the_plugin_is_saved_when_it_begins(bench: Bench) {
        bench.a_person("Ada", "Lovelace").await;
        let ground = Ground::of(bench).await;
        assert!(ground.fake.there().contains(&"Ada Lovelace".to_owned()));
        let mut cx = ground.bench.view(&admin()).await;
        let fields = crate::fields::declared(&mut cx).await.unwrap();
        assert!(fields.iter().any(|field| field.slug == "shell"), "its field is made");
    }

    async fn ten_failures_leave_one_row_with_ten_attempts_and_success_clears_it(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.fake.feel(Mood::Transient);
        ground.person("Zola").await;
        for attempt in 1..=10 {
            assert_eq!(ground.work().await, 1, "attempt {attempt}");
            let [entry] = ground.journal().await.try_into().unwrap();
            assert_eq!((entry.attempts, entry.error.as_str()), (attempt, "not now"));
            assert_eq!((entry.state, entry.class), (DutyState::Waiting, Class::Transient));
            let pause = entry.next_at.unwrap() - entry.last_failed_at;
            let whole = attempt.pow(4);
            assert!((whole..=whole * 5 / 4).contains(&pause.num_seconds()), "{pause}");
            assert_eq!(ground.work().await, 0, "not before its time");
            ground.pass(24 * 60);
        }
        ground.fake.feel(Mood::Works);
        assert_eq!(ground.work().await, 1);
        assert!(ground.journal().await.is_empty());
        let mut cx = ground.bench.view(&admin()).await;
        let (entry, runs) = journal_entry(&mut cx, 1).await.unwrap();
        assert_eq!((entry, runs.len()), (None, 11));
        assert_eq!((runs[0].outcome.as_str(), runs[1].output.as_str()), ("succeeded", "line\n"));
    }

    async fn a_clean_save_clears_what_had_failed_for_good(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.fake.feel(Mood::Permanent);
        let id = ground.person("Zola").await;
        ground.work().await;
        assert_eq!(ground.journal().await[0].state, DutyState::Failed);
        ground.pass(48 * 60);
        assert_eq!(ground.work().await, 0, "only a person or a change tries again");
        ground.fake.feel(Mood::Works);
        ground.rename(id, "Sand").await;
        ground.work().await;
        assert!(ground.journal().await.is_empty());
        assert_eq!(ground.fake.there(), ["Léa Sand"]);
    }

    async fn a_later_save_replaces_one_that_has_not_run(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.person("Zola").await;
        for name in ["A", "B", "C"] {
            ground.rename(id, name).await;
        }
        assert_eq!(ground.work().await, 1);
        assert_eq!(ground.fake.there(), ["Léa C"]);
    }

    async fn what_changes_while_it_is_saved_is_saved_once_more(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.person("Zola").await;
        let (tools, tenant) = (ground.tools(), ground.bench.tenant.id);
        let taken = take(&tools, tenant).await.unwrap();
        ground.rename(id, "Sand").await;
        assert_eq!(ground.work().await, 0, "one object, one run at a time");
        let saved = Ok(Outcome::Saved(Saved { kept: Some(json!("Léa Zola")), output: String::new() }));
        finish(&tools, tenant, taken.lease, &taken.duties[0], saved).await.unwrap();
        assert_eq!(ground.work().await, 1);
        assert_eq!(ground.fake.there(), ["Léa Sand"]);
    }

    async fn a_delete_that_fails_is_tried_again_after_the_object_is_gone(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.crew("Réseau").await;
        ground.work().await;
        ground.fake.feel(Mood::Permanent);
        let mut cx = ground.bench.act(&admin()).await;
        let form = CrewForm { version: "1".into(), name: "Réseaux".into(), ..CrewForm::default() };
        crews::save(&mut cx, id, &form).await.unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        assert_eq!(ground.journal().await[0].action, Action::Save);
        ground.delete_crew(id).await;
        ground.work().await;
        let [entry] = ground.journal().await.try_into().unwrap();
        assert_eq!((entry.action, entry.label.as_str()), (Action::Delete, "Réseau"));
        ground.fake.feel(Mood::Works);
        ground.retry(entry.number).await;
        assert_eq!(ground.work().await, 1);
        assert!(ground.fake.there().is_empty() && ground.journal().await.is_empty());
    }

    async fn an_object_that_no_plugin_ever_saw_leaves_nothing_to_delete(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.crew("Réseau").await;
        ground.delete_crew(id).await;
        assert_eq!(ground.work().await, 0);
        assert_eq!(ground.open().await, 0);
    }

    async fn a_crew_that_goes_while_it_is_saved_is_taken_away_afterwards(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.crew("Réseau").await;
        let (tools, tenant) = (ground.tools(), ground.bench.tenant.id);
        let taken = take(&tools, tenant).await.unwrap();
        ground.delete_crew(id).await;
        assert_eq!(ground.work().await, 0, "not while it is being saved");
        ground.fake.world.lock().unwrap().insert("Réseau".into(), json!(1));
        let saved = Ok(Outcome::Saved(Saved { kept: Some(json!("Réseau")), output: String::new() }));
        finish(&tools, tenant, taken.lease, &taken.duties[0], saved).await.unwrap();
        assert_eq!(ground.work().await, 1);
        assert_eq!(ground.open().await, 0);
        assert!(ground.fake.there().is_empty());
    }

    async fn a_worker_that_is_killed_leaves_its_duties_to_another(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        let (tools, tenant) = (ground.tools(), ground.bench.tenant.id);
        let killed = take(&tools, tenant).await.unwrap();
        assert_eq!(killed.duties.len(), 1);
        assert_eq!(ground.work().await, 0, "nobody else has them before the lease ends");
        ground.pass(2);
        assert_eq!(ground.work().await, 1);
        let late = finish(&tools, tenant, killed.lease, &killed.duties[0], Err(Failure::permanent("late")));
        late.await.unwrap();
        assert!(ground.journal().await.is_empty(), "what it says afterwards is not heard");
        assert_eq!(ground.fake.there(), ["Léa Zola"]);
    }

    async fn the_other_system_can_see_that_two_attempts_are_one(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.person("Zola").await;
        let (tools, tenant) = (ground.tools(), ground.bench.tenant.id);
        ground.fake.feel(Mood::Transient);
        ground.work().await;
        drop(take(&tools, tenant).await.unwrap());
        ground.pass(2);
        ground.work().await;
        ground.rename(id, "Sand").await;
        ground.work().await;
        let calls = ground.fake.calls();
        assert_eq!(calls[0].2, calls[1].2);
        assert_ne!(calls[1].2, calls[2].2, "another change is another thing to do");
    }

    async fn a_plugin_that_panics_hangs_or_floods_harms_nobody(bench: Bench) {
        let ground = Ground::of(bench).await;
        for (mood, said) in [
            (Mood::Panics, "the plugin broke off"),
            (Mood::Hangs, "no answer within 0 s"),
            (Mood::Floods, "xxx"),
        ] {
            ground.fake.feel(mood);
            let id = ground.person("Zola").await;
            ground.work().await;
            let entry = ground.journal().await.remove(0);
            assert_eq!(entry.object, id.0);
            assert!(entry.error.starts_with(said), "{mood:?}: {}", entry.error);
            assert!(entry.error.chars().count() <= rules::ERROR_MAX);
            let mut cx = ground.bench.view(&admin()).await;
            let (_, runs) = journal_entry(&mut cx, entry.number).await.unwrap();
            assert!(runs[0].output.len() <= rules::OUTPUT_MAX);
        }
    }

    async fn a_plugin_that_fails_too_often_rests_and_is_tried_with_one(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.fake.feel(Mood::NeedsPerson);
        for n in 0..20 {
            ground.person(&format!("Zola {n}")).await;
        }
        ground.work().await;
        let first = ground.fake.calls().len();
        assert!(first <= 20);
        ground.person("Sand").await;
        assert_eq!(ground.work().await, 0, "it rests");
        ground.pass(120);
        ground.fake.feel(Mood::Transient);
        assert_eq!(work(&ground.tools(), ground.bench.tenant.id).await.unwrap(), 1, "one is tried");
        assert_eq!(ground.work().await, 0, "it rests again");
        ground.pass(120);
        ground.fake.feel(Mood::Works);
        let mut cx = ground.bench.act(&admin()).await;
        retry_all(&mut cx, &JournalFilter::default()).await.unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        assert_eq!((ground.open().await, ground.journal().await.len()), (0, 0));
        assert_eq!(ground.fake.there().len(), 21);
    }

    async fn what_is_missing_or_foreign_is_told_and_mended_only_when_asked(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        ground.person("Sand").await;
        ground.work().await;
        ground.verify().await;
        assert!(ground.journal().await.is_empty(), "what is clean is not told");
        ground.fake.world.lock().unwrap().remove("Léa Zola");
        ground.fake.world.lock().unwrap().insert("intruder".into(), json!(1));
        ground.verify().await;
        ground.verify().await;
        let found = ground.journal().await;
        let told: Vec<_> = found.iter().map(|e| (e.state, e.label.as_str(), e.error.as_str())).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.contains(&(DutyState::Drift, "Léa Zola", "Léa Zola is missing")));
        assert!(told.iter().any(|(state, label, _)| (*state, *label) == (DutyState::Drift, "intruder")));
        assert_eq!(ground.fake.there(), ["Léa Sand", "intruder"], "nothing was mended by itself");
        for entry in found {
            ground.retry(entry.number).await;
        }
        ground.work().await;
        assert_eq!(ground.fake.there(), ["Léa Sand", "Léa Zola"]);
        assert!(ground.journal().await.is_empty());
    }

    async fn drift_that_went_by_itself_is_not_told_any_more(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        ground.work().await;
        let was = ground.fake.world.lock().unwrap().remove("Léa Zola").unwrap();
        ground.fake.world.lock().unwrap().insert("intruder".into(), json!(1));
        ground.verify().await;
        assert_eq!(ground.journal().await.len(), 2);
        ground.fake.world.lock().unwrap().remove("intruder");
        ground.fake.world.lock().unwrap().insert("Léa Zola".into(), was);
        ground.verify().await;
        assert!(ground.journal().await.is_empty());
    }

    async fn the_night_asks_once(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        ground.work().await;
        ground.fake.calls.lock().unwrap().clear();
        for _ in 0..3 {
            let tools = ground.tools();
            verify_nightly(&tools.db, &tools.clock, &tools.registry, ground.bench.tenant.id).await.unwrap();
            ground.work().await;
        }
        let asked = ground.fake.calls().iter().filter(|(action, ..)| *action == Action::Verify).count();
        assert_eq!(asked, 1, "one person, one day");
        ground.pass(24 * 60);
        let tools = ground.tools();
        verify_nightly(&tools.db, &tools.clock, &tools.registry, ground.bench.tenant.id).await.unwrap();
        assert!(ground.work().await > 0, "the next day asks again");
    }

    async fn giving_up_needs_a_reason_and_a_later_change_tries_again(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.fake.feel(Mood::Permanent);
        let id = ground.person("Zola").await;
        ground.work().await;
        let number = ground.journal().await[0].number;
        let mut cx = ground.bench.act(&admin()).await;
        let refused = give_up(&mut cx, number, "  ").await.unwrap_err();
        assert_eq!(refused.fields[0].code, Code::ReasonNeeded);
        give_up(&mut cx, number, "moved away").await.unwrap();
        cx.commit().await.unwrap();
        assert_eq!(ground.journal().await[0].state, DutyState::GivenUp);
        let mut cx = ground.bench.act(&admin()).await;
        assert_eq!(retry_all(&mut cx, &JournalFilter::default()).await.unwrap(), 0);
        drop(cx);
        let mut cx = ground.bench.view(&admin()).await;
        assert_eq!(journal_open(&mut cx).await.unwrap(), 0);
        let (_, runs) = journal_entry(&mut cx, number).await.unwrap();
        let is_told = |run: &Run| (run.outcome.as_str(), run.error.as_str()) == ("given_up", "moved away");
        assert!(runs.iter().any(is_told), "{runs:?}");
        drop(cx);
        ground.fake.feel(Mood::Works);
        ground.rename(id, "Sand").await;
        assert_eq!(ground.work().await, 1);
        assert!(ground.journal().await.is_empty());
    }

    async fn workers_side_by_side_do_each_thing_once(bench: Bench) {
        let ground = Arc::new(Ground::of(bench).await);
        for n in 0..100 {
            ground.bench.a_person("Léa", &format!("Zola {n}")).await;
        }
        let mut cx = ground.bench.act(&admin()).await;
        save_again(&mut cx, ground.plugin).await.unwrap();
        cx.commit().await.unwrap();
        let workers: Vec<_> = (0..4).map(|_| {
            let ground = ground.clone();
            tokio::spawn(async move { ground.work().await })
        }).collect();
        let mut all = 0;
        for worker in workers {
            all += worker.await.unwrap();
        }
        assert_eq!((all, ground.fake.calls().len()), (100, 100));
    }

    async fn a_plugin_that_is_switched_off_is_not_asked_and_catches_up(bench: Bench) {
        let ground = Ground::of(bench).await;
        let id = ground.crew("Réseau").await;
        ground.work().await;
        let tools = ground.tools();
        let switch = async |enabled: &str, version: &str| {
            let mut cx = ground.bench.act(&admin()).await;
            let form = PluginForm { enabled: enabled.into(), version: version.into(), ..form() };
            save(&mut cx, (&tools.registry, &keys()), "nuage", ground.plugin, &form).await.unwrap();
            cx.commit().await.unwrap();
        };
        switch("", "1").await;
        ground.delete_crew(id).await;
        ground.person("Zola").await;
        assert_eq!(ground.work().await, 0);
        switch("yes", "2").await;
        ground.work().await;
        assert_eq!(ground.fake.there(), ["Léa Zola"]);
    }

    async fn secrets_are_sealed_and_given_to_the_plugin_only(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        ground.work().await;
        let given = ground.fake.settings.lock().unwrap().clone();
        assert_eq!(given.get("token").map(String::as_str), Some("hush-hush"));
        let mut cx = ground.bench.view(&admin()).await;
        let plugin = get(&mut cx, ground.plugin).await.unwrap();
        assert!(plugin.secrets_set && !plugin.settings.contains_key("token"));
        let all = crate::audit::list(&mut cx, &crate::audit::Filter::default(), PageRequest::new(1)).await;
        let all = all.map(|page| format!("{:?}", page.rows)).unwrap_or_default();
        assert!(!all.contains("hush"), "{all}");
        let refused = {
            let mut cx = ground.bench.act(&admin()).await;
            let form = PluginForm { name: "Autre".into(), ..form() };
            add(&mut cx, (&ground.tools().registry, &Keys::default()), "nuage", &form).await.unwrap_err()
        };
        assert_eq!(refused.code, Code::SecretKeyMissing);
        let mut tools = ground.tools();
        tools.keys = Arc::default();
        ground.person("Sand").await;
        work(&tools, ground.bench.tenant.id).await.unwrap();
        assert_eq!(ground.journal().await[0].state, DutyState::NeedsPerson);
    }

    async fn a_form_is_refused_at_its_fields(bench: Bench) {
        let ground = Ground::of(bench).await;
        let tools = ground.tools();
        let refused = async |form: PluginForm| {
            let mut cx = ground.bench.act(&admin()).await;
            let problem = add(&mut cx, (&tools.registry, &keys()), "nuage", &form).await.unwrap_err();
            problem.fields.into_iter().map(|f| (f.field, f.code)).collect::<Vec<_>>()
        };
        let empty = PluginForm { kind: "fake".into(), key: form().key, ..PluginForm::default() };
        let found = refused(empty).await;
        for field in ["name", "wants", "set_where"] {
            assert!(found.iter().any(|(name, _)| name == field), "{field}: {found:?}");
        }
        let elsewhere = PluginForm { kind: "other".into(), ..form() };
        assert_eq!(refused(elsewhere).await, [("kind".to_owned(), Code::PluginNotHere)]);
        let odd = PluginForm { given: Given::default().with("where", "nowhere"), ..form() };
        assert_eq!(refused(odd).await, [("set_where".to_owned(), Code::NotAUrl)]);
        assert_eq!(refused(form()).await, [("name".to_owned(), Code::PluginNameTaken)]);
    }

    async fn administrators_hear_once_of_what_waits_for_them(bench: Bench) {
        let ground = Ground::of(bench).await;
        let from = Outgoing { origin: "https://nuage.example.org".into(), host: "example.org".into() };
        let tenant = ground.bench.tenant.id;
        let mut cx = ground.bench.act(&admin()).await;
        let form = PartyForm {
            key: Uuid::now_v7().to_string(),
            kind: "person".into(),
            given_name: "Inès".into(),
            name: "Carvalho".into(),
            email: "ines@example.org".into(),
            ..PartyForm::default()
        };
        let ines = people::add(&mut cx, &form).await.unwrap();
        let password = Password::parse("a password for tests").unwrap();
        let hash = Hasher::cheap().hash(&password).await.unwrap();
        let login = LoginName::parse("ines").unwrap();
        identity::create_login(&mut cx, ines, login, &hash).await.unwrap();
        let crew = crews::create(&mut cx, "Administration", &[Right::Settings]).await.unwrap();
        crews::add_person(&mut cx, crew, ines).await.unwrap();
        let settings = mail::settings(&mut cx).await.unwrap();
        let form = MailForm { sending: "by_hand".into(), version: settings.version.to_string(), ..MailForm::of(&settings) };
        mail::save_settings(&mut cx, &form).await.unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        let night = async || {
            let clock = ground.tools().clock;
            notify(&ground.bench.db, &clock, tenant, &from).await.unwrap()
        };
        assert_eq!(night().await, 0, "all is well");
        // What is tried again by itself is no news.
        ground.fake.feel(Mood::Transient);
        let crew = ground.crew("Réseau").await;
        ground.work().await;
        assert_eq!((ground.journal().await.len(), night().await), (1, 0));
        ground.fake.feel(Mood::Permanent);
        ground.retry(1).await;
        ground.crew("Cuisine").await;
        ground.work().await;
        assert_eq!(night().await, 1);
        assert_eq!(night().await, 0, "once");
        let batch = outbox::lease(&ground.bench.db, &ground.tools().clock, tenant).await.unwrap();
        let told = &batch.mails[0];
        assert_eq!(told.to_address, "ines@example.org");
        assert!(told.body.contains("2 lignes attendent") && told.body.contains("https://nuage.example.org/journal"), "{}", told.body);
        ground.pass(60 * 24);
        assert_eq!(night().await, 0, "nothing new");
        ground.delete_crew(crew).await;
        ground.work().await;
        assert_eq!(night().await, 1, "its end could not be told either");
        // Where no mail is sent, none is written.
        ground.crew("Neuf").await;
        ground.work().await;
        let mut cx = ground.bench.act(&admin()).await;
        let settings = mail::settings(&mut cx).await.unwrap();
        let form = MailForm { sending: "off".into(), version: settings.version.to_string(), ..MailForm::of(&settings) };
        mail::save_settings(&mut cx, &form).await.unwrap();
        cx.commit().await.unwrap();
        assert_eq!(night().await, 0);
    }

    async fn what_is_seen_by_one_crew_only_is_told_by_its_own_people(bench: Bench) {
        let ground = Ground::of(bench).await;
        let tools = ground.tools();
        let wants = Wanted::default().with("service", "yes");
        let with_services = || PluginForm { name: "Tout".into(), wants: wants.clone(), ..form() };
        let mut cx = ground.bench.act(&admin()).await;
        add(&mut cx, (&tools.registry, &keys()), "nuage", &with_services()).await.unwrap();
        drop(cx);
        let crew = ground.crew("Réseau").await;
        let mut tx = ground.bench.db.write(ground.bench.tenant.id).await.unwrap();
        crate::exec!(
            tx,
            "INSERT INTO service_types (tenant_id, id, name, crew_id, colour, months, note, carries_addresses, version) VALUES ($1, $2, 'ADSL', $3, 'blue', 1, '', $4, 1)",
            ground.bench.tenant.id,
            Uuid::now_v7(),
            crew,
            false
        ).unwrap();
        tx.commit().await.unwrap();
        let mut cx = ground.bench.act(&admin()).await;
        let refused = add(&mut cx, (&tools.registry, &keys()), "nuage", &with_services()).await.unwrap_err();
        assert_eq!(refused.fields[0].code, Code::PluginSeesMore);
    }

    async fn the_history_is_never_changed(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.fake.feel(Mood::Permanent);
        ground.person("Zola").await;
        ground.work().await;
        for sql in [
            "DELETE FROM duty_runs WHERE tenant_id = $1",
            "UPDATE duty_runs SET error = 'fine' WHERE tenant_id = $1",
            "UPDATE duty_runs SET outcome = 'succeeded', error = '', output = '' WHERE tenant_id = $1",
        ] {
            let mut tx = ground.bench.db.write(ground.bench.tenant.id).await.unwrap();
            let refused = crate::exec!(tx, sql, ground.bench.tenant.id).unwrap_err();
            assert_eq!(refused.code, Code::PaymentFrozen, "{sql}");
        }
    }

    async fn another_tenants_duties_are_not_mine(bench: Bench) {
        let ground = Ground::of(bench).await;
        ground.person("Zola").await;
        let other = ground.bench.another_tenant().await;
        assert_eq!(work(&ground.tools(), other).await.unwrap(), 0);
        let known = portal::find_of(&ground.bench.db, other).await.unwrap();
        assert!(known.is_some());
        assert_eq!(ground.work().await, 1);
    }
}
