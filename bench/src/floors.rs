//! The two floors beside which Equipage is measured. `bare`: a handler that returns the
//! same bytes. `page`: the members list as one writes it by hand over axum and SQLite, with
//! no layer between: the session is checked, the same rows are read by the shortest
//! statements that answer, and the rows become HTML by `write!` into one string.

use crate::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use domain::kernel::Locale;
use domain::members::MemberNumber;
use rusqlite::{Connection, OpenFlags, params};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Connections that read, as many as Equipage has.
const READERS: usize = 4;

/// Runs one of the floors: `bench floor bare LISTEN FILE`, `bench floor page LISTEN DATABASE TEMPLATE`.
pub async fn run(arguments: &[String]) -> Result<()> {
    let listener = |address: &str| -> Result<_> {
        let listener = std::net::TcpListener::bind(address.parse::<SocketAddr>()?)?;
        listener.set_nonblocking(true)?;
        Ok(tokio::net::TcpListener::from_std(listener)?)
    };
    match arguments {
        [kind, address, file] if kind == "bare" => {
            let page: axum::body::Bytes = std::fs::read(file)?.into();
            let bare = move || {
                let page = page.clone();
                async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page) }
            };
            Ok(axum::serve(listener(address)?, Router::new().fallback(bare)).await?)
        }
        [kind, address, database, template] if kind == "page" => {
            let hand = Arc::new(Hand::open(Path::new(database), Path::new(template))?);
            let router = Router::new()
                .route("/login", get(async || "ok"))
                .route("/members", get(members))
                .route("/validate", post(validate))
                .with_state(hand);
            Ok(axum::serve(listener(address)?, router).await?)
        }
        _ => Err("floor bare LISTEN FILE | floor page LISTEN DATABASE TEMPLATE".into()),
    }
}

/// What the hand-written program has.
struct Hand {
    readers: Vec<Mutex<Connection>>,
    writer: Mutex<Connection>,
    before: String,
    after: String,
}

impl Hand {
    fn open(database: &Path, template: &Path) -> Result<Self> {
        let open = |flags| -> Result<Connection> {
            let connection = Connection::open_with_flags(database, flags)?;
            connection.execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000",
            )?;
            connection.set_prepared_statement_cache_capacity(50);
            Ok(connection)
        };
        let page = std::fs::read_to_string(template)?;
        let (before, rest) = page.split_once("<tbody>").ok_or("no table")?;
        let (_, after) = rest.split_once("</tbody>").ok_or("no table")?;
        let readers = (0..READERS)
            .map(|_| Ok(Mutex::new(open(OpenFlags::SQLITE_OPEN_READ_WRITE)?)))
            .collect::<Result<_>>()?;
        let writer = open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        writer.execute_batch(
            "CREATE TABLE IF NOT EXISTS bench_payments (id INTEGER PRIMARY KEY, state TEXT NOT NULL, by_whom BLOB, at TEXT);
             CREATE TABLE IF NOT EXISTS bench_audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who BLOB, what TEXT NOT NULL, before TEXT, after TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
             INSERT OR IGNORE INTO bench_payments (id, state) SELECT i, 'draft' FROM n;",
        )?;
        Ok(Self {
            readers,
            writer: Mutex::new(writer),
            before: before.to_owned() + "<tbody>",
            after: "</tbody>".to_owned() + after,
        })
    }

    /// A reader that is free, or the first one after waiting for it.
    fn reader(&self) -> Result<MutexGuard<'_, Connection>> {
        let free = self.readers.iter().find_map(|r| r.try_lock().ok());
        let first = self.readers.first().ok_or("no reader")?;
        Ok(free.unwrap_or_else(|| first.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn list(&self, headers: &HeaderMap) -> Result<String> {
        let connection = self.reader()?;
        connection.execute_batch("BEGIN")?;
        let page = self.list_in(&connection, headers);
        connection.execute_batch("COMMIT")?;
        page
    }

    fn list_in(&self, connection: &Connection, headers: &HeaderMap) -> Result<String> {
        let tenant = session(connection, headers)?.0;
        let mut counts = connection.prepare_cached("SELECT count(*), (SELECT count(*) FROM payments WHERE tenant_id = ?1 AND state = 'draft') FROM members WHERE tenant_id = ?1")?;
        let (members, waiting) = counts.query_row([&tenant], |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?))
        })?;
        let mut page = String::with_capacity(32 << 10);
        page.push_str(&self.before);
        let mut list = connection.prepare_cached(LIST)?;
        let mut rows = list.query(params![tenant, TODAY])?;
        while let Some(row) = rows.next()? {
            write_row(&mut page, row)?;
        }
        page.push_str(&self.after);
        let _ = write!(page, "<!--{members} {waiting}-->");
        Ok(page)
    }
}

/// The day that the list is about. Nothing of the bench's data begins or ends near it.
const TODAY: &str = "2026-06-01";

const LIST: &str = "SELECT m.id, p.kind, p.given_name, p.name, m.number, p.city, m.joined_on, m.left_on, (SELECT c.until_on FROM coverage c WHERE c.tenant_id = m.tenant_id AND c.member_id = m.id AND c.from_on <= ?2 ORDER BY c.from_on DESC LIMIT 1) FROM parties p JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = ?1 ORDER BY p.sort_name, p.id LIMIT 50";

/// Tenant and person of the session that a request shows; its rights are read too.
fn session(connection: &Connection, headers: &HeaderMap) -> Result<(Vec<u8>, Vec<u8>)> {
    let cookie = headers.get(header::COOKIE).ok_or("no cookie")?.to_str()?;
    let token = cookie.strip_prefix("session=").ok_or("no session")?;
    let hash = Sha256::digest(token.as_bytes());
    let mut session = connection.prepare_cached("SELECT s.tenant_id, s.person_id, s.expires_at, p.given_name, p.name, t.title FROM sessions s JOIN parties p ON p.tenant_id = s.tenant_id AND p.id = s.person_id JOIN settings t ON t.tenant_id = s.tenant_id WHERE s.tenant_id = (SELECT tenant_id FROM settings) AND s.token_hash = ?1")?;
    let (tenant, person) = session.query_row([&hash[..]], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut rights = connection.prepare_cached("SELECT c.name, r.right_name FROM crew_people p JOIN crews c ON c.tenant_id = p.tenant_id AND c.id = p.crew_id JOIN crew_rights r ON r.tenant_id = c.tenant_id AND r.crew_id = c.id WHERE p.tenant_id = ?1 AND p.person_id = ?2 ORDER BY c.name, r.right_name")?;
    let rights: Vec<(String, String)> = rights
        .query_map(params![tenant, person], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if rights.is_empty() {
        return Err("no crew".into());
    }
    Ok((tenant, person))
}

fn write_row(page: &mut String, row: &rusqlite::Row<'_>) -> Result<()> {
    let id: [u8; 16] = row.get(0)?;
    let kind = match row.get_ref(1)?.as_str()? {
        "person" => "personne",
        _ => "organisation",
    };
    page.push_str("<tr><th scope=\"row\" class=\"is-main\"><a href=\"/members/");
    for (n, byte) in id.iter().enumerate() {
        let dash = if matches!(n, 4 | 6 | 8 | 10) { "-" } else { "" };
        write!(page, "{dash}{byte:02x}")?;
    }
    page.push_str("\" class=\"row-link\">");
    escape(page, row.get_ref(2)?.as_str()?);
    page.push(' ');
    escape(page, row.get_ref(3)?.as_str()?);
    write!(
        page,
        "</a></th><td class=\"num is-end\">{}</td><td>{kind}</td><td>",
        MemberNumber::from_sequence(row.get(4)?)
    )?;
    standing(
        page,
        row.get_ref(7)?.as_str_or_null()?,
        row.get_ref(8)?.as_str_or_null()?,
    )?;
    page.push_str("</td><td>");
    escape(page, row.get_ref(5)?.as_str_or_null()?.unwrap_or_default());
    page.push_str("</td></tr>");
    Ok(())
}

fn standing(page: &mut String, left_on: Option<&str>, paid_until: Option<&str>) -> Result<()> {
    let day = |text: &str| -> Result<String> { Ok(Locale::Fr.day(text.parse()?)) };
    match (left_on, paid_until) {
        (Some(on), _) if on <= TODAY => write!(
            page,
            "<span class=\"badge is-none\">n’est plus membre depuis le {}</span>",
            day(on)?
        )?,
        (_, None) => page.push_str("<span class=\"badge is-none\">n’a jamais payé</span>"),
        (_, Some(until)) if until >= TODAY => write!(
            page,
            "<span class=\"badge is-validated\">en règle jusqu’au {}</span>",
            day(until)?
        )?,
        (_, Some(until)) => write!(
            page,
            "<span class=\"badge is-late\">en retard depuis le {}</span>",
            day(until)?
        )?,
    }
    Ok(())
}

fn escape(page: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '&' => page.push_str("&amp;"),
            '"' => page.push_str("&quot;"),
            c => page.push(c),
        }
    }
}

async fn members(State(hand): State<Arc<Hand>>, headers: HeaderMap) -> Response {
    answer(tokio::task::block_in_place(|| hand.list(&headers)))
}

/// One validation as one writes it by hand: the session is checked, one row is updated and
/// one is audited, in one transaction that is on the disk before the answer.
async fn validate(State(hand): State<Arc<Hand>>, headers: HeaderMap, id: String) -> Response {
    answer(tokio::task::block_in_place(|| {
        let mut writer = hand.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let (_, person) = session(&tx, &headers)?;
        let id: i64 = id.parse()?;
        let before: String = tx
            .prepare_cached("SELECT state FROM bench_payments WHERE id = ?1")?
            .query_row([id], |r| r.get(0))?;
        tx.prepare_cached("UPDATE bench_payments SET state = 'validated', by_whom = ?2, at = '2026-06-01T12:00:00Z' WHERE id = ?1")?
            .execute(params![id, person])?;
        tx.prepare_cached("INSERT INTO bench_audit (at, who, what, before, after) VALUES ('2026-06-01T12:00:00Z', ?1, 'validated', ?2, 'validated')")?
            .execute(params![person, before])?;
        tx.commit()?;
        Ok("done".to_owned())
    }))
}

fn answer(page: Result<String>) -> Response {
    match page {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The file of the only tenant in a data folder.
pub fn tenant_file(data: &Path) -> Result<PathBuf> {
    for entry in std::fs::read_dir(data.join("tenants"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "db") {
            return Ok(path);
        }
    }
    Err("no tenant".into())
}
