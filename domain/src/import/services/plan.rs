//! What the rows of a file do to what is known: which services are new, who gets them, which
//! addresses come. Pure: the same plan is shown as a preview and applied.

use super::super::RowProblem;
use super::known::{Had, Known, Took};
use super::rows::{Row, When};
use super::{Choices, Part};
use crate::fields::Kept;
use crate::kernel::calendar::LAST_DAY;
use crate::kernel::{Code, Day, MemberId, ServiceId, ServiceTypeId, text};
use crate::services::addresses::rules as networks;
use crate::services::addresses::{home, reserved_for};
use crate::services::{full_name, rules};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What becomes of a thing that a row says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The row says nothing of it, or stays out.
    #[default]
    Nothing,
    /// It comes in.
    New,
    /// It is there already.
    Known,
    /// It comes in by an earlier row.
    SameAsBefore,
}

/// What an import did, or would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Rows of the file.
    pub rows: usize,
    /// Services that are new.
    pub services_added: usize,
    /// Services from before that the file names.
    pub services_known: usize,
    /// That members get services.
    pub holdings_added: usize,
    /// That members had services already.
    pub holdings_known: usize,
    /// That services get addresses.
    pub allocations_added: usize,
    /// That services had addresses already.
    pub allocations_known: usize,
    /// What comes into the organisation's own fields.
    pub values_added: usize,
    /// Rows with problems: they stay out.
    pub problem_rows: usize,
}

impl Report {
    /// How much it adds.
    pub fn added(&self) -> usize {
        self.services_added + self.holdings_added + self.allocations_added
    }
}

/// A service to be made.
#[derive(Clone, Debug)]
pub(super) struct NewService {
    pub kind: ServiceTypeId,
    pub type_name: String,
    pub label: String,
    pub note: String,
    pub closed_on: Option<Day>,
    pub own: Kept,
}

/// Which service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// One from before.
    Known(ServiceId),
    /// The n-th that is made.
    New(usize),
}

#[derive(Clone, Debug)]
pub(super) struct NewHolding {
    pub target: Target,
    pub service_name: String,
    pub had: Had,
}

#[derive(Clone, Debug)]
pub(super) struct NewAllocation {
    pub service_name: String,
    pub network: IpNet,
    pub took: Took,
}

/// A row, and what it does.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub row: Row,
    pub service_name: String,
    pub member: Option<MemberId>,
    pub makes: Step,
    pub gives: Step,
}

/// What a file does.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub rows: Vec<Planned>,
    pub services: Vec<NewService>,
    pub references: Vec<(Target, String)>,
    pub holdings: Vec<NewHolding>,
    pub allocations: Vec<NewAllocation>,
}

impl Plan {
    pub fn report(&self) -> Report {
        let makes = |step| self.rows.iter().filter(|r| r.makes == step).count();
        let gives_known = self.rows.iter().filter(|r| r.gives == Step::Known);
        let (addresses, holdings): (Vec<&Planned>, Vec<&Planned>) =
            gives_known.partition(|r| r.row.network.is_some());
        Report {
            rows: self.rows.len(),
            services_added: self.services.len(),
            services_known: makes(Step::Known),
            holdings_added: self.holdings.len(),
            holdings_known: holdings.len(),
            allocations_added: self.allocations.len(),
            allocations_known: addresses.len(),
            values_added: self.services.iter().map(|s| s.own.len()).sum(),
            problem_rows: self
                .rows
                .iter()
                .filter(|r| !r.row.problems.is_empty())
                .count(),
        }
    }
}

/// The time of an import.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub now: DateTime<Utc>,
    pub zone: Tz,
}

/// Compares the rows with what is known.
pub(super) fn plan(rows: Vec<Row>, known: Known, choices: &Choices, clock: Clock) -> Plan {
    let mut planner = Planner {
        known,
        choices,
        clock,
        plan: Plan::default(),
        by_id: HashMap::new(),
        by_label: HashMap::new(),
        seen: HashMap::new(),
        holdings: HashMap::new(),
    };
    for mut row in rows {
        let planned = match row.problems.is_empty() {
            false => Err(None),
            true if choices.gives_addresses() => planner.address(&row),
            true => planner.service(&row),
        };
        let planned = match planned {
            Ok(done) => Planned { row, ..done },
            Err(problem) => {
                row.problems.extend(problem);
                let service_name = match row.kind.as_str() {
                    "" => row.label.clone(),
                    kind => full_name(kind, &row.label),
                };
                Planned {
                    service_name,
                    row,
                    member: None,
                    makes: Step::Nothing,
                    gives: Step::Nothing,
                }
            }
        };
        planner.plan.rows.push(planned);
    }
    planner.plan
}

/// A row that does something, or what is wrong with it.
type Done = Result<Planned, Option<RowProblem>>;

struct Planner<'a> {
    known: Known,
    choices: &'a Choices,
    clock: Clock,
    plan: Plan,
    by_id: HashMap<String, Target>,
    by_label: HashMap<(ServiceTypeId, String), Target>,
    /// What an earlier row made of a service.
    seen: HashMap<Target, Step>,
    /// Who has services by earlier rows.
    holdings: HashMap<Target, Vec<Had>>,
}

impl Planner<'_> {
    fn problem(&self, part: Part, value: &str, code: Code) -> Option<RowProblem> {
        let column = self.choices.columns.iter().position(|p| *p == part);
        Some(RowProblem::at(column, value, code))
    }

    /// A service from before, or of an earlier row; nothing: there is none.
    fn find(&self, row: &Row, kind: Option<ServiceTypeId>) -> Result<Option<Target>, Code> {
        if !row.id.is_empty() {
            if let Some(target) = self.by_id.get(&row.id) {
                return Ok(Some(*target));
            }
            match self.known.references.get(&row.id).map(Vec::as_slice) {
                Some([one]) => return Ok(Some(Target::Known(*one))),
                Some([_, _, ..]) => return Err(Code::SeveralServices),
                _ => {}
            }
        }
        let Some(kind) = kind.filter(|_| !row.label.is_empty()) else {
            return Ok(None);
        };
        let key = (kind, text::fold(&row.label));
        // What is called the same elsewhere, but has another id there, is another service.
        if row.id.is_empty()
            && let Some(target) = self.by_label.get(&key)
        {
            return Ok(Some(*target));
        }
        match self.known.labels.get(&key).map(Vec::as_slice) {
            Some([one]) => {
                let told = row.id.is_empty() || !self.has_reference(*one);
                Ok(told.then_some(Target::Known(*one)))
            }
            Some([_, _, ..]) if row.id.is_empty() => Err(Code::SeveralServices),
            _ => Ok(None),
        }
    }

    /// Whether the file's program calls a service by an id already.
    fn has_reference(&self, id: ServiceId) -> bool {
        self.known.referenced.contains(&id)
    }

    /// A row of a file of services.
    fn service(&mut self, row: &Row) -> Done {
        let kind = self.known.kind(&row.kind, self.choices.kind);
        let kind = match kind {
            Ok(kind) => (kind.id, kind.name.clone(), kind.is_archived),
            Err(code) => return Err(self.problem(Part::Type, &row.kind, code)),
        };
        let (kind, type_name, is_archived) = kind;
        let found = self
            .find(row, Some(kind))
            .map_err(|code| self.problem(Part::Label, &row.label, code))?;
        if found.is_none() && row.label.is_empty() {
            return Err(self.problem(Part::Label, "", Code::Required));
        }
        if found.is_none() && is_archived {
            return Err(self.problem(Part::Type, &row.kind, Code::TypeArchived));
        }
        if let (None, Some(missing)) = (found, row.own.missing.first()) {
            return Err(Some(missing.clone()));
        }
        let target = found.unwrap_or(Target::New(self.plan.services.len()));
        let closed_on = self.closed_on(target, row);
        let had = self.holding(row)?;
        let gives = match had {
            Some(had) => self.gives(row, target, had, closed_on)?,
            None => Step::Nothing,
        };
        self.fits(target, closed_on, had, row)?;
        // From here on the row is a good one.
        if found.is_none() {
            self.plan.services.push(NewService {
                kind,
                type_name: type_name.clone(),
                label: row.label.clone(),
                note: row.note.clone(),
                closed_on,
                own: row.own.values.clone(),
            });
        } else if let Target::New(n) = target
            && let Some(new) = self.plan.services.get_mut(n)
        {
            new.closed_on = closed_on;
        }
        let service_name = self.name_of(target);
        let makes = self.meet(target, found.is_none());
        self.call(target, kind, row);
        if let (Some(had), Step::New) = (had, gives) {
            self.holdings.entry(target).or_default().push(had);
            self.plan.holdings.push(NewHolding {
                target,
                service_name: service_name.clone(),
                had,
            });
        }
        Ok(Planned {
            row: Row::default(),
            service_name,
            member: had.map(|had| had.member),
            makes,
            gives,
        })
    }

    /// From which day on a service is no more: as it is known, or as the file says it.
    fn closed_on(&self, target: Target, row: &Row) -> Option<Day> {
        match target {
            Target::Known(id) => self.known.services.get(&id).and_then(|s| s.closed_on),
            Target::New(n) => {
                let before = self.plan.services.get(n).and_then(|s| s.closed_on);
                row.closed_on.or(before)
            }
        }
    }

    fn name_of(&self, target: Target) -> String {
        match target {
            Target::New(n) => self
                .plan
                .services
                .get(n)
                .map(|s| full_name(&s.type_name, &s.label)),
            Target::Known(id) => self.known.services.get(&id).map(|service| {
                let kind = self.known.kinds.iter().find(|k| k.id == service.kind);
                full_name(kind.map_or("", |k| k.name.as_str()), &service.label)
            }),
        }
        .unwrap_or_default()
    }

    /// Notes that a row names a service: what it is to the row.
    fn meet(&mut self, target: Target, is_new: bool) -> Step {
        let step = if is_new { Step::New } else { Step::Known };
        match self.seen.insert(target, step) {
            Some(_) => Step::SameAsBefore,
            None => step,
        }
    }

    /// Notes what a row calls a service.
    fn call(&mut self, target: Target, kind: ServiceTypeId, row: &Row) {
        self.by_label
            .entry((kind, text::fold(&row.label)))
            .or_insert(target);
        if row.id.is_empty() {
            return;
        }
        if let Target::Known(id) = target {
            self.known.referenced.insert(id);
        }
        let told = self.by_id.insert(row.id.clone(), target).is_some();
        if !told && !self.known.references.contains_key(&row.id) {
            self.plan.references.push((target, row.id.clone()));
        }
    }

    /// Who has the service by a row, and when.
    fn holding(&self, row: &Row) -> Result<Option<Had>, Option<RowProblem>> {
        if row.member.is_empty() {
            return Ok(None);
        }
        let part = match self.choices.has(Part::Member) {
            true => Part::Member,
            false => Part::MemberName,
        };
        let member = self.known.members.find(&row.member);
        let member = member.map_err(|code| self.problem(part, &row.member, code))?;
        let Some(from) = row.from else {
            return Err(self.problem(Part::From, "", Code::Required));
        };
        let until_on = row.until.map(|until| until.day);
        if until_on.is_some_and(|until| until < from.day) {
            return Err(self.problem(Part::Until, "", Code::PeriodEndsBeforeStart));
        }
        Ok(Some(Had {
            member,
            from_on: from.day,
            until_on,
        }))
    }

    fn gives(
        &self,
        row: &Row,
        target: Target,
        had: Had,
        closed_on: Option<Day>,
    ) -> Result<Step, Option<RowProblem>> {
        let of_row = |when: Option<When>| when.map(|w| w.day.to_string()).unwrap_or_default();
        let before = match target {
            Target::Known(id) => self.known.holdings.get(&id),
            Target::New(_) => None,
        };
        let both = [before, self.holdings.get(&target)];
        let mut others = both.into_iter().flatten().flatten();
        if others
            .clone()
            .any(|o| o.member == had.member && o.from_on == had.from_on)
        {
            return Ok(Step::Known);
        }
        let wanted = (had.from_on, had.until_on);
        let closed = closed_on.map(|day| (day, Some(LAST_DAY)));
        if closed.is_some_and(|closed| rules::overlap(closed, wanted)) {
            return Err(self.problem(Part::Until, &of_row(row.until), Code::ServiceClosed));
        }
        if others.any(|o| rules::overlap((o.from_on, o.until_on), wanted)) {
            return Err(self.problem(Part::From, &of_row(row.from), Code::ServiceTaken));
        }
        Ok(Step::New)
    }

    /// A day on which a new service ends must be behind what earlier rows say of it.
    fn fits(
        &self,
        target: Target,
        closed_on: Option<Day>,
        had: Option<Had>,
        row: &Row,
    ) -> Result<(), Option<RowProblem>> {
        let (Some(closed), Target::New(_)) =
            (closed_on.filter(|_| row.closed_on.is_some()), target)
        else {
            return Ok(());
        };
        let after = (closed, Some(LAST_DAY));
        let mut all = self.holdings.get(&target).into_iter().flatten().chain(&had);
        match all.any(|o| rules::overlap((o.from_on, o.until_on), after)) {
            true => Err(self.problem(Part::ClosedOn, &closed.to_string(), Code::ServiceTaken)),
            false => Ok(()),
        }
    }

    /// A row of a file of addresses.
    fn address(&mut self, row: &Row) -> Done {
        let kind = match (row.kind.as_str(), self.choices.kind) {
            ("", None) => None,
            (said, usual) => match self.known.kind(said, usual) {
                Ok(kind) => Some(kind.id),
                Err(code) => return Err(self.problem(Part::Type, said, code)),
            },
        };
        let found = self.find(row, kind);
        let found = found.map_err(|code| self.problem(Part::Label, &row.label, code))?;
        let service = match found.and_then(|target| match target {
            Target::Known(id) => self.known.services.get(&id).map(|s| (id, s.clone())),
            Target::New(_) => None,
        }) {
            Some(service) => service,
            None => {
                let (part, said) = match row.label.as_str() {
                    "" => (Part::Id, &row.id),
                    _ => (Part::Label, &row.label),
                };
                return Err(self.problem(part, said, Code::UnknownService));
            }
        };
        let Some(network) = row.network else {
            return Err(self.problem(Part::Address, "", Code::Required));
        };
        let (id, service) = service;
        let took = self.taking(row, id, service.closed_on)?;
        let there = match row.from {
            Some(_) => self.known.taken.is_there(network, &took),
            None => self.known.taken.since(network, id, took.from_at),
        };
        let gives = if there {
            Step::Known
        } else {
            self.free(row, network, service.kind, &took)?;
            Step::New
        };
        let target = Target::Known(id);
        let service_name = self.name_of(target);
        if gives == Step::New {
            self.known.taken.add(networks::key(network), took);
            self.plan.allocations.push(NewAllocation {
                service_name: service_name.clone(),
                network,
                took,
            });
        }
        Ok(Planned {
            row: Row::default(),
            service_name,
            member: None,
            makes: self.meet(target, false),
            gives,
        })
    }

    /// Since when and until when a service has an address by a row: since now where the row
    /// does not say it, and not longer than the service is there.
    fn taking(
        &self,
        row: &Row,
        service: ServiceId,
        closed_on: Option<Day>,
    ) -> Result<Took, Option<RowProblem>> {
        let from_at = row.from.map_or(self.clock.now, |from| from.at);
        let said = row.until.map(|until| until.at);
        if said.is_some_and(|until| until <= from_at) {
            return Err(self.problem(Part::Until, "", Code::PeriodEndsBeforeStart));
        }
        let midnight = |day| networks::moment(day, chrono::NaiveTime::MIN, self.clock.zone).ok();
        let closes = closed_on.and_then(midnight);
        let longer = closes.is_some_and(|closes| said.is_some_and(|until| until > closes));
        if longer || closes.is_some_and(|closes| closes <= from_at) {
            return Err(self.problem(Part::Until, "", Code::ServiceClosed));
        }
        Ok(Took {
            service,
            from_at,
            until_at: said.or(closes),
        })
    }

    /// Whether a network may go to a service of a type, and nobody has some of it then.
    fn free(
        &self,
        row: &Row,
        network: IpNet,
        kind: ServiceTypeId,
        took: &Took,
    ) -> Result<(), Option<RowProblem>> {
        let refuse = |code| {
            let written = row.network.map(networks::written).unwrap_or_default();
            Err(self.problem(Part::Address, &written, code))
        };
        let carries = |k: &&crate::services::ServiceType| k.id == kind && k.carries_addresses;
        if !self.known.kinds.iter().any(|k| carries(&k)) {
            return refuse(Code::TypeWithoutAddresses);
        }
        let all = &self.known.prefixes;
        let within = |p: &crate::services::addresses::Prefix| {
            p.network != network && networks::lies_in(p.network, network)
        };
        if !home(all, network).is_some_and(|p| p.serves(kind)) || all.iter().any(within) {
            return refuse(Code::AddressOutOfReach);
        }
        let reserved = reserved_for(all, network);
        let span = networks::span(network);
        if reserved.iter().any(|part| part.touches(span)) {
            return refuse(Code::AddressReserved);
        }
        match self.known.taken.meets(network, took) {
            true => refuse(Code::AddressTaken),
            false => Ok(()),
        }
    }
}
