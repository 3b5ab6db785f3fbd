//! What months say of members, and the forecast of dues. Pure.

use super::rules::{Covered, Paid, covered};
use super::window::{Window, months_after};
use super::{Coming, FORECAST_MONTHS, Membership};
use crate::dues::rules::{self as dues, Case};
use crate::dues::{Kind, Lapse, Terms};
use crate::kernel::{Cents, Day, Period};

/// All that is known of a member's dues.
pub struct Life {
    /// The first day of the membership.
    pub joined_on: Day,
    /// The first day without it.
    pub left_on: Option<Day>,
    /// How they pay, by day; empty where nothing was said.
    pub terms: Vec<Terms>,
    /// What was paid, validated and by the day as of which one looks.
    pub paid: Vec<Paid>,
}

impl Life {
    fn is_member(&self, day: Day) -> bool {
        self.joined_on <= day && self.left_on.is_none_or(|left| left > day)
    }
}

/// Adds what the months say of one member.
pub fn count(kinds: &[Kind], life: &Life, window: &Window, into: &mut [Membership]) {
    let on = window.on();
    if let Some(month) = window.at(life.joined_on).and_then(|n| into.get_mut(n)) {
        month.joined += 1;
    }
    let left = life.left_on.filter(|day| *day <= on);
    if let Some(month) = left
        .and_then(|day| window.at(day))
        .and_then(|n| into.get_mut(n))
    {
        month.left += 1;
    }
    let in_order = in_order(kinds, life, window);
    for (n, (month, sum)) in window.months().iter().zip(into).enumerate() {
        if life.is_member(month.edge) {
            sum.members += 1;
            sum.in_order += i64::from(in_order >> n & 1 == 1);
        }
    }
}

/// At which months' ends something covers the member: a bit for each.
fn in_order(kinds: &[Kind], life: &Life, window: &Window) -> u64 {
    let mut bits = 0;
    let free = dues::free_days(&life.terms, kinds)
        .into_iter()
        .map(|period| Covered {
            since: period.from(),
            gone: None,
            period,
            amount: Cents::ZERO,
        });
    for one in covered(&life.paid, |_| true).chain(free) {
        let first = window.first_at(one.since.max(one.period.from()));
        for (n, month) in window.months().iter().enumerate().skip(first) {
            if month.edge > one.period.until() {
                break;
            }
            bits |= u64::from(one.is_known(month.edge)) << n;
        }
    }
    bits
}

/// The months to come, with nothing due yet.
pub fn coming(window: &Window) -> Vec<Coming> {
    let months = months_after(window.on(), FORECAST_MONTHS);
    let none = |(from, until)| Coming {
        from,
        until,
        count: 0,
        amount: Cents::ZERO,
    };
    months.into_iter().map(none).collect()
}

/// Adds what becomes due for a member who is in order, as long as they stay and pay.
pub fn forecast(kinds: &[Kind], life: &Life, window: &Window, into: &mut [Coming]) {
    let on = window.on();
    let Some(horizon) = into.last().map(|month| month.until) else {
        return;
    };
    let paid = covered(&life.paid, |_| true).filter(|c| c.is_known(on));
    let paid: Vec<Period> = paid.map(|c| c.period).collect();
    let free = dues::free_days(&life.terms, kinds);
    let is_in_order = paid.iter().chain(&free).any(|period| period.contains(on));
    if !life.is_member(on) || !is_in_order {
        return;
    }
    let case = Case {
        kinds,
        terms: &life.terms,
        covered: &paid,
        joined_on: life.joined_on,
        left_on: life.left_on,
        // What lies before does not come any more, whatever is claimed of it.
        lapse: Lapse::ClaimAll,
    };
    for due in dues::dues(&case, horizon).arrears {
        let day = due.period.from();
        let month = into.iter_mut().find(|m| m.from <= day && day <= m.until);
        if let Some(month) = month {
            month.count += 1;
            month.amount = Cents::sum([month.amount, due.amount]);
        }
    }
}
