//! Lists that are searched and filtered, addresses and statistics, where there is very much:
//! each page by one person, the first time after a change (nothing is remembered) and again.

use crate::data::{self, make, serve, sign_in};
use crate::fill::{self, Fill};
use crate::load::{self, Connection, Until};
use crate::process::{self, Server};
use crate::scenarios::{LARGE, ORDINARY, key};
use crate::table::{Turns, figure, median};
use crate::{Plan, Result, http};
use std::time::{Duration, Instant};

/// A hundred thousand services, a million allocations, and fields with values.
const MUCH: Fill = Fill {
    services: 100_000,
    allocations: 10,
    years: 0,
    has_fields: true,
};
/// Ten thousand services that were paid for five years, a quarter of them by the month.
const YEARS: Fill = Fill {
    services: 10_000,
    allocations: 0,
    years: 5,
    has_fields: false,
};

/// What is asked for where there is much. An aim of 100 ms holds for each, the first time too.
const PAGES: [(&str, &str); 13] = [
    ("services", "/services"),
    ("services in arrears", "/services?state=late"),
    ("services, page 1000", "/services?page=1000"),
    ("services of a label", "/services?q=service-0999"),
    ("services of a member", "/services?q=lindqvist"),
    ("service of an address", "/services?q=10.13.200.7"),
    ("services of a network", "/services?q=10.14.66.0/24"),
    ("addresses", "/addresses"),
    ("field: few have it", "/members?extra_person_choice=c4"),
    ("field: many have it", "/members?extra_member_choice=c1"),
    ("field: a word", "/members?extra_person_word=mot+0999"),
    (
        "field of services: few",
        "/services?extra_service_choice=c4",
    ),
    (
        "field of services: many",
        "/services?extra_service_choice=c1",
    ),
];
const BUSY: [(&str, &str); 3] = [
    ("statistics of 5 years", "/statistics"),
    ("reminders", "/reminders"),
    ("services", "/services"),
];

/// What is asked with row-level security and without.
const GUARDED: [(&str, &str); 5] = [
    ("members", "/members"),
    ("members by a name", "/members?q=lindqvist"),
    ("members who are late", "/members?standing=late"),
    ("services", "/services?page=7"),
    ("payment form", "/payments/new"),
];

/// In files.
pub fn sqlite(plan: &Plan) -> Result<()> {
    let folder = data::filled(plan, "services-100000", LARGE, MUCH)?;
    let server = serve(plan, &folder, None)?;
    pages(plan, &server, "SQLite", &PAGES)?;
    let folder = data::filled(plan, "services-10000", ORDINARY, YEARS)?;
    let server = serve(plan, &folder, None)?;
    pages(plan, &server, "SQLite", &BUSY)
}

/// In a PostgreSQL, one after the other.
pub fn postgres(plan: &Plan, url: &str, admin: &str) -> Result<()> {
    for (name, members, much, asked) in [
        ("services-postgres-10000", ORDINARY, YEARS, &BUSY[..]),
        ("services-postgres-100000", LARGE, MUCH, &PAGES[..]),
    ] {
        let (folder, url) = (plan.folder.join(name), database(url, admin, name)?);
        make(plan, &folder, Some(&url.0), members)?;
        much.run(&folder, Some(&url.1))?;
        let server = serve(plan, &folder, Some(&url.0))?;
        pages(plan, &server, "PostgreSQL", asked)?;
        isolation(plan, &server, &url.1)?;
    }
    Ok(())
}

/// What row-level security costs: the same server over the same tables, with it and without, in
/// turns. Nothing but this bench can switch it off; a server would not start so.
fn isolation(plan: &Plan, server: &Server, admin: &str) -> Result<()> {
    let cookie = sign_in(server)?;
    for (name, path) in GUARDED {
        let mut turns = [Turns::default(), Turns::default()];
        for turn in 0..=plan.turns {
            for (turns, word) in turns.iter_mut().zip(["ENABLE", "DISABLE"]) {
                fill::psql(admin, &row_level_security(word))?;
                let request = |_| http::get(path, Some(&cookie));
                let until = Until::Elapsed(plan.turn);
                let before = server.cpu()?;
                let measured = load::round(server.address, 1, until, &[200], &request)?;
                if turn > 0 {
                    turns.add(&measured, server.cpu()?.saturating_sub(before));
                }
            }
        }
        fill::psql(admin, &row_level_security("ENABLE"))?;
        let [with, without] = turns;
        figure(
            &format!("isolation: {name}, with; without"),
            format!(
                "{:.2}; {:.2} ms",
                with.p50().as_secs_f64() * 1e3,
                without.p50().as_secs_f64() * 1e3
            ),
            "",
        );
    }
    Ok(())
}

/// Switches the policies of all tables on or off.
fn row_level_security(word: &str) -> String {
    format!(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public' LOOP EXECUTE format('ALTER TABLE %I {word} ROW LEVEL SECURITY', t); END LOOP; END $$"
    )
}

/// A database of its own: its address as the role that serves, and as a superuser.
fn database(url: &str, admin: &str, name: &str) -> Result<(String, String)> {
    let name = name.replace('-', "_");
    fill::psql(admin, &format!("CREATE DATABASE {name} OWNER equipage"))?;
    Ok((process::at(url, &name), process::at(admin, &name)))
}

fn pages(plan: &Plan, server: &Server, engine: &str, asked: &[(&str, &str)]) -> Result<()> {
    let cookie = sign_in(server)?;
    let mut connection = Connection::open(server.address)?;
    for (name, path) in asked {
        let mut first = Vec::new();
        let mut again = Vec::new();
        for turn in 0..plan.turns.max(3) {
            change(server, &cookie, turn)?;
            first.push(ask(&mut connection, path, &cookie)?);
            again.push(ask(&mut connection, path, &cookie)?);
        }
        figure(
            &format!("{engine}: {name}, after a change; again"),
            format!("{:.1}; {:.1} ms", millis(&first), millis(&again)),
            "≤ 100 ms",
        );
    }
    Ok(())
}

fn millis(of: &[Duration]) -> f64 {
    median(of).as_secs_f64() * 1e3
}

fn ask(connection: &mut Connection, path: &str, cookie: &str) -> Result<Duration> {
    let request = http::get(path, Some(cookie));
    let begun = Instant::now();
    let answer = connection.ask(&request)?;
    let took = begun.elapsed();
    match answer.status {
        200 => Ok(took),
        other => Err(format!("{path} answered {other}").into()),
    }
}

/// Somebody new: what was remembered is asked anew.
fn change(server: &Server, cookie: &str, turn: usize) -> Result<()> {
    let form = format!(
        "key={}&kind=person&given_name=Banc&name=Mesure&anyway=yes",
        key(turn)
    );
    let answer =
        Connection::open(server.address)?.ask(&http::post("/people/new", Some(cookie), &form))?;
    match answer.status {
        303 => Ok(()),
        other => Err(format!("a new person: {other}").into()),
    }
}
