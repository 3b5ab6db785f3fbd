//! Keys of bank details: made, and changed.

use super::{Failed, act, the_operator};
use crate::config::Config;
use clap::Subcommand;
use domain::bank::{self, KeyUse, Keys};
use domain::context::{Clock, Cx};
use domain::db::Db;
use domain::plugins;
use domain::portal::{Tenant, Why, across_tenants_unsafe};

/// What is done with keys.
#[derive(Subcommand)]
pub enum SecretsCommand {
    /// Print a new key: a line for the file that `[secrets] bank_key` names
    New,
    /// Seal every account with the first key of the file, so that the others can be taken out
    Rotate,
}

/// `equipage secrets new`
///
/// # Errors
/// Where the system has no randomness.
pub fn new() -> Result<(), Failed> {
    let name = Clock::System.now().format("%Y%m%d-%H%M%S").to_string();
    println!("{}", Keys::new_line(&name)?);
    Ok(())
}

/// Says which key is missing, before anything is sealed anew.
async fn all_open(cx: &mut Cx, tenant: &Tenant, keys: &Keys) -> Result<(), Failed> {
    let uses = bank::keys_in_use(cx, keys).await?;
    match uses.iter().find(|used| !used.opens) {
        Some(KeyUse {
            key_id, accounts, ..
        }) => Err(Failed::typed(format!(
            "{accounts} accounts of {} were sealed with the key {key_id:?}, which is not among these keys, or is another one: put its line back into the file",
            tenant.slug
        ))),
        None => Ok(()),
    }
}

/// `equipage secrets rotate`
///
/// # Errors
/// Where a key is missing; what was sealed until then stays so.
pub async fn rotate(db: &Db, config: &Config) -> Result<(), Failed> {
    let keys = config.bank_keys().map_err(Failed::typed)?;
    let across = across_tenants_unsafe(db, &Clock::System, &the_operator(), Why::BankKeys).await?;
    for tenant in across.tenants() {
        all_open(&mut across.read(tenant).await?, tenant, &keys).await?;
    }
    let (mut total, mut secrets) = (0, 0);
    for tenant in across.tenants() {
        loop {
            let mut cx = act(db, tenant).await?;
            let resealed = bank::reseal(&mut cx, &keys).await?;
            cx.commit().await?;
            if resealed == 0 {
                break;
            }
            total += resealed;
        }
        let mut cx = act(db, tenant).await?;
        secrets += plugins::reseal(&mut cx, &keys).await?;
        cx.commit().await?;
    }
    if secrets > 0 {
        println!("the secrets of {secrets} plugins were sealed anew");
    }
    println!("{total} accounts were sealed anew; keys other than the first can be taken out");
    Ok(())
}
