//! Every figure is what plain counting gives, and what the list behind it shows.

use super::rules::*;
use super::*;
use crate::access::Actor;
use crate::context::Cx;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::calendar::parse_day;
use crate::kernel::{Code, Locale, PageRequest, PaymentId, Right};
use crate::members::{DirectoryQuery, Membership};
use crate::payments::{self, PaymentForm, PaymentQuery, ReversalForm};
use crate::settings::{self, Settings, SettingsForm, Validation};
use crate::{all, both_engines, exec};
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn key() -> String {
    Uuid::now_v7().to_string()
}

const ENTERS: &[Right] = &[Right::PaymentsAdd, Right::Members];

/// Somebody enters a payment on a day and, where an instant is given, somebody validates it then.
async fn paid(
    bench: &Bench,
    (crew, bank): (&Actor, &Actor),
    member: MemberId,
    (euros, received): (&str, &str),
    validated_at: Option<&str>,
) -> PaymentId {
    let form = PaymentForm {
        key: key(),
        member: member.to_string(),
        amount: euros.into(),
        method: "transfer".into(),
        received_on: received.into(),
        ..PaymentForm::default()
    };
    let id = bench
        .run(crew, async |cx| payments::add(cx, &form).await)
        .await
        .unwrap();
    if let Some(at) = validated_at {
        validate(bench, bank, id, at).await;
    }
    id
}

async fn validate(bench: &Bench, bank: &Actor, id: PaymentId, at: &str) {
    let done = bench
        .run(bank, async |cx| {
            cx.now = at.parse().unwrap();
            payments::validate(cx, &[id], &key()).await
        })
        .await
        .unwrap();
    assert_eq!(done, [(id, payments::Outcome::Validated)]);
}

struct People {
    tom: Actor,
    ada: Actor,
    claire: Actor,
}

async fn people(bench: &Bench) -> People {
    let person = async |name: &str, rights: &[Right]| Actor {
        name: name.into(),
        ..person_with(bench.a_person(name, "").await, rights)
    };
    People {
        tom: person("Tom", ENTERS).await,
        ada: person("Ada", ENTERS).await,
        claire: person("Claire", &[Right::PaymentsAdd, Right::PaymentsValidate]).await,
    }
}

/// Payments of every sort around the borders of months. Today is 1 June 2026, in Paris.
async fn fixture(bench: &Bench) -> People {
    let people = people(bench).await;
    let (tom, ada, claire) = (&people.tom, &people.ada, &people.claire);
    let member = bench.a_member("Léa", "Benamar", 12).await;
    for (who, what, at) in [
        // Half past midnight of 1 June in Paris is still May in Greenwich.
        (tom, ("30", "2026-05-31"), Some("2026-05-31T22:30:00Z")),
        (tom, ("31", "2026-05-01"), Some("2026-05-31T21:30:00Z")),
        (ada, ("12,34", "2026-05-31"), Some("2026-06-01T10:00:00Z")),
        (tom, ("40", "2026-04-30"), Some("2026-05-02T10:00:00Z")),
        (tom, ("50", "2025-07-01"), Some("2025-07-02T10:00:00Z")),
        // A day too early for the plot.
        (tom, ("60", "2025-06-30"), Some("2025-07-02T10:00:00Z")),
        (tom, ("70", "2026-06-01"), None),
        (tom, ("71", "2026-05-20"), None),
        (ada, ("72", "2026-05-25"), None),
        (claire, ("73", "2026-05-28"), None),
    ] {
        paid(bench, (who, claire), member, what, at).await;
    }
    let back = async |of: PaymentId| {
        let form = ReversalForm {
            key: key(),
            reason: "x".into(),
        };
        bench
            .run(tom, async |cx| payments::reverse(cx, of, &form).await)
            .await
            .unwrap()
    };
    let month_ago = Some("2026-05-03T10:00:00Z");
    let one = paid(
        bench,
        (tom, claire),
        member,
        ("1000", "2026-03-01"),
        month_ago,
    )
    .await;
    let reversal = back(one).await;
    validate(bench, claire, reversal, "2026-06-01T11:00:00Z").await;
    let two = paid(
        bench,
        (ada, claire),
        member,
        ("20", "2026-03-02"),
        month_ago,
    )
    .await;
    back(two).await;
    people
}

fn query(pairs: &[(&str, String)]) -> PaymentQuery {
    let mut query = PaymentQuery::default();
    for (name, value) in pairs {
        let field = match *name {
            "state" => &mut query.state,
            "from" => &mut query.from,
            "until" => &mut query.until,
            "entered_by" => &mut query.entered_by,
            "nature" => &mut query.nature,
            "validated_from" => &mut query.validated_from,
            "validated_until" => &mut query.validated_until,
            other => panic!("{other}"),
        };
        field.clone_from(value);
    }
    query
}

/// What the list of payments shows for an address.
async fn listed(cx: &mut Cx, pairs: &[(&str, String)]) -> Tally {
    let query = query(pairs);
    let page = payments::list(cx, &query.filter(), PageRequest::new(1))
        .await
        .unwrap();
    assert_eq!(page.total, page.rows.len() as i64);
    Tally {
        count: page.total,
        sum: Cents::sum(page.rows.iter().map(|p| p.amount)),
    }
}

/// What the queue shows for an address.
async fn queued(cx: &mut Cx, pairs: &[(&str, String)]) -> Waiting {
    let queue = payments::queue(cx, &query(pairs)).await.unwrap();
    Waiting {
        tally: Tally {
            count: queue.total,
            sum: queue.total_amount,
        },
        oldest: queue.oldest,
    }
}

fn euros(count: i64, cents: i64) -> Tally {
    Tally {
        count,
        sum: Cents(cents),
    }
}

both_engines! {
    async fn the_bank_crews_figures_are_those_of_the_lists(bench: Bench) {
        let people = fixture(&bench).await;
        let mut cx = bench.view(&people.claire).await;
        let bank = board(&mut cx).await.unwrap().bank.unwrap();

        // As one counts by hand …
        assert_eq!(bank.waiting, Waiting { tally: euros(5, 26_600), oldest: Some(day("2026-05-20")) });
        assert_eq!(bank.reversals, euros(1, -2_000));
        assert_eq!(bank.not_for_me, euros(1, 7_300));
        assert_eq!(bank.this_month, euros(3, 4_234 - 100_000));
        assert_eq!(bank.last_month, euros(4, 3_100 + 4_000 + 100_000 + 2_000));
        let busy: Vec<_> = bank.months.iter().filter(|m| m.tally.count > 0).map(|m| (m.first, m.tally)).collect();
        assert_eq!(busy, [
            (day("2025-07-01"), euros(1, 5_000)),
            (day("2026-03-01"), euros(2, 102_000)),
            (day("2026-04-01"), euros(1, 4_000)),
            (day("2026-05-01"), euros(3, 7_334)),
            (day("2026-06-01"), euros(1, -100_000)),
        ]);
        assert_eq!(bank.months.len(), 12);

        // … as plain SQL counts, over everything …
        let rows: Vec<(i64, Option<Uuid>)> = all!(cx.tx, "SELECT amount_cents, reverses_id FROM payments WHERE tenant_id = $1 AND state = 'draft'", cx.tenant).unwrap();
        let sum = rows.iter().map(|r| r.0).sum();
        assert_eq!(bank.waiting.tally, euros(rows.len() as i64, sum));
        assert_eq!(bank.reversals.count, rows.iter().filter(|r| r.1.is_some()).count() as i64);

        // … and as the list shows that each figure leads to.
        assert_eq!(queued(&mut cx, &[]).await, bank.waiting);
        assert_eq!(queued(&mut cx, &[("nature", "reversal".into())]).await.tally, bank.reversals);
        let names: Vec<_> = bank.by.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["Tom", "Ada", "Claire"]);
        for enterer in &bank.by {
            assert_eq!(queued(&mut cx, &[("entered_by", enterer.by.name())]).await, enterer.waiting);
        }
        let validated = |from: Day, until: Day| {
            [("state", "validated".into()), ("validated_from", from.to_string()), ("validated_until", until.to_string())]
        };
        let (this, last) = (month_before(cx.today(), 0), month_before(cx.today(), 1));
        assert_eq!(listed(&mut cx, &validated(this, month_end(this))).await, bank.this_month);
        assert_eq!(listed(&mut cx, &validated(last, month_end(last))).await, bank.last_month);
        for month in &bank.months {
            let came = [("state", "validated".into()), ("from", month.first.to_string()), ("until", month.last.to_string())];
            assert_eq!(listed(&mut cx, &came).await, month.tally, "{}", month.first);
        }
    }

    async fn who_may_validate_what_they_enter_has_nothing_kept_from_them(bench: Bench) {
        let people = fixture(&bench).await;
        let admin = somebody_with(&[Right::Settings]);
        bench.run(&admin, async |cx| {
            let present = settings::get(cx).await?;
            let form = SettingsForm { validation: "anyone".into(), ..SettingsForm::of(&present) };
            settings::save(cx, &form).await
        }).await.unwrap();
        let mut cx = bench.view(&people.claire).await;
        assert_eq!(board(&mut cx).await.unwrap().bank.unwrap().not_for_me, Tally::default());
    }

    async fn ones_own_entries_are_those_of_the_lists(bench: Bench) {
        let people = fixture(&bench).await;
        let mut cx = bench.view(&people.tom).await;
        let own = board(&mut cx).await.unwrap().crew.unwrap().own.unwrap();
        assert_eq!(own.waiting.tally, euros(3, 14_100 - 2_000));
        assert_eq!(own.waiting.oldest, Some(day("2026-05-20")));
        assert_eq!(own.since, day("2026-05-18"));
        assert_eq!(own.validated, euros(3, 6_100 - 100_000));
        let me = own.person.to_string();
        let waits = [("state", "draft".into()), ("entered_by", me.clone())];
        assert_eq!(listed(&mut cx, &waits).await, own.waiting.tally);
        let lately = [("state", "validated".into()), ("entered_by", me), ("validated_from", own.since.to_string())];
        assert_eq!(listed(&mut cx, &lately).await, own.validated);
        let latest: Vec<_> = own.latest.iter().map(|p| (p.amount.0, p.by.as_str())).collect();
        assert_eq!(latest, [(-100_000, "Claire"), (3_000, "Claire"), (3_100, "Claire")]);
    }

    async fn a_list_offers_everybody_who_entered_a_payment(bench: Bench) {
        let people = fixture(&bench).await;
        let mut cx = bench.view(&people.tom).await;
        let names = async |cx: &mut Cx| {
            let all = payments::enterers(cx).await.unwrap();
            all.into_iter().map(|(by, name)| (by.name(), name)).collect::<Vec<_>>()
        };
        let of = |actor: &Actor, name: &str| (actor.person.unwrap().to_string(), name.to_owned());
        let expected = vec![of(&people.ada, "Ada"), of(&people.claire, "Claire"), of(&people.tom, "Tom")];
        assert_eq!(names(&mut cx).await, expected);
        drop(cx);
        let member = bench.a_member("Ada", "Moreau", 13).await;
        let nobody = Actor { person: None, ..people.tom.clone() };
        paid(&bench, (&nobody, &people.claire), member, ("1", "2026-05-01"), None).await;
        let mut cx = bench.view(&people.tom).await;
        assert_eq!(names(&mut cx).await.last().unwrap().0, "program");
        let refused = payments::enterers(&mut bench.view(&person_with(people.tom.person.unwrap(), &[])).await).await;
        assert_eq!(refused.unwrap_err().code, Code::NotFound);
    }

    async fn the_crews_members_are_those_of_the_lists(bench: Bench) {
        let mut ids = Vec::new();
        // Until when the dues are paid, and when they left.
        let people = [
            ("2026-05-31", None), ("2026-05-30", None), ("2020-12-31", None), ("2026-05-29", Some("2026-05-30")),
            ("2026-06-01", None), ("2026-07-01", None), ("2026-07-02", None), ("2026-06-15", Some("2026-06-01")),
            ("2026-06-15", Some("2026-06-02")), ("", None),
        ];
        for (n, (paid_until, left_on)) in people.iter().enumerate() {
            let id = bench.a_member("Membre", &n.to_string(), 100 + n as i64).await;
            let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
            exec!(tx, "UPDATE members SET left_on = $3 WHERE tenant_id = $1 AND id = $2", bench.tenant.id, id, left_on.map(day)).unwrap();
            if let Ok(until) = parse_day(paid_until) {
                // A run long ago, and one that has not begun: neither says how it stands today.
                for (from, until) in [(day("2019-01-01"), day("2019-02-01")), (day("2020-01-01"), until), (day("2027-01-01"), day("2027-06-30"))] {
                    exec!(tx, "INSERT INTO coverage (tenant_id, member_id, from_on, until_on) VALUES ($1, $2, $3, $4)", bench.tenant.id, id, from, until).unwrap();
                }
            }
            tx.commit().await.unwrap();
            ids.push(id);
        }
        let mut cx = bench.view(&somebody_with(&[Right::Members])).await;
        let crew = board(&mut cx).await.unwrap().crew.unwrap();
        let of = |list: &[MemberBrief]| list.iter().map(|m| ids.iter().position(|id| *id == m.id).unwrap()).collect::<Vec<_>>();
        assert_eq!(of(&crew.late), [0, 1, 2]);
        assert_eq!(crew.late[0].day, day("2026-05-31"));
        assert_eq!(of(&crew.soon), [4, 8, 5]);
        assert_eq!(of(&crew.recent), [9, 8, 6, 5, 4]);
        assert_eq!(crew.recent[0].name, "Membre 9");
        // Nobody's own payments: the command line and a test have none.
        assert!(crew.own.is_none());
        let counts = board(&mut cx).await.unwrap().counts;
        let standing = async |cx: &mut Cx, name: &str, everyone: Membership| {
            let query = DirectoryQuery { standing: name.into(), ..DirectoryQuery::default() };
            let page = crate::members::directory(cx, &query.filter(everyone), query.page()).await.unwrap();
            assert_eq!(page.total, page.rows.len() as i64);
            page.total
        };
        for base in [Membership::Members, Membership::Everyone] {
            assert_eq!(standing(&mut cx, "ends_soon", base).await, crew.ends_soon);
            assert_eq!(standing(&mut cx, "late", base).await, counts.late);
        }
        assert_eq!((crew.ends_soon, counts.late), (3, 3));
    }

    async fn everybody_sees_what_their_rights_open_and_no_more(bench: Bench) {
        let person = bench.a_person("Ada", "x").await;
        for &right in Right::ALL {
            let mut cx = bench.view(&person_with(person, &[right])).await;
            let board = board(&mut cx).await.unwrap();
            assert_eq!(board.bank.is_some(), right == Right::PaymentsValidate, "{right:?}");
            assert_eq!(board.administration.is_some(), right == Right::Settings, "{right:?}");
            let crew = !matches!(right, Right::PaymentsValidate | Right::ServiceTypes | Right::Prefixes | Right::AddressHistory | Right::Settings);
            assert_eq!(board.crew.is_some(), crew, "{right:?}");
            let own = board.crew.is_some_and(|c| c.own.is_some());
            assert_eq!(own, crew && !matches!(right, Right::People | Right::Members), "{right:?}");
        }
        let refused = board(&mut bench.view(&person_with(person, &[])).await).await;
        assert_eq!(refused.unwrap_err().code, Code::NotFound);
        let refused = board(&mut bench.view(&Actor::nobody(String::new())).await).await;
        assert_eq!(refused.unwrap_err().code, Code::SignInNeeded);
    }

    async fn a_new_organisation_lacks_an_iban_and_somebody_who_validates(bench: Bench) {
        let boss = Actor::operator();
        let gaps = async || board(&mut bench.view(&boss).await).await.unwrap().gaps;
        assert_eq!(gaps().await, [Gap::NobodyValidates, Gap::NoIban]);

        let hash = crate::identity::Hasher::new().hash(&crate::identity::Password::parse("correct horse battery").unwrap()).await.unwrap();
        let mut crews = Vec::new();
        for (name, rights) in [("Banque", &[Right::PaymentsValidate][..]), ("Saisie", &[Right::PaymentsAdd])] {
            crews.push(bench.run(&boss, async |cx| crate::crews::create(cx, name, rights).await).await.unwrap());
        }
        let joins = async |person, crew| bench.run(&boss, async |cx| crate::crews::add_person(cx, crew, person).await).await.unwrap();
        let login = async |person, name: &str| {
            let name = crate::kernel::LoginName::parse(name).unwrap();
            bench.run(&boss, async |cx| crate::identity::create_login(cx, person, name, &hash).await).await.unwrap();
        };
        let claire = bench.a_person("Claire", "Marchetti").await;
        joins(claire, crews[0]).await;
        // Without a login, nobody comes.
        assert_eq!(gaps().await, [Gap::NobodyValidates, Gap::NoIban]);
        login(claire, "claire").await;
        assert_eq!(gaps().await, [Gap::NoIban]);
        joins(claire, crews[1]).await;
        assert_eq!(gaps().await, [Gap::OnlyOneValidates { name: "Claire Marchetti".into() }, Gap::NoIban]);
        let karim = bench.a_person("Karim", "Haddad").await;
        joins(karim, crews[0]).await;
        login(karim, "karim").await;
        assert_eq!(gaps().await, [Gap::NoIban]);
        let iban = "FR76 3000 6000 0112 3456 7890 189";
        bench.run(&boss, async |cx| {
            let present = settings::get(cx).await?;
            settings::save(cx, &SettingsForm { iban: iban.into(), ..SettingsForm::of(&present) }).await
        }).await.unwrap();
        assert_eq!(gaps().await, []);
        // Those who cannot mend it do not hear of it.
        let mut cx = bench.view(&somebody_with(&[Right::PaymentsValidate])).await;
        assert!(board(&mut cx).await.unwrap().gaps.is_empty());
    }

    async fn the_administration_sees_changes_but_not_who_signs_in(bench: Bench) {
        let people = fixture(&bench).await;
        let admin = somebody_with(&[Right::Settings]);
        bench.run(&admin, async |cx| {
            let session = audit::Change { action: "signed_in", kind: "session", id: Uuid::now_v7(), label: "Tom" };
            cx.now += chrono::TimeDelta::hours(1);
            audit::record(cx, session, audit::NOTHING, audit::NOTHING).await
        }).await.unwrap();
        let mut cx = bench.view(&admin).await;
        let changes = board(&mut cx).await.unwrap().administration.unwrap().changes;
        assert_eq!(changes.len() as i64, CHANGES_MAX);
        assert!(changes.iter().all(|c| c.kind != "session"));
        assert!(changes.is_sorted_by_key(|c| std::cmp::Reverse(c.at)));
        let refused = audit::latest(&mut bench.view(&people.claire).await, 1).await;
        assert_eq!(refused.unwrap_err().code, Code::Forbidden { right: Right::Settings });
    }
}

fn plain(first: Day, sum: i64) -> Month {
    Month {
        first,
        last: month_end(first),
        tally: euros(i64::from(sum != 0), sum),
    }
}

#[test]
fn the_strongest_month_is_found_and_the_latest_of_equals() {
    let days = ["2026-01-01", "2026-02-01", "2026-03-01"].map(day);
    let months = |sums: [i64; 3]| {
        let all: Vec<Month> = days.iter().zip(sums).map(|(d, s)| plain(*d, s)).collect();
        finding(&all)
    };
    assert_eq!(finding(&[]), Finding::Nothing);
    assert_eq!(months([0, 0, 0]), Finding::Nothing);
    assert_eq!(months([0, 5, 0]), Finding::OnlyOne(plain(days[1], 5)));
    assert_eq!(months([0, -5, 0]), Finding::OnlyOne(plain(days[1], -5)));
    assert_eq!(months([7, 5, 7]), Finding::Strongest(plain(days[2], 7)));
    assert_eq!(months([7, -9, 0]), Finding::Strongest(plain(days[0], 7)));
}

#[test]
fn one_validator_who_also_enters_is_not_enough_for_four_eyes() {
    let settings = |validation| Settings {
        title: "x".into(),
        locale: Locale::Fr,
        zone: "Europe/Paris".into(),
        validation,
        iban: Some("x".into()),
        creditor_id: None,
        address: None,
        place: None,
        lapse: settings::Lapse::default(),
        version: 1,
    };
    let one = |enters| Validator {
        name: "Claire".into(),
        enters,
    };
    let alone = vec![Gap::OnlyOneValidates {
        name: "Claire".into(),
    }];
    for (validation, validators, expected) in [
        (Validation::SomeoneElse, vec![], vec![Gap::NobodyValidates]),
        (Validation::Anyone, vec![], vec![Gap::NobodyValidates]),
        (Validation::SomeoneElse, vec![one(Enters::Yes)], alone),
        (Validation::SomeoneElse, vec![one(Enters::No)], vec![]),
        (Validation::Anyone, vec![one(Enters::Yes)], vec![]),
        (Validation::SomeoneElse, vec![one(Enters::Yes); 2], vec![]),
    ] {
        assert_eq!(
            gaps(&settings(validation), &validators),
            expected,
            "{validation:?} {validators:?}"
        );
    }
}

proptest! {
    #[test]
    fn each_day_of_a_year_of_months_counts_once(offset in -400_i64..4000, ago in 0_i64..400) {
        let today = day("2020-02-29") + chrono::TimeDelta::days(offset);
        let when = today - chrono::TimeDelta::days(ago);
        let months = by_month(today, &[(when, euros(1, 7))]);
        prop_assert_eq!(months.len(), 12);
        prop_assert!(months[11].first <= today && today <= months[11].last);
        prop_assert!(months.windows(2).all(|pair| pair[0].last.succ_opt() == Some(pair[1].first)));
        let inside = months[0].first <= when;
        prop_assert_eq!(months.iter().map(|m| m.tally.count).sum::<i64>(), i64::from(inside));
    }
}
