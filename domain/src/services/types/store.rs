//! The tables of service types and their prices.

use super::form::TypeData;
use super::{Colour, ServiceType};
use crate::db::Tx;
use crate::dues::Price;
use crate::kernel::{Cents, CrewId, Day, Problem, Result, ServiceTypeId, TenantId};
use crate::services::TYPES_MAX;
use crate::{all, exec};
use chrono::{DateTime, Utc};

#[derive(sqlx::FromRow)]
struct TypeSql {
    id: ServiceTypeId,
    name: String,
    crew_id: CrewId,
    crew_name: String,
    colour: Colour,
    months: i64,
    carries_addresses: bool,
    note: String,
    is_archived: bool,
    version: i64,
}

/// Every type, also those that are archived, by name.
pub(in crate::services) async fn types(tx: &mut Tx, tenant: TenantId) -> Result<Vec<ServiceType>> {
    let rows: Vec<TypeSql> = all!(
        *tx,
        "SELECT t.id, t.name, t.crew_id, c.name AS crew_name, t.colour, t.months, t.carries_addresses, t.note, t.archived_at IS NOT NULL AS is_archived, t.version FROM service_types t JOIN crews c ON c.tenant_id = t.tenant_id AND c.id = t.crew_id WHERE t.tenant_id = $1 ORDER BY t.name, t.id LIMIT $2",
        tenant,
        i64::try_from(TYPES_MAX).unwrap_or(i64::MAX)
    )?;
    let prices: Vec<(ServiceTypeId, Day, Cents)> = all!(
        *tx,
        "SELECT type_id, from_on, amount_cents FROM service_prices WHERE tenant_id = $1 ORDER BY type_id, from_on",
        tenant
    )?;
    rows.into_iter().map(|row| row.read(&prices)).collect()
}

impl TypeSql {
    fn read(self, prices: &[(ServiceTypeId, Day, Cents)]) -> Result<ServiceType> {
        let own = prices.iter().filter(|(id, ..)| *id == self.id);
        let prices = own.map(|&(_, from_on, amount)| Price { from_on, amount });
        Ok(ServiceType {
            id: self.id,
            name: self.name,
            crew: self.crew_id,
            crew_name: self.crew_name,
            colour: self.colour,
            months: u32::try_from(self.months).map_err(Problem::internal)?,
            carries_addresses: self.carries_addresses,
            note: self.note,
            is_archived: self.is_archived,
            prices: prices.collect(),
            version: self.version,
        })
    }
}

/// Whether no other type had the id or the name.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    id: ServiceTypeId,
    data: &TypeData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO service_types (tenant_id, id, name, crew_id, colour, months, note, carries_addresses, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT DO NOTHING",
        tenant,
        id,
        &data.name,
        data.crew,
        data.colour,
        i64::from(data.months),
        &data.note,
        data.carries_addresses
    )?;
    Ok(rows == 1)
}

/// Whether the type still had the version that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: ServiceTypeId,
    version: i64,
    data: &TypeData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE service_types SET name = $4, crew_id = $5, colour = $6, months = $7, note = $8, carries_addresses = $9, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        &data.name,
        data.crew,
        data.colour,
        i64::from(data.months),
        &data.note,
        data.carries_addresses
    )?;
    Ok(rows == 1)
}

/// Writes a price; one of the same day is replaced.
pub(super) async fn put_price(
    tx: &mut Tx,
    tenant: TenantId,
    id: ServiceTypeId,
    price: Price,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO service_prices (tenant_id, type_id, from_on, amount_cents) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, type_id, from_on) DO UPDATE SET amount_cents = $4",
        tenant,
        id,
        price.from_on,
        price.amount
    )?;
    Ok(())
}

/// Archives a type, or takes it back.
pub(super) async fn set_archived(
    tx: &mut Tx,
    tenant: TenantId,
    id: ServiceTypeId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE service_types SET archived_at = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        at
    )?;
    Ok(())
}
