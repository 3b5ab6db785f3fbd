//! What all members owe, by kind of dues.

use crate::context::Cx;
use crate::dues::rules::{self, Case};
use crate::dues::store::{self, Counts};
use crate::dues::{Dues, Kind, KindRow, Overview, Terms};
use crate::kernel::{Cents, Day, MemberId, Period, Result};
use crate::settings;
use std::collections::BTreeMap;

/// The kinds of dues with their members and what these owe: archived ones last. Who left
/// counts nowhere.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn overview(cx: &mut Cx) -> Result<Overview> {
    cx.require_crew()?;
    let today = cx.today();
    // The dues of everybody are computed: worth remembering until something changes.
    cx.remember(format!("dues overview {today}"), async |cx| {
        compute(cx, today).await
    })
    .await
}

async fn compute(cx: &mut Cx, today: Day) -> Result<Overview> {
    let kinds = store::kinds(&mut cx.tx, cx.tenant).await?;
    let mut rows: Vec<KindRow> = kinds.iter().cloned().map(KindRow::new).collect();
    rows.sort_by_key(|row| row.kind.is_archived);
    each(cx, today, &kinds, |_, case, _| {
        let owed = rules::dues(case, today).arrears_sum();
        let kind = rules::kind_on(case, today).map(|kind| kind.id);
        if let Some(row) = rows.iter_mut().find(|row| Some(row.kind.id) == kind) {
            row.members += 1;
            row.owing += i64::from(owed > Cents::ZERO);
            row.arrears = Cents::sum([row.arrears, owed]);
        }
    })
    .await?;
    Ok(Overview { rows })
}

/// What every member who has not left owes on a day, by member; with what payments that wait
/// would cover. For the floors above, which have asked for the right.
///
/// # Errors
/// The database's own.
pub(crate) async fn of_everybody(
    cx: &mut Cx,
    today: Day,
) -> Result<BTreeMap<MemberId, (Dues, Vec<Period>)>> {
    let kinds = store::kinds(&mut cx.tx, cx.tenant).await?;
    let mut found = BTreeMap::new();
    each(cx, today, &kinds, |member, case, waiting| {
        found.insert(member, (rules::dues(case, today), waiting.to_vec()));
    })
    .await?;
    Ok(found)
}

/// Goes through all members who have not left on a day: each with their case, and with what
/// payments that wait would cover.
async fn each(
    cx: &mut Cx,
    today: Day,
    kinds: &[Kind],
    mut look: impl FnMut(MemberId, &Case<'_>, &[Period]),
) -> Result<()> {
    let lapse = settings::get(cx).await?.lapse;
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    // Both are sorted by member, as the members are: one walk through all three.
    let mut terms = store::all_terms(tx, tenant).await?.into_iter().peekable();
    let mut paid = store::all_periods(tx, tenant).await?.into_iter().peekable();
    for (member, joined_on, left_on) in store::all_members(tx, tenant, today).await? {
        let mut own: Vec<Terms> = Vec::new();
        while let Some((id, row)) = terms.next_if(|(id, _)| *id <= member) {
            if id == member {
                own.push(row);
            }
        }
        let (mut covered, mut waiting): (Vec<Period>, Vec<Period>) = (Vec::new(), Vec::new());
        while let Some((id, period, counts)) = paid.next_if(|(id, ..)| *id <= member) {
            if id == member && counts != Counts::Goes {
                covered.push(period);
            }
            if id == member && counts == Counts::Waits {
                waiting.push(period);
            }
        }
        let case = Case {
            kinds,
            terms: &own,
            covered: &covered,
            joined_on,
            left_on,
            lapse,
        };
        look(member, &case, &waiting);
    }
    Ok(())
}

impl KindRow {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            members: 0,
            owing: 0,
            arrears: Cents::ZERO,
        }
    }
}
