//! The page of an organisation's decisions.

use crate::locales::notices::Notice;
use crate::locales::{frame as tf, organisation as t};
use crate::request::{Posted, Reply, Req};
use crate::ui::{Choice, FormView, PageHead};
use domain::kernel::{Locale, Problem, Right};
use domain::settings::{self, SettingsForm};
use leptos::prelude::*;

/// `GET /settings`
pub async fn show(req: Req) -> Reply {
    let present = req
        .view(async |cx| {
            cx.require(Right::Settings)?;
            settings::get(cx).await
        })
        .await?;
    let l = req.locale;
    let form = SettingsForm::of(&present);
    Ok(req.form_page(&t::settings_title(l), page(l, &form, None)))
}

/// `POST /settings`
pub async fn save(req: Req, Posted(form): Posted<SettingsForm>) -> Reply {
    let l = req.locale;
    match req.act(async |cx| settings::save(cx, &form).await).await {
        Ok(()) => Ok(req.go("/settings", Some(Notice::Saved))),
        Err(problem) => req.page_again(problem, &t::settings_title(l), |problem| {
            page(l, &form, Some(problem))
        }),
    }
}

fn page(l: Locale, form: &SettingsForm, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    let languages = Locale::ALL
        .map(|c| Choice::new(c.tag(), c.own_name()))
        .into();
    let rules = vec![
        Choice::with_help("someone_else", t::someone_else(l), t::someone_else_help(l)),
        Choice::new("anyone", t::anyone(l)),
    ];
    let lapses = vec![
        Choice::with_help("start_again", t::start_again(l), t::start_again_help(l)),
        Choice::new("claim_all", t::claim_all(l)),
    ];
    view! {
        {PageHead::new(t::settings_title(l)).state(t::settings_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/settings" novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {f.field("title", t::title(l), &form.title).autocomplete("organization").view()}
            {f.select("locale", t::locale(l), &form.locale, languages)}
            {f.radios("validation", t::validation(l), &form.validation, rules)}
            {f.radios("lapse", t::lapse(l), &form.lapse, lapses)}
            <p><a href="/dues">{t::dues_link(l)}</a> " · " <a href="/settings/mail">{t::mail_link(l)}</a></p>
            <p><a href="/settings/fields">{crate::locales::extra::settings_link(l)}</a></p>
            <p><a href="/settings/plugins">{crate::locales::plugins::settings_link(l)}</a></p>
            {f.optional("iban", t::iban(l), &form.iban).help(t::iban_help(l)).view()}
            {f.optional("creditor_id", t::creditor_id(l), &form.creditor_id).help(t::creditor_id_help(l)).class("is-medium").view()}
            {f.optional("address", t::address(l), &form.address).help(t::address_help(l)).rows(3).autocomplete("street-address").view()}
            {f.optional("place", t::place(l), &form.place).help(t::place_help(l)).class("is-medium").autocomplete("address-level2").view()}
            <div class="form-end">
                <button class="button is-primary">{tf::save(l)}</button>
            </div>
        </form>
    }
    .into_any()
}
