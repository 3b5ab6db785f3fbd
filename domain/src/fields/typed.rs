//! What was typed into an organisation's own fields, among the other fields of a form or of
//! an address.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize as Read, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What the name of such a field in a form begins with.
pub const PREFIX: &str = "extra_";
/// What the name of a choice's label begins with, where a field is declared.
pub const CHOICE_PREFIX: &str = "choice_";
/// More than a form of ours has.
const TYPED_MAX: usize = 200;

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident: $prefix:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name(BTreeMap<String, String>);

        impl $name {
            /// What was typed into the field of a name, if the form had it.
            pub fn get(&self, name: &str) -> Option<&str> {
                self.0.get(&format!("{}{name}", $prefix)).map(String::as_str)
            }

            /// The same with one field more.
            #[must_use]
            pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
                self.0.insert(format!("{}{name}", $prefix), text.into());
                self
            }

            /// Every field's whole name, with what was typed.
            pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
                self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_map(Fields { prefix: $prefix }).map(Self)
            }
        }
    )*};
}

typed! {
    /// What was typed into the fields of an object: `extra_…`.
    Extra: PREFIX;
    /// The labels of a field's choices: `choice_…`.
    Labels: CHOICE_PREFIX;
    /// A plugin's settings: `set_…`.
    Given: "set_";
    /// What a plugin is told of: `wants_…`.
    Wanted: "wants_";
}

/// Takes the fields of a prefix, and leaves the others.
struct Fields {
    prefix: &'static str,
}

impl<'de> Visitor<'de> for Fields {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fields whose names begin with {}", self.prefix)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if name.starts_with(self.prefix) && found.len() < TYPED_MAX {
                let Text(text) = map.next_value()?;
                found.insert(name, text);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A text; of several of one name, the last.
struct Text(String);

impl<'de> Read<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Last).map(Self)
    }
}

struct Last;

impl<'de> Visitor<'de> for Last {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<String, A::Error> {
        let mut last = String::new();
        while let Some(Text(text)) = all.next_element()? {
            last = text;
        }
        Ok(last)
    }
}
