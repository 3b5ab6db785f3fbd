//! What dues promise, on both engines: kinds, terms, payers and what follows from them.

use crate::access::Actor;
use crate::both_engines;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::dues::{self, *};
use crate::kernel::calendar::parse_day;
use crate::kernel::{Code, DuesKindId, PaymentId, Result, Right};
use crate::members::{self, DirectoryFilter, StandingFilter};
use crate::payments::{self, PaymentForm, ReversalForm};
use uuid::Uuid;

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn admin() -> Actor {
    somebody_with(&[Right::Settings])
}

fn crew() -> Actor {
    somebody_with(&[Right::Members, Right::PaymentsAdd])
}

async fn bank(bench: &Bench) -> Actor {
    let person = bench.a_person("Karim", "Haddad").await;
    person_with(person, &[Right::PaymentsValidate])
}

fn kind_form(name: &str, price: &str) -> KindForm {
    KindForm {
        key: key(),
        name: name.into(),
        price: price.into(),
        ..KindForm::blank()
    }
}

async fn make(bench: &Bench, form: &KindForm) -> Result<DuesKindId> {
    bench
        .run(&admin(), async |cx| add_kind(cx, form).await)
        .await
}

async fn kind(bench: &Bench, id: DuesKindId) -> Kind {
    let mut cx = bench.view(&admin()).await;
    get_kind(&mut cx, id).await.unwrap()
}

async fn a_free_kind(bench: &Bench) -> DuesKindId {
    let form = KindForm {
        cycle: "free".into(),
        ..kind_form("Honoraire", "")
    };
    make(bench, &form).await.unwrap()
}

async fn say(bench: &Bench, member: MemberId, terms: &TermsForm) -> Result<()> {
    bench
        .run(&crew(), async |cx| add_terms(cx, member, terms).await)
        .await
}

fn from(day: &str, kind: DuesKindId) -> TermsForm {
    TermsForm {
        from_on: day.into(),
        kind: kind.to_string(),
        ..TermsForm::default()
    }
}

async fn read(bench: &Bench, member: MemberId) -> MemberDues {
    of_member(&mut bench.view(&crew()).await, member)
        .await
        .unwrap()
}

async fn paid(bench: &Bench, member: MemberId, from: &str, until: &str) -> PaymentId {
    let form = PaymentForm {
        key: key(),
        member: member.to_string(),
        amount: "30".into(),
        method: "transfer".into(),
        received_on: "2026-05-04".into(),
        period_from: from.into(),
        period_until: until.into(),
        ..PaymentForm::default()
    };
    let id = bench
        .run(&crew(), async |cx| payments::add(cx, &form).await)
        .await
        .unwrap();
    validate(bench, id).await;
    id
}

async fn validate(bench: &Bench, id: PaymentId) {
    let bank = bank(bench).await;
    let answers = bench
        .run(&bank, async |cx| {
            payments::validate(cx, &[id], &key()).await
        })
        .await
        .unwrap();
    assert_eq!(answers, [(id, payments::Outcome::Validated)]);
}

fn texts(periods: &[Period]) -> Vec<String> {
    let text = |p: &Period| format!("{} {}", p.from(), p.until());
    periods.iter().map(text).collect()
}

fn code<T: std::fmt::Debug>(refused: Result<T>) -> Code {
    refused.unwrap_err().code
}

both_engines! {
    async fn a_new_organisation_has_one_kind_of_dues(bench: Bench) {
        let found = kinds(&mut bench.view(&crew()).await).await.unwrap();
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert!(only.is_default);
        assert_eq!((only.name.as_str(), only.cycle), ("Cotisation", Cycle::Months { months: 12 }));
        assert_eq!(only.price_on(day("1900-01-01")), Cents(3000));
    }

    async fn a_kind_is_made_once_and_changed_with_its_price(bench: Bench) {
        let form = kind_form("Réduit", "15");
        let id = make(&bench, &form).await.unwrap();
        assert_eq!(make(&bench, &form).await.unwrap(), id);
        let twin = make(&bench, &KindForm { key: key(), ..form.clone() }).await.unwrap_err();
        assert_eq!(twin.field("name"), Some(&Code::KindNameTaken));
        let before = kind(&bench, id).await;
        assert_eq!(before.price_on(bench.now.date_naive()), Cents(1500));

        let dearer = KindForm { price: "18".into(), price_from: "2027-01-01".into(), ..KindForm::of(&before, day("2026-06-01"), crate::kernel::Locale::Fr) };
        for _ in 0..2 {
            bench.run(&admin(), async |cx| save_kind(cx, id, &dearer).await).await.unwrap();
        }
        let after = kind(&bench, id).await;
        assert_eq!((after.version, after.prices.len()), (2, 2));
        assert_eq!(after.price_on(day("2026-12-31")), Cents(1500));
        assert_eq!(after.price_on(day("2027-01-01")), Cents(1800));
        let renamed = KindForm { name: "Solidaire".into(), ..dearer.clone() };
        assert_eq!(code(bench.run(&admin(), async |cx| save_kind(cx, id, &renamed).await).await), Code::ChangedMeanwhile);
        let history = crate::audit::history(&mut bench.view(&admin()).await, "dues_kind", id.0).await.unwrap();
        assert_eq!(history.len(), 2);
    }

    async fn one_kind_is_the_default_and_it_is_not_free(bench: Bench) {
        let free = a_free_kind(&bench).await;
        let reduced = make(&bench, &kind_form("Réduit", "15")).await.unwrap();
        let act = async |id, what: &str| bench.run(&admin(), async |cx| match what {
            "default" => set_default_kind(cx, id).await,
            "archive" => archive_kind(cx, id).await,
            _ => restore_kind(cx, id).await,
        }).await;
        assert_eq!(code(act(free, "default").await), Code::DefaultKindNotFree);
        act(reduced, "archive").await.unwrap();
        assert_eq!(code(act(reduced, "default").await), Code::KindArchived);
        act(reduced, "restore").await.unwrap();
        act(reduced, "default").await.unwrap();
        assert_eq!(code(act(reduced, "archive").await), Code::DefaultKindNotArchived);
        let found = kinds(&mut bench.view(&crew()).await).await.unwrap();
        let defaults: Vec<DuesKindId> = found.iter().filter(|k| k.is_default).map(|k| k.id).collect();
        assert_eq!(defaults, [reduced]);
        let made_free = KindForm { cycle: "free".into(), ..KindForm::of(&kind(&bench, reduced).await, day("2026-06-01"), crate::kernel::Locale::Fr) };
        let refused = bench.run(&admin(), async |cx| save_kind(cx, reduced, &made_free).await).await.unwrap_err();
        assert_eq!(refused.field("cycle"), Some(&Code::DefaultKindNotFree));
    }

    async fn coverage_is_runs_of_what_is_validated_and_what_is_free(bench: Bench) {
        let lea = bench.a_member("Léa", "Benamar", 12).await;
        paid(&bench, lea, "2026-01-01", "2026-03-31").await;
        let april = paid(&bench, lea, "2026-04-01", "2026-04-30").await;
        paid(&bench, lea, "2027-01-01", "2027-12-31").await;
        assert_eq!(texts(&read(&bench, lea).await.coverage), ["2026-01-01 2026-04-30", "2027-01-01 2027-12-31"]);
        // Paid for the next year only is not in order today.
        assert_eq!(read(&bench, lea).await.standing(day("2026-06-01")), Standing::Late { since: day("2026-05-01") });
        let counted = members::counts(&mut bench.view(&crew()).await).await.unwrap();
        assert_eq!((counted.late, counted.in_order), (1, 0));

        let free = a_free_kind(&bench).await;
        say(&bench, lea, &from("2026-05-01", free)).await.unwrap();
        assert_eq!(texts(&read(&bench, lea).await.coverage), ["2026-01-01 2200-12-31"]);
        assert_eq!(read(&bench, lea).await.standing(day("2026-06-01")), Standing::Free);
        assert_eq!(read(&bench, lea).await.dues, Dues::default());
        let member = members::get(&mut bench.view(&crew()).await, lea).await.unwrap();
        assert_eq!(member.standing(day("2026-06-01")), Standing::Free);
        let filter = DirectoryFilter { standing: Some(StandingFilter::InOrder), ..DirectoryFilter::default() };
        let listed = members::directory(&mut bench.view(&crew()).await, &filter, crate::kernel::PageRequest::new(1)).await.unwrap();
        assert_eq!(listed.rows.len(), 1);

        let default = DuesKindId(bench.tenant.id.0);
        say(&bench, lea, &from("2026-06-01", default)).await.unwrap();
        assert_eq!(texts(&read(&bench, lea).await.coverage), ["2026-01-01 2026-05-31", "2027-01-01 2027-12-31"]);
        bench.run(&crew(), async |cx| remove_terms(cx, lea, day("2026-05-01")).await).await.unwrap();
        let back = ReversalForm { key: key(), reason: "bounced".into() };
        let reversal = bench.run(&crew(), async |cx| payments::reverse(cx, april, &back).await).await.unwrap();
        assert_eq!(texts(&read(&bench, lea).await.coverage), ["2026-01-01 2026-04-30", "2027-01-01 2027-12-31"]);
        validate(&bench, reversal).await;
        assert_eq!(texts(&read(&bench, lea).await.coverage), ["2026-01-01 2026-03-31", "2027-01-01 2027-12-31"]);
    }

    async fn a_kind_that_becomes_free_covers_those_who_have_it(bench: Bench) {
        let lea = bench.a_member("Léa", "Benamar", 12).await;
        let id = make(&bench, &kind_form("Soutien", "50")).await.unwrap();
        say(&bench, lea, &from("2026-01-01", id)).await.unwrap();
        assert!(read(&bench, lea).await.coverage.is_empty());
        let form = KindForm { cycle: "free".into(), ..KindForm::of(&kind(&bench, id).await, day("2026-06-01"), crate::kernel::Locale::Fr) };
        bench.run(&admin(), async |cx| save_kind(cx, id, &form).await).await.unwrap();
        assert_eq!(texts(&read(&bench, lea).await.coverage), ["2026-01-01 2200-12-31"]);
    }

    async fn a_reduced_amount_has_a_reason_and_is_proposed_with_it(bench: Bench) {
        let lea = bench.a_member("Léa", "Benamar", 12).await;
        let default = DuesKindId(bench.tenant.id.0);
        let own = TermsForm { amount: "10".into(), ..from("2026-01-01", default) };
        assert_eq!(say(&bench, lea, &own).await.unwrap_err().field("reason"), Some(&Code::ReasonNeeded));
        let own = TermsForm { reason: "étudiante".into(), ..own };
        for _ in 0..2 {
            say(&bench, lea, &own).await.unwrap();
        }
        let proposed = payments::proposal(&mut bench.view(&crew()).await, lea).await.unwrap();
        assert_eq!((proposed.form.amount.as_str(), proposed.form.kind.as_str()), ("10,00", default.to_string().as_str()));
        let why = proposed.due.unwrap().why;
        assert_eq!((why.start, why.reduced.as_deref(), why.price), (Start::Joined, Some("étudiante"), Cents(3000)));
        let history = crate::audit::history(&mut bench.view(&crew()).await, "member", lea.0).await.unwrap();
        assert_eq!(history.iter().filter(|e| e.action == "dues_changed").count(), 1);

        let free = a_free_kind(&bench).await;
        let wrong = TermsForm { amount: "10".into(), reason: "x".into(), ..from("2026-01-01", free) };
        assert_eq!(say(&bench, lea, &wrong).await.unwrap_err().field("amount"), Some(&Code::FreeKindNoAmount));
        let unknown = from("2026-01-01", DuesKindId(Uuid::now_v7()));
        assert_eq!(say(&bench, lea, &unknown).await.unwrap_err().field("kind"), Some(&Code::UnknownChoice));
    }

    async fn an_archived_kind_is_given_to_nobody_new(bench: Bench) {
        let (lea, zoe) = (bench.a_member("Léa", "Benamar", 12).await, bench.a_member("Zoé", "Martin", 13).await);
        let id = make(&bench, &kind_form("Ancien", "20")).await.unwrap();
        say(&bench, lea, &from("2026-01-01", id)).await.unwrap();
        bench.run(&admin(), async |cx| archive_kind(cx, id).await).await.unwrap();
        assert_eq!(say(&bench, zoe, &from("2026-01-01", id)).await.unwrap_err().field("kind"), Some(&Code::KindArchived));
        assert_eq!(read(&bench, lea).await.kind.unwrap().id, id);
        let own = TermsForm { amount: "5".into(), reason: "x".into(), ..from("2026-01-01", id) };
        say(&bench, lea, &own).await.unwrap();
    }

    async fn who_pays_for_others_pays_for_themselves_and_in_no_chain(bench: Bench) {
        let mut parties = Vec::new();
        let mut ids = Vec::new();
        for (n, name) in ["Ana", "Ben", "Cleo"].into_iter().enumerate() {
            let id = bench.a_member(name, "Roux", 20 + i64::try_from(n).unwrap()).await;
            let member = members::get(&mut bench.view(&crew()).await, id).await.unwrap();
            ids.push(id);
            parties.push(member.party.id);
        }
        let set = async |member: usize, payer: Option<usize>| {
            let payer = payer.map(|n| parties[n]);
            bench.run(&crew(), async |cx| set_payer(cx, ids[member], payer).await).await
        };
        assert_eq!(set(0, Some(0)).await.unwrap_err().field("payer"), Some(&Code::PayerIsSelf));
        set(1, Some(0)).await.unwrap();
        set(1, Some(0)).await.unwrap();
        // Nobody pays for Ana, who pays for Ben; and Ben pays for nobody.
        assert_eq!(set(0, Some(2)).await.unwrap_err().field("payer"), Some(&Code::PaysForOthers));
        assert_eq!(set(2, Some(1)).await.unwrap_err().field("payer"), Some(&Code::PayerHasPayer));
        set(2, Some(0)).await.unwrap();
        let mut cx = bench.view(&crew()).await;
        let names: Vec<String> = of_household(&mut cx, parties[0]).await.unwrap().into_iter().map(|d| d.name).collect();
        assert_eq!(names, ["Ana Roux", "Ben Roux", "Cleo Roux"]);
        assert_eq!(of_member(&mut cx, ids[1]).await.unwrap().payer.unwrap().name, "Ana Roux");
        let own = mine(&mut bench.view(&person_with(parties[0], &[])).await).await.unwrap();
        let whose: Vec<Whose> = own.iter().map(|d| d.whose).collect();
        assert_eq!(whose, [Whose::Own, Whose::PaidFor, Whose::PaidFor]);
        let bens = mine(&mut bench.view(&person_with(parties[1], &[])).await).await.unwrap();
        assert_eq!(bens.len(), 1);
        set(2, None).await.unwrap();
        assert_eq!(pays_for(&mut bench.view(&crew()).await, parties[0]).await.unwrap().len(), 1);
    }

    async fn rights_are_asked_and_reasons_are_for_the_crews(bench: Bench) {
        let lea = bench.a_member("Léa", "Benamar", 12).await;
        let default = DuesKindId(bench.tenant.id.0);
        let own = TermsForm { amount: "10".into(), reason: "étudiante".into(), ..from("2026-01-01", default) };
        say(&bench, lea, &own).await.unwrap();
        let party = members::get(&mut bench.view(&crew()).await, lea).await.unwrap().party.id;

        let member = person_with(party, &[]);
        let seen = mine(&mut bench.view(&member).await).await.unwrap();
        let [only] = seen.as_slice() else { panic!("{seen:?}") };
        assert_eq!(only.dues.next.as_ref().unwrap().amount, Cents(1000));
        assert_eq!(only.dues.next.as_ref().unwrap().why.reduced.as_deref(), Some(""));
        assert!(only.terms.iter().all(|t| t.reason.is_empty()));
        let mut cx = bench.view(&member).await;
        assert_eq!(code(of_member(&mut cx, lea).await), Code::NotFound);
        assert_eq!(code(of_household(&mut cx, party).await), Code::NotFound);
        assert_eq!(code(kinds(&mut cx).await), Code::NotFound);
        assert_eq!(code(overview(&mut cx).await), Code::NotFound);
        assert_eq!(code(pays_for(&mut cx, party).await), Code::NotFound);
        assert_eq!(code(mine(&mut bench.view(&Actor::nobody(String::new())).await).await), Code::SignInNeeded);

        let forbidden = |right| Code::Forbidden { right };
        let mut others = bench.act(&somebody_with(&[Right::Members, Right::People, Right::PaymentsAdd, Right::PaymentsValidate])).await;
        let form = kind_form("Réduit", "15");
        assert_eq!(code(add_kind(&mut others, &form).await), forbidden(Right::Settings));
        assert_eq!(code(save_kind(&mut others, default, &form).await), forbidden(Right::Settings));
        assert_eq!(code(set_default_kind(&mut others, default).await), forbidden(Right::Settings));
        assert_eq!(code(archive_kind(&mut others, default).await), forbidden(Right::Settings));
        assert_eq!(code(restore_kind(&mut others, default).await), forbidden(Right::Settings));
        drop(others);
        let mut others = bench.act(&somebody_with(&[Right::Settings, Right::People, Right::PaymentsAdd])).await;
        assert_eq!(code(add_terms(&mut others, lea, &own).await), forbidden(Right::Members));
        assert_eq!(code(remove_terms(&mut others, lea, day("2026-01-01")).await), forbidden(Right::Members));
        assert_eq!(code(set_payer(&mut others, lea, None).await), forbidden(Right::Members));
    }

    async fn the_overview_counts_each_member_once_and_sums_what_they_owe(bench: Bench) {
        let lea = bench.a_member("Léa", "Benamar", 12).await;
        let zoe = bench.a_member("Zoé", "Martin", 13).await;
        let paul = bench.a_member("Paul", "Roux", 14).await;
        let ana = bench.a_member("Ana", "Roux", 15).await;
        let reduced = make(&bench, &kind_form("Réduit", "15")).await.unwrap();
        say(&bench, lea, &from("2026-01-01", reduced)).await.unwrap();
        say(&bench, ana, &from("2026-01-01", a_free_kind(&bench).await)).await.unwrap();
        paid(&bench, zoe, "2026-01-01", "2026-12-31").await;
        let seen = async || overview(&mut bench.view(&crew()).await).await.unwrap();
        let counted = |all: &Overview| -> Vec<(String, i64, i64, i64)> {
            let row = |row: &KindRow| (row.kind.name.clone(), row.members, row.owing, row.arrears.0);
            all.rows.iter().map(row).collect()
        };
        let expected = [("Cotisation".to_owned(), 2, 1, 3000), ("Honoraire".to_owned(), 1, 0, 0), ("Réduit".to_owned(), 1, 1, 1500)];
        assert_eq!(counted(&seen().await), expected);
        assert_eq!((seen().await.owing(), seen().await.arrears()), (2, Cents(4500)));
        // The same sum as that of the members' own pages.
        let mut sum = Vec::new();
        for member in [lea, zoe, paul, ana] {
            sum.push(read(&bench, member).await.dues.arrears_sum());
        }
        assert_eq!(Cents::sum(sum), Cents(4500));
    }

    async fn one_transfer_for_several_makes_one_payment_each_or_none(bench: Bench) {
        let ana = bench.a_member("Ana", "Roux", 20).await;
        let ben = bench.a_member("Ben", "Roux", 21).await;
        let payer = members::get(&mut bench.view(&crew()).await, ana).await.unwrap().party.id;
        bench.run(&crew(), async |cx| set_payer(cx, ben, Some(payer)).await).await.unwrap();
        let household = payments::household(&mut bench.view(&crew()).await, payer).await.unwrap();
        assert_eq!(household.rows.len(), 2);
        let good = payments::TogetherForm::of(&household, key(), day("2026-06-01"), crate::kernel::Locale::Fr);
        assert_eq!(good.pay, [ana.to_string(), ben.to_string()]);
        let send = async |form: &payments::TogetherForm| bench.run(&crew(), async |cx| payments::add_together(cx, form).await).await;

        let wrong = payments::TogetherForm { amount: vec!["30".into(), "much".into()], ..good.clone() };
        let refused = send(&wrong).await.unwrap_err();
        assert_eq!(refused.field(&payments::amount_field(&ben.to_string())), Some(&Code::NotAnAmount));
        let none = payments::TogetherForm { pay: Vec::new(), ..good.clone() };
        assert_eq!(code(send(&none).await), Code::NothingSelected);
        let stranger = bench.a_member("Zoé", "Martin", 22).await.to_string();
        let others = payments::TogetherForm { member: vec![stranger.clone()], pay: vec![stranger], ..good.clone() };
        assert_eq!(code(send(&others).await), Code::NotFound);
        // Nothing of what was refused stayed.
        assert_eq!(payments::waiting_count(&mut bench.view(&crew()).await).await.unwrap(), 0);

        let group = send(&good).await.unwrap();
        assert_eq!(send(&good).await.unwrap(), group);
        for member in [ana, ben] {
            let made = payments::of_member(&mut bench.view(&crew()).await, member).await.unwrap();
            let [only] = made.as_slice() else { panic!("{made:?}") };
            assert_eq!((only.group, only.amount), (Some(group), Cents(3000)));
        }
        // The queue and each payment know what came as one transfer.
        let mut cx = bench.view(&crew()).await;
        let queue = payments::queue(&mut cx, &payments::PaymentQuery::default()).await.unwrap();
        assert_eq!(queue.groups, vec![payments::Group { id: group, count: 2, amount: Cents(6000) }]);
        let one = payments::of_member(&mut cx, ben).await.unwrap().remove(0);
        let names: Vec<String> = payments::of_group(&mut cx, &one).await.unwrap().into_iter().map(|p| p.member_name).collect();
        assert_eq!(names, ["Ana Roux", "Ben Roux"]);
        let alone = payments::Payment { group: None, ..one };
        assert_eq!(payments::of_group(&mut cx, &alone).await.unwrap(), vec![]);
        drop(cx);
        // What is entered is not proposed again.
        let again = payments::household(&mut bench.view(&crew()).await, payer).await.unwrap();
        assert!(again.rows.iter().all(|row| row.due.as_ref().unwrap().period.from() == day("2027-01-01")));
        let refused = payments::household(&mut bench.view(&admin()).await, payer).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::PaymentsAdd });
        let refused = bench.run(&admin(), async |cx| payments::add_together(cx, &good).await).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::PaymentsAdd });
    }

    async fn another_tenants_dues_are_not_here(bench: Bench) {
        let lea = bench.a_member("Léa", "Benamar", 12).await;
        let id = make(&bench, &kind_form("Réduit", "15")).await.unwrap();
        let other = bench.another_tenant().await;
        let all = somebody_with(Right::ALL);
        let tx = bench.db.write(other).await.unwrap();
        let mut cx = crate::context::Cx::new(other, all, bench.now, chrono_tz::Europe::Paris, tx);
        assert_eq!(kinds(&mut cx).await.unwrap().len(), 1);
        assert_eq!(code(get_kind(&mut cx, id).await), Code::NotFound);
        assert_eq!(code(save_kind(&mut cx, id, &kind_form("x", "1")).await), Code::NotFound);
        assert_eq!(code(set_default_kind(&mut cx, id).await), Code::NotFound);
        assert_eq!(code(archive_kind(&mut cx, id).await), Code::NotFound);
        assert_eq!(code(of_member(&mut cx, lea).await), Code::NotFound);
        assert_eq!(code(add_terms(&mut cx, lea, &from("2026-01-01", id)).await), Code::NotFound);
        assert_eq!(code(remove_terms(&mut cx, lea, day("2026-01-01")).await), Code::NotFound);
        assert_eq!(code(set_payer(&mut cx, lea, None).await), Code::NotFound);
        assert_eq!(dues::kinds(&mut bench.view(&crew()).await).await.unwrap().len(), 2);
    }
}
