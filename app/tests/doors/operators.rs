//! The operators' host: every route as nobody, as an organisation's people and from other sites;
//! what is here is not on an organisation's host, nor the other way round.

use super::ask::{Answer, Ask, encoded};
use super::listed::paths_in;
use super::table::DOORS;
use super::texts::texts;
use super::world::World;
use axum::http::StatusCode;
use domain::portal::Operator;
use domain::portal::operators;
use domain::portal::proofs::{self, Proof};
use domain::portal::rounds::{self, Round};
use sqlx::Connection;
use std::collections::BTreeSet;

/// What each route takes, and what nobody gets there: `None` where everybody is welcome.
const ROUTES: &[(&str, &str, Option<StatusCode>)] = &[
    ("GET", "/", Some(StatusCode::SEE_OTHER)),
    ("GET", "/login", None),
    ("POST", "/login", None),
    ("POST", "/logout", None),
    ("POST", "/language", None),
    ("GET", "/proofs", Some(StatusCode::SEE_OTHER)),
    ("POST", "/proofs", Some(StatusCode::UNAUTHORIZED)),
    ("GET", "/proofs/{id}", Some(StatusCode::SEE_OTHER)),
    ("GET", "/proofs/{id}/text", Some(StatusCode::SEE_OTHER)),
    ("GET", "/proofs/{id}/json", Some(StatusCode::SEE_OTHER)),
    ("GET", "/record", Some(StatusCode::SEE_OTHER)),
];

fn paths() -> BTreeSet<String> {
    paths_in(&format!("{:?}", app::http::operator_routes()))
}

async fn proof(world: &World) -> Proof {
    let operator = Operator::at_the_machine("root");
    let clock = world.clock();
    proofs::prove(&world.db, &clock, &operator).await.unwrap()
}

/// The routes, with the id of a proof that is kept.
async fn asks(world: &World) -> Vec<(Ask, Option<StatusCode>)> {
    let id = proof(world).await.id.to_string();
    let ask = |(method, path, nobody): &(&str, &str, Option<StatusCode>)| {
        (Ask::new(method, path.replace("{id}", &id)), *nobody)
    };
    ROUTES.iter().map(ask).collect()
}

async fn sent(world: &World, ask: &Ask, cookie: Option<&str>) -> Answer {
    world.send(&world.at_the_operators(ask, cookie)).await
}

#[tokio::test]
async fn the_list_holds_every_route_and_every_method() {
    let world = World::sqlite().await;
    let listed: BTreeSet<String> = ROUTES.iter().map(|r| r.1.to_owned()).collect();
    assert_eq!(paths(), listed);
    for path in paths() {
        let answer = sent(
            &world,
            &Ask::new("PURGE", path.replace(['{', '}'], "x")),
            None,
        )
        .await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allow = answer.headers["allow"].to_str().unwrap().to_owned();
        let there: BTreeSet<&str> = allow.split(',').filter(|m| *m != "HEAD").collect();
        let known = ROUTES.iter().filter(|r| r.1 == path).map(|r| r.0);
        assert_eq!(there, known.collect(), "{path}");
    }
}

async fn only_operators_are_let_in(mut world: World) {
    let people = world.cookie(false, "toutes").await;
    let theirs = people.replacen("session", "operator", 1);
    let (login, cookie) = world.operator().await;
    for (ask, nobody) in asks(&world).await {
        let what = format!("{} {}", ask.method, ask.uri);
        let Some(refusal) = nobody else { continue };
        for shown in [None, Some(&people), Some(&theirs)] {
            let answer = sent(&world, &ask, shown.map(String::as_str)).await;
            assert_eq!(answer.status, refusal, "{what} with {shown:?}");
            assert!(!answer.body.contains("Nuage Libre"), "{what}");
        }
        let let_in = sent(&world, &ask, Some(&cookie)).await;
        let good = [StatusCode::OK, StatusCode::SEE_OTHER];
        assert!(good.contains(&let_in.status), "{what}: {}", let_in.status);
        assert!(!let_in.location().starts_with("/login"), "{what}");
        assert!(
            let_in.headers.contains_key("content-security-policy"),
            "{what}"
        );
    }
    // An operator's session opens nothing of an organisation's.
    for stolen in [cookie.clone(), cookie.replacen("operator", "session", 1)] {
        let answer = world
            .visit(&Ask::new("GET", "/members"), Some(&stolen))
            .await;
        assert_eq!(answer.location(), "/login?next=/members");
    }
    let (by, clock) = (Operator::at_the_machine("root"), world.clock());
    let disabled = operators::disable(&world.db, &clock, &by, &login);
    disabled.await.unwrap();
    let answer = sent(&world, &Ask::new("GET", "/"), Some(&cookie)).await;
    assert_eq!(answer.location(), "/login");
}

#[tokio::test]
async fn only_operators_are_let_in_on_sqlite() {
    only_operators_are_let_in(World::sqlite().await).await;
}

#[tokio::test]
async fn only_operators_are_let_in_on_postgres() {
    only_operators_are_let_in(World::postgres().await).await;
}

#[tokio::test]
async fn nothing_is_done_because_another_site_says_so() {
    let world = World::sqlite().await;
    let (_, cookie) = world.operator().await;
    for (ask, _) in asks(&world).await {
        if ask.method != "POST" {
            continue;
        }
        for (name, value) in [
            ("origin", "http://nuage-libre.localhost:3000"),
            ("sec-fetch-site", "same-site"),
        ] {
            let mut ask = world.at_the_operators(&ask, Some(&cookie));
            ask.headers.retain(|h| h.0 != name);
            let answer = world.send(&ask.clone().with(name, value)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {name}", ask.uri);
        }
        let mut silent = world.at_the_operators(&ask, Some(&cookie));
        silent.headers.retain(|h| h.0 != "origin");
        assert_eq!(world.send(&silent).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(
        proofs::list(&world.db).await.unwrap().len(),
        1,
        "the test's own"
    );
    let home = sent(&world, &Ask::new("GET", "/"), Some(&cookie)).await;
    assert_eq!(
        home.status,
        StatusCode::OK,
        "nobody signed the operator out"
    );
}

#[tokio::test]
async fn each_host_has_its_own_pages_only() {
    let mut world = World::sqlite().await;
    let people = world.cookie(false, "toutes").await;
    let (_, cookie) = world.operator().await;
    let theirs = paths();
    for door in DOORS.iter().filter(|d| d.method == "GET") {
        let outside = door.path == "/health" || door.path.starts_with("/assets/");
        if outside || theirs.contains(door.path) {
            continue;
        }
        let path = world.path(door).await;
        let answer = sent(&world, &Ask::new("GET", &path), Some(&cookie)).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{path} at the operators'"
        );
    }
    for (ask, _) in asks(&world).await {
        if ask.uri.starts_with("/proofs") || ask.uri == "/record" {
            let answer = world.visit(&ask, Some(&people)).await;
            let what = format!("{} {} at an organisation's", ask.method, ask.uri);
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
        }
    }
    // No header but the host's own says whose pages are asked for.
    for name in ["x-forwarded-host", "x-host", "forwarded"] {
        let ask = world.dressed(&Ask::new("GET", "/record"), Some(&cookie));
        let answer = world.send(&ask.with(name, "operator.localhost")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn hostile_texts_neither_fail_nor_live() {
    let world = World::sqlite().await;
    let (_, cookie) = world.operator().await;
    for text in texts() {
        for field in ["name", "password", "next"] {
            let form = |n: &str| {
                if n == field {
                    text.sent.clone()
                } else {
                    "x".into()
                }
            };
            let form = ["name", "password", "next"].map(|n| (n.to_owned(), form(n)));
            let ask = Ask::new("POST", "/login").form(&form);
            let answer = sent(&world, &ask, None).await;
            assert!(
                [422, 429, 400].contains(&answer.status.as_u16()),
                "{field}={:.60}: {}",
                text.sent,
                answer.status
            );
            assert!(answer.page().alive.is_empty(), "{field}={:.60}", text.sent);
        }
        for path in ["/proofs/", "/login?next=", "/"] {
            let ask = Ask::new("GET", format!("{path}{}", text.sent));
            if ask.uri.parse::<axum::http::Uri>().is_err() {
                continue;
            }
            let answer = sent(&world, &ask, Some(&cookie)).await;
            assert!(answer.status.as_u16() < 500, "{}", ask.uri);
            let to = answer.location();
            assert!(
                to.is_empty() || to.starts_with('/') && !to.starts_with("//"),
                "{to}"
            );
        }
    }
}

#[tokio::test]
async fn many_guesses_are_stopped() {
    let world = World::sqlite().await;
    let (login, _) = world.operator().await;
    let mut last = StatusCode::OK;
    for _ in 0..8 {
        let form = [("name", login.as_str()), ("password", "faux")];
        let form = form.map(|(n, v)| (n.to_owned(), encoded(v)));
        last = sent(&world, &Ask::new("POST", "/login").form(&form), None)
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

/// The report says in the page's own language what was tried, and all of it.
async fn a_report_is_all_said(world: World) {
    let (_, cookie) = world.operator().await;
    let made = proof(&world).await;
    let ask = Ask::new("GET", format!("/proofs/{}", made.id)).with("accept-language", "fr");
    let page = sent(&world, &ask, Some(&cookie)).await.body;
    assert!(made.report.apart && page.contains("Aucune organisation n’a atteint"));
    for check in &made.report.checks {
        assert!(
            !page.contains(check.name.as_ref()),
            "{} is English",
            check.name
        );
    }
    assert_eq!(
        page.matches("étanche</span>").count(),
        made.report.checks.len()
    );
}

#[tokio::test]
async fn a_report_is_all_said_on_sqlite() {
    a_report_is_all_said(World::sqlite().await).await;
}

#[tokio::test]
async fn a_report_is_all_said_on_postgres() {
    a_report_is_all_said(World::postgres().await).await;
}

#[tokio::test]
async fn what_gets_through_is_on_the_page_and_in_the_files() {
    let world = World::sqlite().await;
    let (_, cookie) = world.operator().await;
    let folder = world.folder.as_ref().unwrap().path();
    // A row of the sibling's in our file: as if somebody had put it there by hand.
    let file = folder.join(format!("tenants/{}.db", world.here.tenant.id));
    let url = format!("sqlite://{}", file.display());
    let mut there = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let sql = "PRAGMA foreign_keys = OFF; \
               INSERT INTO sign_in_failures (tenant_id, subject, failures, last_at) VALUES (X'00000000000000000000000000000001', 'x', 1, '2026-01-01 00:00:00+00:00')";
    sqlx::raw_sql(sql).execute(&mut there).await.unwrap();
    let made = sent(&world, &Ask::new("POST", "/proofs"), Some(&cookie)).await;
    let path = made.location().to_owned();
    let page = sent(&world, &Ask::new("GET", &path), Some(&cookie))
        .await
        .body;
    assert!(
        page.contains("sign_in_failures") && page.contains("is-error"),
        "{page}"
    );
    let text = sent(
        &world,
        &Ask::new("GET", format!("{path}/text")),
        Some(&cookie),
    )
    .await;
    assert!(text.body.contains("SOMETHING GOT THROUGH"));
    let json = sent(
        &world,
        &Ask::new("GET", format!("{path}/json")),
        Some(&cookie),
    )
    .await;
    assert!(json.body.contains("\"apart\": false"));
}

#[tokio::test]
async fn one_proof_is_made_at_a_time_and_the_page_says_so() {
    let world = World::sqlite().await;
    let (_, cookie) = world.operator().await;
    let clock = world.clock();
    let taken = rounds::take(&world.db, &clock, Round::Proof);
    assert!(taken.await.unwrap());
    let refused = sent(&world, &Ask::new("POST", "/proofs"), Some(&cookie)).await;
    assert_eq!(refused.location(), "/proofs");
    let page = sent(&world, &Ask::new("GET", "/proofs"), Some(&cookie)).await;
    assert!(
        page.headers.contains_key("refresh"),
        "it looks again by itself"
    );
    assert!(
        page.page().forms.iter().all(|f| f.action != "/proofs"),
        "no second one"
    );
    proofs::give_up(&world.db, &clock).await.unwrap();
    let page = sent(&world, &Ask::new("GET", "/proofs"), Some(&cookie)).await;
    assert!(!page.headers.contains_key("refresh"));
    assert!(page.page().forms.iter().any(|f| f.action == "/proofs"));
}
