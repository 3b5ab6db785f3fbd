//! The figures' statements. Each reads what an index bounds: what waits, a month, a few rows.

use super::rules::{Enters, MONTHS, Validator};
use super::{ENTERERS_MAX, EnteredWaiting, MemberBrief, ROWS_MAX, Tally, ValidatedBrief, Waiting};
use crate::db::Tx;
use crate::kernel::{Cents, Day, MemberId, PartyId, PaymentId, Result, TenantId};
use crate::members::MemberNumber;
use crate::payments::EnteredBy;
use crate::people::rules::display_name;
use crate::{all, one};
use chrono::{DateTime, Utc};

/// The most days that a year of months has, and some more.
const DAYS_MAX: i64 = 32 * MONTHS as i64;

/// How many payments, and their sum.
macro_rules! tally {
    () => {
        "count(*), CAST(coalesce(sum(amount_cents), 0) AS BIGINT)"
    };
}

fn tally((count, sum): (i64, Cents)) -> Tally {
    Tally { count, sum }
}

fn waiting_sql((count, sum, oldest): (i64, Cents, Option<Day>)) -> Waiting {
    Waiting {
        tally: tally((count, sum)),
        oldest,
    }
}

/// What waits, and the reversals among it.
pub(super) async fn waiting(tx: &mut Tx, tenant: TenantId) -> Result<(Waiting, Tally)> {
    let (count, sum, oldest, reversals, taken): (i64, Cents, Option<Day>, i64, Cents) = one!(
        *tx,
        concat!(
            "SELECT ",
            tally!(),
            ", min(received_on), count(reverses_id), CAST(coalesce(sum(CASE WHEN reverses_id IS NULL THEN 0 ELSE amount_cents END), 0) AS BIGINT) FROM payments WHERE tenant_id = $1 AND state = 'draft'"
        ),
        tenant
    )?;
    Ok((waiting_sql((count, sum, oldest)), tally((reversals, taken))))
}

/// What waits of one person's.
pub(super) async fn waiting_of(tx: &mut Tx, tenant: TenantId, person: PartyId) -> Result<Waiting> {
    let row = one!(
        *tx,
        concat!(
            "SELECT ",
            tally!(),
            ", min(received_on) FROM payments WHERE tenant_id = $1 AND state = 'draft' AND entered_by = $2"
        ),
        tenant,
        person
    )?;
    Ok(waiting_sql(row))
}

type EnteredSql = (Option<PartyId>, String, i64, Cents, Option<Day>);

/// What waits by who entered it, the most first.
pub(super) async fn waiting_by(tx: &mut Tx, tenant: TenantId) -> Result<Vec<EnteredWaiting>> {
    let rows: Vec<EnteredSql> = all!(
        *tx,
        concat!(
            "SELECT entered_by, max(entered_by_name) AS name, ",
            tally!(),
            ", min(received_on) FROM payments WHERE tenant_id = $1 AND state = 'draft' GROUP BY entered_by ORDER BY count(*) DESC, name LIMIT $2"
        ),
        tenant,
        ENTERERS_MAX
    )?;
    Ok(rows
        .into_iter()
        .map(|(person, name, count, sum, oldest)| EnteredWaiting {
            by: EnteredBy::of(person),
            name,
            waiting: waiting_sql((count, sum, oldest)),
        })
        .collect())
}

/// What was validated from an instant on, and before another.
pub(super) async fn validated_between(
    tx: &mut Tx,
    tenant: TenantId,
    from: DateTime<Utc>,
    before: Option<DateTime<Utc>>,
) -> Result<Tally> {
    let row = one!(
        *tx,
        concat!(
            "SELECT ",
            tally!(),
            " FROM payments WHERE tenant_id = $1 AND validated_at >= $2 AND ($3 IS NULL OR validated_at < $3)"
        ),
        tenant,
        from,
        before
    )?;
    Ok(tally(row))
}

/// What is validated, by the day when it came: one row a day at most.
pub(super) async fn received_by_day(
    tx: &mut Tx,
    tenant: TenantId,
    from: Day,
    until: Day,
) -> Result<Vec<(Day, Tally)>> {
    let rows: Vec<(Day, i64, Cents)> = all!(
        *tx,
        concat!(
            "SELECT received_on, ",
            tally!(),
            " FROM payments WHERE tenant_id = $1 AND state = 'validated' AND received_on >= $2 AND received_on <= $3 GROUP BY received_on ORDER BY received_on LIMIT $4"
        ),
        tenant,
        from,
        until,
        DAYS_MAX
    )?;
    Ok(rows
        .into_iter()
        .map(|(day, count, sum)| (day, tally((count, sum))))
        .collect())
}

/// What of somebody's own was validated from an instant on.
pub(super) async fn own_validated(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    from: DateTime<Utc>,
) -> Result<Tally> {
    let row = one!(
        *tx,
        concat!(
            "SELECT ",
            tally!(),
            " FROM payments WHERE tenant_id = $1 AND state = 'validated' AND entered_by = $2 AND validated_at >= $3"
        ),
        tenant,
        person,
        from
    )?;
    Ok(tally(row))
}

type ValidatedSql = (
    PaymentId,
    String,
    String,
    Cents,
    Option<String>,
    DateTime<Utc>,
);

/// The last of those.
pub(super) async fn own_latest(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    from: DateTime<Utc>,
) -> Result<Vec<ValidatedBrief>> {
    let rows: Vec<ValidatedSql> = all!(
        *tx,
        "SELECT p.id, w.given_name, w.name, p.amount_cents, p.validated_by_name, p.validated_at FROM payments p JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id WHERE p.tenant_id = $1 AND p.state = 'validated' AND p.entered_by = $2 AND p.validated_at >= $3 ORDER BY p.validated_at DESC, p.id DESC LIMIT $4",
        tenant,
        person,
        from,
        ROWS_MAX
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, given_name, name, amount, by, at)| ValidatedBrief {
            id,
            member: display_name(&given_name, &name),
            amount,
            by: by.unwrap_or_default(),
            at,
        })
        .collect())
}

type BriefSql = (MemberId, MemberNumber, String, String, Day);

/// A member in one line; `day` is what the list is about. $2 is today.
macro_rules! brief {
    ($day:literal, $from:expr, $rest:literal) => {
        concat!(
            "SELECT m.id, m.number, w.given_name, w.name, ",
            $day,
            " FROM ",
            $from,
            " JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id WHERE m.tenant_id = $1 AND (m.left_on IS NULL OR m.left_on > $2) AND ",
            $rest
        )
    };
}

// Runs of paid days that have begun by today end on `until_on`. They neither touch nor
// overlap: the one that holds today is the last that has begun.
macro_rules! runs {
    () => {
        "coverage c JOIN members m ON m.tenant_id = c.tenant_id AND m.id = c.member_id"
    };
}

fn briefs(rows: Vec<BriefSql>) -> Vec<MemberBrief> {
    rows.into_iter()
        .map(|(id, number, given_name, name, day)| MemberBrief {
            id,
            number,
            name: display_name(&given_name, &name),
            day,
        })
        .collect()
}

/// Those whose dues ran out last.
pub(super) async fn late(tx: &mut Tx, tenant: TenantId, today: Day) -> Result<Vec<MemberBrief>> {
    let rows = all!(
        *tx,
        brief!(
            "c.until_on",
            runs!(),
            "c.tenant_id = $1 AND c.until_on < $2 AND NOT EXISTS (SELECT 1 FROM coverage n WHERE n.tenant_id = c.tenant_id AND n.member_id = c.member_id AND n.from_on > c.from_on AND n.from_on <= $2) ORDER BY c.until_on DESC, m.id DESC LIMIT $3"
        ),
        tenant,
        today,
        ROWS_MAX
    )?;
    Ok(briefs(rows))
}

/// How many members' dues run out by a day.
pub(super) async fn count_ends_soon(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
    until: Day,
) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        concat!(
            "SELECT count(*) FROM ",
            runs!(),
            " WHERE c.tenant_id = $1 AND (m.left_on IS NULL OR m.left_on > $2) AND c.from_on <= $2 AND c.until_on >= $2 AND c.until_on <= $3"
        ),
        tenant,
        today,
        until
    )?;
    Ok(count)
}

/// Those whose dues run out next.
pub(super) async fn ends_soon(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
    until: Day,
) -> Result<Vec<MemberBrief>> {
    let rows = all!(
        *tx,
        brief!(
            "c.until_on",
            runs!(),
            "c.tenant_id = $1 AND c.from_on <= $2 AND c.until_on >= $2 AND c.until_on <= $3 ORDER BY c.until_on, m.id LIMIT $4"
        ),
        tenant,
        today,
        until,
        ROWS_MAX
    )?;
    Ok(briefs(rows))
}

/// Who came last: numbers are given in that order.
pub(super) async fn recent(tx: &mut Tx, tenant: TenantId, today: Day) -> Result<Vec<MemberBrief>> {
    let rows = all!(
        *tx,
        brief!(
            "m.joined_on",
            "members m",
            "m.number > 0 ORDER BY m.number DESC LIMIT $3"
        ),
        tenant,
        today,
        ROWS_MAX
    )?;
    Ok(briefs(rows))
}

/// Who can sign in and may validate; at most two, more are as good as two.
pub(super) async fn validators(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Validator>> {
    let rows: Vec<(PartyId, String, String, bool)> = all!(
        *tx,
        "SELECT DISTINCT w.id, w.given_name, w.name, EXISTS (SELECT 1 FROM crew_people o JOIN crew_rights a ON a.tenant_id = o.tenant_id AND a.crew_id = o.crew_id WHERE o.tenant_id = w.tenant_id AND o.person_id = w.id AND a.right_name = 'payments_add') FROM crew_rights r JOIN crew_people c ON c.tenant_id = r.tenant_id AND c.crew_id = r.crew_id JOIN logins l ON l.tenant_id = c.tenant_id AND l.person_id = c.person_id JOIN parties w ON w.tenant_id = l.tenant_id AND w.id = l.person_id WHERE r.tenant_id = $1 AND r.right_name = 'payments_validate' ORDER BY w.name, w.id LIMIT 2",
        tenant
    )?;
    Ok(rows
        .into_iter()
        .map(|(_, given_name, name, enters)| Validator {
            name: display_name(&given_name, &name),
            enters: if enters { Enters::Yes } else { Enters::No },
        })
        .collect())
}
