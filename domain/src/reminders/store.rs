//! What reminders are decided from that stands in no other use-case: to whom they go, what was
//! written before, and who wants none.

use super::{PausedBy, Recipient, Subject};
use crate::db::Tx;
use crate::kernel::{Day, Locale, MemberId, PartyId, Result, TenantId};
use crate::mail::MailState;
use crate::members::MemberNumber;
use crate::people::{Kind, rules::display_name};
use crate::{all, exec};
use chrono::{DateTime, Utc};

#[derive(sqlx::FromRow)]
struct SubjectSql {
    id: MemberId,
    number: MemberNumber,
    joined_on: Day,
    left_on: Option<Day>,
    given_name: String,
    name: String,
    paid_until: Option<Day>,
    pays: bool,
    to_party: PartyId,
    to_kind: Kind,
    to_given_name: String,
    to_name: String,
    to_locale: Option<Locale>,
    to_email: Option<String>,
    contact_email: Option<String>,
}

impl SubjectSql {
    fn read(self) -> Subject {
        Subject {
            id: self.id,
            number: self.number,
            name: display_name(&self.given_name, &self.name),
            joined_on: self.joined_on,
            left_on: self.left_on,
            paid_until: self.paid_until,
            to: Recipient {
                party: self.to_party,
                name: display_name(&self.to_given_name, &self.to_name),
                kind: self.to_kind,
                address: self.to_email.or(self.contact_email),
                locale: self.to_locale,
                pays: self.pays,
            },
            dues: None,
            waiting: Vec::new(),
        }
    }
}

/// Members by name, with until when they are paid up on a day ($2), and to whom their mail
/// goes: to the one who pays, or to themselves; of an organisation, to itself or to the first
/// of its contacts who has an address.
macro_rules! subjects {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.number, m.joined_on, m.left_on, p.given_name, p.name, ",
            "(SELECT c.until_on FROM coverage c WHERE c.tenant_id = m.tenant_id AND c.member_id = m.id AND c.from_on <= $2 ORDER BY c.from_on DESC LIMIT 1) AS paid_until, ",
            "y.payer_id IS NOT NULL AS pays, t.id AS to_party, t.kind AS to_kind, t.given_name AS to_given_name, t.name AS to_name, t.locale AS to_locale, t.email AS to_email, ",
            "CASE WHEN t.kind = 'organisation' AND t.email IS NULL THEN (SELECT k.email FROM organisation_contacts o JOIN parties k ON k.tenant_id = o.tenant_id AND k.id = o.person_id WHERE o.tenant_id = t.tenant_id AND o.organisation_id = t.id AND k.email IS NOT NULL ORDER BY k.sort_name, k.id LIMIT 1) END AS contact_email ",
            "FROM members m JOIN parties p ON p.tenant_id = m.tenant_id AND p.id = m.party_id ",
            "LEFT JOIN member_payers y ON y.tenant_id = m.tenant_id AND y.member_id = m.id ",
            "JOIN parties t ON t.tenant_id = m.tenant_id AND t.id = coalesce(y.payer_id, m.party_id) ",
            $rest
        )
    };
}

/// Every member.
pub(super) async fn subjects(tx: &mut Tx, tenant: TenantId, on: Day) -> Result<Vec<Subject>> {
    let rows: Vec<SubjectSql> = all!(
        *tx,
        subjects!("WHERE m.tenant_id = $1 ORDER BY p.sort_name, p.id"),
        tenant,
        on
    )?;
    Ok(rows.into_iter().map(SubjectSql::read).collect())
}

/// Every reminder that was written since a day: by member, then by time.
pub(super) async fn before(
    tx: &mut Tx,
    tenant: TenantId,
    since: DateTime<Utc>,
) -> Result<Vec<(MemberId, Day, i64, DateTime<Utc>, MailState)>> {
    all!(
        *tx,
        "SELECT member_id, ends_on, step, created_at, state FROM mails WHERE tenant_id = $1 AND kind = 'reminder' AND member_id IS NOT NULL AND ends_on IS NOT NULL AND step IS NOT NULL AND created_at >= $2 ORDER BY member_id, created_at",
        tenant,
        since
    )
}

/// The addresses that the mail server refused.
pub(super) async fn refused(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(String,)>> {
    all!(
        *tx,
        "SELECT DISTINCT to_address FROM mails WHERE tenant_id = $1 AND state = 'refused'",
        tenant
    )
}

/// Who wants no reminders: where both a member and a crew say so, the member comes first.
pub(super) async fn pauses(tx: &mut Tx, tenant: TenantId) -> Result<Vec<(MemberId, PausedBy)>> {
    all!(
        *tx,
        "SELECT member_id, by_whom FROM reminder_pauses WHERE tenant_id = $1 ORDER BY member_id, by_whom",
        tenant
    )
}

/// Who paused a member's reminders.
pub(super) async fn pauses_of(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<(PausedBy,)>> {
    all!(
        *tx,
        "SELECT by_whom FROM reminder_pauses WHERE tenant_id = $1 AND member_id = $2 ORDER BY by_whom DESC",
        tenant,
        member
    )
}

/// Whether it was otherwise before.
pub(super) async fn set_pause(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    by: PausedBy,
    since: Option<DateTime<Utc>>,
) -> Result<bool> {
    let rows = match since {
        Some(since) => exec!(
            *tx,
            "INSERT INTO reminder_pauses (tenant_id, member_id, by_whom, since) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, member_id, by_whom) DO NOTHING",
            tenant,
            member,
            by,
            since
        ),
        None => exec!(
            *tx,
            "DELETE FROM reminder_pauses WHERE tenant_id = $1 AND member_id = $2 AND by_whom = $3",
            tenant,
            member,
            by
        ),
    }?;
    Ok(rows == 1)
}
