//! Rows about somebody are found, and emptied.

use super::About;
use crate::audit::chaining::store::Row;
use crate::db::{Tx, id_list};
use crate::kernel::{PartyId, Problem, Result, TenantId, text};
use crate::{all, exec, one};
use chain::{Link, What, Who};
use serde_json::Value;
use sqlx::types::Json;

/// A row that is about somebody, and what of it.
#[derive(sqlx::FromRow)]
pub(super) struct Found {
    #[sqlx(flatten)]
    pub row: Row,
    /// They acted.
    pub is_who: bool,
    /// They are what it was done to, or are named there.
    pub is_what: bool,
}

/// Rows about somebody, with their two conditions. Binds: $1 tenant, $2 person, $3 their objects, $4 their
/// number, $5 ids as texts, $6 names and words. Names are looked for only where an object is nobody's own, because
/// there may be two people of one name; words only where a list was taken that was searched for them.
macro_rules! about {
    ($start:literal, $rest:literal, $objects:literal, $finds:literal, $ids:literal, $names:literal) => {
        concat!(
            $start,
            "coalesce(a.actor_id = $2 AND a.who_digest IS NULL, FALSE) AS is_who, coalesce(a.what_digest IS NULL AND a.action <> 'erased' AND (a.object_id IN (",
            $objects,
            ") OR a.object_id IN (SELECT p.id FROM payments p JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id WHERE p.tenant_id = $1 AND m.party_id = $2) OR coalesce(a.actor_id = $2 AND a.object_kind = 'session', FALSE) OR coalesce(CAST(a.before ->> 'member_number' AS text) = $4, FALSE) OR coalesce(CAST(a.after ->> 'member_number' AS text) = $4, FALSE) OR EXISTS (SELECT 1 FROM ",
            $ids,
            " WHERE ",
            $finds,
            "(coalesce(CAST(a.before AS text), '') || coalesce(CAST(a.after AS text), ''), n.value) > 0) OR (a.object_kind NOT IN ('party', 'member', 'payment', 'session', 'login') AND EXISTS (SELECT 1 FROM ",
            $names,
            " WHERE (n.value ->> 0 = 'name' OR a.object_kind = 'export') AND ",
            $finds,
            "(a.object_label || coalesce(CAST(a.before AS text), '') || coalesce(CAST(a.after AS text), ''), n.value ->> 1) > 0))), FALSE) AS is_what FROM audit a WHERE a.tenant_id = $1 AND a.seq > 0",
            $rest
        )
    };
}

macro_rules! about_on {
    ($tx:expr, $start:literal, $rest:literal) => {
        if $tx.is_sqlite() {
            about!(
                $start,
                $rest,
                "SELECT unhex(value) FROM json_each($3)",
                "instr",
                "json_each($5) n",
                "json_each($6) n"
            )
        } else {
            about!(
                $start,
                $rest,
                "SELECT CAST(e AS uuid) FROM jsonb_array_elements_text($3) t (e)",
                "strpos",
                "jsonb_array_elements_text($5) n (value)",
                "jsonb_array_elements($6) n (value)"
            )
        }
    };
}

/// How many rows' parts are somebody's: who acted, and what it was done to.
pub(super) async fn count_about(
    tx: &mut Tx,
    tenant: TenantId,
    about: &About,
) -> Result<(i64, i64)> {
    let sql = about_on!(
        tx,
        "SELECT coalesce(sum(CASE WHEN f.is_who THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN f.is_what THEN 1 ELSE 0 END), 0) FROM (SELECT ",
        ") f"
    );
    one!(
        *tx,
        sql,
        tenant,
        about.person,
        id_list(&about.objects),
        about.number.map(|n| n.to_string()),
        Json(about.ids()),
        Json(looked_for(about))
    )
}

/// Rows about somebody, in their order after a place.
pub(super) async fn list_about(
    tx: &mut Tx,
    tenant: TenantId,
    about: &About,
    after: u64,
    limit: i64,
) -> Result<Vec<Found>> {
    let after = i64::try_from(after).map_err(Problem::internal)?;
    let sql = about_on!(
        tx,
        "SELECT * FROM (SELECT a.id, a.at, a.actor_id, a.actor_name, a.via, a.address, a.action, a.object_kind, a.object_id, a.object_label, a.before, a.after, a.seq, a.hash, a.who_salt, a.what_salt, a.who_digest, a.what_digest, ",
        " AND a.seq > $7) f WHERE f.is_who OR f.is_what ORDER BY f.seq LIMIT $8"
    );
    all!(
        *tx,
        sql,
        tenant,
        about.person,
        id_list(&about.objects),
        about.number.map(|n| n.to_string()),
        Json(about.ids()),
        Json(looked_for(about)),
        after,
        limit
    )
}

/// Names, and words that lists were searched for, as they stand within JSON.
fn looked_for(about: &About) -> Vec<(&'static str, String)> {
    let escape = |text: &String| Value::from(text.as_str()).to_string();
    let inner = |text: String| text.trim_matches('"').to_owned();
    let of = |kind, texts: &[String]| -> Vec<_> {
        texts
            .iter()
            .map(|text| (kind, inner(escape(text))))
            .collect()
    };
    [of("name", &about.names), of("word", &about.words)].concat()
}

/// What somebody was called by themselves, and by those who changed them.
pub(super) async fn names_of(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = all!(
        *tx,
        "SELECT DISTINCT CASE WHEN actor_id = $2 THEN actor_name ELSE object_label END AS called FROM audit WHERE tenant_id = $1 AND (actor_id = $2 OR (object_id = $2 AND object_kind IN ('party', 'login') AND action <> 'erased')) LIMIT $3",
        tenant,
        person,
        limit
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Empties the parts of rows that are erased now: their digests stand for them.
pub(super) async fn empty(tx: &mut Tx, tenant: TenantId, links: &[Link]) -> Result<()> {
    macro_rules! sql {
        ($id:literal, $who:literal, $what:literal, $search:literal, $from:literal) => {
            concat!(
                "UPDATE audit SET who_digest = coalesce(who_digest, ",
                $who,
                "), who_salt = CASE WHEN ",
                $who,
                " IS NULL THEN who_salt END, actor_name = CASE WHEN ",
                $who,
                " IS NULL THEN actor_name ELSE '' END, address = CASE WHEN ",
                $who,
                " IS NULL THEN address ELSE '' END, what_digest = coalesce(what_digest, ",
                $what,
                "), what_salt = CASE WHEN ",
                $what,
                " IS NULL THEN what_salt END, object_label = CASE WHEN ",
                $what,
                " IS NULL THEN object_label ELSE '' END, before = CASE WHEN ",
                $what,
                " IS NULL THEN before END, after = CASE WHEN ",
                $what,
                " IS NULL THEN after END, search = ",
                $search,
                $from,
                $id
            )
        };
    }
    let sql = if tx.is_sqlite() {
        sql!(
            "unhex(e.value ->> 0)",
            "unhex(e.value ->> 1)",
            "unhex(e.value ->> 2)",
            "e.value ->> 3",
            " FROM json_each($2) e WHERE tenant_id = $1 AND audit.id = "
        )
    } else {
        sql!(
            "CAST(e ->> 0 AS uuid)",
            "decode(e ->> 1, 'hex')",
            "decode(e ->> 2, 'hex')",
            "e ->> 3",
            " FROM jsonb_array_elements($2) t (e) WHERE tenant_id = $1 AND audit.id = "
        )
    };
    let rows: Vec<_> = links
        .iter()
        .map(|link| {
            let (who, name) = match &link.who {
                Who::Erased { digest } => (Some(hex::encode(digest)), ""),
                Who::Kept { name, .. } => (None, name.as_str()),
            };
            let (what, label) = match &link.what {
                What::Erased { digest } => (Some(hex::encode(digest)), ""),
                What::Kept { label, .. } => (None, label.as_str()),
            };
            let search = text::fold(&format!("{name} {label}"));
            (link.id.simple().to_string(), who, what, search)
        })
        .collect();
    let expected = rows.len() as u64;
    if exec!(*tx, sql, tenant, Json(rows))? != expected {
        return Err(Problem::internal("not every row was emptied"));
    }
    Ok(())
}
