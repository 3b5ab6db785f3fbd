//! The tables of people, organisations and their contacts.

use super::{Contact, Party, PartyData, rules};
use crate::db::Tx;
use crate::kernel::{Email, PartyId, Result, TenantId, text};
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.kind, p.given_name, p.name, p.email, p.phone, p.street, p.postcode, p.city, p.country, p.note, p.locale, p.version, p.created_at, p.updated_at",
            $rest
        )
    };
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: PartyId) -> Result<Option<Party>> {
    opt!(
        *tx,
        select!(" FROM parties p WHERE p.tenant_id = $1 AND p.id = $2"),
        tenant,
        id
    )
}

pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
    data: &PartyData,
    now: DateTime<Utc>,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO parties (tenant_id, id, kind, given_name, name, email, email_key, phone, street, postcode, city, country, note, search, sort_name, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, $16, $16)",
        tenant,
        id,
        data.kind,
        &data.given_name,
        &data.name,
        data.email.as_ref().map(Email::as_str),
        data.email.as_ref().map(email_key),
        data.phone.as_deref(),
        data.street.as_deref(),
        data.postcode.as_deref(),
        data.city.as_deref(),
        data.country.as_deref(),
        data.note.as_deref(),
        rules::search_text(data),
        rules::sort_name(&data.given_name, &data.name),
        now
    )?;
    Ok(())
}

/// Whether the row still had the version that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: PartyId,
    version: i64,
    data: &PartyData,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE parties SET kind = $4, given_name = $5, name = $6, email = $7, email_key = $8, phone = $9, street = $10, postcode = $11, city = $12, country = $13, note = $14, search = $15, sort_name = $16, version = version + 1, updated_at = $17 WHERE tenant_id = $1 AND id = $2 AND version = $3",
        tenant,
        id,
        version,
        data.kind,
        &data.given_name,
        &data.name,
        data.email.as_ref().map(Email::as_str),
        data.email.as_ref().map(email_key),
        data.phone.as_deref(),
        data.street.as_deref(),
        data.postcode.as_deref(),
        data.city.as_deref(),
        data.country.as_deref(),
        data.note.as_deref(),
        rules::search_text(data),
        rules::sort_name(&data.given_name, &data.name),
        now
    )?;
    Ok(rows == 1)
}

/// Whether something hangs on a party's being a person, or an organisation.
pub(super) async fn kind_is_in_use(tx: &mut Tx, tenant: TenantId, id: PartyId) -> Result<bool> {
    let (uses,): (i64,) = one!(
        *tx,
        "SELECT (SELECT count(*) FROM organisation_contacts WHERE tenant_id = $1 AND organisation_id = $2) + (SELECT count(*) FROM organisation_contacts WHERE tenant_id = $1 AND person_id = $2) + (SELECT count(*) FROM logins WHERE tenant_id = $1 AND person_id = $2) + (SELECT count(*) FROM crew_people WHERE tenant_id = $1 AND person_id = $2)",
        tenant,
        id
    )?;
    Ok(uses > 0)
}

/// Those with the same address, or the same full name in either order.
pub(super) async fn find_similar(
    tx: &mut Tx,
    tenant: TenantId,
    data: &PartyData,
    max: i64,
) -> Result<Vec<Party>> {
    all!(
        *tx,
        select!(
            " FROM parties p WHERE p.tenant_id = $1 AND p.id IN (SELECT id FROM parties WHERE tenant_id = $1 AND email_key = $2 UNION SELECT id FROM parties WHERE tenant_id = $1 AND sort_name IN ($3, $4)) ORDER BY p.sort_name, p.id LIMIT $5"
        ),
        tenant,
        data.email.as_ref().map(email_key),
        rules::sort_name(&data.given_name, &data.name),
        rules::sort_name(&data.name, &data.given_name),
        max
    )
}

pub(super) async fn contacts(
    tx: &mut Tx,
    tenant: TenantId,
    organisation: PartyId,
    max: i64,
) -> Result<Vec<Contact>> {
    all!(
        *tx,
        select!(
            ", c.role FROM organisation_contacts c JOIN parties p ON p.tenant_id = c.tenant_id AND p.id = c.person_id WHERE c.tenant_id = $1 AND c.organisation_id = $2 ORDER BY p.sort_name, p.id LIMIT $3"
        ),
        tenant,
        organisation,
        max
    )
}

pub(super) async fn contact_of(
    tx: &mut Tx,
    tenant: TenantId,
    person: PartyId,
    max: i64,
) -> Result<Vec<Contact>> {
    all!(
        *tx,
        select!(
            ", c.role FROM organisation_contacts c JOIN parties p ON p.tenant_id = c.tenant_id AND p.id = c.organisation_id WHERE c.tenant_id = $1 AND c.person_id = $2 ORDER BY p.sort_name, p.id LIMIT $3"
        ),
        tenant,
        person,
        max
    )
}

pub(super) async fn count_contacts(
    tx: &mut Tx,
    tenant: TenantId,
    organisation: PartyId,
) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM organisation_contacts WHERE tenant_id = $1 AND organisation_id = $2",
        tenant,
        organisation
    )?;
    Ok(count)
}

/// The role of a contact, where there is this contact.
pub(super) async fn find_role(
    tx: &mut Tx,
    tenant: TenantId,
    organisation: PartyId,
    person: PartyId,
) -> Result<Option<String>> {
    let found: Option<(String,)> = opt!(
        *tx,
        "SELECT role FROM organisation_contacts WHERE tenant_id = $1 AND organisation_id = $2 AND person_id = $3",
        tenant,
        organisation,
        person
    )?;
    Ok(found.map(|(role,)| role))
}

pub(super) async fn upsert_contact(
    tx: &mut Tx,
    tenant: TenantId,
    organisation: PartyId,
    person: PartyId,
    role: &str,
) -> Result<()> {
    exec!(
        *tx,
        "INSERT INTO organisation_contacts (tenant_id, organisation_id, person_id, role) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, organisation_id, person_id) DO UPDATE SET role = excluded.role",
        tenant,
        organisation,
        person,
        role
    )?;
    Ok(())
}

pub(super) async fn delete_contact(
    tx: &mut Tx,
    tenant: TenantId,
    organisation: PartyId,
    person: PartyId,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "DELETE FROM organisation_contacts WHERE tenant_id = $1 AND organisation_id = $2 AND person_id = $3",
        tenant,
        organisation,
        person
    )?;
    Ok(rows == 1)
}

fn email_key(email: &Email) -> String {
    text::fold(email.as_str())
}
