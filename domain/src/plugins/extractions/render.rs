//! Making a text of a template. A template sees what it is given and nothing else: no files, no network,
//! no other template. What it may cost is bounded; that it takes no more memory than it may is the business of whoever
//! calls (the server renders in a process of its own).
//!
//! No value ever brings a line end into the text, nor any of the characters that the recipe names: a
//! person whose name has a `:` in it makes no line of `passwd` of their own.

use super::data::{CrewRow, Data, Party, ServiceRow};
use super::{Recipe, Settings};
use crate::kernel::{Code, Problem};
use crate::plugins::unix;
use ipnet::IpNet;
use minijinja::syntax::SyntaxConfig;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::IpAddr;
use uuid::Uuid;

/// What rendering may cost: some hundred instructions for each of 100,000 rows.
const FUEL: u64 = 50_000_000;
/// The longest text, in bytes.
pub const OUTPUT_MAX: usize = 16 * 1024 * 1024;
/// The most that is said of what was left out.
const NOTES_MAX: usize = 20;
/// The longest that an engine's own words are told.
const SAID_MAX: usize = 200;

/// A text that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Who was left out, and why: for people.
    pub notes: Vec<String>,
}

/// Why a template makes no text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// In which of its lines, from 1; 0: in none of them.
    pub line: usize,
    /// What the engine said.
    pub said: String,
}

impl Trouble {
    fn of(error: &Error) -> Self {
        let said = match error.kind() {
            ErrorKind::OutOfFuel => "it takes too long".to_owned(),
            ErrorKind::WriteFailure => "the text is too long".to_owned(),
            kind => match error.detail() {
                Some(detail) => format!("{kind}: {detail}"),
                None => kind.to_string(),
            },
        };
        Self {
            line: error.line().unwrap_or(0),
            said: said.chars().take(SAID_MAX).collect(),
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.said),
            line => write!(f, "line {line}: {}", self.said),
        }
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        let Trouble { line, said } = trouble;
        Self::new(Code::TemplateFails { line, said })
    }
}

/// Looks whether a text is a template, without rendering it.
///
/// # Errors
/// What is wrong, and where.
pub fn check_template(template: &str) -> Result<(), Trouble> {
    let env = environment("");
    let read = env.template_from_named_str("template", template);
    read.map(|_| ()).map_err(|error| Trouble::of(&error))
}

/// Makes the text of a recipe. `serial` is the number that a zone counts its changes by.
///
/// # Errors
/// What is wrong, and where.
pub fn render(recipe: &Recipe, data: &Data, serial: i64) -> Result<Rendered, Trouble> {
    let env = environment(&recipe.without);
    let (context, notes) = context(recipe, data, serial);
    let mut out = Bounded::default();
    env.template_from_named_str("template", &recipe.template)
        .and_then(|template| template.render_captured_to(context, &mut out).map(|_| ()))
        .map_err(|error| Trouble::of(&error))?;
    let text = String::from_utf8(out.0).map_err(|_| Trouble {
        line: 0,
        said: "the text is no UTF-8".into(),
    })?;
    Ok(Rendered { text, notes })
}

/// A text that grows up to a bound.
#[derive(Default)]
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_MAX {
            return Err(std::io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn environment(without: &str) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_fuel(Some(FUEL));
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    syntax.keep_trailing_newline(true);
    // Nothing of it depends on what anybody types.
    if let Ok(syntax) = syntax.build() {
        env.set_syntax(syntax);
    }
    let without: Vec<char> = without.chars().collect();
    env.set_formatter(move |out, state, value| write_value(&without, out, state, value));
    env.add_filter("unix_name", |text: String| unix::group_name(&text));
    env.add_filter("host_name", |text: String| unix::host_name(&text));
    env.add_filter("reverse_name", |text: String| reverse_name(&text));
    env
}

/// Writes a value without what it must not bring.
fn write_value(
    without: &[char],
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if value.is_undefined() {
        return minijinja::escape_formatter(out, state, value);
    }
    if value.is_safe() {
        let text = value.to_string();
        return out.write_str(&text).map_err(Error::from);
    }
    let is_kept = |c: &char| !is_line_end(*c) && !without.contains(c);
    let text: String = value.to_string().chars().filter(is_kept).collect();
    out.write_str(&text).map_err(Error::from)
}

/// What ends a line somewhere, and other characters that are none.
fn is_line_end(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The name under which an address stands in the reverse zone (RFC 1035, 3.5; RFC 3596, 2.5).
fn reverse_name(text: &str) -> Result<String, Error> {
    let address: IpAddr = text.parse().map_err(|_| {
        Error::new(
            ErrorKind::InvalidOperation,
            "reverse_name takes a single address",
        )
    })?;
    Ok(match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev();
            let named = nibbles.map(|byte| format!("{:x}.{:x}.", byte & 15, byte >> 4));
            format!("{}ip6.arpa.", named.collect::<String>())
        }
    })
}

/// A person, a crew or a service with the configuration that counts for it: its own added fields come first.
#[derive(Serialize)]
struct Configured<'a, T> {
    #[serde(flatten)]
    one: &'a T,
    config: BTreeMap<&'a str, &'a str>,
    #[serde(flatten)]
    more: More,
}

/// What is worked out of it.
#[derive(Default, Serialize)]
struct More {
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unix_name: Option<String>,
}

/// An address of a service.
#[derive(Serialize)]
struct Address {
    /// As people write it.
    text: String,
    /// Always with its length.
    network: String,
    /// 4 or 6.
    version: u8,
    /// How many bits are fixed.
    length: u8,
    /// Whether it is a single one.
    is_single: bool,
}

fn address(network: &IpNet) -> Address {
    Address {
        text: crate::services::addresses::rules::written(*network),
        network: network.to_string(),
        version: match network {
            IpNet::V4(_) => 4,
            IpNet::V6(_) => 6,
        },
        length: network.prefix_len(),
        is_single: network.prefix_len() == network.max_prefix_len(),
    }
}

fn overlaid<'a>(
    config: &'a Settings,
    fields: &'a BTreeMap<String, String>,
) -> BTreeMap<&'a str, &'a str> {
    let own = |key: &str| fields.get(key).filter(|own| !own.trim().is_empty());
    config
        .iter()
        .map(|(key, value)| (key.as_str(), own(key).unwrap_or(value).as_str()))
        .collect()
}

fn first_number(config: &Settings) -> i64 {
    let said = config
        .get("first_number")
        .and_then(|text| text.parse().ok());
    said.unwrap_or(unix::FIRST_NUMBER)
}

fn serialized(value: impl Serialize) -> Value {
    Value::from(minijinja::value::Serde(value))
}

/// What a template sees.
fn context(recipe: &Recipe, data: &Data, serial: i64) -> (Value, Vec<String>) {
    let config = &recipe.config;
    let first = first_number(config);
    let mut notes = Vec::new();
    let mut note = |said: String| {
        if notes.len() < NOTES_MAX {
            notes.push(said);
        }
    };
    let mut by_id: BTreeMap<Uuid, Value> = BTreeMap::new();
    let (mut people, mut accounts) = (Vec::new(), Vec::new());
    let mut logins: BTreeMap<Uuid, &str> = BTreeMap::new();
    for one in &data.people {
        let has_account = one.can_sign_in && one.belongs();
        let value = person(config, first, one);
        by_id.insert(one.id, value.clone());
        if has_account && unix::is_name(&one.login) {
            logins.insert(one.id, one.login.as_str());
            accounts.push((one.number, value.clone()));
        } else if has_account {
            note(format!("{}: no name for an account", one.login));
        }
        people.push(value);
    }
    accounts.sort_by_key(|(number, _)| *number);
    let accounts: Vec<Value> = accounts.into_iter().map(|(_, value)| value).collect();
    let crews = data
        .crews
        .iter()
        .map(|one| crew(config, first, one, &by_id, &logins));
    let crews: Vec<Value> = crews.collect();
    let (mut services, mut addresses) = (Vec::new(), Vec::new());
    for one in &data.services {
        let own = serialized(one.addresses.iter().map(address).collect::<Vec<_>>());
        let value = minijinja::context! { addresses => own, ..service(config, one) };
        if one.holder.is_some() {
            addresses.extend(one.addresses.iter().map(|network| {
                let of = serialized(address(network));
                minijinja::context! { service => value.clone(), ..of }
            }));
        }
        services.push(value);
    }
    let context = minijinja::context! {
        organisation => data.organisation.as_str(),
        today => data.today.to_string(),
        serial => serial,
        config => serialized(config),
        people => people,
        accounts => accounts,
        crews => crews,
        services => services,
        addresses => addresses,
    };
    (context, notes)
}

fn person(config: &Settings, first: i64, one: &Party) -> Value {
    serialized(Configured {
        one,
        config: overlaid(config, &one.fields),
        more: More {
            uid: one.number.map(|number| first + number),
            ..More::default()
        },
    })
}

fn crew(
    config: &Settings,
    first: i64,
    one: &CrewRow,
    by_id: &BTreeMap<Uuid, Value>,
    logins: &BTreeMap<Uuid, &str>,
) -> Value {
    let base = serialized(Configured {
        one,
        config: overlaid(config, &one.fields),
        more: More {
            gid: one.number.map(|number| first + number),
            unix_name: Some(unix::group_name(&one.name)),
            ..More::default()
        },
    });
    let people = one.people.iter().filter_map(|id| by_id.get(id).cloned());
    let mut names: Vec<&str> = one
        .people
        .iter()
        .filter_map(|id| logins.get(id).copied())
        .collect();
    names.sort_unstable();
    let names: Vec<Value> = names.into_iter().map(Value::from).collect();
    minijinja::context! {
        people => people.collect::<Vec<Value>>(),
        logins => names,
        ..base
    }
}

fn service(config: &Settings, one: &ServiceRow) -> Value {
    serialized(Configured {
        one,
        config: overlaid(config, &one.fields),
        more: More::default(),
    })
}
