//! Mail from the command line to a real mail server on this machine (aiosmtpd, see
//! `end2end/lib/smtp.py`): what is taken, refused, asked to come back, and never answered.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::{Place, Said};
    use std::io::{BufRead, BufReader};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};

    /// A mail server, ended with the test.
    struct Server {
        child: Child,
        port: String,
        folder: PathBuf,
    }

    impl Drop for Server {
        fn drop(&mut self) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    /// The Python that has the library: Debian's package is for Debian's own.
    fn python() -> &'static str {
        let has = |python: &&str| {
            let mut command = Command::new(python);
            let asked = command
                .args(["-c", "import aiosmtpd"])
                .stderr(Stdio::null());
            asked.status().is_ok_and(|status| status.success())
        };
        ["/usr/bin/python3", "python3"]
            .into_iter()
            .find(has)
            .expect("Python with aiosmtpd: script/bootstrap --tests installs it")
    }

    impl Server {
        fn start(place: &Place, more: &[&str]) -> Self {
            let folder = place.path().join("taken");
            std::fs::create_dir_all(&folder).unwrap();
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/lib/smtp.py");
            let mut child = Command::new(python())
                .arg(script)
                .arg(&folder)
                .args(more)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut port = String::new();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            out.read_line(&mut port).unwrap();
            Self {
                child,
                port: port.trim().to_owned(),
                folder,
            }
        }

        fn run(&self, place: &Place, args: &[&str]) -> Said {
            let env = [
                ("EQUIPAGE_MAIL__HOST", "localhost"),
                ("EQUIPAGE_MAIL__PORT", self.port.as_str()),
                ("EQUIPAGE_MAIL__TLS", "none"),
                ("EQUIPAGE_MAIL__FROM", "equipage@example.org"),
                ("EQUIPAGE_MAIL__TIMEOUT", "1"),
            ];
            place.run_with(args, &env, "")
        }

        /// The mails that it took, in their order.
        fn taken(&self) -> Vec<String> {
            let files = std::fs::read_dir(&self.folder).unwrap();
            let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
            paths.sort();
            paths
                .iter()
                .map(|path| std::fs::read_to_string(path).unwrap())
                .collect()
        }
    }

    #[test]
    fn a_test_mail_arrives_whole_and_says_that_nobody_wrote_it() {
        let place = Place::new();
        let server = Server::start(&place, &[]);
        server
            .run(&place, &["mail", "test", "léa@example.org"])
            .exits(0);
        let mails = server.taken();
        let mail = &mails[0];
        for line in [
            "X-From: equipage@example.org",
            "X-To: léa@example.org",
            "Auto-Submitted: auto-generated",
            "Message-ID: <",
            "Date: ",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(mail.contains(line), "{line}: {mail}");
        }
    }

    #[test]
    fn the_commands_read_the_file_and_say_what_waits() {
        let place = Place::with_tenant("nuage");
        let said = place.run(&["mail", "queue"]).exits(0);
        assert_eq!(said.out, "");
        place.run(&["reminders", "run", "--dry-run"]).exits(0);
        // Nothing piles up where nothing can be sent.
        let said = place.run(&["reminders", "run"]).exits(2);
        assert!(said.err.contains("[mail]"), "{said:#?}");
        place.write(
            "equipage.toml",
            "[mail]\nto_folder = \"out\"\nfrom = \"equipage@example.org\"\n",
        );
        let said = place.run(&["reminders", "run"]).exits(3);
        assert!(said.err.contains("off"), "{said:#?}");
        let said = place.run(&["mail", "run"]).exits(0);
        assert_eq!(said.out, "0 sent\n");
        place.run(&["mail", "test", "a@example.org"]).exits(0);
        let files = std::fs::read_dir(place.path().join("out")).unwrap();
        assert_eq!(files.count(), 1);
        place.write("equipage.toml", "[mail]\nhots = \"x\"\n");
        let said = place.run(&["mail", "run"]).exits(2);
        assert!(said.err.contains("hots"), "{said:#?}");
    }

    #[test]
    fn what_the_mail_server_says_is_told() {
        let place = Place::new();
        let server = Server::start(&place, &[]);
        for (address, said) in [
            ("refused@example.org", "550"),
            ("busy@example.org", "451"),
            ("slow@example.org", "too long"),
        ] {
            let told = server.run(&place, &["mail", "test", address]).exits(1);
            assert!(told.err.contains(said), "{told:#?}");
        }
        // Nobody is there: a port that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let free = port.local_addr().unwrap().port().to_string();
        drop(port);
        let env = [
            ("EQUIPAGE_MAIL__HOST", "localhost"),
            ("EQUIPAGE_MAIL__PORT", free.as_str()),
            ("EQUIPAGE_MAIL__TLS", "none"),
            ("EQUIPAGE_MAIL__FROM", "equipage@example.org"),
        ];
        let told = place
            .run_with(&["mail", "test", "a@example.org"], &env, "")
            .exits(1);
        assert!(told.err.to_lowercase().contains("connection"), "{told:#?}");
        let told = place.run(&["mail", "test", "a@example.org"]).exits(2);
        assert!(told.err.contains("[mail]"), "{told:#?}");
        assert_eq!(server.taken().len(), 0);
    }

    /// A page of the only tenant, asked for as a browser would.
    fn ask(port: u16, path: &str) -> u16 {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let asked = agent.get(format!("http://127.0.0.1:{port}{path}"));
        let answer = asked.header("host", format!("localhost:{port}")).call();
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    fn wait_for(what: impl Fn() -> bool) {
        for _ in 0..400 {
            if what() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!("it did not come");
    }

    /// Takes a table away under the program's feet.
    fn damage(place: &Place) {
        use sqlx::{Connection, Executor, SqliteConnection};
        let mut files = std::fs::read_dir(place.path().join("data/tenants")).unwrap();
        let file = files.find_map(|file| {
            let path = file.unwrap().path();
            path.extension()
                .is_some_and(|end| end == "db")
                .then_some(path)
        });
        let url = format!("sqlite://{}", file.unwrap().display());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            connection
                .execute("ALTER TABLE settings RENAME TO gone")
                .await
                .unwrap();
            connection.close().await.unwrap();
        });
    }

    #[test]
    fn an_error_is_told_to_the_operator_once_and_names_nobody() {
        let place = Place::with_tenant("nuage");
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let env = [
            ("EQUIPAGE_MAIL__TO_FOLDER", "out"),
            ("EQUIPAGE_MAIL__FROM", "equipage@example.org"),
            ("EQUIPAGE_MAIL__ERRORS_TO", "operator@example.org"),
        ];
        let listen = format!("127.0.0.1:{port}");
        let mut child = place.start(&["serve", "--listen", &listen], &env);
        wait_for(|| ask(port, "/health") == 200);
        damage(&place);
        let path = "/members/0197f0a0-7000-7000-8000-000000000000?q=lea%40example.org";
        for _ in 0..3 {
            assert_eq!(ask(port, path), 500);
        }
        let mails = || {
            let files = std::fs::read_dir(place.path().join("out")).unwrap();
            let paths = files.map(|file| file.unwrap().path());
            let whole = paths.filter(|path| path.extension().is_some_and(|end| end == "eml"));
            whole
                .map(|path| std::fs::read_to_string(path).unwrap())
                .collect::<Vec<String>>()
        };
        // (A worker that begins just then meets the same damage, and is told of, too.)
        let is_of_page = |mail: &String| mail.contains("GET /members/{id}");
        wait_for(|| mails().iter().any(is_of_page));
        std::thread::sleep(std::time::Duration::from_millis(300));
        child.kill().unwrap();
        child.wait().unwrap();
        let mails = mails();
        let of_page = mails.iter().filter(|mail| is_of_page(mail)).count();
        assert_eq!(of_page, 1, "{mails:#?}");
        for mail in &mails {
            assert!(mail.contains("To: operator@example.org"), "{mail}");
            for secret in ["0197f0a0", "lea", "gone", "SELECT"] {
                assert!(!mail.contains(secret), "{secret}: {mail}");
            }
        }
    }

    #[test]
    fn a_protected_way_is_insisted_on_and_the_certificate_is_looked_at() {
        let place = Place::new();
        let (key, certificate) = (place.path().join("key.pem"), place.path().join("cert.pem"));
        let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ])
            .args(["-days", "2", "-subj", "/CN=localhost"])
            .args([
                "-addext",
                "subjectAltName=DNS:localhost",
                "-addext",
                "basicConstraints=CA:FALSE",
            ])
            .args(["-keyout", key, "-out", certificate])
            .stderr(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let protected = Server::start(&place, &[certificate, key]);
        let run = |port: &str, authority: Option<&str>| {
            let mut env = vec![
                ("EQUIPAGE_MAIL__HOST", "localhost"),
                ("EQUIPAGE_MAIL__PORT", port),
                ("EQUIPAGE_MAIL__FROM", "equipage@example.org"),
            ];
            env.extend(authority.map(|path| ("EQUIPAGE_MAIL__CA_FILE", path)));
            place.run_with(&["mail", "test", "a@example.org"], &env, "")
        };
        run(&protected.port, Some(certificate)).exits(0);
        // A certificate that nobody vouches for, and a server that offers no protection.
        run(&protected.port, None).exits(1);
        let plain = Server::start(&place, &[]);
        run(&plain.port, Some(certificate)).exits(1);
        assert_eq!(protected.taken().len(), 1);
    }
}
