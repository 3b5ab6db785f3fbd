//! The form of an extraction, and its page.

use super::{LIST, Shown, badge, buttons, keep, preview};
use crate::locales::{Text, extractions as t, plugins as tp};
use crate::people::form::start_again;
use crate::plugins::kinds_field;
use crate::request::Req;
use crate::ui::{self, Choice, FormView, PageHead};
use domain::kernel::{Locale, Problem};
use domain::plugins::extractions::{Extraction, ExtractionForm, READS, Schedule, shipped};
use leptos::prelude::*;

/// The page of a new one.
pub fn new_page(
    l: Locale,
    form: &ExtractionForm,
    shown: Option<&Shown>,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    let about = shipped(&form.from).map(|of| of.about.in_locale(l));
    view! {
        {PageHead::new(t::add(l)).crumb(LIST, t::title(l)).state(about.unwrap_or_default()).view()}
        {f.summary()}
        {shown.map(|shown| preview::section(l, shown))}
        <form class="form" method="post" action="/extractions/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            <input type="hidden" name="from" value=form.from.clone()/>
            {fields(&f, form)}
            {buttons(l, t::add(l))}
        </form>
        {variables(l)}
    }
    .into_any()
}

/// The page of one that is set up.
pub fn page(
    req: &Req,
    one: &Extraction,
    form: &ExtractionForm,
    shown: Option<&Shown>,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let here = format!("{LIST}/{}", one.plugin.id);
    let step = |way: &'static str, label: Text, help: Text| {
        let action = format!("{here}/{way}");
        view! {
            <form method="post" action=action>
                <p class="help">{help}</p>
                <button class="button">{label}</button>
            </form>
        }
    };
    let is_on = one.plugin.is_enabled;
    let run = is_on.then(|| step("run", t::run(l), t::run_help(l)));
    let verify = is_on.then(|| step("verify", tp::verify(l), t::verify_help(l)));
    view! {
        {PageHead::new(one.plugin.name.clone()).crumb(LIST, t::title(l)).state(state(req, one)).view()}
        {f.summary().or_else(|| start_again(&f, &here))}
        {shown.map(|shown| preview::section(l, shown))}
        <form class="form" method="post" action=here.clone() novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {fields(&f, form)}
            {buttons(l, keep(l))}
        </form>
        <section class="section stack">
            {run}
            {verify}
            {step("delete", t::delete(l), t::delete_help(l))}
        </section>
        {variables(l)}
    }
    .into_any()
}

/// Where its file stands.
fn state(req: &Req, one: &Extraction) -> AnyView {
    let l = req.locale;
    let written = match &one.written {
        Some(written) => view! {
            {t::lines(l, written.lines)} " · " {t::written(l)} " " {ui::instant(l, written.changed_at, req.zone())}
        }
        .into_any(),
        None => t::never_written(l).into_any(),
    };
    let next = one.next_at.filter(|_| one.plugin.is_enabled).map(|at| {
        view! { " · " {t::next(l)} " " {ui::instant(l, at, req.zone())} }
    });
    let journal = format!("/journal?plugin={}", one.plugin.id);
    view! { {badge(l, one)} " · " {written} {next} " · " <a href=journal>{t::journal(l)}</a> }
        .into_any()
}

fn fields(f: &FormView<'_>, form: &ExtractionForm) -> AnyView {
    let l = f.l;
    let states = vec![
        Choice::new("yes", t::enabled_yes(l)),
        Choice::new("", t::enabled_no(l)),
    ];
    let on_change = vec![
        Choice::new("yes", t::on_change_yes(l)),
        Choice::new("", t::on_change_no(l)),
    ];
    let schedules = Schedule::ALL.iter();
    let schedules = schedules.map(|one| Choice::new(one.name(), t::schedule_name(l, *one)));
    let hours = (0..24).map(|hour| Choice::new(hour.to_string(), format!("{hour:02}:00")));
    view! {
        {f.field("name", t::name(l), &form.name).class("is-medium").view()}
        {f.field("path", t::path(l), &form.path).help(t::path_help(l)).class("is-medium").view()}
        {kinds_field(f, (t::reads(l), t::reads_help(l)), READS, &form.wants)}
        {f.field("template", t::template(l), &form.template).help(t::template_help(l)).rows(14).class("is-code").view()}
        {f.optional("config", t::config(l), &form.config).help(t::config_help(l)).rows(5).class("is-code").view()}
        {f.optional("without", t::without(l), &form.without).help(t::without_help(l)).class("is-short is-code").view()}
        <div class="field-row">
            {f.select("on_change", t::on_change(l), &form.on_change, on_change)}
            {f.select("schedule", t::schedule(l), &form.schedule, schedules.collect())}
            {f.select("hour", t::hour(l), &form.hour, hours.collect())}
        </div>
        <div class="field-row">
            {f.optional("mode", t::mode(l), &form.mode).help(t::mode_help(l)).class("is-short").view()}
            {f.optional("owner", t::owner(l), &form.owner).help(t::owner_help(l)).class("is-short").view()}
        </div>
        {f.optional("command", t::command(l), &form.command).help(t::command_help(l)).class("is-medium").view()}
        {f.select("enabled", t::enabled(l), &form.enabled, states)}
    }
    .into_any()
}

fn variables(l: Locale) -> AnyView {
    let all = t::variables(l).into_iter().map(|(word, said)| {
        view! { <div><dt><code>{word}</code></dt><dd>{said}</dd></div> }
    });
    view! {
        <section class="section" aria-labelledby="variables">
            <h2 id="variables">{t::variables_title(l)}</h2>
            <p class="help">{t::variables_state(l)}</p>
            <dl class="facts is-stacked">{all.collect_view()}</dl>
        </section>
    }
    .into_any()
}
