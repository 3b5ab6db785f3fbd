//! What is kept about one person, to be read and to be taken away.

use crate::audit::Reader;
use crate::locales::{members as tm, privacy as t};
use crate::request::{Failure, Id, Mode, Reply, Req};
use crate::shell::Width;
use crate::ui::{self, PageHead};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::kernel::{PartyId, Problem};
use domain::privacy::{self, PersonalData, Section};
use leptos::prelude::*;
use serde_json::Value;

/// The most rows of one place that the page shows; the file has all.
const ROWS_SHOWN: usize = 20;
/// What the file is called.
const FILE: &str = "attachment; filename=\"personal-data.json\"";

/// `GET /people/{id}/data`
pub async fn show(req: Req, Id(id): Id<PartyId>) -> Reply {
    let data = req.view(async |cx| privacy::data_of(cx, id).await).await?;
    let l = req.locale;
    let title = t::data_title(l, &data.name);
    let head = PageHead::new(title.clone())
        .crumb(format!("/people/{id}"), data.name.clone())
        .state(t::data_state(l));
    let body = body(&req, head, &format!("/people/{id}/data"), &data);
    Ok(req.page_with(StatusCode::OK, &title, Width::Wide, body))
}

/// `POST /people/{id}/data`: a change, as it is noted who took what.
pub async fn take(req: Req, Id(id): Id<PartyId>) -> Reply {
    if req.mode == Mode::Look {
        return Ok(req.go(&format!("/people/{id}/data"), None));
    }
    let taken = req.act(async |cx| privacy::take_data_of(cx, id).await);
    file(&taken.await?).map_err(Failure)
}

/// `GET /me/data`
pub async fn mine(req: Req) -> Reply {
    let data = req.view(async |cx| privacy::my_data(cx).await).await?;
    let l = req.locale;
    let head = PageHead::new(t::own_title(l))
        .crumb("/me", tm::own_title(l))
        .state(t::own_state(l));
    let body = body(&req, head, "/me/data", &data);
    Ok(req.page_with(StatusCode::OK, &t::own_title(l), Width::Wide, body))
}

/// `POST /me/data`
pub async fn take_mine(req: Req) -> Reply {
    if req.mode == Mode::Look {
        return Ok(req.go("/me/data", None));
    }
    let taken = req.act(async |cx| privacy::take_my_data(cx).await);
    file(&taken.await?).map_err(Failure)
}

fn file(data: &PersonalData) -> Result<Response, Problem> {
    let text = serde_json::to_string_pretty(data).map_err(Problem::internal)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(FILE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}

fn body(req: &Req, head: PageHead, action: &str, data: &PersonalData) -> AnyView {
    let l = req.locale;
    let parts = data.parts.iter().map(|part| section(req, part));
    // The kind of encoding, said, tells `forms.js` that the answer is no page.
    view! {
        {head.view()}
        <form class="actions" method="post" action=action.to_owned() enctype="application/x-www-form-urlencoded">
            <button class="button">{ui::icon("download")} " " {t::download(l)}</button>
        </form>
        {parts.collect_view()}
    }
    .into_any()
}

fn section(req: &Req, section: &Section) -> AnyView {
    let l = req.locale;
    let reader = Reader {
        l,
        zone: req.zone(),
    };
    let rows = section.rows.iter().take(ROWS_SHOWN).map(|row| {
        let said = reader.differences(None, Some(&Value::Object(row.clone())));
        if said.is_empty() {
            return view! { <p class="help">{t::nothing(l)}</p> }.into_any();
        }
        let facts = said.into_iter().map(|(name, _, text)| {
            view! { <div><dt>{name}</dt><dd class="breaks">{text}</dd></div> }
        });
        view! { <dl class="facts">{facts.collect_view()}</dl> }.into_any()
    });
    let more = section.rows.len().saturating_sub(ROWS_SHOWN);
    let more = (more > 0).then(|| {
        let n = l.count(i64::try_from(more).unwrap_or(i64::MAX));
        view! { <p class="help">{t::more(l, &n)}</p> }
    });
    view! {
        <section class="section" aria-labelledby=section.place>
            <h2 id=section.place>{t::place(l, section.place)}</h2>
            <div class="stack">{rows.collect_view()} {more}</div>
        </section>
    }
    .into_any()
}
