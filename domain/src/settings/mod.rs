//! What an organisation has decided for itself: its name, language, time zone, who may
//! validate payments, and what becomes of dues that nobody paid.

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::*;

use crate::kernel::{
    Check, Code, Locale, Problem, Result, parse_creditor_id, parse_iban, space_iban, text,
};
use serde::{Deserialize, Serialize};

/// The longest address of an organisation: some lines.
const ADDRESS_MAX: usize = 300;

/// Whether the one who entered a payment may validate it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type))]
#[cfg_attr(
    feature = "server",
    sqlx(type_name = "text", rename_all = "snake_case")
)]
#[serde(rename_all = "snake_case")]
pub enum Validation {
    /// Somebody else must.
    #[default]
    SomeoneElse,
    /// Anyone with the right may.
    Anyone,
}

/// Whether dues for a time that is wholly over are still claimed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(sqlx::Type))]
#[cfg_attr(
    feature = "server",
    sqlx(type_name = "text", rename_all = "snake_case")
)]
#[serde(rename_all = "snake_case")]
pub enum Lapse {
    /// No: who comes back starts again.
    #[default]
    StartAgain,
    /// Yes, from the day of joining on.
    ClaimAll,
}

impl Lapse {
    /// Its name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::StartAgain => "start_again",
            Self::ClaimAll => "claim_all",
        }
    }
}

/// An organisation's decisions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct Settings {
    /// Its name, as people see it.
    pub title: String,
    /// The language of those who chose none.
    pub locale: Locale,
    /// The time zone's name (IANA).
    pub zone: String,
    /// Who may validate.
    pub validation: Validation,
    /// The account that members pay into, without spaces.
    pub iban: Option<String>,
    /// Its identifier as a creditor of direct debits (SEPA).
    pub creditor_id: Option<String>,
    /// Where it is, in lines; printed on receipts.
    pub address: Option<String>,
    /// The town in which its receipts are signed.
    pub place: Option<String>,
    /// What becomes of dues that nobody paid in their time.
    pub lapse: Lapse,
    /// Grows with each change.
    pub version: i64,
}

/// The settings as a form sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    /// The organisation's name.
    pub title: String,
    /// A language's tag.
    pub locale: String,
    /// `someone_else` or `anyone`.
    pub validation: String,
    /// The organisation's IBAN; may be empty.
    pub iban: String,
    /// Its creditor's identifier; may be empty.
    pub creditor_id: String,
    /// The organisation's address, in lines; may be empty.
    pub address: String,
    /// Where receipts are signed; may be empty.
    pub place: String,
    /// A [`Lapse`]'s name.
    pub lapse: String,
    /// The version that the form was made from.
    pub version: String,
}

impl SettingsForm {
    /// The form that shows the present settings.
    pub fn of(settings: &Settings) -> Self {
        Self {
            title: settings.title.clone(),
            locale: settings.locale.tag().into(),
            validation: match settings.validation {
                Validation::SomeoneElse => "someone_else",
                Validation::Anyone => "anyone",
            }
            .into(),
            iban: settings.iban.as_deref().map(space_iban).unwrap_or_default(),
            creditor_id: settings.creditor_id.clone().unwrap_or_default(),
            address: settings.address.clone().unwrap_or_default(),
            place: settings.place.clone().unwrap_or_default(),
            lapse: settings.lapse.name().into(),
            version: settings.version.to_string(),
        }
    }

    /// Reads the form over the present settings.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, present: &Settings) -> Result<Settings> {
        let mut check = Check::new();
        let title = check.required("title", &self.title, text::name);
        let locale = check.required("locale", &self.locale, |t| {
            Locale::from_tag(t).ok_or_else(|| Problem::new(Code::UnknownChoice))
        });
        let validation = check.required("validation", &self.validation, |t| match t {
            "someone_else" => Ok(Validation::SomeoneElse),
            "anyone" => Ok(Validation::Anyone),
            _ => Err(Problem::new(Code::UnknownChoice)),
        });
        let iban = check.optional("iban", &self.iban, parse_iban);
        let creditor_id = check.optional("creditor_id", &self.creditor_id, parse_creditor_id);
        let address = check.optional("address", &self.address, |t| text::lines(t, ADDRESS_MAX));
        let place = check.optional("place", &self.place, text::name);
        let lapse = check.required("lapse", &self.lapse, |t| match t {
            "start_again" => Ok(Lapse::StartAgain),
            "claim_all" => Ok(Lapse::ClaimAll),
            _ => Err(Problem::new(Code::UnknownChoice)),
        });
        let read = (|| {
            Some(Settings {
                title: title?,
                locale: locale?,
                zone: present.zone.clone(),
                validation: validation?,
                iban,
                creditor_id,
                address,
                place,
                lapse: lapse?,
                version: present.version,
            })
        })();
        check.done(read)
    }
}
