//! A server that is started, killed and started again.

use std::io::Read;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take until it answers. A database that recovers needs its time.
const START_MAX: Duration = Duration::from_secs(30);

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Storage {
    Folder(std::path::PathBuf),
    /// The addresses of the role that serves and of the owner.
    Postgres(String, String),
}

impl Storage {
    /// The program with this storage and nothing else of the developer's.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_equipage"));
        command.env_clear().current_dir(std::env::temp_dir());
        match self {
            Self::Folder(folder) => command.env("EQUIPAGE_DATA", folder),
            Self::Postgres(url, owner) => command
                .env("DATABASE_URL", url)
                .env("EQUIPAGE_DATABASE_OWNER_URL", owner),
        };
        command
            .env("EQUIPAGE_LOG", "error")
            .env("EQUIPAGE_DEFAULT_TENANT", "asso");
        command
    }

    /// Runs a command to its end; the password is what it reads.
    pub fn run(&self, args: &[&str]) {
        use std::io::Write;
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{}", super::clients::PASSWORD).unwrap();
        assert!(child.wait().unwrap().success(), "{args:?}");
    }
}

/// A server process on a port of its own.
pub struct Running {
    storage: Storage,
    pub port: u16,
    child: Child,
}

impl Running {
    pub fn start(storage: &Storage) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut running = Self {
            storage: storage.clone(),
            port,
            child: spawn(storage, port),
        };
        running.wait();
        running
    }

    /// As a power cut would end it: no warning, no last words.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts again on the same port, and waits until it answers.
    pub fn restart(&mut self) {
        self.child = spawn(&self.storage, self.port);
        self.wait();
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        loop {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                // A database that recovers refuses at first: whoever starts servers starts them again.
                assert!(begun.elapsed() < START_MAX, "the server ended: {status}");
                std::thread::sleep(Duration::from_millis(50));
                self.child = spawn(&self.storage, self.port);
            }
            assert!(
                begun.elapsed() < START_MAX,
                "no answer on port {}",
                self.port
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(storage: &Storage, port: u16) -> Child {
    let listen = format!("127.0.0.1:{port}");
    let mut command = storage.command();
    command
        .args(["serve", "--listen", &listen])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    // What a server says that is killed while it works is of no use to anybody.
    command.stderr(Stdio::null()).spawn().unwrap()
}

/// A PostgreSQL of its own: it is going to be killed too.
pub struct Cluster {
    child: Child,
    pub url: String,
    pub owner_url: String,
}

impl Cluster {
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../script/postgres");
        let mut child = Command::new(script)
            .args(["sh", "-c", "printf '%s %s|' \"$EQUIPAGE_TEST_POSTGRES\" \"$EQUIPAGE_TEST_POSTGRES_OWNER\"; cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let mut out = child.stdout.take().unwrap();
        let mut byte = [0];
        while out.read(&mut byte).unwrap() == 1 && byte != *b"|" {
            url.push(char::from(byte[0]));
        }
        assert!(
            url.starts_with("postgres://"),
            "script/postgres says {url:?}"
        );
        let (url, owner_url) = url.split_once(' ').unwrap();
        let (url, owner_url) = (url.to_owned(), owner_url.to_owned());
        Self {
            child,
            url,
            owner_url,
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Its script ends, and clears up, when nobody writes to it any more.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
