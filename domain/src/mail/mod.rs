//! Mail: what an organisation has decided about it, its own texts, and the mails that wait
//! or were sent. Nothing is sent inside of a request: a mail is written down in the change's
//! own transaction, and a worker of the server sends it (`outbox`).

pub mod outbox;
pub mod rules;
mod service;
mod store;
pub mod template;
#[cfg(test)]
mod tests;
mod texts;

pub use service::*;

use crate::kernel::{Check, Code, Day, Email, MailId, MemberId, PartyId, Problem, Result, text};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The most steps at which reminders are sent.
pub const STEPS_MAX: usize = 12;
/// The most days before or after the end of what is paid.
pub const STEP_DAYS_MAX: i64 = 365;
/// The longest text of a mail, as it is written in its template.
pub const BODY_MAX: usize = 8_000;

/// When reminders are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// Never: no mail is sent at all.
    #[default]
    Off,
    /// When somebody presses the button.
    ByHand,
    /// Every night, and when somebody presses the button.
    Nightly,
}

impl Sending {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::ByHand, Self::Nightly];

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::ByHand => "by_hand",
            Self::Nightly => "nightly",
        }
    }

    fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|s| s.name() == name);
        found.ok_or_else(|| Problem::new(Code::UnknownChoice))
    }
}

/// Which text a reminder has.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before what is paid runs out, and on that day.
    Before,
    /// After it.
    After,
}

impl Stage {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Before, Self::After];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// The text of a step.
    pub fn of_step(step: i64) -> Self {
        if step > 0 { Self::After } else { Self::Before }
    }
}

/// What an organisation has decided about mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MailSettings {
    /// When reminders are sent.
    pub sending: Sending,
    /// The sender's name; the organisation's, where none is said.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Days before (negative) and after the end of what is paid, in their order.
    pub steps: Vec<i64>,
    /// Grows with each change; nothing was decided yet at 0.
    pub version: i64,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            sending: Sending::Off,
            sender_name: None,
            reply_to: None,
            steps: vec![-30, -7, 7, 30],
            version: 0,
        }
    }
}

/// These decisions as a form sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailForm {
    /// A [`Sending`]'s name.
    pub sending: String,
    /// The sender's name; may be empty.
    pub sender_name: String,
    /// Where answers go; may be empty.
    pub reply_to: String,
    /// Days with their signs, with anything between them.
    pub steps: String,
    /// The version that the form was made from.
    pub version: String,
}

impl MailForm {
    /// The form that shows what is decided.
    pub fn of(settings: &MailSettings) -> Self {
        Self {
            sending: settings.sending.name().into(),
            sender_name: settings.sender_name.clone().unwrap_or_default(),
            reply_to: settings.reply_to.clone().unwrap_or_default(),
            steps: rules::write_steps(&settings.steps),
            version: settings.version.to_string(),
        }
    }

    /// Reads the form over what is decided.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, present: &MailSettings) -> Result<MailSettings> {
        let mut check = Check::new();
        let sending = check.required("sending", &self.sending, Sending::from_name);
        let sender_name = check.optional("sender_name", &self.sender_name, text::name);
        let reply_to = check.optional("reply_to", &self.reply_to, Email::parse);
        let steps = check.required("steps", &self.steps, rules::parse_steps);
        let read = (|| {
            Some(MailSettings {
                sending: sending?,
                sender_name,
                reply_to: reply_to.map(String::from),
                steps: steps?,
                version: present.version,
            })
        })();
        check.done(read)
    }
}

/// A text of reminders: one stage, one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
#[serde(default)]
pub struct Template {
    /// The subject: one line.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// What becomes of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It waits for its turn.
    Waiting,
    /// It is being sent; after a while without news, it is sent again.
    Sending,
    /// The mail server has taken it.
    Sent,
    /// The mail server refused it for good.
    Refused,
    /// The mail server could not be reached, or asked to wait, too many times.
    GivenUp,
}

/// A mail, without its text.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// About which member.
    pub member_id: Option<MemberId>,
    /// To whom.
    pub party_id: PartyId,
    /// Of a reminder: the end of what was paid.
    pub ends_on: Option<Day>,
    /// Of a reminder: how many days before or after.
    pub step: Option<i64>,
    /// The name it is sent to.
    pub to_name: String,
    /// The address it is sent to.
    pub to_address: String,
    /// Its subject.
    pub subject: String,
    /// What has become of it.
    pub state: MailState,
    /// How many times it was tried.
    pub attempts: i64,
    /// What the mail server said last, where it did not take it.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was sent or given up.
    pub ended_at: Option<DateTime<Utc>>,
}

/// From where an organisation's mails come: known where the operator has set mail up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The organisation's own address on the web, without a slash at its end.
    pub origin: String,
    /// The name that its Message-IDs end with.
    pub host: String,
}
