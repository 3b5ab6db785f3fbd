//! What signing in and being signed in promise, on both engines.

mod links;

use super::rules::{ABSOLUTE, ACCOUNT_FAILURES, ADDRESS_FAILURES, IDLE, TOUCH_EVERY};
use super::*;
use crate::access::Actor;
use crate::context::{Clock, Cx};
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::kernel::{Code, LoginName, PageRequest, Result, Right, TenantId};
use crate::{all, both_engines, exec, one};
use chrono::TimeDelta;
use uuid::Uuid;

const SECRET: &str = "la lune est à marée basse";
const OTHER_SECRET: &str = "le soleil est à marée haute";

/// A bench with a hasher, a person with a login, and a clock that can be moved.
struct Door {
    bench: Bench,
    hasher: Hasher,
    person: PartyId,
    now: DateTime<Utc>,
    address: &'static str,
}

impl Door {
    async fn new(bench: Bench) -> Self {
        let hasher = Hasher::cheap();
        let person = bench.a_person("Léa", "Benamar").await;
        give_login(&bench, &hasher, person, "lea").await.unwrap();
        Self {
            now: bench.now,
            bench,
            hasher,
            person,
            address: "192.0.2.1",
        }
    }

    async fn try_as(&self, name: &str, password: &str) -> Result<NewSession> {
        let form = SignInForm {
            name: name.into(),
            password: password.into(),
        };
        let from = Origin {
            address: self.address.into(),
            user_agent: "Navigateur\u{7}".into(),
        };
        let clock = Clock::At(self.now);
        let (db, tenant) = (&self.bench.db, self.bench.tenant.id);
        sign_in(db, &self.hasher, &clock, tenant, &form, &from).await
    }

    async fn code(&self, name: &str, password: &str) -> Code {
        self.try_as(name, password).await.unwrap_err().code
    }

    async fn cx(&self, tenant: TenantId, actor: &Actor) -> Cx {
        let tx = self.bench.db.write(tenant).await.unwrap();
        Cx::new(
            tenant,
            actor.clone(),
            self.now,
            chrono_tz::Europe::Paris,
            tx,
        )
    }

    async fn resume(&self, token: &str) -> Option<SignedIn> {
        let nobody = Actor::nobody(String::new());
        let mut cx = self.cx(self.bench.tenant.id, &nobody).await;
        resume(&mut cx, token).await.unwrap()
    }

    fn wait(&mut self, time: TimeDelta) {
        self.now += time;
    }

    fn as_person(&self) -> Actor {
        person_with(self.person, &[])
    }

    async fn change(&self, current: SessionId, form: &PasswordForm) -> Result<()> {
        let (db, tenant) = (&self.bench.db, self.bench.tenant.id);
        let clock = Clock::At(self.now);
        let actor = self.as_person();
        change_password(db, &self.hasher, &clock, tenant, &actor, current, form).await
    }

    async fn failures(&self) -> Vec<(String, i64)> {
        let mut tx = self.bench.db.read(self.bench.tenant.id).await.unwrap();
        all!(
            tx,
            "SELECT subject, failures FROM sign_in_failures WHERE tenant_id = $1 ORDER BY subject",
            self.bench.tenant.id
        )
        .unwrap()
    }
}

async fn give_login(bench: &Bench, hasher: &Hasher, person: PartyId, name: &str) -> Result<()> {
    let hash = hasher.hash(&Password::parse(SECRET)?).await?;
    let name = LoginName::parse(name)?;
    bench
        .run(&Actor::operator(), async |cx| {
            create_login(cx, person, name, &hash).await
        })
        .await
}

async fn give_email(bench: &Bench, person: PartyId, email: &str) {
    let mut tx = bench.db.write(bench.tenant.id).await.unwrap();
    exec!(
        tx,
        "UPDATE parties SET email = $3, email_key = $4 WHERE tenant_id = $1 AND id = $2",
        bench.tenant.id,
        person,
        email,
        crate::kernel::text::fold(email)
    )
    .unwrap();
    tx.commit().await.unwrap();
}

fn minute() -> TimeDelta {
    TimeDelta::minutes(1)
}

both_engines! {
    async fn unknown_and_wrong_get_the_same_answer_after_the_same_work(bench: Bench) {
        let door = Door::new(bench).await;
        for (name, password) in [
            ("lea", OTHER_SECRET), ("nobody", SECRET), ("no@body.org", SECRET), ("É à la !", ""), ("", ""),
            ("lea", &"x".repeat(100_000)),
        ] {
            let before = door.hasher.computed();
            assert_eq!(door.code(name, password).await, Code::SignInRefused, "{name}");
            assert_eq!(door.hasher.computed(), before + 1, "{name}");
        }
    }

    async fn one_signs_in_by_login_name_or_email(bench: Bench) {
        let door = Door::new(bench).await;
        give_email(&door.bench, door.person, "Lea@Example.org").await;
        for name in ["lea", " LEA ", "lea@example.org", "LEA@example.ORG"] {
            let session = door.try_as(name, SECRET).await.unwrap();
            assert_eq!(session.person, door.person, "{name}");
        }
    }

    async fn an_email_of_two_people_signs_nobody_in(bench: Bench) {
        let door = Door::new(bench).await;
        let twin = door.bench.a_person("Zoé", "Benamar").await;
        for person in [door.person, twin] {
            give_email(&door.bench, person, "famille@example.org").await;
        }
        assert!(door.try_as("famille@example.org", SECRET).await.is_ok());
        give_login(&door.bench, &door.hasher, twin, "zoe").await.unwrap();
        assert_eq!(door.code("famille@example.org", SECRET).await, Code::SignInRefused);
        assert!(door.try_as("zoe", SECRET).await.is_ok());
    }

    async fn five_failures_lock_an_account_for_longer_each_time(bench: Bench) {
        let mut door = Door::new(bench).await;
        for _ in 0..ACCOUNT_FAILURES {
            assert_eq!(door.code("lea", OTHER_SECRET).await, Code::SignInRefused);
        }
        let before = door.hasher.computed();
        assert_eq!(door.code("lea", SECRET).await, Code::SignInLocked { minutes: 1 });
        assert_eq!(door.hasher.computed(), before);
        door.wait(minute());
        assert_eq!(door.code("lea", OTHER_SECRET).await, Code::SignInRefused);
        assert_eq!(door.code("lea", SECRET).await, Code::SignInLocked { minutes: 2 });
        door.wait(minute());
        assert_eq!(door.code("lea", SECRET).await, Code::SignInLocked { minutes: 1 });
        door.wait(minute());
        assert!(door.try_as("lea", SECRET).await.is_ok());
        // A success starts the account anew.
        assert_eq!(door.code("lea", OTHER_SECRET).await, Code::SignInRefused);
        assert!(door.try_as("lea", SECRET).await.is_ok());
    }

    async fn an_unknown_account_is_locked_like_any_other(bench: Bench) {
        let door = Door::new(bench).await;
        for _ in 0..ACCOUNT_FAILURES {
            assert_eq!(door.code("nobody", SECRET).await, Code::SignInRefused);
        }
        assert_eq!(door.code("Nobody", SECRET).await, Code::SignInLocked { minutes: 1 });
        assert!(door.try_as("lea", SECRET).await.is_ok());
    }

    async fn failures_are_forgotten_after_a_quiet_while(bench: Bench) {
        let mut door = Door::new(bench).await;
        for _ in 0..20 {
            assert_eq!(door.code("lea", OTHER_SECRET).await, Code::SignInRefused);
            door.wait(TimeDelta::minutes(16));
        }
        assert!(door.try_as("lea", SECRET).await.is_ok());
        // What is forgotten is cleared away; what counts now is kept.
        let left = door.failures().await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0], ("address:192.0.2.1".to_owned(), 0));
    }

    async fn twenty_failures_lock_an_address_for_every_account(bench: Bench) {
        let mut door = Door::new(bench).await;
        for n in 0..ADDRESS_FAILURES {
            assert_eq!(door.code(&format!("guess{n}"), SECRET).await, Code::SignInRefused);
        }
        assert_eq!(door.code("lea", SECRET).await, Code::SignInLocked { minutes: 1 });
        door.address = "192.0.2.2";
        assert!(door.try_as("lea", SECRET).await.is_ok());
        door.address = "192.0.2.1";
        door.wait(minute());
        assert!(door.try_as("lea", SECRET).await.is_ok());
    }

    async fn those_who_succeed_do_not_lock_their_address(bench: Bench) {
        let door = Door::new(bench).await;
        for _ in 0..=ADDRESS_FAILURES {
            door.try_as("lea", SECRET).await.unwrap();
        }
    }

    async fn many_attempts_at_once_do_not_get_past_the_count(bench: Bench) {
        let door = std::sync::Arc::new(Door::new(bench).await);
        let tries: Vec<_> = (0..12).map(|_| {
            let door = door.clone();
            tokio::spawn(async move { door.code("lea", OTHER_SECRET).await })
        }).collect();
        let mut refused = 0;
        for one in tries {
            match one.await.unwrap() {
                Code::SignInRefused => refused += 1,
                code => assert!(matches!(code, Code::SignInLocked { .. } | Code::Busy), "{code:?}"),
            }
        }
        assert!((1..=ACCOUNT_FAILURES).contains(&refused), "{refused}");
    }

    async fn only_a_few_hashes_are_computed_at_once_and_busy_is_no_failure(bench: Bench) {
        let door = Door::new(bench).await;
        let mut turns = Vec::new();
        while let Ok(turn) = door.hasher.turn().await {
            turns.push(turn);
            assert!(turns.len() < 64, "no limit");
        }
        assert_eq!(door.code("lea", SECRET).await, Code::Busy);
        assert_eq!(door.failures().await, []);
        turns.pop();
        assert!(door.try_as("lea", SECRET).await.is_ok());
    }

    async fn a_session_ends_when_it_is_not_used(bench: Bench) {
        let mut door = Door::new(bench).await;
        let token = door.try_as("lea", SECRET).await.unwrap().token;
        door.wait(IDLE - minute());
        let signed_in = door.resume(&token).await.unwrap();
        assert!(signed_in.touch_due);
        let (db, tenant) = (&door.bench.db, door.bench.tenant.id);
        touch(db, &Clock::At(door.now), tenant, signed_in.session).await.unwrap();
        assert!(!door.resume(&token).await.unwrap().touch_due);
        door.wait(TOUCH_EVERY);
        assert!(door.resume(&token).await.unwrap().touch_due);
        door.wait(IDLE - TOUCH_EVERY);
        assert_eq!(door.resume(&token).await, None);
        // And a late note of its use does not wake it.
        let (db, tenant) = (&door.bench.db, door.bench.tenant.id);
        touch(db, &Clock::At(door.now), tenant, signed_in.session).await.unwrap();
        assert_eq!(door.resume(&token).await, None);
    }

    async fn a_session_ends_even_if_it_is_used(bench: Bench) {
        let mut door = Door::new(bench).await;
        let new = door.try_as("lea", SECRET).await.unwrap();
        assert_eq!(new.expires_at, door.now + ABSOLUTE);
        let (db, tenant) = (door.bench.db.clone(), door.bench.tenant.id);
        while door.now < new.expires_at {
            let signed_in = door.resume(&new.token).await.unwrap();
            touch(&db, &Clock::At(door.now), tenant, signed_in.session).await.unwrap();
            door.wait(TimeDelta::hours(7));
        }
        assert_eq!(door.resume(&new.token).await, None);
    }

    async fn a_session_knows_its_person_and_their_rights(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.try_as("lea", SECRET).await.unwrap().token;
        let before = door.resume(&token).await.unwrap();
        assert_eq!((before.name.as_str(), before.person), ("Léa Benamar", door.person));
        assert!(!before.rights.is_crew());
        door.bench.run(&Actor::operator(), async |cx| {
            let bank = crate::crews::create(cx, "Banque", &[Right::PaymentsValidate]).await?;
            crate::crews::add_person(cx, bank, door.person).await
        }).await.unwrap();
        let after = door.resume(&token).await.unwrap();
        assert_eq!(after.rights.through(Right::PaymentsValidate), Some("Banque"));
        assert!(!after.rights.has(Right::Settings));
    }

    async fn a_token_of_another_tenant_is_no_session(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.try_as("lea", SECRET).await.unwrap().token;
        let other = door.bench.another_tenant().await;
        let mut cx = door.cx(other, &Actor::nobody(String::new())).await;
        assert_eq!(resume(&mut cx, &token).await.unwrap(), None);
        drop(cx);
        for wrong in ["", "é", &token[1..], &token.to_uppercase(), &format!("{token}0"), &"0".repeat(64)] {
            assert_eq!(door.resume(wrong).await, None, "{wrong}");
        }
        assert!(door.resume(&token).await.is_some());
    }

    async fn a_token_is_not_kept_and_no_secret_is_audited(bench: Bench) {
        let door = Door::new(bench).await;
        let one = door.try_as("lea", SECRET).await.unwrap();
        let two = door.try_as("lea", SECRET).await.unwrap();
        assert_ne!(one.token, two.token);
        assert!(!format!("{one:?}").contains(&one.token));
        let mut cx = door.cx(door.bench.tenant.id, &Actor::operator()).await;
        let rows: Vec<(Vec<u8>, String, String)> = all!(
            cx.tx, "SELECT token_hash, user_agent, address FROM sessions WHERE tenant_id = $1", cx.tenant
        ).unwrap();
        assert_eq!(rows.len(), 2);
        let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&one.token[2 * i..2 * i + 2], 16).unwrap()).collect();
        for (hash, agent, address) in &rows {
            assert!(hash.len() == 32 && *hash != bytes && hash != one.token.as_bytes());
            assert_eq!((agent.as_str(), address.as_str()), ("Navigateur", "192.0.2.1"));
        }
        let (kept,): (String,) = one!(
            cx.tx, "SELECT password_hash FROM logins WHERE tenant_id = $1", cx.tenant
        ).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$"));
        let audit = crate::audit::list(&mut cx, &crate::audit::Filter::default(), PageRequest::new(1)).await.unwrap();
        let text = format!("{:?}", audit.rows);
        assert!(text.contains("signed_in"));
        for secret in [&one.token, &two.token, SECRET, &kept] {
            assert!(!text.contains(secret));
        }
    }

    async fn one_ends_ones_own_sessions_and_nobody_elses(bench: Bench) {
        let mut door = Door::new(bench).await;
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(door.try_as("lea", SECRET).await.unwrap().token);
            door.wait(minute());
        }
        let me = door.as_person();
        let mine = door.resume(&tokens[3]).await.unwrap().session;
        let mut cx = door.cx(door.bench.tenant.id, &me).await;
        let list = sessions(&mut cx).await.unwrap();
        drop(cx);
        assert_eq!(list.len(), 4);
        assert_eq!(list[0].id, mine);

        let thief = person_with(door.bench.a_person("Eve", "Autre").await, Right::ALL);
        let refused = door.bench.run(&thief, async |cx| revoke(cx, mine).await).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound);
        door.bench.run(&thief, async |cx| sign_out(cx, mine).await).await.unwrap();
        assert!(door.resume(&tokens[3]).await.is_some());

        let first = list[3].id;
        door.bench.run(&me, async |cx| revoke(cx, first).await).await.unwrap();
        assert_eq!(door.resume(&tokens[0]).await, None);
        let ended = door.bench.run(&me, async |cx| revoke_others(cx, mine).await).await.unwrap();
        assert_eq!(ended, 2);
        let ended = door.bench.run(&me, async |cx| revoke_others(cx, mine).await).await.unwrap();
        assert_eq!(ended, 0);
        assert_eq!(door.resume(&tokens[2]).await, None);
        assert!(door.resume(&tokens[3]).await.is_some());
        for _ in 0..2 {
            door.bench.run(&me, async |cx| sign_out(cx, mine).await).await.unwrap();
        }
        assert_eq!(door.resume(&tokens[3]).await, None);
    }

    async fn a_new_password_needs_the_present_one_and_ends_the_other_sessions(bench: Bench) {
        let door = Door::new(bench).await;
        let here = door.try_as("lea", SECRET).await.unwrap().token;
        let there = door.try_as("lea", SECRET).await.unwrap().token;
        let current = door.resume(&here).await.unwrap().session;
        let form = |present: &str, password: &str| PasswordForm {
            present: present.into(),
            password: password.into(),
        };
        let refused = door.change(current, &form(OTHER_SECRET, OTHER_SECRET)).await.unwrap_err();
        assert_eq!(refused.field("present"), Some(&Code::SignInRefused));
        let refused = door.change(current, &form("", "trop court")).await.unwrap_err();
        assert_eq!(refused.field("present"), Some(&Code::Required));
        assert_eq!(refused.field("password"), Some(&Code::PasswordTooShort { min: PASSWORD_MIN }));
        assert!(door.resume(&there).await.is_some());

        door.change(current, &form(SECRET, OTHER_SECRET)).await.unwrap();
        assert!(door.resume(&here).await.is_some());
        assert_eq!(door.resume(&there).await, None);
        assert_eq!(door.code("lea", SECRET).await, Code::SignInRefused);
        assert!(door.try_as("lea", OTHER_SECRET).await.is_ok());

        // A browser that was left open is no way to guess the password.
        for _ in 0..ACCOUNT_FAILURES {
            let refused = door.change(current, &form(SECRET, SECRET)).await.unwrap_err();
            assert_eq!(refused.field("present"), Some(&Code::SignInRefused));
        }
        let refused = door.change(current, &form(OTHER_SECRET, SECRET)).await.unwrap_err();
        assert_eq!(refused.code, Code::SignInLocked { minutes: 1 });
    }

    async fn a_password_that_is_set_ends_every_session_and_the_lock(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.try_as("lea", SECRET).await.unwrap().token;
        for _ in 0..ACCOUNT_FAILURES {
            door.try_as("lea", "x").await.unwrap_err();
        }
        let hash = door.hasher.hash(&Password::parse(OTHER_SECRET).unwrap()).await.unwrap();
        let set = async |cx: &mut Cx| set_password(cx, door.person, &hash).await;
        let refused = door.bench.run(&somebody_with(&[Right::People]), set).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::Settings });
        door.bench.run(&somebody_with(&[Right::Settings]), set).await.unwrap();
        assert_eq!(door.resume(&token).await, None);
        assert!(door.try_as("lea", OTHER_SECRET).await.is_ok());
    }

    async fn nobody_takes_a_right_by_setting_a_password(bench: Bench) {
        let door = Door::new(bench).await;
        door.bench.run(&Actor::operator(), async |cx| {
            let bank = crate::crews::create(cx, "Banque", &[Right::PaymentsValidate]).await?;
            crate::crews::add_person(cx, bank, door.person).await
        }).await.unwrap();
        let hash = door.hasher.hash(&Password::parse(OTHER_SECRET).unwrap()).await.unwrap();
        let set = async |cx: &mut Cx| set_password(cx, door.person, &hash).await;
        let refused = door.bench.run(&somebody_with(&[Right::Settings]), set).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden { right: Right::PaymentsValidate });
        door.bench.run(&Actor::operator(), set).await.unwrap();
    }

    async fn a_person_has_one_login_and_a_name_one_person(bench: Bench) {
        let door = Door::new(bench).await;
        let again = give_login(&door.bench, &door.hasher, door.person, "lea2").await.unwrap_err();
        assert_eq!(again.code, Code::HasLogin);
        let other = door.bench.a_person("Zoé", "Autre").await;
        let taken = give_login(&door.bench, &door.hasher, other, "LEA").await.unwrap_err();
        assert_eq!(taken.field("login"), Some(&Code::LoginNameTaken));
        let stranger = PartyId(Uuid::now_v7());
        let missing = give_login(&door.bench, &door.hasher, stranger, "x1").await.unwrap_err();
        assert_eq!(missing.code, Code::NotFound);
        let mut cx = door.cx(door.bench.tenant.id, &Actor::operator()).await;
        let found = find_login(&mut cx, "lea").await.unwrap().unwrap();
        assert_eq!((found.person, found.name.as_str()), (door.person, "Léa Benamar"));
        assert_eq!(logins(&mut cx).await.unwrap(), [found]);
        assert_eq!(find_login(&mut cx, "lea2").await.unwrap(), None);
        let mut cx = {
            drop(cx);
            door.cx(door.bench.tenant.id, &somebody_with(&[Right::People])).await
        };
        assert!(find_login(&mut cx, "lea").await.is_err());
    }

    async fn one_chooses_ones_own_language(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.try_as("lea", SECRET).await.unwrap().token;
        assert_eq!(door.resume(&token).await.unwrap().locale, None);
        let me = door.as_person();
        for _ in 0..2 {
            door.bench.run(&me, async |cx| set_locale(cx, Locale::En).await).await.unwrap();
        }
        assert_eq!(door.resume(&token).await.unwrap().locale, Some(Locale::En));
        let mut cx = door.cx(door.bench.tenant.id, &Actor::operator()).await;
        assert_eq!(crate::audit::history(&mut cx, "party", door.person.0).await.unwrap().len(), 1);
    }

    async fn the_newest_sessions_push_out_the_oldest(bench: Bench) {
        let mut door = Door::new(bench).await;
        let first = door.try_as("lea", SECRET).await.unwrap().token;
        door.wait(minute());
        for _ in 0..rules::SESSIONS_MAX {
            door.try_as("lea", SECRET).await.unwrap();
        }
        assert_eq!(door.resume(&first).await, None);
        let mut cx = door.cx(door.bench.tenant.id, &door.as_person()).await;
        assert_eq!(sessions(&mut cx).await.unwrap().len(), 50);
    }
}

#[tokio::test]
async fn a_servers_hash_costs_what_owasp_asks_for() {
    let hash = Hasher::new()
        .hash(&Password::parse(SECRET).unwrap())
        .await
        .unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!format!("{hash:?}").contains("argon2"));
}

#[tokio::test]
async fn memory_that_is_used_again_changes_no_hash() {
    use argon2::PasswordVerifier;
    let right = Password::parse(SECRET).unwrap();
    let wrong = Password::parse("une autre phrase tout aussi longue").unwrap();
    // What one left behind, also with higher costs, is what the next one begins with.
    let (dear, cheap) = Hasher::new().sharing_memory_with(Hasher::cheap());
    for hasher in [&dear, &cheap, &dear] {
        let hash = hasher.hash(&right).await.unwrap();
        for (password, expected) in [(&right, true), (&wrong, false)] {
            let turn = cheap.turn().await.unwrap();
            let is_right = turn.verify(password.clone(), Some(hash.clone()));
            assert_eq!(is_right.await.unwrap(), expected);
            let theirs =
                argon2::Argon2::default().verify_password(password.as_bytes(), hash.as_str());
            assert_eq!(theirs.is_ok(), expected, "as the library says by itself");
        }
    }
}

#[test]
fn forms_do_not_print_what_was_typed() {
    let sign_in = SignInForm {
        name: SECRET.into(),
        password: SECRET.into(),
    };
    let change = PasswordForm {
        present: SECRET.into(),
        password: SECRET.into(),
    };
    assert!(!format!("{sign_in:?}{change:?}").contains("lune"));
}
