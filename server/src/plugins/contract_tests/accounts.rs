//! Files of system accounts, and what the machine itself reads of them.

use super::*;

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
