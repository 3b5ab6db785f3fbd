//! The programs that are measured: started on a free port of loopback, watched through
//! `/proc`, ended when they are dropped.

use crate::Result;
use crate::load::Connection;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to its first answer.
const START_MAX: Duration = Duration::from_secs(30);

/// A server that runs.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From before it was started to its first whole answer.
    pub start: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its own child, by its handle: nothing else can be meant.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a program and waits for its first answer; `listen` gives it its address.
    pub fn start(mut command: Command, listen: impl Fn(&mut Command, SocketAddr)) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        listen(&mut command, address);
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut server = Self {
            child,
            address,
            start: Duration::ZERO,
        };
        loop {
            if let Ok(mut connection) = Connection::open(address) {
                // A page that needs the data, as somebody's first visit would.
                connection.ask(&crate::http::get("/login", None))?;
                server.start = begun.elapsed();
                return Ok(server);
            }
            if begun.elapsed() > START_MAX {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// The processor time that it has used.
    pub fn cpu(&self) -> Result<Duration> {
        cpu(self.child.id())
    }

    /// Its resident memory, in MB, and the most that it ever had.
    pub fn memory(&self) -> Result<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = |name: &str| -> Result<f64> {
            let line = status.lines().find_map(|l| l.strip_prefix(name));
            let kib = line.and_then(|l| l.split_whitespace().next());
            Ok(kib.ok_or("no such line")?.parse::<f64>()? * 1024.0 / 1e6)
        };
        Ok((line("VmRSS:")?, line("VmHWM:")?))
    }
}

/// A process's processor time, in user and in kernel mode, to the nanosecond.
fn cpu(process: u32) -> Result<Duration> {
    let mut nanos = 0_u64;
    for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let text = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanos += text
            .split(' ')
            .next()
            .and_then(|n| n.parse::<u64>().ok())
            .unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanos))
}

/// The program that is measured.
pub fn equipage(program: &Path, data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("EQUIPAGE_LOG", "warn")
        .arg("--data")
        .arg(data);
    // What the bench's own folder holds is none of its configuration.
    command.current_dir(data);
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
        // For `migrate`; whatever is measured serves as the other role.
        if let Ok(owner) = std::env::var("EQUIPAGE_TEST_POSTGRES_OWNER") {
            command.env("EQUIPAGE_DATABASE_OWNER_URL", at(&owner, name_of(url)));
        }
    }
    command
}

/// The name of the database that an address leads to.
fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

/// The same server and role, another database.
pub fn at(url: &str, name: &str) -> String {
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    format!("{server}/{name}")
}

/// Runs a command to its end; says how long it took.
pub fn run(command: &mut Command, input: &str) -> Result<Duration> {
    use std::io::Write;
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(begun.elapsed())
}
