//! What is kept about one person is counted, read, emptied and deleted: place by place.

mod places;

use super::{Block, Somebody};
use crate::db::Tx;
use crate::kernel::{Day, MailId, MemberId, PartyId, Result, TenantId};
use crate::members::MemberNumber;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
#[cfg(test)]
pub(super) use places::NOBODYS;
pub(super) use places::{Fate, PLACES, Place};
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use sqlx::types::Json;

/// Every statement has the same binds, whether it needs them or not.
const BINDS: &str =
    " AND ($3 IS NOT NULL OR $4 IS NOT NULL OR $5 IS NOT NULL OR $6 IS NOT NULL OR $2 IS NOT NULL)";

/// Runs a statement that is made from the list of places, and from nothing else, with the binds of
/// one person.
macro_rules! with_binds {
    ($verb:ident, $tx:expr, $tenant:expr, $who:expr, $sql:expr $(, $more:expr)*) => {{
        let folded = crate::kernel::text::fold(&$who.placeholder);
        $verb!(
            *$tx,
            AssertSqlSafe($sql),
            $tenant,
            $who.id,
            &$who.placeholder,
            &folded,
            &$who.name,
            $who.not_needed_since
            $(, $more)*
        )
    }};
}

impl Place {
    /// Which rows of `t`.
    fn condition(&self) -> String {
        format!(" WHERE t.tenant_id = $1 AND ({}){BINDS}", self.whose)
    }

    /// Its fields for a file: names, and what gives each.
    fn fields(&self, inner: bool) -> Vec<(&'static str, String)> {
        let own = |names: &'static str| names.split(' ').filter(|name| !name.is_empty());
        let said = self
            .said
            .iter()
            .map(|(name, sql)| (*name, (*sql).to_owned()));
        let hidden = own(self.inner).filter(|_| inner);
        let shown = own(self.shown).chain(hidden);
        said.chain(shown.map(|name| (name, format!("t.{name}"))))
            .collect()
    }
}

/// How many rows a place has.
pub(super) async fn count(
    tx: &mut Tx,
    tenant: TenantId,
    who: &Somebody,
    place: &Place,
) -> Result<i64> {
    let sql = format!(
        "SELECT count(*) FROM {} AS t{}",
        place.table,
        place.condition()
    );
    let (rows,): (i64,) = with_binds!(one, tx, tenant, who, sql)?;
    Ok(rows)
}

/// Deletes or empties a place's rows, and says how many.
pub(super) async fn erase(
    tx: &mut Tx,
    tenant: TenantId,
    who: &Somebody,
    place: &Place,
) -> Result<u64> {
    let (table, condition) = (place.table, place.condition());
    let sql = match place.fate {
        Fate::Deleted => format!("DELETE FROM {table} AS t{condition}"),
        Fate::Emptied(set) => format!("UPDATE {table} AS t SET {set}{condition}"),
        Fate::Kept(_) => return Ok(0),
    };
    with_binds!(exec, tx, tenant, who, sql)
}

/// A place's rows as they are shown to the person; as many as the limit says.
pub(super) async fn rows(
    tx: &mut Tx,
    tenant: TenantId,
    who: &Somebody,
    place: &Place,
    inner: bool,
    limit: i64,
) -> Result<Vec<Map<String, Value>>> {
    let fields = place.fields(inner);
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let make = match tx.is_sqlite() {
        true => "json_object",
        false => "jsonb_build_object",
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, sql)| format!("'{name}', {sql}"))
        .collect();
    let sql = format!(
        "SELECT {make}({}) FROM {} AS t{} LIMIT $7",
        pairs.join(", "),
        place.table,
        place.condition()
    );
    let rows: Vec<(Json<Map<String, Value>>,)> = with_binds!(all, tx, tenant, who, sql, limit)?;
    Ok(rows.into_iter().map(|(row,)| row.0).collect())
}

/// The membership of a party.
pub(super) async fn member(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
) -> Result<Option<(MemberId, MemberNumber)>> {
    opt!(
        *tx,
        "SELECT id, number FROM members WHERE tenant_id = $1 AND party_id = $2",
        tenant,
        id
    )
}

/// When a party was erased.
pub(super) async fn erased_at(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(Option<DateTime<Utc>>,)> = opt!(
        *tx,
        "SELECT erased_at FROM parties WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(row.and_then(|(at,)| at))
}

/// Notes when a party was erased.
pub(super) async fn set_erased(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE parties SET erased_at = $3, updated_at = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        now
    )?;
    Ok(())
}

/// The mails that were written to somebody, or about their membership.
pub(super) async fn mails(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
    limit: i64,
) -> Result<Vec<MailId>> {
    let rows: Vec<(MailId,)> = all!(
        *tx,
        "SELECT t.id FROM mails t WHERE t.tenant_id = $1 AND (t.party_id = $2 OR t.member_id IN (SELECT m.id FROM members m WHERE m.tenant_id = $1 AND m.party_id = $2)) ORDER BY t.created_at DESC LIMIT $3",
        tenant,
        id,
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What must end before somebody is erased.
pub(super) async fn blocks(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
    today: Day,
) -> Result<Vec<Block>> {
    let (memberships, services, payments, mandates): (i64, i64, i64, i64) = one!(
        *tx,
        "SELECT (SELECT count(*) FROM members m WHERE m.tenant_id = $1 AND m.party_id = $2 AND (m.left_on IS NULL OR m.left_on > $3)), (SELECT count(*) FROM service_holdings h JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.member_id WHERE h.tenant_id = $1 AND m.party_id = $2 AND (h.until_on IS NULL OR h.until_on > $3)), (SELECT count(*) FROM payments p JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id WHERE p.tenant_id = $1 AND m.party_id = $2 AND p.state = 'draft'), (SELECT count(*) FROM bank_mandates b JOIN bank_accounts a ON a.tenant_id = b.tenant_id AND a.id = b.account_id WHERE b.tenant_id = $1 AND a.party_id = $2 AND b.revoked_on IS NULL)",
        tenant,
        id,
        today
    )?;
    let mut blocks = Vec::new();
    if memberships > 0 {
        blocks.push(Block::Membership);
    }
    let counted = [
        (services, Block::Services { count: services }),
        (payments, Block::Payments { count: payments }),
        (mandates, Block::Mandates { count: mandates }),
    ];
    blocks.extend(counted.into_iter().filter(|(n, _)| *n > 0).map(|(_, b)| b));
    Ok(blocks)
}
