//! System accounts as rows of a MariaDB or MySQL, as `libnss-mysql-bg` reads them: `users`, `groups` and `grouplist`.
//! A person with a login that works has an account, a crew is a group: by the same rules as in the files of
//! `accounts`, and with the same numbers. Nobody signs in by these rows: their passwords are locked.
//!
//! Only databases that the operator has named are reached: they are for the own network.

mod store;

use super::unix::{
    FIRST_NUMBER_SETTING, HOME_SETTING, Kept, SHELL_SETTING, check, may_be, read_kept, wanted,
};
use domain::kernel::Code;
use domain::plugins::extractions::SHELL as SHELL_FIELD;
use domain::plugins::{
    Answer, Call, Description, Drift, Extra, Failure, Gone, Holds, Object, ObjectKind, Program,
    Said, Saved, Setting, Settings,
};
use serde_json::{Value, json};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{ConnectOptions, Connection};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

/// The port of databases, where none is said.
const PORT: u16 = 3306;
/// How long a connection may take to be there.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

const fn line(key: &'static str, label: Said, help: Said, holds: Holds) -> Setting {
    Setting {
        key,
        label,
        help,
        holds,
        is_required: !matches!(holds, Holds::YesNo),
    }
}

static DESCRIPTION: Description = Description {
    kind: "nss",
    name: Said {
        fr: "Comptes système dans MariaDB",
        en: "System accounts in MariaDB",
    },
    about: Said {
        fr: "Un compte Unix par personne qui peut se connecter, un groupe par équipe, dans des tables SQL (libnss-mysql).",
        en: "A Unix account for each person with a login, a group for each crew, in SQL tables (libnss-mysql).",
    },
    wants: &[ObjectKind::Person, ObjectKind::Crew],
    settings: &[
        line(
            "address",
            Said {
                fr: "Machine et port",
                en: "Host and port",
            },
            Said {
                fr: "Par exemple db.example.org:3306. Demande l’accord de qui tient le serveur.",
                en: "For example db.example.org:3306. Needs the consent of whoever runs the server.",
            },
            Holds::Text,
        ),
        line(
            "database",
            Said {
                fr: "Base",
                en: "Database",
            },
            Said {
                fr: "Une base pour elle seule : ce qui n’y est pas attendu est signalé.",
                en: "One for this alone: what is not expected in it is told.",
            },
            Holds::Text,
        ),
        line(
            "user",
            Said {
                fr: "Identifiant",
                en: "User",
            },
            Said {
                fr: "Qui peut lire et changer les tables users, groups et grouplist.",
                en: "Who may read and change the tables users, groups and grouplist.",
            },
            Holds::Text,
        ),
        line(
            "password",
            Said {
                fr: "Mot de passe",
                en: "Password",
            },
            Said {
                fr: "Celui de cet identifiant.",
                en: "Of this user.",
            },
            Holds::Secret,
        ),
        line(
            "tls",
            Said {
                fr: "Connexion chiffrée (TLS)",
                en: "Encrypted connection (TLS)",
            },
            Said {
                fr: "Le certificat doit être au nom de la machine.",
                en: "The certificate must be in the host’s name.",
            },
            Holds::YesNo,
        ),
        SHELL_SETTING,
        HOME_SETTING,
        FIRST_NUMBER_SETTING,
    ],
    fields: &[SHELL_FIELD],
};

/// The plugin.
pub struct Nss {
    hosts: HashSet<String>,
    /// Who vouches for databases, beside those that vouch for the public internet.
    authority: Option<PathBuf>,
}

/// The host and the port of an address.
fn read_address(text: &str) -> Option<(&str, u16)> {
    match text.rsplit_once(':') {
        Some((host, port)) => Some((host, port.parse().ok()?)),
        None => Some((text, PORT)),
    }
}

/// What a database's refusal means. What it says itself is not told: it may name what is nobody's business.
fn of_error(error: &sqlx::Error) -> Failure {
    let number = match error {
        // What a certificate lacks is told as odd data.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            return Failure::needs_person("no encrypted connection");
        }
        sqlx::Error::Io(error) => {
            return Failure::transient(format!("no connection: {}", error.kind()));
        }
        sqlx::Error::Tls(_) => return Failure::needs_person("no encrypted connection"),
        sqlx::Error::Configuration(_) => {
            return Failure::needs_person("the settings of the connection do not fit");
        }
        sqlx::Error::Database(error) => {
            let own = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>();
            own.map_or(0, |own| own.number())
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) => 1054,
        _ => return Failure::transient("the connection broke off"),
    };
    match number {
        1044 | 1045 | 1142 | 1143 | 1227 | 1370 | 1410 | 1698 => {
            Failure::needs_person(format!("the database does not let this user in ({number})"))
        }
        1049 => Failure::needs_person("there is no such database (1049)"),
        1054 | 1136 | 1146 | 1364 | 1366 | 1406 => {
            Failure::needs_person(format!("the tables are of another shape ({number})"))
        }
        1021 | 1114 | 1290 | 1792 | 1836 => {
            Failure::needs_person(format!("the database takes nothing more ({number})"))
        }
        1062 => Failure::permanent("the name or the number is somebody else's (1062)"),
        _ => Failure::transient(format!("the database refuses ({number})")),
    }
}

impl Nss {
    /// With the databases that the operator has named (`host:port`), and a file with certificates of who vouches for them.
    pub fn new(hosts: Vec<String>, authority: Option<PathBuf>) -> Self {
        let hosts = hosts.iter().map(|host| host.to_lowercase()).collect();
        Self { hosts, authority }
    }

    fn is_named(&self, address: &str) -> bool {
        read_address(address).is_some_and(|(host, port)| {
            self.hosts
                .contains(&format!("{}:{port}", host.to_lowercase()))
        })
    }

    async fn connect(&self, call: &Call) -> Result<MySqlConnection, Failure> {
        let address = call.setting("address");
        let named = read_address(address).filter(|_| self.is_named(address));
        let (host, port) =
            named.ok_or_else(|| Failure::needs_person("the address is not allowed"))?;
        let is_encrypted = call.setting("tls") == "yes";
        let mut options = MySqlConnectOptions::new()
            .host(host)
            .port(port)
            .username(call.setting("user"))
            .password(call.setting("password"))
            .database(call.setting("database"))
            .ssl_mode(match is_encrypted {
                true => MySqlSslMode::VerifyIdentity,
                false => MySqlSslMode::Disabled,
            })
            .disable_statement_logging();
        if let Some(authority) = self.authority.as_ref().filter(|_| is_encrypted) {
            options = options.ssl_ca(authority);
        }
        let connected = tokio::time::timeout(CONNECT_LIMIT, options.connect()).await;
        connected
            .map_err(|_| Failure::transient("no answer in time"))?
            .map_err(|error| of_error(&error))
    }

    async fn save(
        &self,
        call: &Call,
        object: &Object,
        kept: Option<&Kept>,
    ) -> Result<Option<Kept>, Failure> {
        let wanted = wanted(call, object, kept)?;
        if wanted.is_none() && kept.is_none() {
            return Ok(None);
        }
        if let Some(wanted) = &wanted {
            may_be(wanted)?;
        }
        let mut connection = self.connect(call).await?;
        store::prepare(&mut connection)
            .await
            .map_err(|error| of_error(&error))?;
        // All of it or nothing: a worker that is killed leaves it as it was.
        let mut tx = connection.begin().await.map_err(|error| of_error(&error))?;
        match (&wanted, kept) {
            (Some(wanted), _) => {
                let old = kept.map(|kept| kept.name.as_str());
                store::put(&mut tx, wanted, old).await?;
            }
            (None, Some(kept)) => store::take_away(&mut tx, kept)
                .await
                .map_err(|error| of_error(&error))?,
            (None, None) => {}
        }
        tx.commit().await.map_err(|error| of_error(&error))?;
        Ok(wanted.map(|wanted| wanted.kept()))
    }

    async fn delete(&self, call: &Call, kept: &Kept) -> Result<(), Failure> {
        let mut connection = self.connect(call).await?;
        let gone = async {
            if !store::is_prepared(&mut connection).await? {
                return Ok(());
            }
            let mut tx = connection.begin().await?;
            store::take_away(&mut tx, kept).await?;
            tx.commit().await
        };
        gone.await.map_err(|error| of_error(&error))
    }

    async fn differences(
        &self,
        call: &Call,
        object: &Object,
        kept: Option<&Kept>,
    ) -> Result<Vec<Drift>, Failure> {
        let wanted = wanted(call, object, kept)?;
        let mut connection = self.connect(call).await?;
        let found = async {
            if !store::is_prepared(&mut connection).await? {
                return Ok(None);
            }
            match (&wanted, kept) {
                (Some(wanted), _) => {
                    store::find(&mut connection, wanted.kind(), wanted.number).await
                }
                (None, Some(kept)) => store::find(&mut connection, kept.kind, kept.number).await,
                (None, None) => Ok(None),
            }
        };
        let found = found.await.map_err(|error: sqlx::Error| of_error(&error))?;
        let said = match (wanted, kept, found) {
            (Some(wanted), _, None) => format!("{} is missing", wanted.name),
            (Some(wanted), _, Some(there)) if !there.is(&wanted) => {
                format!("{} differs", wanted.name)
            }
            (None, Some(kept), Some(_)) => format!("{} is there and should not be", kept.name),
            _ => return Ok(Vec::new()),
        };
        Ok(vec![Drift { said }])
    }

    async fn foreign(&self, call: &Call, known: &[Value]) -> Result<Vec<Extra>, Failure> {
        let known = known.iter().filter_map(|kept| read_kept(Some(kept)));
        let known: HashSet<(&str, i64)> = known.map(|one| (one.kind.name(), one.number)).collect();
        let mut connection = self.connect(call).await?;
        let all = async {
            match store::is_prepared(&mut connection).await? {
                true => store::all(&mut connection).await,
                false => Ok(Vec::new()),
            }
        };
        let all = all.await.map_err(|error: sqlx::Error| of_error(&error))?;
        let is_foreign = |one: &Kept| !known.contains(&(one.kind.name(), one.number));
        let extra = |one: Kept| Extra {
            name: one.name.clone(),
            kept: json!(one),
        };
        Ok(all.into_iter().filter(is_foreign).map(extra).collect())
    }
}

impl Program for Nss {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = check(settings);
        let address = settings.get("address");
        if address.is_some_and(|address| !self.is_named(address)) {
            found.push(("address", Code::NotAllowedHere));
        }
        found
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let kept = self.save(call, object, read_kept(kept).as_ref()).await?;
            Ok(Saved {
                kept: kept.map(|kept| json!(kept)),
                output: String::new(),
            })
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            match read_kept(gone.kept.as_ref()) {
                Some(kept) => self.delete(call, &kept).await,
                None => Ok(()),
            }
        })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            let kept = read_kept(kept);
            self.differences(call, object, kept.as_ref()).await
        })
    }

    fn extras<'a>(&'a self, call: &'a Call, known: &'a [Value]) -> Answer<'a, Vec<Extra>> {
        Box::pin(self.foreign(call, known))
    }
}
