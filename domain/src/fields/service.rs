//! Declaring fields: who may, in which order they stand, when they go.

use super::form::{FieldData, FieldForm};
use super::{FIELDS_MAX, Field, NewField, On, rules, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, FieldId, Problem, Result, Right};
use crate::once::{self, Sent};

/// To where a field moves among those of its kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Before the one before it.
    Up,
    /// Behind the one behind it.
    Down,
}

/// Every declared field, also archived ones, in their order.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn declared(cx: &mut Cx) -> Result<Vec<Field>> {
    cx.require(Right::Settings)?;
    store::list(&mut cx.tx, cx.tenant).await
}

/// A declared field, and how many objects have something in it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: FieldId) -> Result<(Field, i64)> {
    let fields = declared(cx).await?;
    let found = fields.into_iter().find(|field| field.id == id);
    let found = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    let count = store::count(&mut cx.tx, cx.tenant, id).await?;
    Ok((found, count))
}

/// Declares a field. It is there at once.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::AlreadySent`] where the key came with other content.
pub async fn add(cx: &mut Cx, form: &FieldForm) -> Result<FieldId> {
    cx.require(Right::Settings)?;
    let content = ("fields::add", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let (new, data) = form.parse_new()?;
    let on = new.on;
    let all = store::list(&mut cx.tx, cx.tenant).await?;
    if all.iter().filter(|field| field.on == on).count() >= FIELDS_MAX {
        return Err(Problem::at_field(
            "on",
            Code::TooManyFields { max: FIELDS_MAX },
        ));
    }
    let slug = free_slug(&all, new.slug.clone(), &data.label)?;
    refuse_label(&all, on, None, &data)?;
    let id: FieldId = cx.new_id()?;
    let inserted = store::insert(&mut cx.tx, cx.tenant, id, (&new, &slug), &data).await;
    if !inserted.map_err(|problem| no_type(&new, problem))? {
        return Err(Problem::at_field("label", Code::FieldNameTaken));
    }
    let (after, _) = get(cx, id).await?;
    record(cx, "added", None, Some(&after)).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes a field. What it is on and what it holds stay; a choice goes only while nobody
/// has it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster; [`Code::NotFound`].
pub async fn save(cx: &mut Cx, id: FieldId, form: &FieldForm) -> Result<()> {
    cx.require(Right::Settings)?;
    let (before, _) = get(cx, id).await?;
    let data = form.parse(&before)?;
    let all = store::list(&mut cx.tx, cx.tenant).await?;
    refuse_label(&all, before.on, Some(id), &data)?;
    if is_same(&before, &data) {
        return Ok(());
    }
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let gone = |id: &str| data.choices.iter().all(|choice| choice.id != id);
    for choice in before.choices.iter().filter(|choice| gone(&choice.id)) {
        if store::is_used(&mut cx.tx, cx.tenant, id, &choice.id).await? {
            let name = format!("{}{}", super::CHOICE_PREFIX, choice.id);
            return Err(Problem::at_field(&name, Code::ChoiceInUse));
        }
    }
    if !store::update(&mut cx.tx, cx.tenant, id, before.version, &data).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let (after, _) = get(cx, id).await?;
    record(cx, "changed", Some(&before), Some(&after)).await
}

/// Shows a field no more. What is kept in it stays.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn archive(cx: &mut Cx, id: FieldId) -> Result<()> {
    cx.require(Right::Settings)?;
    let (before, _) = get(cx, id).await?;
    if before.is_archived {
        return Ok(());
    }
    store::set_archived(&mut cx.tx, cx.tenant, id, Some(cx.now)).await?;
    let (after, _) = get(cx, id).await?;
    record(cx, "archived", Some(&before), Some(&after)).await
}

/// Shows an archived field again, with what was kept in it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn restore(cx: &mut Cx, id: FieldId) -> Result<()> {
    cx.require(Right::Settings)?;
    let (before, _) = get(cx, id).await?;
    if !before.is_archived {
        return Ok(());
    }
    store::set_archived(&mut cx.tx, cx.tenant, id, None).await?;
    let (after, _) = get(cx, id).await?;
    record(cx, "restored", Some(&before), Some(&after)).await
}

/// Takes a field away in which nothing is kept.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::FieldHasValues`]; [`Code::NotFound`].
pub async fn delete(cx: &mut Cx, id: FieldId) -> Result<()> {
    cx.require(Right::Settings)?;
    let (before, count) = get(cx, id).await?;
    if count > 0 {
        return Err(Problem::new(Code::FieldHasValues { count }));
    }
    store::delete(&mut cx.tx, cx.tenant, id).await?;
    record(cx, "deleted", Some(&before), None).await
}

/// Moves a field by one place; at the end it stays where it is.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn shift(cx: &mut Cx, id: FieldId, to: Direction) -> Result<()> {
    cx.require(Right::Settings)?;
    let (field, _) = get(cx, id).await?;
    let all = store::list(&mut cx.tx, cx.tenant).await?;
    let of_object = all.into_iter().filter(|other| other.on == field.on);
    // Archived ones are not seen: they stand behind, so that one step is one that is seen.
    let (shut, open): (Vec<Field>, Vec<Field>) = of_object.partition(|other| other.is_archived);
    let mut order: Vec<FieldId> = open.iter().chain(&shut).map(|other| other.id).collect();
    let from = order.iter().position(|other| *other == id);
    let target = match to {
        Direction::Up => from.and_then(|at| at.checked_sub(1)),
        Direction::Down => from.map(|at| at + 1).filter(|at| *at < open.len()),
    };
    let Some((from, target)) = from.zip(target).filter(|(from, _)| *from < open.len()) else {
        return Ok(());
    };
    order.swap(from, target);
    for (position, id) in (1..).zip(&order) {
        store::set_position(&mut cx.tx, cx.tenant, *id, position).await?;
    }
    let place = |at: usize| serde_json::json!({ "position": at + 1 });
    let (was, is) = (place(from), place(target));
    audit::record(cx, change("moved", &field), Some(&was), Some(&is)).await
}

/// What a field points to is a type of services: where the database does not take it, there
/// is none such.
fn no_type(new: &NewField, problem: Problem) -> Problem {
    match new.of_type.is_some() && problem.code == Code::ChangedMeanwhile {
        true => Problem::at_field("of_type", Code::UnknownChoice),
        false => problem,
    }
}

/// The name that was typed, where it is free; or else one made of the label.
fn free_slug(all: &[Field], typed: Option<String>, label: &str) -> Result<String> {
    let is_free = |slug: &str| all.iter().all(|field| field.slug != slug);
    if let Some(slug) = typed {
        return match is_free(&slug) {
            true => Ok(slug),
            false => Err(Problem::at_field("slug", Code::FieldNameTaken)),
        };
    }
    let slug = rules::slug_of(label);
    let mut numbered = (2..).map(|n: u32| format!("{slug}-{n}"));
    match is_free(&slug) {
        true => Ok(slug),
        false => numbered
            .find(|slug| is_free(slug))
            .ok_or_else(|| Problem::new(Code::Internal)),
    }
}

/// No two fields of one kind of object have one label.
fn refuse_label(all: &[Field], on: On, id: Option<FieldId>, data: &FieldData) -> Result<()> {
    let mut others = all.iter().filter(|field| Some(field.id) != id);
    match others.any(|field| field.on == on && field.label == data.label) {
        true => Err(Problem::at_field("label", Code::FieldNameTaken)),
        false => Ok(()),
    }
}

fn is_same(field: &Field, data: &FieldData) -> bool {
    field.label == data.label
        && field.help == data.help
        && field.choices == data.choices
        && (field.is_required, field.is_listed, field.is_open)
            == (data.is_required, data.is_listed, data.is_open)
        && (field.seen_by, field.edited_by) == (data.seen_by, data.edited_by)
}

fn change<'a>(action: &'static str, field: &'a Field) -> Change<'a> {
    Change {
        action,
        kind: "field",
        id: field.id.0,
        label: &field.label,
    }
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    before: Option<&Field>,
    after: Option<&Field>,
) -> Result<()> {
    match (before, after) {
        (_, Some(field)) => audit::record(cx, change(action, field), before, after).await,
        (Some(field), None) => audit::record(cx, change(action, field), before, NOTHING).await,
        (None, None) => Ok(()),
    }
}
