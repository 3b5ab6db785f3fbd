//! A request and its answer.

use super::html::Page;
use axum::http::{HeaderMap, StatusCode, header};

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    pub fn page(&self) -> Page {
        Page::read(&self.body)
    }
}

/// One request. Nothing is in it that was not put there.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: String,
    pub uri: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Ask {
    pub fn new(method: &str, uri: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            uri: uri.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A form; names and contents are encoded already.
    pub fn form(mut self, pairs: &[(String, String)]) -> Self {
        let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
        self.body = pairs.join("&").into_bytes();
        self.with("content-type", "application/x-www-form-urlencoded")
    }

    /// A form with a file.
    pub fn multipart(mut self, pairs: &[(String, Vec<u8>)]) -> Self {
        for (name, content) in pairs {
            let file = if name == "file" {
                "; filename=\"a.csv\""
            } else {
                ""
            };
            let head =
                format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            self.body.extend_from_slice(head.as_bytes());
            self.body.extend_from_slice(content);
            self.body.extend_from_slice(b"\r\n");
        }
        self.body.extend_from_slice(b"--limit--\r\n");
        self.with("content-type", "multipart/form-data; boundary=limit")
    }
}

/// A text, encoded for a form or an address.
pub fn encoded(text: impl AsRef<[u8]>) -> String {
    let safe = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
    let bytes = text.as_ref().iter();
    bytes
        .map(|b| {
            if safe(b) {
                char::from(*b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
