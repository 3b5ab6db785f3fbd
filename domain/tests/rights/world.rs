//! An organisation in which there is one thing of each kind, for everybody to try their hands at.

use domain::access::Actor;
use domain::bank::mandates::{self, MandateForm};
use domain::bank::{self, AccountForm, Keys};
use domain::context::Clock;
use domain::context::Cx;
use domain::crews;
use domain::db::testing::Bench;
use domain::dues::{self, KindForm, TermsForm};
use domain::fields::{self, FieldForm, Given, Wanted};
use domain::identity::{self, Hasher, LoginForm, Origin, Password, PasswordHash, SignInForm};
use domain::import::{self, Choices, Progress};
use domain::kernel::{
    AllocationId, BankAccountId, CrewId, DuesKindId, FieldId, HoldingId, ImportId, LoginName,
    MailId, MandateId, MemberId, PartyId, PaymentId, PluginId, PrefixId, QuestionId, ReservedId,
    Right, ServiceId, ServiceTypeId, SessionId,
};
use domain::mail::{self, MailForm, Outgoing};
use domain::members::{self, MembershipForm};
use domain::payments::{self, PaymentForm};
use domain::people::{self, PartyForm};
use domain::plugins::extractions::{self, ExtractionForm};
use domain::plugins::testing::registry;
use domain::plugins::work::{self, Tools};
use domain::plugins::{self, PluginForm};
use domain::reminders::{self, SendForm};
use domain::services::addresses::{self, GiveForm, PrefixForm, ReservedForm, WhoForm};
use domain::services::{self, NewServiceForm, TypeForm};
use std::sync::Arc;
use uuid::Uuid;

const SECRET: &str = "quatre mots mis bout";

pub struct World {
    pub bench: Bench,
    /// A hash of some password.
    pub hash: PasswordHash,
    /// The one who acts, where it is somebody of a crew.
    pub colleague: PartyId,
    /// A member with a session, and their payments.
    pub owner: PartyId,
    pub member: MemberId,
    pub session: SessionId,
    pub token: String,
    pub draft: PaymentId,
    pub validated: PaymentId,
    /// Another member.
    pub stranger: PartyId,
    /// Somebody who is nothing here yet.
    pub person: PartyId,
    /// Somebody of a crew that may validate, without a login and with one.
    pub banker: PartyId,
    pub banker_with_login: PartyId,
    pub bank: CrewId,
    pub empty_bank: CrewId,
    /// What stands at the end of a one-time link.
    pub link: String,
    pub organisation: PartyId,
    pub contact: PartyId,
    pub kind: DuesKindId,
    pub archived_kind: DuesKindId,
    pub service_crew: CrewId,
    pub service_type: ServiceTypeId,
    pub archived_type: ServiceTypeId,
    /// In stock, and one that the member has.
    pub stock: ServiceId,
    pub held: ServiceId,
    pub holding: HoldingId,
    pub prefix: PrefixId,
    pub empty_prefix: PrefixId,
    pub reserved: ReservedId,
    /// A network of the held service.
    pub allocation: AllocationId,
    pub question: QuestionId,
    pub import: ImportId,
    pub service_import: ImportId,
    pub applied_services: ImportId,
    pub choices: Choices,
    /// A field of people in which nothing is kept.
    pub field: FieldId,
    pub applied: ImportId,
    pub account: BankAccountId,
    /// Another one of theirs, for which nothing was signed.
    pub unsigned_account: BankAccountId,
    /// What was signed for the first.
    pub mandate: MandateId,
    pub mail: MailId,
    /// A file that is made.
    pub extraction: PluginId,
    /// A plugin that has failed.
    pub plugin: PluginId,
    pub mail_version: i64,
}

pub fn key() -> String {
    Uuid::now_v7().to_string()
}

impl World {
    pub async fn new() -> Self {
        let bench = Bench::sqlite().await;
        let hash = Hasher::cheap()
            .hash(&Password::parse(SECRET).unwrap())
            .await
            .unwrap();
        let mut people = Vec::new();
        for name in ["Colleague", "Person", "Contact"] {
            people.push(bench.a_person("Zoé", name).await);
        }
        let [colleague, person, contact] = people[..] else {
            unreachable!()
        };
        let member = bench.a_member("Léa", "Benamar", 1001).await;
        let other = bench.a_member("Ada", "Moreau", 1002).await;
        let mut cx = bench.act(&Actor::operator()).await;
        let owner = members::get(&mut cx, member).await.unwrap().party.id;
        let stranger = members::get(&mut cx, other).await.unwrap().party.id;
        let (bank, empty_bank, banker, banker_with_login, link) = a_bank(&mut cx).await;
        login(&mut cx, owner, "lea", &hash).await;
        let organisation = a_party(&mut cx, "organisation", "Les Sentiers").await;
        people::add_contact(&mut cx, organisation, contact, "")
            .await
            .unwrap();
        let kind = a_kind(&mut cx, "Soutien").await;
        let archived_kind = a_kind(&mut cx, "Ancienne").await;
        dues::archive_kind(&mut cx, archived_kind).await.unwrap();
        dues::add_terms(&mut cx, member, &terms(kind, "2026-01-01"))
            .await
            .unwrap();
        dues::set_payer(&mut cx, other, Some(organisation))
            .await
            .unwrap();
        let draft = payments::add(&mut cx, &payment(member)).await.unwrap();
        let validated = payments::add(&mut cx, &payment(member)).await.unwrap();
        cx.actor.person = Some(colleague);
        payments::validate(&mut cx, &[validated], &key())
            .await
            .unwrap();
        let service_crew = crews::create(&mut cx, "VPN", &[]).await.unwrap();
        let service_type = a_type(&mut cx, "VPN", service_crew).await;
        let archived_type = a_type(&mut cx, "Ancien", service_crew).await;
        services::archive_type(&mut cx, archived_type)
            .await
            .unwrap();
        let stock = services::add(&mut cx, &service(service_type, "vpn-1")).await;
        let of_member = NewServiceForm {
            member: member.to_string(),
            from_on: "2026-01-01".into(),
            ..service(service_type, "vpn-2")
        };
        let held = services::add(&mut cx, &of_member).await.unwrap();
        let holding = services::known(&mut cx, held).await.unwrap().held[0]
            .holding
            .id;
        let prefix = addresses::add_prefix(&mut cx, &prefix_form("192.0.2.0/24")).await;
        let prefix = prefix.unwrap();
        let empty_prefix = addresses::add_prefix(&mut cx, &prefix_form("203.0.113.0/24")).await;
        let reserved = addresses::reserve(&mut cx, prefix, &reserved_form()).await;
        let allocation = addresses::give(&mut cx, held, &next_of(prefix)).await;
        let question = addresses::ask(&mut cx, &question()).await.unwrap();
        let import = a_file(&mut cx, "Zola").await;
        let choices = import::get(&mut cx, import).await.unwrap().choices;
        let entered = bank::add(&mut cx, &bank_keys(), owner, &account())
            .await
            .unwrap();
        let unsigned = AccountForm {
            iban: "FR76 3000 6000 0112 3456 7890 189".into(),
            ..account()
        };
        let unsigned_account = bank::add(&mut cx, &bank_keys(), owner, &unsigned)
            .await
            .unwrap();
        let form = MandateForm {
            key: key(),
            account: entered.to_string(),
            kind: "recurring".into(),
            ..MandateForm::default()
        };
        let mandate = mandates::add(&mut cx, owner, &form).await.unwrap();
        let applied = a_file(&mut cx, "Quéméner").await;
        let rows = import::ProblemRows::Refuse;
        import::apply(&mut cx, applied, rows, &key(), &Progress::default())
            .await
            .unwrap();
        let service_import = services_file(&mut cx).await;
        let applied_services = services_file(&mut cx).await;
        import::services::apply(
            &mut cx,
            applied_services,
            rows,
            &key(),
            &Progress::default(),
        )
        .await
        .unwrap();
        let mail = a_mail(&mut cx).await;
        let mail_version = mail::settings(&mut cx).await.unwrap().version;
        let field = fields::add(&mut cx, &field_form("Badge")).await.unwrap();
        let made = (&registry(), &bank_keys());
        let plugin = plugins::add(&mut cx, made, "nuage", &plugin_form("one")).await;
        let three = PluginForm {
            given: Given::default().with("token", "hush"),
            ..plugin_form("three")
        };
        plugins::add(&mut cx, made, "nuage", &three).await.unwrap();
        let extraction = extractions::add(&mut cx, &registry(), "nuage", &extraction_form("group"))
            .await
            .unwrap();
        cx.commit().await.unwrap();
        fail(&bench).await;
        let (session, token) = sign_in(&bench, owner).await;
        Self {
            plugin: plugin.unwrap(),
            extraction,
            bench,
            hash,
            colleague,
            owner,
            member,
            session,
            token,
            draft,
            validated,
            stranger,
            person,
            banker,
            banker_with_login,
            bank,
            empty_bank,
            link,
            organisation,
            contact,
            kind,
            archived_kind,
            service_crew,
            service_type,
            archived_type,
            stock: stock.unwrap(),
            held,
            holding,
            prefix,
            empty_prefix: empty_prefix.unwrap(),
            reserved: reserved.unwrap(),
            allocation: allocation.unwrap(),
            question,
            import,
            service_import,
            applied_services,
            choices,
            field,
            applied,
            account: entered,
            unsigned_account,
            mandate,
            mail,
            mail_version,
        }
    }
}

/// A crew that validates with two people, one of them with a link; and one without people.
async fn a_bank(cx: &mut Cx) -> (CrewId, CrewId, PartyId, PartyId, String) {
    let rights = [Right::PaymentsValidate];
    let bank = crews::create(cx, "Banque", &rights).await.unwrap();
    let empty = crews::create(cx, "Banque vide", &rights).await.unwrap();
    let banker = a_party(cx, "person", "Banker").await;
    let with_login = a_party(cx, "person", "Invited").await;
    for person in [banker, with_login] {
        crews::add_person(cx, bank, person).await.unwrap();
    }
    let form = LoginForm {
        key: key(),
        login: "invited".into(),
    };
    let link = identity::invite(cx, with_login, &form).await.unwrap();
    (bank, empty, banker, with_login, link.unwrap().token)
}

async fn login(cx: &mut Cx, person: PartyId, name: &str, hash: &PasswordHash) {
    let name = LoginName::parse(name).unwrap();
    identity::create_login(cx, person, name, hash)
        .await
        .unwrap();
}

async fn sign_in(bench: &Bench, owner: PartyId) -> (SessionId, String) {
    let form = SignInForm {
        name: "lea".into(),
        password: SECRET.into(),
    };
    let (hasher, clock) = (Hasher::cheap(), Clock::At(bench.now));
    let from = Origin::default();
    let opened = identity::sign_in(&bench.db, &hasher, &clock, bench.tenant.id, &form, &from);
    let token = opened.await.unwrap().token;
    let mut cx = bench
        .view(&domain::db::testing::person_with(owner, &[]))
        .await;
    let session = identity::sessions(&mut cx).await.unwrap()[0].id;
    (session, token)
}

pub fn party(kind: &str, name: &str) -> PartyForm {
    PartyForm {
        key: key(),
        kind: kind.into(),
        name: name.into(),
        version: "1".into(),
        ..PartyForm::default()
    }
}

async fn a_party(cx: &mut Cx, kind: &str, name: &str) -> PartyId {
    people::add(cx, &party(kind, name)).await.unwrap()
}

pub fn kind_form(name: &str) -> KindForm {
    KindForm {
        key: key(),
        name: name.into(),
        price: "50".into(),
        version: "1".into(),
        ..KindForm::blank()
    }
}

async fn a_kind(cx: &mut Cx, name: &str) -> DuesKindId {
    dues::add_kind(cx, &kind_form(name)).await.unwrap()
}

pub fn type_form(name: &str, crew: CrewId) -> TypeForm {
    TypeForm {
        key: key(),
        version: "1".into(),
        name: name.into(),
        crew: crew.to_string(),
        price: "5".into(),
        addresses: "yes".into(),
        ..TypeForm::blank()
    }
}

async fn a_type(cx: &mut Cx, name: &str, crew: CrewId) -> ServiceTypeId {
    services::add_type(cx, &type_form(name, crew))
        .await
        .unwrap()
}

/// A network that nothing was handed out of.
pub fn prefix_form(network: &str) -> PrefixForm {
    PrefixForm {
        key: key(),
        version: "1".into(),
        network: network.into(),
        label: "Clients".into(),
        hands_out: "32".into(),
        ..PrefixForm::default()
    }
}

pub fn reserved_form() -> ReservedForm {
    ReservedForm {
        key: key(),
        range: "192.0.2.250".into(),
        reason: "passerelle".into(),
    }
}

pub fn next_of(prefix: PrefixId) -> GiveForm {
    GiveForm {
        key: key(),
        prefix: prefix.to_string(),
        ..GiveForm::default()
    }
}

pub fn question() -> WhoForm {
    WhoForm {
        key: key(),
        address: "192.0.2.7".into(),
        on: "2026-05-01".into(),
        time: "12:00".into(),
        reference: "réquisition 12".into(),
        ..WhoForm::default()
    }
}

pub fn service(kind: ServiceTypeId, label: &str) -> NewServiceForm {
    NewServiceForm {
        key: key(),
        kind: kind.to_string(),
        label: label.into(),
        ..NewServiceForm::default()
    }
}

pub fn terms(kind: DuesKindId, from_on: &str) -> TermsForm {
    TermsForm {
        from_on: from_on.into(),
        kind: kind.to_string(),
        ..TermsForm::default()
    }
}

pub fn membership() -> MembershipForm {
    MembershipForm {
        key: key(),
        joined_on: "2026-01-01".into(),
        version: "1".into(),
        ..MembershipForm::default()
    }
}

pub fn payment(member: MemberId) -> PaymentForm {
    PaymentForm {
        key: key(),
        version: "1".into(),
        member: member.to_string(),
        amount: "30".into(),
        method: "transfer".into(),
        received_on: "2026-05-04".into(),
        ..PaymentForm::default()
    }
}

pub fn outgoing() -> Outgoing {
    Outgoing {
        origin: "http://x.localhost".into(),
        host: "x.localhost".into(),
    }
}

/// Somebody who joined a week ago and paid nothing: a reminder is due.
async fn a_late_member(cx: &mut Cx, name: &str) {
    let form = PartyForm {
        email: format!("{name}@example.org"),
        ..party("person", name)
    };
    let party = people::add(cx, &form).await.unwrap();
    let form = MembershipForm {
        joined_on: (cx.today() - chrono::TimeDelta::days(8)).to_string(),
        ..membership()
    };
    members::add(cx, party, &form).await.unwrap();
}

/// A mail that waits; and one more reminder that is due.
async fn a_mail(cx: &mut Cx) -> MailId {
    let form = MailForm {
        sending: "by_hand".into(),
        steps: "7".into(),
        version: "0".into(),
        ..MailForm::default()
    };
    mail::save_settings(cx, &form).await.unwrap();
    a_late_member(cx, "late").await;
    let form = SendForm {
        key: key(),
        count: "1".into(),
    };
    reminders::send(cx, &form, Some(&outgoing())).await.unwrap();
    let mails = mail::not_sent(cx).await.unwrap();
    a_late_member(cx, "later").await;
    mails[0].id
}

/// The form of a file that ships.
pub fn extraction_form(kind: &str) -> ExtractionForm {
    ExtractionForm {
        key: key(),
        ..extractions::beginning(kind, domain::kernel::Locale::En)
    }
}

/// The form of a plugin that refuses everything.
pub fn plugin_form(name: &str) -> PluginForm {
    PluginForm {
        key: key(),
        kind: "mute".into(),
        name: name.into(),
        enabled: "yes".into(),
        wants: Wanted::default().with("crew", "yes"),
        given: Given::default().with("answer", "never"),
        ..PluginForm::default()
    }
}

/// Lets the plugin fail: what it could not do stands in the journal.
async fn fail(bench: &Bench) {
    let tools = Tools {
        db: bench.db.clone(),
        clock: Clock::At(bench.now),
        registry: registry(),
        keys: Arc::new(bank_keys()),
    };
    work::work(&tools, bench.tenant.id).await.unwrap();
}

pub const FILE: &str = "Nom;Montant\nZola;30\n";

async fn a_file(cx: &mut Cx, name: &str) -> ImportId {
    let file = format!("Nom;Montant\n{name};30\n");
    let taken = import::upload(cx, "a.csv", file.as_bytes(), &key()).await;
    taken.unwrap()
}

/// The keys of bank details.
pub fn bank_keys() -> Keys {
    Keys::parse(&format!("one:{}", "07".repeat(32))).unwrap()
}

/// The form of an account.
pub fn account() -> AccountForm {
    AccountForm {
        key: key(),
        iban: "BE68539007547034".into(),
        ..AccountForm::default()
    }
}

/// The form of a field of people.
pub fn field_form(label: &str) -> FieldForm {
    FieldForm {
        key: key(),
        on: "person".into(),
        kind: "text".into(),
        label: label.into(),
        ..FieldForm::default()
    }
}

/// A file of one more service, uploaded.
pub async fn services_file(cx: &mut Cx) -> ImportId {
    let file = format!("Type;Nom\nVPN;{}\n", key());
    import::services::upload(cx, "a.csv", file.as_bytes(), &key())
        .await
        .unwrap()
}
