//! Pages of crews: which there are, what each may do, and who is in it.

mod detail;
mod form;
mod people;
pub mod rights;

use crate::locales::{crews as t, frame as tf, problems};
use crate::request::{App, Reply, Req};
use crate::ui::{self, PageHead};
use axum::Router;
use axum::routing::{get, post};
use domain::crews::{self, Crew};
use domain::kernel::{Locale, Right};
use leptos::prelude::*;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/crews", get(list))
        .route("/crews/new", get(form::new).post(form::add))
        .route("/crews/{id}", get(detail::show).post(detail::save))
        .route("/crews/{id}/delete", post(detail::delete))
        .route("/crews/{id}/people", post(people::add))
        .route("/crews/{id}/people/{person}/remove", post(people::remove))
}

/// `GET /crews`
async fn list(req: Req) -> Reply {
    let crews = req.view(async |cx| crews::list(cx).await).await?;
    let l = req.locale;
    let head = PageHead::new(tf::crews(l)).state(t::state(l));
    let may_add = req.rights().has(Right::Settings);
    let head = match may_add {
        true => head.actions(
            view! { <a class="button is-primary" href="/crews/new">{ui::icon("plus")} " " {t::new(l)}</a> },
        ),
        false => head,
    };
    let body = match crews.is_empty() {
        true => ui::empty(
            t::none(l),
            Some(view! { <p>{t::none_help(l)}</p> }.into_any()),
        ),
        false => table(l, &crews),
    };
    Ok(req.page(&tf::crews(l), view! { {head.view()} {body} }))
}

fn table(l: Locale, crews: &[Crew]) -> AnyView {
    let rows = crews.iter().map(|crew| {
        let href = format!("/crews/{}", crew.id);
        view! {
            <tr>
                <th scope="row" class="is-main breaks"><a class="row-link" href=href>{crew.name.clone()}</a></th>
                <td class="num" data-label=t::column_people(l)>{l.count(crew.people)}</td>
                <td data-label=t::column_rights(l)>{may(l, crew)}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::column_name(l)}</th>
                    <th scope="col" class="num">{t::column_people(l)}</th>
                    <th scope="col">{t::column_rights(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// What a crew may do, in words.
fn may(l: Locale, crew: &Crew) -> AnyView {
    if crew.rights.is_empty() {
        return view! { <span class="soft">{t::no_rights(l)}</span> }.into_any();
    }
    let words: Vec<_> = crew.rights.iter().map(|r| problems::right(l, *r)).collect();
    words.join(", ").into_any()
}
