//! Takes a file from a form. A file that is too large is read to its end, and thrown
//! away, before it is refused: a browser that is cut off while it sends shows an error
//! of its own in place of our answer.

use crate::http::BODY_MAX;
use axum::body::{Body, HttpBody};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use domain::import::MAX_BYTES;
use domain::kernel::{Code, Problem};
use std::future::poll_fn;
use std::pin::Pin;

/// The most that is read only to be thrown away.
const DRAIN_MAX: usize = 256 << 20;

/// What a form with a file sent.
#[derive(Default)]
pub struct Sent {
    /// The file's name, as the browser says it.
    pub file_name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The form's key.
    pub key: String,
}

/// Reads a form with a file.
///
/// # Errors
/// [`Code::TooLarge`]; [`Code::Required`] without a file; [`Code::BadRequest`].
pub async fn receive(request: Request) -> Result<Sent, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|n| n > BODY_MAX) {
        drain(request.into_body()).await;
        return Err(too_large());
    }
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|e| Problem::new(Code::BadRequest).because(e))?;
    let mut sent = Sent::default();
    let mut chosen = false;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("file") => {
                sent.file_name = field.file_name().unwrap_or_default().to_owned();
                sent.bytes = content(field).await?;
                chosen = !sent.file_name.is_empty() || !sent.bytes.is_empty();
            }
            Some("key") => sent.key = String::from_utf8_lossy(&content(field).await?).into_owned(),
            _ => {}
        }
    }
    if chosen {
        Ok(sent)
    } else {
        Err(Problem::new(Code::Required))
    }
}

async fn content(field: Field<'_>) -> Result<Vec<u8>, Problem> {
    Ok(field.bytes().await.map_err(broken)?.to_vec())
}

fn too_large() -> Problem {
    Problem::new(Code::TooLarge {
        max_mib: MAX_BYTES >> 20,
    })
}

fn broken(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::new(Code::BadRequest).because(error),
    }
}

async fn drain(mut body: Body) {
    let mut read = 0;
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        read += frame.data_ref().map_or(0, |data| data.len());
        if read > DRAIN_MAX {
            return;
        }
    }
}
