//! Writing what was planned, chunk by chunk.

use super::Import;
use super::plan::{Plan, Target};
use super::service::Names;
use crate::context::Cx;
use crate::db::bulk::CHUNK;
use crate::import::Progress;
use crate::kernel::{Problem, Result, ServiceId};
use crate::services::imported::{self, NewAllocation, NewHolding, NewReference, NewService};

fn broken() -> Problem {
    Problem::internal("a plan that does not fit its rows")
}

/// Writes a plan.
pub(super) async fn write(
    cx: &mut Cx,
    import: &Import,
    plan: &Plan,
    names: &Names,
    progress: &Progress,
) -> Result<()> {
    let made = make_services(cx, import, plan, progress).await?;
    let id_of = |target: Target| match target {
        Target::Known(id) => Ok(id),
        Target::New(n) => made.get(n).copied().ok_or_else(broken),
    };
    let source = import.choices.source_name();
    let reference = |(target, reference): &(Target, String)| {
        Ok(NewReference {
            service: id_of(*target)?,
            source: source.clone(),
            reference: reference.clone(),
        })
    };
    let references: Result<Vec<NewReference>> = plan.references.iter().map(reference).collect();
    imported::insert_references(cx, import.id, &references?).await?;
    for chunk in plan.holdings.chunks(CHUNK) {
        let one = |new: &super::plan::NewHolding| {
            Ok(NewHolding {
                service: id_of(new.target)?,
                service_name: new.service_name.clone(),
                member: new.had.member,
                member_name: names.get(&new.had.member).cloned().unwrap_or_default(),
                from_on: new.had.from_on,
                until_on: new.had.until_on,
            })
        };
        let new: Result<Vec<NewHolding>> = chunk.iter().map(one).collect();
        imported::insert_holdings(cx, import.id, &new?).await?;
        progress.add(chunk.len());
    }
    for chunk in plan.allocations.chunks(CHUNK) {
        let one = |new: &super::plan::NewAllocation| NewAllocation {
            service: new.took.service,
            service_name: new.service_name.clone(),
            network: new.network,
            from_at: new.took.from_at,
            until_at: new.took.until_at,
        };
        let new: Vec<NewAllocation> = chunk.iter().map(one).collect();
        imported::insert_allocations(cx, import.id, &new).await?;
        progress.add(chunk.len());
    }
    Ok(())
}

/// Makes the new services, in the plan's order.
async fn make_services(
    cx: &mut Cx,
    import: &Import,
    plan: &Plan,
    progress: &Progress,
) -> Result<Vec<ServiceId>> {
    let mut made = Vec::with_capacity(plan.services.len());
    for chunk in plan.services.chunks(CHUNK) {
        let one = |new: &super::plan::NewService| {
            Ok(NewService {
                id: cx.new_id()?,
                kind: new.kind,
                type_name: new.type_name.clone(),
                label: new.label.clone(),
                note: new.note.clone(),
                closed_on: new.closed_on,
                own: new.own.clone(),
            })
        };
        let new: Result<Vec<NewService>> = chunk.iter().map(one).collect();
        let new = new?;
        imported::insert_services(cx, import.id, &new).await?;
        made.extend(new.iter().map(|service| service.id));
        progress.add(chunk.len());
    }
    Ok(made)
}
