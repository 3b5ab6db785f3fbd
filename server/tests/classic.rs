//! The commands for users and groups, plugins and their journal, as they are typed: exit codes, what programs read, what a dry
//! run leaves as it was, and arguments that nobody should type.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::{Place, Said};
    use serde_json::Value;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    /// An organisation with a group, a user, and a plugin that runs a program.
    struct Office(Place);

    impl Office {
        fn new() -> Self {
            let place = Place::with_tenant("asso");
            std::fs::create_dir_all(place.path().join("commands/asso")).unwrap();
            let office = Self(place);
            office.program("cat > /dev/null; echo '{\"kept\": \"it\"}'");
            office.run(&["addgroup", "Réseau"]).exits(0);
            let lea = ["adduser", "lea", "--name", "Zola", "--disabled-password"];
            office
                .run(&[&lea[..], &["--groups", "Réseau"]].concat())
                .exits(0);
            let plugin = ["plugin", "add", "command", "Keep", "--wants", "crew"];
            let more = ["--set", "program=keep", "--set", "verifies=yes"];
            office.run(&[&plugin[..], &more].concat()).exits(0);
            office.run(&["plugin", "run"]).exits(0);
            office
        }

        /// What the plugin's program does.
        fn program(&self, script: &str) {
            let path = self
                .0
                .write("commands/asso/keep", format!("#!/bin/sh\n{script}\n"));
            let path = PathBuf::from(path);
            std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
        }

        fn run_with(&self, args: &[&str], input: &str) -> Said {
            let commands = self.0.path().join("commands");
            let env = [
                ("EQUIPAGE_PLUGINS__COMMANDS", commands.to_str().unwrap()),
                ("EQUIPAGE_LOG", "error"),
            ];
            self.0.run_with(args, &env, input)
        }

        fn run(&self, args: &[&str]) -> Said {
            self.run_with(args, "")
        }

        fn json(&self, args: &[&str]) -> Value {
            let said = self.run(&[args, &["--json"]].concat()).exits(0);
            serde_json::from_str(&said.out).unwrap()
        }

        /// How many rows are kept of everything, the audit among it.
        fn rows(&self) -> String {
            let said = self.run(&["tenant", "export", "asso", "all.gz"]).exits(0);
            std::fs::remove_file(self.0.path().join("all.gz")).unwrap();
            said.out
        }
    }

    #[test]
    fn users_and_groups_come_change_and_go() {
        let office = Office::new();
        assert_eq!(office.json(&["groups", "lea"])["groups"][0], "Réseau");
        office.run(&["adduser", "lea", "Réseau"]).exits(0);
        office.run(&["addgroup", "Cuisine"]).exits(0);
        office
            .run(&[
                "usermod", "lea", "--append", "--groups", "Cuisine", "--login", "lea.z",
            ])
            .exits(0);
        let groups = office.json(&["groups", "lea.z"]);
        assert_eq!(groups["groups"].as_array().unwrap().len(), 2);
        office
            .run(&["usermod", "lea.z", "--groups", "Cuisine"])
            .exits(0);
        assert_eq!(
            office.json(&["groups", "lea.z"])["groups"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        office
            .run_with(&["passwd", "lea.z"], "a few words in a row\n")
            .exits(0);
        assert_eq!(office.json(&["usermod", "lea.z", "--lock"])["done"], true);
        office
            .run(&["delgroup", "Cuisine", "--only-if-empty"])
            .exits(3);
        office.run(&["deluser", "lea.z"]).exits(0);
        office.run(&["groups", "lea.z"]).exits(4);
        office.run(&["delgroup", "Cuisine"]).exits(0);
        office
            .run_with(&["passwd", "lea.z"], "a few words in a row\n")
            .exits(4);
        office.run(&["delgroup", "Nobody"]).exits(4);
    }

    #[test]
    fn what_is_typed_wrongly_has_its_exit_code_and_a_word() {
        let office = Office::new();
        for (args, code) in [
            (&["addgroup", "Réseau"][..], 2),
            (&["addgroup", ""], 2),
            (&["addgroup", "a\nb\u{202e}"], 2),
            (&["adduser", "lea", "--disabled-password"], 2),
            (&["adduser", "-rf", "--disabled-password"], 2),
            (
                &[
                    "adduser",
                    "a b'; DROP TABLE logins; --",
                    "--disabled-password",
                ],
                2,
            ),
            (
                &[
                    "adduser",
                    "zoe",
                    "--groups",
                    "Nowhere",
                    "--disabled-password",
                ],
                4,
            ),
            (
                &[
                    "adduser",
                    "zoe",
                    "--tenant",
                    "../../etc",
                    "--disabled-password",
                ],
                4,
            ),
            (&["usermod", "lea", "--field", "nothing=1"], 2),
            (&["usermod", "lea", "--field", "nothing"], 2),
            (&["usermod", "nobody", "--lock"], 4),
            (&["passwd", "lea"], 2),
            (&["groups", "nobody"], 4),
            (&["delgroup", "Nowhere"], 4),
            (&["plugin", "add", "nothing", "X", "--wants", "crew"], 2),
            (&["plugin", "add", "extraction", "X", "--wants", "crew"], 2),
            (&["plugin", "set", "X", "--set", "a=b"], 4),
            (
                &["plugin", "set", "Keep", "--set", "program=../../bin/sh"],
                2,
            ),
            (&["plugin", "enable", "X"], 4),
            (&["journal", "show", "9"], 4),
            (&["journal", "show", "-9"], 2),
            (&["journal", "retry", "9"], 4),
            (&["journal", "retry"], 2),
            (&["journal", "give-up", "9", "--reason", "x"], 4),
            (&["journal", "list", "--state", "nonsense"], 2),
            (&["verify", "--plugin", "X"], 4),
            (&["extraction", "run", "X"], 4),
        ] {
            let said = office.run(args);
            assert_eq!(said.code, code, "{args:?}: {said:?}");
            assert!(
                !said.err.trim().is_empty() && !said.err.contains("panicked"),
                "{args:?}: {said:?}"
            );
        }
    }

    #[test]
    fn a_dry_run_says_what_it_would_do_and_does_nothing() {
        let office = Office::new();
        let before = office.rows();
        for args in [
            &["addgroup", "Cuisine", "--dry-run"][..],
            &["adduser", "max", "--disabled-password", "--dry-run"],
            &["usermod", "lea", "--lock", "--login", "zola", "--dry-run"],
            &["deluser", "lea", "--dry-run"],
            &["delgroup", "Réseau", "--dry-run"],
            &["journal", "retry", "--all", "--dry-run"],
        ] {
            let said = office.run(args).exits(0);
            assert!(!said.out.trim().is_empty(), "{args:?}");
        }
        let told = office.json(&["deluser", "lea", "--dry-run"]);
        assert_eq!(told["done"], false);
        // What would be refused is refused.
        office.run(&["addgroup", "Réseau", "--dry-run"]).exits(2);
        assert_eq!(office.rows(), before);
        office.run(&["groups", "lea"]).exits(0);
    }

    #[test]
    fn what_fails_is_found_shown_retried_or_given_up() {
        let office = Office::new();
        office.program("cat > /dev/null; echo 'no room for it' >&2; exit 65");
        office.run(&["addgroup", "Cuisine"]).exits(0);
        office.run(&["addgroup", "Jardin"]).exits(0);
        office.run(&["plugin", "run"]).exits(0);
        let rows = office.json(&["journal", "list"]);
        assert_eq!(rows.as_array().unwrap().len(), 2);
        let number = rows[0]["number"].to_string();
        assert_eq!(rows[0]["state"], "failed");
        let shown = office.run(&["journal", "show", &number]).exits(0);
        assert!(shown.out.contains("no room for it"), "{shown:?}");
        assert!(office.json(&["journal", "show", &number]).is_object());
        office
            .run(&["journal", "give-up", &number, "--reason", ""])
            .exits(2);
        office
            .run(&["journal", "give-up", &number, "--reason", "not needed"])
            .exits(0);
        let left = office.json(&["journal", "list", "--state", "given_up"]);
        assert_eq!(left.as_array().unwrap().len(), 1);
        office.program("cat > /dev/null; echo '{\"kept\": \"it\"}'");
        office
            .run(&["journal", "retry", "--all", "--plugin", "Keep"])
            .exits(0);
        office.run(&["plugin", "run"]).exits(0);
        let rows = office.json(&["journal", "list"]);
        assert_eq!(
            rows.as_array().unwrap().len(),
            1,
            "what was given up stays so: {rows}"
        );
        office.run(&["journal", "retry", &number]).exits(0);
        office.run(&["plugin", "run"]).exits(0);
        assert_eq!(office.json(&["journal", "list"]), Value::Array(Vec::new()));
        // The other system differs, or does not answer.
        office.run(&["verify"]).exits(0);
        office.program("cat > /dev/null; echo 'it is not there'; exit 1");
        let found = office.run(&["verify", "--kind", "crew", "--json"]).exits(5);
        let found: Value = serde_json::from_str(&found.out).unwrap();
        assert_eq!(
            (&found["looked_at"], &found["differ"]),
            (&3.into(), &3.into())
        );
        office.program("cat > /dev/null; exit 75");
        office.run(&["plugin", "again", "Keep"]).exits(0);
        office.run(&["plugin", "disable", "Keep"]).exits(0);
        office.run(&["plugin", "delete", "Keep"]).exits(0);
        assert_eq!(office.json(&["plugin", "list"]), Value::Array(Vec::new()));
    }

    #[test]
    fn nobody_is_told_of_a_reader_who_has_gone() {
        let place = Place::new();
        for args in [
            &["extraction", "kinds", "--help"][..],
            &["completions", "bash"],
        ] {
            let mut child = place.start(args, &[]);
            // As `| head -0` does.
            drop(child.stdout.take());
            let said = child.wait_with_output().unwrap();
            let text = String::from_utf8(said.stderr).unwrap();
            assert!(!text.contains("panicked"), "{args:?}: {text}");
        }
    }

    #[test]
    fn shells_complete_and_man_has_pages() {
        let place = Place::new();
        for shell in ["bash", "zsh", "fish"] {
            let said = place.run(&["completions", shell]).exits(0);
            assert!(
                said.out.contains("adduser") && said.out.contains("extraction"),
                "{shell}"
            );
        }
        place.run(&["man", "pages"]).exits(0);
        let pages = std::fs::read_dir(place.path().join("pages"))
            .unwrap()
            .count();
        assert!(pages > 30, "{pages}");
    }
}
