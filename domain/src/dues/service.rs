//! What happens with dues: kinds, terms, payers, and what follows from them.

mod kinds;
mod members;
mod overview;

pub use kinds::*;
pub use members::*;
pub(crate) use overview::of_everybody;
pub use overview::overview;

pub(super) use kinds::record as record_kind;
pub(super) use members::{change as change_of_member, facts};

use super::rules::{self, Case};
use super::store::{self, Counts, Subject};
use super::{MemberDues, Terms, Whose};
use crate::context::Cx;
use crate::kernel::{Code, MemberId, PartyId, Period, Problem, Result};
use crate::people::rules::display_name;
use crate::settings;
use std::collections::BTreeMap;

/// The most members whose coverage is written at once.
const REFRESH_MAX: usize = 500;
/// The most members that one person sees as their own, or pays for.
pub const HOUSEHOLD_MAX: i64 = 50;

/// Everything about a member's dues.
///
/// # Errors
/// [`Code::NotFound`], also to those who are in no crew.
pub async fn of_member(cx: &mut Cx, member: MemberId) -> Result<MemberDues> {
    cx.require_crew()?;
    let found = store::subject(&mut cx.tx, cx.tenant, member).await?;
    let subject = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut computed = compute(cx, vec![(subject, Whose::Own)]).await?;
    computed.pop().ok_or_else(|| Problem::new(Code::NotFound))
}

/// The dues of those for whom a party pays, by name; its own first, where it is a member
/// for whom nobody else pays.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_household(cx: &mut Cx, payer: PartyId) -> Result<Vec<MemberDues>> {
    cx.require_crew()?;
    let own = store::subject_of_party(&mut cx.tx, cx.tenant, payer).await?;
    let own = own.into_iter().map(|subject| (subject, Whose::Own));
    let others = store::subjects_of_payer(&mut cx.tx, cx.tenant, payer, HOUSEHOLD_MAX).await?;
    let others = others.into_iter().map(|subject| (subject, Whose::PaidFor));
    let all = own.chain(others).collect();
    compute(cx, all).await
}

/// The signed-in person's own dues, those of the organisations that are reached through
/// them, and those of the members for whom any of these pays. Without what the crews note
/// down for themselves.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine(cx: &mut Cx) -> Result<Vec<MemberDues>> {
    // No right is needed: the query holds nothing but one's own, and what one pays.
    let person = cx.actor.signed_in()?;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let (own, paid_for) = store::subjects_of_person(tx, tenant, person, HOUSEHOLD_MAX).await?;
    let own = own.into_iter().map(|subject| (subject, Whose::Own));
    let paid_for = paid_for
        .into_iter()
        .map(|subject| (subject, Whose::PaidFor));
    let all = own.chain(paid_for).collect();
    let mut computed = compute(cx, all).await?;
    for own in &mut computed {
        let dues = &mut own.dues;
        for due in dues.arrears.iter_mut().chain(dues.next.as_mut()) {
            if let Some(reason) = &mut due.why.reduced {
                reason.clear();
            }
        }
        for terms in &mut own.terms {
            terms.reason.clear();
        }
    }
    Ok(computed)
}

/// Computes what some members owe, in their order.
async fn compute(cx: &mut Cx, subjects: Vec<(Subject, Whose)>) -> Result<Vec<MemberDues>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let today = cx.today();
    let lapse = settings::get(cx).await?.lapse;
    let ids: Vec<MemberId> = subjects.iter().map(|(subject, _)| subject.id).collect();
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let kinds = store::kinds(tx, tenant).await?;
    let mut terms = by_member(store::terms(tx, tenant, &ids).await?);
    let mut coverage = by_member(store::coverage(tx, tenant, &ids).await?);
    let (mut counted, mut waiting) = (Vec::new(), Vec::new());
    for (member, period, counts) in store::periods(tx, tenant, &ids).await? {
        // What is about to be taken back is proposed anew.
        if counts != Counts::Goes {
            counted.push((member, period));
        }
        if counts == Counts::Waits {
            waiting.push((member, period));
        }
    }
    let (mut counted, mut waiting) = (by_member(counted), by_member(waiting));
    let compute_one = |(subject, whose): (Subject, Whose)| {
        let terms: Vec<Terms> = terms.remove(&subject.id).unwrap_or_default();
        let covered: Vec<Period> = counted.remove(&subject.id).unwrap_or_default();
        let case = Case {
            kinds: &kinds,
            terms: &terms,
            covered: &covered,
            joined_on: subject.joined_on,
            left_on: subject.left_on,
            lapse,
        };
        let kind = rules::kind_on(&case, today).cloned();
        MemberDues {
            member: subject.id,
            number: subject.number,
            name: display_name(&subject.given_name, &subject.name),
            whose,
            joined_on: subject.joined_on,
            left_on: subject.left_on,
            coverage: coverage.remove(&subject.id).unwrap_or_default(),
            waiting: rules::merge(waiting.remove(&subject.id).unwrap_or_default()),
            dues: rules::dues(&case, today),
            kind,
            payer: subject.payer(),
            terms,
        }
    };
    Ok(subjects.into_iter().map(compute_one).collect())
}

/// Follows the validated payments and the terms: writes until when some members are in
/// order. Called by the use-cases that change either, in their transaction; they have asked
/// for the right, and write the audit.
///
/// # Errors
/// The database's own.
pub(crate) async fn refresh(cx: &mut Cx, members: &[MemberId]) -> Result<()> {
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let kinds = store::kinds(tx, tenant).await?;
    for some in members.chunks(REFRESH_MAX) {
        store::lock_members(tx, tenant, some).await?;
        let mut runs: BTreeMap<MemberId, Vec<Period>> = BTreeMap::new();
        for (member, period, counts) in store::periods(tx, tenant, some).await? {
            if counts != Counts::Waits {
                runs.entry(member).or_default().push(period);
            }
        }
        for (member, terms) in by_member(store::terms(tx, tenant, some).await?) {
            let free = rules::free_days(&terms, &kinds);
            runs.entry(member).or_default().extend(free);
        }
        let merged = runs.into_iter().flat_map(|(member, periods)| {
            rules::merge(periods)
                .into_iter()
                .map(move |run| (member, run))
        });
        let merged: Vec<(MemberId, Period)> = merged.collect();
        store::replace_coverage(tx, tenant, some, &merged).await?;
    }
    Ok(())
}

fn by_member<T>(rows: Vec<(MemberId, T)>) -> BTreeMap<MemberId, Vec<T>> {
    let mut grouped: BTreeMap<MemberId, Vec<T>> = BTreeMap::new();
    for (member, row) in rows {
        grouped.entry(member).or_default().push(row);
    }
    grouped
}
