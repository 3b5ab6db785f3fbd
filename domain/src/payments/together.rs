//! One transfer for several members: a family's, an organisation's. Each member gets a
//! payment of their own; the group says that they came as one.

use super::service::{insert, read};
use super::{Method, PaymentForm, Proposal, proposal};
use crate::context::Cx;
use crate::dues::{self, HOUSEHOLD_MAX};
use crate::kernel::problem::FieldProblem;
use crate::kernel::{
    Cents, Code, Locale, MemberId, PartyId, PaymentGroupId, Problem, Result, Right,
};
use crate::once::{self, Sent};
use crate::people;
use serde::{Deserialize, Serialize};

/// What somebody who pays for several is likely to pay next.
#[derive(Clone, Debug)]
pub struct Household {
    /// Who pays.
    pub payer: PartyId,
    /// Their name.
    pub name: String,
    /// What is proposed for each: the payer first, where they are a member.
    pub rows: Vec<Proposal>,
}

/// Several payments as one form sends them. The lists go along with `member`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TogetherForm {
    /// The form's own key.
    pub key: String,
    /// The id of the one who pays.
    pub payer: String,
    /// A [`Method`]'s name.
    pub method: String,
    /// When it came.
    pub received_on: String,
    /// The members' ids.
    pub member: Vec<String>,
    /// How much for each.
    pub amount: Vec<String>,
    /// The first day that it pays for, of each.
    pub period_from: Vec<String>,
    /// The last day that it pays for, of each.
    pub period_until: Vec<String>,
    /// The kind of dues of each.
    pub kind: Vec<String>,
    /// The ids of those that are paid for.
    pub pay: Vec<String>,
}

impl TogetherForm {
    /// The form that shows a household, with all ticked for whom something is due.
    pub fn of(
        household: &Household,
        key: String,
        today: crate::kernel::Day,
        locale: Locale,
    ) -> Self {
        let mut form = Self {
            key,
            payer: household.payer.to_string(),
            method: Method::Transfer.name().into(),
            received_on: today.to_string(),
            ..Self::default()
        };
        for row in &household.rows {
            let member = row.dues.member.to_string();
            let amount = row.due.as_ref().map_or(Cents::ZERO, |due| due.amount);
            if amount > Cents::ZERO {
                form.pay.push(member.clone());
            }
            form.member.push(member);
            form.amount.push(locale.money_input(amount));
            form.period_from.push(row.form.period_from.clone());
            form.period_until.push(row.form.period_until.clone());
            form.kind.push(row.form.kind.clone());
        }
        form
    }

    /// Whether a member is paid for.
    pub fn pays(&self, member: MemberId) -> bool {
        self.pay.iter().any(|id| *id == member.to_string())
    }

    /// The amount that was typed for a member.
    pub fn amount_of(&self, member: MemberId) -> &str {
        let at = self.member.iter().position(|id| *id == member.to_string());
        at.and_then(|at| self.amount.get(at))
            .map_or("", String::as_str)
    }

    /// One form for each member that is paid for.
    fn forms(&self) -> Vec<PaymentForm> {
        let nth = |list: &[String], n: usize| list.get(n).cloned().unwrap_or_default();
        let ticked = self
            .member
            .iter()
            .enumerate()
            .filter(|(_, id)| self.pay.contains(id));
        let form = |(n, member): (usize, &String)| PaymentForm {
            member: member.clone(),
            amount: nth(&self.amount, n),
            method: self.method.clone(),
            received_on: self.received_on.clone(),
            period_from: nth(&self.period_from, n),
            period_until: nth(&self.period_until, n),
            kind: nth(&self.kind, n),
            ..PaymentForm::default()
        };
        ticked.map(form).collect()
    }
}

/// The name of the field in which a member's amount is typed.
pub fn amount_field(member: &str) -> String {
    format!("amount-{member}")
}

/// What somebody who pays for several is likely to pay next.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`]; [`Code::NotFound`].
pub async fn household(cx: &mut Cx, payer: PartyId) -> Result<Household> {
    cx.require(Right::PaymentsAdd)?;
    let name = people::get(cx, payer).await?.display_name();
    let mut rows = Vec::new();
    for dues in dues::of_household(cx, payer).await? {
        rows.push(proposal(cx, dues.member).await?);
    }
    Ok(Household { payer, name, rows })
}

/// Enters a payment for each member that is ticked, all or none: they came as one.
///
/// # Errors
/// Refused without [`Right::PaymentsAdd`]; [`Code::NothingSelected`]; [`Code::NotFound`] for
/// those for whom the payer does not pay; [`Code::Invalid`] with the fields, of which each
/// amount has its own; [`Code::AlreadySent`] where the key came with other content.
pub async fn add_together(cx: &mut Cx, form: &TogetherForm) -> Result<PaymentGroupId> {
    cx.require(Right::PaymentsAdd)?;
    let content = ("payments::add_together", cx.actor.person, form);
    let ticket = match once::take(cx, &form.key, &content).await? {
        Sent::Again(id) => return Ok(id),
        Sent::First(ticket) => ticket,
    };
    let payer: PartyId = form
        .payer
        .parse()
        .map_err(|_| Problem::new(Code::NotFound))?;
    let known: Vec<String> = dues::of_household(cx, payer)
        .await?
        .into_iter()
        .map(|dues| dues.member.to_string())
        .collect();
    let forms = form.forms();
    if forms.is_empty() {
        return Err(Problem::new(Code::NothingSelected));
    }
    let max = usize::try_from(HOUSEHOLD_MAX).unwrap_or_default() + 1;
    if forms.len() > max {
        return Err(Problem::new(Code::TooManySelected { max }));
    }
    let group: PaymentGroupId = cx.new_id()?;
    let mut problems: Vec<FieldProblem> = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for form in &forms {
        if !known.contains(&form.member) || taken.contains(&form.member.as_str()) {
            return Err(Problem::new(Code::NotFound));
        }
        taken.push(&form.member);
        match read(cx, form).await {
            Ok((member, data)) => {
                insert(cx, member, &data, None, Some(group)).await?;
            }
            Err(problem) if problem.fields.is_empty() => return Err(problem),
            Err(problem) => note(&mut problems, problem, &form.member),
        }
    }
    if !problems.is_empty() {
        return Err(Problem::invalid(problems));
    }
    ticket.keep(cx, &group).await?;
    Ok(group)
}

/// What is wrong with one of them: at the fields that all share, or at its own amount.
fn note(problems: &mut Vec<FieldProblem>, problem: Problem, member: &str) {
    for mut field in problem.fields {
        if !matches!(field.field.as_str(), "method" | "received_on") {
            field.field = amount_field(member);
        }
        if problems.iter().all(|known| known.field != field.field) {
            problems.push(field);
        }
    }
}
