//! The page behind a one-time link: a person chooses their password. Whoever has the link may;
//! its address is a secret until then, and no other page hears of it.

use crate::locales::notices::Notice;
use crate::locales::{account as ta, crews as t};
use crate::request::{Posted, Reply, Req};
use crate::shell::Width;
use crate::ui::{FormView, PageHead};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::identity::{self, WelcomeForm, Welcomed};
use domain::kernel::problem::Class;
use domain::kernel::{Code, Locale, Problem};
use leptos::prelude::*;
use serde::Deserialize;

/// Where such links lead.
pub const PATH: &str = "/welcome/";

/// What is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    password: String,
}

/// `GET /welcome/{token}`
pub async fn show(req: Req, Path(token): Path<String>) -> Reply {
    match req
        .view(async |cx| identity::welcome(cx, &token).await)
        .await
    {
        Ok(welcomed) => {
            let l = req.locale;
            let view = page(l, &token, &welcomed, None);
            Ok(quiet(req.form_page(&t::welcome_title(l), view)))
        }
        Err(problem) => refused(&req, problem),
    }
}

/// `POST /welcome/{token}`
pub async fn choose(req: Req, Path(token): Path<String>, Posted(sent): Posted<Chosen>) -> Reply {
    let form = WelcomeForm {
        token,
        password: sent.password,
    };
    let app = &req.app;
    let (tenant, origin) = (req.tenant.id, &req.origin);
    let chosen =
        identity::choose_password(&app.db, &app.hasher, &app.clock, tenant, &form, origin).await;
    let problem = match chosen {
        Ok(_) => return Ok(req.go("/login", Some(Notice::PasswordChosen))),
        Err(problem) if problem.code == Code::LinkInvalid => return refused(&req, problem),
        Err(problem) => problem,
    };
    let read = req.view(async |cx| identity::welcome(cx, &form.token).await);
    match read.await {
        Ok(welcomed) => {
            let l = req.locale;
            let answer = req.page_again(problem, &t::welcome_title(l), |problem| {
                page(l, &form.token, &welcomed, Some(problem))
            })?;
            Ok(quiet(answer))
        }
        Err(gone) if problem.code.class() != Class::Limit => refused(&req, gone),
        Err(_) => Err(problem.into()),
    }
}

/// The page of a link that leads nowhere any more.
fn refused(req: &Req, problem: Problem) -> Reply {
    if problem.code != Code::LinkInvalid {
        return Err(problem.into());
    }
    let l = req.locale;
    let title = t::welcome_bad_title(l);
    let view = view! {
        {PageHead::new(title.clone()).state(t::welcome_bad_help(l)).view()}
        <div class="actions"><a class="button is-primary" href="/login">{ta::sign_in(l)}</a></div>
    };
    let status = crate::request::status_of(&problem.code);
    Ok(quiet(req.page_with(status, &title, Width::Narrow, view)))
}

/// What the page leads to hears where it came from, but not by which link: browsers send the
/// origin only. (Without even that they would send no origin with the form either.)
fn quiet(mut response: Response) -> Response {
    let policy = HeaderValue::from_static("strict-origin");
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, policy);
    response
}

fn page(l: Locale, token: &str, welcomed: &Welcomed, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    let action = format!("{PATH}{token}");
    let password = f
        .field("password", t::welcome_password(l), "")
        .kind("password")
        .autocomplete("new-password")
        .help(ta::new_password_help(l));
    view! {
        {PageHead::new(t::welcome_title(l)).state(t::welcome_state(l, &welcomed.name)).view()}
        {f.summary()}
        <form class="form" method="post" action=action novalidate>
            <dl class="facts"><div><dt>{t::welcome_login(l)}</dt><dd><b>{welcomed.login_name.clone()}</b></dd></div></dl>
            // So that a browser that keeps the password keeps it for this name.
            <input type="text" name="username" value=welcomed.login_name.clone() autocomplete="username" hidden/>
            {password.view()}
            <div class="form-end"><button class="button is-primary">{t::welcome_save(l)}</button></div>
        </form>
    }
    .into_any()
}
