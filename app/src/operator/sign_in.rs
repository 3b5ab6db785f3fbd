//! Signing in and out.

use super::desk::{Desk, session_cookie};
use crate::locales::operator as t;
use crate::request::{Asked, Failure, Posted, Reply, go, is_own_path, set_cookie, status_of};
use crate::shell::Width;
use crate::ui::FormView;
use axum::http::StatusCode;
use domain::identity::SignInForm;
use domain::kernel::problem::Class;
use domain::kernel::{Locale, Problem};
use domain::portal::operators;
use leptos::prelude::*;
use serde::Deserialize;

/// Where to go after signing in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Next {
    next: String,
}

impl Next {
    fn path(&self) -> &str {
        match is_own_path(&self.next) {
            true => &self.next,
            false => "/",
        }
    }
}

/// The sign-in form, with where to go afterwards.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SignIn {
    name: String,
    password: String,
    next: String,
}

pub async fn show(desk: Desk, Asked(next): Asked<Next>) -> Reply {
    if desk.signed_in.is_some() {
        return Ok(go(next.path()));
    }
    let l = desk.locale;
    let form = form(l, "", next.path(), None);
    Ok(desk.page_with(StatusCode::OK, &t::sign_in(l), Width::Narrow, form))
}

pub async fn sign_in(desk: Desk, Posted(sent): Posted<SignIn>) -> Reply {
    let next = Next { next: sent.next };
    let (app, from) = (&desk.app, &desk.origin);
    let typed = SignInForm {
        name: sent.name,
        password: sent.password,
    };
    let opened = operators::sign_in(&app.db, &app.hasher, &app.clock, &typed, from).await;
    match opened {
        Ok(session) => {
            end_present(&desk).await?;
            let mut response = go(next.path());
            let age = (session.expires_at - app.clock.now()).num_seconds().max(0);
            let cookie = (session_cookie(app), session.token.as_str());
            set_cookie(app, &mut response, cookie, Some(age));
            Ok(response)
        }
        Err(problem) if matches!(problem.code.class(), Class::Invalid | Class::Limit) => {
            let l = desk.locale;
            let form = form(l, &typed.name, next.path(), Some(&problem));
            let status = status_of(&problem.code);
            Ok(desk.page_with(status, &t::sign_in(l), Width::Narrow, form))
        }
        Err(problem) => Err(Failure(problem)),
    }
}

/// Whoever was signed in here is not any more.
async fn end_present(desk: &Desk) -> Result<(), Problem> {
    match &desk.signed_in {
        Some(who) => operators::sign_out(&desk.app.db, &desk.app.clock, who).await,
        None => Ok(()),
    }
}

pub async fn sign_out(desk: Desk) -> Reply {
    end_present(&desk).await?;
    let mut response = go("/login");
    let cookie = (session_cookie(&desk.app), "");
    set_cookie(&desk.app, &mut response, cookie, Some(0));
    Ok(response)
}

fn form(l: Locale, name: &str, next: &str, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        <h1>{t::sign_in(l)}</h1>
        {f.summary()}
        <form class="form" method="post" action="/login" novalidate>
            <input type="hidden" name="next" value=next.to_owned()/>
            {f.field("name", t::login(l), name).autocomplete("username").view()}
            {f.field("password", t::password(l), "").kind("password").autocomplete("current-password").help(t::forgotten(l)).view()}
            <button class="button is-primary">{t::sign_in(l)}</button>
        </form>
    }
    .into_any()
}
