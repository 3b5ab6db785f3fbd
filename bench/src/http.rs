//! Requests, as bytes.

/// The host that every request names.
const HOST: &str = "bench.localhost";

/// `GET`.
pub fn get(path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie
        .map(|c| format!("Cookie: {c}\r\n"))
        .unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n{cookie}\r\n").into_bytes()
}

/// `GET` as a browser does it: compressed.
pub fn get_compressed(path: &str, cookie: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: {cookie}\r\n\r\n"
    )
    .into_bytes()
}

/// `POST` of a form.
pub fn post(path: &str, cookie: Option<&str>, form: &str) -> Vec<u8> {
    let cookie = cookie
        .map(|c| format!("Cookie: {c}\r\n"))
        .unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: http://{HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{cookie}\r\n{form}",
        form.len()
    )
    .into_bytes()
}
