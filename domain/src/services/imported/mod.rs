//! Services, who has them, and their addresses, as an import makes them, thousands at once,
//! and takes them away again when it is undone. The import has asked for the right, and has
//! looked at what is there already.

mod store;

use super::addresses::{IpNet, rules};
use super::full_name;
use crate::audit::{self, Change, Record};
use crate::context::Cx;
use crate::fields::{self, Changes, Kept};
use crate::kernel::{Day, ImportId, MemberId, Result, ServiceId, ServiceTypeId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// A service to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewService {
    pub id: ServiceId,
    pub kind: ServiceTypeId,
    pub type_name: String,
    pub label: String,
    pub note: String,
    pub closed_on: Option<Day>,
    /// What it has in the organisation's own fields.
    pub own: Kept,
}

/// What another program calls a service.
#[derive(Clone, Debug)]
pub(crate) struct NewReference {
    pub service: ServiceId,
    pub source: String,
    pub reference: String,
}

/// That a member has a service.
#[derive(Clone, Debug)]
pub(crate) struct NewHolding {
    pub service: ServiceId,
    pub service_name: String,
    pub member: MemberId,
    pub member_name: String,
    pub from_on: Day,
    pub until_on: Option<Day>,
}

/// That a service has a network.
#[derive(Clone, Debug)]
pub(crate) struct NewAllocation {
    pub service: ServiceId,
    pub service_name: String,
    pub network: IpNet,
    pub from_at: DateTime<Utc>,
    pub until_at: Option<DateTime<Utc>>,
}

/// What went when an import was undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Removed {
    /// Services.
    pub services: usize,
    /// That members have services.
    pub holdings: usize,
    /// That services have addresses.
    pub allocations: usize,
}

/// Makes services.
///
/// # Errors
/// The database's own.
pub(crate) async fn insert_services(
    cx: &mut Cx,
    import: ImportId,
    new: &[NewService],
) -> Result<()> {
    store::insert_services(&mut cx.tx, cx.tenant, cx.now, import, new).await?;
    let own: Vec<_> = new
        .iter()
        .map(|service| (service.id.0, &service.own))
        .collect();
    let own = fields::insert_imported(cx, &own).await?;
    let one = |(service, own): (&NewService, &Changes)| {
        let label = full_name(&service.type_name, &service.label);
        let after = own.after(json!({
            "label": service.label,
            "type_name": service.type_name,
            "note": service.note,
            "closed_on": service.closed_on,
        }));
        entry(
            cx,
            ("added", "service"),
            service.id.0,
            &label,
            (None, Some(&after)),
        )
    };
    let entries: Result<Vec<Record>> = new.iter().zip(&own).map(one).collect();
    audit::record_many(cx, entries?);
    Ok(())
}

/// Notes what another program calls services. That they are the same is said by the import's
/// own row of the audit.
///
/// # Errors
/// The database's own.
pub(crate) async fn insert_references(
    cx: &mut Cx,
    import: ImportId,
    new: &[NewReference],
) -> Result<()> {
    store::insert_references(&mut cx.tx, cx.tenant, cx.now, import, new).await
}

/// Gives services to members.
///
/// # Errors
/// The database's own: a service that somebody has in that time.
pub(crate) async fn insert_holdings(
    cx: &mut Cx,
    import: ImportId,
    new: &[NewHolding],
) -> Result<()> {
    let ids: Result<Vec<Uuid>> = new.iter().map(|_| cx.new_id()).collect();
    store::insert_holdings(&mut cx.tx, cx.tenant, cx.now, import, &ids?, new).await?;
    let one = |holding: &NewHolding| {
        let after = json!({
            "member_name": holding.member_name,
            "from_on": holding.from_on,
            "until_on": holding.until_on,
        });
        let (id, label) = (holding.service.0, &holding.service_name);
        entry(cx, ("given", "service"), id, label, (None, Some(&after)))
    };
    let entries: Result<Vec<Record>> = new.iter().map(one).collect();
    audit::record_many(cx, entries?);
    Ok(())
}

/// Gives networks to services.
///
/// # Errors
/// The database's own: a network of which another service has some in that time.
pub(crate) async fn insert_allocations(
    cx: &mut Cx,
    import: ImportId,
    new: &[NewAllocation],
) -> Result<()> {
    let ids: Result<Vec<Uuid>> = new.iter().map(|_| cx.new_id()).collect();
    let ids = ids?;
    store::insert_allocations(&mut cx.tx, cx.tenant, cx.now, import, &ids, new).await?;
    let one = |(id, new): (&Uuid, &NewAllocation)| {
        let network = rules::written(new.network);
        let after = json!({
            "network": network,
            "service": new.service_name,
            "from_at": new.from_at,
            "until_at": new.until_at,
        });
        let label = format!("{network} · {}", new.service_name);
        entry(cx, ("given", "address"), *id, &label, (None, Some(&after)))
    };
    let entries: Result<Vec<Record>> = ids.iter().zip(new).map(one).collect();
    audit::record_many(cx, entries?);
    Ok(())
}

/// Takes away what an import made.
///
/// # Errors
/// The database's own: something that hangs on one of the services.
pub(crate) async fn remove(cx: &mut Cx, import: ImportId) -> Result<Removed> {
    let made = store::made(&mut cx.tx, cx.tenant, import).await?;
    let services = made.iter().filter(|one| one.what == "service");
    let services: Vec<Uuid> = services.map(|one| one.id).collect();
    let mut own = fields::take_away_all(cx, &services).await?;
    store::delete(&mut cx.tx, cx.tenant, import).await?;
    let mut removed = Removed::default();
    let mut entries = Vec::with_capacity(made.len());
    for one in &made {
        let is_service = one.what == "service";
        let own = is_service.then(|| own.remove(&one.id)).flatten();
        let own = own.unwrap_or_default();
        let before = own.before(json!({ "from_on": one.from_day, "until_on": one.until_day }));
        let name = full_name(&one.type_name, &one.label);
        let (what, label) = match one.what.as_str() {
            "service" => {
                removed.services += 1;
                (("deleted", "service"), name)
            }
            "holding" => {
                removed.holdings += 1;
                (("holding_removed", "service"), name)
            }
            _ => {
                removed.allocations += 1;
                let network = one.network.as_deref().and_then(rules::read_key);
                let network = network.map(rules::written).unwrap_or_default();
                (("removed", "address"), format!("{network} · {name}"))
            }
        };
        entries.push(entry(cx, what, one.id, &label, (Some(&before), None))?);
    }
    audit::record_many(cx, entries);
    Ok(removed)
}

fn entry(
    cx: &Cx,
    (action, kind): (&'static str, &'static str),
    id: Uuid,
    label: &str,
    (before, after): (Option<&Value>, Option<&Value>),
) -> Result<Record> {
    let change = Change {
        action,
        kind,
        id,
        label,
    };
    audit::entry(cx, change, before, after)
}
