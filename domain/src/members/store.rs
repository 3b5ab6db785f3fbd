//! The tables of members and of their references in other programs.

use super::{Member, MemberNumber, MembershipData, rules};
use crate::db::Tx;
use crate::kernel::{Day, MemberId, PartyId, Result, TenantId};
use crate::people::Party;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};

/// The counter that the numbers come from.
const COUNTER: &str = "member";

#[derive(sqlx::FromRow)]
struct MemberSql {
    member_id: MemberId,
    number: MemberNumber,
    joined_on: Day,
    left_on: Option<Day>,
    paid_until: Option<Day>,
    member_version: i64,
    #[sqlx(flatten)]
    party: Party,
}

/// Until when a member is covered, as of a day: the end of the last run that has begun.
macro_rules! paid_until {
    ($today:literal) => {
        concat!(
            "(SELECT c.until_on FROM coverage c WHERE c.tenant_id = m.tenant_id AND c.member_id = m.id AND c.from_on <= ",
            $today,
            " ORDER BY c.from_on DESC LIMIT 1)"
        )
    };
}
pub(super) use paid_until;

/// A member; today is $2.
macro_rules! select_member {
    ($where:literal) => {
        concat!(
            "SELECT m.id AS member_id, m.number, m.joined_on, m.left_on, ",
            paid_until!("$2"),
            " AS paid_until, m.version AS member_version, p.id, p.kind, p.given_name, p.name, p.email, p.phone, p.street, p.postcode, p.city, p.country, p.note, p.locale, p.version, p.created_at, p.updated_at FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE ",
            $where
        )
    };
}

pub(super) async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
    id: MemberId,
) -> Result<Option<Member>> {
    let found: Option<MemberSql> = opt!(
        *tx,
        select_member!("m.tenant_id = $1 AND m.id = $3"),
        tenant,
        today,
        id
    )?;
    match found {
        None => Ok(None),
        Some(member) => Ok(Some(with_references(tx, tenant, member).await?)),
    }
}

/// The memberships of a person and of those organisations that are reached through them.
pub(super) async fn list_of_person(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
    person: PartyId,
    limit: i64,
) -> Result<Vec<Member>> {
    let found: Vec<MemberSql> = all!(
        *tx,
        select_member!(
            "m.tenant_id = $1 AND m.party_id IN (SELECT $3 UNION ALL SELECT organisation_id FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $3) ORDER BY CASE WHEN p.id = $3 THEN 0 ELSE 1 END, p.sort_name, p.id LIMIT $4"
        ),
        tenant,
        today,
        person,
        limit
    )?;
    let mut members = Vec::with_capacity(found.len());
    for member in found {
        members.push(with_references(tx, tenant, member).await?);
    }
    Ok(members)
}

async fn with_references(tx: &mut Tx, tenant: TenantId, member: MemberSql) -> Result<Member> {
    let references: Vec<(String, String)> = all!(
        *tx,
        "SELECT source, reference FROM member_references WHERE tenant_id = $1 AND member_id = $2 ORDER BY source, reference LIMIT 100",
        tenant,
        member.member_id
    )?;
    Ok(Member {
        id: member.member_id,
        number: member.number,
        party: member.party,
        joined_on: member.joined_on,
        left_on: member.left_on,
        paid_until: member.paid_until,
        references,
        version: member.member_version,
    })
}

pub(super) async fn find_by_party(
    tx: &mut Tx,
    tenant: TenantId,
    party: PartyId,
) -> Result<Option<MemberId>> {
    let found: Option<(MemberId,)> = opt!(
        *tx,
        "SELECT id FROM members WHERE tenant_id = $1 AND party_id = $2",
        tenant,
        party
    )?;
    Ok(found.map(|(id,)| id))
}

/// The next number. Those who ask at the same time wait for each other until their
/// transactions end: no number is given twice, and none is lost with a transaction.
pub(super) async fn next_number(tx: &mut Tx, tenant: TenantId) -> Result<MemberNumber> {
    tx.mark_written();
    let (number,): (MemberNumber,) = one!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, (SELECT coalesce(max(number) + 1, $3) FROM members WHERE tenant_id = $1)) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        tenant,
        COUNTER,
        rules::FIRST_NUMBER
    )?;
    Ok(number)
}

/// Whether the party was no member yet.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    id: MemberId,
    party: PartyId,
    number: MemberNumber,
    data: &MembershipData,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO members (tenant_id, id, party_id, number, joined_on, left_on, search, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT (tenant_id, party_id) DO NOTHING",
        tenant,
        id,
        party,
        number,
        data.joined_on,
        data.left_on,
        number.search_text(),
        now
    )?;
    Ok(rows == 1)
}

/// Whether the row still had the version that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: MemberId,
    version: i64,
    data: &MembershipData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE members SET joined_on = $4, left_on = $5, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        data.joined_on,
        data.left_on
    )?;
    Ok(rows == 1)
}
