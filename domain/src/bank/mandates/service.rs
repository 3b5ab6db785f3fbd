//! What happens with mandates: entered, and revoked; never deleted.

use super::{MANDATES_MAX, Mandate, MandateForm, State, store};
use crate::audit::{self, Change};
use crate::bank;
use crate::context::Cx;
use crate::kernel::{BankAccountId, Code, MandateId, PartyId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::people;
use serde_json::{Value, json};

/// How many signs a reference has that is made here, beside what it begins with.
const MADE_SIGNS: usize = 12;

fn limit() -> i64 {
    i64::try_from(MANDATES_MAX).unwrap_or(i64::MAX)
}

/// The mandates of a person or an organisation, newest first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_party(cx: &mut Cx, party: PartyId) -> Result<Vec<Mandate>> {
    cx.require_crew()?;
    store::of_party(&mut cx.tx, cx.tenant, party, limit()).await
}

/// The signed-in person's own mandates.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine(cx: &mut Cx) -> Result<Vec<Mandate>> {
    // No right is needed: these are one's own.
    let person = cx.actor.signed_in()?;
    store::of_party(&mut cx.tx, cx.tenant, person, limit()).await
}

/// A mandate.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: MandateId) -> Result<Mandate> {
    cx.require_crew()?;
    let found = store::find(&mut cx.tx, cx.tenant, id).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Whether an account has a mandate: then it stays, because what was signed names it.
pub(in crate::bank) async fn has(cx: &mut Cx, account: BankAccountId) -> Result<bool> {
    store::has(&mut cx.tx, cx.tenant, account).await
}

/// Enters a mandate that a person or an organisation signed for one of their accounts.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] with the fields: an account that is
/// not theirs, a reference that another mandate has; [`Code::AlreadySent`].
pub async fn add(cx: &mut Cx, party: PartyId, form: &MandateForm) -> Result<MandateId> {
    cx.require(Right::Members)?;
    let data = form.parse(cx.today())?;
    let ticket = match once::take(cx, &form.key, &("mandates::add", party, &data)).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let accounts = bank::of_party(cx, party).await?;
    if !accounts.iter().any(|a| a.id == data.account_id) {
        return Err(Problem::at_field("account", Code::UnknownChoice));
    }
    if of_party(cx, party).await?.len() >= MANDATES_MAX {
        let max = MANDATES_MAX;
        return Err(Problem::at_field("account", Code::TooManyMandates { max }));
    }
    let id: MandateId = cx.new_id()?;
    let made = || {
        let signs = id.0.simple().to_string().to_uppercase();
        let last = signs.len().saturating_sub(MADE_SIGNS);
        format!("EQ-{}", signs.get(last..).unwrap_or_default())
    };
    let mandate = Mandate {
        id,
        account_id: data.account_id,
        reference: data.reference.unwrap_or_else(made),
        kind: data.kind,
        signed_on: data.signed_on,
        revoked_on: None,
        version: 1,
    };
    if !store::insert(&mut cx.tx, cx.tenant, &mandate, cx.now).await? {
        return Err(Problem::at_field("reference", Code::ReferenceTaken));
    }
    record(cx, "mandate_added", party, None, &mandate).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Revokes a mandate, from today on. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`]; [`Code::MandateEnded`] where it had ended unused.
pub async fn revoke(cx: &mut Cx, id: MandateId) -> Result<PartyId> {
    cx.require(Right::Members)?;
    let before = get(cx, id).await?;
    let party = bank::get(cx, before.account_id).await?.party_id;
    let today = cx.today();
    match before.state(today) {
        State::Revoked { .. } => return Ok(party),
        State::Expired { .. } => return Err(Problem::new(Code::MandateEnded)),
        State::Active { .. } => {}
    }
    // Where somebody else is faster, it is revoked all the same.
    if store::revoke(&mut cx.tx, cx.tenant, id, today).await? {
        let after = Mandate {
            revoked_on: Some(today),
            ..before.clone()
        };
        record(cx, "mandate_revoked", party, Some(&before), &after).await?;
    }
    Ok(party)
}

/// What the audit keeps of a mandate.
fn facts(mandate: &Mandate) -> Value {
    json!({
        "reference": mandate.reference,
        "kind": mandate.kind,
        "signed_on": mandate.signed_on,
        "revoked_on": mandate.revoked_on,
    })
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    party: PartyId,
    before: Option<&Mandate>,
    after: &Mandate,
) -> Result<()> {
    let label = people::get(cx, party).await?.display_name();
    let change = Change {
        action,
        kind: "party",
        id: party.0,
        label: &label,
    };
    let (before, after) = (before.map(facts), facts(after));
    audit::record(cx, change, before.as_ref(), Some(&after)).await
}
