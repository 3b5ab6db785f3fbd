//! What a handler takes out of a request: who asks, a form, a query, an id. What cannot be
//! read is refused here, in one way for all.

use super::{Failure, Req};
use crate::typed;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, request::Parts};
use domain::kernel::{Code, Problem};
use serde::de::DeserializeOwned;

impl<S: Send + Sync> FromRequestParts<S> for Req {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(|| Failure(Problem::internal("a route without its request's context")))
    }
}

/// A form that was posted, as its struct.
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let req = request.extensions().get::<Req>().cloned();
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|e| match e.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Failure(Problem::new(Code::TooLarge {
                    max_mib: crate::http::BODY_MAX >> 20,
                })),
                _ => Failure(Problem::new(Code::BadRequest)),
            })?;
        if req.is_some_and(|req| typed::is_of_another(&req, &bytes)) {
            return Err(Failure(Problem::new(Code::FormOfAnother)));
        }
        let form = serde_html_form::from_bytes(&bytes);
        form.map(Self)
            .map_err(|e| Failure(Problem::new(Code::BadRequest).because(e)))
    }
}

/// A query, as its struct; one that cannot be read asks for nothing.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        // No text in the storage holds a NUL, and PostgreSQL refuses to look for one.
        let query = parts.uri.query().filter(|q| !q.contains("%00"));
        let query = query.unwrap_or_default();
        Ok(Self(serde_html_form::from_str(query).unwrap_or_default()))
    }
}

/// An id in a path. What is no id is answered like one that does not exist.
pub struct Id<T>(pub T);

impl<T: std::str::FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        use axum::extract::Path;
        let missing = || Failure(Problem::new(Code::NotFound));
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| missing())?;
        text.parse().map(Self).map_err(|_| missing())
    }
}
