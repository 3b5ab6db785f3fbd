//! What is known of a person or an organisation, and what was done to it.

use crate::locales::{Text, people as t};
use crate::request::Req;
use crate::ui;
use domain::audit::Entry;
use domain::kernel::Locale;
use domain::people::Party;
use leptos::prelude::*;

/// How many steps of a history are shown.
const HISTORY_MAX: usize = 8;

/// One fact: what it is, and what is known.
pub type Fact = (Text, AnyView);

/// How somebody is reached.
pub fn of(l: Locale, party: &Party) -> Vec<Fact> {
    let mut facts: Vec<Fact> = vec![(t::column_kind(l), t::kind(l, party.kind).into_any())];
    if let Some(email) = party.email.clone() {
        let href = format!("mailto:{email}");
        facts.push((t::email(l), view! { <a href=href>{email}</a> }.into_any()));
    }
    if let Some(phone) = party.phone.clone() {
        let digits: String = phone
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        let href = format!("tel:{digits}");
        facts.push((
            t::phone(l),
            view! { <a class="num" href=href>{phone}</a> }.into_any(),
        ));
    }
    let address = address(party);
    if !address.is_empty() {
        facts.push((t::address(l), lines(address)));
    }
    if let Some(note) = &party.note {
        facts.push((t::note(l), lines(note.lines().map(str::to_owned).collect())));
    }
    facts
}

/// A list of facts.
pub fn list(facts: Vec<Fact>) -> AnyView {
    let facts = facts.into_iter().map(|(name, value)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    });
    view! { <dl class="facts">{facts.collect_view()}</dl> }.into_any()
}

/// A postal address, line by line.
fn address(party: &Party) -> Vec<String> {
    let mut lines: Vec<String> = party
        .street
        .iter()
        .flat_map(|street| street.lines())
        .map(str::to_owned)
        .collect();
    let town: Vec<&str> = [&party.postcode, &party.city]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !town.is_empty() {
        lines.push(town.join(" "));
    }
    lines.extend(party.country.clone());
    lines
}

/// Lines below each other.
pub fn lines(lines: Vec<String>) -> AnyView {
    let lines = lines.into_iter().enumerate().map(|(n, line)| {
        let br = (n > 0).then(|| view! { <br/> });
        view! { {br} {line} }
    });
    lines.collect_view().into_any()
}

/// What tells somebody from others of the same name.
pub fn hint(l: Locale, party: &Party) -> String {
    let kind = t::kind(l, party.kind).into_owned();
    let parts = [Some(kind), party.email.clone(), party.city.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The last steps of a history, newest first.
pub fn history(req: &Req, mut entries: Vec<Entry>) -> AnyView {
    let l = req.locale;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let steps = entries.into_iter().take(HISTORY_MAX).map(|entry| {
        let fields = changed_fields(l, &entry);
        let fields = (!fields.is_empty()).then(|| view! { <span class="sub">{fields}</span> });
        let who = match entry.via.as_str() {
            "cli" => t::command_line(l),
            _ => crate::audit::name(l, Some(&entry.actor_name)).into(),
        };
        view! {
            <li>
                <p>{t::done(l, &entry.kind, &entry.action)} {t::history_by(l)} <b>{who}</b> {fields}</p>
                {ui::instant(l, entry.at, req.zone())}
            </li>
        }
    });
    let steps = steps.collect_view();
    view! {
        <aside aria-labelledby="history">
            <section class="section">
                <h2 id="history">{t::history(l)}</h2>
                {if steps.is_empty() {
                    view! { <p class="help">{t::history_none(l)}</p> }.into_any()
                } else {
                    view! { <ol class="history" role="list">{steps}</ol> }.into_any()
                }}
            </section>
        </aside>
    }
    .into_any()
}

/// The names of the fields that a change changed: "Téléphone, Ville".
fn changed_fields(l: Locale, entry: &Entry) -> String {
    let (Some(before), Some(after)) = (&entry.before, &entry.after) else {
        return String::new();
    };
    let Some(fields) = after.as_object() else {
        return String::new();
    };
    let names: Vec<Text> = fields
        .iter()
        .filter(|(name, value)| before.get(name.as_str()) != Some(value))
        .filter_map(|(name, _)| t::field(l, name))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;
    use domain::kernel::PartyId;
    use serde_json::json;

    #[test]
    fn a_history_names_what_changed() {
        let id = PartyId(uuid::Uuid::nil());
        let entry = Entry {
            id: id.0,
            at: Utc::now(),
            actor: None,
            actor_name: "Tom".into(),
            via: "web".into(),
            address: String::new(),
            action: "changed".into(),
            kind: "party".into(),
            object: id.0,
            label: "Léa".into(),
            before: Some(json!({"name": "Léa", "city": "Albi", "phone": null, "party": 1})),
            after: Some(json!({"name": "Léa", "city": "Gap", "phone": "112", "party": 2})),
        };
        assert_eq!(changed_fields(Locale::Fr, &entry), "Ville, Téléphone");
        let added = Entry {
            before: None,
            ..entry
        };
        assert_eq!(changed_fields(Locale::Fr, &added), "");
    }
}
