//! Services as forms say them: texts, and how they are read. Pure.

use super::{Holding, Service};
use crate::dues;
use crate::fields::Extra;
use crate::kernel::calendar::parse_day;
use crate::kernel::text::{self, NOTE_MAX};
use crate::kernel::{Cents, Check, Code, Day, Locale, Problem, Result, ServiceTypeId};
use serde::{Deserialize, Serialize};

/// A new service, in one step with the one who gets it, where somebody does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewServiceForm {
    /// The form's own key.
    pub key: String,
    /// The type's id.
    pub kind: String,
    /// What it is called.
    pub label: String,
    /// For the crew's eyes.
    pub note: String,
    /// Who gets it: what was typed or chosen; empty: nobody yet.
    pub member: String,
    /// The first day.
    pub from_on: String,
    /// The last day; empty: no end.
    pub until_on: String,
    /// An amount of the member's own; empty: the type's price.
    pub amount: String,
    /// Why; must not be empty with an amount of the member's own.
    pub reason: String,
    /// What was typed into the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl NewServiceForm {
    /// The part that says who gets it; nothing where nobody does.
    pub fn holding(&self) -> Option<HoldingForm> {
        (!self.member.trim().is_empty()).then(|| HoldingForm {
            key: String::new(),
            version: String::new(),
            member: self.member.clone(),
            from_on: self.from_on.clone(),
            until_on: self.until_on.clone(),
            amount: self.amount.clone(),
            reason: self.reason.clone(),
        })
    }

    /// Reads the part about the service itself, and the type.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<(ServiceTypeId, ServiceData)> {
        let mut check = Check::new();
        let kind = check.required("kind", &self.kind, |t| {
            t.parse().map_err(|_| Problem::new(Code::UnknownChoice))
        });
        let label = check.required("label", &self.label, text::name);
        let note = check.field("note", text::lines(&self.note, NOTE_MAX));
        let read = (|| {
            Some((
                kind?,
                ServiceData {
                    label: label?,
                    note: note?,
                    closed_on: None,
                },
            ))
        })();
        check.done(read)
    }
}

/// A service that is changed, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceForm {
    /// The version that the form was made from.
    pub version: String,
    /// What it is called.
    pub label: String,
    /// For the crew's eyes.
    pub note: String,
    /// From this day on it is no more; empty: it stays.
    pub closed_on: String,
    /// What was typed into the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What a form says of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceData {
    /// What it is called.
    pub label: String,
    /// For the crew's eyes.
    pub note: String,
    /// From this day on it is no more.
    pub closed_on: Option<Day>,
}

impl ServiceForm {
    /// The form that shows a service.
    pub fn of(service: &Service) -> Self {
        let closed_on = service.closed_on.map(|day| day.to_string());
        Self {
            version: service.version.to_string(),
            label: service.label.clone(),
            note: service.note.clone(),
            closed_on: closed_on.unwrap_or_default(),
            extra: Extra::default(),
        }
    }

    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<ServiceData> {
        let mut check = Check::new();
        let label = check.required("label", &self.label, text::name);
        let note = check.field("note", text::lines(&self.note, NOTE_MAX));
        let closed_on = check.optional("closed_on", &self.closed_on, parse_day);
        let read = (|| {
            Some(ServiceData {
                label: label?,
                note: note?,
                closed_on,
            })
        })();
        check.done(read)
    }
}

/// Who has a service, as a form sends it: to give it to somebody, and to change that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoldingForm {
    /// The form's own key, for the form that gives.
    pub key: String,
    /// The version that the form was made from, for the form that changes.
    pub version: String,
    /// Who: what was typed or chosen. Not read where a holding is changed.
    pub member: String,
    /// The first day.
    pub from_on: String,
    /// The last day; empty: no end.
    pub until_on: String,
    /// An amount of the member's own; empty: the type's price.
    pub amount: String,
    /// Why; must not be empty with an amount of the member's own.
    pub reason: String,
}

/// What a form says of a holding, beside whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldingData {
    /// The first day.
    pub from_on: Day,
    /// The last day.
    pub until_on: Option<Day>,
    /// An amount of the member's own.
    pub own: Option<Cents>,
    /// Why.
    pub reason: String,
}

impl HoldingForm {
    /// The form that shows a holding.
    pub fn of(holding: &Holding, locale: Locale) -> Self {
        let until_on = holding.until_on.map(|day| day.to_string());
        let amount = holding.own.map(|own| locale.money_input(own));
        Self {
            key: String::new(),
            version: holding.version.to_string(),
            member: holding.member_label(),
            from_on: holding.from_on.to_string(),
            until_on: until_on.unwrap_or_default(),
            amount: amount.unwrap_or_default(),
            reason: holding.reason.clone(),
        }
    }

    /// Reads the form. Who the member is is asked where the members are known.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<HoldingData> {
        let mut check = Check::new();
        let from_on = check.required("from_on", &self.from_on, parse_day);
        let until_on = check.optional("until_on", &self.until_on, parse_day);
        if from_on
            .zip(until_on)
            .is_some_and(|(from, until)| until < from)
        {
            check.refuse("until_on", Code::PeriodEndsBeforeStart);
        }
        let own = check.optional("amount", &self.amount, dues::parse_amount);
        let reason = check.field("reason", text::name(&self.reason));
        let is_own = !self.amount.trim().is_empty();
        if is_own && reason.as_deref().is_some_and(str::is_empty) {
            check.refuse("reason", Code::ReasonNeeded);
        }
        let read = (|| {
            Some(HoldingData {
                from_on: from_on?,
                until_on,
                own,
                reason: reason?,
            })
        })();
        check.done(read)
    }
}
