//! Prefixes, allocations and questions as forms say them, and how they are read. Pure.

use super::rules::{self, parse_address, parse_network, parse_range, parse_time};
use super::{Prefix, SHORTEST_V4, SHORTEST_V6};
use crate::kernel::calendar::parse_day;
use crate::kernel::text::{self, NOTE_MAX};
use crate::kernel::{Check, Code, PrefixId, Problem, Result, ServiceTypeId};
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A prefix as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrefixForm {
    /// The form's own key, for the form that makes one.
    pub key: String,
    /// The version that the form was made from, for the form that changes.
    pub version: String,
    /// The network. Not read where a prefix is changed.
    pub network: String,
    /// What it is for.
    pub label: String,
    /// The length of what is handed out; empty: it only holds other prefixes.
    pub hands_out: String,
    /// The ids of the types that it is for.
    pub kinds: Vec<String>,
    /// `yes`: the first and the last address are reserved. Not read where one is changed.
    pub ends: String,
    /// For the crews' eyes.
    pub note: String,
}

/// A prefix, once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixData {
    /// What it is for.
    pub label: String,
    /// The length of what is handed out.
    pub hands_out: Option<u8>,
    /// The types that it is for.
    pub kinds: Vec<ServiceTypeId>,
    /// For the crews' eyes.
    pub note: String,
}

impl PrefixForm {
    /// The form that shows a prefix.
    pub fn of(prefix: &Prefix) -> Self {
        Self {
            key: String::new(),
            version: prefix.version.to_string(),
            network: prefix.network.to_string(),
            label: prefix.label.clone(),
            hands_out: prefix.hands_out.map(|n| n.to_string()).unwrap_or_default(),
            kinds: prefix.kinds.iter().map(ToString::to_string).collect(),
            ends: String::new(),
            note: prefix.note.clone(),
        }
    }

    /// Reads the network alone.
    fn read_network(&self, check: &mut Check) -> Option<IpNet> {
        check.required("network", &self.network, |text| {
            let network = parse_network(text)?;
            let min = match network {
                IpNet::V4(_) => SHORTEST_V4,
                IpNet::V6(_) => SHORTEST_V6,
            };
            match network.prefix_len() < min {
                true => Err(Problem::new(Code::PrefixTooLarge { min })),
                false => Ok(network),
            }
        })
    }

    /// Reads what can be changed of a prefix of a network.
    fn read_data(&self, check: &mut Check, network: Option<IpNet>) -> Option<PrefixData> {
        let label = check.required("label", &self.label, text::name);
        let hands_out = check.optional("hands_out", &self.hands_out, |text| {
            let length: Option<u8> = text.trim_start_matches('/').parse().ok();
            let (min, max) = network.map_or((1, 128), |n| (n.prefix_len(), n.max_prefix_len()));
            length
                .filter(|length| (min..=max).contains(length))
                .ok_or_else(|| Problem::new(Code::WrongLength { min, max }))
        });
        let mut kinds: Vec<ServiceTypeId> = Vec::new();
        for kind in &self.kinds {
            match kind.parse() {
                Ok(id) if !kinds.contains(&id) => kinds.push(id),
                Ok(_) => {}
                Err(_) => check.refuse("kinds", Code::UnknownChoice),
            }
        }
        kinds.sort_unstable();
        let note = check.field("note", text::lines(&self.note, NOTE_MAX));
        Some(PrefixData {
            label: label?,
            hands_out,
            kinds,
            note: note?,
        })
    }

    /// Reads the form of a new prefix.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<(IpNet, PrefixData)> {
        let mut check = Check::new();
        let network = self.read_network(&mut check);
        let data = self.read_data(&mut check, network);
        check.done(network.zip(data))
    }

    /// Reads the form that changes a prefix.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse_change(&self, network: IpNet) -> Result<PrefixData> {
        let mut check = Check::new();
        let data = self.read_data(&mut check, Some(network));
        check.done(data)
    }
}

/// What is not handed out, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReservedForm {
    /// The form's own key.
    pub key: String,
    /// An address, a network, or a first and a last address.
    pub range: String,
    /// Why.
    pub reason: String,
}

impl ReservedForm {
    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self) -> Result<((IpAddr, IpAddr), String)> {
        let mut check = Check::new();
        let range = check.required("range", &self.range, parse_range);
        let reason = check.required("reason", &self.reason, text::name);
        check.done(range.zip(reason))
    }
}

/// A network for a service, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GiveForm {
    /// The form's own key.
    pub key: String,
    /// An address or a network; empty: the next free one of the prefix.
    pub network: String,
    /// The prefix's id; not read where a network is typed.
    pub prefix: String,
    /// Since which day; empty: now.
    pub from_on: String,
    /// Since which time of that day; empty: its start.
    pub from_time: String,
}

/// What is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This very network.
    This(IpNet),
    /// The next free one of a prefix.
    NextOf(PrefixId),
}

impl GiveForm {
    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, now: DateTime<Utc>, zone: Tz) -> Result<(Wanted, DateTime<Utc>)> {
        let mut check = Check::new();
        let wanted = if self.network.trim().is_empty() {
            let prefix = check.required("prefix", &self.prefix, |t| {
                t.parse().map_err(|_| Problem::new(Code::UnknownChoice))
            });
            prefix.map(Wanted::NextOf)
        } else {
            let network = check.required("network", &self.network, parse_network);
            network.map(Wanted::This)
        };
        let fields = ("from_on", "from_time");
        let typed = (self.from_on.as_str(), self.from_time.as_str());
        let from_at = read_moment(&mut check, fields, typed, (now, zone));
        check.done(wanted.zip(from_at))
    }
}

/// The end of an allocation, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// The version that the form was made from.
    pub version: String,
    /// On which day; empty: now.
    pub until_on: String,
    /// At which time of that day; empty: its start.
    pub until_time: String,
}

impl EndForm {
    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, now: DateTime<Utc>, zone: Tz) -> Result<DateTime<Utc>> {
        let mut check = Check::new();
        let fields = ("until_on", "until_time");
        let typed = (self.until_on.as_str(), self.until_time.as_str());
        let until = read_moment(&mut check, fields, typed, (now, zone));
        check.done(until)
    }
}

/// Reads a day and a time; nothing is now, a day alone is its start.
fn read_moment(
    check: &mut Check,
    (day_field, time_field): (&str, &str),
    (day, time): (&str, &str),
    (now, zone): (DateTime<Utc>, Tz),
) -> Option<DateTime<Utc>> {
    if day.trim().is_empty() && time.trim().is_empty() {
        return Some(now);
    }
    let day = check.required(day_field, day, parse_day);
    let time = match time.trim() {
        "" => Some(NaiveTime::MIN),
        time => check.field(time_field, parse_time(time)),
    };
    check.field(time_field, rules::moment(day?, time?, zone))
}

/// Who had an address at a moment, as a form asks it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhoForm {
    /// The form's own key.
    pub key: String,
    /// The address.
    pub address: String,
    /// On which day.
    pub on: String,
    /// At which time.
    pub time: String,
    /// `utc`, or else the organisation's own time.
    pub zone: String,
    /// Who wants to know, and the request's reference.
    pub reference: String,
}

impl WhoForm {
    /// Reads the form.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields.
    pub fn parse(&self, now: DateTime<Utc>, zone: Tz) -> Result<(IpAddr, DateTime<Utc>, String)> {
        let mut check = Check::new();
        let address = check.required("address", &self.address, parse_address);
        let day = check.required("on", &self.on, parse_day);
        let time = check.required("time", &self.time, parse_time);
        let zone = match self.zone.trim() {
            "utc" => Tz::UTC,
            _ => zone,
        };
        let at = day.zip(time).and_then(|(day, time)| {
            let at = check.field("time", rules::moment(day, time, zone))?;
            if at > now {
                check.refuse("on", Code::DayInFuture);
            }
            Some(at)
        });
        let reference = check.required("reference", &self.reference, text::name);
        let read = (|| Some((address?, at?, reference?)))();
        check.done(read)
    }
}
