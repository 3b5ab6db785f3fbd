//! Types of services: made, changed, archived.

use super::form::{TypeData, TypeForm};
use super::{ServiceType, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::crews;
use crate::dues::Price;
use crate::fields::{self, Changes, On};
use crate::kernel::{Code, Problem, Result, Right, ServiceTypeId};
use crate::once::{self, Sent};
use crate::services::TYPES_MAX;
use serde_json::json;

/// The types that the one who asks manages through a crew, also archived ones, by name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn managed_types(cx: &mut Cx) -> Result<Vec<ServiceType>> {
    cx.require_crew()?;
    let mut types = store::types(&mut cx.tx, cx.tenant).await?;
    types.retain(|kind| cx.actor.rights.is_in(kind.crew));
    Ok(types)
}

/// The types that the one who asks may read: all with [`Right::ServiceTypes`], or else those
/// that they manage.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn types_seen(cx: &mut Cx) -> Result<Vec<ServiceType>> {
    cx.require_crew()?;
    match cx.actor.rights.has(Right::ServiceTypes) {
        true => store::types(&mut cx.tx, cx.tenant).await,
        false => managed_types(cx).await,
    }
}

/// The types of which the one who asks may know what they bring: all for those who validate
/// payments and for those who look after the organisation, or else those that they manage.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn types_counted(cx: &mut Cx) -> Result<Vec<ServiceType>> {
    cx.require_crew()?;
    let sees_all = [Right::PaymentsValidate, Right::Settings];
    match sees_all.iter().any(|right| cx.actor.rights.has(*right)) {
        true => store::types(&mut cx.tx, cx.tenant).await,
        false => managed_types(cx).await,
    }
}

/// A type.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`], also where another crew manages
/// it and the one who asks lacks [`Right::ServiceTypes`].
pub async fn get_type(cx: &mut Cx, id: ServiceTypeId) -> Result<ServiceType> {
    let found = types_seen(cx).await?.into_iter().find(|t| t.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Makes a type. It works at once.
///
/// # Errors
/// Refused without [`Right::ServiceTypes`]; [`Code::Invalid`] with the fields;
/// [`Code::TooManyTypes`]; [`Code::AlreadySent`] where the key came with other content.
pub async fn add_type(cx: &mut Cx, form: &TypeForm) -> Result<ServiceTypeId> {
    cx.require(Right::ServiceTypes)?;
    let content = ("services::add_type", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let (data, extra) = read(cx, None, form).await?;
    if store::types(&mut cx.tx, cx.tenant).await?.len() >= TYPES_MAX {
        return Err(Problem::new(Code::TooManyTypes { max: TYPES_MAX }));
    }
    let id = cx.new_id()?;
    if !store::insert(&mut cx.tx, cx.tenant, id, &data).await? {
        return Err(Problem::at_field("name", Code::TypeNameTaken));
    }
    put_price(cx, id, &data).await?;
    fields::write(cx, id.0, &extra).await?;
    let after = get_type(cx, id).await?;
    record(cx, "added", (None, &after), Some(&extra)).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes a type. The same content once more changes nothing.
///
/// # Errors
/// Refused without [`Right::ServiceTypes`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster; [`Code::NotFound`].
pub async fn save_type(cx: &mut Cx, id: ServiceTypeId, form: &TypeForm) -> Result<()> {
    cx.require(Right::ServiceTypes)?;
    let all = store::types(&mut cx.tx, cx.tenant).await?;
    let before = all.iter().find(|kind| kind.id == id);
    let before = before.ok_or_else(|| Problem::new(Code::NotFound))?;
    let (data, extra) = read(cx, Some(id), form).await?;
    if all.iter().any(|t| t.id != id && t.name == data.name) {
        return Err(Problem::at_field("name", Code::TypeNameTaken));
    }
    let same_price = before.price_on(data.price_from) == data.price;
    let same = (
        &before.name,
        before.crew,
        before.colour,
        before.months,
        before.carries_addresses,
        &before.note,
    ) == (
        &data.name,
        data.crew,
        data.colour,
        data.months,
        data.carries_addresses,
        &data.note,
    );
    if same && same_price && extra.is_empty() {
        return Ok(());
    }
    if form.version != before.version.to_string()
        || !store::update(&mut cx.tx, cx.tenant, id, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if !same_price {
        put_price(cx, id, &data).await?;
    }
    fields::write(cx, id.0, &extra).await?;
    let after = get_type(cx, id).await?;
    record(cx, "changed", (Some(before), &after), Some(&extra)).await
}

/// Makes no new services of a type. Those that there are stay.
///
/// # Errors
/// Refused without [`Right::ServiceTypes`]; [`Code::NotFound`].
pub async fn archive_type(cx: &mut Cx, id: ServiceTypeId) -> Result<()> {
    cx.require(Right::ServiceTypes)?;
    let before = get_type(cx, id).await?;
    if before.is_archived {
        return Ok(());
    }
    store::set_archived(&mut cx.tx, cx.tenant, id, Some(cx.now)).await?;
    let after = get_type(cx, id).await?;
    record(cx, "archived", (Some(&before), &after), None).await
}

/// Makes services of an archived type again.
///
/// # Errors
/// Refused without [`Right::ServiceTypes`]; [`Code::NotFound`].
pub async fn restore_type(cx: &mut Cx, id: ServiceTypeId) -> Result<()> {
    cx.require(Right::ServiceTypes)?;
    let before = get_type(cx, id).await?;
    if !before.is_archived {
        return Ok(());
    }
    store::set_archived(&mut cx.tx, cx.tenant, id, None).await?;
    let after = get_type(cx, id).await?;
    record(cx, "restored", (Some(&before), &after), None).await
}

/// The form's content, with what it says of the organisation's own fields; its crew is one
/// that there is.
async fn read(
    cx: &mut Cx,
    id: Option<ServiceTypeId>,
    form: &TypeForm,
) -> Result<(TypeData, Changes)> {
    let extra = fields::read(cx, On::ServiceType, id.map(|id| id.0), &form.extra).await;
    let (data, extra) = fields::both(form.parse(), extra)?;
    match crews::list(cx).await?.iter().any(|c| c.id == data.crew) {
        true => Ok((data, extra)),
        false => Err(Problem::at_field("crew", Code::UnknownChoice)),
    }
}

async fn put_price(cx: &mut Cx, id: ServiceTypeId, data: &TypeData) -> Result<()> {
    let price = Price {
        from_on: data.price_from,
        amount: data.price,
    };
    store::put_price(&mut cx.tx, cx.tenant, id, price).await
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    (before, after): (Option<&ServiceType>, &ServiceType),
    extra: Option<&Changes>,
) -> Result<()> {
    let change = Change {
        action,
        kind: "service_type",
        id: after.id.0,
        label: &after.name,
    };
    let is = extra.map_or_else(|| json!(after), |extra| extra.after(json!(after)));
    match before {
        None => audit::record(cx, change, NOTHING, Some(&is)).await,
        Some(before) => {
            let was = extra.map_or_else(|| json!(before), |extra| extra.before(json!(before)));
            audit::record(cx, change, Some(&was), Some(&is)).await
        }
    }
}
