//! What the command line does with operators.

use super::{Did, OPERATORS_MAX, Operator, Row, note, store};
use crate::context::{Clock, new_id};
use crate::db::{Db, Tx};
use crate::identity::PasswordHash;
use crate::kernel::{Code, LoginName, OperatorId, Problem, Result, text};

/// Adds an operator.
///
/// # Errors
/// [`Code::LoginNameTaken`]; [`Code::Invalid`] for the name.
pub async fn add(
    db: &Db,
    clock: &Clock,
    by: &Operator,
    (login, name): (&LoginName, &str),
    hash: &PasswordHash,
) -> Result<OperatorId> {
    let name = text::name(name).map_err(|p| Problem::at_field("name", p.code))?;
    if name.is_empty() {
        return Err(Problem::at_field("name", Code::Required));
    }
    let now = clock.now();
    let row = Row {
        id: new_id(now)?,
        login_name: login.as_str().to_owned(),
        name,
        created_at: now,
        changed_at: now,
        signed_in_at: None,
        disabled_at: None,
    };
    let mut tx = db.portal_write().await?;
    if !store::insert(&mut tx, &row, hash).await? {
        return Err(Problem::new(Code::LoginNameTaken));
    }
    note(&mut tx, now, by, (Did::Added, login.as_str())).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// Every operator, by login name.
///
/// # Errors
/// The database's own.
pub async fn list(db: &Db) -> Result<Vec<Row>> {
    let mut tx = db.portal_read().await?;
    store::list(&mut tx, OPERATORS_MAX).await
}

/// Changes something of one operator, and writes it down.
async fn change(
    db: &Db,
    clock: &Clock,
    by: &Operator,
    (login, did): (&str, Did),
    change: impl AsyncFnOnce(&mut Tx, &Row) -> Result<()>,
) -> Result<()> {
    let mut tx = db.portal_write().await?;
    let found = store::find(&mut tx, login).await?;
    let (row, _) = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    change(&mut tx, &row).await?;
    note(&mut tx, clock.now(), by, (did, &row.login_name)).await?;
    tx.commit().await
}

/// Sets an operator's password, and ends their sessions.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn set_password(
    db: &Db,
    clock: &Clock,
    by: &Operator,
    login: &str,
    hash: &PasswordHash,
) -> Result<()> {
    change(db, clock, by, (login, Did::PasswordSet), async |tx, row| {
        store::set_hash(tx, row.id, hash, clock.now()).await?;
        store::delete_sessions(tx, row.id).await?;
        Ok(())
    })
    .await
}

/// Keeps an operator from signing in, and ends their sessions at once.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn disable(db: &Db, clock: &Clock, by: &Operator, login: &str) -> Result<()> {
    change(db, clock, by, (login, Did::Disabled), async |tx, row| {
        let since = row.disabled_at.unwrap_or_else(|| clock.now());
        store::set_disabled(tx, row.id, Some(since)).await?;
        store::delete_sessions(tx, row.id).await?;
        Ok(())
    })
    .await
}

/// Lets an operator sign in again, with the password that they had.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn enable(db: &Db, clock: &Clock, by: &Operator, login: &str) -> Result<()> {
    change(db, clock, by, (login, Did::Enabled), async |tx, row| {
        store::set_disabled(tx, row.id, None).await
    })
    .await
}

/// Ends all sessions of an operator; says how many.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn end_sessions(db: &Db, clock: &Clock, by: &Operator, login: &str) -> Result<u64> {
    let mut ended = 0;
    change(
        db,
        clock,
        by,
        (login, Did::SessionsEnded),
        async |tx, row| {
            ended = store::delete_sessions(tx, row.id).await?;
            Ok(())
        },
    )
    .await?;
    Ok(ended)
}
