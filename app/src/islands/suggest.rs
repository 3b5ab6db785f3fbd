//! A combobox with a list of members (ARIA Authoring Practices, "combobox with list
//! autocomplete"), put around an input that the server made.

use super::browser::{Latest, by_id, fetch, on};
use crate::locales::search as t;
use domain::kernel::Locale;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlInputElement, KeyboardEvent};

/// How long somebody pauses before a question is worth asking.
const PAUSE: Duration = Duration::from_millis(150);

/// A member as it is suggested.
struct Suggestion {
    name: String,
    number: String,
    city: String,
}

struct Combobox {
    document: Document,
    input: HtmlInputElement,
    list: Element,
    status: Element,
    locale: Locale,
    latest: Latest,
    found: RefCell<Vec<Suggestion>>,
    at: Cell<Option<usize>>,
}

/// Makes the input of an id suggest members; does nothing where there is no such input.
pub fn attach(target: &str, locale: Locale) {
    if let Some(combobox) = build(target, locale) {
        listen(&Rc::new(combobox));
    }
}

fn build(target: &str, locale: Locale) -> Option<Combobox> {
    let document = web_sys::window()?.document()?;
    let input: HtmlInputElement = by_id(target)?.dyn_into().ok()?;
    if input.get_attribute("role").as_deref() == Some("combobox") {
        return None;
    }
    let list_id = format!("{target}-list");
    let status = element(&document, "p", &[("class", "help"), ("role", "status")])?;
    let label = t::members_found(locale);
    let attributes = [
        ("id", list_id.as_str()),
        ("class", "suggest"),
        ("role", "listbox"),
        ("aria-label", &label),
        ("hidden", ""),
    ];
    let list = element(&document, "ul", &attributes)?;
    let attributes = [
        ("role", "combobox"),
        ("aria-autocomplete", "list"),
        ("aria-expanded", "false"),
        ("aria-controls", list_id.as_str()),
        ("autocomplete", "off"),
    ];
    for (name, value) in attributes {
        input.set_attribute(name, value).ok()?;
    }
    input.after_with_node_2(&list, &status).ok()?;
    Some(Combobox {
        document,
        input,
        list,
        status,
        locale,
        latest: Latest::default(),
        found: RefCell::default(),
        at: Cell::new(None),
    })
}

fn element(document: &Document, name: &str, attributes: &[(&str, &str)]) -> Option<Element> {
    let element = document.create_element(name).ok()?;
    for (name, value) in attributes {
        element.set_attribute(name, value).ok()?;
    }
    Some(element)
}

fn listen(combobox: &Rc<Combobox>) {
    let this = Rc::clone(combobox);
    on(&combobox.input, "input", move |_| ask(&this));
    let this = Rc::clone(combobox);
    on(&combobox.input, "keydown", move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            this.key(event);
        }
    });
    let this = Rc::clone(combobox);
    on(&combobox.input, "blur", move |_| {
        this.latest.begin();
        this.close();
    });
    // The input keeps the focus while somebody points into the list.
    on(&combobox.list, "mousedown", |event| event.prevent_default());
    let this = Rc::clone(combobox);
    on(&combobox.list, "click", move |event| {
        let option = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest("[data-n]").ok().flatten());
        let n = option.and_then(|option| option.get_attribute("data-n")?.parse().ok());
        if let Some(n) = n {
            this.choose(n);
        }
    });
}

/// Asks for suggestions once nobody types any more.
fn ask(combobox: &Rc<Combobox>) {
    let attempt = combobox.latest.begin();
    combobox.status.set_text_content(None);
    let this = Rc::clone(combobox);
    let search = move || {
        if !this.latest.is(attempt) {
            return;
        }
        let query = this.input.value();
        if query.trim().is_empty() {
            return this.close();
        }
        let url = format!(
            "/members/suggest?q={}",
            String::from(js_sys::encode_uri_component(&query))
        );
        spawn_local(async move {
            let found = fetch(&url).await.ok().and_then(|text| read(&text));
            match found {
                Some(found) if this.latest.is(attempt) => this.show(found),
                // Without suggestions it is a plain input, which is enough.
                None if this.latest.is(attempt) => {
                    this.close();
                    this.status
                        .set_text_content(Some(&t::unreachable(this.locale)));
                }
                None => {}
                Some(_) => {}
            }
        });
    };
    set_timeout(search, PAUSE);
}

fn read(json: &str) -> Option<Vec<Suggestion>> {
    let list: js_sys::Array = js_sys::JSON::parse(json).ok()?.dyn_into().ok()?;
    let text = |row: &JsValue, key: &str| {
        let value = js_sys::Reflect::get(row, &JsValue::from_str(key)).ok();
        value.and_then(|v| v.as_string()).unwrap_or_default()
    };
    let suggestion = |row: JsValue| Suggestion {
        name: text(&row, "name"),
        number: text(&row, "number"),
        city: text(&row, "city"),
    };
    Some(list.iter().map(suggestion).collect())
}

impl Combobox {
    fn is_open(&self) -> bool {
        !self.list.has_attribute("hidden")
    }

    fn close(&self) {
        let _ = self.list.set_attribute("hidden", "");
        let _ = self.input.set_attribute("aria-expanded", "false");
        self.mark(None);
    }

    fn open(&self) {
        if !self.found.borrow().is_empty() {
            let _ = self.list.remove_attribute("hidden");
            let _ = self.input.set_attribute("aria-expanded", "true");
        }
    }

    fn show(&self, found: Vec<Suggestion>) {
        self.list.set_text_content(None);
        for (n, suggestion) in found.iter().enumerate() {
            if let Some(option) = self.option(n, suggestion) {
                let _ = self.list.append_child(&option);
            }
        }
        let count = i64::try_from(found.len()).unwrap_or_default();
        self.status
            .set_text_content(Some(&t::suggestions(self.locale, count)));
        self.found.replace(found);
        self.close();
        self.open();
    }

    fn option(&self, n: usize, suggestion: &Suggestion) -> Option<Element> {
        let id = self.option_id(n);
        let n = n.to_string();
        let attributes = [
            ("id", id.as_str()),
            ("role", "option"),
            ("aria-selected", "false"),
            ("data-n", &n),
        ];
        let option = element(&self.document, "li", &attributes)?;
        let name = element(&self.document, "span", &[])?;
        name.set_text_content(Some(&suggestion.name));
        let rest = element(&self.document, "span", &[("class", "soft num")])?;
        let between = if suggestion.city.is_empty() {
            ""
        } else {
            " · "
        };
        rest.set_text_content(Some(&format!(
            "{}{between}{}",
            suggestion.city, suggestion.number
        )));
        option.append_child(&name).ok()?;
        option.append_child(&rest).ok()?;
        Some(option)
    }

    fn option_id(&self, n: usize) -> String {
        format!("{}-option-{n}", self.input.id())
    }

    /// Marks the option that Enter would choose.
    fn mark(&self, at: Option<usize>) {
        for (n, selected) in [(self.at.get(), "false"), (at, "true")] {
            let option = n.and_then(|n| self.document.get_element_by_id(&self.option_id(n)));
            if let Some(option) = option {
                let _ = option.set_attribute("aria-selected", selected);
            }
        }
        let _ = match at {
            Some(n) => self
                .input
                .set_attribute("aria-activedescendant", &self.option_id(n)),
            None => self.input.remove_attribute("aria-activedescendant"),
        };
        self.at.set(at);
    }

    fn key(&self, event: &KeyboardEvent) {
        let count = self.found.borrow().len();
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if count > 0 => {
                event.prevent_default();
                self.open();
                let next = match (event.key().as_str(), self.at.get()) {
                    ("ArrowDown", None) => 0,
                    ("ArrowDown", Some(n)) => (n + 1) % count,
                    (_, None | Some(0)) => count - 1,
                    (_, Some(n)) => n - 1,
                };
                self.mark(Some(next));
            }
            "Enter" if self.is_open() => {
                if let Some(n) = self.at.get() {
                    event.prevent_default();
                    self.choose(n);
                }
            }
            "Escape" if self.is_open() => {
                event.prevent_default();
                self.close();
            }
            _ => {}
        }
    }

    /// Fills in the number, and says whose it is.
    fn choose(&self, n: usize) {
        self.latest.begin();
        if let Some(chosen) = self.found.borrow().get(n) {
            self.input.set_value(&chosen.number);
            self.status.set_text_content(Some(&chosen.name));
        }
        self.close();
        // Other live parts of the form hear of it as if it had been typed and left.
        if let Ok(event) = self.document.create_event("Event") {
            event.init_event_with_bubbles("change", true);
            let _ = self.input.dispatch_event(&event);
        }
    }
}
