//! Deciding, sending, and stopping reminders.

use super::rules::{self, LATE_MAX};
use super::words::values;
use super::{Before, Decision, PausedBy, Reason, ReminderQuery, Row, SendForm, Subject, store};
use crate::access::{Actor, Rights, Via};
use crate::audit::{self, Change, NOTHING};
use crate::context::{Clock, Cx};
use crate::db::Db;
use crate::dues;
use crate::kernel::paging::CHUNK;
use crate::kernel::{
    Code, Day, Locale, MemberId, Page, PageRequest, Problem, Result, Right, TenantId, paging,
};
use crate::mail::template::{self, Values};
use crate::mail::{self, Outgoing, Sending, Stage, Template, outbox};
use crate::members::{self, MemberNumber};
use crate::once::{self, Sent};
use crate::settings;
use chrono::TimeDelta;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most reminders that one press of the button, or one transaction of the night, writes.
pub const SEND_MAX: usize = 500;
/// The most transactions of one night for one tenant.
const ROUNDS_MAX: usize = 200;

/// Who gets what, and why not, as of a day.
#[derive(Clone, Debug)]
pub struct Preview {
    /// One page of those who were asked for.
    pub page: Page<Row>,
    /// How many for each reason.
    pub counts: BTreeMap<Reason, i64>,
    /// As of which day.
    pub day: Day,
}

impl Preview {
    /// How many reminders the button sends.
    pub fn to_send(&self) -> i64 {
        let all = self.counts.get(&Reason::Send).copied().unwrap_or_default();
        all.min(i64::try_from(SEND_MAX).unwrap_or(i64::MAX))
    }
}

/// Who gets what, and why not.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn preview(cx: &mut Cx, query: &ReminderQuery) -> Result<Preview> {
    cx.require_crew()?;
    let day = query.day(cx.today());
    let rows = decide_all(cx, day).await?;
    let mut counts = BTreeMap::new();
    for row in &rows {
        *counts.entry(row.decision.reason()).or_insert(0) += 1;
    }
    let wanted = query.why();
    let found: Vec<Row> = rows.into_iter().filter(|row| fits(row, wanted)).collect();
    let request: PageRequest = query.page();
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(request.offset()).unwrap_or_default();
    let take = usize::try_from(paging::PAGE_SIZE).unwrap_or_default();
    let rows = found.into_iter().skip(skip).take(take).collect();
    Ok(Preview {
        page: Page::new(rows, total, request),
        counts,
        day,
    })
}

/// The same rows for a file: those after one, or the first; [`CHUNK`] at most.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn list_after(
    cx: &mut Cx,
    query: &ReminderQuery,
    after: Option<MemberId>,
) -> Result<Vec<Row>> {
    cx.require_crew()?;
    let day = query.day(cx.today());
    let wanted = query.why();
    let rows = decide_all(cx, day).await?;
    let mut rows = rows.into_iter();
    if let Some(after) = after {
        let _ = rows.by_ref().find(|row| row.subject.id == after);
    }
    let take = usize::try_from(CHUNK).unwrap_or_default();
    Ok(rows.filter(|row| fits(row, wanted)).take(take).collect())
}

fn fits(row: &Row, wanted: Option<Reason>) -> bool {
    wanted.is_none_or(|reason| row.decision.reason() == reason)
}

/// Sends the reminders of today; says how many. The same form again sends nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::MailNotSetUp`] and [`Code::MailOff`];
/// [`Code::NothingSelected`]; [`Code::ChangedMeanwhile`] where the button said another number.
pub async fn send(cx: &mut Cx, form: &SendForm, outgoing: Option<&Outgoing>) -> Result<i64> {
    cx.require(Right::Members)?;
    let outgoing = mail::may_send(cx, outgoing).await?.clone();
    let ticket = match once::take(cx, &form.key, form).await? {
        Sent::Again(count) => return Ok(count),
        Sent::First(ticket) => ticket,
    };
    let due = due_now(cx).await?;
    if due.is_empty() {
        return Err(Problem::new(Code::NothingSelected));
    }
    if form.count.trim() != due.len().to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let count = write(cx, &due, &outgoing).await?;
    if count == 0 {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    ticket.keep(cx, &count).await?;
    Ok(count)
}

/// What makes a tenant's reminders go out without anybody's pressing a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The night: only where that was decided.
    Night,
    /// The operator's command: wherever mail is not off.
    Command,
}

/// Writes all reminders of today, in transactions of [`SEND_MAX`]; says how many.
///
/// # Errors
/// [`Code::MailOff`] for the command; the database's own.
pub async fn run(
    db: &Db,
    clock: &Clock,
    tenant: TenantId,
    from: &Outgoing,
    run: Run,
) -> Result<i64> {
    let mut all = 0;
    for _ in 0..ROUNDS_MAX {
        let now = clock.now();
        let actor = Actor {
            person: None,
            name: "Equipage".to_owned(),
            rights: Rights::operator(),
            via: Via::Cli,
        };
        let mut cx = Cx::new(
            tenant,
            actor,
            now,
            settings::DEFAULT_ZONE,
            db.write(tenant).await?,
        );
        let zone = settings::get(&mut cx).await?.zone;
        cx.zone = zone.parse().unwrap_or(settings::DEFAULT_ZONE);
        match (run, mail::settings(&mut cx).await?.sending) {
            (_, Sending::Nightly) | (Run::Command, Sending::ByHand) => {}
            (Run::Night, _) => return Ok(all),
            (Run::Command, Sending::Off) => return Err(Problem::new(Code::MailOff)),
        }
        let due = due_now(&mut cx).await?;
        let written = write(&mut cx, &due, from).await?;
        if written == 0 {
            break;
        }
        cx.commit().await?;
        outbox::wake(db, tenant, now).await?;
        all += written;
    }
    Ok(all)
}

/// Stops a member's reminders, or lets them go out again. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`].
pub async fn set_paused(cx: &mut Cx, member: MemberId, wanted: Wanted) -> Result<()> {
    cx.require(Right::Members)?;
    let label = members::get(cx, member).await?.label();
    change_pause(cx, (member, &label), PausedBy::Crew, wanted).await
}

/// Says for oneself, and for the organisations that are reached through one, whether reminders
/// are wanted. Done again, it does nothing.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn set_mine(cx: &mut Cx, wanted: Wanted) -> Result<()> {
    // No right is needed: these are one's own.
    for member in members::mine(cx).await? {
        let label = member.label();
        change_pause(cx, (member.id, &label), PausedBy::Member, wanted).await?;
    }
    Ok(())
}

/// Whether reminders are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// They are.
    Yes,
    /// They are not.
    No,
}

async fn change_pause(
    cx: &mut Cx,
    (member, label): (MemberId, &str),
    by: PausedBy,
    wanted: Wanted,
) -> Result<()> {
    let since = (wanted == Wanted::No).then_some(cx.now);
    if !store::set_pause(&mut cx.tx, cx.tenant, member, by, since).await? {
        return Ok(());
    }
    let change = Change {
        action: match wanted {
            Wanted::Yes => "reminders_resumed",
            Wanted::No => "reminders_paused",
        },
        kind: "member",
        id: member.0,
        label,
    };
    audit::record(cx, change, NOTHING, NOTHING).await
}

/// Who stopped a member's reminders.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn paused_by(cx: &mut Cx, member: MemberId) -> Result<Vec<PausedBy>> {
    cx.require_crew()?;
    let found = store::pauses_of(&mut cx.tx, cx.tenant, member).await?;
    Ok(found.into_iter().map(|(by,)| by).collect())
}

/// Whether somebody wants their own reminders.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine(cx: &mut Cx) -> Result<Wanted> {
    // No right is needed: these are one's own.
    for member in members::mine(cx).await? {
        let paused = store::pauses_of(&mut cx.tx, cx.tenant, member.id).await?;
        if paused.contains(&(PausedBy::Member,)) {
            return Ok(Wanted::No);
        }
    }
    Ok(Wanted::Yes)
}

/// What a text says to a member: the one of a number, or, where none is said, the first who
/// has something to pay.
///
/// # Errors
/// Refused without [`Right::Settings`]; at the field `member`: [`Code::UnknownMember`] and
/// what [`MemberNumber::parse`] says.
pub async fn values_for(cx: &mut Cx, number: &str, locale: Locale, origin: &str) -> Result<Values> {
    cx.require(Right::Settings)?;
    let wanted = match number.trim() {
        "" => None,
        typed => {
            let number =
                MemberNumber::parse(typed).map_err(|p| Problem::at_field("member", p.code))?;
            Some(number)
        }
    };
    let today = cx.today();
    let settings = settings::get(cx).await?;
    let all = subjects(cx, today).await?;
    let found = match wanted {
        Some(number) => all.iter().find(|s| s.number == number),
        None => all.iter().find(|s| s.to_pay().is_some()).or(all.first()),
    };
    let subject = found.ok_or_else(|| Problem::at_field("member", Code::UnknownMember))?;
    Ok(values(subject, locale, &settings, origin))
}

/// Everybody, and whether they get a reminder on a day: first those who do, each by name.
async fn decide_all(cx: &mut Cx, day: Day) -> Result<Vec<Row>> {
    let steps = mail::settings(cx).await?.steps;
    let all = subjects(cx, day).await?;
    // What was written about periods of long ago decides nothing any more.
    let since = cx.now - TimeDelta::days(2 * mail::STEP_DAYS_MAX + LATE_MAX);
    let (tx, tenant, zone) = (&mut cx.tx, cx.tenant, cx.zone);
    let mut before: BTreeMap<MemberId, Vec<Before>> = BTreeMap::new();
    for (member, ends_on, step, at, state) in store::before(tx, tenant, since).await? {
        let on = at.with_timezone(&zone).date_naive();
        before.entry(member).or_default().push(Before {
            ends_on,
            step,
            on,
            state,
        });
    }
    let refused = store::refused(tx, tenant).await?;
    let refused: BTreeSet<String> = refused.into_iter().map(|(address,)| address).collect();
    let paused: BTreeMap<MemberId, PausedBy> =
        store::pauses(tx, tenant).await?.into_iter().collect();
    let decide = |subject: &Subject| {
        let decision = rules::decide(&rules::Case {
            today: day,
            steps: &steps,
            subject,
            before: before.get(&subject.id).map_or(&[], Vec::as_slice),
            paused: paused.get(&subject.id).copied(),
            is_refused: subject
                .to
                .address
                .as_ref()
                .is_some_and(|a| refused.contains(a)),
        });
        Row {
            subject: subject.clone(),
            decision,
        }
    };
    let mut rows: Vec<Row> = all.iter().map(decide).collect();
    rows.sort_by_key(|row| row.decision.reason() != Reason::Send);
    Ok(rows)
}

/// Everybody with what they owe on a day: worth remembering until something changes.
async fn subjects(cx: &mut Cx, day: Day) -> Result<Arc<Vec<Subject>>> {
    cx.remember(format!("reminders {day}"), async |cx| {
        let mut owed = dues::of_everybody(cx, day).await?;
        let mut all = store::subjects(&mut cx.tx, cx.tenant, day).await?;
        for subject in &mut all {
            if let Some((dues, waiting)) = owed.remove(&subject.id) {
                subject.dues = Some(dues);
                subject.waiting = waiting;
            }
        }
        Ok(Arc::new(all))
    })
    .await
}

/// Those who get a reminder today, as many as are sent at once.
async fn due_now(cx: &mut Cx) -> Result<Vec<Row>> {
    let today = cx.today();
    let rows = decide_all(cx, today).await?;
    let due = rows
        .into_iter()
        .filter(|row| row.decision.reason() == Reason::Send);
    Ok(due.take(SEND_MAX).collect())
}

/// Writes reminders into the outbox; says how many of them are new.
async fn write(cx: &mut Cx, due: &[Row], outgoing: &Outgoing) -> Result<i64> {
    let settings = settings::get(cx).await?;
    let mut texts: BTreeMap<(Stage, &'static str), Template> = BTreeMap::new();
    let mut count = 0_i64;
    for row in due {
        let (subject, to) = (&row.subject, &row.subject.to);
        let (Decision::Send { ends_on, step }, Some(address)) = (&row.decision, &to.address) else {
            continue;
        };
        let locale = to.locale.unwrap_or(settings.locale);
        let key = (Stage::of_step(*step), locale.tag());
        let text = match texts.get(&key) {
            Some(text) => text.clone(),
            None => {
                let text = mail::template(cx, key.0, locale).await?;
                texts.entry(key).or_insert(text).clone()
            }
        };
        let text = template::render(&text, &values(subject, locale, &settings, &outgoing.origin))?;
        let id = cx.new_id()?;
        let new = outbox::NewMail {
            id,
            kind: "reminder",
            once_key: &format!("reminder {} {ends_on} {step}", subject.id),
            member: Some(subject.id),
            party: to.party,
            step: Some((*ends_on, *step)),
            to_name: &to.name,
            to_address: address,
            text: &text,
            message_id: &outbox::message_id(id, &outgoing.host)?,
        };
        count += i64::from(outbox::put(cx, &new).await?);
    }
    if count > 0 {
        let label = count.to_string();
        let change = Change {
            action: "reminders_sent",
            kind: "reminder",
            id: cx.tenant.0,
            label: &label,
        };
        audit::record(cx, change, NOTHING, Some(&json!({ "reminders": count }))).await?;
    }
    Ok(count)
}
