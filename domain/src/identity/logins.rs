//! Making logins, changing passwords, and a person's own language.

use super::links;
use super::sign_in::{Attempt, account_subject, find};
use super::store::{self, LoginRow};
use super::{Hasher, Login, Password, PasswordForm, PasswordHash};
use crate::access::{Actor, Via};
use crate::audit::{self, Change, NOTHING};
use crate::context::{Clock, Cx};
use crate::crews::{self, Administrators};
use crate::db::Db;
use crate::kernel::{
    Check, Code, Locale, LoginName, PartyId, Problem, Result, Right, SessionId, TenantId,
};
use crate::people::rules::display_name;
use crate::settings;
use serde_json::json;

/// The most logins that a list of them shows.
const LOGINS_MAX: i64 = 10_000;

/// Gives a person a login.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`] where there is no such person; [`Code::HasLogin`];
/// [`Code::LoginNameTaken`] at the field `login`.
pub async fn create_login(
    cx: &mut Cx,
    person: PartyId,
    login_name: LoginName,
    hash: &PasswordHash,
) -> Result<()> {
    cx.require(Right::Settings)?;
    insert(cx, person, &login_name, Some(hash)).await
}

/// Gives a person a login that nobody can sign in with before a password is set or chosen.
///
/// # Errors
/// Those of [`create_login`].
pub async fn create_login_without_password(
    cx: &mut Cx,
    person: PartyId,
    login_name: LoginName,
) -> Result<()> {
    cx.require(Right::Settings)?;
    insert(cx, person, &login_name, None).await
}

/// Gives a login another name. Passwords, sessions and links stay.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`] where they have no login; [`Code::LoginNameTaken`] at the field `login`.
pub async fn rename_login(cx: &mut Cx, person: PartyId, login_name: &LoginName) -> Result<()> {
    cx.require(Right::Settings)?;
    crews::require_rights_of(cx, person).await?;
    let login = get(cx, person).await?;
    if login.login_name == login_name.as_str() {
        return Ok(());
    }
    if !store::rename_login(&mut cx.tx, cx.tenant, person, login_name.as_str()).await? {
        return Err(Problem::at_field("login", Code::LoginNameTaken));
    }
    let label = login.full_name();
    record_login(cx, "changed", person, &label, login_name.as_str()).await
}

/// Takes somebody's login away, with its sessions and links. The person stays.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`] where they have no login; [`Code::LastAdministrator`].
pub async fn remove_login(cx: &mut Cx, person: PartyId) -> Result<()> {
    cx.require(Right::Settings)?;
    let administrators = Administrators::counted(cx).await?;
    crews::require_rights_of(cx, person).await?;
    let login = get(cx, person).await?;
    links::forget(cx, person).await?;
    store::delete_sessions(&mut cx.tx, cx.tenant, person, None, None).await?;
    store::delete_login(&mut cx.tx, cx.tenant, person).await?;
    administrators.still_some(cx).await?;
    let label = login.full_name();
    record_login(cx, "deleted", person, &label, &login.login_name).await
}

/// A new login, with a password or without one.
pub(super) async fn insert(
    cx: &mut Cx,
    person: PartyId,
    login_name: &LoginName,
    hash: Option<&PasswordHash>,
) -> Result<()> {
    crews::require_rights_of(cx, person).await?;
    let (given_name, name, _) = store::person(&mut cx.tx, cx.tenant, person)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let inserted = store::insert_login(
        &mut cx.tx,
        cx.tenant,
        person,
        login_name.as_str(),
        hash,
        cx.now,
    )
    .await?;
    if !inserted {
        return Err(match login_of(cx, person).await? {
            Some(_) => Problem::new(Code::HasLogin),
            None => Problem::at_field("login", Code::LoginNameTaken),
        });
    }
    let label = display_name(&given_name, &name);
    record_login(cx, "added", person, &label, login_name.as_str()).await
}

/// Sets somebody's password without knowing the present one, and ends all their
/// sessions. Their lock ends too: the failures were made with the old password.
///
/// # Errors
/// Refused without [`Right::Settings`] and every right that the person has;
/// [`Code::NotFound`] where they have no login.
pub async fn set_password(cx: &mut Cx, person: PartyId, hash: &PasswordHash) -> Result<()> {
    cx.require(Right::Settings)?;
    crews::require_rights_of(cx, person).await?;
    let login = get(cx, person).await?;
    store::set_hash(&mut cx.tx, cx.tenant, person, None, hash, cx.now).await?;
    store::delete_sessions(&mut cx.tx, cx.tenant, person, None, None).await?;
    let names = [Some(&login.login_name), login.email_key.as_ref()];
    for name in names.into_iter().flatten() {
        store::forget_subject(&mut cx.tx, cx.tenant, &account_subject(name)).await?;
    }
    let label = login.full_name();
    record_login(cx, "password_set", person, &label, &login.login_name).await
}

/// Changes one's own password, and ends one's other sessions. The present password
/// is asked for again, and wrong ones count as failed sign-ins: a browser that was
/// left open is no way to guess it. Everybody who is signed in may.
///
/// # Errors
/// [`Code::Invalid`] with [`Code::SignInRefused`] at `present` or the problem at
/// `password`; [`Code::SignInLocked`]; [`Code::Busy`].
pub async fn change_password(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    tenant: TenantId,
    actor: &Actor,
    current: SessionId,
    form: &PasswordForm,
) -> Result<()> {
    let person = actor.signed_in()?;
    let mut check = Check::new();
    if form.present.is_empty() {
        check.refuse("present", Code::Required);
    }
    let password = check.field("password", Password::parse(&form.password));
    let password = check.done(password)?;
    let address = match &actor.via {
        Via::Web { address } => address.as_str(),
        Via::Cli => "",
    };

    let turn = hasher.turn().await?;
    let now = clock.now();
    let mut tx = db.write(tenant).await?;
    let login = store::logins(&mut tx, tenant, None, None, Some(person), 1)
        .await?
        .pop()
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let attempt = Attempt::new(&login.login_name, address);
    attempt.count(&mut tx, &tenant, now).await?;
    tx.commit().await?;
    let present = Password::typed(&form.present);
    if !turn.verify(present, login.open_hash()).await? {
        return Err(Problem::at_field("present", Code::SignInRefused));
    }
    let hash = hasher.hash(&password).await?;

    let tx = db.write(tenant).await?;
    let mut cx = Cx::new(tenant, actor.clone(), now, settings::DEFAULT_ZONE, tx);
    let before = login.open_hash();
    if !store::set_hash(&mut cx.tx, tenant, person, before.as_ref(), &hash, now).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    attempt.take_back(&mut cx.tx, &tenant).await?;
    store::delete_sessions(&mut cx.tx, tenant, person, None, Some(current)).await?;
    let label = login.full_name();
    record_login(
        &mut cx,
        "password_changed",
        person,
        &label,
        &login.login_name,
    )
    .await?;
    cx.commit().await
}

/// The login of a login name or an e-mail address.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn find_login(cx: &mut Cx, name: &str) -> Result<Option<Login>> {
    cx.require(Right::Settings)?;
    let found = find(&mut cx.tx, cx.tenant, name).await?;
    Ok(found.map(Login::from))
}

/// Every login, by its name.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn logins(cx: &mut Cx) -> Result<Vec<Login>> {
    cx.require(Right::Settings)?;
    let rows = store::logins(&mut cx.tx, cx.tenant, None, None, None, LOGINS_MAX).await?;
    Ok(rows.into_iter().map(Login::from).collect())
}

/// Keeps the language that a person chose for themselves.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn set_locale(cx: &mut Cx, locale: Locale) -> Result<()> {
    // Everybody may choose their own.
    let person = cx.actor.signed_in()?;
    let (given_name, name, before) = store::person(&mut cx.tx, cx.tenant, person)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    if before.as_deref() == Some(locale.tag()) {
        return Ok(());
    }
    store::set_locale(&mut cx.tx, cx.tenant, person, locale.tag(), cx.now).await?;
    let change = Change {
        action: "changed",
        kind: "party",
        id: person.0,
        label: &display_name(&given_name, &name),
    };
    let (before, after) = (json!({ "locale": before }), json!({ "locale": locale }));
    audit::record(cx, change, Some(&before), Some(&after)).await
}

/// The login of a person who must have one.
pub(super) async fn get(cx: &mut Cx, person: PartyId) -> Result<LoginRow> {
    let found = login_of(cx, person).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

pub(super) async fn login_of(cx: &mut Cx, person: PartyId) -> Result<Option<LoginRow>> {
    let found = store::logins(&mut cx.tx, cx.tenant, None, None, Some(person), 1).await?;
    Ok(found.into_iter().next())
}

/// Neither a password nor its hash stands in the audit: that it changed is enough.
pub(super) async fn record_login(
    cx: &mut Cx,
    action: &'static str,
    person: PartyId,
    label: &str,
    login_name: &str,
) -> Result<()> {
    let change = Change {
        action,
        kind: "login",
        id: person.0,
        label,
    };
    let after = json!({ "login": login_name });
    audit::record(cx, change, NOTHING, Some(&after)).await
}
