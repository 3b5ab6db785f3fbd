//! The list of services in SQL.

use super::service::Seen;
use super::{Counts, Holder, Order, ServiceFilter, ServiceRow, StateFilter};
use crate::db::{Tx, bulk};
use crate::kernel::{Day, MemberId, Result, ServiceId, ServiceTypeId, TenantId};
use crate::members::MemberNumber;
use crate::people::rules::{SEARCH_WORDS_MAX, display_name};
use crate::services::{Paid, rules};
use crate::{all, one};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct RowSql {
    id: ServiceId,
    type_id: ServiceTypeId,
    label: String,
    closed_on: Option<Day>,
    member_id: Option<MemberId>,
    number: Option<MemberNumber>,
    given_name: Option<String>,
    name: Option<String>,
    from_on: Option<Day>,
    until_on: Option<Day>,
    costs: i64,
    paid_until: Option<Day>,
}

impl RowSql {
    fn read(self, today: Day) -> ServiceRow {
        let holder = || {
            let name = |text: Option<String>| text.unwrap_or_default();
            Some(Holder {
                member: self.member_id?,
                number: self.number?,
                name: display_name(&name(self.given_name), &name(self.name)),
                from_on: self.from_on?,
                until_on: self.until_on,
                paid: match (self.costs, self.paid_until) {
                    (0, _) => Paid::Free,
                    (_, Some(day)) if day >= today => Paid::Until { day },
                    (_, since) => Paid::Late { since },
                },
            })
        };
        ServiceRow {
            id: self.id,
            kind: self.type_id,
            state: rules::state(self.closed_on, self.member_id.is_some(), today),
            label: self.label,
            closed_on: self.closed_on,
            holder: holder(),
            addresses: Vec::new(),
        }
    }
}

/// The last day that is paid of a service by the one who has it.
macro_rules! paid_until {
    () => {
        "(SELECT c.until_on FROM service_coverage c WHERE c.tenant_id = s.tenant_id AND c.service_id = s.id AND c.member_id = h.member_id AND c.from_on <= $3 ORDER BY c.from_on DESC LIMIT 1)"
    };
}

/// Whether the one who has a service pays for it today: 1 or 0.
macro_rules! costs {
    () => {
        "CASE WHEN h.amount_cents IS NULL THEN k.costs WHEN h.amount_cents = 0 THEN 0 ELSE 1 END"
    };
}

// `rules::state` and `rules::paid` in SQL; a test compares them.
macro_rules! state {
    () => {
        concat!(
            "CASE WHEN s.closed_on <= $3 THEN 'closed' WHEN h.id IS NULL THEN 'available' WHEN ",
            costs!(),
            " = 1 AND coalesce(",
            paid_until!(),
            " < $3, TRUE) THEN 'late' ELSE 'in_use' END"
        )
    };
}

/// Services of the types that may be seen, with the one who has them today. On SQLite the
/// order of the join stands as it is written: services are read in the order of the list.
macro_rules! from {
    () => {
        concat!("FROM ", all_from!())
    };
    // Only of a few services: they come first.
    ($few:literal) => {
        concat!("FROM few CROSS JOIN ", all_from!())
    };
}

macro_rules! all_from {
    () => {
        "services s CROSS JOIN seen k LEFT JOIN service_holdings h ON h.tenant_id = s.tenant_id AND h.service_id = s.id AND h.from_on <= $3 AND (h.until_on IS NULL OR h.until_on >= $3) "
    };
}

/// A word of a search: in the label, or in the name or the number of the one who has it. Who
/// fits is looked for in each table on its own.
macro_rules! word {
    ($slot:literal) => {
        concat!(
            " AND (",
            $slot,
            " IS NULL OR s.search LIKE '' || ",
            $slot,
            " ESCAPE '\\' OR h.member_id IN (SELECT m.id FROM members m WHERE m.tenant_id = $1 AND m.search LIKE '' || ",
            $slot,
            " ESCAPE '\\' UNION ALL SELECT m.id FROM parties p JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND p.search LIKE '' || ",
            $slot,
            " ESCAPE '\\'))"
        )
    };
}

/// A field of the organisation's own: its values are looked for once, from one to another.
macro_rules! field {
    ($field:literal, $first:literal, $last:literal, $pattern:literal) => {
        concat!(
            " AND (",
            $field,
            " IS NULL OR s.id IN (SELECT v.object_id FROM extra_values v WHERE v.tenant_id = $1 AND v.field_id = ",
            $field,
            " AND v.value >= ",
            $first,
            " AND v.value <= ",
            $last,
            " AND (",
            $pattern,
            " IS NULL OR v.search LIKE '' || ",
            $pattern,
            " ESCAPE '\\')))"
        )
    };
}

// $1 the tenant, $2 the types that may be seen, $3 today, $4 the state, $5 the member, $6 to $13
// the words, $14 the network that a service has something of at the moment $15, $16 to $27 three
// fields of the organisation's own, $28 one in which nothing is kept, $29 the type that has it.
macro_rules! filtered {
    ($few:literal) => {
        concat!(filtered!(), "AND s.id = few.id ")
    };
    () => {
        concat!(
            "WHERE s.tenant_id = $1 AND s.type_id = k.id AND ($4 IS NULL OR ($4 = 'in_use' AND h.id IS NOT NULL AND (s.closed_on IS NULL OR s.closed_on > $3)) OR ",
            state!(),
            " = $4) AND ($5 IS NULL OR h.member_id = $5)",
            word!("$6"),
            word!("$7"),
            word!("$8"),
            word!("$9"),
            word!("$10"),
            word!("$11"),
            word!("$12"),
            word!("$13"),
            " AND ($14 IS NULL OR s.id IN (SELECT a.service_id FROM allocations a WHERE a.tenant_id = $1 AND a.network >= $14 AND a.network < $14 || '2' AND a.from_at <= $15 AND (a.until_at IS NULL OR a.until_at > $15)))",
            field!("$16", "$17", "$18", "$19"),
            field!("$20", "$21", "$22", "$23"),
            field!("$24", "$25", "$26", "$27"),
            " AND ($28 IS NULL OR (s.type_id = coalesce($29, s.type_id) AND s.id NOT IN (SELECT v.object_id FROM extra_values v WHERE v.tenant_id = $1 AND v.field_id = $28))) "
        )
    };
}

/// A statement over the types that may be seen, as each engine takes a list apart; where the
/// place of a bind stands before it, over the few services of that bind alone.
macro_rules! over_seen {
    ([], $verb:ident, $tx:expr, $sql:expr, $tenant:expr, $seen:expr $(, $bind:expr)*) => {
        if $tx.is_sqlite() {
            $verb!(*$tx, concat!("WITH seen (id, costs) AS MATERIALIZED (SELECT unhex(value ->> 0), value ->> 1 FROM json_each($2)) ", $sql), $tenant, $seen.list(), $seen.today $(, $bind)*)
        } else {
            $verb!(*$tx, concat!("WITH seen (id, costs) AS MATERIALIZED (SELECT CAST(x ->> 0 AS uuid), CAST(x ->> 1 AS bigint) FROM jsonb_array_elements($2) t (x)) ", $sql), $tenant, $seen.list(), $seen.today $(, $bind)*)
        }
    };
    ([$few:literal], $verb:ident, $tx:expr, $sql:expr, $tenant:expr, $seen:expr $(, $bind:expr)*) => {
        if $tx.is_sqlite() {
            $verb!(*$tx, concat!("WITH seen (id, costs) AS MATERIALIZED (SELECT unhex(value ->> 0), value ->> 1 FROM json_each($2)), few (id) AS MATERIALIZED (SELECT unhex(value) FROM json_each(", $few, ")) ", $sql), $tenant, $seen.list(), $seen.today $(, $bind)*)
        } else {
            $verb!(*$tx, concat!("WITH seen (id, costs) AS MATERIALIZED (SELECT CAST(x ->> 0 AS uuid), CAST(x ->> 1 AS bigint) FROM jsonb_array_elements($2) t (x)), few (id) AS MATERIALIZED (SELECT CAST(x AS uuid) FROM jsonb_array_elements_text(", $few, ") t (x)) ", $sql), $tenant, $seen.list(), $seen.today $(, $bind)*)
        }
    };
}

impl Seen {
    /// As one bind: each type, and whether it costs something.
    fn list(&self) -> Json<Value> {
        let one = |id: &ServiceTypeId| {
            let costs = i64::from(self.costing.contains(id));
            json!([id.to_string().replace('-', ""), costs])
        };
        Json(Value::Array(self.kinds.iter().map(one).collect()))
    }
}

/// A verb over a statement with [`filtered!`], with its binds; further ones are $30 and on.
macro_rules! ask {
    ($few:tt, $verb:ident, $tx:ident, $sql:expr, $tenant:ident, $seen:ident, $filter:ident $(, $more:expr)*) => {{
        let (place, at) = match &$seen.place {
            Some((key, at)) => (Some(key.as_str()), Some(*at)),
            None => (None, None),
        };
        let mut words = $seen.words.iter();
        let [a, b, c, d, e, f, g, h]: [Option<&str>; SEARCH_WORDS_MAX] =
            std::array::from_fn(|_| words.next().map(String::as_str));
        let ([one, two, three], missing) = ($seen.own.binds(), $seen.own.without);
        over_seen!(
            $few,
            $verb,
            $tx,
            $sql,
            $tenant,
            $seen,
            $filter.state.map(StateFilter::name),
            $filter.member,
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
            place,
            at,
            one.field,
            one.first,
            one.last,
            one.pattern,
            two.field,
            two.first,
            two.last,
            two.pattern,
            three.field,
            three.first,
            three.last,
            three.pattern,
            missing.map(|missing| missing.field),
            missing.and_then(|missing| missing.of_type)
            $(, $more)*
        )
    }};
}

macro_rules! rows {
    ([$($few:literal)?], $order:literal) => {
        concat!(
            "SELECT s.id, s.type_id, s.label, s.closed_on, h.member_id, m.number, p.given_name, p.name, h.from_on, h.until_on, ",
            costs!(),
            " AS costs, ",
            paid_until!(),
            " AS paid_until ",
            from!($($few)?),
            "LEFT JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.member_id LEFT JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id ",
            filtered!($($few)?),
            $order,
            " LIMIT $30 OFFSET $31"
        )
    };
}

/// Some rows of the list.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    seen: &Seen,
    filter: &ServiceFilter,
    (limit, offset): (i64, i64),
) -> Result<Vec<ServiceRow>> {
    macro_rules! read {
        ($order:literal) => {
            match few(seen) {
                None => ask!(
                    [],
                    all,
                    tx,
                    rows!([], $order),
                    tenant,
                    seen,
                    filter,
                    limit,
                    offset
                )?,
                Some(few) => ask!(
                    ["$32"],
                    all,
                    tx,
                    rows!(["$32"], $order),
                    tenant,
                    seen,
                    filter,
                    limit,
                    offset,
                    few
                )?,
            }
        };
    }
    let rows: Vec<RowSql> = match filter.order {
        Order::Label => read!("ORDER BY s.search, s.id"),
        Order::FreeFirst => read!(
            "ORDER BY CASE WHEN s.closed_on <= $3 THEN 2 WHEN h.id IS NULL THEN 0 ELSE 1 END, s.search, s.id"
        ),
    };
    Ok(rows.into_iter().map(|row| row.read(seen.today)).collect())
}

/// The services that a search leaves, where they are few.
fn few(seen: &Seen) -> Option<Json<Value>> {
    seen.few.as_deref().map(bulk::ids)
}

/// The services in whose label a word of a search stands, or in the name or the number of
/// the one who has them: at most so many, some twice.
pub(super) async fn of_word(
    tx: &mut Tx,
    tenant: TenantId,
    today: Day,
    pattern: &str,
    limit: i64,
) -> Result<Vec<(Uuid,)>> {
    all!(
        *tx,
        "SELECT s.id FROM services s WHERE s.tenant_id = $1 AND s.search LIKE '' || $2 ESCAPE '\\' UNION ALL SELECT h.service_id FROM service_holdings h WHERE h.tenant_id = $1 AND h.from_on <= $3 AND (h.until_on IS NULL OR h.until_on >= $3) AND h.member_id IN (SELECT m.id FROM members m WHERE m.tenant_id = $1 AND m.search LIKE '' || $2 ESCAPE '\\' UNION ALL SELECT m.id FROM parties p JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND p.search LIKE '' || $2 ESCAPE '\\') LIMIT $4",
        tenant,
        pattern,
        today,
        limit
    )
}

/// How many rows the list has.
pub(super) async fn count(
    tx: &mut Tx,
    tenant: TenantId,
    seen: &Seen,
    filter: &ServiceFilter,
) -> Result<i64> {
    macro_rules! count {
        ($($few:literal)?) => {
            concat!("SELECT count(*) ", from!($($few)?), filtered!($($few)?))
        };
    }
    let (count,): (i64,) = match few(seen) {
        None => ask!([], one, tx, count!(), tenant, seen, filter),
        Some(few) => ask!(["$30"], one, tx, count!("$30"), tenant, seen, filter, few),
    }?;
    Ok(count)
}

/// How many services stand how: one pass of an index says which there are, one of another who has
/// them. Nobody has a service from the day on which it is closed. Which days are paid stands beside
/// who has it, but for those whose last run of paid days begins later: these are looked for.
pub(super) async fn counts(tx: &mut Tx, tenant: TenantId, seen: &Seen) -> Result<Counts> {
    macro_rules! sum {
        ($is:expr) => {
            concat!(
                "CAST(coalesce(sum(CASE WHEN ",
                $is,
                " THEN 1 ELSE 0 END), 0) AS BIGINT)"
            )
        };
    }
    macro_rules! is_held {
        () => {
            "h.from_on <= $3 AND (h.until_on IS NULL OR h.until_on >= $3)"
        };
    }
    macro_rules! is_paid {
        () => {
            "coalesce(CASE WHEN h.paid_from <= $3 THEN h.paid_until >= $3 ELSE h.paid_from > $3 AND EXISTS (SELECT 1 FROM service_coverage c WHERE c.tenant_id = h.tenant_id AND c.service_id = h.service_id AND c.member_id = h.member_id AND c.from_on <= $3 AND c.until_on >= $3) END, FALSE)"
        };
    }
    let (all, closed, in_use, late): (i64, i64, i64, i64) = over_seen!(
        [],
        one,
        tx,
        concat!(
            "SELECT a.every, a.closed, b.held, b.late FROM (SELECT count(*) AS every, ",
            sum!("s.closed_on <= $3"),
            " AS closed FROM seen k CROSS JOIN services s WHERE s.tenant_id = $1 AND s.type_id = k.id) a CROSS JOIN (SELECT ",
            sum!(is_held!()),
            " AS held, ",
            sum!(concat!(
                costs!(),
                " = 1 AND ",
                is_held!(),
                " AND NOT ",
                is_paid!()
            )),
            " AS late FROM seen k CROSS JOIN service_holdings h WHERE h.tenant_id = $1 AND h.type_id = k.id) b"
        ),
        tenant,
        seen
    )?;
    Ok(Counts {
        available: all - closed - in_use,
        in_use,
        late,
        closed,
    })
}
