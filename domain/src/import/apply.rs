//! Applying an import: all or nothing, in one transaction.

use super::plan::{PaymentStep, Plan, Target};
use super::preview::{payments_of, planned, report};
use super::report::*;
use super::service::{change, fits, waiting};
use super::terms::PlannedKind;
use super::{Paid, Progress, Row, Who, memory, store};
use crate::audit::{self, NOTHING};
use crate::context::Cx;
use crate::db::bulk::CHUNK;
use crate::dues::{self, Terms};
use crate::kernel::{Code, DuesKindId, ImportId, MemberId, PartyId, Problem, Result, Right};
use crate::members::{self, MemberNumber, MembershipData, NewMember, NewReference};
use crate::once::{self, Sent};
use crate::payments::{self, NewPayment, PaymentData};
use crate::people::{self, PartyData};

/// Imports a file as its kept choices say.
///
/// # Errors
/// Refused without [`Right::Members`], and without [`Right::Settings`] where it makes a
/// kind of dues; [`Code::Invalid`] as
/// [`Choices::check`](super::Choices::check); [`Code::RowsWithProblems`] where one stops
/// it; [`Code::ImportApplied`]; [`Code::AlreadySent`] where the form's key came with
/// other content.
pub async fn apply(
    cx: &mut Cx,
    id: ImportId,
    problem_rows: ProblemRows,
    key: &str,
    progress: &Progress,
) -> Result<Report> {
    cx.require(Right::Members)?;
    let content = ("import::apply", id, problem_rows);
    let ticket = match once::take(cx, key, &content).await? {
        Sent::Again(report) => return Ok(report),
        Sent::First(ticket) => ticket,
    };
    store::lock(&mut cx.tx, cx.tenant).await?;
    let (import, table) = waiting(cx, id).await?;
    fits(&import.choices, table.headers.len())?;
    let plan = planned(cx, &table, &import.choices).await?;
    let report = report(&plan, payments_of(cx));
    if report.kinds_added > 0 {
        cx.require(Right::Settings)?;
    }
    if report.problem_rows > 0 && problem_rows == ProblemRows::Refuse {
        return Err(Problem::new(Code::RowsWithProblems {
            rows: report.problem_rows,
        }));
    }
    if !store::set_applied(&mut cx.tx, cx.tenant, id, &report, cx.now).await? {
        return Err(Problem::new(Code::ImportApplied));
    }
    memory::remember(cx, &table, &import.choices).await?;
    progress.expect(report.members_added + report.payments_added);
    write(cx, id, &plan, progress).await?;
    if report.members_added + report.payments_added >= CHUNK {
        store::count_anew(&mut cx.tx).await?;
    }
    audit::record(cx, change("applied", &import), NOTHING, Some(&report)).await?;
    ticket.keep(cx, &report).await?;
    Ok(report)
}

fn broken() -> Problem {
    Problem::internal("a plan that does not fit its rows")
}

/// Writes what was planned, chunk by chunk.
async fn write(cx: &mut Cx, import: ImportId, plan: &Plan, progress: &Progress) -> Result<()> {
    let kinds = make_kinds(cx, import, plan).await?;
    let made = make_members(cx, import, plan, progress).await?;
    give_terms(cx, import, plan, &kinds, &made).await?;
    let mut references = Vec::new();
    let mut new = Vec::new();
    for step in &plan.steps {
        let row = plan.rows.get(step.row).ok_or_else(broken)?;
        let member = match step.target {
            Target::Member(id) => {
                references.extend(step.references.iter().map(|(source, reference)| {
                    let (source, reference) = (source.clone(), reference.clone());
                    NewReference {
                        member: id,
                        source,
                        reference,
                    }
                }));
                id
            }
            Target::New(n) => *made.get(n).ok_or_else(broken)?,
        };
        if let (PaymentStep::New, Some(paid)) = (step.payment, &row.payment) {
            let kind = match plan.dues.kind_of(row) {
                Some(kind) => Some(kind_id(&kinds, kind)?),
                None => None,
            };
            let (data, key) = (payment_data(paid, kind), paid.key.clone());
            new.push(NewPayment { member, data, key });
        }
    }
    members::add_imported_references(cx, import, &references).await?;
    let mut new = new.into_iter().peekable();
    while new.peek().is_some() {
        let chunk: Vec<NewPayment> = new.by_ref().take(CHUNK).collect();
        let count = chunk.len();
        payments::insert_imported(cx, import, chunk).await?;
        progress.add(count);
    }
    Ok(())
}

/// Makes the kinds of dues that are new, in the plan's order.
async fn make_kinds(cx: &mut Cx, import: ImportId, plan: &Plan) -> Result<Vec<DuesKindId>> {
    let mut made = Vec::with_capacity(plan.dues.new_kinds.len());
    for new in &plan.dues.new_kinds {
        let (amount, months) = (new.amount, new.months);
        made.push(dues::add_imported_kind(cx, import, &new.name, amount, months).await?);
    }
    Ok(made)
}

fn kind_id(made: &[DuesKindId], kind: PlannedKind) -> Result<DuesKindId> {
    match kind {
        PlannedKind::Known(id) => Ok(id),
        PlannedKind::New(n) => made.get(n).copied().ok_or_else(broken),
    }
}

/// Says by which kind of dues the members pay.
async fn give_terms(
    cx: &mut Cx,
    import: ImportId,
    plan: &Plan,
    kinds: &[DuesKindId],
    made: &[MemberId],
) -> Result<()> {
    let mut terms = Vec::with_capacity(plan.dues.terms.len());
    for planned in &plan.dues.terms {
        let member = match planned.target {
            Target::Member(id) => id,
            Target::New(n) => *made.get(n).ok_or_else(broken)?,
        };
        let new = Terms {
            from_on: planned.from_on,
            kind: kind_id(kinds, planned.kind)?,
            own: None,
            reason: String::new(),
        };
        terms.push((member, new));
    }
    dues::insert_imported_terms(cx, import, &terms).await
}

/// Makes the new members, and those of them who are not known, in the plan's order.
async fn make_members(
    cx: &mut Cx,
    import: ImportId,
    plan: &Plan,
    progress: &Progress,
) -> Result<Vec<MemberId>> {
    let mut made = Vec::with_capacity(plan.members.len());
    if plan.members.is_empty() {
        return Ok(made);
    }
    let more = references_of_other_rows(plan);
    let first = members::take_numbers(cx, plan.members.len()).await?;
    let mut numbers = first.sequence()..;
    for (chunk, more) in plan.members.chunks(CHUNK).zip(more.chunks(CHUNK)) {
        let mut who: Vec<PartyData> = Vec::with_capacity(chunk.len());
        let mut own = Vec::with_capacity(chunk.len());
        for member in chunk.iter().filter(|m| m.party.is_none()) {
            let row = plan.rows.get(member.row).ok_or_else(broken)?;
            who.push(party_data(&row.who));
            own.push(&row.party_own.values);
        }
        let mut parties = people::insert_imported(cx, import, &who, &own)
            .await?
            .into_iter();
        let mut new = Vec::with_capacity(chunk.len());
        for (member, more) in chunk.iter().zip(more) {
            let n = made.len() + new.len();
            let row = plan.rows.get(member.row).ok_or_else(broken)?;
            let party = match member.party {
                Some(party) => party,
                None => parties.next().ok_or_else(broken)?,
            };
            let number = MemberNumber::from_sequence(numbers.next().ok_or_else(broken)?);
            let mut references = member.references.clone();
            references.extend(more.iter().cloned());
            let joined_on = plan.joined_on(n, cx.today()).ok_or_else(broken)?;
            new.push(new_member(row, party, number, joined_on, references));
        }
        made.extend(members::insert_imported(cx, import, &new).await?);
        progress.add(chunk.len());
    }
    Ok(made)
}

/// What rows other than the first call each new member.
fn references_of_other_rows(plan: &Plan) -> Vec<Vec<(String, String)>> {
    let mut more = vec![Vec::new(); plan.members.len()];
    for step in &plan.steps {
        if let Target::New(n) = step.target
            && let Some(references) = more.get_mut(n)
        {
            references.extend(step.references.iter().cloned());
        }
    }
    more
}

fn new_member(
    row: &Row,
    party: PartyId,
    number: MemberNumber,
    joined_on: crate::kernel::Day,
    references: Vec<(String, String)>,
) -> NewMember {
    NewMember {
        number,
        party,
        name: row.who.display_name(),
        data: MembershipData {
            joined_on,
            left_on: row.left_on,
        },
        references,
        own: row.member_own.values.clone(),
    }
}

fn party_data(who: &Who) -> PartyData {
    let some = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
    PartyData {
        kind: who.kind,
        given_name: who.given_name.clone(),
        name: who.name.clone(),
        email: who.email.clone(),
        phone: some(&who.phone),
        street: some(&who.street),
        postcode: some(&who.postcode),
        city: some(&who.city),
        country: some(&who.country),
        note: some(&who.note),
    }
}

fn payment_data(paid: &Paid, kind: Option<DuesKindId>) -> PaymentData {
    PaymentData {
        amount: paid.amount,
        method: paid.method,
        received_on: paid.received_on,
        period: paid.period,
        kind,
        service: None,
        label: paid.label.clone(),
        note: paid.note.clone(),
    }
}
