//! Crews: groups of people, and the rights that being in one gives. There is no
//! other source of rights.

#[cfg(feature = "server")]
mod administrators;
#[cfg(feature = "server")]
mod changes;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(test)]
mod tests;
#[cfg(feature = "server")]
pub(crate) use administrators::Administrators;
#[cfg(feature = "server")]
pub use changes::*;
#[cfg(feature = "server")]
pub use service::*;

use crate::fields::Extra;
use crate::kernel::{Check, Code, CrewId, PartyId, Problem, Result, Right, text};
use serde::{Deserialize, Serialize};

/// A group of people with rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    /// Its id.
    pub id: CrewId,
    /// Its name.
    pub name: String,
    /// What its people may do, in the order of [`Right::ALL`].
    pub rights: Vec<Right>,
    /// How many people are in it.
    pub people: i64,
    /// Grows with each change of the name or the rights.
    pub version: i64,
}

/// Somebody in a crew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrewPerson {
    /// Who.
    pub person: PartyId,
    /// Given and family name.
    pub name: String,
    /// Whether they have a login that works: without one, a crew gives nothing yet.
    pub can_sign_in: bool,
}

/// A crew as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CrewForm {
    /// The key of a form that makes one.
    pub key: String,
    /// The version that the form was made from; empty for a new one.
    pub version: String,
    /// Its name.
    pub name: String,
    /// The names of its rights.
    #[serde(deserialize_with = "one_or_more")]
    pub rights: Vec<String>,
    /// What was typed into the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Several ticks of one name, or one: where a form's other fields are taken up beside them,
/// one stands as a text of its own.
fn one_or_more<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Ticks {
        One(String),
        More(Vec<String>),
    }
    Ok(match Ticks::deserialize(from)? {
        Ticks::One(one) => vec![one],
        Ticks::More(all) => all,
    })
}

/// What a form says of a crew, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrewData {
    /// Its name.
    pub name: String,
    /// Its rights, each once, in the order of [`Right::ALL`].
    pub rights: Vec<Right>,
}

impl CrewForm {
    /// The form that shows a crew.
    pub fn of(crew: &Crew) -> Self {
        Self {
            key: String::new(),
            version: crew.version.to_string(),
            name: crew.name.clone(),
            rights: crew.rights.iter().map(|r| r.name().to_owned()).collect(),
            extra: Extra::default(),
        }
    }

    /// Whether a right is ticked.
    pub fn has(&self, right: Right) -> bool {
        self.rights.iter().any(|name| name == right.name())
    }

    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields `name` and `rights`.
    pub fn parse(&self) -> Result<CrewData> {
        let mut check = Check::new();
        let name = check.required("name", &self.name, text::name);
        let unknown = |name: &String| Right::from_name(name).is_none();
        if self.rights.iter().any(unknown) {
            check.refuse("rights", Code::UnknownChoice);
        }
        let rights = Right::ALL.iter().copied().filter(|r| self.has(*r));
        let read = name.map(|name| CrewData {
            name,
            rights: rights.collect(),
        });
        check.done(read)
    }
}

/// The first of some rights that somebody lacks: nobody gives, nor takes away, what they do
/// not have themselves.
pub fn first_missing(own: &crate::access::Rights, rights: &[Right]) -> Option<Right> {
    rights.iter().copied().find(|right| !own.has(*right))
}

/// Why somebody may not add people to a crew, nor remove any: the first right that they lack.
///
/// # Errors
/// [`Code::Forbidden`].
pub fn may_staff(own: &crate::access::Rights, crew: &Crew) -> Result<()> {
    own.require(Right::Settings)?;
    match first_missing(own, &crew.rights) {
        Some(right) => Err(Problem::new(Code::Forbidden { right })),
        None => Ok(()),
    }
}
