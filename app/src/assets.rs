//! The browser's files (styles, scripts, WASM, icons): where each one stands, and how it is
//! served. They are part of the program (see `build.rs`). Each name carries a hash of the
//! content, so a browser may keep a file for ever and never sees an old one.

use std::sync::Once;

use axum::{
    Router,
    extract::Path,
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
    routing::get,
};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One file, as it is and as it was compressed once, when the program was built.
struct File {
    /// What pages call it: `equipage.css`.
    name: &'static str,
    /// What it is called outside: `equipage-0123456789ab.css`.
    file: &'static str,
    url: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// Where a page finds the file with this name: `equipage.css` → `/assets/equipage-….css`.
/// A name that the browser build did not make gives an empty text, and one warning in the log.
#[must_use]
pub fn url(name: &str) -> &'static str {
    if let Some(file) = FILES.iter().find(|file| file.name == name) {
        return file.url;
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            name,
            "this program was built without one of the browser's files: run script/build-browser"
        );
    });
    ""
}

/// Serves `/assets/{file}`.
pub fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.file == name) {
        Some(file) => respond(file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn respond(file: &File, headers: &HeaderMap) -> Response {
    // A list may be spread over several header lines.
    let accepted: Vec<&str> = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let (coding, body) = choose(&accepted.join(","), file);
    let mut response = (
        [
            (CONTENT_TYPE, content_type(file.file)),
            (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (VARY, "accept-encoding"),
        ],
        body,
    )
        .into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(
            CONTENT_ENCODING,
            axum::http::HeaderValue::from_static(coding),
        );
    }
    response
}

/// The variant that the client likes best, among those that there are; the smaller one where it
/// has no preference. A client that refuses everything gets the plain file.
fn choose(accepted: &str, file: &File) -> (Option<&'static str>, &'static [u8]) {
    let compressed = [("br", file.brotli), ("gzip", file.gzip)];
    let mut best = (None, file.plain);
    // Unless it is named, plain is only the last resort.
    let mut best_weight = weight(accepted, "identity").unwrap_or(0);
    for (coding, body) in compressed {
        let (Some(body), Some(weight)) = (
            body,
            weight(accepted, coding).or_else(|| weight(accepted, "*")),
        ) else {
            continue;
        };
        // Named first wins a tie among the compressed ones; both win a tie against plain.
        if weight > best_weight || (weight == best_weight && weight > 0 && best.0.is_none()) {
            best = (Some(coding), body);
            best_weight = weight;
        }
    }
    best
}

/// What an `Accept-Encoding` list says about one coding, in thousandths; `None` where it does
/// not name it.
fn weight(accepted: &str, coding: &str) -> Option<u16> {
    accepted.split(',').find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next()?;
        let same = name.eq_ignore_ascii_case(coding)
            || (coding == "gzip" && name.eq_ignore_ascii_case("x-gzip"));
        same.then(|| parts.find_map(quality).unwrap_or(1000))
    })
}

/// `q=0.8` → 800. A number that makes no sense counts as a refusal.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some(0);
    }
    match whole {
        "1" => Some(1000),
        "0" => Some(format!("{fraction:0<3}").parse().unwrap_or(0)),
        _ => Some(0),
    }
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: File = File {
        name: "a.css",
        file: "a-000000000000.css",
        url: "/assets/a-000000000000.css",
        plain: b"plain",
        brotli: Some(b"brotli"),
        gzip: Some(b"gzip"),
    };

    fn chosen(accepted: &str) -> Option<&'static str> {
        choose(accepted, &BOTH).0
    }

    #[test]
    fn the_smallest_accepted_variant_is_served() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Some("br"));
        assert_eq!(chosen("gzip, deflate"), Some("gzip"));
        assert_eq!(chosen("X-GZIP"), Some("gzip"));
        assert_eq!(chosen("*"), Some("br"));
        assert_eq!(chosen("identity, gzip"), Some("gzip"));
        assert_eq!(choose("br", &BOTH).1, b"brotli");
    }

    #[test]
    fn weights_are_obeyed() {
        assert_eq!(chosen("br;q=0.5, gzip;q=0.8"), Some("gzip"));
        assert_eq!(chosen("br; q=0, gzip ;Q=0.001"), Some("gzip"));
        assert_eq!(chosen("br;q=0, *;q=0.3"), Some("gzip"));
        assert_eq!(chosen("gzip;q=0.5, identity"), None);
        assert_eq!(
            chosen("gzip;q=0.5, br;q=0.25, identity;q=0.2"),
            Some("gzip")
        );
    }

    #[test]
    fn what_is_refused_or_unreadable_is_not_served_compressed() {
        for accepted in [
            "",
            "deflate",
            "br;q=0",
            "br;q=zwei",
            "gzip;q=1.5.1",
            "br;q=0.12345",
            ";;;,,=",
            "*;q=0",
        ] {
            assert_eq!(chosen(accepted), None, "{accepted}");
        }
    }

    #[test]
    fn a_variant_that_is_missing_is_not_chosen() {
        let bare = File {
            brotli: None,
            ..BOTH
        };
        assert_eq!(choose("br, gzip;q=0.1", &bare).0, Some("gzip"));
        let bare = File {
            brotli: None,
            gzip: None,
            ..BOTH
        };
        assert_eq!(choose("br, gzip", &bare), (None, &b"plain"[..]));
    }

    #[test]
    fn a_file_is_kept_for_ever_and_told_apart_by_its_coding() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT_ENCODING, "gzip".parse().unwrap());
        headers.append(ACCEPT_ENCODING, "br;q=0.1".parse().unwrap());
        let response = respond(&BOTH, &headers);
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        assert_eq!(response.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(response.headers()[VARY], "accept-encoding");
        assert_eq!(
            response.headers()[CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
    }

    #[tokio::test]
    async fn an_unknown_file_is_not_found_and_an_unknown_name_is_empty() {
        use tower::ServiceExt;
        let request = axum::http::Request::get("/assets/nothing.css")
            .body(axum::body::Body::empty())
            .unwrap();
        let response = router::<()>().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(url("nothing.css"), "");
    }

    #[test]
    fn every_built_file_has_a_type_of_its_own() {
        for file in FILES {
            assert_ne!(
                content_type(file.file),
                "application/octet-stream",
                "{}",
                file.file
            );
            assert_eq!(url(file.name), file.url);
        }
    }
}
