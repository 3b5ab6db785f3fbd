//! Services, addresses, years of payments and fields of the organisation's own, written by
//! statements of the bench's own: nothing in the program makes a million allocations.

use crate::{Result, floors};
use std::path::Path;
use std::process::{Command, Stdio};

/// How much is made.
#[derive(Clone, Copy)]
pub struct Fill {
    /// Services; members have nine of ten.
    pub services: usize,
    /// Allocations of each service: all but the last one are over.
    pub allocations: usize,
    /// Years of payments of each service.
    pub years: usize,
    /// Whether people and members have values in fields of the organisation's own.
    pub has_fields: bool,
}

/// What the two engines write differently.
struct Words {
    /// The id of the n-th thing of a table.
    id: fn(table: u32, n: &str) -> String,
    /// The day that lies so many days behind another.
    day: fn(from: &str, days: &str) -> String,
    /// Midnight of such a day.
    moment: fn(from: &str, days: &str) -> String,
    /// A text of a number, with so many digits.
    digits: fn(n: &str) -> String,
}

const SQLITE: Words = Words {
    id: |table, n| format!("unhex(printf('%08x%024x', {table}, {n}))"),
    day: |from, days| format!("date('{from}', ({days}) || ' days')"),
    moment: |from, days| format!("(date('{from}', ({days}) || ' days') || 'T00:00:00+00:00')"),
    digits: |n| format!("printf('%06d', {n})"),
};

const POSTGRES: Words = Words {
    id: |table, n| {
        format!("CAST(lpad(to_hex({table}), 8, '0') || lpad(to_hex({n}), 24, '0') AS uuid)")
    },
    day: |from, days| format!("(DATE '{from}' + CAST({days} AS int))"),
    moment: |from, days| {
        format!("((DATE '{from}' + CAST({days} AS int))::timestamp AT TIME ZONE 'UTC')")
    },
    digits: |n| format!("lpad(CAST({n} AS text), 6, '0')"),
};

/// Types of services: one in four is paid by the month, the others by the year.
const TYPES: [(&str, u32, u32); 4] = [
    ("Tunnel", 1, 500),
    ("Fibre", 12, 36_000),
    ("Hébergement", 12, 6_000),
    ("Machine virtuelle", 12, 12_000),
];

impl Fill {
    /// Fills the one organisation of a folder, or of a database.
    pub fn run(self, folder: &Path, admin: Option<&str>) -> Result<()> {
        match admin {
            None => {
                let database = rusqlite::Connection::open(floors::tenant_file(folder)?)?;
                database.execute_batch(
                    "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN",
                )?;
                // Without what looks at each row: a million of them would take many minutes.
                let triggers = triggers(&database)?;
                for (name, _) in &triggers {
                    database.execute_batch(&format!("DROP TRIGGER {name}"))?;
                }
                database.execute_batch(&self.statements(&SQLITE))?;
                for (_, text) in &triggers {
                    database.execute_batch(text)?;
                }
                database.execute_batch("COMMIT")?;
                Ok(())
            }
            Some(url) => {
                let text = self.statements(&POSTGRES);
                psql(
                    url,
                    &format!("SET session_replication_role = replica; BEGIN; {text}; COMMIT"),
                )
            }
        }
    }

    fn statements(self, w: &Words) -> String {
        let mut all = vec![
            "CREATE TEMP TABLE one AS SELECT tenant_id AS tenant, id AS crew, (SELECT count(*) FROM members) AS members FROM crews WHERE name = 'administration'".to_owned(),
            format!(
                "CREATE TEMP TABLE n AS WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {}) SELECT i FROM c",
                (self.services * self.allocations).max(255)
            ),
            "CREATE TEMP TABLE who AS SELECT id, party_id, row_number() OVER (ORDER BY number) - 1 AS n FROM members".to_owned(),
            "CREATE UNIQUE INDEX who_by_n ON who (n)".to_owned(),
        ];
        self.services(w, &mut all);
        self.allocations(w, &mut all);
        self.payments(w, &mut all);
        if self.has_fields {
            fields(self.services, w, &mut all);
        }
        all.push("ANALYZE".to_owned());
        all.join(";\n")
    }

    fn services(self, w: &Words, all: &mut Vec<String>) {
        for ((name, months, cents), n) in TYPES.into_iter().zip(0..) {
            let id = (w.id)(1, &format!("{n}"));
            all.push(format!("INSERT INTO service_types (tenant_id, id, name, crew_id, colour, months, note, version, carries_addresses) SELECT tenant, {id}, '{name}', crew, 'blue', {months}, '', 1, TRUE FROM one"));
            all.push(format!("INSERT INTO service_prices (tenant_id, type_id, from_on, amount_cents) SELECT tenant, {id}, {}, {cents} FROM one", (w.day)("2015-01-01", "0")));
        }
        let (services, first) = (self.services, (w.day)("2021-01-05", "i % 1500"));
        let (kind, id) = ((w.id)(1, "i % 4"), (w.id)(2, "i"));
        let label = format!("'service-' || {}", (w.digits)("i"));
        let closed = (w.day)("2026-02-01", "i % 200");
        all.push(format!("INSERT INTO services (tenant_id, id, type_id, label, search, note, closed_on, version, created_at) SELECT tenant, {id}, {kind}, {label}, {label}, '', CASE WHEN i % 20 = 7 THEN {closed} END, 1, {} FROM one, n WHERE i < {services}", (w.moment)("2021-01-01", "0")));
        all.push(format!("INSERT INTO service_holdings (tenant_id, id, service_id, member_id, from_on, until_on, reason, version) SELECT tenant, {}, {id}, m.id, {first}, CASE WHEN i % 20 = 7 THEN {} END, '', 1 FROM one CROSS JOIN n CROSS JOIN who m WHERE m.n = i % members AND i < {services} AND i % 10 <> 3", (w.id)(3, "i"), (w.day)("2026-02-01", "i % 200 - 1")));
        // Two of three are paid.
        all.push(format!("INSERT INTO service_coverage (tenant_id, service_id, member_id, from_on, until_on) SELECT tenant, {id}, m.id, {first}, CASE WHEN i % 3 = 0 THEN {} ELSE {} END FROM one CROSS JOIN n CROSS JOIN who m WHERE m.n = i % members AND i < {services} AND i % 10 <> 3 AND i % 7 <> 0", (w.day)("2026-01-01", "i % 100"), (w.day)("2036-01-01", "i % 100")));
    }

    /// Each service had one address after the other, for 100 days each.
    fn allocations(self, w: &Words, all: &mut Vec<String>) {
        if self.allocations == 0 {
            return;
        }
        all.push("CREATE TEMP TABLE bytes (b BIGINT, bits TEXT)".to_owned());
        let rows: Vec<String> = (0..256).map(|b| format!("({b}, '{b:08b}')")).collect();
        all.push(format!("INSERT INTO bytes VALUES {}", rows.join(", ")));
        all.push(format!("INSERT INTO prefixes (tenant_id, id, network, label, note, hands_out, version) SELECT tenant, {}, '400001010', 'Réseau', '', 32, 1 FROM one", (w.id)(4, "0")));
        let (each, services) = (self.allocations, self.services);
        all.push(format!(
            "INSERT INTO allocations (tenant_id, id, service_id, network, from_at, until_at, entered_at, version) SELECT tenant, {}, {}, '400001010' || x.bits || y.bits || z.bits, {}, CASE WHEN i / {services} < {each} - 1 THEN {} END, {}, 1 FROM one, n JOIN bytes x ON x.b = i / 65536 JOIN bytes y ON y.b = i / 256 % 256 JOIN bytes z ON z.b = i % 256 WHERE i < {services} * {each}",
            (w.id)(5, "i"),
            (w.id)(2, &format!("i % {services}")),
            (w.moment)("2021-01-05", &format!("100 * (i / {services})")),
            (w.moment)("2021-01-05", &format!("100 * (i / {services}) + 100")),
            (w.moment)("2021-01-05", "0"),
        ));
    }

    /// Each service that somebody has is paid at its beginning and then each period.
    fn payments(self, w: &Words, all: &mut Vec<String>) {
        if self.years == 0 {
            return;
        }
        all.push(format!("CREATE TEMP TABLE times AS WITH RECURSIVE c (t) AS (SELECT 0 UNION ALL SELECT t + 1 FROM c WHERE t < {}) SELECT t FROM c", 12 * self.years - 1));
        for ((_, months, cents), n) in TYPES.into_iter().zip(0..) {
            let (times, days) = (self.years * 12 / months as usize, months * 365 / 12);
            let day = |more: &str| (w.day)("2021-01-05", &format!("i % 30 + t * {days}{more}"));
            let id = (w.id)(6, "i * 1000 + t");
            all.push(format!("INSERT INTO payments (tenant_id, id, member_id, amount_cents, method, received_on, period_from, period_until, label, note, search, state, entered_by_name, entered_at, version, service_id) SELECT tenant, {id}, m.id, {cents}, 'transfer', {}, {}, {}, '', '', ' ', 'draft', 'bench', {}, 1, {} FROM one CROSS JOIN n CROSS JOIN who m CROSS JOIN times WHERE m.n = i % members AND i < {} AND i % 4 = {n} AND i % 10 <> 3 AND i % 7 <> 0 AND t < {times}", day(""), day(""), day(&format!(" + {} - 1", days)), (w.moment)("2026-01-01", "0"), (w.id)(2, "i"), self.services));
        }
        all.push(format!("UPDATE payments SET state = 'validated', validated_by_name = 'bench', validated_at = {} WHERE service_id IS NOT NULL AND state = 'draft'", (w.moment)("2026-01-02", "0")));
    }
}

/// Every trigger: its name, and the statement that makes it.
fn triggers(database: &rusqlite::Connection) -> Result<Vec<(String, String)>> {
    let mut found =
        database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")?;
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A field of each kind of object that lists have, with a value for each of them.
fn fields(services: usize, w: &Words, all: &mut Vec<String>) {
    let objects = [
        ("person", "SELECT party_id AS o, n AS i FROM who".to_owned()),
        ("member", "SELECT id AS o, n AS i FROM who".to_owned()),
        (
            "service",
            format!(
                "SELECT {} AS o, i FROM n WHERE i < {services}",
                (w.id)(2, "i")
            ),
        ),
    ];
    for ((object, rows), n) in objects.into_iter().zip(0..) {
        let (choice, word) = ((w.id)(7, &format!("{n}")), (w.id)(8, &format!("{n}")));
        let choices = r#"[{"id":"c1","label":"Un"},{"id":"c2","label":"Deux"},{"id":"c3","label":"Trois"},{"id":"c4","label":"Rare"}]"#;
        all.push(format!("INSERT INTO extra_fields (tenant_id, id, object, slug, label, kind, help, choices, is_required, is_listed, is_open, position, version) SELECT tenant, {choice}, '{object}', '{object}_choice', 'Choix', 'choice', '', '{choices}', FALSE, TRUE, FALSE, 1, 1 FROM one"));
        all.push(format!("INSERT INTO extra_fields (tenant_id, id, object, slug, label, kind, help, choices, is_required, is_listed, is_open, position, version) SELECT tenant, {word}, '{object}', '{object}_word', 'Mot', 'text', '', '[]', FALSE, FALSE, FALSE, 2, 1 FROM one"));
        // One in a thousand is the rare one.
        all.push(format!("INSERT INTO extra_values (tenant_id, object_id, field_id, value, search) SELECT tenant, o, {choice}, v, v FROM (SELECT o, CASE WHEN i % 1000 = 5 THEN 'c4' ELSE 'c' || CAST(1 + i % 3 AS TEXT) END AS v FROM ({rows}) r) q, one"));
        all.push(format!("INSERT INTO extra_values (tenant_id, object_id, field_id, value, search) SELECT tenant, o, {word}, v, v FROM (SELECT o, 'mot ' || {} AS v FROM ({rows}) r) q, one", (w.digits)("i")));
    }
}

/// Runs statements in a PostgreSQL.
pub fn psql(url: &str, text: &str) -> Result<()> {
    use std::io::Write;
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    match child.wait()?.success() {
        true => Ok(()),
        false => Err("psql failed".into()),
    }
}
