//! The tables of crews, their rights and their people.

use crate::db::Tx;
use crate::kernel::{CrewId, PartyId, Result, Right, TenantId};
use crate::{all, exec, one, opt};

#[derive(sqlx::FromRow)]
pub(super) struct CrewRow {
    pub id: CrewId,
    pub name: String,
    pub people: i64,
    pub version: i64,
}

/// Whether the name was free.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, id: CrewId, name: &str) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO crews (tenant_id, id, name) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, name) DO NOTHING",
        tenant,
        id,
        name
    )?;
    Ok(rows == 1)
}

pub(super) async fn insert_right(
    tx: &mut Tx,
    tenant: TenantId,
    crew: CrewId,
    right: &str,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO crew_rights (tenant_id, crew_id, right_name) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, crew_id, right_name) DO NOTHING",
        tenant,
        crew,
        right
    )?;
    Ok(())
}

pub(super) async fn delete_right(
    tx: &mut Tx,
    tenant: TenantId,
    crew: CrewId,
    right: &str,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM crew_rights WHERE tenant_id = $1 AND crew_id = $2 AND right_name = $3",
        tenant,
        crew,
        right
    )?;
    Ok(())
}

/// Whether another crew has the name.
pub(super) async fn name_taken(
    tx: &mut Tx,
    tenant: TenantId,
    name: &str,
    but: CrewId,
) -> Result<bool> {
    let other: Option<(CrewId,)> = opt!(
        *tx,
        "SELECT id FROM crews WHERE tenant_id = $1 AND name = $2 AND id <> $3",
        tenant,
        name,
        but
    )?;
    Ok(other.is_some())
}

/// Whether the crew still had the version that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: CrewId,
    version: i64,
    name: &str,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE crews SET name = $4, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        name
    )?;
    Ok(rows == 1)
}

/// Takes a crew without people away, with its rights.
pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, id: CrewId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM crew_rights WHERE tenant_id = $1 AND crew_id = $2",
        tenant,
        id
    )?;
    exec!(
        *tx,
        "DELETE FROM crews WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

/// Whether the person was in the crew.
pub(super) async fn delete_person(
    tx: &mut Tx,
    tenant: TenantId,
    crew: CrewId,
    person: PartyId,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "DELETE FROM crew_people WHERE tenant_id = $1 AND crew_id = $2 AND person_id = $3",
        tenant,
        crew,
        person
    )?;
    Ok(rows == 1)
}

/// Whether the person was not in the crew yet.
pub(super) async fn insert_person(
    tx: &mut Tx,
    tenant: TenantId,
    crew: CrewId,
    person: PartyId,
) -> Result<bool> {
    let row: Option<(PartyId,)> = opt!(
        *tx,
        "INSERT INTO crew_people (tenant_id, crew_id, person_id) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, crew_id, person_id) DO NOTHING RETURNING person_id",
        tenant,
        crew,
        person
    )?;
    if row.is_some() {
        tx.mark_written();
    }
    Ok(row.is_some())
}

/// The given and the family name of a person; an organisation is none.
pub(super) async fn person(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
) -> Result<Option<(String, String)>> {
    opt!(
        *tx,
        "SELECT given_name, name FROM parties WHERE tenant_id = $1 AND id = $2 AND kind = 'person'",
        tenant,
        id
    )
}

/// One crew by its id or its name, or all; by name.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    id: Option<CrewId>,
    name: Option<&str>,
    limit: i64,
) -> Result<Vec<CrewRow>> {
    all!(
        *tx,
        "SELECT c.id, c.name, (SELECT count(*) FROM crew_people p WHERE p.tenant_id = c.tenant_id AND p.crew_id = c.id) AS people, c.version FROM crews c WHERE c.tenant_id = $1 AND ($2 IS NULL OR c.id = $2) AND ($3 IS NULL OR c.name = $3) ORDER BY c.name LIMIT $4",
        tenant,
        id,
        name,
        limit
    )
}

/// The rights of the same crews.
pub(super) async fn rights(
    tx: &mut Tx,
    tenant: TenantId,
    crew: Option<CrewId>,
    limit: i64,
) -> Result<Vec<(CrewId, String)>> {
    all!(
        *tx,
        "SELECT crew_id, right_name FROM crew_rights WHERE tenant_id = $1 AND ($2 IS NULL OR crew_id = $2) ORDER BY crew_id, right_name LIMIT $3",
        tenant,
        crew,
        limit
    )
}

/// The crews of one person, each once for every right it has, and once with none where it has none.
pub(super) async fn grants(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    limit: i64,
) -> Result<Vec<(CrewId, String, Option<String>)>> {
    all!(
        *tx,
        "SELECT c.id, c.name, r.right_name FROM crew_people p JOIN crews c ON c.tenant_id = p.tenant_id AND c.id = p.crew_id LEFT JOIN crew_rights r ON r.tenant_id = c.tenant_id AND r.crew_id = c.id WHERE p.tenant_id = $1 AND p.person_id = $2 ORDER BY c.name, r.right_name LIMIT $3",
        tenant,
        person,
        limit
    )
}

/// A person of a crew, with the given and the family name, and whether they can sign in.
pub(super) type PersonSql = (PartyId, String, String, bool);

pub(super) async fn people(
    tx: &mut Tx,
    tenant: TenantId,
    crew: CrewId,
    limit: i64,
) -> Result<Vec<PersonSql>> {
    all!(
        *tx,
        "SELECT p.id, p.given_name, p.name, (l.person_id IS NOT NULL AND l.disabled_at IS NULL AND l.password_hash <> '') AS can_sign_in FROM crew_people c JOIN parties p ON p.tenant_id = c.tenant_id AND p.id = c.person_id LEFT JOIN logins l ON l.tenant_id = c.tenant_id AND l.person_id = c.person_id WHERE c.tenant_id = $1 AND c.crew_id = $2 ORDER BY p.sort_name, p.id LIMIT $3",
        tenant,
        crew,
        limit
    )
}

/// Keeps others from making fewer administrators meanwhile. SQLite has one writer anyway; on
/// PostgreSQL they wait for the one row that every organisation has.
pub(super) async fn lock_administrators(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    if !tx.is_sqlite() {
        let _: (i64,) = one!(
            *tx,
            "SELECT version FROM settings WHERE tenant_id = $1 FOR UPDATE",
            tenant
        )?;
    }
    Ok(())
}

/// How many people can sign in and change the settings.
pub(super) async fn administrators(tx: &mut Tx, tenant: TenantId) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(DISTINCT l.person_id) FROM logins l JOIN crew_people p ON p.tenant_id = l.tenant_id AND p.person_id = l.person_id JOIN crew_rights r ON r.tenant_id = p.tenant_id AND r.crew_id = p.crew_id WHERE l.tenant_id = $1 AND l.disabled_at IS NULL AND l.password_hash <> '' AND r.right_name = $2",
        tenant,
        Right::Settings.name()
    )?;
    Ok(count)
}
