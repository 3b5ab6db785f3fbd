//! A signed request to an address of the organisation's choice, for each change, as the specification
//! Standard Webhooks says: `webhook-id` is the same at each attempt, `webhook-timestamp` and the
//! body are signed with it. Whoever receives it refuses old times and ids that were there before.

use super::http::{Reach, TIME_LIMIT, ask};
use super::named;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::Code;
use domain::plugins::{
    Answer, Call, Description, Drift, Failure, Gone, Holds, Object, ObjectKind, Program, Said,
    Saved, Setting, Settings,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;
use ureq::http::Request;

/// The most of an answer that is read, in bytes.
const ANSWER_MAX: u64 = 4 * 1024;
/// What a secret begins with.
const SECRET_PREFIX: &str = "whsec_";
/// The fewest bytes of a secret (the specification asks for 24 to 64).
const SECRET_MIN: usize = 24;

static DESCRIPTION: Description = Description {
    kind: "webhook",
    name: Said {
        fr: "Appel web (webhook)",
        en: "Webhook",
    },
    about: Said {
        fr: "Envoie chaque changement à une adresse, signé.",
        en: "Sends every change to an address, signed.",
    },
    wants: ObjectKind::OURS,
    settings: &[
        Setting {
            key: "url",
            label: Said {
                fr: "Adresse",
                en: "Address",
            },
            help: Said {
                fr: "https://… Les machines privées demandent l’accord de qui tient le serveur.",
                en: "https://… Private machines need the consent of whoever runs the server.",
            },
            holds: Holds::Text,
            is_required: true,
        },
        Setting {
            key: "secret",
            label: Said {
                fr: "Secret de signature",
                en: "Signing secret",
            },
            help: Said {
                fr: "whsec_ suivi de 24 octets ou plus en base64 (Standard Webhooks).",
                en: "whsec_ and 24 bytes or more in base64 (Standard Webhooks).",
            },
            holds: Holds::Secret,
            is_required: true,
        },
    ],
    fields: &[],
};

/// The plugin.
pub struct Webhook {
    reach: Reach,
}

fn read_secret(text: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(text.strip_prefix(SECRET_PREFIX)?).ok()?;
    (key.len() >= SECRET_MIN).then_some(key)
}

/// The signature of a message, as it stands in its header.
fn signature(key: &[u8], id: &str, timestamp: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!(
        "v1,{}",
        STANDARD.encode(mac.finalize().into_bytes())
    ))
}

impl Webhook {
    /// With the hosts that the operator has allowed beside the public ones.
    pub fn new(private_hosts: Vec<String>) -> Self {
        Self {
            reach: Reach::new(private_hosts),
        }
    }

    async fn send(&self, call: &Call, about: &'static str, data: Value) -> Result<(), Failure> {
        let url = self.reach.read_url(call.setting("url"));
        let url = url.map_err(|_| Failure::needs_person("the address is not allowed"))?;
        let key = read_secret(call.setting("secret"));
        let key = key.ok_or_else(|| Failure::needs_person("the secret is none"))?;
        let id = format!("msg_{}", call.once.simple());
        let timestamp = call.now.timestamp();
        let body = json!({
            "type": format!("{about}.{}", match call.action.name() { "delete" => "deleted", _ => "saved" }),
            "timestamp": call.now.to_rfc3339(),
            "organisation": call.slug,
            "data": data,
        });
        let body = body.to_string();
        let signed = signature(&key, &id, timestamp, &body);
        let signed = signed.ok_or_else(|| Failure::needs_person("the secret is none"))?;
        let request = Request::post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signed)
            .body(body)
            .map_err(|_| Failure::needs_person("the address is not allowed"))?;
        let answered = ask(self.reach.agent(TIME_LIMIT), request, ANSWER_MAX).await?;
        answered.succeeded().map(drop)
    }
}

impl Program for Webhook {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = Vec::new();
        if let Some(url) = settings.get("url")
            && let Err(code) = self.reach.read_url(url)
        {
            found.push(("url", code));
        }
        if let Some(secret) = settings.get("secret")
            && read_secret(secret).is_none()
        {
            found.push(("secret", Code::NotAWebhookSecret));
        }
        found
    }

    /// Whoever receives a message does with it what they like: there is nothing to look at.
    fn can_verify(&self, _settings: &Settings) -> bool {
        false
    }

    fn time_limit(&self, _settings: &Settings) -> Duration {
        TIME_LIMIT + Duration::from_secs(5)
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let (kind, label) = named(object);
            self.send(call, kind.name(), json!(object)).await?;
            Ok(Saved {
                kept: Some(json!({ "label": label })),
                output: String::new(),
            })
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            let data = json!({ "id": gone.id, "label": gone.label });
            self.send(call, gone.kind.name(), data).await
        })
    }

    fn verify<'a>(
        &'a self,
        _call: &'a Call,
        _object: &'a Object,
        _kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_specification_says() {
        // The example of the specification's own libraries.
        let key = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(
            &key,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed.as_deref(), Some(expected));
    }

    #[test]
    fn addresses_and_secrets_are_looked_at_before_they_are_kept() {
        let plugin = Webhook::new(vec!["127.0.0.1:8080".into()]);
        let codes = |url: &str, secret: &str| {
            let settings = [("url", url), ("secret", secret)]
                .map(|(key, value)| (key.to_owned(), value.to_owned()));
            plugin.check("nuage", &settings.into_iter().collect())
        };
        let good = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        assert_eq!(codes("https://example.org/x", good), []);
        assert_eq!(codes("http://127.0.0.1:8080/x", good), []);
        for (url, code) in [
            ("http://example.org/", Code::NotAllowedHere),
            ("http://127.0.0.1:8081/", Code::NotAllowedHere),
            ("ftp://example.org/", Code::NotAUrl),
            ("example.org", Code::NotAUrl),
            ("https://a:b@example.org/", Code::NotAUrl),
            ("https:///x", Code::NotAUrl),
        ] {
            assert_eq!(codes(url, good), [("url", code)], "{url}");
        }
        for secret in ["hush", "whsec_short", "whsec_!!!"] {
            assert_eq!(codes("https://example.org/", secret).len(), 1, "{secret}");
        }
    }
}
