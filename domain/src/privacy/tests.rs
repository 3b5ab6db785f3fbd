//! What is promised of an erasure: what a person left anywhere is gone from every column of every
//! table, but for the few that the list of places names. Everything begins with a text that
//! stands nowhere else.

use super::store::{NOBODYS, PLACES};
use super::*;
use crate::access::Actor;
use crate::audit;
use crate::bank::mandates::{self, MandateForm};
use crate::bank::{AccountForm, Keys};
use crate::context::{Clock, Cx};
use crate::db::Tx;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::dues::{self, KindForm, TermsForm};
use crate::exports::{self, Export, Format};
use crate::fields::{self, Extra, FieldForm};
use crate::identity::{self, Hasher, Origin, Password, SignInForm};
use crate::kernel::{LoginName, PaymentId, Right};
use crate::mail::{self, MailForm, Outgoing};
use crate::members::{self, MembershipForm};
use crate::payments::{self, PaymentForm};
use crate::people::{self, PartyForm};
use crate::plugins::testing::registry;
use crate::plugins::work::{self, Tools};
use crate::plugins::{self, PluginForm};
use crate::reminders::{self, SendForm, Wanted};
use crate::services::addresses::{self, GiveForm, PrefixForm, WhoForm};
use crate::services::{self, HoldingForm, NewServiceForm, TypeForm};
use crate::{all, bank, both_engines, crews, import, one};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeMap, BTreeSet};

/// Begins every text of the one who is erased.
const MARK: &str = "zqx";
const SECRET: &str = "quatre mots mis bout";

fn key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Somebody who left something everywhere.
struct Left {
    person: PartyId,
    member: MemberId,
    /// Another member, whose data stay.
    other: PartyId,
    validated: PaymentId,
}

fn a_party() -> PartyForm {
    PartyForm {
        key: key(),
        given_name: "Zqxgiven".into(),
        name: "Zqxfamily".into(),
        email: "zqx@example.org".into(),
        phone: "+33 6 12 34 56 99".into(),
        street: "Zqx street".into(),
        postcode: "zqx 1".into(),
        city: "Zqx city".into(),
        country: "Zqx country".into(),
        note: "zqx note of the crew".into(),
        extra: Extra::default().with("metier", "zqx job"),
        ..PartyForm::default()
    }
}

async fn field(cx: &mut Cx, on: &str, label: &str) {
    let form = FieldForm {
        key: key(),
        on: on.into(),
        kind: "text".into(),
        label: label.into(),
        ..FieldForm::default()
    };
    fields::add(cx, &form).await.unwrap();
}

/// Somebody who is known, was renamed, is a contact and pays for somebody.
async fn of_people(cx: &mut Cx) -> (PartyId, MemberId, PartyId) {
    field(cx, "person", "Métier").await;
    field(cx, "member", "Badge").await;
    let before = PartyForm {
        name: "Zqxbefore".into(),
        ..a_party()
    };
    let person = people::add(cx, &before).await.unwrap();
    let form = PartyForm {
        version: "1".into(),
        ..a_party()
    };
    people::save(cx, person, &form).await.unwrap();
    let membership = |joined_on: String, extra| MembershipForm {
        key: key(),
        version: "1".into(),
        joined_on,
        extra,
        ..MembershipForm::default()
    };
    let since = (cx.today() - chrono::TimeDelta::days(8)).to_string();
    let extra = Extra::default().with("badge", "zqx badge");
    let form = membership(since, extra);
    let member = members::add(cx, person, &form).await.unwrap();
    let party = |kind: &str, name: &str| PartyForm {
        key: key(),
        kind: kind.into(),
        name: name.into(),
        ..PartyForm::default()
    };
    let company = party("organisation", "Les Sentiers");
    let company = people::add(cx, &company).await.unwrap();
    people::add_contact(cx, company, person, "zqx role")
        .await
        .unwrap();
    let other = people::add(cx, &party("person", "Moreau")).await.unwrap();
    let form = membership("2026-01-01".into(), Extra::default());
    let paid_for = members::add(cx, other, &form).await.unwrap();
    dues::set_payer(cx, paid_for, Some(person)).await.unwrap();
    (person, member, other)
}

fn payment(member: MemberId, label: &str) -> PaymentForm {
    PaymentForm {
        key: key(),
        version: "1".into(),
        member: member.to_string(),
        amount: "30".into(),
        method: "transfer".into(),
        received_on: "2026-05-30".into(),
        label: label.into(),
        note: "zqx note".into(),
        ..PaymentForm::default()
    }
}

/// Terms and payments: one validated, one deleted.
async fn of_money(cx: &mut Cx, member: MemberId, colleague: PartyId) -> PaymentId {
    let form = KindForm {
        key: key(),
        name: "Soutien".into(),
        price: "50".into(),
        ..KindForm::blank()
    };
    let kind = dues::add_kind(cx, &form).await.unwrap();
    let form = TermsForm {
        from_on: "2026-02-01".into(),
        kind: kind.to_string(),
        amount: "12".into(),
        reason: "zqx reason".into(),
    };
    dues::add_terms(cx, member, &form).await.unwrap();
    let add = async |cx: &mut Cx, label| payments::add(cx, &payment(member, label)).await;
    let validated = add(cx, "zqx transfer").await.unwrap();
    let deleted = add(cx, "zqx mistake").await.unwrap();
    payments::delete(cx, deleted, "1").await.unwrap();
    cx.actor.person = Some(colleague);
    let validating = [validated];
    payments::validate(cx, &validating, &key()).await.unwrap();
    cx.actor.person = None;
    validated
}

/// A service that they had, with an address that was asked for.
async fn of_services(cx: &mut Cx, member: MemberId) {
    let crew = crews::create(cx, "VPN", &[]).await.unwrap();
    let form = TypeForm {
        key: key(),
        name: "VPN".into(),
        crew: crew.to_string(),
        price: "5".into(),
        addresses: "yes".into(),
        ..TypeForm::blank()
    };
    let kind = services::add_type(cx, &form).await.unwrap();
    let form = NewServiceForm {
        key: key(),
        kind: kind.to_string(),
        label: "vpn-1".into(),
        member: member.to_string(),
        from_on: "2026-05-25".into(),
        amount: "3".into(),
        reason: "zqx price".into(),
        ..NewServiceForm::default()
    };
    let service = services::add(cx, &form).await.unwrap();
    let form = PrefixForm {
        key: key(),
        network: "192.0.2.0/24".into(),
        label: "Clients".into(),
        hands_out: "32".into(),
        ..PrefixForm::default()
    };
    let prefix = addresses::add_prefix(cx, &form).await.unwrap();
    let form = GiveForm {
        key: key(),
        prefix: prefix.to_string(),
        ..GiveForm::default()
    };
    addresses::give(cx, service, &form).await.unwrap();
    let given = addresses::of_service(cx, service).await.unwrap();
    let address = given[0].network.addr();
    cx.now += chrono::TimeDelta::hours(30);
    let form = WhoForm {
        key: key(),
        address: address.to_string(),
        on: "2026-06-02".into(),
        time: "12:00".into(),
        reference: "réquisition 12".into(),
        ..WhoForm::default()
    };
    addresses::ask(cx, &form).await.unwrap();
    let held = services::known(cx, service).await.unwrap().held[0]
        .holding
        .clone();
    let form = HoldingForm {
        version: held.version.to_string(),
        member: member.to_string(),
        from_on: held.from_on.to_string(),
        until_on: "2026-06-02".into(),
        amount: "3".into(),
        reason: "zqx price".into(),
        ..HoldingForm::default()
    };
    services::save_holding(cx, service, held.id, &form)
        .await
        .unwrap();
}

async fn of_bank(cx: &mut Cx, person: PartyId) {
    let keys = Keys::parse(&format!("one:{}", "07".repeat(32))).unwrap();
    let now = cx.now;
    cx.now = "2025-01-05T12:00:00Z".parse().unwrap();
    let form = AccountForm {
        key: key(),
        iban: "BE68539007547034".into(),
        holder: "Zqx holder".into(),
        ..AccountForm::default()
    };
    let account = bank::add(cx, &keys, person, &form).await.unwrap();
    let form = MandateForm {
        key: key(),
        account: account.to_string(),
        reference: "ZQX-1".into(),
        kind: "recurring".into(),
        ..MandateForm::default()
    };
    let mandate = mandates::add(cx, person, &form).await.unwrap();
    mandates::revoke(cx, mandate).await.unwrap();
    cx.now = now;
}

/// Reminders, one of which was tried again; and the wish for no more.
async fn of_mail(cx: &mut Cx, member: MemberId) {
    let form = MailForm {
        sending: "by_hand".into(),
        steps: "7".into(),
        version: "0".into(),
        ..MailForm::default()
    };
    mail::save_settings(cx, &form).await.unwrap();
    let out = Outgoing {
        origin: "http://x.localhost".into(),
        host: "x.localhost".into(),
    };
    let form = SendForm {
        key: key(),
        count: "1".into(),
    };
    reminders::send(cx, &form, Some(&out)).await.unwrap();
    reminders::set_paused(cx, member, Wanted::No).await.unwrap();
}

/// What somebody does who works here: enters, imports, asks, takes lists away.
/// Two plugins are told of the person: one takes everything, one nothing.
async fn of_plugins(bench: &Bench) {
    let keys = || Keys::parse(&format!("one:{}", "07".repeat(32))).unwrap();
    let tools = Tools {
        db: bench.db.clone(),
        clock: Clock::At(bench.now),
        registry: registry(),
        keys: std::sync::Arc::new(keys()),
    };
    for answer in ["always", "never"] {
        let mut cx = bench.act(&Actor::operator()).await;
        let form = PluginForm {
            key: key(),
            kind: "mute".into(),
            name: answer.into(),
            enabled: "yes".into(),
            wants: fields::Wanted::default().with("person", "yes"),
            given: fields::Given::default().with("answer", answer),
            ..PluginForm::default()
        };
        let made = (&tools.registry, &keys());
        plugins::add(&mut cx, made, "nuage", &form).await.unwrap();
        cx.commit().await.unwrap();
    }
    while work::work(&tools, bench.tenant.id).await.unwrap() > 0 {}
}

async fn as_themselves(bench: &Bench, person: PartyId, other: PartyId) {
    let actor = Actor {
        name: "Zqxgiven Zqxfamily".into(),
        rights: Actor::operator().rights,
        ..person_with(person, &[])
    };
    let mut cx = bench.act(&actor).await;
    let member = members::find_by_party(&mut cx, other).await.unwrap();
    let entered = PaymentForm {
        note: String::new(),
        ..payment(member.unwrap(), "don")
    };
    payments::add(&mut cx, &entered).await.unwrap();
    import::upload(&mut cx, "a.csv", b"Nom;Montant\nZqxfile;30\n", &key())
        .await
        .unwrap();
    import::services::upload(&mut cx, "a.csv", b"Type;Nom\nVPN;zqx\n", &key())
        .await
        .unwrap();
    let form = WhoForm {
        key: key(),
        address: "192.0.2.200".into(),
        on: "2026-05-01".into(),
        time: "12:00".into(),
        reference: "réquisition 13".into(),
        ..WhoForm::default()
    };
    addresses::ask(&mut cx, &form).await.unwrap();
    cx.commit().await.unwrap();
    let admin = somebody_with(Right::ALL);
    let mut cx = bench.act(&admin).await;
    let taken = Export {
        list: "members",
        format: Format::Csv,
        filter: &[("q".to_owned(), "Zqxfamily".to_owned())],
        rows: 1,
        file_name: "membres.csv",
    };
    exports::record(&mut cx, &taken).await.unwrap();
    cx.commit().await.unwrap();
}

async fn sign_in(bench: &Bench, person: PartyId) {
    let hasher = Hasher::cheap();
    let hash = hasher
        .hash(&Password::parse(SECRET).unwrap())
        .await
        .unwrap();
    let mut cx = bench.act(&Actor::operator()).await;
    let name = LoginName::parse("zqxlogin").unwrap();
    identity::create_login(&mut cx, person, name, &hash)
        .await
        .unwrap();
    let crew = crews::create(&mut cx, "Accueil", &[Right::People])
        .await
        .unwrap();
    crews::add_person(&mut cx, crew, person).await.unwrap();
    cx.commit().await.unwrap();
    let form = SignInForm {
        name: "zqxlogin".into(),
        password: SECRET.into(),
    };
    let from = Origin {
        address: "zqx address".into(),
        user_agent: "zqx browser".into(),
    };
    let clock = Clock::At(bench.now);
    let opened = identity::sign_in(&bench.db, &hasher, &clock, bench.tenant.id, &form, &from);
    opened.await.unwrap();
    let mut cx = bench.act(&Actor::operator()).await;
    identity::new_link(&mut cx, person, &key()).await.unwrap();
    cx.commit().await.unwrap();
}

async fn leave_something_everywhere(bench: &Bench) -> Left {
    let colleague = bench.a_person("Zoé", "Colleague").await;
    let mut cx = bench.act(&Actor::operator()).await;
    let (person, member, other) = of_people(&mut cx).await;
    let validated = of_money(&mut cx, member, colleague).await;
    of_services(&mut cx, member).await;
    of_bank(&mut cx, person).await;
    of_mail(&mut cx, member).await;
    cx.commit().await.unwrap();
    sign_in(bench, person).await;
    as_themselves(bench, person, other).await;
    of_plugins(bench).await;
    Left {
        person,
        member,
        other,
        validated,
    }
}

/// Ends what keeps a person from being erased.
async fn end_everything(bench: &Bench, left: &Left) {
    let mut cx = bench.act(&Actor::operator()).await;
    cx.now += chrono::TimeDelta::days(2);
    let known = members::get(&mut cx, left.member).await.unwrap();
    let form = MembershipForm {
        left_on: "2026-06-01".into(),
        extra: Extra::default().with("badge", "zqx badge"),
        ..MembershipForm::of(&known)
    };
    members::save(&mut cx, left.member, &form).await.unwrap();
    cx.commit().await.unwrap();
}

fn form(reason: &str, confirmation: &str) -> EraseForm {
    EraseForm {
        key: key(),
        reason: reason.into(),
        confirmation: confirmation.into(),
    }
}

async fn erase_them(bench: &Bench, person: PartyId) -> Result<Erased> {
    let admin = somebody_with(Right::ALL);
    let mut cx = bench.act(&admin).await;
    cx.now += chrono::TimeDelta::days(3);
    let erased = erase(&mut cx, person, &form("asked", "zqxgiven zqxfamily")).await?;
    cx.commit().await?;
    Ok(erased)
}

/// Every column of every table of the tenant, and its type.
async fn catalogue(tx: &mut Tx) -> BTreeMap<String, Vec<(String, String)>> {
    let sql = if tx.is_sqlite() {
        "SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' AND t.name <> '_sqlx_migrations' AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) k WHERE k.name = 'tenant_id')"
    } else {
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text FROM information_schema.columns c JOIN pg_class k ON k.relname = c.table_name AND k.relkind = 'r' AND k.relnamespace = current_schema()::regnamespace WHERE c.table_schema = current_schema() AND EXISTS (SELECT 1 FROM information_schema.columns t WHERE t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.column_name = 'tenant_id')"
    };
    let rows: Vec<(String, String, String)> = all!(*tx, sql).unwrap();
    let portal = ["tenants", "mail_turns", "mail_tenants", "duty_turns"];
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (table, column, kind) in rows {
        if column != "tenant_id" && !portal.contains(&table.as_str()) {
            tables.entry(table).or_default().push((column, kind));
        }
    }
    tables
}

/// Every column in which a text is found.
async fn found(bench: &Bench) -> BTreeSet<String> {
    let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
    let mut found = BTreeSet::new();
    for (table, columns) in catalogue(&mut tx).await {
        for (column, kind) in columns {
            let text = match kind.to_lowercase().as_str() {
                "bytea" => format!("lower(encode({column}, 'escape'))"),
                _ => format!("lower(CAST({column} AS text))"),
            };
            let sql = format!(
                "SELECT count(*) FROM {table} WHERE tenant_id = $1 AND {text} LIKE '%{MARK}%'"
            );
            let (n,): (i64,) = one!(tx, AssertSqlSafe(sql), bench.tenant.id).unwrap();
            if n > 0 {
                found.insert(format!("{table}.{column}"));
            }
        }
    }
    found
}

/// The columns that may keep something, as the list says.
fn may_hold() -> BTreeSet<String> {
    let holds = PLACES.iter().flat_map(|place| {
        let names = place.holds.split(' ').filter(|name| !name.is_empty());
        names.map(|name| format!("{}.{name}", place.table))
    });
    holds.collect()
}

both_engines! {
    async fn what_an_erased_person_left_is_in_no_column_but_those_of_the_list(bench: Bench) {
        let left = leave_something_everywhere(&bench).await;
        let before = found(&bench).await;
        for column in ["parties.note", "parties.search", "payments.note", "member_dues.reason", "service_holdings.reason", "extra_values.value", "organisation_contacts.role", "bank_accounts.holder", "bank_mandates.reference", "mails.body", "logins.login_name", "sessions.user_agent", "imports.content", "service_imports.created_by_name", "address_questions.answer", "audit.actor_name", "audit.address", "audit.object_label", "audit.before", "audit.after", "audit.search", "receipts.name", "plugin_objects.label", "plugin_objects.kept", "duties.label", "duties.error", "duty_runs.error", "duty_runs.output"] {
            assert!(before.contains(column), "{column} was not tried: {before:?}");
        }
        // What still goes on blocks.
        assert_eq!(erase_them(&bench, left.person).await.unwrap_err().code, Code::ErasureBlocked);
        assert_eq!(found(&bench).await, before);
        end_everything(&bench, &left).await;
        erase_them(&bench, left.person).await.unwrap();
        let after = found(&bench).await;
        let allowed = may_hold();
        let stays: Vec<_> = after.difference(&allowed).collect();
        assert!(stays.is_empty(), "{stays:?}");
        // Accounts are kept.
        for column in ["payments.label", "receipts.name", "address_questions.answer"] {
            assert!(after.contains(column), "{column}");
        }
        // Nothing of others went, and the chain is good.
        let mut cx = bench.view(&Actor::operator()).await;
        assert_eq!(payments::get(&mut cx, left.validated).await.unwrap().amount.0, 3000);
        assert_eq!(people::get(&mut cx, left.other).await.unwrap().name, "Moreau");
        let party = people::get(&mut cx, left.person).await.unwrap();
        assert!(party.name.starts_with("Personne effacée "), "{}", party.name);
        assert_eq!((party.email, party.given_name), (None, String::new()));
        let report = audit::verify(&mut cx, vec![], &chain::PublicKeys::default()).await.unwrap();
        assert_eq!(report.faults, []);
        assert!(report.erased > 15, "{}", report.erased);
    }

    async fn every_table_and_column_stands_in_the_list_or_says_nothing_of_anybody(bench: Bench) {
        let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
        let there = catalogue(&mut tx).await;
        let nobodys: BTreeSet<&str> = NOBODYS.iter().map(|(table, _)| *table).collect();
        let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for place in PLACES {
            let columns = listed.entry(place.table).or_default();
            for names in [place.shown, place.inner, place.rest, place.holds] {
                columns.extend(names.split(' ').filter(|name| !name.is_empty()));
            }
        }
        for (table, columns) in &there {
            let Some(listed) = listed.get(table.as_str()) else {
                assert!(nobodys.contains(table.as_str()), "{table} stands in no list of privacy/store/places.rs");
                continue;
            };
            let there: BTreeSet<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(listed, &there, "{table}");
        }
        for table in listed.keys().chain(&nobodys) {
            assert!(there.contains_key(*table), "{table} is no table");
        }
    }

    async fn everything_is_shown_to_the_organisation_and_their_own_to_the_person(bench: Bench) {
        let left = leave_something_everywhere(&bench).await;
        let mut cx = bench.view(&somebody_with(Right::ALL)).await;
        let data = data_of(&mut cx, left.person).await.unwrap();
        let text = serde_json::to_string(&data).unwrap();
        for said in ["zqx@example.org", "+33 6 12 34 56 99", "Zqx street", "zqx note of the crew", "zqx job", "zqx badge", "zqx role", "zqx reason", "zqx transfer", "zqx note", "zqx price", "Zqx holder", "ZQX-1", "zqxlogin", "zqx browser", "Accueil", "vpn-1", "Les Sentiers", "Zqxbefore"] {
            assert!(text.contains(said), "{said}");
        }
        assert!(!text.contains("argon2"));
        let mut cx = bench.view(&person_with(left.person, &[])).await;
        let own = my_data(&mut cx).await.unwrap();
        let text = serde_json::to_string(&own).unwrap();
        for said in ["zqx@example.org", "zqx transfer", "zqxlogin", "Zqx holder"] {
            assert!(text.contains(said), "{said}");
        }
        for inner in ["zqx note", "zqx job", "zqx badge", "Zqxbefore"] {
            assert!(!text.contains(inner), "{inner}");
        }
        let mut cx = bench.view(&person_with(left.other, &[])).await;
        let others = serde_json::to_string(&my_data(&mut cx).await.unwrap()).unwrap();
        assert!(!others.to_lowercase().contains(MARK), "{others}");
    }

    async fn a_mandate_stays_until_nobody_can_contest_a_debit_and_then_goes(bench: Bench) {
        let mut cx = bench.act(&Actor::operator()).await;
        let person = people::add(&mut cx, &PartyForm { extra: Extra::default(), ..a_party() }).await.unwrap();
        cx.now = "2026-07-05T12:00:00Z".parse().unwrap();
        of_bank(&mut cx, person).await;
        cx.commit().await.unwrap();
        let holders = async || {
            let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
            let found: Vec<(String,)> = all!(tx, "SELECT holder FROM bank_accounts WHERE tenant_id = $1", bench.tenant.id).unwrap();
            found.len()
        };
        // Revoked on 5 January 2025: on 4 March 2026 it is not over, on 1 June it is.
        let admin = somebody_with(Right::ALL);
        let mut cx = bench.act(&admin).await;
        cx.now = "2026-03-04T12:00:00Z".parse().unwrap();
        erase(&mut cx, person, &form("over", "Zqxgiven Zqxfamily")).await.unwrap();
        cx.commit().await.unwrap();
        assert_eq!(holders().await, 1);
        let mut cx = bench.act(&admin).await;
        erase(&mut cx, person, &form("over", "Personne effacée")).await.unwrap();
        cx.commit().await.unwrap();
        assert_eq!(holders().await, 0);
        let mut cx = bench.view(&admin).await;
        let report = audit::verify(&mut cx, vec![], &chain::PublicKeys::default()).await.unwrap();
        assert_eq!(report.faults, []);
    }

    async fn who_is_erased_is_typed_and_nobody_erases_themselves_or_more_than_themselves(bench: Bench) {
        let person = bench.a_person("Léa", "Benamar").await;
        let admin = somebody_with(Right::ALL);
        let mut cx = bench.act(&admin).await;
        let wrong = erase(&mut cx, person, &form("", "Lea Benamat")).await.unwrap_err();
        let fields: Vec<_> = wrong.fields.iter().map(|f| (f.field.as_str(), f.code.clone())).collect();
        assert_eq!(fields, [("reason", Code::Required), ("confirmation", Code::NotTheName)]);
        drop(cx);
        let mut cx = bench.act(&person_with(person, Right::ALL)).await;
        let own = erase(&mut cx, person, &form("asked", "Léa Benamar")).await.unwrap_err();
        assert_eq!(own.code, Code::ErasureBlocked);
        drop(cx);
        let mut cx = bench.act(&Actor::operator()).await;
        let crew = crews::create(&mut cx, "Banque", &[Right::PaymentsValidate]).await.unwrap();
        crews::add_person(&mut cx, crew, person).await.unwrap();
        cx.actor = somebody_with(&[Right::People, Right::Settings]);
        let more = erase(&mut cx, person, &form("asked", "Léa Benamar")).await.unwrap_err();
        assert_eq!(more.code, Code::Forbidden { right: Right::PaymentsValidate });
        cx.actor = admin;
        let asked = form("asked", "lea benamar");
        let first = erase(&mut cx, person, &asked).await.unwrap();
        assert_eq!(erase(&mut cx, person, &asked).await.unwrap(), first);
    }

    async fn a_validated_payment_stays_frozen_but_for_its_note(bench: Bench) {
        let colleague = bench.a_person("Zoé", "Colleague").await;
        let member = bench.a_member("Léa", "Benamar", 1001).await;
        let mut cx = bench.act(&Actor::operator()).await;
        let id = payments::add(&mut cx, &payment(member, "x")).await.unwrap();
        cx.actor.person = Some(colleague);
        payments::validate(&mut cx, &[id], &key()).await.unwrap();
        cx.commit().await.unwrap();
        for sql in [
            "UPDATE payments SET note = 'other' WHERE tenant_id = $1",
            "UPDATE payments SET note = '', amount_cents = 1 WHERE tenant_id = $1",
            "UPDATE payments SET note = '', label = '' WHERE tenant_id = $1",
            "UPDATE payments SET note = '', service_id = NULL, kind_id = tenant_id WHERE tenant_id = $1",
            "UPDATE payments SET note = '', version = 7 WHERE tenant_id = $1",
        ] {
            let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
            assert_eq!(crate::exec!(tx, sql, bench.tenant.id).unwrap_err().code, Code::PaymentFrozen, "{sql}");
        }
    }
}

#[tokio::test]
async fn what_was_erased_is_gone_from_the_file_itself() {
    let bench = Bench::sqlite().await;
    let mut cx = bench.act(&Actor::operator()).await;
    let form = PartyForm {
        extra: Extra::default(),
        ..a_party()
    };
    let person = people::add(&mut cx, &form).await.unwrap();
    cx.commit().await.unwrap();
    let file = bench
        .folder()
        .unwrap()
        .join(format!("tenants/{}.db", bench.tenant.id));
    let bytes = |file: &std::path::Path| {
        let text = String::from_utf8_lossy(&std::fs::read(file).unwrap()).to_lowercase();
        text.matches(MARK).count()
    };
    erase_them(&bench, person).await.unwrap();
    bench.db.close().await;
    assert_eq!(bytes(&file), 0);
}
