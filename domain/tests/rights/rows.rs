//! The rows: each use-case with what it needs, and how it is tried.

use super::roles::Needs::{
    self, Crew, InItsCrew, InItsCrewOr, Nothing, Own, OwnOrCrew, Rights, SignedIn, Tool,
};
use super::world::{
    FILE, World, account, bank_keys, extraction_form, field_form, key, kind_form, membership,
    next_of, outgoing, party, payment, plugin_form, prefix_form, question, reserved_form, service,
    terms, type_form,
};
use domain::bank::mandates::{self, MandateForm};
use domain::context::Cx;
use domain::crews::{self, CrewForm};
use domain::fields::FieldForm;
use domain::identity::{self, LoginForm};
use domain::import::{self, ProblemRows, Progress};
use domain::kernel::Right::{
    AddressHistory, Members, PaymentsAdd, PaymentsChange, PaymentsDelete, PaymentsValidate, People,
    Prefixes, ServiceTypes, Settings,
};
use domain::kernel::{Code, Day, Locale, LoginName, PageRequest, Problem};
use domain::mail::{self, MailForm, MailSettings, Stage, Template};
use domain::members::{self, DirectoryFilter, Membership};
use domain::payments::{self, PaymentFilter, PaymentQuery, ReversalForm, TogetherForm, receipts};
use domain::people::{self, Doubles};
use domain::plugins::extractions::{self, ExtractionForm};
use domain::plugins::testing::registry;
use domain::plugins::{self, JournalFilter, PluginForm, Scope};
use domain::privacy;
use domain::reminders::{self, ReminderQuery, SendForm, Wanted};
use domain::services::addresses::{self, EndForm, Past};
use domain::services::{self, HoldingForm, ServiceFilter, ServiceForm};
use domain::settings::{self, SettingsForm};
use domain::statistics::{self, StatisticsQuery};
use domain::{audit, bank, dues, exports, fields, figures};
use std::future::Future;
use std::pin::Pin;

/// What was answered: a code, or nothing where it was done.
type Answer<'a> = Pin<Box<dyn Future<Output = Option<Code>> + 'a>>;

/// A use-case.
pub struct Row {
    pub name: &'static str,
    pub needs: Needs,
    pub attempt: for<'a> fn(&'a mut Cx, &'a World) -> Answer<'a>,
}

macro_rules! rows {
    ($($name:literal: $needs:expr, |$cx:ident, $w:ident| $attempt:expr;)*) => {
        vec![$(Row {
            name: $name,
            needs: $needs,
            attempt: {
                fn attempt<'a>($cx: &'a mut Cx, $w: &'a World) -> Answer<'a> {
                    Box::pin(async move {
                        let done: Result<_, Problem> = async { $attempt }.await;
                        done.err().map(|problem| problem.code)
                    })
                }
                attempt
            },
        }),*]
    };
}

/// Every row.
pub fn rows() -> Vec<Row> {
    let mut all = of_the_organisation();
    all.extend(of_access());
    all.extend(of_people());
    all.extend(of_dues());
    all.extend(of_mail());
    all.extend(of_plugins());
    all.extend(of_payments());
    all.extend(of_services());
    all.extend(of_addresses());
    all.extend(of_imports());
    all.extend(of_service_imports());
    all
}

fn of_the_organisation() -> Vec<Row> {
    rows! {
        "audit::record": Tool, |_cx, _w| Ok(());
        "audit::chaining::chain": Rights(&[Settings]), |cx, _w| audit::chain(cx).await;
        "audit::chaining::links_after": Rights(&[Settings]), |cx, _w| audit::links_after(cx, 0).await;
        "audit::chaining::verify": Rights(&[Settings]), |cx, _w| audit::verify(cx, vec![], &chain::PublicKeys::default()).await;
        "exports::record": Crew, |cx, _w| {
            let taken = exports::Export {
                list: "members", format: exports::Format::Csv, filter: &[], rows: 1, file_name: "members.csv",
            };
            exports::record(cx, &taken).await
        };
        "audit::list_after": Rights(&[Settings]), |cx, _w| audit::list_after(cx, &audit::Filter::default(), None, 1).await;
        "once::take": Tool, |_cx, _w| Ok(());
        "audit::list": Rights(&[Settings]), |cx, _w| audit::list(cx, &audit::Filter::default(), PageRequest::new(1)).await;
        "audit::latest": Rights(&[Settings]), |cx, _w| audit::latest(cx, 5).await;
        "audit::history": Crew, |cx, w| audit::history(cx, "party", w.owner.0).await;
        "figures::board": Crew, |cx, _w| figures::board(cx).await;
        "statistics::of_services": Crew, |cx, _w| statistics::of_services(cx, &StatisticsQuery::default().window(cx.today())).await;
        "statistics::of_members": Crew, |cx, _w| statistics::of_members(cx, &StatisticsQuery::default().window(cx.today())).await;
        "settings::get": Nothing, |cx, _w| settings::get(cx).await;
        "settings::create": Rights(&[Settings]), |cx, _w| settings::create(cx, "Autre", Locale::Fr).await;
        "fields::declared": Rights(&[Settings]), |cx, _w| fields::declared(cx).await;
        "fields::get": Rights(&[Settings]), |cx, w| fields::get(cx, w.field).await;
        "fields::add": Rights(&[Settings]), |cx, _w| fields::add(cx, &field_form("Métier")).await;
        "fields::save": Rights(&[Settings]), |cx, w| {
            let form = FieldForm { version: "1".into(), ..field_form("Métier") };
            fields::save(cx, w.field, &form).await
        };
        "fields::archive": Rights(&[Settings]), |cx, w| fields::archive(cx, w.field).await;
        "fields::restore": Rights(&[Settings]), |cx, w| fields::restore(cx, w.field).await;
        "fields::delete": Rights(&[Settings]), |cx, w| fields::delete(cx, w.field).await;
        "fields::shift": Rights(&[Settings]), |cx, w| fields::shift(cx, w.field, fields::Direction::Up).await;
        "fields::visible": Crew, |cx, _w| fields::visible(cx).await;
        "fields::filled": Crew, |cx, w| fields::filled(cx, fields::On::Person, Some(w.owner.0)).await;
        "fields::values_of": Crew, |cx, w| fields::values_of(cx, &[w.owner.0]).await;
        "settings::save": Rights(&[Settings]), |cx, _w| {
            let present = settings::get(cx).await?;
            let form = SettingsForm { title: "Autre".into(), ..SettingsForm::of(&present) };
            settings::save(cx, &form).await
        };
    }
}

fn of_access() -> Vec<Row> {
    // What touches the bank crew, or somebody in it, needs what the bank crew has.
    const BANK: Needs = Rights(&[Settings, PaymentsValidate]);
    rows! {
        "crews::count_administrators": Rights(&[Settings]), |cx, _w| crews::count_administrators(cx).await;
        "crews::add": BANK, |cx, _w| crews::add(cx, &crew(&["payments_validate"])).await;
        "crews::create": BANK, |cx, _w| crews::create(cx, "Nouvelle", &[PaymentsValidate]).await;
        "crews::save": BANK, |cx, w| crews::save(cx, w.bank, &crew(&[])).await;
        "crews::delete": BANK, |cx, w| crews::delete(cx, w.empty_bank).await;
        "crews::add_person": BANK, |cx, w| crews::add_person(cx, w.bank, w.person).await;
        "crews::remove_person": BANK, |cx, w| crews::remove_person(cx, w.bank, w.banker).await;
        "crews::find": Crew, |cx, _w| crews::find(cx, "Banque").await;
        "crews::list": Crew, |cx, _w| crews::list(cx).await;
        "crews::get": Crew, |cx, w| crews::get(cx, w.bank).await;
        "crews::people": Crew, |cx, w| crews::people(cx, w.bank).await;
        "crews::rights_of": Nothing, |cx, w| crews::rights_of(cx, w.banker).await;
        "identity::access_of": Rights(&[Settings]), |cx, w| identity::access_of(cx, w.banker).await;
        "identity::disable": BANK, |cx, w| identity::disable(cx, w.banker_with_login).await;
        "identity::enable": BANK, |cx, w| identity::enable(cx, w.banker_with_login).await;
        "identity::end_sessions_of": BANK, |cx, w| identity::end_sessions_of(cx, w.banker_with_login).await;
        "identity::failures": Rights(&[Settings]), |cx, _w| identity::failures(cx).await;
        "identity::propose_login": Rights(&[Settings]), |cx, w| identity::propose_login(cx, w.person).await;
        "identity::invite": BANK, |cx, w| identity::invite(cx, w.banker, &login()).await;
        "identity::new_link": BANK, |cx, w| identity::new_link(cx, w.banker_with_login, &key()).await;
        "identity::welcome": Nothing, |cx, w| identity::welcome(cx, &w.link).await;
        "identity::create_login": BANK, |cx, w| {
            let name = LoginName::parse("banker")?;
            identity::create_login(cx, w.banker, name, &w.hash).await
        };
        "identity::create_login_without_password": BANK, |cx, w| {
            let name = LoginName::parse("banker")?;
            identity::create_login_without_password(cx, w.banker, name).await
        };
        "identity::rename_login": BANK, |cx, w| {
            identity::rename_login(cx, w.banker_with_login, &LoginName::parse("banker-too")?).await
        };
        "identity::remove_login": BANK, |cx, w| identity::remove_login(cx, w.banker_with_login).await;
        "identity::set_password": BANK, |cx, w| identity::set_password(cx, w.banker_with_login, &w.hash).await;
        "identity::find_login": Rights(&[Settings]), |cx, _w| identity::find_login(cx, "lea").await;
        "identity::logins": Rights(&[Settings]), |cx, _w| identity::logins(cx).await;
        "identity::set_locale": SignedIn, |cx, _w| identity::set_locale(cx, Locale::En).await;
        "identity::resume": Nothing, |cx, w| identity::resume(cx, &w.token).await;
        "identity::sessions": SignedIn, |cx, _w| identity::sessions(cx).await;
        "identity::sign_out": SignedIn, |cx, w| identity::sign_out(cx, w.session).await;
        "identity::revoke": Own, |cx, w| identity::revoke(cx, w.session).await;
        "identity::revoke_others": SignedIn, |cx, w| identity::revoke_others(cx, w.session).await;
    }
}

fn crew(rights: &[&str]) -> CrewForm {
    CrewForm {
        key: key(),
        version: "1".into(),
        name: "Nouvelle".into(),
        rights: rights.iter().map(|r| (*r).to_owned()).collect(),
        ..CrewForm::default()
    }
}

fn mandate(w: &World) -> MandateForm {
    MandateForm {
        key: key(),
        account: w.account.to_string(),
        kind: "one_off".into(),
        ..MandateForm::default()
    }
}

fn login() -> LoginForm {
    LoginForm {
        key: key(),
        login: "banker".into(),
    }
}

fn of_people() -> Vec<Row> {
    rows! {
        "bank::of_party": Crew, |cx, w| bank::of_party(cx, w.person).await;
        "bank::get": Crew, |cx, w| bank::get(cx, w.account).await;
        "bank::mine": SignedIn, |cx, _w| bank::mine(cx).await;
        "bank::add": Rights(&[Members]), |cx, w| bank::add(cx, &bank_keys(), w.person, &account()).await;
        "bank::prefer": Rights(&[Members]), |cx, w| bank::prefer(cx, w.account).await;
        "bank::remove": Rights(&[Members]), |cx, w| bank::remove(cx, w.unsigned_account).await;
        "bank::show": Rights(&[PaymentsValidate]), |cx, w| bank::show(cx, &bank_keys(), w.account).await;
        "bank::holders": Rights(&[PaymentsValidate]), |cx, _w| bank::holders(cx, &bank_keys(), "x").await;
        "bank::reseal": Rights(&[Settings]), |cx, _w| bank::reseal(cx, &bank_keys()).await;
        "bank::keys_in_use": Rights(&[Settings]), |cx, _w| bank::keys_in_use(cx, &bank_keys()).await;
        "bank::mandates::of_party": Crew, |cx, w| mandates::of_party(cx, w.person).await;
        "bank::mandates::get": Crew, |cx, w| mandates::get(cx, w.mandate).await;
        "bank::mandates::mine": SignedIn, |cx, _w| mandates::mine(cx).await;
        "bank::mandates::add": Rights(&[Members]), |cx, w| mandates::add(cx, w.owner, &mandate(w)).await;
        "bank::mandates::revoke": Rights(&[Members]), |cx, w| mandates::revoke(cx, w.mandate).await;
        "privacy::preview": Rights(&[People, Settings]), |cx, w| privacy::preview(cx, w.person).await;
        "privacy::erase": Rights(&[People, Settings]), |cx, w| {
            let form = privacy::EraseForm { key: key(), reason: "asked".into(), confirmation: "Zoé Person".into() };
            privacy::erase(cx, w.person, &form).await
        };
        "privacy::data_of": Rights(&[People, Settings]), |cx, w| privacy::data_of(cx, w.owner).await;
        "privacy::take_data_of": Rights(&[People, Settings]), |cx, w| privacy::take_data_of(cx, w.owner).await;
        "privacy::my_data": SignedIn, |cx, _w| privacy::my_data(cx).await;
        "privacy::take_my_data": SignedIn, |cx, _w| privacy::take_my_data(cx).await;
        "people::get": Crew, |cx, w| people::get(cx, w.person).await;
        "people::add": Rights(&[People]), |cx, _w| people::add(cx, &party("person", "Nouveau")).await;
        "people::add_unless": Rights(&[People]), |cx, _w| people::add_unless(cx, &party("person", "Nouveau"), Doubles::Refuse).await;
        "people::save": Rights(&[People]), |cx, w| people::save(cx, w.person, &party("person", "Nouveau")).await;
        "people::similar": Crew, |cx, _w| people::similar(cx, &party("person", "Zola").parse()?).await;
        "people::contacts": Crew, |cx, w| people::contacts(cx, w.organisation).await;
        "people::contact_of": Crew, |cx, w| people::contact_of(cx, w.contact).await;
        "people::add_contact": Rights(&[People]), |cx, w| people::add_contact(cx, w.organisation, w.person, "").await;
        "people::remove_contact": Rights(&[People]), |cx, w| people::remove_contact(cx, w.organisation, w.contact).await;
        "members::directory::directory": Crew, |cx, _w| {
            let filter = DirectoryFilter {
                query: String::new(), membership: Membership::Everyone, kind: None, standing: None, ..DirectoryFilter::default() };
            members::directory(cx, &filter, PageRequest::new(1)).await
        };
        "members::directory::directory_after": Crew, |cx, _w| members::directory_after(cx, &DirectoryFilter::default(), None, 1).await;
        "members::directory::counts": Crew, |cx, _w| members::counts(cx).await;
        "members::directory::suggest": Crew, |cx, _w| members::suggest(cx, "lea").await;
        "members::directory::find_by_number": Crew, |cx, _w| {
            members::find_by_number(cx, members::MemberNumber::from_sequence(1001)).await
        };
        "members::directory::resolve": Crew, |cx, w| members::resolve(cx, &w.member.to_string()).await;
        "members::get": Crew, |cx, w| members::get(cx, w.member).await;
        "members::mine_filled": SignedIn, |cx, _w| members::mine_filled(cx).await;
        "members::mine": SignedIn, |cx, _w| members::mine(cx).await;
        "members::find_by_party": Crew, |cx, w| members::find_by_party(cx, w.owner).await;
        "members::add": Rights(&[Members]), |cx, w| members::add(cx, w.person, &membership()).await;
        "members::register": Rights(&[People, Members]), |cx, _w| {
            members::register(cx, &party("person", "Nouveau"), &membership(), Doubles::Accept).await
        };
        "members::save": Rights(&[Members]), |cx, w| members::save(cx, w.member, &membership()).await;
    }
}

fn of_dues() -> Vec<Row> {
    rows! {
        "dues::of_member": Crew, |cx, w| dues::of_member(cx, w.member).await;
        "dues::of_household": Crew, |cx, w| dues::of_household(cx, w.organisation).await;
        "dues::mine": SignedIn, |cx, _w| dues::mine(cx).await;
        "dues::create": Rights(&[Settings]), |cx, _w| dues::create(cx, Locale::Fr).await;
        "dues::kinds": Crew, |cx, _w| dues::kinds(cx).await;
        "dues::get_kind": Crew, |cx, w| dues::get_kind(cx, w.kind).await;
        "dues::default_kind": Crew, |cx, _w| dues::default_kind(cx).await;
        "dues::add_kind": Rights(&[Settings]), |cx, _w| dues::add_kind(cx, &kind_form("Nouvelle")).await;
        "dues::save_kind": Rights(&[Settings]), |cx, w| dues::save_kind(cx, w.kind, &kind_form("Nouvelle")).await;
        "dues::set_default_kind": Rights(&[Settings]), |cx, w| dues::set_default_kind(cx, w.kind).await;
        "dues::archive_kind": Rights(&[Settings]), |cx, w| dues::archive_kind(cx, w.kind).await;
        "dues::restore_kind": Rights(&[Settings]), |cx, w| dues::restore_kind(cx, w.archived_kind).await;
        "dues::add_terms": Rights(&[Members]), |cx, w| dues::add_terms(cx, w.member, &terms(w.kind, "2026-02-01")).await;
        "dues::remove_terms": Rights(&[Members]), |cx, w| {
            let day = Day::from_ymd_opt(2026, 1, 1).ok_or(Code::NotADay)?;
            dues::remove_terms(cx, w.member, day).await
        };
        "dues::set_payer": Rights(&[Members]), |cx, w| dues::set_payer(cx, w.member, Some(w.organisation)).await;
        "dues::pays_for": Crew, |cx, w| dues::pays_for(cx, w.organisation).await;
        "dues::payers": Crew, |cx, _w| dues::payers(cx).await;
        "dues::overview": Crew, |cx, _w| dues::overview(cx).await;
    }
}

fn of_plugins() -> Vec<Row> {
    rows! {
        "plugins::list": Rights(&[Settings]), |cx, _w| plugins::list(cx).await;
        "plugins::get": Rights(&[Settings]), |cx, w| plugins::get(cx, w.plugin).await;
        "plugins::open_count": Rights(&[Settings]), |cx, w| plugins::open_count(cx, w.plugin).await;
        "plugins::add": Rights(&[Settings]), |cx, _w| {
            let form = plugin_form("two");
            plugins::add(cx, (&registry(), &bank_keys()), "nuage", &form).await
        };
        "plugins::save": Rights(&[Settings]), |cx, w| {
            let form = PluginForm { version: "1".into(), ..plugin_form("one") };
            plugins::save(cx, (&registry(), &bank_keys()), "nuage", w.plugin, &form).await
        };
        "plugins::delete": Rights(&[Settings]), |cx, w| plugins::delete(cx, w.plugin).await;
        "plugins::save_again": Rights(&[Settings]), |cx, w| plugins::save_again(cx, w.plugin).await;
        "plugins::reseal": Rights(&[Settings]), |cx, _w| plugins::reseal(cx, &bank_keys()).await;
        "plugins::extractions::list": Rights(&[Settings]), |cx, _w| extractions::list(cx).await;
        "plugins::extractions::get": Rights(&[Settings]), |cx, w| extractions::get(cx, w.extraction).await;
        "plugins::extractions::add": Rights(&[Settings]), |cx, _w| {
            extractions::add(cx, &registry(), "nuage", &extraction_form("aliases")).await
        };
        "plugins::extractions::save": Rights(&[Settings]), |cx, w| {
            let form = ExtractionForm { version: "1".into(), ..extraction_form("group") };
            extractions::save(cx, &registry(), "nuage", w.extraction, &form).await
        };
        "plugins::extractions::delete": Rights(&[Settings]), |cx, w| extractions::delete(cx, w.extraction).await;
        "plugins::extractions::run": Rights(&[Settings]), |cx, w| extractions::run(cx, w.extraction).await;
        "plugins::extractions::draft": Rights(&[Settings]), |cx, w| {
            extractions::draft(cx, &registry(), "nuage", Some(w.extraction), None).await
        };
        "plugins::verify": Rights(&[Settings]), |cx, _w| plugins::verify(cx, &registry(), Scope::default()).await;
        "plugins::journal": Rights(&[Settings]), |cx, _w| plugins::journal(cx, &JournalFilter::default(), PageRequest::new(1)).await;
        "plugins::journal_states": Rights(&[Settings]), |cx, _w| plugins::journal_states(cx).await;
        // Who has no right is told of none.
        "plugins::journal_open": Nothing, |cx, _w| plugins::journal_open(cx).await;
        "plugins::journal_entry": Rights(&[Settings]), |cx, _w| plugins::journal_entry(cx, 1).await;
        "plugins::retry": Rights(&[Settings]), |cx, _w| plugins::retry(cx, 1).await;
        "plugins::retry_all": Rights(&[Settings]), |cx, _w| plugins::retry_all(cx, &JournalFilter::default()).await;
        "plugins::give_up": Rights(&[Settings]), |cx, _w| plugins::give_up(cx, 1, "enough").await;
    }
}

fn of_mail() -> Vec<Row> {
    rows! {
        "mail::settings": Crew, |cx, _w| mail::settings(cx).await;
        "mail::save_settings": Rights(&[Settings]), |cx, w| {
            let form = MailForm { sending: "off".into(), version: w.mail_version.to_string(), ..MailForm::of(&MailSettings::default()) };
            mail::save_settings(cx, &form).await
        };
        "mail::template": Crew, |cx, _w| mail::template(cx, Stage::Before, Locale::Fr).await;
        "mail::save_template": Rights(&[Settings]), |cx, _w| {
            let text = Template { subject: "a".into(), body: "b".into() };
            mail::save_template(cx, Stage::Before, Locale::Fr, &text).await
        };
        "mail::reset_template": Rights(&[Settings]), |cx, _w| mail::reset_template(cx, Stage::Before, Locale::Fr).await;
        "mail::of_member": Crew, |cx, w| mail::of_member(cx, w.member).await;
        "mail::not_sent": Crew, |cx, _w| mail::not_sent(cx).await;
        "mail::retry": Rights(&[Members]), |cx, w| mail::retry(cx, w.mail, Some(&outgoing())).await;
        "reminders::preview": Crew, |cx, _w| reminders::preview(cx, &ReminderQuery::default()).await;
        "reminders::list_after": Crew, |cx, _w| reminders::list_after(cx, &ReminderQuery::default(), None).await;
        // One is due: see the world.
        "reminders::send": Rights(&[Members]), |cx, _w| {
            reminders::send(cx, &SendForm { key: key(), count: "1".into() }, Some(&outgoing())).await
        };
        "reminders::set_paused": Rights(&[Members]), |cx, w| reminders::set_paused(cx, w.member, Wanted::No).await;
        "reminders::set_mine": SignedIn, |cx, _w| reminders::set_mine(cx, Wanted::No).await;
        "reminders::paused_by": Crew, |cx, w| reminders::paused_by(cx, w.member).await;
        "reminders::mine": SignedIn, |cx, _w| reminders::mine(cx).await;
        "reminders::values_for": Rights(&[Settings]), |cx, _w| reminders::values_for(cx, "", Locale::Fr, "http://x").await;
    }
}

fn of_payments() -> Vec<Row> {
    rows! {
        "payments::add": Rights(&[PaymentsAdd]), |cx, w| payments::add(cx, &payment(w.member)).await;
        "payments::save": Rights(&[PaymentsChange]), |cx, w| payments::save(cx, w.draft, &payment(w.member)).await;
        "payments::delete": Rights(&[PaymentsDelete]), |cx, w| payments::delete(cx, w.draft, "1").await;
        "payments::restore": Rights(&[PaymentsDelete]), |cx, w| payments::restore(cx, w.draft).await;
        "payments::validate": Rights(&[PaymentsValidate]), |cx, w| payments::validate(cx, &[w.draft], &key()).await;
        "payments::reverse": Rights(&[PaymentsAdd]), |cx, w| {
            let form = ReversalForm { key: key(), reason: "erreur".into() };
            payments::reverse(cx, w.validated, &form).await
        };
        "payments::get": Crew, |cx, w| payments::get(cx, w.draft).await;
        "payments::list": Crew, |cx, _w| payments::list(cx, &PaymentFilter::default(), PageRequest::new(1)).await;
        "payments::of_group": Crew, |cx, w| {
            let payment = payments::get(cx, w.draft).await?;
            payments::of_group(cx, &payment).await
        };
        "payments::list_after": Crew, |cx, _w| payments::list_after(cx, &PaymentFilter::default(), None, 1).await;
        "payments::queue_after": Crew, |cx, _w| payments::queue_after(cx, &PaymentFilter::default(), None, 1).await;
        "payments::queue": Crew, |cx, _w| payments::queue(cx, &PaymentQuery::default()).await;
        "payments::enterers": Crew, |cx, _w| payments::enterers(cx).await;
        "payments::waiting_count": Crew, |cx, _w| payments::waiting_count(cx).await;
        "payments::some": Crew, |cx, w| payments::some(cx, &[w.draft]).await;
        "payments::sum": Crew, |cx, w| payments::sum(cx, &[w.draft]).await;
        "payments::entered_since": Rights(&[PaymentsAdd]), |cx, w| payments::entered_since(cx, w.draft).await;
        "payments::of_member": Crew, |cx, w| payments::of_member(cx, w.member).await;
        "payments::of_member_for_self": Own, |cx, w| payments::of_member_for_self(cx, w.member).await;
        "payments::proposal": Rights(&[PaymentsAdd]), |cx, w| payments::proposal(cx, w.member).await;
        "payments::household": Rights(&[PaymentsAdd]), |cx, w| payments::household(cx, w.organisation).await;
        "payments::add_together": Rights(&[PaymentsAdd]), |cx, w| {
            let organisation = w.organisation;
            // Those who may not enter payments may not see what is due either: the form is empty then.
            let form = match payments::household(cx, organisation).await {
                Ok(all) => TogetherForm::of(&all, key(), cx.today(), Locale::Fr),
                Err(_) => TogetherForm::default(),
            };
            payments::add_together(cx, &form).await
        };
        "payments::receipts::get": OwnOrCrew, |cx, w| receipts::get(cx, w.validated).await;
        "payments::receipts::list": Crew, |cx, _w| receipts::list(cx, 2026, PageRequest::new(1)).await;
        "payments::receipts::list_after": Crew, |cx, _w| receipts::list_after(cx, 2026, 0, 1).await;
        "payments::receipts::years": Crew, |cx, _w| receipts::years(cx).await;
    }
}

fn of_services() -> Vec<Row> {
    const TYPES: Needs = Rights(&[ServiceTypes]);
    rows! {
        "services::types::managed_types": Crew, |cx, _w| services::managed_types(cx).await;
        "services::types::types_counted": Crew, |cx, _w| services::types_counted(cx).await;
        "services::types::types_seen": Crew, |cx, _w| services::types_seen(cx).await;
        "services::types::get_type": InItsCrewOr(ServiceTypes), |cx, w| services::get_type(cx, w.service_type).await;
        "services::types::add_type": TYPES, |cx, w| services::add_type(cx, &type_form("Fibre", w.service_crew)).await;
        "services::types::save_type": TYPES, |cx, w| services::save_type(cx, w.service_type, &type_form("Fibre", w.service_crew)).await;
        "services::types::archive_type": TYPES, |cx, w| services::archive_type(cx, w.service_type).await;
        "services::types::restore_type": TYPES, |cx, w| services::restore_type(cx, w.archived_type).await;
        "services::get": InItsCrew(&[]), |cx, w| services::get(cx, w.held).await;
        "services::known": InItsCrew(&[]), |cx, w| services::known(cx, w.held).await;
        "services::of_member": Crew, |cx, w| services::of_member(cx, w.member).await;
        "services::mine": SignedIn, |cx, _w| services::mine(cx).await;
        "services::list::list": Crew, |cx, _w| services::list(cx, &ServiceFilter::default(), PageRequest::new(1)).await;
        "services::list::list_behind": Crew, |cx, _w| services::list_behind(cx, &ServiceFilter::default(), 0, 1).await;
        "services::list::counts": Crew, |cx, _w| services::counts(cx).await;
        "services::add": InItsCrew(&[]), |cx, w| {
            // To the others the type is none that there is: said at its field.
            let added = services::add(cx, &service(w.service_type, "vpn-3")).await;
            added.map_err(|problem| match problem.field("kind") {
                Some(Code::UnknownChoice) => Code::NotFound.into(),
                _ => problem,
            })
        };
        "services::save": InItsCrew(&[]), |cx, w| {
            let form = ServiceForm { version: "1".into(), label: "autre".into(), ..ServiceForm::default() };
            services::save(cx, w.stock, &form).await
        };
        "services::give": InItsCrew(&[]), |cx, w| services::give(cx, w.stock, &holding(w)).await;
        "services::save_holding": InItsCrew(&[]), |cx, w| services::save_holding(cx, w.held, w.holding, &holding(w)).await;
        "services::remove_holding": InItsCrew(&[]), |cx, w| services::remove_holding(cx, w.held, w.holding, "1").await;
        "payments::of_service": InItsCrew(&[]), |cx, w| payments::of_service(cx, w.held).await;
        "payments::service_proposal": InItsCrew(&[PaymentsAdd]), |cx, w| payments::service_proposal(cx, w.held).await;
    }
}

fn of_addresses() -> Vec<Row> {
    const PREFIXES: Needs = Rights(&[Prefixes]);
    const HISTORY: Needs = Rights(&[AddressHistory]);
    rows! {
        "services::addresses::prefixes": Crew, |cx, _w| addresses::prefixes(cx).await;
        "services::addresses::prefix": Crew, |cx, w| addresses::prefix(cx, w.prefix).await;
        "services::addresses::taken": Crew, |cx, _w| addresses::taken(cx, "192.0.2.0/24".parse().unwrap(), Past::With, PageRequest::new(1)).await;
        "services::addresses::taken_behind": Crew, |cx, _w| addresses::taken_behind(cx, "192.0.2.0/24".parse().unwrap(), Past::With, 0, 1).await;
        "services::addresses::map": Crew, |cx, w| addresses::map(cx, w.prefix, None).await;
        "services::addresses::search": Crew, |cx, _w| addresses::search(cx, "192.0.2.1").await;
        "services::addresses::free": Crew, |cx, w| addresses::free(cx, w.prefix).await;
        "services::addresses::prefix_kinds": PREFIXES, |cx, _w| addresses::prefix_kinds(cx).await;
        "services::addresses::add_prefix": PREFIXES, |cx, _w| addresses::add_prefix(cx, &prefix_form("198.51.100.0/24")).await;
        "services::addresses::save_prefix": PREFIXES, |cx, w| addresses::save_prefix(cx, w.prefix, &prefix_form("")).await;
        "services::addresses::delete_prefix": PREFIXES, |cx, w| addresses::delete_prefix(cx, w.empty_prefix).await;
        "services::addresses::reserve": PREFIXES, |cx, w| addresses::reserve(cx, w.prefix, &reserved_form()).await;
        "services::addresses::release": PREFIXES, |cx, w| addresses::release(cx, w.prefix, w.reserved).await;
        "services::addresses::of_service": InItsCrew(&[]), |cx, w| addresses::of_service(cx, w.held).await;
        "services::addresses::offers": InItsCrew(&[]), |cx, w| addresses::offers(cx, w.held).await;
        "services::addresses::give": InItsCrew(&[]), |cx, w| addresses::give(cx, w.stock, &next_of(w.prefix)).await;
        "services::addresses::end": InItsCrew(&[]), |cx, w| {
            let form = EndForm { version: "1".into(), until_on: "2027-01-01".into(), ..EndForm::default() };
            addresses::end(cx, w.held, w.allocation, &form).await
        };
        "services::addresses::remove": InItsCrew(&[]), |cx, w| addresses::remove(cx, w.held, w.allocation, "1").await;
        "services::addresses::ask": HISTORY, |cx, _w| addresses::ask(cx, &question()).await;
        "services::addresses::answer": HISTORY, |cx, w| addresses::answer(cx, w.question).await;
        "services::addresses::answers": HISTORY, |cx, _w| addresses::answers(cx).await;
    }
}

fn holding(w: &World) -> HoldingForm {
    HoldingForm {
        key: key(),
        version: "1".into(),
        member: w.member.to_string(),
        from_on: "2026-02-01".into(),
        ..HoldingForm::default()
    }
}

fn of_imports() -> Vec<Row> {
    const NEEDS: Needs = Rights(&[Members]);
    rows! {
        "import::upload": NEEDS, |cx, _w| import::upload(cx, "a.csv", FILE.as_bytes(), &key()).await;
        "import::get": NEEDS, |cx, w| import::get(cx, w.import).await;
        "import::list": NEEDS, |cx, _w| import::list(cx).await;
        "import::kinds": Rights(&[Members]), |cx, w| import::kinds(cx, w.import).await;
        "import::own_fields": Rights(&[Members]), |cx, _w| import::own_fields(cx).await;
        "import::columns": NEEDS, |cx, w| import::columns(cx, w.import).await;
        "import::preview": NEEDS, |cx, w| import::preview(cx, w.import, &w.choices).await;
        "import::set_choices": NEEDS, |cx, w| import::set_choices(cx, w.import, &w.choices).await;
        "import::forget_choices": NEEDS, |cx, w| import::forget_choices(cx, w.import).await;
        "import::apply": NEEDS, |cx, w| {
            import::apply(cx, w.import, ProblemRows::Refuse, &key(), &Progress::default()).await
        };
        // Taking payments back is what entering reversals is: it needs the right to enter them.
        "import::against_undo": Rights(&[Members, PaymentsAdd]), |cx, w| import::against_undo(cx, w.applied).await;
        "import::undo": Rights(&[Members, PaymentsAdd]), |cx, w| import::undo(cx, w.applied, &key()).await;
    }
}

fn of_service_imports() -> Vec<Row> {
    const ITS: Needs = InItsCrew(&[]);
    rows! {
        "import::services::upload": ITS, |cx, _w| import::services::upload(cx, "a.csv", b"Type;Nom\nVPN;a\n", &key()).await;
        "import::services::get": ITS, |cx, w| import::services::get(cx, w.service_import).await;
        "import::services::list": Crew, |cx, _w| import::services::list(cx).await;
        "import::services::kinds": ITS, |cx, w| import::services::kinds(cx, w.service_import).await;
        "import::services::own_fields": ITS, |cx, w| import::services::own_fields(cx, w.service_import).await;
        "import::services::columns": ITS, |cx, w| import::services::columns(cx, w.service_import).await;
        "import::services::preview": ITS, |cx, w| import::services::preview(cx, w.service_import).await;
        "import::services::set_choices": ITS, |cx, w| {
            let choices = import::services::get(cx, w.service_import).await?.choices;
            import::services::set_choices(cx, w.service_import, &choices).await
        };
        "import::services::apply": ITS, |cx, w| {
            import::services::apply(cx, w.service_import, ProblemRows::Refuse, &key(), &Progress::default()).await
        };
        "import::services::against_undo": ITS, |cx, w| import::services::against_undo(cx, w.applied_services).await;
        "import::services::undo": ITS, |cx, w| import::services::undo(cx, w.applied_services, &key()).await;
    }
}
