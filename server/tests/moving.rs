//! One organisation as a file: moved between SQLite and PostgreSQL, and back, put back from its
//! backup while another one is there; and every file that is not whole refused.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::{Place, Said};
    use flate2::Compression;
    use flate2::read::GzDecoder;
    use flate2::write::GzEncoder;
    use serde_json::Value;
    use std::io::{Read, Write};
    use std::path::Path;
    use std::sync::OnceLock;
    use std::time::Duration;

    /// The organisation that moves, and the one beside it.
    const A: &str = "nuage-libre";
    const B: &str = "les-sentiers";
    /// How often an import is killed.
    const KILLS: u64 = 12;

    /// The demonstration's files, made once.
    fn demo() -> &'static Place {
        static DEMO: OnceLock<Place> = OnceLock::new();
        DEMO.get_or_init(|| {
            let place = Place::new();
            place.run(&["demo"]).exits(0);
            place.run(&["tenant", "export", A, "a.gz"]).exits(0);
            place
        })
    }

    fn file() -> String {
        demo().path().join("a.gz").to_str().unwrap().to_owned()
    }

    /// An installation: a place of its own, with an engine.
    struct Installation {
        place: Place,
        env: Vec<(&'static str, String)>,
    }

    impl Installation {
        fn sqlite() -> Self {
            Self::new(Vec::new())
        }

        /// A database of its own in the private PostgreSQL.
        fn postgres() -> Self {
            use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
            let name = format!("moved_{}", uuid::Uuid::now_v7().simple());
            let url = |of: &str| std::env::var(of).expect("run `script/postgres cargo test …`");
            let (serving, owner) = (
                url("EQUIPAGE_TEST_POSTGRES"),
                url("EQUIPAGE_TEST_POSTGRES_OWNER"),
            );
            let options: sqlx::postgres::PgConnectOptions = owner.parse().unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut connection = options.connect().await.unwrap();
                let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
                connection.execute(sql).await.unwrap();
                connection.close().await.unwrap();
            });
            let at = |url: &str| {
                let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
                format!(
                    "postgres://{}@{}:{}/{name}",
                    options.get_username(),
                    options.get_host(),
                    options.get_port()
                )
            };
            let here = Self::new(vec![
                ("DATABASE_URL", at(&serving)),
                ("EQUIPAGE_DATABASE_OWNER_URL", at(&owner)),
            ]);
            here.run(&["migrate"]).exits(0);
            here
        }

        fn new(env: Vec<(&'static str, String)>) -> Self {
            let place = Place::new();
            let mut env = env;
            let key = demo().path().join("data/bank.key");
            env.push(("EQUIPAGE_BANK_KEY", std::fs::read_to_string(key).unwrap()));
            Self { place, env }
        }

        fn env(&self) -> Vec<(&str, &str)> {
            self.env.iter().map(|(k, v)| (*k, v.as_str())).collect()
        }

        fn run(&self, args: &[&str]) -> Said {
            self.place.run_with(args, &self.env(), "")
        }

        fn report(&self, args: &[&str]) -> Value {
            let mut args = args.to_vec();
            args.push("--json");
            serde_json::from_str(&self.run(&args).exits(0).out).unwrap()
        }

        fn path(&self, name: &str) -> String {
            self.place.path().join(name).to_str().unwrap().to_owned()
        }

        /// What each table of a tenant holds.
        fn sums(&self, tenant: &str) -> Value {
            let file = self.path(&format!("{}.gz", uuid::Uuid::now_v7()));
            self.report(&["tenant", "export", tenant, &file])["tables"].clone()
        }

        fn tenants(&self) -> String {
            self.run(&["tenant", "list"]).exits(0).out
        }

        fn leaves_nothing(&self) {
            assert_eq!(self.tenants(), "");
            let tenants = self.place.path().join("data/tenants");
            if let Ok(files) = std::fs::read_dir(tenants) {
                let left: Vec<_> = files.map(|f| f.unwrap().file_name()).collect();
                assert!(left.is_empty(), "{left:?}");
            }
        }
    }

    #[test]
    fn a_tenant_comes_back_over_the_other_engine_as_it_went() {
        let sums = {
            let args = ["tenant", "export", A, "again.gz", "--json"];
            let said = demo().run(&args).exits(0).out;
            serde_json::from_str::<Value>(&said).unwrap()["tables"].clone()
        };
        let tables = sums.as_array().unwrap();
        assert!(tables.len() > 30);
        assert!(tables.iter().filter(|t| t["rows"] != 0).count() > 25);
        let (server, files) = (Installation::postgres(), Installation::sqlite());
        let tried = server.report(&["tenant", "import", &file(), "--dry-run"]);
        assert_eq!(tried["tables"], sums);
        assert_eq!(server.tenants(), "", "nothing was kept of a trial");
        let there = server.report(&["tenant", "import", &file()]);
        assert_eq!(there["tables"], sums);
        assert_eq!(server.sums(A), sums);
        let back = server.path("back.gz");
        server.run(&["tenant", "export", A, &back]).exits(0);
        let here = files.report(&["tenant", "import", &back, "--as", "ailleurs"]);
        assert_eq!(here["tables"], sums);
        assert_eq!(files.sums("ailleurs"), sums);
        for (place, name) in [(&server, A), (&files, "ailleurs")] {
            place.run(&["audit", "verify", "--tenant", name]).exits(0);
            place.run(&["doctor"]).exits(0);
            place.run(&["user", "list", "--tenant", name]).exits(0);
            // It is here already, under whatever name.
            place.run(&["tenant", "import", &file()]).exits(3);
            place
                .run(&["tenant", "import", &file(), "--as", "encore"])
                .exits(3);
        }
    }

    #[test]
    fn a_name_that_is_taken_and_a_key_that_is_missing_are_said() {
        let (mut files, server) = (Installation::sqlite(), Installation::postgres());
        files.place = Place::with_tenant(A);
        server.run(&["tenant", "create", A]).exits(0);
        for mut here in [files, server] {
            let said = here.run(&["tenant", "import", &file()]).exits(3);
            assert!(said.err.contains("--as"), "{said:?}");
            here.env.retain(|(name, _)| *name != "EQUIPAGE_BANK_KEY");
            let args = ["tenant", "import", &file(), "--as", "autre"];
            let said = here.run(&args).exits(3);
            assert!(said.err.contains("bank_key"), "{said:?}");
            assert_eq!(here.tenants().lines().count(), 1);
        }
    }

    /// A backup of one is put back: it is as it was, and the other one stays as it is.
    #[test]
    fn restoring_one_leaves_the_other_as_it_is() {
        for here in [Installation::sqlite(), Installation::postgres()] {
            let other = demo().path().join(format!("b{}.gz", uuid::Uuid::now_v7()));
            let other = other.to_str().unwrap();
            demo().run(&["tenant", "export", B, other]).exits(0);
            here.run(&["tenant", "import", &file()]).exits(0);
            here.run(&["tenant", "import", other]).exits(0);
            let (a, b) = (here.sums(A), here.sums(B));
            let crew = ["crew", "create", "inventee", "--tenant", A];
            here.run(&crew).exits(0);
            assert_ne!(here.sums(A), a);
            // Another one's file, and a trial, change nothing.
            here.run(&["tenant", "restore", A, other]).exits(3);
            here.run(&["tenant", "restore", A, &file(), "--dry-run"])
                .exits(0);
            assert_ne!(here.sums(A), a);
            let put_back = here.report(&["tenant", "restore", A, &file()]);
            assert_eq!(put_back["tables"], a);
            // The audit says so, and nothing else is another.
            let now = here.sums(A);
            let differs: Vec<&Value> = now
                .as_array()
                .unwrap()
                .iter()
                .zip(a.as_array().unwrap())
                .filter(|(x, y)| x != y)
                .map(|(x, _)| &x["table"])
                .collect();
            assert_eq!(differs, ["audit", "audit_heads"]);
            assert_eq!(here.sums(B), b);
            here.run(&["audit", "verify", "--tenant", A]).exits(0);
            // What is frozen is frozen again.
            here.run(&crew).exits(0);
        }
    }

    /// One goes, and is put back from its last file: the other one does not notice either.
    #[test]
    fn deleting_one_and_restoring_it_leaves_the_other_as_it_is() {
        for here in [Installation::sqlite(), Installation::postgres()] {
            let other = demo().path().join(format!("b{}.gz", uuid::Uuid::now_v7()));
            let other = other.to_str().unwrap();
            demo().run(&["tenant", "export", B, other]).exits(0);
            here.run(&["tenant", "import", &file()]).exits(0);
            here.run(&["tenant", "import", other]).exits(0);
            let (a, b) = (here.sums(A), here.sums(B));
            let last = here.path("last.gz");
            let delete = ["tenant", "delete", A, &last];
            // Not without its name, said once more; not where its file would replace another.
            here.run(&delete).exits(2);
            let wrong = [delete.as_slice(), &["--yes-delete", B]].concat();
            here.run(&wrong).exits(2);
            assert!(!Path::new(&last).exists());
            let there = ["tenant", "delete", A, &file(), "--yes-delete", A];
            here.run(&there).exits(3);
            assert_eq!(here.sums(A), a);
            let gone = here.report(&[delete.as_slice(), &["--yes-delete", A]].concat());
            assert_eq!(gone["tables"], a);
            assert!(!here.tenants().contains(A), "{}", here.tenants());
            let was = here.run(&["tenant", "list", "--deleted"]).exits(0).out;
            assert!(was.starts_with(A) && was.lines().count() == 1, "{was}");
            here.run(&["tenant", "export", A, &here.path("none.gz")])
                .exits(4);
            assert_eq!(here.sums(B), b);
            let back = here.report(&["tenant", "import", &last]);
            assert_eq!(back["tables"], a);
            assert_eq!((here.sums(A), here.sums(B)), (a, b));
            here.run(&["audit", "verify", "--tenant", A]).exits(0);
        }
    }

    fn lines() -> Vec<String> {
        let mut text = String::new();
        let file = std::fs::File::open(file()).unwrap();
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn packed(lines: &[String]) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        for line in lines {
            writeln!(out, "{line}").unwrap();
        }
        out.finish().unwrap()
    }

    /// Files that are not whole, each in its own way.
    fn damaged() -> Vec<(String, Vec<u8>)> {
        let whole = std::fs::read(file()).unwrap();
        let lines = lines();
        let row = lines.iter().position(|l| l.starts_with('[')).unwrap();
        let mut all = Vec::new();
        for part in [0, 9, whole.len() / 2, whole.len() - 8, whole.len() - 1] {
            all.push((format!("cut at {part}"), whole[..part].to_vec()));
        }
        for place in [0, 12, whole.len() / 3, whole.len() / 2, whole.len() - 3] {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            all.push((format!("another byte at {place}"), bytes));
        }
        let mut followed = whole.clone();
        followed.push(0);
        all.push(("something follows".into(), followed));
        let mut say = |what: &str, change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            all.push((what.to_owned(), packed(&lines)));
        };
        say("a row is missing", &|l| drop(l.remove(row)));
        say("a row is there twice", &|l| l.insert(row, l[row].clone()));
        say("a row has changed", &|l| {
            l[row] = l[row].replacen('0', "1", 1);
        });
        say("a row has a column less", &|l| l[row] = "[null]".into());
        say("another count", &|l| {
            let end = l.iter_mut().find(|l| l.starts_with("{\"end\"")).unwrap();
            *end = end.replacen("\"rows\":", "\"rows\":1", 1);
        });
        say("a table is missing", &|l| {
            let (from, to) = (
                l.iter().position(|l| l.starts_with("{\"table\"")).unwrap(),
                l.iter().position(|l| l.starts_with("{\"end\"")).unwrap(),
            );
            l.drain(from..=to);
        });
        say("the last line is missing", &|l| drop(l.pop()));
        say("a newer one wrote it", &|l| {
            l[0] = l[0].replacen("\"schema\":", "\"schema\":9", 1);
        });
        say("nothing of ours", &|l| l[0] = "{}".into());
        all
    }

    #[test]
    fn a_file_that_is_not_whole_leaves_nothing() {
        let (files, server) = (Installation::sqlite(), Installation::postgres());
        for (what, bytes) in damaged() {
            let path = files.place.write("damaged.gz", bytes);
            for here in [&files, &server] {
                let said = here.run(&["tenant", "import", &path]);
                assert_eq!(said.code, 2, "{what}: {said:?}");
                here.leaves_nothing();
            }
        }
        server.run(&["tenant", "import", &file()]).exits(0);
    }

    /// Wherever it is stopped: the next one clears away what is left.
    #[test]
    fn an_import_that_is_killed_leaves_all_or_nothing() {
        for here in [Installation::sqlite(), Installation::postgres()] {
            let mut whole = 0;
            for n in 0..KILLS {
                let child = here
                    .place
                    .start(&["tenant", "import", &file()], &here.env());
                let mut child = child;
                std::thread::sleep(Duration::from_millis(20 + n * 150));
                child.kill().unwrap();
                child.wait().unwrap();
                if here.tenants().is_empty() {
                    continue;
                }
                whole += 1;
                here.run(&["audit", "verify", "--tenant", A]).exits(0);
                break;
            }
            if whole == 0 {
                here.run(&["tenant", "import", &file()]).exits(0);
            }
            here.run(&["doctor"]).exits(0);
            assert!(!here.sums(A).as_array().unwrap().is_empty());
            let left = Path::new("data/tenants");
            if let Ok(files) = std::fs::read_dir(here.place.path().join(left)) {
                let names: Vec<_> = files.map(|f| f.unwrap().file_name()).collect();
                let aside = |n: &&std::ffi::OsString| n.to_string_lossy().contains("moving");
                assert_eq!(names.iter().filter(aside).count(), 0, "{names:?}");
            }
        }
    }
}
