//! The harness that runs every store test on both engines: a temporary SQLite
//! folder, and a tenant of its own in the private PostgreSQL that `script/postgres` starts.
//! Whatever is tried there is tried as the role that serves.

use super::{Db, Tx, TxKind};
use crate::access::{Actor, Grant, Rights, Via};
use crate::context::{Clock, Cx};
use crate::kernel::{Day, Locale, MemberId, PartyId, Result, Right, Slug, TenantId};
use crate::portal::{self, Tenant};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The environment's name for the private PostgreSQL, as the role that serves.
pub const POSTGRES: &str = "EQUIPAGE_TEST_POSTGRES";
/// The same as the owner of the tables.
pub const POSTGRES_OWNER: &str = "EQUIPAGE_TEST_POSTGRES_OWNER";
/// The same as a superuser, for tests that make roles.
pub const POSTGRES_ADMIN: &str = "EQUIPAGE_TEST_POSTGRES_ADMIN";

/// The private PostgreSQL, brought up to date by its owner, once in a process, and opened as
/// the role that serves.
///
/// # Errors
/// Those of opening it.
#[expect(
    clippy::expect_used,
    reason = "a test's ground that is missing should end the test"
)]
pub async fn open_postgres() -> Result<Db> {
    static READY: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let url = |name| {
        std::env::var(name)
            .expect("EQUIPAGE_TEST_POSTGRES is not set: run `script/postgres cargo test …`")
    };
    let (owner, serving) = (url(POSTGRES_OWNER), url(POSTGRES));
    READY
        .get_or_try_init(|| Db::migrate_postgres(&owner, &serving))
        .await?;
    Db::open_postgres(&serving).await
}

/// One engine with a fresh tenant in it.
pub struct Bench {
    /// The storage.
    pub db: Db,
    /// A tenant that nobody else uses.
    pub tenant: Tenant,
    /// What time it is: noon of 1 June 2026, UTC.
    pub now: DateTime<Utc>,
    folder: Option<tempfile::TempDir>,
}

#[expect(
    clippy::expect_used,
    reason = "a test's ground that is missing should end the test"
)]
impl Bench {
    /// A fresh SQLite folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open_sqlite(folder.path()).await.expect("SQLite opens");
        Self::over(db, Some(folder)).await
    }

    /// A fresh tenant in the private PostgreSQL.
    pub async fn postgres() -> Self {
        Self::over(open_postgres().await.expect("PostgreSQL opens"), None).await
    }

    async fn over(db: Db, folder: Option<tempfile::TempDir>) -> Self {
        let name = format!("t-{}", Uuid::now_v7().simple());
        let slug = Slug::parse(&name).expect("a slug");
        let tenant = portal::create(&db, &Clock::System, slug, "Nuage Libre", Locale::Fr)
            .await
            .expect("a tenant");
        let now = "2026-06-01T12:00:00Z".parse().expect("an instant");
        Self {
            db,
            tenant,
            now,
            folder,
        }
    }

    /// Where the files are, on SQLite.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_ref().map(tempfile::TempDir::path)
    }

    /// A second tenant beside the first.
    pub async fn another_tenant(&self) -> TenantId {
        let slug = Slug::parse(&format!("t-{}", Uuid::now_v7().simple())).expect("a slug");
        portal::create(&self.db, &Clock::System, slug, "Autre", Locale::Fr)
            .await
            .expect("a tenant")
            .id
    }

    /// A context that reads, as somebody.
    pub async fn view(&self, actor: &Actor) -> Cx {
        let tx = self.db.read(self.tenant.id).await.expect("a transaction");
        Cx::new(
            self.tenant.id,
            actor.clone(),
            self.now,
            chrono_tz::Europe::Paris,
            tx,
        )
    }

    /// A context that writes, as somebody. Needs [`Cx::commit`].
    pub async fn act(&self, actor: &Actor) -> Cx {
        let tx = self.db.write(self.tenant.id).await.expect("a transaction");
        Cx::new(
            self.tenant.id,
            actor.clone(),
            self.now,
            chrono_tz::Europe::Paris,
            tx,
        )
    }

    /// A person in the list, who is no member and has no login.
    pub async fn a_person(&self, given_name: &str, name: &str) -> PartyId {
        let id = PartyId(Uuid::now_v7());
        let mut tx = self.db.write(self.tenant.id).await.expect("a transaction");
        let folded = crate::kernel::text::fold(&format!("{name} {given_name}"));
        crate::exec!(
            tx,
            "INSERT INTO parties (tenant_id, id, kind, given_name, name, search, sort_name, version, created_at, updated_at) VALUES ($1, $2, 'person', $3, $4, $5, $5, 1, $6, $6)",
            self.tenant.id,
            id,
            given_name,
            name,
            folded,
            self.now
        )
        .expect("a person");
        tx.commit().await.expect("a commit");
        id
    }

    /// A member since the first of January; `number` is without its check digit.
    pub async fn a_member(&self, given_name: &str, name: &str, number: i64) -> MemberId {
        let party = self.a_person(given_name, name).await;
        let id = MemberId(Uuid::now_v7());
        let mut tx = self.db.write(self.tenant.id).await.expect("a transaction");
        crate::exec!(
            tx,
            "INSERT INTO members (tenant_id, id, party_id, number, joined_on, search, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)",
            self.tenant.id,
            id,
            party,
            number,
            Day::from_ymd_opt(2026, 1, 1).expect("a day"),
            number.to_string(),
            self.now
        )
        .expect("a member");
        tx.commit().await.expect("a commit");
        id
    }

    /// A transaction of somebody who owns the whole database, and whom no trigger stops: for
    /// tests of what is found afterwards. On SQLite, take the triggers away first.
    pub async fn tamper(&self) -> Tx {
        if self.folder.is_some() {
            return self.db.write(self.tenant.id).await.expect("a transaction");
        }
        let url = std::env::var(POSTGRES_ADMIN).expect("script/postgres names the superuser");
        let pool = sqlx::PgPool::connect(&url).await.expect("a connection");
        let mut tx = pool.begin().await.expect("a transaction");
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut *tx)
            .await
            .expect("a superuser");
        Tx::new(TxKind::Postgres(tx))
    }

    /// Runs a use-case as somebody and commits where it succeeds.
    ///
    /// # Errors
    /// The use-case's own.
    pub async fn run<T>(
        &self,
        actor: &Actor,
        use_case: impl AsyncFnOnce(&mut Cx) -> Result<T>,
    ) -> Result<T> {
        let mut cx = self.act(actor).await;
        let value = use_case(&mut cx).await?;
        cx.commit().await?;
        Ok(value)
    }
}

/// Somebody with rights, who has no login and stands in no table: enough where
/// the actor's own row is not looked at.
pub fn somebody_with(rights: &[Right]) -> Actor {
    let grants = rights
        .iter()
        .map(|&right| Grant {
            right,
            crew: "équipe".into(),
        })
        .collect();
    Actor {
        person: None,
        name: "Inès".into(),
        rights: Rights::from_grants(grants),
        via: Via::Web {
            address: "127.0.0.1".into(),
        },
    }
}

/// The same, as a person who stands in the list of people.
pub fn person_with(person: PartyId, rights: &[Right]) -> Actor {
    Actor {
        person: Some(person),
        ..somebody_with(rights)
    }
}

/// Makes two tests of one body: on SQLite and on PostgreSQL.
///
/// ```ignore
/// both_engines! {
///     async fn fifty_at_once_get_fifty_numbers(bench: Bench) { … }
/// }
/// ```
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($bench:ident: Bench) $body:block)*) => {$(
        mod $name {
            use super::*;
            async fn body($bench: $crate::db::testing::Bench) $body

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body($crate::db::testing::Bench::sqlite().await).await;
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body($crate::db::testing::Bench::postgres().await).await;
            }
        }
    )*};
}
