//! What every plugin must hold, over a real target: programs that are really run, a server that really
//! listens. Asked twice it does no more than once; what it says is bounded; odd names do no harm;
//! nothing secret is told.

mod accounts;
mod command;
#[path = "../../../../docs/examples/plugin.rs"]
mod example;
mod lists;
mod nss;
mod webhook;

use super::{Accounts, Command, Lists, Nss, Webhook};
use domain::kernel::{Code, PluginId, TenantId};
use domain::plugins::{
    Action, Call, Class, Crew, Failure, Gone, InCrew, Login, Membership, Object, ObjectKind,
    Person, Program, Settings,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// A secret that must never be told.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Names that break what is not careful.
const ODD: &[&str] = &[
    "",
    "Réseau \"et\" $(touch /tmp/x) `id`",
    "a\nb:c\0d",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "\u{202e}gnirts",
];

thread_local! {
    static NUMBERED: std::cell::RefCell<Vec<Uuid>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// The number that the core has given to a thing of a test: the same each time.
fn number(id: Uuid) -> Option<i64> {
    NUMBERED.with_borrow_mut(|all| {
        if !all.contains(&id) {
            all.push(id);
        }
        let at = all.iter().position(|known| *known == id);
        at.and_then(|at| i64::try_from(at).ok())
    })
}

fn crew(id: Uuid, name: &str) -> Object {
    Object::Crew(Crew {
        id,
        name: name.into(),
        number: number(id),
        people: Vec::new(),
        fields: BTreeMap::new(),
    })
}

fn call(settings: &Settings, action: Action) -> Call {
    Call {
        tenant: TenantId(Uuid::nil()),
        slug: "nuage".into(),
        plugin: PluginId(Uuid::nil()),
        once: Uuid::now_v7(),
        action,
        attempt: 1,
        now: chrono::Utc::now(),
        settings: settings.clone(),
    }
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

/// A port that nobody listens at.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A plugin with its target.
struct Ground {
    program: Box<dyn Program>,
    settings: Settings,
    /// What is in the target, by name.
    there: Box<dyn Fn() -> BTreeSet<String>>,
}

impl Ground {
    async fn save(&self, object: &Object, kept: Option<&Value>) -> Result<Option<Value>, Failure> {
        let call = call(&self.settings, Action::Save);
        // Twice, as after a worker that was killed: with the same name for it.
        self.program.save(&call, object, kept).await?;
        let saved = self.program.save(&call, object, kept).await?;
        Ok(saved.kept)
    }

    async fn delete(&self, gone: &Gone) -> Result<(), Failure> {
        let call = call(&self.settings, Action::Delete);
        self.program.delete(&call, gone).await?;
        self.program.delete(&call, gone).await
    }
}

/// The contract.
async fn holds(ground: &Ground) {
    assert_eq!(ground.program.check("nuage", &ground.settings), []);
    let id = Uuid::now_v7();
    let kept = ground.save(&crew(id, "un"), None).await.unwrap();
    assert_eq!(
        (ground.there)(),
        ["un".to_owned()].into(),
        "saved twice, there once"
    );
    let kept = ground.save(&crew(id, "deux"), kept.as_ref()).await.unwrap();
    assert_eq!(
        (ground.there)(),
        ["deux".to_owned()].into(),
        "the new name replaces the old one"
    );
    let gone = |kept| Gone {
        kind: ObjectKind::Crew,
        id,
        label: "deux".into(),
        kept,
    };
    ground.delete(&gone(kept)).await.unwrap();
    assert_eq!((ground.there)(), BTreeSet::new(), "taken away");
    // What never was is taken away without a word.
    ground.delete(&gone(None)).await.unwrap();
    for name in ODD {
        let id = Uuid::now_v7();
        match ground.save(&crew(id, name), None).await {
            Ok(kept) => {
                assert_eq!((ground.there)().len(), 1, "{name:?}");
                let label = (*name).into();
                let gone = Gone {
                    id,
                    label,
                    ..gone(kept)
                };
                ground.delete(&gone).await.unwrap();
            }
            // A name that the other system cannot have is refused for good.
            Err(failure) => assert_eq!(failure.class, Class::Permanent, "{name:?}"),
        }
        assert_eq!((ground.there)().len(), 0, "{name:?}");
    }
}

/// A person with a login, who is a member.
fn person(id: Uuid, login: &str) -> Person {
    Person {
        id,
        label: "Léa, dite: Zola\n".into(),
        nature: "person".into(),
        given_name: "Léa".into(),
        name: "Zola".into(),
        email: None,
        phone: None,
        locale: None,
        login: Some(Login {
            name: login.into(),
            is_disabled: false,
            number: number(id),
        }),
        member: Some(Membership {
            id,
            number: 1,
            joined_on: "2026-01-01".parse().unwrap(),
            left_on: None,
            fields: BTreeMap::new(),
        }),
        crews: Vec::new(),
        fields: BTreeMap::new(),
    }
}

#[test]
fn what_is_declared_can_be_shown() {
    let all: [Box<dyn Program>; 5] = [
        Box::new(Accounts::new(None)),
        Box::new(Command::new(None)),
        Box::new(Lists::new(Vec::new())),
        Box::new(Nss::new(Vec::new(), None)),
        Box::new(Webhook::new(Vec::new())),
    ];
    for program in all {
        let of = program.description();
        assert!(!of.wants.is_empty() && !of.name.fr.is_empty() && !of.about.en.is_empty());
        let keys: BTreeSet<&str> = of.settings.iter().map(|setting| setting.key).collect();
        assert_eq!(keys.len(), of.settings.len(), "{}: each key once", of.kind);
        assert_eq!(json!(of.kind), json!(of.kind.to_lowercase()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_docs_holds_the_contract() {
    let text = include_str!("../../../../docs/plugins.md");
    let example = include_str!("../../../../docs/examples/plugin.rs");
    assert!(
        text.contains(example),
        "docs/plugins.md shows the file as it is"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let ground = Ground {
        program: Box::new(example::Lists),
        settings: settings(&[("folder", folder.path().to_str().unwrap())]),
        there: Box::new(move || {
            let all = std::fs::read_dir(&path).unwrap();
            let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
            all.map(|entry| first(std::fs::read_to_string(entry.unwrap().path()).unwrap()))
                .collect()
        }),
    };
    holds(&ground).await;
}
