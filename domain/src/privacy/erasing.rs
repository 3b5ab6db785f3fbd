//! A person is erased: what goes, what stays and why is said before, and is what happens.

use super::store::{self, PLACES};
use super::{Block, EraseForm, Erased, MANDATE_KEPT_MONTHS, Part, Preview, Somebody};
use crate::audit::{self, About, Change, NOTHING};
use crate::context::Cx;
use crate::crews::{self, Administrators};
use crate::kernel::{Code, PartyId, Problem, Result, Right};
use crate::once::{self, Sent};
use crate::people::{Kind, Party};
use crate::{people, settings};
use chain::ERASED;
use chrono::Months;
use serde_json::json;

/// The most mails of one person whose rows in the audit are looked for.
const MAILS_MAX: i64 = 10_000;
/// The most names that somebody had.
const NAMES_MAX: i64 = 100;
/// Shorter names are not looked for in texts: they are part of too many words.
const NAME_LOOKED_FOR: usize = 5;

/// What erasing a person would do: what goes, what stays and why, and what must end first.
///
/// # Errors
/// Refused without [`Right::People`] and [`Right::Settings`]; [`Code::NotFound`];
/// [`Code::NotAPerson`] for an organisation.
pub async fn preview(cx: &mut Cx, id: PartyId) -> Result<Preview> {
    cx.require(Right::People)?;
    cx.require(Right::Settings)?;
    let (person, who) = somebody(cx, id).await?;
    if person.kind != Kind::Person {
        return Err(Problem::new(Code::NotAPerson));
    }
    let mut parts = Vec::new();
    for place in PLACES {
        let rows = store::count(&mut cx.tx, cx.tenant, &who, place).await?;
        let outcome = place.outcome();
        if rows > 0 {
            parts.push(Part {
                place: place.table,
                rows,
                outcome,
            });
        }
    }
    let about = about(cx, &person, &who).await?;
    let (audit_who, audit_what) = audit::count_about(cx, &about).await?;
    Ok(Preview {
        erased_at: store::erased_at(&mut cx.tx, cx.tenant, id).await?,
        placeholder: who.placeholder.clone(),
        blocks: blocks(cx, id).await?,
        member: who.member,
        person,
        parts,
        audit_who,
        audit_what,
    })
}

/// Erases a person, whole or not at all. Done again later, it takes what had to stay for a time.
///
/// # Errors
/// As [`preview`], and without every right that the person has; [`Code::Invalid`] with the fields;
/// [`Code::ErasureBlocked`]; [`Code::LastAdministrator`].
pub async fn erase(cx: &mut Cx, id: PartyId, form: &EraseForm) -> Result<Erased> {
    cx.require(Right::People)?;
    cx.require(Right::Settings)?;
    let ticket = match once::take(cx, &form.key, &("privacy::erase", id, form)).await? {
        Sent::Again(erased) => return Ok(erased),
        Sent::First(ticket) => ticket,
    };
    let administrators = Administrators::counted(cx).await?;
    let (person, who) = somebody(cx, id).await?;
    if person.kind != Kind::Person {
        return Err(Problem::new(Code::NotAPerson));
    }
    let reason = form.parse(&who.name)?;
    crews::require_rights_of(cx, id).await?;
    if !blocks(cx, id).await?.is_empty() {
        return Err(Problem::new(Code::ErasureBlocked));
    }
    let about = about(cx, &person, &who).await?;
    let mut rows: Vec<(String, u64)> = Vec::new();
    for place in PLACES {
        let gone = store::erase(&mut cx.tx, cx.tenant, &who, place).await?;
        match rows.last_mut() {
            Some((table, sum)) if table == place.table => *sum += gone,
            _ => rows.push((place.table.to_owned(), gone)),
        }
    }
    rows.retain(|(_, gone)| *gone > 0);
    administrators.still_some(cx).await?;
    store::set_erased(&mut cx.tx, cx.tenant, id, cx.now).await?;
    let erasure = audit::erase(cx, &about).await?;
    let parts = erasure.who.iter().chain(&erasure.what);
    let erased = Erased {
        audit: parts.map(|(first, last)| last - first + 1).sum(),
        rows,
    };
    let change = Change {
        action: ERASED,
        kind: "party",
        id: id.0,
        label: &who.placeholder,
    };
    let after = json!({ "audit": erasure, "erasure_reason": reason, "erased_rows": erased.rows });
    audit::record(cx, change, NOTHING, Some(&after)).await?;
    ticket.keep(cx, &erased).await?;
    Ok(erased)
}

/// What must end first.
async fn blocks(cx: &mut Cx, id: PartyId) -> Result<Vec<Block>> {
    let today = cx.today();
    let mut blocks = store::blocks(&mut cx.tx, cx.tenant, id, today).await?;
    if cx.actor.person == Some(id) {
        blocks.push(Block::Yourself);
    }
    Ok(blocks)
}

/// Who is meant. The calling use-case has asked for the right.
pub(super) async fn somebody(cx: &mut Cx, id: PartyId) -> Result<(Party, Somebody)> {
    let person = people::load(cx, id).await?;
    let today = cx.today();
    let member = store::member(&mut cx.tx, cx.tenant, id).await?;
    let locale = settings::get(cx).await?.locale;
    let who = Somebody {
        id,
        name: person.display_name(),
        placeholder: super::placeholder(locale, member.map(|(_, number)| number)),
        not_needed_since: today
            .checked_sub_months(Months::new(MANDATE_KEPT_MONTHS))
            .unwrap_or(today),
        member,
    };
    Ok((person, who))
}

/// What is looked for in the audit: read before anything goes.
pub(super) async fn about(cx: &mut Cx, person: &Party, who: &Somebody) -> Result<About> {
    let mut names = audit::names_of(cx, who.id, NAMES_MAX).await?;
    names.push(who.name.clone());
    names.retain(|name| name.chars().count() >= NAME_LOOKED_FOR && *name != who.placeholder);
    names.sort();
    names.dedup();
    let words = [
        Some(&person.given_name),
        Some(&person.name),
        person.email.as_ref(),
    ];
    let words = words.into_iter().flatten().cloned();
    let mails = store::mails(&mut cx.tx, cx.tenant, who.id, MAILS_MAX).await?;
    let member = who.member.map(|(id, _)| id.0);
    let objects = std::iter::once(who.id.0).chain(member);
    Ok(About {
        person: who.id,
        objects: objects.chain(mails.into_iter().map(|id| id.0)).collect(),
        number: who.member.map(|(_, number)| number.sequence()),
        names,
        words: words
            .filter(|word| word.chars().count() >= NAME_LOOKED_FOR)
            .collect(),
    })
}
