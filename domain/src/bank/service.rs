//! What happens with accounts: entered, preferred, seen, found, taken away.

use super::{ACCOUNTS_MAX, Account, AccountForm, Keys, mandates, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{
    BankAccountId, Check, Code, PartyId, Problem, Result, Right, parse_iban, shorten_iban, text,
};
use crate::once::{self, Sent};
use crate::people;
use serde_json::{Value, json};

/// How many accounts are sealed anew in one transaction.
const RESEALED_AT_ONCE: i64 = 1_000;
/// The most people of whom one account is found to be.
const HOLDERS_MAX: i64 = 50;

/// A bank's code (ISO 9362): eight or eleven letters and digits.
fn read_bic(text: &str) -> Result<String> {
    let bic: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bic = bic.to_ascii_uppercase();
    let (head, tail) = bic.split_at_checked(6).unwrap_or_default();
    let fits = head.len() == 6
        && head.bytes().all(|b| b.is_ascii_uppercase())
        && [2, 5].contains(&tail.len())
        && tail.bytes().all(|b| b.is_ascii_alphanumeric());
    match fits {
        true => Ok(bic),
        false => Err(Problem::new(Code::NotABic)),
    }
}

fn limit() -> i64 {
    i64::try_from(ACCOUNTS_MAX).unwrap_or(i64::MAX)
}

/// The accounts of a person or an organisation, shortened; the one that is used first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_party(cx: &mut Cx, party: PartyId) -> Result<Vec<Account>> {
    cx.require_crew()?;
    store::of_party(&mut cx.tx, cx.tenant, party, limit()).await
}

/// An account, shortened.
///
/// # Errors
/// Refused to those who are in no crew; [`Code::NotFound`].
pub async fn get(cx: &mut Cx, id: BankAccountId) -> Result<Account> {
    cx.require_crew()?;
    let found = store::find(&mut cx.tx, cx.tenant, id).await?;
    found.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The same, while nobody else changes which account of theirs is used.
async fn get_locked(cx: &mut Cx, id: BankAccountId) -> Result<Account> {
    let account = get(cx, id).await?;
    store::lock(&mut cx.tx, cx.tenant, account.party_id).await?;
    get(cx, id).await
}

/// The signed-in person's own accounts, shortened.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody.
pub async fn mine(cx: &mut Cx) -> Result<Vec<Account>> {
    // No right is needed: these are one's own.
    let person = cx.actor.signed_in()?;
    store::of_party(&mut cx.tx, cx.tenant, person, limit()).await
}

/// Enters an account of a person or an organisation; the first one is the one that is used.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::Invalid`] with the fields;
/// [`Code::BankKeyMissing`]; [`Code::NotFound`]; [`Code::AlreadySent`].
pub async fn add(
    cx: &mut Cx,
    keys: &Keys,
    party: PartyId,
    form: &AccountForm,
) -> Result<BankAccountId> {
    cx.require(Right::Members)?;
    keys.current()?;
    let own_name = people::get(cx, party).await?.display_name();
    let mut check = Check::new();
    let iban = check.required("iban", &form.iban, parse_iban);
    let bic = check.optional("bic", &form.bic, read_bic);
    let holder = check.field("holder", text::name(&form.holder));
    let (iban, holder) = check.done(iban.zip(holder))?;
    let holder = Some(holder).filter(|h| !h.is_empty()).unwrap_or(own_name);
    let id: BankAccountId = cx.new_id()?;
    let sealed = keys.seal(cx.tenant, id, &iban)?;
    // What is remembered of a form is a plain hash: the number must not be in it.
    let content = ("bank::add", party, &sealed.found_by, &holder, &bic);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    store::lock(&mut cx.tx, cx.tenant, party).await?;
    let present = store::of_party(&mut cx.tx, cx.tenant, party, limit()).await?;
    if present.len() >= ACCOUNTS_MAX {
        let max = ACCOUNTS_MAX;
        return Err(Problem::at_field("iban", Code::TooManyAccounts { max }));
    }
    let account = Account {
        id,
        party_id: party,
        holder,
        bic: bic.unwrap_or_default(),
        short: shorten_iban(&iban),
        is_preferred: present.is_empty(),
    };
    // Also where another key sealed it.
    for found_by in keys.found_by(cx.tenant, &iban)? {
        let holders = store::holders(&mut cx.tx, cx.tenant, &found_by, HOLDERS_MAX).await?;
        if holders.contains(&(party,)) {
            return Err(Problem::at_field("iban", Code::AccountKnown));
        }
    }
    if !store::insert(&mut cx.tx, cx.tenant, &account, &sealed, cx.now).await? {
        return Err(Problem::at_field("iban", Code::AccountKnown));
    }
    record(cx, "account_added", &account, None, Some(&facts(&account))).await?;
    ticket.keep(cx, &id).await?;
    Ok(id)
}

/// Makes an account the one that is used. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`].
pub async fn prefer(cx: &mut Cx, id: BankAccountId) -> Result<PartyId> {
    cx.require(Right::Members)?;
    let account = get_locked(cx, id).await?;
    if !account.is_preferred {
        store::prefer(&mut cx.tx, cx.tenant, &account).await?;
        let after = facts(&account);
        record(cx, "account_preferred", &account, None, Some(&after)).await?;
    }
    Ok(account.party_id)
}

/// Takes an account away. Where it was the one that is used, the oldest of the others is.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`]; [`Code::AccountHasMandate`].
pub async fn remove(cx: &mut Cx, id: BankAccountId) -> Result<PartyId> {
    cx.require(Right::Members)?;
    let account = get_locked(cx, id).await?;
    if mandates::has(cx, id).await? {
        return Err(Problem::new(Code::AccountHasMandate));
    }
    store::delete(&mut cx.tx, cx.tenant, id).await?;
    let party = account.party_id;
    let others = store::of_party(&mut cx.tx, cx.tenant, party, limit()).await?;
    if let Some(next) = others.first().filter(|_| account.is_preferred) {
        store::prefer(&mut cx.tx, cx.tenant, next).await?;
    }
    let before = facts(&account);
    record(cx, "account_removed", &account, Some(&before), None).await?;
    Ok(party)
}

/// The whole number of an account. Each sight of it is audited.
///
/// # Errors
/// Refused without [`Right::PaymentsValidate`]; [`Code::BankKeyMissing`]; [`Code::NotFound`].
pub async fn show(cx: &mut Cx, keys: &Keys, id: BankAccountId) -> Result<(Account, String)> {
    cx.require(Right::PaymentsValidate)?;
    let account = get(cx, id).await?;
    let sealed = store::sealed(&mut cx.tx, cx.tenant, id).await?;
    let (key_id, sealed) = sealed.ok_or_else(|| Problem::new(Code::NotFound))?;
    let iban = keys.open(cx.tenant, id, &key_id, &sealed)?;
    let after = facts(&account);
    record(cx, "account_seen", &account, None, Some(&after)).await?;
    Ok((account, iban))
}

/// Whose account a number is: what a bank's statement names. Nobody's where it is none.
///
/// # Errors
/// Refused without [`Right::PaymentsValidate`]; [`Code::BankKeyMissing`].
pub async fn holders(cx: &mut Cx, keys: &Keys, iban: &str) -> Result<Vec<PartyId>> {
    cx.require(Right::PaymentsValidate)?;
    let Ok(iban) = parse_iban(iban) else {
        return Ok(Vec::new());
    };
    let mut found: Vec<PartyId> = Vec::new();
    for found_by in keys.found_by(cx.tenant, &iban)? {
        let some = store::holders(&mut cx.tx, cx.tenant, &found_by, HOLDERS_MAX).await?;
        found.extend(some.into_iter().map(|(party,)| party));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Seals accounts with the key in use that another one sealed, so that the other one can
/// go. How many; nothing is left where it is 0.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::BankKeyMissing`] where a key is missing.
pub async fn reseal(cx: &mut Cx, keys: &Keys) -> Result<usize> {
    cx.require(Right::Settings)?;
    let current = keys.current()?;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let others = store::sealed_otherwise(tx, tenant, current, RESEALED_AT_ONCE).await?;
    for (id, key_id, sealed) in &others {
        let iban = keys.open(tenant, *id, key_id, sealed)?;
        let sealed = keys.seal(tenant, *id, &iban)?;
        store::reseal(tx, tenant, *id, &sealed).await?;
    }
    if !others.is_empty() {
        let change = Change {
            action: "accounts_resealed",
            kind: "settings",
            id: tenant.0,
            label: current,
        };
        let after = json!({ "accounts": others.len() });
        audit::record(cx, change, NOTHING, Some(&after)).await?;
    }
    Ok(others.len())
}

/// Whether a key opens what was sealed with one of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key's name.
    pub key_id: String,
    /// How many accounts were sealed with it.
    pub accounts: i64,
    /// Whether it is there, and the one that sealed them.
    pub opens: bool,
}

/// With which keys accounts were sealed, and whether they still open: one of each is tried,
/// and nobody sees it.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn keys_in_use(cx: &mut Cx, keys: &Keys) -> Result<Vec<KeyUse>> {
    cx.require(Right::Settings)?;
    let mut uses = Vec::new();
    for (key_id, accounts) in store::key_ids(&mut cx.tx, cx.tenant).await? {
        let one = store::sealed_by(&mut cx.tx, cx.tenant, &key_id).await?;
        let opens =
            one.is_none_or(|(id, sealed)| keys.open(cx.tenant, id, &key_id, &sealed).is_ok());
        uses.push(KeyUse {
            key_id,
            accounts,
            opens,
        });
    }
    Ok(uses)
}

/// What the audit keeps of an account.
fn facts(account: &Account) -> Value {
    json!({ "account": account.short, "holder": account.holder, "bic": account.bic })
}

async fn record(
    cx: &mut Cx,
    action: &'static str,
    account: &Account,
    before: Option<&Value>,
    after: Option<&Value>,
) -> Result<()> {
    let label = people::get(cx, account.party_id).await?.display_name();
    let change = Change {
        action,
        kind: "party",
        id: account.party_id.0,
        label: &label,
    };
    audit::record(cx, change, before, after).await
}
