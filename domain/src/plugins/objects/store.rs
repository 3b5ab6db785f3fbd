//! Reading the objects that plugins are told of, each by its id.

use super::{
    Crew, Fields, Holder, InCrew, LISTED_MAX, Login, Membership, Named, Object, Payment, Person,
    Service,
};
use crate::db::Tx;
use crate::fields::Choice;
use crate::kernel::{Cents, Day, PluginId, Result, TenantId};
use crate::plugins::ObjectKind;
use crate::plugins::extractions::{self, Whole};
use crate::services::addresses::rules::{read_key, written};
use crate::{all, opt};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

/// The object of an id; `None` where there is none (any more).
pub(in crate::plugins) async fn find(
    tx: &mut Tx,
    tenant: TenantId,
    kind: ObjectKind,
    id: Uuid,
    (now, today): (DateTime<Utc>, Day),
) -> Result<Option<Object>> {
    Ok(match kind {
        ObjectKind::Person => {
            let person = person(tx, tenant, id).await?;
            person.map(|person| Object::Person(Box::new(person)))
        }
        ObjectKind::Crew => crew(tx, tenant, id).await?.map(Object::Crew),
        ObjectKind::Service => {
            let service = service(tx, tenant, id, now, today).await?;
            service.map(Object::Service)
        }
        ObjectKind::Payment => payment(tx, tenant, id).await?.map(Object::Payment),
        ObjectKind::Extraction => {
            let Some((name, recipe)) = extractions::store::recipe(tx, tenant, id).await? else {
                return Ok(None);
            };
            let data = extractions::store::data(tx, tenant, &recipe.reads, (now, today)).await?;
            let id = PluginId(id);
            Some(Object::Extraction(Box::new(Whole {
                id,
                name,
                recipe,
                data,
            })))
        }
        ObjectKind::Foreign => None,
    })
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    kind: String,
    given_name: String,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    login_name: Option<String>,
    is_disabled: bool,
    account: Option<i64>,
    member_id: Option<Uuid>,
    number: Option<i64>,
    joined_on: Option<Day>,
    left_on: Option<Day>,
}

async fn person(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<Option<Person>> {
    let row: Option<PersonRow> = opt!(
        *tx,
        "SELECT p.kind, p.given_name, p.name, p.email, p.phone, p.locale, l.login_name, l.disabled_at IS NOT NULL AS is_disabled, n.number AS account, m.id AS member_id, m.number, m.joined_on, m.left_on FROM parties p LEFT JOIN logins l ON l.tenant_id = p.tenant_id AND l.person_id = p.id LEFT JOIN account_numbers n ON n.tenant_id = p.tenant_id AND n.object_id = p.id LEFT JOIN members m ON m.tenant_id = p.tenant_id AND m.party_id = p.id WHERE p.tenant_id = $1 AND p.id = $2",
        tenant,
        id
    )?;
    let Some(row) = row else { return Ok(None) };
    let crews: Vec<Named> = all!(
        *tx,
        "SELECT c.id, c.name FROM crew_people cp JOIN crews c ON c.tenant_id = cp.tenant_id AND c.id = cp.crew_id WHERE cp.tenant_id = $1 AND cp.person_id = $2 ORDER BY c.name LIMIT $3",
        tenant,
        id,
        LISTED_MAX
    )?;
    let member = match (row.member_id, row.number, row.joined_on) {
        (Some(id), Some(number), Some(joined_on)) => Some(Membership {
            id,
            number,
            joined_on,
            left_on: row.left_on,
            fields: fields(tx, tenant, id).await?,
        }),
        _ => None,
    };
    Ok(Some(Person {
        id,
        label: format!("{} {}", row.given_name, row.name).trim().to_owned(),
        nature: row.kind,
        given_name: row.given_name,
        name: row.name,
        email: row.email,
        phone: row.phone,
        locale: row.locale,
        login: row.login_name.map(|name| Login {
            name,
            is_disabled: row.is_disabled,
            number: row.account,
        }),
        member,
        crews,
        fields: fields(tx, tenant, id).await?,
    }))
}

async fn crew(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<Option<Crew>> {
    let crew: Option<(String, Option<i64>)> = opt!(
        *tx,
        "SELECT c.name, n.number FROM crews c LEFT JOIN account_numbers n ON n.tenant_id = c.tenant_id AND n.object_id = c.id WHERE c.tenant_id = $1 AND c.id = $2",
        tenant,
        id
    )?;
    let Some((name, number)) = crew else {
        return Ok(None);
    };
    let people: Vec<InCrew> = all!(
        *tx,
        "SELECT p.id, trim(p.given_name || ' ' || p.name) AS label, p.email, l.login_name AS login FROM crew_people cp JOIN parties p ON p.tenant_id = cp.tenant_id AND p.id = cp.person_id LEFT JOIN logins l ON l.tenant_id = p.tenant_id AND l.person_id = p.id AND l.disabled_at IS NULL WHERE cp.tenant_id = $1 AND cp.crew_id = $2 ORDER BY p.sort_name, p.id LIMIT $3",
        tenant,
        id,
        LISTED_MAX
    )?;
    Ok(Some(Crew {
        id,
        name,
        number,
        people,
        fields: fields(tx, tenant, id).await?,
    }))
}

async fn service(
    tx: &mut Tx,
    tenant: TenantId,
    id: Uuid,
    now: DateTime<Utc>,
    today: Day,
) -> Result<Option<Service>> {
    let row: Option<(String, String, Option<Day>)> = opt!(
        *tx,
        "SELECT s.label, t.name, s.closed_on FROM services s JOIN service_types t ON t.tenant_id = s.tenant_id AND t.id = s.type_id WHERE s.tenant_id = $1 AND s.id = $2",
        tenant,
        id
    )?;
    let Some((label, of_type, closed_on)) = row else {
        return Ok(None);
    };
    let holder: Option<Holder> = opt!(
        *tx,
        "SELECT h.member_id AS member, m.number, trim(p.given_name || ' ' || p.name) AS name, h.from_on, h.until_on FROM service_holdings h JOIN members m ON m.tenant_id = h.tenant_id AND m.id = h.member_id JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id WHERE h.tenant_id = $1 AND h.service_id = $2 AND (h.until_on IS NULL OR h.until_on >= $3) ORDER BY h.from_on LIMIT 1",
        tenant,
        id,
        today
    )?;
    let networks: Vec<(String,)> = all!(
        *tx,
        "SELECT network FROM allocations WHERE tenant_id = $1 AND service_id = $2 AND from_at <= $3 AND (until_at IS NULL OR until_at > $3) ORDER BY network LIMIT $4",
        tenant,
        id,
        now,
        LISTED_MAX
    )?;
    let networks_written = |(key,): (String,)| read_key(&key).map(written);
    Ok(Some(Service {
        id,
        label,
        of_type,
        closed_on,
        holder,
        addresses: networks.into_iter().filter_map(networks_written).collect(),
        fields: fields(tx, tenant, id).await?,
    }))
}

#[derive(sqlx::FromRow)]
struct PaymentRow {
    label: String,
    member_id: Uuid,
    amount_cents: Cents,
    method: String,
    received_on: Day,
    state: String,
    reverses_id: Option<Uuid>,
}

async fn payment(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<Option<Payment>> {
    let row: Option<PaymentRow> = opt!(
        *tx,
        "SELECT label, member_id, amount_cents, method, received_on, state, reverses_id FROM payments WHERE tenant_id = $1 AND id = $2",
        tenant,
        id
    )?;
    Ok(row.map(|row| Payment {
        id,
        label: row.label,
        member: row.member_id,
        amount_cents: row.amount_cents,
        method: row.method,
        received_on: row.received_on,
        state: row.state,
        reverses: row.reverses_id,
    }))
}

/// The values of an object's own fields: of a choice, what people read. What only some may see is told
/// to no plugin.
async fn fields(tx: &mut Tx, tenant: TenantId, object: Uuid) -> Result<Fields> {
    let rows: Vec<(String, String, String, Json<Vec<Choice>>)> = all!(
        *tx,
        "SELECT f.slug, f.kind, v.value, f.choices FROM extra_values v JOIN extra_fields f ON f.tenant_id = v.tenant_id AND f.id = v.field_id WHERE v.tenant_id = $1 AND v.object_id = $2 AND f.archived_at IS NULL AND f.seen_by IS NULL ORDER BY f.slug LIMIT $3",
        tenant,
        object,
        LISTED_MAX
    )?;
    let read = |(slug, kind, value, choices): (String, String, String, Json<Vec<Choice>>)| {
        let label = choices.iter().find(|choice| choice.id == value);
        let value = match (kind.as_str(), label) {
            ("choice", Some(choice)) => choice.label.clone(),
            _ => value,
        };
        (slug, value)
    };
    Ok(rows.into_iter().map(read).collect())
}
