//! The rules once more, written from what Equipage promises: plain lists in memory, no SQL,
//! nothing shared with the use-cases but the words.

use super::command::*;
use super::engine::{ACTORS, OPERATOR, PEOPLE, problem_text};
use super::reading::{MemberLine, PartyLine, PaymentLine, RowLine, require_crew};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use domain::access::{Grant, Rights};
use domain::kernel::problem::FieldProblem;
use domain::kernel::{Code, Problem, Result, Right};
use std::collections::{BTreeMap, BTreeSet};

/// The first member's number.
const FIRST_NUMBER: i64 = 1001;
/// What a list shows at once.
const PAGE: usize = 50;

#[derive(Clone, Debug, PartialEq)]
struct Party {
    organisation: bool,
    given_name: String,
    name: String,
    email: Option<String>,
    version: i64,
}

impl Party {
    fn display_name(&self) -> String {
        format!("{} {}", self.given_name, self.name)
            .trim()
            .to_owned()
    }

    fn sort_name(&self) -> String {
        fold(&format!("{} {}", self.name, self.given_name))
    }
}

/// Lower case without accents, as far as the names here need it.
fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace(['é', 'è'], "e")
}

struct Member {
    party: usize,
    joined_on: NaiveDate,
    left_on: Option<NaiveDate>,
    version: i64,
}

#[derive(Clone, Debug, PartialEq)]
struct Data {
    member: usize,
    amount: i64,
    method: &'static str,
    received_on: NaiveDate,
    period: Option<(NaiveDate, NaiveDate)>,
    label: String,
    note: String,
}

struct Payment {
    data: Data,
    entered_by: Option<usize>,
    /// By whom.
    validated: Option<Option<usize>>,
    reverses: Option<usize>,
    receipt: Option<(i64, i64)>,
    issued_on: Option<NaiveDate>,
    version: i64,
}

pub struct Model {
    now: DateTime<Utc>,
    parties: Vec<Party>,
    contacts: BTreeMap<(usize, usize), String>,
    members: Vec<Member>,
    payments: Vec<Option<Payment>>,
    /// How a member pays from a day on: an amount of their own, and why.
    terms: BTreeMap<(usize, NaiveDate), (Option<i64>, &'static str)>,
    /// Which payment was deleted by whom.
    deleted: BTreeSet<(usize, Option<usize>)>,
    /// What came with a key, and what was answered.
    keys: BTreeMap<u128, (String, String)>,
    receipts: BTreeMap<i64, i64>,
    anyone: bool,
    settings_version: i64,
    audit: i64,
}

type Fields = Vec<(&'static str, Code)>;

fn invalid(fields: Fields) -> Problem {
    let field = |(field, code): (&str, Code)| FieldProblem {
        field: field.into(),
        code,
    };
    Problem::invalid(fields.into_iter().map(field).collect())
}

fn refuse<T>(code: Code) -> Result<T> {
    Err(Problem::new(code))
}

/// Who acts, and what they may.
struct Who2 {
    person: Option<usize>,
    rights: Rights,
}

impl Who2 {
    fn of(actor: usize) -> Self {
        let grant = |right: &Right| Grant {
            right: *right,
            crew: "équipe".into(),
        };
        Self {
            person: (actor < PEOPLE).then_some(actor),
            rights: match actor {
                OPERATOR => Rights::operator(),
                n => Rights::from_grants(ACTORS[n].1.iter().map(grant).collect()),
            },
        }
    }

    fn require(&self, right: Right) -> Result<()> {
        if self.person.is_none() && !self.rights.is_crew() {
            return refuse(Code::SignInNeeded);
        }
        if self.rights.has(right) {
            Ok(())
        } else {
            refuse(Code::Forbidden { right })
        }
    }

    fn require_crew(&self) -> Result<()> {
        require_crew(&self.rights, self.person.is_some())
    }
}

impl Model {
    pub fn new(now: DateTime<Utc>) -> Self {
        let equipe = |(name, _): &(&str, &[Right])| Party {
            organisation: false,
            given_name: (*name).into(),
            name: "Équipe".into(),
            email: None,
            version: 1,
        };
        Self {
            // Each of them took a millisecond.
            now: now + TimeDelta::milliseconds(PEOPLE as i64),
            parties: ACTORS.iter().take(PEOPLE).map(equipe).collect(),
            contacts: BTreeMap::new(),
            members: vec![],
            payments: vec![],
            terms: BTreeMap::new(),
            deleted: BTreeSet::new(),
            keys: BTreeMap::new(),
            receipts: BTreeMap::new(),
            anyone: false,
            settings_version: 1,
            audit: 0,
        }
    }

    fn today(&self) -> NaiveDate {
        self.now
            .with_timezone(&chrono_tz::Europe::Paris)
            .date_naive()
    }

    pub fn step(&mut self, step: &Step) -> String {
        self.now += TimeDelta::milliseconds(1);
        let who = Who2::of(step.actor);
        self.run(&who, &step.command)
            .unwrap_or_else(|problem| problem_text(&problem))
    }

    fn run(&mut self, by: &Who2, command: &Command) -> Result<String> {
        match command {
            Command::Wait(days) => {
                self.now = self.now + Days::new(*days);
                Ok("waited".into())
            }
            Command::AddParty {
                who,
                key,
                refuse_doubles,
            } => {
                by.require(Right::People)?;
                let party = party(who)?;
                let content = format!("people::add {who:?}");
                self.once(*key, content, |model| {
                    model.refuse_doubles(&party, *refuse_doubles)?;
                    Ok(model.insert_party(party))
                })
            }
            Command::SaveParty {
                party: n,
                who,
                version,
            } => self.save_party(by, *n, who, *version),
            Command::AddMember { party, since, key } => {
                by.require(Right::Members)?;
                let days = membership(since).map_err(invalid)?;
                let content = format!(
                    "members::add {:?} {since:?}",
                    (*party < self.parties.len()).then_some(party)
                );
                self.once(*key, content, |model| model.insert_member(*party, days))
            }
            Command::Register {
                who,
                since,
                key,
                refuse_doubles,
            } => {
                by.require(Right::People)?;
                by.require(Right::Members)?;
                let (party, days) = match (party_fields(who), membership(since)) {
                    (Ok(party), Ok(days)) => (party, days),
                    (a, b) => {
                        return Err(invalid(
                            [a.err().unwrap_or_default(), b.err().unwrap_or_default()].concat(),
                        ));
                    }
                };
                self.once(*key, format!("register {who:?} {since:?}"), |model| {
                    model.refuse_doubles(&party, *refuse_doubles)?;
                    let text = model.insert_party(party);
                    let member = model.insert_member(model.parties.len() - 1, days)?;
                    Ok(format!("{text} {member}"))
                })
            }
            Command::SaveMember {
                member,
                since,
                version,
            } => {
                by.require(Right::Members)?;
                let Some(present) = self.members.get_mut(*member) else {
                    return refuse(Code::NotFound);
                };
                let (joined_on, left_on) = membership(since).map_err(invalid)?;
                if (joined_on, left_on) != (present.joined_on, present.left_on) {
                    if *version != Version::Present {
                        return refuse(Code::ChangedMeanwhile);
                    }
                    (present.joined_on, present.left_on) = (joined_on, left_on);
                    present.version += 1;
                    self.audit += 1;
                }
                Ok("saved".into())
            }
            Command::AddContact {
                organisation,
                person,
                role,
            } => self.add_contact(by, *organisation, *person, role),
            Command::RemoveContact {
                organisation,
                person,
            } => {
                by.require(Right::People)?;
                if (*organisation).max(*person) >= self.parties.len() {
                    return refuse(Code::NotFound);
                }
                if self.contacts.remove(&(*organisation, *person)).is_some() {
                    self.audit += 1;
                }
                Ok("no contact".into())
            }
            Command::AddPayment { pay, key } => {
                by.require(Right::PaymentsAdd)?;
                let content = format!("payments::add {:?} {}", by.person, self.typed(pay));
                let (data, person) = (self.payment_data(pay), by.person);
                self.once(*key, content, |model| {
                    Ok(model.insert_payment(data?, person, None))
                })
            }
            Command::SavePayment {
                payment,
                pay,
                version,
            } => self.save_payment(by, *payment, pay, *version),
            Command::DeletePayment { payment, version } => {
                self.delete_payment(by, *payment, *version)
            }
            Command::Validate { payments, key } => {
                by.require(Right::PaymentsValidate)?;
                let all: BTreeSet<(bool, usize)> = payments
                    .iter()
                    .map(|n| (*n < self.payments.len(), *n))
                    .collect();
                if all.is_empty() {
                    return refuse(Code::NothingSelected);
                }
                let content = format!("payments::validate {:?} {all:?}", by.person);
                let payments: BTreeSet<usize> = payments.iter().copied().collect();
                self.once(*key, content, |model| Ok(model.validate(by, &payments)))
            }
            Command::Reverse {
                payment,
                reason,
                key,
            } => {
                by.require(Right::PaymentsAdd)?;
                let known = (*payment < self.payments.len()).then_some(payment);
                let content = format!("payments::reverse {:?} {known:?} {reason}", by.person);
                self.once(*key, content, |model| model.reverse(by, *payment, reason))
            }
            Command::SetValidation { anyone, version } => {
                by.require(Right::Settings)?;
                if *version != Version::Present {
                    return refuse(Code::ChangedMeanwhile);
                }
                if *anyone != self.anyone {
                    self.anyone = *anyone;
                    self.settings_version += 1;
                    self.audit += 1;
                }
                Ok("decided".into())
            }
            Command::AddTerms { member, terms } => self.add_terms(by, *member, terms),
            Command::RemoveTerms { member, from_on } => {
                let Some(day) = term_day(from_on) else {
                    return refuse(Code::NotADay);
                };
                by.require(Right::Members)?;
                if *member >= self.members.len() {
                    return refuse(Code::NotFound);
                }
                if self.terms.remove(&(*member, day)).is_some() {
                    self.audit += 1;
                }
                Ok("no terms".into())
            }
            Command::Ask(question) => self.ask(by, question),
        }
    }

    /// The same key with the same content has one effect; with other content it is refused.
    /// What fails leaves no key behind.
    fn once(
        &mut self,
        key: Key,
        content: String,
        run: impl FnOnce(&mut Self) -> Result<String>,
    ) -> Result<String> {
        let Key::Number(key) = key else {
            return refuse(Code::BadRequest);
        };
        if let Some((before, answer)) = self.keys.get(&key) {
            return if *before == content {
                Ok(answer.clone())
            } else {
                refuse(Code::AlreadySent)
            };
        }
        let answer = run(self)?;
        self.keys.insert(key, (content, answer.clone()));
        Ok(answer)
    }

    // --- people and members

    fn insert_party(&mut self, party: Party) -> String {
        self.parties.push(party);
        self.audit += 1;
        format!("party {}", self.parties.len() - 1)
    }

    fn refuse_doubles(&self, party: &Party, refuse_doubles: bool) -> Result<()> {
        let turned = fold(&format!("{} {}", party.given_name, party.name));
        let same = |known: &Party| {
            (party.email.is_some() && known.email == party.email)
                || known.sort_name() == party.sort_name()
                || known.sort_name() == turned
        };
        match refuse_doubles && self.parties.iter().any(same) {
            true => refuse(Code::MaybeKnown),
            false => Ok(()),
        }
    }

    fn save_party(&mut self, by: &Who2, n: usize, who: &Who, version: Version) -> Result<String> {
        by.require(Right::People)?;
        let in_use = self.contacts.keys().any(|(o, p)| *o == n || *p == n);
        let Some(present) = self.parties.get_mut(n) else {
            return refuse(Code::NotFound);
        };
        let party = Party {
            version: present.version,
            ..party(who)?
        };
        if party != *present {
            if version != Version::Present {
                return refuse(Code::ChangedMeanwhile);
            }
            if party.organisation != present.organisation && in_use {
                return Err(invalid(vec![("kind", Code::KindInUse)]));
            }
            *present = Party {
                version: present.version + 1,
                ..party
            };
            self.audit += 1;
        }
        Ok("saved".into())
    }

    fn add_contact(
        &mut self,
        by: &Who2,
        organisation: usize,
        person: usize,
        role: &str,
    ) -> Result<String> {
        by.require(Right::People)?;
        if role.contains('\0') {
            return Err(invalid(vec![("role", Code::ControlCharacter)]));
        }
        match self.parties.get(organisation) {
            None => return refuse(Code::NotFound),
            Some(o) if !o.organisation => {
                return Err(invalid(vec![("organisation", Code::NotAnOrganisation)]));
            }
            Some(_) => {}
        }
        match self.parties.get(person) {
            None => return refuse(Code::NotFound),
            Some(p) if p.organisation => return Err(invalid(vec![("person", Code::NotAPerson)])),
            Some(_) => {}
        }
        if self
            .contacts
            .insert((organisation, person), role.into())
            .as_deref()
            != Some(role)
        {
            self.audit += 1;
        }
        Ok("contact".into())
    }

    fn insert_member(
        &mut self,
        party: usize,
        (joined_on, left_on): (NaiveDate, Option<NaiveDate>),
    ) -> Result<String> {
        if party >= self.parties.len() {
            return refuse(Code::NotFound);
        }
        if self.members.iter().any(|m| m.party == party) {
            return refuse(Code::AlreadyMember);
        }
        self.members.push(Member {
            party,
            joined_on,
            left_on,
            version: 1,
        });
        self.audit += 1;
        Ok(format!("member {}", self.members.len() - 1))
    }

    // --- payments

    /// What stands in the form, as far as two forms differ.
    fn typed(&self, pay: &Pay) -> String {
        let there = |n: usize| n < self.members.len();
        let member = match pay.whose {
            Whose::Id(n) if there(n) => format!("id {n}"),
            Whose::Number(n) if there(n) => format!("number {n}"),
            Whose::WrongDigit(n) if there(n) => format!("wrong {n}"),
            Whose::NumberAndName(n) if there(n) => format!(
                "number {n} {}",
                self.parties[self.members[n].party].display_name()
            ),
            Whose::Nobody => "nobody".into(),
            Whose::Empty => String::new(),
            _ => "nil".into(),
        };
        format!(
            "{member} {} {} {} {} {:?} {}",
            pay.amount,
            pay.method,
            days()[pay.received_on].0,
            pay.period,
            pay.note,
            pay.label
        )
    }

    fn payment_data(&self, pay: &Pay) -> Result<Data> {
        let mut wrong: Fields = vec![];
        let there = |n: usize| {
            if n < self.members.len() {
                Ok(n)
            } else {
                Err(Code::UnknownMember)
            }
        };
        let member = match pay.whose {
            Whose::Id(n) | Whose::Number(n) | Whose::NumberAndName(n) => there(n),
            Whose::WrongDigit(n) => there(n).and(Err(Code::WrongCheckDigit)),
            Whose::Nobody => Err(Code::UnknownMember),
            Whose::Empty => Err(Code::Required),
        };
        let method = match pay.method {
            "" => Err(Code::Required),
            "gold" => Err(Code::UnknownChoice),
            method => Ok(method),
        };
        let amount = AMOUNTS[pay.amount].1.clone();
        let (label, note) = (pay.label.trim().to_owned(), pay.note.trim().to_owned());
        match (&method, &amount) {
            (Ok("waived"), Ok(1..) | Ok(..0)) => wrong.push(("amount", Code::AmountNotZero)),
            (Ok("waived"), _) | (Err(_), Ok(_)) => {}
            (_, Ok(..1)) => wrong.push(("amount", Code::AmountNotPositive)),
            (_, _) => {}
        }
        if method == Ok("waived") && note.is_empty() {
            wrong.push(("note", Code::ReasonNeeded));
        }
        let received_on = days()[pay.received_on].1.clone();
        if received_on.as_ref().is_ok_and(|d| *d > self.today()) {
            wrong.push(("received_on", Code::DayInFuture));
        }
        let ((_, from), (_, until)) = periods()[pay.period].clone();
        match (&from, &until) {
            (Some(_), None) => wrong.push(("period_until", Code::PeriodIncomplete)),
            (None, Some(_)) => wrong.push(("period_from", Code::PeriodIncomplete)),
            (Some(Ok(from)), Some(Ok(until))) if from > until => {
                wrong.push(("period_until", Code::PeriodEndsBeforeStart))
            }
            _ => {}
        }
        let mut note_error =
            |field, code: Option<Code>| wrong.extend(code.map(|code| (field, code)));
        note_error("member", member.clone().err());
        note_error("method", method.clone().err());
        note_error("amount", amount.clone().err());
        note_error("received_on", received_on.clone().err());
        note_error("period_from", from.clone().and_then(Result::err));
        note_error("period_until", until.clone().and_then(Result::err));
        if !wrong.is_empty() {
            return Err(invalid(wrong));
        }
        let half = |half: Option<std::result::Result<NaiveDate, Code>>| {
            half.and_then(std::result::Result::ok)
        };
        Ok(Data {
            member: member.unwrap(),
            amount: amount.unwrap(),
            method: method.unwrap(),
            received_on: received_on.unwrap(),
            period: half(from).zip(half(until)),
            label,
            note,
        })
    }

    fn insert_payment(
        &mut self,
        data: Data,
        entered_by: Option<usize>,
        reverses: Option<usize>,
    ) -> String {
        self.payments.push(Some(Payment {
            data,
            entered_by,
            validated: None,
            reverses,
            receipt: None,
            issued_on: None,
            version: 1,
        }));
        self.audit += 1;
        format!("payment {}", self.payments.len() - 1)
    }

    fn payment(&self, n: usize) -> Result<&Payment> {
        self.payments
            .get(n)
            .and_then(Option::as_ref)
            .ok_or_else(|| Problem::new(Code::NotFound))
    }

    fn save_payment(&mut self, by: &Who2, n: usize, pay: &Pay, version: Version) -> Result<String> {
        by.require(Right::PaymentsChange)?;
        let present = self.payment(n)?;
        if present.validated.is_some() {
            return refuse(Code::PaymentFrozen);
        }
        if present.reverses.is_some() {
            return refuse(Code::IsReversal);
        }
        let data = self.payment_data(pay)?;
        if data != present.data {
            if version != Version::Present {
                return refuse(Code::ChangedMeanwhile);
            }
            if let Some(present) = &mut self.payments[n] {
                present.data = data;
                present.version += 1;
            }
            self.audit += 1;
        }
        Ok("saved".into())
    }

    fn delete_payment(&mut self, by: &Who2, n: usize, version: Version) -> Result<String> {
        by.require(Right::PaymentsDelete)?;
        let Ok(present) = self.payment(n) else {
            let own = self.deleted.contains(&(n, by.person));
            return if own {
                Ok("deleted".into())
            } else {
                refuse(Code::NotFound)
            };
        };
        if present.validated.is_some() {
            return refuse(Code::PaymentFrozen);
        }
        if version != Version::Present {
            return refuse(Code::ChangedMeanwhile);
        }
        self.payments[n] = None;
        self.deleted.insert((n, by.person));
        self.audit += 1;
        Ok("deleted".into())
    }

    fn may_validate(&self, by: &Who2, payment: &Payment) -> std::result::Result<(), Code> {
        if !by.rights.has(Right::PaymentsValidate) {
            return Err(Code::Forbidden {
                right: Right::PaymentsValidate,
            });
        }
        if !self.anyone && payment.entered_by == by.person {
            Err(Code::OwnEntry)
        } else {
            Ok(())
        }
    }

    fn validate(&mut self, by: &Who2, payments: &BTreeSet<usize>) -> String {
        let year = i64::from(self.today().year());
        let today = self.today();
        let mut answers = vec![];
        for &n in payments {
            let answer = match self.payment(n) {
                Err(problem) => Err(problem.code),
                Ok(p) if p.validated.is_some() => Err(Code::AlreadyValidated),
                Ok(p) => self.may_validate(by, p),
            };
            if answer.is_ok() {
                let next = self.receipts.entry(year).or_default();
                if let Some(payment) = &mut self.payments[n] {
                    payment.validated = Some(by.person);
                    payment.version += 1;
                    // Money that came has a receipt; the numbers of a year have no gap.
                    if payment.reverses.is_none() && payment.data.method != "waived" {
                        *next += 1;
                        payment.receipt = Some((year, *next));
                        payment.issued_on = Some(today);
                    }
                }
                self.audit += 1;
            }
            answers.push(match answer {
                Ok(()) => format!("{n:04} validated"),
                Err(code) => format!("{n:04} {code:?}"),
            });
        }
        answers.join(", ")
    }

    fn reversal_of(&self, n: usize) -> Option<usize> {
        self.payments
            .iter()
            .position(|p| p.as_ref().is_some_and(|p| p.reverses == Some(n)))
    }

    fn reverse(&mut self, by: &Who2, n: usize, reason: &str) -> Result<String> {
        let original = self.payment(n)?;
        if original.reverses.is_some() {
            return refuse(Code::IsReversal);
        }
        if original.validated.is_none() {
            return refuse(Code::NotValidatedYet);
        }
        if self.reversal_of(n).is_some() {
            return refuse(Code::AlreadyReversed);
        }
        if reason.trim().is_empty() {
            return Err(invalid(vec![("reason", Code::ReasonNeeded)]));
        }
        let data = Data {
            amount: -original.data.amount,
            received_on: self.today(),
            note: reason.into(),
            ..original.data.clone()
        };
        Ok(self.insert_payment(data, by.person, Some(n)))
    }

    fn add_terms(&mut self, by: &Who2, member: usize, terms: &TermsTyped) -> Result<String> {
        by.require(Right::Members)?;
        let mut wrong: Fields = vec![];
        let day = term_day(terms.from_on);
        if day.is_none() {
            wrong.push(("from_on", Code::Required));
        }
        let own = match terms.amount {
            "-1" => {
                wrong.push(("amount", Code::NotAnAmount));
                None
            }
            "0" => Some(0),
            "15" => Some(1500),
            _ => None,
        };
        if !terms.amount.is_empty() && terms.reason.is_empty() {
            wrong.push(("reason", Code::ReasonNeeded));
        }
        let (Some(day), true) = (day, wrong.is_empty()) else {
            return Err(invalid(wrong));
        };
        if member >= self.members.len() {
            return refuse(Code::NotFound);
        }
        let after = (own, terms.reason);
        if self.terms.insert((member, day), after) != Some(after) {
            self.audit += 1;
        }
        Ok("terms".into())
    }

    /// What validated payments and free terms cover; payments that were taken back do not count.
    fn covered(&self, member: usize) -> Vec<(NaiveDate, NaiveDate)> {
        let taken_back = |n: usize| {
            let reversal = self.reversal_of(n).and_then(|r| self.payments[r].as_ref());
            reversal.is_some_and(|r| r.validated.is_some())
        };
        let counts = self.there().filter(|(n, p)| {
            p.data.member == member
                && p.validated.is_some()
                && p.reverses.is_none()
                && !taken_back(*n)
        });
        let mut covered: Vec<_> = counts.filter_map(|(_, p)| p.data.period).collect();
        let days: Vec<(NaiveDate, Option<i64>)> = self
            .terms
            .range((member, NaiveDate::MIN)..=(member, NaiveDate::MAX))
            .map(|((_, day), (own, _))| (*day, *own))
            .collect();
        for (n, (from, own)) in days.iter().enumerate() {
            if *own == Some(0) {
                let until = days.get(n + 1).map(|(next, _)| *next - Days::new(1));
                covered.push((*from, until.unwrap_or(day(2200, 12, 31))));
            }
        }
        covered
    }

    /// The last day of what is covered without a gap around the last beginning not after today.
    fn paid_until(&self, member: usize) -> Option<NaiveDate> {
        let covered = self.covered(member);
        let begun = covered.iter().filter(|(from, _)| *from <= self.today());
        let mut until = begun.max_by_key(|(from, _)| *from)?.1;
        while let Some(further) = covered
            .iter()
            .find(|(from, u)| *from <= until + Days::new(1) && *u > until)
        {
            until = further.1;
        }
        Some(until)
    }

    fn there(&self) -> impl DoubleEndedIterator<Item = (usize, &Payment)> {
        self.payments
            .iter()
            .enumerate()
            .filter_map(|(n, p)| Some((n, p.as_ref()?)))
    }

    // --- what is seen

    fn ask(&self, by: &Who2, question: &Question) -> Result<String> {
        match question {
            Question::OwnPayments(n) => return self.own_payments(by, *n),
            Question::AuditRows => {
                by.require(Right::Settings)?;
                return Ok(self.audit.to_string());
            }
            Question::Receipt(n) => return self.receipt(by, *n),
            _ => by.require_crew()?,
        }
        let missing = || Problem::new(Code::NotFound);
        Ok(match question {
            Question::Party(n) => {
                let p = self.parties.get(*n).ok_or_else(missing)?.clone();
                let line = PartyLine {
                    n: *n,
                    organisation: p.organisation,
                    given_name: p.given_name,
                    name: p.name,
                    email: p.email,
                    version: p.version,
                };
                format!("{line:?}")
            }
            Question::Contacts(n) => {
                let mut contacts: Vec<(usize, &String)> = self
                    .contacts
                    .iter()
                    .filter(|((o, _), _)| o == n)
                    .map(|((_, p), role)| (*p, role))
                    .collect();
                contacts.sort_by_key(|(p, _)| (self.parties[*p].sort_name(), *p));
                format!("{contacts:?}")
            }
            Question::Member(n) => {
                let m = self.members.get(*n).ok_or_else(missing)?;
                let line = MemberLine {
                    number: FIRST_NUMBER + *n as i64,
                    party: m.party,
                    joined_on: m.joined_on,
                    left_on: m.left_on,
                    paid_until: self.paid_until(*n),
                    version: m.version,
                };
                format!("{line:?}")
            }
            Question::Payment(n) => format!("{:?}", self.line(*n, self.payment(*n)?)),
            Question::Payments {
                validated,
                by,
                member,
                until,
            } => {
                let until = until.map(|d| {
                    days()
                        .into_iter()
                        .find(|x| x.0 == d)
                        .map_or(day(2026, 5, 15), |x| x.1.unwrap())
                });
                let mut found: Vec<(usize, &Payment)> = self
                    .there()
                    .filter(|(_, p)| validated.is_none_or(|v| p.validated.is_some() == v))
                    .filter(|(_, p)| by.is_none_or(|b| p.entered_by == Some(b)))
                    .filter(|(_, p)| member.is_none_or(|m| p.data.member == m))
                    .filter(|(_, p)| until.is_none_or(|d| p.data.received_on <= d))
                    .collect();
                found.sort_by_key(|(n, p)| std::cmp::Reverse((p.data.received_on, *n)));
                let total = found.len();
                found.truncate(PAGE);
                format!("{total} {}", self.lines(found))
            }
            Question::Queue => self.queue(by),
            Question::Waiting => self
                .there()
                .filter(|(_, p)| p.validated.is_none())
                .count()
                .to_string(),
            Question::OfMember(n) => self.of_member(*n, Clone::clone),
            Question::Members {
                standing,
                everybody,
            } => self.directory(*standing, *everybody),
            Question::Counts => {
                let count = |name: &str| {
                    (0..self.members.len())
                        .filter(|m| self.standing(*m) == name)
                        .count()
                };
                let [in_order, late, never, left] =
                    ["in_order", "late", "never_paid", "left"].map(count);
                format!(
                    "{:?}",
                    [in_order + late + never, in_order, late, never, left]
                )
            }
            Question::Receipts(year) => self.receipts_of(*year),
            Question::OwnPayments(_) | Question::AuditRows | Question::Receipt(_) => unreachable!(),
        })
    }

    fn line(&self, n: usize, p: &Payment) -> PaymentLine {
        let reversal = self.reversal_of(n);
        PaymentLine {
            n,
            member: p.data.member,
            amount: p.data.amount,
            method: p.data.method.into(),
            received_on: p.data.received_on,
            period: p.data.period,
            label: p.data.label.clone(),
            note: p.data.note.clone(),
            entered_by: p.entered_by,
            validated_by: p.validated,
            reverses: p.reverses,
            reversed_by: reversal.map(|r| {
                (
                    r,
                    self.payments[r]
                        .as_ref()
                        .is_some_and(|p| p.validated.is_some()),
                )
            }),
            receipt: p.receipt,
            version: p.version,
        }
    }

    fn lines(&self, payments: Vec<(usize, &Payment)>) -> String {
        let lines: Vec<PaymentLine> = payments.into_iter().map(|(n, p)| self.line(n, p)).collect();
        format!("{lines:?}")
    }

    fn of_member(&self, member: usize, see: impl Fn(&String) -> String) -> String {
        let mut found: Vec<(usize, &Payment)> = self
            .there()
            .filter(|(_, p)| p.data.member == member)
            .collect();
        found.sort_by_key(|(n, p)| std::cmp::Reverse((p.data.received_on, *n)));
        let lines = found.into_iter().map(|(n, p)| self.line(n, p));
        let lines: Vec<PaymentLine> = lines
            .map(|l| PaymentLine {
                note: see(&l.note),
                ..l
            })
            .collect();
        format!("{lines:?}")
    }

    fn is_own(&self, person: usize, member: usize) -> bool {
        let party = self.members.get(member).map(|m| m.party);
        party.is_some_and(|p| p == person || self.contacts.contains_key(&(p, person)))
    }

    fn own_payments(&self, by: &Who2, member: usize) -> Result<String> {
        let Some(person) = by.person else {
            return refuse(Code::SignInNeeded);
        };
        if !self.is_own(person, member) {
            return refuse(Code::NotFound);
        }
        let mut found: Vec<(usize, &Payment)> = self
            .there()
            .filter(|(_, p)| p.data.member == member)
            .collect();
        found.sort_by_key(|(n, p)| std::cmp::Reverse((p.data.received_on, *n)));
        // Without the crews' remarks and names.
        let lines = found.into_iter().map(|(n, p)| PaymentLine {
            note: String::new(),
            entered_by: None,
            validated_by: p.validated.map(|_| None),
            ..self.line(n, p)
        });
        Ok(format!("{:?}", lines.collect::<Vec<_>>()))
    }

    fn receipt(&self, by: &Who2, n: usize) -> Result<String> {
        if !by.rights.is_crew() && by.person.is_none() {
            return refuse(Code::SignInNeeded);
        }
        let payment = self.payment(n)?;
        let own = by
            .person
            .is_some_and(|p| self.is_own(p, payment.data.member));
        let (Some((year, number)), Some(issued_on), true) = (
            payment.receipt,
            payment.issued_on,
            own || by.rights.is_crew(),
        ) else {
            return refuse(Code::NotFound);
        };
        let cancelled = self.cancelled_by(n);
        Ok(format!(
            "{year}-{number:04} {} {issued_on} {cancelled:?}",
            payment.data.amount
        ))
    }

    fn cancelled_by(&self, n: usize) -> Option<usize> {
        self.reversal_of(n).filter(|r| {
            self.payments[*r]
                .as_ref()
                .is_some_and(|p| p.validated.is_some())
        })
    }

    fn receipts_of(&self, year: i64) -> String {
        let mut all: Vec<(i64, usize, i64)> = self
            .there()
            .filter_map(|(n, p)| {
                p.receipt
                    .filter(|r| r.0 == year)
                    .map(|r| (r.1, n, p.data.amount))
            })
            .collect();
        all.sort();
        let cancelled: Vec<i64> = all
            .iter()
            .filter(|r| self.cancelled_by(r.1).is_some())
            .map(|r| r.2)
            .collect();
        let totals = [
            all.len() as i64,
            all.iter().map(|r| r.2).sum(),
            cancelled.len() as i64,
            cancelled.iter().sum(),
        ];
        let rows: Vec<(i64, usize)> = all.iter().take(PAGE).map(|r| (r.0, r.1)).collect();
        format!("{totals:?} {rows:?}")
    }

    fn queue(&self, by: &Who2) -> String {
        let mut waiting: Vec<(usize, &Payment)> = self
            .there()
            .filter(|(_, p)| p.validated.is_none())
            .collect();
        waiting.sort_by_key(|(n, p)| (p.data.received_on, *n));
        let sum: i64 = waiting.iter().map(|(_, p)| p.data.amount).sum();
        let oldest = waiting.iter().map(|(_, p)| p.data.received_on).min();
        let rows: Vec<(usize, Option<Code>)> = waiting
            .iter()
            .map(|(n, p)| (*n, self.may_validate(by, p).err()))
            .collect();
        let mut people: BTreeMap<Option<usize>, i64> = BTreeMap::new();
        for (_, payment) in &waiting {
            *people.entry(payment.entered_by).or_default() += 1;
        }
        let people: Vec<(Option<usize>, i64)> = people.into_iter().collect();
        format!("{} {sum} {oldest:?} {rows:?} {people:?}", waiting.len())
    }

    fn standing(&self, member: usize) -> &'static str {
        let (m, today) = (&self.members[member], self.today());
        match (m.left_on, self.paid_until(member)) {
            (Some(on), _) if on <= today => "left",
            (_, None) => "never_paid",
            (_, Some(until)) if until >= today => "in_order",
            _ => "late",
        }
    }

    fn directory(&self, standing: Option<&str>, everybody: bool) -> String {
        let mut rows = vec![];
        for (n, party) in self.parties.iter().enumerate() {
            let member = self.members.iter().position(|m| m.party == n);
            let fits = match (member, standing) {
                (Some(member), Some(standing)) => self.standing(member) == standing,
                (None, Some(_)) => false,
                (member, None) => everybody || member.is_some(),
            };
            if fits {
                rows.push((
                    party.sort_name(),
                    n,
                    RowLine {
                        party: n,
                        name: party.display_name(),
                        number: member.map(|m| FIRST_NUMBER + m as i64),
                        paid_until: member.and_then(|m| self.paid_until(m)),
                    },
                ));
            }
        }
        rows.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let total = rows.len();
        let rows: Vec<RowLine> = rows.into_iter().take(PAGE).map(|r| r.2).collect();
        format!("{total} {rows:?}")
    }
}

fn party(who: &Who) -> Result<Party> {
    party_fields(who).map_err(invalid)
}

fn party_fields(who: &Who) -> std::result::Result<Party, Fields> {
    let mut wrong: Fields = vec![];
    let organisation = who.kind == "organisation";
    if who.kind == "robot" {
        wrong.push(("kind", Code::UnknownChoice));
    }
    let name = who.name.trim();
    let given_name = if organisation { "" } else { who.given_name };
    if name.contains('\u{202e}') {
        wrong.push(("name", Code::ControlCharacter));
    } else if name.is_empty() && given_name.is_empty() {
        wrong.push(("name", Code::Required));
    }
    let email = who.email.trim();
    if !email.is_empty() && !email.contains('@') {
        wrong.push(("email", Code::NotAnEmail));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(Party {
        organisation,
        given_name: given_name.into(),
        name: name.into(),
        email: (!email.is_empty()).then(|| email.into()),
        version: 1,
    })
}

fn membership(since: &Since) -> std::result::Result<(NaiveDate, Option<NaiveDate>), Fields> {
    match since.joined_on {
        "01/02/2024" => Ok((day(2024, 2, 1), None)),
        "2025-03-31" => Ok((day(2025, 3, 31), Some(day(2026, 7, 15)))),
        "2026-01-01" if since.left_on.is_empty() => Ok((day(2026, 1, 1), None)),
        "2026-01-01" => Err(vec![("left_on", Code::PeriodEndsBeforeStart)]),
        "" => Err(vec![("joined_on", Code::Required)]),
        _ => Err(vec![
            ("joined_on", Code::NotADay),
            ("left_on", Code::NotADay),
        ]),
    }
}

fn term_day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}
