//! A page as a browser reads it: its forms and what stands in their fields.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use std::collections::BTreeSet;

/// The name that hostile texts give to the element and the attribute that must never live.
pub const LIVE: &str = "xhostile";

/// A form, with the names and contents of its fields.
#[derive(Debug, Default)]
pub struct Form {
    pub method: String,
    pub action: String,
    pub fields: Vec<(String, String)>,
}

/// What a page says.
#[derive(Debug, Default)]
pub struct Page {
    pub forms: Vec<Form>,
    /// Every `id`.
    pub ids: BTreeSet<String>,
    /// Elements and attributes that a hostile text brought to life.
    pub alive: Vec<String>,
}

impl Page {
    /// Reads a page.
    pub fn read(html: &str) -> Self {
        let mut emitter = DefaultEmitter::<()>::default();
        emitter.naively_switch_states(true);
        let mut page = Self::default();
        // The textarea that is open, and what stands in it so far.
        let mut area: Option<(String, String)> = None;
        for token in Tokenizer::new_with_emitter(html, emitter) {
            match token.unwrap() {
                Token::StartTag(tag) => page.start(&tag, &mut area),
                Token::String(text) => {
                    if let Some((_, content)) = &mut area {
                        content.push_str(&plain(&text));
                    }
                }
                Token::EndTag(tag) if &**tag.name == b"textarea" => {
                    if let (Some((name, content)), Some(form)) =
                        (area.take(), page.forms.last_mut())
                    {
                        // A browser leaves out the first line end.
                        let content = content.strip_prefix('\n').unwrap_or(&content).to_owned();
                        form.fields.push((name, content));
                    }
                }
                _ => {}
            }
        }
        page
    }

    fn start(&mut self, tag: &StartTag<()>, area: &mut Option<(String, String)>) {
        let name = plain(&tag.name);
        let value = |wanted: &str| {
            let found = tag.attributes.iter().find(|(n, _)| plain(n) == wanted);
            found.map(|(_, v)| plain(v))
        };
        self.ids.extend(value("id"));
        let attributes = tag.attributes.keys().map(|n| plain(n));
        self.alive.extend(
            attributes
                .chain([name.clone()])
                .filter(|n| n.contains(LIVE)),
        );
        if name == "form" {
            self.forms.push(Form {
                method: value("method").unwrap_or("get".into()).to_uppercase(),
                action: value("action").unwrap_or_default(),
                fields: Vec::new(),
            });
        }
        let (Some(form), Some(field)) = (self.forms.last_mut(), value("name")) else {
            return;
        };
        match name.as_str() {
            "textarea" => *area = Some((field, String::new())),
            "input" | "select" | "button" => form
                .fields
                .push((field, value("value").unwrap_or_default())),
            _ => {}
        }
    }

    /// What stands in the fields of a name.
    pub fn contents(&self, name: &str) -> Vec<&str> {
        let fields = self.forms.iter().flat_map(|f| &f.fields);
        let named = fields.filter(|(n, _)| n == name);
        named.map(|(_, v)| v.as_str()).collect()
    }
}

fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
