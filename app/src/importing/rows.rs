//! Tables that the imports of members and of services have in common: what was imported before,
//! and the rows of a file in which something is wrong.

use super::{ApplyForm, column_name};
use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, FormView, Mark};
use chrono::{DateTime, Utc};
use domain::import::{Column, RowProblem, State};
use domain::kernel::Locale;
use leptos::prelude::*;

/// An import in the list of them.
pub struct Recent {
    /// Its page.
    pub href: String,
    /// The file's name.
    pub file_name: String,
    /// What it brought.
    pub brought: Option<String>,
    /// How far it is.
    pub state: State,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who brought it.
    pub by: String,
}

/// The last imports.
pub fn recent(req: &Req, all: Vec<Recent>) -> AnyView {
    let l = req.locale;
    if all.is_empty() {
        return ui::empty(t::recent_none(l), None);
    }
    let rows = all.into_iter().map(|one| recent_row(req, one));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::recent(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::recent_file(l)}</th>
                    <th scope="col">{t::recent_state(l)}</th>
                    <th scope="col">{t::recent_when(l)}</th>
                    <th scope="col">{t::recent_by(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn recent_row(req: &Req, one: Recent) -> AnyView {
    let l = req.locale;
    let state = match one.state {
        State::Uploaded => ui::badge(Mark::Draft, t::state_waiting(l)),
        State::Applied => ui::badge(Mark::Validated, t::state_applied(l)),
        State::Undone => ui::badge(Mark::Reversed, t::state_undone(l)),
    };
    let brought = one
        .brought
        .map(|text| view! { " " <span class="sub">{text}</span> });
    view! {
        <tr>
            <th scope="row" class="is-main">
                <a class="row-link" href=one.href>{one.file_name}</a> {brought}
            </th>
            <td class="is-end">{state}</td>
            <td>{ui::instant(l, one.at, req.zone())}</td>
            <td data-label=t::recent_by(l)>{one.by}</td>
        </tr>
    }
    .into_any()
}

/// A row of a file with what is wrong in it: its line, and whom or what it is about.
pub struct Wrong<'a> {
    /// The line.
    pub line: u64,
    /// Whom or what it is about.
    pub about: &'a str,
    /// What is wrong.
    pub problems: &'a [RowProblem],
}

/// The rows with problems of a file.
pub struct Problems<'a> {
    /// The form, with what is wrong with the answer.
    pub f: FormView<'a>,
    /// The file's columns.
    pub columns: &'a [Column],
    /// How many rows have problems.
    pub total: usize,
    /// The first of them.
    pub rows: Vec<Wrong<'a>>,
    /// What the rows are about.
    pub about: crate::locales::Text,
    /// What is said below the question whether they stay out.
    pub help: Option<crate::locales::Text>,
}

impl Problems<'_> {
    /// The section; nothing where no row has any.
    pub fn view(self, form: &ApplyForm) -> Option<AnyView> {
        let (l, total) = (self.f.l, self.total);
        if total == 0 {
            return None;
        }
        let shown = self.rows.len();
        let first = (shown < total).then(|| {
            view! { <span class="soft">{t::problems_first(l, shown)}</span> }
        });
        let each = self
            .rows
            .iter()
            .flat_map(|row| row.problems.iter().map(move |p| (row, p)));
        let lines = each.map(|(row, problem)| problem_row(l, self.columns, row, problem));
        let lines = lines.collect_view();
        let view = view! {
            <section class="section" aria-labelledby="problems">
                <div class="section-head"><h2 id="problems">{t::problems_title(l, total)}</h2>{first}</div>
                {leave_out(self.f, total, form, self.help)}
                <table class="table is-stacking">
                    <caption class="visually-hidden">{t::problems_caption(l)}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="num">{t::line(l)}</th>
                            <th scope="col">{t::wrong(l)}</th>
                            <th scope="col">{t::in_column(l)}</th>
                            <th scope="col">{self.about}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </section>
        };
        Some(view.into_any())
    }
}

fn leave_out(
    f: FormView,
    total: usize,
    form: &ApplyForm,
    help: Option<crate::locales::Text>,
) -> AnyView {
    let l = f.l;
    let error = f.error("leave_out");
    let described = error.is_some().then_some("leave_out-error");
    let invalid = error.is_some().then_some("true");
    let checked = !form.leave_out.is_empty();
    let help = help.map(|help| view! { " " <span class="help">{help}</span> });
    view! {
        <div class="field">
            <label class="choice">
                <input type="checkbox" id="leave_out" name="leave_out" value="yes" checked=checked
                    aria-invalid=invalid aria-describedby=described/>
                <span>{t::leave_out(l, total)} {help}</span>
            </label>
            {error.map(|text| view! { <p class="error" id="leave_out-error">{text}</p> })}
        </div>
    }
    .into_any()
}

fn problem_row(l: Locale, columns: &[Column], row: &Wrong, problem: &RowProblem) -> AnyView {
    let value = (!problem.value.is_empty()).then(|| t::quoted(l, &problem.value));
    let text = t::row_problem(l, problem);
    let what = match value {
        Some(value) => view! { {value} " " <span class="why">{text}</span> }.into_any(),
        None => text.into_any(),
    };
    let column = problem.column.map(|at| column_name(l, columns, at));
    let label = column.is_some().then(|| t::in_column_short(l));
    view! {
        <tr>
            <td class="num is-end" data-label=t::line_short(l)>{row.line.to_string()}</td>
            <th scope="row" class="is-main">{what}</th>
            <td data-label=label>{column}</td>
            <td>{said(row.about.to_owned())}</td>
        </tr>
    }
    .into_any()
}

/// A cell's text. An empty cell goes away where the row becomes a block: it must hold
/// nothing at all.
pub fn said(text: String) -> Option<String> {
    Some(text).filter(|t| !t.is_empty())
}
