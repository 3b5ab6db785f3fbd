//! A type of services as a form says it.

use super::{Colour, ServiceType};
use crate::dues::{self, MONTHS_MAX};
use crate::fields::Extra;
use crate::kernel::calendar::{FIRST_DAY, parse_day};
use crate::kernel::text::{self, NOTE_MAX};
use crate::kernel::{Cents, Check, Code, CrewId, Day, Locale, Problem, Result};
use serde::{Deserialize, Serialize};

/// A type of services as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeForm {
    /// The form's own key, for the form that makes a type.
    pub key: String,
    /// The version that the form was made from, for the form that changes.
    pub version: String,
    /// What it is called.
    pub name: String,
    /// The id of the crew that manages it.
    pub crew: String,
    /// A [`Colour`]'s name.
    pub colour: String,
    /// How many months a period has.
    pub months: String,
    /// What a whole period costs.
    pub price: String,
    /// From which day on; empty: always.
    pub price_from: String,
    /// `yes`: its services have addresses.
    pub addresses: String,
    /// For the crews' eyes.
    pub note: String,
    /// What was typed into the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A type of services, once it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeData {
    /// What it is called.
    pub name: String,
    /// The crew that manages it.
    pub crew: CrewId,
    /// Its colour.
    pub colour: Colour,
    /// How many months a period has.
    pub months: u32,
    /// What a whole period costs.
    pub price: Cents,
    /// From which day on.
    pub price_from: Day,
    /// Whether its services have addresses.
    pub carries_addresses: bool,
    /// For the crews' eyes.
    pub note: String,
}

impl TypeForm {
    /// The form of a new type.
    pub fn blank() -> Self {
        Self {
            colour: Colour::default().name().into(),
            months: "1".into(),
            ..Self::default()
        }
    }

    /// The form that shows a type as it is today; a price that is changed holds from today on.
    pub fn of(kind: &ServiceType, today: Day, locale: Locale) -> Self {
        Self {
            key: String::new(),
            version: kind.version.to_string(),
            name: kind.name.clone(),
            crew: kind.crew.to_string(),
            colour: kind.colour.name().into(),
            months: kind.months.to_string(),
            price: locale.money_input(kind.price_on(today)),
            price_from: today.to_string(),
            addresses: if kind.carries_addresses { "yes" } else { "" }.into(),
            note: kind.note.clone(),
            extra: Extra::default(),
        }
    }

    /// Reads the form. Whether there is such a crew is asked later, where they are known.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<TypeData> {
        let unknown = || Problem::new(Code::UnknownChoice);
        let mut check = Check::new();
        let name = check.required("name", &self.name, text::name);
        let crew = check.required("crew", &self.crew, |t| t.parse().map_err(|_| unknown()));
        let colour = check.required("colour", &self.colour, |t| {
            Colour::from_name(t).ok_or_else(unknown)
        });
        let months = check.required("months", &self.months, |t| match t.parse() {
            Ok(months @ 1..=MONTHS_MAX) => Ok(months),
            _ => Err(Problem::new(Code::NotMonths { max: MONTHS_MAX })),
        });
        let price = check.required("price", &self.price, dues::parse_amount);
        let price_from = check.optional("price_from", &self.price_from, parse_day);
        let note = check.field("note", text::lines(&self.note, NOTE_MAX));
        let read = (|| {
            Some(TypeData {
                name: name?,
                crew: crew?,
                colour: colour?,
                months: months?,
                price: price?,
                price_from: price_from.unwrap_or(FIRST_DAY),
                carries_addresses: self.addresses.trim() == "yes",
                note: note?,
            })
        })();
        check.done(read)
    }
}
