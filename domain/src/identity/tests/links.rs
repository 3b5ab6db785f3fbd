//! One-time links, and how somebody else's access ends.

use super::*;
use crate::crews;

impl Door {
    async fn link_for(&self, person: PartyId) -> String {
        let key = Uuid::now_v7().to_string();
        let made = self
            .bench
            .run(&Actor::operator(), async |cx| {
                cx.now = self.now;
                new_link(cx, person, &key).await
            })
            .await;
        made.unwrap().unwrap().token
    }

    async fn choose(&self, token: &str, password: &str) -> Result<Welcomed> {
        let form = WelcomeForm {
            token: token.into(),
            password: password.into(),
        };
        let from = Origin {
            address: self.address.into(),
            user_agent: String::new(),
        };
        let (db, tenant) = (&self.bench.db, self.bench.tenant.id);
        choose_password(db, &self.hasher, &Clock::At(self.now), tenant, &form, &from).await
    }
}

fn invitation(login: &str) -> LoginForm {
    LoginForm {
        key: Uuid::now_v7().to_string(),
        login: login.into(),
    }
}

both_engines! {
    async fn who_is_invited_chooses_a_password_by_the_link_once(bench: Bench) {
        let door = Door::new(bench).await;
        let boss = Actor::operator();
        let zoe = door.bench.a_person("Zoé", "Zola").await;
        let proposed = door.bench.run(&boss, async |cx| propose_login(cx, zoe).await).await.unwrap();
        assert_eq!(proposed, "zoe");
        let form = invitation(&proposed);
        let token = door.bench.run(&boss, async |cx| invite(cx, zoe, &form).await)
            .await.unwrap().unwrap().token;
        let again = door.bench.run(&boss, async |cx| invite(cx, zoe, &form).await).await.unwrap();
        assert!(again.is_none(), "the same form shows no link again");
        // Before there is a password, none opens the login.
        for password in ["", SECRET] {
            assert_eq!(door.code("zoe", password).await, Code::SignInRefused);
        }
        let mut cx = door.bench.view(&Actor::nobody(String::new())).await;
        assert_eq!(welcome(&mut cx, &token).await.unwrap().login_name, "zoe");
        drop(cx);
        let short = door.choose(&token, "court").await.unwrap_err();
        assert!(matches!(short.field("password"), Some(Code::PasswordTooShort { .. })));
        assert_eq!(door.choose(&token, SECRET).await.unwrap().person, zoe);
        assert_eq!(door.try_as("zoe", SECRET).await.unwrap().person, zoe);
        assert_eq!(door.choose(&token, OTHER_SECRET).await.unwrap_err().code, Code::LinkInvalid);
        assert!(door.try_as("zoe", SECRET).await.is_ok());
    }

    async fn of_two_who_use_a_link_at_once_one_chooses(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.link_for(door.person).await;
        let (one, two) = tokio::join!(door.choose(&token, SECRET), door.choose(&token, OTHER_SECRET));
        let refused: Vec<_> = [one, two].into_iter().filter_map(|r| r.err().map(|p| p.code)).collect();
        assert_eq!(refused, [Code::LinkInvalid]);
    }

    async fn a_link_is_good_for_seven_days_and_until_the_next_one(bench: Bench) {
        let mut door = Door::new(bench).await;
        let first = door.link_for(door.person).await;
        let second = door.link_for(door.person).await;
        assert_eq!(door.choose(&first, OTHER_SECRET).await.unwrap_err().code, Code::LinkInvalid);
        assert!(door.try_as("lea", SECRET).await.is_ok(), "the password stays until then");
        door.wait(rules::LINK_AGE);
        assert_eq!(door.choose(&second, OTHER_SECRET).await.unwrap_err().code, Code::LinkInvalid);
        let third = door.link_for(door.person).await;
        door.wait(rules::LINK_AGE - minute());
        let session = door.try_as("lea", SECRET).await.unwrap().token;
        door.choose(&third, OTHER_SECRET).await.unwrap();
        assert_eq!(door.resume(&session).await, None, "sessions end");
        assert_eq!(door.code("lea", SECRET).await, Code::SignInRefused);
    }

    async fn guessing_links_is_locked_like_guessing_passwords(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.link_for(door.person).await;
        for n in 0..ADDRESS_FAILURES {
            let guess = format!("{n:064x}");
            assert_eq!(door.choose(&guess, SECRET).await.unwrap_err().code, Code::LinkInvalid);
        }
        let locked = door.choose(&token, SECRET).await.unwrap_err().code;
        assert!(matches!(locked, Code::SignInLocked { .. }), "{locked:?}");
    }

    async fn a_links_token_is_not_kept_and_not_audited(bench: Bench) {
        let door = Door::new(bench).await;
        let token = door.link_for(door.person).await;
        let mut cx = door.bench.view(&Actor::operator()).await;
        let (hash,): (Vec<u8>,) = one!(
            cx.tx, "SELECT token_hash FROM login_links WHERE tenant_id = $1", cx.tenant
        ).unwrap();
        assert_eq!(hash, sessions::token_hash(&token));
        let all = crate::audit::list(&mut cx, &crate::audit::Filter::default(), PageRequest::new(1)).await.unwrap();
        assert!(all.rows.iter().any(|row| row.action == "link_made"));
        let text = format!("{:?}", all.rows);
        let bytes = hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert!(!text.contains(&token) && !text.contains(&bytes));
    }

    async fn who_is_disabled_is_out_at_once_and_answered_like_a_stranger(bench: Bench) {
        let door = Door::new(bench).await;
        let boss = Actor::operator();
        let session = door.try_as("lea", SECRET).await.unwrap().token;
        let link = door.link_for(door.person).await;
        door.bench.run(&boss, async |cx| disable(cx, door.person).await).await.unwrap();
        assert_eq!(door.resume(&session).await, None);
        let before = door.hasher.computed();
        assert_eq!(door.code("lea", SECRET).await, Code::SignInRefused);
        assert_eq!(door.hasher.computed(), before + 1, "after the same work");
        assert_eq!(door.choose(&link, OTHER_SECRET).await.unwrap_err().code, Code::LinkInvalid);
        let key = Uuid::now_v7().to_string();
        let none = door.bench.run(&boss, async |cx| new_link(cx, door.person, &key).await).await;
        assert_eq!(none.unwrap_err().code, Code::LoginDisabled);
        door.bench.run(&boss, async |cx| enable(cx, door.person).await).await.unwrap();
        assert!(door.try_as("lea", SECRET).await.is_ok());
    }

    async fn signing_somebody_out_ends_their_sessions_only(bench: Bench) {
        let door = Door::new(bench).await;
        let other = door.bench.a_person("Zoé", "Zola").await;
        give_login(&door.bench, &door.hasher, other, "zoe").await.unwrap();
        let stays = door.try_as("zoe", SECRET).await.unwrap().token;
        let sessions = [door.try_as("lea", SECRET).await.unwrap(), door.try_as("lea", SECRET).await.unwrap()];
        let boss = Actor::operator();
        let access = door.bench.run(&boss, async |cx| access_of(cx, door.person).await).await.unwrap();
        assert_eq!((access.sessions, access.login.unwrap().login_name.as_str()), (2, "lea"));
        let ended = door.bench.run(&boss, async |cx| end_sessions_of(cx, door.person).await).await.unwrap();
        assert_eq!(ended, 2);
        for session in sessions {
            assert_eq!(door.resume(&session.token).await, None);
        }
        assert!(door.resume(&stays).await.is_some());
    }

    async fn nobody_changes_the_access_of_somebody_who_may_more(bench: Bench) {
        let door = Door::new(bench).await;
        door.bench.run(&Actor::operator(), async |cx| {
            let bank = crews::create(cx, "Banque", &[Right::PaymentsValidate]).await?;
            crews::add_person(cx, bank, door.person).await
        }).await.unwrap();
        let settings_only = somebody_with(&[Right::Settings]);
        let person = door.person;
        let key = Uuid::now_v7().to_string();
        let answers = [
            door.bench.run(&settings_only, async |cx| disable(cx, person).await).await.err(),
            door.bench.run(&settings_only, async |cx| enable(cx, person).await).await.err(),
            door.bench.run(&settings_only, async |cx| end_sessions_of(cx, person).await).await.err(),
            door.bench.run(&settings_only, async |cx| new_link(cx, person, &key).await).await.err(),
        ];
        for answer in answers {
            assert_eq!(answer.unwrap().code, Code::Forbidden { right: Right::PaymentsValidate });
        }
        let other = door.bench.a_person("Zoé", "Zola").await;
        door.bench.run(&Actor::operator(), async |cx| {
            let bank = crews::find(cx, "Banque").await?.unwrap();
            crews::add_person(cx, bank.id, other).await
        }).await.unwrap();
        let form = invitation("zoe");
        let refused = door.bench.run(&settings_only, async |cx| invite(cx, other, &form).await).await;
        assert_eq!(refused.unwrap_err().code, Code::Forbidden { right: Right::PaymentsValidate });
    }
}
