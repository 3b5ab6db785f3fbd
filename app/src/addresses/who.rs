//! Who had an address at a moment: the question, and the answer with its evidence, on one
//! page that prints.

use crate::locales::{addresses as t, people as tp};
use crate::people::facts::{self, Fact};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead, Tone};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::kernel::{Code, Problem, QuestionId};
use domain::services::addresses::rules::written;
use domain::services::addresses::{self, Answer, Evidence, Finding, HolderThen, Use, WhoForm};
use leptos::prelude::*;

/// `GET /addresses/who`
pub async fn show(req: Req) -> Reply {
    let all = req.view(async |cx| addresses::answers(cx).await).await?;
    let form = WhoForm {
        key: ui::new_key(),
        ..WhoForm::default()
    };
    Ok(req.form_page(&t::who(req.locale), page(&req, &all, &form, None)))
}

/// `POST /addresses/who`
pub async fn ask(req: Req, Posted(form): Posted<WhoForm>) -> Reply {
    let mut form = form;
    let done = req.act(async |cx| addresses::ask(cx, &form).await);
    let problem = match done.await {
        Ok(id) => return Ok(req.go(&format!("/addresses/who/{id}"), None)),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let all = req.view(async |cx| addresses::answers(cx).await).await?;
    req.page_again(problem, &t::who(req.locale), |problem| {
        page(&req, &all, &form, Some(problem))
    })
}

fn page(req: &Req, all: &[Answer], form: &WhoForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let zones = vec![
        Choice::new("", t::zone_local(l, &req.zone().to_string())),
        Choice::new("utc", t::zone_utc(l)),
    ];
    view! {
        {PageHead::new(t::who(l)).crumb("/addresses", t::title(l)).state(t::who_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/addresses/who" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.field("address", t::who_address(l), &form.address).help(t::who_address_help(l)).view()}
            <div class="field-row">
                {f.field("on", t::who_on(l), &form.on).kind("date").view()}
                {f.field("time", t::who_time(l), &form.time).help(t::who_time_help(l)).view()}
            </div>
            {f.select("zone", t::who_zone(l), &form.zone, zones)}
            {f.field("reference", t::who_reference(l), &form.reference).view()}
            <div class="form-end">
                <button class="button is-primary">{t::who_button(l)}</button>
                <a class="button is-quiet" href="/addresses">{t::leave(l)}</a>
            </div>
        </form>
        {asked(req, all)}
    }
    .into_any()
}

fn asked(req: &Req, all: &[Answer]) -> AnyView {
    let l = req.locale;
    let rows = all.iter().map(|answer| {
        let href = format!("/addresses/who/{}", answer.id);
        view! {
            <tr>
                <th scope="row" class="is-main breaks"><a class="row-link" href=href>{answer.address.to_string()}</a></th>
                <td data-label=t::moment(l)>{ui::instant(l, answer.moment, req.zone())}</td>
                <td class="breaks" data-label=t::reference(l)>{answer.reference.clone()}</td>
                <td data-label=t::asked_by(l)>{answer.asked_by.clone()}</td>
            </tr>
        }
    });
    let body = match all.is_empty() {
        true => view! { <p class="help">{t::asked_none(l)}</p> }.into_any(),
        false => view! {
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::asked(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::address(l)}</th>
                        <th scope="col">{t::moment(l)}</th>
                        <th scope="col">{t::reference(l)}</th>
                        <th scope="col">{t::asked_by(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any(),
    };
    view! {
        <section class="section" aria-labelledby="asked">
            <h2 id="asked">{t::asked(l)}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// `GET /addresses/who/{id}`
pub async fn answer(req: Req, Id(id): Id<QuestionId>) -> Reply {
    let answer = req.view(async |cx| addresses::answer(cx, id).await).await?;
    let title = t::answer_title(req.locale, &answer.address.to_string());
    Ok(req.form_page(&title, answer_page(&req, &answer)))
}

/// A moment to the second, here and in universal time.
fn exact(req: &Req, at: DateTime<Utc>) -> AnyView {
    let l = req.locale;
    let local = at.with_timezone(&req.zone());
    let text = format!(
        "{}, {}",
        l.day(local.date_naive()),
        local.format("%H:%M:%S %Z")
    );
    let utc = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    view! { <time datetime=utc.clone()>{text}</time> " " <span class="sub nowrap">{utc}</span> }
        .into_any()
}

fn answer_page(req: &Req, answer: &Answer) -> AnyView {
    let l = req.locale;
    let question = facts::list(vec![
        (t::address(l), answer.address.to_string().into_any()),
        (t::moment(l), exact(req, answer.moment)),
        (
            t::reference(l),
            view! { <span class="breaks">{answer.reference.clone()}</span> }.into_any(),
        ),
        (t::asked_by(l), answer.asked_by.clone().into_any()),
        (t::asked_at(l), exact(req, answer.asked_at)),
    ]);
    let found = match &answer.finding {
        Finding::NotOurs => view! { <p><strong>{t::not_ours(l)}</strong></p> }.into_any(),
        Finding::Nobody { prefix, reserved } => {
            let reserved = reserved
                .as_ref()
                .map(|why| view! { <p>{t::is_reserved(l, &t::why(l, why))}</p> });
            view! { <p><strong>{t::nobody(l, &prefix.to_string())}</strong></p> {reserved} }
                .into_any()
        }
        Finding::Service(found) => used(req, found),
    };
    view! {
        {PageHead::new(t::answer_title(l, &answer.address.to_string()))
            .crumb("/addresses/who", t::who(l))
            .state(t::print(l))
            .view()}
        <section class="section" aria-labelledby="question">
            <h2 id="question">{t::question(l)}</h2>
            {question}
        </section>
        <section class="section" aria-labelledby="answer">
            <h2 id="answer">{t::answer(l)}</h2>
            {found}
        </section>
        <p class="screen-only"><a class="button" href="/addresses/who">{t::another_question(l)}</a></p>
    }
    .into_any()
}

fn used(req: &Req, found: &Use) -> AnyView {
    let l = req.locale;
    let until = match found.until_at {
        Some(at) => exact(req, at),
        None => t::still(l).into_any(),
    };
    let given = facts::list(vec![
        (t::service(l), found.service.clone().into_any()),
        (t::had_network(l), written(found.network).into_any()),
        (t::had_from(l), exact(req, found.from_at)),
        (t::had_until(l), until),
    ]);
    let (holder, more) = match &found.holder {
        None => (
            view! { <p><strong>{t::in_stock(l)}</strong></p> }.into_any(),
            Vec::new(),
        ),
        Some(holder) => (held(req, holder), holder.evidence.clone()),
    };
    view! {
        {holder}
        {given}
        <h3>{t::evidence(l)}</h3>
        {evidence(req, &[("address", &found.evidence), ("service", &more)])}
        <p class="help">{t::as_known(l)}</p>
    }
    .into_any()
}

fn held(req: &Req, holder: &HolderThen) -> AnyView {
    let l = req.locale;
    let unknown = || view! { <span class="soft">{t::unknown(l)}</span> }.into_any();
    let known = |text: &Option<String>| text.clone().map_or_else(unknown, IntoAny::into_any);
    let postal = match holder.address.is_empty() {
        true => unknown(),
        false => {
            let lines = holder.address.iter().enumerate().map(|(n, line)| {
                let br = (n > 0).then(|| view! { <br/> });
                view! { {br} {line.clone()} }
            });
            lines.collect_view().into_any()
        }
    };
    let until = match holder.until_on {
        Some(day) => ui::day(l, day),
        None => t::still(l).into_any(),
    };
    let facts: Vec<Fact> = vec![
        (t::member(l), holder.name.clone().into_any()),
        (t::number(l), holder.number.clone().into_any()),
        (t::postal(l), postal),
        (t::email(l), known(&holder.email)),
        (t::phone(l), known(&holder.phone)),
        (t::held_from(l), ui::day(l, holder.from_on)),
        (t::held_until(l), until),
    ];
    let edge = holder
        .is_edge
        .then(|| ui::notice(Tone::Warning, t::is_edge(l)));
    view! {
        <p><strong>{t::had_it(l, &holder.name)}</strong></p>
        {edge}
        {facts::list(facts)}
    }
    .into_any()
}

fn evidence(req: &Req, all: &[(&'static str, &Vec<Evidence>)]) -> AnyView {
    let l = req.locale;
    let rows = all.iter().flat_map(|(kind, rows)| {
        rows.iter().map(move |row| {
            view! {
                <tr>
                    <th scope="row" class="is-main">{tp::done(l, kind, &row.action)}</th>
                    <td>{exact(req, row.at)}</td>
                    <td>{row.by.clone()}</td>
                    <td class="breaks"><code>{row.id.to_string()}</code></td>
                </tr>
            }
        })
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::evidence_caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::evidence_what(l)}</th>
                    <th scope="col">{t::asked_at(l)}</th>
                    <th scope="col">{t::asked_by(l)}</th>
                    <th scope="col">{t::evidence_id(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
