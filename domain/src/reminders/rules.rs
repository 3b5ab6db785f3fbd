//! Who gets a reminder, and why not. Pure.

use super::{Before, Decision, PausedBy, Recipient, Subject};
use crate::kernel::Day;
use crate::people::Kind;
use chrono::TimeDelta;

/// A step that is over for so many days is not made up for: whoever turns reminders on does
/// not write to those who have been silent for years.
pub const LATE_MAX: i64 = 14;

/// What is known when it is decided.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The day.
    pub today: Day,
    /// The organisation's steps, in their order.
    pub steps: &'a [i64],
    /// The member.
    pub subject: &'a Subject,
    /// Every reminder that was written about them.
    pub before: &'a [Before],
    /// Who wants no reminders.
    pub paused: Option<PausedBy>,
    /// Whether the mail server refused the address.
    pub is_refused: bool,
}

/// Whether a member gets a reminder. The first thing that stands against it is said.
pub fn decide(case: &Case<'_>) -> Decision {
    let subject = case.subject;
    if subject.left_on.is_some_and(|left| left <= case.today) {
        return Decision::Left;
    }
    if subject.to_pay().is_none() {
        return Decision::NothingToPay;
    }
    let ends_on = ends_on(subject);
    let step = match step(case, ends_on) {
        Ok(step) => step,
        Err(decision) => return decision,
    };
    let first_unpaid = ends_on.succ_opt().unwrap_or(ends_on);
    if subject
        .waiting
        .iter()
        .any(|period| period.contains(first_unpaid))
    {
        return Decision::Waiting;
    }
    if let Some(by) = case.paused {
        return Decision::Paused { by };
    }
    match &subject.to {
        Recipient {
            address: None,
            kind: Kind::Person,
            ..
        } => Decision::NoAddress,
        Recipient { address: None, .. } => Decision::NoContact,
        _ if case.is_refused => Decision::Refused,
        _ => Decision::Send { ends_on, step },
    }
}

/// The end of what is paid; for those who never paid, the day before they joined.
fn ends_on(subject: &Subject) -> Day {
    let before = subject.joined_on.pred_opt().unwrap_or(subject.joined_on);
    subject.paid_until.unwrap_or(before)
}

/// The step at which one stands, where it is to be sent now: the last one that has come.
fn step(case: &Case<'_>, ends_on: Day) -> Result<i64, Decision> {
    let day_of = |step: i64| ends_on.checked_add_signed(TimeDelta::days(step));
    // Nothing runs out for those who never paid: they are reminded afterwards only.
    let never_paid = case.subject.paid_until.is_none();
    let steps = || {
        case.steps
            .iter()
            .copied()
            .filter(|step| !never_paid || *step > 0)
    };
    let next = steps().filter_map(day_of).find(|day| *day > case.today);
    let mut come = steps().filter(|step| day_of(*step).is_some_and(|day| day <= case.today));
    let not_now = || next.map_or(Decision::NoMore, |on| Decision::NotYet { on });
    let Some(step) = come.next_back() else {
        return Err(not_now());
    };
    let same = |before: &&Before| before.ends_on == ends_on && before.step == step;
    if let Some(before) = case.before.iter().find(same) {
        return Err(Decision::Already {
            step,
            on: before.on,
            state: before.state,
        });
    }
    let late = day_of(step).map(|day| (case.today - day).num_days());
    match late {
        Some(0..=LATE_MAX) => Ok(step),
        _ => Err(not_now()),
    }
}
