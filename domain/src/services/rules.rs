//! Where a service stands, and what is due for it: the rules of dues over a case that is made
//! from who has it and from the type's prices. Pure.

use super::{Holding, Paid, ServiceType, State};
use crate::dues::{Dues, Lapse, rules as dues_rules};
use crate::kernel::{Cents, Day, Period};

/// Where a service stands on a day.
pub fn state(closed_on: Option<Day>, is_held: bool, day: Day) -> State {
    if closed_on.is_some_and(|closed| closed <= day) {
        State::Closed
    } else if is_held {
        State::InUse
    } else {
        State::Available
    }
}

/// Whether somebody who has a service pays nothing for it on a day.
pub fn is_free(kind: &ServiceType, holding: &Holding, day: Day) -> bool {
    holding.own.unwrap_or_else(|| kind.price_on(day)) == Cents::ZERO
}

/// How a holding stands with its payments on a day.
pub fn paid(holding: &Holding, is_free: bool, until: Option<Day>, today: Day) -> Paid {
    if !holding.is_on(today) {
        return Paid::Over;
    }
    if is_free {
        return Paid::Free;
    }
    match until {
        Some(day) if day >= today => Paid::Until { day },
        since => Paid::Late { since },
    }
}

/// What is owed for a service by the one who has it, or had it: as dues, from the first day
/// of the holding on. `covered` is what their payments for it pay. Who has a service uses it:
/// no period is forgiven because it is over, whatever the organisation says of dues.
pub fn dues(kind: &ServiceType, holding: &Holding, covered: &[Period], today: Day) -> Dues {
    let kinds = [kind.as_dues()];
    let terms = holding.terms(kind.dues_id());
    let case = dues_rules::Case {
        kinds: &kinds,
        terms: &terms,
        covered,
        joined_on: holding.from_on,
        left_on: holding.ended_on(),
        lapse: Lapse::ClaimAll,
    };
    let mut found = dues_rules::dues(&case, today);
    // What costs nothing by the type's price is not asked for.
    found.arrears.retain(|due| due.amount > Cents::ZERO);
    let next = found.next.take().filter(|due| due.amount > Cents::ZERO);
    found.next = found.arrears.first().cloned().or(next);
    found
}

/// Whether two times have a day in common; without an end, a time goes on.
pub fn overlap(one: (Day, Option<Day>), other: (Day, Option<Day>)) -> bool {
    let reaches = |until: Option<Day>, day: Day| until.is_none_or(|until| until >= day);
    reaches(one.1, other.0) && reaches(other.1, one.0)
}
