//! What is another organisation's is as what is nowhere: each route, asked by a sibling for
//! our things, answers as it does for things that nobody has, in its status, its headers, its
//! text and its time. And some thousands of requests that name two organisations at once, drawn
//! at random, on both engines. Each way of finding out is tried on a site that gives itself away.

use super::ask::{Answer, Ask, encoded};
use super::crossing::good;
use super::table::{DOORS, Door, Thing, UPLOADS};
use super::world::World;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use domain::db::{Tx, TxKind};
use domain::kernel::TenantId;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often each is asked, at most: the medians of their times are compared.
const TIMES: usize = 15;
/// So much longer may one take than the other …
const RATIO_MAX: f64 = 2.5;
/// … beside what a clock and a busy machine add to both.
const NOISE: Duration = Duration::from_micros(700);
/// So many rounds may say that the times differ before it is believed.
const ROUNDS: usize = 4;
/// How many requests of the last kind are drawn on each engine, where nothing else is said; of
/// those that `script/prove` wants, a fiftieth.
const CROSSINGS: usize = 1_500;
const OF_ALL: usize = 50;

/// Where an id begins in a text.
fn ids_in(text: &str) -> Vec<usize> {
    let is_id = |at: &usize| {
        let part = text.as_bytes().get(*at..*at + 36);
        part.is_some_and(|part| Uuid::try_parse_ascii(part).is_ok())
    };
    (0..text.len()).filter(is_id).collect()
}

/// A text in which every id became another one; the same one the same everywhere.
fn with_other_ids(text: &str, others: &mut BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for at in ids_in(&text) {
        let id = text[at..at + 36].to_owned();
        let other = others
            .entry(id)
            .or_insert_with(|| Uuid::now_v7().to_string());
        text.replace_range(at..at + 36, other);
    }
    text
}

/// An answer without what is another one each time: ids, tokens and nonces.
fn plain(answer: &Answer, tokens: &[&str]) -> (u16, Vec<String>, String) {
    let clean = |text: &str| {
        let mut text = text.to_owned();
        for at in ids_in(&text) {
            text.replace_range(at..at + 36, &"U".repeat(36));
        }
        for token in tokens {
            text = text.replace(token, "TOKEN");
        }
        let mut parts = text.split("nonce");
        let mut clean = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // nonce="…" in the page, 'nonce-…' in the header.
            let rest = part[2..].find(['"', '\'']).map(|end| &part[2 + end..]);
            clean.push_str("nonce");
            clean.push_str(rest.unwrap_or(part));
        }
        clean
    };
    let headers = answer.headers.iter();
    let headers = headers.map(|(n, v)| format!("{n}: {}", clean(v.to_str().unwrap_or_default())));
    let status = answer.status.as_u16();
    (status, headers.collect(), clean(&answer.body))
}

/// A request of a sibling for our things, and how the same is asked for things of nobody.
struct Pair {
    what: String,
    ours: Ask,
    token: Option<String>,
}

impl Pair {
    /// A fresh key each time: what was sent once has been done.
    fn of_ours(&self, keys: &mut BTreeMap<String, String>) -> Ask {
        let mut ask = self.ours.clone();
        let body = String::from_utf8(ask.body).unwrap();
        let key = body.split('&').find_map(|pair| pair.strip_prefix("key="));
        if let Some(key) = key.filter(|key| key.len() == 36) {
            let fresh = Uuid::now_v7().to_string();
            keys.insert(key.to_owned(), fresh.clone());
            ask.body = body.replace(key, &fresh).into_bytes();
        } else {
            ask.body = body.into_bytes();
        }
        ask
    }

    fn of_nobody(&self) -> Ask {
        let mut others = BTreeMap::new();
        let mut ask = self.of_ours(&mut BTreeMap::new());
        ask.uri = with_other_ids(&ask.uri, &mut others);
        let body = String::from_utf8(ask.body).unwrap();
        ask.body = with_other_ids(&body, &mut others).into_bytes();
        if let Some(token) = &self.token {
            let other: String = token.chars().rev().collect();
            ask.uri = ask.uri.replace(token, &other);
        }
        ask
    }
}

/// What each route is asked by the sibling: wherever an id of ours is named.
async fn pairs(world: &mut World) -> Vec<Pair> {
    let stranger = world.cookie(true, "toutes").await;
    let mut pairs = Vec::new();
    for door in DOORS.iter().filter(|door| !UPLOADS.contains(&door.path)) {
        let mut ask = good(world, door).await;
        if !door.query.is_empty() {
            let member = world.thing(Thing::Member).await;
            let kind = world.thing(Thing::ServiceType).await;
            let query = door.query.iter().map(|name| match *name {
                "kind" | "type" => format!("{name}={kind}"),
                name => format!("{name}={member}"),
            });
            ask.uri = format!("{}?{}", ask.uri, query.collect::<Vec<_>>().join("&"));
        }
        let token = match door.things {
            [Thing::Link] => Some(world.thing(Thing::Link).await),
            _ => None,
        };
        let body = String::from_utf8_lossy(&ask.body).into_owned();
        let named = ids_in(&format!("{} {}", ask.uri, body.replace("key=", "key"))).len();
        let is_key = usize::from(body.contains("key="));
        if named > is_key || token.is_some() {
            pairs.push(Pair {
                what: format!("{} {}", door.method, door.path),
                ours: world.at_the_siblings(&ask, &stranger),
                token,
            });
        }
    }
    pairs
}

/// How long each takes in the middle, asked in turn.
async fn medians(site: &Router, pair: &Pair) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..TIMES {
        let asks = [pair.of_ours(&mut BTreeMap::new()), pair.of_nobody()];
        for (ask, times) in asks.iter().zip(&mut times) {
            let begun = Instant::now();
            World::send_to(site, ask).await;
            times.push(begun.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort();
        times[TIMES / 2]
    })
}

/// What tells things of ours from things of nobody; nothing, where all is well.
async fn told_apart(site: &Router, pairs: &[Pair]) -> Vec<String> {
    let mut found = Vec::new();
    for pair in pairs {
        let (ours, nobody) = (pair.of_ours(&mut BTreeMap::new()), pair.of_nobody());
        let reversed = pair
            .token
            .as_ref()
            .map(|t| t.chars().rev().collect::<String>());
        let tokens: Vec<&str> = [&pair.token, &reversed]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let ours = plain(&World::send_to(site, &ours).await, &tokens);
        let nobody = plain(&World::send_to(site, &nobody).await, &tokens);
        if ours != nobody {
            found.push(format!("{}: {ours:?}\n\nis not\n\n{nobody:?}", pair.what));
            continue;
        }
        let mut seconds = [0.0, 0.0];
        let mut differs = true;
        for _ in 0..ROUNDS {
            seconds = medians(site, pair)
                .await
                .map(|time| (time + NOISE).as_secs_f64());
            let ratio = seconds[0] / seconds[1];
            differs = !(1.0 / RATIO_MAX..RATIO_MAX).contains(&ratio);
            if !differs {
                break;
            }
        }
        if differs {
            found.push(format!("{}: in {seconds:?} seconds", pair.what));
        }
    }
    found
}

#[tokio::test]
async fn what_is_another_organisations_answers_as_what_is_nowhere() {
    let mut world = World::sqlite().await;
    let pairs = pairs(&mut world).await;
    let named = |door: &Door| !door.things.is_empty() && !UPLOADS.contains(&door.path);
    let least = DOORS.iter().filter(|door| named(door)).count();
    assert!(pairs.len() >= least, "{} of {least}", pairs.len());
    let found = told_apart(world.site(), &pairs).await;
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

/// Whose things a request of a sibling names: what a site must never find out for them.
fn is_ours(uri: &str, id: &str) -> bool {
    uri.contains(id)
}

#[tokio::test]
async fn a_site_that_gives_itself_away_is_found_out() {
    let mut world = World::sqlite().await;
    let member = world.thing(Thing::Member).await;
    let mut pairs = pairs(&mut world).await;
    pairs.retain(|pair| pair.what == "GET /members/{id}");
    assert_eq!(pairs.len(), 1);
    // By its time: it does some work first, where the thing is there.
    let id = member.clone();
    let slow = world
        .site()
        .clone()
        .layer(from_fn(move |request: Request, next: Next| {
            let ours = is_ours(request.uri().path(), &id);
            async move {
                if ours {
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
                next.run(request).await
            }
        }));
    let found = told_apart(&slow, &pairs).await;
    assert!(
        found.len() == 1 && found[0].contains("seconds"),
        "{found:?}"
    );
    // By a word, a header, a status.
    for how in ["x-there", "status"] {
        let id = member.clone();
        let says = world
            .site()
            .clone()
            .layer(from_fn(move |request: Request, next: Next| {
                let ours = is_ours(request.uri().path(), &id);
                async move {
                    let mut answer: Response = next.run(request).await;
                    if ours && how == "status" {
                        *answer.status_mut() = axum::http::StatusCode::FORBIDDEN;
                    } else if ours {
                        answer.headers_mut().insert(how, "yes".parse().unwrap());
                    }
                    answer
                }
            }));
        let found = told_apart(&says, &pairs).await;
        assert!(
            found.len() == 1 && found[0].contains("is not"),
            "{how}: {found:?}"
        );
    }
}

// --- drawn at random

/// The same seed draws the same again (xorshift).
struct Draw(u64);

impl Draw {
    fn seeded() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seed = std::env::var("EQUIPAGE_TEST_SEED").unwrap_or_default();
        let seed = seed.parse().unwrap_or(now.unwrap().as_secs());
        println!("EQUIPAGE_TEST_SEED={seed}");
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        &all[usize::try_from(self.0 >> 11).unwrap() % all.len()]
    }
}

/// How a request names two organisations at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Our host, the sibling's session.
    OurHost,
    /// The sibling's host, our session.
    OurSession,
    /// The sibling's host and session, our things.
    OurThings,
    /// The same with both sessions, ours first or last.
    Both,
}

const WAYS: [Way; 4] = [Way::OurHost, Way::OurSession, Way::OurThings, Way::Both];

/// Headers that name a host in other people's programs.
const NAMES: [&str; 7] = [
    "x-forwarded-host",
    "x-host",
    "x-original-host",
    "x-forwarded-server",
    "x-tenant",
    "x-tenant-id",
    "forwarded",
];

/// What our things and people are called, in texts of ours that no sibling may see.
const OURS: [&str; 2] = ["Zola", "Nuage Libre"];

/// A drawn request, and whether its answer is anything but a refusal.
async fn crosses(
    site: &Router,
    world: &World,
    asks: &[Ask],
    cookies: &[String; 2],
    draw: &mut Draw,
) -> Option<String> {
    let (ask, way) = (draw.of(asks).clone(), *draw.of(&WAYS));
    let [ours, theirs] = cookies;
    let (host, named) = match way {
        Way::OurHost => (&world.here.host, &world.sibling),
        _ => (&world.sibling.host, &world.here),
    };
    let cookie = match way {
        Way::OurHost | Way::OurThings => theirs.clone(),
        Way::OurSession => ours.clone(),
        Way::Both => draw
            .of(&[format!("{ours}; {theirs}"), format!("{theirs}; {ours}")])
            .clone(),
    };
    let mut ask = ask
        .with("host", host.clone())
        .with("origin", format!("http://{host}"))
        .with("cookie", cookie);
    let header = *draw.of(&NAMES);
    let id = named.tenant.id;
    ask = match header {
        "x-tenant" => ask.with(header, named.tenant.slug.clone()),
        "x-tenant-id" => ask.with(header, id.to_string()),
        "forwarded" => ask.with(header, format!("host={};proto=http", named.host)),
        header => ask.with(header, named.host.clone()),
    };
    let more = format!(
        "tenant={}&tenant_id={id}&host={}",
        named.tenant.slug,
        encoded(&named.host)
    );
    if *draw.of(&[true, false]) {
        ask.uri = format!("{}?{more}", ask.uri);
    } else if ask.method == "POST" {
        ask.body.extend_from_slice(format!("&{more}").as_bytes());
    }
    let answer = World::send_to(site, &ask).await;
    let status = answer.status.as_u16();
    let refused = match (way, ask.method.as_str()) {
        (Way::OurHost | Way::OurSession, "GET") => {
            status == 303 && answer.location().starts_with("/login")
        }
        (Way::OurHost | Way::OurSession, _) => status == 401,
        (Way::OurThings, _) => matches!(status, 404 | 422),
        // Whose session counts is the browser's order; no answer shows more than the others.
        (Way::Both, _) => matches!(status, 303 | 401 | 404 | 422),
    };
    let known = |word: &&&str| answer.body.contains(**word);
    // At our own host, our name stands on the page of signing in.
    let shown = OURS
        .iter()
        .take(if way == Way::OurHost { 1 } else { 2 })
        .find(known);
    (!refused || shown.is_some())
        .then(|| format!("{way:?} {} {}: {status} {shown:?}", ask.method, ask.uri))
}

/// The sum of all that a tenant has, table by table, as the engine itself counts it.
async fn sums(world: &World, tenant: TenantId) -> Vec<(String, String)> {
    let mut tx: Tx = world.db.read(tenant).await.unwrap();
    let tables = match &mut tx.kind {
        TxKind::Sqlite(_) => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND name <> '_sqlx_migrations' ORDER BY 1"
        }
        TxKind::Postgres(_) => {
            "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
        }
    };
    let tables: Vec<(String,)> = domain::all!(tx, tables).unwrap();
    let mut sums = Vec::new();
    for (table,) in tables {
        let sum: String = match &mut tx.kind {
            TxKind::Sqlite(tx) => {
                let columns = format!(
                    "SELECT group_concat('quote(\"' || name || '\")', ' || ') FROM pragma_table_info('{table}')"
                );
                let columns: String = sqlx::query_scalar(AssertSqlSafe(columns))
                    .fetch_one(&mut **tx)
                    .await
                    .unwrap();
                let sum = format!(
                    "SELECT coalesce(group_concat({columns}), '') FROM (SELECT * FROM {table} ORDER BY 1, 2)"
                );
                sqlx::query_scalar(AssertSqlSafe(sum))
                    .fetch_one(&mut **tx)
                    .await
                    .unwrap()
            }
            TxKind::Postgres(tx) => {
                let sum = format!(
                    "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
                );
                sqlx::query_scalar(AssertSqlSafe(sum))
                    .fetch_one(&mut **tx)
                    .await
                    .unwrap()
            }
        };
        sums.push((table, sum));
    }
    sums
}

/// The requests that are drawn from: every route that names one of our things.
async fn drawn_from(world: &mut World) -> Vec<Ask> {
    let mut asks = Vec::new();
    for door in DOORS
        .iter()
        .filter(|door| !door.open && !door.things.is_empty())
    {
        let mut ask = good(world, door).await;
        // What is typed comes back: it is not ours then.
        let body = String::from_utf8_lossy(&ask.body).replace("Zola", "Zeno");
        ask.body = body
            .replace("Nuage+Libre", "Autre")
            .replace("Nuage%20Libre", "Autre")
            .into_bytes();
        asks.push(ask);
    }
    asks
}

async fn no_crossing_is_answered(mut world: World) {
    let wanted = std::env::var("EQUIPAGE_TEST_CROSSINGS").ok();
    let wanted = wanted.and_then(|text| text.parse::<usize>().ok());
    let count = wanted.map_or(CROSSINGS, |all| (all / OF_ALL).max(CROSSINGS));
    let cookies = [
        world.cookie(false, "toutes").await,
        world.cookie(true, "toutes").await,
    ];
    let asks = drawn_from(&mut world).await;
    let before = sums(&world, world.here.tenant.id).await;
    assert!(before.len() > 30, "the catalogue was read");
    let mut draw = Draw::seeded();
    for _ in 0..count {
        let found = crosses(world.site(), &world, &asks, &cookies, &mut draw).await;
        assert_eq!(found, None);
    }
    assert_eq!(sums(&world, world.here.tenant.id).await, before);
    // A site that believes whom it is told is found out, by the same requests.
    let believing =
        world
            .site()
            .clone()
            .layer(from_fn(async |mut request: Request, next: Next| {
                if let Some(host) = request.headers().get("x-forwarded-host").cloned() {
                    request.headers_mut().insert("host", host.clone());
                    let origin = format!("http://{}", host.to_str().unwrap());
                    request
                        .headers_mut()
                        .insert("origin", origin.parse().unwrap());
                }
                next.run(request).await
            }));
    let mut found = 0;
    for _ in 0..200 {
        found += usize::from(
            crosses(&believing, &world, &asks, &cookies, &mut draw)
                .await
                .is_some(),
        );
    }
    assert!(found > 0);
}

#[tokio::test]
async fn no_request_that_names_two_organisations_is_answered_on_sqlite() {
    no_crossing_is_answered(World::sqlite().await).await;
}

#[tokio::test]
async fn no_request_that_names_two_organisations_is_answered_on_postgresql() {
    no_crossing_is_answered(World::postgres().await).await;
}
