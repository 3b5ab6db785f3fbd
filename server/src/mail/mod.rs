//! Sending mail: the operator's configuration, the way to the mail server, and the worker
//! that takes mails from the outboxes and sends them, outside of any transaction.

pub mod errors;
mod send;
mod worker;

pub use send::Sender;
pub use worker::{Worker, is_night_due, round};

use crate::config::Secret;
use domain::kernel::Email;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// The longest that one command to the mail server may take, in seconds.
const TIMEOUT_DEFAULT: u64 = 30;
/// The most that may be asked for.
const TIMEOUT_MAX: u64 = 300;

/// The keys of `[mail]`, as they stand in the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailKeys {
    host: Option<String>,
    port: Option<u16>,
    tls: Option<String>,
    ca_file: Option<PathBuf>,
    user: Option<String>,
    password: Option<String>,
    password_file: Option<PathBuf>,
    from: Option<String>,
    timeout: Option<u64>,
    to_folder: Option<PathBuf>,
    errors_to: Option<String>,
}

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: for a mail server on this very machine.
    Never,
    /// It begins plain and is protected before anything is said.
    Soon,
    /// From the beginning.
    Always,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Way {
    /// To a mail server.
    Smtp {
        /// Its name.
        host: String,
        /// Its port.
        port: u16,
        /// How it is protected.
        tls: Tls,
        /// A certificate authority of one's own, in PEM.
        authority: Option<Vec<u8>>,
        /// Name and password, where it wants them.
        login: Option<(String, Secret)>,
    },
    /// Into files of a folder, to be looked at.
    Folder(PathBuf),
}

/// A configuration of mail that was checked.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// Where mail goes.
    pub way: Way,
    /// The address that all mail comes from.
    pub from: String,
    /// The longest that one command may take.
    pub timeout: Duration,
    /// Who is told when something fails that is ours to mend.
    pub errors_to: Option<String>,
}

impl MailKeys {
    /// Checks the keys. `None`: mail is not set up.
    ///
    /// # Errors
    /// A text that names the key and the fix.
    pub fn check(self) -> Result<Option<MailConfig>, String> {
        let way = match (&self.host, &self.to_folder) {
            (None, None) => {
                return match self.from {
                    None => Ok(None),
                    Some(_) => Err(
                        "mail.host is missing: name your mail server, or leave [mail] out".into(),
                    ),
                };
            }
            (Some(_), Some(_)) => {
                return Err("mail.host and mail.to_folder: write one of them".into());
            }
            (None, Some(folder)) => Way::Folder(folder.clone()),
            (Some(host), None) => self.smtp(host)?,
        };
        let from = self.from.as_deref().ok_or(
            "mail.from is missing: the address that mail comes from, for example \"equipage@example.org\"",
        )?;
        let from = Email::parse(from).map_err(|_| {
            format!("mail.from = {from:?} is not an e-mail address; write it without a name")
        })?;
        let timeout = self.timeout.unwrap_or(TIMEOUT_DEFAULT);
        if !(1..=TIMEOUT_MAX).contains(&timeout) {
            return Err(format!(
                "mail.timeout: write seconds, from 1 to {TIMEOUT_MAX}"
            ));
        }
        let errors_to = self.errors_to.as_deref().map(|to| {
            let address = Email::parse(to).map_err(|_| {
                format!("mail.errors_to = {to:?} is not an e-mail address; write it without a name")
            });
            address.map(String::from)
        });
        Ok(Some(MailConfig {
            way,
            from: from.into(),
            timeout: Duration::from_secs(timeout),
            errors_to: errors_to.transpose()?,
        }))
    }

    fn smtp(&self, host: &str) -> Result<Way, String> {
        let tls = match self.tls.as_deref() {
            None | Some("starttls") => Tls::Soon,
            Some("tls") => Tls::Always,
            Some("none") => Tls::Never,
            Some(other) => {
                return Err(format!(
                    "mail.tls = {other:?}: write \"starttls\", \"tls\", or \"none\" for a mail server on this very machine"
                ));
            }
        };
        let port = self.port.unwrap_or(match tls {
            Tls::Never => 25,
            Tls::Soon => 587,
            Tls::Always => 465,
        });
        let read = |key: &str, path: &PathBuf| {
            std::fs::read(path).map_err(|e| format!("{key} = {}: {e}", path.display()))
        };
        let authority = self
            .ca_file
            .as_ref()
            .map(|path| read("mail.ca_file", path))
            .transpose()?;
        let password = match (&self.password, &self.password_file) {
            (Some(_), Some(_)) => {
                return Err("mail.password and mail.password_file: write one of them".into());
            }
            (Some(password), None) => Some(password.clone()),
            (None, Some(path)) => {
                let text = String::from_utf8(read("mail.password_file", path)?)
                    .map_err(|_| "mail.password_file is not a text".to_owned())?;
                Some(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            (None, None) => None,
        };
        let login = match (&self.user, password) {
            (Some(user), Some(password)) => Some((user.clone(), Secret(password))),
            (None, None) => None,
            (Some(_), None) => {
                return Err(
                    "mail.password or mail.password_file is missing beside mail.user".into(),
                );
            }
            (None, Some(_)) => return Err("mail.user is missing beside its password".into()),
        };
        if login.is_some() && tls == Tls::Never && !is_here(host) {
            return Err(format!(
                "mail.tls = \"none\": the password would go to {host} in the open; write \"starttls\" or \"tls\""
            ));
        }
        Ok(Way::Smtp {
            host: host.to_owned(),
            port,
            tls,
            authority,
            login,
        })
    }
}

/// Whether a mail server is on this very machine.
fn is_here(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> MailKeys {
        MailKeys {
            host: Some("mail.example.org".into()),
            from: Some("equipage@example.org".into()),
            ..MailKeys::default()
        }
    }

    #[test]
    fn mail_is_off_without_keys_and_protected_without_a_word() {
        assert!(MailKeys::default().check().unwrap().is_none());
        let found = keys().check().unwrap().unwrap();
        let Way::Smtp { port, tls, .. } = found.way else {
            panic!("no mail server");
        };
        assert_eq!((port, tls), (587, Tls::Soon));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_key_and_without_the_password() {
        let login = || MailKeys {
            user: Some("u".into()),
            password: Some("s3cret".into()),
            ..keys()
        };
        for (key, wrong) in [
            (
                "mail.from",
                MailKeys {
                    from: None,
                    ..keys()
                },
            ),
            (
                "mail.from",
                MailKeys {
                    from: Some("Nous <a@b.fr>".into()),
                    ..keys()
                },
            ),
            (
                "mail.host",
                MailKeys {
                    host: None,
                    ..keys()
                },
            ),
            (
                "mail.to_folder",
                MailKeys {
                    to_folder: Some("x".into()),
                    ..keys()
                },
            ),
            (
                "mail.tls",
                MailKeys {
                    tls: Some("ssl".into()),
                    ..keys()
                },
            ),
            (
                "mail.tls",
                MailKeys {
                    tls: Some("none".into()),
                    ..login()
                },
            ),
            (
                "mail.user",
                MailKeys {
                    user: None,
                    ..login()
                },
            ),
            (
                "mail.password",
                MailKeys {
                    password: None,
                    ..login()
                },
            ),
            (
                "mail.password_file",
                MailKeys {
                    password_file: Some("/nowhere".into()),
                    password: None,
                    ..login()
                },
            ),
            (
                "mail.timeout",
                MailKeys {
                    timeout: Some(0),
                    ..keys()
                },
            ),
        ] {
            let text = wrong.check().unwrap_err();
            assert!(
                text.contains(key) && !text.contains("s3cret"),
                "{key}: {text}"
            );
        }
        let shown = format!("{:?}", login().check().unwrap());
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
