//! That somebody is left who can sign in and change the settings: without one, an
//! organisation would be locked out of its own house.

use super::store;
use crate::context::Cx;
use crate::kernel::{Code, Problem, Result};

/// The count of administrators before a change. Whoever makes such a change at the same time
/// waits until this one has ended: two administrators cannot remove each other at once.
#[must_use = "the change is allowed only where `still_some` says so"]
pub(crate) struct Administrators {
    before: i64,
}

impl Administrators {
    /// Counts them, and keeps others from changing them. Comes first in a use-case that may
    /// leave fewer: what it reads then is what it changes.
    pub async fn counted(cx: &mut Cx) -> Result<Self> {
        store::lock_administrators(&mut cx.tx, cx.tenant).await?;
        let before = store::administrators(&mut cx.tx, cx.tenant).await?;
        Ok(Self { before })
    }

    /// Refuses where the last one has just gone. Where there was none, nothing is lost: the
    /// command line begins an organisation so.
    ///
    /// # Errors
    /// [`Code::LastAdministrator`].
    pub async fn still_some(self, cx: &mut Cx) -> Result<()> {
        let after = store::administrators(&mut cx.tx, cx.tenant).await?;
        if self.before > 0 && after == 0 {
            return Err(Problem::new(Code::LastAdministrator));
        }
        Ok(())
    }
}
