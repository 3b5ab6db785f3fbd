//! The configuration: from a TOML file, then the environment, then the command line.
//! It is checked before anything starts; what is wrong is said with the key and the fix.

use crate::mail::{MailConfig, MailKeys};
use crate::plugins::PluginsConfig;
use domain::kernel::Slug;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The keys, as they stand in the file; in the environment each is `EQUIPAGE_` and
/// the key in capitals; a key of a table has two underscores: `EQUIPAGE_MAIL__HOST`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    listen: String,
    data: PathBuf,
    database_url: Option<String>,
    database_owner_url: Option<String>,
    base_domain: String,
    default_tenant: Option<String>,
    operator_host: Option<String>,
    public_scheme: String,
    address_header: Option<String>,
    secrets: Secrets,
    audit: Audit,
    mail: MailKeys,
    plugins: PluginsConfig,
}

/// What is done with the audit beside writing it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Audit {
    checkpoints: Option<PathBuf>,
}

/// Where secrets are found; never the secrets themselves.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Secrets {
    bank_key: Option<PathBuf>,
    audit_key: Option<PathBuf>,
}

/// The file of keys in the data folder, where no other is named.
pub const BANK_KEY_FILE: &str = "bank.key";
/// The keys themselves, in the environment.
const BANK_KEY_VARIABLE: &str = "EQUIPAGE_BANK_KEY";
/// The file of the keys that sign the audit, in the data folder, where no other is named.
const AUDIT_KEY_FILE: &str = "audit.key";
/// The keys themselves, in the environment.
const AUDIT_KEY_VARIABLE: &str = "EQUIPAGE_AUDIT_KEY";

impl Default for Keys {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:3000".into(),
            data: "data".into(),
            database_url: None,
            database_owner_url: None,
            base_domain: "localhost".into(),
            default_tenant: None,
            operator_host: None,
            public_scheme: "http".into(),
            address_header: None,
            secrets: Secrets::default(),
            audit: Audit::default(),
            mail: MailKeys::default(),
            plugins: PluginsConfig::default(),
        }
    }
}

/// A configuration that was checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder of the SQLite files.
    pub data: PathBuf,
    /// PostgreSQL's address; none means SQLite. Holds a password: never printed.
    pub database_url: Option<Secret>,
    /// PostgreSQL's address for the owner of the tables: for bringing them up to date, never
    /// for serving.
    pub database_owner_url: Option<Secret>,
    /// The domain under which tenants have their names.
    pub base_domain: String,
    /// The tenant that answers on the base domain itself.
    pub default_tenant: Option<Slug>,
    /// The host of the operators' pages; none means that there are none.
    pub operator_host: Option<String>,
    /// Whether browsers come through TLS.
    pub secure: bool,
    /// The trusted proxy's header with the browser's address.
    pub address_header: Option<String>,
    /// The file of the keys of bank details, where one is named.
    pub bank_key: Option<PathBuf>,
    /// The file of the keys that sign the audit, where one is named.
    pub audit_key: Option<PathBuf>,
    /// The folder that takes the audit's checkpoints, where one is named.
    pub checkpoints: Option<PathBuf>,
    /// How mail is sent, where it is.
    pub mail: Option<MailConfig>,
    /// What plugins may reach.
    pub plugins: PluginsConfig,
}

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// What the command line says over the file and the environment.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`
    pub file: Option<PathBuf>,
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
    /// `--default-tenant`
    pub default_tenant: Option<String>,
}

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// A text that names the key and the fix.
    pub fn load(overrides: &Overrides) -> Result<Self, String> {
        let mut figment = Figment::from(Serialized::defaults(Keys::default()));
        let file = overrides
            .file
            .clone()
            .unwrap_or_else(|| "equipage.toml".into());
        if overrides.file.is_some() && !file.exists() {
            return Err(format!("--config: there is no file {}", file.display()));
        }
        // Exactly this one, where it is there: a file of the folder above is another
        // installation's.
        if file.exists() {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment = figment.merge(
            // DATABASE_URL is what hosts of PostgreSQL call it everywhere.
            Env::raw().only(&["DATABASE_URL"]),
        );
        figment = figment.merge(
            Env::prefixed("EQUIPAGE_")
                .filter(|key| {
                    // Names that other parts read for themselves.
                    !key.starts_with("TEST")
                        && !key.starts_with("BANK")
                        && !["CONFIG", "LOG", "BIN", "AUDIT_KEY"]
                            .iter()
                            .any(|name| key == *name)
                })
                .split("__"),
        );
        let mut keys: Keys = figment.extract().map_err(|e| explain(&e))?;
        if let Some(data) = &overrides.data {
            keys.data.clone_from(data);
        }
        if let Some(listen) = &overrides.listen {
            keys.listen.clone_from(listen);
        }
        if let Some(tenant) = &overrides.default_tenant {
            keys.default_tenant = Some(tenant.clone());
        }
        keys.check()
    }
}

impl Config {
    /// The keys of bank details: from the file that is named, from the environment, or from
    /// the data folder; none where there are none.
    ///
    /// # Errors
    /// A text that names the key and the fix, never a secret.
    pub fn bank_keys(&self) -> Result<domain::bank::Keys, String> {
        let key = ("bank_key", BANK_KEY_VARIABLE, BANK_KEY_FILE);
        match self.secret(self.bank_key.as_deref(), key)? {
            Some((text, place)) => {
                domain::bank::Keys::parse(&text).map_err(|why| format!("{place}: {why}"))
            }
            None => Ok(Default::default()),
        }
    }

    /// What signs the audit's checkpoints: found as [`Config::bank_keys`] are; none where
    /// there is none.
    ///
    /// # Errors
    /// A text that names the key and the fix, never a secret.
    pub fn audit_signer(&self) -> Result<Option<chain::Signer>, String> {
        let key = ("audit_key", AUDIT_KEY_VARIABLE, AUDIT_KEY_FILE);
        match self.secret(self.audit_key.as_deref(), key)? {
            Some((text, place)) => {
                chain::Signer::parse(&text).map_err(|why| format!("{place}: {why}"))
            }
            None => Ok(None),
        }
    }

    /// The text of a secret, and where it comes from: the file that is named, the
    /// environment, or the data folder.
    fn secret(
        &self,
        named: Option<&Path>,
        (key, variable, file): (&str, &str, &str),
    ) -> Result<Option<(String, String)>, String> {
        if let Some(file) = named {
            let place = format!("[secrets] {key} = {file:?}");
            let text = std::fs::read_to_string(file).map_err(|e| format!("{place}: {e}"))?;
            return Ok(Some((text, place)));
        }
        if let Ok(text) = std::env::var(variable) {
            return Ok(Some((text, variable.to_owned())));
        }
        let file = self.data.join(file);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some((text, file.display().to_string()))),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(format!("{}: {e}", file.display())),
        }
    }

    /// Whether the operators' pages stand where a tenant of this name would answer.
    pub fn is_the_operators(&self, slug: &str) -> bool {
        self.operator_host.as_deref() == Some(format!("{slug}.{}", self.base_domain).as_str())
    }

    /// The file that the keys come from; none where they come from elsewhere.
    pub fn bank_key_file(&self) -> Option<PathBuf> {
        let own = || self.data.join(BANK_KEY_FILE);
        let named = self.bank_key.clone();
        named.or_else(|| std::env::var(BANK_KEY_VARIABLE).is_err().then(own))
    }
}

impl Keys {
    fn check(self) -> Result<Config, String> {
        let listen = self.listen.parse().map_err(|_| {
            format!(
                "listen = {:?} is not an address with a port; write for example \"127.0.0.1:3000\"",
                self.listen
            )
        })?;
        let secure = match self.public_scheme.as_str() {
            "http" => false,
            "https" => true,
            other => {
                return Err(format!(
                    "public_scheme = {other:?}: write \"https\" behind TLS, \"http\" otherwise"
                ));
            }
        };
        let domain = self.base_domain.to_ascii_lowercase();
        let is_domain = |name: &str| name.split('.').all(|label| Slug::parse(label).is_ok());
        if !is_domain(&domain) {
            return Err(format!(
                "base_domain = {:?} is not a domain; write it without scheme and port, for example \"equipage.example.org\"",
                self.base_domain
            ));
        }
        let default_tenant = self.default_tenant.map(|name| {
            Slug::parse(&name).map_err(|_| {
                format!("default_tenant = {name:?} is not a tenant's name: lower-case letters, digits and hyphens")
            })
        });
        let operator_host = self.operator_host.map(|host| host.to_ascii_lowercase());
        if let Some(host) = &operator_host
            && (!is_domain(host) || *host == domain)
        {
            return Err(format!(
                "operator_host = {host:?}: write a host of its own without scheme and port, for example \"operator.{domain}\""
            ));
        }
        for (key, url) in [
            ("database_url", &self.database_url),
            ("database_owner_url", &self.database_owner_url),
        ] {
            let known = ["postgres://", "postgresql://"];
            let starts = |url: &String| known.iter().any(|scheme| url.starts_with(scheme));
            if url.as_ref().is_some_and(|url| !starts(url)) {
                return Err(format!(
                    "{key} must start with postgres://; leave it out for SQLite (see `data`)"
                ));
            }
        }
        if self.data.is_file() {
            return Err(format!("data = {:?} is a file; name a folder", self.data));
        }
        Ok(Config {
            listen,
            data: self.data,
            database_url: self.database_url.map(Secret),
            database_owner_url: self.database_owner_url.map(Secret),
            base_domain: domain,
            default_tenant: default_tenant.transpose()?,
            operator_host,
            secure,
            address_header: self.address_header.map(|h| h.to_ascii_lowercase()),
            bank_key: self.secrets.bank_key,
            audit_key: self.secrets.audit_key,
            checkpoints: self.audit.checkpoints,
            mail: self.mail.check()?,
            plugins: self.plugins,
        })
    }
}

/// What is wrong, the key, and where it was written. Values are not repeated: one
/// of the keys is a secret.
fn explain(error: &figment::Error) -> String {
    use figment::error::Kind;
    let mut lines = Vec::new();
    for e in error.clone() {
        let place = e
            .metadata
            .as_ref()
            .map(|m| format!(" (in {})", m.name))
            .unwrap_or_default();
        let key = e.path.join(".");
        lines.push(match &e.kind {
            Kind::UnknownField(field, known) => {
                format!(
                    "{field}: there is no such key{place}; the keys are {}",
                    known.join(", ")
                )
            }
            Kind::InvalidType(_, expected) => format!("{key}: write {expected}{place}"),
            Kind::Message(message) if key.is_empty() => format!("{message}{place}"),
            other => format!("{key}: {other}{place}"),
        });
    }
    lines.join("\n")
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// What holds where nothing is configured.
    pub fn config() -> Config {
        Keys::default().check().unwrap()
    }

    fn check(change: impl FnOnce(&mut Keys)) -> Result<Config, String> {
        let mut keys = Keys::default();
        change(&mut keys);
        keys.check()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_key() {
        for (key, result) in [
            ("listen", check(|k| k.listen = "3000".into())),
            ("public_scheme", check(|k| k.public_scheme = "ftp".into())),
            ("base_domain", check(|k| k.base_domain = "http://x".into())),
            (
                "default_tenant",
                check(|k| k.default_tenant = Some("A B".into())),
            ),
            (
                "operator_host",
                check(|k| k.operator_host = Some("http://x".into())),
            ),
            (
                "operator_host",
                check(|k| k.operator_host = Some("localhost".into())),
            ),
            (
                "database_url",
                check(|k| k.database_url = Some("mysql://u:secret@h/d".into())),
            ),
        ] {
            let text = result.unwrap_err();
            assert!(text.contains(key), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
        assert!(check(|_| ()).is_ok());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("equipage.toml");
        std::fs::write(&file, "lisen = \"x\"\n").unwrap();
        let overrides = Overrides {
            file: Some(file),
            ..Overrides::default()
        };
        let text = Config::load(&overrides).unwrap_err();
        assert!(text.contains("lisen") && text.contains("listen"), "{text}");
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret("postgres://u:p@h/d".into())), "…");
    }
}
