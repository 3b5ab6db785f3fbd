//! Members: people and organisations with a member number; the lists in which
//! they, and everybody else who is known, are found.

mod directory;
#[cfg(feature = "server")]
mod imported;
pub mod rules;
#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
#[cfg(test)]
mod tests;
pub use directory::*;
#[cfg(feature = "server")]
pub(crate) use imported::{
    NewMember, NewReference, add_imported_references, insert_imported, labels, remove_imported,
    take_numbers,
};
pub use rules::{MemberNumber, Standing, standing};
#[cfg(feature = "server")]
pub use service::*;

use crate::fields::Extra;
use crate::kernel::{Check, Code, Day, MemberId, PartyId, Result, calendar};
use crate::people::{Kind, Party};
use serde::{Deserialize, Serialize};

/// A member, with everything that is known of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The member's id.
    pub id: MemberId,
    /// The member's number.
    pub number: MemberNumber,
    /// Who the member is.
    pub party: Party,
    /// The first day of the membership.
    pub joined_on: Day,
    /// The day on which they left, where they did.
    pub left_on: Option<Day>,
    /// The last day of what is paid or free, of the run of days that began last; as of today.
    pub paid_until: Option<Day>,
    /// What the member was called in other programs: the program, and the reference there.
    pub references: Vec<(String, String)>,
    /// Grows with each change of the membership.
    pub version: i64,
}

impl Member {
    /// How the member stands on a day.
    pub fn standing(&self, today: Day) -> Standing {
        standing(self.left_on, self.paid_until, today)
    }

    /// Number and name, as one line: "1042-9 Léa Benamar".
    pub fn label(&self) -> String {
        format!("{} {}", self.number, self.party.display_name())
    }
}

/// One row of the lists of members and of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The member's id, where it is one.
    pub id: Option<MemberId>,
    /// The person or the organisation.
    pub party: PartyId,
    /// Which of both.
    pub kind: Kind,
    /// The name as people say it.
    pub name: String,
    /// The member's number.
    pub number: Option<MemberNumber>,
    /// The city.
    pub city: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The first day of the membership.
    pub joined_on: Option<Day>,
    /// The day on which they left.
    pub left_on: Option<Day>,
    /// The last day of what is paid or free, of the run of days that began last; as of today.
    pub paid_until: Option<Day>,
}

impl MemberRow {
    /// How the member stands on a day; `None` for those who are no members.
    pub fn standing(&self, today: Day) -> Option<Standing> {
        self.id
            .map(|_| standing(self.left_on, self.paid_until, today))
    }
}

/// How many members stand how, today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All who have not left.
    pub members: i64,
    /// Those of them whose dues are paid.
    pub in_order: i64,
    /// Those of them whose dues were paid once, but not until today.
    pub late: i64,
    /// Those of them who never paid.
    pub never_paid: i64,
    /// Those who left.
    pub left: i64,
}

impl Counts {
    /// How many stand in one way; `None` where that is not counted here.
    pub fn of(self, standing: StandingFilter) -> Option<i64> {
        match standing {
            StandingFilter::InOrder => Some(self.in_order),
            StandingFilter::EndsSoon => None,
            StandingFilter::Late => Some(self.late),
            StandingFilter::NeverPaid => Some(self.never_paid),
            StandingFilter::Left => Some(self.left),
        }
    }
}

/// A membership, once it was read from a form or a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipData {
    /// The first day.
    pub joined_on: Day,
    /// The day on which they left.
    pub left_on: Option<Day>,
}

/// A membership as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MembershipForm {
    /// The form's own key, for the form that makes a member.
    pub key: String,
    /// The version that the form was made from, for the form that changes.
    pub version: String,
    /// The first day.
    pub joined_on: String,
    /// The day on which they left; may be empty.
    pub left_on: String,
    /// What was typed into the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl MembershipForm {
    /// The form that shows a membership. Its days are written as `<input type=date>` wants them.
    pub fn of(member: &Member) -> Self {
        Self {
            key: String::new(),
            version: member.version.to_string(),
            joined_on: member.joined_on.to_string(),
            left_on: member.left_on.map(|d| d.to_string()).unwrap_or_default(),
            extra: Extra::default(),
        }
    }

    /// The form that makes a member from a day on.
    pub fn starting_on(day: Day) -> Self {
        Self {
            joined_on: day.to_string(),
            ..Self::default()
        }
    }

    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<MembershipData> {
        let mut check = Check::new();
        let joined_on = check.required("joined_on", &self.joined_on, calendar::parse_day);
        let left_on = check.optional("left_on", &self.left_on, calendar::parse_day);
        if let (Some(joined_on), Some(left_on)) = (joined_on, left_on)
            && left_on < joined_on
        {
            check.refuse("left_on", Code::PeriodEndsBeforeStart);
        }
        check.done(joined_on.map(|joined_on| MembershipData { joined_on, left_on }))
    }
}
