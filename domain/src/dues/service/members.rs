//! How single members pay: their terms, and who pays for them.

use super::{HOUSEHOLD_MAX, of_member, refresh};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::dues::{PaidFor, Payer, Terms, TermsForm, store};
use crate::kernel::{Code, Day, MemberId, PartyId, Problem, Result, Right};
use crate::{members, people};
use serde_json::{Value, json};

/// The most payers that a list shows.
const PAYERS_MAX: i64 = 500;

/// Says how a member pays from a day on; what was said for the same day is replaced. The
/// same once more changes nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] with the fields; [`Code::NotFound`].
pub async fn add_terms(cx: &mut Cx, member: MemberId, form: &TermsForm) -> Result<()> {
    cx.require(Right::Members)?;
    let terms = form.parse()?;
    let present = of_member(cx, member).await?;
    let kinds = store::kinds(&mut cx.tx, cx.tenant).await?;
    let before = present.terms.iter().find(|t| t.from_on == terms.from_on);
    if before == Some(&terms) {
        return Ok(());
    }
    let Some(kind) = kinds.iter().find(|kind| kind.id == terms.kind) else {
        return Err(Problem::at_field("kind", Code::UnknownChoice));
    };
    if kind.is_archived && before.is_none_or(|before| before.kind != kind.id) {
        return Err(Problem::at_field("kind", Code::KindArchived));
    }
    if kind.is_free() && terms.own.is_some() {
        return Err(Problem::at_field("amount", Code::FreeKindNoAmount));
    }
    store::put_terms(&mut cx.tx, cx.tenant, member, &terms).await?;
    refresh(cx, &[member]).await?;
    let name = |terms: &Terms| {
        let kind = kinds.iter().find(|kind| kind.id == terms.kind);
        facts(terms, kind.map_or("", |kind| kind.name.as_str()))
    };
    let (before, after) = (before.map(name), name(&terms));
    let label = present.label();
    let change = change("dues_changed", member, &label);
    audit::record(cx, change, before.as_ref(), Some(&after)).await
}

/// Takes back what was said for a day. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`].
pub async fn remove_terms(cx: &mut Cx, member: MemberId, from_on: Day) -> Result<()> {
    cx.require(Right::Members)?;
    let present = of_member(cx, member).await?;
    let Some(before) = present.terms.iter().find(|t| t.from_on == from_on) else {
        return Ok(());
    };
    store::delete_terms(&mut cx.tx, cx.tenant, member, from_on).await?;
    refresh(cx, &[member]).await?;
    let kinds = store::kinds(&mut cx.tx, cx.tenant).await?;
    let kind = kinds.iter().find(|kind| kind.id == before.kind);
    let before = facts(before, kind.map_or("", |kind| kind.name.as_str()));
    let label = present.label();
    let change = change("dues_removed", member, &label);
    audit::record(cx, change, Some(&before), NOTHING).await
}

/// Says who pays for a member; `None`: they pay themselves. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`]; at the field `payer`
/// [`Code::PayerIsSelf`], [`Code::PayerHasPayer`] and [`Code::PaysForOthers`].
pub async fn set_payer(cx: &mut Cx, member: MemberId, payer: Option<PartyId>) -> Result<()> {
    cx.require(Right::Members)?;
    let present = of_member(cx, member).await?;
    if present.payer.as_ref().map(|payer| payer.party) == payer {
        return Ok(());
    }
    let after = match payer {
        None => None,
        Some(party) => Some(checked(cx, member, party).await?),
    };
    store::set_payer(&mut cx.tx, cx.tenant, member, payer).await?;
    let label = present.label();
    let change = change("payer_changed", member, &label);
    audit::record(cx, change, present.payer.as_ref(), after.as_ref()).await
}

/// Whether somebody may pay for a member: not the member, and nobody in a chain.
async fn checked(cx: &mut Cx, member: MemberId, party: PartyId) -> Result<Payer> {
    let refused = |code| Err(Problem::at_field("payer", code));
    let name = people::get(cx, party).await?.display_name();
    let own = members::get(cx, member).await?.party.id;
    if own == party {
        return refused(Code::PayerIsSelf);
    }
    let payer = store::subject_of_party(&mut cx.tx, cx.tenant, party).await?;
    if payer.is_some_and(|payer| payer.payer_id.is_some()) {
        return refused(Code::PayerHasPayer);
    }
    if store::pays_for_anybody(&mut cx.tx, cx.tenant, own).await? {
        return refused(Code::PaysForOthers);
    }
    Ok(Payer { party, name })
}

/// The members for whom a party pays, by name.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn pays_for(cx: &mut Cx, payer: PartyId) -> Result<Vec<PaidFor>> {
    cx.require_crew()?;
    store::paid_for(&mut cx.tx, cx.tenant, payer, HOUSEHOLD_MAX).await
}

/// Those who pay for others, by name, and for how many members.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn payers(cx: &mut Cx) -> Result<Vec<(Payer, i64)>> {
    cx.require_crew()?;
    store::payers(&mut cx.tx, cx.tenant, PAYERS_MAX).await
}

/// What the audit keeps of terms.
pub(in crate::dues) fn facts(terms: &Terms, kind: &str) -> Value {
    json!({
        "from_on": terms.from_on,
        "dues_kind": kind,
        "amount": terms.own,
        "reason": terms.reason,
    })
}

pub(in crate::dues) fn change<'a>(
    action: &'static str,
    id: MemberId,
    label: &'a str,
) -> Change<'a> {
    Change {
        action,
        kind: "member",
        id: id.0,
        label,
    }
}
