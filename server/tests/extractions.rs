//! Files that templates make, by the program itself: written whole or not at all, found when somebody else has
//! changed them, and read by the programs they are for.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::{Place, Said};
    use serde_json::Value;
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::time::Duration;

    /// Where libnss-extrausers looks.
    const EXTRAUSERS: &str = "/var/lib/extrausers";
    /// How often a run is killed.
    const KILLS: u64 = 20;

    /// An organisation with two people and a crew.
    struct Office {
        place: Place,
        env: Vec<(String, String)>,
    }

    impl Office {
        fn new() -> Self {
            let place = Place::with_tenant("nuage");
            let here = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
            let env = vec![
                ("EQUIPAGE_PLUGINS__EXTRACTIONS".to_owned(), here("files")),
                ("EQUIPAGE_PLUGINS__COMMANDS".to_owned(), here("commands")),
                (
                    "EQUIPAGE_PLUGINS__EXTRACTION_OWNERS".to_owned(),
                    "[\":adm\", \"nobody\"]".to_owned(),
                ),
            ];
            let office = Self { place, env };
            office.run(&["addgroup", "Réseau"]).exits(0);
            for (login, given, name) in [("eq-lea", "Léa", "Benamar"), ("eq-max", "Max", "Zola")] {
                office.add_user(login, given, name);
            }
            office
        }

        /// Somebody in the crew who may have an account.
        fn add_user(&self, login: &str, given: &str, name: &str) {
            let args = ["adduser", login, "--given-name", given, "--name", name];
            let more = ["--groups", "Réseau", "--disabled-password"];
            self.run(&[&args[..], &more].concat()).exits(0);
        }

        fn run(&self, args: &[&str]) -> Said {
            let env: Vec<(&str, &str)> = self
                .env
                .iter()
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            self.place.run_with(args, &env, "")
        }

        fn extraction(&self, args: &[&str]) -> Said {
            self.run(&[&["extraction"], args].concat())
        }

        fn file(&self, path: &str) -> PathBuf {
            self.place.path().join("files/nuage").join(path)
        }

        fn text(&self, path: &str) -> String {
            std::fs::read_to_string(self.file(path)).unwrap_or_default()
        }

        /// A template in a file of its own.
        fn template(&self, text: &str) -> String {
            self.place.write("template.txt", text)
        }

        fn command(&self, name: &str, script: &str) {
            let folder = self.place.path().join("commands/nuage");
            std::fs::create_dir_all(&folder).unwrap();
            let path = folder.join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        }
    }

    fn is_here(program: &str) -> bool {
        let found = Command::new("sh")
            .args(["-c", &format!("command -v {program}")])
            .output();
        let is_here = found.is_ok_and(|found| found.status.success());
        if !is_here {
            eprintln!("SKIPPED: {program} is not installed");
        }
        is_here
    }

    #[test]
    fn a_file_is_written_once_and_only_when_something_changes() {
        let office = Office::new();
        office
            .extraction(&["add", "Accounts", "--from", "passwd"])
            .exits(0);
        office.extraction(&["run", "Accounts"]).exits(0);
        let first = office.text("passwd");
        assert_eq!(first.lines().count(), 2, "{first}");
        assert!(
            first.contains(":Léa Benamar:/home/eq-lea:/bin/bash\n"),
            "{first}"
        );
        let known = std::fs::metadata(office.file("passwd")).unwrap();
        assert_eq!(known.mode() & 0o7777, 0o644);
        office.extraction(&["run", "Accounts"]).exits(0);
        let again = std::fs::metadata(office.file("passwd")).unwrap();
        assert_eq!(
            (known.ino(), known.mtime_nsec()),
            (again.ino(), again.mtime_nsec()),
            "not touched"
        );
        // Somebody comes: the duty is there, and is worked where duties are.
        office.add_user("eq-zoe", "Zoé", "Li");
        office.run(&["plugin", "run"]).exits(0);
        assert_eq!(office.text("passwd").lines().count(), 3);
        // What is the same for everybody, and different for one.
        office
            .extraction(&["set", "Accounts", "--set", "shell=/bin/sh"])
            .exits(0);
        office
            .run(&["usermod", "eq-lea", "--shell", "/bin/zsh"])
            .exits(0);
        office.run(&["plugin", "run"]).exits(0);
        let text = office.text("passwd");
        assert!(
            text.contains(":/home/eq-lea:/bin/zsh\n") && text.contains(":/home/eq-zoe:/bin/sh\n"),
            "{text}"
        );
    }

    #[test]
    fn what_somebody_else_has_changed_is_shown_found_and_put_right() {
        let office = Office::new();
        office
            .extraction(&["add", "Groups", "--from", "group"])
            .exits(0);
        let said = office.extraction(&["preview", "Groups"]).exits(5);
        assert!(said.out.starts_with("+reseau:x:1"), "{}", said.out);
        assert!(!office.file("group").exists(), "a preview writes nothing");
        office.extraction(&["run", "Groups"]).exits(0);
        office.extraction(&["preview", "Groups"]).exits(0);
        office.run(&["verify"]).exits(0);
        let good = office.text("group");
        std::fs::write(office.file("group"), "root:x:0:\n").unwrap();
        let said = office.extraction(&["run", "Groups", "--dry-run"]).exits(5);
        assert!(
            said.out.contains("-root:x:0:") && said.err.contains("1 lines come, 1 go"),
            "{said:?}"
        );
        let said = office.run(&["verify"]).exits(5);
        assert!(
            said.out.contains("somebody else has changed group"),
            "{said:?}"
        );
        office.run(&["journal", "retry", "--all"]).exits(0);
        office.run(&["plugin", "run"]).exits(0);
        assert_eq!(
            office.text("group"),
            good,
            "put right, because somebody asked"
        );
        std::fs::remove_file(office.file("group")).unwrap();
        assert!(
            office
                .run(&["verify"])
                .exits(5)
                .out
                .contains("group is missing")
        );
        office.extraction(&["run", "Groups"]).exits(0);
        std::fs::set_permissions(office.file("group"), Permissions::from_mode(0o666)).unwrap();
        assert!(
            office
                .run(&["verify"])
                .exits(5)
                .out
                .contains("another owner or mode: 0666")
        );
        office.extraction(&["run", "Groups"]).exits(0);
        office.run(&["verify"]).exits(0);
        assert_eq!(
            std::fs::metadata(office.file("group")).unwrap().mode() & 0o7777,
            0o644
        );
    }

    #[test]
    fn a_program_hears_of_each_change_and_of_nothing_else() {
        let office = Office::new();
        let log = office.place.path().join("log");
        office.command("reload", &format!("cat >> {0}; echo >> {0}", log.display()));
        let heard = || {
            std::fs::read_to_string(&log)
                .unwrap_or_default()
                .lines()
                .count()
        };
        office
            .extraction(&["add", "Groups", "--from", "group", "--command", "reload"])
            .exits(0);
        office.extraction(&["run", "Groups"]).exits(0);
        assert_eq!(heard(), 1);
        let told: Value = serde_json::from_str(
            std::fs::read_to_string(&log)
                .unwrap()
                .lines()
                .next()
                .unwrap(),
        )
        .unwrap();
        assert_eq!(told["file"], office.file("group").to_str().unwrap());
        office.extraction(&["run", "Groups"]).exits(0);
        assert_eq!(heard(), 1, "nothing has changed");
        office.command("reload", "echo no such zone >&2; exit 78");
        office.run(&["addgroup", "Neuf"]).exits(0);
        let failed = office.extraction(&["run", "Groups"]).exits(1);
        assert!(
            failed
                .err
                .contains("J1: somebody must mend something (78): no such zone"),
            "{failed:?}"
        );
        assert!(
            office.text("group").contains("neuf:"),
            "the file is written all the same"
        );
        office.command("reload", &format!("cat >> {0}; echo >> {0}", log.display()));
        office.run(&["journal", "retry", "1"]).exits(0);
        office.run(&["plugin", "run"]).exits(0);
        assert_eq!(heard(), 2, "it has heard of what it had missed");
    }

    #[test]
    fn a_file_goes_where_it_may_and_nowhere_else() {
        let office = Office::new();
        office
            .extraction(&["add", "Groups", "--from", "group", "--path", "unix/group"])
            .exits(0);
        office.extraction(&["run", "Groups"]).exits(0);
        assert!(office.file("unix/group").is_file());
        office
            .extraction(&["set", "Groups", "--path", "group"])
            .exits(0);
        office.extraction(&["run", "Groups"]).exits(0);
        assert!(
            office.file("group").is_file() && !office.file("unix/group").exists(),
            "it has moved"
        );
        for bad in ["/etc/group", "../group", ".lock", "a/../../b"] {
            office
                .extraction(&["set", "Groups", "--path", bad])
                .exits(2);
        }
        for (key, bad) in [
            ("--mode", "4755"),
            ("--owner", "root"),
            ("--command", "../sh"),
            ("--hour", "24"),
        ] {
            office.extraction(&["set", "Groups", key, bad]).exits(2);
        }
        // A link that leads elsewhere is not followed, neither as a folder nor as a file.
        let elsewhere = office.place.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, office.file("out")).unwrap();
        office
            .extraction(&["set", "Groups", "--path", "out/group"])
            .exits(0);
        let said = office.extraction(&["run", "Groups"]).exits(1);
        assert!(
            said.err.contains("leads out of the organisation's folder"),
            "{said:?}"
        );
        std::fs::write(elsewhere.join("x"), "theirs").unwrap();
        symlink(elsewhere.join("x"), office.file("link")).unwrap();
        office
            .extraction(&["set", "Groups", "--path", "link"])
            .exits(0);
        let said = office.extraction(&["run", "Groups"]).exits(1);
        assert!(said.err.contains("no ordinary file"), "{said:?}");
        let names: Vec<_> = std::fs::read_dir(&elsewhere)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["x"]);
        assert_eq!(
            std::fs::read_to_string(elsewhere.join("x")).unwrap(),
            "theirs"
        );
        if rustix::process::geteuid().is_root() {
            office
                .extraction(&[
                    "set", "Groups", "--path", "group", "--mode", "640", "--owner", ":adm",
                ])
                .exits(0);
            office.extraction(&["run", "Groups"]).exits(0);
            let known = std::fs::metadata(office.file("group")).unwrap();
            assert_eq!((known.mode() & 0o7777, known.gid()), (0o640, 4));
        }
    }

    #[test]
    fn a_template_that_takes_all_there_is_ends_alone() {
        let office = Office::new();
        let bombs = [
            (
                "{% set ns = namespace(a='x') %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a }}",
                "more memory",
            ),
            (
                "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
                "it takes too long",
            ),
            (
                "{% for a in range(9999) %}{{ 'x' * 9999 }}{% endfor %}",
                "the text is too long",
            ),
            ("{{ config.nothing }}", "line 1: undefined"),
            ("{% include '/etc/passwd' %}", ""),
        ];
        let template = office.template("{{ organisation }}");
        office
            .extraction(&["add", "Bomb", "--from", "group", "--template", &template])
            .exits(0);
        office.extraction(&["run", "Bomb"]).exits(0);
        let before = office.text("group");
        for (bomb, said) in bombs {
            let template = office.template(bomb);
            let set = office.extraction(&["set", "Bomb", "--template", &template]);
            if set.code == 2 {
                assert!(bomb.contains("include"), "{set:?}");
                continue;
            }
            let ran = office.extraction(&["run", "Bomb"]).exits(1);
            assert!(ran.err.contains(said), "{bomb}: {ran:?}");
            assert_eq!(office.text("group"), before, "the file stays as it was");
        }
    }

    #[test]
    fn a_run_that_is_killed_leaves_a_whole_file() {
        let office = Office::new();
        let template = office.template(
            "{% for one in range(20000) %}{{ config.word }} {{ one }}\n{% endfor %}end\n",
        );
        office
            .extraction(&[
                "add",
                "Long",
                "--from",
                "passwd",
                "--template",
                &template,
                "--set",
                "word=v0",
            ])
            .exits(0);
        let env: Vec<(&str, &str)> = office
            .env
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        for n in 1..=KILLS {
            office
                .extraction(&["set", "Long", "--set", &format!("word=v{n}")])
                .exits(0);
            let mut child = office.place.start(&["extraction", "run", "Long"], &env);
            std::thread::sleep(Duration::from_millis(n * 23 % 400));
            let _ = child.kill();
            let _ = child.wait();
            let text = office.text("passwd");
            let lines: Vec<&str> = text.lines().collect();
            let is_whole =
                lines.is_empty() || lines.len() == 20_001 && lines.last() == Some(&"end");
            assert!(is_whole, "after kill {n}: {} lines", lines.len());
            let words: std::collections::BTreeSet<&str> = lines
                .iter()
                .filter(|line| **line != "end")
                .map(|line| line.split(' ').next().unwrap())
                .collect();
            assert!(words.len() <= 1, "of one version: {words:?}");
        }
        // A lease of one that was killed ends by itself: until then nobody else has the duty.
        let mut done = office.extraction(&["run", "Long"]);
        for _ in 0..90 {
            if office.text("passwd").contains(&format!("v{KILLS} ")) {
                break;
            }
            std::thread::sleep(Duration::from_secs(1));
            done = office.extraction(&["run", "Long"]);
        }
        assert!(
            office.text("passwd").starts_with(&format!("v{KILLS} 0\n")),
            "{done:?}"
        );
        let left = std::fs::read_dir(office.file("")).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".lock", "passwd"], "nothing that was begun is left");
    }

    /// Nobody else reads the machine's files of extra users meanwhile.
    fn alone() -> Option<std::fs::File> {
        let lock = std::fs::File::create(Path::new(EXTRAUSERS).join(".test.lock")).ok()?;
        lock.lock().ok()?;
        Some(lock)
    }

    #[test]
    fn the_machine_knows_the_accounts_of_the_file() {
        let files = ["passwd", "group"].map(|file| Path::new(EXTRAUSERS).join(file));
        let lock = alone();
        if lock.is_none() || files.iter().any(|file| file.exists()) {
            eprintln!(
                "SKIPPED: libnss-extrausers is not installed, is in use, or its folder is not ours"
            );
            return;
        }
        let office = Office::new();
        for kind in ["passwd", "group"] {
            office.extraction(&["add", kind, "--from", kind]).exits(0);
            office.extraction(&["run", kind]).exits(0);
            std::fs::copy(office.file(kind), Path::new(EXTRAUSERS).join(kind)).unwrap();
        }
        let asked = [("passwd", "eq-lea"), ("group", "reseau")].map(|(table, name)| {
            let output = Command::new("getent")
                .args(["-s", "extrausers", table, name])
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        });
        for path in &files {
            std::fs::remove_file(path).unwrap();
        }
        let line = |file: &str, begin: &str| {
            let text = office.text(file);
            let found = text.lines().find(|line| line.starts_with(begin));
            format!("{}\n", found.unwrap())
        };
        assert_eq!(asked[0], line("passwd", "eq-lea:"));
        assert_eq!(asked[1], line("group", "reseau:"));
        assert!(asked[1].ends_with(":eq-lea,eq-max\n"), "{asked:?}");
        // The plugin of system accounts gives the same numbers.
        let accounts = office.place.path().join("accounts");
        let mut env = office.env.clone();
        env.push((
            "EQUIPAGE_PLUGINS__ACCOUNTS".to_owned(),
            accounts.to_str().unwrap().to_owned(),
        ));
        let env: Vec<(&str, &str)> = env.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        office
            .place
            .run_with(
                &[
                    "plugin",
                    "add",
                    "accounts",
                    "Unix",
                    "--wants",
                    "person,crew",
                ],
                &env,
                "",
            )
            .exits(0);
        office.place.run_with(&["plugin", "run"], &env, "").exits(0);
        let theirs = std::fs::read_to_string(accounts.join("nuage/passwd")).unwrap();
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&theirs), sorted(&office.text("passwd")));
    }

    /// Each service of the demonstration that has addresses has a device, in the field that the
    /// extraction has declared.
    fn give_devices(place: &Place) {
        let tenants = place.path().join("data/tenants");
        let files = std::fs::read_dir(tenants)
            .unwrap()
            .map(|f| f.unwrap().path());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for file in files.filter(|file| file.extension().is_some_and(|e| e == "db")) {
            runtime.block_on(async {
                use sqlx::{Connection, Executor, SqliteConnection};
                let url = format!("sqlite://{}", file.display());
                let mut there = SqliteConnection::connect(&url).await.unwrap();
                let sql = "INSERT INTO extra_values (tenant_id, field_id, object_id, value, search) \
                    SELECT DISTINCT a.tenant_id, f.id, a.service_id, '52:54:00:00:00:01', '52:54:00:00:00:01' \
                    FROM allocations a JOIN extra_fields f ON f.tenant_id = a.tenant_id AND f.slug = 'mac'";
                there.execute(sql).await.unwrap();
                there.close().await.unwrap();
            });
        }
    }

    #[test]
    fn the_programs_they_are_for_take_what_ships() {
        let place = Place::new();
        place.run(&["demo"]).exits(0);
        let env = vec![(
            "EQUIPAGE_PLUGINS__EXTRACTIONS".to_owned(),
            place.path().join("files").to_str().unwrap().to_owned(),
        )];
        let office = Office { place, env };
        let tenant = ["--tenant", "nuage-libre"];
        let there = |kind: &str| office.place.path().join("files/nuage-libre").join(kind);
        for kind in ["zone", "dhcp", "firewall", "aliases"] {
            let said = [&["add", kind, "--from", kind][..], &tenant].concat();
            office.extraction(&said).exits(0);
            office
                .extraction(&[&["run", kind][..], &tenant].concat())
                .exits(0);
        }
        let ask = |program: &str, args: &[&str]| {
            if !is_here(program) {
                return;
            }
            let said = Command::new(program).args(args).output().unwrap();
            let text = String::from_utf8_lossy(&said.stdout).into_owned()
                + &String::from_utf8_lossy(&said.stderr);
            // A machine may keep its firewall to itself, also from root.
            if text.contains("Operation not permitted") {
                eprintln!("SKIPPED: {program} may not be asked here");
                return;
            }
            assert!(said.status.success(), "{program} {args:?}: {text}");
        };
        let zone = std::fs::read_to_string(there("zone")).unwrap();
        assert!(zone.contains(" IN A "), "{zone}");
        // The name server of the zone is in another one: only its syntax is looked at.
        ask(
            "named-checkzone",
            &[
                "-i",
                "none",
                "members.example.org",
                there("zone").to_str().unwrap(),
            ],
        );
        let hosts = std::fs::read_to_string(there("dhcp")).unwrap();
        assert!(
            hosts.is_empty(),
            "no service of the demonstration has a device: {hosts}"
        );
        give_devices(&office.place);
        office
            .extraction(&[&["run", "dhcp"][..], &tenant].concat())
            .exits(0);
        let hosts = std::fs::read_to_string(there("dhcp")).unwrap();
        assert!(hosts.matches("fixed-address").count() > 5, "{hosts}");
        ask("dhcpd", &["-t", "-cf", there("dhcp").to_str().unwrap()]);
        let mails = std::fs::read_to_string(there("aliases")).unwrap();
        let folder = office.place.path().join("postfix");
        std::fs::create_dir(&folder).unwrap();
        office
            .place
            .write("postfix/main.cf", "compatibility_level = 3.6\n");
        office.place.write("postfix/aliases", &mails);
        let table = format!("hash:{}", folder.join("aliases").display());
        ask("postalias", &["-c", folder.to_str().unwrap(), &table]);
        if is_here("postalias") {
            let (alias, to) = mails.lines().next().unwrap().split_once(": ").unwrap();
            let asked = ["-c", folder.to_str().unwrap(), "-q", alias, &table];
            let said = Command::new("postalias").args(asked).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap().trim(), to);
        }
        let firewall = std::fs::read_to_string(there("firewall")).unwrap();
        assert!(firewall.contains("elements = {"), "{firewall}");
        if rustix::process::geteuid().is_root() {
            ask("nft", &["-c", "-f", there("firewall").to_str().unwrap()]);
        }
        // A zone that changes has a new serial number; one that does not keeps it.
        let serial = |text: &str| {
            text.lines()
                .find(|line| line.contains("SOA"))
                .unwrap()
                .to_owned()
        };
        office
            .extraction(&[&["run", "zone"][..], &tenant].concat())
            .exits(0);
        assert_eq!(std::fs::read_to_string(there("zone")).unwrap(), zone);
        office
            .extraction(&[&["set", "zone", "--set", "ttl=600"][..], &tenant].concat())
            .exits(0);
        office
            .extraction(&[&["run", "zone"][..], &tenant].concat())
            .exits(0);
        let after = std::fs::read_to_string(there("zone")).unwrap();
        assert_ne!(serial(&after), serial(&zone));
    }
}
