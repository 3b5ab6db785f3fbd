//! Links of the chain, its end, and its checkpoints.

use crate::audit::Record;
use crate::db::Tx;
use crate::kernel::{Code, Problem, Result, TenantId, text};
use crate::{all, exec, one, opt};
use chain::{Checkpoint, Hash, Head, Link, START, Salt, What, Who};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct HeadRow {
    seq: i64,
    hash: Vec<u8>,
}

impl HeadRow {
    fn read(self) -> Result<Head> {
        Ok(Head {
            seq: u64::try_from(self.seq).map_err(Problem::internal)?,
            hash: hash(&self.hash)?,
        })
    }
}

/// A row with its place in the chain, or still without.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct Row {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    actor_id: Option<Uuid>,
    actor_name: String,
    via: String,
    address: String,
    action: String,
    object_kind: String,
    object_id: Uuid,
    object_label: String,
    before: Option<Json<Value>>,
    after: Option<Json<Value>>,
    seq: Option<i64>,
    hash: Option<Vec<u8>>,
    who_salt: Option<Vec<u8>>,
    what_salt: Option<Vec<u8>>,
    who_digest: Option<Vec<u8>>,
    what_digest: Option<Vec<u8>>,
}

impl Row {
    /// The link as it is kept. What does not even have the shape of one is read as zeros,
    /// which the verifier finds.
    pub(super) fn into_link(self) -> Link {
        let salts = [&self.who_salt, &self.what_salt].map(|salt| array(salt.as_deref()));
        let (seq, kept) = (self.seq, array(self.hash.as_deref()));
        let mut link = self.with_salts(salts);
        link.seq = u64::try_from(seq.unwrap_or_default()).unwrap_or_default();
        link.hash = kept;
        link
    }

    /// The row with these salts, where it has none yet; without a place.
    pub(super) fn with_salts(self, [who_salt, what_salt]: [Salt; 2]) -> Link {
        let who = match self.who_digest {
            Some(digest) => Who::Erased {
                digest: array(Some(&digest)),
            },
            None => Who::Kept {
                salt: who_salt,
                name: self.actor_name,
                address: self.address,
            },
        };
        let what = match self.what_digest {
            Some(digest) => What::Erased {
                digest: array(Some(&digest)),
            },
            None => What::Kept {
                salt: what_salt,
                label: self.object_label,
                before: self.before.map(|json| json.0),
                after: self.after.map(|json| json.0),
            },
        };
        Link {
            seq: 0,
            id: self.id,
            at: self.at,
            actor: self.actor_id,
            via: self.via,
            action: self.action,
            kind: self.object_kind,
            object: self.object_id,
            who,
            what,
            hash: START,
        }
    }
}

/// Bytes of the right length; others are zeros.
fn array<const N: usize>(bytes: Option<&[u8]>) -> [u8; N] {
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .unwrap_or([0; N])
}

fn hash(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(Problem::internal)
}

/// Makes the place where the chain's end stands. A tenant that was deleted while somebody
/// waited to write has no settings any more, and gets nothing.
pub(super) async fn begin(tx: &mut Tx, tenant: TenantId) -> Result<()> {
    let there: Option<(i64,)> = opt!(
        *tx,
        "SELECT CAST(1 AS BIGINT) FROM settings WHERE tenant_id = $1",
        tenant
    )?;
    if there.is_none() {
        return Err(Problem::new(Code::UnknownTenant));
    }
    exec!(
        *tx,
        "INSERT INTO audit_heads (tenant_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (tenant_id) DO NOTHING",
        tenant,
        START.as_slice()
    )?;
    Ok(())
}

/// Moves the end on, and gives where it was; from now until the commit nobody else moves it.
/// None where there is no chain yet.
pub(super) async fn advance(tx: &mut Tx, tenant: TenantId, count: i64) -> Result<Option<Head>> {
    let row: Option<HeadRow> = opt!(
        *tx,
        "UPDATE audit_heads SET seq = seq + $2 WHERE tenant_id = $1 RETURNING seq - $2 AS seq, hash",
        tenant,
        count
    )?;
    tx.mark_written();
    row.map(HeadRow::read).transpose()
}

/// Says what the end's hash is, once its rows are written.
pub(super) async fn set_hash(tx: &mut Tx, tenant: TenantId, hash: &Hash) -> Result<()> {
    exec!(
        *tx,
        "UPDATE audit_heads SET hash = $2 WHERE tenant_id = $1",
        tenant,
        hash.as_slice()
    )?;
    Ok(())
}

/// Where the chain ends; none where it has not begun.
pub(super) async fn head(tx: &mut Tx, tenant: TenantId) -> Result<Option<Head>> {
    let row: Option<HeadRow> = opt!(
        *tx,
        "SELECT seq, hash FROM audit_heads WHERE tenant_id = $1",
        tenant
    )?;
    row.map(HeadRow::read).transpose()
}

/// Rows as one bind of JSON, which each engine takes apart in its own words. What an
/// object was not before, or is not any more, is NULL. The links are those of the records,
/// by one actor at one time.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    records: &[Record],
    links: &[Link],
) -> Result<()> {
    let sql = if tx.is_sqlite() {
        "INSERT INTO audit (tenant_id, id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, search, before, after, seq, hash, who_salt, what_salt) SELECT $1, unhex(value ->> 0), $2, $3, $4, $5, $6, value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5, nullif(value -> 6, 'null'), nullif(value -> 7, 'null'), value ->> 8, unhex(value ->> 9), unhex(value ->> 10), unhex(value ->> 11) FROM json_each($7)"
    } else {
        "INSERT INTO audit (tenant_id, id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, search, before, after, seq, hash, who_salt, what_salt) SELECT $1, CAST(e ->> 0 AS uuid), $2, $3, $4, $5, $6, e ->> 1, e ->> 2, CAST(e ->> 3 AS uuid), e ->> 4, e ->> 5, nullif(e -> 6, 'null'), nullif(e -> 7, 'null'), CAST(e ->> 8 AS bigint), decode(e ->> 9, 'hex'), decode(e ->> 10, 'hex'), decode(e ->> 11, 'hex') FROM jsonb_array_elements($7) t (e)"
    };
    let Some((first, name, address)) = links.first().and_then(|link| match &link.who {
        Who::Kept { name, address, .. } => Some((link, name, address)),
        Who::Erased { .. } => None,
    }) else {
        return Ok(());
    };
    let rows: Vec<_> = records
        .iter()
        .zip(links)
        .map(|(record, link)| {
            let [who, what] = salts_of(link);
            (
                // Without hyphens: SQLite makes bytes of them, PostgreSQL a UUID.
                record.id.simple().to_string(),
                record.action,
                record.kind,
                record.object.simple().to_string(),
                &record.label,
                text::fold(&format!("{name} {}", record.label)),
                &record.before,
                &record.after,
                link.seq,
                hex::encode(link.hash),
                hex::encode(who),
                hex::encode(what),
            )
        })
        .collect();
    exec!(
        *tx,
        sql,
        tenant,
        first.at,
        first.actor,
        name,
        &first.via,
        address,
        Json(rows)
    )
    // Ids are new: only a place in the chain can be taken already, and then its end is wrong.
    .map_err(|problem| match problem.code {
        Code::ChangedMeanwhile => Problem::new(Code::AuditBroken).because(problem.log_line()),
        _ => problem,
    })?;
    Ok(())
}

fn salts_of(link: &Link) -> [Salt; 2] {
    let who = match link.who {
        Who::Kept { salt, .. } => salt,
        Who::Erased { .. } => Salt::default(),
    };
    let what = match link.what {
        What::Kept { salt, .. } => salt,
        What::Erased { .. } => Salt::default(),
    };
    [who, what]
}

/// Rows that were written before there was a chain, oldest first.
pub(super) async fn list_unsealed(
    tx: &mut Tx,
    tenant: TenantId,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Row>> {
    let (at, id) = after.unwrap_or((DateTime::UNIX_EPOCH, Uuid::nil()));
    all!(
        *tx,
        "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after, seq, hash, who_salt, what_salt, who_digest, what_digest FROM audit WHERE tenant_id = $1 AND seq IS NULL AND (at, id) > ($2, $3) ORDER BY at, id LIMIT $4",
        tenant,
        at,
        id,
        limit
    )
}

/// Takes rows into the chain as they are.
pub(super) async fn seal(tx: &mut Tx, tenant: TenantId, links: &[Link]) -> Result<()> {
    let sql = if tx.is_sqlite() {
        "UPDATE audit SET seq = e.value ->> 1, hash = unhex(e.value ->> 2), who_salt = unhex(e.value ->> 3), what_salt = unhex(e.value ->> 4) FROM json_each($2) e WHERE tenant_id = $1 AND audit.id = unhex(e.value ->> 0)"
    } else {
        "UPDATE audit SET seq = CAST(e ->> 1 AS bigint), hash = decode(e ->> 2, 'hex'), who_salt = decode(e ->> 3, 'hex'), what_salt = decode(e ->> 4, 'hex') FROM jsonb_array_elements($2) t (e) WHERE tenant_id = $1 AND audit.id = CAST(e ->> 0 AS uuid)"
    };
    let rows: Vec<_> = links
        .iter()
        .map(|link| {
            let [who, what] = salts_of(link);
            (
                link.id.simple().to_string(),
                link.seq,
                hex::encode(link.hash),
                hex::encode(who),
                hex::encode(what),
            )
        })
        .collect();
    let expected = rows.len() as u64;
    if exec!(*tx, sql, tenant, Json(rows))? != expected {
        return Err(Problem::internal("not every row was taken into the chain"));
    }
    Ok(())
}

/// Links in their order, after one.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    after: u64,
    limit: i64,
) -> Result<Vec<Link>> {
    let after = i64::try_from(after).map_err(Problem::internal)?;
    let rows: Vec<Row> = all!(
        *tx,
        "SELECT id, at, actor_id, actor_name, via, address, action, object_kind, object_id, object_label, before, after, seq, hash, who_salt, what_salt, who_digest, what_digest FROM audit WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        tenant,
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Row::into_link).collect())
}

/// How many rows have no place in the chain.
pub(super) async fn count_outside(tx: &mut Tx, tenant: TenantId) -> Result<u64> {
    let (rows,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM audit WHERE tenant_id = $1 AND (seq IS NULL OR seq < 1)",
        tenant
    )?;
    u64::try_from(rows).map_err(Problem::internal)
}

#[derive(sqlx::FromRow)]
struct CheckpointRow {
    seq: i64,
    key_name: String,
    hash: Vec<u8>,
    at: DateTime<Utc>,
    signature: Vec<u8>,
}

/// The checkpoints, oldest first: as many as the limit says, the newest ones.
pub(super) async fn list_checkpoints(
    tx: &mut Tx,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<Checkpoint>> {
    let rows: Vec<CheckpointRow> = all!(
        *tx,
        "SELECT seq, key_name, hash, at, signature FROM audit_checkpoints WHERE tenant_id = $1 ORDER BY seq DESC, key_name LIMIT $2",
        tenant,
        limit
    )?;
    let read = |row: CheckpointRow| Checkpoint {
        tenant: tenant.0,
        seq: u64::try_from(row.seq).unwrap_or_default(),
        hash: array(Some(&row.hash)),
        at: row.at,
        key: row.key_name,
        signature: array(Some(&row.signature)),
    };
    Ok(rows.into_iter().rev().map(read).collect())
}

/// Keeps a checkpoint; one of the same place by the same key stays.
pub(super) async fn insert_checkpoint(
    tx: &mut Tx,
    tenant: TenantId,
    checkpoint: &Checkpoint,
) -> Result<()> {
    let seq = i64::try_from(checkpoint.seq).map_err(Problem::internal)?;
    exec!(
        *tx,
        "INSERT INTO audit_checkpoints (tenant_id, seq, key_name, hash, at, signature) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, seq, key_name) DO NOTHING",
        tenant,
        seq,
        &checkpoint.key,
        checkpoint.hash.as_slice(),
        checkpoint.at,
        checkpoint.signature.as_slice()
    )?;
    Ok(())
}
