//! What the statistics are computed from. One row a service, and one a member, with all that
//! belongs to it in one text: so the engine reads its indexes in their order, and tens of
//! thousands of payments are not as many rows on their way here.

use super::members;
use super::rules::{Had, Life, Paid};
use crate::all;
use crate::db::Tx;
use crate::dues::Terms;
use crate::kernel::calendar::parse_day;
use crate::kernel::{
    Cents, Day, DuesKindId, MemberId, PaymentId, Period, Problem, Result, ServiceTypeId, TenantId,
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;
use uuid::Uuid;

/// What stands where there is nothing.
const NONE: &str = "-";

/// A statement over ids as text; how they are made one differs.
macro_rules! with_ids {
    ($tx:expr, $sql:ident $(, $bind:expr)*) => {
        if $tx.is_sqlite() {
            all!(*$tx, $sql!("hex(", ")") $(, $bind)*)
        } else {
            all!(*$tx, $sql!("CAST(", " AS TEXT)") $(, $bind)*)
        }
    };
}

/// A column, or `-` where it is empty.
macro_rules! or_none {
    ($column:literal) => {
        concat!("coalesce(CAST(", $column, " AS TEXT), '-')")
    };
}

/// Payments as one text: id, member, day, first and last day of the period, amount, what is
/// reversed. `$rest` says whose they are, and that they are no drafts: not "validated", or
/// SQLite would take the index of the states and read all payments for each.
macro_rules! payments {
    ($open:literal, $close:literal, $rest:literal) => {
        concat!(
            "(SELECT string_agg(", $open, "p.id", $close, " || ' ' || ", $open, "p.member_id", $close,
            " || ' ' || CAST(p.received_on AS TEXT) || ' ' || ", or_none!("p.period_from"),
            " || ' ' || ", or_none!("p.period_until"),
            " || ' ' || CAST(p.amount_cents AS TEXT) || ' ' || CASE WHEN p.reverses_id IS NULL THEN '-' ELSE ",
            $open, "p.reverses_id", $close, " END, ';') FROM payments p WHERE ", $rest, ")"
        )
    };
}

macro_rules! services_sql {
    ($open:literal, $close:literal) => {
        concat!(
            "SELECT s.created_at, s.closed_on, (SELECT string_agg(", $open, "h.member_id", $close,
            " || ' ' || CAST(h.from_on AS TEXT) || ' ' || ", or_none!("h.until_on"),
            " || ' ' || ", or_none!("h.amount_cents"),
            ", ';') FROM service_holdings h WHERE h.tenant_id = s.tenant_id AND h.service_id = s.id), ",
            payments!($open, $close, "p.tenant_id = s.tenant_id AND p.service_id = s.id AND p.state <> 'draft' AND p.received_on <= $3"),
            " FROM services s WHERE s.tenant_id = $1 AND s.type_id = $2"
        )
    };
}

type ServiceSql = (DateTime<Utc>, Option<Day>, Option<String>, Option<String>);

/// Every service of a type, with what was received by a day.
pub(super) async fn services(
    tx: &mut Tx,
    tenant: TenantId,
    kind: ServiceTypeId,
    on: Day,
    zone: Tz,
) -> Result<Vec<Life>> {
    let rows: Vec<ServiceSql> = with_ids!(tx, services_sql, tenant, kind, on)?;
    let read = |(made_at, closed_on, had, paid): ServiceSql| {
        Ok(Life {
            made_on: made_at.with_timezone(&zone).date_naive(),
            closed_on,
            had: each(had.as_deref(), read_had)?,
            paid: each(paid.as_deref(), read_paid)?,
        })
    };
    rows.into_iter().map(read).collect()
}

macro_rules! members_sql {
    ($open:literal, $close:literal) => {
        concat!(
            "SELECT m.id, m.joined_on, m.left_on, ",
            payments!($open, $close, "p.tenant_id = m.tenant_id AND p.member_id = m.id AND p.state <> 'draft' AND p.received_on <= $2 AND p.service_id IS NULL AND p.period_from IS NOT NULL"),
            " FROM members m WHERE m.tenant_id = $1"
        )
    };
}

type MemberSql = (MemberId, Day, Option<Day>, Option<String>);
type TermsSql = (MemberId, Day, DuesKindId, Option<Cents>);

/// Everybody who is or was a member, with the dues that were received by a day.
pub(super) async fn members(tx: &mut Tx, tenant: TenantId, on: Day) -> Result<Vec<members::Life>> {
    let terms: Vec<TermsSql> = all!(
        *tx,
        "SELECT member_id, from_on, kind_id, amount_cents FROM member_dues WHERE tenant_id = $1 ORDER BY member_id, from_on",
        tenant
    )?;
    let mut by_member: HashMap<MemberId, Vec<Terms>> = HashMap::new();
    for (member, from_on, kind, own) in terms {
        // Why somebody pays less is nothing that statistics tell.
        let reason = String::new();
        by_member.entry(member).or_default().push(Terms {
            from_on,
            kind,
            own,
            reason,
        });
    }
    let rows: Vec<MemberSql> = with_ids!(tx, members_sql, tenant, on)?;
    let read = |(id, joined_on, left_on, paid): MemberSql| {
        Ok(members::Life {
            joined_on,
            left_on,
            terms: by_member.remove(&id).unwrap_or_default(),
            paid: each(paid.as_deref(), read_paid)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The parts of a text.
fn each<T>(text: Option<&str>, read: fn(&str) -> Option<T>) -> Result<Vec<T>> {
    let unread = || Problem::internal("a row of the statistics cannot be read");
    let parts = text
        .unwrap_or_default()
        .split(';')
        .filter(|p| !p.is_empty());
    parts.map(|part| read(part).ok_or_else(unread)).collect()
}

fn read_had(text: &str) -> Option<Had> {
    let mut words = text.split(' ');
    Some(Had {
        member: MemberId(id(words.next()?)?),
        from_on: day(words.next()?)?,
        until_on: optional(words.next()?, day)?,
        own: optional(words.next()?, cents)?,
    })
}

fn read_paid(text: &str) -> Option<Paid> {
    let mut words = text.split(' ');
    Some(Paid {
        id: PaymentId(id(words.next()?)?),
        member: MemberId(id(words.next()?)?),
        on: day(words.next()?)?,
        period: match (words.next()?, words.next()?) {
            (NONE, _) | (_, NONE) => None,
            (from, until) => Some(Period::new(day(from)?, day(until)?).ok()?),
        },
        amount: cents(words.next()?)?,
        reverses: optional(words.next()?, id)?.map(PaymentId),
    })
}

/// A word that may say that there is nothing; nothing at all where it cannot be read.
fn optional<T>(word: &str, read: fn(&str) -> Option<T>) -> Option<Option<T>> {
    match word {
        NONE => Some(None),
        word => read(word).map(Some),
    }
}

fn id(word: &str) -> Option<Uuid> {
    Uuid::try_parse(word).ok()
}

/// A day as both engines write it, `2026-03-12`; read by its places, as there are many.
fn day(word: &str) -> Option<Day> {
    let number = |from, to| -> Option<u32> { word.get(from..to)?.parse().ok() };
    let quick = (|| {
        let year = i32::try_from(number(0, 4)?).ok()?;
        (word.len() == 10).then(|| Day::from_ymd_opt(year, number(5, 7)?, number(8, 10)?))?
    })();
    quick.or_else(|| parse_day(word).ok())
}

fn cents(word: &str) -> Option<Cents> {
    word.parse().ok().map(Cents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::testing::Bench;

    #[tokio::test]
    async fn the_payments_of_each_are_found_by_an_index_of_their_own() {
        let bench = Bench::sqlite().await;
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let day = "2026-06-01";
        let (tenant, kind) = (bench.tenant.id, Uuid::nil());
        macro_rules! plan {
            ($sql:expr $(, $bind:expr)*) => {{
                let rows: Vec<(i64, i64, i64, String)> =
                    all!(tx, concat!("EXPLAIN QUERY PLAN ", $sql) $(, $bind)*).unwrap();
                rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("\n")
            }};
        }
        let services = plan!(services_sql!("hex(", ")"), tenant, kind, day);
        assert!(
            services.contains("COVERING INDEX payments_by_service (tenant_id=? AND service_id=?"),
            "{services}"
        );
        let members = plan!(members_sql!("hex(", ")"), tenant, day);
        assert!(
            members.contains("INDEX payments_by_member (tenant_id=? AND member_id=?"),
            "{members}"
        );
    }
}
