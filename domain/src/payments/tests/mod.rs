//! What payments promise, on both engines.

mod deletion;
mod life;
mod reading;
mod rules;
mod validating;

use super::*;
use crate::access::Actor;
use crate::context::Cx;
use crate::db::testing::{Bench, person_with};
use crate::kernel::{ImportId, PageRequest, PaymentId, Problem, Right};
use uuid::Uuid;

/// A key for a form.
fn key() -> String {
    Uuid::now_v7().to_string()
}

fn day(text: &str) -> Day {
    crate::kernel::calendar::parse_day(text).unwrap()
}

/// Thirty euros by transfer for the year 2026, received in May.
fn form(member: MemberId) -> PaymentForm {
    PaymentForm {
        key: key(),
        member: member.to_string(),
        amount: "30".into(),
        method: "transfer".into(),
        received_on: "2026-05-04".into(),
        period_from: "2026-01-01".into(),
        period_until: "2026-12-31".into(),
        label: "Cotisation 2026".into(),
        ..PaymentForm::default()
    }
}

/// A member, somebody who enters, changes and deletes, and somebody who validates.
struct Ground {
    member: MemberId,
    crew: Actor,
    bank: Actor,
}

async fn ground(bench: &Bench) -> Ground {
    let crew = bench.a_person("Inès", "Morel").await;
    let bank = bench.a_person("Karim", "Haddad").await;
    Ground {
        member: bench.a_member("Léa", "Benamar", 12).await,
        crew: person_with(
            crew,
            &[
                Right::PaymentsAdd,
                Right::PaymentsChange,
                Right::PaymentsDelete,
            ],
        ),
        bank: Actor {
            name: "Karim".into(),
            ..person_with(bank, &[Right::PaymentsValidate])
        },
    }
}

async fn added(bench: &Bench, actor: &Actor, form: &PaymentForm) -> PaymentId {
    bench
        .run(actor, async |cx| add(cx, form).await)
        .await
        .unwrap()
}

/// Validates, and gives the answers.
async fn validated(bench: &Bench, actor: &Actor, ids: &[PaymentId]) -> Vec<Outcome> {
    let key = key();
    let answers = bench
        .run(actor, async |cx| validate(cx, ids, &key).await)
        .await
        .unwrap();
    answers.into_iter().map(|(_, outcome)| outcome).collect()
}

async fn read(bench: &Bench, id: PaymentId) -> Payment {
    let mut cx = bench.view(&Actor::operator()).await;
    get(&mut cx, id).await.unwrap()
}

/// What the member's page says.
async fn paid_until(bench: &Bench, member: MemberId) -> Option<Day> {
    let mut cx = bench.view(&Actor::operator()).await;
    crate::members::get(&mut cx, member)
        .await
        .unwrap()
        .paid_until
}

/// What the audit says was done to a payment, by the alphabet: a test's clock stands still.
async fn history(bench: &Bench, id: PaymentId) -> Vec<String> {
    let mut cx = bench.view(&Actor::operator()).await;
    let entries = crate::audit::history(&mut cx, "payment", id.0)
        .await
        .unwrap();
    let mut actions: Vec<String> = entries.into_iter().map(|e| e.action).collect();
    actions.sort();
    actions
}

fn code<T: std::fmt::Debug>(refused: Result<T, Problem>) -> Code {
    refused.unwrap_err().code
}
