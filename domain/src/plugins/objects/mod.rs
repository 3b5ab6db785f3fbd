//! What plugins are told of an object: as it is at the time of the call. Never bank details, passwords
//! or what only some may see of an organisation's own fields.

pub(super) mod store;

use super::ObjectKind;
use super::extractions::Whole;
use crate::kernel::{Cents, Day};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most of the people of a crew, or of a service's addresses, that are told.
pub const LISTED_MAX: i64 = 10_000;

/// An object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Object {
    /// A person or an organisation.
    Person(Box<Person>),
    /// A crew.
    Crew(Crew),
    /// A service.
    Service(Service),
    /// A payment.
    Payment(Payment),
    /// An extraction, with everything that its file is made of.
    Extraction(Box<Whole>),
}

impl Object {
    /// What it is.
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::Person(_) => ObjectKind::Person,
            Self::Crew(_) => ObjectKind::Crew,
            Self::Service(_) => ObjectKind::Service,
            Self::Payment(_) => ObjectKind::Payment,
            Self::Extraction(_) => ObjectKind::Extraction,
        }
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Person(person) => person.id,
            Self::Crew(crew) => crew.id,
            Self::Service(service) => service.id,
            Self::Payment(payment) => payment.id,
            Self::Extraction(whole) => whole.id.0,
        }
    }

    /// What it is called.
    pub fn label(&self) -> &str {
        match self {
            Self::Person(person) => &person.label,
            Self::Crew(crew) => &crew.name,
            Self::Service(service) => &service.label,
            Self::Payment(payment) => &payment.label,
            Self::Extraction(whole) => &whole.name,
        }
    }
}

/// The values of an organisation's own fields, by the fields' names.
pub type Fields = BTreeMap<String, String>;

/// A person or an organisation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Person {
    /// Its id.
    pub id: Uuid,
    /// The whole name.
    pub label: String,
    /// `person` or `organisation`.
    pub nature: String,
    /// The given name; empty for organisations.
    pub given_name: String,
    /// The family name, or the organisation's.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The language, where one was chosen.
    pub locale: Option<String>,
    /// The login, where there is one.
    pub login: Option<Login>,
    /// The membership, where there is one.
    pub member: Option<Membership>,
    /// The crews.
    pub crews: Vec<Named>,
    /// Fields of the organisation's own.
    pub fields: Fields,
}

/// A login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Login {
    /// Its name.
    pub name: String,
    /// Whether nobody can sign in with it for now.
    pub is_disabled: bool,
    /// The account's number on Unix systems, counted from 0: given once.
    pub number: Option<i64>,
}

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// Its id.
    pub id: Uuid,
    /// The number, as it is kept: without its check digit.
    pub number: i64,
    /// Since when.
    pub joined_on: Day,
    /// Until when, where it ends or has ended.
    pub left_on: Option<Day>,
    /// Fields of the organisation's own.
    pub fields: Fields,
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A crew.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Crew {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The group's number on Unix systems, counted from 0: given once.
    pub number: Option<i64>,
    /// Who is in it.
    pub people: Vec<InCrew>,
    /// Fields of the organisation's own.
    pub fields: Fields,
}

/// Somebody in a crew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct InCrew {
    /// The person's id.
    pub id: Uuid,
    /// The whole name.
    pub label: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The login's name, where there is one that works.
    pub login: Option<String>,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Service {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub label: String,
    /// Its type's name.
    pub of_type: String,
    /// From which day on there is none any more.
    pub closed_on: Option<Day>,
    /// Who has it today, or from a later day on.
    pub holder: Option<Holder>,
    /// The addresses that it has now, as networks (`192.0.2.7/32`).
    pub addresses: Vec<String>,
    /// Fields of the organisation's own.
    pub fields: Fields,
}

/// Who has a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Holder {
    /// The member's id.
    pub member: Uuid,
    /// The member's number.
    pub number: i64,
    /// The member's name.
    pub name: String,
    /// From when on.
    pub from_on: Day,
    /// Until when, where it ends.
    pub until_on: Option<Day>,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payment {
    /// Its id.
    pub id: Uuid,
    /// What stands on it.
    pub label: String,
    /// The member's id.
    pub member: Uuid,
    /// The amount, in cents.
    pub amount_cents: Cents,
    /// How it was paid.
    pub method: String,
    /// When it was received.
    pub received_on: Day,
    /// `draft` or `validated`.
    pub state: String,
    /// Which payment it takes back, where it does.
    pub reverses: Option<Uuid>,
}
