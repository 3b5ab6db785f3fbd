//! The lists that join people and members.

use super::{DirectoryFilter, Membership, StandingFilter, WholeRow, ends_soon_until};
use crate::db::{Tx, bulk};
use crate::fields::{FieldBinds, On, Sought};
use crate::kernel::{Day, MemberId, PartyId, Result, TenantId, text};
use crate::members::store::paid_until;
use crate::members::{Counts, MemberNumber, MemberRow};
use crate::people::{Kind, rules as names};
use crate::{all, one, opt};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

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

macro_rules! row_columns {
    ($today:literal) => {
        concat!(
            "SELECT m.id, p.id AS party, p.kind, p.given_name, p.name, m.number, p.city, p.email, m.joined_on, m.left_on, ",
            paid_until!($today),
            " AS paid_until "
        )
    };
}

// `rules::standing` in SQL; a test compares the two.
macro_rules! standing {
    ($today:literal) => {
        concat!(
            "CASE WHEN m.left_on <= ",
            $today,
            " THEN 'left' ELSE coalesce((SELECT CASE WHEN c.until_on >= ",
            $today,
            " THEN 'in_order' ELSE 'late' END FROM coverage c WHERE c.tenant_id = m.tenant_id AND c.member_id = m.id AND c.from_on <= ",
            $today,
            " ORDER BY c.from_on DESC LIMIT 1), 'never_paid') END"
        )
    };
}

// Each word is looked for in the two tables one after the other, and only what was
// found is joined: twice as fast as asking each pair of joined rows.
macro_rules! word {
    ($slot:literal) => {
        concat!(
            "(",
            $slot,
            " IS NULL OR p.id IN (SELECT s.id FROM parties s WHERE s.tenant_id = $1 AND s.search LIKE '' || ",
            $slot,
            " ESCAPE '\\' UNION ALL SELECT s.party_id FROM members s WHERE s.tenant_id = $1 AND s.search LIKE '' || ",
            $slot,
            " ESCAPE '\\')) AND "
        )
    };
}

// A field of the organisation's own is on the party or on the membership: its values are
// looked for once, from one to another.
macro_rules! field {
    ($field:literal, $first:literal, $last:literal, $pattern:literal, $on:literal) => {
        concat!(
            "(",
            $field,
            " IS NULL OR CASE WHEN ",
            $on,
            " = 'member' THEN m.id ELSE p.id END IN (SELECT v.object_id FROM extra_values v WHERE v.tenant_id = $1 AND v.field_id = ",
            $field,
            " AND v.value >= ",
            $first,
            " AND v.value <= ",
            $last,
            " AND (",
            $pattern,
            " IS NULL OR v.search LIKE '' || ",
            $pattern,
            " ESCAPE '\\'))) AND "
        )
    };
}

// The words are $2 to $9; $10 the kind, $11 the membership, $12 the standing, $13 today,
// $14 the last day that the dues may be paid until; $15 to $29 three fields of the
// organisation's own, each with its first and last value, a pattern, and what has it; $30 and
// $31 one in which nothing is kept, and what has it.
macro_rules! directory {
    ($before:expr, $after:literal) => {
        directory!("", $before, "FROM parties p ", "", $after)
    };
    // Only of a few parties, whose ids are in a bind of their own. The order of the join
    // stands as it is written: they come first.
    (few $few:literal, $before:expr, $after:literal) => {
        directory!(
            concat!(
                "WITH few (id) AS MATERIALIZED (SELECT unhex(value) FROM json_each(",
                $few,
                ")) "
            ),
            $before,
            "FROM few CROSS JOIN parties p ",
            "p.id = few.id AND ",
            $after
        )
    };
    (few_on_postgres $few:literal, $before:expr, $after:literal) => {
        directory!(
            "",
            $before,
            "FROM parties p ",
            concat!(
                "p.id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text(",
                $few,
                ") t (x))) AND "
            ),
            $after
        )
    };
    ($with:expr, $before:expr, $from:literal, $only:expr, $after:literal) => {
        concat!(
            $with,
            $before,
            $from,
            "LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND ",
            $only,
            word!("$2"),
            word!("$3"),
            word!("$4"),
            word!("$5"),
            word!("$6"),
            word!("$7"),
            word!("$8"),
            word!("$9"),
            field!("$15", "$16", "$17", "$18", "$19"),
            field!("$20", "$21", "$22", "$23", "$24"),
            field!("$25", "$26", "$27", "$28", "$29"),
            "($30 IS NULL OR (($31 = p.kind OR ($31 = 'member' AND m.id IS NOT NULL)) AND CASE WHEN $31 = 'member' THEN m.id ELSE p.id END NOT IN (SELECT v.object_id FROM extra_values v WHERE v.tenant_id = $1 AND v.field_id = $30))) AND ",
            "($10 IS NULL OR p.kind = $10) AND ($11 = 'everyone' OR ($11 = 'members') = (m.id IS NOT NULL)) AND ($12 IS NULL OR (m.id IS NOT NULL AND ",
            standing!("$13"),
            " = $12 AND ($14 IS NULL OR ",
            paid_until!("$13"),
            " <= $14))) ",
            $after
        )
    };
}

/// What a list is asked for, and what that says of the organisation's own fields.
pub(super) type Wanted<'a> = (&'a DirectoryFilter, &'a Sought);

/// A verb over a statement of [`directory!`], with its binds; further ones are $32 and on.
macro_rules! ask {
    ($verb:ident, $tx:ident, $text:expr, $tenant:ident, $wanted:ident, $today:ident $(, $more:expr)*) => {{
        let (filter, sought) = $wanted;
        let [a, b, c, d, e, f, g, h] = patterns(&filter.query);
        let (standing, until) = standing_binds(filter.standing, $today);
        let [one, two, three] = sought.binds();
        let without = sought.without;
        $verb!(
            *$tx,
            $text,
            $tenant,
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
            standing,
            $today,
            until,
            one.field,
            one.first,
            one.last,
            one.pattern,
            one.on,
            two.field,
            two.first,
            two.last,
            two.pattern,
            two.on,
            three.field,
            three.first,
            three.last,
            three.pattern,
            three.on,
            without.map(|missing| missing.field),
            without.map(|missing| On::name(missing.on))
            $(, $more)*
        )
    }};
}

/// A verb over the directory, as [`ask!`] does it. Where a few parties are known to look at, over
/// those alone: theirs is the last bind, whose place stands before.
macro_rules! over {
    ($few:literal, $verb:ident, $tx:ident, $before:expr, $after:literal, $tenant:ident, $wanted:ident, $today:ident $(, $more:expr)*) => {
        match few($tx, $tenant, $wanted).await? {
            None => ask!($verb, $tx, directory!($before, $after), $tenant, $wanted, $today $(, $more)*),
            Some(few) if $tx.is_sqlite() => {
                ask!($verb, $tx, directory!(few $few, $before, $after), $tenant, $wanted, $today $(, $more)*, few)
            }
            Some(few) => {
                ask!($verb, $tx, directory!(few_on_postgres $few, $before, $after), $tenant, $wanted, $today $(, $more)*, few)
            }
        }
    };
}

/// A standing as the statements know it: its name, and the last day of what ends soon.
fn standing_binds(
    standing: Option<StandingFilter>,
    today: Day,
) -> (Option<&'static str>, Option<Day>) {
    match standing {
        Some(StandingFilter::EndsSoon) => (
            Some(StandingFilter::InOrder.name()),
            Some(ends_soon_until(today)),
        ),
        other => (other.map(StandingFilter::name), None),
    }
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
    wanted: Wanted<'_>,
    today: Day,
) -> Result<i64> {
    let (filter, sought) = wanted;
    let all = names::search_words(&filter.query).is_empty() && filter.kind.is_none();
    if all && filter.standing.is_none() && sought.without.is_none() && sought.values.len() == 1 {
        let [value, ..] = sought.binds();
        if let Some(count) = count_values(tx, tenant, &value, filter.membership).await? {
            return Ok(count);
        }
    }
    match (all && sought.is_empty(), filter.membership, filter.standing) {
        // The lists that are opened most: an index answers, nothing is joined.
        (true, Membership::Members | Membership::Everyone, Some(standing)) => {
            match counts(tx, tenant, today).await?.of(standing) {
                Some(count) => Ok(count),
                None => count_joined(tx, tenant, wanted, today).await,
            }
        }
        (true, Membership::Members, None) => count_members(tx, tenant).await,
        (true, Membership::Everyone, None) => count_parties(tx, tenant).await,
        (true, Membership::NotMembers, None) => {
            Ok(count_parties(tx, tenant).await? - count_members(tx, tenant).await?)
        }
        _ => count_joined(tx, tenant, wanted, today).await,
    }
}

/// How many have what is sought in one field: its index counts them. Nothing where the list
/// leaves some of them out in another way.
async fn count_values(
    tx: &mut Tx,
    tenant: TenantId,
    value: &FieldBinds<'_>,
    membership: Membership,
) -> Result<Option<i64>> {
    macro_rules! count {
        ($join:literal) => {
            one!(
                *tx,
                concat!(
                    "SELECT count(*) FROM extra_values v ",
                    $join,
                    "WHERE v.tenant_id = $1 AND v.field_id = $2 AND v.value >= $3 AND v.value <= $4 AND ($5 IS NULL OR v.search LIKE '' || $5 ESCAPE '\\')"
                ),
                tenant,
                value.field,
                value.first,
                value.last,
                value.pattern
            )
        };
    }
    let is_member = value.on == Some(On::Member.name());
    let (count,): (i64,) = match (is_member, membership) {
        (_, Membership::NotMembers) => return Ok(None),
        (true, Membership::Members | Membership::Everyone) | (false, Membership::Everyone) => {
            count!("")
        }
        (false, Membership::Members) => {
            count!("JOIN members m ON m.tenant_id = v.tenant_id AND m.party_id = v.object_id ")
        }
    }?;
    Ok(Some(count))
}

async fn count_members(tx: &mut Tx, tenant: TenantId) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM members WHERE tenant_id = $1",
        tenant
    )?;
    Ok(count)
}

async fn count_parties(tx: &mut Tx, tenant: TenantId) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM parties WHERE tenant_id = $1",
        tenant
    )?;
    Ok(count)
}

async fn count_joined(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: Wanted<'_>,
    today: Day,
) -> Result<i64> {
    let (total,): (i64,) = over!(
        "$32",
        one,
        tx,
        "SELECT count(*) ",
        "",
        tenant,
        wanted,
        today
    )?;
    Ok(total)
}

/// Some rows of a list, by name.
pub(super) async fn list_rows(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: Wanted<'_>,
    today: Day,
    limit: i64,
    offset: i64,
) -> Result<Vec<MemberRow>> {
    let rows: Vec<RowSql> = over!(
        "$34",
        all,
        tx,
        row_columns!("$13"),
        "ORDER BY p.sort_name, p.id LIMIT $32 OFFSET $33",
        tenant,
        wanted,
        today,
        limit,
        offset
    )?;
    Ok(rows.into_iter().map(to_row).collect())
}

/// The parties that a field of the organisation's own leaves, where they are few.
async fn few(tx: &mut Tx, tenant: TenantId, wanted: Wanted<'_>) -> Result<Option<Json<Value>>> {
    let Some((on, objects)) = &wanted.1.few else {
        return Ok(None);
    };
    if *on != On::Member {
        return Ok(Some(bulk::ids(objects)));
    }
    let members = bulk::ids(objects);
    let parties: Vec<(Uuid,)> = if tx.is_sqlite() {
        all!(
            *tx,
            "SELECT party_id FROM members WHERE tenant_id = $1 AND id IN (SELECT unhex(value) FROM json_each($2))",
            tenant,
            members
        )
    } else {
        all!(
            *tx,
            "SELECT party_id FROM members WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))",
            tenant,
            members
        )
    }?;
    let parties: Vec<Uuid> = parties.into_iter().map(|(id,)| id).collect();
    Ok(Some(bulk::ids(&parties)))
}

/// A row as a file holds it.
macro_rules! whole_columns {
    () => {
        concat!(
            "SELECT m.id, p.id AS party, p.kind, p.given_name, p.name, m.number, p.email, p.phone, p.street, p.postcode, p.city, p.country, p.note, m.joined_on, m.left_on, ",
            paid_until!("$13"),
            " AS paid_until "
        )
    };
}

/// Rows of a list, by name: the first, or those after a row.
pub(super) async fn list_whole(
    tx: &mut Tx,
    tenant: TenantId,
    wanted: Wanted<'_>,
    today: Day,
    after: Option<PartyId>,
    limit: i64,
) -> Result<Vec<WholeRow>> {
    match after {
        None => ask!(
            all,
            tx,
            directory!(whole_columns!(), "ORDER BY p.sort_name, p.id LIMIT $32"),
            tenant,
            wanted,
            today,
            limit
        ),
        Some(after) => ask!(
            all,
            tx,
            directory!(
                whole_columns!(),
                "AND (p.sort_name, p.id) > (SELECT k.sort_name, k.id FROM parties k WHERE k.tenant_id = $1 AND k.id = $33) ORDER BY p.sort_name, p.id LIMIT $32"
            ),
            tenant,
            wanted,
            today,
            limit,
            after
        ),
    }
}

/// The member of a number.
pub(super) async fn find_row_by_number(
    tx: &mut Tx,
    tenant: TenantId,
    number: MemberNumber,
    today: Day,
) -> Result<Option<MemberRow>> {
    let row: Option<RowSql> = opt!(
        *tx,
        concat!(
            row_columns!("$3"),
            "FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND m.number = $2"
        ),
        tenant,
        number,
        today
    )?;
    Ok(row.map(to_row))
}

/// The members of a full name, in whichever order it was typed.
pub(super) async fn list_rows_by_full_name(
    tx: &mut Tx,
    tenant: TenantId,
    query: &str,
    today: Day,
    limit: i64,
) -> Result<Vec<MemberRow>> {
    let mut orders = names::name_orders(query).into_iter();
    let [a, b, c, d, e, f, g, h]: [Option<String>; names::SEARCH_WORDS_MAX] =
        std::array::from_fn(|_| orders.next());
    let rows: Vec<RowSql> = all!(
        *tx,
        concat!(
            row_columns!("$11"),
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
        limit,
        today
    )?;
    Ok(rows.into_iter().map(to_row).collect())
}

macro_rules! whole_word {
    ($slot:literal) => {
        concat!(
            "(",
            $slot,
            " IS NULL OR ' ' || p.sort_name || ' ' LIKE '' || ",
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
    today: Day,
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
            row_columns!("$11"),
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
        limit,
        today
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
