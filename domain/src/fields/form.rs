//! A declaration as a form sends it, and how it is read. Pure.

use super::rules::parse_slug;
use super::{CHOICES_MAX, Choice, Field, FieldKind, HELP_MAX, Labels, On};
use crate::kernel::{Check, Code, Problem, Result, Right, ServiceTypeId, text};
use serde::{Deserialize, Serialize};

/// The answer of a form that means yes.
const YES: &str = "yes";

/// A field as a form declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldForm {
    /// The form's own key, for the form that adds.
    pub key: String,
    /// The version that the form was made from, for the form that changes.
    pub version: String,
    /// An [`On`]'s name. What a field is on stays.
    pub on: String,
    /// For a field of services, the id of the only type that has it; empty: each. It stays.
    pub of_type: String,
    /// A [`FieldKind`]'s name. What a field holds stays.
    pub kind: String,
    /// What people call it.
    pub label: String,
    /// Its name in forms and addresses, for the form that adds; empty: made of the label.
    pub slug: String,
    /// A sentence below it in forms.
    pub help: String,
    /// `yes`: forms ask for it.
    pub required: String,
    /// `yes`: lists show it.
    pub listed: String,
    /// `yes`: the member sees it.
    pub open: String,
    /// A right's name; empty: whoever sees the object.
    pub seen_by: String,
    /// A right's name; empty: whoever changes the object.
    pub edited_by: String,
    /// The labels of the choices that there are; an empty one takes its choice away.
    #[serde(flatten)]
    pub labels: Labels,
    /// New choices, one in a line.
    pub more: String,
}

/// What stays of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewField {
    /// What has it.
    pub on: On,
    /// The only type whose services have it.
    pub of_type: Option<ServiceTypeId>,
    /// What it holds.
    pub kind: FieldKind,
    /// Its name in forms and addresses, where one was typed.
    pub slug: Option<String>,
}

/// What a form says of a field, beside what stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldData {
    /// What people call it.
    pub label: String,
    /// A sentence below it in forms.
    pub help: String,
    /// The answers, where it is a choice.
    pub choices: Vec<Choice>,
    /// Whether forms ask for it.
    pub is_required: bool,
    /// Whether lists show it.
    pub is_listed: bool,
    /// Whether the member sees it.
    pub is_open: bool,
    /// The right that one needs to see it.
    pub seen_by: Option<Right>,
    /// The right that one needs to change it.
    pub edited_by: Option<Right>,
}

impl FieldForm {
    /// The form that shows a field.
    pub fn of(field: &Field) -> Self {
        let right = |right: Option<Right>| right.map_or("", Right::name).to_owned();
        let yes = |is: bool| if is { YES } else { "" }.to_owned();
        let mut labels = Labels::default();
        for choice in &field.choices {
            labels = labels.with(&choice.id, choice.label.clone());
        }
        Self {
            key: String::new(),
            version: field.version.to_string(),
            on: field.on.name().to_owned(),
            of_type: field.of_type.map(|id| id.to_string()).unwrap_or_default(),
            kind: field.kind.name().to_owned(),
            label: field.label.clone(),
            slug: field.slug.clone(),
            help: field.help.clone(),
            required: yes(field.is_required),
            listed: yes(field.is_listed),
            open: yes(field.is_open),
            seen_by: right(field.seen_by),
            edited_by: right(field.edited_by),
            labels,
            more: String::new(),
        }
    }

    /// Reads a new field. Whether there is such a type is asked later.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse_new(&self) -> Result<(NewField, FieldData)> {
        let unknown = || Problem::new(Code::UnknownChoice);
        let mut check = Check::new();
        let on = check.required("on", &self.on, |t| On::from_name(t).ok_or_else(unknown));
        let of_type = match on {
            Some(On::Service) => check.optional("of_type", &self.of_type, |t| {
                t.parse().map_err(|_| unknown())
            }),
            _ => None,
        };
        let kind = check.required("kind", &self.kind, |t| {
            FieldKind::from_name(t).ok_or_else(unknown)
        });
        let slug = check.optional("slug", &self.slug, parse_slug);
        let data = self.read(&mut check, kind, &[]);
        let read = (|| {
            let new = NewField {
                on: on?,
                of_type,
                kind: kind?,
                slug,
            };
            Some((new, data?))
        })();
        check.done(read)
    }

    /// Reads a change of a field.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, present: &Field) -> Result<FieldData> {
        let mut check = Check::new();
        let data = self.read(&mut check, Some(present.kind), &present.choices);
        check.done(data)
    }

    fn read(
        &self,
        check: &mut Check,
        kind: Option<FieldKind>,
        present: &[Choice],
    ) -> Option<FieldData> {
        let right =
            |typed: &str| Right::from_name(typed).ok_or_else(|| Problem::new(Code::UnknownChoice));
        let label = check.required("label", &self.label, text::name);
        let help = check.field("help", text::line(&self.help, HELP_MAX));
        let seen_by = check.optional("seen_by", &self.seen_by, right);
        let edited_by = check.optional("edited_by", &self.edited_by, right);
        let choices = match kind {
            Some(FieldKind::Choice) => self.choices(check, present),
            _ => Vec::new(),
        };
        Some(FieldData {
            label: label?,
            help: help?,
            choices,
            is_required: self.required == YES,
            is_listed: self.listed == YES,
            is_open: self.open == YES,
            seen_by,
            edited_by,
        })
    }

    /// The choices that stay, by their new labels, and the new ones behind them.
    fn choices(&self, check: &mut Check, present: &[Choice]) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        for choice in present {
            let name = format!("{}{}", super::CHOICE_PREFIX, choice.id);
            let typed = self.labels.get(&choice.id).unwrap_or(&choice.label);
            if let Some(label) = check.optional(name, typed, text::name) {
                let id = choice.id.clone();
                choices.push(Choice { id, label });
            }
        }
        let number = |choice: &Choice| choice.id.trim_start_matches('c').parse::<usize>().ok();
        let mut last = present.iter().filter_map(number).max().unwrap_or_default();
        for line in self.more.lines().take(CHOICES_MAX + 1) {
            if let Some(label) = check.optional("more", line, text::name) {
                last += 1;
                let id = format!("c{last}");
                choices.push(Choice { id, label });
            }
        }
        let folded: Vec<String> = choices.iter().map(|c| text::fold(&c.label)).collect();
        if choices.is_empty() {
            check.refuse("more", Code::Required);
        } else if choices.len() > CHOICES_MAX {
            check.refuse("more", Code::TooManyChoices { max: CHOICES_MAX });
        } else if (1..folded.len()).any(|n| folded.iter().take(n).any(|l| Some(l) == folded.get(n)))
        {
            check.refuse("more", Code::ChoiceTwice);
        }
        choices
    }
}
