//! What months say of services: one pass over each service's life, with the rules of dues
//! said in a quicker way. A test compares it with these rules themselves. Pure.

use super::Figures;
use super::window::Window;
use crate::dues::{Kind, rules as dues};
use crate::kernel::calendar::LAST_DAY;
use crate::kernel::{Cents, Day, MemberId, PaymentId, Period};

/// Something that was paid: money that came, dues that were waived, or money given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The payment.
    pub id: PaymentId,
    /// Whose.
    pub member: MemberId,
    /// The day when it came.
    pub on: Day,
    /// What it pays.
    pub period: Option<Period>,
    /// How much; nothing is waived.
    pub amount: Cents,
    /// The payment that it takes back.
    pub reverses: Option<PaymentId>,
}

/// That somebody had a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Had {
    /// Who.
    pub member: MemberId,
    /// The first day.
    pub from_on: Day,
    /// The last day.
    pub until_on: Option<Day>,
    /// An amount of their own for a whole period.
    pub own: Option<Cents>,
}

/// All that is known of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The day on which it was written down.
    pub made_on: Day,
    /// From this day on it is no more.
    pub closed_on: Option<Day>,
    /// Who had it: times that do not overlap.
    pub had: Vec<Had>,
    /// What was paid for it, validated and by the day as of which one looks.
    pub paid: Vec<Paid>,
}

/// A time that is covered from the day on which it was paid until it was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered {
    /// Since when that is known.
    pub since: Day,
    /// From when on it is not so any more.
    pub gone: Option<Day>,
    /// What is covered.
    pub period: Period,
    /// How much came for it; nothing where it was waived.
    pub amount: Cents,
}

impl Covered {
    /// Whether it counts on a day.
    pub fn is_known(&self, day: Day) -> bool {
        self.since <= day && self.gone.is_none_or(|gone| gone > day)
    }
}

/// What payments cover that were not given back as soon as they came.
pub fn covered<'a>(
    paid: &'a [Paid],
    member: impl Fn(MemberId) -> bool + 'a,
) -> impl Iterator<Item = Covered> + 'a {
    let own = move |paid: &&Paid| paid.reverses.is_none() && member(paid.member);
    paid.iter().filter(own).filter_map(move |payment| {
        let back = paid.iter().find(|p| p.reverses == Some(payment.id));
        Some(Covered {
            since: payment.on,
            gone: back.map(|back| back.on.max(payment.on)),
            period: payment.period?,
            amount: payment.amount,
        })
    })
}

/// An amount by as many as share it, to the nearest cent.
pub fn average(sum: Cents, count: i64) -> Option<Cents> {
    let half = count / 2 * sum.0.signum();
    (count > 0).then(|| Cents(sum.0.saturating_add(half) / count))
}

/// Adds what the months say of one service; `kind` is its type as the rules of dues see it.
pub fn count(kind: &Kind, life: &Life, window: &Window, into: &mut [Figures]) {
    for paid in &life.paid {
        if let Some(month) = window.at(paid.on).and_then(|n| into.get_mut(n)) {
            month.received = Cents::sum([month.received, paid.amount]);
        }
    }
    count_use(life, window, into);
    let mut owed = vec![Cents::ZERO; into.len()];
    for had in &life.had {
        let covered: Vec<Covered> = covered(&life.paid, |m| m == had.member).collect();
        let ground = Ground { kind, had };
        expect(&ground, &covered, window, into);
        owe(&ground, covered, window, &mut owed);
    }
    for (month, owed) in into.iter_mut().zip(owed) {
        month.owed = Cents::sum([month.owed, owed]);
        month.owing += i64::from(owed > Cents::ZERO);
    }
}

/// Who had the service when, and when it was in stock.
fn count_use(life: &Life, window: &Window, into: &mut [Figures]) {
    let on = window.on();
    for had in &life.had {
        if let Some(month) = window.at(had.from_on).and_then(|n| into.get_mut(n)) {
            month.begun += 1;
        }
        let last = had.until_on.filter(|until| *until <= on);
        if let Some(month) = last
            .and_then(|day| window.at(day))
            .and_then(|n| into.get_mut(n))
        {
            month.ended += 1;
        }
    }
    let first_had = life.had.iter().map(|had| had.from_on).min();
    let made_on = first_had.map_or(life.made_on, |day| day.min(life.made_on));
    for (month, figures) in window.months().iter().zip(into) {
        let had = |from: Day, until: Day| {
            let is = |h: &Had| h.from_on <= until && h.until_on.is_none_or(|end| end >= from);
            life.had.iter().any(is)
        };
        figures.active += i64::from(had(month.first, month.edge));
        let is_closed = life.closed_on.is_some_and(|closed| closed <= month.edge);
        let is_there = made_on <= month.edge && !is_closed;
        figures.stock += i64::from(is_there && !had(month.edge, month.edge));
    }
}

/// What the periods cost that begin in each month and are not waived.
fn expect(ground: &Ground<'_>, covered: &[Covered], window: &Window, into: &mut [Figures]) {
    let on = window.on();
    let waived = covered
        .iter()
        .filter(|c| c.amount == Cents::ZERO && c.is_known(on));
    let runs = dues::merge(waived.map(|c| c.period));
    let mut walk = Walk::new(ground);
    while let Some(day) = walk.step(ground, &runs).filter(|day| *day <= window.last()) {
        if let Some(month) = window.at(day).and_then(|n| into.get_mut(n)) {
            month.expected = Cents::sum([month.expected, ground.price(day)]);
        }
    }
}

/// What was due by each month's end and not paid by then.
fn owe(ground: &Ground<'_>, covered: Vec<Covered>, window: &Window, into: &mut [Cents]) {
    let mut changes: Vec<(Day, bool, Period)> = Vec::with_capacity(covered.len());
    for one in covered {
        match one.gone {
            Some(gone) if gone <= one.since => {}
            gone => {
                changes.push((one.since, true, one.period));
                changes.extend(gone.map(|gone| (gone, false, one.period)));
            }
        }
    }
    changes.sort_by_key(|(day, comes, _)| (*day, !*comes));
    let mut changes = changes.into_iter().peekable();
    let mut runs = Runs::default();
    let mut walk = Walk::new(ground);
    let mut next = walk.step(ground, &runs.merged);
    let mut sum = Cents::ZERO;
    for (month, owed) in window.months().iter().zip(into) {
        let mut changed = false;
        while let Some((_, comes, period)) = changes.next_if(|(day, ..)| *day <= month.edge) {
            runs.change(comes, period);
            changed = true;
        }
        if changed {
            walk = Walk::new(ground);
            next = walk.step(ground, &runs.merged);
            sum = Cents::ZERO;
        }
        while let Some(day) = next.filter(|day| *day <= month.edge) {
            sum = Cents::sum([sum, ground.price(day)]);
            next = walk.step(ground, &runs.merged);
        }
        *owed = Cents::sum([*owed, sum]);
    }
}

/// What is covered: periods, and the same joined where they touch.
#[derive(Default)]
struct Runs {
    periods: Vec<Period>,
    merged: Vec<Period>,
}

impl Runs {
    fn change(&mut self, comes: bool, period: Period) {
        if !comes {
            if let Some(n) = self.periods.iter().position(|p| *p == period) {
                self.periods.swap_remove(n);
            }
            self.merged = dues::merge(self.periods.iter().copied());
            return;
        }
        self.periods.push(period);
        // Nearly always it is the next time: nothing is sorted anew.
        match self.merged.last_mut() {
            Some(last) if last.from() <= period.from() => {
                let joined = dues::merge([*last, period]);
                self.merged.pop();
                self.merged.extend(joined);
            }
            None => self.merged.push(period),
            Some(_) => self.merged = dues::merge(self.periods.iter().copied()),
        }
    }
}

/// What says what somebody's periods are, and what they cost.
struct Ground<'a> {
    kind: &'a Kind,
    had: &'a Had,
}

impl Ground<'_> {
    /// What the period costs that begins on a day.
    fn price(&self, day: Day) -> Cents {
        self.had.own.unwrap_or_else(|| self.kind.price_on(day))
    }

    /// Whether the service is not had any more on a day.
    fn is_over(&self, day: Day) -> bool {
        self.had.until_on.is_some_and(|until| until < day) || day >= LAST_DAY
    }
}

/// The way through the periods that nothing covers, by their first days.
struct Walk {
    day: Day,
    /// The first day of the run that ends just before the day.
    anchor: Option<Day>,
    /// How many runs lie behind.
    behind: usize,
    steps: usize,
}

impl Walk {
    fn new(ground: &Ground<'_>) -> Self {
        Self {
            day: ground.had.from_on,
            anchor: None,
            behind: 0,
            steps: 0,
        }
    }

    /// The first day of the next period that is due. `runs` are sorted and do not touch, and
    /// are the same on the whole way.
    fn step(&mut self, ground: &Ground<'_>, runs: &[Period]) -> Option<Day> {
        while let Some(run) = runs.get(self.behind).filter(|run| run.from() <= self.day) {
            if run.contains(self.day) {
                self.day = run.until().succ_opt()?;
                self.anchor = Some(run.from());
            }
            self.behind += 1;
        }
        if ground.is_over(self.day) || self.steps >= dues::PERIODS_MAX {
            return None;
        }
        self.steps += 1;
        let anchors = [Some(ground.had.from_on), self.anchor, None];
        let (whole, _) = dues::period(ground.kind.cycle, anchors, self.day)?;
        let gap = runs.get(self.behind).and_then(|run| run.from().pred_opt());
        let until = gap.map_or(whole.until(), |gap| whole.until().min(gap));
        let found = self.day;
        self.day = until.succ_opt()?;
        self.anchor = None;
        Some(found)
    }
}
