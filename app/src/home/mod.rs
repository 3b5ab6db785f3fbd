//! The first page: what waits, and where to go on.

use crate::request::{Reply, Req};

/// `GET /`
pub async fn show(req: Req) -> Reply {
    if !req.rights().is_crew() {
        req.actor().signed_in()?;
        return Ok(req.go("/me", None));
    }
    Ok(req.page("x", ""))
}
