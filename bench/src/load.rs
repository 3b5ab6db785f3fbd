//! The load: a few connections that are kept open, each asking again as soon as it is
//! answered. Plain blocking sockets on loopback: the less it costs, the less it takes from
//! what it measures.

use crate::Result;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long a single answer may take before the run is given up.
const ANSWER_MAX: Duration = Duration::from_secs(120);

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head, as it came.
    pub head: String,
    /// The body, chunks put together.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let value = line.strip_prefix("set-cookie: ")?;
            value
                .split(';')
                .next()?
                .strip_prefix(name)?
                .strip_prefix('=')
        })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub fn open(to: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(1 << 16),
        })
    }

    /// Asks, and reads the whole answer.
    pub fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request)?;
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at;
            }
            self.read_more()?;
        };
        let rest = self.buffer.split_off(head_end + 4);
        let head = String::from_utf8(std::mem::replace(&mut self.buffer, rest))?;
        let status = head.get(9..12).ok_or("no status")?.parse()?;
        let lower = head.to_ascii_lowercase();
        let length = lower
            .lines()
            .find_map(|l| l.strip_prefix("content-length: "));
        let body = match length {
            Some(length) => self.take(length.trim().parse()?)?,
            None if lower.contains("transfer-encoding: chunked") => self.chunks()?,
            None => Vec::new(),
        };
        Ok(Answer { status, head, body })
    }

    fn read_more(&mut self) -> Result<()> {
        let mut part = [0_u8; 1 << 15];
        let n = self.stream.read(&mut part)?;
        self.buffer.extend_from_slice(
            part.get(..n)
                .filter(|p| !p.is_empty())
                .ok_or("the connection was closed")?,
        );
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.read_more()?;
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line_end = loop {
                if let Some(at) = find(&self.buffer, b"\r\n") {
                    break at;
                }
                self.read_more()?;
            };
            let line = String::from_utf8(self.take(line_end + 2)?)?;
            let length = usize::from_str_radix(line.trim(), 16)?;
            let mut chunk = self.take(length + 2)?;
            chunk.truncate(length);
            if chunk.is_empty() {
                return Ok(body);
            }
            body.append(&mut chunk);
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// What a round of load measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Answers in all.
    pub answers: usize,
    /// How long it took.
    pub wall: Duration,
    /// Of every answer, sorted.
    pub latencies: Vec<Duration>,
}

impl Measured {
    /// Answers in a second.
    pub fn per_second(&self) -> f64 {
        self.answers as f64 / self.wall.as_secs_f64().max(1e-9)
    }

    /// The latency that so many of a thousand answers do not exceed.
    pub fn per_mille(&self, n: usize) -> Duration {
        let at = self.latencies.len().saturating_sub(1) * n / 1000;
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

/// When a round ends.
#[derive(Clone, Copy)]
pub enum Until {
    /// After a while.
    Elapsed(Duration),
    /// After so many answers.
    Answers(usize),
}

/// A round: every connection asks what `request` makes of the number of the request.
/// Any answer but the wanted status ends it: a fast refusal is no speed.
pub fn round(
    to: SocketAddr,
    connections: usize,
    until: Until,
    wanted: &[u16],
    request: &(dyn Fn(usize) -> Vec<u8> + Sync),
) -> Result<Measured> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let one = || -> Result<Vec<Duration>> {
        let mut connection = Connection::open(to)?;
        let mut latencies = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            match until {
                Until::Elapsed(limit) if begun.elapsed() >= limit => return Ok(latencies),
                Until::Answers(limit) if n >= limit => return Ok(latencies),
                _ => {}
            }
            let bytes = request(n);
            let asked = Instant::now();
            let answer = connection.ask(&bytes)?;
            latencies.push(asked.elapsed());
            if !wanted.contains(&answer.status) {
                return Err(format!("answered {}\n{}", answer.status, answer.text()).into());
            }
        }
    };
    let mut latencies = std::thread::scope(|scope| -> Result<Vec<Duration>> {
        let running: Vec<_> = (0..connections).map(|_| scope.spawn(one)).collect();
        let mut all = Vec::new();
        for thread in running {
            all.append(&mut thread.join().map_err(|_| "a connection panicked")??);
        }
        Ok(all)
    })?;
    let wall = begun.elapsed();
    latencies.sort_unstable();
    Ok(Measured {
        answers: latencies.len(),
        wall,
        latencies,
    })
}
