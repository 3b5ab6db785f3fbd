//! The lists of members and of people: what they are asked for, and what is found.

#[cfg(feature = "server")]
mod service;
#[cfg(feature = "server")]
mod store;
#[cfg(feature = "server")]
pub use service::*;

use crate::fields::Extra;
use crate::kernel::{Day, MemberId, PageRequest, PartyId};
use crate::members::{MemberNumber, Standing, rules::standing};
use crate::people::Kind;
use chrono::Days;
use serde::{Deserialize, Serialize};

/// Who a list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// Members, also those who left.
    #[default]
    Members,
    /// Everybody who is known.
    Everyone,
    /// Those who are no members.
    NotMembers,
}

impl Membership {
    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Everyone => "everyone",
            Self::NotMembers => "not_members",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Members, Self::Everyone, Self::NotMembers]
            .into_iter()
            .find(|m| m.name() == name)
    }
}

/// Dues that are paid for so many days more, or fewer, end soon.
pub const ENDS_SOON_DAYS: u64 = 30;

/// The last day of what ends soon.
pub fn ends_soon_until(today: Day) -> Day {
    today
        .checked_add_days(Days::new(ENDS_SOON_DAYS))
        .unwrap_or(today)
}

/// Members who stand in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingFilter {
    /// The dues are paid.
    InOrder,
    /// The dues are paid, but not for longer than [`ENDS_SOON_DAYS`] from today.
    EndsSoon,
    /// The dues were paid once, but not until today.
    Late,
    /// Nothing was ever paid.
    NeverPaid,
    /// They left.
    Left,
}

impl StandingFilter {
    /// All, as a list offers them.
    pub const ALL: [Self; 5] = [
        Self::InOrder,
        Self::EndsSoon,
        Self::Late,
        Self::NeverPaid,
        Self::Left,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::EndsSoon => "ends_soon",
            Self::Late => "late",
            Self::NeverPaid => "never_paid",
            Self::Left => "left",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// Which rows of the list are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryFilter {
    /// Words of a name, an address, a city or a number; each must be found.
    pub query: String,
    /// Who the list holds.
    pub membership: Membership,
    /// One kind only.
    pub kind: Option<Kind>,
    /// Members who stand in one way only.
    pub standing: Option<StandingFilter>,
    /// What is kept in the organisation's own fields.
    pub extra: Extra,
    /// The field in which nothing is kept.
    pub without: String,
}

/// A row of the list as a file holds it: also what only the page of a person says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(sqlx::FromRow))]
pub struct WholeRow {
    /// The member's id, where it is one.
    pub id: Option<MemberId>,
    /// The person or the organisation.
    pub party: PartyId,
    /// Which of both.
    pub kind: Kind,
    /// The given name of a person.
    pub given_name: String,
    /// The family name, or the organisation's.
    pub name: String,
    /// The member's number.
    pub number: Option<MemberNumber>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Street and house number, in lines.
    pub street: Option<String>,
    /// The postcode.
    pub postcode: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The first day of the membership.
    pub joined_on: Option<Day>,
    /// The day on which they left.
    pub left_on: Option<Day>,
    /// The last day of what is paid or free, as in the list.
    pub paid_until: Option<Day>,
}

impl WholeRow {
    /// How the member stands on a day; `None` for those who are no members.
    pub fn standing(&self, today: Day) -> Option<Standing> {
        self.id
            .map(|_| standing(self.left_on, self.paid_until, today))
    }
}

/// The filter as an address holds it. What cannot be read asks for nothing: an old
/// link still shows a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DirectoryQuery {
    /// Words to search for.
    pub q: String,
    /// `person` or `organisation`.
    pub kind: String,
    /// `in_order`, `ends_soon`, `late`, `never_paid` or `left`.
    pub standing: String,
    /// `members` or `not_members`, in the list of everybody.
    pub membership: String,
    /// The name of a field of the organisation's own, for those who have nothing in it.
    pub without: String,
    /// The page's number.
    pub page: String,
    /// What is asked of the organisation's own fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl DirectoryQuery {
    /// The filter, for a list that holds `base`. Only the list of everybody can be
    /// narrowed to members or the others.
    pub fn filter(&self, base: Membership) -> DirectoryFilter {
        let membership = match base {
            Membership::Everyone => Membership::from_name(&self.membership).unwrap_or(base),
            other => other,
        };
        DirectoryFilter {
            query: self.q.trim().to_owned(),
            membership,
            kind: Kind::from_name(&self.kind),
            standing: StandingFilter::from_name(&self.standing),
            extra: self.extra.clone(),
            without: self.without.clone(),
        }
    }

    /// The page that is wanted.
    pub fn page(&self) -> PageRequest {
        PageRequest::from_query(&self.page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        let query = DirectoryQuery {
            q: "  léa ".into(),
            kind: "robot".into(),
            standing: "'; --".into(),
            membership: "not_members".into(),
            page: "-3".into(),
            ..DirectoryQuery::default()
        };
        let filter = query.filter(Membership::Members);
        assert_eq!(
            filter,
            DirectoryFilter {
                query: "léa".into(),
                ..DirectoryFilter::default()
            }
        );
        assert_eq!(
            query.filter(Membership::Everyone).membership,
            Membership::NotMembers
        );
        assert_eq!(query.page().number(), 1);
    }

    #[test]
    fn every_choice_comes_back_from_its_name() {
        for standing in StandingFilter::ALL {
            assert_eq!(StandingFilter::from_name(standing.name()), Some(standing));
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
    }
}
