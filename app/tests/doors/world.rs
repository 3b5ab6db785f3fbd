//! An organisation with people of every role, a sibling beside it, and the whole site over both.

use super::ask::{Answer, Ask, encoded};
use super::table::{Door, Thing};
use app::request::Shared;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::bank::mandates::{self, MandateForm};
use domain::context::{Clock, Cx};
use domain::db::Db;
use domain::dues::{self, KindForm};
use domain::fields::{self, FieldForm, Given, Wanted};
use domain::identity::{self, Hasher, Origin, Password, SignInForm};
use domain::kernel::{
    DuesKindId, Locale, LoginName, PartyId, PrefixId, Problem, Right, ServiceId, ServiceTypeId,
    Slug,
};
use domain::members::{self, MembershipForm};
use domain::payments::{self, PaymentForm};
use domain::people::{self, PartyForm};
use domain::plugins::extractions::{self, ExtractionForm};
use domain::plugins::testing::registry;
use domain::plugins::work::{self, Tools};
use domain::plugins::{self, PluginForm};
use domain::portal::{self, Operator, Tenant, operators};
use domain::services::addresses::{self, GiveForm, PrefixForm, ReservedForm, WhoForm};
use domain::services::{self, NewServiceForm, TypeForm};
use domain::{bank, crews, import};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt;
use uuid::Uuid;

/// The password of everybody.
pub const PASSWORD: &str = "quatre mots mis bout";
/// The host of the operators' pages.
pub const OPERATORS: &str = "operator.localhost";
/// The port that stands in every address.
const PORT: u16 = 3000;
/// The most of an answer that is read.
const ANSWER_MAX: usize = 64 << 20;

/// The roles: a login's name, and its rights.
pub const ROLES: &[(&str, &[Right])] = &[
    ("toutes", Right::ALL),
    ("membre", &[]),
    (
        "equipe",
        &[
            Right::People,
            Right::Members,
            Right::PaymentsAdd,
            Right::PaymentsChange,
            Right::PaymentsDelete,
        ],
    ),
    ("banque", &[Right::PaymentsValidate]),
    ("reglages", &[Right::Settings]),
    ("verrou", &[]),
];

/// An organisation with its own address.
pub struct House {
    pub tenant: Tenant,
    pub host: String,
    people: BTreeMap<&'static str, PartyId>,
}

pub struct World {
    pub db: Db,
    pub here: House,
    pub sibling: House,
    /// The folder of the SQLite files, where it is SQLite.
    pub folder: Option<tempfile::TempDir>,
    site: Router,
    hasher: Hasher,
    now: DateTime<Utc>,
    cookies: BTreeMap<(String, &'static str), String>,
    things: BTreeMap<Thing, String>,
    addresses: AtomicU32,
}

fn new_key() -> String {
    Uuid::now_v7().to_string()
}

impl World {
    /// On a SQLite folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(folder.path()).await.unwrap();
        Self::over(db, Some(folder)).await
    }

    /// In the private PostgreSQL of `script/postgres`.
    pub async fn postgres() -> Self {
        let db = domain::db::testing::open_postgres().await.unwrap();
        Self::over(db, None).await
    }

    async fn over(db: Db, folder: Option<tempfile::TempDir>) -> Self {
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        let hasher = Hasher::cheap();
        let shared = Shared {
            db: db.clone(),
            hasher: hasher.clone(),
            jobs: app::jobs::Jobs::default(),
            plugins: registry(),
            mail: app::mailing::Mailing::new(
                "http",
                "localhost",
                Some(PORT),
                None,
                Some(Arc::default()),
            ),
            clock: Clock::At(now),
            base_domain: "localhost".into(),
            default_tenant: None,
            operator_host: Some(OPERATORS.into()),
            secure: false,
            bank: keys(),
            audit_keys: chain::PublicKeys::default(),
            address_header: Some("x-address".into()),
        };
        let mut world = Self {
            here: house(&db, "Nuage Libre").await,
            sibling: house(&db, "Les Sentiers").await,
            db,
            folder,
            site: app::http::site(Arc::new(shared)),
            hasher,
            now,
            cookies: BTreeMap::new(),
            things: BTreeMap::new(),
            addresses: AtomicU32::new(1),
        };
        for sibling in [false, true] {
            let people = world.fill(sibling).await;
            if sibling {
                world.sibling.people = people
            } else {
                world.here.people = people
            }
        }
        world
    }

    /// The whole site, to look at.
    pub fn site(&self) -> &Router {
        &self.site
    }

    async fn fill(&self, sibling: bool) -> BTreeMap<&'static str, PartyId> {
        let house = if sibling { &self.sibling } else { &self.here };
        let hash = self
            .hasher
            .hash(&Password::parse(PASSWORD).unwrap())
            .await
            .unwrap();
        let mut people = BTreeMap::new();
        let mut cx = self.cx(&house.tenant).await;
        for (login, rights) in ROLES {
            let person = a_person(&mut cx, "Rôle", login).await;
            identity::create_login(&mut cx, person, LoginName::parse(login).unwrap(), &hash)
                .await
                .unwrap();
            if !rights.is_empty() {
                let crew = crews::create(&mut cx, login, rights).await.unwrap();
                crews::add_person(&mut cx, crew, person).await.unwrap();
            }
            people.insert(*login, person);
        }
        // One on each that has fields, but organisations: in their forms, pages and lists.
        for (on, label) in [
            ("person", "Métier"),
            ("member", "Badge"),
            ("service", "Port"),
            ("service_type", "Fournisseur"),
            ("crew", "Salle"),
        ] {
            a_field(&mut cx, on, label).await;
        }
        cx.commit().await.unwrap();
        people
    }

    async fn cx(&self, tenant: &Tenant) -> Cx {
        let tx = self.db.write(tenant.id).await.unwrap();
        Cx::new(
            tenant.id,
            Actor::operator(),
            self.now,
            chrono_tz::Europe::Paris,
            tx,
        )
    }

    /// What is asked of the site, with nothing added.
    pub async fn send(&self, ask: &Ask) -> Answer {
        Self::send_to(&self.site, ask).await
    }

    /// The same of another site: this one, behind something.
    pub async fn send_to(site: &Router, ask: &Ask) -> Answer {
        let mut request = Request::builder().method(ask.method.as_str()).uri(&ask.uri);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(ask.body.clone())).unwrap();
        let response = site.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, ANSWER_MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The same, from the site's own pages: with the host, its origin and an address of its own.
    pub async fn visit(&self, ask: &Ask, cookie: Option<&str>) -> Answer {
        self.send(&self.dressed(ask, cookie)).await
    }

    /// What a browser adds at the sibling's.
    pub fn at_the_siblings(&self, ask: &Ask, cookie: &str) -> Ask {
        let host = &self.sibling.host;
        let ask = ask.clone().with("host", host.clone());
        let ask = ask.with("origin", format!("http://{host}"));
        ask.with("cookie", cookie)
    }

    /// What a browser adds.
    pub fn dressed(&self, ask: &Ask, cookie: Option<&str>) -> Ask {
        let host = &self.here.host;
        let [a, b, c, d] = self.addresses.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut ask = ask
            .clone()
            .with("host", host.clone())
            .with("origin", format!("http://{host}"));
        // So that many failures at signing in lock nobody out but the account.
        ask = ask.with("x-address", format!("10.{}.{c}.{d}", a.wrapping_add(b)));
        match cookie {
            Some(cookie) => ask.with("cookie", cookie),
            None => ask,
        }
    }

    /// The cookie of somebody's session.
    pub async fn cookie(&mut self, sibling: bool, login: &'static str) -> String {
        let house = if sibling { &self.sibling } else { &self.here };
        let place = (house.host.clone(), login);
        if let Some(cookie) = self.cookies.get(&place) {
            return cookie.clone();
        }
        // Setting the password ends a lock that earlier requests may have brought.
        let hash = self
            .hasher
            .hash(&Password::parse(PASSWORD).unwrap())
            .await
            .unwrap();
        let mut cx = self.cx(&house.tenant).await;
        identity::set_password(&mut cx, house.people[login], &hash)
            .await
            .unwrap();
        cx.commit().await.unwrap();
        let cookie = self.sign_in(house, login).await;
        self.cookies.insert(place, cookie.clone());
        cookie
    }

    async fn sign_in(&self, house: &House, login: &str) -> String {
        let form = [
            ("name".to_owned(), encoded(login)),
            ("password".to_owned(), encoded(PASSWORD)),
        ];
        let host = &house.host;
        let ask = Ask::new("POST", "/login")
            .with("host", host.clone())
            .with("origin", format!("http://{host}"));
        let answer = self.send(&ask.form(&form)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login} signs in");
        let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        let session = cookies
            .filter_map(|c| c.to_str().ok())
            .find(|c| c.starts_with("session="))
            .unwrap();
        session.split(';').next().unwrap().to_owned()
    }

    /// The time that the site has.
    pub fn clock(&self) -> Clock {
        Clock::At(self.now)
    }

    /// A new operator, and the cookie of their session.
    pub async fn operator(&self) -> (String, String) {
        let login = login_name();
        let name = LoginName::parse(&login).unwrap();
        let password = Password::parse(PASSWORD).unwrap();
        let hash = self.hasher.hash(&password).await.unwrap();
        let (by, clock) = (Operator::at_the_machine("root"), self.clock());
        let added = operators::add(&self.db, &clock, &by, (&name, "Ada"), &hash);
        added.await.unwrap();
        let form = SignInForm {
            name: login.clone(),
            password: PASSWORD.into(),
        };
        let from = Origin::default();
        let opened = operators::sign_in(&self.db, &self.hasher, &clock, &form, &from);
        let token = opened.await.unwrap().token;
        (login, format!("operator={token}"))
    }

    /// What a browser adds on the operators' host.
    pub fn at_the_operators(&self, ask: &Ask, cookie: Option<&str>) -> Ask {
        let mut ask = self.dressed(ask, cookie);
        let host = format!("{OPERATORS}:{PORT}");
        for (name, value) in &mut ask.headers {
            match *name {
                "host" => host.clone_into(value),
                "origin" => *value = format!("http://{host}"),
                _ => (),
            }
        }
        ask
    }

    /// Forgets sessions and things: something was done with them.
    pub fn used_up(&mut self, door: &Door) {
        if door.path.starts_with("/account") || door.path == "/logout" || door.path == "/login" {
            self.cookies.clear();
        }
        self.things.clear();
    }

    /// An address behind a door, with things that are there.
    pub async fn path(&mut self, door: &Door) -> String {
        let mut path = door.path.to_owned();
        for &thing in door.things {
            let id = self.thing(thing).await;
            let (from, to) = (path.find('{').unwrap(), path.find('}').unwrap());
            path.replace_range(from..=to, &id);
        }
        path
    }

    /// A door's form with good contents, not yet encoded.
    pub async fn good(&mut self, door: &Door) -> Vec<(String, String)> {
        let mut form = Vec::new();
        if door.path == "/settings/fields/new" {
            let mut cx = self.cx(&self.here.tenant).await;
            few_fields(&mut cx).await;
            let _ = cx.commit().await;
        }
        if door.path == "/settings/plugins/new" {
            let mut cx = self.cx(&self.here.tenant).await;
            no_plugins(&mut cx).await;
            let _ = cx.commit().await;
        }
        for field in door.fields {
            let value = match field.good {
                "@key" => new_key(),
                "@name" => format!("Zola {}", new_key()),
                "@login" => login_name(),
                "@person" => self.thing(Thing::Person).await,
                "@member" => self.thing(Thing::Member).await,
                "@payer" => self.thing(Thing::Payer).await,
                "@paid" => self.thing(Thing::PaidFor).await,
                "@held-account" => self.thing(Thing::HeldAccount).await,
                "@kind" => self.thing(Thing::Kind).await,
                "@service-type" => self.thing(Thing::ServiceType).await,
                "@network" => a_network(),
                "@services-file" => {
                    // Who has no type of services has nothing to import.
                    self.thing(Thing::ServiceType).await;
                    "Type;Nom\nVPN;vpn-1\n".into()
                }
                "@range" => self.thing(Thing::Range).await,
                "@free" => self.thing(Thing::Free).await,
                "@carrying-type" => {
                    let mut cx = self.cx(&self.here.tenant).await;
                    let id = a_carrying_type(&mut cx).await;
                    cx.commit().await.unwrap();
                    id.to_string()
                }
                "@crew" => self.crew().await.to_string(),
                "@draft" => self.thing(Thing::Draft).await,
                "@reminders" => {
                    let mut cx = self.cx(&self.here.tenant).await;
                    turn_mail_on(&mut cx).await;
                    a_late_member(&mut cx).await;
                    let count = to_send(&mut cx).await;
                    cx.commit().await.unwrap();
                    count
                }
                "@mail" => {
                    let mut cx = self.cx(&self.here.tenant).await;
                    let decided = domain::mail::settings(&mut cx).await;
                    decided.unwrap().version.to_string()
                }
                "@settings" => {
                    let mut cx = self.cx(&self.here.tenant).await;
                    domain::settings::get(&mut cx)
                        .await
                        .unwrap()
                        .version
                        .to_string()
                }
                good => good.to_owned(),
            };
            form.push((field.name.to_owned(), value));
        }
        // A column's field comes once for each column.
        if door.method == "POST" && door.path.ends_with("/columns") {
            form.insert(1, ("columns".into(), "ignore".into()));
        }
        form
    }

    /// The number of what a plugin could not do.
    async fn a_failure(&mut self) -> String {
        let mut cx = self.cx(&self.here.tenant).await;
        let plugin = a_plugin(&mut cx, "never").await;
        cx.commit().await.unwrap();
        let tools = Tools {
            db: self.db.clone(),
            clock: Clock::At(self.now),
            registry: registry(),
            keys: Arc::new(keys()),
        };
        // Those of earlier requests have something to do, too.
        while work::work(&tools, self.here.tenant.id).await.unwrap() > 0 {}
        let mut cx = self.cx(&self.here.tenant).await;
        let filter = plugins::JournalFilter {
            plugin: plugin.parse().ok(),
            ..plugins::JournalFilter::default()
        };
        let page = domain::kernel::PageRequest::new(1);
        let found = plugins::journal(&mut cx, &filter, page).await.unwrap();
        found.rows[0].number.to_string()
    }

    /// The id of something that is there and that nobody changed.
    pub async fn thing(&mut self, thing: Thing) -> String {
        if let Some(id) = self.things.get(&thing) {
            return id.clone();
        }
        if thing == Thing::Contact {
            Box::pin(self.thing(Thing::Organisation)).await;
            return self.things[&Thing::Contact].clone();
        }
        if thing == Thing::Holding {
            Box::pin(self.thing(Thing::Held)).await;
            return self.things[&Thing::Holding].clone();
        }
        let behind = match thing {
            Thing::Reserved => Some(Thing::Prefix),
            Thing::Range => Some(Thing::Unused),
            Thing::Allocation | Thing::Free => Some(Thing::Addressed),
            Thing::HeldAccount | Thing::Mandate => Some(Thing::Holder),
            _ => None,
        };
        if let Some(behind) = behind {
            Box::pin(self.thing(behind)).await;
            return self.things[&thing].clone();
        }
        if thing == Thing::PaidFor {
            Box::pin(self.thing(Thing::Payer)).await;
            return self.things[&Thing::PaidFor].clone();
        }
        if thing == Thing::InCrew {
            Box::pin(self.thing(Thing::Crew)).await;
            return self.things[&Thing::InCrew].clone();
        }
        if thing == Thing::Session {
            let id = self.another_session().await;
            self.things.insert(thing, id.clone());
            return id;
        }
        if thing == Thing::Failed {
            let number = self.a_failure().await;
            self.things.insert(thing, number.clone());
            return number;
        }
        let mut cx = self.cx(&self.here.tenant).await;
        let mut more: Vec<(Thing, String)> = Vec::new();
        let (mut contact, mut paid, mut in_crew, mut holding) = (None, None, None, None);
        let id = match thing {
            Thing::Erasable => a_person(&mut cx, "Zoé", "Effaçable").await.to_string(),
            Thing::Person => a_person(&mut cx, "Zoé", &format!("Zola {}", new_key()))
                .await
                .to_string(),
            Thing::Organisation => {
                let person = a_person(&mut cx, "Zoé", &format!("Zola {}", new_key())).await;
                let organisation =
                    a_party(&mut cx, "organisation", "", &format!("Asso {}", new_key())).await;
                people::add_contact(&mut cx, organisation, person, "présidente")
                    .await
                    .unwrap();
                contact = Some(person.to_string());
                organisation.to_string()
            }
            Thing::Payer => {
                let payer = a_person(&mut cx, "Zoé", &format!("Zola {}", new_key())).await;
                let member = a_member(&mut cx).await;
                dues::set_payer(&mut cx, member.parse().unwrap(), Some(payer))
                    .await
                    .unwrap();
                paid = Some(member);
                payer.to_string()
            }
            Thing::Account => an_account(&mut cx).await.1,
            Thing::Holder => {
                let (somebody, account) = an_account(&mut cx).await;
                let form = MandateForm {
                    key: new_key(),
                    account: account.clone(),
                    kind: "recurring".into(),
                    ..MandateForm::default()
                };
                let mandate = mandates::add(&mut cx, somebody, &form).await.unwrap();
                more.push((Thing::HeldAccount, account));
                more.push((Thing::Mandate, mandate.to_string()));
                somebody.to_string()
            }
            Thing::Field => {
                few_fields(&mut cx).await;
                a_field(&mut cx, "organisation", &format!("Champ {}", new_key())).await
            }
            Thing::ServiceType => a_service_type(&mut cx).await.to_string(),
            Thing::Stock => a_service(&mut cx, "").await.to_string(),
            Thing::Held => {
                let member = a_member(&mut cx).await;
                let id = a_service(&mut cx, &member).await;
                let known = services::known(&mut cx, id).await.unwrap();
                holding = Some(known.held[0].holding.id.to_string());
                id.to_string()
            }
            Thing::Kind => a_kind(&mut cx).await.to_string(),
            Thing::Member => a_member(&mut cx).await,
            Thing::Draft => a_payment(&mut cx).await.to_string(),
            Thing::Validated => {
                let id = a_payment(&mut cx).await;
                cx.actor.person = Some(self.here.people["banque"]);
                let done = payments::validate(&mut cx, &[id], &new_key())
                    .await
                    .unwrap();
                assert_eq!(done[0].1, payments::Outcome::Validated);
                id.to_string()
            }
            Thing::Import => {
                let file = "Nom;Montant\nZoé Zola;30\n".as_bytes();
                import::upload(&mut cx, "a.csv", file, &new_key())
                    .await
                    .unwrap()
                    .to_string()
            }
            Thing::Applied => {
                let file = format!("Nom;Montant\nZoé {};30\n", new_key());
                let id = import::upload(&mut cx, "a.csv", file.as_bytes(), &new_key())
                    .await
                    .unwrap();
                let progress = import::Progress::default();
                let rows = import::ProblemRows::Refuse;
                import::apply(&mut cx, id, rows, &new_key(), &progress)
                    .await
                    .unwrap();
                id.to_string()
            }
            Thing::ServiceImport => {
                a_service_type(&mut cx).await;
                a_file_of_services(&mut cx, "vpn-1").await.to_string()
            }
            Thing::AppliedServices => {
                let kind = a_service_type(&mut cx).await;
                let id = a_file_of_services(&mut cx, &new_key()).await;
                let mut choices = import::services::get(&mut cx, id).await.unwrap().choices;
                choices.kind = Some(kind);
                import::services::set_choices(&mut cx, id, &choices)
                    .await
                    .unwrap();
                let progress = import::Progress::default();
                let rows = import::ProblemRows::Refuse;
                import::services::apply(&mut cx, id, rows, &new_key(), &progress)
                    .await
                    .unwrap();
                id.to_string()
            }
            Thing::Mail => a_mail(&mut cx).await,
            Thing::Plugin => a_plugin(&mut cx, "always").await,
            Thing::Extraction => an_extraction(&mut cx).await,
            Thing::Guest => a_guest(&mut cx).await.0,
            Thing::Link => a_guest(&mut cx).await.1,
            Thing::EmptyCrew => a_crew(&mut cx).await.to_string(),
            Thing::Crew => {
                let crew = a_crew(&mut cx).await;
                let person = a_person(&mut cx, "Zoé", &format!("Zola {}", new_key())).await;
                crews::add_person(&mut cx, crew, person).await.unwrap();
                in_crew = Some(person.to_string());
                crew.to_string()
            }
            Thing::Prefix => {
                let (id, network) = a_prefix(&mut cx).await;
                let form = ReservedForm {
                    key: new_key(),
                    range: format!("{}9", network.addr()),
                    reason: "passerelle".into(),
                };
                let reserved = addresses::reserve(&mut cx, id, &form).await.unwrap();
                more.push((Thing::Reserved, reserved.to_string()));
                id.to_string()
            }
            Thing::Unused => {
                let (id, network) = a_prefix(&mut cx).await;
                more.push((Thing::Range, format!("{}9", network.addr())));
                id.to_string()
            }
            Thing::Addressed => {
                let (prefix, network) = a_prefix(&mut cx).await;
                let form = NewServiceForm {
                    key: new_key(),
                    kind: a_carrying_type(&mut cx).await.to_string(),
                    label: format!("vpn {}", new_key()),
                    ..NewServiceForm::default()
                };
                let id = services::add(&mut cx, &form).await.unwrap();
                let form = GiveForm {
                    key: new_key(),
                    prefix: prefix.to_string(),
                    ..GiveForm::default()
                };
                let given = addresses::give(&mut cx, id, &form).await.unwrap();
                more.push((Thing::Allocation, given.to_string()));
                more.push((Thing::Free, format!("{}9", network.addr())));
                id.to_string()
            }
            Thing::Question => {
                let form = WhoForm {
                    key: new_key(),
                    address: "192.0.2.1".into(),
                    on: "2026-05-01".into(),
                    time: "12:00".into(),
                    reference: "réquisition 12".into(),
                    ..WhoForm::default()
                };
                addresses::ask(&mut cx, &form).await.unwrap().to_string()
            }
            Thing::Contact
            | Thing::PaidFor
            | Thing::InCrew
            | Thing::Holding
            | Thing::Session
            | Thing::Failed
            | Thing::Reserved
            | Thing::Range
            | Thing::Allocation
            | Thing::HeldAccount
            | Thing::Mandate
            | Thing::Free => {
                unreachable!()
            }
        };
        cx.commit().await.unwrap();
        self.things.extend(more);
        if let Some(holding) = holding {
            self.things.insert(Thing::Holding, holding);
        }
        if let Some(paid) = paid {
            self.things.insert(Thing::PaidFor, paid);
        }
        if let Some(person) = in_crew {
            self.things.insert(Thing::InCrew, person);
        }
        if let Some(contact) = contact {
            self.things.insert(Thing::Contact, contact);
        }
        self.things.insert(thing, id.clone());
        id
    }

    /// The crew of the one who has every right.
    async fn crew(&self) -> domain::kernel::CrewId {
        let mut cx = self.cx(&self.here.tenant).await;
        crews::find(&mut cx, "toutes").await.unwrap().unwrap().id
    }

    /// A second session of the one who has every right.
    async fn another_session(&mut self) -> String {
        let present = self.cookie(false, "toutes").await;
        self.sign_in(&self.here, "toutes").await;
        let mut cx = self.cx(&self.here.tenant).await;
        let token = present.trim_start_matches("session=");
        let signed_in = identity::resume(&mut cx, token).await.unwrap().unwrap();
        cx.actor.person = Some(signed_in.person);
        let all = identity::sessions(&mut cx).await.unwrap();
        all.iter()
            .find(|s| s.id != signed_in.session)
            .unwrap()
            .id
            .to_string()
    }
}

async fn house(db: &Db, title: &str) -> House {
    let slug = format!("t-{}", Uuid::now_v7().simple());
    let tenant = portal::create(
        db,
        &Clock::System,
        Slug::parse(&slug).unwrap(),
        title,
        Locale::Fr,
    )
    .await
    .unwrap();
    House {
        host: format!("{}.localhost:{PORT}", tenant.slug),
        tenant,
        people: BTreeMap::new(),
    }
}

async fn a_party(cx: &mut Cx, kind: &str, given_name: &str, name: &str) -> PartyId {
    let form = PartyForm {
        key: new_key(),
        kind: kind.into(),
        given_name: given_name.into(),
        name: name.into(),
        ..PartyForm::default()
    };
    people::add(cx, &form).await.unwrap()
}

async fn a_person(cx: &mut Cx, given_name: &str, name: &str) -> PartyId {
    a_party(cx, "person", given_name, name).await
}

/// Somebody with a login, and the token of their link.
async fn a_guest(cx: &mut Cx) -> (String, String) {
    let person = a_person(cx, "Zoé", &format!("Zola {}", new_key())).await;
    let form = identity::LoginForm {
        key: new_key(),
        login: login_name(),
    };
    let link = identity::invite(cx, person, &form).await.unwrap();
    (person.to_string(), link.unwrap().token)
}

fn login_name() -> String {
    format!("z{}", Uuid::now_v7().simple())
}

async fn a_crew(cx: &mut Cx) -> domain::kernel::CrewId {
    let name = format!("Équipe {}", new_key());
    crews::create(cx, &name, &[Right::People]).await.unwrap()
}

async fn a_kind(cx: &mut Cx) -> DuesKindId {
    let form = KindForm {
        key: new_key(),
        name: format!("Soutien {}", new_key()),
        price: "50".into(),
        ..KindForm::blank()
    };
    dues::add_kind(cx, &form).await.unwrap()
}

/// A type that the crew of the one who has every right manages.
async fn a_service_type(cx: &mut Cx) -> ServiceTypeId {
    let crew = crews::find(cx, "toutes").await.unwrap().unwrap();
    let form = TypeForm {
        key: new_key(),
        name: format!("Abo {}", new_key()),
        crew: crew.id.to_string(),
        price: "5".into(),
        addresses: "yes".into(),
        ..TypeForm::blank()
    };
    services::add_type(cx, &form).await.unwrap()
}

/// A type whose services have addresses: one for all of them, there can be so many only.
async fn a_carrying_type(cx: &mut Cx) -> ServiceTypeId {
    let all = services::managed_types(cx).await.unwrap();
    let found = all
        .iter()
        .find(|kind| kind.carries_addresses && !kind.is_archived);
    match found {
        Some(kind) => kind.id,
        None => a_service_type(cx).await,
    }
}

/// A network that no other test has.
fn a_network() -> String {
    let random = Uuid::now_v7().as_u128();
    let parts = [0, 16, 32].map(|bits| format!("{:x}", (random >> bits) as u16));
    format!("fd00:{}::/64", parts.join(":"))
}

/// A prefix for every type, that hands out single addresses.
async fn a_prefix(cx: &mut Cx) -> (PrefixId, addresses::IpNet) {
    let network = a_network();
    let form = PrefixForm {
        key: new_key(),
        network: network.clone(),
        label: "clients".into(),
        hands_out: "128".into(),
        ..PrefixForm::default()
    };
    let id = addresses::add_prefix(cx, &form).await.unwrap();
    (id, network.parse().unwrap())
}

async fn a_service(cx: &mut Cx, member: &str) -> ServiceId {
    let form = NewServiceForm {
        key: new_key(),
        kind: a_carrying_type(cx).await.to_string(),
        label: format!("vpn {}", new_key()),
        member: member.into(),
        from_on: "2026-01-01".into(),
        ..NewServiceForm::default()
    };
    services::add(cx, &form).await.unwrap()
}

async fn a_member(cx: &mut Cx) -> String {
    let party = a_person(cx, "Zoé", &format!("Zola {}", new_key())).await;
    let form = MembershipForm {
        key: new_key(),
        joined_on: "2026-01-01".into(),
        ..MembershipForm::default()
    };
    members::add(cx, party, &form).await.unwrap().to_string()
}

async fn turn_mail_on(cx: &mut Cx) {
    let present = domain::mail::settings(cx).await.unwrap();
    let form = domain::mail::MailForm {
        sending: "by_hand".into(),
        ..domain::mail::MailForm::of(&present)
    };
    domain::mail::save_settings(cx, &form).await.unwrap();
}

/// Somebody who joined a week ago and paid nothing.
async fn a_late_member(cx: &mut Cx) -> domain::kernel::MemberId {
    let person = PartyForm {
        key: new_key(),
        kind: "person".into(),
        name: format!("Zola {}", new_key()),
        email: format!("z{}@example.org", Uuid::now_v7().simple()),
        ..PartyForm::default()
    };
    let party = people::add(cx, &person).await.unwrap();
    let form = MembershipForm {
        key: new_key(),
        joined_on: (cx.today() - chrono::TimeDelta::days(8)).to_string(),
        ..MembershipForm::default()
    };
    members::add(cx, party, &form).await.unwrap()
}

async fn to_send(cx: &mut Cx) -> String {
    let query = domain::reminders::ReminderQuery::default();
    let found = domain::reminders::preview(cx, &query).await;
    found.unwrap().to_send().to_string()
}

async fn a_mail(cx: &mut Cx) -> String {
    turn_mail_on(cx).await;
    let member = a_late_member(cx).await;
    let form = domain::reminders::SendForm {
        key: new_key(),
        count: to_send(cx).await,
    };
    let from = domain::mail::Outgoing {
        origin: "http://x.localhost".into(),
        host: "x.localhost".into(),
    };
    domain::reminders::send(cx, &form, Some(&from))
        .await
        .unwrap();
    let mails = domain::mail::of_member(cx, member).await.unwrap();
    mails[0].id.to_string()
}

async fn a_payment(cx: &mut Cx) -> domain::kernel::PaymentId {
    let form = PaymentForm {
        key: new_key(),
        member: a_member(cx).await,
        amount: "30".into(),
        method: "transfer".into(),
        received_on: "2026-05-04".into(),
        ..PaymentForm::default()
    };
    let added: Result<_, Problem> = payments::add(cx, &form).await;
    added.unwrap()
}

/// Somebody's new account.
async fn an_account(cx: &mut Cx) -> (PartyId, String) {
    let somebody = a_person(cx, "Zoé", &format!("Zola {}", new_key())).await;
    let form = bank::AccountForm {
        key: new_key(),
        iban: "BE68539007547034".into(),
        ..bank::AccountForm::default()
    };
    let id = bank::add(cx, &keys(), somebody, &form).await.unwrap();
    (somebody, id.to_string())
}

/// The keys of bank details, the same for everybody who asks.
fn keys() -> bank::Keys {
    bank::Keys::parse(&format!("one:{}", "07".repeat(32))).unwrap()
}

async fn a_field(cx: &mut Cx, on: &str, label: &str) -> String {
    let form = FieldForm {
        key: new_key(),
        on: on.into(),
        kind: "text".into(),
        label: label.into(),
        ..FieldForm::default()
    };
    fields::add(cx, &form).await.unwrap().to_string()
}

/// A plugin that takes everything (`always`) or nothing (`never`).
async fn a_plugin(cx: &mut Cx, answer: &str) -> String {
    no_plugins(cx).await;
    let form = PluginForm {
        key: new_key(),
        kind: "mute".into(),
        name: format!("Greffon {}", new_key()),
        enabled: "yes".into(),
        wants: Wanted::default().with("crew", "yes"),
        given: Given::default().with("answer", answer),
        ..PluginForm::default()
    };
    let made = (&registry(), &keys());
    let id = plugins::add(cx, made, "nuage", &form).await.unwrap();
    id.to_string()
}

/// A file that is made.
async fn an_extraction(cx: &mut Cx) -> String {
    no_plugins(cx).await;
    let form = ExtractionForm {
        key: new_key(),
        name: format!("Fichier {}", new_key()),
        path: new_key(),
        ..extractions::beginning("group", Locale::Fr)
    };
    let id = extractions::add(cx, &registry(), "nuage", &form)
        .await
        .unwrap();
    id.to_string()
}

/// There are only so many plugins: those that earlier requests made go.
async fn no_plugins(cx: &mut Cx) {
    let all = plugins::list(cx).await.unwrap();
    for plugin in all.iter().filter(|_| all.len() > 20) {
        plugins::delete(cx, plugin.id).await.unwrap();
    }
    let all = extractions::list(cx).await.unwrap();
    for one in all.iter().filter(|_| all.len() > 20) {
        extractions::delete(cx, one.plugin.id).await.unwrap();
    }
}

/// There are only so many fields: those that earlier requests made go.
async fn few_fields(cx: &mut Cx) {
    for field in fields::declared(cx).await.unwrap() {
        if field.on == fields::On::Organisation {
            fields::delete(cx, field.id).await.unwrap();
        }
    }
}

/// A file of one service, uploaded.
async fn a_file_of_services(cx: &mut Cx, label: &str) -> domain::kernel::ImportId {
    let file = format!("Nom;Remarque libre\n{label};\n");
    import::services::upload(cx, "a.csv", file.as_bytes(), &new_key())
        .await
        .unwrap()
}
