//! An organisation's own fields in the forms and on the pages of what has them.

use crate::locales::{Text, extra as t, fields as tf};
use crate::people::facts::Fact;
use crate::ui::{self, Choice, FormView};
use domain::context::Cx;
use domain::fields::{self, Extra, Field, FieldKind, Filled, Has, On, Shown};
use domain::kernel::{Locale, Problem, ServiceTypeId};
use domain::people::Party;
use domain::services::ServiceType;
use leptos::prelude::*;

/// The fields of a new service's form: of each type that one manages.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_new_service(cx: &mut Cx, kinds: &[ServiceType]) -> Result<Vec<Filled>, Problem> {
    let mut all = fields::filled(cx, On::Service, None).await?;
    for kind in kinds {
        let mut own = fields::filled(cx, Has::service(kind.id), None).await?;
        own.retain(|one| one.field.of_type.is_some());
        all.extend(own);
    }
    Ok(all)
}

/// The fields of a party's form: of people and of organisations, as it may become either.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_party(cx: &mut Cx, party: Option<&Party>) -> Result<Vec<Filled>, Problem> {
    let mut all = Vec::new();
    for on in [On::Person, On::Organisation] {
        let is_it = |party: &&Party| On::party(party.kind) == on;
        let object = party.filter(is_it).map(|party| party.id.0);
        all.extend(fields::filled(cx, on, object).await?);
    }
    Ok(all)
}

/// The fields of a form, by what has them: style sheets show those of what is chosen.
pub fn of_parties(f: &FormView, filled: &[Filled], typed: &Extra) -> Option<AnyView> {
    let part = |on: On, class: &'static str, title: Text| {
        let own: Vec<&Filled> = filled.iter().filter(|one| one.field.on == on).collect();
        let inputs = own.iter().map(|one| input(f, one, typed));
        (!own.is_empty())
            .then(|| view! { <div class=class><h2>{title}</h2>{inputs.collect_view()}</div> })
    };
    let view = view! {
        {part(On::Person, "stack if-person", t::more_fields(f.l))}
        {part(On::Organisation, "stack if-organisation", t::of_organisation(f.l))}
    };
    (!filled.is_empty()).then(|| view.into_any())
}

/// The fields of a new service's form: those of each type, and then those of one only.
pub fn of_services(
    f: &FormView,
    kinds: &[ServiceType],
    filled: &[Filled],
    typed: &Extra,
) -> AnyView {
    let of = |kind: Option<ServiceTypeId>| {
        let own = filled.iter().filter(move |one| one.field.of_type == kind);
        own.map(|one| input(f, one, typed)).collect_view()
    };
    let groups = kinds.iter().filter(|kind| {
        let mut own = filled.iter();
        !kind.is_archived && own.any(|one| one.field.of_type == Some(kind.id))
    });
    let groups = groups.map(|kind| {
        view! { <div class="stack"><h2>{t::only_type(f.l, &kind.name)}</h2>{of(Some(kind.id))}</div> }
    });
    view! { {of(None)} {groups.collect_view()} }.into_any()
}

/// The fields of a form.
pub fn all(f: &FormView, filled: &[Filled], typed: &Extra) -> AnyView {
    let inputs = filled.iter().map(|one| input(f, one, typed));
    inputs.collect_view().into_any()
}

fn input(f: &FormView, one: &Filled, typed: &Extra) -> AnyView {
    let (l, field) = (f.l, &one.field);
    if !one.is_editable {
        return locked(l, one);
    }
    let value = typed.get(&field.slug).unwrap_or_default();
    let view = match field.is_required {
        true => f.field(field.name(), field.label.clone(), value),
        false => f.optional(field.name(), field.label.clone(), value),
    };
    let view = match field.help.is_empty() {
        true => view,
        false => view.help(field.help.clone()),
    };
    match field.kind {
        FieldKind::Text => view.view(),
        FieldKind::Number => view.inputmode("decimal").class("is-short num").view(),
        FieldKind::Date => view.kind("date").class("is-medium").view(),
        FieldKind::Email => view.kind("email").view(),
        FieldKind::Address => view.rows(3).view(),
        FieldKind::Choice | FieldKind::YesNo => f.select_from(view, answers(l, field)),
    }
}

/// What a select offers.
pub fn answers(l: Locale, field: &Field) -> Vec<Choice> {
    let mut answers = vec![Choice::new("", t::not_said(l))];
    match field.kind {
        FieldKind::YesNo => {
            answers.push(Choice::new(fields::rules::YES, tf::yes(l)));
            answers.push(Choice::new(fields::rules::NO, tf::no(l)));
        }
        _ => {
            let choice =
                |choice: &fields::Choice| Choice::new(choice.id.clone(), choice.label.clone());
            answers.extend(field.choices.iter().map(choice));
        }
    }
    answers
}

/// What one sees and does not change.
fn locked(l: Locale, one: &Filled) -> AnyView {
    let value = match &one.value {
        Some(value) => shown(l, &one.field, value),
        None => t::not_said(l).into_any(),
    };
    view! {
        <dl class="facts">
            <div><dt>{one.field.label.clone()}</dt><dd>{value} " " <span class="help">{t::locked(l)}</span></dd></div>
        </dl>
    }
    .into_any()
}

/// What is kept, as facts; fields with nothing in them are left out.
pub fn facts(l: Locale, filled: &[Filled]) -> Vec<Fact> {
    let fact = |one: &Filled| {
        let value = one.value.as_ref()?;
        let label = Text::from(one.field.label.clone());
        Some((label, shown(l, &one.field, value)))
    };
    filled.iter().filter_map(fact).collect()
}

fn shown(l: Locale, field: &Field, value: &str) -> AnyView {
    match field.shown(value, l) {
        Shown::Day(day) => ui::day(l, day),
        Shown::YesNo(_) => text(l, field, value).into_any(),
        Shown::Text(text) if field.kind == FieldKind::Email => {
            let href = format!("mailto:{text}");
            view! { <a href=href>{text}</a> }.into_any()
        }
        Shown::Text(text) => crate::people::facts::lines(text.lines().map(str::to_owned).collect()),
    }
}

/// What is kept, in one text.
pub fn text(l: Locale, field: &Field, value: &str) -> String {
    match field.shown(value, l) {
        Shown::Day(day) => l.day(day),
        Shown::YesNo(true) => tf::yes(l).into_owned(),
        Shown::YesNo(false) => tf::no(l).into_owned(),
        Shown::Text(text) => text,
    }
}
