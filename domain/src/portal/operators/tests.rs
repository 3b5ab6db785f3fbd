//! Operators: how they sign in, how long they are believed, and what is written down.

use super::*;
use crate::both_engines;
use crate::context::Clock;
use crate::db::testing::Bench;
use crate::exec;
use crate::identity::rules::{ABSOLUTE, ACCOUNT_FAILURES, IDLE, TOUCH_EVERY};
use crate::identity::{Hasher, Origin, Password, SignInForm};
use crate::kernel::{Code, LoginName};
use chrono::TimeDelta;
use uuid::Uuid;

const SECRET: &str = "quatre mots mis bout";

/// The portal with one operator, whose name is nobody else's: tests share a PostgreSQL.
struct Desk {
    bench: Bench,
    hasher: Hasher,
    now: DateTime<Utc>,
    login: String,
    from: Origin,
}

fn ada() -> Operator {
    Operator::at_the_machine("ada")
}

async fn hash(hasher: &Hasher, text: &str) -> crate::identity::PasswordHash {
    hasher.hash(&Password::parse(text).unwrap()).await.unwrap()
}

impl Desk {
    async fn new(bench: Bench) -> Self {
        let unique = Uuid::now_v7().simple().to_string();
        let login = format!("o{unique}");
        let desk = Self {
            bench,
            hasher: Hasher::cheap(),
            now: "2026-06-01T12:00:00Z".parse().unwrap(),
            from: Origin {
                // An address of its own as well: failures are counted for it.
                address: format!("host-{unique}"),
                user_agent: "test".into(),
            },
            login,
        };
        let added = desk.add(&desk.login).await;
        added.unwrap();
        desk
    }

    fn clock(&self) -> Clock {
        Clock::At(self.now)
    }

    async fn add(&self, login: &str) -> Result<OperatorId> {
        let name = LoginName::parse(login).unwrap();
        let hash = hash(&self.hasher, SECRET).await;
        let who = (&name, "Ada Lovelace");
        add(&self.bench.db, &self.clock(), &ada(), who, &hash).await
    }

    async fn sign_in(&self, login: &str, password: &str) -> Result<NewSession, Code> {
        let form = SignInForm {
            name: login.into(),
            password: password.into(),
        };
        let (db, clock) = (&self.bench.db, self.clock());
        let done = sign_in(db, &self.hasher, &clock, &form, &self.from).await;
        done.map_err(|problem| problem.code)
    }

    async fn token(&self) -> String {
        self.sign_in(&self.login, SECRET).await.unwrap().token
    }

    async fn resume(&self, token: &str) -> Option<SignedIn> {
        let clock = self.clock();
        let found = resume(&self.bench.db, &clock, token, &self.from).await;
        found.unwrap()
    }

    /// What was written down about, or by, the one operator, in the order of letters: all of it
    /// happens at one moment.
    async fn events(&self) -> Vec<String> {
        let all = events(&self.bench.db).await.unwrap();
        let own = all
            .iter()
            .filter(|e| e.about == self.login || e.operator == self.login);
        let mut own: Vec<String> = own.map(|e| e.action.clone()).collect();
        own.sort();
        own
    }
}

both_engines! {
    async fn an_operator_signs_in_and_out_and_it_is_written_down(bench: Bench) {
        let desk = Desk::new(bench).await;
        let session = desk.sign_in(&format!(" {} ", desk.login.to_uppercase()), SECRET).await.unwrap();
        assert!(!format!("{session:?}").contains(&session.token));
        assert_eq!(session.expires_at, desk.now + ABSOLUTE);
        let who = desk.resume(&session.token).await.unwrap();
        assert_eq!(who.name(), "Ada Lovelace");
        assert_eq!(who.operator().name(), desk.login);
        for wrong in ["", "x", &"0".repeat(64), &session.token[1..]] {
            assert_eq!(desk.resume(wrong).await, None);
        }
        sign_out(&desk.bench.db, &desk.clock(), &who).await.unwrap();
        sign_out(&desk.bench.db, &desk.clock(), &who).await.unwrap();
        assert_eq!(desk.resume(&session.token).await, None);
        assert_eq!(desk.events().await, ["added", "signed_in", "signed_out"]);
    }

    async fn a_wrong_name_and_a_wrong_password_have_one_answer_and_a_limit(bench: Bench) {
        let mut desk = Desk::new(bench).await;
        let before = desk.hasher.computed();
        let unknown = desk.sign_in("nobody-here", SECRET).await;
        assert_eq!(unknown.unwrap_err(), Code::SignInRefused);
        assert_eq!(desk.hasher.computed(), before + 1, "the same work");
        for _ in 0..ACCOUNT_FAILURES {
            let wrong = desk.sign_in(&desk.login, "quatre mots mis bouts").await;
            assert_eq!(wrong.unwrap_err(), Code::SignInRefused);
        }
        for _ in 0..2 {
            desk.sign_in(&desk.login, "quatre mots mis bouts").await.unwrap_err();
        }
        // Now also the right one waits.
        let right = desk.sign_in(&desk.login, SECRET).await.unwrap_err();
        assert!(matches!(right, Code::SignInLocked { .. }), "{right:?}");
        desk.now += TimeDelta::hours(1);
        desk.sign_in(&desk.login, SECRET).await.unwrap();
        // A failed sign-in is no event: nobody fills the table from outside.
        assert_eq!(desk.events().await, ["added", "signed_in"]);
    }

    async fn a_session_ends_unused_and_at_last_also_used(bench: Bench) {
        let mut desk = Desk::new(bench).await;
        let (unused, used) = (desk.token().await, desk.token().await);
        let opened = desk.now;
        while desk.now + IDLE / 2 < opened + ABSOLUTE {
            desk.now += IDLE / 2;
            assert!(desk.resume(&used).await.is_some(), "{}", desk.now);
        }
        assert_eq!(desk.resume(&unused).await, None);
        desk.now = opened + ABSOLUTE;
        assert_eq!(desk.resume(&used).await, None);
        desk.now = opened;
        let within = desk.token().await;
        desk.now += TOUCH_EVERY / 2;
        assert!(desk.resume(&within).await.is_some());
        desk.now = opened + IDLE;
        assert_eq!(desk.resume(&within).await, None, "what was no use did not wake it");
    }

    async fn one_who_is_disabled_is_out_at_once(bench: Bench) {
        let desk = Desk::new(bench).await;
        let (db, clock, token) = (&desk.bench.db, desk.clock(), desk.token().await);
        disable(db, &clock, &ada(), &desk.login).await.unwrap();
        assert_eq!(desk.resume(&token).await, None);
        assert_eq!(desk.sign_in(&desk.login, SECRET).await.unwrap_err(), Code::SignInRefused);
        enable(db, &clock, &ada(), &desk.login).await.unwrap();
        assert_eq!(desk.resume(&token).await, None, "what ended has ended");
        desk.token().await;
        assert_eq!(desk.events().await, ["added", "disabled", "enabled", "signed_in", "signed_in"]);
    }

    async fn a_new_password_ends_every_session(bench: Bench) {
        let desk = Desk::new(bench).await;
        let (db, clock, token) = (&desk.bench.db, desk.clock(), desk.token().await);
        let other = hash(&desk.hasher, "un autre mot de passe").await;
        set_password(db, &clock, &ada(), &desk.login, &other).await.unwrap();
        assert_eq!(desk.resume(&token).await, None);
        assert_eq!(desk.sign_in(&desk.login, SECRET).await.unwrap_err(), Code::SignInRefused);
        desk.sign_in(&desk.login, "un autre mot de passe").await.unwrap();
        assert_eq!(end_sessions(db, &clock, &ada(), &desk.login).await.unwrap(), 1);
        let all = list(db).await.unwrap();
        let row = all.iter().find(|row| row.login_name == desk.login).unwrap();
        assert_eq!((row.signed_in_at, row.disabled_at), (Some(desk.now), None));
    }

    async fn a_name_is_one_operators_and_who_is_not_there_is_said(bench: Bench) {
        let desk = Desk::new(bench).await;
        let (db, clock) = (&desk.bench.db, desk.clock());
        assert_eq!(desk.add(&desk.login).await.unwrap_err().code, Code::LoginNameTaken);
        let some = hash(&desk.hasher, SECRET).await;
        let name = LoginName::parse("someone-new").unwrap();
        let unnamed = add(db, &clock, &ada(), (&name, " "), &some).await.unwrap_err();
        assert_eq!(unnamed.code, Code::Invalid);
        for done in [
            set_password(db, &clock, &ada(), "nobody-here", &some).await,
            disable(db, &clock, &ada(), "nobody-here").await,
            enable(db, &clock, &ada(), "nobody-here").await,
            end_sessions(db, &clock, &ada(), "nobody-here").await.map(|_| ()),
        ] {
            assert_eq!(done.unwrap_err().code, Code::NotFound);
        }
    }

    async fn what_was_written_down_stays(bench: Bench) {
        let desk = Desk::new(bench).await;
        for sql in ["UPDATE operator_events SET operator = 'x'", "DELETE FROM operator_events"] {
            let mut tx = desk.bench.db.portal_write().await.unwrap();
            assert!(exec!(tx, sql).is_err(), "{sql}");
        }
        assert_eq!(desk.events().await, ["added"]);
    }
}
