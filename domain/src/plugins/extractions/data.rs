//! What templates read: everything that plugins are told of people, crews and services, at once.

use crate::kernel::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The values of an organisation's own fields, by the fields' names; empty where there is none.
pub type Fields = BTreeMap<String, String>;

/// What there is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// What the organisation is called.
    pub organisation: String,
    /// The day.
    pub today: Day,
    /// People and organisations, by name.
    pub people: Vec<Party>,
    /// Crews, by name.
    pub crews: Vec<CrewRow>,
    /// Services that there are today, by what they are called.
    pub services: Vec<ServiceRow>,
}

/// A person or an organisation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Party {
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
    /// The e-mail address, or nothing.
    pub email: String,
    /// The telephone number, or nothing.
    pub phone: String,
    /// The language, where one was chosen.
    pub locale: String,
    /// The login's name, or nothing.
    pub login: String,
    /// Whether they can sign in.
    pub can_sign_in: bool,
    /// The account's number, counted from 0.
    pub number: Option<i64>,
    /// The membership.
    pub member: Option<MemberRow>,
    /// The names of their crews.
    pub crews: Vec<String>,
    /// The organisation's own fields.
    pub fields: Fields,
}

impl Party {
    /// Whether they are a member now, or in a crew.
    pub fn belongs(&self) -> bool {
        !self.crews.is_empty() || self.member.as_ref().is_some_and(|member| member.is_now)
    }
}

/// A membership.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The number.
    pub number: i64,
    /// Since when.
    pub since: Day,
    /// Until when, where it ends or has ended.
    pub until: Option<Day>,
    /// Whether it is one today.
    pub is_now: bool,
    /// The organisation's own fields.
    pub fields: Fields,
}

/// A crew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrewRow {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The group's number, counted from 0.
    pub number: Option<i64>,
    /// The ids of its people, by name.
    pub people: Vec<Uuid>,
    /// The organisation's own fields.
    pub fields: Fields,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub label: String,
    /// Its type's name.
    #[serde(rename = "type")]
    pub of_type: String,
    /// Who has it today.
    pub holder: Option<HolderRow>,
    /// Its addresses now, as networks.
    pub addresses: Vec<ipnet::IpNet>,
    /// The organisation's own fields.
    pub fields: Fields,
}

/// Who has a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HolderRow {
    /// The person or the organisation.
    pub id: Uuid,
    /// The member's number.
    pub number: i64,
    /// The member's name.
    pub name: String,
    /// Since when.
    pub since: Day,
    /// Until when, where it ends.
    pub until: Option<Day>,
}
