//! What administrators are told of.

use crate::db::Tx;
use crate::kernel::{PartyId, Result, Right, TenantId};
use crate::{all, exec, one, opt};

/// The counter of the row up to which administrators were told.
const NOTICED: &str = "journal_noticed";
/// The most administrators that are told.
const NOTICED_MAX: i64 = 50;

/// The newest row that waits for a person, and how many such rows there are; nothing, where none is newer than
/// administrators were told of.
pub(in crate::plugins) async fn unnoticed(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Option<(i64, i64)>> {
    let (newest, open): (Option<i64>, i64) = one!(
        *tx,
        "SELECT max(number), count(*) FROM duties WHERE tenant_id = $1 AND number IS NOT NULL AND state IN ('failed', 'needs_person', 'drift')",
        tenant
    )?;
    let told: Option<(i64,)> = opt!(
        *tx,
        "SELECT value FROM counters WHERE tenant_id = $1 AND name = $2",
        tenant,
        NOTICED
    )?;
    let told = told.map_or(0, |(told,)| told);
    Ok(newest
        .filter(|newest| *newest > told)
        .map(|newest| (newest, open)))
}

/// Up to which row administrators were told.
pub(in crate::plugins) async fn put_noticed(
    tx: &mut Tx,
    tenant: TenantId,
    number: i64,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, name) DO UPDATE SET value = $3",
        tenant,
        NOTICED,
        number
    )?;
    Ok(())
}

/// Somebody who can sign in and change the settings, and has an address.
#[derive(sqlx::FromRow)]
pub(in crate::plugins) struct Administrator {
    pub id: PartyId,
    pub given_name: String,
    pub name: String,
    pub email: String,
    pub locale: Option<String>,
}

pub(in crate::plugins) async fn administrators(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Vec<Administrator>> {
    all!(
        *tx,
        "SELECT DISTINCT p.id, p.given_name, p.name, p.email, p.locale FROM parties p JOIN logins l ON l.tenant_id = p.tenant_id AND l.person_id = p.id JOIN crew_people c ON c.tenant_id = p.tenant_id AND c.person_id = p.id JOIN crew_rights r ON r.tenant_id = c.tenant_id AND r.crew_id = c.crew_id WHERE p.tenant_id = $1 AND r.right_name = $2 AND l.disabled_at IS NULL AND l.password_hash <> '' AND p.email IS NOT NULL AND p.email <> '' ORDER BY p.id LIMIT $3",
        tenant,
        Right::Settings.name(),
        NOTICED_MAX
    )
}
