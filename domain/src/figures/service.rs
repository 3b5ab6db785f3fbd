//! The first page's figures, read together.

use super::rules::{self, Gap};
use super::{Administration, Bank, Board, CHANGES_MAX, Crew, LATELY_DAYS, Own, Tally, store};
use crate::audit;
use crate::context::Cx;
use crate::identity;
use crate::kernel::{Result, Right};
use crate::members;
use crate::plugins;
use crate::services;
use crate::settings::{self, Validation};
use chrono::Days;

/// What the one who asks should know: the parts that their rights open.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn board(cx: &mut Cx) -> Result<Board> {
    cx.require_crew()?;
    let rights = cx.actor.rights.clone();
    let counts = members::counts(cx).await?;
    // What these say follows from the data, the day, who asks, and what they may do.
    let enters = rules::enters(&rights);
    let of = format!("on {} for {:?}, {enters}", cx.today(), cx.actor.person);
    let bank = match rights.has(Right::PaymentsValidate) {
        true => Some(cx.remember(format!("bank's figures {of}"), bank).await?),
        false => None,
    };
    let crew = match rules::is_in_crew(&rights) {
        true => Some(cx.remember(format!("crew's figures {of}"), crew).await?),
        false => None,
    };
    let (administration, gaps) = match rights.has(Right::Settings) {
        true => (Some(administration(cx).await?), gaps(cx).await?),
        false => (None, Vec::new()),
    };
    Ok(Board {
        counts,
        bank,
        crew,
        services: services::counts(cx).await?,
        administration,
        gaps,
    })
}

async fn bank(cx: &mut Cx) -> Result<Bank> {
    let today = cx.today();
    let me = cx.actor.person;
    let own_is_locked = settings::get(cx).await?.validation == Validation::SomeoneElse;
    let (this, last) = (rules::month_before(today, 0), rules::month_before(today, 1));
    let (this, last) = (cx.start_of(this), cx.start_of(last));
    let start = rules::month_before(today, rules::MONTHS - 1);
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    let (waiting, reversals) = store::waiting(tx, tenant).await?;
    let not_for_me = match me {
        Some(person) if own_is_locked => store::waiting_of(tx, tenant, person).await?.tally,
        _ => Tally::default(),
    };
    Ok(Bank {
        waiting,
        reversals,
        not_for_me,
        by: store::waiting_by(tx, tenant).await?,
        this_month: store::validated_between(tx, tenant, this, None).await?,
        last_month: store::validated_between(tx, tenant, last, Some(this)).await?,
        months: rules::by_month(
            today,
            &store::received_by_day(tx, tenant, start, today).await?,
        ),
    })
}

async fn crew(cx: &mut Cx) -> Result<Crew> {
    let today = cx.today();
    let soon = members::ends_soon_until(today);
    let own = match cx.actor.person {
        Some(person) if rules::enters(&cx.actor.rights) => {
            let since = today
                .checked_sub_days(Days::new(LATELY_DAYS))
                .unwrap_or(today);
            let begins = cx.start_of(since);
            let (tx, tenant) = (&mut cx.tx, cx.tenant);
            let waiting = store::waiting_of(tx, tenant, person).await?;
            let validated = store::own_validated(tx, tenant, person, begins).await?;
            let latest = store::own_latest(tx, tenant, person, begins).await?;
            Some(Own {
                person,
                waiting,
                validated,
                since,
                latest,
            })
        }
        _ => None,
    };
    let (tx, tenant) = (&mut cx.tx, cx.tenant);
    Ok(Crew {
        late: store::late(tx, tenant, today).await?,
        ends_soon: store::count_ends_soon(tx, tenant, today, soon).await?,
        soon: store::ends_soon(tx, tenant, today, soon).await?,
        recent: store::recent(tx, tenant, today).await?,
        own,
    })
}

async fn administration(cx: &mut Cx) -> Result<Administration> {
    Ok(Administration {
        changes: audit::latest(cx, CHANGES_MAX).await?,
        failures: identity::failures(cx).await?,
        not_carried: plugins::journal_open(cx).await?,
    })
}

async fn gaps(cx: &mut Cx) -> Result<Vec<Gap>> {
    let settings = settings::get(cx).await?;
    let validators = store::validators(&mut cx.tx, cx.tenant).await?;
    Ok(rules::gaps(&settings, &validators))
}
