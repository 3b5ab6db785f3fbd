//! What a column of a file holds: a part of what is imported, or a field of the
//! organisation's own. What the imports of members and of services have in common here.

use crate::kernel::problem::FieldProblem;
use crate::kernel::{Code, FieldId};
use std::borrow::Cow;

/// What the name of a field of the organisation's own begins with, in forms.
pub const OWN_PREFIX: &str = "extra_";

/// What a column may hold.
pub trait Holds: Copy + Default + PartialEq + 'static {
    /// Every part, in the order in which a list shows them.
    const ALL: &'static [Self];

    /// Its name in forms.
    fn name(self) -> Cow<'static, str>;

    /// Whether several columns may hold it.
    fn many(self) -> bool;

    /// A field of the organisation's own.
    fn of_field(id: FieldId) -> Self;

    /// The field of the organisation's own that it is.
    fn field(self) -> Option<FieldId>;

    /// The one of a name.
    fn from_name(name: &str) -> Option<Self> {
        match name.strip_prefix(OWN_PREFIX) {
            Some(id) => id.parse().ok().map(Self::of_field),
            None => Self::ALL.iter().copied().find(|one| one.name() == name),
        }
    }
}

macro_rules! holds {
    ($(#[$of:meta])* $type:ident, many: $many:pat, { $($(#[$doc:meta])* $name:ident = $text:literal),* $(,)? }) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type {
            $($(#[$doc])* $name,)*
            /// A field of the organisation's own.
            Own(crate::kernel::FieldId),
        }

        impl $crate::import::Holds for $type {
            const ALL: &'static [Self] = &[$(Self::$name),*];

            fn name(self) -> std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$name => $text.into(),)*
                    Self::Own(id) => format!("{}{id}", $crate::import::OWN_PREFIX).into(),
                }
            }

            fn many(self) -> bool {
                matches!(self, $many)
            }

            fn of_field(id: crate::kernel::FieldId) -> Self {
                Self::Own(id)
            }

            fn field(self) -> Option<crate::kernel::FieldId> {
                match self {
                    Self::Own(id) => Some(id),
                    _ => None,
                }
            }
        }
    };
}
pub(super) use holds;

/// Two columns for one thing, each refused at `column_N` (N from 0).
pub(super) fn twice<T: Holds>(columns: &[T]) -> Vec<FieldProblem> {
    let all = columns.iter().enumerate();
    let twice = all.filter(|(at, one)| {
        let mut before = columns.iter().take(*at);
        !one.many() && before.any(|other| other == *one)
    });
    let refused = |(at, _)| FieldProblem {
        field: format!("column_{at}"),
        code: Code::ColumnTwice,
    };
    twice.map(refused).collect()
}

/// The columns as a form sends them, for a file of so many.
pub(super) fn read<T: Holds>(names: &[String], count: usize) -> Option<Vec<T>> {
    let columns: Option<Vec<T>> = names.iter().map(|name| T::from_name(name)).collect();
    columns.filter(|columns| columns.len() == count)
}
