//! Who may do what: pure, and the same on the server and on the screen.
//! Rights come from crews and from nowhere else. Rules that also look at the
//! object (a frozen payment, one's own entry) stand in the feature's `rules.rs`
//! and start from here.

use crate::kernel::{Code, CrewId, PartyId, Problem, Result, Right};
use serde::{Deserialize, Serialize};

/// A right, and the crew through which somebody has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The right.
    pub right: Right,
    /// The crew's name.
    pub crew: String,
}

/// A crew that somebody is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belonging {
    /// The crew.
    pub crew: CrewId,
    /// Its name.
    pub name: String,
}

/// Everything that somebody may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    grants: Vec<Grant>,
    crews: Vec<Belonging>,
    everything: bool,
}

impl Rights {
    /// The rights that crews give.
    pub fn from_grants(grants: Vec<Grant>) -> Self {
        Self {
            grants,
            ..Self::default()
        }
    }

    /// The same rights, of somebody who is in these crews.
    #[must_use]
    pub fn in_crews(self, crews: Vec<Belonging>) -> Self {
        Self { crews, ..self }
    }

    /// The rights of the one who runs the program on its own machine.
    pub fn operator() -> Self {
        Self {
            everything: true,
            ..Self::default()
        }
    }

    /// Whether a right is there.
    pub fn has(&self, right: Right) -> bool {
        self.everything || self.grants.iter().any(|g| g.right == right)
    }

    /// Whether the back office is open: to everybody who is in a crew, also in one that has
    /// no right of its own and manages types of services only.
    pub fn is_crew(&self) -> bool {
        self.everything || !self.grants.is_empty() || !self.crews.is_empty()
    }

    /// Whether they are in a crew, and so manage what it manages.
    pub fn is_in(&self, crew: CrewId) -> bool {
        self.everything || self.crews.iter().any(|c| c.crew == crew)
    }

    /// Whether they manage what any crew manages: the command line.
    pub fn is_in_all(&self) -> bool {
        self.everything
    }

    /// The crews they are in, by name.
    pub fn crews(&self) -> &[Belonging] {
        &self.crews
    }

    /// Through which crew a right is there.
    pub fn through(&self, right: Right) -> Option<&str> {
        self.grants
            .iter()
            .find(|g| g.right == right)
            .map(|g| g.crew.as_str())
    }

    /// All grants, for the page that shows them.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Refuses where a right is missing.
    ///
    /// # Errors
    /// [`Code::Forbidden`] with the right that would allow it.
    #[track_caller]
    pub fn require(&self, right: Right) -> Result<()> {
        if self.has(right) {
            Ok(())
        } else {
            Err(Problem::new(Code::Forbidden { right }))
        }
    }
}

/// Who acts, and by which way.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person; `None` for the command line and for nobody.
    pub person: Option<PartyId>,
    /// The name that the audit keeps.
    pub name: String,
    /// What they may do.
    pub rights: Rights,
    /// By which way they came.
    pub via: Via,
}

/// By which way somebody came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser, from an address.
    Web {
        /// The address of the connection, as far as it is known.
        address: String,
    },
    /// The command line, on the machine itself.
    Cli,
}

impl Actor {
    /// Somebody who has not signed in.
    pub fn nobody(address: String) -> Self {
        Self {
            person: None,
            name: String::new(),
            rights: Rights::default(),
            via: Via::Web { address },
        }
    }

    /// The one who types a command on the machine itself.
    pub fn operator() -> Self {
        Self {
            person: None,
            name: "command line".to_owned(),
            rights: Rights::operator(),
            via: Via::Cli,
        }
    }

    /// The person who acts.
    ///
    /// # Errors
    /// [`Code::SignInNeeded`] for nobody.
    pub fn signed_in(&self) -> Result<PartyId> {
        self.person.ok_or_else(|| Problem::new(Code::SignInNeeded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_right_implies_another() {
        for &granted in Right::ALL {
            let rights = Rights::from_grants(vec![Grant {
                right: granted,
                crew: "x".into(),
            }]);
            for &asked in Right::ALL {
                assert_eq!(rights.has(asked), asked == granted);
                assert_eq!(rights.require(asked).is_ok(), asked == granted);
            }
        }
    }

    #[test]
    fn every_right_has_a_name_of_its_own() {
        for &right in Right::ALL {
            assert_eq!(Right::from_name(right.name()), Some(right));
        }
    }
}
