//! A declared field: what it is on, what it holds, who sees and changes it.

use super::rules;
use super::typed::PREFIX;
use crate::access::Rights;
use crate::kernel::{Day, FieldId, Locale, Right, ServiceTypeId, named};
use crate::people::Kind as PartyKind;
use serde::{Deserialize, Serialize};

/// The most fields that one kind of object has, archived ones among them.
pub const FIELDS_MAX: usize = 30;
/// The most choices of one field.
pub const CHOICES_MAX: usize = 50;
/// The longest text of a value. Every value fits into an index of either engine.
pub const TEXT_MAX: usize = 500;
/// The longest sentence of help.
pub const HELP_MAX: usize = 200;
/// The longest name in forms and addresses.
pub const SLUG_MAX: usize = 40;
/// The most columns that a list has beside its own.
pub const LISTED_MAX: usize = 3;
/// The most filters over fields at a time.
pub const FILTERS_MAX: usize = 3;

named! {
    /// What has a field.
    On {
        /// A human being.
        Person = "person",
        /// A legal entity.
        Organisation = "organisation",
        /// Either of them, as a member.
        Member = "member",
        /// A service, of each type or of one.
        Service = "service",
        /// A type of services.
        ServiceType = "service_type",
        /// A crew.
        Crew = "crew",
    }
}

named! {
    /// What a field holds.
    FieldKind {
        /// A line of text.
        Text = "text",
        /// A number, with or without decimals.
        Number = "number",
        /// A day.
        Date = "date",
        /// One of several answers.
        Choice = "choice",
        /// Yes or no.
        YesNo = "yes_no",
        /// An e-mail address.
        Email = "email",
        /// A postal address, in lines.
        Address = "address",
    }
}

impl On {
    /// Of a person or of an organisation.
    pub fn party(kind: PartyKind) -> Self {
        match kind {
            PartyKind::Person => Self::Person,
            PartyKind::Organisation => Self::Organisation,
        }
    }

    /// The right that changes such an object, and its fields with it. A service is its
    /// crew's: no right is asked for beside being in it.
    pub fn right(self) -> Option<Right> {
        match self {
            Self::Person | Self::Organisation => Some(Right::People),
            Self::Member => Some(Right::Members),
            Self::Service => None,
            Self::ServiceType => Some(Right::ServiceTypes),
            Self::Crew => Some(Right::Settings),
        }
    }
}

/// An object, as far as it decides which fields it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Has {
    /// What it is.
    pub on: On,
    /// Of which type, where it is a service.
    pub of_type: Option<ServiceTypeId>,
}

impl From<On> for Has {
    fn from(on: On) -> Self {
        Self { on, of_type: None }
    }
}

impl Has {
    /// A service of a type.
    pub fn service(kind: ServiceTypeId) -> Self {
        Self {
            on: On::Service,
            of_type: Some(kind),
        }
    }

    /// Whether it has a field.
    pub fn has(self, field: &Field) -> bool {
        field.on == self.on && field.is_of(self.of_type)
    }
}

/// An answer that a field offers. What is kept is its id: it can be renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its id, within the field.
    pub id: String,
    /// What people read.
    pub label: String,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// What has it.
    pub on: On,
    /// The only type whose services have it; nothing: each type's.
    pub of_type: Option<ServiceTypeId>,
    /// Its name in forms and addresses: no other field has it.
    pub slug: String,
    /// What people call it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// A sentence below it in forms; may be empty.
    pub help: String,
    /// The answers, where it is a choice.
    pub choices: Vec<Choice>,
    /// Whether forms ask for it, and files that have a column for it. Commands may leave it empty.
    pub is_required: bool,
    /// Whether lists show it.
    pub is_listed: bool,
    /// Whether the member sees what is kept about them.
    pub is_open: bool,
    /// The right that one needs to see it, beside seeing the object.
    pub seen_by: Option<Right>,
    /// The right that one needs to change it, beside changing the object.
    pub edited_by: Option<Right>,
    /// Whether it is shown no more. What was kept in it stays.
    pub is_archived: bool,
    /// Grows with each change.
    pub version: i64,
}

/// What is kept in a field, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A text, a number as a language writes it, or a choice's label.
    Text(String),
    /// A day.
    Day(Day),
    /// Yes or no.
    YesNo(bool),
}

/// A field of one object, with what is kept in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The field.
    pub field: Field,
    /// What is kept.
    pub value: Option<String>,
    /// Whether the one who asks may change it.
    pub is_editable: bool,
}

impl Field {
    /// Its name in forms and addresses, with what all such names begin with.
    pub fn name(&self) -> String {
        format!("{PREFIX}{}", self.slug)
    }

    /// Whether it is shown to somebody who sees the object.
    pub fn is_seen_by(&self, rights: &Rights) -> bool {
        !self.is_archived && self.seen_by.is_none_or(|right| rights.has(right))
    }

    /// Whether it is changed by somebody who has these rights.
    pub fn is_edited_by(&self, rights: &Rights) -> bool {
        let may = self.edited_by.is_none_or(|right| rights.has(right));
        may && self.on.right().is_none_or(|right| rights.has(right)) && self.is_seen_by(rights)
    }

    /// Whether services of a type have it; with no type, whether those of each type do.
    pub fn is_of(&self, kind: Option<ServiceTypeId>) -> bool {
        self.of_type.is_none() || self.of_type == kind
    }

    /// What is kept, as it is shown.
    pub fn shown(&self, value: &str, l: Locale) -> Shown {
        let label = || {
            let choice = self.choices.iter().find(|choice| choice.id == value);
            choice.map_or_else(|| value.to_owned(), |choice| choice.label.clone())
        };
        match self.kind {
            FieldKind::Date => match value.parse() {
                Ok(day) => Shown::Day(day),
                Err(_) => Shown::Text(value.to_owned()),
            },
            FieldKind::YesNo => Shown::YesNo(value == rules::YES),
            FieldKind::Choice => Shown::Text(label()),
            FieldKind::Number => Shown::Text(rules::written(self.kind, value, l)),
            FieldKind::Text | FieldKind::Email | FieldKind::Address => {
                Shown::Text(value.to_owned())
            }
        }
    }
}
