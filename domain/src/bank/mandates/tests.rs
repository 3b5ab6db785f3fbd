//! What is promised of mandates.

use super::*;
use crate::bank::{self, AccountForm, Keys};
use crate::both_engines;
use crate::db::testing::{Bench, somebody_with};
use crate::kernel::{PartyId, Right};
use uuid::Uuid;

fn keys() -> Keys {
    Keys::parse(&format!("one:{}", "07".repeat(32))).unwrap()
}

async fn account(bench: &Bench, party: PartyId, iban: &str) -> BankAccountId {
    let form = AccountForm {
        key: Uuid::now_v7().to_string(),
        iban: iban.into(),
        ..AccountForm::default()
    };
    let crew = somebody_with(&[Right::Members]);
    let added = bench.run(&crew, async |cx| bank::add(cx, &keys(), party, &form).await);
    added.await.unwrap()
}

fn form(account: BankAccountId, reference: &str) -> MandateForm {
    MandateForm {
        key: Uuid::now_v7().to_string(),
        account: account.to_string(),
        reference: reference.into(),
        kind: "recurring".into(),
        signed_on: "2026-05-01".into(),
    }
}

async fn entered(bench: &Bench, party: PartyId, form: &MandateForm) -> Result<MandateId> {
    let crew = somebody_with(&[Right::Members]);
    bench
        .run(&crew, async |cx| add(cx, party, form).await)
        .await
}

fn refused<T: std::fmt::Debug>(result: Result<T>, field: &str) -> Code {
    let problem = result.unwrap_err();
    let at = problem.fields.iter().find(|f| f.field == field);
    at.unwrap_or_else(|| panic!("{problem:?}")).code.clone()
}

const IBAN: &str = "FR76 3000 6000 0112 3456 7890 189";
const OTHER: &str = "BE68 5390 0754 7034";

both_engines! {
    async fn a_reference_is_given_once_in_capitals_or_not(bench: Bench) {
        let (lea, zoe) = (bench.a_person("Léa", "x").await, bench.a_person("Zoé", "y").await);
        let (one, two) = (account(&bench, lea, IBAN).await, account(&bench, zoe, OTHER).await);
        entered(&bench, lea, &form(one, "Nuage-1/2026")).await.unwrap();
        let again = entered(&bench, zoe, &form(two, "NUAGE-1/2026")).await;
        assert_eq!(refused(again, "reference"), Code::ReferenceTaken);
        // Where none is given, each gets one of its own.
        let made = entered(&bench, zoe, &form(two, "")).await.unwrap();
        entered(&bench, zoe, &form(two, "")).await.unwrap();
        let crew = somebody_with(&[Right::Members]);
        let made = get(&mut bench.view(&crew).await, made).await.unwrap();
        assert_eq!(parse_reference(&made.reference).unwrap(), made.reference);
    }

    async fn a_mandate_is_for_an_account_of_the_one_who_signed(bench: Bench) {
        let (lea, zoe) = (bench.a_person("Léa", "x").await, bench.a_person("Zoé", "y").await);
        let of_zoe = account(&bench, zoe, OTHER).await;
        let wrong = entered(&bench, lea, &form(of_zoe, "")).await;
        assert_eq!(refused(wrong, "account"), Code::UnknownChoice);
    }

    async fn a_form_that_is_sent_twice_enters_one_mandate(bench: Bench) {
        let lea = bench.a_person("Léa", "x").await;
        let form = form(account(&bench, lea, IBAN).await, "");
        let one = entered(&bench, lea, &form).await.unwrap();
        assert_eq!(entered(&bench, lea, &form).await.unwrap(), one);
        let crew = somebody_with(&[Right::Members]);
        assert_eq!(of_party(&mut bench.view(&crew).await, lea).await.unwrap().len(), 1);
    }

    async fn a_mandate_is_revoked_and_its_account_stays(bench: Bench) {
        let lea = bench.a_person("Léa", "x").await;
        let account = account(&bench, lea, IBAN).await;
        let id = entered(&bench, lea, &form(account, "")).await.unwrap();
        let crew = somebody_with(&[Right::Members]);
        for _ in 0..2 {
            let party = bench.run(&crew, async |cx| revoke(cx, id).await).await.unwrap();
            assert_eq!(party, lea);
        }
        let today = bench.view(&crew).await.today();
        let mandate = get(&mut bench.view(&crew).await, id).await.unwrap();
        assert_eq!(mandate.state(today), State::Revoked { on: today });
        let kept = bench.run(&crew, async |cx| bank::remove(cx, account).await).await;
        assert_eq!(kept.unwrap_err().code, Code::AccountHasMandate);
        let history = crate::audit::history(&mut bench.view(&crew).await, "party", lea.0).await.unwrap();
        let mandates = history.iter().filter(|e| e.action.starts_with("mandate_"));
        assert_eq!(mandates.count(), 2);
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn a_mandate_that_is_not_used_for_three_years_ends() {
    let mandate = Mandate {
        id: MandateId(Uuid::nil()),
        account_id: BankAccountId(Uuid::nil()),
        reference: "A".into(),
        kind: Kind::Recurring,
        signed_on: day("2024-02-29"),
        revoked_on: None,
        version: 1,
    };
    let end = day("2027-02-28");
    assert_eq!(
        mandate.state(day("2027-02-27")),
        State::Active { until: end }
    );
    assert_eq!(mandate.state(end), State::Expired { on: end });
    let revoked = Mandate {
        revoked_on: Some(day("2025-01-01")),
        ..mandate
    };
    assert_eq!(
        revoked.state(day("2030-01-01")),
        State::Revoked {
            on: day("2025-01-01")
        }
    );
}

#[test]
fn a_reference_has_what_every_bank_takes() {
    for good in ["A", "Nuage-1/2026", "a b'c+d(e):f.g,h?", &"9".repeat(35)] {
        assert_eq!(parse_reference(good).unwrap(), good);
    }
    for bad in [
        "",
        " ",
        "é",
        "a_b",
        "/a",
        "a/",
        "a//b",
        "a\u{0}",
        &"9".repeat(36),
    ] {
        assert!(parse_reference(bad).is_err(), "{bad:?}");
    }
}
