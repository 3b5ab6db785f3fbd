//! What a member owes, proposed in the payment form as soon as the member is known: the
//! same page as without scripts is asked, and what nobody has touched is filled in.

use super::browser::{Latest, by_id, fetch, on, page};
use super::payment_form::{cycle_of, set_value, show_help, value};
use crate::locales::payments as t;
use domain::kernel::calendar::parse_day;
use domain::kernel::{Cents, Locale};
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// The page that proposes, and where its sentence stands.
const PAGE: &str = "/payments/new";
const SENTENCE: &str = "proposed";
/// What a proposal fills in.
const PROPOSED: [&str; 5] = ["amount", "kind", "period_from", "period_until", "label"];

struct Form {
    root: Element,
    locale: Locale,
    latest: Latest,
    /// What somebody typed or chose: it stays.
    touched: RefCell<Vec<String>>,
    due: Cell<Option<Cents>>,
}

/// Makes the form of a new payment propose; does nothing on another form.
pub fn attach(root: &Element, locale: Locale) {
    let selector = format!("form[action=\"{PAGE}\"]");
    if root.query_selector(&selector).ok().flatten().is_none() {
        return;
    }
    // What is due for a service is the server's to propose: a member may have several.
    if !value(root, "service").is_empty() {
        return;
    }
    let form = Rc::new(Form {
        root: root.clone(),
        locale,
        latest: Latest::default(),
        touched: RefCell::default(),
        due: Cell::new(None),
    });
    if by_id(SENTENCE).is_some_and(|s| s.child_element_count() > 0) {
        form.due.set(Cents::parse(&value(root, "amount")).ok());
    }
    let this = Rc::clone(&form);
    on(root, "input", move |event| this.touch(&name_of(&event)));
    on(root, "change", move |event| form.changed(&name_of(&event)));
}

fn name_of(event: &Event) -> String {
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    target
        .and_then(|t| t.get_attribute("name"))
        .unwrap_or_default()
}

impl Form {
    fn touch(&self, name: &str) {
        if !self.is_touched(name) {
            self.touched.borrow_mut().push(name.to_owned());
        }
    }

    fn is_touched(&self, name: &str) -> bool {
        self.touched.borrow().iter().any(|n| n == name)
    }

    fn changed(self: &Rc<Self>, name: &str) {
        match name {
            "member" => self.ask(),
            "amount" | "method" => self.hint(),
            "period_from" | "kind" => self.end(),
            _ => {}
        }
    }

    fn ask(self: &Rc<Self>) {
        let member = value(&self.root, "member");
        let attempt = self.latest.begin();
        if member.trim().is_empty() {
            return;
        }
        let member = String::from(js_sys::encode_uri_component(&member));
        let this = Rc::clone(self);
        spawn_local(async move {
            // Who is not found is said when the form is sent; no answer is no proposal.
            let html = fetch(&format!("{PAGE}?member={member}")).await;
            if this.latest.is(attempt) {
                html.ok().and_then(|html| this.take(&html));
            }
        });
    }

    fn take(&self, html: &str) -> Option<()> {
        let page = page(html)?;
        let fresh = page.query_selector("main form.form").ok()??;
        let sentence = page.get_element_by_id(SENTENCE)?;
        by_id(SENTENCE)?.set_inner_html(&sentence.inner_html());
        let due = Cents::parse(&value(&fresh, "amount")).ok();
        self.due
            .set(due.filter(|_| sentence.child_element_count() > 0));
        for name in PROPOSED {
            if !self.is_touched(name) {
                set_value(&self.root, name, &value(&fresh, name));
            }
        }
        self.hint();
        Some(())
    }

    /// The last day follows the first one, by the cycle of the dues.
    fn end(&self) {
        if self.is_touched("period_until") {
            return;
        }
        let cycles = by_id(SENTENCE).and_then(|s| s.get_attribute("data-cycles"));
        let cycle = cycles.and_then(|text| cycle_of(&text, &value(&self.root, "kind")));
        let from = parse_day(&value(&self.root, "period_from")).ok();
        if let Some(period) = cycle.zip(from).and_then(|(c, from)| c.period_from(from)) {
            set_value(&self.root, "period_until", &period.until().to_string());
        }
    }

    /// Another amount than what is due is said, and taken.
    fn hint(&self) {
        let typed = Cents::parse(&value(&self.root, "amount")).ok();
        let is_waived = value(&self.root, "method") == domain::payments::Method::Waived.name();
        let other = self
            .due
            .get()
            .filter(|due| typed.is_some_and(|t| t != *due) && !is_waived);
        let text = other.map(|due| t::other_than_due(self.locale, due));
        show_help(&self.root, "amount", text.as_deref());
    }
}
