//! The page that erases a person: what goes, what stays and why, and then the form.

use crate::locales::notices::Notice;
use crate::locales::privacy as t;
use crate::request::{Failure, Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, Choice, FormView, PageHead, Tone};
use axum::http::StatusCode;
use domain::kernel::problem::Class;
use domain::kernel::{Locale, PartyId, Problem};
use domain::privacy::{self, EraseForm, Outcome, Part, Preview, Reason};
use leptos::prelude::*;

/// `GET /people/{id}/erase`
pub async fn show(req: Req, Id(id): Id<PartyId>) -> Reply {
    let preview = req.view(async |cx| privacy::preview(cx, id).await).await?;
    let form = EraseForm {
        key: ui::new_key(),
        ..EraseForm::default()
    };
    let title = t::erase_title(req.locale, &preview.person.display_name());
    let view = page(&req, &preview, &form, None);
    Ok(req.page_with(StatusCode::OK, &title, Width::Wide, view))
}

/// `POST /people/{id}/erase`
pub async fn erase(req: Req, Id(id): Id<PartyId>, Posted(form): Posted<EraseForm>) -> Reply {
    let done = req
        .act(async |cx| privacy::erase(cx, id, &form).await)
        .await;
    let Err(problem) = done else {
        return Ok(req.go(&format!("/people/{id}"), Some(Notice::Erased)));
    };
    if !matches!(problem.code.class(), Class::Invalid | Class::Conflict) {
        return Err(Failure(problem));
    }
    let preview = req.view(async |cx| privacy::preview(cx, id).await).await?;
    let title = t::erase_title(req.locale, &preview.person.display_name());
    let view = page(&req, &preview, &form, Some(&problem));
    Ok(req.page_with(status_of(&problem.code), &title, Width::Wide, view))
}

fn page(req: &Req, preview: &Preview, form: &EraseForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let name = preview.person.display_name();
    let head = PageHead::new(t::erase_title(l, &name))
        .crumb(format!("/people/{}", preview.person.id), name)
        .state(t::erase_state(l));
    let erased = preview.erased_at.map(|at| {
        let day = l.day(at.with_timezone(&req.zone()).date_naive());
        ui::notice(Tone::Success, t::erased_on(l, &day))
    });
    let blocks = (!preview.blocks.is_empty()).then(|| {
        let all = preview
            .blocks
            .iter()
            .map(|block| view! { <li>{t::block(l, *block)}</li> });
        ui::notice(
            Tone::Warning,
            view! { <p>{t::blocked(l)}</p><ul>{all.collect_view()}</ul> },
        )
    });
    let is_open = preview.blocks.is_empty();
    view! {
        {head.view()}
        {FormView::new(l, problem).summary()}
        {erased}
        {blocks}
        <section class="section" aria-labelledby="goes">
            <h2 id="goes">{t::goes(l)}</h2>
            {going(l, preview)}
            <p class="help">{t::becomes(l, &preview.placeholder)}</p>
        </section>
        <section class="section" aria-labelledby="stays">
            <h2 id="stays">{t::stays(l)}</h2>
            {staying(l, &preview.parts)}
            <p class="help">{t::audit_digest(l)}</p>
            <p class="help">{t::by_hand(l)}</p>
        </section>
        {is_open.then(|| fields(l, preview, form, problem))}
    }
    .into_any()
}

fn number(l: Locale, n: i64) -> AnyView {
    view! { <td class="num">{l.count(n)}</td> }.into_any()
}

fn going(l: Locale, preview: &Preview) -> AnyView {
    let parts = preview.parts.iter().filter_map(|part| {
        let how = match part.outcome {
            Outcome::Deleted => t::deleted(l),
            Outcome::Emptied => t::emptied(l),
            Outcome::Kept(_) => return None,
        };
        Some((t::place(l, part.place), part.rows, how))
    });
    let audit = [
        (t::audit_who(l), preview.audit_who),
        (t::audit_what(l), preview.audit_what),
    ];
    let audit = audit
        .into_iter()
        .map(|(what, n)| (what, i64::try_from(n).unwrap_or(i64::MAX), t::emptied(l)));
    let rows = parts.chain(audit.filter(|(_, n, _)| *n > 0));
    let rows = rows.map(|(what, n, how)| {
        view! { <tr><th scope="row" class="is-main">{what}</th>{number(l, n)}<td>{how}</td></tr> }
    });
    table(l, t::goes(l), t::outcome(l), rows.collect_view().into_any())
}

fn staying(l: Locale, parts: &[Part]) -> AnyView {
    let rows = parts.iter().filter_map(|part| {
        let Outcome::Kept(why) = part.outcome else {
            return None;
        };
        Some(view! {
            <tr>
                <th scope="row" class="is-main">{t::place(l, part.place)}</th>
                {number(l, part.rows)}
                <td>{t::why(l, why)}</td>
            </tr>
        })
    });
    table(
        l,
        t::stays(l),
        t::why_head(l),
        rows.collect_view().into_any(),
    )
}

fn table(
    l: Locale,
    caption: crate::locales::Text,
    last: crate::locales::Text,
    rows: AnyView,
) -> AnyView {
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::what(l)}</th>
                    <th scope="col" class="num">{t::rows(l)}</th>
                    <th scope="col">{last}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn fields(l: Locale, preview: &Preview, form: &EraseForm, problem: Option<&Problem>) -> AnyView {
    let f = FormView::new(l, problem);
    let name = preview.person.display_name();
    let reasons = Reason::ALL.map(|reason| Choice::new(reason.name(), t::reason_of(l, reason)));
    let reasons = std::iter::once(Choice::new("", ""))
        .chain(reasons)
        .collect();
    view! {
        <form class="form" method="post" action=format!("/people/{}/erase", preview.person.id) novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.select("reason", t::reason(l), &form.reason, reasons)}
            {f.field("confirmation", t::confirmation(l), &form.confirmation).help(t::confirmation_help(l, &name)).view()}
            <div class="form-end"><button class="button is-danger">{t::erase(l)}</button></div>
        </form>
    }
    .into_any()
}
