//! Payments as forms and addresses say them: texts, and how they are read. Pure, and the
//! same in the browser and on the server.

use super::{Method, Nature, Payment, PaymentData, State};
use crate::kernel::calendar::parse_day;
use crate::kernel::text::{self, NAME_MAX, NOTE_MAX};
use crate::kernel::{
    Cents, Check, Code, Day, DuesKindId, Locale, MemberId, PageRequest, PartyId, Period, Problem,
    Result, ServiceId,
};
use serde::{Deserialize, Serialize};

/// The longest text that names a member: a number and a whole name.
const MEMBER_MAX: usize = 2 * NAME_MAX + 20;

/// A payment as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentForm {
    /// The form's own key: sent twice, it has one effect.
    pub key: String,
    /// The version that the form was made from; empty for a new payment.
    pub version: String,
    /// Whose dues: what was typed or chosen.
    pub member: String,
    /// How much.
    pub amount: String,
    /// A [`Method`]'s name.
    pub method: String,
    /// When it came.
    pub received_on: String,
    /// The first day that it pays for; may be empty.
    pub period_from: String,
    /// The last day that it pays for; may be empty.
    pub period_until: String,
    /// The id of the kind of dues that it pays; may be empty.
    pub kind: String,
    /// The id of the service that it pays, where it pays no dues.
    pub service: String,
    /// What it is called; may be empty.
    pub label: String,
    /// A remark; the reason where the dues are waived.
    pub note: String,
}

impl PaymentForm {
    /// The form that shows a payment.
    pub fn of(payment: &Payment, locale: Locale) -> Self {
        let (period_from, period_until) = period_texts(payment.period);
        Self {
            key: String::new(),
            version: payment.version.to_string(),
            member: payment.member_label(),
            amount: locale.money_input(payment.amount),
            method: payment.method.name().into(),
            received_on: payment.received_on.to_string(),
            period_from,
            period_until,
            kind: payment.kind.map(|k| k.to_string()).unwrap_or_default(),
            service: payment
                .service
                .as_ref()
                .map(|service| service.id.to_string())
                .unwrap_or_default(),
            label: payment.label.clone(),
            note: payment.note.clone(),
        }
    }

    /// Reads the form. Who the member is is asked later, where the members are known;
    /// here it must not be empty.
    ///
    /// # Errors
    /// [`Code::Invalid`] with all fields that need another look.
    pub fn parse(&self, today: Day) -> Result<PaymentData> {
        let mut check = Check::new();
        check.required("member", &self.member, |t| text::line(t, MEMBER_MAX));
        let method = check.required("method", &self.method, |t| {
            Method::from_name(t).ok_or_else(|| Problem::new(Code::UnknownChoice))
        });
        let amount = check.required("amount", &self.amount, Cents::parse);
        let received_on = check.required("received_on", &self.received_on, parse_day);
        let period = self.parse_period(&mut check);
        let kind = check.optional("kind", &self.kind, |t| {
            let unknown = |_| Problem::new(Code::UnknownChoice);
            t.parse::<DuesKindId>().map_err(unknown)
        });
        let service = check.optional("service", &self.service, |t| {
            let unknown = |_| Problem::new(Code::UnknownChoice);
            t.parse::<ServiceId>().map_err(unknown)
        });
        let label = check.field("label", text::name(&self.label));
        let note = check.field("note", text::lines(&self.note, NOTE_MAX));
        // What the parts say of each other is said together with the rest: each part
        // that could not be read is stood in for by one that no rule looks at.
        let together = PaymentData {
            amount: amount.unwrap_or(match method {
                Some(Method::Waived) => Cents::ZERO,
                _ => Cents(1),
            }),
            method: method.unwrap_or(Method::Transfer),
            received_on: received_on.unwrap_or(today),
            period,
            // What pays a service pays no dues.
            kind: kind.filter(|_| service.is_none()),
            service,
            label: label.unwrap_or_default(),
            note: note.unwrap_or_else(|| "…".to_owned()),
        };
        let data = match together.checked(today) {
            Ok(data) => Some(data),
            Err(problem) => {
                for field in problem.fields {
                    match field.field.as_str() {
                        // Without a method, nobody knows which amounts are right.
                        "amount" if method.is_some() => check.refuse("amount", field.code),
                        "received_on" => check.refuse("received_on", field.code),
                        "note" => check.refuse("note", field.code),
                        _ => {}
                    }
                }
                None
            }
        };
        check.done(data)
    }

    fn parse_period(&self, check: &mut Check) -> Option<Period> {
        let from = check.optional("period_from", &self.period_from, parse_day);
        let until = check.optional("period_until", &self.period_until, parse_day);
        match (
            self.period_from.trim().is_empty(),
            self.period_until.trim().is_empty(),
        ) {
            (false, true) => check.refuse("period_until", Code::PeriodIncomplete),
            (true, false) => check.refuse("period_from", Code::PeriodIncomplete),
            _ => {}
        }
        check.field("period_until", Period::new(from?, until?))
    }
}

/// A period's two days as the fields hold them.
pub(super) fn period_texts(period: Option<Period>) -> (String, String) {
    match period {
        Some(p) => (p.from().to_string(), p.until().to_string()),
        None => Default::default(),
    }
}

/// The form that takes a payment back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReversalForm {
    /// The form's own key.
    pub key: String,
    /// Why.
    pub reason: String,
}

impl ReversalForm {
    /// Reads the reason.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the field `reason`.
    pub fn parse(&self) -> Result<String> {
        let mut check = Check::new();
        let reason = check.field("reason", text::lines(&self.reason, NOTE_MAX));
        if self.reason.trim().is_empty() {
            check.refuse("reason", Code::ReasonNeeded);
        }
        check.done(reason)
    }
}

/// Who entered a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnteredBy {
    /// A person.
    Person(PartyId),
    /// The command line.
    Program,
}

impl EnteredBy {
    /// From what a payment keeps.
    pub fn of(person: Option<PartyId>) -> Self {
        person.map_or(Self::Program, Self::Person)
    }

    /// As an address says it.
    pub fn name(self) -> String {
        match self {
            Self::Person(id) => id.to_string(),
            Self::Program => "program".to_owned(),
        }
    }

    /// What an address says.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "program" => Some(Self::Program),
            id => id.parse().ok().map(Self::Person),
        }
    }
}

/// A filter as an address says it. What makes no sense asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentQuery {
    /// Part of the member's name or number, of the label, or an amount.
    pub q: String,
    /// A [`State`]'s name.
    pub state: String,
    /// A [`Method`]'s name.
    pub method: String,
    /// An [`EnteredBy`]'s name.
    pub entered_by: String,
    /// The first day of receipt.
    pub from: String,
    /// The last day of receipt.
    pub until: String,
    /// A [`Nature`]'s name.
    pub nature: String,
    /// The first day of validation.
    pub validated_from: String,
    /// The last day of validation.
    pub validated_until: String,
    /// A member's id.
    pub member: String,
    /// The page's number.
    pub page: String,
}

impl PaymentQuery {
    /// What the list is asked for.
    pub fn filter(&self) -> PaymentFilter {
        PaymentFilter {
            q: self.q.trim().to_owned(),
            state: State::from_name(self.state.trim()),
            method: Method::from_name(self.method.trim()),
            entered_by: EnteredBy::from_name(self.entered_by.trim()),
            from: parse_day(&self.from).ok(),
            until: parse_day(&self.until).ok(),
            nature: Nature::from_name(self.nature.trim()),
            validated_from: parse_day(&self.validated_from).ok(),
            validated_until: parse_day(&self.validated_until).ok(),
            member: self.member.trim().parse().ok(),
        }
    }

    /// Which page is asked for.
    pub fn page(&self) -> PageRequest {
        PageRequest::from_query(self.page.trim())
    }
}

/// Which payments are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    /// Words of the member's name or number or of the label, or an amount.
    pub q: String,
    /// In which state.
    pub state: Option<State>,
    /// How they came.
    pub method: Option<Method>,
    /// Who entered them.
    pub entered_by: Option<EnteredBy>,
    /// Received on this day or later.
    pub from: Option<Day>,
    /// Received on this day or before.
    pub until: Option<Day>,
    /// Payments proper, or reversals.
    pub nature: Option<Nature>,
    /// Validated on this day or later, where the tenant lives.
    pub validated_from: Option<Day>,
    /// Validated on this day or before.
    pub validated_until: Option<Day>,
    /// Whose.
    pub member: Option<MemberId>,
}
