//! What is in the data: who may administer, which keys bank details need, where each
//! organisation answers.

use super::Finding;
use crate::cli::{Failed, the_operator};
use crate::config::Config;
use crate::serve;
use chrono::{DateTime, TimeDelta, Utc};
use domain::bank::{self, KeyUse};
use domain::context::Clock;
use domain::db::Db;
use domain::kernel::Slug;
use domain::portal::{Tenant, Why, across_tenants_unsafe, operators};
use domain::{audit, crews};

/// So much later may something have been written than it is now: clocks are set a little.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(5);

/// What the tenants say. The storage opens as it is.
pub async fn look(config: &Config) -> Vec<Finding> {
    let found = async {
        let db = serve::open(config).await?;
        let found = all(&db, config).await;
        db.close().await;
        found
    };
    found
        .await
        .unwrap_or_else(|failed| vec![Finding::wrong("tenants", failed.text, "mend the storage")])
}

async fn all(db: &Db, config: &Config) -> Result<Vec<Finding>, Failed> {
    let across = across_tenants_unsafe(db, &Clock::System, &the_operator(), Why::Health).await?;
    let tenants = across.tenants();
    let keys = config.bank_keys().unwrap_or_default();
    let mut found = vec![default(config.default_tenant.as_ref(), tenants)];
    found.extend(operators_of(config, &operators::list(db).await?));
    for tenant in tenants {
        let mut cx = across.read(tenant).await?;
        found.push(place(config, tenant));
        found.push(administrators(
            tenant,
            crews::count_administrators(&mut cx).await?,
        ));
        let newest = audit::latest(&mut cx, 1).await?;
        let newest = newest.first().map(|entry| entry.at);
        found.extend(clock(tenant, newest, Clock::System.now()));
        let uses = bank::keys_in_use(&mut cx, &keys).await?;
        found.extend(uses.iter().map(|used| key(tenant, used)));
    }
    Ok(found)
}

fn default(default: Option<&Slug>, tenants: &[Tenant]) -> Finding {
    const CHECK: &str = "tenants";
    let named = |slug: &Slug| tenants.iter().any(|t| t.slug == slug.as_str());
    match default {
        _ if tenants.is_empty() => Finding::wrong(
            CHECK,
            "there is none: every address answers that nobody is here",
            "equipage tenant create NAME --title TITLE",
        ),
        Some(slug) if !named(slug) => Finding::wrong(
            CHECK,
            format!("default_tenant = \"{}\" is none of them", slug.as_str()),
            "`equipage tenant list` names them",
        ),
        _ => Finding::fine(CHECK, format!("{} are here", tenants.len())),
    }
}

/// Where a tenant answers: to be compared with the proxy's configuration and the DNS.
fn place(config: &Config, tenant: &Tenant) -> Finding {
    let scheme = if config.secure { "https" } else { "http" };
    let (slug, domain) = (&tenant.slug, &config.base_domain);
    if config.is_the_operators(slug) {
        return Finding::wrong(
            "address",
            format!("{slug} is reached by nobody: operator_host is its address"),
            "choose another operator_host",
        );
    }
    Finding::fine(
        "address",
        format!("{slug} answers at {scheme}://{slug}.{domain}"),
    )
}

/// Whether somebody can sign in where operators work.
fn operators_of(config: &Config, all: &[operators::Row]) -> Option<Finding> {
    const CHECK: &str = "operators";
    let host = config.operator_host.as_ref()?;
    let count = all.iter().filter(|row| row.disabled_at.is_none()).count();
    Some(match count {
        0 => Finding::wrong(
            CHECK,
            format!("nobody can sign in at {host}"),
            "equipage operator add NAME",
        ),
        n => Finding::fine(CHECK, format!("{n} can sign in at {host}")),
    })
}

fn administrators(tenant: &Tenant, count: i64) -> Finding {
    const CHECK: &str = "administrators";
    let slug = &tenant.slug;
    match count {
        0 => Finding::wrong(
            CHECK,
            format!("nobody can sign in to {slug} and change its settings"),
            format!("equipage user create NAME --tenant {slug} --crew administration"),
        ),
        n => Finding::fine(CHECK, format!("{n} can administer {slug}")),
    }
}

/// What was written in the future says that a clock was, or is, wrong.
fn clock(tenant: &Tenant, newest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Finding> {
    let newest = newest.filter(|newest| *newest > now + AHEAD_MAX)?;
    let day = newest.format("%Y-%m-%d %H:%M");
    Some(Finding::wrong(
        "clock",
        format!(
            "{} was last changed at {day} UTC, which is later than now",
            tenant.slug
        ),
        "set this machine's clock; let systemd-timesyncd or chrony keep it",
    ))
}

fn key(tenant: &Tenant, used: &KeyUse) -> Finding {
    const CHECK: &str = "bank key";
    let (slug, id, count) = (&tenant.slug, &used.key_id, used.accounts);
    match used.opens {
        true => Finding::fine(
            CHECK,
            format!("{count} accounts of {slug} open with the key {id}"),
        ),
        false => Finding::wrong(
            CHECK,
            format!(
                "{count} accounts of {slug} were sealed with a key {id} that is not here, or not the same"
            ),
            "put its line back into the file of keys: docs/bank-details.md",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::wrong;
    use super::*;
    use domain::kernel::TenantId;

    fn tenant() -> Tenant {
        Tenant {
            id: TenantId(uuid::Uuid::nil()),
            slug: "nuage".into(),
            title: "Nuage".into(),
        }
    }

    #[test]
    fn an_installation_without_tenants_or_with_a_default_that_is_none_is_wrong() {
        let (here, other) = (Slug::parse("nuage").unwrap(), Slug::parse("autre").unwrap());
        let none = Vec::<&str>::new();
        assert_eq!(wrong(&[default(None, &[])]), ["tenants"]);
        assert_eq!(wrong(&[default(Some(&other), &[tenant()])]), ["tenants"]);
        assert_eq!(wrong(&[default(Some(&here), &[tenant()])]), none);
        assert_eq!(wrong(&[default(None, &[tenant()])]), none);
    }

    #[test]
    fn a_host_of_operators_needs_one_and_is_no_tenants() {
        let mut config = crate::config::tests::config();
        assert_eq!(operators_of(&config, &[]).map(|f| f.check), None);
        config.operator_host = Some("nuage.localhost".into());
        assert_eq!(wrong(&[place(&config, &tenant())]), ["address"]);
        let nobody: Vec<_> = operators_of(&config, &[]).into_iter().collect();
        assert_eq!(wrong(&nobody), ["operators"]);
    }

    #[test]
    fn an_organisation_that_nobody_administers_is_wrong() {
        assert_eq!(wrong(&[administrators(&tenant(), 0)]), ["administrators"]);
        assert_eq!(wrong(&[administrators(&tenant(), 1)]), Vec::<&str>::new());
    }

    #[test]
    fn what_was_written_later_than_now_is_wrong() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let found = |newest| clock(&tenant(), newest, now).map(|f| f.check);
        assert_eq!(found(None), None);
        assert_eq!(found(Some(now + AHEAD_MAX)), None);
        assert_eq!(found(Some(now + AHEAD_MAX * 2)), Some("clock"));
    }

    #[test]
    fn a_key_that_does_not_open_is_wrong() {
        let used = |opens| KeyUse {
            key_id: "a".into(),
            accounts: 2,
            opens,
        };
        assert_eq!(wrong(&[key(&tenant(), &used(false))]), ["bank key"]);
        assert_eq!(wrong(&[key(&tenant(), &used(true))]), Vec::<&str>::new());
    }
}
