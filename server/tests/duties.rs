//! kill -9 of a server that works duties: whatever was changed meanwhile is carried in the end, as it is by then, and
//! nothing is carried that is not there any more.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::Place;
    use serde_json::Value;
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::{TcpListener, TcpStream};
    use std::os::unix::fs::PermissionsExt;
    use std::process::Child;
    use std::time::{Duration, Instant};

    /// How often the server is killed.
    const KILLS: u64 = 12;
    /// How long it may take until everything is carried: what a killed server had taken is somebody else's after a minute.
    const LONG: Duration = Duration::from_secs(150);

    /// The exit code of a verification that has no answer yet.
    const QUESTIONS_WAIT: i32 = 3;

    /// Another system: a file for each crew, with its name. Each call is written down; none is quick.
    const PROGRAM: &str = r#"#!/bin/sh
read -r told
echo "$told" >> "$WORLD/../log"
id=$(echo "$told" | sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p')
name=$(echo "$told" | sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
sleep 0.03
case $told in
  *'"action":"save"'*) echo "$name" > "$WORLD/.$id" && mv "$WORLD/.$id" "$WORLD/$id"; echo "{\"kept\": \"$id\"}" ;;
  *'"action":"delete"'*) rm -f "$WORLD/$id" ;;
  *'"action":"verify"'*) [ "$(cat "$WORLD/$id" 2>/dev/null)" = "$name" ] || { echo "$name differs"; exit 1; } ;;
esac
"#;

    struct Ground {
        place: Place,
        env: Vec<(&'static str, String)>,
        port: u16,
    }

    impl Ground {
        fn new() -> Self {
            let place = Place::with_tenant("asso");
            let folder = place.path().join("commands/asso");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::create_dir(place.path().join("world")).unwrap();
            let world = place.path().join("world");
            let script = PROGRAM.replace("$WORLD", world.to_str().unwrap());
            place.write("commands/asso/keep", script);
            std::fs::set_permissions(folder.join("keep"), PermissionsExt::from_mode(0o755))
                .unwrap();
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            let commands = place.path().join("commands");
            let env = vec![
                (
                    "EQUIPAGE_PLUGINS__COMMANDS",
                    commands.to_str().unwrap().to_owned(),
                ),
                ("EQUIPAGE_LISTEN", format!("127.0.0.1:{port}")),
                ("EQUIPAGE_LOG", "error".to_owned()),
            ];
            let ground = Self { place, env, port };
            ground.run(&[
                "plugin",
                "add",
                "command",
                "Keep",
                "--wants",
                "crew",
                "--set",
                "program=keep",
                "--set",
                "verifies=yes",
            ]);
            ground
        }

        fn env(&self) -> Vec<(&str, &str)> {
            self.env
                .iter()
                .map(|(key, value)| (*key, value.as_str()))
                .collect()
        }

        fn run(&self, args: &[&str]) -> String {
            self.place.run_with(args, &self.env(), "").exits(0).out
        }

        fn serve(&self) -> Child {
            let child = self.place.start(&["serve"], &self.env());
            let begun = Instant::now();
            while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
                assert!(begun.elapsed() < Duration::from_secs(30), "no answer");
                std::thread::sleep(Duration::from_millis(5));
            }
            child
        }

        /// The exit code of a verification; what it says where it finds something is shown.
        fn verify(&self) -> i32 {
            let said = self.place.run_with(&["verify"], &self.env(), "");
            let is_fine = [0, QUESTIONS_WAIT].contains(&said.code);
            assert!(is_fine, "{}{}", said.out, said.err);
            said.code
        }

        /// What is in the other system.
        fn world(&self) -> BTreeSet<String> {
            let all = std::fs::read_dir(self.place.path().join("world")).unwrap();
            let all = all.map(|entry| entry.unwrap());
            let whole = all.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
            whole
                .map(|entry| {
                    std::fs::read_to_string(entry.path())
                        .unwrap()
                        .trim()
                        .to_owned()
                })
                .collect()
        }

        /// Every call of the program.
        fn calls(&self) -> Vec<Value> {
            let log = std::fs::read_to_string(self.place.path().join("log")).unwrap_or_default();
            log.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        }
    }

    #[test]
    fn a_server_that_is_killed_at_any_step_carries_everything_once_it_is_back() {
        let ground = Ground::new();
        let mut crews = BTreeSet::new();
        for kill in 0..KILLS {
            let mut server = ground.serve();
            for n in 0..4 {
                let name = format!("crew-{kill}-{n}");
                ground.run(&["addgroup", &name]);
                crews.insert(name);
            }
            if kill % 3 == 2 {
                let gone = format!("crew-{}-1", kill - 1);
                ground.run(&["delgroup", &gone]);
                crews.remove(&gone);
            }
            std::thread::sleep(Duration::from_millis(kill * 41 % 170));
            server.kill().unwrap();
            server.wait().unwrap();
        }
        let mut server = ground.serve();
        let begun = Instant::now();
        // What a killed server had taken is nobody's for a minute: until then questions wait.
        while ground.world() != crews || ground.verify() == QUESTIONS_WAIT {
            let missing: Vec<String> = crews
                .symmetric_difference(&ground.world())
                .cloned()
                .collect();
            assert!(begun.elapsed() < LONG, "not carried: {missing:?}");
            std::thread::sleep(Duration::from_secs(1));
        }
        assert_eq!(ground.verify(), 0);
        server.kill().unwrap();
        server.wait().unwrap();
        // What was done and not written down is done once more under the same name, and nothing else is.
        let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for call in ground.calls() {
            let object = [&call["object"]["now"]["id"], &call["gone"]["id"]];
            let object = object
                .into_iter()
                .find_map(Value::as_str)
                .unwrap()
                .to_owned();
            let about = format!("{} {object}", call["action"]);
            named
                .entry(call["once"].as_str().unwrap().to_owned())
                .or_default()
                .insert(about);
        }
        assert!(named.values().all(|about| about.len() == 1), "{named:?}");
        let saves = named
            .values()
            .filter(|about| about.iter().any(|one| one.contains("save")));
        assert_eq!(
            saves.count(),
            usize::try_from(KILLS * 4).unwrap(),
            "each crew was saved by one duty"
        );
        assert_eq!(ground.run(&["journal", "list", "--json"]).trim(), "[]");
    }
}
