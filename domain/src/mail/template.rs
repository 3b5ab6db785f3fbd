//! The texts of reminders. A template is words, variables and conditions, and nothing else:
//! what stands in braces is looked at word by word before the engine sees it, so that no
//! template can loop, grow or call anything. The engine is bounded besides.

pub use super::texts::default;
use super::{BODY_MAX, Template};
use crate::kernel::{Check, Code, Problem, Result, text};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use std::collections::BTreeMap;

/// The most that rendering may cost; a text of the longest kind costs a tenth of it.
const FUEL: u64 = 50_000;
/// The longest subject that is sent, in characters.
const SUBJECT_SENT_MAX: usize = 200;

/// What a template may say: names in the texts of every language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// To whom the mail goes.
    pub name: String,
    /// The member it is about.
    pub member: String,
    /// Whether it goes to somebody who pays for the member.
    pub for_other: ForOther,
    /// The member's number.
    pub number: String,
    /// The organisation.
    pub organisation: String,
    /// The end of what is paid; empty for those who never paid.
    pub paid_until: String,
    /// What is to be paid.
    pub amount: String,
    /// For which time.
    pub period: String,
    /// The account; empty where the organisation has said none.
    pub iban: String,
    /// What the transfer is to carry.
    pub reference: String,
    /// The member's own page.
    pub page: String,
}

/// Whether a mail goes to the member or to the one who pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForOther {
    /// To the member.
    #[default]
    No,
    /// To the one who pays.
    Yes,
}

/// Every variable, in the order in which the screens explain them.
pub const VARIABLES: [&str; 11] = [
    "name",
    "member",
    "for_other",
    "number",
    "organisation",
    "paid_until",
    "amount",
    "period",
    "iban",
    "reference",
    "page",
];
/// The words of conditions.
const WORDS: [&str; 7] = ["if", "elif", "else", "endif", "not", "and", "or"];

impl Values {
    fn get(&self, name: &str) -> Value {
        let text = match name {
            "name" => &self.name,
            "member" => &self.member,
            "for_other" => return Value::from(self.for_other == ForOther::Yes),
            "number" => &self.number,
            "organisation" => &self.organisation,
            "paid_until" => &self.paid_until,
            "amount" => &self.amount,
            "period" => &self.period,
            "iban" => &self.iban,
            "reference" => &self.reference,
            _ => &self.page,
        };
        Value::from(text.as_str())
    }
}

/// Reads a template as a form sends it.
///
/// # Errors
/// [`Code::Invalid`] with the fields: what the engine does not understand is said with its line.
pub fn parse(form: &Template) -> Result<Template> {
    let mut check = Check::new();
    let subject = check.required("subject", &form.subject, |t| {
        let line = text::name(t)?;
        check_text(&line).map(|()| line)
    });
    let body = check.required("body", &form.body, |t| {
        let lines = text::lines(t, BODY_MAX)?;
        check_text(&lines).map(|()| lines)
    });
    let read = (|| {
        Some(Template {
            subject: subject?,
            body: body?,
        })
    })();
    check.done(read)
}

/// A mail's subject and text.
///
/// # Errors
/// [`Code::TemplateSyntax`] where the template is none.
pub fn render(template: &Template, values: &Values) -> Result<Template> {
    let subject = render_text(&template.subject, values)?;
    let subject: String = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = render_text(&template.body, values)?;
    Ok(Template {
        // A name may hold anything that can be seen; a header has one line.
        subject: subject
            .chars()
            .filter(|c| !c.is_control())
            .take(SUBJECT_SENT_MAX)
            .collect(),
        body: body.trim().to_owned() + "\n",
    })
}

fn check_text(text: &str) -> Result<()> {
    check_words(text)?;
    render_text(text, &Values::default()).map(|_| ())
}

/// Looks at what stands in braces: variables and conditions only.
fn check_words(text: &str) -> Result<()> {
    let mut at = 0;
    while let Some((begin, end_mark)) = next_tag(text, at) {
        let line = 1 + text.get(..begin).unwrap_or_default().matches('\n').count();
        let inner_at = begin + 2;
        let rest = text.get(inner_at..).unwrap_or_default();
        let Some(length) = rest.find(end_mark) else {
            return Err(Problem::new(Code::TemplateSyntax { line }));
        };
        if end_mark != "#}" {
            check_inner(rest.get(..length).unwrap_or_default(), line)?;
        }
        at = inner_at + length + 2;
    }
    Ok(())
}

/// The next opening of a tag, and what closes it.
fn next_tag(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let rest = text.get(from..)?;
    let marks = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let found = marks
        .iter()
        .filter_map(|(open, close)| Some((rest.find(open)?, *close)));
    found
        .min_by_key(|(at, _)| *at)
        .map(|(at, close)| (from + at, close))
}

fn check_inner(inner: &str, first_line: usize) -> Result<()> {
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner);
    for (n, part) in inner.split('\n').enumerate() {
        let line = first_line + n;
        for word in part.split_whitespace() {
            let is_name = word.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !is_name {
                return Err(Problem::new(Code::TemplateTag { line }));
            }
            if !VARIABLES.contains(&word) && !WORDS.contains(&word) {
                let name = word.chars().take(40).collect();
                return Err(Problem::new(Code::TemplateVariable { line, name }));
            }
        }
    }
    Ok(())
}

fn render_text(source: &str, values: &Values) -> Result<String> {
    // What is kept was checked when it was saved; a rule that came later holds for it too.
    check_words(source)?;
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_fuel(Some(FUEL));
    let context: BTreeMap<&str, Value> = VARIABLES
        .iter()
        .map(|name| (*name, values.get(name)))
        .collect();
    let rendered = env
        .template_from_named_str("text", source)
        .and_then(|template| template.render(Value::from(context)));
    rendered.map_err(|error| {
        let line = error.line().unwrap_or(1).max(1);
        Problem::new(Code::TemplateSyntax { line }).because(error)
    })
}

#[cfg(test)]
mod tests {
    use super::super::Stage;
    use super::*;
    use crate::kernel::Locale;
    use proptest::prelude::*;

    fn values() -> Values {
        Values {
            name: "Léa <b>".into(),
            member: "Léa".into(),
            organisation: "Nuage".into(),
            paid_until: "31 mars 2026".into(),
            amount: "30,00 €".into(),
            page: "https://nuage.example.org/me".into(),
            ..Values::default()
        }
    }

    fn problem(body: &str) -> Code {
        let form = Template {
            subject: "x".into(),
            body: body.into(),
        };
        parse(&form).unwrap_err().field("body").unwrap().clone()
    }

    #[test]
    fn the_products_own_texts_are_templates() {
        for stage in Stage::ALL {
            for locale in Locale::ALL {
                let own = default(stage, locale);
                assert_eq!(parse(&own).unwrap(), own);
                let mail = render(&own, &values()).unwrap();
                assert!(
                    !mail.body.contains("IBAN") && !mail.body.contains('{'),
                    "{}",
                    mail.body
                );
                assert!(mail.body.contains("Léa <b>"), "{}", mail.body);
                let iban = Values {
                    iban: "FR76".into(),
                    ..values()
                };
                assert!(render(&own, &iban).unwrap().body.contains("FR76"));
            }
        }
    }

    #[test]
    fn a_variable_that_does_not_exist_is_refused_with_its_line() {
        let code = problem("Bonjour {{ name }},\n\n{% if iban %}\n{{ nmae }}{% endif %}");
        assert_eq!(
            code,
            Code::TemplateVariable {
                line: 4,
                name: "nmae".into()
            }
        );
        // Also where no member would ever see it.
        let code = problem("{% if not name %}{{ x }}{% endif %}");
        assert_eq!(
            code,
            Code::TemplateVariable {
                line: 1,
                name: "x".into()
            }
        );
    }

    #[test]
    fn what_does_not_close_is_refused_with_its_line() {
        assert_eq!(problem("a\n{{ name"), Code::TemplateSyntax { line: 2 });
        assert!(matches!(
            problem("a\n{% if name %}\nb"),
            Code::TemplateSyntax { .. }
        ));
        assert!(matches!(
            problem("{% endif %}"),
            Code::TemplateSyntax { .. }
        ));
    }

    #[test]
    fn nothing_but_variables_and_conditions_is_taken() {
        for body in [
            "{{ 'a' * 100000000 }}",
            "{% set a = name ~ name %}",
            "{% for x in name %}{% endfor %}",
            "{{ name.__class__ }}",
            "{{ name|upper }}",
            "{% include 'x' %}",
            "{{ range(9) }}",
            "{% raw %}{% endraw %}",
            "{{ \"}}\" }}",
        ] {
            let code = problem(body);
            assert!(
                matches!(
                    code,
                    Code::TemplateTag { .. } | Code::TemplateVariable { .. }
                ),
                "{body}: {code:?}"
            );
        }
    }

    #[test]
    fn no_name_breaks_the_subject_into_two_headers() {
        let template = Template {
            subject: "A {{ name }}".into(),
            body: "x".into(),
        };
        let values = Values {
            name: "x\r\nBcc: y@example.org".into(),
            ..values()
        };
        assert_eq!(
            render(&template, &values).unwrap().subject,
            "A x Bcc: y@example.org"
        );
        let form = Template {
            subject: "a\nb".into(),
            body: "x".into(),
        };
        assert_eq!(
            parse(&form).unwrap_err().field("subject"),
            Some(&Code::ControlCharacter)
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(subject in "\\PC{0,40}", body in "[-a-z{}%#'\" \\n|.*~()]{0,80}") {
            let form = Template { subject, body };
            if let Ok(template) = parse(&form) {
                prop_assert!(render(&template, &values()).is_ok());
            }
        }
    }
}
