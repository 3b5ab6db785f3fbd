//! What happens with members.

use super::store;
use crate::context::Cx;
use crate::kernel::{Day, MemberId, Result};

/// Follows the payments: until when a member's validated payments reach. Called by
/// the use-cases that validate, in their transaction; they have asked for the right.
///
/// # Errors
/// The database's own.
pub(crate) async fn set_paid_until(
    cx: &mut Cx,
    member: MemberId,
    until: Option<Day>,
) -> Result<()> {
    store::set_paid_until(&mut cx.tx, cx.tenant, member, until).await
}
