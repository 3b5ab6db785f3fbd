//! What was typed and could not be taken, because the session had ended: it travels as
//! hidden fields through the page of signing in, and the form is shown again, filled in.
//! It is held by nobody but the page: no address, no cookie, no table.
//!
//! Each form says whose it is. So what one person typed is never shown to another one,
//! nor sent in another one's name.

use crate::locales::account as t;
use crate::request::{Req, is_own_path};
use crate::ui;
use domain::kernel::{Locale, PartyId};
use leptos::prelude::*;
use serde::Deserialize;

/// The hidden field that says who opened a form.
pub const PERSON: &str = "_person";
/// The longest form that is kept, encoded: a queue with everything ticked, and more.
pub const KEPT_MAX: usize = 64 << 10;
/// What is never written into a page.
const SECRETS: &[&str] = &["password", "present"];
/// Where a form is never shown again: it is of the session itself.
const NEVER: &[&str] = &["/login", "/logout", "/language", "/account", "/welcome"];

/// A form as it was sent, and to where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The address that it was sent to: a path of this site, with its query.
    at: String,
    /// Its fields, encoded as a browser does.
    typed: String,
}

impl Typed {
    /// What a request brought; nothing where it is not to be kept.
    pub fn of(at: &str, body: &[u8]) -> Self {
        let typed = without_secrets(body);
        match body.len() <= KEPT_MAX && may_return(at) && whose(typed.as_bytes()).is_some() {
            true => Self {
                at: at.to_owned(),
                typed,
            },
            false => Self::default(),
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// What may be shown again to a person, who must have typed it.
    pub fn for_person(self, person: PartyId) -> Option<Self> {
        // It came through a page: nothing of it is believed.
        let kept = Self::of(&self.at, self.typed.as_bytes());
        (whose(kept.typed.as_bytes())? == person.to_string()).then_some(kept)
    }

    /// The address and the fields.
    pub fn into_parts(self) -> (String, String) {
        (self.at, self.typed)
    }

    /// The hidden fields.
    pub fn view(&self) -> AnyView {
        if self.is_empty() {
            return ().into_any();
        }
        view! {
            <input type="hidden" name="at" value=self.at.clone()/>
            <input type="hidden" name="typed" value=self.typed.clone()/>
        }
        .into_any()
    }

    /// Why one signs in again, and what becomes of what was typed.
    pub fn notice(&self, l: Locale) -> AnyView {
        match self.is_empty() {
            true => ui::notice(ui::Tone::Warning, t::ended_not_kept(l)),
            false => ui::notice(ui::Tone::Info, t::ended_kept(l)),
        }
    }
}

fn may_return(at: &str) -> bool {
    let path = at.split('?').next().unwrap_or_default();
    let under = |never: &&str| {
        path.strip_prefix(*never)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    is_own_path(at) && !NEVER.iter().any(under)
}

fn without_secrets(body: &[u8]) -> String {
    let text = str::from_utf8(body).unwrap_or_default();
    let open = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        !SECRETS.contains(&name)
    };
    text.split('&').filter(open).collect::<Vec<_>>().join("&")
}

/// Who opened a form, as it says.
fn whose(body: &[u8]) -> Option<String> {
    let text = str::from_utf8(body).ok()?;
    let value = |pair: &str| {
        pair.strip_prefix(PERSON)?
            .strip_prefix('=')
            .map(str::to_owned)
    };
    text.split('&').find_map(value)
}

/// Whether a form was opened by somebody else than the one who is signed in.
pub fn is_of_another(req: &Req, body: &[u8]) -> bool {
    match (&req.signed_in, whose(body)) {
        (Some(present), Some(opened)) => present.person.to_string() != opened,
        _ => false,
    }
}

/// Writes into each form of a page whose it is.
pub fn sign(html: &str, person: PartyId) -> String {
    let field = format!("<input type=\"hidden\" name=\"{PERSON}\" value=\"{person}\">");
    let mut signed = String::with_capacity(html.len() + field.len());
    let mut rest = html;
    // What stands in a text or an attribute has its brackets escaped: this is a tag.
    while let Some(at) = rest.find("<form ") {
        let end = rest[at..].find('>').map_or(rest.len(), |n| at + n + 1);
        let (before, after) = rest.split_at(end);
        signed.push_str(before);
        let tag = &before[at..];
        if tag.contains(" method=\"post\"") && !tag.contains("multipart") {
            signed.push_str(&field);
        }
        rest = after;
    }
    signed.push_str(rest);
    signed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u128) -> PartyId {
        PartyId(uuid::Uuid::from_u128(n))
    }

    fn body(person: PartyId) -> String {
        format!("{PERSON}={person}&member=L%C3%A9a&password=secret&present=old")
    }

    #[test]
    fn what_was_typed_is_kept_without_secrets_and_given_to_its_person_only() {
        let typed = Typed::of("/payments/new", body(person(1)).as_bytes());
        assert!(!typed.is_empty());
        assert_eq!(typed.clone().for_person(person(2)), None);
        let (at, fields) = typed.for_person(person(1)).unwrap().into_parts();
        assert_eq!(at, "/payments/new");
        assert_eq!(fields, format!("{PERSON}={}&member=L%C3%A9a", person(1)));
    }

    #[test]
    fn nothing_is_kept_for_another_site_for_the_session_itself_or_of_nobody() {
        for at in [
            "https://x",
            "//x",
            "/login",
            "/logout?a",
            "/account/password",
            "/language",
        ] {
            let typed = Typed::of(at, body(person(1)).as_bytes());
            assert!(typed.is_empty(), "{at}");
            let planted = Typed {
                at: at.to_owned(),
                typed: body(person(1)),
            };
            assert_eq!(planted.for_person(person(1)), None, "{at}");
        }
        assert!(Typed::of("/payments/new", b"member=x").is_empty());
        let long = format!("{}&note={}", body(person(1)), "x".repeat(KEPT_MAX));
        assert!(Typed::of("/payments/new", long.as_bytes()).is_empty());
    }

    #[test]
    fn each_form_that_is_posted_says_whose_it_is() {
        let html = r#"<form method="get"></form><form class="form" method="post" action="/a"><p>&lt;form method="post"></p></form><form method="post" enctype="multipart/form-data"></form>"#;
        let signed = sign(html, person(1));
        assert_eq!(signed.matches(PERSON).count(), 1, "{signed}");
        assert!(signed.contains(r#"action="/a"><input type="hidden" name="_person""#));
    }
}
