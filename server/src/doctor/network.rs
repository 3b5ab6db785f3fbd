//! How browsers reach the server, as far as the configuration says it.

use super::Finding;
use crate::config::Config;

/// What the configuration says of the outside.
pub fn look(config: &Config) -> Vec<Finding> {
    vec![scheme(config), proxy(config)]
}

fn is_here(domain: &str) -> bool {
    domain == "localhost" || domain.ends_with(".localhost")
}

fn scheme(config: &Config) -> Finding {
    const CHECK: &str = "scheme";
    let domain = &config.base_domain;
    match (config.secure, is_here(domain)) {
        (true, _) => Finding::fine(CHECK, "browsers come through TLS"),
        (false, true) => Finding::fine(CHECK, "without TLS, for this machine only"),
        (false, false) => Finding::wrong(
            CHECK,
            format!("passwords travel to {domain} in clear"),
            "put a reverse proxy with TLS in front and set public_scheme = \"https\"",
        ),
    }
}

fn proxy(config: &Config) -> Finding {
    const CHECK: &str = "proxy";
    let alone = config.listen.ip().is_loopback();
    match (&config.address_header, config.secure) {
        (None, true) => Finding::wrong(
            CHECK,
            "behind a proxy, everybody seems to come from its address: who guesses passwords slows all others down, and the audit names nobody's address",
            "set address_header = \"x-forwarded-for\", and let the proxy write that header",
        ),
        (None, false) => Finding::fine(CHECK, "addresses are those of the connections"),
        (Some(header), _) if !alone => Finding::note(
            CHECK,
            format!(
                "who reaches {} without the proxy can claim any address in {header}",
                config.listen
            ),
            "listen on 127.0.0.1, or let nobody but the proxy reach that port",
        ),
        (Some(header), _) => {
            Finding::fine(CHECK, format!("addresses come from the proxy's {header}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{noted, wrong};
    use super::*;
    use crate::config::tests::config;

    #[test]
    fn tls_is_missed_only_where_browsers_come_from_elsewhere() {
        let mut config = config();
        assert_eq!(noted(&look(&config)), Vec::<&str>::new());
        config.base_domain = "equipage.example.org".into();
        assert_eq!(wrong(&look(&config)), ["scheme"]);
        config.secure = true;
        assert_eq!(wrong(&look(&config)), ["proxy"]);
        config.address_header = Some("x-forwarded-for".into());
        assert_eq!(noted(&look(&config)), Vec::<&str>::new());
    }

    #[test]
    fn a_header_that_anybody_could_send_is_noted() {
        let mut config = config();
        config.address_header = Some("x-forwarded-for".into());
        config.listen = "0.0.0.0:3000".parse().unwrap();
        assert_eq!(noted(&look(&config)), ["proxy"]);
    }
}
