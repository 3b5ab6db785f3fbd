//! Who had an address at a moment, for those who must answer a legal request: which service
//! had it, who had that service, and who has entered both.

use super::form::WhoForm;
use super::map::reason;
use super::prefixes::home;
use super::rules::host;
use super::store::{self, Time};
use crate::audit::{self, Change, Entry, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, Day, Problem, QuestionId, Result, Right};
use crate::members;
use crate::once::{self, Sent};
use crate::services::{Holding, store as holdings};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::IpAddr;
use uuid::Uuid;

/// The most questions that are listed.
pub const QUESTIONS_MAX: i64 = 50;

/// A question, and what was answered: kept as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its id.
    pub id: QuestionId,
    /// The address that was asked for.
    pub address: IpAddr,
    /// The moment that was asked for.
    pub moment: DateTime<Utc>,
    /// Who wanted to know, and the request's reference.
    pub reference: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// What is known.
    pub finding: Finding,
}

/// What is known of an address at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// It lies in none of the prefixes, and no service had it.
    NotOurs,
    /// It is in a prefix, and no service had it.
    Nobody {
        /// The smallest prefix.
        prefix: IpNet,
        /// Why it is not handed out, where it is not.
        reserved: Option<String>,
    },
    /// A service had it.
    Service(Box<Use>),
}

/// That a service had an address at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The network that was given to it.
    pub network: IpNet,
    /// From when on.
    pub from_at: DateTime<Utc>,
    /// The first moment without it; nothing: still, when it was asked.
    pub until_at: Option<DateTime<Utc>>,
    /// The service, by type and label.
    pub service: String,
    /// Who has entered that it was given, and that it ended.
    pub evidence: Vec<Evidence>,
    /// Who had the service on that day; nothing: it was in stock.
    pub holder: Option<HolderThen>,
}

/// Who had a service on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderThen {
    /// The member's number.
    pub number: String,
    /// Their name.
    pub name: String,
    /// The postal address, line by line.
    pub address: Vec<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The first day of having the service.
    pub from_on: Day,
    /// The last one; nothing: still, when it was asked.
    pub until_on: Option<Day>,
    /// Whether the service changed hands on the very day: it is known by the day only.
    pub is_edge: bool,
    /// Who has entered it.
    pub evidence: Vec<Evidence>,
}

/// A row of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The row's id.
    pub id: Uuid,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// What was done.
    pub action: String,
}

impl From<Entry> for Evidence {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            by: entry.actor_name,
            action: entry.action,
        }
    }
}

/// Answers who had an address at a moment. The question, who asked it and why are kept, with
/// the answer.
///
/// # Errors
/// Refused without [`Right::AddressHistory`]; [`Code::Invalid`] with the fields;
/// [`Code::AlreadySent`] where the key came with other content.
pub async fn ask(cx: &mut Cx, form: &WhoForm) -> Result<QuestionId> {
    cx.require(Right::AddressHistory)?;
    let content = ("addresses::ask", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let (address, moment, reference) = form.parse(cx.now, cx.zone)?;
    let answer = Answer {
        id: cx.new_id()?,
        address,
        moment,
        reference,
        asked_by: cx.actor.name.clone(),
        asked_at: cx.now,
        finding: find(cx, address, moment).await?,
    };
    store::insert_answer(&mut cx.tx, cx.tenant, &answer).await?;
    let label = answer.address.to_string();
    let change = Change {
        action: "asked",
        kind: "address_question",
        id: answer.id.0,
        label: &label,
    };
    let asked = json!({
        "address": answer.address,
        "moment": answer.moment,
        "reason": answer.reference,
    });
    audit::record(cx, change, NOTHING, Some(&asked)).await?;
    ticket.keep(cx, &answer.id).await?;
    Ok(answer.id)
}

/// An answer that was given.
///
/// # Errors
/// Refused without [`Right::AddressHistory`]; [`Code::NotFound`].
pub async fn answer(cx: &mut Cx, id: QuestionId) -> Result<Answer> {
    cx.require(Right::AddressHistory)?;
    let found = store::answer(&mut cx.tx, cx.tenant, id).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The last answers, the newest first.
///
/// # Errors
/// Refused without [`Right::AddressHistory`].
pub async fn answers(cx: &mut Cx) -> Result<Vec<Answer>> {
    cx.require(Right::AddressHistory)?;
    store::answers(&mut cx.tx, cx.tenant).await
}

async fn find(cx: &mut Cx, address: IpAddr, moment: DateTime<Utc>) -> Result<Finding> {
    let wanted = host(address);
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    // What overlaps belongs to one service at a time: there is one row at most.
    let rows = store::touching(tx, tenant, wanted, Time::at(moment), 1).await?;
    let Some(known) = rows.into_iter().next() else {
        let all = store::prefixes(tx, tenant).await?;
        let reserved = reason(&all, wanted);
        return Ok(match home(&all, wanted) {
            None => Finding::NotOurs,
            Some(prefix) => Finding::Nobody {
                prefix: prefix.network,
                reserved,
            },
        });
    };
    let allocation = known.allocation;
    let day = moment.with_timezone(&cx.zone).date_naive();
    let all = holdings::holdings_of(tx, tenant, allocation.service).await?;
    let held: Vec<Holding> = all.into_iter().map(|(.., holding)| holding).collect();
    let evidence = audit::history(cx, "address", allocation.id.0).await?;
    let written = audit::history(cx, "service", allocation.service.0).await?;
    let holder = match held.into_iter().find(|holding| holding.is_on(day)) {
        Some(holding) => Some(holder(cx, holding, day, &written).await?),
        None => None,
    };
    Ok(Finding::Service(Box::new(Use {
        network: allocation.network,
        from_at: allocation.from_at,
        until_at: allocation.until_at,
        service: known.service_name,
        evidence: evidence.into_iter().map(Evidence::from).collect(),
        holder,
    })))
}

async fn holder(cx: &mut Cx, holding: Holding, day: Day, written: &[Entry]) -> Result<HolderThen> {
    let member = members::get(cx, holding.member).await?;
    let party = member.party;
    let town = [party.postcode, party.city];
    let town: Vec<String> = town.into_iter().flatten().collect();
    let street = party.street.iter().flat_map(|street| street.lines());
    let mut address: Vec<String> = street.map(str::to_owned).collect();
    address.extend((!town.is_empty()).then(|| town.join(" ")));
    address.extend(party.country);
    // The rows about this very holding, by who got the service and when.
    let is_of = |value: &serde_json::Value| {
        value.get("member_number") == Some(&json!(holding.number))
            && value.get("from_on") == Some(&json!(holding.from_on))
    };
    let about = |entry: &&Entry| {
        [&entry.before, &entry.after]
            .into_iter()
            .flatten()
            .any(is_of)
    };
    let evidence = written.iter().filter(about).cloned().map(Evidence::from);
    Ok(HolderThen {
        number: holding.number.to_string(),
        name: holding.member_name.clone(),
        address,
        email: party.email,
        phone: party.phone,
        from_on: holding.from_on,
        until_on: holding.until_on,
        is_edge: holding.from_on == day || holding.until_on == Some(day),
        evidence: evidence.collect(),
    })
}
