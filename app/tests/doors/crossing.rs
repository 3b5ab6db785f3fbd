//! What another site, another organisation or no site at all sends is refused, for every
//! route; and reading writes nothing.

use super::ask::{Ask, encoded};
use super::table::{DOORS, Door, UPLOADS};
use super::world::World;
use domain::kernel::TenantId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use std::path::PathBuf;

/// A door's request with a good form; without host, origin and cookie.
pub async fn good(world: &mut World, door: &Door) -> Ask {
    let path = world.path(door).await;
    let ask = Ask::new(door.method, path);
    if door.method == "GET" {
        return ask;
    }
    let form = world.good(door).await;
    if UPLOADS.contains(&door.path) {
        let form: Vec<(String, Vec<u8>)> =
            form.into_iter().map(|(n, v)| (n, v.into_bytes())).collect();
        return ask.multipart(&form);
    }
    let form: Vec<(String, String)> = form
        .into_iter()
        .map(|(n, v)| (encoded(n), encoded(v)))
        .collect();
    ask.form(&form)
}

/// Looks at the SQLite files from outside: says whether anybody wrote since.
struct Watch(Vec<(SqliteConnection, i64)>);

impl Watch {
    async fn over(world: &World, tenants: &[TenantId]) -> Self {
        let folder = world.folder.as_ref().unwrap().path();
        let mut files = vec![folder.join("portal.db")];
        files.extend(tenants.iter().map(|t| of_tenant(world, *t)));
        Self::on(files).await
    }

    async fn on(files: Vec<PathBuf>) -> Self {
        let mut watched = Vec::new();
        for file in files {
            let options = SqliteConnectOptions::new().filename(file).read_only(true);
            watched.push((options.connect().await.unwrap(), 0));
        }
        let mut watch = Self(watched);
        watch.has_written().await;
        watch
    }

    async fn has_written(&mut self) -> bool {
        let mut any = false;
        for (connection, last) in &mut self.0 {
            // Changes whenever another connection commits a change.
            let (version,): (i64,) = sqlx::query_as("PRAGMA data_version")
                .fetch_one(connection)
                .await
                .unwrap();
            any |= version != *last;
            *last = version;
        }
        any
    }
}

/// The file of a tenant's data.
fn of_tenant(world: &World, tenant: TenantId) -> PathBuf {
    let folder = world.folder.as_ref().unwrap().path();
    folder.join("tenants").join(format!("{tenant}.db"))
}

fn unsafe_doors() -> impl Iterator<Item = &'static Door> {
    DOORS.iter().filter(|d| d.method != "GET")
}

#[tokio::test]
async fn what_comes_from_another_origin_is_refused_at_every_route_and_writes_nothing() {
    let mut world = World::sqlite().await;
    let (host, sibling) = (world.here.host.clone(), world.sibling.host.clone());
    let name = host.split(':').next().unwrap().to_owned();
    let own = format!("http://{host}");
    let foreign: Vec<Vec<(&str, String)>> = vec![
        vec![],
        vec![("referer", own.clone())],
        vec![("origin", "null".into())],
        vec![("origin", String::new())],
        vec![("origin", format!("http://{sibling}"))],
        vec![("origin", "http://localhost:3000".into())],
        vec![("origin", format!("https://{host}"))],
        vec![("origin", format!("http://{name}"))],
        vec![("origin", format!("http://{name}:3001"))],
        vec![("origin", format!("http://{name}:30000"))],
        vec![("origin", format!("{own}.evil.example"))],
        vec![("origin", format!("http://evil.example/{host}"))],
        vec![("origin", format!("http://x@{host}"))],
        vec![("origin", format!("{own}/"))],
        vec![("origin", format!("{own} {own}"))],
        vec![("sec-fetch-site", "cross-site".into())],
        vec![("sec-fetch-site", "same-site".into())],
        vec![("sec-fetch-site", "none".into())],
        vec![
            ("origin", own.clone()),
            ("sec-fetch-site", "cross-site".into()),
        ],
        vec![
            ("origin", own.clone()),
            ("sec-fetch-site", "same-site".into()),
        ],
        vec![
            ("origin", own.clone()),
            ("sec-fetch-site", "same-origin, cross-site".into()),
        ],
        // The forwarded host is nobody's word here.
        vec![
            ("origin", format!("http://{sibling}")),
            ("x-forwarded-host", sibling.clone()),
        ],
        vec![
            ("origin", format!("http://{sibling}")),
            ("forwarded", format!("host={sibling}")),
        ],
    ];
    let cookie = world.cookie(false, "toutes").await;
    for door in unsafe_doors() {
        let ask = good(&mut world, door)
            .await
            .with("host", host.clone())
            .with("cookie", cookie.clone());
        let mut watch = Watch::over(&world, &[world.here.tenant.id, world.sibling.tenant.id]).await;
        for headers in &foreign {
            let mut ask = ask.clone();
            ask.headers.extend(headers.iter().cloned());
            let answer = world.send(&ask).await;
            assert_eq!(
                answer.status, 403,
                "{} {} {headers:?}",
                door.method, door.path
            );
            assert!(
                answer.headers.get("set-cookie").is_none(),
                "{} {headers:?}",
                door.path
            );
        }
        // Two hosts, or none: nobody knows whose origin is meant.
        let mut twice = ask.clone().with("origin", format!("http://{sibling}"));
        twice.headers.insert(0, ("host", sibling.clone()));
        let status = world.send(&twice).await.status.as_u16();
        assert!(
            [400, 401, 403, 404].contains(&status) || door.open,
            "{}: {status}",
            door.path
        );
        assert!(
            !watch.has_written().await || door.open,
            "{} {} wrote",
            door.method,
            door.path
        );
    }
}

#[tokio::test]
async fn the_same_requests_from_the_own_origin_are_taken() {
    // Without this, the tests beside it would hold for routes that refuse everything.
    let mut world = World::sqlite().await;
    for door in unsafe_doors() {
        let cookie = world.cookie(false, "toutes").await;
        let ask = good(&mut world, door).await;
        let answer = world.visit(&ask, Some(&cookie)).await;
        assert_eq!(
            answer.status,
            door.done,
            "{} {}: {:?}",
            door.method,
            door.path,
            answer.body.split("class=\"error\"").nth(1)
        );
        world.used_up(door);
    }
}

#[tokio::test]
async fn a_siblings_session_opens_nothing_and_no_word_in_a_request_names_the_tenant() {
    let mut world = World::sqlite().await;
    let stranger = world.cookie(true, "toutes").await;
    let (host, sibling) = (world.here.host.clone(), world.sibling.host.clone());
    let slug = world.sibling.tenant.slug.clone();
    for door in DOORS.iter().filter(|d| !d.open) {
        let ask = good(&mut world, door).await;
        let mut watch = Watch::over(&world, &[world.here.tenant.id, world.sibling.tenant.id]).await;
        let refused = if door.method == "GET" { 303 } else { 401 };
        let plain = world.dressed(&ask, Some(&stranger));
        let mut asks = vec![("the session alone", plain.clone())];
        for name in [
            "x-forwarded-host",
            "x-host",
            "x-original-host",
            "x-forwarded-server",
            "x-tenant",
        ] {
            asks.push((name, plain.clone().with(name, sibling.clone())));
        }
        asks.push((
            "forwarded",
            plain
                .clone()
                .with("forwarded", format!("host={sibling};proto=http")),
        ));
        let mut absolute = plain.clone();
        absolute.uri = format!("http://{sibling}{}", absolute.uri);
        asks.push(("an absolute address", absolute));
        let mut query = plain.clone();
        query.uri = format!(
            "{}?tenant={slug}&tenant_id={}&host={sibling}",
            query.uri, world.sibling.tenant.id
        );
        asks.push(("the query", query));
        for (what, ask) in asks {
            let answer = world.send(&ask).await;
            assert_eq!(
                answer.status, refused,
                "{} {} with {what}: {}",
                door.method, door.path, answer.body
            );
            if refused == 303 {
                assert!(
                    answer.location().starts_with("/login"),
                    "{} {}",
                    door.path,
                    answer.location()
                );
            }
        }
        // The sibling's own host with the sibling's own session: what is ours is not there.
        if !door.things.is_empty() {
            let mut theirs = ask
                .clone()
                .with("host", sibling.clone())
                .with("cookie", stranger.clone());
            theirs = theirs.with("origin", format!("http://{sibling}"));
            let answer = world.send(&theirs).await;
            let status = answer.status.as_u16();
            let nothing =
                status == 404 || (status == 422 && answer.headers.get("location").is_none());
            assert!(nothing, "{} {}: {status}", door.method, door.path);
            assert!(
                !answer.body.contains("Zola"),
                "{} {}",
                door.method,
                door.path
            );
        }
        assert!(
            !watch.has_written().await,
            "{} {} wrote",
            door.method,
            door.path
        );
        // A tenant in the body changes whose data is written for nobody.
        if door.method == "POST" && !UPLOADS.contains(&door.path) {
            let own = world.cookie(false, "toutes").await;
            let mut ask = ask.clone();
            let more = format!(
                "&tenant={slug}&tenant_id={}&host={}",
                world.sibling.tenant.id,
                encoded(&sibling)
            );
            ask.body.extend_from_slice(more.as_bytes());
            // Not the portal: it is told that there is mail of one's own.
            let theirs = of_tenant(&world, world.sibling.tenant.id);
            let mut watch = Watch::on(vec![theirs]).await;
            let ask = world
                .dressed(&ask, Some(&own))
                .with("x-forwarded-host", sibling.clone());
            let answer = world.send(&ask).await;
            assert_eq!(
                answer.status, door.done,
                "{} {}: {}",
                door.method, door.path, answer.body
            );
            assert!(
                !watch.has_written().await,
                "{} {} wrote to {sibling} instead of {host}",
                door.method,
                door.path
            );
            world.used_up(door);
        }
    }
}

#[tokio::test]
async fn nobody_gets_past_a_door_that_asks_who_is_there() {
    let mut world = World::sqlite().await;
    for door in DOORS.iter().filter(|d| !d.open) {
        let ask = good(&mut world, door).await;
        let mut watch = Watch::over(&world, &[world.here.tenant.id]).await;
        for cookie in [
            None,
            Some("session="),
            Some("session=x"),
            Some("session=00"),
            Some("other=1; session=%00"),
        ] {
            let answer = world.visit(&ask, cookie).await;
            let refused = if door.method == "GET" { 303 } else { 401 };
            assert_eq!(
                answer.status, refused,
                "{} {} {cookie:?}",
                door.method, door.path
            );
        }
        assert!(
            !watch.has_written().await,
            "{} {} wrote",
            door.method,
            door.path
        );
    }
}

#[tokio::test]
async fn reading_writes_nothing() {
    let mut world = World::sqlite().await;
    for door in DOORS
        .iter()
        .filter(|d| d.method == "GET" && d.path != "/assets/{file}")
    {
        for login in ["toutes", "membre", "equipe", "banque", "reglages"] {
            let cookie = world.cookie(false, login).await;
            let path = world.path(door).await;
            let query: Vec<String> = door.query.iter().map(|q| format!("{q}=1")).collect();
            let form = good(&mut world, door).await;
            let mut watch =
                Watch::over(&world, &[world.here.tenant.id, world.sibling.tenant.id]).await;
            for method in ["GET", "HEAD"] {
                for uri in [path.clone(), format!("{path}?{}", query.join("&"))] {
                    let ask = Ask {
                        body: form.body.clone(),
                        ..Ask::new(method, uri)
                    };
                    let status = world.visit(&ask, Some(&cookie)).await.status;
                    assert!(status.as_u16() < 500, "{method} {}: {status}", door.path);
                }
            }
            // What is changed by a form is not changed by an address that says the same.
            for unsafe_door in unsafe_doors().filter(|d| d.path == door.path) {
                let fields = unsafe_door
                    .fields
                    .iter()
                    .map(|f| format!("{}={}", f.name, encoded(f.good)));
                let uri = format!("{path}?{}", fields.collect::<Vec<_>>().join("&"));
                world.visit(&Ask::new("GET", uri), Some(&cookie)).await;
            }
            assert!(!watch.has_written().await, "{} {login} wrote", door.path);
        }
    }
    for door in unsafe_doors() {
        let cookie = world.cookie(false, "toutes").await;
        let path = world.path(door).await;
        let mut watch = Watch::over(&world, &[world.here.tenant.id]).await;
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"] {
            let status = world
                .visit(&Ask::new(method, &path), Some(&cookie))
                .await
                .status;
            assert!(status.as_u16() < 500, "{method} {path}: {status}");
        }
        assert!(
            !watch.has_written().await,
            "{} wrote without a POST",
            door.path
        );
    }
}
