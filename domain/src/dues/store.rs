//! The tables of dues: kinds, prices, terms, payers and coverage. What is paid is read from
//! the payments, which stand a floor above: coverage is made of both.

use super::form::KindData;
use super::{Cycle, FirstPeriod, KINDS_MAX, Kind, PaidFor, Payer, Price, Terms};
use crate::db::{Tx, id_list};
use crate::kernel::{Cents, Day, DuesKindId, MemberId, PartyId, Period, Problem, Result, TenantId};
use crate::members::MemberNumber;
use crate::people::rules::display_name;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;

#[derive(sqlx::FromRow)]
struct KindSql {
    id: DuesKindId,
    name: String,
    cycle: String,
    months: Option<i64>,
    first_month: Option<i64>,
    first_period: FirstPeriod,
    is_default: bool,
    is_archived: bool,
    version: i64,
}

impl KindSql {
    fn read(self, prices: &[(DuesKindId, Day, Cents)]) -> Result<Kind> {
        let number = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
        let cycle = match (
            self.cycle.as_str(),
            number(self.months),
            number(self.first_month),
        ) {
            ("months", Some(months), _) => Cycle::Months { months },
            ("year", _, Some(first_month)) => Cycle::Year { first_month },
            ("free", ..) => Cycle::Free,
            _ => return Err(Problem::internal("a kind of dues without its cycle")),
        };
        let own = prices.iter().filter(|(kind, ..)| *kind == self.id);
        let prices = own.map(|&(_, from_on, amount)| Price { from_on, amount });
        Ok(Kind {
            id: self.id,
            name: self.name,
            cycle,
            first_period: self.first_period,
            is_default: self.is_default,
            is_archived: self.is_archived,
            prices: prices.collect(),
            version: self.version,
        })
    }
}

/// Every kind, also those that are archived: the default one first, then by name.
pub(super) async fn kinds(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Kind>> {
    let rows: Vec<KindSql> = all!(
        *tx,
        "SELECT id, name, cycle, months, first_month, first_period, is_default, archived_at IS NOT NULL AS is_archived, version FROM dues_kinds WHERE tenant_id = $1 ORDER BY is_default DESC, name, id LIMIT $2",
        tenant,
        i64::try_from(KINDS_MAX).unwrap_or(i64::MAX)
    )?;
    let prices: Vec<(DuesKindId, Day, Cents)> = all!(
        *tx,
        "SELECT kind_id, from_on, amount_cents FROM dues_prices WHERE tenant_id = $1 ORDER BY kind_id, from_on",
        tenant
    )?;
    rows.into_iter().map(|row| row.read(&prices)).collect()
}

/// The columns in which a cycle is kept.
fn cycle_columns(cycle: Cycle) -> (&'static str, Option<i64>, Option<i64>) {
    match cycle {
        Cycle::Months { months } => (cycle.name(), Some(i64::from(months)), None),
        Cycle::Year { first_month } => (cycle.name(), None, Some(i64::from(first_month))),
        Cycle::Free => (cycle.name(), None, None),
    }
}

/// Whether no other kind had the id or the name.
pub(super) async fn insert_kind(
    tx: &mut Tx,
    tenant: TenantId,
    id: DuesKindId,
    data: &KindData,
    is_default: IsDefault,
) -> Result<bool> {
    let (cycle, months, first_month) = cycle_columns(data.cycle);
    let rows = exec!(
        *tx,
        "INSERT INTO dues_kinds (tenant_id, id, name, cycle, months, first_month, first_period, is_default, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT DO NOTHING",
        tenant,
        id,
        &data.name,
        cycle,
        months,
        first_month,
        data.first_period,
        is_default == IsDefault::Yes
    )?;
    Ok(rows == 1)
}

/// Whether a kind that is written is the default one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IsDefault {
    Yes,
    No,
}

/// Whether the kind still had the version that the change was made from.
pub(super) async fn update_kind(
    tx: &mut Tx,
    tenant: TenantId,
    id: DuesKindId,
    version: i64,
    data: &KindData,
) -> Result<bool> {
    let (cycle, months, first_month) = cycle_columns(data.cycle);
    let rows = exec!(
        *tx,
        "UPDATE dues_kinds SET name = $4, cycle = $5, months = $6, first_month = $7, first_period = $8, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        &data.name,
        cycle,
        months,
        first_month,
        data.first_period
    )?;
    Ok(rows == 1)
}

/// Writes a price; one of the same day is replaced.
pub(super) async fn put_price(
    tx: &mut Tx,
    tenant: TenantId,
    kind: DuesKindId,
    price: Price,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO dues_prices (tenant_id, kind_id, from_on, amount_cents) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, kind_id, from_on) DO UPDATE SET amount_cents = $4",
        tenant,
        kind,
        price.from_on,
        price.amount
    )?;
    Ok(())
}

/// Archives a kind, or takes it back.
pub(super) async fn set_archived(
    tx: &mut Tx,
    tenant: TenantId,
    id: DuesKindId,
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE dues_kinds SET archived_at = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        at
    )?;
    Ok(())
}

/// Makes one kind the default, and no other.
pub(super) async fn set_default(tx: &mut Tx, tenant: TenantId, id: DuesKindId) -> Result<()> {
    exec!(
        *tx,
        "UPDATE dues_kinds SET is_default = FALSE, version = version + 1 WHERE tenant_id = $1 AND is_default AND id <> $2",
        tenant,
        id
    )?;
    exec!(
        *tx,
        "UPDATE dues_kinds SET is_default = TRUE, version = version + 1 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

/// The members who have terms of a kind, whenever.
pub(super) async fn members_of_kind(
    tx: &mut Tx,
    tenant: TenantId,
    kind: DuesKindId,
) -> Result<Vec<MemberId>> {
    let rows: Vec<(MemberId,)> = all!(
        *tx,
        "SELECT DISTINCT member_id FROM member_dues WHERE tenant_id = $1 AND kind_id = $2 ORDER BY member_id",
        tenant,
        kind
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A statement about some members; their ids are $2, and its two texts differ in how they
/// take them apart. (An array, on PostgreSQL: it is taken apart once, and an index finds each.)
macro_rules! of_members {
    ($verb:ident, $tx:expr, $before:literal, $after:literal $(, $bind:expr)*) => {
        if $tx.is_sqlite() {
            $verb!(*$tx, concat!($before, " IN (SELECT unhex(value) FROM json_each($2)) ", $after) $(, $bind)*)
        } else {
            $verb!(*$tx, concat!($before, " = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) ", $after) $(, $bind)*)
        }
    };
}

/// Locks members in the order of their ids, on PostgreSQL, so that who comes second sees
/// what the first has changed when coverage is computed.
pub(super) async fn lock_members(
    tx: &mut Tx,
    tenant: TenantId,
    members: &[MemberId],
) -> Result<()> {
    if tx.is_sqlite() {
        return Ok(());
    }
    let _: Vec<(MemberId,)> = all!(
        *tx,
        "SELECT id FROM members WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) ORDER BY id FOR NO KEY UPDATE",
        tenant,
        id_list(members)
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct TermsSql {
    member_id: MemberId,
    from_on: Day,
    kind_id: DuesKindId,
    amount_cents: Option<Cents>,
    reason: String,
}

/// The terms of some members: by member, then by day.
pub(super) async fn terms(
    tx: &mut Tx,
    tenant: TenantId,
    members: &[MemberId],
) -> Result<Vec<(MemberId, Terms)>> {
    let rows: Vec<TermsSql> = of_members!(
        all,
        tx,
        "SELECT member_id, from_on, kind_id, amount_cents, reason FROM member_dues WHERE tenant_id = $1 AND member_id",
        "ORDER BY member_id, from_on",
        tenant,
        id_list(members)
    )?;
    Ok(rows.into_iter().map(TermsSql::read).collect())
}

impl TermsSql {
    fn read(self) -> (MemberId, Terms) {
        let terms = Terms {
            from_on: self.from_on,
            kind: self.kind_id,
            own: self.amount_cents,
            reason: self.reason,
        };
        (self.member_id, terms)
    }
}

/// The terms of all members: by member, then by day.
pub(super) async fn all_terms(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(MemberId, Terms)>> {
    let rows: Vec<TermsSql> = all!(
        *tx,
        "SELECT member_id, from_on, kind_id, amount_cents, reason FROM member_dues WHERE tenant_id = $1 ORDER BY member_id, from_on",
        tenant
    )?;
    Ok(rows.into_iter().map(TermsSql::read).collect())
}

/// All members who have not left on a day, by id: since when, and until when.
pub(super) async fn all_members(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
) -> Result<Vec<(MemberId, Day, Option<Day>)>> {
    all!(
        *tx,
        "SELECT id, joined_on, left_on FROM members WHERE tenant_id = $1 AND (left_on IS NULL OR left_on > $2) ORDER BY id",
        tenant,
        today
    )
}

/// Writes terms; those of the same day are replaced.
pub(super) async fn put_terms(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    terms: &Terms,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO member_dues (tenant_id, member_id, from_on, kind_id, amount_cents, reason) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, member_id, from_on) DO UPDATE SET kind_id = $4, amount_cents = $5, reason = $6, import_id = NULL",
        tenant,
        member,
        terms.from_on,
        terms.kind,
        terms.own,
        &terms.reason
    )?;
    Ok(())
}

pub(super) async fn delete_terms(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    from_on: Day,
) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM member_dues WHERE tenant_id = $1 AND member_id = $2 AND from_on = $3",
        tenant,
        member,
        from_on
    )?;
    Ok(())
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

/// What payments of some members pay for, without what was taken back and without what pays
/// a service: by member.
pub(super) async fn periods(
    tx: &mut Tx,
    tenant: TenantId,
    members: &[MemberId],
) -> Result<Vec<(MemberId, Period, Counts)>> {
    // Not `IS NULL`: SQLite would take the index of what reverses what, where nearly every
    // payment has nothing, and not the one of the members.
    let rows: Vec<PeriodSql> = of_members!(
        all,
        tx,
        "SELECT p.member_id, p.period_from, p.period_until, p.state, r.state FROM payments p LEFT JOIN payments r ON r.tenant_id = p.tenant_id AND r.reverses_id = p.id WHERE p.tenant_id = $1 AND NOT (p.reverses_id IS NOT NULL) AND p.period_from IS NOT NULL AND p.service_id IS NULL AND (r.state IS NULL OR r.state = 'draft') AND p.member_id",
        "ORDER BY p.member_id, p.period_from",
        tenant,
        id_list(members)
    )?;
    rows.into_iter().map(read_period).collect()
}

/// Member, first and last day, the payment's state and that of its reversal.
type PeriodSql = (MemberId, Day, Day, String, Option<String>);

fn read_period(row: PeriodSql) -> Result<(MemberId, Period, Counts)> {
    let (member, from, until, state, reversal) = row;
    let counts = match (state.as_str(), reversal) {
        ("draft", _) => Counts::Waits,
        (_, None) => Counts::Stays,
        (_, Some(_)) => Counts::Goes,
    };
    Ok((member, Period::new(from, until)?, counts))
}

/// What payments of all members pay for, without what was taken back: by member.
pub(super) async fn all_periods(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Vec<(MemberId, Period, Counts)>> {
    let rows: Vec<PeriodSql> = all!(
        *tx,
        "SELECT p.member_id, p.period_from, p.period_until, p.state, r.state FROM payments p LEFT JOIN payments r ON r.tenant_id = p.tenant_id AND r.reverses_id = p.id WHERE p.tenant_id = $1 AND p.reverses_id IS NULL AND p.period_from IS NOT NULL AND p.service_id IS NULL AND (r.state IS NULL OR r.state = 'draft') ORDER BY p.member_id, p.period_from",
        tenant
    )?;
    rows.into_iter().map(read_period).collect()
}

/// What some members are covered for: by member, then by day.
pub(super) async fn coverage(
    tx: &mut Tx,
    tenant: TenantId,
    members: &[MemberId],
) -> Result<Vec<(MemberId, Period)>> {
    let rows: Vec<(MemberId, Day, Day)> = of_members!(
        all,
        tx,
        "SELECT member_id, from_on, until_on FROM coverage WHERE tenant_id = $1 AND member_id",
        "ORDER BY member_id, from_on",
        tenant,
        id_list(members)
    )?;
    let read = |(member, from, until)| Ok((member, Period::new(from, until)?));
    rows.into_iter().map(read).collect()
}

/// Writes what some members are covered for in place of what was there.
pub(super) async fn replace_coverage(
    tx: &mut Tx,
    tenant: TenantId,
    members: &[MemberId],
    runs: &[(MemberId, Period)],
) -> Result<()> {
    of_members!(
        exec,
        tx,
        "DELETE FROM coverage WHERE tenant_id = $1 AND member_id",
        "",
        tenant,
        id_list(members)
    )?;
    let rows = runs.iter().map(|(member, run)| {
        let member = member.to_string().replace('-', "");
        json!([member, run.from(), run.until()])
    });
    let rows = Json(Value::Array(rows.collect()));
    if tx.is_sqlite() {
        exec!(
            *tx,
            "INSERT INTO coverage (tenant_id, member_id, from_on, until_on) SELECT $1, unhex(value ->> 0), value ->> 1, value ->> 2 FROM json_each($2)",
            tenant,
            rows
        )?;
    } else {
        exec!(
            *tx,
            "INSERT INTO coverage (tenant_id, member_id, from_on, until_on) SELECT $1, CAST(x ->> 0 AS uuid), CAST(x ->> 1 AS date), CAST(x ->> 2 AS date) FROM jsonb_array_elements($2) t (x)",
            tenant,
            rows
        )?;
    }
    Ok(())
}

/// What is computed with, of a member.
#[derive(sqlx::FromRow)]
pub(super) struct Subject {
    pub id: MemberId,
    pub number: MemberNumber,
    pub given_name: String,
    pub name: String,
    pub joined_on: Day,
    pub left_on: Option<Day>,
    pub payer_id: Option<PartyId>,
    pub payer_given_name: Option<String>,
    pub payer_name: Option<String>,
}

impl Subject {
    pub fn payer(&self) -> Option<Payer> {
        let given_name = self.payer_given_name.as_deref().unwrap_or_default();
        let name = self.payer_name.as_deref().unwrap_or_default();
        self.payer_id.map(|party| Payer {
            party,
            name: display_name(given_name, name),
        })
    }
}

/// Members with their names and payers.
macro_rules! subjects {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.number, p.given_name, p.name, m.joined_on, m.left_on, y.payer_id, w.given_name AS payer_given_name, w.name AS payer_name \
             FROM members m \
             JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id \
             LEFT JOIN member_payers y ON y.tenant_id = m.tenant_id AND y.member_id = m.id \
             LEFT JOIN parties w ON w.tenant_id = y.tenant_id AND w.id = y.payer_id ",
            $rest
        )
    };
}

pub(super) async fn subject(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<Option<Subject>> {
    opt!(
        *tx,
        subjects!("WHERE m.tenant_id = $1 AND m.id = $2"),
        tenant,
        member
    )
}

/// The members for whom a party pays, by name.
pub(super) async fn subjects_of_payer(
    tx: &mut Tx,
    tenant: TenantId,
    payer: PartyId,
    limit: i64,
) -> Result<Vec<Subject>> {
    all!(
        *tx,
        subjects!("WHERE m.tenant_id = $1 AND y.payer_id = $2 ORDER BY p.sort_name, p.id LIMIT $3"),
        tenant,
        payer,
        limit
    )
}

/// The member of a party, where it is one.
pub(super) async fn subject_of_party(
    tx: &mut Tx,
    tenant: TenantId,
    party: PartyId,
) -> Result<Option<Subject>> {
    opt!(
        *tx,
        subjects!("WHERE m.tenant_id = $1 AND m.party_id = $2"),
        tenant,
        party
    )
}

/// A person's own memberships and those of the organisations that are reached through them
/// come first ("own"), then those for whom any of these pays.
pub(super) async fn subjects_of_person(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    limit: i64,
) -> Result<(Vec<Subject>, Vec<Subject>)> {
    let own: Vec<Subject> = all!(
        *tx,
        subjects!(
            "WHERE m.tenant_id = $1 AND m.party_id IN (SELECT $2 UNION ALL SELECT organisation_id FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $2) ORDER BY CASE WHEN p.id = $2 THEN 0 ELSE 1 END, p.sort_name, p.id LIMIT $3"
        ),
        tenant,
        person,
        limit
    )?;
    let paid_for: Vec<Subject> = all!(
        *tx,
        subjects!(
            "WHERE m.tenant_id = $1 AND y.payer_id IN (SELECT $2 UNION ALL SELECT organisation_id FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $2) AND m.party_id NOT IN (SELECT $2 UNION ALL SELECT organisation_id FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $2) ORDER BY p.sort_name, p.id LIMIT $3"
        ),
        tenant,
        person,
        limit
    )?;
    Ok((own, paid_for))
}

/// The members for whom a party pays, by name.
pub(super) async fn paid_for(
    tx: &mut Tx,
    tenant: TenantId,
    payer: PartyId,
    limit: i64,
) -> Result<Vec<PaidFor>> {
    let rows = subjects_of_payer(tx, tenant, payer, limit).await?;
    let read = |row: Subject| PaidFor {
        member: row.id,
        number: row.number,
        name: display_name(&row.given_name, &row.name),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Those who pay for others, by name, and for how many members.
pub(super) async fn payers(tx: &mut Tx, tenant: TenantId, limit: i64) -> Result<Vec<(Payer, i64)>> {
    let rows: Vec<(PartyId, String, String, i64)> = all!(
        *tx,
        "SELECT p.id, p.given_name, p.name, y.members FROM (SELECT payer_id, count(*) AS members FROM member_payers WHERE tenant_id = $1 GROUP BY payer_id) y JOIN parties p ON p.tenant_id = $1 AND p.id = y.payer_id ORDER BY p.sort_name, p.id LIMIT $2",
        tenant,
        limit
    )?;
    let read = |(party, given_name, name, members): (PartyId, String, String, i64)| {
        let name = display_name(&given_name, &name);
        (Payer { party, name }, members)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Whether a party pays for anybody.
pub(super) async fn pays_for_anybody(
    tx: &mut Tx,
    tenant: TenantId,
    payer: PartyId,
) -> Result<bool> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM member_payers WHERE tenant_id = $1 AND payer_id = $2",
        tenant,
        payer
    )?;
    Ok(count > 0)
}

pub(super) async fn set_payer(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    payer: Option<PartyId>,
) -> Result<()> {
    match payer {
        Some(payer) => exec!(
            *tx,
            "INSERT INTO member_payers (tenant_id, member_id, payer_id) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, member_id) DO UPDATE SET payer_id = $3",
            tenant,
            member,
            payer
        ),
        None => exec!(
            *tx,
            "DELETE FROM member_payers WHERE tenant_id = $1 AND member_id = $2",
            tenant,
            member
        ),
    }?;
    Ok(())
}
