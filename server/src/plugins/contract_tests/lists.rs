//! A Mailman that really runs: its core alone, with a folder, a database and a port of its own.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::Arc;
use ureq::Agent;

const MASTER: &str = "/usr/lib/mailman3/bin/master";
const DOMAIN: &str = "lists.example.org";
const PASSWORD: &str = "hush-hush-7";
/// Those that carry mail: nothing is sent here.
const RUNNERS: [&str; 13] = [
    "archive", "bounces", "command", "digest", "in", "lmtp", "nntp", "out", "pipeline", "retry",
    "shunt", "task", "virgin",
];

/// It, until the test is over.
struct Mailman {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Mailman {
    fn drop(&mut self) {
        // It with what it has started: they are a group of their own.
        let id = rustix::process::Pid::from_child(&self.process);
        let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        let _ = self.process.wait();
    }
}

fn config(folder: &Path, port: u16) -> String {
    let var = folder.join("var");
    let (var, etc) = (var.display(), folder.display());
    let rest: String = RUNNERS
        .iter()
        .map(|name| format!("[runner.{name}]\nstart: no\n"))
        .collect();
    format!(
        "[mailman]\nlayout: here\nsite_owner: postmaster@example.org\n\
         [paths.here]\nvar_dir: {var}\nbin_dir: /usr/lib/mailman3/bin\npid_file: {var}/master.pid\netc_dir: {etc}\n\
         [database]\nurl: sqlite:///{var}/mailman.db\n\
         [webservice]\nhostname: 127.0.0.1\nport: {port}\nadmin_user: restadmin\nadmin_pass: {PASSWORD}\nworkers: 1\n\
         [mta]\nincoming: mailman.mta.null.NullMTA\n{rest}"
    )
}

/// Starts one; nothing where it is not installed.
fn mailman() -> Option<Mailman> {
    if !Path::new(MASTER).exists() {
        eprintln!(
            "SKIPPED: Mailman 3 is not installed (script/bootstrap --tests does so on Debian)"
        );
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let path = folder.path().join("mailman.cfg");
    std::fs::write(&path, config(folder.path(), port)).unwrap();
    // Mailman refuses to run as root: it runs as Debian's user for it, in the place of this process's.
    let mut command = match rustix::process::getuid().is_root() {
        false => std::process::Command::new(MASTER),
        true => {
            let mut owned = std::process::Command::new("chown");
            owned.args(["-R", "list:list"]).arg(folder.path());
            assert!(owned.status().unwrap().success());
            let mut command = std::process::Command::new("setpriv");
            command.args(["--reuid=list", "--regid=list", "--clear-groups", MASTER]);
            command
        }
    };
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    command.arg("-C").arg(&path).current_dir(folder.path());
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap());
    command.process_group(0);
    let process = command.stderr(log).spawn().unwrap();
    let mailman = Mailman {
        process,
        port,
        _folder: folder,
    };
    let begun = std::time::Instant::now();
    while mailman.ask("GET", "system/versions", &[]).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(50), "Mailman starts");
        std::thread::sleep(Duration::from_millis(100));
    }
    mailman.ask("POST", "domains", &[("mail_host", DOMAIN)]);
    Some(mailman)
}

impl Mailman {
    /// As an administrator of Mailman would, beside the plugin.
    fn ask(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Option<(u16, Value)> {
        let url = format!("http://127.0.0.1:{}/3.1/{path}", self.port);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        let agent = Agent::new_with_config(config);
        let login = STANDARD.encode(format!("restadmin:{PASSWORD}"));
        let login = format!("Basic {login}");
        let answer = match method {
            "GET" => agent.get(&url).header("authorization", &login).call(),
            "DELETE" => agent.delete(&url).header("authorization", &login).call(),
            "PATCH" => {
                let request = agent.patch(&url).header("authorization", &login);
                request.send_form(form.iter().copied())
            }
            _ => {
                let request = agent.post(&url).header("authorization", &login);
                request.send_form(form.iter().copied())
            }
        };
        let mut answer = answer.ok()?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().unwrap();
        Some((status, serde_json::from_str(&text).unwrap_or_default()))
    }

    fn names(&self, path: &str, key: &str) -> BTreeSet<String> {
        let (_, found) = self.ask("GET", path, &[]).unwrap();
        let entries = found["entries"].as_array().cloned().unwrap_or_default();
        let name = |entry: &Value| entry[key].as_str().unwrap().to_owned();
        entries.iter().map(name).collect()
    }

    fn lists(&self) -> BTreeSet<String> {
        self.names("lists", "list_name")
    }

    fn roster(&self, list: &str, role: &str) -> Vec<String> {
        let path = format!("lists/{list}@{DOMAIN}/roster/{role}");
        self.names(&path, "email").into_iter().collect()
    }

    fn subscribe(&self, list: &str, email: &str, role: &str) {
        let id = format!("{list}.{DOMAIN}");
        let form = [
            ("list_id", id.as_str()),
            ("subscriber", email),
            ("role", role),
            ("pre_verified", "true"),
            ("pre_confirmed", "true"),
            ("pre_approved", "true"),
        ];
        assert_eq!(self.ask("POST", "members", &form).unwrap().0, 201);
    }

    fn create(&self, list: &str) {
        let list = format!("{list}@{DOMAIN}");
        let made = self.ask("POST", "lists", &[("fqdn_listname", &list)]);
        assert_eq!(made.unwrap().0, 201);
    }

    fn settings(&self) -> Settings {
        settings(&[
            ("url", &format!("http://127.0.0.1:{}/3.1", self.port)),
            ("user", "restadmin"),
            ("password", PASSWORD),
            ("domain", DOMAIN),
        ])
    }
}

/// Mailman with the plugin before it.
fn ground() -> Option<(Arc<Mailman>, Ground)> {
    let mailman = Arc::new(mailman()?);
    let own = mailman.clone();
    let ground = Ground {
        program: Box::new(Lists::new(vec![format!("127.0.0.1:{}", mailman.port)])),
        settings: mailman.settings(),
        there: Box::new(move || own.lists()),
    };
    Some((mailman, ground))
}

/// A crew with people, by their addresses.
fn with(id: Uuid, name: &str, emails: &[&str]) -> Object {
    let Object::Crew(crew) = crew(id, name) else {
        unreachable!()
    };
    let person = |email: &&str| InCrew {
        id: Uuid::now_v7(),
        label: "Léa & Cie\n=1".into(),
        email: Some((*email).to_owned()).filter(|email| !email.is_empty()),
        login: None,
    };
    let people = emails.iter().map(person).collect();
    Object::Crew(Crew { people, ..crew })
}

/// The same with a name for its list.
fn named(object: Object, list: &str) -> Object {
    let Object::Crew(mut crew) = object else {
        unreachable!()
    };
    crew.fields.insert("list".into(), list.into());
    Object::Crew(crew)
}

async fn drifts(ground: &Ground, object: &Object, kept: Option<&Value>) -> Vec<String> {
    let call = call(&ground.settings, Action::Verify);
    let found = ground.program.verify(&call, object, kept).await.unwrap();
    found.into_iter().map(|drift| drift.said).collect()
}

fn gone(id: Uuid, kept: Option<Value>) -> Gone {
    Gone {
        kind: ObjectKind::Crew,
        id,
        label: "x".into(),
        kept,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_hold_the_contract() {
    let Some((_mailman, ground)) = ground() else {
        return;
    };
    holds(&ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_follows_its_crew_and_leaves_whom_its_owner_subscribed() {
    let Some((mailman, ground)) = ground() else {
        return;
    };
    let id = Uuid::now_v7();
    let crew = |emails: &[&str]| with(id, "Équipe Réseau", emails);
    let first = crew(&["Lea@example.org", "max+liste@example.org", ""]);
    let kept = ground.save(&first, None).await.unwrap();
    let list = "equipe-reseau";
    assert_eq!(
        mailman.roster(list, "member"),
        ["lea@example.org", "max+liste@example.org"]
    );
    let text = kept.as_ref().unwrap().to_string();
    assert!(!text.contains("lea@") && !text.contains(PASSWORD), "{text}");
    assert_eq!(drifts(&ground, &first, kept.as_ref()).await, [""; 0]);
    // By hand: one more, and one less.
    mailman.subscribe(list, "friend@example.org", "member");
    mailman.subscribe(list, "owner@example.org", "owner");
    let path = format!("lists/{list}@{DOMAIN}/member/lea@example.org");
    mailman.ask("DELETE", &path, &[]).unwrap();
    assert_eq!(
        drifts(&ground, &first, kept.as_ref()).await,
        ["lea@example.org is not subscribed to equipe-reseau@lists.example.org"]
    );
    // Who has another address by now has it here too.
    let second = crew(&["lea@example.com"]);
    assert_eq!(
        drifts(&ground, &second, kept.as_ref()).await,
        [
            "lea@example.com is not subscribed to equipe-reseau@lists.example.org",
            "max+liste@example.org is still subscribed to equipe-reseau@lists.example.org"
        ]
    );
    let kept = ground.save(&second, kept.as_ref()).await.unwrap();
    assert_eq!(
        mailman.roster(list, "member"),
        ["friend@example.org", "lea@example.com"]
    );
    // A crew with a new name has a new list, with those whom the old one's owner had subscribed.
    let third = named(crew(&["zoe@example.org"]), "reseau");
    let kept = ground.save(&third, kept.as_ref()).await.unwrap();
    assert_eq!(mailman.lists(), ["reseau".to_owned()].into());
    assert_eq!(
        mailman.roster("reseau", "member"),
        ["friend@example.org", "zoe@example.org"]
    );
    assert_eq!(mailman.roster("reseau", "owner"), ["owner@example.org"]);
    assert_eq!(drifts(&ground, &third, kept.as_ref()).await, [""; 0]);
    // One that is taken away by hand is missed, and made again.
    let path = format!("lists/reseau@{DOMAIN}");
    mailman.ask("DELETE", &path, &[]).unwrap();
    assert_eq!(
        drifts(&ground, &third, kept.as_ref()).await,
        ["the list reseau@lists.example.org is missing"]
    );
    let kept = ground.save(&third, kept.as_ref()).await.unwrap();
    assert_eq!(mailman.roster("reseau", "member"), ["zoe@example.org"]);
    // No list, where the crew says so.
    let none = named(crew(&[]), "-");
    assert_eq!(
        drifts(&ground, &none, kept.as_ref()).await,
        ["the list reseau@lists.example.org is there and should not be"]
    );
    assert_eq!(ground.save(&none, kept.as_ref()).await.unwrap(), None);
    assert!(mailman.lists().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_others_are_used_and_never_taken_away() {
    let Some((mailman, ground)) = ground() else {
        return;
    };
    mailman.create("tous");
    mailman.subscribe("tous", "friend@example.org", "member");
    let info = [("info", "Soyez gentils.")];
    let path = format!("lists/tous@{DOMAIN}/config");
    assert_eq!(mailman.ask("PATCH", &path, &info).unwrap().0, 204);
    let id = Uuid::now_v7();
    let object = with(id, "Tous", &["lea@example.org"]);
    let kept = ground.save(&object, None).await.unwrap();
    assert_eq!(
        mailman.roster("tous", "member"),
        ["friend@example.org", "lea@example.org"]
    );
    // Two crews with one name: the second is refused, and harms nothing.
    let other = with(Uuid::now_v7(), "TOUS", &["eve@example.org"]);
    let failure = ground.save(&other, None).await.unwrap_err();
    assert_eq!(failure.class, Class::Permanent, "{failure:?}");
    let foreign = gone(Uuid::now_v7(), kept.clone());
    ground.delete(&foreign).await.unwrap();
    assert_eq!(mailman.roster("tous", "member").len(), 2);
    ground.delete(&gone(id, kept)).await.unwrap();
    assert_eq!(mailman.roster("tous", "member"), ["friend@example.org"]);
    let (_, told) = mailman.ask("GET", &path, &[]).unwrap();
    assert_eq!(told["info"], "Soyez gentils.");
    // What a crew left behind is found by its mark, and nothing else is.
    let lost = with(Uuid::now_v7(), "Perdue", &[]);
    let left = with(Uuid::now_v7(), "Gardée", &[]);
    ground.save(&lost, None).await.unwrap();
    let known = [ground.save(&left, None).await.unwrap().unwrap()];
    let call = call(&ground.settings, Action::Verify);
    let extras = ground.program.extras(&call, &known).await.unwrap();
    let names: Vec<&str> = extras.iter().map(|extra| extra.name.as_str()).collect();
    assert_eq!(names, ["perdue@lists.example.org"]);
    let away = Gone {
        kind: ObjectKind::Foreign,
        ..gone(Uuid::nil(), Some(extras[0].kept.clone()))
    };
    ground.delete(&away).await.unwrap();
    assert_eq!(
        mailman.lists(),
        ["gardee".to_owned(), "tous".to_owned()].into()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_mailman_refuses_says_what_becomes_of_it() {
    let Some((mailman, ground)) = ground() else {
        return;
    };
    let id = Uuid::now_v7();
    let object = with(id, "Réseau", &["lea@example.org"]);
    let failed = async |settings: &Settings, object: &Object| {
        let call = call(settings, Action::Save);
        let failure = ground.program.save(&call, object, None).await.unwrap_err();
        assert!(!format!("{failure:?}").contains(PASSWORD), "{failure:?}");
        (failure.class, failure.error)
    };
    let but = |key: &str, value: &str| {
        let mut all = ground.settings.clone();
        all.insert(key.into(), value.into());
        all
    };
    let closed = format!("127.0.0.1:{}", free_port());
    let base = format!("http://127.0.0.1:{}", mailman.port);
    for (key, value, class, said) in [
        ("password", "wrong", Class::NeedsPerson, "answered with 401"),
        (
            "domain",
            "other.example.org",
            Class::NeedsPerson,
            "Mailman does not know the domain",
        ),
        (
            "style",
            "nope",
            Class::NeedsPerson,
            "Mailman has no such style of lists",
        ),
        (
            "url",
            &format!("http://{closed}/3.1"),
            Class::NeedsPerson,
            "the address is not allowed",
        ),
        (
            "url",
            &base,
            Class::Permanent,
            "this is not what Mailman answers: is the address that of its REST interface?",
        ),
    ] {
        let told = failed(&but(key, value), &object).await;
        assert_eq!(told, (class, said.to_owned()), "{key} {value}");
    }
    assert!(mailman.lists().is_empty(), "nothing was begun");
    let far = Lists::new(vec![closed.clone()]);
    let down = call(&but("url", &format!("http://{closed}/3.1")), Action::Save);
    let failure = far.save(&down, &object, None).await.unwrap_err();
    assert_eq!(failure.class, Class::Transient, "{failure:?}");
    for list in ["a@b", "../x", "a/b", ".x", "x..y", "é", "-x", "a b"] {
        let told = failed(&ground.settings, &named(object.clone(), list)).await;
        assert_eq!(told.0, Class::Permanent, "{list}");
    }
    // An address that Mailman does not take keeps nobody else out, and is told by a look.
    let odd = with(
        id,
        "Réseau",
        &["no-address", "lea@example.org", "été@example.org"],
    );
    let call = call(&ground.settings, Action::Save);
    let saved = ground.program.save(&call, &odd, None).await.unwrap();
    assert!(saved.output.contains("no-address"), "{}", saved.output);
    assert_eq!(mailman.roster("reseau", "member"), ["lea@example.org"]);
    assert_eq!(drifts(&ground, &odd, saved.kept.as_ref()).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_was_begun_is_finished() {
    let Some((mailman, ground)) = ground() else {
        return;
    };
    let id = Uuid::now_v7();
    let people = ["lea@example.org", "max@example.org"];
    let object = with(id, "Réseau", &people);
    // Ended before what it made was kept: by its mark it is known again.
    ground
        .save(&with(id, "Réseau", &people[..1]), None)
        .await
        .unwrap();
    let kept = ground.save(&object, None).await.unwrap();
    assert_eq!(mailman.roster("reseau", "member"), people);
    ground.delete(&gone(id, kept)).await.unwrap();
    assert!(mailman.lists().is_empty());
    // Ended between the making and the mark: it is finished, and left when the crew goes, as one of somebody's own.
    mailman.create("reseau");
    let kept = ground.save(&object, None).await.unwrap();
    assert_eq!(mailman.roster("reseau", "member"), people);
    ground.delete(&gone(id, kept)).await.unwrap();
    assert_eq!(mailman.lists(), ["reseau".to_owned()].into());
    assert!(mailman.roster("reseau", "member").is_empty());
}
