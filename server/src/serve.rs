//! Serving: opens the storage, listens, and stops when it is asked to.

use crate::cli::Failed;
use crate::config::Config;
use crate::duties;
use crate::mail::{Sender, Worker, errors};
use crate::plugins;
use crate::signing::Signing;
use app::jobs::Jobs;
use app::mailing::Mailing;
use app::request::Shared;
use domain::context::Clock;
use domain::db::Db;
use domain::identity::Hasher;
use domain::plugins::work::Tools;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long open requests may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Opens the storage that the configuration names.
///
/// # Errors
/// What is wrong, with the key to mend.
pub async fn open(config: &Config) -> Result<Db, Failed> {
    let (opened, key) = match &config.database_url {
        Some(url) => (Db::open_postgres(&url.0).await, "database_url"),
        None => (Db::open_sqlite(&config.data).await, "data"),
    };
    opened.map_err(|problem| {
        Failed::ours(format!(
            "{key}: the storage does not open: {}",
            problem.log_line()
        ))
    })
}

/// Opens the storage after its owner has brought it up to date, where it has one: PostgreSQL's
/// tables are not the serving role's to change.
///
/// # Errors
/// What is wrong, with the key to mend.
pub async fn open_up_to_date(config: &Config) -> Result<Db, Failed> {
    if let (Some(url), Some(owner)) = (&config.database_url, &config.database_owner_url) {
        let done = Db::migrate_postgres(&owner.0, &url.0).await;
        done.map_err(|problem| {
            let why = problem.log_line();
            Failed::ours(format!(
                "database_owner_url: the tables are not up to date: {why}"
            ))
        })?;
    }
    open(config).await
}

/// Serves until the process is asked to end.
///
/// # Errors
/// Where the storage or the address cannot be had.
pub async fn serve(config: Config) -> Result<(), Failed> {
    let db = open(&config).await?;
    let jobs = Jobs::default();
    let (stop_worker, worker_stopped) = tokio::sync::watch::channel(());
    let (mail, worker) = mail(&config, &db)?;
    let signer = config.audit_signer().map_err(Failed::typed)?;
    let audit_keys = signer.as_ref().map(|signer| signer.public_keys().clone());
    let tools = tools(&config, &db)?;
    let app = Arc::new(Shared {
        db: db.clone(),
        plugins: tools.registry.clone(),
        hasher: Hasher::new(),
        jobs: jobs.clone(),
        mail,
        clock: Clock::System,
        base_domain: config.base_domain.clone(),
        default_tenant: config.default_tenant.clone(),
        operator_host: config.operator_host.clone(),
        secure: config.secure,
        bank: config.bank_keys().map_err(Failed::typed)?,
        address_header: config.address_header.clone(),
        audit_keys: audit_keys.unwrap_or_default(),
    });
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .map_err(|e| {
            Failed::ours(format!(
                "listen = \"{}\": {e}; choose another address or end what uses it",
                config.listen
            ))
        })?;
    // Behind TLS, the port is the proxy's own.
    let place = match config.secure {
        true => format!("https://{}", config.base_domain),
        false => format!("http://{}:{}", config.base_domain, config.listen.port()),
    };
    tracing::info!(
        "Equipage serves {} on {}: {place}",
        db.engine_name(),
        config.listen
    );
    let site = app::http::site(app).into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, site).with_graceful_shutdown(async move {
        asked_to_end().await;
        let _ = stop.send(());
    });
    let limit = async {
        let _ = stopped.await;
        tokio::time::sleep(GRACE).await;
    };
    if let Some(signer) = signer {
        let signing = Signing {
            db: db.clone(),
            clock: Clock::System,
            signer,
            folder: config.checkpoints.clone(),
        };
        tokio::spawn(signing.run(worker_stopped.clone()));
    }
    let working = tokio::spawn(duties::run(tools, worker_stopped.clone()));
    let worker = worker.map(|worker| tokio::spawn(worker.run(worker_stopped)));
    let all = async {
        let ended = server.await;
        drop(stop_worker);
        jobs.idle().await;
        if let Some(worker) = worker {
            let _ = worker.await;
        }
        let _ = working.await;
        ended
    };
    tokio::select! {
        ended = all => ended.map_err(|e| Failed::ours(e.to_string()))?,
        () = limit => tracing::warn!("some requests or imports did not end in time; nothing of those was written"),
    }
    db.close().await;
    Ok(())
}

/// What plugins are worked with.
///
/// # Errors
/// What is wrong with the keys that open their secrets.
pub fn tools(config: &Config, db: &Db) -> Result<Tools, Failed> {
    Ok(Tools {
        db: db.clone(),
        clock: Clock::System,
        registry: plugins::registry(&config.plugins),
        keys: Arc::new(config.bank_keys().map_err(Failed::typed)?),
    })
}

/// From where mails come, and who is told of them.
pub fn mailing(config: &Config, told: Option<Arc<Notify>>) -> Mailing {
    let (scheme, port) = match config.secure {
        true => ("https", None),
        // A proxy may hide the port: who uses one without TLS reads it in the addresses.
        false => ("http", Some(config.listen.port())),
    };
    Mailing::new(
        scheme,
        &config.base_domain,
        port,
        config.default_tenant.clone(),
        told,
    )
}

/// What the pages know of mail, and the worker that sends it, where it is set up.
fn mail(config: &Config, db: &Db) -> Result<(Mailing, Option<Worker>), Failed> {
    let Some(mail) = &config.mail else {
        return Ok((mailing(config, None), None));
    };
    let sender = Sender::open(mail, &config.base_domain).map_err(Failed::ours)?;
    if let Some(to) = &mail.errors_to {
        errors::log_panics();
        let told = errors::tell(sender.clone(), to.clone(), config.base_domain.clone());
        tokio::spawn(told);
    }
    let told = Arc::new(Notify::new());
    let mailing = mailing(config, Some(told.clone()));
    let worker = Worker {
        db: db.clone(),
        clock: Clock::System,
        sender,
        mailing: mailing.clone(),
        told,
    };
    Ok((mailing, Some(worker)))
}

async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupted => (), _ = terminate.recv() => () }
        }
        Err(_) => drop(interrupted.await),
    }
}
