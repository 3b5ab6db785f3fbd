//! What is measured. Programs that are compared take turns, so that what else the machine
//! does meets all of them; each figure is the median of the turns.

use crate::data::{self, copy, make, serve, sign_in};
use crate::load::{self, Connection, Until};
use crate::process::Server;
use crate::table::{self, Turns, figure};
use crate::{Plan, Result, duties, floors, http, services};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Connections of the loads of pages.
const CONNECTIONS: usize = 8;
/// Connections of many validations at once.
const VALIDATORS: usize = 50;
/// How many payments are validated one by one in a turn.
const SINGLE: usize = 200;
/// Members of the ordinary organisation, and of the large one.
pub const ORDINARY: usize = 10_000;
pub const LARGE: usize = 100_000;

/// Runs every scenario that the plan asks for.
pub fn all(plan: &Plan) -> Result<()> {
    let wanted = |name: &str| name.contains(&plan.only);
    let folder = data::members(plan, ORDINARY)?;
    if ["list", "dashboard", "form"].iter().any(|n| wanted(n)) {
        pages(plan, &folder)?;
    }
    if wanted("large") {
        large(plan, &folder)?;
    }
    if wanted("services") {
        services::sqlite(plan)?;
    }
    if wanted("validation") {
        validations(plan, &folder)?;
    }
    if wanted("import") {
        let fresh = plan.folder.join("import");
        let _ = std::fs::remove_dir_all(&fresh);
        let took = make(plan, &fresh, None, ORDINARY)?;
        figure(
            "import of 10,000 rows (command)",
            format!("{:.2} s", took.as_secs_f64()),
            "≤ 2 s",
        );
    }
    if wanted("duties") {
        duties::run(plan, &folder, ORDINARY)?;
    }
    if wanted("memory") {
        memory(plan, &folder)?;
    }
    match &plan.postgres {
        Some(url) if wanted("postgres") => postgres(plan, url)?,
        _ => {}
    }
    match (&plan.postgres, &plan.admin) {
        (Some(url), Some(admin)) if wanted("services-postgres") => {
            services::postgres(plan, url, admin)
        }
        _ => Ok(()),
    }
}

/// A contender: who it is, where it listens, and what it is asked.
struct Contender<'a> {
    name: &'static str,
    server: &'a Server,
    request: Vec<u8>,
}

/// Lets the contenders take turns; the first turn warms up and does not count.
fn race(plan: &Plan, scenario: &str, contenders: &[Contender<'_>]) -> Result<Vec<Turns>> {
    let mut all: Vec<Turns> = contenders.iter().map(|_| Turns::default()).collect();
    for turn in 0..=plan.turns {
        for (contender, turns) in contenders.iter().zip(&mut all) {
            let before = contender.server.cpu()?;
            let request = |_| contender.request.clone();
            let until = Until::Elapsed(plan.turn);
            let measured = load::round(
                contender.server.address,
                CONNECTIONS,
                until,
                &[200],
                &request,
            )?;
            if turn > 0 {
                turns.add(&measured, contender.server.cpu()?.saturating_sub(before));
            }
        }
    }
    for (contender, turns) in contenders.iter().zip(&all) {
        table::line(scenario, contender.name, turns);
    }
    Ok(all)
}

fn floor(kind: &str, arguments: &[&Path]) -> Result<Server> {
    Server::start(
        Command::new(std::env::current_exe()?),
        |command, address| {
            command
                .args(["floor", kind, &address.to_string()])
                .args(arguments);
        },
    )
}

/// The pages that are opened most, beside a handler that returns the same bytes; the members
/// list beside a page that was written by hand, too.
fn pages(plan: &Plan, folder: &Path) -> Result<()> {
    let server = serve(plan, folder, None)?;
    let cookie = sign_in(&server)?;
    table::head();
    for (name, path) in [
        ("list", "/members"),
        ("dashboard", "/"),
        ("form", "/payments/new"),
    ] {
        let page = Connection::open(server.address)?.ask(&http::get(path, Some(&cookie)))?;
        if page.status != 200 {
            return Err(format!("{path} answered {}", page.status).into());
        }
        let file = plan.folder.join(format!("{name}.html"));
        std::fs::write(&file, &page.body)?;
        let bare = floor("bare", &[&file])?;
        let plain = || http::get(path, Some(&cookie));
        let mut contenders = vec![Contender {
            name: "bare",
            server: &bare,
            request: plain(),
        }];
        let by_hand = match name {
            "list" => Some(floor("page", &[&floors::tenant_file(folder)?, &file])?),
            _ => None,
        };
        if let Some(by_hand) = &by_hand {
            check_same(&page.text(), by_hand, &plain())?;
            contenders.push(Contender {
                name: "by hand",
                server: by_hand,
                request: plain(),
            });
        }
        contenders.push(Contender {
            name: "Equipage",
            server: &server,
            request: plain(),
        });
        let compressed = http::get_compressed(path, &cookie);
        contenders.push(Contender {
            name: "… brotli",
            server: &server,
            request: compressed,
        });
        let turns = race(plan, name, &contenders)?;
        if let [_, by_hand, equipage, _] = turns.as_slice() {
            let ratio = equipage.per_second() / by_hand.per_second().max(1e-9);
            let cpu = by_hand.cpu().as_secs_f64() / equipage.cpu().as_secs_f64().max(1e-9);
            figure(
                "list: share of the speed by hand",
                format!("{ratio:.2}"),
                "≥ 0.5",
            );
            figure(
                "list: the same, of processor time",
                format!("{cpu:.2}"),
                "≥ 0.5",
            );
        }
    }
    Ok(())
}

/// Whether the page by hand shows the same rows: otherwise it would be no floor.
fn check_same(page: &str, by_hand: &Server, request: &[u8]) -> Result<()> {
    let other = Connection::open(by_hand.address)?.ask(request)?.text();
    let rows = |page: &str| -> Option<String> {
        let rows = page.split_once("<tbody>")?.1.split_once("</tbody>")?.0;
        Some(rows.replace("<!>", ""))
    };
    if rows(page) != rows(&other) {
        eprintln!(
            "bench: the rows by hand differ:\n{:.600}\n{:.600}",
            rows(page).unwrap_or_default(),
            rows(&other).unwrap_or(other)
        );
    }
    Ok(())
}

/// The list of ten times as many members.
fn large(plan: &Plan, folder: &Path) -> Result<()> {
    let large_folder = data::members(plan, LARGE)?;
    let (small, large) = (
        serve(plan, folder, None)?,
        serve(plan, &large_folder, None)?,
    );
    let cookies = (sign_in(&small)?, sign_in(&large)?);
    for (name, path) in [
        ("large: list", "/members"),
        ("large: late ones", "/members?standing=late"),
        ("large: page 150", "/members?page=150"),
        ("large: search", "/members?q=lindqvist"),
        ("large: dashboard", "/"),
    ] {
        let turns = race(
            plan,
            name,
            &[
                Contender {
                    name: "10,000",
                    server: &small,
                    request: http::get(path, Some(&cookies.0)),
                },
                Contender {
                    name: "100,000",
                    server: &large,
                    request: http::get(path, Some(&cookies.1)),
                },
            ],
        )?;
        if let [small, large] = turns.as_slice() {
            let ratio = large.cpu().as_secs_f64() / small.cpu().as_secs_f64().max(1e-9);
            let aim = if name == "large: list" {
                "≤ 1.15"
            } else {
                ""
            };
            figure(
                &format!("{name}: cost of 100,000 members"),
                format!("× {ratio:.2}"),
                aim,
            );
        }
    }
    Ok(())
}

/// A form's key that nobody used.
pub fn key(n: usize) -> String {
    let run = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_nanos() & 0xffff_ffff);
    format!("{run:08x}-0000-7000-8000-{n:012x}")
}

/// What waits in the queue: at most the page's 500.
fn waiting(server: &Server, cookie: &str) -> Result<Vec<String>> {
    let page =
        Connection::open(server.address)?.ask(&http::get("/payments/queue", Some(cookie)))?;
    let text = page.text();
    let shown = text
        .split_once("name=\"shown\" value=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .ok_or("the queue shows nothing")?
        .0;
    Ok(shown.split(' ').map(str::to_owned).collect())
}

fn validate(cookie: &str, ids: &[String]) -> Vec<u8> {
    let ids: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
    let form = format!("key={}&{}", key(ids.len()), ids.join("&"));
    http::post("/payments/queue", Some(cookie), &form)
}

/// One validation after the other, many people at once, and the whole queue.
fn validations(plan: &Plan, folder: &Path) -> Result<()> {
    let copied = copy(folder, "validations")?;
    let server = serve(plan, &copied, None)?;
    let cookie = sign_in(&server)?;
    let list = plan.folder.join("list.html");
    let page = Connection::open(server.address)?.ask(&http::get("/members", Some(&cookie)))?;
    std::fs::write(&list, &page.body)?;
    let by_hand = floor("page", &[&floors::tenant_file(&copied)?, &list])?;
    single(plan, &server, &by_hand, &cookie)?;
    let (took, count) = everything(&server, &cookie)?;
    let all = took.as_secs_f64() * 10_000.0 / count as f64;
    figure(
        "validation: 10,000, of which 500 at once",
        format!("{all:.2} s"),
        "≤ 2 s",
    );
    Ok(())
}

fn single(plan: &Plan, server: &Server, by_hand: &Server, cookie: &str) -> Result<()> {
    table::head();
    for (name, people) in [
        ("validation, one person", 1),
        ("validation, 50 people at once", VALIDATORS),
    ] {
        let mut turns = [Turns::default(), Turns::default()];
        for turn in 0..plan.turns.min(5) {
            let ids = waiting(server, cookie)?;
            let ids = ids.get(..SINGLE).ok_or("too few payments wait")?;
            let hand = |n: usize| {
                http::post(
                    "/validate",
                    Some(cookie),
                    &(1 + turn * SINGLE + n).to_string(),
                )
            };
            let ours = |n: usize| validate(cookie, ids.get(n..=n).unwrap_or_default());
            let answers = Until::Answers(SINGLE);
            let before = (by_hand.cpu()?, server.cpu()?);
            let measured = load::round(by_hand.address, people, answers, &[200], &hand)?;
            turns[0].add(&measured, by_hand.cpu()?.saturating_sub(before.0));
            let measured = load::round(server.address, people, answers, &[303], &ours)?;
            turns[1].add(&measured, server.cpu()?.saturating_sub(before.1));
        }
        table::line(name, "by hand", &turns[0]);
        table::line(name, "Equipage", &turns[1]);
    }
    Ok(())
}

/// Validates what waits, 500 at once, as the queue's page does.
fn everything(server: &Server, cookie: &str) -> Result<(Duration, usize)> {
    let mut connection = Connection::open(server.address)?;
    let (mut took, mut count) = (Duration::ZERO, 0);
    while let Ok(ids) = waiting(server, cookie) {
        let request = validate(cookie, &ids);
        let begun = Instant::now();
        let answer = connection.ask(&request)?;
        took += begun.elapsed();
        if answer.status != 303 {
            return Err(format!("the queue answered {}", answer.status).into());
        }
        count += ids.len();
    }
    Ok((took, count.max(1)))
}

/// Start, memory after it, and memory under a load of pages, sign-ins and validations.
fn memory(plan: &Plan, folder: &Path) -> Result<()> {
    let copied = copy(folder, "memory")?;
    let mut starts = Vec::new();
    for _ in 0..plan.turns.max(5) {
        starts.push(serve(plan, &copied, None)?.start);
    }
    starts.sort_unstable();
    let start = starts.get(starts.len() / 2).copied().unwrap_or_default();
    figure(
        "start to first answer",
        format!("{:.1} ms", start.as_secs_f64() * 1e3),
        "< 50 ms",
    );
    let server = serve(plan, &copied, None)?;
    figure(
        "memory after the start",
        format!("{:.1} MB", server.memory()?.0),
        "< 25 MB",
    );
    let cookie = sign_in(&server)?;
    let ids = waiting(&server, &cookie)?;
    let sign_in_form = format!("name={}&password={}", data::LOGIN, data::PASSWORD);
    let mixed = |n: usize| match n % 20 {
        0 | 10 => http::post("/login", None, &sign_in_form),
        5 | 15 => validate(
            &cookie,
            ids.get(n / 5 % ids.len()..)
                .and_then(|i| i.get(..1))
                .unwrap_or_default(),
        ),
        1 | 6 | 11 | 16 => http::get_compressed("/", &cookie),
        2 | 12 => http::get_compressed("/payments/new", &cookie),
        3 | 13 => http::get_compressed("/payments/queue", &cookie),
        _ => http::get_compressed("/members", &cookie),
    };
    let until = Until::Elapsed(plan.turn * u32::try_from(plan.turns)?);
    load::round(server.address, 16, until, &[200, 303], &mixed)?;
    let (now, most) = server.memory()?;
    figure(
        "memory under load, at most",
        format!("{most:.1} MB"),
        "< 80 MB",
    );
    figure("memory after the load", format!("{now:.1} MB"), "");
    Ok(())
}

/// The same on PostgreSQL, where it is cheap to ask.
fn postgres(plan: &Plan, url: &str) -> Result<()> {
    let folder = plan.folder.join("postgres");
    let took = make(plan, &folder, Some(url), ORDINARY)?;
    figure(
        "PostgreSQL: import of 10,000 rows (command)",
        format!("{:.2} s", took.as_secs_f64()),
        "≤ 4 s",
    );
    let server = serve(plan, &folder, Some(url))?;
    let cookie = sign_in(&server)?;
    table::head();
    for (name, path) in [
        ("PostgreSQL: list", "/members"),
        ("PostgreSQL: dashboard", "/"),
        ("PostgreSQL: form", "/payments/new"),
    ] {
        let request = http::get(path, Some(&cookie));
        race(
            plan,
            name,
            &[Contender {
                name: "Equipage",
                server: &server,
                request,
            }],
        )?;
    }
    for (name, people) in [
        ("PostgreSQL: validation, one person", 1),
        ("PostgreSQL: 50 at once", VALIDATORS),
    ] {
        let ids = waiting(&server, &cookie)?;
        let before = server.cpu()?;
        let ours = |n: usize| validate(&cookie, ids.get(n..=n).unwrap_or_default());
        let measured = load::round(
            server.address,
            people,
            Until::Answers(SINGLE),
            &[303],
            &ours,
        )?;
        let mut turns = Turns::default();
        turns.add(&measured, server.cpu()?.saturating_sub(before));
        table::line(name, "Equipage", &turns);
    }
    let (took, count) = everything(&server, &cookie)?;
    let all = took.as_secs_f64() * 10_000.0 / count as f64;
    figure(
        "PostgreSQL: 10,000 validations, 500 at once",
        format!("{all:.2} s"),
        "≤ 2 s",
    );
    Ok(())
}
