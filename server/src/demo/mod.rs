//! The demonstration: an association with some hundred members of believable data, a
//! login for each role, and a second organisation to show that nothing crosses. It is
//! made by the same use-cases as everything else, only with earlier dates.

mod fields;
mod kinds;
mod names;
mod services;

use crate::cli::{Failed, the_operator};
use crate::config::{BANK_KEY_FILE, Config};
use chrono::{DateTime, Days, Utc};
use domain::access::{Actor, Rights, Via};
use domain::bank::mandates::{self, MandateForm};
use domain::bank::{self, AccountForm};
use domain::context::{Clock, Cx};
use domain::crews;
use domain::db::Db;
use domain::dues;
use domain::fields::Extra;
use domain::identity::{self, Hasher, Password};
use domain::kernel::{
    Code, Day, Locale, LoginName, MemberId, PartyId, PaymentId, Problem, Right, Slug,
};
use domain::members::{self, MembershipForm};
use domain::payments::{self, PaymentForm, ReversalForm};
use domain::people::{self, PartyForm};
use domain::plugins::extractions::{self, ExtractionForm};
use domain::portal::{self, Tenant, operators};
use domain::settings::{self, SettingsForm};
use kinds::{Kinds, Pays};
use names::Somebody;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

/// The password of every login of the demonstration.
pub const PASSWORD: &str = "equipage-de-demonstration";
/// The organisation that the demonstration is about.
pub const MAIN: &str = "nuage-libre";
/// The one beside it.
pub const OTHER: &str = "les-sentiers";
/// The login of its operator.
const OPERATOR: &str = "ada";
/// Days between two evenings on which the bank crew validates.
const BANK_EVENING: u64 = 14;

/// Makes the demonstration where it is not there yet, and prints its logins.
///
/// # Errors
/// A use-case's own; nothing of an organisation is kept half made.
pub async fn make(db: &Db, config: &Config) -> Result<(), Failed> {
    if portal::find(db, MAIN).await?.is_none() || !is_filled(db, MAIN).await? {
        eprintln!("Making the demonstration …");
        let hasher = Hasher::new();
        let hash = hasher.hash(&Password::parse(PASSWORD)?).await?;
        organisation(
            db,
            &hash,
            &Plan {
                slug: MAIN,
                title: "Nuage Libre",
                members: 412,
            },
        )
        .await?;
        organisation(
            db,
            &hash,
            &Plan {
                slug: OTHER,
                title: "Les Sentiers",
                members: 38,
            },
        )
        .await?;
    }
    accounts(db, config).await?;
    files(db, config).await?;
    operator(db, config).await?;
    print_logins(config);
    Ok(())
}

/// A key of its own where there is none, and Léa's account.
async fn accounts(db: &Db, config: &Config) -> Result<(), Failed> {
    let wrong = |e: std::io::Error| Failed::ours(format!("the demonstration's key: {e}"));
    if config.bank_keys().map_err(Failed::ours)?.is_empty() {
        std::fs::create_dir_all(&config.data).map_err(wrong)?;
        let line = bank::Keys::new_line("demo")?;
        let mut file = std::fs::OpenOptions::new();
        let file = file.write(true).create_new(true).mode(0o600);
        let mut file = file.open(config.data.join(BANK_KEY_FILE)).map_err(wrong)?;
        writeln!(file, "{line}").map_err(wrong)?;
    }
    let keys = config.bank_keys().map_err(Failed::ours)?;
    let Some(tenant) = portal::find(db, MAIN).await? else {
        return Ok(());
    };
    let mut cx = crate::cli::act(db, &tenant).await?;
    let Some(lea) = identity::find_login(&mut cx, "lea").await? else {
        return Ok(());
    };
    if bank::of_party(&mut cx, lea.person).await?.is_empty() {
        let form = AccountForm {
            key: new_key(),
            // The registry's example for Belgium.
            iban: "BE68 5390 0754 7034".into(),
            ..AccountForm::default()
        };
        let account = bank::add(&mut cx, &keys, lea.person, &form).await?;
        let form = MandateForm {
            key: new_key(),
            account: account.to_string(),
            reference: "NUAGE-2026-001".into(),
            kind: mandates::Kind::Recurring.name().into(),
            ..MandateForm::default()
        };
        mandates::add(&mut cx, lea.person, &form).await?;
        cx.commit().await?;
    }
    Ok(())
}

/// An operator, where the configuration says where they work and there is none.
async fn operator(db: &Db, config: &Config) -> Result<(), Failed> {
    if config.operator_host.is_none() || !operators::list(db).await?.is_empty() {
        return Ok(());
    }
    let hash = Hasher::new().hash(&Password::parse(PASSWORD)?).await?;
    let who = (&LoginName::parse(OPERATOR)?, "Ada");
    operators::add(db, &Clock::System, &the_operator(), who, &hash).await?;
    Ok(())
}

/// Files that are made, where the configuration says where.
async fn files(db: &Db, config: &Config) -> Result<(), Failed> {
    let Some(tenant) = portal::find(db, MAIN).await? else {
        return Ok(());
    };
    let mut cx = crate::cli::act(db, &tenant).await?;
    if config.plugins.extractions.is_none() || !extractions::list(&mut cx).await?.is_empty() {
        return Ok(());
    }
    let registry = crate::plugins::registry(&config.plugins);
    for kind in ["passwd", "aliases", "zone"] {
        let form = ExtractionForm {
            key: new_key(),
            ..extractions::beginning(kind, Locale::Fr)
        };
        extractions::add(&mut cx, &registry, MAIN, &form).await?;
    }
    cx.commit().await?;
    Ok(())
}

fn print_logins(config: &Config) {
    let port = config.listen.port();
    println!(
        "Nuage Libre      http://{MAIN}.{}:{port}",
        config.base_domain
    );
    println!("  tom     membre d’équipage : membres, saisie des paiements");
    println!("  claire  équipe banque : valide les paiements");
    println!("  ines    administration : réglages, types de services, traces");
    println!("  malik   équipe réseau : services VPN");
    println!("  jeanne  équipe hébergement : ne voit rien des VPN");
    println!("  lea     membre");
    println!(
        "Les Sentiers     http://{OTHER}.{}:{port}",
        config.base_domain
    );
    println!("  nora    membre d’équipage et équipe banque");
    if let Some(host) = &config.operator_host {
        println!("Exploitation     http://{host}:{port}");
        println!("  {OPERATOR}     fait tourner l’installation");
    }
    println!("Mot de passe de chacun : {PASSWORD}");
}

struct Plan {
    slug: &'static str,
    title: &'static str,
    members: usize,
}

async fn is_filled(db: &Db, slug: &str) -> Result<bool, Failed> {
    let Some(tenant) = portal::find(db, slug).await? else {
        return Ok(false);
    };
    let mut cx = crate::cli::act(db, &tenant).await?;
    Ok(identity::find_login(&mut cx, first_login(slug))
        .await?
        .is_some())
}

fn first_login(slug: &str) -> &'static str {
    if slug == MAIN { "tom" } else { "nora" }
}

/// One organisation, in one transaction.
async fn organisation(db: &Db, hash: &identity::PasswordHash, plan: &Plan) -> Result<(), Failed> {
    let slug = Slug::parse(plan.slug)?;
    let tenant: Tenant = match portal::find(db, plan.slug).await? {
        Some(tenant) => tenant,
        None => portal::create(db, &Clock::System, slug, plan.title, Locale::Fr).await?,
    };
    let mut cx = crate::cli::act(db, &tenant).await?;
    decide(&mut cx).await?;
    let kinds = kinds::make(&mut cx, plan.slug).await?;
    if plan.slug == MAIN {
        fields::make(&mut cx).await?;
    }
    let staff = staff(&mut cx, hash, plan, &kinds).await?;
    let mut world = World {
        now: cx.now,
        staff,
        kinds,
        draw: Draw(plan.members as u64),
        entered: BTreeMap::new(),
    };
    let mut members = Vec::with_capacity(plan.members);
    for n in 0..plan.members {
        members.push(world.somebody(&mut cx, n).await?);
    }
    world.family(&mut cx, &members).await?;
    if plan.slug == MAIN {
        services::make(&mut world, &mut cx, hash, &members).await?;
    }
    world.validate_all(&mut cx).await?;
    world.reverse_two(&mut cx).await?;
    cx.actor = Actor::operator();
    Ok(cx.commit().await?)
}

async fn decide(cx: &mut Cx) -> Result<(), Failed> {
    let present = settings::get(cx).await?;
    let form = SettingsForm {
        // The example account of the French banks' own documents.
        iban: "FR76 3000 6000 0112 3456 7890 189".into(),
        // The Banque de France's own example.
        creditor_id: "FR72ZZZ123456".into(),
        address: "12 rue des Filatiers\n31000 Toulouse".into(),
        place: "Toulouse".into(),
        ..SettingsForm::of(&present)
    };
    Ok(settings::save(cx, &form).await?)
}

/// Those who work with the program.
struct Staff {
    enters: Actor,
    validates: Actor,
}

const CREW: &[Right] = &[
    Right::People,
    Right::Members,
    Right::PaymentsAdd,
    Right::PaymentsChange,
    Right::PaymentsDelete,
];
const BANK: &[Right] = &[
    Right::PaymentsAdd,
    Right::PaymentsChange,
    Right::PaymentsDelete,
    Right::PaymentsValidate,
];
const ADMINISTRATION: &[Right] = &[
    Right::People,
    Right::Members,
    Right::ServiceTypes,
    Right::Prefixes,
    Right::AddressHistory,
    Right::Settings,
];

async fn staff(
    cx: &mut Cx,
    hash: &identity::PasswordHash,
    plan: &Plan,
    kinds: &Kinds,
) -> Result<Staff, Failed> {
    let crew = crews::create(cx, "Équipe adhésions", CREW).await?;
    let bank = crews::create(cx, "Équipe banque", BANK).await?;
    let administration = crews::create(cx, "Administration", ADMINISTRATION).await?;
    let people: &[(&str, &str, &str, &[domain::kernel::CrewId])] = if plan.slug == MAIN {
        &[
            ("tom", "Tom", "Verhaegen", &[crew]),
            ("claire", "Claire", "Marchetti", &[bank]),
            ("ines", "Inès", "Carvalho", &[administration]),
            ("lea", "Léa", "Benamar", &[]),
        ]
    } else {
        &[
            ("nora", "Nora", "Lindqvist", &[crew, bank]),
            ("paul", "Paul", "Etcheverry", &[bank]),
        ]
    };
    let mut made = Vec::new();
    for (login, given_name, name, joins) in people {
        let person = login_of(cx, hash, login, given_name, name).await?;
        for crew in *joins {
            crews::add_person(cx, *crew, person).await?;
        }
        let joined = cx
            .today()
            .checked_sub_days(Days::new(900))
            .unwrap_or(cx.today());
        let member = join(cx, person, joined, Extra::default()).await?;
        made.push((person, format!("{given_name} {name}"), member));
    }
    let actor = |n: usize| {
        let (person, name) = made
            .get(n)
            .map(|m| (Some(m.0), m.1.clone()))
            .unwrap_or_default();
        // The demonstration writes history; the rights are those that the crews give.
        Actor {
            person,
            name,
            rights: Rights::operator(),
            via: Via::Cli,
        }
    };
    let staff = Staff {
        enters: actor(0),
        validates: actor(1),
    };
    let mut world = World {
        now: cx.now,
        staff,
        kinds: kinds.clone(),
        draw: Draw(7),
        entered: BTreeMap::new(),
    };
    for (_, _, member) in &made {
        world.pays(cx, *member, 3, Ends::InOrder).await?;
    }
    world.validate_all(cx).await?;
    cx.actor = Actor::operator();
    cx.now = world.now;
    Ok(world.staff)
}

async fn login_of(
    cx: &mut Cx,
    hash: &identity::PasswordHash,
    login: &str,
    given_name: &str,
    name: &str,
) -> Result<PartyId, Failed> {
    let form = PartyForm {
        key: new_key(),
        kind: "person".into(),
        given_name: given_name.into(),
        name: name.into(),
        email: format!("{login}@example.org"),
        city: "Toulouse".into(),
        postcode: "31000".into(),
        ..PartyForm::default()
    };
    let person = people::add(cx, &form).await?;
    identity::create_login(cx, person, LoginName::parse(login)?, hash).await?;
    Ok(person)
}

async fn join(cx: &mut Cx, party: PartyId, on: Day, extra: Extra) -> Result<MemberId, Failed> {
    let form = MembershipForm {
        key: new_key(),
        joined_on: on.to_string(),
        extra,
        ..MembershipForm::default()
    };
    Ok(members::add(cx, party, &form).await?)
}

fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// How a member's payments end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    InOrder,
    Late,
    Waiting,
    Never,
}

/// Chance that is the same each time.
struct Draw(u64);

impl Draw {
    /// A number below `n` (a linear congruential generator; Knuth, TAOCP 3.3.4).
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n.max(1)
    }
}

struct World {
    now: DateTime<Utc>,
    staff: Staff,
    kinds: Kinds,
    draw: Draw,
    /// What is to be validated, by the evening of so many days ago, the earliest first.
    entered: BTreeMap<Reverse<u64>, Vec<PaymentId>>,
}

impl World {
    fn days_ago(&self, days: u64) -> DateTime<Utc> {
        self.now
            .checked_sub_days(Days::new(days))
            .unwrap_or(self.now)
    }

    /// A person or an organisation that becomes a member and pays, or does not.
    async fn somebody(&mut self, cx: &mut Cx, n: usize) -> Result<MemberId, Failed> {
        let who: Somebody = names::somebody(n, &mut |below| self.draw.below(below));
        let extra = fields::of(n, cx.today());
        let form = PartyForm {
            key: new_key(),
            kind: who.kind.into(),
            given_name: who.given_name,
            name: who.name,
            email: who.email,
            phone: who.phone,
            street: who.street,
            postcode: who.postcode.into(),
            city: who.city.into(),
            extra: extra.clone(),
            ..PartyForm::default()
        };
        let joined_days_ago = 30 + self.draw.below(1900);
        cx.now = self.days_ago(joined_days_ago);
        cx.actor = self.staff.enters.clone();
        let party = people::add(cx, &form).await?;
        let member = join(cx, party, cx.today(), extra).await?;
        let how = Pays::of(n);
        self.kinds.say(cx, member, how).await?;
        if how == Pays::Nothing {
            return Ok(member);
        }
        let ends = match self.draw.below(100) {
            0..9 => Ends::Late,
            9..19 => Ends::Waiting,
            19..22 => Ends::Never,
            _ => Ends::InOrder,
        };
        let years = 1 + joined_days_ago / 365;
        self.pays(cx, member, years.min(4), ends).await?;
        Ok(member)
    }

    /// Somebody who pays for two others.
    async fn family(&mut self, cx: &mut Cx, members: &[MemberId]) -> Result<(), Failed> {
        let [first, second, third, ..] = members else {
            return Ok(());
        };
        cx.now = self.days_ago(20);
        cx.actor = self.staff.enters.clone();
        let payer = members::get(cx, *first).await?.party.id;
        for other in [second, third] {
            dues::set_payer(cx, *other, Some(payer)).await?;
        }
        Ok(())
    }

    /// A member's payments, year by year, up to now.
    async fn pays(
        &mut self,
        cx: &mut Cx,
        member: MemberId,
        years: u64,
        ends: Ends,
    ) -> Result<(), Failed> {
        if ends == Ends::Never {
            return Ok(());
        }
        // The last period began so many days ago; the late ones' has run out.
        let last = match ends {
            Ends::Late => 380 + self.draw.below(300),
            _ => 15 + self.draw.below(330),
        };
        for year in (0..years).rev() {
            let started = last + year * 365;
            let is_last = year == 0;
            let waits = is_last && ends == Ends::Waiting;
            let entered = if waits {
                self.draw.below(13)
            } else {
                started.saturating_sub(self.draw.below(6))
            };
            cx.now = self.days_ago(entered);
            cx.actor = self.staff.enters.clone();
            let payment = self.enter(cx, member, started.max(entered)).await?;
            if waits {
                continue;
            }
            self.evening(entered, payment);
        }
        Ok(())
    }

    /// What was entered so many days ago is validated on the bank crew's next evening.
    fn evening(&mut self, entered: u64, payment: PaymentId) {
        let day = entered - entered % BANK_EVENING;
        self.entered.entry(Reverse(day)).or_default().push(payment);
    }

    /// The bank crew's evenings, in their order: receipts are numbered by day.
    async fn validate_all(&mut self, cx: &mut Cx) -> Result<(), Failed> {
        cx.actor = self.staff.validates.clone();
        for (Reverse(day), payments) in std::mem::take(&mut self.entered) {
            cx.now = self.days_ago(day);
            for some in payments.chunks(payments::AT_ONCE_MAX) {
                payments::validate(cx, some, &new_key()).await?;
            }
        }
        Ok(())
    }

    async fn enter(
        &mut self,
        cx: &mut Cx,
        member: MemberId,
        started: u64,
    ) -> Result<PaymentId, Failed> {
        let present = dues::of_member(cx, member).await?;
        let own = present.terms.iter().find_map(|terms| terms.own);
        let methods = [
            "transfer",
            "transfer",
            "transfer",
            "transfer",
            "cheque",
            "cash",
            "card",
            "direct_debit",
        ];
        let pick = usize::try_from(self.draw.below(methods.len() as u64)).unwrap_or_default();
        let from = self.days_ago(started).date_naive();
        let kind = present.kind.ok_or_else(|| Problem::new(Code::NotFound))?;
        let period = kinds::period(kind.cycle, from);
        let amount = own.unwrap_or_else(|| kind.price_on(from));
        let form = PaymentForm {
            key: new_key(),
            member: member.to_string(),
            amount: Locale::Fr.money_input(amount),
            method: methods.get(pick).copied().unwrap_or("transfer").into(),
            received_on: cx.today().to_string(),
            period_from: period.from().to_string(),
            period_until: period.until().to_string(),
            kind: kind.id.to_string(),
            ..PaymentForm::default()
        };
        Ok(payments::add(cx, &form).await?)
    }

    /// Two payments that came back: one reversal is validated, the other waits.
    async fn reverse_two(&mut self, cx: &mut Cx) -> Result<(), Failed> {
        let somebody = names::somebody(3, &mut |_| 0);
        for n in 0..2_u64 {
            let form = PartyForm {
                key: new_key(),
                kind: "person".into(),
                given_name: if n == 0 {
                    "Gaspard".into()
                } else {
                    "Maëlle".into()
                },
                name: if n == 0 {
                    "Thibault".into()
                } else {
                    "Quéméner".into()
                },
                city: somebody.city.into(),
                postcode: somebody.postcode.into(),
                ..PartyForm::default()
            };
            cx.now = self.days_ago(40);
            cx.actor = self.staff.enters.clone();
            let party = people::add(cx, &form).await?;
            let member = join(cx, party, cx.today(), Extra::default()).await?;
            let payment = self.enter(cx, member, 40).await?;
            cx.now = self.days_ago(38);
            cx.actor = self.staff.validates.clone();
            payments::validate(cx, &[payment], &new_key()).await?;
            cx.now = self.days_ago(6 - n);
            cx.actor = self.staff.enters.clone();
            let form = ReversalForm {
                key: new_key(),
                reason: "Chèque revenu impayé".into(),
            };
            let reversal = payments::reverse(cx, payment, &form).await?;
            if n == 0 {
                cx.now = self.days_ago(4);
                cx.actor = self.staff.validates.clone();
                payments::validate(cx, &[reversal], &new_key()).await?;
            }
        }
        Ok(())
    }
}
