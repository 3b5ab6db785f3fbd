//! A prefix's page: how full it is, its map, what is reserved, what is given.

use super::tree::{bar, use_words};
use super::{map, taken_table};
use crate::exports;
use crate::locales::addresses as t;
use crate::locales::notices::Notice;
use crate::people::facts;
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead};
use axum::extract::Path;
use domain::context::Cx;
use domain::kernel::{Code, Page, PageRequest, PrefixId, Problem, ReservedId, Right};
use domain::services::addresses::rules::{parse_network, written};
use domain::services::addresses::{self, IpNet, Map, Past, Placed, ReservedForm, Taken};
use domain::{audit, services};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page is asked for.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// A part of the prefix, to be looked at more closely.
    #[serde(skip_serializing_if = "String::is_empty")]
    within: String,
    /// `yes`: also what is over.
    #[serde(skip_serializing_if = "String::is_empty")]
    past: String,
    #[serde(skip_serializing)]
    page: String,
}

impl Query {
    fn past(&self) -> Past {
        match self.past.trim() {
            "yes" => Past::With,
            _ => Past::Without,
        }
    }
}

/// What the page shows.
struct Found {
    placed: Placed,
    parents: Vec<(PrefixId, String)>,
    kinds: Vec<String>,
    next: Option<IpNet>,
    map: Map,
    taken: Page<Taken>,
    history: Vec<audit::Entry>,
}

async fn find(cx: &mut Cx, id: PrefixId, query: &Query) -> Result<Found, Problem> {
    let placed = addresses::prefix(cx, id).await?;
    let network = placed.prefix.network;
    let within = parse_network(&query.within).ok();
    let within = within.filter(|part| addresses::rules::lies_in(*part, network));
    let over = |other: &&Placed| {
        other.prefix.id != id && addresses::rules::lies_in(network, other.prefix.network)
    };
    let all = addresses::prefixes(cx).await?;
    let parents = all.iter().filter(over);
    let parents = parents.map(|p| (p.prefix.id, p.prefix.network.to_string()));
    let seen = services::types_seen(cx).await?;
    let kinds = seen
        .into_iter()
        .filter(|kind| placed.prefix.kinds.contains(&kind.id));
    let page = PageRequest::from_query(query.page.trim());
    let part = within.unwrap_or(network);
    Ok(Found {
        parents: parents.collect(),
        kinds: kinds.map(|kind| kind.name).collect(),
        next: addresses::free(cx, id).await?,
        map: addresses::map(cx, id, within).await?,
        taken: addresses::taken(cx, part, query.past(), page).await?,
        history: audit::history(cx, "prefix", id.0).await?,
        placed,
    })
}

/// `GET /addresses/{id}`
pub async fn show(req: Req, Id(id): Id<PrefixId>, Asked(query): Asked<Query>) -> Reply {
    let found = req.view(async |cx| find(cx, id, &query).await).await?;
    let title = found.placed.prefix.network.to_string();
    let form = ReservedForm {
        key: ui::new_key(),
        ..ReservedForm::default()
    };
    Ok(req.page(&title, page(&req, &query, found, &form, None)))
}

/// `POST /addresses/{id}/reserved`
pub async fn reserve(req: Req, Id(id): Id<PrefixId>, Posted(form): Posted<ReservedForm>) -> Reply {
    let mut form = form;
    let done = req.act(async |cx| addresses::reserve(cx, id, &form).await);
    let problem = match done.await {
        Ok(_) => return Ok(req.go(&format!("/addresses/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let query = Query::default();
    let found = req.view(async |cx| find(cx, id, &query).await).await?;
    let title = found.placed.prefix.network.to_string();
    req.page_again(problem, &title, |problem| {
        page(&req, &query, found, &form, Some(problem))
    })
}

/// `POST /addresses/{id}/reserved/{reserved}/release`
pub async fn release(req: Req, Path((id, reserved)): Path<(String, String)>) -> Reply {
    let missing = || Problem::new(Code::NotFound);
    let id: PrefixId = id.parse().map_err(|_| missing())?;
    let reserved: ReservedId = reserved.parse().map_err(|_| missing())?;
    req.act(async |cx| addresses::release(cx, id, reserved).await)
        .await?;
    Ok(req.go(&format!("/addresses/{id}"), Some(Notice::Saved)))
}

fn page(
    req: &Req,
    query: &Query,
    found: Found,
    form: &ReservedForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let prefix = &found.placed.prefix;
    let path = format!("/addresses/{}", prefix.id);
    let may = req.rights().has(Right::Prefixes);
    let edit = format!("{path}/edit");
    let edit = may.then(|| {
        view! { <a class="button" href=edit>{ui::icon("edit")} " " {t::edit(l)}</a> }
    });
    let crumb = match found.parents.last() {
        Some((id, name)) => (format!("/addresses/{id}"), name.clone()),
        None => ("/addresses".to_owned(), t::title(l).into_owned()),
    };
    let head = PageHead::new(prefix.network.to_string())
        .crumb(crumb.0, crumb.1)
        .state(prefix.label.clone())
        .actions(edit);
    let whole = (found.map.network != prefix.network).then(|| {
        let href = path.clone();
        view! { <p><a href=href>{t::map_whole(l)}</a></p> }
    });
    view! {
        {head.view()}
        {f.summary()}
        <div class="columns">
            <div>
                {known(req, &found)}
                <section class="section" aria-labelledby="map">
                    <h2 id="map">{t::map_of(l, &found.map.network.to_string())}</h2>
                    {map::view(l, prefix.id, &found.map)}
                    {whole}
                </section>
                {taken(req, query, &found)}
                {reserved(req, &f, &found.placed, form)}
            </div>
            {facts::history(req, found.history)}
        </div>
    }
    .into_any()
}

/// How full it is, and what it is for.
fn known(req: &Req, found: &Found) -> AnyView {
    let l = req.locale;
    let prefix = &found.placed.prefix;
    let hands_out = match (prefix.hands_out, found.next) {
        (None, _) => t::hands_out_none(l).into_any(),
        (Some(length), None) => {
            view! { {t::hands_out_each(l, length)} " " {t::is_full(l)} }.into_any()
        }
        (Some(length), Some(next)) => {
            let next = t::next_free(l, &written(next));
            view! { {t::hands_out_each(l, length)} " " {next} }.into_any()
        }
    };
    let filling = found.placed.filling;
    let mut all = vec![
        (
            t::use_(l),
            view! { {bar(filling)} " " {use_words(l, filling)} }.into_any(),
        ),
        (t::hands_out(l), hands_out),
    ];
    if !found.kinds.is_empty() {
        all.push((t::kinds(l), found.kinds.join(", ").into_any()));
    }
    if !prefix.note.is_empty() {
        let note = prefix.note.clone();
        all.push((
            t::note(l),
            view! { <span class="breaks">{note}</span> }.into_any(),
        ));
    }
    facts::list(all)
}

fn taken(req: &Req, query: &Query, found: &Found) -> AnyView {
    let l = req.locale;
    let path = format!("/addresses/{}", found.placed.prefix.id);
    let other = Query {
        past: match query.past() {
            Past::With => String::new(),
            Past::Without => "yes".into(),
        },
        ..query.clone()
    };
    let words = match query.past() {
        Past::With => t::without_past(l),
        Past::Without => t::with_past(l),
    };
    let other = serde_html_form::to_string(&other).unwrap_or_default();
    let href = format!("{path}?{other}#taken");
    let body = match found.taken.rows.as_slice() {
        [] => view! { <p class="help">{t::taken_none(l)}</p> }.into_any(),
        rows => taken_table(req, rows),
    };
    let encoded = serde_html_form::to_string(query).unwrap_or_default();
    // The file has no path that names the prefix.
    let whole = Query {
        within: match query.within.is_empty() {
            true => found.placed.prefix.network.to_string(),
            false => query.within.clone(),
        },
        ..query.clone()
    };
    let as_file = serde_html_form::to_string(&whole).unwrap_or_default();
    view! {
        <section class="section" aria-labelledby="taken">
            <div class="section-head"><h2 id="taken">{t::taken(l)}</h2><a href=href>{words}</a></div>
            {body}
            {ui::pager(l, &found.taken, &path, &encoded)}
            {(found.taken.total > 0).then(|| exports::links(l, exports::Name::Addresses, &as_file))}
        </section>
    }
    .into_any()
}

fn reserved(req: &Req, f: &FormView<'_>, placed: &Placed, form: &ReservedForm) -> AnyView {
    let l = req.locale;
    let path = format!("/addresses/{}/reserved", placed.prefix.id);
    let may = req.rights().has(Right::Prefixes);
    let rows = placed.prefix.reserved.iter().map(|part| {
        let action = format!("{path}/{}/release", part.id);
        let which = t::release_which(l, &part.written());
        let release = may.then(|| {
            view! {
                <form method="post" action=action>
                    <button class="button is-small" aria-label=which>{t::release(l)}</button>
                </form>
            }
        });
        view! {
            <tr>
                <th scope="row" class="is-main breaks">{part.written()}</th>
                <td class="breaks">{t::why(l, &part.reason)}</td>
                <td>{release}</td>
            </tr>
        }
    });
    let table = match placed.prefix.reserved.is_empty() {
        true => view! { <p class="help">{t::reserved_none(l)}</p> }.into_any(),
        false => view! {
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::reserved_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::address(l)}</th>
                        <th scope="col">{t::reason(l)}</th>
                        <th scope="col"><span class="visually-hidden">{t::release(l)}</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any(),
    };
    let add = may.then(|| {
        let action = path.clone();
        view! {
            <form class="form" method="post" action=action novalidate>
                <input type="hidden" name="key" value=form.key.clone()/>
                <div class="field-row">
                    {f.field("range", t::range(l), &form.range).help(t::range_help(l)).view()}
                    {f.field("reason", t::reason(l), &form.reason).help(t::reason_help(l)).view()}
                </div>
                <div class="form-end"><button class="button">{t::reserve(l)}</button></div>
            </form>
        }
    });
    view! {
        <section class="section" aria-labelledby="reserved">
            <h2 id="reserved">{t::reserved(l)}</h2>
            {table}
            {add}
        </section>
    }
    .into_any()
}
