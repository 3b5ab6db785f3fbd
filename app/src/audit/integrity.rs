//! The page that verifies the audit: its chain of hashes is read from the first row to the
//! last, each time that the page is opened.

mod here;

use crate::exports;
use crate::locales::{integrity as t, organisation as to};
use crate::request::{Reply, Req};
use crate::ui::{self, PageHead, Tone};
use chain::{Checkpoint, Fault, Report, hex};
use domain::audit::{self, Chain};
use domain::kernel::Locale;
use leptos::prelude::*;

/// The most rows that are read while somebody waits for the page.
const ROWS_MAX: u64 = 100_000;
/// How many checkpoints are shown.
const CHECKPOINTS_SHOWN: usize = 10;
/// How many faults are shown.
const FAULTS_SHOWN: usize = 20;

/// `GET /audit/integrity`
pub async fn show(req: Req) -> Reply {
    let keys = req.app.audit_keys.clone();
    let (ends, report) = req
        .view(async |cx| {
            let ends = audit::chain(cx).await?;
            if ends.head.seq > ROWS_MAX {
                return Ok((ends, None));
            }
            let report = audit::verify(cx, vec![], &keys).await?;
            Ok((ends, Some(report)))
        })
        .await?;
    let l = req.locale;
    Ok(req.page(&t::title(l), view(&req, l, &ends, report.as_ref())))
}

fn view(req: &Req, l: Locale, ends: &Chain, report: Option<&Report>) -> AnyView {
    let head = PageHead::new(t::title(l))
        .crumb("/audit", to::audit_title(l))
        .state(t::state(l));
    let found = match report {
        None => ui::notice(Tone::Warning, t::too_many(l, &count(l, ends.head.seq))),
        Some(report) if report.is_good() => {
            ui::notice(Tone::Success, t::good(l, &count(l, report.rows)))
        }
        Some(report) => faults(l, report),
    };
    let erased = report.map(|report| {
        view! { <div><dt>{t::erased(l)}</dt><dd>{count(l, report.erased)}</dd></div> }
    });
    let first = report.and_then(|report| report.first_at).map(|at| {
        view! { <div><dt>{t::first(l)}</dt><dd>{ui::instant(l, at, req.zone())}</dd></div> }
    });
    view! {
        {head.view()}
        {found}
        <dl class="facts">
            <div><dt>{t::rows(l)}</dt><dd>{count(l, ends.head.seq)}</dd></div>
            {first}
            {erased}
            <div><dt>{t::hash(l)}</dt><dd class="breaks"><code>{hex(&ends.head.hash)}</code></dd></div>
        </dl>
        <section class="part stack" aria-labelledby="checkpoints">
            <h2 id="checkpoints">{t::checkpoints(l)}</h2>
            {checkpoints(req, l, &ends.checkpoints)}
        </section>
        <section class="part stack" aria-labelledby="elsewhere">
            <h2 id="elsewhere">{t::elsewhere(l)}</h2>
            <p class="help">{t::elsewhere_help(l)}</p>
            {exports::links(l, exports::Name::AuditChain, "")}
            <pre class="breaks"><code>"equipage audit verify --file … --checkpoints … --public-keys …"</code></pre>
        </section>
        {here::section(l)}
    }
    .into_any()
}

fn count(l: Locale, n: u64) -> String {
    l.count(i64::try_from(n).unwrap_or(i64::MAX))
}

fn faults(l: Locale, report: &Report) -> AnyView {
    let shown = report.faults.iter().take(FAULTS_SHOWN);
    let rows = shown.map(|fault| view! { <li>{said(l, fault)}</li> });
    let text = view! {
        <p>{t::not_good(l, report.faults_total)}</p>
        <ul>{rows.collect_view()}</ul>
        <p>{t::what_to_do(l)}</p>
    };
    ui::notice(Tone::Error, text)
}

fn said(l: Locale, fault: &Fault) -> crate::locales::Text {
    match *fault {
        Fault::Missing { seq, found } => t::missing(l, seq, found),
        Fault::Altered { seq } => t::altered(l, seq),
        Fault::ErasedUnsaid { seq } => t::erased_unsaid(l, seq),
        Fault::WrongEnd { head, found } => t::wrong_end(l, head, found),
        Fault::NoHead => t::no_head(l),
        Fault::Outside { rows } => t::outside(l, rows),
        Fault::AgainstCheckpoint { seq } => t::against_checkpoint(l, seq),
        Fault::BadCheckpoint { seq } => t::bad_checkpoint(l, seq),
        Fault::BadLine { line } => t::bad_line(l, line),
    }
}

fn checkpoints(req: &Req, l: Locale, all: &[Checkpoint]) -> AnyView {
    if all.is_empty() {
        return view! { <p class="help">{t::no_checkpoints(l)}</p> }.into_any();
    }
    let rows = all.iter().rev().take(CHECKPOINTS_SHOWN).map(|checkpoint| {
        view! {
            <tr>
                <th scope="row" class="is-main">{ui::instant(l, checkpoint.at, req.zone())}</th>
                <td class="is-number">{count(l, checkpoint.seq)}</td>
                <td>{checkpoint.key.clone()}</td>
                <td class="breaks"><code>{hex(&checkpoint.hash)}</code></td>
            </tr>
        }
    });
    view! {
        <p class="help">{t::checkpoints_help(l)}</p>
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::checkpoints(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::signed_at(l)}</th>
                    <th scope="col" class="is-number">{t::rows(l)}</th>
                    <th scope="col">{t::key(l)}</th>
                    <th scope="col">{t::hash(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
