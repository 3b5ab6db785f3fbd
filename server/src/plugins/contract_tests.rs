//! What every plugin must hold, over a real target: programs that are really run, a server that really
//! listens. Asked twice it does no more than once; what it says is bounded; odd names do no harm;
//! nothing secret is told.

#[path = "../../../docs/examples/plugin.rs"]
mod example;

use super::{Accounts, Command, Webhook};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::{Code, PluginId, TenantId};
use domain::plugins::{
    Action, Call, Class, Crew, Failure, Gone, InCrew, Login, Membership, Object, ObjectKind,
    Person, Program, Settings,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
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

/// A program of the operator's, in the folder of `nuage`.
fn program(folder: &Path, name: &str, text: &str) {
    let own = folder.join("nuage");
    std::fs::create_dir_all(&own).unwrap();
    let path = own.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Keeps one file for each object, as a careful program does.
fn mirror(into: &Path) -> String {
    format!(
        r#"#!/usr/bin/env python3
import hashlib, json, os, sys
into = {into:?}
asked = json.load(sys.stdin)
action = asked["action"]
def path(id): return os.path.join(into, hashlib.sha256(id.encode()).hexdigest())
if action == "save":
    now = asked["object"]["now"]
    with open(path(now["id"]), "w") as file: file.write(now["name"])
    print(json.dumps({{"kept": {{"id": now["id"]}}}}))
elif action == "delete":
    kept = asked["gone"]["kept"]
    if kept and os.path.exists(path(kept["id"])): os.remove(path(kept["id"]))
elif action == "verify":
    now = asked["object"]["now"]
    if not os.path.exists(path(now["id"])):
        print(now["name"], "is missing")
        sys.exit(1)
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_holds_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let into = tempfile::tempdir().unwrap();
    program(folder.path(), "mirror", &mirror(into.path()));
    let target = into.path().to_owned();
    let there = move || {
        let files = std::fs::read_dir(&target).unwrap();
        let text = |entry: std::io::Result<std::fs::DirEntry>| {
            std::fs::read_to_string(entry.unwrap().path()).unwrap()
        };
        files.map(text).collect()
    };
    let ground = Ground {
        program: Box::new(Command::new(Some(folder.path().to_owned()))),
        settings: settings(&[("program", "mirror"), ("verifies", "yes")]),
        there: Box::new(there),
    };
    holds(&ground).await;
    // It tells what is missing, and nothing where all is well.
    let object = crew(Uuid::now_v7(), "Réseau");
    let kept = ground.save(&object, None).await.unwrap();
    let look = async || {
        let call = call(&ground.settings, Action::Verify);
        ground
            .program
            .verify(&call, &object, kept.as_ref())
            .await
            .unwrap()
    };
    assert_eq!(look().await, []);
    for entry in std::fs::read_dir(into.path()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    assert_eq!(look().await[0].said, "Réseau is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_exits_with_says_what_becomes_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let command = Command::new(Some(folder.path().to_owned()));
    for (text, class, said) in [
        ("exit 75", Class::Transient, "it ended with 75"),
        (
            "echo no room >&2; exit 1",
            Class::Transient,
            "it ended with 1: no room",
        ),
        ("exit 65", Class::Permanent, "refused (65)"),
        (
            "exit 77",
            Class::NeedsPerson,
            "somebody must mend something (77)",
        ),
        (
            "exit 78",
            Class::NeedsPerson,
            "somebody must mend something (78)",
        ),
        (
            "kill -SEGV $$",
            Class::Transient,
            "it was ended by a signal",
        ),
        (
            "sleep 600 & sleep 600",
            Class::Transient,
            "it took too long and was ended",
        ),
        (
            "yes | head -c 50000000; exit 1",
            Class::Transient,
            "it ended with 1: y",
        ),
        (
            "head -c 1000 /dev/urandom; exit 75",
            Class::Transient,
            "it ended with 75",
        ),
    ] {
        program(folder.path(), "it", &format!("#!/bin/sh\n{text}\n"));
        let given = settings(&[("program", "it"), ("seconds", "1"), ("token", SECRET)]);
        let begun = Instant::now();
        let call = call(&given, Action::Save);
        let failure = command
            .save(&call, &crew(Uuid::nil(), "x"), None)
            .await
            .unwrap_err();
        assert_eq!(failure.class, class, "{text}: {failure:?}");
        assert!(failure.error.starts_with(said), "{text}: {failure:?}");
        assert!(failure.output.len() < 300_000, "{text}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{text}");
        assert!(!format!("{failure:?}").contains(SECRET));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_has_nothing_of_the_servers_environment_and_a_secret_is_given_to_it() {
    let folder = tempfile::tempdir().unwrap();
    program(
        folder.path(),
        "it",
        "#!/bin/sh\nenv | cut -d= -f1 | sort >&2\ncat >&2\nexit 65\n",
    );
    let command = Command::new(Some(folder.path().to_owned()));
    let given = settings(&[("program", "it"), ("token", "hush")]);
    let call = call(&given, Action::Save);
    let failure = command
        .save(&call, &crew(Uuid::nil(), "x"), None)
        .await
        .unwrap_err();
    let names: Vec<&str> = failure
        .output
        .lines()
        .filter(|line| !line.starts_with('{'))
        .collect();
    assert_eq!(names, ["LANG", "PATH", "PWD"], "{failure:?}");
    assert!(failure.output.contains(r#""token":"hush""#));
}

#[test]
fn only_programs_of_the_own_folder_run() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path(), "good", "#!/bin/sh\n");
    program(folder.path(), "plain", "text");
    let own = folder.path().join("nuage");
    std::fs::set_permissions(own.join("plain"), std::fs::Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink("/bin/sh", own.join("link")).unwrap();
    std::fs::create_dir(own.join("folder")).unwrap();
    let allowed = Command::new(Some(folder.path().to_owned()));
    let codes = |command: &Command, slug: &str, name: &str| {
        command.check(slug, &settings(&[("program", name)]))
    };
    assert_eq!(codes(&allowed, "nuage", "good"), []);
    for name in [
        "plain",
        "link",
        "folder",
        "missing",
        "../nuage/good",
        "/bin/sh",
        ".",
        "",
    ] {
        assert_eq!(
            codes(&allowed, "nuage", name),
            [("program", Code::NoSuchProgram)],
            "{name}"
        );
    }
    assert_eq!(
        codes(&allowed, "sentiers", "good"),
        [("program", Code::NoSuchProgram)]
    );
    let none = Command::new(None);
    assert_eq!(
        codes(&none, "nuage", "good"),
        [("program", Code::NotAllowedHere)]
    );
    let odd = settings(&[
        ("program", "good"),
        ("seconds", "soon"),
        ("verifies", "maybe"),
    ]);
    assert_eq!(allowed.check("nuage", &odd).len(), 2);
}

/// What a receiver knows.
#[derive(Default)]
struct Receiver {
    /// The objects, by their ids.
    world: BTreeMap<String, String>,
    /// What came before.
    seen: BTreeSet<String>,
    /// How it answers from now on.
    answer: Option<&'static str>,
}

/// A server that holds what is signed for good, and takes each message once.
fn receiver() -> (u16, Arc<Mutex<Receiver>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let known = Arc::new(Mutex::new(Receiver::default()));
    let shared = known.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let shared = shared.clone();
            std::thread::spawn(move || serve(stream.unwrap(), &shared));
        }
    });
    (port, known)
}

fn serve(mut stream: TcpStream, known: &Mutex<Receiver>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.to_owned()),
            None if line.trim().is_empty() => break,
            None => None,
        };
    }
    let length: usize = headers["content-length"].parse().unwrap();
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let (id, at) = (&headers["webhook-id"], &headers["webhook-timestamp"]);
    let key = STANDARD
        .decode(SECRET.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let signed = headers["webhook-signature"].strip_prefix("v1,").unwrap();
    let is_signed = mac.verify_slice(&STANDARD.decode(signed).unwrap()).is_ok();
    let mut known = known.lock().unwrap();
    if let Some(answer) = known.answer {
        drop(known);
        if answer == "hang" {
            std::thread::sleep(Duration::from_secs(2));
            return;
        }
        let _ = stream.write_all(answer.as_bytes());
        return;
    }
    let answer = if !is_signed {
        "HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n"
    } else {
        if known.seen.insert(id.clone()) {
            let told: Value = serde_json::from_str(&body).unwrap();
            let data = &told["data"];
            let object = data["id"].as_str().unwrap().to_owned();
            match told["type"].as_str().unwrap() {
                "crew.deleted" => {
                    known.world.remove(&object);
                }
                "crew.saved" => {
                    let name = data["name"].as_str().unwrap().to_owned();
                    known.world.insert(object, name);
                }
                other => panic!("{other}"),
            }
        }
        "HTTP/1.1 204 Fine\r\ncontent-length: 0\r\n\r\n"
    };
    drop(known);
    let _ = stream.write_all(answer.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_holds_the_contract() {
    let (port, known) = receiver();
    let names = known.clone();
    let ground = Ground {
        program: Box::new(Webhook::new(vec![format!("127.0.0.1:{port}")])),
        settings: settings(&[
            ("url", &format!("http://127.0.0.1:{port}/hook")),
            ("secret", SECRET),
        ]),
        there: Box::new(move || names.lock().unwrap().world.values().cloned().collect()),
    };
    holds(&ground).await;
    let seen = known.lock().unwrap().seen.len();
    assert_eq!(
        seen,
        4 + 2 * ODD.len(),
        "each thing once, whatever was sent twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_is_answered_says_what_becomes_of_it() {
    let (port, known) = receiver();
    let webhook = Webhook::new(vec![format!("127.0.0.1:{port}")]);
    let url = format!("http://127.0.0.1:{port}/hook");
    let given = settings(&[("url", &url), ("secret", SECRET)]);
    let flood: &'static str = Box::leak(
        format!(
            "HTTP/1.1 422 No\r\ncontent-length: 5000000\r\n\r\n{}",
            "x".repeat(5_000_000)
        )
        .into_boxed_str(),
    );
    for (answer, class) in [
        (
            "HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\nlater",
            Class::Transient,
        ),
        (
            "HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n",
            Class::Transient,
        ),
        (
            "HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n",
            Class::NeedsPerson,
        ),
        (
            "HTTP/1.1 410 No\r\ncontent-length: 0\r\n\r\n",
            Class::NeedsPerson,
        ),
        (
            "HTTP/1.1 302 No\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            Class::NeedsPerson,
        ),
        (
            "HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n",
            Class::Permanent,
        ),
        ("this is no HTTP", Class::Transient),
        (flood, Class::Permanent),
    ] {
        known.lock().unwrap().answer = Some(answer);
        let call = call(&given, Action::Save);
        let failure = webhook
            .save(&call, &crew(Uuid::nil(), "x"), None)
            .await
            .unwrap_err();
        assert_eq!(failure.class, class, "{failure:?}");
        assert!(!format!("{failure:?}").contains("whsec"));
        assert!(failure.output.len() <= 4 * 1024);
    }
    // A host that is not public is not reached, whatever it is called.
    let strict = Webhook::new(vec!["localhost:1".into()]);
    for url in [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://169.254.169.254/",
    ] {
        let given = settings(&[("url", url), ("secret", SECRET)]);
        let call = call(&given, Action::Save);
        let failure = strict
            .save(&call, &crew(Uuid::nil(), "x"), None)
            .await
            .unwrap_err();
        assert_eq!(
            failure.error, "the host is not found, or is not a public one",
            "{url}"
        );
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

/// The lines of a file of accounts.
fn lines(folder: &Path, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("nuage").join(file)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn accounts(folder: &Path) -> Ground {
    let own = folder.to_owned();
    let name = |line: String| line.split(':').next().unwrap().to_owned();
    Ground {
        program: Box::new(Accounts::new(Some(folder.to_owned()))),
        settings: settings(&[("shell", "/bin/sh")]),
        there: Box::new(move || {
            let all = ["passwd", "group"].map(|file| lines(&own, file));
            all.into_iter().flatten().map(name).collect()
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn system_accounts_hold_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    holds(&accounts(folder.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_follows_its_person_and_keeps_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let ground = accounts(folder.path());
    let id = Uuid::now_v7();
    let save = async |person: Person, kept: Option<&Value>| {
        ground.save(&Object::Person(Box::new(person)), kept).await
    };
    let kept = save(person(id, "lea"), None).await.unwrap();
    assert_eq!(
        lines(folder.path(), "passwd"),
        ["lea:x:10000:100:Léa dite Zola:/home/lea:/bin/sh"]
    );
    assert_eq!(lines(folder.path(), "shadow"), ["lea:!:::::::"]);
    let max = Uuid::now_v7();
    let other = save(person(max, "max"), None).await.unwrap();
    let shell = Person {
        fields: [("shell".to_owned(), "/bin/zsh".to_owned())].into(),
        ..person(id, "lea.z")
    };
    let refused = save(shell.clone(), kept.as_ref()).await.unwrap_err();
    assert_eq!(
        refused.class,
        Class::Permanent,
        "a dot is in no name of useradd"
    );
    let login = Login {
        name: "leaz".into(),
        is_disabled: false,
        number: number(id),
    };
    let shell = Person {
        login: Some(login),
        ..shell
    };
    let kept = save(shell.clone(), kept.as_ref()).await.unwrap();
    assert_eq!(
        lines(folder.path(), "passwd")[0],
        "leaz:x:10000:100:Léa dite Zola:/home/leaz:/bin/zsh"
    );
    assert_eq!(
        lines(folder.path(), "shadow"),
        ["leaz:!:::::::", "max:!:::::::"]
    );
    for taken in ["max", "root"] {
        let failure = save(person(id, taken), kept.as_ref()).await.unwrap_err();
        assert_eq!(failure.class, Class::Permanent, "{taken}");
    }
    // Locked, or a member no more: the account goes, and its number is nobody else's.
    let disabled = Login {
        name: "leaz".into(),
        is_disabled: true,
        number: number(id),
    };
    let gone = save(
        Person {
            login: Some(disabled),
            ..shell.clone()
        },
        kept.as_ref(),
    )
    .await
    .unwrap();
    assert_eq!((gone, lines(folder.path(), "passwd").len()), (None, 1));
    let mut left = person(Uuid::now_v7(), "zoe");
    left.member.as_mut().unwrap().left_on = Some("2026-01-31".parse().unwrap());
    assert_eq!(save(left, None).await.unwrap(), None);
    save(person(Uuid::now_v7(), "zoe"), None).await.unwrap();
    assert!(lines(folder.path(), "passwd")[1].starts_with("zoe:x:10003:"));
    save(shell, None).await.unwrap();
    assert!(
        lines(folder.path(), "passwd")[2].starts_with("leaz:x:10000:"),
        "its number is its own"
    );
    // What is as it should be is not written.
    let path = folder.path().join("nuage/passwd");
    let inode =
        |path: &Path| std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path).unwrap());
    let before = inode(&path);
    save(person(max, "max"), other.as_ref()).await.unwrap();
    assert_eq!(inode(&path), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_did_to_the_files_by_hand_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ground = accounts(folder.path());
    let lea = Object::Person(Box::new(person(Uuid::now_v7(), "lea")));
    let Object::Crew(reseau) = crew(Uuid::now_v7(), "Équipe Réseau") else {
        unreachable!()
    };
    let people = ["lea", "max"].map(|login| InCrew {
        id: Uuid::now_v7(),
        label: login.into(),
        email: None,
        login: Some(login.into()),
    });
    let reseau = Object::Crew(Crew {
        people: people.into(),
        ..reseau
    });
    let known = [
        ground.save(&lea, None).await.unwrap().unwrap(),
        ground.save(&reseau, None).await.unwrap().unwrap(),
    ];
    assert_eq!(
        lines(folder.path(), "group"),
        ["equipe-reseau:x:10001:lea,max"]
    );
    let look = async |object: &Object| {
        let call = call(&ground.settings, Action::Verify);
        let found = ground.program.verify(&call, object, None).await.unwrap();
        found
            .into_iter()
            .map(|drift| drift.said)
            .collect::<Vec<_>>()
    };
    let call = call(&ground.settings, Action::Verify);
    assert_eq!((look(&lea).await, look(&reseau).await), (vec![], vec![]));
    assert_eq!(ground.program.extras(&call, &known).await.unwrap(), []);
    let own = folder.path().join("nuage");
    std::fs::write(own.join("passwd"), "eve:x:20000:0:::/bin/sh\n").unwrap();
    std::fs::write(own.join("group"), "equipe-reseau:x:10001:lea\n").unwrap();
    assert_eq!(look(&lea).await, ["lea is missing"]);
    assert_eq!(look(&reseau).await, ["equipe-reseau differs"]);
    let extras = ground.program.extras(&call, &known).await.unwrap();
    assert_eq!(extras[0].name, "eve");
    let gone = Gone {
        kind: ObjectKind::Foreign,
        id: Uuid::nil(),
        label: "eve".into(),
        kept: Some(extras[0].kept.clone()),
    };
    ground.program.delete(&call, &gone).await.unwrap();
    assert!(lines(folder.path(), "passwd").is_empty());
    // A number that somebody else has by now is not given again.
    std::fs::write(own.join("passwd"), "eve:x:10000:0:::/bin/sh\n").unwrap();
    assert_eq!(
        ground.save(&lea, None).await.unwrap_err().class,
        Class::Permanent
    );
}

/// Where the library of the machine reads them.
const EXTRAUSERS: &str = "/var/lib/extrausers";

#[tokio::test(flavor = "multi_thread")]
async fn the_machine_itself_knows_the_accounts() {
    let files = ["passwd", "group"].map(|file| Path::new(EXTRAUSERS).join(file));
    // The tests of extractions ask the same machine.
    let lock = std::fs::File::create(Path::new(EXTRAUSERS).join(".test.lock"));
    if let Ok(lock) = &lock {
        lock.lock().unwrap();
    }
    let is_used = files.iter().any(|file| file.exists());
    let probe = tempfile::NamedTempFile::new_in(EXTRAUSERS);
    if is_used || probe.is_err() {
        eprintln!(
            "SKIPPED: libnss-extrausers is not installed, is in use, or its folder is not ours"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ground = accounts(folder.path());
    let lea = Object::Person(Box::new(person(Uuid::now_v7(), "eq-lea")));
    ground.save(&lea, None).await.unwrap();
    ground
        .save(&crew(Uuid::now_v7(), "Équipe Réseau"), None)
        .await
        .unwrap();
    for (file, path) in ["passwd", "group"].iter().zip(&files) {
        std::fs::copy(folder.path().join("nuage").join(file), path).unwrap();
    }
    let told = [("passwd", "eq-lea"), ("group", "equipe-reseau")].map(|(table, name)| {
        let mut asked = std::process::Command::new("getent");
        asked.args(["-s", "extrausers", table, name]);
        asked.output().unwrap().stdout
    });
    for path in &files {
        std::fs::remove_file(path).unwrap();
    }
    let told = told.map(|told| String::from_utf8(told).unwrap());
    assert_eq!(told[0], format!("{}\n", lines(folder.path(), "passwd")[0]));
    assert_eq!(told[1], format!("{}\n", lines(folder.path(), "group")[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_have_a_number_each() {
    let folder = tempfile::tempdir().unwrap();
    let tasks = (0..20).map(|n| {
        // As several processes: each has a plugin of its own.
        let own = Accounts::new(Some(folder.path().to_owned()));
        let object = Object::Person(Box::new(person(Uuid::now_v7(), &format!("p{n}"))));
        tokio::spawn(async move {
            own.save(&call(&Settings::new(), Action::Save), &object, None)
                .await
                .unwrap();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let all = lines(folder.path(), "passwd");
    let numbers: BTreeSet<&str> = all
        .iter()
        .filter_map(|line| line.split(':').nth(2))
        .collect();
    assert_eq!((all.len(), numbers.len()), (20, 20));
}

#[test]
fn what_is_declared_can_be_shown() {
    let all: [Box<dyn Program>; 3] = [
        Box::new(Accounts::new(None)),
        Box::new(Command::new(None)),
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
    let text = include_str!("../../../docs/plugins.md");
    let example = include_str!("../../../docs/examples/plugin.rs");
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
