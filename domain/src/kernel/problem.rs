//! What can go wrong, as a person may hear of it: a public [`Code`] with its
//! parameters, and a private cause that is logged once, where it is handled.

use super::right::Right;
use serde::{Deserialize, Serialize};
use std::panic::Location;

/// The result of everything that can fail in a way that a person hears of.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// What went wrong. Each code has a text in every language (`app/src/locales`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Code {
    // --- requests
    /// Something failed that is not the person's doing.
    Internal,
    /// The request makes no sense as it was sent.
    BadRequest,
    /// There is no such thing here, or it is not for this person to see.
    NotFound,
    /// There is something at this address, but not for this method.
    WrongMethod,
    /// One must sign in first.
    SignInNeeded,
    /// A right is missing.
    Forbidden {
        /// The right that would allow it.
        right: Right,
    },
    /// An unsafe request that did not come from this very site.
    WrongOrigin,
    /// The upload is larger than allowed.
    TooLarge {
        /// The limit, in MiB.
        max_mib: usize,
    },
    /// Too much at once; trying again in a moment helps.
    Busy,
    /// Somebody else changed the same thing in the meantime.
    ChangedMeanwhile,
    /// A form that was already sent came again with other content.
    AlreadySent,
    /// The session had ended when the form came: it is shown again, and nothing was done.
    LookAgain,
    /// The form was opened by somebody else than the one who is signed in now.
    FormOfAnother,

    // --- fields
    /// A form with problems at its fields.
    Invalid,
    /// The field must be filled in.
    Required,
    /// The text is too long.
    TooLong {
        /// The most characters.
        max: usize,
    },
    /// The text holds characters that cannot be seen.
    ControlCharacter,
    /// Not an amount of money.
    NotAnAmount,
    /// More than Equipage counts with.
    AmountTooLarge,
    /// A payment must be more than nothing.
    AmountNotPositive,
    /// A waived payment brings no money.
    AmountNotZero,
    /// Not a day of the calendar.
    NotADay,
    /// The day has not come yet.
    DayInFuture,
    /// A period that ends before it starts.
    PeriodEndsBeforeStart,
    /// One of the period's two days is missing.
    PeriodIncomplete,
    /// Not an e-mail address.
    NotAnEmail,
    /// Not a telephone number.
    NotAPhone,
    /// Not a login name.
    NotALoginName,
    /// Not a name for an address on the web.
    NotASlug,
    /// Not one of the choices.
    UnknownChoice,
    /// No member has this number or name.
    UnknownMember,
    /// Not a member number: its check digit is wrong.
    WrongCheckDigit,
    /// Not an IBAN.
    NotAnIban,
    /// A reason must be given.
    ReasonNeeded,

    // --- signing in
    /// Login name or password are wrong; never says which.
    SignInRefused,
    /// Too many failed attempts; also said when the password was right.
    SignInLocked {
        /// Minutes until the next attempt may succeed.
        minutes: i64,
    },
    /// The password is too short.
    PasswordTooShort {
        /// The fewest characters.
        min: usize,
    },
    /// The password is too long.
    PasswordTooLong {
        /// The most characters.
        max: usize,
    },
    /// The login name belongs to somebody else.
    LoginNameTaken,
    /// The person has a login already.
    HasLogin,
    /// Another crew has this name.
    CrewNameTaken,
    /// There are people in the crew: it is not deleted.
    CrewNotEmpty {
        /// How many.
        people: i64,
    },
    /// Nobody would be left who can sign in and change the settings.
    LastAdministrator,
    /// A link that was used, has run out, was replaced by a newer one, or never was.
    LinkInvalid,
    /// The login is disabled.
    LoginDisabled,

    // --- members
    /// The person or the organisation is a member already.
    AlreadyMember,
    /// Somebody similar is known: the same address, or the same full name.
    MaybeKnown,
    /// No person is found by what was typed.
    UnknownPerson,
    /// It has a login, is in a crew or has contacts: a person stays one, and so does an organisation.
    KindInUse,
    /// A contact is a person.
    NotAPerson,
    /// Only organisations have contacts.
    NotAnOrganisation,

    // --- erasure
    /// Something must end before a person is erased: the page says what.
    ErasureBlocked,
    /// What was typed is not the name of the one who is to be erased.
    NotTheName,

    // --- audit
    /// The end of the audit's chain is missing, or is not where its rows are.
    AuditBroken,

    // --- dues
    /// Another kind of dues has this name.
    KindNameTaken,

    // --- accounts
    /// The key that seals numbers of accounts is not configured, or not the right one.
    BankKeyMissing,
    /// Not a bank's code.
    NotABic,
    /// The person or organisation has this account already.
    AccountKnown,
    /// As many accounts as one may have.
    TooManyAccounts {
        /// The most.
        max: usize,
    },
    /// Somebody signed that this account may be debited: it stays.
    AccountHasMandate,
    /// Not a reference that every bank takes.
    NotAReference {
        /// How many signs it may have.
        max: usize,
    },
    /// Another mandate has this reference.
    ReferenceTaken,
    /// The mandate was not used for too long, and has ended.
    MandateEnded,
    /// As many mandates as one may have.
    TooManyMandates {
        /// The most.
        max: usize,
    },
    /// Not a creditor's identifier.
    NotACreditorId,
    /// The kind of dues is archived: it is offered no more.
    KindArchived,
    /// Those for whom nothing else is said pay something: their kind is not free.
    DefaultKindNotFree,
    /// The kind by which those pay for whom nothing else is said stays.
    DefaultKindNotArchived,
    /// A free kind of dues has no amount.
    FreeKindNoAmount,
    /// There are as many kinds of dues as there may be.
    TooManyKinds {
        /// The most.
        max: usize,
    },
    /// Nobody pays for themselves through somebody.
    PayerIsSelf,
    /// Somebody else pays for the one who was to pay.
    PayerHasPayer,
    /// The member pays for others: nobody pays for them.
    PaysForOthers,

    // --- services
    /// The crew manages types of services: another one must do so first.
    CrewManagesTypes,
    /// A period of another length than can be.
    NotMonths {
        /// The most months.
        max: u32,
    },
    /// Another type of services has this name.
    TypeNameTaken,
    /// No new services are made of this type.
    TypeArchived,
    /// There are as many types as can be.
    TooManyTypes {
        /// So many.
        max: usize,
    },
    /// Somebody has the service in that time.
    ServiceTaken,
    /// The service is no more in that time.
    ServiceClosed,
    /// The member never had the service.
    NotTheHolder,
    /// What was paid for shows that the member had it.
    HoldingPaid,

    // --- addresses
    /// Neither an address nor a network.
    NotAnAddress,
    /// A network is written by its first address.
    NotANetwork {
        /// As it should be.
        right: String,
    },
    /// Not a first and a last address of one family.
    NotARange,
    /// Not a time of the day.
    NotATime,
    /// The clocks were changed: there was no such time, or two.
    TimeUnclear,
    /// A network with more addresses than Equipage counts.
    PrefixTooLarge {
        /// The shortest length.
        min: u8,
    },
    /// A length that nothing in the network can have.
    WrongLength {
        /// The shortest.
        min: u8,
        /// The longest.
        max: u8,
    },
    /// There are as many as can be.
    TooManyPrefixes {
        /// So many.
        max: usize,
    },
    /// There is a prefix of this network.
    PrefixTaken,
    /// Something was handed out of the prefix.
    PrefixInUse,
    /// Not all of it lies in the prefix.
    OutsidePrefix,
    /// It is in no prefix that is for this service.
    AddressOutOfReach,
    /// It is not handed out.
    AddressReserved,
    /// A service has some of it in that time.
    AddressTaken,
    /// The service gets an address later than that day.
    AddressLater,
    /// Nothing is free in the prefix.
    NoneFree,
    /// Services of this type have no addresses.
    TypeWithoutAddresses,
    /// What is over is history.
    AllocationOver,
    /// It was given too long ago to be a mistake.
    AllocationStays,
    // --- fields that an organisation declares
    /// Not a number.
    NotANumber,
    /// Another field has this name.
    FieldNameTaken,
    /// There are as many fields as there may be.
    TooManyFields {
        /// The most.
        max: usize,
    },
    /// There are more choices than there may be.
    TooManyChoices {
        /// The most.
        max: usize,
    },
    /// Two choices are called the same.
    ChoiceTwice,
    /// Somebody has this choice: it stays.
    ChoiceInUse,
    /// Something is kept in the field: it stays, and can be archived.
    FieldHasValues {
        /// How many objects have something in it.
        count: i64,
    },

    // --- payments
    /// The payment was validated: nobody changes it any more.
    PaymentFrozen,
    /// Who entered a payment may not validate it.
    OwnEntry,
    /// The payment was validated already.
    AlreadyValidated,
    /// Only a validated payment can be reversed; a draft is changed or deleted.
    NotValidatedYet,
    /// The payment is reversed already, or its reversal waits.
    AlreadyReversed,
    /// A reversal is not reversed: a new payment is entered.
    IsReversal,
    /// Nothing was selected.
    NothingSelected,
    /// More was selected than one action takes.
    TooManySelected {
        /// The most at once.
        max: usize,
    },

    // --- import
    /// The file holds nothing.
    FileEmpty,
    /// The file is not a text in a known encoding.
    FileNotText,
    /// The file is broken at a line.
    FileBroken {
        /// The line, from 1.
        line: u64,
    },
    /// The file has more rows than one import takes.
    TooManyRows {
        /// The most rows.
        max: usize,
    },
    /// The file has more columns than one import takes.
    TooManyColumns {
        /// The most columns.
        max: usize,
    },
    /// The file holds totals, not members: another of the program's exports is needed.
    FileOfTotals,
    /// The row has more or fewer cells than there are columns.
    RowLength {
        /// As many as there are columns.
        expected: usize,
        /// As many as the row has.
        found: usize,
    },
    /// The row's person has asked to become a member, and is none yet.
    NoMemberYet,
    /// No column was recognised or chosen for something that is needed.
    ColumnMissing,
    /// Two columns were chosen for the same thing.
    ColumnTwice,
    /// The row names a member that the file's other rows and the list do not have.
    RowWithoutMember,
    /// The same member stands in the file twice, differently.
    RowTwice {
        /// The other line.
        line: u64,
    },
    /// The former number is another member's, or the row's two numbers are two members'.
    ReferenceOfAnother,
    /// Some rows have problems, and the import was to stop at them.
    RowsWithProblems {
        /// How many.
        rows: usize,
    },
    /// The import was applied already.
    ImportApplied,
    /// There is nothing in it to import.
    NothingToImport,
    /// Something stands against undoing the import.
    ImportUsed {
        /// How much.
        count: usize,
    },
    /// The import was not applied, was undone already, or is from before this was possible.
    ImportNotUndoable,
    /// Another import of the organisation is being applied.
    ImportRunning,
    /// A field of the organisation's own that objects of this kind do not have.
    FieldOfOthers,
    /// There is no such type of services among those of one's crews.
    UnknownType,
    /// There is no such service among those of one's crews.
    UnknownService,
    /// Several services are called so.
    SeveralServices,
    /// Several members are called so.
    SeveralMembers,

    // --- exports
    /// The list has more rows than one file holds.
    ExportTooLarge {
        /// The most rows.
        max: i64,
    },

    // --- mail
    /// Not days before and after.
    NotSteps {
        /// The most of them.
        max: usize,
        /// The most days.
        days: i64,
    },
    /// The template's braces or conditions do not fit together.
    TemplateSyntax {
        /// The line, from 1.
        line: usize,
    },
    /// A template takes variables and conditions only.
    TemplateTag {
        /// The line, from 1.
        line: usize,
    },
    /// A template names a variable that there is not.
    TemplateVariable {
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// The operator has not set up how mail is sent.
    MailNotSetUp,
    /// The organisation has decided that no mail is sent.
    MailOff,

    // --- plugins
    /// The name is another plugin's.
    PluginNameTaken,
    /// An organisation has no more plugins than that.
    TooManyPlugins {
        /// The most.
        max: usize,
    },
    /// This server has no such plugin.
    PluginNotHere,
    /// The plugin is to be told of services that its maker does not see.
    PluginSeesMore,
    /// The text is not an address that begins with `https://` (or `http://`).
    NotAUrl,
    /// The operator of this server has not allowed it.
    NotAllowedHere,
    /// There is no such program where the operator has put them.
    NoSuchProgram,
    /// The text is no path of a file: it begins with `/`, and has letters, digits, `.`, `_` and `-`.
    NotAPath,
    /// The text is no name of a domain, as `lists.example.org`.
    NotADomain,
    /// The text is no secret that messages are signed with.
    NotAWebhookSecret,
    /// There is no key with which secrets could be kept.
    SecretKeyMissing,
    /// The plugin or the extraction is switched off.
    PluginIsOff,

    // --- extractions
    /// A template makes no text.
    TemplateFails {
        /// Which of its lines, from 1; 0: none of them.
        line: usize,
        /// What the engine said.
        said: String,
    },
    /// A line is not `name = value`.
    ConfigLine {
        /// Which one, from 1.
        line: usize,
    },
    /// The text is no path of a file within a folder.
    NotAFilePath,
    /// Another extraction writes the file.
    FilePathTaken,
    /// The text is no mode of a file that is not run.
    NotAFileMode,
    /// The text is no owner of a file.
    NotAFileOwner,
    /// The server may not give files to this owner.
    OwnerNotAllowed,
    /// There is more than a template reads.
    TooMuchToRead {
        /// The most of a kind.
        max: i64,
    },

    // --- tenants
    /// No organisation answers at this address.
    UnknownTenant,
    /// The name is in use.
    SlugTaken,

    // --- operators
    /// Somebody proves that organisations are apart at this moment.
    ProofRunning,
    /// A proof did not come to its end in time, and says nothing.
    ProofTooLong {
        /// The longest time.
        minutes: i64,
    },
}

/// The class of a code: how programs hear of it (an HTTP status, an exit code).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// What was sent is wrong.
    Invalid,
    /// One must sign in.
    SignIn,
    /// It is not allowed.
    Refused,
    /// It is not there.
    Missing,
    /// It does not fit the present state.
    Conflict,
    /// Too much, too large or too often.
    Limit,
    /// Ours to mend.
    Ours,
}

impl Code {
    /// The class of the code.
    pub fn class(&self) -> Class {
        match self {
            Self::Internal | Self::AuditBroken => Class::Ours,
            Self::NotFound | Self::WrongMethod | Self::UnknownTenant => Class::Missing,
            Self::SignInNeeded => Class::SignIn,
            Self::Forbidden { .. } | Self::WrongOrigin | Self::OwnEntry | Self::FormOfAnother => {
                Class::Refused
            }
            Self::TooLarge { .. }
            | Self::Busy
            | Self::SignInLocked { .. }
            | Self::ProofTooLong { .. } => Class::Limit,
            Self::ChangedMeanwhile
            | Self::AlreadySent
            | Self::LookAgain
            | Self::AlreadyMember
            | Self::BankKeyMissing
            | Self::AccountHasMandate
            | Self::MandateEnded
            | Self::MaybeKnown
            | Self::ErasureBlocked
            | Self::HasLogin
            | Self::CrewNotEmpty { .. }
            | Self::FieldHasValues { .. }
            | Self::LastAdministrator
            | Self::LoginDisabled
            | Self::PaymentFrozen
            | Self::AlreadyValidated
            | Self::NotValidatedYet
            | Self::AlreadyReversed
            | Self::IsReversal
            | Self::ImportApplied
            | Self::ImportUsed { .. }
            | Self::ImportNotUndoable
            | Self::ImportRunning
            | Self::MailNotSetUp
            | Self::MailOff
            | Self::SecretKeyMissing
            | Self::PluginIsOff
            | Self::SlugTaken
            | Self::ProofRunning => Class::Conflict,
            _ => Class::Invalid,
        }
    }
}

/// A problem at one field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field's name, as in the form.
    pub field: String,
    /// What is wrong with it.
    #[serde(flatten)]
    pub code: Code,
}

/// What went wrong.
#[derive(Debug)]
pub struct Problem {
    /// What a person hears of it.
    pub code: Code,
    /// Problems at fields; empty but for [`Code::Invalid`].
    pub fields: Vec<FieldProblem>,
    /// What only the log hears.
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
    at: &'static Location<'static>,
}

impl Problem {
    /// A problem of a code.
    #[track_caller]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            fields: Vec::new(),
            cause: None,
            at: Location::caller(),
        }
    }

    /// A form with problems at its fields.
    #[track_caller]
    pub fn invalid(fields: Vec<FieldProblem>) -> Self {
        Self {
            fields,
            ..Self::new(Code::Invalid)
        }
    }

    /// A form with a problem at one field.
    #[track_caller]
    pub fn at_field(field: &str, code: Code) -> Self {
        Self::invalid(vec![FieldProblem {
            field: field.to_owned(),
            code,
        }])
    }

    /// Something that failed and is ours to mend; the cause goes to the log only.
    #[track_caller]
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(Code::Internal)
        }
    }

    /// The same problem with a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Where in the program it began.
    pub fn place(&self) -> &'static Location<'static> {
        self.at
    }

    /// The problem at a field, if there is one.
    pub fn field(&self, name: &str) -> Option<&Code> {
        self.fields
            .iter()
            .find(|f| f.field == name)
            .map(|f| &f.code)
    }

    /// For the log: where it arose and why. Holds no secret: causes are made of
    /// database and I/O errors, never of what was typed.
    pub fn log_line(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{:?} at {}: {cause}", self.code, self.at),
            None => format!("{:?} at {}", self.code, self.at),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.code)?;
        for field in &self.fields {
            write!(f, " {}: {:?}", field.field, field.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

impl From<Code> for Problem {
    #[track_caller]
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}
