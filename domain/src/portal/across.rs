//! Reading the data of several tenants for one answer: the one way there is. It needs an
//! operator, and is written down in the portal before anything is read. It only reads.
//! `domain/tests/isolation/across.rs` lists the places that use it.

use super::{Tenant, store};
use crate::access::{Actor, Rights, Via};
use crate::context::{Clock, Cx, new_id};
use crate::db::{Db, id_list};
use crate::identity::rules::printable;
use crate::kernel::{Result, TenantId, named};
use crate::settings;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The longest name of an operator that is kept.
const NAME_MAX: usize = 100;
/// The most rows of [`across_reads`].
const READS_MAX: i64 = 1_000;

/// Who runs the installation: the one who types on the machine itself, or one of the portal's
/// operators who is signed in on the operators' own host.
#[derive(Clone, Debug)]
pub struct Operator {
    name: String,
    via: Via,
}

impl Operator {
    /// The one who types on the machine itself, by the name that the system has for them.
    pub fn at_the_machine(name: &str) -> Self {
        let name = printable(name.trim(), NAME_MAX);
        let name = match name.is_empty() {
            true => "command line".to_owned(),
            false => name,
        };
        Self {
            name,
            via: Via::Cli,
        }
    }

    /// One of the portal's operators, by login name: [`super::operators`] knows them.
    pub(super) fn known(login_name: &str, via: Via) -> Self {
        let name = login_name.to_owned();
        Self { name, via }
    }

    /// Their name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address that they work from; empty on the machine itself.
    pub(super) fn address(&self) -> &str {
        match &self.via {
            Via::Web { address } => address,
            _ => "",
        }
    }

    fn actor(&self) -> Actor {
        Actor {
            person: None,
            name: self.name.clone(),
            rights: Rights::operator(),
            via: self.via.clone(),
        }
    }
}

named! {
    /// What is read across tenants for.
    Why {
        /// To try whether they are apart.
        Isolation = "to prove that organisations are apart",
        /// To verify the audit of each one.
        Audits = "to verify the audit of each organisation",
        /// To see which keys of bank details are needed.
        BankKeys = "to see which keys of bank details are in use",
        /// To see whether the installation is well.
        Health = "to see whether the installation is well",
    }
}

/// What was written down: the tenants of an installation may be read, one after the other.
pub struct Across {
    db: Db,
    tenants: Vec<Tenant>,
    actor: Actor,
    now: DateTime<Utc>,
}

impl Across {
    /// Every tenant that is ready, by name.
    pub fn tenants(&self) -> &[Tenant] {
        &self.tenants
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<TenantId> {
        self.tenants.iter().map(|tenant| tenant.id).collect()
    }

    /// A context that reads one of them.
    ///
    /// # Errors
    /// The database's own.
    pub async fn read(&self, tenant: &Tenant) -> Result<Cx> {
        let tx = self.db.read(tenant.id).await?;
        let (actor, zone) = (self.actor.clone(), settings::DEFAULT_ZONE);
        let mut cx = Cx::new(tenant.id, actor, self.now, zone, tx);
        let zone = settings::get(&mut cx).await?.zone;
        cx.zone = zone.parse().unwrap_or(settings::DEFAULT_ZONE);
        Ok(cx)
    }
}

/// Lets an operator read the data of every tenant, after it was written down who does, when
/// and why. Whatever answers a request, or works in the background, takes one tenant's context
/// instead and never needs this.
///
/// # Errors
/// The database's own: where it cannot be written down, nothing is read.
pub async fn across_tenants_unsafe(
    db: &Db,
    clock: &Clock,
    operator: &Operator,
    why: Why,
) -> Result<Across> {
    let now = clock.now();
    let tenants = super::list(db).await?;
    let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.id).collect();
    let mut tx = db.portal_write().await?;
    let id: Uuid = new_id(now)?;
    let row = (id, now, operator.name.as_str(), why.name());
    store::insert_across(&mut tx, row, &id_list(&ids)).await?;
    tx.commit().await?;
    Ok(Across {
        db: db.clone(),
        tenants,
        actor: operator.actor(),
        now,
    })
}

/// A time at which somebody read across tenants.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AcrossRead {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub operator: String,
    /// Why.
    pub why: String,
    /// The ids of those whose data could be read.
    pub tenants: sqlx::types::Json<Vec<TenantId>>,
}

/// Who read across tenants: the latest first.
///
/// # Errors
/// The database's own.
pub async fn across_reads(db: &Db) -> Result<Vec<AcrossRead>> {
    let mut tx = db.portal_read().await?;
    store::across_reads(&mut tx, READS_MAX).await
}
