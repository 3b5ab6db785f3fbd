//! What is promised of accounts, on both engines.

use super::*;
use crate::access::Actor;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::{Code, Problem, Right};
use crate::{all, audit, both_engines, exec, one};
use uuid::Uuid;

const IBAN: &str = "FR76 3000 6000 0112 3456 7890 189";
const PLAIN: &str = "FR7630006000011234567890189";
const OTHER: &str = "BE68 5390 0754 7034";

fn keys() -> Keys {
    Keys::parse(&format!("one:{}", "07".repeat(32))).unwrap()
}

fn crew() -> Actor {
    somebody_with(&[Right::Members])
}

fn bank() -> Actor {
    somebody_with(&[Right::PaymentsValidate])
}

fn form(iban: &str) -> AccountForm {
    AccountForm {
        key: Uuid::now_v7().to_string(),
        iban: iban.into(),
        ..AccountForm::default()
    }
}

async fn added(
    bench: &Bench,
    keys: &Keys,
    party: PartyId,
    iban: &str,
) -> Result<BankAccountId, Problem> {
    bench
        .run(&crew(), async |cx| add(cx, keys, party, &form(iban)).await)
        .await
}

async fn seen(bench: &Bench, keys: &Keys, id: BankAccountId) -> Result<String, Problem> {
    let shown = bench
        .run(&bank(), async |cx| show(cx, keys, id).await)
        .await;
    shown.map(|(_, iban)| iban)
}

type Facts = Option<sqlx::types::Json<serde_json::Value>>;

/// All that stands in the tables of accounts, of the audit and of forms that were sent.
async fn kept(bench: &Bench) -> String {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    let accounts: Vec<(Vec<u8>, Vec<u8>, String, String)> = all!(
        tx,
        "SELECT sealed, found_by, holder, short FROM bank_accounts WHERE tenant_id = $1",
        bench.tenant.id
    )
    .unwrap();
    let audited: Vec<(Facts, Facts, String, String)> = all!(
        tx,
        "SELECT before, after, search, object_label FROM audit WHERE tenant_id = $1",
        bench.tenant.id
    )
    .unwrap();
    let sent: Vec<(sqlx::types::Json<serde_json::Value>, Vec<u8>)> = all!(
        tx,
        "SELECT result, fingerprint FROM once_keys WHERE tenant_id = $1",
        bench.tenant.id
    )
    .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut all = format!("{audited:?}");
    for (sealed, found_by, holder, short) in accounts {
        all.push_str(&format!(
            "{} {} {holder} {short}",
            text(&sealed),
            text(&found_by)
        ));
    }
    for (result, fingerprint) in sent {
        all.push_str(&format!("{result:?} {}", text(&fingerprint)));
    }
    all
}

#[test]
fn keys_are_read_and_what_is_wrong_is_said_without_telling_a_key() {
    let digits = "0f".repeat(32);
    let read = Keys::parse(&format!(
        "# ours\n\n new:{digits}\r\nold : {}\n",
        "aa".repeat(32)
    ))
    .unwrap();
    assert_eq!(format!("{read:?}"), "Keys([\"new\", \"old\"])");
    assert!(Keys::parse("").unwrap().is_empty());
    for wrong in [
        "x".to_owned(),
        digits.clone(),
        format!("a b:{digits}"),
        format!("a:{digits}0"),
        format!("a:{digits}\na:{digits}"),
        "a:é".into(),
    ] {
        let why = Keys::parse(&wrong).unwrap_err();
        assert!(why.starts_with("line ") && !why.contains(&digits), "{why}");
    }
    let line = Keys::new_line("k").unwrap();
    assert_ne!(line, Keys::new_line("k").unwrap());
    assert!(!Keys::parse(&line).unwrap().is_empty());
}

both_engines! {
    async fn an_account_is_shown_shortened_and_its_number_stands_nowhere_in_the_database(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let id = added(&bench, &keys(), lea, IBAN).await.unwrap();
        let mut cx = bench.view(&crew()).await;
        let accounts = of_party(&mut cx, lea).await.unwrap();
        drop(cx);
        assert_eq!(accounts, vec![Account { id, party_id: lea, holder: "Léa Benamar".into(), bic: String::new(), short: "FR76 •••• 0189".into(), is_preferred: true }]);
        assert_eq!(seen(&bench, &keys(), id).await.unwrap(), PLAIN);
        let kept = kept(&bench).await;
        assert!(kept.contains("FR76 •••• 0189"));
        for part in [PLAIN, &PLAIN[4..], "30006000", IBAN] {
            assert!(!kept.contains(part), "{kept}");
        }
    }

    async fn each_sight_of_the_whole_number_needs_the_right_and_is_audited(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let id = added(&bench, &keys(), lea, IBAN).await.unwrap();
        let refused = bench.run(&crew(), async |cx| show(cx, &keys(), id).await).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::PaymentsValidate });
        for _ in 0..3 {
            seen(&bench, &keys(), id).await.unwrap();
        }
        let mut cx = bench.view(&crew()).await;
        let history = audit::history(&mut cx, "party", lea.0).await.unwrap();
        assert_eq!(history.iter().filter(|e| e.action == "account_seen").count(), 3);
    }

    async fn a_sealed_number_that_is_moved_to_another_account_does_not_open(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let ada = bench.a_person("Ada", "Moreau").await;
        let (one_id, two) = (added(&bench, &keys(), lea, IBAN).await.unwrap(), added(&bench, &keys(), ada, OTHER).await.unwrap());
        let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
        exec!(tx, "UPDATE bank_accounts SET sealed = (SELECT sealed FROM bank_accounts WHERE tenant_id = $1 AND id = $2) WHERE tenant_id = $1 AND id = $3", bench.tenant.id, one_id, two).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(seen(&bench, &keys(), two).await.unwrap_err().code, Code::Internal);
        assert_eq!(seen(&bench, &keys(), one_id).await.unwrap(), PLAIN);
    }

    async fn without_the_key_nothing_is_entered_or_read_and_all_else_works(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let id = added(&bench, &keys(), lea, IBAN).await.unwrap();
        let none = Keys::default();
        assert_eq!(added(&bench, &none, lea, OTHER).await.unwrap_err().code, Code::BankKeyMissing);
        assert_eq!(seen(&bench, &none, id).await.unwrap_err().code, Code::BankKeyMissing);
        let other = Keys::parse(&format!("two:{}", "09".repeat(32))).unwrap();
        assert_eq!(seen(&bench, &other, id).await.unwrap_err().code, Code::BankKeyMissing);
        let mut cx = bench.view(&crew()).await;
        assert_eq!(of_party(&mut cx, lea).await.unwrap().len(), 1);
    }

    async fn keys_are_changed_while_numbers_stay_readable_and_findable(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let id = added(&bench, &keys(), lea, IBAN).await.unwrap();
        let old = format!("one:{}", "07".repeat(32));
        let new = format!("two:{}", "09".repeat(32));
        let both = Keys::parse(&format!("{new}\n{old}")).unwrap();
        // Before and after: what one sealed, the other finds, and the same account is known.
        assert_eq!(seen(&bench, &both, id).await.unwrap(), PLAIN);
        let operator = Actor::operator();
        let found = async |keys: &Keys| { let mut cx = bench.view(&bank()).await; holders(&mut cx, keys, IBAN).await.unwrap() };
        assert_eq!(found(&both).await, [lea]);
        assert_eq!(bench.run(&operator, async |cx| reseal(cx, &both).await).await.unwrap(), 1);
        assert_eq!(bench.run(&operator, async |cx| reseal(cx, &both).await).await.unwrap(), 0);
        let only_new = Keys::parse(&new).unwrap();
        assert_eq!(seen(&bench, &only_new, id).await.unwrap(), PLAIN);
        assert_eq!(found(&only_new).await, [lea]);
        assert_eq!(seen(&bench, &keys(), id).await.unwrap_err().code, Code::BankKeyMissing);
    }

    async fn which_keys_are_needed_and_which_are_wrong_is_found_without_showing_a_number(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        added(&bench, &keys(), lea, IBAN).await.unwrap();
        let of = async |keys: &Keys| { let mut cx = bench.view(&Actor::operator()).await; keys_in_use(&mut cx, keys).await.unwrap() };
        let used = |opens| vec![KeyUse { key_id: "one".into(), accounts: 1, opens }];
        assert_eq!(of(&keys()).await, used(true));
        assert_eq!(of(&Keys::default()).await, used(false));
        // Another key by the same name.
        assert_eq!(of(&Keys::parse(&format!("one:{}", "08".repeat(32))).unwrap()).await, used(false));
    }

    async fn what_is_refused_tells_no_number(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        added(&bench, &keys(), lea, IBAN).await.unwrap();
        for (keys, iban) in [(keys(), IBAN), (keys(), PLAIN), (Keys::default(), OTHER), (keys(), "FR76 3000 6000 0112 3456 7890 18X")] {
            let typed = form(iban);
            let refused = bench.run(&crew(), async |cx| add(cx, &keys, lea, &typed).await).await.unwrap_err();
            let told = format!("{typed:?} {refused:?} {}", refused.log_line());
            for part in ["30006000", "3000 6000", "5390 0754"] {
                assert!(!told.contains(part), "{told}");
            }
        }
    }

    async fn two_accounts_entered_at_once_are_both_there_and_one_is_used(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let keys = keys();
        let both = tokio::join!(added(&bench, &keys, lea, IBAN), added(&bench, &keys, lea, OTHER));
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
        let mut cx = bench.view(&crew()).await;
        let accounts = of_party(&mut cx, lea).await.unwrap();
        assert_eq!(accounts.iter().map(|a| a.is_preferred).collect::<Vec<_>>(), [true, false]);
    }

    async fn an_account_is_known_once_and_one_of_several_is_the_one_that_is_used(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let first = added(&bench, &keys(), lea, IBAN).await.unwrap();
        let twice = added(&bench, &keys(), lea, PLAIN).await.unwrap_err();
        assert_eq!(twice.field("iban"), Some(&Code::AccountKnown));
        let second = added(&bench, &keys(), lea, OTHER).await.unwrap();
        let preferred = async || { let mut cx = bench.view(&crew()).await; of_party(&mut cx, lea).await.unwrap().into_iter().filter(|a| a.is_preferred).map(|a| a.id).collect::<Vec<_>>() };
        assert_eq!(preferred().await, [first]);
        bench.run(&crew(), async |cx| prefer(cx, second).await).await.unwrap();
        assert_eq!(preferred().await, [second]);
        bench.run(&crew(), async |cx| remove(cx, second).await).await.unwrap();
        assert_eq!(preferred().await, [first]);
        // Two people may share one account.
        let ada = bench.a_person("Ada", "Moreau").await;
        added(&bench, &keys(), ada, IBAN).await.unwrap();
        let mut cx = bench.view(&bank()).await;
        assert_eq!(holders(&mut cx, &keys(), "fr76 30006000011234567890189").await.unwrap().len(), 2);
        assert_eq!(holders(&mut cx, &keys(), OTHER).await.unwrap(), vec![]);
        assert_eq!(holders(&mut cx, &keys(), "x").await.unwrap(), vec![]);
    }

    async fn a_form_says_what_is_wrong_and_sent_twice_has_one_effect(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let wrong = AccountForm { iban: "FR77 3000".into(), bic: "x".into(), ..form("") };
        let refused = bench.run(&crew(), async |cx| add(cx, &keys(), lea, &wrong).await).await.unwrap_err();
        assert_eq!((refused.field("iban"), refused.field("bic")), (Some(&Code::NotAnIban), Some(&Code::NotABic)));
        let good = AccountForm { bic: "agrifrpp".into(), holder: "M. et Mme Benamar".into(), ..form(IBAN) };
        let send = async || bench.run(&crew(), async |cx| add(cx, &keys(), lea, &good).await).await.unwrap();
        assert_eq!(send().await, send().await);
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let (count, bic): (i64, String) = one!(tx, "SELECT count(*), max(bic) FROM bank_accounts WHERE tenant_id = $1", bench.tenant.id).unwrap();
        assert_eq!((count, bic.as_str()), (1, "AGRIFRPP"));
    }

    async fn members_see_their_own_shortened_and_nobody_elses(bench: Bench) {
        let lea = bench.a_person("Léa", "Benamar").await;
        let ada = bench.a_person("Ada", "Moreau").await;
        let id = added(&bench, &keys(), lea, IBAN).await.unwrap();
        let mut cx = bench.view(&person_with(lea, &[])).await;
        assert_eq!(mine(&mut cx).await.unwrap()[0].short, "FR76 •••• 0189");
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        drop(cx);
        let mut cx = bench.view(&person_with(ada, &[])).await;
        assert_eq!(mine(&mut cx).await.unwrap(), vec![]);
    }
}
