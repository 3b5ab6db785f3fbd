//! Whether mail is set up, from where it comes, and who is told that there is some to send.

use domain::kernel::Slug;
use domain::mail::Outgoing;
use std::sync::Arc;
use tokio::sync::Notify;

/// How mail leaves the server, as far as pages need to know.
#[derive(Clone, Debug)]
pub struct Mailing {
    scheme: &'static str,
    domain: String,
    port: Option<u16>,
    default_tenant: Option<Slug>,
    worker: Option<Arc<Notify>>,
}

impl Mailing {
    /// Organisations are found below a domain; the worker that sends is told by `worker`,
    /// where the operator has set mail up.
    pub fn new(
        scheme: &'static str,
        domain: &str,
        port: Option<u16>,
        default_tenant: Option<Slug>,
        worker: Option<Arc<Notify>>,
    ) -> Self {
        Self {
            scheme,
            domain: domain.to_owned(),
            port,
            default_tenant,
            worker,
        }
    }

    /// From where an organisation's mails would come.
    pub fn origin(&self, slug: &str) -> Outgoing {
        let is_default = self
            .default_tenant
            .as_ref()
            .is_some_and(|d| d.as_str() == slug);
        let host = match is_default {
            true => self.domain.clone(),
            false => format!("{slug}.{}", self.domain),
        };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        Outgoing {
            origin: format!("{}://{host}{port}", self.scheme),
            host,
        }
    }

    /// From where they come, where mail is set up.
    pub fn outgoing(&self, slug: &str) -> Option<Outgoing> {
        self.worker.is_some().then(|| self.origin(slug))
    }

    /// Tells the worker that there is mail.
    pub fn notify(&self) {
        if let Some(worker) = &self.worker {
            worker.notify_one();
        }
    }
}
