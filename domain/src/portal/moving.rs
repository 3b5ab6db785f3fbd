//! A tenant moves: all it has is written into one file, and put into another installation, on
//! either engine; or put back here, in the place of what it has. Only who runs commands on the
//! machine may. All or nothing: what is not whole, or does not verify, has changed nothing.

use super::{Tenant, store};
use crate::access::Actor;
use crate::audit::{self, Change, NOTHING};
use crate::bank::{self, Keys};
use crate::context::{Clock, Cx};
use crate::db::moving::{self, Head, Here, Moved, Place, Reader, Sum, Unmoved, Writer};
use crate::db::{Db, Tx};
use crate::kernel::{Problem, Slug, TenantId};
use crate::settings;
use chain::PublicKeys;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Who may read a tenant's file: its owner. It holds all that the tenant has.
const PRIVATE: u32 = 0o600;

/// What was written, or put into its place.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    /// What the file says of itself.
    pub file: Head,
    /// The tenant's name here.
    pub slug: String,
    /// What each table holds.
    pub tables: Vec<Sum>,
    /// How many rows that makes.
    pub rows: u64,
}

impl Report {
    fn new(file: Head, slug: &str, tables: Vec<Sum>) -> Self {
        Self {
            rows: tables.iter().map(|sum| sum.rows).sum(),
            slug: slug.to_owned(),
            file,
            tables,
        }
    }
}

/// Whether what is tried is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything is done, and given up at the end.
    Try,
    /// It is kept.
    Keep,
}

/// Where and with what a tenant is put.
pub struct Installation<'a> {
    /// The storage.
    pub db: &'a Db,
    /// The address of the owner of the tables, on PostgreSQL.
    pub owner_url: Option<&'a str>,
    /// The keys of bank details that are configured here.
    pub keys: &'a Keys,
    /// What time it is.
    pub clock: &'a Clock,
}

/// Writes all that a tenant has into a new file, as it is at one moment, while others work; reads
/// the file again, and only then gives it its name.
///
/// # Errors
/// [`Unmoved`]; then there is no such file.
pub async fn export(
    db: &Db,
    clock: &Clock,
    tenant: &Tenant,
    path: &Path,
) -> Result<Report, Unmoved> {
    if path.exists() {
        let text = format!("{} is there already: name a new file", path.display());
        return Err(Unmoved::Conflict(text));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = write(db, clock, tenant, &part).await;
    let verified = written.and_then(|()| Reader::verify(&part));
    let named = verified.and_then(|verified| {
        fs::rename(&part, path).map_err(at(path))?;
        Ok(verified)
    });
    match named {
        Ok((head, sums)) => Ok(Report::new(head, &tenant.slug, sums)),
        Err(why) => {
            let _ = fs::remove_file(&part);
            Err(why)
        }
    }
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> Problem {
    move |e| Problem::internal(format!("{}: {e}", path.display()))
}

async fn write(db: &Db, clock: &Clock, tenant: &Tenant, part: &Path) -> Result<(), Unmoved> {
    let mut portal = db.portal_read().await?;
    let moved = store::find_moved(&mut portal, tenant.id).await?;
    let moved = moved.ok_or_else(|| Problem::internal("the tenant is not there any more"))?;
    drop(portal);
    let mut options = OpenOptions::new();
    let options = options
        .create(true)
        .truncate(true)
        .write(true)
        .mode(PRIVATE);
    let file = options.open(part).map_err(at(part))?;
    let head = Head::new(db.engine_name(), clock.now(), moved);
    let mut writer = Writer::begin(BufWriter::new(file), head)?;
    let mut tx = db.read(tenant.id).await?;
    moving::write_out(&mut tx, tenant.id, &mut writer).await?;
    let mut out = writer.finish()?;
    out.flush().map_err(at(part))?;
    out.get_ref().sync_all().map_err(at(part))?;
    Ok(())
}

/// Puts a file's tenant into an installation that does not have it, under its own name or another.
///
/// # Errors
/// [`Unmoved`]: the file is not whole, the name or the id is taken, a key of bank details is not
/// here, the audit's chain does not verify. Nothing is left then.
pub async fn import(
    here: &Installation<'_>,
    path: &Path,
    slug: Option<Slug>,
    mode: Mode,
) -> Result<Report, Unmoved> {
    let (head, _) = Reader::verify(path)?;
    let mut moved = head.tenant.clone();
    if let Some(slug) = slug {
        moved.slug = slug.into();
    }
    let tenant = TenantId(moved.id);
    let mut portal = here.db.portal_read().await?;
    let taken = store::taken(&mut portal, tenant, &moved.slug).await?;
    drop(portal);
    if let Some((id, slug)) = taken.first() {
        let text = match *id == tenant {
            true => format!(
                "this organisation is here already, as {slug:?}; `equipage tenant restore` puts its data back"
            ),
            false => format!("the name {slug:?} is taken: choose another one with --as"),
        };
        return Err(Unmoved::Conflict(text));
    }
    put(here, path, &moved, Here::Nothing, mode).await
}

/// Puts a tenant's data back, in the place of what it has now. Others do not notice; who works in
/// this one meanwhile is told to try again.
///
/// # Errors
/// [`Unmoved`]; then everything is as it was.
pub async fn restore(
    here: &Installation<'_>,
    path: &Path,
    tenant: &Tenant,
    mode: Mode,
) -> Result<Report, Unmoved> {
    let (head, _) = Reader::verify(path)?;
    if head.tenant.id != tenant.id.0 {
        let text = format!(
            "the file holds the data of {:?}, which is not {:?}",
            head.tenant.slug, tenant.slug
        );
        return Err(Unmoved::Conflict(text));
    }
    let moved = Moved {
        slug: tenant.slug.clone(),
        ..head.tenant
    };
    put(here, path, &moved, Here::Data, mode).await
}

async fn put(
    here: &Installation<'_>,
    path: &Path,
    moved: &Moved,
    before: Here,
    mode: Mode,
) -> Result<Report, Unmoved> {
    let tenant = TenantId(moved.id);
    let place = Place::open(here.db, here.owner_url, tenant, before).await?;
    let filled = fill(here, &place, path, moved, before).await;
    let (report, cx) = match filled {
        Ok(filled) => filled,
        Err(why) => {
            place.abandon().await;
            return Err(why);
        }
    };
    if mode == Mode::Try {
        drop(cx);
        place.abandon().await;
        return Ok(report);
    }
    let committed = match before {
        // What is new brings its own audit, to the last row.
        Here::Nothing => cx.tx.commit().await,
        Here::Data => cx.commit().await,
    };
    if let Err(why) = committed {
        place.abandon().await;
        return Err(why.into());
    }
    let list = async || {
        let mut portal = here.db.portal_write().await?;
        store::insert_moved(&mut portal, moved).await?;
        Ok(portal.commit().await?)
    };
    place.settle(list).await?;
    Ok(report)
}

/// Fills the place, and looks whether what came is whole, before anything is kept.
async fn fill(
    here: &Installation<'_>,
    place: &Place,
    path: &Path,
    moved: &Moved,
    before: Here,
) -> Result<(Report, Cx), Unmoved> {
    let tenant = TenantId(moved.id);
    let mut reader = Reader::open(path)?;
    let mut tx = place.begin().await?;
    let sums = place
        .fill(&mut tx, async |tx: &mut Tx| {
            moving::read_in(tx, tenant, &mut reader).await
        })
        .await?;
    let actor = Actor::operator();
    let now = here.clock.now();
    let mut cx = Cx::new(tenant, actor, now, settings::DEFAULT_ZONE, tx);
    verify(&mut cx, here.keys).await?;
    let head = reader.head().clone();
    if before == Here::Data {
        let change = Change {
            action: "backup_restored",
            kind: "settings",
            id: tenant.0,
            label: &moved.slug,
        };
        let after = json!({ "as_of": head.at, "rows": sums.iter().map(|s| s.rows).sum::<u64>() });
        audit::record(&mut cx, change, NOTHING, Some(&after)).await?;
    }
    // On PostgreSQL the list of tenants is beside the data, in the same transaction.
    if !cx.tx.is_sqlite() {
        match before {
            Here::Nothing => store::insert_moved(&mut cx.tx, moved).await?,
            Here::Data => store::set_mail_turn(&mut cx.tx, moved).await?,
        }
    }
    Ok((Report::new(head, &moved.slug, sums), cx))
}

/// The audit's chain is whole, and bank details open with a key that is here.
async fn verify(cx: &mut Cx, keys: &Keys) -> Result<(), Unmoved> {
    let report = audit::verify(cx, Vec::new(), &PublicKeys::default()).await?;
    if let Some(fault) = report.faults.first() {
        let text = format!("the audit's chain is broken in this file: {fault}");
        return Err(Unmoved::File(text));
    }
    let uses = bank::keys_in_use(cx, keys).await?;
    if let Some(closed) = uses.iter().find(|used| !used.opens) {
        let text = format!(
            "{} accounts were sealed with the key {:?}, which is not configured here, or is another one: take its line over from the other installation into the file of [secrets] bank_key (docs/bank-details.md)",
            closed.accounts, closed.key_id
        );
        return Err(Unmoved::Conflict(text));
    }
    Ok(())
}
