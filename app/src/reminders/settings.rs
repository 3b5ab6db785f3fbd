//! The page of what an organisation has decided about mail.

use crate::locales::notices::Notice;
use crate::locales::{frame as tf, reminders as t};
use crate::request::{Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead, Tone};
use domain::kernel::{Locale, Problem, Right};
use domain::mail::{self, MailForm, Sending, Stage};
use leptos::prelude::*;

/// `GET /settings/mail`
pub async fn show(req: Req) -> Reply {
    let present = req
        .view(async |cx| {
            cx.require(Right::Settings)?;
            mail::settings(cx).await
        })
        .await?;
    let form = MailForm::of(&present);
    Ok(req.form_page(&t::settings_title(req.locale), page(&req, &form, None)))
}

/// `POST /settings/mail`
pub async fn save(req: Req, Posted(form): Posted<MailForm>) -> Reply {
    match req
        .act(async |cx| mail::save_settings(cx, &form).await)
        .await
    {
        Ok(()) => Ok(req.go("/settings/mail", Some(Notice::Saved))),
        Err(problem) => req.page_again(problem, &t::settings_title(req.locale), |problem| {
            page(&req, &form, Some(problem))
        }),
    }
}

fn page(req: &Req, form: &MailForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let choices = Sending::ALL.map(|sending| {
        let (label, help) = t::sending_choice(l, sending);
        Choice::with_help(sending.name(), label, help)
    });
    let is_set_up = req.app.mail.outgoing(&req.tenant.slug).is_some();
    let notice = (!is_set_up).then(|| ui::notice(Tone::Warning, t::not_set_up(l)));
    view! {
        {PageHead::new(t::settings_title(l)).crumb("/settings", tf::settings(l)).state(t::settings_state(l)).view()}
        {f.summary()}
        {notice}
        <form class="form" method="post" action="/settings/mail" novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {f.radios("sending", t::sending(l), &form.sending, choices.into())}
            {f.field("steps", t::steps(l), &form.steps).help(t::steps_help(l)).class("is-medium").view()}
            {f.optional("sender_name", t::sender_name(l), &form.sender_name).help(t::sender_help(l)).view()}
            {f.optional("reply_to", t::reply_to(l), &form.reply_to).help(t::reply_help(l)).kind("email").view()}
            <div class="form-end">
                <button class="button is-primary">{tf::save(l)}</button>
                <a class="button" href="/reminders">{t::title(l)}</a>
            </div>
        </form>
        {texts(l)}
    }
    .into_any()
}

fn texts(l: Locale) -> AnyView {
    let links = Stage::ALL.into_iter().flat_map(|stage| {
        Locale::ALL.into_iter().map(move |locale| {
            let href = super::template::path(stage, locale);
            let name = t::template_of(l, stage, locale.own_name());
            view! { <a class="button is-small" href=href>{name}</a> }
        })
    });
    view! {
        <section class="section" aria-labelledby="texts">
            <h2 id="texts">{t::texts(l)}</h2>
            <p class="help">{t::texts_help(l)}</p>
            <p class="actions">{links.collect_view()}</p>
        </section>
    }
    .into_any()
}
