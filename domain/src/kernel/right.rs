//! Rights: what a crew may do. Which right an action needs is said in `access.rs`
//! and in each feature's `rules.rs`; this is only the list.

use serde::{Deserialize, Serialize};

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// Something that a crew may do. No right implies another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Right { $($(#[$doc])* $name),* }

        impl Right {
            /// Every right.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in the database, in the command line and in the API.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The right of a name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|r| r.name() == name)
            }
        }
    };
}

rights! {
    /// Enter and edit people and organisations.
    People = "people",
    /// Make members, edit membership, import.
    Members = "members",
    /// Enter payments.
    PaymentsAdd = "payments_add",
    /// Change payments that are not validated.
    PaymentsChange = "payments_change",
    /// Delete payments that are not validated.
    PaymentsDelete = "payments_delete",
    /// Validate payments.
    PaymentsValidate = "payments_validate",
    /// Set up types of services: their crew, their price. It opens no service.
    ServiceTypes = "service_types",
    /// Set up prefixes and what is reserved in them. It shows nobody's addresses.
    Prefixes = "prefixes",
    /// Ask who had an address at a moment.
    AddressHistory = "address_history",
    /// Change the organisation's settings and read the audit.
    Settings = "settings",
}
