//! The bank crew's queue: everything that waits, and the validation of what was ticked.

use super::result::{self, Answer};
use super::{entered_by, filter_enterer, lock_text, number, path, toolbar, with_filter};
use crate::exports;
use crate::islands::selection::QueueSelection;
use crate::locales::notices::Notice;
use crate::locales::{Text, frame as tf, payments as t};
use crate::request::{Asked, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, FormView, PageHead, Tone};
use domain::kernel::problem::Class;
use domain::kernel::{Cents, Locale, PaymentId, Problem};
use domain::payments::rules::Lock;
use domain::payments::{self, Group, Outcome, Payment, PaymentQuery, Queue, QueueRow};
use leptos::prelude::*;
use serde::Deserialize;
use std::collections::BTreeSet;

const PATH: &str = "/payments/queue";

/// `GET /payments/queue`
pub async fn show(req: Req, Asked(query): Asked<PaymentQuery>) -> Reply {
    let queue = req
        .view(async |cx| payments::queue(cx, &query).await)
        .await?;
    let body = page(&req, &query, &queue, &Picked::default(), None);
    Ok(req.page(&t::queue_title(req.locale), body))
}

/// What was ticked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Picked {
    key: String,
    id: Vec<String>,
    /// Of transfers for several: all ids of one, with spaces between.
    group: Vec<String>,
    /// `1`: everything that the page showed and that may be picked.
    all: String,
    /// What that is: ids with spaces between. What came to the queue later was seen by
    /// nobody, so "all" does not mean it; and sent again, "all" means the same.
    shown: String,
}

impl Picked {
    fn ids(&self) -> BTreeSet<PaymentId> {
        let shown = if self.all == "1" {
            self.shown.as_str()
        } else {
            ""
        };
        let texts = self
            .id
            .iter()
            .map(String::as_str)
            .chain(shown.split_ascii_whitespace())
            .chain(
                self.group
                    .iter()
                    .flat_map(|ids| ids.split_ascii_whitespace()),
            );
        texts.filter_map(|text| text.parse().ok()).collect()
    }
}

/// `POST /payments/queue`
pub async fn validate(
    req: Req,
    Asked(query): Asked<PaymentQuery>,
    Posted(picked): Posted<Picked>,
) -> Reply {
    let ids: Vec<PaymentId> = picked.ids().into_iter().collect();
    let done = req
        .act(async |cx| {
            let outcomes = payments::validate(cx, &ids, &picked.key).await?;
            let done = if outcomes.iter().all(|(_, o)| *o == Outcome::Validated) {
                // The sum says it all: nobody looks at them one by one.
                let n = i64::try_from(outcomes.len()).unwrap_or(i64::MAX);
                let sum = payments::sum(cx, &ids).await?;
                Done::All(Notice::Validated(n, sum))
            } else {
                let there = payments::some(cx, &ids).await?;
                Done::Answers(answers(outcomes, there))
            };
            Ok((done, payments::waiting_count(cx).await?))
        })
        .await;
    let (done, waiting) = match done {
        Ok(done) => done,
        Err(problem) => return again(&req, &query, &picked, problem).await,
    };
    req.now_waiting(waiting);
    let answers = match done {
        Done::All(notice) => return Ok(req.go(&with_filter(PATH, &query), Some(notice))),
        Done::Answers(answers) => answers,
    };
    // No redirect: the answers are in no address. Sent again, the form's key brings the
    // same answers.
    Ok(result::page(
        &req,
        &with_filter(PATH, &query),
        answers,
        waiting,
    ))
}

/// What became of what was picked.
enum Done {
    /// All of it is validated.
    All(Notice),
    /// One answer for each.
    Answers(Vec<Answer>),
}

/// Both are in the order of their ids.
fn answers(outcomes: Vec<(PaymentId, Outcome)>, there: Vec<Payment>) -> Vec<Answer> {
    let mut there = there.into_iter().peekable();
    let answer = |(id, outcome)| Answer {
        payment: there.next_if(|payment| payment.id == id),
        outcome,
    };
    outcomes.into_iter().map(answer).collect()
}

/// The queue again with what was ticked, and why nothing was validated.
async fn again(req: &Req, query: &PaymentQuery, picked: &Picked, problem: Problem) -> Reply {
    if matches!(
        problem.code.class(),
        Class::Ours | Class::Missing | Class::SignIn | Class::Refused
    ) {
        return Err(problem.into());
    }
    let queue = req
        .view(async |cx| payments::queue(cx, query).await)
        .await?;
    let body = page(req, query, &queue, picked, Some(&problem));
    let title = t::queue_title(req.locale);
    Ok(req.page_with(status_of(&problem.code), &title, Width::Wide, body))
}

fn page(
    req: &Req,
    query: &PaymentQuery,
    queue: &Queue,
    picked: &Picked,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let people = queue
        .people
        .iter()
        .map(|p| (p.by, p.name.clone()))
        .collect();
    let first = filter_enterer(req, &query.entered_by, people);
    let filtered = !super::encoded(query).is_empty();
    let body = if !queue.rows.is_empty() {
        form(req, query, queue, picked)
    } else if filtered {
        let clear = view! { <a class="button" href=PATH>{tf::clear_filters(l)}</a> };
        ui::empty(t::empty_filtered(l), Some(clear.into_any()))
    } else {
        let see = view! { <a class="button" href="/payments?state=validated">{t::see_list(l)}</a> };
        ui::empty(t::queue_empty(l), Some(see.into_any()))
    };
    let shown = i64::try_from(queue.rows.len()).unwrap_or(i64::MAX);
    let limit = (queue.total > shown && shown > 0)
        .then(|| ui::notice(Tone::Info, t::queue_limit(l, shown)));
    let toolbar = (filtered || !queue.rows.is_empty()).then(|| toolbar(l, PATH, query, first));
    view! {
        {PageHead::new(t::queue_title(l)).state(state(req, queue)).view()}
        {FormView::new(l, problem).summary()}
        {missing_right(req, queue)}
        {toolbar}
        {limit}
        {body}
        {(queue.total > 0).then(|| exports::links(l, exports::Name::Queue, &super::encoded(query)))}
    }
    .into_any()
}

fn state(req: &Req, queue: &Queue) -> Text {
    match queue.oldest {
        Some(oldest) if queue.total > 0 => {
            let days = (req.today() - oldest).num_days();
            t::queue_state(req.locale, queue.total, queue.total_amount, days)
        }
        _ => t::queue_nothing(req.locale),
    }
}

/// Why nothing can be picked, once for the whole page; each row says it too.
fn missing_right(req: &Req, queue: &Queue) -> Option<AnyView> {
    let lock = queue.rows.iter().find_map(|row| row.lock.as_ref())?;
    match lock {
        Lock::MissingRight { .. } => Some(ui::notice(Tone::Lock, lock_text(req, lock))),
        _ => None,
    }
}

fn form(req: &Req, query: &PaymentQuery, queue: &Queue, picked: &Picked) -> AnyView {
    let l = req.locale;
    let open: Vec<String> = queue
        .rows
        .iter()
        .filter(|r| r.lock.is_none())
        .map(|r| r.payment.id.to_string())
        .collect();
    if open.is_empty() {
        return table(l, queue, &BTreeSet::new(), None);
    }
    let ticked = picked.ids();
    let all = view! {
        <label class="is-all">
            <input type="checkbox" name="all" value="1" checked=picked.all == "1"/>
            <span class="visually-hidden">{t::pick_all(l)}</span>
        </label>
    };
    let form = view! {
        <form class="stack" method="post" action=with_filter(PATH, query)>
            <input type="hidden" name="key" value=ui::new_key()/>
            <input type="hidden" name="shown" value=open.join(" ")/>
            {table(l, queue, &ticked, Some(all.into_any()))}
            {selection_bar(l)}
        </form>
        {help(l)}
    }
    .into_any();
    ui::live(move || view! { <QueueSelection locale=l>{form}</QueueSelection> }.into_any())
}

/// The bar at the foot. The keys are shown by the island that answers to them.
fn selection_bar(l: Locale) -> AnyView {
    view! {
        <div class="selection">
            <output>{t::tick(l)}</output>
            <p class="keys" hidden>
                <kbd>"j"</kbd> " " <kbd>"k"</kbd> " " {t::key_move(l)} " · "
                <kbd>"x"</kbd> " " {t::key_select(l)} " · "
                <kbd>"v"</kbd> " " {t::key_validate(l)} " · "
                <kbd>"?"</kbd> " " {t::key_help(l)}
            </p>
            <button class="button is-quiet" type="reset">{t::pick_none(l)}</button>
            <button class="button is-primary">{t::validate_selection(l)}</button>
        </div>
    }
    .into_any()
}

fn help(l: Locale) -> AnyView {
    let line = |keys: AnyView, text: Text| view! { <div><dt>{keys}</dt><dd>{text}</dd></div> };
    let key = |name: &'static str| view! { <kbd>{name}</kbd> }.into_any();
    let shift = view! { <kbd>{t::help_shift(l)}</kbd> }.into_any();
    view! {
        <dialog class="card" aria-labelledby="keys-title">
            <form class="stack" method="dialog">
                <h2 id="keys-title">{t::help_title(l)}</h2>
                <dl class="facts">
                    {line(key("j"), t::help_down(l))}
                    {line(key("k"), t::help_up(l))}
                    {line(key("x"), t::help_select(l))}
                    {line(shift, t::help_range(l))}
                    {line(key("v"), t::help_validate(l))}
                    {line(key("?"), t::help_help(l))}
                </dl>
                <div class="actions"><button class="button">{t::close(l)}</button></div>
            </form>
        </dialog>
    }
    .into_any()
}

fn table(l: Locale, queue: &Queue, ticked: &BTreeSet<PaymentId>, all: Option<AnyView>) -> AnyView {
    let rows = queue.rows.iter().map(|r| {
        let group = begins(queue, r).map(|group| group_row(l, queue, group, ticked));
        view! { {group} {row(l, r, ticked.contains(&r.payment.id))} }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::queue_caption(l)}</caption>
            <thead>
                <tr>
                    <td class="is-pick">{all}</td>
                    <th scope="col">{t::received(l)}</th>
                    <th scope="col">{t::member(l)}</th>
                    <th scope="col">{t::what(l)}</th>
                    <th scope="col">{t::method_title(l)}</th>
                    <th scope="col" class="num">{t::amount(l)}</th>
                    <th scope="col">{t::entered(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The transfer for several whose first payment here this is.
fn begins<'a>(queue: &'a Queue, row: &QueueRow) -> Option<&'a Group> {
    let group = queue
        .groups
        .iter()
        .find(|g| Some(g.id) == row.payment.group)?;
    let first = queue
        .rows
        .iter()
        .find(|r| r.payment.group == Some(group.id))?;
    (first.payment.id == row.payment.id && group.count > 1).then_some(group)
}

/// What came as one transfer, above its payments: one click picks all of them that may be.
fn group_row(l: Locale, queue: &Queue, group: &Group, ticked: &BTreeSet<PaymentId>) -> AnyView {
    let open: Vec<PaymentId> = queue
        .rows
        .iter()
        .filter(|r| r.payment.group == Some(group.id) && r.lock.is_none())
        .map(|r| r.payment.id)
        .collect();
    let sum = l.money(group.amount);
    let checked = open.iter().all(|id| ticked.contains(id));
    let ids: Vec<String> = open.iter().map(ToString::to_string).collect();
    let pick = (!open.is_empty()).then(|| {
        view! {
            <label>
                <input type="checkbox" name="group" value=ids.join(" ") checked=checked/>
                <span class="visually-hidden">{t::pick_group(l, &sum, group.count)}</span>
            </label>
        }
    });
    view! {
        <tr class="is-group">
            <td class="is-pick">{pick}</td>
            <th scope="rowgroup" colspan="6" class="is-main">{t::group_of(l, &sum, group.count)}</th>
        </tr>
    }
    .into_any()
}

fn row(l: Locale, row: &QueueRow, ticked: bool) -> AnyView {
    let payment = &row.payment;
    let Cents(cents) = payment.amount;
    let sum = l.money(payment.amount);
    let pick = match &row.lock {
        None => view! {
            <label>
                <input type="checkbox" name="id" value=payment.id.to_string() checked=ticked/>
                <span class="visually-hidden">{t::pick(l, &payment.member_name, &sum)}</span>
            </label>
        }
        .into_any(),
        Some(_) => view! {
            {ui::icon("lock")} <span class="visually-hidden">{t::locked(l)}</span>
        }
        .into_any(),
    };
    let why = row
        .lock
        .as_ref()
        .map(|lock| view! { " " <span class="why">{t::why(l, lock)}</span> });
    view! {
        <tr class=row.lock.is_some().then_some("is-locked") data-amount=cents.to_string()>
            <td class="is-pick">{pick}</td>
            <td>{ui::day_short(l, payment.received_on)}</td>
            <th scope="row" class="is-main">
                <a href=path(payment)>{payment.member_name.clone()}</a>
                " " <span class="num soft">{number(payment)}</span>
            </th>
            <td class="breaks">{t::what_for(l, payment)}</td>
            <td>{t::method(l, payment.method)}</td>
            <td class="num is-end">{sum}</td>
            <td class="breaks" data-label=t::entered(l)>{entered_by(l, payment)} {why}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_means_what_the_page_showed_and_a_transfer_means_its_payments() {
        let (a, b) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
        let sent = format!("key=k&shown={a}+{b}&id={b}&id=nonsense");
        let picked: Picked = serde_html_form::from_str(&sent).unwrap();
        assert_eq!(picked.ids(), BTreeSet::from([PaymentId(b)]));
        let picked: Picked = serde_html_form::from_str(&format!("{sent}&all=1")).unwrap();
        assert_eq!(picked.ids(), BTreeSet::from([PaymentId(a), PaymentId(b)]));
        let picked = serde_html_form::from_str(&format!("key=k&shown={a}+{b}&group={a}+{b}"));
        let picked: Picked = picked.unwrap();
        assert_eq!(picked.ids(), BTreeSet::from([PaymentId(a), PaymentId(b)]));
        assert!(Picked::default().ids().is_empty());
    }
}
