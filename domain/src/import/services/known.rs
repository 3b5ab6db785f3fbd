//! What is known before an import of services, and how a file's words are looked up in it. Pure.

use super::super::name_key;
use crate::kernel::{Code, Day, MemberId, ServiceId, ServiceTypeId, text};
use crate::members::MemberNumber;
use crate::services::ServiceType;
use crate::services::addresses::{Prefix, rules};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A service from before.
#[derive(Clone, Debug)]
pub(super) struct KnownService {
    pub kind: ServiceTypeId,
    pub label: String,
    pub closed_on: Option<Day>,
}

/// That a member has a service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Had {
    pub member: MemberId,
    pub from_on: Day,
    pub until_on: Option<Day>,
}

/// That somebody has a network: a service of one's own crews, or any other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Took {
    pub service: ServiceId,
    pub from_at: DateTime<Utc>,
    pub until_at: Option<DateTime<Utc>>,
}

impl Took {
    /// Whether the two have a moment in common.
    pub fn meets(&self, other: &Self) -> bool {
        let reaches = |one: &Self, at| one.until_at.is_none_or(|until| until > at);
        reaches(self, other.from_at) && reaches(other, self.from_at)
    }
}

/// Networks that are taken, by their keys.
#[derive(Debug, Default)]
pub(super) struct Taken(BTreeMap<String, Vec<Took>>);

impl Taken {
    pub fn add(&mut self, key: String, took: Took) {
        self.0.entry(key).or_default().push(took);
    }

    /// Whether a network is a service's since the same moment already.
    pub fn is_there(&self, network: IpNet, took: &Took) -> bool {
        let same = |other: &Took| other.service == took.service && other.from_at == took.from_at;
        let own = self.0.get(&rules::key(network));
        own.is_some_and(|all| all.iter().any(same))
    }

    /// Since when a service has this very network at a moment.
    pub fn since(&self, network: IpNet, service: ServiceId, at: DateTime<Utc>) -> bool {
        let is_on = |t: &Took| {
            t.service == service && t.from_at <= at && t.until_at.is_none_or(|until| until > at)
        };
        let own = self.0.get(&rules::key(network));
        own.is_some_and(|all| all.iter().any(is_on))
    }

    /// Whether anybody has some of a network in a time.
    pub fn meets(&self, network: IpNet, took: &Took) -> bool {
        let key = rules::key(network);
        let any = |all: &Vec<Took>| all.iter().any(|other| other.meets(took));
        let above = rules::above(network);
        if above.iter().any(|key| self.0.get(key).is_some_and(any)) {
            return true;
        }
        let end = format!("{key}2");
        self.0.range(key..end).any(|(_, all)| any(all))
    }
}

/// Members, as a file may name them.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub names: HashMap<MemberId, String>,
    by_number: HashMap<i64, MemberId>,
    by_word: HashMap<String, Vec<MemberId>>,
}

impl Members {
    pub fn add(&mut self, id: MemberId, number: MemberNumber, name: &str, email: Option<&str>) {
        self.names.insert(id, format!("{number} {name}"));
        self.by_number.insert(number.sequence(), id);
        self.say(&format!("name {}", name_key(name)), id);
        if let Some(email) = email {
            self.say(&format!("email {}", text::fold(email)), id);
        }
    }

    /// What another program called a member.
    pub fn add_reference(&mut self, reference: &str, id: MemberId) {
        self.say(&format!("reference {}", text::fold(reference)), id);
    }

    fn say(&mut self, word: &str, id: MemberId) {
        let all = self.by_word.entry(word.to_owned()).or_default();
        if !all.contains(&id) {
            all.push(id);
        }
    }

    /// The member of a number, here or in another program, of an e-mail address, or of a name.
    pub fn find(&self, said: &str) -> Result<MemberId, Code> {
        let folded = text::fold(said);
        let words = [
            format!("reference {folded}"),
            format!("email {folded}"),
            format!("name {}", name_key(said)),
        ];
        let number = MemberNumber::parse(said).ok();
        let own = number.and_then(|n| self.by_number.get(&n.sequence()));
        for word in &words {
            match (self.by_word.get(word).map(Vec::as_slice), own) {
                // A number that is one member's here, and was another's there.
                (Some([one]), Some(own)) if one != own => return Err(Code::SeveralMembers),
                (Some([one]), _) => return Ok(*one),
                (Some([_, _, ..]), _) => return Err(Code::SeveralMembers),
                _ => {}
            }
        }
        if let Some(own) = own {
            return Ok(*own);
        }
        Err(Code::UnknownMember)
    }
}

/// All that is known before the import, as far as the one who imports sees it.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub kinds: Vec<ServiceType>,
    pub services: HashMap<ServiceId, KnownService>,
    /// Services by what the file's program calls them.
    pub references: HashMap<String, Vec<ServiceId>>,
    /// All that it calls something.
    pub referenced: HashSet<ServiceId>,
    /// Services by type and folded label.
    pub labels: HashMap<(ServiceTypeId, String), Vec<ServiceId>>,
    pub holdings: HashMap<ServiceId, Vec<Had>>,
    pub members: Members,
    pub prefixes: Vec<Prefix>,
    pub taken: Taken,
}

impl Known {
    pub fn add_service(&mut self, id: ServiceId, service: KnownService) {
        let key = (service.kind, text::fold(&service.label));
        self.labels.entry(key).or_default().push(id);
        self.services.insert(id, service);
    }

    /// The type of a name, or the chosen one where the row names none.
    pub fn kind(&self, said: &str, usual: Option<ServiceTypeId>) -> Result<&ServiceType, Code> {
        let folded = text::fold(said);
        let is_it = |kind: &&ServiceType| match said {
            "" => Some(kind.id) == usual,
            _ => text::fold(&kind.name) == folded,
        };
        let missing = if said.is_empty() {
            Code::Required
        } else {
            Code::UnknownType
        };
        self.kinds.iter().find(is_it).ok_or(missing)
    }
}
