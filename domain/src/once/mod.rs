//! A form carries a key of its own. Sent twice (a double click, a reload, a lost
//! answer), it has one effect: the second finds the first one's result.

mod store;

use crate::context::Cx;
use crate::kernel::{Code, Problem, Result};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What a key says of a form.
pub enum Sent<T> {
    /// It comes for the first time: do it, then [`Ticket::keep`] the result.
    First(Ticket),
    /// It came before, with this result.
    Again(T),
}

/// The right to write the result of a form that comes for the first time.
#[must_use = "without `keep`, a form that is sent again would be done again"]
pub struct Ticket {
    key: Uuid,
}

/// Takes a form's key. While two requests bring the same key at once, the second
/// waits here until the first has ended.
///
/// # Errors
/// [`Code::BadRequest`] where the key is none; [`Code::AlreadySent`] where the key
/// came before with other content.
pub async fn take<T: DeserializeOwned>(
    cx: &mut Cx,
    key: &str,
    content: &(impl Serialize + Sync),
) -> Result<Sent<T>> {
    let key = Uuid::parse_str(key).map_err(|_| Problem::new(Code::BadRequest))?;
    let content = serde_json::to_vec(content).map_err(Problem::internal)?;
    let fingerprint = Sha256::digest(&content).to_vec();
    if store::insert(&mut cx.tx, cx.tenant, key, &fingerprint, cx.now).await? {
        return Ok(Sent::First(Ticket { key }));
    }
    let (before, result) = store::get(&mut cx.tx, cx.tenant, key).await?;
    if before != fingerprint {
        return Err(Problem::new(Code::AlreadySent));
    }
    Ok(Sent::Again(
        serde_json::from_value(result).map_err(Problem::internal)?,
    ))
}

impl Ticket {
    /// Keeps the result for when the form comes again.
    ///
    /// # Errors
    /// The database's own.
    pub async fn keep(self, cx: &mut Cx, result: &(impl Serialize + Sync)) -> Result<()> {
        let result = serde_json::to_value(result).map_err(Problem::internal)?;
        store::set_result(&mut cx.tx, cx.tenant, self.key, &result).await
    }
}
