//! Sixteen people who work, and who send again what was not answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use ureq::Agent;
use uuid::Uuid;

/// The password of everybody.
pub const PASSWORD: &str = "quatre mots mis bout";
/// Rows of each file that is imported.
pub const IMPORT_ROWS: usize = 10;
/// How long one answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// The most payments that are validated with one form.
const AT_ONCE: usize = 6;

/// The longest pause between two changes of a client, in milliseconds: what each check
/// reads stays small, and sixteen still write at once.
const PAUSE_MAX: u64 = 80;
/// How often a client tries to import one file.
const IMPORT_TRIES: usize = 20;

/// What was answered: it must be there, whatever happens.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The label of each payment, and its id.
    pub entered: BTreeMap<String, String>,
    /// Payments that wait for somebody else, by who entered them.
    waiting: BTreeMap<usize, BTreeSet<String>>,
    /// The ids of what was validated.
    pub validated: BTreeSet<String>,
    /// The names of files that were imported.
    pub imported: BTreeSet<String>,
    /// How often something was sent again.
    pub again: u64,
}

/// What all share.
pub struct Office {
    pub ledger: Mutex<Ledger>,
    pub stop: AtomicBool,
    pub ports: Vec<u16>,
    pub members: Vec<String>,
    draw: AtomicU64,
}

impl Office {
    pub fn new(ports: Vec<u16>, members: Vec<String>, seed: u64) -> Self {
        Self {
            ledger: Mutex::default(),
            stop: AtomicBool::new(false),
            ports,
            members,
            draw: AtomicU64::new(seed),
        }
    }

    /// A number below `n` (SplitMix64).
    pub fn below(&self, n: u64) -> u64 {
        let z = self
            .draw
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// Somebody with a session, at one of the servers.
pub struct Client {
    agent: Agent,
    office: Arc<Office>,
    port: u16,
    cookie: String,
    /// Which of the people it is.
    person: usize,
}

/// What came back: the status and where it leads.
type Answer = (u16, String);

impl Client {
    pub fn new(office: &Arc<Office>, n: usize, person: usize, cookie: &str) -> Self {
        Self {
            agent: agent(),
            office: office.clone(),
            port: office.ports[n % office.ports.len()],
            cookie: cookie.to_owned(),
            person,
        }
    }

    /// Works until it is told to stop; what was begun is brought to its end.
    pub fn work(&self) {
        while !self.office.stop.load(Ordering::Relaxed) {
            match self.office.below(100) {
                0..50 => self.enter(),
                50..96 => self.validate(),
                _ => self.import(),
            }
            std::thread::sleep(Duration::from_millis(self.office.below(PAUSE_MAX)));
        }
    }

    fn enter(&self) {
        let key = Uuid::now_v7().to_string();
        let member =
            &self.office.members[self.office.below(self.office.members.len() as u64) as usize];
        let month = 1 + self.office.below(9);
        let form = [
            ("key", key.as_str()),
            ("member", member),
            ("amount", "30"),
            ("method", "transfer"),
            ("received_on", "2026-01-02"),
            ("period_from", &format!("2026-0{month}-01")),
            ("period_until", &format!("2026-0{month}-27")),
            ("label", &key),
        ];
        let (status, to) = self.insist(|| self.post("/payments/new", &form));
        assert_eq!(status, 303, "entering a payment");
        let id = to.trim_start_matches("/payments/").to_owned();
        let mut ledger = self.office.ledger.lock().unwrap();
        ledger
            .waiting
            .entry(self.person)
            .or_default()
            .insert(id.clone());
        let before = ledger.entered.insert(key, id);
        assert_eq!(before, None);
    }

    fn validate(&self) {
        let ids: Vec<String> = {
            let mut ledger = self.office.ledger.lock().unwrap();
            let person = self.person;
            let Some((_, waiting)) = ledger
                .waiting
                .iter_mut()
                .find(|(by, w)| **by != person && !w.is_empty())
            else {
                drop(ledger);
                return self.enter();
            };
            let ids: Vec<String> = waiting.iter().take(AT_ONCE).cloned().collect();
            for id in &ids {
                waiting.remove(id);
            }
            ids
        };
        let key = Uuid::now_v7().to_string();
        let mut form = vec![("key", key.as_str())];
        form.extend(ids.iter().map(|id| ("id", id.as_str())));
        let (status, _) = self.insist(|| self.post("/payments/queue", &form));
        // 303 says that all of them are validated; 200 would show those that are not.
        assert_eq!(status, 303, "validating {ids:?}");
        self.office.ledger.lock().unwrap().validated.extend(ids);
    }

    fn import(&self) {
        let name = format!("i{}", Uuid::now_v7().simple());
        let (upload, apply) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let file = import_file(&name, IMPORT_ROWS);
        let (status, to) = self.insist(|| self.upload(&upload, &name, &file));
        assert_eq!(status, 303, "uploading {name}");
        let base = to.trim_end_matches("/columns").to_owned();
        // An import may outlive its request, and does not outlive its server: it is there
        // when its page says so. Where others are faster, or a kill comes each time, nobody
        // was told that it is there: it may be whole or not there at all.
        for _ in 0..IMPORT_TRIES {
            let (status, _) =
                self.insist(|| self.post(&format!("{base}/apply"), &[("key", &apply)]));
            assert!([303, 409].contains(&status), "importing {name}: {status}");
            if status == 303 && self.is_imported(&base) {
                self.office.ledger.lock().unwrap().imported.insert(name);
                return;
            }
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Sends until there is an answer that says what became of it.
    fn insist(&self, send: impl Fn() -> Option<Answer>) -> Answer {
        let mut tries = 0_u32;
        loop {
            match send() {
                // 500 and 503: the database was killed, or others took too long.
                Some(answer) if answer.0 < 500 => return answer,
                _ => {}
            }
            tries += 1;
            assert!(tries < 3000, "no answer after {tries} tries");
            self.office.ledger.lock().unwrap().again += 1;
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    fn post(&self, path: &str, form: &[(&str, &str)]) -> Option<Answer> {
        post(&self.agent, self.port, path, &self.cookie, form)
    }

    /// Whether an import's page offers neither to apply it nor to wait for it.
    fn is_imported(&self, path: &str) -> bool {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let request = dressed(self.agent.get(url), self.port, &self.cookie);
        let Ok(mut response) = request.call() else {
            return false;
        };
        let is_there =
            response.status().as_u16() == 200 && response.headers().get("refresh").is_none();
        let page = response.body_mut().read_to_string();
        is_there && page.is_ok_and(|page| !page.contains("/apply\""))
    }

    fn upload(&self, key: &str, name: &str, file: &str) -> Option<Answer> {
        let body = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{key}\r\n--limit\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}.csv\"\r\n\r\n{file}\r\n--limit--\r\n"
        );
        let url = format!("http://127.0.0.1:{}/members/import", self.port);
        let request = dressed(self.agent.post(url), self.port, &self.cookie);
        let kind = "multipart/form-data; boundary=limit";
        answer(request.header("content-type", kind).send(body.as_bytes()))
    }
}

/// A file of members, and what they paid.
pub fn import_file(name: &str, rows: usize) -> String {
    let mut file = String::from("Nom;Prénom;E-mail\n");
    for n in 0..rows {
        file.push_str(&format!("{name};Personne{n};{name}-{n}@example.org\n"));
    }
    file
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0);
    config.timeout_global(Some(ANSWER_MAX)).build().into()
}

fn dressed<B>(
    request: ureq::RequestBuilder<B>,
    port: u16,
    cookie: &str,
) -> ureq::RequestBuilder<B> {
    let host = format!("localhost:{port}");
    let request = request
        .header("host", &host)
        .header("origin", &format!("http://{host}"));
    request.header("cookie", cookie)
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut response = response.ok()?;
    let to = response
        .headers()
        .get("location")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    // An answer is one when it is there to its end.
    response.body_mut().read_to_vec().ok()?;
    Some((response.status().as_u16(), to))
}

fn post(
    agent: &Agent,
    port: u16,
    path: &str,
    cookie: &str,
    form: &[(&str, &str)],
) -> Option<Answer> {
    let request = agent.post(format!("http://127.0.0.1:{port}{path}"));
    answer(dressed(request, port, cookie).send_form(form.iter().copied()))
}

/// Signs in and gives the cookie of the session, which outlives the server.
pub fn sign_in(port: u16, login: &str) -> String {
    let request = agent().post(format!("http://127.0.0.1:{port}/login"));
    let form = [("name", login), ("password", PASSWORD)];
    let response = dressed(request, port, "x=y").send_form(form).unwrap();
    let cookies = response.headers().get_all("set-cookie").iter();
    let session = cookies
        .filter_map(|c| c.to_str().ok())
        .find(|c| c.starts_with("session="));
    session
        .expect("a session")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

/// Sends one form, which must be taken.
pub fn must_post(port: u16, path: &str, cookie: &str, form: &[(&str, &str)]) -> String {
    let (status, to) = post(&agent(), port, path, cookie, form).expect("an answer");
    assert_eq!(status, 303, "{path}");
    to
}
