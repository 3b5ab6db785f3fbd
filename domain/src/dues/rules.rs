//! What is due, until when somebody is in order, and why. Pure: the payment form, the
//! member's page and the lists all ask here.

use super::{Cycle, Due, Dues, FirstPeriod, Kind, Lapse, Share, Start, Terms, Why, next_year};
use crate::kernel::calendar::{LAST_DAY, add_months};
use crate::kernel::{Cents, Day, Period};
use chrono::Datelike;

/// The most periods that are looked at for one member: months in all believable years.
pub const PERIODS_MAX: usize = 4_812;

/// What is known of a member when the dues are computed.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The organisation's kinds of dues.
    pub kinds: &'a [Kind],
    /// How the member pays, by day.
    pub terms: &'a [Terms],
    /// What is paid or said to be paid, in any order.
    pub covered: &'a [Period],
    /// The first day of the membership.
    pub joined_on: Day,
    /// The day on which they left: the first one without membership.
    pub left_on: Option<Day>,
    /// Whether what is wholly over is claimed.
    pub lapse: Lapse,
}

/// Periods joined where they overlap or touch, by day: what is left has gaps between.
pub fn merge(periods: impl IntoIterator<Item = Period>) -> Vec<Period> {
    let mut sorted: Vec<Period> = periods.into_iter().collect();
    sorted.sort_by_key(|p| (p.from(), p.until()));
    let mut runs: Vec<Period> = Vec::with_capacity(sorted.len());
    for period in sorted {
        match runs.last_mut() {
            Some(last) if period.from() <= after(last.until()) => {
                let until = last.until().max(period.until());
                *last = Period::new(last.from(), until).unwrap_or(*last);
            }
            _ => runs.push(period),
        }
    }
    runs
}

/// The terms in force on a day: the last ones not after it.
pub fn terms_on(terms: &[Terms], day: Day) -> Option<&Terms> {
    terms.iter().rev().find(|t| t.from_on <= day)
}

/// The kind in force on a day: that of the terms, or the default.
pub fn kind_on<'a>(case: &Case<'a>, day: Day) -> Option<&'a Kind> {
    match terms_on(case.terms, day) {
        Some(terms) => case.kinds.iter().find(|k| k.id == terms.kind),
        None => case.kinds.iter().find(|k| k.is_default),
    }
}

/// The days for which nothing is to be paid: a free kind, or an own amount of nothing.
pub fn free_days(terms: &[Terms], kinds: &[Kind]) -> Vec<Period> {
    let ends = terms.iter().skip(1).map(|next| next.from_on.pred_opt());
    let ends = ends.chain(std::iter::once(Some(LAST_DAY)));
    let free = terms.iter().zip(ends).filter(|(t, _)| is_free(t, kinds));
    free.filter_map(|(t, end)| Period::new(t.from_on, end?).ok())
        .collect()
}

fn is_free(terms: &Terms, kinds: &[Kind]) -> bool {
    let nothing = terms.own == Some(Cents::ZERO);
    nothing || kinds.iter().any(|k| k.id == terms.kind && k.is_free())
}

/// What a member owes on a day.
pub fn dues(case: &Case<'_>, today: Day) -> Dues {
    let free = free_days(case.terms, case.kinds);
    let runs = merge(case.covered.iter().copied().chain(free));
    let mut found = Dues::default();
    let mut walk = Walk {
        case,
        runs: &runs,
        day: case.joined_on,
        start: Start::Joined,
    };
    for _ in 0..PERIODS_MAX {
        let Some(due) = walk.due() else { break };
        let (period, is_over) = (due.period, due.period.until() < today);
        if period.from() > today {
            found.next = found.next.or(Some(due));
            break;
        }
        if is_over && case.lapse == Lapse::StartAgain {
            walk.step(period, Start::Restart);
            continue;
        }
        // Who comes back after a time that is not claimed begins on the day they come;
        // only a year that is the same for all stays as it is.
        let comes_back = due.why.start == Start::Restart && !walk.is_fixed_year();
        let due = match comes_back && period.contains(today) {
            true => {
                walk.day = today;
                walk.due()
            }
            false => Some(due),
        };
        let Some(due) = due else { break };
        walk.step(due.period, Start::Follows);
        found.next = found.next.or_else(|| Some(due.clone()));
        found.arrears.push(due);
    }
    found
}

/// Where one stands on the way from the day of joining to today.
struct Walk<'a> {
    case: &'a Case<'a>,
    runs: &'a [Period],
    day: Day,
    start: Start,
}

impl Walk<'_> {
    fn step(&mut self, over: Period, start: Start) {
        self.day = after(over.until());
        self.start = start;
    }

    /// What is due on the first day, from this one on, that nothing covers.
    fn due(&mut self) -> Option<Due> {
        if let Some(run) = self.runs.iter().find(|run| run.contains(self.day)) {
            self.step(*run, Start::Follows);
        }
        let has_left = self.case.left_on.is_some_and(|left| left <= self.day);
        if has_left || self.day >= LAST_DAY {
            return None;
        }
        let next_run = self.runs.iter().find(|run| run.from() > self.day);
        let before = self.day.pred_opt()?;
        let last_run = self.runs.iter().rev().find(|run| run.until() == before);
        let start = match last_run {
            Some(_) => Start::Follows,
            None => self.start,
        };
        let kind = kind_on(self.case, self.day)?;
        let terms = terms_on(self.case.terms, self.day);
        let anchors = [
            Some(self.case.joined_on),
            terms.map(|t| t.from_on),
            last_run.map(|run| run.from()),
        ];
        let (whole, is_whole) = period(kind.cycle, anchors, self.day)?;
        let gap = next_run.map_or(LAST_DAY, |run| run.from().pred_opt().unwrap_or(run.from()));
        let until = whole.until().min(gap);
        let due = Period::new(self.day, until).ok()?;
        let share = share(kind, due, is_whole && due == whole);
        let price = kind.price_on(self.day);
        let reduced = terms.and_then(|t| Some((t.own?, t.reason.clone())));
        let of_whole = reduced.as_ref().map_or(price, |(own, _)| *own);
        Some(Due {
            period: due,
            amount: share.map_or(of_whole, |share| share_of(of_whole, share)),
            why: Why {
                start,
                kind: kind.id,
                kind_name: kind.name.clone(),
                price,
                reduced: reduced.map(|(_, reason)| reason),
                share,
            },
        })
    }

    fn is_fixed_year(&self) -> bool {
        kind_on(self.case, self.day).is_some_and(|k| matches!(k.cycle, Cycle::Year { .. }))
    }
}

/// The period that begins on a day, and whether it is a whole one. Months keep to the
/// first anchor of which the day is a boundary: who joined on the 31st pays from the last
/// day of February and from the 31st of March. A fixed year ends for all on the same day.
pub(crate) fn period(cycle: Cycle, anchors: [Option<Day>; 3], day: Day) -> Option<(Period, bool)> {
    let (next, is_whole) = match cycle {
        Cycle::Months { months } => {
            let months = months.max(1);
            let boundary = anchors
                .into_iter()
                .flatten()
                .find_map(|anchor| boundary_after(anchor, months, day));
            (boundary.unwrap_or_else(|| add_months(day, months)), true)
        }
        Cycle::Year { first_month } => {
            let next = next_year(day, first_month)?;
            (next, add_months(day, 12) == next && day.day() == 1)
        }
        Cycle::Free => return None,
    };
    Some((Period::new(day, next.pred_opt()?).ok()?, is_whole))
}

/// Where a day is so many times so many months after an anchor: the next such day.
fn boundary_after(anchor: Day, months: u32, day: Day) -> Option<Day> {
    let apart = (day.year() - anchor.year()) * 12 + day.month0() as i32 - anchor.month0() as i32;
    let apart = u32::try_from(apart).ok()?;
    let is_boundary = apart.is_multiple_of(months) && add_months(anchor, apart) == day;
    is_boundary.then(|| add_months(anchor, apart.saturating_add(months)))
}

/// The share of a period that is not whole, where the kind asks for no more.
fn share(kind: &Kind, period: Period, is_whole: bool) -> Option<Share> {
    if is_whole || kind.first_period == FirstPeriod::Full {
        return None;
    }
    let of = kind.cycle.months().max(1);
    let months = match kind.cycle {
        // Of a fixed year: each month of the calendar that has begun.
        Cycle::Year { .. } => {
            let (from, until) = (period.from(), period.until());
            let apart =
                (until.year() - from.year()) * 12 + until.month0() as i32 - from.month0() as i32;
            u32::try_from(apart).unwrap_or_default().saturating_add(1)
        }
        _ => (1..of)
            .find(|n| add_months(period.from(), *n) > period.until())
            .unwrap_or(of),
    };
    (months < of).then_some(Share { months, of })
}

/// A share of an amount, to the nearest cent; never nothing where the whole is something.
fn share_of(whole: Cents, share: Share) -> Cents {
    let (months, of) = (i64::from(share.months), i64::from(share.of.max(1)));
    let part = whole.0.saturating_mul(months).saturating_add(of / 2) / of;
    Cents(part.max(whole.0.min(1)))
}

fn after(day: Day) -> Day {
    day.succ_opt().unwrap_or(day)
}

#[cfg(test)]
mod tests;
