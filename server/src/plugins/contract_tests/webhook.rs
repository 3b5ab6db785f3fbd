//! A server that really listens.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a receiver knows.
#[derive(Default)]
struct Receiver {
    /// The objects, by their ids.
    world: BTreeMap<String, String>,
    /// What came before.
    seen: BTreeSet<String>,
    /// How it answers from now on.
    answer: Option<&'static str>,
}

/// A server that holds what is signed for good, and takes each message once.
fn receiver() -> (u16, Arc<Mutex<Receiver>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let known = Arc::new(Mutex::new(Receiver::default()));
    let shared = known.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let shared = shared.clone();
            std::thread::spawn(move || serve(stream.unwrap(), &shared));
        }
    });
    (port, known)
}

fn serve(mut stream: TcpStream, known: &Mutex<Receiver>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.to_owned()),
            None if line.trim().is_empty() => break,
            None => None,
        };
    }
    let length: usize = headers["content-length"].parse().unwrap();
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let (id, at) = (&headers["webhook-id"], &headers["webhook-timestamp"]);
    let key = STANDARD
        .decode(SECRET.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let signed = headers["webhook-signature"].strip_prefix("v1,").unwrap();
    let is_signed = mac.verify_slice(&STANDARD.decode(signed).unwrap()).is_ok();
    let mut known = known.lock().unwrap();
    if let Some(answer) = known.answer {
        drop(known);
        if answer == "hang" {
            std::thread::sleep(Duration::from_secs(2));
            return;
        }
        let _ = stream.write_all(answer.as_bytes());
        return;
    }
    let answer = if !is_signed {
        "HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n"
    } else {
        if known.seen.insert(id.clone()) {
            let told: Value = serde_json::from_str(&body).unwrap();
            let data = &told["data"];
            let object = data["id"].as_str().unwrap().to_owned();
            match told["type"].as_str().unwrap() {
                "crew.deleted" => {
                    known.world.remove(&object);
                }
                "crew.saved" => {
                    let name = data["name"].as_str().unwrap().to_owned();
                    known.world.insert(object, name);
                }
                other => panic!("{other}"),
            }
        }
        "HTTP/1.1 204 Fine\r\ncontent-length: 0\r\n\r\n"
    };
    drop(known);
    let _ = stream.write_all(answer.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_holds_the_contract() {
    let (port, known) = receiver();
    let names = known.clone();
    let ground = Ground {
        program: Box::new(Webhook::new(vec![format!("127.0.0.1:{port}")])),
        settings: settings(&[
            ("url", &format!("http://127.0.0.1:{port}/hook")),
            ("secret", SECRET),
        ]),
        there: Box::new(move || names.lock().unwrap().world.values().cloned().collect()),
    };
    holds(&ground).await;
    let seen = known.lock().unwrap().seen.len();
    assert_eq!(
        seen,
        4 + 2 * ODD.len(),
        "each thing once, whatever was sent twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_is_answered_says_what_becomes_of_it() {
    let (port, known) = receiver();
    let webhook = Webhook::new(vec![format!("127.0.0.1:{port}")]);
    let url = format!("http://127.0.0.1:{port}/hook");
    let given = settings(&[("url", &url), ("secret", SECRET)]);
    let flood: &'static str = Box::leak(
        format!(
            "HTTP/1.1 422 No\r\ncontent-length: 5000000\r\n\r\n{}",
            "x".repeat(5_000_000)
        )
        .into_boxed_str(),
    );
    for (answer, class) in [
        (
            "HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\nlater",
            Class::Transient,
        ),
        (
            "HTTP/1.1 429 No\r\ncontent-length: 0\r\n\r\n",
            Class::Transient,
        ),
        (
            "HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n",
            Class::NeedsPerson,
        ),
        (
            "HTTP/1.1 410 No\r\ncontent-length: 0\r\n\r\n",
            Class::NeedsPerson,
        ),
        (
            "HTTP/1.1 302 No\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            Class::NeedsPerson,
        ),
        (
            "HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n",
            Class::Permanent,
        ),
        ("this is no HTTP", Class::Transient),
        (flood, Class::Permanent),
    ] {
        known.lock().unwrap().answer = Some(answer);
        let call = call(&given, Action::Save);
        let failure = webhook
            .save(&call, &crew(Uuid::nil(), "x"), None)
            .await
            .unwrap_err();
        assert_eq!(failure.class, class, "{failure:?}");
        assert!(!format!("{failure:?}").contains("whsec"));
        assert!(failure.output.len() <= 4 * 1024);
    }
    // A host that is not public is not reached, whatever it is called.
    let strict = Webhook::new(vec!["localhost:1".into()]);
    for url in [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://169.254.169.254/",
    ] {
        let given = settings(&[("url", url), ("secret", SECRET)]);
        let call = call(&given, Action::Save);
        let failure = strict
            .save(&call, &crew(Uuid::nil(), "x"), None)
            .await
            .unwrap_err();
        assert_eq!(
            failure.error, "the host is not found, or is not a public one",
            "{url}"
        );
    }
}
