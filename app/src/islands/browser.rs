//! The few things that islands ask of the browser.

use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, Event, EventTarget, Response, SupportedType};

/// Counts attempts, so that what an overtaken one brings is dropped.
#[derive(Clone, Default)]
pub struct Latest(Rc<Cell<u64>>);

impl Latest {
    /// Begins an attempt; those before are overtaken.
    pub fn begin(&self) -> u64 {
        let attempt = self.0.get().wrapping_add(1);
        self.0.set(attempt);
        attempt
    }

    /// Whether no later attempt has begun.
    pub fn is(&self, attempt: u64) -> bool {
        self.0.get() == attempt
    }
}

/// The element of an id.
pub fn by_id(id: &str) -> Option<Element> {
    web_sys::window()?.document()?.get_element_by_id(id)
}

/// A page's text as a document, to take parts of it.
pub fn page(html: &str) -> Option<Document> {
    DomParser::new()
        .ok()?
        .parse_from_string(html, SupportedType::TextHtml)
        .ok()
}

/// Listens for as long as the page lives.
pub fn on(target: &EventTarget, event: &str, listener: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(listener);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Fetches a page of this site; `Err` for everything but a success.
pub async fn fetch(url: &str) -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response = JsFuture::from(window.fetch_with_str(url)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    let text = JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(JsValue::UNDEFINED)
}
