//! Forms: label above, help below, the error in place, and a summary on top that
//! leads to the fields. What was typed is shown again.

use crate::locales::{self, Text, frame as t};
use domain::kernel::{Code, Locale, Problem};
use leptos::prelude::*;
use std::borrow::Cow;

/// A form's language and what was wrong with it.
#[derive(Clone, Copy)]
pub struct FormView<'a> {
    /// The language.
    pub l: Locale,
    /// What was wrong, where it comes back.
    pub problem: Option<&'a Problem>,
}

/// A field's name: one of ours, or one that an organisation made.
pub type Name = Cow<'static, str>;

/// A field with one line of text, or several.
pub struct Field {
    name: Name,
    label: Text,
    value: String,
    help: Option<Text>,
    error: Option<Text>,
    optional: Option<Text>,
    kind: &'static str,
    class: &'static str,
    autocomplete: &'static str,
    inputmode: Option<&'static str>,
    autofocus: bool,
    rows: usize,
}

/// One of several answers.
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What a person reads.
    pub label: Text,
    /// A word of help.
    pub help: Option<Text>,
}

impl Choice {
    /// An answer without help.
    pub fn new(value: impl Into<String>, label: impl Into<Text>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            help: None,
        }
    }

    /// An answer with a word of help.
    pub fn with_help(
        value: impl Into<String>,
        label: impl Into<Text>,
        help: impl Into<Text>,
    ) -> Self {
        Self {
            help: Some(help.into()),
            ..Self::new(value, label)
        }
    }
}

impl<'a> FormView<'a> {
    /// A form that is shown for the first time, or again with a problem.
    pub fn new(l: Locale, problem: Option<&'a Problem>) -> Self {
        Self { l, problem }
    }

    /// What is wrong at a field.
    pub fn error(&self, name: &str) -> Option<Text> {
        let code = self.problem?.field(name)?;
        Some(locales::problems::text(self.l, code))
    }

    /// The summary on top: every problem, with a way to its field.
    pub fn summary(&self) -> Option<AnyView> {
        let problem = self.problem?;
        let l = self.l;
        if problem.code == Code::LookAgain {
            let text = locales::problems::text(l, &problem.code);
            return Some(super::notice(super::Tone::Warning, text));
        }
        if problem.fields.is_empty() {
            let text = locales::problems::text(l, &problem.code);
            let view = view! {
                <div class="summary" role="alert" tabindex="-1"><p><strong>{text}</strong></p></div>
            };
            return Some(view.into_any());
        }
        let n = i64::try_from(problem.fields.len()).unwrap_or_default();
        let items = problem.fields.iter().map(|field| {
            let href = format!("#{}", field.field);
            view! { <li><a href=href>{locales::problems::text(l, &field.code)}</a></li> }
        });
        let view = view! {
            <div class="summary" role="alert" tabindex="-1" aria-labelledby="summary-title">
                <h2 id="summary-title">{t::to_mend(l, n)}</h2>
                <ul>{items.collect_view()}</ul>
            </div>
        };
        Some(view.into_any())
    }

    /// A field that must be filled in.
    pub fn field(&self, name: impl Into<Name>, label: impl Into<Text>, value: &str) -> Field {
        let name = name.into();
        Field {
            error: self.error(&name),
            name,
            label: label.into(),
            value: value.to_owned(),
            help: None,
            optional: None,
            kind: "text",
            class: "",
            autocomplete: "off",
            inputmode: None,
            autofocus: false,
            rows: 0,
        }
    }

    /// A field that may be left empty.
    pub fn optional(&self, name: impl Into<Name>, label: impl Into<Text>, value: &str) -> Field {
        Field {
            optional: Some(t::optional(self.l)),
            ..self.field(name, label, value)
        }
    }

    /// A choice from a list that opens.
    pub fn select(
        &self,
        name: impl Into<Name>,
        label: impl Into<Text>,
        value: &str,
        choices: Vec<Choice>,
    ) -> AnyView {
        self.select_from(self.field(name, label, value), choices)
    }

    /// The same, of a field with help, or one that may be left empty.
    pub fn select_from(&self, field: Field, choices: Vec<Choice>) -> AnyView {
        let (name, value) = (field.name, field.value);
        let optional = field
            .optional
            .map(|word| view! { " " <span class="optional">{word}</span> });
        let invalid = field.error.is_some().then_some("true");
        let (described, error, help) = notes(&name, field.error, field.help);
        let options = choices.into_iter().map(|choice| {
            let selected = choice.value == value;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        });
        view! {
            <div class="field">
                <label for=name.clone()>{field.label}{optional}</label>
                <select id=name.clone() name=name class="is-medium" aria-invalid=invalid aria-describedby=described>
                    {options.collect_view()}
                </select>
                {error}
                {help}
            </div>
        }
        .into_any()
    }

    /// A choice that shows all its answers.
    pub fn radios(
        &self,
        name: &'static str,
        legend: impl Into<Text>,
        value: &str,
        choices: Vec<Choice>,
    ) -> AnyView {
        let error = self.error(name);
        let (described, error_view, _) = notes(name, error, None);
        let inputs = choices.into_iter().enumerate().map(|(n, choice)| {
            let id = if n == 0 {
                name.to_owned()
            } else {
                format!("{name}-{n}")
            };
            let checked = choice.value == value;
            let help = choice
                .help
                .map(|help| view! { " " <span class="help">{help}</span> });
            view! {
                <label class="choice">
                    <input type="radio" id=id name=name value=choice.value checked=checked/>
                    <span>{choice.label} {help}</span>
                </label>
            }
        });
        view! {
            <fieldset class="field" aria-describedby=described>
                <legend>{legend.into()}</legend>
                {error_view}
                {inputs.collect_view()}
            </fieldset>
        }
        .into_any()
    }
}

impl Field {
    /// With a sentence of help below.
    #[must_use]
    pub fn help(mut self, help: impl Into<Text>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With another type than text: `email`, `tel`, `password`, `date`.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// With a width that hints at the length of the answer: `is-short`, `is-medium`.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// With what browsers may fill in.
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// With the keyboard that phones show: `decimal`, `numeric`.
    #[must_use]
    pub fn inputmode(mut self, inputmode: &'static str) -> Self {
        self.inputmode = Some(inputmode);
        self
    }

    /// The one where typing begins.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// With several lines.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// The field as a view.
    pub fn view(self) -> AnyView {
        let name = self.name;
        let required = self.optional.is_none().then_some("true");
        let invalid = self.error.is_some().then_some("true");
        let (described, error, help) = notes(&name, self.error, self.help);
        let optional = self
            .optional
            .map(|word| view! { " " <span class="optional">{word}</span> });
        let control = if self.rows > 0 {
            let text = area_text(&self.value);
            view! {
                <textarea id=name.clone() name=name.clone() rows=self.rows.to_string() class=self.class aria-invalid=invalid
                    aria-required=required aria-describedby=described autocomplete=self.autocomplete>
                    {text}
                </textarea>
            }
            .into_any()
        } else {
            view! {
                <input id=name.clone() name=name.clone() type=self.kind value=self.value class=self.class inputmode=self.inputmode autofocus=self.autofocus
                    aria-invalid=invalid aria-required=required aria-describedby=described autocomplete=self.autocomplete/>
            }
            .into_any()
        };
        view! {
            <div class="field">
                <label for=name.clone()>{self.label}{optional}</label>
                {control}
                {error}
                {help}
            </div>
        }
        .into_any()
    }
}

/// The ids that describe a field, its error and its help.
fn notes(
    name: &str,
    error: Option<Text>,
    help: Option<Text>,
) -> (Option<String>, Option<AnyView>, Option<AnyView>) {
    let ids: Vec<String> = [(error.is_some(), "error"), (help.is_some(), "help")]
        .into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, kind)| format!("{name}-{kind}"))
        .collect();
    let described = (!ids.is_empty()).then(|| ids.join(" "));
    let error = error
        .map(|text| view! { <p class="error" id=format!("{name}-error")>{text}</p> }.into_any());
    let help =
        help.map(|text| view! { <p class="help" id=format!("{name}-help")>{text}</p> }.into_any());
    (described, error, help)
}

/// What stands between the tags of a text area. Leptos writes it as it is given, other than
/// everywhere else; and browsers take away a line end that comes first (HTML, 13.2.6.4.7).
fn area_text(value: &str) -> String {
    format!("\n{}", super::escape(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_area_holds_what_was_typed_and_nothing_in_it_lives() {
        let typed = "\n</textarea><img src=x> &lt;b> \"'";
        let form = FormView::new(Locale::Fr, None);
        let field = |rows| form.field("note", "Note", typed).rows(rows);
        for rows in [0, 3] {
            let html = crate::shell::render(|| field(rows).view().into_any());
            assert!(!html.contains("<img"), "{html}");
        }
        let html = crate::shell::render(|| field(3).view().into_any());
        let held = "\n\n&lt;/textarea&gt;&lt;img src=x&gt; &amp;lt;b&gt; &quot;'</textarea>";
        assert!(html.contains(held), "{html}");
    }
}
