//! People and organisations: what has a name and an address. Who of them is a
//! member stands in `members`, who may sign in stands in `identity`.

#[cfg(feature = "server")]
mod imported;
pub mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
#[cfg(test)]
mod tests;
#[cfg(feature = "server")]
pub(crate) use imported::{insert_imported, remove_imported};
#[cfg(feature = "server")]
pub use service::*;

use crate::fields::Extra;
use crate::kernel::{Check, Code, Email, Locale, PartyId, Problem, Result, text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest line of an address beside the street and the city.
pub const SHORT_MAX: usize = 60;
/// The longest role of a contact.
pub const ROLE_MAX: usize = 100;

/// A human being, or a legal entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type))]
#[cfg_attr(feature = "server", sqlx(type_name = "text", rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A human being.
    #[default]
    Person,
    /// A legal entity.
    Organisation,
}

impl Kind {
    /// Both kinds, as a form offers them.
    pub const ALL: [Self; 2] = [Self::Person, Self::Organisation];

    /// Its name in forms, addresses and the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// What is to happen with somebody who may be known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubles {
    /// They are added: somebody has looked at those who are similar.
    Accept,
    /// They are not added.
    Refuse,
}

/// A person or an organisation, as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// A person or an organisation.
    pub kind: Kind,
    /// A person's given names; empty for organisations.
    pub given_name: String,
    /// A person's family name, or an organisation's name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number, as it was written.
    pub phone: Option<String>,
    /// Street and house number; may name the building too.
    pub street: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// What the crews should know; never shown to the member.
    pub note: Option<String>,
    /// The language that a person chose.
    pub locale: Option<Locale>,
    /// Grows with each change.
    pub version: i64,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Party {
    /// The name as people say it: "Léa Benamar", "ACME asso".
    pub fn display_name(&self) -> String {
        rules::display_name(&self.given_name, &self.name)
    }
}

/// Somebody through whom an organisation is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Contact {
    /// The other one: the person seen from an organisation, the organisation seen from a person.
    #[cfg_attr(feature = "server", sqlx(flatten))]
    pub party: Party,
    /// What the person does there, as "treasurer"; may be empty.
    pub role: String,
}

/// What is known of a person or an organisation, once it was read from a form or a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyData {
    /// A person or an organisation.
    pub kind: Kind,
    /// A person's given names; empty for organisations.
    pub given_name: String,
    /// A person's family name, or an organisation's name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<Email>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Street and house number.
    pub street: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// What the crews should know.
    pub note: Option<String>,
}

impl PartyData {
    /// The name as people say it.
    pub fn display_name(&self) -> String {
        rules::display_name(&self.given_name, &self.name)
    }

    /// Whether a party is known as exactly this already.
    pub fn is(&self, party: &Party) -> bool {
        self.kind == party.kind
            && self.given_name == party.given_name
            && self.name == party.name
            && self.email.as_ref().map(Email::as_str) == party.email.as_deref()
            && self.phone == party.phone
            && self.street == party.street
            && self.postcode == party.postcode
            && self.city == party.city
            && self.country == party.country
            && self.note == party.note
    }
}

/// A person or an organisation as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartyForm {
    /// The form's own key, for forms that add.
    pub key: String,
    /// The version that the form was made from, for forms that change.
    pub version: String,
    /// `person` or `organisation`; empty means a person.
    pub kind: String,
    /// A person's given names.
    pub given_name: String,
    /// A person's family name, or an organisation's name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The telephone number.
    pub phone: String,
    /// Street and house number; may have several lines.
    pub street: String,
    /// The postcode.
    pub postcode: String,
    /// The city.
    pub city: String,
    /// The country.
    pub country: String,
    /// What the crews should know.
    pub note: String,
    /// What was typed into the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl PartyForm {
    /// The form that shows what is known.
    pub fn of(party: &Party) -> Self {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Self {
            key: String::new(),
            version: party.version.to_string(),
            kind: party.kind.name().to_owned(),
            given_name: party.given_name.clone(),
            name: party.name.clone(),
            email: text(&party.email),
            phone: text(&party.phone),
            street: text(&party.street),
            postcode: text(&party.postcode),
            city: text(&party.city),
            country: text(&party.country),
            note: text(&party.note),
            extra: Extra::default(),
        }
    }

    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<PartyData> {
        let mut check = Check::new();
        let kind = match self.kind.trim() {
            "" => Some(Kind::Person),
            name => check.field(
                "kind",
                Kind::from_name(name).ok_or_else(|| Problem::new(Code::UnknownChoice)),
            ),
        };
        let line = |max| move |t: &str| text::line(t, max);
        let given_name = match kind {
            // An organisation has one name: what a switched form still holds is dropped.
            Some(Kind::Organisation) => None,
            _ => check.optional("given_name", &self.given_name, text::name),
        };
        let name = check.optional("name", &self.name, text::name);
        let seen = |n: &Option<String>| n.as_deref().is_some_and(rules::is_visible);
        let refused = name.is_none() && !self.name.trim().is_empty();
        if !seen(&name) && !seen(&given_name) && !refused {
            check.refuse("name", Code::Required);
        }
        let email = check.optional("email", &self.email, Email::parse);
        let phone = check.optional("phone", &self.phone, rules::parse_phone);
        let street = check.optional("street", &self.street, |t| text::lines(t, text::NAME_MAX));
        let postcode = check.optional("postcode", &self.postcode, line(SHORT_MAX));
        let city = check.optional("city", &self.city, line(text::NAME_MAX));
        let country = check.optional("country", &self.country, line(SHORT_MAX));
        let note = check.optional("note", &self.note, |t| text::lines(t, text::NOTE_MAX));
        check.done(kind.map(|kind| PartyData {
            kind,
            given_name: given_name.unwrap_or_default(),
            name: name.unwrap_or_default(),
            email,
            phone,
            street,
            postcode,
            city,
            country,
            note,
        }))
    }
}
