//! What was done to a payment, newest first.

use super::entered_by;
use crate::locales::{Text, payments as t};
use crate::request::Req;
use crate::ui;
use domain::audit::Entry;
use domain::kernel::Locale;
use domain::payments::Payment;
use leptos::prelude::*;
use serde_json::Value;

/// The history of a payment. What came from a file has no entry of its own: the payment
/// itself says who entered it.
pub fn view(req: &Req, payment: &Payment, entries: &[Entry]) -> AnyView {
    let l = req.locale;
    let zone = req.zone();
    let entered = (!entries.iter().any(|e| e.action == "added")).then(|| {
        let who = entered_by(l, payment);
        item(
            t::done_by(l, "added"),
            who,
            Vec::new(),
            ui::instant(l, payment.entered_at, zone),
        )
    });
    let items = entries.iter().map(|entry| {
        let who = match (entry.actor, entry.actor_name.as_str()) {
            (None, "") => t::a_program(l).into_owned(),
            (Some(person), _) if Some(person) == req.actor().person => t::you(l).into_owned(),
            (_, name) => name.to_owned(),
        };
        let changes = changes(l, entry.before.as_ref(), entry.after.as_ref());
        item(
            t::done_by(l, &entry.action),
            who,
            changes,
            ui::instant(l, entry.at, zone),
        )
    });
    view! { <ol class="history" role="list">{items.collect_view()} {entered}</ol> }.into_any()
}

fn item(done_by: Text, who: String, changes: Vec<String>, at: AnyView) -> AnyView {
    let changes = changes
        .into_iter()
        .map(|text| view! { <p>{text}</p> })
        .collect_view();
    view! { <li><p>{done_by} " " <b>{who}</b></p>{changes}{at}</li> }.into_any()
}

/// What a change changed, as people read it: "Montant : 28,00 € → 30,00 €".
fn changes(l: Locale, before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
    let read = |value: Option<&Value>| serde_json::from_value::<Payment>(value?.clone()).ok();
    let (Some(before), Some(after)) = (read(before), read(after)) else {
        return Vec::new();
    };
    let of = |p: &Payment| {
        [
            (t::member(l), p.member_label()),
            (t::amount(l), l.money(p.amount)),
            (t::method_title(l), t::method(l, p.method).into_owned()),
            (t::received(l), l.day(p.received_on)),
            (
                t::period_title(l),
                p.period.map(|time| t::period(l, time)).unwrap_or_default(),
            ),
            (t::label(l), p.label.clone()),
            (t::note(l), p.note.clone()),
        ]
    };
    let shown = |text: String| {
        if text.is_empty() {
            t::none(l).into_owned()
        } else {
            text
        }
    };
    of(&before)
        .into_iter()
        .zip(of(&after))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| {
            t::change(l, &name, &shown(before), &shown(after)).into_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_is_told_by_what_differs() {
        let before = json!({
            "id": uuid::Uuid::nil(), "member": uuid::Uuid::nil(), "member_name": "Léa", "member_number": 1042,
            "amount": 2800, "method": "transfer", "received_on": "2026-03-12", "period": null, "label": "",
            "note": "", "state": "draft", "entered_by": null, "entered_by_name": "Tom",
            "entered_at": "2026-03-12T20:41:00Z", "validated_by": null, "validated_by_name": null,
            "validated_at": null, "reverses": null, "reversed_by": null, "version": 1
        });
        let mut after = before.clone();
        after["amount"] = json!(3000);
        after["note"] = json!("x");
        after["version"] = json!(2);
        assert_eq!(
            changes(Locale::Fr, Some(&before), Some(&after)),
            [
                "Montant\u{a0}: 28,00\u{a0}€ → 30,00\u{a0}€",
                "Remarque\u{a0}: aucune → x"
            ]
        );
        assert!(changes(Locale::Fr, None, Some(&after)).is_empty());
    }
}
