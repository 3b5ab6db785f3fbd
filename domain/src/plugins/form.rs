//! A plugin as a form sends it.

use super::{Description, ObjectKind, Settings};
use crate::fields::{Given, Wanted};
use crate::kernel::{Check, Code, Result, text};
use serde::{Deserialize, Serialize};

/// The longest name of a plugin.
pub const NAME_MAX: usize = 60;
/// The longest value of a setting.
pub const SETTING_MAX: usize = 2_000;

/// A plugin's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PluginForm {
    /// The key of a form that makes one.
    pub key: String,
    /// The version that the form was made from; empty for a new one.
    pub version: String,
    /// Which program it is; it stays.
    pub kind: String,
    /// What the organisation calls it.
    pub name: String,
    /// `yes`: it works.
    pub enabled: String,
    /// What it is told of: `wants_person` and so on, `yes` where it is.
    #[serde(flatten)]
    pub wants: Wanted,
    /// Its settings: `set_…`. A secret that is left empty stays as it is.
    #[serde(flatten)]
    pub given: Given,
}

/// What a form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PluginData {
    pub name: String,
    pub wants: Vec<ObjectKind>,
    pub is_enabled: bool,
    /// Those that anybody may read.
    pub settings: Settings,
    /// Those that were typed.
    pub secrets: Settings,
}

impl PluginForm {
    /// Reads the form of a plugin that says this of itself; `known` are its secrets so far.
    pub(super) fn parse(&self, of: &Description, known: &Settings) -> Result<PluginData> {
        let mut check = Check::new();
        let name = check.required("name", &self.name, |text| text::line(text, NAME_MAX));
        let is_wanted = |kind: &ObjectKind| self.wants.get(kind.name()) == Some("yes");
        let wants: Vec<ObjectKind> = of.wants.iter().copied().filter(is_wanted).collect();
        if wants.is_empty() {
            check.refuse("wants", Code::NothingSelected);
        }
        let (mut settings, mut secrets) = (Settings::new(), known.clone());
        for setting in of.settings {
            let typed = self.given.get(setting.key).unwrap_or_default();
            let field = format!("set_{}", setting.key);
            let value = check
                .optional(field.as_str(), typed, |text| text::line(text, SETTING_MAX))
                .unwrap_or_default();
            let stays = setting.is_secret() && secrets.contains_key(setting.key);
            if value.is_empty() && setting.is_required && !stays && typed.trim().is_empty() {
                check.refuse(field, Code::Required);
            }
            if value.is_empty() {
                continue;
            }
            let into = if setting.is_secret() {
                &mut secrets
            } else {
                &mut settings
            };
            into.insert(setting.key.to_owned(), value);
        }
        let name = check.done(name)?;
        Ok(PluginData {
            name,
            wants,
            is_enabled: self.enabled == "yes",
            settings,
            secrets,
        })
    }
}

/// The problems that a plugin has found in its settings, each at its field.
pub(super) fn problems(found: Vec<(&'static str, Code)>) -> Result<()> {
    let mut check = Check::new();
    for (key, code) in found {
        check.refuse(format!("set_{key}"), code);
    }
    check.finish()
}
