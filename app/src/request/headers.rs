//! What a request's headers say, and whom they are believed: the host names the tenant, the
//! connection or a trusted proxy the address.

use super::App;
use axum::http::{HeaderMap, header, request::Parts};
use domain::identity;
use domain::kernel::{Code, Problem, Slug};
use domain::portal::{self, Tenant};

/// A cookie's value.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

pub(super) fn text_header(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The host that was asked, without its port, in lower case.
pub(crate) fn host_of(headers: &HeaderMap) -> Option<String> {
    let host = text_header(headers, header::HOST)?;
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    Some(host.trim_end_matches('.').to_ascii_lowercase())
}

/// The tenant of the host that was asked. Nothing else names it: no form, no query,
/// no forwarded header.
pub(super) async fn tenant_of(app: &App, headers: &HeaderMap) -> Result<Tenant, Problem> {
    let unknown = || Problem::new(Code::UnknownTenant);
    let host = host_of(headers).ok_or_else(unknown)?;
    if host == app.base_domain {
        return match &app.default_tenant {
            Some(slug) => portal::find(&app.db, slug.as_str()).await?,
            None => portal::only(&app.db).await?,
        }
        .ok_or_else(unknown);
    }
    let name = host
        .strip_suffix(&app.base_domain)
        .and_then(|rest| rest.strip_suffix('.'));
    let slug = Slug::parse(name.unwrap_or_default()).map_err(|_| unknown())?;
    portal::find(&app.db, slug.as_str())
        .await?
        .ok_or_else(unknown)
}

pub(crate) fn origin_of(app: &App, parts: &Parts) -> identity::Origin {
    use axum::extract::ConnectInfo;
    let proxied = app.address_header.as_deref().and_then(|name| {
        // The last one was written by the nearest proxy: the one that is trusted.
        let list = parts.headers.get(name)?.to_str().ok()?;
        list.rsplit(',')
            .next()?
            .trim()
            .parse::<std::net::IpAddr>()
            .ok()
    });
    let connected = parts
        .extensions
        .get::<ConnectInfo<std::net::SocketAddr>>()
        .map(|c| c.0.ip());
    let address = proxied
        .or(connected)
        .map(|ip| ip.to_canonical().to_string());
    let agent = text_header(&parts.headers, header::USER_AGENT).unwrap_or_default();
    identity::Origin {
        address: address.unwrap_or_default(),
        user_agent: agent
            .chars()
            .filter(|c| !c.is_control())
            .take(300)
            .collect(),
    }
}
