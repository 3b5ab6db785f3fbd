//! The tables of members, their references in other programs, and the lists that
//! join them with people.

use super::{Counts, DirectoryFilter, Member, MemberNumber, MemberRow, MembershipData, rules};
use crate::db::Tx;
use crate::kernel::{Day, MemberId, PartyId, Result, TenantId, text};
use crate::people::{Kind, Party, rules as names};
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

#[derive(sqlx::FromRow)]
struct RowSql {
    id: Option<MemberId>,
    party: PartyId,
    kind: Kind,
    given_name: String,
    name: String,
    number: Option<MemberNumber>,
    city: Option<String>,
    email: Option<String>,
    joined_on: Option<Day>,
    left_on: Option<Day>,
    paid_until: Option<Day>,
}

macro_rules! select_member {
    ($where:literal) => {
        concat!(
            "SELECT m.id AS member_id, m.number, m.joined_on, m.left_on, m.paid_until, m.version AS member_version, p.id, p.kind, p.given_name, p.name, p.email, p.phone, p.street, p.postcode, p.city, p.country, p.note, p.locale, p.version, p.created_at, p.updated_at FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE ",
            $where
        )
    };
}

macro_rules! row_columns {
    () => {
        "SELECT m.id, p.id AS party, p.kind, p.given_name, p.name, m.number, p.city, p.email, m.joined_on, m.left_on, m.paid_until "
    };
}

// `rules::standing` in SQL; a test compares the two.
macro_rules! standing {
    ($today:literal) => {
        concat!(
            "CASE WHEN m.left_on <= ",
            $today,
            " THEN 'left' WHEN m.paid_until IS NULL THEN 'never_paid' WHEN m.paid_until >= ",
            $today,
            " THEN 'in_order' ELSE 'late' END"
        )
    };
}

macro_rules! word {
    ($slot:literal) => {
        concat!(
            "(",
            $slot,
            " IS NULL OR p.search LIKE ",
            $slot,
            " ESCAPE '\\' OR m.search LIKE ",
            $slot,
            " ESCAPE '\\') AND "
        )
    };
}

// The words are $2 to $9; $10 the kind, $11 the membership, $12 the standing, $13 today.
macro_rules! directory {
    ($before:expr, $after:literal) => {
        concat!(
            $before,
            "FROM parties p LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND ",
            word!("$2"),
            word!("$3"),
            word!("$4"),
            word!("$5"),
            word!("$6"),
            word!("$7"),
            word!("$8"),
            word!("$9"),
            "($10 IS NULL OR p.kind = $10) AND ($11 = 'everyone' OR ($11 = 'members') = (m.id IS NOT NULL)) AND ($12 IS NULL OR (m.id IS NOT NULL AND ",
            standing!("$13"),
            " = $12)) ",
            $after
        )
    };
}

/// The patterns of a search's words, in as many places as the statements have.
fn patterns(query: &str) -> [Option<String>; names::SEARCH_WORDS_MAX] {
    let mut words = names::search_words(query).into_iter();
    std::array::from_fn(|_| words.next().map(|w| text::like_pattern(&w)))
}

/// How many rows a list has.
pub(super) async fn count_rows(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &DirectoryFilter,
    today: Day,
) -> Result<i64> {
    let [a, b, c, d, e, f, g, h] = patterns(&filter.query);
    let (total,): (i64,) = one!(
        *tx,
        directory!("SELECT count(*) ", ""),
        tenant,
        a.as_deref(),
        b.as_deref(),
        c.as_deref(),
        d.as_deref(),
        e.as_deref(),
        f.as_deref(),
        g.as_deref(),
        h.as_deref(),
        filter.kind,
        filter.membership.name(),
        filter.standing.map(super::StandingFilter::name),
        today
    )?;
    Ok(total)
}

/// Some rows of a list, by name.
pub(super) async fn list_rows(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &DirectoryFilter,
    today: Day,
    limit: i64,
    offset: i64,
) -> Result<Vec<MemberRow>> {
    let [a, b, c, d, e, f, g, h] = patterns(&filter.query);
    let rows: Vec<RowSql> = all!(
        *tx,
        directory!(
            row_columns!(),
            "ORDER BY p.sort_name, p.id LIMIT $14 OFFSET $15"
        ),
        tenant,
        a.as_deref(),
        b.as_deref(),
        c.as_deref(),
        d.as_deref(),
        e.as_deref(),
        f.as_deref(),
        g.as_deref(),
        h.as_deref(),
        filter.kind,
        filter.membership.name(),
        filter.standing.map(super::StandingFilter::name),
        today,
        limit,
        offset
    )?;
    Ok(rows.into_iter().map(to_row).collect())
}

/// The member of a number.
pub(super) async fn find_row_by_number(
    tx: &mut Tx,
    tenant: TenantId,
    number: MemberNumber,
) -> Result<Option<MemberRow>> {
    let row: Option<RowSql> = opt!(
        *tx,
        concat!(
            row_columns!(),
            "FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND m.number = $2"
        ),
        tenant,
        number
    )?;
    Ok(row.map(to_row))
}

/// The members of a full name, in whichever order it was typed.
pub(super) async fn list_rows_by_full_name(
    tx: &mut Tx,
    tenant: TenantId,
    query: &str,
    limit: i64,
) -> Result<Vec<MemberRow>> {
    let mut orders = names::name_orders(query).into_iter();
    let [a, b, c, d, e, f, g, h]: [Option<String>; names::SEARCH_WORDS_MAX] =
        std::array::from_fn(|_| orders.next());
    let rows: Vec<RowSql> = all!(
        *tx,
        concat!(
            row_columns!(),
            "FROM parties p JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND p.sort_name IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY p.sort_name, p.id LIMIT $10"
        ),
        tenant,
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        limit
    )?;
    Ok(rows.into_iter().map(to_row).collect())
}

macro_rules! whole_word {
    ($slot:literal) => {
        concat!(
            "(",
            $slot,
            " IS NULL OR ' ' || p.sort_name || ' ' LIKE ",
            $slot,
            " ESCAPE '\\') AND "
        )
    };
}

/// The members in whose names each word of a query stands, whole.
pub(super) async fn list_rows_by_whole_words(
    tx: &mut Tx,
    tenant: TenantId,
    query: &str,
    limit: i64,
) -> Result<Vec<MemberRow>> {
    let mut words = names::name_words(query).into_iter();
    let [a, b, c, d, e, f, g, h]: [Option<String>; names::SEARCH_WORDS_MAX] =
        std::array::from_fn(|_| {
            let pattern = text::like_pattern(&words.next()?);
            let inner = pattern.strip_prefix('%')?.strip_suffix('%')?;
            Some(format!("% {inner} %"))
        });
    let rows: Vec<RowSql> = all!(
        *tx,
        concat!(
            row_columns!(),
            "FROM parties p JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE ",
            whole_word!("$2"),
            whole_word!("$3"),
            whole_word!("$4"),
            whole_word!("$5"),
            whole_word!("$6"),
            whole_word!("$7"),
            whole_word!("$8"),
            whole_word!("$9"),
            "p.tenant_id = $1 ORDER BY p.sort_name, p.id LIMIT $10"
        ),
        tenant,
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        limit
    )?;
    Ok(rows.into_iter().map(to_row).collect())
}

fn to_row(row: RowSql) -> MemberRow {
    MemberRow {
        id: row.id,
        party: row.party,
        kind: row.kind,
        name: names::display_name(&row.given_name, &row.name),
        number: row.number,
        city: row.city,
        email: row.email,
        joined_on: row.joined_on,
        left_on: row.left_on,
        paid_until: row.paid_until,
    }
}

pub(super) async fn counts(tx: &mut Tx, tenant: TenantId, today: Day) -> Result<Counts> {
    let rows: Vec<(String, i64)> = all!(
        *tx,
        concat!(
            "SELECT s.standing, count(*) FROM (SELECT ",
            standing!("$2"),
            " AS standing FROM members m WHERE m.tenant_id = $1) s GROUP BY s.standing"
        ),
        tenant,
        today
    )?;
    let count = |name: &str| {
        rows.iter()
            .find(|(standing, _)| standing == name)
            .map_or(0, |(_, count)| *count)
    };
    let (in_order, late, never_paid) = (count("in_order"), count("late"), count("never_paid"));
    Ok(Counts {
        members: in_order + late + never_paid,
        in_order,
        late,
        never_paid,
        left: count("left"),
    })
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: MemberId) -> Result<Option<Member>> {
    let found: Option<MemberSql> = opt!(
        *tx,
        select_member!("m.tenant_id = $1 AND m.id = $2"),
        tenant,
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
    person: PartyId,
    limit: i64,
) -> Result<Vec<Member>> {
    let found: Vec<MemberSql> = all!(
        *tx,
        select_member!(
            "m.tenant_id = $1 AND m.party_id IN (SELECT $2 UNION ALL SELECT organisation_id FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $2) ORDER BY CASE WHEN p.id = $2 THEN 0 ELSE 1 END, p.sort_name, p.id LIMIT $3"
        ),
        tenant,
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

pub(super) async fn find_by_reference(
    tx: &mut Tx,
    tenant: TenantId,
    source: &str,
    reference: &str,
) -> Result<Option<MemberId>> {
    let found: Option<(MemberId,)> = opt!(
        *tx,
        "SELECT member_id FROM member_references WHERE tenant_id = $1 AND source = $2 AND reference = $3",
        tenant,
        source,
        reference
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

/// Whether nobody had this reference yet. The member is found by it from now on.
pub(super) async fn insert_reference(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    source: &str,
    reference: &str,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO member_references (tenant_id, source, reference, member_id) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, source, reference) DO NOTHING",
        tenant,
        source,
        reference,
        member
    )?;
    if rows == 1 {
        exec!(
            *tx,
            "UPDATE members SET search = search || ' ' || $3 WHERE tenant_id = $1 AND id = $2",
            tenant,
            member,
            text::fold(reference)
        )?;
    }
    Ok(rows == 1)
}

pub(super) async fn set_paid_until(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    paid_until: Option<Day>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE members SET paid_until = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        member,
        paid_until
    )?;
    Ok(())
}
