//! Preparing services, giving them to members, ending and closing them; and what is owed.

use super::addresses;
use super::form::{HoldingData, HoldingForm, NewServiceForm, ServiceData, ServiceForm};
use super::rules;
use super::store::{self, Counts, NewHolding};
use super::types::{managed_types, store as types};
use super::{Colour, Held, Holding, Known, Service, ServiceType};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::dues::rules as dues_rules;
use crate::fields::{self, Changes, Has, On};
use crate::kernel::calendar::LAST_DAY;
use crate::kernel::{Code, HoldingId, MemberId, Period, Problem, Result, ServiceId, ServiceTypeId};
use crate::members;
use crate::once::{self, Sent};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The most services whose coverage is written at once.
const REFRESH_MAX: usize = 500;

/// A service, for those who are in the crew that manages its type. To everybody else it is
/// not there.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`], also for another crew's service.
pub async fn get(cx: &mut Cx, id: ServiceId) -> Result<Service> {
    cx.require_crew()?;
    let found = store::find(&mut cx.tx, cx.tenant, id).await?;
    found
        .filter(|service| cx.actor.rights.is_in(service.crew))
        .ok_or_else(|| Problem::new(Code::NotFound))
}

/// A service with its type, who has and had it, and what they owe.
///
/// # Errors
/// As [`get`].
pub async fn known(cx: &mut Cx, id: ServiceId) -> Result<Known> {
    let service = get(cx, id).await?;
    let kind = type_of(cx, service.kind).await?;
    let rows = store::holdings_of(&mut cx.tx, cx.tenant, id).await?;
    let held = compute(cx, rows).await?;
    Ok(Known {
        service,
        kind,
        held,
    })
}

/// What a member has and had of those services that the one who asks sees; by type and label.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_member(cx: &mut Cx, member: MemberId) -> Result<Vec<Held>> {
    cx.require_crew()?;
    let mut rows = store::holdings_of_member(&mut cx.tx, cx.tenant, member).await?;
    rows.retain(|(service, ..)| cx.actor.rights.is_in(service.crew));
    compute(cx, rows).await
}

/// What the signed-in person has, and the organisations that are reached through them:
/// without what the crews note down for themselves. What is over is there as long as
/// something is owed for it.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine(cx: &mut Cx) -> Result<Vec<Held>> {
    // No right is needed: the query holds nothing but one's own.
    let person = cx.actor.signed_in()?;
    let today = cx.today();
    let rows = store::holdings_of_person(&mut cx.tx, cx.tenant, person).await?;
    let mut held = compute(cx, rows).await?;
    held.retain(|held| {
        let is_over = held.holding.until_on.is_some_and(|until| until < today);
        !is_over || !held.dues.arrears.is_empty()
    });
    for own in &mut held {
        own.service.note.clear();
        own.holding.reason.clear();
        let dues = &mut own.dues;
        for due in dues.arrears.iter_mut().chain(dues.next.as_mut()) {
            if let Some(reason) = &mut due.why.reduced {
                reason.clear();
            }
        }
    }
    Ok(held)
}

/// Prepares a service: in stock, or in one step with the one who gets it.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::Invalid`] with the fields: another crew's
/// type is one that there is not; [`Code::AlreadySent`] where the key came with other content.
pub async fn add(cx: &mut Cx, form: &NewServiceForm) -> Result<ServiceId> {
    cx.require_crew()?;
    let content = ("services::add", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let kinds = managed_types(cx).await?;
    let own = match form.parse() {
        Ok((id, data)) => known_type(&kinds, id).map(|()| (id, data)),
        Err(problem) => Err(problem),
    };
    let what = form
        .kind
        .trim()
        .parse()
        .map_or(On::Service.into(), Has::service);
    let own = fields::both(own, fields::read(cx, what, None, &form.extra).await);
    let holding = match form.holding() {
        Some(holding) => Some(read_holding(cx, &holding).await),
        None => None,
    };
    let (((kind, data), extra), holding) = both(own, holding)?;
    let id: ServiceId = cx.new_id()?;
    store::insert(&mut cx.tx, cx.tenant, id, kind, &data, cx.now).await?;
    let service = get(cx, id).await?;
    fields::write(cx, id.0, &extra).await?;
    record(cx, "added", None, &service, &extra).await?;
    if let Some((member, data)) = holding {
        insert_holding(cx, &service, member, &data).await?;
    }
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// The type is one that the one who asks manages, and that is not archived.
fn known_type(kinds: &[ServiceType], id: ServiceTypeId) -> Result<()> {
    match kinds.iter().find(|kind| kind.id == id) {
        None => Err(Problem::at_field("kind", Code::UnknownChoice)),
        Some(kind) if kind.is_archived => Err(Problem::at_field("kind", Code::TypeArchived)),
        Some(_) => Ok(()),
    }
}

/// Two parts of one form: all that is wrong is said at once.
fn both<A, B>(one: Result<A>, other: Option<Result<B>>) -> Result<(A, Option<B>)> {
    match (one, other.transpose()) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(problem), Ok(_)) | (Ok(_), Err(problem)) => Err(problem),
        (Err(mut problem), Err(more)) => {
            if problem.fields.is_empty() || more.fields.is_empty() {
                return Err(if problem.fields.is_empty() {
                    problem
                } else {
                    more
                });
            }
            problem.fields.extend(more.fields);
            Err(problem)
        }
    }
}

/// Changes a service, or closes it. The same content once more changes nothing.
///
/// # Errors
/// As [`get`]; [`Code::Invalid`] with the fields; [`Code::ServiceTaken`] at `closed_on` where
/// somebody has it on that day or later; [`Code::ChangedMeanwhile`]. Its addresses end with it.
pub async fn save(cx: &mut Cx, id: ServiceId, form: &ServiceForm) -> Result<()> {
    cx.require_crew()?;
    let before = get(cx, id).await?;
    let what = Has::service(before.kind);
    let extra = fields::read(cx, what, Some(id.0), &form.extra).await;
    let (data, extra) = fields::both(form.parse(), extra)?;
    let present = ServiceData {
        label: before.label.clone(),
        note: before.note.clone(),
        closed_on: before.closed_on,
    };
    if present == data && extra.is_empty() {
        return Ok(());
    }
    store::lock(&mut cx.tx, cx.tenant, &[id]).await?;
    if let Some(closed_on) = data.closed_on {
        let after = (closed_on, None);
        let rows = store::holdings_of(&mut cx.tx, cx.tenant, id).await?;
        let in_use = |h: &Holding| rules::overlap((h.from_on, h.until_on), after);
        if rows.iter().any(|(.., holding)| in_use(holding)) {
            return Err(Problem::at_field("closed_on", Code::ServiceTaken));
        }
    }
    if form.version != before.version.to_string()
        || !store::update(&mut cx.tx, cx.tenant, id, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    fields::write(cx, id.0, &extra).await?;
    let after = get(cx, id).await?;
    if let Some(closed_on) = after.closed_on {
        addresses::end_with(cx, &after, closed_on).await?;
    }
    record(cx, "changed", Some(&before), &after, &extra).await
}

/// Who has a service, and what addresses it has, changes for nobody else until this
/// transaction ends.
pub(super) async fn lock(cx: &mut Cx, id: ServiceId) -> Result<()> {
    store::lock(&mut cx.tx, cx.tenant, &[id]).await
}

/// Gives a service to a member, from a day on.
///
/// # Errors
/// As [`get`]; [`Code::Invalid`] with the fields, of which `from_on` says
/// [`Code::ServiceTaken`] where somebody has it in that time, and [`Code::ServiceClosed`]
/// where it is no more; [`Code::AlreadySent`] where the key came with other content.
pub async fn give(cx: &mut Cx, id: ServiceId, form: &HoldingForm) -> Result<HoldingId> {
    cx.require_crew()?;
    let service = get(cx, id).await?;
    let content = ("services::give", cx.actor.person, id, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let (member, data) = read_holding(cx, form).await?;
    let holding = insert_holding(cx, &service, member, &data).await?;
    ticket.keep(cx, &holding).await?;
    Ok(holding)
}

/// Changes since when and until when a member has a service, and how they pay: so it is ended,
/// and goes on again. The same content once more changes nothing.
///
/// # Errors
/// As [`give`]; [`Code::ChangedMeanwhile`].
pub async fn save_holding(
    cx: &mut Cx,
    id: ServiceId,
    holding: HoldingId,
    form: &HoldingForm,
) -> Result<()> {
    cx.require_crew()?;
    let service = get(cx, id).await?;
    let before = find_holding(cx, id, holding).await?;
    let data = form.parse()?;
    if data_of(&before) == data {
        return Ok(());
    }
    store::lock(&mut cx.tx, cx.tenant, &[id]).await?;
    free_then(cx, &service, &data, Some(holding)).await?;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if form.version != before.version.to_string()
        || !store::update_holding(tx, tenant, holding, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let after = find_holding(cx, id, holding).await?;
    let (before, after) = (facts(&before), facts(&after));
    record_holding(cx, "holding_changed", &service, Some(&before), Some(&after)).await
}

/// Takes back that a service was given to somebody: a mistake that nobody has paid for. Done
/// again, it does nothing.
///
/// # Errors
/// As [`get`]; [`Code::HoldingPaid`]; [`Code::ChangedMeanwhile`].
pub async fn remove_holding(
    cx: &mut Cx,
    id: ServiceId,
    holding: HoldingId,
    version: &str,
) -> Result<()> {
    cx.require_crew()?;
    let service = get(cx, id).await?;
    let before = match find_holding(cx, id, holding).await {
        Err(problem) if problem.code == Code::NotFound => return Ok(()),
        found => found?,
    };
    store::lock(&mut cx.tx, cx.tenant, &[id]).await?;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    if store::has_paid(tx, tenant, id, before.member).await? {
        return Err(Problem::new(Code::HoldingPaid));
    }
    if version != before.version.to_string()
        || !store::delete_holding(tx, tenant, holding, before.version).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let before = facts(&before);
    record_holding(cx, "holding_removed", &service, Some(&before), None).await
}

/// Follows the validated payments: writes until when some services are paid. Called by the
/// use-cases that change payments, in their transaction; they have asked for the right, and
/// write the audit.
///
/// # Errors
/// The database's own.
pub(crate) async fn refresh(cx: &mut Cx, services: &[ServiceId]) -> Result<()> {
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    for some in services.chunks(REFRESH_MAX) {
        store::lock(tx, tenant, some).await?;
        let mut runs: BTreeMap<(ServiceId, MemberId), Vec<Period>> = BTreeMap::new();
        for (service, member, period, counts) in store::periods(tx, tenant, some).await? {
            if counts != Counts::Waits {
                runs.entry((service, member)).or_default().push(period);
            }
        }
        let merged = runs.into_iter().flat_map(|((service, member), periods)| {
            let runs = dues_rules::merge(periods);
            runs.into_iter().map(move |run| (service, member, run))
        });
        let merged: Vec<_> = merged.collect();
        store::replace_coverage(tx, tenant, some, &merged).await?;
    }
    Ok(())
}

/// Whether a member has, had or will have a service. For the use-cases of payments, which ask
/// for the rights.
pub(crate) async fn has_held(cx: &mut Cx, service: ServiceId, member: MemberId) -> Result<bool> {
    store::has_held(&mut cx.tx, cx.tenant, service, member).await
}

/// Computes what is paid and owed for holdings, in their order.
async fn compute(cx: &mut Cx, rows: Vec<(Service, Colour, Holding)>) -> Result<Vec<Held>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let today = cx.today();
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let kinds = types::types(tx, tenant).await?;
    let mut ids: Vec<ServiceId> = rows.iter().map(|(service, ..)| service.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let periods = store::periods(tx, tenant, &ids).await?;
    let networks = match kinds.iter().any(|kind| kind.carries_addresses) {
        true => addresses::present(cx, &ids).await?,
        false => Vec::new(),
    };
    let of = |service: &Service, holding: &Holding, wanted: &[Counts]| {
        let own = periods.iter().filter(|(s, m, _, counts)| {
            *s == service.id && *m == holding.member && wanted.contains(counts)
        });
        own.map(|(_, _, period, _)| *period).collect::<Vec<_>>()
    };
    let compute_one = |(service, colour, holding): (Service, Colour, Holding)| {
        let kind = kinds.iter().find(|kind| kind.id == service.kind);
        let kind = kind.ok_or_else(|| Problem::internal("a service without its type"))?;
        // What is about to be taken back is proposed anew.
        let covered = of(&service, &holding, &[Counts::Waits, Counts::Stays]);
        let validated = of(&service, &holding, &[Counts::Stays, Counts::Goes]);
        let waiting = of(&service, &holding, &[Counts::Waits]);
        let own = networks
            .iter()
            .filter(|(id, _)| *id == service.id && holding.is_on(today));
        let own = own.map(|(_, network)| addresses::rules::written(*network));
        Ok(Held {
            dues: rules::dues(kind, &holding, &covered, today),
            is_free: rules::is_free(kind, &holding, today),
            coverage: dues_rules::merge(validated),
            waiting: dues_rules::merge(waiting),
            addresses: own.collect(),
            service,
            colour,
            holding,
        })
    };
    rows.into_iter().map(compute_one).collect()
}

async fn type_of(cx: &mut Cx, id: ServiceTypeId) -> Result<ServiceType> {
    let all = types::types(&mut cx.tx, cx.tenant).await?;
    let found = all.into_iter().find(|kind| kind.id == id);
    found.ok_or_else(|| Problem::internal("a service without its type"))
}

async fn find_holding(cx: &mut Cx, service: ServiceId, id: HoldingId) -> Result<Holding> {
    let rows = store::holdings_of(&mut cx.tx, cx.tenant, service).await?;
    let found = rows.into_iter().find(|(.., holding)| holding.id == id);
    found
        .map(|(.., holding)| holding)
        .ok_or_else(|| Problem::new(Code::NotFound))
}

/// A form's content, and the member that it names.
async fn read_holding(cx: &mut Cx, form: &HoldingForm) -> Result<(MemberId, HoldingData)> {
    let member = match form.member.trim() {
        "" => Err(Problem::at_field("member", Code::Required)),
        text => match members::resolve(cx, text).await {
            Err(p) if matches!(p.code, Code::UnknownMember | Code::WrongCheckDigit) => {
                Err(Problem::at_field("member", p.code))
            }
            found => found,
        },
    };
    let (member, data) = both(member, Some(form.parse()))?;
    data.map(|data| (member, data))
        .ok_or_else(|| Problem::new(Code::Internal))
}

/// Whether nobody else has the service in a time, and it is there.
async fn free_then(
    cx: &mut Cx,
    service: &Service,
    data: &HoldingData,
    but: Option<HoldingId>,
) -> Result<()> {
    let wanted = (data.from_on, data.until_on);
    let closed = service.closed_on.map(|day| (day, Some(LAST_DAY)));
    if closed.is_some_and(|closed| rules::overlap(closed, wanted)) {
        let field = match service.closed_on {
            Some(day) if data.from_on < day => "until_on",
            _ => "from_on",
        };
        return Err(Problem::at_field(field, Code::ServiceClosed));
    }
    let rows = store::holdings_of(&mut cx.tx, cx.tenant, service.id).await?;
    let others = rows.iter().map(|(.., h)| h).filter(|h| Some(h.id) != but);
    for other in others {
        if rules::overlap((other.from_on, other.until_on), wanted) {
            return Err(taken(other, data));
        }
    }
    Ok(())
}

/// The service is somebody's: said at the day that may be wrong.
fn taken(other: &Holding, data: &HoldingData) -> Problem {
    let field = match other.from_on > data.from_on {
        true => "until_on",
        false => "from_on",
    };
    Problem::at_field(field, Code::ServiceTaken)
}

async fn insert_holding(
    cx: &mut Cx,
    service: &Service,
    member: MemberId,
    data: &HoldingData,
) -> Result<HoldingId> {
    store::lock(&mut cx.tx, cx.tenant, &[service.id]).await?;
    free_then(cx, service, data, None).await?;
    let id: HoldingId = cx.new_id()?;
    let new = NewHolding {
        id,
        service: service.id,
        member,
        data,
    };
    store::insert_holding(&mut cx.tx, cx.tenant, &new).await?;
    let after = facts(&find_holding(cx, service.id, id).await?);
    record_holding(cx, "given", service, None, Some(&after)).await?;
    Ok(id)
}

fn data_of(holding: &Holding) -> HoldingData {
    HoldingData {
        from_on: holding.from_on,
        until_on: holding.until_on,
        own: holding.own,
        reason: holding.reason.clone(),
    }
}

/// What the audit keeps of a holding.
fn facts(holding: &Holding) -> Value {
    json!({
        "member_name": holding.member_name,
        "member_number": holding.number,
        "from_on": holding.from_on,
        "until_on": holding.until_on,
        "amount": holding.own,
        "reason": holding.reason,
    })
}

async fn record_holding(
    cx: &mut Cx,
    action: &'static str,
    service: &Service,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<()> {
    let label = service.name();
    let change = change(action, service.id, &label);
    match (before, after) {
        (None, after) => audit::record(cx, change, NOTHING, after).await,
        (before, None) => audit::record(cx, change, before, NOTHING).await,
        (before, after) => audit::record(cx, change, before, after).await,
    }
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    before: Option<&Service>,
    after: &Service,
    extra: &Changes,
) -> Result<()> {
    let label = after.name();
    let change = change(action, after.id, &label);
    let is = extra.after(json!(after));
    match before {
        None => audit::record(cx, change, NOTHING, Some(&is)).await,
        Some(before) => {
            let was = extra.before(json!(before));
            audit::record(cx, change, Some(&was), Some(&is)).await
        }
    }
}

fn change<'a>(action: &'static str, id: ServiceId, label: &'a str) -> Change<'a> {
    Change {
        action,
        kind: "service",
        id: id.0,
        label,
    }
}
