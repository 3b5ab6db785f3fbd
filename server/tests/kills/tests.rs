//! The tests: one for each engine.

use super::check::{self, Thorough, check};
use super::clients::{self, Client, Ledger, Office};
use super::running::{Cluster, Running, Storage};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often each engine is killed where nobody says so.
const KILLS: u64 = 200;
/// After so many kills the next ones begin with a new storage: what is there is looked at after
/// every kill, and would take longer each time.
const KILLS_OF_A_LIFE: u64 = 40;
/// How many write at once.
const CLIENTS: usize = 16;
/// The people behind them; nobody validates what they entered themselves.
const PEOPLE: usize = 2;
/// Members that payments are entered for.
const MEMBERS: usize = 40;
/// After so many kills everything is looked at, not only what is quick.
const THOROUGH_EVERY: u64 = 10;

/// How long PostgreSQL may take to see that one of its processes was killed.
const NOTICED: Duration = Duration::from_secs(5);

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
    )
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// An organisation with people who may everything, and members. The cookies of the people.
fn furnish(storage: &Storage, port: u16) -> Vec<String> {
    let cookies = (0..PEOPLE).map(|n| clients::sign_in(port, &format!("personne{n}")));
    let cookies: Vec<String> = cookies.collect();
    for n in 0..MEMBERS {
        let key = uuid::Uuid::now_v7().to_string();
        let name = format!("Zola{n}");
        let form = [
            ("key", key.as_str()),
            ("name", &name),
            ("joined_on", "2025-01-01"),
        ];
        clients::must_post(port, "/members/new", &cookies[0], &form);
    }
    assert_eq!(runtime().block_on(check::members(storage)).len(), MEMBERS);
    cookies
}

/// What is ended in a round.
#[derive(Clone, Copy, Debug)]
enum Blow {
    One(usize),
    All,
    /// A process of PostgreSQL: all its connections end, and it recovers.
    Database,
}

/// As many kills as are asked for, in lives that each begin with a storage of their own.
fn lives(mut life: impl FnMut(u64, u64)) {
    let all = number("EQUIPAGE_TEST_KILLS").unwrap_or(KILLS);
    let seed = number("EQUIPAGE_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let mut left = all;
    while left > 0 {
        let kills = left.min(KILLS_OF_A_LIFE);
        life(kills, seed.wrapping_add(all - left));
        left -= kills;
    }
}

/// Kills, restarts and looks, again and again, while sixteen write.
fn endure(storage: &Storage, servers: usize, kills: u64, seed: u64, blow: impl Fn(u64) -> Blow) {
    println!("{storage:?}: {kills} kills, seed {seed}");
    storage.run(&["tenant", "create", "asso"]);
    for n in 0..PEOPLE {
        storage.run(&[
            "user",
            "create",
            &format!("personne{n}"),
            "--crew",
            "administration",
        ]);
    }
    let mut running: Vec<Running> = (0..servers).map(|_| Running::start(storage)).collect();
    let cookies = furnish(storage, running[0].port);
    let members = runtime().block_on(check::members(storage));
    let office = Arc::new(Office::new(
        running.iter().map(|r| r.port).collect(),
        members,
        seed,
    ));
    let begun = Instant::now();
    let work: Vec<_> = (0..CLIENTS)
        .map(|n| {
            let person = (n / servers) % PEOPLE;
            let client = Client::new(&office, n, person, &cookies[person]);
            std::thread::spawn(move || client.work())
        })
        .collect();
    for n in 1..=kills {
        std::thread::sleep(Duration::from_millis(60 + office.below(240)));
        strike(&mut running, storage, blow(n));
        let ledger = office.ledger.lock().unwrap().clone();
        let thorough = if n % THOROUGH_EVERY == 0 {
            Thorough::Yes
        } else {
            Thorough::No
        };
        runtime().block_on(check(storage, &ledger, thorough));
        if work.iter().any(|thread| thread.is_finished()) {
            break;
        }
    }
    office.stop.store(true, Ordering::Relaxed);
    for thread in work {
        thread.join().unwrap();
    }
    let ledger = office.ledger.lock().unwrap().clone();
    runtime().block_on(check(storage, &ledger, Thorough::Yes));
    report(&ledger, kills, begun);
}

fn report(ledger: &Ledger, kills: u64, begun: Instant) {
    let (entered, validated) = (ledger.entered.len(), ledger.validated.len());
    println!(
        "{kills} kills in {:.0} s: {entered} payments entered, {validated} validated, {} files imported, {} times sent again",
        begun.elapsed().as_secs_f64(),
        ledger.imported.len(),
        ledger.again
    );
    // Who does nothing loses nothing.
    let least = usize::try_from(kills).unwrap() / 2;
    assert!(
        entered > least && validated > least && ledger.again > kills / 2,
        "hardly anything was done"
    );
}

fn strike(running: &mut [Running], storage: &Storage, blow: Blow) {
    match blow {
        Blow::One(n) => {
            running[n].kill();
            running[n].restart();
        }
        Blow::All => {
            running.iter_mut().for_each(Running::kill);
            running.iter_mut().for_each(Running::restart);
        }
        Blow::Database => runtime().block_on(kill_a_backend(storage)),
    }
}

/// Kills one process of PostgreSQL without a warning, and waits until it is back.
async fn kill_a_backend(storage: &Storage) {
    use sqlx::Connection;
    let Storage::Postgres(url, _) = storage else {
        unreachable!()
    };
    if let Ok(mut connection) = sqlx::PgConnection::connect(url).await {
        let other = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1";
        let pid: Result<(i32,), _> = sqlx::query_as(other).fetch_one(&mut connection).await;
        if let Ok((pid,)) = pid {
            let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
            // It may have ended by itself in the meantime. Otherwise PostgreSQL ends this connection
            // too, a moment later: until then it would still take new ones, and end them with the others.
            let begun = Instant::now();
            while killed.as_ref().is_ok_and(|status| status.success())
                && begun.elapsed() < NOTICED
                && sqlx::query("SELECT 1")
                    .execute(&mut connection)
                    .await
                    .is_ok()
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    let begun = Instant::now();
    while sqlx::PgConnection::connect(url).await.is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "PostgreSQL does not come back"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn nothing_that_was_answered_is_lost_when_a_server_on_sqlite_is_killed() {
    lives(|kills, seed| {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::Folder(folder.path().to_owned());
        endure(&storage, 1, kills, seed, |_| Blow::All);
    });
}

#[test]
fn nothing_that_was_answered_is_lost_when_servers_or_backends_of_postgresql_are_killed() {
    lives(|kills, seed| {
        let cluster = Cluster::start();
        let storage = Storage::Postgres(cluster.url.clone(), cluster.owner_url.clone());
        storage.run(&["migrate"]);
        // Two servers on one database, all the time.
        endure(&storage, 2, kills, seed, |n| match n % 4 {
            0 => Blow::Database,
            1 => Blow::One(0),
            2 => Blow::One(1),
            _ => Blow::All,
        });
    });
}
