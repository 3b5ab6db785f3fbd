//! The bank crew's selection: a running total, ranges by shift-click, and the keyboard.
//! Without it the queue is a form with boxes to tick.
#![expect(
    missing_docs,
    reason = "the macro makes structs that cannot carry a comment"
)]

use crate::locales::payments as t;
use domain::kernel::{Cents, Locale};
use leptos::ev;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlButtonElement, HtmlDialogElement, HtmlElement, HtmlFormElement,
    HtmlInputElement, KeyboardEvent, MouseEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
};

const BOXES: &str = "tbody input[name=id]";
/// The boxes of transfers for several: each holds the ids of its payments.
const GROUPS: &str = "tbody input[name=group]";
const ALL: &str = "thead input[name=all]";

/// Makes the queue's form live. The form is the child, as the server renders it; each
/// row says its amount in `data-amount`.
#[island]
pub fn QueueSelection(locale: Locale, children: Children) -> impl IntoView {
    let root = NodeRef::<leptos::html::Div>::new();
    let last = StoredValue::new(None::<usize>);
    Effect::new(move || {
        let Some(root) = root.get() else { return };
        if let Some(keys) = find::<HtmlElement>(&root, ".selection .keys") {
            keys.set_hidden(false);
        }
        refresh(&root, locale);
        come_back(&root);
        let keys = window_event_listener(ev::keydown, move |event| {
            // Another list may have taken the place of this one.
            if root.is_connected() {
                key(&root, locale, &event);
            }
        });
        on_cleanup(move || keys.remove());
    });
    let on_click = move |event: MouseEvent| {
        let Some(root) = root.get_untracked() else {
            return;
        };
        if let Some(clicked) = target::<HtmlInputElement>(&event).filter(|b| b.name() == "id") {
            let boxes = boxes(&root);
            let at = boxes.iter().position(|b| *b == clicked);
            if event.shift_key() {
                tick_range(&boxes, last.get_value(), at, Tick::like(&clicked));
            }
            last.set_value(at);
            refresh(&root, locale);
        }
    };
    let on_change = move |event: Event| {
        let Some(root) = root.get_untracked() else {
            return;
        };
        if let Some(all) = target::<HtmlInputElement>(&event).filter(|b| b.name() == "all") {
            tick(&boxes(&root), Tick::like(&all));
        }
        if let Some(group) = target::<HtmlInputElement>(&event).filter(|b| b.name() == "group") {
            tick(&of_group(&boxes(&root), &group), Tick::like(&group));
        }
        refresh(&root, locale);
    };
    let on_reset = move |event: Event| {
        let Some(root) = root.get_untracked() else {
            return;
        };
        event.prevent_default();
        tick(&boxes(&root), Tick::Off);
        refresh(&root, locale);
    };
    view! {
        <div class="stack" node_ref=root on:click=on_click on:change=on_change on:reset=on_reset>
            {children()}
        </div>
    }
}

thread_local! {
    /// The line that the cursor was on: after a validation in place it stays there.
    static AT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Puts the cursor where it was in the list that this one takes the place of.
fn come_back(root: &Element) {
    let rows: Vec<HtmlElement> = all(root, "tbody tr");
    if let Some(at) = AT.get()
        && let Some(row) = rows.get(at.min(rows.len().saturating_sub(1)))
    {
        let _ = row.class_list().add_1("is-cursor");
        let _ = row.set_attribute("aria-current", "true");
    }
}

/// Whether boxes become ticked.
#[derive(Clone, Copy)]
enum Tick {
    On,
    Off,
}

impl Tick {
    fn like(input: &HtmlInputElement) -> Self {
        if input.checked() { Self::On } else { Self::Off }
    }
}

fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}

fn find<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

fn all<T: JsCast>(root: &Element, selector: &str) -> Vec<T> {
    let Ok(nodes) = root.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..nodes.length())
        .filter_map(|n| nodes.get(n)?.dyn_into().ok())
        .collect()
}

fn boxes(root: &Element) -> Vec<HtmlInputElement> {
    all(root, BOXES)
}

/// The boxes of a group's payments.
fn of_group(boxes: &[HtmlInputElement], group: &HtmlInputElement) -> Vec<HtmlInputElement> {
    let ids = group.value();
    let own = |b: &&HtmlInputElement| ids.split(' ').any(|id| id == b.value());
    boxes.iter().filter(own).cloned().collect()
}

fn tick(boxes: &[HtmlInputElement], tick: Tick) {
    for input in boxes {
        input.set_checked(matches!(tick, Tick::On));
    }
}

fn tick_range(boxes: &[HtmlInputElement], from: Option<usize>, to: Option<usize>, how: Tick) {
    if let (Some(from), Some(to)) = (from, to)
        && let Some(range) = boxes.get(from.min(to)..=from.max(to))
    {
        tick(range, how);
    }
}

/// Says again how many are picked, and their sum.
fn refresh(root: &Element, l: Locale) {
    let boxes = boxes(root);
    let picked: Vec<Cents> = boxes.iter().filter(|b| b.checked()).map(amount).collect();
    let count = picked.len();
    let n = i64::try_from(count).unwrap_or(i64::MAX);
    let sum = Cents::sum(picked);
    if let Some(output) = find::<Element>(root, ".selection output") {
        let text = if n == 0 {
            t::tick(l)
        } else {
            t::selected(l, n, sum)
        };
        output.set_text_content(Some(&text));
    }
    if let Some(button) = find::<HtmlButtonElement>(root, ".selection .is-primary") {
        let text = if n == 0 {
            t::validate_selection(l)
        } else {
            t::validate_selected(l, n, sum)
        };
        button.set_text_content(Some(&text));
    }
    if let Some(all) = find::<HtmlInputElement>(root, ALL) {
        stand_for(&all, &boxes);
    }
    for group in all::<HtmlInputElement>(root, GROUPS) {
        stand_for(&group, &of_group(&boxes, &group));
    }
}

/// Makes a box that stands for several say how many of them are ticked: all, some, none.
fn stand_for(one: &HtmlInputElement, boxes: &[HtmlInputElement]) {
    let count = boxes.iter().filter(|b| b.checked()).count();
    one.set_checked(count > 0 && count == boxes.len());
    one.set_indeterminate(count > 0 && count < boxes.len());
}

fn amount(input: &HtmlInputElement) -> Cents {
    let row = input.closest("tr").ok().flatten();
    let text = row.and_then(|row| row.get_attribute("data-amount"));
    Cents(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// The keyboard: left alone while somebody types or uses the browser's own keys.
fn key(root: &Element, l: Locale, event: &KeyboardEvent) {
    let busy = event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing();
    let dialog = find::<HtmlDialogElement>(root, "dialog");
    if busy || is_typing(event) || dialog.as_ref().is_some_and(HtmlDialogElement::open) {
        return;
    }
    match event.key().as_str() {
        "j" => move_cursor(root, Step::Down),
        "k" => move_cursor(root, Step::Up),
        "x" => {
            if let Some(row) = cursor(root)
                && let Some(input) =
                    find::<HtmlInputElement>(&row, "input[name=id], input[name=group]")
            {
                input.set_checked(!input.checked());
                if input.name() == "group" {
                    tick(&of_group(&boxes(root), &input), Tick::like(&input));
                }
                refresh(root, l);
            }
        }
        "v" => {
            if boxes(root).iter().any(HtmlInputElement::checked)
                && let Some(form) = find::<HtmlFormElement>(root, "form[method=post]")
            {
                // It fails only for a button of another form; it is given none.
                let _ = form.request_submit();
            }
        }
        "?" => {
            if let Some(dialog) = dialog {
                let _ = dialog.show_modal();
            }
        }
        _ => return,
    }
    event.prevent_default();
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(element) = target::<Element>(event) else {
        return false;
    };
    let typed = "input:not([type=checkbox]), select, textarea, [contenteditable]";
    element.closest(typed).ok().flatten().is_some()
}

enum Step {
    Down,
    Up,
}

fn cursor(root: &Element) -> Option<HtmlElement> {
    find(root, "tbody tr.is-cursor")
}

fn move_cursor(root: &Element, step: Step) {
    let rows: Vec<HtmlElement> = all(root, "tbody tr");
    let now = rows
        .iter()
        .position(|row| row.class_list().contains("is-cursor"));
    let next = match (now, step) {
        (None, _) => 0,
        (Some(n), Step::Down) => (n + 1).min(rows.len().saturating_sub(1)),
        (Some(n), Step::Up) => n.saturating_sub(1),
    };
    if let Some(row) = now.and_then(|n| rows.get(n)) {
        let _ = row.class_list().remove_1("is-cursor");
        let _ = row.remove_attribute("aria-current");
    }
    let Some(row) = rows.get(next) else { return };
    AT.set(Some(next));
    let _ = row.class_list().add_1("is-cursor");
    let _ = row.set_attribute("aria-current", "true");
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    row.scroll_into_view_with_scroll_into_view_options(&options);
    // Screen readers and Tab follow: to the box, or to the payment where there is none.
    if let Some(inside) = find::<HtmlElement>(row, "input, a") {
        let _ = inside.focus();
    }
}
