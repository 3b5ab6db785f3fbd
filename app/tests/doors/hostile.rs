//! Hostile texts in every field, every query and every address: nothing fails on our side,
//! nothing comes to life in the page, and what was typed is not lost.

use super::ask::{Answer, Ask, encoded};
use super::html::LIVE;
use super::table::{DOORS, Door, Field, How, UPLOADS};
use super::texts::{Hostile, texts, texts_for};
use super::world::World;

fn describe(door: &Door, name: &str, sent: &str) -> String {
    let sent: String = sent.chars().take(80).collect();
    format!("{} {} {name}={sent}", door.method, door.path)
}

/// Nothing failed on our side, and nothing came to life.
fn is_calm(answer: &Answer, what: &str) {
    assert!(
        answer.status.as_u16() < 500 || answer.status == 503,
        "{what}: {}",
        answer.status
    );
    assert_ne!(answer.status, 503, "{what}");
    let said = |name: &str| {
        let value = answer.headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    if said("content-disposition").starts_with("attachment") {
        // A file holds what people wrote as they wrote it: no browser may take it for a page.
        assert!(!said("content-type").starts_with("text/html"), "{what}");
        assert_eq!(said("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(said("cache-control"), "no-store", "{what}");
    } else {
        let page = answer.page();
        assert!(
            page.alive.is_empty(),
            "{what}: {:?} lives in the page",
            page.alive
        );
        assert!(!answer.body.contains(&format!("<script>{LIVE}")), "{what}");
    }
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(
            !value.contains('\n') && value != "session=1",
            "{what}: {name}: {value}"
        );
    }
    let to = answer.location();
    assert!(
        to.is_empty() || (to.starts_with('/') && !to.starts_with("//")),
        "{what}: leads to {to}"
    );
}

/// What was typed stands in the page again, and there is a message at a field.
fn nothing_is_lost(door: &Door, answer: &Answer, form: &[(String, Option<String>)], what: &str) {
    let is_typed = door.fields.iter().any(|f| f.how == How::Typed);
    if !is_typed || ![422, 409].contains(&answer.status.as_u16()) {
        return;
    }
    let page = answer.page();
    if answer.status == 422 {
        let message = page.ids.iter().any(|id| id.ends_with("-error"));
        assert!(
            message
                || answer.body.contains("class=\"summary\"")
                || answer.body.contains("class=\"error\""),
            "{what}: no message"
        );
    }
    for field in door.fields.iter().filter(|f| f.how == How::Typed) {
        for (name, shown) in form.iter().filter(|(n, _)| n == field.name) {
            let Some(shown) = shown else { continue };
            let present = page.contents(name);
            assert!(
                present.contains(&shown.as_str()),
                "{what}: {name} is lost: {shown:.80?} is not in {present:.80?}"
            );
        }
    }
}

/// A door's good form with one field replaced: encoded, and as it should be shown again.
async fn replaced(
    world: &mut World,
    door: &Door,
    name: &str,
    hostile: &Hostile,
) -> (Vec<(String, String)>, Vec<(String, Option<String>)>) {
    let good = world.good(door).await;
    let pick = |(n, v): &(String, String)| match n == name {
        true => (
            (encoded(n), hostile.sent.clone()),
            (n.clone(), hostile.shown.clone()),
        ),
        false => ((encoded(n), encoded(v)), (n.clone(), Some(v.clone()))),
    };
    good.iter().map(pick).unzip()
}

/// In all fields at once: what one field makes the form be refused for must not let the others live.
async fn all_fields_at_once(world: &mut World, door: &Door) {
    for hostile in texts().iter().filter(|t| t.sent.contains("%3Cxhostile")) {
        let what = describe(door, "every field", &hostile.sent);
        let cookie = world.cookie(false, "toutes").await;
        let (mut form, mut shown) = (Vec::new(), Vec::new());
        for (name, good) in world.good(door).await {
            let is_typed = |f: &&Field| f.name == name && f.how == How::Typed;
            let typed = door.fields.iter().find(is_typed);
            let (sent, seen) = match typed {
                Some(_) => (hostile.sent.clone(), hostile.shown.clone()),
                None => (encoded(&good), Some(good.clone())),
            };
            form.push((encoded(&name), sent));
            shown.push((name, seen));
        }
        let path = world.path(door).await;
        let ask = Ask::new("POST", path).form(&form);
        let answer = world.visit(&ask, Some(&cookie)).await;
        is_calm(&answer, &what);
        nothing_is_lost(door, &answer, &shown, &what);
        if answer.status.is_redirection() || answer.status == 200 {
            world.used_up(door);
        }
    }
}

async fn forms(mut world: World) {
    let is_sqlite = world.folder.is_some();
    let mut nth = 0;
    for door in DOORS
        .iter()
        .filter(|d| d.method == "POST" && !UPLOADS.contains(&d.path))
    {
        all_fields_at_once(&mut world, door).await;
        for field in door.fields {
            nth += 1;
            for hostile in texts_for(nth, is_sqlite) {
                let what = describe(door, field.name, &hostile.sent);
                let cookie = world.cookie(false, "toutes").await;
                let (form, shown) = replaced(&mut world, door, field.name, &hostile).await;
                let path = world.path(door).await;
                let answer = world
                    .visit(&Ask::new("POST", path).form(&form), Some(&cookie))
                    .await;
                is_calm(&answer, &what);
                nothing_is_lost(door, &answer, &shown, &what);
                if answer.status.is_redirection() || answer.status == 200 {
                    world.used_up(door);
                }
            }
        }
    }
    pages_stay_whole(&mut world).await;
}

/// What was taken stands in lists and on pages now: they all still open, and nothing lives in them.
async fn pages_stay_whole(world: &mut World) {
    let cookie = world.cookie(false, "toutes").await;
    for door in DOORS
        .iter()
        .filter(|d| d.method == "GET" && d.path != "/assets/{file}")
    {
        let path = world.path(door).await;
        let pages = if door.query.contains(&"page") { 12 } else { 1 };
        for page in 1..=pages {
            let ask = Ask::new("GET", format!("{path}?page={page}"));
            let answer = world.visit(&ask, Some(&cookie)).await;
            is_calm(&answer, &format!("{path} page {page}"));
        }
    }
}

async fn queries(mut world: World) {
    let cookie = world.cookie(false, "toutes").await;
    let is_sqlite = world.folder.is_some();
    let mut nth = 0;
    for door in DOORS.iter().filter(|d| !d.query.is_empty()) {
        let path = world.path(door).await;
        for name in door.query {
            nth += 1;
            for hostile in texts_for(nth, is_sqlite) {
                // The longest text would make a head that no server reads.
                if hostile.sent.len() > 8000 {
                    continue;
                }
                let what = describe(door, name, &hostile.sent);
                let mut ask = Ask::new(door.method, format!("{path}?{name}={}", hostile.sent));
                if door.method == "POST" {
                    ask = ask.form(&[]);
                }
                let answer = world.visit(&ask, Some(&cookie)).await;
                is_calm(&answer, &what);
                assert!(
                    // 404: an id of nobody.
                    [200, 303, 400, 404, 422].contains(&answer.status.as_u16()),
                    "{what}: {}",
                    answer.status
                );
            }
        }
        for query in [
            "",
            "&&==&",
            "q",
            "q=1&q=2",
            "page=1&page=2",
            "q[]=1&q[0]=2",
            "%=%",
            &"q=1&".repeat(1000),
        ] {
            let ask = Ask::new("GET", format!("{path}?{query}"));
            is_calm(
                &world.visit(&ask, Some(&cookie)).await,
                &format!("{path}?{query}"),
            );
        }
    }
}

async fn addresses(mut world: World) {
    let cookie = world.cookie(false, "toutes").await;
    let is_sqlite = world.folder.is_some();
    for (nth, door) in DOORS.iter().filter(|d| d.path.contains('{')).enumerate() {
        for hostile in texts_for(nth, is_sqlite) {
            if hostile.sent.len() > 8000 {
                continue;
            }
            let mut path = door.path.to_owned();
            while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
                path.replace_range(from..=to, &hostile.sent);
            }
            let good = world.good(door).await;
            let form: Vec<(String, String)> =
                good.iter().map(|(n, v)| (encoded(n), encoded(v))).collect();
            let ask = Ask::new(door.method, &path);
            let ask = if door.method == "POST" {
                ask.form(&form)
            } else {
                ask
            };
            let answer = world.visit(&ask, Some(&cookie)).await;
            is_calm(&answer, &path);
            let known = [400, 404, 405, 422];
            assert!(
                known.contains(&answer.status.as_u16()),
                "{} {path}: {}",
                door.method,
                answer.status
            );
        }
    }
}

/// Forms that are put together wrongly: a field twice, missing, as a list; and no form at all.
async fn shapes(mut world: World) {
    for door in DOORS.iter().filter(|d| d.method == "POST") {
        for field in door.fields {
            let good = world.good(door).await;
            let good: Vec<(String, String)> =
                good.iter().map(|(n, v)| (encoded(n), encoded(v))).collect();
            let others = good.iter().filter(|(n, _)| n != field.name);
            let own = |name: &str| (name.to_owned(), "1".to_owned());
            let mut without: Vec<(String, String)> = others.cloned().collect();
            let mut forms = vec![without.clone()];
            forms.push(good.iter().cloned().chain([own(field.name)]).collect());
            forms.push(
                without
                    .iter()
                    .cloned()
                    .chain([
                        own(&format!("{}[]", field.name)),
                        own(&format!("{}[0]", field.name)),
                    ])
                    .collect(),
            );
            forms.push(
                without
                    .iter()
                    .cloned()
                    .chain([own(&field.name.to_uppercase())])
                    .collect(),
            );
            without.extend((0..5000).map(|_| own(field.name)));
            forms.push(without);
            for form in forms {
                let cookie = world.cookie(false, "toutes").await;
                let path = world.path(door).await;
                let answer = world
                    .visit(&Ask::new("POST", path).form(&form), Some(&cookie))
                    .await;
                is_calm(&answer, &describe(door, field.name, "misshapen"));
                world.used_up(door);
            }
        }
        let types = [
            "application/x-www-form-urlencoded",
            "application/json",
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=limit",
            "",
        ];
        let bodies: [&[u8]; 7] = [
            b"",
            b"{\"name\":\"x\"}",
            b"\xff\xfe\0",
            b"&=&&==",
            b"%",
            b"--limit\r\n",
            b"--limit--\r\n",
        ];
        for kind in types {
            for body in bodies {
                let cookie = world.cookie(false, "toutes").await;
                let path = world.path(door).await;
                let ask = Ask {
                    body: body.to_vec(),
                    ..Ask::new("POST", path).with("content-type", kind)
                };
                is_calm(
                    &world.visit(&ask, Some(&cookie)).await,
                    &format!("{} {kind} {body:?}", door.path),
                );
                world.used_up(door);
            }
        }
    }
}

/// Each role once: what one may not do is refused without a fault, also where the form is hostile.
async fn roles(mut world: World) {
    let hostile = Hostile {
        sent: encoded("<xhostile>\"'\u{202e}"),
        shown: None,
    };
    for login in ["membre", "equipe", "banque", "reglages"] {
        for door in DOORS
            .iter()
            .filter(|d| d.method == "POST" && !UPLOADS.contains(&d.path))
        {
            for field in door.fields {
                let cookie = world.cookie(false, login).await;
                let (form, _) = replaced(&mut world, door, field.name, &hostile).await;
                let path = world.path(door).await;
                let answer = world
                    .visit(&Ask::new("POST", path).form(&form), Some(&cookie))
                    .await;
                is_calm(
                    &answer,
                    &format!("{login}: {}", describe(door, field.name, "…")),
                );
                world.used_up(door);
            }
        }
    }
}

/// Files that are none.
async fn files(mut world: World) {
    let many_columns = ";".repeat(100_000);
    let contents: Vec<Vec<u8>> = texts()
        .into_iter()
        .filter_map(|h| h.shown.map(String::into_bytes))
        .chain([
            b"\xff\xfe\0\0\x01".to_vec(),
            vec![0; 70_000],
            many_columns.into_bytes(),
            b"a;b\n\"unclosed;1\n".to_vec(),
            "Nom;Montant\n<xhostile>;<xhostile>\n\"=cmd|' /C calc'!A0\";1e999\n"
                .as_bytes()
                .to_vec(),
            b"Nom;Date d'adh\xe9sion\nZo\xe9;0000-00-00\n".to_vec(),
        ])
        .collect();
    let doors = DOORS
        .iter()
        .filter(|d| d.method == "POST" && UPLOADS.contains(&d.path));
    let each = doors.flat_map(|door| contents.iter().map(move |content| (door, content.clone())));
    for (door, content) in each {
        let cookie = world.cookie(false, "toutes").await;
        let shown: String = String::from_utf8_lossy(&content).chars().take(60).collect();
        let key = world.good(door).await.remove(0).1;
        let ask = Ask::new("POST", door.path)
            .multipart(&[("key".into(), key.into_bytes()), ("file".into(), content)]);
        let answer = world.visit(&ask, Some(&cookie)).await;
        is_calm(&answer, &shown);
        assert!(
            [303, 422].contains(&answer.status.as_u16()),
            "{shown}: {}",
            answer.status
        );
        let to = answer.location().to_owned();
        if !to.is_empty() {
            let base = to.trim_end_matches("/columns").to_owned();
            for path in [to, format!("{base}/columns"), base.clone()] {
                is_calm(
                    &world.visit(&Ask::new("GET", path), Some(&cookie)).await,
                    &shown,
                );
            }
            let form = [
                ("key".to_owned(), world.good(door).await.remove(0).1),
                ("leave_out".to_owned(), "yes".to_owned()),
            ];
            is_calm(
                &world
                    .visit(
                        &Ask::new("POST", format!("{base}/apply")).form(&form),
                        Some(&cookie),
                    )
                    .await,
                &shown,
            );
        }
    }
}

/// The same on both engines: what one of them cannot hold must not reach it.
macro_rules! on_both {
    ($($(#[$doc:meta])* $name:ident: $body:ident;)*) => {$(
        mod $name {
            use super::*;

            $(#[$doc])*
            #[tokio::test]
            async fn sqlite() {
                $body(World::sqlite().await).await;
            }

            $(#[$doc])*
            #[tokio::test]
            async fn postgres() {
                $body(World::postgres().await).await;
            }
        }
    )*};
}

on_both! {
    hostile_texts_in_every_field_are_taken_or_refused_and_never_lost: forms;
    hostile_texts_in_every_query_ask_for_nothing: queries;
    hostile_texts_in_every_address_lead_nowhere: addresses;
    forms_that_are_put_together_wrongly_are_refused: shapes;
    every_role_is_refused_without_a_fault: roles;
    files_that_are_none_are_refused: files;
}
