//! Migrations are written once, in a few portable types, and turned into each
//! engine's own words here. Where the engines differ (triggers), a migration has
//! two blocks side by side: `-- sqlite` … `-- end`, `-- postgres` … `-- end`.

use crate::kernel::{Problem, Result};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A migration as it is written: its number, its name, its text.
pub(super) type Written = (i64, &'static str, &'static str);

pub(super) const PORTAL: &[Written] = &[
    (
        1,
        "tenants",
        include_str!("../../../migrations/portal/0001_tenants.sql"),
    ),
    (
        2,
        "mail_turns",
        include_str!("../../../migrations/portal/0002_mail.sql"),
    ),
    (
        22,
        "across_reads",
        include_str!("../../../migrations/portal/0022_across.sql"),
    ),
    (
        23,
        "rounds",
        include_str!("../../../migrations/portal/0023_rounds.sql"),
    ),
    (
        25,
        "duty_turns",
        include_str!("../../../migrations/portal/0025_duties.sql"),
    ),
    (
        24,
        "tenants_deleted",
        include_str!("../../../migrations/portal/0024_deleted.sql"),
    ),
    (
        26,
        "proofs",
        include_str!("../../../migrations/portal/0026_proofs.sql"),
    ),
    (
        27,
        "operators",
        include_str!("../../../migrations/portal/0027_operators.sql"),
    ),
];

pub(super) const TENANT: &[Written] = &[
    (
        1001,
        "ground",
        include_str!("../../../migrations/tenant/0001_ground.sql"),
    ),
    (
        1002,
        "dues",
        include_str!("../../../migrations/tenant/0002_dues.sql"),
    ),
    (
        1003,
        "receipts",
        include_str!("../../../migrations/tenant/0003_receipts.sql"),
    ),
    (
        1004,
        "import_undo",
        include_str!("../../../migrations/tenant/0004_import_undo.sql"),
    ),
    (
        1006,
        "boards",
        include_str!("../../../migrations/tenant/0006_boards.sql"),
    ),
    (
        1007,
        "crews",
        include_str!("../../../migrations/tenant/0007_crews.sql"),
    ),
    (
        1008,
        "services",
        include_str!("../../../migrations/tenant/0008_services.sql"),
    ),
    (
        1010,
        "import_dues",
        include_str!("../../../migrations/tenant/0010_import_dues.sql"),
    ),
    (
        1011,
        "bank_details",
        include_str!("../../../migrations/tenant/0011_bank_details.sql"),
    ),
    (
        1012,
        "addresses",
        include_str!("../../../migrations/tenant/0012_addresses.sql"),
    ),
    (
        1013,
        "mail",
        include_str!("../../../migrations/tenant/0013_mail.sql"),
    ),
    (
        1014,
        "statistics",
        include_str!("../../../migrations/tenant/0014_statistics.sql"),
    ),
    (
        1015,
        "fields",
        include_str!("../../../migrations/tenant/0015_fields.sql"),
    ),
    (
        1016,
        "chain",
        include_str!("../../../migrations/tenant/0016_chain.sql"),
    ),
    (
        1018,
        "service_imports",
        include_str!("../../../migrations/tenant/0018_service_imports.sql"),
    ),
    (
        1019,
        "mandates",
        include_str!("../../../migrations/tenant/0019_mandates.sql"),
    ),
    (
        1020,
        "erasure",
        include_str!("../../../migrations/tenant/0020_erasure.sql"),
    ),
    (
        1021,
        "moving",
        include_str!("../../../migrations/tenant/0021_moving.sql"),
    ),
    (
        1023,
        "large_lists",
        include_str!("../../../migrations/tenant/0023_large_lists.sql"),
    ),
    (
        1025,
        "plugins",
        include_str!("../../../migrations/tenant/0025_plugins.sql"),
    ),
    (
        1026,
        "extractions",
        include_str!("../../../migrations/tenant/0026_extractions.sql"),
    ),
    (
        1027,
        "notices",
        include_str!("../../../migrations/tenant/0027_notices.sql"),
    ),
    (
        1028,
        "standings",
        include_str!("../../../migrations/tenant/0028_standings.sql"),
    ),
];

/// The engine that a text is turned into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// The number of the newest migration of the portal.
pub fn latest_portal() -> i64 {
    PORTAL.iter().map(|m| m.0).max().unwrap_or_default()
}

/// The number of the newest migration of a tenant.
pub fn latest_tenant() -> i64 {
    TENANT.iter().map(|m| m.0).max().unwrap_or_default()
}

/// The portal's migrations for SQLite.
pub(super) fn sqlite_portal() -> Result<Migrator> {
    migrator(PORTAL.iter(), Dialect::Sqlite)
}

/// A tenant's migrations for SQLite.
pub(super) fn sqlite_tenant() -> Result<Migrator> {
    migrator(TENANT.iter(), Dialect::Sqlite)
}

/// Everything, for the one database of PostgreSQL.
pub(super) fn postgres() -> Result<Migrator> {
    migrator(PORTAL.iter().chain(TENANT), Dialect::Postgres)
}

/// The portal's tables, as its migrations make them.
pub(super) fn portal_tables() -> Vec<&'static str> {
    let made = PORTAL.iter().flat_map(|(.., text)| {
        let made = text.split("CREATE TABLE ").skip(1);
        made.filter_map(|rest| rest.split([' ', '(']).next())
    });
    made.collect()
}

/// The portable type of each column that the steps of a tenant's tables name, by table and
/// column. A file of SQLite has fewer types than they were written in.
pub(super) fn tenant_types() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let mut found = BTreeMap::new();
    for (.., text) in TENANT {
        let mut table = None;
        for line in text.lines() {
            let words: Vec<&str> = line.split([' ', ',', ';']).collect();
            let column = match words.as_slice() {
                ["CREATE", "TABLE", name, ..] => {
                    table = Some(*name);
                    continue;
                }
                [")", ..] | [");", ..] => {
                    table = None;
                    continue;
                }
                ["ALTER", "TABLE", name, "ADD", "COLUMN", column, kind, ..] => {
                    Some((*name, *column, *kind))
                }
                ["", "", column, kind, ..] => table.map(|table| (table, *column, *kind)),
                _ => None,
            };
            if let Some((table, column, kind)) = column
                && TYPES.iter().any(|(portable, ..)| *portable == kind)
            {
                found.entry((table, column)).or_insert(kind);
            }
        }
    }
    found
}

pub(super) fn migrator<'a>(
    written: impl Iterator<Item = &'a Written>,
    dialect: Dialect,
) -> Result<Migrator> {
    let migrations = written
        .map(|(version, name, text)| {
            // Our own files, compiled in: no text of anybody else's gets here.
            let sql = AssertSqlSafe(translate(text, dialect)?).into_sql_str();
            Ok(Migration::new(
                *version,
                Cow::Borrowed(*name),
                MigrationType::Simple,
                sql,
                false,
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    })
}

/// Why tables could not be brought up to date, for the one who runs the server.
pub(super) fn explain(error: MigrateError) -> Problem {
    match error {
        MigrateError::VersionMissing(step) => Problem::internal(format!(
            "a newer Equipage has written here: this one does not know its step {step}. Install that one or a newer one, or restore a backup from before"
        )),
        MigrateError::VersionMismatch(step) => Problem::internal(format!(
            "step {step} was made by another build of Equipage, with another text. Install that one, or restore a backup from before"
        )),
        other => Problem::internal(other),
    }
}

/// The portable types and what each engine calls them. Text sorts by its bytes on
/// both engines, so that lists have one order.
const TYPES: &[(&str, &str, &str)] = &[
    ("UUID", "BLOB", "UUID"),
    ("TEXT", "TEXT", "TEXT COLLATE \"C\""),
    ("BIGINT", "INTEGER", "BIGINT"),
    ("BOOLEAN", "INTEGER", "BOOLEAN"),
    ("DATE", "TEXT", "DATE"),
    ("TIMESTAMPTZ", "TEXT", "TIMESTAMPTZ"),
    ("JSONB", "TEXT", "JSONB"),
    ("BYTEA", "BLOB", "BYTEA"),
];

/// Turns a portable migration into one engine's own words.
fn translate(text: &str, dialect: Dialect) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut block: Option<Dialect> = None;
    for line in text.lines() {
        match line.trim() {
            "-- sqlite" => block = Some(Dialect::Sqlite),
            "-- postgres" => block = Some(Dialect::Postgres),
            "-- end" => block = None,
            _ => {
                match block {
                    Some(only) if only == dialect => out.push_str(line),
                    Some(_) => continue,
                    None => out.push_str(&translate_line(line, dialect)),
                }
                out.push('\n');
            }
        }
    }
    if block.is_some() {
        return Err(Problem::internal("a migration's block has no `-- end`"));
    }
    Ok(out)
}

fn translate_line(line: &str, dialect: Dialect) -> String {
    if line.trim() == ");" && dialect == Dialect::Sqlite {
        return ") STRICT;".to_owned();
    }
    let mut out = String::with_capacity(line.len() + 16);
    let mut word = String::new();
    for c in line.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        let known = TYPES.iter().find(|(portable, ..)| *portable == word);
        out.push_str(match (known, dialect) {
            (Some((_, sqlite, _)), Dialect::Sqlite) => sqlite,
            (Some((_, _, postgres)), Dialect::Postgres) => postgres,
            (None, _) => &word,
        });
        word.clear();
        if c != '\n' {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "CREATE TABLE t (\n  id UUID NOT NULL,\n  at TIMESTAMPTZ,\n  UUID_like TEXT\n);\n-- sqlite\nS UUID;\n-- end\n-- postgres\nP UUID;\n-- end\n";

    #[test]
    fn each_engine_gets_its_own_words() {
        assert_eq!(
            translate(SAMPLE, Dialect::Sqlite).unwrap(),
            "CREATE TABLE t (\n  id BLOB NOT NULL,\n  at TEXT,\n  UUID_like TEXT\n) STRICT;\nS UUID;\n"
        );
        assert_eq!(
            translate(SAMPLE, Dialect::Postgres).unwrap(),
            "CREATE TABLE t (\n  id UUID NOT NULL,\n  at TIMESTAMPTZ,\n  UUID_like TEXT COLLATE \"C\"\n);\nP UUID;\n"
        );
    }

    #[test]
    fn a_block_without_end_is_refused() {
        assert!(translate("-- sqlite\n", Dialect::Sqlite).is_err());
    }

    #[test]
    fn every_tenant_table_leads_with_its_tenant() {
        for (_, name, text) in TENANT {
            for table in text.split("CREATE TABLE ").skip(1) {
                let first = table.lines().nth(1).unwrap_or_default().trim();
                // (What is for SQLite alone has that engine's types.)
                let leads = ["tenant_id UUID NOT NULL,", "tenant_id BLOB NOT NULL,"];
                assert!(leads.contains(&first), "{name}: {table}");
                assert!(table.contains("PRIMARY KEY (tenant_id"), "{name}: {table}");
            }
        }
    }

    #[tokio::test]
    async fn a_file_with_payments_takes_the_receipts_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("t.db").display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        let ground = TENANT.iter().filter(|(version, ..)| *version == 1001);
        migrator(ground, Dialect::Sqlite)
            .unwrap()
            .run(&pool)
            .await
            .unwrap();
        for sql in [
            "INSERT INTO settings VALUES (x'01', 'Nuage Libre', 'fr', 'Europe/Paris', 'anyone', NULL, 3000, 12, 1)",
            "INSERT INTO parties (tenant_id, id, kind, given_name, name, search, sort_name, version, created_at, updated_at) VALUES (x'01', x'02', 'person', 'Léa', 'Benamar', '', '', 1, '', '')",
            "INSERT INTO members (tenant_id, id, party_id, number, joined_on, search, version, created_at) VALUES (x'01', x'03', x'02', 1001, '2026-01-01', '', 1, '')",
            "INSERT INTO payments (tenant_id, id, member_id, amount_cents, method, received_on, label, note, search, state, entered_by_name, entered_at, version) VALUES (x'01', x'04', x'03', 3000, 'cash', '2026-01-01', '', '', '', 'draft', '', '', 1)",
            "UPDATE payments SET state = 'validated', validated_at = '2026-01-02'",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        sqlite_tenant().unwrap().run(&pool).await.unwrap();
        let kept: (String, i64, i64) = sqlx::query_as(
            "SELECT s.title, (SELECT count(*) FROM payments WHERE state = 'validated'), (SELECT count(*) FROM receipts) FROM settings s",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        // No number is made up for what was validated before.
        assert_eq!(kept, ("Nuage Libre".to_owned(), 1, 0));
    }

    /// A tenant's data as it was before dues had tables of their own, filled through what
    /// both engines understand.
    const OLD: &[&str] = &[
        "INSERT INTO settings VALUES ($1, 'Nuage Libre', 'fr', 'Europe/Paris', 'anyone', NULL, 2500, 6, 1)",
        "INSERT INTO parties (tenant_id, id, kind, given_name, name, search, sort_name, version, created_at, updated_at) VALUES ($1, $1, 'person', 'Léa', 'Benamar', '', '', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
        "INSERT INTO members (tenant_id, id, party_id, number, joined_on, paid_until, search, version, created_at) VALUES ($1, $1, $1, 1001, '2020-01-01', '2027-12-31', '', 1, '2026-01-01T00:00:00Z')",
    ];

    /// Payments of before: their number, their period, whether validated, what they reverse.
    const OLD_PAYMENTS: &[(u128, &str, &str, bool, Option<u128>)] = &[
        (1, "2020-01-01", "2020-12-31", true, None),
        // Within the first, and touching it.
        (2, "2020-03-01", "2020-04-30", true, None),
        (3, "2021-01-01", "2021-06-30", true, None),
        // A day is missing.
        (4, "2021-07-02", "2021-12-31", true, None),
        // Taken back; about to be taken back; never validated.
        (5, "2022-01-01", "2022-12-31", true, None),
        (6, "2022-01-01", "2022-12-31", true, Some(5)),
        (7, "2023-01-01", "2023-12-31", true, None),
        (8, "2023-01-01", "2023-12-31", false, Some(7)),
        (9, "2024-01-01", "2024-12-31", false, None),
        (10, "2027-01-01", "2027-12-31", true, None),
    ];

    const NEW_RUNS: [(&str, &str); 4] = [
        ("2020-01-01", "2021-06-30"),
        ("2021-07-02", "2021-12-31"),
        ("2023-01-01", "2023-12-31"),
        ("2027-01-01", "2027-12-31"),
    ];

    /// Fills the old tables, migrates, and reads the kind, its price and the coverage.
    macro_rules! moves_dues {
        ($pool:ident, $dialect:expr, $day:literal) => {{
            let only = |wanted: &'static [i64]| {
                let all = TENANT.iter().filter(move |m| wanted.contains(&m.0));
                migrator(all, $dialect).unwrap()
            };
            only(&[1001]).run(&$pool).await.unwrap();
            let tenant = uuid::Uuid::from_u128(7);
            for sql in OLD {
                sqlx::query(*sql).bind(tenant).execute(&$pool).await.unwrap();
            }
            for (id, from, until, validated, reverses) in OLD_PAYMENTS {
                let amount = if reverses.is_some() { -3000_i64 } else { 3000 };
                let id = uuid::Uuid::from_u128(*id);
                sqlx::query(concat!("INSERT INTO payments (tenant_id, id, member_id, amount_cents, method, received_on, period_from, period_until, label, note, search, state, entered_by_name, entered_at, reverses_id, version) VALUES ($1, $2, $1, $3, 'cash', CAST($4 AS ", $day, "), CAST($4 AS ", $day, "), CAST($5 AS ", $day, "), '', '', '', 'draft', '', '2026-01-01T00:00:00Z', $6, 1)"))
                    .bind(tenant).bind(id).bind(amount).bind(*from).bind(*until)
                    .bind(reverses.map(uuid::Uuid::from_u128))
                    .execute(&$pool).await.unwrap();
                if *validated {
                    sqlx::query("UPDATE payments SET state = 'validated', validated_at = '2026-01-02T00:00:00Z' WHERE id = $1")
                        .bind(id).execute(&$pool).await.unwrap();
                }
            }
            only(&[1001, 1002]).run(&$pool).await.unwrap();
            let kind: (String, String, i64, bool, i64) = sqlx::query_as("SELECT k.name, k.cycle, k.months, k.is_default, p.amount_cents FROM dues_kinds k JOIN dues_prices p ON p.tenant_id = k.tenant_id AND p.kind_id = k.id WHERE k.id = $1")
                .bind(tenant).fetch_one(&$pool).await.unwrap();
            assert_eq!(kind, ("Cotisation".into(), "months".into(), 6, true, 2500));
            let runs: Vec<(String, String)> = sqlx::query_as("SELECT CAST(from_on AS TEXT), CAST(until_on AS TEXT) FROM coverage WHERE member_id = $1 ORDER BY from_on")
                .bind(tenant).fetch_all(&$pool).await.unwrap();
            assert_eq!(runs, NEW_RUNS.map(|(a, b)| (a.to_owned(), b.to_owned())));
            let (lapse,): (String,) = sqlx::query_as("SELECT lapse FROM settings").fetch_one(&$pool).await.unwrap();
            assert_eq!(lapse, "start_again");
        }};
    }

    #[tokio::test]
    async fn old_dues_become_a_kind_and_old_payments_coverage_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("t.db").display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        moves_dues!(pool, Dialect::Sqlite, "TEXT");
    }

    #[tokio::test]
    async fn old_dues_become_a_kind_and_old_payments_coverage_on_postgres() {
        // A schema of its own: the harness has brought the public one up to date.
        let url = std::env::var(crate::db::testing::POSTGRES_OWNER).unwrap();
        let schema = format!("s{}", uuid::Uuid::now_v7().simple());
        let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
        let admin = sqlx::PgPool::connect_with(options.clone()).await.unwrap();
        let sql = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        sqlx::query(sql).execute(&admin).await.unwrap();
        let own = options.options([("search_path", schema.as_str())]);
        let pool = sqlx::PgPool::connect_with(own).await.unwrap();
        moves_dues!(pool, Dialect::Postgres, "DATE");
    }
}
