//! The journal of plugins: what did not work, why, and what becomes of it.

use crate::locales::notices::Notice;
use crate::locales::{Text, frame as tf, plugins as t};
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, FormView, Mark, PageHead};
use domain::kernel::{Locale, Page, PageRequest, Problem};
use domain::plugins::{self, DutyState, Entry, JournalFilter, ObjectKind, Plugin, Run};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

const HERE: &str = "/journal";

/// What the page is asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    plugin: String,
    state: String,
    object: String,
    #[serde(skip_serializing)]
    page: String,
}

impl Query {
    fn filter(&self) -> JournalFilter {
        JournalFilter {
            plugin: self.plugin.parse().ok(),
            state: DutyState::from_name(&self.state),
            object: self.object.parse().ok(),
        }
    }

    fn is_empty(&self) -> bool {
        self.plugin.is_empty() && self.state.is_empty() && self.object.is_empty()
    }
}

/// `GET /journal`
pub async fn list(req: Req, Asked(query): Asked<Query>) -> Reply {
    let filter = query.filter();
    let number = PageRequest::from_query(&query.page);
    let (all, page, open) = req
        .view(async |cx| {
            let all = plugins::list(cx).await?;
            let page = plugins::journal(cx, &filter, number).await?;
            Ok((all, page, plugins::journal_open(cx).await?))
        })
        .await?;
    let l = req.locale;
    let encoded = serde_html_form::to_string(&query).unwrap_or_default();
    let body = match page.rows.as_slice() {
        [] if query.is_empty() => ui::empty(t::journal_empty(l), None),
        [] => {
            let clear = view! { <a class="button" href=HERE>{tf::clear_filters(l)}</a> };
            ui::empty(t::journal_none_fits(l), Some(clear.into_any()))
        }
        _ => table(&req, l, &page),
    };
    let retry = (!page.rows.is_empty()).then(|| {
        view! {
            <form method="post" action="/journal/retry">
                <input type="hidden" name="plugin" value=query.plugin.clone()/>
                <input type="hidden" name="state" value=query.state.clone()/>
                <input type="hidden" name="object" value=query.object.clone()/>
                <button class="button">{t::retry_all(l)}</button>
            </form>
        }
    });
    let view = view! {
        {PageHead::new(t::journal(l)).state(t::journal_state(l, open)).actions(retry).view()}
        {toolbar(l, &query, &all)}
        {body}
        {ui::pager(l, &page, HERE, &encoded)}
    };
    Ok(req.page(&t::journal(l), view))
}

fn toolbar(l: Locale, query: &Query, all: &[Plugin]) -> AnyView {
    let plugins = all.iter().map(|plugin| {
        let id = plugin.id.to_string();
        let chosen = id == query.plugin;
        view! { <option value=id selected=chosen>{plugin.name.clone()}</option> }
    });
    let shown = DutyState::ALL
        .iter()
        .filter(|state| **state != DutyState::Running);
    let states = shown.map(|state| {
        let chosen = state.name() == query.state;
        view! { <option value=state.name() selected=chosen>{t::state_name(l, *state)}</option> }
    });
    let object = (!query.object.is_empty())
        .then(|| view! { <input type="hidden" name="object" value=query.object.clone()/> });
    view! {
        <form class="toolbar" method="get" action=HERE>
            {object}
            <label class="filter"><span>{t::kind(l)}</span>
                <select name="plugin"><option value="">{t::all_plugins(l)}</option>{plugins.collect_view()}</select>
            </label>
            <label class="filter"><span>{t::status(l)}</span>
                <select name="state"><option value="">{t::all_states(l)}</option>{states.collect_view()}</select>
            </label>
            <button class="button">{tf::filter(l)}</button>
        </form>
    }
    .into_any()
}

fn table(req: &Req, l: Locale, page: &Page<Entry>) -> AnyView {
    let rows = page.rows.iter().map(|entry| {
        let href = format!("{HERE}/{}", entry.number);
        view! {
            <tr>
                <th scope="row" class="is-main">
                    <a class="row-link" href=href>{t::number(l, entry.number)}</a> " " {entry.label.clone()}
                    <span class="sub">{t::kind_of(l, entry.object_kind)}</span>
                </th>
                <td data-label=t::kind(l)>{entry.plugin_name.clone()} <span class="sub">{t::action_name(l, entry.action)}</span></td>
                <td data-label=t::status(l)>{state(l, entry.state)} <span class="sub">{next(req, l, entry)}</span></td>
                <td class="num" data-label=t::attempts(l)>{l.count(entry.attempts)}</td>
                <td data-label=t::error(l)>{entry.error.clone()}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::journal(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::object(l)}</th>
                    <th scope="col">{t::kind(l)}</th>
                    <th scope="col">{t::status(l)}</th>
                    <th scope="col" class="num">{t::attempts(l)}</th>
                    <th scope="col">{t::error(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn state(l: Locale, state: DutyState) -> AnyView {
    let mark = match state {
        DutyState::Waiting | DutyState::Running => Mark::Draft,
        DutyState::Failed | DutyState::NeedsPerson | DutyState::Drift => Mark::Late,
        DutyState::GivenUp => Mark::None,
    };
    ui::badge(mark, t::state_name(l, state))
}

/// When a row is tried again by itself.
fn next(req: &Req, l: Locale, entry: &Entry) -> Option<AnyView> {
    entry.next_at.map(|at| ui::instant(l, at, req.zone()))
}

/// What is posted for many rows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Many {
    plugin: String,
    state: String,
    object: String,
}

/// `POST /journal/retry`
pub async fn retry_all(req: Req, Posted(many): Posted<Many>) -> Reply {
    let query = Query {
        plugin: many.plugin,
        state: many.state,
        object: many.object,
        page: String::new(),
    };
    let filter = query.filter();
    req.act(async |cx| plugins::retry_all(cx, &filter).await)
        .await?;
    Ok(req.go(HERE, Some(Notice::TriedAgain)))
}

/// `GET /journal/{number}`
pub async fn show(req: Req, Id(number): Id<i64>) -> Reply {
    let (entry, runs) = req
        .view(async |cx| plugins::journal_entry(cx, number).await)
        .await?;
    let l = req.locale;
    let page = page(&req, l, number, entry.as_ref(), &runs, ("", None));
    Ok(req.form_page(&t::entry_title(l, number), page))
}

/// `POST /journal/{number}/retry`
pub async fn retry(req: Req, Id(number): Id<i64>) -> Reply {
    req.act(async |cx| plugins::retry(cx, number).await).await?;
    Ok(req.go(&format!("{HERE}/{number}"), Some(Notice::TriedAgain)))
}

/// What giving up is told with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Leaving {
    reason: String,
}

/// `POST /journal/{number}/give-up`
pub async fn give_up(req: Req, Id(number): Id<i64>, Posted(leaving): Posted<Leaving>) -> Reply {
    let done = req.act(async |cx| plugins::give_up(cx, number, &leaving.reason).await);
    let Err(problem) = done.await else {
        return Ok(req.go(&format!("{HERE}/{number}"), Some(Notice::Saved)));
    };
    let (entry, runs) = req
        .view(async |cx| plugins::journal_entry(cx, number).await)
        .await?;
    let l = req.locale;
    req.page_again(problem, &t::entry_title(l, number), |problem| {
        let typed = (leaving.reason.as_str(), Some(problem));
        page(&req, l, number, entry.as_ref(), &runs, typed)
    })
}

fn page(
    req: &Req,
    l: Locale,
    number: i64,
    entry: Option<&Entry>,
    runs: &[Run],
    (reason, problem): (&str, Option<&Problem>),
) -> AnyView {
    let f = FormView::new(l, problem);
    let here = format!("{HERE}/{number}");
    let status: AnyView = match entry {
        Some(entry) => state(l, entry.state),
        None => t::is_done(l).into_any(),
    };
    let facts = entry.map(|entry| facts(req, l, entry));
    let retry = entry.map(|entry| {
        let label = match entry.state {
            DutyState::Drift => t::mend(l),
            _ => t::retry(l),
        };
        let action = format!("{here}/retry");
        view! { <form method="post" action=action><button class="button is-primary">{label}</button></form> }
    });
    let leave = entry
        .filter(|entry| entry.state != DutyState::GivenUp)
        .map(|_| {
            let action = format!("{here}/give-up");
            view! {
                <section class="section">
                    {f.summary()}
                    <form class="form" method="post" action=action novalidate>
                        {f.field("reason", t::reason(l), reason).help(t::reason_help(l)).view()}
                        <div class="form-end"><button class="button">{t::give_up(l)}</button></div>
                    </form>
                </section>
            }
        });
    let title = match entry {
        Some(entry) => format!("{} · {}", t::number(l, number), entry.label),
        None => t::entry_title(l, number).into_owned(),
    };
    view! {
        {PageHead::new(title).crumb(HERE, t::journal(l)).state(status).actions(retry).view()}
        {facts}
        {history(req, l, runs)}
        {leave}
    }
    .into_any()
}

fn facts(req: &Req, l: Locale, entry: &Entry) -> AnyView {
    let fact = |label: Text, value: AnyView| {
        view! { <div><dt>{label}</dt><dd>{value}</dd></div> }
    };
    let kind = t::kind_of(l, entry.object_kind);
    let object = match entry.object_kind {
        ObjectKind::Person => Some(format!("/people/{}", entry.object)),
        ObjectKind::Crew => Some(format!("/crews/{}", entry.object)),
        ObjectKind::Service => Some(format!("/services/{}", entry.object)),
        ObjectKind::Payment => Some(format!("/payments/{}", entry.object)),
        ObjectKind::Extraction => Some(format!("/extractions/{}", entry.object)),
        ObjectKind::Foreign => None,
    };
    let is_there = entry.action != domain::plugins::Action::Delete;
    let object = match object.filter(|_| is_there) {
        Some(href) => view! { <a href=href>{entry.label.clone()}</a> " (" {kind} ")" }.into_any(),
        None => view! { {entry.label.clone()} " (" {kind} ")" }.into_any(),
    };
    let zone = req.zone();
    let plugin = match entry.object_kind {
        ObjectKind::Extraction => format!("/extractions/{}", entry.plugin),
        _ => format!("/settings/plugins/{}", entry.plugin),
    };
    let plugin = view! { <a href=plugin>{entry.plugin_name.clone()}</a> };
    let next = next(req, l, entry);
    view! {
        <dl class="facts">
            {fact(t::object(l), object)}
            {fact(t::kind(l), plugin.into_any())}
            {fact(t::action(l), t::action_name(l, entry.action).into_any())}
            {fact(t::error(l), entry.error.clone().into_any())}
            {fact(t::attempts(l), l.count(entry.attempts).into_any())}
            {fact(t::first(l), ui::instant(l, entry.first_failed_at, zone))}
            {fact(t::last(l), ui::instant(l, entry.last_failed_at, zone))}
            {next.map(|next| fact(t::next(l), next))}
        </dl>
    }
    .into_any()
}

fn history(req: &Req, l: Locale, runs: &[Run]) -> AnyView {
    let rows = runs.iter().map(|run| {
        let is_decision = matches!(run.outcome.as_str(), "retried" | "given_up");
        let who = match (is_decision, run.by_whom.is_empty()) {
            (true, true) => t::the_operator(l),
            (true, false) => Text::from(run.by_whom.clone()),
            (false, _) => t::by_itself(l),
        };
        let printed = (!run.output.is_empty()).then(|| {
            view! {
                <details><summary>{t::printed(l)}</summary><pre class="output">{run.output.clone()}</pre></details>
            }
        });
        view! {
            <tr>
                <th scope="row" class="is-main">{ui::instant(l, run.at, req.zone())}</th>
                <td data-label=t::outcome(l)>{t::outcome_name(l, &run.outcome)} <span class="sub">{t::action_name(l, run.action)}</span></td>
                <td data-label=t::who(l)>{who}</td>
                <td data-label=t::error(l)>{run.error.clone()} {printed}</td>
            </tr>
        }
    });
    view! {
        <section class="section">
            <h2>{t::history(l)}</h2>
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::history(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::when(l)}</th>
                        <th scope="col">{t::outcome(l)}</th>
                        <th scope="col">{t::who(l)}</th>
                        <th scope="col">{t::error(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
