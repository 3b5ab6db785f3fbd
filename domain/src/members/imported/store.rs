//! The rows of members that an import made, and of the references that it gave.

use super::super::{MemberNumber, rules};
use super::{Imported, NewMember, NewReference};
use crate::db::Tx;
use crate::db::bulk::{self, As, Table};
use crate::kernel::{ImportId, MemberId, Result, TenantId, text};
use crate::{all, exec, one};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::types::Json;
use std::collections::HashMap;

/// The counter that the numbers come from.
const COUNTER: &str = "member";
/// More than one import brings, of anything.
const IMPORTED_MAX: i64 = 100_000;

/// The first of so many next numbers: one statement, because each change of one row
/// in one transaction costs PostgreSQL more than the one before.
pub(super) async fn next_numbers(
    tx: &mut Tx,
    tenant: TenantId,
    count: i64,
) -> Result<MemberNumber> {
    tx.mark_written();
    let (last,): (i64,) = one!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, (SELECT coalesce(max(number) + 1, $3) FROM members WHERE tenant_id = $1) + $4 - 1) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + $4 RETURNING value",
        tenant,
        COUNTER,
        rules::FIRST_NUMBER,
        count
    )?;
    Ok(MemberNumber::from_sequence(last - count + 1))
}

const MEMBERS: Table = Table {
    name: "members",
    columns: &[
        ("id", As::Id),
        ("party_id", As::Id),
        ("number", As::Number),
        ("joined_on", As::Day),
        ("left_on", As::Day),
        ("search", As::Text),
        ("version", As::Number),
        ("created_at", As::Now),
        ("import_id", As::Id),
    ],
};

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    ids: &[MemberId],
    members: &[NewMember],
) -> Result<()> {
    let rows = ids.iter().zip(members).map(|(id, member)| {
        let mut search = member.number.search_text();
        for (_, reference) in &member.references {
            search.push(' ');
            search.push_str(&text::fold(reference));
        }
        vec![
            bulk::id(id),
            bulk::id(member.party),
            member.number.sequence().into(),
            json!(member.data.joined_on),
            json!(member.data.left_on),
            search.into(),
            Value::from(1),
            bulk::id(import),
        ]
    });
    bulk::insert(tx, tenant, now, &MEMBERS, rows.collect()).await
}

const REFERENCES: Table = Table {
    name: "member_references",
    columns: &[
        ("source", As::Text),
        ("reference", As::Text),
        ("member_id", As::Id),
        ("import_id", As::Id),
    ],
};

pub(super) async fn insert_references(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
    import: ImportId,
    references: &[NewReference],
) -> Result<()> {
    let rows = references.iter().map(|r| {
        vec![
            r.source.as_str().into(),
            r.reference.as_str().into(),
            bulk::id(r.member),
            bulk::id(import),
        ]
    });
    bulk::insert(tx, tenant, now, &REFERENCES, rows.collect()).await
}

/// Members whom an import made.
pub(super) async fn imported(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
) -> Result<Vec<Imported>> {
    all!(
        *tx,
        "SELECT m.id, m.number, trim(p.given_name || ' ' || p.name) AS name, m.party_id, m.joined_on, m.left_on FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND m.import_id = $2 ORDER BY m.id LIMIT $3",
        tenant,
        import,
        IMPORTED_MAX
    )
}

/// References that an import gave to members from before.
pub(super) async fn given_references(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
) -> Result<Vec<NewReference>> {
    let rows: Vec<(MemberId, String, String)> = all!(
        *tx,
        "SELECT r.member_id, r.source, r.reference FROM member_references r JOIN members m ON m.tenant_id = r.tenant_id AND m.id = r.member_id WHERE r.tenant_id = $1 AND r.import_id = $2 AND (m.import_id IS NULL OR m.import_id <> $2) ORDER BY r.member_id, r.source, r.reference LIMIT $3",
        tenant,
        import,
        IMPORTED_MAX
    )?;
    let new = |(member, source, reference)| NewReference {
        member,
        source,
        reference,
    };
    Ok(rows.into_iter().map(new).collect())
}

/// Deletes what an import made: all references that it gave, and its members.
pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM member_references WHERE tenant_id = $1 AND import_id = $2",
        tenant,
        import
    )?;
    exec!(
        *tx,
        "DELETE FROM members WHERE tenant_id = $1 AND import_id = $2",
        tenant,
        import
    )?;
    Ok(())
}

/// "1042-9 Léa Benamar" for each of these members.
pub(super) async fn labels(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[MemberId],
) -> Result<HashMap<MemberId, String>> {
    let mut labels = HashMap::new();
    for chunk in ids.chunks(bulk::CHUNK) {
        let ids = bulk::ids(chunk);
        let rows: Vec<(MemberId, MemberNumber, String)> = if tx.is_sqlite() {
            all!(
                *tx,
                "SELECT m.id, m.number, trim(p.given_name || ' ' || p.name) FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND m.id IN (SELECT unhex(value) FROM json_each($2))",
                tenant,
                ids
            )
        } else {
            all!(
                *tx,
                "SELECT m.id, m.number, trim(p.given_name || ' ' || p.name) FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE m.tenant_id = $1 AND m.id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))",
                tenant,
                ids
            )
        }?;
        let label = |(id, number, name)| (id, format!("{number} {name}"));
        labels.extend(rows.into_iter().map(label));
    }
    Ok(labels)
}

/// What members are found by: number and references, in the order of the ids.
pub(super) async fn found_by(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[MemberId],
) -> Result<Vec<(MemberId, MemberNumber, Option<String>)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(bulk::CHUNK) {
        let ids = bulk::ids(chunk);
        let rows = if tx.is_sqlite() {
            all!(
                *tx,
                "SELECT m.id, m.number, r.reference FROM members m LEFT JOIN member_references r ON r.tenant_id = m.tenant_id AND r.member_id = m.id WHERE m.tenant_id = $1 AND m.id IN (SELECT unhex(value) FROM json_each($2)) ORDER BY m.id, r.source, r.reference",
                tenant,
                ids
            )
        } else {
            all!(
                *tx,
                "SELECT m.id, m.number, r.reference FROM members m LEFT JOIN member_references r ON r.tenant_id = m.tenant_id AND r.member_id = m.id WHERE m.tenant_id = $1 AND m.id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) ORDER BY m.id, r.source, r.reference",
                tenant,
                ids
            )
        }?;
        found.extend(rows);
    }
    Ok(found)
}

pub(super) async fn set_search(
    tx: &mut Tx,
    tenant: TenantId,
    texts: &[(MemberId, String)],
) -> Result<()> {
    for chunk in texts.chunks(bulk::CHUNK) {
        let rows = chunk.iter().map(|(id, text)| json!([bulk::id(id), text]));
        let rows = Json(Value::Array(rows.collect()));
        if tx.is_sqlite() {
            exec!(
                *tx,
                "UPDATE members SET search = r.value ->> 1 FROM json_each($2) r WHERE members.tenant_id = $1 AND members.id = unhex(r.value ->> 0)",
                tenant,
                rows
            )
        } else {
            exec!(
                *tx,
                "UPDATE members SET search = r.value ->> 1 FROM jsonb_array_elements($2) r (value) WHERE members.tenant_id = $1 AND members.id = CAST(r.value ->> 0 AS uuid)",
                tenant,
                rows
            )
        }?;
    }
    Ok(())
}
