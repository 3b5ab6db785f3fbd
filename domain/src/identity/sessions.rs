//! Sessions: from a token to the one who is signed in, and how sessions end.

use super::rules::{self, IDLE, SESSIONS_MAX, TOUCH_EVERY};
use super::store;
use super::{SessionRow, SignedIn};
use crate::audit::{self, Change, NOTHING};
use crate::context::{Clock, Cx, fill_random};
use crate::crews;
use crate::db::Db;
use crate::kernel::{Code, Locale, Problem, Result, SessionId, TenantId};
use crate::people::rules::display_name;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The length of a token: 32 random bytes in hexadecimal digits.
pub(crate) const TOKEN_LENGTH: usize = 64;

/// Who shows this token, if anybody is signed in with it. Everybody may ask: the
/// token itself is what they know. It is looked up by its hash, so that the time
/// that the search takes tells nothing about a token.
///
/// # Errors
/// The database's own.
pub async fn resume(cx: &mut Cx, token: &str) -> Result<Option<SignedIn>> {
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let found = store::session(&mut cx.tx, cx.tenant, &token_hash(token)).await?;
    let Some(row) = found.filter(|s| rules::is_alive(s.seen_at, s.expires_at, cx.now)) else {
        return Ok(None);
    };
    Ok(Some(SignedIn {
        session: row.id,
        person: row.person_id,
        name: display_name(&row.given_name, &row.name),
        locale: row.locale.as_deref().and_then(Locale::from_tag),
        rights: crews::rights_of(cx, row.person_id).await?,
        touch_due: rules::is_touch_due(row.seen_at, cx.now),
    }))
}

/// Notes that a session was used; writes at most once in a few minutes, and does
/// not wake a session that has ended. This is no change that the audit keeps.
///
/// # Errors
/// The database's own.
pub async fn touch(db: &Db, clock: &Clock, tenant: TenantId, session: SessionId) -> Result<()> {
    let now = clock.now();
    let mut tx = db.write(tenant).await?;
    store::touch(&mut tx, tenant, session, now - TOUCH_EVERY, now - IDLE, now).await?;
    tx.commit().await
}

/// Ends a session of one's own; does nothing where it has ended.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn sign_out(cx: &mut Cx, session: SessionId) -> Result<()> {
    // Everybody may end their own.
    let person = cx.actor.signed_in()?;
    let ended = store::delete_sessions(&mut cx.tx, cx.tenant, person, Some(session), None).await?;
    if ended > 0 {
        record(cx, "signed_out", session, ended).await?;
    }
    Ok(())
}

/// One's own sessions, newest first.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn sessions(cx: &mut Cx) -> Result<Vec<SessionRow>> {
    // Everybody may see their own.
    let person = cx.actor.signed_in()?;
    let since = cx.now - IDLE;
    store::sessions(&mut cx.tx, cx.tenant, person, since, cx.now, SESSIONS_MAX).await
}

/// Ends one of one's own sessions, in another browser.
///
/// # Errors
/// [`Code::NotFound`] where it has ended or is another's.
pub async fn revoke(cx: &mut Cx, session: SessionId) -> Result<()> {
    // Everybody may end their own.
    let person = cx.actor.signed_in()?;
    let ended = store::delete_sessions(&mut cx.tx, cx.tenant, person, Some(session), None).await?;
    if ended == 0 {
        return Err(Problem::new(Code::NotFound));
    }
    record(cx, "revoked", session, ended).await
}

/// Ends all of one's own sessions but the present one; says how many.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn revoke_others(cx: &mut Cx, current: SessionId) -> Result<usize> {
    // Everybody may end their own.
    let person = cx.actor.signed_in()?;
    let ended = store::delete_sessions(&mut cx.tx, cx.tenant, person, None, Some(current)).await?;
    if ended > 0 {
        record(cx, "revoked_others", current, ended).await?;
    }
    Ok(ended)
}

async fn record(cx: &mut Cx, action: &'static str, session: SessionId, ended: usize) -> Result<()> {
    let name = cx.actor.name.clone();
    let change = Change {
        action,
        kind: "session",
        id: session.0,
        label: &name,
    };
    audit::record(cx, change, Some(&json!({ "sessions": ended })), NOTHING).await
}

/// A token that nobody knew before.
pub(crate) fn new_token() -> Result<String> {
    let mut token = [0; 32];
    fill_random(&mut token)?;
    Ok(hex(&token))
}

/// What is kept of a token. A plain hash is enough: nobody guesses 32 random bytes.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
