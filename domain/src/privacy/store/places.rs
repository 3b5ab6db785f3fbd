//! The list of places: which rows of which table are about a person, what of them is shown to
//! that person, and what becomes of them. Erasing goes through it from its first to its last.
//!
//! In each text, `t` is the table, and the binds are always the same: $1 the tenant, $2 the person,
//! $3 what they are called afterwards, $4 that folded, $5 their name, $6 the day until which a
//! revoked mandate is not needed any more.

use crate::privacy::{Outcome, Why};

/// What is done with the rows of a place.
pub enum Fate {
    /// They go.
    Deleted,
    /// They are set so.
    Emptied(&'static str),
    /// They stay.
    Kept(Why),
}

/// Rows that are about a person.
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// Which rows.
    pub whose: &'static str,
    /// What becomes of them.
    pub fate: Fate,
    /// Columns that everybody is shown of themselves.
    pub shown: &'static str,
    /// Columns that the organisation hands out only after it has looked at them.
    pub inner: &'static str,
    /// What ids stand for: a name, and how it is read.
    pub said: &'static [(&'static str, &'static str)],
    /// The table's other columns: ids, counters, what is searched, secrets.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test compares it with the catalogue")
    )]
    pub rest: &'static str,
    /// Columns with texts that stay.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test looks whether others hold something")
    )]
    pub holds: &'static str,
}

impl Place {
    const fn new(table: &'static str, whose: &'static str, fate: Fate) -> Self {
        Self {
            table,
            whose,
            fate,
            shown: "",
            inner: "",
            said: &[],
            rest: "",
            holds: "",
        }
    }

    /// What people are told of it.
    pub fn outcome(&self) -> Outcome {
        match self.fate {
            Fate::Deleted => Outcome::Deleted,
            Fate::Emptied(_) => Outcome::Emptied,
            Fate::Kept(why) => Outcome::Kept(why),
        }
    }
}

/// Rows of the person's membership.
macro_rules! of_member {
    ($column:literal) => {
        concat!(
            "t.",
            $column,
            " IN (SELECT m.id FROM members m WHERE m.tenant_id = $1 AND m.party_id = $2)"
        )
    };
}

const OWN: &str = "t.person_id = $2";
const MEMBER: &str = of_member!("member_id");
const HOLDER: &str = concat!(
    "t.payment_id IN (SELECT p.id FROM payments p JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id ",
    "WHERE p.tenant_id = $1 AND m.party_id = $2)"
);
/// Something of an account's mandates is still needed.
macro_rules! needed {
    ($account:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM bank_mandates n WHERE n.tenant_id = $1 AND n.account_id = ",
            $account,
            " AND (n.revoked_on IS NULL OR n.revoked_on > $6))"
        )
    };
}
const MANDATES: &str =
    "t.account_id IN (SELECT b.id FROM bank_accounts b WHERE b.tenant_id = $1 AND b.party_id = $2)";
/// What a service is called.
const SERVICE: (&str, &str) = (
    "service",
    "(SELECT s.label FROM services s WHERE s.tenant_id = t.tenant_id AND s.id = t.service_id)",
);
const KIND: (&str, &str) = (
    "dues_kind",
    "(SELECT k.name FROM dues_kinds k WHERE k.tenant_id = t.tenant_id AND k.id = t.kind_id)",
);

/// What a plugin was asked about the person, or a payment of theirs.
const ASKED: &str = concat!(
    "t.object_id = $2 OR t.object_id IN (SELECT p.id FROM payments p JOIN members m ON m.tenant_id = p.tenant_id AND m.id = p.member_id ",
    "WHERE p.tenant_id = $1 AND m.party_id = $2)"
);
const PLUGIN: (&str, &str) = (
    "plugin",
    "(SELECT n.name FROM plugins n WHERE n.tenant_id = t.tenant_id AND n.id = t.plugin_id)",
);

/// Every place, in the order in which rows can go.
pub const PLACES: &[Place] = &[
    Place {
        shown: "given_name name email phone street postcode city country locale created_at updated_at",
        inner: "note",
        rest: "id kind email_key search sort_name version import_id erased_at",
        ..Place::new(
            "parties",
            "t.id = $2",
            Fate::Emptied(
                "given_name = '', name = $3, email = NULL, email_key = NULL, phone = NULL, street = NULL, postcode = NULL, city = NULL, country = NULL, note = NULL, locale = NULL, search = $4, sort_name = $4, version = version + 1",
            ),
        )
    },
    Place {
        said: &[(
            "organisation",
            "(SELECT o.name FROM parties o WHERE o.tenant_id = t.tenant_id AND o.id = t.organisation_id)",
        )],
        shown: "role",
        rest: "organisation_id person_id",
        ..Place::new("organisation_contacts", OWN, Fate::Deleted)
    },
    Place {
        said: &[("member_number", "t.number")],
        shown: "joined_on left_on",
        rest: "id party_id number search version created_at import_id",
        ..Place::new("members", "t.party_id = $2", Fate::Kept(Why::Nameless))
    },
    Place {
        shown: "source reference",
        rest: "member_id import_id",
        holds: "source reference",
        ..Place::new("member_references", MEMBER, Fate::Kept(Why::Import))
    },
    Place {
        said: &[(
            "member_number",
            "(SELECT m.number FROM members m WHERE m.tenant_id = t.tenant_id AND m.id = t.member_id)",
        )],
        rest: "member_id payer_id",
        ..Place::new(
            "member_payers",
            concat!("t.payer_id = $2 OR ", of_member!("member_id")),
            Fate::Deleted,
        )
    },
    Place::new(
        "member_dues",
        concat!("t.reason <> '' AND ", of_member!("member_id")),
        Fate::Emptied("reason = CASE WHEN amount_cents IS NULL THEN '' ELSE $3 END"),
    ),
    Place {
        said: &[KIND],
        shown: "from_on amount_cents reason",
        rest: "member_id kind_id import_id",
        ..Place::new("member_dues", MEMBER, Fate::Kept(Why::Nameless))
    },
    Place {
        shown: "from_on until_on",
        rest: "member_id",
        ..Place::new("coverage", MEMBER, Fate::Kept(Why::Nameless))
    },
    Place {
        shown: "by_whom since",
        rest: "member_id",
        ..Place::new("reminder_pauses", MEMBER, Fate::Deleted)
    },
    Place::new(
        "payments",
        concat!("t.note <> '' AND ", of_member!("member_id")),
        Fate::Emptied("note = ''"),
    ),
    Place::new(
        "payments",
        "t.entered_by = $2 AND t.state = 'draft'",
        Fate::Emptied("entered_by_name = $3"),
    ),
    Place {
        said: &[SERVICE],
        shown: "amount_cents method received_on period_from period_until label state entered_at validated_at",
        inner: "note",
        rest: "id member_id search entered_by entered_by_name validated_by validated_by_name reverses_id import_id import_key version kind_id group_id service_id",
        holds: "label search",
        ..Place::new("payments", MEMBER, Fate::Kept(Why::Accounting))
    },
    Place {
        holds: "entered_by_name validated_by_name",
        ..Place::new(
            "payments",
            "(t.entered_by = $2 OR t.validated_by = $2) AND t.state = 'validated'",
            Fate::Kept(Why::Accounting),
        )
    },
    Place {
        shown: "year number issued_on organisation name street postcode city country service",
        rest: "payment_id organisation_address place",
        holds: "name street postcode city country",
        ..Place::new("receipts", HOLDER, Fate::Kept(Why::Accounting))
    },
    Place::new(
        "service_holdings",
        concat!("t.reason <> '' AND ", of_member!("member_id")),
        Fate::Emptied("reason = CASE WHEN amount_cents IS NULL THEN '' ELSE $3 END"),
    ),
    Place {
        said: &[SERVICE],
        shown: "from_on until_on amount_cents reason",
        rest: "id service_id member_id version import_id type_id paid_from paid_until",
        ..Place::new("service_holdings", MEMBER, Fate::Kept(Why::Nameless))
    },
    Place {
        said: &[SERVICE],
        shown: "from_on until_on",
        rest: "service_id member_id",
        ..Place::new("service_coverage", MEMBER, Fate::Kept(Why::Nameless))
    },
    Place {
        inner: "asked_at asked_by reference answer",
        rest: "id network moment",
        holds: "asked_by answer",
        ..Place::new(
            "address_questions",
            "t.asked_by = $5 OR CAST(t.answer AS text) LIKE '%' || $5 || '%'",
            Fate::Kept(Why::Answer),
        )
    },
    Place {
        said: &[(
            "field",
            "(SELECT f.label FROM extra_fields f WHERE f.tenant_id = t.tenant_id AND f.id = t.field_id)",
        )],
        inner: "value",
        rest: "object_id field_id search",
        ..Place::new(
            "extra_values",
            concat!("t.object_id = $2 OR ", of_member!("object_id")),
            Fate::Deleted,
        )
    },
    Place::new(
        "bank_mandates",
        concat!(
            "t.account_id IN (SELECT b.id FROM bank_accounts b WHERE b.tenant_id = $1 AND b.party_id = $2) AND NOT ",
            needed!("t.account_id")
        ),
        Fate::Deleted,
    ),
    Place {
        shown: "reference kind signed_on revoked_on",
        rest: "id account_id reference_key version created_at",
        holds: "reference reference_key",
        ..Place::new("bank_mandates", MANDATES, Fate::Kept(Why::Mandate))
    },
    Place::new(
        "bank_accounts",
        concat!("t.party_id = $2 AND NOT ", needed!("t.id")),
        Fate::Deleted,
    ),
    Place {
        shown: "holder bic short is_preferred created_at",
        rest: "id party_id sealed found_by key_id",
        holds: "holder bic short",
        ..Place::new("bank_accounts", "t.party_id = $2", Fate::Kept(Why::Mandate))
    },
    Place::new(
        "mails",
        concat!(
            "t.state <> 'sent' AND (t.party_id = $2 OR ",
            of_member!("member_id"),
            ")"
        ),
        Fate::Deleted,
    ),
    Place {
        shown: "kind to_name to_address subject body state created_at ended_at",
        rest: "id once_key member_id party_id ends_on step message_id attempts next_at last_error",
        ..Place::new(
            "mails",
            concat!("t.party_id = $2 OR ", of_member!("member_id")),
            Fate::Emptied(
                "to_name = $3, to_address = '', subject = '', body = '', last_error = NULL",
            ),
        )
    },
    Place {
        said: &[(
            "crew",
            "(SELECT c.name FROM crews c WHERE c.tenant_id = t.tenant_id AND c.id = t.crew_id)",
        )],
        rest: "crew_id person_id",
        ..Place::new("crew_people", OWN, Fate::Deleted)
    },
    // Addresses that attempts came from are forgotten after a day; theirs at once.
    Place {
        rest: "subject failures last_at locked_until",
        ..Place::new(
            "sign_in_failures",
            "t.subject IN (SELECT 'address:' || s.address FROM sessions s WHERE s.tenant_id = $1 AND s.person_id = $2)",
            Fate::Deleted,
        )
    },
    Place {
        shown: "user_agent address created_at seen_at expires_at",
        rest: "id token_hash person_id",
        ..Place::new("sessions", OWN, Fate::Deleted)
    },
    Place {
        shown: "expires_at",
        rest: "person_id token_hash",
        ..Place::new("login_links", OWN, Fate::Deleted)
    },
    Place {
        shown: "login_name created_at changed_at signed_in_at disabled_at",
        rest: "person_id password_hash",
        ..Place::new("logins", OWN, Fate::Deleted)
    },
    // Nobody else ever has it: files of theirs elsewhere are nobody else's.
    Place {
        shown: "number",
        rest: "object_id",
        ..Place::new(
            "account_numbers",
            "t.object_id = $2",
            Fate::Kept(Why::Nameless),
        )
    },
    Place::new(
        "imports",
        "t.undone_by = $2",
        Fate::Emptied("undone_by_name = $3"),
    ),
    // Nobody can tell whom a file speaks of before it was read: all that wait go.
    Place {
        rest: "id file_name content choices state report created_by created_at applied_at traced undone_at undone_by undone_by_name choices_from",
        ..Place::new("imports", "t.state = 'uploaded'", Fate::Deleted)
    },
    Place {
        rest: "id file_name content crews choices state report created_by_name created_at applied_at undone_at undone_by_name",
        ..Place::new("service_imports", "t.state = 'uploaded'", Fate::Deleted)
    },
    Place::new(
        "service_imports",
        "t.created_by_name = $5 OR t.undone_by_name = $5",
        Fate::Emptied(
            "created_by_name = CASE WHEN created_by_name = $5 THEN $3 ELSE created_by_name END, undone_by_name = CASE WHEN undone_by_name = $5 THEN $3 ELSE undone_by_name END",
        ),
    ),
    // What a plugin needs to take away what it has made stays until it has done so: it is told of
    // the erasure as of every change.
    Place {
        said: &[PLUGIN],
        shown: "saved_at",
        inner: "label kept",
        rest: "plugin_id object_kind object_id",
        holds: "kept",
        ..Place::new("plugin_objects", ASKED, Fate::Emptied("label = $3"))
    },
    Place {
        said: &[PLUGIN],
        inner: "label error",
        rest: "id plugin_id object_kind object_id action kept generation state attempts due_at lease leased_until number first_failed_at last_failed_at class",
        holds: "kept",
        ..Place::new("duties", ASKED, Fate::Emptied("label = $3, error = ''"))
    },
    Place {
        said: &[PLUGIN],
        inner: "error output",
        rest: "id number plugin_id object_kind object_id action attempt outcome by_person at",
        ..Place::new("duty_runs", ASKED, Fate::Emptied("error = '', output = ''"))
    },
];

/// Tables that keep nothing about a person, and why.
#[cfg(test)]
pub const NOBODYS: &[(&str, &str)] = &[
    ("allocations", "a service's networks"),
    ("audit", "emptied row by row: the chain keeps digests"),
    ("audit_checkpoints", "hashes"),
    ("audit_heads", "a hash"),
    ("counters", "numbers"),
    ("crew_rights", "what crews may do"),
    ("crews", "groups"),
    ("dues_kinds", "the organisation's prices"),
    ("dues_prices", "the organisation's prices"),
    ("extra_fields", "what fields there are"),
    ("extractions", "templates, and where their files lie"),
    ("import_choices", "headers of files"),
    ("mail_settings", "the organisation's own"),
    ("mail_templates", "the organisation's texts"),
    ("once_keys", "a digest and ids of what was made"),
    ("plugins", "programs and where they reach"),
    ("prefix_types", "ids"),
    ("prefixes", "networks"),
    ("reserved_ranges", "networks"),
    ("service_prices", "the organisation's prices"),
    ("service_references", "a service's numbers elsewhere"),
    ("service_types", "the organisation's types"),
    ("services", "things that a crew runs"),
    ("settings", "the organisation's own"),
];
