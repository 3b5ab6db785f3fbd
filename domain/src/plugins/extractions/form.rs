//! An extraction as a form sends it.

use super::{READS, Recipe, Schedule, render, rules};
use crate::fields::Wanted;
use crate::kernel::{Check, Code, Problem, Result, text};
use crate::plugins::ObjectKind;
use crate::plugins::form::NAME_MAX;
use serde::{Deserialize, Serialize};

/// An extraction's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtractionForm {
    /// The key of a form that makes one.
    pub key: String,
    /// The version that the form was made from; empty for a new one.
    pub version: String,
    /// Which of those that ship it began as; empty: none.
    pub from: String,
    /// What the organisation calls it.
    pub name: String,
    /// `yes`: it works.
    pub enabled: String,
    /// What it is made of: `wants_person` and so on, `yes` where it is.
    #[serde(flatten)]
    pub wants: Wanted,
    /// Where its file lies.
    pub path: String,
    /// Who may read and write it.
    pub mode: String,
    /// Whose it is.
    pub owner: String,
    /// What makes the text.
    pub template: String,
    /// The characters that no value may bring.
    pub without: String,
    /// The default configuration, a line for each value.
    pub config: String,
    /// What is run when the file has changed.
    pub command: String,
    /// `yes`: it is made with every change.
    pub on_change: String,
    /// When it is made by the clock.
    pub schedule: String,
    /// At which hour.
    pub hour: String,
}

/// What a form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtractionData {
    pub name: String,
    pub is_enabled: bool,
    pub recipe: Recipe,
    pub on_change: bool,
    pub schedule: Schedule,
    pub hour: i64,
}

impl ExtractionForm {
    /// Reads the form. A template is only looked at as far as it can be without rendering it.
    pub(super) fn parse(&self) -> Result<ExtractionData> {
        let mut check = Check::new();
        let name = check.required("name", &self.name, |text| text::line(text, NAME_MAX));
        let is_wanted = |kind: &ObjectKind| self.wants.get(kind.name()) == Some("yes");
        let reads: Vec<ObjectKind> = READS.iter().copied().filter(is_wanted).collect();
        if reads.is_empty() {
            check.refuse("wants", Code::NothingSelected);
        }
        let path = check.required("path", &self.path, rules::path);
        let mode = match self.mode.trim() {
            "" => Some(rules::MODE.to_owned()),
            mode => check.required("mode", mode, rules::mode),
        };
        let owner = check.optional("owner", &self.owner, rules::owner);
        let template = check.required("template", &self.template, |text| {
            let text = text::lines(text, rules::TEMPLATE_MAX)? + "\n";
            render::check_template(&text).map_err(Problem::from)?;
            Ok(text)
        });
        let config = check.optional("config", &self.config, rules::config);
        let command = check.optional("command", &self.command, |text| text::line(text, NAME_MAX));
        // Spaces may be what it is about.
        let without = match self.without.chars().count() > rules::WITHOUT_MAX {
            true => {
                let max = rules::WITHOUT_MAX;
                check.refuse("without", Code::TooLong { max });
                None
            }
            false => Some(self.without.chars().filter(|c| !c.is_control()).collect()),
        };
        let schedule = match self.schedule.trim() {
            "" => Some(Schedule::Never),
            text => Schedule::from_name(text),
        };
        if schedule.is_none() {
            check.refuse("schedule", Code::UnknownChoice);
        }
        let hour = match self.hour.trim() {
            "" => Some(0),
            text => text.parse().ok().filter(|hour| (0..24).contains(hour)),
        };
        if hour.is_none() {
            check.refuse("hour", Code::NotANumber);
        }
        let read = (|| {
            Some(ExtractionData {
                name: name?,
                is_enabled: self.enabled == "yes",
                recipe: Recipe {
                    path: path?,
                    mode: mode?,
                    owner: owner.unwrap_or_default(),
                    template: template?,
                    without: without?,
                    command: command.unwrap_or_default(),
                    config: config.unwrap_or_default(),
                    reads,
                },
                on_change: self.on_change == "yes",
                schedule: schedule?,
                hour: hour?,
            })
        })();
        check.done(read)
    }
}
