//! Ten thousand duties while people open pages: first all of them fail, and are rows of the journal; then the other
//! system is mended, and all are tried again.

use crate::data::{copy, sign_in};
use crate::load::{self, Until};
use crate::process::{self, Server, equipage};
use crate::table::{self, Turns, figure};
use crate::{Plan, Result, http};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// People at their pages, and the pause of each before the next one.
const PEOPLE: usize = 4;
const PAUSE: Duration = Duration::from_millis(20);
/// How long the duties may take.
const LONG: Duration = Duration::from_secs(600);

/// Another system: it takes webhooks, or refuses them all.
#[derive(Default)]
struct Sink {
    refuses: AtomicBool,
    asked: AtomicUsize,
}

impl Sink {
    fn listen() -> Result<(Arc<Self>, u16)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let sink = Arc::new(Self::default());
        let own = Arc::clone(&sink);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = Arc::clone(&own);
                // A connection that breaks is asked again.
                std::thread::spawn(move || own.answer(stream));
            }
        });
        Ok((sink, port))
    }

    fn answer(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut stream = stream;
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                let line = line.trim().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().ok()?;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let status = match self.refuses.load(Ordering::SeqCst) {
                true => "422 Unprocessable Content",
                false => "204 No Content",
            };
            self.asked.fetch_add(1, Ordering::SeqCst);
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).ok()?;
        }
    }
}

fn program(plan: &Plan, folder: &Path, port: u16) -> Command {
    let mut command = equipage(&plan.program, folder, None);
    command.env(
        "EQUIPAGE_PLUGINS__PRIVATE_HOSTS",
        format!("[\"127.0.0.1:{port}\"]"),
    );
    command.env("EQUIPAGE_BANK_KEY", format!("one:{}", "ab".repeat(32)));
    command
}

/// The scenario.
pub fn run(plan: &Plan, members: &Path, count: usize) -> Result<()> {
    let folder = copy(members, "duties")?;
    let (sink, port) = Sink::listen()?;
    sink.refuses.store(true, Ordering::SeqCst);
    let command = || program(plan, &folder, port);
    let url = format!("url=http://127.0.0.1:{port}/");
    let add = [
        "plugin",
        "add",
        "webhook",
        "Sink",
        "--wants",
        "person",
        "--set",
        &url,
        "--secret",
        "secret",
        "--disabled",
    ];
    process::run(
        command().args(add),
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
    )?;
    let server = Server::start(command(), |command, address| {
        command.args(["serve", "--listen", &address.to_string()]);
    })?;
    let cookie = sign_in(&server)?;
    let turn = |until: Until| {
        let request = |_| {
            std::thread::sleep(PAUSE);
            http::get("/members", Some(&cookie))
        };
        load::round(server.address, PEOPLE, until, &[200], &request)
    };
    turn(Until::Elapsed(plan.turn))?;
    let mut quiet = Turns::default();
    for _ in 0..plan.turns {
        let before = server.cpu()?;
        let measured = turn(Until::Elapsed(plan.turn))?;
        quiet.add(&measured, server.cpu()?.saturating_sub(before));
    }
    // While so many have still to be asked, pages are opened.
    let during = |begin: &mut dyn FnMut() -> Result<()>| -> Result<(Turns, Duration)> {
        sink.asked.store(0, Ordering::SeqCst);
        begin()?;
        let begun = Instant::now();
        let mut turns = Turns::default();
        while sink.asked.load(Ordering::SeqCst) < count {
            if begun.elapsed() > LONG {
                let asked = sink.asked.load(Ordering::SeqCst);
                return Err(format!("{asked} of {count} duties after {LONG:?}").into());
            }
            let before = server.cpu()?;
            let measured = turn(Until::Elapsed(plan.turn))?;
            turns.add(&measured, server.cpu()?.saturating_sub(before));
        }
        Ok((turns, begun.elapsed()))
    };
    let plugin = |args: &[&str]| process::run(command().args(args), "").map(|_| ());
    let (failing, failed) = during(&mut || plugin(&["plugin", "enable", "Sink"]))?;
    sink.refuses.store(false, Ordering::SeqCst);
    let (mending, mended) = during(&mut || plugin(&["journal", "retry", "--all"]))?;
    table::head();
    table::line("members list, nothing to carry", "equipage", &quiet);
    table::line("… while all duties fail", "equipage", &failing);
    table::line("… while all are tried again", "equipage", &mending);
    let ratio = |turns: &Turns| {
        format!(
            "× {:.1}",
            turns.p99().as_secs_f64() / quiet.p99().as_secs_f64().max(1e-9)
        )
    };
    figure(
        "p99 of pages while all duties fail",
        ratio(&failing),
        "≤ × 2",
    );
    figure(
        "p99 of pages while all are tried again",
        ratio(&mending),
        "≤ × 2",
    );
    let rate = |took: Duration| format!("{:.0}/s", count as f64 / took.as_secs_f64());
    figure("duties that fail, into the journal", rate(failed), "");
    figure("duties of the journal, tried again", rate(mended), "");
    Ok(())
}
