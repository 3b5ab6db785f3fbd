//! The table of routes: what each one takes. `listed.rs` compares it with the routes that
//! there are and with the forms on the pages, so that a new one fails until it stands here.

/// Something that an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thing {
    /// Somebody who is no member.
    Person,
    /// The same, of a name that is known.
    Erasable,
    /// An organisation with one contact.
    Organisation,
    /// That contact.
    Contact,
    /// A member.
    Member,
    /// An account of somebody.
    Account,
    /// Somebody who has an account and signed a mandate.
    Holder,
    /// That account.
    HeldAccount,
    /// That mandate.
    Mandate,
    /// A payment that waits.
    Draft,
    /// A payment that is validated.
    Validated,
    /// Somebody who pays for a member.
    Payer,
    /// That member.
    PaidFor,
    /// A kind of dues that is not the default.
    Kind,
    /// A type of services, managed by the crew of the one who has every right.
    ServiceType,
    /// A service of that type, in stock.
    Stock,
    /// A service that a member has.
    Held,
    /// That holding.
    Holding,
    /// A prefix that hands out single addresses to a service in stock.
    Prefix,
    /// What is reserved in it.
    Reserved,
    /// A prefix that nothing was handed out of.
    Unused,
    /// No id: an address in it.
    Range,
    /// That service.
    Addressed,
    /// What it was given.
    Allocation,
    /// No id: an address that it can have, too.
    Free,
    /// Who had an address, and what was answered.
    Question,
    /// A declared field in which nothing is kept.
    Field,
    /// A file that was uploaded.
    Import,
    /// An import that was applied.
    Applied,
    /// A file of services that was uploaded.
    ServiceImport,
    /// One that was applied.
    AppliedServices,
    /// Another session of the one who asks.
    Session,
    /// Somebody who has a login.
    Guest,
    /// What stands at the end of a one-time link.
    Link,
    /// A crew with one person in it.
    Crew,
    /// That person.
    InCrew,
    /// A crew that nobody is in.
    EmptyCrew,
    /// A mail that waits.
    Mail,
    /// A plugin that takes everything.
    Plugin,
    Extraction,
    /// No id: the number of what a plugin could not do.
    Failed,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// What a person types: it comes back with a message at it.
    Typed,
    /// A choice, a secret, or hidden: what is wrong with it is only refused.
    Sent,
}

/// A field of a form, with a content that is taken. `@…` is filled in by the world.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub good: &'static str,
    pub how: How,
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    pub method: &'static str,
    pub path: &'static str,
    /// What the parts of the path in braces name.
    pub things: &'static [Thing],
    pub fields: &'static [Field],
    /// The names in the query.
    pub query: &'static [&'static str],
    /// Whether those who have not signed in may use it.
    pub open: bool,
    /// What a good form is answered with.
    pub done: u16,
}

const fn typed(name: &'static str, good: &'static str) -> Field {
    let how = How::Typed;
    Field { name, good, how }
}

const fn sent(name: &'static str, good: &'static str) -> Field {
    let how = How::Sent;
    Field { name, good, how }
}

const fn get(path: &'static str, things: &'static [Thing], query: &'static [&'static str]) -> Door {
    Door {
        method: "GET",
        path,
        things,
        fields: &[],
        query,
        open: false,
        done: 200,
    }
}

const fn post(path: &'static str, things: &'static [Thing], fields: &'static [Field]) -> Door {
    Door {
        method: "POST",
        path,
        things,
        fields,
        query: &[],
        open: false,
        done: 303,
    }
}

const fn open(door: Door) -> Door {
    Door { open: true, ..door }
}

const KEY: Field = sent("key", "@key");
const VERSION: Field = sent("version", "1");

const PARTY: [Field; 10] = [
    typed("extra_metier", "soudure"),
    typed("given_name", "Zoé"),
    typed("name", "@name"),
    typed("email", ""),
    typed("phone", "+33 1 23 45 67 89"),
    typed("street", "1 rue des Lilas\nBâtiment B"),
    typed("postcode", "31000"),
    typed("city", "Toulouse"),
    typed("country", ""),
    typed("note", "une note"),
];

const PLUGIN: [Field; 8] = [
    typed("name", "@name"),
    sent("wants_person", ""),
    sent("wants_crew", "yes"),
    sent("wants_service", ""),
    sent("wants_payment", ""),
    typed("set_answer", "always"),
    sent("set_token", ""),
    sent("enabled", "yes"),
];

const EXTRACTION: [Field; 16] = [
    typed("name", "@name"),
    typed("path", "@key"),
    sent("wants_person", "yes"),
    sent("wants_crew", ""),
    sent("wants_service", ""),
    typed("template", "{{ config.a }}"),
    typed("config", "a = 1"),
    typed("without", ":"),
    sent("on_change", ""),
    sent("schedule", "daily"),
    sent("hour", "3"),
    typed("mode", "0644"),
    typed("owner", ""),
    typed("command", ""),
    sent("enabled", "yes"),
    sent("what", "save"),
];

const FIELD: [Field; 7] = [
    typed("label", "@name"),
    typed("help", "une aide"),
    sent("required", ""),
    sent("listed", ""),
    sent("open", ""),
    sent("seen_by", ""),
    sent("edited_by", ""),
];

const FIELD_NEW: [Field; 6] = [
    KEY,
    sent("of_type", ""),
    sent("on", "organisation"),
    sent("kind", "text"),
    typed("slug", ""),
    typed("more", ""),
];

const PAYMENT: [Field; 12] = [
    KEY,
    VERSION,
    typed("member", "@member"),
    typed("amount", "30,00"),
    sent("method", "transfer"),
    typed("received_on", "2026-05-04"),
    sent("kind", ""),
    sent("service", ""),
    typed("period_from", "2026-01-01"),
    typed("period_until", "2026-12-31"),
    typed("label", "Cotisation"),
    typed("note", "une note"),
];

const DUES: [Field; 7] = [
    typed("name", "@name"),
    sent("cycle", "months"),
    typed("months", "12"),
    sent("first_month", "1"),
    sent("first_period", "full"),
    typed("price", "30,00"),
    typed("price_from", "2026-01-01"),
];

const SERVICE_TYPE: [Field; 9] = [
    typed("extra_fournisseur", "ACME"),
    typed("name", "@name"),
    sent("crew", "@crew"),
    sent("colour", "blue"),
    typed("months", "1"),
    typed("price", "5,00"),
    typed("price_from", "2026-01-01"),
    sent("addresses", "yes"),
    typed("note", "une note"),
];

const HOLDING: [Field; 4] = [
    typed("from_on", "2026-01-01"),
    typed("until_on", "2026-12-31"),
    typed("amount", "3,00"),
    typed("reason", "bénévole"),
];

const SERVICES_QUERY: &[&str] = &[
    "q",
    "kind",
    "state",
    "member",
    "first",
    "without",
    "extra_port",
    "page",
];

const fn with<const A: usize, const B: usize, const N: usize>(
    a: [Field; A],
    b: [Field; B],
) -> [Field; N] {
    let mut all = [KEY; N];
    let mut n = 0;
    while n < A {
        all[n] = a[n];
        n += 1;
    }
    while n < A + B {
        all[n] = b[n - A];
        n += 1;
    }
    all
}

const PAYMENTS_QUERY: &[&str] = &[
    "q",
    "state",
    "method",
    "entered_by",
    "from",
    "until",
    "nature",
    "validated_from",
    "validated_until",
    "member",
    "page",
];
const DIRECTORY_QUERY: &[&str] = &[
    "q",
    "kind",
    "standing",
    "membership",
    "without",
    "extra_metier",
    "extra_badge",
    "page",
];

/// A file is sent as `multipart/form-data`; all other forms as `application/x-www-form-urlencoded`.
pub const UPLOADS: [&str; 2] = ["/members/import", "/services/import"];

/// Every route of the site.
pub const DOORS: &[Door] = &[
    open(get("/health", &[], &[])),
    open(get("/assets/{file}", &[], &[])),
    get("/", &[], &[]),
    get("/settings", &[], &[]),
    post(
        "/settings",
        &[],
        &[
            sent("version", "@settings"),
            typed("title", "Nuage Libre"),
            sent("locale", "fr"),
            sent("validation", "someone_else"),
            sent("lapse", "start_again"),
            typed("iban", "FR76 3000 6000 0112 3456 7890 189"),
            typed("creditor_id", "FR72ZZZ123456"),
            typed("address", "12 rue des Filatiers\n31000 Toulouse"),
            typed("place", "Toulouse"),
        ],
    ),
    get(
        "/audit",
        &[],
        &[
            "q", "kind", "action", "via", "from", "until", "who", "object", "page",
        ],
    ),
    get("/audit/integrity", &[], &[]),
    // --- accounts
    open(get("/login", &[], &["next"])),
    open(post(
        "/login",
        &[],
        &[
            sent("next", "/me"),
            sent("at", ""),
            sent("typed", ""),
            typed("name", "verrou"),
            sent("password", "quatre mots mis bout"),
        ],
    )),
    open(post("/logout", &[], &[])),
    open(post(
        "/language",
        &[],
        &[sent("language", "en"), sent("back", "/me")],
    )),
    open(get("/welcome/{token}", &[Thing::Link], &[])),
    open(post(
        "/welcome/{token}",
        &[Thing::Link],
        &[
            sent("username", ""),
            sent("password", "quatre mots mis bout"),
        ],
    )),
    get("/account", &[], &[]),
    post(
        "/account/password",
        &[],
        &[
            sent("present", "quatre mots mis bout"),
            sent("password", "cinq mots mis bout a bout"),
        ],
    ),
    post("/account/sessions/end-others", &[], &[]),
    post("/account/sessions/{id}/end", &[Thing::Session], &[]),
    // --- people
    get("/people", &[], DIRECTORY_QUERY),
    get("/people/new", &[], &[]),
    post(
        "/people/new",
        &[],
        &with::<10, 3, 13>(PARTY, [KEY, sent("kind", "person"), sent("anyway", "yes")]),
    ),
    get("/people/{id}", &[Thing::Organisation], &[]),
    get("/people/{id}/edit", &[Thing::Person], &[]),
    post(
        "/people/{id}/edit",
        &[Thing::Person],
        &with::<10, 2, 12>(PARTY, [VERSION, sent("kind", "person")]),
    ),
    post(
        "/people/{id}/member",
        &[Thing::Person],
        &[
            KEY,
            typed("joined_on", "2026-01-01"),
            typed("extra_badge", "B-12"),
        ],
    ),
    get("/people/{id}/data", &[Thing::Person], &[]),
    Door {
        done: 200,
        ..post("/people/{id}/data", &[Thing::Person], &[])
    },
    get("/me/data", &[], &[]),
    Door {
        done: 200,
        ..post("/me/data", &[], &[])
    },
    get("/people/{id}/erase", &[Thing::Erasable], &[]),
    post(
        "/people/{id}/erase",
        &[Thing::Erasable],
        &[
            KEY,
            sent("reason", "asked"),
            typed("confirmation", "Zoé Effaçable"),
        ],
    ),
    get("/people/{id}/bank", &[Thing::Person], &[]),
    post(
        "/people/{id}/bank",
        &[Thing::Person],
        &[
            KEY,
            typed("iban", "FR76 3000 6000 0112 3456 7890 189"),
            typed("holder", "Zoé Zola"),
            typed("bic", "AGRIFRPP"),
        ],
    ),
    Door {
        done: 200,
        ..post("/bank/{id}/show", &[Thing::Account], &[])
    },
    post("/bank/{id}/prefer", &[Thing::Account], &[]),
    post("/bank/{id}/remove", &[Thing::Account], &[]),
    post(
        "/people/{id}/mandates",
        &[Thing::Holder],
        &[
            KEY,
            sent("account", "@held-account"),
            sent("kind", "one_off"),
            typed("signed_on", "2026-05-01"),
            typed("reference", "Nuage-1/2026"),
        ],
    ),
    get("/mandates/{id}", &[Thing::Mandate], &[]),
    post("/mandates/{id}/revoke", &[Thing::Mandate], &[]),
    post(
        "/people/{id}/contacts",
        &[Thing::Organisation],
        &[
            typed("person", "@person"),
            sent("chosen", ""),
            typed("role", "trésorier"),
        ],
    ),
    post(
        "/people/{id}/contacts/{person}/remove",
        &[Thing::Organisation, Thing::Contact],
        &[],
    ),
    // --- access: the answer that makes a link shows it, once
    get("/people/{id}", &[Thing::Person], &[]),
    get("/people/{id}", &[Thing::Guest], &[]),
    Door {
        done: 200,
        ..post(
            "/people/{id}/login",
            &[Thing::Person],
            &[KEY, typed("login", "@login")],
        )
    },
    Door {
        done: 200,
        ..post("/people/{id}/login/link", &[Thing::Guest], &[KEY])
    },
    post("/people/{id}/login/disable", &[Thing::Guest], &[]),
    post("/people/{id}/login/enable", &[Thing::Guest], &[]),
    post("/people/{id}/login/sign-out", &[Thing::Guest], &[]),
    // --- crews
    get("/crews", &[], &[]),
    get("/crews/new", &[], &[]),
    post(
        "/crews/new",
        &[],
        &[
            KEY,
            typed("name", "@name"),
            sent("rights", "people"),
            typed("extra_salle", "B 12"),
        ],
    ),
    get("/crews/{id}", &[Thing::Crew], &[]),
    get("/crews/{id}", &[Thing::EmptyCrew], &[]),
    post(
        "/crews/{id}",
        &[Thing::Crew],
        &[
            VERSION,
            typed("name", "@name"),
            sent("rights", "people"),
            typed("extra_salle", "B 12"),
        ],
    ),
    post("/crews/{id}/delete", &[Thing::EmptyCrew], &[]),
    post(
        "/crews/{id}/people",
        &[Thing::Crew],
        &[typed("person", "@person"), sent("chosen", "")],
    ),
    post(
        "/crews/{id}/people/{person}/remove",
        &[Thing::Crew, Thing::InCrew],
        &[],
    ),
    // --- members
    get("/me", &[], &[]),
    get("/members", &[], DIRECTORY_QUERY),
    get("/members/new", &[], &[]),
    post(
        "/members/new",
        &[],
        &with::<10, 5, 15>(
            PARTY,
            [
                typed("extra_badge", "B-12"),
                KEY,
                sent("kind", "person"),
                sent("anyway", "yes"),
                typed("joined_on", "2026-01-01"),
            ],
        ),
    ),
    get("/members/suggest", &[], &["q"]),
    get("/members/{id}", &[Thing::Member], &[]),
    get("/members/{id}/edit", &[Thing::Member], &[]),
    post(
        "/members/{id}/edit",
        &[Thing::Member],
        &[
            VERSION,
            typed("joined_on", "2026-01-01"),
            typed("left_on", "2026-02-01"),
            typed("extra_badge", "B-12"),
        ],
    ),
    // --- dues
    get("/dues", &[], &[]),
    get("/dues/new", &[], &[]),
    post("/dues/new", &[], &with::<7, 1, 8>(DUES, [KEY])),
    get("/dues/{id}", &[Thing::Kind], &[]),
    post(
        "/dues/{id}",
        &[Thing::Kind],
        &with::<7, 1, 8>(DUES, [VERSION]),
    ),
    post("/dues/{id}/default", &[Thing::Kind], &[]),
    post("/dues/{id}/archive", &[Thing::Kind], &[]),
    post("/dues/{id}/restore", &[Thing::Kind], &[]),
    get("/members/{id}/dues", &[Thing::Member], &[]),
    post(
        "/members/{id}/dues",
        &[Thing::Member],
        &[
            typed("from_on", "2026-01-01"),
            sent("kind", "@kind"),
            typed("amount", "10,00"),
            typed("reason", "étudiante"),
        ],
    ),
    post(
        "/members/{id}/dues/remove",
        &[Thing::Member],
        &[sent("from_on", "2026-01-01")],
    ),
    post(
        "/members/{id}/payer",
        &[Thing::Member],
        &[typed("payer", "@person"), sent("chosen", "")],
    ),
    // --- payments
    get("/payments", &[], PAYMENTS_QUERY),
    get(
        "/payments/new",
        &[],
        &["member", "service", "since", "method", "received_on"],
    ),
    post(
        "/payments/new",
        &[],
        &with::<12, 2, 14>(PAYMENT, [sent("next", "again"), sent("since", "")]),
    ),
    get("/payments/together", &[], &["payer"]),
    post(
        "/payments/together",
        &[],
        &[
            KEY,
            sent("payer", "@payer"),
            sent("method", "transfer"),
            typed("received_on", "2026-05-04"),
            sent("member", "@paid"),
            sent("amount", "30,00"),
            sent("period_from", "2026-01-01"),
            sent("period_until", "2026-12-31"),
            sent("kind", "@kind"),
            sent("pay", "@paid"),
        ],
    ),
    get("/payments/queue", &[], PAYMENTS_QUERY),
    Door {
        query: PAYMENTS_QUERY,
        ..post(
            "/payments/queue",
            &[],
            &[
                KEY,
                sent("id", "@draft"),
                sent("all", "1"),
                sent("shown", "@draft"),
            ],
        )
    },
    get("/payments/{id}", &[Thing::Validated], &[]),
    get("/payments/{id}/edit", &[Thing::Draft], &[]),
    post("/payments/{id}/edit", &[Thing::Draft], &PAYMENT),
    post(
        "/payments/{id}/delete",
        &[Thing::Draft],
        &[VERSION, sent("back", "")],
    ),
    post(
        "/payments/{id}/restore",
        &[Thing::Draft],
        &[VERSION, sent("back", "")],
    ),
    post("/payments/{id}/validate", &[Thing::Draft], &[KEY]),
    get("/payments/{id}/reverse", &[Thing::Validated], &[]),
    post(
        "/payments/{id}/reverse",
        &[Thing::Validated],
        &[KEY, typed("reason", "revenu impayé")],
    ),
    // --- services
    get("/statistics", &[], &["from", "until", "on", "kind"]),
    get("/services", &[], SERVICES_QUERY),
    get("/services/new", &[], &["kind", "member"]),
    post(
        "/services/new",
        &[],
        &[
            KEY,
            sent("kind", "@service-type"),
            typed("label", "vpn-12"),
            typed("note", "une note"),
            typed("member", "@member"),
            typed("from_on", "2026-01-01"),
            typed("until_on", "2026-12-31"),
            typed("amount", "3,00"),
            typed("reason", "bénévole"),
            typed("extra_port", "eth0"),
        ],
    ),
    get("/services/{id}", &[Thing::Held], &[]),
    get("/services/{id}/edit", &[Thing::Stock], &[]),
    post(
        "/services/{id}/edit",
        &[Thing::Stock],
        &[
            VERSION,
            typed("label", "@name"),
            typed("note", "une note"),
            typed("closed_on", "2027-01-01"),
            typed("extra_port", "eth0"),
        ],
    ),
    get("/services/{id}/give", &[Thing::Stock], &["member"]),
    post(
        "/services/{id}/give",
        &[Thing::Stock],
        &with::<4, 2, 6>(HOLDING, [KEY, typed("member", "@member")]),
    ),
    get(
        "/services/{id}/holdings/{holding}",
        &[Thing::Held, Thing::Holding],
        &[],
    ),
    post(
        "/services/{id}/holdings/{holding}",
        &[Thing::Held, Thing::Holding],
        &with::<4, 1, 5>(HOLDING, [VERSION]),
    ),
    post(
        "/services/{id}/holdings/{holding}/remove",
        &[Thing::Held, Thing::Holding],
        &[VERSION],
    ),
    get("/settings/fields", &[], &[]),
    get("/settings/fields/new", &[], &["on"]),
    post(
        "/settings/fields/new",
        &[],
        &with::<7, 6, 13>(FIELD, FIELD_NEW),
    ),
    get("/settings/fields/{id}", &[Thing::Field], &[]),
    post(
        "/settings/fields/{id}",
        &[Thing::Field],
        &with::<7, 3, 10>(FIELD, [VERSION, sent("choice_c1", "S"), sent("more", "")]),
    ),
    post("/settings/fields/{id}/archive", &[Thing::Field], &[]),
    post("/settings/fields/{id}/restore", &[Thing::Field], &[]),
    post("/settings/fields/{id}/delete", &[Thing::Field], &[]),
    post("/settings/fields/{id}/up", &[Thing::Field], &[]),
    post("/settings/fields/{id}/down", &[Thing::Field], &[]),
    get("/settings/plugins", &[], &[]),
    get("/settings/plugins/new", &[], &["kind"]),
    post(
        "/settings/plugins/new",
        &[],
        &with::<8, 2, 10>(PLUGIN, [KEY, sent("kind", "mute")]),
    ),
    get("/settings/plugins/{id}", &[Thing::Plugin], &[]),
    post(
        "/settings/plugins/{id}",
        &[Thing::Plugin],
        &with::<8, 1, 9>(PLUGIN, [VERSION]),
    ),
    post("/settings/plugins/{id}/again", &[Thing::Plugin], &[]),
    post("/settings/plugins/{id}/verify", &[Thing::Plugin], &[]),
    post("/settings/plugins/{id}/delete", &[Thing::Plugin], &[]),
    get("/extractions", &[], &[]),
    get("/extractions/new", &[], &["from"]),
    post(
        "/extractions/new",
        &[],
        &with::<16, 2, 18>(EXTRACTION, [KEY, sent("from", "")]),
    ),
    get("/extractions/{id}", &[Thing::Extraction], &[]),
    post(
        "/extractions/{id}",
        &[Thing::Extraction],
        &with::<16, 1, 17>(EXTRACTION, [VERSION]),
    ),
    post("/extractions/{id}/run", &[Thing::Extraction], &[]),
    post("/extractions/{id}/verify", &[Thing::Extraction], &[]),
    post("/extractions/{id}/delete", &[Thing::Extraction], &[]),
    get("/journal", &[], &["plugin", "state", "object", "page"]),
    post(
        "/journal/retry",
        &[],
        &[sent("plugin", ""), sent("state", ""), sent("object", "")],
    ),
    get("/journal/{number}", &[Thing::Failed], &[]),
    post("/journal/{number}/retry", &[Thing::Failed], &[]),
    post(
        "/journal/{number}/give-up",
        &[Thing::Failed],
        &[typed("reason", "assez essayé")],
    ),
    get("/service-types", &[], &[]),
    get("/service-types/new", &[], &[]),
    post(
        "/service-types/new",
        &[],
        &with::<9, 1, 10>(SERVICE_TYPE, [KEY]),
    ),
    get("/service-types/{id}", &[Thing::ServiceType], &[]),
    post(
        "/service-types/{id}",
        &[Thing::ServiceType],
        &with::<9, 1, 10>(SERVICE_TYPE, [VERSION]),
    ),
    post("/service-types/{id}/archive", &[Thing::ServiceType], &[]),
    post("/service-types/{id}/restore", &[Thing::ServiceType], &[]),
    // --- addresses
    get("/addresses", &[], &["q"]),
    get("/addresses/new", &[], &["network"]),
    post(
        "/addresses/new",
        &[],
        &[
            KEY,
            typed("network", "@network"),
            typed("label", "clients"),
            typed("hands_out", "128"),
            sent("kinds", "@carrying-type"),
            sent("ends", "yes"),
            typed("note", "une note"),
        ],
    ),
    get("/addresses/who", &[], &[]),
    post(
        "/addresses/who",
        &[],
        &[
            KEY,
            typed("address", "192.0.2.1"),
            typed("on", "2026-05-01"),
            typed("time", "12:00"),
            sent("zone", "utc"),
            typed("reference", "réquisition 12"),
        ],
    ),
    get("/addresses/who/{id}", &[Thing::Question], &[]),
    get(
        "/addresses/{id}",
        &[Thing::Prefix],
        &["within", "past", "page"],
    ),
    get("/addresses/{id}/edit", &[Thing::Prefix], &[]),
    post(
        "/addresses/{id}/edit",
        &[Thing::Prefix],
        &[
            VERSION,
            typed("label", "clients fibre"),
            typed("hands_out", "128"),
            sent("kinds", "@carrying-type"),
            typed("note", "une note"),
        ],
    ),
    post("/addresses/{id}/delete", &[Thing::Unused], &[]),
    post(
        "/addresses/{id}/reserved",
        &[Thing::Unused],
        &[KEY, typed("range", "@range"), typed("reason", "passerelle")],
    ),
    post(
        "/addresses/{id}/reserved/{reserved}/release",
        &[Thing::Prefix, Thing::Reserved],
        &[],
    ),
    get("/services/{id}/addresses/new", &[Thing::Addressed], &[]),
    post(
        "/services/{id}/addresses/new",
        &[Thing::Addressed],
        &[
            KEY,
            typed("network", "@free"),
            sent("prefix", ""),
            typed("from_on", "2026-01-01"),
            typed("from_time", "12:00"),
        ],
    ),
    get(
        "/services/{id}/addresses/{allocation}",
        &[Thing::Addressed, Thing::Allocation],
        &[],
    ),
    post(
        "/services/{id}/addresses/{allocation}",
        &[Thing::Addressed, Thing::Allocation],
        &[
            VERSION,
            typed("until_on", "2030-01-01"),
            typed("until_time", "12:00"),
        ],
    ),
    post(
        "/services/{id}/addresses/{allocation}/remove",
        &[Thing::Addressed, Thing::Allocation],
        &[VERSION],
    ),
    // --- reminders and mail
    get("/reminders", &[], &["why", "on", "page"]),
    post("/reminders", &[], &[KEY, sent("count", "@reminders")]),
    post("/reminders/mails/{id}/retry", &[Thing::Mail], &[]),
    post(
        "/members/{id}/reminders",
        &[Thing::Member],
        &[sent("wanted", "no")],
    ),
    post("/me/reminders", &[], &[sent("wanted", "no")]),
    get("/settings/mail", &[], &[]),
    post(
        "/settings/mail",
        &[],
        &[
            sent("sending", "by_hand"),
            typed("steps", "-7, 7"),
            typed("sender_name", "Nuage"),
            typed("reply_to", "bonjour@example.org"),
            sent("version", "@mail"),
        ],
    ),
    get("/settings/mail/text", &[], &["stage", "locale"]),
    post(
        "/settings/mail/text",
        &[],
        &[
            sent("stage", "after"),
            sent("locale", "fr"),
            typed("subject", "{{ organisation }}"),
            typed("body", "Bonjour {{ name }}"),
            sent("member", ""),
            sent("what", "save"),
        ],
    ),
    // --- receipts: a payment's receipt is found by the payment
    get("/receipts", &[], &["year", "page"]),
    get("/receipts/{id}", &[Thing::Validated], &[]),
    get("/receipts/{id}/pdf", &[Thing::Validated], &[]),
    // --- lists as files
    Door {
        done: 200,
        ..post(
            "/exports",
            &[],
            &[
                sent("list", "members"),
                sent("format", "csv"),
                sent("filter", "q=zola&page=2"),
            ],
        )
    },
    // --- imports
    get("/members/import", &[], &[]),
    post(
        "/members/import",
        &[],
        &[KEY, sent("file", "Nom;Montant\nZoé;30\n")],
    ),
    get("/members/import/{id}", &[Thing::Import], &[]),
    get("/members/import/{id}/columns", &[Thing::Import], &[]),
    post(
        "/members/import/{id}/columns",
        &[Thing::Import],
        &[
            sent("columns", "name"),
            sent("source", "csv"),
            typed("label", "tableur"),
            typed("amount", "30"),
            sent("method", "transfer"),
            sent("kind_values", "Tarif plein"),
            sent("kinds", "new"),
            typed("kind_names", "Tarif plein"),
            typed("kind_amounts", "30"),
            typed("kind_months", "12"),
        ],
    ),
    post(
        "/members/import/{id}/apply",
        &[Thing::Import],
        &[KEY, sent("leave_out", "yes")],
    ),
    post("/members/import/{id}/forget", &[Thing::Import], &[]),
    post("/members/import/{id}/undo", &[Thing::Applied], &[KEY]),
    get("/services/import", &[], &[]),
    post(
        "/services/import",
        &[],
        &[KEY, sent("file", "@services-file")],
    ),
    get("/services/import/{id}", &[Thing::ServiceImport], &[]),
    post(
        "/services/import/{id}/columns",
        &[Thing::ServiceImport],
        &[
            sent("columns", "label"),
            sent("kind", "@service-type"),
            typed("source", "Djadhere"),
        ],
    ),
    post(
        "/services/import/{id}/apply",
        &[Thing::ServiceImport],
        &[KEY, sent("leave_out", "yes")],
    ),
    post(
        "/services/import/{id}/undo",
        &[Thing::AppliedServices],
        &[KEY],
    ),
];
