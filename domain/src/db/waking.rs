//! Being told by other processes that there is something to do: PostgreSQL's LISTEN and NOTIFY.
//! A message may be lost while a connection is: whoever waits also looks by themselves now and then.
//! On SQLite nobody tells: the one server process knows what it has written.

use super::{Db, Engine, Tx};
use crate::exec;
use crate::kernel::Result;
use sqlx::postgres::{PgListener, PgPoolOptions};

/// The channel that says that there is mail to send.
pub const MAIL: &str = "equipage_mail";
/// The channel that says that plugins have something to do.
pub const DUTIES: &str = "equipage_duties";

/// Hears what other processes tell.
pub struct Listener(PgListener);

impl Listener {
    /// Waits until somebody tells something on its channel, or until the connection had to be
    /// made anew: then something may have been missed.
    ///
    /// # Errors
    /// Where the connection cannot be made anew.
    pub async fn told(&mut self) -> Result<()> {
        self.0.try_recv().await?;
        Ok(())
    }
}

impl Db {
    /// Listens to a channel ([`MAIL`], [`DUTIES`]), on a connection of its own; nothing on SQLite.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn listen(&self, channel: &str) -> Result<Option<Listener>> {
        let Engine::Postgres(pool) = &self.engine else {
            return Ok(None);
        };
        // It lives as long as the server does, and takes none of the others' places.
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(pool.options())
            .await?;
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(channel).await?;
        Ok(Some(Listener(listener)))
    }
}

/// Tells all processes, on a channel, once the transaction is committed.
///
/// # Errors
/// The engine's own.
pub(crate) async fn tell(tx: &mut Tx, channel: &str) -> Result<()> {
    if !tx.is_sqlite() {
        exec!(*tx, "SELECT pg_notify($1, '')", channel)?;
    }
    Ok(())
}
