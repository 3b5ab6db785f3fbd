//! Live checks of a payment's form: on leaving a field, by the same `parse` as the
//! server's. What is wrong is said in the same place and the same words.
#![expect(
    missing_docs,
    reason = "the macro makes structs that cannot carry a comment"
)]

use crate::locales::problems;
#[cfg(any(feature = "ssr", feature = "hydrate"))]
use domain::dues::Cycle;
#[cfg(feature = "ssr")]
use domain::dues::Kind;
use domain::kernel::{Cents, Code, Day, Locale};
use domain::payments::{Method, PaymentForm};
use leptos::ev::{self, FocusEvent};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// The fields that `parse` speaks of.
const FIELDS: [&str; 8] = [
    "member",
    "amount",
    "method",
    "received_on",
    "period_from",
    "period_until",
    "label",
    "note",
];

/// Makes a payment's form live. The form is the child, as the server renders it.
#[island]
pub fn PaymentFormChecks(locale: Locale, today: Day, children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    // What the amount was before the dues were waived.
    let kept = StoredValue::new(None::<String>);
    Effect::new(move || {
        if let Some(root) = root.get() {
            waive(&root, locale, kept);
            #[cfg(feature = "hydrate")]
            super::propose::attach(&root, locale);
        }
    });
    // While the pointer is down, nothing may move: the button below it would be missed.
    let pressed = StoredValue::new(false);
    let waiting = StoredValue::new(None::<String>);
    let look = move |name: &str| {
        if let Some(root) = root.get_untracked() {
            check(&root, locale, today, name);
        }
    };
    let on_leave = move |event: FocusEvent| {
        let left = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        match left.map(|e| e.id()) {
            Some(name) if pressed.get_value() => waiting.set_value(Some(name)),
            Some(name) => look(&name),
            None => {}
        }
    };
    let on_release = move || {
        pressed.set_value(false);
        if let Some(name) = waiting.try_update_value(Option::take).flatten() {
            // After the click that follows, which may send the form.
            set_timeout(move || look(&name), Duration::ZERO);
        }
    };
    Effect::new(move || {
        let up = window_event_listener(ev::pointerup, move |_| on_release());
        let cancel = window_event_listener(ev::pointercancel, move |_| on_release());
        on_cleanup(move || {
            up.remove();
            cancel.remove();
        });
    });
    let on_change = move |event: Event| {
        let select = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlSelectElement>().ok());
        if let Some(root) = root.get_untracked()
            && select.is_some_and(|s| s.name() == "method")
        {
            waive(&root, locale, kept);
            check(&root, locale, today, "method");
        }
    };
    view! { <div node_ref=root on:pointerdown=move |_| pressed.set_value(true) on:focusout=on_leave on:change=on_change>{children()}</div> }
}

/// How long the kinds of dues last, as an attribute says it: `ID:12` for months, `ID:y9`
/// for years that begin in a month.
#[cfg(feature = "ssr")]
pub(crate) fn cycles(kinds: &[Kind]) -> String {
    let one = |kind: &Kind| match kind.cycle {
        Cycle::Months { months } => Some(format!("{}:{months}", kind.id)),
        Cycle::Year { first_month } => Some(format!("{}:y{first_month}", kind.id)),
        Cycle::Free => None,
    };
    kinds.iter().filter_map(one).collect::<Vec<_>>().join(" ")
}

/// The cycle of the kind of an id, as [`cycles`] wrote it.
#[cfg(any(feature = "hydrate", test))]
pub(crate) fn cycle_of(text: &str, kind: &str) -> Option<Cycle> {
    let find = |item: &str| {
        item.strip_prefix(kind)?
            .strip_prefix(':')
            .map(str::to_owned)
    };
    let cycle = text.split(' ').find_map(find)?;
    Some(match cycle.strip_prefix('y') {
        Some(month) => Cycle::Year {
            first_month: month.parse().ok()?,
        },
        None => Cycle::Months {
            months: cycle.parse().ok()?,
        },
    })
}

/// Puts a value into a field; other live parts hear nothing of it.
#[cfg(feature = "hydrate")]
pub(crate) fn set_value(root: &Element, name: &str, value: &str) {
    let Some(control) = by_name(root, name) else {
        return;
    };
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        // What is waived is nothing, and stays so.
        if !input.read_only() {
            input.set_value(value);
            // Who stands in it already is about to type: that takes the place of it.
            if document().active_element().as_ref() == Some(&control) {
                input.select();
            }
        }
    } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        select.set_value(value);
    }
}

/// Says something below a field, or nothing any more.
#[cfg(feature = "hydrate")]
pub(crate) fn show_help(root: &Element, name: &str, text: Option<&str>) {
    let id = format!("{name}-hint");
    let known = root.query_selector(&format!("#{id}")).ok().flatten();
    let Some(control) = by_name(root, name) else {
        return;
    };
    match (known, text) {
        (Some(hint), text) => hint.set_text_content(text),
        (None, Some(text)) => {
            let Ok(hint) = document().create_element("p") else {
                return;
            };
            hint.set_class_name("help");
            hint.set_id(&id);
            let _ = hint.set_attribute("role", "status");
            hint.set_text_content(Some(text));
            let last = control.parent_element();
            let _ = last.and_then(|field| field.append_child(&hint).ok());
        }
        (None, None) => {}
    }
}

fn by_name(root: &Element, name: &str) -> Option<Element> {
    root.query_selector(&format!("[name={name}]")).ok()?
}

pub(crate) fn value(root: &Element, name: &str) -> String {
    let Some(control) = by_name(root, name) else {
        return String::new();
    };
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        return input.value();
    }
    if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
        return select.value();
    }
    control
        .dyn_ref::<HtmlTextAreaElement>()
        .map(HtmlTextAreaElement::value)
        .unwrap_or_default()
}

fn read(root: &Element) -> PaymentForm {
    PaymentForm {
        key: String::new(),
        version: String::new(),
        member: value(root, "member"),
        amount: value(root, "amount"),
        method: value(root, "method"),
        received_on: value(root, "received_on"),
        period_from: value(root, "period_from"),
        period_until: value(root, "period_until"),
        kind: value(root, "kind"),
        service: value(root, "service"),
        label: value(root, "label"),
        note: value(root, "note"),
    }
}

/// Says what is wrong with the field that was left, and looks again at those where
/// something was wrong before. A field that is still empty is not blamed yet.
fn check(root: &Element, l: Locale, today: Day, left: &str) {
    let problem = read(root).parse(today).err();
    for name in FIELDS {
        let shown = error_of(root, name).is_some();
        if name != left && !shown {
            continue;
        }
        match problem.as_ref().and_then(|p| p.field(name)) {
            Some(Code::Required | Code::ReasonNeeded) if !shown => {}
            Some(code) => show(root, name, &problems::text(l, code)),
            // Only the server knows the members: what it said holds until something else is typed.
            None if shown && is_as_sent(root, name) => {}
            None => clear(root, name),
        }
    }
}

fn is_as_sent(root: &Element, name: &str) -> bool {
    name == "member"
        && by_name(root, name)
            .and_then(|c| c.dyn_into::<HtmlInputElement>().ok())
            .is_some_and(|input| input.value() == input.default_value())
}

fn error_of(root: &Element, name: &str) -> Option<Element> {
    root.query_selector(&format!("#{name}-error")).ok()?
}

/// The error in the same place as on a page from the server: between control and help.
fn show(root: &Element, name: &str, text: &str) {
    if let Some(error) = error_of(root, name) {
        error.set_text_content(Some(text));
        return;
    }
    let Some(control) = by_name(root, name) else {
        return;
    };
    let Some(error) = document().create_element("p").ok() else {
        return;
    };
    error.set_class_name("error");
    error.set_id(&format!("{name}-error"));
    error.set_text_content(Some(text));
    let _ = control.insert_adjacent_element("afterend", &error);
    let _ = control.set_attribute("aria-invalid", "true");
    describe(root, &control, name);
}

fn clear(root: &Element, name: &str) {
    if let Some(error) = error_of(root, name) {
        error.remove();
    }
    if let Some(control) = by_name(root, name) {
        let _ = control.remove_attribute("aria-invalid");
        describe(root, &control, name);
    }
}

/// Ties the control to its error and its help, where they are.
fn describe(root: &Element, control: &Element, name: &str) {
    let ids: Vec<String> = ["error", "help"]
        .into_iter()
        .map(|kind| format!("{name}-{kind}"))
        .filter(|id| {
            root.query_selector(&format!("#{id}"))
                .ok()
                .flatten()
                .is_some()
        })
        .collect();
    let _ = match ids.is_empty() {
        true => control.remove_attribute("aria-describedby"),
        false => control.set_attribute("aria-describedby", &ids.join(" ")),
    };
}

/// Waived dues bring no money: the amount is nothing and stays so. Another method
/// brings back what stood there before.
fn waive(root: &Element, l: Locale, kept: StoredValue<Option<String>>) {
    let Some(amount) = by_name(root, "amount").and_then(|c| c.dyn_into::<HtmlInputElement>().ok())
    else {
        return;
    };
    if value(root, "method") == Method::Waived.name() {
        if !amount.read_only() {
            kept.set_value(Some(amount.value()));
        }
        amount.set_value(&l.money_input(Cents::ZERO));
        amount.set_read_only(true);
        clear(root, "amount");
    } else if amount.read_only() {
        amount.set_read_only(false);
        amount.set_value(&kept.get_value().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_knows_how_long_each_kind_of_dues_lasts() {
        let (a, b) = ("11111111-1111-7111-8111-111111111111", "22");
        let text = format!("{a}:12 {b}:y9");
        assert_eq!(cycle_of(&text, a), Some(Cycle::Months { months: 12 }));
        assert_eq!(cycle_of(&text, b), Some(Cycle::Year { first_month: 9 }));
        for none in ["", "2", "33", ":12"] {
            assert_eq!(cycle_of(&text, none), None, "{none}");
        }
    }
}
