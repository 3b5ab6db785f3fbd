//! What the rows of a file do to what is known: who is new, who is known already,
//! which payments come in. Pure: the same plan is shown as a preview and applied.

use super::terms::{DuesPlan, WithoutTerms};
use super::{Row, RowProblem, name_key};
use crate::kernel::{Code, Day, MemberId, PartyId, text};
use std::collections::{HashMap, HashSet};

/// Somebody who is known before the import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownParty {
    pub party: PartyId,
    pub member: Option<MemberId>,
    pub name: String,
    pub email: Option<String>,
    pub postcode: Option<String>,
    /// Since when they are a member, where nothing was said of their dues.
    pub without_terms_since: Option<Day>,
}

/// All that is known before the import, as far as it matters.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub parties: Vec<KnownParty>,
    /// Members by (source, reference), for the file's sources.
    pub references: HashMap<(String, String), MemberId>,
    pub payment_keys: HashSet<String>,
}

impl Known {
    /// Since when those are members for whom nothing was said of dues.
    pub fn without_terms(&self) -> WithoutTerms {
        let days = self
            .parties
            .iter()
            .filter_map(|p| p.without_terms_since.zip(p.member));
        days.map(|(since, member)| (member, since)).collect()
    }
}

/// Whose row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A member from before.
    Member(MemberId),
    /// The n-th new member.
    New(usize),
}

/// A member to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewMember {
    /// The row that tells who it is.
    pub row: usize,
    /// The person or organisation, where it is known and only no member yet.
    pub party: Option<PartyId>,
    /// The first day that any of its rows tells.
    pub joined_on: Option<Day>,
    /// What the row calls it.
    pub references: Vec<(String, String)>,
}

/// What becomes of a row's payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaymentStep {
    /// There is none, or it may not come in.
    None,
    /// It comes in.
    New,
    /// It came in before.
    Known,
}

/// What a row without problems does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub row: usize,
    pub target: Target,
    /// Whether this is the row that makes the member.
    pub makes: bool,
    /// What a member from before was called elsewhere, where that was not known yet.
    pub references: Vec<(String, String)>,
    pub payment: PaymentStep,
}

/// What a file does.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub rows: Vec<Row>,
    pub members: Vec<NewMember>,
    pub steps: Vec<Step>,
    pub dues: DuesPlan,
}

impl Plan {
    /// Since when the n-th new member is one.
    pub fn joined_on(&self, n: usize, today: Day) -> Option<Day> {
        let member = self.members.get(n)?;
        let joined_on = member.joined_on.unwrap_or(today);
        let left_on = self.rows.get(member.row)?.left_on;
        // Whoever left before the first day that is known was there until then at least.
        Some(left_on.map_or(joined_on, |left| joined_on.min(left)))
    }

    /// How many rows have problems.
    pub fn problem_rows(&self) -> usize {
        self.rows.iter().filter(|r| !r.problems.is_empty()).count()
    }
}

/// Whether the one who imports may enter payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payments {
    /// They may.
    Taken,
    /// They may not: only the members come in.
    LeftOut,
}

/// Plans the import of rows. Problems that only show against what is known are added to the rows.
pub(super) fn plan(mut rows: Vec<Row>, known: Known, payments: Payments) -> Plan {
    let brings_payments = rows.iter().any(|r| r.payment.is_some());
    let mut people = People::new(&known);
    let mut payment_keys = known.payment_keys;
    let mut members: Vec<NewMember> = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    for (at, row) in rows.iter_mut().enumerate() {
        if !row.problems.is_empty() {
            continue;
        }
        let found = match people.find(row) {
            Ok(found) => found,
            Err(problem) => {
                row.problems.push(problem);
                continue;
            }
        };
        let is_named = found.is_some() || !row.who.name.is_empty();
        let makes_party = found.is_none() && is_named;
        if makes_party {
            row.problems.append(&mut row.party_own.missing);
        }
        if makes_party || found.is_some_and(|found| found.party.is_some()) {
            row.problems.append(&mut row.member_own.missing);
        }
        if !row.problems.is_empty() {
            continue;
        }
        let (target, makes) = match found {
            // Without a number and without an address, nothing tells two people of one
            // name apart: where there are no payments, the second is not left out silently.
            Some(Found {
                target: Target::New(_),
                party: None,
                weak: true,
                line,
            }) if !brings_payments => {
                let code = Code::RowTwice { line };
                let name = row.who.display_name();
                row.problems.push(RowProblem::at(None, &name, code));
                continue;
            }
            Some(Found {
                target,
                party: None,
                ..
            }) => (target, false),
            Some(Found { party, .. }) => (new_member(&mut members, at, party), true),
            None if row.who.name.is_empty() => {
                let reference = row.references.first().map(|r| r.1.clone());
                let reference = reference.unwrap_or_default();
                row.problems
                    .push(RowProblem::at(None, &reference, Code::RowWithoutMember));
                continue;
            }
            None => (new_member(&mut members, at, None), true),
        };
        if let Target::New(n) = target
            && let Some(member) = members.get_mut(n)
        {
            let told = row.joined_on.or_else(|| {
                let paid = row.payment.as_ref()?;
                Some(paid.period.map_or(paid.received_on, |p| p.from()))
            });
            member.joined_on = member.joined_on.into_iter().chain(told).min();
        }
        let mut references = people.learn(row, target);
        if let Target::New(n) = target
            && makes
            && let Some(member) = members.get_mut(n)
        {
            member.references = std::mem::take(&mut references);
        }
        let payment = match (&row.payment, payments) {
            (None, _) | (_, Payments::LeftOut) => PaymentStep::None,
            (Some(paid), Payments::Taken) => {
                if payment_keys.insert(paid.key.clone()) {
                    PaymentStep::New
                } else {
                    PaymentStep::Known
                }
            }
        };
        steps.push(Step {
            row: at,
            target,
            makes,
            references,
            payment,
        });
    }
    Plan {
        rows,
        members,
        steps,
        dues: DuesPlan::default(),
    }
}

fn new_member(members: &mut Vec<NewMember>, row: usize, party: Option<PartyId>) -> Target {
    members.push(NewMember {
        row,
        party,
        joined_on: None,
        references: Vec::new(),
    });
    Target::New(members.len() - 1)
}

/// Who fits a row.
#[derive(Clone, Copy)]
struct Found {
    target: Target,
    /// Known, but no member yet.
    party: Option<PartyId>,
    /// Only name and postcode say so.
    weak: bool,
    /// The line that made it, for a new member.
    line: u64,
}

/// Everybody, by what rows say of them; grows with the rows.
struct People {
    references: HashMap<(String, String), Target>,
    /// Which member has a reference of which source.
    named_by: HashSet<(Target, String)>,
    by_email: HashMap<(String, String), Vec<Found>>,
    by_name: HashMap<(String, String), Vec<Found>>,
    /// Name and address of members with a reference, to find a number that means somebody else.
    identity: HashMap<Target, (String, Option<String>)>,
}

impl std::hash::Hash for Target {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self {
            Self::Member(id) => (0_u8, id.0).hash(state),
            Self::New(n) => (1_u8, n).hash(state),
        }
    }
}

impl People {
    fn new(known: &Known) -> Self {
        let mut people = Self {
            references: HashMap::new(),
            named_by: HashSet::new(),
            by_email: HashMap::new(),
            by_name: HashMap::new(),
            identity: HashMap::new(),
        };
        for ((source, reference), member) in &known.references {
            let target = Target::Member(*member);
            people
                .references
                .insert((source.clone(), reference.clone()), target);
            people.named_by.insert((target, source.clone()));
        }
        for known in &known.parties {
            // Members come before those who are none: a target is needed either way.
            let (target, party) = match known.member {
                Some(member) => (Target::Member(member), None),
                None => (Target::New(usize::MAX), Some(known.party)),
            };
            let name = name_key(&known.name);
            let found = Found {
                target,
                party,
                weak: false,
                line: 0,
            };
            people.remember(
                &name,
                known.email.as_deref(),
                known.postcode.as_deref(),
                found,
            );
        }
        people
    }

    fn remember(&mut self, name: &str, email: Option<&str>, postcode: Option<&str>, found: Found) {
        if let Some(email) = email {
            let key = (text::fold(email), name.to_owned());
            self.by_email.entry(key).or_default().push(found);
        } else {
            let key = (name.to_owned(), text::fold(postcode.unwrap_or_default()));
            let found = Found {
                weak: true,
                ..found
            };
            self.by_name.entry(key).or_default().push(found);
        }
        if found.party.is_none() {
            let email = email.map(text::fold);
            self.identity.insert(found.target, (name.to_owned(), email));
        }
    }

    /// The member or the person that a row means.
    fn find(&self, row: &Row) -> Result<Option<Found>, RowProblem> {
        let mut named: Option<Target> = None;
        for reference in &row.references {
            let Some(target) = self.references.get(reference) else {
                continue;
            };
            if named.is_some_and(|other| other != *target) || !self.may_be(row, *target) {
                let code = Code::ReferenceOfAnother;
                return Err(RowProblem::at(None, &reference.1, code));
            }
            named = Some(*target);
        }
        if let Some(target) = named {
            return Ok(Some(Found {
                target,
                party: None,
                weak: false,
                line: 0,
            }));
        }
        let name = row.who.name_key();
        if name.is_empty() {
            return Ok(None);
        }
        let candidates = match &row.who.email {
            Some(email) => self.by_email.get(&(text::fold(email.as_str()), name)),
            None => {
                let postcode = text::fold(&row.who.postcode);
                // With a number of its own, a row needs more than a name to be somebody known.
                if postcode.is_empty() && !row.references.is_empty() {
                    return Ok(None);
                }
                self.by_name.get(&(name, postcode))
            }
        };
        // Whom the same program calls something else is somebody else.
        let other = |found: &Found| {
            row.references
                .iter()
                .any(|(source, _)| self.named_by.contains(&(found.target, source.clone())))
        };
        let mut fits: Vec<&Found> = candidates
            .into_iter()
            .flatten()
            .filter(|found| !other(found))
            .collect();
        fits.sort_by_key(|found| found.party.is_some());
        Ok(fits.first().map(|found| **found))
    }

    /// Lists that people keep count from 1, each on its own: one number, but another name
    /// and another address, is not the same member. Known programs are believed.
    fn may_be(&self, row: &Row, target: Target) -> bool {
        let generic = row.references.iter().any(|(s, _)| s.starts_with("csv:"));
        let Some((name, email)) = self.identity.get(&target).filter(|_| generic) else {
            return true;
        };
        let row_name = row.who.name_key();
        let row_email = row.who.email.as_ref().map(|e| text::fold(e.as_str()));
        let shares_word = row_name.split(' ').any(|w| name.split(' ').any(|n| n == w));
        row_name.is_empty() || shares_word || (row_email.is_some() && row_email == *email)
    }

    /// Takes note of a row whose member is settled; gives the references that are new.
    fn learn(&mut self, row: &Row, target: Target) -> Vec<(String, String)> {
        let mut new = Vec::new();
        for reference in &row.references {
            if !self.references.contains_key(reference) {
                self.references.insert(reference.clone(), target);
                self.named_by.insert((target, reference.0.clone()));
                new.push(reference.clone());
            }
        }
        if matches!(target, Target::New(_)) && !self.identity.contains_key(&target) {
            let found = Found {
                target,
                party: None,
                weak: false,
                line: row.line,
            };
            let email = row.who.email.as_ref().map(|e| e.as_str());
            // What became a member is found as one from now on.
            let key = (text::fold(email.unwrap_or_default()), row.who.name_key());
            if let Some(before) = self.by_email.get_mut(&key)
                && let Some(at) = before.iter().position(|f| f.party.is_some())
            {
                before.remove(at);
            }
            let key = (row.who.name_key(), text::fold(&row.who.postcode));
            if email.is_none()
                && let Some(before) = self.by_name.get_mut(&key)
                && let Some(at) = before.iter().position(|f| f.party.is_some())
            {
                before.remove(at);
            }
            self.remember(&row.who.name_key(), email, Some(&row.who.postcode), found);
        }
        new
    }
}
