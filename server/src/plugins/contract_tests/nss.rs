//! A MariaDB that really runs, in a folder and on a port of its own. The library that reads the rows is in few
//! systems by now: its documented questions are asked here as it asks them.

use super::*;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Instant;

const MARIADBD: &str = "/usr/sbin/mariadbd";
const PASSWORD: &str = "hush-hush-9";

/// It, until the test is over.
struct Database {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program of MariaDB's, which refuses to run as root.
fn as_its_user(program: &str) -> std::process::Command {
    match rustix::process::getuid().is_root() {
        false => std::process::Command::new(program),
        true => {
            let mut command = std::process::Command::new("setpriv");
            command.args(["--reuid=mysql", "--regid=mysql", "--clear-groups", program]);
            command
        }
    }
}

fn give(folder: &Path) {
    if rustix::process::getuid().is_root() {
        let mut owned = std::process::Command::new("chown");
        owned.args(["-R", "mysql:mysql"]).arg(folder);
        assert!(owned.status().unwrap().success());
    }
}

/// A certificate in the name of this machine, which vouches for itself.
fn certificate(folder: &Path) {
    let mut made = std::process::Command::new("openssl");
    made.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
    ]);
    made.args(["-nodes", "-days", "30", "-subj", "/CN=localhost"]);
    made.args(["-addext", "subjectAltName=DNS:localhost"]);
    made.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    made.args(["-keyout", "key.pem", "-out", "cert.pem"]);
    let made = made.current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// Starts one; nothing where it is not installed.
fn database() -> Option<Database> {
    if !Path::new(MARIADBD).exists() {
        eprintln!("SKIPPED: MariaDB is not installed (script/bootstrap --tests does so on Debian)");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    give(folder.path());
    let data = format!("--datadir={}", folder.path().join("data").display());
    let mut made = as_its_user("mariadb-install-db");
    made.args(["--no-defaults", "--auth-root-authentication-method=normal"]);
    let made = made.args(["--skip-test-db", &data]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let port = free_port();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut command = as_its_user(MARIADBD);
    command.args([
        "--no-defaults",
        &data,
        "--bind-address=127.0.0.1",
        "--skip-log-bin",
    ]);
    command.args([
        format!("--port={port}"),
        format!("--socket={}", path("socket")),
        format!("--ssl-cert={}", path("cert.pem")),
        format!("--ssl-key={}", path("key.pem")),
        format!("--pid-file={}", path("pid")),
        "--innodb-flush-log-at-trx-commit=0".to_owned(),
        "--innodb-buffer-pool-size=16M".to_owned(),
    ]);
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap());
    let process = command.stderr(log).spawn().unwrap();
    let database = Database {
        process,
        port,
        folder,
    };
    let begun = Instant::now();
    while database.try_ask("SELECT 1").is_err() {
        assert!(begun.elapsed() < Duration::from_secs(50), "MariaDB starts");
        std::thread::sleep(Duration::from_millis(100));
    }
    // What docs/plugins.md tells an administrator to do.
    database.ask("CREATE DATABASE accounts; CREATE DATABASE other");
    database.ask(&format!(
        "CREATE USER equipage IDENTIFIED BY '{PASSWORD}';
         GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, INDEX ON accounts.* TO equipage"
    ));
    Some(database)
}

impl Database {
    /// As an administrator of the database would, beside the plugin.
    fn try_ask(&self, statement: &str) -> Result<Vec<String>, String> {
        let mut asked = std::process::Command::new("mariadb");
        let socket = self.folder.path().join("socket");
        asked.arg("--no-defaults").arg("-S").arg(socket);
        asked.args(["-u", "root", "-N", "-B", "--default-character-set=utf8mb4"]);
        let asked = asked.args(["-e", statement]).output().unwrap();
        match asked.status.success() {
            true => {
                let text = String::from_utf8(asked.stdout).unwrap();
                Ok(text.lines().map(|line| line.replace('\t', ":")).collect())
            }
            false => Err(String::from_utf8_lossy(&asked.stderr).into_owned()),
        }
    }

    fn ask(&self, statement: &str) -> Vec<String> {
        self.try_ask(statement).unwrap()
    }

    fn names(&self) -> BTreeSet<String> {
        let all =
            "SELECT username FROM accounts.users UNION ALL SELECT name FROM accounts.`groups`";
        self.try_ask(all).unwrap_or_default().into_iter().collect()
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn settings(&self) -> Settings {
        settings(&[
            ("address", &self.address()),
            ("database", "accounts"),
            ("user", "equipage"),
            ("password", PASSWORD),
            ("shell", "/bin/sh"),
        ])
    }
}

/// A database with the plugin before it.
fn ground() -> Option<(Arc<Database>, Ground)> {
    let database = Arc::new(database()?);
    let own = database.clone();
    let ground = Ground {
        program: Box::new(Nss::new(vec![database.address()], None)),
        settings: database.settings(),
        there: Box::new(move || own.names()),
    };
    Some((database, ground))
}

fn object(person: Person) -> Object {
    Object::Person(Box::new(person))
}

/// A crew with accounts in it.
fn with(id: Uuid, name: &str, logins: &[&str]) -> Object {
    let Object::Crew(crew) = crew(id, name) else {
        unreachable!()
    };
    let person = |login: &&str| InCrew {
        id: Uuid::now_v7(),
        label: (*login).into(),
        email: None,
        login: Some((*login).into()),
    };
    let people = logins.iter().map(person).collect();
    Object::Crew(Crew { people, ..crew })
}

async fn drifts(ground: &Ground, object: &Object, kept: Option<&Value>) -> Vec<String> {
    let call = call(&ground.settings, Action::Verify);
    let found = ground.program.verify(&call, object, kept).await.unwrap();
    found.into_iter().map(|drift| drift.said).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_in_a_database_hold_the_contract() {
    let Some((_database, ground)) = ground() else {
        return;
    };
    holds(&ground).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_questions_of_the_library_are_answered() {
    let Some((database, ground)) = ground() else {
        return;
    };
    let id = Uuid::now_v7();
    let lea = object(person(id, "lea"));
    let kept = ground.save(&lea, None).await.unwrap();
    let reseau = Uuid::now_v7();
    let group = with(reseau, "Équipe Réseau", &["max", "lea", "Not A Name"]);
    let in_group = ground.save(&group, None).await.unwrap();
    let told = |statement: &str| database.ask(&format!("USE accounts; {statement}"));
    let account = "lea:x:10000:100:Léa dite Zola:/home/lea:/bin/sh";
    for by in ["username = 'lea'", "uid = '10000'"] {
        let asked = format!(
            "SELECT username,'x',uid,gid,gecos,homedir,shell FROM users WHERE {by} LIMIT 1"
        );
        assert_eq!(told(&asked), [account]);
    }
    assert_eq!(
        told(
            "SELECT username,password,lstchg,min,max,warn,inact,expire,flag FROM users WHERE username='lea' LIMIT 1"
        ),
        ["lea:!:1:0:99999:0:0:-1:0"],
        "nobody signs in by it"
    );
    let gid = told("SELECT name,password,gid FROM `groups` WHERE name='equipe-reseau' LIMIT 1");
    assert_eq!(gid, ["equipe-reseau:x:10001"]);
    assert_eq!(
        told("SELECT username FROM grouplist WHERE gid='10001'"),
        ["lea", "max"]
    );
    assert_eq!(
        told("SELECT gid FROM grouplist WHERE username='max'"),
        ["10001"]
    );
    // It follows; the number stays.
    let fewer = with(reseau, "Réseau", &["zoe"]);
    assert_eq!(
        drifts(&ground, &fewer, in_group.as_ref()).await,
        ["reseau differs"]
    );
    ground.save(&fewer, in_group.as_ref()).await.unwrap();
    assert_eq!(told("SELECT name,gid FROM `groups`"), ["reseau:10001"]);
    assert_eq!(told("SELECT username FROM grouplist"), ["zoe"]);
    let renamed = object(person(id, "leaz"));
    let kept = ground.save(&renamed, kept.as_ref()).await.unwrap();
    assert_eq!(told("SELECT username,uid FROM users"), ["leaz:10000"]);
    // Somebody at the database changed a thing, and set a password.
    for change in ["shell = '/bin/false'", "password = 'open'", "gid = 0"] {
        database.ask(&format!("UPDATE accounts.users SET {change}"));
        assert_eq!(
            drifts(&ground, &renamed, kept.as_ref()).await,
            ["leaz differs"],
            "{change}"
        );
        ground.save(&renamed, kept.as_ref()).await.unwrap();
        assert_eq!(drifts(&ground, &renamed, kept.as_ref()).await, [""; 0]);
    }
    database.ask("DELETE FROM accounts.users");
    assert_eq!(
        drifts(&ground, &renamed, kept.as_ref()).await,
        ["leaz is missing"]
    );
    // Somebody who may not sign in any more has no account.
    ground.save(&renamed, kept.as_ref()).await.unwrap();
    let mut locked = person(id, "leaz");
    locked.login.as_mut().unwrap().is_disabled = true;
    let locked = object(locked);
    assert_eq!(
        drifts(&ground, &locked, kept.as_ref()).await,
        ["leaz is there and should not be"]
    );
    assert_eq!(ground.save(&locked, kept.as_ref()).await.unwrap(), None);
    assert!(told("SELECT username FROM users").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_numbers_of_others_are_theirs() {
    let Some((database, ground)) = ground() else {
        return;
    };
    let id = Uuid::now_v7();
    let kept = ground.save(&object(person(id, "lea")), None).await.unwrap();
    ground
        .save(&object(person(Uuid::now_v7(), "max")), None)
        .await
        .unwrap();
    database.ask("INSERT INTO accounts.users (username, uid, gid, homedir, shell) VALUES ('eve', 20000, 100, '/', '/bin/sh')");
    for (login, said) in [
        ("max", "max is somebody else's name"),
        ("eve", "eve is somebody else's name"),
        ("root", "root is a name of the machine itself"),
        (
            "Lea",
            "the login Lea is no name for an account: a-z, 0-9, _ and -, 32 at most",
        ),
        (
            "x'; DROP TABLE users; --",
            "the login x'; DROP TABLE users; -- is no name for an account: a-z, 0-9, _ and -, 32 at most",
        ),
    ] {
        let failure = ground
            .save(&object(person(id, login)), kept.as_ref())
            .await
            .unwrap_err();
        assert_eq!(
            (failure.class, failure.error.as_str()),
            (Class::Permanent, said)
        );
    }
    let known = [kept.unwrap()];
    let call = call(&ground.settings, Action::Verify);
    let extras = ground.program.extras(&call, &known).await.unwrap();
    let names: Vec<&str> = extras.iter().map(|extra| extra.name.as_str()).collect();
    assert_eq!(names, ["max", "eve"]);
    for extra in extras {
        let gone = Gone {
            kind: ObjectKind::Foreign,
            id: Uuid::nil(),
            label: extra.name,
            kept: Some(extra.kept),
        };
        ground.delete(&gone).await.unwrap();
    }
    assert_eq!(database.names(), ["lea".to_owned()].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_ends_in_the_middle_leaves_nothing() {
    let Some((database, ground)) = ground() else {
        return;
    };
    let id = Uuid::now_v7();
    let kept = ground
        .save(&with(id, "Réseau", &["lea"]), None)
        .await
        .unwrap();
    let told = || {
        database.ask("SELECT g.name, l.username FROM accounts.`groups` g JOIN accounts.grouplist l USING (gid)")
    };
    database.ask(
        "CREATE TRIGGER accounts.broken BEFORE INSERT ON accounts.grouplist FOR EACH ROW
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'",
    );
    let next = with(id, "Autre", &["max"]);
    let failure = ground.save(&next, kept.as_ref()).await.unwrap_err();
    assert_eq!(failure.class, Class::Transient, "{failure:?}");
    assert_eq!(told(), ["reseau:lea"], "as it was");
    database.ask("DROP TRIGGER accounts.broken");
    ground.save(&next, kept.as_ref()).await.unwrap();
    assert_eq!(told(), ["autre:max"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_database_refuses_says_what_becomes_of_it() {
    let Some((database, ground)) = ground() else {
        return;
    };
    let lea = object(person(Uuid::now_v7(), "lea"));
    let failed = async |program: &Nss, settings: &Settings| {
        let call = call(settings, Action::Save);
        let failure = program.save(&call, &lea, None).await.unwrap_err();
        assert!(!format!("{failure:?}").contains(PASSWORD), "{failure:?}");
        (failure.class, failure.error)
    };
    let but = |pairs: &[(&str, &str)]| {
        let mut all = ground.settings.clone();
        all.extend(settings(pairs));
        all
    };
    let closed = format!("127.0.0.1:{}", free_port());
    let localhost = format!("localhost:{}", database.port);
    let hosts = vec![database.address(), closed.clone(), localhost.clone()];
    let nss = Nss::new(hosts.clone(), None);
    for (pairs, class, said) in [
        (
            &[("password", "wrong")][..],
            Class::NeedsPerson,
            "the database does not let this user in (1045)",
        ),
        (
            &[("user", "o'brien")],
            Class::NeedsPerson,
            "the database does not let this user in (1045)",
        ),
        (
            &[("database", "other")],
            Class::NeedsPerson,
            "the database does not let this user in (1044)",
        ),
        (
            &[("address", "127.0.0.1:1")],
            Class::NeedsPerson,
            "the address is not allowed",
        ),
        (
            &[("address", &closed)],
            Class::Transient,
            "no connection: connection refused",
        ),
        (
            &[("address", &localhost), ("tls", "yes")],
            Class::NeedsPerson,
            "no encrypted connection",
        ),
    ] {
        assert_eq!(
            failed(&nss, &but(pairs)).await,
            (class, said.to_owned()),
            "{pairs:?}"
        );
    }
    assert_eq!(
        nss.check("nuage", &but(&[("address", "db.example.org")])),
        [("address", Code::NotAllowedHere)]
    );
    // Whom the operator has vouch for it, it believes; but only in the name that it has.
    let vouched = Nss::new(hosts, Some(database.folder.path().join("cert.pem")));
    let other_name = but(&[("tls", "yes")]);
    assert_eq!(failed(&vouched, &other_name).await.0, Class::NeedsPerson);
    let named = but(&[("address", &localhost), ("tls", "yes")]);
    vouched
        .save(&call(&named, Action::Save), &lea, None)
        .await
        .unwrap();
    assert_eq!(database.names(), ["lea".to_owned()].into());
    // Where the tables are, no right to make them is needed; where they are of another shape, somebody is.
    database.ask("REVOKE CREATE, INDEX ON accounts.* FROM equipage");
    ground.save(&lea, None).await.unwrap();
    database.ask("ALTER TABLE accounts.users DROP COLUMN shell");
    let told = failed(&nss, &ground.settings).await;
    assert_eq!(
        told,
        (
            Class::NeedsPerson,
            "the tables are of another shape (1054)".to_owned()
        )
    );
    database.ask("DROP TABLE accounts.grouplist");
    assert_eq!(failed(&nss, &ground.settings).await.0, Class::NeedsPerson);
    // What was never made is taken away without a word.
    let gone = Gone {
        kind: ObjectKind::Person,
        id: Uuid::nil(),
        label: "lea".into(),
        kept: Some(json!({"name": "lea", "number": 10_000, "kind": "person"})),
    };
    ground.delete(&gone).await.unwrap();
}
