//! What somebody does. Things are named by the order in which they were made, so that a
//! command means the same on every engine.

use chrono::NaiveDate;
use domain::kernel::Code;

/// Somebody does something.
#[derive(Clone, Debug)]
pub struct Step {
    /// One of [`ACTORS`](super::engine::ACTORS).
    pub actor: usize,
    pub command: Command,
}

#[derive(Clone, Debug)]
pub enum Command {
    AddParty {
        who: Who,
        key: Key,
        refuse_doubles: bool,
    },
    SaveParty {
        party: usize,
        who: Who,
        version: Version,
    },
    AddMember {
        party: usize,
        since: Since,
        key: Key,
    },
    Register {
        who: Who,
        since: Since,
        key: Key,
        refuse_doubles: bool,
    },
    SaveMember {
        member: usize,
        since: Since,
        version: Version,
    },
    AddContact {
        organisation: usize,
        person: usize,
        role: &'static str,
    },
    RemoveContact {
        organisation: usize,
        person: usize,
    },
    AddPayment {
        pay: Pay,
        key: Key,
    },
    SavePayment {
        payment: usize,
        pay: Pay,
        version: Version,
    },
    DeletePayment {
        payment: usize,
        version: Version,
    },
    Validate {
        payments: Vec<usize>,
        key: Key,
    },
    Reverse {
        payment: usize,
        reason: &'static str,
        key: Key,
    },
    SetValidation {
        anyone: bool,
        version: Version,
    },
    Ask(Question),
    AddTerms {
        member: usize,
        terms: TermsTyped,
    },
    RemoveTerms {
        member: usize,
        from_on: &'static str,
    },
    /// Days go by.
    Wait(u64),
}

impl Command {
    /// What is done, without the details.
    pub fn name(&self) -> String {
        let text = format!("{self:?}");
        text.split([' ', '(']).next().unwrap_or_default().to_owned()
    }
}

/// What somebody looks at.
#[derive(Clone, Debug)]
pub enum Question {
    Party(usize),
    Contacts(usize),
    Member(usize),
    Payment(usize),
    Payments {
        validated: Option<bool>,
        by: Option<usize>,
        member: Option<usize>,
        until: Option<&'static str>,
    },
    Queue,
    Waiting,
    OfMember(usize),
    OwnPayments(usize),
    Members {
        standing: Option<&'static str>,
        everybody: bool,
    },
    Counts,
    Receipt(usize),
    Receipts(i64),
    AuditRows,
}

/// A form's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Number(u128),
    Nonsense,
}

/// The version that a form says it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Present,
    Past,
    Nonsense,
}

/// A person or an organisation, as it is typed.
#[derive(Clone, Debug)]
pub struct Who {
    pub kind: &'static str,
    pub given_name: &'static str,
    pub name: &'static str,
    pub email: &'static str,
}

pub const KINDS: &[&str] = &["person", "organisation", "", "robot"];
pub const GIVEN_NAMES: &[&str] = &["Léa", "Zoé", "", "Morel"];
pub const NAMES: &[&str] = &["Benamar", "Morel", " Zoé ", "", "a\u{202e}b"];
pub const EMAILS: &[&str] = &[
    "",
    "lea@example.org",
    "lea@example.org ",
    "zoe@example.org",
    "pas une adresse",
];

/// The two days of a membership, as they are typed, and what they mean.
#[derive(Clone, Copy, Debug)]
pub struct Since {
    pub joined_on: &'static str,
    pub left_on: &'static str,
}

pub const SINCE: &[Since] = &[
    Since {
        joined_on: "2026-01-01",
        left_on: "",
    },
    Since {
        joined_on: "01/02/2024",
        left_on: "",
    },
    Since {
        joined_on: "2025-03-31",
        left_on: "2026-07-15",
    },
    Since {
        joined_on: "2026-01-01",
        left_on: "2025-12-31",
    },
    Since {
        joined_on: "",
        left_on: "",
    },
    Since {
        joined_on: "2026-02-30",
        left_on: "2026-13-01",
    },
];

/// How a member pays, as it is typed.
#[derive(Clone, Copy, Debug)]
pub struct TermsTyped {
    pub from_on: &'static str,
    pub amount: &'static str,
    pub reason: &'static str,
}

pub const TERM_DAYS: &[&str] = &["2026-01-01", "2025-06-15", "2026-08-01", "2026-07-01", ""];
pub const TERM_AMOUNTS: &[&str] = &["", "0", "15", "-1"];
pub const TERM_REASONS: &[&str] = &["études", ""];

/// How a member is named in a payment's form.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    Id(usize),
    Number(usize),
    NumberAndName(usize),
    WrongDigit(usize),
    Nobody,
    Empty,
}

/// A payment, as it is typed; the numbers point into the lists below.
#[derive(Clone, Copy, Debug)]
pub struct Pay {
    pub whose: Whose,
    pub amount: usize,
    pub method: &'static str,
    pub received_on: usize,
    pub period: usize,
    pub note: &'static str,
    pub label: &'static str,
}

/// What is typed, and what it means.
pub type Meaning<T> = (&'static str, Result<T, Code>);

pub const AMOUNTS: &[Meaning<i64>] = &[
    ("30", Ok(3000)),
    ("12,50 €", Ok(1250)),
    ("1 000,00", Ok(100_000)),
    ("0", Ok(0)),
    ("-5", Ok(-500)),
    ("0,001", Err(Code::NotAnAmount)),
    ("trente", Err(Code::NotAnAmount)),
    ("10000000,01", Err(Code::AmountTooLarge)),
    ("", Err(Code::Required)),
];
pub const METHODS: &[&str] = &[
    "transfer",
    "cash",
    "cheque",
    "card",
    "direct_debit",
    "waived",
    "",
    "gold",
];
pub const NOTES: &[&str] = &["", "deux fois", "  "];
pub const LABELS: &[&str] = &["", "Cotisation", "Don"];

pub fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

pub fn days() -> Vec<Meaning<NaiveDate>> {
    vec![
        ("2026-05-04", Ok(day(2026, 5, 4))),
        ("04/05/2026", Ok(day(2026, 5, 4))),
        ("2026-05-31", Ok(day(2026, 5, 31))),
        ("2026-07-01", Ok(day(2026, 7, 1))),
        ("2100-01-01", Ok(day(2100, 1, 1))),
        ("2026-02-29", Err(Code::NotADay)),
        ("", Err(Code::Required)),
    ]
}

/// A period's two days; `None` is a day that was left empty.
type Half = (&'static str, Option<Result<NaiveDate, Code>>);

pub fn periods() -> Vec<(Half, Half)> {
    let ok = |text, y, m, d| (text, Some(Ok(day(y, m, d))));
    let empty = || ("", None);
    vec![
        (ok("2026-01-01", 2026, 1, 1), ok("2026-12-31", 2026, 12, 31)),
        (ok("2024-02-29", 2024, 2, 29), ok("2025-02-28", 2025, 2, 28)),
        (ok("2026-05-15", 2026, 5, 15), ok("2026-06-14", 2026, 6, 14)),
        (ok("2026-07-01", 2026, 7, 1), ok("2027-06-30", 2027, 6, 30)),
        (ok("2026-06-01", 2026, 6, 1), ok("2026-06-01", 2026, 6, 1)),
        (empty(), empty()),
        (ok("2026-01-01", 2026, 1, 1), empty()),
        (empty(), ok("2026-12-31", 2026, 12, 31)),
        (ok("2026-12-31", 2026, 12, 31), ok("2026-01-01", 2026, 1, 1)),
        (
            ("hier", Some(Err(Code::NotADay))),
            ok("2026-12-31", 2026, 12, 31),
        ),
    ]
}
