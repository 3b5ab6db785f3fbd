//! What a file would do: its rows compared with what is known.

use super::own::OwnColumns;
use super::plan::{Known, PaymentStep, Payments, Plan, Target, plan};
use super::report::*;
use super::service::{fits, own_fields, waiting};
use super::terms::{PlannedKind, plan_dues};
use super::{Choices, Row, Said, Table, parse_rows, store};
use crate::context::Cx;
use crate::dues::{self, Kind};
use crate::fields::{Field, On};
use crate::kernel::{Cents, ImportId, MemberId, Result, Right};

/// The most problem rows that a preview shows.
pub const PROBLEMS_SHOWN: usize = 500;
/// The most good rows that a preview shows.
pub const ROWS_SHOWN: usize = 50;

/// What a file would do if it were understood so. Changes nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] as [`Choices::check`];
/// [`Code::NotFound`]; [`Code::ImportApplied`].
pub async fn preview(cx: &mut Cx, id: ImportId, choices: &Choices) -> Result<Preview> {
    let (_, table) = waiting(cx, id).await?;
    fits(choices, table.headers.len())?;
    let plan = planned(cx, &table, choices).await?;
    let payments = payments_of(cx);
    let kinds = dues::kinds(cx).await?;
    let mut problems = Vec::new();
    let bad = plan.rows.iter().filter(|row| !row.problems.is_empty());
    for row in bad.take(PROBLEMS_SHOWN) {
        problems.push(preview_row(row, RowMember::Nobody, RowPayment::None));
    }
    let mut sample = Vec::new();
    for step in plan.steps.iter().take(ROWS_SHOWN) {
        let Some(row) = plan.rows.get(step.row) else {
            continue;
        };
        let known = |n: usize| plan.members.get(n).is_some_and(|m| m.party.is_some());
        let member = match (step.target, step.makes) {
            (Target::Member(id), _) => RowMember::Known(id),
            (Target::New(n), true) if known(n) => RowMember::NewOfKnown,
            (Target::New(_), true) => RowMember::New,
            (Target::New(_), false) => RowMember::SameAsBefore,
        };
        let payment = match (step.payment, &row.payment) {
            (PaymentStep::Known, _) => RowPayment::Known,
            (PaymentStep::New, Some(paid)) => RowPayment::New {
                amount: paid.amount,
                received_on: paid.received_on,
                period: paid.period,
            },
            (PaymentStep::None, Some(_)) if payments == Payments::LeftOut => RowPayment::Refused,
            _ => RowPayment::None,
        };
        let dues_kind = plan.dues.terms_of(step, row);
        let dues_kind = dues_kind.and_then(|kind| kind_name(&plan, &kinds, kind));
        sample.push(PreviewRow {
            dues_kind: dues_kind.unwrap_or_default(),
            ..preview_row(row, member, payment)
        });
    }
    let named = super::choosing::found(&plan.rows);
    let left = named.iter().filter(|kind| !plan.dues.knows(&kind.value));
    Ok(Preview {
        report: report(&plan, payments),
        kinds_left: left.count(),
        problems,
        sample,
    })
}

fn kind_name(plan: &Plan, kinds: &[Kind], kind: PlannedKind) -> Option<String> {
    match kind {
        PlannedKind::Known(id) => kinds.iter().find(|k| k.id == id).map(|k| k.name.clone()),
        PlannedKind::New(n) => plan.dues.new_kinds.get(n).map(|k| k.name.clone()),
    }
}

fn preview_row(row: &Row, member: RowMember, payment: RowPayment) -> PreviewRow {
    let email = row.who.email.as_ref().map(|e| e.as_str().to_owned());
    PreviewRow {
        line: row.line,
        name: row.who.display_name(),
        email: email.unwrap_or_default(),
        reference: row
            .references
            .first()
            .map(|r| r.1.clone())
            .unwrap_or_default(),
        member,
        payment,
        said: row.said,
        dues_kind: String::new(),
        problems: row.problems.clone(),
    }
}

pub(super) fn payments_of(cx: &Cx) -> Payments {
    if cx.actor.rights.has(Right::PaymentsAdd) {
        Payments::Taken
    } else {
        Payments::LeftOut
    }
}

/// Reads what the rows say in the organisation's own fields.
fn read_own(rows: &mut [Row], table: &Table, choices: &Choices, offered: &[Field]) -> Result<()> {
    let columns = OwnColumns::of(table, &choices.columns, offered)?;
    for (row, record) in rows.iter_mut().zip(&table.records) {
        if record.found != table.headers.len() {
            continue;
        }
        let party = On::party(row.who.kind);
        let problems = &mut row.problems;
        row.party_own = columns.read(record, problems, |field| field.on == party);
        row.member_own = columns.read(record, problems, |field| field.on == On::Member);
        columns.refuse(record, problems, |field| {
            field.on != party && field.on != On::Member
        });
    }
    Ok(())
}

/// Compares a file with what is known.
pub(super) async fn planned(cx: &mut Cx, table: &Table, choices: &Choices) -> Result<Plan> {
    let mut rows = parse_rows(table, choices, cx.today());
    read_own(&mut rows, table, choices, &own_fields(cx).await?)?;
    let mut known = Known {
        parties: store::known_parties(&mut cx.tx, cx.tenant).await?,
        ..Known::default()
    };
    let source = choices.source_name();
    for source in [format!("{source}:id"), source] {
        for (reference, member) in store::references(&mut cx.tx, cx.tenant, &source).await? {
            known.references.insert((source.clone(), reference), member);
        }
    }
    let keys = store::payment_keys(&mut cx.tx, cx.tenant).await?;
    known.payment_keys = keys.into_iter().map(|k| k.0).collect();
    let without_terms = known.without_terms();
    let mut planned = plan(rows, known, payments_of(cx));
    if !choices.kinds.is_empty() {
        let (kinds, today) = (dues::kinds(cx).await?, cx.today());
        planned.dues = plan_dues(&planned, &choices.kinds, &kinds, &without_terms, today);
    }
    Ok(planned)
}

pub(super) fn report(plan: &Plan, payments: Payments) -> Report {
    let good = || plan.rows.iter().filter(|row| row.problems.is_empty());
    let said = |wanted: fn(&Said) -> bool| good().filter(|row| wanted(&row.said)).count();
    let steps = |wanted| plan.steps.iter().filter(move |s| s.payment == wanted);
    let added = steps(PaymentStep::New).filter_map(|s| plan.rows.get(s.row)?.payment.as_ref());
    let known: std::collections::HashSet<MemberId> = plan
        .steps
        .iter()
        .filter_map(|s| match s.target {
            Target::Member(id) => Some(id),
            Target::New(_) => None,
        })
        .collect();
    let own = plan.members.iter().filter_map(|member| {
        let row = plan.rows.get(member.row)?;
        let of_party = match member.party {
            Some(_) => 0,
            None => row.party_own.values.len(),
        };
        Some(row.member_own.values.len() + of_party)
    });
    Report {
        rows: plan.rows.len(),
        values_added: own.sum(),
        members_added: plan.members.len(),
        members_of_known: plan.members.iter().filter(|m| m.party.is_some()).count(),
        members_known: known.len(),
        payments_added: steps(PaymentStep::New).count(),
        payments_amount: Cents::sum(added.map(|paid| paid.amount)),
        payments_known: steps(PaymentStep::Known).count(),
        payments_refused: match payments {
            Payments::Taken => 0,
            Payments::LeftOut => good().filter(|row| row.payment.is_some()).count(),
        },
        not_paid: said(|s| matches!(s, Said::NotPaid)),
        paid_without_amount: said(|s| matches!(s, Said::PaidWithoutAmount)),
        paid_until_only: said(|s| matches!(s, Said::PaidUntil(_))),
        dues_set: plan.dues.members(),
        kinds_added: plan.dues.new_kinds.len(),
        problem_rows: plan.problem_rows(),
    }
}
