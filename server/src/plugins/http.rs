//! How plugins reach other machines by HTTP: public ones by https, others only where the operator has named them,
//! with their port. Redirects are not followed, proxies not asked, and no more of an answer is read than was said.

use super::public::is_public;
use domain::kernel::Code;
use domain::plugins::Failure;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Request, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long a request may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The hosts that may be reached.
#[derive(Clone, Debug)]
pub struct Reach {
    private_hosts: Arc<Vec<String>>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answered {
    /// With which status.
    pub status: u16,
    /// What stood in it; empty where it was no text, or too long.
    pub text: String,
}

/// Finds a host's addresses, and keeps those that may be reached.
#[derive(Debug)]
struct Allowed {
    inner: DefaultResolver,
    reach: Reach,
}

impl Resolver for Allowed {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if self.reach.is_listed(uri) {
            return Ok(found);
        }
        let mut kept = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            kept.push(*address);
        }
        match kept.is_empty() {
            true => Err(ureq::Error::HostNotFound),
            false => Ok(kept),
        }
    }
}

impl Reach {
    /// With the hosts that the operator has allowed beside the public ones: `host:port`.
    pub fn new(private_hosts: Vec<String>) -> Self {
        Self {
            private_hosts: Arc::new(private_hosts),
        }
    }

    /// Whether the operator has named a host, with its port.
    fn is_listed(&self, uri: &Uri) -> bool {
        let Some(host) = uri.host() else { return false };
        let port = uri.port_u16().unwrap_or(match uri.scheme_str() {
            Some("http") => 80,
            _ => 443,
        });
        let name = format!("{host}:{port}");
        self.private_hosts
            .iter()
            .any(|one| one.eq_ignore_ascii_case(&name))
    }

    /// The address that a request goes to. Without TLS only where the operator has named the host.
    pub fn read_url(&self, text: &str) -> Result<Uri, Code> {
        let uri: Uri = text.parse().map_err(|_| Code::NotAUrl)?;
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        let has_login = uri
            .authority()
            .is_some_and(|all| all.as_str().contains('@'));
        match uri.scheme_str() {
            Some("https") if has_host && !has_login => Ok(uri),
            Some("http") if has_host && !has_login => match self.is_listed(&uri) {
                true => Ok(uri),
                false => Err(Code::NotAllowedHere),
            },
            _ => Err(Code::NotAUrl),
        }
    }

    /// What asks, as often as one likes: connections are kept.
    pub fn agent(&self, time_limit: Duration) -> Agent {
        let config = Agent::config_builder()
            .timeout_global(Some(time_limit))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .user_agent(concat!("Equipage/", env!("CARGO_PKG_VERSION")))
            .build();
        let resolver = Allowed {
            inner: DefaultResolver::default(),
            reach: self.clone(),
        };
        Agent::with_parts(config, DefaultConnector::default(), resolver)
    }
}

/// Asks, where blocking holds up nobody.
pub async fn ask(
    agent: Agent,
    request: Request<String>,
    answer_max: u64,
) -> Result<Answered, Failure> {
    let asked = tokio::task::spawn_blocking(move || {
        let mut answer = agent.run(request)?;
        let status = answer.status().as_u16();
        let text = answer
            .body_mut()
            .with_config()
            .limit(answer_max)
            .read_to_string();
        // What stands in an answer that is too long, or no text, is nobody's business.
        let text = text.unwrap_or_default();
        Ok::<_, ureq::Error>(Answered { status, text })
    });
    let asked = asked
        .await
        .map_err(|_| Failure::transient("the request broke off"))?;
    asked.map_err(|error| of_error(&error))
}

/// What a request that got no answer means. Nothing of an address or a secret is told but what went wrong.
fn of_error(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::HostNotFound => {
            Failure::transient("the host is not found, or is not a public one")
        }
        ureq::Error::Timeout(_) => Failure::transient("no answer in time"),
        ureq::Error::Io(error) => Failure::transient(format!("no connection: {}", error.kind())),
        _ => Failure::transient("the request failed"),
    }
}

impl Answered {
    /// Itself, where it is a success; otherwise what it means.
    pub fn succeeded(self) -> Result<Self, Failure> {
        let said = format!("answered with {}", self.status);
        let failure = match self.status {
            200..=299 => return Ok(self),
            401 | 403 | 410 => Failure::needs_person(said),
            300..=399 => Failure::needs_person(format!("{said}: redirects are not followed")),
            408 | 425 | 429 | 500.. => Failure::transient(said),
            _ => Failure::permanent(said),
        };
        Err(failure.printed(self.text))
    }
}
