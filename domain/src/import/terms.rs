//! What a file does to dues: kinds that are made, and by which kind each member pays. Pure:
//! the same plan is shown as a preview and applied.

use super::plan::{Plan, Step, Target};
use super::{KindChoice, KindMapping, NewKind, Row};
use crate::dues::Kind;
use crate::kernel::{Day, DuesKindId, MemberId};
use std::collections::HashMap;

/// A kind of dues, as a plan names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlannedKind {
    /// One that is there.
    Known(DuesKindId),
    /// The n-th that is made.
    New(usize),
}

/// By which kind a member pays, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedTerms {
    pub target: Target,
    pub from_on: Day,
    pub kind: PlannedKind,
}

/// What a file does to dues.
#[derive(Debug, Default)]
pub(super) struct DuesPlan {
    /// Kinds that are made.
    pub new_kinds: Vec<NewKind>,
    /// Terms, by member and day.
    pub terms: Vec<PlannedTerms>,
    /// What each name means.
    by_value: HashMap<String, PlannedKind>,
}

/// Members from before for whom nothing was said yet, and since when they are members.
pub(super) type WithoutTerms = HashMap<MemberId, Day>;

impl DuesPlan {
    /// What a row means by its dues.
    pub fn kind_of(&self, row: &Row) -> Option<PlannedKind> {
        self.by_value.get(&row.dues.as_ref()?.value).copied()
    }

    /// By which kind a step's member pays from now on, where the row is one that says so.
    pub fn terms_of(&self, step: &Step, row: &Row) -> Option<PlannedKind> {
        let kind = self.kind_of(row)?;
        let told = |terms: &PlannedTerms| terms.target == step.target && terms.kind == kind;
        self.terms.iter().any(told).then_some(kind)
    }

    /// Whether something is made of a name.
    pub fn knows(&self, value: &str) -> bool {
        self.by_value.contains_key(value)
    }

    /// How many members get terms.
    pub fn members(&self) -> usize {
        let mut targets: Vec<Target> = self.terms.iter().map(|t| t.target).collect();
        // Those of one member stand beside each other.
        targets.dedup();
        targets.len()
    }
}

/// Plans the dues: who is new, and who was there without any terms, pays by what the file
/// says, from their first day on; where it says something else later, from then on so.
pub(super) fn plan_dues(
    plan: &Plan,
    mappings: &[KindMapping],
    kinds: &[Kind],
    without_terms: &WithoutTerms,
    today: Day,
) -> DuesPlan {
    let mut dues = DuesPlan::default();
    let mut order: Vec<Target> = Vec::new();
    let mut said: HashMap<Target, Vec<(Option<Day>, PlannedKind)>> = HashMap::new();
    for step in &plan.steps {
        let Some(row) = plan.rows.get(step.row) else {
            continue;
        };
        let Some(kind) = planned_kind(&mut dues, row, mappings, kinds) else {
            continue;
        };
        let own = said.entry(step.target).or_insert_with(|| {
            order.push(step.target);
            Vec::new()
        });
        own.push((day_of(row), kind));
    }
    for target in order {
        let Some(first_day) = first_day(plan, target, without_terms, today) else {
            continue;
        };
        let mut own = said.remove(&target).unwrap_or_default();
        own.sort_by_key(|(day, _)| *day);
        let mut last: Option<PlannedTerms> = None;
        for (day, kind) in own {
            let from_on = match &last {
                None => first_day,
                Some(before) => match day {
                    Some(day) if before.kind != kind && day > before.from_on => day,
                    _ => continue,
                },
            };
            let terms = PlannedTerms {
                target,
                from_on,
                kind,
            };
            dues.terms.push(terms.clone());
            last = Some(terms);
        }
    }
    dues
}

/// The day from which on a row's dues are meant, where it says one.
fn day_of(row: &Row) -> Option<Day> {
    let paid = row.payment.as_ref()?;
    Some(paid.period.map_or(paid.received_on, |p| p.from()))
}

fn first_day(plan: &Plan, target: Target, without_terms: &WithoutTerms, today: Day) -> Option<Day> {
    match target {
        Target::Member(id) => without_terms.get(&id).copied(),
        Target::New(n) => plan.joined_on(n, today),
    }
}

/// What a row's name means; makes the kind where it is a new one.
fn planned_kind(
    dues: &mut DuesPlan,
    row: &Row,
    mappings: &[KindMapping],
    kinds: &[Kind],
) -> Option<PlannedKind> {
    let value = &row.dues.as_ref()?.value;
    if let Some(kind) = dues.by_value.get(value) {
        return Some(*kind);
    }
    let mapping = mappings.iter().find(|m| m.value == *value)?;
    let kind = match &mapping.choice {
        KindChoice::Nothing => return None,
        KindChoice::Known(id) => {
            kinds.iter().find(|k| k.id == *id)?;
            PlannedKind::Known(*id)
        }
        // What was made meanwhile under this name is what is meant.
        KindChoice::New(new) => match kinds.iter().find(|k| k.name == new.name) {
            Some(made) => PlannedKind::Known(made.id),
            None => {
                let before = dues.new_kinds.iter().position(|k| k.name == new.name);
                PlannedKind::New(before.unwrap_or_else(|| {
                    dues.new_kinds.push(new.clone());
                    dues.new_kinds.len() - 1
                }))
            }
        },
    };
    dues.by_value.insert(value.clone(), kind);
    Some(kind)
}
