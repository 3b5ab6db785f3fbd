//! The tables of crews, their rights and their people.

use crate::db::Tx;
use crate::kernel::{CrewId, PartyId, Result, TenantId};
use crate::{all, exec, opt};

#[derive(sqlx::FromRow)]
pub(super) struct CrewRow {
    pub id: CrewId,
    pub name: String,
    pub people: i64,
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
        "SELECT c.id, c.name, (SELECT count(*) FROM crew_people p WHERE p.tenant_id = c.tenant_id AND p.crew_id = c.id) AS people FROM crews c WHERE c.tenant_id = $1 AND ($2 IS NULL OR c.id = $2) AND ($3 IS NULL OR c.name = $3) ORDER BY c.name LIMIT $4",
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
