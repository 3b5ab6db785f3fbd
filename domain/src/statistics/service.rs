//! The statistics' use-cases.

use super::{Figures, MemberFigures, Membership, TypeFigures, Window, members, rules, store};
use crate::context::Cx;
use crate::dues;
use crate::kernel::Result;
use crate::services::{self, ServiceType};
use std::sync::Arc;

/// What the months say of each type of services that the one who asks may know of (see
/// [`services::types_counted`]), by name. Archived types are there where they say something.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_services(cx: &mut Cx, window: &Window) -> Result<Vec<TypeFigures>> {
    cx.require_crew()?;
    let mut found = Vec::new();
    for kind in services::types_counted(cx).await? {
        let months = of_type(cx, window, &kind).await?;
        let is_empty = months.iter().all(|month| *month == Figures::default());
        if !kind.is_archived || !is_empty {
            found.push(TypeFigures {
                kind: kind.id,
                name: kind.name,
                colour: kind.colour,
                months: months.to_vec(),
            });
        }
    }
    Ok(found)
}

/// One type's months. Everybody who may know of it is told the same.
async fn of_type(cx: &mut Cx, window: &Window, kind: &ServiceType) -> Result<Arc<[Figures]>> {
    let question = format!("statistics of services {} {}", kind.id, window.name());
    cx.remember(question, async |cx| {
        let zone = cx.zone;
        let lives = store::services(&mut cx.tx, cx.tenant, kind.id, window.on(), zone).await?;
        let as_dues = kind.as_dues();
        let mut months = vec![Figures::default(); window.months().len()];
        for life in &lives {
            rules::count(&as_dues, life, window, &mut months);
        }
        Ok(months.into())
    })
    .await
}

/// What the months say of members, and which dues come next.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_members(cx: &mut Cx, window: &Window) -> Result<MemberFigures> {
    cx.require_crew()?;
    let question = format!("statistics of members {}", window.name());
    cx.remember(question, async |cx| {
        let kinds = dues::kinds(cx).await?;
        let lives = store::members(&mut cx.tx, cx.tenant, window.on()).await?;
        let mut months = vec![Membership::default(); window.months().len()];
        let mut coming = members::coming(window);
        for life in &lives {
            members::count(&kinds, life, window, &mut months);
            members::forecast(&kinds, life, window, &mut coming);
        }
        Ok(MemberFigures { months, coming })
    })
    .await
}
