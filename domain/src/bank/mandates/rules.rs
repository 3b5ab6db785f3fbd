//! What the European Payments Council asks of a mandate (SEPA Core Direct Debit Scheme
//! Rulebook, EPC016-06, and its Implementation Guidelines): pure.

use super::Mandate;
use crate::kernel::{Code, Day, Problem, Result, calendar};

/// A mandate that is not used for so long does not hold any more (rulebook, section 4.1).
pub const MONTHS_UNUSED: u32 = 36;
/// The longest reference of a mandate (AT-01).
const REFERENCE_MAX: usize = 35;

/// Whether a mandate holds, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds, and would end unused on this day.
    Active {
        /// The first day on which it would not hold any more.
        until: Day,
    },
    /// It was revoked, from this day on.
    Revoked {
        /// The day.
        on: Day,
    },
    /// It was not used for too long, and ended on this day.
    Expired {
        /// The day.
        on: Day,
    },
}

impl Mandate {
    /// Whether it holds, on a day. Nothing is debited yet: it counts from the signature.
    pub fn state(&self, today: Day) -> State {
        let end = calendar::add_months(self.signed_on, MONTHS_UNUSED);
        match self.revoked_on {
            Some(on) if on <= end => State::Revoked { on },
            _ if today >= end => State::Expired { on: end },
            _ => State::Active { until: end },
        }
    }
}

/// A mandate's reference: the letters, digits and signs that every bank takes
/// (EPC217-08), not beginning or ending with a slash, nor holding two.
///
/// # Errors
/// [`Code::NotAReference`].
pub fn parse_reference(text: &str) -> Result<String> {
    let text = text.trim();
    let of_one = |c: char| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c);
    let fits = (1..=REFERENCE_MAX).contains(&text.len())
        && text.chars().all(of_one)
        && !text.starts_with('/')
        && !text.ends_with('/')
        && !text.contains("//");
    match fits {
        true => Ok(text.to_owned()),
        false => Err(Problem::new(Code::NotAReference { max: REFERENCE_MAX })),
    }
}
