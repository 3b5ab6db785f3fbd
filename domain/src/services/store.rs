//! The tables of services, of who has them, and of what is paid for them. What is paid is read
//! from the payments, which stand a floor above: coverage is made of them.

use super::form::{HoldingData, ServiceData};
use super::{Colour, HOLDINGS_MAX, Holding, Service};
use crate::db::{Tx, id_list};
use crate::kernel::{
    Cents, CrewId, Day, HoldingId, MemberId, PartyId, Period, Result, ServiceId, ServiceTypeId,
    TenantId, text,
};
use crate::members::MemberNumber;
use crate::people::rules::{display_name, search_words};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;

#[derive(sqlx::FromRow)]
struct ServiceSql {
    id: ServiceId,
    type_id: ServiceTypeId,
    type_name: String,
    crew_id: CrewId,
    label: String,
    note: String,
    closed_on: Option<Day>,
    version: i64,
}

impl From<ServiceSql> for Service {
    fn from(row: ServiceSql) -> Self {
        Self {
            id: row.id,
            kind: row.type_id,
            type_name: row.type_name,
            crew: row.crew_id,
            label: row.label,
            note: row.note,
            closed_on: row.closed_on,
            version: row.version,
        }
    }
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: ServiceId) -> Result<Option<Service>> {
    let row: Option<ServiceSql> = opt!(
        *tx,
        "SELECT s.id, s.type_id, t.name AS type_name, t.crew_id, s.label, s.note, s.closed_on, s.version FROM services s JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE s.tenant_id = $1 AND s.id = $2",
        tenant,
        id
    )?;
    Ok(row.map(Service::from))
}

/// What a service is found by and sorted by: its label, as it is read and word by word.
pub(super) fn search_text(label: &str) -> String {
    format!("{} {}", text::fold(label), search_words(label).join(" "))
}

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    id: ServiceId,
    kind: ServiceTypeId,
    data: &ServiceData,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO services (tenant_id, id, type_id, label, search, note, closed_on, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8)",
        tenant,
        id,
        kind,
        &data.label,
        search_text(&data.label),
        &data.note,
        data.closed_on,
        now
    )?;
    Ok(())
}

/// Whether the service still had the version that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: ServiceId,
    version: i64,
    data: &ServiceData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE services SET label = $4, search = $5, note = $6, closed_on = $7, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        &data.label,
        search_text(&data.label),
        &data.note,
        data.closed_on
    )?;
    Ok(rows == 1)
}

/// On PostgreSQL: who has a service changes for nobody else until this transaction ends. On
/// SQLite, who writes is alone.
pub(super) async fn lock(tx: &mut Tx, tenant: TenantId, ids: &[ServiceId]) -> Result<()> {
    if tx.is_sqlite() {
        return Ok(());
    }
    let _: Vec<(ServiceId,)> = all!(
        *tx,
        "SELECT id FROM services WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) ORDER BY id FOR NO KEY UPDATE",
        tenant,
        id_list(ids)
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct HeldSql {
    service_id: ServiceId,
    type_id: ServiceTypeId,
    type_name: String,
    crew_id: CrewId,
    colour: Colour,
    label: String,
    note: String,
    closed_on: Option<Day>,
    service_version: i64,
    id: HoldingId,
    member_id: MemberId,
    number: MemberNumber,
    given_name: String,
    name: String,
    from_on: Day,
    until_on: Option<Day>,
    amount_cents: Option<Cents>,
    reason: String,
    version: i64,
}

impl HeldSql {
    fn read(self) -> (Service, Colour, Holding) {
        let service = Service {
            id: self.service_id,
            kind: self.type_id,
            type_name: self.type_name,
            crew: self.crew_id,
            label: self.label,
            note: self.note,
            closed_on: self.closed_on,
            version: self.service_version,
        };
        let holding = Holding {
            id: self.id,
            member: self.member_id,
            number: self.number,
            member_name: display_name(&self.given_name, &self.name),
            from_on: self.from_on,
            until_on: self.until_on,
            own: self.amount_cents,
            reason: self.reason,
            version: self.version,
        };
        (service, self.colour, holding)
    }
}

/// Holdings with their service, its type and its holder.
macro_rules! held {
    ($rest:literal) => {
        concat!(
            "SELECT h.service_id, s.type_id, t.name AS type_name, t.crew_id, t.colour, s.label, s.note, s.closed_on, s.version AS service_version, h.id, h.member_id, m.number, p.given_name, p.name, h.from_on, h.until_on, h.amount_cents, h.reason, h.version \
             FROM service_holdings h \
             JOIN services s ON s.tenant_id = h.tenant_id AND s.id = h.service_id \
             JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id \
             JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.member_id \
             JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id ",
            $rest
        )
    };
}

/// Everybody who has, had or will have a service, the last first.
pub(super) async fn holdings_of(
    tx: &mut Tx,
    tenant: TenantId,
    service: ServiceId,
) -> Result<Vec<(Service, Colour, Holding)>> {
    let rows: Vec<HeldSql> = all!(
        *tx,
        held!(
            "WHERE h.tenant_id = $1 AND h.service_id = $2 ORDER BY h.from_on DESC, h.id LIMIT $3"
        ),
        tenant,
        service,
        HOLDINGS_MAX
    )?;
    Ok(rows.into_iter().map(HeldSql::read).collect())
}

/// What a member has, had and will have: by type and label, the last first.
pub(super) async fn holdings_of_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<(Service, Colour, Holding)>> {
    let rows: Vec<HeldSql> = all!(
        *tx,
        held!(
            "WHERE h.tenant_id = $1 AND h.member_id = $2 ORDER BY t.name, s.search, s.id, h.from_on DESC LIMIT $3"
        ),
        tenant,
        member,
        HOLDINGS_MAX
    )?;
    Ok(rows.into_iter().map(HeldSql::read).collect())
}

/// The same of a person, and of the organisations that are reached through them.
pub(super) async fn holdings_of_person(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
) -> Result<Vec<(Service, Colour, Holding)>> {
    let rows: Vec<HeldSql> = all!(
        *tx,
        held!(
            "WHERE h.tenant_id = $1 AND m.party_id IN (SELECT $2 UNION ALL SELECT organisation_id FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $2) ORDER BY t.name, s.search, s.id, h.from_on DESC LIMIT $3"
        ),
        tenant,
        person,
        HOLDINGS_MAX
    )?;
    Ok(rows.into_iter().map(HeldSql::read).collect())
}

/// A holding that is about to be written.
pub(super) struct NewHolding<'a> {
    pub id: HoldingId,
    pub service: ServiceId,
    pub member: MemberId,
    pub data: &'a HoldingData,
}

pub(super) async fn insert_holding(
    tx: &mut Tx,
    tenant: TenantId,
    new: &NewHolding<'_>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO service_holdings (tenant_id, id, service_id, member_id, from_on, until_on, amount_cents, reason, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        tenant,
        new.id,
        new.service,
        new.member,
        new.data.from_on,
        new.data.until_on,
        new.data.own,
        &new.data.reason
    )?;
    Ok(())
}

/// Whether the holding still had the version that the change was made from.
pub(super) async fn update_holding(
    tx: &mut Tx,
    tenant: TenantId,
    id: HoldingId,
    version: i64,
    data: &HoldingData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE service_holdings SET from_on = $4, until_on = $5, amount_cents = $6, reason = $7, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        data.from_on,
        data.until_on,
        data.own,
        &data.reason
    )?;
    Ok(rows == 1)
}

/// Whether the holding still had the version that somebody wanted to take back.
pub(super) async fn delete_holding(
    tx: &mut Tx,
    tenant: TenantId,
    id: HoldingId,
    version: i64,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "DELETE FROM service_holdings WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version
    )?;
    Ok(rows == 1)
}

/// Whether a member has, had or will have a service.
pub(super) async fn has_held(
    tx: &mut Tx,
    tenant: TenantId,
    service: ServiceId,
    member: MemberId,
) -> Result<bool> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM service_holdings WHERE tenant_id = $1 AND service_id = $2 AND member_id = $3",
        tenant,
        service,
        member
    )?;
    Ok(count > 0)
}

/// Whether a member paid anything for a service, also what waits and what was taken back.
pub(super) async fn has_paid(
    tx: &mut Tx,
    tenant: TenantId,
    service: ServiceId,
    member: MemberId,
) -> Result<bool> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM payments WHERE tenant_id = $1 AND service_id = $2 AND member_id = $3",
        tenant,
        service,
        member
    )?;
    Ok(count > 0)
}

/// How far a payment has come that pays for a time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// It waits for the bank crew.
    Waits,
    /// It is validated, and nobody wants it back.
    Stays,
    /// It is validated, and its reversal waits.
    Goes,
}

/// Service, member, first and last day, the payment's state and that of its reversal.
type PeriodSql = (ServiceId, MemberId, Day, Day, String, Option<String>);

/// What payments for some services pay for, without what was taken back.
pub(super) async fn periods(
    tx: &mut Tx,
    tenant: TenantId,
    services: &[ServiceId],
) -> Result<Vec<(ServiceId, MemberId, Period, Counts)>> {
    macro_rules! sql {
        ($ids:literal) => {
            concat!(
                "SELECT p.service_id, p.member_id, p.period_from, p.period_until, p.state, r.state FROM payments p LEFT JOIN payments r ON r.tenant_id = p.tenant_id AND r.reverses_id = p.id WHERE p.tenant_id = $1 AND NOT (p.reverses_id IS NOT NULL) AND p.period_from IS NOT NULL AND (r.state IS NULL OR r.state = 'draft') AND p.service_id IS NOT NULL AND p.service_id ",
                $ids,
                " ORDER BY p.service_id, p.member_id, p.period_from"
            )
        };
    }
    let rows: Vec<PeriodSql> = if tx.is_sqlite() {
        all!(
            *tx,
            sql!("IN (SELECT unhex(value) FROM json_each($2))"),
            tenant,
            id_list(services)
        )?
    } else {
        all!(
            *tx,
            sql!("= ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))"),
            tenant,
            id_list(services)
        )?
    };
    let read = |(service, member, from, until, state, reversal): PeriodSql| {
        let counts = match (state.as_str(), reversal) {
            ("draft", _) => Counts::Waits,
            (_, None) => Counts::Stays,
            (_, Some(_)) => Counts::Goes,
        };
        Ok((service, member, Period::new(from, until)?, counts))
    };
    rows.into_iter().map(read).collect()
}

/// Writes what is paid of some services in place of what was there.
pub(super) async fn replace_coverage(
    tx: &mut Tx,
    tenant: TenantId,
    services: &[ServiceId],
    runs: &[(ServiceId, MemberId, Period)],
) -> Result<()> {
    let hex = |id: String| id.replace('-', "");
    let rows = runs.iter().map(|(service, member, run)| {
        json!([
            hex(service.to_string()),
            hex(member.to_string()),
            run.from(),
            run.until()
        ])
    });
    let rows = Json(Value::Array(rows.collect()));
    if tx.is_sqlite() {
        exec!(
            *tx,
            "DELETE FROM service_coverage WHERE tenant_id = $1 AND service_id IN (SELECT unhex(value) FROM json_each($2))",
            tenant,
            id_list(services)
        )?;
        exec!(
            *tx,
            "INSERT INTO service_coverage (tenant_id, service_id, member_id, from_on, until_on) SELECT $1, unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3 FROM json_each($2)",
            tenant,
            rows
        )?;
    } else {
        exec!(
            *tx,
            "DELETE FROM service_coverage WHERE tenant_id = $1 AND service_id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))",
            tenant,
            id_list(services)
        )?;
        exec!(
            *tx,
            "INSERT INTO service_coverage (tenant_id, service_id, member_id, from_on, until_on) SELECT $1, CAST(x ->> 0 AS uuid), CAST(x ->> 1 AS uuid), CAST(x ->> 2 AS date), CAST(x ->> 3 AS date) FROM jsonb_array_elements($2) t (x)",
            tenant,
            rows
        )?;
    }
    Ok(())
}
