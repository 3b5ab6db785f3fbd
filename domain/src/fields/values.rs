//! What is kept in the fields of objects: read for those who may, and changed together with
//! the object, in its transaction and its row of the audit.

use super::typed::Extra;
use super::{FILTERS_MAX, Field, FieldKind, Filled, Has, On, rules, store};
use crate::context::Cx;
use crate::db::bulk::CHUNK;
use crate::kernel::{Check, Code, FieldId, Locale, Result, ServiceTypeId, text};
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// So many objects are few: beyond, a list finds its rows faster in its own order. Tests
/// go both ways.
pub(crate) const FEW_MAX: usize = if cfg!(test) { 2 } else { 2_000 };

/// The fields that the one who asks may see, in their order.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn visible(cx: &mut Cx) -> Result<Vec<Field>> {
    cx.require_crew()?;
    let mut fields = all(cx).await?;
    fields.retain(|field| field.is_seen_by(&cx.actor.rights));
    Ok(fields)
}

/// Each field that the one who asks sees of an object, with what is kept in it; of an object
/// that is not there yet, with nothing. The object is one that the one who asks may see.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn filled(
    cx: &mut Cx,
    what: impl Into<Has>,
    object: Option<Uuid>,
) -> Result<Vec<Filled>> {
    let what = what.into();
    let mut fields = visible(cx).await?;
    fields.retain(|field| what.has(field));
    fill(cx, fields, object).await
}

/// What some objects have in the fields that the one who asks sees. The objects are those
/// that the one who asks may see.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn values_of(cx: &mut Cx, objects: &[Uuid]) -> Result<Values> {
    let seen: Vec<FieldId> = visible(cx).await?.iter().map(|field| field.id).collect();
    if seen.is_empty() {
        return Ok(Values::default());
    }
    let mut values = Values::default();
    for (object, field, value) in store::values(&mut cx.tx, cx.tenant, objects).await? {
        if seen.contains(&field) {
            values.0.insert((object, field), value);
        }
    }
    Ok(values)
}

/// What some objects have in some fields.
#[derive(Clone, Debug, Default)]
pub struct Values(HashMap<(Uuid, FieldId), String>);

impl Values {
    /// What an object has in a field.
    pub fn get(&self, object: Uuid, field: FieldId) -> Option<&str> {
        self.0.get(&(object, field)).map(String::as_str)
    }
}

/// What is kept about somebody in the fields that are open to them, for the use-case that
/// gives people what is their own.
///
/// # Errors
/// The database's own.
pub(crate) async fn open_to_owner(cx: &mut Cx, on: On, object: Uuid) -> Result<Vec<Filled>> {
    let mut fields = all(cx).await?;
    fields.retain(|field| field.on == on && field.is_open && !field.is_archived);
    let mut filled = fill(cx, fields, Some(object)).await?;
    for one in &mut filled {
        one.is_editable = false;
    }
    Ok(filled)
}

async fn fill(cx: &mut Cx, fields: Vec<Field>, object: Option<Uuid>) -> Result<Vec<Filled>> {
    let mut values = match (object, fields.is_empty()) {
        (Some(object), false) => kept(cx, object).await?,
        _ => HashMap::new(),
    };
    let fill = |field: Field| Filled {
        value: values.remove(&field.id),
        is_editable: field.is_edited_by(&cx.actor.rights),
        field,
    };
    Ok(fields.into_iter().map(fill).collect())
}

pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Field>> {
    cx.remember("declared fields".to_owned(), async |cx| {
        store::list(&mut cx.tx, cx.tenant).await
    })
    .await
}

async fn kept(cx: &mut Cx, object: Uuid) -> Result<HashMap<FieldId, String>> {
    let values = store::values(&mut cx.tx, cx.tenant, &[object]).await?;
    Ok(values
        .into_iter()
        .map(|(_, id, value)| (id, value))
        .collect())
}

/// A form as it shows what is kept in these fields.
pub fn typed_of(filled: &[Filled], l: Locale) -> Extra {
    let editable = filled.iter().filter(|one| one.is_editable);
    editable.fold(Extra::default(), |typed, one| {
        let value = one.value.as_deref().unwrap_or_default();
        typed.with(&one.field.slug, rules::written(one.field.kind, value, l))
    })
}

// --- changes

/// What a form changes in the fields of an object, read and not yet written.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    writes: Vec<(FieldId, Option<(String, String)>)>,
    before: Map<String, Value>,
    after: Map<String, Value>,
}

impl Changes {
    /// Whether anything is another.
    pub(crate) fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// What is kept of an object that was just made.
    pub(super) fn made(after: Map<String, Value>) -> Self {
        Self {
            after,
            ..Self::default()
        }
    }

    /// What the audit keeps of an object before the change.
    pub(crate) fn before(&self, facts: Value) -> Value {
        with(facts, &self.before)
    }

    /// The same after it.
    pub(crate) fn after(&self, facts: Value) -> Value {
        with(facts, &self.after)
    }
}

fn with(mut facts: Value, extra: &Map<String, Value>) -> Value {
    if let (Some(all), false) = (facts.as_object_mut(), extra.is_empty()) {
        all.insert("extra".to_owned(), Value::Object(extra.clone()));
    }
    facts
}

/// Reads what a form says of an object's fields. What the form does not have stays, and so
/// does what the one who acts may not change. What is kept in fields that the object no longer
/// has, now that it is of the other kind of party, goes. The calling use-case has asked for the right to change the object.
///
/// # Errors
/// [`Code::Invalid`] with the fields.
pub(crate) async fn read(
    cx: &mut Cx,
    what: impl Into<Has>,
    object: Option<Uuid>,
    typed: &Extra,
) -> Result<Changes> {
    let what = what.into();
    let fields = all(cx).await?;
    let mut kept = match object {
        Some(object) => kept(cx, object).await?,
        None => HashMap::new(),
    };
    let before = facts(&fields, &kept);
    let mut check = Check::new();
    let mut writes = Vec::new();
    for field in &fields {
        if !what.has(field) {
            if kept.remove(&field.id).is_some() {
                writes.push((field.id, None));
            }
            continue;
        }
        let Some(typed) = typed.get(&field.slug) else {
            continue;
        };
        if !field.is_edited_by(&cx.actor.rights) {
            continue;
        }
        let read = rules::parse(field.kind, &field.choices, typed);
        let Some(value) = check.field(field.name(), read) else {
            continue;
        };
        if value.is_none() && field.is_required {
            check.refuse(field.name(), Code::Required);
        }
        if value.as_ref() == kept.get(&field.id) {
            continue;
        }
        match &value {
            Some(value) => kept.insert(field.id, value.clone()),
            None => kept.remove(&field.id),
        };
        let write = value.map(|value| {
            let search = search_text(field, &value);
            (value, search)
        });
        writes.push((field.id, write));
    }
    let after = facts(&fields, &kept);
    check.done(Some(Changes {
        writes,
        before,
        after,
    }))
}

/// Writes what was read. The calling use-case writes the row of the audit.
///
/// # Errors
/// The database's own.
pub(crate) async fn write(cx: &mut Cx, object: Uuid, changes: &Changes) -> Result<()> {
    for (field, value) in &changes.writes {
        match value {
            Some((value, search)) => {
                store::put_value(&mut cx.tx, cx.tenant, object, *field, value, search).await?;
            }
            None => store::delete_value(&mut cx.tx, cx.tenant, object, *field).await?,
        }
    }
    Ok(())
}

/// Takes away what is kept about an object that goes. The calling use-case writes the row of
/// the audit.
///
/// # Errors
/// The database's own.
pub(crate) async fn take_away(cx: &mut Cx, object: Uuid) -> Result<Changes> {
    let mut gone = take_away_all(cx, &[object]).await?;
    Ok(gone.remove(&object).unwrap_or_default())
}

/// The same of many objects; those in whose fields something was kept.
///
/// # Errors
/// The database's own.
pub(crate) async fn take_away_all(cx: &mut Cx, objects: &[Uuid]) -> Result<HashMap<Uuid, Changes>> {
    let fields = all(cx).await?;
    let mut kept: HashMap<Uuid, HashMap<FieldId, String>> = HashMap::new();
    for chunk in objects.chunks(CHUNK) {
        for (object, field, value) in store::values(&mut cx.tx, cx.tenant, chunk).await? {
            kept.entry(object).or_default().insert(field, value);
        }
        store::delete_values(&mut cx.tx, cx.tenant, chunk).await?;
    }
    let gone = kept.into_iter().map(|(object, kept)| {
        let changes = Changes {
            writes: kept.keys().map(|field| (*field, None)).collect(),
            before: facts(&fields, &kept),
            after: Map::new(),
        };
        (object, changes)
    });
    Ok(gone.collect())
}

/// Two parts of one form: all that is wrong with either is said at once.
///
/// # Errors
/// Those of the parts.
pub(crate) fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(mut one), Err(other)) if one.code == Code::Invalid && other.code == Code::Invalid => {
            one.fields.extend(other.fields);
            Err(one)
        }
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    }
}

/// What a text is found by.
pub(super) fn search_text(field: &Field, value: &str) -> String {
    match field.kind {
        FieldKind::Text | FieldKind::Email | FieldKind::Address => text::fold(value),
        _ => String::new(),
    }
}

/// What the audit keeps: each field's label, with what people read in it.
pub(super) fn facts(fields: &[Field], kept: &HashMap<FieldId, String>) -> Map<String, Value> {
    let said = |field: &Field| {
        let value = kept.get(&field.id)?;
        let choice = field.choices.iter().find(|choice| choice.id == *value);
        let said = match (field.kind, choice) {
            (FieldKind::YesNo, _) => Value::Bool(value == rules::YES),
            (_, Some(choice)) => choice.label.as_str().into(),
            _ => value.as_str().into(),
        };
        Some((field.label.clone(), said))
    };
    fields.iter().filter_map(said).collect()
}

// --- filters

/// What a list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sought {
    /// Values from one to another, and a pattern that their folded text fits.
    pub values: Vec<(On, FieldId, String, String, Option<String>)>,
    /// Objects without a value in a field.
    pub without: Option<Missing>,
    /// Where few objects have what is sought in one of the fields: that field's kind of
    /// object, and these. A list looks at them instead of at everything.
    pub few: Option<(On, Vec<Uuid>)>,
}

/// A field in which nothing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The field.
    pub field: FieldId,
    /// What has it.
    pub on: On,
    /// The only type whose services have it.
    pub of_type: Option<ServiceTypeId>,
}

/// One of the fields that are sought, as statements know it.
#[derive(Default)]
pub(crate) struct FieldBinds<'a> {
    pub field: Option<FieldId>,
    pub first: Option<&'a str>,
    pub last: Option<&'a str>,
    pub pattern: Option<&'a str>,
    pub on: Option<&'static str>,
}

impl Sought {
    /// Whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.without.is_none()
    }

    /// The fields in as many places as statements have.
    pub(crate) fn binds(&self) -> [FieldBinds<'_>; FILTERS_MAX] {
        let mut values = self.values.iter();
        std::array::from_fn(|_| match values.next() {
            None => FieldBinds::default(),
            Some((on, field, first, last, pattern)) => FieldBinds {
                field: Some(*field),
                first: Some(first),
                last: Some(last),
                pattern: pattern.as_deref(),
                on: Some(on.name()),
            },
        })
    }
}

/// The objects that one of the fields leaves, where they are few.
async fn few(
    cx: &mut Cx,
    values: &[(On, FieldId, String, String, Option<String>)],
) -> Result<Option<(On, Vec<Uuid>)>> {
    let limit = i64::try_from(FEW_MAX + 1).unwrap_or(i64::MAX);
    for (on, field, first, last, pattern) in values {
        let value = (*field, first.as_str(), last.as_str(), pattern.as_deref());
        let found = store::objects(&mut cx.tx, cx.tenant, value, limit).await?;
        if found.len() <= FEW_MAX {
            return Ok(Some((*on, found.into_iter().map(|(id,)| id).collect())));
        }
    }
    Ok(None)
}

/// What the filters of a list ask for, over the fields of what it holds that the one who asks
/// sees; the others ask for nothing, and so do those beyond [`FILTERS_MAX`].
///
/// # Errors
/// Refused to those who are in no crew.
pub(crate) async fn sought(
    cx: &mut Cx,
    holds: impl Fn(&Field) -> bool,
    typed: &Extra,
    without: &str,
) -> Result<Sought> {
    if typed.pairs().next().is_none() && without.is_empty() {
        return Ok(Sought::default());
    }
    let mut fields = visible(cx).await?;
    fields.retain(holds);
    let value = |field: &Field| {
        let (first, last, pattern) = rules::sought(field, typed.get(&field.slug)?)?;
        Some((field.on, field.id, first, last, pattern))
    };
    let missing = fields.iter().find(|field| field.slug == without);
    let values: Vec<_> = fields.iter().filter_map(value).take(FILTERS_MAX).collect();
    Ok(Sought {
        few: few(cx, &values).await?,
        values,
        without: missing.map(|field| Missing {
            field: field.id,
            on: field.on,
            of_type: field.of_type,
        }),
    })
}
