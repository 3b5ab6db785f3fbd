//! `equipage audit`: the chain of hashes, verified and signed.

use super::{EXIT_OURS, Failed, chosen_tenant, look, the_operator};
use crate::config::Config;
use crate::signing::{line, sign_all};
use chain::{Checkpoint, PublicKeys, Report};
use clap::{Args, Subcommand};
use domain::audit;
use domain::context::{Clock, Cx};
use domain::db::Db;
use domain::portal::{Tenant, Why, across_reads, across_tenants_unsafe};
use serde_json::json;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Read the whole audit of a tenant, or of all, and say what is not as it was written
    Verify(Verify),
    /// Sign where each tenant's audit ends, and print that: keep it elsewhere
    Checkpoint,
    /// Say who read across tenants, when and why: the latest first
    Across,
    /// Print the public keys of checkpoints, for those who verify
    PublicKey,
}

#[derive(Args)]
pub struct Verify {
    /// The tenant; all of them where it is left out
    #[arg(long)]
    tenant: Option<String>,
    /// A file that `equipage export auditchain` or its page wrote; then no data are needed
    #[arg(long, conflicts_with = "tenant")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub against: Against,
}

/// What an audit is compared with.
#[derive(Args)]
pub struct Against {
    /// A file of checkpoints that was kept elsewhere
    #[arg(long)]
    checkpoints: Vec<PathBuf>,
    /// A file of public keys, of which one must have signed every checkpoint
    #[arg(long)]
    public_keys: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Against {
    fn checkpoints(&self) -> Result<Vec<Checkpoint>, Failed> {
        let mut all = Vec::new();
        for path in &self.checkpoints {
            let wrong = |n: usize, why: String| {
                Failed::typed(format!("{}, line {}: {why}", path.display(), n + 1))
            };
            for (n, line) in BufReader::new(open(path)?).lines().enumerate() {
                let line = line.map_err(|e| wrong(n, e.to_string()))?;
                if !line.trim().is_empty() {
                    let read = serde_json::from_str(&line);
                    all.push(read.map_err(|e| wrong(n, e.to_string()))?);
                }
            }
        }
        Ok(all)
    }

    fn keys(&self) -> Result<PublicKeys, Failed> {
        let Some(path) = &self.public_keys else {
            return Ok(PublicKeys::default());
        };
        let wrong = |why: String| Failed::typed(format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        PublicKeys::parse(&text).map_err(|e| wrong(e.to_string()))
    }

    fn print(&self, title: &str, report: &Report) {
        if self.json {
            println!(
                "{}",
                json!({ "title": title, "good": report.is_good(), "report": report })
            );
            return;
        }
        let said = if report.is_good() { "good" } else { "NOT GOOD" };
        println!("{title}: {said}, {} rows", report.rows);
        println!("  ends with {}", chain::hex(&report.hash));
        println!(
            "  {} checkpoints agree, {} of them with a checked signature; {} rows had something personal erased",
            report.checkpoints, report.signed, report.erased
        );
        for fault in &report.faults {
            println!("  {fault}");
        }
        let more = report
            .faults_total
            .saturating_sub(report.faults.len() as u64);
        if more > 0 {
            println!("  and {more} more");
        }
    }
}

fn open(path: &Path) -> Result<File, Failed> {
    File::open(path).map_err(|e| Failed::typed(format!("{}: {e}", path.display())))
}

/// Runs a command that needs the data.
///
/// # Errors
/// What is wrong with the arguments, the storage, or an audit.
pub async fn run(db: &Db, config: &Config, command: AuditCommand) -> Result<(), Failed> {
    match command {
        AuditCommand::Verify(args) => verify(db, config, &args).await,
        AuditCommand::Checkpoint => {
            let print = |_: &_, checkpoint: &Checkpoint| {
                println!("{}", line(checkpoint)?);
                Ok(())
            };
            sign_all(db, &Clock::System, &signer(config)?, print).await
        }
        AuditCommand::Across => across(db).await,
        AuditCommand::PublicKey => {
            print!("{}", signer(config)?.public_keys().lines());
            Ok(())
        }
    }
}

fn signer(config: &Config) -> Result<chain::Signer, Failed> {
    config.audit_signer().map_err(Failed::typed)?.ok_or_else(|| {
        Failed::typed(
            "there is no key: `equipage secrets new` prints one, and docs/audit.md says where it goes",
        )
    })
}

async fn verify(db: &Db, config: &Config, args: &Verify) -> Result<(), Failed> {
    let (kept, mut keys) = (args.against.checkpoints()?, args.against.keys()?);
    if keys.is_empty()
        && let Some(own) = config.audit_signer().map_err(Failed::typed)?
    {
        keys = own.public_keys().clone();
    }
    let against = (kept.as_slice(), &keys);
    if let Some(name) = args.tenant.as_deref() {
        let tenant = chosen_tenant(db, Some(name)).await?;
        let mut cx = look(db, &tenant).await?;
        return ended(verify_one(&mut cx, &tenant, args, against).await?);
    }
    let across = across_tenants_unsafe(db, &Clock::System, &the_operator(), Why::Audits).await?;
    let mut wrong = 0;
    for tenant in across.tenants() {
        wrong += verify_one(&mut across.read(tenant).await?, tenant, args, against).await?;
    }
    ended(wrong)
}

/// Says whether a tenant's audit is good; 1 where it is not.
async fn verify_one(
    cx: &mut Cx,
    tenant: &Tenant,
    args: &Verify,
    (kept, keys): (&[Checkpoint], &PublicKeys),
) -> Result<u64, Failed> {
    let own = kept.iter().filter(|kept| kept.tenant == tenant.id.0);
    let report = audit::verify(cx, own.cloned().collect(), keys).await?;
    args.against.print(&tenant.title, &report);
    Ok(u64::from(!report.is_good()))
}

/// Who read across tenants, a line each.
async fn across(db: &Db) -> Result<(), Failed> {
    for read in across_reads(db).await? {
        let (at, count) = (read.at.format("%Y-%m-%d %H:%M:%S"), read.tenants.len());
        println!("{at}\t{}\t{}\t{count} tenants", read.operator, read.why);
    }
    Ok(())
}

/// `equipage audit verify --file FILE`
///
/// # Errors
/// Where the file cannot be read, or is not as it was written.
pub fn verify_file(path: &Path, against: &Against) -> Result<(), Failed> {
    let (kept, keys) = (against.checkpoints()?, against.keys()?);
    let file = BufReader::new(open(path)?);
    let wrong = |why| Failed::typed(format!("{}: {why}", path.display()));
    let (header, report) = chain::verify_file(file, kept, &keys).map_err(wrong)?;
    against.print(&header.title, &report);
    ended(u64::from(!report.is_good()))
}

fn ended(wrong: u64) -> Result<(), Failed> {
    match wrong {
        0 => Ok(()),
        n => Err(Failed {
            text: format!("{n} audits are not as they were written"),
            exit_code: EXIT_OURS,
        }),
    }
}
