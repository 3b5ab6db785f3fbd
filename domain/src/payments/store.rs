//! The table of payments.

use super::receipts::ReceiptNumber;
use super::{
    EnteredBy, Enterer, ForService, Group, Method, Nature, OF_MEMBER_MAX, PEOPLE_MAX, Payment,
    PaymentData, PaymentFilter, SITTING_MAX, State,
};
use crate::db::{Tx, id_list};
use crate::kernel::{
    Cents, CrewId, Day, DuesKindId, ImportId, MemberId, PageRequest, PartyId, PaymentGroupId,
    PaymentId, Period, Result, ServiceId, TenantId, paging, text,
};
use crate::people::rules::{SEARCH_WORDS_MAX, search_words};
use crate::services;
use crate::{all, exec, one, opt};
use chrono::{DateTime, Utc};

/// More than one import brings.
const IMPORTED_MAX: i64 = 100_000;

#[derive(sqlx::FromRow)]
struct Row {
    id: PaymentId,
    member_id: MemberId,
    member_name: String,
    member_number: i64,
    amount_cents: Cents,
    method: Method,
    received_on: Day,
    period_from: Option<Day>,
    period_until: Option<Day>,
    kind_id: Option<DuesKindId>,
    service_id: Option<ServiceId>,
    service_crew: Option<CrewId>,
    service_type: Option<String>,
    service_label: Option<String>,
    group_id: Option<PaymentGroupId>,
    label: String,
    note: String,
    state: State,
    entered_by: Option<PartyId>,
    entered_by_name: String,
    entered_at: DateTime<Utc>,
    validated_by: Option<PartyId>,
    validated_by_name: Option<String>,
    validated_at: Option<DateTime<Utc>>,
    reverses_id: Option<PaymentId>,
    reversal_id: Option<PaymentId>,
    reversal_state: Option<State>,
    receipt_year: Option<i64>,
    receipt_number: Option<i64>,
    version: i64,
}

impl TryFrom<Row> for Payment {
    type Error = crate::kernel::Problem;

    fn try_from(row: Row) -> Result<Self> {
        let period = row.period_from.zip(row.period_until);
        let name = row.service_type.zip(row.service_label);
        let service = row.service_id.zip(row.service_crew);
        Ok(Self {
            id: row.id,
            member: row.member_id,
            member_name: row.member_name,
            member_number: row.member_number,
            amount: row.amount_cents,
            method: row.method,
            received_on: row.received_on,
            period: period.map(|(a, b)| Period::new(a, b)).transpose()?,
            kind: row.kind_id,
            service: service.map(|(id, crew)| ForService {
                id,
                crew,
                name: name.map(|(kind, label)| services::full_name(&kind, &label)),
            }),
            group: row.group_id,
            label: row.label,
            note: row.note,
            state: row.state,
            entered_by: row.entered_by,
            entered_by_name: row.entered_by_name,
            entered_at: row.entered_at,
            validated_by: row.validated_by,
            validated_by_name: row.validated_by_name,
            validated_at: row.validated_at,
            reverses: row.reverses_id,
            reversed_by: row.reversal_id.zip(row.reversal_state),
            receipt: row
                .receipt_year
                .zip(row.receipt_number)
                .map(|(year, number)| ReceiptNumber { year, number }),
            version: row.version,
        })
    }
}

fn payments(rows: Vec<Row>) -> Result<Vec<Payment>> {
    rows.into_iter().map(Payment::try_from).collect()
}

/// The tables that a payment is read from.
macro_rules! tables {
    () => {
        " FROM payments p \
          JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id \
          JOIN parties w ON w.tenant_id = m.tenant_id AND w.id = m.party_id \
          LEFT JOIN payments r ON r.tenant_id = p.tenant_id AND r.reverses_id = p.id "
    };
}

/// A whole payment.
macro_rules! payment {
    () => {
        concat!(
            "SELECT p.id, p.member_id, trim(w.given_name || ' ' || w.name) AS member_name, \
             m.number AS member_number, p.amount_cents, p.method, p.received_on, p.period_from, \
             p.period_until, p.kind_id, p.service_id, k.crew_id AS service_crew, k.name AS service_type, \
             s.label AS service_label, p.group_id, p.label, p.note, p.state, p.entered_by, p.entered_by_name, \
             p.entered_at, p.validated_by, p.validated_by_name, p.validated_at, p.reverses_id, \
             r.id AS reversal_id, r.state AS reversal_state, q.year AS receipt_year, \
             q.number AS receipt_number, p.version",
            tables!(),
            "LEFT JOIN services s ON s.tenant_id = p.tenant_id AND s.id = p.service_id \
             LEFT JOIN service_types k ON k.tenant_id = s.tenant_id AND k.id = s.type_id \
             LEFT JOIN receipts q ON q.tenant_id = p.tenant_id AND q.payment_id = p.id "
        )
    };
}

/// Whether a word of a search is found, or not asked for.
macro_rules! word {
    ($bind:literal) => {
        concat!(
            "(",
            $bind,
            " IS NULL OR w.search || ' ' || m.search || ' ' || p.search LIKE '' || ",
            $bind,
            " ESCAPE '\\')"
        )
    };
}

/// A filter, and the instants that its days of validation are in the tenant's zone.
pub(super) struct Wanted<'a> {
    pub filter: &'a PaymentFilter,
    /// From this instant on.
    pub validated_from: Option<DateTime<Utc>>,
    /// Before this one.
    pub validated_before: Option<DateTime<Utc>>,
}

/// The filter of lists, and its binds: each word anywhere in name, number or label, or
/// the whole as an amount.
macro_rules! filtered {
    ($verb:ident, $tx:expr, $tenant:expr, $filter:expr, $head:expr, $tail:expr $(, $bind:expr)*) => {{
        let wanted: &Wanted<'_> = $filter;
        let f: &PaymentFilter = wanted.filter;
        let [a, b, c, d, e, g, h, i] = patterns(&f.q);
        let amount = Cents::parse(&f.q).ok().map(|c| c.0.abs());
        let (person, by_program) = match f.entered_by {
            Some(EnteredBy::Person(id)) => (Some(id), None),
            Some(EnteredBy::Program) => (None, Some(1_i64)),
            None => (None, None),
        };
        $verb!(
            $tx,
            concat!(
                $head,
                "WHERE p.tenant_id = $1 \
                 AND ($2 IS NULL OR p.state = $2) \
                 AND ($3 IS NULL OR p.method = $3) \
                 AND ($4 IS NULL OR p.entered_by = $4) \
                 AND ($5 IS NULL OR p.entered_by IS NULL) \
                 AND ($6 IS NULL OR p.received_on >= $6) \
                 AND ($7 IS NULL OR p.received_on <= $7) \
                 AND ($8 IS NULL OR p.member_id = $8) \
                 AND ($9 IS NULL OR ($9 = 'reversal') = (p.reverses_id IS NOT NULL)) \
                 AND ($10 IS NULL OR p.validated_at >= $10) \
                 AND ($11 IS NULL OR p.validated_at < $11) \
                 AND (abs(p.amount_cents) = $12 OR (",
                word!("$13"), " AND ", word!("$14"), " AND ", word!("$15"), " AND ", word!("$16"), " AND ",
                word!("$17"), " AND ", word!("$18"), " AND ", word!("$19"), " AND ", word!("$20"), ")) ",
                $tail
            ),
            $tenant,
            f.state.map(State::name),
            f.method.map(Method::name),
            person,
            by_program,
            f.from,
            f.until,
            f.member,
            f.nature.map(Nature::name),
            wanted.validated_from,
            wanted.validated_before,
            amount,
            a.as_deref(),
            b.as_deref(),
            c.as_deref(),
            d.as_deref(),
            e.as_deref(),
            g.as_deref(),
            h.as_deref(),
            i.as_deref()
            $(, $bind)*
        )
    }};
}

/// The patterns of a search's words, in as many places as the statements have.
fn patterns(q: &str) -> [Option<String>; SEARCH_WORDS_MAX] {
    let mut words = search_words(q).into_iter();
    std::array::from_fn(|_| words.next().map(|w| text::like_pattern(&w)))
}

/// What a payment is found by, beside its member and its amount.
pub(super) fn search_text(label: &str) -> String {
    format!("{} {}", text::fold(label), search_words(label).join(" "))
}

pub(super) async fn find(tx: &mut Tx, tenant: TenantId, id: PaymentId) -> Result<Option<Payment>> {
    let row: Option<Row> = opt!(
        *tx,
        concat!(payment!(), "WHERE p.tenant_id = $1 AND p.id = $2"),
        tenant,
        id
    )?;
    row.map(Payment::try_from).transpose()
}

pub(super) async fn list(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Wanted<'_>,
    page: PageRequest,
) -> Result<Vec<Payment>> {
    payments(filtered!(
        all,
        *tx,
        tenant,
        filter,
        payment!(),
        "ORDER BY p.received_on DESC, p.id DESC LIMIT $21 OFFSET $22",
        paging::PAGE_SIZE,
        page.offset()
    )?)
}

/// The oldest first.
pub(super) async fn oldest(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Wanted<'_>,
    limit: i64,
) -> Result<Vec<Payment>> {
    payments(filtered!(
        all,
        *tx,
        tenant,
        filter,
        payment!(),
        "ORDER BY p.received_on, p.id LIMIT $21",
        limit
    )?)
}

/// The last received first: the first ones, or those after one.
pub(super) async fn list_after(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Wanted<'_>,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<Payment>> {
    payments(match after {
        None => filtered!(
            all,
            *tx,
            tenant,
            filter,
            payment!(),
            "ORDER BY p.received_on DESC, p.id DESC LIMIT $21",
            limit
        )?,
        Some(after) => filtered!(
            all,
            *tx,
            tenant,
            filter,
            payment!(),
            "AND (p.received_on, p.id) < (SELECT k.received_on, k.id FROM payments k WHERE k.tenant_id = $1 AND k.id = $22) ORDER BY p.received_on DESC, p.id DESC LIMIT $21",
            limit,
            after
        )?,
    })
}

/// The oldest first, after one.
pub(super) async fn oldest_after(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Wanted<'_>,
    after: PaymentId,
    limit: i64,
) -> Result<Vec<Payment>> {
    payments(filtered!(
        all,
        *tx,
        tenant,
        filter,
        payment!(),
        "AND (p.received_on, p.id) > (SELECT k.received_on, k.id FROM payments k WHERE k.tenant_id = $1 AND k.id = $22) ORDER BY p.received_on, p.id LIMIT $21",
        limit,
        after
    )?)
}

/// The sum of the payments of these ids.
pub(super) async fn sum(tx: &mut Tx, tenant: TenantId, ids: &[PaymentId]) -> Result<Cents> {
    let sql = if tx.is_sqlite() {
        // As pairs: see `validate`.
        "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM payments WHERE (tenant_id, id) IN (SELECT $1, unhex(value) FROM json_each($2))"
    } else {
        "SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM payments WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x)))"
    };
    let (sum,): (Cents,) = one!(*tx, sql, tenant, id_list(ids))?;
    Ok(sum)
}

/// How many, their sum, and the first day of receipt.
pub(super) async fn totals(
    tx: &mut Tx,
    tenant: TenantId,
    filter: &Wanted<'_>,
) -> Result<(i64, Cents, Option<Day>)> {
    filtered!(
        one,
        *tx,
        tenant,
        filter,
        concat!(
            "SELECT count(*), CAST(coalesce(sum(p.amount_cents), 0) AS BIGINT), min(p.received_on)",
            tables!()
        ),
        ""
    )
}

/// Who entered something that waits.
pub(super) async fn people_waiting(tx: &mut Tx, tenant: TenantId) -> Result<Vec<Enterer>> {
    let rows: Vec<(Option<PartyId>, String, i64)> = all!(
        *tx,
        "SELECT entered_by, max(entered_by_name) AS name, count(*) FROM payments WHERE tenant_id = $1 AND state = 'draft' GROUP BY entered_by ORDER BY name LIMIT $2",
        tenant,
        PEOPLE_MAX
    )?;
    Ok(rows
        .into_iter()
        .map(|(person, name, count)| Enterer {
            by: EnteredBy::of(person),
            name,
            count,
        })
        .collect())
}

/// Everybody who ever entered a payment, by name. Of what is validated, the index is walked
/// from one person to the next: not every payment is read.
pub(super) async fn enterers(
    tx: &mut Tx,
    tenant: TenantId,
    limit: i64,
) -> Result<Vec<(PartyId, String)>> {
    all!(
        *tx,
        "WITH RECURSIVE e (id) AS (SELECT * FROM (SELECT entered_by FROM payments WHERE tenant_id = $1 AND state = 'validated' AND entered_by IS NOT NULL ORDER BY entered_by LIMIT 1) first UNION ALL SELECT (SELECT p.entered_by FROM payments p WHERE p.tenant_id = $1 AND p.state = 'validated' AND p.entered_by > e.id ORDER BY p.entered_by LIMIT 1) FROM e WHERE e.id IS NOT NULL) SELECT w.id, trim(w.given_name || ' ' || w.name) FROM parties w WHERE w.tenant_id = $1 AND w.id IN (SELECT id FROM e UNION SELECT entered_by FROM payments WHERE tenant_id = $1 AND state = 'draft') ORDER BY w.sort_name, w.id LIMIT $2",
        tenant,
        limit
    )
}

/// Whether the command line ever entered a payment.
pub(super) async fn a_program_entered(tx: &mut Tx, tenant: TenantId) -> Result<bool> {
    let found: Option<(i64,)> = opt!(
        *tx,
        "SELECT CAST(1 AS BIGINT) FROM payments WHERE tenant_id = $1 AND state IN ('draft', 'validated') AND entered_by IS NULL LIMIT 1",
        tenant
    )?;
    Ok(found.is_some())
}

pub(super) async fn waiting_count(tx: &mut Tx, tenant: TenantId) -> Result<i64> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM payments WHERE tenant_id = $1 AND state = 'draft'",
        tenant
    )?;
    Ok(count)
}

/// How many payments some groups have, and their sums.
pub(super) async fn groups(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[PaymentGroupId],
) -> Result<Vec<Group>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(PaymentGroupId, i64, Cents)> = if tx.is_sqlite() {
        all!(
            *tx,
            "SELECT group_id, count(*), CAST(sum(amount_cents) AS BIGINT) FROM payments WHERE tenant_id = $1 AND group_id IN (SELECT unhex(value) FROM json_each($2)) GROUP BY group_id ORDER BY group_id",
            tenant,
            id_list(ids)
        )
    } else {
        all!(
            *tx,
            "SELECT group_id, count(*), CAST(sum(amount_cents) AS BIGINT) FROM payments WHERE tenant_id = $1 AND group_id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) GROUP BY group_id ORDER BY group_id",
            tenant,
            id_list(ids)
        )
    }?;
    let read = |(id, count, amount)| Group { id, count, amount };
    Ok(rows.into_iter().map(read).collect())
}

/// Of one group, by the members' names.
pub(super) async fn of_group(
    tx: &mut Tx,
    tenant: TenantId,
    group: PaymentGroupId,
    limit: i64,
) -> Result<Vec<Payment>> {
    payments(all!(
        *tx,
        concat!(
            payment!(),
            "WHERE p.tenant_id = $1 AND p.group_id = $2 ORDER BY w.sort_name, p.id LIMIT $3"
        ),
        tenant,
        group,
        limit
    )?)
}

/// Of one member, the newest first.
pub(super) async fn of_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<Payment>> {
    payments(all!(
        *tx,
        concat!(
            payment!(),
            "WHERE p.tenant_id = $1 AND p.member_id = $2 ORDER BY p.received_on DESC, p.id DESC LIMIT $3"
        ),
        tenant,
        member,
        OF_MEMBER_MAX
    )?)
}

/// For one service, the newest first.
pub(super) async fn of_service(
    tx: &mut Tx,
    tenant: TenantId,
    service: ServiceId,
) -> Result<Vec<Payment>> {
    payments(all!(
        *tx,
        concat!(
            payment!(),
            "WHERE p.tenant_id = $1 AND p.service_id = $2 ORDER BY p.received_on DESC, p.id DESC LIMIT $3"
        ),
        tenant,
        service,
        OF_MEMBER_MAX
    )?)
}

/// All that one import brought and that is still there.
pub(super) async fn imported(
    tx: &mut Tx,
    tenant: TenantId,
    import: ImportId,
) -> Result<Vec<Payment>> {
    payments(all!(
        *tx,
        concat!(
            payment!(),
            "WHERE p.tenant_id = $1 AND p.import_id = $2 ORDER BY p.id LIMIT $3"
        ),
        tenant,
        import,
        IMPORTED_MAX
    )?)
}

/// Whether a member is a person, or an organisation that is reached through them.
pub(super) async fn is_own(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    person: PartyId,
) -> Result<bool> {
    let (count,): (i64,) = one!(
        *tx,
        "SELECT count(*) FROM members m WHERE m.tenant_id = $1 AND m.id = $2 AND (m.party_id = $3 OR EXISTS (SELECT 1 FROM organisation_contacts c WHERE c.tenant_id = m.tenant_id AND c.organisation_id = m.party_id AND c.person_id = $3))",
        tenant,
        member,
        person
    )?;
    Ok(count > 0)
}

/// A payment that is about to be written.
pub(super) struct New<'a> {
    pub id: PaymentId,
    pub member: MemberId,
    pub data: &'a PaymentData,
    pub entered_by: Option<PartyId>,
    pub entered_by_name: &'a str,
    pub entered_at: DateTime<Utc>,
    pub reverses: Option<PaymentId>,
    pub group: Option<PaymentGroupId>,
    pub import: Option<(ImportId, &'a str)>,
}

/// Whether it was written: not where the same payment is reversed already, or the same
/// line was imported already.
pub(super) async fn insert(tx: &mut Tx, tenant: TenantId, new: &New<'_>) -> Result<bool> {
    let data = new.data;
    let rows = exec!(
        *tx,
        "INSERT INTO payments (tenant_id, id, member_id, amount_cents, method, received_on, period_from, period_until, label, note, search, state, entered_by, entered_by_name, entered_at, reverses_id, import_id, import_key, kind_id, group_id, service_id, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'draft', $12, $13, $14, $15, $16, $17, $18, $19, $20, 1) ON CONFLICT DO NOTHING",
        tenant,
        new.id,
        new.member,
        data.amount,
        data.method,
        data.received_on,
        data.period.map(Period::from),
        data.period.map(Period::until),
        &data.label,
        &data.note,
        search_text(&data.label),
        new.entered_by,
        new.entered_by_name,
        new.entered_at,
        new.reverses,
        new.import.map(|(id, _)| id),
        new.import.map(|(_, key)| key),
        data.kind,
        new.group,
        data.service
    )?;
    Ok(rows == 1)
}

/// Whether it was still the draft that the change was made from.
pub(super) async fn update(
    tx: &mut Tx,
    tenant: TenantId,
    id: PaymentId,
    version: i64,
    member: MemberId,
    data: &PaymentData,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "UPDATE payments SET member_id = $4, amount_cents = $5, method = $6, received_on = $7, period_from = $8, period_until = $9, label = $10, note = $11, search = $12, kind_id = $13, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $3 AND state = 'draft'",
        tenant,
        id,
        version,
        member,
        data.amount,
        data.method,
        data.received_on,
        data.period.map(Period::from),
        data.period.map(Period::until),
        &data.label,
        &data.note,
        search_text(&data.label),
        data.kind
    )?;
    Ok(rows == 1)
}

/// Whether it was still the draft that somebody wanted to delete.
pub(super) async fn delete(
    tx: &mut Tx,
    tenant: TenantId,
    id: PaymentId,
    version: i64,
) -> Result<bool> {
    let rows = exec!(
        *tx,
        "DELETE FROM payments WHERE tenant_id = $1 AND id = $2 AND version = $3 AND state = 'draft'",
        tenant,
        id,
        version
    )?;
    Ok(rows == 1)
}

/// Who validates, and when.
pub(super) struct Stamp<'a> {
    pub by: Option<PartyId>,
    pub by_name: &'a str,
    pub at: DateTime<Utc>,
}

/// How many of them were drafts until now.
pub(super) async fn validate(
    tx: &mut Tx,
    tenant: TenantId,
    ids: &[PaymentId],
    stamp: &Stamp<'_>,
) -> Result<u64> {
    let sql = if tx.is_sqlite() {
        // As pairs: with the tenant apart, SQLite goes through all that wait to find these.
        "UPDATE payments SET state = 'validated', validated_by = $3, validated_by_name = $4, validated_at = $5, version = version + 1 WHERE (tenant_id, id) IN (SELECT $1, unhex(value) FROM json_each($2)) AND state = 'draft'"
    } else {
        "UPDATE payments SET state = 'validated', validated_by = $3, validated_by_name = $4, validated_at = $5, version = version + 1 WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) AND state = 'draft'"
    };
    exec!(
        *tx,
        sql,
        tenant,
        id_list(ids),
        stamp.by,
        stamp.by_name,
        stamp.at
    )
}

/// Several payments, in the order of their ids. On PostgreSQL they stay locked until the
/// end, always in that order, so that two who validate at once wait for each other and
/// do not block each other. On SQLite, who writes is alone.
pub(super) async fn lock(tx: &mut Tx, tenant: TenantId, ids: &[PaymentId]) -> Result<Vec<Payment>> {
    if !tx.is_sqlite() {
        let _: Vec<(PaymentId,)> = all!(
            *tx,
            "SELECT id FROM payments WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) ORDER BY id FOR NO KEY UPDATE",
            tenant,
            id_list(ids)
        )?;
    }
    // A second statement: it sees what those have committed whom the first waited for.
    some(tx, tenant, ids).await
}

/// The payments of these ids, in the order of their ids.
pub(super) async fn some(tx: &mut Tx, tenant: TenantId, ids: &[PaymentId]) -> Result<Vec<Payment>> {
    if tx.is_sqlite() {
        return payments(all!(
            *tx,
            concat!(
                payment!(),
                "WHERE p.tenant_id = $1 AND p.id IN (SELECT unhex(value) FROM json_each($2)) ORDER BY p.id"
            ),
            tenant,
            id_list(ids)
        )?);
    }
    payments(all!(
        *tx,
        concat!(
            payment!(),
            "WHERE p.tenant_id = $1 AND p.id = ANY (ARRAY(SELECT CAST(x AS uuid) FROM jsonb_array_elements_text($2) t (x))) ORDER BY p.id"
        ),
        tenant,
        id_list(ids)
    )?)
}

/// What somebody has entered since a payment, the latest first. Ids grow with time.
pub(super) async fn entered_since(
    tx: &mut Tx,
    tenant: TenantId,
    first: PaymentId,
    person: Option<PartyId>,
) -> Result<Vec<Payment>> {
    payments(all!(
        *tx,
        concat!(
            payment!(),
            "WHERE p.tenant_id = $1 AND p.id >= $2 AND p.entered_by = $3 AND p.reverses_id IS NULL AND p.import_id IS NULL ORDER BY p.id DESC LIMIT $4"
        ),
        tenant,
        first,
        person,
        SITTING_MAX
    )?)
}

/// How many those are, and their sum.
pub(super) async fn totals_since(
    tx: &mut Tx,
    tenant: TenantId,
    first: PaymentId,
    person: Option<PartyId>,
) -> Result<(i64, Cents)> {
    one!(
        *tx,
        "SELECT count(*), CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM payments WHERE tenant_id = $1 AND id >= $2 AND entered_by = $3 AND reverses_id IS NULL AND import_id IS NULL",
        tenant,
        first,
        person
    )
}

/// The line of a file that a payment came from.
pub(super) async fn import_of(
    tx: &mut Tx,
    tenant: TenantId,
    id: PaymentId,
) -> Result<Option<(ImportId, String)>> {
    opt!(
        *tx,
        "SELECT import_id, import_key FROM payments WHERE tenant_id = $1 AND id = $2 AND import_id IS NOT NULL AND import_key IS NOT NULL",
        tenant,
        id
    )
}

/// Gives a draft a version.
pub(super) async fn set_version(
    tx: &mut Tx,
    tenant: TenantId,
    id: PaymentId,
    version: i64,
) -> Result<()> {
    exec!(
        *tx,
        "UPDATE payments SET version = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'draft'",
        tenant,
        id,
        version
    )?;
    Ok(())
}
