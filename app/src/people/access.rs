//! Whether a person can sign in here, and what they may do then: for those who look after the
//! organisation. Nobody changes the access of somebody who may do more.

use super::detail::{self, Known};
use super::facts::{self, Fact};
use crate::crews::rights;
use crate::locales::notices::Notice;
use crate::locales::{crews as t, problems};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, FormView, Mark, PageHead, Tone};
use axum::http::{HeaderMap, header};
use domain::identity::{self, Access, Login, LoginForm, NewLink};
use domain::kernel::{Locale, PartyId, Problem, Right};
use domain::people;
use leptos::prelude::*;
use serde::Deserialize;

/// A form that holds its key only.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Keyed {
    key: String,
}

/// `POST /people/{id}/login`
pub async fn make(
    req: Req,
    Id(id): Id<PartyId>,
    headers: HeaderMap,
    Posted(form): Posted<LoginForm>,
) -> Reply {
    let made = req.act(async |cx| identity::invite(cx, id, &form).await);
    match made.await {
        Ok(link) => shown(&req, id, &headers, link).await,
        Err(problem) => {
            let typed = detail::Typed {
                login: Some(form),
                ..Default::default()
            };
            detail::again(&req, id, problem, typed).await
        }
    }
}

/// `POST /people/{id}/login/link`
pub async fn new_link(
    req: Req,
    Id(id): Id<PartyId>,
    headers: HeaderMap,
    Posted(form): Posted<Keyed>,
) -> Reply {
    let made = req.act(async |cx| identity::new_link(cx, id, &form.key).await);
    match made.await {
        Ok(link) => shown(&req, id, &headers, link).await,
        Err(problem) => detail::again(&req, id, problem, detail::Typed::default()).await,
    }
}

/// `POST /people/{id}/login/disable`
pub async fn disable(req: Req, Id(id): Id<PartyId>) -> Reply {
    let done = req.act(async |cx| identity::disable(cx, id).await).await;
    after(&req, id, done, Notice::LoginDisabled).await
}

/// `POST /people/{id}/login/enable`
pub async fn enable(req: Req, Id(id): Id<PartyId>) -> Reply {
    let done = req.act(async |cx| identity::enable(cx, id).await).await;
    after(&req, id, done, Notice::Saved).await
}

/// `POST /people/{id}/login/sign-out`
pub async fn sign_out(req: Req, Id(id): Id<PartyId>) -> Reply {
    let ended = req.act(async |cx| identity::end_sessions_of(cx, id).await);
    match ended.await {
        Ok(n) => {
            let n = i64::try_from(n).unwrap_or_default();
            after(&req, id, Ok(()), Notice::SessionsEnded(n)).await
        }
        Err(problem) => after(&req, id, Err(problem), Notice::Saved).await,
    }
}

async fn after(req: &Req, id: PartyId, done: Result<(), Problem>, notice: Notice) -> Reply {
    match done {
        Ok(()) => Ok(req.go(&format!("/people/{id}"), Some(notice))),
        Err(problem) => detail::again(req, id, problem, detail::Typed::default()).await,
    }
}

/// The page that shows a link: the only answer that ever holds it. It is no page that one can
/// come back to, so it answers the form itself.
async fn shown(req: &Req, id: PartyId, headers: &HeaderMap, link: Option<NewLink>) -> Reply {
    let l = req.locale;
    let person = req.view(async |cx| people::get(cx, id).await).await?;
    let name = person.display_name();
    let title = t::link_title(l, &name);
    let back = format!("/people/{id}");
    let body = match link {
        None => ui::notice(Tone::Info, t::link_again(l)),
        Some(link) => {
            let until = link.expires_at.with_timezone(&req.zone()).date_naive();
            let help = t::link_help(l, &l.day(until));
            let address = address(req, headers, &link.token);
            view! {
                <h2 id="link">{t::link(l)}</h2>
                <div class="copy"><code class="breaks">{address}</code></div>
                <p class="help">{help}</p>
            }
            .into_any()
        }
    };
    let view = view! {
        {PageHead::new(title.clone()).crumb(back.clone(), name.clone()).state(t::link_state(l)).view()}
        <div class="stack">
            {body}
            <div><a class="button" href=back>{t::link_back(l)}</a></div>
        </div>
    };
    Ok(req.form_page(&title, view))
}

/// A link's address, on the very host that was asked.
fn address(req: &Req, headers: &HeaderMap, token: &str) -> String {
    let scheme = if req.app.secure { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    format!("{scheme}://{}/welcome/{token}", host.unwrap_or_default())
}

/// The section of a person's page; nothing for those who may not change it, and nothing of
/// organisations, which do not sign in.
pub fn section(
    req: &Req,
    known: &Known,
    typed: Option<&LoginForm>,
    problem: Option<&Problem>,
) -> Option<AnyView> {
    let (access, proposed) = known.access.as_ref()?;
    let l = req.locale;
    let mut all = rights::facts(l, &access.rights);
    if let Some(login) = &access.login {
        all.extend(of_login(req, login, access.sessions));
    }
    let own = req.rights();
    let above = access.rights.grants().iter().find(|g| !own.has(g.right));
    let actions = match (above, &access.login) {
        (Some(grant), _) => {
            let why = t::locked_person(l, &problems::right(l, grant.right));
            ui::notice(Tone::Lock, why)
        }
        (None, Some(login)) => actions(l, login, access),
        (None, None) => {
            let f = FormView::new(l, problem);
            make_form(&f, known, typed, proposed)
        }
    };
    let view = view! {
        <section class="section" aria-labelledby="access">
            <h2 id="access">{t::access(l)}</h2>
            <div class="stack">{facts::list(all)} {actions}</div>
        </section>
    };
    Some(view.into_any())
}

fn of_login(req: &Req, login: &Login, sessions: i64) -> Vec<Fact> {
    let l = req.locale;
    let state = if login.disabled_at.is_some() {
        ui::badge(Mark::Late, t::disabled(l))
    } else if login.has_password {
        ui::badge(Mark::Validated, t::active(l))
    } else {
        ui::badge(Mark::Draft, t::pending(l))
    };
    let link = login.link_until.map(|until| {
        let text = match until > req.app.clock.now() {
            true => {
                let day = until.with_timezone(&req.zone()).date_naive();
                t::pending_until(l, &l.day(day))
            }
            false => t::pending_over(l),
        };
        view! { " " <span class="sub">{text}</span> }
    });
    let last = match login.signed_in_at {
        Some(at) => ui::instant(l, at, req.zone()),
        None => t::never(l).into_any(),
    };
    vec![
        (t::login(l), login.login_name.clone().into_any()),
        (t::login_state(l), view! { {state} {link} }.into_any()),
        (t::last_sign_in(l), last),
        (t::sessions(l), l.count(sessions).into_any()),
    ]
}

fn actions(l: Locale, login: &Login, access: &Access) -> AnyView {
    let at = |action: &str| format!("/people/{}/login/{action}", login.person);
    let is_open = login.disabled_at.is_none();
    let link = is_open.then(|| {
        view! {
            <form method="post" action=at("link")>
                <input type="hidden" name="key" value=ui::new_key()/>
                <button class="button is-small">{t::new_link(l)}</button>
            </form>
        }
    });
    let end = (access.sessions > 0).then(|| {
        view! {
            <form method="post" action=at("sign-out")>
                <button class="button is-small">{t::end_sessions(l)}</button>
            </form>
        }
    });
    let (action, label, class) = match is_open {
        true => ("disable", t::disable(l), "button is-small is-danger"),
        false => ("enable", t::enable(l), "button is-small"),
    };
    view! {
        <div class="actions">
            {link}
            {end}
            <form method="post" action=at(action)><button class=class>{label}</button></form>
        </div>
    }
    .into_any()
}

fn make_form(
    f: &FormView<'_>,
    known: &Known,
    typed: Option<&LoginForm>,
    proposed: &str,
) -> AnyView {
    let l = f.l;
    let form = typed.cloned().unwrap_or_else(|| LoginForm {
        key: ui::new_key(),
        login: proposed.to_owned(),
    });
    let action = format!("/people/{}/login", known.party.id);
    let field = f
        .field("login", t::login(l), &form.login)
        .class("is-medium")
        .help(t::login_help(l));
    view! {
        <p>{t::no_login(l)}</p>
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="key" value=form.key/>
            {field.view()}
            <p class="help">{t::make_login_help(l)}</p>
            <div><button class="button">{t::make_login(l)}</button></div>
        </form>
    }
    .into_any()
}

/// What the section needs to know of a person.
///
/// # Errors
/// The use-cases' own.
pub async fn read(
    cx: &mut domain::context::Cx,
    party: &people::Party,
) -> Result<Option<(Access, String)>, Problem> {
    if party.kind != people::Kind::Person || !cx.actor.rights.has(Right::Settings) {
        return Ok(None);
    }
    let access = identity::access_of(cx, party.id).await?;
    let proposed = match access.login {
        Some(_) => String::new(),
        None => identity::propose_login(cx, party.id).await?,
    };
    Ok(Some((access, proposed)))
}
