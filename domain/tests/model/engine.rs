//! The real thing: runs a command as a use-case in a transaction of its own, and says what
//! it answered.

use super::command::*;
use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::access::Actor;
use domain::context::Cx;
use domain::db::testing::{person_with, somebody_with};
use domain::db::{Db, Tx};
use domain::dues::{self, TermsForm};
use domain::kernel::{MemberId, PartyId, PaymentId, Problem, Result, Right, TenantId};
use domain::members::{self, MembershipForm};
use domain::payments::{self, Outcome, PaymentForm, ReversalForm};
use domain::people::{self, Doubles, PartyForm};
use domain::settings::{self, SettingsForm};
use uuid::Uuid;

/// Who acts: a name, and rights. The first five are people in the list; then the command
/// line, and somebody who has not signed in.
pub const ACTORS: &[(&str, &[Right])] = &[
    (
        "Inès",
        &[
            Right::People,
            Right::Members,
            Right::PaymentsAdd,
            Right::PaymentsChange,
            Right::PaymentsDelete,
        ],
    ),
    ("Karim", &[Right::PaymentsAdd, Right::PaymentsValidate]),
    ("Claire", &[Right::PaymentsValidate, Right::PaymentsChange]),
    ("Tom", &[Right::Settings, Right::People]),
    ("Lina", &[]),
    ("command line", Right::ALL),
    ("nobody", &[]),
];
/// How many of them are people.
pub const PEOPLE: usize = 5;
/// The one who may everything.
pub const OPERATOR: usize = 5;

/// How the answer of what was refused begins.
pub const REFUSED: &str = "refused:";

/// What a problem is, as a text: its code and its fields, sorted.
pub fn problem_text(problem: &Problem) -> String {
    let mut fields: Vec<String> = problem
        .fields
        .iter()
        .map(|f| format!("{}: {:?}", f.field, f.code))
        .collect();
    fields.sort();
    format!("{REFUSED} {:?} {fields:?}", problem.code)
}

pub struct Engine {
    db: Db,
    tenant: TenantId,
    pub now: DateTime<Utc>,
    pub parties: Vec<PartyId>,
    pub members: Vec<MemberId>,
    pub payments: Vec<PaymentId>,
    /// How many audit rows there were before the first command.
    pub audit_before: i64,
}

impl Engine {
    pub async fn over(db: Db, tenant: TenantId, now: DateTime<Utc>) -> Self {
        let mut engine = Self {
            db,
            tenant,
            now,
            parties: vec![],
            members: vec![],
            payments: vec![],
            audit_before: 0,
        };
        for (n, (name, _)) in ACTORS.iter().take(PEOPLE).enumerate() {
            let who = Who {
                kind: "person",
                given_name: name,
                name: "Équipe",
                email: "",
            };
            let key = Key::Number(u128::MAX - n as u128);
            let command = Command::AddParty {
                who,
                key,
                refuse_doubles: false,
            };
            engine
                .step(&Step {
                    actor: OPERATOR,
                    command,
                })
                .await;
        }
        let mut cx = engine.cx(OPERATOR).await;
        engine.audit_before = super::reading::audit_rows(&mut cx).await.unwrap();
        drop(cx);
        engine
    }

    pub fn actor(&self, n: usize) -> Actor {
        let (name, rights) = ACTORS[n];
        match n {
            0..PEOPLE => match self.parties.get(n) {
                Some(person) => Actor {
                    name: name.into(),
                    ..person_with(*person, rights)
                },
                None => somebody_with(rights),
            },
            OPERATOR => Actor::operator(),
            _ => Actor::nobody("127.0.0.1".into()),
        }
    }

    async fn cx(&self, actor: usize) -> Cx {
        let tx = self.db.write(self.tenant).await.unwrap();
        self.cx_over(actor, tx)
    }

    fn cx_over(&self, actor: usize, tx: Tx) -> Cx {
        let zone = chrono_tz::Europe::Paris;
        Cx::new(self.tenant, self.actor(actor), self.now, zone, tx)
    }

    /// Looks at everything at once, in one transaction that reads.
    pub async fn look(&self, questions: &[Question]) -> Vec<String> {
        let tx = self.db.read(self.tenant).await.unwrap();
        let mut cx = self.cx_over(OPERATOR, tx);
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let answer = super::reading::ask(self, &mut cx, question).await;
            answers.push(answer.unwrap_or_else(|problem| problem_text(&problem)));
        }
        answers
    }

    /// Runs a command and says what it answered.
    pub async fn step(&mut self, step: &Step) -> String {
        // Each at its own millisecond: ids sort as things were made.
        self.now += TimeDelta::milliseconds(1);
        if let Command::Wait(days) = step.command {
            self.now = self.now + Days::new(days);
            return "waited".into();
        }
        let version = self.version(&step.command).await;
        let mut cx = self.cx(step.actor).await;
        let answer = match self.run(&mut cx, &step.command, &version).await {
            Ok(answer) => cx.commit().await.map(|()| answer),
            Err(problem) => Err(problem),
        };
        answer.unwrap_or_else(|problem| problem_text(&problem))
    }

    /// The version that the form says, read by somebody who may.
    async fn version(&self, command: &Command) -> String {
        let mut cx = self.cx(OPERATOR).await;
        let (said, present) = match command {
            Command::SaveParty { party, version, .. } => (
                version,
                people::get(&mut cx, self.party(*party))
                    .await
                    .map(|x| x.version),
            ),
            Command::SaveMember {
                member, version, ..
            } => (
                version,
                members::get(&mut cx, self.member(*member))
                    .await
                    .map(|x| x.version),
            ),
            Command::SavePayment {
                payment, version, ..
            }
            | Command::DeletePayment { payment, version } => (
                version,
                payments::get(&mut cx, self.payment(*payment))
                    .await
                    .map(|x| x.version),
            ),
            Command::SetValidation { version, .. } => {
                (version, settings::get(&mut cx).await.map(|x| x.version))
            }
            _ => return String::new(),
        };
        let present = present.unwrap_or(1);
        match said {
            Version::Present => present.to_string(),
            Version::Past => (present - 1).to_string(),
            Version::Nonsense => "eins".into(),
        }
    }

    pub fn party(&self, n: usize) -> PartyId {
        self.parties.get(n).copied().unwrap_or(PartyId(Uuid::nil()))
    }

    pub fn member(&self, n: usize) -> MemberId {
        self.members
            .get(n)
            .copied()
            .unwrap_or(MemberId(Uuid::nil()))
    }

    pub fn payment(&self, n: usize) -> PaymentId {
        self.payments
            .get(n)
            .copied()
            .unwrap_or(PaymentId(Uuid::nil()))
    }

    async fn run(&mut self, cx: &mut Cx, command: &Command, version: &str) -> Result<String> {
        let doubles = |refuse| {
            if refuse {
                Doubles::Refuse
            } else {
                Doubles::Accept
            }
        };
        Ok(match command {
            Command::AddParty {
                who,
                key,
                refuse_doubles,
            } => {
                let id =
                    people::add_unless(cx, &party_form(who, *key, ""), doubles(*refuse_doubles))
                        .await?;
                made("party", &mut self.parties, id)
            }
            Command::SaveParty { party, who, .. } => {
                people::save(
                    cx,
                    self.party(*party),
                    &party_form(who, Key::Nonsense, version),
                )
                .await?;
                "saved".into()
            }
            Command::AddMember { party, since, key } => {
                let id =
                    members::add(cx, self.party(*party), &since_form(*since, *key, "")).await?;
                made("member", &mut self.members, id)
            }
            Command::Register {
                who,
                since,
                key,
                refuse_doubles,
            } => {
                let party = party_form(who, *key, "");
                let since = since_form(*since, Key::Number(0), "");
                let id = members::register(cx, &party, &since, doubles(*refuse_doubles)).await?;
                let party = members::get(&mut operator(cx), id).await?.party.id;
                made("party", &mut self.parties, party)
                    + " "
                    + &made("member", &mut self.members, id)
            }
            Command::SaveMember { member, since, .. } => {
                members::save(
                    cx,
                    self.member(*member),
                    &since_form(*since, Key::Nonsense, version),
                )
                .await?;
                "saved".into()
            }
            Command::AddContact {
                organisation,
                person,
                role,
            } => {
                people::add_contact(cx, self.party(*organisation), self.party(*person), role)
                    .await?;
                "contact".into()
            }
            Command::RemoveContact {
                organisation,
                person,
            } => {
                people::remove_contact(cx, self.party(*organisation), self.party(*person)).await?;
                "no contact".into()
            }
            Command::AddPayment { pay, key } => {
                let form = self.payment_form(cx, pay, *key, "").await;
                let id = payments::add(cx, &form).await?;
                made("payment", &mut self.payments, id)
            }
            Command::SavePayment { payment, pay, .. } => {
                let form = self.payment_form(cx, pay, Key::Nonsense, version).await;
                payments::save(cx, self.payment(*payment), &form).await?;
                "saved".into()
            }
            Command::DeletePayment { payment, .. } => {
                payments::delete(cx, self.payment(*payment), version).await?;
                "deleted".into()
            }
            Command::Validate { payments, key } => self.validate(cx, payments, *key).await?,
            Command::Reverse {
                payment,
                reason,
                key,
            } => {
                let form = ReversalForm {
                    key: key_text(*key),
                    reason: (*reason).into(),
                };
                let id = payments::reverse(cx, self.payment(*payment), &form).await?;
                made("payment", &mut self.payments, id)
            }
            Command::SetValidation { anyone, .. } => {
                let present = settings::get(cx).await?;
                let form = SettingsForm {
                    validation: if *anyone { "anyone" } else { "someone_else" }.into(),
                    version: version.into(),
                    ..SettingsForm::of(&present)
                };
                settings::save(cx, &form).await?;
                "decided".into()
            }
            Command::AddTerms { member, terms } => {
                let kinds = dues::kinds(&mut operator(cx)).await?;
                let form = TermsForm {
                    from_on: terms.from_on.into(),
                    kind: kinds[0].id.to_string(),
                    amount: terms.amount.into(),
                    reason: terms.reason.into(),
                };
                dues::add_terms(cx, self.member(*member), &form).await?;
                "terms".into()
            }
            Command::RemoveTerms { member, from_on } => {
                let day = domain::kernel::calendar::parse_day(from_on)?;
                dues::remove_terms(cx, self.member(*member), day).await?;
                "no terms".into()
            }
            Command::Ask(question) => super::reading::ask(self, cx, question).await?,
            Command::Wait(_) => unreachable!(),
        })
    }

    async fn validate(&self, cx: &mut Cx, payments: &[usize], key: Key) -> Result<String> {
        // Each that is not there gets an id of its own, as the others have.
        let id = |n: &usize| {
            self.payments
                .get(*n)
                .copied()
                .unwrap_or(PaymentId(Uuid::from_u128(*n as u128)))
        };
        let ids: Vec<PaymentId> = payments.iter().map(id).collect();
        let answers = payments::validate(cx, &ids, &key_text(key)).await?;
        let mut texts: Vec<String> = answers
            .into_iter()
            .map(|(id, outcome)| {
                let n = self
                    .payments
                    .iter()
                    .position(|p| *p == id)
                    .unwrap_or_else(|| usize::try_from(id.0.as_u128()).unwrap());
                match outcome {
                    Outcome::Validated => format!("{n:04} validated"),
                    Outcome::Refused(code) => format!("{n:04} {code:?}"),
                }
            })
            .collect();
        texts.sort();
        Ok(texts.join(", "))
    }

    /// A form that names a member as somebody would type it.
    async fn payment_form(&self, cx: &mut Cx, pay: &Pay, key: Key, version: &str) -> PaymentForm {
        let member = match pay.whose {
            Whose::Id(n) => self.member(n).to_string(),
            Whose::Nobody => "Personne Inconnue".into(),
            Whose::Empty => " ".into(),
            Whose::Number(n) | Whose::NumberAndName(n) | Whose::WrongDigit(n) => {
                let found = members::get(&mut operator(cx), self.member(n)).await;
                match (found, pay.whose) {
                    (Err(_), _) => MemberId(Uuid::nil()).to_string(),
                    (Ok(member), Whose::NumberAndName(_)) => member.label(),
                    (Ok(member), Whose::WrongDigit(_)) => format!(
                        "{}{}",
                        member.number.sequence(),
                        wrong_digit(&member.number.to_string())
                    ),
                    (Ok(member), _) => member.number.to_string(),
                }
            }
        };
        let ((from, _), (until, _)) = periods()[pay.period];
        PaymentForm {
            key: key_text(key),
            version: version.into(),
            member,
            amount: AMOUNTS[pay.amount].0.into(),
            method: pay.method.into(),
            received_on: days()[pay.received_on].0.into(),
            period_from: from.into(),
            period_until: until.into(),
            label: pay.label.into(),
            note: pay.note.into(),
            ..PaymentForm::default()
        }
    }
}

/// The same context for a moment as somebody who may read everything.
struct AsOperator<'a>(&'a mut Cx, Actor);

fn operator(cx: &mut Cx) -> AsOperator<'_> {
    let before = std::mem::replace(&mut cx.actor, Actor::operator());
    AsOperator(cx, before)
}

impl std::ops::Deref for AsOperator<'_> {
    type Target = Cx;
    fn deref(&self) -> &Cx {
        self.0
    }
}

impl std::ops::DerefMut for AsOperator<'_> {
    fn deref_mut(&mut self) -> &mut Cx {
        self.0
    }
}

impl Drop for AsOperator<'_> {
    fn drop(&mut self) {
        self.0.actor = self.1.clone();
    }
}

/// Another last digit than the right one.
fn wrong_digit(number: &str) -> char {
    if number.ends_with('0') { '1' } else { '0' }
}

/// The place of a thing in the order of making; new ones are noted.
fn made<T: PartialEq>(what: &str, all: &mut Vec<T>, id: T) -> String {
    let n = all
        .iter()
        .position(|known| *known == id)
        .unwrap_or_else(|| {
            all.push(id);
            all.len() - 1
        });
    format!("{what} {n}")
}

fn key_text(key: Key) -> String {
    match key {
        Key::Number(n) => Uuid::from_u128(n).to_string(),
        Key::Nonsense => "clé".into(),
    }
}

fn party_form(who: &Who, key: Key, version: &str) -> PartyForm {
    PartyForm {
        key: key_text(key),
        version: version.into(),
        kind: who.kind.into(),
        given_name: who.given_name.into(),
        name: who.name.into(),
        email: who.email.into(),
        ..PartyForm::default()
    }
}

fn since_form(since: Since, key: Key, version: &str) -> MembershipForm {
    MembershipForm {
        key: key_text(key),
        version: version.into(),
        joined_on: since.joined_on.into(),
        left_on: since.left_on.into(),
        ..MembershipForm::default()
    }
}
