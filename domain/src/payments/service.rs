//! Entering, changing, deleting, reversing and reading payments. Validation has a file
//! of its own.

use super::rules::{may_change, may_reverse, may_validate};
use super::store::{self, New, Wanted};
use super::{
    AT_ONCE_MAX, EnteredBy, GROUP_MAX, Method, PEOPLE_MAX, Payment, PaymentData, PaymentFilter,
    PaymentForm, PaymentQuery, Proposal, Queue, QueueRow, ReversalForm, Sitting, State, form,
};
use crate::access::Rights;
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::dues;
use crate::kernel::problem::{Class, FieldProblem};
use crate::kernel::{
    Cents, Code, Day, Locale, MemberId, Page, PageRequest, PaymentGroupId, PaymentId, Problem,
    Result, Right, paging,
};
use crate::members;
use crate::once::{self, Sent};
use crate::services;
use crate::settings;
use uuid::Uuid;

/// Enters a payment, as a draft.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`]; [`Code::Invalid`] with the fields;
/// [`Code::AlreadySent`] where the form's key came with other content.
pub async fn add(cx: &mut Cx, form: &PaymentForm) -> Result<PaymentId> {
    cx.require(Right::PaymentsAdd)?;
    let content = ("payments::add", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    // Another crew's service is one that there is not.
    if let Ok(service) = form.service.trim().parse() {
        services::get(cx, service).await?;
    }
    let (member, data) = read(cx, form).await?;
    let id = insert(cx, member, &data, None, None).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes a draft. The same content once more changes nothing.
///
/// # Errors
/// Refused without [`Right::PaymentsChange`] and as [`may_change`] says;
/// [`Code::ChangedMeanwhile`] where somebody else was faster; [`Code::Invalid`].
pub async fn save(cx: &mut Cx, id: PaymentId, form: &PaymentForm) -> Result<()> {
    cx.require(Right::PaymentsChange)?;
    let before = get(cx, id).await?;
    may_change(&cx.actor.rights, &before)?;
    // What it pays for stays: dues, or that service.
    let service = before
        .service
        .as_ref()
        .map(|service| service.id.to_string());
    let form = &PaymentForm {
        service: service.unwrap_or_default(),
        ..form.clone()
    };
    let (member, data) = read(cx, form).await?;
    if before.data() == data && before.member == member {
        return Ok(());
    }
    if form.version != before.version.to_string()
        || !store::update(&mut cx.tx, cx.tenant, id, before.version, member, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let after = get(cx, id).await?;
    record(cx, "changed", Some(&before), Some(&after)).await
}

/// Takes a validated payment back: enters a payment of the opposite amount, which the
/// bank crew validates like any other.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`] and as [`may_reverse`] says; a reason must be
/// given; [`Code::AlreadySent`] where the form's key came with other content.
pub async fn reverse(cx: &mut Cx, id: PaymentId, form: &ReversalForm) -> Result<PaymentId> {
    cx.require(Right::PaymentsAdd)?;
    let content = ("payments::reverse", cx.actor.person, id, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let original = get(cx, id).await?;
    may_reverse(&cx.actor.rights, &original)?;
    let amount = original.amount.checked_neg();
    let data = PaymentData {
        amount: amount.ok_or_else(|| Problem::new(Code::AmountTooLarge))?,
        received_on: cx.today(),
        note: form.parse()?,
        ..original.data()
    };
    let reversal = insert(cx, original.member, &data, Some(id), None).await?;
    ticket.keep(cx, &reversal).await?;
    Ok(reversal)
}

/// A payment.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: PaymentId) -> Result<Payment> {
    cx.require_crew()?;
    let found = store::find(&mut cx.tx, cx.tenant, id).await?;
    let found = found.map(|payment| seen(&cx.actor.rights, payment));
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// A payment as somebody may see it.
fn seen(rights: &Rights, payment: Payment) -> Payment {
    Payment {
        service: payment.service.map(|service| service.seen_by(rights)),
        ..payment
    }
}

fn all_seen(cx: &Cx, payments: Vec<Payment>) -> Vec<Payment> {
    let rights = &cx.actor.rights;
    payments.into_iter().map(|p| seen(rights, p)).collect()
}

/// Those of at most [`super::AT_ONCE_MAX`] payments that are there, in the order of their ids.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::TooManySelected`].
pub async fn some(cx: &mut Cx, ids: &[PaymentId]) -> Result<Vec<Payment>> {
    cx.require_crew()?;
    if ids.len() > AT_ONCE_MAX {
        return Err(Problem::new(Code::TooManySelected { max: AT_ONCE_MAX }));
    }
    let payments = store::some(&mut cx.tx, cx.tenant, ids).await?;
    Ok(all_seen(cx, payments))
}

/// The sum of at most [`super::AT_ONCE_MAX`] payments.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::TooManySelected`].
pub async fn sum(cx: &mut Cx, ids: &[PaymentId]) -> Result<Cents> {
    cx.require_crew()?;
    if ids.len() > AT_ONCE_MAX {
        return Err(Problem::new(Code::TooManySelected { max: AT_ONCE_MAX }));
    }
    store::sum(&mut cx.tx, cx.tenant, ids).await
}

/// Payments, the last received first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list(cx: &mut Cx, filter: &PaymentFilter, page: PageRequest) -> Result<Page<Payment>> {
    cx.require_crew()?;
    let wanted = wanted(cx, filter);
    let (total, ..) = store::totals(&mut cx.tx, cx.tenant, &wanted).await?;
    let rows = store::list(&mut cx.tx, cx.tenant, &wanted, page).await?;
    let rows = all_seen(cx, rows);
    Ok(Page::new(rows, total, page))
}

/// What waits for the bank crew, with what stands against its validation by the one who looks.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn queue(cx: &mut Cx, query: &PaymentQuery) -> Result<Queue> {
    cx.require_crew()?;
    let filter = PaymentFilter {
        state: Some(State::Draft),
        ..query.filter()
    };
    let validation = settings::get(cx).await?.validation;
    let wanted = wanted(cx, &filter);
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let (total, total_amount, oldest) = store::totals(tx, tenant, &wanted).await?;
    let limit = i64::try_from(AT_ONCE_MAX).unwrap_or(i64::MAX);
    let payments = store::oldest(tx, tenant, &wanted, limit).await?;
    let people = store::people_waiting(tx, tenant).await?;
    let mut ids: Vec<PaymentGroupId> = payments.iter().filter_map(|p| p.group).collect();
    ids.sort_unstable();
    ids.dedup();
    let groups = store::groups(tx, tenant, &ids).await?;
    let (rights, actor) = (&cx.actor.rights, cx.actor.person);
    let row = |payment| QueueRow {
        lock: may_validate(rights, actor, &payment, validation).err(),
        payment: seen(rights, payment),
    };
    Ok(Queue {
        rows: payments.into_iter().map(row).collect(),
        total,
        total_amount,
        oldest,
        people,
        groups,
    })
}

/// The payments that came with one as one transfer, itself among them, by the members'
/// names. Nothing for one that came alone.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_group(cx: &mut Cx, payment: &Payment) -> Result<Vec<Payment>> {
    cx.require_crew()?;
    let Some(group) = payment.group else {
        return Ok(Vec::new());
    };
    let all = store::of_group(&mut cx.tx, cx.tenant, group, GROUP_MAX).await?;
    let all = all_seen(cx, all);
    Ok(if all.len() > 1 { all } else { Vec::new() })
}

/// Payments for a file, in the order of [`list`]: those after one, or the first; as many
/// as the limit says, [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list_after(
    cx: &mut Cx,
    filter: &PaymentFilter,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<Payment>> {
    cx.require_crew()?;
    let wanted = wanted(cx, filter);
    let limit = limit.min(paging::CHUNK);
    let rows = store::list_after(&mut cx.tx, cx.tenant, &wanted, after, limit).await?;
    Ok(all_seen(cx, rows))
}

/// What waits, for a file, in the order of [`queue`]: those after one, or the first; as many
/// as the limit says, [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn queue_after(
    cx: &mut Cx,
    filter: &PaymentFilter,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<Payment>> {
    cx.require_crew()?;
    let filter = PaymentFilter {
        state: Some(State::Draft),
        ..filter.clone()
    };
    let wanted = wanted(cx, &filter);
    let (tx, tenant, limit) = (&mut cx.tx, cx.tenant, limit.min(paging::CHUNK));
    let rows = match after {
        None => store::oldest(tx, tenant, &wanted, limit).await?,
        Some(after) => store::oldest_after(tx, tenant, &wanted, after, limit).await?,
    };
    Ok(all_seen(cx, rows))
}

/// A filter with its days as instants.
fn wanted<'a>(cx: &Cx, filter: &'a PaymentFilter) -> Wanted<'a> {
    let after = |day: Day| day.succ_opt().unwrap_or(day);
    Wanted {
        filter,
        validated_from: filter.validated_from.map(|day| cx.start_of(day)),
        validated_before: filter.validated_until.map(|day| cx.start_of(after(day))),
    }
}

/// Who has entered payments, by name, for a list to be narrowed by; at most
/// [`super::PEOPLE_MAX`]. The command line has no name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn enterers(cx: &mut Cx) -> Result<Vec<(EnteredBy, String)>> {
    cx.require_crew()?;
    let people = store::enterers(&mut cx.tx, cx.tenant, PEOPLE_MAX).await?;
    let program = store::a_program_entered(&mut cx.tx, cx.tenant).await?;
    let people = people
        .into_iter()
        .map(|(id, name)| (EnteredBy::Person(id), name));
    Ok(people
        .chain(program.then(|| (EnteredBy::Program, String::new())))
        .collect())
}

/// How many payments wait for the bank crew.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn waiting_count(cx: &mut Cx) -> Result<i64> {
    cx.require_crew()?;
    cx.remember("payments waiting".into(), async |cx| {
        store::waiting_count(&mut cx.tx, cx.tenant).await
    })
    .await
}

/// What the one who asks has entered since a payment, that one included.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`].
pub async fn entered_since(cx: &mut Cx, first: PaymentId) -> Result<Sitting> {
    cx.require(Right::PaymentsAdd)?;
    let (tx, tenant, person) = (&mut cx.tx, cx.tenant, cx.actor.person);
    let rows = store::entered_since(tx, tenant, first, person).await?;
    let (count, sum) = store::totals_since(tx, tenant, first, person).await?;
    let rows = all_seen(cx, rows);
    Ok(Sitting { rows, count, sum })
}

/// A member's payments, the last received first; at most [`super::OF_MEMBER_MAX`].
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_member(cx: &mut Cx, member: MemberId) -> Result<Vec<Payment>> {
    cx.require_crew()?;
    let payments = store::of_member(&mut cx.tx, cx.tenant, member).await?;
    Ok(all_seen(cx, payments))
}

/// A member's payments for the member: without the crews' remarks and names.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody; [`Code::NotFound`] where the member is neither the
/// one who asks nor an organisation that is reached through them.
pub async fn of_member_for_self(cx: &mut Cx, member: MemberId) -> Result<Vec<Payment>> {
    // No right is needed for what is one's own.
    cx.actor.signed_in()?;
    if !is_own(cx, member).await? {
        return Err(Problem::new(Code::NotFound));
    }
    let mut payments = store::of_member(&mut cx.tx, cx.tenant, member).await?;
    for payment in &mut payments {
        payment.note.clear();
        payment.entered_by = None;
        payment.entered_by_name.clear();
        payment.validated_by = None;
        payment.validated_by_name = None;
    }
    Ok(payments)
}

/// Whether a member is the one who acts, or an organisation that is reached through them.
/// The calling use-case says what follows from it.
pub(super) async fn is_own(cx: &mut Cx, member: MemberId) -> Result<bool> {
    match cx.actor.person {
        Some(person) => store::is_own(&mut cx.tx, cx.tenant, member, person).await,
        None => Ok(false),
    }
}

/// What a member is likely to pay next, and why. Its form is entered with [`add`]; the
/// amount is written in the organisation's language.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`]; [`Code::NotFound`].
pub async fn proposal(cx: &mut Cx, member: MemberId) -> Result<Proposal> {
    cx.require(Right::PaymentsAdd)?;
    let locale = settings::get(cx).await?.locale;
    let dues = dues::of_member(cx, member).await?;
    let due = dues.dues.next.clone();
    let (period_from, period_until) = form::period_texts(due.as_ref().map(|due| due.period));
    let method = match &due {
        Some(due) if due.amount == Cents::ZERO => Method::Waived,
        _ => Method::Transfer,
    };
    let amount = due.as_ref().map(|due| locale.money_input(due.amount));
    let kind = due.as_ref().map(|due| due.why.kind.to_string());
    let form = PaymentForm {
        key: cx.new_id::<Uuid>()?.to_string(),
        member: dues.label(),
        amount: amount.unwrap_or_default(),
        method: method.name().into(),
        received_on: cx.today().to_string(),
        period_from,
        period_until,
        kind: kind.unwrap_or_default(),
        ..PaymentForm::default()
    };
    Ok(Proposal { form, due, dues })
}

/// The audit's name for payments.
pub(super) const KIND: &str = "payment";

/// A form's content, and the member that it names.
pub(super) async fn read(cx: &mut Cx, form: &PaymentForm) -> Result<(MemberId, PaymentData)> {
    let parsed = match form.parse(cx.today()) {
        Ok(data) => known_kind(cx, data).await,
        refused => refused,
    };
    let member = match form.member.trim() {
        "" => Err(Problem::new(Code::Required)),
        text => members::resolve(cx, text).await,
    };
    let member = match (member, &parsed) {
        (
            Ok(member),
            Ok(PaymentData {
                service: Some(service),
                ..
            }),
        ) => match services::has_held(cx, *service, member).await? {
            true => Ok(member),
            false => Err(Problem::new(Code::NotTheHolder)),
        },
        (member, _) => member,
    };
    match (member, parsed) {
        (Ok(member), Ok(data)) => Ok((member, data)),
        (Ok(_), Err(problem)) => Err(problem),
        (Err(problem), _) if problem.code.class() == Class::Ours => Err(problem),
        (Err(problem), Ok(_)) => Err(Problem::at_field("member", problem.code)),
        (Err(problem), Err(mut all)) => {
            if all.field("member").is_none() {
                all.fields.insert(
                    0,
                    FieldProblem {
                        field: "member".into(),
                        code: problem.code,
                    },
                );
            }
            Err(all)
        }
    }
}

/// The kind of dues is one that there is.
async fn known_kind(cx: &mut Cx, data: PaymentData) -> Result<PaymentData> {
    let Some(kind) = data.kind else {
        return Ok(data);
    };
    match dues::kinds(cx).await?.iter().any(|known| known.id == kind) {
        true => Ok(data),
        false => Err(Problem::at_field("kind", Code::UnknownChoice)),
    }
}

pub(super) async fn insert(
    cx: &mut Cx,
    member: MemberId,
    data: &PaymentData,
    reverses: Option<PaymentId>,
    group: Option<PaymentGroupId>,
) -> Result<PaymentId> {
    let id = cx.new_id()?;
    let new = New {
        id,
        member,
        data,
        entered_by: cx.actor.person,
        entered_by_name: &cx.actor.name,
        entered_at: cx.now,
        reverses,
        group,
        import: None,
    };
    if !store::insert(&mut cx.tx, cx.tenant, &new).await? {
        // The only key that somebody else may have taken at the same time.
        return Err(Problem::new(Code::AlreadyReversed));
    }
    let after = get(cx, id).await?;
    record(cx, "added", None, Some(&after)).await?;
    Ok(id)
}

/// Writes a change of a payment down.
pub(super) async fn record(
    cx: &mut Cx,
    action: &'static str,
    before: Option<&Payment>,
    after: Option<&Payment>,
) -> Result<()> {
    let Some(payment) = after.or(before) else {
        return Ok(());
    };
    let label = audit_label(payment);
    let change = change(action, payment.id, &label);
    match (before, after) {
        (None, after) => audit::record(cx, change, NOTHING, after).await,
        (before, None) => audit::record(cx, change, before, NOTHING).await,
        (before, after) => audit::record(cx, change, before, after).await,
    }
}

/// What the audit calls a payment.
pub(super) fn audit_label(payment: &Payment) -> String {
    format!(
        "{}, {}, {} EUR",
        payment.member_name,
        payment.received_on,
        Locale::En.money_input(payment.amount)
    )
}

/// What was done to which payment.
pub(super) fn change<'a>(action: &'static str, id: PaymentId, label: &'a str) -> Change<'a> {
    Change {
        action,
        kind: KIND,
        id: id.0,
        label,
    }
}
