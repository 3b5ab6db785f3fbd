//! What happens with an import: uploaded, looked at, corrected, applied.

use super::plan::{Known, NewMember, PaymentStep, Payments, Plan, Target, plan};
use super::report::*;
use super::{Choices, Paid, Row, Said, Table, Who, parse_rows, read, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::dues;
use crate::kernel::{Cents, Code, ImportId, MemberId, Problem, Result, Right, text};
use crate::members::{self, MemberNumber, MembershipData};
use crate::once::{self, Sent};
use crate::payments::{self, PaymentData};
use crate::people::{self, PartyData};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The most problem rows that a preview shows.
pub const PROBLEMS_SHOWN: usize = 500;
/// The most good rows that a preview shows.
pub const ROWS_SHOWN: usize = 50;
/// The most imports that the list shows.
const RECENT: i64 = 50;
/// How many cells of a column are shown where it is mapped.
const EXAMPLES: usize = 3;
/// The longest example of a cell.
const EXAMPLE_LENGTH: usize = 60;

/// Takes a file in. Nothing is imported yet. What cannot be read is refused before
/// anything is kept; bank details and secrets in it are not kept at all.
///
/// # Errors
/// Refused without [`Right::Members`]; as [`read`].
pub async fn upload(cx: &mut Cx, file_name: &str, bytes: &[u8], key: &str) -> Result<ImportId> {
    cx.require(Right::Members)?;
    let table = read(bytes)?;
    let content = ("import::upload", file_name, Sha256::digest(bytes).to_vec());
    let ticket = match once::take(cx, key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let kind = dues::default_kind(cx).await?;
    let (price, months) = (kind.price_on(cx.today()), kind.cycle.months());
    let import = Import {
        id: cx.new_id()?,
        file_name: short_file_name(file_name),
        choices: Choices::recognised(&table, price, months),
        state: State::Uploaded,
        report: None,
        created_by: cx.actor.person,
        created_by_name: cx.actor.name.clone(),
        created_at: cx.now,
        applied_at: None,
    };
    let bytes = serde_json::to_vec(&table).map_err(Problem::internal)?;
    store::insert(&mut cx.tx, cx.tenant, &import, &bytes).await?;
    let after = json!({ "source": import.choices.source, "rows": table.records.len() });
    audit::record(cx, change("uploaded", &import), NOTHING, Some(&after)).await?;
    ticket.keep(cx, &import.id).await?;
    Ok(import.id)
}

/// The last part of a path, as a name.
fn short_file_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = name
        .chars()
        .filter(|c| text::line(c.encode_utf8(&mut [0; 4]), 1).is_ok())
        .take(text::NAME_MAX)
        .collect();
    match visible.trim() {
        "" => "import.csv".to_owned(),
        name => name.to_owned(),
    }
}

/// An import.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: ImportId) -> Result<Import> {
    cx.require(Right::Members)?;
    store::find(&mut cx.tx, cx.tenant, id)
        .await?
        .ok_or_else(|| Problem::new(Code::NotFound))
}

/// The last imports, newest first.
///
/// # Errors
/// Refused without [`Right::Members`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Import>> {
    cx.require(Right::Members)?;
    store::list(&mut cx.tx, cx.tenant, RECENT).await
}

/// The file's columns, to be mapped.
///
/// # Errors
/// As [`preview`].
pub async fn columns(cx: &mut Cx, id: ImportId) -> Result<Vec<Column>> {
    let (_, table) = waiting(cx, id).await?;
    let column = |(at, header): (usize, &String)| {
        let mut examples: Vec<String> = Vec::new();
        for cell in table.records.iter().filter_map(|r| r.cells.get(at)) {
            let cell: String = cell.trim().chars().take(EXAMPLE_LENGTH).collect();
            if !cell.is_empty() && !examples.contains(&cell) {
                examples.push(cell);
            }
            if examples.len() == EXAMPLES {
                break;
            }
        }
        Column {
            header: header.clone(),
            examples,
        }
    };
    Ok(table.headers.iter().enumerate().map(column).collect())
}

/// Keeps how a file is to be understood.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] as [`Choices::check`];
/// [`Code::ImportApplied`].
pub async fn set_choices(cx: &mut Cx, id: ImportId, choices: &Choices) -> Result<()> {
    cx.require(Right::Members)?;
    let before = get(cx, id).await?;
    fits(choices, before.choices.columns.len())?;
    if before.choices == *choices && before.state == State::Uploaded {
        return Ok(());
    }
    if !store::set_choices(&mut cx.tx, cx.tenant, id, choices).await? {
        return Err(Problem::new(Code::ImportApplied));
    }
    audit::record(
        cx,
        change("changed", &before),
        Some(&before.choices),
        Some(choices),
    )
    .await
}

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
        sample.push(preview_row(row, member, payment));
    }
    Ok(Preview {
        report: report(&plan, payments),
        problems,
        sample,
    })
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
        problems: row.problems.clone(),
    }
}

/// Imports a file as its kept choices say: all or nothing, in this one transaction.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] as [`Choices::check`];
/// [`Code::RowsWithProblems`] where one stops it; [`Code::ImportApplied`];
/// [`Code::AlreadySent`] where the form's key came with other content.
pub async fn apply(
    cx: &mut Cx,
    id: ImportId,
    problem_rows: ProblemRows,
    key: &str,
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
    if report.problem_rows > 0 && problem_rows == ProblemRows::Refuse {
        return Err(Problem::new(Code::RowsWithProblems {
            rows: report.problem_rows,
        }));
    }
    if !store::set_applied(&mut cx.tx, cx.tenant, id, &report, cx.now).await? {
        return Err(Problem::new(Code::ImportApplied));
    }
    write(cx, id, &plan).await?;
    audit::record(cx, change("applied", &import), NOTHING, Some(&report)).await?;
    ticket.keep(cx, &report).await?;
    Ok(report)
}

/// Writes what was planned.
async fn write(cx: &mut Cx, import: ImportId, plan: &Plan) -> Result<()> {
    let broken = || Problem::internal("a plan that does not fit its rows");
    let mut made: Vec<MemberId> = Vec::with_capacity(plan.members.len());
    if !plan.members.is_empty() {
        let first = members::take_numbers(cx, plan.members.len()).await?;
        for (number, member) in (first.sequence()..).zip(&plan.members) {
            let row = plan.rows.get(member.row).ok_or_else(broken)?;
            let number = MemberNumber::from_sequence(number);
            made.push(make_member(cx, number, member, row).await?);
        }
    }
    for step in &plan.steps {
        let row = plan.rows.get(step.row).ok_or_else(broken)?;
        let member = match step.target {
            Target::Member(id) => id,
            Target::New(n) => *made.get(n).ok_or_else(broken)?,
        };
        for (source, reference) in &step.references {
            members::add_reference(cx, member, source, reference).await?;
        }
        if let (PaymentStep::New, Some(paid)) = (step.payment, &row.payment) {
            let data = payment_data(paid);
            payments::insert_imported(cx, member, data, import, &paid.key).await?;
        }
    }
    Ok(())
}

async fn make_member(
    cx: &mut Cx,
    number: MemberNumber,
    member: &NewMember,
    row: &Row,
) -> Result<MemberId> {
    let party = match member.party {
        Some(party) => party,
        None => people::insert(cx, &party_data(&row.who)).await?,
    };
    let joined_on = member.joined_on.unwrap_or_else(|| cx.today());
    // Whoever left before the first day that is known was there until then at least.
    let joined_on = row.left_on.map_or(joined_on, |left| joined_on.min(left));
    let data = MembershipData {
        joined_on,
        left_on: row.left_on,
    };
    let name = row.who.display_name();
    members::insert_imported(cx, number, (party, &name), data, &member.references).await
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

fn payment_data(paid: &Paid) -> PaymentData {
    PaymentData {
        amount: paid.amount,
        method: paid.method,
        received_on: paid.received_on,
        period: paid.period,
        kind: None,
        label: paid.label.clone(),
        note: paid.note.clone(),
    }
}

/// An import that waits, and its file.
async fn waiting(cx: &mut Cx, id: ImportId) -> Result<(Import, Table)> {
    let import = get(cx, id).await?;
    if import.state == State::Applied {
        return Err(Problem::new(Code::ImportApplied));
    }
    let content = store::content(&mut cx.tx, cx.tenant, id).await?;
    let table = serde_json::from_slice(&content).map_err(Problem::internal)?;
    Ok((import, table))
}

fn fits(choices: &Choices, columns: usize) -> Result<()> {
    if choices.columns.len() != columns {
        return Err(Problem::at_field("columns", Code::UnknownChoice));
    }
    choices.check()
}

fn payments_of(cx: &Cx) -> Payments {
    if cx.actor.rights.has(Right::PaymentsAdd) {
        Payments::Taken
    } else {
        Payments::LeftOut
    }
}

/// Compares a file with what is known.
async fn planned(cx: &mut Cx, table: &Table, choices: &Choices) -> Result<Plan> {
    let rows = parse_rows(table, choices, cx.today());
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
    Ok(plan(rows, known, payments_of(cx)))
}

fn report(plan: &Plan, payments: Payments) -> Report {
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
    Report {
        rows: plan.rows.len(),
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
        problem_rows: plan.problem_rows(),
    }
}

fn change<'a>(action: &'static str, import: &'a Import) -> Change<'a> {
    Change {
        action,
        kind: "import",
        id: import.id.0,
        label: &import.file_name,
    }
}
