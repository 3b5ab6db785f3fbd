//! The rows of payments that an import brought.

use super::super::store::search_text;
use super::NewPayment;
use crate::db::Tx;
use crate::db::bulk::{self, As, Table};
use crate::exec;
use crate::kernel::{ImportId, PartyId, PaymentId, Period, Result, TenantId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Who enters, and when.
pub(super) struct Entered<'a> {
    pub by: Option<PartyId>,
    pub by_name: &'a str,
    pub at: DateTime<Utc>,
}

const PAYMENTS: Table = Table {
    name: "payments",
    columns: &[
        ("id", As::Id),
        ("member_id", As::Id),
        ("amount_cents", As::Number),
        ("method", As::Text),
        ("received_on", As::Day),
        ("period_from", As::Day),
        ("period_until", As::Day),
        ("kind_id", As::Id),
        ("label", As::Text),
        ("note", As::Text),
        ("search", As::Text),
        ("state", As::Text),
        ("entered_by", As::Id),
        ("entered_by_name", As::Text),
        ("entered_at", As::Now),
        ("import_id", As::Id),
        ("import_key", As::Text),
        ("version", As::Number),
    ],
};

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
    entered: &Entered<'_>,
    payments: &[(PaymentId, NewPayment)],
) -> Result<()> {
    let rows = payments.iter().map(|(id, new)| {
        let data = &new.data;
        vec![
            bulk::id(id),
            bulk::id(new.member),
            data.amount.0.into(),
            data.method.name().into(),
            json!(data.received_on),
            json!(data.period.map(Period::from)),
            json!(data.period.map(Period::until)),
            data.kind.map_or(Value::Null, bulk::id),
            data.label.as_str().into(),
            data.note.as_str().into(),
            search_text(&data.label).into(),
            "draft".into(),
            entered.by.map_or(Value::Null, bulk::id),
            entered.by_name.into(),
            bulk::id(import),
            new.key.as_str().into(),
            Value::from(1),
        ]
    });
    bulk::insert(tx, tenant, entered.at, &PAYMENTS, rows.collect()).await
}

pub(super) async fn delete(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM payments WHERE tenant_id = $1 AND import_id = $2",
        tenant,
        import
    )?;
    Ok(())
}
