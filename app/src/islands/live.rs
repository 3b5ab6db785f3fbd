//! A list that follows its filters while one types.

use super::browser::{Latest, by_id, fetch, on, page};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::task::spawn_local;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::{Element, FormData, HtmlFormElement, UrlSearchParams};

/// How long somebody pauses before a search is worth making.
const PAUSE: Duration = Duration::from_millis(200);

struct List {
    form: HtmlFormElement,
    results: String,
    latest: Latest,
}

/// Makes the results of an id follow the form of an id.
pub fn attach(form: &str, results: &str) {
    let Some(form) = by_id(form).and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
        return;
    };
    let list = Rc::new(List {
        form,
        results: results.to_owned(),
        latest: Latest::default(),
    });
    let this = Rc::clone(&list);
    on(&list.form, "input", move |_| this.follow());
    let this = Rc::clone(&list);
    on(&list.form, "submit", move |event| {
        event.prevent_default();
        this.follow();
    });
}

impl List {
    /// Searches once nobody types any more.
    fn follow(self: &Rc<Self>) {
        let attempt = self.latest.begin();
        let this = Rc::clone(self);
        let search = move || {
            if this.latest.is(attempt) {
                spawn_local(async move { this.search(attempt).await });
            }
        };
        set_timeout(search, PAUSE);
    }

    async fn search(&self, attempt: u64) {
        let Some(url) = self.url() else {
            return self.send();
        };
        let page = fetch(&url).await;
        if !self.latest.is(attempt) {
            return;
        }
        match page.ok().and_then(|html| self.replace(&html)) {
            Some(()) => keep_address(&url),
            None => self.send(),
        }
    }

    /// The way that needs no island.
    fn send(&self) {
        let _ = self.form.submit();
    }

    /// The address that the form would lead to, without what asks for nothing.
    fn url(&self) -> Option<String> {
        let fields = FormData::new_with_form(&self.form).ok()?;
        let asked = UrlSearchParams::new().ok()?;
        for pair in js_sys::try_iter(&fields).ok()?? {
            let pair: js_sys::Array = pair.ok()?.dyn_into().ok()?;
            let (name, value) = (pair.get(0).as_string()?, pair.get(1).as_string()?);
            if !value.trim().is_empty() {
                asked.append(&name, value.trim());
            }
        }
        let path = self.form.get_attribute("action")?;
        let query = String::from(asked.to_string());
        Some(if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        })
    }

    /// Puts the results of a page in place of those that are here.
    fn replace(&self, html: &str) -> Option<()> {
        let fresh: Element = page(html)?.get_element_by_id(&self.results)?;
        by_id(&self.results)?
            .replace_with_with_node_1(&fresh)
            .ok()?;
        if let Some(said) = by_id(&format!("{}-said", self.results)) {
            said.set_text_content(fresh.get_attribute("data-said").as_deref());
        }
        Some(())
    }
}

/// Makes the address name what is shown, so that it can be shared and come back to.
fn keep_address(url: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}
