//! What the audit kept of an object, as people read it: amounts as money, days as days,
//! choices in words; ids and counters of the program are left out.

use crate::locales::{fields as t, frame as tf, payments as tp};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::kernel::{Cents, Day, Locale, Period, space_iban};
use domain::members::MemberNumber;
use domain::payments::receipts::ReceiptNumber;
use serde_json::Value;

/// How deep values in values are looked at.
const DEPTH_MAX: usize = 4;

/// Fields that hold an amount in cents.
const AMOUNTS: &[&str] = &[
    "amount",
    "amount_cents",
    "payments_amount",
    "default_amount",
    "dues_cents",
];
/// What is kept in the organisation's own fields.
const OWN: &str = "extra";
/// Fields that only the program counts with.
const HIDDEN: &[&str] = &["id", "version", "audit"];

/// In which language and at whose hours values are read.
#[derive(Clone, Copy)]
pub struct Reader {
    /// The language.
    pub l: Locale,
    /// The tenant's time zone.
    pub zone: Tz,
}

/// A field that differs: its name, before and after.
pub type Difference = (String, Option<String>, Option<String>);

impl Reader {
    /// The fields that differ, by their names as people know them.
    pub fn differences(&self, before: Option<&Value>, after: Option<&Value>) -> Vec<Difference> {
        let of = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
        let (before, after) = (
            of(before).unwrap_or_default(),
            of(after).unwrap_or_default(),
        );
        let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
        fields.sort();
        fields.dedup();
        let own = self.own(before.get(OWN), after.get(OWN));
        let others = fields
            .into_iter()
            .filter(|field| *field != OWN && before.get(*field) != after.get(*field))
            .map(|field| {
                let said = |value: Option<&Value>| self.value(field, value?, DEPTH_MAX);
                let name = t::name(self.l, field).into_owned();
                (name, said(before.get(field)), said(after.get(field)))
            })
            .filter(|(_, before, after)| before != after);
        others.chain(own).collect()
    }

    /// The organisation's own fields that differ: their names and texts are what people wrote.
    fn own(&self, before: Option<&Value>, after: Option<&Value>) -> Vec<Difference> {
        let of = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
        let (before, after) = (
            of(before).unwrap_or_default(),
            of(after).unwrap_or_default(),
        );
        let said = |value: &Value| match value {
            Value::String(text) => match text.parse::<Day>() {
                Ok(day) if text.len() == 10 => self.l.day(day),
                _ => text.clone(),
            },
            Value::Bool(true) => t::yes(self.l).into_owned(),
            Value::Bool(false) => t::no(self.l).into_owned(),
            other => other.to_string(),
        };
        let mut labels: Vec<&String> = before.keys().chain(after.keys()).collect();
        labels.sort();
        labels.dedup();
        labels
            .into_iter()
            .filter(|label| before.get(*label) != after.get(*label))
            .map(|label| {
                let (was, is) = (before.get(label).map(said), after.get(label).map(said));
                (label.clone(), was, is)
            })
            .collect()
    }

    /// A value as a person reads it; nothing for nothing.
    fn value(&self, field: &str, value: &Value, depth: usize) -> Option<String> {
        if depth == 0 || HIDDEN.contains(&field) {
            return None;
        }
        match value {
            Value::Null => None,
            Value::Bool(true) => Some(t::yes(self.l).into_owned()),
            Value::Bool(false) => Some(t::no(self.l).into_owned()),
            Value::Number(number) => Some(match number.as_i64() {
                Some(n) => self.number(field, n),
                None => number.to_string(),
            }),
            Value::String(text) => self.text(field, text),
            Value::Array(items) => {
                let items = items.iter().filter_map(|v| self.value(field, v, depth - 1));
                joined(items.collect(), ", ")
            }
            Value::Object(parts) => whole(self.l, value).or_else(|| {
                let parts = parts.iter().filter_map(|(name, v)| {
                    let said = self.value(name, v, depth - 1)?;
                    Some(t::pair(self.l, &t::name(self.l, name), &said).into_owned())
                });
                joined(parts.collect(), ", ")
            }),
        }
    }

    fn number(&self, field: &str, n: i64) -> String {
        match field {
            "member_number" => MemberNumber::from_sequence(n).to_string(),
            "year" | "number" => n.to_string(),
            "first_month" => u32::try_from(n)
                .map_or_else(|_| n.to_string(), |month| self.l.month(month).to_owned()),
            amount if AMOUNTS.contains(&amount) => self.l.money(Cents(n)),
            _ => self.l.count(n),
        }
    }

    fn text(&self, field: &str, text: &str) -> Option<String> {
        if text.is_empty() || uuid::Uuid::parse_str(text).is_ok() {
            return None;
        }
        if let Some(word) = t::choice(self.l, field, text) {
            return Some(word.into_owned());
        }
        if field == "iban" {
            return Some(space_iban(text));
        }
        // As the program writes them: what a person typed is no such text, but by intent.
        if text.len() == 10
            && let Ok(day) = text.parse::<Day>()
        {
            return Some(self.l.day(day));
        }
        if text.contains('T')
            && let Ok(at) = text.parse::<DateTime<Utc>>()
        {
            let local = at.with_timezone(&self.zone);
            let time = local.format("%H:%M").to_string();
            return Some(tf::at_time(self.l, &self.l.day(local.date_naive()), &time).into_owned());
        }
        Some(text.to_owned())
    }
}

/// What is one thing for people, though the program keeps it in parts.
fn whole(l: Locale, value: &Value) -> Option<String> {
    if let Ok(period) = serde_json::from_value::<Period>(value.clone()) {
        return Some(tp::period(l, period));
    }
    let receipt = serde_json::from_value::<ReceiptNumber>(value.clone());
    receipt.ok().map(|number| number.to_string())
}

fn joined(parts: Vec<String>, with: &str) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(with))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::import::{Choices, Report};
    use domain::settings::{Lapse, Settings, Validation};
    use serde_json::json;

    const FR: Reader = Reader {
        l: Locale::Fr,
        zone: chrono_tz::Europe::Paris,
    };
    const EN: Reader = Reader {
        l: Locale::En,
        zone: chrono_tz::Europe::Paris,
    };

    fn differing(reader: Reader, before: Value, after: Value) -> Vec<(String, String, String)> {
        let all = reader.differences(Some(&before), Some(&after));
        let text = |t: Option<String>| t.unwrap_or_default();
        all.into_iter()
            .map(|(n, b, a)| (n, text(b), text(a)))
            .collect()
    }

    #[test]
    fn only_what_differs_is_shown() {
        let shown = differing(
            FR,
            json!({"name": "Léa", "city": "Albi", "note": null, "version": 1}),
            json!({"name": "Léa", "city": "Gap", "note": "", "version": 2}),
        );
        assert_eq!(shown, [("Ville".into(), "Albi".into(), "Gap".into())]);
    }

    #[test]
    fn amounts_are_money_days_are_days_and_choices_are_words() {
        let before = json!({
            "amount": 2800, "method": "transfer", "received_on": "2026-03-12", "state": "draft",
            "validated_at": null, "member_number": 1042, "period": null, "receipt": null,
            "member": "0199b1f0-1f3c-7000-8000-000000000001", "is_default": false,
        });
        let after = json!({
            "amount": -3000, "method": "cash", "received_on": "2026-03-01", "state": "validated",
            "validated_at": "2026-03-12T23:41:00Z", "member_number": 1043,
            "period": {"from": "2026-01-01", "until": "2026-12-31"}, "receipt": {"year": 2026, "number": 412},
            "member": "0199b1f0-1f3c-7000-8000-000000000002", "is_default": true,
        });
        let shown = |reader| {
            differing(reader, before.clone(), after.clone())
                .into_iter()
                .map(|(name, before, after)| {
                    format!("{name} {before} > {after}").replace(['\u{a0}', '\u{202f}'], " ")
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown(FR),
            [
                "Montant 28,00 € > −30,00 €",
                "Proposée d’abord non > oui",
                "Numéro de membre 1042-9 > 1043-2",
                "Moyen virement > espèces",
                "Période payée  > 2026",
                "Reçu n°  > 2026-0412",
                "Reçu le 12 mars 2026 > 1er mars 2026",
                "État à valider > validé",
                "Validé  > 13 mars 2026 à 00:41",
            ]
        );
        assert_eq!(shown(EN)[0], "Amount €28.00 > −€30.00");
        assert_eq!(shown(EN)[6], "Received 12 March 2026 > 1 March 2026");
    }

    #[test]
    fn what_nobody_named_is_still_shown() {
        let shown = differing(
            FR,
            json!({}),
            json!({
                "new_thing": {"a_part": 1, "id": 2}, "rights": ["people", "dance"], "references": [["Paheko", "12"]],
            }),
        );
        let texts: Vec<_> = shown
            .iter()
            .map(|(n, _, a)| (n.as_str(), a.replace('\u{a0}', " ")))
            .collect();
        assert_eq!(
            texts,
            [
                ("new thing", "a part : 1".into()),
                ("Anciens numéros", "Paheko, 12".into()),
                ("Droits", "modifier les personnes, dance".into()),
            ]
        );
    }

    #[test]
    fn a_value_in_a_value_in_a_value_ends() {
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(differing(FR, json!({}), json!({ "x": deep })).is_empty());
    }

    #[test]
    fn every_field_that_the_program_keeps_has_a_name_in_every_language() {
        let settings = Settings {
            title: "x".into(),
            locale: Locale::Fr,
            zone: "Europe/Paris".into(),
            validation: Validation::Anyone,
            iban: None,
            creditor_id: None,
            address: None,
            place: None,
            lapse: Lapse::ClaimAll,
            version: 1,
        };
        let payment = json!({
            "id": uuid::Uuid::nil(), "member": uuid::Uuid::nil(), "member_name": "Léa", "member_number": 1042,
            "amount": 2800, "method": "transfer", "received_on": "2026-03-12", "label": "", "note": "",
            "state": "draft", "entered_by_name": "Tom", "entered_at": "2026-03-12T20:41:00Z", "version": 1,
        });
        let payment: domain::payments::Payment = serde_json::from_value(payment).unwrap();
        let of = |value: Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        let kept = [
            of(serde_json::to_value(settings).unwrap()),
            of(serde_json::to_value(Report::default()).unwrap()),
            of(serde_json::to_value(Choices::default()).unwrap()),
            of(serde_json::to_value(payment).unwrap()),
        ];
        // Ids: other fields say the names.
        let ids = [
            "id",
            "version",
            "member",
            "entered_by",
            "validated_by",
            "reverses",
            "kind_id",
            "kind",
            "group",
        ];
        for field in kept.concat() {
            for l in Locale::ALL {
                assert!(
                    ids.contains(&field.as_str()) || t::known(l, &field).is_some(),
                    "{field}"
                );
            }
        }
        for right in domain::kernel::Right::ALL {
            assert!(t::choice(Locale::Fr, "rights", right.name()).is_some());
        }
    }
}
