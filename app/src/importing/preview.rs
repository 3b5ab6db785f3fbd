//! Step 3: what would happen, row by row where something is wrong, before anything does.

use super::rows::{Problems, Wrong, said};
use super::{
    ApplyForm, Step, column_name, columns_path, fact, head, path_of, remembered_on, steps,
};
use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, FormView, Tone};
use domain::import::{
    Column, Field, Import, Preview, PreviewRow, Report, RowMember, RowPayment, Said,
};
use domain::kernel::{Locale, Problem, Right};
use leptos::prelude::*;

/// What the page shows.
pub struct Shown<'a> {
    /// The import.
    pub found: &'a Import,
    /// What it would do.
    pub preview: &'a Preview,
    /// The file's columns.
    pub columns: &'a [Column],
}

/// The page of the third step.
pub fn page(req: &Req, shown: &Shown, form: &ApplyForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let report = &shown.preview.report;
    let action = format!("{}/apply", path_of(shown.found.id));
    view! {
        {head(l, t::title(l)).state(t::preview_state(l, report)).view()}
        {steps(l, Step::Preview)}
        {f.summary()}
        {to_know(req, report)}
        {dues_left(l, shown)}
        {facts(req, shown)}
        <form method="post" action=action class="stack">
            <input type="hidden" name="key" value=form.key.clone()/>
            {problems(f, shown, form)}
            {sample(l, shown.preview)}
            {end(l, shown)}
        </form>
    }
    .into_any()
}

/// What somebody should know before the numbers.
fn to_know(req: &Req, report: &Report) -> AnyView {
    let l = req.locale;
    let nothing = (!report.brings_something()).then(|| {
        let (tone, text) = match report.problem_rows {
            0 => (Tone::Info, t::nothing_new(l)),
            n if n == report.rows => (Tone::Warning, t::nothing_usable(l)),
            _ => (Tone::Warning, t::nothing_else(l)),
        };
        ui::notice(tone, text)
    });
    let locked = (report.payments_refused > 0).then(|| {
        let why = ui::missing_right(l, Right::PaymentsAdd);
        ui::notice(
            Tone::Lock,
            view! { {t::payments_out(l, report.payments_refused)} " " {why} },
        )
    });
    view! { {nothing} {locked} }.into_any()
}

/// That the file names dues of which nothing is made, and where somebody may say what.
fn dues_left(l: Locale, shown: &Shown) -> Option<AnyView> {
    let left = shown.preview.kinds_left;
    let href = format!("{}#kinds", columns_path(shown.found.id));
    let view = view! { {t::kinds_left(l, left)} " " <a href=href>{t::kinds_choose(l)}</a> };
    (left > 0).then(|| ui::notice(Tone::Info, view))
}

fn facts(req: &Req, shown: &Shown) -> AnyView {
    let l = req.locale;
    let as_on = remembered_on(req, shown.found).map(|day| t::as_on(l, &day));
    let report = &shown.preview.report;
    let file = format!(
        "{} ({})",
        shown.found.file_name,
        t::program(l, shown.found.choices.source)
    );
    view! {
        <dl class="facts">
            <div><dt>{t::fact_file(l)}</dt><dd>{file}</dd></div>
            <div>
                <dt>{t::fact_columns(l)}</dt>
                <dd>
                    {as_on} " " {left_columns(l, shown)} " "
                    <a href=columns_path(shown.found.id)>{t::change_columns(l)}</a>
                </dd>
            </div>
            {counts(l, report)}
        </dl>
    }
    .into_any()
}

/// Columns that nothing is made of, by name: what is left behind is said.
fn left_columns(l: Locale, shown: &Shown) -> String {
    let fields = shown.found.choices.columns.iter().enumerate();
    let left = fields.filter(|(_, field)| **field == Field::Ignore);
    let names: Vec<String> = left
        .map(|(at, _)| column_name(l, shown.columns, at))
        .collect();
    if names.is_empty() {
        t::all_columns(l).into_owned()
    } else {
        t::fact_left_columns(l, &names.join(", ")).into_owned()
    }
}

/// The numbers of a report: what comes, what was there, what brings no payment.
pub fn counts(l: Locale, r: &Report) -> AnyView {
    let count = |n: usize| t::count(l, n);
    let known = (r.members_of_known > 0).then(|| {
        view! { ", " {t::fact_of_known(l, r.members_of_known)} }
    });
    let unchanged = (r.members_known > 0).then(|| {
        view! { " " <span class="soft">{t::fact_known_help(l)}</span> }
    });
    let without = |n: usize, name| (n > 0).then(|| fact(name, t::no_payment(l, n)));
    view! {
        {fact(t::fact_new(l), view! { {count(r.members_added)} {known} })}
        {fact(t::fact_known(l), view! { {count(r.members_known)} {unchanged} })}
        {fact(t::fact_payments(l), match r.payments_added {
            0 => count(0).into_any(),
            n => t::fact_payments_sum(l, n, r.payments_amount).into_any(),
        })}
        {(r.dues_set > 0).then(|| fact(t::fact_dues(l), t::fact_dues_set(l, r)))}
        {(r.values_added > 0).then(|| fact(t::own_fields(l), t::own_values(l, r.values_added)))}
        {(r.payments_known > 0).then(|| fact(t::fact_payments_known(l), count(r.payments_known)))}
        {without(r.not_paid, t::fact_not_paid(l))}
        {without(r.paid_without_amount, t::fact_without_amount(l))}
        {without(r.paid_until_only, t::fact_until_only(l))}
    }
    .into_any()
}

// --- rows with problems

fn problems(f: FormView, shown: &Shown, form: &ApplyForm) -> Option<AnyView> {
    let l = f.l;
    let rows = shown.preview.problems.iter().map(|row| Wrong {
        line: row.line,
        about: &row.name,
        problems: &row.problems,
    });
    let problems = Problems {
        f,
        columns: shown.columns,
        total: shown.preview.report.problem_rows,
        rows: rows.collect(),
        about: t::who(l),
        help: Some(t::leave_out_help(l)),
    };
    problems.view(form)
}

// --- rows that come in

fn sample(l: Locale, preview: &Preview) -> Option<AnyView> {
    let rows = &preview.sample;
    if rows.is_empty() {
        return None;
    }
    let good = preview
        .report
        .rows
        .saturating_sub(preview.report.problem_rows);
    let first = (rows.len() < good).then(|| {
        view! { <span class="soft">{t::sample_first(l, rows.len())}</span> }
    });
    let lines = rows.iter().map(|row| sample_row(l, row));
    let view = view! {
        <section class="section" aria-labelledby="sample">
            <div class="section-head"><h2 id="sample">{t::sample_title(l)}</h2>{first}</div>
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::sample_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="num">{t::line(l)}</th>
                        <th scope="col">{t::who(l)}</th>
                        <th scope="col">{t::reference(l)}</th>
                        <th scope="col">{t::member(l)}</th>
                        <th scope="col" class="num">{t::payment(l)}</th>
                    </tr>
                </thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </section>
    };
    Some(view.into_any())
}

fn sample_row(l: Locale, row: &PreviewRow) -> AnyView {
    let email =
        (!row.email.is_empty()).then(|| view! { " " <span class="sub">{row.email.clone()}</span> });
    let member = match row.member {
        RowMember::New => t::member_new(l).into_any(),
        RowMember::NewOfKnown => t::member_of_known(l).into_any(),
        RowMember::SameAsBefore => t::member_same(l).into_any(),
        RowMember::Known(id) => {
            view! { <a href=format!("/members/{id}")>{t::member_known(l)}</a> }.into_any()
        }
        RowMember::Nobody => ().into_any(),
    };
    let dues = said(row.dues_kind.clone());
    let dues = dues.map(|name| view! { " " <span class="sub">{name}</span> });
    let reference = row.reference.clone();
    let reference_label = (!reference.is_empty()).then(|| t::reference_short(l));
    view! {
        <tr>
            <td class="num" data-label=t::line_short(l)>{row.line.to_string()}</td>
            <th scope="row" class="is-main">{row.name.clone()} {email}</th>
            <td data-label=reference_label>{said(reference)}</td>
            <td>{member} {dues}</td>
            <td class="num is-end">{payment(l, row)}</td>
        </tr>
    }
    .into_any()
}

fn payment(l: Locale, row: &PreviewRow) -> AnyView {
    match (&row.payment, row.said) {
        (
            RowPayment::New {
                amount,
                received_on,
                ..
            },
            _,
        ) => {
            let on = ui::day_short(l, *received_on);
            view! { {l.money(*amount)} " " <span class="sub">{on}</span> }.into_any()
        }
        (RowPayment::Known, _) => t::payment_known(l).into_any(),
        (RowPayment::Refused, _) => t::payment_refused(l).into_any(),
        (RowPayment::None, Said::NotPaid) => t::said_not_paid(l).into_any(),
        (RowPayment::None, Said::PaidWithoutAmount) => t::said_without_amount(l).into_any(),
        (RowPayment::None, Said::PaidUntil(day)) => t::said_until(l, &l.day(day)).into_any(),
        (RowPayment::None, Said::Nothing) => ().into_any(),
    }
}

// --- the button

fn end(l: Locale, shown: &Shown) -> AnyView {
    let report = &shown.preview.report;
    let button = if report.brings_something() {
        view! { <button class="button is-primary">{t::import(l, report)}</button> }.into_any()
    } else {
        // Nothing to add, but the file should not be kept for nothing.
        view! { <button class="button">{t::finish(l)}</button> }.into_any()
    };
    let help = report
        .brings_something()
        .then(|| view! { <p class="help">{t::takes_time(l)}</p> });
    view! {
        {help}
        <div class="selection">
            <output>{t::ready(l, report)}</output>
            <a class="button is-quiet" href=columns_path(shown.found.id)>{t::back_to_columns(l)}</a>
            {button}
        </div>
    }
    .into_any()
}
