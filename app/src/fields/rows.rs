//! An organisation's own fields in the lists of people, members and services: columns, and
//! filters.

use super::inputs;
use crate::locales::{Text, extra as t};
use crate::ui::Choice;
use domain::context::Cx;
use domain::fields::{self, Extra, Field, FieldKind, LISTED_MAX, On, Values};
use domain::kernel::{Locale, Problem};
use domain::members::{MemberRow, Membership};
use domain::services::{ServiceRow, ServiceType};
use leptos::prelude::*;
use uuid::Uuid;

/// The fields of a list, and what its rows have in them.
#[derive(Default)]
pub struct OwnFields {
    /// Those that the one who asks sees.
    pub fields: Vec<Field>,
    /// What the rows have.
    pub values: Values,
}

/// The fields that lists of people and members have.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_directory(cx: &mut Cx) -> Result<Vec<Field>, Problem> {
    let mut fields = fields::visible(cx).await?;
    fields.retain(|field| matches!(field.on, On::Person | On::Organisation | On::Member));
    Ok(fields)
}

/// The fields that services of some types have.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_services(cx: &mut Cx, kinds: &[ServiceType]) -> Result<Vec<Field>, Problem> {
    let mut fields = fields::visible(cx).await?;
    fields.retain(|field| {
        let is_of_one = kinds.iter().any(|kind| field.is_of(Some(kind.id)));
        field.on == On::Service && is_of_one
    });
    Ok(fields)
}

/// The fields of a page of services.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_service_rows(
    cx: &mut Cx,
    kinds: &[ServiceType],
    rows: &[ServiceRow],
) -> Result<OwnFields, Problem> {
    let fields = of_services(cx, kinds).await?;
    let objects = rows.iter().map(|row| row.id.0).collect();
    with_values(cx, fields, objects).await
}

async fn with_values(
    cx: &mut Cx,
    fields: Vec<Field>,
    objects: Vec<Uuid>,
) -> Result<OwnFields, Problem> {
    let values = match fields.iter().any(|field| field.is_listed) {
        false => Values::default(),
        true => fields::values_of(cx, &objects).await?,
    };
    Ok(OwnFields { fields, values })
}

/// The fields of a page's rows.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of(cx: &mut Cx, rows: &[MemberRow]) -> Result<OwnFields, Problem> {
    let fields = of_directory(cx).await?;
    let parties = rows.iter().map(|row| row.party.0);
    let members = rows.iter().filter_map(|row| row.id).map(|id| id.0);
    with_values(cx, fields, parties.chain(members).collect()).await
}

impl OwnFields {
    /// Those that are columns of a list.
    pub fn columns(&self, base: Membership) -> Vec<&Field> {
        let fits = |field: &&Field| base == Membership::Members || field.on != On::Member;
        let listed = self.fields.iter().filter(|field| field.is_listed);
        listed.filter(fits).take(LISTED_MAX).collect()
    }

    /// Those that are columns of the list of services.
    pub fn service_columns(&self) -> Vec<&Field> {
        let listed = self.fields.iter().filter(|field| field.is_listed);
        listed.take(LISTED_MAX).collect()
    }

    /// What a row has in a column.
    pub fn cell(&self, l: Locale, field: &Field, row: &MemberRow) -> String {
        let object = match field.on {
            On::Member => row.id.map(|id| id.0),
            _ => Some(row.party.0),
        };
        object.map_or_else(String::new, |object| self.text(l, field, object))
    }

    /// What an object has in a field.
    pub fn text(&self, l: Locale, field: &Field, object: Uuid) -> String {
        let value = self.values.get(object, field.id);
        value.map_or_else(String::new, |value| inputs::text(l, field, value))
    }

    /// The filters, folded away where none of them asks for anything.
    pub fn filters(&self, l: Locale, extra: &Extra, without: &str) -> Option<AnyView> {
        if self.fields.is_empty() {
            return None;
        }
        let typed = |field: &Field| extra.get(&field.slug).unwrap_or_default().to_owned();
        let is_on = !without.is_empty() || self.fields.iter().any(|f| !typed(f).is_empty());
        let inputs = self
            .fields
            .iter()
            .map(|field| filter(l, field, typed(field)));
        let mut all = vec![Choice::new("", "—")];
        let choice = |field: &Field| Choice::new(field.slug.clone(), field.label.clone());
        all.extend(self.fields.iter().map(choice));
        let without = select(t::without(l), "without".to_owned(), without, all);
        let view = view! {
            <details class="more-filters" open=is_on>
                <summary>{t::more_filters(l)}</summary>
                <div class="actions">{inputs.collect_view()} {without}</div>
            </details>
        };
        Some(view.into_any())
    }
}

fn filter(l: Locale, field: &Field, typed: String) -> AnyView {
    let label = Text::from(field.label.clone());
    let input = |label: Text, kind: &'static str| {
        let class = if typed.is_empty() {
            "filter"
        } else {
            "filter is-on"
        };
        view! {
            <label class=class><span>{label}</span> <input type=kind name=field.name() value=typed.clone() autocomplete="off"/></label>
        }
        .into_any()
    };
    match field.kind {
        FieldKind::Choice | FieldKind::YesNo => {
            let mut answers = inputs::answers(l, field);
            if let Some(first) = answers.first_mut() {
                first.label = "—".into();
            }
            select(label, field.name(), &typed, answers)
        }
        FieldKind::Date => input(t::until(l, &field.label), "date"),
        FieldKind::Text | FieldKind::Number | FieldKind::Email | FieldKind::Address => {
            input(label, "text")
        }
    }
}

fn select(label: Text, name: String, value: &str, choices: Vec<Choice>) -> AnyView {
    let class = if value.is_empty() {
        "filter"
    } else {
        "filter is-on"
    };
    let options = choices.into_iter().map(|choice| {
        let selected = choice.value == value;
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    });
    view! {
        <label class=class><span>{label}</span> <select name=name>{options.collect_view()}</select></label>
    }
    .into_any()
}
