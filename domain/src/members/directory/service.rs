//! Finding members: lists, suggestions, and what a typed text means.

use super::{DirectoryFilter, Membership, WholeRow, store};
use crate::context::Cx;
use crate::fields::{self, Field, On, Sought};
use crate::kernel::{Code, MemberId, Page, PageRequest, PartyId, Problem, Result, paging};
use crate::members::{self, Counts, MemberNumber, MemberRow};
use crate::people::rules as names;

/// The most rows that are suggested while somebody types.
const SUGGESTIONS_MAX: i64 = 10;

/// Whether the lists are filtered by a field.
fn holds(field: &Field) -> bool {
    matches!(field.on, On::Person | On::Organisation | On::Member)
}

/// One page of the list of members, or of everybody.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn directory(
    cx: &mut Cx,
    filter: &DirectoryFilter,
    page: PageRequest,
) -> Result<Page<MemberRow>> {
    cx.require_crew()?;
    let today = cx.today();
    let sought = fields::sought(cx, holds, &filter.extra, &filter.without).await?;
    let rows = store::list_rows(
        &mut cx.tx,
        cx.tenant,
        (filter, &sought),
        today,
        paging::PAGE_SIZE,
        page.offset(),
    )
    .await?;
    let read = i64::try_from(rows.len()).unwrap_or(paging::PAGE_SIZE);
    let total = if (1..paging::PAGE_SIZE).contains(&read) || page.offset() + read == 0 {
        // The last page tells how many there are: no need to search once more.
        page.offset() + read
    } else {
        // What is sought says also which fields the one who asks may see.
        let question = format!("directory {filter:?} {sought:?} {today}");
        cx.remember(question, async |cx| {
            store::count_rows(&mut cx.tx, cx.tenant, (filter, &sought), today).await
        })
        .await?
    };
    Ok(Page::new(rows, total, page))
}

/// The rows of the list as a file holds them, in the list's order: those after a row, or
/// the first; as many as the limit says, [`paging::CHUNK`] at most.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn directory_after(
    cx: &mut Cx,
    filter: &DirectoryFilter,
    after: Option<PartyId>,
    limit: i64,
) -> Result<Vec<WholeRow>> {
    cx.require_crew()?;
    let today = cx.today();
    let limit = limit.min(paging::CHUNK);
    let sought = fields::sought(cx, holds, &filter.extra, &filter.without).await?;
    store::list_whole(
        &mut cx.tx,
        cx.tenant,
        (filter, &sought),
        today,
        after,
        limit,
    )
    .await
}

/// How many members stand how.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn counts(cx: &mut Cx) -> Result<Counts> {
    cx.require_crew()?;
    let today = cx.today();
    cx.remember(format!("members by standing {today}"), async |cx| {
        store::counts(&mut cx.tx, cx.tenant, today).await
    })
    .await
}

/// The members that somebody may mean while they type; the one of a full number
/// first, then those of exactly this name. At most ten.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn suggest(cx: &mut Cx, query: &str) -> Result<Vec<MemberRow>> {
    cx.require_crew()?;
    if names::search_words(query).is_empty() {
        return Ok(Vec::new());
    }
    let today = cx.today();
    let mut found = Vec::new();
    if let Ok(number) = MemberNumber::parse(query) {
        found.extend(store::find_row_by_number(&mut cx.tx, cx.tenant, number, today).await?);
    }
    found.extend(
        store::list_rows_by_full_name(&mut cx.tx, cx.tenant, query, today, SUGGESTIONS_MAX).await?,
    );
    let filter = DirectoryFilter {
        query: query.to_owned(),
        membership: Membership::Members,
        ..DirectoryFilter::default()
    };
    let wanted = (&filter, &Sought::default());
    found.extend(store::list_rows(&mut cx.tx, cx.tenant, wanted, today, SUGGESTIONS_MAX, 0).await?);
    let mut suggestions: Vec<MemberRow> = Vec::new();
    for row in found {
        let full = suggestions.len() >= usize::try_from(SUGGESTIONS_MAX).unwrap_or(0);
        if !full && suggestions.iter().all(|s| s.id != row.id) {
            suggestions.push(row);
        }
    }
    Ok(suggestions)
}

/// The member of a number.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn find_by_number(cx: &mut Cx, number: MemberNumber) -> Result<Option<MemberId>> {
    cx.require_crew()?;
    let today = cx.today();
    let row = store::find_row_by_number(&mut cx.tx, cx.tenant, number, today).await?;
    Ok(row.and_then(|row| row.id))
}

/// The member that somebody means who typed a text into a form: a number in any
/// form, also with the name behind it, a member's id, or a name that fits exactly one.
///
/// # Errors
/// [`Code::WrongCheckDigit`] for a mistyped number, [`Code::UnknownMember`] where
/// nobody fits, or several do. Refused to those who are in no crew.
pub async fn resolve(cx: &mut Cx, text: &str) -> Result<MemberId> {
    cx.require_crew()?;
    let unknown = || Problem::new(Code::UnknownMember);
    let text = text.trim();
    if let Ok(id) = text.parse::<MemberId>() {
        return match members::get(cx, id).await {
            Err(problem) if problem.code == Code::NotFound => Err(unknown()),
            found => found.map(|member| member.id),
        };
    }
    match MemberNumber::parse(text) {
        Ok(number) => return find_by_number(cx, number).await?.ok_or_else(unknown),
        Err(problem) if problem.code == Code::WrongCheckDigit => return Err(problem),
        Err(_) => {}
    }
    if let Some(id) = resolve_label(cx, text).await? {
        return Ok(id);
    }
    let today = cx.today();
    let mut found = store::list_rows_by_full_name(&mut cx.tx, cx.tenant, text, today, 2).await?;
    if found.is_empty() && !names::name_words(text).is_empty() {
        found = store::list_rows_by_whole_words(&mut cx.tx, cx.tenant, text, today, 2).await?;
    }
    match found.as_slice() {
        [only] => only.id.ok_or_else(unknown),
        _ => Err(unknown()),
    }
}

/// A number with the name behind it, as suggestions show it. Both must fit: the name
/// proves that the number was not mistaken for another.
async fn resolve_label(cx: &mut Cx, text: &str) -> Result<Option<MemberId>> {
    let Some((number, name)) = text.split_once(char::is_whitespace) else {
        return Ok(None);
    };
    let Ok(number) = MemberNumber::parse(number) else {
        return Ok(None);
    };
    let today = cx.today();
    let Some(row) = store::find_row_by_number(&mut cx.tx, cx.tenant, number, today).await? else {
        return Ok(None);
    };
    let known = names::name_words(&row.name);
    let fits = names::name_words(name)
        .iter()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .all(|word| known.contains(word));
    Ok(row.id.filter(|_| fits))
}
