//! Somebody else's access, for those who look after the organisation: what a person may do,
//! whether they can sign in, and how that ends at once. Nobody does this to somebody who may do
//! more than they may themselves.

use super::rules::IDLE;
use super::{Access, Login, links, logins, store};
use crate::context::Cx;
use crate::crews::{self, Administrators};
use crate::kernel::{PartyId, Result, Right};

/// The login of a person, how many sessions are open, and what they may do.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn access_of(cx: &mut Cx, person: PartyId) -> Result<Access> {
    cx.require(Right::Settings)?;
    let login = logins::login_of(cx, person).await?.map(Login::from);
    let since = cx.now - IDLE;
    let sessions = store::session_count(&mut cx.tx, cx.tenant, person, since, cx.now).await?;
    let rights = crews::rights_of(cx, person).await?;
    Ok(Access {
        login,
        sessions,
        rights,
    })
}

/// Keeps a person from signing in, and ends all their sessions at once. Does nothing where
/// they are kept out already.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`](crate::kernel::Code::NotFound) where they have no login;
/// [`Code::LastAdministrator`](crate::kernel::Code::LastAdministrator).
pub async fn disable(cx: &mut Cx, person: PartyId) -> Result<()> {
    cx.require(Right::Settings)?;
    let administrators = Administrators::counted(cx).await?;
    crews::require_rights_of(cx, person).await?;
    let login = logins::get(cx, person).await?;
    if login.disabled_at.is_some() {
        return Ok(());
    }
    // In the order in which a link is used: two who meet here do not wait for each other.
    links::forget(cx, person).await?;
    store::set_disabled(&mut cx.tx, cx.tenant, person, Some(cx.now)).await?;
    store::delete_sessions(&mut cx.tx, cx.tenant, person, None, None).await?;
    administrators.still_some(cx).await?;
    let label = login.full_name();
    logins::record_login(cx, "disabled", person, &label, &login.login_name).await
}

/// Lets a person sign in again, with the password that they had.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`](crate::kernel::Code::NotFound) where they have no login.
pub async fn enable(cx: &mut Cx, person: PartyId) -> Result<()> {
    cx.require(Right::Settings)?;
    crews::require_rights_of(cx, person).await?;
    let login = logins::get(cx, person).await?;
    if login.disabled_at.is_none() {
        return Ok(());
    }
    store::set_disabled(&mut cx.tx, cx.tenant, person, None).await?;
    let label = login.full_name();
    logins::record_login(cx, "enabled", person, &label, &login.login_name).await
}

/// Ends all sessions of a person; says how many.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`](crate::kernel::Code::NotFound) where they have no login.
pub async fn end_sessions_of(cx: &mut Cx, person: PartyId) -> Result<usize> {
    cx.require(Right::Settings)?;
    crews::require_rights_of(cx, person).await?;
    let login = logins::get(cx, person).await?;
    let ended = store::delete_sessions(&mut cx.tx, cx.tenant, person, None, None).await?;
    if ended > 0 {
        let label = login.full_name();
        logins::record_login(cx, "sessions_ended", person, &label, &login.login_name).await?;
    }
    Ok(ended)
}
