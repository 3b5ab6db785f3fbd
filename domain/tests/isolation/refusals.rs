//! The server does not start where something would let one organisation see another's data, and
//! says what to type.

use super::ground::{Own, run};
use domain::db::Db;
use uuid::Uuid;

/// What opening says; empty where it opens.
async fn said(url: &str) -> String {
    match Db::open_postgres(url).await {
        Ok(db) => {
            db.close().await;
            String::new()
        }
        Err(problem) => problem.log_line(),
    }
}

#[tokio::test]
async fn a_role_that_stands_above_row_level_security_does_not_serve() {
    let own = Own::migrated().await;
    assert_eq!(said(&own.serving).await, "");
    let role = |what: &str| format!("{what}_{}", Uuid::now_v7().simple());
    let (bypass, maker, member, plain) =
        (role("bypass"), role("maker"), role("member"), role("plain"));
    for (url, expected) in [
        (own.admin.clone(), "is a superuser"),
        (own.owner.clone(), "owns"),
        (own.as_role(&bypass), "BYPASSRLS"),
        (own.as_role(&maker), "CREATEROLE"),
        (own.as_role(&member), "owns"),
        (own.as_role(&plain), "lacks rights"),
    ] {
        if url == own.as_role(&bypass) {
            let sql = format!(
                "CREATE ROLE {bypass} LOGIN BYPASSRLS; CREATE ROLE {maker} LOGIN CREATEROLE; CREATE ROLE {member} LOGIN IN ROLE equipage; CREATE ROLE {plain} LOGIN; GRANT SELECT ON _sqlx_migrations TO {plain}"
            );
            run(&own.admin, &sql).await;
        }
        let text = said(&url).await;
        assert!(text.contains(expected), "{url}: {text}");
        assert!(text.contains("equipage migrate"), "{url}: {text}");
    }
    // The role that serves owns nothing, even where somebody asks for it.
    assert!(Db::migrate_postgres(&own.owner, &own.owner).await.is_err());
    let unknown = own.as_role("nobody_here");
    let refused = Db::migrate_postgres(&own.owner, &unknown).await;
    let text = refused.unwrap_err().log_line();
    assert!(text.contains("CREATE ROLE \"nobody_here\""), "{text}");
    own.drop().await;
}

#[tokio::test]
async fn tables_that_are_not_up_to_date_are_not_served_and_not_changed_by_the_role_that_serves() {
    let own = Own::empty().await;
    let text = said(&own.serving).await;
    assert!(text.contains("equipage migrate"), "{text}");
    own.migrate().await.unwrap();
    assert_eq!(said(&own.serving).await, "");
    run(&own.owner, "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', true, '\\x00', 0)").await;
    let text = said(&own.serving).await;
    assert!(text.contains("newer Equipage"), "{text}");
    own.drop().await;
}

/// What the owner may do by mistake, what is said then, and whether `migrate` mends it.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "DROP POLICY own_tenant ON members",
        "members has no policy",
        "",
    ),
    (
        "DROP POLICY own_tenant ON members; CREATE POLICY own_tenant ON members USING (true)",
        "members has a changed policy",
        "",
    ),
    (
        "ALTER POLICY own_tenant ON parties TO equipage_serve",
        "parties has a changed policy",
        "",
    ),
    (
        "ALTER POLICY own_tenant ON parties WITH CHECK (true)",
        "parties has a changed policy",
        "",
    ),
    (
        "ALTER TABLE payments DISABLE ROW LEVEL SECURITY",
        "payments has no row-level security",
        "",
    ),
    (
        "ALTER TABLE payments NO FORCE ROW LEVEL SECURITY",
        "payments has a row-level security that does not bind its owner",
        "",
    ),
    // A table of tomorrow, before it is protected.
    (
        "CREATE TABLE tomorrow (tenant_id UUID NOT NULL, id UUID NOT NULL, PRIMARY KEY (tenant_id, id))",
        "tomorrow has no policy",
        "",
    ),
    ("GRANT TRUNCATE ON members TO PUBLIC", "TRUNCATE", ""),
    (
        "GRANT UPDATE ON audit_checkpoints TO equipage_serve",
        "audit_checkpoints: UPDATE",
        "",
    ),
    (
        "GRANT DELETE ON receipts TO equipage_serve",
        "receipts: DELETE",
        "",
    ),
    (
        "REVOKE INSERT ON audit FROM equipage_serve",
        "lacks rights over audit",
        "",
    ),
    (
        "GRANT CREATE ON SCHEMA public TO equipage_serve",
        "may create tables",
        "",
    ),
    (
        "CREATE POLICY everything ON members USING (true)",
        "another permissive policy, \"everything\"",
        "DROP POLICY \"everything\" ON members",
    ),
    (
        "CREATE TABLE stray (id UUID NOT NULL)",
        "stray has no tenant_id",
        "DROP TABLE stray",
    ),
    (
        "CREATE VIEW everybody AS SELECT * FROM members; GRANT SELECT ON everybody TO equipage_serve",
        "the view everybody",
        "DROP VIEW everybody",
    ),
    (
        "CREATE FUNCTION all_names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT name FROM parties'",
        "the function all_names()",
        "DROP FUNCTION all_names()",
    ),
];

#[tokio::test]
async fn whatever_is_not_protected_is_found_from_the_catalogue_and_mended_or_refused() {
    let own = Own::migrated().await;
    for (mistake, expected, mended_by) in MISTAKES {
        run(&own.owner, mistake).await;
        let text = said(&own.serving).await;
        assert!(text.contains(expected), "{mistake}: {text}");
        if !mended_by.is_empty() {
            // What `migrate` does not take away of itself, it never overlooks either.
            assert!(text.contains("→ "), "{text}");
            run(&own.owner, mended_by).await;
        }
        own.migrate().await.unwrap();
        assert_eq!(said(&own.serving).await, "", "after {mistake}");
    }
    // Nobody else's permissive policy is made away with: `migrate` refuses as well.
    run(
        &own.owner,
        "CREATE POLICY everything ON members USING (true)",
    )
    .await;
    assert!(own.migrate().await.is_err());
    own.drop().await;
}
