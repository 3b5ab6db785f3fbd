//! The table of forms' keys. A key is no change of anybody's data: writing one asks for
//! no audit row, so these statements go round `exec!`, which would.

use crate::db::Tx;
use crate::kernel::{Result, TenantId};
use crate::{one, opt};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// Whether the key was not there yet.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    key: Uuid,
    fingerprint: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let first: Option<(Uuid,)> = opt!(
        *tx,
        "INSERT INTO once_keys (tenant_id, key, fingerprint, result, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, key) DO NOTHING RETURNING key",
        tenant,
        key,
        fingerprint,
        Json(Value::Null),
        now
    )?;
    Ok(first.is_some())
}

pub(super) async fn get(tx: &mut Tx, tenant: TenantId, key: Uuid) -> Result<(Vec<u8>, Value)> {
    let (fingerprint, Json(result)): (Vec<u8>, Json<Value>) = one!(
        *tx,
        "SELECT fingerprint, result FROM once_keys WHERE tenant_id = $1 AND key = $2",
        tenant,
        key
    )?;
    Ok((fingerprint, result))
}

pub(super) async fn set_result(
    tx: &mut Tx,
    tenant: TenantId,
    key: Uuid,
    result: &Value,
) -> Result<()> {
    let (_,): (Uuid,) = one!(
        *tx,
        "UPDATE once_keys SET result = $3 WHERE tenant_id = $1 AND key = $2 RETURNING key",
        tenant,
        key,
        Json(result)
    )?;
    Ok(())
}
