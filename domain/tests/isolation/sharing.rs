//! Many tenants at once in one installation: each answer is its own tenant's, and what is one
//! person's in one tenant may be another's in the next.

use domain::context::{Clock, Cx};
use domain::db::testing::{Bench, somebody_with};
use domain::kernel::{Code, Locale, Result, Right, Slug, TenantId};
use domain::settings;
use domain::{both_engines, exec, one, portal};
use std::sync::Arc;
use uuid::Uuid;

/// How many tenants there are, and how many requests are under way among them.
const TENANTS: usize = 8;
const REQUESTS: usize = 1_000;

async fn marked(bench: &Bench, marker: &str) -> TenantId {
    let slug = Slug::parse(&format!("m-{}", Uuid::now_v7().simple())).unwrap();
    let made = portal::create(&bench.db, &Clock::System, slug, marker, Locale::Fr).await;
    made.unwrap().id
}

/// What a request of a tenant is told: read at once, or remembered from another request.
async fn told(bench: &Bench, tenant: TenantId) -> (String, String) {
    let actor = somebody_with(Right::ALL);
    let tx = bench.db.read(tenant).await.unwrap();
    let mut cx = Cx::new(tenant, actor, bench.now, settings::DEFAULT_ZONE, tx);
    let title = settings::get(&mut cx).await.unwrap().title;
    tokio::task::yield_now().await;
    let remembered = cx
        .remember("whose".into(), async |cx| {
            // Without a word of whose: there is no other row.
            let (title,): (String,) = one!(cx.tx, "SELECT title FROM settings")?;
            Ok(title)
        })
        .await;
    (title, remembered.unwrap())
}

both_engines! {
    async fn of_a_thousand_requests_at_once_each_is_told_of_its_own_tenant(bench: Bench) {
        let bench = Arc::new(bench);
        let mut tenants = Vec::new();
        for n in 0..TENANTS {
            let marker = format!("Marker {n}");
            tenants.push((marked(&bench, &marker).await, marker));
        }
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..REQUESTS {
            let (tenant, marker) = tenants[n * 7 % TENANTS].clone();
            let bench = bench.clone();
            tasks.spawn(async move {
                if n % 10 == 0 {
                    // Some write in between, so that what is remembered changes.
                    let actor = somebody_with(Right::ALL);
                    let tx = bench.db.write(tenant).await.unwrap();
                    let mut cx = Cx::new(tenant, actor, bench.now, settings::DEFAULT_ZONE, tx);
                    let form = domain::people::PartyForm {
                        key: Uuid::now_v7().to_string(),
                        kind: "person".into(),
                        name: marker.clone(),
                        ..Default::default()
                    };
                    domain::people::add(&mut cx, &form).await.unwrap();
                    cx.commit().await.unwrap();
                }
                assert_eq!(told(&bench, tenant).await, (marker.clone(), marker));
            });
        }
        let done = tasks.join_all().await.len();
        assert_eq!(done, REQUESTS);
    }

    async fn the_same_email_number_login_and_id_are_fine_in_two_tenants_and_not_twice_in_one(bench: Bench) {
        let other = bench.another_tenant().await;
        let id = Uuid::now_v7();
        for tenant in [bench.tenant.id, other] {
            write(&bench, tenant, id).await.unwrap();
        }
        for tenant in [bench.tenant.id, other] {
            let refused = write(&bench, tenant, Uuid::now_v7()).await.unwrap_err();
            assert_eq!(refused.code, Code::ChangedMeanwhile);
        }
    }
}

/// A member with a number and a login that are always the same.
async fn write(bench: &Bench, tenant: TenantId, id: Uuid) -> Result<()> {
    let mut tx = bench.db.write(tenant).await?;
    exec!(
        tx,
        "INSERT INTO parties (tenant_id, id, kind, given_name, name, email, email_key, search, sort_name, version, created_at, updated_at) VALUES ($1, $2, 'person', 'Ada', 'Un', 'ada@example.org', 'ada@example.org', '', '', 1, $3, $3)",
        tenant,
        id,
        bench.now
    )?;
    exec!(
        tx,
        "INSERT INTO members (tenant_id, id, party_id, number, joined_on, search, version, created_at) VALUES ($1, $2, $2, 1001, $3, '', 1, $4)",
        tenant,
        id,
        bench.now.date_naive(),
        bench.now
    )?;
    exec!(
        tx,
        "INSERT INTO logins (tenant_id, person_id, login_name, password_hash, created_at, changed_at) VALUES ($1, $2, 'ada', 'x', $3, $3)",
        tenant,
        id,
        bench.now
    )?;
    tx.commit().await
}
