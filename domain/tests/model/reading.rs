//! What people see, as lines: the same lines come from the engines and from the model.

use super::command::Question;
use super::engine::Engine;
use chrono::NaiveDate;
use domain::access::Rights;
use domain::audit;
use domain::context::Cx;
use domain::kernel::{Code, PageRequest, PartyId, PaymentId, Problem, Result};
use domain::members::{self, DirectoryFilter, Membership, StandingFilter};
use domain::payments::{self, EnteredBy, Payment, PaymentFilter, PaymentQuery, State, receipts};
use domain::people;

/// A payment, with places in the order of making instead of ids.
#[derive(Debug)]
#[expect(dead_code, reason = "read through Debug")]
pub struct PaymentLine {
    pub n: usize,
    pub member: usize,
    pub amount: i64,
    pub method: String,
    pub received_on: NaiveDate,
    pub period: Option<(NaiveDate, NaiveDate)>,
    pub label: String,
    pub note: String,
    pub entered_by: Option<usize>,
    pub validated_by: Option<Option<usize>>,
    pub reverses: Option<usize>,
    pub reversed_by: Option<(usize, bool)>,
    pub receipt: Option<(i64, i64)>,
    pub version: i64,
}

#[derive(Debug)]
#[expect(dead_code, reason = "read through Debug")]
pub struct PartyLine {
    pub n: usize,
    pub organisation: bool,
    pub given_name: String,
    pub name: String,
    pub email: Option<String>,
    pub version: i64,
}

#[derive(Debug)]
#[expect(dead_code, reason = "read through Debug")]
pub struct MemberLine {
    pub number: i64,
    pub party: usize,
    pub joined_on: NaiveDate,
    pub left_on: Option<NaiveDate>,
    pub paid_until: Option<NaiveDate>,
    pub version: i64,
}

/// One line of a list of members or of everybody.
#[derive(Debug)]
#[expect(dead_code, reason = "read through Debug")]
pub struct RowLine {
    pub party: usize,
    pub name: String,
    pub number: Option<i64>,
    pub paid_until: Option<NaiveDate>,
}

/// How many audit rows there are.
pub async fn audit_rows(cx: &mut Cx) -> Result<i64> {
    let page = audit::list(cx, &audit::Filter::default(), PageRequest::new(1)).await?;
    Ok(page.total)
}

impl Engine {
    fn place(&self, id: PartyId) -> usize {
        self.parties.iter().position(|p| *p == id).unwrap()
    }

    fn payment_place(&self, id: PaymentId) -> usize {
        self.payments.iter().position(|p| *p == id).unwrap()
    }

    fn line(&self, p: &Payment) -> PaymentLine {
        let validated = p.state == State::Validated;
        PaymentLine {
            n: self.payment_place(p.id),
            member: self.members.iter().position(|m| *m == p.member).unwrap(),
            amount: p.amount.0,
            method: p.method.name().into(),
            received_on: p.received_on,
            period: p.period.map(|p| (p.from(), p.until())),
            label: p.label.clone(),
            note: p.note.clone(),
            entered_by: p.entered_by.map(|id| self.place(id)),
            validated_by: validated.then(|| p.validated_by.map(|id| self.place(id))),
            reverses: p.reverses.map(|id| self.payment_place(id)),
            reversed_by: p
                .reversed_by
                .map(|(id, state)| (self.payment_place(id), state == State::Validated)),
            receipt: p.receipt.map(|r| (r.year, r.number)),
            version: p.version,
        }
    }

    fn lines(&self, payments: &[Payment]) -> String {
        let lines: Vec<PaymentLine> = payments.iter().map(|p| self.line(p)).collect();
        format!("{lines:?}")
    }
}

/// Asks, and writes the answer down.
pub async fn ask(engine: &Engine, cx: &mut Cx, question: &Question) -> Result<String> {
    Ok(match question {
        Question::Party(n) => {
            let p = people::get(cx, engine.party(*n)).await?;
            let line = PartyLine {
                n: *n,
                organisation: p.kind == people::Kind::Organisation,
                given_name: p.given_name,
                name: p.name,
                email: p.email,
                version: p.version,
            };
            format!("{line:?}")
        }
        Question::Contacts(n) => {
            let contacts = people::contacts(cx, engine.party(*n)).await?;
            let contacts = contacts
                .into_iter()
                .map(|c| (engine.place(c.party.id), c.role));
            format!("{:?}", contacts.collect::<Vec<_>>())
        }
        Question::Member(n) => {
            let m = members::get(cx, engine.member(*n)).await?;
            let line = MemberLine {
                number: m.number.sequence(),
                party: engine.place(m.party.id),
                joined_on: m.joined_on,
                left_on: m.left_on,
                paid_until: m.paid_until,
                version: m.version,
            };
            format!("{line:?}")
        }
        Question::Payment(n) => {
            let payment = payments::get(cx, engine.payment(*n)).await?;
            format!("{:?}", engine.line(&payment))
        }
        Question::Payments {
            validated,
            by,
            member,
            until,
        } => {
            let filter = PaymentFilter {
                state: validated.map(|v| if v { State::Validated } else { State::Draft }),
                entered_by: by.map(|n| EnteredBy::Person(engine.party(n))),
                member: member.map(|n| engine.member(n)),
                until: until.map(|d| domain::kernel::calendar::parse_day(d).unwrap()),
                ..PaymentFilter::default()
            };
            let page = payments::list(cx, &filter, PageRequest::new(1)).await?;
            format!("{} {}", page.total, engine.lines(&page.rows))
        }
        Question::Queue => queue(engine, cx).await?,
        Question::Waiting => payments::waiting_count(cx).await?.to_string(),
        Question::OfMember(n) => engine.lines(&payments::of_member(cx, engine.member(*n)).await?),
        Question::OwnPayments(n) => {
            engine.lines(&payments::of_member_for_self(cx, engine.member(*n)).await?)
        }
        Question::Members {
            standing,
            everybody,
        } => {
            let filter = DirectoryFilter {
                membership: if *everybody {
                    Membership::Everyone
                } else {
                    Membership::Members
                },
                standing: standing.map(|s| StandingFilter::from_name(s).unwrap()),
                ..DirectoryFilter::default()
            };
            let page = members::directory(cx, &filter, PageRequest::new(1)).await?;
            let rows = page.rows.into_iter().map(|row| RowLine {
                party: engine.place(row.party),
                name: row.name,
                number: row.number.map(|n| n.sequence()),
                paid_until: row.paid_until,
            });
            format!("{} {:?}", page.total, rows.collect::<Vec<_>>())
        }
        Question::Counts => {
            let c = members::counts(cx).await?;
            format!(
                "{:?}",
                [c.members, c.in_order, c.late, c.never_paid, c.left]
            )
        }
        Question::Receipt(n) => {
            let r = receipts::get(cx, engine.payment(*n)).await?;
            let cancelled = r.cancelled.map(|c| engine.payment_place(c.by));
            format!("{} {} {} {cancelled:?}", r.number, r.amount.0, r.issued_on)
        }
        Question::Receipts(year) => {
            let (page, totals) = receipts::list(cx, *year, PageRequest::new(1)).await?;
            let rows = page
                .rows
                .iter()
                .map(|r| (r.number.number, engine.payment_place(r.payment)));
            let totals = [
                totals.count,
                totals.amount.0,
                totals.cancelled,
                totals.cancelled_amount.0,
            ];
            format!("{totals:?} {:?}", rows.collect::<Vec<_>>())
        }
        Question::AuditRows => (audit_rows(cx).await? - engine.audit_before).to_string(),
    })
}

async fn queue(engine: &Engine, cx: &mut Cx) -> Result<String> {
    let queue = payments::queue(cx, &PaymentQuery::default()).await?;
    let rows = queue.rows.iter().map(|row| {
        (
            engine.payment_place(row.payment.id),
            row.lock.as_ref().map(|l| l.code()),
        )
    });
    let mut people: Vec<(Option<usize>, i64)> = queue
        .people
        .iter()
        .map(|e| match e.by {
            EnteredBy::Person(id) => (Some(engine.place(id)), e.count),
            EnteredBy::Program => (None, e.count),
        })
        .collect();
    people.sort();
    let rows: Vec<(usize, Option<Code>)> = rows.collect();
    Ok(format!(
        "{} {} {:?} {rows:?} {people:?}",
        queue.total, queue.total_amount.0, queue.oldest
    ))
}

/// What those who read everything ask first.
pub fn require_crew(rights: &Rights, signed_in: bool) -> Result<()> {
    match (rights.is_crew(), signed_in) {
        (true, _) => Ok(()),
        (false, true) => Err(Problem::new(Code::NotFound)),
        (false, false) => Err(Problem::new(Code::SignInNeeded)),
    }
}
