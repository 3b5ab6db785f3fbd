//! The tables of prefixes, of what is reserved in them, and of allocations.

use super::form::PrefixData;
use super::rules::{above, host, key, read_key};
use super::{
    ALLOCATIONS_MAX, Allocation, Answer, PREFIXES_MAX, Prefix, QUESTIONS_MAX, RESERVED_MAX,
    Reserved,
};
use crate::db::{Tx, id_list};
use crate::kernel::{
    AllocationId, CrewId, PrefixId, Problem, QuestionId, ReservedId, Result, ServiceId,
    ServiceTypeId, TenantId,
};
use crate::services::full_name;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde_json::{Value, json};
use sqlx::types::Json;
use std::collections::BTreeMap;

/// A time: from a moment, until the first moment behind it. Nothing: since ever, for ever.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Time {
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

impl Time {
    /// A single moment: the shortest time that both engines tell apart.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self {
            from: Some(moment),
            until: Some(moment + chrono::TimeDelta::microseconds(1)),
        }
    }
}

fn network(text: &str) -> Result<IpNet> {
    read_key(text).ok_or_else(|| Problem::internal("a network that is none"))
}

#[derive(sqlx::FromRow)]
struct PrefixSql {
    id: PrefixId,
    network: String,
    label: String,
    note: String,
    hands_out: Option<i64>,
    version: i64,
}

/// Every prefix with what is reserved in it: the larger ones before those that lie in them.
pub(super) async fn prefixes(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Prefix>> {
    let rows: Vec<PrefixSql> = all!(
        *tx,
        "SELECT id, network, label, note, hands_out, version FROM prefixes WHERE tenant_id = $1 ORDER BY network LIMIT $2",
        tenant,
        i64::try_from(PREFIXES_MAX).unwrap_or(i64::MAX)
    )?;
    let types: Vec<(PrefixId, ServiceTypeId)> = all!(
        *tx,
        "SELECT prefix_id, type_id FROM prefix_types WHERE tenant_id = $1 ORDER BY prefix_id, type_id",
        tenant
    )?;
    let reserved: Vec<(PrefixId, ReservedId, String, String, String)> = all!(
        *tx,
        "SELECT prefix_id, id, first_address, last_address, reason FROM reserved_ranges WHERE tenant_id = $1 ORDER BY prefix_id, first_address, id LIMIT $2",
        tenant,
        i64::try_from(RESERVED_MAX).unwrap_or(i64::MAX)
    )?;
    let mut kinds: BTreeMap<PrefixId, Vec<ServiceTypeId>> = BTreeMap::new();
    for (prefix, kind) in types {
        kinds.entry(prefix).or_default().push(kind);
    }
    let mut ranges: BTreeMap<PrefixId, Vec<Reserved>> = BTreeMap::new();
    for (prefix, id, first, last, reason) in reserved {
        ranges.entry(prefix).or_default().push(Reserved {
            id,
            first: network(&first)?.addr(),
            last: network(&last)?.addr(),
            reason,
        });
    }
    let read = |row: PrefixSql| {
        Ok(Prefix {
            id: row.id,
            network: network(&row.network)?,
            label: row.label,
            note: row.note,
            hands_out: row.hands_out.and_then(|n| u8::try_from(n).ok()),
            kinds: kinds.remove(&row.id).unwrap_or_default(),
            reserved: ranges.remove(&row.id).unwrap_or_default(),
            version: row.version,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Whether there was no such network.
pub(super) async fn insert_prefix(
    tx: &mut Tx,
    tenant: TenantId,
    (id, network): (PrefixId, IpNet),
    data: &PrefixData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO prefixes (tenant_id, id, network, label, note, hands_out, version) VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING",
        tenant,
        id,
        key(network),
        &data.label,
        &data.note,
        data.hands_out.map(i64::from)
    )?;
    Ok(rows == 1)
}

/// Whether the prefix still had the version that the change was made from.
pub(super) async fn update_prefix(
    tx: &mut Tx,
    tenant: TenantId,
    id: PrefixId,
    version: i64,
    data: &PrefixData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE prefixes SET label = $4, note = $5, hands_out = $6, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        &data.label,
        &data.note,
        data.hands_out.map(i64::from)
    )?;
    Ok(rows == 1)
}

/// Writes the types that a prefix is for in place of those that there were.
pub(super) async fn put_kinds(
    tx: &mut Tx,
    tenant: TenantId,
    id: PrefixId,
    kinds: &[ServiceTypeId],
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM prefix_types WHERE tenant_id = $1 AND prefix_id = $2",
        tenant,
        id
    )?;
    for kind in kinds {
        exec!(
            *tx,
            "INSERT INTO prefix_types (tenant_id, prefix_id, type_id) VALUES ($1, $2, $3)",
            tenant,
            id,
            *kind
        )?;
    }
    Ok(())
}

/// Deletes a prefix with what is reserved in it.
pub(super) async fn delete_prefix(tx: &mut Tx, tenant: TenantId, id: PrefixId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM prefixes WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

pub(super) async fn insert_reserved(
    tx: &mut Tx,
    tenant: TenantId,
    prefix: PrefixId,
    part: &Reserved,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO reserved_ranges (tenant_id, id, prefix_id, first_address, last_address, reason) VALUES ($1, $2, $3, $4, $5, $6)",
        tenant,
        part.id,
        prefix,
        key(host(part.first)),
        key(host(part.last)),
        &part.reason
    )?;
    Ok(())
}

pub(super) async fn delete_reserved(tx: &mut Tx, tenant: TenantId, id: ReservedId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM reserved_ranges WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

/// On PostgreSQL: nobody else changes addresses until this transaction ends. On SQLite, who
/// writes is alone.
pub(super) async fn lock(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    if tx.is_sqlite() {
        return Ok(());
    }
    exec!(
        *tx,
        "SELECT pg_advisory_xact_lock(hashtextextended('addresses ' || CAST($1 AS text), 0))",
        tenant
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct AllocationSql {
    id: AllocationId,
    service_id: ServiceId,
    network: String,
    from_at: DateTime<Utc>,
    until_at: Option<DateTime<Utc>>,
    entered_at: DateTime<Utc>,
    version: i64,
    label: String,
    type_name: String,
    crew_id: CrewId,
}

/// An allocation with its service's name and crew.
pub(super) struct Known {
    pub allocation: Allocation,
    pub service_name: String,
    pub crew: CrewId,
}

impl AllocationSql {
    fn read(self) -> Result<Known> {
        Ok(Known {
            service_name: full_name(&self.type_name, &self.label),
            crew: self.crew_id,
            allocation: Allocation {
                id: self.id,
                service: self.service_id,
                network: network(&self.network)?,
                from_at: self.from_at,
                until_at: self.until_at,
                entered_at: self.entered_at,
                version: self.version,
            },
        })
    }
}

macro_rules! known {
    () => {
        "SELECT a.id, a.service_id, a.network, a.from_at, a.until_at, a.entered_at, a.version, s.label, t.name AS type_name, t.crew_id FROM allocations a JOIN services s ON s.tenant_id = a.tenant_id AND s.id = a.service_id JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id "
    };
}

/// Within a time: `$from` and `$until` may be nothing.
macro_rules! within {
    ($from:literal, $until:literal) => {
        concat!(
            "(",
            $from,
            " IS NULL OR a.until_at IS NULL OR a.until_at > ",
            $from,
            ") AND (",
            $until,
            " IS NULL OR a.from_at < ",
            $until,
            ")"
        )
    };
}

/// What a service has and had, the present before the past.
pub(super) async fn of_service(
    tx: &mut Tx,
    tenant: TenantId,
    service: ServiceId,
) -> Result<Vec<Allocation>> {
    let rows: Vec<AllocationSql> = all!(
        *tx,
        concat!(
            known!(),
            "WHERE a.tenant_id = $1 AND a.service_id = $2 ORDER BY CASE WHEN a.until_at IS NULL THEN 0 ELSE 1 END, a.until_at DESC, a.network, a.from_at DESC LIMIT $3"
        ),
        tenant,
        service,
        ALLOCATIONS_MAX
    )?;
    let read = |row: AllocationSql| row.read().map(|known| known.allocation);
    rows.into_iter().map(read).collect()
}

/// What some services have at a moment, by address.
pub(super) async fn of_services(
    tx: &mut Tx,
    tenant: TenantId,
    services: &[ServiceId],
    moment: DateTime<Utc>,
) -> Result<Vec<(ServiceId, IpNet)>> {
    macro_rules! sql {
        ($ids:literal) => {
            concat!(
                "SELECT a.service_id, a.network FROM allocations a WHERE a.tenant_id = $1 AND a.from_at <= $3 AND (a.until_at IS NULL OR a.until_at > $3) AND a.service_id ",
                $ids,
                " ORDER BY a.network"
            )
        };
    }
    let rows: Vec<(ServiceId, String)> = if tx.is_sqlite() {
        all!(
            *tx,
            sql!("IN (SELECT unhex(value) FROM json_each($2))"),
            tenant,
            id_list(services),
            moment
        )?
    } else {
        all!(
            *tx,
            sql!("= ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))"),
            tenant,
            id_list(services),
            moment
        )?
    };
    let read = |(service, text): (ServiceId, String)| Ok((service, network(&text)?));
    rows.into_iter().map(read).collect()
}

/// What has an address in common with a network in a time, by address: what it lies in, and
/// what lies in it. The former is asked for by name, so that nothing else is looked at.
pub(super) async fn touching(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: IpNet,
    time: Time,
    limit: i64,
) -> Result<Vec<Known>> {
    let mut found = covering(tx, tenant, wanted, time, limit).await?;
    let rest = limit - i64::try_from(found.len()).unwrap_or(limit);
    if rest > 0 && wanted.prefix_len() < wanted.max_prefix_len() {
        let rows: Vec<AllocationSql> = all!(
            *tx,
            concat!(
                known!(),
                "WHERE a.tenant_id = $1 AND a.network > $2 AND a.network < $2 || '2' AND ",
                within!("$3", "$4"),
                " ORDER BY a.network, a.from_at DESC LIMIT $5"
            ),
            tenant,
            key(wanted),
            time.from,
            time.until,
            rest
        )?;
        for row in rows {
            found.push(row.read()?);
        }
    }
    Ok(found)
}

macro_rules! covering {
    ($above:literal) => {
        concat!(
            known!(),
            "WHERE a.tenant_id = $1 AND a.network ",
            $above,
            " AND ",
            within!("$3", "$4"),
            " ORDER BY a.network, a.from_at DESC LIMIT $5"
        )
    };
}
const COVERING_SQLITE: &str = covering!("IN (SELECT value FROM json_each($2))");
const COVERING_POSTGRES: &str =
    covering!("= ANY (ARRAY(SELECT x FROM jsonb_array_elements_text($2) t (x)))");

/// What a network lies in, or is, in a time.
async fn covering(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: IpNet,
    time: Time,
    limit: i64,
) -> Result<Vec<Known>> {
    let above = Json(Value::from(above(wanted)));
    let sql = match tx.is_sqlite() {
        true => COVERING_SQLITE,
        false => COVERING_POSTGRES,
    };
    let rows: Vec<AllocationSql> = all!(*tx, sql, tenant, above, time.from, time.until, limit)?;
    rows.into_iter().map(AllocationSql::read).collect()
}

/// How SQLite finds what an address lies in.
#[cfg(test)]
pub(super) async fn plan_of_covering(tx: &mut Tx, tenant: TenantId) -> Result<Vec<String>> {
    let none: Option<DateTime<Utc>> = None;
    let above = Json(json!(["4"]));
    let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {COVERING_SQLITE}"));
    let rows: Vec<(i64, i64, i64, String)> = all!(*tx, sql, tenant, above, none, none, 1_i64)?;
    Ok(rows.into_iter().map(|(.., step)| step).collect())
}

/// What is taken within a network in a time, in the order of the addresses, behind a key.
pub(super) async fn taken(
    tx: &mut Tx,
    tenant: TenantId,
    within: IpNet,
    behind: &str,
    time: Time,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = all!(
        *tx,
        concat!(
            "SELECT a.network FROM allocations a WHERE a.tenant_id = $1 AND a.network > $3 AND a.network < $2 || '2' AND ",
            within!("$4", "$5"),
            " ORDER BY a.network LIMIT $6"
        ),
        tenant,
        key(within),
        behind,
        time.from,
        time.until,
        limit
    )?;
    Ok(rows.into_iter().map(|(network,)| network).collect())
}

/// A page of what lies within a network in a time, by address, the last first.
pub(super) async fn page(
    tx: &mut Tx,
    tenant: TenantId,
    within: IpNet,
    time: Time,
    (limit, offset): (i64, i64),
) -> Result<Vec<Known>> {
    let rows: Vec<AllocationSql> = all!(
        *tx,
        concat!(
            known!(),
            "WHERE a.tenant_id = $1 AND a.network >= $2 AND a.network < $2 || '2' AND ",
            within!("$3", "$4"),
            " ORDER BY a.network, a.from_at DESC LIMIT $5 OFFSET $6"
        ),
        tenant,
        key(within),
        time.from,
        time.until,
        limit,
        offset
    )?;
    rows.into_iter().map(AllocationSql::read).collect()
}

/// How many lie within a network in a time.
pub(super) async fn count(tx: &mut Tx, tenant: TenantId, within: IpNet, time: Time) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        concat!(
            "SELECT count(*) FROM allocations a WHERE a.tenant_id = $1 AND a.network >= $2 AND a.network < $2 || '2' AND ",
            within!("$3", "$4")
        ),
        tenant,
        key(within),
        time.from,
        time.until
    )?;
    Ok(count)
}

/// For each prefix: how many networks of which length are taken in it at a moment.
pub(super) async fn taken_by_prefix(
    tx: &mut Tx,
    tenant: TenantId,
    moment: DateTime<Utc>,
) -> Result<Vec<(PrefixId, i64, i64)>> {
    all!(
        *tx,
        // What is open, and what ends later: each by an index of its own, as most is over.
        "SELECT q.id, q.bits, count(*) FROM (SELECT p.id, CAST(length(a.network) - 1 AS BIGINT) AS bits FROM prefixes p CROSS JOIN allocations a WHERE p.tenant_id = $1 AND a.tenant_id = $1 AND a.network >= p.network AND a.network < p.network || '2' AND a.from_at <= $2 AND a.until_at IS NULL UNION ALL SELECT p.id, CAST(length(a.network) - 1 AS BIGINT) AS bits FROM allocations a CROSS JOIN prefixes p WHERE a.tenant_id = $1 AND a.until_at > $2 AND a.from_at <= $2 AND p.tenant_id = $1 AND p.network <= a.network AND a.network < p.network || '2') q GROUP BY q.id, q.bits",
        tenant,
        moment
    )
}

/// For each part of a network at a moment: how many networks of which length are taken in it.
/// What is larger than a part stands by its own, shorter key.
pub(super) async fn taken_by_part(
    tx: &mut Tx,
    tenant: TenantId,
    within: IpNet,
    part: u8,
    moment: DateTime<Utc>,
) -> Result<Vec<(String, i64, i64)>> {
    all!(
        *tx,
        // A text with nothing behind it is no column: the second half goes by the end.
        "SELECT q.part, q.bits, count(*) FROM (SELECT substr(a.network, 1, CAST($3 AS INTEGER)) AS part, CAST(length(a.network) - 1 AS BIGINT) AS bits FROM allocations a WHERE a.tenant_id = $1 AND a.network >= $2 AND a.network < $2 || '2' AND a.from_at <= $4 AND a.until_at IS NULL UNION ALL SELECT substr(a.network, 1, CAST($3 AS INTEGER)) AS part, CAST(length(a.network) - 1 AS BIGINT) AS bits FROM allocations a WHERE a.tenant_id = $1 AND a.until_at > $4 AND a.network || '' >= $2 AND a.network || '' < $2 || '2' AND a.from_at <= $4) q GROUP BY q.part, q.bits ORDER BY q.part, q.bits",
        tenant,
        key(within),
        i64::from(part) + 1,
        moment
    )
}

pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, new: &Allocation) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO allocations (tenant_id, id, service_id, network, from_at, until_at, entered_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        new.id,
        new.service,
        key(new.network),
        new.from_at,
        new.until_at,
        new.entered_at,
        new.version
    )?;
    Ok(())
}

/// Whether the allocation still had the version that the change was made from.
pub(super) async fn set_end(
    tx: &mut Tx,
    tenant: TenantId,
    (id, version): (AllocationId, i64),
    until: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE allocations SET until_at = $4, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        until
    )?;
    Ok(rows == 1)
}

/// Whether the allocation still had the version that somebody wanted to take back.
pub(super) async fn delete(
    tx: &mut Tx,
    tenant: TenantId,
    (id, version): (AllocationId, i64),
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "DELETE FROM allocations WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version
    )?;
    Ok(rows == 1)
}

// --- questions

pub(super) async fn insert_answer(tx: &mut Tx, tenant: TenantId, answer: &Answer) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO address_questions (tenant_id, id, asked_at, asked_by, network, moment, reference, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        answer.id,
        answer.asked_at,
        &answer.asked_by,
        key(host(answer.address)),
        answer.moment,
        &answer.reference,
        Json(json!(answer))
    )?;
    Ok(())
}

/// An answer as it was given.
pub(super) async fn answer(
    tx: &mut Tx,
    tenant: TenantId,
    id: QuestionId,
) -> Result<Option<Answer>> {
    let row: Option<(Json<Answer>,)> = opt!(
        *tx,
        "SELECT answer FROM address_questions WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(row.map(|(answer,)| answer.0))
}

/// The last questions, the newest first.
pub(super) async fn answers(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Answer>> {
    let rows: Vec<(Json<Answer>,)> = all!(
        *tx,
        "SELECT answer FROM address_questions WHERE tenant_id = $1 ORDER BY id DESC LIMIT $2",
        tenant,
        QUESTIONS_MAX
    )?;
    Ok(rows.into_iter().map(|(answer,)| answer.0).collect())
}
