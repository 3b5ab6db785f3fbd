//! Step 2: what each column says, where the file comes from, and what is paid where
//! the file does not say how much.

use super::kinds::{self, Kinds};
use super::mapping::Mapping;
use super::{Step, columns_path, head, path_of, remembered_on, steps};
use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, Choice, FormView, Tone};
use domain::import::{ChoicesForm, Column, Field, Holds, Import, Method, Source};
use domain::kernel::{Locale, Problem};
use leptos::prelude::*;

/// What the page asks about.
pub struct Asked {
    /// The import.
    pub import: Import,
    /// The file's columns.
    pub columns: Vec<Column>,
    /// The dues that it names.
    pub kinds: Kinds,
    /// The organisation's own fields that it may fill.
    pub own: Vec<domain::fields::Field>,
}

impl Asked {
    /// The choices as the form shows them.
    pub fn form(&self, l: Locale) -> ChoicesForm {
        let choices = &self.import.choices;
        let columns = choices.columns.iter().map(|f| f.name().into_owned());
        let amount = choices.default_amount.map(|a| l.money_input(a));
        let mut form = ChoicesForm {
            source: choices.source.name().to_owned(),
            label: choices.label.clone(),
            columns: columns.collect(),
            amount: amount.unwrap_or_default(),
            method: choices.method.name().to_owned(),
            ..ChoicesForm::default()
        };
        kinds::fill(&mut form, &choices.kinds, &self.kinds.found, l);
        form
    }
}

/// The page of the second step, with what was typed.
pub fn page(req: &Req, asked: &Asked, form: &ChoicesForm, problem: Option<&Problem>) -> AnyView {
    let (import, columns) = (&asked.import, asked.columns.as_slice());
    let l = req.locale;
    let f = FormView::new(l, problem);
    let ignored = Field::Ignore.name();
    let known = form.columns.iter().filter(|name| **name != ignored).count();
    let sources = Source::ALL
        .iter()
        .map(|s| Choice::new(s.name(), t::program(l, *s)))
        .collect();
    let months = import.choices.months;
    let mapping = Mapping {
        f,
        columns,
        chosen: &form.columns,
        own: &asked.own,
        text: t::field,
    };
    view! {
        {head(l, t::title(l)).state(t::columns_state(l, &import.file_name, columns.len(), known)).view()}
        {steps(l, Step::Columns)}
        {f.summary()}
        {remembered(req, import)}
        <form method="post" action=columns_path(import.id) class="stack" novalidate>
            <section class="section" aria-labelledby="mapping">
                <h2 id="mapping">{t::columns_title(l)}</h2>
                {mapping.view()}
            </section>
            <section class="section" aria-labelledby="origin">
                <h2 id="origin">{t::origin(l)}</h2>
                <div class="form">
                    {f.select("source", t::source(l), &form.source, sources)}
                    {f.optional("label", t::label(l), &form.label).help(t::label_help(l)).view()}
                </div>
            </section>
            <section class="section" aria-labelledby="dues">
                <h2 id="dues">{t::dues(l)}</h2>
                <div class="form">
                    {f.optional("amount", t::amount(l), &form.amount).help(t::amount_help(l, months)).inputmode("decimal").class("is-short num").view()}
                    {f.select("method", t::method_title(l), &form.method, methods(l))}
                </div>
            </section>
            {kinds::section(req, f, &asked.kinds, form)}
            <div class="form-end">
                <button class="button is-primary">{t::see_preview(l)}</button>
                <a class="button is-quiet" href="/members/import">{t::other_file(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// That the columns are those of an earlier file, and the way back.
fn remembered(req: &Req, import: &Import) -> Option<AnyView> {
    let l = req.locale;
    let day = remembered_on(req, import)?;
    let action = format!("{}/forget", path_of(import.id));
    let view = view! {
        <form method="post" action=action class="split">
            <span>{t::remembered(l, &day)}</span>
            <button class="button is-small">{t::forget(l)}</button>
        </form>
    };
    Some(ui::notice(Tone::Info, view))
}

/// How money comes, without the waiver: what is waived does not come.
fn methods(l: Locale) -> Vec<Choice> {
    let all = Method::ALL.iter().filter(|m| **m != Method::Waived);
    all.map(|m| Choice::new(m.name(), t::method(l, *m)))
        .collect()
}
