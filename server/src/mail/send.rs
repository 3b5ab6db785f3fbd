//! One mail on its way: as a message (RFC 5322), to the mail server or into a file.

use super::{MailConfig, Tls, Way};
use domain::mail::outbox::{Batch, Leased, Outcome};
use lettre::address::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as Protection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How many connections are kept to the mail server.
const CONNECTIONS: u32 = 2;
/// How long one that is not used is kept.
const IDLE: Duration = Duration::from_secs(20);
/// How many commands a mail takes, one with another: each may take as long as is configured.
const COMMANDS: u32 = 4;

/// The way out.
#[derive(Clone)]
pub struct Sender {
    from: Address,
    way: Open,
    patience: Duration,
}

#[derive(Clone)]
enum Open {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// What became of a mail, and whether the mail server could be talked to at all.
pub struct Told {
    /// What became of it.
    pub outcome: Outcome,
    /// Whether there is no sense in trying the next one now.
    pub is_unreachable: bool,
}

impl Told {
    fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            is_unreachable: false,
        }
    }

    fn unreachable(why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::Later(why.into()),
            is_unreachable: true,
        }
    }
}

/// That nobody wrote it by hand, and no answering machine should answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

impl Sender {
    /// The way out of a configuration; `name` is how this server greets the other.
    ///
    /// # Errors
    /// A text that names the key.
    pub fn open(config: &MailConfig, name: &str) -> Result<Self, String> {
        let from = config
            .from
            .parse()
            .map_err(|e| format!("mail.from = {:?}: {e}", config.from))?;
        let way = match &config.way {
            Way::Folder(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|e| format!("mail.to_folder = {}: {e}", folder.display()))?;
                Open::Folder(folder.clone())
            }
            Way::Smtp { .. } => Open::Smtp(transport(config, name)?),
        };
        Ok(Self {
            from,
            way,
            patience: config.timeout * COMMANDS,
        })
    }

    /// Sends a mail.
    pub async fn send(&self, batch: &Batch, mail: &Leased) -> Told {
        let message = match self.message(batch, mail) {
            Ok(message) => message,
            Err(why) => return Told::of(Outcome::Refused(why)),
        };
        match &self.way {
            Open::Folder(folder) => match file(folder, mail, &message).await {
                Ok(()) => Told::of(Outcome::Sent),
                Err(error) => Told::unreachable(error.to_string()),
            },
            Open::Smtp(transport) => {
                match tokio::time::timeout(self.patience, transport.send(message)).await {
                    Ok(Ok(_)) => Told::of(Outcome::Sent),
                    Ok(Err(error)) => said(&error),
                    Err(_) => Told::unreachable("the mail server took too long"),
                }
            }
        }
    }

    fn message(&self, batch: &Batch, mail: &Leased) -> Result<Message, String> {
        let to: Address = mail
            .to_address
            .parse()
            .map_err(|e| format!("not an address: {e}"))?;
        let mut builder = Message::builder()
            .from(Mailbox::new(Some(batch.sender.clone()), self.from.clone()))
            .to(Mailbox::new(named(&mail.to_name), to))
            .subject(mail.subject.clone())
            .message_id(Some(mail.message_id.clone()))
            .date(SystemTime::from(mail.created_at))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN);
        if let Some(reply_to) = &batch.reply_to {
            let address: Address = reply_to.parse().map_err(|e| format!("Reply-To: {e}"))?;
            builder = builder.reply_to(Mailbox::new(None, address));
        }
        builder.body(mail.body.clone()).map_err(|e| e.to_string())
    }
}

/// A name, where there is one.
fn named(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_owned())
}

fn transport(
    config: &MailConfig,
    name: &str,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let Way::Smtp {
        host,
        port,
        tls,
        authority,
        login,
    } = &config.way
    else {
        return Err("mail.host is missing".into());
    };
    let parameters = || {
        let mut builder = TlsParameters::builder(host.clone());
        if let Some(pem) = authority {
            let certificate =
                Certificate::from_pem(pem).map_err(|e| format!("mail.ca_file: {e}"))?;
            builder = builder.add_root_certificate(certificate);
        }
        builder
            .build_rustls()
            .map_err(|e| format!("mail.host = {host:?}: {e}"))
    };
    let protection = match tls {
        Tls::Never => Protection::None,
        Tls::Soon => Protection::Required(parameters()?),
        Tls::Always => Protection::Wrapper(parameters()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.clone())
        .port(*port)
        .tls(protection)
        .timeout(Some(config.timeout))
        .hello_name(ClientId::Domain(name.to_owned()))
        .pool_config(PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE));
    if let Some((user, password)) = login {
        builder = builder.credentials(Credentials::new(user.clone(), password.0.clone()));
    }
    Ok(builder.build())
}

/// What a mail server's answer means for the mail. 4xx: later. 5xx: never; but for those
/// which say that the server refuses this program, and not the mail (RFC 5321, RFC 4954).
fn said(error: &Error) -> Told {
    let text = chain(error);
    let Some(code) = error.status().map(u16::from) else {
        return match error.is_client() && !error.is_timeout() {
            // It cannot be said in the words of this mail server: an address of letters
            // that it does not know.
            true => Told::of(Outcome::Refused(text)),
            false => Told::unreachable(text),
        };
    };
    match code {
        500..=504 | 521 | 530 | 534 | 535 | 538 => Told::unreachable(text),
        500..=599 => Told::of(Outcome::Refused(text)),
        421 => Told::unreachable(text),
        _ => Told::of(Outcome::Later(text)),
    }
}

/// An error with what is behind it, as one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// A mail as a file: written beside, then put in place, so that it is whole or not there.
async fn file(folder: &Path, mail: &Leased, message: &Message) -> std::io::Result<()> {
    let (part, whole) = (
        folder.join(format!("{}.part", mail.id)),
        folder.join(format!("{}.eml", mail.id)),
    );
    tokio::fs::write(&part, message.formatted()).await?;
    tokio::fs::rename(part, whole).await
}
