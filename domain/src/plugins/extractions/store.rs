//! The tables of extractions, and everything that their templates read.

use super::data::{CrewRow, Data, Fields, HolderRow, MemberRow, Party, ServiceRow};
use super::{Extraction, KIND, Recipe, Schedule, Written};
use crate::db::Tx;
use crate::fields::Choice;
use crate::kernel::{Code, Day, PluginId, Problem, Result, TenantId};
use crate::plugins::store::PLUGINS_MAX;
use crate::plugins::{ObjectKind, Plugin};
use crate::services::addresses::rules::read_key;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most people, crews or services that a template reads.
const ROWS_MAX: i64 = 100_000;
/// The most values of added fields, addresses and places in crews that it reads.
const MORE_MAX: i64 = 1_000_000;

#[derive(sqlx::FromRow)]
struct Row {
    recipe: Json<Recipe>,
    on_change: bool,
    schedule: Schedule,
    hour: i64,
    next_at: Option<DateTime<Utc>>,
    kept: Option<Json<Written>>,
}

/// What is known of an extraction beside what is known of each plugin.
pub(super) async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    plugin: Plugin,
) -> Result<Option<Extraction>> {
    let row: Option<Row> = opt!(
        *tx,
        "SELECT e.recipe, e.on_change, e.schedule, e.hour, e.next_at, o.kept FROM extractions e LEFT JOIN plugin_objects o ON o.tenant_id = e.tenant_id AND o.plugin_id = e.id AND o.object_id = e.id WHERE e.tenant_id = $1 AND e.id = $2",
        tenant,
        plugin.id
    )?;
    Ok(row.map(|row| Extraction {
        plugin,
        recipe: row.recipe.0,
        on_change: row.on_change,
        schedule: row.schedule,
        hour: row.hour,
        next_at: row.next_at,
        written: row.kept.map(|kept| kept.0),
    }))
}

/// Whether no other one has the path.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, one: &Extraction) -> Result<bool> {
    let rows = exec!(
        *tx,
        "INSERT INTO extractions (tenant_id, id, path, recipe, on_change, schedule, hour, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        tenant,
        one.plugin.id,
        &one.recipe.path,
        Json(&one.recipe),
        one.on_change,
        one.schedule,
        one.hour,
        one.next_at
    )?;
    Ok(rows == 1)
}

/// Whether another one has a path.
pub(super) async fn is_taken(
    tx: &mut Tx,
    tenant: TenantId,
    path: &str,
    but: PluginId,
) -> Result<bool> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM extractions WHERE tenant_id = $1 AND path = $2 AND id <> $3",
        tenant,
        path,
        but
    )?;
    Ok(count > 0)
}

pub(super) async fn update(tx: &mut Tx, tenant: TenantId, one: &Extraction) -> Result<()> {
    exec!(
        *tx,
        "UPDATE extractions SET path = $3, recipe = $4, on_change = $5, schedule = $6, hour = $7, next_at = $8 WHERE tenant_id = $1 AND id = $2",
        tenant,
        one.plugin.id,
        &one.recipe.path,
        Json(&one.recipe),
        one.on_change,
        one.schedule,
        one.hour,
        one.next_at
    )?;
    Ok(())
}

pub(in crate::plugins) async fn delete(tx: &mut Tx, tenant: TenantId, id: PluginId) -> Result<()> {
    exec!(
        *tx,
        "DELETE FROM extractions WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(())
}

/// Those that are switched on and whose time by the clock has come, with what decides over the next time.
pub(in crate::plugins) async fn due(
    tx: &mut Tx,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Vec<(PluginId, String, Schedule, i64)>> {
    all!(
        *tx,
        "SELECT e.id, p.name, e.schedule, e.hour FROM extractions e JOIN plugins p ON p.tenant_id = e.tenant_id AND p.id = e.id WHERE e.tenant_id = $1 AND e.next_at <= $2 AND p.is_enabled ORDER BY e.id LIMIT $3",
        tenant,
        now,
        PLUGINS_MAX
    )
}

pub(in crate::plugins) async fn put_next(
    tx: &mut Tx,
    tenant: TenantId,
    id: PluginId,
    next: Option<DateTime<Utc>>,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE extractions SET next_at = $3 WHERE tenant_id = $1 AND id = $2",
        tenant,
        id,
        next
    )?;
    Ok(())
}

/// When the first one of those that are switched on is made by the clock.
pub(in crate::plugins) async fn next_turn(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> = opt!(
        *tx,
        "SELECT e.next_at FROM extractions e JOIN plugins p ON p.tenant_id = e.tenant_id AND p.id = e.id WHERE e.tenant_id = $1 AND e.next_at IS NOT NULL AND p.is_enabled ORDER BY e.next_at LIMIT 1",
        tenant
    )?;
    Ok(row.map(|(next,)| next))
}

/// What is known of one by its id: its name and recipe.
pub(in crate::plugins) async fn recipe(
    tx: &mut Tx,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<(String, Recipe)>> {
    let row: Option<(String, Json<Recipe>)> = opt!(
        *tx,
        "SELECT p.name, e.recipe FROM extractions e JOIN plugins p ON p.tenant_id = e.tenant_id AND p.id = e.id WHERE e.tenant_id = $1 AND e.id = $2 AND p.kind = $3",
        tenant,
        id,
        KIND
    )?;
    Ok(row.map(|(name, recipe)| (name, recipe.0)))
}

// --- what templates read

/// Everything that a recipe reads.
///
/// # Errors
/// [`Code::TooMuchToRead`] where there is more than one template reads; the database's own.
pub(in crate::plugins) async fn data(
    tx: &mut Tx,
    tenant: TenantId,
    reads: &[ObjectKind],
    (now, today): (DateTime<Utc>, Day),
) -> Result<Data> {
    let (organisation,): (String,) = one!(
        *tx,
        "SELECT title FROM settings WHERE tenant_id = $1",
        tenant
    )?;
    let mut data = Data {
        organisation,
        today,
        ..Data::default()
    };
    let fields = Kept::read(tx, tenant).await?;
    let has = |kind| reads.contains(&kind);
    if has(ObjectKind::Person) || has(ObjectKind::Crew) {
        data.people = people(tx, tenant, &fields, today).await?;
        data.crews = crews(tx, tenant, &fields, &mut data.people).await?;
    }
    if has(ObjectKind::Service) {
        data.services = services(tx, tenant, &fields, (now, today)).await?;
    }
    Ok(data)
}

fn not_too_many<T>(rows: Vec<T>, max: i64) -> Result<Vec<T>> {
    match rows.len() > usize::try_from(max).unwrap_or(usize::MAX) {
        true => Err(Problem::new(Code::TooMuchToRead { max })),
        false => Ok(rows),
    }
}

/// What is kept in the added fields that everybody may see.
struct Kept {
    /// Their names, by what they are on.
    slugs: BTreeMap<String, Vec<String>>,
    values: BTreeMap<Uuid, Vec<(String, String)>>,
}

impl Kept {
    async fn read(tx: &mut Tx, tenant: TenantId) -> Result<Self> {
        type Declared = (Uuid, String, String, String, Json<Vec<Choice>>);
        let declared: Vec<Declared> = all!(
            *tx,
            "SELECT id, object, slug, kind, choices FROM extra_fields WHERE tenant_id = $1 AND archived_at IS NULL AND seen_by IS NULL ORDER BY slug LIMIT $2",
            tenant,
            ROWS_MAX
        )?;
        let mut slugs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for (id, object, slug, kind, choices) in declared {
            slugs.entry(object).or_default().push(slug.clone());
            let choices = if kind == "choice" {
                choices.0
            } else {
                Vec::new()
            };
            by_id.insert(id, (slug, choices));
        }
        let mut values: BTreeMap<Uuid, Vec<(String, String)>> = BTreeMap::new();
        if by_id.is_empty() {
            return Ok(Self { slugs, values });
        }
        let rows: Vec<(Uuid, Uuid, String)> = all!(
            *tx,
            "SELECT v.object_id, v.field_id, v.value FROM extra_values v JOIN extra_fields f ON f.tenant_id = v.tenant_id AND f.id = v.field_id WHERE v.tenant_id = $1 AND f.archived_at IS NULL AND f.seen_by IS NULL LIMIT $2",
            tenant,
            MORE_MAX + 1
        )?;
        for (object, field, value) in not_too_many(rows, MORE_MAX)? {
            let Some((slug, choices)) = by_id.get(&field) else {
                continue;
            };
            let label = choices.iter().find(|choice| choice.id == value);
            let value = label.map_or(value, |choice| choice.label.clone());
            values
                .entry(object)
                .or_default()
                .push((slug.clone(), value));
        }
        Ok(Self { slugs, values })
    }

    /// All fields of a kind of object, each with what one has in it.
    fn of(&self, on: &str, object: Uuid) -> Fields {
        let slugs = self.slugs.get(on).into_iter().flatten();
        let mut fields: Fields = slugs.map(|slug| (slug.clone(), String::new())).collect();
        let values = self.values.get(&object).into_iter().flatten();
        for (slug, value) in values {
            // What is kept of a member and a person is apart.
            if let Some(there) = fields.get_mut(slug) {
                there.clone_from(value);
            }
        }
        fields
    }
}

#[derive(sqlx::FromRow)]
struct PartyRow {
    id: Uuid,
    kind: String,
    given_name: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    login_name: Option<String>,
    can_sign_in: bool,
    account: Option<i64>,
    member_id: Option<Uuid>,
    number: Option<i64>,
    joined_on: Option<Day>,
    left_on: Option<Day>,
}

async fn people(tx: &mut Tx, tenant: TenantId, kept: &Kept, today: Day) -> Result<Vec<Party>> {
    let rows: Vec<PartyRow> = all!(
        *tx,
        "SELECT p.id, p.kind, p.given_name, p.name, p.email, p.phone, p.locale, l.login_name, (l.login_name IS NOT NULL AND l.disabled_at IS NULL) AS can_sign_in, n.number AS account, m.id AS member_id, m.number, m.joined_on, m.left_on FROM parties p LEFT JOIN logins l ON l.tenant_id = p.tenant_id AND l.person_id = p.id LEFT JOIN account_numbers n ON n.tenant_id = p.tenant_id AND n.object_id = p.id LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND p.erased_at IS NULL ORDER BY p.sort_name, p.id LIMIT $2",
        tenant,
        ROWS_MAX + 1
    )?;
    let read = |row: PartyRow| {
        let member = row
            .member_id
            .zip(row.joined_on)
            .map(|(id, since)| MemberRow {
                number: row.number.unwrap_or_default(),
                since,
                until: row.left_on,
                is_now: since <= today && row.left_on.is_none_or(|until| until >= today),
                fields: kept.of("member", id),
            });
        Party {
            id: row.id,
            label: format!("{} {}", row.given_name, row.name).trim().to_owned(),
            fields: kept.of(&row.kind, row.id),
            nature: row.kind,
            given_name: row.given_name,
            name: row.name,
            email: row.email.unwrap_or_default(),
            phone: row.phone.unwrap_or_default(),
            locale: row.locale.unwrap_or_default(),
            login: row.login_name.unwrap_or_default(),
            can_sign_in: row.can_sign_in,
            number: row.account,
            member,
            crews: Vec::new(),
        }
    };
    let rows = not_too_many(rows, ROWS_MAX)?;
    Ok(rows.into_iter().map(read).collect())
}

async fn crews(
    tx: &mut Tx,
    tenant: TenantId,
    kept: &Kept,
    people: &mut [Party],
) -> Result<Vec<CrewRow>> {
    let rows: Vec<(Uuid, String, Option<i64>)> = all!(
        *tx,
        "SELECT c.id, c.name, n.number FROM crews c LEFT JOIN account_numbers n ON n.tenant_id = c.tenant_id AND n.object_id = c.id WHERE c.tenant_id = $1 ORDER BY c.name, c.id LIMIT $2",
        tenant,
        ROWS_MAX
    )?;
    let mut crews: Vec<CrewRow> = rows
        .into_iter()
        .map(|(id, name, number)| CrewRow {
            id,
            name,
            number,
            people: Vec::new(),
            fields: kept.of("crew", id),
        })
        .collect();
    let inside: Vec<(Uuid, Uuid)> = all!(
        *tx,
        "SELECT crew_id, person_id FROM crew_people WHERE tenant_id = $1 LIMIT $2",
        tenant,
        MORE_MAX + 1
    )?;
    let mut of_person: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    let places: BTreeMap<Uuid, usize> = crews
        .iter()
        .enumerate()
        .map(|(n, crew)| (crew.id, n))
        .collect();
    for (crew, person) in not_too_many(inside, MORE_MAX)? {
        if let Some(place) = places.get(&crew) {
            of_person.entry(person).or_default().push(*place);
        }
    }
    // In the order of the people, and of the crews of each.
    for person in people {
        let Some(mut places) = of_person.remove(&person.id) else {
            continue;
        };
        places.sort_unstable();
        for place in places {
            if let Some(crew) = crews.get_mut(place) {
                crew.people.push(person.id);
                person.crews.push(crew.name.clone());
            }
        }
    }
    Ok(crews)
}

async fn services(
    tx: &mut Tx,
    tenant: TenantId,
    kept: &Kept,
    (now, today): (DateTime<Utc>, Day),
) -> Result<Vec<ServiceRow>> {
    let rows: Vec<(Uuid, String, String)> = all!(
        *tx,
        "SELECT s.id, s.label, t.name FROM services s JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE s.tenant_id = $1 AND (s.closed_on IS NULL OR s.closed_on > $2) ORDER BY s.search, s.id LIMIT $3",
        tenant,
        today,
        ROWS_MAX + 1
    )?;
    let mut services: Vec<ServiceRow> = not_too_many(rows, ROWS_MAX)?
        .into_iter()
        .map(|(id, label, of_type)| ServiceRow {
            id,
            label,
            of_type,
            fields: kept.of("service", id),
            ..ServiceRow::default()
        })
        .collect();
    let mut holders = holders(tx, tenant, today).await?;
    let networks: Vec<(Uuid, String)> = all!(
        *tx,
        "SELECT service_id, network FROM allocations WHERE tenant_id = $1 AND from_at <= $2 AND (until_at IS NULL OR until_at > $2) ORDER BY network LIMIT $3",
        tenant,
        now,
        MORE_MAX + 1
    )?;
    let mut addresses: BTreeMap<Uuid, Vec<ipnet::IpNet>> = BTreeMap::new();
    for (service, key) in not_too_many(networks, MORE_MAX)? {
        addresses.entry(service).or_default().extend(read_key(&key));
    }
    for service in &mut services {
        service.holder = holders.remove(&service.id);
        service.addresses = addresses.remove(&service.id).unwrap_or_default();
    }
    Ok(services)
}

#[derive(sqlx::FromRow)]
struct HoldingRow {
    service_id: Uuid,
    party_id: Uuid,
    number: i64,
    name: String,
    from_on: Day,
    until_on: Option<Day>,
}

/// Who has which service today.
async fn holders(tx: &mut Tx, tenant: TenantId, today: Day) -> Result<BTreeMap<Uuid, HolderRow>> {
    let rows: Vec<HoldingRow> = all!(
        *tx,
        "SELECT h.service_id, m.party_id, m.number, trim(p.given_name || ' ' || p.name) AS name, h.from_on, h.until_on FROM service_holdings h JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.member_id JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE h.tenant_id = $1 AND h.from_on <= $2 AND (h.until_on IS NULL OR h.until_on >= $2) LIMIT $3",
        tenant,
        today,
        ROWS_MAX
    )?;
    let read = |row: HoldingRow| {
        let holder = HolderRow {
            id: row.party_id,
            number: row.number,
            name: row.name,
            since: row.from_on,
            until: row.until_on,
        };
        (row.service_id, holder)
    };
    Ok(rows.into_iter().map(read).collect())
}
