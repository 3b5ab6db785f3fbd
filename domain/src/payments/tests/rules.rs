//! The rules and the forms, without a database.

use super::*;
use crate::access::{Grant, Rights};
use crate::kernel::{Locale, Period};
use crate::payments::rules::*;
use crate::settings::Validation;
use proptest::prelude::*;

const TODAY: &str = "2026-06-01";

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn a_payment() -> Payment {
    Payment {
        id: PaymentId(id(1)),
        member: MemberId(id(2)),
        member_name: "Léa Benamar".into(),
        member_number: 12,
        amount: Cents(3000),
        method: Method::Transfer,
        received_on: day("2026-05-04"),
        period: None,
        kind: None,
        service: None,
        group: None,
        label: String::new(),
        note: String::new(),
        state: State::Draft,
        entered_by: Some(PartyId(id(3))),
        entered_by_name: "Inès".into(),
        entered_at: "2026-05-04T10:00:00Z".parse().unwrap(),
        validated_by: None,
        validated_by_name: None,
        validated_at: None,
        reverses: None,
        reversed_by: None,
        receipt: None,
        version: 1,
    }
}

fn a_validated_payment() -> Payment {
    Payment {
        state: State::Validated,
        validated_by: Some(PartyId(id(4))),
        validated_by_name: Some("Karim".into()),
        validated_at: Some("2026-05-05T10:00:00Z".parse().unwrap()),
        ..a_payment()
    }
}

fn rights(rights: &[Right]) -> Rights {
    let grant = |&right| Grant {
        right,
        crew: "x".into(),
    };
    Rights::from_grants(rights.iter().map(grant).collect())
}

/// The codes at the fields of a form that differs from a good one.
fn refusals(change: impl FnOnce(&mut PaymentForm)) -> Vec<(String, Code)> {
    let mut changed = form(MemberId(id(2)));
    change(&mut changed);
    match changed.parse(day(TODAY)) {
        Ok(_) => Vec::new(),
        Err(problem) => problem
            .fields
            .into_iter()
            .map(|f| (f.field, f.code))
            .collect(),
    }
}

fn at(field: &str, code: Code) -> Vec<(String, Code)> {
    vec![(field.into(), code)]
}

#[test]
fn a_lock_names_who_validated_and_when_before_any_missing_right() {
    let lock = Lock::Validated {
        by: "Karim".into(),
        at: "2026-05-05T10:00:00Z".parse().unwrap(),
    };
    let frozen = a_validated_payment();
    for rights in [rights(&[]), rights(Right::ALL), Rights::operator()] {
        assert_eq!(may_change(&rights, &frozen), Err(lock.clone()));
        assert_eq!(may_delete(&rights, &frozen), Err(lock.clone()));
        let again = may_validate(&rights, None, &frozen, Validation::Anyone);
        assert_eq!(again, Err(lock.clone()));
    }
    assert_eq!(lock.code(), Code::PaymentFrozen);
}

#[test]
fn each_right_opens_one_rule() {
    let (draft, frozen) = (a_payment(), a_validated_payment());
    for &right in Right::ALL {
        let has = rights(&[right]);
        let missing = |needed| {
            if needed == right {
                Ok(())
            } else {
                Err(Lock::MissingRight { right: needed })
            }
        };
        assert_eq!(may_add(&has), missing(Right::PaymentsAdd));
        assert_eq!(may_change(&has, &draft), missing(Right::PaymentsChange));
        assert_eq!(may_delete(&has, &draft), missing(Right::PaymentsDelete));
        assert_eq!(may_reverse(&has, &frozen), missing(Right::PaymentsAdd));
        let validates = may_validate(&has, None, &draft, Validation::SomeoneElse);
        assert_eq!(validates, missing(Right::PaymentsValidate));
    }
}

#[test]
fn ones_own_entry_is_for_somebody_else_unless_anyone_may() {
    let bank = rights(&[Right::PaymentsValidate]);
    let own = a_payment();
    let (me, other) = (own.entered_by, Some(PartyId(id(9))));
    let may = |actor, validation| may_validate(&bank, actor, &own, validation);
    assert_eq!(may(me, Validation::SomeoneElse), Err(Lock::OwnEntry));
    assert_eq!(may(other, Validation::SomeoneElse), Ok(()));
    assert_eq!(may(me, Validation::Anyone), Ok(()));
    let by_program = Payment {
        entered_by: None,
        ..a_payment()
    };
    let program = may_validate(&bank, None, &by_program, Validation::SomeoneElse);
    assert_eq!(program, Err(Lock::OwnEntry));
    let person = may_validate(&bank, me, &by_program, Validation::SomeoneElse);
    assert_eq!(person, Ok(()));
}

#[test]
fn the_status_follows_from_state_and_reversal() {
    let (original, reversal) = (PaymentId(id(7)), PaymentId(id(8)));
    let with = |state, reverses, reversed_by| {
        Payment {
            state,
            reverses,
            reversed_by,
            ..a_payment()
        }
        .status()
    };
    use State::{Draft, Validated};
    let cases = [
        (with(Draft, None, None), Status::Draft),
        (with(Validated, None, None), Status::Validated),
        (
            with(Validated, None, Some((reversal, Draft))),
            Status::ReversalWaiting { reversal },
        ),
        (
            with(Validated, None, Some((reversal, Validated))),
            Status::Reversed { reversal },
        ),
        (
            with(Draft, Some(original), None),
            Status::ReversalDraft { original },
        ),
        (
            with(Validated, Some(original), None),
            Status::Reversal { original },
        ),
    ];
    let names: std::collections::BTreeSet<_> = cases.iter().map(|(s, _)| s.name()).collect();
    assert_eq!(names.len(), cases.len());
    for (derived, expected) in cases {
        assert_eq!(derived, expected);
    }
}

#[test]
fn every_method_has_a_name_of_its_own() {
    for &method in Method::ALL {
        assert_eq!(Method::from_name(method.name()), Some(method));
        // The database, the forms and the API say the same word.
        let json = serde_json::to_value(method).unwrap();
        assert_eq!(json, method.name());
    }
}

#[test]
fn a_form_says_at_each_field_what_is_wrong() {
    assert_eq!(refusals(|_| {}), []);
    let wrong = refusals(|f| {
        *f = PaymentForm {
            method: "gold".into(),
            amount: "much".into(),
            received_on: "soon".into(),
            period_from: "2026-12-31".into(),
            period_until: "2026-01-01".into(),
            label: "x".repeat(201),
            note: "\u{202e}".into(),
            ..PaymentForm::default()
        }
    });
    assert_eq!(
        wrong,
        [
            ("member".into(), Code::Required),
            ("method".into(), Code::UnknownChoice),
            ("amount".into(), Code::NotAnAmount),
            ("received_on".into(), Code::NotADay),
            ("period_until".into(), Code::PeriodEndsBeforeStart),
            ("label".into(), Code::TooLong { max: 200 }),
            ("note".into(), Code::ControlCharacter),
        ]
    );
}

#[test]
fn an_amount_is_more_than_nothing_unless_it_is_waived_for_a_reason() {
    for amount in ["0", "-3", "0,00"] {
        let wrong = refusals(|f| f.amount = amount.into());
        assert_eq!(wrong, at("amount", Code::AmountNotPositive), "{amount}");
    }
    let waived = |amount: &str, note: &str| {
        refusals(|f| {
            f.method = "waived".into();
            f.amount = amount.into();
            f.note = note.into();
        })
    };
    assert_eq!(waived("0", "student"), []);
    assert_eq!(waived("0", " "), at("note", Code::ReasonNeeded));
    assert_eq!(waived("3", "student"), at("amount", Code::AmountNotZero));
    assert_eq!(
        waived("", ""),
        [
            ("amount".into(), Code::Required),
            ("note".into(), Code::ReasonNeeded),
        ]
    );
}

#[test]
fn a_day_of_receipt_is_not_in_the_future() {
    assert_eq!(refusals(|f| f.received_on = TODAY.into()), []);
    let wrong = refusals(|f| f.received_on = "2026-06-02".into());
    assert_eq!(wrong, at("received_on", Code::DayInFuture));
}

#[test]
fn a_period_has_both_days_or_none() {
    assert_eq!(
        refusals(|f| {
            f.period_from.clear();
            f.period_until.clear();
        }),
        []
    );
    let no_end = refusals(|f| f.period_until = " ".into());
    assert_eq!(no_end, at("period_until", Code::PeriodIncomplete));
    let no_start = refusals(|f| f.period_from.clear());
    assert_eq!(no_start, at("period_from", Code::PeriodIncomplete));
}

#[test]
fn an_answer_survives_being_kept() {
    let answers = vec![
        (PaymentId(id(1)), Outcome::Validated),
        (PaymentId(id(2)), Outcome::Refused(Code::OwnEntry)),
        (
            PaymentId(id(3)),
            Outcome::Refused(Code::Forbidden {
                right: Right::PaymentsValidate,
            }),
        ),
    ];
    let json = serde_json::to_value(&answers).unwrap();
    let read: Vec<(PaymentId, Outcome)> = serde_json::from_value(json).unwrap();
    assert_eq!(read, answers);
}

proptest! {
    #[test]
    fn what_a_form_shows_is_read_back(
        cents in 1_i64..=1_000_000_000,
        method in 0_usize..5,
        days in 0_u64..9000,
        length in 0_u64..800,
        label in "[a-zé]{0,20}",
    ) {
        let received_on = day(TODAY) - chrono::Days::new(days);
        let payment = Payment {
            amount: Cents(cents),
            method: Method::ALL[method],
            received_on,
            period: Some(Period::new(received_on, received_on + chrono::Days::new(length)).unwrap()),
            label,
            ..a_payment()
        };
        for locale in Locale::ALL {
            let read = PaymentForm::of(&payment, locale).parse(day(TODAY)).unwrap();
            prop_assert_eq!(read, payment.data());
        }
    }

    #[test]
    fn no_text_makes_a_form_or_an_address_panic(texts in proptest::collection::vec("\\PC{0,12}", 8)) {
        let t = |n: usize| texts[n].clone();
        let form = PaymentForm {
            key: t(0),
            version: t(1),
            member: t(2),
            amount: t(3),
            method: t(4),
            received_on: t(5),
            period_from: t(6),
            period_until: t(7),
            kind: t(2),
            service: String::new(),
            label: t(0),
            note: t(1),
        };
        let _ = form.parse(day(TODAY));
        let query = PaymentQuery {
            q: t(0),
            state: t(1),
            method: t(2),
            entered_by: t(3),
            from: t(4),
            until: t(5),
            nature: t(5),
            validated_from: t(6),
            validated_until: t(7),
            member: t(6),
            page: t(7),
        };
        let _ = (query.filter(), query.page());
    }

    #[test]
    fn what_is_read_from_a_form_keeps_the_rules(amount in "-?[0-9]{1,4}", method in 0_usize..6, note in "[a ]{0,2}") {
        let mut typed = form(MemberId(id(2)));
        typed.amount = amount;
        typed.method = Method::ALL[method].name().into();
        typed.note = note;
        if let Ok(data) = typed.parse(day(TODAY)) {
            prop_assert_eq!(data.method == Method::Waived, data.amount == Cents::ZERO);
            prop_assert!(data.amount >= Cents::ZERO);
            prop_assert!(data.method != Method::Waived || !data.note.is_empty());
        }
    }

    #[test]
    fn nobody_may_both_change_and_reverse(state in 0_usize..2, is_reversal: bool, reversed: Option<bool>) {
        let state = State::ALL[state];
        let other = PaymentId(id(9));
        let frozen = a_validated_payment();
        let payment = Payment {
            state,
            reverses: is_reversal.then_some(other),
            reversed_by: reversed.map(|done| (other, if done { State::Validated } else { State::Draft })),
            ..if state == State::Draft { a_payment() } else { frozen }
        };
        let all = Rights::operator();
        prop_assert!(may_change(&all, &payment).is_err() || may_reverse(&all, &payment).is_err());
        if reversed.is_some() && payment.reverses.is_none() && state == State::Validated {
            prop_assert_eq!(may_reverse(&all, &payment), Err(Lock::ReversalExists));
        }
        // What is frozen is neither changed nor deleted, whoever asks.
        let touched = may_change(&all, &payment).is_ok() || may_delete(&all, &payment).is_ok();
        prop_assert!(!(touched && state == State::Validated));
    }
}
