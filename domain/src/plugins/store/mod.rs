//! The tables of plugins: what is set up, what was made, what is still to do, and what became of it.

mod duties;
mod journal;
mod notices;
mod objects;
mod setup;

pub use duties::Leased;
pub(in crate::plugins) use duties::*;
pub(in crate::plugins) use journal::*;
pub(in crate::plugins) use notices::*;
pub(in crate::plugins) use objects::*;
pub(in crate::plugins) use setup::*;

use crate::db::{Tx, bulk, id_list};
use crate::kernel::{Result, TenantId};
use crate::{all, exec, one};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The counter of the numbers of accounts.
const ACCOUNTS: &str = "account";
/// The counter of the numbers that people quote.
const COUNTER: &str = "journal";

/// The ids of a bind as rows, by engine.
fn ids_of(sqlite: bool, bind: &str) -> String {
    if sqlite {
        format!("(SELECT unhex(value) FROM json_each({bind}))")
    } else {
        format!("(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text({bind}) t (x))")
    }
}

/// Two ids and a text of each row of a bind, and the rows.
fn rows_of(sqlite: bool, bind: &str) -> [String; 4] {
    if sqlite {
        [
            "unhex(r.value ->> 0)".into(),
            "unhex(r.value ->> 1)".into(),
            "(r.value ->> 2)".into(),
            format!("json_each({bind}) r"),
        ]
    } else {
        [
            "CAST(r.value ->> 0 AS uuid)".into(),
            "CAST(r.value ->> 1 AS uuid)".into(),
            "(r.value ->> 2)".into(),
            format!("jsonb_array_elements({bind}) r (value)"),
        ]
    }
}

/// The next number that people can quote.
pub(in crate::plugins) async fn next_number(tx: &mut Tx, tenant: TenantId) -> Result<i64> {
    next_of(tx, tenant, COUNTER).await
}

/// Gives each of some owners of logins and crews the next number of accounts, where it has none.
pub(in crate::plugins) async fn give_numbers(
    tx: &mut Tx,
    tenant: TenantId,
    objects: &[Uuid],
) -> Result<()> {
    for chunk in objects.chunks(bulk::CHUNK) {
        let rows = ids_of(tx.is_sqlite(), "$2");
        let sql = AssertSqlSafe(format!(
            "SELECT object_id FROM account_numbers WHERE tenant_id = $1 AND object_id IN {rows}"
        ));
        let known: Vec<(Uuid,)> = all!(*tx, sql, tenant, id_list(chunk))?;
        for object in chunk.iter().filter(|id| !known.contains(&(**id,))) {
            let number = next_of(tx, tenant, ACCOUNTS).await? - 1;
            exec!(
                *tx,
                "INSERT INTO account_numbers (tenant_id, object_id, number) VALUES ($1, $2, $3)",
                tenant,
                *object,
                number
            )?;
        }
    }
    Ok(())
}

async fn next_of(tx: &mut Tx, tenant: TenantId, counter: &str) -> Result<i64> {
    tx.mark_written();
    let (number,): (i64,) = one!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, 1) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        tenant,
        counter
    )?;
    Ok(number)
}
