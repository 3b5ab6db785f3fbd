//! Mail to the operator when something fails that is ours to mend: each distinct error at most
//! once an hour, and a few mails a day, whatever happens. A mail says where in the program it
//! failed and at which page, and never what anybody typed: no message, no id, no name.

use super::Sender;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::kernel::MailId;
use domain::mail::outbox::{Batch, Leased, Outcome};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::OnceLock;
use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// How long the same error stays unsaid.
const QUIET: TimeDelta = TimeDelta::hours(1);
/// The most mails of one day.
const DAY_MAX: u32 = 20;
/// The most errors that wait to be looked at.
const WAITING_MAX: usize = 100;
/// The most distinct errors that are remembered.
const KNOWN_MAX: usize = 500;
/// The longest page that is named.
const PAGE_MAX: usize = 100;

/// To whom errors are told, once that is known.
static TOLD: OnceLock<mpsc::Sender<Heard>> = OnceLock::new();

/// An error, as far as it may be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heard {
    /// At which page, without what stands for a person in it; empty beside pages.
    page: String,
    /// Where in the program.
    at: String,
}

/// Listens to what is logged as an error.
pub struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let Some(told) = TOLD
            .get()
            .filter(|_| *event.metadata().level() == Level::ERROR)
        else {
            return;
        };
        let mut heard = Heard {
            page: String::new(),
            at: format!(
                "{}:{}",
                event.metadata().file().unwrap_or(event.metadata().target()),
                event.metadata().line().unwrap_or_default()
            ),
        };
        event.record(&mut heard);
        // Where too many wait, the operator hears of the others: the program goes on.
        let _ = told.try_send(heard);
    }
}

impl Visit for Heard {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "asked" => self.page = pattern(value),
            "at" => self.at = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // What is shown with `%` comes here.
        if field.name() == "at" {
            self.at = format!("{value:?}");
        }
    }
}

/// A page as the program knows it: what stands for one thing becomes `{id}`.
fn pattern(asked: &str) -> String {
    let (method, path) = asked.split_once(' ').unwrap_or(("", asked));
    let path = path.split(['?', '#', ' ']).next().unwrap_or_default();
    let is_word =
        |part: &str| part.len() <= 20 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let parts = path
        .split('/')
        .map(|part| if is_word(part) { part } else { "{id}" });
    let path = parts.collect::<Vec<_>>().join("/");
    format!("{method} {path}")
        .trim()
        .chars()
        .take(PAGE_MAX)
        .collect()
}

/// Lets a panic be logged, with where it happened and without what it said.
pub fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        if let Some(location) = panic.location() {
            tracing::error!(at = %location, "a panic");
        }
    }));
}

/// What was told, so that it is not told again too soon.
#[derive(Default)]
struct Memory {
    known: BTreeMap<Heard, (DateTime<Utc>, u32)>,
    day: NaiveDate,
    sent_today: u32,
    held_today: u32,
}

impl Memory {
    /// Whether an error is told now; with how many of the same, and how many others, were held back.
    fn tell(&mut self, heard: &Heard, now: DateTime<Utc>) -> Option<(u32, u32)> {
        if self.day != now.date_naive() {
            self.day = now.date_naive();
            self.sent_today = 0;
        }
        self.known
            .retain(|_, (last, held)| *held > 0 || now - *last < QUIET);
        let is_quiet = self
            .known
            .get(heard)
            .is_some_and(|(last, _)| now - *last < QUIET);
        let is_full = self.known.len() >= KNOWN_MAX && !self.known.contains_key(heard);
        if is_quiet || is_full || self.sent_today >= DAY_MAX {
            match self.known.get_mut(heard) {
                Some((_, held)) => *held += 1,
                None => self.held_today += 1,
            }
            return None;
        }
        self.sent_today += 1;
        let held = self
            .known
            .insert(heard.clone(), (now, 0))
            .map_or(0, |(_, held)| held);
        Some((held, std::mem::take(&mut self.held_today)))
    }
}

/// Tells an address of errors, until the program ends.
pub async fn tell(sender: Sender, to: String, host: String) {
    let (told, mut heard) = mpsc::channel(WAITING_MAX);
    if TOLD.set(told).is_err() {
        return;
    }
    let mut memory = Memory::default();
    while let Some(error) = heard.recv().await {
        let now = Utc::now();
        let Some((same, others)) = memory.tell(&error, now) else {
            continue;
        };
        let batch = Batch {
            sender: "Equipage".into(),
            reply_to: None,
            mails: Vec::new(),
        };
        let mail = letter(&error, (same, others), &to, &host, now);
        match sender.send(&batch, &mail).await.outcome {
            Outcome::Sent => {}
            // Not as an error: it would be told.
            Outcome::Later(why) | Outcome::Refused(why) => {
                tracing::warn!("mail of an error: {why}")
            }
        }
    }
}

fn letter(error: &Heard, held: (u32, u32), to: &str, host: &str, now: DateTime<Utc>) -> Leased {
    let id = MailId(uuid::Uuid::now_v7());
    let page = match error.page.as_str() {
        "" => "beside the pages",
        page => page,
    };
    Leased {
        id,
        to_name: String::new(),
        to_address: to.to_owned(),
        subject: format!("Equipage on {host}: an error at {}", error.at),
        body: format!(
            "Something failed that is ours to mend.\n\nPage: {page}\nPlace: {}\nVersion: {}\nTime: {}\n\n\
             Held back since the last mail about this: {}\nOther errors held back: {}\n\n\
             The log has the details. This error is not told again for an hour.\n",
            error.at,
            env!("CARGO_PKG_VERSION"),
            now.format("%Y-%m-%d %H:%M:%S UTC"),
            held.0,
            held.1,
        ),
        message_id: format!("<{id}@{host}>"),
        attempts: 1,
        created_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(page: &str) -> Heard {
        Heard {
            page: page.into(),
            at: "app/src/x.rs:1".into(),
        }
    }

    #[test]
    fn the_same_error_is_told_once_an_hour_with_how_many_were_held_back() {
        let mut memory = Memory::default();
        let begin: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        let at = |minutes| begin + TimeDelta::minutes(minutes);
        assert_eq!(memory.tell(&heard("GET /a"), at(0)), Some((0, 0)));
        assert_eq!(memory.tell(&heard("GET /a"), at(1)), None);
        assert_eq!(memory.tell(&heard("GET /a"), at(59)), None);
        assert_eq!(memory.tell(&heard("GET /b"), at(59)), Some((0, 0)));
        assert_eq!(memory.tell(&heard("GET /a"), at(60)), Some((2, 0)));
        assert_eq!(memory.tell(&heard("GET /a"), at(61)), None);
    }

    #[test]
    fn a_storm_of_errors_is_a_few_mails() {
        let mut memory = Memory::default();
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        let told = |memory: &mut Memory, now| {
            let all =
                (0..10_000).filter(|n| memory.tell(&heard(&format!("GET /{n}")), now).is_some());
            all.count()
        };
        assert_eq!(told(&mut memory, now), DAY_MAX as usize);
        assert!(memory.known.len() <= KNOWN_MAX);
        assert_eq!(
            told(&mut memory, now + TimeDelta::days(1)),
            DAY_MAX as usize
        );
        let next = memory.tell(&heard("GET /x"), now + TimeDelta::days(2));
        assert_eq!(next, Some((0, 10_000 - DAY_MAX)));
    }

    #[test]
    fn no_page_that_is_told_names_anybody() {
        for (asked, told) in [
            (
                "POST /members/0197f0a0-7000-7000-8000-000000000000/edit",
                "POST /members/{id}/edit",
            ),
            ("GET /members?q=lea%40example.org", "GET /members"),
            ("GET /welcome/", "GET /welcome/"),
            ("GET /people/Léa Benamar", "GET /people/{id}"),
            ("GET /x/lea@example.org", "GET /x/{id}"),
        ] {
            assert_eq!(pattern(asked), told);
        }
    }
}
