//! The table of members.

use crate::db::Tx;
use crate::exec;
use crate::kernel::{Day, MemberId, Result, TenantId};

pub(super) async fn set_paid_until(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    paid_until: Option<Day>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE members SET paid_until = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        member,
        paid_until
    )?;
    Ok(())
}
