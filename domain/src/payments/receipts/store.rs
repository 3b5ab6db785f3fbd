//! The table of receipts.

use super::{Cancelled, Receipt, ReceiptNumber, YEARS_MAX, YearTotals};
use crate::db::{Tx, id_list};
use crate::kernel::{
    Cents, CrewId, Day, Locale, MemberId, PageRequest, PaymentId, Period, Result, ServiceId,
    TenantId, paging,
};
use crate::members::MemberNumber;
use crate::payments::{ForService, Method};
use crate::{all, one, opt};
use chrono::{DateTime, Utc};

#[derive(sqlx::FromRow)]
struct Row {
    payment_id: PaymentId,
    year: i64,
    number: i64,
    issued_on: Day,
    organisation: String,
    organisation_address: Option<String>,
    place: Option<String>,
    name: String,
    street: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    country: Option<String>,
    member_id: MemberId,
    locale: Option<Locale>,
    member_number: MemberNumber,
    amount_cents: Cents,
    method: Method,
    received_on: Day,
    period_from: Option<Day>,
    period_until: Option<Day>,
    service: Option<String>,
    service_id: Option<ServiceId>,
    service_crew: Option<CrewId>,
    label: String,
    cancelled_by: Option<PaymentId>,
    cancelled_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Receipt {
    type Error = crate::kernel::Problem;

    fn try_from(row: Row) -> Result<Self> {
        let period = row.period_from.zip(row.period_until);
        let cancelled = row.cancelled_by.zip(row.cancelled_at);
        Ok(Self {
            number: ReceiptNumber {
                year: row.year,
                number: row.number,
            },
            payment: row.payment_id,
            issued_on: row.issued_on,
            organisation: row.organisation,
            organisation_address: row.organisation_address,
            place: row.place,
            member: row.member_id,
            member_number: row.member_number,
            name: row.name,
            locale: row.locale,
            street: row.street,
            postcode: row.postcode,
            city: row.city,
            country: row.country,
            amount: row.amount_cents,
            method: row.method,
            received_on: row.received_on,
            period: period.map(|(a, b)| Period::new(a, b)).transpose()?,
            service: row
                .service_id
                .zip(row.service_crew)
                .map(|(id, crew)| ForService {
                    id,
                    crew,
                    name: row.service,
                }),
            label: row.label,
            cancelled: cancelled.map(|(by, at)| Cancelled { by, at }),
        })
    }
}

/// The tables that a receipt is read from: what it keeps itself, its frozen payment, and
/// the validated payment that took that one back.
macro_rules! tables {
    () => {
        " FROM receipts q \
          JOIN payments p ON p.tenant_id = q.tenant_id AND p.id = q.payment_id \
          JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id \
          LEFT JOIN payments r ON r.tenant_id = p.tenant_id AND r.reverses_id = p.id AND r.state = 'validated' "
    };
}

/// A whole receipt.
macro_rules! receipt {
    () => {
        concat!(
            "SELECT q.payment_id, q.year, q.number, q.issued_on, q.organisation, \
             q.organisation_address, q.place, q.name, q.street, q.postcode, q.city, q.country, q.service, \
             p.service_id, k.crew_id AS service_crew, \
             p.member_id, m.number AS member_number, p.amount_cents, p.method, p.received_on, \
             p.period_from, p.period_until, p.label, r.id AS cancelled_by, \
             r.validated_at AS cancelled_at, w.locale",
            tables!(),
            "JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id ",
            "LEFT JOIN services s ON s.tenant_id = p.tenant_id AND s.id = p.service_id \
             LEFT JOIN service_types k ON k.tenant_id = s.tenant_id AND k.id = s.type_id "
        )
    };
}

/// Takes the next numbers of a year: the first of them. Who asks at the same time waits
/// until this transaction ends; where it comes to nothing, its numbers are the next one's.
pub(super) async fn take_numbers(
    tx: &mut Tx,
    tenant: TenantId,
    year: i64,
    count: i64,
) -> Result<i64> {
    tx.mark_written();
    let (last,): (i64,) = one!(
        *tx,
        "INSERT INTO counters (tenant_id, name, value) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + $3 RETURNING value",
        tenant,
        format!("receipt-{year}"),
        count
    )?;
    Ok(last - count + 1)
}

/// Writes the receipts of payments, in the order of their ids, with what is true today.
pub(super) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[PaymentId],
    first: ReceiptNumber,
    issued_on: Day,
) -> Result<Vec<(PaymentId, i64)>> {
    macro_rules! insert {
        ($ids:literal) => {
            concat!(
                "INSERT INTO receipts (tenant_id, payment_id, year, number, issued_on, organisation, organisation_address, place, name, street, postcode, city, country, service) \
                 SELECT p.tenant_id, p.id, $2, $3 - 1 + row_number() OVER (ORDER BY p.id), $4, s.title, s.address, s.place, trim(w.given_name || ' ' || w.name), w.street, w.postcode, w.city, w.country, k.name || ' · ' || v.label \
                 FROM payments p \
                 JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id \
                 JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id \
                 JOIN settings s ON s.tenant_id = p.tenant_id \
                 LEFT JOIN services v ON v.tenant_id = p.tenant_id AND v.id = p.service_id \
                 LEFT JOIN service_types k ON k.tenant_id = v.tenant_id AND k.id = v.type_id \
                 WHERE p.tenant_id = $1 AND p.id ",
                $ids,
                " ORDER BY p.id RETURNING payment_id, number"
            )
        };
    }
    let sql = if tx.is_sqlite() {
        insert!("IN (SELECT unhex(value) FROM json_each($5))")
    } else {
        insert!("= ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($5) t (x)))")
    };
    tx.mark_written();
    all!(
        *tx,
        sql,
        tenant,
        first.year,
        first.number,
        issued_on,
        id_list(ids)
    )
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: PaymentId) -> Result<Option<Receipt>> {
    let row: Option<Row> = opt!(
        *tx,
        concat!(receipt!(), "WHERE q.tenant_id = $1 AND q.payment_id = $2"),
        tenant,
        id
    )?;
    row.map(Receipt::try_from).transpose()
}

/// A year's receipts in the order of their numbers.
pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    year: i64,
    page: PageRequest,
) -> Result<Vec<Receipt>> {
    let rows: Vec<Row> = all!(
        *tx,
        concat!(
            receipt!(),
            "WHERE q.tenant_id = $1 AND q.year = $2 ORDER BY q.number LIMIT $3 OFFSET $4"
        ),
        tenant,
        year,
        paging::PAGE_SIZE,
        page.offset()
    )?;
    rows.into_iter().map(Receipt::try_from).collect()
}

/// A year's receipts after a number.
pub(super) async fn list_after(
    tx: &mut Tx,
    tenant: TenantId,
    year: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<Receipt>> {
    let rows: Vec<Row> = all!(
        *tx,
        concat!(
            receipt!(),
            "WHERE q.tenant_id = $1 AND q.year = $2 AND q.number > $3 ORDER BY q.number LIMIT $4"
        ),
        tenant,
        year,
        after,
        limit
    )?;
    rows.into_iter().map(Receipt::try_from).collect()
}

pub(super) async fn totals(tx: &mut Tx, tenant: TenantId, year: i64) -> Result<YearTotals> {
    let (count, amount, cancelled, cancelled_amount): (i64, Cents, i64, Cents) = one!(
        *tx,
        concat!(
            "SELECT count(*), CAST(coalesce(sum(p.amount_cents), 0) AS BIGINT), count(r.id), CAST(coalesce(sum(CASE WHEN r.id IS NULL THEN 0 ELSE p.amount_cents END), 0) AS BIGINT)",
            tables!(),
            "WHERE q.tenant_id = $1 AND q.year = $2"
        ),
        tenant,
        year
    )?;
    Ok(YearTotals {
        count,
        amount,
        cancelled,
        cancelled_amount,
    })
}

/// The years in which receipts were given, the last one first.
pub(super) async fn years(tx: &mut Tx, tenant: TenantId) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = all!(
        *tx,
        "SELECT DISTINCT year FROM receipts WHERE tenant_id = $1 ORDER BY year DESC LIMIT $2",
        tenant,
        YEARS_MAX
    )?;
    Ok(rows.into_iter().map(|(year,)| year).collect())
}
