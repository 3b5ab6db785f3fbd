//! What is asked of Mailman's REST interface (<https://docs.mailman3.org/projects/mailman/en/latest/src/mailman/rest/docs/rest.html>).

use crate::plugins::http::{Answered, Reach, TIME_LIMIT, ask};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::plugins::{Call, Failure};
use serde_json::Value;
use std::collections::BTreeSet;
use ureq::Agent;
use ureq::http::{Method, Request};
use uuid::Uuid;

/// The most of an answer that is read, in bytes: a hundred thousand subscribers.
const ANSWER_MAX: u64 = 16 * 1024 * 1024;
/// What our line in a list's `info` begins with.
const MARK: &str = "[Equipage]";

/// What somebody is to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Subscribed.
    Member,
    /// Its owner.
    Owner,
    /// One who lets mails through.
    Moderator,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Owner => "owner",
            Self::Moderator => "moderator",
        }
    }
}

/// Whose a list is.
#[derive(Debug, PartialEq, Eq)]
pub struct Mark {
    /// Whether it was made here, or was there before.
    pub made: bool,
    /// The crew's id.
    pub crew: Uuid,
    /// The plugin's id.
    pub plugin: Uuid,
}

impl Mark {
    /// The one in a list's `info`.
    pub fn find(info: &str) -> Option<Self> {
        let line = info
            .lines()
            .find_map(|line| line.trim().strip_prefix(MARK))?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [how, "crew", crew, "plugin", plugin] = words.as_slice() else {
            return None;
        };
        Some(Self {
            made: *how == "made",
            crew: crew.parse().ok()?,
            plugin: plugin.parse().ok()?,
        })
    }

    /// The `info` with it, at its end.
    pub fn put(&self, info: &str) -> String {
        let how = match self.made {
            true => "made",
            false => "found",
        };
        let (rest, crew, plugin) = (Self::without(info), self.crew, self.plugin);
        let between = match rest.is_empty() {
            true => "",
            false => "\n",
        };
        format!("{rest}{between}{MARK} {how} crew {crew} plugin {plugin}")
    }

    /// The `info` as its owner wrote it.
    pub fn without(info: &str) -> String {
        let others = info.lines().filter(|line| !line.trim().starts_with(MARK));
        others.collect::<Vec<_>>().join("\n")
    }
}

/// Mailman.
pub struct Mailman {
    agent: Agent,
    base: String,
    authorization: String,
    domain: String,
}

/// A text as it stands in an address or a form (RFC 3986).
fn encoded(text: &str) -> String {
    let mut all = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                all.push(char::from(byte));
            }
            _ => all.push_str(&format!("%{byte:02X}")),
        }
    }
    all
}

fn unreadable() -> Failure {
    Failure::permanent(
        "this is not what Mailman answers: is the address that of its REST interface?",
    )
}

/// What Mailman refuses, and says why.
fn refused(answered: Answered) -> Failure {
    let said: Value = serde_json::from_str(&answered.text).unwrap_or_default();
    let said = said
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or("it does not say why");
    let said: String = said.chars().take(200).collect();
    Failure::permanent(format!("Mailman refuses: {said}"))
}

impl Mailman {
    /// The one that the settings tell of.
    pub fn of(reach: &Reach, call: &Call) -> Result<Self, Failure> {
        let url = call.setting("url").trim_end_matches('/');
        let checked = reach.read_url(url);
        checked.map_err(|_| Failure::needs_person("the address is not allowed"))?;
        let login = format!("{}:{}", call.setting("user"), call.setting("password"));
        Ok(Self {
            agent: reach.agent(TIME_LIMIT),
            base: url.to_owned(),
            authorization: format!("Basic {}", STANDARD.encode(login)),
            domain: call.setting("domain").to_owned(),
        })
    }

    /// A list's address.
    pub fn address(&self, name: &str) -> String {
        format!("{name}@{}", self.domain)
    }

    /// Asks; that something is not there, or is refused, is an answer.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<Answered, Failure> {
        let pair = |(key, value): &(&str, &str)| format!("{key}={}", encoded(value));
        let body: Vec<String> = form.iter().map(pair).collect();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.base))
            .header("authorization", &self.authorization)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"))
            .map_err(|_| Failure::needs_person("the address is not allowed"))?;
        let answered = ask(self.agent.clone(), request, ANSWER_MAX).await?;
        match answered.status {
            400 | 404 | 409 => Ok(answered),
            _ => answered.succeeded(),
        }
    }

    /// What is there; nothing where it is not.
    async fn get(&self, path: &str) -> Result<Option<Value>, Failure> {
        let answered = self.ask(Method::GET, path, &[]).await?;
        match answered.status {
            404 => Ok(None),
            400 | 409 => Err(refused(answered)),
            _ => {
                let read = serde_json::from_str(&answered.text);
                read.map(Some).map_err(|_| unreadable())
            }
        }
    }

    /// What a list says of itself; nothing where there is none.
    pub async fn info(&self, list: &str) -> Result<Option<String>, Failure> {
        let path = format!("lists/{}/config/info", encoded(list));
        let Some(found) = self.get(&path).await? else {
            return Ok(None);
        };
        let info = found.get("info").ok_or_else(unreadable)?;
        Ok(Some(info.as_str().unwrap_or_default().to_owned()))
    }

    /// Makes a list. Mailman takes a style that it does not know for none at all: it is looked at before.
    pub async fn create(&self, list: &str, style: &str) -> Result<(), Failure> {
        let styles = self.get("lists/styles").await?.ok_or_else(unreadable)?;
        let styles = styles.get("style_names").and_then(Value::as_array);
        let styles = styles.ok_or_else(unreadable)?;
        if !styles.iter().any(|known| known == style) {
            return Err(Failure::needs_person("Mailman has no such style of lists"));
        }
        let form = [("fqdn_listname", list), ("style_name", style)];
        let answered = self.ask(Method::POST, "lists", &form).await?;
        if answered.status < 400 {
            return Ok(());
        }
        let domain = format!("domains/{}", encoded(&self.domain));
        if self.get(&domain).await?.is_none() {
            return Err(Failure::needs_person("Mailman does not know the domain"));
        }
        // Somebody else may have made it in the meantime.
        match self.info(list).await? {
            Some(_) => Ok(()),
            None => Err(refused(answered)),
        }
    }

    /// Changes a list's own settings.
    pub async fn change(&self, list: &str, form: &[(&str, &str)]) -> Result<(), Failure> {
        let path = format!("lists/{}/config", encoded(list));
        let answered = self.ask(Method::PATCH, &path, form).await?;
        match answered.status < 400 {
            true => Ok(()),
            false => Err(refused(answered)),
        }
    }

    /// Takes a list away, where it is there.
    pub async fn remove(&self, list: &str) -> Result<(), Failure> {
        let path = format!("lists/{}", encoded(list));
        self.gone(&path).await
    }

    async fn gone(&self, path: &str) -> Result<(), Failure> {
        let answered = self.ask(Method::DELETE, path, &[]).await?;
        match answered.status {
            ..400 | 404 => Ok(()),
            _ => Err(refused(answered)),
        }
    }

    /// Who is what to a list.
    pub async fn roster(&self, list: &str, role: Role) -> Result<BTreeSet<String>, Failure> {
        let path = format!(
            "lists/{}/roster/{}?fields=email",
            encoded(list),
            role.name()
        );
        let found = self.get(&path).await?.unwrap_or_default();
        // Where there is nobody, there are no entries.
        let entries = found
            .get("entries")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let email = |entry: &Value| entry.get("email")?.as_str().map(str::to_lowercase);
        Ok(entries.iter().filter_map(email).collect())
    }

    /// Subscribes somebody without asking them, who may be subscribed already. Whether Mailman takes the address.
    pub async fn subscribe(
        &self,
        list: &str,
        email: &str,
        label: &str,
        role: Role,
    ) -> Result<bool, Failure> {
        let label: String = label.chars().filter(|c| !c.is_control()).collect();
        let id = list.replacen('@', ".", 1);
        let form = [
            ("list_id", id.as_str()),
            ("subscriber", email),
            ("display_name", label.as_str()),
            ("role", role.name()),
            ("pre_verified", "true"),
            ("pre_confirmed", "true"),
            ("pre_approved", "true"),
        ];
        let answered = self.ask(Method::POST, "members", &form).await?;
        // 409: already subscribed. 400: no address, or a banned one.
        Ok(answered.status < 400 || answered.status == 409)
    }

    /// Ends a subscription, where there is one.
    pub async fn unsubscribe(&self, list: &str, email: &str) -> Result<(), Failure> {
        let path = format!("lists/{}/member/{}", encoded(list), encoded(email));
        self.gone(&path).await
    }

    /// The addresses of all lists of the domain.
    pub async fn lists(&self) -> Result<Vec<String>, Failure> {
        let path = format!(
            "domains/{}/lists?fields=fqdn_listname",
            encoded(&self.domain)
        );
        let found = self.get(&path).await?.unwrap_or_default();
        let entries = found
            .get("entries")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let name = |entry: &Value| entry.get("fqdn_listname")?.as_str().map(str::to_owned);
        Ok(entries.iter().filter_map(name).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_again_and_leaves_what_stood_there() {
        let mark = Mark {
            made: true,
            crew: Uuid::now_v7(),
            plugin: Uuid::now_v7(),
        };
        for info in ["", "Our list.\nBe kind."] {
            let marked = mark.put(info);
            assert_eq!(Mark::find(&marked).as_ref(), Some(&mark));
            assert_eq!(Mark::without(&marked), info);
            assert_eq!(mark.put(&marked), marked, "put twice, there once");
        }
        for info in ["", "[Equipage]", "[Equipage] made crew x plugin y"] {
            assert_eq!(Mark::find(info), None, "{info}");
        }
    }
}
