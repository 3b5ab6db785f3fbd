//! Kinds of dues: made, changed, archived; one is the default.

use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::dues::form::{KindData, KindForm};
use crate::dues::store::{self, IsDefault};
use crate::dues::{Cycle, FirstPeriod, KINDS_MAX, Kind, Price};
use crate::kernel::calendar::FIRST_DAY;
use crate::kernel::{Cents, Code, DuesKindId, Locale, Problem, Result, Right};
use crate::once::{self, Sent};

/// What a year of membership costs where nobody has decided yet.
const FIRST_PRICE: Cents = Cents(3000);

/// Writes the first kind of a new tenant, which has the tenant's own id; does nothing where
/// it is there.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn create(cx: &mut Cx, locale: Locale) -> Result<()> {
    cx.require(Right::Settings)?;
    let name = match locale {
        Locale::Fr => "Cotisation",
        Locale::En => "Membership dues",
    };
    let data = KindData {
        name: name.to_owned(),
        cycle: Cycle::Months { months: 12 },
        first_period: FirstPeriod::Full,
        price: Some(FIRST_PRICE),
        price_from: FIRST_DAY,
    };
    let id = DuesKindId(cx.tenant.0);
    if store::insert_kind(&mut cx.tx, cx.tenant, id, &data, IsDefault::Yes).await? {
        put_price(cx, id, &data).await?;
        let after = get_kind(cx, id).await?;
        record(cx, "added", None, &after).await?;
    }
    Ok(())
}

/// Every kind of dues, also those that are archived: the default one first, then by name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn kinds(cx: &mut Cx) -> Result<Vec<Kind>> {
    cx.require_crew()?;
    store::kinds(&mut cx.tx, cx.tenant).await
}

/// A kind of dues.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn get_kind(cx: &mut Cx, id: DuesKindId) -> Result<Kind> {
    let found = kinds(cx).await?.into_iter().find(|kind| kind.id == id);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The kind by which those pay for whom nothing else is said.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`] where there is none.
pub async fn default_kind(cx: &mut Cx) -> Result<Kind> {
    let found = kinds(cx).await?.into_iter().find(|kind| kind.is_default);
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Makes a kind of dues.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::TooManyKinds`]; [`Code::AlreadySent`] where the key came with other content.
pub async fn add_kind(cx: &mut Cx, form: &KindForm) -> Result<DuesKindId> {
    cx.require(Right::Settings)?;
    let content = ("dues::add_kind", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let data = form.parse()?;
    if store::kinds(&mut cx.tx, cx.tenant).await?.len() >= KINDS_MAX {
        return Err(Problem::new(Code::TooManyKinds { max: KINDS_MAX }));
    }
    let id = cx.new_id()?;
    if !store::insert_kind(&mut cx.tx, cx.tenant, id, &data, IsDefault::No).await? {
        return Err(Problem::at_field("name", Code::KindNameTaken));
    }
    put_price(cx, id, &data).await?;
    let after = get_kind(cx, id).await?;
    record(cx, "added", None, &after).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Changes a kind of dues; who has it is in order anew. The same content once more changes nothing.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster; [`Code::NotFound`].
pub async fn save_kind(cx: &mut Cx, id: DuesKindId, form: &KindForm) -> Result<()> {
    cx.require(Right::Settings)?;
    let all = store::kinds(&mut cx.tx, cx.tenant).await?;
    let before = all.iter().find(|kind| kind.id == id);
    let before = before.ok_or_else(|| Problem::new(Code::NotFound))?;
    let data = form.parse()?;
    if before.is_default && data.cycle == Cycle::Free {
        return Err(Problem::at_field("cycle", Code::DefaultKindNotFree));
    }
    if all
        .iter()
        .any(|kind| kind.id != id && kind.name == data.name)
    {
        return Err(Problem::at_field("name", Code::KindNameTaken));
    }
    let same_price = before.prices.is_empty() && data.price.is_none()
        || Some(before.price_on(data.price_from)) == data.price && !before.prices.is_empty();
    let same = (&before.name, before.cycle, before.first_period)
        == (&data.name, data.cycle, data.first_period);
    if same && (same_price || data.price.is_none()) {
        return Ok(());
    }
    if form.version != before.version.to_string()
        || !store::update_kind(&mut cx.tx, cx.tenant, id, before.version, &data).await?
    {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if !same_price {
        put_price(cx, id, &data).await?;
    }
    if before.is_free() != (data.cycle == Cycle::Free) {
        let members = store::members_of_kind(&mut cx.tx, cx.tenant, id).await?;
        super::refresh(cx, &members).await?;
    }
    let after = get_kind(cx, id).await?;
    record(cx, "changed", Some(before), &after).await
}

/// Makes a kind the one by which those pay for whom nothing else is said.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::DefaultKindNotFree`],
/// [`Code::KindArchived`], [`Code::NotFound`].
pub async fn set_default_kind(cx: &mut Cx, id: DuesKindId) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get_kind(cx, id).await?;
    if before.is_default {
        return Ok(());
    }
    if before.is_free() {
        return Err(Problem::new(Code::DefaultKindNotFree));
    }
    if before.is_archived {
        return Err(Problem::new(Code::KindArchived));
    }
    store::set_default(&mut cx.tx, cx.tenant, id).await?;
    let after = get_kind(cx, id).await?;
    record(cx, "made_default", Some(&before), &after).await
}

/// Offers a kind no more. Those who have it keep it.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::DefaultKindNotArchived`], [`Code::NotFound`].
pub async fn archive_kind(cx: &mut Cx, id: DuesKindId) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get_kind(cx, id).await?;
    if before.is_archived {
        return Ok(());
    }
    if before.is_default {
        return Err(Problem::new(Code::DefaultKindNotArchived));
    }
    store::set_archived(&mut cx.tx, cx.tenant, id, Some(cx.now)).await?;
    let after = get_kind(cx, id).await?;
    record(cx, "archived", Some(&before), &after).await
}

/// Offers an archived kind again.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::NotFound`].
pub async fn restore_kind(cx: &mut Cx, id: DuesKindId) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get_kind(cx, id).await?;
    if !before.is_archived {
        return Ok(());
    }
    store::set_archived(&mut cx.tx, cx.tenant, id, None).await?;
    let after = get_kind(cx, id).await?;
    record(cx, "restored", Some(&before), &after).await
}

async fn put_price(cx: &mut Cx, id: DuesKindId, data: &KindData) -> Result<()> {
    let Some(amount) = data.price else {
        return Ok(());
    };
    let price = Price {
        from_on: data.price_from,
        amount,
    };
    store::put_price(&mut cx.tx, cx.tenant, id, price).await
}

pub(in crate::dues) async fn record(
    cx: &mut Cx,
    action: &'static str,
    before: Option<&Kind>,
    after: &Kind,
) -> Result<()> {
    let change = Change {
        action,
        kind: "dues_kind",
        id: after.id.0,
        label: &after.name,
    };
    match before {
        None => audit::record(cx, change, NOTHING, Some(after)).await,
        before => audit::record(cx, change, before, Some(after)).await,
    }
}
