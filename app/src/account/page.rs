//! The pages of signing in and of one's account.

use super::browser_name;
use crate::crews::rights;
use crate::locales::account as t;
use crate::people::facts;
use crate::request::Req;
use crate::typed::Typed;
use crate::ui::{self, FormView, PageHead};
use domain::identity::{SessionRow, SignInForm, SignedIn};
use domain::kernel::{Locale, Problem};
use leptos::prelude::*;

pub(super) fn sign_in(
    l: Locale,
    form: &SignInForm,
    next: &str,
    typed: &Typed,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        <h1>{t::sign_in_title(l)}</h1>
        {f.summary()}
        <form class="form" method="post" action="/login" novalidate>
            <input type="hidden" name="next" value=next.to_owned()/>
            {typed.view()}
            {f.field("name", t::name(l), &form.name).autocomplete("username").view()}
            {f.field("password", t::password(l), "").kind("password").autocomplete("current-password").help(t::forgotten(l)).view()}
            <button class="button is-primary">{t::sign_in(l)}</button>
        </form>
    }
    .into_any()
}

pub(super) fn account(
    req: &Req,
    person: &SignedIn,
    sessions: &[SessionRow],
    f: FormView<'_>,
) -> AnyView {
    let l = req.locale;
    view! {
        {PageHead::new(t::title(l)).state(t::state(l, &person.name)).view()}
        {f.summary()}
        <section class="section" aria-labelledby="sessions">
            <div class="section-head">
                <h2 id="sessions">{t::sessions(l)}</h2>
                {(sessions.len() > 1).then(|| view! {
                    <form method="post" action="/account/sessions/end-others">
                        <button class="button is-small">{t::end_others(l)}</button>
                    </form>
                })}
            </div>
            {session_table(req, person, sessions)}
        </section>
        <section class="section" aria-labelledby="rights">
            <h2 id="rights">{t::rights(l)}</h2>
            {facts::list(rights::facts(l, &person.rights))}
        </section>
        <section class="section" aria-labelledby="change-password">
            <h2 id="change-password">{t::change_password(l)}</h2>
            {password_form(l, f)}
        </section>
    }
    .into_any()
}

fn session_table(req: &Req, person: &SignedIn, sessions: &[SessionRow]) -> AnyView {
    let l = req.locale;
    let rows = sessions
        .iter()
        .map(|row| session_row(req, row, row.id == person.session));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::sessions(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::session(l)}</th>
                    <th scope="col">{t::opened(l)}</th>
                    <th scope="col">{t::seen(l)}</th>
                    <th scope="col"><span class="visually-hidden">{t::end(l)}</span></th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn session_row(req: &Req, row: &SessionRow, is_present: bool) -> AnyView {
    let l = req.locale;
    let name = browser_name(&row.user_agent).unwrap_or_else(|| t::unknown_browser(l).into_owned());
    let label = t::end_label(l, &name);
    let action = format!("/account/sessions/{}/end", row.id);
    let last = if is_present {
        ui::badge(ui::Mark::Validated, t::this_one(l))
    } else {
        view! {
            <form method="post" action=action>
                <button class="button is-small" aria-label=label>{t::end(l)}</button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row" class="is-main">{name} " " <span class="sub">{t::from(l, &row.address)}</span></th>
            <td data-label=t::opened(l)>{ui::instant(l, row.created_at, req.zone())}</td>
            <td data-label=t::seen(l)>{ui::instant(l, row.seen_at, req.zone())}</td>
            <td class="is-end">{last}</td>
        </tr>
    }
    .into_any()
}

fn password_form(l: Locale, f: FormView<'_>) -> AnyView {
    view! {
        <form class="form" method="post" action="/account/password" novalidate>
            {f.field("present", t::present(l), "").kind("password").autocomplete("current-password").view()}
            {f.field("password", t::new_password(l), "").kind("password").autocomplete("new-password").help(t::new_password_help(l)).view()}
            <div class="form-end">
                <button class="button">{t::save_password(l)}</button>
                <span class="help">{t::change_password_help(l)}</span>
            </div>
        </form>
    }
    .into_any()
}
