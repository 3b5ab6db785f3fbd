//! The databases: reachable, whole, of this program's age. Nothing is brought up to date.

use super::Finding;
use crate::config::Config;
use domain::db::Fault;
use domain::db::health::{self, Health};
use domain::kernel::Result;

/// The checks' name.
const CHECK: &str = "storage";

/// What the databases say.
pub async fn look(config: &Config) -> Vec<Finding> {
    match &config.database_url {
        Some(url) => {
            let health = health::of_postgres(&url.0).await;
            let mut found = vec![state("PostgreSQL", "answers", health)];
            found.extend(isolation(&url.0).await);
            found
        }
        None => files(&config.data).await,
    }
}

/// Whether PostgreSQL keeps the tenants apart; nothing where it does not answer, which was
/// said already.
async fn isolation(url: &str) -> Vec<Finding> {
    const CHECK: &str = "isolation";
    match health::isolation_of_postgres(url).await {
        Err(_) => Vec::new(),
        Ok(faults) if faults.is_empty() => vec![Finding::fine(
            CHECK,
            "this role serves, owns nothing, and sees one organisation at a time",
        )],
        Ok(faults) => {
            let wrong = |fault: Fault| Finding::wrong(CHECK, fault.said, fault.mend);
            faults.into_iter().map(wrong).collect()
        }
    }
}

async fn files(folder: &std::path::Path) -> Vec<Finding> {
    if !folder.join("portal.db").exists() {
        return vec![Finding::wrong(
            CHECK,
            format!("there is no portal.db in {}", folder.display()),
            "put a backup back, or begin: `equipage tenant create NAME` makes it",
        )];
    }
    let mut found = vec![state(
        "portal.db",
        "is whole",
        health::of_portal(folder).await,
    )];
    // Said above, where it cannot be read.
    for tenant in health::tenants_of(folder).await.unwrap_or_default() {
        let name = format!("{} ({})", tenant.slug, tenant.path.display());
        found.push(match tenant.path.exists() {
            true => state(&name, "is whole", health::of_tenant(&tenant.path).await),
            false => Finding::wrong(
                CHECK,
                format!("{name} is missing"),
                "put it back from a backup",
            ),
        });
    }
    found
}

/// What one database's health means; `well` says as much as was looked at.
fn state(name: &str, well: &str, health: Result<Health>) -> Finding {
    let health = match health {
        Ok(health) => health,
        Err(problem) => {
            let said = format!("{name} does not open: {}", problem.log_line());
            return Finding::wrong(
                CHECK,
                said,
                "look whether it is there, running, and open to this user",
            );
        }
    };
    if let Some(damage) = health.damage.first() {
        let said = format!("{name} is damaged: {damage}");
        return Finding::wrong(CHECK, said, "stop the server and restore a backup");
    }
    if let Some(step) = health.unknown.first() {
        let said = format!("a newer Equipage has written {name}: step {step} is unknown");
        return Finding::wrong(
            CHECK,
            said,
            "install that one, or restore a backup from before",
        );
    }
    if let Some(step) = health.missing.first() {
        let said = format!("{name} is older than this program: step {step} is missing");
        return Finding::wrong(CHECK, said, "make a backup, then run `equipage migrate`");
    }
    match health.engine.as_str() {
        "delete" => Finding::note(
            CHECK,
            format!("{name} is whole, and no server has opened it yet"),
            "start the server; where this stays, the folder is on a network share: move it to a disk",
        ),
        engine => Finding::fine(CHECK, format!("{name} {well} ({engine})")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{noted, wrong};
    use super::*;
    use domain::context::Clock;
    use domain::db::Db;
    use domain::kernel::{Locale, Slug};
    use domain::portal;
    use std::io::{Seek, SeekFrom, Write};

    fn with(change: impl FnOnce(&mut Health)) -> Vec<Finding> {
        let mut health = Health {
            engine: "wal".into(),
            ..Health::default()
        };
        change(&mut health);
        vec![state("x", "is whole", Ok(health))]
    }

    #[test]
    fn each_ill_of_a_database_is_said() {
        assert_eq!(noted(&with(|_| ())), Vec::<&str>::new());
        for found in [
            with(|h| h.missing = vec![1]),
            with(|h| h.unknown = vec![9999]),
            with(|h| h.damage = vec!["page 2".into()]),
        ] {
            assert_eq!(wrong(&found), ["storage"]);
        }
        let copied = with(|h| h.engine = "delete".into());
        assert_eq!((wrong(&copied), noted(&copied)), (vec![], vec!["storage"]));
    }

    #[tokio::test]
    async fn a_missing_an_overwritten_and_a_lost_file_are_found() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(wrong(&files(place.path()).await), ["storage"]);
        let db = Db::open_sqlite(place.path()).await.unwrap();
        let slug = Slug::parse("nuage").unwrap();
        let made = portal::create(&db, &Clock::System, slug, "Nuage", Locale::Fr).await;
        let file = place
            .path()
            .join(format!("tenants/{}.db", made.unwrap().id));
        db.close().await;
        let found = files(place.path()).await;
        assert_eq!((found.len(), noted(&found)), (2, vec![]), "{found:?}");
        let mut damaged = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
        damaged.seek(SeekFrom::Start(3 * 4096)).unwrap();
        damaged.write_all(&[7; 3 * 4096]).unwrap();
        assert_eq!(wrong(&files(place.path()).await), ["storage"]);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(wrong(&files(place.path()).await), ["storage"]);
    }
}
