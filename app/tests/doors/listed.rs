//! The table holds every route and every field that there is: a new one fails here first.

use super::ask::Ask;
use super::table::{DOORS, Door};
use super::world::World;
use std::collections::BTreeSet;

/// The paths that the router knows. Its own text is the only place where it tells them; that
/// the text is understood is seen by asking for each of them.
fn paths(world: &World) -> BTreeSet<String> {
    paths_in(&format!("{:?} {:?}", world.site(), app::http::routes()))
}

/// The paths in a router's own text.
pub fn paths_in(text: &str) -> BTreeSet<String> {
    // `paths: {RouteId(0): "/", …}`
    let lists = text.split("paths: {").skip(1).filter_map(|rest| {
        let end = rest.find("\"}").map(|at| at + 1)?;
        rest.get(..end)
    });
    let quoted = |list: &str| -> Vec<String> {
        let parts = list.split('"').skip(1).step_by(2);
        parts
            .filter(|p| p.starts_with('/') && !p.contains("__private__"))
            .map(str::to_owned)
            .collect()
    };
    lists.flat_map(quoted).collect()
}

#[tokio::test]
async fn the_table_holds_every_route_that_the_router_has() {
    let world = World::sqlite().await;
    let mut there = BTreeSet::new();
    for path in paths(&world) {
        // Which methods a path takes is what the router answers to one that none takes.
        let ask = world.dressed(&Ask::new("PURGE", path.replace(['{', '}'], "x")), None);
        let answer = world.send(&ask).await;
        let allow = answer.headers.get("allow");
        let allow = allow.expect("a path that the router knows names its methods");
        let allow = allow.to_str().unwrap();
        for method in allow.split(',').filter(|m| *m != "HEAD") {
            there.insert((path.clone(), method.to_owned()));
        }
    }
    let listed: BTreeSet<(String, String)> = DOORS
        .iter()
        .map(|d| (d.path.to_owned(), d.method.to_owned()))
        .collect();
    let missing: Vec<_> = there.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(
        missing.is_empty(),
        "routes without a row in app/tests/doors/table.rs: {missing:?}"
    );
    assert!(
        gone.is_empty(),
        "rows in app/tests/doors/table.rs without a route: {gone:?}"
    );
}

#[tokio::test]
async fn the_table_holds_every_field_of_every_form_on_the_pages() {
    let mut world = World::sqlite().await;
    let mut missing = BTreeSet::new();
    for door in DOORS
        .iter()
        .filter(|d| d.method == "GET" && d.path != "/assets/{file}")
    {
        let cookie = world.cookie(false, "toutes").await;
        let path = world.path(door).await;
        let signed_in = (door.path != "/login").then_some(cookie.as_str());
        let answer = world.visit(&Ask::new("GET", &path), signed_in).await;
        assert_eq!(answer.status, 200, "{path}");
        for form in answer.page().forms {
            let action = form.action.split('?').next().unwrap_or_default();
            let Some(door) = behind(&form.method, action) else {
                missing.insert(format!(
                    "{} {action} on {}: no such route",
                    form.method, door.path
                ));
                continue;
            };
            for (name, _) in &form.fields {
                // Each form has it: it says who opened it.
                let known = name == "_person"
                    || door.fields.iter().any(|f| f.name == name)
                    || door.query.contains(&name.as_str());
                if !known {
                    missing.insert(format!("{} {}: {name}", door.method, door.path));
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "fields that app/tests/doors/table.rs does not have: {missing:#?}"
    );
}

/// The door that an address leads to.
fn behind(method: &str, path: &str) -> Option<&'static Door> {
    let fits = |door: &&Door| {
        let (a, b) = (door.path.split('/'), path.split('/'));
        a.clone().count() == b.clone().count()
            && a.zip(b).all(|(a, b)| a == b || a.starts_with('{'))
    };
    let mut doors = DOORS.iter().filter(|d| d.method == method).filter(fits);
    let first = doors.next();
    // The exact one before the one with an id in it.
    std::iter::once(first?)
        .chain(doors)
        .min_by_key(|d| d.path.matches('{').count())
}

#[tokio::test]
async fn every_route_answers_a_wrong_method_with_a_page_and_the_methods_that_it_takes() {
    let mut world = World::sqlite().await;
    let cookie = world.cookie(false, "toutes").await;
    for path in paths(&world) {
        let takes = |method: &str| DOORS.iter().any(|d| d.path == path && d.method == method);
        let takes = |method: &str| takes(method) || (method == "HEAD" && takes("GET"));
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE",
        ] {
            if takes(method) {
                continue;
            }
            let ask = Ask::new(method, path.replace(['{', '}'], "x"));
            let answer = world.send(&world.dressed(&ask, Some(&cookie))).await;
            let what = format!("{method} {path}");
            assert_eq!(answer.status, 405, "{what}");
            let allow = answer.headers.get("allow").expect(&what);
            for allowed in allow.to_str().unwrap().split(',') {
                assert!(takes(allowed.trim()), "{what} allows {allowed}");
            }
            let is_page = answer.body.contains("<h1") && answer.body.contains("</html>");
            assert!(is_page || method == "HEAD", "{what}: {}", answer.body);
        }
    }
}
