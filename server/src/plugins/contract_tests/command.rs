//! Programs that are really run.

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

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
