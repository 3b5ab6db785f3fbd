//! A database of PostgreSQL for one test alone: what is sabotaged there is nobody else's.

use domain::db::Db;
use domain::db::testing::{POSTGRES, POSTGRES_ADMIN, POSTGRES_OWNER};
use domain::kernel::TenantId;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

/// Its addresses, as each of the roles.
pub struct Own {
    pub serving: String,
    pub owner: String,
    pub admin: String,
    pub name: String,
}

fn address(of: &str, database: &str, role: Option<&str>) -> String {
    let url = std::env::var(of).expect("run `script/postgres cargo test …`");
    let options: PgConnectOptions = url.parse().unwrap();
    let role = role.unwrap_or(options.get_username());
    format!(
        "postgres://{role}@{}:{}/{database}",
        options.get_host(),
        options.get_port()
    )
}

impl Own {
    /// Empty: nothing was migrated.
    pub async fn empty() -> Self {
        let name = format!("own_{}", Uuid::now_v7().simple());
        let postgres = std::env::var(POSTGRES_OWNER).expect("run `script/postgres cargo test …`");
        run(&postgres, &format!("CREATE DATABASE {name}")).await;
        Self {
            serving: address(POSTGRES, &name, None),
            owner: address(POSTGRES_OWNER, &name, None),
            admin: address(POSTGRES_ADMIN, &name, None),
            name,
        }
    }

    /// With tables, protected.
    pub async fn migrated() -> Self {
        let own = Self::empty().await;
        own.migrate().await.unwrap();
        own
    }

    pub async fn migrate(&self) -> domain::kernel::Result<()> {
        Db::migrate_postgres(&self.owner, &self.serving).await
    }

    /// The same database as another role.
    pub fn as_role(&self, role: &str) -> String {
        address(POSTGRES, &self.name, Some(role))
    }

    pub async fn drop(self) {
        let postgres = std::env::var(POSTGRES_ADMIN).unwrap();
        run(
            &postgres,
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
    }
}

/// Runs statements as whoever the address says.
pub async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    done.unwrap_or_else(|e| panic!("{sql}: {e}"));
    connection.close().await.unwrap();
}

/// A row in each table for each tenant, whatever the table is: what a column is checked for is
/// forgotten first, and nothing is asked for that a row hangs on.
const FILL: &str = "
SET session_replication_role = replica;
DO $$ DECLARE c record; t record; names text; wanted text; BEGIN
  FOR c IN SELECT conname, conrelid::regclass AS path FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.path, c.conname);
  END LOOP;
  FOR t IN SELECT a.attrelid AS id, a.attrelid::regclass AS path FROM pg_attribute a JOIN pg_class k ON k.oid = a.attrelid
    WHERE k.relnamespace = current_schema()::regnamespace AND k.relkind = 'r' AND a.attname = 'tenant_id' LOOP
    SELECT string_agg(quote_ident(a.attname), ', '), string_agg(CASE
      WHEN a.attname = 'tenant_id' THEN quote_literal('TENANT')
      WHEN y.typname = 'uuid' THEN 'gen_random_uuid()'
      WHEN y.typname = 'text' THEN quote_literal('of TENANT ') || ' || gen_random_uuid()'
      WHEN y.typname = 'int8' THEN '1'
      WHEN y.typname = 'bool' THEN 'true'
      WHEN y.typname IN ('date', 'timestamptz') THEN 'now()'
      WHEN y.typname = 'jsonb' THEN quote_literal('[\"of TENANT\"]')
      WHEN y.typname = 'bytea' THEN quote_literal('of TENANT') || '::bytea'
      ELSE 'NULL' END, ', ')
    INTO names, wanted FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
    WHERE a.attrelid = t.id AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
    EXECUTE format('INSERT INTO %s (%s) SELECT %s', t.path, names, wanted);
  END LOOP;
END $$;";

impl Own {
    /// With tables, protected, and in each table a row of each of these tenants.
    pub async fn filled(tenants: &[TenantId]) -> Self {
        let own = Self::migrated().await;
        for tenant in tenants {
            let sql = FILL.replace("TENANT", &tenant.to_string());
            run(&own.admin, &sql).await;
        }
        own
    }

    /// A sum over all that a tenant has, table by table.
    pub async fn sums(&self, tenant: TenantId) -> Vec<(String, String)> {
        let mut admin = PgConnection::connect(&self.admin).await.unwrap();
        let mut sums = Vec::new();
        for table in self.tables().await {
            let sum = format!(
                "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t WHERE tenant_id = $1"
            );
            let sum = sqlx::query_scalar(AssertSqlSafe(sum)).bind(tenant);
            sums.push((table, sum.fetch_one(&mut admin).await.unwrap()));
        }
        sums
    }

    /// The tables of tenants, as the catalogue has them.
    pub async fn tables(&self) -> Vec<String> {
        let mut admin = PgConnection::connect(&self.admin).await.unwrap();
        let sql = "SELECT a.attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id' AND c.relname NOT IN ('mail_turns', 'duty_turns') ORDER BY 1";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut admin).await.unwrap();
        assert!(tables.len() > 30, "the catalogue was read");
        tables
    }
}

/// Two tenants that nobody else knows.
pub fn two() -> [TenantId; 2] {
    [TenantId(Uuid::now_v7()), TenantId(Uuid::now_v7())]
}
