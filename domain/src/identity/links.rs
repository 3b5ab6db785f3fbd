//! One-time links: somebody who is given a login, or has forgotten a password, chooses it
//! themselves. Nobody else ever knows it, and the link is good once.

mod store;

use super::rules::{LINK_AGE, proposals};
use super::sessions::{TOKEN_LENGTH, new_token, token_hash};
use super::sign_in::{Attempt, account_subject};
use super::store as logins_store;
use super::{Hasher, NewLink, Origin, Password, WelcomeForm, Welcomed};
use super::{LoginForm, logins};
use crate::access::{Actor, Rights, Via};
use crate::context::{Clock, Cx};
use crate::crews;
use crate::db::Db;
use crate::kernel::{Code, LoginName, PartyId, Problem, Result, Right, TenantId};
use crate::once::{self, Sent};
use crate::people::rules::display_name;
use crate::settings;

/// A login name for somebody, made from their own name: the first that nobody has. Empty
/// where the name has no letter that fits.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`] where there is no such person.
pub async fn propose_login(cx: &mut Cx, person: PartyId) -> Result<String> {
    cx.require(Right::Settings)?;
    let (given_name, name, _) = logins_store::person(&mut cx.tx, cx.tenant, person)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    for proposal in proposals(&given_name, &name) {
        let Ok(login) = LoginName::parse(&proposal) else {
            continue;
        };
        let taken =
            logins_store::logins(&mut cx.tx, cx.tenant, Some(login.as_str()), None, None, 1)
                .await?;
        if taken.is_empty() {
            return Ok(login.to_string());
        }
    }
    Ok(String::new())
}

/// Gives a person a login without a password, and the link by which they choose one. `None`
/// where the same form came before: the link was shown then, and nobody keeps it.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`] where there is no such person; [`Code::HasLogin`];
/// [`Code::Invalid`] at the field `login`.
pub async fn invite(cx: &mut Cx, person: PartyId, form: &LoginForm) -> Result<Option<NewLink>> {
    cx.require(Right::Settings)?;
    let ticket = match once::take(cx, &form.key, form).await? {
        Sent::Again(()) => return Ok(None),
        Sent::First(ticket) => ticket,
    };
    if form.login.trim().is_empty() {
        return Err(Problem::at_field("login", Code::Required));
    }
    let name = LoginName::parse(&form.login).map_err(|p| Problem::at_field("login", p.code))?;
    logins::insert(cx, person, &name, None).await?;
    let link = make(cx, person).await?;
    ticket.keep(cx, &()).await?;
    Ok(Some(link))
}

/// A new link for somebody who has a login: the one before is good no more. The password until
/// now stays until another one is chosen. `None` where the same form came before.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`] where they have no login; [`Code::LoginDisabled`].
pub async fn new_link(cx: &mut Cx, person: PartyId, key: &str) -> Result<Option<NewLink>> {
    cx.require(Right::Settings)?;
    crews::require_rights_of(cx, person).await?;
    let ticket = match once::take(cx, key, &person).await? {
        Sent::Again(()) => return Ok(None),
        Sent::First(ticket) => ticket,
    };
    let login = logins::get(cx, person).await?;
    if login.disabled_at.is_some() {
        return Err(Problem::new(Code::LoginDisabled));
    }
    let link = make(cx, person).await?;
    ticket.keep(cx, &()).await?;
    let label = login.full_name();
    logins::record_login(cx, "link_made", person, &label, &login.login_name).await?;
    Ok(Some(link))
}

/// Whose link this is. Everybody may ask: the token itself is what they know. It is looked up
/// by its hash, and looking does not use it up.
///
/// # Errors
/// [`Code::LinkInvalid`].
pub async fn welcome(cx: &mut Cx, token: &str) -> Result<Welcomed> {
    let found = match token.len() == TOKEN_LENGTH {
        true => store::link(&mut cx.tx, cx.tenant, &token_hash(token), cx.now).await?,
        false => None,
    };
    let (person, login_name, given_name, name) =
        found.ok_or_else(|| Problem::new(Code::LinkInvalid))?;
    Ok(Welcomed {
        person,
        name: display_name(&given_name, &name),
        login_name,
    })
}

/// Chooses a password by a link, which is used up by it; all sessions of the person end.
/// Everybody may try, and tries are counted like those of signing in.
///
/// # Errors
/// [`Code::Invalid`] with the problem at `password`; [`Code::LinkInvalid`];
/// [`Code::SignInLocked`] after too many tries; [`Code::Busy`].
pub async fn choose_password(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    tenant: TenantId,
    form: &WelcomeForm,
    from: &Origin,
) -> Result<Welcomed> {
    let password =
        Password::parse(&form.password).map_err(|p| Problem::at_field("password", p.code))?;
    let now = clock.now();
    let cx_of = |actor, tx| Cx::new(tenant, actor, now, settings::DEFAULT_ZONE, tx);
    let attempt = Attempt::new(&form.token, &from.address);
    let mut tx = db.write(tenant).await?;
    attempt.count(&mut tx, &tenant, now).await?;
    let mut cx = cx_of(Actor::nobody(from.address.clone()), tx);
    let found = welcome(&mut cx, &form.token).await;
    cx.tx.commit().await?;
    let found = found?;

    let hash = hasher.hash(&password).await?;
    let actor = Actor {
        person: Some(found.person),
        name: found.name.clone(),
        rights: Rights::default(),
        via: Via::Web {
            address: from.address.clone(),
        },
    };
    let mut cx = cx_of(actor, db.write(tenant).await?);
    // Of two who use the link at once, one finds it.
    if !store::take_link(&mut cx.tx, tenant, &token_hash(&form.token), now).await? {
        return Err(Problem::new(Code::LinkInvalid));
    }
    let person = found.person;
    logins_store::set_hash(&mut cx.tx, tenant, person, None, &hash, now).await?;
    logins_store::delete_sessions(&mut cx.tx, tenant, person, None, None).await?;
    attempt.take_back(&mut cx.tx, &tenant).await?;
    let subject = account_subject(&found.login_name);
    logins_store::forget_subject(&mut cx.tx, tenant, &subject).await?;
    let action = "password_chosen";
    logins::record_login(&mut cx, action, person, &found.name, &found.login_name).await?;
    cx.commit().await?;
    Ok(found)
}

/// Makes a person's link worthless, where there is one.
pub(super) async fn forget(cx: &mut Cx, person: PartyId) -> Result<()> {
    store::delete_link(&mut cx.tx, cx.tenant, person).await
}

/// Makes the link, in place of the one before. Its token is known here only.
async fn make(cx: &mut Cx, person: PartyId) -> Result<NewLink> {
    let token = new_token()?;
    let expires_at = cx.now + LINK_AGE;
    store::put_link(
        &mut cx.tx,
        cx.tenant,
        person,
        &token_hash(&token),
        expires_at,
    )
    .await?;
    Ok(NewLink { token, expires_at })
}
