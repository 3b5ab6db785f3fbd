//! Identifiers: one type per kind of object, so that a person's id cannot be
//! passed where a member's is wanted. All are UUIDv7 made on the server.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// One organisation with its own data.
    TenantId,
    /// Somebody who runs the installation.
    OperatorId,
    /// A person or an organisation: what has a name and an address, and may become a member.
    PartyId,
    /// A person or an organisation with a member number.
    MemberId,
    /// A group of people with rights.
    CrewId,
    /// Money that came, is said to have come, or was given back.
    PaymentId,
    /// A kind of dues: what membership costs, and for which time.
    DuesKindId,
    /// A kind of service that one crew manages.
    ServiceTypeId,
    /// Something that a crew runs for members.
    ServiceId,
    /// That a member has a service for a time.
    HoldingId,
    /// A network that addresses are handed out of.
    PrefixId,
    /// A part of a prefix that is not handed out.
    ReservedId,
    /// That a service has an address for a time.
    AllocationId,
    /// That somebody asked who had an address.
    QuestionId,
    /// Payments that came as one.
    PaymentGroupId,
    /// Somebody's being signed in, in one browser.
    SessionId,
    /// A mail that is sent, or was.
    MailId,
    /// A plugin that an organisation has set up.
    PluginId,
    /// What a plugin still has to do about an object.
    DutyId,
    /// A file that was uploaded to be imported.
    ImportId,
    /// An account of a person or an organisation.
    BankAccountId,
    /// What somebody signed so that their account may be debited.
    MandateId,
    /// A field that an organisation declared for itself.
    FieldId,
}
